//! The messages of the invented company: twelve weeks of conversations over eight channels.
//!
//! A conversation is one matter of one customer: it opens, is asked about, answered, chased, solved
//! or given up, and may change its channel on the way. Mail is written with the headers a mailer
//! sets, and a fifth of the replies lose them; replies quote in three languages; machines answer
//! too. Ids are given out after sorting by time, so that they tell nothing about conversations.

use std::collections::BTreeMap;

use reknit::model::{Direction, Message, Participant, Timestamp, Visibility};

use super::people::Person;
use super::phrases::{Language, Phrase, Phrases, Slots, fill};
use super::quote;
use super::random::Dice;
use super::records::{Reach, SHOWN};

/// Monday, 5 January 2026, 00:00 UTC.
pub(crate) const START_MS: i64 = 1_767_571_200_000;
pub(crate) const MINUTE_MS: i64 = 60_000;
pub(crate) const HOUR_MS: i64 = 60 * MINUTE_MS;
pub(crate) const DAY_MS: i64 = 24 * HOUR_MS;
/// Twelve weeks.
const DAYS: i64 = 84;
/// The outage begins on the Monday of week 6, in the evening.
pub(crate) const OUTAGE_MS: i64 = START_MS + 35 * DAY_MS + 19 * HOUR_MS;
/// Conversations in ordinary times and about the outage.
const ORDINARY: usize = 1300;
const ABOUT_OUTAGE: usize = 140;
const FORUM_THREADS: usize = 40;

/// The company's own addresses by channel.
pub(crate) fn own_handle(channel: &str) -> &'static str {
    match channel {
        "x" | "x_dm" => "@vindholm",
        "whatsapp" | "phone" => "+441632960999",
        "web_chat" => "vindholm-chat",
        _ => "support@vindholm.example",
    }
}

const AGENTS: [&str; 7] = ["Mia", "Jonas", "Aisha", "Torben", "Grace", "Leon", "Nadia"];

/// One message before it has its id.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(crate) message: Message,
    pub(crate) conversation: usize,
    /// The draft it answers, by its place in the list of all drafts.
    pub(crate) parent: Option<usize>,
    /// The customer who wrote it, by place; none for staff and machines.
    pub(crate) sender: Option<usize>,
    /// How its text was meant; none for staff, notes and machines.
    pub(crate) label: Option<&'static str>,
}

/// Everything a conversation needs to be written.
pub(crate) struct Writer<'a> {
    pub(crate) people: &'a [Person],
    pub(crate) reach: &'a [Reach],
    pub(crate) phrases: Phrases,
    pub(crate) dice: Dice,
    pub(crate) drafts: Vec<Draft>,
    pub(crate) conversations: usize,
}

/// One conversation while it is written.
struct Thread<'a> {
    place: usize,
    person: &'a Person,
    reach: &'a Reach,
    language: Language,
    topic: &'static str,
    slots: Slots,
    agent: &'static str,
    channel: &'static str,
    subject: String,
    now: i64,
    last: Option<usize>,
}

