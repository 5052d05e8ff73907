//! Delimited text to rows of fields (RFC 4180 as spreadsheets read it).
//!
//! The text is read in pieces. Each piece is first searched for the three signs that matter, the
//! delimiter, the quotation mark and the line feed; eight bytes are compared at once by the
//! arithmetic of "Hacker's Delight" (Warren 2012, section 6-1), and what is found becomes a list of
//! marks, as Langdale and Lemire index JSON (VLDB Journal 28, 2019). A row without quotation marks is
//! then a walk over its marks, and its fields stay where they were read. Only a row with quotation
//! marks is copied, without them. A field is quoted if it begins with a quotation mark; inside, two
//! stand for one; what follows the closing one belongs to the field; a mark elsewhere is plain text.
//!
//! Line ends (LF, CRLF, CR) become one LF and the text ends with one, so that lines can be counted.
//! Cost: linear; memory is a piece and the longest row.

use std::io::{self, BufReader, Read};

/// How much is read at once.
const PIECE_BYTES: usize = 64 * 1024;

const QUOTE: u8 = b'"';

/// Why there is no next row.
#[derive(Debug)]
pub(super) enum Broken {
    /// In this line, reading failed.
    Io(u64, io::Error),
    /// The row that begins in this line has a quotation mark that is never closed.
    Unclosed(u64),
}

/// The rows of a text, one at a time.
pub(super) struct Splitter {
    raw: BufReader<Box<dyn Read + Send>>,
    delimiter: u8,
    /// What was read, up to `filled`.
    buffer: Vec<u8>,
    filled: usize,
    /// Where the next row begins, its line, and its first mark in `marks`.
    at: usize,
    line: u64,
    mark: usize,
    /// Where the signs that matter stand in `buffer`.
    marks: Vec<usize>,
    after_cr: bool,
    /// Whether the text so far stops inside a line.
    in_line: bool,
    ended: bool,
    row: Row,
}

/// The row under way.
#[derive(Default)]
struct Row {
    line: u64,
    /// Where it stands in the buffer, unless it is quoted.
    start: usize,
    /// Where each field ends, counted from the start; one sign follows each field.
    ends: Vec<usize>,
    quoted: bool,
    /// The text of a quoted row without its quotation marks.
    plain: Vec<u8>,
}

impl Splitter {
    pub(super) fn new(raw: BufReader<Box<dyn Read + Send>>, delimiter: u8) -> Self {
        Self {
            raw,
            delimiter,
            buffer: Vec::new(),
            filled: 0,
            at: 0,
            line: 1,
            mark: 0,
            marks: Vec::new(),
            after_cr: false,
            in_line: false,
            ended: false,
            row: Row::default(),
        }
    }

    /// Goes on to the next row that is not blank; false after the last.
    pub(super) fn advance(&mut self) -> Result<bool, Broken> {
        while !self.take_row() {
            if !self.ended {
                self.refill().map_err(|error| Broken::Io(self.line_read(), error))?;
            } else if self.at == self.filled {
                return Ok(false);
            } else {
                // The text ends with a line feed, so only a quoted field can want more.
                return Err(Broken::Unclosed(self.line));
            }
        }
        Ok(true)
    }

    /// The line the row under way begins in.
    pub(super) fn line(&self) -> u64 {
        self.row.line
    }

    /// The fields of the row under way end to end, one sign after each.
    pub(super) fn bytes(&self) -> &[u8] {
        let end = self.row.ends.last().map_or(0, |end| end + 1);
        if self.row.quoted {
            &self.row.plain[..end]
        } else {
            &self.buffer[self.row.start..self.row.start + end]
        }
    }

    /// Where each field ends in [`bytes`](Self::bytes).
    pub(super) fn ends(&self) -> &[usize] {
        &self.row.ends
    }

    /// Whether the row under way was written with quotation marks around a field.
    pub(super) fn is_quoted(&self) -> bool {
        self.row.quoted
    }

    pub(super) fn fields(&self) -> impl Iterator<Item = &[u8]> {
        let starts = std::iter::once(0).chain(self.row.ends.iter().map(|end| end + 1));
        starts.zip(&self.row.ends).map(|(start, &end)| &self.bytes()[start..end])
    }

