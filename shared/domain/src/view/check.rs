//! Whether a view can be kept: what it names exists, and it is of a size that every ticket can be held against.

use super::{Scope, TeamValue, Test, View, Who};
use crate::{
    caller::Caller,
    config::TenantConfig,
    error::{DomainError, FieldError},
    id::{BrandId, TeamId},
    routing::Among,
};

const MAX_TESTS: usize = 20;
const MAX_VALUES: usize = 50;
const MAX_COLUMNS: usize = 30;

impl View {
    /// Names everything in it that this desk, or the caller, cannot have so, by paths such as `filter[2].is[0]`. People are not
    /// looked up: they come and go. What the view `before` named already may stay.
    pub fn check(&self, before: Option<&Self>, config: &TenantConfig, caller: &Caller) -> Result<(), DomainError> {
        let mut wrong = Wrong { fields: Vec::new(), config, caller, known: before.map_or(&[], |before| &before.filter) };
        if let (Scope::Team { team }, None) = (&self.scope, before)
            && !wrong.is_team(team)
        {
            wrong.add("scope.team".to_owned(), "unknown_team", "there is no such team");
        }
        wrong.check_count("filter", self.filter.len(), 0, MAX_TESTS);
        wrong.check_count("columns", self.columns.len(), 1, MAX_COLUMNS);
        for (i, test) in self.filter.iter().enumerate() {
            wrong.check_test(&format!("filter[{i}]"), test);
        }
        if wrong.fields.is_empty() { Ok(()) } else { Err(DomainError::Invalid(wrong.fields)) }
    }
}

struct Wrong<'a> {
    fields: Vec<FieldError>,
    config: &'a TenantConfig,
    caller: &'a Caller,
    known: &'a [Test],
}

impl Wrong<'_> {
    fn add(&mut self, path: String, code: &'static str, message: &str) {
        self.fields.push(FieldError::new(path, code, message));
    }

    fn check_count(&mut self, path: &str, count: usize, least: usize, most: usize) {
        if count < least {
            self.add(path.to_owned(), "empty", "must not be empty");
        }
        if count > most {
            self.add(path.to_owned(), "too_many", &format!("must be at most {most}"));
        }
    }

    fn check_size<T>(&mut self, path: &str, among: &Among<T>) {
        let (word, values) = among.values();
        self.check_count(&format!("{path}.{word}"), values.len(), 1, MAX_VALUES);
    }

    fn check_values<T>(&mut self, path: &str, among: &Among<T>, is_good: impl Fn(&T) -> bool, code: &'static str, message: &str) {
        self.check_size(path, among);
        let (word, values) = among.values();
        for (i, _) in values.iter().enumerate().filter(|(_, value)| !is_good(value)) {
            self.add(format!("{path}.{word}[{i}]"), code, message);
        }
    }

    /// A brand is there for who works for it.
    fn is_brand(config: &TenantConfig, caller: &Caller, brand: &BrandId) -> bool {
        config.brand(brand).is_some() && caller.brands.include(brand)
    }

    fn is_team(&self, team: &TeamId) -> bool {
        self.config.team(team).is_some_and(|team| self.caller.brands.meet(&team.brands))
    }

    fn check_test(&mut self, path: &str, test: &Test) {
        let (config, caller) = (self.config, self.caller);
        if self.known.contains(test) {
            return;
        }
        match test {
            Test::Brand(brands) => {
                let is_good = |brand: &BrandId| Self::is_brand(config, caller, brand);
                self.check_values(path, brands, is_good, "unknown_brand", "there is no such brand");
            }
            Test::Category(categories) => {
                let is_good = |category: &_| config.category(category).is_some();
                self.check_values(path, categories, is_good, "unknown_category", "there is no such category");
            }
            Test::Team(Among::Is(teams)) => {
                let values = Among::Is(teams.clone());
                let is_good = |value: &TeamValue| match value {
                    TeamValue::Team(team) => config.team(team).is_some_and(|team| caller.brands.meet(&team.brands)),
                    TeamValue::Mine | TeamValue::None => true,
                };
                self.check_values(path, &values, is_good, "unknown_team", "there is no such team");
            }
            // What must not be depends on who looks as no number can that is kept for all.
            Test::Team(among @ Among::IsNot(_)) => {
                self.check_values(path, among, |value| *value != TeamValue::Mine, "not_allowed", "mine can only stand in is");
            }
            Test::Assignee(among @ Among::IsNot(_)) => {
                self.check_values(path, among, |value| *value != Who::Me, "not_allowed", "me can only stand in is");
            }
            Test::Assignee(values) => self.check_size(path, values),
            Test::Status(values) => self.check_size(path, values),
            Test::Priority(values) => self.check_size(path, values),
            Test::Requester(values) => self.check_size(path, values),
            Test::Organization(values) => self.check_size(path, values),
            Test::Channel(values) => self.check_size(path, values),
            Test::Tag(values) => self.check_size(path, values),
            Test::HasAllTags(tags) => self.check_count(&format!("{path}.has_all"), tags.len(), 1, MAX_VALUES),
            Test::Custom(_, values) => self.check_size(path, values),
            Test::Breached(values) | Test::Rated(values) => self.check_size(path, values),
            Test::CreatedAt(_) => {}
        }
    }
}
