//! Replies that are not sent yet: for a moment in which their author can still take them back, or until a time.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Change, Context, NewMessage, Ticket, edit::Edit, message::add_message_as};
use crate::{
    attachment::Attachment,
    error::{DomainError, FieldError},
    event::{Actor, Event, EventKind},
    id::{MessageId, PersonId, TicketId, made_at},
    markup::{Body, BodyFormat},
    message::{Enclosed, MessageKind},
    role::Permission,
    words::{Channel, Status},
};

/// The longest time that a reply can wait.
const LONGEST: SignedDuration = SignedDuration::from_hours(366 * 24);

/// A reply that waits. The ticket knows nothing of it until it is sent: it is no answer yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scheduled {
    /// Its identifier, now and as a message. The time in it is that of sending, so that it stands in the conversation where it is
    /// sent.
    pub id: MessageId,
    /// The ticket.
    pub ticket: TicketId,
    /// Who wrote it, and in whose name it is sent.
    pub author: PersonId,
    /// The scopes of the API key that it was written with; their author's role is read anew.
    #[serde(default)]
    pub scopes: Option<BTreeSet<Permission>>,
    /// What it says.
    pub body: Body,
    /// What comes with it.
    #[serde(default)]
    pub enclosed: Enclosed,
    /// The status to move to in the same step.
    pub status: Option<Status>,
    /// When it is sent.
    pub send_at: Timestamp,
    /// When it was written.
    pub created_at: Timestamp,
    /// Whether it stays here where the customer writes before.
    #[serde(default)]
    pub unless_answered: bool,
    /// The ticket's version when it was written: what the customer wrote since stands in events of later ones.
    pub ticket_version: u64,
    /// Why it was not sent; it stays until somebody takes it back.
    #[serde(default)]
    pub failed: Option<Failed>,
    /// Grows by one with every change; the optimistic lock.
    pub version: u32,
}

/// Why a reply was not sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Failed {
    /// A stable word for programs, such as `answered`.
    pub code: String,
    /// A sentence for people.
    pub message: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

/// How long a reply is to wait. By default it does not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Delay {
    /// For the moment in which it can be taken back; the desk says how long that is.
    pub undo: bool,
    /// Until this time.
    pub send_at: Option<Timestamp>,
    /// Whether it is not sent where the customer writes before that time.
    pub unless_answered: bool,
}

impl Delay {
    /// When the message is sent; `None` at once. Names every field that is wrong.
    fn ends(self, kind: MessageKind, ctx: &Context<'_>) -> Result<Option<Timestamp>, DomainError> {
        let Self { undo, send_at, unless_answered } = self;
        let named = [("undo", undo), ("send_at", send_at.is_some()), ("unless_answered", unless_answered)];
        let named = named.into_iter().filter(|(_, is_named)| *is_named);
        if !ctx.may(Permission::TicketsNote) {
            let not_theirs: Vec<_> =
                named.map(|(path, _)| FieldError::new(path, "not_allowed", "only staff may set this")).collect();
            return if not_theirs.is_empty() { Ok(None) } else { Err(DomainError::Forbidden(not_theirs)) };
        }
        let mut wrong = Vec::new();
        if kind == MessageKind::Note {
            wrong.extend(named.map(|(path, _)| FieldError::new(path, "not_allowed", "is for replies: a note is sent to nobody")));
        } else {
            if undo && send_at.is_some() {
                wrong.push(FieldError::new("undo", "not_allowed", "what is sent at a time can be taken back until then"));
            }
            let in_range = |at: Timestamp| at > ctx.now && at.duration_since(ctx.now) <= LONGEST;
            if send_at.is_some_and(|at| !in_range(at)) {
                wrong.push(FieldError::new("send_at", "out_of_range", "must be a time within the next year"));
            }
            if unless_answered && send_at.is_none() {
                wrong.push(FieldError::new("unless_answered", "not_allowed", "needs a time in send_at"));
            }
        }
        if !wrong.is_empty() {
            return Err(DomainError::Invalid(wrong));
        }
        let seconds = i64::from(ctx.config.undo_seconds);
        let after_undo = (undo && seconds > 0).then(|| ctx.now + SignedDuration::from_secs(seconds));
        Ok(send_at.or(after_undo))
    }
}

