//! A part of a conversation becomes a ticket of its own.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{code, merge, texts, three};
use crate::{
    attachments::upload,
    inbound::{bring, mail, sent_to, ticket_of_newest},
    support::{Answer, Desk, Session, path_of, text},
};

async fn split(by: &Session, ticket: &Value, messages: &[&Value]) -> Answer {
    let messages: Vec<_> = messages.iter().map(|message| message["id"].clone()).collect();
    by.post(&format!("{}/split", path_of(ticket)), json!({ "subject": "The other matter", "messages": messages })).await
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_move_with_their_ids_and_files() {
    let (desk, carl, dana, ada) = three().await;
    let ticket = carl.open("Printer").await;
    let file = upload(&carl, &format!("{}/attachments", path_of(&ticket)), "a.txt", b"x").await;
    let asks = json!({ "kind": "reply", "body": "And my telephone", "attachments": [file] });
    let asked = carl.post(&format!("{}/messages", path_of(&ticket)), asks).await.expect(StatusCode::CREATED);
    let noted = ada.note(&ticket, "Two matters").await;
    let answer = split(&ada, &ticket, &[&noted, &asked]).await;
    let new = answer.expect(StatusCode::CREATED);
    assert_eq!(answer.header("location"), path_of(&new));
    assert_eq!((&new["requester"], &new["subject"]), (&ticket["requester"], &json!("The other matter")));
    let there = ada.list(&format!("{}/messages", path_of(&new))).await;
    let ids: Vec<_> = there.iter().map(|message| &message["id"]).collect();
    assert_eq!(ids, [&asked["id"], &noted["id"]]);
    assert!(there.iter().all(|message| message["ticket"] == new["id"]));
    assert_eq!(texts(&ada, &ticket).await, ["Please help."]);
    assert_eq!(texts(&carl, &new).await, ["And my telephone"], "a note stays a note");
    // The file is where its message is.
    carl.get(&format!("/v1/attachments/{file}")).await.expect(StatusCode::OK);
    dana.get(&format!("/v1/attachments/{file}")).await.problem(StatusCode::NOT_FOUND);
    let old = ada.read(&ticket).await;
    assert_eq!(old["links"][text(&new, "id")]["kind"], "related");
    assert_eq!(ada.read(&new).await["links"][text(&ticket, "id")]["kind"], "related");
    for (of, kind) in [(&ticket, "ticket.split_off"), (&new, "ticket.split_from")] {
        let events = ada.list(&format!("{}/events", path_of(of))).await;
        let event = events.iter().find(|event| event["type"] == kind).unwrap_or_else(|| panic!("{kind}"));
        assert_eq!(event["messages"], json!(ids));
    }
    // It can be merged back, and is one conversation again.
    merge(&ada, &new, &ticket).await.expect(StatusCode::OK);
    assert_eq!(texts(&ada, &ticket).await, ["Please help.", "And my telephone", "Two matters"]);
    desk.settle().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn not_all_not_too_many_and_only_its_own() {
    let (_desk, carl, _, ada) = three().await;
    let (ticket, other) = (carl.open("Printer").await, carl.open("Telephone").await);
    let first = ada.list(&format!("{}/messages", path_of(&ticket))).await.remove(0);
    let others = ada.list(&format!("{}/messages", path_of(&other))).await.remove(0);
    let wrong = |answer: &Answer| answer.wrong_fields(StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(wrong(&split(&ada, &ticket, &[&first]).await), ["messages"]);
    assert_eq!(wrong(&split(&ada, &ticket, &[&first, &others]).await), ["messages[1]"]);
    assert_eq!(wrong(&split(&ada, &ticket, &[]).await), ["messages"]);
    let reply = carl.reply(&ticket, "And another thing").await;
    assert_eq!(wrong(&split(&ada, &ticket, &[&reply; 21]).await), ["messages"]);
    assert_eq!(split(&carl, &ticket, &[&reply]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(ada.read(&ticket).await["version"], 2, "untouched");
    // Asked twice under one key, it is one ticket.
    let body = json!({ "subject": "x", "messages": [reply["id"]] });
    let path = format!("{}/split", path_of(&ticket));
    let once = [("idempotency-key", "split")];
    let new = ada.send(Method::POST, &path, &once, Some(body.clone())).await.expect(StatusCode::CREATED);
    let again = ada.send(Method::POST, &path, &once, Some(body)).await.expect(StatusCode::CREATED);
    assert_eq!(again["id"], new["id"]);
    merge(&ada, &other, &ticket).await.expect(StatusCode::OK);
    assert_eq!(code(&split(&ada, &other, &[&others]).await, StatusCode::CONFLICT), "merged");
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_to_a_mail_that_moved_follow_it() {
    let desk = Desk::start().await;
    let admin = desk.sign_in("demo", "admin@demo.test").await;
    let erika = "Erika Muster <erika@example.test>";
    bring(&desk, "help@demo.test", &mail(erika, "My printer", "1@example.test", "", "It burns.")).await;
    let ticket = ticket_of_newest(&admin).await;
    let second = mail(erika, "Re: My printer", "2@example.test", "References: <1@example.test>\n", "My telephone, too.");
    bring(&desk, "help@demo.test", &second).await;
    let messages = admin.list(&format!("{}/messages", path_of(&ticket))).await;
    let new = split(&admin, &ticket, &[&messages[1]]).await.expect(StatusCode::CREATED);
    desk.settle().await;
    let told = sent_to(&desk, "erika@example.test").await;
    assert!(told[0].0.contains(&text(&new, "number")), "she is told its number: {told:?}");
    let third = mail(erika, "Re", "3@example.test", "In-Reply-To: <2@example.test>\n", "It rings.");
    bring(&desk, "help@demo.test", &third).await;
    assert_eq!(texts(&admin, &new).await, ["My telephone, too.", "It rings."]);
    let fourth = mail(erika, "Re", "4@example.test", "In-Reply-To: <1@example.test>\n", "It still burns.");
    bring(&desk, "help@demo.test", &fourth).await;
    assert_eq!(texts(&admin, &ticket).await, ["It burns.", "It still burns."]);
}

/// Two senders may use one Message-ID: their messages move together all the same.
#[tokio::test(flavor = "multi_thread")]
async fn messages_of_one_message_id_move_together() {
    let desk = Desk::start().await;
    let admin = desk.sign_in("demo", "admin@demo.test").await;
    let erika = "Erika Muster <erika@example.test>";
    bring(&desk, "help@demo.test", &mail(erika, "My printer", "1@example.test", "", "It burns.")).await;
    let ticket = ticket_of_newest(&admin).await;
    let fred = "Fred <fred@example.test>";
    let known = mail(fred, "Re: My printer", "2@example.test", "References: <1@example.test>\n", "I am with her.");
    bring(&desk, "help@demo.test", &known).await;
    let fred_id = admin.read(&ticket).await["participants"].as_object().unwrap().keys().next().unwrap().clone();
    let place = format!("{}/participants/{fred_id}", path_of(&ticket));
    admin.put(&place, json!({ "standing": "copied" })).await.expect(StatusCode::OK);
    for from in [erika, fred] {
        let same = mail(from, "Re: My printer", "same@example.test", "References: <1@example.test>\n", "My telephone, too.");
        bring(&desk, "help@demo.test", &same).await;
    }
    let messages = admin.list(&format!("{}/messages", path_of(&ticket))).await;
    assert_eq!(messages.len(), 4, "of each its own");
    let new = split(&admin, &ticket, &[&messages[2], &messages[3]]).await.expect(StatusCode::CREATED);
    assert_eq!(texts(&admin, &new).await.len(), 2);
    let answer = mail(erika, "Re", "3@example.test", "In-Reply-To: <same@example.test>\n", "It rings.");
    bring(&desk, "help@demo.test", &answer).await;
    assert_eq!(texts(&admin, &new).await.len(), 3, "answers find them there");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_splits_at_once_move_a_message_once() {
    let (_desk, carl, _, ada) = three().await;
    let ticket = carl.open("Printer").await;
    let reply = carl.reply(&ticket, "And my telephone").await;
    let messages = [&reply];
    let (first, second) = tokio::join!(split(&ada, &ticket, &messages), split(&ada, &ticket, &messages));
    let made = [&first, &second].iter().filter(|answer| answer.status == StatusCode::CREATED).count();
    assert_eq!(made, 1, "{} {}", first.status, second.status);
    let all = ada.list("/v1/tickets").await;
    assert_eq!(all.iter().filter(|ticket| ticket["subject"] == "The other matter").count(), 1);
}
