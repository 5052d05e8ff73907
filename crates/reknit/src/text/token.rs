//! Cuts social text into tokens with byte spans, in one pass.
//!
//! Support mail, tweets and chat hold more than words: links, handles, hashtags, emoji, emoticons,
//! runs of punctuation, SHOUTING and sooo long words. Each is one [`Token`] here that knows where it
//! stands, so that every later judgement can point at the bytes it rests on. Contractions stay whole
//! (`don't`), hashtags stay whole and can be [split](Token::parts), and runs of scripts that are
//! written without spaces are one token marked [`spaceless`](Token::spaceless), for character
//! n-grams. Nothing is dropped but blanks and control characters.
//!
//! The division of labour follows Gimpel et al. 2011 ("Part-of-Speech Tagging for Twitter") and
//! O'Connor et al. 2010 ("`TweetMotif`"); elongation is folded to two letters as in Brody and Diakopoulos
//! 2011 ("Cooooool!"), which keeps `soo` apart from `so`.
//!
//! Cost: `O(n)` in the bytes of the text for any input; every look-ahead that fails is remembered or
//! is consumed by the next token. The iterator does not allocate; [`Token::form`] does.

use serde::Serialize;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::emoji;

/// What a token is.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenKind {
    /// Letters, with digits and inner apostrophes: `don't`, `4th`, `f**k`, `встреча`.
    Word,
    /// Digits with inner separators: `3`, `1,200.50`, `10:30`.
    Number,
    /// A web address: `https://...`, `www...`, `acme.com/help`.
    Url,
    /// `@name`.
    Mention,
    /// `#tag` with at least one letter.
    Hashtag,
    /// `name@host.tld`.
    Email,
    /// One picture: see [`emoji::sequence`].
    Emoji,
    /// `:-)`, `<3`, `¯\_(ツ)_/¯`.
    Emoticon,
    /// A run of `!` and `?`, or of one other punctuation mark.
    Punctuation,
    /// Any other sign: currency, mathematics, HTML entities.
    Symbol,
}

impl TokenKind {
    /// The name in snake case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Word => "word",
            Self::Number => "number",
            Self::Url => "url",
            Self::Mention => "mention",
            Self::Hashtag => "hashtag",
            Self::Email => "email",
            Self::Emoji => "emoji",
            Self::Emoticon => "emoticon",
            Self::Punctuation => "punctuation",
            Self::Symbol => "symbol",
        }
    }
}

/// One token and where it stands: `text` is the slice of the source at `start`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token<'a> {
    /// What it is.
    pub kind: TokenKind,
    /// As written.
    pub text: &'a str,
    /// The byte where it begins.
    pub start: usize,
    /// Two letters or more, all of them capitals.
    pub caps: bool,
    /// A letter three times or more in a row.
    pub elongated: bool,
    /// A run of a script written without spaces (Han, kana, Thai, Lao, Khmer, Burmese, Tibetan).
    pub spaceless: bool,
}

impl<'a> Token<'a> {
    #[inline]
    fn new(kind: TokenKind, text: &'a str, start: usize) -> Self {
        let worded = matches!(kind, TokenKind::Word | TokenKind::Hashtag);
        let (caps, elongated) = if worded { shape(text) } else { (false, false) };
        Self {
            kind,
            text,
            start,
            caps,
            elongated,
            spaceless: kind == TokenKind::Word && text.chars().next().is_some_and(is_spaceless),
        }
    }

    /// The byte after its last.
    pub fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// The form to compare by: NFKC, lower case, elongation folded to two letters, straight
    /// apostrophes; emoji without tone and style; HTML entities as the sign they stand for. The form
    /// of a form is itself.
    ///
    /// ```
    /// use reknit::text::token::tokens;
    /// let forms: Vec<String> = tokens("SOOOO Don’t 👍🏿").map(|t| t.form()).collect();
    /// assert_eq!(forms, ["soo", "don't", "👍"]);
    /// ```
    pub fn form(&self) -> String {
        let mut form = String::with_capacity(self.text.len());
        self.form_into(&mut form);
        form
    }

    /// [`form`](Self::form) into a buffer, which is cleared first.
    pub fn form_into(&self, form: &mut String) {
        form.clear();
        match self.kind {
            TokenKind::Emoji => emoji::base_into(self.text, form),
            TokenKind::Emoticon => form.push_str(self.text),
            TokenKind::Symbol => form.push_str(entity(self.text).map_or(self.text, |(sign, _)| sign)),
            TokenKind::Word | TokenKind::Hashtag if self.text.is_ascii() => {
                fold_runs(self.text.bytes().map(|b| b.to_ascii_lowercase() as char), form);
            }
            TokenKind::Word | TokenKind::Hashtag
                if self.text.chars().all(|c| c.is_ascii() || straight(c) == '\'') =>
            {
                fold_runs(self.text.chars().map(|c| straight(c).to_ascii_lowercase()), form);
            }
            TokenKind::Word | TokenKind::Hashtag => {
                let lower: String = self.text.nfkc().flat_map(char::to_lowercase).nfkc().collect();
                fold_runs(lower.chars().map(straight), form);
            }
            _ if self.text.is_ascii() => {
                form.extend(self.text.bytes().map(|b| b.to_ascii_lowercase() as char));
            }
            _ => form.extend(self.text.nfkc().flat_map(char::to_lowercase)),
        }
    }

    /// The [hash](form_hash) of its [form](Self::form), which is built in the buffer where it must be.
    #[cfg_attr(not(feature = "classify"), allow(dead_code, reason = "only classifiers ask for hashes"))]
    pub(crate) fn hash(&self, form: &mut String) -> u64 {
        let bytes = self.text.as_bytes();
        if self.kind == TokenKind::Word && !self.elongated {
            let (mut hash, mut others) = (SEED, 0);
            for at in (0..bytes.len()).step_by(8) {
                let (signs, own) = (eight(bytes, at), low_bytes(bytes.len() - at));
                let lower = signs | (0x20 * EACH);
                let plain = between(lower, b'a', b'z') | between(signs, b'0', b'9');
                others |= HIGH & own & !plain;
                hash = mix(hash, lower & own);
            }
            if others == 0 {
                return hash.max(1);
            }
        }
        self.form_into(form);
        form_hash(form)
    }

