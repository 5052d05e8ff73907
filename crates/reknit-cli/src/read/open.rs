//! Opening an input: which format it is, and its bytes as text.
//!
//! The first 64 KiB are looked at. Byte order marks (Unicode 16, section 23.8) choose UTF-8 or
//! UTF-16; UTF-16 is turned into UTF-8 on the fly. What is no text at all (gzip, zip, a
//! spreadsheet) is refused by its signature with a word on what to do.

use std::fs::{self, File};
use std::io::{self, BufReader, Cursor, Read};
use std::path::{Path, PathBuf};

use crate::console::Console;
use crate::failure::{Failure, Place, Result};

/// How much of a file is looked at to find out what it is.
const HEAD_BYTES: usize = 64 * 1024;

/// What a file can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Csv,
    Jsonl,
    Parquet,
    Mbox,
    Eml,
}

/// One input as the command line names it; `-` is standard input.
#[derive(Debug, Clone)]
pub(crate) struct Input {
    path: Option<PathBuf>,
}

impl Input {
    pub(crate) fn of(path: &Path) -> Self {
        Self { path: (path != Path::new("-")).then(|| path.to_owned()) }
    }

    /// How errors and notes call it.
    pub(crate) fn name(&self) -> String {
        self.path.as_ref().map_or_else(|| "<stdin>".to_owned(), |path| path.display().to_string())
    }

    /// The file name without folder and ending: the source of records that name none.
    pub(crate) fn stem(&self) -> String {
        let stem = self.path.as_deref().and_then(Path::file_stem);
        stem.map_or_else(|| "stdin".to_owned(), |stem| stem.to_string_lossy().into_owned())
    }

    pub(crate) fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Whether its name says that it holds columns cut by tabs.
    pub(crate) fn is_tsv(&self) -> bool {
        self.extension() == "tsv"
    }

    fn extension(&self) -> String {
        let extension = self.path.as_deref().and_then(Path::extension).unwrap_or_default();
        extension.to_string_lossy().to_lowercase()
    }

    /// Opens it and looks at its beginning.
    pub(crate) fn open(&self, console: &Console) -> Result<Opened> {
        let name = self.name();
        let (raw, size): (Box<dyn Read + Send>, u64) = match &self.path {
            None => (Box::new(io::stdin()), 0),
            Some(path) => {
                let known = fs::metadata(path).map_err(|error| unreadable(&name, &error))?;
                if known.is_dir() {
                    return Err(Failure::at(Place::file(&name), "this is a directory; name the files in it"));
                }
                let file = File::open(path).map_err(|error| unreadable(&name, &error))?;
                (Box::new(file), known.len())
            }
        };
        let raw = console.reading(&name, size).wrap_read(raw);
        let opened =
            Opened::new(self, Box::new(raw)).map_err(|failure| failure.placed(Place::file(&name)))?;
        Ok(Opened { size, ..opened })
    }
}

/// Refuses a list in which standard input stands twice.
pub(crate) fn check_inputs(inputs: &[Input]) -> Result<()> {
    if inputs.iter().filter(|input| input.path.is_none()).count() > 1 {
        return Err(Failure::usage("standard input (`-`) can be read only once"));
    }
    Ok(())
}

fn unreadable(name: &str, error: &io::Error) -> Failure {
    let message = match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "no permission to read it".to_owned(),
        _ => error.to_string(),
    };
    Failure::at(Place::file(name), message)
}

/// An input with its format known and its text as UTF-8 (or an eight-bit superset of ASCII).
pub(crate) struct Opened {
    pub(crate) name: String,
    pub(crate) format: Format,
    /// The first bytes, which `reader` gives again.
    pub(crate) head: Vec<u8>,
    /// How many bytes the file has; 0 for what is no plain file, which may go on for ever.
    pub(crate) size: u64,
    pub(crate) reader: BufReader<Box<dyn Read + Send>>,
}

impl Opened {
    fn new(input: &Input, mut raw: Box<dyn Read + Send>) -> Result<Self> {
        let name = input.name();
        let mut head = read_head(&mut raw).map_err(|error| Failure::io(&name, &error))?;
        if let Some(advice) = refused(&head) {
            return Err(Failure::at(Place::file(&name), advice));
        }
        let raw: Box<dyn Read + Send> = match utf16(&head) {
            None => {
                head.drain(..if head.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 });
                Box::new(Cursor::new(head.clone()).chain(raw))
            }
            Some(encoding) => {
                let mut text: Box<dyn Read + Send> =
                    Box::new(Transcoder::new(encoding, Cursor::new(head).chain(raw)));
                head = read_head(&mut text).map_err(|error| Failure::io(&name, &error))?;
                Box::new(Cursor::new(head.clone()).chain(text))
            }
        };
        let format = by_extension(&input.extension()).filter(|_| !head.starts_with(b"PAR1"));
        let format = format.unwrap_or_else(|| by_content(&head));
        Ok(Self { name, format, head, size: 0, reader: BufReader::with_capacity(HEAD_BYTES, raw) })
    }
}

fn read_head(raw: &mut dyn Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    raw.take(HEAD_BYTES as u64).read_to_end(&mut head)?;
    Ok(head)
}

