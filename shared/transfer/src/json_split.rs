//! Cuts bytes into the tickets of a JSON file, byte by byte and in bounded memory: JSON lines, an array, an envelope such as
//! `{"users": […], "tickets": […]}`, and any of the last two one after another, as when pages of an API were joined.

use serde::{Deserialize, Serialize};

use crate::{MAX_TICKET_BYTES, error::FileError};

/// The most commas outside of texts in one element: a value in memory is many times larger than the two bytes it may be written
/// with. Zendesk's largest ticket, 5,000 comments, stays below.
const MAX_VALUES: usize = 500_000;

/// What stands around the elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Mode {
    /// Each line is one.
    Lines,
    /// They follow each other, over any number of lines.
    Documents,
    /// They are in an array.
    Array,
    /// They are in an array of that place in the list of wanted names, in an object.
    Envelope(u8),
    /// None are, until the object ends or another of its arrays begins.
    Rest,
}

impl Mode {
    const fn depth(self) -> u32 {
        match self {
            Self::Lines | Self::Documents => 0,
            Self::Array => 1,
            Self::Envelope(_) => 2,
            // Read as a document, of which nothing is kept.
            Self::Rest => 0,
        }
    }
}

/// One element: its bytes, or nothing where there are too many.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Element {
    pub(crate) bytes: Option<Vec<u8>>,
    /// Under which of the wanted names it was.
    pub(crate) section: Option<u8>,
}

/// Cuts elements.
#[derive(Debug)]
pub(crate) struct Splitter {
    wanted: &'static [&'static str],
    mode: Mode,
    offset: u64,
    /// Whether nothing was seen yet that tells what kind of file this is.
    is_first: bool,
    depth: u32,
    is_inside: bool,
    in_string: bool,
    is_escaped: bool,
    /// The last text directly in the outermost object: where an array follows, its name.
    key: Vec<u8>,
    /// Whether the outermost object is an envelope, which is no element itself.
    in_envelope: bool,
    element: Vec<u8>,
    values: usize,
    is_too_long: bool,
    has_line_break: bool,
}

