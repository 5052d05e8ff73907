//! Lengths of time: `3 days`, `zwei Wochen`, `une demi-heure`, `3-5 Werktage`, `1 hour 20 minutes`.
//!
//! A quantity and a unit, perhaps several of them. With a word before or behind that says so, the
//! length is a distance from now: `in two weeks`, `vor drei Tagen`, `hace una hora`, `tre giorni fa`.
//! An article counts as one only where such a word stands (`a day` is a price's unit, `a second` a
//! plea). Cost: a look at no more than a dozen tokens.

mod count;

use std::fmt;

pub(super) use count::count_at;

use super::lex::{Case, Lexed, Shape};
use super::words::{self as w, Hint, Unit};

/// A length of time, by units as written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Length {
    pub(super) years: u32,
    pub(super) months: u32,
    pub(super) weeks: u32,
    pub(super) days: u32,
    pub(super) hours: u32,
    pub(super) minutes: u32,
    pub(super) seconds: u32,
}

impl fmt::Display for Length {
    /// ISO 8601: `P1Y6M`, `P3D`, `PT1H20M`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("P")?;
        for (count, unit) in [(self.years, 'Y'), (self.months, 'M'), (self.weeks, 'W'), (self.days, 'D')] {
            if count > 0 {
                write!(f, "{count}{unit}")?;
            }
        }
        if self.is_shorter_than_days() {
            f.write_str("T")?;
            for (count, unit) in [(self.hours, 'H'), (self.minutes, 'M'), (self.seconds, 'S')] {
                if count > 0 {
                    write!(f, "{count}{unit}")?;
                }
            }
        }
        Ok(())
    }
}

impl Length {
    pub(super) fn is_shorter_than_days(&self) -> bool {
        self.hours > 0 || self.minutes > 0 || self.seconds > 0
    }

    /// `count` and perhaps a half of a unit. `None` for what has no whole parts.
    fn of(count: u32, half: bool, unit: Unit) -> Option<Self> {
        let mut length = Self::default();
        length.add(count, unit);
        if half {
            match unit {
                Unit::Minute => length.seconds += 30,
                Unit::Hour => length.minutes += 30,
                Unit::Day => length.hours += 12,
                Unit::Year => length.months += 6,
                _ => return None,
            }
        }
        (length != Self::default()).then_some(length)
    }

    fn add(&mut self, count: u32, unit: Unit) {
        match unit {
            Unit::Second => self.seconds += count,
            Unit::Minute => self.minutes += count,
            Unit::Hour => self.hours += count,
            Unit::Day => self.days += count,
            Unit::Week => self.weeks += count,
            Unit::Fortnight => self.weeks += 2 * count,
            Unit::Month => self.months += count,
            Unit::Year => self.years += count,
            Unit::Weekend => {}
        }
    }
}

/// Where a length lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Ahead,
    Back,
}

/// A length as found in the text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    pub(super) length: Length,
    /// The longer end of `3-5 days`.
    pub(super) most: Option<Length>,
    /// From now, where the words say so.
    pub(super) direction: Option<Direction>,
    /// First token.
    pub(super) first: usize,
    /// Token after the last.
    pub(super) next: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Digits,
    Word,
    Article,
    Half,
}

#[derive(Debug, Clone, Copy)]
struct Quantity {
    count: u32,
    half: bool,
    form: Form,
    next: usize,
}

