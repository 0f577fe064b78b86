//! What nobody has, told to those who can give it to somebody: one mail a brand and manager.

use jiff::Timestamp;
use lambdesk_domain::{Brand, EventId, Link, LinkToken, Notice, Permission, Person, Status, TenantId, Ticket, id};
use lambdesk_function::JobError;
use lambdesk_platform::App;
use lambdesk_store::{AssigneeFilter, Order, PageRequest, SentMail, Settings, Sort, TicketQuery};
use minijinja::{HtmlEscape, Value, context};

use crate::{
    compose::{Letter, Thread, compose},
    deliver::deliver,
    send::link_to,
    template::{Frame, Words, render},
};

/// Tickets that are counted; beyond them the mail says "100+".
const MOST: i32 = 100;
/// Tickets that are listed.
const LISTED: usize = 20;

/// Sends the digest of this hour, to each once: a mail that fails comes again with the job, and those that were sent do not.
pub(crate) async fn send(app: &App, tenant: &TenantId, hour: Timestamp) -> Result<(), JobError> {
    let desk = app.desk_of(tenant);
    let settings = desk.settings().await?;
    let staff = desk.staff().await?;
    let mut failed = None;
    for brand in &settings.config.brands {
        let managers: Vec<_> = staff.iter().filter(|person| wants(person, brand)).collect();
        // One brand's trouble is not the others'.
        if let Err(error) = send_of_brand(app, tenant, &settings, (brand, &managers), hour).await {
            failed.get_or_insert(error);
        }
    }
    failed.map_or(Ok(()), Err)
}

async fn send_of_brand(
    app: &App,
    tenant: &TenantId,
    settings: &Settings,
    (brand, managers): (&Brand, &[&Person]),
    hour: Timestamp,
) -> Result<(), JobError> {
    if managers.is_empty() {
        return Ok(());
    }
    let tickets = unassigned(app, tenant, settings, brand).await?;
    if tickets.is_empty() {
        return Ok(());
    }
    let desk = app.desk_of(tenant);
    // No event asks for it: the hour does.
    let event = EventId(id::derived(&["digest", tenant.as_str(), &hour.to_string(), brand.id.as_str()]));
    let mut failed = None;
    for person in managers {
        let message_id = format!("digest.{}.{}.{}@{}", hour.as_second(), brand.id, person.id, brand.from.domain());
        let sent = SentMail { event, recipient: person.id, ticket: None, message_id };
        let write = || write(app, tenant, settings, (brand, person), &tickets, &sent.message_id);
        if let Err(error) = deliver(app, &desk, (&sent, Notice::UnassignedDigest), (brand, person), write).await {
            failed.get_or_insert(error);
        }
    }
    failed.map_or(Ok(()), Err)
}

fn wants(person: &Person, brand: &Brand) -> bool {
    let manages = person.role.grants(Permission::TicketsAssign) && person.brands.include(&brand.id);
    manages && !person.muted.contains(&Notice::UnassignedDigest)
}

/// The open tickets of the brand that nobody has, those that nothing happened to for longest first.
async fn unassigned(app: &App, tenant: &TenantId, settings: &Settings, brand: &Brand) -> Result<Vec<Ticket>, JobError> {
    let statuses: Vec<_> =
        Status::ALL.iter().copied().filter(|status| status.is_open() && settings.config.uses(*status)).collect();
    let query = TicketQuery {
        brands: vec![brand.id.clone()],
        every_brand: false,
        statuses,
        every_status: false,
        priority: None,
        category: None,
        assignee: Some(AssigneeFilter::None),
        requester: None,
        updated_since: None,
        deleted: false,
        sort: Sort::UpdatedAt,
        order: Order::Ascending,
    };
    let page = PageRequest { limit: MOST, cursor: None, viewer: lambdesk_domain::PersonId(uuid::Uuid::nil()) };
    Ok(app.desk_of(tenant).list_tickets(&query, &page).await?.items)
}

fn write(
    app: &App,
    tenant: &TenantId,
    settings: &Settings,
    (brand, person): (&Brand, &Person),
    tickets: &[Ticket],
    message_id: &str,
) -> Result<Vec<u8>, JobError> {
    let language = person.language.unwrap_or(brand.language);
    let words = Words::choose(&settings.mail_templates, Notice::UnassignedDigest, &brand.id, language);
    let link = Link::Mute(Notice::UnassignedDigest);
    let unsubscribe = link_to(app, "unsubscribe", &LinkToken { tenant: tenant.clone(), person: person.id, link });
    let frame = Frame { language, brand, ticket: None, signature: None, left_out: &[], unsubscribe: unsubscribe.as_deref() };
    let rendered = render(&words, &values(brand, person, tickets), &frame).map_err(JobError)?;
    let letter = Letter {
        brand,
        person,
        rendered: &rendered,
        message_id,
        thread: Thread::default(),
        reply_token: None,
        is_answer: false,
        unsubscribe: unsubscribe.as_deref(),
        files: &[],
        now: app.now(),
    };
    compose(&letter).map_err(JobError)
}

fn values(brand: &Brand, person: &Person, tickets: &[Ticket]) -> Value {
    let lines: Vec<_> = tickets.iter().take(LISTED).map(|ticket| format!("{}: {}", ticket.number, ticket.subject)).collect();
    let text: String = lines.iter().map(|line| format!("- {line}\n")).collect();
    let html: String = lines.iter().map(|line| format!("<li>{}</li>", HtmlEscape(line))).collect();
    let all = usize::try_from(MOST).is_ok_and(|most| tickets.len() >= most);
    context! {
        brand => brand.name.as_str(),
        person => person.display_name(),
        count => if all { format!("{MOST}+") } else { tickets.len().to_string() },
        tickets_text => text.trim_end(),
        tickets_html => Value::from_safe_string(format!("<ul>{html}</ul>")),
    }
}
