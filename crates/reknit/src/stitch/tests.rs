//! What holds for stitching as a whole: small stories, and the laws of the engine on invented worlds.

use proptest::prelude::*;

use super::*;
use crate::model::{Direction, Participant, Timestamp, Weight, unwatched};

pub(super) const HOUR: i64 = 3_600_000;

fn stitch(config: &Config, messages: &[Message]) -> Stitching {
    let stitcher = Stitcher::build(config.clone()).expect("the config is valid");
    stitcher.stitch(messages, &mut unwatched).expect("nobody stops it")
}

/// The conversations as ids, in order.
fn groups(config: &Config, messages: &[Message]) -> Vec<Vec<String>> {
    let stitching = stitch(config, messages);
    let ids = |c: &Conversation| c.members.iter().map(|&at| messages[at].id.clone()).collect();
    stitching.conversations.iter().map(ids).collect()
}

pub(super) fn chat(id: &str, hours: i64, who: &str, text: &str) -> Message {
    let mut message = Message::new(id, "whatsapp", format!("+49{who}"), Timestamp(hours * HOUR), text);
    message.direction = Direction::Inbound;
    message.author.entity = Some(who.to_owned());
    message
}

pub(super) fn mail(id: &str, hours: i64, subject: &str) -> Message {
    let mut message = Message::new(id, "email", "ana@x.io", Timestamp(hours * HOUR), "Hello there");
    message.subject = Some(subject.to_owned());
    message
}

pub(super) fn pair(a: &str, b: &str) -> (String, String) {
    (a.to_owned(), b.to_owned())
}

#[test]
fn a_contact_goes_on_over_channels_and_stops_after_a_silence() {
    let mut sms = chat("2", 1, "ana", "Any news?");
    sms.channel = "sms".into();
    let messages = [chat("1", 0, "ana", "It is late."), sms, chat("3", 900, "ana", "Hi again.")];
    assert_eq!(groups(&Config::default(), &messages), [vec!["1", "2"], vec!["3"]]);
    let apart = Policy { cross_channel: false, ..Policy::default() };
    let config = Config { policies: [("sms".to_owned(), apart)].into(), ..Config::default() };
    assert_eq!(groups(&config, &messages), [vec!["1"], vec!["2"], vec!["3"]]);
    let locked = Policy { lock_to_one: true, ..Policy::default() };
    let config = Config { policies: [("whatsapp".to_owned(), locked)].into(), ..Config::default() };
    assert_eq!(groups(&config, &messages), [vec!["1", "2", "3"]]);
}

#[test]
fn what_is_neither_likely_nor_unlikely_is_a_question_that_a_persons_word_answers() {
    let mut messages = [mail("1", 0, "hello"), mail("2", 1, "Re: hello")];
    messages[1].author = Participant::from_text("bo@y.io");
    let suggested = |config: &Config| {
        let found = stitch(config, &messages).suggestions;
        found.iter().map(|found| (found.message, found.candidate)).collect::<Vec<_>>()
    };
    let config = Config::default();
    assert_eq!(suggested(&config), [(1, 0)]);
    let found = &stitch(&config, &messages).suggestions[0];
    assert!((0.2..0.5).contains(&found.probability) && found.evidence.adds_up());
    assert_eq!(suggested(&Config { ask_probability: 0.45, ..config.clone() }), []);
    assert_eq!(suggested(&Config { cannot_link: vec![pair("1", "2")], ..config.clone() }), []);
    assert_eq!(suggested(&Config { must_link: vec![pair("1", "2")], ..config.clone() }), []);
    assert_eq!(suggested(&Config { join_probability: 0.1, ..config }), []);
}

