//! The local process, seen from outside.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{BufRead as _, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use axum::http::Method;
use lambdesk_platform::QueueName;
use serde_json::json;
use tempfile::TempDir;

use crate::{http::Http, memory::Memory};

/// How long mail and events may take.
const PATIENCE: Duration = Duration::from_secs(600);
/// The process is at rest when it computed for at most [`AT_REST`] ticks in so much time, twice in a row.
const LOOK: Duration = Duration::from_millis(100);
/// A tick is a hundredth of a second; waiting and looking takes a fraction of one.
const AT_REST: u64 = 1;

/// The process; it ends with this value.
pub(crate) struct Process {
    child: Child,
    /// What it said when it was ready: addresses by name.
    addresses: BTreeMap<String, String>,
    log: PathBuf,
    http: Http,
    _directory: TempDir,
}

impl Process {
    /// Starts it on an empty directory; it serves when this returns.
    pub(crate) fn start() -> Result<Self, String> {
        let directory = TempDir::with_prefix("lambdesk-bench-").map_err(|error| error.to_string())?;
        let log = directory.path().join("log");
        let child = Command::new(env!("CARGO_BIN_EXE_lambdesk"))
            .args(["--port", "0", "--smtp-port", "0", "--data-dir"])
            .arg(directory.path().join("data"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::create(&log).map_err(|error| error.to_string())?)
            .spawn()
            .map_err(|error| format!("{}: {error}", env!("CARGO_BIN_EXE_lambdesk")))?;
        let mut process = Self { child, addresses: BTreeMap::new(), log, http: Http::new(), _directory: directory };
        let mut lines = process.child.stdout.take().map(|stdout| BufReader::new(stdout).lines());
        while !["ready", "dynamodb", "sqs", "smtp"].iter().all(|name| process.addresses.contains_key(*name)) {
            let Some(Ok(line)) = lines.as_mut().and_then(Iterator::next) else {
                return Err(format!("the process did not get ready\n{}", process.last_words()));
            };
            process.addresses.extend(line.split_once(' ').map(|(name, url)| (name.to_owned(), url.to_owned())));
        }
        Ok(process)
    }

    pub(crate) fn url(&self) -> &str {
        &self.addresses["ready"]
    }

    pub(crate) fn dynamodb(&self) -> &str {
        &self.addresses["dynamodb"]
    }

    /// An address that it said.
    pub(crate) fn address(&self, name: &str) -> Result<&str, String> {
        self.addresses.get(name).map(String::as_str).ok_or_else(|| format!("the process said nothing of {name}"))
    }

    /// The lines of its log that hold this.
    pub(crate) fn log_lines(&self, holding: &str) -> Vec<String> {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        log.lines().filter(|line| line.contains(holding)).map(str::to_owned).collect()
    }

    /// The end of its log.
    pub(crate) fn last_words(&self) -> String {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<_> = log.lines().collect();
        lines[lines.len().saturating_sub(10)..].join("\n")
    }

    pub(crate) fn memory(&self) -> Result<Memory, String> {
        Memory::of(self.child.id())
    }

    /// Waits until what was done has had all its effects: the queues are empty, and nothing is computed any more (the
    /// table's stream has no count to ask for).
    pub(crate) async fn settle(&self) -> Result<(), String> {
        let deadline = Instant::now() + PATIENCE;
        let mut quiet = 0;
        while quiet < 2 {
            let before = self.ticks()?;
            tokio::time::sleep(LOOK).await;
            quiet = if self.ticks()? - before <= AT_REST && self.waiting_jobs().await? == 0 { quiet + 1 } else { 0 };
            if Instant::now() > deadline {
                return Err(format!("{} jobs are left after {} s", self.waiting_jobs().await?, PATIENCE.as_secs()));
            }
        }
        Ok(())
    }

    async fn waiting_jobs(&self) -> Result<u64, String> {
        let sqs = &self.addresses["sqs"];
        let headers = [("x-amz-target", "AmazonSQS.GetQueueAttributes"), ("content-type", "application/x-amz-json-1.0")];
        let mut waiting = 0;
        for queue in QueueName::ALL {
            let url = format!("{sqs}/{ACCOUNT}/{}", queue.as_str());
            let body = json!({ "QueueUrl": url, "AttributeNames": ["All"] });
            let answer = self.http.send(Method::POST, sqs, &headers, Some(&body)).await?.json()?;
            for count in
                ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessagesDelayed"]
            {
                let count = answer["Attributes"][count].as_str().and_then(|count| count.parse::<u64>().ok());
                waiting += count.ok_or_else(|| format!("what is this queue? {answer}"))?;
            }
        }
        Ok(waiting)
    }

    /// The time that it has computed, in ticks.
    fn ticks(&self) -> Result<u64, String> {
        let stat = self.proc("stat")?;
        // The name in parentheses comes second and may hold spaces; user and system time are the 14th and 15th.
        let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields).split_whitespace();
        Ok(fields.skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum())
    }

    fn proc(&self, file: &str) -> Result<String, String> {
        let path = format!("/proc/{}/{file}", self.child.id());
        fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))
    }
}

const ACCOUNT: &str = "000000000000";

impl Drop for Process {
    fn drop(&mut self) {
        // Its data goes with it, so it need not tidy up; and if it is gone already, that is all that is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
