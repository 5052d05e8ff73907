//! Conformance of mail threading: does Reknit build the trees that the test suites of others expect?
//!
//! The set `thread_suites` holds the messages of IMAP servers' and mail readers' own tests with the
//! answer each expects: whole trees, groups only, single parents, or how a header is read. Messages
//! go in as rows of message JSON, subjects decoded as the mail reader decodes them (RFC 2047), the
//! `Message-ID` as `platform_id` because copies repeat it. What comes out is written as a tree in
//! one line, `(root (child) (child (grandchild)))`, `-` being a message that is not there, and
//! compared; where a suite asserts order, order counts. Header reading is the command line's, so
//! it is tried with mails in an mbox: what is named must be found again.
//!
//! A case is `checked` where a second implementation gave the same answer.
//!
//! Sources: RFC 5256 (THREAD), RFC 5322, Zawinski's message threading; the README of the set names
//! the suites. Cost: linear in the messages; all cases take under a second.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use mail_parser::MessageParser;
use reknit::model::{Message, unwatched};
use reknit::stitch::{Config, Conversation, Relation, Stitcher, Stitching};
use serde::Deserialize;
use serde_json::{Value, json};

/// A reason longer than this in characters is cut.
const LONGEST_REASON: usize = 600;

/// The settings of `stitch::Config` under which the cases of a standard are judged, by how the name
/// of the standard starts; all others are judged by the defaults.
const SETTINGS: &[(&str, &str)] = &[
    ("RFC 5256 REFERENCES", r#"{"threading": "references"}"#),
    ("RFC 5256 ORDEREDSUBJECT", r#"{"threading": "ordered_subject"}"#),
];

/// One case of a suite.
#[derive(Deserialize)]
struct Case {
    name: String,
    standard: String,
    messages: Vec<Mail>,
    expected: Value,
    order_matters: bool,
    checked: bool,
}

/// One message of a case, as its headers stand.
#[derive(Clone, Deserialize)]
struct Mail {
    id: String,
    message_id: Option<String>,
    in_reply_to: Option<String>,
    references: Vec<String>,
    references_raw: Option<String>,
    subject: Option<String>,
    date: Option<String>,
    from: Option<String>,
}

/// Why a case fails; `Ok` where it passes.
type Verdict = Result<(), String>;

/// How many cases of one kind pass.
#[derive(Default)]
struct Count {
    passed: u32,
    all: u32,
}

/// Runs all cases of `folder`, prints which pass and why the others fail, those that are checked
/// first, and gives the share of the checked ones that pass as JSON. `reknit` is the command line,
/// to be tried where a case is about reading headers; `out` takes the mails for that.
pub(crate) fn threads(folder: &Path, reknit: &Path, out: &Path) -> Option<String> {
    let cases = read(folder)?;
    let (checked, others): (Vec<&Case>, Vec<&Case>) = cases.iter().partition(|case| case.checked);
    let (checked, others) = (count("checked", &checked, reknit, out), count("other", &others, reknit, out));
    let share = f64::from(checked.passed) / f64::from(checked.all);
    (checked.all > 0).then(|| {
        format!(
            r#"{{"checked": {share}, "passed": {}, "of": {}, "others_passed": {}, "others": {}}}"#,
            checked.passed, checked.all, others.passed, others.all
        )
    })
}

/// Judges `cases` and prints the verdicts.
fn count(kind: &str, cases: &[&Case], reknit: &Path, out: &Path) -> Count {
    let verdicts: Vec<(&Case, Verdict)> =
        cases.iter().map(|&case| (case, judge(case, reknit, out))).collect();
    let pass: Vec<&str> = verdicts.iter().filter(|(_, v)| v.is_ok()).map(|(c, _)| c.name.as_str()).collect();
    println!("  {} of {} {kind} cases pass: {}", pass.len(), cases.len(), pass.join(", "));
    for (case, verdict) in &verdicts {
        if let Err(reason) = verdict {
            println!("{}", told(case, reason));
        }
    }
    Count { passed: pass.len() as u32, all: cases.len() as u32 }
}

/// The cases in the order of the files, the archive's month last.
fn read(folder: &Path) -> Option<Vec<Case>> {
    let lines = std::fs::read_to_string(folder.join("cases.jsonl")).ok()?;
    let mut cases: Vec<Case> =
        lines.lines().map(|line| serde_json::from_str(line).ok()).collect::<Option<_>>()?;
    let archive = std::fs::read_to_string(folder.join("archive_index_2010_01.json")).ok()?;
    cases.push(serde_json::from_str(&archive).ok()?);
    Some(cases)
}

/// A failure as lines to read.
fn told(case: &Case, reason: &str) -> String {
    let mut reason: String = reason.to_owned();
    if let Some((end, _)) = reason.char_indices().nth(LONGEST_REASON) {
        reason.truncate(end);
        reason.push_str(" ...");
    }
    format!("  FAILS {} [{}]\n    {}", case.name, case.standard, reason.replace('\n', "\n    "))
}

fn judge(case: &Case, reknit: &Path, out: &Path) -> Verdict {
    if let Some(parsed) = case.expected.get("parsed") {
        return headers_are_read(case, parsed, reknit, out);
    }
    let messages: Vec<Message> = case.messages.iter().map(Mail::message).collect::<Result<_, _>>()?;
    let stitcher = Stitcher::build(settings(&case.standard)?).map_err(|error| error.to_string())?;
    let stitching = stitcher.stitch(&messages, &mut unwatched).map_err(|error| error.to_string())?;
    if let Some(threads) = case.expected.get("threads") {
        return groups_are(threads, &messages, &stitching);
    }
    let forest = Forest::of(&messages, &stitching);
    if let Some(parents) = case.expected.get("parents") {
        return parents_are(parents, &forest);
    }
    let expected = Tree::list(&case.expected);
    same("trees", &written(&expected, case.order_matters), &written(&forest.trees(), case.order_matters))
}

/// The settings for the cases of `standard`.
fn settings(standard: &str) -> Result<Config, String> {
    let own = SETTINGS.iter().find(|(start, _)| standard.starts_with(start));
    let Some((_, settings)) = own else { return Ok(Config::default()) };
    serde_json::from_str(settings).map_err(|error| format!("settings {settings}: {error}"))
}

fn same(what: &str, expected: &str, found: &str) -> Verdict {
    if expected == found {
        return Ok(());
    }
    Err(format!("{what} expected {expected}\n{what} found    {found}"))
}

impl Mail {
    /// The message as the reader of message JSON makes it.
    fn message(&self) -> Result<Message, String> {
        let references = self.references_raw.clone().map_or(self.references.clone(), |raw| vec![raw]);
        let row = json!({
            "id": self.id,
            "channel": "email",
            "platform_id": self.message_id,
            "in_reply_to": self.in_reply_to,
            "references": references,
            "subject": self.subject.as_deref().map(decoded),
            "sent": self.date,
            "author": self.from,
        });
        serde_json::from_value(row).map_err(|error| format!("message {}: {error}", self.id))
    }

    /// The message as a mail with `body`.
    fn as_mail(&self, body: &str) -> String {
        let list = self.references.join(" ");
        let references = (!list.is_empty()).then_some(list);
        let fields = [
            ("Message-ID", &self.message_id),
            ("In-Reply-To", &self.in_reply_to),
            ("References", &references),
            ("Subject", &self.subject),
            ("Date", &self.date),
            ("From", &self.from),
        ];
        let mut mail = "From - Thu Jan  1 00:00:00 1970\n".to_owned();
        for (name, value) in fields {
            if let Some(value) = value {
                let _ = writeln!(mail, "{name}: {value}");
            }
        }
        mail + "\n" + body + "\n\n"
    }
}

/// A raw subject as the mail reader gives it.
fn decoded(subject: &str) -> String {
    let mail = format!("Subject: {subject}\r\n\r\n");
    let parsed = MessageParser::default().parse(mail.as_bytes());
    parsed.as_ref().and_then(|mail| mail.subject()).unwrap_or_default().trim().to_owned()
}

// --- trees -----------------------------------------------------------------------------------

/// A tree of ids; no id for a message that is not there.
struct Tree {
    id: Option<String>,
    children: Vec<Tree>,
}

impl Tree {
    /// The trees of an expectation: `[[id, subtree, ...], ...]`.
    fn list(value: &Value) -> Vec<Self> {
        value.as_array().into_iter().flatten().map(Self::of).collect()
    }

    fn of(value: &Value) -> Self {
        let mut parts = value.as_array().into_iter().flatten();
        let id = parts.next().and_then(Value::as_str).map(str::to_owned);
        Self { id, children: parts.map(Self::of).collect() }
    }

    fn written(&self, in_order: bool) -> String {
        let mut children: Vec<String> = self.children.iter().map(|child| child.written(in_order)).collect();
        if !in_order {
            children.sort();
        }
        let parts: Vec<String> =
            std::iter::once(self.id.clone().unwrap_or_else(|| "-".to_owned())).chain(children).collect();
        format!("({})", parts.join(" "))
    }
}

/// Trees in one line; sorted where their order says nothing.
fn written(trees: &[Tree], in_order: bool) -> String {
    let mut trees: Vec<String> = trees.iter().map(|tree| tree.written(in_order)).collect();
    if !in_order {
        trees.sort();
    }
    trees.join(" ")
}

/// What a message hangs on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Parent {
    Message(usize),
    /// A message that is not there, known by the first that hangs on it.
    Missing(usize),
}

/// The result of stitching as trees.
struct Forest {
    ids: Vec<String>,
    parents: Vec<Option<Parent>>,
    /// The messages, conversation by conversation.
    order: Vec<usize>,
}

impl Forest {
    /// Reads placements back into trees: messages that answer a missing one hang on the first of
    /// them, which stands for the missing one.
    fn of(messages: &[Message], stitching: &Stitching) -> Self {
        let anchor = |at: usize| {
            let mut top = at;
            // A chain of such links is no longer than the messages are many.
            for _ in 0..messages.len() {
                let placement = &stitching.placements[top];
                match placement.parent {
                    Some(parent) if placement.relation == Relation::MissingParent => top = parent,
                    _ => break,
                }
            }
            top
        };
        let anchors: Vec<usize> = (0..messages.len()).map(anchor).collect();
        let shared = |at: usize| anchors.iter().filter(|&&other| other == at).count() > 1;
        let parent = |at: usize| match stitching.placements[anchors[at]].parent {
            Some(parent) => Some(Parent::Message(parent)),
            None => shared(anchors[at]).then_some(Parent::Missing(anchors[at])),
        };
        Self {
            ids: messages.iter().map(|message| message.id.clone()).collect(),
            parents: (0..messages.len()).map(parent).collect(),
            order: stitching.conversations.iter().flat_map(|c| c.members.iter().copied()).collect(),
        }
    }

    /// The trees in the order of the conversations, siblings in the order of the members.
    fn trees(&self) -> Vec<Tree> {
        let mut trees = Vec::new();
        let mut done = Vec::new();
        for &at in &self.order {
            match self.parents[at] {
                None => trees.push(self.tree(at)),
                Some(missing @ Parent::Missing(_)) if !done.contains(&missing) => {
                    done.push(missing);
                    trees.push(Tree { id: None, children: self.children(missing) });
                }
                _ => {}
            }
        }
        trees
    }

    fn tree(&self, at: usize) -> Tree {
        Tree { id: Some(self.ids[at].clone()), children: self.children(Parent::Message(at)) }
    }

    fn children(&self, parent: Parent) -> Vec<Tree> {
        let children = self.order.iter().filter(|&&at| self.parents[at] == Some(parent));
        children.map(|&at| self.tree(at)).collect()
    }
}

// --- groups and single parents ---------------------------------------------------------------

/// Whether the conversations are exactly `threads`; order says nothing.
fn groups_are(threads: &Value, messages: &[Message], stitching: &Stitching) -> Verdict {
    let ids = |group: &Value| {
        let ids = group.as_array().into_iter().flatten().filter_map(Value::as_str);
        ids.map(str::to_owned).collect()
    };
    let members = |conversation: &Conversation| {
        conversation.members.iter().map(|&at| messages[at].id.clone()).collect()
    };
    let expected = lines(threads.as_array().into_iter().flatten().map(ids));
    let found = lines(stitching.conversations.iter().map(members));
    let only = |one: &[String], other: &[String]| {
        let groups: Vec<&str> =
            one.iter().filter(|group| !other.contains(group)).map(String::as_str).collect();
        format!("{}: {}", groups.len(), groups.join(" "))
    };
    same("groups not agreed on,", &only(&expected, &found), &only(&found, &expected))
}

/// Each group as `(id id)`, ids and groups sorted.
fn lines(groups: impl Iterator<Item = Vec<String>>) -> Vec<String> {
    let line = |mut group: Vec<String>| {
        group.sort();
        format!("({})", group.join(" "))
    };
    let mut lines: Vec<String> = groups.map(line).collect();
    lines.sort();
    lines
}

/// Whether the messages that `parents` names hang where it says; nothing is asked of the others.
fn parents_are(parents: &Value, forest: &Forest) -> Verdict {
    let asked = parents.as_object().ok_or("the parents are no object")?;
    for (child, expected) in asked {
        let at = forest.ids.iter().position(|id| id == child).ok_or("a parent of no message")?;
        let found = match forest.parents[at] {
            Some(Parent::Message(parent)) => forest.ids[parent].as_str(),
            Some(Parent::Missing(_)) => "-",
            None => "nothing",
        };
        same(&format!("parent of {child}"), expected.as_str().unwrap_or("nothing"), found)?;
    }
    Ok(())
}

// --- reading of headers ----------------------------------------------------------------------

/// Whether the mail reader reads what is expected: a mail with each id that is to be read, and an
/// answer to the subject that is to be read, must be found in the conversation of the mail; a mail
/// with another id and another subject must not.
fn headers_are_read(case: &Case, parsed: &Value, reknit: &Path, out: &Path) -> Verdict {
    for mail in &case.messages {
        let expected = parsed.get(&mail.id).ok_or("a reading of no message")?;
        let own = mail.message_id.clone().unwrap_or_default();
        let mut inbox =
            vec![Mail { date: Some(day(9)), from: Some("ana@example.org".to_owned()), ..mail.clone() }];
        let named = expected.get("references").and_then(Value::as_array).into_iter().flatten();
        for id in named.filter_map(Value::as_str) {
            inbox.push(Mail::plain(id, &format!("Named as {}", inbox.len()), 8));
        }
        if let Some(subject) = expected.get("subject").and_then(Value::as_str) {
            inbox.push(Mail::plain("<answer@example.org>", &format!("Re: {subject}"), 10));
        }
        inbox.push(Mail::plain("<other@example.org>", "Re: something else", 10));
        let path = out.join(format!("{}.mbox", case.name));
        // Each says something else, or the same words at the same moment would make them copies.
        let words = |(at, mail): (usize, &Mail)| mail.as_mail(&format!("Good morning, number {at}."));
        let mails: String = inbox.iter().enumerate().map(words).collect();
        std::fs::write(&path, mails).map_err(|error| error.to_string())?;
        let stitched = Command::new(reknit).arg("stitch").arg(&path).output();
        let stitched = stitched.map_err(|error| format!("cannot start {}: {error}", reknit.display()))?;
        let strangers = apart(&String::from_utf8_lossy(&stitched.stdout), &own);
        same(&format!("mails apart from {own}"), "other@example.org", &strangers.join(" "))?;
    }
    Ok(())
}

impl Mail {
    /// A mail without references.
    fn plain(id: &str, subject: &str, day_of_month: u8) -> Self {
        Self {
            id: String::new(),
            message_id: Some(id.to_owned()),
            in_reply_to: None,
            references: Vec::new(),
            references_raw: None,
            subject: Some(subject.to_owned()),
            date: Some(day(day_of_month)),
            from: Some("ana@example.org".to_owned()),
        }
    }
}

/// A day as mails write it.
fn day(of_month: u8) -> String {
    format!("{of_month} Nov 2026 10:00:00 +0000")
}

/// The ids that are not in the conversation of `own`, from the output of `reknit stitch`.
fn apart(csv: &str, own: &str) -> Vec<String> {
    let mut rows = csv::Reader::from_reader(csv.as_bytes());
    let rows: Vec<csv::StringRecord> = rows.records().flatten().filter(|row| row.len() >= 2).collect();
    let bare = own.trim_matches(['<', '>']);
    let home = rows.iter().find(|row| &row[0] == bare).map(|row| row[1].to_owned());
    rows.iter().filter(|row| Some(&row[1]) != home.as_deref()).map(|row| row[0].to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(expected: Value) -> Case {
        let mail = |id: &str, names: &[&str]| Mail {
            message_id: Some(format!("<{id}@x>")),
            references: names.iter().map(|name| format!("<{name}@x>")).collect(),
            id: id.to_owned(),
            ..Mail::plain("", id, 1)
        };
        let messages = vec![mail("a", &[]), mail("b", &["a"]), mail("c", &["gone"]), mail("d", &["gone"])];
        let messages = messages.into_iter().map(|mail| Mail { date: None, ..mail }).collect();
        Case {
            name: String::new(),
            standard: String::new(),
            messages,
            expected,
            order_matters: false,
            checked: true,
        }
    }

    fn verdict(expected: Value) -> Verdict {
        judge(&case(expected), Path::new(""), Path::new(""))
    }

    #[test]
    fn trees_groups_and_parents_are_compared() {
        assert_eq!(verdict(json!([["a", ["b"]], [null, ["d"], ["c"]]])), Ok(()));
        assert_eq!(verdict(json!({"threads": [["d", "c"], ["a", "b"]]})), Ok(()));
        assert_eq!(verdict(json!({"parents": {"b": "a", "a": null}})), Ok(()));
    }

    #[test]
    fn another_answer_is_told() {
        let reason = verdict(json!([["a"], ["b"], [null, ["c"], ["d"]]])).expect_err("b hangs on a");
        assert!(reason.contains("(a (b))"));
        assert!(verdict(json!({"threads": [["a", "b", "c"], ["d"]]})).is_err());
        assert!(verdict(json!({"parents": {"c": null}})).expect_err("on a missing one").contains('-'));
    }

    #[test]
    fn subjects_are_decoded() {
        assert_eq!(decoded("=?us-ascii?b?UmU6IGM=?="), "Re: c");
        assert_eq!(decoded("Re: =?utf-8?q?b?="), "Re: b");
        assert_eq!(decoded("=?iso-8859-1?q?_?="), "");
    }

    #[test]
    fn who_is_apart_is_read_from_the_output() {
        let csv = "id,conversation_id,parent_id,weight\na,a,,3.2\nb,a,a,17\nc,c,,3.2\n";
        assert_eq!(apart(csv, "<b>"), ["c"]);
    }
}
