//! Reading a request's fields: all that is wrong is said at once, and unknown fields are refused.

use std::sync::Arc;

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::{Extensions, StatusCode, header},
};
use lambdesk_domain::{BrandId, Caller, CategoryId, FieldError, TenantConfig};
use lambdesk_platform::App;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::{caller::Admitted, error::ApiError};

/// Errors within one field that are looked for: each is a reading of it.
const MOST_NESTED: usize = 20;

/// The fields of an object, taken one by one.
pub struct Fields {
    values: Map<String, Value>,
    errors: Vec<FieldError>,
    /// From a query string, where every value is a text and a list of one looks like a single value.
    texts: bool,
    scope: Option<Scope>,
}

/// Who asks, and what their desk has configured: what [`Known`] names are looked up in.
#[derive(Debug, Clone)]
pub struct Scope {
    caller: Caller,
    config: Arc<TenantConfig>,
}

impl Scope {
    /// The scope of an admitted request; `None` for an open function's.
    pub(crate) async fn of(extensions: &Extensions, app: &App) -> Result<Option<Self>, ApiError> {
        let Some(Admitted(caller)) = extensions.get::<Admitted>() else { return Ok(None) };
        let config = app.desk(caller).config().await?;
        Ok(Some(Self { caller: caller.clone(), config }))
    }
}

/// A type that reads itself from fields; [`input!`] writes the implementation.
pub trait FromFields: Sized {
    /// Takes its fields; `None` where any is wrong, which `fields` then knows.
    fn from_fields(fields: &mut Fields) -> Option<Self>;
}

/// A type that a field can have.
pub trait Field: Sized {
    /// Reads the value; `None` is an absent field. The error's path goes on from the field.
    fn read(value: Option<Value>, scope: Option<&Scope>) -> Result<Self, FieldError>;
}

impl<T: DeserializeOwned> Field for T {
    fn read(value: Option<Value>, _: Option<&Scope>) -> Result<Self, FieldError> {
        let absent = value.is_none();
        let value = value.unwrap_or(Value::Null);
        let null = value.is_null();
        serde_path_to_error::deserialize(value).map_err(|error| {
            let path = error.path().to_string();
            let path = if path == "." { String::new() } else { path };
            match (absent, null) {
                (true, _) => FieldError::new(path, "required", "is required"),
                (_, true) => FieldError::new(path, "required", "must not be null"),
                _ => FieldError::new(path, "invalid", error.into_inner().to_string()),
            }
        })
    }
}

/// A field of a JSON Merge Patch (RFC 7396): absent leaves, null clears, a value sets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patched<T>(pub Option<Option<T>>);

impl<T: Field> Field for Patched<T> {
    fn read(value: Option<Value>, scope: Option<&Scope>) -> Result<Self, FieldError> {
        match value {
            None => Ok(Self(None)),
            Some(Value::Null) => Ok(Self(Some(None))),
            value => T::read(value, scope).map(|value| Self(Some(Some(value)))),
        }
    }
}

/// An optional name of something that the tenant has configured; what is not there for the caller is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known<T>(pub Option<T>);

/// A name that can be looked up.
pub trait ConfiguredName: DeserializeOwned {
    /// The code of the error where it names nothing.
    const UNKNOWN: &'static str;
    /// Whether it names something for this caller.
    fn is_known(&self, scope: &Scope) -> bool;
}

impl ConfiguredName for CategoryId {
    const UNKNOWN: &'static str = "unknown_category";
    fn is_known(&self, scope: &Scope) -> bool {
        scope.config.category(self).is_some()
    }
}

impl ConfiguredName for BrandId {
    const UNKNOWN: &'static str = "unknown_brand";
    fn is_known(&self, scope: &Scope) -> bool {
        let theirs = !scope.caller.is_staff() || scope.caller.brands.include(self);
        theirs && scope.config.brand(self).is_some()
    }
}

impl<T: ConfiguredName> Field for Known<T> {
    fn read(value: Option<Value>, scope: Option<&Scope>) -> Result<Self, FieldError> {
        let name = <Option<T> as Field>::read(value, scope)?;
        match &name {
            Some(name) if !scope.is_some_and(|scope| name.is_known(scope)) => {
                Err(FieldError::new("", T::UNKNOWN, "there is no such thing on this desk"))
            }
            _ => Ok(Self(name)),
        }
    }
}

impl Fields {
    pub(crate) fn of(values: Map<String, Value>, scope: Option<Scope>) -> Self {
        Self { values, errors: Vec::new(), texts: false, scope }
    }

    pub(crate) fn of_texts(values: Map<String, Value>, scope: Option<Scope>) -> Self {
        Self { values, errors: Vec::new(), texts: true, scope }
    }

