//! The AWS Query protocol's parameters as a tree.
//!
//! `Tags.member.1.Name=a` becomes `{"Tags": [{"Name": "a"}]}`, which serde then
//! turns into a request type. Every leaf is text. An empty value counts as
//! absent: that is how a client writes an empty list.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::error::Refusal;

/// The parameters of one request.
pub(crate) struct Params(Map<String, Value>);

impl Params {
    /// Parses an `application/x-www-form-urlencoded` body.
    pub(crate) fn parse(body: &[u8]) -> Self {
        let mut root = Map::new();
        for (name, value) in form_urlencoded::parse(body) {
            if !value.is_empty() {
                insert(&mut root, &name, value.into_owned());
            }
        }
        Self(root.into_iter().map(|(name, value)| (name, with_lists(value))).collect())
    }

    /// The `Action` parameter.
    pub(crate) fn action(&self) -> &str {
        self.0.get("Action").and_then(Value::as_str).unwrap_or_default()
    }

    /// Reads the parameters as `T`; `ValidationError` if they don't fit.
    pub(crate) fn read<T: DeserializeOwned>(self) -> Result<T, Refusal> {
        serde_json::from_value(Value::Object(self.0)).map_err(|error| Refusal::validation(error.to_string()))
    }
}

fn insert(map: &mut Map<String, Value>, path: &str, value: String) {
    let Some((first, rest)) = path.split_once('.') else {
        map.insert(path.to_owned(), Value::String(value));
        return;
    };
    let child = map.entry(first).or_insert_with(|| Value::Object(Map::new()));
    // A name that is a leaf and a branch at once is nonsense; the leaf wins.
    if let Value::Object(child) = child {
        insert(child, rest, value);
    }
}

/// Replaces `{"member": {"1": a, "2": b}}` by `[a, b]`, at every depth.
fn with_lists(value: Value) -> Value {
    let Value::Object(mut map) = value else { return value };
    if map.len() == 1
        && let Some(Value::Object(members)) = map.get_mut("member")
    {
        let members = std::mem::take(members);
        let mut members: Vec<(u32, Value)> =
            members.into_iter().map(|(number, value)| (number.parse().unwrap_or(u32::MAX), with_lists(value))).collect();
        members.sort_by_key(|(number, _)| *number);
        return members.into_iter().map(|(_, value)| value).collect();
    }
    map.into_iter().map(|(name, value)| (name, with_lists(value))).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn members_become_lists_in_numeric_order() {
        let body = b"Action=A&L.member.10=j&L.member.2=b&L.member.1.X.Y=a&Empty=";
        let tree: Value = Params::parse(body).read().unwrap();
        assert_eq!(tree, json!({"Action": "A", "L": [{"X": {"Y": "a"}}, "b", "j"]}));
    }

    #[test]
    fn a_leaf_that_is_a_branch_too_does_not_panic() {
        let tree: Value = Params::parse(b"A=1&A.B=2").read().unwrap();
        assert_eq!(tree, json!({"A": "1"}));
    }
}
