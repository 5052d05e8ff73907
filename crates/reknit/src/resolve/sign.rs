//! What tells most strangers apart without looking at their texts.
//!
//! A sign is 64 bits made of one value. It stands beside the row, where the value's text would have to be
//! fetched from a memory too large for any cache. Of a mailbox or handle it is the number of its name, its
//! letters and its length; of a phone number how often each digit occurs; of a date its day; of a name its
//! sound, its classes, its letters and its length; of a place its letters and length; of a postcode its
//! characters. Two signs give a level only where the texts would give the same one, which a test of
//! `compare` holds them to. Cost: some instructions a pair.

use super::aspect::Aspect;
use super::values::{BLANK, Derived, PackedDate, Values, most_alike};

/// The bits of the letters from a to z.
const A_TO_Z: u64 = (1 << 26) - 1;
/// Bits of the classes of a name in its sign; classes share them.
const CLASS_BITS: u16 = 12;
/// So many characters of a name and more are not told apart in its sign: five bits.
const MANY: u8 = 31;
/// So many of an account name: six bits.
const MANY_OF_ACCOUNT: u8 = 63;

/// The sign of one value; all zeros where the value is none or tells nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Sign(pub u64);

impl Sign {
    /// Whether values of a kind have signs.
    pub(super) fn has(aspect: Aspect) -> bool {
        use Aspect::{BirthDate, City, Email, GivenName, Handle, Phone, Postcode, Surname};
        matches!(aspect, Email | Phone | Handle | BirthDate | GivenName | Surname | City | Postcode)
    }

    /// The sign of a value.
    pub(super) fn of(aspect: Aspect, values: &Values, id: u32) -> Self {
        if aspect == Aspect::Phone {
            let digits = values.text(id).bytes().filter(u8::is_ascii_digit);
            return Self(digits.fold(0, |counts, digit| {
                let shift = 6 * u64::from(digit - b'0');
                // More than 31 of one digit are no number; the counts must not run over.
                if counts >> shift & 63 < 31 { counts + (1 << shift) } else { counts }
            }));
        }
        let Derived { code, letters, chars, .. } = values.derived[id as usize];
        if aspect == Aspect::BirthDate {
            return Self(u64::from(code));
        }
        if aspect == Aspect::Postcode {
            let bytes = values.text(id).as_bytes();
            let short = bytes.len() <= 8 && bytes.is_ascii();
            let pack = |all: u64, &byte: &u8| all << 8 | u64::from(byte);
            return Self(if short { bytes.iter().rev().fold(0, pack) } else { 0 });
        }
        if matches!(aspect, Aspect::GivenName | Aspect::Surname | Aspect::City) {
            let classes = values.nicknames(id).iter().fold(0, |all, class| all | 1 << (class % CLASS_BITS));
            let sound = if aspect == Aspect::City { 0 } else { code >> CLASS_BITS };
            let blank = u64::from(letters & BLANK != 0);
            let shape = letters & A_TO_Z | blank << 26 | u64::from(chars.min(MANY)) << 27;
            return Self(shape << 32 | u64::from(sound) << CLASS_BITS | classes);
        }
        let length = u64::from(chars.min(MANY_OF_ACCOUNT));
        Self(u64::from(code) | (letters & A_TO_Z) << 32 | length << 58)
    }

    /// The sign that stands at a place of a row.
    pub(super) fn at(row: &[u32], place: usize) -> Self {
        Self(u64::from(row[place]) | u64::from(row[place + 1]) << 32)
    }

    /// The number of the account name, 0 if it has none.
    pub(super) fn account(self) -> u32 {
        self.0 as u32
    }

    /// The date, if it is one's sign.
    pub(super) fn date(self) -> Option<PackedDate> {
        PackedDate::of(self.0 as u32)
    }

    fn letters(self) -> u64 {
        self.0 >> 32 & A_TO_Z
    }

    /// Whether the two have something in common that their letters do not tell: a sound or a class.
    fn akin(self, other: Self) -> bool {
        let (x, y) = (self.0 as u32, other.0 as u32);
        x >> CLASS_BITS == y >> CLASS_BITS || x & y & ((1 << CLASS_BITS) - 1) != 0
    }

