//! Addresses: those that mail can go to, and nothing that could break out of a header.

use mail_parser::HeaderValue;
use mail_parser::parsers::MessageStream;

use crate::header;
use crate::limits::MAX_ADDRESSES;
use crate::mail::Mailbox;
use crate::words;

/// RFC 5321, 4.5.3.1.3, less the angles.
const LONGEST: usize = 254;

/// The addresses of a field, those of groups included. What is none is left out.
pub(crate) fn list(value: &str) -> Vec<Mailbox> {
    let line = format!("{}\n", words::joined(value));
    let HeaderValue::Address(addresses) = MessageStream::new(line.as_bytes()).parse_address() else { return Vec::new() };
    let mailboxes = addresses.iter().filter_map(|found| {
        let address = sane(found.address.as_deref()?)?;
        let name = found.name.as_deref().map(header::single_line).filter(|name| !name.is_empty());
        Some(Mailbox { name, address })
    });
    mailboxes.take(MAX_ADDRESSES).collect()
}

/// How many addresses a field has, those included that no mail can go to.
pub(crate) fn count(value: &str) -> usize {
    let line = format!("{}\n", words::joined(value));
    let HeaderValue::Address(addresses) = MessageStream::new(line.as_bytes()).parse_address() else { return 0 };
    addresses.iter().filter(|found| found.address.as_deref().is_some_and(|address| address.contains('@'))).count()
}

/// An address with its domain in lower case; `None` for one that cannot be.
pub(crate) fn sane(address: &str) -> Option<String> {
    let address = address.trim();
    let (local, domain) = address.rsplit_once('@')?;
    let odd = |c: char| c.is_control() || c.is_whitespace() || matches!(c, '<' | '>' | '(' | ')' | ',' | ';' | ':' | '\\' | '"');
    if local.is_empty() || address.len() > LONGEST || local.chars().any(|c| odd(c) || c == '@') {
        return None;
    }
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '-' | '.' | '_');
    let labels = domain.split('.').all(|label| !label.is_empty() && label.len() <= 63);
    (labels && domain.chars().all(fits)).then(|| format!("{local}@{}", domain.to_lowercase()))
}

/// The first address in a line of prose, and where it begins.
pub(crate) fn in_prose(line: &str) -> Option<(usize, String)> {
    let mut from = 0;
    while let Some(at) = line[from..].find('@').map(|found| from + found) {
        let part_of_local = |c: char| c.is_alphanumeric() || "!#$%&*+-/=?^_`{|}~.".contains(c);
        let part_of_domain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '.' | '_');
        let start = line[..at].char_indices().rev().take_while(|(_, c)| part_of_local(*c)).last().map_or(at, |(start, _)| start);
        let end = line[at + 1..].find(|c| !part_of_domain(c)).map_or(line.len(), |end| at + 1 + end);
        let found = line[start..end].trim_end_matches(['.', '-', '_']);
        if let Some(address) = sane(found) {
            return Some((start, address));
        }
        from = at + 1;
    }
    None
}

/// The domain of an address that is [`sane`].
pub(crate) fn domain(address: &str) -> &str {
    address.rsplit_once('@').map_or("", |(_, domain)| domain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(value: &str) -> Vec<String> {
        list(value).into_iter().map(|mailbox| mailbox.address).collect()
    }

    #[test]
    fn names_and_addresses_are_told_apart() {
        let found = list("=?utf-8?Q?J=C3=B6rg?= <J.Org@Example.TEST>, \"Doe, Jane\" <jane@x.test>, bare@x.test");
        assert_eq!(found[0], Mailbox { name: Some("Jörg".into()), address: "J.Org@example.test".into() });
        assert_eq!(found[1].name.as_deref(), Some("Doe, Jane"));
        assert_eq!(found[2], Mailbox { name: None, address: "bare@x.test".into() });
        assert_eq!(addresses("jo@x.test <jo@x.test>"), ["jo@x.test"]);
        assert_eq!(addresses("'jo@x.test' via Team <team@y.test>"), ["team@y.test"]);
        assert_eq!(addresses("Jo [x] <jo@x.test> (at work)"), ["jo@x.test"]);
        assert_eq!(addresses("evil@x.test (<boss@y.test>)"), ["evil@x.test"]);
        assert_eq!(addresses("\"a@y.test\" <b@x.test>"), ["b@x.test"]);
        assert_eq!(count("a@x.test, \"odd name\"@y.test"), 2);
        assert_eq!(addresses("Team: a@x.test, b@x.test;"), ["a@x.test", "b@x.test"]);
        assert_eq!(addresses("undisclosed-recipients:;"), Vec::<String>::new());
    }

    #[test]
    fn what_cannot_be_an_address_is_left_out() {
        for odd in
            ["a", "@x.test", "a@", "a@x..test", "a b@x.test", "a@x test", "a@b@c", "a\u{7}@x.test", "\"a\"@x.test", "a@[1.2.3.4]"]
        {
            assert_eq!(sane(odd), None, "{odd:?}");
        }
        assert_eq!(sane(&format!("{}@x.test", "a".repeat(250))), None);
    }

    #[test]
    fn an_address_is_found_in_prose() {
        assert_eq!(in_prose("to <a.b@x.test>, please").map(|found| found.1).as_deref(), Some("a.b@x.test"));
        assert_eq!(in_prose("at @ nine, a@x.test.").map(|found| found.1).as_deref(), Some("a@x.test"));
        assert_eq!(in_prose("ä@"), None);
    }
}
