//! Who wrote on a ticket, or took part in it, and need not be on it any more: by it, what they said is found when they are to be
//! erased, or are to have it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Ticket;
use crate::{event::Actor, id::PersonId, message::Message};

/// The most that are remembered by name; of whoever comes after them it is known that there were more.
const MAX_AUTHORS: usize = 100;

/// Customers besides the requester who wrote on a ticket or took part in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authors {
    /// Who.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    people: BTreeSet<PersonId>,
    /// Whether there were more than are remembered: then it may be anybody.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    more: bool,
}

impl Authors {
    /// Those who wrote these messages, besides who asked.
    pub(super) fn of(messages: &[Message], requester: PersonId) -> Self {
        let mut authors = Self::default();
        messages.iter().for_each(|message| authors.note_of(message, requester));
        authors
    }

    /// Those of a ticket that was written before anybody was remembered: it may be anybody.
    pub(super) fn unknown() -> Self {
        Self { people: BTreeSet::new(), more: true }
    }

    /// Whether nobody was ever remembered.
    pub(super) fn is_unknown(&self) -> bool {
        self.more && self.people.is_empty()
    }

    /// Whether nobody is among them.
    pub fn is_empty(&self) -> bool {
        self.people.is_empty() && !self.more
    }

    /// Whether the person may be among them: where more were than are remembered, anybody may.
    pub fn may_include(&self, person: PersonId) -> bool {
        self.more || self.people.contains(&person)
    }

    /// Those who are remembered by name.
    pub fn iter(&self) -> impl Iterator<Item = PersonId> + '_ {
        self.people.iter().copied()
    }

    /// Remembers somebody.
    pub(super) fn note(&mut self, person: PersonId) {
        if self.people.len() < MAX_AUTHORS {
            self.people.insert(person);
        } else if !self.people.contains(&person) {
            self.more = true;
        }
    }

    fn note_of(&mut self, message: &Message, requester: PersonId) {
        match message.author {
            Actor::Customer { person } if person != requester => self.note(person),
            Actor::Customer { .. } | Actor::Staff { .. } | Actor::System => {}
        }
    }

    /// Forgets somebody; whether they were remembered.
    pub(super) fn forget(&mut self, person: PersonId) -> bool {
        self.people.remove(&person)
    }
}

impl Ticket {
    /// Remembers who wrote this, where that is a customer other than who asked.
    pub(super) fn note_author(&mut self, message: &Message) {
        self.authors.note_of(message, self.requester);
    }

    /// Remembers who took part before and does no longer: mails to them stand in its history, and drafts of theirs beside it.
    pub(super) fn note_who_left(&mut self, before: &Self) {
        for person in before.participants.keys() {
            if *person != self.requester && !self.participants.contains_key(person) {
                self.authors.note(*person);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn on_a_ticket_of_before_anybody_was_remembered_it_may_be_anybody() {
        let (unknown, person) = (Authors::unknown(), PersonId(Uuid::from_u128(1)));
        assert!(unknown.is_unknown() && unknown.may_include(person) && !unknown.is_empty());
        assert!(!Authors::default().is_unknown() && !Authors::default().may_include(person));
    }

    #[test]
    fn whoever_comes_after_those_who_are_remembered_may_be_anybody() {
        let person = |number| PersonId(Uuid::from_u128(number));
        let mut authors = Authors::default();
        let first = u128::try_from(MAX_AUTHORS).expect("small");
        (0..first).for_each(|number| authors.note(person(number)));
        authors.note(person(0));
        assert!(authors.may_include(person(0)) && !authors.may_include(person(first)));
        authors.note(person(first));
        assert!(authors.may_include(person(first)) && authors.may_include(person(first + 1)));
        assert_eq!(authors.iter().count(), MAX_AUTHORS);
        // Forgetting one makes room, and who was not remembered stays unknown.
        assert!(authors.forget(person(0)) && !authors.forget(person(0)));
        assert!(authors.may_include(person(first)));
        let written = serde_json::to_value(&authors).expect("plain data");
        assert_eq!(serde_json::from_value::<Authors>(written).expect("reads"), authors);
    }
}
