//! A mail, read within limits.

use std::borrow::Cow;

use crate::automatic::{self, Automatic};
use crate::header::{self, Headers};
use crate::limits::{MAX_ADDRESSES, MAX_HEADER_BYTES, MAX_MAIL_BYTES};
use crate::mail::{Mail, Mailbox, Unreadable};
use crate::mime::Entity;
use crate::{address, body, bounce, complaint, forwarded, id, verdict};

/// Our own mail server, as it calls itself. It has to write its fields above each mail, and `Authentication-Results`
/// among them: where it writes none, the first that the sender wrote would stand in its place.
#[derive(Debug, Clone, Copy)]
pub struct Receiver<'a> {
    /// The name in the `Authentication-Results` that are trusted (RFC 8601, 2.5): `amazonses.com` on AWS.
    pub authserv_id: &'a str,
}

/// Reads a mail as `receiver` handed it on.
///
/// # Errors
///
/// Over a limit, or no mail at all; anything else is read as well as it can be.
pub fn read(raw: &[u8], receiver: &Receiver<'_>) -> Result<Mail, Unreadable> {
    if raw.len() > MAX_MAIL_BYTES {
        return Err(Unreadable::TooLarge);
    }
    let raw = with_line_feeds(raw);
    let raw = without_leading_blanks(&raw);
    let entity = Entity::read(raw)?;
    let headers = &entity.headers;
    if headers.fields.is_empty() {
        return Err(Unreadable::NotAMail);
    }
    let authors: Vec<Mailbox> = addresses(headers, "from");
    let count = headers.all("from").take(MAX_FIELDS).map(address::count).sum();
    let from = authors.into_iter().next();
    let author = from.as_ref().map(|from| from.address.as_str());
    let subject = header::single_line(&headers.text("subject").unwrap_or_default());
    let content = body::read(&entity);
    let plain = content.text.as_deref().map(Cow::Borrowed);
    let plain = plain.or_else(|| content.html.as_deref().map(|html| Cow::Owned(body::plain(html)))).unwrap_or_default();
    let bounce = bounce::read(&bounce::Suspect { entity: &entity, from: from.as_ref(), subject: &subject, text: &plain });
    let complaint = complaint::read(&entity);
    let reported = Reported {
        bounce: bounce.as_ref().map(|bounce| bounce.is_certain),
        complaint: complaint.as_ref().map(|complaint| complaint.is_certain),
    };
    let machine = reported.bounce == Some(true) || reported.complaint == Some(true);
    Ok(Mail {
        message_id: headers.get("message-id").and_then(id::one),
        in_reply_to: identifiers(headers, "in-reply-to"),
        references: identifiers(headers, "references"),
        delivered_to: verdict::delivered_to(headers),
        sender: addresses(headers, "sender").into_iter().next(),
        reply_to: alone(addresses(headers, "reply-to")),
        to: addresses(headers, "to"),
        cc: addresses(headers, "cc"),
        date: date(headers),
        verdicts: verdict::read(headers, receiver.authserv_id, author, count),
        automatic: automatic(&entity, author, &subject, reported),
        forwarded: if machine { None } else { forwarded::read(&entity, &subject, &plain) },
        text: content.text,
        html: content.html,
        cut: content.cut,
        parts: content.parts,
        from,
        subject,
        bounce,
        complaint,
    })
}

/// The addresses that a mail was sent to, also where it cannot be read: those of its envelope where our own receiver wrote all
/// of them down, as `Delivered-To`; else the one that it did, and whoever else the mail names.
pub fn addressed_to(raw: &[u8]) -> Vec<String> {
    let start = &raw[..raw.len().min(MAX_HEADER_BYTES / 2)];
    let start = with_line_feeds(start);
    let Ok((headers, _)) = Headers::read(without_leading_blanks(&start), |_| false) else { return Vec::new() };
    let mut delivered = verdict::delivered_to(&headers);
    let all_are_there = headers.fields.iter().take(2).any(|field| field.name == "delivered-to");
    if !all_are_there {
        let named = ["to", "cc"].into_iter().flat_map(|name| addresses(&headers, name)).map(|mailbox| mailbox.address);
        delivered.extend(named);
        let mut seen = std::collections::HashSet::new();
        delivered.retain(|address| seen.insert(address.clone()));
    }
    delivered
}

/// Line ends of old Macs are taken for line ends where there are no others.
fn with_line_feeds(raw: &[u8]) -> Cow<'_, [u8]> {
    let first = raw.iter().position(|byte| matches!(byte, b'\r' | b'\n'));
    match first {
        Some(at) if raw[at] == b'\r' && !raw.contains(&b'\n') => {
            Cow::Owned(raw.iter().map(|byte| if *byte == b'\r' { b'\n' } else { *byte }).collect())
        }
        _ => Cow::Borrowed(raw),
    }
}

/// Some files begin with blank lines, or with a byte order mark.
fn without_leading_blanks(raw: &[u8]) -> &[u8] {
    let raw = raw.strip_prefix(b"\xef\xbb\xbf").unwrap_or(raw);
    raw.trim_ascii_start()
}

/// Fields of one name whose addresses are read: there should be one (RFC 5322, 3.6).
const MAX_FIELDS: usize = 3;

fn addresses(headers: &Headers, name: &str) -> Vec<Mailbox> {
    headers.all(name).take(MAX_FIELDS).flat_map(address::list).take(MAX_ADDRESSES).collect()
}

/// The mailbox, where there is one and no other.
fn alone(mailboxes: Vec<Mailbox>) -> Option<Mailbox> {
    let mut mailboxes = mailboxes.into_iter();
    mailboxes.next().filter(|_| mailboxes.next().is_none())
}

fn identifiers(headers: &Headers, name: &str) -> Vec<String> {
    headers.get(name).map(id::all).unwrap_or_default()
}

fn date(headers: &Headers) -> Option<i64> {
    let date = mail_parser::DateTime::parse_rfc822(headers.get("date")?)?;
    date.is_valid().then(|| date.to_timestamp())
}

/// Whether the mail reports on another, and whether that is certain.
#[derive(Clone, Copy)]
struct Reported {
    bounce: Option<bool>,
    complaint: Option<bool>,
}

fn automatic(entity: &Entity<'_>, from: Option<&str>, subject: &str, reported: Reported) -> Option<Automatic> {
    let report = entity.content_type == "multipart/report";
    let kind = entity.parameter("report-type").unwrap_or_default().to_ascii_lowercase();
    match kind.as_str() {
        _ if reported.bounce == Some(true) => Some(Automatic::Bounce),
        "delivery-status" if report => Some(Automatic::Bounce),
        _ if report || reported.complaint == Some(true) => Some(Automatic::Report),
        _ => {
            let reads_like_one = reported.bounce.or(reported.complaint).map(|_| Automatic::ReportSign);
            automatic::sign(&entity.headers, from, subject).or(reads_like_one)
        }
    }
}
