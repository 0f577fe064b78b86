//! What each endpoint costs: DynamoDB calls and capacity, pinned, and the same with 20,000 tickets as with 1,000.

use std::{collections::HashMap, fmt::Write};

use aws_credential_types::Credentials;
use aws_sdk_dynamodb::{
    Client, Config,
    config::{BehaviorVersion, Region},
    types::{AttributeValue, PutRequest, ReturnValue, WriteRequest},
};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    attachments::{PNG, put, upload},
    support::{Answer, Desk, People, Session, eventually, path_of, text},
};

const TENANT: &str = "ticketing";
type Row = HashMap<String, AttributeValue>;

fn dynamodb(desk: &Desk) -> Client {
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .endpoint_url(desk.local.endpoints()["dynamodb"].clone())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    Client::from_conf(config)
}

/// Puts something into a row that does not belong there, and answers what was there.
pub(crate) async fn spoil(desk: &Desk, (pk, sk): (&str, &str), attribute: &str, value: AttributeValue) -> Option<AttributeValue> {
    let table = desk.local.app().config().table.clone();
    let update = dynamodb(desk).update_item().table_name(table).update_expression("SET #attribute = :value");
    let update = update.key("pk", AttributeValue::S(pk.to_owned())).key("sk", AttributeValue::S(sk.to_owned()));
    let update = update.condition_expression("attribute_exists(pk)").expression_attribute_names("#attribute", attribute);
    let update = update.expression_attribute_values(":value", value).return_values(ReturnValue::UpdatedOld);
    update.send().await.expect("written").attributes?.remove(attribute)
}

/// Adds tickets that differ from this one in nothing but identity and time: straight into the table, because twenty
/// thousand by the front door would take minutes.
pub(crate) async fn multiply(desk: &Desk, tenant: &str, ticket: &Value, from: u32, to: u32) {
    let client = dynamodb(desk);
    let id = text(ticket, "id");
    let table = desk.local.app().config().table.clone();
    let key = [("pk", format!("{tenant}#ticket#{id}")), ("sk", "ticket".to_owned())];
    let mut get = client.get_item().table_name(&table);
    for (name, value) in &key {
        get = get.key(*name, AttributeValue::S(value.clone()));
    }
    let row = get.send().await.expect("read").item.expect("the ticket");
    for chunk in (from..to).collect::<Vec<_>>().chunks(25) {
        let puts = chunk.iter().map(|n| {
            WriteRequest::builder()
                .put_request(PutRequest::builder().set_item(Some(copy(&row, &id, *n))).build().unwrap())
                .build()
        });
        let response = client.batch_write_item().request_items(&table, puts.collect()).send().await.expect("written");
        assert!(response.unprocessed_items().is_none_or(HashMap::is_empty));
    }
}

/// Replaces the id wherever it stands, which keeps every size.
fn copy(row: &Row, id: &str, n: u32) -> Row {
    let other = Uuid::from_u128(id.parse::<Uuid>().unwrap().as_u128() + u128::from(n) + 1).to_string();
    row.iter().map(|(name, value)| (name.clone(), replace(value, id, &other))).collect()
}

fn replace(value: &AttributeValue, id: &str, other: &str) -> AttributeValue {
    match value {
        AttributeValue::S(text) => AttributeValue::S(text.replace(id, other)),
        AttributeValue::M(map) => {
            AttributeValue::M(map.iter().map(|(name, value)| (name.clone(), replace(value, id, other))).collect())
        }
        other => other.clone(),
    }
}

