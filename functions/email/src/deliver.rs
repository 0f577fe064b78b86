//! Claims, caps, sends, marks.

use std::time::Duration;

use jiff::SignedDuration;
use lambdesk_domain::{Brand, EmailAddress, Notice, Person};
use lambdesk_function::{JobError, has_time_for};
use lambdesk_platform::{App, MailerError, Metric, count};
use lambdesk_store::{Desk, MailClaim, SentMail};

use crate::allowed::may_send;

/// What a mail takes at most, from its claim (5 s) by SES (8 s) to its mark (5 s). Cut between the last two it would be sent
/// twice.
const MAIL_TIME: Duration = Duration::from_secs(18);

/// What is left of it after the claim.
const SENDING_TIME: Duration = Duration::from_secs(13);

/// How many mails one address may get that its own mails bring about, an hour and a day: whoever writes in somebody
/// else's name must not fill their mailbox.
const CAPS: &[(SignedDuration, u64)] = &[(SignedDuration::from_hours(1), 5), (SignedDuration::from_hours(24), 20)];

/// Writes and sends the mail, unless it was sent, or is one too many. A crash after sending and before marking sends again,
/// under the same Message-ID.
pub(crate) async fn deliver(
    app: &App,
    desk: &Desk<'_>,
    (sent, notice): (&SentMail, Notice),
    (brand, person): (&Brand, &Person),
    write: impl FnOnce() -> Result<Vec<u8>, JobError> + Send,
) -> Result<(), JobError> {
    let ticket = sent.ticket.map(|ticket| ticket.to_string());
    if !may_send(app, desk, sent, &person.email).await? {
        return Ok(());
    }
    if !has_time_for(MAIL_TIME) {
        return Err(JobError("no time is left for a mail".to_owned()));
    }
    let again = match desk.claim_mail(sent, app.now()).await? {
        MailClaim::Settled => return Ok(()),
        MailClaim::Busy => return Err(JobError("another sender has this mail".to_owned())),
        MailClaim::Granted { again } => again,
    };
    // Counted by the first who has it: while SES takes nothing, a mail that comes again and again is still one.
    let is_counted = notice == Notice::Acknowledgement && !again;
    if is_counted && is_one_too_many(app, desk, &person.email).await? {
        count(Metric::MailsCapped);
        tracing::warn!(tenant = %desk.tenant(), ticket, event = %sent.event, "a mail was one too many for its recipient");
        return Ok(desk.mark_mail_capped(sent, app.now()).await?);
    }
    // Only now: one that is settled need not be written again.
    let bytes = write()?;
    // Counting took time too. The claim runs out by itself, and the mail comes again.
    if !has_time_for(SENDING_TIME) {
        return Err(JobError("no time is left for a mail".to_owned()));
    }
    match app.mailer().send(desk.tenant(), &brand.from, &person.email, bytes).await {
        Ok(ses_message_id) => {
            count(Metric::MailsSent);
            desk.mark_mail_sent(sent, &ses_message_id, app.now()).await?;
        }
        // No try would be taken: said once, loudly, and not five times and again from the dead letters.
        Err(MailerError::Refused(why)) => {
            count(Metric::MailsRefused);
            tracing::error!(tenant = %desk.tenant(), ticket, event = %sent.event, why, "a mail was refused");
            desk.mark_mail_refused(sent, app.now()).await?;
        }
        Err(error @ MailerError::Unavailable(_)) => return Err(JobError(error.to_string())),
    }
    Ok(())
}

async fn is_one_too_many(app: &App, desk: &Desk<'_>, address: &EmailAddress) -> Result<bool, JobError> {
    for (window, most) in CAPS {
        if desk.count_towards("acknowledgement", address.as_str(), *window, app.now()).await? > *most {
            return Ok(true);
        }
    }
    Ok(false)
}
