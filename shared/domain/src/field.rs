//! Fields of a desk's own: what a ticket says beside what every ticket says, of which kind, to whom, and when it must.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    caller::Caller,
    config::TenantConfig,
    error::{DomainError, FieldError, ParseError},
    id::CategoryId,
    text::Name,
    words::word,
};

/// Fields that a desk may define, and names that it may ever have given to one.
pub const MAX_FIELDS: usize = 100;
const MAX_NAMES: usize = 200;
/// Choices that a field may offer.
const MAX_CHOICES: usize = 100;

word!(
    /// What a field holds.
    FieldKind {
        /// A text of at most 2,000 characters.
        Text = "text",
        /// A number.
        Number = "number",
        /// A day, such as `2026-11-20`.
        Date = "date",
        /// One of the choices.
        Choice = "choice",
        /// Any of the choices, each once.
        Many = "many",
        /// True or false.
        Checkbox = "checkbox",
        /// An address of the web.
        Url = "url",
    }
);

word!(
    /// When a field must hold something.
    Required {
        /// Never.
        Never = "never",
        /// When a ticket is opened over the API, by whoever may fill it in; it cannot be cleared afterwards.
        OnCreate = "on_create",
        /// Before staff resolve or close the ticket.
        OnResolve = "on_resolve",
    }
);

word!(
    /// Who sees a field.
    VisibleTo {
        /// Everybody who sees the ticket.
        Customer = "customer",
        /// Staff alone.
        Staff = "staff",
    }
);

/// The name of a field, as it stands in `fields` of a ticket.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, min_length = 1, max_length = 40, pattern = "^[A-Za-z0-9_]{1,40}$")]
pub struct FieldName(String);

impl FieldName {
    /// Parses 1 to 40 of `A–Z a–z 0–9 _`.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let fits = (1..=40).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        if fits { Ok(Self(text.to_owned())) } else { Err(ParseError::new("must be 1 to 40 letters, digits or _")) }
    }

    /// The text of it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for FieldName {
    type Error = ParseError;
    fn try_from(text: String) -> Result<Self, ParseError> {
        Self::parse(&text)
    }
}

impl From<FieldName> for String {
    fn from(name: FieldName) -> Self {
        name.0
    }
}

impl std::fmt::Display for FieldName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A field that a desk defines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FieldDefinition {
    /// Its name in `fields` of a ticket.
    pub id: FieldName,
    /// What this desk calls it.
    pub label: Name,
    /// What it holds. Stays as it is.
    pub kind: FieldKind,
    /// What may be chosen.
    #[serde(default)]
    pub choices: Vec<Name>,
    /// The categories whose tickets have it, with those that are part of them; null is every ticket.
    #[serde(default)]
    pub categories: Option<BTreeSet<CategoryId>>,
    /// When it must hold something.
    pub required: Required,
    /// Who sees it.
    pub visible_to: VisibleTo,
    /// Whether customers who see it fill it in when they ask.
    #[serde(default)]
    pub editable_by_customer: bool,
    /// Its place in forms.
    #[serde(default)]
    pub position: u32,
    /// Whether it is filled in; what older tickets hold stays to be read.
    pub active: bool,
    /// Whether it was erased. Its name is remembered, so that what tickets hold under it does not become anybody's to see.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub withdrawn: bool,
    /// Grows by one with every change; the optimistic lock and the ETag.
    #[serde(default)]
    pub version: u32,
}

impl FieldDefinition {
    /// Whether it is there to be filled in.
    pub const fn is_used(&self) -> bool {
        self.active && !self.withdrawn
    }

    /// Whether its values are there for the caller.
    pub fn is_shown_to(&self, caller: &Caller) -> bool {
        caller.is_staff() || self.is_shown_to_customers()
    }

    /// Whether its values are there for customers.
    pub fn is_shown_to_customers(&self) -> bool {
        self.visible_to == VisibleTo::Customer && !self.withdrawn
    }

