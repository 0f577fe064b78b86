//! JSON Merge Patch (RFC 7396) of things that are read whole: what the patch makes of them is read as if it had been sent. So a
//! patch is held to the same rules as what made the thing, nested fields and all.

use axum::extract::{FromRequest, Request};
use lambdesk_platform::App;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::{
    error::ApiError,
    input::{Fields, FromFields, Scope, object, unknown_field},
};

/// A patch: absent leaves, null clears, an object changes what it names, any other value takes the place of what was there.
#[derive(Debug, Clone)]
pub struct Merge {
    patch: Map<String, Value>,
    scope: Option<Scope>,
}

impl FromRequest<App> for Merge {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &App) -> Result<Self, ApiError> {
        let (patch, scope) = object(request, app).await?;
        Ok(Self { patch, scope })
    }
}

impl Merge {
    /// What it makes of `known`. The `fixed` fields of that are not read, and a patch that names one is refused as one that
    /// names an unknown field.
    pub fn onto<T: FromFields>(&self, known: &impl Serialize, fixed: &[&str]) -> Result<T, ApiError> {
        let known = serde_json::to_value(known).map_err(|error| ApiError::internal(error.to_string()))?;
        let Value::Object(mut values) = known else { return Err(ApiError::internal("only objects can be patched")) };
        values.retain(|name, _| !fixed.contains(&name.as_str()));
        for (name, patch) in &self.patch {
            match patch {
                // Not left out: a name that is no field's is refused also where it is cleared.
                Value::Null => drop(values.insert(name.clone(), Value::Null)),
                patch => merge(values.entry(name.clone()).or_insert(Value::Null), patch),
            }
        }
        let refused = fixed.iter().filter_map(|name| values.remove(*name).map(|_| unknown_field(name)));
        let refused: Vec<_> = refused.collect();
        let mut fields = Fields::of(values, self.scope.clone());
        fields.refuse(refused);
        fields.read()
    }
}

/// The algorithm of RFC 7396, section 2.
fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        target.clone_from(patch);
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Value::Object(target) = target else { return };
    for (name, patch) in patch {
        if patch.is_null() {
            target.remove(name);
        } else {
            merge(target.entry(name.clone()).or_insert(Value::Null), patch);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The examples of RFC 7396, appendix A.
    #[test]
    fn a_patch_is_merged_as_the_rfc_says() {
        for (target, patch, result) in [
            (json!({"a": "b"}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": "b"}), json!({"b": "c"}), json!({"a": "b", "b": "c"})),
            (json!({"a": "b"}), json!({"a": null}), json!({})),
            (json!({"a": "b", "b": "c"}), json!({"a": null}), json!({"b": "c"})),
            (json!({"a": ["b"]}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": "c"}), json!({"a": ["b"]}), json!({"a": ["b"]})),
            (json!({"a": {"b": "c"}}), json!({"a": {"b": "d", "c": null}}), json!({"a": {"b": "d"}})),
            (json!({"a": [{"b": "c"}]}), json!({"a": [1]}), json!({"a": [1]})),
            (json!(["a", "b"]), json!(["c", "d"]), json!(["c", "d"])),
            (json!({"a": "b"}), json!(["c"]), json!(["c"])),
            (json!({"a": "foo"}), json!(null), json!(null)),
            (json!({"e": null}), json!({"a": 1}), json!({"e": null, "a": 1})),
            (json!([1, 2]), json!({"a": "b", "c": null}), json!({"a": "b"})),
            (json!({}), json!({"a": {"bb": {"ccc": null}}}), json!({"a": {"bb": {}}})),
        ] {
            let mut merged = target.clone();
            merge(&mut merged, &patch);
            assert_eq!(merged, result, "{target} and {patch}");
        }
    }

    crate::input! {
        struct Sample {
            name: String,
            minutes: Option<u32>,
        }
    }

    /// The paths and codes of what is wrong.
    type Wrong = Vec<(String, &'static str)>;

    fn read(patch: Value) -> Result<(String, Option<u32>), Wrong> {
        let Value::Object(patch) = patch else { panic!("an object") };
        let known = json!({ "id": "x", "name": "X", "minutes": 5, "version": 3 });
        match (Merge { patch, scope: None }).onto::<Sample>(&known, &["id", "version"]) {
            Ok(Sample { name, minutes }) => Ok((name, minutes)),
            Err(ApiError::Failed(failure)) => Err(failure.errors.into_iter().map(|error| (error.path, error.code)).collect()),
            Err(ApiError::Answered(_)) => panic!("a failure"),
        }
    }

    #[test]
    fn what_comes_of_it_is_read_as_a_whole() {
        assert_eq!(read(json!({})), Ok(("X".to_owned(), Some(5))));
        assert_eq!(read(json!({ "name": "Y", "minutes": null })), Ok(("Y".to_owned(), None)));
        let wrong = read(json!({ "id": "y", "version": null, "name": null, "minutes": "x", "colour": null })).expect_err("wrong");
        let expected = [
            ("id", "unknown_field"),
            ("version", "unknown_field"),
            ("name", "required"),
            ("minutes", "invalid"),
            ("colour", "unknown_field"),
        ];
        assert_eq!(wrong, expected.map(|(path, code)| (path.to_owned(), code)));
    }
}
