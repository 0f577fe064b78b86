//! A deployment of the real template in an emulator (`make test-deploy`), as the file says that LAMBDESK_DEPLOYMENT names.

use std::{
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::Instant,
};

use aws_credential_types::Credentials;
use lambdesk_domain::{EmailAddress, TenantId};
use lambdesk_local::{presets, provision, serve_identity};
use lambdesk_platform::{App, Config};
use serde_json::Value;

use super::{Client, PATIENCE};

/// The deployment.
pub(crate) struct Deployment(Value);

/// Started once: where it serves is written into the deployment.
static IDENTITY: OnceLock<()> = OnceLock::new();
static DESKS: AtomicU32 = AtomicU32::new(0);

impl Deployment {
    /// The deployment that the environment names, if any.
    #[allow(clippy::disallowed_methods, reason = "it is named in the environment")]
    pub(crate) fn named() -> Option<Self> {
        let path = std::env::var("LAMBDESK_DEPLOYMENT").ok()?;
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        Some(Self(serde_json::from_str(&text).expect("JSON")))
    }

    /// What is at this place of the file, such as `/resources/Table/id`.
    #[track_caller]
    pub(crate) fn text(&self, pointer: &str) -> String {
        let value = self.0.pointer(pointer).and_then(Value::as_str);
        value.unwrap_or_else(|| panic!("{pointer} is no text in {}", self.0)).to_owned()
    }

    /// The functions: name in the code, name in Lambda.
    pub(crate) fn functions(&self) -> Vec<(String, String)> {
        let functions = self.0["functions"].as_object().expect("functions").iter();
        functions.map(|(name, deployed)| (name.clone(), deployed.as_str().expect("a name").to_owned())).collect()
    }

    /// The application over the deployment's table: what a function there stands on.
    pub(crate) fn app(&self) -> App {
        let variable = |name: &str| match name {
            "TABLE" => Some(self.text("/resources/Table/id")),
            "LAMBDESK_SECRET" => Some("x".repeat(32)),
            "OIDC_ISSUER" => Some(self.text("/parameters/Issuer")),
            "OIDC_AUDIENCE" => Some("lambdesk".to_owned()),
            "AWS_REGION" => Some(self.text("/region")),
            "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" => Some("test".to_owned()),
            "AWS_ENDPOINT_URL" => Some(self.text("/endpoint")),
            _ => None,
        };
        App::new(Config::read(variable).expect("complete"))
    }

    /// Adds the presets' desks under names that no other test has, and answers a client of them.
    pub(crate) async fn desk(&self) -> Client {
        let suffix = format!("-{}-{}", std::process::id(), DESKS.fetch_add(1, Ordering::Relaxed));
        let app = self.app();
        for mut preset in presets::all().expect("readable") {
            let renamed = |id: &TenantId| TenantId::try_from(format!("{id}{suffix}")).expect("a tenant's name");
            preset.tenants.iter_mut().for_each(|tenant| tenant.id = renamed(&tenant.id));
            // And under addresses that no other desk has.
            let elsewhere = |address: &EmailAddress| {
                EmailAddress::parse(&address.as_str().replace(".test", &format!("{suffix}.test"))).expect("an address")
            };
            let brands = preset.tenants.iter_mut().flat_map(|tenant| &mut tenant.brands);
            brands.for_each(|brand| brand.from = elsewhere(&brand.from));
            preset.people.iter_mut().for_each(|person| person.tenant = renamed(&person.tenant));
            // What waits for days closes at the next sweep.
            preset.tenants.iter_mut().for_each(|tenant| tenant.auto_close_days = tenant.auto_close_days.map(|_| 0));
            for brand in preset.tenants.iter().flat_map(|tenant| &tenant.brands) {
                self.verify_sender(brand.from.domain()).await;
            }
            provision(&app, &preset).await.expect("added");
        }
        let issuer = self.text("/parameters/Issuer");
        let identity = issuer.trim_end_matches("/local/oidc").to_owned();
        IDENTITY.get_or_init(|| self.serve_identity(&identity));
        Client::at(&self.text("/url"), &identity, &suffix)
    }

    /// SES sends for verified domains alone; on AWS the operator verifies them.
    async fn verify_sender(&self, domain: &str) {
        let config = aws_sdk_ses::Config::builder()
            .behavior_version(aws_sdk_ses::config::BehaviorVersion::latest())
            .region(aws_sdk_ses::config::Region::new(self.text("/region")))
            .credentials_provider(Credentials::new("test", "test", None, None, "test"))
            .endpoint_url(self.text("/endpoint"))
            .http_client(aws_smithy_http_client::Builder::new().build_http());
        let client = aws_sdk_ses::Client::from_conf(config.build());
        client.verify_domain_identity().domain(domain).send().await.expect("verified");
    }

    /// In a thread of its own, because it outlives the test that came first.
    fn serve_identity(&self, url: &str) {
        let (app, port) = (self.app(), url.rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port"));
        thread::spawn(move || {
            let directory = tempfile::tempdir().expect("a directory");
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(serve_identity(app, port, directory.path())).expect("it serves");
        });
        let started = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(started.elapsed() < PATIENCE, "nobody listens on port {port}");
            thread::yield_now();
        }
    }

    /// What the emulator answers at an address of the file, such as `mail`.
    pub(crate) async fn look(&self, what: &str) -> Value {
        Client::new("").anonymous().get(&self.text(&format!("/{what}"))).await.expect(axum::http::StatusCode::OK)
    }
}
