//! An engine as bytes, and back: all messages, or some of them with the links they have.
//!
//! Written are what was read of the messages, the links, the texts behind numbers (ids, handles, channels)
//! and what people decided. Lists, groups of ids and trees follow from those and are made again. Messages
//! are numbered anew in working order, and ids, handles and channels by their first use, so whatever no
//! message needs any longer is left out: reading back is the compaction.
//!
//! Links are not decided again. They are those that the messages had when they were written, whatever
//! became of the messages they were weighed against.
//!
//! Bytes that lie (numbers of nobody, links in a circle, an order that is none) are refused; a checksum
//! around them is the caller's. Cost: linear in what stays, beside sorting it.

use rustc_hash::FxHashMap;

use super::{Cut, Engine, Link, Node};
use crate::model::{Channel, Direction, Weight};
use crate::stitch::digest::Digest;
use crate::stitch::ids::Names;
use crate::stitch::order::Order;
use crate::stitch::packed::{Bytes, Packed, pack_text, packed, packed_variants, write_number};
use crate::stitch::people::{NONE, Who};
use crate::stitch::postings::MOST_MESSAGES;
use crate::stitch::reference;
use crate::stitch::result::Relation;
use crate::stitch::weigh::{
    self,
    token::{Form, Token},
};
use crate::stitch::weight::Finding;

packed!(Digest {
    order, wrote, sides, told, room, auto, system, public, names, strict, says, line, text_hash, text_len
} with { author: None, person: None, customer: None });
packed!(Order { tie, id } with { time: 0 });
packed!(Names { own, platform, named } with { profile: NONE });
packed!(weigh::Digest {
    time, way, direction, handle, agent, talk, subject, own, quoted, author, name, people, tokens, company,
    names_parent, threads_series
} with { contact: None, resolved: false });
packed!(Token { hash, form });
packed_variants!(Form: Number, Ticket, Opaque);
packed_variants!(Direction: Unknown, Inbound, Outbound);
packed_variants!(
    Relation: Opening, Reply, MissingParent, Continuation, Forward, AutoReply, Copy, Constraint
);
packed!(Link { parent, relation, proven, weight });
packed!(Cut { parent, relation, findings });

impl Packed for Weight {
    fn pack(&self, to: &mut Vec<u8>) {
        self.0.pack(to);
    }

    fn unpack(from: &mut Bytes<'_>) -> Option<Self> {
        f64::unpack(from).map(Self)
    }
}

impl Packed for Finding {
    fn pack(&self, to: &mut Vec<u8>) {
        pack_text(self.name, to);
        pack_text(&self.level, to);
        self.bits.pack(to);
    }

    fn unpack(from: &mut Bytes<'_>) -> Option<Self> {
        let name = String::unpack(from)?;
        let name = reference::NAMES.into_iter().find(|known| *known == name)?;
        Some(Self::new(name, String::unpack(from)?, f64::unpack(from)?))
    }
}

/// What an engine knows of a message beside its digest.
struct Place {
    link: Option<Link>,
    /// Of a root: the conversation it joined, as it was then.
    top: u32,
    /// Of a root: the one that brought the known person of its conversation, plus one; 0 for none.
    since: u32,
    own_word: bool,
    plain: bool,
    suggested: bool,
    cut: Option<Cut>,
    /// Its link, where that outlived the messages that proved it.
    kept: Option<(u32, Relation)>,
}

packed!(Place { link, top, since, own_word, plain, suggested, cut, kept });

/// New numbers in the order in which they are first asked for.
struct Numbers {
    new: Vec<u32>,
    /// The old number of each.
    old: Vec<u32>,
}

impl Numbers {
    fn of_none(count: usize) -> Self {
        Self { new: vec![NONE; count], old: Vec::new() }
    }

    fn give(&mut self, old: u32) -> u32 {
        let new = &mut self.new[old as usize];
        if *new == NONE {
            *new = self.old.len() as u32;
            self.old.push(old);
        }
        *new
    }

    fn of(&self, old: u32) -> Option<u32> {
        self.new.get(old as usize).copied().filter(|&new| new != NONE)
    }
}

/// Which messages are written, and the numbers they have there.
pub(in crate::stitch) struct Chosen {
    /// In working order: their numbers in the engine.
    pub(in crate::stitch) messages: Vec<u32>,
    /// By number in the engine.
    place: Vec<u32>,
    /// Whether all messages are written.
    all: bool,
}

impl Chosen {
    /// The new number of a message.
    pub(in crate::stitch) fn number(&self, at: u32) -> Option<u32> {
        self.place.get(at as usize).copied().filter(|&place| place != NONE)
    }
}

/// The numbers of everything that messages name.
struct Tables {
    ids: Numbers,
    handles: Numbers,
    entities: Numbers,
    ways: Numbers,
    rooms: Numbers,
}

