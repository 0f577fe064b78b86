//! Mail that comes in: by SMTP, as it comes from SES on AWS.

use std::{collections::BTreeSet, net::SocketAddr, sync::Arc};

use lambdesk_domain::{EmailAddress, inbound};
use lambdesk_local_s3::Store;
use lambdesk_local_smtp::{Envelope, Receiver, Recipient, Settings};
use lambdesk_platform::App;
use tokio::net::TcpListener;

use crate::{
    group::Group,
    object_events::{MAIL_BUCKET, RECEIVED},
};

/// Puts mail where SES would: into the bucket, which tells the queue.
pub(crate) struct Incoming {
    pub(crate) app: App,
    pub(crate) store: Arc<Store>,
}

/// Whether mail for `address` is for a desk here.
///
/// An address for replies is for whoever signed its token; so is one that nobody has where only one tenant is at the domain.
///
/// # Errors
/// If the table cannot be asked now.
async fn knows(app: &App, address: &str) -> Result<bool, String> {
    let Ok(address) = EmailAddress::parse(address) else { return Ok(false) };
    let known = app.store().addresses_at(address.domain()).await.map_err(|error| error.to_string())?;
    let tenants: BTreeSet<_> = known.iter().map(|own| &own.tenant).collect();
    let is_own = known.iter().any(|own| own.address == address);
    Ok(is_own || tenants.len() == 1 || (!tenants.is_empty() && inbound::token_in(&address).is_some()))
}

impl Receiver for Incoming {
    async fn recipient(&self, address: &str) -> Recipient {
        match knows(&self.app, address).await {
            Ok(true) => Recipient::Accept,
            Ok(false) => Recipient::Unknown,
            Err(error) => {
                tracing::warn!(error, "a recipient cannot be looked up");
                Recipient::Later
            }
        }
    }

    async fn accept(&self, envelope: Envelope, data: Vec<u8>) -> Result<(), String> {
        let key = format!("{RECEIVED}{}", envelope.id);
        self.store.put(MAIL_BUCKET, &key, data).await.map_err(|error| error.to_string())
    }
}

/// Opens the port for mail; `None` for none, 0 for any that is free. The error is for people.
pub(crate) async fn listen(port: Option<u16>) -> Result<Option<(TcpListener, SocketAddr)>, String> {
    let Some(port) = port else { return Ok(None) };
    let wrong = |error: std::io::Error| {
        format!("port {port} for incoming mail: {error}; SMTP_PORT or --smtp-port names another, --no-smtp does without")
    };
    let listener = TcpListener::bind(("127.0.0.1", port)).await.map_err(wrong)?;
    let address = listener.local_addr().map_err(wrong)?;
    Ok(Some((listener, address)))
}

/// Takes mail until the group stops.
pub(crate) fn serve(listener: TcpListener, incoming: Incoming, group: &mut Group) {
    let clock = incoming.app.clone();
    let settings = Settings::new(Arc::new(move || clock.now()));
    let mut stop = group.stop_signal();
    group.spawn(async move {
        lambdesk_local_smtp::serve(listener, Arc::new(incoming), settings, async move { stop.requested().await }).await;
    });
}

#[cfg(test)]
mod tests {
    use lambdesk_mail::limits::MAX_MAIL_BYTES;

    use super::*;

    /// The longest address that is one (RFC 5321, 4.5.3.1.3), in a line of its own.
    const LINE: usize = "Delivered-To: \r\n".len() + 256;

    #[test]
    fn what_is_taken_is_read() {
        let Settings { max_size, max_recipients, .. } = Settings::new(Arc::new(|| jiff::Timestamp::UNIX_EPOCH));
        // A line for each recipient, and few others.
        assert!(max_size + LINE * (max_recipients + 10) <= MAX_MAIL_BYTES);
    }
}
