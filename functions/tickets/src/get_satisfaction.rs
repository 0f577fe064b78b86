//! How satisfied customers are, by score, agent, brand and day.

use std::collections::BTreeMap;

use axum::extract::State;
use jiff::civil::Date;
use lambdesk_domain::{BrandId, Permission, PersonId, Role, satisfaction::RatingTally};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Known, Need, Query, Reply, SignedIn, input, period};
use lambdesk_platform::App;
use serde::Serialize;
use utoipa::ToSchema;

/// Summarises ratings.
pub const FUNCTION: Function =
    Function::http("tickets-satisfaction", "GET", "/v1/stats/satisfaction", Access::Permission(Permission::AnalyticsRead))
        .summary("Count ratings; agents those of their own tickets")
        .needs(&[Need::Query]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).query::<Period>().answers::<Satisfaction>(200)
}

input! {
    /// Which days.
    pub(crate) struct Period {
        /// The first day (UTC); thirty days before the last where it is absent.
        #[schema(value_type = Option<String>, format = Date)]
        from: Option<Date>,
        /// The last day (UTC), included; today where it is absent.
        #[schema(value_type = Option<String>, format = Date)]
        to: Option<Date>,
        /// Of this brand alone.
        #[schema(value_type = Option<BrandId>)]
        brand: Known<BrandId>,
    }
}

/// Ratings by the day of the first one, each with its score as it is now.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Satisfaction {
    /// `desk`: all tickets of the caller's brands. `own`: those that an agent had when they were rated.
    scope: &'static str,
    #[schema(value_type = String, format = Date)]
    from: Date,
    #[schema(value_type = String, format = Date)]
    to: Date,
    total: Ratings,
    #[schema(value_type = Object)]
    by_brand: BTreeMap<BrandId, Ratings>,
    /// By who had the ticket when it was first rated; `none` where nobody had it. Of the whole desk alone.
    #[schema(value_type = Option<Object>)]
    by_agent: Option<BTreeMap<String, Ratings>>,
    /// Days without a rating are left out.
    #[schema(value_type = Object)]
    by_day: BTreeMap<Date, Ratings>,
}

/// How tickets were rated.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub(crate) struct Ratings {
    count: i64,
    /// In hundredths; null where there is none.
    average: Option<f64>,
    /// How many of each score from 1 to 5.
    #[schema(value_type = Object)]
    by_score: BTreeMap<u8, i64>,
}

impl Ratings {
    fn add(&mut self, score: u8, count: i64) {
        self.count += count;
        *self.by_score.entry(score).or_default() += count;
        let sum: i64 = self.by_score.iter().map(|(score, count)| i64::from(*score) * count).sum();
        // From whole numbers, rounded half up.
        let hundredths = (self.count > 0).then(|| (sum * 200 + self.count) / (self.count * 2));
        self.average = hundredths.and_then(|hundredths| i32::try_from(hundredths).ok()).map(|hundredths| f64::from(hundredths) / 100.0);
    }
}

async fn handle(State(app): State<App>, SignedIn(caller): SignedIn, Query(asked): Query<Period>) -> Result<Reply, ApiError> {
    let (from, to) = period(asked.from, asked.to, app.now())?;
    let own = (caller.role == Role::Agent).then_some(caller.person);
    let mut figures = app.desk(&caller).ratings((from, to), &caller.brands).await?;
    figures.retain(|tally, _| {
        asked.brand.0.as_ref().is_none_or(|brand| *brand == tally.brand) && own.is_none_or(|own| tally.agent == Some(own))
    });
    Reply::ok(&Satisfaction::of((from, to), own, figures))
}

impl Satisfaction {
    fn of((from, to): (Date, Date), own: Option<PersonId>, figures: BTreeMap<RatingTally, i64>) -> Self {
        let (mut total, mut by_brand, mut by_agent, mut by_day) =
            (Ratings::default(), BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        for (RatingTally { day, brand, agent, score }, count) in figures {
            let agent = agent.map_or_else(|| "none".to_owned(), |agent| agent.to_string());
            let rows: [&mut Ratings; 4] = [
                &mut total,
                by_brand.entry(brand).or_default(),
                by_agent.entry(agent).or_default(),
                by_day.entry(day).or_default(),
            ];
            rows.into_iter().for_each(|row| row.add(score.get(), count));
        }
        let scope = if own.is_some() { "own" } else { "desk" };
        Self { scope, from, to, total, by_brand, by_agent: own.is_none().then_some(by_agent), by_day }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_average_is_in_hundredths() {
        let mut ratings = Ratings::default();
        for (score, count) in [(5, 2), (4, 1)] {
            ratings.add(score, count);
        }
        assert_eq!((ratings.count, ratings.average), (3, Some(4.67)));
        assert_eq!(Ratings::default().average, None);
    }
}
