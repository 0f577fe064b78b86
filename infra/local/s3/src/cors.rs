//! Lets a web page of another origin upload and download.
//!
//! On AWS the bucket's CORS rules say which origins; here any may, because
//! ports differ from run to run and a signature is asked for all the same.

use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS,
    ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN,
};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use s3s::Body;

/// What a request says about the page that sent it.
pub(crate) struct CrossOrigin {
    origin: Option<HeaderValue>,
    preflight: bool,
    requested_headers: Option<HeaderValue>,
}

impl CrossOrigin {
    pub(crate) fn of<B>(request: &Request<B>) -> Self {
        let headers = request.headers();
        Self {
            origin: headers.get(ORIGIN).cloned(),
            preflight: *request.method() == Method::OPTIONS && headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD),
            requested_headers: headers.get(ACCESS_CONTROL_REQUEST_HEADERS).cloned(),
        }
    }

    /// The answer to a preflight request; `None` for any other.
    pub(crate) fn preflight(&self) -> Option<Response<Body>> {
        if !self.preflight {
            return None;
        }
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NO_CONTENT;
        let headers = response.headers_mut();
        self.allow(headers);
        let methods = HeaderValue::from_static("GET, HEAD, PUT, POST, DELETE");
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, methods);
        if let Some(requested) = &self.requested_headers {
            headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, requested.clone());
        }
        Some(response)
    }

    /// Lets the page read the answer, if a page asked.
    pub(crate) fn allow(&self, headers: &mut HeaderMap) {
        let Some(origin) = &self.origin else { return };
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("ETag"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(method: Method) -> Request<()> {
        Request::builder()
            .method(method)
            .header(ORIGIN, "http://localhost:5173")
            .header(ACCESS_CONTROL_REQUEST_METHOD, "PUT")
            .header(ACCESS_CONTROL_REQUEST_HEADERS, "content-type")
            .body(())
            .unwrap()
    }

    #[test]
    fn a_preflight_is_allowed_what_it_asks_for() {
        let answer = CrossOrigin::of(&request(Method::OPTIONS)).preflight().unwrap();
        assert_eq!(answer.status(), StatusCode::NO_CONTENT);
        assert_eq!(answer.headers()[ACCESS_CONTROL_ALLOW_HEADERS], "content-type");
        assert_eq!(answer.headers()[ACCESS_CONTROL_ALLOW_ORIGIN], "http://localhost:5173");
    }

    #[test]
    fn other_requests_are_not_answered_here() {
        assert!(CrossOrigin::of(&request(Method::PUT)).preflight().is_none());
    }
}
