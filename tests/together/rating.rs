//! How satisfied customers are: said, changed for a while, told to who cares, and counted.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{sign_in, three};
use crate::{
    mail::mails_about,
    support::{Desk, Session, path_of},
};

async fn done(carl: &Session, agent: &Session, subject: &str) -> Value {
    let ticket = carl.open(subject).await;
    agent.put(&format!("{}/assignee", path_of(&ticket)), json!({ "assignee": "me" })).await.expect(StatusCode::OK);
    agent.set_status(&ticket, "resolved").await.expect(StatusCode::OK)
}

async fn rate(by: &Session, ticket: &Value, body: Value) -> Value {
    by.put(&format!("{}/rating", path_of(ticket)), body).await.expect(StatusCode::OK)
}

/// Whom mails told of a rating.
async fn told(desk: &Desk, ticket: &Value, words: &str) -> Vec<String> {
    desk.settle().await;
    let mails = mails_about(desk, ticket).await.into_iter().filter(|mail| mail.text.contains(words));
    let mut told: Vec<_> = mails.map(|mail| mail.to).collect();
    told.sort();
    told
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rating_is_told_and_a_bad_one_to_managers_too() {
    let (desk, carl, ada, mia) = three().await;
    let (good, bad) = (done(&carl, &ada, "Good").await, done(&carl, &ada, "Bad").await);
    rate(&carl, &good, json!({ "score": 5, "comment": "Quick <b>and</b> kind" })).await;
    assert_eq!(told(&desk, &good, "rated with 5 of 5").await, ["ada@demo.test"]);
    assert_eq!(told(&desk, &good, "Quick <b>and</b> kind").await.len(), 1, "in the customer's words");
    rate(&carl, &bad, json!({ "score": 2 })).await;
    assert_eq!(told(&desk, &bad, "rated with 2 of 5").await, ["ada@demo.test", "mia@demo.test"]);
    mia.patch("/v1/me/preferences", json!({ "muted": ["rated"] })).await.expect(StatusCode::OK);
    rate(&carl, &bad, json!({ "score": 1 })).await;
    assert_eq!(told(&desk, &bad, "rated with 1 of 5").await, ["ada@demo.test"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn ratings_are_counted_by_who_had_the_ticket_and_a_change_moves_its_count() {
    let (desk, carl, ada, mia) = three().await;
    let ben = desk.sign_in("demo", "ben@demo.test").await;
    let (hers, his) = (done(&carl, &ada, "Hers").await, done(&carl, &ben, "His").await);
    rate(&carl, &hers, json!({ "score": 5 })).await;
    rate(&carl, &his, json!({ "score": 2 })).await;
    rate(&carl, &his, json!({ "score": 3 })).await;
    let of = async |by: &Session, more: &str| by.get(&format!("/v1/stats/satisfaction{more}")).await.expect(StatusCode::OK);
    let all = of(&mia, "").await;
    assert_eq!(
        (&all["scope"], &all["total"]),
        (&json!("desk"), &json!({ "count": 2, "average": 4.0, "by_score": { "3": 1, "5": 1 } }))
    );
    assert_eq!(all["by_agent"][&ben.person], json!({ "count": 1, "average": 3.0, "by_score": { "3": 1 } }));
    assert_eq!(all["by_brand"]["demo"]["count"], 2);
    let own = of(&ada, "").await;
    assert_eq!((&own["scope"], &own["total"]["average"], &own["by_agent"]), (&json!("own"), &json!(5.0), &Value::Null));
    assert_eq!(of(&mia, "?from=2020-01-01&to=2020-01-31").await["total"], json!({ "count": 0, "average": null, "by_score": {} }));
    mia.get("/v1/stats/satisfaction?from=2020-01-01").await.problem(StatusCode::UNPROCESSABLE_ENTITY);
    mia.get("/v1/stats/satisfaction?brand=gone").await.problem(StatusCode::UNPROCESSABLE_ENTITY);
    carl.get("/v1/stats/satisfaction").await.problem(StatusCode::FORBIDDEN);

    // On another day it still counts on the first one; what is opened again or deleted stays rated.
    desk.advance("P2D").await;
    let (carl, _, mia) = sign_in(&desk).await;
    rate(&carl, &his, json!({ "score": 4 })).await;
    mia.set_status(&hers, "in_progress").await.expect(StatusCode::OK);
    assert_eq!(mia.read(&hers).await["rating"]["score"], 5);
    mia.delete(&path_of(&hers)).await.expect(StatusCode::NO_CONTENT);
    let later = of(&mia, "").await;
    assert_eq!((&later["total"]["by_score"], later["by_day"].as_object().unwrap().len()), (&json!({ "4": 1, "5": 1 }), 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rating_is_final_after_two_weeks_by_link_too() {
    let (desk, carl, ada, _) = three().await;
    let ticket = done(&carl, &ada, "Help").await;
    desk.settle().await;
    let mails = mails_about(&desk, &ticket).await;
    let link = mails.iter().find(|mail| mail.text.contains("/v1/ratings/")).expect("a question").link("ratings");
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let nobody = desk.client.anonymous();
    let by_link = async |form_data: &str| nobody.send_raw(Method::POST, &link, &form, form_data).await;
    let page = nobody.get(&link).await;
    assert!(String::from_utf8_lossy(&page.body).contains("<textarea name=\"comment\""), "no script is needed");
    assert_eq!(by_link("score=2&comment=Slow%0Aand+dear").await.status, StatusCode::OK);
    assert_eq!(carl.read(&ticket).await["rating"]["comment"], "Slow\nand dear");
    assert_eq!(told(&desk, &ticket, "rated with 2 of 5").await, ["ada@demo.test", "mia@demo.test"]);
    desk.advance("P13D").await;
    let (carl, ..) = sign_in(&desk).await;
    rate(&carl, &ticket, json!({ "score": 4 })).await;
    desk.advance("P2D").await;
    let (carl, ..) = sign_in(&desk).await;
    let late = carl.put(&format!("{}/rating", path_of(&ticket)), json!({ "score": 1 })).await;
    assert_eq!(late.problem(StatusCode::CONFLICT)["code"], "too_late");
    assert_eq!(by_link("score=1").await.problem(StatusCode::CONFLICT)["code"], "too_late");
    let page = nobody.get(&link).await;
    let said = String::from_utf8_lossy(&page.body).into_owned();
    assert!(page.status == StatusCode::OK && said.contains("can no longer be changed") && !said.contains("<form"), "{said}");
    assert_eq!(carl.read(&ticket).await["rating"]["score"], 4);
}
