//! Where findings overlap, one of them stays.
//!
//! The order: what a checksum or a fixed form proves; what a word before it names (`order #A-1038` is no
//! hashtag); dates, times, money, handles; phone numbers without a country code. Among equals the longer
//! one, then the kind listed first, then the earlier one. So the result does not depend on the order in
//! which the rules looked.
//!
//! Cost: `O(k log k)` in the findings.

use std::collections::BTreeMap;

use super::{Extracted, Kind, Reason};

/// The findings that stay, in order of place.
pub(super) fn settle(mut found: Vec<Extracted>) -> Vec<Extracted> {
    found.sort_by_key(|f| (f.start, f.end, f.kind));
    found.dedup();
    if found.windows(2).all(|pair| pair[0].end <= pair[1].start) {
        return found;
    }
    let mut order: Vec<usize> = (0..found.len()).collect();
    order.sort_by_key(|&at| {
        let f = &found[at];
        (rank(f), usize::MAX - (f.end - f.start), f.kind, f.start)
    });
    let mut taken: BTreeMap<usize, usize> = BTreeMap::new();
    let mut stays = vec![false; found.len()];
    for at in order {
        let f = &found[at];
        let before = taken.range(..f.end).next_back();
        if before.is_none_or(|(_, &end)| end <= f.start) {
            taken.insert(f.start, f.end);
            stays[at] = true;
        }
    }
    let mut stays = stays.into_iter();
    found.retain(|_| stays.next().unwrap_or(false));
    found
}

/// What goes first.
fn rank(found: &Extracted) -> u8 {
    match (found.kind, found.reason) {
        (Kind::Handle | Kind::Hashtag, _) | (_, Reason::Grammar) => 2,
        (_, Reason::Checksum | Reason::Form) => 0,
        (_, Reason::Cue) => 1,
        (_, Reason::Plan) => 3,
    }
}
