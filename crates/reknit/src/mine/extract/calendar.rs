//! Dates in six languages and in digits, as a grammar over tokens.
//!
//! Precision comes first: `may`, `march`, `sat` and `mar` are words, `12.05.2024` may be a version and
//! `3/4` a part of something. So each form says whether it stands for itself or needs a word before it
//! (`on 5/6`) or a time beside it (`Sat at 3pm`). What is relative stays relative here; `moment`
//! gives it a place in the calendar.
//!
//! Sources: ISO 8601 (2019), CLDR for names and the order of day and month. Cost: a look at no more than
//! two dozen tokens from each number or word of time.

use super::duration::{self, Direction, is_inside_number};
use super::lex::{Case, Lexed, Shape};
use super::words::{self as w, Hint, Part, Unit};

/// Which of the days or months of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    /// Nothing says it.
    Any,
    Next,
    Last,
    This,
}

/// A date as it is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Date {
    Day {
        year: i16,
        month: i8,
        day: i8,
    },
    /// The weekday, if given, tells the year.
    DayOfYear {
        month: i8,
        day: i8,
        weekday: i8,
    },
    DayOfMonth(i8),
    WeekdayOfMonth {
        weekday: i8,
        day: i8,
    },
    Month {
        year: Option<i16>,
        month: i8,
        which: Which,
    },
    Year(i16),
    /// A week by its number (ISO 8601), of the nearest year unless told.
    Week {
        year: Option<i16>,
        week: i8,
    },
    /// Days from the day of the message.
    Shift(i8),
    /// With weeks added.
    Weekday {
        weekday: i8,
        which: Which,
        weeks: i8,
    },
    /// A week, weekend, month or year from the present one.
    Period {
        unit: Unit,
        shift: i8,
    },
}

/// A date, or an interval of dates, in the text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    pub(super) date: Date,
    pub(super) until: Option<Date>,
    /// Day and month the other way round.
    pub(super) swapped: Option<Date>,
    pub(super) part: Option<Part>,
    /// Whether it is a date without anything around it.
    pub(super) clear: bool,
    pub(super) next: usize,
}

impl Found {
    #[allow(clippy::unnecessary_wraps, reason = "every rule ends in it")]
    fn new(date: Date, next: usize) -> Option<Self> {
        Some(Self { date, until: None, swapped: None, part: None, clear: true, next })
    }

    fn if_cued(self) -> Self {
        Self { clear: false, ..self }
    }
}

/// How the caller's place writes.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Habit {
    pub(super) month_first: bool,
    pub(super) french: bool,
}

/// The date, or the interval of dates, at token `at`.
pub(super) fn dates_at(v: &Lexed<'_>, habit: Habit, at: usize) -> Option<Found> {
    if is_within_name(v, at) || is_title(v, at) {
        return None;
    }
    let first = with_part(v, date_at(v, habit, at)?);
    if is_street(v, at, first.next) {
        return None;
    }
    Some(until(v, habit, at, first).unwrap_or(first))
}

/// `March 3 to March 7`, `1.5.2026 bis 15.5.2026`, `Monday to Friday`.
fn until(v: &Lexed<'_>, habit: Habit, at: usize, first: Found) -> Option<Found> {
    if first.until.is_some() || first.part.is_some() {
        return None;
    }
    let between = (1..=2).any(|back| v.entry_before(at, back).is(w::BETWEEN));
    let dash = matches!(v.sign(first.next), Some('-' | '–' | '—'));
    let and = and_end(v, first.next).filter(|_| between);
    if !(dash || v.is(first.next, w::TO) || and.is_some()) {
        return None;
    }
    let start = and.unwrap_or(first.next + 1);
    let start = start + usize::from(v.token(start).shape == Shape::Word && v.is(start, w::ARTICLE | w::CUE));
    let second = date_at(v, habit, start)?;
    let (date, last) = match (first.date, second.date) {
        // `28.12.-3.1.2026` begins in the year before.
        (Date::DayOfYear { month, day, .. }, Date::Day { year, month: last, day: last_day }) => {
            let turns = (month, day) > (last, last_day);
            (Date::Day { year: year - i16::from(turns), month, day }, second.date)
        }
        (Date::Day { year, .. }, Date::DayOfYear { month, day, .. }) => {
            (first.date, Date::Day { year, month, day })
        }
        (Date::Month { year: None, month, .. }, Date::Month { year, .. }) => {
            (Date::Month { year, month, which: Which::Any }, second.date)
        }
        (a, b) if std::mem::discriminant(&a) == std::mem::discriminant(&b) && a != b => (a, b),
        _ => return None,
    };
    let weekdays = matches!(date, Date::Weekday { .. });
    if !(first.clear || second.clear || weekdays) || weekdays && v.entry_before(at, 1).is(w::EVERY) {
        return None;
    }
    Some(Found { date, until: Some(last), swapped: None, part: None, clear: true, next: second.next })
}

/// The token behind an `and` between two ends, which German shortens to `u.`.
pub(super) fn and_end(v: &Lexed<'_>, at: usize) -> Option<usize> {
    let short = v.is_word(at, "u");
    (v.is(at, w::AND) || short || v.sign(at) == Some('&'))
        .then(|| at + 1 + usize::from(short && v.glued_sign(at + 1, '.')))
}

/// Whether the date from `at` to `next` is the name of a street: `12 March Road`, `via 4 novembre`.
fn is_street(v: &Lexed<'_>, at: usize, next: usize) -> bool {
    // `close` and `place` are streets only with a capital.
    let street = |at: usize, role| v.is(at, role) && (v.token(at).case != Case::Lower || !v.is(at, w::RISKY));
    // `8 Mai 1945` in `rue du 8 Mai 1945` may be read from its month on.
    let day = v.token(at).shape == Shape::Word && v.before(at).shape == Shape::Number;
    let mut before = at.saturating_sub(1 + usize::from(day));
    for _ in 0..2 {
        before -= usize::from(before > 0 && v.is(before, w::OF | w::ARTICLE));
    }
    let named = v.token(next - 1).shape == Shape::Word;
    named && !v.token(next).glued && street(next, w::STREET) || before < at && street(before, w::STREET_OF)
}

fn date_at(v: &Lexed<'_>, habit: Habit, at: usize) -> Option<Found> {
    let token = v.token(at);
    if token.shape == Shape::Number {
        return number_at(v, habit, at);
    }
    let entry = v.entry(at);
    if token.shape != Shape::Word {
        return None;
    }
    if v.token(at + 1).glued_number() && !v.is_word(at, "kw") {
        return None;
    }
    fixed_at(v, habit, at)
        .or_else(|| weeks_from_at(v, at))
        .or_else(|| if entry.day.is_some() { day_word_at(v, habit, at) } else { None })
        .or_else(|| if entry.is(w::NEXT | w::LAST | w::THIS) { modified_at(v, at) } else { None })
        .or_else(|| if entry.month > 0 { month_at(v, at) } else { None })
        .or_else(|| if entry.weekday > 0 { weekday_at(v, habit, at) } else { None })
        .or_else(|| if entry.is(w::EDGE) { period_at(v, at).or_else(|| edge_at(v, at)) } else { None })
        .or_else(|| if entry.unit.is_some() { period_at(v, at) } else { None })
}

/// A word within a longer name: `T.G.I.Friday`, `e-Monday`, `2monday`.
fn is_within_name(v: &Lexed<'_>, at: usize) -> bool {
    let (token, before) = (v.token(at), v.before(at));
    let joined = matches!(before.shape, Shape::Sign('-' | '_' | '.' | '/' | '@' | '#') | Shape::Number);
    token.shape == Shape::Word && token.glued && joined && !v.entry_before(at, 2).is(w::EDGE)
}

/// A name of several words with a day in it: `« Jeudi Noir »`, `the Friday Night Dinner box`.
fn is_title(v: &Lexed<'_>, at: usize) -> bool {
    let (token, entry) = (v.token(at), v.entry(at));
    let named = token.shape == Shape::Word && token.case == Case::Title;
    named && (is_quoted_title(v, at) || entry.weekday > 0 && is_english_title(v, at))
}

