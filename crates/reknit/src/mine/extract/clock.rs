//! Times of day: `5pm`, `17:30`, `17h30`, `15 Uhr`, `halb sechs`, `ten to eight`, `a las 5 de la tarde`, `noon`.
//!
//! Two numbers with a colon are often no time (`16:9`, `3:2`, `John 3:16`), so a time has a grade: what
//! can be nothing else is clear, `17:30` needs a word before it or a date beside it, and a bare `5` is
//! an hour only where a date and `at` lead to it. Cost: a look at no more than a dozen tokens.

use super::calendar;
use super::duration::{self, is_inside_number};
use super::lex::{Case, Lexed, Shape, Token};
use super::words::{self as w, Hint, Part};

/// A time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Clock {
    pub(super) hour: u8,
    pub(super) minute: u8,
    pub(super) second: Option<u8>,
    /// Minutes east of UTC.
    pub(super) zone: Option<i16>,
    /// Whether it is known which half of the day is meant.
    settled: bool,
}

impl Clock {
    fn new(hour: u8, minute: u8) -> Self {
        Self { hour, minute, second: None, zone: None, settled: hour > 12 || hour == 0 }
    }

    /// A time whose half of the day is known.
    pub(super) fn of_day(hour: u8, minute: u8, second: Option<u8>, zone: Option<i16>) -> Self {
        Self { hour, minute, second, zone, settled: true }
    }

    /// The time in the afternoon or at night, where a word says so.
    #[must_use]
    pub(super) fn in_part(self, part: Part) -> Self {
        let later = match part {
            Part::Morning => return Self { settled: true, ..self },
            Part::Noon => false,
            Part::Afternoon | Part::Evening => self.hour < 12,
            Part::Night => (6..12).contains(&self.hour),
        };
        if self.settled || !later {
            return self;
        }
        Self { hour: self.hour + 12, settled: true, ..self }
    }

    /// Twelve hours later, where both halves of the day can be meant.
    pub(super) fn other_half(self) -> Option<Self> {
        (!self.settled && (1..12).contains(&self.hour)).then(|| Self {
            hour: self.hour + 12,
            settled: true,
            ..self
        })
    }

    fn minutes(self) -> u16 {
        u16::from(self.hour) * 60 + u16::from(self.minute)
    }
}

/// How sure it is that a time is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Grade {
    /// A number that could be an hour.
    Bare,
    /// `17:30`, `17h`, `noon`: a time if something leads to it.
    Likely,
    /// `5pm`, `15 Uhr`: nothing else.
    Clear,
}

/// A time or an interval of times in the text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    pub(super) clock: Clock,
    pub(super) until: Option<Clock>,
    pub(super) grade: Grade,
    pub(super) next: usize,
}

/// The time, or the interval of times, at token `at`.
pub(super) fn times_at(v: &Lexed<'_>, at: usize) -> Option<Found> {
    let first = time_at(v, at)?;
    Some(until(v, at, first).unwrap_or(first))
}

/// `9 to 5pm`, `2:00-3:30pm`, `von 9 bis 17 Uhr`, `entre las 10:00 y las 12:00`.
fn until(v: &Lexed<'_>, at: usize, first: Found) -> Option<Found> {
    let from = (1..=3).any(|back| v.entry_before(at, back).is(w::FROM));
    let between = (1..=3).any(|back| v.entry_before(at, back).is(w::BETWEEN));
    let dash = matches!(v.sign(first.next), Some('-' | '–' | '—'));
    let to = v.is(first.next, w::TO);
    let and = calendar::and_end(v, first.next).filter(|_| between);
    if !(dash || to || and.is_some()) {
        return None;
    }
    let start = and.unwrap_or(first.next + 1);
    let article = v.is(start, w::AT | w::ARTICLE) && v.token(start).shape == Shape::Word;
    let mut second = time_at(v, start + usize::from(article))?;
    let italian = v.is_word(at.saturating_sub(1), "dalle") && v.is_word(first.next, "alle");
    let hours = v.is(second.next.saturating_sub(1), w::H);
    let clear = match (first.grade, second.grade) {
        (Grade::Bare, Grade::Bare) => italian,
        // `3-5 h` is how long something takes.
        (Grade::Bare, Grade::Likely) if hours => from,
        _ => true,
    };
    if !clear || first.clock == second.clock {
        return None;
    }
    let mut clock = first.clock;
    if second.clock.settled && !clock.settled && first.grade != Grade::Clear && second.clock.hour >= 12 {
        let later = Clock { hour: clock.hour % 12 + 12, ..clock };
        // `entre las tres y las cuatro de la tarde`: the part of the day is said once.
        let told = v.is(second.next - 1, w::PM | w::AM) || v.entry(second.next - 1).part.is_some();
        if later.minutes() < second.clock.minutes() && told
            || ends_in_m(v, second.next) && later.minutes() < second.clock.minutes()
        {
            clock = Clock { settled: true, ..later };
        }
    }
    if clock.zone.is_none() {
        clock.zone = second.clock.zone;
    }
    if second.clock.zone.is_none() {
        second.clock.zone = clock.zone;
    }
    Some(Found { clock, until: Some(second.clock), grade: Grade::Clear, next: second.next })
}

/// Whether what ends before `next` is `p.m.`
fn ends_in_m(v: &Lexed<'_>, next: usize) -> bool {
    v.sign(next.saturating_sub(1)) == Some('.')
}

