//! Tickets of a CSV file: one row a message, and the rows of a ticket follow each other.

use std::collections::VecDeque;

use lambdesk_domain::{BodyFormat, Channel, EmailAddress, FieldError, MessageKind, ParseError, Priority, Status};
use serde_json::Value;

use crate::{
    MAX_TICKET_BYTES, Options,
    csv_header::Header,
    csv_out::unguarded,
    csv_split::{Record, Splitter},
    decode::decode,
    draft::{Draft, DraftMessage, DraftPerson},
    error::RowError,
    reader::Parsed,
};

/// Puts the rows of a ticket together.
#[derive(Debug)]
pub(crate) struct CsvTickets {
    pub(crate) header: Header,
    splitter: Splitter,
    /// The number of the next row; the header is row 1.
    row: u64,
    ticket: Option<Rows>,
}

/// The rows of one ticket.
#[derive(Debug)]
struct Rows {
    id: String,
    first: u64,
    rows: Vec<Vec<String>>,
    bytes: usize,
    /// Why it cannot be read.
    fault: Option<(&'static str, String)>,
}

impl CsvTickets {
    pub(crate) fn new(header: Header, offset: u64, row: u64) -> Self {
        Self { splitter: Splitter::new(header.delimiter, offset), header, row, ticket: None }
    }

    /// Takes the next byte; adds what it ends.
    pub(crate) fn step(&mut self, byte: u8, options: &Options, ready: &mut VecDeque<Parsed>) {
        if let Some(record) = self.splitter.step(byte) {
            self.take(record, options, ready);
        }
    }

    /// Ends the file.
    pub(crate) fn finish(&mut self, options: &Options, ready: &mut VecDeque<Parsed>) {
        if let Some(record) = self.splitter.finish() {
            self.take(record, options, ready);
        }
        self.end_ticket(self.splitter.offset(), self.row, options, ready);
    }

    fn take(&mut self, record: Record, options: &Options, ready: &mut VecDeque<Parsed>) {
        let row = self.row;
        self.row += 1;
        if record.is_blank() {
            return;
        }
        let texts = decode(&record.fields);
        let texts: Vec<_> = if options.own_export { texts.iter().map(|text| unguarded(text)).collect() } else { texts };
        let id = self.header.place("id").and_then(|place| texts.get(place)).map_or("", |id| id.trim());
        if self.ticket.as_ref().is_none_or(|ticket| id.is_empty() || ticket.id != id) {
            self.end_ticket(record.start, row, options, ready);
        }
        let fault = self.fault(&record, &texts, row);
        if id.is_empty() {
            let (code, message) = fault.unwrap_or_else(|| ("missing", format!("row {row} has no id")));
            let mut error = RowError::whole(row, None, code, message);
            if code == "missing" {
                "external_id".clone_into(&mut error.wrong[0].path);
            }
            ready.push_back(Parsed { offset: self.splitter.offset(), next_row: self.row, row, outcome: Err(error) });
            return;
        }
        let id = id.to_owned();
        self.ticket
            .get_or_insert_with(|| Rows { id, first: row, rows: Vec::new(), bytes: 0, fault: None })
            .add(&record, texts, fault);
    }

    fn fault(&self, record: &Record, texts: &[String], row: u64) -> Option<(&'static str, String)> {
        if record.is_open {
            return Some(("open_quote", format!("a quotation mark in row {row} is never closed")));
        }
        if record.is_too_long {
            return Some(too_long());
        }
        let rest = texts.get(self.header.columns.len()..).unwrap_or_default();
        let has_more = rest.iter().any(|text| !text.trim().is_empty());
        has_more.then(|| ("too_many_columns", format!("row {row} has more columns than the header")))
    }

    /// Hands the ticket over; reading goes on at that place.
    fn end_ticket(&mut self, offset: u64, next_row: u64, options: &Options, ready: &mut VecDeque<Parsed>) {
        let Some(ticket) = self.ticket.take() else { return };
        let row = ticket.first;
        let outcome = match &ticket.fault {
            Some((code, message)) => Err(RowError::whole(row, Some(ticket.id), code, message.clone())),
            None => {
                let draft = Table { header: &self.header, options, rows: &ticket.rows, first: row }.draft();
                draft.check().map_err(|wrong| RowError::new(row, Some(ticket.id), wrong))
            }
        };
        ready.push_back(Parsed { offset, next_row, row, outcome });
    }
}

impl Rows {
    fn add(&mut self, record: &Record, texts: Vec<String>, fault: Option<(&'static str, String)>) {
        // A text in memory costs more than its bytes.
        self.bytes += record.bytes() + texts.len() * size_of::<String>();
        if self.bytes > MAX_TICKET_BYTES {
            self.fault.get_or_insert_with(too_long);
        }
        if let Some(fault) = fault {
            self.fault.get_or_insert(fault);
        }
        if self.fault.is_some() {
            self.rows = Vec::new();
        } else {
            self.rows.push(texts);
        }
    }
}

pub(crate) fn too_long() -> (&'static str, String) {
    ("too_long", format!("a ticket with its messages must be at most {} MiB", MAX_TICKET_BYTES / 1024 / 1024))
}

/// The rows of one ticket under the header.
struct Table<'a> {
    header: &'a Header,
    options: &'a Options,
    rows: &'a [Vec<String>],
    first: u64,
}

impl Table<'_> {
    fn cell(&self, row: usize, column: &str) -> Option<&str> {
        let text = self.rows.get(row)?.get(self.header.place(column)?)?;
        (!text.trim().is_empty()).then_some(text.as_str())
    }

