//! Taking part no longer: the rule "who was copied in can leave".

use super::{Change, Context, Participant, Standing, Ticket, edit::Edit};
use crate::id::PersonId;

/// Ends somebody's part by their own wish, for good: the next mail that copies them in does not undo it. Leaving twice changes
/// nothing. A deleted ticket can be left too.
pub fn leave(ticket: Ticket, person: PersonId, ctx: &mut Context<'_>) -> Change {
    let mut edit = Edit::of_any(ticket);
    let participants = &mut edit.ticket.participants;
    if person == edit.ticket.requester {
        // Who asked is told by that alone, and cannot leave their own request.
        participants.remove(&person);
    } else if participants.get(&person).is_none_or(|participant| participant.standing != Standing::Left) {
        participants.insert(person, Participant { standing: Standing::Left, since: ctx.now });
    }
    edit.finish(ctx)
}

#[cfg(test)]
mod tests {
    use super::{
        super::tests::{Desk, carl},
        *,
    };
    use crate::{event::EventKind, words::Status};

    #[test]
    fn who_leaves_has_left_once() {
        let mut desk = Desk::new(Status::ALL);
        let mut ticket = desk.open(&carl());
        let dana = PersonId(uuid::Uuid::from_u128(42));
        ticket.participants.insert(dana, Participant { standing: Standing::Copied, since: desk.now });
        let left = desk.act(&carl(), |ctx| leave(ticket, dana, ctx));
        assert_eq!(left.after.participants[&dana].standing, Standing::Left);
        let kinds: Vec<_> = left.events.iter().map(|event| event.kind.clone()).collect();
        let (from, to) = (Some(Standing::Copied), Some(Standing::Left));
        assert_eq!(kinds, [EventKind::ParticipantChanged { participant: dana, from, to }]);
        desk.later(1);
        assert!(desk.act(&carl(), |ctx| leave(left.after.clone(), dana, ctx)).is_empty());
    }

    #[test]
    fn who_had_been_taken_off_before_has_left_too() {
        let mut desk = Desk::new(Status::ALL);
        let ticket = desk.open(&carl());
        let dana = PersonId(uuid::Uuid::from_u128(42));
        let left = desk.act(&carl(), |ctx| leave(ticket.clone(), dana, ctx));
        assert_eq!(left.after.participants[&dana].standing, Standing::Left);
        assert!(desk.act(&carl(), |ctx| leave(ticket, carl().person, ctx)).is_empty(), "his own request");
    }
}
