//! A desk behind the functions, and its things in the place of those that the samples name.

use std::path::PathBuf;

use axum::http::StatusCode;
use lambdesk_function::Function;
use lambdesk_local_sqs::{QueueChanges, QueueName};
use lambdesk_platform::{Config, Secret};
use serde_json::{Value, json};

use super::bootstrap::{Bootstrap, Variables};
use crate::{
    attachments::{PNG, upload},
    support::{Desk, Session, path_of, text},
};

const EVENTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../events");

/// The names in the samples.
const NUMBER: &str = "DEMO-2026-0001";
const TICKET: &str = "019aa0c5-6b20-7000-8000-000000000010";
const OTHER: &str = "019aa0c5-6b20-7000-8000-000000000011";
const REPLY: &str = "019aa0c5-6b20-7000-8000-000000000013";
const CREATED: &str = "019aa0c5-6b20-7000-8000-000000000012";
const FILE: &str = "019aa0c5-6b20-7000-8000-000000000020";
const MAIL: &str = "019aa0c4-1f00-7000-8000-0000000000aa";
const KEY: &str = "019aa0c4-1f00-7000-8000-0000000000ff";
const WAITING: &str = "019aa0c4-1f00-7000-8000-0000000000dd";
const JOB: &str = "019aa0c4-1f00-7000-8000-0000000000bb";
const RULE: &str = "019aa0c4-1f00-7000-8000-0000000000cc";
/// A canned response, a macro and a ticket template, with where they are made and of what; each `NAME` is one that none has.
const PREPARED: [(&str, &str, &str); 3] = [
    ("019aa0c4-1f00-7000-8000-0000000000ca", "/v1/canned-responses", r#"{"shortcut":"/NAME","title":"x","body":"x"}"#),
    ("019aa0c4-1f00-7000-8000-0000000000cb", "/v1/macros", r#"{"name":"NAME","changes":{"priority":"high"}}"#),
    ("019aa0c4-1f00-7000-8000-0000000000ce", "/v1/ticket-templates", r#"{"name":"NAME"}"#),
];
/// A customer whom nobody needs any more.
const SOMEONE: &str = "019aa0c4-1f00-7000-8000-0000000000ab";
const VIEW: &str = "019aa0c4-1f00-7000-8000-0000000000de";
const PEOPLE: [&str; 4] = [
    "019aa0c4-1f00-7000-8000-000000000001",
    "019aa0c4-1f00-7000-8000-000000000002",
    "019aa0c4-1f00-7000-8000-000000000003",
    "019aa0c4-1f00-7000-8000-000000000004",
];

/// A desk whose services the functions use.
pub(crate) struct Stage {
    pub(crate) desk: Desk,
    pub(crate) customer: Session,
    pub(crate) agent: Session,
    pub(crate) manager: Session,
    pub(crate) admin: Session,
}

/// A sample event, and the ticket and the file that it is about.
pub(crate) struct Sample {
    pub(crate) event: Value,
    pub(crate) ticket: Value,
    /// An upload of the customer's; empty where the sample names none.
    pub(crate) file: String,
}

impl Stage {
    pub(crate) async fn open() -> Self {
        let desk = Desk::start().await;
        let person = async |email: &str| desk.sign_in("demo", email).await;
        let (customer, agent) = (person("carl@example.test").await, person("ada@demo.test").await);
        let (manager, admin) = (person("mia@demo.test").await, person("admin@demo.test").await);
        // What is taken from it stays away for longer than any test.
        let quiet = QueueChanges { visibility_timeout_s: Some(3600), ..QueueChanges::default() };
        for queue in lambdesk_platform::QueueName::ALL {
            desk.local.queues().create_queue(&quiet_queue(*queue), &quiet).expect("a queue");
        }
        Self { desk, customer, agent, manager, admin }
    }

    /// Starts the function on this desk.
    pub(crate) async fn start(&self, function: Function) -> Bootstrap {
        start(function.name, &self.variables()).await
    }

    /// What OPERATIONS.md lists, with the desk's own values; but jobs go where no worker of the desk takes them.
    pub(crate) fn variables(&self) -> Variables {
        let Config { table, secret, previous_secret, oidc, queue_urls: _, buckets, region, credentials, endpoints, .. } =
            self.desk.local.app().config();
        let (id, key, token) = credentials;
        let sqs = &self.desk.local.endpoints()["sqs"];
        let mut variables = vec![
            ("TABLE".to_owned(), table.clone()),
            ("LAMBDESK_SECRET".to_owned(), reveal(secret)),
            ("LAMBDESK_SECRET_PREVIOUS".to_owned(), previous_secret.as_ref().map(reveal).unwrap_or_default()),
            ("OIDC_ISSUER".to_owned(), oidc.issuer.clone()),
            ("OIDC_AUDIENCE".to_owned(), oidc.audience.clone()),
            ("OIDC_CLAIM_PREFIX".to_owned(), oidc.claim_prefix.clone()),
            // As on AWS: each line is metrics too.
            ("STAGE".to_owned(), "test".to_owned()),
            ("AWS_REGION".to_owned(), region.clone()),
            ("AWS_ACCESS_KEY_ID".to_owned(), id.clone()),
            ("AWS_SECRET_ACCESS_KEY".to_owned(), key.clone()),
            ("AWS_SESSION_TOKEN".to_owned(), token.clone().unwrap_or_default()),
        ];
        variables.extend(lambdesk_platform::QueueName::ALL.iter().map(|queue| (queue.variable(), quiet_queue(*queue).url(sqs))));
        variables.extend(buckets.iter().map(|(bucket, name)| (bucket.variable(), name.clone())));
        let endpoints = endpoints.iter().map(|(service, url)| (format!("AWS_ENDPOINT_URL_{service}"), url.clone()));
        variables.into_iter().chain(endpoints).filter(|(_, value)| !value.is_empty()).collect()
    }

    /// The function's sample with a new ticket of Carl's, and with people that the desk knows.
    pub(crate) async fn sample(&self, function: Function) -> Sample {
        let ticket = self.ticket_for(function.name).await;
        let path = format!("{EVENTS}/{}.json", function.name);
        let mut sample = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        let people = [&self.customer, &self.agent, &self.manager, &self.admin];
        for (name, person) in PEOPLE.iter().zip(people) {
            sample = sample.replace(name, &person.person);
        }
        sample = sample.replace(NUMBER, &text(&ticket, "number")).replace(TICKET, &text(&ticket, "id"));
        if sample.contains(CREATED) {
            sample = sample.replace(CREATED, &self.created_event(&ticket).await);
        }
        if sample.contains(OTHER) {
            sample = sample.replace(OTHER, &self.other_ticket(function.name, &ticket).await);
        }
        if sample.contains(REPLY) {
            sample = sample.replace(REPLY, &text(&self.customer.reply(&ticket, "And my telephone").await, "id"));
        }
        if sample.contains(KEY) {
            sample = sample.replace(KEY, &self.api_key().await);
        }
        if sample.contains(MAIL) {
            sample = sample.replace(MAIL, &self.mail().await);
        }
        if sample.contains(JOB) {
            sample = sample.replace(JOB, &self.job(function.name, &ticket).await);
        }
        if sample.contains(RULE) {
            sample = sample.replace(RULE, &self.routing_rule().await);
        }
        if sample.contains(WAITING) {
            sample = sample.replace(WAITING, &self.waiting_reply(&ticket).await);
        }
        for (id, path, thing) in PREPARED {
            if sample.contains(id) {
                let name = self.desk.local.app().new_id().to_string();
                let thing = serde_json::from_str(&thing.replace("NAME", &name)).expect("JSON");
                sample = sample.replace(id, &text(&self.agent.post(path, thing).await.expect(StatusCode::CREATED), "id"));
            }
        }
        if sample.contains(SOMEONE) {
            let requester = format!("r{}@example.test", self.desk.local.app().new_id());
            let theirs = self.agent.open_with(json!({ "subject": "x", "body": "x", "requester": requester })).await;
            sample = sample.replace(SOMEONE, &text(&theirs, "requester"));
        }
        if sample.contains(VIEW) {
            sample = sample.replace(VIEW, &self.view().await);
        }
        let mut file = String::new();
        if sample.contains(FILE) {
            file = upload(&self.customer, "/v1/attachments", "plan.png", PNG).await;
            sample = sample.replace(FILE, &file);
        }
        let mut event: Value = serde_json::from_str(&sample).expect("JSON");
        self.put_what_is_named(&event["pathParameters"]).await;
        if event["headers"]["if-match"].is_string() {
            event["headers"]["if-match"] = json!(format!("\"{}\"", self.agent.read(&ticket).await["version"]));
        }
        Sample { event, ticket, file }
    }

    /// A ticket in the state in which the sample makes sense: a new one, but for few.
    async fn ticket_for(&self, function: &str) -> Value {
        let subject = "The printer on floor 2 burns";
        let ticket = match function {
            // To one person not many are sent in an hour.
            "email-send" => {
                let requester = format!("r{}@example.test", self.desk.local.app().new_id());
                self.agent.open_with(json!({ "subject": subject, "body": "Please help.", "requester": requester })).await
            }
            _ => self.customer.open(subject).await,
        };
        match function {
            "tickets-rate" => drop(self.agent.set_status(&ticket, "resolved").await.expect(StatusCode::OK)),
            "tickets-draft" => {
                let draft = json!({ "kind": "reply", "body": "x" });
                drop(self.customer.put(&format!("{}/draft", path_of(&ticket)), draft).await.expect(StatusCode::OK));
            }
            "tickets-remove-participant" => {
                let place = format!("{}/participants/{}", path_of(&ticket), self.manager.person);
                drop(self.agent.put(&place, json!({ "standing": "copied" })).await.expect(StatusCode::OK));
            }
            "tickets-unmerge" => {
                let into = json!({ "into": self.customer.open(subject).await["id"] });
                drop(self.agent.post(&format!("{}/merge", path_of(&ticket)), into).await.expect(StatusCode::OK));
            }
            "tickets-remove-follower" => {
                let place = format!("{}/followers/{}", path_of(&ticket), self.agent.person);
                drop(self.agent.put(&place, json!({})).await.expect(StatusCode::OK));
            }
            "tickets-restore" | "tickets-purge" => {
                drop(self.manager.delete(&path_of(&ticket)).await.expect(StatusCode::NO_CONTENT))
            }
            "email-unsuppress" => {
                drop(self.admin.put("/v1/suppressions/bounced@example.test", json!({})).await.expect(StatusCode::OK));
            }
            _ => {}
        }
        ticket
    }

    /// Another ticket, linked with this one where that is to be ended.
    async fn other_ticket(&self, function: &str, ticket: &Value) -> String {
        let other = text(&self.customer.open("The printer on floor 3").await, "id");
        if function == "tickets-unlink" {
            let place = format!("{}/links/{other}", path_of(ticket));
            drop(self.agent.put(&place, json!({ "kind": "related" })).await.expect(StatusCode::OK));
        }
        other
    }

    async fn created_event(&self, ticket: &Value) -> String {
        let events = self.agent.list(&format!("{}/events", path_of(ticket))).await;
        text(events.iter().find(|event| event["type"] == "ticket.created").expect("how it began"), "id")
    }

    /// A mail that came to the desk itself.
    async fn mail(&self) -> String {
        let mail = "From: x@example.test\nTo: help@demo.test\nSubject: By mail\nMessage-ID: <s@example.test>\n\nHelp\n";
        let at = self.desk.local.smtp().expect("a port");
        crate::support::deliver(at, "x@example.test", "help@demo.test", mail).await.expect("taken");
        self.desk.settle().await;
        text(&self.admin.list("/v1/inbound-mails").await[0], "id")
    }

    async fn waiting_reply(&self, ticket: &Value) -> String {
        let tomorrow = text(ticket, "created_at").parse::<jiff::Timestamp>().unwrap() + jiff::SignedDuration::from_hours(24);
        let later = json!({ "kind": "reply", "body": "x", "send_at": tomorrow });
        text(&self.agent.post(&format!("{}/messages", path_of(ticket)), later).await.expect(StatusCode::ACCEPTED), "id")
    }

    /// A job of the manager's: one that nobody has begun, or with a file.
    async fn job(&self, function: &str, ticket: &Value) -> String {
        if function == "jobs-get-file" {
            let job = crate::jobs::ask(&self.manager, "/v1/exports", json!({ "format": "csv" })).await;
            return text(&crate::jobs::finished(&self.desk, &self.manager, &job).await, "id");
        }
        if function == "jobs-start-import" {
            let job = self.admin.post("/v1/imports", json!({ "format": "csv", "size": 1 })).await.expect(StatusCode::CREATED);
            crate::attachments::put(&self.admin, &job, b"x").await;
            return text(&job, "id");
        }
        let (kind, tickets) = (crate::jobs::urgent(), std::slice::from_ref(ticket));
        crate::jobs::write_down(&self.desk, &self.manager, kind, tickets).await.to_string()
    }

    async fn routing_rule(&self) -> String {
        let rule = json!({ "name": "x", "active": false, "then": { "priority": "high" } });
        text(&self.admin.post("/v1/routing-rules", rule).await.expect(StatusCode::CREATED), "id")
    }

    async fn view(&self) -> String {
        let view = json!({ "name": "x", "scope": { "type": "shared" }, "filter": [] });
        text(&self.manager.post("/v1/views", view).await.expect(StatusCode::CREATED), "id")
    }

    /// Makes the policy, calendar, team or field that a sample's path names, unless it is there.
    async fn put_what_is_named(&self, parameters: &Value) {
        for (name, path, mut thing) in [
            ("policy", "/v1/sla-policies", json!({ "name": "x", "targets": { "resolution": 480 } })),
            ("calendar", "/v1/calendars", json!({ "name": "x", "time_zone": "Europe/Berlin", "hours": {} })),
            ("team", "/v1/teams", json!({ "name": "x" })),
            ("field", "/v1/ticket-fields", json!({ "label": "x", "kind": "text" })),
        ] {
            if parameters[name].is_string() {
                thing["id"] = parameters[name].clone();
                let made = self.admin.post(path, thing).await;
                assert!([StatusCode::CREATED, StatusCode::CONFLICT].contains(&made.status), "{}", made.json());
            }
        }
    }

    async fn api_key(&self) -> String {
        let key = json!({ "name": "x", "scopes": ["tickets.read"], "expires_in_days": 1 });
        text(&self.admin.post("/v1/api-keys", key).await.expect(StatusCode::CREATED), "id")
    }
}

/// A queue of the stage alone, in the place of one of the desk's.
pub(crate) fn quiet_queue(queue: lambdesk_platform::QueueName) -> QueueName {
    QueueName::parse(&format!("runtime-test-{}", queue.as_str())).expect("a name")
}

fn reveal(secret: &Secret) -> String {
    String::from_utf8(secret.reveal().to_vec()).expect("text")
}

/// Starts a function of the desk; it waits for an event when this returns.
pub(crate) async fn start(function: &str, variables: &Variables) -> Bootstrap {
    let mut process = start_unready(function, variables).await;
    process.ready().await.unwrap_or_else(|error| panic!("{function}: {error}"));
    process
}

/// Starts a function that may not come far.
pub(crate) async fn start_unready(function: &str, variables: &Variables) -> Bootstrap {
    let (area, _) = function.split_once('-').expect("an area");
    let binary = built(&format!("{area}-bootstrap"), "cargo build --workspace");
    Bootstrap::start(&binary, function, variables).await.unwrap_or_else(|error| panic!("{function}: {error}"))
}

/// A binary beside this one, which cargo keeps in `deps`.
pub(crate) fn built(name: &str, how: &str) -> PathBuf {
    let this = std::env::current_exe().expect("a test has a path");
    let binary = this.parent().and_then(|deps| deps.parent()).expect("target/<profile>/deps").join(name);
    assert!(binary.exists(), "{} is missing: run `{how}`, as `make test` does first", binary.display());
    binary
}
