//! How functions start: each area's bootstrap next to one that says hello.
//!
//! A start begins when the process is made and ends when it asks Lambda for its first event. The events that follow ask
//! nothing of any service, so that what is measured is the process. All take turns, so that whatever else the machine does
//! meets all.

use std::{
    collections::BTreeMap,
    fmt,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{
    binary::{Binary, HELLO},
    bootstrap::{Bootstrap, Variables},
    memory::Memory,
};

const ROUNDS: usize = 30;
/// Events after the first, in each start.
const WARM: usize = 20;
/// A bootstrap asks for its first event within this many times what the one takes that says hello. Of both the shortest
/// start counts: whatever else the machine does only makes one longer.
const AIM_RATIO: f64 = 1.5;
const AIM_MB: f64 = 12.0;
const AIM_ZIPPED_MB: f64 = 5.0;

/// One bootstrap.
struct Side {
    binary: Binary,
    /// The function that it is started as; any of its area starts alike.
    function: &'static str,
    event: Value,
    starts: Vec<Duration>,
    first: Vec<Duration>,
    warm: Vec<Duration>,
    memory: Option<Memory>,
}

/// Measures all.
pub(crate) async fn measure() -> Result<impl fmt::Display, String> {
    let sides = [
        (HELLO, "hello", request("GET", "/")),
        ("answers", "answers-list-macros", request("GET", "/v1/macros")),
        ("auth", "auth-me", request("GET", "/v1/me")),
        ("automation", "automation-route", json!({ "Records": [] })),
        ("email", "email-send", json!({ "Records": [] })),
        ("events", "events-fan-out", json!({ "Records": [] })),
        ("jobs", "jobs-list", request("GET", "/v1/jobs")),
        ("people", "people-list-teams", request("GET", "/v1/teams")),
        ("sla", "sla-worker", json!({ "Records": [] })),
        ("tickets", "tickets-list", request("GET", "/v1/tickets")),
    ];
    let mut sides =
        sides.into_iter().map(|(name, function, event)| Side::new(name, function, event)).collect::<Result<Vec<_>, _>>()?;
    // The first round only brings the binaries into memory.
    for round in 0..=ROUNDS {
        for side in &mut sides {
            side.start().await.map_err(|error| format!("{}: {error}", side.binary.path.display()))?;
            if round == 0 {
                side.forget();
            }
        }
    }
    Ok(Starts(sides))
}

/// A request by nobody, which a function answers without asking anybody.
fn request(method: &str, path: &str) -> Value {
    json!({
        "version": "2.0",
        "routeKey": format!("{method} {path}"),
        "rawPath": path,
        "rawQueryString": "",
        "headers": { "accept": "application/json", "host": "api.example.test" },
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "a1b2c3d4e5",
            "domainName": "api.example.test",
            "http": { "method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.10" },
            "requestId": "UeKDHhMuliAEPVQ=",
            "routeKey": format!("{method} {path}"),
            "stage": "$default",
            "timeEpoch": 1_795_167_000_000_i64,
        },
        "isBase64Encoded": false,
    })
}

/// As on AWS: no endpoint is named, so that everything would be asked over TLS.
fn variables() -> Variables {
    let variables = [
        ("TABLE", "lambdesk"),
        ("LAMBDESK_SECRET", "0123456789abcdef0123456789abcdef"),
        ("OIDC_ISSUER", "https://issuer.example.test"),
        ("OIDC_AUDIENCE", "lambdesk"),
        ("EMAIL_QUEUE_URL", "https://sqs.eu-central-1.amazonaws.com/123456789012/email"),
        ("ROUTING_QUEUE_URL", "https://sqs.eu-central-1.amazonaws.com/123456789012/routing"),
        ("SLA_QUEUE_URL", "https://sqs.eu-central-1.amazonaws.com/123456789012/sla"),
        ("VIEWS_QUEUE_URL", "https://sqs.eu-central-1.amazonaws.com/123456789012/views"),
        ("AWS_REGION", "eu-central-1"),
        ("AWS_ACCESS_KEY_ID", "bench"),
        ("AWS_SECRET_ACCESS_KEY", "bench"),
    ];
    BTreeMap::from(variables.map(|(name, value)| (name.to_owned(), value.to_owned())))
}

