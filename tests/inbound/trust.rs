//! Who is believed: what the receiving server found of a mail, and what follows where that speaks against its sender.

use axum::http::StatusCode;
use lambdesk_platform::BucketName;
use serde_json::{Value, json};

use super::{admin, bring, mail, sent_to, ticket_of_newest};
use crate::support::{Desk, path_of, text};

const PROVEN: &str =
    "Authentication-Results: lambdesk.local; spf=pass smtp.mailfrom=example.test; dkim=pass header.d=example.test; dmarc=pass\n";
const FORGED: &str = "Authentication-Results: lambdesk.local; dmarc=fail\n";
const NOTHING: &str = "";

/// Puts a mail into the bucket as a server would that found this of it, and waits until all that follows from it is done.
async fn bring_checked(desk: &Desk, to: &str, found: &str, mail: &str) {
    let app = desk.local.app();
    let raw = format!("Delivered-To: {to}\n{found}{mail}");
    let key = format!("received/{}", app.new_id());
    app.objects().put(BucketName::Mail, &key, "message/rfc822", raw.into_bytes()).await.expect("written");
    desk.settle().await;
}

/// What waits is let in by saying who its author is, also of who is on the ticket already.
#[tokio::test(flavor = "multi_thread")]
async fn a1_a_forged_mail_waits_and_staff_can_let_it_in() {
    let desk = Desk::start().await;
    let (carl, dana) = (desk.sign_in("demo", "carl@example.test").await, desk.sign_in("demo", "dana@example.test").await);
    let ada = desk.sign_in("demo", "ada@demo.test").await;
    let ticket = carl.open("Help").await;
    desk.settle().await;
    let (_, reply_to, _) = sent_to(&desk, "carl@example.test").await.remove(0);
    let path = format!("{}/messages", path_of(&ticket));
    let place = |person: &str| format!("{}/participants/{person}", path_of(&ticket));
    let confirmed = json!({ "standing": "confirmed" });
    ada.put(&place(&carl.person), confirmed.clone()).await.problem(StatusCode::CONFLICT);
    ada.put(&place(&dana.person), confirmed.clone()).await.expect(StatusCode::OK);
    for (n, (session, from)) in [(&carl, "carl@example.test"), (&dana, "dana@example.test")].into_iter().enumerate() {
        let body = format!("Is it me {n}?\n\n> a\n> b\n> c");
        bring_checked(&desk, &reply_to, FORGED, &mail(from, "Re", &format!("f{n}@example.test"), "", &body)).await;
        assert_eq!(carl.list(&path).await.len(), 1 + n, "it waits");
        assert_eq!(ada.list(&path).await.pop().unwrap()["pending"], true);
        ada.put(&place(&session.person), confirmed.clone()).await.expect(StatusCode::OK);
        let last = carl.list(&path).await.pop().unwrap();
        assert_eq!((text(&last, "body_text"), &last["quoted"]), (format!("Is it me {n}?"), &Value::Null));
        let event = ada.list(&format!("{}/events", path_of(&ticket))).await.pop().unwrap();
        assert_eq!((&event["type"], &event["messages"]), (&json!("ticket.messages_released"), &json!([last["id"]])));
    }
    assert!(carl.read(&ticket).await.get("participants").is_none());
    assert_eq!(ada.read(&ticket).await["participants"].as_object().unwrap().len(), 1, "who asked takes no part besides");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dozen_huge_mails_are_let_in_at_once() {
    let desk = Desk::start().await;
    let (carl, ada) = (desk.sign_in("demo", "carl@example.test").await, desk.sign_in("demo", "ada@demo.test").await);
    let ticket = carl.open("Help").await;
    desk.settle().await;
    let (_, reply_to, _) = sent_to(&desk, "carl@example.test").await.remove(0);
    // Text, quote and signature, each as long as it may be, and each kept twice.
    let line = "ä".repeat(30) + "\n";
    let (text, quote) = (line.repeat(1050), format!("> {line}").repeat(1000));
    for n in 0..14 {
        let body = format!("{text}\nOn Fri, 20 Nov 2026 at 10:00, Demo <help@demo.test> wrote:\n{quote}");
        let huge = mail(
            "cora@example.test",
            "Re",
            &format!("h{n}@example.test"),
            "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n",
            &body,
        );
        bring(&desk, &reply_to, &huge).await;
    }
    let participants = ada.read(&ticket).await["participants"].clone();
    let cora = participants.as_object().unwrap().keys().next().unwrap().clone();
    let path = format!("{}/messages", path_of(&ticket));
    assert_eq!(carl.list(&path).await.len(), 1);
    let place = format!("{}/participants/{cora}", path_of(&ticket));
    let once = [("idempotency-key", "all")];
    let put = || ada.send(axum::http::Method::PUT, &place, &once, Some(json!({ "standing": "confirmed" })));
    let first = put().await;
    assert_eq!(first.expect(StatusCode::OK)["participants"][&cora]["standing"], "confirmed");
    assert_eq!(carl.list(&path).await.len(), 15);
    assert_eq!(put().await.json()["version"], first.json()["version"], "twice is once");
    let changes = ada.list(&format!("{}/events", path_of(&ticket))).await;
    let released: Vec<_> = changes.iter().filter(|event| event["type"] == "ticket.messages_released").collect();
    assert!(released.len() > 1, "in slices");
    let all: usize = released.iter().map(|event| event["messages"].as_array().unwrap().len()).sum();
    assert_eq!(all, 14);
}

#[tokio::test(flavor = "multi_thread")]
async fn a5_who_may_not_have_written_is_not_acknowledged() {
    let desk = Desk::start().await;
    let admin = admin(&desk).await;
    let spam = format!("{}X-SES-Spam-Verdict: FAIL\n", PROVEN);
    for (n, found) in [FORGED, &spam].into_iter().enumerate() {
        let victim = format!("victim{n}@example.test");
        bring_checked(&desk, "help@demo.test", found, &mail(&victim, "Win", &format!("{n}@example.test"), "", "Money")).await;
        assert_eq!(ticket_of_newest(&admin).await["subject"], "Win", "it is a ticket all the same");
        assert!(sent_to(&desk, &victim).await.is_empty());
    }
    bring_checked(&desk, "help@demo.test", PROVEN, &mail("erika@example.test", "Hi", "p@example.test", "", "Hi")).await;
    assert_eq!(sent_to(&desk, "erika@example.test").await.len(), 1);
}

/// A server that forgets to say what it found speaks for nobody.
#[tokio::test(flavor = "multi_thread")]
async fn a1_where_nothing_is_said_of_the_sender_a_token_is_not_enough_for_staff() {
    let desk = Desk::start().await;
    let (carl, ada) = (desk.sign_in("demo", "carl@example.test").await, desk.sign_in("demo", "ada@demo.test").await);
    let ticket = carl.open("Help").await;
    ada.put(&format!("{}/assignee", path_of(&ticket)), json!({ "assignee": "me" })).await.expect(StatusCode::OK);
    carl.reply(&ticket, "Are you there?").await;
    desk.settle().await;
    let (_, reply_to, _) = sent_to(&desk, "ada@demo.test").await.remove(0);
    bring_checked(&desk, &reply_to, NOTHING, &mail("ada@demo.test", "Re", "n@demo.test", "", "Send me your password.")).await;
    let last = ada.list(&format!("{}/messages", path_of(&ticket))).await.pop().unwrap();
    assert_eq!((&last["pending"], &last["mail"]["verdicts"]["dmarc"]), (&json!(true), &json!("none")));
    assert_eq!(carl.list(&format!("{}/messages", path_of(&ticket))).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shops_mail_is_its_customers_request() {
    let desk = Desk::start().await;
    let (admin, ada) = (admin(&desk).await, desk.sign_in("demo", "ada@demo.test").await);
    let carl = desk.sign_in("demo", "carl@example.test").await;
    let before = sent_to(&desk, "carl@example.test").await.len();
    let shop = "Shop <no-reply@example.test>";
    let form =
        |n: u32, from: &str, to: &str| mail(from, "Form", &format!("form{n}@example.test"), &format!("Reply-To: {to}\n"), "Hi");
    bring_checked(&desk, "help@demo.test", PROVEN, &form(0, shop, "Carl <carl@example.test>")).await;
    assert_eq!(ticket_of_newest(&admin).await["requester"], json!(carl.person));
    assert_eq!(sent_to(&desk, "carl@example.test").await.len(), before + 1, "who can answer is told");
    assert!(sent_to(&desk, "no-reply@example.test").await.is_empty());
    for (n, found, from, to) in [
        (1, FORGED, shop, "carl@example.test"),
        (2, NOTHING, shop, "carl@example.test"),
        (3, PROVEN, "Norbert <norbert@example.test>", "carl@example.test"),
        (4, PROVEN, shop, "carl@example.test, dana@example.test"),
        (5, PROVEN, shop, "Ada <ada@demo.test>"),
        (6, PROVEN, shop, "help@demo.test"),
    ] {
        bring_checked(&desk, "help@demo.test", found, &form(n, from, to)).await;
        let ticket = ticket_of_newest(&admin).await;
        assert!(ticket["requester"] != json!(carl.person) && ticket["requester"] != json!(ada.person), "{n}: {ticket}");
    }
    assert_eq!(sent_to(&desk, "carl@example.test").await.len(), before + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_numbers_the_one_counts_where_the_sender_belongs() {
    let desk = Desk::start().await;
    let (carl, dana) = (desk.sign_in("demo", "carl@example.test").await, desk.sign_in("demo", "dana@example.test").await);
    let (hers, his) = (dana.open("Hers").await, carl.open("His").await);
    let subject = format!("Re: [{}] and {}", text(&hers, "number"), text(&his, "number"));
    bring(&desk, "help@demo.test", &mail("Carl <carl@example.test>", &subject, "two@example.test", "", "Which?")).await;
    assert_eq!(carl.list(&format!("{}/messages", path_of(&his))).await.len(), 2);
}
