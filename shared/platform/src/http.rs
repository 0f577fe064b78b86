//! One HTTP client for the AWS SDK and for the identity provider's keys.

use std::time::Duration;

use aws_smithy_http_client::{
    Builder, Connector,
    tls::{Provider, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::{
    http::{HttpConnector, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector},
    orchestrator::HttpRequest,
};
use http_body_util::{BodyExt, Limited};

/// The longest answer that [`HttpClient::get`] reads.
const MAX_ANSWER: usize = 256 * 1024;

/// An HTTP client. Cheap to clone; connections are kept.
#[derive(Debug, Clone)]
pub struct HttpClient {
    sdk: SharedHttpClient,
    connector: SharedHttpConnector,
}

impl HttpClient {
    /// A client; without TLS where nothing needs it, which spares reading the system's certificates.
    pub fn new(with_tls: bool) -> Self {
        let settings =
            HttpConnectorSettings::builder().connect_timeout(Duration::from_secs(2)).read_timeout(Duration::from_secs(3)).build();
        let tls = || Provider::Rustls(CryptoMode::Ring);
        let connector = Connector::builder().connector_settings(settings);
        if with_tls {
            return Self {
                sdk: Builder::new().tls_provider(tls()).build_https(),
                connector: SharedHttpConnector::new(connector.tls_provider(tls()).build()),
            };
        }
        Self { sdk: Builder::new().build_http(), connector: SharedHttpConnector::new(connector.build_http()) }
    }

    pub(crate) fn sdk(&self) -> SharedHttpClient {
        self.sdk.clone()
    }

    /// Fetches a small document. Redirects are not followed. The error is for the log.
    pub async fn get(&self, url: &str) -> Result<Vec<u8>, String> {
        let mut request = HttpRequest::empty();
        request.set_uri(url).map_err(|error| format!("{url}: {error}"))?;
        let response = self.connector.call(request).await.map_err(|error| format!("{url}: {error}"))?;
        if !response.status().is_success() {
            return Err(format!("{url}: status {}", response.status().as_u16()));
        }
        let body = Limited::new(response.into_body(), MAX_ANSWER).collect().await;
        body.map(|body| body.to_bytes().to_vec()).map_err(|error| format!("{url}: {error}"))
    }
}
