//! The base subject of a mail: the subject without reply and forward marks.
//!
//! The rule is that of RFC 5256 section 2.1 (strip `(fwd)` behind, `Re:`, `Fw:` and `[list]` marks in
//! front, unwrap `[Fwd: ...]`, until nothing changes), with the marks that mail programs write in
//! other languages, counters (`Re[2]:`) and the wide colon. Case and runs of blanks are folded,
//! because subjects are compared without them. A mark that leaves nothing behind stays.
//!
//! The list of marks follows the mail programs in their translations and Wikipedia's "List of email
//! subject abbreviations". A mark that one language writes above replies and another above forwards
//! (`VS`: Finnish reply, Danish forward) counts as a reply.
//!
//! Cost: linear in the length.
//!
//! ```
//! use reknit::text::subject;
//! let subject = subject::base("AW: [shop] Re[2]: Late  parcel (fwd)");
//! assert_eq!(subject.base, "late parcel");
//! assert!(subject.reply && subject.forward);
//! ```

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

/// A subject and the marks that stood around it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Subject {
    /// The subject without marks, in lower case, blanks collapsed; may be empty.
    pub base: String,
    /// Whether a reply mark stood there.
    pub reply: bool,
    /// Whether a forward mark stood there.
    pub forward: bool,
}

/// Reply marks: what mail programs write in front of an answer, in lower case.
const REPLY: &[&str] = &[
    "re",
    "ré",
    "réf",
    "ref",
    "aw",
    "antw",
    "antwort",
    "sv",
    "svar",
    "vs",
    "vast",
    "res",
    "resp",
    "rif",
    "r",
    "odp",
    "ynt",
    "yan",
    "bls",
    "balas",
    "vá",
    "válasz",
    "ats",
    "atb",
    "odg",
    "отв",
    "ответ",
    "на",
    "απ",
    "σχετ",
    "rép",
    "rsp",
    "trả lời",
    "הש",
    "השב",
    "תשובה",
    "رد",
    "ตอบ",
    "ตอบกลับ",
    "回复",
    "回覆",
    "答复",
    "答覆",
    "返信",
    "回信",
    "답장",
    "답글",
    "회신",
    "antwoord",
    "svarið",
    "vastus",
    "răsp",
    "odpověď",
    "odpoveď",
    "відп",
    "відповідь",
    "cevap",
    "yanıt",
    "תגובה",
    "پاسخ",
    "tl",
];

/// Forward marks.
const FORWARD: &[&str] = &[
    "fwd",
    "fw",
    "forward",
    "wg",
    "weitergeleitet",
    "tr",
    "rv",
    "reenv",
    "enc",
    "vb",
    "vl",
    "doorst",
    "i",
    "inoltra",
    "pd",
    "pr",
    "prosl",
    "ilt",
    "i̇lt",
    "trs",
    "yml",
    "továbbítás",
    "tovább",
    "redir",
    "πρθ",
    "fs",
    "пересл",
    "перенапр",
    "chuyển tiếp",
    "הועבר",
    "إعادة توجيه",
    "ส่งต่อ",
    "转发",
    "轉寄",
    "轉發",
    "転送",
    "전달",
    "轉送",
    "转寄",
    "wtr",
    "přep",
    "předáno",
    "пер",
    "переслано",
    "препр",
    "vidarebefordrat",
    "vidaresänt",
    "videresendt",
    "encaminhada",
    "encaminhado",
    "reenviado",
    "redirigé",
    "yönlendir",
    "i̇letildi",
    "ارسال مجدد",
    "تمرير",
    "edasi",
];

/// Marks that are words or short forms of their own: "PR 12: ..." is no twelfth forward.
const NEVER_COUNTED: &[&str] =
    &["r", "i", "pr", "pd", "tr", "vs", "fs", "na", "на", "ref", "res", "enc", "tl"];

/// Which mark was met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Reply,
    Forward,
}

/// Reads the base subject and the marks around it.
pub fn base(subject: &str) -> Subject {
    let folded = fold(subject);
    let (base, marks) = base_of_folded(&folded);
    Subject { base: base.to_owned(), reply: marks.reply, forward: marks.forward }
}

