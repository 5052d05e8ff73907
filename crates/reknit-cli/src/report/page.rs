//! The page itself: sections in order, each with a sentence that says what is seen.

use std::fmt::Write;

use reknit::model::Evidence;

use super::escape::{Text, count};
use super::{Card, Conversation, Input, Person, Refused, Said, chart, timeline};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// The bytes each long list may take. Together with the rest the page stays below three megabytes,
/// which every browser opens at once, however large the run was.
const PEOPLE_BYTES: usize = 1_250_000;
const REFUSED_BYTES: usize = 250_000;
const CONVERSATIONS_BYTES: usize = 1_250_000;

/// The whole page as one self-contained file.
pub(crate) fn html(input: &Input) -> String {
    let mut page = Page { input, out: String::with_capacity(1 << 19) };
    page.head();
    page.tiles();
    page.charts();
    page.people();
    page.refused();
    page.crossing();
    page.labels();
    page.foot();
    page.out
}

struct Page<'a> {
    input: &'a Input,
    out: String,
}

impl Page<'_> {
    fn put(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing into a text cannot fail.
        let _ = self.out.write_fmt(text);
    }

    fn head(&mut self) {
        let (title, note) = (Text(&self.input.title), Text(&self.input.note));
        self.put(format_args!(
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
             <meta name=\"color-scheme\" content=\"light dark\"><link rel=\"icon\" href=\"data:,\"><title>{title}</title><style>{STYLE}</style></head><body>\
             <header><div class=\"in\"><h1>{title}</h1><p class=\"lead\">{note}</p>\
             <nav><a href=\"#overview\">Overview</a><a href=\"#people\">People</a><a href=\"#refused\">Refused merges</a>\
             <a href=\"#conversations\">Conversations</a><a href=\"#labels\">Labels</a></nav></div></header><main>"
        ));
    }

    fn tiles(&mut self) {
        let input = self.input;
        let records: usize = input.sources.iter().map(|source| source.1).sum();
        let messages: usize = input.channels.iter().map(|channel| channel.1).sum();
        let arrow = "<i>→</i>";
        let tiles = [
            (
                format!("{}{arrow}{}", count(records), count(input.people_total)),
                format!("contact records → people, from {}", of_n(input.sources.len(), "source")),
            ),
            (
                format!("{}{arrow}{}", count(messages), count(input.conversations_total)),
                format!("messages → conversations, on {}", of_n(input.channels.len(), "channel")),
            ),
            (count(input.crossing_total), "conversations over several channels".to_owned()),
            (count(input.refused_total), "near matches refused, each with its reason".to_owned()),
        ];
        self.out.push_str("<section id=\"overview\"><div class=\"tiles\">");
        for (number, what) in tiles {
            self.put(format_args!("<div class=\"tile\"><b>{number}</b><span>{what}</span></div>"));
        }
        self.out.push_str("</div>");
    }

    fn charts(&mut self) {
        let input = self.input;
        let each =
            if input.weeks_a_bar > 1 { format!("{} weeks", input.weeks_a_bar) } else { "week".to_owned() };
        self.out.push_str("<div class=\"charts\">");
        self.put(format_args!("<div class=\"card\"><h3>Messages per {each}</h3>{}", chart::volume(input)));
        self.out.push_str("<div class=\"key\">");
        for (channel, messages) in &input.channels {
            let class = chart::color(input, channel);
            self.put(format_args!("<span class=\"c{class}\">{} {}</span>", Text(channel), count(*messages)));
        }
        self.out.push_str("</div>");
        if input.undated > 0 {
            self.put(format_args!(
                "<p class=\"cap\">Not shown: {} without a time, or far outside the time of the others.</p>",
                of_n(input.undated, "message")
            ));
        }
        self.put(format_args!(
            "</div><div class=\"card\"><h3>How incoming messages read, in percent</h3>{}<div class=\"key\">",
            chart::sentiment(input)
        ));
        for label in chart::LABELS {
            self.put(format_args!("<span class=\"{label}\">{label}</span>"));
        }
        self.out.push_str(
            "<span class=\"mean-key\">mean score, −1 at the bottom to 1 at the top</span></div></div>",
        );
        let sizes: Vec<(String, usize)> =
            input.sizes.iter().map(|(size, n)| (size_name(*size), *n)).collect();
        let chart = chart::histogram("Records per person", "people", &sizes);
        self.put(format_args!("<div class=\"card\"><h3>Records per person</h3>{chart}</div>"));
        let chart = chart::histogram("Probability of the kept links", "links", &input.probabilities);
        self.put(format_args!(
            "<div class=\"card\"><h3>Probability of the links that were made</h3>{chart}</div>"
        ));
        self.out.push_str("</div></section>");
    }

    /// Writes as many of `items` as fit into `bytes`, apart from the page; how many, and the text.
    fn aside<T>(&mut self, bytes: usize, items: &[T], each: fn(&mut Self, &T)) -> (usize, String) {
        let page = std::mem::take(&mut self.out);
        let mut written = 0;
        for item in items {
            let before = self.out.len();
            each(self, item);
            if self.out.len() > bytes {
                self.out.truncate(before);
                break;
            }
            written += 1;
        }
        (written, std::mem::replace(&mut self.out, page))
    }

    fn people(&mut self) {
        let input = self.input;
        let (shown, list) = self.aside(PEOPLE_BYTES, &input.people, Self::person);
        self.out.push_str("<section id=\"people\"><h2>People</h2><p class=\"cap\">");
        if shown < input.people_total {
            self.put(format_args!(
                "The {} most active of {} people. ",
                count(shown),
                count(input.people_total)
            ));
        }
        if input.strangers > 0 {
            self.put(format_args!(
                "Besides them, {} take part in messages without a contact record, your own addresses among them. ",
                of_n(input.strangers, "handle")
            ));
        }
        self.out.push_str(
            "Open a person for the records, the handles, and the receipt of each link: bars to the right speak for one \
             person, bars to the left against; one bit doubles or halves the odds.</p>\
             <input class=\"search\" type=\"search\" data-list=\"people-list\" placeholder=\"Search name, handle or id\" aria-label=\"Search people\">\
             <div id=\"people-list\">",
        );
        self.out.push_str(&list);
        self.out.push_str(
            "</div><p class=\"cap\" id=\"people-list-none\" hidden>Nobody in this list fits.</p></section>",
        );
    }

    fn person(&mut self, person: &Person) {
        let mut find = format!("{} {}", person.name, person.id);
        for (_, value) in &person.handles {
            find.push(' ');
            find.push_str(value);
        }
        let find = find.to_lowercase();
        self.put(format_args!(
            "<details class=\"row\" data-find=\"{}\"><summary><span class=\"name\">{} <span class=\"id\">{}</span></span><span class=\"chs\">",
            Text(&find),
            Text(&person.name),
            Text(&person.id)
        ));
        for channel in &person.channels {
            self.channel(channel);
        }
        self.put(format_args!(
            "</span><span class=\"num\">{} · {}</span></summary><div class=\"in\"><div class=\"two\"><div><h3>Handles</h3><div class=\"chips\">",
            of_n(person.records.len(), "record"),
            of_n(person.messages, "message")
        ));
        for (kind, value) in &person.handles {
            self.put(format_args!("<span class=\"chip\"><em>{}</em>{}</span>", Text(kind), Text(value)));
        }
        self.put(format_args!(
            "</div><p class=\"cap\" style=\"margin-top:12px\">Takes part in {}.</p></div><div><h3>Records</h3>",
            of_n(person.conversations, "conversation")
        ));
        for card in &person.records {
            self.card(card);
        }
        self.out.push_str("</div></div>");
        if !person.links.is_empty() {
            self.out.push_str(
                "<h3 style=\"margin-top:20px\">Why these records are one person</h3><div class=\"receipts\">",
            );
            for link in &person.links {
                let head = format!("{} and {}", link.a, link.b);
                self.receipt(
                    &head,
                    &format!("probability {}", probability(link.probability)),
                    &link.evidence,
                );
            }
            self.out.push_str("</div>");
            if person.links.len() < person.links_total {
                self.put(format_args!(
                    "<p class=\"cap\">{} of {} links.</p>",
                    person.links.len(),
                    person.links_total
                ));
            }
        }
        self.out.push_str("</div></details>");
    }

    fn channel(&mut self, channel: &str) {
        let class = chart::color(self.input, channel);
        self.put(format_args!("<span class=\"ch c{class}\">{}</span>", Text(channel)));
    }

    fn card(&mut self, card: &Card) {
        self.put(format_args!("<div class=\"rec\"><b>{}</b>", Text(&card.key)));
        for (name, value) in &card.values {
            self.put(format_args!("<span><em>{}</em>{}</span> ", Text(name), Text(value)));
        }
        self.out.push_str("</div>");
    }

    /// A waterfall: each bar begins where the one above it ended.
    fn receipt(&mut self, head: &str, tail: &str, evidence: &Evidence) {
        self.out.push_str("<div class=\"receipt\">");
        if !head.is_empty() {
            self.put(format_args!(
                "<div class=\"head\"><span>{}</span><span>{}</span></div>",
                Text(head),
                Text(tail)
            ));
        }
        let scale = Scale::of(evidence);
        self.bar(&scale, ("prior", ""), (0.0, evidence.prior.bits()), "s");
        let mut at = evidence.prior.bits();
        for step in &evidence.contributions {
            let to = at + step.weight.bits();
            let class = if step.weight.bits() < 0.0 { "n" } else { "p" };
            self.bar(&scale, (&step.name, &step.level), (at, to), class);
            at = to;
        }
        self.bar(&scale, ("total", ""), (0.0, evidence.total.bits()), "t");
        self.out.push_str("</div>");
    }

    fn bar(&mut self, scale: &Scale, (name, level): (&str, &str), (from, to): (f64, f64), class: &str) {
        let (left, width) = scale.place(from, to);
        let sum = if class == "t" { " sum" } else { "" };
        let bits = if class == "t" || class == "s" { to } else { to - from };
        let level = level.trim();
        self.put(format_args!(
            "<div class=\"w{sum}\"><span>{0} <em>{1}</em></span><div style=\"--z:{2:.1}\"><i class=\"{class}\" style=\"--l:{left:.1};--w:{width:.1}\"></i></div><span>{3}</span></div>",
            Text(name),
            Text(level),
            scale.zero(),
            signed(bits)
        ));
    }

    fn refused(&mut self) {
        let input = self.input;
        self.out.push_str("<section id=\"refused\"><h2>Refused merges</h2>");
        if input.refused.is_empty() {
            self.out.push_str("<p class=\"cap\">No near match was refused in this run.</p></section>");
            return;
        }
        self.out.push_str(
            "<p class=\"cap\">Pairs with much in common that are kept apart, and the rule that kept them. ",
        );
        let (shown, list) = self.aside(REFUSED_BYTES, &input.refused, Self::refusal);
        if shown < input.refused_total {
            self.put(format_args!("The {} closest of {}.", count(shown), count(input.refused_total)));
        }
        self.out.push_str("</p><div class=\"stack\">");
        self.out.push_str(&list);
        self.out.push_str("</div></section>");
    }

    fn refusal(&mut self, refused: &Refused) {
        self.put(format_args!(
            "<div class=\"card\"><span class=\"why\">{}</span><div class=\"two\"><div>",
            Text(&refused.reason)
        ));
        self.card(&refused.a);
        self.card(&refused.b);
        self.out.push_str("</div><div>");
        let tail = format!("{:+.1} bits", refused.evidence.total.bits());
        self.receipt("What was seen", &tail, &refused.evidence);
        self.out.push_str("</div></div></div>");
    }

    fn crossing(&mut self) {
        let input = self.input;
        self.out.push_str("<section id=\"conversations\"><h2>Conversations across channels</h2>");
        if input.crossing.is_empty() {
            self.out.push_str(
                "<p class=\"cap\">No conversation of this run went over more than one channel.</p></section>",
            );
            return;
        }
        self.out.push_str("<p class=\"cap\">One lane a channel; filled dots are customers, rings are staff. A shaded stretch is a session, a dark arrow a change of channel with the time it took, a small turning arrow a place where somebody had to say a thing again. Long pauses are drawn shorter than they are. ");
        let (shown, list) = self.aside(CONVERSATIONS_BYTES, &input.crossing, Self::conversation);
        if shown < input.crossing_total {
            self.put(format_args!(
                "Shown are {} of {}, those over most channels first.",
                count(shown),
                count(input.crossing_total)
            ));
        }
        self.out.push_str("</p><div class=\"stack\">");
        self.out.push_str(&list);
        self.out.push_str("</div></section>");
    }

    fn conversation(&mut self, conversation: &Conversation) {
        self.put(format_args!(
            "<article class=\"card\"><h3>{} <span class=\"id\">{}, {}, {}</span></h3>{}{}",
            Text(&conversation.with),
            Text(&conversation.id),
            of_n(conversation.messages_total, "message"),
            of_n(conversation.channels.len(), "channel"),
            timeline::swimlanes(self.input, conversation),
            timeline::in_words(conversation)
        ));
        self.out.push_str("<details class=\"talk\"><summary>Read it, with what joins each message</summary>");
        for (at, said) in conversation.messages.iter().enumerate() {
            self.put(format_args!("<div class=\"said\" id=\"{}\">", timeline::anchor_of(conversation, at)));
            self.said(said);
        }
        if conversation.messages.len() < conversation.messages_total {
            self.put(format_args!(
                "<p class=\"cap\">The first {} of {} messages.</p>",
                conversation.messages.len(),
                conversation.messages_total
            ));
        }
        self.out.push_str("</details></article>");
    }

    fn said(&mut self, said: &Said) {
        self.out.push_str("<div class=\"meta\">");
        self.channel(&said.channel);
        let id = Text(&said.id);
        self.put(format_args!("<br>{}<br>{}<br>{id}", Text(&said.when), Text(&said.author)));
        if let Some(label) = said.label {
            self.put(format_args!("<br><span class=\"lab {label}\">{label}</span>"));
        }
        self.out.push_str("</div><div>");
        if !said.subject.is_empty() {
            self.put(format_args!("<b>{}</b>", Text(&said.subject)));
        }
        self.put(format_args!("<div class=\"text\">{}</div>", Text(&said.text)));
        if said.parent.is_some() {
            self.put(format_args!(
                "<details class=\"more\"><summary>{}, {:+.1} bits</summary>",
                Text(&said.relation),
                said.evidence.total.bits()
            ));
            self.receipt("", "", &said.evidence);
            self.out.push_str("</details>");
        }
        self.out.push_str("</div></div>");
    }

    fn labels(&mut self) {
        let input = self.input;
        self.out.push_str(
            "<section id=\"labels\"><h2>Labels</h2><p class=\"cap\">How incoming messages read, by the built-in word list and its rules. \
             The probability is how sure the label is, on average.</p><div class=\"card scroll\"><table><tr><th>label</th><th class=\"r\">messages</th><th class=\"r\">probability</th><th>for example</th></tr>",
        );
        for label in &input.labels {
            self.put(format_args!(
                "<tr><td><span class=\"lab {0}\">{0}</span></td><td class=\"r\">{1}</td><td class=\"r\">{2:.2}</td><td class=\"quote\">",
                label.name,
                count(label.messages),
                label.mean_probability
            ));
            for example in &label.examples {
                self.put(format_args!("“{}”<br>", Text(example)));
            }
            self.out.push_str("</td></tr>");
        }
        self.out.push_str("</table></div>");
        if !input.sarcasm.is_empty() {
            self.out.push_str(
                "<h3 style=\"margin:26px 0 4px\">Nice words, meant otherwise</h3><p class=\"cap\">The score of the words alone, and the score once the cues of sarcasm are weighed.</p>\
                 <div class=\"card scroll\"><table><tr><th>message</th><th class=\"r\">words</th><th class=\"r\">meant</th><th class=\"r\">sarcasm</th><th>cues</th></tr>",
            );
            for found in &input.sarcasm {
                self.put(format_args!(
                    "<tr><td>{} <span class=\"id\">{} </span>",
                    Text(&found.text),
                    Text(&found.id)
                ));
                self.channel(&found.channel);
                self.put(format_args!(
                    "</td><td class=\"r\">{}</td><td class=\"r\">{}</td><td class=\"r\">{:.2}</td><td class=\"quote\">{}</td></tr>",
                    signed(found.literal),
                    signed(found.effective),
                    found.probability,
                    Text(&found.cues.join(", "))
                ));
            }
            self.out.push_str("</table></div>");
        }
        self.out.push_str("</section>");
    }

    fn foot(&mut self) {
        self.put(format_args!(
            "<footer>Written by reknit. This page holds all it needs and asks nobody for anything; it shows personal data of the run, so keep it as you keep that.</footer></main><script>{SCRIPT}</script></body></html>\n"
        ));
    }
}