impl Side {
    fn new(name: &'static str, function: &'static str, event: Value) -> Result<Self, String> {
        let binary = Binary::find(name)?;
        Ok(Self { binary, function, event, starts: Vec::new(), first: Vec::new(), warm: Vec::new(), memory: None })
    }

    async fn start(&mut self) -> Result<(), String> {
        let mut process = Bootstrap::start(&self.binary.path, self.function, &variables()).await?;
        self.starts.push(process.ready().await?);
        self.first.push(invoke(&mut process, &self.event).await?);
        for _ in 0..WARM {
            self.warm.push(invoke(&mut process, &self.event).await?);
        }
        self.memory = Some(Memory::of(process.child.id())?);
        Ok(())
    }

    fn forget(&mut self) {
        (self.starts, self.first, self.warm) = Default::default();
    }
}

async fn invoke(process: &mut Bootstrap, event: &Value) -> Result<Duration, String> {
    let begun = Instant::now();
    let outcome = process.invoke(event.to_string()).await?;
    let took = begun.elapsed();
    outcome.map(|_| took).map_err(|failure| failure.to_string())
}

/// What came out.
struct Starts(Vec<Side>);

impl fmt::Display for Starts {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(hello) = self.0.iter().find(|side| side.binary.name == HELLO) else { return Err(fmt::Error) };
        let (hello_least, hello_start) = (least_ms(&hello.starts), median_ms(&hello.starts));
        let (hello_first, hello_warm) = (median_ms(&hello.first), median_ms(&hello.warm));
        writeln!(out)?;
        writeln!(out, "               MB         start to first event ms         first answer ms     warm ms     memory MB")?;
        writeln!(out, "           binary    zip    min ratio median ratio      median ratio   median ratio  resident   peak")?;
        let mut missed = Vec::new();
        for side in &self.0 {
            let Binary { name, size_mb, zipped_mb, .. } = &side.binary;
            let zipped = zipped_mb.map_or_else(|| "?".to_owned(), |zipped| format!("{zipped:.1}"));
            let (least, start) = (least_ms(&side.starts), median_ms(&side.starts));
            let (first, warm) = (median_ms(&side.first), median_ms(&side.warm));
            let (ratio_least, ratio) = (least / hello_least, start / hello_start);
            let (ratio_first, ratio_warm) = (first / hello_first, warm / hello_warm);
            let Memory { resident_mb, peak_mb } = side.memory.ok_or(fmt::Error)?;
            writeln!(
                out,
                "{name:<10} {size_mb:>6.1} {zipped:>6} {least:>6.1} {ratio_least:>5.2} {start:>6.1} {ratio:>5.2} \
                 {first:>11.2} {ratio_first:>5.2} {warm:>8.2} {ratio_warm:>5.2} {resident_mb:>9.1} {peak_mb:>6.1}"
            )?;
            if ratio_least > AIM_RATIO {
                missed.push(format!("{name} starts in {ratio_least:.2}"));
            }
            if *size_mb > AIM_MB || zipped_mb.is_some_and(|zipped| zipped > AIM_ZIPPED_MB) {
                missed.push(format!("{name} has {size_mb:.1} MB, {zipped} zipped"));
            }
        }
        writeln!(out, "{ROUNDS} starts each, {WARM} warm events each start, none of which asks a service.")?;
        let verdict = if missed.is_empty() { "met".to_owned() } else { format!("missed ({})", missed.join(", ")) };
        write!(out, "aim: the shortest start within {AIM_RATIO} times hello's, {AIM_MB} MB, {AIM_ZIPPED_MB} MB zipped: {verdict}")
    }
}

fn least_ms(times: &[Duration]) -> f64 {
    times.iter().min().copied().unwrap_or_default().as_secs_f64() * 1000.0
}

fn median_ms(times: &[Duration]) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len() / 2).copied().unwrap_or_default().as_secs_f64() * 1000.0
}
