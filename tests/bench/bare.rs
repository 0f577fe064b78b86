//! The other side: the DynamoDB calls that the desk's operations consist of, through the same SDK with the same settings.
//!
//! Reads read what the desk reads. Writes copy what the desk wrote for one ticket, row by row, under keys that no tenant
//! has, and as a kind of row that no worker heeds: as many rows of the same size in the same indexes.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use aws_credential_types::Credentials;
use aws_sdk_dynamodb::{
    Client, Config,
    config::{BehaviorVersion, Region},
    error::DisplayErrorContext,
    types::{AttributeValue, Put, ReturnConsumedCapacity, ReturnValue, TransactWriteItem, Update},
};

use crate::{
    desk::{Desk, STRIDE},
    measure::{MOST_CLIENTS, Operation, Target},
};

type Item = HashMap<String, AttributeValue>;

const TABLE: &str = "lambdesk";
/// How the desk's keys begin, and ours.
const DESK: &str = "demo#";
const SCRATCH: &str = "bench#";
const NEW_TICKETS: &str = "demo#demo#tickets#new";
const COUNT_SHARDS: usize = 8;
const TOTAL: ReturnConsumedCapacity = ReturnConsumedCapacity::Total;

/// A client, and what the desk wrote.
pub(crate) struct Bare {
    client: Client,
    desk: Arc<Desk>,
    /// The id that stands in the rows below.
    ticket_id: String,
    /// The rows of a new ticket: itself, its number, its message, its events.
    opened: Vec<Item>,
    /// The ticket after a reply.
    answered: Item,
    /// The rows that came with the reply.
    reply: Vec<Item>,
    created: AtomicUsize,
    turn: AtomicUsize,
}

impl Bare {
    /// Opens and answers a ticket on the desk, to see what that writes.
    pub(crate) async fn open(url: &str, desk: Arc<Desk>) -> Result<Self, String> {
        let config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::new("test", "test", None, None, "bench"))
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .endpoint_url(url)
            .build();
        let client = Client::from_conf(config);
        let created = desk.create().await?;
        let (ticket_id, number) = (created.text("id")?, created.text("number")?);
        let mut opened = partition(&client, &format!("{DESK}ticket#{ticket_id}")).await?;
        let known: Vec<_> = opened.iter().map(|row| text(row, "sk").to_owned()).collect();
        opened.extend(partition(&client, &format!("{DESK}number#{number}")).await?);
        desk.reply(&ticket_id).await?;
        let mut reply = partition(&client, &format!("{DESK}ticket#{ticket_id}")).await?;
        let answered = reply.iter().position(is_ticket).map(|at| reply.swap_remove(at)).ok_or("a ticket without a row")?;
        reply.retain(|row| !known.iter().any(|sk| sk == text(row, "sk")));
        let (created, turn) = (AtomicUsize::new(0), AtomicUsize::new(0));
        Ok(Self { client, desk, ticket_id, opened, answered, reply, created, turn })
    }

    async fn create(&self) -> Result<u32, String> {
        let number = self.created.fetch_add(1, Ordering::Relaxed);
        let counter = self.client.update_item().table_name(TABLE).set_key(Some(key("bench#counter#demo#2000", "counter")));
        let counter = counter
            .update_expression("SET #kind = :kind ADD last_number :one")
            .expression_attribute_names("#kind", "kind")
            .expression_attribute_values(":kind", s("bench"))
            .expression_attribute_values(":one", n(1))
            .return_values(ReturnValue::UpdatedNew)
            .return_consumed_capacity(TOTAL);
        counter.send().await.map_err(wrong)?;
        let mut parts = Vec::with_capacity(self.opened.len() + 1);
        for row in &self.opened {
            let put = Put::builder().table_name(TABLE).set_item(Some(self.copy(row, number)));
            // The ticket and its number must be new; messages and events have ids of their own.
            let put = if row.contains_key("points_to") || is_ticket(row) {
                put.condition_expression("attribute_not_exists(pk)")
            } else {
                put
            };
            parts.push(TransactWriteItem::builder().put(put.build().map_err(wrong)?).build());
        }
        parts.push(counts(number)?);
        self.transact(parts).await?;
        Ok(2)
    }

    async fn get(&self) -> Result<u32, String> {
        self.get_item(key(&format!("{DESK}ticket#{}", self.desk.ticket()), "ticket")).await?;
        Ok(1)
    }

    async fn list(&self) -> Result<u32, String> {
        let query = self
            .client
            .query()
            .table_name(TABLE)
            .index_name("queue")
            .key_condition_expression("#pk = :pk AND #sk BETWEEN :low AND :high")
            .expression_attribute_names("#pk", "queue_pk")
            .expression_attribute_names("#sk", "queue_sk")
            .expression_attribute_values(":pk", s(NEW_TICKETS))
            .expression_attribute_values(":low", s("!"))
            .expression_attribute_values(":high", s("~"))
            .scan_index_forward(false)
            .limit(26)
            .return_consumed_capacity(TOTAL);
        let items = query.send().await.map_err(wrong)?.count;
        if items == 26 { Ok(1) } else { Err(format!("the queue has {items} tickets")) }
    }

    /// Every client answers tickets of its own, so that none meets another.
    async fn reply(&self, client: usize) -> Result<u32, String> {
        let of_client = self.created.load(Ordering::Relaxed) / MOST_CLIENTS;
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let number = turn.wrapping_mul(STRIDE) % of_client.max(1) * MOST_CLIENTS + client;
        let mut row = self.copy(&self.answered, number);
        let known = self.get_item(key(text(&row, "pk"), "ticket")).await?;
        let before = known.get("version").and_then(|version| version.as_n().ok()).and_then(|version| version.parse::<u64>().ok());
        let before = before.ok_or("a ticket without version")?;
        row.insert("version".to_owned(), n(before + 1));
        let put = Put::builder()
            .table_name(TABLE)
            .set_item(Some(row))
            .condition_expression("#version = :before")
            .expression_attribute_names("#version", "version")
            .expression_attribute_values(":before", n(before));
        let mut parts = vec![TransactWriteItem::builder().put(put.build().map_err(wrong)?).build()];
        for row in &self.reply {
            let mut row = self.copy(row, number);
            // `message#…` and `event#…` are followed by an id of 36 characters.
            let kind = text(&row, "sk").split('#').next().unwrap_or_default().to_owned();
            row.insert("sk".to_owned(), s(&format!("{kind}#{}", id(turn))));
            let put = Put::builder().table_name(TABLE).set_item(Some(row)).build().map_err(wrong)?;
            parts.push(TransactWriteItem::builder().put(put).build());
        }
        self.transact(parts).await?;
        Ok(2)
    }

    /// The row as that of another ticket under our keys.
    fn copy(&self, row: &Item, number: usize) -> Item {
        let id = id(number);
        let rename = |(name, value): (&String, &AttributeValue)| {
            let value = match value {
                AttributeValue::S(_) if name == "kind" => s("bench"),
                AttributeValue::S(value) => {
                    let value = value.replace(&self.ticket_id, &id);
                    s(&value.strip_prefix(DESK).map_or(value.clone(), |rest| format!("{SCRATCH}{rest}")))
                }
                other => other.clone(),
            };
            (name.clone(), value)
        };
        let mut copy: Item = row.iter().map(rename).collect();
        if row.contains_key("points_to") {
            copy.insert("pk".to_owned(), s(&format!("{SCRATCH}number#{id}")));
        }
        copy
    }

    async fn get_item(&self, key: Item) -> Result<Item, String> {
        let request =
            self.client.get_item().table_name(TABLE).set_key(Some(key)).consistent_read(true).return_consumed_capacity(TOTAL);
        request.send().await.map_err(wrong)?.item.ok_or_else(|| "there is no such row".to_owned())
    }

    async fn transact(&self, parts: Vec<TransactWriteItem>) -> Result<(), String> {
        let request = self.client.transact_write_items().set_transact_items(Some(parts)).return_consumed_capacity(TOTAL);
        request.send().await.map(drop).map_err(wrong)
    }
}

