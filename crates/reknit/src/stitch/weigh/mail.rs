//! How much mail speaks for a parent when no id does.
//!
//! Lines that are quoted, the subject and its marks, a number in it, a series sent by one program,
//! the people who take part, and how long ago. Each finding is read off the two messages and what
//! the indexes counted for them; nothing else is looked at, so the weight of a pair never changes
//! when other messages come in.
//!
//! Constants are round numbers set by hand on five mail corpora with their headers stripped in four
//! ways (`benches/compare/threads/headers.py`). Chosen anew on four corpora from a coarse grid around
//! these and judged on the fifth, F1 was .996 with all headers, .992 and .985 with some and .954 with none,
//! against .996, .993, .991 and .984 for those below. What carries it: reply mark and subject, quoted
//! lines, series, participants, numbers. The rest (a poor subject, other marks, a common subject, the
//! gap) changed nothing there; it guards against repeated subjects, which lists have few of.

use crate::model::Direction;

use super::super::weight::{Finding, span};
use super::digest::Digest;

/// How little a quotation may be to count as "all of it".
const SHORT_QUOTATION: usize = 2;
/// Bits by doublings of the points of quoted lines, and the most they give.
const QUOTED: f64 = 2.6;
const MOST_QUOTED: f64 = 12.0;
const ALL_QUOTED: f64 = 1.5;
/// A reply mark and the same base subject, of two words or more or with a shared participant: with
/// all headers taken off five corpora, 113 of 117 links on this alone were right.
const ANSWERED_SUBJECT: f64 = 7.5;
/// The same where the subject is one word and nobody is shared: "Re: hello".
const POOR_SUBJECT: f64 = 2.0;
/// A forward mark: perhaps a matter of its own.
const FORWARDED_SUBJECT: f64 = 5.5;
/// The same subject without a mark, but lines are quoted; or a number is in it, as machines write
/// again and again about one order or request.
const QUOTING_SUBJECT: f64 = 5.5;
const NUMBERED_SUBJECT: f64 = 4.0;
/// The same subject without a mark: reports, forms and newsletters repeat theirs.
const REPEATED_SUBJECT: f64 = 1.0;
/// The same subject without a reply mark, but with other marks: the next report, the next patch.
const OTHER_MARKS: f64 = -4.0;
/// Another subject than the candidate's; and nobody in common.
const OTHER_SUBJECT: f64 = -1.0;
const OTHER_SUBJECT_AND_PEOPLE: f64 = -6.0;
/// The same `#168` in two subjects, and half of the words too.
const SAME_NUMBER: f64 = 1.0;
const SAME_NUMBER_AND_WORDS: f64 = 6.5;
/// Each doubling of the number of conversations a subject opened takes this much off.
const COMMON_SUBJECT: f64 = -1.0;
/// The author of one takes part in the other.
const SHARED_PARTICIPANT: f64 = 1.5;
/// Beyond the channel's gap a subject alone says nothing.
const BEYOND_GAP: f64 = -8.0;
/// At a desk the same subject or number from another customer, who was not addressed and does not write
/// from the same company: a question for a person (with a reply mark, a probability of one quarter).
const OTHER_CUSTOMER: f64 = -6.0;
/// A reply id names a message that is not there: the parent is most likely not among those that are.
const MISSING_PARENT: f64 = -3.0;
/// One of a series by the same author within the hour, sent by a program that threads its series.
const SERIES: f64 = 10.0;
const SERIES_MS: i64 = 3_600_000;
/// Sent by such a program for the same author within a minute: one run of it.
const RUN: f64 = 8.0;
const RUN_MS: i64 = 60_000;

/// What the indexes counted for a message and a candidate.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Ties {
    /// Points for lines of the candidate that are quoted: 1 for a line only it wrote.
    pub(crate) points: f64,
    /// How many conversations the message's subject opened so far.
    pub(crate) opened: u32,
    /// The gap of the channel in milliseconds.
    pub(crate) gap_ms: i64,
}

