//! Identifiers. All of them are free of `#`, so none can reach into another's storage key.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;
use uuid::Uuid;

pub use crate::calendar::CalendarId;
use crate::error::ParseError;

/// Where new identifiers come from; the domain has no randomness of its own.
pub trait IdSource {
    /// A UUID that sorts after every one given before (UUIDv7).
    fn next_id(&mut self) -> Uuid;
}

impl<F: FnMut() -> Uuid> IdSource for F {
    fn next_id(&mut self) -> Uuid {
        self()
    }
}

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
        #[serde(transparent)]
        #[schema(value_type = String, format = Uuid)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = ParseError;
            fn from_str(text: &str) -> Result<Self, ParseError> {
                // Only the hyphenated form: one thing, one spelling.
                if text.len() != 36 {
                    return Err(ParseError::new("must be a UUID"));
                }
                Uuid::try_parse(text).map(Self).map_err(|_| ParseError::new("must be a UUID"))
            }
        }
    };
}

uuid_id!(
    /// A ticket (UUIDv7).
    TicketId
);
uuid_id!(
    /// One message of a ticket (UUIDv7: sorts by time within the ticket).
    MessageId
);
uuid_id!(
    /// One event of the history (UUIDv7: sorts by time within the ticket).
    EventId
);
uuid_id!(
    /// A person: customer or staff (UUIDv7).
    PersonId
);
uuid_id!(
    /// A mail that came (UUIDv7: sorts by arrival).
    InboundMailId
);
uuid_id!(
    /// A file that is attached to a message, or will be (UUIDv7).
    AttachmentId
);
uuid_id!(
    /// An API key (UUIDv7).
    ApiKeyId
);
uuid_id!(
    /// A job in the background (UUIDv7: sorts by when it was asked for).
    JobId
);
uuid_id!(
    /// A rule that says where tickets go (UUIDv7).
    RuleId
);
uuid_id!(
    /// A saved view (UUIDv7).
    ViewId
);

uuid_id!(
    /// A prepared answer, macro or ticket template (UUIDv7).
    PreparedId
);
/// The identifier (UUIDv7) with another time in it: it sorts among those that are made then.
pub fn made_at(id: Uuid, at: jiff::Timestamp) -> Uuid {
    let mut bytes = *id.as_bytes();
    let milliseconds = at.as_millisecond().max(0).to_be_bytes();
    bytes[..6].copy_from_slice(&milliseconds[2..]);
    Uuid::from_bytes(bytes)
}

/// An identifier that follows from what it is of, so that the same thing found twice has the same one (RFC 9562, version 8).
pub fn derived(parts: &[&str]) -> Uuid {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part.as_bytes());
    }
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hasher.finalize()[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// An identifier (UUIDv7) of something that was at a time of its own, and follows from what it is of. Of the same millisecond,
/// those with a lower `order` (below 2^18) come first.
pub fn derived_at(at: Timestamp, order: u32, parts: &[&str]) -> Uuid {
    let order = order.min((1 << 18) - 1);
    let mut rest = [0; 10];
    rest.copy_from_slice(&derived(parts).as_bytes()[6..]);
    // The version takes the upper half of the first byte, the variant two bits of the third.
    let low = |bits: u32| bits.to_be_bytes()[3];
    rest[0] = low(order >> 14);
    rest[1] = low(order >> 6);
    rest[2] = low(order & 0x3f);
    let milliseconds = u64::try_from(at.as_millisecond()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(milliseconds, &rest).into_uuid()
}

macro_rules! slug_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
        #[serde(try_from = "String", into = "String")]
        #[schema(value_type = String, min_length = 1, max_length = 40, pattern = "^[A-Za-z0-9_-]{1,40}$")]
        pub struct $name(String);

        impl $name {
            /// Parses 1 to 40 of `A–Z a–z 0–9 _ -`.
            pub fn parse(text: &str) -> Result<Self, ParseError> {
                let fits = (1..=40).contains(&text.len())
                    && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
                if !fits {
                    return Err(ParseError::new("must be 1 to 40 letters, digits, _ or -"));
                }
                Ok(Self(text.to_owned()))
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
            fn from(id: $name) -> String {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

slug_id!(
    /// The hard isolation boundary; part of every key, job and log line.
    TenantId
);
slug_id!(
    /// A public face inside a tenant.
    BrandId
);
slug_id!(
    /// A category of the tenant, such as `billing`.
    CategoryId
);
slug_id!(
    /// Agents who share a queue.
    TeamId
);
slug_id!(
    /// A customer company.
    OrganizationId
);
slug_id!(
    /// A tag on people and on content, such as `doctor`.
    Audience
);
slug_id!(
    /// What a member of staff can do, such as `italian` or `refunds`.
    Skill
);
slug_id!(
    /// A desk that tickets were imported from, such as `zendesk` or `old-zammad`.
    SourceId
);
slug_id!(
    /// A policy that promises times, such as `vip`.
    PolicyId
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_cannot_hold_a_key_separator() {
        for bad in ["", "a#b", "a b", "ä", "a/b", &"x".repeat(41)] {
            assert!(TenantId::parse(bad).is_err(), "{bad:?} was taken");
        }
        assert_eq!(BrandId::parse("KA").expect("plain").as_str(), "KA");
    }

    #[test]
    fn what_was_at_a_time_of_its_own_sorts_by_it() {
        let at = |second: i64, order| derived_at(Timestamp::from_second(second).expect("a time"), order, &["a", "b"]);
        let ids = [at(1, 0), at(1, 1), at(1, 300), at(1, 70_000), at(1, 262_143), at(2, 0), at(1_700_000_000, 5)];
        assert!(ids.is_sorted_by(|a, b| a < b), "{ids:?}");
        assert!(ids.iter().all(|id| id.get_version_num() == 7 && id.get_variant() == uuid::Variant::RFC4122));
        assert_eq!(at(1, 262_143), at(1, 262_144), "the last place is shared");
        assert_ne!(at(1, 0), derived_at(Timestamp::from_second(1).expect("a time"), 0, &["ab", ""]));
    }

    #[test]
    fn a_uuid_has_one_spelling() {
        let id: TicketId = "01937b3c-0000-7000-8000-000000000001".parse().expect("plain");
        assert_eq!(id.to_string(), "01937b3c-0000-7000-8000-000000000001");
        assert!("{01937b3c-0000-7000-8000-000000000001}".parse::<TicketId>().is_err());
        assert!("01937b3c000070008000000000000001".parse::<TicketId>().is_err());
    }
}
