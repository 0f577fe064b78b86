//! HTML to tokens, over the source and without a tree.
//!
//! Follows the parsing of HTML as far as needed to tell words from markup: quoted attributes, comments, and elements
//! whose content is no markup. What it gets wrong costs a fold in the wrong place and nothing else, for every part of
//! the mail is sanitised by a real parser.

use std::ops::Range;

/// A piece of the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// Characters, with entities.
    Text(&'a str),
    /// An opening tag: the name as written, and all that follows it in the tag.
    Open { name: &'a str, attributes: &'a str },
    /// A closing tag.
    Close { name: &'a str },
    /// A comment, a declaration, or the content of a style or script.
    Unseen,
}

/// The tokens of a source with their places; they follow one another without gaps.
#[derive(Debug, Clone)]
pub(super) struct Tokens<'a> {
    source: &'a str,
    at: usize,
    /// The element whose content comes next and is no markup.
    raw: Option<&'a str>,
}

const RAW: [&str; 8] = ["style", "script", "title", "xmp", "iframe", "noembed", "noframes", "textarea"];

impl<'a> Tokens<'a> {
    /// The tokens of `source`.
    pub(super) fn of(source: &'a str) -> Self {
        Self { source, at: 0, raw: None }
    }

    /// The token that begins at `self.at`, and its end.
    fn token(&mut self) -> (Token<'a>, usize) {
        let rest = &self.source[self.at..];
        let bytes = rest.as_bytes();
        if let Some(name) = self.raw.take() {
            let end = raw_end(bytes, name);
            if end > 0 {
                return (Token::Unseen, end);
            }
        }
        match bytes {
            [b'<', b'/', letter, ..] if letter.is_ascii_alphabetic() => {
                let name = name_at(rest, 2);
                (Token::Close { name }, tag_end(bytes))
            }
            [b'<', letter, ..] if letter.is_ascii_alphabetic() => {
                let (name, end) = (name_at(rest, 1), tag_end(bytes));
                self.raw = RAW.into_iter().find(|raw| name.eq_ignore_ascii_case(raw));
                (Token::Open { name, attributes: &rest[(1 + name.len()).min(end)..end] }, end)
            }
            [b'<', b'!', b'-', b'-', ..] => (Token::Unseen, rest[4..].find("-->").map_or(rest.len(), |at| 4 + at + 3)),
            [b'<', b'!' | b'?' | b'/', ..] => (Token::Unseen, rest.find('>').map_or(rest.len(), |at| at + 1)),
            _ => {
                let first = rest.chars().next().map_or(rest.len(), char::len_utf8);
                let end = rest[first..].find('<').map_or(rest.len(), |at| first + at);
                (Token::Text(&rest[..end]), end)
            }
        }
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = (Token<'a>, Range<usize>);

    fn next(&mut self) -> Option<Self::Item> {
        if self.at >= self.source.len() {
            return None;
        }
        let start = self.at;
        let (token, length) = self.token();
        self.at = start + length;
        Some((token, start..self.at))
    }
}

fn name_at(rest: &str, start: usize) -> &str {
    let name = &rest[start..];
    let end = name.find(|c: char| c.is_ascii_whitespace() || matches!(c, '>' | '/')).unwrap_or(name.len());
    &name[..end]
}

/// Where the tag at the beginning ends, behind its `>`; at the end of the source for one that is not closed.
fn tag_end(bytes: &[u8]) -> usize {
    let mut quote = None;
    let mut value = false;
    for (at, byte) in bytes.iter().enumerate().skip(1) {
        match (quote, byte) {
            (Some(open), byte) if byte == open => quote = None,
            (Some(_), _) => {}
            (None, b'>') => return at + 1,
            (None, b'=') => {
                value = true;
                continue;
            }
            (None, b'"' | b'\'') if value => quote = Some(byte),
            (None, byte) if byte.is_ascii_whitespace() => continue,
            (None, _) => {}
        }
        value = false;
    }
    bytes.len()
}

/// Where the closing tag of `name` begins.
fn raw_end(bytes: &[u8], name: &str) -> usize {
    let mut at = 0;
    while let Some(found) = bytes[at..].iter().position(|byte| *byte == b'<') {
        at += found;
        let tag = &bytes[at + 1..];
        if tag.first() == Some(&b'/') && tag.get(1..=name.len()).is_some_and(|tag| tag.eq_ignore_ascii_case(name.as_bytes())) {
            return at;
        }
        at += 1;
    }
    bytes.len()
}

/// The attributes of a tag, with their values; an empty value for one without.
pub(super) fn attributes(tag: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = tag;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || matches!(c, '/' | '"' | '\''));
        if rest.is_empty() || rest.starts_with('>') {
            return None;
        }
        // A name may begin with "=", and only there hold one.
        let first = rest.chars().next().map_or(0, char::len_utf8);
        let ends = |c: char| c.is_ascii_whitespace() || matches!(c, '=' | '>' | '/');
        let (name, after) = rest.split_at(rest[first..].find(ends).map_or(rest.len(), |at| first + at));
        let (value, after) = match after.trim_start().strip_prefix('=') {
            Some(after) => value(after.trim_start()),
            None => ("", after),
        };
        rest = after;
        Some((name, value))
    })
}

