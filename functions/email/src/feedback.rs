//! What SES says of mails that were sent: they came back, were called spam, are late, or never left.

use jiff::SignedDuration;
use lambdesk_domain::{EmailAddress, FailureDetail, MailFailure, TenantId};
use lambdesk_function::{Endpoint, Function, JobError, Need};
use lambdesk_platform::{App, BounceEvent, EventRecipient, MailEvent, MailEventJob, QueueName, TENANT_TAG};
use lambdesk_store::StoreError;

use crate::failures::{FailedRecipient, FailureReport, Source, mail_failed};

/// Takes up what SES says of mails.
pub const FUNCTION: Function = Function::queue("email-feedback", QueueName::MailEvents)
    .summary("Take up bounces and complaints of mails that were sent")
    .needs(&[Need::Get, Need::Query, Need::Put, Need::Delete]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.on_jobs(handle)
}

/// SES may say that a mail came back before its sender has written which ticket it was about. So long the event comes again;
/// a sender that died takes the ticket with it, and the address is all that is left.
const MARKED_WITHIN: SignedDuration = SignedDuration::from_mins(15);

async fn handle(app: App, job: MailEventJob) -> Result<(), JobError> {
    let MailEventJob { id, detail_type: _, time, detail } = job;
    let recipients = recipients(&detail);
    if recipients.is_empty() {
        return Ok(());
    }
    // Others may send with the same configuration set: what bears no tenant of ours is no mail of ours.
    let Some(tenant) = detail.mail.tag(TENANT_TAG).and_then(|tenant| TenantId::parse(tenant).ok()) else {
        tracing::warn!(event = id, "an event of a mail that names no tenant");
        return Ok(());
    };
    let desk = app.desk_of(&tenant);
    let config = match desk.config().await {
        Err(StoreError::NotFound) => {
            tracing::warn!(event = id, %tenant, "an event of a mail of a tenant that is gone");
            return Ok(());
        }
        config => config?,
    };
    let message_id = app.mailer().message_id(&detail.mail.message_id);
    if app.now().duration_since(time) < MARKED_WITHIN && desk.own_mail(&message_id).await?.is_none() {
        return Err(JobError("the mail is not marked as sent yet".to_owned()));
    }
    let id = feedback_id(&detail).unwrap_or(id);
    let report = FailureReport { id, source: Source::Ses, original_message_id: Some(message_id), recipients };
    mail_failed(&app, &desk, &config, &report).await.map(drop)
}

/// SES's own name of what it says, where it gives one: EventBridge's changes where SES says it twice. A delay has none, and one
/// mail is late once, however often SES says so.
fn feedback_id(event: &MailEvent) -> Option<String> {
    if event.delivery_delay.is_some() {
        return Some(format!("delay:{}", event.mail.message_id));
    }
    let bounce = event.bounce.as_ref().and_then(|bounce| bounce.feedback_id.clone());
    bounce.or_else(|| event.complaint.as_ref()?.feedback_id.clone())
}

/// Whom the mail failed, and how; nobody, where the event tells of no failure.
fn recipients(event: &MailEvent) -> Vec<FailedRecipient> {
    let MailEvent { event_type: _, mail, bounce, complaint, delivery_delay, reject } = event;
    if let Some(bounce) = bounce {
        return bounced(bounce);
    }
    if let Some(complaint) = complaint {
        let not_spam = complaint.complaint_feedback_type.as_deref() == Some("not-spam");
        let failure = if not_spam { MailFailure::NotSpam } else { MailFailure::Complaint };
        let detail = complaint.complaint_feedback_type.as_deref().and_then(FailureDetail::cleaned);
        return complaint.complained_recipients.iter().filter_map(|to| failed(&to.email_address, failure, detail.clone())).collect();
    }
    if let Some(delay) = delivery_delay {
        return delay.delayed_recipients.iter().filter_map(|to| failed(&to.email_address, MailFailure::Delayed, said(to))).collect();
    }
    if let Some(reject) = reject {
        let detail = reject.reason.as_deref().and_then(FailureDetail::cleaned);
        return mail.destination.iter().filter_map(|to| failed(to, MailFailure::Rejected, detail.clone())).collect();
    }
    Vec::new()
}