#[test]
fn nothing_reopens_what_was_silent_beyond_the_window() {
    let reply = |id: &str, hours: i64, to: &str| {
        let mut reply = mail(id, hours, "Re: Parcel");
        reply.in_reply_to = vec![to.to_owned()];
        reply
    };
    let window = Policy { reopen_ms: Some(30 * HOUR), ..Policy::default() };
    let config = Config { policies: [("email".to_owned(), window)].into(), ..Config::default() };
    let late = [mail("1", 0, "Parcel"), reply("2", 20, "1"), reply("3", 60, "1"), reply("4", 61, "3")];
    assert_eq!(groups(&Config::default(), &late), [vec!["1", "2", "3", "4"]]);
    let stitching = stitch(&config, &late);
    assert_eq!(groups(&config, &late), [vec!["1", "2"], vec!["3", "4"]]);
    let opened = &stitching.placements[2];
    assert!(opened.evidence.contributions.iter().any(|c| c.name == "policy"));
    assert!(opened.runner_up.is_some() && stitching.suggestions.is_empty());
    // What kept the conversation open need not be what is answered.
    let open = [mail("1", 0, "Parcel"), reply("2", 20, "1"), reply("3", 45, "1")];
    assert_eq!(groups(&config, &open), [vec!["1", "2", "3"]]);
    // A machine neither keeps it open nor needs it to be.
    let mut machine = reply("2", 20, "1");
    machine.auto = true;
    let mut bounce = reply("4", 90, "1");
    bounce.auto = true;
    let machines = [mail("1", 0, "Parcel"), machine, reply("3", 45, "1"), bounce];
    assert_eq!(groups(&config, &machines), [vec!["1", "2", "4"], vec!["3"]]);
    // Staff chose what it answers.
    let mut staff = reply("2", 90, "1");
    staff.direction = Direction::Outbound;
    assert_eq!(groups(&config, &[mail("1", 0, "Parcel"), staff]), [vec!["1", "2"]]);
}

#[test]
fn public_and_private_are_kept_apart_where_a_policy_says_so() {
    let post = |id: &str, hours: i64| {
        let mut post = chat(id, hours, "ana", "Where is my parcel?");
        (post.channel, post.visibility) = ("x".into(), crate::model::Visibility::Public);
        post
    };
    let mut answer = chat("3", 1, "ana", "Here is my number.");
    answer.in_reply_to = vec!["1".into()];
    let messages = [post("1", 0), chat("2", 0, "ana", "Hello?"), answer, post("4", 1)];
    assert_eq!(groups(&Config::default(), &messages), [vec!["1", "2", "3", "4"]]);
    let boundary = Policy { cross_visibility: false, ..Policy::default() };
    let config = Config { policies: [("x".to_owned(), boundary)].into(), ..Config::default() };
    assert_eq!(groups(&config, &messages), [vec!["1", "4"], vec!["2", "3"]]);
}

#[test]
fn two_people_never_share_a_one_to_one_conversation() {
    let mut other = chat("2", 0, "bo", "Yes");
    other.in_reply_to = vec!["1".into()];
    let messages = [chat("1", 0, "ana", "Here?"), other];
    assert_eq!(groups(&Config::default(), &messages), [vec!["1"], vec!["2"]]);
}

/// A tree with a desk's mail of one customer holds a chat with another: a further chat of the first one
/// names its parent there, and stays out whatever came first.
#[test]
fn a_customer_of_a_tree_is_no_reason_to_let_a_second_person_in() {
    let mut first = mail("1", 0, "Lamp");
    (first.direction, first.author.entity) = (Direction::Inbound, Some("ana".into()));
    let mut reply = mail("3", 1, "Re: Lamp");
    reply.references = vec!["1".into()];
    let (mut other, mut late) = (chat("2", 0, "bo", "Yes"), chat("4", 49, "ana", "Any news?"));
    (other.references, late.references) = (vec!["3".into()], vec!["3".into()]);
    let messages = [first, other, reply, late];
    for order in orders(4) {
        let turned: Vec<&Message> = order.iter().map(|&at| &messages[at]).collect();
        let engine = filled(&Config::default(), &turned);
        let alone = |id: &str| engine.opens(engine.find(id).expect("it is there"));
        assert!(alone("4") && !alone("2") && !alone("3"), "{order:?}");
    }
}

