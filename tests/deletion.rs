//! The bin: what is in it is there for managers alone, comes back whole, and is erased for good in the end.

use axum::http::StatusCode;
use lambdesk_domain::{TenantId, TicketRef};
use lambdesk_platform::{BucketName, ObjectError};
use lambdesk_store::{PageRequest, object_key};
use serde_json::{Value, json};

use crate::{
    attachments::{PNG, upload},
    support::{Desk, Session, deliver, path_of, text},
};

/// A ticket with a file, and a change of words in its history; deleted.
async fn deleted(customer: &Session, agent: &Session, manager: &Session) -> (Value, String) {
    let file = upload(customer, "/v1/attachments", "x-ray.png", PNG).await;
    let ticket = customer.open_with(json!({ "subject": "My illness", "body": "It hurts", "attachments": [file] })).await;
    agent
        .patch(&path_of(&ticket), json!({ "subject": "Her illness", "fields": { "insurer": "X" } }))
        .await
        .expect(StatusCode::OK);
    agent.note(&ticket, "Poor soul").await;
    manager.delete(&path_of(&ticket)).await.expect(StatusCode::NO_CONTENT);
    (ticket, file)
}

async fn bin(by: &Session) -> Vec<String> {
    by.numbers("/v1/tickets?deleted=true").await
}

