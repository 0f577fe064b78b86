//! Staff put names to ids, and find whom to name: a requester, somebody to copy, a follower.
//!
//! Whoever works for some brands gets the name alone to an id of somebody whom these brands do not lead to: nothing but a ticket that
//! they see told them the id, and the name says no more than the ticket does. They find nobody but colleagues of their brands and
//! customers who asked one of these. [`lambdesk_domain::directory`] has the rule.

use std::collections::BTreeSet;

use axum::extract::State;
use futures_util::future::try_join_all;
use lambdesk_domain::{Brands, Caller, FieldError, ParseError, Permission, Person, PersonId, PersonKind, PersonSearch, PersonView};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Limit, Need, Query, Reply, SignedIn, input};
use lambdesk_platform::App;
use lambdesk_store::{
    PageRequest, PeopleQuery, StoreError,
    table::{CUSTOMER, QUEUE},
};
use serde::{Deserialize, Serialize};

use crate::people::known;

/// How many ids one call takes.
const MOST_IDS: usize = 100;
/// How many are looked at for a page where each may need a look at their requests.
const MOST_LOOKED_AT: i32 = 25;

/// Lists people.
pub const FUNCTION: Function =
    Function::http("people-list", "GET", "/v1/people", Access::Permission(Permission::TicketsUpdate))
        .summary("Name people by their ids, or find them by name or address")
        .needs(&[Need::Get, Need::GetMany, Need::Query, Need::Index(QUEUE), Need::Index(CUSTOMER)]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).query::<Filter>().answers_page::<PersonView>()
}

input! {
    /// Which people: those of `ids`, or those whom `search` finds.
    pub(crate) struct Filter {
        /// Ids with commas between, 1 to 100. Who is not there, or was erased, is left out.
        #[schema(value_type = Option<String>, example = "019aa0c4-1f00-7000-8000-000000000001,019aa0c4-1f00-7000-8000-000000000002")]
        ids: Option<Ids>,
        /// How a name begins, or an address where nobody told a name; of a whole address, whose it is. Case does not matter.
        #[schema(value_type = Option<String>, min_length = 1, max_length = 254)]
        search: Option<PersonSearch>,
        /// Customers or staff alone; with `search`.
        kind: Option<PersonKind>,
        /// Items at most; with `search`.
        #[schema(value_type = Option<Limit>)]
        limit: Option<Limit>,
        /// The `next_cursor` of the page before; with `search`.
        cursor: Option<String>,
    }
}

/// Ids with commas between.
#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Ids(Vec<PersonId>);

impl TryFrom<String> for Ids {
    type Error = ParseError;

    fn try_from(text: String) -> Result<Self, ParseError> {
        let mut known = BTreeSet::new();
        let ids: Result<Vec<PersonId>, _> = text.split(',').map(|id| id.trim().parse()).collect();
        let mut ids = ids.map_err(|_| ParseError("must be UUIDs with commas between".to_owned()))?;
        if ids.len() > MOST_IDS {
            return Err(ParseError(format!("must be at most {MOST_IDS} ids, is {}", ids.len())));
        }
        ids.retain(|id| known.insert(*id));
        Ok(Self(ids))
    }
}

/// A page of people.
#[derive(Serialize)]
struct Items {
    items: Vec<PersonView>,
    next_cursor: Option<String>,
}

async fn handle(State(app): State<App>, SignedIn(caller): SignedIn, Query(filter): Query<Filter>) -> Result<Reply, ApiError> {
    let page = match asked(filter)? {
        Asked::Ids(ids) => {
            let people = app.desk(&caller).people(&ids).await?;
            let items = people.iter().filter_map(|person| PersonView::named(person, &caller)).collect();
            Items { items, next_cursor: None }
        }
        Asked::Search { search, kind, limit, cursor } => find(&app, &caller, (&search, kind), (limit, cursor)).await?,
    };
    Reply::ok(&page)
}

/// What is asked for.
#[derive(Debug)]
enum Asked {
    Ids(Vec<PersonId>),
    Search { search: PersonSearch, kind: Option<PersonKind>, limit: Limit, cursor: Option<String> },
}

/// One or the other: a list of all people is nobody's.
fn asked(filter: Filter) -> Result<Asked, ApiError> {
    let Filter { ids, search, kind, limit, cursor } = filter;
    match (ids, search) {
        (None, Some(search)) => Ok(Asked::Search { search, kind, limit: limit.unwrap_or_default(), cursor }),
        (None, None) => {
            let either = |field: &str| FieldError::new(field, "required", "either `ids` or `search` is required");
            Err(ApiError::invalid(vec![either("ids"), either("search")]))
        }
        (Some(Ids(ids)), search) => {
            let more = [
                ("search", search.is_some()),
                ("kind", kind.is_some()),
                ("limit", limit.is_some()),
                ("cursor", cursor.is_some()),
            ];
            let more = more.into_iter().filter(|(_, given)| *given);
            let wrong: Vec<_> = more.map(|(field, _)| FieldError::new(field, "not_allowed", "does not go with `ids`")).collect();
            if wrong.is_empty() { Ok(Asked::Ids(ids)) } else { Err(ApiError::invalid(wrong)) }
        }
    }
}

/// Whoever has this very address; or else a page of those whose names begin so.
async fn find(
    app: &App,
    caller: &Caller,
    (search, kind): (&PersonSearch, Option<PersonKind>),
    (limit, cursor): (Limit, Option<String>),
) -> Result<Items, ApiError> {
    let desk = app.desk(caller);
    if let Some(address) = search.address().filter(|_| cursor.is_none()) {
        let found = match desk.person_by_address(&address).await {
            Err(StoreError::NotFound) => None,
            found => Some(found?),
        };
        let fits = |person: &Person| kind.is_none_or(|kind| kind == person.role.into());
        let items = views(app, caller, &found.into_iter().filter(fits).collect::<Vec<_>>()).await?;
        if !items.is_empty() {
            return Ok(Items { items, next_cursor: None });
        }
    }
    // Asked for one or two at a time, whether there are more would tell of people who are not theirs to find.
    let limit = if caller.brands == Brands::All { limit.get() } else { MOST_LOOKED_AT };
    let page = PageRequest { limit, cursor, viewer: caller.person };
    let page = desk.people_named(PeopleQuery { search, kind }, &page).await?;
    Ok(Items { items: views(app, caller, &page.items).await?, next_cursor: page.next_cursor })
}

/// Those of them whom the caller knows.
async fn views(app: &App, caller: &Caller, people: &[Person]) -> Result<Vec<PersonView>, StoreError> {
    let views = try_join_all(people.iter().map(|person| known(app, caller, person))).await?;
    Ok(views.into_iter().flatten().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_a_hundred_at_most_and_each_once() {
        let id = |n: usize| format!("019aa0c4-1f00-7000-8000-{n:012}");
        let read = |text: String| Ids::try_from(text).map(|ids| ids.0.len());
        assert_eq!(read(format!("{}, {},{}", id(1), id(2), id(1))), Ok(2));
        let many = |count: usize| (0..count).map(id).collect::<Vec<_>>().join(",");
        assert_eq!(read(many(100)), Ok(100));
        for wrong in [many(101), String::new(), "x".to_owned(), format!("{},", id(1))] {
            assert!(read(wrong).is_err());
        }
    }
}
