//! How many tickets are in each of somebody's views: all at once, and read, not counted.

use std::collections::BTreeSet;

use axum::extract::State;
use futures_util::future::try_join;
use jiff::{SignedDuration, Timestamp};
use lambdesk_domain::{
    Caller, Permission, TeamId, ViewId,
    view::{Row, Slot, View, Viewer},
};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Need, Reply, SignedIn};
use lambdesk_platform::{App, QueueName};
use lambdesk_store::{Desk, StoreError, ViewCounts};
use serde::Serialize;
use utoipa::ToSchema;

use crate::views::begin_walk;

/// Reads the figures.
pub const FUNCTION: Function =
    Function::http("views-counts", "GET", "/v1/views/counts", Access::Permission(Permission::TicketsUpdate))
        .summary("Count the tickets of each of the caller's views")
        .needs(&[Need::GetMany, Need::Query, Need::Send(QueueName::Views)]);

/// After so long without a sign of whoever counts a desk's tickets for a view, its job is lost.
pub(crate) const PATIENCE: SignedDuration = SignedDuration::from_secs(90);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).answers::<Counts>(200)
}

/// The figures.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ViewCounts)]
pub(crate) struct Counts {
    /// One for each view that is there for the caller, in their order.
    items: Vec<Count>,
}

/// How many tickets are in a view.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ViewCount)]
pub(crate) struct Count {
    /// Which view.
    view: ViewId,
    /// Tickets of the caller's brands that are in it for the caller.
    count: i64,
    /// `false` while a view that is new, or asks otherwise, is counted for the first time.
    exact: bool,
}

async fn handle(State(app): State<App>, SignedIn(caller): SignedIn) -> Result<Reply, ApiError> {
    let desk = app.desk(&caller);
    let config = desk.config().await?;
    let teams: Vec<_> = config.teams.iter().map(|team| team.id.clone()).collect();
    let (mut views, found) = try_join(desk.views_for(caller.person), counts(&desk, &caller, teams)).await?;
    let mine = found.person.as_ref().map_or_else(Vec::new, |person| person.teams.clone());
    views.retain(|view| view.is_there(&caller, &mine));
    views.sort_by_key(|view| (view.position, view.id));
    if let Some(view) = forgotten(&views, &found, app.now()) {
        begin_walk(&app, &caller.tenant, view.filter_version, view.filter_since).await;
    }
    let viewer = Viewer { person: caller.person, teams: &mine, brands: &caller.brands };
    let items = views.iter().map(|view| Count {
        view: view.id,
        count: sum(&found.counts, view, viewer),
        exact: view.filter_version <= found.walked,
    });
    Reply::ok(&Counts { items: items.collect() })
}

/// The figures of the caller and of all teams, in one call; whose teams they are in is read with them. A team that is newer than
/// what is known of the desk's settings is asked for once more.
async fn counts(desk: &Desk<'_>, caller: &Caller, teams: Vec<TeamId>) -> Result<ViewCounts, StoreError> {
    let found = desk.view_counts(caller.person, &teams).await?;
    let known: BTreeSet<_> = teams.into_iter().collect();
    let mine = found.person.as_ref().map_or(&[][..], |person| &person.teams);
    if mine.iter().all(|team| known.contains(team)) {
        return Ok(found);
    }
    desk.view_counts(caller.person, mine).await
}

fn sum(counts: &[(Slot, i64)], view: &View, viewer: Viewer<'_>) -> i64 {
    let in_row = |slot: &Slot| match &slot.row {
        Row::All | Row::Person(_) => true,
        Row::Team(team) => viewer.teams.contains(team),
    };
    let theirs = counts.iter().filter(|(slot, _)| slot.is_of(view) && in_row(slot) && slot.counts_for(viewer));
    theirs.map(|(_, count)| count).sum()
}

/// The newest view that nobody is counting tickets for, though it is not counted.
fn forgotten<'a>(views: &'a [View], found: &ViewCounts, now: Timestamp) -> Option<&'a View> {
    let long_ago = |at: Timestamp| now.duration_since(at) > PATIENCE;
    if found.walked_at.is_some_and(|at| !long_ago(at)) {
        return None;
    }
    let waits = views.iter().filter(|view| view.filter_version > found.walked && long_ago(view.filter_since));
    waits.max_by_key(|view| view.filter_version)
}
