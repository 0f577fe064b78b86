//! What holds of all that is prepared, and of every value in a text.

use std::collections::BTreeMap;

use proptest::prelude::*;
use pulldown_cmark::{Event, Parser};
use serde_json::json;
use uuid::Uuid;

use super::{
    placeholder::{Reader, fault, render},
    suggest::Used,
    *,
};
use crate::{
    field::{FieldKind, VisibleTo, tests::definition},
    person::Person,
    role::Role,
    text::{EmailAddress, Name},
    ticket::{
        Ticket,
        tests::{Desk, ada, caller, carl, mia},
    },
    words::{Language, Status},
};

fn person(name: Option<&str>) -> Person {
    let address = EmailAddress::parse("carl@example.test").expect("fits");
    let mut person = Person::from_address(carl().person, address, Timestamp::UNIX_EPOCH);
    person.name = name.map(|name| Name::parse(name).expect("fits"));
    person
}

fn written(text: &str, reader: Reader, desk: &Desk, ticket: &Ticket, name: Option<&str>) -> String {
    let (requester, agent) = (person(name), person(Some("Ada Byron")));
    render(text, reader, &Values { config: &desk.config, ticket, requester: Some(&requester), agent: Some(&agent) })
}

/// What a reader sees of a Markdown text, and what it is made of beside text.
fn shown(markdown: &str) -> (String, Vec<String>) {
    let (mut text, mut others) = (String::new(), Vec::new());
    for event in Parser::new(markdown) {
        match event {
            Event::Text(part) => text.push_str(&part),
            Event::SoftBreak | Event::HardBreak => text.push('\n'),
            Event::End(_) => {}
            other => others.push(format!("{other:?}")),
        }
    }
    (text, others)
}

fn prepared<T: Preparable>(n: u128, scope: Reach, by: &Caller, content: T) -> Prepared<T> {
    Prepared {
        id: PreparedId(Uuid::from_u128(n)),
        whose: Whose { scope, team: None, brands: Brands::All },
        content,
        created_by: by.person,
        updated_at: Timestamp::UNIX_EPOCH,
        version: 1,
    }
}

fn answer(shortcut: &str, title: &str, body: &str) -> CannedResponse {
    CannedResponse {
        shortcut: Shortcut::parse(shortcut).expect("fits"),
        title: Name::parse(title).expect("fits"),
        body: body.to_owned(),
        language: None,
        attachments: Vec::new(),
    }
}

#[test]
fn values_stand_where_their_names_stood() {
    let mut desk = Desk::new(Status::ALL);
    let mut ticket = desk.open(&carl());
    ticket.fields.insert("order".to_owned(), json!("A-7"));
    let text = "Hi {{requester.first_name | there}},\n{{ ticket.number }} ({{ticket.status}}), order {{ ticket.fields.order }}{{ticket.fields.none}}. {{agent.name}}, {{brand.name}}";
    assert_eq!(
        written(text, Reader::Customer, &desk, &ticket, Some("Carl von Linné")),
        "Hi Carl,\nDEMO-2025-0001 (new), order A-7. Ada Byron, Demo"
    );
    assert!(written(text, Reader::Customer, &desk, &ticket, None).starts_with("Hi there,\n"));
    assert_eq!(written("a {{ unclosed", Reader::Customer, &desk, &ticket, None), "a {{ unclosed");
}

#[test]
fn b9_a_name_is_a_name_and_no_markup() {
    let mut desk = Desk::new(Status::ALL);
    let ticket = desk.open(&carl());
    for name in [
        "[x](http://evil.test)",
        "<img src=x onerror=alert(1)>",
        "![x](http://evil.test/a.png)",
        "`code`",
        "**b** __i__ ~~s~~",
        "# h",
        "1. x",
        "- x",
        "+ x",
        "> x",
        "--- ",
        "===",
        "&lt;b&gt; &#x41;",
        "<http://evil.test>",
        "a\\",
        "| a | b |",
        "{{ agent.name }}",
        "(http://evil.test)",
        ": http://evil.test",
    ] {
        for (before, after) in [("", ""), ("Hi ", ", bye"), ("Above\n", ""), ("Above\n\n", "\nbelow"), ("", "\nbelow")] {
            let text = written(&format!("{before}{{{{requester.name}}}}{after}"), Reader::Customer, &desk, &ticket, Some(name));
            let (seen, others) = shown(&text);
            assert_eq!(others.iter().filter(|other| !other.contains("Paragraph")).count(), 0, "{text}: {others:?}");
            assert!(seen.contains(name.trim()), "{name} is shown as {seen}");
        }
        let link = written("[text]{{requester.name}}", Reader::Customer, &desk, &ticket, Some(name));
        assert!(!shown(&link).1.iter().any(|other| other.contains("Link")), "{link}");
    }
}

