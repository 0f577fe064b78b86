//! A manager has tickets written into a file.

use axum::extract::State;
use lambdesk_domain::{
    FieldError, JobKind, Permission,
    job::{Column, ExportFormat, ExportWhat},
};
use lambdesk_function::{Access, ApiError, Endpoint, Fields, FromFields, Function, Idempotent, Json, Need, Reply, SignedIn};
use lambdesk_platform::{App, QueueName};
use utoipa::ToSchema;

use crate::{ask::ask, filter::JobFilterInput, job::JobView};

/// Exports tickets.
pub const FUNCTION: Function = Function::http("jobs-export", "POST", "/v1/exports", Access::Permission(Permission::TicketsBulk))
    .summary("Write tickets into a file, as CSV or JSON lines, in the background")
    .needs(&[Need::Get, Need::Query, Need::Put, Need::Send(QueueName::Jobs)]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).body::<Input>().answers::<JobView>(202)
}

/// Which tickets, and how they are written.
#[derive(Debug, ToSchema)]
pub(crate) struct Input {
    /// Which tickets; all that you see where it is not there.
    filter: Option<JobFilterInput>,
    /// In which format.
    format: ExportFormat,
    /// Columns of CSV, in this order; all where none is named.
    columns: Option<Vec<Column>>,
    /// With JSON lines: whether each ticket holds its messages, as you see them.
    messages: Option<bool>,
}

impl FromFields for Input {
    fn from_fields(fields: &mut Fields) -> Option<Self> {
        let filter = fields.take_object("filter");
        let format = fields.take("format");
        let columns = fields.take::<Option<Vec<Column>>>("columns");
        let messages = fields.take::<Option<bool>>("messages");
        let mut wrong = Vec::new();
        if format == Some(ExportFormat::Jsonl) && matches!(&columns, Some(Some(_))) {
            wrong.push(FieldError::new("columns", "not_allowed", "JSON lines have no columns"));
        }
        if let Some(Some(columns)) = &columns
            && columns.len() > Column::ALL.len()
        {
            wrong.push(FieldError::new("columns", "too_many", format!("must be at most {}", Column::ALL.len())));
        }
        if format == Some(ExportFormat::Csv) && messages == Some(Some(true)) {
            wrong.push(FieldError::new("messages", "not_allowed", "CSV holds no messages"));
        }
        fields.refuse(wrong);
        Some(Self { filter: filter?, format: format?, columns: columns?, messages: messages? })
    }
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    key: Idempotent,
    Json(Input { filter, format, columns, messages }): Json<Input>,
) -> Result<Reply, ApiError> {
    let filter = filter.map(|filter| filter.filter(&caller)).unwrap_or_default();
    let what = ExportWhat { format, columns: columns.unwrap_or_default(), messages: messages.unwrap_or(false) };
    ask(&app, &caller, (JobKind::Export { filter, what }, None), &key).await
}
