//! Tickets from another desk: how long ten thousand of them take, with their messages, and how long the same file takes again.

use std::{
    fmt::Write as _,
    time::{Duration, Instant},
};

use axum::{
    body::Body,
    http::{Method, Request},
};
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use serde_json::{Value, json};

use crate::{http::Http, process::Process};

const TICKETS: u32 = 10_000;
const MESSAGES: u32 = 3;
/// Customers who wrote them.
const CUSTOMERS: u32 = 2_000;
const PATIENCE: Duration = Duration::from_secs(900);
const LOOK: Duration = Duration::from_millis(250);

/// Measures, and says what comes out as it comes.
pub(crate) async fn measure(process: &Process, say: impl Fn(&str) -> Result<(), String>) -> Result<(), String> {
    let desk = Desk::open(process).await?;
    let file = file();
    say(&format!("{TICKETS} tickets of {MESSAGES} messages by {CUSTOMERS} customers: {} bytes", file.len()))?;
    for what in ["the first time", "the second time"] {
        let started = Instant::now();
        let job = desk.import(&file).await?;
        let seconds = started.elapsed().as_secs_f64();
        let memory = process.memory()?;
        say(&format!("{what}: {seconds:.1} s, {}; {memory:?}", job["counts"]))?;
    }
    Ok(())
}

fn file() -> String {
    let mut csv = "id,subject,status,requester_email,requester_name,created_at,closed_at,message_author_email,message_body,\
                   message_created_at\n"
        .to_owned();
    for n in 0..TICKETS {
        let (day, hour, minute) = (1 + n / 1440, n / 60 % 24, n % 60);
        let customer = n * 7 % CUSTOMERS;
        for message in 0..MESSAGES {
            let author = if message % 2 == 0 { "" } else { "ada@demo.test" };
            let words = "It burns, it smokes, and it still prints. ".repeat(8);
            // Writing into a text does not fail.
            let _ = writeln!(
                csv,
                "T-{n},Printer {n} burns,closed,c{customer}@old.test,Customer {customer},2024-05-{day:02}T{hour:02}:{minute:02}:00Z,\
                 2024-06-20,{author},Message {message}: {words},2024-05-{day:02}T{hour:02}:{minute:02}:0{message}Z"
            );
        }
    }
    csv
}

struct Desk {
    http: Http,
    url: String,
    authorization: String,
}

impl Desk {
    async fn open(process: &Process) -> Result<Self, String> {
        let (http, url) = (Http::new(), process.url().to_owned());
        let who = json!({ "tenant": "demo", "email": "admin@demo.test" });
        let headers = [("content-type", "application/json")];
        let token = http.send(Method::POST, &format!("{url}/local/token"), &headers, Some(&who)).await?.text("access_token")?;
        Ok(Self { http, url, authorization: format!("Bearer {token}") })
    }

    async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Value, String> {
        let headers = [("authorization", self.authorization.as_str()), ("content-type", "application/json")];
        self.http.send(method, &format!("{}{path}", self.url), &headers, body).await?.json()
    }

    /// Announces, uploads, begins, and waits for the end.
    async fn import(&self, file: &str) -> Result<Value, String> {
        let announced = self.send(Method::POST, "/v1/imports", Some(&json!({ "format": "csv", "size": file.len() }))).await?;
        let id = announced["id"].as_str().ok_or("an import without an id")?;
        upload(&announced["upload"], file).await?;
        self.send(Method::POST, &format!("/v1/imports/{id}/start"), Some(&json!({}))).await?;
        let deadline = Instant::now() + PATIENCE;
        loop {
            let job = self.send(Method::GET, &format!("/v1/jobs/{id}"), None).await?;
            if job["finished_at"].is_string() {
                return if job["state"] == "done" { Ok(job) } else { Err(job.to_string()) };
            }
            if Instant::now() > deadline {
                return Err(format!("not done: {job}"));
            }
            tokio::time::sleep(LOOK).await;
        }
    }
}

async fn upload(upload: &Value, file: &str) -> Result<(), String> {
    let url = upload["url"].as_str().ok_or("an upload without an address")?;
    let mut request = Request::builder().method("PUT").uri(url);
    for (name, value) in upload["headers"].as_object().into_iter().flatten() {
        // The client writes these two by itself.
        if !["host", "content-length"].contains(&name.as_str()) {
            request = request.header(name, value.as_str().unwrap_or_default());
        }
    }
    let request = request.body(Body::from(file.to_owned())).map_err(|error| error.to_string())?;
    let client = Client::builder(TokioExecutor::new()).build_http();
    let answer = client.request(request).await.map_err(|error| error.to_string())?;
    if answer.status().is_success() { Ok(()) } else { Err(format!("the upload was answered {}", answer.status())) }
}
