//! Names of organisations: the name itself and the legal form behind or before it.
//!
//! `Siemens AG`, `Siemens Aktiengesellschaft` and `SiemensAG` are one notation each of one name with
//! one legal form. The form is recognised by a table of what registers write, in full and in short,
//! whatever dots and blanks stand inside (`S. r. l.`, `Sp. z o.o.`), and is given as a code and as a
//! class, because forms of one class are translations of each other (`ООО`, `LLC`, `GmbH`) while
//! those of two classes are two organisations (`Deutsche Bank AG`, `Deutsche Bank GmbH`).
//! Abbreviations lose their dots (`A.B.C.` is `abc`), and a few words everybody shortens are written
//! out (`Int'l`).
//!
//! Sources: the ISO 20275 list of entity legal forms for which forms exist; the grouping into classes
//! is ours. Cost: linear; one look-up per run of up to six words at either end.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;
use serde::Serialize;

use super::fold::fold;
use crate::similarity::osa;

/// Rounds until a normal form reads as itself, at most; each takes a word off.
const MAX_ROUNDS: usize = 16;

/// The name of an organisation as read.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Company {
    /// The words of the name, folded, without the legal form.
    core: String,
    /// The code of the legal form (`ag`, `ltd`, `ooo`).
    #[serde(skip_serializing_if = "Option::is_none")]
    form: Option<&'static str>,
    /// What kind of form it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    class: Option<Class>,
}

/// Kinds of legal forms that translate into each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// A company of shareholders whose shares are traded or could be.
    Stock,
    /// A company of limited liability.
    Limited,
    /// A company of a kind the word does not say: `Inc`, `Corp`, `Co`, `Group`.
    Company,
    /// Partners of whom at least one is liable.
    Partnership,
    /// A cooperative.
    Cooperative,
    /// A club or an organisation without gain.
    Association,
    /// A foundation.
    Foundation,
    /// An enterprise of a state.
    State,
    /// A person in business.
    Person,
}

impl Class {
    /// Whether an organisation cannot be of both classes. `Co` and `Inc` fit the forms of business.
    pub fn conflicts(self, other: Self) -> bool {
        let business = |class| {
            matches!(class, Self::Stock | Self::Limited | Self::Company | Self::Partnership | Self::State)
        };
        let open = |x: Self, y: Self| {
            x == Self::Company && business(y) || x == Self::Partnership && y == Self::Limited
        };
        self != other && !open(self, other) && !open(other, self)
    }
}

/// Longest text looked at, in bytes of the folded text.
const MAX_TEXT: usize = 512;
/// Longest run of words that is one legal form.
const MAX_RUN: usize = 6;
/// From this length on, a word that is one slip away from a form is that form.
const LONG_FORM: usize = 8;

impl Company {
    /// Reads the name of an organisation; `None` when there is no letter or digit in it.
    ///
    /// ```
    /// use reknit::text::company::{Class, Company};
    /// let siemens = Company::read("SiemensAG").unwrap();
    /// assert_eq!(Some(siemens.clone()), Company::read("Siemens Aktiengesellschaft"));
    /// assert_eq!((siemens.core(), siemens.form()), ("siemens", Some("ag")));
    /// assert_eq!(siemens.class(), Some(Class::Stock));
    /// assert_eq!(Company::read("ООО «Ромашка»").unwrap().normal(), "ромашка ooo");
    /// ```
    pub fn read(text: &str) -> Option<Self> {
        let mut company = Self::parse(text)?;
        // What is left of a name may read otherwise beside the code of its form: read on until the normal form reads
        // as itself.
        for _ in 0..MAX_ROUNDS {
            match Self::parse(&company.normal()) {
                Some(again) if again != company => company = again,
                _ => break,
            }
        }
        Some(company)
    }

    fn parse(text: &str) -> Option<Self> {
        let mut words = words(&fold(&parted(text)));
        let forms = take_forms(&mut words);
        let form = telling(&forms);
        let core = words.join(" ");
        (!core.is_empty()).then_some(Self {
            core,
            form: form.map(|form| form.code),
            class: form.map(|form| form.class),
        })
    }

    /// The name without its legal form, folded.
    pub fn core(&self) -> &str {
        &self.core
    }