/// One request to every endpoint (to lists, several), and what each cost.
pub(crate) async fn measure(people: &People) -> String {
    let mut table = format!("{:<44}{:>6}{:>8}{:>8}\n", "", "calls", "rcu", "wcu");
    let mut line = |name: &str, answer: Answer| -> Value {
        assert!(answer.status.is_success(), "{name}: {} {}", answer.status, String::from_utf8_lossy(&answer.body));
        let cost: HashMap<_, _> = answer.header("x-lambdesk-cost").split(", ").filter_map(|part| part.split_once('=')).collect();
        writeln!(table, "{name:<44}{:>6}{:>8}{:>8}", cost["calls"], cost["rcu"], cost["wcu"]).unwrap();
        answer.json()
    };
    let People { customer, agent, manager, admin } = people;
    // The tenant's configuration is kept for 30 seconds; what it costs to read it again is the cost of none of these.
    customer.get("/v1/meta").await.expect(StatusCode::OK);
    let open = json!({ "subject": "Printer", "body": "It burns." });
    let ticket = line("create", customer.post("/v1/tickets", open.clone()).await);
    let key = text(&ticket, "id");
    let by_key = customer.send(Method::POST, "/v1/tickets", &[("idempotency-key", &key)], Some(open)).await;
    line("create with an idempotency key", by_key);
    let behalf = json!({ "subject": "Printer", "body": "It burns.", "requester": customer.person });
    line("create for a known requester", agent.post("/v1/tickets", behalf).await);
    let path = path_of(&ticket);
    line("get", customer.get(&path).await);
    line("get by number", customer.get(&format!("/v1/tickets/{}", text(&ticket, "number"))).await);
    line("get with messages and events", agent.get(&format!("{path}?include=messages,events")).await);
    line("reply by a customer", customer.post(&format!("{path}/messages"), json!({ "kind": "reply", "body": "Well?" })).await);
    line("reply by staff", agent.post(&format!("{path}/messages"), json!({ "kind": "reply", "body": "Soon." })).await);
    line("note", agent.post(&format!("{path}/messages"), json!({ "kind": "note", "body": "Hm." })).await);
    line(
        "note that names somebody",
        agent.post(&format!("{path}/messages"), json!({ "kind": "note", "body": "@manager?" })).await,
    );
    line("assign to me", agent.put(&format!("{path}/assignee"), json!({ "assignee": "me" })).await);
    line("assign to another", manager.put(&format!("{path}/assignee"), json!({ "assignee": admin.person })).await);
    let pass_on = json!({ "assignee": agent.person, "reason": "Knows printers" });
    line("pass on", manager.post(&format!("{path}/transfer"), pass_on).await);
    line("unassign", manager.delete(&format!("{path}/assignee")).await);
    line("update", agent.patch(&path, json!({ "priority": "high" })).await);
    let tomorrow = json!({ "until": text(&ticket, "created_at").parse::<jiff::Timestamp>().unwrap() + jiff::SignedDuration::from_hours(24) });
    line("put off", agent.put(&format!("{path}/snooze"), tomorrow).await);
    line("take up again", agent.delete(&format!("{path}/snooze")).await);
    let draft = json!({ "kind": "reply", "body": "Soon." });
    read_anew(admin).await;
    line("keep a draft", agent.put(&format!("{path}/draft"), draft.clone()).await);
    line("read a draft", agent.get(&format!("{path}/draft")).await);
    line("list drafts", agent.get("/v1/drafts").await);
    let held = json!({ "kind": "reply", "body": "Soon.", "undo": true, "draft": true });
    let held = line("reply that can be taken back", agent.post(&format!("{path}/messages"), held).await);
    line("list waiting replies", agent.get(&format!("{path}/scheduled")).await);
    line("take a reply back", agent.delete(&format!("{path}/scheduled/{}", text(&held, "id"))).await);
    agent.put(&format!("{path}/draft"), draft).await.expect(StatusCode::OK);
    line("throw a draft away", agent.delete(&format!("{path}/draft")).await);
    line("say that I am on it", agent.put(&format!("{path}/presence"), json!({ "state": "typing" })).await);
    line("who else is on it", manager.get(&format!("{path}/presence")).await);
    line("turn away from it", agent.delete(&format!("{path}/presence")).await);
    line("messages", customer.get(&format!("{path}/messages")).await);
    line("events", agent.get(&format!("{path}/events")).await);
    line("close", customer.patch(&path, json!({ "status": "closed" })).await);
    line("rate", customer.put(&format!("{path}/rating"), json!({ "score": 5 })).await);
    line("how satisfied customers are", manager.get("/v1/stats/satisfaction").await);
    line("delete", manager.delete(&path).await);
    line("restore", manager.post(&format!("{path}/restore"), json!({})).await);
    let gone = customer.open("Gone").await;
    manager.delete(&path_of(&gone)).await.expect(StatusCode::NO_CONTENT);
    line("erase for good", admin.post(&format!("{}/purge", path_of(&gone)), json!({})).await);
    read_anew(admin).await;
    for (name, answer) in merging(people).await {
        line(name, answer);
    }
    let loose = json!({ "name": "plan.png", "size": PNG.len() });
    let announced = line("announce a file", customer.post("/v1/attachments", loose.clone()).await);
    put(customer, &announced, PNG).await;
    let open = json!({ "subject": "Printer", "body": "It burns.", "attachments": [announced["id"]] });
    let ticket = line("create with a file", customer.post("/v1/tickets", open).await);
    let path = path_of(&ticket);
    let announced = line("announce a file for a ticket", customer.post(&format!("{path}/attachments"), loose.clone()).await);
    put(customer, &announced, PNG).await;
    let reply = json!({ "kind": "reply", "body": "Well?", "attachments": [announced["id"]] });
    line("reply with a file", customer.post(&format!("{path}/messages"), reply).await);
    line("read a file", agent.get(&format!("/v1/attachments/{}", text(&announced, "id"))).await);
    let announced = customer.post("/v1/attachments", loose).await.expect(StatusCode::CREATED);
    line("erase a file", customer.delete(&format!("/v1/attachments/{}", text(&announced, "id"))).await);
    read_anew(admin).await;
    line("list, one status", agent.get("/v1/tickets?status=new").await);
    line("list, all statuses", agent.get("/v1/tickets").await);
    line("list, by creation", agent.get("/v1/tickets?status=new&sort=created_at").await);
    line("list, by priority", agent.get("/v1/tickets?status=new&sort=priority").await);
    line("list, of a priority", agent.get("/v1/tickets?status=new&priority=medium").await);
    line("list, unassigned", agent.get("/v1/tickets?status=new&assignee=none").await);
    line("list, mine", agent.get("/v1/tickets?assignee=me").await);
    line("list, of a category (filtered)", agent.get("/v1/tickets?status=new&category=billing").await);
    line("list, my requests", customer.get("/v1/tickets").await);
    line("agents", agent.get("/v1/agents").await);
    line("stats, desk", manager.get("/v1/stats").await);
    line("stats, own", agent.get("/v1/stats").await);
    line("promises that were kept and broken", manager.get("/v1/sla/summary").await);
    line("what would be broken next", agent.get("/v1/sla/upcoming").await);
    line("meta", customer.get("/v1/meta").await);
    line("me", customer.get("/v1/me").await);
    line("preferences", customer.get("/v1/me/preferences").await);
    line("change preferences", customer.patch("/v1/me/preferences", json!({ "muted": ["acknowledgement"] })).await);
    customer.patch("/v1/me/preferences", json!({ "muted": null })).await.expect(StatusCode::OK);
    let words = json!({ "language": "de", "subject": "{{ number }}", "text": "Hallo {{ person }}" });
    line("write a mail template", admin.put("/v1/mail-templates/mention", words.clone()).await);
    line("list mail templates", admin.get("/v1/mail-templates").await);
    line("erase a mail template", admin.delete("/v1/mail-templates/mention?language=de").await);
    // The settings are read anew after each of these.
    admin.get("/v1/meta").await.expect(StatusCode::OK);
    let mut preview = words;
    preview["notice"] = json!("mention");
    line("preview a mail template", admin.post("/v1/mail-templates/preview", preview).await);
    let key = line(
        "make an API key",
        admin.post("/v1/api-keys", json!({ "name": "x", "scopes": ["tickets.read"], "expires_in_days": 1 })).await,
    );
    line("list API keys", admin.get("/v1/api-keys").await);
    line("revoke an API key", admin.delete(&format!("/v1/api-keys/{}", text(&key, "id"))).await);
    let suppression = "/v1/suppressions/gone@example.test";
    line("suppress an address", admin.put(suppression, json!({})).await);
    line("list suppressed addresses", admin.get("/v1/suppressions").await);
    line("unsuppress an address", admin.delete(suppression).await);
    line("health", customer.get("/v1/health").await);
    read_anew(admin).await;
    let views = views_and_tags(people).await;
    read_anew(admin).await;
    let things = promises(people).await.into_iter().chain(people_and_rules(people).await).chain(prepared(people).await);
    for (name, answer) in things.chain(jobs(people).await).chain(views) {
        line(name, answer);
    }
    table
}

