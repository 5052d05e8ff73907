//! Cuts a text into words, numbers and signs, each with its bytes and its meanings.
//!
//! The tokeniser of [`text::token`](crate::text::token) keeps `10:30` and `don't` whole, as a reader of
//! words wants it. A grammar of dates wants the pieces: digits, letters and each sign by itself, and
//! whether a blank stood before. Tokens are made a block at a time and the old ones dropped, so that
//! a text of any length takes the same memory.
//!
//! Cost: linear in the bytes; one look-up in the table of words for each word.

use super::words::{Entry, MAX_WORD, Words};

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// A run of letters.
    Word,
    /// A run of ASCII digits.
    Number,
    /// One other character.
    Sign(char),
    /// One or more line breaks.
    Break,
    /// What is found beyond the ends of the text.
    End,
}

/// How the letters of a word are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Case {
    Lower,
    /// One capital, at the start.
    Title,
    /// Two letters or more, all capitals.
    Upper,
    Mixed,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) shape: Shape,
    /// No blank before it.
    pub(super) glued: bool,
    pub(super) case: Case,
    /// Count of digits, of a number.
    pub(super) digits: u8,
    /// The number; `u32::MAX` for one of ten digits or more.
    pub(super) value: u32,
    /// Its place in the table of words.
    word: u16,
}

impl Token {
    pub(super) fn is_end(self) -> bool {
        matches!(self.shape, Shape::End | Shape::Break)
    }

    /// Digits without a blank before them.
    pub(super) fn glued_number(self) -> bool {
        self.glued && self.shape == Shape::Number
    }

    /// A letter or digit without a blank before it.
    pub(super) fn continues(self) -> bool {
        self.glued && matches!(self.shape, Shape::Number | Shape::Word)
    }
}

const END: Token = Token {
    start: usize::MAX,
    end: usize::MAX,
    shape: Shape::End,
    glued: false,
    case: Case::Lower,
    digits: 0,
    value: u32::MAX,
    word: 0,
};

/// No rule looks further ahead than this many tokens.
pub(super) const AHEAD: usize = 64;
/// No rule looks further back than this many tokens.
const BEHIND: usize = 16;
/// Tokens made at a time.
const BLOCK: usize = 2048;

/// The tokens around one place of a text.
pub(super) struct Lexed<'a> {
    pub(super) text: &'a str,
    words: &'a Words,
    tokens: Vec<Token>,
    /// The first byte that is not yet a token.
    next: usize,
    glued: bool,
}

impl<'a> Lexed<'a> {
    pub(super) fn new(text: &'a str, words: &'a Words) -> Self {
        Self { text, words, tokens: Vec::new(), next: 0, glued: false }
    }

    /// Makes sure that all tokens that a rule at `at` may look at are there, drops those that none
    /// looks at any more, and gives the new place of `at`.
    pub(super) fn fill(&mut self, mut at: usize) -> usize {
        if self.tokens.len() >= at + AHEAD || self.next >= self.text.len() {
            return at;
        }
        if at > BEHIND {
            self.tokens.drain(..at - BEHIND);
            at = BEHIND;
        }
        while self.tokens.len() < at + BLOCK && self.next < self.text.len() {
            self.step();
        }
        at
    }

    /// The first token, from `at` on, that begins at or behind byte `start`.
    pub(super) fn skip_to(&mut self, mut at: usize, start: usize) -> usize {
        loop {
            while at < self.tokens.len() {
                if self.tokens[at].start >= start {
                    return at;
                }
                at += 1;
            }
            if self.next >= self.text.len() {
                return at;
            }
            if self.next < start {
                self.next = start;
                self.glued = true;
            }
            at = self.fill(at);
        }
    }

    pub(super) fn token(&self, at: usize) -> Token {
        self.tokens.get(at).copied().unwrap_or(END)
    }

    /// The token before `at`.
    pub(super) fn before(&self, at: usize) -> Token {
        at.checked_sub(1).map_or(END, |at| self.token(at))
    }