    /// The code of the legal form.
    pub fn form(&self) -> Option<&'static str> {
        self.form
    }

    /// The class of the legal form.
    pub fn class(&self) -> Option<Class> {
        self.class
    }

    /// The name and the code of the legal form. Reading it again gives the same.
    pub fn normal(&self) -> String {
        match self.form {
            Some(form) => format!("{} {form}", self.core),
            None => self.core.clone(),
        }
    }
}

/// Whether a word of an organisation's name says what many do or are, and not who this one is.
///
/// ```
/// use reknit::text::company::is_generic;
/// assert!(is_generic("management") && !is_generic("siemens"));
/// ```
#[rustfmt::skip]
pub fn is_generic(word: &str) -> bool {
    matches!(
        word,
        "the" | "of" | "and" | "for" | "in" | "de" | "der" | "die" | "das" | "du" | "des" | "la" | "le"
        | "les" | "el" | "und" | "et" | "y" | "e" | "group" | "gruppe" | "groupe" | "grupo" | "holding"
        | "holdings" | "company" | "co" | "corporation" | "enterprise" | "enterprises" | "international"
        | "global" | "worldwide" | "management" | "services" | "service" | "solutions" | "systems"
        | "trading" | "trade" | "industries" | "industry" | "industrial" | "foundation" | "trust" | "fund"
        | "bank" | "capital" | "investment" | "investments" | "consulting" | "partners" | "technology"
        | "technologies" | "government" | "ministry" | "organization" | "organisation" | "association"
        | "institute" | "university" | "center" | "centre" | "agency" | "department" | "national"
        | "general" | "society" | "union" | "federation" | "limited" | "shipping" | "development"
        | "associates" | "ventures" | "resources" | "products" | "insurance" | "finance" | "financial"
        | "logistics" | "energy" | "aviation" | "firma" | "kompaniya" | "gruppa" | "tsentr" | "bureau"
    )
}

/// A legal form joined to the name by mistake (`SiemensAG`) parted from it: capitals behind a small
/// letter at the end of a word, if they are a form.
fn parted(text: &str) -> String {
    let mut parted = String::with_capacity(text.len() + 1);
    for word in text.split_inclusive(char::is_whitespace) {
        let end = word.trim_end();
        let head = end.trim_end_matches(char::is_uppercase);
        let tail = &end[head.len()..];
        let joined = tail.chars().count() > 1
            && head.chars().next_back().is_some_and(char::is_lowercase)
            && FORMS.contains_key(fold(tail).as_str());
        if joined {
            parted.push_str(head);
            parted.push(' ');
            parted.push_str(&word[head.len()..]);
        } else {
            parted.push_str(word);
        }
    }
    parted
}

/// The words of a folded name: dots inside abbreviations and apostrophes gone, `&` written out.
fn words(folded: &str) -> Vec<String> {
    let end = (0..=MAX_TEXT.min(folded.len())).rev().find(|&at| folded.is_char_boundary(at)).unwrap_or(0);
    let mut found: Vec<String> = Vec::new();
    let is_gap = |c: char| !(c.is_alphanumeric() || is_mark(c) || matches!(c, '.' | '\'' | '&' | '+' | '%'));
    for token in folded[..end].split(is_gap) {
        let token = token.trim_matches('\'');
        let token = token.strip_suffix("'s").unwrap_or(token).replace('\'', "");
        let token = token.as_str();
        let short = |piece: &str| piece.chars().count() <= 1;
        if token.contains('.') && token.split('.').all(short) {
            found.push(token.replace(['.', '&', '+'], ""));
        } else {
            for piece in token.split('.') {
                split_signs(piece, &mut found);
            }
        }
    }
    found.retain(|word| word.chars().any(char::is_alphanumeric));
    for word in &mut found {
        if let Some(long) = written_out(word) {
            long.clone_into(word);
        }
    }
    found
}

fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

/// `&` and `+` between words are a word; between letters (`AT&T`) they go.
fn split_signs(piece: &str, found: &mut Vec<String>) {
    let plain = |text: &str| text.replace(['&', '+'], "");
    match piece {
        "&" | "+" => found.push("and".to_owned()),
        _ => match piece.find('%') {
            Some(at) => {
                found.push(plain(&piece[..at]));
                found.push(format!("percent{}", plain(&piece[at..]).replace('%', "")));
            }
            None => found.push(plain(piece)),
        },
    }
}