#[test]
fn names_are_a_closed_list_and_faults_have_a_place() {
    let mut desk = Desk::new(Status::ALL);
    let codes =
        |text: &str, reader, config: &TenantConfig| fault("body", text, reader, config).map(|wrong| (wrong.code, wrong.message));
    let good = "{{requester.name}} {{ ticket.fields.any_1 }} {{agent.signature|x}} { } }} {{brand.name}}";
    assert_eq!(codes(good, Reader::Customer, &desk.config), None);
    for bad in [
        "{{colour}}",
        "{{ requester.password }}",
        "{{ticket.fields.a b}}",
        "{{}}",
        "{{ {{ agent.name }} }}",
        "{{ agent.name",
        "{{ticket.tenant}}",
    ] {
        assert!(codes(bad, Reader::Staff, &desk.config).is_some(), "{bad}");
    }
    let (_, message) = codes("Hi,\n  ä {{ colour }}", Reader::Customer, &desk.config).expect("unknown");
    assert!(message.starts_with("line 2, column 5: there is no `colour`"), "{message}");

    let secret = crate::field::FieldDefinition { visible_to: VisibleTo::Staff, ..definition("risk", FieldKind::Text) };
    desk.config.fields = vec![secret];
    assert!(codes("{{ticket.fields.risk}}", Reader::Customer, &desk.config).expect("staff's").1.contains("staff alone"));
    assert_eq!(codes("{{ticket.fields.risk}}", Reader::Staff, &desk.config), None);
    assert!(codes("{{ticket.fields.other}}", Reader::Staff, &desk.config).is_some());
    let mut ticket = desk.open(&carl());
    ticket.fields = BTreeMap::from([("risk".to_owned(), json!("high"))]);
    let text = "{{ticket.fields.risk|-}}";
    assert_eq!(written(text, Reader::Staff, &desk, &ticket, None), "high");
    assert!(!written(text, Reader::Customer, &desk, &ticket, None).contains("high"), "also where a text was written before");
}

#[test]
fn each_sees_their_own_their_teams_and_everybodys() {
    let team = TeamId::parse("billing").expect("fits");
    let of = |scope, team: Option<&TeamId>| {
        let mut thing = prepared(1, scope, &ada(), answer("/x", "x", "x"));
        thing.whose.team = team.cloned();
        thing
    };
    let bert = caller(Role::Agent, 9);
    let personal = of(Reach::Personal, None);
    assert!(personal.is_there(&ada(), &[]) && !personal.is_there(&bert, &[]) && !personal.is_there(&mia(), &[]));
    let teams = of(Reach::Team, Some(&team));
    assert!(teams.is_there(&bert, std::slice::from_ref(&team)) && !teams.is_there(&bert, &[]) && teams.is_there(&mia(), &[]));
    let mut shared = of(Reach::Shared, None);
    assert!(shared.is_there(&bert, &[]));
    let elsewhere = Caller { brands: Brands::Only([BrandId::parse("OL").expect("fits")].into()), ..bert.clone() };
    shared.whose.brands = Brands::Only([BrandId::parse("KA").expect("fits")].into());
    assert!(!shared.is_there(&elsewhere, &[]));
    assert!(
        shared.check_allowed(&mia()).is_ok() && shared.check_allowed(&bert).is_err() && personal.check_allowed(&ada()).is_ok()
    );
    let manager = Caller { brands: elsewhere.brands, ..mia() };
    assert!(shared.check_erasable(&manager).is_err() && shared.check_erasable(&mia()).is_ok());
}

