//! An admin brings tickets from another desk: first where to put the file, then (see `start_import`) the rest.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use axum::extract::State;
use jiff::{SignedDuration, Timestamp};
use lambdesk_domain::{
    BrandId, Caller, FieldError, Job, JobKind, Name, Permission, Priority, SourceId, Status, TenantConfig,
    id::JobId,
    job::{Counts, ImportFormat, ImportWhat, MAX_IMPORT_BYTES},
    ticket::wrong_fields,
};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Idempotent, Json, Known, Need, Reply, SignedIn, input};
use lambdesk_platform::{App, BucketName, SignedAddress};
use lambdesk_store::import_key;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::{ask::check_asker, job::JobView, run::import::FILE};

/// Announces an import.
pub const FUNCTION: Function =
    Function::http("jobs-import", "POST", "/v1/imports", Access::Permission(Permission::SettingsManage))
        .summary("Announce a file of tickets from another desk, and get an address to upload it to")
        .needs(&[Need::Get, Need::Query, Need::Put, Need::Write(BucketName::Attachments)]);

/// How long the address to upload to is good.
const UPLOAD_TIME: Duration = Duration::from_secs(60 * 60);
/// Words of the source that are translated, of each sort.
const MOST_WORDS: usize = 100;

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).body::<Input>().answers::<Output>(201)
}

input! {
    /// A file of tickets, and how it is to be read.
    pub(crate) struct Input {
        /// In which format.
        format: ImportFormat,
        /// Which desk the tickets come from: those of the same source with the same id are imported once. The format's name
        /// where it is not there.
        source: Option<SourceId>,
        /// What you call the file.
        name: Option<Name>,
        /// Bytes, exactly: at most 200 MiB.
        #[schema(minimum = 1, maximum = 209_715_200)]
        size: u64,
        /// The brand of tickets that name none, or one that does not exist here.
        #[schema(value_type = Option<BrandId>)]
        brand: Known<BrandId>,
        /// `true`: everything is checked and reported, and nothing is made.
        dry_run: Option<bool>,
        /// Words of the source for statuses.
        statuses: Option<BTreeMap<String, Status>>,
        /// Words of the source for priorities.
        priorities: Option<BTreeMap<String, Priority>>,
        /// Custom fields of the source (Zendesk: numbers; Zammad: names), and what they are called here.
        fields: Option<BTreeMap<String, String>>,
        /// Of CSV: whether a desk like this one wrote it, with an apostrophe before what looks like a formula.
        own_export: Option<bool>,
    }
}

/// A job that waits for its file, and where to upload it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportJob)]
pub(crate) struct Output {
    #[serde(flatten)]
    job: JobView,
    /// The request that uploads the file.
    upload: UploadRequest,
}

/// A request to be sent as it stands, with the file as its body.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportUpload)]
pub(crate) struct UploadRequest {
    /// `PUT`.
    method: String,
    /// The address.
    url: String,
    /// Headers to be sent exactly so.
    headers: BTreeMap<String, String>,
    /// When the address ends.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    key: Idempotent,
    Json(input): Json<Input>,
) -> Result<Reply, ApiError> {
    let (desk, now) = (app.desk(&caller), app.now());
    let what = input.check(&*desk.config().await?, &caller)?;
    let content_type = if what.format == ImportFormat::Csv { "text/csv" } else { "application/json" };
    let job = Job::waiting(JobId(app.new_id()), JobKind::Import { what: what.clone() }, caller.clone(), now);
    check_asker(&app, &job).await?;
    let place = import_key(&caller.tenant, job.id, FILE);
    let address = app.objects().put_address(BucketName::Attachments, &place, (content_type, what.size), UPLOAD_TIME).await?;
    let output = Output { job: JobView::of(job.clone(), &Counts::new()), upload: request(address, now) };
    let reply = Reply::created(format!("/v1/jobs/{}", job.id), &output)?;
    desk.add_job(&job, None, key.keep(&reply), now).await?;
    Ok(reply)
}

fn request(SignedAddress { method, url, headers }: SignedAddress, now: Timestamp) -> UploadRequest {
    let expires_at = now + SignedDuration::try_from(UPLOAD_TIME).unwrap_or(SignedDuration::ZERO);
    UploadRequest { method, url, headers, expires_at }
}

impl Input {
    /// What is to be done; or all that is wrong.
    fn check(self, config: &TenantConfig, caller: &Caller) -> Result<ImportWhat, ApiError> {
        let mut wrong = Vec::new();
        if !(1..=MAX_IMPORT_BYTES).contains(&self.size) {
            wrong.push(FieldError::new("size", "invalid", format!("must be 1 to {MAX_IMPORT_BYTES}")));
        }
        if self.brand.0.is_none() && !caller.brands.include(&config.default_brand) {
            wrong.push(FieldError::new("brand", "required", "is required: the desk's default brand is not yours"));
        }
        let (statuses, priorities) = (self.statuses.unwrap_or_default(), self.priorities.unwrap_or_default());
        let fields = self.fields.unwrap_or_default();
        for (path, count) in [("statuses", statuses.len()), ("priorities", priorities.len()), ("fields", fields.len())] {
            if count > MOST_WORDS {
                wrong.push(FieldError::new(path, "too_many", format!("must be at most {MOST_WORDS}")));
            }
        }
        wrong.extend(fields.iter().filter(|(_, ours)| !is_field(ours)).map(|(theirs, _)| {
            let path: String = format!("fields.{theirs}").chars().take(100).collect();
            FieldError::new(path, "invalid", "must be 1 to 40 letters, digits or _")
        }));
        let ours: BTreeSet<_> = fields.values().collect();
        if ours.len() < fields.len() {
            wrong.push(FieldError::new("fields", "invalid", "must not give two fields the same name"));
        }
        if self.own_export == Some(true) && self.format != ImportFormat::Csv {
            wrong.push(FieldError::new("own_export", "not_allowed", "is for CSV"));
        }
        let source = self.source.or_else(|| SourceId::parse(self.format.as_str()).ok());
        let source = source.ok_or_else(|| ApiError::invalid(vec![FieldError::new("source", "required", "is required")]))?;
        if !wrong.is_empty() {
            return Err(ApiError::invalid(wrong));
        }
        Ok(ImportWhat {
            format: self.format,
            source,
            name: self.name,
            size: self.size,
            brand: self.brand.0,
            dry_run: self.dry_run.unwrap_or(false),
            statuses,
            priorities,
            fields,
            own_export: self.own_export.unwrap_or(false),
        })
    }
}

fn is_field(name: &str) -> bool {
    wrong_fields(&BTreeMap::from([(name.to_owned(), Value::Null)]), None).is_empty()
}
