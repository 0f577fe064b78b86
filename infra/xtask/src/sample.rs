//! A sample event for a function, in the shape that AWS sends it: the beginning of a file under `events/`, which its
//! author then fills.

use lambdesk_domain::{BrandId, Brands, Caller, Permission, PersonId, Role, TenantId};
use lambdesk_function::{AUTHORIZER_CALLER, Access, Function, Trigger};
use serde_json::{Map, Value, json};

const ACCOUNT: &str = "123456789012";
const REGION: &str = "eu-central-1";
/// What stands for `{ticket}` and every other parameter of a path.
const TICKET: &str = "DEMO-2026-0001";
const ID: &str = "019aa0c4-1f00-7000-8000-0000000000ff";

/// The event.
pub(crate) fn of(function: &Function) -> Result<Value, String> {
    match function.trigger {
        Trigger::Http { method, path, access } => http(method, path, access),
        Trigger::Authorizer => Ok(authorizer()),
        Trigger::TableStream => Ok(json!({ "Records": [] })),
        Trigger::Queue(queue) => Ok(sqs(queue.as_str())),
        Trigger::Schedule { .. } => Ok(scheduled(function.name)),
    }
}

fn scheduled(function: &str) -> Value {
    json!({
        "version": "0",
        "id": ID,
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": ACCOUNT,
        "time": "2026-02-03T04:05:00Z",
        "region": REGION,
        "resources": [format!("arn:aws:events:{REGION}:{ACCOUNT}:rule/lambdesk-{function}")],
        "detail": {},
    })
}

fn http(method: &str, path: &str, access: Access) -> Result<Value, String> {
    let mut parameters = Map::new();
    let mut part = |part: &str| match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
        None => part.to_owned(),
        Some(name) => {
            let value = if name == "ticket" { TICKET } else { ID };
            parameters.insert(name.to_owned(), json!(value));
            value.to_owned()
        }
    };
    let raw_path = path.split('/').map(&mut part).collect::<Vec<_>>().join("/");
    let mut event = json!({
        "version": "2.0",
        "routeKey": format!("{method} {path}"),
        "rawPath": raw_path,
        "rawQueryString": "",
        "headers": { "accept": "application/json", "host": "api.example.test", "user-agent": "curl/8.14.1" },
        "requestContext": {
            "accountId": ACCOUNT,
            "apiId": "a1b2c3d4e5",
            "domainName": "api.example.test",
            "domainPrefix": "api",
            "http": { "method": method, "path": raw_path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.10", "userAgent": "curl/8.14.1" },
            "requestId": "UeKDHhMuliAEPVQ=",
            "routeKey": format!("{method} {path}"),
            "stage": "$default",
            "time": "20/Nov/2026:09:30:00 +0000",
            "timeEpoch": 1_795_167_000_000_i64,
        },
        "isBase64Encoded": false,
    });
    if !parameters.is_empty() {
        event["pathParameters"] = Value::Object(parameters);
    }
    if access != Access::Open {
        let caller = serde_json::to_string(&caller(access)?).map_err(|error| error.to_string())?;
        event["headers"]["authorization"] = json!("Bearer eyJhbGciOiJFUzI1NiJ9.e30.signature");
        event["requestContext"]["authorizer"] = json!({ "lambda": { AUTHORIZER_CALLER: caller } });
    }
    Ok(event)
}

/// Somebody of the lowest role that may call it.
fn caller(access: Access) -> Result<Caller, String> {
    let may = |role: Role| match access {
        Access::Permission(permission) => role.grants(permission),
        Access::Open | Access::SignedIn => true,
    };
    let role = Role::ALL.iter().copied().find(|role| may(*role)).ok_or("no role has the permission")?;
    let person = format!("019aa0c4-1f00-7000-8000-00000000000{}", role as u8 + 1);
    let brand = BrandId::parse("demo").map_err(|error| error.to_string())?;
    let limited = role.is_staff() && !role.grants(Permission::TicketsAssign);
    Ok(Caller {
        tenant: TenantId::parse("demo").map_err(|error| error.to_string())?,
        person: person.parse::<PersonId>().map_err(|error| error.to_string())?,
        role,
        brands: if limited { Brands::Only([brand].into()) } else { Brands::All },
        audiences: Vec::new(),
        organization: None,
        scopes: None,
    })
}

fn authorizer() -> Value {
    json!({
        "version": "2.0",
        "type": "REQUEST",
        "routeArn": format!("arn:aws:execute-api:{REGION}:{ACCOUNT}:a1b2c3d4e5/$default/GET/v1/me"),
        "identitySource": [],
        "routeKey": "GET /v1/me",
        "rawPath": "/v1/me",
        "rawQueryString": "",
        "headers": {},
        "requestContext": {},
    })
}

fn sqs(queue: &str) -> Value {
    json!({ "Records": [{
        "messageId": "059f36b4-87a3-44ab-83d2-661975830a7d",
        "receiptHandle": "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a",
        "body": "{}",
        "attributes": {
            "ApproximateReceiveCount": "1",
            "SentTimestamp": "1795167000000",
            "SenderId": "AROAEXAMPLE:events-fan-out",
            "ApproximateFirstReceiveTimestamp": "1795167000020",
        },
        "messageAttributes": {},
        "md5OfBody": "99914b932bd37a50b983c5e7c90ae93b",
        "eventSource": "aws:sqs",
        "eventSourceARN": format!("arn:aws:sqs:{REGION}:{ACCOUNT}:lambdesk-{queue}"),
        "awsRegion": REGION,
    }] })
}
