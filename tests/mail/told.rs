//! Who is told what, and who said that they do not want to be.

use axum::http::{Method, StatusCode};
use serde_json::json;

use super::{
    links::{join, reply_with_file},
    mails_about,
};
use crate::{
    attachments::upload,
    support::{Desk, path_of},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_note_tells_those_it_names_and_no_customer() {
    let desk = Desk::start().await;
    let (carl, ada) = (desk.sign_in("demo", "carl@example.test").await, desk.sign_in("demo", "ada@demo.test").await);
    let ticket = carl.open("Help").await;
    let note = ada.note(&ticket, "@ben, @carl and @ada: have you seen <b>this</b>?").await;
    assert_eq!(note["mentions"].as_array().map(Vec::len), Some(2), "{note}");
    desk.settle().await;
    let mails = mails_about(&desk, &ticket).await;
    let mut told: Vec<_> = mails.iter().map(|mail| mail.to.as_str()).collect();
    told.sort_unstable();
    assert_eq!(told, ["ben@demo.test", "carl@example.test"]);
    let named = mails.iter().find(|mail| mail.to == "ben@demo.test").expect("his");
    assert!(named.text.contains("Ada Berg named you") && named.reply_to.starts_with("reply+"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_open_again_is_told_to_who_has_it() {
    let desk = Desk::start().await;
    let (carl, ada) = (desk.sign_in("demo", "carl@example.test").await, desk.sign_in("demo", "ada@demo.test").await);
    let ticket = carl.open("Help").await;
    ada.put(&format!("{}/assignee", path_of(&ticket)), json!({ "assignee": "me" })).await.expect(StatusCode::OK);
    carl.set_status(&ticket, "closed").await.expect(StatusCode::OK);
    carl.set_status(&ticket, "in_progress").await.expect(StatusCode::OK);
    desk.settle().await;
    let mails = mails_about(&desk, &ticket).await;
    assert_eq!((mails.len(), mails[1].to.as_str()), (2, "ada@demo.test"));
    assert!(mails[1].text.contains("is open again"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_muted_does_not_come() {
    let desk = Desk::start().await;
    let (carl, ada) = (desk.sign_in("demo", "carl@example.test").await, desk.sign_in("demo", "ada@demo.test").await);
    let path = "/v1/me/preferences";
    let before = carl.get(path).await;
    assert_eq!(before.expect(StatusCode::OK)["mutable"], json!(["acknowledgement", "resolution"]));
    assert_eq!(carl.patch(path, json!({ "muted": ["reply"] })).await.wrong_fields(StatusCode::UNPROCESSABLE_ENTITY), ["muted"]);
    let signature = carl.patch(path, json!({ "signature": "Carl" })).await;
    assert_eq!(signature.wrong_fields(StatusCode::UNPROCESSABLE_ENTITY), ["signature"]);
    let changed = carl.patch(path, json!({ "muted": ["acknowledgement"] })).await;
    assert_eq!(changed.expect(StatusCode::OK)["version"], 1);
    let stale = [("if-match", before.header("etag"))];
    carl.send(Method::PATCH, path, &stale, Some(json!({ "language": "de" }))).await.problem(StatusCode::PRECONDITION_FAILED);
    let ticket = carl.open("Quiet please").await;
    ada.reply(&ticket, "An answer comes all the same.").await;
    desk.settle().await;
    let mails = mails_about(&desk, &ticket).await;
    assert_eq!(mails.len(), 1);
    assert!(mails[0].text.contains("all the same"));
}

#[tokio::test(flavor = "multi_thread")]
async fn mails_are_in_the_readers_language_and_signed_by_their_writer() {
    let desk = Desk::start().await;
    let (carl, ada) = (desk.sign_in("demo", "carl@example.test").await, desk.sign_in("demo", "ada@demo.test").await);
    carl.patch("/v1/me/preferences", json!({ "language": "de" })).await.expect(StatusCode::OK);
    let signature = json!({ "signature": "Ada Berg\n<Support>" });
    ada.patch("/v1/me/preferences", signature).await.expect(StatusCode::OK);
    let ticket = carl.open("Drucker").await;
    desk.settle().await;
    ada.reply(&ticket, "Bitte neu starten.").await;
    desk.settle().await;
    let mails = mails_about(&desk, &ticket).await;
    assert!(mails[0].text.contains("Guten Tag Carl Lindner") && mails[0].text.contains("Anfrage"), "{}", mails[0].text);
    assert!(mails[1].text.replace("\r\n", "\n").contains("Ada Berg\n<Support>"), "{}", mails[1].text);
    assert!(mails[1].html.contains("&lt;Support&gt;"), "{}", mails[1].html);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_takes_part_reads_replies_with_their_files() {
    let desk = Desk::start().await;
    let (carl, dana) = (desk.sign_in("demo", "carl@example.test").await, desk.sign_in("demo", "dana@example.test").await);
    let ada = desk.sign_in("demo", "ada@demo.test").await;
    let ticket = carl.open("Help").await;
    join(&desk, "demo", &ticket, &dana.person).await;
    desk.settle().await;
    reply_with_file(&desk, "demo", &ticket, &ada.person).await;
    desk.settle().await;
    let mails = mails_about(&desk, &ticket).await;
    let told: Vec<_> = mails.iter().map(|mail| mail.to.as_str()).collect();
    assert_eq!(told, ["carl@example.test", "carl@example.test", "dana@example.test"]);
    for mail in &mails[1..] {
        assert!(mail.raw.contains("log.txt") && mail.text.contains("- virus.exe"), "{}", mail.raw);
    }
    assert!(!mails[1].raw.contains("List-Unsubscribe"), "an answer to his own request always comes");
    assert!(mails[2].raw.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"));
}

/// A file is attached before anybody has looked at it; the mail knows what was found since.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_was_just_uploaded_goes_with_the_answer() {
    let desk = Desk::start().await;
    let (carl, ada) = (desk.sign_in("demo", "carl@example.test").await, desk.sign_in("demo", "ada@demo.test").await);
    let ticket = carl.open("Help").await;
    let file = upload(&ada, &format!("{}/attachments", path_of(&ticket)), "how-to.txt", b"Unplug it.").await;
    let reply = json!({ "kind": "reply", "body": "See the file.", "attachments": [file] });
    ada.post(&format!("{}/messages", path_of(&ticket)), reply).await.expect(StatusCode::CREATED);
    desk.settle().await;
    let mail = mails_about(&desk, &ticket).await.pop().unwrap();
    assert!(mail.text.contains("See the file.") && !mail.text.contains("how-to.txt"), "{}", mail.text);
    assert!(mail.raw.contains("how-to.txt"), "{}", mail.raw);
}

/// Whoever writes in somebody's name must not fill their mailbox.
#[tokio::test(flavor = "multi_thread")]
async fn a5_acknowledgements_end_after_five_an_hour() {
    let desk = Desk::start().await;
    let erik = desk.sign_in("erlessed", "customer@erlessed.test").await;
    for n in 0..7 {
        erik.open(&format!("Flood {n}")).await;
    }
    desk.settle().await;
    let count = async || super::mails(&desk).await.iter().filter(|mail| mail.subject.contains("Flood")).count();
    assert_eq!(count().await, 5);
    let agent = desk.sign_in("erlessed", "agent@erlessed.test").await;
    let seventh = erik.open("Flood again").await;
    agent.reply(&seventh, "An answer is no acknowledgement.").await;
    desk.settle().await;
    assert_eq!(count().await, 6);
}