fn bounced(bounce: &BounceEvent) -> Vec<FailedRecipient> {
    let permanent = bounce.bounce_type == "Permanent";
    let failure = if permanent { MailFailure::HardBounce } else { MailFailure::SoftBounce };
    // SES calls automatic answers, such as "out of office", transient bounces. No server refused anything then, and none is quoted.
    let is_answer = |to: &EventRecipient| !permanent && to.status.is_none() && to.diagnostic_code.is_none();
    let refused = bounce.bounced_recipients.iter().filter(|to| !is_answer(to));
    refused.filter_map(|to| failed(&to.email_address, failure, said(to))).collect()
}

/// `None` where the address is none: the desk cannot have sent to it.
fn failed(address: &str, failure: MailFailure, detail: Option<FailureDetail>) -> Option<FailedRecipient> {
    let bare = address.rsplit_once('<').map_or(address, |(_, rest)| rest.trim_end_matches('>'));
    Some(FailedRecipient { address: EmailAddress::parse(bare).ok()?, failure, detail })
}

fn said(to: &EventRecipient) -> Option<FailureDetail> {
    to.diagnostic_code.as_deref().or(to.status.as_deref()).and_then(FailureDetail::cleaned)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn heard(mut event: Value) -> Vec<(String, MailFailure, Option<String>)> {
        event["mail"] = json!({ "messageId": "0107", "destination": ["Carl <carl@example.test>"] });
        let event: MailEvent = serde_json::from_value(event).unwrap();
        let plain = |to: FailedRecipient| (to.address.as_str().to_owned(), to.failure, to.detail.map(String::from));
        recipients(&event).into_iter().map(plain).collect()
    }

    fn carl(failure: MailFailure, detail: Option<&str>) -> Vec<(String, MailFailure, Option<String>)> {
        vec![("carl@example.test".to_owned(), failure, detail.map(str::to_owned))]
    }

    fn bounce(kind: &str, recipient: Value) -> Value {
        json!({ "eventType": "Bounce", "bounce": { "bounceType": kind, "bouncedRecipients": [recipient] } })
    }

    #[test]
    fn each_kind_of_event_says_who_and_how() {
        let hard = json!({ "emailAddress": "Carl@example.test", "status": "5.1.1", "diagnosticCode": "smtp; 550\r\n unknown" });
        assert_eq!(heard(bounce("Permanent", hard)), carl(MailFailure::HardBounce, Some("smtp; 550 unknown")));
        let full = json!({ "emailAddress": "carl@example.test", "status": "4.2.2" });
        assert_eq!(heard(bounce("Transient", full)), carl(MailFailure::SoftBounce, Some("4.2.2")));
        let to = json!([{ "emailAddress": "carl@example.test" }]);
        let complaint = json!({ "eventType": "Complaint", "complaint": { "complainedRecipients": to, "complaintFeedbackType": "abuse" } });
        assert_eq!(heard(complaint), carl(MailFailure::Complaint, Some("abuse")));
        let fine = json!({ "eventType": "Complaint", "complaint": { "complainedRecipients": to, "complaintFeedbackType": "not-spam" } });
        assert_eq!(heard(fine), carl(MailFailure::NotSpam, Some("not-spam")));
        let late = json!({ "eventType": "DeliveryDelay", "deliveryDelay": { "delayedRecipients": to, "delayType": "MailboxFull" } });
        assert_eq!(heard(late), carl(MailFailure::Delayed, None));
        let rejected = json!({ "eventType": "Reject", "reject": { "reason": "Bad content" } });
        assert_eq!(heard(rejected), carl(MailFailure::Rejected, Some("Bad content")));
    }

    #[test]
    fn what_is_no_failure_is_passed_over() {
        let away = json!({ "emailAddress": "carl@example.test" });
        assert_eq!(heard(bounce("Transient", away)), [], "somebody is out of office");
        assert_eq!(heard(bounce("Permanent", json!({ "emailAddress": "not an address" }))), []);
        assert_eq!(heard(json!({ "eventType": "Delivery", "delivery": {} })), []);
    }
}
