//! Queue settings as the text attributes of the SQS API.

use std::collections::BTreeMap;
use std::str::FromStr;

use crate::SqsError;
use crate::settings::{QueueChanges, QueueSettings, RedrivePolicy};

/// Attributes that are stored and have no effect on a local queue.
const INERT: [&str; 6] = [
    "FifoThroughputLimit",
    "KmsDataKeyReusePeriodSeconds",
    "KmsMasterKeyId",
    "Policy",
    "RedriveAllowPolicy",
    "SqsManagedSseEnabled",
];

/// Attributes a queue may have or lack; the others are on every queue of their kind.
const OPTIONAL: [&str; 4] = ["RedrivePolicy", "FifoQueue", "ContentBasedDeduplication", "DeduplicationScope"];

/// Whether SQS knows the attribute, even if this queue lacks it.
pub(crate) fn is_attribute(name: &str) -> bool {
    INERT.contains(&name) || OPTIONAL.contains(&name)
}

impl QueueChanges {
    /// Reads the attributes of `CreateQueue` and `SetQueueAttributes`.
    pub fn from_attributes(attributes: &BTreeMap<String, String>) -> Result<Self, SqsError> {
        let mut changes = Self::default();
        for (name, value) in attributes {
            changes.read(name, value)?;
        }
        Ok(changes)
    }

    fn read(&mut self, name: &str, value: &str) -> Result<(), SqsError> {
        match name {
            "FifoQueue" => self.fifo = Some(parse(name, value)?),
            "VisibilityTimeout" => self.visibility_timeout_s = Some(parse(name, value)?),
            "DelaySeconds" => self.delay_s = Some(parse(name, value)?),
            "MessageRetentionPeriod" => self.retention_s = Some(parse(name, value)?),
            "MaximumMessageSize" => self.maximum_message_bytes = Some(parse(name, value)?),
            "ReceiveMessageWaitTimeSeconds" => self.receive_wait_s = Some(parse(name, value)?),
            "ContentBasedDeduplication" => self.content_based_deduplication = Some(parse(name, value)?),
            "DeduplicationScope" => self.deduplicate_per_group = Some(per_group(value)?),
            "RedrivePolicy" => self.redrive_policy = Some(redrive_policy(value)?),
            _ if INERT.contains(&name) => {
                self.inert.insert(name.to_owned(), value.to_owned());
            }
            _ => return Err(SqsError::InvalidAttributeName(name.to_owned())),
        }
        Ok(())
    }
}

impl QueueSettings {
    /// The settings by their SQS names, as `GetQueueAttributes` gives them.
    pub(crate) fn to_attributes(&self, fifo: bool) -> BTreeMap<String, String> {
        let mut attributes = self.inert.clone();
        let mut put = |name: &str, value: String| attributes.insert(name.to_owned(), value);
        put("VisibilityTimeout", self.visibility_timeout_s.to_string());
        put("DelaySeconds", self.delay_s.to_string());
        put("MessageRetentionPeriod", self.retention_s.to_string());
        put("MaximumMessageSize", self.maximum_message_bytes.to_string());
        put("ReceiveMessageWaitTimeSeconds", self.receive_wait_s.to_string());
        if let Some(policy) = &self.redrive_policy {
            put("RedrivePolicy", serde_json::to_string(policy).expect("a policy is a text and a number"));
        }
        if fifo {
            let scope = if self.deduplicate_per_group { "messageGroup" } else { "queue" };
            put("FifoQueue", "true".to_owned());
            put("ContentBasedDeduplication", self.content_based_deduplication.to_string());
            put("DeduplicationScope", scope.to_owned());
        }
        attributes
    }
}

fn parse<T: FromStr>(name: &str, value: &str) -> Result<T, SqsError> {
    value.parse().map_err(|_| SqsError::InvalidAttributeValue(name.to_owned()))
}

fn per_group(value: &str) -> Result<bool, SqsError> {
    match value {
        "messageGroup" => Ok(true),
        "queue" => Ok(false),
        _ => Err(SqsError::InvalidAttributeValue("DeduplicationScope".to_owned())),
    }
}

fn redrive_policy(value: &str) -> Result<Option<RedrivePolicy>, SqsError> {
    if value.is_empty() {
        return Ok(None);
    }
    serde_json::from_str(value).map(Some).map_err(|e| SqsError::invalid("RedrivePolicy", value, &e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::QueueName;

    fn read(pairs: &[(&str, &str)]) -> Result<QueueChanges, SqsError> {
        QueueChanges::from_attributes(&pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect())
    }

    #[test]
    fn attributes_read_and_write_back() {
        let policy = r#"{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:dead","maxReceiveCount":3}"#;
        let changes = read(&[("VisibilityTimeout", "7"), ("RedrivePolicy", policy), ("Policy", "{}")]).unwrap();
        let attributes = QueueSettings::default().with(&changes).to_attributes(false);
        assert_eq!(attributes["VisibilityTimeout"], "7");
        assert_eq!(attributes["RedrivePolicy"], policy);
        assert_eq!(attributes["Policy"], "{}");
        assert_eq!(attributes["MessageRetentionPeriod"], "345600");
        assert!(!attributes.contains_key("FifoQueue"));
    }

    #[test]
    fn the_receive_count_may_be_a_text_and_an_empty_policy_takes_it_away() {
        let text = r#"{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:dead","maxReceiveCount":"3"}"#;
        let with_policy = QueueSettings::default().with(&read(&[("RedrivePolicy", text)]).unwrap());
        assert_eq!(with_policy.redrive_policy.as_ref().unwrap().max_receive_count, 3);
        let without = with_policy.with(&read(&[("RedrivePolicy", "")]).unwrap());
        assert_eq!(without.redrive_policy, None);
    }

    #[test]
    fn unknown_names_and_bad_values_are_refused() {
        assert!(matches!(read(&[("Nope", "1")]), Err(SqsError::InvalidAttributeName(_))));
        assert!(matches!(read(&[("DelaySeconds", "x")]), Err(SqsError::InvalidAttributeValue(_))));
        let no_receives = r#"{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:dead","maxReceiveCount":0}"#;
        assert!(read(&[("RedrivePolicy", no_receives)]).is_err());
    }

    #[test]
    fn ranges_and_kinds_are_checked_against_the_queue() {
        let standard = QueueName::parse("email").unwrap();
        let fifo = QueueName::parse("search.fifo").unwrap();
        assert!(read(&[("DelaySeconds", "900")]).unwrap().check(&standard).is_ok());
        assert!(read(&[("DelaySeconds", "901")]).unwrap().check(&standard).is_err());
        assert!(read(&[("FifoQueue", "true")]).unwrap().check(&fifo).is_ok());
        assert!(read(&[("FifoQueue", "true")]).unwrap().check(&standard).is_err());
        assert!(read(&[("ContentBasedDeduplication", "true")]).unwrap().check(&standard).is_err());
    }
}
