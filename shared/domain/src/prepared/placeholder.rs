//! Values in prepared texts: `{{ requester.first_name }}`, or `{{ requester.first_name | there }}` with words for where there is
//! none. A closed list of names, nothing that computes; checked when a text is written.
//!
//! Values are data, whoever chose them: a customer who calls themselves `[click](http://evil.test)` is called just that. Each is put
//! on one line, and every sign that Markdown would read as more than itself is escaped.

use serde_json::Value;

use crate::{
    config::{Brand, TenantConfig},
    error::FieldError,
    person::Person,
    text::{Name, Signature},
    ticket::Ticket,
};

/// Who reads a text: customers must not be told what is the staff's alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// Everybody on the ticket.
    Customer,
    /// Staff alone.
    Staff,
}

/// Every name but those of custom fields.
const NAMES: [&str; 13] = [
    "ticket.number",
    "ticket.subject",
    "ticket.status",
    "ticket.priority",
    "ticket.category",
    "requester.name",
    "requester.first_name",
    "requester.email",
    "agent.name",
    "agent.first_name",
    "agent.signature",
    "brand.name",
    "brand.email",
];
/// What stands before the name of a custom field.
const FIELD: &str = "ticket.fields.";
/// The longest words for where there is no value, in characters.
const MAX_OTHERWISE: usize = 100;

/// What placeholders print.
pub struct Values<'a> {
    /// The desk.
    pub config: &'a TenantConfig,
    /// The ticket.
    pub ticket: &'a Ticket,
    /// Who asked.
    pub requester: Option<&'a Person>,
    /// Who answers.
    pub agent: Option<&'a Person>,
}

/// What is wrong with a text's placeholders, with line and column; the first of it.
pub fn fault(field: &str, text: &str, reader: Reader, config: &TenantConfig) -> Option<FieldError> {
    let mut rest = text;
    while let Some(open) = rest.find("{{") {
        let at = text.len() - rest.len() + open;
        let wrong = |code, message: &str| Some(FieldError::new(field, code, format!("{}: {message}", position(text, at))));
        let Some(length) = rest[open + 2..].find("}}") else {
            return wrong("invalid_placeholder", "is not closed by }}");
        };
        let (name, otherwise) = read(&rest[open + 2..open + 2 + length]);
        if otherwise.is_some_and(|words| words.chars().count() > MAX_OTHERWISE || words.contains(['\n', '{'])) {
            return wrong("invalid_placeholder", "what stands after | must be at most 100 characters in one line");
        }
        if let Err(message) = check_name(name, reader, config) {
            return wrong("unknown_placeholder", &message);
        }
        rest = &rest[open + 2 + length + 2..];
    }
    None
}

fn position(text: &str, at: usize) -> String {
    let before = &text[..at];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    format!("line {line}, column {column}")
}

fn read(inside: &str) -> (&str, Option<&str>) {
    match inside.split_once('|') {
        None => (inside.trim(), None),
        Some((name, otherwise)) => (name.trim(), Some(otherwise.trim())),
    }
}

fn check_name(name: &str, reader: Reader, config: &TenantConfig) -> Result<(), String> {
    if NAMES.contains(&name) {
        return Ok(());
    }
    let Some(own) = name.strip_prefix(FIELD) else {
        return Err(format!("there is no `{name}`; there are {}, {FIELD}…", NAMES.join(", ")));
    };
    let fits = crate::field::FieldName::parse(own).is_ok();
    let defined = config.field(own).filter(|definition| !definition.withdrawn);
    match defined {
        _ if !fits => Err(format!("`{own}` is no name of a field")),
        None if config.defines_fields() => Err(format!("there is no field `{own}`")),
        Some(definition) if reader == Reader::Customer && !definition.is_shown_to_customers() => {
            Err(format!("`{own}` is for staff alone, and customers read this"))
        }
        _ => Ok(()),
    }
}

/// The text with its values. What cannot be read (of before a rule changed) stands as it was written.
pub fn render(text: &str, reader: Reader, values: &Values<'_>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find("{{") {
        let Some(length) = rest[open + 2..].find("}}") else { break };
        out.push_str(&rest[..open]);
        let (name, otherwise) = read(&rest[open + 2..open + 2 + length]);
        match values.of(name, reader).filter(|value| !value.trim().is_empty()) {
            Some(value) if name == "agent.signature" => push_lines(&mut out, &value),
            Some(value) => push_escaped(&mut out, &value),
            None => push_escaped(&mut out, otherwise.unwrap_or("")),
        }
        rest = &rest[open + 2 + length + 2..];
    }
    out.push_str(rest);
    out
}