impl Tables {
    /// Puts new numbers into a digest.
    fn give(&mut self, digest: &mut Digest) {
        let Self { ids, handles, entities, ways, rooms } = self;
        digest.order.id = ids.give(digest.order.id);
        digest.names.own = ids.give(digest.names.own);
        digest.names.platform = digest.names.platform.map(|id| ids.give(id));
        digest.names.named.iter_mut().for_each(|id| *id = ids.give(*id));
        let mut who = |who: Who| who.renumbered(|it| Some(handles.give(it)), |it| Some(entities.give(it)));
        digest.wrote = who(digest.wrote).unwrap_or(Who::NOBODY);
        digest.sides = digest.sides.renumbered(&mut who).unwrap_or(digest.sides);
        digest.told.iter_mut().for_each(|told| *told = who(*told).unwrap_or(Who::NOBODY));
        digest.room = digest.room.map(|room| rooms.give(room));
        digest.says.way = ways.give(digest.says.way);
    }
}

/// The numbers in the engine of what stands in the bytes.
struct Known {
    ids: u32,
    handles: Vec<u32>,
    entities: Vec<u32>,
    ways: u32,
    rooms: u32,
}

impl Known {
    /// Puts the engine's numbers into a digest; none where it names what is not there.
    fn put(&self, digest: &mut Digest) -> Option<()> {
        let names = &digest.names;
        let mut ids = names.all().chain([digest.order.id]);
        let fits = ids.all(|id| id < self.ids) && digest.says.way < self.ways;
        if !fits || digest.room.is_some_and(|room| room >= self.rooms) {
            return None;
        }
        let who = |who: Who| {
            let of = |numbers: &[u32], at: u32| numbers.get(at as usize).copied();
            who.renumbered(|at| of(&self.handles, at), |at| of(&self.entities, at))
        };
        digest.wrote = who(digest.wrote)?;
        digest.sides = digest.sides.renumbered(who)?;
        for told in &mut digest.told {
            *told = who(*told)?;
        }
        Some(())
    }
}

impl Engine {
    /// The messages that are there and that `stay`.
    pub(in crate::stitch) fn choose(&self, stay: impl Fn(u32) -> bool) -> Chosen {
        let messages = self.sorted(self.alive().filter(|&at| stay(at)).collect());
        let mut place = vec![NONE; self.nodes.len()];
        messages.iter().enumerate().for_each(|(new, &at)| place[at as usize] = new as u32);
        Chosen { all: messages.len() == self.count, messages, place }
    }

    /// Writes the messages that were chosen.
    pub(in crate::stitch) fn pack(&self, chosen: &Chosen, to: &mut Vec<u8>) {
        let people = self.reader.people.keys();
        let (channels, rooms) = (self.reader.channels(), self.reader.rooms());
        let mut tables = Tables {
            ids: Numbers::of_none(self.ids.len()),
            handles: Numbers::of_none(people.len()),
            entities: Numbers::of_none(people.len()),
            ways: Numbers::of_none(channels.len()),
            rooms: Numbers::of_none(rooms.len()),
        };
        let mut messages = Vec::new();
        for &at in &chosen.messages {
            let mut digest = self.digest(at).clone();
            tables.give(&mut digest);
            digest.pack(&mut messages);
            self.place_of(at, chosen).pack(&mut messages);
        }
        let mut told = Vec::new();
        let count = self.pack_told(chosen.all, &people, &mut tables, &mut told);
        let texts = |old: &[u32], to: &mut Vec<u8>, text: &dyn Fn(u32) -> String| {
            write_number(to, old.len() as u64);
            for &old in old {
                pack_text(&text(old), to);
            }
        };
        texts(&tables.ids.old, to, &|id| self.ids.text(id).to_owned());
        chosen.all.then(|| self.groups(&tables.ids)).pack(to);
        texts(&tables.handles.old, to, &|who| people[who as usize].to_owned());
        texts(&tables.entities.old, to, &|who| people[who as usize].to_owned());
        // A room's channel has a number already: its messages are of it.
        texts(&tables.ways.old, to, &|way| channels[way as usize].to_owned());
        let room = |&room: &u32| {
            let (way, name) = rooms[room as usize];
            (tables.ways.of(way).unwrap_or_default(), name.to_owned())
        };
        tables.rooms.old.iter().map(room).collect::<Vec<_>>().pack(to);
        write_number(to, count);
        to.extend(told);
        write_number(to, chosen.messages.len() as u64);
        to.extend(messages);
    }