/// From bits to places on the track, in percent.
struct Scale {
    low: f64,
    span: f64,
}

impl Scale {
    fn of(evidence: &Evidence) -> Self {
        let (mut low, mut high, mut at) = (0f64, 0f64, evidence.prior.bits());
        let steps = evidence.contributions.iter().map(|step| step.weight.bits());
        for bits in std::iter::once(0.0).chain(steps) {
            at += bits;
            if at.is_finite() {
                (low, high) = (low.min(at), high.max(at));
            }
        }
        Self { low, span: (high - low).max(1.0) }
    }

    fn percent(&self, bits: f64) -> f64 {
        ((bits - self.low) / self.span * 100.0).clamp(0.0, 100.0)
    }

    fn zero(&self) -> f64 {
        self.percent(0.0)
    }

    fn place(&self, from: f64, to: f64) -> (f64, f64) {
        let (a, b) = (self.percent(from), self.percent(to));
        (a.min(b), (a - b).abs())
    }
}

/// `1 record`, `12 records`.
fn of_n(n: usize, what: &str) -> String {
    let s = if n == 1 { "" } else { "s" };
    format!("{} {what}{s}", count(n))
}

fn size_name(size: usize) -> String {
    if size >= super::gather::LARGEST_BIN { format!("{size}+") } else { size.to_string() }
}

