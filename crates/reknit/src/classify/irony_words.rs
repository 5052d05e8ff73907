//! What was learnt of the words of ironic messages: a weight a word and a pair of words that follow each other.
//!
//! Signs of a shape ([`irony`](super::irony)) miss most irony, because it is said in ever new ways ("so glad I paid for
//! next day"). Beside them stands a logistic model of words and pairs, learnt by `build_irony.py` from messages that were
//! written for it, with comments, tweets and questions of licence-clean sets as what is not ironic
//! (`docs/models/irony.md`). A text's log odds are a bias and the weights of its words and pairs, divided by the square
//! root of how many there are, so that a long text is not more ironic for its length. Links and people are passed over.
//!
//! The file: `RKIRON01`, how many entries (u32), bits of odds a step of weight and bits of bias (f32), then five bytes of
//! a hash and a weight (i8) each, hashes ascending; all little-endian.
//!
//! Cost: `O(n)`, two look-ups a word in 256 KiB.

use super::sentiment::Piece;
use crate::model::Weight;
use crate::text::token::{TokenKind, mix};

const MAGIC: &[u8] = b"RKIRON01";
/// Bytes an entry.
const ENTRY: usize = 6;
/// Slots of the table, of which no more than half are taken. Their number and the bits of a tag are the 40 of a hash.
const SLOT_BITS: u32 = 16;
const TAG_BITS: u32 = 24;
const MOST: usize = 1 << (SLOT_BITS - 1);

/// The weights.
#[derive(Debug, Clone)]
pub(super) struct IronyWords {
    /// A tag above a weight in its lowest byte, by the lowest bits of the hash or after them; 0: none.
    slots: Vec<u32>,
    step: f64,
    bias: f64,
}

/// A word or a pair and what it adds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Ironic {
    /// First byte.
    pub(super) start: usize,
    /// Byte after the last.
    pub(super) end: usize,
    /// Bits of odds.
    pub(super) bits: f64,
}

impl IronyWords {
    /// Reads what was shipped; `None` for bytes of another shape.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let rest = bytes.strip_prefix(MAGIC)?;
        let (count, rest) = rest.split_first_chunk()?;
        let (step, rest) = rest.split_first_chunk()?;
        let (bias, entries) = rest.split_first_chunk()?;
        let count = u32::from_le_bytes(*count) as usize;
        let (step, bias) = (f32::from_le_bytes(*step), f32::from_le_bytes(*bias));
        let sound = step.is_finite() && bias.is_finite() && count <= MOST;
        if !sound || entries.len() != count * ENTRY {
            return None;
        }
        let slots = vec![0; 1 << SLOT_BITS];
        let mut found = Self { slots, step: f64::from(step), bias: f64::from(bias) };
        for entry in entries.chunks_exact(ENTRY) {
            let hash = entry[..ENTRY - 1].iter().rev().fold(0, |hash, byte| hash << 8 | u64::from(*byte));
            found.lay(hash, entry[ENTRY - 1]);
        }
        Some(found)
    }

    /// What knows of no irony.
    pub(super) fn empty() -> Self {
        Self { slots: vec![0], step: 0.0, bias: f64::NEG_INFINITY }
    }

    fn lay(&mut self, hash: u64, weight: u8) {
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        while self.slots[at] != 0 {
            at = (at + 1) & mask;
        }
        self.slots[at] = tag(hash) << 8 | u32::from(weight);
    }

    /// The weight of a hash, in steps.
    #[inline]
    fn weight(&self, hash: u64) -> i32 {
        let (mask, tag) = (self.slots.len() - 1, tag(hash));
        let mut at = hash as usize & mask;
        loop {
            let slot = self.slots[at];
            if slot >> 8 == tag {
                return i32::from(slot as u8 as i8);
            }
            if slot == 0 {
                return 0;
            }
            at = (at + 1) & mask;
        }
    }

    /// How likely a text of these pieces, no phrases joined yet, is ironic: 0 to 1, moved so that 0.5 is where it is
    /// taken to be. 0 without a word.
    pub(super) fn probability(&self, pieces: &[Piece]) -> f64 {
        let (mut sum, mut count) = (0, 0_u64);
        each(pieces, |hash, _, _| {
            sum += i64::from(self.weight(hash));
            count += 1;
        });
        if count == 0 {
            return 0.0;
        }
        Weight(self.bias + self.step * sum as f64 / (count as f64).sqrt()).probability()
    }

    /// The words and pairs of the pieces that speak most for irony, at most `most` and none that lies within another,
    /// the strongest first.
    pub(super) fn strongest(&self, pieces: &[Piece], most: usize) -> Vec<Ironic> {
        let mut count = 0_u64;
        each(pieces, |_, _, _| count += 1);
        let step = self.step / (count as f64).sqrt();
        let mut found = Vec::new();
        each(pieces, |hash, start, end| {
            let bits = step * f64::from(self.weight(hash));
            if bits >= LEAST {
                found.push(Ironic { start, end, bits });
            }
        });
        found.sort_by(|a, b| b.bits.total_cmp(&a.bits).then((a.start, a.end).cmp(&(b.start, b.end))));
        let mut kept: Vec<Ironic> = Vec::new();
        for one in found {
            if kept.len() < most && kept.iter().all(|other| one.end <= other.start || other.end <= one.start)
            {
                kept.push(one);
            }
        }
        kept
    }
}

