//! What a line meets when it comes into a room: the people, the threads and the words of the last
//! [`WINDOW`] lines.
//!
//! Everything here is worked out anew for each line from the lines before it and nothing else, so a
//! decision is a function of its window. Names are those of people seen in the window: who spoke,
//! who joined. A thread is the lines of the window that hang together by their decided parents.
//!
//! Cost: one pass over the window and its words, a few microseconds.

use std::borrow::Borrow;

use super::line::{Line, NAMES, Naming, Sum, WORDS, add, turn};

/// Lines looked back at.
pub const WINDOW: usize = 128;
/// No person, no line.
pub(super) const NONE: u8 = u8::MAX;
/// A word of a rarity below this is not a name, unless it addresses: `well`, `ubuntu`.
const NAME_RARITY: u8 = 30;
const SLOTS: usize = 512;

/// Somebody seen in the window.
#[derive(Debug, Clone, Copy)]
pub(super) struct Person {
    /// The hash of the name.
    pub(super) name: u32,
    /// The place of the last line of theirs.
    pub(super) last: u8,
    /// The place of the last line that names them.
    pub(super) last_named: u8,
    /// How many lines they spoke.
    pub(super) lines: u8,
    /// A line with their name and its beginnings.
    shown: u8,
}

/// Lines that hang together.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Thread {
    /// The place of its first and last line in the window.
    pub(super) first: u8,
    pub(super) last: u8,
    pub(super) size: u8,
    /// Who takes part, a bit a person.
    pub(super) people: u128,
    /// Who is named in it, a bit a person.
    pub(super) named: u128,
    /// Which words of the new line it holds, a bit a word.
    pub(super) shared: u32,
    /// The sum of its lines' vectors.
    pub(super) vector: Sum,
}

/// A line of the window, read beside the new one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    /// Its author, as a person.
    pub(super) author: u8,
    /// Whom it names, as persons.
    pub(super) names: [u8; NAMES],
    /// The place of its parent.
    pub(super) parent: u8,
    /// The place of the first line of its thread.
    pub(super) root: u8,
    /// How many lines that speak come after it.
    pub(super) after: u8,
    /// How many lines hang on it, by anyone and by the author of the new line.
    pub(super) answers: u8,
    pub(super) own_answers: u8,
    /// The place of the last line that hangs on it.
    pub(super) last_answer: u8,
    /// How many later lines are by the same author.
    pub(super) rank: u8,
    /// How many later lines of its thread there are.
    pub(super) depth: u8,
    /// Which words of the new line it shares, a bit a word.
    pub(super) shared: u32,
    pub(super) speaks: bool,
}

impl Seen {
    /// The persons it names.
    pub(super) fn named(&self) -> impl Iterator<Item = u8> {
        let some = if self.names == [NONE; NAMES] { 0 } else { NAMES };
        self.names.into_iter().take(some).filter(|&name| name != NONE)
    }
}

/// The window of one new line.
pub(super) struct Scene<'w> {
    /// The lines before it, oldest first; at most [`WINDOW`].
    pub(super) lines: Vec<&'w Line>,
    /// The new line, with the names it holds.
    pub(super) line: Line,
    pub(super) seen: Vec<Seen>,
    pub(super) people: Vec<Person>,
    /// By the place of the first line.
    pub(super) threads: Vec<Thread>,
    /// The author of the new line and whom it names, as persons.
    pub(super) author: u8,
    pub(super) names: [u8; NAMES],
    /// Lines of the window that speak.
    pub(super) spoken: u8,
    /// Rarity of the new line's words that are no names.
    pub(super) rarity: [u8; 32],
}

/// From hashes of names to persons: open addressing.
struct Names {
    slots: [(u32, u8); SLOTS],
}

impl Names {
    fn insert(&mut self, hash: u32, person: u8) {
        let mut slot = hash as usize % SLOTS;
        while self.slots[slot].0 != 0 && self.slots[slot].0 != hash {
            slot = (slot + 1) % SLOTS;
        }
        if self.slots[slot].0 == 0 {
            self.slots[slot] = (hash, person);
        }
    }

    fn get(&self, hash: u32) -> u8 {
        let mut slot = hash as usize % SLOTS;
        while self.slots[slot].0 != 0 {
            if self.slots[slot].0 == hash {
                return self.slots[slot].1;
            }
            slot = (slot + 1) % SLOTS;
        }
        NONE
    }
}

