//! A number by which saved bytes are known again.
//!
//! FNV-1a (Fowler, Noll and Vo) over words of 8 bytes. It finds accidents, not attacks: a forged file can
//! have the right number. Cost: a nanosecond a word.

/// The checksum of `bytes`. Each step is a bijection of the sum for a given word, so any change inside one
/// word is found for certain.
pub(crate) fn checksum(bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks::<8>();
    let step = |sum: u64, word: u64| (sum ^ word).wrapping_mul(0x0000_0100_0000_01B3).rotate_left(23);
    let start = step(0xCBF2_9CE4_8422_2325, bytes.len() as u64);
    let sum = words.iter().fold(start, |sum, &word| step(sum, u64::from_le_bytes(word)));
    rest.iter().fold(sum, |sum, &byte| step(sum, u64::from(byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_and_the_length_count() {
        let bytes: Vec<u8> = (0..37).collect();
        for at in 0..bytes.len() {
            let mut other = bytes.clone();
            other[at] ^= 1;
            assert_ne!(checksum(&other), checksum(&bytes));
            assert_ne!(checksum(&bytes[..at]), checksum(&bytes));
        }
    }
}
