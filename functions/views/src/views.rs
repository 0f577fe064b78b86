//! How views come and go over the API, and which are there for whom.

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};
use jiff::Timestamp;
use lambdesk_domain::{
    Caller, FieldError, Name, PersonId, TeamId, TenantId, ViewId,
    view::{Column, Scope, Test, View, ViewOrder, ViewSort, default_columns},
};
use lambdesk_function::{ApiError, Fields, FromFields, Reply};
use lambdesk_platform::{App, ViewsJob};
use lambdesk_store::{Desk, StoreError};
use serde_json::Value;
use utoipa::ToSchema;

/// Tries of a change that keeps meeting others.
pub(crate) const TRIES: usize = 6;

/// A view: which tickets, in which order, with which columns.
#[derive(Debug, Clone, ToSchema)]
pub(crate) struct Input {
    /// How it is called.
    name: Name,
    /// Whose it is; `personal` by default. It cannot be changed later.
    pub(crate) scope: Option<Scope>,
    /// What must hold of a ticket, all of it. Nothing holds for every ticket.
    #[schema(max_items = 20, required = false)]
    filter: Vec<Test>,
    /// What is shown of each ticket.
    #[schema(max_items = 30)]
    columns: Option<Vec<Column>>,
    /// What it is ordered by; `updated_at` by default.
    sort: Option<ViewSort>,
    /// Which end comes first; `desc` by default.
    order: Option<ViewOrder>,
    /// Its place among the views, lowest first; 0 by default.
    position: Option<u32>,
}

impl FromFields for Input {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let (name, scope, filter) = (fields.take("name"), fields.take("scope"), take_tests(fields));
        let (columns, sort) = (fields.take("columns"), fields.take("sort"));
        let (order, position) = (fields.take("order"), fields.take("position"));
        Some(Self {
            name: name?,
            scope: scope?,
            filter: filter?,
            columns: columns?,
            sort: sort?,
            order: order?,
            position: position?,
        })
    }
}

/// Reads the tests one by one, so that all that is wrong with them is named.
fn take_tests(fields: &mut Fields) -> Option<Vec<Test>> {
    let values: Vec<Value> = fields.take::<Option<Vec<Value>>>("filter")?.unwrap_or_default();
    let (mut tests, mut wrong) = (Vec::new(), Vec::<FieldError>::new());
    for (i, value) in values.iter().enumerate() {
        match Test::read(value, &format!("filter[{i}]")) {
            Ok(test) => tests.push(test),
            Err(errors) => wrong.extend(errors),
        }
    }
    if wrong.is_empty() {
        return Some(tests);
    }
    fields.refuse(wrong);
    None
}

impl Input {
    /// A new view, the first to ask so.
    pub(crate) fn view(self, id: ViewId, owner: PersonId, (filter_version, now): (u64, Timestamp)) -> View {
        let Self { name, scope, filter, columns, sort, order, position } = self;
        View {
            id,
            name,
            scope: scope.unwrap_or_default(),
            owner,
            filter,
            columns: columns.unwrap_or_else(default_columns),
            sort: sort.unwrap_or(ViewSort::UpdatedAt),
            order: order.unwrap_or(ViewOrder::Descending),
            position: position.unwrap_or_default(),
            filter_version,
            filter_since: now,
            version: 1,
        }
    }

    /// The view with this in the place of what it was.
    pub(crate) fn instead_of(self, before: &View) -> View {
        let kept = (before.filter_version, before.filter_since);
        let after = Self { scope: Some(before.scope.clone()), ..self }.view(before.id, before.owner, kept);
        View { version: before.version, ..after }
    }
}

/// A `{view}` in a path. What is no id names nothing.
pub(crate) struct ViewPath(pub(crate) ViewId);

impl<S: Send + Sync> FromRequestParts<S> for ViewPath {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Path(text) = Path::<String>::from_request_parts(parts, state).await.map_err(|_| ApiError::not_found())?;
        text.parse().map(Self).map_err(|_| ApiError::not_found())
    }
}

/// The caller's teams.
pub(crate) async fn teams_of(desk: &Desk<'_>, caller: &Caller) -> Result<Vec<TeamId>, StoreError> {
    match desk.person(caller.person).await {
        Ok(person) => Ok(person.teams),
        // Somebody with a token whom the desk does not know yet is in none.
        Err(StoreError::NotFound) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// The view, if it is there for the caller, and the caller's teams.
pub(crate) async fn find(desk: &Desk<'_>, id: ViewId, caller: &Caller) -> Result<(View, Vec<TeamId>), ApiError> {
    let view = desk.view(id, caller.person).await?;
    let teams = teams_of(desk, caller).await?;
    if view.is_there(caller, &teams) { Ok((view, teams)) } else { Err(ApiError::not_found()) }
}

/// The answer to whoever changed it.
pub(crate) fn reply(view: &View) -> Result<Reply, ApiError> {
    Ok(Reply::ok(view)?.etag(view.version.into()))
}

/// Has all tickets held against the views. Should the job be lost, whoever asks for the figures has it begun again.
pub(crate) async fn begin_walk(app: &App, tenant: &TenantId, stamp: u64, asked_at: Timestamp) {
    let walk = ViewsJob::Walk { tenant: tenant.clone(), stamp, asked_at, again: false, done: 0, cursor: None };
    if !app.queues().send(&[walk]).await.is_empty() {
        tracing::warn!(%tenant, stamp, "a view is not counted yet: its job was not taken");
    }
}
