//! The words by which people say that they said a thing before, or ask for it once more.
//!
//! Phrases are rows of a table, folded (no accents, lower case), one word a slot: `said|told` is either
//! word, `already?` may be missing, `*` is any word, and a last slot `!address` must not follow.
//! Apostrophes part words: "I've" is `i ve`. The rows were written for this library from everyday
//! letters to companies in each language; rows with a second meaning ("as discussed", "I already sent
//! it back") were left out. Looking up a word is one hash probe; phrases have at most [`LONGEST`]
//! words.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::repeat::Detail;

/// The most words a phrase covers.
pub(super) const LONGEST: usize = 12;

/// Phrases by their first words.
pub(super) struct Phrases {
    phrases: Vec<Vec<Slot>>,
    starts: FxHashMap<&'static str, Vec<u16>>,
}

struct Slot {
    /// Empty for any word.
    words: Vec<&'static str>,
    optional: bool,
    /// Whether the words must not stand here.
    barred: bool,
}

impl Slot {
    fn read(written: &'static str) -> Self {
        let (barred, rest) = written.strip_prefix('!').map_or((false, written), |rest| (true, rest));
        let (optional, rest) = rest.strip_suffix('?').map_or((false, rest), |rest| (true, rest));
        let words = if rest == "*" { Vec::new() } else { rest.split('|').collect() };
        Self { words, optional, barred }
    }

    fn fits(&self, word: &str) -> bool {
        self.words.is_empty() || self.words.contains(&word)
    }
}

