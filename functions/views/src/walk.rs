//! Through all tickets of a desk, page by page, each job a stretch of the way. Every ticket is counted as if it had changed, so
//! that it does not matter what changes meanwhile, or where somebody stops.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use lambdesk_domain::{BrandId, PersonId, Status, TenantConfig, TenantId};
use lambdesk_function::{JobError, has_time_for};
use lambdesk_platform::{App, ViewsJob};
use lambdesk_store::{Desk, Order, Page, PageRequest, Sort, StoreError, TicketQuery};

use crate::{count::sweep, view_counts::PATIENCE};

/// What a page may take.
const PAGE_TIME: Duration = Duration::from_secs(8);
const PAGE: i32 = 100;
/// How long the indexes may not show what was written, in seconds: what changed before a view was there and was counted without
/// it is found at the second look.
const LAG: i32 = 2;
/// How far before that the second look goes back.
const BEFORE: SignedDuration = SignedDuration::from_mins(1);

/// Where somebody is on the way.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) tenant: TenantId,
    pub(crate) stamp: u64,
    pub(crate) asked_at: Timestamp,
    pub(crate) again: bool,
    pub(crate) done: usize,
    pub(crate) cursor: Option<String>,
}

impl From<Step> for ViewsJob {
    fn from(Step { tenant, stamp, asked_at, again, done, cursor }: Step) -> Self {
        Self::Walk { tenant, stamp, asked_at, again, done, cursor }
    }
}

/// Goes on as long as there is time; who comes next goes on from there. Somebody else may have come to the end already.
pub(crate) async fn go_on(app: &App, mut step: Step) -> Result<(), JobError> {
    let tenant = step.tenant.clone();
    let desk = app.desk_of(&tenant);
    if desk.walked().await?.0 >= step.stamp {
        return Ok(());
    }
    let config = match desk.config().await {
        Err(StoreError::NotFound) => return Ok(()),
        config => config?,
    };
    let places = places(&config);
    while let Some(place) = places.get(step.done) {
        if !has_time_for(PAGE_TIME) {
            return send(app, step, 0).await;
        }
        // A newer way leads past the same tickets, and counts them in more views: two at once would only be in each other's way.
        let lost = app.now().saturating_sub(PATIENCE).unwrap_or(Timestamp::UNIX_EPOCH);
        if !desk.go_on_walking(step.stamp, lost, app.now()).await? {
            return Ok(());
        }
        let page = page(&desk, place, &step).await?;
        let tickets: Vec<_> = page.items.iter().map(|ticket| ticket.id).collect();
        desk.count_tickets(&tickets, &config).await?;
        step.done += usize::from(page.next_cursor.is_none());
        step.cursor = page.next_cursor;
    }
    arrive(app, step).await
}

/// At the end of the first way the second look begins, and at the end of that all are counted.
async fn arrive(app: &App, step: Step) -> Result<(), JobError> {
    if !step.again {
        return send(app, Step { again: true, done: 0, cursor: None, ..step }, LAG).await;
    }
    app.desk_of(&step.tenant).end_walk(step.stamp, app.now()).await?;
    Ok(sweep(app, &step.tenant).await?)
}

async fn send(app: &App, step: Step, after: i32) -> Result<(), JobError> {
    match app.queues().send_after(&[ViewsJob::from(step)], after).await.len() {
        0 => Ok(()),
        _ => Err(JobError("the rest of the way was not taken".to_owned())),
    }
}

/// Every place that a ticket can stand in, deleted ones aside: they are in no view.
fn places(config: &TenantConfig) -> Vec<(BrandId, Status)> {
    let of = |brand: &BrandId| Status::ALL.iter().map(|status| (brand.clone(), *status)).collect::<Vec<_>>();
    config.brands.iter().flat_map(|brand| of(&brand.id)).collect()
}

/// A page of the place's tickets: by creation, which stands still; at the second look those that changed last.
async fn page(
    desk: &Desk<'_>,
    (brand, status): &(BrandId, Status),
    step: &Step,
) -> Result<Page<lambdesk_domain::Ticket>, StoreError> {
    let query = TicketQuery {
        brands: vec![brand.clone()],
        every_brand: false,
        statuses: vec![*status],
        every_status: false,
        priority: None,
        category: None,
        assignee: None,
        requester: None,
        updated_since: step.again.then(|| step.asked_at.saturating_sub(BEFORE)).and_then(Result::ok),
        deleted: false,
        sort: if step.again { Sort::UpdatedAt } else { Sort::CreatedAt },
        order: Order::Ascending,
    };
    let ask = |cursor| PageRequest { limit: PAGE, cursor, viewer: PersonId(Default::default()) };
    match desk.list_tickets(&query, &ask(step.cursor.clone())).await {
        // The secret that sealed it is no longer in use: this place is begun again.
        Err(StoreError::InvalidCursor) => desk.list_tickets(&query, &ask(None)).await,
        page => page,
    }
}
