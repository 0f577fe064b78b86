//! Ticket numbers that people read out on the phone: `TICK-2025-0001`.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{error::ParseError, id::TicketId};

/// A ticket's number as people see it: 1 to 40 of `A–Z 0–9 - _ .`, in upper case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, example = "TICK-2025-0001")]
pub struct TicketNumber(String);

impl TicketNumber {
    /// Parses a number; lower case becomes upper case.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let fits = (1..=40).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
        if !fits {
            return Err(ParseError::new("must be a ticket number"));
        }
        Ok(Self(text.to_ascii_uppercase()))
    }

    /// The text of it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for TicketNumber {
    type Error = ParseError;
    fn try_from(text: String) -> Result<Self, ParseError> {
        Self::parse(&text)
    }
}

impl From<TicketNumber> for String {
    fn from(number: TicketNumber) -> String {
        number.0
    }
}

impl fmt::Display for TicketNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How a caller names a ticket in a path: by id or by number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TicketRef {
    /// By UUID.
    Id(TicketId),
    /// By number.
    Number(TicketNumber),
}

impl TicketRef {
    /// Reads a path segment; what is neither an id nor a number names nothing.
    pub fn parse(text: &str) -> Option<Self> {
        if let Ok(id) = text.parse() {
            return Some(Self::Id(id));
        }
        TicketNumber::parse(text).ok().map(Self::Number)
    }
}

/// A brand's pattern for numbers, such as `TICK-{year}-{seq:4}`: literal text, at most one `{year}`, exactly one
/// `{seq}` or `{seq:WIDTH}`. With a year in the pattern the sequence restarts each year; without one it never does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NumberPattern {
    source: String,
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Literal(String),
    Year,
    Sequence(usize),
}

impl NumberPattern {
    /// Parses a pattern.
    pub fn parse(source: &str) -> Result<Self, ParseError> {
        let mut parts = Vec::new();
        let mut rest = source;
        while let Some(open) = rest.find('{') {
            let close = rest[open..].find('}').map(|i| i + open).ok_or_else(|| ParseError::new("a { is never closed"))?;
            if open > 0 {
                parts.push(Part::Literal(rest[..open].to_owned()));
            }
            parts.push(Part::placeholder(&rest[open + 1..close])?);
            rest = &rest[close + 1..];
        }
        if !rest.is_empty() {
            parts.push(Part::Literal(rest.to_owned()));
        }
        let sequences = parts.iter().filter(|part| matches!(part, Part::Sequence(_))).count();
        let years = parts.iter().filter(|part| **part == Part::Year).count();
        if sequences != 1 || years > 1 {
            return Err(ParseError::new("must hold {seq} once and {year} at most once"));
        }
        let pattern = Self { source: source.to_owned(), parts };
        TicketNumber::parse(&pattern.render(9999, 99_999_999))?;
        Ok(pattern)
    }

    /// The pattern as it was written.
    pub fn as_str(&self) -> &str {
        &self.source
    }

    /// The number of one ticket; the sequence grows past its width rather than wrapping.
    pub fn number(&self, year: i16, sequence: u64) -> TicketNumber {
        TicketNumber(self.render(year, sequence).to_ascii_uppercase())
    }

    /// Which counter a ticket of this year draws from: the year itself, or 0 where the pattern has none.
    pub fn counter_year(&self, year: i16) -> i16 {
        if self.parts.contains(&Part::Year) { year } else { 0 }
    }

    /// Whether the number could be one of this pattern's, of whatever year.
    pub fn could_make(&self, number: &TicketNumber) -> bool {
        let mut rest = number.as_str();
        for (index, part) in self.parts.iter().enumerate() {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let taken = match part {
                Part::Literal(literal) => {
                    let same = rest.get(..literal.len()).is_some_and(|start| start.eq_ignore_ascii_case(literal));
                    same.then_some(literal.len())
                }
                Part::Year => (digits >= 4).then_some(4),
                // All digits, unless the year follows at once.
                Part::Sequence(width) => {
                    let before_year = matches!(self.parts.get(index + 1), Some(Part::Year));
                    let own = if before_year { digits.saturating_sub(4) } else { digits };
                    (own >= *width).then_some(own)
                }
            };
            match taken {
                Some(taken) => rest = &rest[taken..],
                None => return false,
            }
        }
        rest.is_empty()
    }

