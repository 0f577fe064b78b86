//! Who a mail is from and whom it is copied to, as the desk knows them.

use std::collections::{BTreeMap, BTreeSet};

use lambdesk_domain::{EmailAddress, Name, Person, PersonId, TenantConfig, inbound};
use lambdesk_function::JobError;
use lambdesk_mail::{Mail, Mailbox};
use lambdesk_platform::App;
use lambdesk_store::{Desk, StoreError};

/// Whom one mail brings in at most: each of them is two more writes of its transaction.
const MOST_COPIED: usize = 10;

/// Somebody, and whether the desk knew them before.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) person: Person,
    pub(super) is_new: bool,
}

/// The person with this id; or, where nobody has the address yet, a customer who has it from now on.
pub(super) async fn sender(
    app: &App,
    desk: &Desk<'_>,
    known: Option<PersonId>,
    mailbox: &Mailbox,
    address: &EmailAddress,
) -> Result<Found, JobError> {
    match known {
        Some(id) => Ok(Found { person: desk.person(id).await?, is_new: false }),
        None => Ok(Found { person: newcomer(app, mailbox.name.as_deref(), address), is_new: true }),
    }
}

/// The person whom an agent forwards a mail of.
pub(super) async fn by_address(app: &App, desk: &Desk<'_>, mailbox: &Mailbox) -> Result<Option<Found>, JobError> {
    let Ok(address) = EmailAddress::parse(&mailbox.address) else { return Ok(None) };
    match desk.person_by_address(&address).await {
        Ok(person) => Ok(Some(Found { person, is_new: false })),
        Err(StoreError::NotFound) => Ok(Some(Found { person: newcomer(app, mailbox.name.as_deref(), &address), is_new: true })),
        Err(error) => Err(error.into()),
    }
}

/// Who else the mail was sent to: neither its sender, nor the desk itself, nor staff, who need no copy.
pub(super) async fn copied(
    app: &App,
    desk: &Desk<'_>,
    (mail, sender): (&Mail, &EmailAddress),
    config: &TenantConfig,
) -> Result<BTreeMap<PersonId, Found>, JobError> {
    let mut people = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for mailbox in mail.to.iter().chain(&mail.cc) {
        let Ok(address) = EmailAddress::parse(&mailbox.address) else { continue };
        if inbound::is_own(&address, config) || address == *sender || people.len() >= MOST_COPIED || !seen.insert(address) {
            continue;
        }
        if let Some(found) = by_address(app, desk, mailbox).await?.filter(|found| !found.person.role.is_staff()) {
            people.insert(found.person.id, found);
        }
    }
    Ok(people)
}

fn newcomer(app: &App, name: Option<&str>, address: &EmailAddress) -> Person {
    let mut person = Person::from_address(PersonId(app.new_id()), address.clone(), app.now());
    person.name = name.and_then(|name| Name::parse(name).ok());
    person
}