fn time_at(v: &Lexed<'_>, at: usize) -> Option<Found> {
    let entry = v.entry(at);
    if entry.is(w::NOON | w::MIDNIGHT) || v.is_word(at, "meia") || v.is_word(at, "meio") {
        return twelve_at(v, at);
    }
    if entry.is(w::HALF | w::QUARTER) {
        return half_at(v, at);
    }
    if let Some(found) = minutes_off_at(v, at) {
        return Some(found);
    }
    let found = match v.token(at).shape {
        Shape::Number => number_at(v, at)?,
        Shape::Word if entry.number > 0 => word_at(v, at)?,
        _ => return None,
    };
    let found = with_zone(v, with_part(v, found));
    let named = found.grade == Grade::Bare && is_of_service(v, at, found.next);
    Some(if named { Found { grade: Grade::Clear, ..found } } else { found })
}

/// `noon`, `minuit`, `meio-dia`.
fn twelve_at(v: &Lexed<'_>, at: usize) -> Option<Found> {
    let split = v.is_word(at, "meia") || v.is_word(at, "meio");
    let hyphen = usize::from(v.glued_sign(at + 1, '-'));
    let (next, midnight) = if split {
        let night = v.is_word(at + 1 + hyphen, "noite");
        // `à meia noite` is written too.
        let joined = hyphen > 0 || v.entry_before(at, 1).is(w::AT);
        let named = joined && (night || v.is_word(at + 1 + hyphen, "dia"));
        (at + 2 + hyphen, named.then_some(night)?)
    } else {
        (at + 1, v.is(at, w::MIDNIGHT))
    };
    if v.glued_sign(next, '-') || is_noon_name(v, at, next) {
        return None;
    }
    // `midi et demi`, `mezzogiorno e un quarto`.
    let romance = v.is_word(next, "et") || v.is_word(next, "y") || v.is_word(next, "e");
    let (minute, next) = and_half(v, next).filter(|_| romance).unwrap_or((0, next));
    let clock = Clock { settled: true, ..Clock::new(if midnight { 0 } else { 12 }, minute) };
    let grade = if is_behind_before(v, at) { Grade::Clear } else { Grade::Likely };
    Some(Found { clock, until: None, grade, next })
}

/// `avant midi`, `prima di mezzogiorno`, `antes do meio-dia`.
fn is_behind_before(v: &Lexed<'_>, at: usize) -> bool {
    let Some(before) = at.checked_sub(1) else { return false };
    let further = before.saturating_sub(usize::from(v.is(before, w::OF)));
    v.is_word(before, "avant") || v.is_word(further, "antes") || v.is_word(further, "prima")
}

/// `Corriere del Mezzogiorno`, `Midnight Express`: with a capital in a sentence it is a name unless a word leads
/// to the time. Only German writes it so.
fn is_noon_name(v: &Lexed<'_>, at: usize, next: usize) -> bool {
    let token = v.token(at);
    let written = v.text.get(token.start..token.end).unwrap_or("");
    let german =
        written.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("mit")) && written.len() >= 6;
    let titled = v.token(next).shape == Shape::Word && v.token(next).case == Case::Title;
    // `al Mezzogiorno` is the south.
    let south = v.is_word(at, "mezzogiorno") && !v.entry_before(at, 1).is(w::AT);
    let led = v.entry_before(at, 1).is(w::AT | w::TO | w::SINCE) && !titled && !south;
    token.case != Case::Lower && !german && v.before(at).shape == Shape::Word && !led
}

/// `half past five`, `halb sechs`, `quarter to 4`, `Viertel nach drei`.
fn half_at(v: &Lexed<'_>, at: usize) -> Option<Found> {
    let half = v.is(at, w::HALF);
    let (hour_at, before) = if v.is(at + 1, w::PAST) {
        (at + 2, false)
    } else if !half && v.is(at + 1, w::SHORT_OF) {
        (at + 2, true)
    } else if half && v.is(at, w::AT | w::HALF) && v.is_word(at, "halb") {
        (at + 1, true)
    } else if half && v.is_word(at, "half") {
        return half_gone_at(v, at);
    } else if !half && is_para(v, at + 1) && ends_words(v, at + 4) {
        (at + 3, true)
    } else if v.is_word(at, "dreiviertel") {
        (at + 1, true)
    } else {
        return None;
    };
    let hour = hour_of(v, hour_at)?;
    let minute = match (half, before) {
        (true, _) => 30,
        (false, false) => 15,
        (false, true) => 45,
    };
    let hour = if before { if hour == 1 { 12 } else { hour - 1 } } else { hour };
    let clock = Clock { settled: false, ..Clock::new(hour, minute) };
    let found = Found { clock, until: None, grade: Grade::Clear, next: hour_at + 1 };
    Some(with_part(v, found))
}

/// British `half nine`, which is 9:30 and may be half of nine pounds.
fn half_gone_at(v: &Lexed<'_>, at: usize) -> Option<Found> {
    let hour = hour_of(v, at + 1)?;
    let clock = Clock { settled: false, ..Clock::new(hour, 30) };
    spoken(v, at, Found { clock, until: None, grade: Grade::Clear, next: at + 2 })
}