impl Splitter {
    /// Begins a file.
    pub(crate) fn new(wanted: &'static [&'static str]) -> Self {
        Self { is_first: true, ..Self::resume(wanted, Mode::Documents, 0) }
    }

    /// Goes on between two elements.
    pub(crate) fn resume(wanted: &'static [&'static str], mode: Mode, offset: u64) -> Self {
        let is_rest = mode == Mode::Rest;
        Self {
            wanted,
            mode: if is_rest { Mode::Documents } else { mode },
            offset,
            is_first: false,
            depth: mode.depth() + u32::from(is_rest),
            is_inside: is_rest,
            in_string: false,
            is_escaped: false,
            key: Vec::new(),
            in_envelope: matches!(mode, Mode::Envelope(_) | Mode::Rest),
            element: Vec::new(),
            values: 0,
            is_too_long: false,
            has_line_break: false,
        }
    }

    /// What stands around what comes next; between two elements.
    pub(crate) fn mode(&self) -> Mode {
        if self.in_envelope && self.mode == Mode::Documents { Mode::Rest } else { self.mode }
    }

    /// How many bytes of the file were read.
    pub(crate) const fn offset(&self) -> u64 {
        self.offset
    }

    /// Passes over bytes that say nothing, such as the byte order mark.
    pub(crate) fn skip(&mut self, bytes: u64) {
        self.offset += bytes;
    }

    /// Takes the next byte; an element where it ends one, and an error where no JSON could go on so. (Within elements their
    /// reader tells, and the rest goes on.)
    pub(crate) fn step(&mut self, byte: u8) -> Result<Option<Element>, FileError> {
        if self.mode == Mode::Documents && !self.is_inside && !b"{[ \t\r\n,".contains(&byte) {
            return Err(FileError::NotJson { offset: self.offset });
        }
        self.offset += 1;
        Ok(match self.mode {
            Mode::Lines if byte == b'\n' => self.end_line(),
            Mode::Lines => {
                self.keep(byte);
                None
            }
            _ if self.in_string => self.in_text(byte),
            _ if self.is_inside => self.in_element(byte),
            _ => self.between(byte),
        })
    }

    fn between(&mut self, byte: u8) -> Option<Element> {
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' | b',' => None,
            b']' if self.mode != Mode::Documents => {
                self.leave_array();
                None
            }
            b'[' if self.mode == Mode::Documents => {
                self.enter(Mode::Array);
                None
            }
            _ => {
                self.is_inside = true;
                self.in_element(byte)
            }
        }
    }

    /// The last line; or an error where the file ends inside of something.
    pub(crate) fn finish(&mut self) -> Result<Option<Element>, FileError> {
        if self.mode == Mode::Lines {
            return Ok(self.end_line());
        }
        if self.is_inside || self.depth > 0 {
            return Err(FileError::Truncated { offset: self.offset });
        }
        Ok(None)
    }

    fn in_text(&mut self, byte: u8) -> Option<Element> {
        self.keep(byte);
        match byte {
            // A line break in a text is no JSON: a line was cut off, and the lines after it are whole.
            b'\n' if self.is_first => {
                self.mode = Mode::Lines;
                return self.end_line();
            }
            _ if self.is_escaped => self.is_escaped = false,
            b'\\' => self.is_escaped = true,
            b'"' => self.in_string = false,
            _ if self.depth == 1 && self.mode == Mode::Documents && self.key.len() < 64 => self.key.push(byte),
            _ => {}
        }
        None
    }

    fn in_element(&mut self, byte: u8) -> Option<Element> {
        let at_its_end = self.depth == self.mode.depth();
        match byte {
            b'"' => {
                self.in_string = true;
                if self.depth == 1 {
                    self.key.clear();
                }
            }
            b'[' if self.depth == 1 && self.mode == Mode::Documents => {
                if let Some(place) = self.wanted.iter().position(|name| name.as_bytes() == self.key) {
                    self.in_envelope = true;
                    self.enter(Mode::Envelope(u8::try_from(place).unwrap_or(u8::MAX)));
                    return None;
                }
                self.depth += 1;
            }
            b'{' | b'[' => self.depth = self.depth.saturating_add(1),
            // The end of what is around a bare word.
            b'}' | b']' if at_its_end && self.mode != Mode::Documents => {
                let element = self.end_element();
                self.leave_array();
                return element;
            }
            b' ' | b'\t' | b'\r' | b'\n' | b',' if at_its_end => return self.end_element(),
            b'}' | b']' => {
                self.keep(byte);
                self.depth = self.depth.saturating_sub(1);
                return if self.depth <= self.mode.depth() { self.end_element() } else { None };
            }
            _ => {}
        }
        self.keep(byte);
        None
    }

    fn keep(&mut self, byte: u8) {
        self.has_line_break |= byte == b'\n';
        self.values += usize::from(byte == b',' && !self.in_string && self.mode != Mode::Lines);
        if self.in_envelope && self.mode == Mode::Documents || self.is_too_long {
            return;
        }
        if self.element.len() >= MAX_TICKET_BYTES || self.values > MAX_VALUES {
            self.is_too_long = true;
            self.element = Vec::new();
            return;
        }
        self.element.push(byte);
    }

    fn enter(&mut self, mode: Mode) {
        self.forget();
        self.mode = mode;
        self.depth = mode.depth();
        self.is_inside = false;
        self.is_first = false;
    }

    fn leave_array(&mut self) {
        // The rest of an envelope goes on as the document that it is.
        self.is_inside = self.in_envelope;
        self.depth = u32::from(self.in_envelope);
        self.mode = Mode::Documents;
    }

    fn end_line(&mut self) -> Option<Element> {
        let is_blank = self.element.iter().all(u8::is_ascii_whitespace) && !self.is_too_long;
        let bytes = std::mem::take(&mut self.element);
        // Commas in texts are not known here; in all others the count is right, and it is exact enough.
        let has_too_many = bytes.len() > MAX_VALUES && commas_outside_of_texts(&bytes) > MAX_VALUES;
        let bytes = (!self.is_too_long && !has_too_many).then_some(bytes);
        self.forget();
        (!is_blank).then_some(Element { bytes, section: None })
    }

    fn end_element(&mut self) -> Option<Element> {
        self.is_inside = false;
        self.depth = self.mode.depth();
        if self.mode == Mode::Documents && self.in_envelope {
            self.in_envelope = false;
            self.forget();
            return None;
        }
        if self.is_first && !self.has_line_break {
            self.mode = Mode::Lines;
        }
        self.is_first = false;
        let bytes = std::mem::take(&mut self.element);
        let bytes = (!self.is_too_long).then_some(bytes);
        let section = if let Mode::Envelope(place) = self.mode { Some(place) } else { None };
        self.forget();
        Some(Element { bytes, section })
    }

    fn forget(&mut self) {
        self.element = Vec::new();
        self.values = 0;
        self.is_too_long = false;
        self.has_line_break = false;
        self.in_string = false;
        self.is_escaped = false;
        self.key.clear();
    }
}

