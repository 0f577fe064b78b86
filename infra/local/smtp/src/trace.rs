//! The lines that the server puts before a mail (RFC 5321, 4.4; RFC 8601).

use std::{fmt::Write as _, net::IpAddr};

use jiff::{Timestamp, fmt::rfc2822, tz::TimeZone};

use crate::{HOST, envelope::Envelope};

/// Ends in CRLF. Addresses hold no control characters; the client's name is reduced to what a name is made of.
pub(crate) fn lines(envelope: &Envelope, extended: bool, now: Timestamp) -> String {
    let Envelope { id, helo, peer, from, recipients, body_8bit: _, smtputf8 } = envelope;
    let protocol = match (smtputf8, extended) {
        (true, _) => "UTF8SMTP",
        (false, true) => "ESMTP",
        (false, false) => "SMTP",
    };
    let ip = match peer.ip().to_canonical() {
        IpAddr::V4(ip) => format!("[{ip}]"),
        IpAddr::V6(ip) => format!("[IPv6:{ip}]"),
    };
    let date = rfc2822::to_string(&now.to_zoned(TimeZone::UTC)).unwrap_or_else(|_| "Thu, 1 Jan 1970 00:00:00 +0000".to_owned());
    let mut lines = format!("Return-Path: <{}>\r\n", from.as_deref().unwrap_or_default());
    for recipient in recipients {
        // Writing to a string does not fail.
        let _ = write!(lines, "Delivered-To: {recipient}\r\n");
    }
    let helo = name(helo);
    let _ = write!(lines, "Received: from {helo} ({ip})\r\n\tby {HOST} with {protocol} id {id};\r\n\t{date}\r\n");
    let _ = write!(lines, "Authentication-Results: {HOST}; auth=unchecked\r\n");
    lines
}

fn name(helo: &str) -> String {
    let kept = |character: char| if character.is_ascii_alphanumeric() || ".-_:[]".contains(character) { character } else { '?' };
    helo.chars().map(kept).collect()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn envelope() -> Envelope {
        Envelope {
            id: Uuid::nil(),
            helo: "client.test".to_owned(),
            peer: ([127, 0, 0, 1], 4000).into(),
            from: Some("carl@example.test".to_owned()),
            recipients: vec!["help@demo.test".to_owned(), "sales@demo.test".to_owned()],
            body_8bit: false,
            smtputf8: false,
        }
    }

    #[test]
    fn they_say_who_sent_it_to_whom_and_when() {
        let lines = lines(&envelope(), true, Timestamp::UNIX_EPOCH);
        let expected = "Return-Path: <carl@example.test>\r\n\
            Delivered-To: help@demo.test\r\n\
            Delivered-To: sales@demo.test\r\n\
            Received: from client.test ([127.0.0.1])\r\n\
            \tby lambdesk.local with ESMTP id 00000000-0000-0000-0000-000000000000;\r\n\
            \tThu, 1 Jan 1970 00:00:00 +0000\r\n\
            Authentication-Results: lambdesk.local; auth=unchecked\r\n";
        assert_eq!(lines, expected);
    }

    #[test]
    fn a_clients_name_adds_no_line_and_no_comment() {
        let envelope = Envelope {
            helo: "x\r\nBcc: (é)".to_owned(),
            peer: ("::1".parse::<IpAddr>().unwrap(), 1).into(),
            from: None,
            smtputf8: true,
            ..envelope()
        };
        let lines = lines(&envelope, true, Timestamp::UNIX_EPOCH);
        assert!(lines.starts_with("Return-Path: <>\r\n"), "{lines}");
        assert!(lines.contains("from x??Bcc:????"), "{lines}");
        assert!(lines.contains("([IPv6:::1])\r\n\tby lambdesk.local with UTF8SMTP id"), "{lines}");
    }
}