    /// Writes who is behind handles: what all messages told, or what is told about handles that those
    /// which stay have; gives how many handles. What messages told that are no more counts on for them, so
    /// that what stays reads as it did.
    fn pack_told(&self, all: bool, keys: &[&str], tables: &mut Tables, to: &mut Vec<u8>) -> u64 {
        let mut count = 0;
        for (handle, said) in self.reader.people.told(keys) {
            if !all && tables.handles.of(handle).is_none() {
                continue;
            }
            count += 1;
            tables.handles.give(handle).pack(to);
            let said = said.iter().map(|&(entity, times)| (tables.entities.give(entity), times));
            said.collect::<Vec<_>>().pack(to);
        }
        count
    }

    /// For each id how far before it stands the first of its group, and whether that may have come apart.
    fn groups(&self, ids: &Numbers) -> Vec<(u32, bool)> {
        let mut first: FxHashMap<u32, u32> = FxHashMap::default();
        let groups = self.ids.groups(&ids.old).into_iter().zip(0..);
        groups.map(|((head, stale), id)| (id - *first.entry(head).or_insert(id), stale)).collect()
    }

    fn place_of(&self, at: u32, chosen: &Chosen) -> Place {
        let node = &self.nodes[at as usize];
        let new = |at: u32| chosen.number(at).unwrap_or(NONE);
        // What is kept of others was left behind when they were roots, and is settled before they are again.
        let person = node.person.filter(|_| node.root == at);
        let since = person.and_then(|(since, _)| chosen.number(since));
        let cut = self.cut(at).cloned().filter(|cut| chosen.number(cut.parent).is_some());
        let kept = self.kept.get(&at);
        Place {
            link: node.link.map(|link| Link { parent: new(link.parent), ..link }),
            top: if node.root == at { new(node.top) } else { new(node.root) },
            since: since.map_or(0, |since| since + 1),
            own_word: node.own_word,
            plain: node.plain,
            suggested: self.suggested.contains(&at),
            cut: cut.map(|cut| Cut { parent: new(cut.parent), ..cut }),
            kept: kept.and_then(|&(parent, relation)| Some((chosen.number(parent)?, relation))),
        }
    }

    /// Reads what [`pack`](Self::pack) wrote into an engine without messages, whose config the messages
    /// were read with; none where the bytes are not such.
    pub(in crate::stitch) fn unpack(mut self, from: &mut Bytes<'_>) -> Option<Self> {
        let known = self.unpack_tables(from)?;
        let count = from.count().filter(|&count| count <= from.0.len() && count <= MOST_MESSAGES)?;
        let mut places = Vec::new();
        for at in 0..count as u32 {
            let mut digest = Digest::unpack(from)?;
            known.put(&mut digest)?;
            let place = Place::unpack(from)?;
            let parent = place.link.map(|link| u64::from(link.parent));
            if let Some(line) = digest.line.take() {
                digest.line = Some(Box::new(line.restored(u64::from(at), parent)?));
            }
            digest.order.time = digest.says.time.unwrap_or(i64::MAX);
            digest.names.profile = self.reader.platform(digest.way());
            self.reader.settle(&mut digest);
            self.store(digest);
            if at > 0 && self.compare(at - 1, at).is_gt() {
                return None;
            }
            places.push(place);
        }
        self.hang(&places)?;
        self.take_places(places);
        for at in 0..count as u32 {
            self.ids.enter(at, &self.nodes[at as usize].digest.names);
            self.enlist(at, true);
        }
        self.heed_all_words();
        self.last = count.checked_sub(1).map(|last| self.nodes[last].digest.order);
        Some(self)
    }

    fn unpack_tables(&mut self, from: &mut Bytes<'_>) -> Option<Known> {
        let ids = Vec::<String>::unpack(from)?;
        for id in &ids {
            self.ids.add(id)?;
        }
        let groups = Option::<Vec<(u32, bool)>>::unpack(from)?.unwrap_or_default();
        if !groups.is_empty() && groups.len() != ids.len() {
            return None;
        }
        for (id, &(before, stale)) in (0..).zip(&groups) {
            let head = u32::checked_sub(id, before)?;
            // What heads a group stands before it and hangs on nothing.
            (groups[head as usize].0 == 0).then(|| self.ids.put_under(id, head))?;
            if stale {
                self.ids.mark_stale(head);
            }
        }
        let people = &mut self.reader.people;
        let handles = Vec::<String>::unpack(from)?;
        let handles = handles.iter().map(|key| people.add_handle(key)).collect::<Option<Vec<u32>>>()?;
        let entities = Vec::<String>::unpack(from)?;
        let entities = entities.iter().map(|key| people.add_entity(key)).collect::<Option<Vec<u32>>>()?;
        let ways = Vec::<String>::unpack(from)?;
        for (way, name) in (0..).zip(&ways) {
            let channel = Channel::from(name.as_str());
            (self.reader.channel_number(&channel, &mut self.ids) == way).then_some(())?;
        }
        let rooms = Vec::<(u32, String)>::unpack(from)?;
        for (way, name) in &rooms {
            self.reader.add_room(*way, name)?;
        }
        for _ in 0..from.count()? {
            let handle = *handles.get(usize::try_from(u32::unpack(from)?).ok()?)?;
            let said = Vec::<(u32, u32)>::unpack(from)?.into_iter();
            let said = said.map(|(entity, times)| Some((*entities.get(entity as usize)?, times)));
            let said = said.collect::<Option<Vec<_>>>()?;
            let counted = |&(_, times): &(u32, u32)| (1..=MOST_MESSAGES as u32).contains(&times);
            said.iter().all(counted).then(|| self.reader.people.set_told(handle, said.clone()))?;
        }
        let count = |count: usize| u32::try_from(count).ok();
        let (ids, ways, rooms) = (count(ids.len())?, count(ways.len())?, count(rooms.len())?);
        Some(Known { ids, handles, entities, ways, rooms })
    }

