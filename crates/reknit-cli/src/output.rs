//! Where results go: standard output or a file.
//!
//! A file is written beside its place under another name and moved there when it is complete, so
//! that a run that fails leaves the old file as it was, and an input may be its own output. Cost of
//! rows: a copy of each field into the buffer; nothing is allocated for a row.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::failure::{Failure, Place, Result};

/// How many bytes of rows are handed on at once; with 8 KiB a million rows take a third longer.
const ROWS_BYTES: usize = 64 * 1024;

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
            let mut writer = csv::WriterBuilder::new().buffer_capacity(ROWS_BYTES).from_writer(out);
            fill(&mut writer).map_err(io::Error::from)?;
            writer.flush()
        })
    }
}

/// Writes a number into `text` with six decimals, as `{:.6}` does: a probability stands in every row,
/// and the general way is the dearest part of one.
pub(crate) fn six_decimals(number: f64, text: &mut String) -> &str {
    text.clear();
    let Some(mut rest) = millionths(number) else {
        // Writing into a `String` cannot fail.
        let _ = write!(text, "{number:.6}");
        return text;
    };
    let mut digits = *b"0.000000";
    digits[0] += (rest / 1_000_000) as u8;
    for digit in digits[2..].iter_mut().rev() {
        *digit += (rest % 10) as u8;
        rest /= 10;
    }
    text.extend(digits.map(char::from));
    text
}

/// The nearest number of millionths, for 0 to 1; none near a tie, which the error of the product
/// (below 1e-9) could turn.
fn millionths(number: f64) -> Option<u32> {
    // No number is in no range; minus zero is, but shows its sign.
    if number.is_sign_negative() || !(0.0..=1.0).contains(&number) {
        return None;
    }
    let scaled = number * 1e6;
    let (below, rest) = (scaled as u32, scaled.fract());
    ((rest - 0.5).abs() > 1e-6).then_some(below + u32::from(rest > 0.5))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_decimals_are_those_of_the_general_way() {
        let edges = [0.0, -0.0, 1.0, -1.0, 1.000_000_4, 25.5, f64::NAN, f64::INFINITY, 1e-300, 0.999_999_5];
        let ties = (0..4_000).map(|n| f64::from(n) / 4e6).chain((0..4_000).map(|n| 1.0 - f64::from(n) / 4e6));
        let others = (0..20_000).map(|n| (f64::from(n) / 20_000.0).powi(3));
        let mut text = String::new();
        for number in edges.into_iter().chain(ties).chain(others) {
            assert_eq!(six_decimals(number, &mut text), format!("{number:.6}"), "{number:e}");
        }
    }
}
