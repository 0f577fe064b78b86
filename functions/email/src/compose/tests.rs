use lambdesk_domain::{Body, BodyFormat, Caller, EmailAddress, Subject, ticket::NewTicket};
use mail_parser::{Address, HeaderValue, MessageParser, MimeHeaders};

use super::*;

fn mail_of(notice: Notice, subject: &str, name: &str, body: (&str, BodyFormat)) -> Vec<u8> {
    let config: TenantConfig = serde_json::from_value(serde_json::json!({
        "id": "demo", "name": "Demo", "default_brand": "demo",
        "statuses": [{"status": "new", "label": "Open"}, {"status": "in_progress", "label": "Doing"}, {"status": "closed", "label": "Done"}],
        "brands": [{"id": "demo", "name": "Müller & Söhne", "number_pattern": "DEMO-{year}-{seq:4}", "from": "help@demo.test"}],
    }))
    .unwrap();
    let caller: Caller = serde_json::from_value(serde_json::json!({
        "tenant": "demo", "person": "01937b3c-0000-7000-8000-000000000001", "role": "customer", "brands": null,
    }))
    .unwrap();
    let mut last = 0u128;
    let mut ids = || {
        last += 1;
        uuid::Uuid::from_u128(last)
    };
    let mut ctx = lambdesk_domain::Context { config: &config, caller: Some(&caller), now: Timestamp::UNIX_EPOCH, ids: &mut ids };
    let new = NewTicket::new(Subject::parse(subject).unwrap(), Body::parse(body.0, body.1).unwrap());
    let number = lambdesk_domain::TicketNumber::parse("DEMO-2025-0001").unwrap();
    let change = new.check(&ctx).unwrap().open(number, &mut ctx).unwrap();
    let mut person =
        Person::from_address(caller.person, EmailAddress::parse("carl@example.test").unwrap(), Timestamp::UNIX_EPOCH);
    person.name = lambdesk_domain::Name::parse(name).ok();
    let brand = &config.brands[0];
    let message_id = message_id(notice, &change.after, &change.events[0], person.id, brand);
    compose(&Mail {
        notice,
        config: &config,
        brand,
        ticket: &change.after,
        person: &person,
        message: change.message.as_ref(),
        message_id: &message_id,
        reply_token: "token",
        now: Timestamp::from_second(1_763_640_000).unwrap(),
    })
    .unwrap()
}

#[test]
fn every_mail_threads_answers_to_the_ticket_and_starts_no_loop() {
    for notice in Notice::ALL {
        let bytes = mail_of(*notice, "Printer burns", "Carl", ("It **burns**", BodyFormat::Markdown));
        let mail = MessageParser::default().parse(&bytes).unwrap();
        assert_eq!(mail.subject(), Some("[DEMO-2025-0001] Printer burns"));
        assert_eq!(mail.reply_to().and_then(Address::first).and_then(|address| address.address()), Some("reply+token@demo.test"));
        assert_eq!(mail.from().and_then(Address::first).and_then(|address| address.name()), Some("Müller & Söhne"));
        let automatic = mail.header_raw("Auto-Submitted").map(str::trim).unwrap();
        assert!(automatic.starts_with("auto-"), "{notice}: {automatic}");
        let root = "ticket.00000000-0000-0000-0000-000000000001@demo.test";
        if *notice == Notice::Acknowledgement {
            assert_eq!(mail.message_id(), Some(root));
        } else {
            assert_eq!(mail.in_reply_to().as_text(), Some(root));
            assert_eq!(mail.references().as_text(), Some(root));
            assert_ne!(mail.message_id(), Some(root));
        }
        assert_eq!((mail.text_body_count(), mail.html_body_count()), (1, 1));
    }
}

#[test]
fn a_try_again_has_the_same_message_id() {
    let id = |bytes: Vec<u8>| MessageParser::default().parse(&bytes).unwrap().message_id().unwrap().to_owned();
    let send = || mail_of(Notice::Reply, "Help", "Carl", ("text", BodyFormat::Text));
    assert_eq!(id(send()), id(send()));
}

/// Names and subjects cannot hold line breaks by their types; here what looks like headers is only text.
#[test]
fn a4_what_people_type_never_becomes_a_header() {
    let subject = "Hi Bcc: victim@x.test, Content-Type: text/html; =?utf-8?q?=0D=0ABcc:_victim=40x.test?=";
    let name = "Carl\" <victim@x.test>, \"Eve <eve@x.test>";
    let bytes = mail_of(Notice::Reply, subject, name, ("text", BodyFormat::Text));
    let mail = MessageParser::default().parse(&bytes).unwrap();
    assert!(mail.bcc().is_none() && mail.cc().is_none());
    let Some(HeaderValue::Address(to)) = mail.header("To") else { panic!("no To") };
    let recipients: Vec<_> = to.iter().filter_map(|address| address.address()).collect();
    assert_eq!(recipients, ["carl@example.test"], "one recipient, whatever the name says");
    let head = String::from_utf8_lossy(&bytes);
    let head = head.split("\r\n\r\n").next().unwrap();
    assert!(!head.lines().any(|line| line.to_ascii_lowercase().starts_with("bcc:")), "{head}");
    assert!(mail.attachment(0).is_none_or(|part| part.content_type().is_none()));
}

#[test]
fn b9_markup_from_people_never_becomes_ours() {
    let attack = "<script>alert(1)</script><img src=x onerror=alert(1)><b onclick=x()>bold</b>";
    for format in BodyFormat::ALL {
        let bytes = mail_of(Notice::Reply, "<h1>Big</h1>", "<i>Carl</i>", (&format!("text {attack}"), *format));
        let mail = MessageParser::default().parse(&bytes).unwrap();
        let html = mail.body_html(0).unwrap().to_lowercase();
        for sign in ["<script", "onclick=\"", "<h1>", "<i>", "<img src=\"x\" onerror"] {
            assert!(!html.contains(sign), "{format}: {sign} in {html}");
        }
        assert!(html.contains("&lt;h1&gt;"), "the subject is shown as typed: {html}");
    }
}

#[test]
fn a_template_names_no_value_that_does_not_exist() {
    for (name, source) in TEMPLATES {
        assert!(!source.contains("| safe") && !source.contains("|safe"), "{name} prints something unescaped");
    }
}
