//! Reads a file in chunks, one ticket at a time, from the beginning or from where an earlier reading stopped.

use std::collections::{BTreeMap, VecDeque};

use lambdesk_domain::{Priority, Status};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    csv_header::Header,
    csv_in::{CsvTickets, too_long},
    directory::Directory,
    error::{FileError, RowError},
    json,
    json_split::{Element, Mode, Splitter},
    ticket::ImportedTicket,
    zammad, zendesk,
};

/// No header is longer, in bytes.
const MAX_HEADER_BYTES: usize = 64 * 1024;

/// What kind of file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// A table with the columns of [`COLUMNS`](crate::COLUMNS).
    Csv,
    /// Zendesk's JSON.
    Zendesk,
    /// Zammad's JSON.
    Zammad,
}

/// What helps to read a file.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Who is behind the numbers in tickets of Zendesk.
    pub directory: Directory,
    /// Words of the source for statuses, such as those that an administrator of Zammad added; they go before our own reading.
    pub statuses: BTreeMap<String, Status>,
    /// Words of the source for priorities.
    pub priorities: BTreeMap<String, Priority>,
    /// Which custom field of the source (in Zendesk its number, in Zammad its name) is which of ours. Others of Zendesk become
    /// `zendesk_NUMBER`, others of Zammad are left out.
    pub fields: BTreeMap<String, String>,
    /// Whether a CSV file was written by our own [`Writer`](crate::csv_out::Writer), whose apostrophes before what looks like a
    /// formula are to be taken off. In files of others an apostrophe is an apostrophe.
    pub own_export: bool,
}

/// A place between two tickets of a file, to be stored and gone on from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// How many bytes of the file lie before it: where the next chunk begins.
    pub offset: u64,
    /// The number of the next row or element.
    row: u64,
    within: Within,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Within {
    Csv(Header),
    Json(Mode),
}

/// One ticket of the file, or what is wrong with it.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Its number, as in [`RowError::row`].
    pub row: u64,
    /// Where reading goes on after it.
    pub next: Position,
    /// The ticket.
    pub outcome: Result<ImportedTicket, RowError>,
}

/// A ticket with the place behind it, without what all places have in common.
#[derive(Debug)]
pub(crate) struct Parsed {
    pub(crate) offset: u64,
    pub(crate) next_row: u64,
    pub(crate) row: u64,
    pub(crate) outcome: Result<ImportedTicket, RowError>,
}

/// Reads tickets out of chunks: [`push`](Self::push) a chunk, take rows with [`next_row`](Self::next_row) until there is none,
/// and so on; after the last chunk [`finish`](Self::finish), and take rows once more.
///
/// Holds one chunk and one ticket (of at most [`MAX_TICKET_BYTES`](crate::MAX_TICKET_BYTES); of a longer one nothing) in memory.
/// A ticket whose identifier comes twice in a file is read twice: whoever imports knows which identifiers there are.
#[derive(Debug)]
pub struct Reader {
    format: Format,
    options: Options,
    stage: Stage,
    chunk: Vec<u8>,
    /// How much of the chunk was read.
    read: usize,
    ready: VecDeque<Parsed>,
    is_at_end: bool,
    failed: Option<FileError>,
}

#[derive(Debug)]
enum Stage {
    /// Nothing was read.
    Start,
    /// The header of a CSV file, after so many bytes that are not text.
    Header {
        row: Vec<u8>,
        in_quotes: bool,
        before: u64,
    },
    Csv(CsvTickets),
    Json {
        splitter: Splitter,
        row: u64,
    },
    Over,
}

impl Reader {
    /// Begins a file.
    pub fn new(format: Format, options: Options) -> Self {
        let (chunk, ready) = (Vec::new(), VecDeque::new());
        Self { format, options, stage: Stage::Start, chunk, read: 0, ready, is_at_end: false, failed: None }
    }

    /// Goes on from a place; the first chunk begins at its offset.
    ///
    /// # Errors
    /// [`FileError::WrongPosition`] where the place is of another format.
    pub fn resume(format: Format, options: Options, position: Position) -> Result<Self, FileError> {
        let Position { offset, row, within } = position;
        let stage = match (within, format) {
            (Within::Csv(header), Format::Csv) => Stage::Csv(CsvTickets::new(header, offset, row)),
            (Within::Json(mode), Format::Zendesk | Format::Zammad) => {
                Stage::Json { splitter: Splitter::resume(&["tickets"], mode, offset), row }
            }
            _ => return Err(FileError::WrongPosition),
        };
        Ok(Self { stage, ..Self::new(format, options) })
    }

    /// Gives it the next bytes of the file.
    pub fn push(&mut self, bytes: &[u8]) {
        self.chunk.drain(..self.read);
        self.read = 0;
        self.chunk.extend_from_slice(bytes);
    }

    /// Tells it that there are no more bytes.
    pub fn finish(&mut self) {
        self.is_at_end = true;
    }