/// Bits with a sign, a true minus among them.
fn signed(bits: f64) -> String {
    format!("{bits:+.2}").replace('-', "−")
}

/// Enough digits to tell 0.99 from 0.9999.
fn probability(p: f64) -> String {
    if p > 0.9999 { "> 0.9999".to_owned() } else { format!("{p:.4}") }
}

#[cfg(test)]
mod tests {
    use reknit::model::{Contribution, Weight};

    use super::*;
    use crate::report::{HandOff, Label, Link, Repeat, Sarcastic, Week};

    const EVIL: &str = "\"><script>alert(1)</script><img src=x onerror=alert(2)>'";

    fn evil_input() -> Input {
        let evil = || EVIL.to_owned();
        let steps =
            vec![Contribution::new(EVIL, EVIL, Weight(3.0)), Contribution::new("x", "y", Weight(-40.0))];
        let evidence = Evidence::new(Weight(-10.0), steps);
        let card = || Card { key: evil(), values: vec![(evil(), evil())] };
        let link = Link { a: evil(), b: evil(), probability: 0.5, evidence: evidence.clone() };
        let said = Said {
            id: evil(),
            channel: evil(),
            sent_ms: Some(i64::MAX),
            when: evil(),
            author: evil(),
            from_customer: true,
            subject: evil(),
            text: evil(),
            label: Some("mixed"),
            parent: Some(7),
            relation: evil(),
            evidence: evidence.clone(),
        };
        Input {
            title: evil(),
            note: evil(),
            sources: vec![(evil(), 1)],
            channels: vec![(evil(), 2)],
            weeks: vec![Week { from: evil(), by_channel: [(evil(), 1)].into(), ..Week::default() }],
            sizes: vec![(1, 1)],
            probabilities: vec![(evil(), 1)],
            people: vec![Person {
                id: evil(),
                name: evil(),
                handles: vec![(evil(), evil())],
                records: vec![card()],
                links: vec![link],
                channels: vec![evil()],
                ..Person::default()
            }],
            refused: vec![Refused { a: card(), b: card(), reason: evil(), evidence }],
            crossing: vec![Conversation {
                number: 0,
                id: evil(),
                with: evil(),
                channels: vec![evil()],
                messages: vec![said.clone(), said],
                messages_total: 2,
                sessions: vec![0, 1],
                hand_offs: vec![HandOff {
                    before: 0,
                    after: 1,
                    gap_ms: Some(i64::MAX),
                    agent_changed: Some(true),
                }],
                repeats: vec![Repeat {
                    at: 1,
                    words: evil(),
                    by_staff: true,
                    detail: Some(evil()),
                    said_in: Some(0),
                }],
            }],
            labels: vec![Label { name: "mixed", messages: 1, mean_probability: 0.5, examples: vec![evil()] }],
            sarcasm: vec![Sarcastic {
                id: evil(),
                channel: evil(),
                text: evil(),
                literal: 1.0,
                effective: -1.0,
                probability: 0.9,
                cues: vec![evil()],
            }],
            ..Input::default()
        }
    }

