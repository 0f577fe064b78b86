//! Mails that say that another was not delivered: reports by the standard (RFC 3464), the field that Exim and Google
//! write, and the prose of servers that know no standard.

mod prose;
mod report;

use crate::automatic;
use crate::header::Headers;
use crate::id;
use crate::limits::MAX_ADDRESSES;
use crate::mail::Mailbox;
use crate::mime::Entity;
use crate::{address, header};

/// A mail that was not delivered, or not yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounce {
    /// Whether any recipient failed for good.
    pub permanent: bool,
    /// Whether it is only late so far, for every recipient named.
    pub delayed: bool,
    /// Those who did not get it, each once; never empty.
    pub recipients: Vec<BouncedRecipient>,
    /// `Message-ID` of the mail that was not delivered, where enough of it came back.
    pub original_message_id: Option<String>,
    /// Whether a mail server wrote it for certain: the envelope has no sender, the sender is a server by its name, or the mail as
    /// a whole is a report. Without that a person may have written it, or passed on a report that they were sent.
    pub is_certain: bool,
}

/// Somebody who did not get a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BouncedRecipient {
    /// As the report names it, with its domain in lower case.
    pub address: String,
    /// Whether the server gave up, rather than to try again.
    pub permanent: bool,
    /// The enhanced status code (RFC 3463), such as `5.1.1`.
    pub status: Option<String>,
    /// What the server said.
    pub diagnostic: Option<String>,
}

/// What is known of a mail by the time somebody asks whether it bounced.
pub(crate) struct Suspect<'m> {
    pub(crate) entity: &'m Entity<'m>,
    pub(crate) from: Option<&'m Mailbox>,
    pub(crate) subject: &'m str,
    /// What the mail says, in plain text.
    pub(crate) text: &'m str,
}

/// Reads a bounce, where the mail is one.
pub(crate) fn read(suspect: &Suspect<'_>) -> Option<Bounce> {
    let mut recipients = report::recipients(suspect.entity);
    if recipients.is_empty() && is_from_machine(suspect) {
        recipients = wrapped(suspect.entity);
        if recipients.is_empty() {
            recipients = told(suspect);
        }
    }
    let mut seen = std::collections::HashSet::new();
    recipients.retain(|recipient| seen.insert(recipient.address.to_lowercase()));
    recipients.truncate(MAX_ADDRESSES);
    if recipients.is_empty() {
        return None;
    }
    let permanent = recipients.iter().any(|recipient| recipient.permanent);
    let is_certain = is_daemon(suspect) || suspect.entity.content_type == "multipart/report";
    Some(Bounce { permanent, delayed: !permanent, original_message_id: original_message_id(suspect), recipients, is_certain })
}

/// Those of a report that another machine passed on as an attached mail.
fn wrapped(entity: &Entity<'_>) -> Vec<BouncedRecipient> {
    let leaves = entity.leaves();
    let Some(mail) = leaves.iter().find(|leaf| leaf.content_type == "message/rfc822") else { return Vec::new() };
    let bytes = mail.bytes();
    Entity::read(bytes.trim_ascii_start()).map(|nested| report::recipients(&nested)).unwrap_or_default()
}

/// Those that a field of the mail or its prose names.
fn told(suspect: &Suspect<'_>) -> Vec<BouncedRecipient> {
    let temporary = prose::is_temporary(suspect.text);
    let named = failed_recipients(&suspect.entity.headers);
    let named = if named.is_empty() { prose::recipients(suspect.text, is_daemon(suspect)) } else { named };
    let recipient = |address| BouncedRecipient { address, permanent: !temporary, status: None, diagnostic: None };
    named.into_iter().map(recipient).collect()
}

/// `X-Failed-Recipients`, of Exim and Google.
fn failed_recipients(headers: &Headers) -> Vec<String> {
    headers.all("x-failed-recipients").flat_map(|value| value.split(',')).filter_map(address::sane).collect()
}

/// Whether a mail server writes: by its own name, by no name at all, or with nobody to answer to.
fn is_daemon(suspect: &Suspect<'_>) -> bool {
    let headers = &suspect.entity.headers;
    let nobody = headers.get("from").is_none_or(|from| from.contains("<>"));
    nobody || suspect.from.is_some_and(|from| automatic::is_daemon(&from.address)) || automatic::has_empty_sender(headers)
}

/// Whether the prose of this mail may be believed to be a server's. A person who answers or forwards a bounce quotes
/// all of it.
fn is_from_machine(suspect: &Suspect<'_>) -> bool {
    let headers = &suspect.entity.headers;
    if is_daemon(suspect) || headers.get("x-failed-recipients").is_some() {
        return true;
    }
    let answers = headers.get("in-reply-to").is_some() || headers.get("references").is_some();
    let subject = suspect.subject.to_lowercase();
    let from = headers.get("from").unwrap_or_default().to_lowercase();
    let machine =
        prose::SENDERS.iter().any(|sign| from.contains(sign)) || prose::SUBJECTS.iter().any(|sign| subject.starts_with(sign));
    machine && !answers && !has_prefix(&subject)
}