#[test]
fn all_that_is_wrong_is_named_at_once() {
    let desk = Desk::new(Status::ALL);
    let mut thing = prepared(1, Reach::Shared, &mia(), answer("/x", "x", "{{nothing}}"));
    thing.whose.team = TeamId::parse("gone").ok();
    thing.whose.brands = Brands::Only([BrandId::parse("gone").expect("fits")].into());
    let twin = prepared(2, Reach::Shared, &mia(), answer("/x", "other", "x"));
    let both = Prepared { whose: thing.whose.clone(), ..twin.clone() };
    let wrong = |thing: &Prepared<CannedResponse>,
                 before: Option<&Prepared<CannedResponse>>,
                 others: &[&Prepared<CannedResponse>]| {
        match thing.check(before, others, &desk.config, &mia()) {
            Err(DomainError::Invalid(wrong)) => wrong.into_iter().map(|wrong| format!("{} {}", wrong.path, wrong.code)).collect(),
            Err(error) => panic!("{error}"),
            Ok(()) => Vec::new(),
        }
    };
    let expected = ["team not_allowed", "brands unknown_brand", "body unknown_placeholder", "shortcut taken"];
    assert_eq!(wrong(&thing, None, &[&both]), expected);
    let plain = prepared(1, Reach::Shared, &mia(), answer("/x", "x", "x"));
    assert_eq!(wrong(&plain, None, &[&twin]), ["shortcut taken"]);
    let german = Prepared { content: CannedResponse { language: Some(Language::De), ..twin.content.clone() }, ..twin.clone() };
    assert_eq!(wrong(&plain, None, &[&german]), Vec::<String>::new(), "in another language");
    let personal = Prepared { whose: Whose { scope: Reach::Personal, ..plain.whose.clone() }, ..plain.clone() };
    assert_eq!(wrong(&personal, Some(&plain), &[]), ["scope immutable"]);
    let many: Vec<_> =
        (10..).take(MAX_COMMON).map(|n| prepared(n, Reach::Shared, &mia(), answer(&format!("/y{n}"), "y", "y"))).collect();
    assert_eq!(wrong(&plain, None, &many.iter().collect::<Vec<_>>()), ["scope too_many"]);
}

#[test]
fn an_answer_keeps_so_many_files() {
    let desk = Desk::new(Status::ALL);
    let with = |count: usize, size: u64| {
        let file = |n| KeptFile {
            id: crate::AttachmentId(Uuid::from_u128(n)),
            name: "x.txt".to_owned(),
            content_type: "text/plain".to_owned(),
            size,
        };
        let attachments = (1..).map(file).take(count).collect();
        let thing = prepared(1, Reach::Shared, &mia(), CannedResponse { attachments, ..answer("/x", "x", "x") });
        thing.content.check(&thing.whose, &desk.config).into_iter().map(|wrong| wrong.code).collect::<Vec<_>>()
    };
    assert_eq!((with(MAX_CANNED_FILES, 5), with(MAX_CANNED_FILES + 1, 5)), (vec![], vec!["too_many"]));
    assert_eq!((with(2, MAX_CANNED_BYTES / 2), with(2, MAX_CANNED_BYTES / 2 + 1)), (vec![], vec!["too_large"]));
    assert_eq!(with(2, u64::MAX), ["too_large"]);
}

#[test]
fn macros_and_templates_name_what_the_desk_does_not_have() {
    let desk = Desk::new(&[Status::New, Status::InProgress, Status::Closed]);
    let wrong =
        |thing: Vec<FieldError>| thing.into_iter().map(|wrong| format!("{} {}", wrong.path, wrong.code)).collect::<Vec<_>>();
    let whose = Whose { scope: Reach::Shared, team: None, brands: Brands::All };
    let read = |value: serde_json::Value| serde_json::from_value::<Macro>(value).expect("a macro");
    let full = read(json!({
        "name": "x", "reply": "{{x}}", "note": " ",
        "changes": { "status": "resolved", "category": "gone", "team": "gone", "fields": { "a b": 1, "ok": 1 } },
    }));
    let expected = [
        "changes.status status_not_in_use",
        "changes.category unknown_category",
        "changes.team unknown_team",
        "changes.fields.a b invalid",
        "reply unknown_placeholder",
        "note invalid",
        "note not_allowed",
    ];
    assert_eq!(wrong(full.check(&whose, &desk.config)), expected);
    assert_eq!(wrong(read(json!({ "name": "x" })).check(&whose, &desk.config)), ["changes required"]);
    let template: TicketTemplate = serde_json::from_value(json!({
        "name": "x", "for_customers": true, "ticket": { "assignee": "none", "tags": ["x"], "category": "gone", "body": "" },
    }))
    .expect("a template");
    let expected = [
        "ticket.body invalid",
        "ticket.category unknown_category",
        "ticket.assignee invalid",
        "ticket.assignee not_allowed",
        "ticket.tags not_allowed",
    ];
    assert_eq!(wrong(template.check(&whose, &desk.config)), expected);
    let personal = Whose { scope: Reach::Personal, ..whose };
    assert!(wrong(template.check(&personal, &desk.config)).contains(&"for_customers not_allowed".to_owned()));
}

