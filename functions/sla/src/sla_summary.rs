//! How many promises were kept, by policy, metric, brand and day.

use std::collections::BTreeMap;

use axum::extract::State;
use jiff::civil::Date;
use lambdesk_domain::{
    BrandId, Metric, Permission, PolicyId,
    sla::{Outcome, Tally},
};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Known, Need, Query, Reply, SignedIn, input, period as days};
use lambdesk_platform::App;
use serde::Serialize;
use utoipa::ToSchema;

/// The most that an answer holds in full: a desk with many policies ends promises by all of them every day.
const MOST_ITEMS: usize = 10_000;

/// Summarises promises.
pub const FUNCTION: Function =
    Function::http("sla-summary", "GET", "/v1/sla/summary", Access::Permission(Permission::SlaManage))
        .summary("Count promises that were kept and broken")
        .needs(&[Need::Query]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).query::<Period>().answers::<Summary>(200)
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
        /// By this policy alone.
        policy: Option<PolicyId>,
    }
}

/// Promises that ended: kept, when what was promised was done in time; broken, when its time was over. What is still open counts
/// nowhere.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SlaSummary)]
pub(crate) struct Summary {
    #[schema(value_type = String, format = Date)]
    from: Date,
    #[schema(value_type = String, format = Date)]
    to: Date,
    total: Compliance,
    #[schema(value_type = Object)]
    by_metric: BTreeMap<Metric, Compliance>,
    #[schema(value_type = Object)]
    by_policy: BTreeMap<PolicyId, Compliance>,
    #[schema(value_type = Object)]
    by_brand: BTreeMap<BrandId, Compliance>,
    /// Days on which no promise ended are left out.
    #[schema(value_type = Object)]
    by_day: BTreeMap<Date, Compliance>,
    /// The same in full, to be added up in any other way; null where it is more than 10,000.
    items: Option<Vec<Item>>,
}

/// How many were kept.
#[derive(Debug, Clone, Copy, Default, Serialize, ToSchema)]
pub(crate) struct Compliance {
    met: i64,
    breached: i64,
    /// Percent of those that ended; null where none did.
    compliance: Option<f64>,
}

/// One day of one brand, policy and metric.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SlaSummaryItem)]
pub(crate) struct Item {
    #[schema(value_type = String, format = Date)]
    day: Date,
    brand: BrandId,
    policy: PolicyId,
    metric: Metric,
    met: i64,
    breached: i64,
}

impl Compliance {
    fn add(&mut self, outcome: Outcome, count: i64) {
        match outcome {
            Outcome::Met => self.met += count,
            Outcome::Breached => self.breached += count,
        }
        let ended = self.met + self.breached;
        // A tenth of a percent, from whole numbers.
        self.compliance = (ended > 0).then(|| {
            let tenths = self.met * 1000 / ended;
            f64::from(i32::try_from(tenths).unwrap_or(1000)) / 10.0
        });
    }
}

async fn handle(State(app): State<App>, SignedIn(caller): SignedIn, Query(period): Query<Period>) -> Result<Reply, ApiError> {
    let (from, to) = days(period.from, period.to, app.now())?;
    let mut figures = app.desk(&caller).promises((from, to), &caller.brands).await?;
    figures.retain(|tally, _| {
        period.brand.0.as_ref().is_none_or(|brand| *brand == tally.brand)
            && period.policy.as_ref().is_none_or(|policy| *policy == tally.policy)
    });
    Reply::ok(&Summary::of((from, to), figures))
}

impl Summary {
    fn of((from, to): (Date, Date), figures: BTreeMap<Tally, i64>) -> Self {
        let mut summary = Self {
            from,
            to,
            total: Compliance::default(),
            by_metric: BTreeMap::new(),
            by_policy: BTreeMap::new(),
            by_brand: BTreeMap::new(),
            by_day: BTreeMap::new(),
            items: None,
        };
        let mut items: Vec<Item> = Vec::new();
        for (Tally { day, brand, policy, metric, outcome }, count) in figures {
            summary.total.add(outcome, count);
            summary.by_metric.entry(metric).or_default().add(outcome, count);
            summary.by_policy.entry(policy.clone()).or_default().add(outcome, count);
            summary.by_brand.entry(brand.clone()).or_default().add(outcome, count);
            summary.by_day.entry(day).or_default().add(outcome, count);
            let same = |item: &&mut Item| (item.day, &item.brand, &item.policy, item.metric) == (day, &brand, &policy, metric);
            let mut compliance = Compliance::default();
            compliance.add(outcome, count);
            match items.last_mut().filter(same) {
                Some(item) => {
                    item.met += compliance.met;
                    item.breached += compliance.breached;
                }
                None => {
                    let Compliance { met, breached, .. } = compliance;
                    items.push(Item { day, brand, policy, metric, met, breached });
                }
            }
        }
        summary.items = Some(items).filter(|items| items.len() <= MOST_ITEMS);
        summary
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn what_is_too_much_to_be_told_in_full_is_summed_up() {
        let figure = |n: usize| {
            let (brand, policy) = (BrandId::parse("x").expect("fits"), PolicyId::parse(&format!("p{n}")).expect("fits"));
            let day = date(2026, 1, 1);
            (Tally { day, brand, policy, metric: Metric::Resolution, outcome: Outcome::Met }, 2)
        };
        let days = (date(2026, 1, 1), date(2026, 1, 31));
        for (count, in_full) in [(MOST_ITEMS, true), (MOST_ITEMS + 1, false)] {
            let summary = Summary::of(days, (0..count).map(figure).collect());
            assert_eq!((summary.items.is_some(), summary.by_policy.len()), (in_full, count));
        }
    }
}
