//! Message attributes: typed values that travel beside the body.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};

use crate::SqsError;

/// Message attributes by name. The order of names is the order the checksum is made in.
pub type MessageAttributes = BTreeMap<String, MessageAttribute>;

/// The most attributes a message can have.
const MAX_ATTRIBUTES: usize = 10;

/// The longest name of an attribute and of a data type.
const MAX_NAME_LENGTH: usize = 256;

/// One message attribute. Serialised in the shape of the SQS API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "WireAttribute", into = "WireAttribute")]
pub struct MessageAttribute {
    /// `String`, `Number` or `Binary`, maybe with a label of the sender: `Number.float`.
    pub data_type: String,
    /// The value; binary exactly when the type is.
    pub value: AttributeValue,
}

/// The value of a message attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AttributeValue {
    /// The value of a `String` or `Number`.
    Text(String),
    /// The value of a `Binary`.
    Binary(Vec<u8>),
}

impl AttributeValue {
    /// The bytes that count for the size and the checksum.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::Binary(bytes) => bytes,
        }
    }
}

impl MessageAttribute {
    /// An attribute of type `String`.
    pub fn string(value: impl Into<String>) -> Self {
        Self { data_type: "String".to_owned(), value: AttributeValue::Text(value.into()) }
    }

    fn check(&self, name: &str) -> Result<(), SqsError> {
        let refuse = |reason: &str| Err(SqsError::InvalidParameterValue(format!("The message attribute '{name}' {reason}")));
        let kind = self.data_type.split('.').next().unwrap_or_default();
        let matches_type = match self.value {
            AttributeValue::Text(_) => kind == "String" || kind == "Number",
            AttributeValue::Binary(_) => kind == "Binary",
        };
        if name.is_empty() || name.len() > MAX_NAME_LENGTH || self.data_type.len() > MAX_NAME_LENGTH {
            return refuse("must have a name and a type of at most 256 characters.");
        }
        if !matches_type {
            return refuse("has a value that does not fit its type. The type must start with String, Number or Binary.");
        }
        if self.value.as_bytes().is_empty() {
            return refuse("must contain a non-empty value.");
        }
        Ok(())
    }
}

/// Refuses attributes that SQS refuses: too many of them, empty ones, unknown types.
pub(crate) fn check_all(attributes: &MessageAttributes) -> Result<(), SqsError> {
    if attributes.len() > MAX_ATTRIBUTES {
        return Err(SqsError::InvalidParameterValue(format!(
            "Number of message attributes [{}] exceeds the allowed maximum [{MAX_ATTRIBUTES}].",
            attributes.len()
        )));
    }
    attributes.iter().try_for_each(|(name, attribute)| attribute.check(name))
}

/// Bytes the attributes add to the size of their message: names, types and values.
pub(crate) fn size_of_all(attributes: &MessageAttributes) -> usize {
    attributes.iter().map(|(name, a)| name.len() + a.data_type.len() + a.value.as_bytes().len()).sum()
}

/// The shape of the SQS API, and of the column in the file.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct WireAttribute {
    #[serde(default)]
    data_type: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    string_value: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    binary_value: Option<String>,
}

impl TryFrom<WireAttribute> for MessageAttribute {
    type Error = String;

    fn try_from(wire: WireAttribute) -> Result<Self, String> {
        let value = match (wire.string_value, wire.binary_value) {
            (Some(text), None) => AttributeValue::Text(text),
            (None, Some(encoded)) => AttributeValue::Binary(STANDARD.decode(encoded).map_err(|e| e.to_string())?),
            _ => return Err("a message attribute must have either a StringValue or a BinaryValue".to_owned()),
        };
        Ok(Self { data_type: wire.data_type, value })
    }
}

impl From<MessageAttribute> for WireAttribute {
    fn from(attribute: MessageAttribute) -> Self {
        let (string_value, binary_value) = match attribute.value {
            AttributeValue::Text(text) => (Some(text), None),
            AttributeValue::Binary(bytes) => (None, Some(STANDARD.encode(bytes))),
        };
        Self { data_type: attribute.data_type, string_value, binary_value }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(attribute: MessageAttribute) -> MessageAttributes {
        [("k".to_owned(), attribute)].into()
    }

    #[test]
    fn the_wire_shape_round_trips() {
        let text = r#"{"b":{"DataType":"Binary","BinaryValue":"AAEC"},"s":{"DataType":"String.x","StringValue":"v"}}"#;
        let attributes: MessageAttributes = serde_json::from_str(text).unwrap();
        assert_eq!(attributes["b"].value, AttributeValue::Binary(vec![0, 1, 2]));
        assert_eq!(serde_json::to_string(&attributes).unwrap(), text);
    }

    #[test]
    fn empty_mistyped_and_surplus_attributes_are_refused() {
        assert!(check_all(&one(MessageAttribute::string("v"))).is_ok());
        assert!(check_all(&one(MessageAttribute::string(""))).is_err());
        let mistyped = MessageAttribute { data_type: "Binary".to_owned(), value: AttributeValue::Text("v".to_owned()) };
        assert!(check_all(&one(mistyped)).is_err());
        let surplus = (0..11).map(|i| (i.to_string(), MessageAttribute::string("v"))).collect();
        assert!(check_all(&surplus).is_err());
    }

    #[test]
    fn names_types_and_values_count_for_the_size() {
        assert_eq!(size_of_all(&one(MessageAttribute::string("vv"))), 1 + 6 + 2);
    }
}