    pub(super) fn entry(&self, at: usize) -> &'a Entry {
        self.words.entry(self.token(at).word)
    }

    /// The meanings of the word `back` tokens before `at`.
    pub(super) fn entry_before(&self, at: usize, back: usize) -> &'a Entry {
        self.words.entry(at.checked_sub(back).map_or(0, |at| self.token(at).word))
    }

    /// Whether the token is a word with one of these roles.
    pub(super) fn is(&self, at: usize, roles: u64) -> bool {
        self.entry(at).is(roles)
    }

    pub(super) fn sign(&self, at: usize) -> Option<char> {
        match self.token(at).shape {
            Shape::Sign(sign) => Some(sign),
            _ => None,
        }
    }

    /// Whether the token is this sign without a blank before it.
    pub(super) fn glued_sign(&self, at: usize, sign: char) -> bool {
        self.token(at).glued && self.sign(at) == Some(sign)
    }

    /// The number at `at`, of at most `digits` digits, without a blank before it.
    pub(super) fn glued_number(&self, at: usize, digits: u8) -> Option<Token> {
        let token = self.token(at);
        (token.glued && token.shape == Shape::Number && token.digits <= digits).then_some(token)
    }

    /// Whether the token is this word of the table, as folded.
    pub(super) fn is_word(&self, at: usize, word: &str) -> bool {
        let token = self.token(at);
        // Most words differ in their first letter; only one with an accent needs the table.
        let first = self.text.as_bytes().get(token.start).copied().unwrap_or(0);
        if token.word == 0 || first.is_ascii() && word.as_bytes()[0] != first.to_ascii_lowercase() {
            return false;
        }
        let place = self.words.place(word);
        place != 0 && self.token(at).word == place
    }

    pub(super) fn done(&self, at: usize) -> bool {
        at >= self.tokens.len() && self.next >= self.text.len()
    }

    fn step(&mut self) {
        let bytes = self.text.as_bytes();
        let start = self.next;
        let Some(&first) = bytes.get(start) else { return };
        match first {
            b' ' | b'\t' => {
                self.next += 1;
                self.glued = false;
            }
            b'\n' | b'\r' => self.line_break(),
            b'0'..=b'9' => self.number(),
            b'a'..=b'z' | b'A'..=b'Z' => self.word(),
            _ => self.other(),
        }
    }

    fn push(&mut self, end: usize, shape: Shape) -> &mut Token {
        let token = Token { start: self.next, end, shape, glued: self.glued, ..END };
        self.next = end;
        self.glued = true;
        self.tokens.push(token);
        let last = self.tokens.len() - 1;
        &mut self.tokens[last]
    }

    fn line_break(&mut self) {
        let bytes = self.text.as_bytes();
        let blank = |b: &&u8| matches!(**b, b'\n' | b'\r' | b' ' | b'\t');
        let end = self.next + bytes[self.next..].iter().take_while(blank).count();
        self.push(end, Shape::Break);
        self.glued = false;
    }

    fn number(&mut self) {
        let bytes = &self.text.as_bytes()[self.next..];
        let count = bytes.iter().take_while(|b| b.is_ascii_digit()).count();
        let value = if count < 10 {
            bytes[..count].iter().fold(0, |value, b| value * 10 + u32::from(b - b'0'))
        } else {
            u32::MAX
        };
        let token = self.push(self.next + count, Shape::Number);
        token.digits = count.min(255) as u8;
        token.value = value;
    }

    fn word(&mut self) {
        let rest = &self.text[self.next..];
        let ascii = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        let plain = rest.as_bytes().get(ascii).is_none_or(u8::is_ascii);
        let mut key = Key::default();
        let end = if plain {
            if ascii <= MAX_WORD {
                key.push_ascii(&rest.as_bytes()[..ascii]);
            }
            ascii
        } else {
            let end = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
            rest[..end].chars().for_each(|c| key.push(c));
            end
        };
        let (case, word) = match key.text().map(|key| self.words.place(key)) {
            // Only words that mean something are looked at closer.
            Some(0) | None => (quick_case(&rest[..end]), 0),
            Some(word) => (case(&rest[..end]), word),
        };
        let token = self.push(self.next + end, Shape::Word);
        (token.case, token.word) = (case, word);
    }

    fn other(&mut self) {
        let Some(c) = self.text[self.next..].chars().next() else { return };
        if c.is_alphabetic() {
            return self.word();
        }
        let end = self.next + c.len_utf8();
        if c.is_whitespace() {
            self.next = end;
            self.glued = false;
        } else {
            self.push(end, Shape::Sign(c));
        }
    }
}

/// A word folded on the stack.
#[derive(Default)]
struct Key {
    bytes: [u8; MAX_WORD],
    len: usize,
    /// Too long, or in letters that no word of the table has.
    lost: bool,
}

impl Key {
    fn push_ascii(&mut self, word: &[u8]) {
        for (place, b) in self.bytes.iter_mut().zip(word) {
            *place = b.to_ascii_lowercase();
        }
        self.len = word.len();
    }

    fn push(&mut self, c: char) {
        let folded = match c {
            'a'..='z' | 'A'..='Z' => c.to_ascii_lowercase() as u8,
            'à'..='å' | 'À'..='Å' | 'ª' => b'a',
            'è'..='ë' | 'È'..='Ë' => b'e',
            'ì'..='ï' | 'Ì'..='Ï' => b'i',
            'ò'..='ö' | 'Ò'..='Ö' | 'º' => b'o',
            'ù'..='ü' | 'Ù'..='Ü' => b'u',
            'ç' | 'Ç' => b'c',
            'ñ' | 'Ñ' => b'n',
            'ß' => {
                self.push('s');
                b's'
            }
            'ł' | 'Ł' => b'l',
            _ => 0,
        };
        match self.bytes.get_mut(self.len) {
            Some(place) if folded != 0 => {
                *place = folded;
                self.len += 1;
            }
            _ => self.lost = true,
        }
    }

    fn text(&self) -> Option<&str> {
        if self.lost || self.len == 0 {
            return None;
        }
        std::str::from_utf8(&self.bytes[..self.len]).ok()
    }
}

fn quick_case(word: &str) -> Case {
    if word.as_bytes().first().is_some_and(u8::is_ascii_lowercase) { Case::Lower } else { case(word) }
}

fn case(word: &str) -> Case {
    let mut chars = word.chars();
    let first = chars.next().is_some_and(char::is_uppercase);
    let rest = chars.as_str();
    let upper = rest.chars().filter(|c| c.is_uppercase()).count();
    match (first, upper) {
        (false, 0) => Case::Lower,
        (true, 0) => Case::Title,
        (true, n) if n == rest.chars().count() => Case::Upper,
        _ => Case::Mixed,
    }
}
