//! Complaints: somebody took a mail of ours for spam, and their provider says so (RFC 5965).

use crate::header::Headers;
use crate::limits::MAX_ADDRESSES;
use crate::mime::Entity;
use crate::{address, automatic, bounce};

/// A report that a mail of ours is taken for spam.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// `Feedback-Type` in lower case: `abuse`, `fraud`, `virus`, `not-spam`, `other`.
    pub feedback_type: String,
    /// Who complained, as far as the provider says.
    pub recipients: Vec<String>,
    /// `Message-ID` of the mail that is complained about.
    pub original_message_id: Option<String>,
    /// Whether the mail as a whole is a report, rather than one that holds one: a person may have passed that on.
    pub is_certain: bool,
}

/// Reads a complaint, where the mail is one.
pub(crate) fn read(entity: &Entity<'_>) -> Option<Complaint> {
    let leaves = entity.leaves();
    let report = leaves.iter().find(|leaf| leaf.content_type == "message/feedback-report")?;
    let bytes = report.bytes();
    let (fields, _) = Headers::read(bytes.trim_ascii_start(), |_| false).ok()?;
    let feedback_type = fields.get("feedback-type").unwrap_or("other").trim().to_ascii_lowercase();
    let named = fields.all("original-rcpt-to").chain(fields.all("removal-recipient"));
    let mut recipients: Vec<String> = Vec::new();
    for address in named.filter_map(|value| address::sane(value.trim_matches(['<', '>', ' ']))) {
        if !recipients.contains(&address) && recipients.len() < MAX_ADDRESSES {
            recipients.push(address);
        }
    }
    if recipients.is_empty() {
        recipients = returned_to(entity);
    }
    let is_certain = entity.content_type == "multipart/report" || automatic::has_empty_sender(&entity.headers);
    Some(Complaint { feedback_type, recipients, original_message_id: bounce::returned_message_id(entity), is_certain })
}

/// Whom the mail that came back was for.
fn returned_to(entity: &Entity<'_>) -> Vec<String> {
    let leaves = entity.leaves();
    let returned = leaves.iter().find(|leaf| matches!(leaf.content_type.as_str(), "message/rfc822" | "text/rfc822-headers"));
    let headers = returned.and_then(|part| Headers::read(part.bytes().trim_ascii_start(), |_| false).ok());
    let to = headers.as_ref().and_then(|(headers, _)| headers.get("to")).map(address::list).unwrap_or_default();
    to.into_iter().map(|mailbox| mailbox.address).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_complaint_names_who_and_what() {
        let raw = "Content-Type: multipart/report; report-type=feedback-report; boundary=b\n\n--b\n\nabuse\n--b\n\
            Content-Type: message/feedback-report\n\nFeedback-Type: Abuse\nUser-Agent: x/1\nOriginal-Rcpt-To: <a@x.test>\n\
            --b\nContent-Type: message/rfc822\n\nTo: c@x.test\nMessage-ID: <1@x.test>\n\nspam\n--b--";
        let read = |raw: &str| super::read(&Entity::read(raw.as_bytes()).expect("within limits")).expect("a complaint");
        let complaint = read(raw);
        assert_eq!((complaint.feedback_type.as_str(), complaint.recipients.as_slice()), ("abuse", &["a@x.test".to_owned()][..]));
        assert_eq!(complaint.original_message_id.as_deref(), Some("1@x.test"));
        assert_eq!(read(&raw.replace("Original-Rcpt-To", "X-None")).recipients, ["c@x.test"]);
    }
}