impl Writer<'_> {
    /// All conversations but the showpieces.
    pub(crate) fn write_all(&mut self) {
        let order = self.activity();
        for _ in 0..ORDINARY {
            let person = order[self.dice.weighted(&falling(order.len()))];
            let topics = self.phrases.topics(self.people[person].language);
            let weights: Vec<f64> = topics.iter().map(|&t| popularity(t)).collect();
            let topic = topics[self.dice.weighted(&weights)];
            let start = self.start();
            self.conversation(person, topic, start);
            // Some have two matters at once.
            if self.dice.chance(0.06) {
                let other = *self.dice.pick(&topics);
                let later = start + self.dice.between(1, 20) * HOUR_MS;
                self.conversation(person, other, later);
            }
        }
        for _ in 0..ABOUT_OUTAGE {
            let person = order[self.dice.below(order.len())];
            let hours = self.dice.around(26.0).min(110.0);
            let start = self.in_daytime(OUTAGE_MS + (hours * HOUR_MS as f64) as i64);
            self.conversation(person, "outage", start);
        }
        for _ in 0..FORUM_THREADS {
            self.forum_thread();
        }
    }

    /// Everybody but the people of the showpieces, the most active first.
    fn activity(&mut self) -> Vec<usize> {
        let mut order: Vec<usize> = (SHOWN..self.people.len()).collect();
        for place in (1..order.len()).rev() {
            order.swap(place, self.dice.below(place + 1));
        }
        order
    }

    fn start(&mut self) -> i64 {
        let at = START_MS + self.dice.between(0, DAYS - 2) * DAY_MS + self.dice.between(0, 23) * HOUR_MS;
        self.in_daytime(at)
    }

    /// The same day between 7 and 22, at a minute and second of its own.
    fn in_daytime(&mut self, at: i64) -> i64 {
        let day = (at - START_MS).div_euclid(DAY_MS);
        let hour = (at - START_MS).rem_euclid(DAY_MS) / HOUR_MS;
        let hour = if (7..22).contains(&hour) { hour } else { self.dice.between(7, 21) };
        START_MS + day * DAY_MS + hour * HOUR_MS + self.dice.between(0, 3_599) * 1000
    }

    fn conversation(&mut self, person: usize, topic: &'static str, start: i64) {
        let (people, reach) = (self.people, self.reach);
        let place = person;
        let (person, reach) = (&people[place], &reach[place]);
        let Some(channel) = self.first_channel(reach) else { return };
        let agent = AGENTS[self.dice.below(AGENTS.len())];
        let slots = slots(person, agent, start, &mut self.dice);
        let mut thread = Thread {
            place,
            person,
            reach,
            language: person.language,
            topic,
            slots,
            agent,
            channel,
            subject: String::new(),
            now: start,
            last: None,
        };
        let gist = self.phrase(&thread, "gist").text;
        let gist = fill(gist, &thread.slots, &mut self.dice);
        thread.slots.insert("gist", gist);
        thread.subject = self.text(&thread, "subject");
        self.talk(&mut thread);
        self.conversations += 1;
    }

    fn talk(&mut self, thread: &mut Thread<'_>) {
        if thread.channel == "phone" {
            self.say(thread, true, "note");
        } else {
            self.say(thread, true, "open");
        }
        if matches!(thread.channel, "email" | "letter") && self.dice.chance(0.10) {
            self.machine(thread, "auto");
        }
        let plan = if thread.channel == "letter" { vec!["fix"] } else { self.plan(thread.topic) };
        for act in plan {
            if thread.now > START_MS + DAYS * DAY_MS {
                break;
            }
            let inbound = matches!(act, "answer" | "chase" | "more" | "close" | "hop");
            self.say(thread, inbound, act);
            if !inbound && thread.channel == "email" && self.dice.chance(0.025) {
                let kind = if self.dice.chance(0.5) { "away" } else { "bounce" };
                self.machine(thread, kind);
            }
        }
    }

    /// The acts after the opening.
    fn plan(&mut self, topic: &str) -> Vec<&'static str> {
        let short: &[&[&str]] = &[&[], &["fix"], &["fix"], &["fix", "close"]];
        let long: &[&[&'static str]] = &[
            &["ask", "answer", "fix"],
            &["ask", "answer", "fix", "close"],
            &["chase", "hold", "fix", "close"],
            &["ask", "answer", "hold", "fix", "close"],
            &["more", "ask", "answer", "hold", "chase", "fix", "close"],
            &["ask", "answer", "hold", "chase", "hold", "more", "reply", "fix", "close"],
        ];
        let plans = if topic == "praise" || self.dice.chance(0.56) { short } else { long };
        let mut plan = self.dice.pick(plans).to_vec();
        if plan.len() >= 3 && self.dice.chance(0.24) {
            // A change of channel: the customer comes back elsewhere and says what it is about.
            let at = self.dice.between(1, plan.len() as i64 - 1) as usize;
            plan.splice(at..at, ["hop", "hopback"]);
        }
        plan
    }

    /// Writes one turn, on another channel where the act is a hop.
    fn say(&mut self, thread: &mut Thread<'_>, inbound: bool, act: &'static str) {
        let mut act = act;
        if act == "hop" {
            if !self.hop(thread) {
                return;
            }
            let later = (self.dice.around(7.0) * HOUR_MS as f64) as i64;
            thread.now = self.in_daytime(thread.now + later);
        } else if thread.last.is_some() {
            thread.now += self.pause(thread.channel, inbound);
        }
        if thread.channel == "phone" && !matches!(act, "note" | "fix") {
            // Calls leave a note, not a dialogue; only every second turn is written down.
            if !inbound || act != "hop" && self.dice.chance(0.5) {
                return;
            }
            act = "note";
        } else if thread.channel == "phone" && act == "fix" {
            act = "notefix";
        }
        if thread.channel == "x" && !inbound && self.dice.chance(0.6) && thread.reach.x.is_some() {
            self.push(thread, false, "publicask");
            thread.channel = "x_dm";
            thread.now += self.pause("x_dm", true);
            act = "hop";
            self.push(thread, true, act);
            return;
        }
        self.push(thread, inbound, act);
    }

    fn push(&mut self, thread: &mut Thread<'_>, inbound: bool, act: &'static str) {
        let phrase = self.phrase(thread, act);
        let body = fill(phrase.text, &thread.slots, &mut self.dice);
        let label = (inbound && matches!(act, "open" | "answer" | "chase" | "more" | "close"))
            .then_some(phrase.label);
        let message = self.envelope(thread, inbound, &body);
        let (conversation, parent) = (self.conversations, thread.last);
        let sender = inbound.then_some(thread.place);
        self.drafts.push(Draft { message, conversation, parent, sender, label });
        thread.last = Some(self.drafts.len() - 1);
    }

    /// Moves the thread to another channel the customer can be met on; false when there is none.
    fn hop(&mut self, thread: &mut Thread<'_>) -> bool {
        let others: Vec<&'static str> = ["email", "whatsapp", "web_chat", "phone", "x_dm"]
            .into_iter()
            .filter(|&channel| channel != thread.channel && thread.reach.meets(channel))
            .collect();
        if others.is_empty() {
            return false;
        }
        thread.channel = others[self.dice.below(others.len())];
        true
    }

    fn first_channel(&mut self, reach: &Reach) -> Option<&'static str> {
        const SHARES: [(&str, f64); 7] = [
            ("email", 0.38),
            ("whatsapp", 0.22),
            ("web_chat", 0.16),
            ("x", 0.22),
            ("phone", 0.09),
            ("letter", 0.03),
            ("x_dm", 0.04),
        ];
        let open: Vec<&(&str, f64)> = SHARES.iter().filter(|(channel, _)| reach.meets(channel)).collect();
        if open.is_empty() {
            return None;
        }
        let weights: Vec<f64> = open.iter().map(|(_, weight)| *weight).collect();
        Some(open[self.dice.weighted(&weights)].0)
    }

    /// How long until the next turn: staff answer mail in hours and chats in minutes.
    fn pause(&mut self, channel: &str, inbound: bool) -> i64 {
        let minutes = match (channel, inbound) {
            ("email", true) => 420.0,
            ("email", false) => 240.0,
            ("letter", _) => 5.0 * 1440.0,
            ("web_chat", _) => 1.5,
            ("whatsapp" | "x_dm", true) => 12.0,
            ("whatsapp" | "x_dm", false) => 6.0,
            ("phone", _) => 300.0,
            _ => 35.0,
        };
        (self.dice.around(minutes) * MINUTE_MS as f64) as i64
    }

    fn phrase(&mut self, thread: &Thread<'_>, act: &'static str) -> Phrase {
        let language = thread.language;
        let mut found = self.phrases.of(language, thread.topic, act);
        if found.is_empty() {
            found = self.phrases.of(Language::English, thread.topic, act);
        }
        let weights: Vec<f64> =
            found.iter().map(|p| if p.label == "sarcastic" { 0.35 } else { 1.0 }).collect();
        found.get(self.dice.weighted(&weights)).copied().unwrap_or(Phrase { label: "neutral", text: "OK." })
    }

    fn text(&mut self, thread: &Thread<'_>, act: &'static str) -> String {
        let phrase = self.phrase(thread, act);
        fill(phrase.text, &thread.slots, &mut self.dice)
    }

    /// The message around the words: addresses, headers, greeting, quotes.
    fn envelope(&mut self, thread: &Thread<'_>, inbound: bool, body: &str) -> Message {
        let channel = thread.channel;
        let customer = Participant {
            handle: thread.reach.handle(channel, thread.now, thread.person, &mut self.dice),
            name: self.dice.chance(name_shown(channel)).then(|| thread.person.name()),
            entity: None,
        };
        let staff = Participant {
            handle: own_handle(channel).to_owned(),
            name: Some(format!("{} (Vindholm)", thread.agent)),
            entity: None,
        };
        let (author, to) = if inbound { (customer, staff) } else { (staff, customer) };
        let mut message = Message::new("", channel, author.handle.clone(), Timestamp(thread.now), body);
        message.direction = if inbound { Direction::Inbound } else { Direction::Outbound };
        let parent = thread.last.map(|last| &self.drafts[last].message);
        let same = parent.filter(|parent| parent.channel.0 == channel);
        match channel {
            "email" => {
                let (quoted, headers) = (self.dice.chance(0.6), self.dice.chance(0.8));
                message.platform_id = Some(quote::mail_id(&mut self.dice, inbound));
                let reply = same.is_some();
                let subject_kept = headers || self.dice.chance(0.8);
                let subject = if reply && subject_kept {
                    quote::reply_subject(thread.language, &thread.subject)
                } else if reply {
                    self.text(thread, "subject")
                } else {
                    thread.subject.clone()
                };
                message.subject = Some(subject);
                let same = thread.last.map(|last| &self.drafts[last].message);
                let same = same.filter(|parent| parent.channel.0 == channel);
                let greeting =
                    quote::greeting(thread.language, inbound, &thread.person.given, &mut self.dice);
                let who = if inbound { thread.person.name() } else { thread.agent.to_owned() };
                let sign = quote::signature(thread.language, inbound, &who, thread.reach, &mut self.dice);
                message.text = format!("{greeting}\n\n{body}\n\n{sign}");
                if let Some(parent) = same {
                    if headers {
                        message.in_reply_to = parent.platform_id.clone().into_iter().collect();
                        message.references.clone_from(&parent.references);
                        message.references.extend(parent.platform_id.clone());
                    }
                    if quoted {
                        message.text.push_str("\n\n");
                        message.text.push_str(&quote::quoted(thread.language, parent));
                    }
                }
            }
            "letter" => {
                message.subject = Some(thread.subject.clone());
                message.text = format!("{body}\n\n{}", thread.person.name());
                // The post is scanned two days later.
                message.arrived = Some(Timestamp(thread.now + 2 * DAY_MS));
            }
            "x" => {
                message.platform_id = Some(quote::post_id(thread.now, &mut self.dice));
                message.text = format!("{} {body}", to.handle);
                if let Some(parent) = same {
                    message.in_reply_to = parent.platform_id.clone().into_iter().collect();
                }
            }
            "whatsapp" => {
                message.platform_id = Some(quote::chat_id(&mut self.dice));
                if let Some(parent) = same.filter(|_| self.dice.chance(0.15)) {
                    message.in_reply_to = parent.platform_id.clone().into_iter().collect();
                }
            }
            "phone" => {
                message.visibility = Visibility::Internal;
            }
            _ => {}
        }
        message.author = author;
        message.to = vec![to];
        message
    }

    /// A machine answers: a receipt, an absence, a bounce.
    fn machine(&mut self, thread: &mut Thread<'_>, kind: &'static str) {
        let Some(parent) = thread.last else { return };
        let answered = self.drafts[parent].message.clone();
        let body = self.text(thread, kind);
        let at = answered.sent.map_or(thread.now, Timestamp::millis) + self.dice.between(2, 50) * 1000;
        let mut message = Message::new("", "email", "", Timestamp(at), body);
        let own = own_handle("email");
        let from =
            if kind == "bounce" { "mailer-daemon@mx.vindholm.example" } else { &answered.to[0].handle };
        let from = if answered.channel.0 == "letter" { own } else { from };
        from.clone_into(&mut message.author.handle);
        let mut to = answered.author.clone();
        if answered.channel.0 == "letter" {
            let Some(email) = thread.reach.emails.first() else { return };
            to.handle.clone_from(email);
        }
        message.to = vec![to];
        message.direction = if kind == "auto" { Direction::Outbound } else { Direction::Inbound };
        message.auto = true;
        message.headers.insert("Auto-Submitted".to_owned(), "auto-replied".to_owned());
        message.platform_id = Some(quote::mail_id(&mut self.dice, false));
        message.in_reply_to = answered.platform_id.clone().into_iter().collect();
        message.references.clone_from(&message.in_reply_to);
        let subject = answered.subject.clone().unwrap_or_default();
        message.subject = Some(quote::automatic_subject(thread.language, kind, &subject));
        self.drafts.push(Draft {
            message,
            conversation: self.conversations,
            parent: Some(parent),
            sender: None,
            label: None,
        });
    }

    /// Several members talk about one thing in the community forum.
    fn forum_thread(&mut self) {
        let members: Vec<usize> =
            (0..self.people.len()).filter(|&place| self.reach[place].forum.is_some()).collect();
        if members.len() < 3 {
            return;
        }
        let asker = *self.dice.pick(&members);
        let topic = *self.dice.pick(&["router", "speed", "sim", "roaming", "tariff", "outage"]);
        let mut now = self.start();
        let agent = AGENTS[self.dice.below(AGENTS.len())];
        let mut filled = slots(&self.people[asker], agent, now, &mut self.dice);
        let mut before: Vec<(usize, String)> = Vec::new();
        let posts = self.dice.between(3, 12);
        let mut subject = String::new();
        for turn in 0..posts {
            let member = if turn == 0 || self.dice.chance(0.3) { asker } else { *self.dice.pick(&members) };
            let nick = self.reach[member].forum.clone().unwrap_or_default();
            let answered = before.last().filter(|_| turn > 0).cloned();
            let answered = match before.len() {
                0 => None,
                n if self.dice.chance(0.25) => Some(before[self.dice.below(n)].clone()),
                _ => answered,
            };
            let act = if turn == 0 { "open" } else { "peer" };
            filled.insert("nick", answered.as_ref().map_or_else(String::new, |(_, nick)| nick.clone()));
            let found = self.phrases.of(Language::English, if turn == 0 { topic } else { "any" }, act);
            let phrase = *self.dice.pick(found);
            if turn == 0 {
                let found = self.phrases.of(Language::English, topic, "subject");
                subject = fill(self.dice.pick(found).text, &filled, &mut self.dice);
            } else {
                now += (self.dice.around(80.0) * MINUTE_MS as f64) as i64;
            }
            let text = fill(phrase.text, &filled, &mut self.dice);
            let mut message = Message::new("", "forum", nick.clone(), Timestamp(now), text);
            message.direction = Direction::Inbound;
            message.room = Some("community".to_owned());
            message.platform_id = Some(quote::post_id(now, &mut self.dice));
            message.subject = Some(if turn == 0 { subject.clone() } else { format!("Re: {subject}") });
            if let Some((parent, _)) = answered.as_ref().filter(|_| self.dice.chance(0.7)) {
                message.in_reply_to = self.drafts[*parent].message.platform_id.clone().into_iter().collect();
            }
            let parent = answered.map(|(parent, _)| parent);
            self.drafts.push(Draft {
                message,
                conversation: self.conversations,
                parent,
                sender: Some(member),
                label: Some(phrase.label),
            });
            before.push((self.drafts.len() - 1, nick));
        }
        self.conversations += 1;
    }
}

