//! An admin goes back to the built-in words of a mail.

use axum::extract::State;
use lambdesk_domain::{BrandId, Language, Permission};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Need, Query, Reply, SignedIn, input};
use lambdesk_platform::App;

use crate::template_view::NoticePath;

/// Erases words.
pub const FUNCTION: Function = Function::http(
    "email-delete-template",
    "DELETE",
    "/v1/mail-templates/{notice}",
    Access::Permission(Permission::SettingsManage),
)
.summary("Erase the desk's own words of a mail")
.needs(&[Need::Query, Need::Put, Need::Delete]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).query::<Which>().answers_nothing()
}

input! {
    /// Which words.
    pub(crate) struct Which {
        /// Of this brand; of all brands where it is absent.
        brand: Option<BrandId>,
        /// In which language.
        language: Language,
    }
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    NoticePath(notice): NoticePath,
    Query(Which { brand, language }): Query<Which>,
) -> Result<Reply, ApiError> {
    app.desk(&caller).delete_mail_template(brand.as_ref(), notice, language).await?;
    Ok(Reply::no_content())
}
