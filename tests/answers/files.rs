//! Files of canned responses: kept by the response, copied for whoever uses it, and gone with it.

use axum::http::{Method, StatusCode};
use lambdesk_domain::{AttachmentId, Scan, TenantId};
use lambdesk_platform::{BucketName, ObjectError};
use lambdesk_store::{StoreError, object_key};
use serde_json::{Value, json};

use super::{UNPROCESSABLE, at, make};
use crate::{
    attachments::{PNG, announce, fetch, look_at, upload},
    support::{Answer, Desk, Session, path_of, text},
};

const ALL: &str = "/v1/canned-responses";
const LOOSE: &str = "/v1/attachments";

fn file(id: &str) -> String {
    format!("{LOOSE}/{id}")
}

fn shared(files: &[&str]) -> Value {
    json!({ "scope": "shared", "shortcut": "/guide", "title": "Guide", "body": "See the guide.", "attachments": files })
}

async fn used(by: &Session, ticket: &Value, canned: &Value) -> Value {
    by.post(&format!("{}/canned-responses/{}", path_of(ticket), text(canned, "id")), json!({})).await.expect(StatusCode::OK)
}

async fn say(by: &Session, ticket: &Value, files: Value) -> Answer {
    by.post(&format!("{}/messages", path_of(ticket)), json!({ "kind": "reply", "body": "x", "attachments": files })).await
}

/// What a scanner found, as if it had been there.
async fn found(desk: &Desk, id: &str, scan: Scan) {
    let tenant = TenantId::parse("demo").unwrap();
    desk.local.app().desk_of(&tenant).note_scan(id.parse().unwrap(), scan, "image/png").await.expect("there");
}

/// Whether a file's row and its object are there.
async fn is_there(desk: &Desk, id: &str) -> (bool, bool) {
    let (tenant, id): (_, AttachmentId) = (TenantId::parse("demo").unwrap(), id.parse().unwrap());
    let app = desk.local.app();
    let row = !matches!(app.desk_of(&tenant).attachment(id).await, Err(StoreError::NotFound));
    let object = app.objects().info(BucketName::Attachments, &object_key(&tenant, id)).await;
    (row, !matches!(object, Err(ObjectError::NotFound)))
}

