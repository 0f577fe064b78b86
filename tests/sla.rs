//! What happens because time passes: a resolved ticket closes by itself after its desk's days of silence, once, by the
//! desk, whatever comes in between.

use std::time::Duration;

use axum::http::StatusCode;
use futures_util::future::join_all;
use lambdesk_domain::TenantId;
use lambdesk_platform::{App, SlaJob};
use lambdesk_store::{Due, DueCursor};
use serde_json::{Value, json};

use crate::{
    costs::multiply,
    crash::Process,
    support::{Client, Desk, Session, eventually, path_of, text},
};

/// The time after which all preset desks close what is resolved, but `ticketing`, which does not.
const AUTO_CLOSE: &str = "P7D";

/// Two people of a tenant, signed in anew: the clock was moved.
async fn people(client: &Client, tenant: &str) -> (Session, Session) {
    let (customer, agent) = if tenant == "demo" {
        ("carl@example.test".to_owned(), "ada@demo.test".to_owned())
    } else {
        (format!("customer@{tenant}.test"), format!("agent@{tenant}.test"))
    };
    (client.sign_in(tenant, &customer).await, client.sign_in(tenant, &agent).await)
}

/// How many mails were sent about a ticket.
fn mails_about(desk: &Desk, ticket: &Value) -> usize {
    let number = text(ticket, "number");
    desk.local.mailbox().list().iter().filter(|mail| mail.subject.contains(&number)).count()
}

async fn resolved(customer: &Session, agent: &Session) -> Value {
    let ticket = customer.open("Help").await;
    agent.set_status(&ticket, "resolved").await.expect(StatusCode::OK)
}

/// The history's moves to closed, with who made them.
async fn closings(reader: &Session, ticket: &Value) -> Vec<Value> {
    let events = reader.list(&format!("{}/events", path_of(ticket))).await;
    events.into_iter().filter(|event| event["type"] == "ticket.status_changed" && event["to"] == "closed").collect()
}

async fn assert_closed_once_by_the_desk(reader: &Session, ticket: &Value) {
    let closings = closings(reader, ticket).await;
    assert_eq!(closings.len(), 1, "{closings:?}");
    assert_eq!((&closings[0]["actor"], &closings[0]["from"]), (&json!({ "type": "system" }), &json!("resolved")));
    let now = reader.read(ticket).await;
    assert_eq!((&now["status"], now["version"].as_u64()), (&json!("closed"), closings[0]["version"].as_u64()));
}

fn job(tenant: &str, ticket: &Value) -> SlaJob {
    SlaJob::KeepTime { tenant: TenantId::parse(tenant).unwrap(), ticket: text(ticket, "id").parse().unwrap() }
}

