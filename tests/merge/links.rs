//! What tickets are to each other; and which may be the same matter.

use axum::http::StatusCode;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{code, merge, three};
use crate::support::{Answer, Session, path_of, text};

async fn link(by: &Session, ticket: &Value, other: &Value, kind: &str) -> Answer {
    by.put(&format!("{}/links/{}", path_of(ticket), text(other, "id")), json!({ "kind": kind })).await
}

#[tokio::test(flavor = "multi_thread")]
async fn both_say_what_the_other_is_until_it_ends() {
    let (_desk, carl, _, ada) = three().await;
    let (one, two) = (carl.open("One").await, carl.open("Two").await);
    let linked = link(&ada, &one, &two, "duplicate_of").await.expect(StatusCode::OK);
    let of = |ticket: &Value, other: &Value| ticket["links"][text(other, "id")].clone();
    assert_eq!((&of(&linked, &two)["kind"], &of(&linked, &two)["number"]), (&json!("duplicate_of"), &two["number"]));
    assert_eq!(of(&ada.read(&two).await, &one)["kind"], "duplicated_by");
    assert!(carl.read(&one).await.get("links").is_none(), "customers are told nothing of it");
    let again = link(&ada, &one, &two, "duplicate_of").await.expect(StatusCode::OK);
    assert_eq!(again["version"], linked["version"], "said twice it is said once");
    link(&ada, &two, &one, "related").await.expect(StatusCode::OK);
    assert_eq!(of(&ada.read(&one).await, &two)["kind"], "related");
    ada.delete(&format!("{}/links/{}", path_of(&two), text(&one, "number"))).await.expect(StatusCode::OK);
    assert_eq!((&ada.read(&one).await["links"], &ada.read(&two).await["links"]), (&json!({}), &json!({})));
    let gone = ada.delete(&format!("{}/links/{}", path_of(&two), text(&one, "id"))).await;
    gone.problem(StatusCode::NOT_FOUND);
    assert_eq!(code(&link(&ada, &one, &one, "related").await, StatusCode::CONFLICT), "same_ticket");
    let unknown = link(&ada, &one, &two, "cousin").await;
    assert_eq!(unknown.wrong_fields(StatusCode::UNPROCESSABLE_ENTITY), ["kind"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn links_that_meet_close_no_circle() {
    let (_desk, carl, _, ada) = three().await;
    for _ in 0..4 {
        let mut tickets = Vec::new();
        for n in 0..4 {
            tickets.push(carl.open(&format!("Part {n}")).await);
        }
        // Each under the next, and the last under the first: all at once, one must fail.
        let links = (0..4).map(|n| link(&ada, &tickets[n], &tickets[(n + 1) % 4], "parent"));
        let answers = join_all(links).await;
        let made = answers.iter().filter(|answer| answer.status == StatusCode::OK).count();
        assert!(made < 4, "a circle");
        for answer in answers.iter().filter(|answer| answer.status == StatusCode::CONFLICT) {
            assert_eq!(code(answer, StatusCode::CONFLICT), "circular_link");
        }
        // And what is there still has an end.
        for ticket in &tickets {
            let (mut at, mut steps) = (text(ticket, "id"), 0);
            loop {
                let read = ada.get(&format!("/v1/tickets/{at}")).await.expect(StatusCode::OK);
                let links = read["links"].as_object().unwrap().clone();
                let Some((parent, _)) = links.into_iter().find(|(_, link)| link["kind"] == "parent") else { break };
                at = parent;
                steps += 1;
                assert!(steps < 4, "a circle");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parent_closes_its_children_each_with_an_outcome() {
    let (_desk, carl, _, ada) = three().await;
    let parent = carl.open("The network").await;
    let (one, two, other) = (carl.open("The printer").await, carl.open("The telephone").await, carl.open("Something else").await);
    for child in [&one, &two] {
        link(&ada, child, &parent, "parent").await.expect(StatusCode::OK);
    }
    link(&ada, &parent, &other, "related").await.expect(StatusCode::OK);
    merge(&ada, &two, &other).await.expect(StatusCode::OK);
    let close = json!({ "status": "closed", "close_children": true });
    carl.patch(&path_of(&parent), close.clone()).await.problem(StatusCode::FORBIDDEN);
    let wrong = ada.patch(&path_of(&parent), json!({ "status": "pending", "close_children": true })).await;
    assert_eq!(wrong.wrong_fields(StatusCode::UNPROCESSABLE_ENTITY), ["close_children"]);
    let plain = ada.patch(&path_of(&parent), json!({ "priority": "high" })).await.expect(StatusCode::OK);
    assert!(plain.get("children").is_none());
    for _ in 0..2 {
        let closed = ada.patch(&path_of(&parent), close.clone()).await.expect(StatusCode::OK);
        assert_eq!(closed["status"], "closed");
        let children = closed["children"].as_array().unwrap();
        let of = |ticket: &Value| children.iter().find(|child| child["ticket"] == ticket["id"]).unwrap();
        assert_eq!((children.len(), &of(&one)["closed"], &of(&one)["reason"]), (2, &json!(true), &Value::Null));
        assert_eq!((&of(&two)["closed"], &of(&two)["reason"]), (&json!(false), &json!("merged")));
    }
    assert_eq!((&ada.read(&one).await["status"], &ada.read(&other).await["status"]), (&json!("closed"), &json!("new")));
}

#[tokio::test(flavor = "multi_thread")]
async fn duplicates_of_the_same_person_are_found_by_what_they_are_about() {
    let (_desk, carl, dana, ada) = three().await;
    let ticket = carl.open("Printer on fire").await;
    let alike = carl.open("RE: [X-1] The printer is on fire").await;
    let same = carl.open("printer on FIRE").await;
    carl.open("Cannot sign in").await;
    dana.open("Printer on fire").await;
    let path = format!("{}/duplicates", path_of(&ticket));
    let found = ada.get(&path).await.expect(StatusCode::OK);
    let ids: Vec<_> = found["items"].as_array().unwrap().iter().map(|item| item["ticket"]["id"].clone()).collect();
    assert_eq!(ids, [same["id"].clone(), alike["id"].clone()], "{found}");
    assert_eq!(found["items"][0]["likeness"], 100);
    merge(&ada, &same, &ticket).await.expect(StatusCode::OK);
    let found = ada.get(&path).await.expect(StatusCode::OK);
    assert_eq!(found["items"].as_array().map(Vec::len), Some(1), "what is merged already is none");
    carl.get(&path).await.problem(StatusCode::FORBIDDEN);
}