async fn ada_and_mia(desk: &Desk) -> (Session, Session) {
    (desk.sign_in("demo", "ada@demo.test").await, desk.sign_in("demo", "mia@demo.test").await)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_response_brings_copies_of_its_files_and_the_customer_gets_them() {
    let desk = Desk::start().await;
    let (ada, mia) = ada_and_mia(&desk).await;
    let (carl, ben) = (desk.sign_in("demo", "carl@example.test").await, desk.sign_in("demo", "ben@demo.test").await);
    let kept = upload(&mia, LOOSE, "guide.png", PNG).await;
    let canned = make(&mia, ALL, shared(&[&kept])).await;
    let listed = json!([{ "id": kept, "name": "guide.png", "content_type": "image/png", "size": PNG.len() }]);
    assert_eq!(canned["attachments"], listed);
    assert_eq!(ada.get(&at(ALL, &canned)).await.json()["attachments"], listed);
    assert_eq!(ada.list(ALL).await[0]["attachments"], listed);
    let (ticket, other) = (carl.open("One").await, carl.open("Two").await);

    found(&desk, &kept, Scan::Pending).await;
    let not_yet = used(&ada, &ticket, &canned).await;
    let left_out = |reason: &str| json!([{ "id": kept, "name": "guide.png", "reason": reason }]);
    assert_eq!((&not_yet["attachments"], &not_yet["left_out"]), (&json!([]), &left_out("pending")), "nobody looked at it");
    found(&desk, &kept, Scan::Infected).await;
    assert_eq!(used(&ada, &ticket, &canned).await["left_out"], left_out("infected"));
    found(&desk, &kept, Scan::Pending).await;
    look_at(&desk, "demo", &kept).await;

    let offer = used(&ada, &ticket, &canned).await;
    let copy = text(&offer["attachments"][0], "id");
    assert_ne!(copy, kept);
    assert_eq!((&offer["attachments"][0]["scan"], &offer["left_out"]), (&json!("unknown"), &json!([])), "it was looked at");
    // The copy is hers, for this ticket; what is kept is nobody's to attach or erase.
    for (by, on, id, code) in [
        (&ben, &ticket, &copy, "unknown_attachment"),
        (&ada, &other, &copy, "unknown_attachment"),
        (&ada, &ticket, &kept, "unknown_attachment"),
        (&mia, &ticket, &kept, "already_attached"),
    ] {
        let refused = say(by, on, json!([id])).await.problem(UNPROCESSABLE);
        assert_eq!(refused["errors"][0]["code"], code);
    }
    mia.delete(&file(&kept)).await.problem(StatusCode::NOT_FOUND);
    ben.get(&file(&copy)).await.problem(StatusCode::NOT_FOUND);
    say(&ada, &ticket, json!([copy])).await.expect(StatusCode::CREATED);
    let had = carl.get(&file(&copy)).await.expect(StatusCode::OK);
    assert_eq!((&had["name"], &had["content_type"]), (&json!("guide.png"), &json!("image/png")));
    assert_eq!(fetch(&carl, &text(&had["download"], "url")).await.body.as_ref(), PNG);
    let second = text(&used(&ben, &other, &canned).await["attachments"][0], "id");
    assert!(second != copy && second != kept, "each use has its own");
    // Under one key there is one copy.
    let (path, once) = (format!("{}/canned-responses/{}", path_of(&other), text(&canned, "id")), [("idempotency-key", "one")]);
    let first = ada.send(Method::POST, &path, &once, None).await.expect(StatusCode::OK);
    assert_eq!(ada.send(Method::POST, &path, &once, None).await.expect(StatusCode::OK), first);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_response_has_no_more_is_erased_and_what_was_sent_stays() {
    let desk = Desk::start().await;
    let (ada, mia) = ada_and_mia(&desk).await;
    let carl = desk.sign_in("demo", "carl@example.test").await;
    let (first, second) = (upload(&mia, LOOSE, "a.txt", b"first").await, upload(&mia, LOOSE, "b.txt", b"second").await);
    let canned = make(&mia, ALL, shared(&[&first])).await;
    look_at(&desk, "demo", &first).await;
    let ticket = carl.open("One").await;
    let copy = text(&used(&ada, &ticket, &canned).await["attachments"][0], "id");
    say(&ada, &ticket, json!([copy])).await.expect(StatusCode::CREATED);
    let place = at(ALL, &canned);
    // A patch of something else leaves them, and what was read can be sent back.
    let renamed = mia.patch(&place, json!({ "title": "The guide" })).await.expect(StatusCode::OK);
    assert_eq!(renamed["attachments"], canned["attachments"]);
    let mut both = canned["attachments"].as_array().unwrap().clone();
    both.push(json!(second));
    let changed = mia.patch(&place, json!({ "attachments": both })).await.expect(StatusCode::OK);
    assert_eq!(changed["attachments"].as_array().unwrap().len(), 2);
    let stale = mia.send(Method::PATCH, &place, &[("if-match", "\"1\"")], Some(json!({ "attachments": null }))).await;
    stale.problem(StatusCode::PRECONDITION_FAILED);
    let admin = desk.sign_in("demo", "admin@demo.test").await;
    let changed = admin.patch(&place, json!({ "attachments": [second] })).await.expect(StatusCode::OK);
    assert_eq!((&changed["attachments"][0]["name"], &changed["attachments"][1]), (&json!("b.txt"), &Value::Null));
    mia.get(&file(&first)).await.problem(StatusCode::NOT_FOUND);
    say(&mia, &ticket, json!([first])).await.problem(UNPROCESSABLE);
    desk.advance("PT2M").await;
    desk.settle().await;
    assert_eq!((is_there(&desk, &first).await, is_there(&desk, &second).await), ((false, false), (true, true)));

    let (_, mia) = ada_and_mia(&desk).await;
    mia.delete(&place).await.expect(StatusCode::NO_CONTENT);
    // Weeks of nobody's taking it away are not waited for.
    desk.advance("PT2M").await;
    desk.settle().await;
    assert_eq!((is_there(&desk, &second).await, is_there(&desk, &copy).await), ((false, false), (true, true)));
    let carl = desk.sign_in("demo", "carl@example.test").await;
    let had = carl.get(&file(&copy)).await.expect(StatusCode::OK);
    assert_eq!(fetch(&carl, &text(&had["download"], "url")).await.body.as_ref(), b"first");
}

#[tokio::test(flavor = "multi_thread")]
async fn d2_the_files_of_a_response_are_there_for_whom_it_is() {
    let desk = Desk::start().await;
    let (ada, mia) = ada_and_mia(&desk).await;
    let (carl, ben) = (desk.sign_in("demo", "carl@example.test").await, desk.sign_in("demo", "ben@demo.test").await);
    let own = upload(&ada, LOOSE, "own.txt", b"mine").await;
    let personal = json!({ "shortcut": "/own", "title": "Own", "body": "x", "attachments": [own] });
    let personal = make(&ada, ALL, personal).await;
    let all = upload(&mia, LOOSE, "all.txt", b"all").await;
    make(&mia, ALL, shared(&[&all])).await;
    let stranger = desk.sign_in("eur", "admin@eur.test").await;
    for (by, id, status) in [
        (&ada, &own, StatusCode::OK),
        (&ben, &own, StatusCode::NOT_FOUND),
        (&mia, &own, StatusCode::NOT_FOUND),
        (&ben, &all, StatusCode::OK),
        (&carl, &all, StatusCode::NOT_FOUND),
        (&stranger, &all, StatusCode::NOT_FOUND),
    ] {
        assert_eq!(by.get(&file(id)).await.status, status);
    }
    // The files of others cannot be taken by naming them.
    for id in [&own, &all, &upload(&mia, LOOSE, "hers.txt", b"hers").await] {
        let thief = json!({ "shortcut": "/thief", "title": "x", "body": "x", "attachments": [id] });
        assert_eq!(ben.post(ALL, thief).await.wrong_fields(UNPROCESSABLE), ["attachments[0]"]);
    }
    ada.delete(&at(ALL, &personal)).await.expect(StatusCode::NO_CONTENT);
    desk.advance("PT2M").await;
    desk.settle().await;
    assert_eq!(is_there(&desk, &own).await, (false, false), "gone with her own response");

    let manager = desk.sign_in("ozean", "manager@ozean.test").await;
    let [ka, ol] = ["agent.ka@ozean.test", "agent.ol@ozean.test"].map(|agent| desk.sign_in("ozean", agent));
    let (ka, ol) = (ka.await, ol.await);
    let pump = upload(&manager, LOOSE, "pump.txt", b"pump").await;
    let mut canned = shared(&[&pump]);
    canned["brands"] = json!(["KA"]);
    make(&manager, ALL, canned).await;
    ka.get(&file(&pump)).await.expect(StatusCode::OK);
    ol.get(&file(&pump)).await.problem(StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_is_wrong_with_the_files_is_named_and_each_is_kept_once() {
    let desk = Desk::start().await;
    let (_, mia) = ada_and_mia(&desk).await;
    let carl = desk.sign_in("demo", "carl@example.test").await;
    let good = upload(&mia, LOOSE, "a.txt", b"a").await;
    let empty = text(&announce(&mia, LOOSE, "b.txt", 5).await, "id");
    let ticket = carl.open("One").await;
    let meant = upload(&mia, &format!("{}/attachments", path_of(&ticket)), "c.txt", b"c").await;
    let nobodys = "019aa0c5-6b20-7000-8000-0000000000aa";
    let mut wrong = shared(&[&good, &empty, &meant, nobodys, &good]);
    wrong["body"] = json!("{{ nothing }}");
    let problem = mia.post(ALL, wrong).await.problem(UNPROCESSABLE);
    let errors: Vec<_> =
        problem["errors"].as_array().unwrap().iter().map(|error| (text(error, "path"), text(error, "code"))).collect();
    let expected = [
        ("body", "unknown_placeholder"),
        ("attachments[1]", "not_uploaded"),
        ("attachments[2]", "unknown_attachment"),
        ("attachments[3]", "unknown_attachment"),
        ("attachments[4]", "duplicate"),
    ];
    assert_eq!(errors.iter().map(|(path, code)| (path.as_str(), code.as_str())).collect::<Vec<_>>(), expected);
    assert_eq!(mia.post(ALL, shared(&["x"])).await.wrong_fields(UNPROCESSABLE), ["attachments[0]"]);
    assert_eq!(mia.post(ALL, shared(&[nobodys; 11])).await.wrong_fields(UNPROCESSABLE), ["attachments"]);
    let large = vec![b'x'; 6 * 1024 * 1024];
    let (one, two) = (upload(&mia, LOOSE, "a.txt", &large).await, upload(&mia, LOOSE, "b.txt", &large).await);
    let problem = mia.post(ALL, shared(&[&one, &two])).await.problem(UNPROCESSABLE);
    assert_eq!((&problem["errors"][0]["path"], &problem["errors"][0]["code"]), (&json!("attachments"), &json!("too_large")));

    // Two want it at once: one has it.
    let other = json!({ "shortcut": "/other", "title": "Other", "body": "x", "attachments": [good] });
    let both = tokio::join!(mia.post(ALL, shared(&[&good])), mia.post(ALL, other));
    let made = [&both.0, &both.1].iter().filter(|answer| answer.status == StatusCode::CREATED).count();
    assert_eq!(made, 1, "{} {}", both.0.status, both.1.status);
    assert_eq!(mia.list(ALL).await.len(), 1);
}
