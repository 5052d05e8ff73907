//! Dates and times put together and given their place in the calendar.
//!
//! A date may have a time behind it (`Friday at 5pm`) or before it (`7 p.m. yesterday`). What is
//! relative is counted from the time and the offset of the message; without them it stays as said, in
//! a small notation: `+P1D`, `next friday`, `week+1`, `--04-15` (ISO 8601:2000, a day of any year).
//!
//! A day without a year is the nearest one, since people write of what just was and of what is next;
//! a weekday that is named decides. A weekday without more is the coming one, never today, unless the
//! words around it tell of what was (`tense`). `next
//! Friday` is the first Friday after today; where that is still in this week, the Friday after it is
//! given as the other reading.

mod tense;

use std::fmt::Write as _;

use jiff::civil;
use jiff::{Span, ToSpan};

use super::calendar::{self, Date, Habit, Which};
use super::clock::{self, Clock, Grade};
use super::duration::{self, Direction, Length};
use super::lex::{Case, Lexed, Shape};
use super::words::{self as w, Unit};
use super::{Extracted, Kind, Reason};

/// The date, time, interval or duration at token `at`.
pub(super) fn moment_at(
    v: &Lexed<'_>,
    habit: Habit,
    now: Option<civil::DateTime>,
    at: usize,
) -> Option<Extracted> {
    let entry = v.entry(at);
    if v.token(at).shape == Shape::Word && (!entry.starts || is_idle_article(v, at)) {
        return None;
    }
    let moment = dated_at(v, habit, at).or_else(|| timed_at(v, habit, at));
    let length = duration::length_at(v, at);
    match (moment, length) {
        // `3 Uhr` is no length and `3 days` no date; of two readings the longer one is meant.
        (Some(moment), Some(length)) if length.next > moment.next => Some(of_length(v, length, now)),
        (Some(moment), _) => Some(moment.found(v, now)),
        (None, Some(length)) => Some(of_length(v, length, now)),
        (None, None) => None,
    }
}

/// `a`, `un`, `the` without a length of time or a day behind them: by far the most.
fn is_idle_article(v: &Lexed<'_>, at: usize) -> bool {
    let (entry, next) = (v.entry(at), v.entry(at + 1));
    let article = entry.is(w::ONE | w::ARTICLE)
        && entry.month == 0
        && entry.day.is_none()
        && !entry.is(w::NEXT | w::LAST | w::THIS);
    let counts =
        next.unit.is_some() || next.is(w::HALF | w::QUARTER | w::COUPLE | w::WORKING) || next.number > 0;
    article
        && !counts
        && !clock::is_at_one(v, at)
        && v.token(at + 1).shape != Shape::Sign('\'')
        && v.token(at + 1).shape != Shape::Sign('’')
        && v.token(at + 1).shape == Shape::Word
}

/// A date, a time, or both.
struct Moment {
    date: Option<calendar::Found>,
    times: Option<(Clock, Option<Clock>)>,
    first: usize,
    next: usize,
}

fn dated_at(v: &Lexed<'_>, habit: Habit, at: usize) -> Option<Moment> {
    let mut date = calendar::dates_at(v, habit, at)?;
    let times = time_behind(v, &date);
    let sure = date.clear || times.is_some() || calendar::is_cued(v, at) && is_numeric(v, at);
    let mut next = times.map_or(date.next, |times| times.next);
    if let Some((year, end)) = year_behind_time(v, &date, next).filter(|_| times.is_some()) {
        (date.date, next) = (year, end);
    }
    let part = |clock: Clock| date.part.map_or(clock, |part| clock.in_part(part));
    let times = times.map(|times| (part(times.clock), times.until.map(part)));
    sure.then_some(Moment { date: Some(date), times, first: at, next })
}

/// `Aug 25 09:48:27 +0000 2015`, as C and mail write it: the date with its year, and the token behind.
fn year_behind_time(v: &Lexed<'_>, date: &calendar::Found, at: usize) -> Option<(Date, usize)> {
    let zone = matches!(v.sign(at), Some('+' | '-')) && v.glued_number(at + 1, 4).is_some();
    let at = if zone { at + 2 } else { at };
    let token = v.token(at);
    let whole = token.shape == Shape::Number
        && token.digits == 4
        && (1900..=2100).contains(&token.value)
        && !v.token(at + 1).continues();
    match date.date {
        Date::DayOfYear { month, day, .. } if whole => {
            Some((Date::Day { year: token.value as i16, month, day }, at + 1))
        }
        _ => None,
    }
}

