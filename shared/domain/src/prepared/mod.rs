//! What a desk prepares in advance: answers, macros, beginnings of tickets. Each is one person's, a team's, or everybody's who works
//! for its brands.

mod canned;
mod macros;
pub mod placeholder;
mod suggest;
mod template;

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use self::{
    canned::{CannedResponse, KeptFile, MAX_CANNED_BYTES, MAX_CANNED_FILES, Shortcut, variant},
    macros::{Macro, MacroAssignee, MacroChanges},
    placeholder::Values,
    suggest::{Used, suggest},
    template::{Preset, TicketTemplate},
};
use crate::{
    caller::{Brands, Caller},
    config::TenantConfig,
    error::{DomainError, FieldError, ParseError},
    id::{BrandId, PersonId, PreparedId, TeamId},
    role::Permission,
    words::word,
};

/// How many of a kind teams and everybody may have together, and how many one person.
pub const MAX_COMMON: usize = 200;
/// How many of a kind one person may have.
pub const MAX_PERSONAL: usize = 100;
/// The longest text, in bytes: a list holds all of them.
pub const MAX_TEXT: usize = 8 * 1024;

word!(
    /// Whose a prepared thing is.
    Reach {
        /// Its maker's alone.
        Personal = "personal",
        /// A team's.
        Team = "team",
        /// Everybody's who works for its brands.
        Shared = "shared",
    }
);

/// Something that a desk prepares.
pub trait Preparable: Clone + PartialEq + Send + Sync + Serialize + for<'de> Deserialize<'de> {
    /// What rows of it are called.
    const KIND: &'static str;

    /// Names everything that this tenant cannot have so.
    fn check(&self, whose: &Whose, config: &TenantConfig) -> Vec<FieldError>;

    /// What lists are ordered by.
    fn title(&self) -> &str;

    /// The files that it keeps.
    fn files(&self) -> &[KeptFile] {
        &[]
    }

    /// Why both cannot be there together, where they are the same person's, team's, or everybody's.
    fn clashes_with(&self, other: &Self, brands_meet: bool) -> Option<FieldError>;
}

/// Whose something is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Whose {
    /// One person's, a team's, everybody's.
    pub scope: Reach,
    /// Which team's.
    pub team: Option<TeamId>,
    /// The brands that it is for; `null` is all of them.
    pub brands: Brands,
}

/// A prepared thing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Prepared<T> {
    /// Identifier.
    pub id: PreparedId,
    /// Whose it is.
    pub whose: Whose,
    /// What it is.
    pub content: T,
    /// Who made it; whose it is where it is personal.
    pub created_by: PersonId,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Grows by one with every change; the optimistic lock and the ETag.
    pub version: u32,
}

impl<T: Preparable> Prepared<T> {
    /// Where it is kept: with one person's, or with those of teams and everybody.
    pub fn owner(&self) -> Option<PersonId> {
        (self.whose.scope == Reach::Personal).then_some(self.created_by)
    }

    /// Whether it is there for the caller, who is in these teams: personal for its maker, a team's for its members and for whoever
    /// manages such things, all within their brands.
    pub fn is_there(&self, caller: &Caller, teams: &[TeamId]) -> bool {
        let Whose { scope, team, brands } = &self.whose;
        match scope {
            Reach::Personal => self.created_by == caller.person,
            Reach::Shared => caller.brands.meet(brands),
            Reach::Team => {
                let is_member = team.as_ref().is_some_and(|team| teams.contains(team));
                caller.brands.meet(brands) && (is_member || caller.may(Permission::AnswersManage))
            }
        }
    }

    /// Whether it is for tickets of the brand.
    pub fn serves(&self, brand: &BrandId) -> bool {
        self.whose.brands.include(brand)
    }

    /// Whether the caller may make, change or erase it: their own, or that of others with a permission.
    pub fn check_allowed(&self, caller: &Caller) -> Result<(), DomainError> {
        if self.whose.scope == Reach::Personal || caller.may(Permission::AnswersManage) {
            return Ok(());
        }
        Err(DomainError::forbidden("scope", "only managers decide for teams and for everybody"))
    }

    /// Whether all of the brands that it is for are the caller's: who works for some does not erase what others use.
    pub fn check_erasable(&self, caller: &Caller) -> Result<(), DomainError> {
        self.check_allowed(caller)?;
        match (&caller.brands, &self.whose.brands) {
            (Brands::Only(mine), Brands::Only(theirs)) if theirs.is_subset(mine) => Ok(()),
            (Brands::All, _) => Ok(()),
            _ if self.whose.scope == Reach::Personal => Ok(()),
            (Brands::Only(_), _) => Err(DomainError::forbidden("brands", "it is also for brands that are not yours")),
        }
    }