/// `ten to eight`, `twenty-five past nine`, `zehn vor acht`, `dez para as oito`.
fn minutes_off_at(v: &Lexed<'_>, at: usize) -> Option<Found> {
    let (minutes, mut next) = spoken_minutes(v, at)?;
    let counted = v.entry(next).unit == Some(w::Unit::Minute);
    next += usize::from(counted);
    let para = is_para(v, next);
    let before = para || v.is(next, w::SHORT_OF);
    // `at 10 to 8` may be from ten to eight; `um 10 nach 8` is not.
    let told = counted || ["past", "nach", "vor"].iter().any(|word| v.is_word(next, word));
    let from = v.entry_before(at, 1).is(w::FROM | w::BETWEEN);
    if v.token(at).shape == Shape::Number && !told || from || !before && !v.is(next, w::PAST) {
        return None;
    }
    next += 1 + usize::from(para);
    let hour = hour_of(v, next)?;
    if para && ends_words(v, next + 1) {
        let clock = Clock { settled: false, ..less(hour, minutes) };
        return Some(Found { clock, until: None, grade: Grade::Clear, next: next + 1 });
    }
    let clock = if before { less(hour, minutes) } else { Clock::new(hour, minutes) };
    let clock = Clock { settled: false, ..clock };
    spoken(v, at, Found { clock, until: None, grade: Grade::Clear, next: next + 1 })
}

/// The minutes that people count before and after an hour.
fn spoken_minutes(v: &Lexed<'_>, at: usize) -> Option<(u8, usize)> {
    let token = v.token(at);
    let (count, next) = match token.shape {
        Shape::Number => (token.value, at + 1),
        Shape::Word => duration::count_at(v, at)?,
        _ => return None,
    };
    matches!(count, 5 | 10 | 15 | 20 | 25).then_some((count as u8, next))
}

/// `para las`, `para as` between minutes and the hour that they lack to.
fn is_para(v: &Lexed<'_>, at: usize) -> bool {
    v.is_word(at, "para") && (v.is_word(at + 1, "as") || v.is_word(at + 1, "las"))
}

/// Whether no thing stands at `at` that the number before it could count.
fn ends_words(v: &Lexed<'_>, at: usize) -> bool {
    let token = v.token(at);
    let ends = match token.shape {
        Shape::Word => v.is(at, w::CUE | w::AND | w::IN) || v.entry(at).day.is_some(),
        Shape::Number => false,
        _ => true,
    };
    ends && v.entry(at).unit.is_none() && v.entry(at).currency.is_none() && !v.is(at, w::PERCENT)
}

/// Minutes before an hour.
fn less(hour: u8, minutes: u8) -> Clock {
    Clock::new(if hour == 1 { 12 } else { hour - 1 }, 60 - minutes)
}

/// A time in words that could as well count things: it needs a word before it or a part of the day behind it.
fn spoken(v: &Lexed<'_>, at: usize, found: Found) -> Option<Found> {
    let parted = with_part(v, found);
    if parted.next > found.next {
        return Some(parted);
    }
    let (entry, token) = (v.entry(found.next), v.token(found.next));
    let counts = entry.unit.is_some()
        || entry.currency.is_some()
        || entry.is(w::PERCENT | w::REPEAT | w::THOUSAND | w::MILLION)
        || token.shape == Shape::Number
        || token.continues();
    let before = v.before(at);
    let word = v.text.get(before.start..before.end).filter(|_| before.shape == Shape::Word).unwrap_or("");
    let sure = ["at", "um", "las", "alle", "às", "by"].iter().any(|cue| word.eq_ignore_ascii_case(cue));
    let cued = !matches!(word, "a" | "as") && v.entry_before(at, 1).is(w::AT | w::SINCE | w::TO)
        || matches!(word, "before" | "after");
    let dated = entry.day.is_some_and(|day| day >= 0);
    (!counts && (sure || dated || cued && ends_words(v, found.next))).then_some(found)
}

/// An hour of the twelve, in digits or in words.
fn hour_of(v: &Lexed<'_>, at: usize) -> Option<u8> {
    let token = v.token(at);
    let hour = match token.shape {
        Shape::Number if token.digits <= 2 && !v.token(at + 1).continues() => {
            u8::try_from(token.value).ok()?
        }
        Shape::Word => v.entry(at).number,
        _ => return None,
    };
    (1..=12).contains(&hour).then_some(hour)
}

/// `five o'clock`, `las cinco y media`, `vingt heures trente`, `three in the morning`.
fn word_at(v: &Lexed<'_>, at: usize) -> Option<Found> {
    let (hour, end) = duration::count_at(v, at)?;
    let clock = Clock::new(u8::try_from(hour).ok().filter(|hour| *hour <= 24)?, 0);
    let found = |minute, next| {
        Some(Found { clock: Clock { minute, ..clock }, until: None, grade: Grade::Clear, next })
    };
    if let Some(next) = o_clock(v, end) {
        return found(0, next);
    }
    if v.is(end, w::UHR) {
        let (minute, next) = bare_minutes(v, end + 1).unwrap_or((0, end + 1));
        return found(minute, next);
    }
    if let Some(less) = less_behind(v, at, end, clock.hour) {
        return Some(less);
    }
    let led = is_hour_led(v, at);
    if led && let Some((minute, next)) = led_end(v, at, end) {
        return found(minute, next);
    }
    let bare = Found { clock, until: None, grade: Grade::Bare, next: end };
    if led
        && (v.is(end, w::AM | w::PM) || dotted_half(v, end).is_some())
        && !is_german_am(v, end)
        && let Some((_, halved)) = with_suffix(v, bare, true)
    {
        return Some(halved);
    }
    if is_hour_word(v, end) && (v.is_word(end + 1, "du") || v.is(end + 1, w::OF) && is_after_noon(v, end + 1))
    {
        let parted = with_part(v, Found { next: end + 1, ..bare });
        if parted.next > end + 1 {
            return Some(parted);
        }
    }
    if led || is_cued(v, at) {
        // German has a word for the hour before the part of the day, and a capital for that.
        let grade = if led && v.is_word(at - 1, "um") { Grade::Clear } else { Grade::Bare };
        let parted = with_part(v, Found { grade, ..bare });
        // `at two of the morning deliveries`.
        if parted.next > end && !v.is_word(end, "of") {
            return Some(parted);
        }
    }
    let behind = v.entry(end);
    let ends = ends_hour(v, end) || v.is(end, w::TO) || behind.weekday > 0;
    // `zwischen acht und neun Uhr`; `de deux à trois heures` may be how long.
    let between = v.entry_before(at, 1).is(w::BETWEEN)
        || at > 0 && (v.is_word(at - 1, "from") || v.is_word(at - 1, "von"));
    ((led || between) && ends || is_of_service(v, at, end)).then_some(bare)
}

