//! Makes a message of `SendEmail`'s subject and bodies.

use jiff::Timestamp;
use mail_builder::MessageBuilder;
use mail_builder::headers::address::Address;
use serde::Deserialize;

use crate::addresses::split_address;
use crate::error::Refusal;

/// `SendEmail`'s parameters that end up in the message.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct SimpleMail {
    pub(crate) source: String,
    #[serde(default)]
    pub(crate) destination: Destination,
    #[serde(default)]
    reply_to_addresses: Vec<String>,
    message: Content,
}

/// The recipients by header.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(crate) struct Destination {
    to_addresses: Vec<String>,
    cc_addresses: Vec<String>,
    bcc_addresses: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Content {
    #[serde(default)]
    subject: Part,
    #[serde(default)]
    body: Body,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Body {
    text: Option<Part>,
    html: Option<Part>,
}

/// A text. Its `Charset` is left out: by now it is UTF-8.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Part {
    data: String,
}

impl Destination {
    /// Every recipient, as the caller wrote them.
    pub(crate) fn all(&self) -> Vec<String> {
        [&self.to_addresses, &self.cc_addresses, &self.bcc_addresses].into_iter().flatten().cloned().collect()
    }
}

/// The message as bytes. Blind copies are not in it.
pub(crate) fn compose(mail: &SimpleMail, message_id: &str, now: Timestamp) -> Result<Vec<u8>, Refusal> {
    let mut message = MessageBuilder::new()
        .message_id(message_id.to_owned())
        .date(now.as_second())
        .from(address(&mail.source))
        .subject(mail.message.subject.data.as_str());
    let Destination { to_addresses, cc_addresses, bcc_addresses: _ } = &mail.destination;
    if !to_addresses.is_empty() {
        message = message.to(list(to_addresses));
    }
    if !cc_addresses.is_empty() {
        message = message.cc(list(cc_addresses));
    }
    if !mail.reply_to_addresses.is_empty() {
        message = message.reply_to(list(&mail.reply_to_addresses));
    }
    let Body { text, html } = &mail.message.body;
    if text.is_none() && html.is_none() {
        return Err(Refusal::validation("Message.Body has neither Text nor Html."));
    }
    if let Some(text) = text {
        message = message.text_body(text.data.as_str());
    }
    if let Some(html) = html {
        message = message.html_body(html.data.as_str());
    }
    Ok(message.write_to_vec()?)
}

fn list(addresses: &[String]) -> Address<'_> {
    Address::new_list(addresses.iter().map(|text| address(text)).collect())
}

fn address(text: &str) -> Address<'_> {
    let (name, address) = split_address(text);
    Address::new_address(name, address)
}