fn is_numeric(v: &Lexed<'_>, at: usize) -> bool {
    v.token(at).shape == Shape::Number
}

/// Whether a time of day can be of this date.
fn is_day(date: Date) -> bool {
    !matches!(date, Date::Month { .. } | Date::Week { .. } | Date::Year(_) | Date::Period { .. })
}

fn time_behind(v: &Lexed<'_>, date: &calendar::Found) -> Option<clock::Found> {
    if date.until.is_some() || !is_day(date.date) {
        return None;
    }
    let token = v.token(date.next);
    if token.glued && token.shape == Shape::Word && &v.text[token.start..token.end] == "T" {
        return iso_time_at(v, date.next + 1);
    }
    let mut at = date.next;
    let mut led = false;
    at += usize::from(
        v.sign(at) == Some(',') || v.sign(at) == Some('@') || v.sign(at) == Some('-') && !v.token(at).glued,
    );
    for _ in 0..3 {
        if v.token(at).shape != Shape::Word
            || !v.is(at, w::AT | w::FROM | w::BETWEEN | w::CUE | w::ARTICLE)
            || v.is(at, w::NOON | w::MIDNIGHT)
        {
            break;
        }
        led |= v.is(at, w::AT | w::FROM | w::BETWEEN);
        at += 1;
    }
    // Italian `lun 9/3 h 16.30`.
    let lone = v.is(at, w::H) && !v.token(at).glued && v.token(at + 1).shape == Shape::Number;
    (at, led) = (at + usize::from(lone), led || lone);
    let times = clock::times_at(v, at)?;
    match times.grade {
        Grade::Bare => (led && at > date.next && !is_count(v, times.next)).then_some(times),
        Grade::Likely | Grade::Clear => Some(times),
    }
}

/// Whether what stands at `at` is what the number before it counts.
fn is_count(v: &Lexed<'_>, at: usize) -> bool {
    let entry = v.entry(at);
    entry.unit.is_some()
        || entry.currency.is_some()
        || entry.month > 0
        || entry.is(w::PERCENT)
        || v.token(at).shape == Shape::Number
}

/// `22:14:05Z` or `101500` behind the `T` of ISO 8601.
fn iso_time_at(v: &Lexed<'_>, at: usize) -> Option<clock::Found> {
    let digits = v.glued_number(at, 6)?;
    if digits.digits == 2 {
        let mut found = clock::times_at(v, at).filter(|found| found.until.is_none())?;
        if found.clock.zone.is_none()
            && let Some((zone, next)) = clock::zone_at(v, found.next)
        {
            (found.clock.zone, found.next) = (Some(zone), next);
        }
        return Some(found);
    }
    let (value, second) = match digits.digits {
        4 => (digits.value, None),
        6 => (digits.value / 100, Some((digits.value % 100) as u8)),
        _ => return None,
    };
    let (hour, minute) = (value / 100, value % 100);
    if hour > 24 || minute > 59 || second.is_some_and(|second| second > 59) {
        return None;
    }
    let (zone, next) = clock::zone_at(v, at + 1).map_or((None, at + 1), |(zone, next)| (Some(zone), next));
    let clock = Clock::of_day(hour as u8, minute as u8, second, zone);
    Some(clock::Found { clock, until: None, grade: Grade::Clear, next })
}

fn timed_at(v: &Lexed<'_>, habit: Habit, at: usize) -> Option<Moment> {
    let times = clock::times_at(v, at)?;
    // `after 5 tomorrow`: a bare number is an hour only between a word and a date.
    let bare = times.grade == Grade::Bare;
    if bare && !clock::is_cued(v, at) {
        return None;
    }
    let mut place = times.next;
    place += usize::from(v.sign(place) == Some(','));
    for _ in 0..2 {
        if v.token(place).shape == Shape::Word
            && v.is(place, w::CUE | w::OF | w::ARTICLE)
            && v.entry(place).day.is_none()
        {
            place += 1;
        }
    }
    let date = calendar::dates_at(v, habit, place)
        .filter(|date| {
            date.until.is_none() && is_day(date.date) && (date.clear || place > times.next && !bare)
        })
        .filter(|date| time_behind(v, date).is_none());
    let clock = (times.clock, times.until);
    if let Some(date) = date {
        let part = |clock: Clock| date.part.map_or(clock, |part| clock.in_part(part));
        let times = Some((part(clock.0), clock.1.map(part)));
        return Some(Moment { date: Some(date), times, first: at, next: date.next });
    }
    let sure = !bare
        && (times.grade == Grade::Clear || clock::is_cued(v, at) || opens_note(v, at, times.next))
        || times.grade == Grade::Likely && clock::names_service(v, at, times.next);
    sure.then_some(Moment { date: None, times: Some(clock), first: at, next: times.next })
}

