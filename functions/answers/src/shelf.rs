//! The life of a prepared thing, whichever it is: made, read, changed, erased.

use lambdesk_domain::{
    AttachmentId, Brands, Caller, DomainError, FieldError, TeamId,
    id::PreparedId,
    prepared::{KeptFile, Preparable, Prepared, Reach, Whose},
};
use lambdesk_function::{ApiError, FromFields, Idempotent, IfMatch, Merge, Reply, find_prepared};
use lambdesk_platform::App;
use lambdesk_store::{Shelf, StoreError};

use crate::{
    files,
    view::{FIXED, View},
};

/// Tries of a change that keeps meeting others, where the caller did not say which version they know.
const TRIES: usize = 6;

/// What somebody writes of a prepared thing.
pub(crate) trait Written: FromFields {
    /// What it is.
    type Thing: Preparable;

    /// The files that it is to have.
    fn files(&self) -> Vec<AttachmentId> {
        Vec::new()
    }

    /// Whose it is, and what, with these files.
    fn read(self, files: Vec<KeptFile>) -> (Whose, Self::Thing);
}

/// Whose something is, as it is written: its maker's where nothing is said.
pub(crate) fn whose(
    scope: Option<Reach>,
    team: Option<TeamId>,
    brands: Option<std::collections::BTreeSet<lambdesk_domain::BrandId>>,
) -> Whose {
    Whose { scope: scope.unwrap_or(Reach::Personal), team, brands: Brands::from(brands) }
}

/// Makes a thing. What somebody else makes beside it meanwhile is decided on again.
pub(crate) async fn create<W: Written>(
    app: &App,
    caller: &Caller,
    (path, written): (&str, W),
    key: &Idempotent,
) -> Result<Reply, ApiError> {
    let desk = app.desk(caller);
    key.check(&desk, app.now()).await?;
    let (found, wrong) = files::find(app, caller, &written.files(), &[]).await?;
    if !wrong.is_empty() {
        // The same request may just have been done, and have the files.
        key.check(&desk, app.now()).await?;
    }
    let (whose, content) = written.read(found);
    let (id, updated_at) = (PreparedId(app.new_id()), app.now());
    let thing = Prepared { id, whose, content, created_by: caller.person, updated_at, version: 1 };
    thing.check_allowed(caller)?;
    let config = desk.read_settings().await?.config;
    for _ in 0..TRIES {
        let shelf = desk.shelf::<W::Thing>(thing.owner()).await?;
        all_wrong(thing.check(None, &others(&shelf), &config, caller), &wrong)?;
        let reply = Reply::created(format!("{path}/{id}"), &View::of(&thing, 0, caller))?.etag(1);
        match desk.add_prepared(&thing, &shelf, (key.keep(&reply), app.now())).await {
            Ok(()) => return Ok(reply),
            Err(StoreError::Stale) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(kept_changing())
}

/// Reads a thing.
pub(crate) async fn read<T: Preparable>(app: &App, caller: &Caller, id: PreparedId) -> Result<Reply, ApiError>
where
    View<T>: serde::Serialize,
{
    let kept = find_prepared::<T>(app, caller, id).await?;
    Ok(Reply::ok(&View::of_kept(&kept, caller))?.etag(kept.prepared.version.into()))
}

/// Changes a thing. Its maker stays, and so does whether it is one person's.
pub(crate) async fn update<W: Written>(
    app: &App,
    caller: &Caller,
    (id, patch): (PreparedId, &Merge),
    if_match: &IfMatch,
) -> Result<Reply, ApiError> {
    let desk = app.desk(caller);
    for _ in 0..TRIES {
        let kept = find_prepared::<W::Thing>(app, caller, id).await?;
        let before = &kept.prepared;
        before.check_allowed(caller)?;
        if !if_match.accepts(before.version.into()) {
            return Err(ApiError::stale(Vec::new()));
        }
        let written = patch.onto::<W>(&View::of_kept(&kept, caller), &FIXED)?;
        let (found, wrong) = files::find(app, caller, &written.files(), before.content.files()).await?;
        let (whose, content) = written.read(found);
        let mut after = Prepared { whose, content, ..before.clone() };
        let config = desk.read_settings().await?.config;
        let shelf = desk.shelf::<W::Thing>(before.owner()).await?;
        all_wrong(after.check(Some(before), &others(&shelf), &config, caller), &wrong)?;
        if after != *before {
            (after.version, after.updated_at) = (before.version + 1, app.now());
            match desk.change_prepared((before, &after), &shelf, (caller.person, app.now())).await {
                Ok(()) => {}
                Err(StoreError::Stale) => continue,
                Err(error) => return Err(error.into()),
            }
        }
        return Ok(Reply::ok(&View::of(&after, kept.used, caller))?.etag(after.version.into()));
    }
    Err(kept_changing())
}

/// Erases a thing.
pub(crate) async fn delete<T: Preparable>(
    app: &App,
    caller: &Caller,
    id: PreparedId,
    if_match: &IfMatch,
) -> Result<Reply, ApiError> {
    for _ in 0..TRIES {
        let thing = find_prepared::<T>(app, caller, id).await?.prepared;
        thing.check_erasable(caller)?;
        if !if_match.accepts(thing.version.into()) {
            return Err(ApiError::stale(Vec::new()));
        }
        match app.desk(caller).delete_prepared(&thing, app.now()).await {
            Ok(()) => return Ok(Reply::no_content()),
            Err(StoreError::Stale) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(kept_changing())
}

/// What is wrong with the thing, and with the files that it names.
fn all_wrong(checked: Result<(), DomainError>, files: &[FieldError]) -> Result<(), DomainError> {
    match checked {
        Ok(()) if files.is_empty() => Ok(()),
        Ok(()) => Err(DomainError::Invalid(files.to_vec())),
        Err(DomainError::Invalid(wrong)) => Err(DomainError::Invalid([wrong.as_slice(), files].concat())),
        Err(error) => Err(error),
    }
}

fn others<T: Preparable>(shelf: &Shelf<T>) -> Vec<&Prepared<T>> {
    shelf.things.iter().map(|kept| &kept.prepared).collect()
}

fn kept_changing() -> ApiError {
    StoreError::Unavailable("what stands beside it kept changing".to_owned()).into()
}