/// A mail answers a line of a room that is later than itself, and another mail goes on with it: the line may
/// not join what is kept apart from that other mail.
#[test]
fn a_late_root_joins_nothing_that_is_kept_apart_from_what_hangs_on_its_tree() {
    let said = |id: &str, channel: &str, hours: i64, text: &str| {
        let mut message = Message::new(id, channel, "p0", Timestamp(hours * HOUR), text);
        message.author.entity = Some("e0".into());
        message.to = vec![Participant::from_text("p0")];
        message
    };
    let mut answer = said("m3", "email", 0, "");
    (answer.subject, answer.references) = (Some("Re: late parcel".into()), vec!["m0".into()]);
    let root = said("m0", "irc:#a", 28, "the parcel has not arrived at all");
    let messages = [answer, said("m7", "irc:#a", 0, ""), said("m8", "email", 0, ""), root];
    let config = Config { cannot_link: vec![pair("m8", "m7")], ..Config::default() };
    let mut expected = None;
    for order in orders(4) {
        let turned: Vec<&Message> = order.iter().map(|&at| &messages[at]).collect();
        let held = held(&filled(&config, &turned));
        assert_eq!(&held, expected.get_or_insert_with(|| held.clone()), "{order:?}");
    }
}

/// A tree gets another root while somebody hangs on it whom the next change takes off: whom the conversation is
/// with follows from the tree as it is.
#[test]
fn who_a_conversation_is_with_is_known_after_its_tree_got_another_root() {
    let said = |id: &str, channel: &str, (from, to): (&str, &str), direction: Direction, text: &str| {
        let mut message = Message::new(id, channel, from, Timestamp(0), text);
        message.author.entity = ["p0", "p2"].contains(&from).then(|| from.replace('p', "e"));
        message.to = vec![Participant::from_text(to)];
        message.direction = direction;
        message
    };
    let parcel = "the parcel has not arrived at all";
    let mut named = said("m8", "email", ("p0", "p0"), Direction::Unknown, "");
    named.references = vec!["m2".into()];
    let mut both = said("m14", "email", ("p0", "p1"), Direction::Outbound, "");
    both.references = vec!["m12".into(), "m8".into()];
    let messages = [
        said("m2", "email", ("p0", "p0"), Direction::Unknown, ""),
        named,
        said("m9", "email", ("p0", "p0"), Direction::Unknown, parcel),
        said("m12", "sms", ("p3", "p0"), Direction::Outbound, parcel),
        both,
        said("m16", "email", ("p2", "p0"), Direction::Inbound, &format!("> {parcel}\nreally?")),
        said("m17", "whatsapp", ("p0", "p3"), Direction::Inbound, parcel),
    ];
    let config = Config { cannot_link: vec![pair("m2", "m16")], ..Config::default() };
    let mut sorted: Vec<&Message> = messages.iter().collect();
    sorted.sort_by(|a, b| order::compare(a, b));
    let turned: Vec<&Message> = [3, 1, 2, 5, 4, 6, 0].map(|at: usize| &messages[at]).into();
    assert_eq!(held(&filled(&config, &turned)), held(&filled(&config, &sorted)));
}

#[test]
fn a_persons_word_outranks_ids() {
    let mut reply = mail("2", 1, "Re: Parcel");
    reply.in_reply_to = vec!["1".into()];
    let messages = [mail("1", 0, "Parcel"), reply, mail("3", 2, "Invoice")];
    let config = Config {
        cannot_link: vec![pair("2", "1")],
        must_link: vec![pair("3", "1"), pair("1", "no such message")],
        ..Config::default()
    };
    assert_eq!(groups(&config, &messages), [vec!["1", "3"], vec!["2"]]);
}

#[test]
fn loops_and_missing_parents_are_no_trouble() {
    let mut messages = [mail("1", 0, "a"), mail("2", 1, "b"), mail("3", 2, "c"), mail("4", 3, "d")];
    messages[0].in_reply_to = vec!["<2>".into()];
    messages[1].in_reply_to = vec!["<1>".into(), "<2>".into()];
    messages[2].references = vec!["<gone@x>".into()];
    messages[3].references = vec!["<gone@x>".into(), "<also-gone@x>".into()];
    let stitching = stitch(&Config::default(), &messages);
    assert_eq!(stitching.conversations.len(), 2);
    assert_eq!(stitching.placements[3].relation, Relation::MissingParent);
    assert_eq!(stitching.placements[3].conversation_id, "3");
}

