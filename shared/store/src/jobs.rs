//! Background jobs: a job, what it is to do, what came of each thing, and how many ended how.
//!
//! What came of a thing is written with what was done to it, in one transaction, which also counts it; on condition that the
//! thing was not done before, and that nobody stopped the job.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::{TransactWriteItem, Update};
use jiff::Timestamp;
use lambdesk_domain::{
    Job, JobItem, TenantId, TicketId,
    id::JobId,
    job::{Counts, Outcome},
    markup::Body,
};
use serde::{Deserialize, Serialize};

use crate::{
    Answer, Desk, IdempotencyKey, Page, PageRequest,
    error::StoreError,
    item::{Item, decode, encode, key, kind, number, string, text},
    keys::{JOB, JOB_COUNTS, JOB_ITEM},
    people::transact_put,
    request::{Guard, Part},
    table::{AGENT, DUE, Index, QUEUE},
};

const KIND: &str = "job";
const ITEM: &str = "job_item";
const PLAN: &str = "job_plan";
const COUNTS: &str = "job_counts";
/// What stands before an outcome in the attributes of the counts.
const COUNTED: &str = "n_";
/// Exports stand beside uploads, where nobody is told of them, and are erased by the bucket after a week.
const EXPORTS: &str = "exports/";

/// A job and the exact figures of what came of its things.
#[derive(Debug, Clone, PartialEq)]
pub struct JobWithCounts {
    /// The job.
    pub job: Job,
    /// How many things ended how.
    pub counts: Counts,
}

/// What a job is to do, where that is too long to stand in the job itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobPlan {
    /// The tickets.
    #[serde(default)]
    pub tickets: Vec<TicketId>,
    /// A note to leave on each.
    #[serde(default)]
    pub note: Option<Body>,
}

/// A thing of a job that is done.
#[derive(Debug, Clone, Copy)]
pub struct DoneItem<'a> {
    /// The job.
    pub job: &'a Job,
    /// What came of it.
    pub item: &'a JobItem,
}

/// The key of an object that belongs to an export. `name` says which: the file itself, or what is left over between two steps.
pub fn export_key(tenant: &TenantId, job: JobId, name: &str) -> String {
    format!("{EXPORTS}{tenant}/{job}/{name}")
}