/// Nothing is left of the ticket but who did what when.
async fn expect_gone(desk: &Desk, tenant: &str, (ticket, file): &(Value, String)) {
    let tenant = TenantId::parse(tenant).unwrap();
    let part = desk.local.app().desk_of(&tenant);
    let object = object_key(&tenant, file.parse().unwrap());
    let found = desk.local.app().objects().info(BucketName::Attachments, &object).await;
    assert!(matches!(found, Err(ObjectError::NotFound)), "{found:?}");
    assert!(part.attachment(file.parse().unwrap()).await.is_err());
    let stub = part.ticket(&TicketRef::Id(text(ticket, "id").parse().unwrap())).await.expect("the audit trail leads somewhere");
    let page = PageRequest { limit: 100, cursor: None, viewer: stub.requester };
    assert_eq!(part.messages(stub.id, &page).await.expect("read").items, []);
    let history = part.events(stub.id, &page).await.expect("read").items;
    let written = serde_json::to_string(&(&stub, &history)).unwrap();
    for word in ["illness", "hurts", "soul", "insurer\":\"X"] {
        assert!(!written.contains(word), "{word} is left in {written}");
    }
    let kinds: Vec<_> = history.iter().map(|event| event.kind.name()).collect();
    assert_eq!((kinds.first(), kinds.last()), (Some(&"ticket.created"), Some(&"ticket.purged")));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bin_is_emptied_after_its_days() {
    let desk = Desk::start().await;
    let people = desk.people("ticketing").await;
    let gone = deleted(&people.customer, &people.agent, &people.manager).await;
    let path = path_of(&gone.0);
    people.customer.get(&path).await.problem(StatusCode::NOT_FOUND);
    people.agent.get(&path).await.problem(StatusCode::NOT_FOUND);
    assert_eq!(bin(&people.manager).await, [text(&gone.0, "number")]);
    desk.advance("P29D").await;
    desk.settle().await;
    let manager = desk.people("ticketing").await.manager;
    manager.post(&format!("{path}/restore"), json!({})).await.expect(StatusCode::OK);
    manager.delete(&path).await.expect(StatusCode::NO_CONTENT);
    desk.advance("P30D").await;
    desk.settle().await;
    let people = desk.people("ticketing").await;
    assert_eq!(bin(&people.manager).await, Vec::<String>::new());
    for who in [&people.customer, &people.agent, &people.manager, &people.admin] {
        who.get(&path).await.problem(StatusCode::NOT_FOUND);
        who.get(&format!("/v1/attachments/{}", gone.1)).await.problem(StatusCode::NOT_FOUND);
    }
    people.manager.post(&format!("{path}/restore"), json!({})).await.problem(StatusCode::NOT_FOUND);
    expect_gone(&desk, "ticketing", &gone).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_empties_it_at_once() {
    let desk = Desk::start().await;
    let people = desk.people("ticketing").await;
    let gone = deleted(&people.customer, &people.agent, &people.manager).await;
    let purge = format!("{}/purge", path_of(&gone.0));
    people.manager.post(&purge, json!({})).await.problem(StatusCode::FORBIDDEN);
    let kept = people.customer.open("Kept").await;
    let refused = people.admin.post(&format!("{}/purge", path_of(&kept)), json!({})).await;
    assert_eq!(refused.problem(StatusCode::CONFLICT)["code"], "not_deleted");
    people.admin.post(&purge, json!({})).await.expect(StatusCode::NO_CONTENT);
    people.admin.post(&purge, json!({})).await.problem(StatusCode::NOT_FOUND);
    desk.settle().await;
    expect_gone(&desk, "ticketing", &gone).await;
    people.customer.read(&kept).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_merged_goes_with_its_target() {
    let desk = Desk::start().await;
    let people = desk.people("ticketing").await;
    let (source, target) = (people.customer.open("My illness").await, people.customer.open("Kept").await);
    let into = json!({ "into": target["id"] });
    people.agent.post(&format!("{}/merge", path_of(&source)), into).await.expect(StatusCode::OK);
    people.manager.delete(&path_of(&target)).await.expect(StatusCode::NO_CONTENT);
    people.admin.post(&format!("{}/purge", path_of(&target)), json!({})).await.expect(StatusCode::NO_CONTENT);
    desk.settle().await;
    desk.advance("PT2M").await;
    desk.settle().await;
    people.customer.get(&path_of(&source)).await.problem(StatusCode::NOT_FOUND);
    people.admin.get(&path_of(&source)).await.problem(StatusCode::NOT_FOUND);
    let part = TenantId::parse("ticketing").unwrap();
    let part = desk.local.app().desk_of(&part);
    let stub = part.ticket(&TicketRef::Id(text(&source, "id").parse().unwrap())).await.expect("a stub");
    let page = PageRequest { limit: 100, cursor: None, viewer: stub.requester };
    assert_eq!(part.messages(stub.id, &page).await.expect("read").items, []);
    assert_eq!(people.manager.get("/v1/stats").await.expect(StatusCode::OK)["total"], 0, "and from the figures");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_goes_with_its_ticket() {
    a_mail_that_is_erased(&Desk::start().await).await;
}

/// A ticket that came by mail, erased; and an answer to it.
pub(crate) async fn a_mail_that_is_erased(desk: &Desk) {
    let people = desk.people("ticketing").await;
    let from = "someone@example.test";
    let mail = format!(
        "From: {from}\r\nTo: support@ticketing.test\r\nSubject: My illness\r\nMessage-ID: <gone-one@example.test>\r\n\r\nIt hurts\r\n"
    );
    deliver(desk.local.smtp().unwrap(), from, "support@ticketing.test", &mail).await.expect("taken");
    desk.settle().await;
    let list = people.manager.list("/v1/tickets").await;
    let ticket = list.iter().find(|ticket| ticket["subject"] == "My illness").expect("it came").clone();
    let records =
        async || people.admin.list("/v1/inbound-mails").await.into_iter().filter(|mail| mail["ticket"] == ticket["id"]).count();
    assert_eq!(records().await, 1);
    people.manager.delete(&path_of(&ticket)).await.expect(StatusCode::NO_CONTENT);
    people.admin.post(&format!("{}/purge", path_of(&ticket)), json!({})).await.expect(StatusCode::NO_CONTENT);
    desk.settle().await;
    assert_eq!(records().await, 0);
    // An answer to what is gone is a request of its own.
    let answer = format!(
        "From: {from}\r\nTo: support@ticketing.test\r\nSubject: Re: My illness\r\nMessage-ID: <gone-two@example.test>\r\nIn-Reply-To: <gone-one@example.test>\r\n\r\nAgain\r\n"
    );
    deliver(desk.local.smtp().unwrap(), from, "support@ticketing.test", &answer).await.expect("taken");
    desk.settle().await;
    let list = people.manager.list("/v1/tickets").await;
    assert_eq!(list.iter().filter(|ticket| ticket["subject"] == "Re: My illness").count(), 1, "{list:?}");
}