fn commas_outside_of_texts(json: &[u8]) -> usize {
    let (mut count, mut in_string, mut is_escaped) = (0, false, false);
    for byte in json {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if in_string => is_escaped = true,
            b'"' => in_string = !in_string,
            b',' if !in_string => count += 1,
            _ => {}
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> (Vec<String>, Result<(), FileError>) {
        let mut splitter = Splitter::new(&["tickets", "users"]);
        let mut elements: Vec<_> = text.bytes().filter_map(|byte| splitter.step(byte).expect("it is JSON")).collect();
        let end = splitter.finish().map(|element| elements.extend(element));
        let show = |element: Element| {
            let text = element.bytes.map_or("too long".to_owned(), |bytes| String::from_utf8_lossy(&bytes).trim().to_owned());
            element.section.map_or(text.clone(), |place| format!("{place}:{text}"))
        };
        (elements.into_iter().map(show).collect(), end)
    }

    #[test]
    fn it_reads_lines_arrays_envelopes_and_documents() {
        for (text, elements) in [
            ("{\"a\":1}\n\n{\"b\":\"}\\\"\"}\r\n{\"c\":[2]}", vec!["{\"a\":1}", "{\"b\":\"}\\\"\"}", "{\"c\":[2]}"]),
            (" [ {\"a\":[1,{}]} , {\"b\":\"],\"},3 ] ", vec!["{\"a\":[1,{}]}", "{\"b\":\"],\"}", "3"]),
            ("{\"users\":[{\"u\":1}],\"n\":[9],\"tickets\":[{\"t\":1},\n2]}\n", vec!["1:{\"u\":1}", "0:{\"t\":1}", "0:2"]),
            ("{\"tickets\":[{}],\"x\":{\"tickets\":[7]}}\n{\"tickets\":[[]]}", vec!["0:{}", "0:[]"]),
            ("[1][2]", vec!["1", "2"]),
            ("{\n \"a\": 1\n}\n{\n \"b\": [\n2]\n}", vec!["{\n \"a\": 1\n}", "{\n \"b\": [\n2]\n}"]),
            ("", vec![]),
        ] {
            assert_eq!(split(text), (elements.into_iter().map(str::to_owned).collect(), Ok(())), "{text}");
        }
    }

    #[test]
    fn a_line_that_is_cut_off_takes_no_other_with_it() {
        let (elements, end) = split("{\"a\":1}\n{\"b\":[\"\n{\"c\":3}\n");
        assert_eq!(elements, ["{\"a\":1}", "{\"b\":[\"", "{\"c\":3}"]);
        assert_eq!(end, Ok(()));
        assert_eq!(split("{\"a\":\"cut\n{\"b\":2}\n").0, ["{\"a\":\"cut", "{\"b\":2}"], "the first one too");
    }

    #[test]
    fn what_is_no_json_is_told_before_it_makes_an_error_of_every_word() {
        for (text, offset) in [("id,subject\n1,2", 0), ("<html>", 0), ("[] oops", 3), ("{\n}}", 3)] {
            let mut splitter = Splitter::new(&[]);
            let errors: Vec<_> = text.bytes().filter_map(|byte| splitter.step(byte).err()).collect();
            assert_eq!(errors.first(), Some(&FileError::NotJson { offset }), "{text}");
        }
    }

    #[test]
    fn a_file_that_is_cut_off_is_told() {
        for text in ["[{\"a\":1},", "[{\"a\":", "{\"tickets\":[{}", "{\"tickets\":[{}]", "{\"a\":\n[", "[\"a"] {
            assert!(matches!(split(text).1, Err(FileError::Truncated { .. })), "{text}");
        }
    }

    #[test]
    fn what_is_too_long_is_skipped() {
        let long = "x".repeat(MAX_TICKET_BYTES);
        for text in [format!("[\"{long}\",1]"), format!("{{\"a\":\"{long}\"}}\n1\n"), format!("{{}}\n\"{long}\"\n1")] {
            let (elements, end) = split(&text);
            assert!(elements.contains(&"too long".to_owned()) && elements.last().is_some_and(|last| last == "1"));
            assert_eq!(end, Ok(()));
        }
        let values = format!("[{}1]", "1,".repeat(MAX_VALUES + 1));
        assert_eq!(split(&format!("[{values}]")).0, ["too long"]);
        assert_eq!(split(&format!("{{}}\n{values}\n")).0, ["{}", "too long"]);
    }
}
