//! Which files are taken: judged by name and size before they are uploaded, by their content after, and by all of it at once
//! where they come by mail.

use super::{Attachment, FileName, Kind, MAX_FILE_BYTES, OPAQUE, Scan};
use crate::id::AttachmentId;

/// Why a file is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It has more than [`MAX_FILE_BYTES`].
    TooLarge,
    /// The ticket's files would have more than they may together.
    NoRoom,
    /// Its ending is not on the list.
    Type,
    /// Its content is not what its ending says.
    Content,
}

impl Refusal {
    /// A sentence for people.
    pub const fn message(self) -> &'static str {
        match self {
            Self::TooLarge => "must be at most 10 MiB",
            Self::NoRoom => "the files of a ticket may have 50 MiB together",
            Self::Type => "files of this type are not taken",
            Self::Content => "its content is not what its name says",
        }
    }
}

/// Whether a file of this name may come, before there is any content. A name without an ending says nothing: its content will.
pub fn check_name(name: &FileName) -> Result<Option<&'static Kind>, Refusal> {
    match name.extension() {
        None => Ok(None),
        Some(extension) => Kind::of_extension(&extension).map(Some).ok_or(Refusal::Type),
    }
}

/// What the file is: by its ending, if its content agrees; by its content, where it has none. What its sender says that it is
/// counts for nothing.
pub fn check_content(name: &FileName, bytes: &[u8]) -> Result<&'static Kind, Refusal> {
    match check_name(name)? {
        Some(kind) if kind.fits(bytes) => Ok(kind),
        Some(_) => Err(Refusal::Content),
        None => Kind::of_content(bytes).ok_or(Refusal::Type),
    }
}

/// A file as a mail brings it.
#[derive(Debug, Clone, Copy)]
pub struct MailFile<'a> {
    /// How the mail calls it.
    pub name: Option<&'a str>,
    /// What the mail says that it is: of use for a name alone, where it has none.
    pub claimed_type: Option<&'a str>,
    /// Its `Content-ID`, without angle brackets.
    pub content_id: Option<&'a str>,
    /// Its content, decoded.
    pub bytes: &'a [u8],
}

/// What a message lists of a file that came by mail; and, where it is withheld, why. `room` is how many bytes the ticket has
/// left, [`super::MAX_TICKET_BYTES`] for a new one. What is kept is yet to be scanned.
pub fn from_mail(id: AttachmentId, file: MailFile<'_>, room: u64) -> (Attachment, Option<Refusal>) {
    let size = u64::try_from(file.bytes.len()).unwrap_or(u64::MAX);
    let name = mail_name(&file);
    let checked = match size {
        size if size > MAX_FILE_BYTES => Err(Refusal::TooLarge),
        size if size > room => Err(Refusal::NoRoom),
        _ => check_content(&name, file.bytes),
    };
    let attachment = Attachment {
        id,
        name: name.as_str().to_owned(),
        content_type: checked.map_or(OPAQUE, |kind| kind.content_type).to_owned(),
        size,
        content_id: file.content_id.and_then(content_id),
        scan: if checked.is_ok() { Scan::Pending } else { Scan::Withheld },
    };
    (attachment, checked.err())
}

/// A file without a name gets one, with the ending of what it is.
fn mail_name(file: &MailFile<'_>) -> FileName {
    if let Some(name) = file.name.filter(|name| !name.trim().is_empty()) {
        return FileName::safe(name);
    }
    let claimed = file.claimed_type.map(|claimed| claimed.split(';').next().unwrap_or_default().trim().to_ascii_lowercase());
    let claimed = claimed.and_then(|claimed| Kind::of_type(&claimed)).filter(|kind| kind.fits(file.bytes));
    let kind = claimed.or_else(|| Kind::of_content(file.bytes));
    FileName::safe(&kind.map_or_else(|| "file".to_owned(), |kind| format!("file.{}", kind.extension())))
}