/// Words everybody shortens.
fn written_out(word: &str) -> Option<&'static str> {
    Some(match word {
        "intl" | "int" => "international",
        "mfg" => "manufacturing",
        "mgmt" | "mgt" => "management",
        "bros" => "brothers",
        "assoc" | "assn" => "association",
        "univ" => "university",
        "dept" => "department",
        "govt" | "gov" => "government",
        "natl" => "national",
        "svcs" | "svc" => "services",
        "grp" => "group",
        "inds" => "industries",
        "tech" => "technology",
        "eng" => "engineering",
        "org" => "organization",
        "ctr" => "center",
        "inst" => "institute",
        "hldg" | "hldgs" => "holdings",
        "dev" => "development",
        _ => return None,
    })
}

/// Takes the legal forms off both ends, as long as a word remains, and gives them.
fn take_forms(words: &mut Vec<String>) -> Vec<&'static Form> {
    let mut forms = Vec::new();
    loop {
        // `GmbH & Co. KG`.
        while words.len() > 1 && words.last().is_some_and(|word| word == "and") {
            words.pop();
        }
        if let Some((form, count)) = form_behind(words) {
            words.truncate(words.len() - count);
            forms.push(form);
        } else if let Some((form, count)) = form_before(words) {
            words.drain(..count);
            forms.push(form);
        } else if let Some((form, count)) = form_with(words, &forms) {
            words.truncate(words.len() - count);
            forms.push(form);
        } else {
            return forms;
        }
    }
}

