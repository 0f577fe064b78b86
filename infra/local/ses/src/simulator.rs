//! The mailbox simulator of SES: addresses to which a mail fails in a known way, and what SES says of it then, as
//! EventBridge passes it on.

use serde_json::{Value, json};

use crate::mailbox::Mail;

const DOMAIN: &str = "simulator.amazonses.com";

/// What SES says of a mail after it took it: nothing of most.
pub(crate) fn event(mail: &Mail) -> Option<Value> {
    let (to, name) = mail.to.iter().find_map(|to| Some((to, simulated(to)?)))?;
    let (detail_type, kind, part, said) = match name.as_str() {
        "bounce" => ("Email Bounced", "Bounce", "bounce", bounce(mail, to, "General", "smtp; 550 5.1.1 user unknown")),
        "suppressionlist" => {
            let said = "Amazon SES has suppressed sending to this address because it has a recent history of bouncing";
            ("Email Bounced", "Bounce", "bounce", bounce(mail, to, "Suppressed", said))
        }
        // SES takes an automatic answer for a bounce.
        "ooto" => ("Email Bounced", "Bounce", "bounce", answered(mail, to)),
        "complaint" => ("Email Complaint Received", "Complaint", "complaint", complaint(mail, to)),
        // `success` among them.
        _ => return None,
    };
    let mut detail = json!({ "eventType": kind, "mail": described(mail) });
    detail[part] = said;
    Some(json!({
        "version": "0",
        "id": mail.id,
        "detail-type": detail_type,
        "source": "aws.ses",
        "account": "000000000000",
        "time": mail.sent_at,
        "region": "us-east-1",
        "resources": [],
        "detail": detail,
    }))
}

/// The name of a simulated mailbox, without its label: `bounce` of `bounce+label@…`.
fn simulated(address: &str) -> Option<String> {
    let (local, domain) = address.rsplit_once('@')?;
    let name = local.split('+').next().unwrap_or(local);
    domain.eq_ignore_ascii_case(DOMAIN).then(|| name.to_ascii_lowercase())
}

fn bounce(mail: &Mail, to: &str, subtype: &str, said: &str) -> Value {
    json!({
        "bounceType": "Permanent",
        "bounceSubType": subtype,
        "bouncedRecipients": [{ "emailAddress": to, "action": "failed", "status": "5.1.1", "diagnosticCode": said }],
        "timestamp": mail.sent_at,
        "feedbackId": format!("feedback-{}", mail.id),
        "reportingMTA": "dns; localhost",
    })
}

fn answered(mail: &Mail, to: &str) -> Value {
    json!({
        "bounceType": "Transient",
        "bounceSubType": "General",
        "bouncedRecipients": [{ "emailAddress": to }],
        "timestamp": mail.sent_at,
        "feedbackId": format!("feedback-{}", mail.id),
    })
}

fn complaint(mail: &Mail, to: &str) -> Value {
    json!({
        "complainedRecipients": [{ "emailAddress": to }],
        "timestamp": mail.sent_at,
        "feedbackId": format!("feedback-{}", mail.id),
        "complaintSubType": null,
        "complaintFeedbackType": "abuse",
        "userAgent": "Amazon SES Mailbox Simulator",
        "arrivalDate": mail.sent_at,
    })
}

fn described(mail: &Mail) -> Value {
    let mut tags: serde_json::Map<String, Value> = mail.tags.iter().map(|(name, value)| (name.clone(), json!([value]))).collect();
    if let Some(set) = &mail.configuration_set {
        tags.insert("ses:configuration-set".to_owned(), json!([set]));
    }
    json!({
        "timestamp": mail.sent_at,
        "source": mail.from,
        "sendingAccountId": "000000000000",
        "messageId": mail.id,
        "destination": mail.to,
        "tags": tags,
    })
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::{Mailbox, NewMail};

    fn told(to: &str) -> Vec<Value> {
        let directory = tempfile::TempDir::new().unwrap();
        let clock = Arc::new(|| "2026-03-01T10:00:00Z".parse().unwrap());
        let mailbox = Mailbox::open(directory.path().to_owned(), None, clock).unwrap();
        let told = Arc::new(Mutex::new(Vec::new()));
        let kept = told.clone();
        mailbox.tell(Arc::new(move |event| kept.lock().unwrap().push(event)));
        let raw = b"From: help@example.com\r\nSubject: hi\r\n\r\nbody\r\n".to_vec();
        let tags = [("tenant".to_owned(), "demo".to_owned())].into();
        mailbox.store(NewMail { raw, destinations: vec![to.to_owned()], tags, ..NewMail::default() }).unwrap();
        told.lock().unwrap().clone()
    }

    #[test]
    fn mail_to_the_simulator_fails_as_its_address_says() {
        let bounced = told("bounce+one@simulator.amazonses.com");
        assert_eq!(bounced[0]["detail"]["bounce"]["bounceType"], "Permanent");
        assert_eq!(bounced[0]["detail"]["mail"]["tags"]["tenant"], json!(["demo"]));
        assert_eq!(told("Complaint@simulator.amazonses.com")[0]["detail-type"], "Email Complaint Received");
        assert_eq!(told("suppressionlist@simulator.amazonses.com")[0]["detail"]["bounce"]["bounceSubType"], "Suppressed");
        assert_eq!(told("ooto@simulator.amazonses.com")[0]["detail"]["bounce"]["bounceType"], "Transient");
        for quiet in ["success@simulator.amazonses.com", "bounce@example.org"] {
            assert!(told(quiet).is_empty(), "{quiet}");
        }
    }
}
