//! People looked up: many by their ids, and some by how their names begin.

use std::collections::HashMap;

use futures_util::future::try_join_all;
use lambdesk_domain::{Person, PersonId, PersonKind, PersonSearch};

use crate::{
    Desk, Page, PageRequest,
    error::StoreError,
    item::{decode, string, text},
    table::QUEUE,
};

/// Whose names begin so.
#[derive(Debug, Clone, Copy)]
pub struct PeopleQuery<'a> {
    /// The beginning.
    pub search: &'a PersonSearch,
    /// Customers or staff alone.
    pub kind: Option<PersonKind>,
}

impl Desk<'_> {
    /// These people, in the order in which they are asked for; who is not there is left out. At most 100, which one call reads.
    pub async fn people(&self, ids: &[PersonId]) -> Result<Vec<Person>, StoreError> {
        let rows = self.store.get_many(ids.iter().map(|id| self.keys().person(*id)).collect()).await?;
        let people: Result<Vec<Person>, _> = rows.into_iter().map(|row| decode(row, "person")).collect();
        let mut people: HashMap<_, _> = people?.into_iter().map(|person| (person.id, person)).collect();
        Ok(ids.iter().filter_map(|id| people.remove(id)).collect())
    }

    /// A page of people by name: a query of customers, and one of staff.
    pub async fn people_named(&self, query: PeopleQuery<'_>, page: &PageRequest) -> Result<Page<Person>, StoreError> {
        let kinds = query.kind.as_ref().map_or(PersonKind::ALL, std::slice::from_ref);
        let prefix = query.search.as_str();
        let name = format!("{}#people#{}#{:?}#{prefix}", self.tenant, page.viewer, query.kind);
        let after = page.cursor.as_ref().map(|cursor| self.store.cursors.open(cursor, &name)).transpose()?;
        // One more than asked for: tells an end from a page that just fits.
        let named = kinds.iter().map(|kind| self.named(*kind, prefix, after.as_deref(), page.limit + 1));
        let (mut people, mut stops) = (Vec::new(), Vec::new());
        for (some, stop) in try_join_all(named).await? {
            people.extend(some);
            stops.extend(stop);
        }
        people.sort_by(|(a, _), (b, _)| a.cmp(b));
        // Beyond where a query stopped there may be others of its kind before those of the other.
        let frontier = stops.into_iter().min();
        if let Some(frontier) = &frontier {
            people.retain(|(position, _)| position <= frontier);
        }
        let limit = usize::try_from(page.limit).unwrap_or(1);
        let next = if people.len() > limit { people.get(limit - 1).map(|(position, _)| position.clone()) } else { frontier };
        people.truncate(limit);
        let next_cursor = next.map(|position| self.store.cursors.seal(&position, &name)).transpose()?;
        Ok(Page { items: people.into_iter().map(|(_, person)| person).collect(), next_cursor })
    }

    /// People of a kind with their places, and the place where reading stopped before the end.
    async fn named(&self, kind: PersonKind, prefix: &str, after: Option<&str>, limit: i32) -> Result<Named, StoreError> {
        // A place ends in an id, of a fixed length: nothing but that place begins with all of it.
        let low = after.map_or_else(|| prefix.to_owned(), |after| format!("{after}!"));
        let query = self
            .store
            .query()
            .index_name(QUEUE.name)
            .key_condition_expression("queue_pk = :people AND queue_sk BETWEEN :low AND :high")
            .expression_attribute_values(":people", text(self.keys().people_of(kind)))
            .expression_attribute_values(":low", text(low))
            // The last character of all sorts after every name that goes on.
            .expression_attribute_values(":high", text(format!("{prefix}{}", char::MAX)))
            .limit(limit);
        let (rows, last) = self.store.run(query).await?;
        let place = |row: &_| string(row, QUEUE.sort).to_owned();
        let people = rows.into_iter().map(|row| Ok((place(&row), decode(row, "person")?)));
        Ok((people.collect::<Result<_, StoreError>>()?, last.as_ref().map(place)))
    }
}

/// People with the places where they stand, and where reading stopped.
type Named = (Vec<(String, Person)>, Option<String>);
