//! What the bytes of a file show that it is.

/// What must hold of the content.
#[derive(Debug)]
pub(super) enum Proof {
    /// It begins with one of these.
    Starts(&'static [&'static [u8]]),
    /// One of these stands at this place.
    At(usize, &'static [&'static [u8]]),
    /// It stands among the first so many bytes.
    Within(usize, &'static [u8]),
    /// A RIFF file of this form.
    Riff(&'static [u8; 4]),
    /// A ZIP of Office (ECMA-376) with this folder, and without macros.
    Office(&'static [u8]),
    /// A compound file (MS-CFB) with a stream of this name: old Office, and installers too.
    Compound(&'static str),
    /// Text in any encoding.
    Text,
}

const ZIP: &[u8] = b"PK\x03\x04";
const COMPOUND: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
/// Where Office keeps macros in its ZIPs.
const MACROS: &[u8] = b"vbaProject.bin";
/// How much of a text is looked at for odd characters; a zero is looked for everywhere.
const TEXT_SAMPLE: usize = 64 * 1024;

impl Proof {
    pub(super) fn holds(&self, bytes: &[u8]) -> bool {
        match self {
            Self::Starts(marks) => marks.iter().any(|mark| bytes.starts_with(mark)),
            Self::At(place, marks) => bytes.get(*place..).is_some_and(|rest| marks.iter().any(|mark| rest.starts_with(mark))),
            Self::Within(most, mark) => holds(&bytes[..bytes.len().min(*most)], mark),
            Self::Riff(form) => bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(form.as_slice()),
            Self::Office(folder) => {
                bytes.starts_with(ZIP) && holds(bytes, b"[Content_Types].xml") && holds(bytes, folder) && !holds(bytes, MACROS)
            }
            Self::Compound(stream) => {
                let name: Vec<u8> = stream.encode_utf16().flat_map(u16::to_le_bytes).collect();
                bytes.starts_with(COMPOUND) && holds(bytes, &name)
            }
            Self::Text => is_text(bytes),
        }
    }
}

fn holds(bytes: &[u8], mark: &[u8]) -> bool {
    let (Some(first), rest) = (mark.first(), mark.len()) else { return true };
    let mut from = 0;
    // By its first byte, and only then whole: files may have ten million.
    while let Some(found) = bytes.get(from..).and_then(|bytes| bytes.iter().position(|byte| byte == first)) {
        let at = from + found;
        match bytes.get(at..at + rest) {
            Some(window) if window == mark => return true,
            Some(_) => from = at + 1,
            None => return false,
        }
    }
    false
}

/// UTF-16 says so at its beginning; every other encoding of text has no zeros, and few control characters.
fn is_text(bytes: &[u8]) -> bool {
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return bytes.len().is_multiple_of(2);
    }
    let odd = |byte: &u8| matches!(byte, 0x01..=0x06 | 0x0e..=0x1a | 0x1c..=0x1f | 0x7f);
    let sample = &bytes[..bytes.len().min(TEXT_SAMPLE)];
    !bytes.contains(&0) && sample.iter().filter(|byte| odd(byte)).count() * 50 <= sample.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_found_wherever_it_stands() {
        assert!(holds(b"aaab", b"ab") && holds(b"ab", b"ab") && holds(b"x", b""));
        assert!(!holds(b"", b"a") && !holds(b"aaa", b"ab") && !holds(b"xa", b"ab"));
    }

    #[test]
    fn office_is_known_by_what_is_in_it() {
        let document = |parts: &[&str]| [ZIP, parts.join("\0").as_bytes()].concat();
        let word = Proof::Office(b"word/");
        assert!(word.holds(&document(&["[Content_Types].xml", "word/document.xml"])));
        assert!(!word.holds(&document(&["[Content_Types].xml", "xl/workbook.xml"])), "a spreadsheet");
        assert!(!word.holds(&document(&["META-INF/MANIFEST.MF", "word/A.class"])), "a program");
        assert!(!word.holds(&document(&["[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"])), "macros");
        let named = |name: &str| [COMPOUND.to_vec(), name.encode_utf16().flat_map(u16::to_le_bytes).collect()].concat();
        assert!(Proof::Compound("WordDocument").holds(&named("WordDocument")));
        assert!(!Proof::Compound("WordDocument").holds(&named("!_StringPool")), "an installer");
    }

    #[test]
    fn text_is_what_can_be_read() {
        for text in ["plain", "Grüße\r\n\tund mehr", "", "\u{1b}[31mred\u{1b}[0m in a log"] {
            assert!(is_text(text.as_bytes()), "{text}");
        }
        assert!(is_text(b"caf\xe9 in Latin-1") && is_text(b"\xff\xfeh\0i\0"));
        assert!(!is_text(b"MZ\x90\0\x03") && !is_text(b"\x01\x02\x03\x04\x05"));
    }
}
