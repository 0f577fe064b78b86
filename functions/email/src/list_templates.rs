//! The words of all mails: built in, and the desk's own.

use axum::extract::State;
use lambdesk_domain::{Language, Notice, Permission};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Need, Reply, SignedIn};
use lambdesk_platform::App;
use serde::Serialize;

use crate::template_view::TemplateView;

/// Lists the words.
pub const FUNCTION: Function =
    Function::http("email-list-templates", "GET", "/v1/mail-templates", Access::Permission(Permission::SettingsManage))
        .summary("List the words of mails, built in and own")
        .needs(&[Need::Query]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).answers_page::<TemplateView>()
}

/// All at once: few by nature.
#[derive(Serialize)]
struct Items {
    items: Vec<TemplateView>,
    next_cursor: Option<String>,
}

async fn handle(State(app): State<App>, SignedIn(caller): SignedIn) -> Result<Reply, ApiError> {
    // As it is now, so that who just wrote sees it, whichever process answers.
    let settings = app.desk(&caller).read_settings().await?;
    let own = settings.mail_templates.iter().map(TemplateView::own);
    let all = Notice::ALL.iter().flat_map(|notice| Language::ALL.iter().map(move |language| (*notice, *language)));
    let built_in = all.map(|(notice, language)| TemplateView::built_in(notice, language));
    Reply::ok(&Items { items: own.chain(built_in).collect(), next_cursor: None })
}
