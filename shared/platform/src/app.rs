//! The application that a function runs in: built once a process, without a network call.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use aws_credential_types::Credentials;
use jiff::Timestamp;
use lambdesk_domain::{
    Caller, Context, LinkToken, MessageKind, PersonId, ReplyToken, TenantConfig, TenantId, TicketId, audit::Signature,
};
use lambdesk_store::{Desk, Store};
use uuid::Uuid;

use crate::{Clock, Config, HttpClient, Ids, Mailer, Objects, Queues, SystemClock, guard::Guard, http::Trust};

/// Everything a function may use. Cheap to clone.
#[derive(Clone)]
pub struct App {
    instance: u64,
    config: Arc<Config>,
    clock: Arc<dyn Clock>,
    ids: Ids,
    store: Store,
    queues: Queues,
    mailer: Mailer,
    objects: Objects,
    http: HttpClient,
}

/// How many there were so far.
static INSTANCES: AtomicU64 = AtomicU64::new(0);

/// How long a service is waited for, and how often it is asked.
struct Patience {
    attempts: u32,
    attempt: Duration,
    operation: Duration,
}

impl Patience {
    /// Three tries: together far below the 15 s of a function that answers a request.
    const CALL: Self = Self { attempts: 3, attempt: Duration::from_secs(2), operation: Duration::from_secs(5) };
    /// Up to 40 MiB go in one call.
    const OBJECT: Self = Self { attempts: 3, attempt: Duration::from_secs(8), operation: Duration::from_secs(12) };
    /// One, because SES sends again what it is given again: the job comes back by itself. SES answers in well under a second.
    const MAIL: Self = Self { attempts: 1, attempt: Duration::from_secs(8), operation: Duration::from_secs(8) };
}

/// Bodies go as they are, without a checksum at their end: TLS and S3 itself guard them. Other engines have no names of
/// hosts for their buckets.
fn plain_objects(builder: &mut aws_sdk_s3::config::Builder, config: &Config) {
    use aws_sdk_s3::config::{RequestChecksumCalculation, ResponseChecksumValidation};
    builder.set_request_checksum_calculation(Some(RequestChecksumCalculation::WhenRequired));
    builder.set_response_checksum_validation(Some(ResponseChecksumValidation::WhenRequired));
    builder.set_force_path_style(Some(config.endpoints.contains_key("S3")));
}

impl App {
    /// The application on the machine's clock.
    pub fn new(config: Config) -> Self {
        Self::with_clock(config, Arc::new(SystemClock))
    }

    /// The application on another clock: the local process moves its own.
    pub fn with_clock(config: Config, clock: Arc<dyn Clock>) -> Self {
        let plain = |url: &String| url.starts_with("http://");
        let all_plain = config.endpoints.len() == 4 && config.endpoints.values().all(plain) && plain(&config.oidc.issuer);
        let http = HttpClient::new(match (all_plain, config.endpoints.is_empty()) {
            (true, _) => Trust::Plain,
            // AWS in China is signed by others too.
            (false, true) if !config.region.starts_with("cn-") => Trust::Amazon,
            (false, _) => Trust::System,
        });
        let (id, secret, token) = config.credentials.clone();
        let credentials = Credentials::new(id, secret, token, None, "environment");
        let region = aws_sdk_dynamodb::config::Region::new(config.region.clone());
        let guard = Guard::new(&config.queue_urls, &config.buckets);
        macro_rules! client {
            ($sdk:ident, $service:literal, $patience:expr $(, $setting:ident)*) => {{
                let Patience { attempts, attempt, operation } = $patience;
                let mut builder = $sdk::Config::builder()
                    .behavior_version($sdk::config::BehaviorVersion::latest())
                    .region(region.clone())
                    .credentials_provider(credentials.clone())
                    .http_client(http.sdk())
                    .interceptor(guard.clone())
                    .retry_config($sdk::config::retry::RetryConfig::standard().with_max_attempts(attempts))
                    .timeout_config(
                        $sdk::config::timeout::TimeoutConfig::builder()
                            .operation_attempt_timeout(attempt)
                            .operation_timeout(operation)
                            .build(),
                    );
                builder.set_endpoint_url(config.endpoints.get($service).cloned());
                $($setting(&mut builder, &config);)*
                $sdk::Client::from_conf(builder.build())
            }};
        }
        let store = Store::new(client!(aws_sdk_dynamodb, "DYNAMODB", Patience::CALL), &config.table, config.secret.reveal());
        let queues = Queues::new(client!(aws_sdk_sqs, "SQS", Patience::CALL), config.queue_urls.clone());
        let mailer =
            Mailer::new(client!(aws_sdk_ses, "SES", Patience::MAIL), &config.region, config.ses_configuration_set.clone());
        let objects = Objects::new(client!(aws_sdk_s3, "S3", Patience::OBJECT, plain_objects), config.buckets.clone());
        let instance = INSTANCES.fetch_add(1, Ordering::Relaxed);
        Self { instance, ids: Ids::new(clock.clone()), config: Arc::new(config), clock, store, queues, mailer, objects, http }
    }