/// The marks that stood around a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Marks {
    /// A reply mark stood there.
    pub(crate) reply: bool,
    /// A forward mark stood there.
    pub(crate) forward: bool,
}

/// [`base`] of a subject that [`fold`] has folded, without a copy.
pub(crate) fn base_of_folded(folded: &str) -> (&str, Marks) {
    let mut rest = folded;
    let mut found = Marks::default();
    loop {
        rest = strip_behind(rest, &mut found);
        rest = strip_in_front(rest, &mut found);
        let Some(inner) = unwrap_forward(rest) else { return (rest, found) };
        found.forward = true;
        rest = inner;
    }
}

/// Lower case with runs of blanks as one blank and none at the ends.
pub(crate) fn fold(subject: &str) -> String {
    let mut folded = String::with_capacity(subject.len());
    if subject.is_ascii() {
        let words = subject.split(|c: char| c.is_ascii_whitespace() || c.is_control());
        for word in words.filter(|word| !word.is_empty()) {
            if !folded.is_empty() {
                folded.push(' ');
            }
            folded.push_str(word);
        }
        folded.make_ascii_lowercase();
        return folded;
    }
    for word in subject.split(|c: char| c.is_whitespace() || c.is_control()) {
        if word.is_empty() {
            continue;
        }
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.extend(word.chars().flat_map(char::to_lowercase));
    }
    folded
}

/// Takes off `(fwd)` behind, unless nothing would be left.
fn strip_behind<'s>(mut rest: &'s str, found: &mut Marks) -> &'s str {
    while let Some(shorter) = rest.strip_suffix("(fwd)").or_else(|| rest.strip_suffix("(fw)")) {
        found.forward = true;
        rest = shorter.trim_end();
    }
    rest
}

/// Takes off reply marks, forward marks and `[tags]` in front; the last tag stays where nothing
/// follows it.
fn strip_in_front<'s>(mut rest: &'s str, found: &mut Marks) -> &'s str {
    loop {
        let mut after_tags = rest;
        let mut last_tag = rest;
        while let Some(after) = tag(after_tags) {
            last_tag = after_tags;
            after_tags = after;
        }
        if let Some((mark, after)) = mark(after_tags) {
            match mark {
                Mark::Reply => found.reply = true,
                Mark::Forward => found.forward = true,
            }
            rest = after;
            continue;
        }
        return if after_tags.is_empty() { last_tag } else { after_tags };
    }
}

/// What follows a `[tag]` at the start.
fn tag(text: &str) -> Option<&str> {
    let inner = text.strip_prefix('[')?;
    let end = inner.find(['[', ']'])?;
    inner[end..].strip_prefix(']').map(str::trim_start)
}

/// The mark at the start, with what follows its colon.
fn mark(text: &str) -> Option<(Mark, &str)> {
    let first = *text.as_bytes().first()?;
    BY_FIRST_BYTE[usize::from(first)].iter().find_map(|&(mark, word, counted)| {
        let after = text.strip_prefix(word)?;
        let after = counter(after, counted);
        let after = after.strip_prefix([':', '：'])?;
        Some((mark, after.trim_start()))
    })
}

/// A mark in a language, and whether a number may follow it.
type Row = (Mark, &'static str, bool);

/// The marks that begin with a byte, replies first.
static BY_FIRST_BYTE: LazyLock<Vec<Vec<Row>>> = LazyLock::new(|| {
    let mut rows = vec![Vec::new(); 256];
    let reply = REPLY.iter().map(|&word| (Mark::Reply, word));
    let forward = FORWARD.iter().map(|&word| (Mark::Forward, word));
    for (mark, word) in reply.chain(forward) {
        let first = word.as_bytes().first().copied().unwrap_or_default();
        rows[usize::from(first)].push((mark, word, !NEVER_COUNTED.contains(&word)));
    }
    rows
});

/// What follows a counter as in `Re[2]:`, `Re(2):`, `Re^2:`, `Re*2:`, a tag before the colon, or bare
/// digits where they are allowed (`Re2:`).
fn counter(text: &str, numbered: bool) -> &str {
    let spaced = text.trim_start();
    let digits = |text: &'_ str| text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let after = match spaced.chars().next() {
        Some('[') => tag(spaced),
        Some('(') => bracketed(spaced, '(', ')'),
        Some('（') => bracketed(spaced, '（', '）'),
        Some('^' | '*') => Some(&spaced[1 + digits(&spaced[1..])..]),
        Some(c) if numbered && c.is_ascii_digit() => Some(&text[digits(text)..]),
        _ => None,
    };
    after.map_or(spaced, str::trim_start)
}

