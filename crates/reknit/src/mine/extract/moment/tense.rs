//! Whether a sentence tells of what was: then a bare weekday in it is the last one, not the next.
//!
//! `It broke again on Sunday` and `can you come on Sunday?` name the same day and mean two. The clause
//! around the weekday is searched for past forms and, against them, for words of what is to come or is
//! wished for; where both or none stand, nothing is decided. Only words of the weekday's own language
//! count, since `was`, `war` and `a` are past forms in one and something else in the next.
//!
//! Cost: a look at no more than [`REACH`] tokens on each side of a weekday, and as many again behind a
//! helper such as `hat`.

use super::super::lex::{Case, Lexed, Shape};
use super::super::words as w;

/// How far from the weekday its verb is looked for, in tokens.
const REACH: usize = 12;

/// Words of the clause seen so far.
#[derive(Default)]
struct Told {
    past: bool,
    ahead: bool,
}

/// Whether the clause around the tokens from `first` to `next`, which name a weekday, says that it lies back.
pub(super) fn lies_back(v: &Lexed<'_>, first: usize, next: usize) -> bool {
    let named = (first..next).find_map(|at| Some(v.entry(at).tense.tongue).filter(|tongue| *tongue != 0));
    let Some(tongue) = named else { return false };
    if is_led_ahead(v, first) || is_quoted(v, first, next) {
        return false;
    }
    let mut told = Told::default();
    let begins = look_back(v, first, tongue, &mut told);
    // `On Monday, the technician came`.
    let from = next + usize::from(begins && v.sign(next) == Some(','));
    look_ahead(v, from, tongue, &mut told);
    told.past |= tongue & w::DE != 0 && v.entry(next).tense.done & w::DE != 0;
    told.past && !told.ahead
}

/// `for Monday`, `bis zum Montag`: the day that a thing is meant for.
fn is_led_ahead(v: &Lexed<'_>, first: usize) -> bool {
    let leads = |back| v.entry_before(first, back).is(w::TOWARDS | w::TO | w::FOR | w::SHORT_OF);
    leads(1) || v.entry_before(first, 1).is(w::ARTICLE) && leads(2)
}

/// `they said Friday`, `ordered Saturday delivery`: the day is what was said, not when.
fn is_quoted(v: &Lexed<'_>, first: usize, next: usize) -> bool {
    let Some(before) = first.checked_sub(1) else { return false };
    let said = ["said", "say", "says", "told", "promised", "quoted", "agreed"];
    let thing = ["delivery", "slot", "appointment"];
    // With nothing between, these may lead to either.
    let others =
        ["dit", "promis", "detto", "hiess", "sagte", "sagten", "dijo", "dijeron", "disse", "disseram"];
    let other = others.iter().any(|word| v.is_word(before, word));
    let told = |at: usize| said.iter().any(|word| v.is_word(at, word));
    // `told me Friday`, but `told me on Friday`.
    let person = ["me", "us", "you", "him", "her", "them"].contains(&written(v, before));
    let bare = person && before > 0 && told(before - 1);
    told(before) || other || bare || thing.iter().any(|word| v.is_word(next, word))
}

/// Looks at the words before `first`; gives whether the clause begins there.
fn look_back(v: &Lexed<'_>, first: usize, tongue: u8, told: &mut Told) -> bool {
    for back in 1..=REACH {
        let Some(at) = first.checked_sub(back) else { return back <= 3 };
        // `came on Monday and on Tuesday`.
        if is_bound(v, at) || v.is(at, w::AND) && back > 2 && !is_verb(v, at) {
            return back <= 3;
        }
        told.hear(v, at, tongue);
        told.ahead |= is_promise(v, at);
    }
    false
}

/// `they promised me delivery on Friday`, `told to call on Monday`: what was promised is mostly still to come.
fn is_promise(v: &Lexed<'_>, at: usize) -> bool {
    let promised =
        ["promised", "offered", "versprochen", "promis", "promise", "promesso", "prometieron", "prometeram"];
    promised.iter().any(|word| v.is_word(at, word)) || v.is_word(at, "told") && v.is_word(at + 1, "to")
}

fn look_ahead(v: &Lexed<'_>, next: usize, tongue: u8, told: &mut Told) {
    for at in next..next + REACH {
        // `Monday and Tuesday were`.
        let row = at == next && (1..=3).any(|ahead| v.entry(at + ahead).weekday > 0);
        if is_bound(v, at) || v.is(at, w::AND) && !row && !is_verb(v, at) {
            return;
        }
        told.hear(v, at, tongue);
    }
}

/// `è`, which is folded as `e` is.
fn is_verb(v: &Lexed<'_>, at: usize) -> bool {
    written(v, at).starts_with(['è', 'È'])
}

/// Whether another clause begins here.
fn is_bound(v: &Lexed<'_>, at: usize) -> bool {
    match v.token(at).shape {
        Shape::End | Shape::Break => true,
        Shape::Sign('-' | '–' | '—') => !v.token(at + 1).glued,
        Shape::Sign('.') => !v.token(at + 1).continues(),
        Shape::Sign(sign) => matches!(sign, '!' | '?' | ';' | ':' | ',' | '(' | ')' | '…'),
        Shape::Word => v.is(at, w::CLAUSE),
        Shape::Number => false,
    }
}