#[test]
fn an_automatic_reply_keeps_nothing_open() {
    let mut auto = chat("2", 30, "ana", "I am on holiday.");
    auto.auto = true;
    let messages = [chat("1", 0, "ana", "Hello?"), auto, chat("3", 59, "ana", "Hello??")];
    let stitching = stitch(&Config::default(), &messages);
    assert_ne!(stitching.placements[2].conversation_id, stitching.placements[1].conversation_id);
}

#[test]
fn a_lost_reply_is_found_by_what_it_quotes() {
    let mut first = mail("1", 0, "Parcel");
    first.text = "The parcel with the blue lamp has not arrived yet.\nCan you look into it, please?".into();
    let mut reply = mail("2", 5, "Your question");
    reply.author = Participant::from_text("desk@shop.io");
    reply.to = vec![Participant::from_text("ana@x.io")];
    reply.text =
        "On it.\n\n> The parcel with the blue lamp has not arrived yet.\n> Can you look into it, please?\n"
            .into();
    let stitching = stitch(&Config::default(), &[first, reply]);
    assert_eq!(stitching.placements[1].parent, Some(0));
    assert!(stitching.placements[1].evidence.contributions.iter().any(|c| c.name == "quoted_lines"));
}

#[test]
fn in_a_room_a_name_says_who_is_answered() {
    let line = |id: &str, who: &str, text: &str, minute: i64| {
        Message::new(id, "irc:#help", who, Timestamp(minute * 60_000), text)
    };
    let messages = [
        line("1", "ana", "my screen stays black", 0),
        line("2", "bob", "anybody here who knows printers?", 0),
        line("3", "cat", "ana: which card is it?", 1),
        line("4", "dan", "bob: ask away", 1),
        line("5", "ana", "an old one", 2),
    ];
    let stitching = stitch(&Config::default(), &messages);
    let parents: Vec<_> = stitching.placements.iter().skip(2).map(|p| p.parent).collect();
    assert_eq!(parents, [Some(0), Some(1), Some(2)]);
}

