//! The command line's `main`.

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

use tokio::signal::unix::{SignalKind, signal};

use crate::{
    LocalDesk, Options,
    arguments::{HELP, Wish, read},
    seed,
};

/// Enough for requests, workers and the local services to run at once; they wait more than they compute.
const THREADS: usize = 4;
/// Of each, in bytes: a build without optimisation takes several times what one that is deployed does.
const STACK: usize = 16 * 1024 * 1024;

/// Runs the process until ctrl-c or SIGTERM.
pub fn main() -> ExitCode {
    let result = match read_command_line() {
        Ok(Wish::Help) => write!(io::stdout(), "{HELP}").map_err(|error| error.to_string()),
        Ok(Wish::Run(options)) => run(serve(options)),
        Ok(Wish::Provision(files)) => run(provision(files)),
        Err(error) => Err(error),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nowhere is left to say that stderr is closed.
            let _ = writeln!(io::stderr(), "lambdesk: {error}");
            ExitCode::FAILURE
        }
    }
}

#[allow(clippy::disallowed_methods, reason = "the local process reads its environment here, once")]
fn read_command_line() -> Result<Wish, String> {
    read(std::env::args().skip(1), |name| std::env::var(name).ok())
}

fn run(work: impl Future<Output = Result<(), String>>) -> Result<(), String> {
    lambdesk_function::init_logs(false);
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(THREADS).thread_stack_size(STACK).enable_all().build();
    runtime.map_err(|error| error.to_string())?.block_on(work)
}

#[allow(clippy::disallowed_methods, reason = "the table and the credentials of a deployment are named in the environment")]
async fn provision(files: Vec<String>) -> Result<(), String> {
    let members = seed::provision_files(&files, |name| std::env::var(name).ok()).await?;
    write!(io::stdout(), "{members}").map_err(|error| error.to_string())
}

async fn serve(options: Options) -> Result<(), String> {
    let mut terminate = signal(SignalKind::terminate()).map_err(|error| error.to_string())?;
    let desk = LocalDesk::start(options).await?;
    announce(&desk).map_err(|error| error.to_string())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted.map_err(|error| error.to_string())?,
        _ = terminate.recv() => {}
    }
    tracing::info!("stopping");
    desk.stop().await;
    Ok(())
}

/// For people, and for scripts that wait for it.
fn announce(desk: &LocalDesk) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "ready {}", desk.url())?;
    for (service, url) in desk.endpoints() {
        writeln!(out, "{service} {url}")?;
    }
    if let Some(address) = desk.smtp() {
        writeln!(out, "smtp {address}")?;
    }
    out.flush()
}
