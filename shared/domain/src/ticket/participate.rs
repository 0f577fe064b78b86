//! Who takes part in a ticket: staff say so.

use super::{Change, Context, Participant, Standing, Ticket, edit::Edit};
use crate::{error::DomainError, event::EventKind, id::PersonId, message::Message, role::Permission};

/// A change of who takes part, with the messages that customers see from now on.
#[derive(Debug, Clone, PartialEq)]
pub struct Admission {
    /// The change.
    pub change: Change,
    /// What the person wrote before anybody knew them, to be written again as it is here.
    pub released: Vec<Message>,
}

/// Says what somebody is on the ticket; `None` ends their part. Who is confirmed sees the ticket. Of what is `written`, all that
/// they wrote while nobody knew whether they belong here is seen by all from then on: also where it waited because somebody else
/// may have written it in their name, as it can of those who are on the ticket already, and of its requester.
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
    if matches!(standing, Some(Standing::Pending | Standing::Left)) {
        return Err(DomainError::invalid("standing", "invalid", "must be copied or confirmed"));
    }
    let theirs = |message: &&Message| message.enclosed.pending && message.author.person() == Some(person);
    let released: Vec<_> = match standing {
        Some(_) => written.iter().filter(theirs).cloned().map(shown).collect(),
        None => Vec::new(),
    };
    let mut edit = Edit::of(ticket, ctx)?;
    let known = edit.ticket.participants.get(&person).cloned();
    let since = known.as_ref().map_or(ctx.now, |known| known.since);
    match standing {
        Some(_) if known.is_none() && person == edit.ticket.requester && !released.is_empty() => {}
        Some(standing) if known.is_none() && person == edit.ticket.requester => {
            let message = format!("The requester is on the ticket already, and need not be {standing}.");
            return Err(DomainError::rule("is_requester", message));
        }
        Some(standing) => drop(edit.ticket.participants.insert(person, Participant { standing, since })),
        None if known.is_none() => return Err(DomainError::NotFound),
        None => drop(edit.ticket.participants.remove(&person)),
    }
    edit.release(person, &released, ctx.now);
    Ok(Admission { change: edit.finish(ctx), released })
}

impl Edit {
    /// Notes that messages wait no longer (for an answer they do, from now on), and counts their files with those of the ticket.
    fn release(&mut self, author: PersonId, messages: &[Message], now: jiff::Timestamp) {
        if messages.is_empty() {
            return;
        }
        let bytes: u64 = messages.iter().map(|message| message.enclosed.attached_bytes()).sum();
        // What waited before it was counted apart is among the others already.
        let counted_apart = bytes.min(self.ticket.pending_bytes);
        self.ticket.pending_bytes -= counted_apart;
        self.ticket.attached_bytes += counted_apart;
        let asks = !messages.iter().all(|message| matches!(message.author, crate::event::Actor::Staff { .. }));
        if asks && self.ticket.status.is_open() && self.ticket.first_response_at.is_some() {
            self.ticket.waiting_since.get_or_insert(now);
        }
        self.note(EventKind::MessagesReleased { author, messages: messages.iter().map(|message| message.id).collect() });
    }
}

fn shown(mut message: Message) -> Message {
    message.enclosed.pending = false;
    message
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::{
        super::{
            receive,
            tests::{Desk, ada, body, caller, carl},
        },
        *,
    };
    use crate::{
        caller::Caller,
        message::{Enclosed, MessageKind},
        role::Role,
        ticket::Received,
        words::Status,
    };

    fn waiting(desk: &mut Desk, ticket: &Ticket, by: &Caller) -> Change {
        let received = Received {
            sender: by.person,
            kind: MessageKind::Reply,
            body: body("Hello"),
            enclosed: Enclosed { pending: true, ..Enclosed::default() },
            copied: std::collections::BTreeSet::new(),
        };
        desk.act(by, |ctx| receive(ticket.clone(), received, ctx)).expect("taken")
    }

    fn admitted(desk: &mut Desk, change: &Change, person: PersonId, standing: Standing) -> Result<Admission, DomainError> {
        let written: Vec<_> = change.message.clone().into_iter().collect();
        desk.act(&ada(), |ctx| admit(change.after.clone(), person, Some(standing), &written, ctx))
    }

    #[test]
    fn what_waits_is_let_in_also_of_who_is_on_the_ticket_already() {
        let mut desk = Desk::new(Status::ALL);
        let ticket = desk.open(&carl());
        let dana = caller(Role::Customer, 42);
        let first = waiting(&mut desk, &ticket, &dana);
        let change = admitted(&mut desk, &first, dana.person, Standing::Confirmed).expect("allowed").change;
        let forged = waiting(&mut desk, &change.after, &dana);
        for (author, change) in [(&dana, forged), (&carl(), waiting(&mut desk, &ticket, &carl()))] {
            let Admission { change, released } =
                admitted(&mut desk, &change, author.person, Standing::Confirmed).expect("allowed");
            assert!(released.len() == 1 && !released[0].enclosed.pending);
            let kinds: Vec<_> = change.events.into_iter().map(|event| event.kind).collect();
            assert_eq!(kinds, [EventKind::MessagesReleased { author: author.person, messages: vec![released[0].id] }]);
        }
        let change = Change { message: None, ..waiting(&mut desk, &ticket, &carl()) };
        let refused = admitted(&mut desk, &change, carl().person, Standing::Confirmed).expect_err("nothing waits");
        assert!(matches!(refused, DomainError::Rule { code: "is_requester", .. }), "{refused:?}");
    }

    #[test]
    fn who_left_is_set_again_by_staff_and_nobody_is_made_to_leave() {
        let mut desk = Desk::new(Status::ALL);
        let ticket = desk.open(&carl());
        let dana = PersonId(Uuid::from_u128(42));
        let left = desk.act(&carl(), |ctx| super::super::leave(ticket, dana, ctx));
        assert!(admitted(&mut desk, &left, dana, Standing::Left).is_err());
        let again = admitted(&mut desk, &left, dana, Standing::Copied).expect("allowed").change;
        assert_eq!(again.after.participants[&dana].standing, Standing::Copied);
    }
}
