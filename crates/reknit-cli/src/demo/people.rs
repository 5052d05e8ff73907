//! The invented customers, as they really are: names, households, addresses, numbers.
//!
//! Nobody here exists. E-mail domains end in `.example` (RFC 2606). Phone numbers come from the
//! blocks set aside for drama: 07700 900xxx and 01632 960xxx in Britain (Ofcom), 0171 39200xx,
//! 0176 040690xx and 030 23125xxx in Germany (Bundesnetzagentur). Towns are made up, and so are the
//! postcodes: no British area is called QX, and no German code begins with 00.

use super::phrases::Language;
use super::random::Dice;

/// Given names with the short forms people use.
type Given = (&'static str, &'static [&'static str]);

const ENGLISH_MEN: &[Given] = &[
    ("James", &["Jim", "Jimmy"]),
    ("Robert", &["Bob", "Rob"]),
    ("William", &["Bill", "Will"]),
    ("Thomas", &["Tom"]),
    ("Edward", &["Ed", "Ted"]),
    ("Michael", &["Mike"]),
    ("Richard", &["Rick", "Dick"]),
    ("Anthony", &["Tony"]),
    ("Daniel", &["Dan", "Danny"]),
    ("Samuel", &["Sam"]),
    ("Nicholas", &["Nick"]),
    ("Benjamin", &["Ben"]),
    ("Andrew", &["Andy"]),
    ("Matthew", &["Matt"]),
    ("Christopher", &["Chris"]),
    ("Stephen", &["Steve"]),
    ("Joseph", &["Joe"]),
    ("Oliver", &["Olly"]),
    ("Gareth", &[]),
    ("Callum", &[]),
    ("Rhys", &[]),
    ("Amir", &[]),
    ("Ravi", &[]),
    ("Kwame", &[]),
];
const ENGLISH_WOMEN: &[Given] = &[
    ("Elizabeth", &["Liz", "Beth"]),
    ("Margaret", &["Maggie", "Peggy"]),
    ("Katherine", &["Kate", "Kathy"]),
    ("Jennifer", &["Jenny", "Jen"]),
    ("Susan", &["Sue"]),
    ("Patricia", &["Pat", "Trish"]),
    ("Deborah", &["Debbie"]),
    ("Victoria", &["Vicky"]),
    ("Rebecca", &["Becky"]),
    ("Alexandra", &["Alex", "Sandra"]),
    ("Jessica", &["Jess"]),
    ("Charlotte", &["Lottie"]),
    ("Abigail", &["Abby"]),
    ("Philippa", &["Pippa"]),
    ("Samantha", &["Sam"]),
    ("Eleanor", &["Ellie"]),
    ("Megan", &["Meg"]),
    ("Bronwen", &[]),
    ("Isla", &[]),
    ("Priya", &[]),
    ("Yasmin", &[]),
    ("Chloe", &[]),
];
const ENGLISH_SURNAMES: &[&str] = &[
    "Ashdown",
    "Barrow",
    "Bellamy",
    "Blackwood",
    "Carver",
    "Coombes",
    "Dunmore",
    "Ellsworth",
    "Fairley",
    "Garrick",
    "Hadleigh",
    "Hargrave",
    "Inskip",
    "Jessop",
    "Kirkby",
    "Langdale",
    "Marlowe",
    "Mayfield",
    "Nettleton",
    "Okafor",
    "Oakley",
    "Pemberton",
    "Quigley",
    "Radcliffe",
    "Redfern",
    "Selwyn",
    "Sharma",
    "Smith",
    "Jones",
    "Taylor",
    "Thackeray",
    "Underhill",
    "Varley",
    "Wainwright",
    "Whitlock",
    "Yardley",
];
const GERMAN_MEN: &[Given] = &[
    ("Johannes", &["Hannes", "Hans"]),
    ("Alexander", &["Alex"]),
    ("Friedrich", &["Fritz"]),
    ("Matthias", &["Matze"]),
    ("Sebastian", &["Basti"]),
    ("Maximilian", &["Max"]),
    ("Michael", &["Micha"]),
    ("Jürgen", &[]),
    ("Günther", &[]),
    ("Stefan", &[]),
    ("Karsten", &[]),
    ("Uwe", &[]),
    ("Mehmet", &[]),
    ("Jörg", &[]),
];
const GERMAN_WOMEN: &[Given] = &[
    ("Elisabeth", &["Lisa", "Else"]),
    ("Katharina", &["Kathi", "Katja"]),
    ("Magdalena", &["Lena"]),
    ("Susanne", &["Susi"]),
    ("Johanna", &["Hanna"]),
    ("Franziska", &["Franzi"]),
    ("Gabriele", &["Gabi"]),
    ("Ulrike", &["Ulli"]),
    ("Bärbel", &[]),
    ("Heike", &[]),
    ("Ayşe", &[]),
    ("Silke", &[]),
    ("Anja", &[]),
];
const GERMAN_SURNAMES: &[&str] = &[
    "Ahlers",
    "Brüggemann",
    "Carstensen",
    "Diekmann",
    "Ehlers",
    "Feddersen",
    "Gerdes",
    "Hinrichs",
    "Jäger",
    "Köhler",
    "Lüders",
    "Müller",
    "Meyer",
    "Niebuhr",
    "Oltmanns",
    "Petersen",
    "Quast",
    "Rickmers",
    "Schröder",
    "Schmidt",
    "Thomsen",
    "Voß",
    "Wiechmann",
    "Yıldız",
];
const DANISH_MEN: &[Given] = &[
    ("Henrik", &[]),
    ("Søren", &[]),
    ("Kristian", &["Kris"]),
    ("Frederik", &["Frede"]),
    ("Rasmus", &[]),
    ("Jørgen", &[]),
    ("Anders", &[]),
    ("Mikkel", &[]),
];
const DANISH_WOMEN: &[Given] = &[
    ("Mette", &[]),
    ("Kirsten", &[]),
    ("Freja", &[]),
    ("Birgitte", &["Gitte"]),
    ("Charlotte", &["Lotte"]),
    ("Karen", &[]),
    ("Signe", &[]),
    ("Åse", &[]),
];
const DANISH_SURNAMES: &[&str] = &[
    "Vestergaard",
    "Kjærgaard",
    "Mølgaard",
    "Thorup",
    "Bøgh",
    "Lauridsen",
    "Skovgaard",
    "Nørby",
    "Holm",
    "Ravn",
    "Damgaard",
    "Søndergaard",
];

const BRITISH_TOWNS: &[(&str, &str)] = &[
    ("Alderport", "QX1"),
    ("Brackwell", "QX2"),
    ("Cobhaven", "QX3"),
    ("Dunmere", "QX5"),
    ("Easterleigh", "QX6"),
    ("Fallowby", "QX8"),
    ("Grimsdale", "QX9"),
    ("Hollowmoor", "QX11"),
    ("Inverlock", "QX12"),
];
const GERMAN_TOWNS: &[(&str, &str)] = &[
    ("Nordhaven", "0041"),
    ("Altenbrück", "0042"),
    ("Moorstedt", "0045"),
    ("Seefelden", "0047"),
    ("Grünau am Deich", "0049"),
];
const BRITISH_STREETS: &[&str] = &[
    "Mill Lane",
    "Harbour Road",
    "Station Street",
    "Church Road",
    "Orchard Close",
    "Victoria Avenue",
    "Weavers Row",
    "Quarry Hill",
    "Beacon Street",
    "Larch Drive",
    "Tanners Court",
    "Ferry Road",
    "High Street",
    "Pound Lane",
    "Abbey Gardens",
    "Kiln Road",
];
const GERMAN_STREETS: &[&str] = &[
    "Deichstraße",
    "Hafenweg",
    "Lindenallee",
    "Bahnhofstraße",
    "Am Markt",
    "Mühlenweg",
    "Kirchplatz",
    "Fährstraße",
    "Birkenweg",
    "Gartenstraße",
    "Schulstraße",
    "Norderstraße",
];
const MAIL_DOMAINS: &[&str] = &[
    "postbox.example",
    "mailhaus.example",
    "quickmail.example",
    "seamail.example",
    "webpost.example",
    "brevkasse.example",
];

/// A family, a couple or somebody alone: what they share.
#[derive(Debug, Clone)]
pub(crate) struct Home {
    pub(crate) street: String,
    pub(crate) number: String,
    pub(crate) city: String,
    pub(crate) postcode: String,
    pub(crate) country: &'static str,
    /// E.164.
    pub(crate) landline: Option<String>,
}

/// One customer as they really are.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) language: Language,
    pub(crate) given: String,
    pub(crate) short: Option<String>,
    pub(crate) surname: String,
    /// The name before a marriage, still in old records.
    pub(crate) former_surname: Option<String>,
    pub(crate) suffix: Option<&'static str>,
    pub(crate) born: (i64, i64, i64),
    pub(crate) home: Home,
    pub(crate) former_home: Option<Home>,
    pub(crate) emails: Vec<String>,
    /// E.164.
    pub(crate) mobile: Option<String>,
    pub(crate) x_handle: Option<String>,
    pub(crate) forum_nick: Option<String>,
    /// The business-scoped WhatsApp id that replaced the number in spring.
    pub(crate) whatsapp_id: Option<String>,
    pub(crate) customer_no: String,
    /// The company whose role mailbox they share.
    pub(crate) company: Option<(&'static str, &'static str)>,
}

impl Person {
    /// Given name and surname, as they are shown beside a handle.
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.given, self.surname)
    }
}

