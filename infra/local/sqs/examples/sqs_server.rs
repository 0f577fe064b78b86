//! Serves queues on a port of the loopback interface: `cargo run --example sqs_server -- PORT [FILE]`.
//!
//! Without a file the queues are in memory. Port 0 takes a free one.

use std::error::Error;
use std::io::Write as _;
use std::path::Path;

use lambdesk_local_sqs::{Queues, serve};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let port: u16 = arguments.next().ok_or("usage: sqs_server PORT [FILE]")?.parse()?;
    let queues = match arguments.next() {
        Some(file) => Queues::open(Path::new(&file))?,
        None => Queues::in_memory()?,
    };
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    writeln!(std::io::stdout(), "listening on http://{}", listener.local_addr()?)?;
    Ok(serve(listener, queues).await?)
}
