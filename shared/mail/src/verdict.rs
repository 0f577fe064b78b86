//! What our own receiver found out about a mail, and nothing that the sender claims to have been found out.
//!
//! A receiver writes its fields above what it was sent. So only the run of fields at the top counts that a receiver
//! writes, each name once, up to the first that it does not write; of SES, `X-SES-RECEIPT` is the last.

use crate::address;
use crate::header::{Field, Headers, outside_quotes, without_comments};

/// What a check found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It holds, and for the domain of `From`.
    Pass,
    /// It does not hold.
    Fail,
    /// There was nothing to check, or it says nothing of `From`.
    None,
    /// Our receiver says that it does not check. Where it says nothing, that speaks for nobody: [`Verdict::None`].
    Unchecked,
}

/// What our receiver checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdicts {
    /// Whether the server may send for the envelope's domain (RFC 7208). `Pass` only where that domain is aligned with
    /// the one of `From`.
    pub spf: Verdict,
    /// Whether a signature holds (RFC 6376). `Pass` only for one by a domain that is aligned with the one of `From`.
    pub dkim: Verdict,
    /// Whether the domain of `From` stands by the mail (RFC 7489). `Fail` for a mail with more than one author.
    pub dmarc: Verdict,
    /// Whether it is no spam: `Fail` for spam.
    pub spam: Verdict,
    /// Whether it has no virus: `Fail` for one that has.
    pub virus: Verdict,
}

/// The fields at the top that our receiver wrote, before any that the sender can have written.
pub(crate) fn trusted(headers: &Headers) -> &[Field] {
    let mut seen: Vec<&str> = Vec::new();
    for (at, field) in headers.fields.iter().enumerate() {
        let name = field.name.as_str();
        let ours = matches!(name, "return-path" | "received" | "received-spf" | "authentication-results" | "x-original-to")
            || matches!(name, "x-ses-spam-verdict" | "x-ses-virus-verdict" | "x-ses-receipt");
        // A mail can be for several of our addresses. Any other field of which there is a second came with the mail.
        let again = name != "delivered-to" && seen.contains(&name);
        if !(ours || name == "delivered-to") || again || seen.contains(&"x-ses-receipt") {
            return &headers.fields[..at];
        }
        seen.push(name);
    }
    &headers.fields
}

/// The addresses our receiver took the mail for: `Delivered-To` above everything else, or else what the topmost
/// `Received` says.
pub(crate) fn delivered_to(headers: &Headers) -> Vec<String> {
    let zone = trusted(headers);
    // Below any other field of ours, a `Delivered-To` may be the sender's.
    let top = zone.iter().take_while(|field| matches!(field.name.as_str(), "delivered-to" | "return-path" | "x-original-to"));
    let delivered = top.filter(|field| field.name == "delivered-to");
    let mut addresses: Vec<String> =
        delivered.filter_map(|field| address::sane(field.value.trim_matches(['<', '>', ' ']))).collect();
    if addresses.is_empty() {
        let received = zone.iter().find(|field| field.name == "received");
        addresses.extend(received.and_then(|field| received_for(&field.value)));
    }
    addresses.dedup();
    addresses.truncate(crate::limits::MAX_ADDRESSES);
    addresses
}

/// `for <address>` (RFC 5321, 4.4). The last counts: what stands before it can hold what the sender called himself.
fn received_for(value: &str) -> Option<String> {
    let value = without_comments(value);
    let clauses = value.rsplit_once(';').map_or(value.as_str(), |(clauses, _)| clauses);
    let mut words = clauses.split_whitespace().rev();
    let mut after = words.next()?;
    for word in words {
        if word.eq_ignore_ascii_case("for") {
            return address::sane(after.trim_matches(['<', '>']));
        }
        after = word;
    }
    None
}

/// The verdicts of the receiver that calls itself `authserv_id`, on a mail from `from` (an address).
pub(crate) fn read(headers: &Headers, authserv_id: &str, from: Option<&str>, authors: usize) -> Verdicts {
    let zone = trusted(headers);
    let value = |name: &str| zone.iter().find(|field| field.name == name).map(|field| field.value.as_str());
    let results = value("authentication-results").and_then(|value| results(value, authserv_id)).unwrap_or_default();
    let (mut spf, mut dkim, mut dmarc) = (Verdict::Unchecked, Verdict::Unchecked, Verdict::Unchecked);
    if !says_that_it_does_not_check(&results) {
        let domain = from.map(address::domain).unwrap_or_default();
        spf = spf_of(&results, domain, value("return-path"));
        dkim = dkim_of(&results, domain);
        dmarc = dmarc_of(&results, domain);
    }
    if authors != 1 {
        dmarc = Verdict::Fail;
    }
    Verdicts { spf, dkim, dmarc, spam: ses(value("x-ses-spam-verdict")), virus: ses(value("x-ses-virus-verdict")) }
}

fn ses(value: Option<&str>) -> Verdict {
    match value.map(str::to_ascii_uppercase).as_deref() {
        Some("PASS") => Verdict::Pass,
        Some("FAIL") => Verdict::Fail,
        Some("GRAY") => Verdict::None,
        _ => Verdict::Unchecked,
    }
}

struct Outcome {
    method: String,
    result: String,
    verdict: Verdict,
    properties: Vec<(String, String)>,
}

impl Outcome {
    fn domain(&self, properties: &[&str]) -> Option<String> {
        let found = properties.iter().find_map(|wanted| self.properties.iter().find(|(name, _)| name == wanted));
        found.map(|(_, value)| domain_of(value)).filter(|domain| !domain.is_empty())
    }
}

