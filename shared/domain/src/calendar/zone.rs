//! Time zones by name.

use std::fmt;

use jiff::tz::{TimeZone, TimeZoneDatabase};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::error::ParseError;

// The database is part of the program: Lambda's runtime has none, and two machines must agree on when a desk closes. A zone is
// decoded once in the life of a process.
/// A time zone of the IANA database, such as `Europe/Berlin`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, example = "Europe/Berlin")]
pub struct ZoneName(TimeZone);

impl ZoneName {
    /// Parses a name; the case of its letters does not matter, and is then the database's.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let unknown = || ParseError::new("must be a time zone such as Europe/Berlin");
        let zone = TimeZoneDatabase::bundled().get(text).map_err(|_| unknown())?;
        // `Etc/Unknown` is in the database, and says nothing of any clock.
        if zone.is_unknown() || zone.iana_name().is_none() {
            return Err(unknown());
        }
        Ok(Self(zone))
    }

    /// The name of it.
    pub fn as_str(&self) -> &str {
        self.0.iana_name().expect("parse refuses zones without a name")
    }

    /// The zone itself.
    pub fn zone(&self) -> &TimeZone {
        &self.0
    }
}

impl TryFrom<String> for ZoneName {
    type Error = ParseError;
    fn try_from(text: String) -> Result<Self, ParseError> {
        Self::parse(&text)
    }
}

impl From<ZoneName> for String {
    fn from(zone: ZoneName) -> String {
        zone.as_str().to_owned()
    }
}

impl fmt::Display for ZoneName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for ZoneName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_is_one_of_the_database() {
        assert_eq!(ZoneName::parse("europe/berlin").expect("is known").as_str(), "Europe/Berlin");
        assert_eq!(ZoneName::parse("UTC").expect("is known").as_str(), "UTC");
        for bad in ["", "Berlin", "Europe/Atlantis", "Etc/Unknown", "+01:00", "CET-1CEST,M3.5.0,M10.5.0/3", "../etc/passwd"] {
            assert!(ZoneName::parse(bad).is_err(), "{bad:?} was taken");
        }
    }

    #[test]
    fn what_is_stored_can_be_read_again() {
        for name in TimeZoneDatabase::bundled().available().filter(|name| name.as_str() != "Etc/Unknown") {
            let zone = ZoneName::parse(name.as_str()).expect("is of the database");
            assert_eq!(ZoneName::parse(zone.as_str()), Ok(zone));
        }
    }
}
