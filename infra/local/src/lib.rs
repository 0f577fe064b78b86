//! Lambdesk on one machine: every function in one process, and the AWS services that they need.
//!
//! Functions see what they see on AWS: the same events from the same triggers, and `AWS_ENDPOINT_URL_…`. What stands in
//! for AWS here is real: DynamoDB ([`dynoxide`]), SQS, S3 and SES keep their data in one directory, and what was
//! acknowledged survives the death of the process.
//!
//! [`LocalDesk`] is the running process; [`main`] is its command line.

mod arguments;
mod aws;
mod clock;
mod demo;
mod desk;
mod dynamo;
mod gateway;
mod group;
mod identity;
mod incoming;
mod invoke;
mod issuer;
mod local_api;
mod object_events;
mod options;
pub mod presets;
mod private_file;
mod run;
mod seed;
mod settle;
mod state;
mod triggers;

use lambdesk_function::Endpoint;

pub use self::{
    clock::MovableClock,
    desk::LocalDesk,
    identity::serve_identity,
    issuer::Issuer,
    options::{Data, Options},
    run::main,
    seed::{Member, provision},
};
pub use lambdesk_local_ses::{Mailbox, Relay};

/// Every function of the desk, of all areas.
pub fn registry() -> Vec<Endpoint> {
    let areas = [
        lambdesk_tickets::endpoints(),
        lambdesk_email::endpoints(),
        lambdesk_events::endpoints(),
        lambdesk_auth::endpoints(),
        lambdesk_sla::endpoints(),
        lambdesk_jobs::endpoints(),
        lambdesk_people::endpoints(),
        lambdesk_answers::endpoints(),
        lambdesk_automation::endpoints(),
        lambdesk_views::endpoints(),
    ];
    areas.into_iter().flatten().collect()
}
