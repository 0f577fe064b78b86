//! Who takes part in a ticket: staff say so.

use super::{Change, Context, Participant, Standing, Ticket, edit::Edit};
use crate::{error::DomainError, id::PersonId, message::Message, role::Permission};

/// A change of who takes part, with the messages that customers see from now on.
#[derive(Debug, Clone, PartialEq)]
pub struct Admission {
    /// The change.
    pub change: Change,
    /// What the person wrote before anybody knew them, to be written again as it is here.
    pub released: Vec<Message>,
}

/// Says what somebody is on the ticket; `None` ends their part. Who is confirmed sees the ticket, and what they wrote while they
/// were unknown is seen by all from then on.
pub fn admit(
    ticket: Ticket,
    person: PersonId,
    standing: Option<Standing>,
    written: &[Message],
    ctx: &mut Context<'_>,
) -> Result<Admission, DomainError> {
    if !ctx.may(Permission::TicketsUpdate) {
        return Err(DomainError::forbidden("standing", "only staff may set this"));
    }
    if standing == Some(Standing::Pending) {
        return Err(DomainError::invalid("standing", "invalid", "must be copied or confirmed"));
    }
    let mut edit = Edit::of(ticket)?;
    let known = edit.ticket.participants.get(&person).cloned();
    let since = known.as_ref().map_or(ctx.now, |known| known.since);
    match standing {
        Some(standing) if known.is_none() && person == edit.ticket.requester => {
            let message = format!("The requester is on the ticket already, and need not be {standing}.");
            return Err(DomainError::rule("is_requester", message));
        }
        Some(standing) => drop(edit.ticket.participants.insert(person, Participant { standing, since })),
        None if known.is_none() => return Err(DomainError::NotFound),
        None => drop(edit.ticket.participants.remove(&person)),
    }
    let theirs = |message: &&Message| message.enclosed.pending && message.author.person() == Some(person);
    let released = match standing {
        Some(_) => written.iter().filter(theirs).cloned().map(shown).collect(),
        None => Vec::new(),
    };
    Ok(Admission { change: edit.finish(ctx), released })
}

fn shown(mut message: Message) -> Message {
    message.enclosed.pending = false;
    message
}
