//! Whether an answer is what `openapi.json` promises.

use serde_json::Value;

/// Compares an answer with the schema that the document has for it. Says where it differs.
pub(crate) fn fits(document: &Value, schema: &Value, value: &Value) -> Result<(), String> {
    if let Some(reference) = schema["$ref"].as_str() {
        let named = document.pointer(reference.trim_start_matches('#')).ok_or_else(|| format!("{reference} leads nowhere"))?;
        return fits(document, named, value).map_err(|error| format!("{reference}: {error}"));
    }
    for part in list(&schema["allOf"]) {
        fits(document, part, value)?;
    }
    let choices: Vec<_> = list(&schema["oneOf"]).chain(list(&schema["anyOf"])).collect();
    if !choices.is_empty() && !choices.iter().any(|choice| fits(document, choice, value).is_ok()) {
        return Err(format!("{value} is none of the choices"));
    }
    if !is_of_type(&schema["type"], value) {
        return Err(format!("{value} is no {}", schema["type"]));
    }
    if let Some(words) = schema["enum"].as_array().filter(|words| !words.contains(value)) {
        return Err(format!("{value} is none of {words:?}"));
    }
    if let Value::Object(fields) = value {
        if let Some(missing) = list(&schema["required"]).filter_map(Value::as_str).find(|name| !fields.contains_key(*name)) {
            return Err(format!("{missing} is missing"));
        }
        for (name, value) in fields {
            let schema = schema["properties"].get(name).unwrap_or(&Value::Null);
            fits(document, schema, value).map_err(|error| format!("{name}: {error}"))?;
        }
    }
    list(value).try_for_each(|item| fits(document, &schema["items"], item))
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// A schema names one type, several, or none.
fn is_of_type(types: &Value, value: &Value) -> bool {
    let is = |name: &Value| match name.as_str().unwrap_or_default() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        _ => false,
    };
    match types {
        Value::Null => true,
        Value::Array(types) => types.iter().any(is),
        one => is(one),
    }
}
