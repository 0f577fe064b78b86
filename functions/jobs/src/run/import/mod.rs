//! Tickets are made of a file. A step reads on from where the last one was left, and goes on by batches of rows; what came of
//! them is saved with the place behind them. Whatever dies in between, its rows come again, and what was made is found to be there.

mod batch;
mod file;
mod people;
mod row;

use lambdesk_domain::{
    Caller, Job, JobItem, JobState,
    job::{ImportFormat, ImportWhat, Outcome, Progress, Reading},
};
use lambdesk_platform::{App, BucketName, ObjectError};
use lambdesk_store::{StoreError, import_key};
use lambdesk_transfer::Directory;

use self::{batch::Importer, file::File};
use super::{End, Stepped, Trouble, Work, check_tries};

/// The name of the object that an import's file is.
pub(crate) const FILE: &str = "file";
/// Rows of one batch.
const BATCH: usize = 64;
/// Steps that may break down where a thing that was given up is still in the way: then the file itself is.
const MOST_TRIES: u32 = 6;

pub(super) async fn step(work: &mut Work<'_>, caller: &Caller, what: &ImportWhat) -> Result<Stepped, Trouble> {
    if work.job.tries > MOST_TRIES {
        check_tries(work)?;
    }
    let mut reading = work.job.progress.import.clone().unwrap_or_default();
    let mut directory = Directory::default();
    if what.format == ImportFormat::Zendesk {
        if !reading.people {
            check_tries(work)?;
            file::learn_people(work).await?;
            return Ok(Stepped::at(progress(work, Reading { people: true, ..reading })));
        }
        directory = file::known_people(work).await?;
    }
    let mut file = File::open(work, what, directory, &reading)?;
    let mut importer = Importer::begin(work, caller, what).await?;
    let before = reading.offset;
    while work.has_time() {
        let most = if work.job.is_careful() { 1 } else { BATCH };
        let rows = match file.next_rows(work, most).await {
            // What stood before is made, and counted.
            Err(Trouble::Ended(problem)) => {
                let end = Some(End::Failed(problem));
                return Ok(Stepped { end, ..Stepped::at(progress(work, reading)) });
            }
            rows => rows?,
        };
        let Some(last) = rows.last() else {
            let total = reading.counts.values().sum();
            return Ok(Stepped { total: Some(total), ..Stepped::done(progress(work, reading)) });
        };
        let next = last.next.clone();
        let taken = if work.job.gives_up() && reading.offset == before {
            let items = rows.iter().map(|row| row::broke_down(row, work.app.now())).collect();
            importer.keep(work, items).await
        } else {
            Box::pin(importer.take(work, rows)).await
        };
        let counts = match taken {
            Ok(counts) => counts,
            // What was done is saved; the rest is another step's.
            Err(StoreError::Unavailable(_)) if reading.offset > before => break,
            Err(error) => return Err(error.into()),
        };
        for (outcome, count) in counts {
            *reading.counts.entry(outcome).or_default() += count;
        }
        reading.offset = next.offset;
        reading.position = Some(file::written(&next)?);
        let so_far = progress(work, reading.clone());
        if !work.save_carefully(&so_far).await? || is_stopped(work).await? {
            break;
        }
    }
    Ok(Stepped::at(progress(work, reading)))
}

/// Erases the file, and what was learnt of it.
pub(crate) async fn tidy(app: &App, job: &Job) -> Result<(), ObjectError> {
    for name in [FILE, file::PEOPLE] {
        app.objects().delete(BucketName::Attachments, &import_key(&job.tenant, job.id, name)).await?;
    }
    Ok(())
}

fn progress(work: &Work<'_>, reading: Reading) -> Progress {
    Progress { import: Some(reading), ..work.job.progress.clone() }
}

/// Whether somebody wants it to stop: nothing more is begun then.
async fn is_stopped(work: &Work<'_>) -> Result<bool, StoreError> {
    Ok(work.desk.job(work.job.id).await?.state == JobState::Stopping)
}

/// Counts what came of rows.
fn count<'a>(items: impl IntoIterator<Item = &'a JobItem>) -> std::collections::BTreeMap<Outcome, u64> {
    let mut counts = std::collections::BTreeMap::new();
    for item in items {
        *counts.entry(item.outcome).or_default() += 1;
    }
    counts
}