/// Words in one quotation, at most: longer ones are sentences that someone said.
const TITLE_WORDS: usize = 4;

/// Two to four words with capitals between quotation marks, of which one has nothing to do with time.
fn is_quoted_title(v: &Lexed<'_>, at: usize) -> bool {
    let back = (1..=2 * TITLE_WORDS).map_while(|back| at.checked_sub(back));
    let Some(before) = title_words(v, back) else { return false };
    let Some(behind) = title_words(v, at + 1..=at + 2 * TITLE_WORDS) else { return false };
    before.all + behind.all < TITLE_WORDS && before.plain + behind.plain > 0
}

/// Words between a place and the quotation mark that is next to it.
#[derive(Default)]
struct TitleWords {
    all: usize,
    /// Those that say nothing of time.
    plain: usize,
}

/// The words up to the next quotation mark. `None` where one of them is no word of a title.
fn title_words(v: &Lexed<'_>, places: impl Iterator<Item = usize>) -> Option<TitleWords> {
    let mut words = TitleWords::default();
    for at in places {
        let token = v.token(at);
        match token.shape {
            Shape::Sign(sign) if is_quotation(v, at, sign) => return Some(words),
            Shape::Sign('-' | '&' | '\'' | '’' | '!' | '.') => {}
            Shape::Word if token.case == Case::Lower && !v.is(at, w::OF | w::ARTICLE | w::AND) => {
                return None;
            }
            Shape::Word => {
                words.all += 1;
                words.plain += usize::from(is_plain(v, at));
            }
            _ => return None,
        }
    }
    None
}

/// A quotation mark; an apostrophe stands between letters.
fn is_quotation(v: &Lexed<'_>, at: usize, sign: char) -> bool {
    match sign {
        '«' | '»' | '“' | '”' | '„' | '"' | '‘' => true,
        '\'' | '’' => !(v.token(at).glued && v.token(at + 1).continues()),
        _ => false,
    }
}

/// A word with a capital that the table has no use for.
fn is_plain(v: &Lexed<'_>, at: usize) -> bool {
    let (token, entry) = (v.token(at), v.entry(at));
    let told = entry.tense.past | entry.tense.ahead | entry.tense.done | entry.tense.gone != 0;
    let timed = entry.month > 0 || entry.day.is_some() || entry.part.is_some() || entry.unit.is_some();
    let other = entry.roles & !w::PROPER != 0 || entry.weekday > 0 || entry.hint.is_some();
    token.shape == Shape::Word
        && matches!(token.case, Case::Title | Case::Mixed)
        && !(told || timed || other || entry.cue.is_some())
}

/// `The Friday Night Dinner box set`, `the Saturday Kitchen Live cookbook`: in English only names have capitals.
fn is_english_title(v: &Lexed<'_>, at: usize) -> bool {
    let entry = v.entry(at);
    let (before, left) = (v.entry_before(at, 1), v.before(at));
    if entry.tense.tongue & w::EN == 0
        || entry.is(w::SHORT)
        || before.is(w::CUE | w::NEXT | w::LAST | w::THIS | w::EVERY | w::TOWARDS | w::TO | w::FROM)
    {
        return false;
    }
    if v.entry(at + 1).part.is_some() && v.token(at + 1).case == Case::Title {
        return is_plain(v, at + 2);
    }
    // `Monday Royal Mail came` may begin a sentence or a clause.
    let verb = before.tense.past | before.tense.ahead | before.tense.done != 0;
    let noun = v.token(at + 2);
    let goes_on = noun.shape == Shape::Word && noun.case == Case::Title && v.entry(at + 2).tense.ahead == 0;
    left.shape == Shape::Word && !verb && is_plain(v, at + 1) && goes_on
}

/// Expressions of several words: `the day after tomorrow`, `après-demain`, `l'altro ieri`.
fn fixed_at(v: &Lexed<'_>, habit: Habit, at: usize) -> Option<Found> {
    if !v.is(at, w::FIXED) {
        return None;
    }
    if let Some(found) = week_at(v, at).or_else(|| abbreviated_at(v, habit, at)) {
        return Some(found);
    }
    let hyphen = |at: usize| at + usize::from(v.glued_sign(at, '-'));
    let quote = |at: usize| matches!(v.sign(at), Some('\'' | '’'));
    let day = if v.is_word(at, "the") { at + 1 } else { at };
    if v.is_word(day, "day") && v.is_word(day + 1, "after") && v.is_word(day + 2, "tomorrow") {
        return Found::new(Date::Shift(2), day + 3);
    }
    if v.is_word(day, "day") && v.is_word(day + 1, "before") && v.is_word(day + 2, "yesterday") {
        return Found::new(Date::Shift(-2), day + 3);
    }
    if v.is_word(at, "apres") && v.is_word(hyphen(at + 1), "demain") {
        return Found::new(Date::Shift(2), hyphen(at + 1) + 1);
    }
    if v.is_word(at, "avant") && v.is_word(hyphen(at + 1), "hier") {
        return Found::new(Date::Shift(-2), hyphen(at + 1) + 1);
    }
    if v.is_word(at, "avant") && quote(at + 1) && v.is_word(at + 2, "ieri") {
        return Found::new(Date::Shift(-2), at + 3);
    }
    if v.is_word(at, "antes")
        && v.is_word(at + 1, "de")
        && (v.is_word(at + 2, "ayer") || v.is_word(at + 2, "ontem"))
    {
        return Found::new(Date::Shift(-2), at + 3);
    }
    if v.is_word(at, "aujourd") && quote(at + 1) && v.is_word(at + 2, "hui") {
        return Found::new(Date::Shift(0), at + 3);
    }
    if v.is_word(at, "pasado") && v.is_word(at + 1, "manana") {
        return Found::new(Date::Shift(2), at + 2);
    }
    if v.is_word(at, "depois") && v.is_word(at + 1, "de") && v.is_word(at + 2, "amanha") {
        return Found::new(Date::Shift(2), at + 3);
    }
    if v.is_word(at, "l") && quote(at + 1) && v.is_word(at + 2, "altro") && v.is_word(at + 3, "ieri") {
        return Found::new(Date::Shift(-2), at + 4);
    }
    None
}

/// `KW 12`, `KW12/2026`, `Kalenderwoche 9`.
fn week_at(v: &Lexed<'_>, at: usize) -> Option<Found> {
    let name = week_name_end(v, at)?;
    // `12 kW` and `kW 12` are of an engine.
    if v.token(at).case == Case::Mixed || v.before(at).shape == Shape::Number {
        return None;
    }
    let week = week_number(v, name)?;
    let slash = v.glued_sign(name + 1, '/');
    if let Some(year) = year_at(v, name + 1 + usize::from(slash)) {
        return Found::new(Date::Week { year: Some(year), week }, name + 2 + usize::from(slash));
    }
    (!goes_on(v, name + 1)).then(|| Found::new(Date::Week { year: None, week }, name + 1))?
}

/// `12. KW`, `der 9. Kalenderwoche`.
fn numbered_week_at(v: &Lexed<'_>, at: usize) -> Option<Found> {
    let week = week_number(v, at).filter(|_| v.glued_sign(at + 1, '.'))?;
    let next = week_name_end(v, at + 2)?;
    (v.token(at + 2).case != Case::Mixed).then(|| Found::new(Date::Week { year: None, week }, next))?
}

fn week_name_end(v: &Lexed<'_>, at: usize) -> Option<usize> {
    if v.is_word(at, "calendar") && v.is_word(at + 1, "week") {
        return Some(at + 2);
    }
    (v.is_word(at, "kw") || v.is_word(at, "kalenderwoche")).then_some(at + 1)
}

