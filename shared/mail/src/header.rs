//! The header fields of a mail or of a part: split, unfolded, and read by mail-parser's rules field by field.

use std::io::BufRead;

use mail_parser::parsers::MessageStream;
use mail_parser::{ContentType, HeaderValue};

use crate::decode;
use crate::limits::{MAX_FIELD_BYTES, MAX_HEADER_BYTES, MAX_LINE_CHARS};
use crate::mail::Unreadable;
use crate::words;

/// One field, its name in lower case and its value on a single line.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) value: String,
}

/// The fields in the order in which they stand.
#[derive(Debug, Default)]
pub(crate) struct Headers {
    pub(crate) fields: Vec<Field>,
}

impl Headers {
    /// Reads fields up to an empty line, or to one that `ends`; says where the body begins. Lines that are no field are
    /// skipped, as most mailers do.
    pub(crate) fn read(raw: &[u8], ends: impl Fn(&[u8]) -> bool) -> Result<(Self, usize), Unreadable> {
        let mut fields: Vec<(String, Vec<u8>)> = Vec::new();
        let mut at = 0;
        while at < raw.len() {
            let line = line_at(raw, at);
            if ends(line) {
                break;
            }
            at += line.len();
            if at > MAX_HEADER_BYTES {
                return Err(Unreadable::HeadersTooLong);
            }
            let line = without_end(line);
            if line.is_empty() {
                break;
            }
            if line[0] == b' ' || line[0] == b'\t' {
                if let Some((_, value)) = fields.last_mut() {
                    append(value, line);
                }
            } else if let Some((name, value)) = field(line) {
                let mut bytes = Vec::new();
                append(&mut bytes, value);
                fields.push((name, bytes));
            }
        }
        let fields = fields.into_iter().map(|(name, value)| Field { name, value: decode::guess(&value).trim().to_owned() });
        Ok((Self { fields: fields.collect() }, at))
    }

    /// The first field of this name (in lower case).
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// All fields of this name (in lower case), topmost first.
    pub(crate) fn all<'h>(&'h self, name: &str) -> impl Iterator<Item = &'h str> {
        self.fields.iter().filter(move |field| field.name == name).map(|field| field.value.as_str())
    }

    /// A field of free text, decoded (RFC 2047).
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.get(name).map(words::decoded)
    }

    /// `Content-Type`, `Content-Disposition` and their like.
    pub(crate) fn parameters(&self, name: &str) -> Option<ContentType<'static>> {
        let mut value = format!("{}\n", words::joined(self.get(name)?));
        if !value.contains(';') {
            // Some forget it.
            value = value.replacen(" boundary=", "; boundary=", 1).replacen("\tboundary=", "; boundary=", 1);
        }
        match MessageStream::new(value.as_bytes()).parse_content_type().into_owned() {
            HeaderValue::ContentType(content_type) => Some(content_type),
            _ => None,
        }
    }
}

/// The line that begins at `at`, with its end.
pub(crate) fn line_at(raw: &[u8], at: usize) -> &[u8] {
    let mut rest = &raw[at..];
    // The standard library's search is compiled with optimisation even where we are not.
    let length = rest.skip_until(b'\n').unwrap_or_default();
    &raw[at..at + length]
}

/// The line without its `\n` or `\r\n`.
pub(crate) fn without_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// Text fit for one line: spaces collapsed; no control, zero-width or direction characters; not endless.
pub(crate) fn single_line(text: &str) -> String {
    let mut line = String::new();
    let mut length = 0;
    for c in text.chars() {
        let c = if c.is_whitespace() { ' ' } else { c };
        if is_hidden(c) || (c == ' ' && (line.is_empty() || line.ends_with(' '))) {
            continue;
        }
        if length == MAX_LINE_CHARS {
            break;
        }
        line.push(c);
        length += 1;
    }
    line.truncate(line.trim_end().len());
    line
}

/// Control characters, and those that have no width or turn the direction of what follows. Joiners stay out as well:
/// the emoji that fall apart are worth less than two subjects that look alike.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// `value` without comments in parentheses (RFC 5322). One that never ends takes the rest with it.
pub(crate) fn without_comments(value: &str) -> String {
    let (mut depth, mut quoted, mut escaped) = (0u32, false, false);
    let mut plain = String::new();
    for c in value.chars() {
        let literal = std::mem::take(&mut escaped);
        match c {
            '\\' if !literal => escaped = true,
            '"' if !literal && depth == 0 => quoted = !quoted,
            '(' if !literal && !quoted => depth += 1,
            ')' if !literal && !quoted && depth > 0 => {
                depth -= 1;
                plain.push(' ');
                continue;
            }
            _ => {}
        }
        if depth == 0 {
            plain.push(c);
        }
    }
    plain
}

/// `value` split at each separator that stands in no quoted string (RFC 5322, 3.2.4). A quote that never ends takes the rest
/// with it.
pub(crate) fn outside_quotes(value: &str, is_separator: impl Fn(char) -> bool) -> Vec<&str> {
    let (mut quoted, mut escaped) = (false, false);
    value
        .split(|c| {
            let literal = std::mem::take(&mut escaped);
            match c {
                '\\' if !literal => escaped = quoted,
                '"' if !literal => quoted = !quoted,
                _ => return !quoted && is_separator(c),
            }
            false
        })
        .collect()
}

fn append(value: &mut Vec<u8>, line: &[u8]) {
    let room = MAX_FIELD_BYTES.saturating_sub(value.len());
    value.extend(line.iter().take(room).map(|byte| if matches!(byte, b'\r' | b'\n' | 0) { b' ' } else { *byte }));
}

fn field(line: &[u8]) -> Option<(String, &[u8])> {
    let colon = line.iter().take(200).position(|byte| *byte == b':')?;
    let name = line[..colon].trim_ascii_end();
    if name.is_empty() || !name.iter().all(u8::is_ascii_graphic) {
        return None;
    }
    Some((String::from_utf8_lossy(name).to_ascii_lowercase(), &line[colon + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(raw: &str) -> Headers {
        Headers::read(raw.as_bytes(), |_| false).expect("short").0
    }

    #[test]
    fn fields_are_unfolded_and_what_is_none_is_skipped() {
        let headers = headers("From x Mon\nSubject: one\r\n\ttwo\nnonsense\nX-Odd : 1\n\nTo: body@x.test\n");
        assert_eq!(headers.get("subject"), Some("one\ttwo"));
        assert_eq!(headers.get("x-odd"), Some("1"));
        assert_eq!(headers.get("to"), None);
    }

    #[test]
    fn a_line_has_no_hidden_characters() {
        assert_eq!(single_line(" a\u{202e}b\r\nBcc: x\u{200b}\0 "), "ab Bcc: x");
        assert_eq!(single_line(&"ä".repeat(400)).chars().count(), MAX_LINE_CHARS);
    }

    #[test]
    fn what_is_quoted_is_not_split() {
        assert_eq!(outside_quotes("a;\"b;\\\";c\";d", |c| c == ';'), ["a", "\"b;\\\";c\"", "d"]);
        assert_eq!(outside_quotes("a;\"b;c", |c| c == ';'), ["a", "\"b;c"]);
    }

    #[test]
    fn comments_are_left_out() {
        assert_eq!(without_comments("a (b (c) d) e").split_whitespace().collect::<Vec<_>>(), ["a", "e"]);
        assert_eq!(without_comments("a \"(b)\" (c").trim(), "a \"(b)\"");
    }
}
