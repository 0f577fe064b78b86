//! What a mail would look like with these words, and examples for values.

use axum::extract::State;
use lambdesk_domain::{BrandId, Language, Notice, Permission};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Json, Known, Need, Reply, SignedIn, input};
use lambdesk_platform::App;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    template::{Frame, Words, render, variables::examples},
    template_view::check,
};

/// Shows what words come to.
pub const FUNCTION: Function = Function::http(
    "email-preview-template",
    "POST",
    "/v1/mail-templates/preview",
    Access::Permission(Permission::SettingsManage),
)
.summary("See what a mail would look like with these words")
.needs(&[Need::Query]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).body::<Input>().answers::<Preview>(200)
}

input! {
    /// The words of a mail, as templates.
    pub(crate) struct Input {
        /// Of which mail.
        notice: Notice,
        /// As of this brand; the desk's first where it is absent.
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

/// A mail with examples for values.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Preview {
    subject: String,
    text: String,
    html: String,
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Json(input): Json<Input>,
) -> Result<Reply, ApiError> {
    let config = app.desk(&caller).config().await?;
    let brand = input.brand.0.as_ref().unwrap_or(&config.default_brand);
    let brand = config.brand(brand).ok_or_else(|| ApiError::internal("the default brand is not configured"))?;
    let words = Words { notice: input.notice, subject: &input.subject, text: &input.text, html: input.html.as_deref() };
    check(input.notice, &words)?;
    let ticket = (input.notice != Notice::UnassignedDigest).then_some(("DEMO-2026-0001", "The export stops after 512 rows"));
    let frame = Frame { language: input.language, brand, ticket, signature: None, left_out: &[], unsubscribe: None };
    let rendered = render(&words, &examples(input.notice), &frame).map_err(ApiError::internal)?;
    Reply::ok(&Preview { subject: rendered.subject, text: rendered.text, html: rendered.html })
}
