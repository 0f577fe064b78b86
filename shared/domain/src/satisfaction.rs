//! How satisfied customers are, to be counted.

use std::collections::BTreeMap;

use jiff::{civil::Date, tz::TimeZone};

use crate::{
    id::{BrandId, PersonId},
    ticket::{Change, Rating, Score, Ticket},
};

/// What is counted apart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RatingTally {
    /// The day (UTC) of the first rating: one that is changed later counts there too.
    pub day: Date,
    /// Whose ticket.
    pub brand: BrandId,
    /// Who had it when it was first rated.
    pub agent: Option<PersonId>,
    /// The score as it is now.
    pub score: Score,
}

/// What a change of a ticket adds to the figures, and takes from them. A ticket that is deleted later stays counted: the customer
/// said so all the same.
pub fn rating_tally(change: &Change) -> BTreeMap<RatingTally, i64> {
    let mut figures = BTreeMap::new();
    let was = change.before.as_ref().and_then(of).map(|tally| (tally, -1));
    for (tally, delta) in was.into_iter().chain(of(&change.after).map(|tally| (tally, 1))) {
        *figures.entry(tally).or_default() += delta;
    }
    figures.retain(|_, count| *count != 0);
    figures
}

fn of(ticket: &Ticket) -> Option<RatingTally> {
    let Rating { score, agent, .. } = *ticket.rating.as_ref()?;
    let day = ticket.rating.as_ref()?.given_at().to_zoned(TimeZone::UTC).date();
    Some(RatingTally { day, brand: ticket.brand.clone(), agent, score })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ticket::{
            Assignee, assign, rate,
            tests::{Desk, ada, carl, mia},
        },
        words::Status,
    };

    fn score(number: i64) -> Score {
        Score::try_from(number).expect("1 to 5")
    }

    #[test]
    fn a_changed_rating_moves_its_count() {
        let mut desk = Desk::new(Status::ALL);
        let ticket = desk.open(&carl());
        let ticket = desk.act(&ada(), |ctx| assign(ticket, &Assignee::Me, ctx)).expect("hers").after;
        let ticket = desk.status(&ada(), &ticket, Status::Resolved).expect("allowed").after;
        let first = desk.act(&carl(), |ctx| rate(ticket, score(2), None, ctx)).expect("his");
        let figures: Vec<_> = rating_tally(&first).into_iter().collect();
        let [(tally, 1)] = &figures[..] else { panic!("{figures:?}") };
        assert_eq!((tally.agent, tally.score.get()), (Some(ada().person), 2));

        // Somebody else has it by now, on another day: it is still about who had it, and of that day.
        let day = tally.day;
        desk.later(48);
        let ticket = desk.act(&mia(), |ctx| assign(first.after, &Assignee::Me, ctx)).expect("hers").after;
        let second = desk.act(&carl(), |ctx| rate(ticket, score(5), None, ctx)).expect("his");
        let figures: Vec<_> = rating_tally(&second).into_iter().map(|(tally, count)| (tally.score.get(), tally, count)).collect();
        assert_eq!(figures.iter().map(|(score, _, count)| (*score, *count)).collect::<Vec<_>>(), [(2, -1), (5, 1)]);
        assert!(figures.iter().all(|(_, tally, _)| tally.agent == Some(ada().person) && tally.day == day));
        let again = desk.act(&carl(), |ctx| rate(second.after, score(5), None, ctx)).expect("his");
        assert!(rating_tally(&again).is_empty());
    }
}
