//! What the ranker sees: numbers about the new line, about an earlier line, and about the two.
//!
//! All features lie in the past of the new line. A row is made for each earlier line worth looking
//! at and one for the line itself, which stands for opening a thread. The ideas are those of
//! Elsner and Charniak (2008) and Kummerfeld et al. (2019): who is named, who spoke last, how far
//! back, which words recur; with the threads so far beside them.

use super::line::{DIMENSIONS, Naming, add, alike, turn};
use super::scene::{NONE, Scene, Seen};

/// What a feature tells of, for receipts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Group {
    /// Who is named, and who named whom.
    Addressee,
    /// Who spoke when.
    Turns,
    /// How far back.
    Distance,
    /// Which words recur.
    Words,
    /// What kind of line it is.
    Kind,
    /// The thread so far.
    Thread,
    /// How the room goes on.
    Room,
}

impl Group {
    /// How many groups there are.
    pub(super) const COUNT: usize = 7;
    /// All groups, each at the place of its number.
    pub(super) const ALL: [Self; Self::COUNT] = [Addressee, Turns, Distance, Words, Kind, Thread, Room];

    /// Its name in receipts.
    pub(super) fn name(self) -> &'static str {
        match self {
            Addressee => "addressee",
            Turns => "turns",
            Distance => "distance",
            Words => "words",
            Kind => "kind",
            Thread => "thread",
            Room => "room",
        }
    }
}

use Group::{Addressee, Distance, Kind, Room, Thread, Turns, Words};

/// The features in the order of a row.
pub(super) const FEATURES: [(&str, Group); COUNT] = [
    // The new line.
    ("opens", Kind),
    ("action", Kind),
    ("length", Kind),
    ("question", Kind),
    ("asks", Kind),
    ("greets", Kind),
    ("thanks", Kind),
    ("reacts", Kind),
    ("goes_on", Kind),
    ("self", Kind),
    ("you", Kind),
    ("points", Kind),
    ("link", Kind),
    ("everybody", Kind),
    ("mends", Kind),
    ("trails", Kind),
    ("names", Addressee),
    ("naming", Addressee),
    ("names_unknown", Addressee),
    ("name_rarity", Addressee),
    ("named_last", Addressee),
    ("named_last_minutes", Addressee),
    ("own_last", Turns),
    ("own_last_minutes", Turns),
    ("own_lines", Turns),
    ("own_last_names", Turns),
    ("own_last_opens", Turns),
    ("own_last_question", Turns),
    ("own_last_answers", Turns),
    ("own_thread_size", Thread),
    ("own_thread_people", Thread),
    ("own_thread_since", Thread),
    ("asked_since", Addressee),
    ("asked_last", Addressee),
    ("own_joined", Turns),
    ("own_threads", Thread),
    ("rate", Room),
    ("speakers", Room),
    ("naming_share", Room),
    ("opening_share", Room),
    ("silence", Room),
    ("live_threads", Room),
    ("word_sum", Words),
    ("word_most", Words),
    ("word_new", Words),
    ("own_partners", Turns),
    ("topical", Words),
    ("commands", Kind),
    // The earlier line.
    ("distance", Distance),
    ("minutes", Distance),
    ("their_action", Kind),
    ("their_length", Kind),
    ("their_question", Kind),
    ("their_asks", Kind),
    ("their_greets", Kind),
    ("their_thanks", Kind),
    ("their_reacts", Kind),
    ("their_you", Kind),
    ("their_everybody", Kind),
    ("their_trails", Kind),
    ("their_names", Addressee),
    ("their_naming", Addressee),
    ("their_opens", Thread),
    ("answers", Thread),
    ("own_answers", Thread),
    ("last_answer", Thread),
    ("turn_follows", Turns),
    ("turn_before", Turns),
    // The two.
    ("same_author", Turns),
    ("rank", Turns),
    ("own_between", Turns),
    ("names_them", Addressee),
    ("names_me", Addressee),
    ("names_me_rank", Addressee),
    ("same_named", Addressee),
    ("they_name_others", Addressee),
    ("they_named_since", Addressee),
    ("names_own", Addressee),
    ("i_named_them", Turns),
    ("they_named_me", Turns),
    ("linked", Turns),
    ("partner", Turns),
    ("answers_me", Turns),
    ("answers_my_last", Turns),
    ("my_last_hangs_here", Turns),
    ("after_my_last", Turns),
    ("shared", Words),
    ("shared_sum", Words),
    ("shared_most", Words),
    ("shared_share", Words),
    // Its thread.
    ("thread_size", Thread),
    ("thread_people", Thread),
    ("thread_silence", Thread),
    ("thread_depth", Thread),
    ("thread_mine", Thread),
    ("thread_my_lines", Thread),
    ("thread_my_last", Thread),
    ("thread_is_my_last", Thread),
    ("thread_named_me", Thread),
    ("thread_holds_named", Thread),
    ("thread_by_named", Thread),
    ("thread_opener", Thread),
    ("thread_opener_alone", Thread),
    ("thread_last_question", Thread),
    ("thread_last_mine", Thread),
    ("thread_last_named_me", Thread),
    ("thread_shared_sum", Words),
    ("thread_shared_most", Words),
    ("thread_shared_rest", Words),
    ("thread_rank", Thread),
    ("alike", Words),
    ("thread_alike", Words),
    ("turn_alike", Words),
    ("their_lines", Turns),
    ("their_partners", Turns),
    ("their_threads", Thread),
    ("joined_since", Turns),
    ("their_commands", Kind),
    ("their_link", Kind),
    ("their_place", Turns),
];

