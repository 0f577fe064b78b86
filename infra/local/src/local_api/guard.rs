//! Keeps `/local` to this machine: also from pages that reach it through a browser on it.

use std::net::SocketAddr;

use axum::{
    extract::{ConnectInfo, Request},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::gateway::problem::Problem;

/// Lets a request in that comes over a loopback connection, to a loopback name (a page whose own name was pointed at
/// 127.0.0.1, DNS rebinding, sends that name), and from no page of elsewhere.
pub(crate) async fn loopback_only(request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let near = peer.is_some_and(|ConnectInfo(address)| address.ip().is_loopback());
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let named = host.is_some_and(is_loopback_host);
    let own_page = request.headers().get(header::ORIGIN).is_none_or(is_loopback_origin);
    if near && named && own_page {
        return next.run(request).await;
    }
    let detail = "This is for the machine alone on which the desk runs: call it as 127.0.0.1 or localhost.";
    Problem::new(StatusCode::FORBIDDEN, "loopback_only", detail).into_response()
}

/// Whether an `Origin` is a page of this machine.
pub(crate) fn is_loopback_origin(origin: &HeaderValue) -> bool {
    let origin = origin.to_str().unwrap_or_default();
    let host = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
    host.is_some_and(is_loopback_host)
}

/// Whether a `Host` is a name of this machine, with or without a port.
fn is_loopback_host(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    ["127.0.0.1", "localhost", "[::1]"].iter().any(|loopback| name.eq_ignore_ascii_case(loopback))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_this_machine_are_its_names() {
        for good in ["127.0.0.1", "127.0.0.1:3000", "localhost", "LocalHost:80", "[::1]", "[::1]:3000"] {
            assert!(is_loopback_host(good), "{good}");
        }
        for bad in [
            "evil.example",
            "evil.example:3000",
            "127.0.0.1.evil.example",
            "localhost.evil.example",
            "127.0.0.1:",
            "",
            "::1",
            "10.0.0.1",
            "127.0.0.1@evil.example:80",
        ] {
            assert!(!is_loopback_host(bad), "{bad}");
        }
    }

    #[test]
    fn only_pages_of_this_machine_are_its_pages() {
        assert!(is_loopback_origin(&HeaderValue::from_static("http://localhost:5173")));
        for bad in ["https://evil.example", "null", "http://127.0.0.1.evil.example", "file://localhost"] {
            assert!(!is_loopback_origin(&HeaderValue::from_static(bad)), "{bad}");
        }
    }
}
