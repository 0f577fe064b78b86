//! Rows: an envelope that every item shares around the entity itself.
//!
//! `pk`, `sk`; `kind` says what it is; `v` is the version of its shape; `data` is the entity. Shapes are migrated on
//! read: a reader of `v: 2` knows how to read `v: 1`, and a fixture of every shape ever written stays in `fixtures/`.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Serialize, de::DeserializeOwned};

use crate::{error::StoreError, keys::Key};

pub(crate) type Item = HashMap<String, AttributeValue>;

/// The version of the shapes that this code writes. All kinds are at their first.
pub(crate) const SHAPE: &str = "1";

pub(crate) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

pub(crate) fn number(value: impl ToString) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

pub(crate) fn key(key: Key) -> Item {
    Item::from([("pk".to_owned(), text(key.pk)), ("sk".to_owned(), text(key.sk))])
}

/// Writes a row.
pub(crate) fn encode<T: Serialize>(at: Key, kind: &str, data: &T) -> Result<Item, StoreError> {
    let data = serde_dynamo::aws_sdk_dynamodb_1::to_attribute_value(data)
        .map_err(|error| StoreError::Corrupt(format!("{kind} cannot be written: {error}")))?;
    let mut item = key(at);
    item.insert("kind".to_owned(), text(kind));
    item.insert("v".to_owned(), number(SHAPE));
    item.insert("data".to_owned(), data);
    Ok(item)
}

/// Reads a row that must be of this kind.
pub(crate) fn decode<T: DeserializeOwned>(mut item: Item, kind: &str) -> Result<T, StoreError> {
    let corrupt = |what: String| StoreError::Corrupt(format!("{kind}: {what}"));
    if self::kind(&item) != kind {
        return Err(corrupt(format!("found kind {}", self::kind(&item))));
    }
    match item.get("v").and_then(|v| v.as_n().ok()).map(String::as_str) {
        Some(SHAPE) => {}
        other => return Err(corrupt(format!("shape {other:?} is newer than this version reads"))),
    }
    let data = item.remove("data").ok_or_else(|| corrupt("no data".to_owned()))?;
    serde_dynamo::aws_sdk_dynamodb_1::from_attribute_value(data).map_err(|error| corrupt(error.to_string()))
}

/// About how many bytes DynamoDB counts for it ("Item sizes and formats" in its guide): names and texts in UTF-8, numbers of half as
/// many bytes as digits, three bytes for a list or map and one for each thing in it.
pub(crate) fn size(item: &Item) -> usize {
    item.iter().map(|(name, value)| name.len() + size_of_value(value)).sum()
}

fn size_of_value(value: &AttributeValue) -> usize {
    match value {
        AttributeValue::S(text) => text.len(),
        AttributeValue::N(number) => number.len() / 2 + 2,
        AttributeValue::L(values) => 3 + values.iter().map(|value| 1 + size_of_value(value)).sum::<usize>(),
        AttributeValue::M(values) => 3 + values.iter().map(|(name, value)| 1 + name.len() + size_of_value(value)).sum::<usize>(),
        AttributeValue::Bool(_) | AttributeValue::Null(_) => 1,
        // Nothing that is kept has other types; sets and bytes would count as what they hold.
        _ => 0,
    }
}

pub(crate) fn kind(item: &Item) -> &str {
    string(item, "kind")
}

pub(crate) fn string<'a>(item: &'a Item, name: &str) -> &'a str {
    item.get(name).and_then(|value| value.as_s().ok()).map_or("", String::as_str)
}
