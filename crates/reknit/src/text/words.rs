//! What words mean, from others' texts: a vector for each piece of a word, and classes of like words.
//!
//! A few hundred training texts say nothing about words they do not hold. [`Words`] knows 27,000 word pieces
//! from a sentence encoder that has read a billion pairs of sentences; `reknit-models` holds them as bytes and
//! says how they are made. The vector of a text is the sum of its pieces' vectors, scaled to length 1; pieces
//! that are common everywhere are short. So it is linear in the pieces, and what each adds is exact.
//!
//! Words are cut into pieces as the encoder's own vocabulary does, longest piece first (`WordPiece`: Schuster
//! and Nakajima 2012; Devlin et al. 2019), without accents.
//!
//! Cost: nothing is built or copied to begin with; a piece costs one hash and a look at 128 bytes.

use reknit_models::WORDS;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Numbers of a vector.
pub(crate) const DIMENSIONS: usize = 128;
/// Bytes of the longest piece; longer ones are not in the table.
const LONGEST: usize = 24;
/// Bytes of a word that is looked at; longer ones are no words.
const LONGEST_WORD: usize = 100;
const MAGIC: &[u8] = b"RKWORDS1";
const HEAD: usize = 32;
const NONE: u16 = u16::MAX;

/// The shipped table, as slices of its bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Words {
    scales: &'static [u8],
    #[cfg_attr(
        not(any(feature = "classify", test)),
        allow(dead_code, reason = "only classifiers ask for classes")
    )]
    classes: &'static [u8],
    ends: &'static [u8],
    slots: &'static [u8],
    texts: &'static [u8],
    rows: &'static [u8],
    /// What a scale of 1 stands for.
    step: f32,
}

impl Words {
    /// The shipped table; an empty one if its bytes are not as they should be, which a test would say.
    pub(crate) fn shipped() -> Self {
        Self::read(WORDS).unwrap_or(Self {
            scales: &[],
            classes: &[],
            ends: &[],
            slots: &[],
            texts: &[],
            rows: &[],
            step: 0.0,
        })
    }

    fn read(bytes: &'static [u8]) -> Option<Self> {
        let (head, mut rest) = bytes.split_at_checked(HEAD)?;
        let number = |at: usize| head[at..].first_chunk().map(|bytes| u32::from_le_bytes(*bytes) as usize);
        let [pieces, dimensions, slots, texts] = [number(8)?, number(12)?, number(20)?, number(24)?];
        if !head.starts_with(MAGIC) || dimensions != DIMENSIONS || !slots.is_power_of_two() {
            return None;
        }
        let mut take = |length: usize| {
            let (part, after) = rest.split_at_checked(length)?;
            rest = after;
            Some(part)
        };
        Some(Self {
            scales: take(2 * pieces)?,
            classes: take(2 * pieces)?,
            ends: take(4 * pieces)?,
            slots: take(2 * slots)?,
            texts: take(texts)?,
            rows: take(pieces * DIMENSIONS)?,
            step: f32::from_le_bytes(*head[28..].first_chunk()?) / f32::from(u16::MAX),
        })
    }

    /// Adds the pieces of `form` to `pieces`; `form` is in lower case. Nothing for a word of which a part is
    /// not in the table.
    pub(crate) fn cut(&self, form: &str, pieces: &mut Vec<u16>) {
        if form.is_ascii() {
            self.cut_plain(form, pieces);
        } else {
            let plain: String = form.nfd().filter(|c| !is_combining_mark(*c)).collect();
            self.cut_plain(&plain, pieces);
        }
    }

    fn cut_plain(&self, form: &str, pieces: &mut Vec<u16>) {
        let sign = |c: char| !c.is_alphanumeric();
        for part in form.split_inclusive(sign) {
            let (word, mark) = match part.char_indices().next_back() {
                Some((at, c)) if sign(c) => part.split_at(at),
                _ => (part, ""),
            };
            self.cut_word(word.as_bytes(), pieces);
            if let Some(piece) = self.find(mark.as_bytes(), BEGIN) {
                pieces.push(piece);
            }
        }
    }

    fn cut_word(&self, word: &[u8], pieces: &mut Vec<u16>) {
        if word.is_empty() || word.len() > LONGEST_WORD {
            return;
        }
        let known = pieces.len();
        let mut at = 0;
        while at < word.len() {
            let Some((piece, length)) = self.longest(&word[at..], at > 0) else {
                pieces.truncate(known);
                return;
            };
            pieces.push(piece);
            at += length;
        }
    }

    /// The longest piece that `word` begins with, and its length.
    fn longest(&self, word: &[u8], inner: bool) -> Option<(u16, usize)> {
        let mut hashes = [0; LONGEST + 1];
        hashes[0] = if inner { INNER } else { BEGIN };
        let most = word.len().min(LONGEST);
        for (at, &byte) in word[..most].iter().enumerate() {
            hashes[at + 1] = step(hashes[at], byte);
        }
        (1..=most).rev().find_map(|length| {
            let piece = self.at(hashes[length], |text| {
                let text = if inner { text.strip_prefix(b"##") } else { Some(text) };
                text == Some(&word[..length])
            })?;
            Some((piece, length))
        })
    }

    fn find(&self, text: &[u8], start: u64) -> Option<u16> {
        if text.is_empty() {
            return None;
        }
        self.at(text.iter().fold(start, |hash, &byte| step(hash, byte)), |known| known == text)
    }

