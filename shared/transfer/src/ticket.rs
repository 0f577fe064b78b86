//! What every format is read into.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use jiff::Timestamp;
use lambdesk_domain::{
    Body, Channel, EmailAddress, FieldError, FileName, MessageKind, Name, ParseError, Priority, Status, Subject, Tag,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What the source calls a ticket or a message: 1 to 100 printable ASCII characters without spaces and `#`. What makes an
/// import that runs twice the same as one that ran once.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ExternalId(String);

impl ExternalId {
    /// Checks a text.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let text = text.trim();
        let fits = (1..=100).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic() && b != b'#');
        if !fits {
            return Err(ParseError("must be 1 to 100 letters, digits or signs of ASCII, without spaces and #".to_owned()));
        }
        Ok(Self(text.to_owned()))
    }

    /// The text of it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for ExternalId {
    type Error = ParseError;
    fn try_from(text: String) -> Result<Self, ParseError> {
        Self::parse(&text)
    }
}

impl From<ExternalId> for String {
    fn from(id: ExternalId) -> String {
        id.0
    }
}

impl fmt::Display for ExternalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A ticket out of another desk. Well-formed in itself; whether its brand, category, team and people exist here is for
/// whoever imports it to find out.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportedTicket {
    /// What the source calls it.
    pub external_id: ExternalId,
    /// What it is about.
    pub subject: Subject,
    /// Where it stands.
    pub status: Status,
    /// How much it matters.
    pub priority: Priority,
    /// What kind of thing it is, in the words of the source.
    pub category: Option<Name>,
    /// Which face of the desk, in the words of the source.
    pub brand: Option<Name>,
    /// How it came.
    pub channel: Channel,
    /// Who asked.
    pub requester: ImportedRequester,
    /// Who answers.
    pub assignee: Option<EmailAddress>,
    /// Which team answers, in the words of the source.
    pub team: Option<Name>,
    /// The requester's company, in the words of the source.
    pub organization: Option<Name>,
    /// At most 50.
    pub tags: BTreeSet<Tag>,
    /// Custom fields, within the desk's limits.
    pub fields: BTreeMap<String, Value>,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When it last changed; not before it was opened.
    pub updated_at: Option<Timestamp>,
    /// When it was resolved. Every resolved ticket has it (where the source does not say, the time of the last change),
    /// a closed one may, and no other one has.
    pub resolved_at: Option<Timestamp>,
    /// When it was closed; every closed ticket has it, and no other.
    pub closed_at: Option<Timestamp>,
    /// What was said, oldest first.
    pub messages: Vec<ImportedMessage>,
    /// What did not fit and was made to: path, code and what was done, for the first 100. Of
    /// CSV nothing is; there it is an error.
    pub adjusted: Vec<FieldError>,
}

/// Who asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedRequester {
    /// Their address.
    pub email: EmailAddress,
    /// What they are called, where it is known.
    pub name: Option<Name>,
}

/// A reply or a note.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportedMessage {
    /// What the source calls it.
    pub external_id: Option<ExternalId>,
    /// Who wrote it.
    pub author: ImportedAuthor,
    /// Public or internal.
    pub kind: MessageKind,
    /// What it says, sanitised, with the format that it is written in.
    pub body: Body,
    /// When.
    pub created_at: Timestamp,
    /// The names of the files that came with it; the files are not in the export.
    pub attachments: Vec<FileName>,
}

/// Who wrote a message. Exports name authors by number at times, without saying who that is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedAuthor {
    /// What the source calls them.
    pub external_id: Option<ExternalId>,
    /// Their address, where it is known.
    pub email: Option<EmailAddress>,
    /// What they are called, where it is known.
    pub name: Option<Name>,
    /// Whether they are of the staff.
    pub is_staff: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_external_id_cannot_hold_a_key_separator() {
        for bad in ["", " ", "a#b", "a b", "ä", "a\nb", &"x".repeat(101)] {
            assert!(ExternalId::parse(bad).is_err(), "{bad:?} was taken");
        }
        assert_eq!(ExternalId::parse(" INC:2024/17 ").expect("fits").as_str(), "INC:2024/17");
    }
}