/// Signatures of files that hold no text, with what to do about each.
const REFUSED: &[(&[u8], &str)] = &[
    (b"\x1F\x8B", "this is a gzip file; unpack it first (gunzip -c FILE | reknit ... -)"),
    (b"\x28\xB5\x2F\xFD", "this is a zstd file; unpack it first (zstd -dc FILE | reknit ... -)"),
    (b"BZh", "this is a bzip2 file; unpack it first (bzcat FILE | reknit ... -)"),
    (b"\xFD7zXZ\0", "this is an xz file; unpack it first (xzcat FILE | reknit ... -)"),
    (
        b"PK\x03\x04",
        "this is a zip file or a spreadsheet (xlsx, ods); unpack it and name what is in it, or save it as CSV",
    ),
    (b"\xD0\xCF\x11\xE0", "this is an old Office file (xls, msg); save it as CSV or as .eml first"),
    (b"SQLite format 3\0", "this is a SQLite database; export the table as CSV first"),
    (b"ARROW1", "this is an Arrow or Feather file; save it as Parquet first"),
    (b"%PDF-", "this is a PDF; give it as text"),
];

fn refused(head: &[u8]) -> Option<&'static str> {
    REFUSED.iter().find(|(signature, _)| head.starts_with(signature)).map(|(_, advice)| *advice)
}

/// UTF-16 by its mark, or by the zero bytes beside ASCII letters that Windows tools write without one.
fn utf16(head: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    match head {
        [0xFF, 0xFE, ..] => Some(encoding_rs::UTF_16LE),
        [0xFE, 0xFF, ..] => Some(encoding_rs::UTF_16BE),
        [a, 0, b, 0, ..] if a.is_ascii_graphic() && b.is_ascii_graphic() => Some(encoding_rs::UTF_16LE),
        [0, a, 0, b, ..] if a.is_ascii_graphic() && b.is_ascii_graphic() => Some(encoding_rs::UTF_16BE),
        _ => None,
    }
}

fn by_extension(extension: &str) -> Option<Format> {
    match extension {
        "csv" | "tsv" | "tab" | "psv" => Some(Format::Csv),
        "jsonl" | "ndjson" | "json" => Some(Format::Jsonl),
        "parquet" | "pq" => Some(Format::Parquet),
        "mbox" => Some(Format::Mbox),
        "eml" => Some(Format::Eml),
        _ => None,
    }
}

fn by_content(head: &[u8]) -> Format {
    let text = head.trim_ascii_start();
    if head.starts_with(b"PAR1") {
        Format::Parquet
    } else if matches!(text.first(), Some(b'{' | b'[')) {
        Format::Jsonl
    } else if head.starts_with(b"From ") {
        Format::Mbox
    } else if is_header_line(head) {
        Format::Eml
    } else {
        Format::Csv
    }
}

/// Whether the first line reads as a header field of a mail (RFC 5322): a name, a colon, a value,
/// and the name is one that mail begins with.
fn is_header_line(head: &[u8]) -> bool {
    const FIRST: &[&str] = &[
        "return-path",
        "received",
        "delivered-to",
        "from",
        "to",
        "subject",
        "date",
        "message-id",
        "mime-version",
        "x-original-to",
        "dkim-signature",
        "content-type",
    ];
    let line = head.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let Some(colon) = line.iter().position(|&byte| byte == b':') else { return false };
    let name = String::from_utf8_lossy(&line[..colon]).to_lowercase();
    FIRST.contains(&name.as_str())
}

/// UTF-16 in, UTF-8 out, piece by piece.
struct Transcoder<R> {
    decoder: encoding_rs::Decoder,
    raw: R,
    pending: Vec<u8>,
    text: Vec<u8>,
    given: usize,
    ended: bool,
}

impl<R: Read> Transcoder<R> {
    fn new(encoding: &'static encoding_rs::Encoding, raw: R) -> Self {
        Self {
            decoder: encoding.new_decoder_with_bom_removal(),
            raw,
            pending: Vec::new(),
            text: Vec::new(),
            given: 0,
            ended: false,
        }
    }

    fn refill(&mut self) -> io::Result<()> {
        let mut piece = [0; 8192];
        let read = self.raw.read(&mut piece)?;
        self.ended = read == 0;
        self.pending.extend_from_slice(&piece[..read]);
        // Room for the worst case, so that one call always takes all that is pending.
        let room = self.decoder.max_utf8_buffer_length(self.pending.len()).unwrap_or(64 * 1024);
        self.text.resize(room, 0);
        let (_, taken, written, _) = self.decoder.decode_to_utf8(&self.pending, &mut self.text, self.ended);
        self.pending.drain(..taken);
        self.text.truncate(written);
        self.given = 0;
        Ok(())
    }
}

impl<R: Read> Read for Transcoder<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.given == self.text.len() && !self.ended {
            self.refill()?;
        }
        let count = into.len().min(self.text.len() - self.given);
        into[..count].copy_from_slice(&self.text[self.given..self.given + count]);
        self.given += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf16_comes_out_as_utf8_across_piece_borders() {
        let text = "Zoë 🌍,".repeat(5000);
        let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut back = String::new();
        Transcoder::new(encoding_rs::UTF_16LE, Cursor::new(bytes)).read_to_string(&mut back).expect("text");
        assert_eq!(back, text);
    }

    #[test]
    fn a_file_without_an_ending_is_known_by_its_first_bytes() {
        assert_eq!(by_content(b"PAR1\x15"), Format::Parquet);
        assert_eq!(by_content(b"\n {\"id\":1}"), Format::Jsonl);
        assert_eq!(by_content(b"From a@b Mon Jan  1 00:00:00 2024\n"), Format::Mbox);
        assert_eq!(by_content(b"Subject: hi\n\nx"), Format::Eml);
        assert_eq!(by_content(b"name;mail\n"), Format::Csv);
    }
}
