//! What holds for a stitcher that is saved and goes on.

use std::ops::ControlFlow;

use proptest::prelude::*;

use super::*;
use crate::model::{Direction, Message, unwatched};
use crate::stitch::tests::{
    HOUR, Move, change, chat, follow, mail, numbered, some_message, some_policies, some_threading,
};

fn some_moves(most: usize) -> impl Strategy<Value = Vec<Move>> {
    prop::collection::vec((0_usize..20, 0_usize..20, 0_u8..14), 0..most)
}

/// Conversations with their messages, why each is there, and what is suggested.
type Told = (Vec<(ConversationId, Vec<String>)>, Vec<LinkExplanation>, Vec<LinkSuggestion>);

/// All that can be asked about what is held.
fn told(live: &LiveStitcher) -> Told {
    let conversations = live.conversations().into_iter().map(|id| (id, live.members(id)));
    let conversations: Vec<_> = conversations.collect();
    let ids = conversations.iter().flat_map(|(_, members)| members);
    let why = ids.filter_map(|id| live.explain(id).ok()).collect();
    (conversations, why, live.suggestions())
}

fn again(live: &LiveStitcher) -> LiveStitcher {
    LiveStitcher::from_bytes(&live.to_bytes().expect("it can be written")).expect("it is whole")
}

/// What is together, why each message is there and what is suggested, whatever the conversations' numbers.
fn told_without_numbers(
    live: &LiveStitcher,
) -> (Vec<Vec<String>>, Vec<LinkExplanation>, Vec<LinkSuggestion>) {
    let (conversations, mut why, suggestions) = told(live);
    for why in &mut why {
        why.conversation = ConversationId(0);
    }
    why.sort_by(|a, b| a.id.cmp(&b.id));
    let mut groups: Vec<Vec<String>> = conversations.into_iter().map(|(_, members)| members).collect();
    groups.sort();
    (groups, why, suggestions)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn beginning_with_many_is_beginning_with_each(
        messages in prop::collection::vec(some_message(), 1..20).prop_map(numbered),
        twice in prop::option::of((0_usize..20, 0_usize..20)), moves in some_moves(20),
        threading in some_threading(), policies in some_policies(),
    ) {
        let config = Config { policies, threading, ..Config::default() };
        let mut listed = messages.clone();
        if let Some((one, other)) = twice {
            let (one, other) = (one % messages.len(), other % messages.len());
            listed.push(Message { text: messages[other].text.clone(), ..messages[one].clone() });
        }
        let mut at_once =
            LiveStitcher::with(config.clone(), &listed, &mut unwatched).expect("the config is valid");
        let mut one_by_one = LiveStitcher::new(config).expect("the config is valid");
        for message in &listed {
            one_by_one.upsert(message).expect("it has an id");
        }
        prop_assert_eq!(told_without_numbers(&at_once), told_without_numbers(&one_by_one));
        for step in moves.into_iter().filter(|(_, _, what)| *what != 6) {
            change(&mut at_once, &messages, step);
            change(&mut one_by_one, &messages, step);
        }
        prop_assert_eq!(told_without_numbers(&at_once), told_without_numbers(&one_by_one));
    }
}

#[test]
fn a_list_with_a_nameless_message_is_refused_and_a_stop_is_heard() {
    let messages = [chat("1", 0, "ana", "Hello?"), chat("", 1, "ana", "Hello??")];
    let refused = LiveStitcher::with(Config::default(), &messages, &mut unwatched);
    assert!(refused.is_err_and(|error| error.kind() == ErrorKind::Input && error.to_string().contains("messages[1]")));
    let stopped = LiveStitcher::with(Config::default(), &messages[..1], &mut |_| ControlFlow::Break(()));
    assert!(stopped.is_err_and(|error| error.kind() == ErrorKind::Cancelled));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn a_loaded_stitcher_goes_on_as_the_saved_one(
        messages in prop::collection::vec(some_message(), 1..20).prop_map(numbered),
        before in some_moves(40), after in some_moves(30),
        threading in some_threading(), policies in some_policies(),
    ) {
        let config = Config { policies, threading, ..Config::default() };
        let mut live = LiveStitcher::new(config).expect("the config is valid");
        for step in before {
            change(&mut live, &messages, step);
        }
        let mut loaded = again(&live);
        prop_assert_eq!(told(&loaded), told(&live));
        prop_assert_eq!(loaded.to_bytes(), live.to_bytes());
        for step in after {
            prop_assert_eq!(change(&mut loaded, &messages, step), change(&mut live, &messages, step));
            prop_assert_eq!(told(&loaded), told(&live));
            for id in 0..=live.names.next {
                let id = ConversationId(id);
                prop_assert_eq!(loaded.redirect(id), live.redirect(id));
            }
        }
    }
}

