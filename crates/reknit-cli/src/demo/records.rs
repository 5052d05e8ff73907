//! The contact records of the invented company: what each of its systems knows, with its dirt.
//!
//! Eight systems hold the same people in their own way. The till and the newsletter ask for little,
//! the support desk types what it hears, WhatsApp and X know a display name and an id. On the way
//! in, names are misspelt, shortened and swapped, addresses get tags and capitals, numbers come in
//! every notation, days and months change places. Nothing is misspelt that the truth depends on in
//! secret: [`Made::person_of`] names the person of every record.

use std::collections::BTreeMap;

use reknit::model::{Assurance, Identifier, IdentifierKind, Record, RecordKey, Timestamp};

use super::people::{Person, REASSIGNED, ascii};
use super::random::Dice;

/// Where a customer can be met, as far as some record knows it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reach {
    pub(crate) emails: Vec<String>,
    pub(crate) phone: Option<String>,
    pub(crate) x: Option<String>,
    pub(crate) whatsapp: bool,
    pub(crate) visitor: Option<String>,
    pub(crate) forum: Option<String>,
    pub(crate) customer_no: Option<String>,
}

/// The records, whose they are, and where their people can be met.
#[derive(Debug)]
pub(crate) struct Made {
    pub(crate) records: Vec<Record>,
    pub(crate) person_of: BTreeMap<RecordKey, String>,
    pub(crate) reach: Vec<Reach>,
}

/// The people of the showpieces are known to every system that could know them.
pub(crate) const SHOWN: usize = 3;
/// When the reassigned number was given up, and when it was handed on.
const GIVEN_UP: i64 = 1_769_817_600_000; // 2026-01-31
const HANDED_ON: i64 = 1_771_200_000_000; // 2026-02-16
/// The business portfolio inside which WhatsApp's user ids are unique.
const WHATSAPP_SCOPE: &str = "whatsapp:vindholm";

/// The records of `people`.
pub(crate) fn records(people: &[Person], dice: &Dice) -> Made {
    let mut desk = Desk {
        dice: dice.apart("records"),
        made: Made { records: Vec::new(), person_of: BTreeMap::new(), reach: Vec::new() },
        numbers: BTreeMap::new(),
    };
    for (place, person) in people.iter().enumerate() {
        desk.made.reach.push(Reach::default());
        let before = desk.made.records.len();
        desk.known_to(place, person, people);
        if desk.made.records.len() == before {
            desk.crm(place, person, true);
        }
    }
    desk.role_mailbox();
    desk.made
}

struct Desk {
    dice: Dice,
    made: Made,
    /// The next number of each source.
    numbers: BTreeMap<&'static str, usize>,
}

impl Desk {
    /// Goes through the systems that may know `person`.
    fn known_to(&mut self, place: usize, person: &Person, people: &[Person]) {
        let shown = place < SHOWN;
        let has = |dice: &mut Dice, p: f64| dice.chance(p) || shown;
        if has(&mut self.dice, 0.80) {
            self.crm(place, person, true);
            if self.dice.chance(0.11) && !shown {
                self.crm(place, person, false);
            }
        }
        if has(&mut self.dice, 0.50) {
            self.shop(place, person);
        }
        if self.dice.chance(0.38) {
            self.newsletter(place, person);
        }
        if has(&mut self.dice, 0.42) {
            self.support(place, person);
        }
        let moved = [REASSIGNED.0, REASSIGNED.1].contains(&place);
        if person.mobile.is_some() && (moved || person.whatsapp_id.is_some() || has(&mut self.dice, 0.27)) {
            self.whatsapp(place, person);
        }
        if person.x_handle.is_some() && has(&mut self.dice, 0.92) {
            self.x(place, person);
        }
        if self.dice.chance(0.17) {
            self.web_chat(place, person, people);
        }
        if person.forum_nick.is_some() {
            self.forum(place, person);
        }
    }