    /// Which of the applications of this process it is, for what the process keeps. On Lambda there is one.
    pub fn instance(&self) -> u64 {
        self.instance
    }

    /// The configuration.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Now.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A new identifier.
    pub fn new_id(&self) -> Uuid {
        self.ids.next()
    }

    /// Random bytes fit for secrets.
    pub fn random<const N: usize>(&self) -> [u8; N] {
        self.ids.random()
    }

    /// The caller's part of the table, in their hands.
    pub fn desk<'a>(&'a self, caller: &'a Caller) -> Desk<'a> {
        let by_key = caller.scopes.is_some();
        let signature = Signature { person: caller.person, by_key, id: self.new_id(), at: self.now() };
        self.store.desk(&caller.tenant).signed(signature)
    }

    /// A tenant's part of the table: for workers, whose jobs name the tenant.
    pub fn desk_of<'a>(&'a self, tenant: &'a TenantId) -> Desk<'a> {
        self.store.desk(tenant)
    }

    /// The store itself: for what has no tenant yet (API keys, health), and for what is due in all of them.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The queues.
    pub fn queues(&self) -> &Queues {
        &self.queues
    }

    /// The mailer.
    pub fn mailer(&self) -> &Mailer {
        &self.mailer
    }

    /// The buckets.
    pub fn objects(&self) -> &Objects {
        &self.objects
    }

    /// The HTTP client.
    pub fn http(&self) -> &HttpClient {
        &self.http
    }

    /// Runs a command of the domain as this caller, now.
    pub fn act<T>(&self, caller: &Caller, config: &TenantConfig, command: impl FnOnce(&mut Context<'_>) -> T) -> T {
        self.act_as(Some(caller), config, command)
    }

    /// Runs a command of the domain as the desk itself, by a rule, now.
    pub fn act_alone<T>(&self, config: &TenantConfig, command: impl FnOnce(&mut Context<'_>) -> T) -> T {
        self.act_as(None, config, command)
    }

    fn act_as<T>(&self, caller: Option<&Caller>, config: &TenantConfig, command: impl FnOnce(&mut Context<'_>) -> T) -> T {
        let mut ids = || self.new_id();
        command(&mut Context { config, caller, now: self.now(), ids: &mut ids })
    }

    /// The token of a reply address in a mail to `person` about `ticket`, an answer to which becomes a message of this kind.
    pub fn reply_token(&self, tenant: &TenantId, ticket: TicketId, person: PersonId, kind: MessageKind) -> String {
        ReplyToken::sign(tenant, (ticket, person), kind, self.now(), KEY_NUMBER, self.config.secret.reveal())
    }

    /// A token for a link in a mail.
    pub fn sign_link(&self, token: &LinkToken) -> String {
        token.sign(self.now(), self.config.secret.reveal())
    }

    /// What a link says, if one of our keys signed it and its time is not over.
    pub fn read_link(&self, token: &str) -> Option<LinkToken> {
        let keys = [Some(&self.config.secret), self.config.previous_secret.as_ref()];
        keys.into_iter().flatten().find_map(|key| LinkToken::verify(token, self.now(), key.reveal()))
    }

    /// What a reply address says, if one of our keys signed it.
    pub fn read_reply_token(&self, tenant: &TenantId, token: &str) -> Option<ReplyToken> {
        let keys = [Some(&self.config.secret), self.config.previous_secret.as_ref()];
        keys.into_iter().flatten().find_map(|key| {
            ReplyToken::verify(tenant, token, self.now(), |number| (number == KEY_NUMBER).then_some(key.reveal()))
        })
    }
}

/// All keys are told apart by trying them; the number is kept free for a scheme that has many.
const KEY_NUMBER: u8 = 0;