/// The length of time that begins with its quantity at token `at`.
pub(super) fn length_at(v: &Lexed<'_>, at: usize) -> Option<Found> {
    if is_inside_number(v, at) {
        return None;
    }
    if let Some((length, next)) = quarters_at(v, at).or_else(|| compact_at(v, at)) {
        return Some(directed(v, Found { length, most: None, direction: None, first: at, next }));
    }
    if let Some(found) = unit_and_half_at(v, at) {
        return Some(directed(v, found));
    }
    let quantity = quantity_at(v, at)?;
    let most = more_at(v, &quantity);
    let (unit_at, hyphen) = unit_start(v, most.map_or(quantity.next, |most| most.next));
    let last = most.unwrap_or(quantity);
    let (unit, singular, working, next) = unit_of(v, unit_at, &last, hyphen)?;
    if hyphen && v.glued_sign(next, '-') && v.is_word(next + 1, "old") {
        return None;
    }
    let length = Length::of(quantity.count, quantity.half, unit)?;
    if let Some(most) = most {
        let most = Some(Length::of(most.count, most.half, unit)?);
        return Some(Found { length, most, direction: None, first: at, next });
    }
    let (length, next) = longer(v, length, unit, next);
    let found = Found { length, most: None, direction: None, first: at, next };
    let found = if working { found } else { directed(v, found) };
    is_meant(v, &found, quantity, unit, singular).then_some(found)
}

/// `hora y media`, `ora e mezza`, `año y medio`, `hour and a half`: the article that counts may be absent.
fn unit_and_half_at(v: &Lexed<'_>, at: usize) -> Option<Found> {
    let unit = v.entry(at).unit.filter(|unit| matches!(unit, Unit::Hour | Unit::Day | Unit::Year))?;
    let one = v.is(at, w::SINGULAR) || ["hour", "day", "year"].iter().any(|name| v.is_word(at, name));
    let half = at + 2 + usize::from(v.is(at + 2, w::ONE));
    let before = v.entry_before(at, 1);
    let counted = before.number > 0 || before.is(w::ONE | w::HALF) || v.before(at).shape == Shape::Number;
    if !one || counted || !v.is(at + 1, w::AND) || !v.is(half, w::HALF) || is_dozen(v, half + 1) {
        return None;
    }
    let length = Length::of(1, true, unit).filter(|_| v.entry(half + 1).unit.is_none())?;
    Some(Found { length, most: None, direction: None, first: at, next: half + 1 })
}

/// `hora y media docena`: the half is of something else.
fn is_dozen(v: &Lexed<'_>, at: usize) -> bool {
    let token = v.token(at);
    let word = v.text.get(token.start..token.end).filter(|_| token.shape == Shape::Word).unwrap_or("");
    ["do", "du", "dú"].iter().any(|start| word.starts_with(start)) && word.len() > 4
}

/// `Viertelstunde`, `un quart d'heure`, `tre quarti d'ora`.
fn quarters_at(v: &Lexed<'_>, at: usize) -> Option<(Length, usize)> {
    let at = at + usize::from(v.is(at, w::ONE) && v.is(at + 1, w::QUARTER));
    let quarters = |count: u32| Length { minutes: 15 * count, ..Length::default() };
    if v.is_word(at, "viertelstunde") || v.is_word(at, "dreiviertelstunde") {
        return Some((quarters(if v.is_word(at, "viertelstunde") { 1 } else { 3 }), at + 1));
    }
    let many = ["quarters", "quarts", "cuartos", "quarti", "quartos"];
    let three = v.entry(at).number == 3 && many.iter().any(|word| v.is_word(at + 1, word));
    if !three && !v.is(at, w::QUARTER) {
        return None;
    }
    let mut place = at + 1 + usize::from(three);
    for _ in 0..2 {
        place += usize::from(v.is(place, w::OF | w::ONE) || matches!(v.sign(place), Some('\'' | '’')));
    }
    let hour = place > at + 1 && v.entry(place).unit == Some(Unit::Hour) && v.is(place, w::SINGULAR);
    let hour = hour || v.is_word(place, "hour") && v.is_word(place - 1, "an");
    hour.then(|| (quarters(if three { 3 } else { 1 }), place + 1))
}

/// `1h20`, `2 h` where the words around say that it is how long something takes.
fn compact_at(v: &Lexed<'_>, at: usize) -> Option<(Length, usize)> {
    let hours = v.token(at);
    if hours.shape != Shape::Number || hours.digits > 3 || !v.is(at + 1, w::H) || !is_lasting(v, at) {
        return None;
    }
    let minutes = compact_minutes(v, at);
    let length = Length { hours: hours.value, minutes: minutes.unwrap_or(0), ..Length::default() };
    (length != Length::default()).then(|| (length, at + 2 + usize::from(minutes.is_some())))
}