    fn keep(&mut self, source: &'static str, person: &str, fill: impl FnOnce(Record) -> Record) {
        let number = self.numbers.entry(source).or_insert(0);
        *number += 1;
        // Ids as the systems give them out; the step keeps them from counting the people.
        let id = format!("{}{}", &source[..1].to_uppercase(), 1000 + *number * 3);
        let record = fill(Record::new(source, id));
        self.made.person_of.insert(record.key(), person.to_owned());
        self.made.records.push(record);
    }

    fn crm(&mut self, place: usize, person: &Person, first: bool) {
        let dice = &mut self.dice;
        let (mut given, mut surname) = (given(person, dice), surname(person, first, dice));
        if dice.chance(0.03) {
            std::mem::swap(&mut given, &mut surname);
        }
        let home = match &person.former_home {
            Some(old) if dice.chance(0.5) => old,
            _ => &person.home,
        };
        let mut row: Vec<(&str, String)> = vec![("first_name", given), ("last_name", surname)];
        if dice.chance(0.62) || place < SHOWN {
            row.push(("date_of_birth", born(person, place >= SHOWN, dice)));
        }
        let mut emails = Vec::new();
        if let Some((company, domain)) = person.company {
            row.push(("company", company.to_owned()));
            row.push(("email", format!("info@{domain}")));
        } else if dice.chance(0.80) || place < SHOWN {
            let email = &person.emails[if first { 0 } else { person.emails.len() - 1 }];
            emails.push(email.clone());
            row.push(("email", email_as_typed(email, dice)));
        }
        if person.emails.len() > 1 && dice.chance(0.4) {
            emails.push(person.emails[1].clone());
            row.push(("email2", email_as_typed(&person.emails[1], dice)));
        }
        let reassigned = [REASSIGNED.0, REASSIGNED.1].contains(&place);
        let mut known_phone = None;
        if let Some(mobile) = person.mobile.as_ref().filter(|_| !reassigned)
            && (dice.chance(0.66) || place < SHOWN)
        {
            known_phone = Some(mobile.clone());
            row.push(("mobile", phone_as_typed(mobile, dice)));
        }
        if let Some(line) = &person.home.landline
            && (dice.chance(0.6) || place < SHOWN)
        {
            row.push(("phone", phone_as_typed(line, dice)));
        }
        if dice.chance(0.85) || place < SHOWN {
            row.push(("street", street_as_typed(&home.street, dice)));
            row.push(("house_number", home.number.clone()));
            row.push(("city", typo_in(0.03, &home.city, dice)));
            row.push(("postcode", postcode_as_typed(&home.postcode, dice)));
            row.push(("country", home.country.to_owned()));
        }
        if let Some(handle) = &person.x_handle
            && (dice.chance(0.45) || place < SHOWN)
        {
            row.push(("twitter", handle_as_typed(handle, dice)));
        }
        if first {
            row.push(("external_id", person.customer_no.clone()));
            self.made.reach[place].customer_no = Some(person.customer_no.clone());
        }
        let reach = &mut self.made.reach[place];
        reach.emails.extend(emails);
        reach.phone = reach.phone.take().or(known_phone);
        self.keep("crm", &person.id, |record| with_row(record, row));
    }

    fn shop(&mut self, place: usize, person: &Person) {
        let dice = &mut self.dice;
        let name = full_name(person, dice);
        let email = &person.emails[dice.below(person.emails.len())];
        let mut row = vec![("name", name), ("email", email_as_typed(email, dice))];
        let street = street_as_typed(&person.home.street, dice);
        let address = match person.home.country {
            "DE" => format!("{street} {}", person.home.number),
            _ => format!("{} {street}", person.home.number),
        };
        row.push(("address", address));
        row.push(("city", typo_in(0.05, &person.home.city, dice)));
        row.push(("postcode", postcode_as_typed(&person.home.postcode, dice)));
        let number = person.mobile.as_ref().filter(|_| ![REASSIGNED.0, REASSIGNED.1].contains(&place));
        if let Some(number) = number.or(person.home.landline.as_ref())
            && dice.chance(0.7)
        {
            row.push(("phone", phone_as_typed(number, dice)));
        }
        self.made.reach[place].emails.push(email.clone());
        self.keep("shop", &person.id, |record| with_row(record, row));
    }

