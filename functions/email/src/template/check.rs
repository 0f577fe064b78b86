//! What a template may hold: values by their names, three filters, and conditions. Nothing that repeats, includes or
//! computes, so that no template can take long, grow large, or reach for what it was not given.
//!
//! `{{ name }}`, `{{ name | upper }}`; `{% if name %}`, `{% if not name %}`, `{% elif … %}`, `{% else %}`, `{% endif %}`.

use lambdesk_domain::{FieldError, Notice};
use minijinja::Environment;

use super::{
    Words,
    variables::{Variable, variables},
};

/// The filters that there are.
const FILTERS: &[&str] = &["lower", "trim", "upper"];
/// The longest parts, in bytes.
const MOST_SUBJECT: usize = 250;
const MOST_BODY: usize = 32 * 1024;

/// Where a template breaks the rules: what, and the byte where it does.
struct Fault {
    at: usize,
    code: &'static str,
    message: String,
}

/// All that is wrong with the words of a mail, by field.
pub(crate) fn faults(notice: Notice, words: &Words<'_>) -> Vec<FieldError> {
    let mut wrong = Vec::new();
    wrong.extend(part("subject", words.subject, notice, MOST_SUBJECT));
    wrong.extend(part("text", words.text, notice, MOST_BODY));
    wrong.extend(words.html.and_then(|html| part("html", html, notice, MOST_BODY)));
    wrong
}

fn part(field: &str, source: &str, notice: Notice, most: usize) -> Option<FieldError> {
    if source.trim().is_empty() {
        return Some(FieldError::new(field, "required", "must not be empty"));
    }
    if source.len() > most {
        return Some(FieldError::new(field, "too_large", format!("must be at most {most} bytes")));
    }
    if field == "subject" && source.chars().any(char::is_control) {
        return Some(FieldError::new(field, "invalid", "must be one line without control characters"));
    }
    let known: Vec<_> = variables(notice).iter().filter(|variable| !variable.is_html || field == "html").collect();
    if let Err(fault) = tags(source, &known) {
        return Some(FieldError::new(field, fault.code, format!("{}: {}", position(source, fault.at), fault.message)));
    }
    // What is left to be wrong is how conditions nest.
    let environment = Environment::new();
    let error = environment.template_from_named_str(field, source).err()?;
    let line = error.line().map_or_else(String::new, |line| format!("line {line}: "));
    let what = error.detail().unwrap_or("is not a template");
    Some(FieldError::new(field, "invalid_template", format!("{line}{what}")))
}

fn position(source: &str, at: usize) -> String {
    let before = &source[..at];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    format!("line {line}, column {column}")
}

/// Every `{{ … }}`, `{% … %}` and `{# … #}`.
fn tags(source: &str, known: &[&Variable]) -> Result<(), Fault> {
    let mut at = 0;
    while let Some(open) = source[at..].find('{').map(|found| at + found) {
        let (close, is_value) = match source.as_bytes().get(open + 1) {
            Some(b'{') => ("}}", Some(true)),
            Some(b'%') => ("%}", Some(false)),
            Some(b'#') => ("#}", None),
            _ => {
                at = open + 1;
                continue;
            }
        };
        let Some(length) = source[open + 2..].find(close) else {
            return Err(Fault { at: open, code: "invalid_template", message: format!("is not closed by {close}") });
        };
        let inside = source[open + 2..open + 2 + length].trim_matches(['-', '+']);
        match is_value {
            Some(true) => value(inside, known),
            Some(false) => condition(inside, known),
            None => Ok(()),
        }
        .map_err(|(code, message)| Fault { at: open, code, message })?;
        at = open + 2 + length + close.len();
    }
    Ok(())
}

type Wrong = (&'static str, String);

fn value(inside: &str, known: &[&Variable]) -> Result<(), Wrong> {
    let mut parts = inside.split('|').map(str::trim);
    name(parts.next().unwrap_or(""), known)?;
    match parts.find(|filter| !FILTERS.contains(filter)) {
        Some(filter) => Err(("unknown_filter", format!("there is no filter `{filter}`; there are {}", FILTERS.join(", ")))),
        None => Ok(()),
    }
}

fn condition(inside: &str, known: &[&Variable]) -> Result<(), Wrong> {
    match inside.split_whitespace().collect::<Vec<_>>()[..] {
        ["else" | "endif"] => Ok(()),
        ["if" | "elif", variable] | ["if" | "elif", "not", variable] => name(variable, known),
        _ => {
            let message = "only `if name`, `if not name`, `elif name`, `else` and `endif` may stand here".to_owned();
            Err(("invalid_template", message))
        }
    }
}

fn name(name: &str, known: &[&Variable]) -> Result<(), Wrong> {
    if known.iter().any(|variable| variable.name == name) {
        return Ok(());
    }
    let names: Vec<_> = known.iter().map(|variable| variable.name).collect();
    Err(("unknown_variable", format!("there is no value `{name}` here; there are {}", names.join(", "))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(text: &str) -> Vec<(String, &'static str, String)> {
        let words = Words { notice: Notice::Reply, subject: "{{ subject }}", text, html: Some("{{ message_html }}") };
        faults(Notice::Reply, &words).into_iter().map(|error| (error.path, error.code, error.message)).collect()
    }

    #[test]
    fn values_filters_and_conditions_are_all_that_there_is() {
        let good =
            "Hi {{ person|upper }}{{- author | trim -}} {# why #} {% if not is_done %}{{ status }}{%- else %}{ x }{% endif %}";
        assert_eq!(wrong(good), []);
        let bad = [
            ("{{ colour }}", "unknown_variable"),
            ("{{ person.email }}", "unknown_variable"),
            ("{{ message_html }}", "unknown_variable"),
            ("{{ person | safe }}", "unknown_filter"),
            ("{{ person | replace('a', 'b') }}", "unknown_filter"),
            ("{{ 'x' * 999999999 }}", "unknown_variable"),
            ("{{ range(99999999) }}", "unknown_variable"),
            ("{{ person ~ person }}", "unknown_variable"),
            ("{% for i in person %}x{% endfor %}", "invalid_template"),
            ("{% set a = person %}", "invalid_template"),
            ("{% include 'layout.html' %}", "invalid_template"),
            ("{% macro a() %}{% endmacro %}", "invalid_template"),
            ("{% if is_done == true %}{% endif %}", "invalid_template"),
            ("{% if is_done %}", "invalid_template"),
            ("{% endif %}", "invalid_template"),
            ("{% raw %}{{ x }}{% endraw %}", "invalid_template"),
            ("{{ person", "invalid_template"),
            ("{# person", "invalid_template"),
            (" ", "required"),
        ];
        for (text, code) in bad {
            let found = wrong(text);
            assert!(matches!(&found[..], [(path, found, _)] if path == "text" && *found == code), "{text}: {found:?}");
        }
    }

    #[test]
    fn the_place_is_named() {
        let [(_, _, message)] = &wrong("Hi,\n  ä {{ colour }}")[..] else { panic!("one fault") };
        assert!(message.starts_with("line 2, column 5: there is no value `colour`"), "{message}");
    }

    #[test]
    fn a4_a_subject_is_one_line() {
        let words = Words { notice: Notice::Reply, subject: "Hi\r\nBcc: eve@x.test", text: "x", html: None };
        assert_eq!(faults(Notice::Reply, &words)[0].path, "subject");
    }
}
