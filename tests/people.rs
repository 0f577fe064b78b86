//! Who people are: names for ids, finding somebody, and how much of it is whose to see.

use axum::http::{Method, StatusCode};
use lambdesk_domain::{EmailAddress, Name, Person, PersonId, TenantId};
use serde_json::{Value, json};

use crate::support::{Desk, Session, path_of, text};

/// A customer of the desk who has asked for nothing yet.
async fn customer(desk: &Desk, tenant: &str, name: Option<&str>, email: &str) -> String {
    let (app, tenant) = (desk.local.app(), TenantId::parse(tenant).unwrap());
    let address = EmailAddress::parse(email).unwrap();
    let mut person = Person::from_address(PersonId(app.new_id()), address, app.now());
    person.name = name.map(|name| Name::parse(name).unwrap());
    app.desk_of(&tenant).add_person(&person).await.unwrap();
    person.id.to_string()
}

async fn named(by: &Session, ids: &[&str]) -> Vec<Value> {
    let page = by.get(&format!("/v1/people?ids={}", ids.join(","))).await.expect(StatusCode::OK);
    assert_eq!(page["next_cursor"], Value::Null);
    page["items"].as_array().expect("items").clone()
}

/// The names, or addresses, of those who are found.
async fn found(by: &Session, search: &str) -> Vec<String> {
    by.list(&format!("/v1/people?search={search}")).await.iter().map(|person| text(person, "name")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn ids_get_names() {
    let desk = Desk::start().await;
    let people = desk.people("eur").await;
    let nameless = customer(&desk, "eur", None, "nameless@example.test").await;
    let elsewhere = desk.people("km").await.customer.person;
    let (agent, asker) = (people.agent.person.as_str(), people.customer.person.as_str());
    let nobody = "019aa0c4-1f00-7000-8000-000000000001";
    let items = named(&people.agent, &[agent, &elsewhere, asker, &nameless, nobody, asker]).await;
    let ids: Vec<_> = items.iter().map(|person| text(person, "id")).collect();
    assert_eq!(ids, [agent, asker, &nameless], "once each, in the order asked for; who is not of this desk is not there");
    assert_eq!(items[0]["kind"], "staff");
    assert_eq!((&items[1]["kind"], &items[1]["email"]), (&json!("customer"), &json!("customer@eur.test")));
    assert_eq!(items[2]["name"], "nameless@example.test", "as everywhere: the address where nobody told a name");
    let items = items[1].as_object().unwrap().keys().map(String::as_str).collect::<std::collections::BTreeSet<_>>();
    assert_eq!(items, ["id", "name", "kind", "email", "organization"].into(), "and no preference, audience or signature");
    people.customer.get(&format!("/v1/people?ids={asker}")).await.problem(StatusCode::FORBIDDEN);
    people.customer.get("/v1/people?search=a").await.problem(StatusCode::FORBIDDEN);
    people.customer.get(&format!("/v1/people/{asker}")).await.problem(StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_wrongly_is_named() {
    let desk = Desk::start().await;
    let agent = desk.sign_in("demo", "ada@demo.test").await;
    let wrong = async |query: &str| agent.get(&format!("/v1/people{query}")).await.wrong_fields(StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(wrong("").await, ["ids", "search"]);
    assert_eq!(wrong("?limit=5").await, ["ids", "search"], "there is no list of everybody");
    assert_eq!(wrong("?ids=x").await, ["ids"]);
    assert_eq!(wrong("?search=").await, ["search"]);
    assert_eq!(wrong("?search=a&kind=agent&limit=0").await, ["kind", "limit"]);
    let many = vec![agent.person.clone(); 101].join(",");
    assert_eq!(wrong(&format!("?ids={many}")).await, ["ids"]);
    let all = format!("?ids={}&search=a&kind=staff&limit=1&cursor=x", agent.person);
    assert_eq!(wrong(&all).await, ["search", "kind", "limit", "cursor"]);
    agent.get("/v1/people/x").await.problem(StatusCode::NOT_FOUND);
    agent.get("/v1/people?search=a&cursor=x").await.problem(StatusCode::BAD_REQUEST);
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_found_by_how_their_names_begin() {
    let desk = Desk::start().await;
    let agent = desk.sign_in("demo", "ada@demo.test").await;
    for (name, email) in [
        (Some("Anna Ozturk"), "anna@example.test"),
        (Some("Änne"), "aenne@example.test"),
        (Some("Annabel"), "bel@example.test"),
        (None, "ann@example.test"),
        (Some("Bo"), "anna@example.org"),
    ] {
        customer(&desk, "demo", name, email).await;
    }
    customer(&desk, "eur", Some("Anna Elsewhere"), "anna@example.test").await;
    assert_eq!(found(&agent, "ann").await, ["ann@example.test", "Anna Ozturk", "Annabel"], "and none of another desk");
    assert_eq!(found(&agent, "ANNA%20o").await, ["Anna Ozturk"]);
    assert_eq!(found(&agent, "%C3%84NN").await, ["Änne"]);
    assert_eq!(found(&agent, "ozturk").await, [""; 0], "how it begins, not what is in it");
    assert_eq!(found(&agent, "Anna@Example.ORG").await, ["Bo"], "a whole address is one person's");
    assert_eq!(found(&agent, "nobody@example.org").await, [""; 0]);
    let kinds = async |query: &str| found(&agent, query).await.len();
    assert_eq!((kinds("ada&kind=staff").await, kinds("ada&kind=customer").await), (1, 0));
    assert_eq!((kinds("ada@demo.test&kind=staff").await, kinds("ada@demo.test&kind=customer").await), (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_list_comes_in_pages_and_each_person_once() {
    let desk = Desk::start().await;
    let agent = desk.sign_in("demo", "ada@demo.test").await;
    for n in 0..30 {
        customer(&desk, "demo", Some(&format!("Adam {n:02}")), &format!("adam{n}@example.test")).await;
    }
    let pages = found(&agent, "ada&limit=7").await;
    let mut expected: Vec<_> = (0..30).map(|n| format!("Adam {n:02}")).collect();
    // Staff are of another list, and stand between.
    expected.insert(0, text(&agent.get(&format!("/v1/people/{}", agent.person)).await.expect(StatusCode::OK), "name"));
    expected.sort_by_key(|name| name.to_lowercase());
    assert_eq!(pages, expected);
    let page = agent.get("/v1/people?search=ada&limit=7").await.expect(StatusCode::OK);
    let cursor = text(&page, "next_cursor");
    for (by, query) in [
        (&agent, "search=ad&limit=7"),
        (&agent, "search=ada&kind=customer"),
        (&desk.sign_in("demo", "mia@demo.test").await, "search=ada"),
        (&desk.sign_in("eur", "agent@eur.test").await, "search=ada"),
    ] {
        by.get(&format!("/v1/people?{query}&cursor={cursor}")).await.problem(StatusCode::BAD_REQUEST);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_read_with_what_they_still_wait_for() {
    let desk = Desk::start().await;
    let people = desk.people("eur").await;
    let carl = format!("/v1/people/{}", people.customer.person);
    let read = async || people.agent.get(&carl).await.expect(StatusCode::OK);
    assert_eq!(read().await["open_tickets"], 0);
    let tickets = [people.customer.open("One").await, people.customer.open("Two").await, people.customer.open("Three").await];
    people.agent.set_status(&tickets[0], "closed").await.expect(StatusCode::OK);
    people.manager.delete(&path_of(&tickets[1])).await.expect(StatusCode::NO_CONTENT);
    let person = read().await;
    assert_eq!((&person["open_tickets"], &person["email"]), (&json!(1), &json!("customer@eur.test")));
    let known = [("if-none-match", "\"0\"")];
    let again = people.agent.send(Method::GET, &carl, &known, None).await;
    assert_eq!(again.expect(StatusCode::OK)["open_tickets"], 1, "not from before: requests come without a new version");
    let staff = people.agent.get(&format!("/v1/people/{}", people.manager.person)).await.expect(StatusCode::OK);
    assert_eq!((&staff["kind"], &staff["open_tickets"]), (&json!("staff"), &Value::Null));
    let stranger = desk.people("km").await.admin;
    stranger.get(&carl).await.problem(StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn d2_who_works_for_one_brand_finds_those_whom_it_leads_to() {
    let desk = Desk::start().await;
    let (ka, all) = (desk.sign_in("ozean", "agent.ka@ozean.test").await, desk.sign_in("ozean", "agent@ozean.test").await);
    let of_ol = desk.sign_in("ozean", "agent.ol@ozean.test").await;
    let erika = customer(&desk, "ozean", Some("Erika Muster"), "erika@example.test").await;
    let nameless = customer(&desk, "ozean", None, "erik@example.test").await;
    let ask = async |brand: &str| {
        for requester in ["erika@example.test", "erik@example.test"] {
            all.open_with(json!({ "subject": "x", "body": "x", "brand": brand, "requester": requester })).await;
        }
    };
    ask("OL").await;
    // A name to an id, and nothing by which to reach them.
    let items = named(&ka, &[&erika, &nameless, &of_ol.person]).await;
    assert_eq!((&items[0]["name"], &items[0]["kind"]), (&json!("Erika Muster"), &json!("customer")));
    assert_eq!(items[1]["name"], Value::Null, "an address is no name");
    assert!(items.iter().all(|person| person["email"].is_null() && person["organization"].is_null()), "{items:?}");
    assert_eq!(items[2]["kind"], "staff");
    for (id, searches) in [(&erika, ["eri", "erika@example.test"]), (&nameless, ["erik@", "erik@example.test"])] {
        ka.get(&format!("/v1/people/{id}")).await.problem(StatusCode::NOT_FOUND);
        for search in searches {
            assert_eq!(found(&ka, search).await, [""; 0], "{search}");
            for page in ["", "&limit=1"] {
                let page = ka.get(&format!("/v1/people?search={search}{page}")).await.expect(StatusCode::OK);
                assert_eq!(page, json!({ "items": [], "next_cursor": null }), "not even that somebody is there");
            }
        }
        all.get(&format!("/v1/people/{id}")).await.expect(StatusCode::OK);
    }
    assert_eq!(found(&all, "eri").await, ["erik@example.test", "Erika Muster"]);
    ka.get(&format!("/v1/people/{}", of_ol.person)).await.problem(StatusCode::NOT_FOUND);
    for (search, colleagues) in [("a", vec!["Anja Admin", "Arne Agent"]), ("k", vec!["Kai Albers"]), ("o", vec![])] {
        assert_eq!(found(&ka, &format!("{search}&kind=staff")).await, colleagues, "who works for their brand");
    }
    // What they ask of the brand makes them known there, and no further.
    ask("KA").await;
    assert_eq!(found(&ka, "eri").await, ["erik@example.test", "Erika Muster"]);
    assert_eq!(found(&ka, "erika@example.test").await, ["Erika Muster"]);
    let person = ka.get(&format!("/v1/people/{erika}")).await.expect(StatusCode::OK);
    assert_eq!(
        (&person["email"], &person["open_tickets"]),
        (&json!("erika@example.test"), &json!(1)),
        "what OL was asked is OL's"
    );
    assert_eq!(all.get(&format!("/v1/people/{erika}")).await.expect(StatusCode::OK)["open_tickets"], 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_finds_who_was_erased() {
    let desk = Desk::start().await;
    let people = desk.people("eur").await;
    let gone = customer(&desk, "eur", Some("Gone Soon"), "gone@example.test").await;
    let open = json!({ "subject": "x", "body": "x", "requester": "gone@example.test" });
    let ticket = people.agent.open_with(open).await;
    people.admin.post(&format!("/v1/people/{gone}/erase"), json!({})).await.expect(StatusCode::ACCEPTED);
    desk.settle().await;
    assert_eq!(people.agent.read(&ticket).await["requester"], json!(gone), "the history goes on naming the id");
    assert_eq!(named(&people.agent, &[&gone]).await, [Value::Null; 0]);
    people.agent.get(&format!("/v1/people/{gone}")).await.problem(StatusCode::NOT_FOUND);
    for search in ["gone", "erased", "gone@example.test", &format!("{gone}@erased.invalid")] {
        assert_eq!(found(&people.agent, search).await, [""; 0], "{search}");
    }
}

/// Every call that looking people up makes.
pub(crate) async fn everything_that_is_looked_up(desk: &Desk) {
    let ka = desk.sign_in("ozean", "agent.ka@ozean.test").await;
    for search in ["c", "customer@ozean.test"] {
        ka.get(&format!("/v1/people?search={search}")).await.expect(StatusCode::OK);
    }
    named(&ka, &[&ka.person]).await;
    ka.get(&format!("/v1/people/{}", ka.person)).await.expect(StatusCode::OK);
}
