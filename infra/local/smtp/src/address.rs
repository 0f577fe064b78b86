//! Addresses of an envelope.

/// The longest label of a domain and the longest domain, in bytes (RFC 1035).
const MAX_LABEL: usize = 63;
const MAX_DOMAIN: usize = 253;

/// The mailbox as RFC 5321 writes it, of one whose quotes were taken off: `a b@c.test` was `"a b"@c.test`.
pub(crate) fn mailbox(unquoted: &str) -> Option<String> {
    let (local, domain) = unquoted.rsplit_once('@')?;
    if local.is_empty() || !local.chars().all(may_stand) || !is_domain(domain) {
        return None;
    }
    if is_dot_atom(local) {
        return Some(unquoted.to_owned());
    }
    let escaped = local.replace('\\', "\\\\").replace('"', "\\\"");
    Some(format!("\"{escaped}\"@{domain}"))
}

/// Not even in quotes may an address hold what ends a line somewhere.
fn may_stand(character: char) -> bool {
    character == ' ' || !character.is_control() && !character.is_whitespace()
}

fn is_dot_atom(local: &str) -> bool {
    local.split('.').all(|atom| !atom.is_empty() && atom.chars().all(is_atext))
}

fn is_atext(character: char) -> bool {
    character.is_ascii_alphanumeric() || !character.is_ascii() || "!#$%&'*+-/=?^_`{|}~".contains(character)
}

fn is_domain(domain: &str) -> bool {
    let fits = |label: &str| (1..=MAX_LABEL).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-');
    let allowed = |character: char| character.is_alphanumeric() || "-_".contains(character) || is_mark(character);
    domain.len() <= MAX_DOMAIN && domain.split('.').all(|label| fits(label) && label.chars().all(allowed))
}

/// Letters of some scripts are made of several characters. Which may follow which is for IDNA to say, not for us.
fn is_mark(character: char) -> bool {
    !character.is_ascii() && may_stand(character)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_addresses_stay_as_they_are() {
        for plain in ["help@demo.test", "a.b+c=d@x-y.demo.test", "a@localhost", "jörg@münchen.test", "हिन्दी@हिन्दी.test"]
        {
            assert_eq!(mailbox(plain).as_deref(), Some(plain));
        }
    }

    #[test]
    fn quotes_come_back_where_they_are_needed() {
        assert_eq!(mailbox("a b@c.test").as_deref(), Some(r#""a b"@c.test"#));
        assert_eq!(mailbox("a@b@c.test").as_deref(), Some(r#""a@b"@c.test"#));
        assert_eq!(mailbox(r#"a"\>@c.test"#).as_deref(), Some(r#""a\"\\>"@c.test"#));
    }

    #[test]
    fn what_is_no_address_is_refused() {
        let long = format!("a@{}.test", "x".repeat(64));
        for bad in
            ["", "a", "@b.test", "a@", "a@b..c", "a@.b", "a@b.", "a@-b", "a@b c", "a@b>", "a\r\nb@c", "a\u{2028}b@c", &long]
        {
            assert_eq!(mailbox(bad), None, "{bad:?}");
        }
    }
}