/// Minutes of an hour in words that a word leads to, and the token behind: where what follows the hour shows
/// that it is one.
fn led_end(v: &Lexed<'_>, at: usize, end: usize) -> Option<(u8, usize)> {
    let place = end + usize::from(is_hour_word(v, end));
    let hours = place > end;
    let minutes = and_half(v, place).or_else(|| and_minutes(v, place));
    // `at eight thirty`, but `at eight thirty euros are missing`.
    let minutes = minutes.or_else(|| {
        bare_minutes(v, place).filter(|(minute, next)| hours || *minute > 9 && ends_hour(v, *next))
    });
    if minutes.is_some() || !hours {
        return minutes;
    }
    // `à deux heures de Paris` is how far.
    let far = v.is(place, w::OF)
        && (1..=3).all(|ahead| v.entry(place + ahead).part.is_none())
        && !is_after_noon(v, place);
    // `il y a une heure` is how long ago.
    let had = v.text.get(v.before(at).start..v.before(at).end) == Some("a");
    (!far && !had).then_some((0, place))
}

/// `de l'après-midi` behind an hour.
fn is_after_noon(v: &Lexed<'_>, at: usize) -> bool {
    (1..=3).any(|ahead| v.is_word(at + ahead, "apres"))
}

/// Whether a word that leads to an hour stands before `at`: `at`, `a las`, `delle`, `verso le`.
fn is_hour_led(v: &Lexed<'_>, at: usize) -> bool {
    let Some(before) = at.checked_sub(1) else { return false };
    let plural = ["das", "delle", "dalle"].iter().any(|article| v.is_word(before, article));
    let article = v.is_word(before, "le") || v.is_word(before, "les");
    v.is(before, w::AT)
        || is_at_one(v, at)
        || plural
        || is_french_service(v, at)
        || article && v.entry_before(at, 2).is(w::AT | w::BETWEEN | w::CUE)
}

/// `le train de huit heures`; `un vol de huit heures` is how long it takes.
fn is_french_service(v: &Lexed<'_>, at: usize) -> bool {
    let Some(noun) = at.checked_sub(2) else { return false };
    let nouns = ["train", "tgv", "ter", "bus", "car", "tram", "navette"];
    let the = v.entry_before(noun, 1).is(w::ARTICLE | w::THIS) || v.entry_before(noun, 1).is(w::OF);
    the && v.is_word(at - 1, "de") && nouns.iter().any(|name| v.is_word(noun, name))
}

/// Whether the hour that ends before `at` counts nothing.
fn ends_hour(v: &Lexed<'_>, at: usize) -> bool {
    ends_words(v, at) && !matches!(v.sign(at), Some('%' | '€' | '$' | '£')) && !v.glued_sign(at, '-')
}

/// `el tren de las siete`, `il treno delle 7`: what goes by its time, whatever is said of it then.
fn is_of_service(v: &Lexed<'_>, at: usize, next: usize) -> bool {
    let Some(before) = at.checked_sub(1) else { return false };
    let joined = ["das", "delle"].iter().any(|of| v.is_word(before, of));
    let apart = v.is_word(before, "las") && v.entry_before(at, 2).is(w::OF | w::FROM);
    let noun = if joined { 2 } else { 3 };
    let (behind, token) = (v.entry(next), v.token(next));
    // `el bus de las 7 plazas`: no verb of a third person ends so.
    let written = v.text.get(token.start..token.end).unwrap_or("");
    let many = written.ends_with("as") || matches!(written, "posti" | "persone");
    let counts = many
        || behind.unit.is_some()
        || behind.currency.is_some()
        || behind.is(w::PERCENT | w::THOUSAND)
        || token.shape == Shape::Number
        || token.continues()
        || matches!(v.sign(next), Some('%' | '€' | '$' | '£' | '-'));
    (joined || apart) && v.entry_before(at, noun).hint == Some(Hint::Service) && !counts
}

/// `the 17:42 to Leeds`, `our 10:45 flight`: what leaves or happens at a time is called by it.
pub(super) fn names_service(v: &Lexed<'_>, at: usize, next: usize) -> bool {
    const OWN: [&str; 10] = ["my", "our", "your", "mein", "unser", "mon", "notre", "mi", "mio", "meu"];
    let before = v.before(at);
    let written = v.text.get(before.start..before.end).filter(|_| before.shape == Shape::Word).unwrap_or("");
    let article = v.entry_before(at, 1).is(w::ARTICLE | w::THIS) && before.shape == Shape::Word;
    if !v.glued_sign(at + 1, ':')
        || is_screen(v, at)
        || !article && !OWN.iter().any(|own| written.eq_ignore_ascii_case(own))
    {
        return false;
    }
    let behind = v.token(next);
    if behind.shape != Shape::Word || behind.glued {
        return false;
    }
    if v.entry(next).hint == Some(Hint::Service) {
        return true;
    }
    let leads = ["to", "from", "nach", "pour", "para", "per"].iter().any(|to| v.is_word(next, to));
    // German writes every noun with a capital, so that one alone shows no place.
    let german = ["der", "den", "dem", "die", "das"].iter().any(|the| v.is_word(at - 1, the));
    let place = behind.case == Case::Title && !german && !v.is(next, w::NOT_DATE) && v.entry(next).roles == 0;
    let whole = v.token(at).digits == 2;
    whole && (place || leads && v.token(next + 1).shape == Shape::Word)
}