/// Where the words of the new line stand, by the last bits of their hashes.
struct Places<'l> {
    words: &'l [u32; WORDS],
    slots: [u8; SLOTS],
    /// Whether two words have the same last bits.
    clash: bool,
}

impl<'l> Places<'l> {
    fn new(line: &'l Line) -> Self {
        let mut places = Self { words: &line.words, slots: [0; SLOTS], clash: false };
        for (place, &word) in line.words[..line.kept as usize].iter().enumerate() {
            let slot = word as usize % SLOTS;
            let other = places.words[places.slots[slot] as usize];
            places.clash |= place > 0 && other != word && other as usize % SLOTS == slot;
            places.slots[slot] = place as u8;
        }
        places
    }

    /// The places of those of `words` that the new line has, a bit a place.
    fn shared(&self, words: &[u32]) -> u32 {
        words.iter().fold(0, |shared, &word| shared | self.bit(word))
    }

    /// A word is looked for where a word with its last bits stands, without asking whether there is one:
    /// that would be a coin toss for the processor.
    fn bit(&self, word: u32) -> u32 {
        let place = u32::from(self.slots[word as usize % SLOTS]) % WORDS as u32;
        let found = u32::from(self.words[place as usize] == word) << place;
        if found == 0 && self.clash { self.search(word) } else { found }
    }

    #[cold]
    fn search(&self, word: u32) -> u32 {
        self.words.iter().position(|&own| own == word).map_or(0, |place| 1 << place)
    }
}

impl<'w> Scene<'w> {
    /// Sets the scene for `line` after `lines`, of which the last [`WINDOW`] are looked at.
    pub(super) fn new<L: Borrow<Line>>(lines: &'w [L], line: &Line) -> Self {
        let lines = &lines[lines.len().saturating_sub(WINDOW)..];
        let mut scene = Self {
            lines: lines.iter().map(Borrow::borrow).collect(),
            line: *line,
            seen: Vec::with_capacity(lines.len()),
            people: Vec::with_capacity(64),
            threads: vec![Thread::default(); lines.len()],
            author: NONE,
            names: [NONE; NAMES],
            spoken: 0,
            rarity: line.rarity,
        };
        let mut names = Names { slots: [(0, NONE); SLOTS] };
        scene.meet(&mut names);
        scene.read_line(&names);
        scene.read_lines(&names);
        scene.tie();
        scene.share();
        scene
    }

    /// The persons of the window, in the order in which they are first seen; then the plain forms
    /// of their names, which never hide a full name.
    fn meet(&mut self, names: &mut Names) {
        for (at, line) in self.lines.iter().enumerate() {
            let mut author = NONE;
            if line.author != 0 {
                author = names.get(line.author);
                if author == NONE {
                    author = self.people.len() as u8;
                    let person =
                        Person { name: line.author, last: NONE, last_named: NONE, lines: 0, shown: at as u8 };
                    self.people.push(person);
                    names.insert(line.author, author);
                }
            }
            let speaks = line.speaks();
            if speaks && author != NONE {
                let person = &mut self.people[author as usize];
                person.last = at as u8;
                person.lines += 1;
            }
            self.spoken += u8::from(speaks);
            self.seen.push(Seen {
                author,
                names: [NONE; NAMES],
                parent: NONE,
                root: at as u8,
                after: 0,
                answers: 0,
                own_answers: 0,
                last_answer: NONE,
                rank: 0,
                depth: 0,
                shared: 0,
                speaks,
            });
        }
        for (at, person) in self.people.iter().enumerate() {
            let plain = self.lines[person.shown as usize].plain;
            names.insert(plain, at as u8);
        }
    }

    /// Finds the author of the new line among the persons, and whom it names.
    fn read_line(&mut self, names: &Names) {
        self.author = names.get(self.line.author);
        if self.line.author == 0 {
            self.author = NONE;
        }
        if self.author == NONE && self.line.plain != 0 {
            self.author = names.get(self.line.plain);
        }
        let mut found = 0;
        self.line.names = [0; NAMES];
        self.line.naming = Naming::Nobody;
        if self.line.is(turn::SYSTEM) && !self.line.speaks() {
            return;
        }
        for place in 0..self.line.kept as usize {
            let first = place == 0 && self.line.first_length >= 3;
            let addresses = first && self.line.is(turn::ADDRESSES);
            let mut person = names.get(self.line.words[place]);
            let mut naming = if first { Naming::First } else { Naming::Within };
            if person == NONE && addresses {
                person = self.abbreviated();
                naming = Naming::Short;
            }
            if person == NONE {
                continue;
            }
            if person == self.author || (!addresses && self.line.rarity[place] < NAME_RARITY) {
                continue;
            }
            self.rarity[place] = 0;
            if found < NAMES && !self.names[..found].contains(&person) {
                self.names[found] = person;
                self.line.names[found] = self.people[person as usize].name;
                self.line.naming = self.line.naming.max(naming);
                found += 1;
            }
        }
    }

