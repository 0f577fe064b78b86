//! Writes CSV (RFC 4180, UTF-8, CRLF) that is safe to open in a spreadsheet.
//!
//! Spreadsheets run what begins with `=`, `+`, `-` or `@` as a formula, whatever the quotes around it, and customers write what
//! stands in an export. So each [`Cell::Text`] that could be taken for a formula begins with an apostrophe, which makes it
//! text (OWASP, "CSV Injection"): also where white space, control characters or characters without width stand before the sign,
//! where the sign is a full-width one, and where the text begins with a tab or a line break.
//!
//! Each text is quoted, and quotes in it are doubled, so no delimiter or line break in it begins a cell for whoever reads CSV by
//! the standard. Excel in half of Europe does not: it splits rows at `;`. To it only the first cell of a row is quoted, and in all
//! others a `;` begins a cell and a line break a row. So a sign behind one of these, with nothing but what is passed over between them,
//! has an apostrophe before it, too. That changes what people wrote ("- milk" in a line of its own) for those who look at it with
//! something else; it is the lesser evil.
//!
//! A text that has apostrophes before such a sign gets one more, so that taking one off ([`unguarded`]) gives back what was written.

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
        let mut place = Place::Within;
        for c in text.chars() {
            if place == Place::Begins && is_sign(c) {
                self.out.push(b'\'');
            }
            if c == '"' {
                self.out.push(b'"');
            }
            self.out.extend(c.encode_utf8(&mut [0; 4]).bytes());
            place = place.after(c);
        }
        self.out.push(b'"');
    }
}

/// Takes off the apostrophes that a [`Writer`] put into a text.
pub fn unguarded(text: &str) -> String {
    let rest = text.strip_prefix('\'').map(unguarded_within).filter(|rest| looks_like_a_formula(rest));
    rest.unwrap_or_else(|| unguarded_within(text))
}

fn unguarded_within(text: &str) -> String {
    let (mut written, mut place) = (String::with_capacity(text.len()), Place::Within);
    for c in text.chars() {
        if place == Place::Begins && is_sign(c) && written.ends_with('\'') {
            written.pop();
        }
        written.push(c);
        place = place.after(c);
    }
    written
}

/// Where in a text somebody is who splits it at semicolons and lines.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Where a cell begins: nothing but what is passed over, and apostrophes, stood in it so far.
    Begins,
    /// Behind that; or in the text's own first cell, whose beginning is looked at by itself.
    Within,
}

impl Place {
    fn after(self, c: char) -> Self {
        match c {
            ';' | '\n' | '\r' => Self::Begins,
            c if c == '\'' || is_passed_over(c) => self,
            _ => Self::Within,
        }
    }
}

/// Whether a spreadsheet could take a text for a formula, with or without apostrophes before it.
fn looks_like_a_formula(text: &str) -> bool {
    let text = text.trim_start_matches('\'');
    if text.starts_with(['\t', '\r', '\n']) {
        return true;
    }
    text.trim_start_matches(is_passed_over).starts_with(is_sign)
}

/// What begins a formula, in all its widths.
const fn is_sign(c: char) -> bool {
    matches!(c, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠' | '−' | '﹢' | '﹣' | '﹦' | '﹫')
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
