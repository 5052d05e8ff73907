//! Message JSON Lines: one [`Message`] a line, in Reknit's own names or those its reader knows.
//!
//! An error names the line and the column; the values quoted by the JSON reader are left out of it,
//! because they may be personal data.

use reknit::model::Message;
use serde::de::DeserializeOwned;

use crate::collect::Collector;
use crate::problem::Place;

/// The value in one line, or the column of what is wrong with it, from 1, and what that is.
pub fn parse<T: DeserializeOwned>(line: &str) -> Result<T, (u64, String)> {
    serde_json::from_str(line).map_err(|error| {
        let mut what = error.to_string();
        if let Some(place) = what.rfind(" at line ") {
            what.truncate(place);
        }
        if error.is_eof() {
            what.push_str("; an object must end in the line it begins in (jq -c . FILE)");
        }
        ((error.column() as u64).max(1), without_values(&what))
    })
}

/// The message in one line.
fn line(line: &str) -> Result<Message, (u64, String)> {
    let message: Message = parse(line)?;
    if message.id.is_empty() {
        return Err((1, "this message has an empty id".to_owned()));
    }
    Ok(message)
}

/// Takes values out of a message of the JSON reader: `invalid type: string "Ana", expected a boolean`
/// becomes `wrong kind of value, expected a boolean`.
fn without_values(message: &str) -> String {
    const QUOTING: [&str; 4] = ["invalid type: ", "invalid value: ", "unknown variant ", "invalid length "];
    let Some(start) = QUOTING.iter().filter_map(|words| message.find(words)).min() else {
        return message.to_owned();
    };
    let expected = message.rfind(", expected").filter(|&end| end >= start);
    format!("{}wrong kind of value{}", &message[..start], expected.map_or("", |end| &message[end..]))
}

pub(crate) fn read(text: &str, into: &mut Collector<'_>) {
    for (number, row) in (1..).zip(text.lines()).filter(|(_, row)| !row.trim().is_empty()) {
        let place = Place::line(number);
        if row.trim_start().starts_with('[') {
            into.problem(place, "this is a JSON list; write one object a line (jq -c '.[]' FILE)");
            return;
        }
        match line(row) {
            Ok(mut message) => {
                if let Some(channel) = &into.options.channel {
                    message.channel = reknit::model::Channel::new(channel);
                }
                into.push(|| place, message);
            }
            Err((column, what)) => into.problem(place, format!("column {column}: {what}; it was left out")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_never_stands_in_an_error() {
        for field in [
            "\"auto\":\"Ana \\\" Petrova\"",
            "\"visibility\":\"Ana\"",
            "\"auto\":4915123",
            "\"to\":[[\"Ana\"]]",
        ] {
            let (column, what) = line(&format!("{{\"id\":\"1\",{field}}}")).expect_err("it is another kind");
            assert!(column > 1 && !what.contains("Ana") && !what.contains("4915123"), "{what}");
        }
    }
}
