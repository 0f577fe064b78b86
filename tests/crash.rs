//! `kill -9` in the middle of five hundred writes and the jobs that follow from them. What was acknowledged is there; every
//! event led to its mail; no mail was sent twice, unless the kill fell between sending and the mark, and then under the
//! same Message-ID.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Client, Session, deliver, text};

const WRITERS: usize = 8;
const WRITES: usize = 500;
/// Writes acknowledged before each kill.
const KILL_AT: [usize; 2] = [150, 320];
/// Mails that may be on their way at the moment of a kill: one a batch, four batches.
const IN_FLIGHT: usize = 4;

/// The desk as a process of its own.
pub(crate) struct Process {
    child: Child,
    pub(crate) client: Client,
    /// Where it takes mail.
    smtp: SocketAddr,
}

impl Process {
    pub(crate) fn start(data: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_lambdesk"))
            .args(["--port", "0", "--smtp-port", "0", "--data-dir"])
            .arg(data)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the desk starts");
        let stdout = BufReader::new(child.stdout.take().expect("piped"));
        let mut lines = stdout.lines().map_while(Result::ok);
        let mut says =
            |what: &str| lines.find_map(|line| line.strip_prefix(what).map(str::to_owned)).expect("it says where it is");
        let (ready, smtp) = (says("ready "), says("smtp "));
        // Keep the pipe drained, or the process would stop at a full one.
        std::thread::spawn(move || lines.for_each(drop));
        Self { client: Client::new(ready.trim()), smtp: smtp.trim().parse().expect("an address"), child }
    }

    pub(crate) fn kill(mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("gone");
    }
}

