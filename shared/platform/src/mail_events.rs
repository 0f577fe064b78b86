//! What SES says of mails that were sent, as EventBridge passes it on.
//!
//! Shapes: "SES events schema reference" and "Contents of event data" in the SES developer guide. Only what is acted on is read;
//! SES adds fields and kinds as it likes.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Job, QueueName};

/// An event of SES, in EventBridge's envelope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailEventJob {
    /// EventBridge's id: the same however often it brings the event.
    pub id: String,
    /// Such as `Email Bounced`.
    #[serde(rename = "detail-type")]
    pub detail_type: String,
    /// When it happened.
    pub time: Timestamp,
    /// What happened.
    pub detail: MailEvent,
}

impl Job for MailEventJob {
    const QUEUE: QueueName = QueueName::MailEvents;
}

/// What happened to a mail. Which of the parts is there follows from the kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MailEvent {
    /// `Bounce`, `Complaint`, `DeliveryDelay`, `Reject`, or another.
    #[serde(alias = "notificationType")]
    pub event_type: String,
    /// The mail.
    pub mail: EventMail,
    /// It came back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bounce: Option<BounceEvent>,
    /// It was called spam.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub complaint: Option<ComplaintEvent>,
    /// It is late.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery_delay: Option<DelayEvent>,
    /// SES did not send it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reject: Option<RejectEvent>,
}

/// The mail that the event is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EventMail {
    /// The id that SES answered when it took the mail.
    pub message_id: String,
    /// Whom it was for.
    #[serde(default)]
    pub destination: Vec<String>,
    /// What it was tagged with.
    #[serde(default)]
    pub tags: BTreeMap<String, Vec<String>>,
}

impl EventMail {
    /// The first value of a tag.
    pub fn tag(&self, name: &str) -> Option<&str> {
        self.tags.get(name)?.first().map(String::as_str)
    }
}

/// A mail that came back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BounceEvent {
    /// `Permanent`, `Transient` or `Undetermined`.
    pub bounce_type: String,
    /// Whom it did not reach.
    pub bounced_recipients: Vec<EventRecipient>,
    /// The same however often SES says it.
    pub feedback_id: Option<String>,
}

/// A mail that was called spam.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ComplaintEvent {
    /// Who may have said so.
    pub complained_recipients: Vec<EventRecipient>,
    /// Such as `abuse`; `not-spam` takes it back. Many providers do not say.
    pub complaint_feedback_type: Option<String>,
    /// The same however often SES says it.
    pub feedback_id: Option<String>,
}

/// A mail that is late.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DelayEvent {
    /// Whom it did not reach yet.
    pub delayed_recipients: Vec<EventRecipient>,
}

/// A mail that SES took and did not send: it found a virus in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RejectEvent {
    /// `Bad content`.
    pub reason: Option<String>,
}

/// One recipient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EventRecipient {
    /// Their address.
    pub email_address: String,
    /// The enhanced status code (RFC 3463), such as `5.1.1`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// What the server said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub diagnostic_code: Option<String>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_not_known_is_passed_over() {
        let event = json!({
            "version": "0", "id": "12345678-1234-1234-1234-123456789012", "detail-type": "Email Bounced", "source": "aws.ses",
            "account": "123456789012", "time": "2026-02-03T04:05:06Z", "region": "eu-central-1", "resources": [],
            "detail": {
                "eventType": "Bounce", "fresh": {},
                "mail": { "messageId": "0107", "timestamp": "2026-02-03T04:05:05.012Z", "tags": { "tenant": ["demo"] }, "headers": [] },
                "bounce": {
                    "bounceType": "Permanent", "bounceSubType": "General", "feedbackId": "f", "reportingMTA": "dns; x",
                    "bouncedRecipients": [{ "emailAddress": "x@y.test", "action": "failed", "status": "5.1.1" }],
                },
            },
        });
        let job: MailEventJob = serde_json::from_value(event).expect("an event of SES");
        let bounce = job.detail.bounce.expect("a bounce");
        assert_eq!((job.detail.mail.tag("tenant"), bounce.bounce_type.as_str()), (Some("demo"), "Permanent"));
        assert_eq!(bounce.bounced_recipients[0].status.as_deref(), Some("5.1.1"));
    }

    #[test]
    fn a_kind_that_nobody_asked_for_is_an_event_too() {
        let event = json!({ "id": "1", "detail-type": "Email Opened", "time": "2026-02-03T04:05:06Z",
            "detail": { "eventType": "Open", "mail": { "messageId": "0107" }, "open": {} } });
        assert!(serde_json::from_value::<MailEventJob>(event).is_ok());
    }
}