    /// The words inside a hashtag: cut at `_`, before digits and at capitals (`#NoSignalAGAIN2day`
    /// gives `No`, `Signal`, `AGAIN`, `2`, `day`). Other tokens are one part. All parts are words.
    pub fn parts(&self) -> Vec<Self> {
        if self.kind != TokenKind::Hashtag {
            return vec![*self];
        }
        let mut parts = Vec::new();
        self.each_part(|part| parts.push(part));
        parts
    }

    /// Gives each of the [parts](Self::parts) of a hashtag to `take`.
    pub(crate) fn each_part(&self, mut take: impl FnMut(Self)) {
        if self.text.is_ascii() {
            return self.each_ascii_part(&mut take);
        }
        let mut begin = self.text.chars().next().map_or(0, char::len_utf8);
        let mut letters = self.text.char_indices().skip(1).peekable();
        let mut before = None;
        while let Some((at, c)) = letters.next() {
            let after = letters.peek().map(|&(_, c)| c);
            if c == '_' {
                self.part(begin, at, &mut take);
                begin = at + 1;
            } else if before.is_some_and(|b| splits(b, c, after)) {
                self.part(begin, at, &mut take);
                begin = at;
            }
            before = Some(c);
        }
        self.part(begin, self.text.len(), &mut take);
    }

    /// The same, byte by byte.
    fn each_ascii_part(&self, take: &mut impl FnMut(Self)) {
        let bytes = self.text.as_bytes();
        let (mut begin, mut before) = (1, b'_');
        for (at, &byte) in bytes.iter().enumerate().skip(1) {
            if byte == b'_' {
                self.part(begin, at, take);
                begin = at + 1;
            } else if at > begin {
                let rises = before.is_ascii_lowercase() & byte.is_ascii_uppercase();
                let digits = before.is_ascii_digit() != byte.is_ascii_digit();
                let capitals = before.is_ascii_uppercase() & byte.is_ascii_uppercase();
                if rises | digits || capitals && bytes.get(at + 1).is_some_and(u8::is_ascii_lowercase) {
                    self.part(begin, at, take);
                    begin = at;
                }
            }
            before = byte;
        }
        self.part(begin, bytes.len(), take);
    }

    fn part(&self, begin: usize, end: usize, take: &mut impl FnMut(Self)) {
        if begin < end {
            let digits = self.text[begin..end].bytes().all(|b| b.is_ascii_digit());
            let kind = if digits { TokenKind::Number } else { TokenKind::Word };
            take(Self::new(kind, &self.text[begin..end], self.start + begin));
        }
    }
}

/// Whether a hashtag is cut between `before` and `c`.
fn splits(before: char, c: char, after: Option<char>) -> bool {
    let rises = before.is_lowercase() && c.is_uppercase();
    let digits = before.is_numeric() != c.is_numeric() && before != '_';
    let acronym_ends = before.is_uppercase() && c.is_uppercase() && after.is_some_and(char::is_lowercase);
    rises || digits || acronym_ends
}

fn straight(c: char) -> char {
    if c == '’' || c == 'ʼ' || c == '‘' { '\'' } else { c }
}

/// Copies letters, three or more equal ones as two.
fn fold_runs(letters: impl Iterator<Item = char>, form: &mut String) {
    let (mut last, mut run) = ('\0', 0_u32);
    for c in letters {
        run = if c == last { run + 1 } else { 1 };
        last = c;
        if run <= 2 || !c.is_alphabetic() || is_spaceless(c) {
            form.push(c);
        }
    }
}

/// Whether a word is written in capitals, and whether a letter comes three times or more in a row.
fn shape(text: &str) -> (bool, bool) {
    if !text.is_ascii() {
        return (is_caps(text), is_elongated(text));
    }
    let (bytes, mut found) = (text.as_bytes(), PlainWord::default());
    for at in (0..bytes.len()).step_by(8) {
        let signs = eight(bytes, at);
        found.see(signs, between(signs | (0x20 * EACH), b'a', b'z'), low_bytes(bytes.len() - at));
    }
    (found.is_caps(), found.elongated)
}

fn is_elongated(text: &str) -> bool {
    let (mut last, mut run) = ('\0', 0_u32);
    for c in text.chars() {
        let c = if c.is_ascii() { c.to_ascii_lowercase() } else { c };
        run = if c == last { run + 1 } else { 1 };
        last = c;
        if run >= 3 && c.is_alphabetic() && !is_spaceless(c) {
            return true;
        }
    }
    false
}

fn is_caps(text: &str) -> bool {
    let mut capitals = 0;
    for c in text.chars() {
        if c.is_lowercase() {
            return false;
        }
        capitals += usize::from(c.is_uppercase());
    }
    capitals >= 2
}

/// Scripts written without blanks between words, and the signs that stand for some of their letters.
fn is_spaceless(c: char) -> bool {
    is_of_spaceless_script(c)
        || matches!(c, '\u{3038}'..='\u{33FF}') && std::iter::once(c).nfkc().any(is_of_spaceless_script)
}

fn is_of_spaceless_script(c: char) -> bool {
    matches!(c as u32,
        0x0E00..=0x0EFF      // Thai, Lao
        | 0x0F00..=0x0FFF    // Tibetan
        | 0x1000..=0x109F    // Burmese
        | 0x1780..=0x17FF    // Khmer
        | 0x3005..=0x3007
        | 0x3041..=0x30FF    // kana
        | 0x31F0..=0x31FF
        | 0x3400..=0x4DBF    // Han
        | 0x4E00..=0x9FFF
        | 0xF900..=0xFAFF
        | 0xFF66..=0xFF9D    // half-width kana
        | 0x2_0000..=0x3_FFFF)
}

