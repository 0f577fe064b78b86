//! Files: announced, uploaded straight to S3, attached to what is said, looked at, and given out.

use axum::{
    body::Body,
    http::{Method, Request, StatusCode},
};
use lambdesk_domain::TenantId;
use lambdesk_local_ses::Mail;
use lambdesk_local_sqs::{QueueName, SendMessage};
use lambdesk_platform::{BucketName, ObjectError, Scanner};
use serde_json::{Value, json};

use crate::support::{Answer, Desk, Session, eventually, path_of, text};

/// The least that is a PNG.
pub(crate) const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\0\x05\0\x01\xff\x89\x99=\x1d\0\0\0\0IEND\xaeB`\x82";
const LOOSE: &str = "/v1/attachments";

/// Announces a file.
pub(crate) async fn announce(by: &Session, path: &str, name: &str, size: usize) -> Value {
    by.post(path, json!({ "name": name, "size": size })).await.expect(StatusCode::CREATED)
}

/// Sends bytes where an announcement says, as it says.
pub(crate) async fn put(by: &Session, announced: &Value, bytes: &[u8]) -> Answer {
    let upload = &announced["upload"];
    let mut request = Request::builder().method(text(upload, "method").as_str()).uri(text(upload, "url"));
    for (name, value) in upload["headers"].as_object().expect("headers") {
        // The client writes these two by itself.
        if !["host", "content-length"].contains(&name.as_str()) {
            request = request.header(name, value.as_str().expect("a text"));
        }
    }
    by.client.try_send(request.body(Body::from(bytes.to_vec())).expect("a request")).await.expect("S3 answers")
}

/// Announces and uploads a file; answers its id.
pub(crate) async fn upload(by: &Session, path: &str, name: &str, bytes: &[u8]) -> String {
    let announced = announce(by, path, name, bytes.len()).await;
    let answer = put(by, &announced, bytes).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", String::from_utf8_lossy(&answer.body));
    text(&announced, "id")
}

/// Gets an address that needs no credential.
pub(crate) async fn fetch(by: &Session, url: &str) -> Answer {
    by.client.try_send(Request::get(url).body(Body::empty()).expect("a request")).await.expect("S3 answers")
}

/// Tells the worker of a file, as S3 does, and waits until it was looked at.
pub(crate) async fn look_at(desk: &Desk, tenant: &str, id: &str) {
    let event = json!({ "Records": [{ "s3": { "object": { "key": format!("uploads/{tenant}/{id}") } } }] }).to_string();
    desk.local.queues().send(&QueueName::parse("files").unwrap(), &SendMessage::new(&event)).expect("taken");
    desk.settle().await;
}

/// Demands of a tenant's files that a scanner found nothing in them.
async fn require_scan(desk: &Desk, tenant: &str) {
    let tenant = TenantId::parse(tenant).unwrap();
    let part = desk.local.app().desk_of(&tenant);
    let mut config = (*part.config().await.expect("configured")).clone();
    config.attachments.scan_required = true;
    part.put_config(&config).await.expect("kept");
}

async fn two() -> (Desk, Session, Session) {
    let desk = Desk::start().await;
    let (carl, ada) = (desk.sign_in("demo", "carl@example.test").await, desk.sign_in("demo", "ada@demo.test").await);
    (desk, carl, ada)
}

fn uploads_of(ticket: &Value) -> String {
    format!("{}/attachments", path_of(ticket))
}

async fn say(by: &Session, ticket: &Value, kind: &str, attachments: Value) -> Answer {
    by.post(&format!("{}/messages", path_of(ticket)), json!({ "kind": kind, "body": "x", "attachments": attachments })).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_goes_there_and_back() {
    let (desk, carl, ada) = two().await;
    let id = upload(&carl, LOOSE, "floor plan.png", PNG).await;
    let ticket = carl.open_with(json!({ "subject": "Help", "body": "x", "attachments": [id] })).await;
    let messages = ada.list(&format!("{}/messages", path_of(&ticket))).await;
    let listed = &messages[0]["attachments"][0];
    assert_eq!((listed["id"].as_str(), listed["name"].as_str()), (Some(id.as_str()), Some("floor plan.png")));
    assert_eq!((&listed["content_type"], &listed["size"]), (&json!("image/png"), &json!(PNG.len())));

    let answer = upload(&ada, &uploads_of(&ticket), "answer.txt", b"Unplug it.").await;
    say(&ada, &ticket, "reply", json!([answer])).await.expect(StatusCode::CREATED);
    look_at(&desk, "demo", &id).await;
    for (by, id, content, name) in [(&ada, &id, PNG, "floor plan.png"), (&carl, &answer, b"Unplug it.", "answer.txt")] {
        let file = by.get(&format!("{LOOSE}/{id}")).await.expect(StatusCode::OK);
        assert_eq!(file["name"], name);
        let had = fetch(by, &text(&file["download"], "url")).await;
        assert_eq!((had.status, had.body.as_ref()), (StatusCode::OK, content));
        assert_eq!(had.header("content-disposition"), format!("attachment; filename=\"{name}\""));
        let led = by.get(&format!("{LOOSE}/{id}?redirect=true")).await;
        assert_eq!((led.status, led.body.len()), (StatusCode::SEE_OTHER, 0));
        assert_eq!(fetch(by, led.header("location")).await.body.as_ref(), content);
    }
    let scanned = carl.get(&format!("{LOOSE}/{id}")).await.expect(StatusCode::OK);
    assert_eq!((&scanned["scan"], &scanned["reason"]), (&json!("unknown"), &Value::Null), "nobody scans here");
    assert_eq!(ada.read(&ticket).await["version"], 2, "an upload is no change of the ticket");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_announcement_is_judged_before_anything_is_uploaded() {
    let (_desk, carl, _) = two().await;
    let wrong = async |body: Value| {
        let problem = carl.post(LOOSE, body).await.problem(StatusCode::UNPROCESSABLE_ENTITY);
        let errors = problem["errors"].as_array().unwrap().iter();
        errors.map(|error| format!("{} {}", text(error, "path"), text(error, "code"))).collect::<Vec<_>>()
    };
    assert_eq!(wrong(json!({ "name": "a.png", "size": 10 * 1024 * 1024 + 1 })).await, ["size too_large"]);
    assert_eq!(wrong(json!({ "name": "a.exe", "size": 0 })).await, ["name type_not_allowed", "size invalid"]);
    assert_eq!(wrong(json!({ "name": " ", "size": -1 })).await, ["name invalid", "size invalid"]);
    assert_eq!(wrong(json!({ "name": "a.png", "size": 1, "tenant": "x" })).await, ["tenant unknown_field"]);
    announce(&carl, LOOSE, "a.png", 10 * 1024 * 1024).await;
    let once = [("idempotency-key", "one")];
    let body = json!({ "name": "a.png", "size": 5 });
    let first = carl.send(Method::POST, LOOSE, &once, Some(body.clone())).await.expect(StatusCode::CREATED);
    let again = carl.send(Method::POST, LOOSE, &once, Some(body)).await.expect(StatusCode::CREATED);
    assert_eq!(first, again, "the same file");
}

#[tokio::test(flavor = "multi_thread")]
async fn all_wrong_files_are_named_at_once() {
    let (_desk, carl, ada) = two().await;
    let (ticket, other) = (carl.open("One").await, carl.open("Another").await);
    let mine = upload(&carl, &uploads_of(&ticket), "mine.txt", b"mine").await;
    let elsewhere = upload(&carl, &uploads_of(&other), "other.txt", b"other").await;
    let hers = upload(&ada, &uploads_of(&ticket), "hers.txt", b"hers").await;
    let empty = text(&announce(&carl, &uploads_of(&ticket), "never.txt", 5).await, "id");
    let nobodys = "019aa0c5-6b20-7000-8000-0000000000aa";
    let refused = say(&carl, &ticket, "reply", json!([mine, elsewhere, hers, empty, nobodys, mine])).await;
    let problem = refused.problem(StatusCode::UNPROCESSABLE_ENTITY);
    let errors = problem["errors"].as_array().unwrap().iter();
    let errors: Vec<_> = errors.map(|error| (text(error, "path"), text(error, "code"))).collect();
    let expected = [
        ("attachments[1]", "unknown_attachment"),
        ("attachments[2]", "unknown_attachment"),
        ("attachments[3]", "not_uploaded"),
        ("attachments[4]", "unknown_attachment"),
        ("attachments[5]", "duplicate"),
    ];
    assert_eq!(errors.iter().map(|(path, code)| (path.as_str(), code.as_str())).collect::<Vec<_>>(), expected);
    assert_eq!(
        say(&carl, &ticket, "reply", json!(["x"])).await.wrong_fields(StatusCode::UNPROCESSABLE_ENTITY),
        ["attachments[0]"]
    );

    say(&carl, &ticket, "reply", json!([mine])).await.expect(StatusCode::CREATED);
    let twice = say(&carl, &ticket, "reply", json!([mine])).await.problem(StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(twice["errors"][0]["code"], "already_attached");
    let many: Vec<_> = (0..21).map(|_| nobodys).collect();
    let problem = say(&carl, &ticket, "reply", json!(many)).await.problem(StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!((&problem["errors"][0]["path"], &problem["errors"][0]["code"]), (&json!("attachments"), &json!("too_many")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_attached_once_also_when_two_try() {
    let (_desk, carl, _) = two().await;
    let ticket = carl.open("One").await;
    let id = upload(&carl, LOOSE, "mine.txt", b"mine").await;
    let open = json!({ "subject": "Two", "body": "x", "attachments": [id] });
    let both = tokio::join!(say(&carl, &ticket, "reply", json!([id])), carl.post("/v1/tickets", open));
    let done = [both.0, both.1].iter().filter(|answer| answer.status == StatusCode::CREATED).count();
    assert_eq!(done, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_files_are_one_message() {
    let (_desk, carl, _) = two().await;
    let mut ids = Vec::new();
    for n in 0..20 {
        ids.push(upload(&carl, LOOSE, &format!("{n}.txt"), b"x").await);
    }
    let ticket = carl.open_with(json!({ "subject": "x", "body": "x", "attachments": ids })).await;
    let messages = carl.list(&format!("{}/messages", path_of(&ticket))).await;
    let names: Vec<_> = messages[0]["attachments"].as_array().unwrap().iter().map(|file| text(file, "name")).collect();
    assert_eq!(names, (0..20).map(|n| format!("{n}.txt")).collect::<Vec<_>>(), "in the order given");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_has_room_for_so_much() {
    let (_desk, carl, _) = two().await;
    let ticket = carl.open("Large").await;
    let megabytes = |n: usize| vec![b'x'; n * 1024 * 1024];
    for n in 0..5 {
        let size = if n == 4 { 9 } else { 10 };
        let id = upload(&carl, &uploads_of(&ticket), "a.txt", &megabytes(size)).await;
        say(&carl, &ticket, "reply", json!([id])).await.expect(StatusCode::CREATED);
    }
    let body = json!({ "name": "a.txt", "size": 1024 * 1024 + 1 });
    assert_eq!(carl.post(&uploads_of(&ticket), body).await.wrong_fields(StatusCode::UNPROCESSABLE_ENTITY), ["size"]);
    let mut two = Vec::new();
    for _ in 0..2 {
        two.push(upload(&carl, &uploads_of(&ticket), "a.txt", &megabytes(1)).await);
    }
    let problem = say(&carl, &ticket, "reply", json!(two)).await.problem(StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!((&problem["errors"][0]["path"], &problem["errors"][0]["code"]), (&json!("attachments"), &json!("too_large")));
    say(&carl, &ticket, "reply", json!([two[0]])).await.expect(StatusCode::CREATED);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_is_not_attached_is_forgotten_or_erased() {
    let (desk, carl, ada) = two().await;
    let (kept, erased) = (upload(&carl, LOOSE, "kept.txt", b"x").await, upload(&carl, LOOSE, "erased.txt", b"x").await);
    let path = |id: &str| format!("{LOOSE}/{id}");
    carl.get(&path(&erased)).await.expect(StatusCode::OK);
    ada.delete(&path(&erased)).await.problem(StatusCode::NOT_FOUND);
    assert_eq!(carl.delete(&path(&erased)).await.status, StatusCode::NO_CONTENT);
    carl.get(&path(&erased)).await.problem(StatusCode::NOT_FOUND);
    carl.delete(&path(&erased)).await.problem(StatusCode::NOT_FOUND);
    look_at(&desk, "demo", &erased).await;

    desk.advance("PT25H").await;
    let carl = desk.sign_in("demo", "carl@example.test").await;
    carl.get(&path(&kept)).await.problem(StatusCode::NOT_FOUND);
    let open = json!({ "subject": "x", "body": "x", "attachments": [kept] });
    assert_eq!(carl.post("/v1/tickets", open).await.wrong_fields(StatusCode::UNPROCESSABLE_ENTITY), ["attachments[0]"]);

    desk.settle().await;
    let object = |id: &str| format!("uploads/demo/{id}");
    let gone = desk.local.app().objects().info(BucketName::Attachments, &object(&kept)).await;
    assert!(matches!(gone, Err(ObjectError::NotFound)), "its object goes with it: {gone:?}");

    let attached = upload(&carl, LOOSE, "attached.txt", b"x").await;
    carl.open_with(json!({ "subject": "x", "body": "x", "attachments": [attached] })).await;
    carl.delete(&path(&attached)).await.problem(StatusCode::NOT_FOUND);
    desk.advance("PT25H").await;
    desk.settle().await;
    let carl = desk.sign_in("demo", "carl@example.test").await;
    carl.get(&path(&attached)).await.expect(StatusCode::OK);
    desk.local.app().objects().info(BucketName::Attachments, &object(&attached)).await.expect("kept");
}

/// The address to upload to is good for 15 minutes, also after the file was erased.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_uploaded_once_more_after_it_was_erased_goes_too() {
    let (desk, carl, _) = two().await;
    let announced = announce(&carl, LOOSE, "a.txt", 1).await;
    let (id, app) = (text(&announced, "id"), desk.local.app());
    put(&carl, &announced, b"x").await;
    desk.settle().await;
    assert_eq!(carl.delete(&format!("{LOOSE}/{id}")).await.status, StatusCode::NO_CONTENT);
    assert_eq!(put(&carl, &announced, b"y").await.status, StatusCode::OK);
    let key = format!("uploads/demo/{id}");
    app.objects().info(BucketName::Attachments, &key).await.expect("it is there");
    desk.advance("PT11M").await;
    desk.settle().await;
    assert!(matches!(app.objects().info(BucketName::Attachments, &key).await, Err(ObjectError::NotFound)));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_announces_files_without_end() {
    let (desk, carl, ada) = two().await;
    for _ in 0..100 {
        announce(&carl, LOOSE, "a.txt", 1).await;
    }
    let ticket = carl.open("Help").await;
    for path in [LOOSE.to_owned(), uploads_of(&ticket)] {
        let refused = carl.post(&path, json!({ "name": "a.txt", "size": 1 })).await;
        assert_eq!(refused.problem(StatusCode::TOO_MANY_REQUESTS)["code"], "too_many_files");
        let wait: u64 = refused.header("retry-after").parse().expect("seconds");
        assert!((1..=3600).contains(&wait), "{wait}");
    }
    announce(&ada, LOOSE, "a.txt", 1).await;
    desk.advance("PT1H").await;
    let carl = desk.sign_in("demo", "carl@example.test").await;
    announce(&carl, LOOSE, "a.txt", 1).await;
}

/// Nobody gets a file before somebody has looked at it, whatever the desk demands; whoever is mailed finds it behind a link.
#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_has_looked_at_is_given_to_nobody() {
    // Nobody listens there: what is looked at is looked at later.
    let desk = Desk::start_with(Scanner::ClamdTcp("127.0.0.1:1".to_owned())).await;
    let (carl, ada) = (desk.sign_in("demo", "carl@example.test").await, desk.sign_in("demo", "ada@demo.test").await);
    let ticket = carl.open("Help").await;
    let mut ids = Vec::new();
    for n in 0..6 {
        ids.push(upload(&ada, &uploads_of(&ticket), &format!("{n}.txt"), b"x").await);
    }
    say(&ada, &ticket, "reply", json!(ids)).await.expect(StatusCode::CREATED);
    let begun = std::time::Instant::now();
    let mail = eventually("the answer", async || {
        let sent = desk.local.mailbox().list();
        let number = text(&ticket, "number");
        let about_it = |mail: &&Mail| mail.to == ["carl@example.test"] && mail.subject.contains(&number);
        let to_carl: Vec<_> = sent.iter().filter(about_it).collect();
        // The acknowledgement is the other.
        (to_carl.len() == 2).then(|| to_carl[0].id)
    });
    let raw = carl.get(&format!("/local/mailbox/{}", mail.await)).await.body;
    assert!(begun.elapsed() < std::time::Duration::from_secs(8), "waited for all of them together");
    let mail = mail_parser::MessageParser::default().parse(&raw[..]).expect("a mail");
    assert_eq!((mail.attachment_count(), mail.body_text(0).expect("text").matches("/v1/files/").count()), (0, 6));
    let file = carl.get(&format!("{LOOSE}/{}", ids[0])).await.expect(StatusCode::OK);
    assert_eq!((&file["download"], &file["reason"]), (&Value::Null, &json!("pending")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_answer_takes_its_files_to_the_follow_up() {
    let (desk, carl, ada) = two().await;
    let ticket = carl.open("Help").await;
    ada.set_status(&ticket, "closed").await.expect(StatusCode::OK);
    desk.advance("P30D").await;
    let carl = desk.sign_in("demo", "carl@example.test").await;
    let id = upload(&carl, &uploads_of(&ticket), "late.txt", b"late").await;
    let message = say(&carl, &ticket, "reply", json!([id])).await.expect(StatusCode::CREATED);
    assert_ne!(message["ticket"], ticket["id"]);
    assert_eq!(message["attachments"][0]["id"], id.as_str());
    carl.get(&format!("{LOOSE}/{id}")).await.expect(StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_may_give_out_only_what_was_found_clean() {
    let (desk, carl, _) = two().await;
    require_scan(&desk, "demo").await;
    let id = text(&announce(&carl, LOOSE, "a.txt", 1).await, "id");
    let file = carl.get(&format!("{LOOSE}/{id}")).await.expect(StatusCode::OK);
    assert_eq!((&file["download"], &file["reason"], &file["scan"]), (&Value::Null, &json!("not_uploaded"), &json!("pending")));
    let id = upload(&carl, LOOSE, "a.txt", b"x").await;
    look_at(&desk, "demo", &id).await;
    let file = carl.get(&format!("{LOOSE}/{id}")).await.expect(StatusCode::OK);
    assert_eq!((&file["download"], &file["reason"]), (&Value::Null, &json!("unknown")), "no scanner, no files");
    let refused = carl.get(&format!("{LOOSE}/{id}?redirect=true")).await.problem(StatusCode::CONFLICT);
    assert_eq!(refused["code"], "file_not_given");
}
