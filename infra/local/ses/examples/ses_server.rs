//! Serves the local SES alone: `ses_server [port] [directory] [relay host:port]`.

use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;

use lambdesk_local_ses::{Mailbox, Relay, serve};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let port: u16 = arguments.next().as_deref().unwrap_or("4579").parse()?;
    let directory = arguments.next().map_or_else(|| PathBuf::from("data/mail"), PathBuf::from);
    let relay = arguments.next().as_deref().map(str::parse::<Relay>).transpose()?;

    #[allow(clippy::disallowed_methods, reason = "a main owns the clock")]
    let mailbox = Mailbox::open(directory, relay, Arc::new(jiff::Timestamp::now))?;
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    Ok(serve(listener, mailbox).await?)
}