/// Numbers of the drama blocks, each handed out once.
#[derive(Debug, Default)]
struct Numbers {
    british_mobile: usize,
    british_line: usize,
    german_mobile: usize,
    german_line: usize,
}

impl Numbers {
    fn mobile(&mut self, german: bool) -> String {
        if !german {
            self.british_mobile += 1;
            // 389 and 1000 share no factor, so all thousand numbers come before one repeats.
            return format!("+447700900{:03}", self.british_mobile * 389 % 1000);
        }
        self.german_mobile += 1;
        let place = self.german_mobile * 37;
        match self.german_mobile / 100 {
            0 => format!("+4917139200{:02}", place % 100),
            _ => format!("+49176040690{:02}", place % 100),
        }
    }

    fn line(&mut self, german: bool) -> String {
        if german {
            self.german_line += 1;
            return format!("+493023125{:03}", self.german_line * 389 % 1000);
        }
        self.british_line += 1;
        format!("+441632960{:03}", self.british_line * 389 % 1000)
    }
}

/// How many live in a home, as weights of one, two, three and four.
const HOUSEHOLD_SIZES: [f64; 4] = [0.60, 0.22, 0.11, 0.07];
/// How many customers the company has, about.
const PEOPLE: usize = 400;
/// The company with a role mailbox, and its domain.
const FIRM: (&str, &str) = ("Ahlers Logistik", "ahlers-logistik.example");

