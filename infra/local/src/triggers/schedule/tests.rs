use std::{
    path::Path,
    sync::{
        Mutex,
        atomic::{AtomicU32, Ordering},
    },
};

use aws_lambda_events::eventbridge::EventBridgeEvent;
use jiff::SignedDuration;
use lambdesk_function::{Function, JobError};
use tokio::sync::Semaphore;

use super::*;
use crate::{group::Group, triggers::stream::tests::workshop};

const HOUR: Duration = Duration::from_secs(3600);
const PATIENCE: Duration = Duration::from_secs(20);

/// A function that waits for leave to run, and what became of its runs.
#[derive(Clone, Copy)]
struct Work {
    begun: &'static AtomicU32,
    at_once: &'static AtomicU32,
    leave: &'static Semaphore,
    fails: &'static Mutex<bool>,
}

impl Work {
    fn new(leave: usize) -> Self {
        Self {
            begun: Box::leak(Box::default()),
            at_once: Box::leak(Box::default()),
            leave: Box::leak(Box::new(Semaphore::new(leave))),
            fails: Box::leak(Box::default()),
        }
    }

    fn endpoint(self) -> Endpoint {
        Function::schedule("test-tick", 60).on_schedule(move |_| async move {
            assert_eq!(self.at_once.fetch_add(1, Ordering::SeqCst), 0, "one run at a time");
            self.begun.fetch_add(1, Ordering::SeqCst);
            self.leave.acquire().await.expect("open").forget();
            self.at_once.fetch_sub(1, Ordering::SeqCst);
            if *self.fails.lock().expect("sound") { Err(JobError("no".to_owned())) } else { Ok(()) }
        })
    }

    fn begun(self) -> u32 {
        self.begun.load(Ordering::SeqCst)
    }
}

fn start(directory: &Path, work: Work, period: Duration) -> (Workshop, Group) {
    let workshop = workshop(directory);
    let mut group = Group::new();
    workshop.schedules.plan("test-tick");
    group.spawn(run(work.endpoint(), period, workshop.clone(), group.stop_signal()));
    (workshop, group)
}

async fn until(what: &str, holds: impl Fn() -> bool) {
    let wait = async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(PATIENCE, wait).await.unwrap_or_else(|_| panic!("{what}"));
}

fn backlog(workshop: &Workshop) -> Option<String> {
    workshop.schedules.backlog(workshop.clock.ahead_ms())
}

#[test]
fn the_event_has_eventbridges_shape() {
    let now = "2026-02-03T04:05:06.789Z".parse().expect("a time");
    let event: EventBridgeEvent<Value> =
        serde_json::from_value(event("sla-sweep", now, Uuid::nil())).expect("EventBridge's shape");
    assert_eq!((event.detail_type.as_str(), event.source.as_str()), ("Scheduled Event", "aws.events"));
    assert_eq!(serde_json::to_value(event.time).expect("plain data"), json!("2026-02-03T04:05:06Z"));
    assert!(event.resources.expect("listed")[0].ends_with(":rule/lambdesk-sla-sweep"));
}

#[tokio::test]
async fn it_runs_at_start_and_once_after_each_move_of_the_clock() {
    let directory = tempfile::tempdir().expect("a directory");
    let work = Work::new(1);
    let (workshop, group) = start(directory.path(), work, HOUR);
    assert!(backlog(&workshop).is_some(), "not before its first run");
    until("the first run", || backlog(&workshop).is_none()).await;
    workshop.clock.advance(SignedDuration::from_hours(5)).expect("forward");
    assert!(backlog(&workshop).is_some(), "from the very moment of the move");
    until("a run after the move", || work.begun() == 2).await;
    for _ in 0..3 {
        workshop.clock.advance(SignedDuration::from_hours(5)).expect("forward");
    }
    work.leave.add_permits(1);
    until("one run for all moves during a run", || work.begun() == 3).await;
    assert!(backlog(&workshop).is_some_and(|behind| behind.contains("test-tick")));
    work.leave.add_permits(10);
    until("at rest", || backlog(&workshop).is_none()).await;
    group.stop().await;
    assert_eq!(work.begun(), 3, "no run without a reason");
}

#[tokio::test]
async fn it_runs_again_when_its_time_has_come() {
    let directory = tempfile::tempdir().expect("a directory");
    let work = Work::new(100);
    let (_workshop, group) = start(directory.path(), work, Duration::from_millis(5));
    until("five runs", || work.begun() >= 5).await;
    group.stop().await;
}

#[tokio::test]
async fn a_run_that_failed_is_made_up_for_by_the_next() {
    let directory = tempfile::tempdir().expect("a directory");
    let work = Work::new(100);
    *work.fails.lock().expect("sound") = true;
    let (workshop, group) = start(directory.path(), work, Duration::from_millis(5));
    until("two runs", || work.begun() >= 2).await;
    assert!(backlog(&workshop).is_some(), "what it was to bring is not there yet");
    *work.fails.lock().expect("sound") = false;
    until("a good run", || backlog(&workshop).is_none()).await;
    group.stop().await;
}

#[tokio::test]
async fn it_stops_with_its_group_and_lets_a_run_finish() {
    let directory = tempfile::tempdir().expect("a directory");
    let work = Work::new(0);
    let (workshop, group) = start(directory.path(), work, HOUR);
    until("a run", || work.begun() == 1).await;
    let stopping = tokio::spawn(group.stop());
    work.leave.add_permits(1);
    tokio::time::timeout(PATIENCE, stopping).await.expect("it stops").expect("sound");
    assert_eq!(workshop.schedules.standing()["test-tick"].runs, 1);
    assert!(!workshop.schedules.standing()["test-tick"].running);
}
