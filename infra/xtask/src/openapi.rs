//! `openapi.json`: written from the registry, committed, and checked for drift.

use std::path::Path;

use lambdesk_function::{Endpoint, document};
use serde_json::{Map, Value};

use crate::files;

const FILE: &str = "openapi.json";

pub(crate) fn write(root: &Path, registry: &[Endpoint]) -> Result<String, String> {
    files::write(&root.join(FILE), &generate(registry)?)?;
    Ok(format!("{FILE} is written"))
}

pub(crate) fn check(root: &Path, registry: &[Endpoint]) -> Result<String, String> {
    let path = root.join(FILE);
    let committed = if path.exists() { files::read(&path)? } else { String::new() };
    match difference(&committed, &generate(registry)?) {
        None => Ok(format!("{FILE} is what the code says")),
        Some(difference) => Err(format!("{FILE} is not what the code says; run `make openapi` and commit it\n{difference}")),
    }
}

fn generate(registry: &[Endpoint]) -> Result<String, String> {
    files::pretty(&sorted(document(registry, env!("CARGO_PKG_VERSION"))))
}

/// With keys in alphabetical order, whatever features serde_json was built with: the file must not depend on them.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(object) => {
            let mut entries: Vec<_> = object.into_iter().collect();
            entries.sort_by(|(a, _), (b, _)| a.cmp(b));
            Value::Object(entries.into_iter().map(|(key, value)| (key, sorted(value))).collect::<Map<_, _>>())
        }
        Value::Array(values) => Value::Array(values.into_iter().map(sorted).collect()),
        other => other,
    }
}

/// The first line that differs, with its number; `None` where nothing does.
fn difference(committed: &str, generated: &str) -> Option<String> {
    if committed == generated {
        return None;
    }
    let (mut old, mut new) = (committed.lines(), generated.lines());
    let mut number = 1;
    loop {
        let (old, new) = (old.next(), new.next());
        if old != new || old.is_none() {
            let line = |text: Option<&str>| text.unwrap_or("(the end)").trim().to_owned();
            return Some(format!("line {number}\n  committed: {}\n  generated: {}", line(old), line(new)));
        }
        number += 1;
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::registry;

    #[test]
    fn the_difference_is_named() {
        assert_eq!(difference("a\nb\n", "a\nb\n"), None);
        assert_eq!(difference("a\nb\n", "a\nc\n").unwrap(), "line 2\n  committed: b\n  generated: c");
        assert_eq!(difference("", "a\n").unwrap(), "line 1\n  committed: (the end)\n  generated: a");
        assert!(difference("a", "a\n").is_some(), "a final newline counts");
    }

    #[test]
    fn keys_are_sorted_at_every_depth() {
        let value = sorted(json!({ "b": [{ "z": 1, "a": 2 }], "a": null }));
        assert_eq!(value.to_string(), r#"{"a":null,"b":[{"a":2,"z":1}]}"#);
    }

    #[test]
    fn every_reference_of_the_document_leads_somewhere() {
        let document = document(&registry(), "0.0.0");
        let mut references = Vec::new();
        collect(&document, &mut references);
        assert!(!references.is_empty());
        for reference in references {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
        }
    }

    fn collect(value: &Value, references: &mut Vec<String>) {
        match value {
            Value::Object(object) => {
                references.extend(object.get("$ref").and_then(Value::as_str).map(str::to_owned));
                object.values().for_each(|value| collect(value, references));
            }
            Value::Array(values) => values.iter().for_each(|value| collect(value, references)),
            _ => {}
        }
    }
}
