//! Messages on their way in and out.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::attribute::{self, MessageAttributes};
use crate::name::QueueName;
use crate::receipt::ReceiptHandle;
use crate::settings::{MAX_DELAY_S, MAX_VISIBILITY_S, MAX_WAIT_S, QueueSettings};
use crate::{ACCOUNT, SqsError};

/// The one system attribute a sender can set.
pub(crate) const TRACE_HEADER: &str = "AWSTraceHeader";

/// The most messages one receive gives.
const MAX_RECEIVED: u32 = 10;

/// The longest group and deduplication id.
const MAX_ID_LENGTH: usize = 128;

/// A message to send. `SendMessage::new(body)` and struct update syntax give the rest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SendMessage {
    /// The body; not empty.
    pub body: String,
    /// Seconds before it can be received, at most 900; otherwise the delay of the queue. Not for FIFO queues.
    pub delay_s: Option<u32>,
    /// Attributes of the sender.
    pub attributes: MessageAttributes,
    /// System attributes: `AWSTraceHeader` alone.
    pub system_attributes: MessageAttributes,
    /// The group that keeps its order: required for FIFO queues, without effect elsewhere.
    pub group_id: Option<String>,
    /// FIFO: a message with the id of another within five minutes is taken and dropped.
    pub deduplication_id: Option<String>,
}

impl SendMessage {
    /// A message with a body and nothing else.
    pub fn new(body: impl Into<String>) -> Self {
        Self { body: body.into(), ..Self::default() }
    }

    /// Bytes of the body and the attributes.
    pub(crate) fn size(&self) -> usize {
        self.body.len() + attribute::size_of_all(&self.attributes)
    }

    /// Refuses what SQS refuses of any message for a queue.
    pub(crate) fn check(&self, queue: &QueueName, settings: &QueueSettings) -> Result<(), SqsError> {
        if self.body.is_empty() {
            return Err(SqsError::MissingParameter("MessageBody"));
        }
        let limit = settings.maximum_message_bytes;
        if self.size() > limit as usize {
            return Err(SqsError::InvalidParameterValue(format!(
                "One or more parameters are invalid. Reason: Message must be shorter than {limit} bytes."
            )));
        }
        if !self.body.chars().all(is_allowed) {
            return Err(SqsError::InvalidMessageContents);
        }
        if let Some(name) = self.system_attributes.keys().find(|name| *name != TRACE_HEADER) {
            return Err(SqsError::invalid("MessageSystemAttributes", name, "Only AWSTraceHeader can be set."));
        }
        attribute::check_all(&self.attributes)?;
        attribute::check_all(&self.system_attributes)?;
        check_range("DelaySeconds", self.delay_s, 0, MAX_DELAY_S)?;
        check_id("MessageGroupId", self.group_id.as_deref())?;
        check_id("MessageDeduplicationId", self.deduplication_id.as_deref())?;
        self.check_kind(queue.is_fifo())
    }

    fn check_kind(&self, fifo: bool) -> Result<(), SqsError> {
        const WRONG_KIND: &str = "The request include parameter that is not valid for this queue type";
        if fifo && self.group_id.is_none() {
            return Err(SqsError::MissingParameter("MessageGroupId"));
        }
        if let Some(delay) = self.delay_s.filter(|delay| fifo && *delay > 0) {
            return Err(SqsError::invalid("DelaySeconds", delay, WRONG_KIND));
        }
        if let Some(id) = self.deduplication_id.as_ref().filter(|_| !fifo) {
            return Err(SqsError::invalid("MessageDeduplicationId", id, WRONG_KIND));
        }
        Ok(())
    }
}

/// What a sender learns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentMessage {
    /// The id of the message; of the earlier one when this one was a duplicate.
    pub message_id: String,
    /// MD5 of the body, in hex.
    pub body_md5: String,
    /// MD5 of the attributes, in hex, when there are any.
    pub attributes_md5: Option<String>,
    /// MD5 of the system attributes, in hex, when there are any.
    pub system_attributes_md5: Option<String>,
    /// FIFO: rises with every message of the queue.
    pub sequence_number: Option<String>,
}

/// How to receive. The default is what SQS does when nothing is said: one message, the timeout and the wait of the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReceiveOptions {
    /// The most messages, 1 to 10; 1 when `None`.
    pub max_messages: Option<u32>,
    /// Seconds the messages stay hidden.
    pub visibility_timeout_s: Option<u32>,
    /// How long to wait for a first message, at most 20 seconds.
    pub wait: Option<Duration>,
}

impl ReceiveOptions {
    pub(crate) fn check(&self) -> Result<(), SqsError> {
        let wait_s = self.wait.map(|wait| u32::try_from(wait.as_secs()).unwrap_or(u32::MAX));
        check_range("MaxNumberOfMessages", self.max_messages, 1, MAX_RECEIVED)?;
        check_range("VisibilityTimeout", self.visibility_timeout_s, 0, MAX_VISIBILITY_S)?;
        check_range("WaitTimeSeconds", wait_s, 0, MAX_WAIT_S)
    }
}

