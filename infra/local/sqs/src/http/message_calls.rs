//! The operations on messages.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Endpoint;
use super::shapes::{BatchRequest, BatchResponse, Empty, OfQueue};
use crate::attribute::MessageAttributes;
use crate::message::{ReceiveOptions, ReceivedMessage, SendMessage, SentMessage};
use crate::receipt::ReceiptHandle;
use crate::{SqsError, digest};

/// A message to send: the body of `SendMessage`, and an entry of its batch.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Outgoing {
    #[serde(default)]
    message_body: String,
    delay_seconds: Option<u32>,
    #[serde(default)]
    message_attributes: MessageAttributes,
    #[serde(default)]
    message_system_attributes: MessageAttributes,
    message_group_id: Option<String>,
    message_deduplication_id: Option<String>,
}

impl From<Outgoing> for SendMessage {
    fn from(outgoing: Outgoing) -> Self {
        Self {
            body: outgoing.message_body,
            delay_s: outgoing.delay_seconds,
            attributes: outgoing.message_attributes,
            system_attributes: outgoing.message_system_attributes,
            group_id: outgoing.message_group_id,
            deduplication_id: outgoing.message_deduplication_id,
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Send {
    #[serde(flatten)]
    queue: OfQueue,
    #[serde(flatten)]
    message: Outgoing,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Sent {
    message_id: String,
    #[serde(rename = "MD5OfMessageBody")]
    body_md5: String,
    #[serde(rename = "MD5OfMessageAttributes", skip_serializing_if = "Option::is_none")]
    attributes_md5: Option<String>,
    #[serde(rename = "MD5OfMessageSystemAttributes", skip_serializing_if = "Option::is_none")]
    system_attributes_md5: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sequence_number: Option<String>,
}

impl From<SentMessage> for Sent {
    fn from(sent: SentMessage) -> Self {
        let SentMessage { message_id, body_md5, attributes_md5, system_attributes_md5, sequence_number } = sent;
        Self { message_id, body_md5, attributes_md5, system_attributes_md5, sequence_number }
    }
}

pub(super) fn send(endpoint: &Endpoint, request: Send) -> Result<Sent, SqsError> {
    Ok(endpoint.queues.send(&request.queue.name()?, &request.message.into())?.into())
}

pub(super) fn send_batch(endpoint: &Endpoint, request: BatchRequest<Outgoing>) -> Result<BatchResponse<Sent>, SqsError> {
    let (name, entries) = request.open(SendMessage::from)?;
    Ok(BatchResponse::new(endpoint.queues.send_batch(&name, &entries)?, Sent::from))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Receive {
    #[serde(flatten)]
    queue: OfQueue,
    max_number_of_messages: Option<u32>,
    visibility_timeout: Option<u32>,
    wait_time_seconds: Option<u32>,
    /// The older name of the next field.
    #[serde(default)]
    attribute_names: Vec<String>,
    #[serde(default)]
    message_system_attribute_names: Vec<String>,
    #[serde(default)]
    message_attribute_names: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Received {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    messages: Vec<Incoming>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Incoming {
    message_id: String,
    receipt_handle: String,
    #[serde(rename = "MD5OfBody")]
    body_md5: String,
    body: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    attributes: BTreeMap<&'static str, String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    message_attributes: MessageAttributes,
    #[serde(rename = "MD5OfMessageAttributes", skip_serializing_if = "Option::is_none")]
    attributes_md5: Option<String>,
}

pub(super) async fn receive(endpoint: &Endpoint, request: Receive) -> Result<Received, SqsError> {
    let options = ReceiveOptions {
        max_messages: request.max_number_of_messages,
        visibility_timeout_s: request.visibility_timeout,
        wait: request.wait_time_seconds.map(|seconds| Duration::from_secs(seconds.into())),
    };
    let messages = endpoint.queues.receive(&request.queue.name()?, &options).await?;
    Ok(Received { messages: messages.into_iter().map(|message| request.incoming(message)).collect() })
}

impl Receive {
    /// The message with the attributes that were asked for.
    fn incoming(&self, message: ReceivedMessage) -> Incoming {
        let mut attributes = message.system_attributes();
        attributes.retain(|name, _| self.wants_system_attribute(name));
        let mut message_attributes = message.attributes;
        message_attributes.retain(|name, _| self.wants_attribute(name));
        Incoming {
            body_md5: digest::md5_of_body(&message.body),
            message_id: message.message_id,
            receipt_handle: message.receipt_handle.to_string(),
            body: message.body,
            attributes,
            // Of what is in the answer, which is what the SDK can check.
            attributes_md5: digest::md5_of_attributes(&message_attributes),
            message_attributes,
        }
    }

    fn wants_system_attribute(&self, name: &str) -> bool {
        let mut wanted = self.attribute_names.iter().chain(&self.message_system_attribute_names);
        wanted.any(|want| want == "All" || want == name)
    }

    /// `All` and `.*` mean all, `prefix.*` those that begin so.
    fn wants_attribute(&self, name: &str) -> bool {
        let wants = |want: &String| match want.strip_suffix(".*") {
            Some(prefix) => name.starts_with(prefix),
            None => want == "All" || want == name,
        };
        self.message_attribute_names.iter().any(wants)
    }
}

/// A receipt handle: the body of `DeleteMessage`, and an entry of its batch.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Handle {
    #[serde(default)]
    receipt_handle: String,
}

impl From<Handle> for ReceiptHandle {
    fn from(handle: Handle) -> Self {
        Self::new(handle.receipt_handle)
    }
}

#[derive(Deserialize)]
pub(super) struct Delete {
    #[serde(flatten)]
    queue: OfQueue,
    #[serde(flatten)]
    handle: Handle,
}

pub(super) fn delete(endpoint: &Endpoint, request: Delete) -> Result<Empty, SqsError> {
    endpoint.queues.delete(&request.queue.name()?, &request.handle.into())?;
    Ok(Empty {})
}

pub(super) fn delete_batch(endpoint: &Endpoint, request: BatchRequest<Handle>) -> Result<BatchResponse<Empty>, SqsError> {
    let (name, entries) = request.open(ReceiptHandle::from)?;
    Ok(BatchResponse::new(endpoint.queues.delete_batch(&name, &entries)?, |()| Empty {}))
}

/// A handle and its new timeout: the body of `ChangeMessageVisibility`, and an entry of its batch.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Visibility {
    #[serde(flatten)]
    handle: Handle,
    #[serde(default)]
    visibility_timeout: u32,
}

impl From<Visibility> for (ReceiptHandle, u32) {
    fn from(visibility: Visibility) -> Self {
        (visibility.handle.into(), visibility.visibility_timeout)
    }
}

#[derive(Deserialize)]
pub(super) struct ChangeVisibility {
    #[serde(flatten)]
    queue: OfQueue,
    #[serde(flatten)]
    visibility: Visibility,
}

pub(super) fn change_visibility(endpoint: &Endpoint, request: ChangeVisibility) -> Result<Empty, SqsError> {
    let (handle, timeout_s) = request.visibility.into();
    endpoint.queues.change_visibility(&request.queue.name()?, &handle, timeout_s)?;
    Ok(Empty {})
}

pub(super) fn change_visibility_batch(
    endpoint: &Endpoint,
    request: BatchRequest<Visibility>,
) -> Result<BatchResponse<Empty>, SqsError> {
    let (name, entries) = request.open(<(ReceiptHandle, u32)>::from)?;
    Ok(BatchResponse::new(endpoint.queues.change_visibility_batch(&name, &entries)?, |()| Empty {}))
}
