//! Mail that the desk sends: who is told what, once, soon, and in a form that answers find their way back from.

mod links;
mod told;
mod words;

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use axum::http::StatusCode;
use lambdesk_domain::{TenantId, TicketId};
use lambdesk_platform::EmailJob;
use mail_parser::{Address, MessageParser};
use serde_json::{Value, json};

pub(crate) use self::links::everything_that_mails_do;
use self::links::join;
use crate::{
    costs::spoil,
    support::{Desk, eventually, path_of, text},
};

/// A mail as its recipient's client reads it.
#[derive(Debug, Clone)]
pub(crate) struct Mail {
    pub(crate) to: String,
    subject: String,
    message_id: String,
    pub(crate) reply_to: String,
    pub(crate) text: String,
    html: String,
    raw: String,
}

impl Mail {
    /// The address of a page that the mail links to.
    pub(crate) fn link(&self, page: &str) -> String {
        self.links(page).into_iter().next().unwrap_or_else(|| panic!("no link to {page} in {}", self.text))
    }

    /// The addresses of all such pages.
    fn links(&self, page: &str) -> Vec<String> {
        let link = |(from, _)| self.text[from..].split_whitespace().next().unwrap_or_default().to_owned();
        self.text.match_indices(&format!("/v1/{page}/")).map(link).collect()
    }
}

async fn mails(desk: &Desk) -> Vec<Mail> {
    let listed = desk.client.anonymous().get("/local/mailbox").await.expect(StatusCode::OK);
    let mut mails = Vec::new();
    for entry in listed["items"].as_array().unwrap() {
        let raw = desk.client.anonymous().get(&format!("/local/mailbox/{}", text(entry, "id"))).await.body;
        let mail = MessageParser::default().parse(&raw).expect("a mail");
        let address = |address: Option<&Address<'_>>| {
            address.and_then(|address| address.first()?.address().map(str::to_owned)).unwrap_or_default()
        };
        mails.push(Mail {
            to: address(mail.to()),
            subject: mail.subject().unwrap_or_default().to_owned(),
            message_id: mail.message_id().unwrap_or_default().to_owned(),
            reply_to: address(mail.reply_to()),
            text: mail.body_text(0).unwrap_or_default().into_owned(),
            html: mail.body_html(0).unwrap_or_default().into_owned(),
            raw: String::from_utf8_lossy(&raw).into_owned(),
        });
    }
    mails
}

pub(crate) async fn mails_about(desk: &Desk, ticket: &Value) -> Vec<Mail> {
    let number = text(ticket, "number");
    let mut about: Vec<_> = mails(desk).await.into_iter().filter(|mail| mail.subject.contains(&number)).collect();
    about.reverse();
    about
}