fn compact_minutes(v: &Lexed<'_>, at: usize) -> Option<u32> {
    let (h, minutes) = (v.token(at + 1), v.token(at + 2));
    let fits = minutes.shape == Shape::Number && minutes.digits == 2 && minutes.value < 60;
    (fits && h.glued == minutes.glued && !v.token(at + 3).continues()).then_some(minutes.value)
}

/// Whether `1h20` at `at` is a length and no time of day: `pendant 1h20`, `1h20 de retard`.
pub(super) fn is_lasting(v: &Lexed<'_>, at: usize) -> bool {
    let minutes = compact_minutes(v, at);
    let end = at + 2 + usize::from(minutes.is_some());
    if v.token(end).continues() {
        return false;
    }
    let before = at.saturating_sub(1);
    let lasts =
        ["pendant", "durante", "during", "wahrend", "dauerte", "dauert", "took", "lasted", "dure", "duro"];
    let waits =
        ["attente", "espera", "attesa", "retard", "retraso", "ritardo", "atraso", "wartezeit", "verspatung"];
    let mut behind = end + usize::from(v.is(end, w::OF));
    behind += usize::from(matches!(v.sign(behind), Some('\'' | '’')));
    // `for 18h` may be a table's.
    let few = v.token(at).value <= if minutes.is_some() { 5 } else { 12 };
    at > 0 && lasts.iter().any(|word| v.is_word(before, word))
        || at > 0 && few && v.is_word(before, "for")
        || waits.iter().any(|word| v.is_word(behind, word))
}

/// `1.2`, `$5`, `a-5`: a quantity does not begin inside of another value.
pub(super) fn is_inside_number(v: &Lexed<'_>, at: usize) -> bool {
    let before = v.before(at);
    if v.token(at).shape != Shape::Number {
        // `vingt-huit`.
        return v.token(at).glued && before.shape == Shape::Sign('-');
    }
    match before.shape {
        Shape::Sign('$' | '€' | '£' | '#' | '§' | '№') => true,
        Shape::Sign('.' | ',' | '/' | ':' | '-' | '_' | '+' | '=' | '\\') => {
            let further = at.checked_sub(2).map(|at| v.token(at));
            v.token(at).glued
                && before.glued
                && further.is_some_and(|t| matches!(t.shape, Shape::Number | Shape::Word))
        }
        Shape::Word | Shape::Number => v.token(at).glued,
        _ => false,
    }
}

fn quantity_at(v: &Lexed<'_>, at: usize) -> Option<Quantity> {
    let (token, entry) = (v.token(at), v.entry(at));
    let plain = |count, form, next| Some(Quantity { count, half: false, form, next });
    if token.shape == Shape::Number {
        return digits_at(v, at);
    }
    if entry.is(w::HALF) && !(v.is_word(at, "meio") && v.glued_sign(at + 1, '-')) {
        return Some(Quantity { count: 0, half: true, form: Form::Half, next: after_half(v, at + 1) });
    }
    if entry.is(w::ONE) && v.is(at + 1, w::HALF) {
        return Some(Quantity { count: 0, half: true, form: Form::Half, next: after_half(v, at + 2) });
    }
    if entry.is(w::ONE) && v.is(at + 1, w::COUPLE) {
        return plain(2, Form::Word, at + 2 + usize::from(v.is(at + 2, w::OF)));
    }
    if entry.is(w::ONE) && v.is_word(at + 1, "hundred") {
        return plain(100, Form::Word, at + 2);
    }
    if entry.is(w::ONE) {
        return plain(
            1,
            Form::Article,
            at + 1 + usize::from(v.glued_sign(at + 1, '\'') || v.glued_sign(at + 1, '’')),
        );
    }
    if let Some(count) = half_more(v, at) {
        return Some(Quantity { count, half: true, form: Form::Word, next: at + 1 });
    }
    let (count, next) = count_at(v, at)?;
    Some(Quantity {
        count,
        half: and_half_at(v, next),
        form: Form::Word,
        next: next + and_half_length(v, next),
    })
}

