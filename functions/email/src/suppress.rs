//! An admin says that an address is sent nothing.

use axum::extract::{Path, State};
use lambdesk_domain::{EmailAddress, FailureDetail, FieldError, Permission, suppression};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Json, Need, Reply, SignedIn, input};
use lambdesk_platform::App;
use lambdesk_store::StoreError;

use crate::list_suppressions::SuppressionView;

/// Suppresses an address.
pub const FUNCTION: Function =
    Function::http("email-suppress", "PUT", "/v1/suppressions/{address}", Access::Permission(Permission::SettingsManage))
        .summary("Send nothing to an address")
        .needs(&[Need::Get, Need::Query, Need::Put]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).body::<Input>().answers::<SuppressionView>(200)
}

input! {
    /// Why nothing is to be sent.
    pub(crate) struct Input {
        /// In staff's words.
        detail: Option<FailureDetail>,
    }
}

/// Tries of a change that keeps meeting others.
const TRIES: usize = 6;

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    Path(address): Path<String>,
    Json(input): Json<Input>,
) -> Result<Reply, ApiError> {
    let wrong = |error: lambdesk_domain::error::ParseError| ApiError::invalid(vec![FieldError::new("address", "invalid", error.0)]);
    let address = EmailAddress::parse(&address).map_err(wrong)?;
    let desk = app.desk(&caller);
    let config = desk.config().await?;
    for _ in 0..TRIES {
        let before = desk.suppression(&address).await?;
        let after = suppression::by_hand(before.as_ref(), address.clone(), input.detail.clone(), &config, app.now())?;
        match desk.put_suppression(before.as_ref(), &after).await {
            Ok(()) => return Reply::ok(&SuppressionView::from(after)),
            Err(StoreError::Stale) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Unavailable("the address kept changing".to_owned()).into())
}
