//! What links in mails do: without signing in, one thing, for one person.

use axum::http::{Method, StatusCode};
use lambdesk_domain::{
    Actor, Attachment, AttachmentId, Body, BodyFormat, Brands, Caller, Change, Channel, Enclosed, Event, EventId, EventKind,
    MessageKind, Participant, PersonId, Role, Scan, Standing, TenantId, TicketRef,
    attachment::{AttachedTo, FileRecord},
    ticket::{NewMessage, add_message},
};
use lambdesk_platform::BucketName;
use lambdesk_store::{Attach, Save};
use serde_json::{Value, json};

use super::{mails, mails_about};
use crate::{
    attachments::fetch,
    support::{Answer, Desk, deliver, path_of, text},
};

const FORM: &[(&str, &str)] = &[("content-type", "application/x-www-form-urlencoded")];

async fn open_page(desk: &Desk, link: &str) -> Answer {
    let page = desk.client.anonymous().get(link).await;
    assert_eq!(page.status, StatusCode::OK, "{}", String::from_utf8_lossy(&page.body));
    assert!(page.header("content-type").starts_with("text/html"));
    assert!(page.header("content-security-policy").starts_with("default-src 'none'; form-action 'self'"));
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    page
}

async fn post(desk: &Desk, link: &str, form: &str) -> Answer {
    desk.client.anonymous().send_raw(Method::POST, link, FORM, form).await
}

/// Makes somebody take part, as a mail would that copies them in.
pub(super) async fn join(desk: &Desk, tenant: &str, ticket: &Value, person: &str) {
    let (app, tenant) = (desk.local.app(), TenantId::parse(tenant).unwrap());
    let store = app.desk_of(&tenant);
    let (config, person): (_, PersonId) = (store.config().await.unwrap(), person.parse().unwrap());
    let before = store.ticket(&TicketRef::Id(text(ticket, "id").parse().unwrap())).await.unwrap();
    let mut after = before.clone();
    after.participants.insert(person, Participant { standing: Standing::Copied, since: app.now() });
    after.version += 1;
    let kind = EventKind::ParticipantChanged { participant: person, from: None, to: Some(Standing::Copied) };
    let event = Event {
        id: EventId(app.new_id()),
        tenant: tenant.clone(),
        ticket: before.id,
        version: after.version,
        at: app.now(),
        actor: Actor::System,
        kind,
    };
    let change = Change { before: Some(before), after, message: None, events: vec![event] };
    store.save(Save::of(&change, &config, app.now())).await.unwrap();
}

/// Larger than what goes with a mail.
const LARGE: u64 = 6 * 1024 * 1024;

/// A reply with a file that may be mailed, one that may not, one that is too large, and two that never arrived.
pub(super) async fn reply_with_file(desk: &Desk, tenant: &str, ticket: &Value, agent: &str) {
    let (app, tenant) = (desk.local.app(), TenantId::parse(tenant).unwrap());
    let store = app.desk_of(&tenant);
    let config = store.config().await.unwrap();
    let caller = Caller {
        tenant: tenant.clone(),
        person: agent.parse().unwrap(),
        role: Role::Agent,
        brands: Brands::All,
        audiences: Vec::new(),
        organization: None,
        scopes: None,
    };
    let file = |name: &str, scan, size| Attachment {
        id: AttachmentId(app.new_id()),
        name: name.to_owned(),
        content_type: "text/plain".to_owned(),
        size,
        content_id: None,
        scan,
    };
    let attachments = vec![
        file("log.txt", Scan::Clean, 3),
        file("virus.exe", Scan::Infected, 3),
        file("film.txt", Scan::Clean, LARGE),
        file("gone.txt", Scan::Pending, 3),
        file("gone-film.txt", Scan::Pending, LARGE),
    ];
    for attachment in &attachments[..3] {
        let key = format!("uploads/{tenant}/{}", attachment.id);
        app.objects().put(BucketName::Attachments, &key, "text/plain", b"log".to_vec()).await.unwrap();
    }
    let new = NewMessage {
        kind: MessageKind::Reply,
        body: Body::parse("See the file.", BodyFormat::Text).unwrap(),
        channel: Channel::Api,
        status: None,
        enclosed: Enclosed { attachments, ..Enclosed::default() },
    };
    let before = store.ticket(&TicketRef::Id(text(ticket, "id").parse().unwrap())).await.unwrap();
    let change = app.act(&caller, &config, |ctx| add_message(before, new, ctx)).unwrap();
    let message = change.message.as_ref().unwrap();
    let place = AttachedTo { ticket: message.ticket, message: message.id };
    let row = |file| Attach::New(Box::new(FileRecord::of_mail(file, place, app.now())));
    let rows: Vec<_> = message.enclosed.attachments.iter().map(row).collect();
    store.save(Save { attachments: &rows, ..Save::of(&change, &config, app.now()) }).await.unwrap();
}

