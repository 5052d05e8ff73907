//! Phone numbers: every notation to E.164.
//!
//! The digits are taken from the text (ASCII, full-width, Arabic-Indic), an extension is set aside,
//! and then one question is asked: which country. A `+` or an international prefix says so itself;
//! otherwise the caller's default region does. The national trunk prefix (`0` in most of the world)
//! goes, also where people leave it in after the country code, `+44 (0)20 ...`. A number whose country
//! stays unknown keeps its digits and says so: it can still agree with another on its last digits.
//!
//! The table holds one row per region: calling code, trunk prefix, and how many digits a number has
//! there. Sources: ITU-T E.164 (2010) and its list of assigned country codes, the North American
//! Numbering Plan, RFC 3966 (`tel:`). A number is not checked against a country's list of operators.
//! Cost: linear in the text, two table look-ups, one allocation.

use serde::Serialize;

use super::fold::is_invisible;

/// A phone number as read.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Phone {
    normal: String,
    #[serde(skip)]
    significant: u8,
    /// The region (ISO 3166 two letters) that owns the number; the largest one where several share a
    /// calling code and the digits do not tell. `None` when no country is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<&'static str>,
    /// The extension behind the number, digits only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extension: Option<String>,
    /// Whether the country is unknown, so that the normal form is only the digits as dialled there.
    pub national: bool,
    /// Whether the count of digits is one the region uses; always `true` without a region.
    pub possible: bool,
}

/// Longest text looked at; no notation of one number with its words comes near it.
const MAX_TEXT: usize = 250;
/// E.164 allows 15 digits in all; two more are kept so that a slip of the finger stays comparable.
const MAX_DIGITS: usize = 17;
/// Fewer digits than this are an extension or an emergency code, not somebody's number.
const MIN_DIGITS: usize = 3;
const MIN_DIGITS_WITHOUT_REGION: usize = 5;

impl Phone {
    /// Reads a number; `region` is the ISO 3166 code of the country where it was written down
    /// without a country code. `None` when the text holds no number.
    ///
    /// ```
    /// use reknit::text::phone::Phone;
    /// let phone = Phone::read("0151 / 123 456-78 ext. 9", Some("DE")).unwrap();
    /// assert_eq!(phone.normal(), "+4915112345678");
    /// assert_eq!(phone.extension.as_deref(), Some("9"));
    /// assert_eq!(Phone::read("+44 (0)20 7946 0018", None).unwrap().normal(), "+442079460018");
    /// let unknown = Phone::read("020 7946 0018", None).unwrap();
    /// assert!(unknown.national && unknown.normal() == "2079460018");
    /// ```
    pub fn read(text: &str, region: Option<&str>) -> Option<Self> {
        if text.len() > MAX_TEXT {
            return None;
        }
        let dialled = Dialled::read(text)?;
        let home = region.and_then(Region::of_code);
        let number = match home {
            _ if dialled.plus => Number::international(&dialled.digits),
            Some(home) => Some(Number::dialled_in(home, &dialled.digits)),
            None => Number::behind_exit_code(&dialled.digits, &["00", "011"]),
        };
        match number {
            Some(number) => number.into_phone(dialled.extension),
            None => Self::of_unknown_country(&dialled.digits, dialled.extension),
        }
    }

    fn of_unknown_country(digits: &str, extension: Option<String>) -> Option<Self> {
        let significant = digits.trim_start_matches('0');
        if !(MIN_DIGITS_WITHOUT_REGION..=MAX_DIGITS).contains(&significant.len()) {
            return None;
        }
        Some(Self {
            normal: significant.to_owned(),
            significant: 0,
            region: None,
            extension,
            national: true,
            possible: true,
        })
    }

    /// `+` and all digits (E.164), or only the digits without leading zeros when
    /// [`national`](Self::national).
    pub fn normal(&self) -> &str {
        &self.normal
    }

    /// The digits after the calling code: what two notations share when one lacks the country.
    pub fn significant(&self) -> &str {
        &self.normal[usize::from(self.significant)..]
    }
}

/// What was dialled: digits, whether a plus stood before them, and an extension.
struct Dialled {
    plus: bool,
    digits: String,
    extension: Option<String>,
}

