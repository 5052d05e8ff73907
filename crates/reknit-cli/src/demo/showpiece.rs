//! Two stories that are the same in every company: a matter that goes over five channels, and the
//! sarcastic post it starts with.

use reknit::model::{Direction, Message, Participant, Timestamp, Visibility};

use super::people::Person;
use super::phrases::Language;
use super::quote;
use super::records::Reach;
use super::talk::{Draft, HOUR_MS, MINUTE_MS, OUTAGE_MS, Writer, own_handle};

/// The place of the customer among the people.
pub(crate) const CUSTOMER: usize = 2;
/// The sarcastic line itself.
pub(crate) const SARCASM: &str = "Great, third day with no internet. Love it.";
/// The reference all messages of the matter may name.
const REFERENCE: &str = "VH-52207";

/// Channel, inbound, minutes after the first post, label, text.
type Line = (&'static str, bool, i64, Option<&'static str>, &'static str);

/// {no} is the customer number.
const LINES: [Line; 11] = [
    ("x", true, 0, Some("sarcastic"), SARCASM),
    (
        "x",
        false,
        26,
        None,
        "Sorry, Kate! That is not how it should be. Could you send us a DM with your address so that we can check the line? /Mia",
    ),
    (
        "x_dm",
        true,
        38,
        Some("neutral"),
        "Hi Mia, it is 12 Weavers Row, Brackwell. The Lumo 6 shows a steady red light. The hotline gave me the reference VH-52207 on Tuesday.",
    ),
    (
        "x_dm",
        false,
        51,
        None,
        "Thanks Kate. I see a failed card at the exchange under VH-52207. For the credit I need your customer number, best by mail to support@vindholm.example.",
    ),
    (
        "email",
        true,
        148,
        Some("neutral"),
        "as asked for in the direct message on X: my customer number is {no}, the reference is VH-52207. The Lumo 6 at Weavers Row is still red.",
    ),
    (
        "email",
        false,
        205,
        None,
        "Thank you. The credit of £11.50 is noted on {no}. The technician changes the card at the exchange today and rings at Weavers Row before 6 pm.",
    ),
    (
        "email",
        true,
        333,
        Some("neutral"),
        "I will be at home until then. Please make sure he has the reference VH-52207.",
    ),
    (
        "whatsapp",
        true,
        612,
        Some("negative"),
        "It's Kate again, VH-52207. Half past six and no technician. I am really disappointed, that is the second day I waited for nothing.",
    ),
    (
        "whatsapp",
        false,
        619,
        None,
        "I am so sorry, Kate. He was held up in Dunmere. I will call you tomorrow morning as soon as VH-52207 is done. /Mia",
    ),
    (
        "phone",
        true,
        1_538,
        None,
        "Katherine Hartnell, Brackwell, called about VH-52207: technician was there at 9, card at the exchange changed, Lumo 6 is green. Asks for the credit to be doubled. Agreed. /Mia",
    ),
    ("whatsapp", true, 1_702, Some("positive"), "It works again, thank you so much Mia! Great help."),
];

/// Writes the story into `writer` as one conversation.
pub(crate) fn write(writer: &mut Writer<'_>) {
    let (people, reach) = (writer.people, writer.reach);
    let (person, reach) = (&people[CUSTOMER], &reach[CUSTOMER]);
    // The outage began on Monday evening; the post is written on Thursday at 7:52.
    let start = OUTAGE_MS + 2 * 24 * HOUR_MS + 12 * HOUR_MS + 52 * MINUTE_MS;
    let mut last = None;
    for (channel, inbound, minutes, label, text) in LINES {
        let text = text.replace("{no}", &person.customer_no);
        let before = last.map(|place: usize| writer.drafts[place].message.clone());
        let at = start + minutes * MINUTE_MS;
        let message = line(writer, person, reach, before.as_ref(), (channel, inbound, at, &text));
        let conversation = writer.conversations;
        let sender = inbound.then_some(CUSTOMER);
        writer.drafts.push(Draft { message, conversation, parent: last, sender, label });
        last = Some(writer.drafts.len() - 1);
    }
    writer.conversations += 1;
}

fn line(
    writer: &mut Writer<'_>,
    person: &Person,
    reach: &Reach,
    before: Option<&Message>,
    (channel, inbound, at, text): (&str, bool, i64, &str),
) -> Message {
    let dice = &mut writer.dice;
    let customer = match channel {
        "email" => person.emails[0].clone(),
        _ => reach.handle(channel, at, person, dice),
    };
    let customer = Participant { handle: customer, name: Some(person.name()), entity: None };
    let name = Some("Mia (Vindholm)".to_owned());
    let staff = Participant { handle: own_handle(channel).to_owned(), name, entity: None };
    let (author, to) = if inbound { (customer, staff) } else { (staff, customer) };
    let mut message = Message::new("", channel, author.handle.clone(), Timestamp(at), text);
    message.direction = if inbound { Direction::Inbound } else { Direction::Outbound };
    let same = before.filter(|before| before.channel.0 == channel);
    match channel {
        "x" => {
            message.platform_id = Some(quote::post_id(at, dice));
            message.text = format!("{} {text}", to.handle);
            message.in_reply_to = same.and_then(|m| m.platform_id.clone()).into_iter().collect();
        }
        "email" => {
            message.platform_id = Some(quote::mail_id(dice, inbound));
            // The customer's mailer sets no reply headers; only the staff's answer carries them.
            if !inbound {
                message.in_reply_to = same.and_then(|m| m.platform_id.clone()).into_iter().collect();
            }
            let subject = format!("Outage in Weavers Row, {REFERENCE}");
            message.subject = Some(if same.is_some() {
                quote::reply_subject(Language::English, &subject)
            } else {
                subject
            });
            let (hello, who) = if inbound { ("Hello,", "Katherine Hartnell") } else { ("Dear Kate,", "Mia") };
            message.text = format!("{hello}\n\n{text}\n\nKind regards\n{who}");
            if let Some(before) = same {
                message.text.push_str("\n\n");
                message.text.push_str(&quote::quoted(Language::English, before));
            }
        }
        "whatsapp" => message.platform_id = Some(quote::chat_id(dice)),
        "phone" => message.visibility = Visibility::Internal,
        _ => {}
    }
    message.author = author;
    message.to = vec![to];
    message
}
