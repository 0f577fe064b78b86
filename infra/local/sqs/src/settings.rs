//! What can be set on a queue, with the defaults and limits of SQS.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::SqsError;
use crate::name::QueueName;

/// The largest message and the largest batch, in bytes, attributes included.
pub(crate) const MAX_MESSAGE_BYTES: u32 = 1_048_576;

/// The longest visibility timeout: 12 hours.
pub(crate) const MAX_VISIBILITY_S: u32 = 43_200;

/// The longest delay of a message or queue: 15 minutes.
pub(crate) const MAX_DELAY_S: u32 = 900;

/// The longest wait of a receive.
pub(crate) const MAX_WAIT_S: u32 = 20;

/// The settings of a queue. Stored as JSON; a field that is new in a later version must have a default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct QueueSettings {
    /// Seconds a received message stays hidden.
    pub visibility_timeout_s: u32,
    /// Seconds before a sent message can be received.
    pub delay_s: u32,
    /// Seconds a message is kept.
    pub retention_s: u32,
    /// The largest message, in bytes.
    pub maximum_message_bytes: u32,
    /// Seconds a receive waits that does not say itself.
    pub receive_wait_s: u32,
    /// FIFO: the hash of the body is the deduplication id of a message without one.
    pub content_based_deduplication: bool,
    /// FIFO: deduplication ids count within a message group, not within the queue.
    pub deduplicate_per_group: bool,
    /// Where messages go that were received too often.
    pub redrive_policy: Option<RedrivePolicy>,
    /// Attributes that are kept and given back and mean nothing locally, by their SQS names.
    pub inert: BTreeMap<String, String>,
}

impl Default for QueueSettings {
    fn default() -> Self {
        Self {
            visibility_timeout_s: 30,
            delay_s: 0,
            retention_s: 4 * 24 * 60 * 60,
            maximum_message_bytes: MAX_MESSAGE_BYTES,
            receive_wait_s: 0,
            content_based_deduplication: false,
            deduplicate_per_group: false,
            redrive_policy: None,
            inert: BTreeMap::new(),
        }
    }
}

/// The settings to make or change; what is `None` stays as it is. Fields as in [`QueueSettings`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QueueChanges {
    /// Whether the queue is FIFO: must be `Some(true)` to create one, and cannot change.
    pub fifo: Option<bool>,
    /// Seconds, at most 12 hours.
    pub visibility_timeout_s: Option<u32>,
    /// Seconds, at most 15 minutes.
    pub delay_s: Option<u32>,
    /// Seconds, one minute to 14 days.
    pub retention_s: Option<u32>,
    /// Bytes, 1 KiB to 1 MiB.
    pub maximum_message_bytes: Option<u32>,
    /// Seconds, at most 20.
    pub receive_wait_s: Option<u32>,
    /// Of FIFO queues alone.
    pub content_based_deduplication: Option<bool>,
    /// Of FIFO queues alone.
    pub deduplicate_per_group: Option<bool>,
    /// `Some(None)` takes the policy away.
    pub redrive_policy: Option<Option<RedrivePolicy>>,
    /// An empty text takes the attribute away.
    pub inert: BTreeMap<String, String>,
}

impl QueueChanges {
    /// The settings of a FIFO queue, otherwise with defaults.
    pub fn fifo() -> Self {
        Self { fifo: Some(true), ..Self::default() }
    }

