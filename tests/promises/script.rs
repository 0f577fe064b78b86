//! People who work on tickets, by a script that follows from a number.

use axum::http::{Method, StatusCode};
use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};

use super::{
    history::moment,
    life::{Act, Deed, Status},
    terms::{CATEGORIES, Matter, OTHER_BRAND, PRIORITIES},
};
use crate::support::{Answer, Client, Session, text};

pub(super) const TENANT: &str = "eur";
const MINUTE: i64 = 60_000;
/// Calls that are on their way at the same moment.
const AT_ONCE: usize = 16;

/// A linear congruential generator (Knuth's MMIX).
#[derive(Clone)]
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        let mut dice = Self(seed);
        // Neighbouring seeds begin alike.
        (0..4).for_each(|_| _ = dice.below(2));
        dice
    }

    pub(super) fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % limit
    }

    fn one_of<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }

    /// Which of the shares, given in percent, is hit; past the last one what is left.
    fn share(&mut self, shares: &[usize]) -> usize {
        let drawn = self.below(100);
        let mut end = 0;
        let hit = shares.iter().position(|share| {
            end += share;
            drawn < end
        });
        hit.unwrap_or(shares.len())
    }

    fn minutes(&mut self, from: usize, to: usize) -> i64 {
        i64::try_from(from + self.below(to - from)).expect("small") * MINUTE
    }
}

/// Who works, signed in anew after every move of the clock.
pub(super) struct Crew {
    pub(super) customer: Session,
    pub(super) agent: Session,
    pub(super) manager: Session,
}

impl Crew {
    pub(super) async fn sign_in(client: &Client) -> Self {
        let person = async |role: &str| client.sign_in(TENANT, &format!("{role}@{TENANT}.test")).await;
        Self { customer: person("customer").await, agent: person("agent").await, manager: person("manager").await }
    }

    /// Nobody is sent mail: there would be thousands, and nobody reads them here.
    pub(super) async fn mute(client: &Client) {
        let admin = client.sign_in(TENANT, &format!("admin@{TENANT}.test")).await;
        for role in ["customer", "agent", "manager", "admin"] {
            admin.put(&format!("/v1/suppressions/{role}@{TENANT}.test"), json!({ "detail": "Nobody reads this" })).await;
        }
    }
}

/// A ticket as the script knows it.
pub(super) struct Work {
    dice: Dice,
    path: String,
    status: Status,
    taken: bool,
    priority: String,
    category: Option<String>,
    /// When somebody does something with it next; never, once they are done.
    next: Option<i64>,
    /// What was not allowed.
    pub(super) refused: usize,
    /// What was acknowledged.
    pub(super) acts: Vec<Act>,
}

impl Work {
    /// Opens a ticket; nothing where nobody answers.
    async fn open(mut dice: Dice, crew: &Crew) -> Option<Self> {
        let by_phone = dice.share(&[15]) == 0;
        let matter = Matter {
            brand: if dice.share(&[25]) == 0 { OTHER_BRAND } else { TENANT }.to_owned(),
            priority: dice.one_of(&PRIORITIES).to_owned(),
            category: (dice.share(&[60]) == 0).then(|| dice.one_of(&CATEGORIES).to_owned()),
            channel: if by_phone { "phone" } else { "api" }.to_owned(),
        };
        let mut body = json!({
            "subject": "Help", "body": "Please help.",
            "brand": matter.brand, "priority": matter.priority, "category": matter.category,
        });
        let by = if by_phone {
            body["channel"] = json!("phone");
            body["requester"] = json!(crew.customer.person);
            &crew.agent
        } else {
            &crew.customer
        };
        let opened = by.try_send(Method::POST, "/v1/tickets", &[], Some(body)).await?.expect(StatusCode::CREATED);
        let at = moment(&opened, "created_at");
        let mut work = Self {
            path: format!("/v1/tickets/{}", text(&opened, "id")),
            status: Status::New,
            taken: false,
            priority: matter.priority.clone(),
            category: matter.category.clone(),
            next: None,
            refused: 0,
            acts: vec![Act { at, deed: Deed::Open(matter) }],
            dice,
        };
        work.plan(at);
        Some(work)
    }

    pub(super) fn path(&self) -> &str {
        &self.path
    }

    fn plan(&mut self, now: i64) {
        let gap = match self.dice.share(&[40, 25, 22]) {
            0 => Some(self.dice.minutes(5, 60)),
            1 => Some(self.dice.minutes(60, 360)),
            2 => Some(self.dice.minutes(360, 2880)),
            _ => None,
        };
        self.next = gap.map(|gap| now + gap);
    }

