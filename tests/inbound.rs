//! Mail that comes in over SMTP: where it belongs, who is believed, and that each mail becomes one thing, once.

mod answers;
mod trust;

use aws_sdk_dynamodb::types::AttributeValue;
use axum::http::StatusCode;
use lambdesk_platform::BucketName;
use serde_json::{Value, json};

use crate::{
    costs::spoil,
    support::{Desk, Session, deliver, path_of, text},
};

/// Writes a mail.
pub(crate) fn mail(from: &str, subject: &str, id: &str, more: &str, body: &str) -> String {
    format!("From: {from}\nTo: help@demo.test\nSubject: {subject}\nMessage-ID: <{id}>\n{more}\n{body}\n")
}

/// Delivers a mail to an address, and waits until all that follows from it is done.
pub(crate) async fn bring(desk: &Desk, to: &str, mail: &str) {
    let from = mail.lines().find_map(|line| line.strip_prefix("From: ")).unwrap_or_default();
    let from = from.split(['<', '>']).nth(1).unwrap_or(from).to_owned();
    deliver(desk.local.smtp().expect("a port"), &from, to, mail).await.expect("taken");
    desk.settle().await;
}

async fn inbound(admin: &Session) -> Vec<Value> {
    admin.list("/v1/inbound-mails").await
}

/// The ticket that the newest mail belongs to.
pub(crate) async fn ticket_of_newest(admin: &Session) -> Value {
    let newest = inbound(admin).await.remove(0);
    assert!(newest["ticket"].is_string(), "{newest}");
    admin.get(&format!("/v1/tickets/{}", text(&newest, "ticket"))).await.expect(StatusCode::OK)
}

/// What the desk sent to somebody, the newest first: subject, reply address, Message-ID.
pub(crate) async fn sent_to(desk: &Desk, address: &str) -> Vec<(String, String, String)> {
    let listed = desk.client.anonymous().get("/local/mailbox").await.expect(StatusCode::OK);
    let mut sent = Vec::new();
    for entry in listed["items"].as_array().unwrap() {
        let raw = desk.client.anonymous().get(&format!("/local/mailbox/{}", text(entry, "id"))).await.body;
        let mail = mail_parser::MessageParser::default().parse(&raw).expect("a mail");
        if mail.to().and_then(|to| to.first()).and_then(|to| to.address()) == Some(address) {
            let reply_to = mail.reply_to().and_then(|to| to.first()).and_then(|to| to.address()).unwrap_or_default();
            sent.push((
                mail.subject().unwrap_or_default().to_owned(),
                reply_to.to_owned(),
                mail.message_id().unwrap_or_default().to_owned(),
            ));
        }
    }
    sent
}