/// What speaks for `earlier` as the parent of `own`.
pub(crate) fn weigh(own: &Digest, earlier: &Digest, ties: Ties) -> Vec<Finding> {
    let mut findings = Vec::new();
    let shared = own.shares_participant(earlier);
    weigh_quotation(own, ties.points, &mut findings);
    weigh_subject(own, earlier, ties, shared, &mut findings);
    weigh_program(own, earlier, &mut findings);
    if shared {
        findings.push(Finding::new(
            "participant",
            "author of one takes part in the other",
            SHARED_PARTICIPANT,
        ));
    }
    if is_other_customer(own, earlier) {
        findings.push(Finding::new("other_customer", "takes no part", OTHER_CUSTOMER));
    }
    if own.names_parent {
        findings.push(Finding::new("reply_id", "names a message that is not there", MISSING_PARENT));
    }
    findings
}

/// Whether a desk hears from one customer what another one wrote about. Which side a message comes from must
/// be known of both.
fn is_other_customer(own: &Digest, earlier: &Digest) -> bool {
    let desk = own.direction == Direction::Inbound && earlier.direction != Direction::Unknown;
    let two = own.contact.is_some() && earlier.contact.is_some() && own.contact != earlier.contact;
    let company = own.company != 0 && own.company == earlier.company;
    desk && two && !company && !own.was_addressed_by(earlier)
}

fn weigh_quotation(own: &Digest, points: f64, findings: &mut Vec<Finding>) {
    if points <= 0.0 {
        return;
    }
    let short = own.quoted.len() <= SHORT_QUOTATION;
    // 1 point is about even with the prior, 2 are enough, and many add little more.
    let bits = (QUOTED * (1.0 + points).log2()).min(MOST_QUOTED) + if short { ALL_QUOTED } else { 0.0 };
    findings.push(Finding::new("quoted_lines", format!("{points:.1} points"), bits));
}

fn weigh_subject(own: &Digest, earlier: &Digest, ties: Ties, shared: bool, findings: &mut Vec<Finding>) {
    let (Some(mine), Some(theirs)) = (&own.subject, &earlier.subject) else { return };
    if mine.base != theirs.base {
        let number = mine.number.is_some() && mine.number == theirs.number;
        let (name, level, bits) = match (number, mine.shares_words(theirs)) {
            (true, true) => ("number", "same, and half of the subject", SAME_NUMBER_AND_WORDS),
            (true, false) => ("number", "same", SAME_NUMBER),
            (false, _) if shared || !(own.names_others() && earlier.names_others()) => {
                ("subject", "other", OTHER_SUBJECT)
            }
            (false, _) => ("subject", "other, and nobody in common", OTHER_SUBJECT_AND_PEOPLE),
        };
        findings.push(Finding::new(name, level, bits));
        return;
    }
    let (level, bits) = match (mine.reply, mine.count >= 2 || shared) {
        (true, true) => ("same, with a reply mark", ANSWERED_SUBJECT),
        (true, false) => ("same single word, with a reply mark", POOR_SUBJECT),
        (false, _) if mine.forward && mine.count >= 4 => ("same, with a forward mark", FORWARDED_SUBJECT),
        (false, _) if mine.marks != theirs.marks => ("same, with other marks", OTHER_MARKS),
        (false, _) if !own.quoted.is_empty() => {
            ("same, without a mark, and lines are quoted", QUOTING_SUBJECT)
        }
        (false, _) if mine.number.is_some() => ("same, with a number in it", NUMBERED_SUBJECT),
        (false, _) => ("same, without a mark", REPEATED_SUBJECT),
    };
    findings.push(Finding::new("subject", level, bits));
    if ties.opened > 1 {
        let bits = COMMON_SUBJECT * f64::from(ties.opened).log2();
        findings.push(Finding::new("common_subject", format!("opened {} conversations", ties.opened), bits));
    }
    if let Some(gap) = own.gap_after(earlier).filter(|&gap| gap > ties.gap_ms) {
        findings.push(Finding::new("gap", span(gap), BEYOND_GAP));
    }
}