/// German `anderthalb` and `zweieinhalb`: the whole part.
fn half_more(v: &Lexed<'_>, at: usize) -> Option<u32> {
    const WORDS: [(&str, u32); 5] =
        [("anderthalb", 1), ("eineinhalb", 1), ("zweieinhalb", 2), ("dreieinhalb", 3), ("viereinhalb", 4)];
    let found = WORDS.iter().find(|(word, _)| v.is_word(at, word));
    found.filter(|_| v.is(at, w::FIXED)).map(|(_, count)| *count)
}

/// `two and a half hours`: whether a half is added before the unit.
fn and_half_at(v: &Lexed<'_>, at: usize) -> bool {
    v.is(at, w::AND) && v.is(at + 1, w::ONE) && v.is(at + 2, w::HALF) && v.entry(at + 3).unit.is_some()
}

fn and_half_length(v: &Lexed<'_>, at: usize) -> usize {
    if and_half_at(v, at) { 3 } else { 0 }
}

/// `half an hour`, `demi-heure`, `mezz'ora`: what may stand between.
fn after_half(v: &Lexed<'_>, at: usize) -> usize {
    let between = v.is(at, w::ONE) || matches!(v.sign(at), Some('-' | '\'' | '’'));
    at + usize::from(between)
}

fn digits_at(v: &Lexed<'_>, at: usize) -> Option<Quantity> {
    let token = v.token(at);
    if token.digits > 4 {
        return None;
    }
    let fraction =
        (v.glued_sign(at + 1, '.') || v.glued_sign(at + 1, ',')).then(|| v.glued_number(at + 2, 2)).flatten();
    let (half, next) = match fraction.map(|t| (t.value, t.digits)) {
        Some((5, 1) | (50, 2)) => (true, at + 3),
        Some((0, _)) => (false, at + 3),
        Some(_) => return None,
        None => (and_half_at(v, at + 1), at + 1 + and_half_length(v, at + 1)),
    };
    Some(Quantity { count: token.value, half, form: Form::Digits, next })
}

/// The second number of `3-5`, `3 to 5`, `3 à 5`, `3 bis 5`.
fn more_at(v: &Lexed<'_>, less: &Quantity) -> Option<Quantity> {
    let at = less.next;
    if !matches!(less.form, Form::Digits | Form::Word) {
        return None;
    }
    let joined = matches!(v.sign(at), Some('-' | '–' | '—')) || v.is(at, w::TO) || v.is_word(at, "o");
    let joined = joined || is_range_slash(v, less);
    let most = joined.then(|| quantity_at(v, at + 1))??;
    (most.form == less.form && most.count > less.count).then_some(most)
}

/// `48/72 horas`, `7/10 giorni`; `3/4 hour` is a part of one.
fn is_range_slash(v: &Lexed<'_>, less: &Quantity) -> bool {
    let most = v.token(less.next + 1);
    if !v.glued_sign(less.next, '/') || !most.glued_number() || less.form != Form::Digits {
        return false;
    }
    let unit = v.entry(less.next + 2);
    let hours = unit.unit == Some(Unit::Hour) || v.is(less.next + 2, w::H);
    let days = v.is_word(less.next + 2, "giorni")
        || v.is_word(less.next + 2, "dias")
        || v.is_word(less.next + 2, "jours");
    hours && less.count >= 12 || days && (less.count >= 2 && most.value >= 5)
}

/// Where the unit begins, and whether a hyphen leads to it.
fn unit_start(v: &Lexed<'_>, at: usize) -> (usize, bool) {
    let hyphen = v.glued_sign(at, '-') && v.token(at + 1).glued;
    (at + usize::from(hyphen), hyphen)
}

