//! Tests as JSON. Read by hand, as the conditions of rules are: every wrong value is named by its place.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use serde_json::{Map, Value, json};

use super::{Span, StatusValue, TeamValue, Test, Who};
use crate::{
    error::{FieldError, ParseError},
    id::{BrandId, CategoryId, OrganizationId},
    routing::{
        Among, FieldName, FieldValue,
        reader::{Reader, text},
    },
    text::Tag,
    words::{Channel, Priority},
};

impl Test {
    /// Reads a test and names everything that is wrong with its form, as paths below `path`. What it refers to is checked with
    /// the [view](super::View::check).
    pub fn read(value: &Value, path: &str) -> Result<Self, Vec<FieldError>> {
        let mut reader = Reader::of(value, path);
        let Some(field) = reader.text("field") else { return Err(reader.wrong) };
        let test = match field.as_str() {
            "status" => Self::Status(reader.among(text(StatusValue::parse))),
            "priority" => Self::Priority(reader.among(text(Priority::parse))),
            "category" => Self::Category(reader.among(text(CategoryId::parse))),
            "brand" => Self::Brand(reader.among(text(BrandId::parse))),
            "assignee" => Self::Assignee(reader.among(text(Who::parse))),
            "team" => Self::Team(reader.among(text(TeamValue::parse))),
            "requester" => Self::Requester(reader.among(text(str::parse))),
            "organization" => Self::Organization(reader.among(text(OrganizationId::parse))),
            "channel" => Self::Channel(reader.among(text(Channel::parse))),
            "tag" if reader.entries.contains_key("has_all") => {
                reader.refuse_all_but(&["field", "has_all"]);
                Self::HasAllTags(reader.values("has_all", text(Tag::parse)))
            }
            "tag" => Self::Tag(reader.among(text(Tag::parse))),
            "created_at" => Self::CreatedAt(span(&mut reader)),
            "breached" => Self::Breached(reader.among(flag)),
            "rated" => Self::Rated(reader.among(flag)),
            _ => match field.strip_prefix("fields.").map(FieldName::parse) {
                Some(Ok(name)) => Self::Custom(name, reader.among(FieldValue::parse)),
                Some(Err(error)) => return Err(reader.refused("field", "invalid", &error.0)),
                None => return Err(reader.refused("field", "unknown_field", "is not a field that views can ask of")),
            },
        };
        reader.finish(test)
    }

    /// What it asks of, as JSON names it.
    pub fn field(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Status(_) => "status",
            Self::Priority(_) => "priority",
            Self::Category(_) => "category",
            Self::Brand(_) => "brand",
            Self::Assignee(_) => "assignee",
            Self::Team(_) => "team",
            Self::Requester(_) => "requester",
            Self::Organization(_) => "organization",
            Self::Channel(_) => "channel",
            Self::Tag(_) | Self::HasAllTags(_) => "tag",
            Self::Custom(name, _) => return Cow::Owned(format!("fields.{}", name.as_str())),
            Self::CreatedAt(_) => "created_at",
            Self::Breached(_) => "breached",
            Self::Rated(_) => "rated",
        })
    }

    fn written(&self) -> Value {
        fn among<T>(among: &Among<T>, value: impl Fn(&T) -> Value) -> (&'static str, Value) {
            let (word, values) = among.values();
            (word, values.iter().map(value).collect())
        }
        let (word, values) = match self {
            Self::Status(values) => among(values, |value| json!(value.as_str())),
            Self::Priority(values) => among(values, |value| json!(value)),
            Self::Category(values) => among(values, |value| json!(value)),
            Self::Brand(values) => among(values, |value| json!(value)),
            Self::Assignee(values) => among(values, |value| json!(value.to_string())),
            Self::Team(values) => among(values, |value| json!(value.as_str())),
            Self::Requester(values) => among(values, |value| json!(value)),
            Self::Organization(values) => among(values, |value| json!(value)),
            Self::Channel(values) => among(values, |value| json!(value)),
            Self::Tag(values) => among(values, |value| json!(value)),
            Self::HasAllTags(tags) => ("has_all", json!(tags)),
            Self::Custom(_, values) => among(values, FieldValue::to_value),
            Self::Breached(values) | Self::Rated(values) => among(values, |value| json!(value)),
            Self::CreatedAt(Span { from, before }) => {
                let mut written = Map::from_iter([("field".to_owned(), json!("created_at"))]);
                written.extend(from.map(|from| ("from".to_owned(), json!(from))));
                written.extend(before.map(|before| ("before".to_owned(), json!(before))));
                return Value::Object(written);
            }
        };
        json!({ "field": self.field(), word: values })
    }
}

fn flag(value: &Value) -> Result<bool, ParseError> {
    value.as_bool().ok_or_else(|| ParseError::new("must be true or false"))
}

fn span(reader: &mut Reader) -> Span {
    reader.refuse_all_but(&["field", "from", "before"]);
    let mut time = |name: &str| {
        let read = reader.entries.get(name).map(|value| value.as_str().and_then(|text| text.parse::<Timestamp>().ok()))?;
        if read.is_none() {
            reader.refuse(name, "invalid", "must be a time, such as 2026-11-20T09:30:00Z");
        }
        Some(read)
    };
    let (from, before) = (time("from"), time("before"));
    if from.is_none() && before.is_none() {
        reader.refuse("from", "required", "is required, or before");
    }
    Span { from: from.flatten(), before: before.flatten() }
}

impl Serialize for Test {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.written().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Test {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        Self::read(&value, "").map_err(|wrong| {
            let sentences: Vec<_> = wrong.iter().map(|wrong| format!("{} {}", wrong.path, wrong.message)).collect();
            D::Error::custom(sentences.join("; ").trim())
        })
    }
}
