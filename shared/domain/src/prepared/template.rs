//! Beginnings of tickets.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{
    MacroAssignee, Preparable, Reach, Whose,
    macros::{serves, wrong_presets},
    wrong_text,
};
use crate::{
    config::TenantConfig,
    error::FieldError,
    id::{CategoryId, TeamId},
    text::{Name, Subject, Tag},
    words::Priority,
};

/// What a ticket holds where its creator says nothing else.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Preset {
    /// What it is about.
    pub subject: Option<Subject>,
    /// The first message: Markdown.
    pub body: Option<String>,
    /// How much it matters.
    pub priority: Option<Priority>,
    /// What kind of thing it is.
    pub category: Option<CategoryId>,
    /// Who answers: `me` or an id.
    #[schema(value_type = Option<String>)]
    pub assignee: Option<MacroAssignee>,
    /// Which team answers.
    pub team: Option<TeamId>,
    /// Tags.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub tags: BTreeSet<Tag>,
    /// Custom fields.
    #[schema(value_type = Object)]
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, Value>,
}

/// A beginning of a ticket.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TicketTemplate {
    /// What it is called.
    pub name: Name,
    /// Whether customers begin with it too.
    #[serde(default)]
    pub for_customers: bool,
    /// What the ticket holds.
    #[serde(default)]
    pub ticket: Preset,
}

impl Preparable for TicketTemplate {
    const KIND: &'static str = "ticket_template";

    fn check(&self, whose: &Whose, config: &TenantConfig) -> Vec<FieldError> {
        let preset = &self.ticket;
        let mut wrong = Vec::new();
        wrong.extend(preset.body.as_ref().and_then(|body| wrong_text("ticket.body", body)));
        let mut refuse = |path: &str, code, message: &str| wrong.push(FieldError::new(format!("ticket.{path}"), code, message));
        if preset.category.as_ref().is_some_and(|category| config.category(category).is_none()) {
            refuse("category", "unknown_category", "there is no such category");
        }
        if preset.assignee == Some(MacroAssignee::Nobody) {
            refuse("assignee", "invalid", "must be \"me\" or a person's id");
        }
        if preset.team.as_ref().is_some_and(|team| !serves(team, &whose.brands, config)) {
            refuse("team", "unknown_team", "there is no such team for these brands");
        }
        if preset.tags.len() > 50 {
            refuse("tags", "too_many", "must be at most 50 tags");
        }
        wrong.extend(wrong_presets("ticket.fields", &preset.fields, config));
        if self.for_customers {
            wrong.extend(self.wrong_for_customers(whose, config));
        }
        wrong
    }

    fn title(&self) -> &str {
        self.name.as_str()
    }

    fn clashes_with(&self, other: &Self, brands_meet: bool) -> Option<FieldError> {
        let clash = brands_meet && self.name.as_str().to_lowercase() == other.name.as_str().to_lowercase();
        clash.then(|| FieldError::new("name", "taken", "another template for these brands is called so"))
    }
}

impl TicketTemplate {
    /// Customers begin with what is everybody's, and set in it what they may set.
    fn wrong_for_customers(&self, whose: &Whose, config: &TenantConfig) -> Vec<FieldError> {
        let Preset { assignee, team, tags, fields, .. } = &self.ticket;
        let mut wrong = Vec::new();
        if whose.scope != Reach::Shared {
            wrong.push(FieldError::new("for_customers", "not_allowed", "customers use what is shared"));
        }
        let staffs = [("assignee", assignee.is_some()), ("team", team.is_some()), ("tags", !tags.is_empty())];
        let message = "customers may not set this";
        for (field, _) in staffs.into_iter().filter(|(_, given)| *given) {
            wrong.push(FieldError::new(format!("ticket.{field}"), "not_allowed", message));
        }
        let own = fields.keys().filter(|name| {
            let editable = config.field(name).is_some_and(|field| field.is_shown_to_customers() && field.editable_by_customer);
            config.defines_fields() && !editable
        });
        wrong.extend(own.map(|name| FieldError::new(format!("ticket.fields.{name}"), "not_allowed", message)));
        wrong
    }
}