    fn draft(&self) -> Draft {
        let text = |column| self.cell(0, column).map(str::to_owned);
        let mut wrong = Vec::new();
        let mut draft = Draft {
            id: text("id").unwrap_or_default(),
            subject: text("subject").unwrap_or_default(),
            status: word(self.cell(0, "status"), "status", |text| self.status(text), &mut wrong),
            priority: word(self.cell(0, "priority"), "priority", |text| self.priority(text), &mut wrong),
            category: text("category"),
            brand: text("brand"),
            channel: word(self.cell(0, "channel"), "channel", Channel::parse, &mut wrong),
            requester: DraftPerson { id: None, email: text("requester_email"), name: text("requester_name") },
            assignee: text("assignee_email"),
            team: text("team"),
            organization: text("organization"),
            tags: self.tags(),
            created_at: text("created_at"),
            updated_at: text("updated_at"),
            resolved_at: text("resolved_at"),
            closed_at: text("closed_at"),
            ..Draft::default()
        };
        for (column, value) in self.header.columns.iter().zip(&self.rows[0]) {
            if let Some(name) = column.strip_prefix("field.") {
                draft.fields.insert(name.to_owned(), Value::String(value.replace("\r\n", "\n")));
            }
        }
        self.contradictions(&mut wrong);
        for row in 0..self.rows.len() {
            let place = draft.messages.len();
            draft.messages.extend(self.message(row, place, &mut wrong));
        }
        draft.wrong = wrong;
        draft
    }

    fn status(&self, text: &str) -> Result<Status, ParseError> {
        self.options.statuses.get(text).copied().map_or_else(|| Status::parse(text), Ok)
    }

    fn priority(&self, text: &str) -> Result<Priority, ParseError> {
        self.options.priorities.get(text).copied().map_or_else(|| Priority::parse(text), Ok)
    }

    fn tags(&self) -> Vec<String> {
        let cell = self.cell(0, "tags").unwrap_or_default();
        cell.split(|c: char| c == ',' || c.is_whitespace()).filter(|tag| !tag.is_empty()).map(str::to_owned).collect()
    }

    /// Further rows may leave the ticket's columns empty or repeat them; anything else is a mistake in the file.
    fn contradictions(&self, wrong: &mut Vec<FieldError>) {
        for column in self.header.columns.iter().filter(|column| !column.starts_with("message_")) {
            let first = self.cell(0, column);
            let differs = |row: &usize| self.cell(*row, column).is_some_and(|text| Some(text) != first);
            if let Some(row) = (1..self.rows.len()).find(differs) {
                let message = format!("row {} says something else than row {}", self.first + row as u64, self.first);
                wrong.push(FieldError::new(path(column), "contradicts", message));
            }
        }
    }

    fn message(&self, row: usize, place: usize, wrong: &mut Vec<FieldError>) -> Option<DraftMessage> {
        let text = |column| self.cell(row, column).map(str::to_owned);
        let is_empty = self.header.columns.iter().all(|name| !name.starts_with("message_") || self.cell(row, name).is_none());
        if is_empty {
            return None;
        }
        let at = |name| format!("messages[{place}].{name}");
        let requester = self.cell(0, "requester_email");
        let author = self.cell(row, "message_author_email");
        let by_requester = author.is_none_or(|email| requester.is_some_and(|b| email.trim().eq_ignore_ascii_case(b.trim())));
        // A wrong address is told where it stands, not again for each message.
        let email = if by_requester { requester.filter(|email| EmailAddress::parse(email).is_ok()) } else { author };
        let name = text("message_author_name").or_else(|| text("requester_name").filter(|_| by_requester));
        let kind = word(self.cell(row, "message_kind"), &at("kind"), MessageKind::parse, wrong);
        let format = word(self.cell(row, "message_format"), &at("format"), BodyFormat::parse, wrong);
        // The first message opens the ticket.
        let opened_at = || text("created_at").filter(|_| row == 0);
        Some(DraftMessage {
            id: text("message_id"),
            author: DraftPerson { id: None, email: email.map(str::to_owned), name },
            is_staff: !by_requester,
            kind: kind.unwrap_or(MessageKind::Reply),
            bodies: vec![(text("message_body").unwrap_or_default(), format.unwrap_or(BodyFormat::Text))],
            created_at: text("message_created_at").or_else(opened_at),
            attachments: Vec::new(),
        })
    }
}

fn word<T>(
    text: Option<&str>,
    path: &str,
    parse: impl Fn(&str) -> Result<T, ParseError>,
    wrong: &mut Vec<FieldError>,
) -> Option<T> {
    let text = text?.trim();
    parse(text)
        .or_else(|_| parse(&text.to_ascii_lowercase()))
        .map_err(|error| wrong.push(FieldError::new(path, "unknown", error.0)))
        .ok()
}

/// What a column is called in an imported ticket.
fn path(column: &str) -> String {
    match column {
        "requester_email" => "requester.email".to_owned(),
        "requester_name" => "requester.name".to_owned(),
        "assignee_email" => "assignee".to_owned(),
        _ => column.strip_prefix("field.").map_or_else(|| column.to_owned(), |name| format!("fields.{name}")),
    }
}