/// Mails that one run of a program sent together, as `git send-email` does and threads them.
fn weigh_program(own: &Digest, earlier: &Digest, findings: &mut Vec<Finding>) {
    if !(own.threads_series && earlier.threads_series && own.same_author(earlier)) {
        return;
    }
    let Some(gap) = own.gap_after(earlier) else { return };
    let series = |digest: &Digest| digest.subject.as_ref().and_then(|subject| subject.series);
    let answers = own.subject.as_ref().is_some_and(|subject| subject.reply);
    if !answers && gap <= SERIES_MS && series(own).is_some() && series(own) == series(earlier) {
        findings.push(Finding::new("series", "one of as many, sent together", SERIES));
    } else if !answers && gap <= RUN_MS {
        findings.push(Finding::new("series", "sent by one run of a program", RUN));
    }
}

#[cfg(test)]
mod tests {
    use super::super::subject::Subject;
    use super::*;

    const DAY: i64 = 86_400_000;

    /// A mail by `author` to `to` on `day`, under `subject`.
    fn mail(author: u64, to: u64, day: i64, subject: &str) -> Digest {
        let mut people = vec![author, to];
        people.sort_unstable();
        let subject = Subject::read(subject).map(std::sync::Arc::new);
        Digest { author, people: people.into(), time: Some(day * DAY), subject, ..Digest::default() }
    }

    /// Name and bits of what is found, with one point a quoted line.
    fn found(own: &Digest, earlier: &Digest, points: f64) -> Vec<(&'static str, f64)> {
        let ties = Ties { points, opened: 4, gap_ms: 45 * DAY };
        weigh(own, earlier, ties).into_iter().map(|finding| (finding.name, finding.bits)).collect()
    }

    #[test]
    fn a_reply_mark_speaks_for_its_subject_and_a_common_one_less() {
        let first = mail(1, 9, 0, "Late parcel");
        let common = ("common_subject", 2.0 * COMMON_SUBJECT);
        assert_eq!(
            found(&mail(9, 1, 1, "Re: Late parcel"), &first, 0.0),
            [("subject", ANSWERED_SUBJECT), common, ("participant", SHARED_PARTICIPANT)]
        );
        assert_eq!(found(&mail(2, 3, 1, "Re: hello"), &mail(1, 9, 0, "hello"), 0.0)[0].1, POOR_SUBJECT);
        assert_eq!(
            found(&mail(2, 3, 1, "Fwd: the late blue parcel"), &mail(1, 9, 0, "the late blue parcel"), 0.0)
                [0]
            .1,
            FORWARDED_SUBJECT
        );
        assert_eq!(found(&mail(2, 3, 1, "Late parcel"), &first, 0.0)[0].1, REPEATED_SUBJECT);
        assert!(found(&mail(2, 3, 60, "Re: Late parcel"), &first, 0.0).contains(&("gap", BEYOND_GAP)));
    }

    #[test]
    fn other_marks_are_the_next_of_a_kind() {
        let (second, third) = (mail(1, 9, 0, "[PATCH 1/3] Lamp"), mail(1, 9, 1, "[PATCH 1/5] Lamp"));
        assert_eq!(found(&third, &second, 0.0)[0], ("subject", OTHER_MARKS));
        assert_eq!(found(&mail(2, 1, 1, "Re: [PATCH 1/3] Lamp"), &second, 0.0)[0].1, ANSWERED_SUBJECT);
    }

    #[test]
    fn another_subject_needs_people_in_common() {
        let first = mail(1, 9, 0, "Late parcel");
        assert_eq!(found(&mail(9, 1, 1, "Your question"), &first, 0.0)[0].1, OTHER_SUBJECT);
        let mut strangers = mail(2, 3, 1, "Your question");
        assert_eq!(found(&strangers, &first, 0.0)[0].1, OTHER_SUBJECT_AND_PEOPLE);
        strangers.people = strangers.people[..1].into();
        assert_eq!(found(&strangers, &first, 0.0)[0].1, OTHER_SUBJECT);
    }

