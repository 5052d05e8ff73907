//! Reknit's body splitter: the pieces of each body, and microseconds a message.
//!
//! `body CASES OUT`: the cases are JSON Lines with `name`, `format` and `body`; out comes one JSON
//! object a case. The time is that of splitting, and where the body is HTML of reading it as text,
//! over many rounds of all cases of one format.

use std::borrow::Cow;

use compare_threads::{Result, jobs};
use cpu_time::ProcessTime;
use reknit::text::body::{self, Body, PartKind};
use serde::Deserialize;
use serde_json::json;

/// Rounds of the clock; the least is told.
const ROUNDS: usize = 20;

#[derive(Deserialize)]
struct Case {
    name: String,
    format: String,
    body: String,
}

fn main() -> Result<()> {
    for (given, out) in jobs() {
        let cases: Vec<Case> = std::fs::read_to_string(given)?
            .lines()
            .map(serde_json::from_str)
            .collect::<std::result::Result<_, _>>()?;
        let lines: Vec<String> = cases.iter().filter_map(pieces).collect();
        std::fs::write(out, lines.join("\n") + "\n")?;
        println!("{}", json!({ "text_us": clocked(&cases, "text"), "html_us": clocked(&cases, "html") }));
    }
    Ok(())
}

/// Microseconds of processor time a message over all cases of a format.
fn clocked(cases: &[Case], format: &str) -> Option<f64> {
    let cases: Vec<&Case> = cases.iter().filter(|case| case.format == format).collect();
    let round = || {
        let start = ProcessTime::now();
        let parts: usize =
            cases.iter().filter_map(|case| Some(body::split(&text_of(case)?).parts.len())).sum();
        (parts > 0).then(|| start.elapsed().as_secs_f64() * 1e6 / cases.len() as f64)
    };
    (0..ROUNDS).filter_map(|_| round()).min_by(f64::total_cmp)
}

/// What a caller gets, by what is to be taken off.
fn pieces(case: &Case) -> Option<String> {
    let text = text_of(case)?;
    let body = body::split(&text);
    let reply = |kind| kind == PartKind::Reply;
    let signature = |kind| kind == PartKind::Signature;
    Some(
        json!({
            "name": case.name,
            "quote+signature": joined(&body, &text, reply),
            "quote": joined(&body, &text, |kind| reply(kind) || signature(kind)),
            "signature": joined(&body, &text, |kind| !signature(kind)),
            "quoted": joined(&body, &text, |kind| !reply(kind) && !signature(kind)),
            "the_signature": body.signature(&text),
        })
        .to_string(),
    )
}

/// The parts of some kinds; what stood together stays as it stood.
fn joined(body: &Body, text: &str, wanted: impl Fn(PartKind) -> bool) -> String {
    let mut joined = String::new();
    let mut end = 0;
    for part in body.parts.iter().filter(|part| wanted(part.kind)) {
        if part.span.start != end {
            joined.truncate(joined.trim_end().len());
            joined.push('\n');
        }
        joined.push_str(&text[part.span.clone()]);
        end = part.span.end;
    }
    joined
}

/// The body as text; nothing for a body in HTML where the tree at hand does not read it.
fn text_of(case: &Case) -> Option<Cow<'_, str>> {
    if case.format == "html" { html_text(&case.body) } else { Some(Cow::Borrowed(&case.body)) }
}

#[cfg(feature = "html")]
fn html_text(body: &str) -> Option<Cow<'_, str>> {
    Some(Cow::Owned(reknit::text::html::to_text(body)))
}

#[cfg(not(feature = "html"))]
fn html_text(_: &str) -> Option<Cow<'_, str>> {
    None
}