    /// Whether tickets of the category have it.
    pub fn belongs_to(&self, category: Option<&CategoryId>, config: &TenantConfig) -> bool {
        let Some(categories) = &self.categories else { return true };
        category.is_some_and(|own| config.lineage(own).any(|category| categories.contains(&category.id)))
    }

    /// Names everything that this tenant cannot have so.
    pub fn check(&self, config: &TenantConfig) -> Result<(), DomainError> {
        let mut wrong = self.wrong_choices();
        let categories = self.categories.iter().flatten();
        let unknown = categories.filter(|category| config.category(category).is_none());
        wrong.extend(
            unknown.map(|_| FieldError::new("categories", "unknown_category", "must name the desk's categories")).take(1),
        );
        if self.categories.as_ref().is_some_and(BTreeSet::is_empty) {
            wrong.push(FieldError::new("categories", "empty", "must name a category, or be null for every ticket"));
        }
        if self.editable_by_customer && self.visible_to == VisibleTo::Staff {
            wrong.push(FieldError::new("editable_by_customer", "not_allowed", "customers do not fill in what they do not see"));
        }
        let others = config.fields.iter().filter(|other| other.id != self.id);
        let (names, fields) = (others.clone().count(), others.filter(|other| !other.withdrawn).count());
        if fields >= MAX_FIELDS || names >= MAX_NAMES {
            wrong.push(FieldError::new(
                "id",
                "too_many",
                format!("a desk has at most {MAX_FIELDS} fields, and {MAX_NAMES} with those erased"),
            ));
        }
        if let Some(before) = config.field(self.id.as_str())
            && before.kind != self.kind
            && before.version < self.version
        {
            wrong.push(FieldError::new("kind", "immutable", "stays as it is: tickets hold such values"));
        }
        if wrong.is_empty() { Ok(()) } else { Err(DomainError::Invalid(wrong)) }
    }

    fn wrong_choices(&self) -> Vec<FieldError> {
        let chooses = matches!(self.kind, FieldKind::Choice | FieldKind::Many);
        let wrong = |code, message: String| vec![FieldError::new("choices", code, message)];
        let mut seen = BTreeSet::new();
        match self.choices.len() {
            0 if chooses => wrong("required", "must name what may be chosen".to_owned()),
            n if n > 0 && !chooses => wrong("not_allowed", format!("{} has no choices", self.kind)),
            n if n > MAX_CHOICES => wrong("too_many", format!("must be at most {MAX_CHOICES}")),
            _ if !self.choices.iter().all(|choice| seen.insert(choice)) => wrong("duplicate", "must differ".to_owned()),
            _ => Vec::new(),
        }
    }

    /// What is wrong with a value, in a sentence.
    pub fn check_value(&self, value: &Value) -> Result<(), String> {
        let fits = match (self.kind, value) {
            (FieldKind::Text, Value::String(text)) => is_text(text),
            (FieldKind::Number, Value::Number(number)) => is_number(number),
            (FieldKind::Date, Value::String(text)) => is_date(text),
            (FieldKind::Choice, Value::String(text)) => self.offers(text),
            (FieldKind::Many, Value::Array(values)) => {
                let mut seen = BTreeSet::new();
                values.iter().all(|value| value.as_str().is_some_and(|text| self.offers(text) && seen.insert(text)))
            }
            (FieldKind::Checkbox, Value::Bool(_)) => true,
            (FieldKind::Url, Value::String(text)) => is_web_address(text),
            _ => false,
        };
        if fits { Ok(()) } else { Err(self.demand()) }
    }

