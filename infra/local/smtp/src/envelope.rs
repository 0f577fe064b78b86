//! What goes with a mail, and who takes it.

use std::net::SocketAddr;

use uuid::Uuid;

/// A mail's envelope. No text in it holds a control character.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// UUID version 7 of the moment the mail began; the one in its `Received` line and in the answer to the client.
    pub id: Uuid,
    /// What the client called itself, unchecked.
    pub helo: String,
    /// Who it is.
    pub peer: SocketAddr,
    /// Where bounces go; `None` for `<>`, which is a bounce itself.
    pub from: Option<String>,
    /// At least one, each once, as RFC 5321 writes a mailbox.
    pub recipients: Vec<String>,
    /// `BODY=8BITMIME`
    pub body_8bit: bool,
    /// `SMTPUTF8`
    pub smtputf8: bool,
}

/// Whether a recipient is one of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recipient {
    /// Mail for it is taken.
    Accept,
    /// There is none; the client is to give up.
    Unknown,
    /// It cannot be said now; the client is to try again.
    Later,
}

/// Takes mail.
pub trait Receiver: Send + Sync + 'static {
    /// Whether mail for `address` is taken.
    fn recipient(&self, address: &str) -> impl Future<Output = Recipient> + Send;

    /// Stores a mail so that it survives the process. `data` begins with the lines of this server (`Return-Path`, a
    /// `Delivered-To` for each recipient, `Received`, `Authentication-Results`); what follows is as it was sent, and may
    /// hold lines of the same names.
    ///
    /// # Errors
    /// Why it was not stored, for the log. The client is told to try again.
    fn accept(&self, envelope: Envelope, data: Vec<u8>) -> impl Future<Output = Result<(), String>> + Send;
}
