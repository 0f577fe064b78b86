//! The console and the portal: built files, read once when the process starts. CloudFront in front of S3 does this on AWS.

use std::{collections::BTreeMap, fs, io, path::Path, sync::Arc};

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use sha2::{Digest as _, Sha256};

/// The first page, which is the answer to every address that the application makes up for itself.
const INDEX: &str = "/index.html";
/// What is below here has a digest of itself in its name, and never changes.
const HASHED: &str = "/assets/";

/// The files, by their path. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Pages {
    files: Arc<BTreeMap<String, File>>,
    policy: Option<HeaderValue>,
}

struct File {
    bytes: Bytes,
    content_type: HeaderValue,
    tag: HeaderValue,
}

impl Pages {
    /// Reads the files of a directory; none where it is not there. `storage` is where files are uploaded to and read from.
    ///
    /// # Errors
    /// Which file cannot be read.
    pub(crate) fn read(directory: Option<&Path>, storage: &str) -> Result<Self, String> {
        let mut files = BTreeMap::new();
        if let Some(directory) = directory.filter(|directory| directory.join("index.html").exists()) {
            collect(directory, "", &mut files).map_err(|error| format!("{}: {error}", directory.display()))?;
        }
        Ok(Self { files: Arc::new(files), policy: HeaderValue::from_str(&policy(storage)).ok() })
    }

    /// The answer to a request that no function takes; `None` where these pages have none either. A path of the API's is never a
    /// page, and a page is only for who asks for one.
    pub(crate) fn answer(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Option<Response> {
        let path = uri.path();
        let is_api = path.starts_with("/v1/") || path.starts_with("/local/");
        if is_api || !matches!(*method, Method::GET | Method::HEAD) {
            return None;
        }
        let accepts = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
        let is_navigation = accepts.contains("text/html");
        let (name, file) = match self.files.get_key_value(path) {
            Some(found) => found,
            None if is_navigation && !path.starts_with(HASHED) => self.files.get_key_value(INDEX)?,
            None => return None,
        };
        Some(self.serve(name, file, headers))
    }

    fn serve(&self, name: &str, file: &File, headers: &HeaderMap) -> Response {
        let is_known = headers.get(header::IF_NONE_MATCH) == Some(&file.tag);
        let mut response =
            if is_known { StatusCode::NOT_MODIFIED.into_response() } else { Body::from(file.bytes.clone()).into_response() };
        let caching = if name.starts_with(HASHED) { "public, max-age=31536000, immutable" } else { "no-cache" };
        let fixed = [
            (header::CACHE_CONTROL, caching),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::REFERRER_POLICY, "no-referrer"),
            (header::X_FRAME_OPTIONS, "DENY"),
        ];
        let headers = response.headers_mut();
        headers.extend(fixed.map(|(name, value)| (name, HeaderValue::from_static(value))));
        headers.insert(header::CONTENT_TYPE, file.content_type.clone());
        headers.insert(header::ETAG, file.tag.clone());
        headers.extend(self.policy.clone().map(|policy| (header::CONTENT_SECURITY_POLICY, policy)));
        response
    }
}

/// Scripts and styles of our own files alone. Pictures may be of files that were uploaded, and of a mail whose reader asked for them.
fn policy(storage: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data: blob: https: {storage}; \
         connect-src 'self' {storage}; frame-src 'self' blob:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; \
         object-src 'none'; manifest-src 'self'"
    )
}

fn collect(directory: &Path, prefix: &str, files: &mut BTreeMap<String, File>) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let name = format!("{prefix}/{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &name, files)?;
            continue;
        }
        let bytes = fs::read(entry.path())?;
        let digest: String = Sha256::digest(&bytes)[..16].iter().map(|byte| format!("{byte:02x}")).collect();
        let tag = HeaderValue::from_str(&format!("\"{digest}\"")).unwrap_or_else(|_| HeaderValue::from_static("\"\""));
        let content_type = HeaderValue::from_static(content_type(&name));
        files.insert(name, File { bytes: bytes.into(), content_type, tag });
    }
    Ok(())
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" | "webmanifest" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pages() -> (tempfile::TempDir, Pages) {
        let directory = tempfile::tempdir().expect("a directory");
        fs::create_dir(directory.path().join("assets")).expect("made");
        fs::write(directory.path().join("index.html"), "<!doctype html>").expect("written");
        fs::write(directory.path().join("assets/a-1.js"), "1").expect("written");
        let pages = Pages::read(Some(directory.path()), "http://127.0.0.1:9000").expect("read");
        (directory, pages)
    }

    fn get(pages: &Pages, path: &str, accept: &'static str) -> Option<(String, String)> {
        let headers = HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static(accept))]);
        let answer = pages.answer(&Method::GET, &path.parse().expect("a path"), &headers)?;
        let of = |name: header::HeaderName| answer.headers()[name].to_str().expect("text").to_owned();
        Some((of(header::CONTENT_TYPE), of(header::CACHE_CONTROL)))
    }

    #[test]
    fn an_address_of_the_application_is_its_first_page_and_nothing_else_is() {
        let (_directory, pages) = pages();
        let page = ("text/html; charset=utf-8".to_owned(), "no-cache".to_owned());
        for path in ["/", "/queue/mine", "/tickets/TICK-2026-0001"] {
            assert_eq!(get(&pages, path, "text/html,*/*"), Some(page.clone()), "{path}");
        }
        let script = get(&pages, "/assets/a-1.js", "*/*").expect("there");
        assert_eq!(script.1, "public, max-age=31536000, immutable");
        for (path, accept) in [
            ("/v1/tickets/x", "text/html"),
            ("/local/nothing", "text/html"),
            ("/assets/gone.js", "text/html"),
            ("/queue", "application/json"),
            ("/../Cargo.toml", "*/*"),
        ] {
            assert_eq!(get(&pages, path, accept), None, "{path}");
        }
    }

    #[test]
    fn no_script_runs_but_our_own() {
        let policy = policy("http://127.0.0.1:9000");
        assert!(policy.contains("script-src 'self';") && !policy.contains("unsafe"), "{policy}");
    }
}