    /// The newsletter has confirmed its addresses by a click, and knows little else.
    fn newsletter(&mut self, place: usize, person: &Person) {
        let dice = &mut self.dice;
        let email = &person.emails[dice.below(person.emails.len())];
        let value = email_as_typed(email, dice);
        let mut row = Vec::new();
        if dice.chance(0.75) {
            row.push(("first_name", given(person, dice)));
        }
        if dice.chance(0.55) {
            row.push(("last_name", surname(person, true, dice)));
        }
        self.made.reach[place].emails.push(email.clone());
        let id = Identifier::new(IdentifierKind::Email, value).assured(Assurance::Verified);
        self.keep("newsletter", &person.id, |record| with_row(record, row).identified(id));
    }

    fn support(&mut self, place: usize, person: &Person) {
        let dice = &mut self.dice;
        let mut row = vec![("contact_name", full_name(person, dice))];
        let email = &person.emails[0];
        if dice.chance(0.03) {
            row.push(("email", "noemail@vindholm.example".to_owned()));
        } else if dice.chance(0.75) || place < SHOWN {
            row.push(("email", email_as_typed(email, dice)));
            self.made.reach[place].emails.push(email.clone());
        }
        let number = match (&person.mobile, &person.home.landline) {
            (Some(mobile), _) if ![REASSIGNED.0, REASSIGNED.1].contains(&place) => Some(mobile),
            (_, line) => line.as_ref(),
        };
        // The father and his son both call from the line they share.
        let number = if place < 2 { person.home.landline.as_ref() } else { number };
        if let Some(number) = number
            && (dice.chance(0.65) || place < SHOWN)
        {
            row.push(("phone", phone_as_typed(number, dice)));
        }
        if dice.chance(0.3) {
            row.push(("date_of_birth", born(person, place >= SHOWN, dice)));
        }
        if dice.chance(0.45) {
            row.push(("external_id", person.customer_no.clone()));
        }
        if dice.chance(0.5) {
            row.push(("city", typo_in(0.05, &person.home.city, dice)));
        }
        self.keep("support", &person.id, |record| with_row(record, row));
    }

    /// WhatsApp proves the number; from March on it may give an id of its own instead.
    fn whatsapp(&mut self, place: usize, person: &Person) {
        let Some(mobile) = person.mobile.clone() else { return };
        let name = display_name(person, &mut self.dice);
        let mut phone = Identifier::new(IdentifierKind::Phone, mobile.clone()).assured(Assurance::Verified);
        if place == REASSIGNED.0 {
            phone.valid_to = Some(Timestamp(GIVEN_UP));
        }
        if place == REASSIGNED.1 {
            phone.valid_from = Some(Timestamp(HANDED_ON));
        }
        let reach = &mut self.made.reach[place];
        reach.whatsapp = true;
        reach.phone = Some(mobile);
        let row = vec![("display_name", name)];
        let both = phone.clone();
        self.keep("whatsapp", &person.id, |record| with_row(record, row).identified(phone));
        if let Some(id) = &person.whatsapp_id {
            let row = vec![("display_name", display_name(person, &mut self.dice))];
            let id = Identifier::new(IdentifierKind::PlatformId, id.clone())
                .scoped(WHATSAPP_SCOPE)
                .assured(Assurance::Verified);
            // The notice of the change carried the number and the new id together, when it came.
            let noticed = self.dice.chance(0.8);
            self.keep("whatsapp", &person.id, |record| {
                let record = with_row(record, row).identified(id);
                if noticed { record.identified(both) } else { record }
            });
        }
    }

    fn x(&mut self, place: usize, person: &Person) {
        let Some(handle) = &person.x_handle else { return };
        let mut row =
            vec![("handle", format!("@{handle}")), ("display_name", display_name(person, &mut self.dice))];
        if self.dice.chance(0.5) {
            row.push(("city", person.home.city.clone()));
        }
        self.made.reach[place].x = Some(format!("@{handle}"));
        self.keep("x", &person.id, |record| with_row(record, row));
    }