impl Phrases {
    fn of(rows: &[&'static str]) -> Self {
        let phrases: Vec<Vec<Slot>> =
            rows.iter().map(|row| row.split_whitespace().map(Slot::read).collect()).collect();
        let mut starts: FxHashMap<&'static str, Vec<u16>> = FxHashMap::default();
        for (at, phrase) in phrases.iter().enumerate() {
            for &word in phrase.first().map_or(&[][..], |slot| slot.words.as_slice()) {
                starts.entry(word).or_default().push(at as u16);
            }
        }
        Self { phrases, starts }
    }

    /// Whether a phrase begins with `word`.
    pub(super) fn begins(&self, word: &str) -> bool {
        self.starts.contains_key(word)
    }

    /// How many of `words` the longest phrase that begins with the first of them takes.
    pub(super) fn longest(&self, words: &[&str]) -> Option<usize> {
        let starts = self.starts.get(words.first()?)?;
        starts.iter().filter_map(|&at| taken(&self.phrases[at as usize], words)).max()
    }
}

/// How many of `words` a phrase takes at most, if it stands at their start.
fn taken(slots: &[Slot], words: &[&str]) -> Option<usize> {
    let Some((slot, rest)) = slots.split_first() else { return Some(0) };
    if slot.barred {
        return words.first().is_none_or(|word| !slot.fits(word)).then_some(0);
    }
    let with = words.split_first().filter(|(word, _)| slot.fits(word));
    let with = with.and_then(|(_, after)| taken(rest, after)).map(|taken| taken + 1);
    let without = if slot.optional { taken(rest, words) } else { None };
    with.max(without)
}

/// What customers write who had to say a thing before.
pub(super) static SAID_BEFORE: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::of(&[
        // English
        "as i have|ve? already|just|previously? said|mentioned|wrote|written|explained|stated|told|described|reported you?",
        "as already|previously said|mentioned|written|explained|stated|described|reported",
        "as mentioned|stated|explained|said|written|described before|earlier|previously",
        "as mentioned|stated|explained|said|written|described in my last|previous|earlier|first|other email|e|mail|message|letter|ticket|chat mail?",
        "i have|ve? already said|explained|mentioned|answered|described|reported",
        "i already said|explained|mentioned|answered|described|reported",
        "i have|ve? already? told|informed you|them|support|someone|somebody before|already|twice|earlier|previously",
        "i have|ve? already told|informed|asked you|them|your|support|somebody|someone colleague|colleagues|agent|team|support?",
        "i have|ve? already written|wrote to|you about|to|you?",
        "i have|ve? already? told|explained|said|wrote|written|reported|given|gave this|that|it|everything|all? to? your colleague|colleagues|coworker",
        "i have|ve? already gave|given|provided|sent you|them|your this|that|these|the|my|colleague|all order|number|information|details|photo|photos|screenshot|screenshots|address|email?",
        "i have|ve? told|asked|written|said|explained you|this|that|it|to? you|them|this|that|it? two|three|four|five|several|many|multiple|a hundred|dozen|few|number? times",
        "i have|ve? told|asked|explained|said this|that|it|you? twice",
        "see|read my last|previous|earlier|first|other|above|original e? mail|email|emails|mails|message|messages|letter|ticket|tweet|post|comment",
        "see|read my e? mail|email|message|letter of|from|dated",
        "it|that|this is|was all? in my last|previous|earlier|first e? mail|email|message|letter",
        "how many|often times? do|must|should|will i have|need|got? to? explain|say|repeat|tell|write|ask|give",
        "do|must|should i really? have|need? to? explain|say|repeat|tell|write this|that|it|everything|all|my|the|you? story|problem|issue? all? over? again",
        "have|having|need|tired|sick of? to? repeat|repeating myself",
        "have|having|had|need to? explain|explaining|repeat|repeating|tell|telling everything|it|this|that|my all? story|issue|problem? over? again",
        "i m|am? repeating myself",
        "i keep|kept repeating|explaining|telling myself|this|that|it|the|you same? thing?",
        "writing|asking|calling|contacting|explaining|messaging|emailing you|this|about? now? for the second|third|fourth|fifth|sixth|tenth|nth|umpteenth|hundredth time",
        // German
        "wie ich? bereits|schon|eben|vorhin|zuvor|mehrfach mehrfach|mehrmals|einmal|am|telefonisch? telefon|telefonisch? geschrieben|erwahnt|gesagt|mitgeteilt|erklart|geschildert|beschrieben|angegeben|erlautert",
        "wie ich ihnen|dir|ihrem|ihrer|euch bereits|schon|kollegen|kollegin bereits|schon? geschrieben|gesagt|mitgeteilt|erklart|geschildert|beschrieben|sagte|schrieb",
        "wie ich bereits|schon sagte|schrieb|erwahnte|erklarte|schilderte|mitteilte",
        "ich habe|hab es|das|ihnen|euch|dir|doch|ja|dies? ihnen|euch|dir|doch|ja|es|das? doch? bereits|schon mehrfach|mehrmals|zweimal|dreimal|oft|gestern? geschrieben|gesagt|mitgeteilt|erklart|geschildert|beschrieben|angegeben",
        "habe|hab ich es|das|ihnen|euch|dir|doch|ja|ihrem|ihrer? ihnen|euch|dir|doch|ja|kollegen|kollegin? bereits|schon mehrfach|mehrmals|zweimal|dreimal|oft|gestern? geschrieben|gesagt|mitgeteilt|erklart|geschildert|beschrieben|angegeben",
        "ich habe|hab es|das|dies|alles? bereits|schon? ihrem|ihrer|ihren|deinem|deiner kollegen|kollegin|mitarbeiter|mitarbeiterin bereits|schon|alles? gesagt|geschrieben|mitgeteilt|erklart|geschildert",
        "siehe|lesen mein|meine|meiner|meinem sie? letzte|vorherige|vorige|erste|obige|fruhere|letztes|voriges|vorheriges|letzten|ersten e? mail|nachricht|schreiben|brief|email",
        "siehe meine|mein e? mail|email|nachricht|schreiben vom|von",
        "steht bereits|schon|doch|alles in meiner|meinem letzten|ersten|vorigen|vorherigen? e? mail|nachricht|schreiben|email",
        "wie oft soll|muss|mussen ich|wir das|ihnen|euch|es|denn? das|noch|es? noch? sagen|schreiben|erklaren|schildern|wiederholen|mitteilen",
        "muss|soll ich das|es|alles|mich|jetzt|wirklich? jetzt|wirklich|denn? alles? nochmal|nochmals|erneut|schon|standig|noch wieder|einmal|mal? erklaren|sagen|schreiben|schildern|wiederholen",
        "schreibe|frage|kontaktiere ihnen|sie|euch|jetzt|nun? jetzt|nun|bereits|schon? zum zweiten|dritten|vierten|funften|hundertsten|wiederholten|zigsten mal|male",
        // French
        "comme je vous? l ai|avais deja|bien|precedemment|dit|ecrit|indique|explique|mentionne|signale|precise dit|ecrit|indique|explique|mentionne|signale|precise? !que",
        "comme je vous|te ai|avais? ai|l? l|ai? ai? deja? dit|ecrit|indique|explique|mentionne|signale|precise",
        "comme deja|precedemment dit|ecrit|indique|explique|mentionne|signale|precise",
        "comme dit|ecrit|indique|explique|mentionne precedemment|auparavant",
        "je l|vous|te ai|l|avais ai? deja dit|ecrit|indique|explique|mentionne|signale|precise|donne",
        "j ai|avais deja dit|indique|explique|mentionne|signale|precise",
        "j ai|avais deja? tout? dit|ecrit|explique|indique|donne|signale deja? tout|cela|ca|le? probleme? a votre|vos collegue|collegues|conseiller|conseillere",
        "voir|voyez|relisez|lisez mon|mes precedent|premier|dernier|precedents|message|mail|courriel|email|mails|messages precedent|precedents|mail|message|courriel|email|mails|messages|du",
        "combien de fois dois|faut|vais|devrai je|il vous|le? le? repeter|expliquer|dire|ecrire",
        "je dois|vais encore|me|tout encore|tout? repeter|reexpliquer",
        // Spanish
        "como ya? les|le|te|os|lo? he|habia|hemos? ya? dije|dicho|comente|comentado|escribi|escrito|explique|explicado|mencione|mencionado|indique|indicado|informe",
        "ya se|les|le|te|os lo|la? he|habia? dije|dicho|comente|comentado|escribi|escrito|explique|explicado|mencione|mencionado|indique|indicado",
        "ya lo|la he|habia dicho|comentado|explicado|mencionado|escrito",
        "ya lo|la|he dije|dicho|comente|comentado|explique|explicado|mencione|mencionado|escribi|escrito",
        "le dije|explique|comente|conte a su companero|companera|colega",
        "se lo dije|explique|comente|conte a su companero|companera|colega",
        "vea|ver|lean|lea|mire mi|mis correo|mensaje|email|anterior|primer|ultimo anterior|correo|mensaje|email|del",
        "cuantas veces tengo|tendre|debo|he|hay que|de? repetir|explicar|decir|decirles|decirlo|repetirlo|explicarlo",
        "tengo que volver a explicar|repetir|decir|contar|explicarlo|contarlo",
        // Italian
        "come vi|le|ti|gia? ho|avevo? gia|vi|le? ho|avevo|precedentemente? gia? detto|scritto|spiegato|segnalato|menzionato|indicato|comunicato",
        "come ho|avevo gia? detto|scritto|spiegato|segnalato|menzionato|indicato|comunicato",
        "l ho|avevo gia detto|scritto|spiegato|segnalato|indicato|comunicato",
        "ve|glielo|vi|le l? ho|avevo gia detto|scritto|spiegato|segnalato|indicato|comunicato",
        "ho gia detto|spiegato|segnalato|indicato|comunicato tutto|questo|al|alla|ai? suo|sua|vostro|vostra? collega|colleghi|operatore|operatrice?",
        "ho gia? detto|spiegato|scritto|segnalato gia? tutto? al|alla|a|ai suo|sua|vostro|vostra|vostri|suoi collega|colleghi|operatore|operatrice",
        "veda|vedi|vedere|leggete|legga la|il mia|mio precedente|prima|primo|ultima|mail|messaggio|email|e mail|messaggio|email|precedente|del|di",
        "quante volte devo|dobbiamo ripetere|ripeterlo|spiegare|spiegarlo|dire|dirlo|scrivere",
        "devo ripetere|rispiegare|spiegare tutto|di|nuovamente|ancora|da",
        // Portuguese
        "como eu? ja lhe|lhes|vos|tinha|havia|te? disse|dito|escrevi|escrito|expliquei|explicado|mencionei|mencionado|referi|referido|informei|informado|falei",
        "como disse|escrevi|expliquei|mencionei|referi|informei anteriormente|antes",
        "ja lhe|lhes|vos|te|o disse|expliquei|mencionei|informei|falei|referi|escrevi",
        "eu ja disse|expliquei|mencionei|informei|falei|referi",
        "ja disse|expliquei|falei|informei|contei isso|tudo|isto|ao|a|para|que seu|sua|vosso|vossa|o? colega|atendente?",
        "veja|ver|leia|leiam meu|minha e? mail|mensagem|email|ultimo|ultima|primeiro|primeira anterior|e|mail|mensagem|email|de|do",
        "quantas vezes tenho|vou|preciso|terei que|de|ter? que|de? repetir|explicar|dizer|falar|escrever",
        "tenho que|de repetir|explicar tudo|isso|isto de|outra novo|vez",
        // Dutch
        "zoals al|reeds|eerder geschreven|gezegd|gemeld|aangegeven|verteld|uitgelegd|vermeld",
        "zoals ik al|reeds|eerder|net|u|je al|reeds|eerder? al? schreef|zei|vertelde|meldde|aangaf|uitlegde|geschreven|gezegd|gemeld|aangegeven|verteld|uitgelegd|vermeld",
        "zoals ik al|reeds|eerder|u|je heb? al|reeds|eerder? heb geschreven|gezegd|gemeld|aangegeven|verteld|uitgelegd|vermeld",
        "ik heb|had dit|dat|het|u|je|jullie? u|je|jullie? al|reeds tegen|aan? uw|je|jullie? collega? geschreven|gezegd|gemeld|aangegeven|verteld|uitgelegd|doorgegeven",
        "ik heb|had dit|dat|het|alles? al? tegen|aan uw|je|jullie collega al|alles? verteld|gezegd|uitgelegd|doorgegeven|gemeld",
        "zie|lees mijn vorige|eerste|eerdere|laatste e? mail|bericht|brief|email|mailtje",
        "zie mijn e? mail|bericht|brief|email van",
        "hoe vaak moet ik dit|dat|het nog? vertellen|zeggen|uitleggen|herhalen|schrijven|melden",
        "moet ik dit|dat|het|alles|mijn nu|verhaal? nu? weer|opnieuw|nogmaals vertellen|uitleggen|zeggen|herhalen|schrijven",
        // Danish
        "som jeg allerede|tidligere|har|for|ogsa har|allerede|tidligere|skrev|sagde|skrevet|sagt|naevnt|naevnte|forklaret|forklarede|oplyst|oplyste allerede|tidligere|skrevet|sagt|naevnt|forklaret|oplyst|fortalt? skrevet|sagt|naevnt|forklaret|oplyst|fortalt?",
        "som allerede|tidligere skrevet|sagt|naevnt|forklaret|oplyst",
        "jeg har allerede|jo|tidligere allerede? skrevet|sagt|naevnt|forklaret|oplyst|fortalt",
        "jeg har fortalt|sagt|forklaret det? til? din|jeres|deres kollega",
        "se min forrige|tidligere|forste|sidste|seneste mail|besked|mails|e mail?",
        "hvor mange gange skal jeg sige|skrive|forklare|gentage|fortaelle|ringe",
        // Swedish
        "som jag redan|tidigare|har|namnt har|redan|tidigare|skrivit|sagt|namnt|skrev|sa|berattat|forklarat|uppgett skrivit|sagt|namnt|berattat|forklarat|uppgett?",
        "jag har redan|ju redan? skrivit|sagt|namnt|berattat|forklarat|uppgett",
        "se mitt forra|tidigare|forsta|senaste mejl|mail|meddelande|brev",
        "hur manga ganger ska|maste jag saga|skriva|forklara|upprepa|beratta|ringa",
        // Polish
        "jak juz pisalem|pisalam|wspominalem|wspominalam|mowilem|mowilam|informowalem|informowalam|napisalem|napisalam",
        "juz to? pisalem|pisalam|mowilem|mowilam|wspominalem|wspominalam|tlumaczylem|tlumaczylam",
        "ile razy mam|musze jeszcze? powtarzac|pisac|tlumaczyc|mowic",
    ])
});