/// How many features there are.
pub(super) const COUNT: usize = 120;
/// How many of them tell of the new line alone.
pub(super) const OWN: usize = 48;

/// Numbers in a row: the features, and zeros up to a power of two.
pub(super) const ROW: usize = 128;

/// One row: the new line beside an earlier one, or alone.
pub(super) type Row = [f32; ROW];

/// Stands for what is not there.
const MISSING: f32 = -1.0;
/// Lines around a line in which its author's words belong to one turn.
const TURN: usize = 6;
/// Lines that speak, looked back at for the pace of the room.
const PACE: usize = 20;

/// The features of one new line: what all its rows share, and what is counted once.
pub(super) struct Reading<'s, 'w> {
    scene: &'s Scene<'w>,
    own: [f32; OWN],
    /// The author's last line.
    my_last: u8,
    /// Whom the author named last.
    partner: u8,
    /// Lines by the author in each thread, by its root.
    my_lines: Vec<u8>,
    /// The author's last line in each thread.
    my_last_in: Vec<u8>,
    /// How many threads were active after each thread, by its root.
    thread_rank: Vec<u8>,
    /// For each person: how often the author named them, they the author, and how many decided
    /// links there are between the two.
    ties: Vec<[u8; 3]>,
    /// For each line: how many later lines name the author.
    names_me_rank: Vec<u8>,
    /// For each line: how many later lines by others name its author.
    named_since: Vec<u8>,
    /// For each line: how many later lines are by the author of the new line.
    mine_after: Vec<u8>,
    names_me: Vec<bool>,
    /// How many others each person named, and in how many threads they spoke.
    partners: Vec<u8>,
    threads_of: Vec<u8>,
    /// The place where the author joined; 0 when that was not seen.
    my_join: u8,
}

fn flag(holds: bool) -> f32 {
    f32::from(u8::from(holds))
}

fn log(count: f32) -> f32 {
    (1.0 + count).log2()
}

/// A share of few: two lines that do not are given at the start.
fn share(part: usize, whole: usize) -> f32 {
    part as f32 / (whole + 2) as f32
}

fn naming(naming: Naming) -> f32 {
    naming as u8 as f32
}

impl<'s, 'w> Reading<'s, 'w> {
    /// Reads what all rows share.
    pub(super) fn new(scene: &'s Scene<'w>) -> Self {
        let count = scene.lines.len();
        let mut reading = Self {
            scene,
            own: [MISSING; OWN],
            my_last: NONE,
            partner: NONE,
            my_lines: vec![0; count],
            my_last_in: vec![NONE; count],
            thread_rank: vec![0; count],
            ties: vec![[0; 3]; scene.people.len()],
            names_me_rank: vec![0; count],
            named_since: vec![0; count],
            mine_after: vec![0; count],
            names_me: vec![false; count],
            partners: vec![0; scene.people.len()],
            threads_of: vec![0; scene.people.len()],
            my_join: 0,
        };
        reading.count();
        reading.count_company();
        reading.read_own();
        reading
    }

