//! Hands stored mail to an SMTP server, such as a mail catcher.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use lettre::address::Envelope;
use lettre::transport::smtp::Error as SmtpError;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use tokio::sync::mpsc;

use crate::mailbox::Mail;

/// How often one mail is tried before the relay gives up on it.
const TRIES: u32 = 4;

/// The pause after the first failure; it doubles after each.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// How long the server may take to answer one command.
const PATIENCE: Duration = Duration::from_secs(10);

/// The SMTP server that gets a copy of every mail, without TLS or a login.
///
/// The stored copy is what counts: a mail that could not be handed over is
/// logged and stays in the mailbox, and is not tried again after a restart.
#[derive(Debug, Clone)]
pub struct Relay {
    /// Name or address of the server.
    pub host: String,
    /// Usually 25, or 1025 for a mail catcher.
    pub port: u16,
}

/// Says what a relay looks like.
#[derive(Debug, thiserror::Error)]
#[error("a mail relay is written host:port")]
pub struct RelayError;

impl FromStr for Relay {
    type Err = RelayError;

    /// Parses `host:port`.
    fn from_str(text: &str) -> Result<Self, RelayError> {
        let (host, port) = text.rsplit_once(':').ok_or(RelayError)?;
        if host.is_empty() {
            return Err(RelayError);
        }
        let port = port.parse().map_err(|_| RelayError)?;
        Ok(Self { host: host.to_owned(), port })
    }
}

/// Mails on their way to the relay, one at a time and in order.
pub(crate) struct RelayQueue {
    sender: mpsc::UnboundedSender<(Mail, PathBuf)>,
}

type Transport = AsyncSmtpTransport<Tokio1Executor>;

impl RelayQueue {
    /// Starts the task that works through the queue; it ends with the queue.
    pub(crate) fn start(relay: Relay) -> Self {
        let transport = Transport::builder_dangerous(relay.host).port(relay.port).timeout(Some(PATIENCE)).build();
        let (sender, mut queue) = mpsc::unbounded_channel::<(Mail, PathBuf)>();
        tokio::spawn(async move {
            while let Some((mail, path)) = queue.recv().await {
                hand_over(&transport, &mail, path).await;
            }
        });
        Self { sender }
    }

    pub(crate) fn push(&self, mail: Mail, path: PathBuf) {
        let id = mail.id;
        if self.sender.send((mail, path)).is_err() {
            tracing::warn!(mail = %id, "the mail relay has stopped");
        }
    }
}

async fn hand_over(transport: &Transport, mail: &Mail, path: PathBuf) {
    let raw = match std::fs::read(path) {
        Ok(raw) => raw,
        Err(error) => {
            tracing::warn!(mail = %mail.id, %error, "could not read a mail to relay");
            return;
        }
    };
    let Some(envelope) = envelope(mail) else {
        tracing::warn!(mail = %mail.id, "an address is not one that SMTP can carry");
        return;
    };

    let mut pause = FIRST_PAUSE;
    for attempt in 1..=TRIES {
        let Err(error) = transport.send_raw(&envelope, &raw).await else {
            tracing::debug!(mail = %mail.id, attempt, "mail relayed");
            return;
        };
        tracing::warn!(mail = %mail.id, attempt, reason = %reason(&error), "mail not relayed");
        if error.is_permanent() {
            return;
        }
        if attempt < TRIES {
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
    }
}

fn envelope(mail: &Mail) -> Option<Envelope> {
    let from: Address = mail.from.parse().ok()?;
    let to: Result<Vec<Address>, _> = mail.to.iter().map(|address| address.parse()).collect();
    Envelope::new(Some(from), to.ok()?).ok()
}

/// The code alone if the server answered, since its text may name an address.
fn reason(error: &SmtpError) -> String {
    error.status().map_or_else(|| error.to_string(), |code| format!("SMTP {code}"))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tempfile::TempDir;
    use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
    use tokio::net::TcpListener;

    use super::*;
    use crate::mailbox::{Mailbox, NewMail};

    /// An SMTP server that turns the first client away as busy, and returns
    /// what the second one says until the end of its message.
    async fn catch_one(listener: TcpListener) -> Vec<String> {
        let (mut busy, _) = listener.accept().await.unwrap();
        busy.write_all(b"421 busy\r\n").await.unwrap();
        drop(busy);
        let (stream, _) = listener.accept().await.unwrap();
        let mut stream = BufReader::new(stream);
        stream.write_all(b"220 catcher\r\n").await.unwrap();
        let mut said = Vec::new();
        let mut in_message = false;
        loop {
            let mut line = String::new();
            stream.read_line(&mut line).await.unwrap();
            let line = line.trim_end().to_owned();
            let answer: &[u8] = match line.as_str() {
                "." => b"250 taken\r\n",
                _ if in_message => b"",
                "DATA" => b"354 go on\r\n",
                _ => b"250 fine\r\n",
            };
            in_message |= line == "DATA";
            stream.write_all(answer).await.unwrap();
            let is_end = line == ".";
            said.push(line);
            if is_end {
                return said;
            }
        }
    }

    #[tokio::test]
    async fn a_mail_is_tried_again_until_the_server_takes_it() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let relay: Relay = listener.local_addr().unwrap().to_string().parse().unwrap();
        let directory = TempDir::new().unwrap();
        let clock = Arc::new(|| jiff::Timestamp::UNIX_EPOCH);
        let mailbox = Mailbox::open(directory.path().to_owned(), Some(relay), clock).unwrap();
        let new = NewMail {
            raw: b"Subject: hi\r\n\r\n.dotted\r\n".to_vec(),
            source: Some("help@example.com".to_owned()),
            destinations: vec!["user@example.org".to_owned()],
            ..NewMail::default()
        };
        mailbox.store(new).unwrap();

        let caught = tokio::time::timeout(Duration::from_secs(20), catch_one(listener));
        let said = caught.await.unwrap().join("\n");
        assert!(said.contains("MAIL FROM:<help@example.com>"), "{said}");
        assert!(said.contains("RCPT TO:<user@example.org>"), "{said}");
        assert!(said.contains("Subject: hi\n\n..dotted\n"), "{said}");
        assert_eq!(mailbox.list().len(), 1);
    }

    #[test]
    fn a_relay_is_a_host_and_a_port() {
        let relay: Relay = "localhost:1025".parse().unwrap();
        assert_eq!((relay.host.as_str(), relay.port), ("localhost", 1025));
        for wrong in ["localhost", ":1025", "localhost:mail"] {
            assert!(wrong.parse::<Relay>().is_err());
        }
    }
}
