//! The development identity provider alone, beside a deployment in an emulator: it signs in the people of that table.

use std::{path::Path, sync::Arc};

use axum::middleware;
use lambdesk_platform::App;
use tokio::net::TcpListener;

use crate::{
    clock::MovableClock,
    issuer::Issuer,
    local_api::{Identity, guard, identity_router},
    private_file,
    state::State,
};

/// Serves `POST /local/token` and the issuer's documents on 127.0.0.1, until it is dropped. Its keys are kept in `directory`.
///
/// # Errors
/// A sentence for people: the port is taken, the directory cannot be written.
pub async fn serve_identity(app: App, port: u16, directory: &Path) -> Result<(), String> {
    private_file::make_directory(directory).map_err(|error| format!("{}: {error}", directory.display()))?;
    let clock = MovableClock::open(State::open(&directory.join("state.sqlite"))?)?;
    let listener = TcpListener::bind(("127.0.0.1", port)).await.map_err(|error| format!("port {port}: {error}"))?;
    let issuer = Issuer::open(&directory.join("oidc.pem"), &format!("http://127.0.0.1:{port}"), clock)?;
    let router = identity_router(Identity { app, issuer: Arc::new(issuer) });
    let router = router.layer(middleware::from_fn(guard::loopback_only));
    let service = router.into_make_service_with_connect_info::<std::net::SocketAddr>();
    axum::serve(listener, service).await.map_err(|error| error.to_string())
}