    /// One walk from the newest line to the oldest.
    fn count(&mut self) {
        let scene = self.scene;
        let me = scene.author;
        let (mut naming_me, mut mine, mut threads) = (0_u8, 0_u8, 0_u8);
        let mut named = vec![0_u8; scene.people.len()];
        let mut met = vec![false; scene.lines.len()];
        for at in (0..scene.seen.len()).rev() {
            let seen = &scene.seen[at];
            self.names_me_rank[at] = naming_me;
            self.mine_after[at] = mine;
            let root = seen.root as usize;
            if !met[root] {
                met[root] = true;
                self.thread_rank[root] = threads;
                threads += u8::from(seen.speaks);
            }
            if seen.author != NONE {
                self.named_since[at] = named[seen.author as usize];
            }
            let is_mine = me != NONE && seen.author == me && seen.speaks;
            for name in seen.named() {
                named[name as usize] = named[name as usize].saturating_add(1);
                if is_mine {
                    self.ties[name as usize][0] += 1;
                    if self.partner == NONE {
                        self.partner = name;
                    }
                }
                if name == me && seen.author != NONE {
                    self.names_me[at] = true;
                    self.ties[seen.author as usize][1] += 1;
                }
            }
            naming_me += u8::from(self.names_me[at]);
            if is_mine {
                mine += 1;
                if self.my_last == NONE {
                    self.my_last = at as u8;
                }
                self.my_lines[root] += 1;
                if self.my_last_in[root] == NONE {
                    self.my_last_in[root] = at as u8;
                }
            }
            if seen.parent != NONE && me != NONE {
                let other = scene.seen[seen.parent as usize].author;
                if is_mine && other != NONE && other != me {
                    self.ties[other as usize][2] += 1;
                }
                if other == me && seen.author != NONE && seen.author != me {
                    self.ties[seen.author as usize][2] += 1;
                }
            }
        }
    }

    /// Whom each person named, and in which threads they spoke.
    fn count_company(&mut self) {
        let scene = self.scene;
        let mut named = vec![0_u128; scene.people.len()];
        let mut threads = vec![0_u128; scene.people.len()];
        for seen in scene.seen.iter().filter(|seen| seen.speaks && seen.author != NONE) {
            for name in seen.named() {
                named[seen.author as usize] |= 1 << name;
            }
            threads[seen.author as usize] |= 1 << seen.root;
        }
        let count = |sets: &[u128]| sets.iter().map(|set| set.count_ones() as u8).collect();
        self.partners = count(&named);
        self.threads_of = count(&threads);
    }

    fn after(&self, place: u8) -> f32 {
        if place == NONE { MISSING } else { f32::from(self.scene.seen[place as usize].after) }
    }

    fn minutes(&self, place: u8) -> f32 {
        if place == NONE { MISSING } else { self.scene.minutes(place as usize) }
    }

