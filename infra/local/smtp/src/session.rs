//! A conversation with one client.

use std::{net::SocketAddr, sync::Arc};

use jiff::Timestamp;
use tokio::sync::watch;
use uuid::{NoContext, Uuid};

use crate::{
    HOST,
    buffer::{Buffer, Full, Memory},
    command::{self, Command, Sender},
    data::DataReader,
    envelope::{Envelope, Receiver, Recipient},
    reply::{Reply, Then},
    settings::Settings,
    trace,
    wire::{Ended, Line, Wire},
};

/// One client's side of the server.
pub(crate) struct Session<R> {
    pub(crate) wire: Wire,
    pub(crate) peer: SocketAddr,
    pub(crate) receiver: Arc<R>,
    pub(crate) settings: Settings,
    pub(crate) memory: Memory,
    pub(crate) stop: watch::Receiver<bool>,
    pub(crate) client: Option<Client>,
    pub(crate) mail: Option<Mail>,
}

/// Who says hello.
pub(crate) struct Client {
    name: String,
    /// By `EHLO`.
    extended: bool,
}

/// A mail that was begun.
pub(crate) struct Mail {
    sender: Sender,
    recipients: Vec<String>,
}

impl<R: Receiver> Session<R> {
    /// Talks until one of both hangs up.
    pub(crate) async fn run(mut self) {
        let farewell = match self.talk().await {
            Ok(()) | Err(Ended::Gone) => None,
            Err(Ended::Idle) => Some("421 4.4.2 Nothing was said for too long"),
            Err(Ended::Stopping) => Some("421 4.3.2 This server stops"),
        };
        if let Some(farewell) = farewell {
            // What cannot be said is not heard.
            let _ = self.wire.say(farewell).await;
        }
        self.wire.hang_up().await;
    }

    async fn talk(&mut self) -> Result<(), Ended> {
        self.wire.say(&format!("220 {HOST} ESMTP")).await?;
        let mut bad_commands = 0;
        loop {
            let command = match self.wire.line(&mut self.stop).await? {
                Line::Whole(line) => command::parse(&line),
                Line::TooLong => Err(Reply::bad("500 5.5.2 The line is too long")),
                Line::Bare => Err(Reply::bad("500 5.5.2 A line ends with CR LF, which stand nowhere else")),
            };
            let reply = match command {
                Ok(command) => self.obey(command).await?,
                Err(refused) => refused,
            };
            self.wire.say(&reply.text).await?;
            match reply.then {
                Then::Next => {}
                Then::HangUp => return Ok(()),
                Then::Bad => {
                    bad_commands += 1;
                    if bad_commands >= self.settings.max_bad_commands {
                        return self.wire.say("421 4.7.0 Too many bad commands").await;
                    }
                }
            }
        }
    }

    async fn obey(&mut self, command: Command) -> Result<Reply, Ended> {
        Ok(match command {
            Command::Helo(name) => self.greet(name, false),
            Command::Ehlo(name) => self.greet(name, true),
            Command::Mail(sender) => self.begin(sender),
            Command::Rcpt(address) => self.add(address).await,
            Command::Data => self.data().await?,
            Command::Rset => {
                self.mail = None;
                "250 2.0.0 Forgotten".into()
            }
            Command::Noop => "250 2.0.0 OK".into(),
            Command::Vrfy => "252 2.1.5 Send a mail and see".into(),
            Command::Help => "214 2.0.0 RFC 5321".into(),
            Command::Quit => Reply::last(format!("221 2.0.0 {HOST} hangs up")),
        })
    }

    fn greet(&mut self, name: String, extended: bool) -> Reply {
        self.mail = None;
        self.client = Some(Client { name, extended });
        if !extended {
            return Reply::new(format!("250 {HOST}"));
        }
        let size = self.settings.max_size;
        Reply::new(format!(
            "250-{HOST}\r\n250-PIPELINING\r\n250-SIZE {size}\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 ENHANCEDSTATUSCODES"
        ))
    }

    fn begin(&mut self, sender: Sender) -> Reply {
        if self.client.is_none() {
            return Reply::bad("503 5.5.1 Say EHLO first");
        }
        if self.mail.is_some() {
            return Reply::bad("503 5.5.1 A mail is begun already");
        }
        if sender.size > self.settings.max_size {
            return TOO_LONG.into();
        }
        self.mail = Some(Mail { sender, recipients: Vec::new() });
        "250 2.1.0 OK".into()
    }