/// Where a name says two forms (`Corporation Joint Stock Company`), the one that says more.
fn telling(forms: &[&'static Form]) -> Option<&'static Form> {
    forms.iter().copied().min_by_key(|form| form.class == Class::Company)
}

/// The form that the last words make together with the one taken off (`S` before `AS`), and how many words those are.
fn form_with(words: &mut Vec<String>, forms: &[&'static Form]) -> Option<(&'static Form, usize)> {
    words.push(telling(forms)?.code.to_owned());
    let found = form_behind(words);
    words.pop();
    found.filter(|(_, count)| *count > 1).map(|(form, count)| (form, count - 1))
}

fn form_behind(words: &[String]) -> Option<(&'static Form, usize)> {
    let most = words.len().saturating_sub(1).min(MAX_RUN);
    let run = |count: usize| words[words.len() - count..].concat();
    let exact = (1..=most).rev().find_map(|count| Some((*FORMS.get(run(count).as_str())?, count)));
    exact.or_else(|| {
        let last = words.last().filter(|word| most > 0 && word.len() >= LONG_FORM)?;
        let near = |form: &&&'static str| form.len() >= LONG_FORM && osa(form, last) <= 1;
        LONG_FORMS.iter().find(near).and_then(|spelling| Some((*FORMS.get(*spelling)?, 1)))
    })
}

fn form_before(words: &[String]) -> Option<(&'static Form, usize)> {
    let most = words.len().saturating_sub(1).min(MAX_RUN);
    (1..=most).rev().find_map(|count| {
        let form = *FORMS.get(words[..count].concat().as_str())?;
        // In front stand the forms of eastern and southern registers, and those written in full.
        (form.leads || count > 2).then_some((form, count))
    })
}

/// A legal form.
#[derive(Debug)]
struct Form {
    code: &'static str,
    class: Class,
    /// Whether it may stand before the name.
    leads: bool,
    /// How it is written, folded, without blanks.
    spellings: &'static [&'static str],
}

const fn form(code: &'static str, class: Class, leads: bool, spellings: &'static [&'static str]) -> Form {
    Form { code, class, leads, spellings }
}

static FORMS: LazyLock<FxHashMap<&'static str, &'static Form>> = LazyLock::new(|| {
    let all =
        TABLE.iter().flat_map(|form| form.spellings.iter().chain([&form.code]).map(move |s| (*s, form)));
    all.collect()
});

/// Forms of one long word, in which slips are likely.
const LONG_FORMS: &[&str] = &[
    "aktiengesellschaft",
    "incorporated",
    "corporation",
    "gesellschaft",
    "partnership",
    "kommanditgesellschaft",
];

use Class::{
    Association, Company as Plain, Cooperative, Foundation, Limited, Partnership, Person, State, Stock,
};

/// The forms, by class. The codes are spellings too.
#[rustfmt::skip]
const TABLE: &[Form] = &[
    form("ag", Stock, false, &["aktiengesellschaft"]),
    form("sa", Stock, true, &["societeanonyme", "sociedadanonima", "sociedadeanonima", "societateaanonima",
        "spolkaakcyjna", "societeparactions", "sadecv", "sasu", "sociedadanonimadecapitalvariable"]),
    form("spa", Stock, true, &["societaperazioni"]),
    form("nv", Stock, false, &["naamlozevennootschap"]),
    form("se", Stock, false, &["societaseuropaea"]),
    form("ab", Stock, false, &["aktiebolag", "aktiebolaget", "publ", "abpubl"]),
    form("as", Stock, false, &["aksjeselskap", "aktieselskab", "akciovaspolecnost", "akciovaspolocnost",
        "aktsiaselts", "anonimsirketi", "asa", "allmennaksjeselskap", "akcinebendrove", "akcijusabiedriba"]),
    form("oyj", Stock, false, &["julkinenosakeyhtio"]),
    form("plc", Stock, false, &["publiclimitedcompany", "pcl"]),
    form("jsc", Stock, true, &["jointstockcompany", "jointstock", "ojsc", "openjointstockcompany", "cjsc",
        "closedjointstockcompany", "pjsc", "publicjointstockcompany", "oao", "оао", "zao", "зао", "pao",
        "пао", "ao", "ао", "nao", "нао", "акционерноеобщество", "открытоеакционерноеобщество",
        "закрытоеакционерноеобщество", "публичноеакционерноеобщество", "aktsionernoeobshchestvo",
        "otkrytoeaktsionernoeobshchestvo", "zakrytoeaktsionernoeobshchestvo",
        "publichnoeaktsionernoeobshchestvo", "ат", "пат", "прат", "vat", "pat", "prat",
        "акціонернетовариство"]),
    form("nyrt", Stock, false, &["nyilvanosanmukodoreszvenytarsasag", "zrt", "rt"]),
    form("dd", Stock, false, &["dionickodrustvo", "delniskadruzba"]),
    form("ad", Stock, true, &["akcionarskodrustvo", "aktsionernodruzhestvo", "ад", "еад", "ead"]),
    form("kk", Stock, true, &["kabushikikaisha", "kabushikigaisha", "株式会社", "(株)"]),
    form("tbk", Stock, false, &["perserotbk"]),
    form("ae", Stock, false, &["αε", "anonymietaireia"]),
    form("股份有限公司", Stock, false, &["股份公司"]),
    form("ltd", Limited, false, &["limited", "pvtltd", "privatelimited", "ptyltd", "ptylimited", "pteltd",
        "pvt", "pty", "pte", "coltd", "companylimited", "ltdco", "ltdsti", "limitedsirketi", "teoranta",
        "cyfyngedig", "sdnbhd", "bhd", "berhad", "sendirianberhad", "privatelimitedcompany"]),
    form("llc", Limited, true, &["limitedliabilitycompany", "lc", "pllc", "limitedliability", "fzllc", "fze",
        "fzco", "wll"]),
    form("gmbh", Limited, false, &["gesellschaftmitbeschrankterhaftung", "gesmbh", "ggmbh", "mbh", "ug",
        "ughaftungsbeschrankt", "unternehmergesellschaft"]),
    form("bv", Limited, false, &["beslotenvennootschap", "bvba"]),
    form("srl", Limited, true, &["societacaresponsabilitalimitata", "societaaresponsabilitalimitata",
        "sociedadderesponsabilidadlimitada", "societateacuraspunderelimitata",
        "societatecuraspunderelimitata", "srls", "sl", "slu", "sociedadlimitada", "sderlecdecv",
        "sderldecv", "sderl"]),
    form("sarl", Limited, true, &["societearesponsabilitelimitee", "eurl", "sprl", "sas",
        "societeparactionssimplifiee"]),
    form("lda", Limited, false, &["limitada", "ltda"]),
    form("aps", Limited, false, &["anpartsselskab"]),
    form("oy", Limited, false, &["osakeyhtio", "oyab"]),
    form("ou", Limited, true, &["osauhing"]),
    form("sia", Limited, true, &["sabiedribaariierobezotuatbildibu"]),
    form("uab", Limited, true, &["uzdarojiakcinebendrove"]),
    form("kft", Limited, false, &["korlatoltfelelosseguttarsasag"]),
    form("spzoo", Limited, false, &["spolkazograniczonaodpowiedzialnoscia", "spolkazoo"]),
    form("sro", Limited, false, &["spolecnostsrucenimomezenym", "spolsro",
        "spolocnostsrucenimobmedzenym"]),
    form("doo", Limited, false, &["drustvosogranicenomodgovornoscu", "druzbazomejenoodgovornostjo"]),
    form("ood", Limited, true, &["оод", "еоод", "eood"]),
    form("ooo", Limited, true, &["ооо", "обществосограниченнойответственностью",
        "obshchestvosogranichennoiotvetstvennostyu", "obshchestvosogranichennoyotvetstvennostyu",
        "obschestvosogranichennoiotvetstvennostyu"]),
    form("tov", Limited, true, &["тов", "товариствозобмеженоювідповідальністю",
        "tovarystvozobmezhenoyuvidpovidalnistyu"]),
    form("too", Limited, true, &["тоо", "llp", "tovarishchestvosogranichennoiotvetstvennostyu"]),
    form("gk", Limited, true, &["godokaisha", "合同会社", "有限会社", "yugengaisha"]),
    form("有限公司", Limited, false, &["有限责任公司", "有限責任公司"]),
    form("pt", Limited, true, &["perseroanterbatas"]),
    form("epe", Limited, false, &["επε"]),
    form("inc", Plain, false, &["incorporated", "incorp"]),
    form("corp", Plain, true, &["corporation", "corporacion", "korporatsiya", "корпорация"]),
    form("co", Plain, false, &["company", "cie", "compagnie", "andco", "andcompany", "companyinc"]),
    form("lp", Partnership, false, &["limitedpartnership", "gp", "partnership"]),
    form("kg", Partnership, false, &["kommanditgesellschaft", "cokg", "andcokg", "gmbhandcokg", "gmbhcokg",
        "agandcokg", "kgaa", "secokg", "ohg", "offenehandelsgesellschaft", "gbr", "gesellschaft"]),
    form("snc", Partnership, false, &["societeennomcollectif", "scs", "sca", "kommanditbolag", "hb",
        "cv", "vof", "ks", "kd"]),
    form("eg", Cooperative, false, &["eingetragenegenossenschaft", "genossenschaft", "coop", "cooperative",
        "scrl"]),
    form("ev", Association, false, &["eingetragenerverein", "verein", "asbl", "vzw", "ngo", "onlus"]),
    form("ano", Association, true, &["ано", "автономнаянекоммерческаяорганизация",
        "avtonomnayanekommercheskayaorganizatsiya", "autonomousnonprofitorganization", "nko", "нко"]),
    form("stichting", Foundation, true, &["stiftung", "fundacion", "fondation"]),
    form("gup", State, true, &["гуп", "фгуп", "fgup", "мун", "federalstateunitaryenterprise",
        "stateunitaryenterprise", "федеральноегосударственноеунитарноепредприятие",
        "государственноеунитарноепредприятие", "soe", "gp", "дп"]),
    form("ip", Person, true, &["ип", "индивидуальныйпредприниматель", "ek", "einzelunternehmen", "фоп",
        "fop"]),
];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_table_is_folded_and_its_long_forms_are_in_it() {
        for form in TABLE {
            for spelling in form.spellings.iter().chain([&form.code]) {
                assert_eq!(&fold(spelling), spelling);
            }
            let own = FORMS.get(form.code).map(|found| found.code);
            assert_eq!(own, Some(form.code), "the code reads as another form");
        }
        assert!(LONG_FORMS.iter().all(|form| FORMS.contains_key(form)));
    }

    #[test]
    fn classes_conflict_both_ways_or_not_at_all() {
        let all = [Stock, Limited, Plain, Partnership, Cooperative, Association, Foundation, State, Person];
        for a in all {
            assert!(!a.conflicts(a));
            assert!(all.iter().all(|&b| a.conflicts(b) == b.conflicts(a)));
        }
        assert!(Stock.conflicts(Limited) && !Plain.conflicts(Stock));
    }

    proptest! {
        #[test]
        fn every_text_reads_or_not(text in any::<String>()) {
            let _ = Company::read(&text);
        }

        #[test]
        fn a_normal_form_reads_as_itself(
            text in "((Acme|ACME|ООО|A\\.B\\.C\\.|S\\.A\\.|GmbH|& |Co|Corp|KG|Ltd|Inc|AG|Int'l|3%ers|ﬁ)[ ,.]{1,2}){0,6}"
        ) {
            if let Some(company) = Company::read(&text) {
                prop_assert_eq!(Company::read(&company.normal()), Some(company));
            }
        }
    }
}
