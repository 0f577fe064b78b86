use lambdesk_domain::{Body, BodyFormat, Caller, EmailAddress, Language, Subject, TenantConfig, ticket::NewTicket};
use mail_parser::{Address, HeaderValue, MessageParser, MimeHeaders};

use super::*;
use crate::{
    template::{Frame, Words, built_in, render},
    values::{self, About},
};

fn mail_of(notice: Notice, subject: &str, name: &str, body: (&str, BodyFormat)) -> Vec<u8> {
    mail_in(notice, None, subject, name, body)
}

fn mail_in(notice: Notice, words: Option<Words<'_>>, subject: &str, name: &str, body: (&str, BodyFormat)) -> Vec<u8> {
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
    let ticket = &change.after;
    let values = values::of(&About {
        config: &config,
        brand,
        ticket,
        person: &person,
        message: change.message.as_ref(),
        author: None,
        rating_url: None,
        event: &change.events[0],
        language: Language::En,
    });
    let frame = Frame {
        language: Language::En,
        brand,
        ticket: Some((ticket.number.as_str(), ticket.subject.as_str())),
        signature: Some("<b>Ada</b>"),
        left_out: &[
            ("<i>big.zip".to_owned(), Some("https://desk.example.com/v1/files/x".to_owned())),
            ("bad.exe".to_owned(), None),
        ],
        unsubscribe: Some(UNSUBSCRIBE),
    };
    let rendered = render(&words.unwrap_or_else(|| built_in(notice, Language::En)), &values, &frame).unwrap();
    compose(&Letter {
        brand,
        person: &person,
        rendered: &rendered,
        message_id: &message_id,
        thread: Thread::of(notice, ticket, brand),
        reply_token: Some("token"),
        is_answer: notice == Notice::Acknowledgement,
        unsubscribe: Some(UNSUBSCRIBE),
        files: &[
            File { name: "a\"b.txt".to_owned(), content_type: "text/plain".to_owned(), content_id: None, bytes: vec![1, 2] },
            File {
                name: "x.png".to_owned(),
                content_type: "image/png".to_owned(),
                content_id: Some("logo@x".to_owned()),
                bytes: vec![3],
            },
        ],
        now: Timestamp::from_second(1_763_640_000).unwrap(),
    })
    .unwrap()
}

const UNSUBSCRIBE: &str =
    "https://desk.example.com/v1/unsubscribe/abcdefghijklmnopqrstuvwxyz234567abcdefghijklmnopqrstuvwxyz234567";

/// Of what is about a ticket; a digest is about many.
fn about_tickets() -> impl Iterator<Item = Notice> {
    Notice::ALL.iter().copied().filter(|notice| *notice != Notice::UnassignedDigest)
}

#[test]
fn every_mail_threads_answers_to_the_ticket_and_starts_no_loop() {
    for notice in about_tickets() {
        let bytes = mail_of(notice, "Printer burns", "Carl", ("It **burns**", BodyFormat::Markdown));
        let mail = MessageParser::default().parse(&bytes).unwrap();
        assert_eq!(mail.subject(), Some("[DEMO-2025-0001] Printer burns"));
        assert_eq!(mail.reply_to().and_then(Address::first).and_then(|address| address.address()), Some("reply+token@demo.test"));
        assert_eq!(mail.from().and_then(Address::first).and_then(|address| address.name()), Some("Müller & Söhne"));
        let automatic = mail.header_raw("Auto-Submitted").map(str::trim).unwrap();
        assert!(automatic.starts_with("auto-"), "{notice}: {automatic}");
        let root = "ticket.00000000-0000-0000-0000-000000000001@demo.test";
        if notice == Notice::Acknowledgement {
            assert_eq!(mail.message_id(), Some(root));
        } else {
            assert_eq!(mail.in_reply_to().as_text(), Some(root));
            assert_eq!(mail.references().as_text(), Some(root));
            assert_ne!(mail.message_id(), Some(root));
        }
        assert!(mail.body_text(0).is_some_and(|text| text.contains("DEMO-2025-0001")) && mail.body_html(0).is_some(), "{notice}");
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
    assert_eq!(mail.attachment_count(), 2, "its own files and no other part");
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
fn b9_a_desks_own_words_escape_what_people_type() {
    let words = Words { notice: Notice::Reply, subject: "{{ subject }}", text: "{{ person }}: {{ message_text }}", html: None };
    let bytes = mail_in(Notice::Reply, Some(words), "<h1>Big</h1>", "<i>Carl</i>", ("<u>text</u>", BodyFormat::Text));
    let mail = MessageParser::default().parse(&bytes).unwrap();
    let html = mail.body_html(0).unwrap();
    for sign in ["<h1>", "<i>", "<u>", "<b>Ada"] {
        assert!(!html.contains(sign), "{sign} in {html}");
    }
    assert!(html.contains("&lt;i&gt;Carl") && html.contains("&lt;u&gt;text"), "{html}");
    assert!(mail.body_text(0).unwrap().contains("<i>Carl</i>: <u>text</u>"), "text is text");
}

#[test]
fn one_click_ends_these_mails() {
    let bytes = mail_of(Notice::Reply, "Help", "Carl", ("text", BodyFormat::Text));
    let mail = MessageParser::default().parse(&bytes).unwrap();
    assert_eq!(mail.header_raw("List-Unsubscribe").map(str::trim), Some(format!("<{UNSUBSCRIBE}>").as_str()));
    assert_eq!(mail.header_raw("List-Unsubscribe-Post").map(str::trim), Some("List-Unsubscribe=One-Click"));
    let token = UNSUBSCRIBE.rsplit('/').next().unwrap();
    assert!(mail.body_html(0).unwrap().contains(token) && mail.body_text(0).unwrap().contains(UNSUBSCRIBE));
}

#[test]
fn files_go_with_the_mail_and_what_does_not_is_named() {
    let bytes = mail_of(Notice::Reply, "Help", "Carl", ("text", BodyFormat::Text));
    let mail = MessageParser::default().parse(&bytes).unwrap();
    let [file, shown] = [0, 1].map(|index| mail.attachment(index).unwrap());
    assert_eq!((file.attachment_name(), file.contents()), (Some("a\"b.txt"), &[1, 2][..]));
    assert_eq!((shown.content_id(), shown.contents()), (Some("logo@x"), &[3][..]));
    assert!(mail.body_text(0).unwrap().contains("- <i>big.zip") && mail.body_html(0).unwrap().contains("&lt;i&gt;big.zip"));
}

#[test]
fn a4_what_a_mail_calls_itself_is_no_header_of_ours() {
    for good in ["a@b", "CAF+x=1.2@mail.example.test", "no-at-sign"] {
        assert!(is_message_id(good), "{good}");
    }
    for bad in ["", "a b@c", "a>\r\nBcc: <x@y", "<a@b>", "ä@b", "a@b\u{0}", &"x".repeat(251)] {
        assert!(!is_message_id(bad), "{bad}");
    }
}
