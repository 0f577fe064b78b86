//! Taking part no longer: the rule "who was copied in can leave".

use super::{Change, Context, Ticket, edit::Edit};
use crate::id::PersonId;

/// Takes somebody out of the participants; leaving twice changes nothing. A deleted ticket can be left too.
pub fn leave(ticket: Ticket, person: PersonId, ctx: &mut Context<'_>) -> Change {
    let mut edit = Edit::of_any(ticket);
    edit.ticket.participants.remove(&person);
    edit.finish(ctx)
}

#[cfg(test)]
mod tests {
    use super::{
        super::tests::{Desk, carl},
        *,
    };
    use crate::{
        event::EventKind,
        ticket::{Participant, Standing},
        words::Status,
    };

    #[test]
    fn who_leaves_is_gone_once() {
        let mut desk = Desk::new(Status::ALL);
        let mut ticket = desk.open(&carl());
        let dana = PersonId(uuid::Uuid::from_u128(42));
        ticket.participants.insert(dana, Participant { standing: Standing::Copied, since: desk.now });
        let left = desk.act(&carl(), |ctx| leave(ticket, dana, ctx));
        assert!(left.after.participants.is_empty());
        let kinds: Vec<_> = left.events.iter().map(|event| event.kind.clone()).collect();
        assert_eq!(kinds, [EventKind::ParticipantChanged { participant: dana, from: Some(Standing::Copied), to: None }]);
        assert!(desk.act(&carl(), |ctx| leave(left.after.clone(), dana, ctx)).is_empty());
    }
}
