use axum::body::{Body, to_bytes};
use axum::http::Request;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use tempfile::TempDir;
use tower::ServiceExt as _;

use super::*;

const RAW: &str = "From: help@example.com\r\nTo: user@example.org\r\nSubject: hi\r\n\r\nbody text\r\n";

fn mailbox() -> (TempDir, Mailbox) {
    let directory = TempDir::new().unwrap();
    let clock = Arc::new(|| "2026-03-01T10:00:00Z".parse().unwrap());
    let mailbox = Mailbox::open(directory.path().to_owned(), None, clock).unwrap();
    (directory, mailbox)
}

async fn answer(mailbox: &Mailbox, request: Request<Body>) -> (StatusCode, String) {
    let response = router(mailbox.clone()).unwrap().oneshot(request).await.unwrap();
    let status = response.status();
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

async fn call(mailbox: &Mailbox, parameters: &[(&str, &str)]) -> (StatusCode, String) {
    let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
    answer(mailbox, Request::post("/").body(Body::from(form)).unwrap()).await
}

#[tokio::test]
async fn a_raw_mail_is_stored_with_its_envelope() {
    let (_directory, mailbox) = mailbox();
    let data = BASE64_STANDARD.encode(RAW);
    let parameters = [
        ("Action", "SendRawEmail"),
        ("RawMessage.Data", data.as_str()),
        ("Source", "Desk <desk@example.com>"),
        ("Destinations.member.1", "a@example.org"),
        ("Destinations.member.2", "b@example.org"),
        ("ConfigurationSetName", "outbound"),
        ("Tags.member.1.Name", "tenant"),
        ("Tags.member.1.Value", "acme"),
    ];
    let (status, xml) = call(&mailbox, &parameters).await;
    let mail = mailbox.list().remove(0);
    assert_eq!(status, StatusCode::OK);
    assert!(xml.contains(&format!("<MessageId>{}</MessageId>", mail.id)), "{xml}");
    assert_eq!(mail.from, "desk@example.com");
    assert_eq!(mail.to, ["a@example.org", "b@example.org"]);
    assert_eq!(mail.configuration_set.as_deref(), Some("outbound"));
    assert_eq!(mail.tags["tenant"], "acme");
    assert_eq!(mailbox.raw(mail.id).unwrap(), RAW.as_bytes());
}

#[tokio::test]
async fn a_simple_mail_is_composed() {
    let (_directory, mailbox) = mailbox();
    let parameters = [
        ("Action", "SendEmail"),
        ("Source", "Desk <desk@example.com>"),
        ("Destination.ToAddresses.member.1", "a@example.org"),
        ("Destination.BccAddresses.member.1", "secret@example.org"),
        ("Message.Subject.Data", "Grüße"),
        ("Message.Body.Text.Data", "plain"),
        ("Message.Body.Html.Data", "<p>rich</p>"),
    ];
    let (status, xml) = call(&mailbox, &parameters).await;
    assert_eq!(status, StatusCode::OK, "{xml}");
    let mail = mailbox.list().remove(0);
    assert_eq!(mail.subject, "Grüße");
    assert_eq!(mail.to, ["a@example.org", "secret@example.org"]);
    let raw = String::from_utf8(mailbox.raw(mail.id).unwrap()).unwrap();
    assert!(raw.contains("plain") && raw.contains("<p>rich</p>"));
    assert!(!raw.contains("secret@"), "a blind copy stays blind");
    assert!(raw.contains("Date: Sun, 1 Mar 2026 10:00:00 +0000"), "{raw}");
}

#[tokio::test]
async fn mistakes_are_answered_in_the_words_of_ses() {
    let (_directory, mailbox) = mailbox();
    let cases: [(&[(&str, &str)], &str); 4] = [
        (&[("Action", "Nonsense")], "InvalidAction"),
        (&[("Action", "SendRawEmail")], "ValidationError"),
        (&[("Action", "SendRawEmail"), ("RawMessage.Data", "%%")], "ValidationError"),
        (&[("Action", "SetActiveReceiptRuleSet"), ("RuleSetName", "x")], "RuleSetDoesNotExist"),
    ];
    for (parameters, code) in cases {
        let (status, xml) = call(&mailbox, parameters).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(xml.contains(&format!("<Code>{code}</Code>")), "{xml}");
    }
    assert!(mailbox.list().is_empty());
}

#[tokio::test]
async fn identities_are_remembered() {
    let (_directory, mailbox) = mailbox();
    call(&mailbox, &[("Action", "VerifyDomainIdentity"), ("Domain", "example.com")]).await;
    let email = [("Action", "VerifyEmailIdentity"), ("EmailAddress", "help@example.com")];
    call(&mailbox, &email).await;
    let domains = [("Action", "ListIdentities"), ("IdentityType", "Domain")];
    let (_, xml) = call(&mailbox, &domains).await;
    assert!(xml.contains("<Identities><member>example.com</member></Identities>"), "{xml}");
}

#[tokio::test]
async fn receipt_rules_are_described_as_they_were_given() {
    let (_directory, mailbox) = mailbox();
    call(&mailbox, &[("Action", "CreateReceiptRuleSet"), ("RuleSetName", "s")]).await;
    let rule = [
        ("Action", "CreateReceiptRule"),
        ("RuleSetName", "s"),
        ("Rule.Name", "store"),
        ("Rule.Actions.member.1.S3Action.BucketName", "inbound"),
    ];
    call(&mailbox, &rule).await;
    let (_, again) = call(&mailbox, &rule).await;
    assert!(again.contains("<Code>AlreadyExists</Code>"), "{again}");
    call(&mailbox, &[("Action", "SetActiveReceiptRuleSet"), ("RuleSetName", "s")]).await;
    let (_, xml) = call(&mailbox, &[("Action", "DescribeActiveReceiptRuleSet")]).await;
    let rules = "<Rules><member><Actions><member><S3Action><BucketName>inbound</BucketName>\
                 </S3Action></member></Actions><Name>store</Name></member></Rules>";
    assert!(xml.contains(rules), "{xml}");
}

#[tokio::test]
async fn stored_mail_can_be_looked_at() {
    let (_directory, mailbox) = mailbox();
    for _ in 0..3 {
        let raw = RAW.as_bytes().to_vec();
        mailbox.store(crate::NewMail { raw, ..Default::default() }).unwrap();
    }
    let newest = mailbox.list().remove(0).id;
    let count = async |query: &str| {
        let uri = format!("/_aws/ses?{query}");
        let (status, json) = answer(&mailbox, Request::get(uri).body(Body::empty()).unwrap()).await;
        assert_eq!(status, StatusCode::OK);
        let answer: Value = serde_json::from_str(&json).unwrap();
        assert_eq!(answer["messages"][0]["RawData"].as_str(), Some(RAW));
        answer["messages"].as_array().unwrap().len()
    };
    assert_eq!(count("").await, 3);
    assert_eq!(count("limit=2&email=help@example.com").await, 2);
    assert_eq!(count(&format!("id={newest}")).await, 1);
}
