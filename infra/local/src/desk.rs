//! The running process.

use std::{
    collections::BTreeMap,
    fs::{File, TryLockError},
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use axum::{Router, serve::ListenerExt as _};
use lambdesk_function::Endpoint;
use lambdesk_local_ses::Mailbox;
use lambdesk_local_sqs::Queues;
use lambdesk_platform::{App, BucketName, Config, QueueName};
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::{
    aws::{ACCESS_KEY, Aws, bucket_name, queue_name},
    clock::MovableClock,
    demo,
    dynamo::TABLE,
    gateway::{self, pages::Pages},
    group::Group,
    incoming::{self, Incoming},
    issuer::{AUDIENCE, Issuer},
    local_api::{self, Local},
    options::{Data, Options},
    private_file, registry, seed, settle,
    state::State,
    triggers::{self, Activity, Schedules, Workshop},
};

/// A running process. Dropped without [`LocalDesk::stop`] it ends where it stands, and loses nothing on disk.
pub struct LocalDesk {
    url: String,
    smtp: Option<SocketAddr>,
    workshop: Workshop,
    mailbox: Mailbox,
    issuer: Arc<Issuer>,
    endpoints: BTreeMap<&'static str, String>,
    functions: Vec<Endpoint>,
    readers: Vec<&'static str>,
    /// The gateway and the port for mail, then what makes workers run, then the services that both need: stopped in this order.
    groups: [Group; 3],
    _files: Files,
}

/// The data directory, held so that no other process opens it.
struct Files {
    _lock: File,
    _ephemeral: Option<TempDir>,
}

impl LocalDesk {
    /// Starts the process. It serves when this returns.
    ///
    /// # Errors
    /// A sentence for people: the port is taken, the directory is in use, a file cannot be read.
    pub async fn start(options: Options) -> Result<Self, String> {
        let (directory, files) = Files::open(options.data)?;
        let listener =
            TcpListener::bind(("127.0.0.1", options.port)).await.map_err(|error| format!("port {}: {error}", options.port))?;
        let url = format!("http://{}", listener.local_addr().map_err(|error| error.to_string())?);
        let smtp = incoming::listen(options.smtp).await?;
        let state = State::open(&directory.join("state.sqlite"))?;
        let clock = MovableClock::open(state.clone())?;
        let issuer = Arc::new(Issuer::open(&directory.join("oidc.pem"), &url, clock.clone())?);
        let [mut front, mut middle, mut back] = [Group::new(), Group::new(), Group::new()];
        let aws = Aws::start(&directory, &clock, options.relay, &mut back).await?;
        let config = Config { scanner: options.scanner, ..config(&directory, &issuer, &url, &aws.endpoints, options.show_cost)? };
        let app = App::with_clock(config, Arc::new(clock.clone()));
        app.store().create_table().await.map_err(|error| error.to_string())?;
        aws.dynamo.add_indexes()?;

        let functions = registry();
        let activity = Activity::default();
        let local = Local { app: app.clone(), clock: clock.clone(), issuer: issuer.clone(), mailbox: aws.mailbox.clone() };
        let pages = Pages::read(options.web.as_deref(), aws.endpoints.get("s3").map_or("", String::as_str))?;
        let router = gateway::router(&functions, &app, activity.clone(), (local_api::router(local), pages));
        serve(listener, router.clone(), &mut front);
        let workshop =
            Workshop { app, clock, dynamo: aws.dynamo, queues: aws.queues, state, schedules: Schedules::default(), activity };
        triggers::start(&functions, &workshop, &mut middle)?;
        if options.demo {
            seed::seed(&workshop.app).await?;
            demo::open_tickets(&router, &issuer, &workshop.app).await;
        }
        let (smtp, address) = smtp.unzip();
        if let Some(listener) = smtp {
            incoming::serve(listener, Incoming { app: workshop.app.clone(), store: aws.store }, &mut front);
        }
        let readers = triggers::stream_functions(&functions);
        let groups = [front, middle, back];
        Ok(Self {
            url,
            smtp: address,
            workshop,
            mailbox: aws.mailbox,
            issuer,
            endpoints: aws.endpoints,
            functions,
            readers,
            groups,
            _files: files,
        })
    }

    /// Where the gateway is, without a slash at the end.
    pub fn url(&self) -> String {
        self.url.clone()
    }

    /// Where mail is taken by SMTP, if it is.
    pub fn smtp(&self) -> Option<SocketAddr> {
        self.smtp
    }

    /// The application that functions run in.
    pub fn app(&self) -> &App {
        &self.workshop.app
    }

    /// The mail that the desk sent.
    pub fn mailbox(&self) -> &Mailbox {
        &self.mailbox
    }

    /// The queues.
    pub fn queues(&self) -> &Queues {
        &self.workshop.queues
    }

    /// The identity provider.
    pub fn issuer(&self) -> &Issuer {
        &self.issuer
    }

    /// The clock that everything goes by.
    pub fn clock(&self) -> &MovableClock {
        &self.workshop.clock
    }

    /// The URLs of the AWS services: `dynamodb`, `s3`, `ses`, `sqs`.
    pub fn endpoints(&self) -> &BTreeMap<&'static str, String> {
        &self.endpoints
    }

    /// The functions as they run here: each with what it may call on AWS, and what it has called.
    pub fn functions(&self) -> &[Endpoint] {
        &self.functions
    }

    /// Waits until every schedule has run since the clock was last moved, the stream is read to its end, and the queues are
    /// empty, dead letters aside.
    ///
    /// # Errors
    /// What is left when the deadline is over.
    pub async fn settle(&self, deadline: Duration) -> Result<(), String> {
        settle::settle(&self.workshop, &self.readers, deadline).await
    }

    /// Stops: takes no more requests and no mail, lets functions finish, closes the files.
    pub async fn stop(self) {
        for group in self.groups {
            group.stop().await;
        }
    }
}

