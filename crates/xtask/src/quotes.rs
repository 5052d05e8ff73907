//! Bodies of mail that the suites of five reply parsers hold: is the same taken for the reply, the
//! quotation and the signature?
//!
//! A case says what its suite takes off (`strips`): the quotation, the signature, or both. What is left
//! must be the expected reply, and the signature the expected one; some cases name only strings that a
//! part must hold or must not. White space around a text and at the ends of its lines does not count, as
//! the suites trim it too. A body in HTML is read as text first; where the suite states its answer as
//! markup, that is read as text too, and both are compared without white space.
//!
//! Two words mean different things to different suites, and each is judged by its own: what GitHub's and
//! Crisp's call the visible text holds the quotations between and above the answers
//! ([`Body::visible_text`](reknit::text::body::Body::visible_text)), and Mailgun's takes a mail passed on
//! for the author's words. Cases that the suites themselves answer differently are left out, and so are
//! those whose answer came out of a trained classifier instead of a person's head.

use std::path::Path;

use reknit::text::body::{self, PartKind};
use reknit::text::html;
use serde_json::Value;

/// The share of cases answered as their suites answer them, as JSON.
pub(crate) fn replies(folder: &Path) -> Option<String> {
    let cases = read(folder)?;
    let right = cases.iter().filter(|case| why_wrong(case).is_none()).count();
    let share = right as f64 / cases.len() as f64;
    (!cases.is_empty())
        .then(|| format!(r#"{{"agreement": {share}, "agree": {right}, "count": {}}}"#, cases.len()))
}

/// The cases that count.
fn read(folder: &Path) -> Option<Vec<Value>> {
    let text = std::fs::read_to_string(folder.join("cases.jsonl")).ok()?;
    let cases: Vec<Value> = text.lines().map(serde_json::from_str).collect::<Result<_, _>>().ok()?;
    let counts = |case: &Value| {
        let learned = case["name"].as_str().is_some_and(|name| name.contains("signature/learned"));
        !learned && case["disputed"] != true
    };
    Some(cases.into_iter().filter(counts).collect())
}

/// The pieces of a body that a case speaks of.
struct Pieces {
    reply: String,
    quoted: String,
    signature: String,
}

impl Pieces {
    /// Reads the body of `case`, and takes off what its suite takes off.
    fn of(case: &Value) -> Self {
        let raw = case["body"].as_str().unwrap_or_default();
        let text = if case["format"] == "html" { html::to_text(raw) } else { raw.to_owned() };
        let body = body::split(&text);
        let strips = |what: &str| case["strips"].as_array().is_some_and(|all| all.iter().any(|s| s == what));
        let says = |suite: &str| case["name"].as_str().is_some_and(|name| name.starts_with(suite));
        let is_kept = |kind| match kind {
            PartKind::Reply => true,
            PartKind::Signature => !strips("signature"),
            PartKind::Forward => !strips("quote") || says("talon/"),
            _ => !strips("quote"),
        };
        let is_quoted = |kind| !matches!(kind, PartKind::Reply | PartKind::Signature);
        Self {
            reply: if says("github/") || says("crisp/") {
                body.visible_text(&text)
            } else {
                body.text_of(&text, is_kept)
            },
            quoted: body.text_of(&text, is_quoted),
            signature: body.signature(&text).to_owned(),
        }
    }
}

/// What of the case is answered otherwise, if anything is.
fn why_wrong(case: &Value) -> Option<&'static str> {
    let pieces = Pieces::of(case);
    let says = |key: &str| case[key].as_str();
    if let Some(reply) = says("expected_reply") {
        let bare = case["compare"] == "ignore whitespace";
        let same =
            if bare { dense(reply) == dense(&pieces.reply) } else { even(reply) == even(&pieces.reply) };
        if !same {
            return Some("reply");
        }
    }
    if let Some(markup) = says("expected_reply_html")
        && dense(&html::to_text(markup)) != dense(&pieces.reply)
    {
        return Some("reply in HTML");
    }
    if says("expected_signature").is_some_and(|signature| even(signature) != even(&pieces.signature)) {
        return Some("signature");
    }
    let missing = |key: &str, piece: &str| strings(case, key).any(|wanted| !piece.contains(wanted));
    let present = |key: &str, piece: &str| strings(case, key).any(|unwanted| piece.contains(unwanted));
    if missing("must_contain", &pieces.reply) || present("must_not_contain", &pieces.reply) {
        return Some("strings of the reply");
    }
    if missing("quoted_must_contain", &pieces.quoted) || present("quoted_must_not_contain", &pieces.quoted) {
        return Some("strings of the quotation");
    }
    missing("signature_must_contain", &pieces.signature).then_some("strings of the signature")
}

fn strings<'c>(case: &'c Value, key: &str) -> impl Iterator<Item = &'c str> {
    let value = &case[key];
    let several = value.as_array().into_iter().flatten();
    several.chain(value.is_string().then_some(value)).filter_map(Value::as_str)
}

/// Without white space around it and at the ends of its lines.
fn even(text: &str) -> String {
    let lines: Vec<&str> = text.trim().lines().map(str::trim_end).collect();
    lines.join("\n")
}

/// Without any white space.
fn dense(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_case_is_right_only_if_all_it_says_holds() {
        let body =
            "It came. \n\n-- \nAna\n\nOn Mon, 2 Mar 2026 at 10:13, Desk <d@x.io> wrote:\n> Has it come?\n";
        let mut case = json!({"name": "a", "format": "text", "body": body, "strips": ["quote", "signature"],
            "expected_reply": "It came.", "expected_signature": "--\nAna",
            "must_not_contain": ["Desk"], "quoted_must_contain": ["Has it come?"]});
        assert_eq!(why_wrong(&case), None);
        case["quoted_must_contain"] = json!(["Ana"]);
        assert_eq!(why_wrong(&case), Some("strings of the quotation"));
        case["expected_signature"] = json!("");
        assert_eq!(why_wrong(&case), Some("signature"));
        case["expected_reply"] = json!("It came.\nDesk");
        assert_eq!(why_wrong(&case), Some("reply"));
    }

    #[test]
    fn what_a_suite_does_not_take_off_stays_in_the_reply() {
        let body = "It came.\n\n-- \nAna\n";
        let case = json!({"body": body, "strips": ["quote"], "expected_reply": "It came.\n\n--\nAna"});
        assert_eq!(why_wrong(&case), None);
    }
}