/// What staff writes who asks to say it all again.
pub(super) static SAY_AGAIN: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::of(&[
        "repeat your|that !order|orders|purchase|medication|prescription|password|step|steps|process|procedure",
        "repeat the problem|issue|question|request|information|details|story",
        "describe|explain your|the|this problem|issue|question|request|situation|matter|error once? again|more",
        "describe|explain|tell it|that|this|us|me what? the|happened|your? problem|issue? once? again",
        "tell us|me once? again what|how|when|which|where|about",
        "remind me|us of|what your|the problem|issue|order|question|request|number|name",
        "noch einmal|mal genau? schildern|beschreiben|erklaren|mitteilen|nennen",
        "nochmal|nochmals|erneut genau? schildern|beschreiben|erklaren|mitteilen|nennen",
        "schildern|beschreiben|erklaren|nennen sie uns|mir|bitte? uns|mir|bitte? ihr|ihre|das|den|die anliegen|problem|frage|bitte? noch|nochmal|nochmals|erneut",
        "repeter|reexpliquer|redecrire|rappeler votre|le|la|l|vos probleme|demande|question|numero|situation",
        "expliquer|decrire a? nouveau|encore",
        "repetir|repetirme|repetirnos|recordarme|recordarnos su|el|la|tu problema|consulta|pregunta|solicitud|incidencia|numero",
        "explicarme|explicarnos|contarme|contarnos|describir|explicar de nuevo|otra",
        "ripetere|ripetermi|ripeterci|rispiegare|rispiegarmi la|il|sua|suo|mi|ci sua|suo|problema|richiesta|domanda|problema",
        "spiegare|spiegarmi|spiegarci|descrivere|descriverci di|nuovamente|ancora nuovo|il|la|una",
        "repetir|explicar|descrever|descrever|informar novamente|outra|de novo|vez|o|a",
        "repetir o|a|sua|seu problema|questao|pedido|pergunta|solicitacao",
        "nogmaals|opnieuw uitleggen|vertellen|beschrijven|omschrijven|doorgeven|aangeven",
        "uw|je|jullie vraag|probleem|klacht nogmaals|opnieuw",
        "gentage dit|din|dine|problemet|sporgsmalet|oplysningerne|jeres|deres",
        "beskrive|forklare problemet|det|dit|din problem|igen igen?",
        "beskriva|forklara|upprepa problemet|det|ditt|din igen|problem|arende|fraga",
    ])
});