/// `14:05 cust rang`: a note begins with its time. The forms of screens and photos are left out.
fn opens_note(v: &Lexed<'_>, at: usize, next: usize) -> bool {
    let (hour, behind) = (v.token(at), v.token(next));
    let form = clock::is_screen(v, at);
    let words = behind.shape == Shape::Word && !behind.glued && behind.case == Case::Lower;
    let counts = v.entry(next).unit.is_some() || v.is(next, w::NOT_DATE | w::OF);
    let colon = hour.digits == 2 && v.glued_sign(at + 1, ':') && next == at + 3;
    v.before(at).is_end() && colon && !form && words && !counts
}

/// A day, or what is longer than one.
enum Place {
    Day(civil::Date),
    Days(civil::Date, civil::Date),
    /// A month, week or year by its ISO name.
    Named(String),
    /// Not resolved: what was said.
    Said(String),
}

impl Moment {
    fn found(self, v: &Lexed<'_>, now: Option<civil::DateTime>) -> Extracted {
        let today = now.map(civil::DateTime::date);
        let since = v.entry_before(self.first, 1).is(w::SINCE)
            || v.entry_before(self.first, 2).is(w::SINCE) && v.is(self.first.saturating_sub(1), w::ARTICLE)
            || self.is_bare_weekday() && tense::lies_back(v, self.first, self.next);
        let (kind, normal) = match (self.date, self.times) {
            (Some(date), Some(times)) => timed(place(date.date, today, since), times),
            (Some(date), None) => match date.until {
                Some(last) => interval(date.date, last, today),
                None => single(place(date.date, today, since)),
            },
            (None, Some((clock, Some(until)))) => {
                (Kind::Interval, format!("{}/{}", clock.text(), until.text()))
            }
            (None, Some((clock, None))) => (Kind::Time, clock.text()),
            (None, None) => (Kind::Date, String::new()),
        };
        let relative = self.date.and_then(|date| self.said(&date, since));
        let other = match self.date {
            Some(date) => {
                self.other(&date, today).or_else(|| self.other_half(Some(place(date.date, today, since))))
            }
            None => self.other_half(None),
        };
        let mut extracted = Extracted::new(
            kind,
            v.token(self.first).start,
            v.token(self.next - 1).end,
            normal,
            Reason::Grammar,
        );
        (extracted.relative, extracted.other) = (relative, other);
        extracted
    }

    fn is_bare_weekday(&self) -> bool {
        self.date.is_some_and(|found| {
            found.until.is_none() && matches!(found.date, Date::Weekday { which: Which::Any, weeks: 0, .. })
        })
    }

    /// The relative value, for what depends on the time of the message.
    fn said(&self, date: &calendar::Found, since: bool) -> Option<String> {
        let said = |date| match place(date, None, since) {
            Place::Said(said) if !matches!(date, Date::Day { .. }) => Some(said),
            _ => None,
        };
        let mut text = said(date.date)?;
        if let Some(last) = date.until {
            let _ = write!(text, "/{}", said(last)?);
        }
        if let Some((clock, until)) = self.times {
            let _ = write!(text, "T{}", clock.text());
            if let Some(until) = until {
                let _ = write!(text, "/T{}", until.text());
            }
        }
        Some(text)
    }

    /// The time in the other half of the day, where nothing tells which is meant.
    fn other_half(&self, place: Option<Place>) -> Option<String> {
        let (clock, None) = self.times? else { return None };
        let later = clock.other_half()?;
        Some(place.map_or_else(|| later.text(), |place| timed(place, (later, None)).1))
    }