fn bracketed(text: &str, open: char, close: char) -> Option<&str> {
    let (number, after) = text.strip_prefix(open)?.split_once(close)?;
    is_number(number).then_some(after)
}

fn is_number(text: &str) -> bool {
    (1..=4).contains(&text.len()) && text.bytes().all(|c| c.is_ascii_digit())
}

/// The inside of `[fwd: ...]`.
fn unwrap_forward(text: &str) -> Option<&str> {
    let inner = text.strip_prefix("[fwd:").or_else(|| text.strip_prefix("[fw:"))?;
    inner.strip_suffix(']').map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn bare(subject: &str) -> String {
        base(subject).base
    }

    #[test]
    fn marks_of_many_languages_come_off() {
        for mark in ["Re", "AW", "SV", "VS", "Antw", "RV", "RES", "Odp", "YNT", "Réf", "TR", "Fwd", "WG"]
            .into_iter()
            .chain(["VB", "ENC", "I", "Doorst", "Vá", "Ответ", "回复", "転送", "답장", "Trả lời", "ΑΠ"])
        {
            let subject = base(&format!("{mark}: Parcel"));
            assert_eq!(subject.base, "parcel", "{mark}");
            assert!(subject.reply != subject.forward, "{mark}");
        }
    }

    #[test]
    fn a_mark_is_a_mark_only_before_a_colon() {
        assert_eq!(bare("Reply needed: invoice"), "reply needed: invoice");
        assert_eq!(bare("Re"), "re");
        assert!(!base("I am late: sorry").forward);
        assert_eq!(bare("Re: "), "");
        assert_eq!(bare("[list]"), "[list]");
        assert_eq!(bare("[list] [other]"), "[other]");
        assert_eq!(bare("[Fwd: [list] Re: a]"), "a");
        assert_eq!(bare("Re：价格"), "价格");
        assert_eq!(bare("PR 12: a parser"), "pr 12: a parser");
        assert_eq!(bare("Re2: a"), "a");
        assert_eq!(bare("RE（3）：a"), "a");
    }

    /// The steps of RFC 5256 section 2.1, each alone and in turn.
    #[test]
    fn the_steps_of_the_rfc_are_kept() {
        for (subject, base) in [
            ("a (fwd) (FWD) ", "a"),
            ("Re : a", "a"),
            ("FW[list 1]: a", "a"),
            ("[x] [y] Re: a", "a"),
            ("Re: [x] a", "a"),
            ("Re: [x]", "[x]"),
            ("[x] Re: [y] Fwd: [z] a", "a"),
            ("[Fwd: a]", "a"),
            ("[Fwd: [Fwd: Re: a (fwd)]]", "a"),
            ("Re: [Fwd: [x] a]", "a"),
            ("[Fwd: a] b", "b"),
            ("[Fwd: a", "[fwd: a"),
            ("[x]a", "a"),
            ("[x[y]] a", "[x[y]] a"),
            ("(fwd)", ""),
            ("Re: Re[4]: Fwd(2): a", "a"),
            ("Fwd:", ""),
        ] {
            assert_eq!(bare(subject), base, "{subject}");
        }
    }

    proptest! {
        #[test]
        fn a_base_is_its_own_base(subject in "(?i)((re|fwd|aw|i)(\\[2\\])?: ?|\\[[a-z]?\\] ?|\\[fwd: |\\(fwd\\)|\\PC|\\]){0,12}") {
            let once = bare(&subject);
            prop_assert_eq!(bare(&once), once);
        }
    }
}