    fn has_blank(self) -> bool {
        self.0 >> 58 & 1 == 1
    }

    /// Whether two given names are different beyond slips, sounds, short forms and beginnings.
    pub(super) fn other_given_name(self, other: Self, near: f64) -> bool {
        !self.akin(other) && self.other_place(other, near)
    }

    /// Whether two surnames are. A word that both have leaves another word over, and so a blank.
    pub(super) fn other_surname(self, other: Self, near: f64) -> bool {
        !self.akin(other) && !self.has_blank() && !other.has_blank() && self.is_unlike(other, near)
    }

    /// Whether two places are, of which one may hold the other.
    pub(super) fn other_place(self, other: Self, near: f64) -> bool {
        let (lonely_a, lonely_b) = self.lonely(other);
        lonely_a.min(lonely_b) > 0 && self.is_unlike(other, near)
    }

    /// Whether the letters and lengths of two names tell that they are more than two mistakes apart and do not
    /// reach `near` of Jaro-Winkler. One character says nothing.
    pub(super) fn is_unlike(self, other: Self, near: f64) -> bool {
        let (len_a, len_b) = ((self.0 >> 59) as u8, (other.0 >> 59) as u8);
        let (lonely_a, lonely_b) = self.lonely(other);
        len_a.min(len_b) > 1
            && len_a.max(len_b) < MANY
            && lonely_a.max(lonely_b).max(u32::from(len_a.abs_diff(len_b))) > 2
            && most_alike((self.letters(), len_a), (other.letters(), len_b), 4.0) < near
    }

    /// How many letters only the one has, and only the other.
    fn lonely(self, other: Self) -> (u32, u32) {
        let (x, y) = (self.letters(), other.letters());
        ((x & !y).count_ones(), (y & !x).count_ones())
    }

    /// The characters of a postcode of at most eight; none of a longer one.
    pub(super) fn characters(self) -> [u8; 8] {
        self.0.to_le_bytes()
    }

    /// Whether two account names are so far apart that neither a few mistakes ([`near_edits`]) nor a
    /// common beginning (`near` of Jaro-Winkler) can explain it.
    pub(super) fn strangers(self, other: Self, near: f64) -> bool {
        let (len_a, len_b) = (self.account_len(), other.account_len());
        let (lonely_a, lonely_b) = self.lonely(other);
        let apart = lonely_a.max(lonely_b).max(u32::from(len_a.abs_diff(len_b)));
        len_a.max(len_b) < MANY_OF_ACCOUNT
            && !self.same_account(other)
            && apart as usize > near_edits(usize::from(len_a.min(len_b)))
            && most_alike((self.letters(), len_a), (other.letters(), len_b), 4.0) < near
    }

    /// Whether two handles differ by more than one mistake. Of two short ones it is not known whether only
    /// dots and dashes part them.
    pub(super) fn other_handle(self, other: Self) -> bool {
        let (lonely_a, lonely_b) = self.lonely(other);
        let apart = u32::from(self.account_len().abs_diff(other.account_len()));
        self.account() != other.account() && lonely_a.max(lonely_b).max(apart) > 1
    }

    fn same_account(self, other: Self) -> bool {
        self.account() == other.account() && self.account() != 0
    }

    fn account_len(self) -> u8 {
        (self.0 >> 58) as u8
    }

    /// Whether two phone numbers are more than two mistakes apart and neither ends in the other.
    pub(super) fn strange_numbers(self, other: Self) -> bool {
        let (mut more, mut less) = (0, 0);
        for digit in 0..10 {
            let (x, y) = ((self.0 >> (6 * digit) & 63) as i32, (other.0 >> (6 * digit) & 63) as i32);
            more += (x - y).max(0);
            less += (y - x).max(0);
        }
        more.max(less) > 2 && more.min(less) > 0
    }
}

/// How many mistakes leave account names near each other: one in three characters, two at least and five at
/// most.
pub(super) fn near_edits(chars: usize) -> usize {
    (chars / 3).clamp(2, 5)
}
