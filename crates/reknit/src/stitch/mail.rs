//! Mail that no id ties: the messages it may answer.
//!
//! Those that wrote a line it quotes, the more the fewer wrote it; the latest ones under the same base
//! subject, with the same number in it, or of the same run of a program. What each weighs is said by
//! [`weigh::mail`](super::weigh::mail).

use super::decide::{Candidate, View};
use super::postings::{Key, Kind, SUBJECT_REACH, mail_keys};
use super::result::Relation;
use super::weigh::{self, Digest, mail::Ties};

/// A line written in more messages than this points nowhere.
const MOST_WRITERS: usize = 4;
/// Candidates by quotation, by subject.
const MOST_CANDIDATES: usize = 8;
/// Candidates by a number, a series, a run.
const MOST_KEYED: usize = 4;

/// Adds the messages that the one in view quotes or whose subject it bears.
pub(super) fn candidates(view: &View<'_>, candidates: &mut Vec<Candidate>) {
    let (digest, own) = (view.own(), &view.own().says);
    let mut points = quoted_writers(view, own);
    let mut opened = 0;
    for key in mail_keys(own) {
        let subject = key.kind == Kind::Subject;
        let most = if subject { MOST_CANDIDATES } else { MOST_KEYED };
        for (place, at) in view.earlier(key).take(SUBJECT_REACH).enumerate() {
            opened += u32::from(subject && view.opens(at));
            if place < most && !points.iter().any(|&(known, _)| known == at) {
                points.push((at, 0.0));
            }
            if place + 1 == most && !subject {
                break;
            }
        }
    }
    points.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| view.order(b.0, a.0)));
    points.truncate(2 * MOST_CANDIDATES);
    let forward = own.subject.as_ref().is_some_and(|subject| subject.forward);
    let relation = if forward { Relation::Forward } else { Relation::Reply };
    for (at, points) in points {
        let ties = Ties { points, opened, gap_ms: view.way(digest).gap_ms };
        let findings = weigh::mail::weigh(own, &view.digest(at).says, ties);
        candidates.push(Candidate { at, relation, findings });
    }
}

/// Points by message for the lines it wrote that are quoted.
fn quoted_writers(view: &View<'_>, own: &Digest) -> Vec<(u32, f64)> {
    let mut points: Vec<(u32, f64)> = Vec::new();
    for &(line, depth) in &own.quoted {
        let writers: Vec<u32> = view.earlier(Key::new(Kind::Line, line)).take(MOST_WRITERS + 1).collect();
        if writers.len() > MOST_WRITERS {
            continue;
        }
        let worth = if depth > 1 { 0.5 } else { 1.0 } / writers.len() as f64;
        for writer in writers {
            match points.iter_mut().find(|(known, _)| *known == writer) {
                Some((_, sum)) => *sum += worth,
                None => points.push((writer, worth)),
            }
        }
    }
    points
}