/// The forms of screens and pictures that look like times: `16:10`.
pub(super) fn is_screen(v: &Lexed<'_>, at: usize) -> bool {
    matches!((v.token(at).value, v.token(at + 2).value), (16 | 18 | 21, 9) | (16, 10))
}

/// `neuf heures moins le quart`, `diez menos cuarto`, `9 meno dieci`: an hour from `at` to `end` and what lacks to it.
fn less_behind(v: &Lexed<'_>, at: usize, end: usize, hour: u8) -> Option<Found> {
    let hours = is_hour_word(v, end);
    let place = end + usize::from(hours);
    if !(v.is_word(place, "moins") || v.is_word(place, "menos") || v.is_word(place, "meno")) || hour == 0 {
        return None;
    }
    let quarter_at = place + 1 + usize::from(v.is(place + 1, w::ONE | w::ARTICLE));
    let quarter = v.is(quarter_at, w::QUARTER);
    let (minutes, next) = if quarter { (15, quarter_at + 1) } else { spoken_minutes(v, place + 1)? };
    // Without these words it may be a sum.
    if !(hours || quarter || is_at_one(v, at) || v.entry_before(at, 1).is(w::AT)) {
        return None;
    }
    let clock = Clock { settled: hour > 12, ..less(hour, minutes) };
    Some(Found { clock, until: None, grade: Grade::Clear, next })
}

/// `heures`, `h`, `horas`, `ore` behind an hour.
fn is_hour_word(v: &Lexed<'_>, at: usize) -> bool {
    v.is(at, w::H) || ["heures", "heure", "horas", "hora", "ore"].iter().any(|hour| v.is_word(at, hour))
}

/// `y diez`, `e venti` behind an hour in words.
fn and_minutes(v: &Lexed<'_>, at: usize) -> Option<(u8, usize)> {
    // `at five and ten` are two times.
    let joins = ["y", "e", "et"].iter().any(|and| v.is_word(at, and));
    bare_minutes(v, at + 1).filter(|_| joins)
}

/// `dix` of `neuf heures dix`, `fünfundvierzig` of `acht Uhr fünfundvierzig`.
fn bare_minutes(v: &Lexed<'_>, at: usize) -> Option<(u8, usize)> {
    let (count, next) = duration::count_at(v, at)?;
    let minute = u8::try_from(count).ok().filter(|minute| *minute < 60)?;
    // What is no step of the clock's hand may count something.
    let fits = minute % 5 == 0 || ends_hour(v, next) && !v.is(at, w::ONE);
    let counts = v.entry(next).unit.is_some() || v.entry(next).currency.is_some();
    (fits && !counts).then_some((minute, next))
}

/// `a la una`, `all'una`: one o'clock, which has an article in the singular.
pub(super) fn is_at_one(v: &Lexed<'_>, at: usize) -> bool {
    let Some(led) = at.checked_sub(2) else { return false };
    let quote = matches!(v.sign(at - 1), Some('\'' | '’'));
    v.is_word(at, "una") && (v.is_word(led, "a") && v.is_word(at - 1, "la") || v.is_word(led, "all") && quote)
}

/// `y media`, `e mezza`, `et demie`, `y cuarto`, `e un quarto`.
fn and_half(v: &Lexed<'_>, at: usize) -> Option<(u8, usize)> {
    if !v.is(at, w::AND) {
        return None;
    }
    let place = at + 1 + usize::from(v.is(at + 1, w::ONE));
    let minute = if v.is(place, w::HALF) {
        30
    } else if v.is(place, w::QUARTER) {
        15
    } else {
        return None;
    };
    Some((minute, place + 1))
}

fn o_clock(v: &Lexed<'_>, at: usize) -> Option<usize> {
    let spelled =
        v.is_word(at, "o") && matches!(v.sign(at + 1), Some('\'' | '’')) && v.is_word(at + 2, "clock");
    spelled.then_some(at + 3)
}

