//! Reading values of which another desk decides the shape.

use serde_json::Value;

/// A text, number or yes or no under a name, as text; nothing where it is blank.
pub(crate) fn text(value: &Value, name: &str) -> Option<String> {
    as_text(value.get(name)?)
}

/// A value as text.
pub(crate) fn as_text(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(yes) => yes.to_string(),
        Value::Null | Value::Array(_) | Value::Object(_) => return None,
    };
    (!text.trim().is_empty()).then_some(text)
}

/// The elements of an array under a name; none where there is no array.
pub(crate) fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The name in an object under a name, or the text itself: `{"name": "Support"}` or `"Support"`.
pub(crate) fn named(value: &Value, name: &str) -> Option<String> {
    let value = value.get(name)?;
    text(value, "name").or_else(|| as_text(value))
}

/// The values of a custom field as the desk keeps them: several become one text.
pub(crate) fn field(value: &Value) -> Value {
    match value {
        Value::Array(values) => Value::String(values.iter().filter_map(as_text).collect::<Vec<_>>().join(", ")),
        // Its longest fields hold texts of many lines, with both characters of a line break.
        Value::String(text) => Value::String(text.replace("\r\n", "\n").replace('\t', " ")),
        other => other.clone(),
    }
}
