//! What people write: templates by language, topic and act, read from the three text files.
//!
//! A template may choose between wordings, `[a|b]`, and name slots, `{order}`, that are filled from
//! the matter at hand. The files are part of the program; a test reads every line of them.

use std::collections::BTreeMap;

use super::random::Dice;

/// The language somebody writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Language {
    English,
    German,
    Danish,
}

impl Language {
    /// The ISO 639-1 code.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::Danish => "da",
        }
    }
}

const SOURCES: [(Language, &str); 3] = [
    (Language::English, include_str!("texts/en.txt")),
    (Language::German, include_str!("texts/de.txt")),
    (Language::Danish, include_str!("texts/da.txt")),
];

/// One template: how it is meant and what it says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Phrase {
    pub(crate) label: &'static str,
    pub(crate) text: &'static str,
}

/// All templates.
#[derive(Debug)]
pub(crate) struct Phrases {
    by_key: BTreeMap<(Language, &'static str, &'static str), Vec<Phrase>>,
}

impl Phrases {
    /// Reads the files.
    pub(crate) fn read() -> Self {
        let mut by_key: BTreeMap<_, Vec<Phrase>> = BTreeMap::new();
        for (language, source) in SOURCES {
            for line in source.lines().filter(|line| !line.starts_with('#')) {
                let Some((head, text)) = line.split_once(": ") else { continue };
                let mut words = head.split(' ');
                if let (Some(topic), Some(act), Some(label)) = (words.next(), words.next(), words.next()) {
                    by_key.entry((language, topic, act)).or_default().push(Phrase { label, text });
                }
            }
        }
        Self { by_key }
    }

    /// The templates of one act, those for any topic where the topic has none.
    pub(crate) fn of(&self, language: Language, topic: &'static str, act: &'static str) -> &[Phrase] {
        let own = self.by_key.get(&(language, topic, act));
        own.or_else(|| self.by_key.get(&(language, "any", act))).map_or(&[], Vec::as_slice)
    }

    /// The topics customers of `language` write about, in order.
    pub(crate) fn topics(&self, language: Language) -> Vec<&'static str> {
        self.by_key.keys().filter(|key| key.0 == language && key.2 == "open").map(|key| key.1).collect()
    }
}

/// What the slots of one matter hold.
pub(crate) type Slots = BTreeMap<&'static str, String>;

/// A template with its wordings chosen and its slots filled.
pub(crate) fn fill(template: &str, slots: &Slots, dice: &mut Dice) -> String {
    let mut out = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some(at) = rest.find(['[', '{']) {
        out.push_str(&rest[..at]);
        let closing = if rest[at..].starts_with('[') { ']' } else { '}' };
        let Some(end) = rest[at..].find(closing) else { break };
        let inner = &rest[at + 1..at + end];
        if closing == ']' {
            let wordings: Vec<&str> = inner.split('|').collect();
            let chosen = *dice.pick(&wordings);
            out.push_str(&fill(chosen, slots, dice));
        } else if let Some(value) = slots.get(inner) {
            out.push_str(value);
        }
        rest = &rest[at + end + 1..];
        // `am 17.02.` ends the sentence, too.
        if out.ends_with('.') && rest.starts_with('.') {
            rest = &rest[1..];
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const SLOTS: [&str; 19] = [
        "agent", "amount", "city", "country", "customer", "date", "days", "device", "digits", "gist",
        "given", "nick", "order", "phone", "plan", "street", "surname", "tenant", "ticket",
    ];

    #[test]
    fn every_line_is_a_template_with_known_slots() {
        let labels = ["positive", "negative", "neutral", "mixed", "sarcastic"];
        let mut lines = 0;
        for (_, source) in SOURCES {
            for line in source.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
                let (head, text) = line.split_once(": ").expect(line);
                let words: Vec<&str> = head.split(' ').collect();
                assert_eq!(words.len(), 3, "{line}");
                assert!(labels.contains(&words[2]), "{line}");
                assert_eq!(text.matches('[').count(), text.matches(']').count(), "{line}");
                for slot in text.split('{').skip(1) {
                    let name = slot.split('}').next().unwrap_or_default();
                    assert!(SLOTS.contains(&name), "{line}");
                }
                lines += 1;
            }
        }
        assert!(lines > 280, "{lines} templates");
    }

    #[test]
    fn every_topic_can_be_talked_through() {
        let phrases = Phrases::read();
        for (language, _) in SOURCES {
            for topic in phrases.topics(language) {
                for act in ["open", "fix", "close", "chase", "hold", "hop", "gist", "subject"] {
                    assert!(!phrases.of(language, topic, act).is_empty(), "{language:?} {topic} {act}");
                }
            }
        }
    }

    #[test]
    fn slots_and_wordings_are_filled() {
        let slots = Slots::from([("order", "VH-1".to_owned())]);
        let text = fill("[a|a] {order}!", &slots, &mut Dice::new(1));
        assert_eq!(text, "a VH-1!");
    }
}
