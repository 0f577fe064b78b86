//! Reading calendars from JSON so that all that is wrong is said at once, where serde would stop at the first.

use std::ops::RangeInclusive;

use serde_json::{Map, Value};

use crate::error::{DomainError, FieldError, ParseError};

/// Errors that one answer names at most: enough for any person, and no answer longer than the request.
const MOST_ERRORS: usize = 100;

/// What is wrong so far.
pub(super) type Wrong = Vec<FieldError>;

/// Reads one value that stands alone; `read` gets the value, its path and the list of what is wrong.
pub(super) fn whole<T>(value: Value, read: impl FnOnce(Value, &str, &mut Wrong) -> Option<T>) -> Result<T, DomainError> {
    let mut wrong = Wrong::new();
    match read(value, "", &mut wrong) {
        Some(read) if wrong.is_empty() => Ok(read),
        _ => {
            wrong.truncate(MOST_ERRORS);
            Err(DomainError::Invalid(wrong))
        }
    }
}

/// The errors as one sentence, for serde.
pub(super) fn sentence(error: DomainError) -> String {
    let DomainError::Invalid(wrong) = error else { return error.to_string() };
    let place = |path: &str| if path.is_empty() { String::new() } else { format!("{path} ") };
    wrong.iter().map(|error| format!("{}{}", place(&error.path), error.message)).collect::<Vec<_>>().join("; ")
}

macro_rules! deserialize_by_reading {
    ($($name:ident),+) => {
        $(impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let value = serde_json::Value::deserialize(deserializer)?;
                $crate::calendar::read::whole(value, Self::read)
                    .map_err(|error| serde::de::Error::custom($crate::calendar::read::sentence(error)))
            }
        })+
    };
}
pub(super) use deserialize_by_reading;

/// The fields of an object, taken one by one.
pub(super) struct Object<'w> {
    values: Map<String, Value>,
    path: String,
    wrong: &'w mut Wrong,
}

impl<'w> Object<'w> {
    /// The fields of the value, where it is an object. A field that is null is absent.
    pub(super) fn open(value: Value, path: &str, wrong: &'w mut Wrong) -> Option<Self> {
        match value {
            Value::Object(mut values) => {
                values.retain(|_, value| !value.is_null());
                Some(Self { values, path: path.to_owned(), wrong })
            }
            _ => {
                wrong.push(FieldError::new(path, "invalid", "must be an object"));
                None
            }
        }
    }

    /// A field that must be there.
    pub(super) fn required<T>(&mut self, name: &str, read: impl FnOnce(Value, &str, &mut Wrong) -> Option<T>) -> Option<T> {
        if !self.has(name) {
            self.note(name, "required", "is required");
            return None;
        }
        self.optional(name, read)
    }

    /// A field that may be absent.
    pub(super) fn optional<T>(&mut self, name: &str, read: impl FnOnce(Value, &str, &mut Wrong) -> Option<T>) -> Option<T> {
        let value = self.values.remove(name)?;
        read(value, &self.path_of(name), self.wrong)
    }

    /// Whether the field is there, and not yet taken.
    pub(super) fn has(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// Takes what was parsed from several fields together; an error stands at the field that is named.
    pub(super) fn parsed<T>(&mut self, name: &str, parsed: Result<T, ParseError>) -> Option<T> {
        parsed.map_err(|error| self.note(name, "invalid", error.to_string())).ok()
    }

    /// Notes what is wrong with a field; with the object itself where the name is empty.
    pub(super) fn note(&mut self, name: &str, code: &'static str, message: impl Into<String>) {
        let path = self.path_of(name);
        self.wrong.push(FieldError::new(path, code, message));
    }

    /// Refuses the fields that nobody took.
    pub(super) fn close(self) {
        for name in self.values.keys() {
            let path = self.path_of(name);
            self.wrong.push(FieldError::new(path, "unknown_field", "is not a field of this"));
        }
    }

    fn path_of(&self, name: &str) -> String {
        match (self.path.as_str(), name) {
            ("", name) => name.to_owned(),
            (path, "") => path.to_owned(),
            (path, name) => format!("{path}.{name}"),
        }
    }
}

/// A text that parses into its type.
pub(super) fn text<T: TryFrom<String, Error = ParseError>>(value: Value, path: &str, wrong: &mut Wrong) -> Option<T> {
    let parsed = match value {
        Value::String(text) => T::try_from(text),
        _ => Err(ParseError::new("must be a text")),
    };
    parsed.map_err(|error| wrong.push(FieldError::new(path, "invalid", error.to_string()))).ok()
}

/// A number that counts.
pub(super) fn number(value: Value, path: &str, wrong: &mut Wrong) -> Option<u32> {
    let number = value.as_u64().and_then(|number| u32::try_from(number).ok());
    if number.is_none() {
        wrong.push(FieldError::new(path, "invalid", "must be a whole number"));
    }
    number
}

/// Yes or no.
pub(super) fn flag(value: Value, path: &str, wrong: &mut Wrong) -> Option<bool> {
    let flag = value.as_bool();
    if flag.is_none() {
        wrong.push(FieldError::new(path, "invalid", "must be true or false"));
    }
    flag
}

/// A whole number of the range.
pub(super) fn integer(range: RangeInclusive<i16>) -> impl FnOnce(Value, &str, &mut Wrong) -> Option<i16> {
    move |value, path, wrong| {
        let number = value.as_i64().and_then(|number| i16::try_from(number).ok()).filter(|number| range.contains(number));
        if number.is_none() {
            let message = format!("must be a whole number from {} to {}", range.start(), range.end());
            wrong.push(FieldError::new(path, "invalid", message));
        }
        number
    }
}

/// A list of at most so many; those that are wrong are left out, and noted. Each comes with its place in the list.
pub(super) fn list<T>(
    most: usize,
    read: impl Fn(Value, &str, &mut Wrong) -> Option<T>,
) -> impl FnOnce(Value, &str, &mut Wrong) -> Option<Vec<(usize, T)>> {
    move |value, path, wrong| {
        let Value::Array(values) = value else {
            wrong.push(FieldError::new(path, "invalid", "must be a list"));
            return None;
        };
        if values.len() > most {
            wrong.push(FieldError::new(path, "too_many", format!("must be at most {most}, are {}", values.len())));
            return None;
        }
        let read_at = |(index, value)| Some((index, read(value, &format!("{path}[{index}]"), wrong)?));
        Some(values.into_iter().enumerate().filter_map(read_at).collect())
    }
}