    #[test]
    fn no_text_of_the_data_becomes_markup() {
        let page = html(&evil_input());
        assert_eq!(page.matches("<script>").count(), 1, "only the page's own script");
        assert!(!page.contains("<img"));
        assert!(!page.contains(&EVIL[..2]) || !page.contains("\"><script>alert"));
        assert!(page.matches("&lt;script&gt;alert(1)").count() > 20);
    }

    /// Lists at their caps with long texts and receipts in every entry.
    #[test]
    fn the_page_of_a_large_run_stays_small() {
        let mut input = evil_input();
        let long = "a long text with < and & in it, ".repeat(18);
        let step = Contribution::new("date_of_birth", "day and month swapped", Weight(1.5));
        let evidence = Evidence::new(Weight(-9.0), vec![step; 16]);
        let card = Card { key: "crm:1".to_owned(), values: vec![("address".to_owned(), long.clone()); 8] };
        let link = Link { a: long.clone(), b: long.clone(), probability: 0.9, evidence: evidence.clone() };
        let person = Person { records: vec![card; 16], links: vec![link; 8], ..input.people[0].clone() };
        input.people = vec![person; 200];
        input.people_total = 12_000;
        let said = Said { text: long, parent: Some(0), evidence, ..input.crossing[0].messages[0].clone() };
        input.crossing = vec![Conversation { messages: vec![said; 40], ..input.crossing[0].clone() }; 30];
        input.crossing_total = 900;
        input.refused = vec![input.refused[0].clone(); 40];
        input.refused_total = 3_000;
        let page = html(&input);
        assert!(page.len() < 3_000_000, "{} bytes", page.len());
        assert!(page.contains("most active of 12\u{202f}000 people"));
    }

    #[test]
    fn nothing_comes_from_outside() {
        let page = html(&evil_input());
        for sign in ["http:", "https:", "src=\"", "@import", "url("] {
            assert!(!page.contains(sign), "{sign}");
        }
    }

    #[test]
    fn an_empty_run_is_a_page_too() {
        let page = html(&Input::default());
        assert!(page.starts_with("<!doctype html>") && page.ends_with("</html>\n"));
        assert!(!page.contains("NaN"));
    }
}
