//! How much of a mail is read. What is over a limit is refused by name or left out, and never stalls the reader.

/// Bytes of a whole mail, encoded: what SES and our own SMTP server take in, and the lines that they put above it.
pub const MAX_MAIL_BYTES: usize = 40 * 1024 * 1024 + MAX_HEADER_BYTES;
/// Bytes of the text that is read of a mail, decoded, and as many of its HTML. Far more than anybody writes or quotes; and so few
/// that a mail of nothing but line ends takes no more memory than others.
pub const MAX_TEXT_BYTES: usize = 1024 * 1024;
/// Entities of a mail, its multiparts included.
pub const MAX_PARTS: usize = 500;
/// Multiparts inside one another.
pub const MAX_DEPTH: usize = 20;
/// Bytes of one header block.
pub const MAX_HEADER_BYTES: usize = 256 * 1024;
/// Bytes that are read of one header field; the rest of it is left out, so that a mail to a thousand people stays one.
pub const MAX_FIELD_BYTES: usize = 16 * 1024;
/// Addresses that are read of one header field, and recipients of one bounce.
pub const MAX_ADDRESSES: usize = 100;
/// Identifiers that are kept of one field: the last, because those are the nearest in the thread.
pub const MAX_REFERENCES: usize = 100;
/// Characters of a subject, a person's name or a file's name.
pub const MAX_LINE_CHARS: usize = 300;
