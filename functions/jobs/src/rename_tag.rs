//! A manager renames a tag; where the new name is another tag already, the two become one.

use axum::extract::{Path, State};
use lambdesk_domain::{FieldError, JobKind, Permission, Tag};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Idempotent, Json, Need, Reply, SignedIn, input};
use lambdesk_platform::{App, QueueName};

use crate::{ask::ask, job::JobView};

/// Renames a tag.
pub const FUNCTION: Function =
    Function::http("jobs-rename-tag", "POST", "/v1/tags/{tag}/rename", Access::Permission(Permission::TicketsBulk))
        .summary("Rename a tag on all tickets, or merge it into another, in the background")
        .needs(&[Need::Get, Need::Query, Need::Put, Need::Send(QueueName::Jobs)]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).body::<Input>().answers::<JobView>(202)
}

input! {
    /// The new name.
    pub(crate) struct Input {
        /// What the tag is to be called; another tag's name merges the two.
        to: Tag,
    }
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Path(from): Path<String>,
    key: Idempotent,
    Json(Input { to }): Json<Input>,
) -> Result<Reply, ApiError> {
    let from = Tag::parse(&from).map_err(|_| ApiError::not_found())?;
    if from == to {
        return Err(ApiError::invalid(vec![FieldError::new("to", "invalid", "must be another name")]));
    }
    ask(&app, &caller, (JobKind::Retag { from, to }, None), &key).await
}
