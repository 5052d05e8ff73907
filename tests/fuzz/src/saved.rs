//! Saved topics and likeness: JSON that was changed in some places.

use std::sync::OnceLock;

use reknit::mine::{Similarity, TopicConfig, Topics};

use crate::draw::Draw;
use crate::mine::{check_similarity, check_topics};

/// Numbers that end where others begin.
const NUMBERS: [&str; 12] = [
    "0",
    "-1",
    "1",
    "2",
    "7",
    "255",
    "4294967295",
    "4294967296",
    "18446744073709551616",
    "1e38",
    "-1e39",
    "null",
];

/// What was saved with some of its numbers changed, or some of its bytes, is refused or works.
pub fn saved(data: &[u8]) {
    let mut draw = Draw::new(data);
    let is_topics = draw.below(3) > 0;
    let mut json = (if is_topics { topics_json() } else { similarity_json() }).to_vec();
    for _ in 0..=draw.below(4) {
        edit(&mut draw, &mut json);
    }
    let texts = draw.texts(6);
    if is_topics {
        let Ok(topics) = serde_json::from_slice::<Topics>(&json) else { return };
        check_topics(&topics, &texts);
        let more = ["a lamp is broken", "a lamp again", "lamps are broken", "the lamp"];
        check_topics(&topics.extend(&more).extend(&texts), &texts);
    } else {
        let Ok(similarity) = serde_json::from_slice::<Similarity>(&json) else { return };
        check_similarity(&similarity, &texts);
    }
}

fn edit(draw: &mut Draw<'_>, json: &mut Vec<u8>) {
    let what = draw.below(4);
    let at = draw.place(json.len());
    match what {
        _ if json.is_empty() => {}
        0 => json[at] = draw.byte(),
        1 => {
            let until = (at + draw.below(64)).min(json.len());
            json.drain(at..until);
        }
        // The next number becomes another.
        _ => {
            let number = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'-' | b'.' | b'e');
            let Some(begin) = json[at..].iter().position(u8::is_ascii_digit).map(|more| at + more) else {
                return;
            };
            let length = json[begin..].iter().take_while(|byte| number(byte)).count();
            json.splice(begin..begin + length, NUMBERS[draw.below(NUMBERS.len())].bytes());
        }
    }
}

const TEXTS: [&str; 8] = [
    "the parcel is late",
    "my parcel is lost",
    "where is the parcel",
    "a refund please",
    "refund my money",
    "I want a refund",
    "cannot log in",
    "the login fails again",
];

fn topics_json() -> &'static [u8] {
    static JSON: OnceLock<Vec<u8>> = OnceLock::new();
    JSON.get_or_init(|| {
        let config = TopicConfig { topics: Some(3), smallest: 1, language: None };
        let mut topics =
            serde_json::to_value(Topics::fit(&config, &TEXTS).expect("texts with words")).expect("JSON");
        // The 128 numbers of each centre would draw most of the changes to them.
        let centres = topics["topics"].as_array_mut().expect("topics");
        for centre in centres {
            for number in centre["meaning"].as_array_mut().expect("its meaning").iter_mut().skip(3) {
                *number = serde_json::json!(0);
            }
        }
        serde_json::to_vec(&topics).expect("JSON")
    })
}

fn similarity_json() -> &'static [u8] {
    static JSON: OnceLock<Vec<u8>> = OnceLock::new();
    JSON.get_or_init(|| serde_json::to_vec(&Similarity::fit(&TEXTS)).expect("plain data"))
}
