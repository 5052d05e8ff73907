//! What the demo prints: figures first, then a person, a refusal, a conversation and a sarcastic
//! line, each with its evidence.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::path::PathBuf;

use reknit::classify::{Lexicon, SentimentReading};
use reknit::model::{Direction, Evidence, Message, RecordKey, Table};
use reknit::partition::metrics::Scores;
use reknit::pipeline::Outcome;
use reknit::resolve::{Link, Refusal, RefusalReason};

use super::Options;
use super::company::Company;
use super::score::Measured;
use crate::report::in_words;

/// How wide the lines may be.
const WIDTH: usize = 100;

/// Everything there is to tell about one run.
pub(crate) struct Told<'a> {
    pub(crate) options: &'a Options,
    pub(crate) company: &'a Company,
    pub(crate) contacts: &'a Table,
    pub(crate) outcome: &'a Outcome,
    pub(crate) measured: &'a Measured,
    pub(crate) seconds: f64,
    pub(crate) page: PathBuf,
}

/// Prints it.
pub(crate) fn tell(told: &Told<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut teller = Teller { told, out, style: Style { on: told.options.color } };
    teller.figures()?;
    teller.person()?;
    teller.refusal()?;
    teller.conversation()?;
    teller.sarcasm()?;
    teller.places()?;
    teller.out.flush()
}

/// Colours for a terminal, or nothing.
#[derive(Debug, Clone, Copy)]
struct Style {
    on: bool,
}

impl Style {
    fn with(self, code: &str, text: &str) -> String {
        if self.on { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    fn bold(self, text: &str) -> String {
        self.with("1", text)
    }

    /// Green for, red against.
    fn bits(self, bits: f64) -> String {
        self.with(if bits < 0.0 { "31" } else { "32" }, &format!("{bits:+.1}"))
    }
}

struct Teller<'a> {
    told: &'a Told<'a>,
    out: &'a mut dyn Write,
    style: Style,
}

impl<'a> Teller<'a> {
    fn line(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "{}", text.trim_end())
    }

    fn heading(&mut self, text: &str) -> io::Result<()> {
        let text = self.style.bold(text);
        self.line(&format!("\n{text}"))
    }

    fn figures(&mut self) -> io::Result<()> {
        let (told, m) = (self.told, self.told.measured);
        let channels: BTreeSet<&str> = told.outcome.messages.iter().map(|x| x.channel.0.as_str()).collect();
        let title = format!("Vindholm Telecom, an invented company (seed {})", told.options.seed);
        self.line(&self.style.bold(&title))?;
        self.line(&format!(
            "{} contact records from {} systems, {} messages on {} channels, read in {:.1} s{}.",
            told.contacts.len(),
            told.contacts.sources().len(),
            told.outcome.messages.len(),
            channels.len(),
            told.seconds,
            peak_memory().map_or_else(String::new, |mb| format!(" with {mb} MB of memory at the most")),
        ))?;
        self.heading("Held against the truth          found   true   precision  recall     F1")?;
        let conversations = told.outcome.stitching.conversations.len();
        self.scores("people, by pairs of records", Some((m.found_people, m.true_people)), m.people)?;
        self.scores("people, B-cubed", None, m.people_b_cubed)?;
        let talks = Some((conversations, m.true_conversations));
        self.scores("conversations, by pairs", talks, m.conversations)?;
        self.scores("conversations, exactly right", None, m.conversations_exact)?;
        self.line(&format!(
            "  false merges: {} of {} people hold records of two or more",
            m.merged_wrongly, m.found_people
        ))?;
        self.line(&format!(
            "  senders: {:.1} % of {} customers' messages carry the right person",
            m.senders.percent(),
            m.senders.all
        ))?;
        let languages = [("en", "English"), ("de", "German"), ("da", "Danish")];
        let shares = languages.iter().filter_map(|(code, name)| {
            let share = m.sentiment.get(code)?;
            Some(format!("{name} {:.1} % of {}", share.percent(), share.all))
        });
        let shares = shares.collect::<Vec<_>>().join(", ");
        self.line(&format!("  sentiment right: {shares} (the word list is English)"))?;
        self.line(&format!(
            "  sarcasm: {} of {} sarcastic complaints in English read as complaints, {} by their words alone",
            m.sarcasm.right, m.sarcasm.all, m.sarcasm_by_words.right
        ))
    }

    fn scores(&mut self, what: &str, counts: Option<(usize, usize)>, scores: Scores) -> io::Result<()> {
        let counts = counts.map_or_else(|| " ".repeat(12), |(found, all)| format!("{found:>5}  {all:>5}"));
        let f1 = self.style.bold(&format!("{:.3}", scores.f1));
        self.line(&format!(
            "  {what:<29} {counts:<12}  {:>9.3}  {:>6.3}  {f1}",
            scores.precision, scores.recall
        ))
    }

