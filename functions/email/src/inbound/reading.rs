//! Reading a mail where nothing can go wrong with it but its record: on a thread of its own, for a limited time.

use std::time::Duration;

use lambdesk_mail::{Receiver, addressed_to, read as read_mail};

use super::Read;

/// What the largest and strangest mails take is far below; one that takes longer has found a hole in the reader.
const TIME: Duration = Duration::from_secs(10);

/// Reads the mail, and the addresses that it was sent to, which a mail that cannot be read has too.
pub(super) async fn read(raw: Vec<u8>, authserv_id: String) -> (Read, Vec<String>) {
    let raw = std::sync::Arc::new(raw);
    let whole = raw.clone();
    let work = tokio::task::spawn_blocking(move || read_mail(&whole, &Receiver { authserv_id: &authserv_id }));
    let mail = match tokio::time::timeout(TIME, work).await {
        Ok(Ok(Ok(mail))) => Ok(mail),
        Ok(Ok(Err(unreadable))) => Err(unreadable.to_string()),
        Ok(Err(_)) => Err("the reader failed on it".to_owned()),
        Err(_) => Err("reading it takes too long".to_owned()),
    };
    let addresses = addressed_to(&raw);
    (mail, addresses)
}
