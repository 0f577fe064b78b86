//! The desk's side: requests as its clients send them.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::http::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::{
    http::{Answer, Http},
    measure::{Operation, Target},
};

const TENANT: &str = "demo";
const AGENT: &str = "ada@demo.test";
const CUSTOMERS: [&str; 2] = ["carl@example.test", "dana@example.test"];
const SUBJECT: &str = "The export stops after 512 rows";
const BODY: &str = "Since this morning the export stops **half way**:\n\n1. open *Reports*\n2. press *Export*\n\nThe file ends after \
                    512 rows, and the rest of the page stays grey until it is loaded again. It worked last week.";
const REPLY: &str = "Thank you, we can see it too. Which browser do you use, and does it happen with another one?";

/// The desk, with people signed in.
pub(crate) struct Desk {
    http: Http,
    url: String,
    agent: String,
    customers: Vec<String>,
    /// Ids of tickets to read and to answer.
    tickets: Vec<String>,
    turn: AtomicUsize,
}

impl Desk {
    pub(crate) async fn open(url: &str) -> Result<Self, String> {
        let http = Http::new();
        let sign_in = async |email: &str| {
            let body = json!({ "tenant": TENANT, "email": email });
            let headers = [("content-type", "application/json")];
            let answer = http.send(Method::POST, &format!("{url}/local/token"), &headers, Some(&body)).await?;
            Ok::<_, String>(format!("Bearer {}", answer.text("access_token")?))
        };
        let agent = sign_in(AGENT).await?;
        let customers = vec![sign_in(CUSTOMERS[0]).await?, sign_in(CUSTOMERS[1]).await?];
        Ok(Self { http, url: url.to_owned(), agent, customers, tickets: Vec::new(), turn: AtomicUsize::new(0) })
    }

    /// Opens so many tickets, as customers do.
    pub(crate) async fn seed(self, tickets: usize, clients: usize) -> Result<Self, String> {
        let desk = Arc::new(self);
        let opened = Arc::new(AtomicUsize::new(0));
        let mut tasks = JoinSet::new();
        for _ in 0..clients {
            let (desk, opened) = (desk.clone(), opened.clone());
            tasks.spawn(async move {
                let mut ids = Vec::new();
                while opened.fetch_add(1, Ordering::Relaxed) < tickets {
                    ids.push(desk.create().await?.text("id")?);
                }
                Ok::<_, String>(ids)
            });
        }
        let mut ids = Vec::with_capacity(tickets);
        while let Some(some) = tasks.join_next().await {
            ids.extend(some.map_err(|error| error.to_string())??);
        }
        let desk = Arc::into_inner(desk).ok_or("the tasks are over")?;
        Ok(Self { tickets: ids, ..desk })
    }

    pub(crate) async fn create(&self) -> Result<Answer, String> {
        let customer = &self.customers[self.next() % self.customers.len()];
        let ticket = json!({ "subject": SUBJECT, "body": BODY, "category": "technical" });
        self.send(customer, Method::POST, "/v1/tickets", Some(&ticket)).await
    }

    pub(crate) async fn reply(&self, ticket: &str) -> Result<Answer, String> {
        let message = json!({ "kind": "reply", "body": REPLY });
        self.send(&self.agent, Method::POST, &format!("/v1/tickets/{ticket}/messages"), Some(&message)).await
    }

    /// One ticket after another, far apart in the table.
    pub(crate) fn ticket(&self) -> &str {
        &self.tickets[self.next().wrapping_mul(STRIDE) % self.tickets.len()]
    }

    fn next(&self) -> usize {
        self.turn.fetch_add(1, Ordering::Relaxed)
    }

    async fn send(&self, who: &str, method: Method, path: &str, body: Option<&Value>) -> Result<Answer, String> {
        let headers = [("authorization", who), ("content-type", "application/json")];
        self.http.send(method, &format!("{}{path}", self.url), &headers, body).await
    }
}

/// A prime beyond any number of tickets here, so that steps of this size meet all of them.
pub(crate) const STRIDE: usize = 1_000_003;

impl Target for Desk {
    async fn call(&self, operation: Operation, _client: usize) -> Result<u32, String> {
        let answer = match operation {
            Operation::Create => self.create().await?,
            Operation::Get => self.send(&self.agent, Method::GET, &format!("/v1/tickets/{}", self.ticket()), None).await?,
            Operation::List => self.send(&self.agent, Method::GET, "/v1/tickets?status=new&limit=25", None).await?,
            Operation::Reply => self.reply(self.ticket()).await?,
        };
        let cost = answer.header("x-lambdesk-cost");
        let calls = cost.split(", ").find_map(|part| part.strip_prefix("calls="));
        calls.and_then(|calls| calls.parse().ok()).ok_or_else(|| format!("no calls in the cost {cost:?}"))
    }
}