    fn read_own(&mut self) {
        let scene = self.scene;
        let line = &scene.line;
        let named = scene.names[0];
        let named_last = if named == NONE { NONE } else { scene.people[named as usize].last };
        let names = scene.names.iter().filter(|&&name| name != NONE).count();
        let unknown = line.is(turn::ADDRESSES) && line.naming < Naming::Short;
        let my_last = (self.my_last != NONE).then(|| &scene.seen[self.my_last as usize]);
        let my_line = (self.my_last != NONE).then(|| scene.lines[self.my_last as usize]);
        let my_thread = my_last.map(|seen| &scene.threads[seen.root as usize]);
        let asked = if scene.author == NONE { NONE } else { scene.people[scene.author as usize].last_named };
        let since = self.names_me.iter().enumerate();
        let asked_since =
            since.filter(|&(at, &names_me)| names_me && (self.my_last == NONE || at > self.my_last as usize));
        let joined = (0..scene.lines.len()).rev().find(|&at| {
            !scene.seen[at].speaks && scene.author != NONE && scene.seen[at].author == scene.author
        });
        self.my_join = joined.unwrap_or(0) as u8;
        let name_rarity = (0..line.kept as usize)
            .find(|&place| scene.rarity[place] == 0 && line.rarity[place] != 0)
            .map_or(MISSING, |place| f32::from(line.rarity[place]) / 4.0);
        let words = ((1_u64 << line.kept) - 1) as u32;
        let (_, sum, most) = scene.rarity_of(words);
        let met = scene.seen.iter().fold(0, |met, seen| met | seen.shared);
        let (_, new, _) = scene.rarity_of(words & !met);
        let spoken: Vec<usize> =
            (0..scene.lines.len()).rev().filter(|&at| scene.seen[at].speaks).take(PACE).collect();
        let pace = spoken.last().map_or(MISSING, |&at| scene.minutes(at));
        let mut speakers = 0_u128;
        let mut live = 0_u128;
        for &at in &spoken {
            let author = scene.seen[at].author;
            speakers |= if author == NONE { 0 } else { 1 << author };
            live |= 1 << scene.seen[at].root;
        }
        let speaking = || scene.seen.iter().filter(|seen| seen.speaks);
        let total = scene.spoken as usize;
        let naming_share = share(speaking().filter(|seen| seen.names[0] != NONE).count(), total);
        let opening_share = share(speaking().filter(|seen| seen.parent == NONE).count(), total);
        self.own = [
            0.0,
            flag(line.is(turn::ACTION)),
            f32::from(line.length),
            flag(line.is(turn::QUESTION)),
            flag(line.is(turn::ASKS)),
            flag(line.is(turn::GREETS)),
            flag(line.is(turn::THANKS)),
            flag(line.is(turn::REACTS)),
            flag(line.is(turn::GOES_ON)),
            flag(line.is(turn::SELF)),
            flag(line.is(turn::YOU)),
            flag(line.is(turn::POINTS)),
            flag(line.is(turn::LINK)),
            flag(line.is(turn::EVERYBODY)),
            flag(line.is(turn::MENDS)),
            flag(line.is(turn::TRAILS)),
            names as f32,
            naming(line.naming),
            flag(unknown),
            name_rarity,
            self.after(named_last),
            self.minutes(named_last),
            self.after(self.my_last),
            self.minutes(self.my_last),
            my_last.map_or(0.0, |_| f32::from(scene.people[scene.author as usize].lines)),
            my_line.map_or(MISSING, |line| naming(line.naming)),
            my_last.map_or(MISSING, |seen| flag(seen.parent == NONE)),
            my_line.map_or(MISSING, |line| flag(line.is(turn::QUESTION))),
            my_last.map_or(MISSING, |seen| f32::from(seen.answers - seen.own_answers)),
            my_thread.map_or(MISSING, |thread| f32::from(thread.size)),
            my_thread.map_or(MISSING, |thread| thread.people.count_ones() as f32),
            my_thread.map_or(MISSING, |thread| self.after(thread.last)),
            asked_since.count() as f32,
            self.after(asked),
            joined.map_or(MISSING, |at| f32::from(scene.seen[at].after)),
            self.my_lines.iter().filter(|&&lines| lines > 0).count() as f32,
            pace,
            speakers.count_ones() as f32,
            naming_share,
            opening_share,
            spoken.first().map_or(MISSING, |&at| scene.minutes(at)),
            live.count_ones() as f32,
            sum,
            most,
            if sum > 0.0 { new / sum } else { MISSING },
            self.ties.iter().filter(|ties| ties[0] > 0).count() as f32,
            flag(line.vector.iter().any(|&part| part != 0)),
            flag(line.is(turn::COMMANDS)),
        ];
    }

    /// The first line of the thread of the line at `place`.
    pub(super) fn root(&self, place: usize) -> usize {
        self.scene.seen[place].root as usize
    }

    /// How long the thread of the line at `place` has been silent, in milliseconds.
    pub(super) fn silence(&self, place: usize) -> i64 {
        let last = self.scene.threads[self.root(place)].last;
        (self.scene.minutes(last as usize) * 60_000.0) as i64
    }

    /// Whether the line at `place` names the author.
    pub(super) fn names_me(&self, place: usize) -> bool {
        self.names_me[place]
    }

