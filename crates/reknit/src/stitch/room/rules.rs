//! Three rules for rooms without a model.
//!
//! A line that names somebody answers that person's last line; else it goes on with what its author
//! said last or was last asked, or with the last line of whom the author named last, if that was
//! minutes ago; else it opens a thread, unless hardly anything else is going on in the room. On the
//! test logs of Kummerfeld et al. 2019 such rules alone beat that paper's linear model.

use super::scene::{NONE, Scene};

/// How old the last line of a person named may be, in minutes.
const NAMED: f32 = 60.0;
/// How old the author's own last line, or the last one that named the author, may be, in minutes.
const OWN: f32 = 15.0;
/// The room's last line is gone on with when at most so many people spoke within [`OWN`].
const FEW: u32 = 2;

/// The place `scene`'s line answers; none when it opens a thread.
pub(super) fn choose(scene: &Scene<'_>) -> Option<usize> {
    named(scene).or_else(|| own(scene)).or_else(|| going_on(scene))
}

fn within(scene: &Scene<'_>, place: u8, minutes: f32) -> Option<usize> {
    (place != NONE && scene.minutes(place as usize) <= minutes).then_some(place as usize)
}

fn named(scene: &Scene<'_>) -> Option<usize> {
    let mut people = scene.names.iter().filter(|&&name| name != NONE);
    people.find_map(|&name| within(scene, scene.people[name as usize].last, NAMED))
}

fn own(scene: &Scene<'_>) -> Option<usize> {
    if scene.author == NONE {
        return None;
    }
    let me = &scene.people[scene.author as usize];
    let latest = [me.last, me.last_named].into_iter().filter_map(|place| within(scene, place, OWN));
    latest.max()
}

fn going_on(scene: &Scene<'_>) -> Option<usize> {
    let recent = (0..scene.lines.len()).rev().filter(|&place| scene.seen[place].speaks);
    let mut last = None;
    let mut people = 0_u128;
    for place in recent.take_while(|&place| scene.minutes(place) <= OWN) {
        last = last.or(Some(place));
        let author = scene.seen[place].author;
        people |= if author == NONE { 0 } else { 1 << author };
    }
    last.filter(|_| people.count_ones() <= FEW)
}
