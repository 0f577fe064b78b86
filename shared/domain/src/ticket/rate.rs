//! What the requester thought of it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Change, Context, Ticket, edit::Edit};
use crate::{error::DomainError, error::ParseError, text::RatingComment};

/// 1 (bad) to 5 (good).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "i64", into = "i64")]
#[schema(value_type = i64, minimum = 1, maximum = 5)]
pub struct Score(u8);

impl Score {
    /// The number.
    pub const fn get(self) -> u8 {
        self.0
    }
}

impl TryFrom<i64> for Score {
    type Error = ParseError;
    fn try_from(number: i64) -> Result<Self, ParseError> {
        match u8::try_from(number) {
            Ok(score @ 1..=5) => Ok(Self(score)),
            _ => Err(ParseError::new("must be 1 to 5")),
        }
    }
}

impl From<Score> for i64 {
    fn from(score: Score) -> i64 {
        i64::from(score.0)
    }
}

/// The requester's rating; one a ticket, the latest counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Rating {
    /// 1 to 5.
    pub score: Score,
    /// In their words.
    pub comment: Option<RatingComment>,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub rated_at: Timestamp,
}

/// Rates a resolved or closed ticket; only its requester may. Rating again replaces the rating.
pub fn rate(ticket: Ticket, score: Score, comment: Option<RatingComment>, ctx: &mut Context<'_>) -> Result<Change, DomainError> {
    if ctx.caller.is_none_or(|caller| caller.person != ticket.requester) {
        return Err(DomainError::Forbidden(Vec::new()));
    }
    let mut edit = Edit::of(ticket)?;
    if edit.ticket.status.is_open() {
        return Err(DomainError::rule("not_resolved", "A ticket can be rated once it is resolved or closed."));
    }
    let same = edit.ticket.rating.as_ref().is_some_and(|rating| rating.score == score && rating.comment == comment);
    if !same {
        edit.ticket.rating = Some(Rating { score, comment, rated_at: ctx.now });
    }
    Ok(edit.finish(ctx))
}
