//! The listener.

#[cfg(test)]
mod tests;

use std::{net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Semaphore, watch},
    task::JoinSet,
};

use crate::{buffer::Memory, envelope::Receiver, session::Session, settings::Settings, wire::Wire};

/// How long to wait after a failed accept; out of file handles, it fails again.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Takes mail from everyone who connects to `listener`, until `stop` is there. Then nobody is let in any more, clients are
/// told at their next command, and mails that are on their way are taken to their end. Dropped, it ends where it stands:
/// what was not answered will be sent again.
pub async fn serve<R: Receiver>(listener: TcpListener, receiver: Arc<R>, settings: Settings, stop: impl Future<Output = ()>) {
    let stopping = watch::Sender::new(false);
    let slots = Arc::new(Semaphore::new(settings.max_connections));
    let memory = Memory::new(settings.max_memory);
    let mut connections = JoinSet::new();
    let mut stop = pin!(stop);
    loop {
        let accepted = tokio::select! {
            biased;
            () = &mut stop => break,
            Some(_) = connections.join_next() => continue,
            accepted = listener.accept() => accepted,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "the mail server could not accept a connection");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        let wire = wire(stream, settings.idle);
        let Ok(slot) = Arc::clone(&slots).try_acquire_owned() else {
            connections.spawn(turn_away(wire));
            continue;
        };
        let session = session(wire, peer, &receiver, &settings, &memory, &stopping);
        connections.spawn(async move {
            session.run().await;
            drop(slot);
        });
    }
    drop(listener);
    stopping.send_replace(true);
    while connections.join_next().await.is_some() {}
}

fn wire(stream: TcpStream, idle: Duration) -> Wire {
    // Answers are written in one piece; none waits for more.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection without TCP_NODELAY");
    }
    Wire::new(stream, idle)
}

fn session<R: Receiver>(
    wire: Wire,
    peer: SocketAddr,
    receiver: &Arc<R>,
    settings: &Settings,
    memory: &Memory,
    stopping: &watch::Sender<bool>,
) -> Session<R> {
    Session {
        wire,
        peer,
        receiver: Arc::clone(receiver),
        settings: settings.clone(),
        memory: memory.clone(),
        stop: stopping.subscribe(),
        client: None,
        mail: None,
    }
}

async fn turn_away(mut wire: Wire) {
    // Who is gone already needs no answer.
    let _ = wire.say("421 4.3.2 Too many connections; try again later").await;
    wire.hang_up().await;
}
