//! Requests of the verbs that read texts, as they come over the border: any bytes as JSON.

use reknit::wire::call;

use crate::VERBS;
use crate::draw::Draw;

/// An answer is JSON, and so is the request it was given for; all else is an error with a code.
pub fn wire(data: &[u8]) {
    let mut draw = Draw::new(data);
    let verb = VERBS[draw.below(VERBS.len())];
    let request = draw.text();
    match call(verb, &request) {
        Ok(answer) => {
            serde_json::from_str::<serde_json::Value>(&answer).expect("an answer is JSON");
            assert_eq!(call(verb, &request).expect("it was answered before"), answer, "asked twice");
        }
        Err(error) => assert_ne!(error.name(), "internal", "{error}"),
    }
}