/// Unit, whether it is in the singular, whether it counts working days, and the token behind it.
fn unit_of(v: &Lexed<'_>, at: usize, quantity: &Quantity, hyphen: bool) -> Option<(Unit, bool, bool, usize)> {
    let before = v.is(at, w::WORKING) && v.entry(at).unit.is_none();
    let at = at + usize::from(before);
    let entry = v.entry(at);
    if v.token(at).shape == Shape::Number {
        return None;
    }
    if v.is(at, w::H) && quantity.form == Form::Digits && !hyphen {
        let whole = matches!(quantity.count, 24 | 36 | 48 | 72 | 96 | 120);
        return (whole && !v.token(at + 1).glued_number()).then_some((Unit::Hour, false, false, at + 1));
    }
    // Italian `gg`, with no other word for days.
    if v.is_word(at, "gg") && quantity.form != Form::Digits {
        return None;
    }
    let unit = entry.unit.filter(|unit| *unit != Unit::Weekend)?;
    let singular = entry.is(w::SINGULAR);
    // `12 an hour`, `2 ora`: a singular has one of it, but `30-Tage` are written so too.
    let one = quantity.count == 1 || quantity.form == Form::Half;
    if singular && !(one || hyphen) {
        return None;
    }
    // `2day`, where `2` is read aloud.
    if v.is_word(at, "day") && v.token(at).glued && !hyphen && quantity.count == 2 {
        return None;
    }
    if v.is_word(at, "an")
        && (v.entry(at + 1).unit.is_some() || quantity.form == Form::Digits && quantity.count != 1)
    {
        return None;
    }
    let dot =
        v.glued_sign(at + 1, '.') && matches!(unit, Unit::Hour | Unit::Minute) && !v.token(at + 2).is_end();
    let goes_on = match v.token(at + 2).shape {
        Shape::Word => v.token(at + 2).case == Case::Lower,
        // `1 Std. 20 Min.`
        Shape::Number => v.entry(at + 3).unit.is_some(),
        Shape::Sign(sign) => sign == ',',
        Shape::Break | Shape::End => false,
    };
    let short = dot && goes_on && v.token(at).end - v.token(at).start <= 3;
    let next = at + 1 + usize::from(short);
    let behind = v.is(next, w::WORKING) && v.entry(next).unit.is_none();
    let working = before || behind || entry.is(w::WORKING);
    Some((unit, singular, working, next + usize::from(behind)))
}

/// `1 hour 20 minutes`, `a year and a half`: what is added to the first unit.
fn longer(v: &Lexed<'_>, mut length: Length, mut unit: Unit, mut next: usize) -> (Length, usize) {
    for _ in 0..3 {
        let at = next + usize::from(v.is(next, w::AND));
        let half_at = at + usize::from(v.is(at, w::ONE));
        if v.is(next, w::AND)
            && v.is(half_at, w::HALF)
            && v.entry(half_at + 1).unit.is_none()
            && !is_dozen(v, half_at + 1)
        {
            if let Some(half) = Length::of(0, true, unit) {
                length.months += half.months;
                length.hours += half.hours;
                length.minutes += half.minutes;
                length.seconds += half.seconds;
                next = half_at + 1;
            }
            break;
        }
        // `une heure et quart`.
        if v.is(next, w::AND) && v.is(half_at, w::QUARTER) && unit == Unit::Hour {
            length.minutes += 15;
            next = half_at + 1;
            break;
        }
        let Some(more) = quantity_at(v, at).filter(|q| matches!(q.form, Form::Digits | Form::Word)) else {
            break;
        };
        let Some((smaller, _, false, end)) = unit_of(v, more.next, &more, false) else { break };
        // `2 hours 90 minutes` are two lengths.
        if more.half || more.count >= 60 || rank(smaller) >= rank(unit) {
            break;
        }
        length.add(more.count, smaller);
        (unit, next) = (smaller, end);
    }
    (length, next)
}

fn rank(unit: Unit) -> u8 {
    match unit {
        Unit::Second => 0,
        Unit::Minute => 1,
        Unit::Hour => 2,
        Unit::Day | Unit::Weekend => 3,
        Unit::Week | Unit::Fortnight => 4,
        Unit::Month => 5,
        Unit::Year => 6,
    }
}