    /// Finds the next row in what was read; false when it does not end there.
    fn take_row(&mut self) -> bool {
        while self.marks.get(self.mark) == Some(&self.at) && self.buffer[self.at] == b'\n' {
            (self.at, self.line, self.mark) = (self.at + 1, self.line + 1, self.mark + 1);
        }
        self.row.ends.clear();
        for (count, &place) in self.marks[self.mark..].iter().enumerate() {
            match self.buffer[place] {
                QUOTE => return self.take_quoted(),
                b'\n' => {
                    self.row.ends.push(place - self.at);
                    (self.row.start, self.row.line, self.row.quoted) = (self.at, self.line, false);
                    (self.at, self.line, self.mark) = (place + 1, self.line + 1, self.mark + count + 1);
                    return true;
                }
                _ => self.row.ends.push(place - self.at),
            }
        }
        false
    }

    /// The same for a row with quotation marks.
    fn take_quoted(&mut self) -> bool {
        let Self { buffer, marks, row, .. } = self;
        row.ends.clear();
        row.plain.clear();
        let (mut breaks, mut quoted, mut inside) = (0, false, false);
        // What is not copied yet, and where the field under way began.
        let (mut at, mut field, mut mark) = (self.at, self.at, self.mark);
        while let Some(&place) = marks.get(mark) {
            mark += 1;
            match buffer[place] {
                QUOTE if inside => {
                    if place + 1 == self.filled {
                        return false;
                    }
                    let doubled = buffer[place + 1] == QUOTE;
                    row.plain.extend_from_slice(&buffer[at..place + usize::from(doubled)]);
                    at = place + 1 + usize::from(doubled);
                    mark += usize::from(doubled);
                    inside = doubled;
                }
                QUOTE if place == field => (at, inside, quoted) = (place + 1, true, true),
                QUOTE => {}
                b'\n' if inside => breaks += 1,
                _ if inside => {}
                sign => {
                    row.plain.extend_from_slice(&buffer[at..place]);
                    row.ends.push(row.plain.len());
                    row.plain.push(sign);
                    (at, field) = (place + 1, place + 1);
                    if sign == b'\n' {
                        (row.start, row.line, row.quoted) = (self.at, self.line, quoted);
                        (self.at, self.line, self.mark) = (at, self.line + breaks + 1, mark);
                        return true;
                    }
                }
            }
        }
        false
    }

    /// Reads a piece more, after the part of a row that is left.
    fn refill(&mut self) -> io::Result<()> {
        self.drop_taken();
        // Twice as much for a row that is longer than all before, so that it is not searched again
        // for every piece of it.
        let wanted = self.filled + PIECE_BYTES;
        if self.buffer.len() < wanted {
            self.buffer.resize(wanted.max(2 * self.buffer.len()), 0);
        }
        let from = self.filled;
        let count = loop {
            match self.raw.read(&mut self.buffer[from..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other?,
            }
        };
        self.filled += self.normalize(from, count);
        if count == 0 {
            self.ended = true;
            if self.in_line {
                self.buffer[from] = b'\n';
                self.filled += 1;
            }
        }
        find(&self.buffer[from..self.filled], from, [self.delimiter, QUOTE, b'\n'], &mut self.marks);
        Ok(())
    }

    /// Moves what is left to the front.
    fn drop_taken(&mut self) {
        self.buffer.copy_within(self.at..self.filled, 0);
        self.marks.drain(..self.mark);
        self.marks.iter_mut().for_each(|place| *place -= self.at);
        (self.filled, self.at, self.mark) = (self.filled - self.at, 0, 0);
    }

    /// Turns line ends into LF in place; gives how many of the `count` bytes are left.
    fn normalize(&mut self, from: usize, count: usize) -> usize {
        let bytes = &mut self.buffer[from..from + count];
        let Some(&last) = bytes.last() else { return 0 };
        self.in_line = !matches!(last, b'\n' | b'\r');
        if !self.after_cr && !bytes.contains(&b'\r') {
            return count;
        }
        let mut kept = 0;
        for place in 0..bytes.len() {
            let byte = bytes[place];
            if byte == b'\n' && self.after_cr {
                self.after_cr = false;
                continue;
            }
            self.after_cr = byte == b'\r';
            bytes[kept] = if self.after_cr { b'\n' } else { byte };
            kept += 1;
        }
        kept
    }

    /// The line in which what was read stops.
    fn line_read(&self) -> u64 {
        let breaks: u64 =
            self.buffer[self.at..self.filled].iter().map(|&byte| u64::from(byte == b'\n')).sum();
        self.line + breaks
    }
}

/// Appends where one of the `wanted` signs stands in `bytes`, the first of which is at `base`.
fn find(bytes: &[u8], base: usize, wanted: [u8; 3], marks: &mut Vec<usize>) {
    let patterns = wanted.map(|sign| u64::from_le_bytes([sign; 8]));
    let (blocks, rest) = bytes.as_chunks();
    for (number, block) in blocks.iter().enumerate() {
        let mut hits = hits(block, patterns);
        while hits != 0 {
            marks.push(base + 64 * number + hits.trailing_zeros() as usize);
            hits &= hits - 1;
        }
    }
    let base = base + bytes.len() - rest.len();
    marks.extend((base..).zip(rest).filter(|(_, byte)| wanted.contains(byte)).map(|(place, _)| place));
}

/// One bit for each byte of `block` that is one of three signs, each repeated in its pattern.
fn hits(block: &[u8; 64], patterns: [u64; 3]) -> u64 {
    /// All but the highest bit of each byte.
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    /// Gathers the lowest bits of all bytes in the highest byte: bit 8 i goes to bit 56 + i.
    const GATHER: u64 = 0x0102_0408_1020_4080;
    let (words, _) = block.as_chunks();
    let mut hits = 0;
    for (number, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        // The highest bit of each byte that differs from the sign; no byte carries into the next.
        let differs = |pattern: u64| {
            let other = word ^ pattern;
            ((other & LOW) + LOW) | other
        };
        let equal = !(differs(patterns[0]) & differs(patterns[1]) & differs(patterns[2])) & !LOW;
        hits |= ((equal >> 7).wrapping_mul(GATHER) >> 56) << (8 * number);
    }
    hits
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A reader that gives a few bytes at a time.
    struct Drops(Vec<u8>, usize);

    impl Read for Drops {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let count = self.1.min(self.0.len()).min(into.len());
            into[..count].copy_from_slice(&self.0[..count]);
            self.0.drain(..count);
            Ok(count)
        }
    }