/// Makes the desk send digests in every hour.
pub(super) async fn digest_always(desk: &Desk, tenant: &str) {
    let tenant = TenantId::parse(tenant).unwrap();
    let store = desk.local.app().desk_of(&tenant);
    let mut config = (*store.config().await.unwrap()).clone();
    config.digest_hours = (0..24).collect();
    store.put_config(&config).await.unwrap();
}

/// All that functions of mail may do, done once: what roles allow is compared with it.
pub(crate) async fn everything_that_mails_do(desk: &Desk) {
    let people = desk.people("ozean").await;
    let ticket = people.customer.open("All of it").await;
    let other = desk.local.app().desk_of(&TenantId::parse("ozean").unwrap()).staff().await.unwrap();
    let other = other.iter().find(|person| person.role == Role::Manager).unwrap().id.to_string();
    join(desk, "ozean", &ticket, &other).await;
    reply_with_file(desk, "ozean", &ticket, &people.agent.person).await;
    people.agent.set_status(&ticket, "resolved").await.expect(StatusCode::OK);
    desk.settle().await;
    let mails = mails_about(desk, &ticket).await;
    let leave = mails.iter().find(|mail| mail.to == "manager@ozean.test").expect("a copy").link("unsubscribe");
    let rate = mails.iter().find(|mail| mail.text.contains("/v1/ratings/")).expect("a question").link("ratings");
    let files = mails.iter().find(|mail| mail.text.contains("/v1/files/")).expect("what is too large").links("files");
    assert_eq!(desk.client.anonymous().get(&files[0]).await.status, StatusCode::SEE_OTHER);
    open_page(desk, &files[1]).await;
    open_page(desk, &leave).await;
    assert_eq!(post(desk, &leave, "List-Unsubscribe=One-Click").await.status, StatusCode::OK);
    open_page(desk, &rate).await;
    assert_eq!(post(desk, &rate, "score=5").await.status, StatusCode::OK);
    people.customer.open("Nobody has it").await;
    digest_always(desk, "ozean").await;
    desk.advance("PT1H").await;
    desk.settle().await;
}

/// Carl answers by mail, and copies Dana in.
async fn copy_in_by_mail(desk: &Desk, ticket: &Value) {
    let reply_to = mails_about(desk, ticket).await.iter().find(|mail| mail.to == "carl@example.test").unwrap().reply_to.clone();
    let mail =
        "From: carl@example.test\nTo: help@demo.test\nCc: dana@example.test, dora@example.test\nSubject: Re\n\nWe all see.\n";
    deliver(desk.local.smtp().unwrap(), "carl@example.test", &reply_to, mail).await.expect("taken");
    desk.settle().await;
}