/// What makes a sentence a request even without a question mark.
pub(super) const PLEASE: &[&str] = &[
    "please",
    "pls",
    "plz",
    "kindly",
    "need",
    "require",
    "bitte",
    "bitten",
    "benotigen",
    "brauchen",
    "veuillez",
    "svp",
    "merci",
    "besoin",
    "favor",
    "ruego",
    "rogamos",
    "necesitamos",
    "necesito",
    "cortesemente",
    "gentilmente",
    "favore",
    "piacere",
    "gentileza",
    "precisamos",
    "preciso",
    "alstublieft",
    "aub",
    "graag",
    "nodig",
    "venligst",
    "vanligen",
    "behover",
    "prosze",
    "prosimy",
];

/// Verbs that ask for a detail, in the forms a request has.
pub(super) const ASKING_VERBS: &[&str] = &[
    // English
    "provide",
    "send",
    "give",
    "share",
    "tell",
    "confirm",
    "have",
    "get",
    "dm",
    "know",
    "need",
    "require",
    "supply",
    "what",
    "indicate",
    "quote",
    "reply",
    "include",
    "advise",
    "forward",
    "enter",
    // German
    "mitteilen",
    "mitzuteilen",
    "nennen",
    "senden",
    "schicken",
    "zusenden",
    "zuschicken",
    "angeben",
    "anzugeben",
    "geben",
    "durchgeben",
    "bestatigen",
    "lautet",
    "benotigen",
    "brauchen",
    "verraten",
    "sagen",
    "ubermitteln",
    "teilen",
    // French
    "communiquer",
    "indiquer",
    "donner",
    "envoyer",
    "transmettre",
    "preciser",
    "fournir",
    "confirmer",
    "quel",
    "quelle",
    "besoin",
    "faut",
    // Spanish
    "facilitar",
    "facilitarnos",
    "facilitarme",
    "facilitanos",
    "indicar",
    "indicarnos",
    "indicarme",
    "indicanos",
    "dar",
    "darnos",
    "darme",
    "enviar",
    "enviarnos",
    "enviarme",
    "envianos",
    "proporcionar",
    "proporcionarnos",
    "proporcionarme",
    "decirme",
    "decirnos",
    "confirmar",
    "confirmarnos",
    "confirmarme",
    "cual",
    "necesito",
    "necesitamos",
    // Italian
    "fornire",
    "fornirci",
    "fornirmi",
    "indicare",
    "indicarci",
    "indicarmi",
    "comunicare",
    "comunicarci",
    "comunicarmi",
    "inviare",
    "inviarci",
    "inviarmi",
    "dare",
    "darci",
    "darmi",
    "dirmi",
    "dirci",
    "confermare",
    "confermarmi",
    "qual",
    "serve",
    "avere",
    // Portuguese
    "informar",
    "informe",
    "informar",
    "envie",
    "fornecer",
    "dizer",
    "diga",
    "confirme",
    "passar",
    "precisamos",
    "preciso",
    // Dutch
    "geven",
    "doorgeven",
    "sturen",
    "toesturen",
    "vertellen",
    "bevestigen",
    "nodig",
    "weten",
    "vermelden",
    "wat",
    "ontvangen",
    // Danish and Swedish
    "sende",
    "oplyse",
    "fortaelle",
    "bekraefte",
    "hvad",
    "brug",
    "skicka",
    "uppge",
    "ange",
    "bekrafta",
    "vad",
    "behover",
    "fa",
];

