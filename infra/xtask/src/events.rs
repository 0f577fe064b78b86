//! `events/<function>.json`: one sample event a function, for `sam local invoke` and for tests.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use aws_lambda_events::{
    apigw::{ApiGatewayV2CustomAuthorizerV2Request, ApiGatewayV2httpRequest},
    dynamodb::Event as StreamEvent,
    eventbridge::EventBridgeEvent,
    sqs::SqsEvent,
};
use lambdesk_domain::Caller;
use lambdesk_function::{AUTHORIZER_CALLER, Access, Endpoint, Trigger, document};
use lambdesk_platform::{
    BackgroundJob, EmailJob, MailEventJob, MailInJob, ObjectsStored, QueueName, RoutingJob, SlaJob, ViewsJob,
};
use lambdesk_store::stream;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{files, sample};

const FOLDER: &str = "events";

/// Writes the samples that are missing; those that are there belong to their authors.
pub(crate) fn write(root: &Path, registry: &[Endpoint]) -> Result<String, String> {
    let mut written = Vec::new();
    for endpoint in registry {
        let name = format!("{FOLDER}/{}.json", endpoint.function.name);
        if !root.join(&name).exists() {
            files::write(&root.join(&name), &files::pretty(&sample::of(&endpoint.function)?)?)?;
            written.push(name);
        }
    }
    if written.is_empty() {
        Ok("every function has a sample event".to_owned())
    } else {
        Ok(format!("written, to be filled: {}", written.join(", ")))
    }
}

/// Compares functions and samples, and says all that is wrong at once.
pub(crate) fn check(root: &Path, registry: &[Endpoint]) -> Result<String, String> {
    let mut samples = read(&root.join(FOLDER))?;
    let document = document(registry, "");
    let mut problems = Vec::new();
    for endpoint in registry {
        let name = endpoint.function.name;
        let checked = match samples.remove(name) {
            None => Err("has no sample event; run `lambdesk-xtask events` and fill it".to_owned()),
            Some(sample) => check_one(endpoint, &sample, &document),
        };
        problems.extend(checked.err().map(|problem| format!("{FOLDER}/{name}.json: {problem}")));
    }
    problems.extend(samples.into_keys().map(|name| format!("{FOLDER}/{name}.json: there is no such function")));
    if problems.is_empty() { Ok("every function has a sample event that fits".to_owned()) } else { Err(problems.join("\n")) }
}

/// All samples by name. Folders (mail, say) hold other things.
fn read(folder: &Path) -> Result<BTreeMap<String, Value>, String> {
    let mut samples = BTreeMap::new();
    for entry in fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))? {
        let path = entry.map_err(|error| error.to_string())?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            samples.insert(name, files::read_json(&path)?);
        }
    }
    Ok(samples)
}

fn check_one(endpoint: &Endpoint, sample: &Value, document: &Value) -> Result<(), String> {
    match endpoint.function.trigger {
        Trigger::Http { method, path, access } => check_http(sample, (method, path), access, document),
        Trigger::Authorizer => parse::<ApiGatewayV2CustomAuthorizerV2Request>(sample).map(drop),
        Trigger::TableStream => check_stream(parse(sample)?),
        Trigger::Queue(queue) => check_queue(parse(sample)?, queue),
        Trigger::Schedule { .. } => check_schedule(parse(sample)?),
    }
}

fn parse<T: DeserializeOwned>(sample: &Value) -> Result<T, String> {
    serde_json::from_value(sample.clone()).map_err(|error| format!("is not such an event: {error}"))
}

fn ensure(holds: bool, problem: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(problem()) }
}

