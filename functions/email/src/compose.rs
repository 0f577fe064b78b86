//! A mail, from its words to its bytes (RFC 5322): threading headers, a signed reply address, files.
//!
//! Names and subjects are single lines by their types, the mail library encodes what is left, and templates escape every
//! value in HTML: nothing that a person typed becomes a header or markup of ours.

use jiff::Timestamp;
use lambdesk_domain::{Brand, Event, Notice, Person, PersonId, Ticket};
use mail_builder::{
    MessageBuilder,
    headers::{message_id::MessageId, raw::Raw},
};

use crate::{files::File, template::Rendered};

/// A mail, ready to be written.
pub(crate) struct Letter<'a> {
    pub(crate) brand: &'a Brand,
    pub(crate) person: &'a Person,
    pub(crate) rendered: &'a Rendered,
    /// Without angle brackets.
    pub(crate) message_id: &'a str,
    pub(crate) thread: Thread,
    /// Where answers go; the brand's own address where it is about no ticket.
    pub(crate) reply_token: Option<&'a str>,
    /// Whether a request of the recipient brought it about (RFC 3834, 5).
    pub(crate) is_answer: bool,
    /// Where one request ends these mails (RFC 8058).
    pub(crate) unsubscribe: Option<&'a str>,
    pub(crate) files: &'a [File],
    pub(crate) now: Timestamp,
}

/// Which mails it follows: Message-IDs without angle brackets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Thread {
    pub(crate) in_reply_to: Option<String>,
    pub(crate) references: Vec<String>,
}

impl Thread {
    /// Where a mail about the ticket stands. All refer to its root, so that every client shows one conversation; to the
    /// customer's side also to the last mail from there, which it answers.
    pub(crate) fn of(notice: Notice, ticket: &Ticket, brand: &Brand) -> Self {
        let root = (notice != Notice::Acknowledgement).then(|| root_id(ticket, brand));
        let answered = ticket.last_mail_id.clone().filter(|id| !notice.is_for_staff() && is_message_id(id));
        let references: Vec<_> = root.into_iter().chain(answered).collect();
        Self { in_reply_to: references.last().cloned(), references }
    }
}

/// Whether what somebody's mail calls its id can stand in a header of ours (RFC 5322, 3.6.4, said more narrowly).
fn is_message_id(id: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'<' | b'>' | b'(' | b')' | b'"' | b',' | b'\\');
    (3..=250).contains(&id.len()) && id.bytes().all(fits)
}

/// The Message-ID of a mail about a ticket, the same in every try. The acknowledgement is the root that later mails refer to.
pub(crate) fn message_id(notice: Notice, ticket: &Ticket, event: &Event, recipient: PersonId, brand: &Brand) -> String {
    match notice {
        Notice::Acknowledgement => root_id(ticket, brand),
        _ => format!("{}.{recipient}@{}", event.id, brand.from.domain()),
    }
}

/// The Message-ID that all mails of a ticket refer to.
pub(crate) fn root_id(ticket: &Ticket, brand: &Brand) -> String {
    format!("ticket.{}@{}", ticket.id, brand.from.domain())
}

/// Writes the mail.
pub(crate) fn compose(letter: &Letter<'_>) -> Result<Vec<u8>, String> {
    let Letter { brand, person, rendered, message_id, thread, reply_token, is_answer, unsubscribe, files, now } = letter;
    let automatic = if *is_answer { "auto-replied" } else { "auto-generated" };
    let mut builder = MessageBuilder::new()
        .message_id(MessageId::new(*message_id))
        .date(now.as_second())
        .from((brand.name.as_str(), brand.from.as_str()))
        .to((person.display_name(), person.email.as_str()))
        .subject(rendered.subject.as_str())
        // RFC 3834: no machine is to answer this.
        .header("Auto-Submitted", Raw::new(automatic))
        .header("X-Auto-Response-Suppress", Raw::new("All"))
        .text_body(rendered.text.as_str())
        .html_body(rendered.html.as_str());
    if let Some(token) = reply_token {
        let address = format!("reply+{token}@{}", brand.from.domain());
        builder = builder.reply_to((brand.name.to_string(), address));
    }
    if let Some(id) = &thread.in_reply_to {
        builder = builder.in_reply_to(MessageId::new(id.clone()));
        builder = builder.references(MessageId::new_list(thread.references.iter().cloned()));
    }
    if let Some(url) = unsubscribe {
        builder = builder
            .header("List-Unsubscribe", Raw::new(format!("<{url}>")))
            .header("List-Unsubscribe-Post", Raw::new("List-Unsubscribe=One-Click"));
    }
    for file in *files {
        builder = match &file.content_id {
            Some(id) => builder.inline(file.content_type.as_str(), id.as_str(), file.bytes.as_slice()),
            None => builder.attachment(file.content_type.as_str(), file.name.as_str(), file.bytes.as_slice()),
        };
    }
    builder.write_to_vec().map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests;
