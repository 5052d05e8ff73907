//! Takes small choices and texts from the bytes of an input, so that the fuzzer can change each by itself.

/// The rest of an input. When nothing is left, numbers are 0 and texts empty.
pub(crate) struct Draw<'a>(&'a [u8]);

impl<'a> Draw<'a> {
    pub(crate) fn new(data: &'a [u8]) -> Self {
        Self(data)
    }

    pub(crate) fn byte(&mut self) -> u8 {
        self.bytes(1).first().copied().unwrap_or(0)
    }

    /// A number below `most`.
    pub(crate) fn below(&mut self, most: usize) -> usize {
        usize::from(self.byte()) % most
    }

    pub(crate) fn word(&mut self) -> u64 {
        self.bytes(8).iter().fold(0, |word, &byte| word << 8 | u64::from(byte))
    }

    /// A place in `length` bytes; 0 in none.
    pub(crate) fn place(&mut self, length: usize) -> usize {
        let drawn = self.bytes(3).iter().fold(0, |word, &byte| word << 8 | usize::from(byte));
        drawn % length.max(1)
    }

    /// So many bytes, or what is left.
    pub(crate) fn bytes(&mut self, length: usize) -> &'a [u8] {
        let (head, rest) = self.0.split_at(length.min(self.0.len()));
        self.0 = rest;
        head
    }

    /// Whatever is left.
    pub(crate) fn rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.0)
    }

    /// The rest as texts, cut at bytes of 0; at most `most`.
    pub(crate) fn texts(&mut self, most: usize) -> Vec<String> {
        let parts = self.rest().split(|&byte| byte == 0).take(most);
        parts.map(|part| String::from_utf8_lossy(part).into_owned()).collect()
    }

    /// The rest as one text.
    pub(crate) fn text(&mut self) -> String {
        String::from_utf8_lossy(self.rest()).into_owned()
    }
}
