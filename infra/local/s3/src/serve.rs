//! The listener: HTTP/1 connections, each request through `s3s`.

use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s::{Body, HttpError};
use tokio::net::{TcpListener, TcpStream};

use crate::api::Api;
use crate::cors;
use crate::store::Store;

/// How long to wait after a failed accept; out of file handles, it fails again.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// The one key pair that may sign requests.
#[derive(Clone)]
pub struct Credentials {
    /// Public half, as in `AWS_ACCESS_KEY_ID`.
    pub access_key: String,
    /// Secret half, as in `AWS_SECRET_ACCESS_KEY`.
    pub secret_key: String,
}

/// Serves `store` to everyone who connects to `listener`, path-style, any
/// region. Unsigned requests are refused. Runs until it is dropped; a failed
/// accept is logged and tried again.
pub async fn serve(listener: TcpListener, store: Arc<Store>, credentials: Credentials) {
    let mut builder = S3ServiceBuilder::new(Api::new(store));
    builder.set_auth(SimpleAuth::from_single(credentials.access_key, credentials.secret_key));
    let service = builder.build();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                tokio::spawn(connection(stream, service.clone()));
            }
            Err(error) => {
                tracing::warn!(%error, "local S3 could not accept a connection");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

async fn connection(stream: TcpStream, service: S3Service) {
    let handler = service_fn(|request: hyper::Request<hyper::body::Incoming>| {
        let service = service.clone();
        async move {
            let cross_origin = cors::CrossOrigin::of(&request);
            if let Some(answer) = cross_origin.preflight() {
                return Ok(answer);
            }
            let method = request.method().clone();
            let mut response = service.call(request.map(Body::from)).await?;
            cross_origin.allow(response.headers_mut());
            tracing::debug!(%method, status = response.status().as_u16(), "local S3 request");
            Ok::<_, HttpError>(response)
        }
    });
    let served = http1::Builder::new().serve_connection(TokioIo::new(stream), handler).await;
    if let Err(error) = served {
        tracing::debug!(%error, "local S3 connection ended early");
    }
}
