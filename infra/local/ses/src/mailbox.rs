//! Sent mail on disk, with its index in memory.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use jiff::Timestamp;
use mail_parser::MessageParser;
use serde::{Deserialize, Serialize};
use uuid::{ContextV7, Uuid};

use crate::addresses::{addresses, recipients, split_address};
use crate::error::MailError;
use crate::files::{load, write_whole};
use crate::relay::{Relay, RelayQueue};
use crate::simulator;

/// Tells the time; the caller's, so that tests can hold it.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Hears what SES says of mails after it took them: events as EventBridge passes
/// them on.
pub type Listener = Arc<dyn Fn(serde_json::Value) + Send + Sync>;

/// A mail that was sent: its envelope and what a list of mails shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// UUID version 7, so ids sort by time. SES answers it as `MessageId`.
    pub id: Uuid,
    /// The sender's address, without a name.
    pub from: String,
    /// Every recipient's address, carbon copies included, without names.
    pub to: Vec<String>,
    /// Decoded (RFC 2047) and unfolded; empty if there is none.
    pub subject: String,
    /// The `Message-ID` header without its angle brackets.
    pub message_id: Option<String>,
    /// When the mailbox took the mail.
    pub sent_at: Timestamp,
    /// The SES configuration set that the sender named.
    #[serde(default)]
    pub configuration_set: Option<String>,
    /// The SES message tags.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
}

/// A mail to store.
#[derive(Debug, Clone, Default)]
pub struct NewMail {
    /// The whole message as RFC 5322 has it.
    pub raw: Vec<u8>,
    /// The sender, `name <address>` or an address; else the `From` header.
    pub source: Option<String>,
    /// The recipients; if empty, those of `To`, `Cc` and `Bcc`.
    pub destinations: Vec<String>,
    /// See [`Mail::configuration_set`].
    pub configuration_set: Option<String>,
    /// See [`Mail::tags`].
    pub tags: BTreeMap<String, String>,
}

/// The mails of one directory. Clones share it; only one mailbox may be open
/// on a directory at a time.
#[derive(Clone)]
pub struct Mailbox {
    shared: Arc<Shared>,
}

struct Shared {
    directory: PathBuf,
    clock: Clock,
    relay: Option<RelayQueue>,
    listener: OnceLock<Listener>,
    index: Mutex<Index>,
}

/// Ids are made under the same lock, so that they are in the order of storing
/// even within a millisecond.
struct Index {
    mails: BTreeMap<Uuid, Mail>,
    ids: ContextV7,
}

impl Mailbox {
    /// Opens the mailbox in `directory`, which is created if missing, and reads
    /// every envelope. With a relay, call it within a Tokio runtime.
    ///
    /// # Errors
    /// If the disk fails or an envelope does not parse (`InvalidData`).
    pub fn open(directory: PathBuf, relay: Option<Relay>, clock: Clock) -> io::Result<Self> {
        fs::create_dir_all(&directory)?;
        let index = Mutex::new(Index { mails: load(&directory)?, ids: ContextV7::new() });
        let relay = relay.map(RelayQueue::start);
        Ok(Self { shared: Arc::new(Shared { directory, clock, relay, listener: OnceLock::new(), index }) })
    }

    /// Tells this listener of mails to the mailbox simulator from now on; the
    /// first listener stays.
    pub fn tell(&self, listener: Listener) {
        let _ = self.shared.listener.set(listener);
    }

    /// All mails, newest first.
    #[must_use]
    pub fn list(&self) -> Vec<Mail> {
        self.index().mails.values().rev().cloned().collect()
    }

    /// One mail's envelope.
    #[must_use]
    pub fn get(&self, id: Uuid) -> Option<Mail> {
        self.index().mails.get(&id).cloned()
    }

    /// One mail's message, byte for byte.
    ///
    /// # Errors
    /// `NotFound` if there is no such mail, or what the disk says.
    pub fn raw(&self, id: Uuid) -> io::Result<Vec<u8>> {
        if !self.index().mails.contains_key(&id) {
            return Err(io::ErrorKind::NotFound.into());
        }
        fs::read(self.path(id, "eml"))
    }

    /// Stores a mail and, if there is a relay, queues it there.
    ///
    /// # Errors
    /// See [`MailError`].
    pub fn store(&self, new: NewMail) -> Result<Mail, MailError> {
        let headers = MessageParser::default().parse_headers(&new.raw);
        let headers = headers.ok_or(MailError::NotAMail)?;
        let sender = new.source.as_deref().map(|source| split_address(source).1.to_owned());
        let from = sender.or_else(|| addresses(headers.from()).pop()).filter(|from| !from.is_empty());
        let to = recipients(&new.destinations, &headers);
        if to.is_empty() {
            return Err(MailError::NoRecipient);
        }
        let mail = Mail {
            id: self.new_id(),
            from: from.ok_or(MailError::NoSender)?,
            to,
            subject: headers.subject().unwrap_or_default().to_owned(),
            message_id: headers.message_id().map(str::to_owned),
            sent_at: self.now(),
            configuration_set: new.configuration_set,
            tags: new.tags,
        };

        // The order matters: the envelope makes the mail visible.
        write_whole(&self.path(mail.id, "eml"), &new.raw)?;
        let envelope = serde_json::to_vec(&mail).map_err(io::Error::from)?;
        write_whole(&self.path(mail.id, "json"), &envelope)?;
        self.index().mails.insert(mail.id, mail.clone());
        if let Some(relay) = &self.shared.relay {
            relay.push(mail.clone(), self.path(mail.id, "eml"));
        }
        if let (Some(listener), Some(event)) = (self.shared.listener.get(), simulator::event(&mail)) {
            listener(event);
        }
        Ok(mail)
    }

    /// Where the mails are; the settings of SES are kept beside them.
    pub(crate) fn directory(&self) -> &Path {
        &self.shared.directory
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.shared.clock)()
    }

    pub(crate) fn new_id(&self) -> Uuid {
        let now = self.now();
        let seconds = u64::try_from(now.as_second()).unwrap_or_default();
        let nanoseconds = u32::try_from(now.subsec_nanosecond()).unwrap_or_default();
        let index = self.index();
        Uuid::new_v7(uuid::Timestamp::from_unix(&index.ids, seconds, nanoseconds))
    }

    fn path(&self, id: Uuid, extension: &str) -> PathBuf {
        self.shared.directory.join(format!("{id}.{extension}"))
    }

    // A panic under the lock leaves the index whole: each change is one insert.
    fn index(&self) -> MutexGuard<'_, Index> {
        self.shared.index.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