    /// Puts in the links and what follows from them; none where they are no forest.
    fn hang(&mut self, places: &[Place]) -> Option<()> {
        let count = places.len() as u32;
        let links = || places.iter().map(|place| place.link);
        if links().flatten().any(|link| link.parent >= count) || places.iter().any(|place| place.top >= count)
        {
            return None;
        }
        let proven = |link: Option<Link>| link.filter(|link| link.proven);
        let roots = ends(&links().map(|link| proven(link).map(|link| link.parent)).collect::<Vec<_>>())?;
        let openings = ends(&links().map(|link| link.map(|link| link.parent)).collect::<Vec<_>>())?;
        for at in (0..count).rev() {
            let place = &places[at as usize];
            let root = roots[at as usize];
            let top = if root == at { roots[place.top as usize] } else { root };
            // Who hangs on nothing is its own conversation; who does not, is not.
            if openings[top as usize] != openings[at as usize]
                || (root == at && (top == at) != place.link.is_none())
            {
                return None;
            }
            (self.nodes[at as usize].root, self.nodes[at as usize].top) = (root, top);
            if let Some(link) = place.link {
                self.attach(at, link);
            }
        }
        let joined = |at: u32| self.nodes[at as usize].top;
        ends(&(0..count).map(|at| Some(joined(at)).filter(|&top| top != at)).collect::<Vec<_>>()).map(|_| ())
    }

    fn take_places(&mut self, places: Vec<Place>) {
        for at in 0..places.len() as u32 {
            let Digest { person, customer, .. } = *self.digest(at);
            let root = self.nodes[at as usize].root;
            let root = &mut self.nodes[root as usize];
            root.tree_person = root.tree_person.or(customer);
            root.tree_alone = root.tree_alone.or(person);
        }
        for (at, place) in (0..).zip(places) {
            let since = place.since.checked_sub(1).filter(|&since| (since as usize) < self.nodes.len());
            let person = since.and_then(|since| Some((since, self.nodes[since as usize].tree_person?)));
            let node: &mut Node = &mut self.nodes[at as usize];
            (node.person, node.own_word, node.plain) = (person, place.own_word, place.plain);
            if place.suggested {
                self.suggested.insert(at);
            }
            let known = |parent: u32| (parent as usize) < self.nodes.len();
            let cut = place.cut.filter(|cut| known(cut.parent));
            if let Some((parent, relation)) = place.kept.filter(|&(parent, _)| known(parent)) {
                self.keep_link(at, parent, relation);
            }
            self.set_cut(at, cut);
        }
    }

    /// Enters what people said about the messages that are there.
    fn heed_all_words(&mut self) {
        let mut present: Vec<u32> = self.words.keys().filter_map(|id| self.find(id)).collect();
        present.sort_unstable();
        for at in present {
            for partner in self.partners(at, false) {
                let apart = self.apart.entry(at).or_default();
                if !apart.contains(&partner) {
                    apart.push(partner);
                }
            }
        }
    }
}

/// Where each ends who follows `next` as far as it goes; none where that is in a circle.
fn ends(next: &[Option<u32>]) -> Option<Vec<u32>> {
    let mut ends: Vec<u32> = vec![NONE; next.len()];
    let mut path = Vec::new();
    for start in 0..next.len() as u32 {
        let mut at = start;
        let end = loop {
            if ends[at as usize] != NONE {
                break ends[at as usize];
            }
            match next[at as usize] {
                None => break at,
                // More steps than there are places.
                Some(_) if path.len() > next.len() => return None,
                Some(further) => {
                    path.push(at);
                    at = further;
                }
            }
        };
        ends[at as usize] = end;
        path.drain(..).for_each(|at| ends[at as usize] = end);
    }
    Some(ends)
}
