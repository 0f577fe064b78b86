//! What functions stand on: configuration, clock and identifiers, the store, queues, the mailer.

mod app;
mod clock;
mod config;
mod http;
mod ids;
mod jobs;
mod mailer;

pub use self::{
    app::App,
    clock::{Clock, SystemClock},
    config::{Config, Oidc, Secret},
    http::HttpClient,
    ids::Ids,
    jobs::{EmailJob, Job, QueueName, Queues},
    mailer::{Mailer, MailerError},
};
