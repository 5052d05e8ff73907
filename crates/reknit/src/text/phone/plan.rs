//! Numbering plans: which digits make a number in a region, and how people there dial it.
//!
//! A [`Region`] is a row of constants and the first states of four automata, all in one pool in
//! `metadata.rs`: whole numbers (the last state says of which kind), the trunk prefix, the exit code
//! before a foreign country code, and the leading digits by which regions that share a calling code
//! are told apart. An automaton has no loop and takes one step a digit, so a look at a number is a
//! walk of some ten loads, with nothing compiled or allocated. The rules are those of libphonenumber.
//!
//! A state is a shape and a run of targets: four bits of the shape say which of the run a digit takes
//! (most states have two or three different targets for ten digits), the bits above are the label.

use serde::Serialize;

use super::digits::Digits;
use super::metadata::{PREFIXES, REGIONS, SHAPES, STATES, TARGETS};

/// Where the digits that a prefix rule keeps begin and end.
pub(super) type Kept = (u8, u8);

/// One region's row.
#[derive(Debug)]
pub(super) struct Region {
    /// ISO 3166, or [`WORLD`].
    code: &'static str,
    /// The country calling code.
    pub(super) calling: u16,
    /// Bit `n` says whether numbers have `n` digits.
    lengths: u32,
    numbers: u16,
    trunk: u16,
    /// Put before the digits that the trunk rule keeps.
    instead: &'static str,
    exit: u16,
    leading: u16,
}

/// The code of rows whose calling code belongs to no country, such as +800.
const WORLD: &str = "001";

#[allow(clippy::too_many_arguments, reason = "a row of the table, column by column")]
pub(super) const fn region(
    code: &'static str,
    calling: u16,
    lengths: u32,
    numbers: u16,
    trunk: u16,
    instead: &'static str,
    exit: u16,
    leading: u16,
) -> Region {
    Region { code, calling, lengths, numbers, trunk, instead, exit, leading }
}

/// What a number of the plan is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Line {
    /// A line at a place.
    FixedLine,
    /// A mobile line.
    Mobile,
    /// One of the two; the digits do not tell, as in North America.
    FixedLineOrMobile,
    /// Free for the caller.
    TollFree,
    /// Dearer than a call.
    PremiumRate,
    /// Caller and called share the cost.
    SharedCost,
    /// A line over the internet.
    Voip,
    /// A number that follows a person.
    PersonalNumber,
    /// A pager.
    Pager,
    /// One number for all places of a company.
    Uan,
    /// The way to a mailbox for voices.
    Voicemail,
}

/// Lines by label; label 0 is no number of the region, 1 one of no known kind.
const LINES: [Line; 11] = [
    Line::FixedLine,
    Line::Mobile,
    Line::FixedLineOrMobile,
    Line::TollFree,
    Line::PremiumRate,
    Line::SharedCost,
    Line::Voip,
    Line::PersonalNumber,
    Line::Pager,
    Line::Uan,
    Line::Voicemail,
];

