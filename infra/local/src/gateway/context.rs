//! The request context of API Gateway (payload format 2.0).

use std::net::IpAddr;

use aws_lambda_events::apigw::{ApiGatewayV2httpRequestContext, ApiGatewayV2httpRequestContextHttpDescription};
use axum::http::{header, request::Parts};
use jiff::Timestamp;
use lambdesk_local_sqs::ACCOUNT;
use serde_json::{Map, Value, json};

/// The context of a request. Where it comes from is told by the connection alone: no header is trusted.
pub(super) fn of(
    parts: &Parts,
    source: IpAddr,
    method: &str,
    path: &str,
    request_id: &str,
    now: Timestamp,
) -> ApiGatewayV2httpRequestContext {
    let text = |name| parts.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let mut http = ApiGatewayV2httpRequestContextHttpDescription::default();
    http.method = parts.method.clone();
    http.path = Some(parts.uri.path().to_owned());
    http.protocol = Some(format!("{:?}", parts.version));
    http.source_ip = Some(source.to_string());
    http.user_agent = text(header::USER_AGENT);
    let mut context = ApiGatewayV2httpRequestContext::default();
    context.route_key = Some(format!("{method} {path}"));
    context.account_id = Some(ACCOUNT.to_owned());
    context.stage = Some("$default".to_owned());
    context.request_id = Some(request_id.to_owned());
    context.apiid = Some("local".to_owned());
    context.domain_name = text(header::HOST);
    context.domain_prefix = Some("local".to_owned());
    context.time = Some(now.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string());
    context.time_epoch = now.as_millisecond();
    context.http = http;
    context
}

/// What the authorizer is asked (`REQUEST`, payload format 2.0).
pub(super) fn authorizer_event(parts: &Parts, context: &ApiGatewayV2httpRequestContext, credential: &str) -> Value {
    json!({
        "version": "2.0",
        "type": "REQUEST",
        "routeArn": format!("arn:aws:execute-api:us-east-1:{ACCOUNT}:local/$default/{}{}", parts.method, parts.uri.path()),
        "identitySource": [credential],
        "routeKey": context.route_key,
        "rawPath": parts.uri.path(),
        "rawQueryString": parts.uri.query().unwrap_or_default(),
        "headers": headers(parts),
        "requestContext": context,
    })
}

/// In lower case, and what stands more than once joined by commas, as API Gateway does.
fn headers(parts: &Parts) -> Map<String, Value> {
    let mut headers = Map::new();
    for name in parts.headers.keys() {
        let values: Vec<_> = parts.headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).collect();
        headers.insert(name.as_str().to_owned(), json!(values.join(",")));
    }
    headers
}

#[cfg(test)]
mod tests {
    use aws_lambda_events::apigw::ApiGatewayV2CustomAuthorizerV2Request;
    use axum::http::Request;

    use super::*;

    fn parts() -> Parts {
        let request = Request::get("/v1/tickets/T-1?include=messages")
            .header("host", "127.0.0.1:3000")
            .header("x-forwarded-for", "6.6.6.6")
            .header("forwarded", "for=6.6.6.6")
            .header("authorization", "Bearer x");
        request.body(()).expect("a request").into_parts().0
    }

    #[test]
    fn e2_the_source_is_the_connections_whatever_the_headers_say() {
        let context = of(&parts(), IpAddr::from([127, 0, 0, 1]), "GET", "/v1/tickets/{ticket}", "id", Timestamp::UNIX_EPOCH);
        assert_eq!(context.http.source_ip.as_deref(), Some("127.0.0.1"));
        assert_eq!(context.route_key.as_deref(), Some("GET /v1/tickets/{ticket}"));
        assert_eq!(context.http.protocol.as_deref(), Some("HTTP/1.1"));
        assert_eq!(context.time.as_deref(), Some("01/Jan/1970:00:00:00 +0000"));
    }

    #[test]
    fn the_authorizer_is_asked_in_lambdas_shape() {
        let context = of(&parts(), IpAddr::from([127, 0, 0, 1]), "GET", "/v1/tickets/{ticket}", "id", Timestamp::UNIX_EPOCH);
        let event = authorizer_event(&parts(), &context, "Bearer x");
        let event: ApiGatewayV2CustomAuthorizerV2Request = serde_json::from_value(event).expect("Lambda's shape");
        assert_eq!(event.identity_source, Some(vec!["Bearer x".to_owned()]));
        assert_eq!(event.type_.as_deref(), Some("REQUEST"));
        assert_eq!(event.raw_query_string.as_deref(), Some("include=messages"));
        assert_eq!(event.headers["authorization"], "Bearer x");
        assert_eq!(event.request_context.request_id.as_deref(), Some("id"));
    }
}