impl Dialled {
    fn read(text: &str) -> Option<Self> {
        let start = text.find(|c: char| is_plus(c) || digit(c).is_some())?;
        let mut rest = text[start..].chars().peekable();
        let mut plus = false;
        while rest.next_if(|&c| is_plus(c) || is_punctuation(c)).is_some() {
            plus = true;
        }
        let mut digits = String::with_capacity(MAX_DIGITS);
        let mut extension = None;
        while let Some(c) = rest.next() {
            if let Some(d) = digit(c) {
                digits.push(d);
            } else if c.is_ascii_uppercase()
                && digits.len() <= MAX_BEFORE_WORD
                && is_keypad_word(rest.clone())
            {
                digits.push(keypad(c));
                digits.extend(rest.filter(char::is_ascii_uppercase).map(keypad));
                break;
            } else if is_slip(c, digits.len(), rest.peek()) {
                // The digits around the letter still say whose number it is.
            } else if is_extension_mark(c) {
                extension = extension_of(rest);
                break;
            } else if !is_punctuation(c) {
                break;
            }
        }
        let fits = (MIN_DIGITS..=MAX_DIGITS + 4).contains(&digits.len());
        fits.then_some(Self { plus, digits, extension })
    }
}

/// Whether a lone letter before a digit slipped into a number that has only begun: `07e00 900123`.
fn is_slip(c: char, digits: usize, next: Option<&char>) -> bool {
    let only_begun = digits < MIN_SUBSCRIBER;
    only_begun && c.is_ascii_lowercase() && c != 'x' && next.is_some_and(|&next| digit(next).is_some())
}

/// Subscriber numbers of cities have seven digits or more; what follows letters after that many is
/// another number or an extension.
const MIN_SUBSCRIBER: usize = 7;

/// More digits than `1-800` or `0800` before letters mean a label behind a number: `555 1234 HOME`.
const MAX_BEFORE_WORD: usize = 4;

/// Whether all that follows is capitals to be typed on a keypad, as in `1-800-FLOWERS`.
fn is_keypad_word(rest: impl Iterator<Item = char>) -> bool {
    let mut letters = 1;
    for c in rest {
        letters += usize::from(c.is_ascii_uppercase());
        if !(c.is_ascii_uppercase() || is_punctuation(c)) {
            return false;
        }
    }
    (6..=10).contains(&letters)
}

/// The key of a capital letter, ITU-T E.161.
fn keypad(letter: char) -> char {
    match letter {
        'A'..='C' => '2',
        'D'..='F' => '3',
        'G'..='I' => '4',
        'J'..='L' => '5',
        'M'..='O' => '6',
        'P'..='S' => '7',
        'T'..='V' => '8',
        _ => '9',
    }
}

/// The digits after an extension mark such as `ext. 12`, `x12`, `#12`, `;ext=12`.
fn extension_of(rest: impl Iterator<Item = char>) -> Option<String> {
    let is_word = |c: char| c.is_alphabetic() || matches!(c, '.' | ':' | '=' | ' ' | '#' | '\u{A0}');
    let digits: String = rest.skip_while(|&c| is_word(c)).map_while(digit).collect();
    (1..=7).contains(&digits.len()).then_some(digits)
}

fn is_extension_mark(c: char) -> bool {
    matches!(c, 'e' | 'E' | 'x' | 'X' | '#' | ';' | ',' | '\u{FF58}' | '\u{FF03}')
}

fn is_plus(c: char) -> bool {
    matches!(c, '+' | '\u{FF0B}')
}

/// The ASCII digit that `c` stands for: ASCII, full-width, Arabic-Indic, Persian and Indic digits.
pub(super) fn digit(c: char) -> Option<char> {
    let zero = match c {
        '0'..='9' => return Some(c),
        '\u{660}'..='\u{669}' => 0x660,
        '\u{6F0}'..='\u{6F9}' => 0x6F0,
        '\u{966}'..='\u{96F}' => 0x966,
        '\u{9E6}'..='\u{9EF}' => 0x9E6,
        '\u{E50}'..='\u{E59}' => 0xE50,
        '\u{FF10}'..='\u{FF19}' => 0xFF10,
        _ => return None,
    };
    char::from_digit(c as u32 - zero, 10)
}

#[rustfmt::skip]
fn is_punctuation(c: char) -> bool {
    c.is_whitespace()
        || is_invisible(c)
        || matches!(
            c,
            '-' | '.'
                | '/'
                | '('
                | ')'
                | '['
                | ']'
                | '~'
                | '\''
                | '*' | '\u{AD}' | '·' | '\u{FF08}' | '\u{FF09}' | '\u{FF0E}' | '\u{FF0F}' | '\u{FF3B}'
                | '\u{FF3D}' | '\u{3000}' | '\u{30FC}' | '\u{FF0D}'
                | '‐'..='―' | '−' | '\u{2060}' | '•' | '_'
        )
}