/// A few messages with something of everything.
fn story() -> LiveStitcher {
    let window = Policy { reopen_ms: Some(30 * HOUR), ..Policy::default() };
    let config = Config {
        policies: [("email".to_owned(), window)].into(),
        cannot_link: vec![("1".into(), "5".into())],
        ..Config::default()
    };
    let mut live = LiveStitcher::new(config).expect("the config is valid");
    let mut late = mail("3", 60, "Re: Parcel");
    late.in_reply_to = vec!["1".into(), "gone".into()];
    let mut told = chat("5", 2, "ana", "My order 48213 is late?");
    told.direction = Direction::Outbound;
    told.to = vec![crate::model::Participant::from_text("+4915112345")];
    let line = |id: &str, who: &str, text: &str| {
        Message::new(id, "irc:#help", who, crate::model::Timestamp(0), text)
    };
    let first = line("6", "ana", "my screen stays black");
    let all = [
        mail("1", 0, "Parcel"),
        late,
        chat("4", 1, "ana", "Hello"),
        told,
        first,
        line("7", "bo", "ana: which?"),
    ];
    for message in &all {
        live.upsert(message).expect("few messages");
    }
    live
}

#[test]
fn the_same_message_once_more_changes_nothing_after_loading() {
    let live = story();
    let mut loaded = again(&live);
    assert_eq!(loaded.conversation_of("7"), loaded.conversation_of("6"));
    let change = loaded.upsert(&mail("1", 0, "Parcel")).expect("it is known");
    assert_eq!(change, Change { conversation: live.conversation_of("1"), events: Vec::new() });
}

#[test]
fn what_no_message_needs_is_left_out() {
    let mut live = story();
    let size = live.to_bytes().expect("it can be written").len();
    for id in 0..500 {
        live.upsert(&chat(&format!("a visitor {id}"), 5, &format!("{id}"), "Hello?")).expect("few messages");
    }
    for id in 0..500 {
        live.delete(&format!("a visitor {id}")).expect("it is there");
    }
    // The next number of a conversation is all that is left of them.
    assert_eq!(live.to_bytes().expect("it can be written").len(), size);
    let loaded = again(&live);
    assert_eq!((loaded.len(), loaded.conversations()), (live.len(), live.conversations()));
}

#[test]
fn damaged_bytes_are_told() {
    let bytes = story().to_bytes().expect("it can be written");
    for end in 0..bytes.len() {
        assert_eq!(LiveStitcher::from_bytes(&bytes[..end]).expect_err("it is cut").name(), "model");
    }
    for at in 0..bytes.len() {
        let mut other = bytes.clone();
        other[at] ^= 1 << (at % 8);
        assert_eq!(LiveStitcher::from_bytes(&other).expect_err("it is damaged").name(), "model");
    }
    let mut newer = bytes;
    newer[8] = 99;
    let error = LiveStitcher::from_bytes(&newer).expect_err("it is of another format").to_string();
    assert!(error.contains("format 99"), "{error}");
}

/// With the checksum put right.
fn forged(mut bytes: Vec<u8>, at: usize, byte: u8) -> Vec<u8> {
    let end = bytes.len() - 8;
    bytes[at] = byte;
    let sum = crate::model::checksum(&bytes[..end]);
    bytes[end..].copy_from_slice(&sum.to_le_bytes());
    bytes
}

