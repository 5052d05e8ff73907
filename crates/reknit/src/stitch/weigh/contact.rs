//! How much speaks for a message going on with an open conversation of its contact.
//!
//! The alternative is always a new conversation, so a weight is the log2 odds of "this one" against
//! "a new one"; the heaviest conversation wins. Most is said by the silence since its last message,
//! then by who writes: members of staff hardly ever open a matter, customers do. Rare words and
//! numbers both share, the member of staff, the handle and turns of speech that open, answer or close
//! say the rest. A handle that nobody has resolved may be another address of a known contact; that
//! is believed only with a common member of staff, on a desk of several, and more.
//!
//! The bits were learnt by a conditional logit (`McFadden` 1974) over {open conversations, a new one}
//! on histories that `benches/compare/threads/simulate.py` makes of the CC-BY-4.0 set `irc_ubuntu`
//! train; `learn.py` beside it prints these constants, rounded to quarters. They are calibrated on
//! such histories; real channels have to confirm them. Cost: one pass over the words of both.

use crate::model::Direction;

use super::super::weight::{Finding, PRIOR, span};
use super::digest::Digest;

const HOUR_MS: f64 = 3_600_000.0;
/// Bits by log2 of the silence in hours, straight between the knots.
const SILENCE: &[(f64, f64)] = &[
    (-8.0, 11.75),
    (-6.0, 10.25),
    (-4.0, 9.25),
    (-2.0, 8.0),
    (0.0, 7.75),
    (2.0, 6.5),
    (3.585, 5.0),
    (4.585, 2.25),
    (5.585, -0.5),
    (6.585, -1.25),
    (7.9, -6.0),
];
/// The same for the time since this handle spoke in the conversation.
const HANDLE: &[(f64, f64)] = &[(-4.0, 4.75), (0.0, 1.0), (3.0, 0.0)];
/// The gap in hours at which a policy's own gap leaves [`SILENCE`] as it is.
const USUAL_GAP_HOURS: f64 = 24.0;
/// A customer writes, who may open a matter; staff writes twice in a row.
const CUSTOMER: f64 = -6.25;
const STAFF_AGAIN: f64 = -2.25;
/// The channel of the conversation's last message, once the handle is accounted for.
const SAME_CHANNEL: f64 = -1.25;
/// The member of staff: of the last message, of an earlier one, times the share of messages.
const SAME_AGENT: f64 = 2.25;
const EARLIER_AGENT: f64 = 0.5;
const AGENT_SHARE: f64 = 2.75;
/// Nobody else on the desk has ever written with this contact.
const ONLY_AGENT: f64 = 2.5;
/// The contact spoke in another conversation since.
const NEWER: f64 = -0.5;
/// A greeting, a turn of speech that opens, a question of a customer.
const GREETS: f64 = -4.5;
const OPENS: f64 = -1.0;
const ASKS: f64 = -1.25;
/// Begins like an answer; thanks.
const ANSWERS: f64 = 1.75;
const CLOSES: f64 = 2.75;
/// The last message asked; one of the last two thanked.
const ASKED: f64 = 0.75;
const CLOSED: f64 = -2.0;
/// Each doubling of the number of words of a customer, up to 31.
const LENGTH: f64 = -0.75;
const MOST_DOUBLINGS: f64 = 5.0;
/// Rare words: what is above this many bits counts.
const COMMON_BITS: f64 = 5.0;
/// Times the bits shared, up to so many; times the share of the message's bits, of which a few are
/// lent to short messages; times what the rarest has above [`RARE_BITS`].
const SHARED_BITS: f64 = 0.4;
const MOST_SHARED_BITS: f64 = 12.0;
const SHARED_PART: f64 = 7.5;
const LENT_BITS: f64 = 4.0;
const RAREST: f64 = 0.5;
const RARE_BITS: f64 = 6.0;
/// A number, a code or a link of both.
const SHARED_ENTITY: f64 = 4.25;
/// Another contact, where one of both is not resolved, by log2 of the silence in hours: at once
/// means that the member of staff is simply at work.
const OTHER_CONTACT: &[(f64, f64)] = &[(-6.0, -7.75), (-2.0, -3.75), (2.0, -5.25), (5.0, -4.75)];
/// It is on the same channel; its handle took part already.
const OTHER_ON_CHANNEL: f64 = -8.5;
const OTHER_BUT_KNOWN_HANDLE: f64 = 5.25;

