//! Where results go: standard output or a file.
//!
//! A file is written beside its place under another name and moved there when it is complete, so
//! that a run that fails leaves the old file as it was, and an input may be its own output.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::failure::{Failure, Place, Result};

/// The place one result goes to.
#[derive(Debug, Clone)]
pub(crate) enum Output {
    Standard,
    File(PathBuf),
}

impl Output {
    /// The output the user named; nothing and `-` mean standard output. Checked at once, because a
    /// directory that does not exist should not be noticed after an hour of work.
    pub(crate) fn of(path: Option<&Path>) -> Result<Self> {
        let Some(path) = path.filter(|path| *path != Path::new("-")) else {
            return Ok(Self::Standard);
        };
        let name = path.display().to_string();
        if path.is_dir() {
            return Err(Failure::at(Place::file(&name), "this is a directory; name a file"));
        }
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        if parent.is_some_and(|parent| !parent.is_dir()) {
            return Err(Failure::at(Place::file(&name), "its directory does not exist; create it first"));
        }
        Ok(Self::File(path.to_owned()))
    }

    /// How notes call it.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Standard => "standard output".to_owned(),
            Self::File(path) => path.display().to_string(),
        }
    }

    /// Lets `fill` write the whole result.
    pub(crate) fn write(&self, fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
        let done = match self {
            Self::Standard => {
                let mut out = BufWriter::new(io::stdout().lock());
                fill(&mut out).and_then(|()| out.flush())
            }
            Self::File(path) => write_file(path, fill),
        };
        done.map_err(|error| Failure::io(&self.name(), &error))
    }

    /// The same for rows of comma-separated values.
    pub(crate) fn write_csv(
        &self,
        fill: impl FnOnce(&mut csv::Writer<&mut dyn Write>) -> csv::Result<()>,
    ) -> Result<()> {
        self.write(|out| {
            let mut writer = csv::Writer::from_writer(out);
            fill(&mut writer).map_err(io::Error::from)?;
            writer.flush()
        })
    }
}

fn write_file(path: &Path, fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    // Pipes and devices (`/dev/null`, `/dev/fd/3`) cannot be replaced by a move.
    let plain = fs::metadata(path).map_or(true, |known| known.is_file());
    if !plain {
        let mut out = BufWriter::new(File::create(path)?);
        fill(&mut out)?;
        return out.flush();
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".partial");
    let partial = path.with_file_name(name);
    let written = File::create(&partial).map(BufWriter::new).and_then(|mut out| {
        fill(&mut out)?;
        out.flush()
    });
    let moved = written.and_then(|()| fs::rename(&partial, path));
    if moved.is_err() {
        let _ = fs::remove_file(&partial);
    }
    moved
}