fn number_at(v: &Lexed<'_>, at: usize) -> Option<Found> {
    let token = v.token(at);
    let joined = is_behind_dash(v, at) || is_behind_t(v, at);
    if token.digits > 2 || token.value > 24 || is_inside_number(v, at) && !joined {
        return None;
    }
    let mut clock = Clock::new(token.value as u8, 0);
    let before = v.before(at);
    let article = before.shape == Shape::Word && &v.text[before.start..before.end] == "a";
    let hour_cued = v.entry_before(at, 1).is(w::AT) && !article
        || before.shape == Shape::Word && v.is_word(at - 1, "das");
    if let Some(found) = less_behind(v, at, at + 1, clock.hour) {
        return Some(found);
    }
    if v.is(at + 1, w::H) && duration::is_lasting(v, at) {
        return None;
    }
    if v.glued_sign(at + 1, ':') {
        let found = colon_at(v, at, clock)?;
        return Some(with_suffix(v, found, true).map_or(found, |(_, found)| found));
    }
    if v.glued_sign(at + 1, '.')
        && let Some(minute) = v.glued_number(at + 2, 2).filter(|m| m.digits == 2 && m.value < 60)
    {
        clock.minute = minute.value as u8;
        let found = Found { clock, until: None, grade: Grade::Bare, next: at + 3 };
        let ore = v.before(at).shape == Shape::Word && (v.is_word(at - 1, "ore") || v.is(at - 1, w::H));
        let ore = ore || is_dot_led(v, at);
        return match with_suffix(v, found, false) {
            Some((_, found)) => Some(found),
            None if ore => Some(Found { grade: Grade::Clear, ..found }),
            None => None,
        };
    }
    if v.token(at + 1).glued && v.is(at + 1, w::H) && v.token(at + 1).case == Case::Lower {
        return h_at(v, at, clock);
    }
    let found = Found { clock, until: None, grade: Grade::Bare, next: at + 1 };
    if let Some((_, found)) = with_suffix(v, found, true) {
        return Some(found);
    }
    // `8 heures 30`, `9 horas`: also how long something takes, unless a word leads to it.
    let told = ["heures", "heure", "horas", "hora", "ore"].iter().any(|hour| v.is_word(at + 1, hour));
    if told && hour_cued && token.value < 24 {
        let minute =
            Some(v.token(at + 2)).filter(|m| m.shape == Shape::Number && m.digits == 2 && m.value < 60);
        clock.minute = minute.map_or(0, |m| m.value as u8);
        return Some(Found {
            clock,
            until: None,
            grade: Grade::Clear,
            next: at + 2 + usize::from(minute.is_some()),
        });
    }
    if v.is(at + 1, w::H) && !v.token(at + 1).glued && token.value < 24 {
        let minute = Some(v.token(at + 2)).filter(|m| {
            m.shape == Shape::Number && m.digits == 2 && m.value < 60 && !v.token(at + 3).continues()
        });
        let minute = minute.filter(|_| v.entry(at + 3).unit.is_none());
        return Some(match minute {
            Some(minute) => {
                let clock = Clock { minute: minute.value as u8, settled: true, ..clock };
                Found { clock, grade: Grade::Likely, next: at + 3, ..found }
            }
            None => Found { grade: Grade::Likely, next: at + 2, ..found },
        });
    }
    if hour_cued && let Some((minute, next)) = and_half(v, at + 1) {
        return Some(Found { clock: Clock { minute, ..clock }, grade: Grade::Clear, next, ..found });
    }
    let goes_on = v.token(at + 1).continues()
        || matches!(v.sign(at + 1), Some('%' | '€' | '$' | '£' | '°' | '/' | '+' | 'º' | '\''))
        || (v.glued_sign(at + 1, '.') || v.glued_sign(at + 1, ',')) && v.token(at + 2).glued_number();
    (!goes_on).then_some(found)
}

/// `2026-03-10T22:14`: ISO 8601 puts a letter between.
fn is_behind_t(v: &Lexed<'_>, at: usize) -> bool {
    let t = v.before(at);
    let written = v.text.get(t.start..t.end).filter(|_| t.shape == Shape::Word && t.glued);
    let day =
        at.checked_sub(3).is_some_and(|dash| v.glued_sign(dash, '-') && v.token(dash + 1).glued_number());
    written == Some("T") && day
}

/// `alle 18.30`, `às 18.30`, `um 18.30`: the words that lead to nothing but a time, unless the number is a
/// price or, behind `um`, a difference.
fn is_dot_led(v: &Lexed<'_>, at: usize) -> bool {
    const LESS_OR_MORE: [&str; 14] = [
        "teurer",
        "billiger",
        "günstiger",
        "höher",
        "niedriger",
        "mehr",
        "weniger",
        "erhöht",
        "gestiegen",
        "gesunken",
        "reduziert",
        "gesenkt",
        "gekürzt",
        "überzogen",
    ];
    let (before, next) = (v.before(at), at + 3);
    if before.shape != Shape::Word {
        return false;
    }
    let written = |token: Token| v.text.get(token.start..token.end).unwrap_or("");
    let (behind, further) = (written(v.token(next)), written(v.token(next + 1)));
    let by = LESS_OR_MORE.contains(&behind)
        || behind == "zu" && ["viel", "wenig", "hoch", "niedrig", "teuer"].contains(&further);
    let led = v.is_word(at - 1, "alle")
        || v.is_word(at - 1, "dalle")
        || matches!(written(before), "às" | "Às" | "ÀS")
        || v.is_word(at - 1, "das") && v.is_word(next, "as")
        || v.is_word(at - 1, "um") && !by;
    let entry = v.entry(next);
    let counts =
        entry.unit.is_some() || entry.currency.is_some() || entry.is(w::PERCENT | w::THOUSAND | w::MILLION);
    let signed = matches!(v.sign(next), Some('%' | '€' | '$' | '£' | '°'))
        || matches!(v.sign(next), Some('.' | ',' | '/' | '-')) && v.token(next + 1).glued_number();
    led && !counts && !signed && !v.token(next).continues() && v.token(next).shape != Shape::Number
}

/// `3-5pm`: a dash may stand before the second hour.
fn is_behind_dash(v: &Lexed<'_>, at: usize) -> bool {
    matches!(v.before(at).shape, Shape::Sign('-'))
}

