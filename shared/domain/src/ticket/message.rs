//! Saying something on a ticket: replies and notes.

use super::{Change, Context, Ticket, edit::Edit};
use crate::{
    error::DomainError,
    id::MessageId,
    markup::Body,
    message::{Enclosed, Message, MessageKind},
    role::Permission,
    words::{Channel, Status},
};

/// What somebody sends to say something.
#[derive(Debug, Clone)]
pub struct NewMessage {
    /// Reply or note.
    pub kind: MessageKind,
    /// What it says.
    pub body: Body,
    /// How it came.
    pub channel: Channel,
    /// The status to move to in the same step; staff only.
    pub status: Option<Status>,
    /// What comes with it.
    pub enclosed: Enclosed,
}

/// Whether a customer's reply to this ticket opens a follow-up instead of reopening it: it was closed longer ago
/// than the tenant's reopen window.
pub fn opens_follow_up(ticket: &Ticket, ctx: &Context<'_>) -> bool {
    let too_late = ticket.reopens_until(ctx.config).is_some_and(|until| ctx.now > until);
    !ctx.by_staff() && ticket.status == Status::Closed && too_late
}

/// Adds a reply or a note. A customer's reply wakes a pending, resolved or closed ticket; the first public answer
/// by staff is the first response; staff may move the status in the same step.
pub fn add_message(ticket: Ticket, new: NewMessage, ctx: &mut Context<'_>) -> Result<Change, DomainError> {
    let id = MessageId(ctx.ids.next_id());
    add_message_as(id, ticket, new, ctx)
}

/// The same, of a message whose identifier is known.
pub(super) fn add_message_as(
    id: MessageId,
    ticket: Ticket,
    new: NewMessage,
    ctx: &mut Context<'_>,
) -> Result<Change, DomainError> {
    check_allowed(&new, ctx)?;
    let mut edit = Edit::of(ticket, ctx)?;
    edit.say_as(id, new, ctx)?;
    Ok(edit.finish(ctx))
}

pub(super) fn check_allowed(new: &NewMessage, ctx: &Context<'_>) -> Result<(), DomainError> {
    let permission = match new.kind {
        MessageKind::Reply => Permission::TicketsReply,
        MessageKind::Note => Permission::TicketsNote,
    };
    if !ctx.may(permission) {
        return Err(DomainError::forbidden("kind", "you may not write this kind of message"));
    }
    if new.status.is_some() && !ctx.may(Permission::TicketsUpdate) {
        return Err(DomainError::forbidden("status", "only staff may set this"));
    }
    Ok(())
}

impl Edit {
    /// Adds a message that was checked to be allowed, and moves the status that it brings.
    pub(super) fn say(&mut self, new: NewMessage, ctx: &mut Context<'_>) -> Result<(), DomainError> {
        let id = MessageId(ctx.ids.next_id());
        self.say_as(id, new, ctx)
    }

    /// The same, of a message whose identifier is known.
    fn say_as(&mut self, id: MessageId, new: NewMessage, ctx: &Context<'_>) -> Result<(), DomainError> {
        new.enclosed.check_room(self.ticket.attached_bytes).map_err(|wrong| DomainError::Invalid(vec![wrong]))?;
        let message = Message {
            id,
            ticket: self.ticket.id,
            kind: new.kind,
            author: ctx.actor(),
            channel: new.channel,
            body: new.body,
            created_at: ctx.now,
            enclosed: new.enclosed,
        };
        if new.kind == MessageKind::Reply {
            if ctx.by_staff() {
                self.note_first_response(ctx);
            } else {
                self.wake(ctx);
            }
        }
        if let Some(status) = new.status {
            self.move_to(status, ctx)?;
        }
        self.add(message);
        Ok(())
    }

    /// Staff who answer their own request have not answered the desk's customer.
    pub(super) fn note_first_response(&mut self, ctx: &Context<'_>) {
        let person = ctx.caller.map(|caller| caller.person);
        if self.ticket.first_response_at.is_none() && person.is_some_and(|person| person != self.ticket.requester) {
            self.ticket.first_response_at = Some(ctx.now);
            self.ticket.first_response_by = person;
        }
    }
}
