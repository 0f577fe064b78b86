//! One HTTP client for the AWS SDK and for the identity provider's keys.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use aws_smithy_http_client::{
    Connector,
    tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::{
    http::{HttpConnector, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector, http_client_fn},
    orchestrator::HttpRequest,
};
use http_body_util::{BodyExt, Limited};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// The longest that any answer is waited for; each service has a limit of its own below it (see `App`).
const READ_TIMEOUT: Duration = Duration::from_secs(20);
/// How long a connection is kept that nobody uses: less than the other side keeps it, also where the process was frozen meanwhile.
const IDLE_TIMEOUT: Duration = Duration::from_secs(20);
/// How long [`HttpClient::get`] may take as a whole.
const GET_TIMEOUT: Duration = Duration::from_secs(3);
/// The longest answer that [`HttpClient::get`] reads.
const MAX_ANSWER: usize = 256 * 1024;

/// The roots that AWS services are signed by (amazontrust.com/repository). Reading all that a system trusts takes longer
/// than everything else at a function's start.
const AMAZON_ROOTS: &[u8] = include_bytes!("amazon_roots.pem");

/// Whom calls to AWS trust.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trust {
    /// Nobody: nothing is called by TLS.
    Plain,
    /// AWS, where no endpoint was named that could be another's.
    Amazon,
    /// All that the system trusts.
    System,
}

/// An HTTP client. Cheap to clone; connections are kept. Whom it trusts is read with the first request, not before: a
/// function that starts does not wait for that.
#[derive(Debug, Clone)]
pub struct HttpClient {
    aws: Trust,
    to_aws: Arc<OnceLock<SharedHttpConnector>>,
    to_others: Arc<OnceLock<SharedHttpConnector>>,
}

impl HttpClient {
    /// A client whose calls to AWS trust these.
    pub(crate) fn new(aws: Trust) -> Self {
        Self { aws, to_aws: Arc::default(), to_others: Arc::default() }
    }

    pub(crate) fn sdk(&self) -> SharedHttpClient {
        let client = self.clone();
        http_client_fn(move |_, _| client.to_aws.get_or_init(|| connector(client.aws)).clone())
    }

    /// For what is not AWS; in most functions there is nothing.
    fn others(&self) -> &SharedHttpConnector {
        let trust = if self.aws == Trust::Plain { Trust::Plain } else { Trust::System };
        self.to_others.get_or_init(|| connector(trust))
    }

    /// Fetches a small document. Redirects are not followed. The error is for the log.
    pub async fn get(&self, url: &str) -> Result<Vec<u8>, String> {
        let fetched = tokio::time::timeout(GET_TIMEOUT, self.fetch(url)).await;
        fetched.unwrap_or_else(|_| Err(format!("{url}: no answer in {} s", GET_TIMEOUT.as_secs())))
    }

    async fn fetch(&self, url: &str) -> Result<Vec<u8>, String> {
        let mut request = HttpRequest::empty();
        request.set_uri(url).map_err(|error| format!("{url}: {error}"))?;
        let response = self.others().call(request).await.map_err(|error| format!("{url}: {error}"))?;
        if !response.status().is_success() {
            return Err(format!("{url}: status {}", response.status().as_u16()));
        }
        let body = Limited::new(response.into_body(), MAX_ANSWER).collect().await;
        body.map(|body| body.to_bytes().to_vec()).map_err(|error| format!("{url}: {error}"))
    }
}

fn connector(trust: Trust) -> SharedHttpConnector {
    let settings = HttpConnectorSettings::builder().connect_timeout(CONNECT_TIMEOUT).read_timeout(READ_TIMEOUT).build();
    let connector = Connector::builder().connector_settings(settings).pool_idle_timeout(IDLE_TIMEOUT);
    let tls = Provider::Rustls(CryptoMode::Ring);
    match trust {
        Trust::Plain => SharedHttpConnector::new(connector.build_http()),
        Trust::Amazon => SharedHttpConnector::new(connector.tls_provider(tls).tls_context(amazon()).build()),
        Trust::System => SharedHttpConnector::new(connector.tls_provider(tls).build()),
    }
}

fn amazon() -> TlsContext {
    let trusted = TrustStore::empty().with_pem_certificate(AMAZON_ROOTS);
    TlsContext::builder().with_trust_store(trusted).build().expect("the roots are in order, as the test below sees")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_roots_can_be_read() {
        assert_eq!(AMAZON_ROOTS.windows(11).filter(|part| part == b"-----BEGIN ").count(), 5);
        let _ = connector(Trust::Amazon);
    }
}