impl Region {
    /// The region with the ISO 3166 code, in either case; `UK` counts as `GB`.
    pub(super) fn of_code(code: &str) -> Option<&'static Self> {
        let &[a, b] = code.trim().as_bytes() else { return None };
        let (a, b) = (a.to_ascii_uppercase(), b.to_ascii_uppercase());
        let (a, b) = if (a, b) == (b'U', b'K') { (b'G', b'B') } else { (a, b) };
        if !(a.is_ascii_uppercase() && b.is_ascii_uppercase()) {
            return None;
        }
        let place = BY_CODE[usize::from(a - b'A') * 26 + usize::from(b - b'A')];
        REGIONS.get(usize::from(place))
    }

    /// The main region of the calling code at the head of `digits`, and how many digits that code has.
    /// Calling codes are prefix-free, so the first one that fits is the only one; none begins with 0.
    pub(super) fn of_digits(digits: &[u8]) -> Option<(&'static Self, usize)> {
        if digits.first() == Some(&0) {
            return None;
        }
        let mut calling = 0;
        for (at, &digit) in digits.iter().enumerate().take(3) {
            calling = calling * 10 + usize::from(digit);
            if let Some(region) = REGIONS.get(usize::from(BY_CALLING[calling])) {
                return Some((region, at + 1));
            }
        }
        None
    }

    /// The main region of this one's calling code.
    pub(super) fn main(&'static self) -> &'static Self {
        REGIONS.get(usize::from(BY_CALLING[usize::from(self.calling)])).unwrap_or(self)
    }

    /// The ISO 3166 code; none for calling codes of no country.
    pub(super) fn code(&self) -> Option<&'static str> {
        (self.code != WORLD).then_some(self.code)
    }

    /// The country calling code behind what `text` holds.
    pub(super) fn write_calling(&self, text: &mut String) {
        for unit in [100, 10, 1].into_iter().filter(|&unit| self.calling >= unit) {
            text.push(char::from(b'0' + (self.calling / unit % 10) as u8));
        }
    }

    /// The digits after the exit code that leads abroad, if `digits` begin with it.
    pub(super) fn behind_exit(&self, digits: &Digits) -> Option<Digits> {
        let found = Match::of(self.exit, digits)?;
        // No country code begins with 0.
        (digits.get(found.end) != Some(&0)).then(|| digits.tail(found.end))
    }

    /// The significant number in what is dialled inside the region: the trunk prefix goes, unless that
    /// makes a number into none; `digits` as they are where nothing is to be done.
    pub(super) fn without_trunk(&self, digits: &Digits) -> Digits {
        let Some(found) = Match::of(self.trunk, digits) else { return *digits };
        let bare = match found.kept {
            (_, 0) => digits.tail(found.end),
            (from, to) => digits.replaced(self.instead, usize::from(from)..usize::from(to), found.end),
        };
        if self.is_number(digits) && !self.is_number(&bare) { *digits } else { bare }
    }

    /// Whether a trunk prefix is dialled in the region and `digits` do not begin with one.
    pub(super) fn lacks_trunk(&self, digits: &Digits) -> bool {
        self.trunk != 0 && Match::of(self.trunk, digits).is_none_or(|found| found.end == 0)
    }

    /// As [`without_trunk`](Self::without_trunk), but keeps the prefix also where too few digits would
    /// be left: those dialled may be a short number.
    pub(super) fn significant(&self, digits: &Digits) -> Digits {
        let bare = self.without_trunk(digits);
        let complete = self.has_length(bare.len()) || self.is_too_long(bare.len());
        if complete { bare } else { *digits }
    }

    /// The region among those that share this calling code that a significant number belongs to, and
    /// its line there; none when no plan has such a number.
    pub(super) fn owner(&'static self, significant: &Digits) -> Option<(&'static Self, Option<Line>)> {
        let first = usize::from(BY_CALLING[usize::from(self.calling)]);
        let sharing = REGIONS.iter().skip(first).take_while(|region| region.calling == self.calling);
        for region in sharing {
            if region.leading != 0 && Match::of(region.leading, significant).is_none() {
                continue;
            }
            let line = region.line(significant);
            if region.leading != 0 || line.is_some() {
                return Some((region, line));
            }
        }
        None
    }

    /// Whether significant numbers may have so many digits.
    pub(super) fn has_length(&self, digits: usize) -> bool {
        digits < 32 && self.lengths >> digits & 1 == 1
    }

    /// Whether every number has fewer digits.
    pub(super) fn is_too_long(&self, digits: usize) -> bool {
        digits >= (u32::BITS - self.lengths.leading_zeros()) as usize
    }

    /// Whether the digits are a number of the plan, of whatever kind.
    pub(super) fn is_number(&self, digits: &Digits) -> bool {
        self.label(digits) != 0
    }

    fn line(&self, digits: &Digits) -> Option<Line> {
        LINES.get(usize::from(self.label(digits)).checked_sub(2)?).copied()
    }

    fn label(&self, digits: &Digits) -> u8 {
        let mut state = self.numbers;
        for &digit in digits.iter() {
            state = step(state, digit);
        }
        label(state)
    }
}

/// How a prefix rule fits the head of a number.
struct Match {
    end: usize,
    kept: Kept,
}

impl Match {
    /// Walks from `state`; the last label on the way is the match.
    fn of(mut state: u16, digits: &Digits) -> Option<Self> {
        let mut found = None;
        let mut end = 0;
        while state != 0 {
            let (at_end, anywhere) = PREFIXES[usize::from(label(state))];
            let kept = if end == digits.len() { at_end.or(anywhere) } else { anywhere };
            found = kept.map(|kept| Self { end, kept }).or(found);
            let Some(&digit) = digits.get(end) else { break };
            state = step(state, digit);
            end += 1;
        }
        found
    }
}

fn step(state: u16, digit: u8) -> u16 {
    let (shape, first) = STATES[usize::from(state)];
    let place = SHAPES[usize::from(shape)] >> (4 * digit) & 15;
    TARGETS[usize::from(first) + place as usize]
}

fn label(state: u16) -> u8 {
    (SHAPES[usize::from(STATES[usize::from(state)].0)] >> 40) as u8
}

/// No region.
const NONE: u8 = u8::MAX;

/// Where the region of two letters stands in [`REGIONS`].
static BY_CODE: [u8; 26 * 26] = {
    let mut places = [NONE; 26 * 26];
    let mut place = 0;
    while place < REGIONS.len() {
        let code = REGIONS[place].code.as_bytes();
        if code.len() == 2 {
            places[(code[0] - b'A') as usize * 26 + (code[1] - b'A') as usize] = place as u8;
        }
        place += 1;
    }
    places
};

/// Where the first region of a calling code stands in [`REGIONS`].
static BY_CALLING: [u8; 1000] = {
    let mut places = [NONE; 1000];
    let mut place = REGIONS.len();
    while place > 0 {
        place -= 1;
        places[REGIONS[place].calling as usize] = place as u8;
    }
    places
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calling_codes_are_prefix_free_and_rows_fit_one_byte() {
        assert!(REGIONS.len() < usize::from(NONE));
        for region in &REGIONS {
            let digits: Vec<u8> = region.calling.to_string().bytes().map(|byte| byte - b'0').collect();
            for end in 1..digits.len() {
                assert!(Region::of_digits(&digits[..end]).is_none(), "{digits:?}");
            }
            let found = region.code().map_or(region, |code| Region::of_code(code).expect("a row of its own"));
            assert_eq!(found.code, region.code);
        }
    }

    #[test]
    fn every_step_stays_in_the_pool() {
        for state in 0..STATES.len() as u16 {
            assert!(usize::from(label(state)) < PREFIXES.len().max(LINES.len() + 2));
            for digit in 0..10 {
                assert!(usize::from(step(state, digit)) < STATES.len());
            }
        }
    }
}
