//! How a file is given out: always to be saved, never to be shown.

use std::fmt::Write;

use super::{kind::Kind, name::FileName};

/// The type of what no browser may interpret.
pub const OPAQUE: &str = "application/octet-stream";

/// `Content-Disposition` (RFC 6266) for a file of this name: to be saved, under an ASCII name for old readers and the real
/// one (RFC 8187) for all others. Whatever the name holds, it stays one value of one header.
pub fn content_disposition(name: &str) -> String {
    let name = FileName::safe(name);
    let plain: String = name.as_str().chars().map(plain).collect();
    let mut header = format!("attachment; filename=\"{plain}\"");
    if plain != name.as_str() {
        header.push_str("; filename*=UTF-8''");
        for byte in name.as_str().bytes() {
            match byte {
                b'a'..=b'z'
                | b'A'..=b'Z'
                | b'0'..=b'9'
                | b'!'
                | b'#'
                | b'$'
                | b'&'
                | b'+'
                | b'-'
                | b'.'
                | b'^'
                | b'_'
                | b'`'
                | b'|'
                | b'~' => header.push(char::from(byte)),
                // Writing to a text cannot fail.
                other => drop(write!(header, "%{other:02X}")),
            }
        }
    }
    header
}

/// Some readers decode `%41` in a quoted name too, and a backslash escapes.
const fn plain(letter: char) -> char {
    match letter {
        '"' | '\\' | '%' => '_',
        ' '..='~' => letter,
        _ => '_',
    }
}

/// The type that a file of this type is given out as: pictures, sound and film are what they are, and everything that a browser could
/// run (HTML, SVG, XML, PDF, scripts) is bytes.
pub fn served_type(content_type: &str) -> &str {
    if Kind::of_type(content_type).is_some_and(Kind::is_inert) { content_type } else { OPAQUE }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn b4_a_name_stays_within_its_quotes() {
        assert_eq!(content_disposition("report.pdf"), "attachment; filename=\"report.pdf\"");
        assert_eq!(
            content_disposition("Prüfung €.pdf"),
            "attachment; filename=\"Pr_fung _.pdf\"; filename*=UTF-8''Pr%C3%BCfung%20%E2%82%AC.pdf"
        );
        let hostile = content_disposition("a\"; filename=\"evil.exe\r\nX-Evil: 1");
        assert!(!hostile.contains(['\r', '\n']) && hostile.matches('"').count() == 2, "{hostile}");
        assert!(!content_disposition("a%22b.txt").contains("filename=\"a%"), "nothing to decode");
    }

    #[test]
    fn b2_what_a_browser_could_run_is_bytes() {
        for runs in
            ["text/html", "image/svg+xml", "application/xml", "application/pdf", "text/javascript", "text/plain", "", "x/y"]
        {
            assert_eq!(served_type(runs), OPAQUE, "{runs}");
        }
        for inert in ["image/png", "image/jpeg", "audio/mpeg", "video/mp4"] {
            assert_eq!(served_type(inert), inert);
        }
        for odd in ["image/png; charset=x", "IMAGE/PNG\r\nX: 1", "image/png,text/html"] {
            assert_eq!(served_type(odd), OPAQUE, "{odd}");
        }
    }

    proptest! {
        #[test]
        fn b4_any_name_is_one_header(name in "(?s).{0,80}") {
            let header = content_disposition(&name);
            prop_assert!(header.starts_with("attachment; filename=\""));
            prop_assert!(header.bytes().all(|byte| (b' '..=b'~').contains(&byte)));
            prop_assert_eq!(header.matches('"').count(), 2);
        }
    }
}
