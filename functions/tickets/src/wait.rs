//! A reply that waits: until it can no longer be taken back, or until a time.

use std::time::Duration;

use lambdesk_domain::{
    TenantConfig, Ticket,
    ticket::{Delay, NewMessage, ScheduledView, schedule},
};
use lambdesk_function::{ApiError, Reply};
use lambdesk_platform::{LONGEST_WAIT, SlaJob};
use lambdesk_store::StoreError;

use crate::change::{Brings, Request};

/// Tries on a ticket that keeps changing.
const TRIES: usize = 6;

/// Lets the message wait, where it is to; `None` where it is to be sent at once.
///
/// Its row stands in what is due, so that it is sent whatever becomes of the job, which only is more punctual than a sweep every
/// minute.
pub(crate) async fn wait(
    request: &Request<'_>,
    (ticket, config): (&Ticket, &TenantConfig),
    (new, delay): (&NewMessage, Delay),
    brings: Brings<'_>,
) -> Result<Option<Reply>, ApiError> {
    let Request { app, caller, key, .. } = *request;
    let (mut ticket, brings) = (ticket.clone(), (brings.attachments, brings.draft));
    // What they have seen: what was said since is an answer, also where this was decided on again.
    let (seen, version) = (ticket.id, ticket.version);
    let mut tries = 1..=TRIES;
    let (scheduled, reply) = loop {
        let Some(mut scheduled) = app.act(caller, config, |ctx| schedule(&ticket, new, delay, ctx))? else { return Ok(None) };
        if scheduled.ticket == seen {
            scheduled.ticket_version = version;
        }
        let reply = Reply::accepted(&ScheduledView::from(&scheduled))?;
        match app.desk(caller).schedule((&scheduled, &ticket), brings, key.keep(&reply), app.now()).await {
            Ok(()) => break (scheduled, reply),
            // Decided on again: what was deleted or merged meanwhile is refused as it is to those who come later.
            Err(StoreError::Stale) if tries.next().is_some() => ticket = request.to_answer(request.load().await?).await?,
            Err(StoreError::Stale) => return Err(StoreError::Unavailable("the ticket kept changing".to_owned()).into()),
            Err(error) => return Err(error.into()),
        }
    };
    let wait = Duration::try_from(scheduled.send_at.duration_since(app.now())).unwrap_or_default();
    if wait <= LONGEST_WAIT {
        let job = SlaJob::Send { tenant: caller.tenant.clone(), ticket: scheduled.ticket, message: scheduled.id };
        app.queues().send_later(&job, wait).await;
    }
    Ok(Some(reply))
}