/// Whoever forges a checksum too gets an error, or an engine that does no harm.
#[test]
fn forged_bytes_do_no_harm() {
    let bytes = story().to_bytes().expect("it can be written");
    let mut refused = 0;
    for at in 0..bytes.len() - 8 {
        for byte in [0, 1, 255, bytes[at].wrapping_add(1)] {
            match LiveStitcher::from_bytes(&forged(bytes.clone(), at, byte)) {
                Ok(mut live) => {
                    let _ = told(&live);
                    let _ = live.upsert(&mail("8", 3, "Parcel"));
                    let _ = live.upsert(&chat("9", 3, "ana", "Hello"));
                    let _ = live.delete("1");
                    let _ = told(&live);
                }
                Err(error) => {
                    refused += 1;
                    assert_eq!(error.name(), "model");
                }
            }
        }
    }
    assert!(refused > bytes.len());
}

/// The conversations whose last message was sent before `time`, and how many messages they have.
fn silent(live: &LiveStitcher, messages: &[Message], time: i64) -> (usize, Vec<ConversationId>) {
    let sent = |id: &String| messages.iter().find(|message| message.id == *id).and_then(|found| found.sent);
    let silent = |id: &ConversationId| {
        live.members(*id).iter().all(|id| sent(id).is_some_and(|sent| sent.millis() < time))
    };
    let silent: Vec<ConversationId> = live.conversations().into_iter().filter(silent).collect();
    (silent.iter().map(|&id| live.members(id).len()).sum(), silent)
}

/// The link and the conversation of each message, by id.
fn places(
    live: &LiveStitcher,
    ids: &[String],
) -> Vec<(String, Option<String>, Relation, Option<ConversationId>)> {
    let place = |id: &String| {
        let why = live.explain(id).expect("it is there");
        (id.clone(), why.parent, why.relation, live.conversation_of(id))
    };
    ids.iter().map(place).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn closing_leaves_the_rest_as_it_was(
        messages in prop::collection::vec(some_message(), 1..20).prop_map(numbered),
        before in some_moves(40), after in some_moves(30), closing in 0_i64..90,
        threading in some_threading(), policies in some_policies(),
    ) {
        let config = Config { policies, threading, ..Config::default() };
        let mut live = LiveStitcher::new(config).expect("the config is valid");
        for step in before {
            change(&mut live, &messages, step);
        }
        let time = closing * HOUR;
        let (gone, silent) = silent(&live, &messages, time);
        let there: Vec<String> = messages.iter().map(|message| message.id.clone()).collect();
        let stays = |id: &&String| live.conversation_of(id).is_some_and(|of| !silent.contains(&of));
        let stays: Vec<String> = there.iter().filter(stays).cloned().collect();
        let expected = places(&live, &stays);
        let closed = live.close_before(crate::model::Timestamp(time)).expect("it can be written");
        prop_assert_eq!((closed.messages, &closed.conversations), (gone, &silent));
        prop_assert_eq!(live.len(), stays.len());
        prop_assert!(gone == 0 || live.engine.slots() == stays.len());
        prop_assert_eq!(places(&live, &stays), expected);
        for id in there.iter().filter(|id| !stays.contains(id)) {
            prop_assert_eq!(live.conversation_of(id), None);
        }
        for id in silent {
            prop_assert_eq!(live.redirect(id), None);
        }
        // Once more there is nothing left to close, and what is left is whole.
        prop_assert_eq!(live.close_before(crate::model::Timestamp(time)), Ok(Closed::default()));
        let (mut picture, mut loaded) = (std::collections::BTreeMap::new(), again(&live));
        for id in &stays {
            picture.extend(live.conversation_of(id).map(|of| (id.clone(), of)));
        }
        for step in after {
            let (one, other) = (change(&mut live, &messages, step), change(&mut loaded, &messages, step));
            prop_assert_eq!(told(&loaded), told(&live));
            prop_assert_eq!(&one, &other);
            follow(&mut picture, one.as_ref().map_or(&[], |change| &change.events));
            for id in &there {
                prop_assert_eq!(live.conversation_of(id), picture.get(id).copied());
                if picture.contains_key(id) {
                    prop_assert!(live.explain(id).expect("it is there").evidence.adds_up());
                }
            }
        }
    }

    #[test]
    fn once_all_is_closed_it_is_as_if_nothing_had_been(
        messages in prop::collection::vec(some_message(), 1..16).prop_map(numbered),
        before in some_moves(30), order in Just(()).prop_perturb(|(), mut rng| rng.next_u64()),
    ) {
        let mut live = LiveStitcher::new(Config::default()).expect("the config is valid");
        for step in before.into_iter().filter(|step| step.2 > 2 && !(5..7).contains(&step.2)) {
            change(&mut live, &messages, step);
        }
        live.close_before(crate::model::Timestamp(i64::MAX)).expect("it can be written");
        prop_assert!(live.is_empty() && live.conversations().is_empty());
        let mut fresh = LiveStitcher::new(Config::default()).expect("the config is valid");
        let start = order as usize % messages.len();
        for message in messages[start..].iter().chain(&messages[..start]) {
            live.upsert(message).expect("few messages");
        }
        for message in messages[start..].iter().chain(&messages[..start]) {
            fresh.upsert(message).expect("few messages");
        }
        let groups = |live: &LiveStitcher| {
            let members = live.conversations().into_iter().map(|id| live.members(id));
            members.collect::<std::collections::BTreeSet<_>>()
        };
        prop_assert_eq!(groups(&live), groups(&fresh));
    }
}

