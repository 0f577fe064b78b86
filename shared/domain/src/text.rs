//! Short texts that people type: parsed once at the edge, safe everywhere after.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::error::ParseError;

/// Characters that a reader cannot see or that reorder what is seen: zero-width spaces and joiners at the
/// ends of words, bidirectional overrides, the byte order mark. They hide phishing in subjects and file names.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}' | '\u{00AD}')
}

/// One line of text: trimmed, invisible characters removed, no control characters.
pub(crate) fn one_line(text: &str, max: usize) -> Result<String, ParseError> {
    if text.chars().any(char::is_control) {
        return Err(ParseError::new("must not hold control characters or line breaks"));
    }
    let visible: String = text.chars().filter(|c| !is_invisible(*c)).collect();
    let trimmed = visible.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{200C}' | '\u{200D}'));
    match trimmed.chars().count() {
        0 => Err(ParseError::new("must not be empty")),
        n if n > max => Err(ParseError::new(format!("must be at most {max} characters, is {n}"))),
        _ => Ok(trimmed.to_owned()),
    }
}

/// Text of several lines: line breaks and tabs stay, other control characters are refused.
fn lines(text: &str, max: usize) -> Result<String, ParseError> {
    let text = text.replace("\r\n", "\n");
    let parts: Vec<_> = text.split('\n').map(|line| line.replace('\t', " ")).collect();
    if parts.iter().any(|line| line.chars().any(char::is_control)) {
        return Err(ParseError::new("must not hold control characters other than line breaks"));
    }
    let visible: String = parts.join("\n").chars().filter(|c| !is_invisible(*c)).collect();
    match visible.trim() {
        "" => Err(ParseError::new("must not be empty")),
        trimmed if trimmed.chars().count() > max => Err(ParseError::new(format!("must be at most {max} characters"))),
        trimmed => Ok(trimmed.to_owned()),
    }
}

