//! The page on which one picks somebody to be.

use std::fmt::Write as _;

use axum::{
    http::header,
    response::{IntoResponse, Response},
};
use lambdesk_domain::{EmailAddress, Role, TenantId};
use lambdesk_store::StoreError;

use super::authorize::Request;
use crate::{gateway::problem::Problem, local_api::Identity, presets};

/// No scripts, nothing from elsewhere.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'";

const STYLE: &str = "
:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{margin:0 auto;max-width:60rem;padding:2rem 1.25rem;background:Canvas;color:CanvasText}
h1{font-size:1.5rem;margin:0 0 .25rem}h2{font-size:1rem;margin:2rem 0 .5rem}
p{margin:0 0 1rem;max-width:40rem}
ul{list-style:none;margin:0;padding:0;display:grid;gap:.5rem;grid-template-columns:repeat(auto-fill,minmax(15rem,1fr))}
button{font:inherit;text-align:start;inline-size:100%;padding:.6rem .8rem;border:1px solid GrayText;border-radius:.5rem;background:ButtonFace;color:ButtonText;cursor:pointer}
button:hover,button:focus-visible{outline:2px solid Highlight;outline-offset:1px}
small{display:block;opacity:.8}input{font:inherit;padding:.5rem;border:1px solid GrayText;border-radius:.5rem}
form.other{display:flex;flex-wrap:wrap;gap:.5rem;align-items:end}form.other button{inline-size:auto}label{display:grid;gap:.25rem}";

/// Who can be picked: the people of the presets, as far as they are there.
pub(super) async fn people(identity: &Identity, request: &Request) -> Result<Response, Problem> {
    let mut body = String::new();
    for preset in presets::all().map_err(Problem::internal)? {
        for tenant in &preset.tenants {
            let mut list = String::new();
            for person in preset.people.iter().filter(|person| person.tenant == tenant.id) {
                if is_there(identity, &tenant.id, &person.email).await? {
                    let name = person.name.as_str();
                    list.push_str(&button(request, &tenant.id, (person.email.as_str(), name, person.role)));
                }
            }
            if !list.is_empty() {
                let _ = write!(body, "<h2>{}</h2><ul>{list}</ul>", escaped(tenant.name.as_str()));
            }
        }
    }
    let html = format!(
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content=\"width=device-width\"><title>Sign in · \
         Lambdesk</title><style>{STYLE}</style><main><h1>Who are you?</h1><p>This is the sign-in of a desk on your own machine, \
         for development: no passwords. A deployment has your identity provider in its place.</p>{body}<h2>Somebody else</h2>{}\
         </main></html>",
        other(request)
    );
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-store"),
        // With none at all browsers say of the form that it comes from nowhere, and it would be refused.
        (header::REFERRER_POLICY, "same-origin"),
    ];
    Ok((headers, html).into_response())
}

async fn is_there(identity: &Identity, tenant: &TenantId, email: &EmailAddress) -> Result<bool, Problem> {
    match identity.app.desk_of(tenant).person_by_address(email).await {
        Ok(_) => Ok(true),
        Err(StoreError::NotFound) => Ok(false),
        Err(error) => Err(Problem::internal(error.to_string())),
    }
}

fn button(request: &Request, tenant: &TenantId, (email, name, role): (&str, &str, Role)) -> String {
    let hidden = hidden(request) + &field("tenant", tenant.as_str()) + &field("email", email);
    let (name, email) = (escaped(name), escaped(email));
    format!("<li><form method=post>{hidden}<button><strong>{name}</strong><small>{role} · {email}</small></button></form></li>")
}

fn other(request: &Request) -> String {
    format!(
        "<form method=post class=other>{}<label>Tenant<input name=tenant required></label><label>E-mail<input name=email \
         type=email required></label><button>Sign in</button></form>",
        hidden(request)
    )
}

fn hidden(request: &Request) -> String {
    request.fields().into_iter().map(|(name, value)| field(name, value)).collect()
}

fn field(name: &str, value: &str) -> String {
    format!("<input type=hidden name=\"{name}\" value=\"{}\">", escaped(value))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}
