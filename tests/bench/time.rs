//! What time brings about: what a sweep costs with so many open tickets, and how soon ten thousand promises that end in the
//! same minute are told of.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use aws_credential_types::Credentials;
use aws_sdk_dynamodb::{
    Client, Config,
    config::{BehaviorVersion, Region},
    error::DisplayErrorContext,
    types::{AttributeValue, PutRequest, Select, WriteRequest},
};
use axum::http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{http::Http, process::Process};

type Item = HashMap<String, AttributeValue>;

const TABLE: &str = "lambdesk";
/// Open tickets with which a sweep is counted.
const OPEN: [u32; 3] = [1_000, 20_000, 100_000];
/// Promises that end in the same minute.
const DUE: u32 = 10_000;
const SHARDS: u32 = 8;
/// Longer than it may take.
const PATIENCE: Duration = Duration::from_secs(600);
const LOOK: Duration = Duration::from_millis(250);

/// Measures, and says what comes out as it comes.
pub(crate) async fn measure(process: &Process, say: impl Fn(&str) -> Result<(), String>) -> Result<(), String> {
    let desk = Desk::open(process).await?;
    // Far from due: resolved and first answered in days of working time would be; here nothing is due for two days.
    let far = desk.open_ticket("low").await?;
    let mut there = 0;
    for open in OPEN {
        desk.copy(&far, there, open).await?;
        there = open;
        let swept = desk.sweep(process).await?;
        say(&format!("{open} open tickets, nothing due: a sweep makes {swept} calls"))?;
    }
    let near = desk.open_ticket("urgent").await?;
    desk.copy(&near, OPEN[2], OPEN[2] + DUE).await?;
    // The first answer was due within thirty minutes; nothing else is due by then.
    desk.advance("PT31M").await?;
    let started = Instant::now();
    while desk.due().await? > 0 {
        if started.elapsed() > PATIENCE {
            return Err("what was due is still due".to_owned());
        }
        tokio::time::sleep(LOOK).await;
    }
    let seconds = started.elapsed().as_secs_f64();
    let open = OPEN[2];
    say(&format!("{DUE} promises broken in the same minute, beside {open} open tickets: all told after {seconds:.1} s"))
}

/// The desk, and the table under it.
struct Desk {
    client: Client,
    http: Http,
    url: String,
    authorization: String,
}

impl Desk {
    async fn open(process: &Process) -> Result<Self, String> {
        let config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::new("test", "test", None, None, "bench"))
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .endpoint_url(process.dynamodb())
            .build();
        let (http, url) = (Http::new(), process.url().to_owned());
        let who = json!({ "tenant": "demo", "email": "carl@example.test" });
        let headers = [("content-type", "application/json")];
        let token = http.send(Method::POST, &format!("{url}/local/token"), &headers, Some(&who)).await?.text("access_token")?;
        Ok(Self { client: Client::from_conf(config), http, url, authorization: format!("Bearer {token}") })
    }

    async fn post(&self, path: &str, body: Value) -> Result<crate::http::Answer, String> {
        let headers = [("authorization", self.authorization.as_str()), ("content-type", "application/json")];
        self.http.send(Method::POST, &format!("{}{path}", self.url), &headers, Some(&body)).await
    }

    async fn open_ticket(&self, priority: &str) -> Result<String, String> {
        let ticket = json!({ "subject": "The export stops", "body": "After 512 rows.", "priority": priority });
        self.post("/v1/tickets", ticket).await?.text("id")
    }

    async fn advance(&self, by: &str) -> Result<(), String> {
        self.post("/local/clock", json!({ "advance": by })).await.map(drop)
    }

    /// Writes tickets that differ from this one in nothing but identity, straight into the table: by the front door a hundred
    /// thousand would take an hour.
    async fn copy(&self, ticket: &str, from: u32, to: u32) -> Result<(), String> {
        let get =
            self.client.get_item().table_name(TABLE).key("pk", s(format!("demo#ticket#{ticket}"))).key("sk", s("ticket".into()));
        let row = get.send().await.map_err(wrong)?.item.ok_or("a ticket without a row")?;
        let base = ticket.parse::<Uuid>().map_err(|error| error.to_string())?.as_u128();
        for chunk in (from..to).collect::<Vec<_>>().chunks(25) {
            let mut puts = Vec::new();
            for n in chunk {
                // The last byte is the shard: spread as the ids of real tickets are.
                let other = Uuid::from_u128(base ^ (u128::from(*n + 1) << 8) ^ u128::from(*n % 256)).to_string();
                let item: Item = row.iter().map(|(name, value)| (name.clone(), replaced(name, value, ticket, &other))).collect();
                let put = PutRequest::builder().set_item(Some(item)).build().map_err(|error| error.to_string())?;
                puts.push(WriteRequest::builder().put_request(put).build());
            }
            self.client.batch_write_item().request_items(TABLE, puts).send().await.map_err(wrong)?;
        }
        Ok(())
    }

    /// Lets a minute pass, and answers the calls that its sweep made.
    async fn sweep(&self, process: &Process) -> Result<String, String> {
        let before = process.log_lines("sla-sweep").len();
        self.advance("PT1M").await?;
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            if let Some(line) = process.log_lines("sla-sweep").get(before) {
                let calls = line.split_whitespace().find_map(|word| word.strip_prefix("calls="));
                return calls.map(str::to_owned).ok_or_else(|| format!("no calls in {line}"));
            }
            tokio::time::sleep(LOOK).await;
        }
        Err("no sweep came".to_owned())
    }

    /// Tickets that are due by the clock of the desk.
    async fn due(&self) -> Result<i32, String> {
        let now = self.post("/local/clock", json!({})).await?.text("now")?;
        let mut due = 0;
        for shard in 0..SHARDS {
            let query = self
                .client
                .query()
                .table_name(TABLE)
                .index_name("due")
                .key_condition_expression("due_pk = :shard AND due_sk <= :now")
                .expression_attribute_values(":shard", s(format!("due#{shard}")))
                .expression_attribute_values(":now", s(now.clone()))
                .select(Select::Count);
            due += query.send().await.map_err(wrong)?.count;
        }
        Ok(due)
    }
}

/// The id wherever it stands, and the shard that follows from it.
fn replaced(name: &str, value: &AttributeValue, id: &str, other: &str) -> AttributeValue {
    match value {
        AttributeValue::S(_) if name == "due_pk" => {
            let last = u8::from_str_radix(&other[other.len() - 2..], 16).unwrap_or_default();
            s(format!("due#{}", u32::from(last) % SHARDS))
        }
        AttributeValue::S(text) => s(text.replace(id, other)),
        AttributeValue::M(map) => {
            AttributeValue::M(map.iter().map(|(name, value)| (name.clone(), replaced(name, value, id, other))).collect())
        }
        other => other.clone(),
    }
}

fn s(text: String) -> AttributeValue {
    AttributeValue::S(text)
}

fn wrong(error: impl std::error::Error) -> String {
    DisplayErrorContext(error).to_string()
}
