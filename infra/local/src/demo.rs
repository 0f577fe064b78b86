//! A handful of tickets for the demo desk, opened the way its people would: over the API, with their own tokens.

use std::net::SocketAddr;

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::ConnectInfo,
    http::{Request, header},
};
use lambdesk_domain::{EmailAddress, TenantId};
use lambdesk_platform::App;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::issuer::Issuer;

const TENANT: &str = "demo";
const ADA: &str = "ada@demo.test";
const BEN: &str = "ben@demo.test";
const MIA: &str = "mia@demo.test";
const CARL: &str = "carl@example.test";
const DANA: &str = "dana@example.test";
const LARGEST_ANSWER: usize = 1024 * 1024;

/// Opens the tickets, unless the desk has some. A desk without them is still a desk: what fails is logged.
pub(crate) async fn open_tickets(router: &Router, issuer: &Issuer, app: &App) {
    let demo = Demo { router, issuer, app };
    match demo.open().await {
        Ok(0) => {}
        Ok(count) => tracing::info!(count, "demo tickets opened"),
        Err(error) => tracing::warn!(error, "the demo has fewer tickets than it should"),
    }
}

struct Demo<'a> {
    router: &'a Router,
    issuer: &'a Issuer,
    app: &'a App,
}

impl Demo<'_> {
    async fn open(&self) -> Result<usize, String> {
        let list = self.ask(MIA, "GET", "/v1/tickets?limit=1", &Value::Null).await?;
        if list["items"].as_array().is_some_and(|items| !items.is_empty()) {
            return Ok(0);
        }
        self.export_that_stops().await?;
        self.invoice_that_was_solved().await?;
        self.code_that_never_came().await?;
        let question =
            json!({ "subject": "Do you offer a discount for schools?", "body": "We are 40 teachers.", "category": "sales" });
        self.create(DANA, &question).await?;
        Ok(4)
    }

    /// In progress, with a conversation and a note.
    async fn export_that_stops(&self) -> Result<(), String> {
        let body = "Since this morning the export stops **half way**:\n\n1. open *Reports*\n2. press *Export*\n\nThe file ends after 512 rows.";
        let ticket = self
            .create(CARL, &json!({ "subject": "The export stops after 512 rows", "body": body, "category": "technical" }))
            .await?;
        self.update(ADA, &ticket, &json!({ "priority": "high", "assignee": self.person(ADA).await? })).await?;
        self.say(ADA, &ticket, json!({ "kind": "note", "body": "Same as last month? The limit was in the gateway then." }))
            .await?;
        let reply = "Thank you, we can see it too. Which browser do you use?";
        self.say(ADA, &ticket, json!({ "kind": "reply", "body": reply })).await?;
        self.say(CARL, &ticket, json!({ "kind": "reply", "body": "Firefox 145, but a colleague has it with Chrome." })).await
    }

    /// Resolved.
    async fn invoice_that_was_solved(&self) -> Result<(), String> {
        let body = "Our invoice for October names our old address.";
        let ticket =
            self.create(DANA, &json!({ "subject": "Wrong address on the invoice", "body": body, "category": "billing" })).await?;
        self.update(BEN, &ticket, &json!({ "assignee": self.person(BEN).await? })).await?;
        let reply = "I have corrected the address, and a new invoice is on its way to you.";
        self.say(BEN, &ticket, json!({ "kind": "reply", "body": reply, "status": "resolved" })).await
    }

    /// New and urgent, and nobody's yet.
    async fn code_that_never_came(&self) -> Result<(), String> {
        let body = "I asked for a sign-in code three times, and none came.";
        let ticket = self.create(CARL, &json!({ "subject": "No sign-in code", "body": body, "category": "login" })).await?;
        self.update(MIA, &ticket, &json!({ "priority": "urgent" })).await
    }

    async fn create(&self, who: &str, ticket: &Value) -> Result<String, String> {
        let created = self.ask(who, "POST", "/v1/tickets", ticket).await?;
        created["id"].as_str().map(str::to_owned).ok_or_else(|| "a ticket without id".to_owned())
    }

    async fn update(&self, who: &str, ticket: &str, change: &Value) -> Result<(), String> {
        self.ask(who, "PATCH", &format!("/v1/tickets/{ticket}"), change).await.map(drop)
    }

    async fn say(&self, who: &str, ticket: &str, message: Value) -> Result<(), String> {
        self.ask(who, "POST", &format!("/v1/tickets/{ticket}/messages"), &message).await.map(drop)
    }

    async fn person(&self, email: &str) -> Result<String, String> {
        let (tenant, address) = names(email)?;
        let person = self.app.desk_of(&tenant).person_by_address(&address).await;
        person.map(|person| person.id.to_string()).map_err(|error| format!("{email}: {error}"))
    }

    /// A request, through everything but the socket.
    async fn ask(&self, who: &str, method: &str, path: &str, body: &Value) -> Result<Value, String> {
        let (tenant, address) = names(who)?;
        let person = self.app.desk_of(&tenant).person_by_address(&address).await.map_err(|error| format!("{who}: {error}"))?;
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::AUTHORIZATION, format!("Bearer {}", self.issuer.token(&tenant, &person)))
            .header(header::CONTENT_TYPE, "application/json")
            .body(if body.is_null() { Body::empty() } else { Body::from(body.to_string()) })
            .map_err(|error| error.to_string())?;
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 0))));
        let Ok(response) = self.router.clone().oneshot(request).await;
        let status = response.status();
        let answer = to_bytes(response.into_body(), LARGEST_ANSWER).await.map_err(|error| error.to_string())?;
        if !status.is_success() {
            return Err(format!("{method} {path}: {status} {}", String::from_utf8_lossy(&answer)));
        }
        serde_json::from_slice(&answer).map_err(|error| error.to_string())
    }
}

fn names(email: &str) -> Result<(TenantId, EmailAddress), String> {
    let wrong = |error: lambdesk_domain::ParseError| error.to_string();
    Ok((TenantId::parse(TENANT).map_err(wrong)?, EmailAddress::parse(email).map_err(wrong)?))
}