/// ASCII emoticons, those with the same first sign side by side. Written by hand from common use; Western and
/// the commonest Japanese ones.
const EMOTICONS: &[&str] = &[
    "¯\\_(ツ)_/¯",
    ":'-(",
    ":'-)",
    ":-))",
    ":'(",
    ":')",
    ":-)",
    ":-(",
    ":-D",
    ":-P",
    ":-p",
    ":-/",
    ":-\\",
    ":-|",
    ":-O",
    ":-o",
    ":-*",
    ":-S",
    ":-s",
    ":-3",
    ":))",
    ":((",
    ":)",
    ":(",
    ":D",
    ":P",
    ":p",
    ":/",
    ":\\",
    ":|",
    ":O",
    ":o",
    ":*",
    ":S",
    ":3",
    ":]",
    ":[",
    ":}",
    ":{",
    ":@",
    ":>",
    ":<",
    ";-)",
    ";-(",
    ";-D",
    ";-P",
    ";)",
    ";(",
    ";D",
    ";P",
    ";p",
    ";_;",
    "=)",
    "=(",
    "=D",
    "=P",
    "=p",
    "=/",
    "=]",
    "8-)",
    "B-)",
    "xD",
    "xd",
    "x_x",
    "XD",
    "<3",
    "</3",
    ">:(",
    ">:-(",
    ">:)",
    ">_<",
    ">.<",
    "-_-",
    "^_^",
    "^^",
    "^.^",
    "o_O",
    "o_o",
    "o.O",
    "o/",
    "O_o",
    "O_O",
    "O.o",
    "T_T",
    "t_t",
    "u_u",
    "(:",
    "(-:",
    "(;",
    "(y)",
    "(Y)",
    "(n)",
    "(N)",
    "):",
    ")-:",
    "D:",
    "\\o/",
];

/// From where to where the emoticons begin with a byte.
const EMOTICONS_OF: [(u8, u8); 256] = {
    let (mut of, mut at) = ([(0, 0); 256], 0);
    while at < EMOTICONS.len() {
        let first = EMOTICONS[at].as_bytes()[0] as usize;
        if of[first].1 == 0 {
            of[first].0 = at as u8;
        }
        assert!(
            of[first].1 == 0 || of[first].1 as usize == at,
            "emoticons with one first sign lie side by side"
        );
        at += 1;
        of[first].1 = at as u8;
    }
    of
};

/// The emoticon at the start of `rest`. One that ends in a letter or digit must not run into a word,
/// and one that starts with a letter must not run out of one (`worded`: the character before is of a
/// word).
fn emoticon(rest: &str, worded: bool) -> Option<usize> {
    let first = rest.as_bytes().first()?;
    let (from, to) = EMOTICONS_OF[usize::from(*first)];
    let mut best = 0;
    for sign in &EMOTICONS[usize::from(from)..usize::from(to)] {
        if sign.len() <= best || !rest.starts_with(sign) {
            continue;
        }
        let starts_worded = first.is_ascii_alphanumeric();
        let ends_worded = sign.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '/' || c == '\\');
        let runs_on = runs_on(&rest[sign.len()..], sign);
        if !(ends_worded && runs_on || starts_worded && worded) {
            best = sign.len();
        }
    }
    (best > 0).then_some(best)
}

/// Whether what ends in a letter goes on behind `sign`, at once or behind a joiner.
fn runs_on(rest: &str, sign: &str) -> bool {
    let Some(next) = rest.chars().next() else { return false };
    let joins = matches!(next, '\u{200C}' | '\u{200D}');
    let last = sign.chars().next_back().unwrap_or(' ');
    next.is_alphanumeric() || next == '/' || joins && joint(rest, next, last).is_some()
}

/// HTML entities that leak into message dumps, and the sign each stands for.
const ENTITIES: &[(&str, &str)] = &[
    ("&amp;", "&"),
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&quot;", "\""),
    ("&apos;", "'"),
    ("&#39;", "'"),
    ("&#x27;", "'"),
    ("&nbsp;", " "),
];

fn entity(rest: &str) -> Option<(&'static str, usize)> {
    if !rest.starts_with('&') {
        return None;
    }
    ENTITIES.iter().find(|(code, _)| rest.starts_with(code)).map(|(code, sign)| (*sign, code.len()))
}

/// Top-level domains that make `name.tld` a web address without a scheme: the commonest generic ones
/// and those of large countries. A longer list would turn "end.Is" and "so.it" into links.
const TLDS: &[&str] = &[
    "com", "net", "org", "io", "info", "biz", "gov", "edu", "app", "dev", "ly", "tv", "uk", "de", "fr", "es",
    "nl", "eu", "ca", "au", "jp", "cn", "ru", "br", "ch", "se", "dk", "pl", "gl", "gg",
];

/// Cuts `text` into tokens, in order, without overlap.
///
/// ```
/// use reknit::text::token::{TokenKind, tokens};
/// let found: Vec<_> = tokens("@acme love it 👍 #NoSignal :-(").map(|t| (t.kind.name(), t.text)).collect();
/// assert_eq!(found, [
///     ("mention", "@acme"), ("word", "love"), ("word", "it"), ("emoji", "👍"),
///     ("hashtag", "#NoSignal"), ("emoticon", ":-("),
/// ]);
/// ```
pub fn tokens(text: &str) -> Tokens<'_> {
    Tokens { text, at: 0, plain_until: 0, hidden_until: 0, hash: 0 }
}

/// A token as plain data, for the other side of a border.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TokenReading {
    /// What it is.
    pub kind: TokenKind,
    /// The [form](Token::form) to compare by.
    pub form: String,
    /// First byte in the text.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
    /// All capitals.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub caps: bool,
    /// A letter three times or more in a row.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub elongated: bool,
    /// Of a script without spaces.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub spaceless: bool,
    /// The forms of the words in a hashtag; empty for other tokens.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<String>,
}

/// All tokens of a text as plain data.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct TokenList {
    /// In order of place.
    pub tokens: Vec<TokenReading>,
}

impl TokenList {
    /// Cuts `text` into tokens.
    pub fn read(text: &str) -> Self {
        let parts = |t: &Token<'_>| match t.kind {
            TokenKind::Hashtag => t.parts().iter().map(Token::form).collect(),
            _ => Vec::new(),
        };
        let reading = |t: Token<'_>| TokenReading {
            kind: t.kind,
            form: t.form(),
            start: t.start,
            end: t.end(),
            caps: t.caps,
            elongated: t.elongated,
            spaceless: t.spaceless,
            parts: parts(&t),
        };
        Self { tokens: tokens(text).map(reading).collect() }
    }

    /// The forms, one blank between them.
    pub fn normal(&self) -> String {
        let forms: Vec<&str> = self.tokens.iter().map(|t| t.form.as_str()).collect();
        forms.join(" ")
    }
}

