//! The operations on queues.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Endpoint;
use super::shapes::{Empty, OfQueue};
use crate::SqsError;
use crate::name::QueueName;
use crate::queues::ListQueues;
use crate::settings::QueueChanges;
use crate::settings_wire::is_attribute;

/// The most queues on one page.
const MAX_PAGE: u32 = 1000;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct QueueNamed {
    #[serde(default)]
    queue_name: String,
    /// Of `CreateQueue` alone.
    #[serde(default)]
    attributes: BTreeMap<String, String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct QueueUrl {
    queue_url: String,
}

pub(super) fn create(endpoint: &Endpoint, request: QueueNamed) -> Result<QueueUrl, SqsError> {
    let name = QueueName::parse(&request.queue_name)?;
    endpoint.queues.create_queue(&name, &QueueChanges::from_attributes(&request.attributes)?)?;
    Ok(QueueUrl { queue_url: name.url(&endpoint.base_url) })
}

pub(super) fn get_url(endpoint: &Endpoint, request: QueueNamed) -> Result<QueueUrl, SqsError> {
    let name = QueueName::parse(&request.queue_name)?;
    endpoint.queues.check_queue_exists(&name)?;
    Ok(QueueUrl { queue_url: name.url(&endpoint.base_url) })
}

pub(super) fn delete(endpoint: &Endpoint, request: OfQueue) -> Result<Empty, SqsError> {
    endpoint.queues.delete_queue(&request.name()?)?;
    Ok(Empty {})
}

pub(super) fn purge(endpoint: &Endpoint, request: OfQueue) -> Result<Empty, SqsError> {
    endpoint.queues.purge_queue(&request.name()?)?;
    Ok(Empty {})
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct SetAttributes {
    #[serde(flatten)]
    queue: OfQueue,
    #[serde(default)]
    attributes: BTreeMap<String, String>,
}

pub(super) fn set_attributes(endpoint: &Endpoint, request: SetAttributes) -> Result<Empty, SqsError> {
    let changes = QueueChanges::from_attributes(&request.attributes)?;
    endpoint.queues.set_queue_attributes(&request.queue.name()?, &changes)?;
    Ok(Empty {})
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetAttributes {
    #[serde(flatten)]
    queue: OfQueue,
    #[serde(default)]
    attribute_names: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Attributes {
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    attributes: BTreeMap<String, String>,
}

pub(super) fn get_attributes(endpoint: &Endpoint, request: GetAttributes) -> Result<Attributes, SqsError> {
    let GetAttributes { queue, attribute_names: wanted } = request;
    let mut attributes = endpoint.queues.get_queue_attributes(&queue.name()?)?.to_attributes();
    let is_known = |name: &String| name == "All" || attributes.contains_key(name) || is_attribute(name);
    if let Some(unknown) = wanted.iter().find(|name| !is_known(name)) {
        return Err(SqsError::InvalidAttributeName(unknown.clone()));
    }
    if !wanted.iter().any(|name| name == "All") {
        attributes.retain(|name, _| wanted.contains(name));
    }
    Ok(Attributes { attributes })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct List {
    #[serde(default)]
    queue_name_prefix: String,
    max_results: Option<u32>,
    #[serde(default)]
    next_token: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct QueueUrls {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    queue_urls: Vec<String>,
    /// The name of the last queue, when there may be more.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

pub(super) fn list(endpoint: &Endpoint, request: List) -> Result<QueueUrls, SqsError> {
    let limit = request.max_results.unwrap_or(MAX_PAGE).clamp(1, MAX_PAGE);
    let list = ListQueues { prefix: request.queue_name_prefix, after: request.next_token, limit: Some(limit) };
    let names = endpoint.queues.list_queues(&list)?;
    // Without MaxResults, SQS gives one page of 1,000 and no token.
    let may_have_more = request.max_results.is_some() && names.len() == limit as usize;
    let next_token = names.last().filter(|_| may_have_more).map(QueueName::to_string);
    Ok(QueueUrls { queue_urls: urls(endpoint, &names), next_token })
}

#[derive(Serialize)]
pub(super) struct SourceUrls {
    /// In lower case, unlike any other field of SQS.
    #[serde(rename = "queueUrls")]
    queue_urls: Vec<String>,
}

pub(super) fn list_dead_letter_sources(endpoint: &Endpoint, request: OfQueue) -> Result<SourceUrls, SqsError> {
    let names = endpoint.queues.list_dead_letter_source_queues(&request.name()?)?;
    Ok(SourceUrls { queue_urls: urls(endpoint, &names) })
}

fn urls(endpoint: &Endpoint, names: &[QueueName]) -> Vec<String> {
    names.iter().map(|name| name.url(&endpoint.base_url)).collect()
}
