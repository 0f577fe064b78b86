//! Several changes and a message that are done in one step.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{
    Preparable, Whose,
    placeholder::{Reader, fault},
    wrong_text,
};
use crate::{
    caller::Brands,
    config::TenantConfig,
    error::{FieldError, ParseError},
    field::FieldName,
    id::{CategoryId, PersonId, TeamId},
    text::{Name, Tag},
    words::{Priority, Status},
};

/// Whom a macro gives the ticket to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum MacroAssignee {
    /// Who applies it.
    Me,
    /// Nobody.
    Nobody,
    /// Somebody.
    Person(PersonId),
}

impl TryFrom<String> for MacroAssignee {
    type Error = ParseError;
    fn try_from(text: String) -> Result<Self, ParseError> {
        match text.as_str() {
            "me" => Ok(Self::Me),
            "none" => Ok(Self::Nobody),
            _ => text.parse().map(Self::Person).map_err(|_| ParseError::new("must be \"me\", \"none\" or a person's id")),
        }
    }
}

impl From<MacroAssignee> for String {
    fn from(assignee: MacroAssignee) -> Self {
        match assignee {
            MacroAssignee::Me => "me".to_owned(),
            MacroAssignee::Nobody => "none".to_owned(),
            MacroAssignee::Person(id) => id.to_string(),
        }
    }
}

/// What a macro changes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MacroChanges {
    /// Where the ticket then stands.
    pub status: Option<Status>,
    /// How much it matters.
    pub priority: Option<Priority>,
    /// Who answers: `me`, `none` or an id.
    #[schema(value_type = Option<String>)]
    pub assignee: Option<MacroAssignee>,
    /// Which team answers.
    pub team: Option<TeamId>,
    /// What kind of thing it is.
    pub category: Option<CategoryId>,
    /// Tags to add.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub tags_add: BTreeSet<Tag>,
    /// Tags to take away.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub tags_remove: BTreeSet<Tag>,
    /// Custom fields to set, or to clear with null.
    #[schema(value_type = Object)]
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, Value>,
}

/// A macro.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Macro {
    /// What it is called.
    pub name: Name,
    /// What it changes.
    #[serde(default)]
    pub changes: MacroChanges,
    /// What it answers: Markdown with placeholders.
    #[serde(default)]
    pub reply: Option<String>,
    /// What it notes for staff, in place of an answer.
    #[serde(default)]
    pub note: Option<String>,
}

impl Macro {
    /// The message, and who reads it.
    pub fn text(&self) -> Option<(Reader, &str)> {
        let reply = self.reply.as_deref().map(|text| (Reader::Customer, text));
        reply.or_else(|| self.note.as_deref().map(|text| (Reader::Staff, text)))
    }
}

impl Preparable for Macro {
    const KIND: &'static str = "macro";

    fn check(&self, whose: &Whose, config: &TenantConfig) -> Vec<FieldError> {
        let Self { name: _, changes, reply, note } = self;
        let mut wrong = changes.check(whose, config);
        for (field, text, reader) in [("reply", reply, Reader::Customer), ("note", note, Reader::Staff)] {
            let Some(text) = text else { continue };
            wrong.extend(wrong_text(field, text).or_else(|| fault(field, text, reader, config)));
        }
        if reply.is_some() && note.is_some() {
            wrong.push(FieldError::new("note", "not_allowed", "a macro says one thing: a reply or a note"));
        }
        if *changes == MacroChanges::default() && reply.is_none() && note.is_none() {
            wrong.push(FieldError::new("changes", "required", "a macro changes or says something"));
        }
        wrong
    }

    fn title(&self) -> &str {
        self.name.as_str()
    }

    fn clashes_with(&self, other: &Self, brands_meet: bool) -> Option<FieldError> {
        let clash = brands_meet && self.name.as_str().to_lowercase() == other.name.as_str().to_lowercase();
        clash.then(|| FieldError::new("name", "taken", "another macro for these brands is called so"))
    }
}

impl MacroChanges {
    fn check(&self, whose: &Whose, config: &TenantConfig) -> Vec<FieldError> {
        let mut wrong = Vec::new();
        let mut refuse = |path: &str, code, message: &str| wrong.push(FieldError::new(format!("changes.{path}"), code, message));
        if self.status.is_some_and(|status| !config.uses(status)) {
            refuse("status", "status_not_in_use", "this desk does not use it");
        }
        if self.category.as_ref().is_some_and(|category| config.category(category).is_none()) {
            refuse("category", "unknown_category", "there is no such category");
        }
        if self.team.as_ref().is_some_and(|team| !serves(team, &whose.brands, config)) {
            refuse("team", "unknown_team", "there is no such team for these brands");
        }
        if self.tags_add.len() > 50 || self.tags_remove.len() > 50 {
            refuse("tags_add", "too_many", "must be at most 50 tags");
        }
        wrong.extend(wrong_presets("changes.fields", &self.fields, config));
        wrong
    }
}

/// Whether a team gets tickets of all of these brands.
pub(super) fn serves(team: &TeamId, brands: &Brands, config: &TenantConfig) -> bool {
    let Some(team) = config.team(team) else { return false };
    config.brands.iter().filter(|brand| brands.include(&brand.id)).all(|brand| team.serves(&brand.id))
}

/// Fields that are set in advance: of a kind that they can have; whether a ticket has them shows when it is there.
pub(super) fn wrong_presets(path: &str, fields: &BTreeMap<String, Value>, config: &TenantConfig) -> Vec<FieldError> {
    let mut wrong = Vec::new();
    if fields.len() > 50 {
        wrong.push(FieldError::new(path, "too_many", "must be at most 50 fields"));
    }
    for (name, value) in fields {
        let wrong_one = match config.field(name) {
            Some(field) if field.is_used() => match field.check_value(value) {
                Err(message) if !value.is_null() => Some(("invalid", message)),
                _ => None,
            },
            None if !config.defines_fields() && FieldName::parse(name).is_ok() && is_plain(value) => None,
            None if !config.defines_fields() => {
                Some(("invalid", "must be a text, a number, or true or false under a short name".to_owned()))
            }
            _ => Some(("unknown_field", "there is no such field here".to_owned())),
        };
        wrong.extend(wrong_one.map(|(code, message)| FieldError::new(format!("{path}.{name}"), code, message)));
    }
    wrong
}

fn is_plain(value: &Value) -> bool {
    match value {
        Value::String(text) => crate::field::is_text(text),
        Value::Number(number) => crate::field::is_number(number),
        Value::Null | Value::Bool(_) => true,
        Value::Array(_) | Value::Object(_) => false,
    }
}