/// The iterator behind [`tokens`].
#[derive(Debug, Clone)]
pub struct Tokens<'a> {
    text: &'a str,
    at: usize,
    /// Up to here it is known that no address begins: keeps `a.a.a.a...` linear.
    plain_until: usize,
    /// Up to here no plain word is looked for, because one went on and came to no plain end: keeps `xd'xd'xd'_` linear.
    hidden_until: usize,
    /// The [hash](form_hash) of the last token's form where reading gave it, else 0.
    hash: u64,
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    #[inline]
    fn next(&mut self) -> Option<Token<'a>> {
        let bytes = self.text.as_bytes();
        loop {
            let first = *bytes.get(self.at)?;
            if first == b' ' {
                self.at += 1;
                continue;
            }
            self.hash = 0;
            let plain = if first.is_ascii_alphanumeric() {
                if self.at < self.hidden_until { None } else { self.plain_word(first) }
            } else if matches!(first, b'.' | b',' | b'!' | b'?' | b'"') {
                self.plain_marks(first)
            } else if first == b'@' {
                self.plain_mention()
            } else if first == b'#' {
                self.plain_hashtag()
            } else {
                None
            };
            if plain.is_some() {
                return plain;
            }
            let other = self.other();
            if other.is_some() {
                return other;
            }
        }
    }
}

/// A token and the hash of its form, where reading made it.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(not(feature = "classify"), allow(dead_code, reason = "only classifiers ask for hashes"))]
pub(crate) struct Hashed<'a> {
    pub(crate) token: Token<'a>,
    /// 0 where reading did not make it.
    hash: u64,
}

#[cfg_attr(not(feature = "classify"), allow(dead_code, reason = "only classifiers ask for hashes"))]
impl Hashed<'_> {
    /// The [hash](form_hash) of the token's form; most are made while the token is read.
    #[inline]
    pub(crate) fn hash(&self, form: &mut String) -> u64 {
        if self.hash != 0 {
            return self.hash;
        }
        self.token.hash(form)
    }
}

/// The [`tokens`] of a text with their hashes: what several readers of one text can share.
#[inline]
#[cfg_attr(not(feature = "classify"), allow(dead_code, reason = "only classifiers ask for hashes"))]
pub(crate) fn hashed(text: &str) -> impl Iterator<Item = Hashed<'_>> {
    let mut found = tokens(text);
    std::iter::from_fn(move || found.next().map(|token| Hashed { token, hash: found.hash }))
}

impl<'a> Tokens<'a> {
    /// What stands here if it is no plain token; `None` for a blank, which is passed over.
    #[inline(never)]
    fn other(&mut self) -> Option<Token<'a>> {
        let rest = &self.text[self.at..];
        let first = rest.chars().next()?;
        if is_blank(first) {
            self.at += first.len_utf8();
            return None;
        }
        let (kind, length) = self.read(rest, first);
        let token = Token::new(kind, &rest[..length], self.at);
        self.at += length;
        Some(token)
    }

    /// `@name` after a blank, a sign or nothing.
    fn plain_mention(&mut self) -> Option<Token<'a>> {
        let bytes = self.text.as_bytes();
        let before = self.at.checked_sub(1).map_or(b' ', |before| bytes[before]);
        let named = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.');
        let mut end = self.at + 1 + bytes[self.at + 1..].iter().take_while(named).count();
        while bytes[end - 1] == b'.' {
            end -= 1;
        }
        if end == self.at + 1 || before.is_ascii_alphanumeric() || !before.is_ascii() {
            return None;
        }
        let (start, text) = (self.at, &self.text[self.at..end]);
        self.at = end;
        let kind = TokenKind::Mention;
        Some(Token { kind, text, start, caps: false, elongated: false, spaceless: false })
    }

    /// `#tag` of ASCII letters, digits and `_` after a blank, a sign or nothing.
    fn plain_hashtag(&mut self) -> Option<Token<'a>> {
        let bytes = self.text.as_bytes();
        let before = self.at.checked_sub(1).map_or(b' ', |before| bytes[before]);
        let body = &bytes[self.at + 1..];
        let length = body.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
        let ends = body.get(length).is_none_or(u8::is_ascii);
        let lettered = body[..length].iter().any(u8::is_ascii_alphabetic);
        if !(ends && lettered) || before.is_ascii_alphanumeric() || !before.is_ascii() {
            return None;
        }
        let (start, kind) = (self.at, TokenKind::Hashtag);
        self.at += 1 + length;
        Some(Token::new(kind, &self.text[start..self.at], start))
    }

    /// A word of ASCII letters, digits and inner apostrophes with a plain end after it, or a number of digits only:
    /// most tokens of most texts, read eight bytes at a time. `None` where anything else could begin: a link, an
    /// address, an emoticon, a censored word.
    #[inline]
    fn plain_word(&mut self, first: u8) -> Option<Token<'a>> {
        let bytes = self.text.as_bytes();
        let mut found = PlainWord::default();
        let mut end = self.at;
        loop {
            let Some(length) = found.take(eight(bytes, end), bytes.get(end + 8)) else {
                self.hidden_until = end;
                return None;
            };
            end += length;
            if length < 8 {
                break;
            }
        }
        let number = first.is_ascii_digit() && found.only_digits;
        self.hidden_until = end;
        if first.is_ascii_digit() && !number && !leads_to_letter(&bytes[self.at..end]) {
            return None;
        }
        // `xd` laughs, also before an apostrophe.
        let head = &bytes[self.at..end.min(self.at + 2)];
        let laughs =
            head.eq_ignore_ascii_case(b"xd") && bytes[..end].get(self.at + 2).is_none_or(|&b| b == b'\'');
        let separates =
            number && bytes.get(end) == Some(&b',') && bytes.get(end + 1).is_some_and(u8::is_ascii_digit);
        if laughs
            || separates
            || !ends_plainly(&bytes[end..]) && (number || !found.ends_word(bytes, self.at, end))
        {
            return None;
        }
        self.hash = if found.elongated { 0 } else { found.hash.max(1) };
        let token = Token {
            kind: if number { TokenKind::Number } else { TokenKind::Word },
            text: &self.text[self.at..end],
            start: self.at,
            caps: found.is_caps(),
            elongated: found.elongated,
            spaceless: false,
        };
        self.at = end;
        Some(token)
    }

    /// A run of full stops, commas, quotes, or `!` and `?`.
    #[inline]
    fn plain_marks(&mut self, first: u8) -> Option<Token<'a>> {
        let shouts = |byte: u8| matches!(byte, b'!' | b'?');
        let rest = &self.text.as_bytes()[self.at..];
        let same = |byte: u8| byte == first || shouts(first) && shouts(byte);
        let length = rest.iter().take_while(|&&byte| same(byte)).count();
        if shouts(first) && rest.get(length).is_some_and(|byte| !byte.is_ascii()) {
            return None;
        }
        let start = self.at;
        self.at += length;
        if length <= 8 {
            self.hash = mix(SEED, eight(rest, 0) & low_bytes(length)).max(1);
        }
        let text = &self.text[start..self.at];
        Some(Token {
            kind: TokenKind::Punctuation,
            text,
            start,
            caps: false,
            elongated: false,
            spaceless: false,
        })
    }
}