/// Holds a message back, if it is to wait; `None` where it is to be sent at once. What could not be sent now is refused now.
pub fn schedule(
    ticket: &Ticket,
    new: &NewMessage,
    delay: Delay,
    ctx: &mut Context<'_>,
) -> Result<Option<Scheduled>, DomainError> {
    let Some(send_at) = delay.ends(new.kind, ctx)? else { return Ok(None) };
    let Some(caller) = ctx.caller else { return Err(DomainError::Forbidden(Vec::new())) };
    add_message_as(MessageId(ctx.ids.next_id()), ticket.clone(), new.clone(), ctx)?;
    Ok(Some(Scheduled {
        id: MessageId(made_at(ctx.ids.next_id(), send_at)),
        ticket: ticket.id,
        author: caller.person,
        scopes: caller.scopes.clone(),
        body: new.body.clone(),
        enclosed: new.enclosed.clone(),
        status: new.status,
        send_at,
        created_at: ctx.now,
        unless_answered: delay.unless_answered,
        ticket_version: ticket.version,
        failed: None,
        version: 1,
    }))
}

/// Sends it as its author, on the ticket as it is now. Somebody else's answer in between is no reason not to; `since` is what
/// happened to the ticket since it was written, where the customer's may be.
pub fn send(ticket: Ticket, scheduled: &Scheduled, since: &[Event], ctx: &mut Context<'_>) -> Result<Change, DomainError> {
    // What is in the bin nobody but managers sees, and is refused for that.
    let is_deleted = ticket.deleted_at.is_some();
    if !ctx.caller.is_some_and(|author| author.is_staff() && (is_deleted || author.sees(&ticket))) {
        return Err(DomainError::Forbidden(Vec::new()));
    }
    if scheduled.unless_answered && since.iter().any(is_from_the_customer) {
        return Err(DomainError::rule("answered", "The customer wrote in the meantime."));
    }
    if ticket.merged_into.is_some() {
        return Err(DomainError::rule("merged", "The ticket was merged into another."));
    }
    let Scheduled { id, body, enclosed, status, .. } = scheduled.clone();
    let new = NewMessage { kind: MessageKind::Reply, body, channel: Channel::Api, status, enclosed };
    add_message_as(id, ticket, new, ctx)
}

fn is_from_the_customer(event: &Event) -> bool {
    let by_customer = matches!(event.actor, Actor::Customer { .. });
    by_customer
        && matches!(event.kind, EventKind::MessageAdded { kind: MessageKind::Reply, pending: false, automatic: false, .. })
}

/// Gives it up: it stays with the reason, and the history says so, by which its author is told. A rule of the desk, to be run
/// without a caller.
pub fn give_up(ticket: Ticket, scheduled: &Scheduled, why: &DomainError, ctx: &mut Context<'_>) -> (Change, Scheduled) {
    let (code, message) = match why {
        DomainError::Rule { code, message } => (*code, message.clone()),
        DomainError::Invalid(wrong) => {
            wrong.first().map_or(("invalid", why.to_string()), |wrong| (wrong.code, wrong.message.clone()))
        }
        DomainError::Forbidden(_) | DomainError::NotFound => {
            ("not_allowed", "You may not reply to this ticket any more.".to_owned())
        }
    };
    let mut edit = Edit::of_any(ticket);
    edit.note(EventKind::SendFailed { scheduled: scheduled.id, by: scheduled.author, code: code.to_owned() });
    let failed = Failed { code: code.to_owned(), message, at: ctx.now };
    let given_up = Scheduled { failed: Some(failed), version: scheduled.version + 1, ..scheduled.clone() };
    (edit.finish(ctx), given_up)
}