fn check_http(sample: &Value, (method, path): (&str, &str), access: Access, document: &Value) -> Result<(), String> {
    let event: ApiGatewayV2httpRequest = parse(sample)?;
    let route = format!("{method} {path}");
    ensure(event.route_key.as_deref() == Some(&route), || format!("routeKey is not {route}"))?;
    ensure(event.request_context.route_key.as_deref() == Some(&route), || format!("requestContext.routeKey is not {route}"))?;
    ensure(event.request_context.http.method.as_str() == method, || format!("requestContext.http.method is not {method}"))?;
    let raw_path = event.raw_path.as_deref().unwrap_or_default();
    let filled =
        event.path_parameters.iter().fold(path.to_owned(), |path, (name, value)| path.replace(&format!("{{{name}}}"), value));
    ensure(raw_path == filled, || format!("rawPath {raw_path} is not {filled}"))?;
    ensure(event.request_context.http.path.as_deref() == Some(raw_path), || {
        "requestContext.http.path is not rawPath".to_owned()
    })?;
    check_caller(sample, access)?;
    let operation = &document["paths"][path][method.to_lowercase()];
    check_body(event.body.as_deref(), &operation["requestBody"]["content"]["application/json"]["schema"], document)
}

/// The caller must be there as the authorizer gives it, and may call the function.
fn check_caller(sample: &Value, access: Access) -> Result<(), String> {
    let text = sample["requestContext"]["authorizer"]["lambda"][AUTHORIZER_CALLER].as_str();
    match (access, text) {
        (Access::Open, _) => Ok(()),
        (_, None) => Err(format!("requestContext.authorizer.lambda.{AUTHORIZER_CALLER} is missing")),
        (_, Some(text)) => {
            let caller: Caller = serde_json::from_str(text).map_err(|error| format!("the caller is unreadable: {error}"))?;
            match access {
                Access::Permission(permission) if !caller.may(permission) => Err(format!("the caller lacks {permission}")),
                _ => Ok(()),
            }
        }
    }
}

/// The body has the fields that the function reads: all it requires, and no others.
fn check_body(body: Option<&str>, schema: &Value, document: &Value) -> Result<(), String> {
    let Some(reference) = schema["$ref"].as_str() else {
        return ensure(body.is_none(), || "the function reads no body".to_owned());
    };
    let schema = document.pointer(reference.trim_start_matches('#')).ok_or_else(|| format!("{reference} leads nowhere"))?;
    let body: Value = serde_json::from_str(body.unwrap_or_default()).map_err(|error| format!("the body is not JSON: {error}"))?;
    let given: BTreeSet<_> = body.as_object().ok_or("the body is not an object")?.keys().map(String::as_str).collect();
    let known: BTreeSet<_> = schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
    let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect::<BTreeSet<_>>();
    let unknown: Vec<_> = given.difference(&known).copied().collect();
    ensure(unknown.is_empty(), || format!("the body has unknown fields: {}", unknown.join(", ")))?;
    let missing: Vec<_> = required.difference(&given).copied().collect();
    ensure(missing.is_empty(), || format!("the body lacks {}", missing.join(", ")))
}

fn check_schedule(event: EventBridgeEvent<Value>) -> Result<(), String> {
    let kind = (event.source.as_str(), event.detail_type.as_str());
    ensure(kind == ("aws.events", "Scheduled Event"), || format!("source and detail-type are {kind:?}"))
}

/// A job that the worker takes, and one that it must hand back without holding up the other.
fn check_queue(event: SqsEvent, queue: QueueName) -> Result<(), String> {
    let is_job = |body: &str| match queue {
        QueueName::Email => serde_json::from_str::<EmailJob>(body).is_ok(),
        QueueName::MailIn => serde_json::from_str::<MailInJob>(body).is_ok(),
        QueueName::Files => serde_json::from_str::<ObjectsStored>(body).is_ok(),
        QueueName::MailEvents => serde_json::from_str::<MailEventJob>(body).is_ok(),
        QueueName::Jobs => serde_json::from_str::<BackgroundJob>(body).is_ok(),
        QueueName::Routing => serde_json::from_str::<RoutingJob>(body).is_ok(),
        QueueName::Sla => serde_json::from_str::<SlaJob>(body).is_ok(),
        QueueName::Views => serde_json::from_str::<ViewsJob>(body).is_ok(),
    };
    let suffix = format!("-{}", queue.as_str());
    let from_it = |arn: &str| arn.ends_with(&suffix);
    ensure(event.records.iter().all(|record| record.event_source_arn.as_deref().is_some_and(from_it)), || {
        format!("eventSourceARN does not end in {suffix}")
    })?;
    let good = event.records.iter().filter(|record| record.body.as_deref().is_some_and(is_job)).count();
    ensure(good > 0 && good < event.records.len(), || "must hold a job, and a message that is none".to_owned())
}

