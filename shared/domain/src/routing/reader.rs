//! Reading one JSON object by hand, so that everything that is wrong with it is named by its place.

use serde_json::{Map, Value};

use super::{Among, Phrase};
use crate::error::{FieldError, ParseError};

/// Reads a value that is a text in JSON.
pub(crate) fn text<T>(parse: impl Fn(&str) -> Result<T, ParseError>) -> impl Fn(&Value) -> Result<T, ParseError> {
    move |value| parse(value.as_str().ok_or_else(|| ParseError::new("must be a text"))?)
}

/// One JSON object, where it stands, and what is wrong with it so far.
pub(crate) struct Reader {
    path: String,
    pub(crate) entries: Map<String, Value>,
    pub(crate) wrong: Vec<FieldError>,
}

impl Reader {
    pub(crate) fn of(value: &Value, path: &str) -> Self {
        let path = path.to_owned();
        match value {
            Value::Object(entries) => Self { path, entries: entries.clone(), wrong: Vec::new() },
            _ => {
                let wrong = vec![FieldError::new(path.clone(), "invalid", "must be an object")];
                Self { path, entries: Map::new(), wrong }
            }
        }
    }

    fn below(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    pub(crate) fn refuse(&mut self, name: &str, code: &'static str, message: &str) {
        self.wrong.push(FieldError::new(self.below(name), code, message));
    }

    pub(crate) fn refused(mut self, name: &str, code: &'static str, message: &str) -> Vec<FieldError> {
        self.refuse(name, code, message);
        self.wrong
    }

    pub(crate) fn refuse_all_but(&mut self, known: &[&str]) {
        let unknown: Vec<_> = self.entries.keys().filter(|name| !known.contains(&name.as_str())).cloned().collect();
        for name in unknown {
            self.refuse(&name, "unknown_field", "is not a field of this condition");
        }
    }

    pub(crate) fn text(&mut self, name: &str) -> Option<String> {
        match self.entries.get(name) {
            Some(Value::String(text)) => return Some(text.clone()),
            Some(_) => self.refuse(name, "invalid", "must be a text"),
            // What is no object has no fields to miss.
            None if self.wrong.is_empty() => self.refuse(name, "required", "is required"),
            None => {}
        }
        None
    }

    /// The values of a list, each with its path.
    pub(crate) fn list(&mut self, name: &str) -> Vec<(Value, String)> {
        let path = self.below(name);
        match self.entries.get(name) {
            Some(Value::Array(values)) => {
                values.iter().enumerate().map(|(i, value)| (value.clone(), format!("{path}[{i}]"))).collect()
            }
            Some(_) => {
                self.refuse(name, "invalid", "must be a list");
                Vec::new()
            }
            None => {
                self.refuse(name, "required", "is required");
                Vec::new()
            }
        }
    }

    pub(crate) fn values<T>(&mut self, name: &str, parse: impl Fn(&Value) -> Result<T, ParseError>) -> Vec<T> {
        let mut read = Vec::new();
        for (value, path) in self.list(name) {
            match parse(&value) {
                Ok(value) => read.push(value),
                Err(error) => self.wrong.push(FieldError::new(path, "invalid", error.0)),
            }
        }
        read
    }

    pub(crate) fn among<T>(&mut self, parse: impl Fn(&Value) -> Result<T, ParseError>) -> Among<T> {
        self.refuse_all_but(&["field", "is", "is_not"]);
        let has = |name| self.entries.contains_key(name);
        match (has("is"), has("is_not")) {
            (true, false) => Among::Is(self.values("is", parse)),
            (false, true) => Among::IsNot(self.values("is_not", parse)),
            (both, _) => {
                let (code, message) =
                    if both { ("invalid", "must not stand beside is_not") } else { ("required", "is required, or is_not") };
                self.refuse("is", code, message);
                Among::Is(Vec::new())
            }
        }
    }

    pub(crate) fn phrases(&mut self) -> Vec<Phrase> {
        self.refuse_all_but(&["field", "contains_any"]);
        self.values("contains_any", text(Phrase::parse))
    }

    pub(crate) fn finish<T>(self, read: T) -> Result<T, Vec<FieldError>> {
        if self.wrong.is_empty() { Ok(read) } else { Err(self.wrong) }
    }
}
