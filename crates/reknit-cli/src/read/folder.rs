//! The files of a folder that may hold messages, and those beside a file that say who is who.

use std::fs;
use std::path::{Path, PathBuf};

use reknit_messages::{Options, learn};

use crate::failure::{Failure, Result};

/// Endings of files that hold messages; the rest of an export is pictures.
const ENDINGS: &[&str] = &["eml", "mbox", "json", "jsonl", "ndjson", "js", "txt"];

/// Files of an export that hold no messages but say who is who.
const ABOUT: &[&str] =
    &["users.json", "channels.json", "groups.json", "dms.json", "mpims.json", "account.js"];

/// What was found in a folder.
pub(super) struct Found {
    /// Files to be read, in the order of their paths, and whether each must be a mail.
    pub(super) files: Vec<(PathBuf, bool)>,
    /// Files that say who is who.
    pub(super) about: Vec<PathBuf>,
}

/// The files in `folder` and the folders below it, in the order of their paths: those with an ending of
/// messages, and all files in the `cur` and `new` folders of a Maildir. Links to folders are not
/// followed, so the walk ends.
pub(super) fn files_in(folder: &Path) -> Result<Found> {
    let (mut files, mut about) = (Vec::new(), Vec::new());
    let mut waiting = vec![folder.to_owned()];
    while let Some(folder) = waiting.pop() {
        let name = folder.display().to_string();
        let entries = fs::read_dir(&folder).map_err(|error| Failure::io(&name, &error))?;
        let maildir = folder.file_name().is_some_and(|name| name == "cur" || name == "new");
        for entry in entries {
            let entry = entry.map_err(|error| Failure::io(&name, &error))?;
            let kind = entry.file_type().map_err(|error| Failure::io(&name, &error))?;
            let path = entry.path();
            let ending = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
            if kind.is_dir() {
                waiting.push(path);
            } else if says_who(&path) {
                about.push(path);
            } else if maildir || ENDINGS.contains(&ending.as_str()) {
                files.push((path, maildir || ending == "eml"));
            }
        }
    }
    files.sort();
    about.sort();
    Ok(Found { files, about })
}

fn says_who(path: &Path) -> bool {
    path.file_name().is_some_and(|name| ABOUT.iter().any(|about| name == *about))
}

/// The files that say who is who beside `file` and one folder above it, as exports have them.
pub(super) fn beside(file: &Path) -> Vec<PathBuf> {
    let folders = file.ancestors().skip(1).take(2);
    folders
        .flat_map(|folder| ABOUT.iter().map(|name| folder.join(name)))
        .filter(|path| path.is_file())
        .collect()
}

/// Takes up what such files say.
pub(super) fn learn_all(files: &[PathBuf], options: &mut Options) -> Result<()> {
    for path in files {
        let name = path.display().to_string();
        let bytes = fs::read(path).map_err(|error| Failure::io(&name, &error))?;
        learn(&bytes, &name, options);
    }
    Ok(())
}
