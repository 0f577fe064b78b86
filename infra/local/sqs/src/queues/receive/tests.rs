use super::*;
use crate::message::SendMessage;
use crate::settings::QueueChanges;
use crate::testing::{Desk, TokioClock, grouped, name};

const NOTHING: [&str; 0] = [];

fn wait_s(seconds: u64) -> ReceiveOptions {
    ReceiveOptions { wait: Some(Duration::from_secs(seconds)), ..Default::default() }
}

#[test]
fn a_received_message_is_hidden_and_comes_back() {
    let desk = Desk::with_queue("email");
    let sent = desk.send("email", "one");
    let first = desk.receive_one("email");
    desk.advance_s(29);
    assert_eq!(desk.receive_bodies("email"), NOTHING);
    desk.advance_s(1);
    let second = desk.receive_one("email");
    assert_eq!((first.receive_count, second.receive_count), (1, 2));
    assert_eq!(second.message_id, sent.message_id);
    assert_eq!(second.first_received_ms, first.first_received_ms);
}

#[test]
fn a_delay_is_of_the_message_or_else_of_the_queue() {
    let desk = Desk::new();
    desk.create("email", &QueueChanges { delay_s: Some(10), ..Default::default() });
    desk.send("email", "as the queue says");
    desk.send_message("email", SendMessage { delay_s: Some(0), ..SendMessage::new("at once") });
    assert_eq!(desk.receive_bodies("email"), ["at once"]);
    desk.advance_s(10);
    assert_eq!(desk.receive_bodies("email"), ["as the queue says"]);
}

#[test]
fn old_messages_expire() {
    let desk = Desk::new();
    desk.create("email", &QueueChanges { retention_s: Some(60), ..Default::default() });
    desk.send("email", "old");
    desk.advance_s(59);
    desk.send("email", "young");
    desk.advance_s(1);
    assert_eq!(desk.receive_bodies("email"), ["young"]);
}

#[test]
fn a_group_is_locked_while_a_message_of_it_is_in_flight() {
    let desk = Desk::with_fifo("s.fifo");
    for (body, group) in [("a1", "a"), ("a2", "a"), ("b1", "b")] {
        desk.send_message("s.fifo", grouped(body, group, body));
    }
    let first = desk.receive_one("s.fifo");
    assert_eq!(first.body, "a1");
    assert_eq!(desk.receive_bodies("s.fifo"), ["b1"]);
    desk.queues.delete(&name("s.fifo"), &first.receipt_handle).unwrap();
    assert_eq!(desk.receive_bodies("s.fifo"), ["a2"]);
}

#[test]
fn a_fifo_message_that_comes_back_keeps_its_place() {
    let desk = Desk::with_fifo("s.fifo");
    for body in ["1", "2", "3"] {
        desk.send_message("s.fifo", grouped(body, "g", body));
    }
    assert_eq!(desk.receive_up_to("s.fifo", 2).len(), 2);
    assert_eq!(desk.receive_bodies("s.fifo"), NOTHING);
    desk.advance_s(30);
    let again = desk.receive("s.fifo");
    assert_eq!(again.iter().map(|m| m.body.as_str()).collect::<Vec<_>>(), ["1", "2", "3"]);
    assert!(again.is_sorted_by(|a, b| a.sequence_number < b.sequence_number));
}

#[test]
fn a_new_delay_of_a_fifo_queue_counts_for_waiting_messages() {
    let desk = Desk::with_fifo("s.fifo");
    let delay = |seconds| QueueChanges { delay_s: Some(seconds), ..Default::default() };
    desk.queues.set_queue_attributes(&name("s.fifo"), &delay(100)).unwrap();
    desk.send_message("s.fifo", grouped("one", "g", "1"));
    assert_eq!(desk.receive_bodies("s.fifo"), NOTHING);
    desk.queues.set_queue_attributes(&name("s.fifo"), &delay(0)).unwrap();
    assert_eq!(desk.receive_bodies("s.fifo"), ["one"]);
}

#[test]
fn a_message_received_too_often_is_found_in_the_dead_letter_queue() {
    let desk = Desk::with_dead_letters("email", "dead");
    let sent = desk.send("email", "poison");
    let sent_ms = desk.receive_one("email").sent_ms;
    desk.advance_s(30);
    desk.receive_one("email");
    desk.advance_s(30);
    assert_eq!(desk.receive_bodies("dead"), NOTHING, "it moves at the next receive");
    desk.send("email", "healthy");
    assert_eq!(desk.receive_bodies("email"), ["healthy"], "another takes its place");
    let dead = desk.receive_one("dead");
    assert_eq!((dead.message_id.as_str(), dead.body.as_str(), dead.sent_ms), (sent.message_id.as_str(), "poison", sent_ms));
    let attributes = dead.system_attributes();
    assert_eq!(attributes["DeadLetterQueueSourceArn"], name("email").arn());
    assert_eq!(attributes["ApproximateReceiveCount"], "3");
}