fn week_number(v: &Lexed<'_>, at: usize) -> Option<i8> {
    let token = v.token(at);
    (token.shape == Shape::Number && token.digits <= 2 && (1..=53).contains(&token.value))
        .then_some(token.value as i8)
}

/// Days of Romance languages in short. They are common words, so only a date behind them makes them days.
const ABBREVIATED: [(&str, i8); 17] = [
    ("lun", 1),
    ("mar", 2),
    ("mer", 3),
    ("mie", 3),
    ("mier", 3),
    ("gio", 4),
    ("jeu", 4),
    ("jue", 4),
    ("ven", 5),
    ("vie", 5),
    ("sam", 6),
    ("sab", 6),
    ("dim", 7),
    ("dom", 7),
    ("seg", 1),
    ("qui", 4),
    ("sex", 5),
];

/// `lun 9/3`, `sam. 14/03`, `mer. 11 mars`.
fn abbreviated_at(v: &Lexed<'_>, habit: Habit, at: usize) -> Option<Found> {
    let weekday = ABBREVIATED.iter().find(|(name, _)| v.is_word(at, name))?.1;
    let dot = usize::from(v.glued_sign(at + 1, '.'));
    let comma = usize::from(v.glued_sign(at + 1 + dot, ','));
    let plain = dot + comma == 0;
    // `Mar 12` is a day of March, and `qui` and `sex` are words.
    let doubtful = v.is_word(at, "qui") || v.is_word(at, "sex") || v.token(at).case != Case::Lower;
    if plain && doubtful && (v.entry(at).month > 0 || v.token(at).case == Case::Lower) {
        return None;
    }
    dated(v, habit, at + 1 + dot + comma, weekday)
}

/// `a week on Friday`, `two weeks from Monday`.
fn weeks_from_at(v: &Lexed<'_>, at: usize) -> Option<Found> {
    let entry = v.entry(at);
    let one = entry.is(w::ONE);
    let count =
        if one { 1 } else { i8::try_from(entry.number).ok().filter(|count| (1..=8).contains(count))? };
    let weeks = match v.entry(at + 1).unit? {
        Unit::Week => count,
        Unit::Fortnight => 2 * count,
        _ => return None,
    };
    // `it'll be two weeks on Friday` is how long.
    let leads = v.is_word(at + 2, "from") || one && v.is_word(at + 2, "on");
    let lasts = v.entry_before(at, 1).is(w::FOR) || v.is_word(at.saturating_sub(1), "been");
    let (weekday, next) = weekday_name(v, at + 3).filter(|_| leads && !lasts && !v.is(at + 3, w::SHORT))?;
    Found::new(Date::Weekday { weekday, which: Which::Any, weeks }, next)
}

/// `heute in einer Woche`, `Freitag in 14 Tagen`: the days that German adds to a day.
fn days_added(v: &Lexed<'_>, at: usize) -> Option<(i8, usize)> {
    if !v.is_word(at, "in") {
        return None;
    }
    let found = duration::length_at(v, at + 1).filter(|found| found.direction == Some(Direction::Ahead))?;
    let length = found.length;
    if length.is_shorter_than_days() || length.months + length.years > 0 {
        return None;
    }
    let days = length.weeks.saturating_mul(7).saturating_add(length.days);
    i8::try_from(days).ok().filter(|days| *days <= 100).map(|days| (days, found.next))
}

/// `today`, `morgen`, `ayer`, `stasera`.
fn day_word_at(v: &Lexed<'_>, habit: Habit, at: usize) -> Option<Found> {
    let (entry, token) = (v.entry(at), v.token(at));
    let shift = entry.day?;
    let before = v.entry_before(at, 1);
    if v.is_word(at, "hier") && !habit.french && !is_french_yesterday(v, at) {
        return None;
    }
    let names =
        token.case == Case::Title && v.before(at).shape == Shape::Word && v.before(at).case != Case::Lower;
    // `World of Tomorrow` is a title.
    let title = token.case == Case::Title && v.before(at).shape == Shape::Word && v.is_word(at - 1, "of");
    if title || before.is(w::GREETING) || names && shift.abs() <= 1 || v.glued_sign(at + 1, '-') {
        return None;
    }
    // `la mañana` is the morning, and so is `Morgen` with its capital unless a time follows.
    let morning = entry.part == Some(Part::Morning);
    if morning && shift == 1 {
        let noun = before.is(w::ARTICLE | w::THIS | w::EVERY)
            || v.is_word(at, "manana")
                && v.before(at).shape == Shape::Word
                && (v.is_word(at - 1, "por") || v.is_word(at - 1, "en"));
        let german = v.is_word(at, "morgen");
        let followed = v.is(at + 1, w::AT) && v.token(at + 2).shape == Shape::Number
            || part_at(v, at + 1).is_some_and(|(_, next)| next == at + 2);
        let capital = german && token.case != Case::Lower && !followed;
        let after_day = german && v.entry_before(at, 1).day.is_some();
        if noun || capital || after_day {
            return None;
        }
    }
    if (v.is_word(at, "heute") || v.is_word(at, "morgen"))
        && let Some((days, next)) = days_added(v, at + 1)
    {
        return Found::new(Date::Shift(shift.saturating_add(days)), next);
    }
    let part = entry.part.filter(|_| !(morning && shift == 1));
    Some(Found { part, ..Found::new(Date::Shift(shift), at + 1)? })
}

fn is_french_yesterday(v: &Lexed<'_>, at: usize) -> bool {
    let behind = v.is_word(at + 1, "soir") || v.is_word(at + 1, "matin") || v.is_word(at + 1, "apres");
    let before = v.before(at).shape == Shape::Word && v.is_word(at - 1, "depuis")
        || matches!(v.before(at).shape, Shape::Sign('\'' | '’')) && at >= 2 && v.is_word(at - 2, "d");
    behind || before
}

/// `next Friday`, `last month`, `this morning`, `próxima semana`.
fn modified_at(v: &Lexed<'_>, at: usize) -> Option<Found> {
    let entry = v.entry(at);
    let which = which(entry);
    let shift = match which {
        Which::Next => 1,
        Which::Last => -1,
        _ => 0,
    };
    let next = at + 1;
    let after = v.entry(next);
    if which == Which::Any || v.token(next).shape != Shape::Word || v.entry_before(at, 1).is(w::EVERY) {
        return None;
    }
    if let Some((unit, end)) = unit_at(v, next) {
        let past = v.is_word(at, "past") || v.is_word(at, "passe");
        return if past { None } else { Found::new(Date::Period { unit, shift }, end) };
    }
    if let Some((weekday, end)) = weekday_name(v, next) {
        // `est passé vendredi dernier`: the first word is the verb's.
        let verb = v.is_word(at, "passe") || v.is_word(at, "passee") || which_behind(v, end).is_some();
        let spare = verb
            || after.is(w::SHORT)
                && (after.is(w::RISKY) && v.token(next).case != Case::Title || which == Which::This);
        return if spare { None } else { weekday_found(v, weekday, which, end) };
    }
    if after.month > 0 && !after.is(w::SHORT) {
        let named = after.is(w::RISKY | w::NAME) && v.token(next).case != Case::Title && after.is(w::CAPITAL);
        let this_name = which == Which::This && after.is(w::NAME);
        return if named || this_name {
            None
        } else {
            Found::new(Date::Month { year: None, month: after.month, which }, next + 1)
        };
    }
    if v.is_word(next, "apres") && v.glued_sign(next + 1, '-') && v.is_word(next + 2, "midi") {
        return Some(Found { part: Some(Part::Afternoon), ..Found::new(Date::Shift(0), next + 3)? });
    }
    let part = after.part?;
    // `ce sera` is French for `that will be`.
    if (v.is_word(at, "ce") || v.is_word(at, "cet")) && v.is_word(next, "sera") {
        return None;
    }
    let day = match which {
        Which::This => 0,
        Which::Last if part == Part::Night => -1,
        _ => return None,
    };
    Some(Found { part: Some(part), ..Found::new(Date::Shift(day), next + 1)? })
}

