//! Addresses as SES parameters and mail headers write them.

use mail_parser::{Address, Message};

/// `Name <address>` as its two halves; a bare address has no name.
pub(crate) fn split_address(text: &str) -> (Option<&str>, &str) {
    let Some((name, rest)) = text.rsplit_once('<') else { return (None, text.trim()) };
    let name = name.trim().trim_matches('"');
    let address = rest.trim_end().trim_end_matches('>').trim();
    (Some(name).filter(|name| !name.is_empty()), address)
}

/// Those the caller named, or else those of the headers.
pub(crate) fn recipients(destinations: &[String], headers: &Message<'_>) -> Vec<String> {
    if !destinations.is_empty() {
        return destinations.iter().map(|text| split_address(text).1.to_owned()).collect();
    }
    [headers.to(), headers.cc(), headers.bcc()].into_iter().flat_map(addresses).collect()
}

/// The addresses of a header, groups included, without names.
pub(crate) fn addresses(header: Option<&Address<'_>>) -> Vec<String> {
    let Some(header) = header else { return Vec::new() };
    header.iter().filter_map(|one| one.address()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::split_address;

    #[test]
    fn an_address_is_found_with_and_without_a_name() {
        assert_eq!(split_address(" a@b.c "), (None, "a@b.c"));
        assert_eq!(split_address("<a@b.c>"), (None, "a@b.c"));
        assert_eq!(split_address("\"Help, Desk\" <a@b.c>"), (Some("Help, Desk"), "a@b.c"));
    }
}
