//! Nicknames: which given names one person may go by.
//!
//! A class lists the forms of one name, in several languages where people carry them over a border
//! (`robert rob bob`, `william bill guillermo`). A form may stand in several classes: `alex` is
//! Alexander or Alexandra, and both keep their own. Two names may be one person's if they share a
//! class; the relation is therefore not transitive, and `alexander` is not `alexandra`.
//!
//! The table is written by us from general knowledge of these languages. Cost: one hash look-up; the
//! index is built from the table at the first one.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

/// The classes of a folded given name, ascending; empty for a name the table does not know.
///
/// ```
/// use reknit::text::nickname::classes;
/// assert_eq!(classes("bob"), classes("robert"));
/// assert!(classes("xyzzy").is_empty());
/// ```
pub fn classes(name: &str) -> &'static [u16] {
    INDEX.of(name)
}

/// The first class of a folded given name: a cheap key that brings most forms of a name together.
pub fn class(name: &str) -> Option<u16> {
    classes(name).first().copied()
}

/// Whether two folded given names may be one person's: equal, or forms of one name.
///
/// ```
/// use reknit::text::nickname::same;
/// assert!(same("liz", "elizabeth") && same("alex", "alexandra"));
/// assert!(!same("alexander", "alexandra"));
/// ```
pub fn same(a: &str, b: &str) -> bool {
    a == b || classes(a).iter().any(|class| classes(b).contains(class))
}

/// Names to their classes, which lie one after the other in `classes`.
struct Index {
    ranges: FxHashMap<&'static str, (u32, u32)>,
    classes: Vec<u16>,
}

static INDEX: LazyLock<Index> = LazyLock::new(|| Index::of_classes(CLASSES));

impl Index {
    fn of_classes(table: &[&'static str]) -> Self {
        let mut pairs: Vec<(&'static str, u16)> = Vec::with_capacity(8 * table.len());
        for (class, names) in (0u16..).zip(table) {
            pairs.extend(names.split(' ').map(|name| (name, class)));
        }
        pairs.sort_unstable();
        pairs.dedup();
        let mut index = Self { ranges: FxHashMap::default(), classes: Vec::with_capacity(pairs.len()) };
        for chunk in pairs.chunk_by(|a, b| a.0 == b.0) {
            let start = index.classes.len() as u32;
            index.classes.extend(chunk.iter().map(|pair| pair.1));
            index.ranges.insert(chunk[0].0, (start, index.classes.len() as u32));
        }
        index
    }

    fn of(&self, name: &str) -> &[u16] {
        self.ranges.get(name).map_or(&[], |&(start, end)| &self.classes[start as usize..end as usize])
    }
}

/// One name a line, its forms folded and split by single blanks, the full form first.
const CLASSES: &[&str] = &[
    "robert rob robbie bob bobby bobbie bert roberto rupert",
    "william will bill billy willie liam wilhelm guillermo",
    "elizabeth liz lizzie beth betty eliza lisa elisabeth",
    "alexander alex sandy xander sascha alejandro",
    "alexandra alex sandra sandy sasha",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::fold::fold;

    #[test]
    fn the_table_is_folded_and_each_class_names_a_form_once() {
        for class in CLASSES {
            assert_eq!(&fold(class), class);
            let mut names: Vec<&str> = class.split(' ').collect();
            let count = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!((names.len(), count > 1), (count, true), "{class}");
        }
    }

    #[test]
    fn sharing_a_class_is_symmetric() {
        for (a, b) in [("bob", "robert"), ("bill", "will"), ("sandy", "alexander"), ("bob", "bill")] {
            assert_eq!(same(a, b), same(b, a));
        }
        assert!(!same("bob", "bill"));
    }
}
