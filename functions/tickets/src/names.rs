//! People as callers name them: `me`, an id, an address.

use lambdesk_domain::{Caller, EmailAddress, ParseError, Permission, Person, PersonId, ticket};
use lambdesk_function::ApiError;
use lambdesk_platform::App;
use lambdesk_store::StoreError;
use serde::Deserialize;

/// An assignee as a caller names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) enum AssigneeName {
    Me,
    Id(PersonId),
}

impl TryFrom<String> for AssigneeName {
    type Error = ParseError;
    fn try_from(text: String) -> Result<Self, ParseError> {
        match text.as_str() {
            "me" => Ok(Self::Me),
            _ => text.parse().map(Self::Id).map_err(|_| ParseError("must be \"me\" or a person's id".to_owned())),
        }
    }
}

impl AssigneeName {
    /// Finds the assignee. Whether the caller may assign to them at all is asked first, so that the answer tells
    /// nothing about people.
    pub(crate) async fn find(self, app: &App, caller: &Caller) -> Result<ticket::Assignee, ApiError> {
        let id = match self {
            Self::Me => return Ok(ticket::Assignee::Me),
            Self::Id(id) if id == caller.person => return Ok(ticket::Assignee::Me),
            Self::Id(id) => id,
        };
        caller.check_may_assign_to(id)?;
        match app.desk(caller).person(id).await {
            Ok(person) => Ok(ticket::Assignee::Person(Box::new(person))),
            Err(StoreError::NotFound) => Err(ticket::unknown_assignee().into()),
            Err(error) => Err(error.into()),
        }
    }
}

/// A requester as staff name them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) enum RequesterName {
    Id(PersonId),
    Address(EmailAddress),
}

impl TryFrom<String> for RequesterName {
    type Error = ParseError;
    fn try_from(text: String) -> Result<Self, ParseError> {
        let address = || EmailAddress::parse(&text).map(Self::Address);
        text.parse()
            .map(Self::Id)
            .or_else(|_| address())
            .map_err(|_| ParseError("must be a person's id or e-mail address".to_owned()))
    }
}

/// A requester who was found, or who is new.
pub(crate) struct FoundRequester {
    pub(crate) person: Person,
    pub(crate) is_new: bool,
}

impl RequesterName {
    /// Finds the requester; an unknown address makes a person. Customers name nobody, known or not.
    pub(crate) async fn find(&self, app: &App, caller: &Caller) -> Result<FoundRequester, ApiError> {
        if !caller.may(Permission::TicketsUpdate) {
            return Err(lambdesk_domain::DomainError::Forbidden(vec![field("not_allowed", "only staff may set this")]).into());
        }
        let desk = app.desk(caller);
        let found = match self {
            Self::Id(id) => desk.person(*id).await,
            Self::Address(address) => desk.person_by_address(address).await,
        };
        match (found, self) {
            (Ok(person), _) => Ok(FoundRequester { person, is_new: false }),
            (Err(StoreError::NotFound), Self::Address(address)) => {
                let person = Person::from_address(PersonId(app.new_id()), address.clone(), app.now());
                Ok(FoundRequester { person, is_new: true })
            }
            (Err(StoreError::NotFound), Self::Id(_)) => {
                Err(ApiError::invalid(vec![field("unknown_person", "there is no such person")]))
            }
            (Err(error), _) => Err(error.into()),
        }
    }
}

fn field(code: &'static str, message: &str) -> lambdesk_domain::FieldError {
    lambdesk_domain::FieldError::new("requester", code, message)
}