    /// A value as somebody else wrote it, who may have nothing but texts: as this field holds it, or what is wrong with it.
    pub fn read_value(&self, value: Value) -> Result<Value, String> {
        if self.check_value(&value).is_ok() {
            return Ok(value);
        }
        let text = match &value {
            Value::String(text) => text.trim().to_owned(),
            Value::Number(_) | Value::Bool(_) => value.to_string(),
            _ => return Err(self.demand()),
        };
        let read = match self.kind {
            FieldKind::Number => serde_json::from_str(&text).ok().map(Value::Number),
            FieldKind::Checkbox => match text.to_lowercase().as_str() {
                "true" | "yes" | "1" => Some(Value::Bool(true)),
                "false" | "no" | "0" => Some(Value::Bool(false)),
                _ => None,
            },
            FieldKind::Choice => self.choice_called(&text),
            FieldKind::Many => {
                text.split(',').map(|part| self.choice_called(part.trim())).collect::<Option<_>>().map(Value::Array)
            }
            FieldKind::Text | FieldKind::Date | FieldKind::Url => Some(Value::String(text)),
        };
        read.filter(|value| self.check_value(value).is_ok()).ok_or_else(|| self.demand())
    }

    /// The choice of this name, in any case.
    fn choice_called(&self, text: &str) -> Option<Value> {
        let called = |choice: &&Name| choice.as_str().to_lowercase() == text.to_lowercase();
        self.choices.iter().find(called).map(|choice| Value::from(choice.as_str()))
    }

    fn offers(&self, text: &str) -> bool {
        self.choices.iter().any(|choice| choice.as_str() == text)
    }

    fn demand(&self) -> String {
        let choices = || self.choices.iter().map(Name::as_str).collect::<Vec<_>>().join(", ");
        match self.kind {
            FieldKind::Text => "must be a text of at most 2000 characters".to_owned(),
            FieldKind::Number => "must be a number up to 1e15".to_owned(),
            FieldKind::Date => "must be a day such as 2026-11-20".to_owned(),
            FieldKind::Choice => format!("must be one of {}", choices()),
            FieldKind::Many => format!("must be a list of these, each once: {}", choices()),
            FieldKind::Checkbox => "must be true or false".to_owned(),
            FieldKind::Url => "must be an address that begins with http:// or https://".to_owned(),
        }
    }
}

/// Whether a value says something: a blank text and an empty list do not.
pub fn says_something(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null) => false,
        Some(Value::String(text)) => !text.trim().is_empty(),
        Some(Value::Array(values)) => !values.is_empty(),
        Some(_) => true,
    }
}

/// A text that a field may hold.
pub(crate) fn is_text(text: &str) -> bool {
    text.chars().count() <= 2000 && !text.chars().any(|c| c.is_control() && c != '\n')
}

/// What every store and script keeps exactly; DynamoDB ends at 38 digits and 1E+125.
pub(crate) fn is_number(number: &serde_json::Number) -> bool {
    number.as_f64().is_some_and(|n| n == 0.0 || (1e-9..=1e15).contains(&n.abs()))
}

fn is_date(text: &str) -> bool {
    text.len() == 10 && text.parse::<Date>().is_ok_and(|date| date.to_string() == text)
}

/// An absolute address by one of two schemes, with a host and without a password: nothing that a browser would run, and nothing
/// that shows one place and leads to another.
fn is_web_address(text: &str) -> bool {
    let parsed = ammonia::Url::parse(text).ok().filter(|_| text.len() <= 2000);
    let begins =
        ["http://", "https://"].iter().any(|scheme| text.get(..scheme.len()).is_some_and(|own| own.eq_ignore_ascii_case(scheme)));
    let plain = !text
        .chars()
        .any(|c| c.is_control() || c.is_whitespace() || crate::text::is_invisible(c) || matches!(c, '\\' | '<' | '>' | '"'));
    begins && plain && parsed.is_some_and(|url| url.has_host() && url.username().is_empty() && url.password().is_none())
}

#[cfg(test)]
pub(crate) mod tests {
    use serde_json::json;

    use super::*;
    use crate::{config::tests::config, words::Status};

