//! Identifiers of mails: those that identify one, and none that would match everything.

use crate::limits::MAX_REFERENCES;

/// A line may not be longer (RFC 5322, 2.1.1), and no identifier has to be.
const LONGEST: usize = 998;
/// An identifier should have an `@` (RFC 5322, 3.6.4); one without is taken if it is not so short that others have it.
const SHORTEST_WITHOUT_AT: usize = 8;

/// The one identifier of a field, where it has a sane one. A field that names two different ones identifies nothing.
pub(crate) fn one(value: &str) -> Option<String> {
    let found = all(value);
    if let [id] = found.as_slice() { Some(id.clone()) } else { None }
}

/// All sane identifiers of a field, each once, and of too many the last.
pub(crate) fn all(value: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for id in split(value).filter_map(sane).rev() {
        if found.len() == MAX_REFERENCES {
            break;
        }
        if !found.iter().any(|known| known == id) {
            found.push(id.to_owned());
        }
    }
    found.reverse();
    found
}

/// What stands in angles; or, where nothing does, what stands between spaces.
fn split(value: &str) -> impl DoubleEndedIterator<Item = &str> {
    let in_angles: Vec<&str> =
        value.split('<').skip(1).filter_map(|rest| rest.split_once('>')).map(|(id, _)| id.trim()).collect();
    let bare = value.split(|c: char| c.is_whitespace() || c == ',').filter(|_| in_angles.is_empty());
    let bare: Vec<&str> = bare.collect();
    in_angles.into_iter().chain(bare)
}

fn sane(id: &str) -> Option<&str> {
    let id = id.trim_matches(['<', '>', ' ']);
    if id.len() > LONGEST || id.chars().any(|c| c.is_control() || c.is_whitespace() || matches!(c, '<' | '>')) {
        return None;
    }
    let enough = match id.rsplit_once('@') {
        Some((left, right)) => !left.is_empty() && !right.is_empty() && left.contains(char::is_alphanumeric),
        None => {
            id.len() >= SHORTEST_WITHOUT_AT && id.chars().filter(|c| c.is_ascii_alphanumeric()).count() >= SHORTEST_WITHOUT_AT
        }
    };
    enough.then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a8_an_identifier_that_matches_everything_is_none() {
        let long = format!("<{}@x.test>", "a".repeat(1000));
        for absurd in ["", " ", "<>", "< >", "@", "<@>", "<a@>", "<@x.test>", "<1>", "<........>", "<a\u{7}b@x.test>", &long] {
            assert_eq!(one(absurd), None, "{absurd:?}");
        }
        for good in ["<a@b>", "a@b", " <a@b> (comment)", "<a@b> <a@b>"] {
            assert_eq!(one(good).as_deref(), Some("a@b"), "{good:?}");
        }
        assert_eq!(one("<0123456789abcdef>").as_deref(), Some("0123456789abcdef"));
        assert_eq!(one("<a@b> <c@d>"), None, "two identify nothing");
    }

    #[test]
    fn a8_of_too_many_references_the_last_are_kept_each_once() {
        let many: String = (0..500).map(|n| format!("<{n}@x> <{n}@x>\t")).collect();
        let found = all(&many);
        assert_eq!((found.len(), found[0].as_str(), found[99].as_str()), (100, "400@x", "499@x"));
        assert_eq!(all("<> <@> <a@b> < > <a@b>"), ["a@b"]);
    }
}
