//! One page of a bucket's keys, with prefix, delimiter and marker.

use std::ops::Bound;
use std::sync::Arc;

use s3s::dto::{CommonPrefix, ETag, EncodingType, Object};

use crate::record::ObjectRecord;
use crate::store::Objects;

/// S3 never lists more than this at once.
const MAX_KEYS: usize = 1000;

/// Which keys to list.
#[derive(Default)]
pub(crate) struct Query {
    pub(crate) prefix: String,
    pub(crate) delimiter: Option<String>,
    /// Only names after this one: a key, or a common prefix of the last page.
    pub(crate) after: String,
    pub(crate) max_keys: Option<i32>,
    /// Whether names are percent-encoded, so that any key fits in XML.
    pub(crate) encode: bool,
}

/// The answer to a [`Query`].
#[derive(Debug, Default)]
pub(crate) struct Page {
    pub(crate) objects: Vec<Object>,
    pub(crate) prefixes: Vec<CommonPrefix>,
    /// The last name listed, not encoded; `Some` if there is more after it.
    pub(crate) next: Option<String>,
}

impl Query {
    pub(crate) fn max_keys(&self) -> usize {
        let asked = self.max_keys.and_then(|asked| usize::try_from(asked).ok());
        asked.unwrap_or(MAX_KEYS).min(MAX_KEYS)
    }

    /// Lists the page that this query asks for.
    pub(crate) fn page(&self, objects: &Objects) -> Page {
        let mut page = Page::default();
        let mut last = self.after.clone();
        let start = self.prefix.as_str().max(self.after.as_str());
        for (key, record) in objects.range::<str, _>((Bound::Included(start), Bound::Unbounded)) {
            let Some(rest) = key.strip_prefix(&self.prefix) else { break };
            let common = self.common_prefix(rest);
            let name = common.as_deref().unwrap_or(key);
            let listed_already = name <= last.as_str() && !last.is_empty();
            if listed_already {
                continue;
            }
            if page.len() == self.max_keys() {
                page.next = Some(last).filter(|_| self.max_keys() > 0);
                break;
            }
            last = name.to_owned();
            if common.is_some() {
                page.prefixes.push(CommonPrefix { prefix: Some(self.name(name)) });
            } else {
                page.objects.push(self.object(record));
            }
        }
        page
    }

    /// `name` as it goes into the answer.
    pub(crate) fn name(&self, name: &str) -> String {
        if self.encode { percent_encode(name) } else { name.to_owned() }
    }

    pub(crate) fn encoding(&self) -> Option<EncodingType> {
        self.encode.then(|| EncodingType::from_static(EncodingType::URL))
    }

    fn common_prefix(&self, rest: &str) -> Option<String> {
        let delimiter = self.delimiter.as_deref().filter(|delimiter| !delimiter.is_empty())?;
        let (first, _) = rest.split_once(delimiter)?;
        Some(format!("{}{first}{delimiter}", self.prefix))
    }

    fn object(&self, record: &Arc<ObjectRecord>) -> Object {
        Object {
            key: Some(self.name(&record.key)),
            e_tag: Some(ETag::Strong(record.etag.clone())),
            size: i64::try_from(record.size).ok(),
            last_modified: Some(std::time::SystemTime::from(record.modified).into()),
            ..Object::default()
        }
    }
}

impl Page {
    /// Objects and common prefixes together, as S3 counts them.
    pub(crate) fn len(&self) -> usize {
        self.objects.len() + self.prefixes.len()
    }
}

/// RFC 3986 unreserved characters and `/` stay as they are.
fn percent_encode(name: &str) -> String {
    let mut encoded = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::RECORD_VERSION;

    fn objects(keys: &[&str]) -> Objects {
        let record = |key: &&str| ObjectRecord {
            version: RECORD_VERSION,
            key: (*key).to_owned(),
            blob: uuid::Uuid::nil(),
            size: 0,
            etag: String::new(),
            modified: jiff::Timestamp::UNIX_EPOCH,
            attributes: Default::default(),
            checksums: Default::default(),
            tags: Default::default(),
        };
        keys.iter().map(|key| ((*key).to_owned(), Arc::new(record(key)))).collect()
    }

    /// Every name of every page, in the order of the pages.
    fn names(query: &mut Query, objects: &Objects) -> Vec<String> {
        let mut names = Vec::new();
        loop {
            let page = query.page(objects);
            let mut listed: Vec<String> = page.objects.into_iter().filter_map(|object| object.key).collect();
            listed.extend(page.prefixes.into_iter().filter_map(|common| common.prefix));
            listed.sort();
            names.extend(listed);
            let Some(next) = page.next else { return names };
            query.after = next;
        }
    }

    #[test]
    fn pages_hold_every_name_once_whatever_their_size() {
        let objects = objects(&["a", "a/1", "a/2", "b", "c/1", "c/d/2", "e"]);
        for max_keys in 1..=8 {
            let mut query = Query { delimiter: Some("/".to_owned()), max_keys: Some(max_keys), ..Query::default() };
            assert_eq!(names(&mut query, &objects), ["a", "a/", "b", "c/", "e"], "{max_keys}");
        }
    }

    #[test]
    fn a_prefix_and_a_marker_narrow_the_page() {
        let objects = objects(&["a/1", "a/2", "a/3", "ab", "b"]);
        let mut query = Query { prefix: "a/".to_owned(), after: "a/1".to_owned(), ..Query::default() };
        assert_eq!(names(&mut query, &objects), ["a/2", "a/3"]);
    }

    #[test]
    fn no_keys_asked_for_is_an_empty_and_last_page() {
        let query = Query { max_keys: Some(0), ..Query::default() };
        let page = query.page(&objects(&["a"]));
        assert_eq!((page.len(), page.next), (0, None));
    }

    #[test]
    fn names_are_encoded_on_request() {
        let mut query = Query { encode: true, ..Query::default() };
        assert_eq!(names(&mut query, &objects(&["a b+é/%"])), ["a%20b%2B%C3%A9/%25"]);
    }
}