impl Desk<'_> {
    /// Writes a new job with its plan, and keeps the answer where the request has an idempotency key.
    pub async fn add_job(
        &self,
        job: &Job,
        plan: Option<&JobPlan>,
        answer: Option<(&IdempotencyKey, &Answer)>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut counts = key(self.keys().job_counts(job.id));
        counts.insert("kind".to_owned(), text(COUNTS));
        counts.insert("expires_at".to_owned(), number(job.expires_at().as_second()));
        let mut parts = vec![self.put_new(self.job_row(job)?, "id")?, Part::new(transact_put(self.put(counts))?)];
        if let Some(plan) = plan {
            parts.push(self.plan_part(job, plan)?);
        }
        parts.extend(self.audit_part(lambdesk_domain::audit::Audited::job(&job.kind, job.id))?);
        if let Some((key, answer)) = answer {
            parts.push(self.idempotency_part(key, answer, now)?);
        }
        self.transact_once(parts, answer, now).await
    }

    /// The job.
    pub async fn job(&self, id: JobId) -> Result<Job, StoreError> {
        let item = self.get(self.keys().job(id)).await?.ok_or(StoreError::NotFound)?;
        decode(item, KIND)
    }

    /// The job and its figures of this moment, in one query.
    pub async fn job_with_counts(&self, id: JobId) -> Result<JobWithCounts, StoreError> {
        let query = self
            .store
            .query()
            .consistent_read(true)
            .key_condition_expression("pk = :pk AND sk BETWEEN :job AND :counts")
            .expression_attribute_values(":pk", text(self.keys().job(id).pk))
            .expression_attribute_values(":job", text(JOB))
            .expression_attribute_values(":counts", text(JOB_COUNTS));
        let (mut job, mut counts) = (None, Counts::new());
        for item in self.store.run_all(query).await? {
            match kind(&item) {
                KIND => job = Some(decode(item, KIND)?),
                _ => counts = counted(&item),
            }
        }
        Ok(JobWithCounts { job: job.ok_or(StoreError::NotFound)?, counts })
    }

    /// What the job is to do; empty where it has nothing to remember.
    pub async fn job_plan(&self, id: JobId) -> Result<JobPlan, StoreError> {
        self.get(self.keys().job_plan(id)).await?.map_or_else(|| Ok(JobPlan::default()), |item| decode(item, PLAN))
    }

    /// Writes a job that changed, with its plan where that changed too; `Stale` where somebody else changed it since it was read.
    pub async fn save_job(&self, job: &Job, plan: Option<&JobPlan>) -> Result<(), StoreError> {
        let mut parts = vec![self.changed_job_part(job)?];
        if let Some(plan) = plan {
            parts.push(self.plan_part(job, plan)?);
        }
        self.store.transact(parts).await
    }

    /// Writes a job that was begun, and keeps the answer where the request has an idempotency key; `Stale` where somebody else
    /// changed it since it was read.
    pub async fn start_job(
        &self,
        job: &Job,
        answer: Option<(&IdempotencyKey, &Answer)>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut parts = vec![self.changed_job_part(job)?];
        if let Some((key, answer)) = answer {
            parts.push(self.idempotency_part(key, answer, now)?);
        }
        self.transact_once(parts, answer, now).await
    }

    /// Writes a job that is to stop, and sees to it that nothing of it is done from now on.
    pub async fn stop_job(&self, job: &Job) -> Result<(), StoreError> {
        let stop = self
            .counts_update(job)
            .update_expression("SET #stopped = :yes")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_names("#stopped", "stopped")
            .expression_attribute_values(":yes", text("yes"))
            .build()
            .map_err(|error| StoreError::Corrupt(error.to_string()))?;
        let stop = Part::guarded(TransactWriteItem::builder().update(stop).build(), Guard::Unique("job"));
        self.store.transact(vec![self.changed_job_part(job)?, stop]).await
    }

    /// Keeps what came of a thing to which nothing was done. `Taken("item")` where that is known already, `Taken("stop")` where
    /// the job was stopped.
    pub async fn keep_job_item(&self, done: DoneItem<'_>) -> Result<(), StoreError> {
        self.store.transact(self.item_parts(done)?.into()).await
    }

    /// A page of what came of the job's things, in the order of their keys.
    pub async fn job_items(&self, job: JobId, page: &PageRequest) -> Result<Page<JobItem>, StoreError> {
        let partition = self.keys().job(job).pk;
        let name = format!("{partition}#items#{}", page.viewer);
        let after = page.cursor.as_ref().map(|cursor| self.store.cursors.open(cursor, &name)).transpose()?;
        let mut query = self
            .store
            .query()
            .consistent_read(true)
            .limit(page.limit)
            .key_condition_expression("pk = :pk AND begins_with(sk, :item)")
            .expression_attribute_values(":pk", text(partition))
            .expression_attribute_values(":item", text(JOB_ITEM));
        if let Some(after) = after {
            query = query.set_exclusive_start_key(Some(key(self.keys().job_item(job, &after))));
        }
        let (items, last) = self.store.run(query).await?;
        let position = |last: Item| string(&last, "sk").trim_start_matches(JOB_ITEM).to_owned();
        let next_cursor = last.map(|last| self.store.cursors.seal(&position(last), &name)).transpose()?;
        let items = items.into_iter().map(|item| decode(item, ITEM)).collect::<Result<_, _>>()?;
        Ok(Page { items, next_cursor })
    }

    /// A page of jobs, the newest first: one person's, or all.
    pub async fn jobs(&self, of: Option<lambdesk_domain::PersonId>, page: &PageRequest) -> Result<Page<Job>, StoreError> {
        let (index, partition) = match of {
            Some(person) => (AGENT, self.keys().jobs_of(person)),
            None => (QUEUE, self.keys().jobs()),
        };
        let name = format!("{partition}#{}", page.viewer);
        let after = page.cursor.as_ref().map(|cursor| self.store.cursors.open(cursor, &name)).transpose()?;
        let mut query = self
            .store
            .query()
            .index_name(index.name)
            .limit(page.limit)
            .scan_index_forward(false)
            .key_condition_expression("#pk = :pk")
            .expression_attribute_names("#pk", index.partition)
            .expression_attribute_values(":pk", text(&partition));
        if let Some(id) = after {
            query = query.set_exclusive_start_key(Some(self.place_of_job(&index, &partition, &id)?));
        }
        let (items, last) = self.store.run(query).await?;
        let next_cursor = last.map(|last| self.store.cursors.seal(string(&last, index.sort), &name)).transpose()?;
        let items = items.into_iter().map(|item| decode(item, KIND)).collect::<Result<_, _>>()?;
        Ok(Page { items, next_cursor })
    }

    fn place_of_job(&self, index: &Index, partition: &str, id: &str) -> Result<Item, StoreError> {
        let job = id.parse().map_err(|_| StoreError::InvalidCursor)?;
        let mut place = key(self.keys().job(job));
        place.insert(index.partition.to_owned(), text(partition));
        place.insert(index.sort.to_owned(), text(id));
        Ok(place)
    }

    /// The writes that note a thing of a job: what came of it, once, and the figure.
    pub(crate) fn item_parts(&self, DoneItem { job, item }: DoneItem<'_>) -> Result<[Part; 2], StoreError> {
        let row = self.item_row(job, item)?;
        let count = self
            .counts_update(job)
            .update_expression("ADD #counted :one")
            .condition_expression("attribute_exists(pk) AND attribute_not_exists(#stopped)")
            .expression_attribute_names("#stopped", "stopped")
            .expression_attribute_names("#counted", format!("{COUNTED}{}", item.outcome))
            .expression_attribute_values(":one", number(1))
            .build()
            .map_err(|error| StoreError::Corrupt(error.to_string()))?;
        let count = Part::guarded(TransactWriteItem::builder().update(count).build(), Guard::Unique("stop"));
        Ok([self.put_new(row, "item")?, count])
    }

    pub(crate) fn item_row(&self, job: &Job, item: &JobItem) -> Result<Item, StoreError> {
        let mut row = encode(self.keys().job_item(job.id, &item.key), ITEM, item)?;
        row.insert("expires_at".to_owned(), number(job.expires_at().as_second()));
        Ok(row)
    }

    fn counts_update(&self, job: &Job) -> aws_sdk_dynamodb::types::builders::UpdateBuilder {
        Update::builder().table_name(&*self.store.table).set_key(Some(key(self.keys().job_counts(job.id))))
    }

    fn changed_job_part(&self, job: &Job) -> Result<Part, StoreError> {
        let put = self
            .put(self.job_row(job)?)
            .condition_expression("#version = :before")
            .expression_attribute_names("#version", "version")
            .expression_attribute_values(":before", number(job.version - 1));
        Ok(Part::guarded(transact_put(put)?, Guard::Version))
    }

    fn plan_part(&self, job: &Job, plan: &JobPlan) -> Result<Part, StoreError> {
        let mut row = encode(self.keys().job_plan(job.id), PLAN, plan)?;
        row.insert("expires_at".to_owned(), number(job.expires_at().as_second()));
        Ok(Part::new(transact_put(self.put(row))?))
    }

    fn job_row(&self, job: &Job) -> Result<Item, StoreError> {
        let keys = self.keys();
        let mut row = encode(keys.job(job.id), KIND, job)?;
        for (name, value) in [
            (QUEUE.partition, keys.jobs()),
            (QUEUE.sort, job.id.to_string()),
            (AGENT.partition, keys.jobs_of(job.by.person)),
            (AGENT.sort, job.id.to_string()),
        ] {
            row.insert(name.to_owned(), text(value));
        }
        if let Some(lost_at) = job.lost_at() {
            let (due_pk, due_sk) = keys.due_job(lost_at, job.id);
            row.insert(DUE.partition.to_owned(), text(due_pk));
            row.insert(DUE.sort.to_owned(), text(due_sk));
        }
        row.insert("version".to_owned(), number(job.version));
        row.insert("expires_at".to_owned(), number(job.expires_at().as_second()));
        Ok(row)
    }
}

fn counted(item: &Item) -> Counts {
    let count = |outcome: &Outcome| {
        let value = item.get(&format!("{COUNTED}{outcome}"))?.as_n().ok()?.parse().ok()?;
        Some((*outcome, value))
    };
    Outcome::ALL.iter().filter_map(count).collect::<BTreeMap<_, _>>()
}