    fn render(&self, year: i16, sequence: u64) -> String {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Literal(literal) => text.push_str(literal),
                Part::Year => text.push_str(&format!("{year:04}")),
                Part::Sequence(width) => text.push_str(&format!("{sequence:0width$}")),
            }
        }
        text
    }
}

impl Part {
    fn placeholder(name: &str) -> Result<Self, ParseError> {
        match name.split_once(':') {
            None if name == "year" => Ok(Self::Year),
            None if name == "seq" => Ok(Self::Sequence(1)),
            Some(("seq", width)) => match width.parse() {
                Ok(width @ 1..=9) => Ok(Self::Sequence(width)),
                _ => Err(ParseError::new("the width of {seq:…} must be 1 to 9")),
            },
            _ => Err(ParseError::new(format!("{{{name}}} is not known; use {{year}} and {{seq:4}}"))),
        }
    }
}

impl TryFrom<String> for NumberPattern {
    type Error = ParseError;
    fn try_from(text: String) -> Result<Self, ParseError> {
        Self::parse(&text)
    }
}

impl From<NumberPattern> for String {
    fn from(pattern: NumberPattern) -> String {
        pattern.source
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn patterns_render_as_the_desks_write_them() {
        let ticketing = NumberPattern::parse("TICK-{year}-{seq:4}").expect("fits");
        assert_eq!(ticketing.number(2025, 1).as_str(), "TICK-2025-0001");
        assert_eq!(ticketing.number(2025, 12345).as_str(), "TICK-2025-12345", "grows, never wraps");
        let ozean = NumberPattern::parse("KA-{year}-{seq:5}").expect("fits");
        assert_eq!(ozean.number(2025, 123).as_str(), "KA-2025-00123");
        assert_eq!(ozean.counter_year(2025), 2025);
        assert_eq!(NumberPattern::parse("T{seq}").expect("fits").counter_year(2025), 0, "no year, no restart");
    }

    #[test]
    fn a_pattern_without_one_sequence_is_refused() {
        for bad in [
            "TICK",
            "{year}",
            "{seq}{seq}",
            "{seq",
            "{month}{seq}",
            "{seq:0}",
            "{seq:99}",
            "a b{seq}",
            "{year}{year}{seq}",
            "x#{seq}",
        ] {
            assert!(NumberPattern::parse(bad).is_err(), "{bad:?} was taken");
        }
    }

    #[test]
    fn a_path_segment_is_an_id_or_a_number() {
        assert!(matches!(TicketRef::parse("01937b3c-0000-7000-8000-000000000001"), Some(TicketRef::Id(_))));
        assert_eq!(TicketRef::parse("tick-2025-0001"), Some(TicketRef::Number(TicketNumber("TICK-2025-0001".into()))));
        assert_eq!(TicketRef::parse("../secrets"), None);
        assert_eq!(TicketRef::parse(""), None);
    }

    proptest! {
        #[test]
        fn a_pattern_knows_its_own_numbers(year in 2000i16..9999, sequence in 0u64..99_999_999) {
            for source in ["TICK-{year}-{seq:4}", "{seq}", "KA-{year}-{seq:5}", "A{seq:3}.{year}", "{year}{seq:2}", "{seq:2}{year}"] {
                let pattern = NumberPattern::parse(source).expect("fits");
                prop_assert!(pattern.could_make(&pattern.number(year, sequence)), "{} {}", source, sequence);
            }
        }
    }

    #[test]
    fn a_pattern_refuses_what_is_not_its_own() {
        let pattern = NumberPattern::parse("KA-{year}-{seq:5}").expect("fits");
        for other in ["KA-2025-0012", "OL-2025-00123", "KA-25-00123", "KA-2025-00123X", "2025", "KA", "KA-2025-"] {
            assert!(!pattern.could_make(&TicketNumber::parse(other).expect("fits")), "{other}");
        }
    }
}