/// A number whose calling code is known.
struct Number {
    home: &'static Region,
    significant: String,
}

impl Number {
    /// Reads calling code and number after a plus.
    fn international(digits: &str) -> Option<Self> {
        let digits = digits.trim_start_matches('0');
        let (home, rest) = Region::of_digits(digits)?;
        Some(Self::of(home, rest))
    }

    fn of(home: &'static Region, rest: &str) -> Self {
        let significant = home.without_trunk(rest);
        let significant = match home.calling {
            54 => argentine_mobile(significant).unwrap_or_else(|| significant.to_owned()),
            _ => significant.to_owned(),
        };
        Self { home: home.owner(&significant), significant }
    }

    /// Reads an international number behind one of the exit codes, if it has a possible length.
    fn behind_exit_code(digits: &str, exits: &[&str]) -> Option<Self> {
        let rest = exits.iter().find_map(|exit| digits.strip_prefix(exit))?;
        Self::international(rest).filter(Number::is_possible)
    }

    /// Reads what somebody in the region `home` wrote down for a neighbour.
    fn dialled_in(home: &'static Region, digits: &str) -> Self {
        if let Some(number) = Self::behind_exit_code(digits, home.exits()) {
            return number;
        }
        let local = Self::of(home, digits);
        match Self::without_plus(home, digits) {
            Some(number) if !local.is_possible() || number.is_likelier_than_local(digits) => number,
            _ => local,
        }
    }

    /// Reads `digits` as the calling code of `home` without its plus and a possible number.
    fn without_plus(home: &Region, digits: &str) -> Option<Self> {
        let (region, rest) = Region::of_digits(digits)?;
        (region.calling == home.calling).then(|| Self::of(region, rest)).filter(Self::is_possible)
    }

    /// Whether the reading with a calling code beats the local one: where a trunk prefix is dialled,
    /// digits without it are no local number, unless they are few enough to lack the area code too.
    fn is_likelier_than_local(&self, digits: &str) -> bool {
        let trunk = self.home.trunk;
        !trunk.is_empty() && !digits.starts_with(trunk) && self.significant.len() >= 8
    }

    fn is_possible(&self) -> bool {
        self.home.has_length(self.significant.len())
    }

    fn into_phone(self, extension: Option<String>) -> Option<Phone> {
        if !(MIN_DIGITS..=MAX_DIGITS).contains(&self.significant.len()) {
            return None;
        }
        let possible = self.is_possible();
        let mut normal = format!("+{}", self.home.calling);
        let significant = normal.len() as u8;
        normal.push_str(&self.significant);
        Some(Phone {
            normal,
            significant,
            region: Some(self.home.code),
            extension,
            national: false,
            possible,
        })
    }
}

/// Inside Argentina `15` behind the area code (2 to 4 digits) marks a mobile number; abroad a 9 before
/// it does.
fn argentine_mobile(significant: &str) -> Option<String> {
    if significant.len() != 12 {
        return None;
    }
    let area = (2..=4).find(|&end| significant[end..].starts_with("15"))?;
    Some(format!("9{}{}", &significant[..area], &significant[area + 2..]))
}

/// One region's dialling habits.
#[derive(Debug, PartialEq, Eq)]
struct Region {
    code: &'static str,
    calling: u16,
    /// What is dialled before a national number inside the country; empty where nothing is.
    trunk: &'static str,
    /// Digits of a significant number.
    min: u8,
    max: u8,
}