    /// Takes a field; what is wrong with it is remembered.
    pub fn take<T: Field>(&mut self, name: &str) -> Option<T> {
        let mut value = self.values.remove(name);
        let mut wrong: Vec<FieldError> = Vec::new();
        let read = loop {
            let error = match self.read_value::<T>(value.clone()) {
                Ok(read) if wrong.is_empty() => break Some(read),
                Ok(_) => break None,
                Err(error) => error,
            };
            // What is missing only because it was taken out is not named.
            let follows = wrong.iter().any(|known| known.path.starts_with(&error.path));
            let goes_on = !follows && wrong.len() < MOST_NESTED && take_out(value.as_mut(), &error.path);
            if !follows {
                wrong.push(error);
            }
            if !goes_on {
                break None;
            }
        };
        self.errors.extend(wrong.into_iter().map(|error| {
            let separator = if error.path.is_empty() || error.path.starts_with('[') { "" } else { "." };
            FieldError { path: format!("{name}{separator}{}", error.path), ..error }
        }));
        read
    }

    fn read_value<T: Field>(&self, value: Option<Value>) -> Result<T, FieldError> {
        let scope = self.scope.as_ref();
        T::read(value.clone(), scope).or_else(|error| match value {
            Some(Value::String(_)) if self.texts => T::read(Some(Value::Array(value.into_iter().collect())), scope)
                .map_err(|in_list| if error.message.contains("expected a sequence") { in_list } else { error }),
            _ => Err(error),
        })
    }

    /// Whether the field is there and holds something.
    pub fn holds(&self, name: &str) -> bool {
        self.values.get(name).is_some_and(|value| !value.is_null())
    }

    /// Takes a field that is an object with fields of its own, and remembers all that is wrong within. The outer `None` says that
    /// something was, the inner one that the field is not there.
    #[allow(clippy::option_option, reason = "wrong is told from absent")]
    pub fn take_object<T: FromFields>(&mut self, name: &str) -> Option<Option<T>> {
        let values = match self.values.remove(name) {
            None | Some(Value::Null) => return Some(None),
            Some(Value::Object(values)) => values,
            Some(_) => {
                self.errors.push(FieldError::new(name, "invalid", "must be an object"));
                return None;
            }
        };
        let mut within = Self::of(values, self.scope.clone());
        let value = T::from_fields(&mut within);
        let unknown: Vec<_> = within.values.keys().map(|field| unknown_field(field)).collect();
        let errors = within.errors.into_iter().chain(unknown);
        let before = self.errors.len();
        self.errors.extend(errors.map(|error| FieldError { path: format!("{name}.{}", error.path), ..error }));
        if self.errors.len() == before { value.map(Some) } else { None }
    }

    /// Takes all fields that nobody has taken, to be read by other means.
    pub fn take_all(&mut self) -> Map<String, Value> {
        std::mem::take(&mut self.values)
    }

    /// Remembers what is wrong with fields that were read by other means.
    pub fn refuse(&mut self, errors: impl IntoIterator<Item = FieldError>) {
        self.errors.extend(errors);
    }

    /// Reads a whole type; the error names every field that is wrong, unknown ones included.
    pub(crate) fn read<T: FromFields>(mut self) -> Result<T, ApiError> {
        let value = T::from_fields(&mut self);
        let unknown = self.values.keys().map(|name| unknown_field(name));
        self.errors.extend(unknown);
        match value {
            Some(value) if self.errors.is_empty() => Ok(value),
            _ => Err(ApiError::invalid(self.errors)),
        }
    }
}

/// Takes the wrong field out of a value, so that the next one is found, which serde passes over; `false` where there is none to take
/// out. Lists are left: what follows would stand in other places.
fn take_out(value: Option<&mut Value>, path: &str) -> bool {
    // Of a list, its first wrong entry is named; it is taken out whole.
    let path = path.split_once('[').map_or(path, |(list, _)| list);
    let (parents, name) = path.rsplit_once('.').map_or((None, path), |(parents, name)| (Some(parents), name));
    let mut names = parents.into_iter().flat_map(|parents| parents.split('.'));
    let parent = names.try_fold(value, |value, name| value.map(|value| value.get_mut(name)));
    match parent.flatten() {
        Some(Value::Object(fields)) => fields.remove(name).is_some(),
        _ => false,
    }
}

pub(crate) fn unknown_field(name: &str) -> FieldError {
    FieldError::new(name, "unknown_field", "is not a field of this request")
}

/// A JSON body.
#[derive(Debug)]
pub struct Json<T>(pub T);

impl<T: FromFields> FromRequest<App> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &App) -> Result<Self, ApiError> {
        let (values, scope) = object(request, state).await?;
        Fields::of(values, scope).read().map(Self)
    }
}

