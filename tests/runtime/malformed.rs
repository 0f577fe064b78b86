//! Events that no AWS service sends: Lambda is told so, and the process goes on.

use super::{api::Failure, bootstrap::Bootstrap};

/// No JSON, half of one, and JSON that is no event.
const EVENTS: [&[u8]; 6] = [b"", b"{\"version\":", b"\xff\xfe", b"\"a secret\"", b"3", b"[\"a secret\"]"];

/// Gives the process what it cannot read. That it goes on is for the caller to see.
pub(crate) async fn check(process: &mut Bootstrap, name: &str) {
    for event in EVENTS {
        let shown = String::from_utf8_lossy(event);
        let outcome = process.invoke(event).await.unwrap_or_else(|error| panic!("{name}, {shown}: {error}"));
        let failure = outcome.expect_err("no answer to what is no event");
        assert_is_error(&format!("{name}, {shown}"), &failure);
        assert!(!failure.to_string().contains("secret"), "{name}: {failure}");
    }
    assert!(!process.log().contains("secret"), "{name} logs what it was sent: {}", process.log());
}

/// In the shape that Lambda passes on.
#[track_caller]
pub(crate) fn assert_is_error(what: &str, failure: &Failure) {
    assert!(!failure.kind.is_empty(), "{what}: {failure}");
    for field in ["errorType", "errorMessage"] {
        assert!(failure.body[field].as_str().is_some_and(|text| !text.is_empty()), "{what}: no {field} in {failure}");
    }
}