/// Bits from which on a word or a pair is told of.
const LEAST: f64 = 0.5;

/// What models of irony see of pieces: the hash of each word and of each pair, and from where to where it stands.
pub(super) fn each(pieces: &[Piece], mut tell: impl FnMut(u64, usize, usize)) {
    let mut before: Option<(u64, usize)> = None;
    for piece in pieces {
        if matches!(piece.kind, TokenKind::Url | TokenKind::Mention | TokenKind::Email) {
            continue;
        }
        let hash = piece.learnt_hash();
        tell(hash, piece.start, piece.end);
        if let Some((first, start)) = before {
            tell(pair(first, hash), start, piece.end);
        }
        before = Some((hash, piece.start));
    }
}

/// The hash of two words that follow each other.
#[inline]
fn pair(first: u64, second: u64) -> u64 {
    mix(first.rotate_left(29), second)
}

/// What tells hashes of one slot apart; never 0.
#[inline]
fn tag(hash: u64) -> u32 {
    ((hash >> SLOT_BITS) as u32 & ((1 << TAG_BITS) - 1)).max(1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use reknit_models::IRONY;

    use super::super::Sentiment;
    use super::super::invented::right;
    use super::*;

    #[test]
    fn shipped_bytes_are_read_whole() {
        let learnt = IronyWords::read(IRONY).expect("shipped bytes");
        let entries = (IRONY.len() - MAGIC.len() - 12) / ENTRY;
        assert_eq!(learnt.slots.iter().filter(|slot| **slot != 0).count(), entries);
        assert!((-10.0..0.0).contains(&learnt.bias) && learnt.step > 0.0);
    }

    /// The shares of invented lines told for what they are, ironic and honest; none of these was learnt from.
    #[test]
    fn invented_lines_are_read_as_labelled() {
        let (lines, reader) =
            (include_str!("../../../../tests/cases/irony_unseen.tsv"), Sentiment::builtin());
        let read = |text: &str| if reader.decide(text).sarcasm > 0.5 { "yes" } else { "no" };
        let of = |label: &str| {
            let lines: Vec<&str> = lines.lines().filter(|line| line.starts_with(label)).collect();
            right(&lines.join("\n"), |_| true, read)
        };
        // Figures seen (`docs/models/irony.md`), a little lowered.
        assert!(of("yes") >= 0.35 && of("no") >= 0.96, "{} {}", of("yes"), of("no"));
    }

    #[test]
    fn its_words_are_told_where_they_stand() {
        let text = "Oh good, another survey about a call you never answered. Exactly what I wanted for my lunch break.";
        let found = Sentiment::builtin().classify(text);
        let words = found.sarcasm.cues.iter().filter(|cue| cue.name == "ironic_words");
        let told: Vec<&str> = words.map(|cue| &text[cue.start..cue.end]).collect();
        assert!(found.sarcasm.probability > 0.5 && !told.is_empty(), "{found:?}");
    }

    proptest! {
        #[test]
        fn damaged_bytes_are_refused_or_harmless(cut in 0..IRONY.len(), at in 0..IRONY.len(), flip in 1..=255_u8) {
            prop_assert!(IronyWords::read(&IRONY[..cut]).is_none());
            let mut bytes = IRONY.to_vec();
            bytes[at] ^= flip;
            if let Some(learnt) = IronyWords::read(&bytes) {
                prop_assert!(learnt.weight(0) <= 127 && learnt.weight(u64::MAX) <= 127);
            }
        }
    }
}