/// Who chose no language is written to in their brand's, also on the pages that their mails lead to.
#[tokio::test(flavor = "multi_thread")]
async fn pages_are_in_the_language_of_their_mails() {
    let desk = Desk::start().await;
    let (carl, dana) = (desk.sign_in("demo", "carl@example.test").await, desk.sign_in("demo", "dana@example.test").await);
    let ada = desk.sign_in("demo", "ada@demo.test").await;
    let tenant = TenantId::parse("demo").unwrap();
    let store = desk.local.app().desk_of(&tenant);
    let mut config = (*store.config().await.unwrap()).clone();
    config.brands[0].language = lambdesk_domain::Language::De;
    store.put_config(&config).await.unwrap();
    let ticket = carl.open("Hilfe").await;
    join(&desk, "demo", &ticket, &dana.person).await;
    reply_with_file(&desk, "demo", &ticket, &ada.person).await;
    ada.set_status(&ticket, "resolved").await.expect(StatusCode::OK);
    digest_always(&desk, "demo").await;
    carl.open("Niemand hat das").await;
    desk.advance("PT1H").await;
    desk.settle().await;
    let all = mails(&desk).await;
    let link = |to: &str, page: &str| {
        all.iter().find(|mail| mail.to == to && !mail.links(page).is_empty()).unwrap().links(page).pop().unwrap()
    };
    for (link, words) in [
        (link("dana@example.test", "unsubscribe"), "Diese Mails abbestellen?"),
        (link("mia@demo.test", "unsubscribe"), "Diese Mails abbestellen?"),
        (link("carl@example.test", "ratings"), "Wie zufrieden sind Sie?"),
        (link("carl@example.test", "files"), "Nicht verfügbar"),
    ] {
        let page = String::from_utf8_lossy(&open_page(&desk, &link).await.body).into_owned();
        assert!(page.contains(words), "{page}");
    }
    let answer = post(&desk, &link("dana@example.test", "unsubscribe"), "").await;
    assert!(String::from_utf8_lossy(&answer.body).contains("Erledigt"));
    let answer = post(&desk, &link("carl@example.test", "ratings"), "score=5").await;
    assert!(String::from_utf8_lossy(&answer.body).contains("Vielen Dank"));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_click_ends_the_mails_about_a_ticket() {
    let desk = Desk::start().await;
    let (carl, dana) = (desk.sign_in("demo", "carl@example.test").await, desk.sign_in("demo", "dana@example.test").await);
    let ada = desk.sign_in("demo", "ada@demo.test").await;
    let ticket = carl.open("Help").await;
    join(&desk, "demo", &ticket, &dana.person).await;
    ada.reply(&ticket, "First").await;
    desk.settle().await;
    let link = mails_about(&desk, &ticket).await.iter().find(|mail| mail.to == "dana@example.test").unwrap().link("unsubscribe");
    let page = open_page(&desk, &link).await;
    assert!(String::from_utf8_lossy(&page.body).contains("<form method=\"post\">"));
    assert!(!ada.read(&ticket).await["participants"].as_object().unwrap().is_empty(), "reading it does nothing");
    for _ in 0..2 {
        assert_eq!(post(&desk, &link, "List-Unsubscribe=One-Click").await.status, StatusCode::OK, "twice is once");
    }
    let standing = async || ada.read(&ticket).await["participants"][&dana.person]["standing"].clone();
    assert_eq!(standing().await, "left");
    let changes = ada.list(&format!("{}/events", path_of(&ticket))).await;
    assert_eq!(changes.iter().filter(|event| event["to"] == "left" && event["participant"].is_string()).count(), 1);
    let path = path_of(&ticket);
    dana.get(&path).await.problem(StatusCode::NOT_FOUND);
    ada.put(&format!("{path}/participants/{}", dana.person), json!({ "standing": "left" }))
        .await
        .problem(StatusCode::UNPROCESSABLE_ENTITY);
    copy_in_by_mail(&desk, &ticket).await;
    assert_eq!(standing().await, "left", "whoever copies them in");
    ada.reply(&ticket, "Second").await;
    desk.settle().await;
    let to_dana = mails(&desk).await.into_iter().filter(|mail| mail.to == "dana@example.test" && mail.text.contains("Second"));
    assert_eq!(to_dana.count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_does_one_thing_for_one_person_for_a_while() {
    let desk = Desk::start().await;
    let (carl, ada) = (desk.sign_in("demo", "carl@example.test").await, desk.sign_in("demo", "ada@demo.test").await);
    let ticket = carl.open("Help").await;
    ada.set_status(&ticket, "resolved").await.expect(StatusCode::OK);
    desk.settle().await;
    let links = mails_about(&desk, &ticket).await.iter().flat_map(|mail| mail.links("ratings")).collect::<Vec<_>>();
    let link = links[0].clone();
    let page = open_page(&desk, &link).await;
    assert_eq!(String::from_utf8_lossy(&page.body).matches("name=\"score\"").count(), 5);
    assert_eq!(ada.read(&ticket).await["rating"], Value::Null, "reading it does nothing");
    let wrong = post(&desk, &link, "score=6").await;
    assert_eq!(wrong.wrong_fields(StatusCode::UNPROCESSABLE_ENTITY), ["score"]);
    assert_eq!(post(&desk, &link, "score=2&comment=Slow").await.status, StatusCode::OK);
    assert_eq!(post(&desk, &link, "score=4&comment=%3Cb%3EBetter").await.status, StatusCode::OK);
    let rating = ada.read(&ticket).await["rating"].clone();
    assert_eq!((rating["score"].clone(), rating["comment"].clone()), (json!(4), json!("<b>Better")));
    let elsewhere = link.replace("ratings", "unsubscribe");
    post(&desk, &elsewhere, "").await.problem(StatusCode::NOT_FOUND);
    let mut other = link.clone();
    other.replace_range(link.len() - 5..link.len() - 4, if link.as_bytes()[link.len() - 5] == b'a' { "b" } else { "a" });
    post(&desk, &other, "score=1").await.problem(StatusCode::NOT_FOUND);
    desk.advance("P61D").await;
    post(&desk, &link, "score=1").await.problem(StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn managers_are_told_once_an_hour_what_nobody_has() {
    let desk = Desk::start().await;
    let carl = desk.sign_in("demo", "carl@example.test").await;
    let ticket = carl.open("Alone <b>").await;
    digest_always(&desk, "demo").await;
    for _ in 0..2 {
        desk.advance("PT1H").await;
        desk.settle().await;
    }
    let digests = async || {
        let all = mails(&desk).await.into_iter().filter(|mail| mail.subject.contains("without an agent"));
        all.filter(|mail| mail.to == "mia@demo.test").collect::<Vec<_>>()
    };
    let found = digests().await;
    let hours: std::collections::BTreeSet<_> = found.iter().map(|mail| mail.message_id.clone()).collect();
    assert_eq!((found.len(), hours.len() >= 2), (hours.len(), true), "each hour once");
    assert!(found[0].text.contains(&text(&ticket, "number")) && found[0].html.contains("Alone &lt;b&gt;"));
    assert_eq!(post(&desk, &found[0].link("unsubscribe"), "List-Unsubscribe=One-Click").await.status, StatusCode::OK);
    desk.advance("PT1H").await;
    desk.settle().await;
    assert_eq!(digests().await.len(), found.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_large_for_a_mail_is_behind_a_link_for_its_reader() {
    let desk = Desk::start().await;
    let (carl, dana) = (desk.sign_in("demo", "carl@example.test").await, desk.sign_in("demo", "dana@example.test").await);
    let (ada, ticket) = (desk.sign_in("demo", "ada@demo.test").await, carl.open("Help").await);
    join(&desk, "demo", &ticket, &dana.person).await;
    reply_with_file(&desk, "demo", &ticket, &ada.person).await;
    desk.settle().await;
    let mails = mails_about(&desk, &ticket).await;
    let to = |address: &str| mails.iter().rfind(|mail| mail.to == address).expect("a mail");
    let (his, hers) = (to("carl@example.test"), to("dana@example.test"));
    assert!(his.text.contains("- virus.exe\r\n") && his.text.contains("- gone.txt\r\n"), "no link: {}", his.text);
    assert!(his.html.contains("\">film.txt</a>"), "{}", his.html);
    for link in [&his.links("files")[0], &hers.links("files")[0]] {
        let answer = desk.client.anonymous().get(link).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", String::from_utf8_lossy(&answer.body));
        let file = fetch(&carl, answer.header("location")).await;
        assert_eq!((file.status, &file.body[..]), (StatusCode::OK, &b"log"[..]));
        assert!(file.header("content-disposition").starts_with("attachment"));
    }
    assert!(String::from_utf8_lossy(&open_page(&desk, &his.links("files")[1]).await.body).contains("cannot be had"));
    ada.send(Method::DELETE, &format!("{}/participants/{}", path_of(&ticket), dana.person), &[], None).await;
    desk.client.anonymous().get(&hers.links("files")[0]).await.problem(StatusCode::NOT_FOUND);
    let rating = his.links("files")[0].replace("files", "ratings");
    desk.client.anonymous().get(&rating).await.problem(StatusCode::NOT_FOUND);
    desk.advance("P31D").await;
    desk.client.anonymous().get(&his.links("files")[0]).await.problem(StatusCode::NOT_FOUND);
}
