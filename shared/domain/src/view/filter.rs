//! What a view asks of a ticket.

use jiff::Timestamp;
use serde::Deserialize;

use crate::{
    error::ParseError,
    id::{BrandId, CategoryId, OrganizationId, PersonId, TeamId},
    routing::{Among, FieldName, FieldValue},
    text::Tag,
    words::{Channel, Priority, Status},
};

/// A question about one field. In JSON an object with `field`, and beside it `is` or `is_not` with a list (of `tag` also
/// `has_all`), or for `created_at` the times `from` and `before`.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// `status`; `open` is all but resolved and closed.
    Status(Among<StatusValue>),
    /// `priority`.
    Priority(Among<Priority>),
    /// `category`: the ticket's, or one that it is part of.
    Category(Among<CategoryId>),
    /// `brand`.
    Brand(Among<BrandId>),
    /// `assignee`.
    Assignee(Among<Who>),
    /// `team`.
    Team(Among<TeamValue>),
    /// `requester`.
    Requester(Among<PersonId>),
    /// `organization`.
    Organization(Among<OrganizationId>),
    /// `channel`.
    Channel(Among<Channel>),
    /// `tag`: one of the ticket's.
    Tag(Among<Tag>),
    /// `tag` with `has_all`: the ticket has every one of these.
    HasAllTags(Vec<Tag>),
    /// `fields.<name>`: a custom field.
    Custom(FieldName, Among<FieldValue>),
    /// `created_at`.
    CreatedAt(Span),
    /// `breached`: whether a promise about it was broken that holds or held.
    Breached(Among<bool>),
    /// `rated`: whether the requester rated it.
    Rated(Among<bool>),
}

/// A status, or all open ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum StatusValue {
    /// `open`.
    Open,
    /// This one.
    One(Status),
}

impl TryFrom<String> for StatusValue {
    type Error = ParseError;
    fn try_from(text: String) -> Result<Self, ParseError> {
        Self::parse(&text)
    }
}

impl StatusValue {
    /// Parses a status or `open`.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        if text == "open" {
            return Ok(Self::Open);
        }
        Status::parse(text).map(Self::One).map_err(|error| ParseError(format!("{}, or open", error.0)))
    }

    /// The word in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::One(status) => status.as_str(),
        }
    }

    /// Whether it is this status, or one of these.
    pub fn holds(self, status: Status) -> bool {
        match self {
            Self::Open => status.is_open(),
            Self::One(one) => one == status,
        }
    }
}

/// An assignee.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// `me`: whoever looks.
    Me,
    /// `none`: nobody.
    Nobody,
    /// An agent.
    Agent(PersonId),
}

impl Who {
    /// Parses an id, `me` or `none`.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        match text {
            "me" => Ok(Self::Me),
            "none" => Ok(Self::Nobody),
            id => id.parse().map(Self::Agent).map_err(|_| ParseError::new("must be me, none, or a person's id")),
        }
    }
}

impl std::fmt::Display for Who {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Me => f.write_str("me"),
            Self::Nobody => f.write_str("none"),
            Self::Agent(person) => person.fmt(f),
        }
    }
}

/// A team. What is called `mine` or `none` cannot be asked for by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TeamValue {
    /// `mine`: those of whoever looks.
    Mine,
    /// `none`: no team.
    None,
    /// A team.
    Team(TeamId),
}

impl TeamValue {
    /// Parses an id, `mine` or `none`.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        match text {
            "mine" => Ok(Self::Mine),
            "none" => Ok(Self::None),
            id => TeamId::parse(id).map(Self::Team),
        }
    }

    /// The word in JSON.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Mine => "mine",
            Self::None => "none",
            Self::Team(team) => team.as_str(),
        }
    }
}

/// A stretch of time: from a moment on, up to another and without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The first moment of it.
    pub from: Option<Timestamp>,
    /// The first moment after it.
    pub before: Option<Timestamp>,
}

impl Span {
    /// Whether a moment is in it.
    pub fn holds(&self, at: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= at) && self.before.is_none_or(|before| at < before)
    }
}