fn which(entry: &w::Entry) -> Which {
    if entry.is(w::NEXT) {
        Which::Next
    } else if entry.is(w::LAST) {
        Which::Last
    } else if entry.is(w::THIS) {
        Which::This
    } else {
        Which::Any
    }
}

/// A week, weekend, month or year by its name.
fn unit_at(v: &Lexed<'_>, at: usize) -> Option<(Unit, usize)> {
    if v.is_word(at, "fin") || v.is_word(at, "fim") {
        return (v.is_word(at + 1, "de") && v.is_word(at + 2, "semana")).then_some((Unit::Weekend, at + 3));
    }
    if v.is_word(at, "fine") && v.is_word(at + 1, "settimana") {
        return Some((Unit::Weekend, at + 2));
    }
    if v.is_word(at, "week") && v.glued_sign(at + 1, '-') && v.is_word(at + 2, "end") {
        return Some((Unit::Weekend, at + 3));
    }
    if v.token(at + 1).glued && v.sign(at + 1) == Some('-') {
        return None;
    }
    match v.entry(at).unit? {
        unit @ (Unit::Week | Unit::Weekend | Unit::Month | Unit::Year) => {
            let plural = v.text[v.token(at).start..v.token(at).end].to_ascii_lowercase();
            let many = matches!(
                plural.as_str(),
                "weeks"
                    | "months"
                    | "years"
                    | "wochen"
                    | "monate"
                    | "monaten"
                    | "jahre"
                    | "jahren"
                    | "semaines"
                    | "semanas"
                    | "meses"
                    | "settimane"
                    | "mesi"
                    | "anni"
                    | "ans"
                    | "annees"
                    | "años"
                    | "anos"
                    | "an"
                    | "wk"
                    | "wks"
                    | "yr"
                    | "yrs"
            );
            (!many).then_some((unit, at + 1))
        }
        _ => None,
    }
}

/// `semana que viene`, `mois dernier`, `week after next`.
fn period_at(v: &Lexed<'_>, at: usize) -> Option<Found> {
    let (unit, next) = unit_at(v, at)?;
    if v.is_word(next, "after") && v.is(next + 1, w::NEXT) {
        return Found::new(Date::Period { unit, shift: 2 }, next + 2);
    }
    if v.is_word(next, "before") && v.is(next + 1, w::LAST) {
        return Found::new(Date::Period { unit, shift: -2 }, next + 2);
    }
    let (which, end) = which_behind(v, next)?;
    let shift = if which == Which::Next { 1 } else { -1 };
    Found::new(Date::Period { unit, shift }, end)
}

/// `prochain`, `pasado`, `que viene` behind a noun.
fn which_behind(v: &Lexed<'_>, at: usize) -> Option<(Which, usize)> {
    if v.is_word(at, "que") && v.is(at + 1, w::COMING) {
        return Some((Which::Next, at + 2));
    }
    let token = v.token(at);
    // English and German put these words first: `week last seen` is no week.
    let romance = token.shape == Shape::Word
        && !v.is_word(at, "last")
        && !v.is_word(at, "past")
        && !v.is_word(at, "next")
        && !v.is_word(at, "coming");
    match which(v.entry(at)) {
        Which::Next if romance => Some((Which::Next, at + 1)),
        Which::Last if romance && !v.text[token.start..token.end].starts_with(['l', 'L', 'v', 'V']) => {
            Some((Which::Last, at + 1))
        }
        _ => None,
    }
}

/// A weekday by its name: `Monday`, `segunda-feira`.
fn weekday_name(v: &Lexed<'_>, at: usize) -> Option<(i8, usize)> {
    let entry = v.entry(at);
    if entry.weekday == 0 {
        return None;
    }
    let hyphen = usize::from(v.glued_sign(at + 1, '-'));
    if v.is_word(at + 1 + hyphen, "feira") {
        return Some((entry.weekday, at + 2 + hyphen));
    }
    if entry.is(w::RISKY) && !entry.is(w::SHORT) {
        // `segunda` alone: a day only where what follows shows that it is none of a row.
        let ends = !matches!(v.token(at + 1).shape, Shape::Word | Shape::Number)
            || v.is(at + 1, w::AT)
            || v.is_word(at + 1, "que")
            || v.is(at + 1, w::TO)
            || v.entry(at + 1).part.is_some();
        return (ends && v.token(at).case == Case::Lower).then_some((entry.weekday, at + 1));
    }
    Some((entry.weekday, at + 1))
}

fn weekday_found(v: &Lexed<'_>, weekday: i8, which: Which, next: usize) -> Option<Found> {
    let date = |which, weeks| Date::Weekday { weekday, which, weeks };
    // `Freitagabend`.
    if let Some(part) = v.entry(next.saturating_sub(1)).part.filter(|_| v.entry(next - 1).weekday > 0) {
        return Some(Found { part: Some(part), ..Found::new(date(which, 0), next)? });
    }
    if let Some((behind, end)) = which_behind(v, next) {
        return Found::new(date(behind, 0), end);
    }
    if v.is_word(next, "week") && !v.glued_sign(next + 1, '-') {
        return Found::new(date(Which::Any, 1), next + 1);
    }
    if v.is_word(next, "en") && (v.is_word(next + 1, "huit") || v.is_word(next + 1, "quinze")) {
        let weeks = if v.is_word(next + 1, "huit") { 1 } else { 2 };
        return Found::new(date(Which::Any, weeks), next + 2);
    }
    let german = v.entry(next.saturating_sub(1)).tense.tongue & w::DE != 0;
    if let Some((days, end)) = days_added(v, next).filter(|(days, _)| german && days % 7 == 0) {
        return Found::new(date(Which::Any, days / 7), end);
    }
    // `Friday next week`, `Mittwoch nächster Woche`, `lundi de la semaine prochaine`.
    let mut at = next;
    while at < next + 2 && v.is(at, w::OF | w::ARTICLE) {
        at += 1;
    }
    let week =
        modified_at(v, at).or_else(|| if v.entry(at).unit.is_some() { period_at(v, at) } else { None });
    if let Some(Found { date: Date::Period { unit: Unit::Week, shift }, next: end, .. }) = week {
        return Found::new(Date::Weekday { weekday, which: Which::This, weeks: shift }, end);
    }
    Found::new(date(which, 0), next)
}

/// A weekday, alone or before its date.
fn weekday_at(v: &Lexed<'_>, habit: Habit, at: usize) -> Option<Found> {
    let (entry, token) = (v.entry(at), v.token(at));
    let before = v.entry_before(at, 1);
    let (weekday, next) = weekday_name(v, at)?;
    let short = entry.is(w::SHORT);
    let dot = usize::from(short && v.glued_sign(next, '.'));
    let comma = usize::from(v.sign(next + dot) == Some(','));
    let mut start = next + dot + comma;
    start += usize::from(v.is(start, w::ARTICLE) || v.is_word(start, "am"));
    let tiny = token.end - token.start <= 2;
    // `Di 10.03.`: with its dots the date can be nothing else. But `So` may be `so`, and must not choose the year.
    let dotted = token.case == Case::Title
        && v.glued_sign(start + 1, '.')
        && v.glued_number(start + 2, 2).is_some()
        && v.glued_sign(start + 3, '.');
    if (!tiny || dot + comma > 0 || dotted)
        && let Some(dated) = dated(v, habit, start, if dot + comma > 0 || !tiny { weekday } else { 0 })
    {
        return Some(dated);
    }
    if let Some(found) = numbered_day(v, start, weekday).filter(|_| !tiny) {
        return Some(found);
    }
    // `on a Wednesday`, `un lundi`: any of them; `schönen Sonntag`: a wish.
    let to = v.is_word(at.saturating_sub(1), "a") && !entry.is(w::CAPITAL);
    let any = before.is(w::ONE) && !to;
    let named = before.is(w::PROPER | w::GREETING) || v.is(next, w::PROPER) || is_surname(v, at);
    if tiny || any || named || before.is(w::EVERY | w::PLURAL) || is_possessive(v, next) {
        return None;
    }
    let portuguese = entry.is(w::RISKY) && !short && next == at + 1;
    let found = weekday_found(v, weekday, Which::Any, next)?;
    if found.next > next {
        return Some(found);
    }
    if short {
        let sure = !entry.is(w::RISKY) && token.case == Case::Title && before.is(w::CUE);
        let found = Found { next: next + dot, ..found };
        return Some(if sure { found } else { found.if_cued() });
    }
    // Romance languages write days in small letters, and Domingo is a man's name.
    let romance = !entry.is(w::CAPITAL);
    let inside = v.before(at).shape == Shape::Word;
    if romance && (token.case != Case::Lower && (inside || entry.is(w::NAME))) {
        return None;
    }
    // `le lundi`, `il lunedì`: every one of them.
    let again = v.before(at).shape == Shape::Word
        && (v.is_word(at - 1, "le") || v.is_word(at - 1, "il"))
        && !v.entry_before(at, 2).is(w::FROM);
    if again {
        return None;
    }
    Some(if portuguese { found.if_cued() } else { found })
}