    async fn add(&mut self, address: String) -> Reply {
        let Some(mail) = &mut self.mail else { return Reply::bad("503 5.5.1 Say MAIL first") };
        if !address.is_ascii() && !mail.sender.smtputf8 {
            return "553 5.6.7 An address beyond ASCII needs SMTPUTF8".into();
        }
        if mail.recipients.contains(&address) {
            return "250 2.1.5 OK".into();
        }
        if mail.recipients.len() >= self.settings.max_recipients {
            return "452 4.5.3 Too many recipients; send to the others in another mail".into();
        }
        match self.receiver.recipient(&address).await {
            Recipient::Accept => {
                mail.recipients.push(address);
                "250 2.1.5 OK".into()
            }
            Recipient::Unknown => "550 5.1.1 Nobody here has that address".into(),
            Recipient::Later => "451 4.3.0 Try again later".into(),
        }
    }

    /// `DATA` and the mail that follows. Whatever comes of it, it is over then.
    async fn data(&mut self) -> Result<Reply, Ended> {
        let (Some(client), Some(mail)) = (&self.client, self.mail.take()) else {
            return Ok(Reply::bad("503 5.5.1 Say MAIL and RCPT first"));
        };
        if mail.recipients.is_empty() {
            self.mail = Some(mail);
            return Ok(Reply::bad("554 5.5.1 There are no recipients"));
        }
        let now = (self.settings.clock)();
        let Mail { sender, recipients } = mail;
        let envelope = Envelope {
            id: new_id(now),
            helo: client.name.clone(),
            peer: self.peer,
            from: sender.address,
            recipients,
            body_8bit: sender.body_8bit,
            smtputf8: sender.smtputf8,
        };
        let head = trace::lines(&envelope, client.extended, now);
        self.wire.say("354 The mail, then a line with a dot").await?;
        self.wire.flush().await?;
        let buffer = match self.read(&head).await? {
            Ok(buffer) => buffer,
            Err(refused) => return Ok(refused),
        };
        Ok(self.deliver(envelope, buffer).await)
    }

    /// Reads a mail to its end, also one that is not kept: what it holds must not be taken for commands.
    async fn read(&mut self, head: &str) -> Result<Result<Buffer, Reply>, Ended> {
        let limit = self.settings.max_size;
        let mut reader = DataReader::new();
        let mut kept = keep(Buffer::new(self.memory.clone(), head.len() + limit), head.as_bytes());
        let (mut text, mut length) = (Vec::new(), 0_usize);
        loop {
            if self.wire.input.is_empty() {
                self.wire.more().await?;
            }
            text.clear();
            let end = reader.read(&self.wire.input, &mut text);
            let used = end.unwrap_or(self.wire.input.len());
            self.wire.used(used);
            length = length.saturating_add(used);
            // One that is refused gives its share of the memory back at once.
            kept = kept.and_then(|buffer| if reader.bare { Err(BARE) } else { keep(buffer, &text) });
            if end.is_some() {
                return Ok(kept.map_err(Reply::new));
            }
            if let Err(refused) = kept
                && length > limit.saturating_mul(2)
            {
                return Ok(Err(Reply::last(refused)));
            }
        }
    }

    async fn deliver(&self, envelope: Envelope, buffer: Buffer) -> Reply {
        let (id, recipients) = (envelope.id, envelope.recipients.len());
        let (data, _share) = buffer.into_parts();
        let bytes = data.len();
        match self.receiver.accept(envelope, data).await {
            Ok(()) => {
                tracing::info!(%id, bytes, recipients, "mail taken");
                Reply::new(format!("250 2.0.0 Taken as {id}"))
            }
            Err(error) => {
                tracing::warn!(%id, bytes, recipients, error, "mail not taken");
                "451 4.3.0 It could not be stored; try again later".into()
            }
        }
    }
}

const BARE: &str = "554 5.6.0 There is a CR or LF on its own in the mail";
const TOO_LONG: &str = "552 5.3.4 The mail is too long";

/// Adds to a mail, or says why it is not taken.
fn keep(mut buffer: Buffer, text: &[u8]) -> Result<Buffer, &'static str> {
    match buffer.push(text) {
        Ok(()) => Ok(buffer),
        Err(Full::Mail) => Err(TOO_LONG),
        Err(Full::Memory) => Err("452 4.3.1 Too much mail at once; try again later"),
    }
}

fn new_id(now: Timestamp) -> Uuid {
    let seconds = u64::try_from(now.as_second()).unwrap_or_default();
    let nanoseconds = u32::try_from(now.subsec_nanosecond()).unwrap_or_default();
    Uuid::new_v7(uuid::Timestamp::from_unix(NoContext, seconds, nanoseconds))
}
