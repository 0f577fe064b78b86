//! Names of files, made safe to show, to save on any system, and to stand in a header.

use std::fmt;

/// The longest name, in bytes: what every file system takes, with room for what a browser adds.
const MAX_BYTES: usize = 200;
/// What is longer than this after the last dot is no ending.
const MAX_EXTENSION: usize = 20;
/// What is left of a name that had nothing safe in it.
const NAMELESS: &str = "file";

/// The name of a file: one path component that shows as what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileName(String);

impl FileName {
    /// Makes any text a safe name: without folders, without what does not show (control, zero-width and bidirectional
    /// characters), without what Windows reserves, at most 200 bytes with its ending kept; never empty.
    pub fn safe(text: &str) -> Self {
        let last = text.rsplit(['/', '\\', '∕', '⁄', '／', '＼']).next().unwrap_or_default();
        let visible: String = last.chars().filter(|letter| !is_hidden(*letter)).map(harmless).collect();
        let words = visible.split_whitespace().collect::<Vec<_>>().join(" ");
        let trimmed = words.trim_start_matches(['.', ' ']).trim_end_matches(['.', ' ']);
        let name = if is_reserved(trimmed) { format!("_{trimmed}") } else { trimmed.to_owned() };
        let name = shortened(&name);
        Self(if name.is_empty() { NAMELESS.to_owned() } else { name })
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What follows its last dot, in lower case.
    pub fn extension(&self) -> Option<String> {
        parts(&self.0).1.map(str::to_lowercase)
    }
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The name before its ending, and the ending.
fn parts(name: &str) -> (&str, Option<&str>) {
    match name.rsplit_once('.') {
        Some((stem, extension)) if !extension.is_empty() && extension.len() <= MAX_EXTENSION && !extension.contains(' ') => {
            (stem, Some(extension))
        }
        _ => (name, None),
    }
}

/// What changes how a text looks without being seen itself.
const fn is_hidden(letter: char) -> bool {
    letter.is_ascii_control()
        || matches!(letter,
            '\u{80}'..='\u{9f}' | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{ffff}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// What means something to a file system other than itself becomes a line.
const fn harmless(letter: char) -> char {
    match letter {
        '<' | '>' | ':' | '"' | '|' | '?' | '*' => '_',
        other => other,
    }
}

/// Names that are devices on Windows, whatever their ending.
fn is_reserved(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_uppercase();
    let numbered = |device: &str| {
        let number = stem.strip_prefix(device).unwrap_or_default();
        let mut letters = number.chars();
        matches!((letters.next(), letters.next()), (Some('0'..='9' | '¹' | '²' | '³'), None))
    };
    matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CLOCK$" | "CONIN$" | "CONOUT$") || numbered("COM") || numbered("LPT")
}

/// Cuts the middle out: a name is known by how it begins and by its ending.
fn shortened(name: &str) -> String {
    if name.len() <= MAX_BYTES {
        return name.to_owned();
    }
    let (stem, extension) = parts(name);
    let ending = extension.map(|extension| format!(".{extension}")).unwrap_or_default();
    let cut = stem.floor_char_boundary(MAX_BYTES - ending.len());
    format!("{}{ending}", stem[..cut].trim_end_matches(['.', ' ']))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn safe(text: &str) -> String {
        FileName::safe(text).as_str().to_owned()
    }

    #[test]
    fn b6_a_name_has_no_folders() {
        for (given, kept) in [
            ("../../etc/passwd", "passwd"),
            ("..\\..\\windows\\system32\\a.dll", "a.dll"),
            ("C:\\Users\\x\\report.pdf", "report.pdf"),
            ("C:report.pdf", "C_report.pdf"),
            ("/etc/", NAMELESS),
            ("..", NAMELESS),
            ("a／b∕c.txt", "c.txt"),
            ("notes.txt:evil.exe", "notes.txt_evil.exe"),
        ] {
            assert_eq!(safe(given), kept, "{given:?}");
        }
    }

    #[test]
    fn b4_a_name_shows_as_what_it_is() {
        for (given, kept) in [
            ("invoice\u{202e}fdp.exe", "invoicefdp.exe"),
            ("a\u{200b}.p\u{200d}df", "a.pdf"),
            ("a\r\nSet-Cookie: x=1.pdf", "aSet-Cookie_ x=1.pdf"),
            ("\u{0}\u{7f}", NAMELESS),
            (".htaccess", "htaccess"),
            ("evil.exe. . .", "evil.exe"),
            ("con.txt", "_con.txt"),
            ("COM1", "_COM1"),
            ("lpt².log", "_lpt².log"),
            ("console.txt", "console.txt"),
            ("  a \u{a0}  b.txt ", "a b.txt"),
            ("\"a\".txt", "_a_.txt"),
            ("Prüfung 你好.pdf", "Prüfung 你好.pdf"),
            ("", NAMELESS),
        ] {
            assert_eq!(safe(given), kept, "{given:?}");
        }
    }

    #[test]
    fn b4_only_the_last_ending_counts() {
        let extension = |name: &str| FileName::safe(name).extension();
        assert_eq!(extension("invoice.pdf.EXE"), Some("exe".to_owned()));
        assert_eq!(extension("invoice.pdf     .exe"), Some("exe".to_owned()));
        assert_eq!(extension("README"), None);
        assert_eq!(extension("Report v1.2 final"), None);
        assert_eq!(extension("evil.ｅｘｅ"), Some("ｅｘｅ".to_owned()), "an ending, and one that no list has");
    }

    #[test]
    fn a_long_name_keeps_its_ending() {
        let name = safe(&format!("{}.pdf", "ä".repeat(300)));
        assert!(name.len() <= MAX_BYTES && name.ends_with("ä.pdf"), "{name}");
        assert_eq!(safe(&"x".repeat(300)).len(), MAX_BYTES);
    }

    proptest! {
        #[test]
        fn b4_any_text_becomes_a_safe_name(text in "\\PC*|(?s).{0,300}") {
            let name = safe(&text);
            prop_assert!(!name.is_empty() && name.len() <= MAX_BYTES);
            prop_assert!(!name.contains(['/', '\\', ':', '"']) && !name.chars().any(|letter| letter.is_control() || is_hidden(letter)));
            prop_assert!(!name.starts_with(['.', ' ']) && !name.ends_with(['.', ' ']));
            prop_assert_eq!(safe(&name), name.clone(), "safe is safe");
        }
    }
}