/// `Nachname Freitag`, `my surname is Friday`, `Familie Sonntag`, Robinson's `Man Friday`.
fn is_surname(v: &Lexed<'_>, at: usize) -> bool {
    let Some(before) = at.checked_sub(1) else { return false };
    let joins = v.sign(before) == Some(':') || v.entry(before).hint.is_none() && v.is(before, w::LINK);
    let word = before.saturating_sub(usize::from(joins));
    // German `man` is everybody.
    v.entry(word).hint == Some(Hint::Surname) || v.is_word(before, "man") && v.is_word(at, "friday")
}

/// `Thursday the 25th`, `martedì 29 alle 21`: the day of a month that is not told.
fn numbered_day(v: &Lexed<'_>, at: usize, weekday: i8) -> Option<Found> {
    let day = day_number(v, at)?;
    let (ordinal, next) = ordinal_end(v, at + 1);
    let timed = v.is(next, w::AT) && v.token(next + 1).shape == Shape::Number;
    let fits = (ordinal || timed) && ends_clause(v, next) && !v.glued_sign(next, ':') && !goes_on(v, next);
    fits.then(|| Found::new(Date::WeekdayOfMonth { weekday, day }, next))?
}

/// `Monday's`: mostly a name or a thing of that day.
fn is_possessive(v: &Lexed<'_>, at: usize) -> bool {
    (v.glued_sign(at, '\'') || v.glued_sign(at, '’')) && v.token(at + 1).continues()
}

/// The date behind a weekday, with the weekday told.
fn dated(v: &Lexed<'_>, habit: Habit, at: usize, weekday: i8) -> Option<Found> {
    let starts = v.token(at).shape == Shape::Number || v.entry(at).month > 0;
    let found = if starts && v.token(at).shape == Shape::Number {
        number_at(v, habit, at)?
    } else if starts {
        month_at(v, at)?
    } else {
        return None;
    };
    let with = |date| match date {
        Date::DayOfYear { month, day, .. } => Some(Date::DayOfYear { month, day, weekday }),
        Date::Day { .. } => Some(date),
        _ => None,
    };
    Some(Found { date: with(found.date)?, clear: true, ..found })
}

/// `end of March`, `Anfang Mai`, `mi-avril`, `finales de mayo`.
fn edge_at(v: &Lexed<'_>, at: usize) -> Option<Found> {
    let mut start = at + 1;
    let mut of = false;
    while start < at + 3 && (v.is(start, w::OF | w::ARTICLE) || v.glued_sign(start, '-')) {
        of |= v.is(start, w::OF);
        start += 1;
    }
    // `fine mese`: Italian puts nothing between.
    let bare = v.is_word(at, "fine") || v.is_word(at, "inizio") || v.is_word(at, "meta");
    let entry = v.entry(start);
    if let Some(found) =
        modified_at(v, start).filter(|found| matches!(found.date, Date::Period { .. } | Date::Month { .. }))
    {
        return Some(found);
    }
    if let Some((unit @ (Unit::Month | Unit::Year | Unit::Week), next)) =
        unit_at(v, start).filter(|_| of || bare)
    {
        let (which, next) = which_behind(v, next).unwrap_or((Which::This, next));
        let shift = match which {
            Which::Next => 1,
            Which::Last => -1,
            _ => 0,
        };
        return Found::new(Date::Period { unit, shift }, next);
    }
    let glued = v.before(start).shape == Shape::Sign('-');
    let word = v.token(start).shape == Shape::Word && entry.month > 0 && !entry.is(w::SHORT);
    let doubtful = entry.is(w::RISKY) && v.token(start).case == Case::Lower && !(of || glued);
    if !word || doubtful {
        return None;
    }
    let (year, next) = year_behind(v, start + 1).map_or((None, start + 1), |(year, next)| (Some(year), next));
    Found::new(Date::Month { year, month: entry.month, which: Which::Any }, next)
}

/// A year behind a month or a day: `2026`, `, 2026`, `de 2026`, `del 2026`.
fn year_behind(v: &Lexed<'_>, at: usize) -> Option<(i16, usize)> {
    let at = at
        + usize::from(
            v.sign(at) == Some(',') || v.sign(at) == Some('-') && v.token(at + 1).glued || v.is(at, w::OF),
        );
    year_at(v, at).map(|year| (year, at + 1))
}

fn year_at(v: &Lexed<'_>, at: usize) -> Option<i16> {
    let token = v.token(at);
    let whole = token.shape == Shape::Number && token.digits == 4 && (1900..=2100).contains(&token.value);
    (whole && !goes_on(v, at + 1)).then_some(token.value as i16)
}

/// Whether the value before `at` is only the start of a longer one.
fn goes_on(v: &Lexed<'_>, at: usize) -> bool {
    let token = v.token(at);
    if token.continues() {
        return true;
    }
    let joins = token.glued && matches!(v.sign(at), Some('.' | ',' | '/' | '-' | '_' | ':' | '\\' | '+'));
    let unit =
        matches!(v.sign(at), Some('%' | '€' | '$' | '£')) || token.glued && matches!(v.sign(at), Some('°'));
    joins
        && v.token(at + 1).continues()
        && !(matches!(v.sign(at), Some(',' | '.')) && v.token(at + 1).shape == Shape::Word)
        || unit
}

/// Dates that begin with the name of a month, or are only that.
fn month_at(v: &Lexed<'_>, at: usize) -> Option<Found> {
    let (entry, token) = (v.entry(at), v.token(at));
    let dot = usize::from(entry.is(w::SHORT) && v.glued_sign(at + 1, '.'));
    let next = at + 1 + dot;
    if let Some(found) = month_day_at(v, at, next) {
        return Some(found);
    }
    if let Some((year, end)) = year_behind(v, next)
        .filter(|_| !entry.is(w::RISKY) || token.case != Case::Lower || !entry.is(w::CAPITAL))
    {
        let hyphen = v.sign(next) == Some('-');
        return if hyphen {
            None
        } else {
            Found::new(Date::Month { year: Some(year), month: entry.month, which: Which::Any }, end)
        };
    }
    let before = v.entry_before(at, 1);
    if entry.is(w::SHORT) || !before.is(w::IN_MONTH) || v.glued_sign(next, '-') || v.glued_sign(next, '\'') {
        return None;
    }
    let english = entry.is(w::CAPITAL);
    let in_word = v.is_word(at - 1, "in") || v.is_word(at - 1, "im");
    let proper = if english {
        token.case != Case::Title
            || entry.is(w::NAME) && !in_word && !before.is(w::IN_MONTH & !w::TO)
            || is_name_here(v, at)
    } else {
        token.case != Case::Lower
    };
    let lone = !english && v.is_word(at - 1, "no") || english && v.is_word(at - 1, "a");
    if proper || lone {
        return None;
    }
    Found::new(Date::Month { year: None, month: entry.month, which: Which::Any }, next)
}

