//! B2, B4, B5, B6: files that are not what they seem, and files of others.

use axum::http::StatusCode;
use lambdesk_domain::Scan;
use serde_json::{Value, json};

use crate::{
    attachments::{PNG, announce, fetch, look_at, put, upload},
    support::{Desk, Session, path_of, text},
};

const LOOSE: &str = "/v1/attachments";
const HOSTILE: &[u8] = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";

async fn two() -> (Desk, Session, Session) {
    let desk = Desk::start().await;
    let (carl, ada) = (desk.sign_in("demo", "carl@example.test").await, desk.sign_in("demo", "ada@demo.test").await);
    (desk, carl, ada)
}

async fn read(by: &Session, id: &str) -> Value {
    by.get(&format!("{LOOSE}/{id}")).await.expect(StatusCode::OK)
}

/// A ticket with the file, where that was not looked at before anybody could attach it.
async fn open_with_file(by: &Session, id: &str) -> Option<Value> {
    let answer = by.post("/v1/tickets", json!({ "subject": "x", "body": "x", "attachments": [id] })).await;
    if answer.status == StatusCode::CREATED {
        return Some(answer.json());
    }
    assert_eq!(answer.problem(StatusCode::UNPROCESSABLE_ENTITY)["errors"][0]["code"], "type_not_allowed");
    None
}

