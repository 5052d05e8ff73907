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

/// Takes quoted values out of a message of the JSON reader: `string "Ana"` becomes `string "..."`.
fn without_values(message: &str) -> String {
    match (message.find("string \""), message.rfind("\", expected")) {
        (Some(start), Some(end)) if start + 8 <= end => {
            format!("{}string \"...{}", &message[..start], &message[end..])
        }
        _ => message.to_owned(),
    }
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
        let (column, what) =
            line("{\"id\":\"1\",\"auto\":\"Ana \\\" Petrova\"}").expect_err("a text is no flag");
        assert!(column > 1 && !what.contains("Ana"), "{what}");
    }
}
