use std::sync::atomic::{AtomicI64, Ordering};

use jiff::SignedDuration;
use tempfile::TempDir;

use super::*;

const RAW: &[u8] = b"From: Help <help@example.com>\r\n\
    To: A <a@example.org>, b@example.org\r\n\
    Cc: c@example.org\r\n\
    Subject: =?utf-8?q?Caf=C3=A9?=\r\n on the corner\r\n\
    Message-ID: <a@b>\r\n\r\nbody text\r\n";

fn frozen() -> Clock {
    Arc::new(|| "2026-03-01T10:00:00Z".parse().unwrap())
}

fn open(directory: &Path) -> Mailbox {
    Mailbox::open(directory.to_owned(), None, frozen()).unwrap()
}

fn new_mail(subject: &str) -> NewMail {
    NewMail {
        raw: format!("Subject: {subject}\r\n\r\n").into_bytes(),
        source: Some("help@example.com".to_owned()),
        destinations: vec!["user@example.org".to_owned()],
        ..NewMail::default()
    }
}

fn subjects(mailbox: &Mailbox) -> Vec<String> {
    mailbox.list().into_iter().map(|mail| mail.subject).collect()
}

#[test]
fn the_envelope_comes_from_the_headers_if_nothing_else_says() {
    let directory = TempDir::new().unwrap();
    let mailbox = open(directory.path());
    let mail = mailbox.store(NewMail { raw: RAW.to_vec(), ..NewMail::default() }).unwrap();
    assert_eq!(mail.from, "help@example.com");
    assert_eq!(mail.to, ["a@example.org", "b@example.org", "c@example.org"]);
    assert_eq!(mail.subject, "Café on the corner");
    assert_eq!(mail.message_id.as_deref(), Some("a@b"));
    assert_eq!(mail.sent_at.to_string(), "2026-03-01T10:00:00Z");
    assert_eq!(mailbox.raw(mail.id).unwrap(), RAW);
}

#[test]
fn the_callers_envelope_wins() {
    let directory = TempDir::new().unwrap();
    let mailbox = open(directory.path());
    let new = NewMail {
        raw: RAW.to_vec(),
        source: Some("Desk <desk@example.com>".to_owned()),
        destinations: vec!["only@example.org".to_owned()],
        ..NewMail::default()
    };
    let mail = mailbox.store(new).unwrap();
    assert_eq!((mail.from.as_str(), mail.to), ("desk@example.com", vec!["only@example.org".into()]));
}

#[test]
fn a_mail_from_nobody_or_to_nobody_is_refused() {
    let directory = TempDir::new().unwrap();
    let mailbox = open(directory.path());
    let no_sender = NewMail { source: None, ..new_mail("x") };
    assert!(matches!(mailbox.store(no_sender), Err(MailError::NoSender)));
    let no_recipient = NewMail { destinations: Vec::new(), ..new_mail("x") };
    assert!(matches!(mailbox.store(no_recipient), Err(MailError::NoRecipient)));
    assert!(mailbox.list().is_empty());
}

#[test]
fn mails_are_newest_first_even_within_a_moment_and_after_reopening() {
    let directory = TempDir::new().unwrap();
    let mailbox = open(directory.path());
    for subject in ["1", "2", "3", "4"] {
        mailbox.store(new_mail(subject)).unwrap();
    }
    assert_eq!(subjects(&mailbox), ["4", "3", "2", "1"]);
    assert_eq!(open(directory.path()).list(), mailbox.list());
}

#[test]
fn time_orders_the_mails() {
    let directory = TempDir::new().unwrap();
    let seconds = Arc::new(AtomicI64::new(0));
    let ticking = Arc::clone(&seconds);
    let clock: Clock = Arc::new(move || {
        let now = ticking.load(Ordering::Relaxed);
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs(now)
    });
    let mailbox = Mailbox::open(directory.path().to_owned(), None, clock).unwrap();
    mailbox.store(new_mail("first")).unwrap();
    seconds.store(60, Ordering::Relaxed);
    mailbox.store(new_mail("second")).unwrap();
    assert_eq!(subjects(&mailbox), ["second", "first"]);
}

#[test]
fn what_a_kill_left_unfinished_is_not_a_mail() {
    let directory = TempDir::new().unwrap();
    let mailbox = open(directory.path());
    let mail = mailbox.store(new_mail("kept")).unwrap();
    let killed = mailbox.new_id();
    fs::write(directory.path().join(format!("{killed}.eml")), "whole").unwrap();
    fs::write(directory.path().join(format!("{killed}.json.tmp")), "{\"id\":").unwrap();
    fs::write(directory.path().join("notes.txt"), "someone else's").unwrap();

    let reopened = open(directory.path());
    assert_eq!(subjects(&reopened), ["kept"]);
    let mut names: Vec<_> =
        fs::read_dir(directory.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names, [format!("{}.eml", mail.id), format!("{}.json", mail.id), "notes.txt".into()]);
}

#[test]
fn an_unknown_id_has_no_message() {
    let directory = TempDir::new().unwrap();
    let error = open(directory.path()).raw(Uuid::nil()).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::NotFound);
}
