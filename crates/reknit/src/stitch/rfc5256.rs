//! Mail threaded by the letter of RFC 5256: REFERENCES and ORDEREDSUBJECT.
//!
//! The evidence ladder joins on what is likely; a client that must give an IMAP server's answer
//! needs what is written. REFERENCES links by ids (step 1; an id nobody bears is a node without a
//! message), drops nodes without a message (step 3) but keeps one that holds several roots
//! together, and joins roots of one base subject (step 5). ORDEREDSUBJECT puts all messages of one
//! base subject under the earliest. The RFC works in mailbox order; here it is the order of
//! `(sent, id)`, so that the answer does not follow arrival. Siblings and threads (steps 4 and 6)
//! need no sorting of their own: members are in that order.
//!
//! Source: RFC 5256 sections 2.1, 2.2 and 3. Cost: linear in messages and references, as long as
//! references do not contradict each other; a contradiction walks up one chain.

use rustc_hash::FxHashMap;

/// What is read of one mail. Mails come in working order; ids and subjects are numbers.
pub(super) struct Mail<'m> {
    /// Its `Message-ID`.
    pub(super) id: u32,
    /// The ids of `References`, oldest first; where there are none, the first one of `In-Reply-To`.
    pub(super) references: &'m [u32],
    /// Its base subject; 0 for an empty one.
    pub(super) subject: u64,
    /// Whether a reply or forward mark stood there.
    pub(super) answer: bool,
}

/// What a mail hangs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Parent {
    /// Nothing: it opens a thread.
    None,
    /// An id says so.
    Id(u32),
    /// The base subject says so.
    Subject(u32),
    /// A message that is not there, known by the first mail that hangs on it.
    Missing(u32),
}

/// Nobody.
const NONE: u32 = u32::MAX;