impl Target for Bare {
    async fn call(&self, operation: Operation, client: usize) -> Result<u32, String> {
        match operation {
            Operation::Create => self.create().await,
            Operation::Get => self.get().await,
            Operation::List => self.list().await,
            Operation::Reply => self.reply(client).await,
        }
    }
}

async fn partition(client: &Client, pk: &str) -> Result<Vec<Item>, String> {
    let query = client.query().table_name(TABLE).consistent_read(true).key_condition_expression("pk = :pk");
    let answer = query.expression_attribute_values(":pk", s(pk)).send().await.map_err(wrong)?;
    Ok(answer.items.unwrap_or_default())
}

fn counts(number: usize) -> Result<TransactWriteItem, String> {
    let update = Update::builder()
        .table_name(TABLE)
        .set_key(Some(key("bench#counts", &format!("demo#{}", number % COUNT_SHARDS))))
        .update_expression("SET #kind = :kind ADD #a0 :d0")
        .expression_attribute_names("#kind", "kind")
        .expression_attribute_names("#a0", "n_new_medium")
        .expression_attribute_values(":kind", s("bench"))
        .expression_attribute_values(":d0", n(1));
    Ok(TransactWriteItem::builder().update(update.build().map_err(wrong)?).build())
}

/// As long as a UUID, and later ones sort later.
fn id(number: usize) -> String {
    format!("00000000-0000-7000-8000-{number:012x}")
}

fn is_ticket(row: &Item) -> bool {
    text(row, "sk") == "ticket"
}

fn text<'a>(row: &'a Item, name: &str) -> &'a str {
    row.get(name).and_then(|value| value.as_s().ok()).map_or("", String::as_str)
}

fn key(pk: &str, sk: &str) -> Item {
    Item::from([("pk".to_owned(), s(pk)), ("sk".to_owned(), s(sk))])
}

fn s(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

fn n(number: u64) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

fn wrong(error: impl std::error::Error) -> String {
    DisplayErrorContext(error).to_string()
}