    /// A chat visitor types an address nobody checks; now and then it is the partner's.
    fn web_chat(&mut self, place: usize, person: &Person, people: &[Person]) {
        let partner = people.get(place + 1).filter(|next| next.home.landline == person.home.landline);
        let dice = &mut self.dice;
        let email = match partner {
            Some(partner) if person.home.landline.is_some() && dice.chance(0.15) => &partner.emails[0],
            _ => &person.emails[0],
        };
        let typed = Identifier::new(IdentifierKind::Email, email_as_typed(email, dice));
        // The two chat windows count their visitors apart, so a few numbers stand for two people.
        let collides = place % 16 < 2;
        let visitor = if collides { 10_000 + place / 16 } else { 20_000 + place * 11 };
        let scope = if place.is_multiple_of(2) { "web_chat:help" } else { "web_chat:shop" };
        let visitor = format!("visitor-{visitor}");
        let mut row = Vec::new();
        if dice.chance(0.8) {
            row.push(("name", display_name(person, dice)));
        }
        self.made.reach[place].emails.push(person.emails[0].clone());
        if !collides {
            self.made.reach[place].visitor = Some(visitor.clone());
        }
        let id = Identifier::new(IdentifierKind::PlatformId, visitor).scoped(scope);
        self.keep("web_chat", &person.id, |record| {
            with_row(record, row).identified(typed.assured(Assurance::Claimed)).identified(id)
        });
    }

    fn forum(&mut self, place: usize, person: &Person) {
        let Some(nick) = &person.forum_nick else { return };
        let email = email_as_typed(&person.emails[0], &mut self.dice);
        let row = vec![("username", nick.clone()), ("email", email)];
        let reach = &mut self.made.reach[place];
        reach.forum = Some(nick.clone());
        reach.emails.push(person.emails[0].clone());
        self.keep("forum", &person.id, |record| with_row(record, row));
    }

    /// The firm's role mailbox has a record of its own, and is nobody.
    fn role_mailbox(&mut self) {
        let row = vec![
            ("contact_name", "Ahlers Logistik".to_owned()),
            ("company", "Ahlers Logistik".to_owned()),
            ("email", "info@ahlers-logistik.example".to_owned()),
        ];
        self.keep("support", "firm-ahlers", |record| with_row(record, row));
    }
}

fn with_row(record: Record, row: Vec<(&str, String)>) -> Record {
    row.into_iter().fold(record, |record, (name, value)| record.with(name, value))
}

fn given(person: &Person, dice: &mut Dice) -> String {
    let whole = person.given.clone();
    match dice.weighted(&[0.72, 0.13, 0.03, 0.05, 0.04, 0.03]) {
        1 => person.short.clone().unwrap_or(whole),
        2 => format!("{}.", whole.chars().next().unwrap_or('?')),
        3 => typo(&whole, dice),
        4 => whole.to_lowercase(),
        5 => whole.to_uppercase(),
        _ => whole,
    }
}

