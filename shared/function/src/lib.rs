//! How a function is declared, registered, authorised and served.
//!
//! A function is one file with a `FUNCTION` constant, an `endpoint()` and a `handle`. An area lists its functions once,
//! with [`area!`]; that list feeds the Lambda bootstrap, the local process, the tests and `openapi.json`.

mod bootstrap;
mod caller;
mod download;
mod endpoint;
mod erase;
mod error;
mod function;
mod input;
mod layer;
mod line;
mod merge;
mod named;
mod openapi;
mod period;
mod preconditions;
mod prepared;
mod query;
mod reply;
mod seen;
mod worker;

pub use self::{
    bootstrap::{bootstrap, init_logs},
    caller::{AUTHORIZER_CALLER, AUTHORIZER_PROBLEM, AUTHORIZER_UNAVAILABLE, SignedIn},
    download::{download_address, is_uploaded, may_be_given, scan_of},
    endpoint::{Endpoint, Service, WorkerFuture},
    erase::erase_enclosed,
    error::{ApiError, Failure},
    function::{Access, Function, Need, Trigger},
    input::{Field, Fields, FromFields, Json, Known, Patched, Scope},
    layer::{MAX_REQUEST_BYTES, RequestId},
    merge::Merge,
    named::id_for,
    openapi::document,
    period::period,
    preconditions::{Idempotent, IfMatch},
    prepared::{PreparedForTicket, PreparedPath, all_prepared, count_use, find_prepared, known_person},
    query::{AttachmentPath, Limit, Query, TicketPath},
    reply::Reply,
    seen::{check_seen, see_ticket},
    worker::{JobError, WorkerError, has_time_for},
};

// For the macros.
#[doc(hidden)]
pub use {serde, utoipa};

/// Lists the functions of an area: declares their modules and collects their endpoints. Adding a function is adding a
/// file and a line here.
#[macro_export]
macro_rules! area {
    ($($module:ident),+ $(,)?) => {
        $(pub mod $module;)+

        /// Every function of this area.
        pub fn endpoints() -> Vec<$crate::Endpoint> {
            vec![$($module::endpoint()),+]
        }

        /// The function of this name alone, so that a Lambda makes nothing that it does not serve; or the names that there are.
        pub fn endpoint(name: &str) -> Result<$crate::Endpoint, &'static [&'static str]> {
            $(if name == $module::FUNCTION.name {
                return Ok($module::endpoint());
            })+
            Err(&[$($module::FUNCTION.name),+])
        }
    };
}
