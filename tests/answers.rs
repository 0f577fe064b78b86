//! What a desk prepares: answers with values, macros that do all or nothing, beginnings of tickets; and fields of its own.

#[path = "answers/files.rs"]
mod files;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Answer, Desk, People, Session, path_of, text};

const UNPROCESSABLE: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;

async fn make(by: &Session, path: &str, thing: Value) -> Value {
    by.post(path, thing).await.expect(StatusCode::CREATED)
}

fn at(path: &str, thing: &Value) -> String {
    format!("{path}/{}", text(thing, "id"))
}

async fn apply(by: &Session, ticket: &Value, r#macro: &Value, query: &str) -> Answer {
    by.post(&format!("{}/macros/{}{query}", path_of(ticket), text(r#macro, "id")), json!({})).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_canned_response_comes_with_its_values_in_the_language_of_whoever_asked() {
    let desk = Desk::start().await;
    let (carl, ada) = (desk.sign_in("demo", "carl@example.test").await, desk.sign_in("demo", "ada@demo.test").await);
    let mia = desk.sign_in("demo", "mia@demo.test").await;
    let body =
        "Hi {{ requester.first_name | there }},\n\nabout **{{ ticket.number }}**: {{ticket.fields.order}}. {{ agent.name }}";
    let english = json!({ "scope": "shared", "shortcut": "/Refund", "title": "Refund", "body": body, "language": "en" });
    let english = make(&mia, "/v1/canned-responses", english).await;
    assert_eq!((&english["shortcut"], &english["used"], &english["version"]), (&json!("/refund"), &json!(0), &json!(1)));
    let german = json!({ "scope": "shared", "shortcut": "/refund", "title": "Erstattung", "body": "Hallo", "language": "de" });
    let german = make(&mia, "/v1/canned-responses", german).await;
    let ticket = carl.open_with(json!({ "subject": "Money", "body": "x", "fields": { "order": "[x](http://evil.test)" } })).await;
    let path = format!("{}/canned-responses/{}", path_of(&ticket), text(&english, "id"));
    let written = ada.post(&path, json!({})).await.expect(StatusCode::OK);
    let said = text(&written, "body");
    assert!(said.contains(&format!("**{}**", text(&ticket, "number"))), "{said}");
    assert!(said.contains(r"\[x\]\(http://evil.test)"), "a value is no markup: {said}");
    assert!(said.starts_with("Hi Carl,") || said.starts_with("Hi there,"), "{said}");
    carl.patch("/v1/me/preferences", json!({ "language": "de" })).await.expect(StatusCode::OK);
    let once = [("idempotency-key", "one")];
    let written = ada.send(Method::POST, &path, &once, None).await.expect(StatusCode::OK);
    assert_eq!((&written["canned_response"], &written["body"]), (&german["id"], &json!("Hallo")));
    let again = ada.send(Method::POST, &path, &once, None).await;
    assert_eq!((again.header("idempotency-replayed"), again.expect(StatusCode::OK)), ("true", written));
    let used = |answer: Value| answer["used"].clone();
    assert_eq!(used(ada.get(&at("/v1/canned-responses", &english)).await.json()), 1);
    assert_eq!(used(ada.get(&at("/v1/canned-responses", &german)).await.json()), 1, "not counted again");

    // What is counted survives a change, and a change that others do not know of is refused.
    let place = at("/v1/canned-responses", &english);
    let stale = mia.send(Method::PATCH, &place, &[("if-match", "\"7\"")], Some(json!({ "title": "Refunds" }))).await;
    stale.problem(StatusCode::PRECONDITION_FAILED);
    let changed = mia.patch(&place, json!({ "title": "Refunds" })).await.expect(StatusCode::OK);
    assert_eq!((&changed["version"], &changed["used"]), (&json!(2), &json!(1)));
    let titles = async |query: &str| -> Vec<String> {
        ada.list(&format!("/v1/canned-responses?{query}")).await.iter().map(|canned| text(canned, "title")).collect()
    };
    assert_eq!(titles("shortcut=/ref&language=de").await, ["Erstattung"]);
    assert_eq!(titles("q=HALLO").await, ["Erstattung"]);
    assert_eq!(titles("").await, ["Erstattung", "Refunds"]);
    let refused = ada.get("/v1/canned-responses?brand=nope&language=xx").await;
    assert_eq!(refused.wrong_fields(UNPROCESSABLE), ["brand", "language"]);
    mia.delete(&place).await.expect(StatusCode::NO_CONTENT);
    mia.get(&place).await.problem(StatusCode::NOT_FOUND);
    ada.post(&path, json!({})).await.problem(StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_prepared_text_is_said_when_it_is_written() {
    let desk = Desk::start().await;
    let (ada, mia) = (desk.sign_in("demo", "ada@demo.test").await, desk.sign_in("demo", "mia@demo.test").await);
    let bad = json!({ "scope": "team", "shortcut": "refund", "title": "", "colour": 1, "body": "x" });
    let wrong = ada.post("/v1/canned-responses", bad).await.wrong_fields(UNPROCESSABLE);
    assert_eq!(wrong, ["shortcut", "title", "colour"]);
    let bad =
        json!({ "scope": "team", "brands": ["nope"], "shortcut": "/x", "title": "x", "body": "Hi\n {{ requester.password }}" });
    let problem = mia.post("/v1/canned-responses", bad).await.problem(UNPROCESSABLE);
    let errors = problem["errors"].as_array().unwrap();
    assert_eq!(errors.iter().map(|error| text(error, "path")).collect::<Vec<_>>(), ["team", "brands", "body"]);
    assert!(text(&errors[2], "message").starts_with("line 2, column 2: there is no `requester.password`"), "{problem}");
    let bad = json!({ "name": "x", "changes": { "status": "closed", "colour": 1 } });
    assert_eq!(ada.post("/v1/macros", bad).await.wrong_fields(UNPROCESSABLE), ["changes.colour"]);
    let bad = json!({ "name": "x", "changes": { "category": "nope" }, "reply": "{{", "note": "x" });
    assert_eq!(ada.post("/v1/macros", bad).await.wrong_fields(UNPROCESSABLE), ["changes.category", "reply", "note"]);
    let bad = json!({ "name": "x", "for_customers": true, "ticket": { "tags": ["x"] } });
    assert_eq!(ada.post("/v1/ticket-templates", bad).await.wrong_fields(UNPROCESSABLE), ["for_customers", "ticket.tags"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_has_their_own_and_managers_decide_for_others() {
    let desk = Desk::start().await;
    let People { customer, agent, manager, admin } = desk.people("eur").await;
    let thing = |scope: &str, more: Value| {
        let mut thing = json!({ "scope": scope, "shortcut": "/x", "title": scope, "body": "x" });
        thing.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
        thing
    };
    let all = "/v1/canned-responses";
    let own = make(&agent, all, thing("personal", json!({}))).await;
    agent.post(all, thing("personal", json!({}))).await.wrong_fields(UNPROCESSABLE);
    for by in [&manager, &admin] {
        for answer in [
            by.get(&at(all, &own)).await,
            by.patch(&at(all, &own), json!({ "title": "y" })).await,
            by.delete(&at(all, &own)).await,
        ] {
            answer.problem(StatusCode::NOT_FOUND);
        }
    }
    for scope in ["team", "shared"] {
        let refused = agent.post(all, thing(scope, json!({ "team": null }))).await;
        assert_eq!(refused.wrong_fields(StatusCode::FORBIDDEN), ["scope"]);
    }
    let sharing = json!({ "scope": "shared" });
    assert_eq!(agent.patch(&at(all, &own), sharing.clone()).await.wrong_fields(StatusCode::FORBIDDEN), ["scope"]);
    let theirs = make(&manager, all, thing("personal", json!({}))).await;
    assert_eq!(manager.patch(&at(all, &theirs), sharing).await.wrong_fields(UNPROCESSABLE), ["scope"]);
    manager.delete(&at(all, &theirs)).await.expect(StatusCode::NO_CONTENT);
    manager.post("/v1/teams", json!({ "id": "line", "name": "Line" })).await.expect(StatusCode::CREATED);
    let shared = make(&manager, all, thing("shared", json!({}))).await;
    let teams = make(&manager, all, thing("team", json!({ "team": "line" }))).await;
    let seen = async |by: &Session| by.list(all).await.iter().map(|canned| text(canned, "title")).collect::<Vec<_>>();
    assert_eq!(
        (seen(&agent).await, seen(&manager).await),
        (vec!["personal".into(), "shared".into()], vec!["shared".into(), "team".into()])
    );
    agent.get(&at(all, &teams)).await.problem(StatusCode::NOT_FOUND);
    manager.patch(&format!("/v1/agents/{}", agent.person), json!({ "teams": ["line"] })).await.expect(StatusCode::OK);
    assert_eq!(seen(&agent).await, ["personal", "shared", "team"], "a member sees what is their team's");
    for known in [&shared, &teams] {
        assert_eq!(agent.patch(&at(all, known), json!({ "title": "y" })).await.wrong_fields(StatusCode::FORBIDDEN), ["scope"]);
        assert_eq!(agent.delete(&at(all, known)).await.wrong_fields(StatusCode::FORBIDDEN), ["scope"]);
    }
    customer.get(all).await.problem(StatusCode::FORBIDDEN);
    let key = json!({ "name": "x", "scopes": ["tickets.update"], "role": "manager", "expires_in_days": 1 });
    let key = make(&admin, "/v1/api-keys", key).await;
    let limited = desk.client.with_credential(&text(&key, "credential"));
    let refused = limited.post(all, thing("shared", json!({ "shortcut": "/y" }))).await;
    assert_eq!(refused.wrong_fields(StatusCode::FORBIDDEN), ["scope"], "a key without the permission");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_take_the_same_shortcut_at_once_do_not_both_get_it() {
    let desk = Desk::start().await;
    let mia = desk.sign_in("demo", "mia@demo.test").await;
    let thing = json!({ "scope": "shared", "shortcut": "/x", "title": "x", "body": "x" });
    let answers = futures_util::future::join_all((0..4).map(|_| mia.post("/v1/canned-responses", thing.clone()))).await;
    let made = answers.iter().filter(|answer| answer.status == StatusCode::CREATED).count();
    assert_eq!((made, mia.list("/v1/canned-responses").await.len()), (1, 1));
    for refused in answers.iter().filter(|answer| answer.status != StatusCode::CREATED) {
        assert_eq!(refused.wrong_fields(UNPROCESSABLE), ["shortcut"]);
    }
    let once = [("idempotency-key", "one")];
    let other = json!({ "scope": "shared", "shortcut": "/y", "title": "y", "body": "y" });
    let first = mia.send(Method::POST, "/v1/canned-responses", &once, Some(other.clone())).await.expect(StatusCode::CREATED);
    assert_eq!(mia.send(Method::POST, "/v1/canned-responses", &once, Some(other)).await.expect(StatusCode::CREATED), first);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fits_a_ticket_is_suggested() {
    let desk = Desk::start().await;
    let (carl, ada) = (desk.sign_in("demo", "carl@example.test").await, desk.sign_in("demo", "ada@demo.test").await);
    for (shortcut, title, body) in [
        ("/printer", "Printer burns", "Unplug it."),
        ("/refund", "Refund", "Your money comes back."),
        ("/other", "Other", "Nothing"),
    ] {
        make(&ada, "/v1/canned-responses", json!({ "shortcut": shortcut, "title": title, "body": body })).await;
    }
    let ticket = carl.open_with(json!({ "subject": "Help", "body": "The PRINTER burns, I want my money" })).await;
    let best = ada.list(&format!("{}/suggested-responses", path_of(&ticket))).await;
    let shortcuts: Vec<_> = best.iter().map(|canned| text(canned, "shortcut")).collect();
    assert_eq!(shortcuts, ["/printer", "/refund"]);
    assert!(best[0]["score"].as_f64() > best[1]["score"].as_f64());
    carl.get(&format!("{}/suggested-responses", path_of(&ticket))).await.problem(StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_macro_does_all_of_it_or_nothing_and_says_before_what_it_would_do() {
    let desk = Desk::start().await;
    let (carl, ada) = (desk.sign_in("demo", "carl@example.test").await, desk.sign_in("demo", "ada@demo.test").await);
    let mia = desk.sign_in("demo", "mia@demo.test").await;
    let changes = json!({
        "status": "pending", "priority": "high", "assignee": "me", "tags_add": ["refund"], "tags_remove": ["old"], "fields": { "order": 7 },
    });
    let full = json!({ "scope": "shared", "name": "Refund", "changes": changes, "reply": "{{ ticket.number }} is {{ ticket.priority }}." });
    let full = make(&mia, "/v1/macros", full).await;
    let ticket = carl.open("Money").await;
    ada.patch(&path_of(&ticket), json!({ "tags": ["old", "kept"] })).await.expect(StatusCode::OK);
    let before = ada.read(&ticket).await;
    let would = apply(&ada, &ticket, &full, "?preview=true").await.expect(StatusCode::OK);
    assert_eq!((&would["applied"], &would["refusals"]), (&json!(false), &json!([])));
    let fields: Vec<_> = would["changes"].as_array().unwrap().iter().map(|change| text(change, "field")).collect();
    assert_eq!(fields, ["status", "priority", "assignee", "tags", "fields.order"]);
    let said = format!("{} is High.", text(&ticket, "number"));
    assert_eq!(would["message"], json!({ "kind": "reply", "body": said }), "values are those that the ticket then has");
    assert_eq!(ada.read(&ticket).await["version"], before["version"], "a look changes nothing");

    let once = [("idempotency-key", "one")];
    let place = format!("{}/macros/{}", path_of(&ticket), text(&full, "id"));
    let stale = ada.send(Method::POST, &place, &[("if-match", "\"1\"")], None).await;
    stale.problem(StatusCode::PRECONDITION_FAILED);
    let done = ada.send(Method::POST, &place, &once, None).await.expect(StatusCode::OK);
    assert_eq!((&done["applied"], &done["changes"]), (&json!(true), &would["changes"]));
    let after = ada.read(&ticket).await;
    assert_eq!(after["version"], before["version"].as_u64().unwrap() + 1, "one change");
    assert_eq!((&after["tags"], &after["status"]), (&json!(["kept", "refund"]), &json!("pending")));
    let again = ada.send(Method::POST, &place, &once, None).await;
    assert_eq!((again.header("idempotency-replayed"), again.expect(StatusCode::OK)), ("true", done));
    assert_eq!(carl.list(&format!("{}/messages", path_of(&ticket))).await.last().unwrap()["body"], said);
    assert_eq!(ada.get(&at("/v1/macros", &full)).await.json()["used"], 1);

    // Somebody else's ticket is not an agent's to take; nothing of the rest is done either.
    let theirs = carl.open("Other").await;
    mia.put(&format!("{}/assignee", path_of(&theirs)), json!({ "assignee": "me" })).await.expect(StatusCode::OK);
    let give = json!({ "name": "Give", "changes": { "assignee": mia.person, "priority": "low" }, "note": "x" });
    let give = make(&ada, "/v1/macros", give).await;
    let state = ada.read(&theirs).await["version"].clone();
    let look = apply(&ada, &theirs, &give, "?preview=true").await.expect(StatusCode::OK);
    assert_eq!((&look["refusals"][0]["path"], &look["refusals"][0]["code"]), (&json!("assignee"), &json!("not_allowed")));
    assert_eq!(apply(&ada, &theirs, &give, "").await.wrong_fields(StatusCode::FORBIDDEN), ["assignee"]);
    let impossible = make(&ada, "/v1/macros", json!({ "name": "New", "changes": { "status": "new", "assignee": "me" } })).await;
    assert_eq!(apply(&ada, &theirs, &impossible, "").await.problem(StatusCode::CONFLICT)["code"], "new_is_unassigned");
    assert_eq!(apply(&ada, &theirs, &impossible, "?preview=true").await.json()["refusals"][0]["code"], "new_is_unassigned");
    assert_eq!(ada.read(&theirs).await["version"], state, "untouched");
    mia.post("/v1/teams", json!({ "id": "line", "name": "Line" })).await.expect(StatusCode::CREATED);
    let led = make(&ada, "/v1/macros", json!({ "name": "Lead", "changes": { "team": "line" } })).await;
    mia.delete("/v1/teams/line").await.expect(StatusCode::NO_CONTENT);
    assert_eq!(apply(&ada, &theirs, &led, "").await.wrong_fields(UNPROCESSABLE), ["team"], "a team that is gone since");
    apply(&carl, &theirs, &full, "").await.problem(StatusCode::FORBIDDEN);
    assert_eq!(apply(&ada, &theirs, &full, "?preview=yes").await.wrong_fields(UNPROCESSABLE), ["preview"]);
    apply(&mia, &theirs, &give, "").await.problem(StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_note_of_a_macro_is_the_staffs() {
    let desk = Desk::start().await;
    let (carl, ada) = (desk.sign_in("demo", "carl@example.test").await, desk.sign_in("demo", "ada@demo.test").await);
    let ticket = carl.open("Money").await;
    let note = make(&ada, "/v1/macros", json!({ "name": "Note", "note": "Look at {{ requester.email }}" })).await;
    apply(&ada, &ticket, &note, "").await.expect(StatusCode::OK);
    let messages = format!("{}/messages", path_of(&ticket));
    assert_eq!((carl.list(&messages).await.len(), ada.list(&messages).await.len()), (1, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_begins_with_a_template_and_what_is_given_wins() {
    let desk = Desk::start().await;
    let (carl, ada) = (desk.sign_in("demo", "carl@example.test").await, desk.sign_in("demo", "ada@demo.test").await);
    let mia = desk.sign_in("demo", "mia@demo.test").await;
    mia.post("/v1/teams", json!({ "id": "line", "name": "Line" })).await.expect(StatusCode::CREATED);
    let preset = json!({
        "subject": "By phone", "body": "**Called.**", "priority": "low", "assignee": "me", "team": "line", "tags": ["phone"],
        "fields": { "order": "7", "colour": "red" },
    });
    let full = make(&mia, "/v1/ticket-templates", json!({ "scope": "shared", "name": "Phone", "ticket": preset })).await;
    let given = json!({ "template": full["id"], "priority": "high", "fields": { "order": "8" } });
    let ticket = ada.open_with(given).await;
    assert_eq!((&ticket["subject"], &ticket["priority"], &ticket["team"]), (&json!("By phone"), &json!("high"), &json!("line")));
    assert_eq!((&ticket["fields"], &ticket["tags"]), (&json!({ "order": "8", "colour": "red" }), &json!(["phone"])));
    assert_eq!(ticket["assignee"], json!(ada.person));
    desk.settle().await;
    assert_eq!(ada.read(&ticket).await["team"], "line", "where somebody put it");
    assert_eq!(ada.get(&at("/v1/ticket-templates", &full)).await.json()["used"], 1);

    let bare = make(&ada, "/v1/ticket-templates", json!({ "name": "Bare", "ticket": { "subject": "x" } })).await;
    assert_eq!(ada.post("/v1/tickets", json!({ "template": bare["id"] })).await.wrong_fields(UNPROCESSABLE), ["body"]);
    assert_eq!(mia.post("/v1/tickets", json!({ "template": bare["id"] })).await.wrong_fields(UNPROCESSABLE), ["template"]);
    assert_eq!(
        carl.post("/v1/tickets", json!({ "priority": "nope" })).await.wrong_fields(UNPROCESSABLE),
        ["subject", "body", "priority"]
    );

    // Customers see and use what is for them, without what is the staff's.
    let theirs = json!({ "scope": "shared", "name": "Printer", "for_customers": true, "ticket": { "subject": "Printer", "priority": "high" } });
    let theirs = make(&mia, "/v1/ticket-templates", theirs).await;
    let listed = carl.list("/v1/ticket-templates").await;
    assert_eq!(listed.iter().map(|template| text(template, "name")).collect::<Vec<_>>(), ["Printer"]);
    for hidden in ["scope", "created_by", "used", "team"] {
        assert_eq!(listed[0].get(hidden), None, "{hidden}");
    }
    let opened = carl.open_with(json!({ "template": theirs["id"], "body": "It burns" })).await;
    assert_eq!((&opened["subject"], &opened["priority"]), (&json!("Printer"), &json!("high")));
    let refused = carl.post("/v1/tickets", json!({ "template": full["id"], "subject": "x", "body": "x" })).await;
    assert_eq!(refused.wrong_fields(UNPROCESSABLE), ["template"], "not for customers");
    let team = carl.post("/v1/tickets", json!({ "subject": "x", "body": "x", "team": "line" })).await;
    assert_eq!(team.wrong_fields(StatusCode::FORBIDDEN), ["team"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_template_for_one_brand_makes_its_tickets() {
    let desk = Desk::start().await;
    let People { agent, admin, .. } = desk.people("ozean").await;
    let thing = json!({ "scope": "shared", "name": "OL", "brands": ["OL"], "ticket": { "subject": "x", "body": "x" } });
    let template = make(&admin, "/v1/ticket-templates", thing).await;
    assert_eq!(agent.open_with(json!({ "template": template["id"] })).await["brand"], "OL");
    let other = agent.post("/v1/tickets", json!({ "template": template["id"], "brand": "KA" })).await;
    assert_eq!(other.wrong_fields(UNPROCESSABLE), ["template"]);
    let ka = desk.sign_in("ozean", "agent.ka@ozean.test").await;
    assert_eq!(ka.post("/v1/tickets", json!({ "template": template["id"] })).await.wrong_fields(UNPROCESSABLE), ["template"]);
    let r#macro = make(&admin, "/v1/macros", json!({ "scope": "shared", "name": "OL", "brands": ["OL"], "note": "x" })).await;
    let ticket = agent.open_with(json!({ "subject": "x", "body": "x", "brand": "KA" })).await;
    assert_eq!(apply(&agent, &ticket, &r#macro, "").await.problem(StatusCode::CONFLICT)["code"], "other_brand");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_defines_its_fields_and_customers_see_theirs() {
    let desk = Desk::start().await;
    let People { customer, agent, manager, admin } = desk.people("eur").await;
    let old = customer.open_with(json!({ "subject": "x", "body": "x", "fields": { "former": "x" } })).await;
    let all = "/v1/ticket-fields";
    let order = json!({
        "label": "Order", "kind": "text", "required": "on_create", "visible_to": "customer", "editable_by_customer": true, "position": 2,
    });
    let order = make(&admin, all, order).await;
    assert_eq!((&order["id"], &order["version"]), (&json!("order"), &json!(1)));
    admin.post(all, json!({ "label": "Order", "kind": "text" })).await.problem(StatusCode::CONFLICT);
    let risk = json!({ "id": "risk", "label": "Risk", "kind": "choice", "choices": ["low", "high"], "required": "on_resolve", "position": 1 });
    make(&admin, all, risk).await;
    make(&admin, all, json!({ "label": "Site", "kind": "url", "visible_to": "customer", "editable_by_customer": true })).await;
    manager.post(all, json!({ "label": "x", "kind": "text" })).await.problem(StatusCode::FORBIDDEN);
    let bad = json!({ "label": "x", "kind": "choice", "categories": ["nope"], "editable_by_customer": true });
    assert_eq!(admin.post(all, bad).await.wrong_fields(UNPROCESSABLE), ["choices", "categories", "editable_by_customer"]);
    let ids = async |by: &Session| by.list(all).await.iter().map(|field| text(field, "id")).collect::<Vec<_>>();
    assert_eq!(
        (ids(&customer).await, ids(&agent).await),
        (vec!["site".into(), "order".into()], vec!["site".into(), "risk".into(), "order".into()])
    );
    let meta = |meta: Value| meta["fields"].as_array().unwrap().len();
    assert_eq!((meta(customer.get("/v1/meta").await.json()), meta(agent.get("/v1/meta").await.json())), (2, 3));

    let open = async |by: &Session, fields: Value| {
        by.post("/v1/tickets", json!({ "subject": "x", "body": "x", "fields": fields })).await
    };
    assert_eq!(open(&customer, json!({})).await.wrong_fields(UNPROCESSABLE), ["fields.order"]);
    let wrong = json!({ "order": "7", "risk": "low", "nothing": 1, "site": "javascript:alert(1)" });
    assert_eq!(open(&customer, wrong).await.wrong_fields(UNPROCESSABLE), ["fields.nothing", "fields.risk", "fields.site"]);
    let ticket = open(&customer, json!({ "order": "7", "site": "https://x.test" })).await.expect(StatusCode::CREATED);
    let resolve = json!({ "status": "resolved" });
    assert_eq!(agent.patch(&path_of(&ticket), resolve.clone()).await.wrong_fields(UNPROCESSABLE), ["fields.risk"]);
    let close = make(&agent, "/v1/macros", json!({ "name": "Close", "changes": { "status": "closed" }, "reply": "Done" })).await;
    assert_eq!(apply(&agent, &ticket, &close, "").await.wrong_fields(UNPROCESSABLE), ["fields.risk"]);
    agent.patch(&path_of(&ticket), json!({ "fields": { "risk": "high" } })).await.expect(StatusCode::OK);
    agent.patch(&path_of(&ticket), json!({ "status": "closed" })).await.expect(StatusCode::OK);
    let seen = customer.read(&ticket).await;
    assert_eq!(seen["fields"], json!({ "order": "7", "site": "https://x.test" }));
    let whole = customer.get(&format!("{}?include=messages,events", path_of(&ticket))).await.json().to_string();
    assert!(!whole.contains("risk"), "also in the history: {whole}");
    assert!(!customer.get("/v1/tickets").await.json().to_string().contains("risk"), "and in lists");
    let secret = json!({ "shortcut": "/x", "title": "x", "body": "{{ ticket.fields.risk }}" });
    assert_eq!(agent.post("/v1/canned-responses", secret).await.wrong_fields(UNPROCESSABLE), ["body"], "customers read it");

    // Old values stay for staff; a field that is erased does not bring to light what it hid.
    assert_eq!(
        (&customer.read(&old).await["fields"], &agent.read(&old).await["fields"]),
        (&json!({}), &json!({ "former": "x" }))
    );
    let stale = admin.send(Method::DELETE, &format!("{all}/risk"), &[("if-match", "\"9\"")], None).await;
    stale.problem(StatusCode::PRECONDITION_FAILED);
    let kind = admin.patch(&format!("{all}/risk"), json!({ "kind": "text", "choices": null })).await;
    assert_eq!(kind.wrong_fields(UNPROCESSABLE), ["kind"]);
    for id in ["risk", "order", "site"] {
        admin.delete(&format!("{all}/{id}")).await.expect(StatusCode::NO_CONTENT);
        admin.delete(&format!("{all}/{id}")).await.problem(StatusCode::NOT_FOUND);
    }
    assert_eq!((ids(&agent).await.len(), &customer.read(&ticket).await["fields"]), (0, &json!({})));
    let again = make(&admin, all, json!({ "id": "order", "label": "Order", "kind": "text", "visible_to": "customer" })).await;
    assert_eq!(again["version"], 3);
    assert_eq!(customer.read(&ticket).await["fields"], json!({ "order": "7" }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_is_taken_without_the_fields_that_a_form_demands() {
    let desk = Desk::start().await;
    let (admin, ada) = (desk.sign_in("demo", "admin@demo.test").await, desk.sign_in("demo", "ada@demo.test").await);
    let order = json!({ "label": "Order", "kind": "text", "required": "on_create", "visible_to": "customer", "editable_by_customer": true });
    make(&admin, "/v1/ticket-fields", order).await;
    let mail = "From: new@example.test\nTo: help@demo.test\nSubject: By mail\nMessage-ID: <m@example.test>\n\nHelp\n";
    let smtp = desk.local.smtp().expect("a port");
    crate::support::deliver(smtp, "new@example.test", "help@demo.test", mail).await.expect("taken");
    desk.settle().await;
    assert!(ada.list("/v1/tickets?status=new").await.iter().any(|ticket| ticket["subject"] == "By mail"));
}