impl Files {
    fn open(data: Data) -> Result<(PathBuf, Self), String> {
        let (directory, ephemeral) = match data {
            Data::Directory(directory) => (directory, None),
            Data::Ephemeral => {
                let directory = TempDir::with_prefix("lambdesk-").map_err(|error| format!("no temporary directory: {error}"))?;
                (directory.path().to_owned(), Some(directory))
            }
        };
        let wrong = |error: std::io::Error| format!("{}: {error}", directory.display());
        private_file::make_directory(&directory).map_err(wrong)?;
        let lock = File::create(directory.join("lock")).map_err(wrong)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(format!("{} is in use by another process", directory.display())),
            Err(TryLockError::Error(error)) => return Err(wrong(error)),
        }
        Ok((directory, Self { _lock: lock, _ephemeral: ephemeral }))
    }
}

/// What functions are told: the same variables as on AWS, but never through the environment of the process.
fn config(
    directory: &Path,
    issuer: &Issuer,
    url: &str,
    endpoints: &BTreeMap<&'static str, String>,
    show_cost: bool,
) -> Result<Config, String> {
    let secret = private_file::read_or_create(&directory.join("secret"), || private_file::hex(&private_file::random::<32>()));
    let secret = secret.map_err(|error| format!("secret: {error}"))?;
    let mut variables: BTreeMap<String, String> = [
        ("TABLE", TABLE),
        ("LAMBDESK_SECRET", secret.trim()),
        ("OIDC_ISSUER", issuer.url()),
        ("OIDC_AUDIENCE", AUDIENCE),
        ("MAIL_RECEIVER", "lambdesk.local"),
        ("PUBLIC_URL", url),
        ("AWS_REGION", lambdesk_local_sqs::REGION),
        ("AWS_ACCESS_KEY_ID", ACCESS_KEY.0),
        ("AWS_SECRET_ACCESS_KEY", ACCESS_KEY.1),
        ("LAMBDESK_SHOW_COST", if show_cost { "1" } else { "0" }),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    for (service, url) in endpoints {
        variables.insert(format!("AWS_ENDPOINT_URL_{}", service.to_uppercase()), url.clone());
    }
    let sqs = endpoints.get("sqs").map(String::as_str).unwrap_or_default();
    variables.extend(BucketName::ALL.iter().map(|bucket| (bucket.variable(), bucket_name(*bucket))));
    variables.extend(QueueName::ALL.iter().map(|queue| (queue.variable(), queue_name(*queue).url(sqs))));
    Config::read(|name| variables.get(name).cloned())
}

fn serve(listener: TcpListener, router: Router, group: &mut Group) {
    let mut stop = group.stop_signal();
    // Small answers go out at once instead of waiting for more.
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection without TCP_NODELAY");
        }
    });
    let served = axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>());
    let served = served.with_graceful_shutdown(async move { stop.requested().await });
    group.spawn(async move {
        if let Err(error) = served.await {
            tracing::error!(%error, "the gateway has stopped");
        }
    });
}