fn value(text: &str) -> (&str, &str) {
    match text.as_bytes().first() {
        Some(quote @ (b'"' | b'\'')) => {
            let text = &text[1..];
            text.split_once(char::from(*quote)).unwrap_or((text, ""))
        }
        _ => text.split_at(text.find(|c: char| c.is_ascii_whitespace() || c == '>').unwrap_or(text.len())),
    }
}

/// Calls `to` with every character of `text` and its place, with entities read; unknown ones stay as they are.
pub(super) fn decode(text: &str, mut to: impl FnMut(char, usize)) {
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let behind = &text[at + c.len_utf8()..];
        let (read, length) = if c == '&' { entity(behind).unwrap_or((c, 0)) } else { (c, 0) };
        to(read, at);
        at += c.len_utf8() + length;
    }
}

/// The character of an entity behind its `&`, and how many bytes it takes.
fn entity(text: &str) -> Option<(char, usize)> {
    let end = text.bytes().take(10).position(|byte| !(byte.is_ascii_alphanumeric() || byte == b'#'))?;
    let (name, length) = (&text[..end], end + usize::from(text.as_bytes()[end] == b';'));
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => number.parse(),
        };
        return Some((char::from_u32(code.ok()?)?, length));
    }
    Some((named(name)?, length))
}

/// The entities that the words of attributions and headers are written with.
fn named(name: &str) -> Option<char> {
    Some(match name {
        "nbsp" | "ensp" | "emsp" | "thinsp" => '\u{a0}',
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" | "rsquo" | "lsquo" => '\'',
        "ndash" => '–',
        "mdash" => '—',
        "auml" => 'ä',
        "ouml" => 'ö',
        "uuml" => 'ü',
        "Auml" => 'Ä',
        "Ouml" => 'Ö',
        "Uuml" => 'Ü',
        "szlig" => 'ß',
        "aring" => 'å',
        "Aring" => 'Å',
        "aelig" => 'æ',
        "oslash" => 'ø',
        "agrave" => 'à',
        "Agrave" => 'À',
        "aacute" => 'á',
        "acirc" => 'â',
        "atilde" => 'ã',
        "ccedil" => 'ç',
        "egrave" => 'è',
        "eacute" => 'é',
        "Eacute" => 'É',
        "ecirc" => 'ê',
        "euml" => 'ë',
        "iacute" => 'í',
        "icirc" => 'î',
        "ntilde" => 'ñ',
        "oacute" => 'ó',
        "ocirc" => 'ô',
        "otilde" => 'õ',
        "uacute" => 'ú',
        "ucirc" => 'û',
        "lstrok" => 'ł',
        "zwnj" | "shy" => '\u{200b}',
        _ => return None,
    })
}