impl Reach {
    /// Whether this customer can be met on `channel`.
    fn meets(&self, channel: &str) -> bool {
        match channel {
            "email" => !self.emails.is_empty(),
            "whatsapp" => self.whatsapp,
            "web_chat" => self.visitor.is_some() || !self.emails.is_empty(),
            "x" | "x_dm" => self.x.is_some(),
            "phone" => self.phone.is_some(),
            "letter" => self.customer_no.is_some(),
            _ => false,
        }
    }

    /// The handle they use there at `now`.
    pub(crate) fn handle(&self, channel: &str, now: i64, person: &Person, dice: &mut Dice) -> String {
        /// From here on WhatsApp shows the business-scoped id of those who have one.
        const WHATSAPP_IDS_FROM: i64 = START_MS + 50 * DAY_MS;
        let email = self.emails.first().cloned().unwrap_or_default();
        match channel {
            "x" | "x_dm" => self.x.clone().unwrap_or_default(),
            "whatsapp" => match &person.whatsapp_id {
                Some(id) if now >= WHATSAPP_IDS_FROM => id.clone(),
                _ => self.phone.clone().unwrap_or_default(),
            },
            "phone" => self.phone.clone().unwrap_or_default(),
            "letter" => self.customer_no.clone().unwrap_or_default(),
            "web_chat" => self.visitor.clone().unwrap_or(email),
            _ if self.emails.len() > 1 && dice.chance(0.04) => self.emails[1].clone(),
            _ => email,
        }
    }
}