/// The same, for each doubling of the conversations the member of staff had since: any of them may be
/// the one. Quiet simulated desks taught -0.25; the share of one among many says -1.
const BUSY_AGENT: f64 = -1.0;

/// What the contact's recent history tells beside the conversation itself.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Around {
    /// The contact spoke in another conversation since this one's last message.
    pub(crate) newer: bool,
    /// More than one member of staff has written with the contact.
    pub(crate) agents: bool,
    /// How many conversations the member of staff had since this one's last message.
    pub(crate) busy: u32,
    /// The gap a policy sets for the channel, in milliseconds.
    pub(crate) policy_gap_ms: Option<i64>,
}

/// What speaks for `own` going on with `conversation`: its latest messages, oldest first. None where
/// a time is unknown or the conversation is empty.
pub(crate) fn weigh(own: &Digest, conversation: &[&Digest], around: Around) -> Option<Vec<Finding>> {
    let last = *conversation.last()?;
    let gap = own.gap_after(last)?;
    let same_contact = own.contact == last.contact;
    let mut findings = vec![Finding::new("contact", "an open conversation", -PRIOR.bits())];
    let hours = log_hours(gap, around.policy_gap_ms);
    findings.push(Finding::new("gap", span(gap), between(SILENCE, hours)));
    if !same_contact {
        findings.push(weigh_other_contact(own, conversation, hours, around.busy));
    }
    weigh_handle(own, conversation, &mut findings);
    if same_contact && own.way == last.way {
        findings.push(Finding::new("channel", "same", SAME_CHANNEL));
    }
    weigh_agent(own, conversation, around.agents, &mut findings);
    if same_contact && around.newer {
        findings.push(Finding::new("newer", "spoke in another conversation since", NEWER));
    }
    weigh_turn(own, last, &mut findings);
    weigh_manner(own, conversation, &mut findings);
    weigh_words(own, conversation, &mut findings);
    Some(findings)
}

/// Log2 of the hours, where a gap of a policy's own counts as a day.
fn log_hours(gap: i64, policy: Option<i64>) -> f64 {
    let stretch = policy.map_or(1.0, |ms| USUAL_GAP_HOURS * HOUR_MS / ms.max(1) as f64);
    (gap.max(1000) as f64 * stretch / HOUR_MS).log2()
}

/// The value at `x` of straight lines between `knots`.
fn between(knots: &[(f64, f64)], x: f64) -> f64 {
    let place = knots.partition_point(|knot| knot.0 <= x);
    match (place.checked_sub(1).and_then(|before| knots.get(before)), knots.get(place)) {
        (Some(&(low, from)), Some(&(high, to))) => from + (to - from) * (x - low) / (high - low),
        (Some(&(_, bits)), None) | (None, Some(&(_, bits))) => bits,
        (None, None) => 0.0,
    }
}

/// The conversation of another contact, where one of both is not resolved.
fn weigh_other_contact(own: &Digest, conversation: &[&Digest], hours: f64, busy: u32) -> Finding {
    let known = conversation.iter().any(|earlier| earlier.handle == own.handle);
    let here = conversation.last().is_some_and(|last| last.way == own.way);
    let bits = between(OTHER_CONTACT, hours)
        + if here { OTHER_ON_CHANNEL } else { 0.0 }
        + if known { OTHER_BUT_KNOWN_HANDLE } else { 0.0 }
        + BUSY_AGENT * (1.0 + f64::from(busy)).log2();
    let level = if known { "another, whose handle took part" } else { "another, one of them not resolved" };
    Finding::new("other_contact", level, bits)
}

