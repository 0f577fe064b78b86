//! What has become due on a ticket is done by the desk itself, if that is still so: promises are told of and escalated, what
//! was put off comes back, what was resolved long ago is closed, what was deleted long ago is erased. A reply that waited is sent, and
//! an upload is erased that nobody attached.

use lambdesk_domain::{
    AttachmentId, Person, PersonId, Policy, TenantConfig, TenantId, Ticket, TicketId, TicketRef, ticket::keep_time,
};
use lambdesk_function::{Endpoint, Function, JobError, Need};
use lambdesk_platform::{App, BucketName, QueueName, SlaJob};
use lambdesk_store::{Desk, Save, StoreError, object_key, table::QUEUE};

use crate::{purge::erase_remains, send_scheduled::send};

/// Does what is due.
pub const FUNCTION: Function = Function::queue("sla-worker", QueueName::Sla)
    .summary("Do what has become due on a ticket: keep its promises, send what waited, erase what was deleted long ago")
    .needs(&[
        Need::Get,
        Need::Query,
        Need::Put,
        Need::Update,
        Need::Delete,
        Need::Index(QUEUE),
        Need::Erase(BucketName::Attachments),
        Need::Erase(BucketName::Mail),
    ]);

/// Tries on a ticket that keeps changing.
const TRIES: usize = 6;

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.on_jobs(handle)
}

async fn handle(app: App, job: SlaJob) -> Result<(), JobError> {
    let (tenant, ticket) = match job {
        SlaJob::KeepTime { tenant, ticket } => (tenant, ticket),
        SlaJob::Erase { tenant, file } => return erase(&app, &tenant, file).await,
        SlaJob::Send { tenant, ticket, message } => return send(&app, &tenant, (ticket, message)).await,
    };
    match keep(&app, &tenant, ticket).await {
        Ok(Kept::Ticket) => Ok(()),
        Ok(Kept::Nothing) => erase_remains(&app, &app.desk_of(&tenant), ticket).await,
        // Gone with its ticket or desk: there is nothing left to do, and no sweep need find it again.
        Err(StoreError::NotFound) => Ok(app.desk_of(&tenant).forget_due(ticket).await?),
        // Also a row that cannot be read: a newer version may have written it, and then it is to be done yet.
        Err(error) => Err(error.into()),
    }
}

/// The object first: its row is what it is found by again, should this fail. Nobody can attach it any more.
async fn erase(app: &App, tenant: &TenantId, id: AttachmentId) -> Result<(), JobError> {
    let desk = app.desk_of(tenant);
    let file = match desk.attachment(id).await {
        Err(StoreError::NotFound) => return Ok(()),
        file => file?,
    };
    let Some(person) = file.uploaded_by.filter(|_| file.is_forgotten(app.now())) else { return Ok(()) };
    app.objects().delete(BucketName::Attachments, &object_key(tenant, id)).await?;
    match desk.delete_loose_attachment(id, person).await {
        Ok(()) | Err(StoreError::NotFound) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// What there is after time was kept.
enum Kept {
    /// The ticket.
    Ticket,
    /// A ticket that was erased: what is left of it is to go.
    Nothing,
}

/// Decides on the ticket as it is; somebody else's change in between is decided on again. Who came second, by a job that
/// was delivered twice or by an overlapping sweep, finds it done.
async fn keep(app: &App, tenant: &TenantId, ticket: TicketId) -> Result<Kept, StoreError> {
    let desk = app.desk_of(tenant);
    for _ in 0..TRIES {
        let ticket = desk.ticket(&TicketRef::Id(ticket)).await?;
        if ticket.purged_at.is_some() {
            return Ok(Kept::Nothing);
        }
        let config = desk.config_for(&ticket).await?;
        let staff = named(&desk, &config, &ticket).await?;
        let change = app.act_alone(&config, |ctx| keep_time(ticket, &staff, ctx));
        if change.is_empty() {
            // Nothing is due by the configuration of now: without a new place every sweep would find it.
            let is_due = change.after.next_moment(&config).is_some_and(|at| at <= app.now());
            if !is_due {
                desk.place_due(&change.after, &config).await?;
            }
            return Ok(Kept::Ticket);
        }
        let save = Save::of(&change, &config, app.now());
        match desk.save(save).await {
            Err(StoreError::Stale) => {}
            Err(error) => return Err(error),
            Ok(()) if change.after.purged_at.is_some() => return Ok(Kept::Nothing),
            Ok(()) => return Ok(Kept::Ticket),
        }
    }
    Err(StoreError::Unavailable("the ticket kept changing".to_owned()))
}

/// The people whom its policy's rules give tickets to; none, most often.
async fn named(desk: &Desk<'_>, config: &TenantConfig, ticket: &Ticket) -> Result<Vec<Person>, StoreError> {
    let owed = ticket.promise.iter().flat_map(|promise| promise.owed.iter().map(|owed| (&owed.policy, owed.version)));
    let own = ticket.promise.iter().map(|promise| (&promise.policy, promise.version));
    let policies = owed.chain(own).filter_map(|(policy, version)| config.policy_version(policy, version));
    let ids: std::collections::BTreeSet<PersonId> = policies.flat_map(Policy::assignees).collect();
    let mut people = Vec::new();
    for id in ids {
        match desk.person(id).await {
            Ok(person) => people.push(person),
            Err(StoreError::NotFound) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(people)
}