    pub(crate) fn definition(id: &str, kind: FieldKind) -> FieldDefinition {
        FieldDefinition {
            id: FieldName::parse(id).expect("fits"),
            label: Name::parse(id).expect("fits"),
            kind,
            choices: match kind {
                FieldKind::Choice | FieldKind::Many => ["red", "blue"].map(|name| Name::parse(name).expect("fits")).to_vec(),
                _ => Vec::new(),
            },
            categories: None,
            required: Required::Never,
            visible_to: VisibleTo::Customer,
            editable_by_customer: true,
            position: 0,
            active: true,
            withdrawn: false,
            version: 1,
        }
    }

    #[test]
    fn each_kind_takes_its_own_values() {
        for (kind, good, bad) in [
            (FieldKind::Text, json!(["a", "a\nb", ""]), json!([1, true, "a\u{7}", ["a"], "x".repeat(2001)])),
            (FieldKind::Number, json!([1, -2.5, 0, 1e15]), json!(["1", 1e300, true])),
            (
                FieldKind::Date,
                json!(["2026-02-28", "2024-02-29"]),
                json!(["2026-02-30", "2026-2-3", "28.2.2026", "2026-02-28T00", 2026]),
            ),
            (FieldKind::Choice, json!(["red"]), json!(["green", "", ["red"]])),
            (FieldKind::Many, json!([[], ["red"], ["red", "blue"]]), json!(["red", ["red", "red"], ["green"], [1]])),
            (FieldKind::Checkbox, json!([true, false]), json!(["true", 1])),
            (
                FieldKind::Url,
                json!(["https://example.test/a?b=c#d", "HTTP://x.test"]),
                json!([
                    "javascript:alert(1)",
                    " https://x.test",
                    "https://",
                    "//x.test",
                    "data:text/html,x",
                    "https://a b.test",
                    "java\nscript:alert(1)",
                    "https://bank.test@evil.test/",
                    "https:\\\\x.test",
                    "ftp://x.test",
                    "https:x.test",
                    1,
                ]),
            ),
        ] {
            let field = definition("x", kind);
            for value in good.as_array().expect("a list") {
                assert_eq!(field.check_value(value), Ok(()), "{kind}: {value}");
            }
            for value in bad.as_array().expect("a list") {
                assert!(field.check_value(value).is_err(), "{kind}: {value}");
            }
        }
    }

    #[test]
    fn a_field_names_all_that_is_wrong_with_it() {
        let mut config = config(Status::ALL);
        let mut field = definition("x", FieldKind::Choice);
        assert_eq!(field.check(&config), Ok(()));
        field.choices.clear();
        field.categories = Some([CategoryId::parse("gone").expect("fits")].into());
        field.visible_to = VisibleTo::Staff;
        let paths = |field: &FieldDefinition, config: &TenantConfig| match field.check(config) {
            Err(DomainError::Invalid(wrong)) => wrong.into_iter().map(|wrong| wrong.path).collect(),
            _ => Vec::new(),
        };
        assert_eq!(paths(&field, &config), ["choices", "categories", "editable_by_customer"]);
        config.fields = vec![definition("x", FieldKind::Text)];
        let changed = FieldDefinition { version: 2, ..definition("x", FieldKind::Number) };
        assert_eq!(paths(&changed, &config), ["kind"]);
        config.fields = (0..MAX_FIELDS).map(|n| definition(&format!("f{n}"), FieldKind::Text)).collect();
        assert_eq!(paths(&definition("more", FieldKind::Text), &config), ["id"]);
        assert_eq!(definition("f1", FieldKind::Text).check(&config), Ok(()), "one that is there may change");
    }

    #[test]
    fn a_category_includes_its_parts() {
        let mut config = config(Status::ALL);
        config.categories[1].parent = Some(config.categories[0].id.clone());
        let [outer, inner] = [0, 1].map(|n| config.categories[n].id.clone());
        let mut field = definition("x", FieldKind::Text);
        assert!(field.belongs_to(None, &config));
        field.categories = Some([outer.clone()].into());
        assert!(field.belongs_to(Some(&outer), &config) && field.belongs_to(Some(&inner), &config));
        field.categories = Some([inner].into());
        assert!(!field.belongs_to(Some(&outer), &config) && !field.belongs_to(None, &config));
    }
}