    /// The row of opening a thread.
    pub(super) fn opening(&self) -> Row {
        let mut row = [MISSING; ROW];
        row[..OWN].copy_from_slice(&self.own);
        row[0] = 1.0;
        row
    }

    /// The row of answering the line at `place`.
    pub(super) fn answer(&self, place: usize) -> Row {
        let scene = self.scene;
        let (line, seen) = (scene.lines[place], &scene.seen[place]);
        let me = scene.author;
        let thread = &scene.threads[seen.root as usize];
        let same_author = me != NONE && seen.author == me;
        let (count, sum, most) = scene.rarity_of(seen.shared);
        let (_, thread_sum, thread_most) = scene.rarity_of(thread.shared);
        let next = (place + 1..scene.seen.len()).find(|&at| scene.seen[at].speaks);
        let before = (0..place).rev().find(|&at| scene.seen[at].speaks);
        let by_them = |at: usize| seen.author != NONE && scene.seen[at].author == seen.author;
        let ties = if seen.author == NONE { [0; 3] } else { self.ties[seen.author as usize] };
        let parent = (seen.parent != NONE).then(|| &scene.seen[seen.parent as usize]);
        let my_last = (self.my_last != NONE).then(|| &scene.seen[self.my_last as usize]);
        let named_others = seen.names.iter().any(|&name| name != NONE && name != me);
        let last = &scene.seen[thread.last as usize];
        let opener = &scene.seen[thread.first as usize];
        let named =
            scene.names.iter().filter(|&&name| name != NONE).fold(0_u128, |all, &name| all | 1 << name);
        let mine = if me == NONE { 0 } else { 1_u128 << me };
        let root = seen.root as usize;
        let mut row = [MISSING; ROW];
        row[..OWN].copy_from_slice(&self.own);
        let pair = [
            f32::from(seen.after),
            scene.minutes(place),
            flag(line.is(turn::ACTION)),
            f32::from(line.length),
            flag(line.is(turn::QUESTION)),
            flag(line.is(turn::ASKS)),
            flag(line.is(turn::GREETS)),
            flag(line.is(turn::THANKS)),
            flag(line.is(turn::REACTS)),
            flag(line.is(turn::YOU)),
            flag(line.is(turn::EVERYBODY)),
            flag(line.is(turn::TRAILS)),
            seen.names.iter().filter(|&&name| name != NONE).count() as f32,
            naming(line.naming),
            flag(seen.parent == NONE),
            f32::from(seen.answers),
            f32::from(seen.own_answers),
            self.after(seen.last_answer),
            flag(next.is_some_and(by_them)),
            flag(before.is_some_and(by_them)),
            flag(same_author),
            f32::from(seen.rank),
            f32::from(self.mine_after[place]),
            self.names_them(seen),
            if self.names_me[place] { naming(line.naming) } else { 0.0 },
            if self.names_me[place] { f32::from(self.names_me_rank[place]) } else { MISSING },
            flag(scene.names[0] != NONE && seen.names.contains(&scene.names[0])),
            flag(named_others && !self.names_me[place]),
            f32::from(self.named_since[place]),
            flag(same_author && scene.names[0] != NONE && seen.names[0] == scene.names[0]),
            f32::from(ties[0]),
            f32::from(ties[1]),
            f32::from(ties[2]),
            flag(self.partner != NONE && self.partner == seen.author),
            flag(parent.is_some_and(|parent| me != NONE && parent.author == me)),
            flag(seen.parent != NONE && seen.parent == self.my_last),
            flag(my_last.is_some_and(|last| last.parent != NONE && last.parent as usize == place)),
            flag(self.my_last == NONE || place > self.my_last as usize),
            count,
            sum,
            most,
            if self.own[42] > 0.0 { sum / self.own[42] } else { MISSING },
            f32::from(thread.size),
            thread.people.count_ones() as f32,
            self.after(thread.last),
            f32::from(seen.depth),
            flag(thread.people & mine != 0),
            f32::from(self.my_lines[root]),
            self.after(self.my_last_in[root]),
            flag(my_last.is_some_and(|last| last.root == seen.root)),
            flag(thread.named & mine != 0),
            flag(thread.people & named != 0),
            flag(named != 0 && opener.author != NONE && named & (1 << opener.author) != 0),
            flag(me != NONE && opener.author == me),
            flag(thread.people.is_power_of_two()),
            flag(scene.lines[thread.last as usize].is(turn::QUESTION)),
            flag(me != NONE && last.author == me),
            flag(self.names_me[thread.last as usize]),
            thread_sum,
            thread_most,
            thread_sum - sum,
            f32::from(self.thread_rank[root]),
            alike(&scene.line.vector, &line.vector.map(i16::from)),
            alike(&scene.line.vector, &thread.vector),
            self.turn_alike(place),
            if seen.author == NONE { MISSING } else { f32::from(scene.people[seen.author as usize].lines) },
            if seen.author == NONE { MISSING } else { f32::from(self.partners[seen.author as usize]) },
            if seen.author == NONE { MISSING } else { f32::from(self.threads_of[seen.author as usize]) },
            flag(self.my_last == NONE && (place as u8) < self.my_join),
            flag(line.is(turn::COMMANDS)),
            flag(line.is(turn::LINK)),
            if seen.author == NONE {
                MISSING
            } else {
                f32::from(scene.people[seen.author as usize].lines - seen.rank)
            },
        ];
        row[OWN..COUNT].copy_from_slice(&pair);
        row
    }

