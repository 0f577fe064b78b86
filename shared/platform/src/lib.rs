//! What functions stand on: configuration, clock and identifiers, the store, queues, buckets, the mailer.

mod app;
mod clock;
mod config;
mod guard;
mod http;
mod ids;
mod jobs;
mod mail_events;
mod mailer;
mod metrics;
mod objects;
mod scanner;

pub use self::{
    app::App,
    clock::{Clock, SystemClock},
    config::{Config, Oidc, Secret},
    http::HttpClient,
    ids::Ids,
    jobs::{
        BackgroundJob, EmailJob, Job, LONGEST_WAIT, MailInJob, ObjectKey, ObjectPlace, ObjectStored, ObjectsStored, QueueName,
        Queues, RoutingJob, SlaJob, TestEvent, ViewsJob,
    },
    mail_events::{BounceEvent, ComplaintEvent, DelayEvent, EventMail, EventRecipient, MailEvent, MailEventJob, RejectEvent},
    mailer::{Mailer, MailerError, TENANT_TAG},
    metrics::{Counted, Metric, count, counting},
    objects::{BucketName, ObjectError, ObjectInfo, Objects, SignedAddress},
    scanner::{ScanError, Scanner},
};
