//! The body of a mail as text: its text parts in their order, HTML turned to text where there is no
//! plain part, and signs put right where the declared charset is wrong.
//!
//! Two mistakes are common enough to look for: UTF-8 declared as Latin-1 or not at all, and Latin-1
//! or Windows-1252 declared as UTF-8, as ASCII or not at all. Text of several words in Latin-1 is
//! hardly ever valid UTF-8 by chance (RFC 3629, section 1), so bytes that are valid UTF-8 and not all
//! ASCII are taken for it, and bytes that are not are not.

use mail_parser::decoders::base64::base64_decode;
use mail_parser::decoders::quoted_printable::quoted_printable_decode;
use mail_parser::{Encoding, Message, MessagePart, MimeHeaders, PartType};

use crate::{decode, html};

pub(super) fn text(mail: &Message<'_>) -> String {
    let parts: Vec<String> = (0..mail.text_body_count())
        .filter_map(|at| part_text(mail, mail.text_part(at as u32)?))
        .map(|text| text.replace("\r\n", "\n"))
        .filter(|text| !text.trim().is_empty())
        .collect();
    parts.join("\n").trim_end().to_owned()
}

fn part_text(mail: &Message<'_>, part: &MessagePart<'_>) -> Option<String> {
    let repaired = repaired(mail.raw_message(), part);
    match &part.body {
        PartType::Text(text) => Some(repaired.unwrap_or_else(|| text.to_string())),
        PartType::Html(text) => Some(html::to_text(repaired.as_deref().unwrap_or(text))),
        _ => None,
    }
}

/// The text of a part whose charset is declared wrongly.
fn repaired(raw: &[u8], part: &MessagePart<'_>) -> Option<String> {
    let label = part.content_type().and_then(|kind| kind.attribute("charset")).map(str::to_lowercase);
    let label = label.as_deref().map_or("", str::trim);
    let ascii = matches!(label, "us-ascii" | "ascii" | "ansi_x3.4-1968");
    let encoding = encoding_rs::Encoding::for_label(label.as_bytes()).filter(|_| !ascii);
    let latin =
        encoding.is_some_and(|known| known == encoding_rs::WINDOWS_1252 || known == encoding_rs::ISO_8859_15);
    if !latin && encoding.is_some_and(|known| known != encoding_rs::UTF_8) {
        return None;
    }
    let raw = raw.get(part.offset_body as usize..part.offset_end as usize)?;
    let bytes = match part.encoding {
        Encoding::None => raw.to_vec(),
        Encoding::QuotedPrintable => quoted_printable_decode(raw)?,
        Encoding::Base64 => base64_decode(raw)?,
    };
    match std::str::from_utf8(&bytes) {
        Ok(text) => ((latin || ascii) && !text.is_ascii()).then(|| text.to_owned()),
        Err(_) => (!latin).then(|| decode::mixed(&bytes).into_owned()),
    }
}
