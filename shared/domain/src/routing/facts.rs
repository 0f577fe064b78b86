//! What rules are asked of, and whether a condition holds of it.

use std::cell::OnceCell;

use jiff::Timestamp;

use super::{Condition, Criterion, Phrase, Text};
use crate::{
    config::TenantConfig,
    id::{CalendarId, CategoryId},
    person::Person,
    ticket::Ticket,
    words::Language,
};

/// Whether the desk is open; the calendars themselves are elsewhere.
pub trait Calendars {
    /// Whether it is open at that time; `None` where there is no such calendar.
    fn is_open(&self, calendar: &CalendarId, at: Timestamp) -> Option<bool>;
}

impl<F: Fn(&CalendarId, Timestamp) -> Option<bool>> Calendars for F {
    fn is_open(&self, calendar: &CalendarId, at: Timestamp) -> Option<bool> {
        self(calendar, at)
    }
}

/// All that rules know of a ticket.
#[derive(Clone, Copy)]
pub struct Facts<'a> {
    /// The ticket.
    pub ticket: &'a Ticket,
    /// Who asked, where they are known.
    pub requester: Option<&'a Person>,
    /// The first message, as plain text.
    pub body: &'a str,
    /// Now.
    pub now: Timestamp,
    /// When the desk is open.
    pub calendars: &'a dyn Calendars,
}

/// Facts and the desk they are of, with texts that are read once and only where a rule asks for them.
pub(super) struct Reading<'a> {
    pub(super) facts: Facts<'a>,
    pub(super) config: &'a TenantConfig,
    subject: OnceCell<Text>,
    body: OnceCell<Text>,
}

impl<'a> Reading<'a> {
    pub(super) fn of(facts: &Facts<'a>, config: &'a TenantConfig) -> Self {
        Self { facts: *facts, config, subject: OnceCell::new(), body: OnceCell::new() }
    }

    pub(super) fn holds(&self, condition: &Condition) -> bool {
        condition.criteria().iter().any(|criterion| self.meets(criterion))
    }

    pub(super) fn meets(&self, criterion: &Criterion) -> bool {
        let Facts { ticket, requester, now, calendars, .. } = self.facts;
        match criterion {
            Criterion::Brand(brands) => brands.holds(|brand| *brand == ticket.brand),
            Criterion::Priority(priorities) => priorities.holds(|priority| *priority == ticket.priority),
            Criterion::Category(categories) => categories.holds(|category| self.is_in(category)),
            Criterion::Channel(channels) => channels.holds(|channel| *channel == ticket.channel),
            Criterion::Language(languages) => languages.holds(|language| Some(*language) == self.language()),
            Criterion::Status(statuses) => statuses.holds(|status| *status == ticket.status),
            Criterion::Requester(people) => people.holds(|person| *person == ticket.requester),
            Criterion::RequesterDomain(domains) => {
                domains.holds(|domain| requester.is_some_and(|person| domain.holds(&person.email)))
            }
            Criterion::Organization(organizations) => organizations.holds(|id| ticket.organization.as_ref() == Some(id)),
            Criterion::Audience(audiences) => audiences.holds(|audience| ticket.audiences.contains(audience)),
            Criterion::Tag(tags) => tags.holds(|tag| ticket.tags.contains(tag)),
            Criterion::Custom(name, values) => {
                let held = ticket.fields.get(name.as_str());
                values.holds(|value| held.is_some_and(|held| value.equals(held)))
            }
            Criterion::Subject(phrases) => has_any(self.subject(), phrases),
            Criterion::Body(phrases) => has_any(self.body(), phrases),
            Criterion::SubjectOrBody(phrases) => has_any(self.subject(), phrases) || has_any(self.body(), phrases),
            Criterion::BusinessHours { calendar, is_open } => calendars.is_open(calendar, now) == Some(*is_open),
        }
    }

    fn subject(&self) -> &Text {
        self.subject.get_or_init(|| Text::of(self.facts.ticket.subject.as_str()))
    }

    fn body(&self) -> &Text {
        self.body.get_or_init(|| Text::of(self.facts.body))
    }

    fn language(&self) -> Option<Language> {
        let own = self.facts.requester.and_then(|person| person.language);
        own.or_else(|| self.config.brand(&self.facts.ticket.brand).map(|brand| brand.language))
    }

    /// Whether the ticket is in this category, or in one below it. A category that is gone still is what it was.
    fn is_in(&self, wanted: &CategoryId) -> bool {
        let Some(own) = &self.facts.ticket.category else { return false };
        own == wanted || self.config.lineage(own).any(|category| category.id == *wanted)
    }
}

fn has_any(text: &Text, phrases: &[Phrase]) -> bool {
    phrases.iter().any(|phrase| text.contains(phrase))
}