/// What the desk acknowledged.
#[derive(Default)]
struct Acknowledged {
    /// Ticket id to its subject.
    tickets: BTreeMap<String, String>,
    /// Reply to its ticket's id, by the reply's own words.
    replies: BTreeMap<String, String>,
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_kill_9() {
    let data = tempfile::tempdir().expect("a directory");
    let acknowledged = Arc::new(Mutex::new(Acknowledged::default()));
    let next = Arc::new(AtomicUsize::new(0));
    for kill_at in KILL_AT {
        let process = Process::start(data.path());
        let writers = spawn_writers(&process.client, &acknowledged, &next).await;
        wait_for(|| count(&acknowledged) >= kill_at).await;
        process.kill();
        for writer in writers {
            writer.await.expect("a writer ends when nobody answers");
        }
    }
    let process = Process::start(data.path());
    for writer in spawn_writers(&process.client, &acknowledged, &next).await {
        writer.await.expect("the last round writes to the end");
    }
    let acknowledged = std::mem::take(&mut *acknowledged.lock().unwrap());
    // A writer whose process dies loses the write it was at and the one that would have followed.
    assert!(acknowledged.tickets.len() + acknowledged.replies.len() >= WRITES - KILL_AT.len() * WRITERS * 2);
    check_state(&process.client, &acknowledged).await;
    check_mail(&process.client, &acknowledged).await;
    process.kill();
}

fn count(acknowledged: &Mutex<Acknowledged>) -> usize {
    let acknowledged = acknowledged.lock().unwrap();
    acknowledged.tickets.len() + acknowledged.replies.len()
}

async fn wait_for(condition: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(120);
    while !condition() {
        assert!(Instant::now() < deadline, "the writers are stuck");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

async fn spawn_writers(
    client: &Client,
    acknowledged: &Arc<Mutex<Acknowledged>>,
    next: &Arc<AtomicUsize>,
) -> Vec<tokio::task::JoinHandle<()>> {
    let ada = client.sign_in("demo", "ada@demo.test").await;
    let spawn = |_| {
        let (ada, acknowledged, next) = (ada.clone(), acknowledged.clone(), next.clone());
        tokio::spawn(async move { while write(&ada, &acknowledged, &next).await.is_some() {} })
    };
    (0..WRITERS).map(spawn).collect()
}

/// Opens a ticket, then answers it: two writes. `None` when all are done or nobody answers. A requester each, because nobody
/// is sent more than a few acknowledgements an hour.
async fn write(ada: &Session, acknowledged: &Mutex<Acknowledged>, next: &AtomicUsize) -> Option<()> {
    let n = next.fetch_add(2, Ordering::SeqCst);
    if n >= WRITES {
        return None;
    }
    let subject = format!("Write {n}");
    let open = json!({ "subject": subject, "body": "x", "requester": format!("writer{n}@example.test") });
    let answer = ada.try_send(Method::POST, "/v1/tickets", &[], Some(open)).await?;
    let id = text(&answer.expect(StatusCode::CREATED), "id");
    acknowledged.lock().unwrap().tickets.insert(id.clone(), subject);
    let words = format!("Answer {n}");
    let reply = json!({ "kind": "reply", "body": words });
    let answer = ada.try_send(Method::POST, &format!("/v1/tickets/{id}/messages"), &[], Some(reply)).await?;
    answer.expect(StatusCode::CREATED);
    acknowledged.lock().unwrap().replies.insert(words, id);
    Some(())
}

async fn check_state(client: &Client, acknowledged: &Acknowledged) {
    let ada = client.sign_in("demo", "ada@demo.test").await;
    let mut numbers = BTreeSet::new();
    for (id, subject) in &acknowledged.tickets {
        let thread = ada.get(&format!("/v1/tickets/{id}?include=messages,events")).await.expect(StatusCode::OK);
        assert_eq!(thread["subject"], *subject);
        assert!(numbers.insert(text(&thread, "number")), "a number stands twice");
        let said: Vec<_> = thread["messages"].as_array().unwrap().iter().map(|message| text(message, "body")).collect();
        let answers = acknowledged.replies.iter().filter(|(_, ticket)| *ticket == id);
        assert!(answers.clone().all(|(words, _)| said.contains(words)), "{subject}: {said:?}");
        let events = thread["events"].as_array().unwrap();
        let told = events.iter().filter(|event| event["type"] == "ticket.message_added").count();
        assert_eq!(told, said.len(), "a message and its event are one");
        assert_eq!(thread["version"], said.len(), "one version a change");
    }
}

/// Every acknowledged ticket and reply led to a mail; the same mail twice only as often as kills can explain.
async fn check_mail(client: &Client, acknowledged: &Acknowledged) {
    let deadline = Instant::now() + Duration::from_secs(180);
    loop {
        let mails = mailbox(client).await;
        let subjects: BTreeSet<_> = mails.iter().map(|(_, subject, _)| subject.clone()).collect();
        let sent = |suffix: &str, kind: &str| {
            mails
                .iter()
                .any(|(id, subject, _)| subject.ends_with(suffix) && id.starts_with("ticket.") == (kind == "acknowledgement"))
        };
        let missing_tickets =
            acknowledged.tickets.values().filter(|subject| !sent(&format!("] {subject}"), "acknowledgement")).count();
        let replied =
            |ticket: &String| acknowledged.tickets.get(ticket).is_some_and(|subject| sent(&format!("] {subject}"), "reply"));
        let missing_replies = acknowledged.replies.values().filter(|ticket| !replied(ticket)).count();
        if missing_tickets + missing_replies == 0 {
            check_duplicates(&mails);
            return;
        }
        assert!(
            Instant::now() < deadline,
            "{missing_tickets} acknowledgements and {missing_replies} replies were never mailed, of {}",
            subjects.len()
        );
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

fn check_duplicates(mails: &[(String, String, String)]) {
    let ids: BTreeSet<_> = mails.iter().map(|(id, ..)| id).collect();
    let twice = mails.len() - ids.len();
    assert!(twice <= KILL_AT.len() * IN_FLIGHT, "{twice} mails were sent twice");
    let things: BTreeSet<_> = mails.iter().map(|(id, subject, to)| (id.starts_with("ticket."), subject, to)).collect();
    assert_eq!(things.len(), ids.len(), "the same mail again has the same Message-ID");
}

/// Message-ID, subject and recipient of every mail about our writes.
async fn mailbox(client: &Client) -> Vec<(String, String, String)> {
    let listed = client.anonymous().get("/local/mailbox").await.expect(StatusCode::OK);
    let entry = |mail: &Value| (text(mail, "message_id"), text(mail, "subject"), mail["to"].to_string());
    listed["items"].as_array().unwrap().iter().map(entry).filter(|(_, subject, _)| subject.contains("] Write ")).collect()
}

/// Mails, at so many connections, with kills after so many were taken.
const MAILS: usize = 240;
const CONNECTIONS: usize = 8;
const KILLS: [usize; 2] = [60, 150];

#[tokio::test(flavor = "multi_thread")]
async fn mail_that_was_taken_becomes_one_ticket_through_kill_9() {
    let data = tempfile::tempdir().expect("a directory");
    let taken = Arc::new(Mutex::new(BTreeSet::new()));
    for kill_at in KILLS {
        let process = Process::start(data.path());
        let senders = spawn_senders(process.smtp, &taken);
        wait_for(|| taken.lock().unwrap().len() >= kill_at).await;
        process.kill();
        for sender in senders {
            sender.await.expect("a sender ends when nobody answers");
        }
    }
    let process = Process::start(data.path());
    for sender in spawn_senders(process.smtp, &taken) {
        sender.await.expect("the last round delivers to the end");
    }
    assert_eq!(taken.lock().unwrap().len(), MAILS);
    let admin = process.client.sign_in("demo", "admin@demo.test").await;
    let deadline = Instant::now() + Duration::from_secs(180);
    let tickets = loop {
        let tickets = admin.list("/v1/tickets?limit=100&status=open").await;
        let by_mail: Vec<_> =
            tickets.iter().filter(|ticket| ticket["channel"] == "email").map(|ticket| text(ticket, "subject")).collect();
        if by_mail.len() >= MAILS {
            break by_mail;
        }
        assert!(Instant::now() < deadline, "{} of {MAILS} mails are tickets", by_mail.len());
        tokio::time::sleep(Duration::from_millis(200)).await;
    };
    let distinct: BTreeSet<_> = tickets.iter().collect();
    assert_eq!((tickets.len(), distinct.len()), (MAILS, MAILS), "none twice");
    let failed = admin.list("/v1/inbound-mails?outcome=failed").await;
    assert!(failed.is_empty(), "{failed:?}");
    process.kill();
}

/// Each brings its share, and again what nobody said was taken: as mail servers do. Another sender each, because one sender's are
/// capped.
fn spawn_senders(at: SocketAddr, taken: &Arc<Mutex<BTreeSet<usize>>>) -> Vec<tokio::task::JoinHandle<()>> {
    let spawn = |connection: usize| {
        let taken = taken.clone();
        tokio::spawn(async move {
            for n in (connection..MAILS).step_by(CONNECTIONS) {
                if taken.lock().unwrap().contains(&n) {
                    continue;
                }
                let from = format!("sender{n}@example.test");
                let mail =
                    format!("From: {from}\nTo: help@demo.test\nSubject: Mail {n}\nMessage-ID: <{n}@example.test>\n\nHelp.\n");
                if deliver(at, &from, "help@demo.test", &mail).await.is_err() {
                    return;
                }
                taken.lock().unwrap().insert(n);
            }
        })
    };
    (0..CONNECTIONS).map(spawn).collect()
}