/// Everybody, by household.
pub(crate) fn everybody(dice: &Dice) -> Vec<Person> {
    let mut dice = dice.apart("people");
    let mut numbers = Numbers::default();
    let mut people = Vec::with_capacity(PEOPLE + 8);
    household_of_the_father(&mut people, &mut numbers, &mut dice);
    customer_of_five_channels(&mut people, &mut numbers, &mut dice);
    while people.len() < PEOPLE {
        household(&mut people, &mut numbers, &mut dice);
    }
    colleagues(&mut people);
    reassigned_number(&mut people);
    unique_addresses(&mut people);
    people
}

/// The first household: Henrik Vestergaard, his son of the same name, and their landline.
fn household_of_the_father(people: &mut Vec<Person>, numbers: &mut Numbers, dice: &mut Dice) {
    let home = Home {
        street: "Hafenweg".to_owned(),
        number: "17".to_owned(),
        city: "Nordhaven".to_owned(),
        postcode: "00413".to_owned(),
        country: "DE",
        landline: Some(numbers.line(true)),
    };
    for (suffix, year, month, day) in [("Sr", 1957, 4, 18), ("Jr", 1988, 11, 2)] {
        let given = ("Henrik", &[][..]);
        let mut person = person(people.len(), Language::Danish, given, "Vestergaard", &home, numbers, dice);
        person.suffix = Some(suffix);
        person.born = (year, month, day);
        (person.x_handle, person.forum_nick, person.whatsapp_id) = (None, None, None);
        person.former_home = None;
        person.emails = vec![match suffix {
            "Sr" => "henrik.vestergaard@brevkasse.example".to_owned(),
            _ => "hvestergaard88@quickmail.example".to_owned(),
        }];
        people.push(person);
    }
}

/// The third person: Katherine Hartnell, whose matter goes over five channels.
fn customer_of_five_channels(people: &mut Vec<Person>, numbers: &mut Numbers, dice: &mut Dice) {
    let home = Home {
        street: "Weavers Row".to_owned(),
        number: "12".to_owned(),
        city: "Brackwell".to_owned(),
        postcode: "QX2 4HD".to_owned(),
        country: "GB",
        landline: None,
    };
    let given = ("Katherine", &["Kate"][..]);
    let mut person = person(people.len(), Language::English, given, "Hartnell", &home, numbers, dice);
    person.born = (1991, 6, 23);
    person.former_home = None;
    person.mobile = person.mobile.or_else(|| Some(numbers.mobile(false)));
    person.emails = vec!["katherine.hartnell@postbox.example".to_owned()];
    person.x_handle = Some("katehartnell".to_owned());
    person.whatsapp_id = None;
    people.push(person);
}

