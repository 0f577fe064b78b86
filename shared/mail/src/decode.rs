//! Transfer encodings and character sets, read as kindly as they are written badly.

use std::borrow::Cow;

use mail_parser::decoders::charsets::map::charset_decoder;

/// The bytes that a part was encoded from. What is in an unknown encoding, or only claims to be base64, stays as sent.
pub(crate) fn transfer<'x>(encoding: Option<&str>, body: &'x [u8]) -> Cow<'x, [u8]> {
    match encoding.map(|encoding| encoding.trim().to_ascii_lowercase()).as_deref() {
        Some("base64") => {
            let bytes = base64(body);
            if bytes.is_empty() && !body.trim_ascii().is_empty() { Cow::Borrowed(body) } else { Cow::Owned(bytes) }
        }
        Some("quoted-printable") => Cow::Owned(quoted_printable(body)),
        _ => Cow::Borrowed(body),
    }
}

/// Base64 with anything between its letters; padding within it begins anew (RFC 2045, 6.8).
pub(crate) fn base64(body: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(body.len() / 4 * 3);
    let (mut buffer, mut letters) = (0u32, 0u8);
    for byte in body {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' => {
                flush(&mut bytes, buffer, letters);
                (buffer, letters) = (0, 0);
                continue;
            }
            _ => continue,
        };
        buffer = buffer << 6 | u32::from(value);
        letters += 1;
        if letters == 4 {
            bytes.extend_from_slice(&buffer.to_be_bytes()[1..]);
            (buffer, letters) = (0, 0);
        }
    }
    flush(&mut bytes, buffer, letters);
    bytes
}

fn flush(bytes: &mut Vec<u8>, buffer: u32, letters: u8) {
    match letters {
        2 => bytes.push((buffer >> 4) as u8),
        3 => bytes.extend_from_slice(&[(buffer >> 10) as u8, (buffer >> 2) as u8]),
        _ => {}
    }
}

/// Quoted-printable; what is not, stays as it is. Space at the end of a line was added on the way (RFC 2045, 6.7).
pub(crate) fn quoted_printable(body: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(body.len());
    // Spaces that were written, rather than encoded, at the end of what is decoded so far.
    let mut spaces = 0;
    let mut at = 0;
    while at < body.len() {
        match &body[at..] {
            [b'=', high, low, ..] if let (Some(high), Some(low)) = (hex(*high), hex(*low)) => {
                bytes.push(high << 4 | low);
                spaces = 0;
                at += 3;
            }
            [b'=', rest @ ..] if let Some(length) = soft_break(rest) => {
                spaces = 0;
                at += 1 + length;
            }
            [byte @ (b'\r' | b'\n'), ..] => {
                bytes.truncate(bytes.len() - spaces);
                bytes.push(*byte);
                spaces = 0;
                at += 1;
            }
            [byte, ..] => {
                spaces = if matches!(byte, b' ' | b'\t') { spaces + 1 } else { 0 };
                bytes.push(*byte);
                at += 1;
            }
            [] => break,
        }
    }
    bytes
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// The length of a line's end, which space may precede, at the beginning of `rest`.
fn soft_break(rest: &[u8]) -> Option<usize> {
    let spaces = rest.iter().take(80).take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r')).count();
    match rest.get(spaces) {
        Some(b'\n') => Some(spaces + 1),
        None => Some(spaces),
        _ => None,
    }
}

/// Text in the character set that is claimed, where that can be.
pub(crate) fn text(charset: Option<&str>, bytes: &[u8]) -> String {
    let charset = charset.map(|charset| charset.trim().trim_matches(['"', '\'']).to_ascii_lowercase());
    let text = match charset.as_deref() {
        None | Some("" | "us-ascii" | "ascii" | "utf-8" | "utf8" | "unknown-8bit" | "8bit") => guess(bytes),
        Some(charset) => charset_decoder(charset.as_bytes()).map_or_else(|| guess(bytes), |decode| decode(bytes)),
    };
    text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text)
}

/// UTF-8, if it is; what all the others were in most often, if not.
pub(crate) fn guess(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        // Mostly UTF-8, and cut or patched in a few places.
        Err(_) if looks_like_utf8(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        Err(_) => {
            charset_decoder(b"windows-1252").map_or_else(|| String::from_utf8_lossy(bytes).into_owned(), |decode| decode(bytes))
        }
    }
}

fn looks_like_utf8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0usize, 0usize);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    good > bad * 2
}

/// Text without carriage returns and control characters.
pub(crate) fn clean(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\r' => {
                rest.next_if_eq(&'\n');
                clean.push('\n');
            }
            '\n' | '\t' => clean.push(c),
            c if c.is_control() => {}
            c => clean.push(c),
        }
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_encodings_give_what_they_can() {
        assert_eq!(base64(b"SGVs\r\n*bG8="), b"Hello");
        assert_eq!(base64(b"SGVsbG8"), b"Hello");
        assert_eq!(base64(b"YQ==YQ=="), b"aa");
        assert_eq!(quoted_printable(b"a=3D b=\r\nc =ZZ  \n=E4="), b"a= bc =ZZ\n\xe4");
        assert_eq!(&*transfer(Some("BASE64 "), b"!!!"), b"!!!");
        assert_eq!(&*transfer(Some("x-uuencode"), b"begin"), b"begin");
    }

    #[test]
    fn text_is_read_in_the_set_it_is_in_and_not_only_the_one_it_claims() {
        assert_eq!(text(Some("us-ascii"), "für".as_bytes()), "für");
        assert_eq!(text(Some("utf-8"), b"f\xfcr"), "für");
        assert_eq!(text(Some("x-nobody-knows"), b"f\xfcr"), "für");
        assert_eq!(text(Some("koi8-r"), b"\xf0\xd2\xc9"), "При");
        assert_eq!(text(Some("shift_jis"), b"\x83n"), "ハ");
        assert_eq!(clean("a\r\nb\rc\0\u{9b}d\te"), "a\nb\ncd\te");
    }
}