/// What a writer needs is asked for whoever is the subject.
pub(super) const NEEDS: &[&str] =
    &["need", "require", "benotigen", "brauchen", "necesito", "necesitamos", "preciso", "precisamos"];

/// Behind these a verb tells what the writer does, unless the word before them is one of [`MODALS`].
pub(super) const WRITERS: &[&str] = &["i", "we", "ve", "will", "ll", "already"];

/// They make a question of it: "may I have".
pub(super) const MODALS: &[&str] = &["may", "can", "could", "might", "shall", "do"];

/// The details that are told apart.
pub(super) const DETAILS: &[Detail] = &[
    Detail::OrderNumber,
    Detail::CustomerNumber,
    Detail::TrackingNumber,
    Detail::InvoiceNumber,
    Detail::SerialNumber,
    Detail::EmailAddress,
    Detail::PhoneNumber,
];

/// What a detail is called by one who asks for it.
pub(super) fn asked(detail: Detail) -> &'static Phrases {
    &names(detail).asked
}

/// What stands before the value by one who gives it.
pub(super) fn given(detail: Detail) -> &'static Phrases {
    &names(detail).given
}

struct Names {
    asked: Phrases,
    given: Phrases,
}

impl Names {
    /// `bare` are names that stand before a value but do not ask for one: "order 48213".
    fn of(asked: &[&'static str], bare: &[&'static str]) -> Self {
        Self { asked: Phrases::of(asked), given: Phrases::of(&[asked, bare].concat()) }
    }
}