/// As many as a page of each shard has.
async fn places_in_what_is_due(app: &App, tenant: &str) -> usize {
    let later = app.now().checked_add(jiff::SignedDuration::from_hours(24 * 365)).unwrap();
    app.store()
        .due(later, 100, DueCursor::default())
        .await
        .unwrap()
        .items
        .iter()
        .filter(|due| matches!(due, Due::Ticket { tenant: of, .. } if of.as_str() == tenant))
        .count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resolved_ticket_closes_by_itself_after_days_of_silence() {
    let desk = Desk::start().await;
    let (carl, ada) = people(&desk.client, "demo").await;
    let ticket = resolved(&carl, &ada).await;
    let open = carl.open("Not answered yet").await;
    desk.settle().await;
    let mails = mails_about(&desk, &ticket);
    desk.advance("P6DT23H").await;
    desk.settle().await;
    let (carl, _) = people(&desk.client, "demo").await;
    assert_eq!(carl.read(&ticket).await["status"], "resolved", "an hour too early");
    desk.advance("PT1H").await;
    desk.settle().await;
    let (carl, ada) = people(&desk.client, "demo").await;
    assert_closed_once_by_the_desk(&ada, &ticket).await;
    assert_eq!(carl.read(&ticket).await["status"], "closed");
    let closed = ada.read(&ticket).await;
    assert_eq!((&closed["closed_by"], &closed["resolved_by"]["person"]), (&json!({ "type": "system" }), &json!(ada.person)));
    assert_eq!(carl.read(&open).await["status"], "new", "only what is resolved");
    assert_eq!(mails_about(&desk, &ticket), mails, "they were told when it was resolved");
    let reopened = carl.set_status(&ticket, "in_progress").await.expect(StatusCode::OK);
    assert_eq!((&reopened["closed_at"], &reopened["reopen_count"]), (&Value::Null, &json!(1)));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_speaks_or_acts_before_is_heard() {
    let desk = Desk::start().await;
    let (carl, ada) = people(&desk.client, "demo").await;
    let mia = desk.sign_in("demo", "mia@demo.test").await;
    let (answered, taken_up, deleted) = (resolved(&carl, &ada).await, resolved(&carl, &ada).await, resolved(&carl, &ada).await);
    carl.reply(&answered, "It is not solved.").await;
    ada.set_status(&taken_up, "in_progress").await.expect(StatusCode::OK);
    mia.delete(&path_of(&deleted)).await;
    desk.advance(AUTO_CLOSE).await;
    desk.settle().await;
    let (carl, ada) = people(&desk.client, "demo").await;
    assert_eq!(carl.read(&answered).await["status"], "new");
    assert_eq!(ada.read(&taken_up).await["status"], "in_progress");
    let mia = desk.sign_in("demo", "mia@demo.test").await;
    mia.post(&format!("{}/restore", path_of(&deleted)), json!({})).await.expect(StatusCode::OK);
    assert_eq!(closings(&mia, &deleted).await, Vec::<Value>::new(), "not while it was deleted");
    desk.advance("PT1M").await;
    desk.settle().await;
    let (carl, ada) = people(&desk.client, "demo").await;
    assert_closed_once_by_the_desk(&ada, &deleted).await;
    assert_eq!(carl.read(&answered).await["status"], "new");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_without_auto_close_never_closes_by_itself() {
    let desk = Desk::start().await;
    let (customer, agent) = people(&desk.client, "eur").await;
    let tenant = TenantId::parse("eur").unwrap();
    let settings = desk.local.app().desk_of(&tenant);
    let before = resolved(&customer, &agent).await;
    let mut config = (*settings.config().await.unwrap()).clone();
    config.auto_close_days = None;
    settings.put_config(&config).await.unwrap();
    let after = resolved(&customer, &agent).await;
    desk.settle().await;
    assert_eq!(places_in_what_is_due(desk.local.app(), "eur").await, 1, "the one that was resolved before has its place still");
    for _ in 0..3 {
        desk.advance("P30D").await;
        desk.settle().await;
    }
    let (customer, _) = people(&desk.client, "eur").await;
    for ticket in [before, after] {
        let now = customer.read(&ticket).await;
        assert_eq!((&now["status"], &now["version"]), (&json!("resolved"), &ticket["version"]));
    }
    assert_eq!(places_in_what_is_due(desk.local.app(), "eur").await, 0, "no sweep finds it again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_comes_twice_too_early_or_for_nothing_does_no_harm() {
    let desk = Desk::start().await;
    let (carl, ada) = people(&desk.client, "demo").await;
    let ticket = resolved(&carl, &ada).await;
    let gone = json!({ "id": "019aa0c5-6b20-7000-8000-000000000010" });
    let send = async |jobs: &[SlaJob]| {
        assert!(desk.local.app().queues().send(jobs).await.is_empty());
        desk.settle().await;
    };
    let early = [job("demo", &ticket), job("demo", &gone), job("ozean", &ticket), job("nobody", &ticket)];
    send(&early).await;
    assert_eq!(carl.read(&ticket).await["version"], ticket["version"], "its time has not come, and it is no other desk's");
    desk.advance(AUTO_CLOSE).await;
    send(&vec![job("demo", &ticket); 25]).await;
    let (_, ada) = people(&desk.client, "demo").await;
    assert_closed_once_by_the_desk(&ada, &ticket).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_at_that_very_moment_is_heard_and_never_lost() {
    let desk = Desk::start().await;
    let (carl, ada) = people(&desk.client, "demo").await;
    let tickets = join_all((0..40).map(|_| resolved(&carl, &ada))).await;
    desk.advance(AUTO_CLOSE).await;
    let (carl, ada) = people(&desk.client, "demo").await;
    join_all(tickets.iter().map(|ticket| carl.reply(ticket, "It is not solved."))).await;
    desk.settle().await;
    for ticket in &tickets {
        let (closed, now) = (closings(&ada, ticket).await.len(), ada.read(ticket).await);
        // Opened, resolved, and woken by the reply: at once, or from closed.
        let expected = if closed == 0 { ("new", 3) } else { ("in_progress", 4) };
        assert_eq!((now["status"].as_str().unwrap(), now["version"].as_u64().unwrap()), expected, "{now}");
        let messages = ada.list(&format!("{}/messages", path_of(ticket))).await;
        assert_eq!(messages.len(), 2, "the reply is there, once");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_job_does_not_hold_up_the_next() {
    let desk = Desk::start().await;
    let (carl, ada) = people(&desk.client, "demo").await;
    let ticket = resolved(&carl, &ada).await;
    desk.advance(AUTO_CLOSE).await;
    let queue = lambdesk_local_sqs::QueueName::parse("sla").unwrap();
    for poison in ["not JSON", "{}", "{\"job\":\"close\",\"tenant\":\"demo#x\"}"] {
        desk.local.queues().send(&queue, &lambdesk_local_sqs::SendMessage::new(poison)).expect("taken");
    }
    let (carl, _) = people(&desk.client, "demo").await;
    eventually("the closing", async || (carl.read(&ticket).await["status"] == "closed").then_some(())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_is_due_is_closed_in_all_desks_also_when_they_are_many() {
    let desk = Desk::start().await;
    let mut tickets = Vec::new();
    for tenant in ["demo", "ozean"] {
        let (customer, agent) = people(&desk.client, tenant).await;
        for _ in 0..10 {
            let batch = join_all((0..10).map(|_| resolved(&customer, &agent))).await;
            tickets.extend(batch.into_iter().map(|ticket| (tenant, ticket)));
        }
    }
    desk.settle().await;
    desk.advance(AUTO_CLOSE).await;
    desk.settle().await;
    for tenant in ["demo", "ozean"] {
        let (_, agent) = people(&desk.client, tenant).await;
        for (_, ticket) in tickets.iter().filter(|(of, _)| *of == tenant) {
            assert_closed_once_by_the_desk(&agent, ticket).await;
        }
        assert_eq!(places_in_what_is_due(desk.local.app(), tenant).await, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_sweep_goes_on_while_there_is_more() {
    let desk = Desk::start().await;
    let (customer, agent) = people(&desk.client, "km").await;
    let ticket = resolved(&customer, &agent).await;
    // Copies stand in the shard of the first: three pages of it.
    multiply(&desk, "km", &ticket, 0, 220).await;
    // A page of a shard, in which other desks' tickets may be due too.
    assert!((80..=100).contains(&places_in_what_is_due(desk.local.app(), "km").await));
    desk.advance(AUTO_CLOSE).await;
    desk.settle().await;
    let (_, agent) = people(&desk.client, "km").await;
    assert_eq!(agent.list("/v1/tickets?status=closed&limit=100").await.len(), 221);
    assert_eq!(places_in_what_is_due(desk.local.app(), "km").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fell_due_while_the_desk_was_killed_is_closed_when_it_starts_again() {
    let data = tempfile::tempdir().expect("a directory");
    let process = Process::start(data.path());
    let (carl, ada) = people(&process.client, "demo").await;
    let mut tickets = Vec::new();
    for _ in 0..6 {
        tickets.extend(join_all((0..10).map(|_| resolved(&carl, &ada))).await);
    }
    let advance = json!({ "advance": AUTO_CLOSE });
    process.client.anonymous().post("/local/clock", advance).await.expect(StatusCode::OK);
    // Killed somewhere between the first closing and the last.
    let (carl, _) = people(&process.client, "demo").await;
    eventually("a closing", async || (carl.numbers("/v1/tickets?status=closed").await.len() > 3).then_some(())).await;
    process.kill();

    let process = Process::start(data.path());
    let (carl, ada) = people(&process.client, "demo").await;
    eventually("all closings", async || {
        tokio::time::sleep(Duration::from_millis(200)).await;
        (carl.numbers("/v1/tickets?status=resolved").await.is_empty()).then_some(())
    })
    .await;
    for ticket in &tickets {
        assert_closed_once_by_the_desk(&ada, ticket).await;
    }
    process.kill();
}
