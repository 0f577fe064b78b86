//! What people do all day, on the desks whose owners ask for it: many at once, views, prepared answers, merging and linking (platform);
//! answers by shortcut, passing on, naming colleagues, ratings, files of everything (ozean); and what the others keep apart.
//!
//! Not covered yet: suggested articles, moods, reports as PDF, WhatsApp and Telegram, full-text search (they come with their areas).

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::support::{AnyDesk, Session, eventually, path_of, text};

/// Waits for a job of this person's; answers it as it ended.
async fn ended(by: &Session, job: &Value) -> Value {
    let path = format!("/v1/jobs/{}", text(job, "id"));
    eventually("the end of a job", async || {
        let job = by.get(&path).await.expect(StatusCode::OK);
        job["finished_at"].is_string().then_some(job)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn platform_changes_many_at_once_and_finds_them_by_views() {
    let desk = AnyDesk::start().await;
    let people = desk.people("platform").await;
    let mut ids = Vec::new();
    for subject in ["One", "Two", "Three"] {
        ids.push(people.customer.open(subject).await["id"].clone());
    }
    let filter = json!([{ "field": "tag", "is": ["wave"] }, { "field": "priority", "is": ["urgent"] }]);
    let view = json!({ "name": "The wave", "scope": { "type": "shared" }, "filter": filter, "sort": "priority" });
    let view = people.manager.post("/v1/views", view).await.expect(StatusCode::CREATED);
    let bulk = json!({ "tickets": ids, "changes": { "priority": "urgent", "tags_add": ["wave"], "note": "One cause." } });
    people.agent.post("/v1/bulk", bulk.clone()).await.problem(StatusCode::FORBIDDEN);
    let job = people.manager.post("/v1/bulk", bulk).await.expect(StatusCode::ACCEPTED);
    assert_eq!(ended(&people.manager, &job).await["counts"]["changed"], 3);
    let count = async || {
        let counts = people.agent.get("/v1/views/counts").await.expect(StatusCode::OK);
        let counts = counts["items"].as_array().unwrap().clone();
        counts.iter().any(|item| item["view"] == view["id"] && item["count"] == 3 && item["exact"] == true).then_some(())
    };
    eventually("three in the view", count).await;
    let listed = people.agent.list(&format!("/v1/views/{}/tickets", text(&view, "id"))).await;
    assert_eq!(listed.len(), 3);
    people.customer.get("/v1/views").await.problem(StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn platform_merges_and_links() {
    let desk = AnyDesk::start().await;
    let people = desk.people("platform").await;
    let (first, second) = (people.customer.open("No sign-in").await, people.customer.open("Re: no sign-in").await);
    let found = people.agent.get(&format!("{}/duplicates", path_of(&second))).await.expect(StatusCode::OK);
    assert_eq!(found["items"][0]["ticket"]["id"], first["id"], "{found}");
    let into = json!({ "into": first["id"] });
    people.customer.post(&format!("{}/merge", path_of(&second)), into.clone()).await.problem(StatusCode::FORBIDDEN);
    people.agent.post(&format!("{}/merge", path_of(&second)), into).await.expect(StatusCode::OK);
    let said = people.customer.reply(&second, "It works again").await;
    assert_eq!(said["ticket"], first["id"], "an answer to the one goes to the other");
    let thread = people.customer.list(&format!("{}/messages", path_of(&first))).await;
    assert_eq!(thread.len(), 3);
    let cause = people.agent.open("Certificates ran out").await;
    let link = format!("{}/links/{}", path_of(&first), text(&cause, "id"));
    people.agent.put(&link, json!({ "kind": "parent" })).await.expect(StatusCode::OK);
    let parent = people.agent.read(&cause).await;
    assert!(parent["links"].to_string().contains(&text(&first, "id")), "{parent}");
    assert!(people.customer.read(&first).await.get("links").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn platform_begins_from_templates_and_answers_with_macros() {
    let desk = AnyDesk::start().await;
    let people = desk.people("platform").await;
    let template = json!({ "scope": "shared", "name": "Access", "for_customers": true, "ticket": { "subject": "I need access", "priority": "low" } });
    let template = people.manager.post("/v1/ticket-templates", template).await.expect(StatusCode::CREATED);
    let begun = json!({ "template": template["id"], "body": "To the reports." });
    let ticket = people.customer.open_with(begun).await;
    assert_eq!((&ticket["subject"], &ticket["priority"]), (&json!("I need access"), &json!("low")));
    let steps = json!({ "status": "pending", "assignee": "me", "tags_add": ["access"] });
    let take = json!({ "scope": "shared", "name": "Ask whose", "changes": steps, "reply": "Who is your manager, {{ requester.first_name | there }}?" });
    let take = people.manager.post("/v1/macros", take).await.expect(StatusCode::CREATED);
    let apply = format!("{}/macros/{}", path_of(&ticket), text(&take, "id"));
    people.agent.post(&format!("{apply}?preview=true"), json!({})).await.expect(StatusCode::OK);
    assert_eq!(people.agent.read(&ticket).await["tags"], json!([]), "a look changes nothing");
    people.agent.post(&apply, json!({})).await.expect(StatusCode::OK);
    let after = people.agent.read(&ticket).await;
    assert_eq!(
        (&after["status"], &after["assignee"], &after["tags"]),
        (&json!("pending"), &json!(people.agent.person), &json!(["access"]))
    );
    // More information comes, and it goes on.
    people.customer.reply(&ticket, "Mr. Smith").await;
    assert_eq!(people.agent.read(&ticket).await["status"], "in_progress");
    // Not satisfied, and then satisfied.
    people.agent.set_status(&ticket, "resolved").await.expect(StatusCode::OK);
    people.customer.set_status(&ticket, "in_progress").await.expect(StatusCode::OK);
    people.agent.set_status(&ticket, "resolved").await.expect(StatusCode::OK);
    people.customer.set_status(&ticket, "closed").await.expect(StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn ozean_answers_by_shortcut_passes_on_and_is_rated() {
    let desk = AnyDesk::start().await;
    let people = desk.people("ozean").await;
    let meta = people.customer.get("/v1/meta").await.expect(StatusCode::OK);
    assert_eq!(meta["brands"][0]["color"], "#0b5fa5", "its pages are in its colours");
    let canned = json!({ "scope": "shared", "shortcut": "/pump", "title": "The pump", "body": "Dear {{ requester.name }}, about {{ ticket.number }}: turn it off.", "brands": ["KA"] });
    let canned = people.manager.post("/v1/canned-responses", canned).await.expect(StatusCode::CREATED);
    let ticket = people.customer.open_with(json!({ "subject": "The pump leaks", "body": "x", "brand": "KA" })).await;
    let ka = desk.sign_in("ozean", "agent.ka@ozean.test").await;
    let found = ka.list("/v1/canned-responses?shortcut=/pu").await;
    assert_eq!(found.len(), 1);
    let ol = desk.sign_in("ozean", "agent.ol@ozean.test").await;
    assert!(ol.list("/v1/canned-responses").await.is_empty(), "it is of the other brand");
    let rendered = ka.post(&format!("{}/canned-responses/{}", path_of(&ticket), text(&canned, "id")), json!({})).await;
    let rendered = rendered.expect(StatusCode::OK).to_string();
    assert!(rendered.contains(&text(&ticket, "number")) && !rendered.contains("{{"), "{rendered}");
    let suggested = ka.get(&format!("{}/suggested-responses", path_of(&ticket))).await.expect(StatusCode::OK);
    assert!(suggested.to_string().contains("/pump"), "{suggested}");
    let reason = json!({ "assignee": ka.person, "reason": "Knows pumps" });
    people.manager.post(&format!("{}/transfer", path_of(&ticket)), reason).await.expect(StatusCode::OK);
    ka.set_status(&ticket, "resolved").await.expect(StatusCode::OK);
    people
        .customer
        .put(&format!("{}/rating", path_of(&ticket)), json!({ "score": 2, "comment": "Slow" }))
        .await
        .expect(StatusCode::OK);
    let figures = people.manager.get("/v1/stats/satisfaction").await.expect(StatusCode::OK);
    assert_eq!(figures["total"]["count"], 1, "{figures}");
    let export = people.manager.post("/v1/exports", json!({ "format": "csv" })).await.expect(StatusCode::ACCEPTED);
    let export = ended(&people.manager, &export).await;
    assert_eq!(export["state"], "done", "{export}");
}

#[tokio::test(flavor = "multi_thread")]
async fn ozean_and_erlessed_keep_fields_of_their_own_from_customers() {
    let desk = AnyDesk::start().await;
    for tenant in ["ozean", "erlessed"] {
        let people = desk.people(tenant).await;
        for (id, visible) in [("cost", "staff"), ("contract", "customer")] {
            let field = json!({ "id": id, "label": id, "kind": "text", "visible_to": visible, "editable_by_customer": visible == "customer" });
            people.admin.post("/v1/ticket-fields", field).await.expect(StatusCode::CREATED);
        }
        let ticket = people.customer.open_with(json!({ "subject": "x", "body": "x", "fields": { "contract": "K-1" } })).await;
        people.agent.patch(&path_of(&ticket), json!({ "fields": { "cost": "120" } })).await.expect(StatusCode::OK);
        assert_eq!(people.customer.read(&ticket).await["fields"], json!({ "contract": "K-1" }), "{tenant}");
        assert_eq!(people.agent.read(&ticket).await["fields"], json!({ "contract": "K-1", "cost": "120" }));
        let refused =
            people.customer.post("/v1/tickets", json!({ "subject": "x", "body": "x", "fields": { "cost": "1" } })).await;
        assert_eq!(refused.wrong_fields(StatusCode::UNPROCESSABLE_ENTITY), ["fields.cost"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn eur_and_km_keep_views_jobs_and_answers_apart() {
    let desk = AnyDesk::start().await;
    for (home, away) in [("eur", "km"), ("km", "eur")] {
        let (ours, theirs) = (desk.people(home).await, desk.people(away).await);
        let ticket = ours.customer.open("Ours").await;
        let view = json!({ "name": "Ours", "scope": { "type": "shared" }, "filter": [] });
        let view = ours.manager.post("/v1/views", view).await.expect(StatusCode::CREATED);
        let canned = json!({ "scope": "shared", "shortcut": "/ours", "title": "Ours", "body": "Ours" });
        let canned = ours.manager.post("/v1/canned-responses", canned).await.expect(StatusCode::CREATED);
        let job = ours.manager.post("/v1/exports", json!({ "format": "jsonl" })).await.expect(StatusCode::ACCEPTED);
        for path in [
            format!("/v1/views/{}", text(&view, "id")),
            format!("/v1/canned-responses/{}", text(&canned, "id")),
            format!("/v1/jobs/{}", text(&job, "id")),
            format!("/v1/jobs/{}/items", text(&job, "id")),
        ] {
            theirs.admin.get(&path).await.problem(StatusCode::NOT_FOUND);
        }
        let bulk = json!({ "tickets": [ticket["id"]], "changes": { "priority": "urgent" } });
        let bulk = theirs.manager.post("/v1/bulk", bulk).await.expect(StatusCode::ACCEPTED);
        assert_eq!(ended(&theirs.manager, &bulk).await["counts"]["not_found"], 1);
        let own = theirs.agent.open("Theirs").await;
        let into = theirs.agent.post(&format!("{}/merge", path_of(&own)), json!({ "into": ticket["id"] })).await;
        assert!([StatusCode::NOT_FOUND, StatusCode::UNPROCESSABLE_ENTITY].contains(&into.status), "{}", into.json());
        assert_eq!(ours.agent.read(&ticket).await["version"], ticket["version"], "untouched");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ticketing_filters_by_several_things_together_and_asks_for_no_more() {
    let desk = AnyDesk::start().await;
    let people = desk.people("ticketing").await;
    let asked = json!({ "subject": "Twice", "body": "x", "priority": "high", "category": "billing" });
    let ticket = people.customer.open_with(asked).await;
    people.customer.open("Another").await;
    let filter = json!([
        { "field": "status", "is": ["open"] },
        { "field": "priority", "is": ["high", "urgent"] },
        { "field": "category", "is": ["billing"] },
        { "field": "assignee", "is": ["none"] },
    ]);
    let view = json!({ "name": "Money", "scope": { "type": "personal" }, "filter": filter });
    let view = people.agent.post("/v1/views", view).await.expect(StatusCode::CREATED);
    let path = format!("/v1/views/{}", text(&view, "id"));
    let listed = people.agent.list(&format!("{path}/tickets")).await;
    assert_eq!(listed.iter().map(|found| &found["id"]).collect::<Vec<_>>(), [&ticket["id"]]);
    people.manager.get(&path).await.problem(StatusCode::NOT_FOUND);
    people.customer.get("/v1/jobs").await.problem(StatusCode::FORBIDDEN);
}
