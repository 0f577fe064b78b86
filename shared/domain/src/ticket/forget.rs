//! Erasing a person from tickets (GDPR, article 17). What they asked for is about them, whoever wrote it: of their own requests all
//! words go. On the requests of others it is what they said themselves.

use super::{Change, Context, Ticket, edit::Edit, purge::strip};
use crate::{
    event::EventKind,
    id::PersonId,
    markup::{Body, BodyFormat},
    message::{Enclosed, Message},
    words::Status,
};

/// Whether anything on the ticket is about this customer.
pub fn concerns(ticket: &Ticket, person: PersonId) -> bool {
    ticket.requester == person || ticket.participants.contains_key(&person)
}

/// Erases a person from a ticket; its messages and history are to follow. A request of theirs that is open is closed: nobody is
/// left to answer. Doing it again changes nothing.
///
/// A rule of the desk, to be run without a caller.
pub fn forget(ticket: Ticket, person: PersonId, ctx: &mut Context<'_>) -> Change {
    let is_theirs = ticket.requester == person;
    let mut edit = Edit::of_any(ticket);
    edit.ticket.participants.remove(&person);
    if is_theirs && edit.ticket.status.is_open() && edit.ticket.deleted_at.is_none() {
        edit.enter(Status::Closed, ctx);
    }
    let mut stripped = edit.ticket.clone();
    strip(&mut stripped);
    let has_words = stripped != edit.ticket;
    if (is_theirs && has_words) || edit.before.participants.contains_key(&person) {
        edit.note(EventKind::PersonErased { person });
    }
    let mut change = edit.finish(ctx);
    if is_theirs {
        strip(&mut change.after);
    }
    change
}

impl Message {
    /// The message without anything that its author said or sent; its place in the conversation stays.
    ///
    /// `None` where nothing is left to erase.
    pub fn without_words(&self) -> Option<Self> {
        let body = Body::parse("Erased", BodyFormat::Markdown).ok()?;
        let enclosed = Enclosed { pending: self.enclosed.pending, ..Enclosed::default() };
        let without = Self { body, enclosed, ..self.clone() };
        (without != *self).then_some(without)
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::tests::{Desk, ada, carl},
        *,
    };
    use crate::{message::MessageKind, person::Person, text::EmailAddress};

    #[test]
    fn of_their_own_request_all_words_go() {
        let mut desk = Desk::new(Status::ALL);
        let ticket = desk.open(&carl());
        let change = desk.act_alone(|ctx| forget(ticket, carl().person, ctx));
        assert_eq!((change.after.subject.as_str(), change.after.status), ("Erased", Status::Closed));
        let names: Vec<_> = change.events.iter().map(|event| event.kind.name()).collect();
        assert_eq!(names, ["ticket.status_changed", "ticket.person_erased"]);
        assert!(!serde_json::to_string(&change.events).expect("plain data").contains("Help"));
        let again = desk.act_alone(|ctx| forget(change.after, carl().person, ctx));
        assert!(again.is_empty(), "{:?}", again.events);
    }

    #[test]
    fn what_others_asked_stays_theirs() {
        let mut desk = Desk::new(Status::ALL);
        let ticket = desk.open(&carl());
        let stranger = PersonId(uuid::Uuid::from_u128(77));
        assert!(concerns(&ticket, carl().person) && !concerns(&ticket, stranger));
        assert!(desk.act_alone(|ctx| forget(ticket.clone(), stranger, ctx)).is_empty());
    }

    #[test]
    fn a_message_keeps_its_place_and_nothing_else() {
        let mut desk = Desk::new(Status::ALL);
        let ticket = desk.open(&carl());
        let note = desk.say(&ada(), &ticket, MessageKind::Note, None).expect("hers").message.expect("a note");
        let without = note.without_words().expect("it said something");
        assert_eq!((without.id, without.author, without.kind), (note.id, note.author, note.kind));
        assert_eq!(without.body.text, "Erased");
        assert_eq!(without.without_words(), None);
    }

    #[test]
    fn a_person_is_erased_once_and_staff_never() {
        let now = jiff::Timestamp::UNIX_EPOCH;
        let address = EmailAddress::parse("carl@example.test").expect("fits");
        let known = Person {
            organization: crate::id::OrganizationId::parse("acme").ok(),
            ..Person::from_address(carl().person, address, now)
        };
        let erased = known.erased(now).expect("a customer");
        assert!(!serde_json::to_string(&erased).expect("plain data").contains("carl"));
        assert_eq!((erased.organization.clone(), erased.version), (None, 1));
        assert_eq!(erased.erased(now), Ok(erased.clone()));
        assert!(Person { role: crate::role::Role::Agent, ..known }.erased(now).is_err());
    }
}