/// A message as a receiver gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedMessage {
    /// The id it was given when it was sent.
    pub message_id: String,
    /// Shown to delete the message or to change its visibility.
    pub receipt_handle: ReceiptHandle,
    /// The body.
    pub body: String,
    /// Attributes of the sender.
    pub attributes: MessageAttributes,
    /// The trace header of the sender.
    pub trace_header: Option<String>,
    /// How often it was received, this time included. Goes on counting in the dead-letter queue.
    pub receive_count: i64,
    /// When it was sent, in milliseconds since the epoch. Unchanged in the dead-letter queue.
    pub sent_ms: i64,
    /// When it was first received, in milliseconds since the epoch.
    pub first_received_ms: i64,
    /// The group, if it was sent with one.
    pub group_id: Option<String>,
    /// FIFO: the given id, or the hash of the body.
    pub deduplication_id: Option<String>,
    /// FIFO: rises with every message of the queue.
    pub sequence_number: Option<String>,
    /// In a dead-letter queue: the queue the message failed in.
    pub dead_letter_source: Option<QueueName>,
}

impl ReceivedMessage {
    /// The system attributes by their SQS names.
    pub fn system_attributes(&self) -> BTreeMap<&'static str, String> {
        let optional = [
            ("MessageGroupId", self.group_id.clone()),
            ("MessageDeduplicationId", self.deduplication_id.clone()),
            ("SequenceNumber", self.sequence_number.clone()),
            ("DeadLetterQueueSourceArn", self.dead_letter_source.as_ref().map(QueueName::arn)),
            (TRACE_HEADER, self.trace_header.clone()),
        ];
        let mut all: BTreeMap<_, _> = optional.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
        all.insert("SenderId", ACCOUNT.to_owned());
        all.insert("SentTimestamp", self.sent_ms.to_string());
        all.insert("ApproximateReceiveCount", self.receive_count.to_string());
        all.insert("ApproximateFirstReceiveTimestamp", self.first_received_ms.to_string());
        all
    }
}

/// Refuses a value outside `low..=high`.
pub(crate) fn check_range(parameter: &str, value: Option<u32>, low: u32, high: u32) -> Result<(), SqsError> {
    match value {
        Some(value) if !(low..=high).contains(&value) => Err(SqsError::out_of_range(parameter, value, low, high)),
        _ => Ok(()),
    }
}

fn check_id(parameter: &str, id: Option<&str>) -> Result<(), SqsError> {
    let Some(id) = id else { return Ok(()) };
    if id.is_empty() || id.len() > MAX_ID_LENGTH || !id.bytes().all(|b| b.is_ascii_graphic()) {
        let reason =
            format!("{parameter} can only include alphanumeric and punctuation characters. 1 to {MAX_ID_LENGTH} in length.");
        return Err(SqsError::invalid(parameter, id, &reason));
    }
    Ok(())
}

/// The characters of XML 1.0, which are those SQS takes.
fn is_allowed(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(queue: &str, message: &SendMessage) -> Result<(), SqsError> {
        message.check(&QueueName::parse(queue).unwrap(), &QueueSettings::default())
    }

    #[test]
    fn bodies_are_neither_empty_nor_too_large_nor_control_characters() {
        assert!(check("q", &SendMessage::new("x".repeat(1_048_576))).is_ok());
        assert!(matches!(check("q", &SendMessage::new("x".repeat(1_048_577))), Err(SqsError::InvalidParameterValue(_))));
        assert!(matches!(check("q", &SendMessage::new("")), Err(SqsError::MissingParameter("MessageBody"))));
        assert!(matches!(check("q", &SendMessage::new("\u{0}")), Err(SqsError::InvalidMessageContents)));
        assert!(check("q", &SendMessage::new("ünï \u{1F600}\n")).is_ok());
    }

    #[test]
    fn each_kind_of_queue_has_parameters_of_its_own() {
        let plain = SendMessage::new("x");
        let grouped = SendMessage { group_id: Some("g".to_owned()), ..plain.clone() };
        assert!(matches!(check("q.fifo", &plain), Err(SqsError::MissingParameter("MessageGroupId"))));
        assert!(check("q.fifo", &grouped).is_ok());
        assert!(check("q.fifo", &SendMessage { delay_s: Some(1), ..grouped.clone() }).is_err());
        assert!(check("q", &grouped).is_ok());
        assert!(check("q", &SendMessage { deduplication_id: Some("d".to_owned()), ..plain }).is_err());
    }

    #[test]
    fn receive_options_keep_the_limits() {
        assert!(ReceiveOptions::default().check().is_ok());
        assert!(ReceiveOptions { max_messages: Some(11), ..Default::default() }.check().is_err());
        assert!(ReceiveOptions { wait: Some(Duration::from_secs(21)), ..Default::default() }.check().is_err());
    }
}
