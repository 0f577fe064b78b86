//! Several changes and a message in one step: what a macro does. All of it or nothing, with the permissions of whoever asks.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{Change, Context, NewMessage, Ticket, TicketPatch, TicketView, edit::Edit, message, update};
use crate::{error::DomainError, role::Permission, text::Tag};

/// What is to be done together.
#[derive(Debug, Clone, Default)]
pub struct Application {
    /// Fields to change.
    pub patch: TicketPatch,
    /// Tags to add to those that the ticket has.
    pub tags_add: BTreeSet<Tag>,
    /// Tags to take from it.
    pub tags_remove: BTreeSet<Tag>,
    /// What to say.
    pub message: Option<NewMessage>,
}

/// Does all of it to the ticket, or says why a part of it cannot be; each part is refused as it is where it comes alone.
pub fn apply(ticket: Ticket, application: Application, ctx: &mut Context<'_>) -> Result<Change, DomainError> {
    let Application { mut patch, tags_add, tags_remove, message } = application;
    if !(tags_add.is_empty() && tags_remove.is_empty()) {
        let mut tags = patch.tags.take().unwrap_or_else(|| ticket.tags.clone());
        tags.extend(tags_add);
        tags.retain(|tag| !tags_remove.contains(tag));
        patch.tags = Some(tags);
    }
    check_allowed(&ticket, &patch, message.as_ref(), ctx)?;
    update::check_values(&ticket, &patch, ctx)?;
    let mut edit = Edit::of(ticket, ctx)?;
    edit.patch(patch, ctx)?;
    if let Some(message) = message {
        edit.say(message, ctx)?;
    }
    Ok(edit.finish(ctx))
}

/// Names everything that is not the caller's to do.
fn check_allowed(
    ticket: &Ticket,
    patch: &TicketPatch,
    message: Option<&NewMessage>,
    ctx: &Context<'_>,
) -> Result<(), DomainError> {
    let mut forbidden = Vec::new();
    let checks = [update::check_allowed(ticket, patch, ctx), message.map_or(Ok(()), |new| message::check_allowed(new, ctx))];
    for check in checks {
        match check {
            Ok(()) => {}
            Err(DomainError::Forbidden(fields)) => forbidden.extend(fields),
            Err(error) => return Err(error),
        }
    }
    if forbidden.is_empty() && !ctx.may(Permission::TicketsUpdate) {
        return Err(DomainError::forbidden("macro", "only staff may do this"));
    }
    if forbidden.is_empty() { Ok(()) } else { Err(DomainError::Forbidden(forbidden)) }
}

/// A field of a ticket before and after.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Difference {
    /// Which, such as `status` or `fields.order`.
    pub field: String,
    /// What it holds.
    #[schema(value_type = Option<Value>)]
    pub from: Value,
    /// What it would hold.
    #[schema(value_type = Option<Value>)]
    pub to: Value,
}

/// What people set of a ticket; the rest follows from it.
const SET: [&str; 8] = ["subject", "status", "priority", "category", "assignee", "team", "tags", "resolution_note"];