fn weigh_handle(own: &Digest, conversation: &[&Digest], findings: &mut Vec<Finding>) {
    let Some(before) = conversation.iter().rev().find(|earlier| earlier.handle == own.handle) else { return };
    let Some(gap) = own.gap_after(before) else { return };
    let bits = between(HANDLE, log_hours(gap, None));
    if own.handle != 0 && bits > 0.0 {
        findings.push(Finding::new("handle", format!("took part {} ago", span(gap)), bits));
    }
}

fn weigh_agent(own: &Digest, conversation: &[&Digest], agents: bool, findings: &mut Vec<Finding>) {
    let with = |earlier: &&Digest| earlier.agent == own.agent && own.agent != 0;
    let share = conversation.iter().filter(|&earlier| with(earlier)).count() as f64
        / conversation.len().max(1) as f64;
    let last = conversation.last().is_some_and(with);
    // Where everybody writes to one desk, the desk says nothing about whose conversation it is.
    let stranger = conversation.last().is_some_and(|last| last.contact != own.contact);
    let (level, bits) = match (agents, last, share > 0.0) {
        (false, _, _) if stranger && share >= 1.0 => return,
        (false, _, _) => ("the only one", ONLY_AGENT),
        (true, true, _) => ("same", SAME_AGENT + AGENT_SHARE * share),
        (true, false, true) => ("took part", EARLIER_AGENT + AGENT_SHARE * share),
        (true, false, false) => return,
    };
    findings.push(Finding::new("agent", level, bits));
}

fn weigh_turn(own: &Digest, last: &Digest, findings: &mut Vec<Finding>) {
    let staff = own.direction == Direction::Outbound;
    if !staff {
        findings.push(Finding::new("turn", "may open a conversation", CUSTOMER));
    } else if last.direction == Direction::Outbound {
        findings.push(Finding::new("turn", "staff again", STAFF_AGAIN));
    }
}

/// Whether it sounds like an opening, an answer or a closing.
fn weigh_manner(own: &Digest, conversation: &[&Digest], findings: &mut Vec<Finding>) {
    let (talk, customer) = (&own.talk, own.direction != Direction::Outbound);
    let asked = conversation.last().is_some_and(|last| last.talk.asks);
    let closed = conversation.iter().rev().take(2).any(|earlier| earlier.talk.closes);
    let signs = [
        (customer && talk.greets, "greeting", "greets", GREETS),
        (customer && talk.opens, "opener", "brings up a matter", OPENS),
        (customer && talk.asks, "question", "asks", ASKS),
        (talk.answers, "answer", "begins like an answer", ANSWERS),
        (talk.closes, "closer", "thanks or says goodbye", CLOSES),
        (asked, "asked", "the last message asked", ASKED),
        (closed, "closed", "was thanked for already", CLOSED),
    ];
    let holding = signs.into_iter().filter(|sign| sign.0);
    findings.extend(holding.map(|(_, name, level, bits)| Finding::new(name, level, bits)));
    if customer {
        let doublings = (1.0 + talk.length as f64).log2().min(MOST_DOUBLINGS);
        findings.push(Finding::new("length", format!("{} words", talk.length), LENGTH * doublings));
    }
}