/// `since April joined`, `after May called`: with these words the month may be a person.
fn is_name_here(v: &Lexed<'_>, at: usize) -> bool {
    let sure = ["in", "im", "en", "ab", "seit", "bis"];
    v.is(at, w::NAME) && !sure.iter().any(|word| v.is_word(at - 1, word))
}

/// `April 15`, `Mar 9, 2026`, `Sept. 14-17`, `May 5th`.
fn month_day_at(v: &Lexed<'_>, at: usize, next: usize) -> Option<Found> {
    let (entry, token) = (v.entry(at), v.token(at));
    let next = next + usize::from(v.is_word(next, "the"));
    let day = day_number(v, next).filter(|_| !v.token(next).glued)?;
    let month = entry.month;
    let (ordinal, mut end) = ordinal_end(v, next + 1);
    let mut last = None;
    let joined = matches!(v.sign(end), Some('-' | '–' | '—'))
        || v.is(end, w::TO) && !v.is(end, w::CUE)
        || v.is_word(end, "to");
    let start = end + 1 + usize::from(v.is_word(end + 1, "the"));
    let second =
        day_number(v, start).filter(|second| joined && *second > day && v.entry(start + 1).month == 0);
    if let Some(second) = second {
        let (_, after) = ordinal_end(v, start + 1);
        // `May 3 to 5 pm` would be a time.
        if !goes_on(v, after) && !v.is(after, w::AM | w::PM) {
            (last, end) = (Some(second), after);
        }
    }
    if goes_on(v, end) && year_behind(v, end).is_none() {
        return None;
    }
    let year = year_behind(v, end);
    let timed = v.is(end, w::AT | w::FROM) && v.token(end + 1).shape == Shape::Number;
    let helped = ordinal || year.is_some() || last.is_some() || timed || v.entry_before(at, 1).is(w::CUE);
    let lower = token.case == Case::Lower;
    if entry.is(w::RISKY) && (lower || token.case == Case::Upper || !entry.is(w::CAPITAL)) && !helped {
        return None;
    }
    // Romance languages put the day first: `mars 3` is a brand of chocolate.
    if !entry.is(w::CAPITAL) && !entry.is(w::SHORT) && !helped
        || v.entry(end).unit.is_some() && year.is_none()
    {
        return None;
    }
    if entry.is(w::NAME) && !helped && !ends_clause(v, end) {
        return None;
    }
    let of = |day| match year {
        Some((year, _)) => Date::Day { year, month, day },
        None => Date::DayOfYear { month, day, weekday: 0 },
    };
    let end = year.map_or(end, |(_, end)| end);
    let (date, until) = (valid(of(day))?, last.map(of));
    Some(Found { until, ..Found::new(date, end)? })
}

/// Whether what stands at `at` does not make the words before it a part of something else.
fn ends_clause(v: &Lexed<'_>, at: usize) -> bool {
    let token = v.token(at);
    match token.shape {
        Shape::Word => {
            v.entry(at).roles & (w::AT | w::AND | w::TO | w::CUE | w::FROM | w::BETWEEN | w::IN) != 0
                || v.is(at, w::LINK)
        }
        Shape::Number => false,
        _ => true,
    }
}

fn day_number(v: &Lexed<'_>, at: usize) -> Option<i8> {
    let token = v.token(at);
    (token.shape == Shape::Number && token.digits <= 2 && (1..=31).contains(&token.value))
        .then_some(token.value as i8)
}

/// `st`, `er`, `º`, `°` glued to a number.
fn ordinal_end(v: &Lexed<'_>, at: usize) -> (bool, usize) {
    let token = v.token(at);
    let ends = token.glued
        && (token.shape == Shape::Word && v.is(at, w::ORDINAL) && token.end - token.start <= 4
            || v.sign(at) == Some('°'));
    (ends, at + usize::from(ends))
}

/// A date that the calendar has; 29 February without a year is one.
fn valid(date: Date) -> Option<Date> {
    let exists = match date {
        Date::Day { year, month, day } => jiff::civil::Date::new(year, month, day).is_ok(),
        Date::DayOfYear { month, day, .. } => jiff::civil::Date::new(2024, month, day).is_ok(),
        _ => true,
    };
    exists.then_some(date)
}

/// Dates that begin with digits.
fn number_at(v: &Lexed<'_>, habit: Habit, at: usize) -> Option<Found> {
    if is_inside_number(v, at) {
        return None;
    }
    let token = v.token(at);
    match token.digits {
        4 => iso_at(v, at).or_else(|| lone_year_at(v, at)),
        8 => compact_at(v, at),
        1 | 2 => numbered_week_at(v, at)
            .or_else(|| day_month_at(v, at))
            .or_else(|| digits_at(v, habit, at))
            .or_else(|| month_year_at(v, at))
            .or_else(|| lone_day_at(v, at)),
        _ => None,
    }
}

/// `2026-03-12`, `2026/03/12`, `2026-W12`.
fn iso_at(v: &Lexed<'_>, at: usize) -> Option<Found> {
    let year = i16::try_from(v.token(at).value).ok().filter(|year| (1000..=2999).contains(year))?;
    let sign = v.sign(at + 1).filter(|sign| matches!(sign, '-' | '/') && v.token(at + 1).glued)?;
    let month = v.glued_number(at + 2, 2).filter(|m| m.digits == 2)?.value;
    let day = v.glued_sign(at + 3, sign).then(|| v.glued_number(at + 4, 2).filter(|d| d.digits == 2))??.value;
    let timed = v.token(at + 5).glued
        && v.token(at + 6).glued_number()
        && v.text.as_bytes()[v.token(at + 5).start] == b'T';
    if !timed && goes_on(v, at + 5) || is_barred(v, at) && sign == '/' {
        return None;
    }
    Found::new(valid(Date::Day { year, month: month as i8, day: day as i8 })?, at + 5)
}

/// `20260312T101500Z`: eight digits are a date only with a time behind them.
fn compact_at(v: &Lexed<'_>, at: usize) -> Option<Found> {
    let value = v.token(at).value;
    let t = v.token(at + 1);
    let timed = t.glued && t.end - t.start == 1 && v.text.as_bytes()[t.start] == b'T';
    let clock = v.glued_number(at + 2, 6).filter(|clock| timed && matches!(clock.digits, 4 | 6))?;
    let _ = clock;
    let date = Date::Day {
        year: (value / 10_000) as i16,
        month: (value / 100 % 100) as i8,
        day: (value % 100) as i8,
    };
    Found::new(valid(date)?, at + 1)
}

/// `in 2019.`, `im Jahr 2019`, `since 2015`.
fn lone_year_at(v: &Lexed<'_>, at: usize) -> Option<Found> {
    let year = i16::try_from(v.token(at).value).ok().filter(|year| (1950..=2060).contains(year))?;
    let before = v.entry_before(at, 1);
    let cued = before.is(w::YEAR_CUE);
    let named = before.unit == Some(Unit::Year);
    let since = before.is(w::SINCE) && !v.is_word(at.saturating_sub(1), "de");
    let token = v.token(at + 1);
    let ends =
        matches!(token.shape, Shape::End | Shape::Break | Shape::Sign('.' | ',' | ';' | '!' | '?' | ')'));
    let apart = !goes_on(v, at + 1)
        && (ends || since && token.shape == Shape::Word && token.case == Case::Lower || named);
    // `a PIN that ends in 2026`.
    let ending = v.is(at.saturating_sub(2), w::ENDING);
    (cued && apart && !ending).then(|| Found::new(Date::Year(year), at + 1))?
}