macro_rules! line_type {
    ($(#[$doc:meta])* $name:ident, $max:tt) => {
        line_type!($(#[$doc])* $name, $max, one_line);
    };
    ($(#[$doc:meta])* $name:ident, $max:tt, $read:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
        #[serde(try_from = "String", into = "String")]
        #[schema(value_type = String, min_length = 1, max_length = $max)]
        pub struct $name(String);

        impl $name {
            /// Parses the text: trimmed, invisible characters removed; refuses control characters (in types of one line
            /// CR and LF among them: they would reach a mail header), an empty text, and a text that is too long.
            pub fn parse(text: &str) -> Result<Self, ParseError> {
                $read(text, $max).map(Self)
            }

            /// The text of it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = ParseError;
            fn try_from(text: String) -> Result<Self, ParseError> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> String {
                text.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

line_type!(
    /// What a ticket is about, in one line of 1 to 250 characters.
    Subject,
    250
);
line_type!(
    /// How a person or thing is called, 1 to 120 characters.
    Name,
    120
);
line_type!(
    /// How a ticket was solved, 1 to 2,000 characters in any number of lines.
    ResolutionNote,
    2000,
    lines
);
line_type!(
    /// What a customer says with a rating, 1 to 2,000 characters in any number of lines.
    RatingComment,
    2000,
    lines
);
line_type!(
    /// What stands under a reply, 1 to 2,000 characters of plain text in any number of lines.
    Signature,
    2000,
    lines
);

line_type!(
    /// Why a ticket is passed on, 1 to 500 characters in any number of lines.
    TransferReason,
    500,
    lines
);
line_type!(
    /// What a mail server said of a mail that it did not take, or staff of an address, 1 to 200 characters in one line.
    FailureDetail,
    200
);

impl FailureDetail {
    /// Makes one of whatever a server said: in one line, cut where it is too long; `None` where nothing is left.
    pub fn cleaned(text: &str) -> Option<Self> {
        let printable: String =
            text.chars().map(|c| if c.is_control() { ' ' } else { c }).filter(|c| !is_invisible(*c)).collect();
        let line = printable.split_whitespace().collect::<Vec<_>>().join(" ");
        let short: String = line.chars().take(200).collect();
        Self::parse(&short).ok()
    }
}

/// A tag: 1 to 50 lower-case characters without white space.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, min_length = 1, max_length = 50)]
pub struct Tag(String);

impl Tag {
    /// Parses a tag; upper case becomes lower case.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        // Lower case first: for some letters it is longer, and what is stored must be what a reader accepts again.
        let line = one_line(&text.to_lowercase(), 50)?;
        if line.chars().any(|c| c.is_whitespace() || c == ',') {
            return Err(ParseError::new("must not hold white space or commas"));
        }
        Ok(Self(line))
    }

    /// The text of it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Tag {
    type Error = ParseError;
    fn try_from(text: String) -> Result<Self, ParseError> {
        Self::parse(&text)
    }
}

impl From<Tag> for String {
    fn from(tag: Tag) -> String {
        tag.0
    }
}

/// An e-mail address (RFC 5321 `Mailbox` without quoted local parts or address literals), in ASCII and lower case: two
/// spellings of one mailbox are one person. SES takes no others; an international domain is written as `xn--…`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, format = Email, min_length = 3, max_length = 254)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Parses an address; refuses everything that could end a header or name a second recipient.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let wrong = || ParseError::new("must be an e-mail address");
        let text = text.trim().to_ascii_lowercase();
        let (local, domain) = text.rsplit_once('@').ok_or_else(wrong)?;
        let local_fits = (1..=64).contains(&local.len())
            && local.chars().all(|c| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c))
            && !local.starts_with('.')
            && !local.ends_with('.')
            && !local.contains("..");
        let label_fits = |label: &str| {
            (1..=63).contains(&label.len())
                && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        let domain_fits = domain.contains('.') && domain.split('.').all(label_fits);
        if !local_fits || !domain_fits || local.len() + domain.len() > 253 {
            return Err(wrong());
        }
        Ok(Self(text))
    }

    /// The address, in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands after the `@`.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

impl fmt::Debug for EmailAddress {
    // Addresses do not belong in logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "…@{}", self.domain())
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = ParseError;
    fn try_from(text: String) -> Result<Self, ParseError> {
        Self::parse(&text)
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> String {
        address.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_is_one_visible_line() {
        assert_eq!(Subject::parse("  My printer \u{200B}burns ").expect("fits").as_str(), "My printer burns");
        for bad in ["", "   ", "\u{200B}\u{FEFF}", "a\0b", "a\r\nBcc: x@y.z", "tab\there", &"x".repeat(251)] {
            assert!(Subject::parse(bad).is_err(), "{bad:?} was taken");
        }
        assert!(Subject::parse(&"ü".repeat(250)).is_ok(), "the limit counts characters, not bytes");
        assert!(Subject::parse("👩‍👩‍👧 family plan").expect("fits").as_str().contains('\u{200D}'), "joined emoji stay whole");
    }

    #[test]
    fn an_address_names_one_mailbox() {
        assert_eq!(EmailAddress::parse("Ada@Demo.Test").expect("fits").as_str(), "ada@demo.test");
        for bad in [
            "",
            "a",
            "a@b",
            "a@@b.c",
            "a b@c.d",
            "a@b.c\r\nBcc: x@y.z",
            "a@b.c,d@e.f",
            "<a@b.c>",
            "\"a\"@b.c",
            ".a@b.c",
            "a@-b.c",
            "a@b..c",
        ] {
            assert!(EmailAddress::parse(bad).is_err(), "{bad:?} was taken");
        }
    }

    proptest::proptest! {
        /// What was taken once must be taken again, or a stored row could never be read.
        #[test]
        fn what_is_stored_can_be_read_again(text in "\\PC{0,60}", address in "[a-zA-ZİẞΣ.]{1,9}@[a-zA-Zİ]{1,9}\\.[a-zA-Z]{1,3}") {
            fn again<T: TryFrom<String> + Into<String> + Clone>(value: Result<T, ParseError>) -> bool {
                value.is_err() || value.is_ok_and(|value| {
                    let text: String = value.into();
                    T::try_from(text.clone()).is_ok_and(|again| again.into() == text)
                })
            }
            proptest::prop_assert!(again(Tag::parse(&text)));
            proptest::prop_assert!(again(Tag::parse(&text.replace(' ', ""))));
            proptest::prop_assert!(again(Subject::parse(&text)) && again(Name::parse(&text)));
            let two_lines = [text.as_str(), &text].join("\r\n");
            proptest::prop_assert!(again(ResolutionNote::parse(&two_lines)));
            proptest::prop_assert!(again(EmailAddress::parse(&address)));
        }
    }

    #[test]
    fn letters_that_grow_in_lower_case_are_measured_in_lower_case() {
        assert!(Tag::parse(&"İ".repeat(30)).is_err(), "sixty characters once it is folded");
        assert!(EmailAddress::parse("İbrahim@example.com").is_err());
    }

    #[test]
    fn what_a_server_said_fits_in_one_line() {
        let cleaned = |text: &str| FailureDetail::cleaned(text).map(String::from);
        assert_eq!(cleaned(" smtp; 550\r\n\t5.1.1 \u{202E}unknown\0 ").as_deref(), Some("smtp; 550 5.1.1 unknown"));
        assert_eq!(cleaned(&"ü ".repeat(300)).map(|text| text.chars().count()), Some(199));
        assert_eq!(cleaned("\r\n \u{200B}"), None);
    }

    #[test]
    fn tags_are_folded() {
        assert_eq!(Tag::parse("VIP").expect("fits").as_str(), "vip");
        assert!(Tag::parse("two words").is_err());
    }
}
