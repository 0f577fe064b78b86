//! Tickets are written into a file. A step writes a part; a rest that is too short for one (S3 takes 5 MiB at least) waits in an
//! object of its own for the next step. Every step writes under names that no other step uses, so that one which was overtaken
//! spoils nothing.

use futures_util::future::try_join_all;
use lambdesk_domain::{
    Caller, Job, Ticket, TicketRef,
    job::{ExportFormat, ExportWhat, FILE_KEPT, JobFile, Progress, TicketFilter, Upload},
    ticket::{MessageView, TicketView},
};
use lambdesk_platform::{App, BucketName, ObjectError};
use lambdesk_store::{Include, StoreError, export_key};
use serde_json::{Value, json};

use super::{End, Stepped, Trouble, Work, check_tries, walk::Walk};
use crate::table;

/// The least that S3 takes for a part, but for the last: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html>.
pub(super) const PART: usize = 5 * 1024 * 1024;
/// A rest is shorter than a part; what is read of it is bounded all the same.
const MOST_REST: u64 = PART as u64;
/// Tickets of one page: with their messages, of which each may have a megabyte, few.
const PAGE: i32 = 100;
const PAGE_WITH_MESSAGES: i32 = 10;
/// Objects that are erased at the same time.
const ERASED_AT_ONCE: usize = 32;
/// Pages of one step.
const PAGES: usize = 50;

/// The name of the object that a job's file is.
pub(crate) fn object_name(job: &Job) -> String {
    file_name(job.progress.upload.as_ref().map_or(0, |upload| upload.begun_by))
}

fn file_name(begun_by: u32) -> String {
    format!("file-{begun_by}")
}

pub(super) async fn step(
    work: &mut Work<'_>,
    caller: &Caller,
    filter: &TicketFilter,
    what: &ExportWhat,
) -> Result<Stepped, Trouble> {
    check_tries(work)?;
    let mut upload = work.job.progress.upload.clone().unwrap_or_default();
    let mut walk = Walk::of(work, filter, caller);
    let mut bytes = match upload.rest {
        Some(step) => read_rest(work, step).await?,
        None if work.job.progress.walk.is_none() => table::head(what),
        None => Vec::new(),
    };
    for _ in 0..PAGES {
        if walk.is_over() || bytes.len() >= PART || !work.has_time() {
            break;
        }
        let limit = if what.messages { PAGE_WITH_MESSAGES } else { PAGE };
        let tickets = walk.page(work, limit).await?;
        upload.tickets += tickets.len() as u64;
        for line in lines(work, caller, what, tickets).await? {
            bytes.extend(line);
        }
    }
    let file = write(work, what, &mut upload, (bytes, walk.is_over())).await?;
    let progress = Progress { walk: Some(walk.cursor), upload: Some(upload), ..work.job.progress.clone() };
    let end = file.map(|file| End::Done(Some(file)));
    Ok(Stepped { end, ..Stepped::at(progress) })
}

/// Erases what was written and is no part of the job's file: rests that were waited with, what a step wrote that was overtaken,
/// and all of it where there is no file.
pub(crate) async fn tidy(app: &App, job: &Job) -> Result<(), ObjectError> {
    for some in written_by(job).chunks(ERASED_AT_ONCE) {
        let keys: Vec<_> = some.iter().map(|name| export_key(&job.tenant, job.id, name)).collect();
        try_join_all(keys.iter().map(|key| app.objects().delete(BucketName::Attachments, key))).await?;
    }
    Ok(())
}

fn written_by(job: &Job) -> Vec<String> {
    let kept = job.file.is_some().then(|| object_name(job));
    let names = (1..=job.claims).flat_map(|step| [rest_name(step), file_name(step)]);
    names.filter(|name| Some(name) != kept.as_ref()).collect()
}

