//! People as staff look them up: who that is, and how to reach them.
//!
//! A customer belongs to the desk, not to one of its brands: what ties them to a brand are their requests there. So whoever works for
//! all brands knows everybody. Whoever works for some knows the colleagues with whom they share one, and the customers who asked
//! one of theirs; nobody else is to be found by them, or read.
//!
//! Names alone are given out for less: to staff who name somebody by id. An id has 74 random bits, so nobody guesses one, and the
//! desk tells it only in what the asker sees or once saw, as a ticket that this person asked for, answered or is copied on. A
//! name is what stands beside that anyhow, in mails and in texts; an address or a company is not, so these stay with those who
//! know the person.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    caller::{Brands, Caller},
    error::ParseError,
    id::{OrganizationId, PersonId},
    person::Person,
    role::Role,
    text::EmailAddress,
    words::word,
};

word!(
    /// Which side of the desk somebody is on.
    PersonKind {
        /// Asks.
        Customer = "customer",
        /// Answers.
        Staff = "staff",
    }
);

impl From<Role> for PersonKind {
    fn from(role: Role) -> Self {
        if role.is_staff() { Self::Staff } else { Self::Customer }
    }
}

/// Somebody as staff see them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Person)]
pub struct PersonView {
    /// Identifier.
    pub id: PersonId,
    /// What to call them: their name, or their address where nobody told one. Null where that is an address that is not for the
    /// caller to see.
    pub name: Option<String>,
    /// Customer, or staff.
    pub kind: PersonKind,
    /// Their address; null where it is not for the caller to see.
    pub email: Option<EmailAddress>,
    /// A customer's company; null where there is none, or where it is not for the caller to see.
    pub organization: Option<OrganizationId>,
}

impl PersonView {
    /// Somebody of whom the caller knows the id: all of it where they know the person, otherwise the name.
    ///
    /// `None` for who was erased: there is nobody behind the id any more.
    pub fn named(person: &Person, caller: &Caller) -> Option<Self> {
        let known = caller.knows(person, false);
        let name = if known { Some(person.display_name()) } else { person.name.as_ref().map(crate::text::Name::as_str) };
        person.erased_at.is_none().then(|| Self {
            id: person.id,
            name: name.map(str::to_owned),
            kind: person.role.into(),
            email: known.then(|| person.email.clone()),
            organization: person.organization.clone().filter(|_| known),
        })
    }

    /// Somebody whom the caller knows; `None` for others, and for who was erased. `asked` says that they asked one of the caller's
    /// brands.
    pub fn known(person: &Person, caller: &Caller, asked: bool) -> Option<Self> {
        let known = caller.knows(person, asked) && person.erased_at.is_none();
        known.then(|| Self {
            id: person.id,
            name: Some(person.display_name().to_owned()),
            kind: person.role.into(),
            email: Some(person.email.clone()),
            organization: person.organization.clone(),
        })
    }
}

impl Caller {
    /// Whether the caller, who is staff, is to know how somebody is reached. `asked` says that the person asked one of the caller's
    /// brands; it is of no meaning for who works for all.
    pub fn knows(&self, person: &Person, asked: bool) -> bool {
        if !self.is_staff() {
            return false;
        }
        match (&self.brands, PersonKind::from(person.role)) {
            (Brands::All, _) => true,
            (brands, PersonKind::Staff) => brands.meet(&person.brands) || person.id == self.person,
            (Brands::Only(_), PersonKind::Customer) => asked,
        }
    }
}

/// What somebody looks for: how a name or an address begins.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct PersonSearch(String);

impl PersonSearch {
    /// Longer than any address, and than what anybody types.
    const LONGEST: usize = 254;

    /// Reads what was typed: white space around it says nothing, and case neither.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let text = text.trim();
        if text.is_empty() || text.len() > Self::LONGEST || text.chars().any(char::is_control) {
            return Err(ParseError::new(format!("must be the beginning of a name, of 1 to {} bytes", Self::LONGEST)));
        }
        Ok(Self(text.to_lowercase()))
    }

    /// In lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address that it is, where it is a whole one.
    pub fn address(&self) -> Option<EmailAddress> {
        EmailAddress::parse(&self.0).ok()
    }
}

