//! A bootstrap's process, started as Lambda starts it, with a Runtime API of its own.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use tempfile::TempDir;

use super::api::{Outcome, RuntimeApi};

/// Longer than anything takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often to look whether the process has ended, which nothing rings for.
const LOOK: Duration = Duration::from_millis(20);

/// What a function is told by its environment: name and value.
pub(crate) type Variables = BTreeMap<String, String>;

/// The process; it ends with this value.
pub(crate) struct Bootstrap {
    pub(crate) child: Child,
    pub(crate) api: RuntimeApi,
    started: Instant,
    /// Holds what it logged.
    directory: TempDir,
}

impl Bootstrap {
    /// Starts the binary as the process of one function, with these variables and those that Lambda adds, and no others.
    pub(crate) async fn start(binary: &Path, function: &str, variables: &Variables) -> Result<Self, String> {
        let name = format!("lambdesk-{function}");
        let api = RuntimeApi::start(&name).await?;
        let directory = TempDir::with_prefix("lambdesk-runtime-").map_err(|error| error.to_string())?;
        let log = File::create(directory.path().join(LOG)).map_err(|error| error.to_string())?;
        // Lambda takes both streams into the function's log.
        let also = log.try_clone().map_err(|error| error.to_string())?;
        let log_group = format!("/aws/lambda/{name}");
        let mut command = Command::new(binary);
        command
            .env_clear()
            .envs([
                ("_HANDLER", function),
                ("AWS_LAMBDA_RUNTIME_API", &api.address),
                ("AWS_LAMBDA_FUNCTION_NAME", &name),
                ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
                ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
                ("AWS_LAMBDA_LOG_GROUP_NAME", &log_group),
                ("AWS_LAMBDA_LOG_STREAM_NAME", "2026/11/20/[$LATEST]0f1f7a526c1e4f0b9f7e2d1f6a1f5a10"),
                ("AWS_EXECUTION_ENV", "AWS_Lambda_provided.al2023"),
                ("LAMBDA_TASK_ROOT", "/var/task"),
            ])
            .envs(variables)
            .stdin(Stdio::null())
            .stdout(also)
            .stderr(log);
        let started = Instant::now();
        let child = command.spawn().map_err(|error| format!("{}: {error}", binary.display()))?;
        Ok(Self { child, api, started, directory })
    }

    /// Waits until it asks for its first event, and says how long after its start that was.
    pub(crate) async fn ready(&mut self) -> Result<Duration, String> {
        let Self { child, api, .. } = self;
        let asked = within(api.asked(), ended(child)).await;
        asked.map(|asked| asked.duration_since(self.started)).map_err(|error| self.failed(&error))
    }

    /// Gives it an event, and waits for what comes of it.
    pub(crate) async fn invoke(&mut self, event: impl AsRef<[u8]>) -> Result<Outcome, String> {
        let Self { child, api, .. } = self;
        let outcome = within(api.invoke(event.as_ref().to_vec()), ended(child)).await;
        outcome.map_err(|error| self.failed(&error))
    }

    /// Waits until it ends; what it told Lambda of its start it has told by then.
    pub(crate) async fn ended(&mut self) -> Result<ExitStatus, String> {
        let status = tokio::time::timeout(PATIENCE, ended(&mut self.child)).await;
        status.map_err(|_| self.failed("it does not end"))?
    }

    /// What it logged so far.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.directory.path().join(LOG)).unwrap_or_default()
    }

    fn failed(&self, error: &str) -> String {
        format!("{error}; it logged:\n{}", self.log())
    }
}

const LOG: &str = "log";

/// What is waited for, unless the process ends first or patience does.
async fn within<T>(
    waited: impl Future<Output = T>,
    ended: impl Future<Output = Result<ExitStatus, String>>,
) -> Result<T, String> {
    let either = async {
        tokio::select! {
            value = waited => Ok(value),
            status = ended => Err(status.map_or_else(|error| error, |status| format!("the process has ended: {status}"))),
        }
    };
    tokio::time::timeout(PATIENCE, either).await.unwrap_or_else(|_| Err(format!("nothing after {} s", PATIENCE.as_secs())))
}

async fn ended(child: &mut Child) -> Result<ExitStatus, String> {
    loop {
        if let Some(status) = child.try_wait().map_err(|error| error.to_string())? {
            return Ok(status);
        }
        tokio::time::sleep(LOOK).await;
    }
}

impl Drop for Bootstrap {
    fn drop(&mut self) {
        // Gone already is all that is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