    fn other(&self, date: &calendar::Found, today: Option<civil::Date>) -> Option<String> {
        let other = match date.date {
            Date::Weekday { which: Which::Next, weeks: 0, .. } => {
                let today = today?;
                let Place::Day(day) = place(date.date, Some(today), false) else { return None };
                let same_week = day.iso_week_date().week() == today.iso_week_date().week();
                same_week.then(|| day.checked_add(7.days()).ok())?.map(Place::Day)?
            }
            _ => place(date.swapped?, today, false),
        };
        Some(match self.times {
            Some(times) => timed(other, times).1,
            None => single(other).1,
        })
    }
}

impl Clock {
    /// `17:30`, `17:30:05`, `17:30-05:00`.
    fn text(self) -> String {
        let mut text = format!("{:02}:{:02}", self.hour, self.minute);
        if let Some(second) = self.second {
            let _ = write!(text, ":{second:02}");
        }
        match self.zone {
            Some(0) => text.push('Z'),
            Some(zone) => {
                let sign = if zone < 0 { '-' } else { '+' };
                let zone = zone.unsigned_abs();
                let _ = write!(text, "{sign}{:02}:{:02}", zone / 60, zone % 60);
            }
            None => {}
        }
        text
    }
}

fn single(place: Place) -> (Kind, String) {
    match place {
        Place::Day(day) => (Kind::Date, day.to_string()),
        Place::Days(first, last) => (Kind::Interval, format!("{first}/{last}")),
        Place::Named(text) | Place::Said(text) => (Kind::Date, text),
    }
}

fn timed(place: Place, (clock, until): (Clock, Option<Clock>)) -> (Kind, String) {
    let (_, day) = single(place);
    match until {
        Some(until) => (Kind::Interval, format!("{day}T{}/{day}T{}", clock.text(), until.text())),
        None => (Kind::DateTime, format!("{day}T{}", clock.text())),
    }
}

fn interval(first: Date, last: Date, today: Option<civil::Date>) -> (Kind, String) {
    let start = place(first, today, false);
    let end = match (&start, last) {
        // The last day is the first one of its name behind the first.
        (Place::Day(day), Date::Weekday { .. } | Date::DayOfYear { .. }) => after(last, *day),
        _ => place(last, today, false),
    };
    (Kind::Interval, format!("{}/{}", single(start).1, single(end).1))
}

/// The first day of this name behind `day`.
fn after(date: Date, day: civil::Date) -> Place {
    let found = match date {
        Date::Weekday { weekday, .. } => Some(weekday_after(day, weekday)),
        Date::DayOfYear { month, day: of_month, .. } => (0..=4).find_map(|years| {
            civil::Date::new(day.year().saturating_add(years), month, of_month)
                .ok()
                .filter(|found| *found > day)
        }),
        _ => None,
    };
    found.map_or_else(|| place(date, None, false), Place::Day)
}

fn weekday_after(day: civil::Date, weekday: i8) -> civil::Date {
    let ahead = (weekday - day.weekday().to_monday_one_offset() - 1).rem_euclid(7) + 1;
    shifted(day, i32::from(ahead).days())
}

/// The day a span away, or the day itself at the ends of the calendar.
fn shifted(day: civil::Date, span: Span) -> civil::Date {
    day.checked_add(span).unwrap_or(day)
}

fn place(date: Date, today: Option<civil::Date>, since: bool) -> Place {
    if let Date::Day { year, month, day } = date {
        return civil::Date::new(year, month, day)
            .map_or_else(|_| Place::Said(said(date, since)), Place::Day);
    }
    match date {
        Date::Year(year) => Place::Named(format!("{year:04}")),
        Date::Month { year: Some(year), month, .. } => Place::Named(format!("{year:04}-{month:02}")),
        Date::Week { year: Some(year), week } => Place::Named(format!("{year:04}-W{week:02}")),
        _ => today
            .and_then(|today| resolved(date, today, since))
            .unwrap_or_else(|| Place::Said(said(date, since))),
    }
}