/// `15 April`, `1er février`, `3. bis 10. August`, `12-Mar-2026`.
fn day_month_at(v: &Lexed<'_>, at: usize) -> Option<Found> {
    let day = day_number(v, at)?;
    let (ordinal, mut next) = ordinal_end(v, at + 1);
    let dotted = v.glued_sign(next, '.') && !v.token(next + 1).continues();
    next += usize::from(dotted);
    if let Some(found) = month_behind(v, at, next, day, ordinal || dotted) {
        return Some(found);
    }
    // Days of one month: `3 to 10 August`, `16 y el 18 de marzo`.
    let between = (1..=2).any(|back| v.entry_before(at, back).is(w::BETWEEN));
    let joins = matches!(v.sign(next), Some('-' | '–' | '—' | '/'))
        || v.is(next, w::TO)
        || between && v.is(next, w::AND);
    if !joins {
        return None;
    }
    let mut second = next + 1;
    while second < next + 3 && v.token(second).shape == Shape::Word && v.is(second, w::ARTICLE | w::CUE) {
        second += 1;
    }
    let last = day_number(v, second).filter(|last| *last > day)?;
    let (ordinal, after) = ordinal_end(v, second + 1);
    let dotted = v.glued_sign(after, '.') && !v.token(after + 1).continues();
    let found = month_behind(v, second, after + usize::from(dotted), last, ordinal || dotted)?;
    let first = match found.date {
        Date::Day { year, month, .. } => Date::Day { year, month, day },
        Date::DayOfYear { month, .. } => Date::DayOfYear { month, day, weekday: 0 },
        _ => return None,
    };
    Some(Found { date: first, until: Some(found.date), ..found })
}

/// The month, and perhaps the year, behind a day that ends before token `at`.
fn month_behind(v: &Lexed<'_>, start: usize, at: usize, day: i8, ordinal: bool) -> Option<Found> {
    let hyphen = matches!(v.sign(at), Some('-' | '/')) && v.token(at).glued && v.token(at + 1).glued;
    let mut place = at + usize::from(hyphen);
    let mut of = false;
    while place < at + 3 && (v.is(place, w::OF) || v.is_word(place, "mes")) && v.entry(place).month == 0 {
        of = true;
        place += 1;
        place += usize::from(matches!(v.sign(place), Some('\'' | '’')));
    }
    let (entry, token) = (v.entry(place), v.token(place));
    if entry.month == 0
        || token.shape != Shape::Word
        || token.glued && !hyphen && !of && v.before(place).shape == Shape::Number && entry.is(w::RISKY)
    {
        return None;
    }
    let dot = usize::from(entry.is(w::SHORT) && v.glued_sign(place + 1, '.'));
    let mut end = place + 1 + dot;
    let year = year_behind(v, end).or_else(|| short_year(v, end, hyphen));
    if hyphen && year.is_none() {
        return None;
    }
    if year.is_none() && goes_on(v, end) {
        return None;
    }
    let timed = v.is(end, w::AT | w::FROM) && v.token(end + 1).shape == Shape::Number;
    let cued = v.entry_before(start, 1).is(w::CUE)
        || v.entry_before(start, 1).is(w::ARTICLE) && v.entry_before(start, 2).is(w::CUE);
    if entry.is(w::RISKY) && year.is_none() && !of {
        let plain = entry.is(w::SHORT)
            || token.case == Case::Lower
                && !v.token(end).is_end()
                && !matches!(v.token(end).shape, Shape::Sign(_));
        let bare = entry.is(w::SHORT)
            && !(token.case == Case::Title
                && entry.is(w::CAPITAL | w::SHORT)
                && (cued || ordinal || timed || ends_clause(v, end)));
        if plain && !timed && (bare || !entry.is(w::SHORT)) {
            return None;
        }
    }
    let sure = of || year.is_some() || timed || (ordinal || cued) && !entry.is(w::SHORT);
    if is_plain_count(v, end, token.case, entry, sure) {
        return None;
    }
    let date = match year {
        Some((year, after)) => {
            end = after;
            Date::Day { year, month: entry.month, day }
        }
        None => Date::DayOfYear { month: entry.month, day, weekday: 0 },
    };
    let (which, after) = which_behind(v, end).unwrap_or((Which::Any, end));
    // `le 2 mars dernier`.
    let end = if which == Which::Any { end } else { after };
    Found::new(valid(date)?, end)
}

/// `3 Mars` with a name behind it is a count of things, and `3rd Gen` no day of January: languages that
/// shorten January so write it small.
fn is_plain_count(v: &Lexed<'_>, end: usize, case: Case, entry: &w::Entry, helped: bool) -> bool {
    let romance = !entry.is(w::CAPITAL);
    if romance && entry.is(w::SHORT) && case != Case::Lower {
        return !helped;
    }
    !helped && romance && case == Case::Title && !v.token(end).is_end() && v.token(end).case == Case::Title
}

/// Two digits behind `12-Mar-`.
fn short_year(v: &Lexed<'_>, at: usize, hyphen: bool) -> Option<(i16, usize)> {
    let joined = hyphen && matches!(v.sign(at), Some('-' | '/')) && v.token(at).glued;
    let year = joined.then(|| v.glued_number(at + 1, 2).filter(|y| y.digits == 2))??;
    (!goes_on(v, at + 2)).then_some((full_year(year.value), at + 2))
}

/// The century of a year of two digits: messages name years to come (contracts, warranties) more often
/// than births before 1960.
fn full_year(short: u32) -> i16 {
    short as i16 + if short < 60 { 2000 } else { 1900 }
}

/// `12/05/2026`, `12.05.2026`, `12-05-2026`, and with a word before them `5/6`, `12.5.`.
fn digits_at(v: &Lexed<'_>, habit: Habit, at: usize) -> Option<Found> {
    let sign = v.sign(at + 1).filter(|sign| matches!(sign, '/' | '.' | '-') && v.token(at + 1).glued)?;
    let (a, b) = (v.token(at), v.glued_number(at + 2, 2)?);
    // The last day of `28.3.-2.4.2026`.
    let last =
        matches!(v.before(at).shape, Shape::Sign('-' | '–')) && v.sign(at.saturating_sub(2)) == Some('.');
    if is_barred(v, at)
        || v.token(at).glued
            && !last
            && matches!(v.before(at).shape, Shape::Sign(s) if !matches!(s, '(' | '[' | '"' | ':' | '\'' | '“' | ',' | '>'))
    {
        return None;
    }
    let year = v.glued_sign(at + 3, sign).then(|| v.glued_number(at + 4, 4)).flatten();
    let cued = is_cued(v, at) || is_told(v, at);
    let Some(year) = year else { return short_at(v, habit, at, sign, (a.value, b.value), cued) };
    if goes_on(v, at + 5) {
        return None;
    }
    let full = match year.digits {
        4 => i16::try_from(year.value).ok().filter(|year| (1900..=2100).contains(year))?,
        // Versions, parts and sections have three short numbers too.
        2 if sign == '/' || cued || is_clock(v, at + 5) => full_year(year.value),
        _ => return None,
    };
    let of = |month: u32, day: u32| valid(Date::Day { year: full, month: month as i8, day: day as i8 });
    let (day_first, month_first) = (of(b.value, a.value), of(a.value, b.value));
    // Who writes dots writes the day first, unless there is no such day.
    let month_first = month_first.filter(|_| sign != '.' || habit.month_first || day_first.is_none());
    either(habit, day_first, month_first, at + 5)
}

/// `14:05`, `, 14:05`, `um 9:30`, `14h05` behind a date.
fn is_clock(v: &Lexed<'_>, at: usize) -> bool {
    let at = at + usize::from(v.sign(at) == Some(',') || v.is(at, w::AT));
    let hour = v.token(at);
    let joined = v.glued_sign(at + 1, ':') || v.token(at + 1).glued && v.is(at + 1, w::H);
    hour.shape == Shape::Number
        && hour.digits <= 2
        && hour.value < 24
        && joined
        && v.glued_number(at + 2, 2).is_some_and(|minute| minute.digits == 2 && minute.value < 60)
}