fn household(people: &mut Vec<Person>, numbers: &mut Numbers, dice: &mut Dice) {
    let language =
        [Language::English, Language::German, Language::Danish][dice.weighted(&[0.62, 0.26, 0.12])];
    let surname = *dice.pick(surnames(language));
    let size = 1 + dice.weighted(&HOUSEHOLD_SIZES);
    let home = home(language, size, numbers, dice);
    // One family in eight names the son after the father.
    let namesake = size >= 3 && dice.chance(0.35);
    let mut father: Option<Given> = None;
    for place in 0..size {
        let woman = place % 2 == 1;
        let given = match father {
            Some(given) if namesake && place == 2 => given,
            _ => *dice.pick(given_names(language, woman)),
        };
        let mut person = person(people.len(), language, given, surname, &home, numbers, dice);
        let year = if place < 2 { dice.between(1944, 1982) } else { dice.between(1984, 2005) };
        person.born = (year, dice.between(1, 12), dice.between(1, 28));
        if place == 0 {
            father = Some(given);
        }
        if namesake && (place == 0 || place == 2) {
            person.suffix = Some(if place == 0 { "Sr" } else { "Jr" });
        }
        if woman && place == 1 && dice.chance(0.3) {
            person.former_surname = Some((*dice.pick(surnames(language))).to_owned());
        }
        people.push(person);
    }
}

fn given_names(language: Language, woman: bool) -> &'static [Given] {
    match (language, woman) {
        (Language::English, false) => ENGLISH_MEN,
        (Language::English, true) => ENGLISH_WOMEN,
        (Language::German, false) => GERMAN_MEN,
        (Language::German, true) => GERMAN_WOMEN,
        (Language::Danish, false) => DANISH_MEN,
        (Language::Danish, true) => DANISH_WOMEN,
    }
}

fn surnames(language: Language) -> &'static [&'static str] {
    match language {
        Language::English => ENGLISH_SURNAMES,
        Language::German => GERMAN_SURNAMES,
        Language::Danish => DANISH_SURNAMES,
    }
}

fn home(language: Language, size: usize, numbers: &mut Numbers, dice: &mut Dice) -> Home {
    let german = language != Language::English;
    let (towns, streets) =
        if german { (GERMAN_TOWNS, GERMAN_STREETS) } else { (BRITISH_TOWNS, BRITISH_STREETS) };
    let (city, area) = *dice.pick(towns);
    let postcode = if german {
        format!("{area}{}", dice.between(1, 9))
    } else {
        let letters = b"ABDEFGHJLN";
        let (one, two) = (*dice.pick(letters) as char, *dice.pick(letters) as char);
        format!("{area} {}{one}{two}", dice.between(1, 9))
    };
    let line = size > 1 && dice.chance(0.7) || dice.chance(0.2);
    Home {
        street: (*dice.pick(streets)).to_owned(),
        number: dice.between(1, 140).to_string(),
        city: city.to_owned(),
        postcode,
        country: if german { "DE" } else { "GB" },
        landline: line.then(|| numbers.line(german)),
    }
}

fn person(
    place: usize,
    language: Language,
    given: Given,
    surname: &str,
    home: &Home,
    numbers: &mut Numbers,
    dice: &mut Dice,
) -> Person {
    let german = language != Language::English;
    let born = (dice.between(1944, 2004), dice.between(1, 12), dice.between(1, 28));
    let short = (!given.1.is_empty()).then(|| (*dice.pick(given.1)).to_owned());
    let plain = (ascii(given.0), ascii(surname));
    let mut emails = vec![address(&plain, born.0, dice)];
    if dice.chance(0.35) {
        emails.push(address(&plain, born.0, dice));
    }
    let former_home = dice.chance(0.10).then(|| self::home(language, 1, numbers, dice));
    Person {
        id: format!("p{:04}", place + 1),
        language,
        given: given.0.to_owned(),
        short,
        surname: surname.to_owned(),
        former_surname: None,
        suffix: None,
        born,
        home: home.clone(),
        former_home: former_home.map(|old| Home { landline: None, ..old }),
        emails,
        mobile: dice.chance(0.86).then(|| numbers.mobile(german)),
        x_handle: dice.chance(0.30).then(|| handle(&plain, place, dice)),
        forum_nick: dice.chance(0.16).then(|| nick(&plain, place, dice)),
        whatsapp_id: dice
            .chance(0.05)
            .then(|| format!("{}.{}", home.country, 10_834_591_822_u64 + place as u64 * 7_919)),
        customer_no: format!("C-{}", 100_231 + place * 37),
        company: None,
    }
}

