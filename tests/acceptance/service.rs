//! What two desks promise: ozean by brand and priority in its business hours, platform with escalation and assignment.

use axum::http::StatusCode;
use jiff::{Timestamp, civil::Weekday, tz::TimeZone};
use serde_json::{Value, json};

use crate::{
    mail::mails_about,
    support::{AnyDesk, Desk, eventually, path_of, text},
};

/// The clock of one metric.
fn clock(ticket: &Value, metric: &str) -> Value {
    let clocks = ticket["sla"]["clocks"].as_array().unwrap_or_else(|| panic!("nothing is promised in {ticket}"));
    clocks.iter().find(|clock| clock["metric"] == metric).unwrap_or_else(|| panic!("no {metric} in {ticket}")).clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn ozean_promises_by_brand_and_priority() {
    let desk = AnyDesk::start().await;
    let people = desk.people("ozean").await;
    for (brand, priority, minutes) in [("KA", "urgent", 30), ("OL", "urgent", 30), ("KA", "low", 240), ("OL", "medium", 120)] {
        let asked = json!({ "subject": "Help", "body": "x", "brand": brand, "priority": priority });
        let ticket = people.manager.read(&people.customer.open_with(asked).await).await;
        let sla = &ticket["sla"];
        assert_eq!(sla["policy"], json!(format!("{}-{priority}", brand.to_lowercase())));
        assert_eq!((&sla["because"], &sla["calendar"]), (&json!(["brand", "priority"]), &json!("buero")), "{sla}");
        assert_eq!(clock(&ticket, "first_response")["target_minutes"], minutes);
    }
    let (ka, ol) = (desk.sign_in("ozean", "agent.ka@ozean.test").await, desk.sign_in("ozean", "agent.ol@ozean.test").await);
    for (agent, brand) in [(&ka, "KA"), (&ol, "OL")] {
        let next = agent.list("/v1/sla/upcoming").await;
        assert!(next.len() == 2 && next.iter().all(|ticket| ticket["brand"] == brand), "{brand}: {next:?}");
        let due: Vec<_> = next.iter().map(|ticket| text(&clock(ticket, "first_response"), "due_at")).collect();
        assert!(due.is_sorted(), "{due:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ozean_counts_business_hours_alone() {
    let desk = AnyDesk::start().await;
    let people = desk.people("ozean").await;
    let ticket = people.manager.read(&people.customer.open("Help").await).await;
    for metric in ["first_response", "resolution"] {
        let due: Timestamp = text(&clock(&ticket, metric), "due_at").parse().unwrap();
        let local = due.to_zoned(TimeZone::get("Europe/Berlin").unwrap());
        let weekend = [Weekday::Saturday, Weekday::Sunday].contains(&local.weekday());
        // The end of a day is a moment of it here: what is due then is due in time.
        let working = (9, 0) <= (local.hour(), local.minute()) && (local.hour(), local.minute()) <= (17, 0);
        assert!(!weekend && working, "{metric} is due {local}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ozean_tells_managers_of_a_breach_and_shows_it_in_its_figures() {
    let desk = Desk::start().await;
    let people = desk.people("ozean").await;
    let ticket = people.customer.open_with(json!({ "subject": "Help", "body": "x", "priority": "urgent" })).await;
    let answered = people.customer.open_with(json!({ "subject": "Help", "body": "x", "priority": "urgent" })).await;
    people.agent.reply(&answered, "Done.").await;
    people.agent.set_status(&answered, "resolved").await.expect(StatusCode::OK);
    // Over any weekend or holiday: every promise of the first is broken, and no other.
    desk.advance("P6D").await;
    desk.settle().await;
    let people = desk.people("ozean").await;
    let late = people.manager.read(&ticket).await;
    assert_eq!(
        (&clock(&late, "first_response")["state"], &clock(&late, "resolution")["state"]),
        (&json!("breached"), &json!("breached"))
    );
    let told: Vec<_> = mails_about(&desk, &ticket).await.into_iter().filter(|mail| mail.to == "manager@ozean.test").collect();
    assert_eq!(told.len(), 2, "one for each promise");
    assert!(told.iter().any(|mail| mail.text.contains("the first answer")), "{}", told[0].text);
    let figures = people.manager.get("/v1/sla/summary").await.expect(StatusCode::OK);
    assert_eq!(figures["by_policy"]["ka-urgent"], json!({ "met": 2, "breached": 2, "compliance": 50.0 }), "{figures}");
    assert_eq!(figures["by_metric"]["resolution"]["breached"], 1);
    people.agent.get("/v1/sla/summary").await.problem(StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn platform_assigns_what_comes_to_its_first_line() {
    let desk = AnyDesk::start().await;
    let people = desk.people("platform").await;
    let ticket = people.customer.open("Help").await;
    let found = eventually("the assignment", async || {
        let now = people.manager.read(&ticket).await;
        now["assignee"].is_string().then_some(now)
    })
    .await;
    assert_eq!(
        (&found["assignee"], &found["team"], &found["status"]),
        (&json!(people.agent.person), &json!("first_line"), &json!("assigned"))
    );
    assert_eq!(found["sla"]["policy"], "medium");
    assert!(people.customer.read(&ticket).await.get("sla").is_none(), "promises are the staff's to see");
}

#[tokio::test(flavor = "multi_thread")]
async fn platform_escalates_to_the_manager() {
    let desk = Desk::start().await;
    let people = desk.people("platform").await;
    let ticket = people.customer.open_with(json!({ "subject": "Down", "body": "x", "priority": "high" })).await;
    desk.settle().await;
    desk.advance("PT61M").await;
    desk.settle().await;
    let manager = desk.people("platform").await.manager;
    let late = manager.read(&ticket).await;
    assert_eq!((&late["priority"], &clock(&late, "first_response")["state"]), (&json!("urgent"), &json!("breached")));
    assert_eq!(late["sla"]["policy"], "urgent", "with its own promises");
    let thread = manager.get(&format!("{}?include=messages", path_of(&ticket))).await.expect(StatusCode::OK);
    let notes: Vec<_> = thread["messages"].as_array().unwrap().iter().filter(|message| message["kind"] == "note").collect();
    assert_eq!(notes.len(), 1);
    assert_eq!((&notes[0]["author"]["type"], &notes[0]["body_text"]), (&json!("system"), &json!("Nobody answered in time.")));
    desk.advance("PT5H").await;
    desk.settle().await;
    let told = mails_about(&desk, &ticket).await;
    assert_eq!(told.iter().filter(|mail| mail.to == "manager@platform.test").count(), 1, "of the solution alone");
    let history = desk.people("platform").await.manager.list(&format!("{}/events", path_of(&ticket))).await;
    let breaches: Vec<_> =
        history.iter().filter(|event| event["type"] == "sla.breached").map(|event| text(event, "metric")).collect();
    assert_eq!(breaches, ["first_response", "resolution"], "each once");
}
