//! The files that a message names: found, checked, and claimed with it.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use lambdesk_domain::{
    AttachmentId, Caller, Enclosed, FieldError, FileRecord, TicketId,
    attachment::{MAX_FILES, UNKNOWN_FILE},
};
use lambdesk_function::{ApiError, is_uploaded};
use lambdesk_platform::App;
use lambdesk_store::{Attach, StoreError};

/// What a message encloses, and what is to be saved with it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Files {
    pub(crate) enclosed: Enclosed,
    pub(crate) claims: Vec<Attach>,
}

/// The caller's uploads for a message on `ticket`, `None` for a new one; or all that is wrong with them, each by its place.
pub(crate) async fn enclose(
    app: &App,
    caller: &Caller,
    ids: Option<&Vec<AttachmentId>>,
    ticket: Option<TicketId>,
) -> Result<Files, ApiError> {
    let ids = ids.map(Vec::as_slice).unwrap_or_default();
    if ids.len() > MAX_FILES {
        let wrong = FieldError::new("attachments", "too_many", format!("must be at most {MAX_FILES}"));
        return Err(ApiError::invalid(vec![wrong]));
    }
    let mut seen = BTreeSet::new();
    let twice: Vec<_> = ids.iter().map(|id| !seen.insert(*id)).collect();
    let found = join_all(ids.iter().map(|id| find(app, caller, *id, ticket))).await;
    let (mut files, mut wrong) = (Files::default(), Vec::new());
    for (place, (found, twice)) in found.into_iter().zip(twice).enumerate() {
        let path = format!("attachments[{place}]");
        match found? {
            _ if twice => wrong.push(FieldError::new(path, "duplicate", "stands twice")),
            Err((code, message)) => wrong.push(FieldError::new(path, code, message)),
            Ok(file) => {
                files.claims.push(Attach::Claim { id: file.id, person: caller.person });
                files.enclosed.attachments.push(file.attachment());
            }
        }
    }
    if wrong.is_empty() { Ok(files) } else { Err(ApiError::invalid(wrong)) }
}

type Wrong = (&'static str, &'static str);

async fn find(
    app: &App,
    caller: &Caller,
    id: AttachmentId,
    ticket: Option<TicketId>,
) -> Result<Result<FileRecord, Wrong>, ApiError> {
    let file = match app.desk(caller).attachment(id).await {
        Ok(file) => file,
        Err(StoreError::NotFound) => return Ok(Err(UNKNOWN_FILE)),
        Err(error) => return Err(error.into()),
    };
    if let Err(wrong) = file.check_attachable(caller.person, ticket, app.now()) {
        return Ok(Err(wrong));
    }
    // Who has just uploaded a file may attach it at once.
    Ok(if is_uploaded(app, &caller.tenant, &file).await? { Ok(file) } else { Err(("not_uploaded", "was not uploaded yet")) })
}
