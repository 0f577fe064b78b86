//! What the requester thought of it.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Change, Context, Ticket, edit::Edit};
use crate::{
    error::{DomainError, ParseError},
    id::PersonId,
    text::RatingComment,
};

/// How long a rating can be changed after it was first given.
const CHANGEABLE: SignedDuration = SignedDuration::from_hours(14 * 24);

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

/// The requester's rating; one a ticket, the latest counts, for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Rating {
    /// 1 to 5.
    pub score: Score,
    /// In their words.
    pub comment: Option<RatingComment>,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub rated_at: Timestamp,
    /// When they first rated it, where they changed it since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub first_rated_at: Option<Timestamp>,
    /// Who had the ticket when it was first rated: whom the figures count it to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<PersonId>,
}

impl Rating {
    /// When it was first given.
    pub fn given_at(&self) -> Timestamp {
        self.first_rated_at.unwrap_or(self.rated_at)
    }

    /// Whether it is too late to change it.
    pub fn is_final(&self, now: Timestamp) -> bool {
        now.duration_since(self.given_at()) > CHANGEABLE
    }
}

/// Rates a resolved or closed ticket; only its requester may. Rating again replaces the rating.
pub fn rate(ticket: Ticket, score: Score, comment: Option<RatingComment>, ctx: &mut Context<'_>) -> Result<Change, DomainError> {
    if ctx.caller.is_none_or(|caller| caller.person != ticket.requester) {
        return Err(DomainError::Forbidden(Vec::new()));
    }
    let mut edit = Edit::of(ticket, ctx)?;
    if edit.ticket.status.is_open() {
        return Err(DomainError::rule("not_resolved", "A ticket can be rated once it is resolved or closed."));
    }
    let same = edit.ticket.rating.as_ref().is_some_and(|rating| rating.score == score && rating.comment == comment);
    if !same {
        let before = edit.ticket.rating.take();
        if before.as_ref().is_some_and(|before| before.is_final(ctx.now)) {
            return Err(DomainError::rule("too_late", "A rating can be changed for 14 days."));
        }
        let first_rated_at = before.as_ref().map(Rating::given_at);
        let agent = before.map_or(edit.ticket.assignee, |before| before.agent);
        edit.ticket.rating = Some(Rating { score, comment, rated_at: ctx.now, first_rated_at, agent });
    }
    Ok(edit.finish(ctx))
}

#[cfg(test)]
mod tests {
    use super::{
        super::tests::{Desk, ada, carl},
        *,
    };
    use crate::words::Status;

    #[test]
    fn a_rating_can_be_changed_for_two_weeks_from_the_first_on() {
        let mut desk = Desk::new(Status::ALL);
        let ticket = desk.open(&carl());
        let ticket = desk.status(&ada(), &ticket, Status::Closed).expect("allowed").after;
        let rate_as = |desk: &mut Desk, ticket: &Ticket, score: i64| {
            let score = Score::try_from(score).expect("1 to 5");
            desk.act(&carl(), |ctx| rate(ticket.clone(), score, None, ctx))
        };
        let first = desk.now;
        let ticket = rate_as(&mut desk, &ticket, 1).expect("his").after;
        desk.later(13 * 24);
        let ticket = rate_as(&mut desk, &ticket, 4).expect("in time").after;
        let rating = ticket.rating.clone().expect("rated");
        assert_eq!((rating.given_at(), rating.rated_at), (first, desk.now));
        desk.later(25);
        let refused = rate_as(&mut desk, &ticket, 5);
        assert!(matches!(refused, Err(DomainError::Rule { code: "too_late", .. })), "{refused:?}");
        assert!(rate_as(&mut desk, &ticket, 4).expect("as it is").is_empty(), "to say the same is no change");
    }
}
