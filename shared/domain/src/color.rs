//! A colour, as CSS writes it.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::error::ParseError;

/// Red, green and blue: `#` and six hexadecimal digits, as in CSS. Whoever shows it sees to the contrast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, pattern = "^#[0-9a-f]{6}$", example = "#0b5fa5")]
pub struct Color([u8; 3]);

impl Color {
    /// Parses it; letters may be large or small.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let wrong = || ParseError::new("is not # and six hexadecimal digits, such as #0b5fa5");
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6).ok_or_else(wrong)?;
        let mut parts = [0; 3];
        for (part, at) in parts.iter_mut().zip([0, 2, 4]) {
            let pair =
                digits.get(at..at + 2).filter(|pair| pair.bytes().all(|byte| byte.is_ascii_hexdigit())).ok_or_else(wrong)?;
            *part = u8::from_str_radix(pair, 16).map_err(|_| wrong())?;
        }
        Ok(Self(parts))
    }
}

impl fmt::Display for Color {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self([red, green, blue]) = self;
        write!(formatter, "#{red:02x}{green:02x}{blue:02x}")
    }
}

impl TryFrom<String> for Color {
    type Error = ParseError;
    fn try_from(text: String) -> Result<Self, ParseError> {
        Self::parse(&text)
    }
}

impl From<Color> for String {
    fn from(color: Color) -> Self {
        color.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_is_what_css_takes_and_nothing_else() {
        assert_eq!(Color::parse("#0B5fa5").unwrap().to_string(), "#0b5fa5");
        for wrong in ["", "#fff", "0b5fa5", "#0b5fa55", "#0b5fg5", "#+b5fa5", "red", "#0b5f€", "#0b5fa5;x"] {
            assert!(Color::parse(wrong).is_err(), "{wrong}");
        }
    }
}
