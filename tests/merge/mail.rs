//! What mails do about tickets that were merged, and what followers are told.

use axum::http::StatusCode;
use serde_json::json;

use super::{merge, texts, three};
use crate::{
    inbound::{bring, mail, sent_to},
    mail::mails_about,
    support::{Desk, path_of, text},
};

#[tokio::test(flavor = "multi_thread")]
async fn answers_by_mail_follow_by_token_by_reference_and_by_number() {
    let (desk, carl, dana, ada) = three().await;
    let (first, second, target) = (dana.open("One").await, dana.open("Two").await, carl.open("Three").await);
    desk.settle().await;
    let (subject, reply_to, message_id) = sent_to(&desk, "dana@example.test").await.remove(1);
    assert!(subject.contains(&text(&first, "number")));
    let before = sent_to(&desk, "dana@example.test").await.len();
    // A chain: the first went into the second, and this into the third.
    merge(&ada, &first, &second).await.expect(StatusCode::OK);
    merge(&ada, &second, &target).await.expect(StatusCode::OK);
    desk.settle().await;
    assert_eq!(sent_to(&desk, "dana@example.test").await.len(), before, "nobody is told that anything was resolved");
    let from = "Dana <dana@example.test>";
    bring(&desk, &reply_to, &mail(from, "Re", "a@example.test", "", "By token.")).await;
    bring(
        &desk,
        "help@demo.test",
        &mail(from, "Re", "b@example.test", &format!("In-Reply-To: <{message_id}>\n"), "By reference."),
    )
    .await;
    bring(&desk, "help@demo.test", &mail(from, &format!("Re: {subject}"), "c@example.test", "", "By number.")).await;
    assert_eq!(texts(&ada, &target).await[3..], ["By token.", "By reference.", "By number."]);
    let said = ada.list(&format!("{}/messages", path_of(&target))).await;
    assert!(said[3..].iter().all(|message| message["ticket"] == target["id"] && message["pending"] == false), "{said:?}");
    // A stranger with a mail of hers waits, on the ticket that goes on.
    let forwarded = mail("Eve <eve@evil.test>", "Re", "e@evil.test", &format!("In-Reply-To: <{message_id}>\n"), "Let me in.");
    bring(&desk, "help@demo.test", &forwarded).await;
    assert_eq!(ada.list(&format!("{}/messages", path_of(&target))).await.last().unwrap()["pending"], true);
    assert_eq!(texts(&carl, &target).await.len(), 6, "unseen by customers");
    // The answer goes to both, and to her by her own address.
    ada.reply(&target, "An answer to all").await;
    desk.settle().await;
    let to: Vec<_> = mails_about(&desk, &target).await.iter().map(|mail| mail.to.clone()).collect();
    for address in ["carl@example.test", "dana@example.test"] {
        assert!(to.iter().any(|known| known == address), "{to:?}");
    }
    assert_eq!(sent_to(&desk, "dana@example.test").await.len(), before + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waited_on_the_source_is_let_in_on_the_target() {
    let (desk, carl, dana, ada) = three().await;
    let (source, target) = (dana.open("One").await, carl.open("Two").await);
    desk.settle().await;
    let (_, _, message_id) = sent_to(&desk, "dana@example.test").await.remove(0);
    let waits =
        mail("Fred <fred@example.test>", "Re", "f@example.test", &format!("In-Reply-To: <{message_id}>\n"), "I am with her.");
    bring(&desk, "help@demo.test", &waits).await;
    let fred = ada.read(&source).await["participants"].as_object().unwrap().keys().next().unwrap().clone();
    merge(&ada, &source, &target).await.expect(StatusCode::OK);
    assert_eq!(ada.read(&target).await["participants"][&fred]["standing"], "pending");
    assert_eq!(texts(&carl, &target).await.len(), 2);
    let place = format!("{}/participants/{fred}", path_of(&target));
    ada.put(&place, json!({ "standing": "copied" })).await.expect(StatusCode::OK);
    assert_eq!(texts(&carl, &target).await, ["Please help.", "Please help.", "I am with her."]);
}

#[tokio::test(flavor = "multi_thread")]
async fn followers_are_told_what_is_said_once_and_not_of_their_own() {
    let desk = Desk::start().await;
    let (carl, ada) = (desk.sign_in("demo", "carl@example.test").await, desk.sign_in("demo", "ada@demo.test").await);
    let ben = desk.sign_in("demo", "ben@demo.test").await;
    let ticket = carl.open("Help").await;
    let me = format!("{}/followers/me", path_of(&ticket));
    let followed = ben.put(&me, json!({})).await.expect(StatusCode::OK);
    assert_eq!(followed["followers"], json!([ben.person]));
    assert!(carl.read(&ticket).await.get("followers").is_none());
    desk.settle().await;
    carl.reply(&ticket, "A reply by the customer").await;
    ada.reply(&ticket, "A reply by staff").await;
    ada.note(&ticket, "A note").await;
    ada.note(&ticket, "@ben, a note to you").await;
    ben.note(&ticket, "His own").await;
    desk.settle().await;
    let mails = mails_about(&desk, &ticket).await;
    let to_ben: Vec<_> = mails.iter().filter(|mail| mail.to == "ben@demo.test").collect();
    let told: Vec<_> = ["A reply by the customer", "A reply by staff", "A note", "a note to you", "His own"]
        .map(|said| to_ben.iter().filter(|mail| mail.text.contains(said)).count())
        .to_vec();
    assert_eq!(told, [1, 1, 1, 1, 0]);
    assert!(to_ben.iter().filter(|mail| mail.text.contains("which you follow")).count() == 3, "named, he is told as that");
    assert!(mails.iter().filter(|mail| mail.to == "carl@example.test").all(|mail| !mail.text.contains("note")));
    // What he answers by mail is a note.
    let reply_to = to_ben[0].reply_to.clone();
    bring(&desk, &reply_to, &mail("Ben <ben@demo.test>", "Re", "n@demo.test", "", "I know that one.")).await;
    let last = ada.list(&format!("{}/messages", path_of(&ticket))).await.pop().unwrap();
    assert_eq!((&last["kind"], text(&last, "body_text").as_str()), (&json!("note"), "I know that one."));
    // Muted, and ended, it stays quiet.
    ben.patch("/v1/me/preferences", json!({ "muted": ["followed"] })).await.expect(StatusCode::OK);
    ada.note(&ticket, "Muted").await;
    ben.patch("/v1/me/preferences", json!({ "muted": null })).await.expect(StatusCode::OK);
    desk.settle().await;
    ben.delete(&me).await.expect(StatusCode::OK);
    ada.note(&ticket, "Ended").await;
    desk.settle().await;
    let mails = mails_about(&desk, &ticket).await;
    let quiet = mails.iter().filter(|mail| mail.to == "ben@demo.test" && mail.text.contains("Ended")).count();
    assert_eq!(quiet, 0);
    ben.delete(&me).await.problem(StatusCode::NOT_FOUND);
}
