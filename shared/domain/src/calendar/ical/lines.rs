//! Content lines (RFC 5545, section 3.1).

use std::borrow::Cow;

/// The lines of the text, those that were folded in one piece. Bare line feeds are taken too: many files have them.
pub(super) fn unfolded(text: &str) -> Vec<Cow<'_, str>> {
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let mut lines: Vec<Cow<'_, str>> = Vec::new();
    for line in text.split('\n') {
        let line = line.strip_suffix('\r').unwrap_or(line);
        match (line.strip_prefix([' ', '\t']), lines.last_mut()) {
            (Some(rest), Some(last)) => last.to_mut().push_str(rest),
            _ => lines.push(Cow::Borrowed(line)),
        }
    }
    lines
}

/// One content line: `NAME;PARAMETER=value:value`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line<'a> {
    /// The property, in upper case.
    pub(super) name: String,
    /// The parameter `VALUE`, in upper case; it says what the value is.
    pub(super) value_type: Option<String>,
    /// What it says, as it is written.
    pub(super) value: &'a str,
}

impl<'a> Line<'a> {
    /// Reads a line; `None` for what is none.
    pub(super) fn parse(line: &'a str) -> Option<Self> {
        let mut quoted = false;
        // In quotes, a colon or semicolon is part of a parameter's value (section 3.2).
        let mut ends = |c: char, wanted: char| {
            quoted ^= c == '"';
            !quoted && c == wanted
        };
        let colon = line.find(|c| ends(c, ':'))?;
        let (head, value) = (&line[..colon], &line[colon + 1..]);
        let mut quoted = false;
        let mut parts = head.split(|c| {
            quoted ^= c == '"';
            !quoted && c == ';'
        });
        let name = parts.next().filter(|name| !name.is_empty())?.to_ascii_uppercase();
        let mut parameters = parts.filter_map(|part| part.split_once('='));
        let value_type = parameters.find(|(name, _)| name.eq_ignore_ascii_case("VALUE"));
        let value_type = value_type.map(|(_, value)| value.trim_matches('"').to_ascii_uppercase());
        Some(Self { name, value_type, value })
    }
}

/// A text value without its escapes (section 3.3.11).
pub(super) fn unescaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('n' | 'N') => text.push('\n'),
                Some(escaped) => text.push(escaped),
                None => text.push('\\'),
            },
            _ => text.push(c),
        }
    }
    text
}
