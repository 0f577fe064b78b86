//! An admin asks for a mail to be taken once more: after what was wrong with it was mended, or though it was ignored.

use axum::extract::{Path, State};
use lambdesk_domain::{MailOutcome, Permission};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Need, Reply, SignedIn};
use lambdesk_platform::{App, MailInJob, QueueName};
use lambdesk_store::StoreError;

use crate::list_inbound_mails::InboundMailView;

/// Takes a mail again.
pub const FUNCTION: Function = Function::http(
    "email-reprocess-inbound",
    "POST",
    "/v1/inbound-mails/{mail}/reprocess",
    Access::Permission(Permission::SettingsManage),
)
.summary("Take a mail once more that failed or was ignored")
.needs(&[Need::Get, Need::Send(QueueName::MailIn)]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).answers::<InboundMailView>(202)
}

/// One that became a message is answered as it is: it never becomes a second one.
async fn handle(State(app): State<App>, SignedIn(caller): SignedIn, Path(mail): Path<String>) -> Result<Reply, ApiError> {
    let id = mail.parse().map_err(|_| ApiError::not_found())?;
    let mail = app.desk(&caller).inbound_mail(id).await?;
    let is_done = matches!(mail.outcome, MailOutcome::Ticket | MailOutcome::Reply);
    if !is_done {
        let job = MailInJob::Again { tenant: caller.tenant.clone(), again: id };
        if !app.queues().send(&[job]).await.is_empty() {
            return Err(StoreError::Unavailable("the queue did not take it".to_owned()).into());
        }
    }
    Reply::accepted(&InboundMailView::of(&mail))
}
