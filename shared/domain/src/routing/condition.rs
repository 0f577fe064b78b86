//! What a rule may ask of a ticket.

use serde_json::{Number, Value};

use super::Phrase;
use crate::{
    error::ParseError,
    id::{Audience, BrandId, CalendarId, CategoryId, OrganizationId, PersonId},
    text::{EmailAddress, Tag},
    words::{Channel, Language, Priority, Status},
};

/// One of the things that all must hold. In JSON a criterion, such as `{"field": "brand", "is": ["KA"]}`, or
/// `{"any": […]}` with criteria of which one is enough.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// This must hold.
    One(Criterion),
    /// One of these must hold. Groups do not hold groups.
    Any(Vec<Criterion>),
}

impl Condition {
    /// Its criteria: the one, or those of the group.
    pub fn criteria(&self) -> &[Criterion] {
        match self {
            Self::One(criterion) => std::slice::from_ref(criterion),
            Self::Any(criteria) => criteria,
        }
    }
}

/// A question about one field of a ticket, or about the time. In JSON an object with `field`, and beside it `is` or
/// `is_not`, `contains_any`, or for `business_hours` a `calendar` and `is_open`.
#[derive(Debug, Clone, PartialEq)]
pub enum Criterion {
    /// `brand`.
    Brand(Among<BrandId>),
    /// `priority`.
    Priority(Among<Priority>),
    /// `category`: the ticket's, or one that it is part of.
    Category(Among<CategoryId>),
    /// `channel`.
    Channel(Among<Channel>),
    /// `language`: the requester's, or the brand's where they chose none.
    Language(Among<Language>),
    /// `status`.
    Status(Among<Status>),
    /// `requester`.
    Requester(Among<PersonId>),
    /// `requester_domain`: of the requester's address, or one that it is part of.
    RequesterDomain(Among<MailDomain>),
    /// `organization`.
    Organization(Among<OrganizationId>),
    /// `audience`: one of the ticket's.
    Audience(Among<Audience>),
    /// `tag`: one of the ticket's.
    Tag(Among<Tag>),
    /// `fields.<name>`: a custom field.
    Custom(FieldName, Among<FieldValue>),
    /// `subject`.
    Subject(Vec<Phrase>),
    /// `body`: the first message.
    Body(Vec<Phrase>),
    /// `subject_or_body`.
    SubjectOrBody(Vec<Phrase>),
    /// `business_hours`. Neither open nor closed where the calendar is gone.
    BusinessHours {
        /// Whose hours.
        calendar: CalendarId,
        /// Whether it must be open, or must be closed.
        is_open: bool,
    },
}

impl Criterion {
    /// How many values it compares with.
    pub(super) fn count(&self) -> usize {
        match self {
            Self::Brand(values) => values.values().1.len(),
            Self::Priority(values) => values.values().1.len(),
            Self::Category(values) => values.values().1.len(),
            Self::Channel(values) => values.values().1.len(),
            Self::Language(values) => values.values().1.len(),
            Self::Status(values) => values.values().1.len(),
            Self::Requester(values) => values.values().1.len(),
            Self::RequesterDomain(values) => values.values().1.len(),
            Self::Organization(values) => values.values().1.len(),
            Self::Audience(values) => values.values().1.len(),
            Self::Tag(values) => values.values().1.len(),
            Self::Custom(_, values) => values.values().1.len(),
            Self::Subject(phrases) | Self::Body(phrases) | Self::SubjectOrBody(phrases) => phrases.len(),
            Self::BusinessHours { .. } => 1,
        }
    }
}

/// Values to be, or not to be, among. A ticket without a value is not among any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Among<T> {
    /// The ticket's value, or one of several, is among these.
    Is(Vec<T>),
    /// None of the ticket's values is.
    IsNot(Vec<T>),
}

impl<T> Among<T> {
    /// The values, and the word they stand under in JSON.
    pub fn values(&self) -> (&'static str, &[T]) {
        match self {
            Self::Is(values) => ("is", values),
            Self::IsNot(values) => ("is_not", values),
        }
    }

    /// Whether it holds of a ticket that has those values which `has` says.
    pub fn holds(&self, has: impl FnMut(&T) -> bool) -> bool {
        match self {
            Self::Is(values) => values.iter().any(has),
            Self::IsNot(values) => !values.iter().any(has),
        }
    }
}

/// The domain of mail addresses, in lower case, such as `example.com`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailDomain(String);

impl MailDomain {
    /// Parses what may stand after the `@` of an address.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let address = EmailAddress::parse(&format!("a@{text}"));
        address
            .map(|address| Self(address.domain().to_owned()))
            .map_err(|_| ParseError::new("must be a domain, such as example.com"))
    }

    /// The text of it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the address is in it, or in a domain below it.
    pub fn holds(&self, address: &EmailAddress) -> bool {
        let above = address.domain().strip_suffix(&self.0);
        above.is_some_and(|above| above.is_empty() || above.ends_with('.'))
    }
}

/// The name of a custom field: 1 to 40 of `A–Z a–z 0–9 _`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldName(String);

impl FieldName {
    /// Parses a name, without the `fields.` before it.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let fits = (1..=40).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        if fits { Ok(Self(text.to_owned())) } else { Err(ParseError::new("the name must be 1 to 40 letters, digits or _")) }
    }

    /// The text of it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a custom field can hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldValue {
    /// A text; compared character by character.
    Text(String),
    /// A number; `1` is `1.0`.
    Number(Number),
    /// Yes or no.
    Flag(bool),
}

impl FieldValue {
    /// Reads a value.
    pub fn parse(value: &Value) -> Result<Self, ParseError> {
        match value {
            Value::String(text) if text.chars().count() <= 2000 => Ok(Self::Text(text.clone())),
            Value::Number(number) => Ok(Self::Number(number.clone())),
            Value::Bool(flag) => Ok(Self::Flag(*flag)),
            _ => Err(ParseError::new("must be a text of at most 2000 characters, a number, or true or false")),
        }
    }

    /// Whether a ticket's field holds it.
    pub fn equals(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::Text(text), Value::String(value)) => text == value,
            (Self::Number(number), Value::Number(value)) => number.as_f64() == value.as_f64(),
            (Self::Flag(flag), Value::Bool(value)) => flag == value,
            _ => false,
        }
    }

    /// As JSON.
    pub fn to_value(&self) -> Value {
        match self {
            Self::Text(text) => Value::from(text.as_str()),
            Self::Number(number) => Value::Number(number.clone()),
            Self::Flag(flag) => Value::Bool(*flag),
        }
    }
}
