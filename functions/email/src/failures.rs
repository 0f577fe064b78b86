//! A mail of the desk failed: its address may be sent nothing more, and its ticket's history says so.
//!
//! Whoever reports it is believed as far as they can know. SES knows. A mail that came can be forged: it counts only where it
//! names a mail that the desk sent, by a Message-ID that no other mail bears, to the very person that it calls unreachable. The
//! id that all mails of a ticket refer to is known to everybody who ever had one of them, and says nothing. What counts counts once
//! for each such mail, and only as a failure that may pass: whoever forges reports has to know five ids to silence one
//! address for a week.

use lambdesk_domain::{
    Change, EmailAddress, FailureDetail, MailFailure, Person, TenantConfig, Ticket, TicketRef,
    suppression::{FailedMail, after_failure},
    ticket::{UndeliveredMail, note_failed_mail},
};
use lambdesk_function::JobError;
use lambdesk_platform::App;
use lambdesk_store::{Desk, HeardFailure, OwnMail, Save, StoreError};

use crate::compose::root_id;

/// Tries of a change that keeps meeting others.
const TRIES: usize = 6;

/// What somebody says of a mail that the desk sent.
#[derive(Debug, Clone)]
pub struct FailureReport {
    /// Its own name, the same whenever it is brought: it counts once.
    pub id: String,
    /// Who says so.
    pub source: Source,
    /// The Message-ID of the mail, without angle brackets.
    pub original_message_id: Option<String>,
    /// Whom it did not reach.
    pub recipients: Vec<FailedRecipient>,
}

/// Who reports a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// SES, of a mail that it was given.
    Ses,
    /// A mail that came: anybody can write one.
    Mail,
}

/// One whom a mail did not reach.
#[derive(Debug, Clone)]
pub struct FailedRecipient {
    /// Their address.
    pub address: EmailAddress,
    /// How it failed.
    pub failure: MailFailure,
    /// What the server said.
    pub detail: Option<FailureDetail>,
}

/// What became of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Heard {
    /// It says nothing that could be believed.
    Ignored,
    /// It was heard before.
    Before,
    /// It counts.
    Counted,
}

/// Draws the consequences of a report, for each recipient on its own.
pub async fn mail_failed(app: &App, desk: &Desk<'_>, config: &TenantConfig, report: &FailureReport) -> Result<Heard, JobError> {
    let mail = match &report.original_message_id {
        Some(message_id) => desk.own_mail(message_id).await?,
        None => None,
    };
    let mut heard = Heard::Ignored;
    for recipient in &report.recipients {
        heard = heard.max(hear(app, desk, config, (report, mail), recipient).await?);
    }
    Ok(heard)
}

async fn hear(
    app: &App,
    desk: &Desk<'_>,
    config: &TenantConfig,
    (report, mail): (&FailureReport, Option<OwnMail>),
    recipient: &FailedRecipient,
) -> Result<Heard, JobError> {
    let person = found(desk.person_by_address(&recipient.address).await)?;
    for _ in 0..TRIES {
        let ticket = match mail {
            Some(mail) => found(desk.ticket(&TicketRef::Id(mail.ticket)).await)?,
            None => None,
        };
        let is_theirs = || was_sent_to_them_alone(config, (report, mail), ticket.as_ref(), person.as_ref());
        if report.source == Source::Mail && !is_theirs() {
            tracing::info!(tenant = %desk.tenant(), "a report of a failed mail is about none that the desk sent");
            return Ok(Heard::Ignored);
        }
        match count(app, desk, config, (report, recipient), (ticket, person.as_ref())).await {
            Ok(()) => return Ok(Heard::Counted),
            Err(StoreError::Taken("report")) => return Ok(Heard::Before),
            Err(StoreError::Stale) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(JobError("ticket or address kept changing".to_owned()))
}

/// Writes what follows, all of it or nothing, and that the report was heard.
async fn count(
    app: &App,
    desk: &Desk<'_>,
    config: &TenantConfig,
    (report, recipient): (&FailureReport, &FailedRecipient),
    (ticket, person): (Option<Ticket>, Option<&Person>),
) -> Result<(), StoreError> {
    let FailedRecipient { address, failure, detail } = recipient;
    let now = app.now();
    let before = desk.suppression(address).await?;
    let failed = FailedMail {
        address,
        failure: *failure,
        is_certain: report.source == Source::Ses,
        detail: detail.as_ref(),
        ticket: ticket.as_ref().map(|ticket| ticket.id),
    };
    let after = after_failure(before.as_ref(), failed, config, now);
    let heard = HeardFailure { report: &report.id, address, before: before.as_ref(), after: after.as_ref() };
    match noted(app, config, recipient, ticket, person) {
        Some(change) => desk.save(Save { heard: Some(heard), ..Save::of(&change, config, now) }).await,
        None => desk.hear_failure(heard, now).await,
    }
}

/// The change of the ticket, where its history is to tell of this.
fn noted(
    app: &App,
    config: &TenantConfig,
    recipient: &FailedRecipient,
    ticket: Option<Ticket>,
    person: Option<&Person>,
) -> Option<Change> {
    let FailedRecipient { address: _, failure, detail } = recipient;
    let (ticket, person) = (ticket.filter(|_| failure.is_told())?, person?);
    let mail = UndeliveredMail { recipient: person.id, failure: *failure, detail: detail.clone() };
    // A deleted ticket takes no more events.
    app.act_alone(config, |ctx| note_failed_mail(ticket, mail, ctx)).ok()
}

/// Whether the report names a mail that the desk sent to this person and to nobody else. Of its first mails it does not
/// remember to whom they went: nothing is believed of those.
fn was_sent_to_them_alone(
    config: &TenantConfig,
    (report, mail): (&FailureReport, Option<OwnMail>),
    ticket: Option<&Ticket>,
    person: Option<&Person>,
) -> bool {
    let (Some(mail), Some(ticket), Some(person)) = (mail, ticket, person) else { return false };
    let is_shared = config.brands.iter().any(|brand| Some(root_id(ticket, brand)) == report.original_message_id);
    !is_shared && mail.recipient == Some(person.id)
}

fn found<T>(found: Result<T, StoreError>) -> Result<Option<T>, StoreError> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(StoreError::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}
