//! A mail, from what it is about to its bytes (RFC 5322): text and HTML parts from templates, threading headers,
//! a signed reply address.
//!
//! Names and subjects are single lines by their types, the mail library encodes what is left, and templates ending in
//! `.html` escape every value: nothing that a person typed becomes a header or markup of ours.

use jiff::Timestamp;
use lambdesk_domain::{Brand, Event, Message, Notice, Person, PersonId, TenantConfig, Ticket};
use mail_builder::{
    MessageBuilder,
    headers::{message_id::MessageId, raw::Raw},
};
use minijinja::{Environment, context};

/// What a mail is about.
pub(crate) struct Mail<'a> {
    pub(crate) notice: Notice,
    pub(crate) config: &'a TenantConfig,
    pub(crate) brand: &'a Brand,
    pub(crate) ticket: &'a Ticket,
    pub(crate) person: &'a Person,
    pub(crate) message: Option<&'a Message>,
    pub(crate) message_id: &'a str,
    pub(crate) reply_token: &'a str,
    pub(crate) now: Timestamp,
}

/// The Message-ID of the mail, the same in every try. The acknowledgement is the root that later mails refer to.
pub(crate) fn message_id(notice: Notice, ticket: &Ticket, event: &Event, recipient: PersonId, brand: &Brand) -> String {
    match notice {
        Notice::Acknowledgement => root_id(ticket, brand),
        _ => format!("{}.{recipient}@{}", event.id, brand.from.domain()),
    }
}

/// The Message-ID that all mails of a ticket refer to, so that every client shows one conversation.
fn root_id(ticket: &Ticket, brand: &Brand) -> String {
    format!("ticket.{}@{}", ticket.id, brand.from.domain())
}

/// Writes the mail.
pub(crate) fn compose(mail: &Mail<'_>) -> Result<Vec<u8>, String> {
    let Mail { notice, brand, ticket, person, message_id, reply_token, now, .. } = mail;
    let (text, html) = render(mail)?;
    let subject = format!("[{}] {}", ticket.number, ticket.subject);
    let reply_to = format!("reply+{reply_token}@{}", brand.from.domain());
    let automatic = if *notice == Notice::Acknowledgement { "auto-replied" } else { "auto-generated" };
    let mut builder = MessageBuilder::new()
        .message_id(MessageId::new(*message_id))
        .date(now.as_second())
        .from((brand.name.as_str(), brand.from.as_str()))
        .reply_to((brand.name.as_str(), reply_to.as_str()))
        .to((person.display_name(), person.email.as_str()))
        .subject(subject)
        // RFC 3834: no machine is to answer this.
        .header("Auto-Submitted", Raw::new(automatic))
        .header("X-Auto-Response-Suppress", Raw::new("All"))
        .text_body(text)
        .html_body(html);
    if *notice != Notice::Acknowledgement {
        let root = root_id(ticket, brand);
        builder = builder.in_reply_to(MessageId::new(root.clone())).references(MessageId::new(root));
    }
    builder.write_to_vec().map_err(|error| error.to_string())
}

macro_rules! templates {
    ($($name:literal),+) => {
        &[$(($name, include_str!(concat!("../templates/", $name)))),+]
    };
}

const TEMPLATES: &[(&str, &str)] = templates!(
    "layout.txt",
    "layout.html",
    "acknowledgement.txt",
    "acknowledgement.html",
    "reply.txt",
    "reply.html",
    "assignment.txt",
    "assignment.html",
    "resolution.txt",
    "resolution.html"
);

fn render(mail: &Mail<'_>) -> Result<(String, String), String> {
    let mut environment = Environment::new();
    for (name, source) in TEMPLATES {
        environment.add_template(name, source).map_err(|error| error.to_string())?;
    }
    let ticket = mail.ticket;
    let values = context! {
        brand => mail.brand.name.as_str(),
        person => mail.person.display_name(),
        number => ticket.number.as_str(),
        subject => ticket.subject.as_str(),
        status => mail.config.status_label(ticket.status),
        is_done => !ticket.status.is_open(),
        resolution_note => ticket.resolution_note.as_ref().map(|note| note.as_str()),
        // Sanitised when it was written; the one value that a template may print as it is.
        message_html => mail.message.map(|message| minijinja::Value::from_safe_string(message.body.html())),
        message_text => mail.message.map(|message| message.body.text.as_str()),
    };
    let part = |extension: &str| {
        let template = environment.get_template(&format!("{}.{extension}", mail.notice)).map_err(|error| error.to_string())?;
        template.render(&values).map_err(|error| error.to_string())
    };
    Ok((part("txt")?, part("html")?))
}

#[cfg(test)]
mod tests;