fn resolved(date: Date, today: civil::Date, since: bool) -> Option<Place> {
    match date {
        Date::Shift(days) => Some(Place::Day(shifted(today, i32::from(days).days()))),
        Date::Weekday { weekday, which, weeks } => {
            Some(Place::Day(weekday_of(today, weekday, which, weeks, since)))
        }
        Date::DayOfYear { month, day, weekday } => nearest_day(today, month, day, weekday).map(Place::Day),
        Date::WeekdayOfMonth { weekday, day } => numbered_weekday(today, weekday, day).map(Place::Day),
        Date::DayOfMonth(day) => (0..3).find_map(|months| {
            let first = shifted(today.first_of_month(), months.months());
            civil::Date::new(first.year(), first.month(), day)
                .ok()
                .filter(|found| *found >= today)
                .map(Place::Day)
        }),
        Date::Month { month, which, .. } => Some(Place::Named(nearest_month(today, month, which))),
        Date::Period { unit, shift } => period(today, unit, shift.into()),
        Date::Week { year, week } => nearest_week(today, year, week).map(Place::Named),
        Date::Day { .. } | Date::Year(_) => None,
    }
}

/// The day of a nearby month that falls on this weekday; what is ahead goes first.
fn numbered_weekday(today: civil::Date, weekday: i8, day: i8) -> Option<civil::Date> {
    let of = |months: i32| {
        let first = shifted(today.first_of_month(), months.months());
        civil::Date::new(first.year(), first.month(), day).ok()
    };
    let months = [0, 1, -1, 2, -2, 3, -3, 4, -4, 5, -5, 6, -6];
    months.into_iter().filter_map(of).find(|found| found.weekday().to_monday_one_offset() == weekday)
}

fn monday_of(day: civil::Date) -> civil::Date {
    shifted(day, -i32::from(day.weekday().to_monday_zero_offset()).days())
}

fn weekday_of(today: civil::Date, weekday: i8, which: Which, weeks: i8, since: bool) -> civil::Date {
    let week = i32::from(weeks) * 7;
    match which {
        Which::This => shifted(monday_of(today), (week + i32::from(weekday) - 1).days()),
        Which::Last => shifted(weekday_after(today, weekday), last_week(today, weekday).days()),
        Which::Any if since => shifted(weekday_after(today, weekday), last_week(today, weekday).days()),
        Which::Any | Which::Next => shifted(weekday_after(today, weekday), week.days()),
    }
}

/// From the first weekday after today to the last one before it.
fn last_week(today: civil::Date, weekday: i8) -> i32 {
    if today.weekday().to_monday_one_offset() == weekday { -14 } else { -7 }
}

fn nearest_day(today: civil::Date, month: i8, day: i8, weekday: i8) -> Option<civil::Date> {
    let of = |years: i16| civil::Date::new(today.year().checked_add(years)?, month, day).ok();
    let named = |found: &civil::Date| weekday == 0 || found.weekday().to_monday_one_offset() == weekday;
    let distance = |found: &civil::Date| today.until(*found).map_or(i32::MAX, |span| span.get_days().abs());
    let found: Vec<civil::Date> = (-4..=4).filter_map(of).collect();
    let near = |found: &&civil::Date| distance(found);
    // A weekday that fits no year nearby is a slip and decides nothing.
    let dated = found.iter().filter(|found| named(found) && distance(found) < 550).min_by_key(near);
    dated.or_else(|| found.iter().min_by_key(near)).copied()
}

/// The week of this number, of the year told or the nearest one that has it.
fn nearest_week(today: civil::Date, year: Option<i16>, week: i8) -> Option<String> {
    let of = |year| civil::ISOWeekDate::new(year, week, civil::Weekday::Thursday).ok();
    let this = today.iso_week_date().year();
    let found = match year {
        Some(year) => of(year)?,
        None => (-1..=1)
            .filter_map(|years| of(this.checked_add(years)?))
            .min_by_key(|found| today.until(found.date()).map_or(i32::MAX, |span| span.get_days().abs()))?,
    };
    Some(format!("{:04}-W{:02}", found.year(), found.week()))
}

fn nearest_month(today: civil::Date, month: i8, which: Which) -> String {
    let ahead = i32::from((month - today.month()).rem_euclid(12));
    let months = match which {
        Which::Next => {
            if ahead == 0 {
                12
            } else {
                ahead
            }
        }
        Which::Last => {
            if ahead == 0 {
                -12
            } else {
                ahead - 12
            }
        }
        Which::Any | Which::This => {
            if ahead > 6 {
                ahead - 12
            } else {
                ahead
            }
        }
    };
    let first = shifted(today.first_of_month(), months.months());
    format!("{:04}-{:02}", first.year(), first.month())
}

