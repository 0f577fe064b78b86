//! A mail that belongs to a ticket: a message by somebody who is on it, or by somebody who is not known there.

use std::collections::BTreeSet;

use super::{Change, Context, Participant, Standing, Ticket, edit::Edit};
use crate::{
    error::DomainError,
    id::{MessageId, PersonId},
    markup::Body,
    message::{Enclosed, Message, MessageKind},
    words::{Channel, Status},
};

/// The most that may take part in a ticket; whoever is copied in beyond that is told nothing.
pub const MAX_PARTICIPANTS: usize = 50;

/// What came by mail.
#[derive(Debug, Clone)]
pub struct Received {
    /// Who wrote it.
    pub sender: PersonId,
    /// What is new in it.
    pub body: Body,
    /// What came with it. Where it is `pending`, nobody knows yet whether the sender belongs here.
    pub enclosed: Enclosed,
    /// Whom somebody who belongs here copied in.
    pub copied: BTreeSet<PersonId>,
}

/// Adds a mail to a ticket. One that a machine wrote wakes nothing; one of somebody unknown wakes what is waiting, so that staff
/// see it, and opens nothing that is closed.
pub fn receive(ticket: Ticket, received: Received, ctx: &mut Context<'_>) -> Result<Change, DomainError> {
    let Received { sender, body, enclosed, copied } = received;
    let mut edit = Edit::of(ticket)?;
    enclosed.check_room(edit.ticket.attached_bytes).map_err(|wrong| DomainError::Invalid(vec![wrong]))?;
    let (automatic, pending) = (enclosed.mail.as_ref().is_some_and(|mail| mail.automatic), enclosed.pending);
    let message = Message {
        id: MessageId(ctx.ids.next_id()),
        ticket: edit.ticket.id,
        kind: MessageKind::Reply,
        author: ctx.actor(),
        channel: Channel::Email,
        body,
        created_at: ctx.now,
        enclosed,
    };
    let sleeps_on = automatic || (pending && edit.ticket.status == Status::Closed);
    if ctx.by_staff() {
        edit.note_first_response(ctx);
    } else if !sleeps_on {
        edit.wake(ctx);
    }
    if pending {
        edit.join(sender, Standing::Pending, ctx);
    }
    for person in copied {
        edit.join(person, Standing::Copied, ctx);
    }
    edit.add(message);
    Ok(edit.finish(ctx))
}

impl Edit {
    /// Lets somebody take part who does not yet. What they were before stands: nobody becomes less by a mail, nor more.
    fn join(&mut self, person: PersonId, standing: Standing, ctx: &Context<'_>) {
        let participants = &mut self.ticket.participants;
        if person != self.ticket.requester && participants.len() < MAX_PARTICIPANTS {
            participants.entry(person).or_insert(Participant { standing, since: ctx.now });
        }
    }
}