#[test]
fn the_language_of_whoever_asks_comes_first() {
    let brand = BrandId::parse("demo").expect("fits");
    let mut all = [1, 2, 3].map(|n| prepared(n, Reach::Shared, &mia(), answer("/refund", "Refund", "x")));
    all[1].content.language = Some(Language::De);
    all[2].content.language = Some(Language::De);
    all[2].whose.scope = Reach::Personal;
    let chosen = |named: usize, language| variant(&all[named], all.iter(), (&brand, language)).id.0.as_u128();
    assert_eq!(chosen(0, Language::De), 2, "of those that are everybody's, as the one that was named");
    assert_eq!((chosen(0, Language::En), chosen(1, Language::De), chosen(2, Language::De)), (1, 2, 3));
}

#[test]
fn suggestions_share_words_or_were_used_for_such_tickets() {
    let texts = [
        ("/printer", "Printer burns", "Unplug the printer."),
        ("/refund", "Refund", "Your money comes back to {{requester.name}}."),
        ("/thanks", "Thanks", "Thank you for writing to us about the printer"),
        ("/other", "Other", "Nothing of it"),
    ];
    let all: Vec<_> = (1..)
        .zip(texts)
        .map(|(n, (shortcut, title, body))| prepared(n, Reach::Shared, &mia(), answer(shortcut, title, body)))
        .collect();
    let used = |times: [u64; 4]| {
        all.iter().zip(times).map(|(answer, in_category)| (answer, Used { times: in_category, in_category })).collect::<Vec<_>>()
    };
    let ids = |times| {
        suggest(&["My PRINTER burns!", "requester name"], &used(times))
            .iter()
            .map(|(answer, _)| answer.id.0.as_u128())
            .collect::<Vec<_>>()
    };
    assert_eq!(ids([0, 0, 0, 0]), [1, 3]);
    assert_eq!(ids([0, 9, 0, 0]), [1, 2, 3], "what was used for such tickets comes too");
    assert_eq!(suggest(&[], &[]).len(), 0);
}

proptest! {
    #[test]
    fn whatever_a_value_holds_it_is_shown_as_itself(name in "[ -~äß\u{200b}☃]{1,60}", place in 0usize..6) {
        let Ok(parsed) = Name::parse(&name) else { return Ok(()) };
        let mut desk = Desk::new(Status::ALL);
        let ticket = desk.open(&carl());
        let (before, after) = [("", ""), ("Hi ", ", bye"), ("Above\n", ""), ("", "\nbelow"), ("x", "x"), ("Above\n\n", "")][place];
        let text = written(&format!("{before}{{{{requester.name}}}}{after}"), Reader::Customer, &desk, &ticket, Some(parsed.as_str()));
        let (seen, others) = shown(&text);
        let plain = parsed.as_str().split_whitespace().collect::<Vec<_>>().join(" ");
        prop_assert!(others.iter().all(|other| other.contains("Paragraph")), "{text}: {others:?}");
        prop_assert!(seen.contains(&plain), "{plain} is shown as {seen}");
    }

    #[test]
    fn no_text_is_too_strange(text in "[{}|a-z. \n\\[\\]é]{0,80}", value in ".{0,40}") {
        let mut desk = Desk::new(Status::ALL);
        let mut ticket = desk.open(&carl());
        ticket.fields.insert("a".to_owned(), json!(value));
        let _ = fault("body", &text, Reader::Staff, &desk.config);
        let _ = written(&text, Reader::Staff, &desk, &ticket, None);
        let out = written("{{ticket.fields.a}}", Reader::Staff, &desk, &ticket, None);
        prop_assert!(!out.contains('\n'));
    }
}