/// A waiting reply as staff see it. Nobody else sees any.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ScheduledView {
    /// Identifier (UUIDv7); the message's, once it is sent.
    pub id: MessageId,
    /// The ticket it is for.
    pub ticket: TicketId,
    /// Always `reply`.
    pub kind: MessageKind,
    /// Who wrote it.
    pub author: PersonId,
    /// As written; HTML is sanitised.
    pub body: String,
    /// How `body` is written.
    pub body_format: BodyFormat,
    /// The same in plain text.
    pub body_text: String,
    /// Files.
    pub attachments: Vec<Attachment>,
    /// The status to move to when it is sent.
    pub status: Option<Status>,
    /// When it is sent; until then it can be taken back.
    #[schema(value_type = String, format = DateTime)]
    pub send_at: Timestamp,
    /// Whether it stays here where the customer writes before.
    pub unless_answered: bool,
    /// When it was written.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// Why it was not sent; null while it waits.
    pub failed: Option<Failed>,
}

impl From<&Scheduled> for ScheduledView {
    fn from(scheduled: &Scheduled) -> Self {
        // Named one by one: a new field is a decision here.
        let Scheduled {
            id,
            ticket,
            author,
            scopes: _,
            body: Body { format, source, text },
            enclosed,
            status,
            send_at,
            created_at,
            unless_answered,
            ticket_version: _,
            failed,
            version: _,
        } = scheduled.clone();
        Self {
            id,
            ticket,
            kind: MessageKind::Reply,
            author,
            body: source,
            body_format: format,
            body_text: text,
            attachments: enclosed.attachments,
            status,
            send_at,
            unless_answered,
            created_at,
            failed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::tests::{Desk, ada, body, carl, mia},
        *,
    };
    use crate::{caller::Caller, ticket::delete};

    fn reply(status: Option<Status>) -> NewMessage {
        let enclosed = Enclosed::default();
        NewMessage { kind: MessageKind::Reply, body: body("Soon."), channel: Channel::Api, status, enclosed }
    }

    fn in_hours(desk: &Desk, hours: i64) -> Delay {
        let send_at = Some(desk.now + SignedDuration::from_hours(hours));
        Delay { send_at, unless_answered: true, ..Delay::default() }
    }

    fn held(desk: &mut Desk, by: &Caller, ticket: &Ticket, delay: Delay) -> Scheduled {
        desk.act(by, |ctx| schedule(ticket, &reply(None), delay, ctx)).expect("allowed").expect("waits")
    }

    #[test]
    fn the_first_response_is_when_it_is_sent_and_stands_where_it_was_sent() {
        let mut desk = Desk::new(Status::ALL);
        let ticket = desk.open(&carl());
        let waiting = held(&mut desk, &ada(), &ticket, Delay { undo: true, ..Delay::default() });
        assert_eq!(waiting.send_at, desk.now + SignedDuration::from_secs(10));
        let ms = waiting.send_at.as_millisecond().to_be_bytes();
        assert_eq!(waiting.id.0.as_bytes()[..6], ms[2..], "the time in its id");
        desk.later(1);
        let sent = desk.act(&ada(), |ctx| send(ticket, &waiting, &[], ctx)).expect("sent");
        assert_eq!(sent.after.first_response_at, Some(desk.now));
        let message = sent.message.expect("a message");
        assert_eq!(
            (message.id, message.created_at, message.author),
            (waiting.id, desk.now, Actor::Staff { person: ada().person })
        );
    }

    #[test]
    fn undo_is_the_desks_to_turn_off() {
        let mut desk = Desk::new(Status::ALL);
        let ticket = desk.open(&carl());
        desk.config.undo_seconds = 0;
        let undo = Delay { undo: true, ..Delay::default() };
        assert_eq!(desk.act(&ada(), |ctx| schedule(&ticket, &reply(None), undo, ctx)), Ok(None));
        assert_eq!(desk.act(&ada(), |ctx| schedule(&ticket, &reply(None), Delay::default(), ctx)), Ok(None));
    }

    #[test]
    fn all_that_is_wrong_with_a_delay_is_said_at_once() {
        let mut desk = Desk::new(Status::ALL);
        let ticket = desk.open(&carl());
        let paths = |error: DomainError| match error {
            DomainError::Invalid(wrong) | DomainError::Forbidden(wrong) => {
                wrong.into_iter().map(|wrong| wrong.path).collect::<Vec<_>>().join(" ")
            }
            other => panic!("{other:?}"),
        };
        let mut ask = |by: &Caller, kind, delay| {
            let new = NewMessage { kind, ..reply(None) };
            paths(desk.act(by, |ctx| schedule(&ticket, &new, delay, ctx)).expect_err("refused"))
        };
        let past = Some(Timestamp::UNIX_EPOCH);
        let both = Delay { undo: true, send_at: past, unless_answered: true };
        assert_eq!(ask(&carl(), MessageKind::Reply, both), "undo send_at unless_answered");
        assert_eq!(ask(&ada(), MessageKind::Note, both), "undo send_at unless_answered");
        assert_eq!(ask(&ada(), MessageKind::Reply, both), "undo send_at");
        assert_eq!(ask(&ada(), MessageKind::Reply, Delay { unless_answered: true, ..Delay::default() }), "unless_answered");
        let far = Some(Timestamp::MAX);
        assert_eq!(ask(&ada(), MessageKind::Reply, Delay { send_at: far, ..Delay::default() }), "send_at");
    }

    #[test]
    fn what_could_not_be_sent_now_is_refused_now() {
        let mut desk = Desk::new(Status::ALL);
        let ticket = desk.open(&carl());
        let closed = desk.status(&ada(), &ticket, Status::Closed).expect("allowed").after;
        let delay = in_hours(&desk, 1);
        let refused = desk.act(&ada(), |ctx| schedule(&closed, &reply(Some(Status::Pending)), delay, ctx));
        assert!(matches!(refused, Err(DomainError::Rule { code: "transition_not_allowed", .. })), "{refused:?}");
    }

    #[test]
    fn the_customers_word_keeps_it_back_and_a_colleagues_does_not() {
        let mut desk = Desk::new(Status::ALL);
        let ticket = desk.open(&carl());
        let delay = in_hours(&desk, 1);
        let waiting = held(&mut desk, &ada(), &ticket, delay);
        let colleague = desk.reply(&mia(), &ticket, None).expect("hers");
        let sent = desk.act(&ada(), |ctx| send(colleague.after.clone(), &waiting, &colleague.events, ctx));
        assert!(sent.is_ok(), "{sent:?}");
        let customer = desk.reply(&carl(), &colleague.after, None).expect("his");
        let why = desk.act(&ada(), |ctx| send(customer.after.clone(), &waiting, &customer.events, ctx)).expect_err("answered");
        let (change, given_up) = desk.act_alone(|ctx| give_up(customer.after.clone(), &waiting, &why, ctx));
        assert_eq!((given_up.failed.expect("a reason").code, given_up.version), ("answered".to_owned(), 2));
        let kinds: Vec<_> = change.events.iter().map(|event| event.kind.name()).collect();
        assert_eq!((kinds, change.message), (vec!["ticket.send_failed"], None));
        assert!(change.events[0].is_background(), "nobody else has to know of it before they write");
        assert_eq!(change.events[0].notices(&change.after).len(), 1, "its author is told");
        let regardless = Scheduled { unless_answered: false, ..waiting };
        assert!(desk.act(&ada(), |ctx| send(customer.after, &regardless, &customer.events, ctx)).is_ok());
    }

    #[test]
    fn who_may_not_write_any_more_does_not() {
        let mut desk = Desk::new(Status::ALL);
        let ticket = desk.open(&carl());
        let delay = in_hours(&desk, 1);
        let waiting = held(&mut desk, &ada(), &ticket, delay);
        let mut moved = ada();
        moved.brands = crate::caller::Brands::Only(BTreeSet::new());
        let demoted = Caller { role: crate::role::Role::Customer, ..ada() };
        for author in [moved, demoted] {
            let refused = desk.act(&author, |ctx| send(ticket.clone(), &waiting, &[], ctx));
            assert!(matches!(refused, Err(DomainError::Forbidden(_))), "{refused:?}");
        }
        let deleted = desk.act(&mia(), |ctx| delete(ticket, ctx)).expect("hers").after;
        let why = desk.act(&ada(), |ctx| send(deleted.clone(), &waiting, &[], ctx)).expect_err("in the bin");
        let (change, given_up) = desk.act_alone(|ctx| give_up(deleted, &waiting, &why, ctx));
        assert_eq!(given_up.failed.expect("a reason").code, "ticket_deleted");
        assert_eq!(change.events[0].notices(&change.after).len(), 1, "its author is told of that too");
    }
}
