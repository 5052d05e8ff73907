//! Single mails: `.eml` files, and folders of them (Maildir among these).

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use reknit::model::Message;

use super::mail;
use super::open::Opened;
use crate::failure::{Failure, Place, Result};

/// Reads one mail.
pub(super) fn read(opened: Opened) -> Result<Message> {
    let Opened { name, mut reader, .. } = opened;
    let mut raw = Vec::new();
    reader.read_to_end(&mut raw).map_err(|error| Failure::io(&name, &error))?;
    mail::read(&raw).ok_or_else(|| {
        Failure::at(Place::line(&name, 1), "this is no mail: it has no headers, or they cannot be read")
    })
}

/// The mails in `folder` and the folders below it, in the order of their paths: files that end in
/// `.eml`, and all files in the `cur` and `new` folders of a Maildir. Links to folders are not
/// followed, so the walk ends.
pub(super) fn files_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(folder) = waiting.pop() {
        let name = folder.display().to_string();
        let entries = fs::read_dir(&folder).map_err(|error| Failure::io(&name, &error))?;
        let maildir = folder.file_name().is_some_and(|name| name == "cur" || name == "new");
        for entry in entries {
            let entry = entry.map_err(|error| Failure::io(&name, &error))?;
            let kind = entry.file_type().map_err(|error| Failure::io(&name, &error))?;
            let path = entry.path();
            let eml = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("eml"));
            if kind.is_dir() {
                waiting.push(path);
            } else if eml || maildir {
                found.push(path);
            }
        }
    }
    found.sort();
    if found.is_empty() {
        let name = folder.display().to_string();
        return Err(Failure::at(Place::file(&name), "there are no .eml files in this folder"));
    }
    Ok(found)
}
