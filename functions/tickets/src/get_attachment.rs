//! A file, for those who see the message that it is attached to: what it is, and an address to get it from for a few minutes.

use axum::{extract::State, http::StatusCode};
use jiff::Timestamp;
use lambdesk_domain::{
    AttachmentId, Caller, CannedResponse, FileRecord, Permission, Scan, TicketRef, attachment::Barred, id::PreparedId,
    ticket::MessageView,
};
use lambdesk_function::{
    Access, ApiError, AttachmentPath, Endpoint, Function, Need, Query, Reply, SignedIn, download_address, find_prepared, input, may_be_given,
    scan_of,
};
use lambdesk_platform::{App, BucketName};
use lambdesk_store::StoreError;
use serde::Serialize;
use utoipa::ToSchema;

use crate::list_tickets::YesNo;

/// Gives out a file.
pub const FUNCTION: Function =
    Function::http("tickets-get-attachment", "GET", "/v1/attachments/{attachment}", Access::Permission(Permission::TicketsRead))
        .summary("Read what an attachment is, and get an address to download it from")
        .needs(&[Need::Get, Need::Query, Need::Read(BucketName::Attachments), Need::ReadTags(BucketName::Attachments)]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).query::<How>().answers::<Output>(200).answers_redirect()
}

input! {
    /// How it is to be answered.
    pub(crate) struct How {
        /// `true`: with 303 and the address in `Location`, for a link that a person follows.
        redirect: Option<YesNo>,
    }
}

/// A file as it can be had.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = File)]
pub(crate) struct Output {
    /// Identifier.
    id: AttachmentId,
    /// Its name.
    name: String,
    /// What its content says that it is. It is given out as that only if no browser could run it.
    content_type: String,
    /// Bytes.
    size: u64,
    /// What is known of its safety now.
    scan: Scan,
    /// Where to get it; null where it cannot be had.
    download: Option<Download>,
    /// Why it cannot.
    reason: Option<Barred>,
}

/// Where to get a file.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Download {
    /// The address, for GET. Whoever has it gets the file.
    url: String,
    /// When it ends.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    AttachmentPath(id): AttachmentPath,
    Query(how): Query<How>,
) -> Result<Reply, ApiError> {
    let file = visible(&app, &caller, id).await?;
    let config = app.desk(&caller).config().await?;
    let known = scan_of(&app, &caller.tenant, &file).await?;
    let given = may_be_given(&file, known, config.attachments);
    let download = match given {
        Ok(()) => {
            let (url, expires_at) = download_address(&app, &caller.tenant, &file).await?;
            Some(Download { url, expires_at })
        }
        Err(_) => None,
    };
    if how.redirect == Some(YesNo::True) {
        return redirect(download, given.err());
    }
    let FileRecord { id, name, content_type, size, .. } = file;
    let scan = known.unwrap_or(Scan::Pending);
    Reply::ok(&Output { id, name, content_type, size, scan, download, reason: given.err() })
}

/// The file, if it is there for the caller: what is attached, for those who see its message; what is not, for its uploader.
async fn visible(app: &App, caller: &Caller, id: AttachmentId) -> Result<FileRecord, ApiError> {
    let desk = app.desk(caller);
    let file = desk.attachment(id).await?;
    if let Some(keeper) = file.kept_by {
        return staff_file(app, caller, keeper, file).await;
    }
    let Some(place) = file.attached_to else {
        let theirs = file.is_loose_of(caller.person) && !file.is_forgotten(app.now());
        return if theirs { Ok(file) } else { Err(ApiError::not_found()) };
    };
    let ticket = desk.with_fate_of_target(desk.ticket(&TicketRef::Id(place.ticket)).await?).await?;
    // Of what was merged, those who see where it went see the files too.
    if !caller.sees(&ticket) {
        caller.see(desk.surviving(ticket).await?)?;
    }
    let message = match desk.message(place.ticket, place.message).await {
        // Of a reply that is not sent yet: staff alone see that there is one.
        Err(StoreError::NotFound) if caller.may(Permission::TicketsNote) => {
            return Ok(desk.scheduled(place.ticket, place.message).await.map(|_| file)?);
        }
        found => found?,
    };
    MessageView::of(&message, caller).map(|_| file).ok_or_else(ApiError::not_found)
}

/// What a canned response keeps, for those for whom the response is there.
async fn staff_file(app: &App, caller: &Caller, keeper: PreparedId, file: FileRecord) -> Result<FileRecord, ApiError> {
    if !caller.may(Permission::TicketsUpdate) {
        return Err(ApiError::not_found());
    }
    find_prepared::<CannedResponse>(app, caller, keeper).await.map(|_| file)
}

fn redirect(download: Option<Download>, barred: Option<Barred>) -> Result<Reply, ApiError> {
    match (download, barred) {
        (Some(download), _) => Ok(Reply::see_other(download.url)),
        (None, barred) => {
            let why = barred.map_or("unknown", Barred::as_str);
            Err(ApiError::new(StatusCode::CONFLICT, "file_not_given", format!("This file cannot be had: {why}.")))
        }
    }
}