impl TryFrom<String> for PersonSearch {
    type Error = ParseError;

    fn try_from(text: String) -> Result<Self, ParseError> {
        Self::parse(&text)
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;
    use crate::{
        id::{BrandId, TenantId},
        text::Name,
    };

    fn brands(names: &[&str]) -> Brands {
        Brands::Only(names.iter().map(|name| BrandId::parse(name).expect("fits")).collect())
    }

    fn person(number: u128, role: Role, brands: Brands) -> Person {
        let address = EmailAddress::parse(&format!("p{number}@example.test")).expect("fits");
        let organization = OrganizationId::parse("acme").ok();
        let name = Name::parse("Pia").ok();
        let person = Person::from_address(PersonId(Uuid::from_u128(number)), address, Timestamp::UNIX_EPOCH);
        Person { role, brands, organization, name, ..person }
    }

    fn caller(role: Role, brands: Brands) -> Caller {
        Caller {
            tenant: TenantId::parse("demo").expect("fits"),
            person: PersonId(Uuid::from_u128(9)),
            role,
            brands,
            audiences: Vec::new(),
            organization: None,
            scopes: None,
        }
    }

    #[test]
    fn whoever_works_for_some_brands_knows_whom_these_lead_to() {
        let customer = person(1, Role::Customer, Brands::All);
        let (of_ka, of_ol) = (person(2, Role::Agent, brands(&["KA"])), person(3, Role::Agent, brands(&["OL"])));
        let (all, ka) = (caller(Role::Agent, Brands::All), caller(Role::Manager, brands(&["KA"])));
        for somebody in [&customer, &of_ka, &of_ol] {
            assert!(all.knows(somebody, false));
            assert!(!caller(Role::Customer, Brands::All).knows(somebody, true), "customers look nobody up");
        }
        assert_eq!([&customer, &of_ka, &of_ol].map(|somebody| ka.knows(somebody, false)), [false, true, false]);
        assert_eq!([&customer, &of_ka, &of_ol].map(|somebody| ka.knows(somebody, true)), [true, true, false]);
        let none = Caller { person: of_ol.id, ..caller(Role::Agent, brands(&[])) };
        assert!(none.knows(&of_ol, false), "everybody knows themselves");
    }

    #[test]
    fn an_id_leads_to_a_name_and_no_further() {
        let ka = caller(Role::Agent, brands(&["KA"]));
        let stranger = person(1, Role::Customer, Brands::All);
        let seen = PersonView::named(&stranger, &ka).expect("there");
        assert_eq!(
            (seen.name.as_deref(), seen.kind, seen.email, seen.organization),
            (Some("Pia"), PersonKind::Customer, None, None)
        );
        let nameless = Person { name: None, ..stranger.clone() };
        assert_eq!(PersonView::named(&nameless, &ka).expect("there").name, None, "their address is no name");
        let all = caller(Role::Agent, Brands::All);
        let seen = PersonView::named(&nameless, &all).expect("there");
        assert_eq!((seen.name.as_deref(), seen.email), (Some("p1@example.test"), Some(nameless.email.clone())));
        assert_eq!(PersonView::known(&stranger, &ka, false), None);
        assert_eq!(PersonView::known(&stranger, &ka, true), PersonView::named(&stranger, &all));
        let erased = stranger.erased(Timestamp::UNIX_EPOCH).expect("a customer");
        assert_eq!((PersonView::named(&erased, &all), PersonView::known(&erased, &all, true)), (None, None));
    }

    #[test]
    fn what_is_typed_is_read_kindly() {
        let search = PersonSearch::parse("  Änn@Example.TEST ").expect("fits");
        assert_eq!((search.as_str(), search.address()), ("änn@example.test", None), "no address has such letters");
        assert!(PersonSearch::parse("Ann@Example.TEST").expect("fits").address().is_some());
        for wrong in ["", "  ", "a\u{0}b", &"x".repeat(255)] {
            assert!(PersonSearch::parse(wrong).is_err(), "{wrong:?}");
        }
    }
}
