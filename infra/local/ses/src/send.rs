//! `SendRawEmail` and `SendEmail`.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::compose::{SimpleMail, compose};
use crate::error::Refusal;
use crate::mailbox::{Mailbox, NewMail};
use crate::params::Params;

/// SES's limit for one message, carbon copies included.
const MAX_RECIPIENTS: usize = 50;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SendRawEmail {
    raw_message: RawMessage,
    source: Option<String>,
    #[serde(default)]
    destinations: Vec<String>,
    #[serde(flatten)]
    common: Common,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawMessage {
    /// Base64.
    data: String,
}

#[derive(Deserialize)]
struct SendEmail {
    #[serde(flatten)]
    mail: SimpleMail,
    #[serde(flatten)]
    common: Common,
}

/// What both ways of sending take.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Common {
    configuration_set_name: Option<String>,
    #[serde(default)]
    tags: Vec<Tag>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tag {
    name: String,
    value: String,
}

impl Common {
    fn tags(&self) -> BTreeMap<String, String> {
        self.tags.iter().map(|tag| (tag.name.clone(), tag.value.clone())).collect()
    }
}

pub(crate) fn send_raw_email(mailbox: &Mailbox, params: Params) -> Result<Value, Refusal> {
    let SendRawEmail { raw_message, source, destinations, common } = params.read()?;
    let raw = BASE64_STANDARD.decode(raw_message.data).map_err(|_| Refusal::validation("RawMessage.Data is not base64."))?;
    let tags = common.tags();
    let configuration_set = common.configuration_set_name;
    send(mailbox, NewMail { raw, source, destinations, configuration_set, tags })
}

pub(crate) fn send_email(mailbox: &Mailbox, params: Params) -> Result<Value, Refusal> {
    let SendEmail { mail, common } = params.read()?;
    let message_id = format!("{}@email.amazonses.com", mailbox.new_id());
    let raw = compose(&mail, &message_id, mailbox.now())?;
    let tags = common.tags();
    let configuration_set = common.configuration_set_name;
    let destinations = mail.destination.all();
    let source = Some(mail.source);
    send(mailbox, NewMail { raw, source, destinations, configuration_set, tags })
}

fn send(mailbox: &Mailbox, mail: NewMail) -> Result<Value, Refusal> {
    if mail.destinations.len() > MAX_RECIPIENTS {
        return Err(Refusal::sender("InvalidParameterValue", "Recipient count exceeds 50."));
    }
    let stored = mailbox.store(mail)?;
    Ok(json!({ "MessageId": stored.id }))
}