    /// What somebody does next with a ticket like this.
    fn choose(&mut self) -> (bool, Deed) {
        use Status::{Closed, InProgress, Pending, Resolved};
        let dice = &mut self.dice;
        let (ask, staff) = (|| (true, Deed::Ask), |deed| (false, deed));
        if dice.share(&[14]) == 0 {
            return staff(self.reclassify());
        }
        match (self.status, dice.share(&[28, 30, 12, 10, 8, 6])) {
            (Pending, 0 | 1) => ask(),
            (Pending, 2) => staff(Deed::Answer(None)),
            (Pending, 3) => staff(Deed::Note(None)),
            (Pending, 4) => staff(Deed::Answer(Some(Resolved))),
            (Pending, 5) => staff(Deed::Move(Resolved)),
            (Pending, _) => staff(Deed::Move(InProgress)),
            (Resolved | Closed, 0) => ask(),
            (Resolved | Closed, 1) => (dice.below(2) == 0, Deed::Move(InProgress)),
            (Resolved | Closed, 2) => staff(Deed::Note(None)),
            (Resolved | Closed, 3) => staff(Deed::Answer(None)),
            (Resolved, _) => (dice.below(2) == 0, Deed::Move(Closed)),
            (Closed, _) => staff(Deed::Note(None)),
            (_, 0) => ask(),
            (_, 1) => staff(Deed::Answer(dice.one_of(&[None, None, Some(Pending), Some(Resolved)]))),
            (_, 2) => staff(Deed::Note(dice.one_of(&[None, None, Some(Pending)]))),
            (_, 3) => staff(Deed::Move(Pending)),
            (_, 4) => staff(Deed::Move(Resolved)),
            (_, 5) => (dice.below(2) == 0, Deed::Move(Closed)),
            _ if self.taken => ask(),
            _ => staff(Deed::Take),
        }
    }

    /// Another priority, or another category.
    fn reclassify(&mut self) -> Deed {
        if self.dice.below(2) == 0 {
            let others: Vec<_> = PRIORITIES.iter().filter(|priority| **priority != self.priority).collect();
            return Deed::Prioritise((*self.dice.one_of(&others)).to_owned());
        }
        let all = CATEGORIES.iter().map(|category| Some((*category).to_owned())).chain([None]);
        let others: Vec<_> = all.filter(|category| *category != self.category).collect();
        Deed::Categorise(self.dice.one_of(&others))
    }

    /// Does what is to be done by now, if anything; nothing where nobody answers.
    async fn go_on(&mut self, now: i64, crew: &Crew) -> Option<()> {
        if self.next.is_none_or(|next| next > now) {
            return Some(());
        }
        let (by_customer, deed) = self.choose();
        let by = if by_customer { &crew.customer } else { &crew.agent };
        self.plan(now);
        let answer = self.send(by, &deed).await?;
        // Where an answer was lost, the script may be wrong about where the ticket stands.
        if answer.status == StatusCode::CONFLICT {
            self.refused += 1;
            return Some(());
        }
        let (status, field) = if says(&deed) { (StatusCode::CREATED, "created_at") } else { (StatusCode::OK, "updated_at") };
        let at = moment(&answer.expect(status), field);
        self.remember(&deed);
        self.acts.push(Act { at, deed });
        Some(())
    }

    async fn send(&self, by: &Session, deed: &Deed) -> Option<Answer> {
        let body = match deed {
            Deed::Open(_) => panic!("it is open"),
            Deed::Ask => said("reply", None),
            Deed::Answer(status) => said("reply", *status),
            Deed::Note(status) => said("note", *status),
            Deed::Move(status) => json!({ "status": status.as_str() }),
            Deed::Take => json!({ "assignee": "me" }),
            Deed::Prioritise(priority) => json!({ "priority": priority }),
            Deed::Categorise(category) => json!({ "category": category }),
        };
        let (method, path) =
            if says(deed) { (Method::POST, format!("{}/messages", self.path)) } else { (Method::PATCH, self.path.clone()) };
        by.try_send(method, &path, &[], Some(body)).await
    }

    fn remember(&mut self, deed: &Deed) {
        match deed {
            Deed::Ask if matches!(self.status, Status::Pending | Status::Resolved | Status::Closed) => {
                self.status = Status::InProgress;
            }
            Deed::Answer(Some(status)) | Deed::Note(Some(status)) | Deed::Move(status) => self.status = *status,
            Deed::Take => {
                self.taken = true;
                self.status = Status::InProgress;
            }
            Deed::Prioritise(priority) => self.priority.clone_from(priority),
            Deed::Categorise(category) => self.category.clone_from(category),
            _ => {}
        }
    }
}

fn says(deed: &Deed) -> bool {
    matches!(deed, Deed::Ask | Deed::Answer(_) | Deed::Note(_))
}

fn said(kind: &str, status: Option<Status>) -> Value {
    let mut message = json!({ "kind": kind, "body": "So it is." });
    if let Some(status) = status {
        message["status"] = json!(status.as_str());
    }
    message
}

/// Opens tickets, each with a script of its own.
pub(super) async fn open(scripts: impl Iterator<Item = u64>, crew: &Crew) -> Vec<Work> {
    let opening = stream::iter(scripts.map(|seed| Work::open(Dice::new(seed), crew))).buffer_unordered(AT_ONCE);
    opening.filter_map(std::future::ready).collect().await
}

/// Does with all tickets what is to be done by now.
pub(super) async fn go_on(works: &mut [Work], now: i64, crew: &Crew) {
    stream::iter(works.iter_mut().map(|work| work.go_on(now, crew)))
        .buffer_unordered(AT_ONCE)
        .for_each(|_| std::future::ready(()))
        .await;
}
