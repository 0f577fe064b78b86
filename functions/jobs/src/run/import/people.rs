//! Who is who: the people of a file are found by their addresses, and customers who are not known are made. No file makes staff,
//! or gives somebody rights that they have not.

use std::collections::{BTreeMap, HashMap};

use lambdesk_domain::{EmailAddress, Name, Person, PersonId, ticket::ImportAuthor};
use lambdesk_store::StoreError;
use lambdesk_transfer::{ImportedAuthor, ImportedTicket};

use super::super::Work;

/// Those who are known in this step.
#[derive(Default)]
pub(super) struct People {
    staff: HashMap<EmailAddress, Person>,
    customers: HashMap<EmailAddress, Person>,
}

impl People {
    /// Reads the staff, who are few.
    pub(super) async fn begin(work: &Work<'_>) -> Result<Self, StoreError> {
        let staff = work.desk.staff().await?;
        let staff = staff.into_iter().map(|person| (person.email.clone(), person)).collect();
        Ok(Self { staff, customers: HashMap::new() })
    }

    /// Finds everybody whom these tickets need, and makes whoever is missing; in a trial, on paper alone.
    pub(super) async fn meet(
        &mut self,
        work: &Work<'_>,
        tickets: impl Iterator<Item = &ImportedTicket>,
        dry_run: bool,
    ) -> Result<(), StoreError> {
        let mut wanted: BTreeMap<&EmailAddress, Option<&Name>> = BTreeMap::new();
        for ticket in tickets {
            let authors = ticket.messages.iter().map(|message| &message.author).filter(|author| !author.is_staff);
            let authors = authors.filter_map(|author| Some((author.email.as_ref()?, author.name.as_ref())));
            for (email, name) in [(&ticket.requester.email, ticket.requester.name.as_ref())].into_iter().chain(authors) {
                if !self.staff.contains_key(email) && !self.customers.contains_key(email) {
                    let known = wanted.entry(email).or_default();
                    *known = known.or(name);
                }
            }
        }
        let addresses: Vec<_> = wanted.keys().map(|email| (*email).clone()).collect();
        for person in work.desk.people_by_addresses(&addresses).await? {
            wanted.remove(&person.email);
            self.customers.insert(person.email.clone(), person);
        }
        let new = |(email, name): (&EmailAddress, Option<&Name>)| {
            let id = PersonId(work.app.new_id());
            Person { name: name.cloned(), ..Person::from_address(id, email.clone(), work.app.now()) }
        };
        let new: Vec<_> = wanted.into_iter().map(new).collect();
        let new = if dry_run { new } else { add(work, new).await? };
        self.customers.extend(new.into_iter().map(|person| (person.email.clone(), person)));
        Ok(())
    }

    /// Somebody who was met.
    pub(super) fn person(&self, email: &EmailAddress) -> Option<&Person> {
        self.staff.get(email).or_else(|| self.customers.get(email))
    }

    /// A member of staff with this address.
    pub(super) fn staff(&self, email: &EmailAddress) -> Option<&Person> {
        self.staff.get(email)
    }

    /// Who wrote a message.
    pub(super) fn author(&self, author: &ImportedAuthor) -> ImportAuthor {
        let known = author.email.as_ref().and_then(|email| match author.is_staff {
            true => self.staff(email),
            false => self.person(email),
        });
        known.map_or_else(|| ImportAuthor::Stranger(author.name.clone()), |person| ImportAuthor::Known(Box::new(person.clone())))
    }
}

/// Adds people; whoever somebody else added in the same moment is taken as they are.
async fn add(work: &Work<'_>, new: Vec<Person>) -> Result<Vec<Person>, StoreError> {
    match work.desk.add_people(&new).await {
        Ok(()) => return Ok(new),
        Err(StoreError::Taken(_)) => {}
        Err(error) => return Err(error),
    }
    let mut people = Vec::new();
    for person in new {
        people.push(match work.desk.add_person(&person).await {
            Ok(()) => person,
            Err(StoreError::Taken(_)) => work.desk.person_by_address(&person.email).await?,
            Err(error) => return Err(error),
        });
    }
    Ok(people)
}