    /// Refuses values out of range, and FIFO settings on a standard queue.
    pub(crate) fn check(&self, queue: &QueueName) -> Result<(), SqsError> {
        let ranges = [
            ("VisibilityTimeout", self.visibility_timeout_s, 0..=MAX_VISIBILITY_S),
            ("DelaySeconds", self.delay_s, 0..=MAX_DELAY_S),
            ("MessageRetentionPeriod", self.retention_s, 60..=1_209_600),
            ("MaximumMessageSize", self.maximum_message_bytes, 1024..=MAX_MESSAGE_BYTES),
            ("ReceiveMessageWaitTimeSeconds", self.receive_wait_s, 0..=MAX_WAIT_S),
        ];
        for (name, value, range) in ranges {
            if value.is_some_and(|v| !range.contains(&v)) {
                return Err(SqsError::InvalidAttributeValue(name.to_owned()));
            }
        }
        if self.fifo.is_some_and(|fifo| fifo != queue.is_fifo()) {
            return Err(SqsError::InvalidAttributeValue("FifoQueue".to_owned()));
        }
        let has_fifo_settings = self.content_based_deduplication.is_some() || self.deduplicate_per_group.is_some();
        if has_fifo_settings && !queue.is_fifo() {
            return Err(SqsError::InvalidAttributeName("ContentBasedDeduplication or DeduplicationScope".to_owned()));
        }
        Ok(())
    }
}

impl QueueSettings {
    /// These settings with the changes made. The changes have been checked.
    pub(crate) fn with(&self, changes: &QueueChanges) -> Self {
        // Naming every field makes a new one fail to compile here.
        let QueueChanges {
            fifo: _,
            visibility_timeout_s,
            delay_s,
            retention_s,
            maximum_message_bytes,
            receive_wait_s,
            content_based_deduplication,
            deduplicate_per_group,
            redrive_policy,
            inert,
        } = changes;
        let mut all_inert = self.inert.clone();
        all_inert.extend(inert.clone());
        all_inert.retain(|_, value| !value.is_empty());
        Self {
            visibility_timeout_s: visibility_timeout_s.unwrap_or(self.visibility_timeout_s),
            delay_s: delay_s.unwrap_or(self.delay_s),
            retention_s: retention_s.unwrap_or(self.retention_s),
            maximum_message_bytes: maximum_message_bytes.unwrap_or(self.maximum_message_bytes),
            receive_wait_s: receive_wait_s.unwrap_or(self.receive_wait_s),
            content_based_deduplication: content_based_deduplication.unwrap_or(self.content_based_deduplication),
            deduplicate_per_group: deduplicate_per_group.unwrap_or(self.deduplicate_per_group),
            redrive_policy: redrive_policy.clone().unwrap_or_else(|| self.redrive_policy.clone()),
            inert: all_inert,
        }
    }
}

/// When a message is given up, and where it goes then. Serialised as the JSON of the SQS attribute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "WireRedrivePolicy", into = "WireRedrivePolicy")]
pub struct RedrivePolicy {
    /// The queue that gets the messages; FIFO if and only if the source is.
    pub dead_letter_queue: QueueName,
    /// Receives a message is allowed, 1 to 1,000.
    pub max_receive_count: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireRedrivePolicy {
    dead_letter_target_arn: String,
    max_receive_count: NumberOrText,
}

/// AWS takes the count as a number and as a text.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum NumberOrText {
    Number(u32),
    Text(String),
}

impl TryFrom<WireRedrivePolicy> for RedrivePolicy {
    type Error = String;

    fn try_from(wire: WireRedrivePolicy) -> Result<Self, String> {
        let max_receive_count = match wire.max_receive_count {
            NumberOrText::Number(count) => count,
            NumberOrText::Text(text) => text.parse().map_err(|_| "maxReceiveCount is not a number".to_owned())?,
        };
        if !(1..=1000).contains(&max_receive_count) {
            return Err("maxReceiveCount must be between 1 and 1000".to_owned());
        }
        let dead_letter_queue = QueueName::from_arn(&wire.dead_letter_target_arn).map_err(|e| e.to_string())?;
        Ok(Self { dead_letter_queue, max_receive_count })
    }
}

impl From<RedrivePolicy> for WireRedrivePolicy {
    fn from(policy: RedrivePolicy) -> Self {
        Self {
            dead_letter_target_arn: policy.dead_letter_queue.arn(),
            max_receive_count: NumberOrText::Number(policy.max_receive_count),
        }
    }
}