/// ORDEREDSUBJECT: all of one base subject under the first, an empty one included.
pub(super) fn ordered_subject(mails: &[Mail<'_>]) -> Vec<Parent> {
    let mut first: FxHashMap<u64, u32> = FxHashMap::default();
    let mut place = |at: u32, subject| {
        let opening = *first.entry(subject).or_insert(at);
        if opening == at { Parent::None } else { Parent::Subject(opening) }
    };
    mails.iter().enumerate().map(|(at, mail)| place(at as u32, mail.subject)).collect()
}

/// REFERENCES.
pub(super) fn references(mails: &[Mail<'_>]) -> Vec<Parent> {
    let nodes = Nodes::linked(mails);
    let tops = nodes.roots(mails.len());
    by_subject(mails, tops)
}

/// Messages and ids nobody bears, each with its parent; messages come first.
struct Nodes {
    parent: Vec<u32>,
    /// Whether something hangs on it: only then can a link to it close a loop.
    has_child: Vec<bool>,
}

impl Nodes {
    /// Step 1: links by ids.
    fn linked(mails: &[Mail<'_>]) -> Self {
        let mut ids: FxHashMap<u32, u32> = FxHashMap::default();
        for (at, mail) in mails.iter().enumerate() {
            // A copy is a message of its own under an id of its own; the first keeps the id.
            ids.entry(mail.id).or_insert(at as u32);
        }
        let mut nodes = Self { parent: vec![NONE; mails.len()], has_child: vec![false; mails.len()] };
        for (at, mail) in mails.iter().enumerate() {
            let mut before = NONE;
            for &id in mail.references {
                let node = *ids.entry(id).or_insert_with(|| nodes.missing());
                if nodes.parent[node as usize] == NONE {
                    nodes.hang(node, before);
                }
                before = node;
            }
            // What a message says of itself outranks what others said of it.
            nodes.parent[at] = NONE;
            nodes.hang(at as u32, before);
        }
        nodes
    }

    /// One more id that nobody bears.
    fn missing(&mut self) -> u32 {
        self.parent.push(NONE);
        self.has_child.push(false);
        self.parent.len() as u32 - 1
    }

    /// Hangs `child` on `parent` unless that closes a loop.
    fn hang(&mut self, child: u32, parent: u32) {
        if parent == NONE
            || child == parent
            || (self.has_child[child as usize] && self.is_above(child, parent))
        {
            return;
        }
        self.parent[child as usize] = parent;
        self.has_child[parent as usize] = true;
    }

    fn is_above(&self, high: u32, mut low: u32) -> bool {
        while low != NONE && low != high {
            low = self.parent[low as usize];
        }
        low == high
    }

    /// Steps 2 and 3: for each message the message above it, or the missing root above it, or
    /// nothing. A missing root with one child is dropped as well.
    fn roots(&self, count: usize) -> Vec<Above> {
        // The nearest message above a missing node, or the highest missing one; remembered so that
        // long chains are walked once.
        let mut known: Vec<Option<Above>> = vec![None; self.parent.len()];
        (0..count).for_each(|at| self.settle(at, count, &mut known));
        let mut children: FxHashMap<u32, u32> = FxHashMap::default();
        for above in known.iter().take(count).flatten() {
            if let Above::Missing(root) = above {
                *children.entry(*root).or_default() += 1;
            }
        }
        let alone = |above: Above| match above {
            Above::Missing(root) if children.get(&root).is_none_or(|&count| count < 2) => Above::Nothing,
            other => other,
        };
        known.into_iter().take(count).map(|above| above.map_or(Above::Nothing, alone)).collect()
    }

    fn settle(&self, at: usize, count: usize, known: &mut [Option<Above>]) {
        let mut walked = vec![at];
        let mut node = self.parent[at];
        let found = loop {
            if node == NONE {
                let top = *walked.last().unwrap_or(&at);
                break if top < count { Above::Nothing } else { Above::Missing(top as u32) };
            }
            if (node as usize) < count {
                break Above::Message(node);
            }
            if let Some(above) = known[node as usize] {
                break above;
            }
            walked.push(node as usize);
            node = self.parent[node as usize];
        };
        for node in walked {
            known[node] = Some(found);
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Above {
    Nothing,
    Message(u32),
    Missing(u32),
}

/// A root of the forest: one message, or several that hang on a missing one.
struct Top {
    first: u32,
    members: Vec<u32>,
    missing: bool,
}

/// Step 5: roots of one base subject become one thread.
fn by_subject(mails: &[Mail<'_>], above: Vec<Above>) -> Vec<Parent> {
    let mut tops: Vec<Top> = Vec::new();
    let mut of_missing: FxHashMap<u32, usize> = FxHashMap::default();
    let mut parents: Vec<Parent> = Vec::with_capacity(mails.len());
    for (at, above) in above.into_iter().enumerate() {
        let at = at as u32;
        match above {
            Above::Message(parent) => {
                parents.push(Parent::Id(parent));
                continue;
            }
            Above::Nothing => tops.push(Top { first: at, members: vec![at], missing: false }),
            Above::Missing(root) => {
                if let Some(&top) = of_missing.get(&root) {
                    tops[top].members.push(at);
                } else {
                    of_missing.insert(root, tops.len());
                    tops.push(Top { first: at, members: vec![at], missing: true });
                }
            }
        }
        parents.push(Parent::None);
    }
    let heads = heads(mails, &tops);
    for at in 0..tops.len() {
        let subject = mails[tops[at].first as usize].subject;
        let Some(&head) = heads.get(&subject).filter(|&&head| head != at && subject != 0) else { continue };
        merge(mails, &mut tops, &mut parents, head, at);
    }
    for top in &tops {
        if top.missing {
            let first = top.members.iter().copied().min().unwrap_or(top.first);
            for &member in &top.members {
                parents[member as usize] = Parent::Missing(first);
            }
        }
    }
    parents
}

/// Step 5.B: the root that stands for each base subject: one without a message before any other,
/// then one that is no answer, then the earliest.
fn heads(mails: &[Mail<'_>], tops: &[Top]) -> FxHashMap<u64, usize> {
    let mut heads: FxHashMap<u64, usize> = FxHashMap::default();
    for (at, top) in tops.iter().enumerate() {
        let answer = |top: &Top| mails[top.first as usize].answer;
        heads
            .entry(mails[top.first as usize].subject)
            .and_modify(|head| {
                let known = &tops[*head];
                if !known.missing && (top.missing || (answer(known) && !answer(top))) {
                    *head = at;
                }
            })
            .or_insert(at);
    }
    heads
}

/// Step 5.C: brings root `at` into the thread of root `head`.
fn merge(mails: &[Mail<'_>], tops: &mut [Top], parents: &mut [Parent], head: usize, at: usize) {
    let members = std::mem::take(&mut tops[at].members);
    let answer = |first: u32| mails[first as usize].answer;
    if !tops[head].missing && !tops[at].missing && answer(tops[at].first) && !answer(tops[head].first) {
        parents[tops[at].first as usize] = Parent::Subject(tops[head].first);
        return;
    }
    // Side by side under a message that is not there.
    tops[head].missing = true;
    tops[at].missing = false;
    tops[head].members.extend(members);
}