/// `17:30`, `08:15:00`.
fn colon_at(v: &Lexed<'_>, at: usize, mut clock: Clock) -> Option<Found> {
    let minute = v.glued_number(at + 2, 2).filter(|m| m.digits == 2 && m.value < 60)?;
    clock.minute = minute.value as u8;
    let mut next = at + 3;
    if v.glued_sign(next, ':') && v.token(next + 1).glued_number() {
        let second = v.glued_number(next + 1, 2).filter(|s| s.digits == 2 && s.value < 60)?;
        clock.second = Some(second.value as u8);
        next += 2;
        if v.glued_sign(next, '.') && v.token(next + 1).glued_number() {
            next += 2;
        }
    }
    // The halves of a day go on to another value: `10:30:AA`, `10:30/2`.
    let ends = v.token(next).glued
        && matches!(v.sign(next), Some(':' | '/' | '_' | '%'))
        && v.token(next + 1).continues();
    if ends || v.token(next).glued_number() {
        return None;
    }
    clock.settled |= v.token(at).digits == 2 && clock.hour < 10;
    let whole = clock.minute == 0 && v.token(at).digits == 2 || clock.second.is_some();
    let padded = v.token(at).digits == 2 && (1..10).contains(&clock.hour);
    let cued = is_cued(v, at);
    let word = v.before(at).shape == Shape::Word;
    // `em 16:10`, `das 16:10 Format`: how wide a screen is.
    let wide = word && ["em", "en", "in", "im"].iter().any(|lies| v.is_word(at - 1, lies))
        || is_screen(v, at) && v.is(next, w::NOT_DATE);
    let barred = wide
        || v.entry_before(at, 1).is(w::NOT_DATE)
        || word && v.entry_before(at, 2).is(w::NOT_DATE) && (!cued || is_screen(v, at));
    let grade = if barred {
        return None;
    } else if cued || whole || padded {
        Grade::Clear
    } else {
        Grade::Likely
    };
    Some(Found { clock, until: None, grade, next })
}

/// Whether a word leads to a time: `at`, `until`, `um`, `a las`, `verso le`.
pub(super) fn is_cued(v: &Lexed<'_>, at: usize) -> bool {
    let roles = w::AT | w::FROM | w::SINCE | w::BETWEEN | w::TO | w::CUE;
    let (one, before) = (v.entry_before(at, 1), v.before(at));
    // `a 16:10 screen`: the English article has no accent, as `à` has.
    let article = before.shape == Shape::Word && &v.text[before.start..before.end] == "a";
    if article && v.token(at).shape == Shape::Number {
        return false;
    }
    one.is(roles)
        || one.is(w::ARTICLE | w::OF) && v.entry_before(at, 2).is(roles)
        || v.before(at).shape == Shape::Sign('@')
        || one.is(w::H) && !before.glued
        || is_second_choice(v, at)
}

/// `9h30 ou 10h`, `at 14:00 or 15:30`: what leads to the first leads to the second.
fn is_second_choice(v: &Lexed<'_>, at: usize) -> bool {
    let Some(first_end) = at.checked_sub(2) else { return false };
    if !["or", "oder", "ou", "o"].iter().any(|or| v.is_word(at - 1, or)) {
        return false;
    }
    let named = v.is(first_end, w::AM | w::PM | w::UHR | w::NOON | w::MIDNIGHT | w::H);
    let minutes = v.token(first_end).glued_number() && first_end >= 3;
    let colon =
        minutes && v.sign(first_end - 1) == Some(':') && v.entry_before(first_end - 2, 1).is(w::AT | w::CUE);
    named || minutes && v.is(first_end - 1, w::H) || colon
}

/// `17h`, `17h30`.
fn h_at(v: &Lexed<'_>, at: usize, mut clock: Clock) -> Option<Found> {
    if let Some(minute) = v.glued_number(at + 2, 2) {
        clock.minute = (minute.digits == 2 && minute.value < 60).then_some(minute.value as u8)?;
        if v.token(at + 3).continues() && !v.is(at + 3, w::MILLION) && v.entry(at + 3).unit.is_none() {
            return None;
        }
        clock.settled = true;
        return Some(Found { clock, until: None, grade: Grade::Clear, next: at + 3 });
    }
    // Where `h` is written, the day has 24 of them.
    clock.settled |= clock.hour >= 8;
    Some(Found { clock, until: None, grade: Grade::Likely, next: at + 2 })
}

/// Takes in `am`, `p.m.`, `Uhr`, `o'clock`. Gives `None` where there is none.
fn with_suffix(v: &Lexed<'_>, found: Found, spaced: bool) -> Option<(bool, Found)> {
    let at = found.next;
    if v.token(at).continues()
        && !v.is(at, w::AM | w::PM | w::UHR | w::H)
        && !v.is_word(at, "a")
        && !v.is_word(at, "p")
    {
        return None;
    }
    if let Some((pm, next)) = dotted_half(v, at) {
        return halved(found, pm, next);
    }
    if v.is(at, w::AM | w::PM) && !is_german_am(v, at) && !v.token(at + 1).glued_number() {
        return halved(found, v.is(at, w::PM), at + 1);
    }
    if v.is(at, w::UHR) {
        let minute = Some(v.token(at + 1)).filter(|m| {
            m.shape == Shape::Number
                && m.digits == 2
                && m.value < 60
                && found.clock.minute == 0
                && !v.token(at + 2).continues()
        });
        let mut clock = found.clock;
        if let Some(minute) = minute {
            clock.minute = minute.value as u8;
        }
        return Some((
            true,
            Found { clock, grade: Grade::Clear, next: at + 1 + usize::from(minute.is_some()), ..found },
        ));
    }
    if let Some(next) = o_clock(v, at).filter(|_| spaced) {
        return Some((true, Found { grade: Grade::Clear, next, ..found }));
    }
    if found.next > 0 && found.clock.minute > 0 && v.is(at, w::H) {
        return Some((true, Found { grade: Grade::Clear, next: at + 1, ..found }));
    }
    None
}