/// Rare words and entities that the conversation holds too.
fn weigh_words(own: &Digest, conversation: &[&Digest], findings: &mut Vec<Finding>) {
    let above = |bits: f32| (f64::from(bits) - COMMON_BITS).max(0.0);
    let held = |key: u32| {
        let holds = |earlier: &&Digest| earlier.talk.words.binary_search_by_key(&key, |word| word.0).is_ok();
        conversation.iter().any(holds)
    };
    let shared: Vec<f32> = own.talk.words.iter().filter(|word| held(word.0)).map(|word| word.1).collect();
    let bits: f64 = shared.iter().map(|&bits| above(bits)).sum();
    let all: f64 = own.talk.words.iter().map(|word| above(word.1)).sum();
    let rarest = shared.iter().copied().fold(0.0, f32::max);
    if bits > 0.0 {
        let weight = SHARED_BITS * bits.min(MOST_SHARED_BITS)
            + SHARED_PART * bits / (all + LENT_BITS)
            + RAREST * (f64::from(rarest) - RARE_BITS).max(0.0);
        findings.push(Finding::new("words", format!("{} shared", shared.len()), weight));
    }
    let holds =
        |entity: &u64| conversation.iter().any(|earlier| earlier.talk.entities.binary_search(entity).is_ok());
    if own.talk.entities.iter().any(holds) {
        findings.push(Finding::new("entity", "shares a number, a code or a link", SHARED_ENTITY));
    }
}

#[cfg(test)]
mod tests {
    use super::super::talk::Words;
    use super::*;

    const HOUR: i64 = 3_600_000;

    /// A message of contact 1 and agent 7, `hours` in.
    fn said(hours: i64, direction: Direction, text: &str) -> Digest {
        Digest {
            time: Some(hours * HOUR),
            contact: Some(1),
            resolved: true,
            direction,
            handle: 11,
            agent: 7,
            talk: Words::read(text),
            ..Digest::default()
        }
    }

    const TWO_AGENTS: Around = Around { newer: false, agents: true, busy: 0, policy_gap_ms: None };

    /// The bits of the finding `name`, 0 where it is not there.
    fn bits(own: &Digest, conversation: &[&Digest], around: Around, name: &str) -> f64 {
        let findings = weigh(own, conversation, around).expect("the times are known");
        findings.iter().find(|finding| finding.name == name).map_or(0.0, |finding| finding.bits)
    }