fn period(today: civil::Date, unit: Unit, shift: i32) -> Option<Place> {
    Some(match unit {
        Unit::Week => {
            let week = shifted(today, (shift * 7).days()).iso_week_date();
            Place::Named(format!("{:04}-W{:02}", week.year(), week.week()))
        }
        Unit::Weekend => {
            let saturday = shifted(monday_of(today), (shift * 7 + 5).days());
            Place::Days(saturday, shifted(saturday, 1.day()))
        }
        Unit::Month => {
            let month = shifted(today.first_of_month(), shift.months());
            Place::Named(format!("{:04}-{:02}", month.year(), month.month()))
        }
        Unit::Year => Place::Named(format!("{:04}", i32::from(today.year()) + shift)),
        _ => return None,
    })
}

const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// The date in the notation for what is not resolved.
fn said(date: Date, since: bool) -> String {
    match date {
        Date::Day { year, month, day } => format!("{year:04}-{month:02}-{day:02}"),
        Date::DayOfYear { month, day, .. } => format!("--{month:02}-{day:02}"),
        Date::DayOfMonth(day) | Date::WeekdayOfMonth { day, .. } => format!("---{day:02}"),
        Date::Month { month, which, .. } => format!("{}--{month:02}", word(which)),
        Date::Year(year) => format!("{year:04}"),
        Date::Week { year: Some(year), week } => format!("{year:04}-W{week:02}"),
        Date::Week { year: None, week } => format!("-W{week:02}"),
        Date::Shift(0) => "P0D".to_owned(),
        Date::Shift(days) => format!("{}P{}D", if days < 0 { '-' } else { '+' }, days.unsigned_abs()),
        Date::Weekday { weekday, which, weeks } => {
            let which = if since && which == Which::Any { Which::Last } else { which };
            let day = WEEKDAYS.get(usize::from(weekday.unsigned_abs()).saturating_sub(1)).unwrap_or(&"");
            let weeks = if weeks == 0 { String::new() } else { format!(" week{weeks:+}") };
            format!("{}{day}{weeks}", word(which))
        }
        Date::Period { unit, shift } => {
            let unit = match unit {
                Unit::Weekend => "weekend",
                Unit::Month => "month",
                Unit::Year => "year",
                _ => "week",
            };
            format!("{unit}{shift:+}")
        }
    }
}

fn word(which: Which) -> &'static str {
    match which {
        Which::Any => "",
        Which::Next => "next ",
        Which::Last => "last ",
        Which::This => "this ",
    }
}

fn of_length(v: &Lexed<'_>, found: duration::Found, now: Option<civil::DateTime>) -> Extracted {
    let (start, end) = (v.token(found.first).start, v.token(found.next - 1).end);
    let Some(direction) = found.direction else {
        let normal = match found.most {
            Some(most) => format!("{}/{most}", found.length),
            None => found.length.to_string(),
        };
        return Extracted::new(Kind::Duration, start, end, normal, Reason::Grammar);
    };
    let sign = if direction == Direction::Back { '-' } else { '+' };
    let relative = format!("{sign}{}", found.length);
    let timed = found.length.is_shorter_than_days();
    let kind = if timed { Kind::DateTime } else { Kind::Date };
    let normal = now
        .and_then(|now| moved(now, found.length, direction))
        .map_or_else(|| relative.clone(), |at| if timed { minute_text(at) } else { at.date().to_string() });
    let mut extracted = Extracted::new(kind, start, end, normal, Reason::Grammar);
    extracted.relative = Some(relative);
    extracted
}

fn minute_text(at: civil::DateTime) -> String {
    format!("{}T{:02}:{:02}", at.date(), at.hour(), at.minute())
}

/// The time a length away; `None` beyond the calendar.
fn moved(now: civil::DateTime, length: Length, direction: Direction) -> Option<civil::DateTime> {
    let span = Span::new()
        .try_years(length.years)
        .and_then(|span| span.try_months(length.months))
        .and_then(|span| span.try_weeks(length.weeks))
        .and_then(|span| span.try_days(length.days))
        .and_then(|span| span.try_hours(length.hours))
        .and_then(|span| span.try_minutes(length.minutes))
        .and_then(|span| span.try_seconds(length.seconds))
        .ok()?;
    match direction {
        Direction::Ahead => now.checked_add(span).ok(),
        Direction::Back => now.checked_sub(span).ok(),
    }
}
