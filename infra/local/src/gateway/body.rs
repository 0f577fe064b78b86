//! Taking a request's body in.

use std::time::Duration;

use axum::{
    body::{Body, Bytes},
    http::StatusCode,
};
use http_body_util::BodyExt as _;
use lambdesk_function::MAX_REQUEST_BYTES;

use super::problem::Problem;

/// What is kept of a body: enough for the function to see that it is too large, and to say so itself.
const KEPT: usize = MAX_REQUEST_BYTES + 1;
/// What is read of a body. A client learns that its request is too large only if all of it is taken in; one that sends
/// more than this is cut off.
const READ: usize = 64 * 1024 * 1024;
/// API Gateway's own limit for a request.
const PATIENCE: Duration = Duration::from_secs(30);

/// Reads all of the body and answers its beginning.
pub(crate) async fn read(body: Body) -> Result<Bytes, Problem> {
    match tokio::time::timeout(PATIENCE, take_in(body)).await {
        Ok(result) => result,
        Err(_) => Err(Problem::new(StatusCode::REQUEST_TIMEOUT, "timeout", "The request took too long to arrive.")),
    }
}

async fn take_in(mut body: Body) -> Result<Bytes, Problem> {
    let (mut kept, mut read) = (Vec::new(), 0);
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Problem::new(StatusCode::BAD_REQUEST, "unreadable", "The body could not be read."))?;
        let Ok(data) = frame.into_data() else { continue };
        read += data.len();
        if read > READ {
            return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "The request is too large."));
        }
        kept.extend_from_slice(&data[..data.len().min(KEPT - kept.len())]);
    }
    Ok(kept.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_large_body_is_taken_in_and_only_its_beginning_kept() {
        assert_eq!(read(Body::from("small")).await.expect("read"), "small");
        let large = vec![b'x'; 5 * 1024 * 1024];
        assert_eq!(read(Body::from(large)).await.expect("read").len(), MAX_REQUEST_BYTES + 1);
    }
}
