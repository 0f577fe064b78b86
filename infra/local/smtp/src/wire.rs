//! Lines and chunks of a connection.

use std::time::Duration;

use bytes::{Buf as _, BytesMut};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    sync::watch,
    time::timeout,
};

/// The longest command, in bytes: 512 in RFC 5321, and what extensions add to it, several times over.
const MAX_LINE: usize = 4096;
const CHUNK: usize = 16 * 1024;
/// How long a client may take to read the last answer.
const FAREWELL: Duration = Duration::from_secs(1);

/// A connection. Answers are kept until the client is waited for, so that those to pipelined commands go out together.
pub(crate) struct Wire {
    stream: TcpStream,
    pub(crate) input: BytesMut,
    output: Vec<u8>,
    idle: Duration,
}

/// A command's line.
pub(crate) enum Line {
    /// With the CRLF at its end, and no other CR or LF.
    Whole(Vec<u8>),
    TooLong,
    /// With a CR or LF on its own.
    Bare,
}

/// Why nothing more is read.
pub(crate) enum Ended {
    /// The client is gone, or the connection failed.
    Gone,
    /// The client said nothing for too long, or did not read.
    Idle,
    /// The server stops.
    Stopping,
}

impl Wire {
    pub(crate) fn new(stream: TcpStream, idle: Duration) -> Self {
        Self { stream, input: BytesMut::new(), output: Vec::new(), idle }
    }

    /// The next line, unless the server stops before it is there.
    pub(crate) async fn line(&mut self, stop: &mut watch::Receiver<bool>) -> Result<Line, Ended> {
        let mut too_long = false;
        loop {
            if let Some(end) = self.input.iter().position(|byte| *byte == b'\n') {
                let line = self.input.split_to(end + 1);
                return Ok(match line.strip_suffix(b"\r\n") {
                    _ if too_long || line.len() > MAX_LINE => Line::TooLong,
                    Some(text) if !text.contains(&b'\r') => Line::Whole(line.to_vec()),
                    _ => Line::Bare,
                });
            }
            if self.input.len() > MAX_LINE {
                self.input.clear();
                too_long = true;
            }
            self.flush().await?;
            tokio::select! {
                biased;
                // An error means that the server is gone, which is the same.
                _ = stop.wait_for(|stop| *stop) => return Err(Ended::Stopping),
                read = self.more() => read?,
            }
        }
    }

    /// Reads at least one more byte.
    pub(crate) async fn more(&mut self) -> Result<(), Ended> {
        self.input.reserve(CHUNK);
        match timeout(self.idle, self.stream.read_buf(&mut self.input)).await {
            Err(_) => Err(Ended::Idle),
            Ok(Err(_) | Ok(0)) => Err(Ended::Gone),
            Ok(Ok(_)) => Ok(()),
        }
    }

    /// Forgets what was used of the input.
    pub(crate) fn used(&mut self, bytes: usize) {
        self.input.advance(bytes);
    }

    /// Answers; each line of `text` is ended with CRLF.
    pub(crate) async fn say(&mut self, text: &str) -> Result<(), Ended> {
        self.output.extend_from_slice(text.as_bytes());
        self.output.extend_from_slice(b"\r\n");
        // A client that only talks is not listened to for ever.
        if self.output.len() > CHUNK { self.flush().await } else { Ok(()) }
    }

    pub(crate) async fn flush(&mut self) -> Result<(), Ended> {
        if self.output.is_empty() {
            return Ok(());
        }
        let written = timeout(self.idle, self.stream.write_all(&self.output)).await;
        self.output.clear();
        match written {
            Err(_) => Err(Ended::Idle),
            Ok(Err(_)) => Err(Ended::Gone),
            Ok(Ok(())) => Ok(()),
        }
    }

    /// Says the last word and closes. What the client has still sent is read away: with it unread, TCP would reset the
    /// connection, and the client might not see the answer.
    pub(crate) async fn hang_up(mut self) {
        let farewell = async {
            self.flush().await.ok()?;
            self.stream.shutdown().await.ok()?;
            loop {
                self.input.clear();
                self.more().await.ok()?;
            }
        };
        let _: Result<Option<()>, _> = timeout(FAREWELL, farewell).await;
    }
}