    fn person(&mut self) -> io::Result<()> {
        let told = self.told;
        let Some(person) = Self::person_behind(told, &told.company.showpieces.customer) else {
            return Ok(());
        };
        let name = person.name.as_deref().unwrap_or("somebody");
        self.heading(&format!("One person out of {} records: {name}", person.rows.len()))?;
        let handles: Vec<&str> = person.contacts.iter().map(|contact| contact.value.as_str()).collect();
        self.line(&format!("  reached as {}", handles.join(", ")))?;
        let rows: BTreeSet<u32> = person.rows.iter().copied().collect();
        let links: Vec<&Link> =
            told.outcome.resolution.links.iter().filter(|link| rows.contains(&link.a)).collect();
        for link in links {
            let (a, b) = (self.key(link.a), self.key(link.b));
            self.receipt(2, &format!("{a} = {b}: "), &told.outcome.resolution.evidence(link.receipt))?;
        }
        Ok(())
    }

    /// The found person that holds most records of the true person `id`.
    fn person_behind(told: &'a Told<'a>, id: &str) -> Option<&'a reknit::pipeline::Person> {
        let truth = &told.company.truth.person_of;
        let is =
            |row: &&u32| truth.get(&told.contacts.key(**row as usize)).is_some_and(|person| person == id);
        told.outcome.people.iter().max_by_key(|person| person.rows.iter().filter(is).count())
    }

    fn refusal(&mut self) -> io::Result<()> {
        let told = self.told;
        let [father, son] = &told.company.showpieces.namesakes;
        let people = |refusal: &Refusal| {
            let of = |row: u32| told.company.truth.person_of.get(&told.contacts.key(row as usize));
            BTreeSet::from([of(refusal.a), of(refusal.b)])
        };
        let mut refused: Vec<&Refusal> = told.outcome.resolution.refused.iter().collect();
        refused.sort_by(|x, y| y.weight.bits().total_cmp(&x.weight.bits()));
        let namesakes: BTreeSet<Option<&String>> = [Some(father), Some(son)].into();
        self.heading("Father and son: one name, one phone, one address")?;
        if let Some(refusal) = refused.iter().find(|refusal| people(refusal) == namesakes) {
            return self.refused(refusal);
        }
        self.explained(father, son)?;
        let right = |refusal: &&&Refusal| {
            refusal.reason == RefusalReason::ConflictingNames && people(refusal).len() == 2
        };
        let Some(refusal) = refused.iter().find(right) else { return Ok(()) };
        self.heading("One merge refused")?;
        self.refused(refusal)
    }

    fn refused(&mut self, refusal: &Refusal) -> io::Result<()> {
        let (a, b) = (self.key(refusal.a), self.key(refusal.b));
        self.line(&format!("  {a} and {b} are refused:"))?;
        self.line(&format!("  {}", in_words::reason(refusal.reason)))?;
        self.receipt(2, "", &self.told.outcome.resolution.evidence(refusal.receipt))
    }

    /// No rule was needed, or none helped: the plain receipt of the closest pair.
    fn explained(&mut self, father: &str, son: &str) -> io::Result<()> {
        let told = self.told;
        let records_of = |id: &str| {
            let all = told.company.truth.person_of.iter();
            all.filter(|(_, person)| *person == id).map(|(key, _)| key.clone()).collect::<Vec<RecordKey>>()
        };
        let mut closest = None;
        for a in &records_of(father) {
            for b in &records_of(son) {
                let Ok(pair) = told.outcome.resolver.explain(told.contacts, a, b) else { continue };
                let bits = pair.evidence.total.bits();
                if closest.as_ref().is_none_or(|(most, _)| bits > *most) {
                    closest = Some((bits, pair));
                }
            }
        }
        let Some((_, pair)) = closest else { return self.line("  (their records could not be compared)") };
        let verdict =
            if pair.same_entity { "merged, and that is wrong" } else { "kept apart by the evidence itself" };
        self.line(&format!("  {} and {}: {verdict}", pair.a, pair.b))?;
        self.receipt(2, "", &pair.evidence)
    }

    fn conversation(&mut self) -> io::Result<()> {
        let told = self.told;
        let opening = &told.company.showpieces.sarcasm;
        let place_of: BTreeMap<&str, usize> =
            told.outcome.messages.iter().enumerate().map(|(at, m)| (m.id.as_str(), at)).collect();
        let truth = &told.company.truth.conversation_of;
        let Some(story) = truth.get(opening) else { return Ok(()) };
        let members = truth.iter().filter(|(_, conversation)| *conversation == story);
        let members: Vec<usize> = members.filter_map(|(id, _)| place_of.get(id.as_str()).copied()).collect();
        let channels: BTreeSet<&str> =
            members.iter().map(|&m| told.outcome.messages[m].channel.0.as_str()).collect();
        let found: BTreeSet<&str> =
            members.iter().map(|&m| told.outcome.stitching.placements[m].conversation_id.as_str()).collect();
        let whole = match found.len() {
            1 => "found whole".to_owned(),
            n => format!("found in {n} pieces"),
        };
        self.heading(&format!("One conversation over {} channels, {whole}", channels.len()))?;
        for member in members {
            self.said(member)?;
        }
        Ok(())
    }

    fn said(&mut self, member: usize) -> io::Result<()> {
        let (message, placement) =
            (&self.told.outcome.messages[member], &self.told.outcome.stitching.placements[member]);
        let when = message.sent.map_or_else(String::new, |sent| sent.to_string());
        let when = when.get(5..16).unwrap_or_default().replace('T', " ");
        let arrow = if message.direction == Direction::Outbound { "<" } else { ">" };
        let text = shorten(&in_words::first_words(message), 72);
        self.line(&format!("  {when} {:<9}{arrow} {text}", message.channel.0))?;
        match placement.parent {
            None => self.line("      opens a conversation"),
            Some(parent) => {
                let relation = in_words::relation(placement.relation);
                let parent = self.told.outcome.messages[parent].sent;
                let parent = parent.map_or_else(String::new, |sent| sent.to_string());
                let head = format!("{relation} {}: ", parent.get(11..16).unwrap_or_default());
                self.receipt(6, &head, &placement.evidence)
            }
        }
    }

    fn sarcasm(&mut self) -> io::Result<()> {
        let told = self.told;
        let id = &told.company.showpieces.sarcasm;
        let found = told.outcome.messages.iter().zip(&told.outcome.sentiments).find(|(m, _)| &m.id == id);
        let Some((message, reading)) = found else { return Ok(()) };
        self.heading("One line that says the opposite")?;
        self.line(&format!("  “{}”", message.text))?;
        self.line(&format!("  a plain word list:  {}", plain(message, reading)))?;
        let cues: Vec<String> = reading
            .sarcasm
            .cues
            .iter()
            .map(|cue| {
                let seen = message.text.get(cue.start..cue.end).unwrap_or_default();
                format!("{} “{seen}”", cue.name.replace('_', " "))
            })
            .collect();
        self.line(&format!(
            "  with its cues:      {} ({:+.2}), sarcasm {:.2}{}",
            self.style.bold(reading.label.name()),
            reading.effective_score,
            reading.sarcasm.probability,
            if cues.is_empty() { String::new() } else { format!(": {}", cues.join(", ")) }
        ))
    }

    fn places(&mut self) -> io::Result<()> {
        self.heading("Look further")?;
        let dir = self.told.options.dir.display().to_string();
        let page = &self.told.page;
        let full = std::fs::canonicalize(page).unwrap_or_else(|_| page.clone());
        self.line(&format!("  the whole run as a page:  {}", full.display()))?;
        self.line(&format!(
            "  inputs, truth, results:   {dir}/contacts, {dir}/messages.jsonl, {dir}/truth, {dir}/results"
        ))
    }

    fn key(&self, row: u32) -> String {
        self.told.contacts.key(row as usize).to_string()
    }

    /// `head`, then a receipt: the total and the weightiest findings, wrapped with an indent.
    fn receipt(&mut self, indent: usize, head: &str, evidence: &Evidence) -> io::Result<()> {
        const SHOWN: usize = 5;
        let mut steps: Vec<_> =
            evidence.contributions.iter().filter(|c| c.weight.bits().abs() >= 0.05).collect();
        steps.sort_by(|x, y| y.weight.bits().abs().total_cmp(&x.weight.bits().abs()));
        let left = steps.len().saturating_sub(SHOWN);
        let mut parts = vec![(format!("{head}prior"), evidence.prior.bits())];
        let named = |name: &str, level: &str| format!("{} {level}", name.replace('_', " "));
        parts.extend(steps.iter().take(SHOWN).map(|c| (named(&c.name, &c.level), c.weight.bits())));
        if left > 0 {
            let rest = steps.iter().skip(SHOWN).map(|c| c.weight.bits()).sum();
            parts.push((format!("{left} more"), rest));
        }
        parts.push(("total".to_owned(), evidence.total.bits()));
        let mut line = " ".repeat(indent);
        let mut width = indent;
        for (place, (name, bits)) in parts.iter().enumerate() {
            let comma = if place + 1 < parts.len() { "," } else { " bits" };
            // Colours take no room on the screen.
            let room = name.chars().count() + format!(" {bits:+.1}{comma} ").len();
            if width + room > WIDTH && width > indent {
                self.line(&line)?;
                line = " ".repeat(indent + 2);
                width = indent + 2;
            }
            let part = format!("{name} {}{comma} ", self.style.bits(*bits));
            line.push_str(&part);
            width += room;
        }
        self.line(&line)
    }
}

/// What the words alone say.
fn plain(message: &Message, reading: &SentimentReading) -> String {
    let lexicon = Lexicon::builtin();
    let words = message.text.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase);
    let known: Vec<String> = words
        .filter_map(|word| lexicon.valence(&word).map(|valence| format!("{word} {valence:+.1}")))
        .collect();
    let lean = match reading.score {
        score if score > 0.05 => "positive",
        score if score < -0.05 => "negative",
        _ => "neutral",
    };
    format!("{lean} ({:+.2}): {}", reading.score, known.join(", "))
}

fn shorten(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        Some((at, _)) => format!("{}…", text[..at].trim_end()),
        None => text.to_owned(),
    }
}

/// The most memory this process has held, in megabytes, where the system says so.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kilobytes / 1024)
}