fn names(detail: Detail) -> &'static Names {
    match detail {
        Detail::OrderNumber => &ORDER,
        Detail::CustomerNumber => &CUSTOMER,
        Detail::TrackingNumber => &TRACKING,
        Detail::InvoiceNumber => &INVOICE,
        Detail::SerialNumber => &SERIAL,
        Detail::EmailAddress => &EMAIL,
        Detail::PhoneNumber => &PHONE,
    }
}

static ORDER: LazyLock<Names> = LazyLock::new(|| {
    Names::of(
        &[
            "order|booking|reservation|purchase number|numbers|no|nr|id|ref|reference|code",
            "bestellnummer|auftragsnummer|buchungsnummer|bestellnr|ordernummer|bestelnummer|boekingsnummer|reserveringsnummer|ordrenummer|bookingnummer|bokningsnummer",
            "numero de|da|du la|votre|tu|su|seu|sua? commande|reservation|dossier|pedido|orden|reserva|encomenda",
            "numero d|dell|di|del suo|vostro|tuo? ordine|prenotazione|ordine",
        ],
        &[
            "order|booking|reservation|bestellung|auftrag|buchung|commande|pedido|encomenda|ordine|bestelling|ordre",
        ],
    )
});

static CUSTOMER: LazyLock<Names> = LazyLock::new(|| {
    Names::of(
        &[
            "customer|account|client|membership|member|contract|policy number|no|nr|id",
            "kundennummer|kundennr|kontonummer|vertragsnummer|mitgliedsnummer|klantnummer|contractnummer|kundenummer|kontonummer|kundnummer",
            "numero de|do|di votre|su|tu|seu? client|compte|contrat|cliente|cuenta|contrato|conta",
            "codice cliente",
        ],
        &["kunde"],
    )
});

