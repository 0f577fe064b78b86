//! Somebody thinks better of a file before they attach it.

use axum::extract::State;
use lambdesk_domain::Permission;
use lambdesk_function::{Access, ApiError, AttachmentPath, Endpoint, Function, Need, Reply, SignedIn};
use lambdesk_platform::{App, BucketName};
use lambdesk_store::object_key;

/// Erases an upload.
pub const FUNCTION: Function = Function::http(
    "tickets-delete-attachment",
    "DELETE",
    "/v1/attachments/{attachment}",
    Access::Permission(Permission::TicketsReply),
)
.summary("Erase a file of yours that is not attached yet")
.needs(&[Need::Delete, Need::Erase(BucketName::Attachments)]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).answers_nothing()
}

/// The row first: a file that is attached in the same moment keeps its object.
async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    AttachmentPath(id): AttachmentPath,
) -> Result<Reply, ApiError> {
    app.desk(&caller).delete_loose_attachment(id, caller.person).await?;
    if let Err(error) = app.objects().delete(BucketName::Attachments, &object_key(&caller.tenant, id)).await {
        // Nobody can reach it any more; it only takes up room.
        tracing::warn!(tenant = %caller.tenant, attachment = %id, %error, "an object is left that belongs to no file");
    }
    Ok(Reply::no_content())
}