/// An event row, and a row of another kind that the worker must pass over.
fn check_stream(event: StreamEvent) -> Result<(), String> {
    let (mut events, mut others) = (0, 0);
    for record in event.records {
        match stream::event(record.change.new_image).map_err(|error| error.to_string())? {
            Some(_) => events += 1,
            None => others += 1,
        }
    }
    ensure(events > 0 && others > 0, || "must hold an event's row, and one of another kind".to_owned())
}

#[cfg(test)]
mod tests {
    use lambdesk_function::Function;

    use super::*;
    use crate::registry;

    #[test]
    fn every_function_has_a_sample_that_fits() {
        check(&files::root(), &registry()).unwrap();
    }

    fn checked(name: &str, change: impl FnOnce(&mut Value)) -> Result<(), String> {
        let registry = registry();
        let endpoint = registry.iter().find(|endpoint| endpoint.function.name == name).unwrap();
        let mut sample = files::read_json(&files::root().join(format!("{FOLDER}/{name}.json"))).unwrap();
        change(&mut sample);
        check_one(endpoint, &sample, &document(&registry, ""))
    }

    #[test]
    fn a_sample_that_does_not_fit_is_named() {
        assert_eq!(checked("tickets-create", |_| {}), Ok(()));
        let wrong = checked("tickets-create", |sample| sample["routeKey"] = "PUT /v1/tickets".into());
        assert!(wrong.unwrap_err().contains("routeKey"));
        let wrong = checked("tickets-get", |sample| sample["rawPath"] = "/v1/tickets/OTHER-1".into());
        assert!(wrong.unwrap_err().contains("rawPath"));
        let wrong = checked("tickets-create", |sample| sample["body"] = r#"{"subject":"x","colour":"red"}"#.into());
        assert!(wrong.unwrap_err().contains("unknown fields: colour"));
        let wrong = checked("tickets-split", |sample| sample["body"] = r#"{"subject":"x"}"#.into());
        assert!(wrong.unwrap_err().contains("lacks messages"));
        let wrong = checked("auth-list-api-keys", |sample| {
            let caller = &mut sample["requestContext"]["authorizer"]["lambda"]["caller"];
            *caller = caller.as_str().unwrap().replace("admin", "agent").into();
        });
        assert!(wrong.unwrap_err().contains("keys.manage"));
    }

    #[test]
    fn what_is_missing_or_left_over_is_named() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join(FOLDER)).unwrap();
        files::write(&folder.path().join("events/tickets-gone.json"), "{}").unwrap();
        let problems = check(folder.path(), &registry()).unwrap_err();
        assert!(problems.contains("events/tickets-get.json: has no sample"));
        assert!(problems.contains("events/tickets-gone.json: there is no such function"));
    }

    /// What `events` writes for a new function fits it at once, but for what only its author knows.
    #[test]
    fn a_new_sample_fits_its_declaration() {
        let path = "/v1/tickets/{ticket}/links/{link}";
        let access = Access::Permission(lambdesk_domain::Permission::TicketsMerge);
        let sample = sample::of(&Function::http("tickets-unlink", "DELETE", path, access)).unwrap();
        assert_eq!(check_http(&sample, ("DELETE", path), access, &Value::Null), Ok(()));
    }
}