/// As a URL `cid:…` can name it (RFC 2392); another names nothing.
fn content_id(text: &str) -> Option<String> {
    let id = text.trim().trim_start_matches('<').trim_end_matches('>');
    let fits =
        (1..=250).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'<' | b'>'));
    fits.then(|| id.to_owned())
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::{super::MAX_TICKET_BYTES, *};

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
    const PROGRAM: &[u8] = b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff";

    fn mailed(name: Option<&str>, claimed_type: &str, bytes: &[u8], room: u64) -> (Attachment, Option<Refusal>) {
        let file = MailFile { name, claimed_type: Some(claimed_type), content_id: Some("<logo@mail>"), bytes };
        from_mail(AttachmentId(Uuid::nil()), file, room)
    }

    #[test]
    fn b4_a_program_is_not_taken_under_any_name() {
        let content = |name: &str| check_content(&FileName::safe(name), PROGRAM).map(|kind| kind.content_type);
        for name in ["a.exe", "invoice.pdf.exe", "invoice.pdf\u{202e}.exe", "a.ｅｘｅ"] {
            assert_eq!(content(name), Err(Refusal::Type), "{name}");
            assert_eq!(check_name(&FileName::safe(name)).map(|_| ()), Err(Refusal::Type), "{name}: before it is uploaded");
        }
        for name in ["a.png", "a.pdf", "a.txt", "a.docx", "a.zip", "a.html", "a.mp4"] {
            assert_eq!(content(name), Err(Refusal::Content), "{name}");
        }
        assert_eq!(content("invoice"), Err(Refusal::Type), "without an ending");
    }

    #[test]
    fn the_content_says_what_it_is_and_not_the_sender() {
        let (file, refusal) = mailed(Some("../logo.png"), "text/html", PNG, MAX_TICKET_BYTES);
        assert_eq!((file.name.as_str(), file.content_type.as_str(), file.scan), ("logo.png", "image/png", Scan::Pending));
        assert_eq!((file.content_id.as_deref(), refusal), (Some("logo@mail"), None));
        let (file, refusal) = mailed(Some("logo.png"), "image/png", b"<script>alert(1)</script>", MAX_TICKET_BYTES);
        assert_eq!((file.content_type.as_str(), file.scan, refusal), (OPAQUE, Scan::Withheld, Some(Refusal::Content)));
    }

    #[test]
    fn a_file_without_a_name_is_named_after_what_it_is() {
        assert_eq!(mailed(None, "image/png; name=x", PNG, 100).0.name, "file.png");
        assert_eq!(mailed(Some(" "), "text/calendar", b"BEGIN:VCALENDAR", 100).0.name, "file.ics");
        assert_eq!(mailed(None, "image/jpeg", PNG, 100).0.name, "file.png", "not after what it claims");
        assert_eq!(mailed(None, "application/x-dosexec", PROGRAM, 100), {
            let (mut file, refusal) = mailed(Some("file"), "x/y", PROGRAM, 100);
            file.scan = Scan::Withheld;
            (file, refusal)
        });
    }

    #[test]
    fn what_is_too_large_is_withheld_and_listed() {
        let large = vec![b'x'; usize::try_from(MAX_FILE_BYTES).expect("fits") + 1];
        assert_eq!(mailed(Some("a.txt"), "text/plain", &large, MAX_TICKET_BYTES).1, Some(Refusal::TooLarge));
        assert_eq!(mailed(Some("a.txt"), "text/plain", &large[1..], MAX_TICKET_BYTES).1, None);
        let (file, refusal) = mailed(Some("a.txt"), "text/plain", b"12345", 4);
        assert_eq!((file.size, file.scan, refusal), (5, Scan::Withheld, Some(Refusal::NoRoom)));
    }

    #[test]
    fn a_content_id_is_a_plain_word() {
        assert_eq!(content_id(" <a.b@c> "), Some("a.b@c".to_owned()));
        for wrong in ["", "<>", "a b", "a\"b", "a\r\nb", "ä", &"x".repeat(251)] {
            assert_eq!(content_id(wrong), None, "{wrong}");
        }
    }
}
