//! Three rules for rooms without a model.
//!
//! A line that names somebody answers that person's last line. Else it goes on with what its author
//! said last or was last asked, or with the last line of whom the author named last, whichever is the
//! latest, if that was minutes ago. Else it opens a thread, unless hardly anybody else talks and
//! people here do not name whom they answer. On the test logs of Kummerfeld et al. 2019 such rules
//! alone beat that paper's linear model.

use super::scene::{NONE, Scene};

/// How old the last line of a person named may be, in minutes.
const NAMED: f32 = 60.0;
/// How old the author's own last line, or the last one that named the author, may be, in minutes.
const OWN: f32 = 15.0;
/// Lines that speak, looked back at for what is going on.
const RECENT: usize = 24;
/// The room's last line is gone on with when at most so many people spoke in these lines.
const FEW: u32 = 6;
/// And when at most this share of the lines names somebody.
const NAMING: f32 = 0.09;

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
    let me = scene.people.get(scene.author as usize)?;
    let naming = scene.seen.iter().rev().find(|seen| seen.author == scene.author && seen.names[0] != NONE);
    let partner = naming.map_or(NONE, |seen| scene.people[seen.names[0] as usize].last);
    [me.last, me.last_named, partner].into_iter().filter_map(|place| within(scene, place, OWN)).max()
}

fn going_on(scene: &Scene<'_>) -> Option<usize> {
    let spoken = (0..scene.lines.len()).rev().filter(|&place| scene.seen[place].speaks);
    let recent: Vec<usize> =
        spoken.take(RECENT).take_while(|&place| within(scene, place as u8, OWN).is_some()).collect();
    let authors = recent.iter().map(|&place| scene.seen[place].author).filter(|&author| author != NONE);
    let people = authors.fold(0_u128, |people, author| people | 1 << author).count_ones();
    let naming = scene.seen.iter().filter(|seen| seen.speaks && seen.names[0] != NONE).count();
    let few = people <= FEW && naming as f32 <= NAMING * (f32::from(scene.spoken) + 1.0);
    recent.first().copied().filter(|_| few)
}
