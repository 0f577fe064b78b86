//! B: what people send that tries to be more than text.

use axum::http::StatusCode;
use serde_json::json;

use crate::support::{Desk, path_of, text};

const PAYLOADS: &[&str] = &[
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<a href=\"javascript:alert(1)\">x</a>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "{{ 7 * 7 }}{% raw %}",
    "\"><script>alert(1)</script>",
];

#[tokio::test(flavor = "multi_thread")]
async fn b1_a_subject_or_body_never_becomes_markup() {
    let desk = Desk::start().await;
    let (carl, ada) = (desk.sign_in("demo", "carl@example.test").await, desk.sign_in("demo", "ada@demo.test").await);
    for payload in PAYLOADS {
        let ticket =
            carl.open_with(json!({ "subject": payload, "body": format!("text {payload}"), "body_format": "html" })).await;
        assert_eq!(ticket["subject"], *payload, "a subject is text, kept as typed");
        let answer = ada.get(&format!("{}?include=messages", path_of(&ticket))).await;
        assert_eq!(answer.header("content-type"), "application/json", "no browser reads it as a page");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        let body = text(&answer.expect(StatusCode::OK)["messages"][0], "body").to_lowercase();
        for sign in ["<script", "onerror", "<svg", "javascript:", "<iframe"] {
            assert!(!body.contains(sign), "{sign} in {body}");
        }
    }
    let listed = ada.get("/v1/tickets?limit=100").await;
    assert_eq!((listed.header("content-type"), listed.header("x-content-type-options")), ("application/json", "nosniff"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a4_b9_hostile_names_and_subjects_stay_text_in_mail() {
    let desk = Desk::start().await;
    let (carl, ada) = (desk.sign_in("demo", "carl@example.test").await, desk.sign_in("demo", "ada@demo.test").await);
    let injection = json!({ "subject": "x\r\nBcc: victim@x.test", "body": "x" });
    assert_eq!(carl.post("/v1/tickets", injection).await.wrong_fields(StatusCode::UNPROCESSABLE_ENTITY), ["subject"]);
    let recipients =
        ["a@b.test, victim@x.test", "a@b.test\r\nBcc: victim@x.test", "\"a\\\" <victim@x.test>\"@b.test", "<a@b.test>"];
    for requester in recipients {
        let body = json!({ "subject": "x", "body": "x", "requester": requester });
        assert_eq!(
            ada.post("/v1/tickets", body).await.wrong_fields(StatusCode::UNPROCESSABLE_ENTITY),
            ["requester"],
            "{requester}"
        );
    }
    for (n, payload) in PAYLOADS.iter().enumerate() {
        // One requester each: nobody is sent more than a few acknowledgements an hour.
        let requester = format!("requester{n}@example.test");
        let ticket = ada.open_with(json!({ "subject": format!("S {payload}"), "body": "x", "requester": requester })).await;
        ada.reply(&ticket, &format!("text {payload}")).await;
    }
    desk.settle().await;
    let listed = desk.client.anonymous().get("/local/mailbox").await.expect(StatusCode::OK);
    let mails = listed["items"].as_array().unwrap();
    assert!(mails.len() >= 2 * PAYLOADS.len());
    for entry in mails {
        let raw = desk.client.anonymous().get(&format!("/local/mailbox/{}", text(entry, "id"))).await.body;
        let mail = mail_parser::MessageParser::default().parse(&raw).expect("a mail");
        assert!(mail.bcc().is_none() && mail.cc().is_none());
        let html = mail.body_html(0).unwrap_or_default().to_lowercase();
        for sign in ["<script", "<svg", "<iframe", "href=\"javascript", "<img src=\"x\" onerror", "<img src=x"] {
            assert!(!html.contains(sign), "{sign} in {html}");
        }
        assert!(!html.contains("49") || !html.contains("7 * 7"), "a template ran what a person typed");
    }
}