/// What reading a plain word has seen. Bytes are looked at eight at a time as one number, the first the lowest: a test of
/// all eight sets the highest bit of each that passes (Lamport 1975, "Multiple byte processing with full-word
/// instructions").
#[allow(clippy::struct_excessive_bools, reason = "each is one thing that the letters show")]
struct PlainWord {
    hash: u64,
    /// One capital, and a second one.
    capital: bool,
    capitals: bool,
    small: bool,
    elongated: bool,
    apostrophe: bool,
    only_digits: bool,
    /// The byte before, in lower case, and whether it is the one before it again.
    last: u64,
    twice: u64,
}

impl Default for PlainWord {
    fn default() -> Self {
        Self {
            hash: SEED,
            capital: false,
            capitals: false,
            small: false,
            elongated: false,
            apostrophe: false,
            only_digits: true,
            last: 0,
            twice: 0,
        }
    }
}

impl PlainWord {
    /// How many of the next eight bytes are of the word; `None` for an apostrophe without a letter after it. `after`
    /// is the byte after the eight.
    #[inline]
    fn take(&mut self, signs: u64, after: Option<&u8>) -> Option<usize> {
        let lower = signs | (0x20 * EACH);
        let letters = between(lower, b'a', b'z');
        let mut length = (!letters & HIGH).trailing_zeros() as usize / 8;
        // Most words are of letters only; a shift by 64 leaves the number as it is, whose first byte is a letter then.
        if matches!(signs.wrapping_shr(8 * length as u32) as u8, b'0'..=b'9' | b'\'') {
            length = self.with_others(signs, letters, after)?;
        } else {
            self.only_digits &= length == 0;
        }
        let own = low_bytes(length);
        self.see(signs, letters, own);
        if length > 0 {
            self.hash = mix(self.hash, lower & own);
        }
        Some(length)
    }

    /// Sees which of the next eight bytes, as far as they are its `own`, are capitals, small and there again. `letters`
    /// has the highest bit of each that is one.
    #[inline]
    fn see(&mut self, signs: u64, letters: u64, own: u64) {
        let lower = signs | (0x20 * EACH);
        let again = equal(lower, lower << 8 | self.last) & own;
        self.elongated |= again & (again << 8 | self.twice) & letters != 0;
        (self.last, self.twice) = (lower >> 56, again >> 56);
        let capitals = letters & !(signs << 2) & own;
        self.capitals |= capitals & capitals.wrapping_sub(1) != 0 || self.capital && capitals != 0;
        self.capital |= capitals != 0;
        self.small |= letters & signs << 2 & own != 0;
    }

    /// Two letters or more, all of them capitals.
    fn is_caps(&self) -> bool {
        self.capitals && !self.small
    }

    /// The same where digits or apostrophes are among the eight bytes.
    #[inline(never)]
    fn with_others(&mut self, signs: u64, letters: u64, after: Option<&u8>) -> Option<usize> {
        let digits = between(signs, b'0', b'9');
        let apostrophes = between(signs, b'\'', b'\'');
        let length = (!(letters | digits | apostrophes) & HIGH).trailing_zeros() as usize / 8;
        let own = low_bytes(length);
        if apostrophes & own != 0 {
            let borders = apostrophes >> 63 != 0 && after.is_some_and(u8::is_ascii_alphabetic);
            if apostrophes & own & !(letters >> 8 | u64::from(borders) << 63) != 0 {
                return None;
            }
            self.apostrophe = true;
        }
        self.only_digits &= own & HIGH & !digits == 0;
        Some(length)
    }

    /// Whether the word from `start` to `end`, of three signs or more, ends there for certain although no blank follows.
    /// Shorter ones may begin an emoticon.
    #[inline(never)]
    fn ends_word(&self, bytes: &[u8], start: usize, end: usize) -> bool {
        if self.apostrophe || end < start + 3 {
            return false;
        }
        match bytes[end..] {
            [b':', ..] => !bytes[start..].get(..4).is_some_and(|head| head.eq_ignore_ascii_case(b"http")),
            [b'-', ..] => {
                // A link or an address may begin here; a long look-ahead is left to what remembers it.
                let run = bytes[end..]
                    .iter()
                    .take(32)
                    .take_while(|b| b.is_ascii_alphanumeric() || **b == b'-')
                    .count();
                run < 32 && ends_plainly(&bytes[end + run..])
            }
            [b'/' | b']' | b'[' | b'<' | b'>' | b'=' | b'&' | b'#' | b'|' | b'(' | b'~', ..] => true,
            // Dashes, quotes, `…`; not ’, which may join.
            [0xE2, 0x80, third, ..] => matches!(third, 0x90..=0xA6) && third != 0x99,
            // The commonest emoji.
            [0xF0, 0x9F, third, ..] => matches!(third, 0x8C..=0x99),
            _ => false,
        }
    }
}

/// Whether digits and then a letter begin a word.
fn leads_to_letter(word: &[u8]) -> bool {
    word.iter().find(|byte| !byte.is_ascii_digit()).is_some_and(u8::is_ascii_alphabetic)
}

const EACH: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x80 * EACH;

/// The eight bytes from `at` on; zeros after the end.
#[inline]
fn eight(bytes: &[u8], at: usize) -> u64 {
    let rest = bytes.get(at..).unwrap_or_default();
    if let Some(found) = rest.first_chunk() {
        return u64::from_le_bytes(*found);
    }
    match (bytes.last_chunk(), rest) {
        (_, []) => 0,
        (Some(last), _) => u64::from_le_bytes(*last) >> (64 - 8 * rest.len()),
        _ => few(rest),
    }
}