impl Region {
    /// The region with the ISO 3166 code, in either case; `UK` counts as `GB`.
    fn of_code(code: &str) -> Option<&'static Self> {
        let &[a, b] = code.trim().as_bytes() else { return None };
        let (a, b) = (a.to_ascii_uppercase(), b.to_ascii_uppercase());
        let (a, b) = if (a, b) == (b'U', b'K') { (b'G', b'B') } else { (a, b) };
        if !(a.is_ascii_uppercase() && b.is_ascii_uppercase()) {
            return None;
        }
        let place = BY_CODE[usize::from(a - b'A') * 26 + usize::from(b - b'A')];
        REGIONS.get(usize::from(place))
    }

    /// The first region that owns the calling code at the head of `digits`, and the digits after it.
    /// Calling codes are prefix-free, so the first one that fits is the only one.
    fn of_digits(digits: &str) -> Option<(&'static Self, &str)> {
        let mut calling = 0;
        for (length, byte) in digits.bytes().enumerate().take(3) {
            calling = calling * 10 + usize::from(byte - b'0');
            if let Some(region) = REGIONS.get(usize::from(BY_CALLING[calling])) {
                return Some((region, &digits[length + 1..]));
            }
        }
        None
    }

    fn has_length(&self, digits: usize) -> bool {
        (usize::from(self.min)..=usize::from(self.max)).contains(&digits)
    }

    /// The significant number: prefixes go while what is left can still be a number.
    fn without_trunk<'a>(&self, mut digits: &'a str) -> &'a str {
        while let Some(rest) = self.strip_trunk(digits).or_else(|| self.strip_other(digits)) {
            digits = rest;
        }
        digits
    }

    fn strip_trunk<'a>(&self, digits: &'a str) -> Option<&'a str> {
        let rest = digits.strip_prefix(self.trunk).filter(|_| !self.trunk.is_empty())?;
        // No number starts with 0 where that opens the trunk prefix, nor with 1 in North America; `8`
        // in Russia also starts freephone numbers, so there only a digit too many shows the prefix.
        let always = self.trunk.starts_with('0') || self.calling == 1;
        (always || self.mends(digits, rest)).then_some(rest)
    }

    /// Prefixes beside the trunk prefix: the old mobile marks of Mexico, the old trunk prefix of
    /// Lithuania, the two digits of the carrier in Brazil.
    fn strip_other<'a>(&self, digits: &'a str) -> Option<&'a str> {
        let rest = match self.calling {
            52 => ["044", "045", "1"].iter().find_map(|mark| digits.strip_prefix(mark)),
            55 if digits.len() > 11 => digits.get(2..),
            370 => digits.strip_prefix('8'),
            _ => None,
        };
        rest.filter(|rest| self.mends(digits, rest))
    }

    /// Whether `rest` has a length of the region and `digits` has none.
    fn mends(&self, digits: &str, rest: &str) -> bool {
        !self.has_length(digits.len()) && self.has_length(rest.len())
    }

    /// The region a number belongs to by its calling code and first digits, so that one number has one
    /// region wherever it was dialled.
    fn owner(&'static self, significant: &str) -> &'static Self {
        let code = match (self.calling, significant.get(..3)) {
            (1, Some(area)) => north_american(area),
            (7, Some(head)) if head.starts_with(['6', '7']) => "KZ",
            (7, _) => "RU",
            _ => return REGIONS.get(usize::from(BY_CALLING[usize::from(self.calling)])).unwrap_or(self),
        };
        Self::of_code(code).unwrap_or(self)
    }

    /// What is dialled in the region before a foreign country code.
    fn exits(&self) -> &'static [&'static str] {
        match self.code {
            _ if self.calling == 1 => &["011", "00"],
            "AU" => &["0011", "00"],
            "JP" => &["010", "00"],
            "RU" | "KZ" | "BY" | "TJ" | "TM" => &["810", "00"],
            "HK" | "SG" | "TH" | "KH" | "KR" | "ID" | "GY" | "MN" => &["001", "00"],
            "KE" | "TZ" | "UG" => &["000", "00"],
            "NG" => &["009", "00"],
            "CU" => &["119", "00"],
            _ => &["00"],
        }
    }
}

/// The region of a North American area code; the United States where no other owns it.
fn north_american(area: &str) -> &'static str {
    match area {
        "204" | "226" | "236" | "249" | "250" | "263" | "289" | "306" | "343" | "354" | "365" | "367"
        | "368" | "382" | "403" | "416" | "418" | "428" | "431" | "437" | "438" | "450" | "468" | "474"
        | "506" | "514" | "519" | "548" | "579" | "581" | "584" | "587" | "604" | "613" | "639" | "647"
        | "672" | "683" | "705" | "709" | "742" | "753" | "778" | "780" | "782" | "807" | "819" | "825"
        | "867" | "873" | "879" | "902" | "905" | "942" => "CA",
        "242" => "BS",
        "246" => "BB",
        "264" => "AI",
        "268" => "AG",
        "284" => "VG",
        "340" => "VI",
        "345" => "KY",
        "441" => "BM",
        "473" => "GD",
        "649" => "TC",
        "658" | "876" => "JM",
        "664" => "MS",
        "670" => "MP",
        "671" => "GU",
        "684" => "AS",
        "721" => "SX",
        "758" => "LC",
        "767" => "DM",
        "784" => "VC",
        "787" | "939" => "PR",
        "809" | "829" | "849" => "DO",
        "868" => "TT",
        "869" => "KN",
        _ => "US",
    }
}

