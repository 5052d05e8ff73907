//! Features that a word brings alone: itself and its class.
//!
//! Where there are few columns, what such a feature adds to the scores is a part of the row of its word, as long as it
//! comes once in the text. One that comes again, in a word that is written otherwise or in another word of its class,
//! counts with a damped number (1 + ln tf) for all of its words together; so each is marked when a text brings it first,
//! and those that come again are told at the end of the text. Where there are many columns, all are told.
//!
//! Cost: one look at 16 bytes a feature that is brought; as many of them as there are known features of single words.

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;

use super::score::Known;

/// Stands for a word without a known feature of its own.
pub(super) const NO_SINGLE: u32 = 0;

/// Such a feature, and how often which text has brought it.
#[derive(Debug, Clone, Copy)]
struct Single {
    column: u32,
    block: u32,
    text: u32,
    count: u32,
}

/// All that were met. They are numbered in the order they are met, so that those of common words lie close together.
#[derive(Debug, Clone)]
pub(super) struct Singles {
    numbers: HashMap<u32, u32, FxBuildHasher>,
    met: Vec<Single>,
    /// The number of the text.
    text: u32,
    /// Those of this text that are to be told.
    told: Vec<u32>,
    /// Those are told that come as often as this.
    often: u32,
}

impl Singles {
    /// Tells those that come `often` times or more.
    pub(super) fn new(often: u32) -> Self {
        let none = Single { column: 0, block: 0, text: 0, count: 0 };
        Self { numbers: HashMap::default(), met: vec![none], text: 0, told: Vec::new(), often }
    }

    /// The number of the feature of this block in this column.
    pub(super) fn number(&mut self, block: usize, column: u32) -> u32 {
        *self.numbers.entry(column).or_insert_with(|| {
            self.met.push(Single { column, block: block as u32, text: 0, count: 0 });
            self.met.len() as u32 - 1
        })
    }

    /// Begins a text.
    pub(super) fn clear(&mut self) {
        self.told.clear();
        self.text = self.text.wrapping_add(1);
        if self.text == 0 {
            self.met.iter_mut().for_each(|single| single.text = 0);
            self.text = 1;
        }
    }

    /// Takes up a feature of the text; whether it is the first time.
    #[inline]
    pub(super) fn is_first(&mut self, number: u32) -> bool {
        let single = &mut self.met[number as usize];
        let first = single.text != self.text;
        single.count = if first { 1 } else { single.count + 1 };
        single.text = self.text;
        if single.count == self.often && number != NO_SINGLE {
            self.told.push(number);
        }
        first
    }

    /// The features of this text that come so often, in the order they did.
    pub(super) fn told(&self) -> impl Iterator<Item = Known> + '_ {
        self.told.iter().map(|&number| {
            let Single { column, block, count, .. } = self.met[number as usize];
            Known { column, block, count }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_text_begins_anew() {
        let mut singles = Singles::new(2);
        let [a, b] = [singles.number(0, 70), singles.number(3, 9)];
        assert_eq!(singles.number(0, 70), a);
        for _ in 0..3 {
            singles.clear();
            assert!(
                singles.is_first(a) && singles.is_first(b) && !singles.is_first(a) && !singles.is_first(a)
            );
            assert!(singles.is_first(NO_SINGLE) && !singles.is_first(NO_SINGLE));
            assert_eq!(singles.told().collect::<Vec<_>>(), [Known { column: 70, block: 0, count: 3 }]);
        }
    }

    #[test]
    fn the_texts_are_counted_on_past_the_last_number() {
        let mut singles = Singles::new(1);
        let a = singles.number(0, 3);
        singles.text = u32::MAX - 1;
        for _ in 0..3 {
            singles.clear();
            assert!(singles.is_first(a));
            assert_eq!(singles.told().count(), 1);
        }
    }
}
