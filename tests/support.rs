//! A desk to test against, and people who use it.

#[path = "support/deployment.rs"]
mod deployment;
#[path = "support/smtp.rs"]
mod smtp;

use std::time::{Duration, Instant};

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, Method, Request, StatusCode},
};
use http_body_util::BodyExt;
use hyper_util::{
    client::legacy::{Client as HyperClient, connect::HttpConnector},
    rt::TokioExecutor,
};
use lambdesk_local::{Data, LocalDesk, Options};
use lambdesk_platform::Scanner;
use serde_json::{Value, json};

pub(crate) use self::{deployment::Deployment, smtp::deliver};

/// Longer than anything takes on a busy machine; waits watch a condition and end at once when it holds.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A running desk with all preset tenants.
pub(crate) struct Desk {
    pub(crate) local: LocalDesk,
    pub(crate) client: Client,
}

impl Desk {
    pub(crate) async fn start() -> Self {
        Self::start_with(Scanner::Off).await
    }

    /// A desk whose files somebody looks at.
    pub(crate) async fn start_with(scanner: Scanner) -> Self {
        let (data, smtp) = (Data::Ephemeral, Some(0));
        let options = Options { port: 0, data, demo: true, smtp, relay: None, scanner, web: None, show_cost: true };
        let local = LocalDesk::start(options).await.expect("a desk starts");
        let client = Client::new(&local.url());
        Self { local, client }
    }

    /// Signs somebody in.
    pub(crate) async fn sign_in(&self, tenant: &str, email: &str) -> Session {
        self.client.sign_in(tenant, email).await
    }

    /// The four roles of a tenant, each as one person.
    pub(crate) async fn people(&self, tenant: &str) -> People {
        self.client.people(tenant).await
    }

    /// Moves the clock forward by an ISO 8601 duration. Whoever is signed in may have to sign in again.
    pub(crate) async fn advance(&self, by: &str) {
        self.client.anonymous().post("/local/clock", json!({ "advance": by })).await.expect(StatusCode::OK);
    }

    /// Waits until every event and job so far has been handled, and whatever is due by now.
    pub(crate) async fn settle(&self) {
        self.local.settle(PATIENCE).await.expect("the queues drain");
    }
}

/// A desk somewhere: on this machine; or, where a deployment is named, there, with the presets' tenants under names that no
/// other test has.
pub(crate) struct AnyDesk {
    client: Client,
    _local: Option<Desk>,
}

impl AnyDesk {
    pub(crate) async fn start() -> Self {
        if let Some(deployment) = Deployment::named() {
            return Self { client: deployment.desk().await, _local: None };
        }
        let local = Desk::start().await;
        Self { client: local.client.clone(), _local: Some(local) }
    }

    /// Signs somebody in.
    pub(crate) async fn sign_in(&self, tenant: &str, email: &str) -> Session {
        self.client.sign_in(tenant, email).await
    }

    /// The four roles of a tenant, each as one person.
    pub(crate) async fn people(&self, tenant: &str) -> People {
        self.client.people(tenant).await
    }
}

pub(crate) struct People {
    pub(crate) customer: Session,
    pub(crate) agent: Session,
    pub(crate) manager: Session,
    pub(crate) admin: Session,
}

/// A client of a desk at an address.
#[derive(Clone)]
pub(crate) struct Client {
    url: String,
    /// Who signs people in.
    identity: String,
    /// What stands after the name of each tenant.
    suffix: String,
    http: HyperClient<HttpConnector, Body>,
}

impl Client {
    pub(crate) fn new(url: &str) -> Self {
        Self::at(url, url, "")
    }

    /// A client of a desk whose people another server signs in.
    fn at(url: &str, identity: &str, suffix: &str) -> Self {
        let http = HyperClient::builder(TokioExecutor::new()).build_http();
        Self { url: url.to_owned(), identity: identity.to_owned(), suffix: suffix.to_owned(), http }
    }

    async fn people(&self, tenant: &str) -> People {
        let person = |role: &str| format!("{role}@{tenant}.test");
        People {
            customer: self.sign_in(tenant, &person("customer")).await,
            agent: self.sign_in(tenant, &person("agent")).await,
            manager: self.sign_in(tenant, &person("manager")).await,
            admin: self.sign_in(tenant, &person("admin")).await,
        }
    }

    pub(crate) fn anonymous(&self) -> Session {
        Session { client: self.clone(), authorization: None, person: String::new() }
    }

    pub(crate) fn with_credential(&self, credential: &str) -> Session {
        Session { authorization: Some(format!("Bearer {credential}")), ..self.anonymous() }
    }

    pub(crate) async fn sign_in(&self, tenant: &str, email: &str) -> Session {
        let identity = Self { url: self.identity.clone(), ..self.clone() };
        let who = json!({ "tenant": format!("{tenant}{}", self.suffix), "email": email });
        let answer = identity.anonymous().post("/local/token", who).await;
        let token = answer.expect(StatusCode::OK)["access_token"].as_str().expect("a token").to_owned();
        let session = self.with_credential(&token);
        let me = session.get("/v1/me").await.expect(StatusCode::OK);
        Session { person: me["person"].as_str().expect("an id").to_owned(), ..session }
    }