    /// The piece in the slots of `hash` whose text is right.
    fn at(&self, hash: u64, is_it: impl Fn(&[u8]) -> bool) -> Option<u16> {
        let mask = (self.slots.len() / 2).checked_sub(1)?;
        let mut slot = (hash ^ (hash >> 32)) as usize & mask;
        // The table has free slots, so the search ends; the bound keeps damaged bytes from hanging it.
        for _ in 0..=mask {
            let piece = number(self.slots, slot)?;
            if piece == NONE {
                return None;
            }
            if self.text(piece).is_some_and(&is_it) {
                return Some(piece);
            }
            slot = (slot + 1) & mask;
        }
        None
    }

    /// How many pieces there are; they are numbered from the commonest to the rarest, single signs first.
    #[cfg(feature = "mine")]
    pub(crate) fn len(&self) -> usize {
        self.scales.len() / 2
    }

    /// The piece as it is spelled; one that only stands within words begins with `##`.
    pub(crate) fn text(&self, piece: u16) -> Option<&[u8]> {
        let end = |at: usize| {
            self.ends.get(4 * at..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes) as usize)
        };
        let piece = usize::from(piece);
        let begin = if piece == 0 { 0 } else { end(piece - 1)? };
        self.texts.get(begin..end(piece)?)
    }

    /// The class of a whole word.
    #[cfg(any(feature = "classify", test))]
    pub(crate) fn class(&self, form: &str) -> Option<u16> {
        let piece = self.find(form.as_bytes(), BEGIN)?;
        number(self.classes, usize::from(piece)).filter(|&class| class != NONE)
    }

    /// Adds the vector of a piece.
    pub(crate) fn add(&self, piece: u16, sum: &mut [f32; DIMENSIONS]) {
        let at = usize::from(piece);
        let (Some(row), Some(scale)) =
            (self.rows.get(at * DIMENSIONS..(at + 1) * DIMENSIONS), number(self.scales, at))
        else {
            return;
        };
        let scale = f32::from(scale) * self.step;
        for (sum, &value) in sum.iter_mut().zip(row) {
            *sum += scale * f32::from(value as i8);
        }
    }
}

/// The sum of the vectors of pieces.
pub(crate) fn sum(words: &Words, pieces: &[u16]) -> [f32; DIMENSIONS] {
    let mut sum = [0.0; DIMENSIONS];
    for &piece in pieces {
        words.add(piece, &mut sum);
    }
    sum
}

/// Number `at` of a run of 16-bit numbers.
fn number(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(2 * at..)?.first_chunk().map(|bytes| u16::from_le_bytes(*bytes))
}

/// FNV-1a with 64 bits (Fowler, Noll and Vo 1991).
pub(crate) const BEGIN: u64 = 0xCBF2_9CE4_8422_2325;
/// After the two signs `##` of a piece within a word.
const INNER: u64 = step(step(BEGIN, b'#'), b'#');

/// One byte more.
pub(crate) const fn step(hash: u64, byte: u8) -> u64 {
    (hash ^ byte as u64).wrapping_mul(0x0100_0000_01B3)
}

/// The sum of the pieces' vectors, scaled to length 1, and the length it had; none for pieces that cancel out
/// or for no pieces.
pub(crate) fn vector(words: &Words, pieces: &[u16]) -> Option<([f32; DIMENSIONS], f32)> {
    let mut sum = sum(words, pieces);
    let length = sum.iter().map(|value| value * value).sum::<f32>().sqrt();
    if length <= 1e-9 {
        return None;
    }
    for value in &mut sum {
        *value /= length;
    }
    Some((sum, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(form: &str) -> Vec<String> {
        let words = Words::shipped();
        let mut found = Vec::new();
        words.cut(form, &mut found);
        let text = |&piece: &u16| words.text(piece).expect("it was found");
        found.iter().map(|piece| String::from_utf8_lossy(text(piece)).into_owned()).collect()
    }

    #[test]
    fn the_shipped_table_is_whole() {
        let words = Words::read(WORDS).expect("it is there");
        assert_eq!(words.rows.len() / DIMENSIONS, words.scales.len() / 2);
        let mut found = Vec::new();
        for piece in 0..(words.scales.len() / 2) as u16 {
            let text = std::str::from_utf8(words.text(piece).expect("it has a text")).expect("it is UTF-8");
            assert!(text.len() <= LONGEST, "{text}");
            // Signs are cut one by one, so the few pieces of several signs are never met.
            let signs = text.chars().count() > 1 && !text.chars().any(char::is_alphanumeric);
            if !text.starts_with("##") && !signs {
                found.clear();
                words.cut(text, &mut found);
                assert!(found.contains(&piece) || !text.is_ascii(), "{text}");
            }
        }
    }

    #[test]
    fn words_are_cut_longest_piece_first() {
        assert_eq!(pieces("refund"), ["ref", "##und"]);
        assert_eq!(pieces("account"), ["account"]);
        assert_eq!(pieces("don't"), ["don", "'", "t"]);
        assert_eq!(pieces("café"), ["cafe"]);
        assert_eq!(pieces("日本"), Vec::<String>::new());
    }

    #[test]
    fn like_words_lie_close() {
        let words = Words::shipped();
        let of = |form: &str| {
            let mut found = Vec::new();
            words.cut(form, &mut found);
            vector(&words, &found).expect("it is known").0
        };
        let near = |a: &str, b: &str| of(a).iter().zip(of(b)).map(|(a, b)| a * b).sum::<f32>();
        assert!(near("happy", "glad") > near("happy", "invoice") + 0.2);
        assert!(near("city", "town") > near("city", "angry") + 0.2);
        assert_eq!(words.class("monday"), words.class("tuesday"));
        assert_eq!(words.class("zzyzx"), None);
    }
}
