//! A stand-in for everything that a function calls, which does not do what it is called for.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::{net::TcpListener, task::JoinHandle};

use super::bootstrap::Variables;

/// What it does with a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// Closes it.
    HangsUp,
    /// Keeps it, and never says anything.
    KeepsSilent,
}

/// It listens, until it is dropped.
pub(crate) struct Dependency {
    url: String,
    connections: Arc<AtomicUsize>,
    listener: JoinHandle<()>,
}

impl Dependency {
    pub(crate) async fn start(manner: Manner) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let connections = Arc::new(AtomicUsize::new(0));
        let counted = connections.clone();
        let listener = tokio::spawn(async move {
            let mut kept = Vec::new();
            while let Ok((connection, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::SeqCst);
                if manner == Manner::KeepsSilent {
                    kept.push(connection);
                }
            }
        });
        Self { url, connections, listener }
    }

    /// How often it was called.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// What a function is told that calls nobody else.
    pub(crate) fn variables(&self) -> Variables {
        let url = self.url.as_str();
        let secret = "x".repeat(32);
        let variables = [
            ("TABLE", "lambdesk"),
            ("LAMBDESK_SECRET", &secret),
            ("OIDC_ISSUER", url),
            ("OIDC_AUDIENCE", "lambdesk"),
            ("AWS_REGION", "us-east-1"),
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
            ("AWS_ENDPOINT_URL", url),
        ];
        let mut variables = BTreeMap::from(variables.map(|(name, value)| (name.to_owned(), value.to_owned())));
        for queue in lambdesk_platform::QueueName::ALL {
            variables.insert(queue.variable(), format!("{url}/000000000000/{}", queue.as_str()));
        }
        for bucket in lambdesk_platform::BucketName::ALL {
            variables.insert(bucket.variable(), bucket.as_str().to_owned());
        }
        variables
    }
}

impl Drop for Dependency {
    fn drop(&mut self) {
        self.listener.abort();
    }
}
