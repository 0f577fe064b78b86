//! Tickets as lines of a file.

use std::collections::BTreeSet;

use lambdesk_domain::{
    Tag,
    job::{Column, ExportFormat, ExportWhat},
    ticket::TicketView,
};
use lambdesk_transfer::csv_out::{Cell, Writer};

/// The type of a file.
pub(crate) const fn content_type(format: ExportFormat) -> &'static str {
    match format {
        ExportFormat::Csv => "text/csv; charset=utf-8",
        ExportFormat::Jsonl => "application/x-ndjson",
    }
}

/// What stands before the first ticket: of CSV the names of the columns.
pub(crate) fn head(what: &ExportWhat) -> Vec<u8> {
    match what.format {
        ExportFormat::Csv => {
            let mut writer = Writer::with_mark();
            writer.header(&columns(&what.columns).iter().map(|column| column.as_str()).collect::<Vec<_>>());
            writer.take()
        }
        ExportFormat::Jsonl => Vec::new(),
    }
}

/// A ticket as a row of CSV. No cell of it is a formula.
pub(crate) fn row(ticket: &TicketView, wanted: &[Column]) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.row(&columns(wanted).iter().map(|column| cell(ticket, *column)).collect::<Vec<_>>());
    writer.take()
}

fn columns(wanted: &[Column]) -> &[Column] {
    if wanted.is_empty() { Column::ALL } else { wanted }
}

fn cell(ticket: &TicketView, column: Column) -> Cell<'_> {
    let staff = ticket.staff.as_ref();
    match column {
        Column::Id => ticket.id.to_string().into(),
        Column::Number => ticket.number.to_string().into(),
        Column::Brand => ticket.brand.as_str().into(),
        Column::Subject => ticket.subject.as_str().into(),
        Column::Status => ticket.status.as_str().into(),
        Column::Priority => ticket.priority.as_str().into(),
        Column::Category => ticket.category.as_ref().map(|category| category.as_str()).into(),
        Column::Channel => ticket.channel.as_str().into(),
        Column::Requester => ticket.requester.to_string().into(),
        Column::Organization => ticket.organization.as_ref().map(|organization| organization.as_str()).into(),
        Column::Assignee => ticket.assignee.map(|person| person.to_string()).into(),
        Column::Team => staff.and_then(|staff| staff.team.as_ref()).map(|team| team.as_str()).into(),
        Column::Tags => {
            let joined = |tags: &BTreeSet<Tag>| tags.iter().map(Tag::as_str).collect::<Vec<_>>().join(",");
            staff.map(|staff| joined(&staff.tags)).into()
        }
        Column::Fields if ticket.fields.is_empty() => Cell::Empty,
        Column::Fields => serde_json::to_string(&ticket.fields).ok().into(),
        Column::CreatedAt => ticket.created_at.into(),
        Column::UpdatedAt => ticket.updated_at.into(),
        Column::FirstResponseAt => ticket.first_response_at.into(),
        Column::ResolvedAt => ticket.resolved_at.into(),
        Column::ClosedAt => ticket.closed_at.into(),
        Column::ResolutionNote => ticket.resolution_note.as_ref().map(|note| note.as_str()).into(),
        Column::ReopenCount => u64::from(ticket.reopen_count).into(),
        Column::Rating => ticket.rating.as_ref().map(|rating| u64::from(rating.score.get())).into(),
        Column::Version => ticket.version.into(),
    }
}
