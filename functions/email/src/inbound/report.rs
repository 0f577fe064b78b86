//! A mail that tells of another one: it came back, or somebody called it spam.

use lambdesk_domain::{EmailAddress, FailureDetail, MailFailure};
use lambdesk_mail::{Bounce, BouncedRecipient, Complaint, Mail};

use crate::failures::{FailedRecipient, FailureReport, Source};

/// What the mail reports. Its name is that of the mail that failed, which many reports may be of, and which counts once.
pub(super) fn of(mail: &Mail) -> Option<FailureReport> {
    let report = |original_message_id: &Option<String>, recipients: Vec<FailedRecipient>| FailureReport {
        id: format!("mail:{}", original_message_id.as_deref().unwrap_or_default()),
        source: Source::Mail,
        original_message_id: original_message_id.clone(),
        recipients,
    };
    if let Some(Bounce { recipients, original_message_id, .. }) = &mail.bounce {
        return Some(report(original_message_id, recipients.iter().filter_map(bounced).collect()));
    }
    let Complaint { recipients, original_message_id, feedback_type, is_certain: _ } = mail.complaint.as_ref()?;
    // Whoever is glad of a mail changes nothing.
    if feedback_type == "not-spam" {
        return None;
    }
    Some(report(original_message_id, recipients.iter().filter_map(|address| complained(address)).collect()))
}

fn bounced(recipient: &BouncedRecipient) -> Option<FailedRecipient> {
    let BouncedRecipient { address, permanent, status, diagnostic } = recipient;
    let said = [status.as_deref(), diagnostic.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" ");
    Some(FailedRecipient {
        address: EmailAddress::parse(address).ok()?,
        failure: if *permanent { MailFailure::HardBounce } else { MailFailure::SoftBounce },
        detail: FailureDetail::cleaned(&said),
    })
}

fn complained(address: &str) -> Option<FailedRecipient> {
    Some(FailedRecipient { address: EmailAddress::parse(address).ok()?, failure: MailFailure::Complaint, detail: None })
}
