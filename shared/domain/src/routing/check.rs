//! Whether a rule can be kept: what it names exists, and it is of a size that can be asked for every ticket.

use std::collections::BTreeSet;

use super::{Among, Condition, Criterion, Phrase, Rule, Then};
use crate::{
    config::TenantConfig,
    error::{DomainError, FieldError},
    id::CalendarId,
    person::Person,
    team::Team,
};

/// What a rule may name.
#[derive(Clone, Copy)]
pub struct Known<'a> {
    /// The tenant's configuration.
    pub config: &'a TenantConfig,
    /// Its teams.
    pub teams: &'a [Team],
    /// Those of its staff whom the rule may name.
    pub staff: &'a [Person],
    /// Its calendars.
    pub calendars: &'a BTreeSet<CalendarId>,
}

const MAX_CONDITIONS: usize = 20;
const MAX_VALUES: usize = 100;
/// Of all conditions together: each is asked for every ticket.
const MAX_VALUES_IN_ALL: usize = 1_000;
const MAX_TAGS: usize = 20;
const MAX_SKILLS: usize = 20;

impl Rule {
    /// Names everything in it that this tenant cannot have so, by paths such as `when[2].is[0]`. Requesters and
    /// organizations are not looked up: customers come and go.
    pub fn check(&self, known: &Known<'_>) -> Result<(), DomainError> {
        let mut wrong = Wrong(Vec::new());
        wrong.check_count("when", self.when.len(), 0, MAX_CONDITIONS);
        for (i, condition) in self.when.iter().enumerate() {
            let path = format!("when[{i}]");
            match condition {
                Condition::One(criterion) => wrong.check_criterion(&path, criterion, known),
                Condition::Any(criteria) => {
                    let path = format!("{path}.any");
                    wrong.check_count(&path, criteria.len(), 1, MAX_CONDITIONS);
                    for (i, criterion) in criteria.iter().enumerate() {
                        wrong.check_criterion(&format!("{path}[{i}]"), criterion, known);
                    }
                }
            }
        }
        let values: usize = self.when.iter().flat_map(Condition::criteria).map(Criterion::count).sum();
        if values > MAX_VALUES_IN_ALL {
            let message = format!("must ask for at most {MAX_VALUES_IN_ALL} values in all, asks for {values}");
            wrong.add("when", "too_many", &message);
        }
        wrong.check_then(&self.then, known);
        if wrong.0.is_empty() { Ok(()) } else { Err(DomainError::Invalid(wrong.0)) }
    }
}

struct Wrong(Vec<FieldError>);

impl Wrong {
    fn add(&mut self, path: impl Into<String>, code: &'static str, message: &str) {
        self.0.push(FieldError::new(path, code, message));
    }

    fn check_count(&mut self, path: &str, count: usize, least: usize, most: usize) {
        if count < least {
            self.add(path, "empty", "must not be empty");
        }
        if count > most {
            self.add(path, "too_many", &format!("must be at most {most}"));
        }
    }

    fn check_criterion(&mut self, path: &str, criterion: &Criterion, known: &Known<'_>) {
        let Known { config, teams: _, staff: _, calendars } = known;
        match criterion {
            Criterion::Brand(brands) => {
                let exists = |brand: &_| config.brand(brand).is_some();
                self.check_values(path, brands, exists, "unknown_brand", "there is no such brand");
            }
            Criterion::Category(categories) => {
                let exists = |category: &_| config.category(category).is_some();
                self.check_values(path, categories, exists, "unknown_category", "there is no such category");
            }
            Criterion::Status(statuses) => {
                let in_use = |status: &_| config.uses(*status);
                self.check_values(path, statuses, in_use, "unknown_status", "this desk does not use this status");
            }
            Criterion::Priority(values) => self.check_size(path, values),
            Criterion::Channel(values) => self.check_size(path, values),
            Criterion::Language(values) => self.check_size(path, values),
            Criterion::Requester(values) => self.check_size(path, values),
            Criterion::RequesterDomain(values) => self.check_size(path, values),
            Criterion::Organization(values) => self.check_size(path, values),
            Criterion::Audience(values) => self.check_size(path, values),
            Criterion::Tag(values) => self.check_size(path, values),
            Criterion::Custom(_, values) => self.check_size(path, values),
            Criterion::Subject(phrases) | Criterion::Body(phrases) | Criterion::SubjectOrBody(phrases) => {
                self.check_phrases(path, phrases);
            }
            Criterion::BusinessHours { calendar, is_open: _ } => {
                if !calendars.contains(calendar) {
                    self.add(format!("{path}.calendar"), "unknown_calendar", "there is no such calendar");
                }
            }
        }
    }

    fn check_size<T>(&mut self, path: &str, among: &Among<T>) {
        let (word, values) = among.values();
        self.check_count(&format!("{path}.{word}"), values.len(), 1, MAX_VALUES);
    }

    fn check_phrases(&mut self, path: &str, phrases: &[Phrase]) {
        self.check_count(&format!("{path}.contains_any"), phrases.len(), 1, MAX_VALUES);
    }

    fn check_values<T>(&mut self, path: &str, among: &Among<T>, exists: impl Fn(&T) -> bool, code: &'static str, message: &str) {
        self.check_size(path, among);
        let (word, values) = among.values();
        for (i, _) in values.iter().enumerate().filter(|(_, value)| !exists(value)) {
            self.add(format!("{path}.{word}[{i}]"), code, message);
        }
    }

    fn check_then(&mut self, then: &Then, known: &Known<'_>) {
        let Then { team, assignee, category, priority: _, tags, skills } = then;
        if then.is_empty() {
            self.add("then", "required", "must hold a team, assignee, category, priority, tags or skills");
        }
        if team.as_ref().is_some_and(|id| !known.teams.iter().any(|team| team.id == *id)) {
            self.add("then.team", "unknown_team", "there is no such team");
        }
        if assignee.is_some_and(|id| !known.staff.iter().any(|person| person.id == id && person.role.is_staff())) {
            self.add("then.assignee", "unknown_person", "there is no such agent");
        }
        if category.as_ref().is_some_and(|id| known.config.category(id).is_none()) {
            self.add("then.category", "unknown_category", "there is no such category");
        }
        self.check_count("then.tags", tags.len(), 0, MAX_TAGS);
        self.check_count("then.skills", skills.len(), 0, MAX_SKILLS);
    }
}