/// One byte to seven.
fn few(bytes: &[u8]) -> u64 {
    let last = bytes.len() - 1;
    if let (Some(first), Some(end)) = (bytes.first_chunk(), bytes.last_chunk()) {
        let [first, end] = [first, end].map(|four| u64::from(u32::from_le_bytes(*four)));
        return first | end << (8 * (last - 3));
    }
    // Of three bytes the second is the middle one; of two it is the last, of one the first.
    [0, last / 2 + last % 2, last].iter().fold(0, |number, &at| number | u64::from(bytes[at]) << (8 * at))
}

/// `bytes[start..end]`, 24 at most, eight by eight, zeros after the last.
#[inline]
#[cfg_attr(not(feature = "classify"), allow(dead_code, reason = "only classifiers keep words"))]
pub(crate) fn eights(bytes: &[u8], start: usize, end: usize) -> [u64; 3] {
    // What lies behind them is read as well: that is faster than to look where they end.
    let read = match bytes[start..].as_chunks::<8>().0 {
        [first, second, third, ..] => [first, second, third].map(|eight| u64::from_le_bytes(*eight)),
        _ => last_eights(bytes, start),
    };
    let own = |place: usize| read[place] & low_bytes((end - start).saturating_sub(8 * place));
    [own(0), own(1), own(2)]
}

/// The same where the text ends.
#[inline(never)]
fn last_eights(bytes: &[u8], start: usize) -> [u64; 3] {
    [eight(bytes, start), eight(bytes, start + 8), eight(bytes, start + 16)]
}

/// The highest bit of each byte from `first` to `last`, both ASCII.
#[inline]
fn between(eight: u64, first: u8, last: u8) -> u64 {
    let low = eight & !HIGH;
    let from = low + u64::from(0x80 - first) * EACH;
    let past = low + u64::from(0x7F - last) * EACH;
    from & !past & !eight & HIGH
}

/// The highest bit of each byte that is the same in both.
#[inline]
fn equal(left: u64, right: u64) -> u64 {
    let differs = left ^ right;
    !(((differs & !HIGH) + !HIGH) | differs) & HIGH
}

/// All bits of the first `count` bytes, at most eight.
#[inline]
const fn low_bytes(count: usize) -> u64 {
    if count >= 8 { u64::MAX } else { (1 << (8 * count)) - 1 }
}

/// Where a hash begins, and what each eight bytes are multiplied by: the digits of the golden ratio (Knuth 1973,
/// section 6.4) and a prime.
const SEED: u64 = 0x9E37_79B9_7F4A_7C15;
const FACTOR: u64 = 0xD6E8_FEB8_6659_FD93;

/// A hash with eight more bytes.
#[inline]
pub(crate) const fn mix(hash: u64, eight: u64) -> u64 {
    let hash = (hash ^ eight).wrapping_mul(FACTOR);
    hash ^ hash >> 32
}

/// The hash of a form by which tables know it: eight bytes at a time, the lowest first, zeros after the last. Never 0.
#[cfg_attr(not(feature = "classify"), allow(dead_code, reason = "only classifiers ask for hashes"))]
pub(crate) const fn form_hash(form: &str) -> u64 {
    let (bytes, mut hash, mut at) = (form.as_bytes(), SEED, 0);
    while at < bytes.len() {
        let (mut eight, mut place) = (0, 0);
        while place < 8 && at < bytes.len() {
            eight |= (bytes[at] as u64) << (8 * place);
            at += 1;
            place += 1;
        }
        hash = mix(hash, eight);
    }
    if hash == 0 { 1 } else { hash }
}

/// Whether a word before these bytes ends there and is part of nothing longer.
#[inline]
fn ends_plainly(bytes: &[u8]) -> bool {
    match bytes.first() {
        None | Some(b' ' | b'\n' | b'\r' | b'\t' | b',' | b'!' | b'?' | b';' | b')' | b'"') => true,
        Some(b'.') => {
            let dots = bytes.iter().take(4).take_while(|&&byte| byte == b'.').count();
            matches!(bytes.get(dots), None | Some(b' ' | b'\n' | b'\r' | b'\t'))
        }
        _ => false,
    }
}

/// Blanks, controls, and the invisible signs that stray out of mail. A sign that chooses how a picture looks is
/// kept: alone it is what remains of a picture that was taken out.
fn is_blank(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{AD}')
}

impl Tokens<'_> {
    /// The kind and the length (at least one character) of the token at the start of `rest`.
    fn read(&mut self, rest: &str, first: char) -> (TokenKind, usize) {
        if matches!(first, ',' | '.' | '!' | '?' | '"') {
            return sign_run(rest, first);
        }
        if matches!(first, '‐'..='‧') {
            // Dashes, quotes and `…`: nothing else begins with them.
            return sign_run(rest, first);
        }
        if let Some(length) = emoji::sequence(rest) {
            return (TokenKind::Emoji, length);
        }
        if first.is_ascii_alphanumeric() && self.at >= self.plain_until {
            if let Some(length) = url(rest) {
                return (TokenKind::Url, length);
            }
            if let Some(found) = self.address(rest) {
                return found;
            }
        }
        let worded = self.text[..self.at].chars().next_back().is_some_and(char::is_alphanumeric);
        if let Some(length) = emoticon(rest, worded) {
            return (TokenKind::Emoticon, length);
        }
        if let Some(found) = marked(rest, first, worded) {
            return found;
        }
        if let Some((_, length)) = entity(rest) {
            return (TokenKind::Symbol, length);
        }
        if first.is_ascii_digit() {
            return number_or_word(rest);
        }
        if is_word(first) {
            return (TokenKind::Word, word(rest));
        }
        sign_run(rest, first)
    }

    /// An e-mail address or a bare domain at the start of `rest`. The run of address characters is
    /// looked at once: when it holds neither, no later start inside it is tried.
    fn address(&mut self, rest: &str) -> Option<(TokenKind, usize)> {
        let run = rest.bytes().take_while(|&b| is_address(b)).count();
        if rest.as_bytes().get(run) == Some(&b'@') {
            let host = rest[run + 1..].bytes().take_while(|&b| is_host(b)).count();
            let host = rest[run + 1..run + 1 + host].trim_end_matches(['.', '-']);
            if host.contains('.') && !host.starts_with('.') {
                return Some((TokenKind::Email, run + 1 + host.len()));
            }
        }
        if let Some(length) = domain(&rest[..run]) {
            let path = if rest.as_bytes().get(length) == Some(&b'/') { link(&rest[length..]) } else { 0 };
            return Some((TokenKind::Url, length + path));
        }
        self.plain_until = self.at + run;
        None
    }
}

