//! The closed lists of the desk: status, priority, channel, and the table that joins statuses.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::error::ParseError;

macro_rules! word {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $text)] $variant),+
        }

        // Written out: the derive does not see through the macro to the names.
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .enum_values(Some([$($text),+]))
                    .into()
            }
        }

        impl ToSchema for $name {}

        impl $name {
            /// Every value, in the order people expect to see them.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The value as the API and the store write it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// Reads a value; the error lists what is possible.
            pub fn parse(text: &str) -> Result<Self, ParseError> {
                Self::ALL.iter().copied().find(|value| value.as_str() == text).ok_or_else(|| {
                    ParseError::new(format!("must be one of {}", [$($text),+].join(", ")))
                })
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}
pub(crate) use word;

word!(
    /// Where a ticket stands.
    Status {
        /// Nobody has it yet.
        New = "new",
        /// An agent has it and has not begun.
        Assigned = "assigned",
        /// Somebody works on it.
        InProgress = "in_progress",
        /// Waits for the customer.
        Pending = "pending",
        /// Answered; waits for the customer's confirmation.
        Resolved = "resolved",
        /// Done.
        Closed = "closed",
    }
);

impl Status {
    /// The statuses that a person may move this one to: the workflow table of the product.
    pub const fn next(self) -> &'static [Status] {
        use Status::{Assigned, Closed, InProgress, New, Pending, Resolved};
        match self {
            New => &[Assigned, InProgress, Pending, Resolved, Closed],
            Assigned => &[New, InProgress, Pending, Resolved, Closed],
            InProgress => &[New, Pending, Resolved, Closed],
            Pending => &[InProgress, Resolved, Closed],
            Resolved => &[InProgress, Closed],
            Closed => &[InProgress],
        }
    }

    /// Whether somebody still has to do something: all but resolved and closed.
    pub const fn is_open(self) -> bool {
        !matches!(self, Self::Resolved | Self::Closed)
    }
}

word!(
    /// How much it matters.
    Priority {
        /// Can wait.
        Low = "low",
        /// The default.
        Medium = "medium",
        /// Soon.
        High = "high",
        /// Now.
        Urgent = "urgent",
    }
);

impl Priority {
    /// 0 (low) to 3 (urgent), for sorting.
    pub const fn rank(self) -> u8 {
        self as u8
    }
}

word!(
    /// Where a ticket or message came from.
    Channel {
        /// Mail to one of the brand's addresses.
        Email = "email",
        /// The customer portal.
        Portal = "portal",
        /// The HTTP API.
        Api = "api",
        /// Live chat.
        Chat = "chat",
        /// The widget on a brand's site.
        Widget = "widget",
        /// An outside service's webhook.
        Webhook = "webhook",
        /// A call that an agent wrote down.
        Phone = "phone",
    }
);

word!(
    /// A language that mails can be written in.
    Language {
        /// English.
        En = "en",
        /// German.
        De = "de",
    }
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_but_itself_is_reachable_from_new_work() {
        for status in Status::ALL {
            assert!(!status.next().contains(status), "{status} may not move to itself");
        }
        assert_eq!(Status::Closed.next(), [Status::InProgress], "closed only reopens");
    }

    #[test]
    fn words_round_trip_and_the_error_lists_them() {
        for priority in Priority::ALL {
            assert_eq!(Priority::parse(priority.as_str()), Ok(*priority));
        }
        assert_eq!(Priority::parse("asap").unwrap_err().0, "must be one of low, medium, high, urgent");
        assert!(Priority::Urgent.rank() > Priority::High.rank());
    }
}
