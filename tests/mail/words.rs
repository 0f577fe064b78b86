//! The desk's own words in its mails.

use axum::http::StatusCode;
use serde_json::json;

use super::mails_about;
use crate::support::{Desk, text};

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_writes_in_its_own_words_for_a_brand_or_all() {
    let desk = Desk::start().await;
    let (admin, customer) = (desk.sign_in("ozean", "admin@ozean.test").await, desk.sign_in("ozean", "customer@ozean.test").await);
    let path = "/v1/mail-templates/acknowledgement";
    let all = json!({ "language": "en", "subject": "Ahoy {{ person }} [{{ number }}]", "text": "All: {{ subject }}" });
    admin.put(path, all.clone()).await.expect(StatusCode::OK);
    let mut ours = all.clone();
    (ours["brand"], ours["text"]) = (json!("OL"), json!("OL only"));
    ours["html"] = json!("<h1>{{ subject }}</h1>");
    admin.put(path, ours).await.expect(StatusCode::OK);
    let ka = customer.open("Anchor <b>\u{200b}").await;
    let ol = customer.open_with(json!({ "subject": "Sail <i>", "body": "x", "brand": "OL" })).await;
    desk.settle().await;
    let (ka, ol) = (&mails_about(&desk, &ka).await[0], &mails_about(&desk, &ol).await[0]);
    assert_eq!(ka.subject, format!("Ahoy Kirsten Kundin [{}]", ka.subject.split(['[', ']']).nth(1).unwrap()));
    assert!(ka.text.contains("All: Anchor <b>") && ka.html.contains("<p>All: Anchor &lt;b&gt;</p>"), "{}", ka.html);
    assert!(ol.text.contains("OL only") && ol.html.contains("<h1>Sail &lt;i&gt;</h1>"), "{}", ol.html);
    let listed = admin.list("/v1/mail-templates").await;
    assert_eq!(listed.iter().filter(|template| template["built_in"] == false).count(), 2);
    assert_eq!(listed.iter().filter(|template| template["built_in"] == true).count(), 30, "fifteen mails in two languages");
    admin.delete(&format!("{path}?language=en")).await.expect(StatusCode::NO_CONTENT);
    admin.delete(&format!("{path}?language=en")).await.problem(StatusCode::NOT_FOUND);
    let again = customer.open("Back").await;
    desk.settle().await;
    assert!(mails_about(&desk, &again).await[0].text.contains("we have your request"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_words_come_to_is_shown_before_they_are_kept() {
    let desk = Desk::start().await;
    let admin = desk.sign_in("demo", "admin@demo.test").await;
    let words = |subject: &str, text: &str, html: Option<&str>| json!({ "notice": "reply", "language": "de", "subject": subject, "text": text, "html": html });
    let shown = admin.post("/v1/mail-templates/preview", words("{{ number }}", "{{ message_text }}", None)).await;
    let shown = shown.expect(StatusCode::OK);
    assert_eq!(shown["subject"], "DEMO-2026-0001");
    assert!(text(&shown, "text").contains("Anfrage DEMO-2026-0001") && text(&shown, "html").contains("<p>Thank you"));
    let wrong = words("{{ colour }}", "{% for i in range(9) %}{% endfor %}", Some("{{ person | safe }}"));
    let refused = admin.post("/v1/mail-templates/preview", wrong.clone()).await;
    assert_eq!(refused.wrong_fields(StatusCode::UNPROCESSABLE_ENTITY), ["subject", "text", "html"]);
    let first = &refused.json()["errors"][0];
    assert_eq!(first["code"], "unknown_variable");
    assert!(text(first, "message").starts_with("line 1, column 1"));
    let mut kept = wrong;
    kept.as_object_mut().unwrap().remove("notice");
    let refused = admin.put("/v1/mail-templates/reply", kept).await;
    assert_eq!(refused.wrong_fields(StatusCode::UNPROCESSABLE_ENTITY).len(), 3);
    let injected = words("Hi\r\nBcc: eve@x.test", "x", None);
    let refused = admin.post("/v1/mail-templates/preview", injected).await;
    assert_eq!(refused.wrong_fields(StatusCode::UNPROCESSABLE_ENTITY), ["subject"], "A4: a subject is one line");
}
