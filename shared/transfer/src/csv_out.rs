//! Writes CSV (RFC 4180, UTF-8, CRLF) that is safe to open in a spreadsheet.
//!
//! Spreadsheets run what begins with `=`, `+`, `-` or `@` as a formula, whatever the quotes around it, and customers write what
//! stands in an export. So each [`Cell::Text`] that could be taken for a formula begins with an apostrophe, which makes it
//! text (OWASP, "CSV Injection"): also where white space, control characters or characters without width stand before the sign,
//! where the sign is a full-width one, and where the text begins with a tab or a line break.
//!
//! Each text is quoted, and quotes in it are doubled, so no delimiter or line break in it begins a cell for whoever reads CSV by
//! the standard. What stands *behind* such a character is left as it is: an apostrophe there would change what people wrote
//! ("- milk", "-- ", each in a line of its own) for readers that do not read CSV.
//!
//! A text that begins with apostrophes before such a sign gets one more, so that taking one off gives back what was written.

use std::borrow::Cow;

use jiff::Timestamp;
use serde_json::Number;

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell<'a> {
    /// What people wrote, and all that holds some of it.
    Text(Cow<'a, str>),
    /// A number; never text, so a minus is a minus.
    Number(Number),
    /// A time, written as RFC 3339 in UTC.
    Time(Timestamp),
    /// Nothing.
    Empty,
}

impl<'a> From<&'a str> for Cell<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Cell<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl From<u64> for Cell<'_> {
    fn from(number: u64) -> Self {
        Self::Number(number.into())
    }
}

impl From<i64> for Cell<'_> {
    fn from(number: i64) -> Self {
        Self::Number(number.into())
    }
}

impl From<Timestamp> for Cell<'_> {
    fn from(time: Timestamp) -> Self {
        Self::Time(time)
    }
}

impl<'a, T: Into<Cell<'a>>> From<Option<T>> for Cell<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Empty, Into::into)
    }
}

/// Writes rows into memory; take them out with [`Writer::take`] as often as there is enough for a part of an upload.
#[derive(Debug, Default)]
pub struct Writer {
    out: Vec<u8>,
}

impl Writer {
    /// A writer that begins with the byte order mark, without which Excel reads UTF-8 as Windows-1252.
    pub fn with_mark() -> Self {
        Self { out: b"\xEF\xBB\xBF".to_vec() }
    }

    /// A writer for the middle of a file, or for readers that know it is UTF-8.
    pub fn new() -> Self {
        Self::default()
    }

    /// Writes the names of the columns.
    pub fn header(&mut self, names: &[&str]) {
        let cells: Vec<_> = names.iter().map(|name| Cell::from(*name)).collect();
        self.row(&cells);
    }

    /// Writes one row.
    pub fn row(&mut self, cells: &[Cell<'_>]) {
        for (place, cell) in cells.iter().enumerate() {
            if place > 0 {
                self.out.push(b',');
            }
            match cell {
                Cell::Text(text) => self.text(text),
                Cell::Number(number) => self.out.extend(number.to_string().bytes()),
                Cell::Time(time) => self.out.extend(time.to_string().bytes()),
                Cell::Empty => {}
            }
        }
        // A row of one empty cell would be an empty line, which readers pass over.
        if matches!(cells, [Cell::Empty]) {
            self.out.extend(b"\"\"");
        }
        self.out.extend(b"\r\n");
    }

    /// How many bytes wait to be taken.
    pub fn len(&self) -> usize {
        self.out.len()
    }

    /// Whether none do.
    pub fn is_empty(&self) -> bool {
        self.out.is_empty()
    }

    /// Takes what was written.
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.out)
    }

    fn text(&mut self, text: &str) {
        self.out.push(b'"');
        if looks_like_a_formula(text) {
            self.out.push(b'\'');
        }
        for byte in text.bytes() {
            if byte == b'"' {
                self.out.push(b'"');
            }
            self.out.push(byte);
        }
        self.out.push(b'"');
    }
}

/// Takes off the apostrophe that a [`Writer`] put before a text.
pub fn unguarded(text: &str) -> &str {
    text.strip_prefix('\'').filter(|rest| looks_like_a_formula(rest)).unwrap_or(text)
}

/// Whether a spreadsheet could take a text for a formula, with or without apostrophes before it.
fn looks_like_a_formula(text: &str) -> bool {
    let text = text.trim_start_matches('\'');
    if text.starts_with(['\t', '\r', '\n']) {
        return true;
    }
    text.trim_start_matches(is_passed_over).starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠', '−', '﹢', '﹣', '﹦', '﹫'])
}

/// Characters that some program drops from the beginning of a cell.
fn is_passed_over(c: char) -> bool {
    let has_no_width = matches!(
        c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}'
    );
    c.is_whitespace() || c.is_control() || has_no_width || c == '"'
}