#[test]
fn a_late_answer_to_what_is_closed_opens_a_conversation() {
    let mut live = LiveStitcher::new(Config::default()).expect("the config is valid");
    let mut answer = mail("2", 900, "Re: Parcel");
    answer.in_reply_to = vec!["1".into()];
    let first = live.upsert(&mail("1", 0, "Parcel")).expect("few messages").conversation;
    let other = live.upsert(&mail("3", 800, "Lamp")).expect("few messages").conversation;
    let closed = live.close_before(crate::model::Timestamp(500 * HOUR)).expect("it can be written");
    assert_eq!((closed.messages, closed.conversations), (1, first.into_iter().collect()));
    assert_eq!(live.engine.find("1"), None);
    let opened = live.upsert(&answer).expect("few messages").conversation;
    assert!(opened.is_some() && opened != first && opened != other);
    // A message without a time keeps its conversation open.
    live.upsert(&Message { sent: None, ..mail("4", 0, "Vase") }).expect("few messages");
    live.close_before(crate::model::Timestamp(i64::MAX)).expect("it can be written");
    assert_eq!(live.len(), 1);
}

#[test]
fn who_is_behind_a_handle_is_known_while_a_message_has_it() {
    let mut live = LiveStitcher::new(Config::default()).expect("the config is valid");
    let text = |id: &str, hours: i64, channel: &str, entity: Option<&str>| {
        let mut text = chat(id, hours, "1511234567", "Hello?");
        (text.channel, text.author.entity) = (channel.into(), entity.map(str::to_owned));
        text
    };
    live.upsert(&text("1", 0, "sms", Some("ana"))).expect("few messages");
    live.upsert(&text("2", 900, "whatsapp", None)).expect("few messages");
    live.close_before(crate::model::Timestamp(500 * HOUR)).expect("it can be written");
    // Told of another handle: the same person, as the closed message said.
    let mut other = chat("3", 901, "ana", "And?");
    other.author = crate::model::Participant { handle: "ana".into(), name: None, entity: Some("ana".into()) };
    let joined = again(&live).upsert(&other).expect("few messages").conversation;
    assert_eq!(joined, live.conversation_of("2"));
    live.delete("2").expect("it is there");
    live.upsert(&mail("4", 2000, "Lamp")).expect("few messages");
    live.upsert(&mail("5", 4000, "Vase")).expect("few messages");
    live.close_before(crate::model::Timestamp(3000 * HOUR)).expect("it can be written");
    let bytes = live.to_bytes().expect("it can be written");
    assert!(!bytes.windows(10).any(|bytes| bytes == b"1511234567"), "the handle is forgotten");
}