    #[test]
    fn a_number_outlives_the_words_around_it() {
        let first = mail(1, 9, 0, "[shop] order #168: blue lamp");
        assert_eq!(
            found(&mail(1, 9, 1, "[shop] refund #168: blue lamp"), &first, 0.0)[0],
            ("number", SAME_NUMBER_AND_WORDS)
        );
        assert_eq!(found(&mail(1, 9, 1, "About #168"), &first, 0.0)[0], ("number", SAME_NUMBER));
        assert_eq!(found(&mail(1, 9, 1, "[shop] order #168: blue lamp"), &first, 0.0)[0].1, NUMBERED_SUBJECT);
        assert_eq!(found(&mail(1, 9, 1, "[shop] order #169: blue lamp"), &first, 0.0)[0].0, "subject");
    }

    #[test]
    fn quoted_lines_grow_by_doublings_up_to_a_limit() {
        let (first, mut reply) = (mail(1, 9, 0, "Late parcel"), mail(2, 3, 1, "Late parcel"));
        reply.quoted = [(7, 1)].into();
        assert_eq!(found(&reply, &first, 1.0)[0], ("quoted_lines", QUOTED + ALL_QUOTED));
        assert_eq!(found(&reply, &first, 1.0)[1].1, QUOTING_SUBJECT);
        reply.quoted = [(7, 1), (8, 1), (9, 1)].into();
        assert_eq!(found(&reply, &first, 3.0)[0].1, 2.0 * QUOTED);
        assert_eq!(found(&reply, &first, 1e9)[0].1, MOST_QUOTED);
    }

    #[test]
    fn a_missing_parent_speaks_against_all_that_are_there() {
        let mut reply = mail(2, 3, 1, "Re: Late parcel");
        reply.names_parent = true;
        assert!(found(&reply, &mail(1, 9, 0, "Late parcel"), 0.0).contains(&("reply_id", MISSING_PARENT)));
    }

    #[test]
    fn a_program_threads_the_series_it_sends_and_its_author_may_have_two_addresses() {
        let by_git = |author, day, subject: &str| Digest {
            name: 5,
            threads_series: true,
            ..mail(author, 9, day, subject)
        };
        let cover = by_git(1, 0, "[PATCH 0/2] Lamps");
        let series = |own: &Digest| found(own, &cover, 0.0).into_iter().find(|found| found.0 == "series");
        assert_eq!(series(&by_git(2, 0, "[PATCH 2/2] Light bulb")), Some(("series", SERIES)));
        assert_eq!(series(&by_git(1, 0, "Blue lamp")), Some(("series", RUN)));
        assert_eq!(series(&by_git(1, 1, "[PATCH 2/2] Light bulb")), None);
        assert_eq!(series(&mail(1, 9, 0, "[PATCH 2/2] Light bulb")), None);
    }

    #[test]
    fn at_a_desk_the_subject_of_another_customer_is_a_question() {
        let at_desk = |author, contact, direction| Digest {
            contact: Some(contact),
            direction,
            ..mail(author, 9, 0, "Re: Late parcel")
        };
        let first = at_desk(1, 1, Direction::Inbound);
        let other = ("other_customer", OTHER_CUSTOMER);
        assert!(found(&at_desk(2, 2, Direction::Inbound), &first, 0.0).contains(&other));
        let colleague = Digest { company: 7, ..at_desk(2, 2, Direction::Inbound) };
        assert!(!found(&colleague, &Digest { company: 7, ..first.clone() }, 0.0).contains(&other));
        assert!(!found(&at_desk(1, 1, Direction::Inbound), &first, 0.0).contains(&other));
        assert!(!found(&at_desk(9, 2, Direction::Outbound), &first, 0.0).contains(&other));
        assert!(
            !found(&mail(2, 9, 0, "Re: Late parcel"), &mail(1, 9, 0, "Late parcel"), 0.0).contains(&other)
        );
    }
}
