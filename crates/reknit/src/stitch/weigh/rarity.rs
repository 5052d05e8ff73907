//! How rare a word is, in bits: log2 of how many messages there are to one that holds it.
//!
//! The table is fixed, so the worth of a shared word never depends on which messages came in before.
//! A word that is not in it is as rare as the rarest and one bit more. Cost: one hash and a binary
//! search a word.

use super::rarity_table::{COMMON, RAREST};

/// The key of a word: FNV-1a of 32 bits (Fowler, Noll and Vo), the same in every build.
pub(crate) fn key(word: &str) -> u32 {
    word.bytes().fold(0x811c_9dc5, |hash: u32, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// The rarity of the word with this key, in bits.
pub(crate) fn bits(key: u32) -> f64 {
    let found = COMMON.binary_search_by_key(&key, |row| row.0).map_or(RAREST, |place| COMMON[place].1);
    f64::from(found) / 4.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_words_are_worth_less() {
        assert!(COMMON.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert!(bits(key("the")) < bits(key("install")));
        assert!(bits(key("install")) < bits(key("parsnip")));
    }
}