impl Values<'_> {
    fn of(&self, name: &str, reader: Reader) -> Option<String> {
        let Self { config, ticket, requester, agent } = self;
        let brand = || config.brand(&ticket.brand);
        let named =
            |person: &Option<&Person>| person.and_then(|person| person.name.as_ref()).map(|name| name.as_str().to_owned());
        Some(match name {
            "ticket.number" => ticket.number.as_str().to_owned(),
            "ticket.subject" => ticket.subject.as_str().to_owned(),
            "ticket.status" => config.status_label(ticket.status).to_owned(),
            "ticket.priority" => {
                let label = config.priorities.iter().find(|label| label.priority == ticket.priority);
                label.map_or(ticket.priority.as_str(), |label| label.label.as_str()).to_owned()
            }
            "ticket.category" => config.category(ticket.category.as_ref()?)?.label.as_str().to_owned(),
            "requester.name" => named(requester)?,
            "requester.first_name" => first(&named(requester)?),
            "requester.email" => (*requester)?.email.as_str().to_owned(),
            "agent.name" => named(agent)?,
            "agent.first_name" => first(&named(agent)?),
            "agent.signature" => {
                let own = agent.and_then(|agent| agent.signature.as_ref());
                own.or_else(|| brand()?.signature.as_ref()).map(Signature::as_str)?.to_owned()
            }
            "brand.name" => brand().map(|brand: &Brand| Name::as_str(&brand.name))?.to_owned(),
            "brand.email" => brand()?.from.as_str().to_owned(),
            _ => return self.field(name.strip_prefix(FIELD)?, reader),
        })
    }

    fn field(&self, name: &str, reader: Reader) -> Option<String> {
        match reader {
            Reader::Customer => in_words(self.ticket.fields_for_customers(self.config).get(name)?),
            Reader::Staff => in_words(self.ticket.fields.get(name)?),
        }
    }
}

fn in_words(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(yes) => Some(if *yes { "✓" } else { "✗" }.to_owned()),
        Value::Array(values) => Some(values.iter().filter_map(in_words).collect::<Vec<_>>().join(", ")),
        Value::Null | Value::Object(_) => None,
    }
}

fn first(name: &str) -> String {
    name.split_whitespace().next().unwrap_or("").to_owned()
}

/// Each line as it is, one below the other.
fn push_lines(out: &mut String, text: &str) {
    for (n, line) in text.lines().enumerate() {
        if n > 0 {
            out.push_str("\\\n");
        }
        push_escaped(out, line);
    }
}

/// Puts a value at the end of a Markdown text so that it reads as itself, whatever stands before it.
fn push_escaped(out: &mut String, value: &str) {
    let mut words = value.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    let first = words.next();
    for word in first.into_iter().chain(words.flat_map(|word| [" ", word])) {
        for c in word.chars().filter(|c| !crate::text::is_invisible(*c)) {
            if is_markup(c, out) {
                out.push('\\');
            }
            out.push(c);
        }
    }
}

fn is_markup(c: char, before: &str) -> bool {
    match c {
        '\\' | '`' | '*' | '_' | '[' | ']' | '{' | '}' | '<' | '>' | '&' | '#' | '|' | '~' | '!' | '$' | '^' => true,
        // What comes after a link's text makes it one.
        '(' | ':' => before.ends_with(']'),
        // At the beginning of a line these begin a list, or make what stands above a heading.
        '-' | '+' | '=' => begins_line(before) && !before.ends_with(|c: char| c.is_ascii_digit()),
        '.' | ')' => begins_line(before) && before.ends_with(|c: char| c.is_ascii_digit()),
        _ => false,
    }
}

/// Whether nothing stands on the line but what might begin a list, a quotation or a heading.
fn begins_line(before: &str) -> bool {
    let line = before.rsplit('\n').next().unwrap_or("");
    line.chars().all(|c| c.is_whitespace() || c.is_ascii_digit() || matches!(c, '-' | '+' | '=' | '*' | '>' | '.' | ')' | '\\'))
}
