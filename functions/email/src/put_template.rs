//! An admin writes words of their own for a mail.

use axum::extract::State;
use lambdesk_domain::{BrandId, Language, MailTemplate, Permission};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Json, Known, Need, Reply, SignedIn, input};
use lambdesk_platform::App;

use crate::{
    template::Words,
    template_view::{NoticePath, TemplateView, check},
};

/// Writes words.
pub const FUNCTION: Function = Function::http(
    "email-put-template",
    "PUT",
    "/v1/mail-templates/{notice}",
    Access::Permission(Permission::SettingsManage),
)
.summary("Write the words of a mail in a language, for a brand or for all")
.needs(&[Need::Query, Need::Put]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).body::<Input>().answers::<TemplateView>(200)
}

input! {
    /// The words of a mail, as templates.
    pub(crate) struct Input {
        /// For this brand; for all that have none of their own where it is absent.
        #[schema(value_type = Option<BrandId>)]
        brand: Known<BrandId>,
        /// In which language.
        language: Language,
        /// The subject, in one line.
        subject: String,
        /// The text.
        text: String,
        /// The HTML; made from the text where it is absent.
        html: Option<String>,
    }
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    NoticePath(notice): NoticePath,
    Json(input): Json<Input>,
) -> Result<Reply, ApiError> {
    let Input { brand, language, subject, text, html } = input;
    let template = MailTemplate { brand: brand.0, notice, language, subject, text, html };
    check(template.notice, &Words::of(&template))?;
    app.desk(&caller).put_mail_template(&template).await?;
    Reply::ok(&TemplateView::own(&template))
}