/// The settings are kept for 30 seconds, which pass while all of this is measured: what is erased here has them read anew, so that
/// nothing that is measured has to.
async fn read_anew(admin: &Session) {
    let words = json!({ "language": "de", "subject": "{{ number }}", "text": "Hallo {{ person }}" });
    admin.put("/v1/mail-templates/mention", words).await.expect(StatusCode::OK);
    admin.delete("/v1/mail-templates/mention?language=de").await.expect(StatusCode::NO_CONTENT);
    admin.get("/v1/meta").await.expect(StatusCode::OK);
}

/// What a name says of the life of a thing: made, changed, read, erased. After each write the settings are read anew, which is
/// the cost of none of these.
type Named = (&'static str, Answer);

async fn promises(People { agent, manager, .. }: &People) -> Vec<Named> {
    let fresh = async |answer: Answer| {
        manager.get("/v1/meta").await.expect(StatusCode::OK);
        answer
    };
    let week = json!({ "monday": [{ "from": "09:00", "to": "17:00" }] });
    let calendar = json!({ "id": "cost", "name": "Cost", "time_zone": "UTC", "hours": week });
    let policy = json!({ "id": "cost", "name": "Cost", "targets": { "resolution": 480 }, "when": { "brand": "ticketing" } });
    let ical = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20261003\nRRULE:FREQ=YEARLY\nEND:VEVENT\nEND:VCALENDAR\n";
    let (policies, calendars) = ("/v1/sla-policies/cost", "/v1/calendars/cost");
    let hours = format!("{calendars}/hours?to=2026-12-31T00:00:00Z&from=2026-12-01T00:00:00Z");
    vec![
        ("make a calendar", fresh(manager.post("/v1/calendars", calendar).await).await),
        ("change a calendar", fresh(manager.patch(calendars, json!({ "name": "Costs" })).await).await),
        ("import holidays", fresh(manager.post(&format!("{calendars}/holidays"), json!({ "ical": ical })).await).await),
        ("list calendars", agent.get("/v1/calendars").await),
        ("hours of a calendar", agent.get(&hours).await),
        ("erase a calendar", fresh(manager.delete(calendars).await).await),
        ("make a policy", fresh(manager.post("/v1/sla-policies", policy).await).await),
        ("change a policy", fresh(manager.patch(policies, json!({ "warn_percent": 70 })).await).await),
        ("list policies", agent.get("/v1/sla-policies").await),
        ("withdraw a policy", fresh(manager.delete(policies).await).await),
    ]
}

/// What is done to two tickets, and what it costs to read one that others were merged into. They are somebody's who has no others,
/// and are gone in the end: what is measured after them does not meet them.
async fn merging(People { agent, manager, admin, .. }: &People) -> Vec<Named> {
    let mut tickets = Vec::new();
    for n in 0..4 {
        tickets.push(admin.open(&format!("Printer {n}")).await);
    }
    let [source, target, child, parent] = &tickets[..] else { panic!("four") };
    let to = |ticket: &Value, what: &str| format!("{}/{what}", path_of(ticket));
    let link = |ticket: &Value, other: &Value| to(ticket, &format!("links/{}", text(other, "id")));
    let (into, id) = (json!({ "into": target["id"] }), text(source, "id"));
    let key = [("idempotency-key", id.as_str())];
    let follow = to(target, "followers/me");
    let reply = |body: &str| json!({ "kind": "reply", "body": body });
    let mut answers = vec![
        ("follow", agent.put(&follow, json!({})).await),
        ("follow no longer", agent.delete(&follow).await),
        ("duplicates", agent.get(&to(source, "duplicates")).await),
        ("merge", agent.post(&to(source, "merge"), into.clone()).await),
        ("get with messages and events, one merged", agent.get(&format!("{}?include=messages,events", path_of(target))).await),
        ("messages, one merged", agent.get(&to(target, "messages")).await),
        ("reply to what was merged", admin.post(&to(source, "messages"), reply("Well?")).await),
        ("undo a merge", agent.delete(&to(source, "merge")).await),
        ("merge with an idempotency key", agent.send(Method::POST, &to(source, "merge"), &key, Some(into)).await),
        ("link", agent.put(&link(child, parent), json!({ "kind": "parent" })).await),
        ("link below a child", agent.put(&link(target, child), json!({ "kind": "parent" })).await),
        ("close with a child", agent.patch(&path_of(child), json!({ "status": "closed", "close_children": true })).await),
        ("end a link", agent.delete(&link(target, child)).await),
    ];
    let message = admin.post(&to(parent, "messages"), reply("And another thing")).await.expect(StatusCode::CREATED);
    let split = json!({ "subject": "The other", "messages": [message["id"]] });
    let split = agent.post(&to(parent, "split"), split).await;
    tickets.push(split.json());
    answers.push(("split", split));
    agent.delete(&to(&tickets[0], "merge")).await.expect(StatusCode::OK);
    for ticket in &tickets {
        manager.delete(&path_of(ticket)).await.expect(StatusCode::NO_CONTENT);
    }
    answers
}

/// A view that is counted to its end: made while there are few tickets, because each is held against it.
async fn kept_view(People { agent, manager, .. }: &People) -> String {
    if let Some(kept) = agent.list("/v1/views").await.iter().find(|view| view["name"] == "Kept") {
        return text(kept, "id");
    }
    let filter = json!([{ "field": "status", "is": ["open"] }, { "field": "assignee", "is": ["none", "me"] }]);
    let view = json!({ "name": "Kept", "scope": { "type": "shared" }, "filter": filter });
    let made = manager.post("/v1/views", view).await.expect(StatusCode::CREATED);
    let exact = async || {
        let counts = agent.get("/v1/views/counts").await.expect(StatusCode::OK);
        (counts["items"][0]["exact"] == true).then_some(())
    };
    eventually("counting", exact).await;
    text(&made, "id")
}

async fn views_and_tags(people: &People) -> Vec<Named> {
    let People { agent, manager, customer, .. } = people;
    let kept = format!("/v1/views/{}", kept_view(people).await);
    let ticket = customer.open("Printer").await;
    let made = manager.post("/v1/views", json!({ "name": "Cost", "scope": { "type": "shared" }, "filter": [] })).await;
    let path = format!("/v1/views/{}", text(&made.json(), "id"));
    vec![
        ("save a view", made),
        ("update two tags", agent.patch(&path_of(&ticket), json!({ "tags": ["cost", "printer"] })).await),
        ("change a view's name", manager.patch(&path, json!({ "name": "Costs" })).await),
        ("erase a view", manager.delete(&path).await),
        ("read a view", agent.get(&kept).await),
        ("list views", agent.get("/v1/views").await),
        ("tickets of a view", agent.get(&format!("{kept}/tickets")).await),
        ("counts of views", agent.get("/v1/views/counts").await),
        ("list tags", agent.get("/v1/tags").await),
    ]
}

async fn people_and_rules(People { agent, manager, admin, customer }: &People) -> Vec<Named> {
    let fresh = async |answer: Answer| {
        manager.get("/v1/meta").await.expect(StatusCode::OK);
        answer
    };
    let ticket = customer.open("Printer").await;
    let someone = format!("/v1/agents/{}", agent.person);
    let rule = json!({ "name": "Cost", "active": false, "then": { "priority": "high" } });
    let rule = fresh(admin.post("/v1/routing-rules", rule).await).await;
    let rules = format!("/v1/routing-rules/{}", text(&rule.json(), "id"));
    let away = json!({ "availability": { "type": "away" } });
    // Somebody with few requests, of whom the newest are read.
    let asked = json!({ "subject": "Printer", "body": "It burns.", "requester": "reader@example.test" });
    let asked = agent.open_with(asked).await;
    let answers = vec![
        ("make a team", fresh(manager.post("/v1/teams", json!({ "id": "cost", "name": "Cost" })).await).await),
        ("change a team", fresh(manager.patch("/v1/teams/cost", json!({ "name": "Costs" })).await).await),
        ("list teams", agent.get("/v1/teams").await),
        ("name two people", agent.get(&format!("/v1/people?ids={},{}", customer.person, manager.person)).await),
        ("find people by name", agent.get("/v1/people?search=c").await),
        ("find a person by address", agent.get("/v1/people?search=customer@ticketing.test").await),
        ("read a person", agent.get(&format!("/v1/people/{}", text(&asked, "requester"))).await),
        ("change an agent", manager.patch(&someone, json!({ "teams": ["cost"], "capacity": 50 })).await),
        ("read an agent", manager.get(&someone).await),
        ("say that I am away", agent.put("/v1/me/availability", away).await),
        ("erase a team", fresh(manager.delete("/v1/teams/cost").await).await),
        ("make a routing rule", rule),
        ("change a routing rule", fresh(admin.patch(&rules, json!({ "name": "Costs" })).await).await),
        ("list routing rules", admin.get("/v1/routing-rules").await),
        ("explain routing", manager.post("/v1/routing/explain", json!({ "ticket": ticket["id"] })).await),
        ("erase a routing rule", fresh(admin.delete(&rules).await).await),
        ("read the audit log", admin.get("/v1/audit?limit=1").await),
    ];
    manager.delete(&path_of(&asked)).await.expect(StatusCode::NO_CONTENT);
    let cleared = json!({ "teams": null, "capacity": null, "availability": null });
    manager.patch(&someone, cleared).await.expect(StatusCode::OK);
    answers
}

async fn prepared(People { agent, manager, admin, customer }: &People) -> Vec<Named> {
    let fresh = async |answer: Answer| {
        manager.get("/v1/meta").await.expect(StatusCode::OK);
        answer
    };
    let (ticket, mine) = (customer.open("Printer").await, text(&customer.open("Printer").await, "id"));
    let on = path_of(&ticket);
    let canned = json!({ "scope": "shared", "shortcut": "/cost", "title": "Printer", "body": "Hi {{ requester.first_name }}." });
    let canned = manager.post("/v1/canned-responses", canned).await;
    let canned_path = format!("/v1/canned-responses/{}", text(&canned.json(), "id"));
    let used = format!("{on}/canned-responses/{}", text(&canned.json(), "id"));
    let file = upload(manager, "/v1/attachments", "cost.txt", b"x").await;
    let kept = json!({ "shortcut": "/file", "title": "File", "body": "x", "attachments": [file] });
    let with_file = manager.post("/v1/canned-responses", kept).await;
    let used_file = format!("{on}/canned-responses/{}", text(&with_file.json(), "id"));
    let seen = async || manager.get(&format!("/v1/attachments/{file}")).await.json()["download"].is_object().then_some(());
    eventually("somebody looks at the file", seen).await;
    let r#macro = json!({ "scope": "shared", "name": "Cost", "changes": { "priority": "high", "assignee": "me" }, "reply": "Hi {{ requester.name }}." });
    let r#macro = manager.post("/v1/macros", r#macro).await;
    let macro_path = format!("/v1/macros/{}", text(&r#macro.json(), "id"));
    let applied = format!("macros/{}", text(&r#macro.json(), "id"));
    let template = json!({ "scope": "shared", "name": "Cost", "ticket": { "subject": "Printer", "body": "It burns." } });
    let template = manager.post("/v1/ticket-templates", template).await;
    let template_path = format!("/v1/ticket-templates/{}", text(&template.json(), "id"));
    let begun = json!({ "template": template.json()["id"] });
    let field = json!({ "id": "cost", "label": "Cost", "kind": "number" });
    vec![
        ("make a canned response", canned),
        ("list canned responses", agent.get("/v1/canned-responses").await),
        ("read a canned response", agent.get(&canned_path).await),
        ("change a canned response", manager.patch(&canned_path, json!({ "title": "Printers" })).await),
        ("suggest canned responses", agent.get(&format!("{on}/suggested-responses")).await),
        ("use a canned response", agent.post(&used, json!({})).await),
        ("make a canned response with a file", with_file.clone()),
        ("use a canned response with a file", manager.post(&used_file, json!({})).await),
        (
            "erase a canned response with a file",
            manager.delete(&format!("/v1/canned-responses/{}", text(&with_file.json(), "id"))).await,
        ),
        ("erase a canned response", manager.delete(&canned_path).await),
        ("make a macro", r#macro),
        ("list macros", agent.get("/v1/macros").await),
        ("read a macro", agent.get(&macro_path).await),
        ("change a macro", manager.patch(&macro_path, json!({ "name": "Costs" })).await),
        ("preview a macro", agent.post(&format!("{on}/{applied}?preview=true"), json!({})).await),
        ("apply a macro", agent.post(&format!("/v1/tickets/{mine}/{applied}"), json!({})).await),
        ("erase a macro", manager.delete(&macro_path).await),
        ("make a ticket template", template),
        ("list ticket templates", customer.get("/v1/ticket-templates").await),
        ("read a ticket template", agent.get(&template_path).await),
        ("change a ticket template", manager.patch(&template_path, json!({ "name": "Costs" })).await),
        ("create from a template", agent.post("/v1/tickets", begun).await),
        ("erase a ticket template", manager.delete(&template_path).await),
        ("define a field", fresh(admin.post("/v1/ticket-fields", field).await).await),
        ("change a field", fresh(admin.patch("/v1/ticket-fields/cost", json!({ "label": "Costs" })).await).await),
        ("list fields", customer.get("/v1/ticket-fields").await),
        ("erase a field", fresh(admin.delete("/v1/ticket-fields/cost").await).await),
    ]
}

async fn jobs(People { customer, manager, admin, .. }: &People) -> Vec<Named> {
    let ticket = customer.open("Printer").await;
    let bulk = json!({ "tickets": [ticket["id"]], "changes": { "priority": "high" } });
    let bulk = manager.post("/v1/bulk", bulk).await;
    let export = json!({ "format": "csv", "filter": { "requester": admin.person } });
    let export = manager.post("/v1/exports", export).await;
    let (job, file) = (format!("/v1/jobs/{}", text(&bulk.json(), "id")), format!("/v1/jobs/{}/file", text(&export.json(), "id")));
    let over = async || manager.get(&job).await.json()["finished_at"].is_string().then_some(());
    eventually("the end", over).await;
    let file = eventually("a file", async || Some(manager.get(&file).await).filter(|file| file.status.is_success())).await;
    // One that moves on while it is stopped is stopped at the second try.
    let stop = async || {
        let renamed = manager.post("/v1/tags/cost/rename", json!({ "to": "costs" })).await;
        let stopped = manager.post(&format!("/v1/jobs/{}/stop", text(&renamed.json(), "id")), json!({})).await;
        let at_once = stopped.status.is_success() && stopped.header("x-lambdesk-cost").starts_with("calls=2,");
        at_once.then_some((renamed, stopped))
    };
    let (renamed, stopped) = eventually("a job that is stopped at once", stop).await;
    let open = json!({ "subject": "x", "body": "x", "requester": "cost@example.test" });
    let theirs = manager.open_with(open).await;
    manager.delete(&path_of(&theirs)).await.expect(StatusCode::NO_CONTENT);
    let someone = text(&theirs, "requester");
    let exported = admin.post(&format!("/v1/people/{someone}/export"), json!({})).await;
    let erased = admin.post(&format!("/v1/people/{someone}/erase"), json!({})).await;
    let announced = admin.post("/v1/imports", json!({ "format": "csv", "size": 1 })).await;
    crate::attachments::put(admin, &announced.json(), b"x").await;
    let begun = admin.post(&format!("/v1/imports/{}/start", text(&announced.json(), "id")), json!({})).await;
    vec![
        ("export a person", exported),
        ("erase a person", erased),
        ("announce an import", announced),
        ("begin an import", begun),
        ("change tickets in bulk", bulk),
        ("rename a tag", renamed),
        ("export tickets", export),
        ("list my jobs", manager.get("/v1/jobs?limit=1").await),
        ("list all jobs", admin.get("/v1/jobs?limit=1").await),
        ("read a job", manager.get(&job).await),
        ("what came of a job's things", manager.get(&format!("{job}/items")).await),
        ("stop a job", stopped),
        ("get a job's file", file),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn every_endpoint_costs_the_same_with_twenty_thousand_tickets() {
    let desk = Desk::start().await;
    let people = desk.people(TENANT).await;
    let ticket = people.customer.open("Printer").await;
    // What is left of a field that was erased stands in the configuration, before the first measurement as before the second.
    let field = json!({ "id": "cost", "label": "Costs", "kind": "number" });
    people.admin.post("/v1/ticket-fields", field).await.expect(StatusCode::CREATED);
    people.admin.delete("/v1/ticket-fields/cost").await.expect(StatusCode::NO_CONTENT);
    kept_view(&people).await;
    multiply(&desk, TENANT, &ticket, 0, 1_000).await;
    let few = measure(&people).await;
    multiply(&desk, TENANT, &ticket, 1_000, 20_000).await;
    let many = measure(&people).await;
    let lines = |table: &str| table.lines().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(lines(&few), lines(&many), "a cost that grows with the number of tickets");
    insta::assert_snapshot!("access_costs", few);
    people.agent.get("/v1/tickets?limit=100").await.expect(StatusCode::OK);
}

/// docs/COSTS.md counts with these figures.
/// All that is deployed.
fn templates() -> String {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut text = std::fs::read_to_string(root.join("template.yaml")).expect("the template");
    for entry in std::fs::read_dir(root.join("infra/stacks")).expect("the areas' templates") {
        text += &std::fs::read_to_string(entry.expect("a file").path()).expect("a template");
    }
    text
}

#[test]
fn the_document_counts_with_the_pinned_costs() {
    let pinned = include_str!("snapshots/desk__costs__access_costs.snap");
    let figures = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let pinned: HashMap<_, _> =
        pinned.lines().filter_map(|line| line.split_at_checked(44)).map(|(name, rest)| (name.trim(), figures(rest))).collect();
    let rows = include_str!("../docs/COSTS.md").lines().map(|line| line.split('|').map(str::trim).collect::<Vec<_>>());
    let (mut found, mut alone, mut times, mut reads, mut writes) = (0, 0, 0.0, 0.0, 0.0);
    for row in rows {
        // What is no part of a ticket's life.
        if let [_, name, calls, read, write, _] = row[..]
            && calls.parse::<u32>().is_ok()
        {
            let figures = pinned.get(name).unwrap_or_else(|| panic!("{name} is no request that is measured"));
            assert_eq!(figures[..], [calls, read, write], "{name}");
            alone += 1;
        }
        let [_, name, count, calls, read, write, _] = row[..] else { continue };
        let Some(figures) = pinned.get(name) else { continue };
        assert_eq!(figures[..], [calls, read, write], "{name}");
        let number = |text: &str| text.parse::<f64>().expect("a number");
        found += 1;
        times += number(count);
        reads += number(count) * number(read);
        writes += number(count) * number(write);
    }
    let templates = templates();
    let counted = |what: &str| templates.lines().filter(|line| line.starts_with(what)).count();
    let (alarms, queues) = (counted("    Type: AWS::CloudWatch::Alarm"), counted("      ScalingConfig: "));
    let cents = |row: &str, sum: f64| format!("{row} | {sum:.2} |");
    for row in [
        cents(&format!("| Alarms | {alarms} × $0.10 (10 are free)"), 0.1 * alarms as f64),
        cents(
            &format!(
                "| Queues, polled by Lambda | {queues} × about 650,000 requests × $0.40 / million (the first million is free)"
            ),
            0.26 * queues as f64,
        ),
    ] {
        assert!(include_str!("../docs/COSTS.md").contains(&row), "{row}");
    }
    assert!(found > 0 && alone > 0);
    let sum = format!("That is {times} requests, {reads} read units and {writes} write units.");
    assert!(include_str!("../docs/COSTS.md").contains(&sum), "{sum}");
}
