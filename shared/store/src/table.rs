//! The table and its indexes, as data: the local process and the tests create it from here; on AWS the template
//! declares the same.

use aws_sdk_dynamodb::{
    Client,
    error::DisplayErrorContext,
    types::{
        AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection, ProjectionType,
        ScalarAttributeType, StreamSpecification, StreamViewType, TimeToLiveSpecification,
    },
};

use crate::error::StoreError;

/// An index: its name says its use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Index {
    /// Name.
    pub name: &'static str,
    /// Partition attribute.
    pub partition: &'static str,
    /// Sort attribute.
    pub sort: &'static str,
    /// Whether it holds whole rows, or their keys alone.
    pub whole: bool,
}

/// Lists by last change: tickets of a status, people of a role.
pub const QUEUE: Index = Index { name: "queue", partition: "queue_pk", sort: "queue_sk", whole: true };
/// The same partitions by creation.
pub const CREATED: Index = Index { name: "created", partition: "queue_pk", sort: "created_sk", whole: true };
/// The same partitions by priority, then last change.
pub const PRIORITY: Index = Index { name: "priority", partition: "queue_pk", sort: "priority_sk", whole: true };
/// An agent's tickets, and the unassigned ones, by status, then last change.
pub const AGENT: Index = Index { name: "agent", partition: "agent_pk", sort: "agent_sk", whole: true };
/// A customer's tickets by creation.
pub const CUSTOMER: Index = Index { name: "customer", partition: "customer_pk", sort: "created_sk", whole: true };
/// What is due, sparse, over all tenants: keys alone, because whoever asks here belongs to no tenant.
pub const DUE: Index = Index { name: "due", partition: "due_pk", sort: "due_sk", whole: false };
/// A brand's tickets by when the next promise about them would be broken, sparse; keys alone, because few are ever asked for.
pub const PROMISED: Index = Index { name: "promised", partition: "promised_pk", sort: "promised_sk", whole: false };

/// All indexes.
pub const INDEXES: &[Index] = &[QUEUE, CREATED, PRIORITY, AGENT, CUSTOMER, DUE, PROMISED];

/// Creates the table with its indexes, stream and TTL, unless it exists.
pub async fn create_table(client: &Client, name: &str) -> Result<(), StoreError> {
    if client.describe_table().table_name(name).send().await.is_ok() {
        return Ok(());
    }
    let mut attributes = vec!["pk", "sk"];
    for index in INDEXES {
        attributes.extend([index.partition, index.sort]);
    }
    attributes.sort_unstable();
    attributes.dedup();
    let mut request = client.create_table().table_name(name).billing_mode(BillingMode::PayPerRequest);
    for attribute in attributes {
        request = request.attribute_definitions(definition(attribute)?);
    }
    for element in key_schema("pk", "sk")? {
        request = request.key_schema(element);
    }
    for index in INDEXES {
        request = request.global_secondary_indexes(secondary_index(*index)?);
    }
    let stream = StreamSpecification::builder()
        .stream_enabled(true)
        .stream_view_type(StreamViewType::NewImage)
        .build()
        .map_err(wrong_definition)?;
    request.stream_specification(stream).send().await.map_err(unavailable)?;
    let ttl = TimeToLiveSpecification::builder().attribute_name("expires_at").enabled(true).build().map_err(wrong_definition)?;
    client.update_time_to_live().table_name(name).time_to_live_specification(ttl).send().await.map_err(unavailable)?;
    Ok(())
}

fn definition(name: &str) -> Result<AttributeDefinition, StoreError> {
    AttributeDefinition::builder().attribute_name(name).attribute_type(ScalarAttributeType::S).build().map_err(wrong_definition)
}

fn key_schema(partition: &str, sort: &str) -> Result<[KeySchemaElement; 2], StoreError> {
    let element = |name: &str, key_type| KeySchemaElement::builder().attribute_name(name).key_type(key_type).build();
    Ok([element(partition, KeyType::Hash).map_err(wrong_definition)?, element(sort, KeyType::Range).map_err(wrong_definition)?])
}

fn secondary_index(index: Index) -> Result<GlobalSecondaryIndex, StoreError> {
    GlobalSecondaryIndex::builder()
        .index_name(index.name)
        .set_key_schema(Some(key_schema(index.partition, index.sort)?.to_vec()))
        .projection(
            Projection::builder()
                .projection_type(if index.whole { ProjectionType::All } else { ProjectionType::KeysOnly })
                .build(),
        )
        .build()
        .map_err(wrong_definition)
}

fn wrong_definition(error: impl std::fmt::Display) -> StoreError {
    StoreError::Corrupt(format!("the table's definition: {error}"))
}

fn unavailable(error: impl std::error::Error) -> StoreError {
    StoreError::Unavailable(DisplayErrorContext(error).to_string())
}
