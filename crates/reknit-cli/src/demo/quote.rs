//! What mailers and people put around the words: greetings, signatures, quotes, ids, dates.

use reknit::model::{Message, Timestamp};

use super::phrases::Language;
use super::random::Dice;
use super::records::Reach;
use super::talk::{DAY_MS, HOUR_MS, MINUTE_MS, START_MS};

/// Day of the week, day, month (from 0), hour and minute of a time in early 2026.
struct Civil {
    weekday: usize,
    day: i64,
    month: usize,
    hour: i64,
    minute: i64,
}

const MONTH_DAYS: [i64; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const ENGLISH_MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DANISH_MONTHS: [&str; 12] =
    ["jan.", "feb.", "mar.", "apr.", "maj", "jun.", "jul.", "aug.", "sep.", "okt.", "nov.", "dec."];

/// The calendar around [`START_MS`], which is Monday, 5 January.
fn civil(ms: i64) -> Civil {
    let days = (ms - START_MS).div_euclid(DAY_MS);
    let rest = (ms - START_MS).rem_euclid(DAY_MS);
    let mut day = (days + 4).rem_euclid(365);
    let mut month = 0;
    while day >= MONTH_DAYS[month] {
        day -= MONTH_DAYS[month];
        month += 1;
    }
    Civil {
        weekday: days.rem_euclid(7) as usize,
        day: day + 1,
        month,
        hour: rest / HOUR_MS,
        minute: rest % HOUR_MS / MINUTE_MS,
    }
}

/// `12 Feb`, `12.02.`, `12. feb.`
pub(crate) fn short_date(language: Language, ms: i64) -> String {
    let at = civil(ms);
    match language {
        Language::English => format!("{} {}", at.day, ENGLISH_MONTHS[at.month]),
        Language::German => format!("{:02}.{:02}.", at.day, at.month + 1),
        Language::Danish => format!("{}. {}", at.day, DANISH_MONTHS[at.month]),
    }
}

/// The line a mailer writes above a quote.
fn attribution(language: Language, message: &Message) -> String {
    let at = civil(message.sent.map_or(START_MS, Timestamp::millis));
    let name = message.author.name.as_deref().unwrap_or("Vindholm");
    let (address, day, clock) = (&message.author.handle, at.day, (at.hour, at.minute));
    match language {
        Language::English => {
            let weekday = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][at.weekday];
            let month = ENGLISH_MONTHS[at.month];
            format!(
                "On {weekday}, {day} {month} 2026 at {:02}:{:02}, {name} <{address}> wrote:",
                clock.0, clock.1
            )
        }
        Language::German => {
            let weekday = ["Mo.", "Di.", "Mi.", "Do.", "Fr.", "Sa.", "So."][at.weekday];
            let month = [
                "Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.",
                "Dez.",
            ][at.month];
            let clock = format!("{:02}:{:02}", clock.0, clock.1);
            format!("Am {weekday}, {day}. {month} 2026 um {clock} Uhr schrieb {name} <{address}>:")
        }
        Language::Danish => {
            let weekday = ["man.", "tir.", "ons.", "tor.", "fre.", "lør.", "søn."][at.weekday];
            let month = DANISH_MONTHS[at.month];
            format!(
                "Den {weekday} {day}. {month} 2026 kl. {:02}.{:02} skrev {name} <{address}>:",
                clock.0, clock.1
            )
        }
    }
}

/// Attribution and quote of `message`; what it quoted itself goes one deeper, to depth two.
pub(crate) fn quoted(language: Language, message: &Message) -> String {
    let mut out = attribution(language, message);
    for line in message.text.lines().filter(|line| !line.starts_with(">>")) {
        out.push_str(if line.starts_with('>') { "\n>" } else { "\n> " });
        out.push_str(line);
    }
    out
}

/// The subject of a reply.
pub(crate) fn reply_subject(language: Language, subject: &str) -> String {
    let mark = match language {
        Language::English => "Re",
        Language::German => "AW",
        Language::Danish => "SV",
    };
    format!("{mark}: {subject}")
}

/// The subject of a machine's answer.
pub(crate) fn automatic_subject(language: Language, kind: &str, subject: &str) -> String {
    match (kind, language) {
        ("bounce", _) => "Undelivered Mail Returned to Sender".to_owned(),
        (_, Language::English) => format!("Automatic reply: {subject}"),
        (_, Language::German) => format!("Automatische Antwort: {subject}"),
        (_, Language::Danish) => format!("Automatisk svar: {subject}"),
    }
}

/// The first line of a mail.
pub(crate) fn greeting(language: Language, inbound: bool, given: &str, dice: &mut Dice) -> String {
    if inbound {
        let lines: &[&str] = match language {
            Language::English => &["Hello,", "Hi there,", "Dear Vindholm team,", "Good morning,"],
            Language::German => &["Hallo,", "Guten Tag,", "Sehr geehrte Damen und Herren,", "Moin,"],
            Language::Danish => &["Hej,", "Kære Vindholm,", "Goddag,"],
        };
        return (*dice.pick(lines)).to_owned();
    }
    match language {
        Language::English => format!("Dear {given},"),
        Language::German => format!("Hallo {given},"),
        Language::Danish => format!("Hej {given},"),
    }
}

/// The last lines of a mail.
pub(crate) fn signature(
    language: Language,
    inbound: bool,
    who: &str,
    reach: &Reach,
    dice: &mut Dice,
) -> String {
    let bye = match language {
        Language::English => ["Best wishes", "Kind regards", "Regards"][dice.below(3)],
        Language::German => ["Viele Grüße", "Mit freundlichen Grüßen", "Beste Grüße"][dice.below(3)],
        Language::Danish => ["Venlig hilsen", "Mange hilsner", "Med venlig hilsen"][dice.below(3)],
    };
    if !inbound {
        return format!("{bye}\n{who}\n-- \nVindholm Telecom, Customer Service");
    }
    match &reach.phone {
        Some(phone) if dice.chance(0.2) => format!("{bye}\n{who}\n-- \nMobile: {phone}"),
        _ => format!("{bye}\n{who}"),
    }
}

/// A Message-ID.
pub(crate) fn mail_id(dice: &mut Dice, inbound: bool) -> String {
    let host = if inbound { "mta.postbox.example" } else { "mx.vindholm.example" };
    format!("<{:08x}.{:06x}@{host}>", dice.below(1 << 32), dice.below(1 << 24))
}

/// The id of a post: grows with time, as those of networks do.
pub(crate) fn post_id(ms: i64, dice: &mut Dice) -> String {
    format!("{}{:05}", ms / 1000, dice.below(100_000))
}

/// The id of a WhatsApp message.
pub(crate) fn chat_id(dice: &mut Dice) -> String {
    format!("wamid.{:08X}{:08X}", dice.below(1 << 32), dice.below(1 << 32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_calendar_agrees_with_the_clock_of_the_library() {
        for day in [0, 26, 27, 54, 55, 83] {
            let at = START_MS + day * DAY_MS + 9 * HOUR_MS + 5 * MINUTE_MS;
            let civil = civil(at);
            let text = Timestamp(at).to_string();
            let own = format!(
                "2026-{:02}-{:02}T{:02}:{:02}:00Z",
                civil.month + 1,
                civil.day,
                civil.hour,
                civil.minute
            );
            assert_eq!(text, own);
        }
    }
}
