//! Mail as the desk keeps it: where a message came from, and how far its sender is proven.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{error::ParseError, id::InboundMailId, text::EmailAddress, words::word};

word!(
    /// What a check of the receiving server found.
    Verdict {
        /// The mail passed.
        Pass = "pass",
        /// The mail failed.
        Fail = "fail",
        /// The sender's domain says nothing to be checked by.
        None = "none",
        /// Nobody checked: the local process does not.
        Unchecked = "unchecked",
    }
);

/// What the receiving server found. Only its own words count; what a mail says of itself is never read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Verdicts {
    /// Whether the sending server may send for the sender's domain (RFC 7208).
    pub spf: Verdict,
    /// Whether the sender's domain signed the mail (RFC 6376).
    pub dkim: Verdict,
    /// Whether either holds for the domain in `From` (RFC 7489).
    pub dmarc: Verdict,
    /// Whether it looks like spam.
    pub spam: Verdict,
    /// Whether it holds a known virus.
    pub virus: Verdict,
}

/// The mail that a message came by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MailOrigin {
    /// The record of the mail.
    pub inbound: InboundMailId,
    /// Its Message-ID, without angle brackets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_id: Option<String>,
    /// Its sender, as the mail says.
    pub from: EmailAddress,
    /// How the sender calls themselves.
    pub from_name: Option<String>,
    /// Its subject.
    pub subject: String,
    /// How far the sender is proven.
    pub verdicts: Verdicts,
    /// Whether a machine wrote it: it wakes nothing and is answered by nobody.
    pub automatic: bool,
    /// Whether the text was too long to be kept here whole; the mail itself has it.
    pub cut: bool,
}