    #[test]
    fn silence_is_read_off_straight_lines() {
        assert!((between(SILENCE, -20.0) - 11.75).abs() < 1e-9);
        assert!((between(SILENCE, -5.0) - 9.75).abs() < 1e-9);
        assert!((between(SILENCE, 20.0) + 6.0).abs() < 1e-9);
        assert!((between(&[], 1.0)).abs() < 1e-9);
        assert!(SILENCE.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 >= pair[1].1));
    }

    #[test]
    fn a_policys_gap_stretches_the_silence() {
        let (first, later) = (said(0, Direction::Inbound, "a"), said(24, Direction::Inbound, "b"));
        let own_gap = Around { policy_gap_ms: Some(HOUR), ..TWO_AGENTS };
        let usual = Around { policy_gap_ms: Some(24 * HOUR), ..TWO_AGENTS };
        let silence = |around| bits(&later, &[&first], around, "gap");
        assert!(silence(own_gap) < silence(TWO_AGENTS));
        assert!((silence(usual) - silence(TWO_AGENTS)).abs() < 1e-9);
    }

    #[test]
    fn staff_goes_on_and_customers_may_open() {
        let first = said(0, Direction::Inbound, "a");
        let answer = said(1, Direction::Outbound, "b");
        let turn = |own: &Digest, last: &Digest| bits(own, &[last], TWO_AGENTS, "turn");
        assert!((turn(&answer, &first)).abs() < 1e-9);
        assert!((turn(&said(2, Direction::Outbound, "c"), &answer) - STAFF_AGAIN).abs() < 1e-9);
        assert!((turn(&said(2, Direction::Inbound, "c"), &answer) - CUSTOMER).abs() < 1e-9);
    }

    #[test]
    fn the_member_of_staff_tells_only_where_there_are_several() {
        let (mine, mut other) = (said(0, Direction::Outbound, "a"), said(1, Direction::Outbound, "b"));
        other.agent = 8;
        let agent = |conversation: &[&Digest], agents| {
            bits(&said(2, Direction::Inbound, "c"), conversation, Around { agents, ..TWO_AGENTS }, "agent")
        };
        assert!((agent(&[&other, &mine], true) - (SAME_AGENT + AGENT_SHARE / 2.0)).abs() < 1e-9);
        assert!((agent(&[&mine, &other], true) - (EARLIER_AGENT + AGENT_SHARE / 2.0)).abs() < 1e-9);
        assert!((agent(&[&other], true)).abs() < 1e-9);
        assert!((agent(&[&mine], false) - ONLY_AGENT).abs() < 1e-9);
    }

    #[test]
    fn manner_words_and_entities_are_findings() {
        let first = said(0, Direction::Inbound, "my parsnip order 4711-22 is late, does anyone know?");
        let with = |text: &str, name| bits(&said(1, Direction::Inbound, text), &[&first], TWO_AGENTS, name);
        assert!((with("hello there", "greeting") - GREETS).abs() < 1e-9);
        assert!((with("i need a lamp", "opener") - OPENS).abs() < 1e-9);
        assert!((with("really?", "question") - ASKS).abs() < 1e-9);
        assert!((with("yes", "answer") - ANSWERS).abs() < 1e-9);
        assert!((with("thanks", "closer") - CLOSES).abs() < 1e-9);
        assert!((with("yes", "asked") - ASKED).abs() < 1e-9);
        assert!((with("yes", "length") - LENGTH).abs() < 1e-9);
        assert!(with("the parsnip came", "words") > with("know", "words"));
        assert!((with("it says 4711-22", "entity") - SHARED_ENTITY).abs() < 1e-9);
        let thanked = said(1, Direction::Inbound, "thanks!");
        let after = bits(&said(2, Direction::Inbound, "x"), &[&first, &thanked], TWO_AGENTS, "closed");
        assert!((after - CLOSED).abs() < 1e-9);
    }

    #[test]
    fn another_contact_is_believed_less_the_same_channel_least() {
        let first = said(0, Direction::Inbound, "a");
        let mut own = said(1, Direction::Inbound, "b");
        (own.contact, own.resolved, own.handle, own.way) = (Some(2), false, 22, 3);
        let other =
            |own: &Digest, conversation: &[&Digest]| bits(own, conversation, TWO_AGENTS, "other_contact");
        let elsewhere = other(&own, &[&first]);
        let on_channel = other(&Digest { way: 0, ..own.clone() }, &[&first]);
        assert!(elsewhere < 0.0 && on_channel < elsewhere);
        let busy = bits(&own, &[&first], Around { busy: 3, ..TWO_AGENTS }, "other_contact");
        assert!((busy - elsewhere - 2.0 * BUSY_AGENT).abs() < 1e-9);
        let known = Digest { time: Some(0), ..own.clone() };
        assert!(other(&own, &[&known, &first]) > elsewhere);
        assert!(
            (bits(&said(1, Direction::Inbound, "b"), &[&first], TWO_AGENTS, "other_contact")).abs() < 1e-9
        );
    }

    #[test]
    fn handle_channel_and_newer_conversations_count() {
        let first = said(0, Direction::Inbound, "a");
        let own = said(0, Direction::Inbound, "b");
        assert!((bits(&own, &[&first], TWO_AGENTS, "handle") - 4.75).abs() < 1e-9);
        assert!((bits(&own, &[&first], TWO_AGENTS, "channel") - SAME_CHANNEL).abs() < 1e-9);
        let newer = Around { newer: true, ..TWO_AGENTS };
        assert!((bits(&own, &[&first], newer, "newer") - NEWER).abs() < 1e-9);
        assert!(weigh(&own, &[], TWO_AGENTS).is_none());
        assert!(weigh(&Digest { time: None, ..own }, &[&first], TWO_AGENTS).is_none());
    }
}
