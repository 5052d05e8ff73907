//! Many short lists of numbers in one piece of memory.
//!
//! A posting list, the partners of a row and the members of an entity are mostly of one, two or three
//! numbers; a vector of its own would cost each of them ten times its content. Here a list is a place
//! in one long vector with room for a power of two; it moves when it outgrows its room, and the room it
//! leaves goes to the next list of that size. Cost: 12 bytes a list and 4 to 8 bytes a number; adding
//! is O(1), taking out is a search through the list.

/// Lists by number.
#[derive(Debug, Default)]
pub(super) struct Lists {
    heads: Vec<Head>,
    items: Vec<u32>,
    /// Rooms that are free, by the power of two they hold.
    rooms: Vec<Vec<u32>>,
    /// Numbers of lists that are free.
    spare: Vec<u32>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Head {
    start: u32,
    len: u32,
    /// The room is for two to the power of this.
    power: u8,
    /// A small number the owner of the list keeps with it.
    note: u16,
}

impl Lists {
    /// A new list of one number.
    pub(super) fn start(&mut self, item: u32) -> u32 {
        let head = Head { start: self.room(0), len: 1, power: 0, note: 0 };
        self.items[head.start as usize] = item;
        if let Some(list) = self.spare.pop() {
            self.heads[list as usize] = head;
            return list;
        }
        self.heads.push(head);
        self.heads.len() as u32 - 1
    }

    /// Gives a list back; its number may be another's from now on.
    pub(super) fn end(&mut self, list: u32) {
        let Head { start, power, .. } = self.heads[list as usize];
        self.give(start, power);
        self.spare.push(list);
    }

    pub(super) fn of(&self, list: u32) -> &[u32] {
        let Head { start, len, .. } = self.heads[list as usize];
        &self.items[start as usize..(start + len) as usize]
    }

    pub(super) fn of_mut(&mut self, list: u32) -> &mut [u32] {
        let Head { start, len, .. } = self.heads[list as usize];
        &mut self.items[start as usize..(start + len) as usize]
    }

    pub(super) fn len(&self, list: u32) -> usize {
        self.heads[list as usize].len as usize
    }

    pub(super) fn note(&self, list: u32) -> usize {
        usize::from(self.heads[list as usize].note)
    }

    pub(super) fn set_note(&mut self, list: u32, note: usize) {
        self.heads[list as usize].note = note as u16;
    }

    pub(super) fn push(&mut self, list: u32, item: u32) {
        let at = self.len(list);
        self.insert(list, at, item);
    }

    /// Puts a number at a place and those from there on one place further.
    pub(super) fn insert(&mut self, list: u32, at: usize, item: u32) {
        let Head { start, len, power, note } = self.heads[list as usize];
        let mut start = start as usize;
        let len = len as usize;
        if len == 1 << power {
            let to = self.room(power + 1) as usize;
            self.items.copy_within(start..start + len, to);
            self.give(start as u32, power);
            start = to;
            self.heads[list as usize] = Head { start: start as u32, len: len as u32, power: power + 1, note };
        }
        self.items.copy_within(start + at..start + len, start + at + 1);
        self.items[start + at] = item;
        self.heads[list as usize].len += 1;
    }

    /// Takes out the number at a place; those behind it move up.
    pub(super) fn remove(&mut self, list: u32, at: usize) {
        let Head { start, len, .. } = self.heads[list as usize];
        let (start, end) = (start as usize, (start + len) as usize);
        self.items.copy_within(start + at + 1..end, start + at);
        self.heads[list as usize].len -= 1;
    }

    fn room(&mut self, power: u8) -> u32 {
        if let Some(room) = self.rooms.get_mut(usize::from(power)).and_then(Vec::pop) {
            return room;
        }
        let start = self.items.len() as u32;
        self.items.resize(self.items.len() + (1 << power), 0);
        start
    }

    fn give(&mut self, start: u32, power: u8) {
        let power = usize::from(power);
        if self.rooms.len() <= power {
            self.rooms.resize(power + 1, Vec::new());
        }
        self.rooms[power].push(start);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_grow_shrink_and_leave_their_room_to_others() {
        let mut lists = Lists::default();
        let (a, b) = (lists.start(1), lists.start(100));
        for item in 2..40 {
            lists.push(a, item);
            lists.push(b, 100 + item);
        }
        lists.insert(a, 0, 0);
        lists.remove(a, 3);
        assert_eq!(lists.of(a)[..5], [0, 1, 2, 4, 5]);
        assert_eq!((lists.len(a), lists.len(b), lists.of(b)[38]), (39, 39, 139));
        lists.end(b);
        let size = lists.items.len();
        let c = lists.start(7);
        for item in 0..39 {
            lists.push(c, item);
        }
        assert_eq!((lists.of(c)[0], lists.of(a)[38], lists.items.len()), (7, 39, size));
    }
}