    /// Names everything in it that the tenant cannot have so beside `others` of the same owner, or that the caller may not decide.
    pub fn check(
        &self,
        before: Option<&Self>,
        others: &[&Self],
        config: &TenantConfig,
        caller: &Caller,
    ) -> Result<(), DomainError> {
        self.check_allowed(caller)?;
        let mut wrong = self.wrong_owner(before, config);
        wrong.extend(self.wrong_brands(before, config, caller));
        wrong.extend(self.content.check(&self.whose, config));
        let others = others.iter().filter(|other| other.id != self.id);
        let same = others.clone().filter(|other| (other.whose.scope, &other.whose.team) == (self.whose.scope, &self.whose.team));
        let clash = |other: &&Self| self.content.clashes_with(&other.content, self.whose.brands.meet(&other.whose.brands));
        wrong.extend(same.clone().find_map(clash));
        let most = if self.owner().is_some() { MAX_PERSONAL } else { MAX_COMMON };
        if others.count() >= most {
            wrong.push(FieldError::new("scope", "too_many", format!("there are {most} already")));
        }
        if wrong.is_empty() { Ok(()) } else { Err(DomainError::Invalid(wrong)) }
    }

    fn wrong_owner(&self, before: Option<&Self>, config: &TenantConfig) -> Vec<FieldError> {
        let mut wrong = Vec::new();
        if before.is_some_and(|before| before.owner() != self.owner()) {
            wrong.push(FieldError::new("scope", "immutable", "what is personal stays so, and what is not does not become so"));
        }
        match (self.whose.scope, &self.whose.team) {
            (Reach::Team, None) => wrong.push(FieldError::new("team", "required", "must say which team's it is")),
            (Reach::Team, Some(team)) if config.team(team).is_none() => {
                wrong.push(FieldError::new("team", "unknown_team", "there is no such team"));
            }
            (Reach::Personal | Reach::Shared, Some(_)) => {
                wrong.push(FieldError::new("team", "not_allowed", "is for what is a team's"));
            }
            _ => {}
        }
        wrong
    }

    fn wrong_brands(&self, before: Option<&Self>, config: &TenantConfig, caller: &Caller) -> Option<FieldError> {
        if let Brands::Only(brands) = &self.whose.brands {
            if brands.is_empty() {
                return Some(FieldError::new("brands", "empty", "must name a brand, or be null for all of them"));
            }
            if brands.iter().any(|brand| config.brand(brand).is_none()) {
                return Some(FieldError::new("brands", "unknown_brand", "must name the desk's brands"));
            }
        }
        let Brands::Only(mine) = &caller.brands else { return None };
        if self.whose.scope == Reach::Personal {
            return None;
        }
        changed_beyond(&self.whose.brands, before.map(|before| &before.whose.brands), mine)
    }
}

/// Who works for some brands decides for those alone.
fn changed_beyond(after: &Brands, before: Option<&Brands>, mine: &BTreeSet<BrandId>) -> Option<FieldError> {
    let none = BTreeSet::new();
    let not_allowed = |message| Some(FieldError::new("brands", "not_allowed", message));
    let before = match (after, before) {
        (after, Some(before)) if after == before => return None,
        (Brands::All, _) | (_, Some(Brands::All)) => return not_allowed("only who works for all brands decides for all of them"),
        (_, Some(Brands::Only(before))) => before,
        (_, None) => &none,
    };
    let Brands::Only(after) = after else { return None };
    let beyond = after.symmetric_difference(before).any(|brand| !mine.contains(brand));
    if beyond { not_allowed("only your own brands can be added or taken away") } else { None }
}

/// A text of several lines that is read by people, as far as it is not one: blank, too long, with control characters.
fn wrong_text(field: &str, text: &str) -> Option<FieldError> {
    if text.len() > MAX_TEXT {
        return Some(FieldError::new(field, "too_large", format!("must be at most {MAX_TEXT} bytes")));
    }
    crate::markup::Body::parse(text, crate::markup::BodyFormat::Markdown)
        .err()
        .map(|error| FieldError::new(field, "invalid", error.0))
}

#[cfg(test)]
mod tests;
