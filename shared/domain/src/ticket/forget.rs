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

/// Whether anything on the ticket may be about this customer: they asked, take part, or did so before.
///
/// Of a ticket that was written before anybody was remembered who is on it no longer, that is what it says.
pub fn concerns(ticket: &Ticket, person: PersonId) -> bool {
    ticket.requester == person || ticket.participants.contains_key(&person) || ticket.authors.may_include(person)
}

/// Erases a person from a ticket; its messages and history are to follow, and then [`forgotten`] is to say so. A request of theirs
/// that is open is closed: nobody is left to answer. Doing it again changes nothing.
///
/// Whoever took part stays remembered, so that a run which is cut off here finds the ticket again.
///
/// A rule of the desk, to be run without a caller.
pub fn forget(ticket: Ticket, person: PersonId, ctx: &mut Context<'_>) -> Change {
    let is_theirs = ticket.requester == person;
    let mut edit = Edit::of_any(ticket);
    edit.ticket.participants.remove(&person);
    edit.forget_what_came(person);
    if is_theirs && edit.ticket.status.is_open() && edit.ticket.deleted_at.is_none() {
        edit.enter(Status::Closed, ctx);
    }
    let mut stripped = edit.ticket.clone();
    strip(&mut stripped);
    let has_words = stripped != edit.ticket;
    if is_theirs && has_words {
        edit.note(EventKind::PersonErased { person });
    }
    let mut change = edit.finish(ctx);
    if is_theirs {
        strip(&mut change.after);
    }
    change
}

/// Notes that everything the person said on somebody else's ticket is erased: they are not remembered there any more. Nothing
/// changes where they were not, and nothing was `found` of theirs.
///
/// A rule of the desk, to be run without a caller.
pub fn forgotten(ticket: Ticket, person: PersonId, found: bool, ctx: &mut Context<'_>) -> Change {
    let mut edit = Edit::of_any(ticket);
    if edit.ticket.authors.forget(person) || found {
        edit.forget_what_came(person);
        edit.note(EventKind::PersonErased { person });
    }
    edit.finish(ctx)
}

impl Edit {
    /// That they came to another ticket with this one.
    fn forget_what_came(&mut self, person: PersonId) {
        if let Some(merge) = &mut self.ticket.merge {
            merge.brought.participants.remove(&person);
        }
    }
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
        super::{
            ImportedFrom, Participant, Received, Standing, admit, merge, receive,
            tests::{Desk, ada, body, caller, carl},
        },
        *,
    };
    use crate::{
        message::MessageKind,
        person::Person,
        role::Role,
        text::{EmailAddress, Tag},
    };

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
    fn who_wrote_is_found_until_it_is_said_that_they_are_erased() {
        let mut desk = Desk::new(Status::ALL);
        let dana = caller(Role::Customer, 42);
        let mut ticket = desk.open(&carl());
        ticket.participants.insert(dana.person, Participant { standing: Standing::Confirmed, since: desk.now });
        let ticket = desk.reply(&dana, &ticket, None).expect("hers").after;
        let gone = desk.act(&ada(), |ctx| admit(ticket, dana.person, None, &[], ctx)).expect("staff may").change.after;
        assert!(gone.participants.is_empty() && concerns(&gone, dana.person));
        let begun = desk.act_alone(|ctx| forget(gone, dana.person, ctx));
        assert!(begun.is_empty() && concerns(&begun.after, dana.person), "whoever is cut off here finds it again");
        let told = desk.act_alone(|ctx| forgotten(begun.after, dana.person, true, ctx));
        assert_eq!(told.events.iter().map(|event| event.kind.name()).collect::<Vec<_>>(), ["ticket.person_erased"]);
        assert!(!concerns(&told.after, dana.person));
        assert!(desk.act_alone(|ctx| forgotten(told.after, dana.person, false, ctx)).is_empty(), "once");
    }

    #[test]
    fn who_took_part_is_found_however_far_the_first_run_came() {
        let mut desk = Desk::new(Status::ALL);
        let dana = caller(Role::Customer, 42).person;
        let mut ticket = desk.open(&carl());
        // As it was written before anybody was remembered.
        ticket.participants.insert(dana, Participant { standing: Standing::Left, since: desk.now });
        let begun = desk.act_alone(|ctx| forget(ticket, dana, ctx));
        assert!(begun.after.participants.is_empty() && concerns(&begun.after, dana));
        assert!(!concerns(&desk.act_alone(|ctx| forgotten(begun.after, dana, false, ctx)).after, dana));
    }

    #[test]
    fn strangers_beyond_those_who_wait_are_found() {
        let mut desk = Desk::new(Status::ALL);
        let mut ticket = desk.open(&carl());
        for n in 100..130 {
            let stranger = caller(Role::Customer, n);
            let received = Received {
                sender: stranger.person,
                kind: MessageKind::Reply,
                body: body("Hello"),
                enclosed: Enclosed { pending: true, ..Enclosed::default() },
                copied: std::collections::BTreeSet::new(),
            };
            ticket = desk.act(&stranger, |ctx| receive(ticket, received, ctx)).expect("taken").after;
        }
        assert!((100..130).all(|n| concerns(&ticket, caller(Role::Customer, n).person)));
        assert!(!concerns(&ticket, ada().person));
        // Of their own request nothing is left but who was there, by whom drafts are found.
        let stripped = desk.act_alone(|ctx| forget(ticket, carl().person, ctx)).after;
        assert!(stripped.participants.is_empty() && concerns(&stripped, caller(Role::Customer, 129).person));
    }

    #[test]
    fn a_merge_and_an_import_tell_nothing_of_who_was_erased() {
        let mut desk = Desk::new(Status::ALL);
        let (mut source, target) = (desk.open(&caller(Role::Customer, 42)), desk.open(&carl()));
        source.tags = ["hers"].map(|tag| Tag::parse(tag).expect("fits")).into();
        let (from, _) = desk.act(&ada(), |ctx| merge(source, target, ctx)).expect("one matter");
        let mut from = from.after;
        let source = crate::id::SourceId::parse("old").expect("fits");
        from.imported = Some(Box::new(ImportedFrom { source, external_id: "dana-7".to_owned(), at: desk.now }));
        let erased = desk.act_alone(|ctx| forget(from, caller(Role::Customer, 42).person, ctx)).after;
        let brought = &erased.merge.as_ref().expect("it still is merged").brought;
        assert!(brought.participants.is_empty() && brought.tags.is_empty());
        assert!(!serde_json::to_string(&erased).expect("plain data").contains("dana-7"));
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
