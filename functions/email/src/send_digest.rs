//! What nobody has, told to those who can give it to somebody: one mail a brand and manager.

use jiff::Timestamp;
use lambdesk_domain::{Brand, Link, LinkToken, Notice, Permission, Person, Status, TenantId, Ticket};
use lambdesk_function::JobError;
use lambdesk_platform::{App, Metric, count};
use lambdesk_store::{AssigneeFilter, Order, PageRequest, Settings, Sort, TicketQuery};
use minijinja::{HtmlEscape, Value, context};

use crate::{
    compose::{Letter, Thread, compose},
    send::link_to,
    template::{Frame, Words, render},
};

/// Tickets that are counted; beyond them the mail says "100+".
const MOST: i32 = 100;
/// Tickets that are listed.
const LISTED: usize = 20;

/// Sends the digest of this hour, once. What fails is not tried again: the next one comes soon, and who got this one
/// would get it twice.
pub(crate) async fn send(app: &App, tenant: &TenantId, hour: Timestamp) -> Result<(), JobError> {
    let desk = app.desk_of(tenant);
    let settings = desk.settings().await?;
    if !desk.claim_digest(hour).await? {
        return Ok(());
    }
    let staff = desk.staff().await?;
    for brand in &settings.config.brands {
        let tickets = unassigned(app, tenant, &settings, brand).await?;
        if tickets.is_empty() {
            continue;
        }
        for person in staff.iter().filter(|person| wants(person, brand)) {
            if desk.suppression(&person.email).await?.is_some_and(|known| known.is_active(app.now())) {
                continue;
            }
            let bytes = write(app, tenant, &settings, (brand, person), &tickets, hour)?;
            match app.mailer().send(tenant, &brand.from, &person.email, bytes).await {
                Ok(_) => count(Metric::MailsSent),
                Err(error) => tracing::error!(%tenant, brand = %brand.id, %error, "a digest was not sent"),
            }
        }
    }
    Ok(())
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
    hour: Timestamp,
) -> Result<Vec<u8>, JobError> {
    let language = person.language.unwrap_or(brand.language);
    let words = Words::choose(&settings.mail_templates, Notice::UnassignedDigest, &brand.id, language);
    let link = Link::Mute(Notice::UnassignedDigest);
    let unsubscribe = link_to(app, "unsubscribe", &LinkToken { tenant: tenant.clone(), person: person.id, link });
    let frame = Frame { language, brand, ticket: None, signature: None, left_out: &[], unsubscribe: unsubscribe.as_deref() };
    let rendered = render(&words, &values(brand, person, tickets), &frame).map_err(JobError)?;
    let message_id = format!("digest.{}.{}.{}@{}", hour.as_second(), brand.id, person.id, brand.from.domain());
    let letter = Letter {
        brand,
        person,
        rendered: &rendered,
        message_id: &message_id,
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