/// The object that a body holds, and the scope to read its fields in.
pub(crate) async fn object(request: Request, app: &App) -> Result<(Map<String, Value>, Option<Scope>), ApiError> {
    check_content_type(&request)?;
    let scope = Scope::of(request.extensions(), app).await?;
    let unreadable = |detail: String| ApiError::new(StatusCode::BAD_REQUEST, "unreadable", detail);
    let body = Bytes::from_request(request, app).await.map_err(|error| unreadable(error.body_text()))?;
    match serde_json::from_slice(&body) {
        Ok(Value::Object(values)) => Ok((values, scope)),
        Ok(_) => Err(unreadable("The body must be a JSON object.".to_owned())),
        Err(error) => Err(unreadable(format!("The body is not JSON: {error}."))),
    }
}

fn check_content_type(request: &Request) -> Result<(), ApiError> {
    let given = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let essence = given.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    if matches!(essence.as_str(), "application/json" | "application/merge-patch+json") {
        return Ok(());
    }
    let detail = "The body must be sent as application/json.";
    Err(ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", detail))
}

/// Declares what a request holds: a struct that documents itself and reads itself from fields, so that document and
/// reader cannot differ.
#[macro_export]
macro_rules! input {
    ($(#[$doc:meta])* $vis:vis struct $name:ident { $($(#[$fdoc:meta])* $field:ident : $type:ty),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, $crate::utoipa::ToSchema)]
        #[allow(dead_code, reason = "a field may only be there to be documented")]
        $vis struct $name { $($(#[$fdoc])* $vis $field: $type),* }

        impl $crate::FromFields for $name {
            fn from_fields(fields: &mut $crate::Fields) -> Option<Self> {
                $(let $field = fields.take::<$type>(stringify!($field));)*
                Some(Self { $($field: $field?),* })
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use lambdesk_domain::{Priority, Subject, Tag};
    use serde_json::json;

    use super::*;
    use crate::error::ApiError;

    #[derive(Debug)]
    struct Sample {
        subject: Subject,
        priority: Option<Priority>,
        tags: Option<Vec<Tag>>,
        category: Patched<String>,
    }

    impl FromFields for Sample {
        fn from_fields(fields: &mut Fields) -> Option<Self> {
            let subject = fields.take("subject");
            let priority = fields.take("priority");
            let tags = fields.take("tags");
            let category = fields.take("category");
            Some(Self { subject: subject?, priority: priority?, tags: tags?, category: category? })
        }
    }

    fn read(value: Value) -> Result<Sample, Vec<(String, &'static str)>> {
        let Value::Object(values) = value else { panic!("an object") };
        Fields::of(values, None).read().map_err(|error| match error {
            ApiError::Failed(failure) => failure.errors.into_iter().map(|error| (error.path, error.code)).collect(),
            ApiError::Answered(_) => panic!("a failure"),
        })
    }

    #[test]
    fn all_that_is_wrong_is_said_at_once() {
        let errors =
            read(json!({"priority": 5, "tags": ["ok", "two words"], "colour": "red", "category": 1})).expect_err("wrong");
        let expected = [
            ("subject", "required"),
            ("priority", "invalid"),
            ("tags[1]", "invalid"),
            ("category", "invalid"),
            ("colour", "unknown_field"),
        ];
        assert_eq!(errors.iter().map(|(path, code)| (path.as_str(), *code)).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn all_that_is_wrong_within_a_field_is_said_too() {
        #[derive(Debug, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        #[allow(dead_code, reason = "only read")]
        struct Nested {
            one: u8,
            other: Option<u8>,
            #[serde(default)]
            list: Vec<u8>,
        }
        let wrong = |value: Value| {
            let mut fields = Fields::of([("field".to_owned(), value)].into_iter().collect(), None);
            let read = fields.take::<Nested>("field");
            assert_eq!(read.is_none(), !fields.errors.is_empty());
            fields.errors.into_iter().map(|error| (error.path, error.code)).collect::<Vec<_>>()
        };
        let named = |paths: &[&str]| paths.iter().map(|path| ((*path).to_owned(), "invalid")).collect::<Vec<_>>();
        assert_eq!(
            wrong(json!({ "one": "x", "other": 300 })),
            named(&["field.one", "field.other"]),
            "and none for want of `one`"
        );
        assert_eq!(wrong(json!({ "one": 1, "other": -1, "list": [1, "x", "y"] })), named(&["field.list[1]", "field.other"]));
        assert_eq!(wrong(json!("x")), named(&["field"]));
        assert_eq!(wrong(json!({ "one": 1 })), []);
        assert_eq!(wrong(json!({ "other": "x" }))[0], ("field.other".to_owned(), "invalid"));
    }

    #[test]
    fn a_patch_tells_absent_from_null() {
        let sample = read(json!({"subject": "Hi", "category": null})).expect("fits");
        assert_eq!((sample.category, sample.priority, sample.tags.is_none()), (Patched(Some(None)), None, true));
        assert_eq!(sample.subject.as_str(), "Hi");
        assert_eq!(read(json!({"subject": "Hi"})).expect("fits").category, Patched(None));
        assert_eq!(read(json!({"subject": null})).expect_err("wrong"), [("subject".to_owned(), "required")]);
    }
}
