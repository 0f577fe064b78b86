//! The values that a mail is read into.

use crate::automatic::Automatic;
use crate::bounce::Bounce;
use crate::complaint::Complaint;
use crate::forwarded::Forwarded;
use crate::verdict::Verdicts;

/// Why a mail is not read at all. Nothing of it is trusted or shown then but that it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// More than [`MAX_MAIL_BYTES`](crate::limits::MAX_MAIL_BYTES).
    #[error("the mail is too large")]
    TooLarge,
    /// More than [`MAX_PARTS`](crate::limits::MAX_PARTS).
    #[error("the mail has too many parts")]
    TooManyParts,
    /// More than [`MAX_DEPTH`](crate::limits::MAX_DEPTH).
    #[error("the parts of the mail are nested too deeply")]
    TooDeep,
    /// More than [`MAX_HEADER_BYTES`](crate::limits::MAX_HEADER_BYTES), in the mail or in a part of it.
    #[error("the headers of the mail are too long")]
    HeadersTooLong,
    /// There is not a single header field.
    #[error("this is not a mail")]
    NotAMail,
}

/// Somebody's address, as a header gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox {
    /// Decoded, on a single line, without control characters.
    pub name: Option<String>,
    /// Has a local part and a domain in lower case, no space, control or bracket, and at most 254 bytes.
    pub address: String,
}

/// What a mail says. Only [`Mail::verdicts`] and [`Mail::delivered_to`] come from our own receiver; all else is what
/// the sender wrote, and true of nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// `Message-ID` without its angles; `None` where it is missing or cannot identify anything.
    pub message_id: Option<String>,
    /// Sane identifiers of `In-Reply-To`, each once.
    pub in_reply_to: Vec<String>,
    /// Sane identifiers of `References`, oldest first, each once.
    pub references: Vec<String>,
    /// The addresses that our own receiver took the mail for.
    pub delivered_to: Vec<String>,
    /// The first address of `From`.
    pub from: Option<Mailbox>,
    /// `Sender`: who sent the mail for its author.
    pub sender: Option<Mailbox>,
    /// The address of `Reply-To`, where it names one alone.
    pub reply_to: Option<Mailbox>,
    /// `To`.
    pub to: Vec<Mailbox>,
    /// `Cc`.
    pub cc: Vec<Mailbox>,
    /// Decoded, one line, at most [`MAX_LINE_CHARS`](crate::limits::MAX_LINE_CHARS), without control, zero-width and
    /// direction characters. May be empty.
    pub subject: String,
    /// `Date` in Unix seconds, where it is one.
    pub date: Option<i64>,
    /// What our own receiver found out.
    pub verdicts: Verdicts,
    /// The text of the mail: lines end with `\n`, and flowed paragraphs (RFC 3676) are joined.
    pub text: Option<String>,
    /// The same in HTML, as sent: not sanitised.
    pub html: Option<String>,
    /// Whether there was more of the text, or of the HTML, than [`MAX_TEXT_BYTES`](crate::limits::MAX_TEXT_BYTES).
    pub cut: bool,
    /// All that is not the text: attachments, inline images, invitations, attached mails, parts nobody can decode.
    pub parts: Vec<Part>,
    /// Why no machine may answer this mail; `None` for one that a person wrote, as far as anyone can tell.
    pub automatic: Option<Automatic>,
    /// Where the mail says that another could not be delivered.
    pub bounce: Option<Bounce>,
    /// Where the mail says that somebody took another for spam.
    pub complaint: Option<Complaint>,
    /// Who wrote the mail that this one forwards.
    pub forwarded: Option<Forwarded>,
}

/// A part of a mail beside its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The file name as sent, decoded (RFC 2231, RFC 2047): anything but safe.
    pub name: Option<String>,
    /// `type/subtype` in lower case, as claimed; `application/octet-stream` where nothing sensible is.
    pub content_type: String,
    /// `Content-ID` without its angles.
    pub content_id: Option<String>,
    /// Shown within the HTML, which refers to it by `cid:`, or meant to be.
    pub inline: bool,
    /// Decoded; as sent where the encoding is unknown or broken.
    pub bytes: Vec<u8>,
}
