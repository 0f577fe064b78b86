//! How routing rules come and go over the API.

use std::collections::BTreeSet;

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};
use lambdesk_domain::{
    FieldError, Name, RuleId, TenantConfig,
    routing::{Condition, Known, Rule, Then},
};
use lambdesk_function::{ApiError, Fields, FromFields, Reply};
use lambdesk_store::{Desk, StoreError};
use serde_json::Value;
use utoipa::ToSchema;

/// Tries of a change that keeps meeting others, where the caller did not say which version they know.
pub(crate) const TRIES: usize = 6;

/// A rule that says where tickets go.
#[derive(Debug, Clone, ToSchema)]
pub(crate) struct Input {
    /// How it is called.
    name: Name,
    /// Its place among the rules, lowest first; after all others by default.
    position: Option<u32>,
    /// Whether it is asked at all; true by default.
    active: Option<bool>,
    /// What must hold, all of it. Nothing holds for every ticket.
    #[schema(max_items = 20, required = false)]
    when: Vec<Condition>,
    /// What then happens.
    then: Then,
}

impl FromFields for Input {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let (name, position, active) = (fields.take("name"), fields.take("position"), fields.take("active"));
        let when = take_conditions(fields);
        let then = fields.take("then");
        Some(Self { name: name?, position: position?, active: active?, when: when?, then: then? })
    }
}

/// Reads the conditions one by one, so that all that is wrong with them is named.
fn take_conditions(fields: &mut Fields) -> Option<Vec<Condition>> {
    let values: Vec<Value> = fields.take::<Option<Vec<Value>>>("when")?.unwrap_or_default();
    let read = values.iter().enumerate().map(|(i, value)| Condition::read(value, &format!("when[{i}]")));
    let (mut conditions, mut wrong) = (Vec::new(), Vec::<FieldError>::new());
    for condition in read {
        match condition {
            Ok(condition) => conditions.push(condition),
            Err(errors) => wrong.extend(errors),
        }
    }
    if wrong.is_empty() {
        return Some(conditions);
    }
    fields.refuse(wrong);
    None
}

impl Input {
    /// The rule of this id and version; where no place is named it comes after all others of `rules`.
    pub(crate) fn rule(&self, id: RuleId, version: u32, rules: &[Rule]) -> Rule {
        let Self { name, position, active, when, then } = self.clone();
        let others = rules.iter().filter(|rule| rule.id != id);
        let after_all = || others.map(|rule| rule.position.saturating_add(1)).max().unwrap_or(1);
        let position = position.unwrap_or_else(after_all);
        Rule { id, name, position, active: active.unwrap_or(true), when, then, version }
    }
}

/// A `{rule}` in a path. What is no id names nothing.
pub(crate) struct RulePath(pub(crate) RuleId);

impl<S: Send + Sync> FromRequestParts<S> for RulePath {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Path(text) = Path::<String>::from_request_parts(parts, state).await.map_err(|_| ApiError::not_found())?;
        text.parse().map(Self).map_err(|_| ApiError::not_found())
    }
}

/// The rule as it is now.
pub(crate) fn find(config: &TenantConfig, id: RuleId) -> Result<&Rule, ApiError> {
    config.routing.iter().find(|rule| rule.id == id).ok_or_else(ApiError::not_found)
}

/// Names everything in it that this desk cannot have so.
pub(crate) async fn check(rule: &Rule, desk: &Desk<'_>, config: &TenantConfig) -> Result<(), ApiError> {
    let mut staff = Vec::new();
    if let Some(assignee) = rule.then.assignee {
        match desk.person(assignee).await {
            Ok(person) => staff.push(person),
            Err(StoreError::NotFound) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let calendars: BTreeSet<_> = config.current_calendars().map(|calendar| calendar.id.clone()).collect();
    Ok(rule.check(&Known { config, teams: &config.teams, staff: &staff, calendars: &calendars })?)
}

/// The answer to whoever changed it.
pub(crate) fn reply(rule: &Rule) -> Result<Reply, ApiError> {
    Ok(Reply::ok(rule)?.etag(rule.version.into()))
}