    type Rows = Vec<(u64, Vec<String>)>;

    fn split(text: &str, piece: usize) -> Result<Rows, Broken> {
        let raw: Box<dyn Read + Send> = Box::new(Drops(text.as_bytes().to_vec(), piece));
        let mut splitter = Splitter::new(BufReader::with_capacity(1, raw), b',');
        let mut rows = Vec::new();
        while splitter.advance()? {
            let field = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            rows.push((splitter.line(), splitter.fields().map(field).collect()));
        }
        Ok(rows)
    }

    /// What the csv crate makes of it.
    fn expected(text: &str) -> Vec<Vec<String>> {
        let mut builder = csv::ReaderBuilder::new();
        let reader = builder.has_headers(false).flexible(true).from_reader(text.as_bytes());
        let fields = |row: csv::StringRecord| row.iter().map(str::to_owned).collect();
        reader.into_records().map(|row| fields(row.expect("it is text"))).collect()
    }

    #[test]
    fn rows_are_those_of_the_csv_crate_however_the_text_is_cut() {
        let long = format!("{},\"{}\"\n", "x".repeat(150), "y,\n".repeat(70));
        let texts = [
            "a,b\n1,2\n",
            "a,b\n\n\n1,2",
            "",
            "\n",
            ",\n,,\n",
            "a\"b,\"c\"d\"e,\"f\"\"g\"\"\"\n",
            "\"a\nb\",\"\"\n\"\",x\n",
            "\"a\" \"b\",c\n",
            "\"\"\"\"\n",
            "é,\"ü,ö\"\n",
            long.as_str(),
        ];
        for text in texts {
            for piece in [1, 2, 3, 7, 64, 1000] {
                let rows = split(text, piece).expect("all is closed");
                let fields: Vec<_> = rows.into_iter().map(|(_, fields)| fields).collect();
                assert_eq!(fields, expected(text), "{text:?} in pieces of {piece}");
            }
        }
    }

    #[test]
    fn lines_are_counted_whatever_they_end_with() {
        for text in ["a\n\n\"b\n\n\"\nc", "a\r\r\"b\r\r\"\rc", "a\r\n\r\n\"b\r\n\r\n\"\r\nc\r\n"] {
            for piece in [1, 2, 3, 100] {
                let rows = split(text, piece).expect("all is closed");
                let lines: Vec<_> = rows.iter().map(|(line, fields)| (*line, fields[0].as_str())).collect();
                assert_eq!(lines, [(1, "a"), (3, "b\n\n"), (6, "c")], "{text:?} in pieces of {piece}");
            }
        }
    }

    #[test]
    fn a_mark_that_is_never_closed_is_found_where_its_row_begins() {
        for text in ["a\n\nb,\"c\nd\n", "a\n\nb,\"c\nd", "a\n\nb,\"c\"\"\n"] {
            assert!(matches!(split(text, 5), Err(Broken::Unclosed(3))), "{text:?}");
        }
    }
}
