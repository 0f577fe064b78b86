//! How fast the desk is, and how much memory it takes: `make bench`, or with a tenth of the tickets
//! `cargo bench -p lambdesk-local --bench desk -- --quick`. How the functions start on Lambda is a run of its own,
//! `-- --cold`: it needs their release builds and nothing else, and would be disturbed by all that the other leaves behind. How mail
//! comes in is another, `-- --mail`; so is what time brings about, `-- --time`, and tickets of another desk, `-- --import`.
//!
//! The release build of the local process runs as it does for people. Every operation is measured over HTTP, and next to
//! it the DynamoDB calls that it consists of, made straight at the same engine in the same seconds: what lies between the
//! two is the desk. The sides take turns in rounds, so that whatever else the machine does meets both.

#[allow(dead_code, reason = "tests ask for more")]
#[path = "runtime/api.rs"]
mod api;
#[path = "bench/bare.rs"]
mod bare;
#[path = "bench/binary.rs"]
mod binary;
#[allow(dead_code, reason = "tests ask for more")]
#[path = "runtime/bootstrap.rs"]
mod bootstrap;
#[path = "bench/cold.rs"]
mod cold;
#[path = "bench/desk.rs"]
mod desk;
#[path = "bench/http.rs"]
mod http;
#[path = "bench/import.rs"]
mod import;
#[path = "bench/mail.rs"]
mod mail;
#[path = "bench/measure.rs"]
mod measure;
#[path = "bench/memory.rs"]
mod memory;
#[path = "bench/process.rs"]
mod process;
#[path = "bench/report.rs"]
mod report;
#[path = "support/smtp.rs"]
mod smtp;
#[path = "bench/time.rs"]
mod time;

use std::{
    io::{self, Write as _},
    process::ExitCode,
    sync::Arc,
    time::{Duration, Instant},
};

use self::{
    bare::Bare,
    desk::Desk,
    measure::{Load, Operation, Samples, Target, load},
    process::Process,
    report::{AIMED_AT, Report},
};

/// Something hangs if it takes longer.
const LONGEST_RUN: Duration = Duration::from_secs(20 * 60);

/// How much to do.
struct Plan {
    tickets: usize,
    rounds: usize,
    /// How long one operation of one side is called in a round.
    turn: Duration,
}

const FULL: Plan = Plan { tickets: 20_000, rounds: 5, turn: Duration::from_millis(800) };
const QUICK: Plan = Plan { tickets: 2_000, rounds: 2, turn: Duration::from_millis(500) };

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nowhere is left to say that stderr is closed.
            let _ = writeln!(io::stderr(), "bench: {error}");
            ExitCode::FAILURE
        }
    }
}

/// What to measure.
enum Run {
    Desk(Plan),
    Starts,
    Import,
    Mail,
    Time,
}

/// What is measured of the local process.
enum Work {
    Desk(Plan),
    Import,
    Mail,
    Time,
}

fn run() -> Result<(), String> {
    let run = read_arguments(std::env::args().skip(1))?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|error| error.to_string())?;
    let plan = match run {
        Run::Desk(plan) => Work::Desk(plan),
        Run::Import => Work::Import,
        Run::Mail => Work::Mail,
        Run::Time => Work::Time,
        Run::Starts => return say(&runtime.block_on(cold::measure())?.to_string()),
    };
    let process = Process::start()?;
    let measured = runtime.block_on(async {
        let work = async {
            match &plan {
                Work::Desk(plan) => measure(plan, &process).await,
                Work::Import => import::measure(&process, say).await,
                Work::Mail => say(&mail::measure(&process).await?),
                Work::Time => time::measure(&process, say).await,
            }
        };
        tokio::time::timeout(LONGEST_RUN, work).await
    });
    let measured = measured.unwrap_or_else(|_| Err(format!("not done after {} s", LONGEST_RUN.as_secs())));
    measured.map_err(|error| format!("{error}\n{}", process.last_words()))
}

/// Cargo itself passes `--bench`.
fn read_arguments(arguments: impl Iterator<Item = String>) -> Result<Run, String> {
    let mut run = Run::Desk(FULL);
    for argument in arguments {
        match argument.as_str() {
            "--bench" => {}
            "--quick" => run = Run::Desk(QUICK),
            "--cold" => run = Run::Starts,
            "--import" => run = Run::Import,
            "--mail" => run = Run::Mail,
            "--time" => run = Run::Time,
            _ => return Err(format!("{argument} is not known; --quick, --cold, --import, --mail and --time are")),
        }
    }
    Ok(run)
}

async fn measure(plan: &Plan, process: &Process) -> Result<(), String> {
    let mut report = Report::default();
    report.memory.push(("after start", process.memory()?));

    let started = Instant::now();
    let desk = Desk::open(process.url()).await?;
    let desk = Arc::new(desk.seed(plan.tickets, Load::Many.clients()).await?);
    let seeded = started.elapsed();
    process.settle().await?;
    let (seeded, settled) = (seeded.as_secs(), (started.elapsed() - seeded).as_secs());
    say(&format!("{} tickets opened in {seeded} s, all their mail sent {settled} s later", plan.tickets))?;
    report.memory.push((AIMED_AT, process.memory()?));

    let bare = Arc::new(Bare::open(process.dynamodb(), desk.clone()).await?);
    for round in 0..=plan.rounds {
        // The first round only warms both sides up.
        let turn = if round == 0 { plan.turn / 2 } else { plan.turn };
        let order = if round % 2 == 0 { [Side::Desk, Side::Bare] } else { [Side::Bare, Side::Desk] };
        for what in Operation::ALL.into_iter().flat_map(|operation| operation.loads().iter().map(move |load| (operation, *load)))
        {
            let mut pair = (Samples::default(), Samples::default());
            for side in order {
                match side {
                    Side::Desk => pair.0 = take_turn(&desk, process, what, turn).await?,
                    Side::Bare => pair.1 = take_turn(&bare, process, what, turn).await?,
                }
            }
            if round > 0 {
                report.add(what, pair);
            }
        }
    }
    report.memory.push(("after the run", process.memory()?));
    say(&report.to_string())
}

#[derive(Clone, Copy)]
enum Side {
    Desk,
    Bare,
}

/// What follows from a turn, such as mail, is done before the next.
async fn take_turn<T: Target>(
    target: &Arc<T>,
    process: &Process,
    what: (Operation, Load),
    turn: Duration,
) -> Result<Samples, String> {
    let samples = load(target, what, turn).await?;
    if what.0.writes() {
        process.settle().await?;
    }
    Ok(samples)
}

fn say(line: &str) -> Result<(), String> {
    writeln!(io::stdout(), "{line}").map_err(|error| error.to_string())
}
