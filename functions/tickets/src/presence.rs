//! Who else has a ticket before their eyes.

use lambdesk_domain::{Caller, Presence};
use lambdesk_function::{ApiError, Reply};
use serde::Serialize;
use utoipa::ToSchema;

/// Who is there besides the caller.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OthersHere {
    /// By since when they do what they do.
    others: Vec<Presence>,
}

impl OthersHere {
    pub(crate) fn reply(mut all: Vec<Presence>, caller: &Caller) -> Result<Reply, ApiError> {
        all.retain(|presence| presence.person != caller.person);
        all.sort_by_key(|presence| (presence.since, presence.person));
        Reply::ok(&Self { others: all })
    }
}