/// Whether a subject, in lower case, begins as those of answers and of forwarded mails do.
fn has_prefix(subject: &str) -> bool {
    let prefix = subject.split(':').next().unwrap_or_default();
    let known = ["re", "aw", "sv", "antw", "odp", "res", "r", "fw", "fwd", "wg", "tr", "rv", "i", "enc", "doorst", "pd", "vs"];
    subject.contains(':') && known.contains(&prefix.trim())
}

/// What came back of the mail: a part of its own, or text below the report.
fn original_message_id(suspect: &Suspect<'_>) -> Option<String> {
    returned_message_id(suspect.entity).or_else(|| {
        let line =
            suspect.text.lines().find(|line| line.get(..11).is_some_and(|name| name.eq_ignore_ascii_case("message-id:")))?;
        id::one(line.get(11..)?)
    })
}

/// The `Message-ID` of the first mail, or headers of one, that is attached.
pub(crate) fn returned_message_id(entity: &Entity<'_>) -> Option<String> {
    let returned =
        |kind: &str| matches!(kind, "message/rfc822" | "message/global" | "text/rfc822-headers" | "message/rfc822-headers");
    let leaves = entity.leaves();
    let part = leaves.iter().find(|leaf| returned(&leaf.content_type))?;
    let bytes = part.bytes();
    let (headers, _) = header::Headers::read(bytes.trim_ascii_start(), |_| false).ok()?;
    headers.get("message-id").and_then(id::one)
}

#[cfg(test)]
mod tests {
    use crate::{Mail, Receiver};

    fn read(raw: &str) -> Mail {
        crate::read(raw.as_bytes(), &Receiver { authserv_id: "x.test" }).expect("a mail")
    }

    #[test]
    fn a_report_names_recipients_status_and_the_mail() {
        let mail = read(
            "From: MAILER-DAEMON@x.test\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nno\n\
             --b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x.test\n\nFinal-Recipient: rfc822; a@Y.test\n\
             Action: failed\nStatus: 5.1.1 (user)\nDiagnostic-Code: smtp; 550\n no such\n\nFinal-Recipient: RFC822;<b@y.test>\nAction: delayed\n\
             Status: 4.0.0\n\nFinal-Recipient: rfc822;c@y.test\nAction: relayed\n--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <1@x.test>\n--b--\n",
        );
        let bounce = mail.bounce.expect("one");
        assert!(bounce.permanent && !bounce.delayed);
        assert_eq!(bounce.original_message_id.as_deref(), Some("1@x.test"));
        let first = &bounce.recipients[0];
        assert_eq!(
            (first.address.as_str(), first.status.as_deref(), first.diagnostic.as_deref()),
            ("a@y.test", Some("5.1.1"), Some("550 no such"))
        );
        let named: Vec<_> = bounce.recipients.iter().map(|found| (found.address.as_str(), found.permanent)).collect();
        assert_eq!(named, [("a@y.test", true), ("b@y.test", false)]);
    }

    #[test]
    fn what_a_person_may_have_written_is_not_certain() {
        let told =
            "Your parcel was not delivered to the following address:\n\nThis is a delivery failure notification\njo@x.test\n";
        let report = "--b\n\nSee below.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x.test\n\n\
                      Final-Recipient: rfc822; a@x.test\nAction: failed\n--b--\n";
        let parts = |kind: &str| format!("Subject: Please help\nContent-Type: multipart/{kind}; boundary=b\n\n{report}");
        for (raw, is_certain) in [
            (format!("From: shop@x.test\nSubject: Undelivered parcel\n\n{told}"), false),
            (format!("From: news@mailerlite.com\nSubject: Your list\n\n{told}"), false),
            (format!("From: jo@x.test\n{}", parts("mixed")), false),
            (format!("From: jo@x.test\n{}", parts("report")), true),
            (format!("Return-Path: <>\nFrom: jo@x.test\n{}", parts("mixed")), true),
            (format!("From: MAILER-DAEMON@x.test\nSubject: Undelivered\n\n{told}"), true),
        ] {
            let mail = read(&raw);
            assert_eq!(mail.bounce.expect("reads like one").is_certain, is_certain, "{raw}");
            assert_eq!(mail.automatic.expect("not answered").is_certain(), is_certain, "{raw}");
        }
    }

    #[test]
    fn a_person_who_quotes_a_bounce_did_not_bounce() {
        let told = "This is the mail system at host x.test.\n\nI'm sorry to have to inform you that your message could not\n\
                    be delivered to one or more recipients.\n\n<a@y.test>: host said: 550 no\n";
        assert!(read(&format!("From: MAILER-DAEMON@x.test\nSubject: Undelivered Mail\n\n{told}")).bounce.is_some());
        for headers in [
            "From: jo@x.test\nSubject: What is this?",
            "From: jo@x.test\nSubject: No mail delivery since Monday",
            "From: jo@x.test\nSubject: Re: Undelivered Mail Returned to Sender",
            "From: jo@x.test\nSubject: Undelivered Mail\nIn-Reply-To: <1@x.test>",
            "From: postmaster@x.test\nSubject: Fwd: Undelivered Mail",
        ] {
            assert_eq!(read(&format!("{headers}\n\n{told}")).bounce, None, "{headers}");
        }
    }
}