/// What differs between two states of a ticket as somebody sees them, in the order of a ticket's fields.
pub fn differences(before: &TicketView, after: &TicketView) -> Vec<Difference> {
    let (before, after) = (serde_json::to_value(before).unwrap_or_default(), serde_json::to_value(after).unwrap_or_default());
    let differ =
        |field: String, from: &Value, to: &Value| (from != to).then(|| Difference { field, from: from.clone(), to: to.clone() });
    let mut differences: Vec<_> =
        SET.iter().filter_map(|name| differ((*name).to_owned(), &before[*name], &after[*name])).collect();
    let empty = serde_json::Map::new();
    let own = |view: &Value| view["fields"].as_object().unwrap_or(&empty).clone();
    let (had, has) = (own(&before), own(&after));
    let names: BTreeMap<&String, ()> = had.keys().chain(has.keys()).map(|name| (name, ())).collect();
    let value = |fields: &serde_json::Map<String, Value>, name: &str| fields.get(name).cloned().unwrap_or(Value::Null);
    let fields = names.into_keys().filter_map(|name| differ(format!("fields.{name}"), &value(&had, name), &value(&has, name)));
    differences.extend(fields);
    differences
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{
        super::{
            Assignee,
            tests::{Desk, ada, body, carl, mia},
        },
        *,
    };
    use crate::{
        message::{Enclosed, MessageKind},
        words::{Channel, Priority, Status},
    };

    fn tag(text: &str) -> Tag {
        Tag::parse(text).expect("fits")
    }

    fn reply(kind: MessageKind) -> NewMessage {
        NewMessage { kind, body: body("Done"), channel: Channel::Api, status: None, enclosed: Enclosed::default() }
    }

    fn everything() -> Application {
        let patch = TicketPatch {
            status: Some(Status::Resolved),
            priority: Some(Priority::High),
            assignee: Some(Some(Assignee::Me)),
            fields: [("order".to_owned(), json!("7"))].into(),
            ..TicketPatch::default()
        };
        let (tags_add, tags_remove) = ([tag("refund"), tag("old")].into(), [tag("old")].into());
        Application { patch, tags_add, tags_remove, message: Some(reply(MessageKind::Reply)) }
    }

    #[test]
    fn all_of_it_is_one_change() {
        let mut desk = Desk::new(Status::ALL);
        let mut ticket = desk.open(&carl());
        ticket.tags = [tag("old"), tag("kept")].into();
        let change = desk.act(&ada(), |ctx| apply(ticket.clone(), everything(), ctx)).expect("hers to do");
        assert_eq!(change.after.version, ticket.version + 1, "one step");
        assert_eq!((change.after.status, change.after.assignee), (Status::Resolved, Some(ada().person)));
        assert_eq!(change.after.tags, [tag("kept"), tag("refund")].into());
        assert_eq!(change.after.first_response_at, Some(desk.now));
        let view = |ticket: &Ticket| TicketView::of(ticket, &ada(), (&desk.config, desk.now));
        let named: Vec<_> =
            differences(&view(&ticket), &view(&change.after)).into_iter().map(|difference| difference.field).collect();
        assert_eq!(named, ["status", "priority", "assignee", "tags", "fields.order"]);
    }

    #[test]
    fn what_is_refused_alone_is_refused_together_and_nothing_is_done() {
        let mut desk = Desk::new(Status::ALL);
        let ticket = desk.open(&carl());
        let Err(DomainError::Forbidden(fields)) = desk.act(&carl(), |ctx| apply(ticket.clone(), everything(), ctx)) else {
            panic!("customers do not")
        };
        let paths: Vec<_> = fields.into_iter().map(|field| field.path).collect();
        assert_eq!(paths, ["priority", "assignee", "tags", "fields", "status"]);
        let bare = Application { message: Some(reply(MessageKind::Reply)), ..Application::default() };
        assert!(desk.act(&carl(), |ctx| apply(ticket.clone(), bare, ctx)).is_err(), "macros are the staff's");
        let taken = desk.act(&mia(), |ctx| super::super::assign(ticket, &Assignee::Me, ctx)).expect("hers").after;
        let back = Application { patch: TicketPatch { assignee: Some(None), ..everything().patch }, ..everything() };
        assert!(matches!(desk.act(&ada(), |ctx| apply(taken.clone(), back, ctx)), Err(DomainError::Forbidden(_))));
        let new = TicketPatch { status: Some(Status::New), ..everything().patch };
        let contradiction = Application { patch: new, ..everything() };
        assert!(matches!(desk.act(&mia(), |ctx| apply(taken.clone(), contradiction, ctx)), Err(DomainError::Rule { .. })));
        let closed = desk.status(&mia(), &taken, Status::Closed).expect("may").after;
        assert!(matches!(desk.act(&mia(), |ctx| apply(closed, everything(), ctx)), Err(DomainError::Rule { .. })));
    }
}
