//! What can be wrong: with one ticket, which is reported while the rest goes on, or with the whole file.

use lambdesk_domain::FieldError;
use thiserror::Error;

/// How many wrong fields of one ticket are told; a report of five thousand wrong messages helps nobody.
const MOST: usize = 100;

/// A ticket that cannot be taken, with everything that is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowError {
    /// Which ticket of the file: in CSV the number of its first row, the header being row 1 and empty lines not being counted;
    /// in JSON its place, from 1.
    pub row: u64,
    /// What the source calls the ticket, as far as that could be read: at most 100 characters, not checked.
    pub external_id: Option<String>,
    /// All wrong fields, under the names of [`ImportedTicket`](crate::ImportedTicket): `requester.email`,
    /// `messages[2].body`. An empty path is the ticket as a whole. After
    /// 100 there is one more that says so. No message repeats what the file says.
    pub wrong: Vec<FieldError>,
}

impl RowError {
    pub(crate) fn new(row: u64, external_id: Option<String>, wrong: Vec<FieldError>) -> Self {
        let external_id = external_id.map(|id| id.trim().chars().take(100).collect());
        Self { row, external_id, wrong: the_first(wrong) }
    }

    pub(crate) fn whole(row: u64, external_id: Option<String>, code: &'static str, message: impl Into<String>) -> Self {
        Self::new(row, external_id, vec![FieldError::new("", code, message)])
    }
}

/// As many as anybody reads.
pub(crate) fn the_first(mut errors: Vec<FieldError>) -> Vec<FieldError> {
    if errors.len() > MOST {
        let more = errors.len() - MOST;
        errors.truncate(MOST);
        errors.push(FieldError::new("", "more", format!("and {more} more")));
    }
    errors
}

/// A file that cannot be read, from here on or at all.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FileError {
    /// The header of a CSV file names columns that do not exist, lacks some, or has some twice.
    #[error(
        "the header is not right: unknown columns [{}], missing columns [{}], columns given twice [{}]",
        unknown.join(", "), missing.join(", "), twice.join(", ")
    )]
    Columns {
        /// Names that are no columns.
        unknown: Vec<String>,
        /// Columns that every file must have.
        missing: Vec<&'static str>,
        /// Columns that are there more than once.
        twice: Vec<String>,
    },
    /// There is no header, or it is longer than any header can be.
    #[error("the file does not begin with a header row")]
    NoHeader,
    /// The text is in UTF-16.
    #[error("the file is in UTF-16; save it as UTF-8")]
    Utf16,
    /// The file ends inside of something.
    #[error("the file ends in the middle of something, after {offset} bytes: it is not whole")]
    Truncated {
        /// How many bytes there are.
        offset: u64,
    },
    /// It is no JSON, or what is around its tickets is damaged.
    #[error("the file is not JSON after {offset} bytes")]
    NotJson {
        /// How many bytes could be read.
        offset: u64,
    },
    /// The position is of a file in another format.
    #[error("the position does not belong to a file in this format")]
    WrongPosition,
}
