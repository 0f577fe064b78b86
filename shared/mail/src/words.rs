//! Encoded words (RFC 2047): how free text and names in headers say what ASCII cannot.

use std::borrow::Cow;

use mail_parser::HeaderValue;
use mail_parser::parsers::MessageStream;

use crate::decode;

/// Free text, its encoded words decoded.
pub(crate) fn decoded(value: &str) -> String {
    let line = format!("{}\n", joined(value));
    match MessageStream::new(line.as_bytes()).parse_unstructured() {
        HeaderValue::Text(text) => text.into_owned(),
        _ => String::new(),
    }
}

/// Joins neighbouring encoded words of one character set: some mailers cut a character in two between them.
pub(crate) fn joined(value: &str) -> Cow<'_, str> {
    let odd = value.contains("=?") && !value.is_ascii();
    if !odd && !value.contains("?= =?") && !value.contains("?=\t=?") {
        return Cow::Borrowed(value);
    }
    let mut joined = String::new();
    let mut open: Option<(String, Vec<u8>)> = None;
    let mut rest = value;
    while let Some((before, word, after)) = encoded_word(rest) {
        let near = before.trim().is_empty();
        match &mut open {
            Some((charset, bytes)) if near && charset.eq_ignore_ascii_case(word.charset) => bytes.extend(word.bytes),
            _ => {
                close(&mut joined, open.take());
                joined.push_str(before);
                open = Some((word.charset.to_owned(), word.bytes));
            }
        }
        rest = after;
    }
    close(&mut joined, open);
    joined.push_str(rest);
    Cow::Owned(joined)
}

struct Word<'v> {
    charset: &'v str,
    bytes: Vec<u8>,
}

/// The first encoded word of `value`, with what stands before and after it.
fn encoded_word(value: &str) -> Option<(&str, Word<'_>, &str)> {
    let mut from = 0;
    while let Some(start) = value[from..].find("=?").map(|found| from + found) {
        let mut fields = value[start + 2..].splitn(4, '?');
        if let (Some(charset), Some(encoding), Some(data), Some(tail)) =
            (fields.next(), fields.next(), fields.next(), fields.next())
            && let Some(after) = tail.strip_prefix('=')
            && !charset.is_empty()
            && !charset.contains(char::is_whitespace)
        {
            let data = raw(charset, data);
            let bytes = match encoding {
                "b" | "B" => Some(decode::base64(&data)),
                "q" | "Q" => Some(decode::quoted_printable(&data)),
                _ => None,
            };
            if let Some(bytes) = bytes {
                return Some((&value[..start], Word { charset, bytes }, after));
            }
        }
        from = start + 2;
    }
    None
}

/// The bytes of a word as they came: one that should have been encoded is in the word's own character set.
fn raw(charset: &str, data: &str) -> Vec<u8> {
    let data = data.replace('_', " ");
    let latin = || data.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect::<Option<Vec<u8>>>();
    let own = if charset.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("utf")) { None } else { latin() };
    own.unwrap_or_else(|| data.into_bytes())
}

fn close(joined: &mut String, word: Option<(String, Vec<u8>)>) {
    use std::fmt::Write;

    let Some((charset, bytes)) = word else { return };
    let _ = write!(joined, "=?{charset}?Q?");
    for byte in bytes {
        let _ = write!(joined, "={byte:02X}");
    }
    joined.push_str("?=");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_cut_in_two_between_words_is_whole_again() {
        assert_eq!(decoded("=?utf-8?Q?Gr=C3?= =?utf-8?Q?=BC=C3=9Fe?= aus =?iso-8859-1?q?K=F6ln?="), "Grüße aus Köln");
        let half_encoded = crate::header::Headers::read(b"Subject: =?iso-8859-1?Q?Fr\xf6sche?=\n", |_| false).expect("short").0;
        assert_eq!(half_encoded.text("subject").as_deref(), Some("Frösche"));
        assert_eq!(decoded("=?utf-8?B?w?= =?nonsense").trim(), "=?nonsense");
    }
}