    /// The next ticket; nothing where it needs more bytes, or where the file ends.
    ///
    /// # Errors
    /// What is wrong with the file as a whole; the same again when it is asked again.
    pub fn next_row(&mut self) -> Result<Option<Row>, FileError> {
        if let Some(row) = self.take_ready() {
            return Ok(Some(row));
        }
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        let read = self.read_on();
        if let Err(error) = read {
            self.failed = Some(error);
            return self.next_row();
        }
        Ok(self.take_ready())
    }

    fn take_ready(&mut self) -> Option<Row> {
        let Parsed { offset, next_row, row, outcome } = self.ready.pop_front()?;
        let within = match &self.stage {
            Stage::Csv(tickets) => Within::Csv(tickets.header.clone()),
            Stage::Json { splitter, .. } => Within::Json(splitter.mode()),
            Stage::Start | Stage::Header { .. } | Stage::Over => return None,
        };
        Some(Row { row, next: Position { offset, row: next_row, within }, outcome })
    }

    /// Reads until a ticket is ready, or the chunk ends.
    fn read_on(&mut self) -> Result<(), FileError> {
        if matches!(self.stage, Stage::Start) && !self.start()? {
            return Ok(());
        }
        while self.ready.is_empty() && self.read < self.chunk.len() {
            let byte = self.chunk[self.read];
            self.read += 1;
            self.step(byte)?;
        }
        if self.ready.is_empty() && self.is_at_end {
            self.end()?;
        }
        Ok(())
    }

    /// Looks at the first bytes, once there are enough of them.
    fn start(&mut self) -> Result<bool, FileError> {
        if self.chunk.len() < 3 && !self.is_at_end {
            return Ok(false);
        }
        if self.chunk.starts_with(b"\xFF\xFE") || self.chunk.starts_with(b"\xFE\xFF") {
            return Err(FileError::Utf16);
        }
        self.read = if self.chunk.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
        let before = self.read as u64;
        self.stage = if self.format == Format::Csv {
            Stage::Header { row: Vec::new(), in_quotes: false, before }
        } else {
            let mut splitter = Splitter::new(&["tickets"]);
            splitter.skip(before);
            Stage::Json { splitter, row: 1 }
        };
        Ok(true)
    }

    fn step(&mut self, byte: u8) -> Result<(), FileError> {
        match &mut self.stage {
            Stage::Header { row, in_quotes, .. } => {
                let ends = matches!(byte, b'\n' | b'\r') && !*in_quotes;
                *in_quotes ^= byte == b'"';
                row.push(byte);
                if row.len() > MAX_HEADER_BYTES {
                    return Err(FileError::NoHeader);
                }
                // Empty lines may stand before it.
                if ends && !row.iter().all(u8::is_ascii_whitespace) {
                    self.end_header()?;
                }
            }
            Stage::Csv(tickets) => tickets.step(byte, &self.options, &mut self.ready),
            Stage::Json { splitter, .. } => {
                if let Some(element) = splitter.step(byte)? {
                    self.take_element(element);
                }
            }
            Stage::Start | Stage::Over => {}
        }
        Ok(())
    }

    fn end_header(&mut self) -> Result<(), FileError> {
        let Stage::Header { row, before, .. } = &self.stage else { return Ok(()) };
        let offset = before + row.len() as u64;
        self.stage = Stage::Csv(CsvTickets::new(Header::read(row)?, offset, 2));
        Ok(())
    }

    fn end(&mut self) -> Result<(), FileError> {
        self.end_header()?;
        match &mut self.stage {
            Stage::Csv(tickets) => {
                tickets.finish(&self.options, &mut self.ready);
            }
            Stage::Json { splitter, .. } => {
                if let Some(element) = splitter.finish()? {
                    self.take_element(element);
                }
            }
            Stage::Start | Stage::Header { .. } | Stage::Over => {}
        }
        if self.ready.is_empty() {
            self.stage = Stage::Over;
        }
        Ok(())
    }

    fn take_element(&mut self, element: Element) {
        let Stage::Json { splitter, row: next } = &mut self.stage else { return };
        let row = *next;
        *next += 1;
        let outcome = match element.bytes.as_deref().map(serde_json::from_slice::<Value>) {
            None => {
                let (code, message) = too_long();
                Err(RowError::whole(row, None, code, message))
            }
            Some(Err(error)) => Err(RowError::whole(row, None, "not_json", format!("is not JSON: {error}"))),
            Some(Ok(value)) if !value.is_object() => Err(RowError::whole(row, None, "not_an_object", "must be an object")),
            Some(Ok(value)) => {
                let draft = match self.format {
                    Format::Zammad => zammad::draft(&value, &self.options),
                    Format::Zendesk | Format::Csv => zendesk::draft(&value, &self.options),
                };
                draft.check().map_err(|wrong| RowError::new(row, json::text(&value, "id"), wrong))
            }
        };
        self.ready.push_back(Parsed { offset: splitter.offset(), next_row: *next, row, outcome });
    }
}