#[tokio::test(flavor = "multi_thread")]
async fn each_is_told_what_concerns_them() {
    let desk = Desk::start().await;
    let (carl, ada, mia) = (
        desk.sign_in("demo", "carl@example.test").await,
        desk.sign_in("demo", "ada@demo.test").await,
        desk.sign_in("demo", "mia@demo.test").await,
    );
    let ticket = carl.open("My printer <burns>").await;
    desk.settle().await;
    mia.put(&format!("{}/assignee", path_of(&ticket)), json!({ "assignee": ada.person })).await.expect(StatusCode::OK);
    desk.settle().await;
    ada.note(&ticket, "A secret between us").await;
    ada.reply(&ticket, "Pour **water** on it.").await;
    desk.settle().await;
    carl.reply(&ticket, "Which water?").await;
    desk.settle().await;
    ada.set_status(&ticket, "resolved").await.expect(StatusCode::OK);
    desk.settle().await;
    let mails = mails_about(&desk, &ticket).await;
    let told: Vec<_> = mails.iter().map(|mail| mail.to.as_str()).collect();
    assert_eq!(told, ["carl@example.test", "ada@demo.test", "carl@example.test", "ada@demo.test", "carl@example.test"]);
    assert!(mails[0].text.contains("we have your request"));
    assert!(mails[1].text.contains("yours now"));
    assert!(mails[2].text.contains("Pour **water**") && mails[2].html.contains("<strong>water</strong>"));
    assert!(mails[3].text.contains("Carl Lindner wrote") && mails[3].text.contains("Which water?"));
    assert!(mails[3].text.contains("Answer this mail to reply to the customer."));
    assert!(mails[4].text.contains("Resolved"));
    for mail in &mails {
        assert!(mail.raw.contains("Auto-Submitted: auto-"), "{}", mail.raw);
        assert!(mail.reply_to.starts_with("reply+") && mail.html.contains("&lt;burns&gt;"));
        assert!(!mail.raw.contains("secret between"), "a note never leaves");
    }
    let root = &mails[0].message_id;
    assert!(
        mails[1..].iter().all(|mail| mail.raw.contains(&format!("References: <{root}>"))),
        "one conversation in every client"
    );
    let ids: BTreeSet<_> = mails.iter().map(|mail| &mail.message_id).collect();
    assert_eq!(ids.len(), mails.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_address_is_signed_for_its_ticket_and_recipient() {
    let desk = Desk::start().await;
    let carl = desk.sign_in("demo", "carl@example.test").await;
    let ticket = carl.open("Help").await;
    desk.settle().await;
    let mail = &mails_about(&desk, &ticket).await[0];
    let token = mail.reply_to.strip_prefix("reply+").unwrap().split('@').next().unwrap();
    let app = desk.local.app();
    let tenant = |name: &str| TenantId::parse(name).unwrap();
    let read = app.read_reply_token(&tenant("demo"), token).expect("ours");
    assert_eq!(read.ticket, text(&ticket, "id").parse::<TicketId>().unwrap());
    assert!(read.is_for(carl.person.parse().unwrap()));
    assert!(app.read_reply_token(&tenant("ticketing"), token).is_none(), "of no use in another tenant");
}

/// How soon is not for a test on a busy machine to say (an idle one takes a tenth of a second); here, that it comes at all.
#[tokio::test(flavor = "multi_thread")]
async fn mail_follows_its_event_by_itself() {
    let desk = Desk::start().await;
    let carl = desk.sign_in("demo", "carl@example.test").await;
    let ticket = carl.open("Quick").await;
    eventually("the acknowledgement", async || (!mails_about(&desk, &ticket).await.is_empty()).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_delivered_twice_sends_once() {
    let desk = Desk::start().await;
    let carl = desk.sign_in("demo", "carl@example.test").await;
    let ada = desk.sign_in("demo", "ada@demo.test").await;
    let ticket = carl.open("Help").await;
    desk.settle().await;
    let created = ada
        .list(&format!("{}/events", path_of(&ticket)))
        .await
        .into_iter()
        .find(|event| event["type"] == "ticket.created")
        .unwrap();
    let job = EmailJob::Notify {
        tenant: TenantId::parse("demo").unwrap(),
        ticket: text(&ticket, "id").parse().unwrap(),
        event: text(&created, "id").parse().unwrap(),
    };
    assert!(desk.local.app().queues().send(&[job.clone(), job.clone(), job]).await.is_empty());
    desk.settle().await;
    assert_eq!(mails_about(&desk, &ticket).await.len(), 1);
}

/// While SES takes nothing, a mail is claimed again and again, and is still one mail.
#[tokio::test(flavor = "multi_thread")]
async fn a5_a_mail_that_is_tried_again_is_counted_once() {
    let desk = Desk::start().await;
    let (dana, ada) = (desk.sign_in("demo", "dana@example.test").await, desk.sign_in("demo", "ada@demo.test").await);
    let ticket = dana.open("Help").await;
    desk.settle().await;
    let events = ada.list(&format!("{}/events", path_of(&ticket))).await;
    let created = text(events.iter().find(|event| event["type"] == "ticket.created").unwrap(), "id");
    let (tenant, ticket_id) = (TenantId::parse("demo").unwrap(), text(&ticket, "id").parse().unwrap());
    let job = EmailJob::Notify { tenant, ticket: ticket_id, event: created.parse().unwrap() };
    let row = format!("demo#sent#{created}");
    for _ in 0..8 {
        // As a sender leaves it whom SES did not answer.
        spoil(&desk, (&row, &dana.person), "leased_until", AttributeValue::N("0".to_owned())).await;
        spoil(&desk, (&row, &dana.person), "state", AttributeValue::S("sending".to_owned())).await;
        assert!(desk.local.app().queues().send(std::slice::from_ref(&job)).await.is_empty());
        desk.settle().await;
    }
    assert_eq!(mails_about(&desk, &ticket).await.len(), 9, "none is one too many");
    let other = dana.open("Another").await;
    desk.settle().await;
    assert_eq!(mails_about(&desk, &other).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_recipients_trouble_is_not_the_others() {
    let desk = Desk::start().await;
    let (carl, dana) = (desk.sign_in("demo", "carl@example.test").await, desk.sign_in("demo", "dana@example.test").await);
    let (ada, ticket) = (desk.sign_in("demo", "ada@demo.test").await, carl.open("Help").await);
    join(&desk, "demo", &ticket, &dana.person).await;
    desk.settle().await;
    let spoilt = AttributeValue::S("spoilt".to_owned());
    spoil(&desk, (&format!("demo#person#{}", carl.person), "person"), "data", spoilt).await;
    ada.reply(&ticket, "To both").await;
    let hers =
        async || mails(&desk).await.into_iter().find(|mail| mail.to == "dana@example.test" && mail.text.contains("To both"));
    eventually("the mail to the other", hers).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_brands_trouble_is_not_the_others() {
    let desk = Desk::start().await;
    let people = desk.people("ozean").await;
    let open = async |brand: &str| people.customer.open_with(json!({ "subject": brand, "body": "x", "brand": brand })).await;
    let (ka, _) = (open("KA").await, open("OL").await);
    desk.settle().await;
    let key = format!("ozean#ticket#{}", text(&ka, "id"));
    spoil(&desk, (&key, "ticket"), "data", AttributeValue::S("spoilt".to_owned())).await;
    links::digest_always(&desk, "ozean").await;
    desk.advance("PT1H").await;
    let digest = async || mails(&desk).await.into_iter().find(|mail| mail.subject.contains("without an agent"));
    assert!(eventually("the other brand's digest", digest).await.text.contains("OL"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_job_does_not_hold_up_the_next() {
    let desk = Desk::start().await;
    let carl = desk.sign_in("demo", "carl@example.test").await;
    desk.settle().await;
    let queue = lambdesk_local_sqs::QueueName::parse("email").unwrap();
    for poison in ["not JSON", "{}", "{\"job\":\"notify\",\"tenant\":\"demo#x\"}"] {
        desk.local.queues().send(&queue, &lambdesk_local_sqs::SendMessage::new(poison)).expect("taken");
    }
    let ticket = carl.open("After the poison").await;
    eventually("the acknowledgement", async || (!mails_about(&desk, &ticket).await.is_empty()).then_some(())).await;
}