fn surname(person: &Person, new: bool, dice: &mut Dice) -> String {
    let whole = match &person.former_surname {
        Some(former) if !new || dice.chance(0.25) => former.clone(),
        _ => person.surname.clone(),
    };
    match dice.weighted(&[0.84, 0.06, 0.04, 0.02, 0.04]) {
        1 => typo(&whole, dice),
        2 => whole.to_lowercase(),
        3 => whole.to_uppercase(),
        4 => capital(&ascii(&whole)),
        _ => whole,
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn full_name(person: &Person, dice: &mut Dice) -> String {
    let (given, surname) = (given(person, dice), surname(person, true, dice));
    let suffix = person.suffix.filter(|_| dice.chance(0.4));
    match (dice.below(12), suffix) {
        (0, _) => format!("{surname}, {given}"),
        (1, _) => format!("{surname} {given}"),
        (_, Some(suffix)) => format!("{given} {surname} {suffix}."),
        _ => format!("{given} {surname}"),
    }
}

fn display_name(person: &Person, dice: &mut Dice) -> String {
    let short = person.short.as_ref().unwrap_or(&person.given);
    match dice.below(6) {
        0 => short.clone(),
        1 => format!("{short} {}.", person.surname.chars().next().unwrap_or('?')),
        2 => format!("{short} {}", person.surname),
        3 => format!("{} {} 🌊", person.given, person.surname),
        _ => format!("{} {}", person.given, person.surname),
    }
}

/// One slip of the finger: a letter doubled, dropped, or changing places with the next.
pub(crate) fn typo(word: &str, dice: &mut Dice) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    if letters.len() < 4 {
        return word.to_owned();
    }
    let at = 1 + dice.below(letters.len() - 2);
    match dice.below(3) {
        0 => letters.swap(at, at + 1),
        1 => {
            letters.remove(at);
        }
        _ => letters.insert(at, letters[at]),
    }
    letters.into_iter().collect()
}

fn typo_in(share: f64, word: &str, dice: &mut Dice) -> String {
    if dice.chance(share) { typo(word, dice) } else { word.to_owned() }
}

fn born(person: &Person, may_err: bool, dice: &mut Dice) -> String {
    let (year, mut month, mut day) = person.born;
    if may_err && day <= 12 && dice.chance(0.06) {
        std::mem::swap(&mut month, &mut day);
    }
    match dice.below(4) {
        0 => format!("{day:02}/{month:02}/{year}"),
        1 => format!("{day}.{month}.{year}"),
        _ => format!("{year}-{month:02}-{day:02}"),
    }
}

fn email_as_typed(email: &str, dice: &mut Dice) -> String {
    let (local, domain) = email.split_once('@').unwrap_or((email, ""));
    match dice.weighted(&[0.80, 0.08, 0.07, 0.03, 0.02]) {
        1 => format!("{local}+{}@{domain}", dice.pick(&["shop", "news", "vindholm", "telecom"])),
        2 => format!("{}@{domain}", capital(local)),
        3 => format!(" {}", email.to_uppercase()),
        4 => format!("{}@{domain}", typo(local, dice)),
        _ => email.to_owned(),
    }
}

/// A number as people write it. German numbers mostly keep their country code: the company's own
/// region is Britain, so a German national form is dirt.
fn phone_as_typed(e164: &str, dice: &mut Dice) -> String {
    let (country, national) = e164.split_at(3);
    let code = &country[1..];
    let split = national.len().min(if code == "44" { 4 } else { 3 });
    let (area, rest) = national.split_at(split);
    let british = code == "44";
    match dice.below(if british { 8 } else { 6 }) {
        0 => format!("00{code}{national}"),
        1 => format!("+{code} (0){area} {rest}"),
        2 => format!("+{code}-{area}-{rest}"),
        3 => format!("+{code} {area} {rest}"),
        4 | 5 if !british => e164.to_owned(),
        4 => format!("0{national}"),
        5 => format!("0{area} {rest}"),
        6 => format!("(0{area}) {}-{}", &rest[..rest.len() / 2], &rest[rest.len() / 2..]),
        _ => e164.to_owned(),
    }
}

fn street_as_typed(street: &str, dice: &mut Dice) -> String {
    if dice.chance(0.25) {
        let pairs = [
            ("Street", "St."),
            ("Road", "Rd"),
            ("Lane", "Ln"),
            ("Avenue", "Ave"),
            ("Drive", "Dr."),
            ("straße", "str."),
            ("Close", "Cl"),
        ];
        for (long, short) in pairs {
            if let Some(stem) = street.strip_suffix(long) {
                return format!("{stem}{short}");
            }
        }
    }
    typo_in(0.04, street, dice)
}

fn postcode_as_typed(postcode: &str, dice: &mut Dice) -> String {
    match dice.below(12) {
        0 => postcode.replace(' ', ""),
        1 => postcode.to_lowercase(),
        _ => postcode.to_owned(),
    }
}

fn handle_as_typed(handle: &str, dice: &mut Dice) -> String {
    match dice.below(3) {
        0 => format!("https://x.com/{handle}"),
        1 => format!("@{handle}"),
        _ => handle.to_owned(),
    }
}
