//! An admin sees every mail that came, and what became of it.

use axum::extract::State;
use jiff::Timestamp;
use lambdesk_domain::{IgnoredBecause, InboundMail, InboundMailId, MailOutcome, MessageId, Permission, TicketId, Verdicts};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Limit, Need, Query, Reply, SignedIn};
use lambdesk_platform::App;
use lambdesk_store::{
    PageRequest,
    table::{AGENT, QUEUE},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Lists mails that came.
pub const FUNCTION: Function =
    Function::http("email-list-inbound", "GET", "/v1/inbound-mails", Access::Permission(Permission::SettingsManage))
        .summary("List mails that came, and what became of each")
        .needs(&[Need::Query, Need::Index(QUEUE), Need::Index(AGENT)]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).query::<MailsQuery>().answers_page::<InboundMailView>()
}

lambdesk_function::input! {
    /// Which mails.
    pub(crate) struct MailsQuery {
        /// Only those with this outcome.
        outcome: Option<MailOutcome>,
        /// Items at most.
        #[schema(value_type = Option<Limit>)]
        limit: Option<Limit>,
        /// The `next_cursor` of the page before.
        cursor: Option<String>,
    }
}

/// A mail that came, and what became of it.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct InboundMailView {
    /// Identifier.
    id: InboundMailId,
    /// Its sender, as it says; null where it could not be read.
    from: Option<String>,
    /// Its subject.
    subject: String,
    /// Its Message-ID.
    message_id: Option<String>,
    /// Its size in bytes.
    size: u64,
    /// How far its sender is proven; null where it could not be read.
    verdicts: Option<Verdicts>,
    /// When it came.
    #[schema(value_type = String, format = DateTime)]
    received_at: Timestamp,
    /// When it was last taken up.
    #[schema(value_type = String, format = DateTime)]
    handled_at: Timestamp,
    /// How often it was taken up.
    attempts: u32,
    /// What became of it.
    outcome: MailOutcome,
    /// The ticket that it opened or was added to.
    ticket: Option<TicketId>,
    /// The message that it became.
    message: Option<MessageId>,
    /// Why nothing followed from it.
    reason: Option<IgnoredBecause>,
    /// What went wrong.
    error: Option<String>,
}

impl InboundMailView {
    pub(crate) fn of(mail: &InboundMail) -> Self {
        let InboundMail {
            id,
            tenant: _,
            object: _,
            size,
            received_at,
            handled_at,
            attempts,
            from,
            subject,
            message_id,
            verdicts,
            outcome,
            ticket,
            message,
            about: _,
            reason,
            error,
        } = mail.clone();
        Self {
            id,
            from,
            subject,
            message_id,
            size,
            verdicts,
            received_at,
            handled_at,
            attempts,
            outcome,
            ticket,
            message,
            reason,
            error,
        }
    }
}

/// A page.
#[derive(Debug, Serialize)]
struct InboundMails {
    items: Vec<InboundMailView>,
    next_cursor: Option<String>,
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Query(MailsQuery { outcome, limit, cursor }): Query<MailsQuery>,
) -> Result<Reply, ApiError> {
    let page = PageRequest { limit: limit.unwrap_or_default().get(), cursor, viewer: caller.person };
    let page = app.desk(&caller).inbound_mails(outcome, &page).await?;
    Reply::ok(&InboundMails { items: page.items.iter().map(InboundMailView::of).collect(), next_cursor: page.next_cursor })
}