fn is_address(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'%' | b'+' | b'-')
}

fn is_host(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-')
}

/// Letters, digits and their marks. What chooses how a picture looks is a mark by its category, but of no word.
fn is_word(c: char) -> bool {
    c.is_alphanumeric() || !c.is_ascii() && is_combining_mark(c) && !matches!(c, '\u{FE00}'..='\u{FE0F}')
}

/// `https://...` or `www....` at the start of `rest`.
fn url(rest: &str) -> Option<usize> {
    let head = rest.as_bytes();
    let starts = |prefix: &str| {
        head.get(..prefix.len()).is_some_and(|found| found.eq_ignore_ascii_case(prefix.as_bytes()))
    };
    let prefix = ["https://", "http://", "www."].into_iter().find(|p| starts(p))?;
    let length = link(rest);
    (length > prefix.len()).then_some(length)
}

/// The length of a link: up to a blank or a quoting sign, without closing punctuation.
fn link(rest: &str) -> usize {
    let end = rest
        .find(|c: char| is_blank(c) || matches!(c, '<' | '>' | '"' | '“' | '”' | '«' | '»'))
        .unwrap_or(rest.len());
    rest[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '}', '\'', '’', '…', '*']).len()
}

/// A bare `name.tld` at the start of a run of address characters.
fn domain(run: &str) -> Option<usize> {
    let run = run.trim_end_matches(['.', '-', '_', '+', '%']);
    let (name, tld) = run.rsplit_once('.')?;
    let known = TLDS.iter().any(|known| tld.eq_ignore_ascii_case(known));
    let named = name.bytes().any(|b| b.is_ascii_alphabetic()) && name.bytes().all(is_host);
    (known && named && !name.contains("..")).then_some(run.len())
}

/// `@name` or `#tag` at the start of `rest`, outside of words.
fn marked(rest: &str, first: char, worded: bool) -> Option<(TokenKind, usize)> {
    let body = &rest[first.len_utf8()..];
    match first {
        '@' if !worded => {
            let name =
                body.bytes().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.')).count();
            let name = body[..name].trim_end_matches('.').len();
            (name > 0).then_some((TokenKind::Mention, 1 + name))
        }
        '#' | '＃' if !worded => {
            let end = body.find(|c| !(is_word(c) || c == '_')).unwrap_or(body.len());
            let lettered = body[..end].chars().any(char::is_alphabetic);
            lettered.then_some((TokenKind::Hashtag, first.len_utf8() + end))
        }
        _ => None,
    }
}

/// Digits with inner separators, or a word that begins with digits (`4th`, `3x`, `5G`).
fn number_or_word(rest: &str) -> (TokenKind, usize) {
    let bytes = rest.as_bytes();
    let mut end = 0;
    while let Some(&b) = bytes.get(end) {
        let separates = matches!(b, b'.' | b',' | b':' | b'/' | b'-')
            && end > 0
            && bytes[end - 1].is_ascii_digit()
            && bytes.get(end + 1).is_some_and(u8::is_ascii_digit);
        if !(b.is_ascii_digit() || separates) {
            break;
        }
        end += 1;
    }
    let plain = bytes[..end].iter().all(u8::is_ascii_digit);
    if plain && rest[end..].chars().next().is_some_and(|c| c.is_alphabetic() && !is_spaceless(c)) {
        return (TokenKind::Word, word(rest));
    }
    (TokenKind::Number, end)
}

/// The length of the word at the start of `rest`.
fn word(rest: &str) -> usize {
    let spaceless = rest.chars().next().is_some_and(is_spaceless);
    let (mut end, mut last) = (0, ' ');
    while let Some(c) = rest[end..].chars().next() {
        if is_word(c) {
            if is_spaceless(c) != spaceless && !is_combining_mark(c) {
                break;
            }
            end += c.len_utf8();
            last = c;
            continue;
        }
        let joined = if spaceless { None } else { joint(&rest[end..], c, last) };
        match joined {
            Some(length) => end += length,
            None => break,
        }
    }
    end
}

/// What may stand between two letters of one word: an apostrophe, `_`, a joiner of Persian or Hindi,
/// or the stars of a censored word. Gives its length when a letter follows. Joiners join no digit `last` before them.
fn joint(rest: &str, c: char, last: char) -> Option<usize> {
    let length = match c {
        '\'' | '’' | 'ʼ' | '_' => c.len_utf8(),
        '\u{200C}' | '\u{200D}' if !last.is_numeric() => c.len_utf8(),
        '*' => rest.bytes().take_while(|&b| b == b'*').count(),
        _ => return None,
    };
    rest[length..].chars().next().is_some_and(|n| n.is_alphabetic() && !is_spaceless(n)).then_some(length)
}

