//! Every shape ever written must still load. A fixture is never edited: a new shape gets a new file.

use std::path::PathBuf;

use lambdesk_domain::{Draft, Event, FileRecord, Message, Person, Suppression, TenantConfig, Ticket, ticket::Scheduled};
use serde_json::Value;

use super::*;
use crate::{
    ApiKey,
    item::{Item, decode, encode, kind},
    keys::Keys,
};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

fn read(text: &str) -> Item {
    serde_json::from_str::<serde_dynamo::Item>(text).expect("DynamoDB JSON").into()
}

/// What the row says, as plain JSON.
fn load(item: Item) -> Result<Value, StoreError> {
    let json = |value: Result<Value, serde_json::Error>| value.map_err(|error| StoreError::Corrupt(error.to_string()));
    match kind(&item).to_owned().as_str() {
        "ticket" => json(serde_json::to_value(decode::<Ticket>(item, "ticket")?)),
        "message" => json(serde_json::to_value(decode::<Message>(item, "message")?)),
        "event" => json(serde_json::to_value(decode::<Event>(item, "event")?)),
        "person" => json(serde_json::to_value(decode::<Person>(item, "person")?)),
        "tenant" => json(serde_json::to_value(decode::<TenantConfig>(item, "tenant")?)),
        "attachment" => json(serde_json::to_value(decode::<FileRecord>(item, "attachment")?)),
        "api_key" => json(serde_json::to_value(decode::<ApiKey>(item, "api_key")?)),
        "draft" => json(serde_json::to_value(decode::<Draft>(item, "draft")?)),
        "scheduled" => json(serde_json::to_value(decode::<Scheduled>(item, "scheduled")?)),
        "suppression" => json(serde_json::to_value(decode::<Suppression>(item, "suppression")?)),
        other => panic!("{other} has no reader here"),
    }
}

#[test]
fn every_shape_ever_written_still_loads() {
    let mut kinds = std::collections::BTreeSet::new();
    for entry in std::fs::read_dir(folder()).expect("fixtures") {
        let path = entry.expect("a file").path();
        let item = read(&std::fs::read_to_string(&path).expect("readable"));
        kinds.insert(kind(&item).to_owned());
        load(item).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }
    assert_eq!(
        kinds.into_iter().collect::<Vec<_>>(),
        ["api_key", "attachment", "draft", "event", "message", "person", "scheduled", "suppression", "tenant", "ticket"]
    );
}

#[test]
fn a_newer_shape_is_refused_not_misread() {
    let text = std::fs::read_to_string(folder().join("ticket.v1.json")).expect("readable");
    let mut item = read(&text);
    item.insert("v".to_owned(), crate::item::number(99));
    assert!(matches!(decode::<Ticket>(item, "ticket"), Err(StoreError::Corrupt(_))));
}

/// What is written today reads as what was written first: a change of shape without a new version fails here.
#[test]
fn todays_shape_is_the_fixtures() {
    let text = std::fs::read_to_string(folder().join("ticket.v1.json")).expect("readable");
    let ticket: Ticket = decode(read(&text), "ticket").expect("loads");
    let tenant = ticket.tenant.clone();
    let again = encode(Keys(&tenant).ticket(ticket.id), "ticket", &ticket).expect("writes");
    let (mut then, now) = (read(&text), again);
    then.retain(|name, _| now.contains_key(name));
    assert_eq!(then, now);
}
