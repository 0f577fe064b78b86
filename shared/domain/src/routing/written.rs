//! Conditions as JSON. Read by hand: what is asked of a field decides what may stand beside it, and every wrong value is
//! named by its place.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use serde_json::{Value, json};

use super::{
    Among, Condition, Criterion, FieldName, FieldValue, MailDomain,
    reader::{Reader, text},
};
use crate::{
    error::FieldError,
    id::{Audience, BrandId, CalendarId, CategoryId, OrganizationId},
    text::Tag,
    words::{Channel, Language, Priority, Status},
};

impl Condition {
    /// Reads a condition and names everything that is wrong with its form, as paths below `path`. What it refers to is
    /// checked with the [rule](super::Rule::check).
    pub fn read(value: &Value, path: &str) -> Result<Self, Vec<FieldError>> {
        let mut reader = Reader::of(value, path);
        if !reader.entries.contains_key("any") {
            return Criterion::read(reader).map(Self::One);
        }
        reader.refuse_all_but(&["any"]);
        let mut criteria = Vec::new();
        for (value, path) in reader.list("any") {
            match Criterion::read(Reader::of(&value, &path)) {
                Ok(criterion) => criteria.push(criterion),
                Err(wrong) => reader.wrong.extend(wrong),
            }
        }
        reader.finish(Self::Any(criteria))
    }

    fn written(&self) -> Value {
        match self {
            Self::One(criterion) => criterion.written(),
            Self::Any(criteria) => json!({ "any": criteria.iter().map(Criterion::written).collect::<Vec<_>>() }),
        }
    }
}

impl Criterion {
    /// What it asks of, as JSON names it.
    pub fn field(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Brand(_) => "brand",
            Self::Priority(_) => "priority",
            Self::Category(_) => "category",
            Self::Channel(_) => "channel",
            Self::Language(_) => "language",
            Self::Status(_) => "status",
            Self::Requester(_) => "requester",
            Self::RequesterDomain(_) => "requester_domain",
            Self::Organization(_) => "organization",
            Self::Audience(_) => "audience",
            Self::Tag(_) => "tag",
            Self::Custom(name, _) => return Cow::Owned(format!("fields.{}", name.as_str())),
            Self::Subject(_) => "subject",
            Self::Body(_) => "body",
            Self::SubjectOrBody(_) => "subject_or_body",
            Self::BusinessHours { .. } => "business_hours",
        })
    }

    fn read(mut reader: Reader) -> Result<Self, Vec<FieldError>> {
        let Some(field) = reader.text("field") else { return Err(reader.wrong) };
        let criterion = match field.as_str() {
            "brand" => Self::Brand(reader.among(text(BrandId::parse))),
            "priority" => Self::Priority(reader.among(text(Priority::parse))),
            "category" => Self::Category(reader.among(text(CategoryId::parse))),
            "channel" => Self::Channel(reader.among(text(Channel::parse))),
            "language" => Self::Language(reader.among(text(Language::parse))),
            "status" => Self::Status(reader.among(text(Status::parse))),
            "requester" => Self::Requester(reader.among(text(str::parse))),
            "requester_domain" => Self::RequesterDomain(reader.among(text(MailDomain::parse))),
            "organization" => Self::Organization(reader.among(text(OrganizationId::parse))),
            "audience" => Self::Audience(reader.among(text(Audience::parse))),
            "tag" => Self::Tag(reader.among(text(Tag::parse))),
            "subject" => Self::Subject(reader.phrases()),
            "body" => Self::Body(reader.phrases()),
            "subject_or_body" => Self::SubjectOrBody(reader.phrases()),
            "business_hours" => return Self::read_business_hours(reader),
            _ => return Self::read_custom(&field, reader),
        };
        reader.finish(criterion)
    }

    fn read_business_hours(mut reader: Reader) -> Result<Self, Vec<FieldError>> {
        reader.refuse_all_but(&["field", "calendar", "is_open"]);
        let calendar = reader.text("calendar").map(|id| CalendarId::parse(&id));
        if let Some(Err(error)) = &calendar {
            reader.refuse("calendar", "invalid", &error.0);
        }
        let is_open = reader.entries.get("is_open").and_then(Value::as_bool);
        if is_open.is_none() {
            reader.refuse("is_open", "required", "must be true or false");
        }
        match (calendar, is_open) {
            (Some(Ok(calendar)), Some(is_open)) => reader.finish(Self::BusinessHours { calendar, is_open }),
            _ => Err(reader.wrong),
        }
    }

    fn read_custom(field: &str, mut reader: Reader) -> Result<Self, Vec<FieldError>> {
        match field.strip_prefix("fields.").map(FieldName::parse) {
            Some(Ok(name)) => {
                let among = reader.among(FieldValue::parse);
                reader.finish(Self::Custom(name, among))
            }
            Some(Err(error)) => Err(reader.refused("field", "invalid", &error.0)),
            None => Err(reader.refused("field", "unknown_field", "is not a field that rules can ask of")),
        }
    }

    fn written(&self) -> Value {
        fn among<T>(among: &Among<T>, value: impl Fn(&T) -> Value) -> (&'static str, Value) {
            let (word, values) = among.values();
            (word, values.iter().map(value).collect())
        }
        let (word, values) = match self {
            Self::Brand(brands) => among(brands, |id| json!(id)),
            Self::Priority(priorities) => among(priorities, |priority| json!(priority)),
            Self::Category(categories) => among(categories, |id| json!(id)),
            Self::Channel(channels) => among(channels, |channel| json!(channel)),
            Self::Language(languages) => among(languages, |language| json!(language)),
            Self::Status(statuses) => among(statuses, |status| json!(status)),
            Self::Requester(people) => among(people, |id| json!(id)),
            Self::RequesterDomain(domains) => among(domains, |domain| json!(domain.as_str())),
            Self::Organization(organizations) => among(organizations, |id| json!(id)),
            Self::Audience(audiences) => among(audiences, |audience| json!(audience)),
            Self::Tag(tags) => among(tags, |tag| json!(tag)),
            Self::Custom(_, values) => among(values, FieldValue::to_value),
            Self::Subject(phrases) | Self::Body(phrases) | Self::SubjectOrBody(phrases) => ("contains_any", json!(phrases)),
            Self::BusinessHours { calendar, is_open } => {
                return json!({ "field": self.field(), "calendar": calendar, "is_open": is_open });
            }
        };
        json!({ "field": self.field(), word: values })
    }
}

impl Serialize for Condition {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.written().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Condition {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        Self::read(&value, "").map_err(|wrong| {
            let sentences: Vec<_> = wrong.iter().map(|wrong| format!("{} {}", wrong.path, wrong.message)).collect();
            D::Error::custom(sentences.join("; ").trim())
        })
    }
}
