//! Cuts bytes into the records of a CSV file (RFC 4180), byte by byte and in bounded memory, and knows where each begins.

use crate::MAX_TICKET_BYTES;

/// One record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Record {
    /// Where it begins in the file.
    pub(crate) start: u64,
    /// Its fields, unquoted. Of a record that is too long only those that were read whole before it was.
    pub(crate) fields: Vec<Vec<u8>>,
    pub(crate) is_too_long: bool,
    /// Whether the file ended within quotation marks.
    pub(crate) is_open: bool,
}

impl Record {
    /// Whether there is nothing in it, as in the rows that spreadsheets leave under a table.
    pub(crate) fn is_blank(&self) -> bool {
        !self.is_too_long && !self.is_open && self.fields.iter().all(|field| field.iter().all(u8::is_ascii_whitespace))
    }

    pub(crate) fn bytes(&self) -> usize {
        self.fields.iter().map(Vec::len).sum()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Between,
    FieldStart,
    Bare,
    Quoted,
    QuoteInQuoted,
}

/// Cuts records.
#[derive(Debug)]
pub(crate) struct Splitter {
    delimiter: u8,
    offset: u64,
    state: State,
    record: Record,
    field: Vec<u8>,
    bytes: usize,
}

impl Splitter {
    /// Begins at a place of the file where a record begins.
    pub(crate) fn new(delimiter: u8, offset: u64) -> Self {
        Self { delimiter, offset, state: State::Between, record: empty(), field: Vec::new(), bytes: 0 }
    }

    /// How many bytes of the file were read.
    pub(crate) fn offset(&self) -> u64 {
        self.offset
    }

    /// Takes the next byte; a record where it ends one.
    pub(crate) fn step(&mut self, byte: u8) -> Option<Record> {
        let start = self.offset;
        self.offset += 1;
        let ends_line = byte == b'\n' || byte == b'\r';
        match self.state {
            // Also the second half of CRLF.
            State::Between if ends_line => return None,
            State::Between => {
                self.record.start = start;
                self.begin_field(byte);
            }
            State::FieldStart if !ends_line => self.begin_field(byte),
            State::Quoted if byte == b'"' => self.state = State::QuoteInQuoted,
            State::Quoted => self.keep(byte),
            State::QuoteInQuoted if byte == b'"' => {
                self.state = State::Quoted;
                self.keep(byte);
            }
            State::FieldStart | State::Bare | State::QuoteInQuoted if ends_line => return Some(self.end_record(false)),
            State::FieldStart | State::Bare | State::QuoteInQuoted => self.go_on(byte),
        }
        None
    }

    /// The last record, where the file does not end with a line break.
    pub(crate) fn finish(&mut self) -> Option<Record> {
        let is_open = self.state == State::Quoted;
        (self.state != State::Between).then(|| self.end_record(is_open))
    }

    fn begin_field(&mut self, byte: u8) {
        if byte == b'"' {
            self.state = State::Quoted;
        } else {
            self.go_on(byte);
        }
    }

    fn go_on(&mut self, byte: u8) {
        if byte == self.delimiter {
            self.end_field();
            self.state = State::FieldStart;
        } else {
            self.state = State::Bare;
            self.keep(byte);
        }
    }

    fn keep(&mut self, byte: u8) {
        if self.bytes >= MAX_TICKET_BYTES {
            self.record.is_too_long = true;
            self.field = Vec::new();
        } else {
            self.bytes += 1;
            self.field.push(byte);
        }
    }

    fn end_field(&mut self) {
        // Each field costs memory beside its text.
        self.bytes += size_of::<Vec<u8>>();
        if self.bytes >= MAX_TICKET_BYTES {
            self.record.is_too_long = true;
        }
        if !self.record.is_too_long {
            self.record.fields.push(std::mem::take(&mut self.field));
        }
    }

    fn end_record(&mut self, is_open: bool) -> Record {
        self.end_field();
        self.state = State::Between;
        self.bytes = 0;
        self.field = Vec::new();
        self.record.is_open = is_open;
        std::mem::replace(&mut self.record, empty())
    }
}

const fn empty() -> Record {
    Record { start: 0, fields: Vec::new(), is_too_long: false, is_open: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &[u8], delimiter: u8) -> Vec<Record> {
        let mut splitter = Splitter::new(delimiter, 0);
        let mut records: Vec<_> = text.iter().filter_map(|byte| splitter.step(*byte)).collect();
        records.extend(splitter.finish());
        records
    }

    fn by_the_library(text: &[u8], delimiter: u8) -> Vec<Vec<Vec<u8>>> {
        let reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text);
        let rows = reader.into_byte_records();
        rows.map(|row| row.expect("bytes are never wrong").iter().map(<[u8]>::to_vec).collect()).collect()
    }

    #[test]
    fn quotes_hold_delimiters_line_breaks_and_quotes() {
        let records = split(b"a,\"b,\"\"c\"\"\r\nd\"\r\n\r\n,\"\"\n\"x", b',');
        let fields: Vec<_> =
            records.iter().map(|record| record.fields.iter().map(|f| String::from_utf8_lossy(f)).collect::<Vec<_>>()).collect();
        assert_eq!(fields, [vec!["a", "b,\"c\"\r\nd"], vec!["", ""], vec!["x"]]);
        assert_eq!(records.iter().map(|record| record.start).collect::<Vec<_>>(), [0, 18, 22]);
        assert_eq!(records.iter().map(|record| record.is_open).collect::<Vec<_>>(), [false, false, true]);
    }

    #[test]
    fn a_record_that_is_too_long_is_dropped_and_the_next_is_read() {
        let mut text = b"id,".to_vec();
        text.extend(std::iter::repeat_n(b'x', MAX_TICKET_BYTES + 1));
        text.extend(b"\nb,c\n");
        let records = split(&text, b',');
        assert_eq!(records.iter().map(|record| record.is_too_long).collect::<Vec<_>>(), [true, false]);
        assert_eq!(records[0].fields, [b"id".to_vec()], "what was read whole before is kept");
        assert_eq!(records[1].fields, [b"b".to_vec(), b"c".to_vec()]);
    }

    proptest::proptest! {
        /// The `csv` library reads the same out of anything.
        #[test]
        fn it_reads_as_the_library_does(text in "[ab,;\"\r\n ]{0,40}", semicolon: bool) {
            let delimiter = if semicolon { b';' } else { b',' };
            let ours: Vec<_> = split(text.as_bytes(), delimiter).into_iter().map(|record| record.fields).collect();
            proptest::prop_assert_eq!(ours, by_the_library(text.as_bytes(), delimiter));
        }
    }
}