/// `originally it was 3/10`, `ETA is 3/10`, `Termin: 12.5.`: a word of dates leads to the digits.
fn is_told(v: &Lexed<'_>, at: usize) -> bool {
    let names = |back: usize| {
        let word = at.saturating_sub(back);
        let of_dates = [
            "originally",
            "ursprunglich",
            "eta",
            "deadline",
            "termin",
            "datum",
            "fecha",
            "echeance",
            "scadenza",
        ];
        back <= at && of_dates.iter().any(|name| v.is_word(word, name))
    };
    let is = |back: usize| {
        ["was", "is", "war", "ist", "era"].iter().any(|verb| back <= at && v.is_word(at - back, verb))
    };
    match v.before(at).shape {
        Shape::Sign(':') => names(2),
        Shape::Word if is(1) => names(2) || names(3) && (v.is_word(at - 2, "it") || v.is_word(at - 2, "es")),
        _ => names(1),
    }
}

fn either(habit: Habit, day_first: Option<Date>, month_first: Option<Date>, next: usize) -> Option<Found> {
    let (first, second) = if habit.month_first { (month_first, day_first) } else { (day_first, month_first) };
    let date = first.or(second)?;
    let swapped = second.filter(|second| *second != date && first.is_some());
    Some(Found { swapped, ..Found::new(date, next)? })
}

/// Day and month in digits without a year.
fn short_at(
    v: &Lexed<'_>,
    habit: Habit,
    at: usize,
    sign: char,
    (a, b): (u32, u32),
    cued: bool,
) -> Option<Found> {
    let (next, shape) = match sign {
        '/' => (at + 3, true),
        '.' => (at + 4, v.glued_sign(at + 3, '.') && !v.token(at + 4).continues()),
        _ => return None,
    };
    let part_of = matches!((a, b), (1, 2..=5) | (2, 3) | (3, 4) | (24, 7) | (50, 50))
        && v.token(at).digits == 1
        && !(cued && v.is(next, w::AT) && v.token(next + 1).shape == Shape::Number)
        || (a, b) == (24, 7);
    // `13/3 ore 10.30` goes on with its time.
    let timed = v.is(next, w::AT) && v.token(next + 1).shape == Shape::Number;
    let unit = v.entry(next).unit.is_some() && !timed;
    let part = v.is(next, w::OF) && v.entry(next + 1).part.is_none() && !v.is_word(next, "du");
    let counted = part || unit || v.is(next, w::PERCENT);
    if !shape || part_of || counted || a == b && !cued || sign == '/' && goes_on(v, next) {
        return None;
    }
    let of = |month: u32, day: u32| valid(Date::DayOfYear { month: month as i8, day: day as i8, weekday: 0 });
    let (day_first, month_first) = (of(b, a), if sign == '.' { None } else { of(a, b) });
    let found = either(habit, day_first, month_first, next)?;
    Some(if cued { found } else { found.if_cued() })
}

/// `03/2028`.
fn month_year_at(v: &Lexed<'_>, at: usize) -> Option<Found> {
    let month = v.token(at);
    let slash = v.glued_sign(at + 1, '/') && month.digits == 2 && (1..=12).contains(&month.value);
    let year =
        v.glued_number(at + 2, 4).filter(|y| slash && y.digits == 4 && (1950..=2060).contains(&y.value))?;
    if goes_on(v, at + 3)
        || is_barred(v, at)
        || v.token(at).glued && matches!(v.before(at).shape, Shape::Sign('-' | '/' | '.' | '#'))
    {
        return None;
    }
    Found::new(
        Date::Month { year: Some(year.value as i16), month: month.value as i8, which: Which::Any },
        at + 3,
    )
}

/// `the 20th`, `zum 20.`, `día 20`.
fn lone_day_at(v: &Lexed<'_>, at: usize) -> Option<Found> {
    let day = day_number(v, at)?;
    let before = v.entry_before(at, 1);
    let (ordinal, next) = ordinal_end(v, at + 1);
    let found = |next| Found::new(Date::DayOfMonth(day), next);
    let ends = |at: usize| match v.token(at).shape {
        Shape::Word => v.is(at, w::AT | w::AND | w::TO) || v.is(at, w::CUE) && !v.is(at, w::ARTICLE),
        Shape::Number => false,
        Shape::Sign(sign) => {
            let joins = matches!(sign, '-' | '/' | '%' | '$' | '€' | '°' | '&' | '+' | ':' | '\'' | '’');
            let decimals = sign == '.' && v.token(at + 1).glued_number();
            !joins && !decimals
        }
        Shape::End | Shape::Break => true,
    };
    if ordinal && v.is_word(at.saturating_sub(1), "the") && v.before(at).shape == Shape::Word {
        let cued = v.entry_before(at, 2).is(w::CUE);
        return (cued && ends(next)).then(|| found(next))?;
    }
    let word = v.before(at).shape == Shape::Word;
    if word && v.is_word(at - 1, "dia") && !ordinal {
        let count = v.entry(at + 1).unit.is_some();
        return (!count && ends(at + 1)).then(|| found(at + 1))?;
    }
    let dotted = v.glued_sign(at + 1, '.') && !v.token(at + 2).glued;
    let german = word && dotted && ["am", "zum", "bis", "ab", "vom"].iter().any(|cue| v.is_word(at - 1, cue));
    let lower = v.token(at + 2).shape == Shape::Word
        && v.token(at + 2).case == Case::Lower
        && v.text[v.token(at + 2).start..v.token(at + 2).end].len() > 3;
    let _ = before;
    (german && (lower || v.is(at + 2, w::AT) || v.token(at + 2).shape == Shape::Sign(',')))
        .then(|| found(at + 2))?
}

/// Whether a word says that the digits are a version, a section or a part.
fn is_barred(v: &Lexed<'_>, at: usize) -> bool {
    let sign = matches!(v.before(at).shape, Shape::Sign('#' | '§' | '.' | ':'));
    v.entry_before(at, 1).is(w::NOT_DATE)
        || sign && v.entry_before(at, 2).is(w::NOT_DATE)
        || v.before(at).shape == Shape::Sign('#')
}

/// Whether a word leads to a date.
pub(super) fn is_cued(v: &Lexed<'_>, at: usize) -> bool {
    let before = v.entry_before(at, 1);
    before.is(w::CUE) || before.is(w::ARTICLE | w::OF) && v.entry_before(at, 2).is(w::CUE | w::IN)
}

/// Takes in the part of the day behind a day.
fn with_part(v: &Lexed<'_>, found: Found) -> Found {
    let day = matches!(
        found.date,
        Date::Shift(_) | Date::Weekday { .. } | Date::Day { .. } | Date::DayOfYear { .. }
    );
    if found.part.is_some() || found.until.is_some() || !day {
        return found;
    }
    match part_at(v, found.next) {
        Some((part, next)) => Found { part: Some(part), next, clear: true, ..found },
        None => found,
    }
}

/// `morning`, `por la tarde`, `à noite`, `Abend`, `après-midi`.
pub(super) fn part_at(v: &Lexed<'_>, at: usize) -> Option<(Part, usize)> {
    let mut place = at;
    let filler = |at: usize| {
        v.is(at, w::OF | w::ARTICLE | w::IN)
            || v.is_word(at, "por")
            || v.is_word(at, "at")
            || v.is_word(at, "a")
            || v.is_word(at, "al")
            || v.is_word(at, "am")
    };
    while place < at + 2 && v.token(place).shape == Shape::Word && filler(place) {
        place += 1;
    }
    if v.is_word(place, "apres") && v.glued_sign(place + 1, '-') && v.is_word(place + 2, "midi") {
        return Some((Part::Afternoon, place + 3));
    }
    let part = v.entry(place).part.filter(|_| v.entry(place).day.is_none_or(|day| day == 1))?;
    (v.token(place).shape == Shape::Word && !v.glued_sign(place + 1, '-')).then_some((part, place + 1))
}