#[tokio::test(flavor = "multi_thread")]
async fn b2_what_a_browser_could_run_is_never_shown() {
    let (desk, carl, ada) = two().await;
    for name in ["a.svg", "a.html", "a.xhtml", "a.xml", "a.pdf", "a.png"] {
        let body = json!({ "name": name, "content_type": "text/html", "size": HOSTILE.len() });
        let announced = carl.post(LOOSE, body).await.expect(StatusCode::CREATED);
        assert_eq!(put(&carl, &announced, HOSTILE).await.status, StatusCode::OK);
        let id = text(&announced, "id");
        if open_with_file(&carl, &id).await.is_none() {
            continue;
        }
        // At once, and after it was looked at.
        for looked_at in [false, true] {
            if looked_at {
                look_at(&desk, "demo", &id).await;
            }
            let file = read(&ada, &id).await;
            let Some(url) = file["download"]["url"].as_str() else {
                let expected = if looked_at { "withheld" } else { "pending" };
                assert!([expected, "withheld"].contains(&text(&file, "reason").as_str()), "{name}: {file}");
                continue;
            };
            let given = fetch(&ada, url).await;
            assert!(given.header("content-disposition").starts_with("attachment;"), "{name}");
            let opaque = given.header("content-type") == "application/octet-stream";
            assert!(opaque || (!looked_at && name == "a.png"), "{name} as {}", given.header("content-type"));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn b2_the_headers_of_a_download_are_signed() {
    let (desk, carl, _) = two().await;
    let id = upload(&carl, LOOSE, "a.html", b"<script>").await;
    desk.settle().await;
    let url = text(&read(&carl, &id).await["download"], "url");
    assert_eq!(fetch(&carl, &url).await.status, StatusCode::OK);
    for (from, to) in [("attachment", "inline"), ("octet-stream", "x-html")] {
        assert!(url.contains(from), "{url}");
        assert_eq!(fetch(&carl, &url.replace(from, to)).await.status, StatusCode::FORBIDDEN, "{to}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn b4_a_hostile_name_is_a_plain_one_everywhere() {
    let (desk, carl, ada) = two().await;
    let given = "../../x\u{202e}\u{200b}\"; filename=\"evil.exe\r\nX-Evil: 1.txt";
    let announced = announce(&carl, LOOSE, given, 1).await;
    let name = text(&announced, "name");
    assert!(!name.contains(['/', '\\', '"', '\r', '\n', '\u{202e}', '\u{200b}']), "{name:?}");
    put(&carl, &announced, b"x").await;
    let id = text(&announced, "id");
    carl.open_with(json!({ "subject": "x", "body": "x", "attachments": [id] })).await;
    desk.settle().await;
    let given = fetch(&ada, &text(&read(&ada, &id).await["download"], "url")).await;
    assert_eq!(given.header("x-evil"), "");
    assert_eq!(given.header("content-disposition").matches('"').count(), 2);
    for refused in ["a.exe", "a.pdf.exe", "a.pdf\u{202e}.js", "a.pdf .lnk", "a.hta.", "C:\\a.bat"] {
        let body = json!({ "name": refused, "content_type": "application/pdf", "size": 1 });
        assert_eq!(carl.post(LOOSE, body).await.wrong_fields(StatusCode::UNPROCESSABLE_ENTITY), ["name"], "{refused:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn b4_a_program_in_disguise_is_withheld() {
    let (desk, carl, ada) = two().await;
    for name in ["a.pdf", "a.png", "a.txt", "a.docx", "invoice"] {
        let id = upload(&carl, LOOSE, name, b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff").await;
        let Some(ticket) = open_with_file(&carl, &id).await else { continue };
        look_at(&desk, "demo", &id).await;
        for by in [&carl, &ada] {
            let file = read(by, &id).await;
            assert_eq!((&file["download"], &file["reason"]), (&Value::Null, &json!("withheld")), "{name}");
        }
        let late = json!({ "kind": "reply", "body": "x", "attachments": [id] });
        carl.post(&format!("{}/messages", path_of(&ticket)), late).await.problem(StatusCode::UNPROCESSABLE_ENTITY);
    }
    let loose = upload(&carl, LOOSE, "a.png", b"MZ\x90\0").await;
    look_at(&desk, "demo", &loose).await;
    let refused = carl.post("/v1/tickets", json!({ "subject": "x", "body": "x", "attachments": [loose] })).await;
    assert_eq!(refused.problem(StatusCode::UNPROCESSABLE_ENTITY)["errors"][0]["code"], "type_not_allowed");
}

#[tokio::test(flavor = "multi_thread")]
async fn b4_nobody_gets_what_is_infected() {
    let (desk, carl, ada) = two().await;
    let id = upload(&carl, LOOSE, "a.png", PNG).await;
    carl.open_with(json!({ "subject": "x", "body": "x", "attachments": [id] })).await;
    look_at(&desk, "demo", &id).await;
    let tenant = lambdesk_domain::TenantId::parse("demo").unwrap();
    let found = desk.local.app().desk_of(&tenant).note_scan(id.parse().unwrap(), Scan::Infected, "image/png").await;
    found.expect("noted");
    for by in [&carl, &ada] {
        let file = read(by, &id).await;
        assert_eq!((&file["scan"], &file["download"], &file["reason"]), (&json!("infected"), &Value::Null, &json!("infected")));
        by.get(&format!("{LOOSE}/{id}?redirect=true")).await.problem(StatusCode::CONFLICT);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn b5_an_address_is_for_one_file_for_a_while() {
    let (desk, carl, _) = two().await;
    let (one, other) = (upload(&carl, LOOSE, "a.txt", b"one").await, upload(&carl, LOOSE, "b.txt", b"other").await);
    desk.settle().await;
    let url = text(&read(&carl, &one).await["download"], "url");
    assert!(url.contains("X-Amz-Expires=300"), "{url}");
    assert_eq!(fetch(&carl, &url.replace(&one, &other)).await.status, StatusCode::FORBIDDEN, "another file");
    assert_eq!(fetch(&carl, &url.replace("Expires=300", "Expires=86400")).await.status, StatusCode::FORBIDDEN, "longer");
    let bare = url.split('?').next().unwrap();
    assert_eq!(fetch(&carl, bare).await.status, StatusCode::FORBIDDEN, "without a signature");
    let anonymous = carl.client.anonymous();
    anonymous.get(&format!("{LOOSE}/{one}")).await.problem(StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread")]
async fn b5_an_upload_is_what_was_announced_and_once() {
    let (_desk, carl, _) = two().await;
    let announced = announce(&carl, LOOSE, "a.txt", 5).await;
    assert!(text(&announced["upload"], "url").contains("X-Amz-Expires=900"));
    assert_ne!(put(&carl, &announced, b"larger than that").await.status, StatusCode::OK, "of another size");
    let other = announce(&carl, LOOSE, "b.txt", 5).await;
    let mut elsewhere = announced.clone();
    elsewhere["upload"]["url"] = json!(text(&announced["upload"], "url").replace(&text(&announced, "id"), &text(&other, "id")));
    assert_eq!(put(&carl, &elsewhere, b"12345").await.status, StatusCode::FORBIDDEN, "to another place");
    let mut typed = announced.clone();
    typed["upload"]["headers"]["content-type"] = json!("text/html");
    assert_eq!(put(&carl, &typed, b"12345").await.status, StatusCode::FORBIDDEN, "as another type");
    let mut again = announced.clone();
    again["upload"]["headers"].as_object_mut().unwrap().remove("if-none-match");
    assert_eq!(put(&carl, &again, b"12345").await.status, StatusCode::FORBIDDEN, "over what is there");
    assert_eq!(put(&carl, &announced, b"12345").await.status, StatusCode::OK);
    assert_eq!(put(&carl, &announced, b"54321").await.status, StatusCode::PRECONDITION_FAILED, "what was looked at stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn b6_an_id_is_no_path() {
    let (_desk, carl, _) = two().await;
    for odd in ["..%2f..%2fsecret", "%2e%2e", "x", "019aa0c5-6b20-7000-8000-0000000000aa%2f..", "uploads%2fdemo%2fx"] {
        carl.get(&format!("{LOOSE}/{odd}")).await.problem(StatusCode::NOT_FOUND);
        carl.delete(&format!("{LOOSE}/{odd}")).await.problem(StatusCode::NOT_FOUND);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn d2_a_file_is_seen_by_those_who_see_its_message() {
    let (desk, carl, ada) = two().await;
    let dana = desk.sign_in("demo", "dana@example.test").await;
    let stranger = desk.sign_in("platform", "admin@platform.test").await;
    let ticket = carl.open("Help").await;
    let uploads = format!("{}/attachments", path_of(&ticket));
    let (public, internal) = (upload(&ada, &uploads, "a.txt", b"a").await, upload(&ada, &uploads, "b.txt", b"b").await);
    let loose = upload(&ada, &uploads, "c.txt", b"c").await;
    for (kind, id) in [("reply", &public), ("note", &internal)] {
        let body = json!({ "kind": kind, "body": "x", "attachments": [id] });
        ada.post(&format!("{}/messages", path_of(&ticket)), body).await.expect(StatusCode::CREATED);
    }
    let sees = async |by: &Session, id: &str| by.get(&format!("{LOOSE}/{id}")).await.status;
    for (by, expected) in [(&ada, [200, 200, 200]), (&carl, [200, 404, 404]), (&dana, [404; 3]), (&stranger, [404; 3])] {
        for (id, status) in [&public, &internal, &loose].into_iter().zip(expected) {
            assert_eq!(sees(by, id).await.as_u16(), status, "{}", by.person);
        }
    }
    let whole = carl.get(&format!("{}?include=messages", path_of(&ticket))).await;
    assert!(!String::from_utf8_lossy(&whole.body).contains(&internal), "not even by name");
}
