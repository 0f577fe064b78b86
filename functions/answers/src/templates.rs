//! Ticket templates as they are written.

use std::collections::BTreeSet;

use lambdesk_domain::{
    BrandId, Name, TeamId, TicketTemplate,
    prepared::{KeptFile, Preset, Reach, Whose},
};
use lambdesk_function::input;

use crate::shelf::{Written, whose};

/// Where they are.
pub(crate) const PATH: &str = "/v1/ticket-templates";

input! {
    /// A beginning of tickets.
    pub(crate) struct Input {
        /// Whose it is: `personal` (the default), a `team`'s, or `shared` with everybody who works for its brands.
        scope: Option<Reach>,
        /// Which team's.
        team: Option<TeamId>,
        /// The brands that it is for; null is all of them. The tickets of one that is for a single brand are that brand's.
        brands: Option<BTreeSet<BrandId>>,
        /// What it is called.
        name: Name,
        /// Whether customers begin with it too; it must be shared then, and set nothing that customers may not.
        for_customers: Option<bool>,
        /// What the ticket holds where its creator says nothing else.
        ticket: Option<Preset>,
    }
}

impl Written for Input {
    type Thing = TicketTemplate;

    fn read(self, _: Vec<KeptFile>) -> (Whose, TicketTemplate) {
        let Self { scope, team, brands, name, for_customers, ticket } = self;
        let content = TicketTemplate { name, for_customers: for_customers.unwrap_or(false), ticket: ticket.unwrap_or_default() };
        (whose(scope, team, brands), content)
    }
}
