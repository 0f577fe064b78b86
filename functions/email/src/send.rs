//! One event becomes the mails it asks for: rendered, sent, and marked, so that a job delivered twice sends once.

use std::time::Duration;

use lambdesk_domain::{Event, EventKind, Message, Notice, Person, PersonId, TenantConfig, TenantId, Ticket, TicketRef};
use lambdesk_function::{Endpoint, Function, JobError, Need, has_time_for};
use lambdesk_platform::{App, EmailJob, MailerError, Metric, QueueName, count};
use lambdesk_store::{Desk, MailClaim, SentMail, StoreError};

use crate::compose::{Mail, compose, message_id};

/// Sends mail.
pub const FUNCTION: Function = Function::queue("email-send", QueueName::Email)
    .summary("Send the mails that an event asks for")
    .needs(&[Need::Get, Need::Query, Need::Put, Need::SendMail]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.on_jobs(handle)
}

async fn handle(app: App, job: EmailJob) -> Result<(), JobError> {
    let EmailJob::Notify { tenant, ticket, event } = job;
    let desk = app.desk_of(&tenant);
    let config = desk.config().await?;
    let event = desk.event(ticket, event).await?;
    let ticket = desk.ticket(&TicketRef::Id(ticket)).await?;
    for (recipient, notice) in event.notices(&ticket) {
        notify(&app, &config, &ticket, &event, (recipient, notice)).await?;
    }
    Ok(())
}

async fn notify(
    app: &App,
    config: &TenantConfig,
    ticket: &Ticket,
    event: &Event,
    (recipient, notice): (PersonId, Notice),
) -> Result<(), JobError> {
    let tenant: &TenantId = &config.id;
    let desk = app.desk_of(tenant);
    let Some(person) = find(desk.person(recipient).await)? else {
        tracing::warn!(%tenant, ticket = %ticket.id, "a person to be told is gone");
        return Ok(());
    };
    let brand = config.brand(&ticket.brand).ok_or_else(|| JobError(format!("brand {} is not configured", ticket.brand)))?;
    let message = message_of(&desk, event).await?;
    let sent = SentMail {
        event: event.id,
        recipient,
        ticket: ticket.id,
        message_id: message_id(notice, ticket, event, recipient, brand),
    };
    let mail = Mail {
        notice,
        config,
        brand,
        ticket,
        person: &person,
        message: message.as_ref(),
        message_id: &sent.message_id,
        reply_token: &app.reply_token(tenant, ticket.id, recipient),
        now: app.now(),
    };
    let bytes = compose(&mail).map_err(JobError)?;
    deliver(app, &desk, &sent, (brand, &person), bytes).await
}

/// What a mail takes at most, from its claim (5 s) by SES (8 s) to its mark (5 s). Cut between the last two it would be sent
/// twice.
const MAIL_TIME: Duration = Duration::from_secs(18);

/// Claims, sends, marks. A crash after sending and before marking sends again, under the same Message-ID.
async fn deliver(
    app: &App,
    desk: &Desk<'_>,
    sent: &SentMail,
    (brand, person): (&lambdesk_domain::Brand, &Person),
    bytes: Vec<u8>,
) -> Result<(), JobError> {
    if !has_time_for(MAIL_TIME) {
        return Err(JobError("no time is left for a mail".to_owned()));
    }
    match desk.claim_mail(sent, app.now()).await? {
        MailClaim::Settled => return Ok(()),
        MailClaim::Busy => return Err(JobError("another sender has this mail".to_owned())),
        MailClaim::Granted => {}
    }
    match app.mailer().send(&brand.from, &person.email, bytes).await {
        Ok(ses_message_id) => {
            count(Metric::MailsSent);
            desk.mark_mail_sent(sent, &ses_message_id, app.now()).await?;
        }
        // No try would be taken: said once, loudly, and not five times and again from the dead letters.
        Err(MailerError::Refused(why)) => {
            count(Metric::MailsRefused);
            tracing::error!(tenant = %desk.tenant(), ticket = %sent.ticket, event = %sent.event, why, "a mail was refused");
            desk.mark_mail_refused(sent, app.now()).await?;
        }
        Err(error @ MailerError::Unavailable(_)) => return Err(JobError(error.to_string())),
    }
    Ok(())
}

/// The message that the event is about.
async fn message_of(desk: &Desk<'_>, event: &Event) -> Result<Option<Message>, JobError> {
    match &event.kind {
        EventKind::MessageAdded { message, .. } => Ok(Some(desk.message(event.ticket, *message).await?)),
        _ => Ok(None),
    }
}

fn find<T>(found: Result<T, StoreError>) -> Result<Option<T>, JobError> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(StoreError::NotFound) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