fn domain_of(value: &str) -> String {
    let value = value.trim_matches(['"', '<', '>', ' ']);
    value.rsplit_once('@').map_or(value, |(_, domain)| domain).trim_end_matches('.').to_lowercase()
}

/// Whether a receiver that is not on the open Internet, as that of the local process, says `auth=unchecked` and nothing else. `none`
/// (RFC 8601, 2.2) is what one that does check says of a mail without a policy or a signature.
fn says_that_it_does_not_check(results: &[Outcome]) -> bool {
    matches!(results, [only] if only.method == "auth" && only.result == "unchecked")
}

/// What `Authentication-Results` (RFC 8601) says, where `authserv_id` wrote it.
fn results(value: &str, authserv_id: &str) -> Option<Vec<Outcome>> {
    let value = without_comments(value);
    // A quoted value may hold anything, and the sender's own words: the local part of an envelope's address, say.
    let mut sections = outside_quotes(&value, |c| c == ';').into_iter();
    let author = outside_quotes(sections.next()?, char::is_whitespace).into_iter().find(|word| !word.is_empty())?;
    if !author.eq_ignore_ascii_case(authserv_id) {
        return None;
    }
    let mut outcomes: Vec<Outcome> = Vec::new();
    for found in sections.filter_map(outcome) {
        match outcomes.last_mut() {
            // SES parts what belongs to SPF as if each were a method.
            Some(last) if matches!(found.method.as_str(), "client-ip" | "envelope-from" | "helo") => {
                last.properties.push((found.method, found.result));
            }
            _ => outcomes.push(found),
        }
    }
    Some(outcomes)
}

fn outcome(section: &str) -> Option<Outcome> {
    let mut words = outside_quotes(section, char::is_whitespace).into_iter().filter(|word| !word.is_empty());
    let (method, result) = words.next()?.split_once('=')?;
    let method = method.split('/').next().unwrap_or_default().to_ascii_lowercase();
    let verdict = match result.to_ascii_lowercase().as_str() {
        "pass" => Verdict::Pass,
        "fail" | "hardfail" | "softfail" | "permerror" | "policy" => Verdict::Fail,
        _ => Verdict::None,
    };
    let properties = words.filter_map(|word| word.split_once('='));
    let properties = properties.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
    Some(Outcome { method, result: result.to_owned(), verdict, properties })
}

fn spf_of(results: &[Outcome], from: &str, return_path: Option<&str>) -> Verdict {
    let results: Vec<&Outcome> = results.iter().filter(|result| result.method == "spf").collect();
    let verdict = worst(results.iter().map(|result| result.verdict));
    let envelope = results.first().and_then(|result| result.domain(&["smtp.mailfrom", "envelope-from"]));
    let envelope = envelope.or_else(|| return_path.map(domain_of)).unwrap_or_default();
    if verdict == Verdict::Pass && !is_aligned(&envelope, from) { Verdict::None } else { verdict }
}

fn dkim_of(results: &[Outcome], from: &str) -> Verdict {
    let results: Vec<&Outcome> = results.iter().filter(|result| result.method == "dkim").collect();
    let passes = |result: &&Outcome| {
        let signer = result.domain(&["header.d", "header.i"]).unwrap_or_default();
        result.verdict == Verdict::Pass && is_aligned(&signer, from)
    };
    if results.iter().any(passes) {
        Verdict::Pass
    } else if results.iter().any(|result| result.verdict == Verdict::Fail) {
        Verdict::Fail
    } else {
        Verdict::None
    }
}

/// A verdict on another author than the one we read is none on ours.
fn dmarc_of(results: &[Outcome], from: &str) -> Verdict {
    let results = results.iter().filter(|result| result.method == "dmarc");
    worst(results.map(|result| match result.domain(&["header.from"]) {
        Some(author) if !is_aligned(&author, from) => Verdict::Fail,
        _ => result.verdict,
    }))
}

/// Two results of a check that is made once are one too many, and the worse holds.
fn worst(verdicts: impl Iterator<Item = Verdict>) -> Verdict {
    let rank = |verdict: &Verdict| match verdict {
        Verdict::Fail => 0,
        Verdict::None | Verdict::Unchecked => 1,
        Verdict::Pass => 2,
    };
    verdicts.min_by_key(rank).unwrap_or(Verdict::None)
}

/// Whether two domains are one, or one is above the other. Siblings are not: that would need the list of public
/// suffixes, and DMARC says it already.
fn is_aligned(one: &str, other: &str) -> bool {
    let above = |parent: &str, child: &str| {
        parent.contains('.') && child.strip_suffix(parent).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    !one.is_empty() && (one == other || above(one, other) || above(other, one))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_are_aligned_with_themselves_and_those_above_and_below() {
        assert!(is_aligned("x.test", "x.test") && is_aligned("a.x.test", "x.test") && is_aligned("x.test", "a.x.test"));
        for (one, other) in [("", ""), ("test", "x.test"), ("ax.test", "x.test"), ("a.x.test", "b.x.test"), ("x.test", "")] {
            assert!(!is_aligned(one, other), "{one} {other}");
        }
    }

    #[test]
    fn the_address_a_mail_was_taken_for_is_the_last_that_is_named() {
        let value = "from evil for <victim@x.test> (for <a@x.test>) by x with SMTP id 1 for <b@X.test>; Fri, 1 Jan 2026";
        assert_eq!(received_for(value).as_deref(), Some("b@x.test"));
        assert_eq!(received_for("from a by b; date for c@x.test"), None);
    }
}