const fn region(code: &'static str, calling: u16, trunk: &'static str, min: u8, max: u8) -> Region {
    Region { code, calling, trunk, min, max }
}

/// All regions by calling code; where several share one, the largest first.
#[rustfmt::skip]
const REGIONS: &[Region] = &[
    region("US", 1, "1", 10, 10), region("CA", 1, "1", 10, 10), region("AG", 1, "1", 10, 10),
    region("AI", 1, "1", 10, 10), region("AS", 1, "1", 10, 10), region("BB", 1, "1", 10, 10),
    region("BM", 1, "1", 10, 10), region("BS", 1, "1", 10, 10), region("DM", 1, "1", 10, 10),
    region("DO", 1, "1", 10, 10), region("GD", 1, "1", 10, 10), region("GU", 1, "1", 10, 10),
    region("JM", 1, "1", 10, 10), region("KN", 1, "1", 10, 10), region("KY", 1, "1", 10, 10),
    region("LC", 1, "1", 10, 10), region("MP", 1, "1", 10, 10), region("MS", 1, "1", 10, 10),
    region("PR", 1, "1", 10, 10), region("SX", 1, "1", 10, 10), region("TC", 1, "1", 10, 10),
    region("TT", 1, "1", 10, 10), region("VC", 1, "1", 10, 10), region("VG", 1, "1", 10, 10),
    region("VI", 1, "1", 10, 10), region("RU", 7, "8", 10, 10), region("KZ", 7, "8", 10, 10),
    region("EG", 20, "0", 8, 10), region("ZA", 27, "0", 9, 9), region("GR", 30, "", 10, 10),
    region("NL", 31, "0", 9, 9), region("BE", 32, "0", 8, 9), region("FR", 33, "0", 9, 9),
    region("ES", 34, "", 9, 9), region("HU", 36, "06", 8, 9), region("IT", 39, "", 6, 11),
    region("VA", 39, "", 6, 11), region("RO", 40, "0", 9, 9), region("CH", 41, "0", 9, 9),
    region("AT", 43, "0", 4, 13), region("GB", 44, "0", 9, 10), region("GG", 44, "0", 9, 10),
    region("JE", 44, "0", 9, 10), region("IM", 44, "0", 9, 10), region("DK", 45, "", 8, 8),
    region("SE", 46, "0", 7, 10), region("NO", 47, "", 8, 8), region("SJ", 47, "", 8, 8),
    region("PL", 48, "", 9, 9), region("DE", 49, "0", 6, 13), region("PE", 51, "0", 8, 9),
    region("MX", 52, "01", 10, 10), region("CU", 53, "0", 8, 8), region("AR", 54, "0", 10, 11),
    region("BR", 55, "0", 10, 11), region("CL", 56, "", 9, 9), region("CO", 57, "0", 8, 10),
    region("VE", 58, "0", 10, 10), region("MY", 60, "0", 8, 10), region("AU", 61, "0", 6, 10),
    region("CC", 61, "0", 6, 10), region("CX", 61, "0", 6, 10), region("ID", 62, "0", 7, 12),
    region("PH", 63, "0", 8, 10), region("NZ", 64, "0", 8, 10), region("SG", 65, "", 8, 8),
    region("TH", 66, "0", 8, 10), region("JP", 81, "0", 9, 10), region("KR", 82, "0", 8, 10),
    region("VN", 84, "0", 9, 10), region("CN", 86, "0", 9, 11), region("TR", 90, "0", 10, 10),
    region("IN", 91, "0", 10, 10), region("PK", 92, "0", 9, 10), region("AF", 93, "0", 9, 9),
    region("LK", 94, "0", 9, 9), region("MM", 95, "0", 6, 10), region("IR", 98, "0", 10, 10),
    region("SS", 211, "0", 9, 9), region("MA", 212, "0", 9, 9), region("EH", 212, "0", 9, 9),
    region("DZ", 213, "0", 8, 9), region("TN", 216, "", 8, 8), region("LY", 218, "0", 9, 9),
    region("GM", 220, "", 7, 7), region("SN", 221, "", 9, 9), region("MR", 222, "", 8, 8),
    region("ML", 223, "", 8, 8), region("GN", 224, "", 8, 9), region("CI", 225, "", 10, 10),
    region("BF", 226, "", 8, 8), region("NE", 227, "", 8, 8), region("TG", 228, "", 8, 8),
    region("BJ", 229, "", 8, 10), region("MU", 230, "", 7, 8), region("LR", 231, "0", 7, 9),
    region("SL", 232, "0", 8, 8), region("GH", 233, "0", 8, 9), region("NG", 234, "0", 8, 10),
    region("TD", 235, "", 8, 8), region("CF", 236, "", 8, 8), region("CM", 237, "", 8, 9),
    region("CV", 238, "", 7, 7), region("ST", 239, "", 7, 7), region("GQ", 240, "", 9, 9),
    region("GA", 241, "", 7, 8), region("CG", 242, "", 9, 9), region("CD", 243, "0", 7, 10),
    region("AO", 244, "", 9, 9), region("GW", 245, "", 9, 9), region("IO", 246, "", 7, 7),
    region("AC", 247, "", 5, 6), region("SC", 248, "", 7, 7), region("SD", 249, "0", 9, 9),
    region("RW", 250, "0", 8, 9), region("ET", 251, "0", 9, 9), region("SO", 252, "0", 6, 9),
    region("DJ", 253, "", 8, 8), region("KE", 254, "0", 7, 10), region("TZ", 255, "0", 9, 9),
    region("UG", 256, "0", 9, 9), region("BI", 257, "", 8, 8), region("MZ", 258, "", 8, 9),
    region("ZM", 260, "0", 9, 9), region("MG", 261, "0", 9, 9), region("RE", 262, "0", 9, 9),
    region("YT", 262, "0", 9, 9), region("ZW", 263, "0", 5, 10), region("NA", 264, "0", 8, 9),
    region("MW", 265, "0", 7, 9), region("LS", 266, "", 8, 8), region("BW", 267, "", 7, 8),
    region("SZ", 268, "", 8, 9), region("KM", 269, "", 7, 7), region("SH", 290, "", 4, 5),
    region("TA", 290, "", 4, 5), region("ER", 291, "0", 7, 7), region("AW", 297, "", 7, 7),
    region("FO", 298, "", 6, 6), region("GL", 299, "", 6, 6), region("GI", 350, "", 8, 8),
    region("PT", 351, "", 9, 9), region("LU", 352, "", 4, 11), region("IE", 353, "0", 7, 9),
    region("IS", 354, "", 7, 7), region("AL", 355, "0", 6, 9), region("MT", 356, "", 8, 8),
    region("CY", 357, "", 8, 8), region("FI", 358, "0", 5, 10), region("AX", 358, "0", 5, 10),
    region("BG", 359, "0", 6, 9), region("LT", 370, "0", 8, 8), region("LV", 371, "", 8, 8),
    region("EE", 372, "", 7, 8), region("MD", 373, "0", 8, 8), region("AM", 374, "0", 8, 8),
    region("BY", 375, "80", 9, 9), region("AD", 376, "", 6, 6), region("MC", 377, "0", 8, 9),
    region("SM", 378, "", 6, 10), region("UA", 380, "0", 9, 9), region("RS", 381, "0", 8, 9),
    region("ME", 382, "0", 8, 9), region("XK", 383, "0", 8, 9), region("HR", 385, "0", 6, 9),
    region("SI", 386, "0", 5, 8), region("BA", 387, "0", 8, 9), region("MK", 389, "0", 8, 8),
    region("CZ", 420, "", 9, 9), region("SK", 421, "0", 6, 9), region("LI", 423, "0", 7, 9),
    region("FK", 500, "", 5, 5), region("BZ", 501, "", 7, 7), region("GT", 502, "", 8, 8),
    region("SV", 503, "", 8, 8), region("HN", 504, "", 8, 8), region("NI", 505, "", 8, 8),
    region("CR", 506, "", 8, 8), region("PA", 507, "", 7, 8), region("PM", 508, "0", 6, 9),
    region("HT", 509, "", 8, 8), region("GP", 590, "0", 9, 9), region("BL", 590, "0", 9, 9),
    region("MF", 590, "0", 9, 9), region("BO", 591, "0", 8, 9), region("GY", 592, "", 7, 7),
    region("EC", 593, "0", 8, 9), region("GF", 594, "0", 9, 9), region("PY", 595, "0", 7, 9),
    region("MQ", 596, "0", 9, 9), region("SR", 597, "", 6, 7), region("UY", 598, "0", 8, 8),
    region("CW", 599, "", 7, 8), region("BQ", 599, "", 7, 8), region("TL", 670, "", 7, 8),
    region("NF", 672, "", 6, 6), region("BN", 673, "", 7, 7), region("NR", 674, "", 7, 7),
    region("PG", 675, "", 7, 8), region("TO", 676, "", 5, 7), region("SB", 677, "", 5, 7),
    region("VU", 678, "", 5, 7), region("FJ", 679, "", 7, 7), region("PW", 680, "", 7, 7),
    region("WF", 681, "", 6, 6), region("CK", 682, "", 5, 5), region("NU", 683, "", 4, 4),
    region("WS", 685, "", 5, 7), region("KI", 686, "0", 5, 8), region("NC", 687, "", 6, 6),
    region("TV", 688, "", 5, 7), region("PF", 689, "", 6, 8), region("TK", 690, "", 4, 5),
    region("FM", 691, "", 7, 7), region("MH", 692, "1", 7, 7), region("KP", 850, "0", 8, 10),
    region("HK", 852, "", 8, 8), region("MO", 853, "", 8, 8), region("KH", 855, "0", 8, 10),
    region("LA", 856, "0", 8, 10), region("BD", 880, "0", 6, 10), region("TW", 886, "0", 7, 10),
    region("MV", 960, "", 7, 7), region("LB", 961, "0", 7, 8), region("JO", 962, "0", 8, 9),
    region("SY", 963, "0", 8, 9), region("IQ", 964, "0", 8, 10), region("KW", 965, "", 8, 8),
    region("SA", 966, "0", 9, 9), region("YE", 967, "0", 7, 9), region("OM", 968, "", 8, 8),
    region("PS", 970, "0", 8, 10), region("AE", 971, "0", 8, 9), region("IL", 972, "0", 8, 9),
    region("BH", 973, "", 8, 8), region("QA", 974, "", 8, 8), region("BT", 975, "", 7, 8),
    region("MN", 976, "0", 8, 10), region("NP", 977, "0", 8, 10), region("TJ", 992, "8", 9, 9),
    region("TM", 993, "8", 8, 8), region("AZ", 994, "0", 9, 9), region("GE", 995, "0", 9, 9),
    region("KG", 996, "0", 9, 9), region("UZ", 998, "8", 9, 9),
];

