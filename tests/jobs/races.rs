//! Jobs that others get in the way of: writers, copies of messages, `kill -9`, and who stops them.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use axum::http::StatusCode;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{Demo, ask, demo, finished, ids, items, open, path, read, urgent, write_down};
use crate::{
    crash::Process,
    support::{Session, eventually, path_of, text},
};

const TICKETS: usize = 500;
const WRITERS: usize = 8;

async fn open_many(by: &Session, count: usize) -> Vec<Value> {
    let mut tickets = Vec::new();
    while tickets.len() < count {
        tickets.extend(open(by, 20.min(count - tickets.len())).await);
    }
    tickets
}

/// Writes on one ticket after the other until it is told to stop; what was acknowledged, by ticket.
async fn write(by: Session, tickets: Arc<Vec<Value>>, next: Arc<AtomicUsize>, stop: Arc<AtomicBool>) -> Vec<(String, String)> {
    let mut acknowledged = Vec::new();
    while !stop.load(Ordering::SeqCst) {
        let n = next.fetch_add(1, Ordering::SeqCst);
        let ticket = &tickets[n * 7 % tickets.len()];
        let words = format!("Write {n}");
        let answer = by.post(&format!("{}/messages", path_of(ticket)), json!({ "kind": "reply", "body": words })).await;
        if answer.status == StatusCode::CREATED {
            acknowledged.push((text(ticket, "id"), words));
        }
        // A client's pause, as long as its writes are on a small machine: eight that never pause would leave the job no turn.
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    acknowledged
}

/// How often somebody set the ticket's priority, and how often they left a note.
fn done_by(person: &str, thread: &Value) -> (usize, usize) {
    let events = thread["events"].as_array().unwrap().iter().filter(|event| event["actor"]["person"] == json!(person));
    let (set, noted): (Vec<_>, Vec<_>) = events
        .filter(|event| event["field"] == "priority" || event["type"] == "ticket.message_added")
        .partition(|event| event["field"] == "priority");
    (set.len(), noted.len())
}

/// Every ticket ends as changed or as a named conflict, and nothing that anybody wrote is lost.
#[tokio::test(flavor = "multi_thread")]
async fn five_hundred_tickets_are_changed_while_eight_clients_write_on_them() {
    let Demo { desk, carl, ada, mia } = demo().await;
    let tickets = Arc::new(open_many(&carl, TICKETS).await);
    let (next, stop) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
    let writers: Vec<_> =
        (0..WRITERS).map(|_| tokio::spawn(write(ada.clone(), tickets.clone(), next.clone(), stop.clone()))).collect();
    let changes = json!({ "priority": "urgent", "tags_add": ["bulk"], "note": "In bulk" });
    let job = ask(&mia, "/v1/bulk", json!({ "tickets": ids(&tickets), "changes": changes })).await;
    let deadline = Instant::now() + Duration::from_secs(600);
    while read(&mia, &job).await["finished_at"].is_null() {
        assert!(Instant::now() < deadline, "{}", read(&mia, &job).await);
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    stop.store(true, Ordering::SeqCst);
    let mut written: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for writer in writers {
        for (ticket, words) in writer.await.expect("a writer") {
            written.entry(ticket).or_default().push(words);
        }
    }
    let job = read(&mia, &job).await;
    let items = items(&mia, &job).await;
    assert_eq!((&job["state"], &job["done"], items.len()), (&json!("done"), &json!(TICKETS), TICKETS), "{job}");
    let counted = |outcome: &str| items.values().filter(|item| item["outcome"] == outcome).count();
    assert_eq!(
        (json!(counted("changed")), json!(counted("conflict"))),
        (job["counts"]["changed"].clone(), job["counts"]["conflict"].clone())
    );
    assert_eq!(counted("changed") + counted("conflict"), TICKETS, "{job}");
    for chunk in tickets.chunks(20) {
        let thread = async |ticket| ada.get(&format!("{}?include=messages,events", path_of(ticket))).await.expect(StatusCode::OK);
        for thread in join_all(chunk.iter().map(thread)).await {
            let id = text(&thread, "id");
            let times = usize::from(items[&id]["outcome"] == "changed");
            assert_eq!(done_by(&mia.person, &thread), (times, times), "{}", items[&id]);
            let said: Vec<_> = thread["messages"].as_array().unwrap().iter().map(|message| text(message, "body")).collect();
            assert!(written.get(&id).into_iter().flatten().all(|words| said.contains(words)), "{said:?}");
            let versions = thread["version"].as_u64().unwrap();
            assert_eq!(versions, said.len() as u64, "one version a change, and each change said something");
        }
    }
    drop(desk);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_changed_after_the_answer_that_it_is_stopped() {
    let Demo { desk, carl, ada, mia } = demo().await;
    let tickets = open_many(&carl, 160).await;
    let job = ask(&mia, "/v1/bulk", json!({ "tickets": ids(&tickets), "changes": { "priority": "urgent" } })).await;
    eventually("a beginning", async || (read(&mia, &job).await["done"].as_u64() > Some(3)).then_some(())).await;
    let stopped = mia.post(&format!("{}/stop", path(&job)), json!({})).await.expect(StatusCode::OK);
    assert_eq!(stopped["state"], "stopping", "{stopped}");
    let done = read(&mia, &job).await["done"].clone();
    let again = mia.post(&format!("{}/stop", path(&job)), json!({})).await;
    assert!([StatusCode::OK, StatusCode::CONFLICT].contains(&again.status), "stopping, or stopped by now");
    let job = finished(&desk, &mia, &job).await;
    assert_eq!((&job["state"], &job["done"]), (&json!("stopped"), &done), "{job}");
    assert!(done.as_u64() < Some(160));
    let items = items(&mia, &job).await;
    for ticket in &tickets {
        let is_done = items.contains_key(&text(ticket, "id"));
        assert_eq!(ada.read(ticket).await["version"], 1 + u64::from(is_done));
    }
    // Before it began: nothing at all.
    let id = write_down(&desk, &mia, urgent(), &tickets[150..]).await;
    mia.post(&format!("/v1/jobs/{id}/stop"), json!({})).await.expect(StatusCode::OK);
    super::send(&desk, "demo", id, Some(0)).await;
    let job = finished(&desk, &mia, &json!({ "id": id })).await;
    assert_eq!((&job["state"], &job["done"]), (&json!("stopped"), &json!(0)), "{job}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_is_lost_is_made_up_for_and_copies_change_nothing() {
    let Demo { desk, carl, ada, mia } = demo().await;
    let tickets = open_many(&carl, 60).await;
    let lost = write_down(&desk, &mia, urgent(), &tickets).await;
    desk.settle().await;
    assert_eq!(mia.get(&format!("/v1/jobs/{lost}")).await.expect(StatusCode::OK)["state"], "queued");
    // The sweep finds it.
    desk.advance("PT3M").await;
    let job = finished(&desk, &mia, &json!({ "id": lost })).await;
    assert_eq!((&job["state"], &job["counts"]["changed"]), (&json!("done"), &json!(60)), "{job}");

    let copied = write_down(&desk, &mia, super::JobKind::Bulk { changes: note(), filter: None }, &tickets).await;
    for step in [Some(0), Some(0), None, Some(0), Some(1), Some(0)] {
        super::send(&desk, "demo", copied, step).await;
    }
    let job = finished(&desk, &mia, &json!({ "id": copied })).await;
    assert_eq!((&job["state"], &job["counts"]["changed"], &job["done"]), (&json!("done"), &json!(60), &json!(60)), "{job}");
    for ticket in &tickets {
        assert_eq!(ada.read(ticket).await["version"], 3, "once by each job");
    }
}

fn note() -> lambdesk_domain::job::BulkChanges {
    let tags_add = [lambdesk_domain::Tag::parse("copied").unwrap()].into();
    lambdesk_domain::job::BulkChanges { tags_add, ..lambdesk_domain::job::BulkChanges::default() }
}

/// Tickets of the job, and how many are done at each kill: in its first step, and in its second.
const KILLED: usize = 110;
const KILL_AT: [u64; 2] = [15, 65];

#[tokio::test(flavor = "multi_thread")]
async fn a_job_goes_on_after_kill_9_and_does_nothing_twice() {
    let data = tempfile::tempdir().expect("a directory");
    let mut process = Process::start(data.path());
    let carl = process.client.sign_in("demo", "carl@example.test").await;
    let mia = process.client.sign_in("demo", "mia@demo.test").await;
    let tickets = open_many(&carl, KILLED).await;
    let changes = json!({ "priority": "urgent", "note": "In bulk" });
    let job = ask(&mia, "/v1/bulk", json!({ "tickets": ids(&tickets), "changes": changes })).await;
    for kill_at in KILL_AT {
        let mia = process.client.sign_in("demo", "mia@demo.test").await;
        wait_for(&mia, &job, |job| job["done"].as_u64() >= Some(kill_at)).await;
        process.kill();
        process = Process::start(data.path());
    }
    let mia = process.client.sign_in("demo", "mia@demo.test").await;
    let done = wait_for(&mia, &job, |job| !job["finished_at"].is_null()).await;
    assert_eq!(
        (&done["state"], &done["counts"]["changed"], &done["done"]),
        (&json!("done"), &json!(KILLED), &json!(KILLED)),
        "{done}"
    );
    assert_eq!(items(&mia, &job).await.len(), KILLED);
    for ticket in &tickets {
        let thread = mia.get(&format!("{}?include=messages,events", path_of(ticket))).await.expect(StatusCode::OK);
        assert_eq!((done_by(&mia.person, &thread), &thread["version"]), ((1, 1), &json!(2)), "once");
    }
    process.kill();
}

async fn wait_for(by: &Session, job: &Value, is_so: impl Fn(&Value) -> bool) -> Value {
    let deadline = Instant::now() + Duration::from_secs(200);
    loop {
        let now = read(by, job).await;
        if is_so(&now) {
            return now;
        }
        assert!(Instant::now() < deadline, "{now}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
