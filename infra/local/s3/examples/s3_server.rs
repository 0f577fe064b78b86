//! Serves the local S3 alone: `s3_server [port] [directory]`, key `test`/`test`.

use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;

use lambdesk_local_s3::{Credentials, Store, serve};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let port: u16 = arguments.next().as_deref().unwrap_or("4572").parse()?;
    let root = arguments.next().map_or_else(|| PathBuf::from("data/s3"), PathBuf::from);

    #[allow(clippy::disallowed_methods, reason = "a main owns the clock")]
    let store = Store::open(root, Arc::new(jiff::Timestamp::now))?;
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    let credentials = Credentials { access_key: "test".into(), secret_key: "test".into() };
    serve(listener, Arc::new(store), credentials).await;
    Ok(())
}