fn halved(found: Found, pm: bool, next: usize) -> Option<(bool, Found)> {
    let mut clock = found.clock;
    if clock.hour == 0 || clock.hour > 12 {
        // `14:00 pm`: the half says nothing new.
        let known = pm && clock.hour > 12 || !pm && clock.hour == 0;
        return known.then_some((true, Found { grade: Grade::Clear, next, ..found }));
    }
    clock.hour = clock.hour % 12 + if pm { 12 } else { 0 };
    clock.settled = true;
    Some((true, Found { clock, grade: Grade::Clear, next, ..found }))
}

/// `a.m.`, `p. m.`: whether it is the second half, and the token behind it.
fn dotted_half(v: &Lexed<'_>, at: usize) -> Option<(bool, usize)> {
    let pm = v.is_word(at, "p");
    let starts = pm || v.is_word(at, "a");
    let spelled = starts && v.glued_sign(at + 1, '.') && v.is_word(at + 2, "m");
    if !spelled {
        return None;
    }
    Some((pm, at + 3 + usize::from(v.glued_sign(at + 3, '.'))))
}

/// `15 am Montag`, `um 9 am 5. Mai`: the German preposition.
fn is_german_am(v: &Lexed<'_>, at: usize) -> bool {
    let next = v.entry(at + 1);
    v.is(at, w::AM)
        && !v.token(at).glued
        && (next.weekday > 0
            && !next.is(w::SHORT)
            && v.token(at + 1).case == Case::Title
            && v.text[v.token(at + 1).start..v.token(at + 1).end].ends_with("tag")
            || v.token(at + 1).shape == Shape::Number && v.glued_sign(at + 2, '.')
            || v.is_word(at, "am") && (next.unit == Some(w::Unit::Day) || next.part.is_some()))
}

/// Takes in the part of the day: `5 de la tarde`, `3 Uhr nachmittags`, `8 in the evening`.
fn with_part(v: &Lexed<'_>, found: Found) -> Found {
    let mut at = found.next;
    let filler = |at: usize| {
        v.is(at, w::OF | w::ARTICLE | w::IN)
            || v.is_word(at, "por")
            || v.is_word(at, "at")
            || v.glued_sign(at, '\'')
            || v.glued_sign(at, '’')
    };
    let mut fillers = 0;
    while fillers < 3 && filler(at) {
        at += 1;
        fillers += 1;
    }
    if v.is_word(at, "apres") && v.glued_sign(at + 1, '-') && v.is_word(at + 2, "midi") {
        return parted(found, Part::Afternoon, at + 3);
    }
    let Some(part) = v.entry(at).part.filter(|_| v.entry(at).day != Some(0)) else { return found };
    let adverb = fillers > 0
        || found.grade == Grade::Clear && v.text[v.token(at).start..v.token(at).end].ends_with('s');
    if !adverb || fillers > 0 && found.grade == Grade::Bare && v.token(at).case == Case::Title {
        return found;
    }
    parted(found, part, at + 1)
}

fn parted(found: Found, part: Part, next: usize) -> Found {
    Found { clock: found.clock.in_part(part), grade: Grade::Clear, next, ..found }
}

/// Zones by their letters, in minutes east of UTC; those that two continents share are left out.
const ZONES: [(&str, i16); 17] = [
    ("Z", 0),
    ("UTC", 0),
    ("GMT", 0),
    ("EST", -300),
    ("EDT", -240),
    ("CST", -360),
    ("CDT", -300),
    ("MST", -420),
    ("MDT", -360),
    ("PST", -480),
    ("PDT", -420),
    ("CET", 60),
    ("CEST", 120),
    ("MEZ", 60),
    ("MESZ", 120),
    ("BST", 60),
    ("WEST", 60),
];

/// Takes in `UTC`, `EST`, `+02:00` behind a time.
fn with_zone(v: &Lexed<'_>, found: Found) -> Found {
    if found.grade == Grade::Bare {
        return found;
    }
    match named_zone_at(v, found.next) {
        Some((zone, next)) => {
            Found { clock: Clock { zone: Some(zone), ..found.clock }, grade: Grade::Clear, next, ..found }
        }
        None => found,
    }
}

fn named_zone_at(v: &Lexed<'_>, at: usize) -> Option<(i16, usize)> {
    let token = v.token(at);
    let name = (token.shape == Shape::Word).then(|| &v.text[token.start..token.end])?;
    let zone = ZONES.iter().find(|(zone, _)| *zone == name && (name != "Z" || token.glued))?;
    (!v.token(at + 1).continues()).then_some((zone.1, at + 1))
}

/// `Z`, `+02:00`, `-0500` behind a time of ISO 8601.
pub(super) fn zone_at(v: &Lexed<'_>, at: usize) -> Option<(i16, usize)> {
    let token = v.token(at);
    let east = match token.shape {
        Shape::Sign('+') if token.glued => 1,
        Shape::Sign('-') if token.glued => -1,
        _ => return named_zone_at(v, at),
    };
    let hours = v.glued_number(at + 1, 4)?;
    let (hour, minute, next) = if hours.digits == 4 {
        (hours.value / 100, hours.value % 100, at + 2)
    } else if hours.digits == 2 && v.glued_sign(at + 2, ':') {
        (hours.value, v.glued_number(at + 3, 2)?.value, at + 4)
    } else {
        return None;
    };
    (hour <= 14 && minute < 60).then_some((east * (hour * 60 + minute) as i16, next))
}