/// No region.
const NONE: u8 = u8::MAX;

/// Where the region of two letters stands in [`REGIONS`].
const BY_CODE: [u8; 26 * 26] = {
    let mut places = [NONE; 26 * 26];
    let mut place = 0;
    while place < REGIONS.len() {
        let code = REGIONS[place].code.as_bytes();
        places[(code[0] - b'A') as usize * 26 + (code[1] - b'A') as usize] = place as u8;
        place += 1;
    }
    places
};

/// Where the first region of a calling code stands in [`REGIONS`].
const BY_CALLING: [u8; 1000] = {
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
    use proptest::prelude::*;

    #[test]
    fn calling_codes_are_prefix_free_and_rows_fit_one_byte() {
        assert!(REGIONS.len() < usize::from(NONE));
        for region in REGIONS {
            let digits = region.calling.to_string();
            for end in 1..digits.len() {
                assert!(Region::of_digits(&digits[..end]).is_none(), "{digits}");
            }
            assert_eq!(Region::of_code(region.code), Some(region));
        }
    }

    proptest! {
        #[test]
        fn every_text_reads_or_not(text in any::<String>(), region in "[A-Za-z]{2}") {
            let _ = Phone::read(&text, Some(&region));
        }

        #[test]
        fn a_normal_form_reads_as_itself(text in "\\+?[0-9 ()/x-]{3,20}", region in "DE|US|RU|HU|BY|MX|AR|IT|BR") {
            for home in [None, Some(region.as_str())] {
                if let Some(phone) = Phone::read(&text, home).filter(|phone| !phone.national) {
                    let again = Phone::read(phone.normal(), None);
                    prop_assert_eq!(again.as_ref().map(Phone::normal), Some(phone.normal()));
                }
            }
        }
    }
}
