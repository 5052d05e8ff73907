//! Contacts and messages to people and conversations, in thirty lines.
//!
//! Run with `cargo run --package reknit --example people`.
#![allow(clippy::print_stdout, reason = "an example shows what it found")]

use reknit::model::{Message, Record, Table, Timestamp, unwatched};
use reknit::pipeline::{self, Config};

fn main() -> reknit::Result<()> {
    let contacts = Table::from_records(&[
        Record::new("crm", "881").with("name", "Ana Petrova").with("phone", "+49 151 12345678"),
        Record::new("crm", "882").with("name", "Bo Lindqvist").with("email", "bo@lindqvist.example"),
        Record::new("shop", "7").with("name", "Ana Petrova").with("email", "ana@petrova.example"),
        Record::new("shop", "8")
            .with("name", "A. Petrova")
            .with("email", "ANA@petrova.example")
            .with("phone", "0049 151 12345678"),
    ])?;
    let minute = |n: i64| Timestamp::from_millis(1_772_445_600_000 + n * 60_000);
    let messages = vec![
        Message::new("m1", "whatsapp", "+4915112345678", minute(0), "My router is dead, third day now."),
        Message::new(
            "m2",
            "email",
            "ana@petrova.example",
            minute(40),
            "A photo of the dead router, as asked.",
        ),
        Message::new("m3", "email", "bo@lindqvist.example", minute(41), "Thank you for the quick help!"),
    ];
    let outcome = pipeline::run(&Config::default(), &contacts, messages, &mut unwatched)?;
    for person in &outcome.people {
        let name = person.name.as_deref().unwrap_or("somebody");
        println!("{name}: {} record(s), {} message(s)", person.rows.len(), person.messages.len());
    }
    for link in &outcome.resolution.links {
        println!("{} and {} are one:", contacts.key(link.a as usize), contacts.key(link.b as usize));
        println!("{}", outcome.resolution.evidence(link.receipt));
    }
    for conversation in &outcome.stitching.conversations {
        println!("conversation {} over {}", conversation.id, conversation.channels.join(", "));
    }
    Ok(())
}
