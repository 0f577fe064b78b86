//! What API Gateway does: finds the function for a request, asks the authorizer who calls, and tells the function.

mod authorize;
mod body;
mod context;
mod credentials;
mod cross_origin;
mod failures;
pub(crate) mod pages;
pub(crate) mod problem;

use std::{collections::BTreeMap, net::SocketAddr, sync::Arc};

use axum::{
    Json, Router,
    body::Body,
    extract::{ConnectInfo, MatchedPath, Request, State},
    http::{Method, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::get,
};
use lambda_http::request::RequestContext;
use lambdesk_function::{Access, Endpoint, Trigger};
use lambdesk_platform::App;
use serde_json::json;

use self::{authorize::Authorizer, pages::Pages, problem::Problem};
use crate::triggers::Activity;

/// The version of this program.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The gateway to all HTTP functions.
pub(crate) struct Gateway {
    app: App,
    activity: Activity,
    authorizer: Authorizer,
    routes: BTreeMap<&'static str, Vec<Route>>,
}

/// A method that a path answers.
struct Route {
    method: &'static str,
    access: Access,
}

/// The router of everything that the process serves: the functions, `local`, and a few words about itself.
pub(crate) fn router(registry: &[Endpoint], app: &App, activity: Activity, (local, pages): (Router, Pages)) -> Router {
    let mut routes: BTreeMap<&'static str, Vec<Route>> = BTreeMap::new();
    let mut functions = Router::new();
    for endpoint in registry {
        let Trigger::Http { method, path, access } = endpoint.function.trigger else { continue };
        routes.entry(path).or_default().push(Route { method, access });
        functions = functions.merge(endpoint.router(app.clone()).unwrap_or_default());
    }
    let authorizer = Authorizer::new(registry);
    let gateway = Arc::new(Gateway { app: app.clone(), activity, authorizer, routes });
    let (for_wrong_method, for_nothing_here) = (app.clone(), app.clone());
    let first_page = pages.clone();
    let document = Arc::new(lambdesk_function::document(registry, VERSION));
    functions
        .layer(middleware::from_fn_with_state(gateway, serve))
        .merge(local)
        .route("/", get(move |request| about(first_page, request)))
        .route("/openapi.json", get(move || async move { Json(document.as_ref().clone()) }))
        .method_not_allowed_fallback(move |request| wrong_method(for_wrong_method, request))
        .fallback(move |request| nothing_here(for_nothing_here, pages, request))
        .layer(middleware::from_fn(cross_origin::allow))
}

/// The first page, for a browser; a few words, for a program.
async fn about(pages: Pages, request: Request) -> Response {
    if wants_page(&request)
        && let Some(page) = pages.answer(request.method(), request.uri(), request.headers())
    {
        return page;
    }
    Json(json!({
        "name": "Lambdesk",
        "description": "A support desk. This is its local process.",
        "version": VERSION,
        "health": "/v1/health",
        "openapi": "/openapi.json",
    }))
    .into_response()
}

fn wants_page(request: &Request) -> bool {
    let accept = request.headers().get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/html"))
}

// Both read the request to its end: an answer to one that is still being sent would be lost with the connection.

async fn nothing_here(app: App, pages: Pages, request: Request) -> Response {
    if let Some(page) = pages.answer(request.method(), request.uri(), request.headers()) {
        return page;
    }
    let _ = body::read(request.into_body()).await;
    Problem::not_found("There is no such thing here.").about(&app.new_id().to_string()).into_response()
}

/// The router adds `Allow`.
async fn wrong_method(app: App, request: Request) -> Problem {
    let _ = body::read(request.into_body()).await;
    let detail = "This path exists, but not with this method.";
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail).about(&app.new_id().to_string())
}

/// Takes a request to its function.
async fn serve(State(gateway): State<Arc<Gateway>>, request: Request, next: Next) -> Response {
    let request_id = gateway.app.new_id().to_string();
    let writes = !matches!(*request.method(), Method::GET | Method::HEAD);
    let response = match gateway.prepare(request, &request_id).await {
        Ok(request) => run(request, next, &request_id).await,
        Err(problem) => problem.about(&request_id).into_response(),
    };
    if writes {
        gateway.activity.ring();
    }
    response
}

impl Gateway {
    /// The request as the function gets it, or why it gets none.
    async fn prepare(&self, request: Request, request_id: &str) -> Result<Request, Problem> {
        let (mut parts, body) = request.into_parts();
        let body = body::read(body).await?;
        let path = parts.extensions.get::<MatchedPath>().map(|path| path.as_str().to_owned()).unwrap_or_default();
        let route = self.route(&path, &parts.method)?;
        let source = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| address.ip());
        let source = source.ok_or_else(|| Problem::internal("a request without a source address"))?;
        let mut context = context::of(&parts, source, route.method, &path, request_id, self.app.now());
        if route.access != Access::Open
            && let Some(credential) = parts.headers.get(header::AUTHORIZATION)
        {
            let credential = String::from_utf8_lossy(credential.as_bytes()).into_owned();
            let said = self.authorizer.ask(&self.app, &parts, &context, source, &credential).await?;
            context.authorizer = Some(said);
        }
        parts.extensions.insert(RequestContext::ApiGatewayV2(context));
        Ok(Request::from_parts(parts, Body::from(body)))
    }

    fn route(&self, path: &str, method: &Method) -> Result<&Route, Problem> {
        let routes = self.routes.get(path).map(Vec::as_slice).unwrap_or_default();
        // GET answers HEAD too (RFC 9110, 9.3.2).
        let wanted = if *method == Method::HEAD { "GET" } else { method.as_str() };
        let unknown = || Problem::internal(format!("the router took {method} {path} to a function that is not in the registry"));
        routes.iter().find(|route| route.method == wanted).ok_or_else(unknown)
    }
}

/// Runs the function in a task of its own: it finishes also when the caller hangs up, and its panic is its own.
async fn run(request: Request, next: Next, request_id: &str) -> Response {
    match tokio::spawn(next.run(request)).await {
        Ok(response) => response,
        Err(error) => Problem::internal(format!("a function panicked: {error}")).about(request_id).into_response(),
    }
}

#[cfg(test)]
mod tests;
