//! What functions stand on: configuration, clock and identifiers, the store, queues, the mailer.

mod app;
mod clock;
mod config;
mod guard;
mod http;
mod ids;
mod jobs;
mod mailer;
mod metrics;

pub use self::{
    app::App,
    clock::{Clock, SystemClock},
    config::{Config, Oidc, Secret},
    http::HttpClient,
    ids::Ids,
    jobs::{EmailJob, Job, QueueName, Queues, SlaJob},
    mailer::{Mailer, MailerError},
    metrics::{Counted, Metric, count, counting},
};
