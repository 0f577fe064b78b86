use std::{
    path::Path,
    sync::{Arc, Mutex},
};

use aws_lambda_events::dynamodb::{Event, EventRecord, StreamViewType};
use dynoxide::actions::get_records::StreamRecord;
use lambdesk_function::Function;
use lambdesk_local_sqs::{QueueChanges, Queues, ReceiveOptions};
use lambdesk_platform::{App, Config};

use super::*;
use crate::{
    clock::MovableClock,
    dynamo::tests::{put, table},
    group::Group,
    state::State,
    triggers::{Activity, Schedules},
};

fn records(numbers: &[&str]) -> Vec<Record> {
    let record = |number: &&str| Record {
        event_id: format!("event-{number}"),
        event_name: "INSERT".to_owned(),
        dynamodb: StreamRecord {
            new_image: serde_json::from_value(json!({ "kind": { "S": "event" } })).expect("an item"),
            sequence_number: (*number).to_owned(),
            stream_view_type: "NEW_IMAGE".to_owned(),
            approximate_creation_date_time: 1_763_631_000.0,
            ..StreamRecord::default()
        },
        ..Record::default()
    };
    numbers.iter().map(record).collect()
}

#[test]
fn the_event_has_lambdas_shape() {
    let event: Event = serde_json::from_value(event(&records(&["1"]), "arn:x").expect("shaped")).expect("Lambda's shape");
    let record = &event.records[0];
    assert_eq!(record.event_source_arn.as_deref(), Some("arn:x"));
    assert_eq!(record.change.sequence_number.as_deref(), Some("1"));
    assert_eq!(record.change.stream_view_type, Some(StreamViewType::NewImage));
    assert!(record.change.new_image.get("kind").is_some());
}

#[test]
fn the_stream_goes_on_from_the_first_record_that_failed() {
    let records = records(&["1", "2", "3"]);
    let failing = |ids: &[&str]| {
        let list: Vec<_> = ids.iter().map(|id| json!({ "itemIdentifier": id })).collect();
        outcome(&records, Ok(json!({ "batchItemFailures": list })))
    };
    assert!(matches!(failing(&[]), Outcome::Done));
    assert!(matches!(failing(&["3", "2"]), Outcome::FailedAt(1, _)));
    assert!(matches!(failing(&["9"]), Outcome::Failed(_)));
    assert!(matches!(outcome(&records, Err("it panicked".to_owned())), Outcome::Failed(_)));
}

#[test]
fn pauses_grow_to_a_limit() {
    assert_eq!([1, 2, 3].map(|tries| pause_after(FIRST_PAUSE, tries)), [100, 200, 400].map(Duration::from_millis));
    assert_eq!(pause_after(FIRST_PAUSE, TRIES), LONGEST_PAUSE);
}

pub(crate) fn workshop(directory: &Path) -> Workshop {
    let variable = |name: &str| match name {
        "LAMBDESK_SECRET" => Some("x".repeat(32)),
        "SCANNER" => None,
        "OIDC_ISSUER" | "AWS_ENDPOINT_URL" => Some("http://127.0.0.1:1".to_owned()),
        _ => Some("test".to_owned()),
    };
    let state = State::open(&directory.join("state.sqlite")).expect("opens");
    let queues = Queues::in_memory().expect("opens");
    queues.create_queue(&QueueName::parse(STREAM_DEAD_LETTERS).expect("a name"), &QueueChanges::default()).expect("made");
    Workshop {
        app: App::new(Config::read(variable).expect("complete")),
        clock: MovableClock::open(state.clone()).expect("opens"),
        dynamo: Arc::new(table(directory)),
        queues,
        state,
        schedules: Schedules::default(),
        activity: Activity::default(),
    }
}

/// What a function was given, by sort key.
type Seen = &'static Mutex<Vec<String>>;

fn sort_keys(records: &[EventRecord]) -> Vec<String> {
    let key = |record: &EventRecord| {
        serde_json::to_value(&record.change.keys).expect("JSON")["sk"]["S"].as_str().expect("a key").to_owned()
    };
    records.iter().map(key).collect()
}

/// Runs a function on six records until it is done with the last.
async fn read_six(endpoint: Endpoint, workshop: &Workshop) {
    let mut reader = Reader::new(endpoint, workshop.clone()).expect("reads");
    reader.first_pause = Duration::from_millis(1);
    (1..=6).for_each(|sk| put(&workshop.dynamo, sk, None));
    let arn = reader.arn.clone();
    let last = workshop.dynamo.records_after(&arn, None, 100).expect("records").pop().expect("a record").dynamodb.sequence_number;
    let mut group = Group::new();
    group.spawn(reader.run(group.stop_signal()));
    let done = async {
        while workshop.state.stream_position("test").expect("a position").as_deref() != Some(last.as_str()) {
            workshop.activity.rung().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), done).await.expect("it gets to the end");
    group.stop().await;
}

async fn dead_letters(workshop: &Workshop) -> Vec<Value> {
    let queue = QueueName::parse(STREAM_DEAD_LETTERS).expect("a name");
    let options = ReceiveOptions { max_messages: Some(10), ..ReceiveOptions::default() };
    let letters = workshop.queues.receive(&queue, &options).await.expect("received");
    letters.iter().map(|letter| serde_json::from_str(&letter.body).expect("JSON")).collect()
}

#[tokio::test]
async fn a_record_that_always_fails_is_set_aside_and_holds_nothing_up() {
    let directory = tempfile::tempdir().expect("a directory");
    let workshop = workshop(directory.path());
    let seen: Seen = Box::leak(Box::default());
    let endpoint = Function::table_stream("test").on_records(move |_, records| async move {
        let keys = sort_keys(&records);
        let done = keys.iter().position(|key| key == "3").unwrap_or(keys.len());
        seen.lock().expect("sound").extend_from_slice(&keys[..done]);
        done
    });
    read_six(endpoint, &workshop).await;

    assert_eq!(*seen.lock().expect("sound"), ["1", "2", "4", "5", "6"], "each once, in order");
    let letters = dead_letters(&workshop).await;
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0]["record"]["dynamodb"]["Keys"]["sk"]["S"], "3");
    assert_eq!(letters[0]["function"], "test");
}

#[tokio::test]
async fn a_record_on_which_the_function_panics_is_found_and_set_aside() {
    let directory = tempfile::tempdir().expect("a directory");
    let workshop = workshop(directory.path());
    let seen: Seen = Box::leak(Box::default());
    let endpoint = Function::table_stream("test").on_records(move |_, records| async move {
        let keys = sort_keys(&records);
        assert!(keys.iter().all(|key| key != "3"), "this record cannot be read");
        seen.lock().expect("sound").extend_from_slice(&keys);
        keys.len()
    });
    read_six(endpoint, &workshop).await;

    assert_eq!(*seen.lock().expect("sound"), ["1", "2", "4", "5", "6"], "each once, in order");
    assert_eq!(dead_letters(&workshop).await.len(), 1);
}