/// Letters without marks, lower case, as addresses and handles are written.
pub(crate) fn ascii(text: &str) -> String {
    let mut out = String::new();
    for c in text.to_lowercase().chars() {
        match c {
            'ä' | 'æ' => out.push_str("ae"),
            'ö' | 'ø' => out.push_str("oe"),
            'ü' => out.push_str("ue"),
            'å' => out.push_str("aa"),
            'ß' => out.push_str("ss"),
            'ş' => out.push('s'),
            'ı' => out.push('i'),
            c if c.is_ascii_alphanumeric() => out.push(c),
            _ => {}
        }
    }
    out
}

fn address((given, surname): &(String, String), year: i64, dice: &mut Dice) -> String {
    let initial = &given[..1];
    let local = match dice.below(6) {
        0 | 1 => format!("{given}.{surname}"),
        2 => format!("{initial}.{surname}"),
        3 => format!("{given}{surname}{:02}", year % 100),
        4 => format!("{surname}.{given}"),
        _ => format!("{given}_{}", dice.between(10, 999)),
    };
    format!("{local}@{}", dice.pick(MAIL_DOMAINS))
}

fn handle((given, surname): &(String, String), place: usize, dice: &mut Dice) -> String {
    match dice.below(4) {
        0 => format!("{given}{surname}"),
        1 => format!("{given}_{surname}"),
        2 => format!("{}{surname}{}", &given[..1], place % 90 + 10),
        _ => {
            format!("{}{}", dice.pick(&["the_real_", "its", "hey", "just_"]), format_args!("{given}{place}"))
        }
    }
}

fn nick((given, _): &(String, String), place: usize, dice: &mut Dice) -> String {
    let word = *dice.pick(&["fibre", "router", "lighthouse", "gull", "harbour", "copper", "north", "pixel"]);
    if dice.chance(0.5) { format!("{word}_{given}{}", place % 10) } else { format!("{word}{place}") }
}

/// Three people of one firm, who also write from its role mailbox.
fn colleagues(people: &mut [Person]) {
    let workers: Vec<usize> = (20..people.len())
        .filter(|&place| people[place].language == Language::German)
        .step_by(5)
        .take(3)
        .collect();
    for place in workers {
        let person = &mut people[place];
        person.company = Some(FIRM);
        let work = format!("{}.{}@{}", &ascii(&person.given)[..1], ascii(&person.surname), FIRM.1);
        person.emails.push(work);
    }
}

/// The place of the person who gave up a number, and of the one who got it.
pub(crate) const REASSIGNED: (usize, usize) = (40, 90);

/// One number changes hands in February: the second person gets the first one's.
fn reassigned_number(people: &mut [Person]) {
    let (before, after) = REASSIGNED;
    let country = people[before].home.country;
    let number = match people[before].mobile.clone() {
        Some(number) => number,
        None if country == "DE" => "+491713920099".to_owned(),
        None => "+447700900000".to_owned(),
    };
    people[before].mobile = Some(number.clone());
    people[after].mobile = Some(number);
    for place in [before, after] {
        people[place].whatsapp_id = None;
    }
}

/// No two people share an e-mail address, a handle or a nick by chance.
fn unique_addresses(people: &mut [Person]) {
    let mut taken = std::collections::BTreeSet::new();
    for person in people {
        for email in &mut person.emails {
            let mut n = 1;
            while !taken.insert(email.clone()) {
                n += 1;
                if let Some((local, domain)) = email.split_once('@') {
                    *email = format!("{}{n}@{domain}", local.trim_end_matches(|c: char| c.is_ascii_digit()));
                }
            }
        }
        for name in [&mut person.x_handle, &mut person.forum_nick].into_iter().flatten() {
            while !taken.insert(name.clone()) {
                name.push('x');
            }
        }
    }
}