    /// The one person whose name begins with the first word.
    fn abbreviated(&self) -> u8 {
        let Some(at) = (self.line.first_length as usize).checked_sub(3).filter(|&at| at < 5) else {
            return NONE;
        };
        let mut found = NONE;
        for (place, person) in self.people.iter().enumerate() {
            if self.lines[person.shown as usize].prefixes[at] == self.line.words[0] {
                if found != NONE {
                    return NONE;
                }
                found = place as u8;
            }
        }
        found
    }

    fn read_lines(&mut self, names: &Names) {
        let serials: Vec<u64> = self.lines.iter().map(|line| line.serial).collect();
        for (at, line) in self.lines.iter().enumerate() {
            for (place, &name) in line.names.iter().enumerate().take_while(|&(_, &name)| name != 0) {
                let person = names.get(name);
                self.seen[at].names[place] = person;
                if person != NONE {
                    self.people[person as usize].last_named = at as u8;
                }
            }
            if let Some(parent) = line.parent {
                let found = serials[..at].iter().rposition(|&serial| serial == parent);
                self.seen[at].parent = found.map_or(NONE, |found| found as u8);
            }
        }
    }

    /// Ties lines to threads, and counts backwards what came after each.
    fn tie(&mut self) {
        for at in 0..self.seen.len() {
            let seen = self.seen[at];
            let root = if seen.parent == NONE { at as u8 } else { self.seen[seen.parent as usize].root };
            self.seen[at].root = root;
            let thread = &mut self.threads[root as usize];
            thread.first = root;
            thread.last = at as u8;
            thread.size += 1;
            add(&mut thread.vector, &self.lines[at].vector);
            if seen.author != NONE {
                thread.people |= 1 << seen.author;
            }
            for name in seen.named() {
                thread.named |= 1 << name;
            }
            if seen.parent != NONE {
                let own = seen.author == self.author && seen.author != NONE;
                let parent = &mut self.seen[seen.parent as usize];
                parent.answers += 1;
                parent.own_answers += u8::from(own);
                parent.last_answer = at as u8;
            }
        }
        let mut spoken = 0;
        let mut ranks = [0_u8; WINDOW];
        let mut depths = [0_u8; WINDOW];
        for at in (0..self.seen.len()).rev() {
            let seen = &mut self.seen[at];
            seen.after = spoken;
            if !seen.speaks {
                continue;
            }
            spoken += 1;
            seen.depth = depths[seen.root as usize];
            depths[seen.root as usize] += 1;
            if seen.author != NONE {
                seen.rank = ranks[seen.author as usize];
                ranks[seen.author as usize] += 1;
            }
        }
    }

    /// Finds the words of the new line in the lines of the window.
    fn share(&mut self) {
        let places = Places::new(&self.line);
        for (at, line) in self.lines.iter().enumerate() {
            if line.mark & self.line.mark == 0 || !self.seen[at].speaks {
                continue;
            }
            let shared = places.shared(&line.words[..line.kept as usize]);
            self.seen[at].shared = shared;
            self.threads[self.seen[at].root as usize].shared |= shared;
        }
    }

    /// The rarity of the words in `shared`: how many, their sum and the rarest, in bits.
    pub(super) fn rarity_of(&self, mut shared: u32) -> (f32, f32, f32) {
        let (mut count, mut sum, mut most) = (0.0, 0.0, 0.0_f32);
        while shared != 0 {
            let rarity = f32::from(self.rarity[shared.trailing_zeros() as usize]) / 4.0;
            if rarity > 0.0 {
                count += 1.0;
                sum += rarity;
                most = most.max(rarity);
            }
            shared &= shared - 1;
        }
        (count, sum, most)
    }

    /// Minutes from the line at `place` to the new one; 0 where a time is unknown or runs backwards.
    pub(super) fn minutes(&self, place: usize) -> f32 {
        let (Some(now), Some(then)) = (self.line.time, self.lines[place].time) else { return 0.0 };
        now.saturating_sub(then).max(0) as f32 / 60_000.0
    }
}