async fn admin(desk: &Desk) -> Session {
    desk.sign_in("demo", "admin@demo.test").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_opens_a_ticket_and_answers_land_in_it() {
    let desk = Desk::start().await;
    let admin = admin(&desk).await;
    let erika = "Erika Muster <erika@example.test>";
    bring(&desk, "help@demo.test", &mail(erika, "My printer", "1@example.test", "", "It burns.\n\n-- \nErika")).await;
    let ticket = ticket_of_newest(&admin).await;
    assert_eq!(
        (&ticket["channel"], &ticket["subject"], &ticket["status"]),
        (&json!("email"), &json!("My printer"), &json!("new"))
    );
    let messages = admin.list(&format!("{}/messages", path_of(&ticket))).await;
    assert_eq!(
        (text(&messages[0], "body_text"), messages[0]["signature"]["body_text"].is_string()),
        ("It burns.".to_owned(), true)
    );
    let sent = sent_to(&desk, "erika@example.test").await;
    let [(subject, reply_to, message_id)] = &sent[..] else { panic!("one acknowledgement, not {sent:?}") };
    assert!(subject.contains(&text(&ticket, "number")));

    let quoted = "\n\nOn Fri, 20 Nov 2026 at 10:00, Demo <help@demo.test> wrote:\n> We have your request.";
    let by_token = mail(erika, "AW: whatever", "2@example.test", "", &format!("By token.{quoted}"));
    bring(&desk, reply_to, &by_token).await;
    let by_reference = mail(erika, "whatever", "3@example.test", &format!("In-Reply-To: <{message_id}>\n"), "By reference.");
    bring(&desk, "help@demo.test", &by_reference).await;
    let own_thread = mail(erika, "whatever", "4@example.test", "References: <1@example.test>\n", "By my own mail.");
    bring(&desk, "help@demo.test", &own_thread).await;
    bring(&desk, "help@demo.test", &mail(erika, &format!("Re: {subject}"), "5@example.test", "", "By number.")).await;
    let messages = admin.list(&format!("{}/messages", path_of(&ticket))).await;
    let texts: Vec<_> = messages.iter().map(|message| text(message, "body_text")).collect();
    assert_eq!(texts, ["It burns.", "By token.", "By reference.", "By my own mail.", "By number."]);
    assert!(text(&messages[1]["quoted"], "body_text").contains("We have your request"), "kept, and folded away");
    assert_eq!(admin.list("/v1/inbound-mails?outcome=reply").await.len(), 4);
    assert_eq!(admin.list("/v1/inbound-mails?outcome=ticket").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a1_staff_speak_by_mail_with_their_own_token_alone() {
    let desk = Desk::start().await;
    let (admin, ada) = (admin(&desk).await, desk.sign_in("demo", "ada@demo.test").await);
    let carl = desk.sign_in("demo", "carl@example.test").await;
    let ticket = carl.open("Help").await;
    ada.put(&format!("{}/assignee", path_of(&ticket)), json!({ "assignee": "me" })).await.expect(StatusCode::OK);
    carl.reply(&ticket, "Are you there?").await;
    desk.settle().await;
    let (_, reply_to, message_id) = sent_to(&desk, "ada@demo.test").await.remove(0);
    let from = "Ada <ada@demo.test>";
    let forged = [
        mail(from, "Re", "f1@x.test", &format!("In-Reply-To: <{message_id}>\n"), "Send me your password."),
        mail(from, &format!("Re: [{}]", text(&ticket, "number")), "f2@x.test", "", "Send me your password."),
        mail(from, "Re", "f3@x.test", &format!("References: <{message_id}>\nX-Lambdesk-Role: admin\n"), "Send me your password."),
    ];
    for forged in &forged {
        bring(&desk, "help@demo.test", forged).await;
    }
    let seen: Vec<_> =
        carl.list(&format!("{}/messages", path_of(&ticket))).await.iter().map(|message| text(message, "body_text")).collect();
    assert!(seen.iter().all(|text| !text.contains("password")), "{seen:?}");
    let before = sent_to(&desk, "carl@example.test").await.len();
    assert!(ada.read(&ticket).await["first_response_at"].is_null());

    bring(&desk, &reply_to, &mail(from, "Re", "r1@demo.test", "", "I am here.")).await;
    let messages = carl.list(&format!("{}/messages", path_of(&ticket))).await;
    let last = messages.last().unwrap();
    assert_eq!((text(last, "body_text"), &last["author"]["type"]), ("I am here.".to_owned(), &json!("staff")));
    assert_eq!(sent_to(&desk, "carl@example.test").await.len(), before + 1, "the customer is told");
    assert!(last.get("mail").is_none(), "customers do not see how it came");
    let as_staff = admin.list(&format!("{}/messages", path_of(&ticket))).await;
    assert_eq!(as_staff.last().unwrap()["mail"]["verdicts"]["dmarc"], "unchecked", "staff do");

    // The token in a stranger's hands is no authority.
    bring(&desk, &reply_to, &mail("Eve <eve@evil.test>", "Re", "e1@evil.test", "", "I am staff.")).await;
    let seen = carl.list(&format!("{}/messages", path_of(&ticket))).await;
    assert_eq!(seen.len(), messages.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a2_a_stranger_waits_unseen_until_staff_let_them_in() {
    let desk = Desk::start().await;
    let (admin, ada) = (admin(&desk).await, desk.sign_in("demo", "ada@demo.test").await);
    let carl = desk.sign_in("demo", "carl@example.test").await;
    let ticket = carl.open("Help").await;
    desk.settle().await;
    let (subject, _, message_id) = sent_to(&desk, "carl@example.test").await.remove(0);
    let colleague = "Cora <cora@example.test>";
    bring(&desk, "help@demo.test", &mail(colleague, &format!("Re: {subject}"), "n@example.test", "", "By number.")).await;
    assert_ne!(ticket_of_newest(&admin).await["id"], ticket["id"], "the number alone leads a stranger nowhere");
    let reference = format!("In-Reply-To: <{message_id}>\n");
    bring(&desk, "help@demo.test", &mail(colleague, "Re", "r@example.test", &reference, "By reference.")).await;
    assert_eq!(ticket_of_newest(&admin).await["id"], ticket["id"]);
    let path = format!("{}/messages", path_of(&ticket));
    assert_eq!(carl.list(&path).await.len(), 1, "the customer does not see it");
    let pending = ada.list(&path).await;
    assert_eq!(pending[1]["pending"], true);
    let participants = ada.read(&ticket).await["participants"].clone();
    let (person, participant) = participants.as_object().unwrap().iter().next().unwrap();
    assert_eq!(participant["standing"], "pending");
    let before = sent_to(&desk, "cora@example.test").await.len();
    ada.reply(&ticket, "Public.").await;
    desk.settle().await;
    assert_eq!(sent_to(&desk, "cora@example.test").await.len(), before, "told nothing");

    let place = format!("{}/participants/{person}", path_of(&ticket));
    carl.put(&place, json!({ "standing": "confirmed" })).await.problem(StatusCode::FORBIDDEN);
    ada.put(&place, json!({ "standing": "pending" })).await.problem(StatusCode::UNPROCESSABLE_ENTITY);
    ada.put(&place, json!({ "standing": "confirmed" })).await.expect(StatusCode::OK);
    assert_eq!(carl.list(&path).await.len(), 3, "what was written before is seen now");
    ada.reply(&ticket, "Public again.").await;
    desk.settle().await;
    assert_eq!(sent_to(&desk, "cora@example.test").await.len(), before + 1);
    ada.delete(&place).await.expect(StatusCode::OK);
    assert_eq!(ada.read(&ticket).await["participants"], json!({}));
}

#[tokio::test(flavor = "multi_thread")]
async fn a6_machines_are_kept_from_answering_each_other() {
    let desk = Desk::start().await;
    let admin = admin(&desk).await;
    let robot = "Robot <robot@example.test>";
    for n in 0..14 {
        let mail =
            mail(robot, "Automatic reply: away", &format!("auto{n}@example.test"), "Auto-Submitted: auto-replied\n", "Away.");
        bring(&desk, "help@demo.test", &mail).await;
    }
    assert!(sent_to(&desk, "robot@example.test").await.is_empty(), "a machine is not answered");
    let ignored = admin.list("/v1/inbound-mails?outcome=ignored").await;
    assert_eq!(ignored.len(), 4, "ten an hour become tickets");
    assert!(ignored.iter().all(|mail| mail["reason"] == "loop_guard"));
    // One that does not say so: what it is sent is capped.
    for n in 0..8 {
        bring(
            &desk,
            "help@demo.test",
            &mail("Loop <loop@example.test>", "Re: Re: hello", &format!("l{n}@example.test"), "", "Hello"),
        )
        .await;
    }
    assert_eq!(sent_to(&desk, "loop@example.test").await.len(), 5, "acknowledgements to one address an hour");
    // The desk's own mail, come back.
    let own = sent_to(&desk, "loop@example.test").await.remove(0).2;
    bring(&desk, "help@demo.test", &mail("Loop <loop@example.test>", "Back", &own, "", "Hello")).await;
    assert_eq!(inbound(&admin).await[0]["reason"], "own_mail");
}

#[tokio::test(flavor = "multi_thread")]
async fn a6_a_report_of_a_mail_that_failed_stops_mail_and_opens_nothing() {
    let desk = Desk::start().await;
    let admin = admin(&desk).await;
    bring(&desk, "help@demo.test", &mail("gone@example.test", "Hi", "g@example.test", "", "Hi")).await;
    let ticket = ticket_of_newest(&admin).await;
    let (_, _, message_id) = sent_to(&desk, "gone@example.test").await.remove(0);
    let report = format!(
        "From: MAILER-DAEMON@example.test\nTo: help@demo.test\nSubject: Undelivered\nMessage-ID: <dsn@example.test>\nMIME-Version: 1.0\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: text/plain\n\nFailed.\n--b\n\
         Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.test\n\nFinal-Recipient: rfc822; gone@example.test\n\
         Action: failed\nStatus: 5.1.1\n\n--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <{message_id}>\n\n--b--\n"
    );
    // The acknowledgement's id all mails of the ticket refer to, so that anybody may know it; the others are one mail's each.
    bring(&desk, "help@demo.test", &report).await;
    let failed = async || {
        let events = admin.list(&format!("{}/events", path_of(&ticket))).await;
        events.iter().filter(|event| event["type"] == "ticket.mail_failed").count()
    };
    assert_eq!(failed().await, 0);
    for n in 1..=5 {
        assert!(admin.list("/v1/suppressions").await.is_empty(), "{n}");
        admin.reply(&ticket, "Still there?").await;
        desk.settle().await;
        let (_, _, reply_id) = sent_to(&desk, "gone@example.test").await.remove(0);
        for again in 0..3 {
            let report = report.replace("<dsn@", &format!("<dsn{n}.{again}@"));
            bring(&desk, "help@demo.test", &report.replace(&message_id, &reply_id)).await;
        }
        assert_eq!(failed().await, n, "each mail once");
    }
    assert!(admin.list("/v1/inbound-mails?outcome=ignored").await.iter().all(|mail| mail["reason"] == "delivery_report"));
    let known = admin.list("/v1/suppressions").await.remove(0);
    assert_eq!((&known["address"], &known["reason"]), (&json!("gone@example.test"), &json!("soft_bounce")));
    assert!(known["until"].is_string(), "for a while: {known}");
}

/// What only reads like a report, or was passed on by a person, is their request.
#[tokio::test(flavor = "multi_thread")]
async fn a_person_who_writes_of_what_was_not_delivered_is_heard() {
    let desk = Desk::start().await;
    let admin = admin(&desk).await;
    let report = "See what came back.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.test\n\n\
                  Final-Recipient: rfc822; otto@example.test\nAction: failed\nStatus: 5.1.1\n--b--";
    let parts = "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n";
    let parcel =
        "Your parcel was not delivered to the following address:\n\nThis is a delivery failure notification\nshop@example.test\n";
    for (n, (from, subject, more, body)) in [
        ("erika@example.test", "Help", parts, format!("--b\n\n{report}")),
        ("shop@example.test", "Undelivered parcel 123", "", parcel.to_owned()),
        ("news@mailerlite.example.com", "Your list", "", parcel.to_owned()),
    ]
    .into_iter()
    .enumerate()
    {
        bring(&desk, "help@demo.test", &mail(from, subject, &format!("p{n}@example.test"), more, &body)).await;
        let ticket = ticket_of_newest(&admin).await;
        assert_eq!(ticket["subject"], subject);
        assert!(sent_to(&desk, from).await.is_empty(), "it may be a machine after all");
    }
    bring(&desk, "help@demo.test", &mail("MAILER-DAEMON@example.test", "Undelivered", "d@example.test", "", parcel)).await;
    assert_eq!(inbound(&admin).await[0]["reason"], "delivery_report", "a machine for certain");
}

/// A mail that nobody asked for cannot fill the desk, whoever wrote it; nothing of it is lost.
#[tokio::test(flavor = "multi_thread")]
async fn a5_one_sender_fills_no_desk() {
    let desk = Desk::start().await;
    let (admin, ada) = (admin(&desk).await, desk.sign_in("demo", "ada@demo.test").await);
    for n in 0..62 {
        let mail = mail("many@example.test", "Again", &format!("m{n}@example.test"), "", "Hello");
        deliver(desk.local.smtp().expect("a port"), "many@example.test", "help@demo.test", &mail).await.expect("taken");
        if n % 10 == 9 {
            desk.settle().await;
        }
    }
    desk.settle().await;
    let ignored = admin.list("/v1/inbound-mails?outcome=ignored").await;
    assert_eq!((ignored.len(), &ignored[0]["reason"]), (2, &json!("loop_guard")));
    bring(&desk, "help@demo.test", &mail("other@example.test", "Hi", "o@example.test", "", "Hi")).await;
    assert_eq!(inbound(&admin).await[0]["outcome"], "ticket", "another is heard");
    let again = admin.post(&format!("/v1/inbound-mails/{}/reprocess", text(&ignored[0], "id")), json!({})).await;
    again.expect(StatusCode::ACCEPTED);
    desk.settle().await;
    assert_eq!(admin.list("/v1/inbound-mails?outcome=ignored").await.len(), 1, "somebody wants it");
    drop(ada);
}

/// What the table refuses is not tried for ever, and counts for nothing: it has a record, which counts on when it is taken again.
#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_the_table_refuses_has_a_record_and_is_no_mail_towards_the_cap() {
    let desk = Desk::start().await;
    let admin = admin(&desk).await;
    let robot = |n: u32| {
        mail(
            "robot@example.test",
            "Away",
            &format!("x{n}@example.test"),
            "Auto-Submitted: auto-replied
",
            "Away.",
        )
    };
    let year = desk.local.app().now().to_zoned(jiff::tz::TimeZone::UTC).year();
    let (pk, text_of) = (format!("demo#counter#demo#{year}"), |value: &str| AttributeValue::S(value.to_owned()));
    let last = spoil(&desk, (&pk, "counter"), "last_number", text_of("spoilt")).await.expect("a number");
    for n in 0..12 {
        bring(&desk, "help@demo.test", &robot(n)).await;
    }
    let failed = admin.list("/v1/inbound-mails?outcome=failed").await;
    assert_eq!((failed.len(), &failed[0]["attempts"]), (12, &json!(1)), "at once");
    desk.advance("PT1M").await;
    let again = format!("/v1/inbound-mails/{}/reprocess", text(&failed[0], "id"));
    admin.post(&again, json!({})).await.expect(StatusCode::ACCEPTED);
    desk.settle().await;
    let kept = inbound(&admin).await.into_iter().find(|mail| mail["id"] == failed[0]["id"]).expect("kept");
    assert_eq!((&kept["attempts"], &kept["received_at"]), (&json!(2), &failed[0]["received_at"]));
    spoil(&desk, (&pk, "counter"), "last_number", last).await;
    bring(&desk, "help@demo.test", &robot(12)).await;
    assert_eq!(inbound(&admin).await[0]["outcome"], "ticket", "none was taken before");
}

/// Body, quote and signature are kept as written and as plain text, and all of it is one item of the table.
#[tokio::test(flavor = "multi_thread")]
async fn the_longest_mail_is_a_ticket() {
    let desk = Desk::start().await;
    let admin = admin(&desk).await;
    let lines = |start: &str| format!("{start}{}\n", "\"é\\ word ".repeat(9)).repeat(2_000);
    let history = "On Fri, 20 Nov 2026 at 10:00, Demo <help@demo.test> wrote:\n";
    let body = format!("{}-- \nErika\n\n{history}{}", lines(""), lines("> "));
    bring(&desk, "help@demo.test", &mail("erika@example.test", "Long", "long@example.test", "", &body)).await;
    let ticket = ticket_of_newest(&admin).await;
    let messages = admin.list(&format!("{}/messages", path_of(&ticket))).await;
    assert_eq!(messages[0]["mail"]["cut"], true);
}

/// Whose a mail is that nobody has the address of, no try finds out: it stays in its bucket, and holds up nobody.
#[tokio::test(flavor = "multi_thread")]
async fn a_mail_for_nobody_here_is_left_where_it_is() {
    let desk = Desk::start().await;
    let unclaimed = mail("erika@example.test", "Hi", "n@example.test", "", "Hi").replace("help@demo.test", "help@nowhere.test");
    for (key, object) in [("received/unclaimed", unclaimed.as_str()), ("received/AMAZON_SES_SETUP_NOTIFICATION", "Set up.")] {
        let objects = desk.local.app().objects();
        objects.put(BucketName::Mail, key, "message/rfc822", object.as_bytes().to_vec()).await.expect("written");
    }
    desk.settle().await;
    let dead = lambdesk_local_sqs::QueueName::parse("mail-in-dead-letters").expect("a name");
    let waiting = desk.local.queues().receive(&dead, &lambdesk_local_sqs::ReceiveOptions::default()).await.expect("asked");
    assert!(waiting.is_empty(), "{waiting:?}");
    assert!(inbound(&admin(&desk).await).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a7_a_mail_that_nobody_can_read_has_a_record_and_holds_up_nobody() {
    let desk = Desk::start().await;
    let admin = admin(&desk).await;
    let deep: String = (0..60).map(|n| format!("Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n")).collect();
    bring(&desk, "help@demo.test", &format!("From: x@example.test\nTo: help@demo.test\nSubject: deep\n{deep}end\n")).await;
    bring(&desk, "help@demo.test", &mail("y@example.test", "After", "y@example.test", "", "Fine")).await;
    let mails = inbound(&admin).await;
    assert_eq!((&mails[0]["outcome"], &mails[1]["outcome"]), (&json!("ticket"), &json!("failed")), "{mails:?}");
    assert!(text(&mails[1], "error").contains("nested"));
    let again = admin.post(&format!("/v1/inbound-mails/{}/reprocess", text(&mails[1], "id")), json!({})).await;
    again.expect(StatusCode::ACCEPTED);
    desk.settle().await;
    assert_eq!(inbound(&admin).await[1]["outcome"], "failed", "no better the second time, and still one record");
}

#[tokio::test(flavor = "multi_thread")]
async fn a8_the_same_mail_twice_is_one_message_and_empty_identifiers_match_nothing() {
    let desk = Desk::start().await;
    let admin = admin(&desk).await;
    let once = mail("twice@example.test", "Twice", "twice@example.test", "", "Once.");
    bring(&desk, "help@demo.test", &once).await;
    bring(&desk, "help@demo.test", &once).await;
    let mails = inbound(&admin).await;
    assert_eq!((mails.len(), &mails[0]["reason"]), (2, &json!("duplicate")));
    let mut tickets = std::collections::BTreeSet::new();
    for (n, odd) in ["", " ", "@", "<>", "x", "\u{7f}"].iter().enumerate() {
        let from = format!("odd{n}@example.test");
        bring(&desk, "help@demo.test", &mail(&from, "Odd", odd, &format!("In-Reply-To: <{odd}>\nReferences: <{odd}>\n"), "Odd."))
            .await;
        tickets.insert(text(&ticket_of_newest(&admin).await, "id"));
    }
    assert_eq!(tickets.len(), 6, "each a ticket of its own");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_agent_forwards_is_the_customers() {
    let desk = Desk::start().await;
    let admin = admin(&desk).await;
    let forwarded = "FYI\n\n---------- Forwarded message ---------\nFrom: Otto <otto@example.test>\nDate: Fri, 20 Nov 2026\n\
                     Subject: My invoice\nTo: <ada@demo.test>\n\nIt is wrong.";
    bring(&desk, "help@demo.test", &mail("Ada <ada@demo.test>", "Fwd: My invoice", "fw@demo.test", "", forwarded)).await;
    let ticket = ticket_of_newest(&admin).await;
    let person = admin.get(&format!("/v1/tickets?requester={}", text(&ticket, "requester"))).await.expect(StatusCode::OK);
    assert_eq!(person["items"].as_array().unwrap().len(), 1);
    let ada = desk.sign_in("demo", "ada@demo.test").await;
    assert_ne!(ticket["requester"], json!(ada.person));
    assert_eq!(ticket["subject"], "My invoice");
    assert!(sent_to(&desk, "otto@example.test").await.is_empty(), "who did not write to the desk is not written to");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mails_files_and_html_are_kept_safely() {
    let desk = Desk::start().await;
    let admin = admin(&desk).await;
    let parts = "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n";
    let body = "--b\nContent-Type: text/html\n\n<p>See <script>alert(1)</script><img src=\"https://spy.test/1.gif\"><img src=\"cid:logo\"></p>\n\
                --b\nContent-Type: image/png; name=\"../logo.png\"\nContent-ID: <logo>\nContent-Disposition: inline\n\
                Content-Transfer-Encoding: base64\n\niVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==\n\
                --b\nContent-Type: application/pdf; name=\"invoice.pdf.exe\"\nContent-Disposition: attachment\n\nMZ\n--b--";
    bring(&desk, "help@demo.test", &mail("Erika <erika@example.test>", "Files", "files@example.test", parts, body)).await;
    let ticket = ticket_of_newest(&admin).await;
    let message = admin.list(&format!("{}/messages", path_of(&ticket))).await.remove(0);
    let html = text(&message, "body");
    assert!(
        !html.contains("script") && html.contains("data-src=\"https://spy.test/1.gif\"") && html.contains("src=\"cid:logo\""),
        "{html}"
    );
    let files = message["attachments"].as_array().unwrap().clone();
    assert_eq!((text(&files[0], "name"), &files[0]["content_id"]), ("logo.png".to_owned(), &json!("logo")));
    assert_eq!(files[1]["scan"], "withheld");
    let logo = admin.get(&format!("/v1/attachments/{}", text(&files[0], "id"))).await.expect(StatusCode::OK);
    assert!(logo["download"]["url"].is_string(), "{logo}");
    let program = admin.get(&format!("/v1/attachments/{}", text(&files[1], "id"))).await.expect(StatusCode::OK);
    assert!(program["download"].is_null());
}

#[tokio::test(flavor = "multi_thread")]
async fn d1_mail_reaches_the_tenant_that_it_was_sent_to_and_no_other() {
    let desk = Desk::start().await;
    let other = desk.sign_in("platform", "admin@platform.test").await;
    bring(&desk, "help@demo.test", &mail("erika@example.test", "Hi", "d1@example.test", "", "Hi")).await;
    assert!(inbound(&other).await.is_empty());
    let id = text(&inbound(&admin(&desk).await).await[0], "id");
    other.post(&format!("/v1/inbound-mails/{id}/reprocess"), json!({})).await.problem(StatusCode::NOT_FOUND);
    let refused = deliver(desk.local.smtp().unwrap(), "a@example.test", "help@nowhere.test", "Subject: x\n\nx").await;
    assert!(refused.is_err_and(|error| error.starts_with("550")));
}

/// Many at once, from people whom nobody knows yet: each is one ticket and one record.
#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_mails_at_eight_connections_are_two_hundred_tickets() {
    let desk = Desk::start().await;
    let admin = admin(&desk).await;
    let at = desk.local.smtp().expect("a port");
    let connections = (0..8).map(|connection| async move {
        for n in 0..25 {
            let from = format!("p{}@example.test", n % 5);
            let mail = mail(&from, &format!("Mail {connection} {n}"), &format!("{connection}.{n}@example.test"), "", "Hi");
            deliver(at, &from, "help@demo.test", &mail).await.expect("taken");
        }
    });
    futures_util::future::join_all(connections).await;
    desk.settle().await;
    let mails = admin.list("/v1/inbound-mails?limit=100").await;
    let subjects: std::collections::BTreeSet<_> = mails.iter().map(|mail| text(mail, "subject")).collect();
    let tickets: std::collections::BTreeSet<_> = mails.iter().map(|mail| mail["ticket"].to_string()).collect();
    assert_eq!((mails.len(), subjects.len(), tickets.len()), (200, 200, 200));
    assert!(mails.iter().all(|mail| mail["outcome"] == "ticket"));
}

/// All that functions of incoming mail may do, done once: what roles allow is compared with it.
pub(crate) async fn everything_that_comes_in(desk: &Desk) {
    let (admin, ada) = (admin(desk).await, desk.sign_in("demo", "ada@demo.test").await);
    let file = "MIME-Version: 1.0\nContent-Type: image/png; name=a.png\nContent-Transfer-Encoding: base64\n";
    let file = mail("erika@example.test", "A file", "file@example.test", file, "iVBORw0KGgoAAAANSUhEUg==");
    bring(desk, "help@demo.test", &file).await;
    let ticket = ticket_of_newest(&admin).await;
    let robot =
        |n: u32| mail("robot@example.test", "Away", &format!("r{n}@example.test"), "Auto-Submitted: auto-replied\n", "Away.");
    for n in 0..11 {
        bring(desk, "help@demo.test", &robot(n)).await;
    }
    let ignored = admin.list("/v1/inbound-mails?outcome=ignored").await;
    let again = format!("/v1/inbound-mails/{}/reprocess", text(&ignored[0], "id"));
    admin.post(&again, json!({})).await.expect(StatusCode::ACCEPTED);
    desk.settle().await;
    // A note by mail that names somebody.
    ada.note(&ticket, "@ben?").await;
    desk.settle().await;
    let (_, reply_to, _) = sent_to(desk, "ben@demo.test").await.remove(0);
    bring(desk, &reply_to, &mail("Ben <ben@demo.test>", "Re", "names@demo.test", "", "@ada knows.")).await;
    let dana = desk.sign_in("demo", "dana@example.test").await.person;
    let place = format!("{}/participants/{dana}", path_of(&ticket));
    let once = [("idempotency-key", "one")];
    for _ in 0..2 {
        let standing = Some(json!({ "standing": "copied" }));
        ada.send(axum::http::Method::PUT, &place, &once, standing).await.expect(StatusCode::OK);
    }
    ada.delete(&place).await.expect(StatusCode::OK);
}