/// Takes in the words that make the length a distance from now.
fn directed(v: &Lexed<'_>, found: Found) -> Found {
    let (first, next) = (found.first, found.next);
    let unit = v.entry(next.saturating_sub(1));
    let ahead = |first, next| Found { direction: Some(Direction::Ahead), first, next, ..found };
    let back = |first, next| Found { direction: Some(Direction::Back), first, next, ..found };
    if v.is(next, w::AGO) {
        return back(first, next + 1);
    }
    if v.is_word(next, "from") && v.is(next + 1, w::NOW) {
        return ahead(first, next + 2);
    }
    let before = v.entry_before(first, 1);
    if before.is(w::BACK) && !(unit.is(w::ITALIAN) || v.entry_before(first, 2).is(w::SINCE)) {
        return back(first - 1, next);
    }
    if first >= 3 && v.is_word(first - 1, "a") && v.is_word(first - 2, "y") && v.is_word(first - 3, "il") {
        return back(first - 3, next);
    }
    let two = v.entry_before(first, 2).is(w::IN)
        && (before.is(w::OF) || v.before(first).shape == Shape::Word && v.is_word(first - 1, "a"));
    if two && (v.is_word(first - 2, "dentro") || v.is_word(first - 2, "daqui")) {
        return ahead(first - 2, next);
    }
    let lasts = v.before(first).shape == Shape::Word
        && (v.is_word(first - 1, "en") && unit.is(w::FRENCH)
            || v.is_word(first - 1, "in") && unit.is(w::ITALIAN)
            // `the third time in two weeks`.
            || (2..=4).any(|back| v.entry_before(first, back).is(w::REPEAT)));
    if before.is(w::IN) && !lasts && !v.is_word(first - 1, "dentro") && !v.is_word(first - 1, "daqui") {
        return ahead(first - 1, next);
    }
    found
}

/// Whether the words mean a length of time and not `one day`, `a second` or `$5 a month`.
fn is_meant(v: &Lexed<'_>, found: &Found, quantity: Quantity, unit: Unit, singular: bool) -> bool {
    let one = quantity.count == 1
        && !quantity.half
        && found.length == Length::of(1, false, unit).unwrap_or_default();
    let tiny = matches!(unit, Unit::Second | Unit::Minute);
    match (quantity.form, found.direction) {
        (Form::Digits, _) if unit == Unit::Second && singular => quantity.count == 1,
        (Form::Digits | Form::Half, _) | (_, Some(Direction::Back)) => true,
        // `sold in a day`, `in a second`: how long something takes, or a manner of speaking.
        (Form::Word | Form::Article, Some(Direction::Ahead)) => !(one && (tiny || unit == Unit::Day)),
        (Form::Word, None) => {
            !(one && (tiny || unit == Unit::Day)) && !(singular && one && !is_for(v, found.first))
        }
        (Form::Article, None) => {
            let added = found.length != Length::of(1, false, unit).unwrap_or_default();
            // `a year-long search`.
            let joined = v.glued_sign(found.next, '-') && v.token(found.next + 1).continues();
            added || is_for(v, found.first) && !tiny && unit != Unit::Day && !joined
        }
    }
}

/// Whether the words before `at` ask for a length: `for`, `notice of`, `plus d'`, `almost`.
fn is_for(v: &Lexed<'_>, at: usize) -> bool {
    v.entry_before(at, 1).is(w::FOR) || v.entry_before(at, 2).is(w::SINCE) || is_told(v, at)
}

/// `a notice of one month`, `Frist von einem Monat`, `plus d'une heure`, `mehr als eine Stunde`.
fn is_told(v: &Lexed<'_>, at: usize) -> bool {
    let Some(before) = at.checked_sub(1) else { return false };
    if v.is_word(before, "als") {
        return ["mehr", "weniger", "langer"].iter().any(|more| v.is_word(before.saturating_sub(1), more));
    }
    let quote = usize::from(matches!(v.sign(before), Some('\'' | '’')));
    let of = before.saturating_sub(quote);
    let joined = v.is(of, w::OF) || v.is_word(of, "von");
    v.entry(before).hint == Some(Hint::Nearly) || joined && v.entry_before(of, 1).hint == Some(Hint::Length)
}
