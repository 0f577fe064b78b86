//! Files attached to messages: what may be attached, how it is named, who gets it and how it is given out.

mod disposition;
mod intake;
mod kind;
mod name;
mod record;
mod sniff;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use self::{
    disposition::{OPAQUE, content_disposition, served_type},
    intake::{MailFile, Refusal, check_content, check_name, from_mail},
    kind::Kind,
    name::FileName,
    record::{AttachedTo, Barred, FileRecord, UNKNOWN_FILE, UPLOAD_HOURS},
};
use crate::{error::ParseError, id::AttachmentId, words::word};

/// The largest file, in bytes.
pub const MAX_FILE_BYTES: u64 = 10 * 1024 * 1024;
/// The most that all files of a ticket may have together, in bytes.
pub const MAX_TICKET_BYTES: u64 = 50 * 1024 * 1024;
/// The most files of one message: they are claimed in its transaction, which holds 100 items.
pub const MAX_FILES: usize = 20;

word!(
    /// What is known of the safety of a file.
    Scan {
        /// Nobody has looked at it yet.
        Pending = "pending",
        /// A scanner found nothing.
        Clean = "clean",
        /// A scanner found something: nobody gets it.
        Infected = "infected",
        /// No scanner is set up, or it could not tell.
        Unknown = "unknown",
        /// Too large, or of a type that the desk does not take: kept in the mail that it came with, and nobody gets it here.
        Withheld = "withheld",
    }
);

/// What a tenant demands of files.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttachmentRules {
    /// Whether a file is given out only after a scanner has found nothing: also not where none could tell. Without a scanner
    /// nobody gets any.
    #[serde(default)]
    pub scan_required: bool,
}

/// A file attached to a message, as the message lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Attachment {
    /// Identifier.
    pub id: AttachmentId,
    /// A safe name.
    pub name: String,
    /// What its content says that it is.
    pub content_type: String,
    /// Bytes.
    pub size: u64,
    /// The name by which the HTML of its message shows it: `cid:…`.
    #[serde(default)]
    pub content_id: Option<String>,
    /// What was known of its safety when it was attached; what is known now is asked when it is fetched.
    pub scan: Scan,
}
