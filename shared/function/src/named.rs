//! Identifiers of what people name: given, or made from the name.

use lambdesk_domain::{FieldError, Name, ParseError};

use crate::error::ApiError;

/// As many characters as an identifier may have.
const MAX: usize = 40;

/// The identifier that was given, or else one made from the name. A name without a Latin letter or digit makes none.
pub fn id_for<T>(given: Option<T>, name: &Name, parse: impl Fn(&str) -> Result<T, ParseError>) -> Result<T, ApiError> {
    let nothing = || ApiError::invalid(vec![FieldError::new("id", "required", "is required: the name makes none")]);
    given.map_or_else(|| parse(&slug(name.as_str())).map_err(|_| nothing()), Ok)
}

/// A text in lower-case Latin letters and digits, with hyphens between its words: `Rückfragen (VIP)` is `rueckfragen-vip`.
fn slug(text: &str) -> String {
    let mut slug = String::new();
    for c in text.chars().flat_map(char::to_lowercase) {
        match c {
            'ä' => slug.push_str("ae"),
            'ö' => slug.push_str("oe"),
            'ü' => slug.push_str("ue"),
            'ß' => slug.push_str("ss"),
            c if c.is_ascii_alphanumeric() => slug.push(c),
            _ if slug.is_empty() || slug.ends_with('-') => {}
            _ => slug.push('-'),
        }
    }
    slug.truncate(MAX);
    slug.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_identifiers() {
        for (name, id) in [
            ("VIP", "vip"),
            ("Rückfragen (VIP)", "rueckfragen-vip"),
            (" 24/7 – Straße ", "24-7-strasse"),
            ("日本", ""),
            ("a234567890123456789012345678901234567 9012", "a234567890123456789012345678901234567-90"),
            ("a23456789012345678901234567890123456789 1", "a23456789012345678901234567890123456789"),
        ] {
            assert_eq!(slug(name), id, "{name}");
        }
    }
}
