//! The first row of a CSV file: which columns there are, and how they are told apart.

use serde::{Deserialize, Serialize};

use crate::{csv_split::Splitter, decode::decode, error::FileError};

/// The columns of a CSV file, in any order; `field.NAME` beside them for each custom field.
pub const COLUMNS: [&str; 24] = [
    "id",
    "subject",
    "status",
    "priority",
    "category",
    "brand",
    "channel",
    "requester_email",
    "requester_name",
    "assignee_email",
    "team",
    "organization",
    "tags",
    "created_at",
    "updated_at",
    "resolved_at",
    "closed_at",
    "message_id",
    "message_kind",
    "message_author_email",
    "message_author_name",
    "message_body",
    "message_format",
    "message_created_at",
];

/// Those that every file must have.
const NEEDED: [&str; 4] = ["id", "subject", "requester_email", "created_at"];

/// The columns that a file has, in their order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Header {
    pub(crate) delimiter: u8,
    pub(crate) columns: Vec<String>,
}

impl Header {
    /// Reads the first row, whose delimiter is the one that makes the most of it.
    pub(crate) fn read(row: &[u8]) -> Result<Self, FileError> {
        let headers = [b',', b';', b'\t'].map(|delimiter| Self { delimiter, columns: columns(row, delimiter) });
        let known = |header: &Self| header.columns.iter().filter(|name| is_column(name)).count();
        let mut best = &headers[0];
        for header in &headers {
            if known(header) > known(best) {
                best = header;
            }
        }
        best.check()?;
        Ok(best.clone())
    }

    fn check(&self) -> Result<(), FileError> {
        if self.columns.is_empty() {
            return Err(FileError::NoHeader);
        }
        let unknown: Vec<_> = self.columns.iter().filter(|name| !is_column(name)).map(|name| short(name)).collect();
        let missing: Vec<_> = NEEDED.into_iter().filter(|name| self.place(name).is_none()).collect();
        let is_twice = |place: usize| is_column(&self.columns[place]) && self.columns[..place].contains(&self.columns[place]);
        let twice: Vec<_> =
            (0..self.columns.len()).filter(|place| is_twice(*place)).map(|place| self.columns[place].clone()).collect();
        if unknown.is_empty() && missing.is_empty() && twice.is_empty() {
            return Ok(());
        }
        Err(FileError::Columns { unknown, missing, twice })
    }

    /// In which place a column is.
    pub(crate) fn place(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|name| name == column)
    }
}

fn columns(row: &[u8], delimiter: u8) -> Vec<String> {
    let mut splitter = Splitter::new(delimiter, 0);
    let ended = row.iter().find_map(|byte| splitter.step(*byte));
    let fields = ended.or_else(|| splitter.finish()).map(|record| record.fields).unwrap_or_default();
    let mut names: Vec<_> = decode(&fields).into_iter().map(|name| spelled(name.trim())).collect();
    // What spreadsheets leave to the right of a table.
    while names.last().is_some_and(String::is_empty) {
        names.pop();
    }
    names
}

/// The name as the list has it: columns in lower case; custom fields as they are.
fn spelled(name: &str) -> String {
    let lower = name.to_ascii_lowercase();
    match name.get(6..) {
        Some(field) if lower.starts_with("field.") => format!("field.{field}"),
        _ => lower,
    }
}

fn is_column(name: &str) -> bool {
    let is_field = |field: &str| (1..=40).contains(&field.len()) && field.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    COLUMNS.contains(&name) || name.strip_prefix("field.").is_some_and(is_field)
}

/// A name for an error, which a file that is no table must not make long.
fn short(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delimiter_is_found() {
        for (row, delimiter) in [
            ("id,subject,requester_email,created_at", b','),
            ("\"id\";Subject; created_at ;requester_email;field.Plan;;\r\n", b';'),
            ("id\tsubject\trequester_email\tcreated_at\n", b'\t'),
        ] {
            assert_eq!(Header::read(row.as_bytes()).map(|header| header.delimiter), Ok(delimiter), "{row}");
        }
        let header = Header::read(b"ID;subject;created_at;requester_email;FIELD.Plan").expect("fits");
        assert_eq!(header.columns[4], "field.Plan");
    }

    #[test]
    fn all_that_is_wrong_with_it_is_told_at_once() {
        let error = Header::read(b"id,titel,id,requester_email,field.a b,,field.x").expect_err("much is wrong");
        assert_eq!(
            error,
            FileError::Columns {
                unknown: vec!["titel".to_owned(), "field.a b".to_owned(), String::new()],
                missing: vec!["subject", "created_at"],
                twice: vec!["id".to_owned()],
            }
        );
        assert_eq!(Header::read(b""), Err(FileError::NoHeader));
    }
}
