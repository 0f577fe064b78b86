//! Who am I, and what may I do?

use axum::extract::State;
use lambdesk_domain::{Audience, Brands, Permission, PersonId, Role, TenantId};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Need, Reply, SignedIn};
use lambdesk_platform::App;
use lambdesk_store::StoreError;
use serde::Serialize;
use utoipa::ToSchema;

/// Reads the caller.
pub const FUNCTION: Function =
    Function::http("auth-me", "GET", "/v1/me", Access::SignedIn).summary("Who calls, and what they may do").needs(&[Need::Get]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).answers::<Me>(200)
}

/// The caller.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Me {
    tenant: TenantId,
    person: PersonId,
    /// Null where the desk does not know the person, only the token that names them.
    name: Option<String>,
    email: Option<String>,
    role: Role,
    /// Staff only: the brands they work for; null is all.
    #[schema(value_type = Option<Vec<lambdesk_domain::BrandId>>)]
    brands: Brands,
    audiences: Vec<Audience>,
    permissions: Vec<Permission>,
}

async fn handle(State(app): State<App>, SignedIn(caller): SignedIn) -> Result<Reply, ApiError> {
    let person = match app.desk(&caller).person(caller.person).await {
        Ok(person) => Some(person),
        Err(StoreError::NotFound) => None,
        Err(error) => return Err(error.into()),
    };
    let permissions = Permission::ALL.iter().copied().filter(|permission| caller.may(*permission)).collect();
    Reply::ok(&Me {
        tenant: caller.tenant,
        person: caller.person,
        name: person.as_ref().map(|person| person.display_name().to_owned()),
        email: person.map(|person| person.email.as_str().to_owned()),
        role: caller.role,
        brands: caller.brands,
        audiences: caller.audiences,
        permissions,
    })
}