    /// Sends a request; `None` where nobody answers.
    pub(crate) async fn try_send(&self, request: Request<Body>) -> Option<Answer> {
        let response = self.http.request(request).await.ok()?;
        let (parts, body) = response.into_parts();
        let body = body.collect().await.ok()?.to_bytes();
        Some(Answer { status: parts.status, headers: parts.headers, body })
    }
}

/// Somebody who calls the API.
#[derive(Clone)]
pub(crate) struct Session {
    pub(crate) client: Client,
    pub(crate) authorization: Option<String>,
    /// Their id; empty for nobody.
    pub(crate) person: String,
}

impl Session {
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, &[], Some(body)).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PATCH, path, &[], Some(body)).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PUT, path, &[], Some(body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, &[], None).await
    }

    pub(crate) async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Option<Value>) -> Answer {
        self.try_send(method, path, headers, body).await.expect("the desk answers")
    }

    pub(crate) async fn try_send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Value>,
    ) -> Option<Answer> {
        let mut all = headers.to_vec();
        if body.is_some() {
            all.push(("content-type", "application/json"));
        }
        self.try_send_raw(method, path, &all, body.map_or_else(Vec::new, |body| body.to_string().into_bytes())).await
    }

    pub(crate) async fn send_raw(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Vec<u8>>,
    ) -> Answer {
        self.try_send_raw(method, path, headers, body.into()).await.expect("the desk answers")
    }

    async fn try_send_raw(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Option<Answer> {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.client.url));
        if let Some(authorization) = &self.authorization {
            request = request.header("authorization", authorization);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.client.try_send(request.body(Body::from(body)).expect("a request")).await
    }

    /// Opens a ticket and answers with it.
    pub(crate) async fn open(&self, subject: &str) -> Value {
        self.open_with(json!({ "subject": subject, "body": "Please help." })).await
    }

    pub(crate) async fn open_with(&self, body: Value) -> Value {
        self.post("/v1/tickets", body).await.expect(StatusCode::CREATED)
    }

    /// Replies, and answers with the message.
    pub(crate) async fn reply(&self, ticket: &Value, body: &str) -> Value {
        let path = format!("{}/messages", path_of(ticket));
        self.post(&path, json!({ "kind": "reply", "body": body })).await.expect(StatusCode::CREATED)
    }

    pub(crate) async fn note(&self, ticket: &Value, body: &str) -> Value {
        let path = format!("{}/messages", path_of(ticket));
        self.post(&path, json!({ "kind": "note", "body": body })).await.expect(StatusCode::CREATED)
    }

    pub(crate) async fn set_status(&self, ticket: &Value, status: &str) -> Answer {
        self.patch(&path_of(ticket), json!({ "status": status })).await
    }

    /// The ticket as it is now.
    pub(crate) async fn read(&self, ticket: &Value) -> Value {
        self.get(&path_of(ticket)).await.expect(StatusCode::OK)
    }

    /// All items of a list, page by page.
    pub(crate) async fn list(&self, path: &str) -> Vec<Value> {
        let mut items = Vec::new();
        let mut cursor = String::new();
        for _ in 0..100 {
            let separator = if path.contains('?') { '&' } else { '?' };
            let page = if cursor.is_empty() { path.to_owned() } else { format!("{path}{separator}cursor={cursor}") };
            let page = self.get(&page).await.expect(StatusCode::OK);
            items.extend(page["items"].as_array().expect("items").clone());
            match page["next_cursor"].as_str() {
                None => return items,
                Some(next) => cursor = next.to_owned(),
            }
        }
        panic!("{path} has no end");
    }

    /// The numbers of the tickets in a list.
    pub(crate) async fn numbers(&self, path: &str) -> Vec<String> {
        self.list(path).await.iter().map(|ticket| text(ticket, "number")).collect()
    }
}

/// An answer.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    /// The body, of an answer that must have this status.
    #[track_caller]
    pub(crate) fn expect(&self, status: StatusCode) -> Value {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.body));
        self.json()
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        if self.body.is_empty() {
            return Value::Null;
        }
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("not JSON: {}", String::from_utf8_lossy(&self.body)))
    }

    /// The problem in the answer: checks its form and gives its code.
    #[track_caller]
    pub(crate) fn problem(&self, status: StatusCode) -> Value {
        let problem = self.expect(status);
        assert_eq!(self.header("content-type"), "application/problem+json", "{problem}");
        assert_eq!(problem["status"], status.as_u16(), "{problem}");
        for field in ["type", "title", "detail", "code"] {
            assert!(problem[field].is_string(), "{field} is missing in {problem}");
        }
        problem
    }

    /// The fields that a problem names, in order.
    #[track_caller]
    pub(crate) fn wrong_fields(&self, status: StatusCode) -> Vec<String> {
        let problem = self.problem(status);
        problem["errors"].as_array().map_or_else(Vec::new, |errors| errors.iter().map(|error| text(error, "path")).collect())
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("")
    }
}

pub(crate) fn path_of(ticket: &Value) -> String {
    format!("/v1/tickets/{}", text(ticket, "id"))
}

#[track_caller]
pub(crate) fn text(value: &Value, field: &str) -> String {
    value[field].as_str().unwrap_or_else(|| panic!("{field} is no text in {value}")).to_owned()
}

/// Waits until the look finds something.
pub(crate) async fn eventually<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(Instant::now() < deadline, "{what} did not happen");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