/// A run of `!`/`?`, or of one repeated sign.
fn sign_run(rest: &str, first: char) -> (TokenKind, usize) {
    let shouts = |c: char| matches!(c, '!' | '?' | '！' | '？' | '¡' | '¿');
    let same = |c: char| if shouts(first) { shouts(c) } else { c == first };
    let end = rest.find(|c| !same(c)).unwrap_or(rest.len());
    let punctuation = first.is_ascii_punctuation()
        && !matches!(first, '$' | '+' | '<' | '=' | '>' | '^' | '`' | '|' | '~')
        || shouts(first)
        || matches!(first as u32, 0x2010..=0x205E | 0x3001..=0x3003 | 0x3008..=0x3011 | 0xAB | 0xBB);
    (if punctuation { TokenKind::Punctuation } else { TokenKind::Symbol }, end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shapes(text: &str) -> Vec<(&'static str, &str)> {
        tokens(text).map(|t| (t.kind.name(), t.text)).collect()
    }

    /// In small letters it would begin with an emoticon.
    #[test]
    fn an_emoticon_ends_no_word_that_goes_on_behind_a_joiner() {
        for text in ["X_X\u{200C}S", "Xd\u{200D}a", "x_x\u{200C}s"] {
            let forms = |text: &str| tokens(text).map(|token| token.form()).collect::<Vec<_>>();
            assert_eq!(forms(&forms(text).concat()), [text.to_lowercase()]);
        }
        assert_eq!(shapes("x_x\u{200C} xD"), [("emoticon", "x_x"), ("emoticon", "xD")]);
    }

    #[test]
    fn kinds() {
        assert_eq!(
            shapes("Don’t mail ana.p@x.io, see https://acme.io/a?b=(c). Or acme.com/help!"),
            [
                ("word", "Don’t"),
                ("word", "mail"),
                ("email", "ana.p@x.io"),
                ("punctuation", ","),
                ("word", "see"),
                ("url", "https://acme.io/a?b=(c"),
                ("punctuation", ")"),
                ("punctuation", "."),
                ("word", "Or"),
                ("url", "acme.com/help"),
                ("punctuation", "!"),
            ]
        );
        assert_eq!(
            shapes("f**k 1,200.50€ 4th 10:30 :D :Dog &amp; 手机iPhone ??!! ..."),
            [
                ("word", "f**k"),
                ("number", "1,200.50"),
                ("symbol", "€"),
                ("word", "4th"),
                ("number", "10:30"),
                ("emoticon", ":D"),
                ("punctuation", ":"),
                ("word", "Dog"),
                ("symbol", "&amp;"),
                ("word", "手机"),
                ("word", "iPhone"),
                ("punctuation", "??!!"),
                ("punctuation", "..."),
            ]
        );
    }

    #[test]
    fn hashtags_split_at_capitals_and_digits() {
        let tag = tokens("#NoSignalAGAIN2day").next().expect("one token");
        let parts: Vec<&str> = tag.parts().iter().map(|p| p.text).collect();
        assert_eq!(parts, ["No", "Signal", "AGAIN", "2", "day"]);
        assert_eq!(tag.parts()[1].start, 3);
    }

    #[test]
    fn flags() {
        let of = |text: &'static str| tokens(text).next().expect("one token");
        assert!(of("soooo").elongated && !of("soo").elongated);
        assert!(of("HELP").caps && !of("Help").caps && !of("I").caps);
        assert!(of("ไทย").spaceless && !of("Thai").spaceless);
    }

    proptest! {
        #[test]
        fn eight_bytes_at_a_time_are_seen_as_letters_are_one_by_one(text in "([aAbB]{1,3}|[A-Z]{9}|[_1@`{]){0,12}") {
            prop_assert_eq!(shape(&text), (is_caps(&text), is_elongated(&text)));
            for token in tokens(&text) {
                let mut form = String::new();
                let hash = token.hash(&mut form);
                token.form_into(&mut form);
                prop_assert_eq!(hash, form_hash(&form));
            }
        }

        #[test]
        fn spans_are_in_order_and_nothing_visible_is_lost(text in "\\PC*") {
            let mut at = 0;
            for token in tokens(&text) {
                prop_assert!(token.start >= at && !token.text.is_empty());
                prop_assert!(text[at..token.start].chars().all(is_blank));
                prop_assert_eq!(&text[token.start..token.end()], token.text);
                at = token.end();
            }
            prop_assert!(text[at..].chars().all(is_blank));
        }

        /// What the short way finds is what the long way finds.
        #[test]
        fn plain_words_are_read_alike(text in "([a-zA-Z]{1,4}[xXdDoO0-9'’._*@:/!?,;)\" -]{0,3}|www\\.|http://|\\PC){0,12}") {
            for (start, _) in text.char_indices().filter(|(_, c)| c.is_ascii_alphanumeric()) {
                let mut short = Tokens { at: start, ..tokens(&text) };
                if let Some(plain) = short.plain_word(text.as_bytes()[start]) {
                    let mut long = Tokens { at: start, ..tokens(&text) };
                    let (kind, length) = long.read(&text[start..], text[start..].chars().next().unwrap_or(' '));
                    prop_assert_eq!(plain, Token::new(kind, &text[start..start + length], start));
                }
            }
        }

        /// What the short ways find, all of them together, is what the long way finds.
        #[test]
        fn short_ways_change_nothing(text in "([a-zA-Z]{1,4}|xd|[ '’._*@#:/!?,;)\"-]|[0-9]|aaa|\\PC){0,24}") {
            let mut long = tokens(&text);
            let mut found = Vec::new();
            while long.at < text.len() {
                found.extend(long.other());
            }
            prop_assert_eq!(tokens(&text).collect::<Vec<_>>(), found);
        }

        #[test]
        fn hashtags_are_cut_alike(text in "[a-zA-Z0-9_]{1,12}") {
            let tag = format!("#{text}");
            // A letter beyond ASCII at the end, which is not cut off, takes the other way.
            let parts = |tag: &str, kept: usize| {
                let mut parts = Vec::new();
                Token::new(TokenKind::Hashtag, tag, 0).each_part(|part| parts.push((part.start, part.end().min(kept))));
                parts
            };
            let end = tag.len();
            let last = text.chars().next_back().unwrap_or_default();
            let more = if last.is_ascii_uppercase() { "É" } else if last.is_ascii_lowercase() { "é" } else { "٣" };
            if last != '_' {
                prop_assert_eq!(parts(&tag, end), parts(&format!("{tag}{more}"), end));
            }
        }

        #[test]
        fn the_hash_is_that_of_the_form(text in "([a-zA-Z0-9'’.!?, #👍🏿:)]|[a-z]{3,12}|ooo|\\PC){0,20}") {
            let mut form = String::new();
            for found in hashed(&text) {
                prop_assert_eq!(found.hash(&mut form), form_hash(&found.token.form()));
            }
        }

        #[test]
        fn the_form_of_a_form_is_itself(text in "[a-zA-ZÀ-ÿ’'0-9#@ 👍🏿:)]{0,40}") {
            for token in tokens(&text).filter(|t| t.kind == TokenKind::Word) {
                let form = token.form();
                let again = Token::new(token.kind, &form, 0).form();
                prop_assert_eq!(&again, &form);
            }
        }

        #[test]
        fn parts_lie_within_their_hashtag(text in "[#＃][\\p{L}\\p{N}_]{1,30}") {
            for token in tokens(&text) {
                for part in token.parts() {
                    prop_assert!(part.start >= token.start && part.end() <= token.end());
                }
            }
        }
    }
}