    /// How alike the new line is to what the author of the line at `place` said around it.
    fn turn_alike(&self, place: usize) -> f32 {
        let scene = self.scene;
        let author = scene.seen[place].author;
        let mut sum = [0; DIMENSIONS];
        let near = place.saturating_sub(TURN)..(place + TURN + 1).min(scene.lines.len());
        for at in near.filter(|&at| at == place || (author != NONE && scene.seen[at].author == author)) {
            add(&mut sum, &scene.lines[at].vector);
        }
        alike(&scene.line.vector, &sum)
    }

    /// Whether the new line names the author of the line `seen`, and how.
    fn names_them(&self, seen: &Seen) -> f32 {
        if seen.author == NONE {
            return 0.0;
        }
        match self.scene.names.iter().position(|&name| name == seen.author) {
            Some(0) => naming(self.scene.line.naming),
            Some(_) => 1.0,
            None => 0.0,
        }
    }

    /// The places worth a row, best first: at most `most`, by a score of few terms. Its bits follow
    /// the three rules; its only duty is to leave no likely parent out.
    pub(super) fn candidates(&self, most: usize) -> Vec<usize> {
        let scene = self.scene;
        let mut scored: Vec<(f32, usize)> = Vec::with_capacity(scene.lines.len());
        for (place, seen) in scene.seen.iter().enumerate() {
            if seen.speaks {
                scored.push((self.worth(place, seen), place));
            }
        }
        let later_first = |a: &(f32, usize), b: &(f32, usize)| b.0.total_cmp(&a.0).then(b.1.cmp(&a.1));
        if scored.len() > most {
            scored.select_nth_unstable_by(most - 1, later_first);
            scored.truncate(most);
        }
        scored.sort_unstable_by(later_first);
        scored.into_iter().map(|(_, place)| place).collect()
    }

    fn worth(&self, place: usize, seen: &Seen) -> f32 {
        let scene = self.scene;
        let mut worth = -log(f32::from(seen.after));
        worth -= 0.5 * log(scene.minutes(place));
        worth -= 0.5 * f32::from(seen.rank.min(4));
        if self.names_them(seen) > 0.0 {
            worth += 4.0 + self.names_them(seen) / 2.0;
        }
        if self.names_me[place] {
            worth += 4.0 - 0.5 * f32::from(self.names_me_rank[place].min(4));
        }
        if scene.author != NONE && seen.author == scene.author {
            worth += 2.5;
        }
        if self.partner != NONE && seen.author == self.partner {
            worth += 2.0;
        }
        if self.my_last != NONE && scene.seen[self.my_last as usize].root == seen.root {
            worth += 1.5 - 0.3 * f32::from(seen.depth.min(5));
        }
        let (_, sum, _) = scene.rarity_of(seen.shared);
        worth + 0.12 * sum.min(20.0)
    }
}
