//! Mail that comes in: how many a second, and how soon after `250` it is a ticket that people see.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use axum::http::Method;
use serde_json::{Value, json};

use crate::{http::Http, process::Process, smtp::deliver};

/// Mails of a run that asks how many.
const MAILS: usize = 400;
/// Mails of a run that asks how soon, and the pause between them: ten a second.
const PACED: usize = 200;
const PAUSE: Duration = Duration::from_millis(100);
/// How often it is looked whether a mail is there.
const LOOK: Duration = Duration::from_millis(3);

/// Measures, and says what came out.
pub(crate) async fn measure(process: &Process) -> Result<String, String> {
    let at = process.smtp()?;
    let reader = Reader::open(process.url()).await?;
    let mut lines = vec!["mail in, from SMTP to ticket".to_owned()];
    for connections in [1, 8] {
        let started = Instant::now();
        let senders = (0..connections).map(|connection| async move {
            for n in 0..MAILS / connections {
                deliver(at, "erika@example.test", "help@demo.test", &mail(&format!("{connections}.{connection}.{n}"))).await?;
            }
            Ok::<_, String>(())
        });
        for sent in futures_util::future::join_all(senders).await {
            sent?;
        }
        let taken = started.elapsed().as_secs_f64();
        process.settle().await?;
        let done = started.elapsed().as_secs_f64();
        let [taken, done] = [taken, done].map(|seconds| MAILS as f64 / seconds);
        lines.push(format!(
            "{connections} connections: {taken:.0} mails/s taken, {done:.0} mails/s made tickets and acknowledged"
        ));
    }
    let mut waits = Vec::new();
    for n in 0..PACED {
        let (begun, id) = (Instant::now(), format!("paced.{n}"));
        deliver(at, "erika@example.test", "help@demo.test", &mail(&id)).await?;
        waits.push(reader.wait_for(&format!("{id}@bench.test")).await?);
        tokio::time::sleep(PAUSE.saturating_sub(begun.elapsed())).await;
    }
    waits.sort_unstable();
    let at_share = |percent: usize| waits[(waits.len() * percent / 100).min(waits.len() - 1)].as_secs_f64() * 1000.0;
    lines.push(format!("10 a second: a ticket {:.0} ms after 250 (p50), {:.0} ms (p99)", at_share(50), at_share(99)));
    Ok(lines.join("\n"))
}

fn mail(id: &str) -> String {
    format!(
        "From: Erika <erika@example.test>\nTo: help@demo.test\nSubject: Help {id}\nMessage-ID: <{id}@bench.test>\n\nIt burns.\n"
    )
}

/// Somebody who looks whether a mail is there.
struct Reader {
    http: Http,
    url: String,
    authorization: String,
}

impl Reader {
    async fn open(url: &str) -> Result<Self, String> {
        let (http, headers) = (Http::new(), [("content-type", "application/json")]);
        let who = json!({ "tenant": "demo", "email": "admin@demo.test" });
        let token = http.send(Method::POST, &format!("{url}/local/token"), &headers, Some(&who)).await?.text("access_token")?;
        Ok(Self { http, url: url.to_owned(), authorization: format!("Bearer {token}") })
    }

    /// How long it takes until the mail is a ticket.
    async fn wait_for(&self, message_id: &str) -> Result<Duration, String> {
        let started = Instant::now();
        let list = format!("{}/v1/inbound-mails?limit=1", self.url);
        while started.elapsed() < Duration::from_secs(30) {
            let newest: Value =
                self.http.send(Method::GET, &list, &[("authorization", self.authorization.as_str())], None).await?.json()?;
            if newest["items"][0]["message_id"] == message_id && newest["items"][0]["outcome"] == "ticket" {
                return Ok(started.elapsed());
            }
            tokio::time::sleep(LOOK).await;
        }
        Err(format!("{message_id} did not become a ticket"))
    }
}

/// `smtp 127.0.0.1:2525`, as the process says it.
impl Process {
    fn smtp(&self) -> Result<SocketAddr, String> {
        self.address("smtp")?.parse().map_err(|error| format!("smtp: {error}"))
    }
}