/// How often a channel shows a name beside the handle.
fn name_shown(channel: &str) -> f64 {
    match channel {
        "web_chat" => 0.5,
        "whatsapp" | "x" | "x_dm" => 0.8,
        "email" => 0.9,
        _ => 1.0,
    }
}

/// How often people write about a topic, beside each other.
fn popularity(topic: &str) -> f64 {
    match topic {
        "billing" => 2.0,
        "delivery" | "router" => 1.5,
        "outage" => 0.5,
        "praise" => 0.8,
        _ => 1.0,
    }
}

/// Few customers write much, many write little.
fn falling(n: usize) -> Vec<f64> {
    (0..n).map(|place| (place as f64 + 12.0).powf(-0.65)).collect()
}

/// What the slots of one matter hold.
pub(crate) fn slots(person: &Person, agent: &str, start: i64, dice: &mut Dice) -> Slots {
    const DEVICES: [&str; 6] =
        ["Lumo 6", "Lumo 5 Mini", "HomeHub X2", "FibreBox 300", "MeshPoint", "Lumo 7 Pro"];
    const PHONES: [&str; 5] = ["Aurora 12", "Kestrel S", "Pebble 4a", "Nova Fold", "Aurora 11"];
    const PLANS: [&str; 6] = ["Fibre 250", "Fibre 1000", "Mobile M", "Mobile XL", "Family Flat", "Home 100"];
    const COUNTRIES: [&str; 6] = ["Norway", "Portugal", "Japan", "Switzerland", "Canada", "Turkey"];
    const TENANTS: [&str; 4] = ["Harper", "Lindgren", "Osei", "Brandt"];
    let date = quote::short_date(person.language, start + dice.between(-9, 14) * DAY_MS);
    let pence = ["00", "50", "90", "99"][dice.below(4)];
    let pounds = dice.between(4, 89);
    let amount = match person.language {
        Language::English => format!("£{pounds}.{pence}"),
        _ => format!("{pounds},{pence} €"),
    };
    BTreeMap::from([
        ("agent", agent.to_owned()),
        ("amount", amount),
        ("city", person.home.city.clone()),
        ("country", (*dice.pick(&COUNTRIES)).to_owned()),
        ("customer", person.customer_no.clone()),
        ("date", date),
        ("days", dice.between(2, 6).to_string()),
        ("device", (*dice.pick(&DEVICES)).to_owned()),
        ("digits", dice.between(1000, 9999).to_string()),
        ("given", person.given.clone()),
        ("order", format!("VH-{}", dice.between(10_000, 99_999))),
        ("phone", (*dice.pick(&PHONES)).to_owned()),
        ("plan", (*dice.pick(&PLANS)).to_owned()),
        ("street", person.home.street.clone()),
        ("surname", person.surname.clone()),
        ("tenant", (*dice.pick(&TENANTS)).to_owned()),
        ("ticket", format!("T-{}", dice.between(100_000, 999_999))),
    ])
}
