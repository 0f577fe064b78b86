//! The AWS services of the process, each on a port of its own on 127.0.0.1.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use lambdesk_local_s3::{Credentials, Store};
use lambdesk_local_ses::{Mailbox, Relay};
use lambdesk_local_sqs::{QueueChanges, QueueName, Queues, RedrivePolicy, SendMessage};
use lambdesk_platform::Clock as _;
use tokio::net::TcpListener;

use crate::{clock::MovableClock, dynamo::Dynamo, group::Group, object_events};

/// The credentials that every local AWS tool is used to; they open nothing but these ports on this machine.
pub(crate) const ACCESS_KEY: (&str, &str) = ("test", "test");
/// Where stream records go that a function cannot take.
pub(crate) const STREAM_DEAD_LETTERS: &str = "events-dead-letters";

const VISIBILITY_S: u32 = 30;
const RECEIVES: u32 = 5;
/// 14 days: the longest that SQS keeps anything.
const DEAD_LETTER_RETENTION_S: u32 = 1_209_600;

/// The services, running.
pub(crate) struct Aws {
    pub(crate) dynamo: Arc<Dynamo>,
    pub(crate) queues: Queues,
    pub(crate) mailbox: Mailbox,
    pub(crate) store: Arc<Store>,
    /// The URL of each, by its name.
    pub(crate) endpoints: BTreeMap<&'static str, String>,
}

impl Aws {
    /// Opens the data below `directory` and serves it from tasks of `group`.
    pub(crate) async fn start(
        directory: &Path,
        clock: &MovableClock,
        relay: Option<Relay>,
        group: &mut Group,
    ) -> Result<Self, String> {
        let dynamo = Arc::new(Dynamo::open(&directory.join("dynamodb.sqlite"))?);
        let queues = Queues::open_with_clock(&directory.join("sqs.sqlite"), Arc::new(clock.clone()));
        let queues = queues.map_err(|error| format!("sqs.sqlite: {error}"))?;
        let told = |clock: &MovableClock| {
            let clock = clock.clone();
            Arc::new(move || clock.now())
        };
        let mut store = Store::open(directory.join("s3"), told(clock)).map_err(|error| format!("s3: {error}"))?;
        create_buckets(&store)?;
        object_events::connect(&mut store, &queues);
        let store = Arc::new(store);
        let mailbox =
            Mailbox::open(directory.join("mailbox"), relay, told(clock)).map_err(|error| format!("mailbox: {error}"))?;

        pass_on_events(&mailbox, queues.clone());

        let mut endpoints = BTreeMap::new();
        let mut bind = async |name| -> Result<TcpListener, String> {
            let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(|error| format!("{name}: {error}"))?;
            let address = listener.local_addr().map_err(|error| format!("{name}: {error}"))?;
            endpoints.insert(name, format!("http://{address}"));
            Ok(listener)
        };

        let listener = bind("dynamodb").await?;
        let (database, mut stop) = (dynamo.database(), group.stop_signal());
        group.spawn(async move {
            let served = dynoxide::server::serve_with_shutdown(listener, database, async move { stop.requested().await }).await;
            report("dynamodb", served);
        });
        let (listener, served_queues, mut stop) = (bind("sqs").await?, queues.clone(), group.stop_signal());
        group.spawn(async move {
            report("sqs", stop.or(lambdesk_local_sqs::serve(listener, served_queues)).await.unwrap_or(Ok(())));
        });
        let (listener, served_mailbox, mut stop) = (bind("ses").await?, mailbox.clone(), group.stop_signal());
        group.spawn(async move {
            report("ses", stop.or(lambdesk_local_ses::serve(listener, served_mailbox)).await.unwrap_or(Ok(())));
        });
        let (listener, served_store, mut stop) = (bind("s3").await?, store.clone(), group.stop_signal());
        let credentials = Credentials { access_key: ACCESS_KEY.0.to_owned(), secret_key: ACCESS_KEY.1.to_owned() };
        group.spawn(async move {
            stop.or(lambdesk_local_s3::serve(listener, served_store, credentials)).await;
        });

        create_queues(&queues).map_err(|error| format!("sqs: {error}"))?;
        Ok(Self { dynamo, queues, mailbox, store, endpoints })
    }
}

/// What SES says of mails goes to their queue, as EventBridge's rule sends it on AWS. Not at once: there too the sender hears
/// first that its mail was taken.
fn pass_on_events(mailbox: &Mailbox, queues: Queues) {
    const DELAY_S: u32 = 1;
    let queue = queue_name(lambdesk_platform::QueueName::MailEvents);
    mailbox.tell(Arc::new(move |event| {
        let message = SendMessage { delay_s: Some(DELAY_S), ..SendMessage::new(event.to_string()) };
        if let Err(error) = queues.send(&queue, &message) {
            tracing::error!(%queue, %error, "an event of a mail is lost");
        }
    }));
}

fn report(service: &str, served: Result<(), impl std::fmt::Display>) {
    if let Err(error) = served {
        tracing::error!(service, %error, "a local service has stopped");
    }
}

fn create_buckets(store: &Store) -> Result<(), String> {
    for bucket in lambdesk_platform::BucketName::ALL {
        match store.create_bucket(&bucket_name(*bucket)) {
            Ok(()) | Err(lambdesk_local_s3::StoreError::BucketExists) => {}
            Err(error) => return Err(format!("s3: {error}")),
        }
    }
    Ok(())
}

/// The name of a bucket of the desk, in S3.
pub(crate) fn bucket_name(bucket: lambdesk_platform::BucketName) -> String {
    format!("lambdesk-{}", bucket.as_str())
}

/// The name of a queue of the desk, in SQS.
pub(crate) fn queue_name(queue: lambdesk_platform::QueueName) -> QueueName {
    QueueName::parse(queue.as_str()).expect("the desk's queues have valid names")
}

fn create_queues(queues: &Queues) -> Result<(), lambdesk_local_sqs::SqsError> {
    let dead_letters = QueueChanges { retention_s: Some(DEAD_LETTER_RETENTION_S), ..QueueChanges::default() };
    for queue in lambdesk_platform::QueueName::ALL {
        let dead_letter_queue = QueueName::parse(&format!("{}-dead-letters", queue.as_str()))?;
        ensure(queues, &dead_letter_queue, &dead_letters)?;
        let redrive = RedrivePolicy { dead_letter_queue, max_receive_count: RECEIVES };
        let changes = QueueChanges {
            visibility_timeout_s: Some(VISIBILITY_S),
            redrive_policy: Some(Some(redrive)),
            ..QueueChanges::default()
        };
        ensure(queues, &queue_name(*queue), &changes)?;
    }
    ensure(queues, &QueueName::parse(STREAM_DEAD_LETTERS)?, &dead_letters)
}

/// Makes a queue, or sets one that an earlier version left otherwise.
fn ensure(queues: &Queues, name: &QueueName, changes: &QueueChanges) -> Result<(), lambdesk_local_sqs::SqsError> {
    match queues.create_queue(name, changes) {
        Err(lambdesk_local_sqs::SqsError::QueueNameExists(_)) => queues.set_queue_attributes(name, changes),
        result => result,
    }
}