/// Some message of a small world: few ids, people, words and moments, so that they collide.
pub(super) fn some_message() -> impl Strategy<Value = Message> {
    let channels = prop::sample::select(vec!["email", "whatsapp", "sms", "irc:#a", "x", "phone"]);
    let who = 0_usize..4;
    let subject = prop::sample::select(vec![
        "",
        "Re: late parcel",
        "late parcel",
        "Fwd: late parcel",
        "aw: x",
        "[#4711] lamp",
        "Ticket 4711",
    ]);
    let text = prop::sample::select(vec![
        "",
        "p1: yes, that is it",
        "the parcel has not arrived at all",
        "> the parcel has not arrived at all\nreally?",
        "my order number is 48213",
    ]);
    let ids = prop::collection::vec(0_usize..14, 0..3);
    (0_i64..80, channels, who, (0_usize..4, 0_u8..3), subject, text, ids, prop::bool::weighted(0.1)).prop_map(
        |(hours, channel, who, (to, direction), subject, text, ids, auto)| {
            let mut message = Message::new("", channel, format!("p{who}"), Timestamp(hours * HOUR), text);
            message.to = vec![Participant::from_text(&format!("p{to}"))];
            message.author.entity = (who % 2 == 0).then(|| format!("e{who}"));
            message.direction =
                [Direction::Unknown, Direction::Inbound, Direction::Outbound][direction as usize];
            message.subject = (!subject.is_empty()).then(|| subject.to_owned());
            message.references = ids.iter().map(|id| format!("m{id}")).collect();
            message.auto = auto;
            message
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn places_do_not_depend_on_the_order_of_the_input(
        messages in prop::collection::vec(some_message(), 0..12).prop_map(|mut messages| {
            for (at, message) in messages.iter_mut().enumerate() {
                message.id = format!("m{at}");
            }
            messages
        }),
        turn in 0_usize..12,
        cut in (0_usize..12, 0_usize..12),
    ) {
        let config = Config {
            cannot_link: vec![(format!("m{}", cut.0), format!("m{}", cut.0 + cut.1 + 1))],
            ..Config::default()
        };
        let stitching = stitch(&config, &messages);
        let mut turned = messages.clone();
        turned.reverse();
        turned.rotate_left(turn.min(messages.len()));
        let again = stitch(&config, &turned);
        let place = |stitching: &Stitching, messages: &[Message], id: &str| {
            let at = messages.iter().position(|m| m.id == id).expect("it is there");
            let place = stitching.placements[at].clone();
            let id = |at: usize| messages[at].id.clone();
            let next = place.runner_up.map(|next| (id(next.message), next.weight));
            (place.parent.map(id), next, Placement { parent: None, runner_up: None, ..place })
        };
        for message in &messages {
            prop_assert_eq!(
                place(&stitching, &messages, &message.id),
                place(&again, &turned, &message.id)
            );
        }
        for placement in &stitching.placements {
            prop_assert!(placement.evidence.adds_up());
            prop_assert_eq!(placement.evidence.total, placement.weight);
        }
        let mut seen = 0;
        for conversation in &stitching.conversations {
            seen += conversation.members.len();
            let openings = conversation.members.iter().filter(|&&at| stitching.placements[at].parent.is_none());
            prop_assert_eq!(openings.count(), 1);
            prop_assert_eq!(&conversation.id, &messages[conversation.members[0]].id);
            for &at in &conversation.members {
                prop_assert_eq!(&stitching.placements[at].conversation_id, &conversation.id);
            }
        }
        prop_assert_eq!(seen, messages.len());
        for (a, b) in &config.cannot_link {
            let id = |id: &str| messages.iter().position(|m| m.id == id)
                .map(|at| &stitching.placements[at].conversation_id);
            prop_assert!(id(a).is_none() || id(a) != id(b));
        }
    }
}

/// Windows, boundaries and locks on some channels; mostly none.
pub(super) fn some_policies() -> impl Strategy<Value = std::collections::BTreeMap<String, Policy>> {
    let policy = (prop::option::of(1_i64..50), any::<bool>(), any::<bool>(), prop::bool::weighted(0.2));
    let policy = policy.prop_map(|(hours, cross_channel, cross_visibility, lock_to_one)| Policy {
        reopen_ms: hours.map(|hours| hours * HOUR),
        cross_channel,
        cross_visibility,
        lock_to_one,
        ..Policy::default()
    });
    let channel = prop::sample::select(vec!["email", "whatsapp", "sms", "irc", "x"]).prop_map(str::to_owned);
    prop_oneof![
        1 => Just(std::collections::BTreeMap::new()),
        2 => prop::collection::btree_map(channel, policy, 1..4),
    ]
}

/// Mostly by all evidence.
pub(super) fn some_threading() -> impl Strategy<Value = Threading> {
    prop_oneof![
        4 => Just(Threading::Evidence),
        1 => Just(Threading::References),
        1 => Just(Threading::OrderedSubject),
    ]
}

/// A message's parent and relation, its conversation, and what is suggested for it with what weight.
type Held = (String, Option<String>, Option<Relation>, String, Option<(String, Weight)>);

/// What an engine holds, by ids: who hangs on whom and how, which messages are together, and what a person
/// is asked about.
fn held(engine: &Engine) -> Vec<Held> {
    let id = |at: u32| engine.id(at).to_owned();
    let all = engine.all();
    let place = |&at: &u32| {
        let link = engine.link(at);
        let first = engine.members(engine.conversation(at))[0];
        let next = engine.suggestions().contains(&at).then(|| engine.record(at).next).flatten();
        let next = next.map(|(at, weight)| (id(at), weight));
        (id(at), link.map(|link| id(link.parent)), link.map(|link| link.relation), id(first), next)
    };
    all.iter().map(place).collect()
}

fn filled(config: &Config, messages: &[&Message]) -> Engine {
    let mut engine = Engine::new(config.clone(), false);
    for message in messages {
        engine.insert(message).expect("few messages");
    }
    engine
}

/// An engine that takes in messages in working order at once.
fn filled_at_once(config: &Config, messages: &[&Message]) -> Engine {
    let mut engine = Engine::new(config.clone(), false);
    engine.fill(messages, &mut unwatched).expect("few messages");
    engine
}

/// All orders of `count` things (Heap 1963).
fn orders(count: usize) -> Vec<Vec<usize>> {
    fn heap(left: usize, order: &mut Vec<usize>, found: &mut Vec<Vec<usize>>) {
        if left <= 1 {
            found.push(order.clone());
            return;
        }
        for at in 0..left {
            heap(left - 1, order, found);
            order.swap(if left.is_multiple_of(2) { at } else { 0 }, left - 1);
        }
    }
    let mut found = Vec::new();
    heap(count, &mut (0..count).collect(), &mut found);
    found
}

pub(super) fn numbered(mut messages: Vec<Message>) -> Vec<Message> {
    for (at, message) in messages.iter_mut().enumerate() {
        message.id = format!("m{at}");
    }
    messages
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    #[test]
    fn all_720_orders_of_six_messages_give_the_same_conversations(
        messages in prop::collection::vec(some_message(), 6).prop_map(numbered),
        cut in (0_usize..6, 0_usize..6), tie in (0_usize..6, 0_usize..6),
        threading in some_threading(), policies in some_policies(),
    ) {
        let pair = |(a, b): (usize, usize)| (format!("m{a}"), format!("m{}", a + b + 1));
        let mut config = Config {
            cannot_link: vec![pair(cut)],
            must_link: vec![pair(tie)],
            policies,
            threading,
            ..Config::default()
        };
        if config.check().is_err() {
            config.must_link.clear();
        }
        let mut sorted: Vec<&Message> = messages.iter().collect();
        sorted.sort_by(|a, b| order::compare(a, b));
        let expected = held(&filled(&config, &sorted));
        prop_assert_eq!(&held(&filled_at_once(&config, &sorted)), &expected, "at once");
        for order in orders(6) {
            let turned: Vec<&Message> = order.iter().map(|&at| &messages[at]).collect();
            prop_assert_eq!(&held(&filled(&config, &turned)), &expected, "arrival {:?}", order);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn whatever_comes_and_goes_the_links_are_those_of_what_is_there(
        messages in prop::collection::vec(some_message(), 1..24).prop_map(numbered),
        moves in prop::collection::vec((0_usize..24, 0_usize..24, 0_u8..8), 1..60),
        threading in some_threading(), policies in some_policies(),
    ) {
        let mut config = Config { policies, threading, ..Config::default() };
        let mut engine = Engine::new(config.clone(), false);
        let mut there = vec![None; messages.len()];
        for (one, other, what) in moves {
            let (one, other) = (one % messages.len(), other % messages.len());
            match (what, there[one]) {
                (0, _) if one != other => {
                    let pair = (format!("m{one}"), format!("m{other}"));
                    let mut with = config.clone();
                    with.cannot_link.push(pair.clone());
                    if with.check().is_ok() && !config.must_link.iter().any(|p| same_pair(p, &pair)) {
                        config = with;
                        engine.say(&pair.0, &pair.1, Some(false));
                    }
                }
                (1, _) if one != other => {
                    let pair = (format!("m{one}"), format!("m{other}"));
                    let mut with = config.clone();
                    with.must_link.push(pair.clone());
                    if with.check().is_ok() {
                        config = with;
                        engine.say(&pair.0, &pair.1, Some(true));
                    }
                }
                (2, _) => {
                    let pair = (format!("m{one}"), format!("m{other}"));
                    config.must_link.retain(|known| !same_pair(known, &pair));
                    config.cannot_link.retain(|known| !same_pair(known, &pair));
                    engine.say(&pair.0, &pair.1, None);
                }
                (3, Some(at)) => {
                    engine.remove(at);
                    there[one] = None;
                }
                (_, None) => there[one] = Some(engine.insert(&messages[one]).expect("few messages")),
                _ => {}
            }
            let mut present: Vec<&Message> =
                messages.iter().zip(&there).filter(|(_, at)| at.is_some()).map(|(m, _)| m).collect();
            present.sort_by(|a, b| order::compare(a, b));
            prop_assert_eq!(held(&engine), held(&filled_at_once(&config, &present)));
        }
    }
}

fn same_pair(one: &(String, String), other: &(String, String)) -> bool {
    one == other || (one.0 == other.1 && one.1 == other.0)
}

/// A change some service makes, with two of its messages.
pub(super) type Move = (usize, usize, u8);

/// Makes one change; what it did, or the name of what was wrong.
pub(super) fn change(
    live: &mut LiveStitcher,
    messages: &[Message],
    (one, other, what): Move,
) -> Option<Change> {
    let (one, other) = (one % messages.len(), other % messages.len());
    let (a, b) = (&messages[one].id, &messages[other].id);
    let change = match what {
        0 => live.must_link(a, b),
        1 => live.cannot_link(a, b),
        2 => live.undo_link(a, b),
        3 | 4 => live.delete(a),
        5 => live.split(a),
        6 => live.move_to(a, live.conversation_of(b)?),
        // The correction of a message: its words are those of another.
        7 => live.upsert(&Message { text: messages[other].text.clone(), ..messages[one].clone() }),
        _ => live.upsert(&messages[one]),
    };
    change.ok()
}

/// A picture of which message is where, as somebody draws it who only follows the events.
pub(super) fn follow(picture: &mut std::collections::BTreeMap<String, ConversationId>, events: &[Event]) {
    for event in events {
        match event {
            Event::Created { .. } => {}
            Event::Split { from, into, messages } => {
                for message in messages {
                    assert_eq!(picture.insert(message.clone(), *into), Some(*from));
                }
            }
            Event::Left { conversation, message } => {
                assert_eq!(picture.remove(message), Some(*conversation));
            }
            Event::Merged { from, into } => {
                picture.values_mut().filter(|at| *at == from).for_each(|at| *at = *into);
            }
            Event::Joined { conversation, message } => {
                assert_eq!(picture.insert(message.clone(), *conversation), None);
            }
            Event::Ended { conversation } => assert!(picture.values().all(|at| at != conversation)),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn conversations_keep_their_ids_and_events_tell_the_whole_story(
        messages in prop::collection::vec(some_message(), 1..16).prop_map(numbered),
        moves in prop::collection::vec((0_usize..16, 0_usize..16, 0_u8..14), 1..50),
    ) {
        let mut live = LiveStitcher::new(Config::default()).expect("the config is valid");
        let mut picture = std::collections::BTreeMap::new();
        for (one, other, what) in moves {
            let Some(change) = change(&mut live, &messages, (one, other, what)) else { continue };
            let message = &messages[one % messages.len()];
            follow(&mut picture, &change.events);
            for message in &messages {
                prop_assert_eq!(live.conversation_of(&message.id), picture.get(&message.id).copied());
            }
            for conversation in live.conversations() {
                let members = live.members(conversation);
                prop_assert!(!members.is_empty());
                let all = members.iter().all(|id| picture.get(id) == Some(&conversation));
                prop_assert!(all, "{} holds {:?}", conversation, members);
                let named = picture.values().filter(|&&id| id == conversation).count();
                prop_assert_eq!(named, members.len(), "of {}", conversation);
            }
            if let (5, Some(conversation)) = (what, live.conversation_of(&message.id)) {
                prop_assert_eq!(change.conversation, Some(conversation));
            }
            // The same message once more is no change.
            if what > 7 {
                prop_assert_eq!(live.upsert(message).expect("it is known").events, Vec::new());
                let explained = live.explain(&message.id).expect("it is there");
                prop_assert!(explained.evidence.adds_up());
            }
        }
    }
}