static TRACKING: LazyLock<Names> = LazyLock::new(|| {
    Names::of(
        &[
            "tracking|shipment|parcel|consignment|package number|no|nr|id|code",
            "sendungsnummer|paketnummer|trackingnummer|verzendnummer|pakkenummer|sporingsnummer|kollinummer|paketnummer",
            "numero de|di suivi|colis|seguimiento|rastreamento|rastreio|spedizione|tracking",
            "codigo de rastreamento|rastreio|seguimiento",
        ],
        &["tracking|sendung"],
    )
});

static INVOICE: LazyLock<Names> = LazyLock::new(|| {
    Names::of(
        &[
            "invoice|bill number|no|nr|id",
            "rechnungsnummer|factuurnummer|fakturanummer|rechnungsnr",
            "numero de|da|di|della votre|su|sua|la? facture|factura|fatura|fattura",
        ],
        &["invoice|rechnung|facture|factura|fatura|fattura|factuur|faktura"],
    )
});

static SERIAL: LazyLock<Names> = LazyLock::new(|| {
    Names::of(
        &["serial number|no|nr", "seriennummer|serienummer|geratenummer", "numero de|di serie"],
        &["serial"],
    )
});

static EMAIL: LazyLock<Names> = LazyLock::new(|| {
    Names::of(
        &[
            "email|mail address|adresse|addresse|adres|adress",
            "e mail address|adresse|addresse|adres|adress",
            "mailadresse|emailadresse|mailadres|emailadres|mejladress|mailadress",
            "adresse e|email|mail|courriel|electronique mail?",
            "direccion de? correo|email|e",
            "indirizzo e|email|mail|di mail|posta?",
            "endereco de? e|email",
        ],
        &[],
    )
});

static PHONE: LazyLock<Names> = LazyLock::new(|| {
    Names::of(
        &[
            "phone|telephone|mobile|cell|contact|cellphone number|no|nr",
            "telefonnummer|handynummer|mobilnummer|ruckrufnummer|telefoonnummer|mobilnummer|rufnummer",
            "numero de|di|do votre|su|seu? telephone|portable|telefono|telefone|celular|movil|cellulare",
        ],
        &["phone|telefon|telephone|telefono|telefone|telefoon|tel|handy|mobile|cell"],
    )
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::fold::fold;

    fn tables() -> Vec<&'static Phrases> {
        let names = DETAILS.iter().flat_map(|&detail| [asked(detail), given(detail)]);
        [&*SAID_BEFORE, &*SAY_AGAIN].into_iter().chain(names).collect()
    }

    #[test]
    fn every_row_is_folded_bounded_and_begins_with_a_word() {
        for phrase in tables().iter().flat_map(|table| &table.phrases) {
            let first = phrase.first().expect("a row has words");
            assert!(!first.optional && !first.barred && !first.words.is_empty());
            assert!(phrase.iter().filter(|slot| !slot.barred).count() <= LONGEST);
            assert!(phrase.iter().filter(|slot| slot.optional).count() <= 7, "too many ways to read it");
            for word in phrase.iter().flat_map(|slot| &slot.words) {
                assert_eq!(*word, fold(word), "not folded");
            }
        }
        for word in PLEASE.iter().chain(ASKING_VERBS) {
            assert_eq!(*word, fold(word));
        }
    }

    #[test]
    fn a_slot_may_be_one_of_several_missing_or_barred() {
        let phrases = Phrases::of(&["as i have? said|told", "see my mail !address"]);
        let longest = |text: &str| phrases.longest(&text.split(' ').collect::<Vec<_>>());
        assert_eq!(longest("as i said so"), Some(3));
        assert_eq!(longest("as i have told you"), Some(4));
        assert_eq!(longest("as i have"), None);
        assert_eq!(longest("see my mail"), Some(3));
        assert_eq!(longest("see my mail address"), None);
    }
}
