//! People: customers and staff.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    at_work::AtWork,
    caller::{Brands, Caller},
    error::{DomainError, FieldError},
    id::{Audience, OrganizationId, PersonId, TeamId},
    notification::Notice,
    role::{Permission, Role},
    text::{EmailAddress, Name, Signature},
    ticket::Patch,
    words::Language,
};

/// One user of the desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Identifier.
    pub id: PersonId,
    /// What to call them; unknown for somebody who only ever wrote from an address.
    pub name: Option<Name>,
    /// Their address; one person an address within a tenant.
    pub email: EmailAddress,
    /// Their role.
    pub role: Role,
    /// Staff only: the brands they work for.
    pub brands: Brands,
    /// The audiences they belong to.
    #[serde(default)]
    pub audiences: Vec<Audience>,
    /// A customer's company.
    #[serde(default)]
    pub organization: Option<OrganizationId>,
    /// Staff only: their teams.
    #[serde(default)]
    pub teams: Vec<TeamId>,
    /// When the desk first knew them.
    pub created_at: Timestamp,
    /// Mails that they do not want.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub muted: BTreeSet<Notice>,
    /// The language of their mails; the brand's where they chose none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// Staff only: what stands under their replies; the brand's where they have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<Signature>,
    /// Staff only: what they can do, how much they carry, and whether they are there.
    #[serde(default, skip_serializing_if = "AtWork::is_default")]
    pub at_work: AtWork,
    /// When everything about them was erased, where they asked for that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erased_at: Option<Timestamp>,
    /// Grows by one with every change; the optimistic lock and the ETag.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub version: u64,
}

fn is_zero(version: &u64) -> bool {
    *version == 0
}

/// What somebody changes of how the desk writes to them: `None` leaves, `Some(None)` clears.
#[derive(Debug, Clone, Default)]
pub struct Preferences {
    /// Mails that they do not want.
    pub muted: Patch<BTreeSet<Notice>>,
    /// The language of their mails.
    pub language: Patch<Language>,
    /// What stands under their replies; staff only.
    pub signature: Patch<Signature>,
}

impl Person {
    /// Somebody who asked for help by address alone: a customer without a name.
    pub fn from_address(id: PersonId, email: EmailAddress, now: Timestamp) -> Self {
        Self {
            id,
            name: None,
            email,
            role: Role::Customer,
            brands: Brands::All,
            audiences: Vec::new(),
            organization: None,
            teams: Vec::new(),
            created_at: now,
            muted: BTreeSet::new(),
            language: None,
            signature: None,
            at_work: AtWork::default(),
            erased_at: None,
            version: 0,
        }
    }

    /// The person with these preferences; a change that changes nothing keeps the version.
    pub fn prefer(&self, wanted: Preferences) -> Result<Self, DomainError> {
        let Preferences { muted, language, signature } = wanted;
        let mut wrong = Vec::new();
        let unmutable = muted.iter().flatten().flatten().filter(|notice| !notice.may_be_muted_by(self.role));
        wrong.extend(unmutable.map(|notice| FieldError::new("muted", "not_allowed", format!("{notice} always comes"))));
        if signature.as_ref().is_some_and(Option::is_some) && !self.role.is_staff() {
            wrong.push(FieldError::new("signature", "not_allowed", "is for staff"));
        }
        if !wrong.is_empty() {
            return Err(DomainError::Invalid(wrong));
        }
        let mut after = self.clone();
        after.muted = muted.map_or(after.muted, Option::unwrap_or_default);
        after.language = language.unwrap_or(after.language);
        after.signature = signature.unwrap_or(after.signature);
        after.version += u64::from(after != *self);
        Ok(after)
    }

    /// The person without this mail; where they may not mute it, as they are.
    pub fn mute(&self, notice: Notice) -> Self {
        let mut muted = self.muted.clone();
        muted.insert(notice);
        let wanted = Preferences { muted: Some(Some(muted)), ..Preferences::default() };
        self.prefer(wanted).unwrap_or_else(|_| self.clone())
    }

    /// Whether this caller may have them erased, or what is known about them written down. They may have written to any brand, so it
    /// takes somebody who works for all.
    pub fn check_data_of(&self, caller: &Caller) -> Result<(), DomainError> {
        if caller.brands != Brands::All || !caller.may(Permission::SettingsManage) {
            return Err(DomainError::forbidden("person", "only who runs the desk for all brands may do this"));
        }
        if self.role.is_staff() {
            return Err(DomainError::rule("is_staff", "This is for customers: what staff did belongs to the desk."));
        }
        // Also who was erased before: what was cut off, or came later, goes by asking again.
        Ok(())
    }

    /// The person of whom nothing is known any more but that there was one. The history and the tickets go on naming their id,
    /// which leads here. Their address, which reaches nobody, is of a domain that can never be (RFC 2606).
    ///
    /// Errors: `Rule` for staff, whose part in other people's requests is not theirs to take back.
    pub fn erased(&self, now: Timestamp) -> Result<Self, DomainError> {
        if self.role.is_staff() {
            return Err(DomainError::rule("is_staff", "Staff cannot be erased: what they did belongs to the desk."));
        }
        if self.erased_at.is_some() {
            return Ok(self.clone());
        }
        let nowhere = EmailAddress::parse(&format!("{}@erased.invalid", self.id));
        let email = nowhere.map_err(|error| DomainError::invalid("email", "invalid", error.0))?;
        let version = self.version + 1;
        let created_at = self.created_at;
        Ok(Self {
            created_at,
            erased_at: Some(now),
            version,
            name: Name::parse("Erased").ok(),
            ..Self::from_address(self.id, email, now)
        })
    }

    /// The name, or the address where there is none.
    pub fn display_name(&self) -> &str {
        self.name.as_ref().map_or(self.email.as_str(), Name::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preference_that_changes_nothing_keeps_the_version() {
        let address = EmailAddress::parse("carl@example.test").expect("fits");
        let carl = Person::from_address(PersonId(uuid::Uuid::from_u128(1)), address, Timestamp::UNIX_EPOCH);
        let muted = carl.mute(Notice::Acknowledgement);
        assert_eq!((muted.version, muted.mute(Notice::Acknowledgement).version), (1, 1));
        assert_eq!(carl.mute(Notice::Reply), carl, "an answer to his request always comes");
        let signature = Preferences { signature: Some(Signature::parse("Carl").ok()), ..Preferences::default() };
        assert!(carl.prefer(signature).is_err(), "customers have none");
        let german = Preferences { language: Some(Some(Language::De)), ..Preferences::default() };
        assert_eq!(muted.prefer(german).map(|person| (person.language, person.version)), Ok((Some(Language::De), 2)));
    }
}