impl Told {
    fn hear(&mut self, v: &Lexed<'_>, at: usize, tongue: u8) {
        if v.token(at).shape != Shape::Word {
            return;
        }
        let (tense, word) = (v.entry(at).tense, written(v, at));
        // `hätte` and `würde` are wishes, and folded as `hatte` and `wurde` are.
        let german = tongue & w::DE != 0;
        let wish = german && (tense.past & w::DE != 0 && !word.is_ascii() || word.starts_with("wär"));
        let past = tense.past & tongue != 0 && !wish;
        self.ahead |= wish || tense.ahead & tongue != 0 && !past || ends_as_future(word, tongue);
        // `I've got an appointment`.
        let owned = word == "got" && ["have", "ve", "has"].contains(&written(v, at.saturating_sub(1)));
        self.past |=
            past && !owned || ends_as_past(word, v.token(at).case, tongue) || is_helped(v, at, tongue);
    }
}

fn written<'a>(v: &Lexed<'a>, at: usize) -> &'a str {
    let token = v.token(at);
    v.text.get(token.start..token.end).unwrap_or("")
}

/// `llegó`, `cobraron`, `avariou`, `pediram`, `marchait`, `funzionava`.
fn ends_as_past(word: &str, case: Case, tongue: u8) -> bool {
    if case != Case::Lower || word.len() < 4 {
        return false;
    }
    let of = |language: u8| tongue & language != 0;
    let ends =
        |length: usize, ends: &[&str]| word.len() >= length && ends.iter().any(|end| word.ends_with(end));
    let adverbs = ["aquí", "allí", "café", "bebé", "sofá", "porqué", "estou", "parfait", "souhait", "devait"];
    if adverbs.contains(&word) {
        return false;
    }
    let spanish = ends(5, &["ó", "í"])
        || ends(5, &["é"]) && !is_future_first(word)
        || ends(6, &["aron", "eron", "aba", "aban"]);
    let portuguese = ends(4, &["iu"])
        || ends(5, &["ou"])
        || ends(6, &["aram", "eram", "iram", "ceu", "deu", "beu", "veu", "ava", "avam"]);
    let french = ends(6, &["ait", "aient"]) && !ends(6, &["rait", "raient"]);
    of(w::ES) && spanish
        || of(w::PT) && portuguese
        || of(w::FR) && french
        || of(w::IT) && ends(6, &["ava", "avano", "evano"])
}

/// `llegará`, `arriverà`, `serão`.
fn ends_as_future(word: &str, tongue: u8) -> bool {
    let romance = tongue & (w::ES | w::IT | w::PT) != 0;
    let ends = ["rá", "rán", "rão", "rà", "rò", "ranno"].iter().any(|end| word.ends_with(end));
    romance && word.len() >= 4 && (ends || word.len() >= 6 && is_future_first(word))
}

/// `llamaré`, which ends as `compré` does.
fn is_future_first(word: &str) -> bool {
    ["aré", "eré", "iré", "dré"].iter().any(|end| word.ends_with(end))
}

/// `hat angerufen`, `a dit`, `è venuto`: a helper with its participle.
fn is_helped(v: &Lexed<'_>, at: usize, tongue: u8) -> bool {
    let (tense, word) = (v.entry(at).tense, written(v, at));
    if tense.has & tongue & w::DE != 0 {
        return (at + 1..at + REACH).take_while(|at| !is_bound(v, *at)).any(|at| is_german_done(v, at))
            || at.checked_sub(1).is_some_and(|at| is_german_done(v, at));
    }
    // `à` and `e` are folded as these helpers are.
    let has = tense.has & tongue != 0 && word.is_ascii();
    let is = tense.is & tongue != 0 && (word.len() > 1 && word.is_ascii() || is_verb(v, at));
    let behind = |done: &dyn Fn(usize) -> bool| {
        (at + 1..at + 4).take_while(|at| v.token(*at).shape == Shape::Word).any(done)
    };
    has && behind(&|at| is_done(v, at, tongue)) || is && behind(&|at| v.entry(at).tense.gone & tongue != 0)
}

/// A participle of a Romance language.
fn is_done(v: &Lexed<'_>, at: usize, tongue: u8) -> bool {
    let (tense, word) = (v.entry(at).tense, written(v, at));
    let ends = |ends: &[&str]| word.len() >= 5 && ends.iter().any(|end| word.ends_with(end));
    (tense.done | tense.gone) & tongue != 0
        || tongue & w::FR != 0 && ends(&["é", "ée", "és", "ées"]) && !tense.ahead & w::FR != 0
        || tongue & w::ES != 0 && ends(&["ado", "ido"])
        || tongue & w::IT != 0 && ends(&["ato", "ata", "ati", "ate", "uto", "uta", "ito", "ita", "iti"])
}

/// `angerufen`, `gesagt`, `bestellt`; not `geschlossen`, which says how things are.
fn is_german_done(v: &Lexed<'_>, at: usize) -> bool {
    let (token, word) = (v.token(at), written(v, at));
    if token.shape != Shape::Word || token.case != Case::Lower {
        return false;
    }
    let others =
        ["gegen", "gehen", "geben", "genau", "geschlossen", "geöffnet", "gelten", "gebucht", "geplant"];
    let starts = [
        "", "an", "ab", "auf", "aus", "ein", "mit", "nach", "vor", "zu", "um", "weg", "zurück", "her", "los",
    ];
    let inner =
        starts.iter().any(|start| word.strip_prefix(start).is_some_and(|rest| rest.starts_with("ge")));
    let regular = inner && word.len() >= 6 && (word.ends_with('t') || word.ends_with("en"));
    v.entry(at).tense.done & w::DE != 0 || regular && !others.contains(&word)
}
