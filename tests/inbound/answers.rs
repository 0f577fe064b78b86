//! What staff answer by mail: to whom it goes, and what of it customers see.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{admin, bring, mail, sent_to};
use crate::support::{Desk, Session, path_of, text};

async fn messages(reader: &Session, ticket: &Value) -> Vec<Value> {
    reader.list(&format!("{}/messages", path_of(ticket))).await
}

/// The text of the newest mail to somebody, and its HTML.
async fn newest_mail_to(desk: &Desk, address: &str) -> (String, String) {
    let listed = desk.client.anonymous().get("/local/mailbox").await.expect(StatusCode::OK);
    for entry in listed["items"].as_array().unwrap() {
        let raw = desk.client.anonymous().get(&format!("/local/mailbox/{}", text(entry, "id"))).await.body;
        let mail = mail_parser::MessageParser::default().parse(&raw).expect("a mail");
        if mail.to().and_then(|to| to.first()).and_then(|to| to.address()) == Some(address) {
            return (mail.body_text(0).unwrap_or_default().into_owned(), mail.body_html(0).unwrap_or_default().into_owned());
        }
    }
    panic!("no mail to {address}")
}

/// The mail shows the note, and whoever answers it quotes it.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_to_a_note_is_a_note() {
    let desk = Desk::start().await;
    let (admin, ada) = (admin(&desk).await, desk.sign_in("demo", "ada@demo.test").await);
    let carl = desk.sign_in("demo", "carl@example.test").await;
    let ticket = carl.open("Help").await;
    ada.note(&ticket, "@ben: Carl owes us a fortune.").await;
    desk.settle().await;
    let (_, reply_to, _) = sent_to(&desk, "ben@demo.test").await.remove(0);
    let (noted, _) = newest_mail_to(&desk, "ben@demo.test").await;
    assert!(noted.contains("becomes a note"), "the mail says what an answer to it is: {noted}");
    let before = sent_to(&desk, "carl@example.test").await.len();
    // A program that quotes without a sign that any rule knows.
    let answer = format!("I know.\n\nBen Okoro skrev tidigare\n\n{noted}");
    bring(&desk, &reply_to, &mail("Ben <ben@demo.test>", "Re", "note@demo.test", "", &answer)).await;
    let seen = messages(&carl, &ticket).await;
    assert!(seen.len() == 1 && !json!(seen).to_string().contains("fortune"), "{seen:?}");
    assert_eq!(sent_to(&desk, "carl@example.test").await.len(), before);
    let last = messages(&admin, &ticket).await.pop().unwrap();
    assert_eq!((&last["kind"], &last["author"]["type"]), (&json!("note"), &json!("staff")));
    assert!(text(&last["quoted"], "body_text").contains("fortune") && !text(&last, "body_text").contains("fortune"), "{last}");
    assert!(ada.read(&ticket).await["first_response_at"].is_null());
    // In the customer's hands, it leads to staff alone.
    bring(&desk, &reply_to, &mail("Carl <carl@example.test>", "Re", "c@example.test", "", &answer)).await;
    assert_eq!(messages(&carl, &ticket).await.len(), 1);
    assert_eq!(messages(&admin, &ticket).await.pop().unwrap()["pending"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_mail_to_staff_shows_is_cut_off_at_its_first_line() {
    let desk = Desk::start().await;
    let (admin, ada) = (admin(&desk).await, desk.sign_in("demo", "ada@demo.test").await);
    let carl = desk.sign_in("demo", "carl@example.test").await;
    let ticket = carl.open("Help").await;
    ada.put(&format!("{}/assignee", path_of(&ticket)), json!({ "assignee": "me" })).await.expect(StatusCode::OK);
    desk.settle().await;
    let (_, _, acknowledgement) = sent_to(&desk, "carl@example.test").await.remove(0);
    let reference = format!("In-Reply-To: <{acknowledgement}>\n");
    bring(&desk, "help@demo.test", &mail("Eve <eve@evil.test>", "Re", "eve@evil.test", &reference, "I am Carl's rival.")).await;
    let (_, reply_to, _) = sent_to(&desk, "ada@demo.test").await.remove(0);
    let (shown, html) = newest_mail_to(&desk, "ada@demo.test").await;
    assert!(shown.starts_with("##- Please reply above this line -##") && shown.contains("rival"), "{shown}");
    assert!(html.split("<p").nth(1).unwrap().contains("##- Please reply above this line -##"), "{html}");
    let (to_carl, _) = newest_mail_to(&desk, "carl@example.test").await;
    assert!(!to_carl.contains("##-"), "customers have no such line");

    let from = "Ada <ada@demo.test>";
    let html_answer = format!("<div>In HTML.</div><div><p>Ada skrev</p>{html}</div>");
    let as_html = mail(from, "Re", "a2@demo.test", "MIME-Version: 1.0\nContent-Type: text/html\n", &html_answer);
    bring(&desk, &reply_to, &mail(from, "Re", "a1@demo.test", "", &format!("In text.\n\nAda skrev\n\n{shown}"))).await;
    bring(&desk, &reply_to, &as_html).await;
    let seen = messages(&carl, &ticket).await;
    let (texts, all): (Vec<_>, _) = (seen.iter().map(|message| text(message, "body_text")).collect(), json!(seen).to_string());
    assert!(texts[1].starts_with("In text.") && texts[2].contains("In HTML."), "{texts:?}");
    assert!(!all.contains("rival") && seen.iter().all(|message| message["quoted"].is_null()), "{all}");
    let (to_carl, _) = newest_mail_to(&desk, "carl@example.test").await;
    assert!(to_carl.contains("In HTML.") && !to_carl.contains("rival"), "{to_carl}");
    for message in &messages(&admin, &ticket).await[2..] {
        assert!(text(&message["quoted"], "body_text").contains("rival"), "never lost: {message}");
    }

    // Below the line nobody can tell what is new.
    bring(&desk, &reply_to, &mail(from, "Re", "a3@demo.test", "", &format!("{shown}\n\nI wrote below."))).await;
    assert_eq!(messages(&carl, &ticket).await.len(), seen.len());
    let last = messages(&admin, &ticket).await.pop().unwrap();
    assert!(last["kind"] == "note" && text(&last["quoted"], "body_text").contains("I wrote below."), "{last}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a6_an_agents_absence_note_is_no_answer_to_the_customer() {
    let desk = Desk::start().await;
    let (admin, ada) = (admin(&desk).await, desk.sign_in("demo", "ada@demo.test").await);
    let carl = desk.sign_in("demo", "carl@example.test").await;
    let ticket = carl.open("Help").await;
    ada.put(&format!("{}/assignee", path_of(&ticket)), json!({ "assignee": "me" })).await.expect(StatusCode::OK);
    carl.reply(&ticket, "Are you there?").await;
    desk.settle().await;
    let (_, reply_to, _) = sent_to(&desk, "ada@demo.test").await.remove(0);
    let before = sent_to(&desk, "carl@example.test").await.len();
    let away =
        mail("Ada <ada@demo.test>", "Automatic reply: Re", "away@demo.test", "Auto-Submitted: auto-replied\n", "On a beach.");
    bring(&desk, &reply_to, &away).await;
    assert_eq!(messages(&carl, &ticket).await.len(), 2);
    assert_eq!(sent_to(&desk, "carl@example.test").await.len(), before);
    let now = ada.read(&ticket).await;
    assert!(now["first_response_at"].is_null(), "{now}");
    let last = messages(&admin, &ticket).await.pop().unwrap();
    assert_eq!((&last["kind"], text(&last, "body_text")), (&json!("note"), "On a beach.".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_copied_in_may_answer_all() {
    let desk = Desk::start().await;
    let carl = desk.sign_in("demo", "carl@example.test").await;
    let (from, cc) = ("Carl <carl@example.test>", "Cc: Dora <dora@demo.test>, help+print@demo.test\n");
    bring(&desk, "help@demo.test", &mail(from, "Printer", "1@example.test", cc, "Please help us.")).await;
    let ticket = super::ticket_of_newest(&admin(&desk).await).await;
    let participants = ticket["participants"].as_object().unwrap().clone();
    assert_eq!(participants.len(), 1, "a colleague at the desk's own domain is nobody's own address: {ticket}");
    let (_, carls_reply_to, _) = sent_to(&desk, "carl@example.test").await.remove(0);
    bring(&desk, &carls_reply_to, &mail("Dora <dora@demo.test>", "Re", "2@demo.test", "", "It smokes too.")).await;
    let texts: Vec<_> = messages(&carl, &ticket).await.iter().map(|message| text(message, "body_text")).collect();
    assert_eq!(texts, ["Please help us.", "It smokes too."]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_note_by_mail_tells_those_it_names_and_no_quote_does() {
    let desk = Desk::start().await;
    let (ada, mia) = (desk.sign_in("demo", "ada@demo.test").await, desk.sign_in("demo", "mia@demo.test").await);
    let ticket = desk.sign_in("demo", "carl@example.test").await.open("Help").await;
    ada.note(&ticket, "@ben, what about this?").await;
    desk.settle().await;
    let (_, reply_to, _) = sent_to(&desk, "ben@demo.test").await.remove(0);
    let (noted, _) = newest_mail_to(&desk, "ben@demo.test").await;
    let before = sent_to(&desk, "ada@demo.test").await.len();
    let answer = format!("@mia has the key.\n\nAda skrev\n\n{noted}\n@ada wrote this long ago.");
    bring(&desk, &reply_to, &mail("Ben <ben@demo.test>", "Re", "named@demo.test", "", &answer)).await;
    let last = messages(&ada, &ticket).await.pop().unwrap();
    assert_eq!((&last["kind"], &last["mentions"]), (&json!("note"), &json!([mia.person])));
    assert!(newest_mail_to(&desk, "mia@demo.test").await.0.contains("named you in a note"));
    assert_eq!(sent_to(&desk, "ada@demo.test").await.len(), before);
    // A customer with such an address names nobody: what they write is no note.
    bring(&desk, &reply_to, &mail("Carl <carl@example.test>", "Re", "carl@example.test", "", "@mia, hello")).await;
    let last = messages(&ada, &ticket).await.pop().unwrap();
    assert_eq!((&last["kind"], &last["mentions"]), (&json!("reply"), &json!([])));
}
