//! Shapes of answers that several functions share.

use lambdesk_function::Limit;
use lambdesk_store::PageRequest;
use serde::Serialize;

/// A page of a list.
#[derive(Debug, Serialize)]
pub(crate) struct Items<T> {
    /// The items; a page may hold fewer than asked for before the end.
    pub(crate) items: Vec<T>,
    /// Where to go on; null at the end.
    pub(crate) next_cursor: Option<String>,
}

lambdesk_function::input! {
    /// Which page.
    pub(crate) struct PageQuery {
        /// Items at most.
        #[schema(value_type = Option<Limit>)]
        limit: Option<Limit>,
        /// The `next_cursor` of the page before.
        cursor: Option<String>,
    }
}

impl PageQuery {
    pub(crate) fn request(self, viewer: lambdesk_domain::PersonId) -> PageRequest {
        PageRequest { limit: self.limit.unwrap_or_default().get(), cursor: self.cursor, viewer }
    }
}