#[test]
fn a_dead_letter_frees_its_group() {
    let desk = Desk::with_dead_letters("s.fifo", "dead.fifo");
    desk.send_message("s.fifo", grouped("poison", "g", "1"));
    desk.send_message("s.fifo", grouped("healthy", "g", "2"));
    for _ in 0..2 {
        assert_eq!(desk.receive_one("s.fifo").body, "poison");
        desk.advance_s(30);
    }
    assert_eq!(desk.receive_bodies("s.fifo"), ["healthy"]);
    assert_eq!(desk.receive_bodies("dead.fifo"), ["poison"]);
}

#[test]
fn without_its_dead_letter_queue_a_message_stays() {
    let desk = Desk::with_dead_letters("email", "dead");
    desk.queues.delete_queue(&name("dead")).unwrap();
    desk.send("email", "poison");
    for count in 1..=4 {
        assert_eq!(desk.receive_one("email").receive_count, count);
        desk.advance_s(30);
    }
}

#[tokio::test(start_paused = true)]
async fn an_empty_wait_lasts_as_long_as_it_says() {
    let desk = Desk::with_queue("email");
    let start = Instant::now();
    assert!(desk.queues.receive(&name("email"), &wait_s(20)).await.unwrap().is_empty());
    assert_eq!(start.elapsed().as_secs(), 20);
}

#[tokio::test(start_paused = true)]
async fn an_arrival_ends_the_wait() {
    let desk = Desk::with_queue("email");
    let waiting = tokio::spawn({
        let queues = desk.queues.clone();
        async move { queues.receive(&name("email"), &wait_s(20)).await.unwrap() }
    });
    let start = Instant::now();
    tokio::time::sleep(Duration::from_secs(3)).await;
    desk.send("email", "late");
    assert_eq!(waiting.await.unwrap()[0].body, "late");
    assert_eq!(start.elapsed().as_secs(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_message_that_comes_due_ends_the_wait() {
    let queues = Queues::in_memory_with_clock(TokioClock::start()).unwrap();
    let email = name("email");
    queues.create_queue(&email, &QueueChanges { visibility_timeout_s: Some(7), ..Default::default() }).unwrap();
    queues.send(&email, &SendMessage { delay_s: Some(4), ..SendMessage::new("x") }).unwrap();
    let start = Instant::now();
    assert_eq!(queues.receive(&email, &wait_s(20)).await.unwrap().len(), 1);
    assert_eq!(start.elapsed().as_secs(), 4);
    assert_eq!(queues.receive(&email, &wait_s(20)).await.unwrap()[0].receive_count, 2);
    assert_eq!(start.elapsed().as_secs(), 11);
}

#[tokio::test(start_paused = true)]
async fn a_deleted_fifo_message_ends_the_wait_for_its_group() {
    let desk = Desk::with_fifo("s.fifo");
    let queue = name("s.fifo");
    desk.send_message("s.fifo", grouped("1", "g", "1"));
    desk.send_message("s.fifo", grouped("2", "g", "2"));
    let first = desk.queues.receive(&queue, &wait_s(0)).await.unwrap().remove(0);
    let waiting = tokio::spawn({
        let queues = desk.queues.clone();
        async move { queues.receive(&name("s.fifo"), &wait_s(20)).await.unwrap() }
    });
    tokio::time::sleep(Duration::from_secs(1)).await;
    desk.queues.delete(&queue, &first.receipt_handle).unwrap();
    assert_eq!(waiting.await.unwrap()[0].body, "2");
}

#[tokio::test(start_paused = true)]
async fn a_deleted_queue_ends_the_wait_with_an_error() {
    let desk = Desk::with_queue("email");
    let waiting = tokio::spawn({
        let queues = desk.queues.clone();
        async move { queues.receive(&name("email"), &wait_s(20)).await }
    });
    tokio::time::sleep(Duration::from_secs(1)).await;
    desk.queues.delete_queue(&name("email")).unwrap();
    assert!(matches!(waiting.await.unwrap(), Err(SqsError::QueueDoesNotExist)));
}

/// The first process is not closed in any orderly way: its connection is still open when the file is opened again.
#[tokio::test(start_paused = true)]
async fn messages_outlive_their_process() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("queues.sqlite");
    let clock = TokioClock::start();
    let email = name("email");

    let killed = Queues::open_with_clock(&path, clock.clone()).unwrap();
    killed.create_queue(&email, &QueueChanges::default()).unwrap();
    for body in ["in flight", "waiting"] {
        killed.send(&email, &SendMessage::new(body)).unwrap();
    }
    let in_flight = killed.receive(&email, &wait_s(0)).await.unwrap().remove(0);

    let reopened = Queues::open_with_clock(&path, clock).unwrap();
    assert_eq!(reopened.receive(&email, &wait_s(0)).await.unwrap()[0].body, "waiting");
    assert!(reopened.receive(&email, &wait_s(20)).await.unwrap().is_empty());
    let back = reopened.receive(&email, &wait_s(20)).await.unwrap().remove(0);
    assert_eq!((back.body.as_str(), back.receive_count), ("in flight", 2));
    reopened.delete(&email, &in_flight.receipt_handle).unwrap();
}
