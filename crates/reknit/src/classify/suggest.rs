//! Which unlabelled texts teach most when a person labels them.
//!
//! A label teaches where the classifier wavers: where its best two labels are about equally probable (margin
//! sampling; Scheffer, Decomain and Wrobel 2001; Settles 2009, "Active Learning Literature Survey"). Texts that
//! say the same would be asked twice, so one that lies near a chosen text by the meaning of its words is passed
//! over.
//!
//! Cost: one classification a text, and a comparison of each text looked at with the chosen ones.

use super::Classifier;
use super::scope::{MeaningReader, nearness};

/// From this cosine on two texts say the same.
const SAME: f64 = 0.9;

impl Classifier {
    /// The places of at most `count` of the texts whose labels would teach most, most first. Which they are does
    /// not depend on the order of the texts, but for equal ones.
    ///
    /// ```
    /// # use reknit::classify::{Classifier, Config, Example};
    /// # use reknit::model::unwatched;
    /// # let train = [("refund", "I want my money back"), ("refund", "please refund the order"),
    /// #     ("login", "cannot log in to my account"), ("login", "the login page rejects my password")]
    /// #     .map(|(label, text)| Example::new(label, text));
    /// # let classifier = Classifier::fit(&Config::default(), &train, None, &mut unwatched)?;
    /// let texts = ["refund the order", "the money for my account", "the login page"];
    /// assert_eq!(classifier.suggest(&texts, 1), [1]);
    /// # Ok::<(), reknit::Error>(())
    /// ```
    pub fn suggest<T: AsRef<str> + Sync>(&self, texts: &[T], count: usize) -> Vec<usize> {
        let margins = self.classify_all(texts, 0).into_iter().map(|found| {
            found.probabilities[0].1 - found.probabilities.get(1).map_or(0.0, |second| second.1)
        });
        let mut order: Vec<(f64, usize)> = margins.zip(0..).collect();
        let text = |place: usize| texts[place].as_ref();
        order.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| text(a.1).cmp(text(b.1))).then(a.1.cmp(&b.1)));
        let mut reader = MeaningReader::new(&self.columns.tables);
        let (mut chosen, mut meanings) = (Vec::new(), Vec::new());
        for (_, place) in order {
            if chosen.len() == count {
                break;
            }
            let meaning = reader.read(text(place));
            if nearness(&meanings, &meaning) < SAME {
                meanings.extend(meaning);
                chosen.push(place);
            }
        }
        chosen
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Config, Example};
    use super::*;
    use crate::model::unwatched;

    #[test]
    fn wavering_texts_come_first_and_none_twice() {
        let train = [
            ("refund", "I want my money back"),
            ("refund", "please refund the order"),
            ("login", "cannot log in to my account"),
            ("login", "the login page rejects my password"),
        ]
        .map(|(label, text)| Example::new(label, text));
        let classifier =
            Classifier::fit(&Config::default(), &train, None, &mut unwatched).expect("two labels");
        let texts =
            ["refund the order", "the money for my account", "the money for my account!", "the login page"];
        let asked = classifier.suggest(&texts, 10);
        assert!(asked[0] == 1 || asked[0] == 2);
        assert!(!(asked.contains(&1) && asked.contains(&2)), "{asked:?}");
        assert_eq!(classifier.suggest(&texts, 0), Vec::<usize>::new());
    }
}
