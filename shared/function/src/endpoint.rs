//! A function with its handler: what the registry holds.

use std::{pin::Pin, sync::Arc};

use axum::{
    Router,
    handler::Handler,
    routing::{MethodFilter, on},
};
use lambdesk_platform::App;
use lambdesk_store::Scope;
use serde_json::Value;

use crate::{
    function::{Function, Trigger},
    layer, openapi,
};

/// A registered function.
#[derive(Clone)]
pub struct Endpoint {
    /// Its declaration.
    pub function: Function,
    /// What serves it.
    pub service: Service,
    /// What it may call on AWS, and what it called in this process.
    pub scope: Arc<Scope>,
    /// Its part of `openapi.json`; HTTP functions only.
    pub(crate) operation: openapi::Operation,
}

/// A future that a worker answers with.
pub type WorkerFuture = Pin<Box<dyn Future<Output = Result<Value, crate::WorkerError>> + Send>>;

/// What serves a function.
#[derive(Clone)]
pub enum Service {
    /// Requests.
    Http(Router<App>),
    /// Events.
    Worker(Arc<dyn Fn(App, Value) -> WorkerFuture + Send + Sync>),
}

impl Function {
    /// Gives an HTTP function its handler.
    ///
    /// # Panics
    /// Where the function is not declared as an HTTP function: a mistake that every test of the registry finds.
    pub fn serve<H, T>(self, handler: H) -> Endpoint
    where
        H: Handler<T, App>,
        T: 'static,
    {
        let Trigger::Http { method, path, .. } = self.trigger else { panic!("{} is not an HTTP function", self.name) };
        let method =
            MethodFilter::try_from(http::Method::from_bytes(method.as_bytes()).expect("a method")).expect("a common method");
        let router = Router::new().route(path, on(method, handler));
        let scope = Scope::new(self.name, self.calls());
        let service = Service::Http(layer::around(self, scope.clone(), router));
        Endpoint { function: self, service, scope, operation: openapi::Operation::default() }
    }
}

impl Endpoint {
    /// The router of an HTTP function, ready to serve.
    pub fn router(&self, app: App) -> Option<Router> {
        match &self.service {
            // The layer needs the app as well as the handler: see `layer::around`.
            Service::Http(router) => Some(router.clone().layer(axum::Extension(app.clone())).with_state(app)),
            Service::Worker(_) => None,
        }
    }

    /// Runs a worker on an event.
    pub fn run(&self, app: App, event: Value) -> Option<WorkerFuture> {
        match &self.service {
            Service::Http(_) => None,
            Service::Worker(worker) => Some(worker(app, event)),
        }
    }
}