/// Writes what there is; the file, where that was the last of it.
pub(super) async fn write(
    work: &Work<'_>,
    what: &ExportWhat,
    upload: &mut Upload,
    (bytes, is_last): (Vec<u8>, bool),
) -> Result<Option<JobFile>, ObjectError> {
    let (objects, step, length) = (work.app.objects(), work.job.claims, bytes.len());
    let content_type = table::content_type(what.format);
    if !is_last && length < PART {
        objects.put(BucketName::Attachments, &object(work, &rest_name(step)), content_type, bytes).await?;
        upload.rest = Some(step);
        return Ok(None);
    }
    if is_last && upload.parts.is_empty() {
        upload.begun_by = step;
        objects.put(BucketName::Attachments, &object(work, &file_name(step)), content_type, bytes).await?;
        return Ok(Some(file(work, what.format, length as u64)));
    }
    let id = match upload.id.clone() {
        Some(id) => id,
        None => {
            upload.begun_by = step;
            objects.begin_parts(BucketName::Attachments, &object(work, &file_name(step)), content_type).await?
        }
    };
    let key = object(work, &file_name(upload.begun_by));
    if length > 0 {
        let tag = objects.put_part(BucketName::Attachments, (&key, &id), step, bytes).await?;
        upload.parts.push((step, tag));
        upload.bytes += length as u64;
    }
    upload.rest = None;
    if !is_last {
        upload.id = Some(id);
        return Ok(None);
    }
    match objects.end_parts(BucketName::Attachments, (&key, &id), &upload.parts).await {
        // A step that died before it could say so has done it: the object is there.
        Err(ObjectError::NotFound) => drop(objects.info(BucketName::Attachments, &key).await?),
        ended => ended?,
    }
    Ok(Some(file(work, what.format, upload.bytes)))
}

fn file(work: &Work<'_>, format: ExportFormat, size: u64) -> JobFile {
    let day = work.app.now().strftime("%Y-%m-%d");
    JobFile {
        name: format!("tickets-{day}.{format}"),
        content_type: table::content_type(format).to_owned(),
        size,
        expires_at: work.app.now() + FILE_KEPT,
    }
}

fn rest_name(step: u32) -> String {
    format!("rest-{step}")
}

fn object(work: &Work<'_>, name: &str) -> String {
    export_key(work.desk.tenant(), work.job.id, name)
}

pub(super) async fn read_rest(work: &Work<'_>, step: u32) -> Result<Vec<u8>, ObjectError> {
    work.app.objects().get(BucketName::Attachments, &object(work, &rest_name(step)), MOST_REST).await
}

/// A line for each ticket, as the caller sees it.
async fn lines(work: &Work<'_>, caller: &Caller, what: &ExportWhat, tickets: Vec<Ticket>) -> Result<Vec<Vec<u8>>, StoreError> {
    // With the versions of calendars that these tickets' promises are counted by.
    let config = work.desk.config_for_all(&tickets).await?;
    let view = |ticket: &Ticket| TicketView::of(ticket, caller, (&config, work.app.now()));
    if what.format == ExportFormat::Csv {
        return Ok(tickets.iter().map(|ticket| table::row(&view(ticket), &what.columns)).collect());
    }
    if !what.messages {
        return Ok(tickets.iter().map(|ticket| json_line(&json!(view(ticket)))).collect());
    }
    let with_messages = tickets.iter().map(async |ticket| {
        let include = Include { messages: true, events: false };
        let thread = work.desk.thread(&TicketRef::Id(ticket.id), include).await?;
        let messages: Vec<_> = thread.messages.iter().filter_map(|message| MessageView::of(message, caller)).collect();
        let mut line = json!(view(ticket));
        line["messages"] = json!(messages);
        line["messages_truncated"] = json!(thread.truncated);
        Ok::<_, StoreError>(json_line(&line))
    });
    try_join_all(with_messages).await
}

pub(super) fn json_line(value: &Value) -> Vec<u8> {
    let mut line = value.to_string().into_bytes();
    line.push(b'\n');
    line
}
