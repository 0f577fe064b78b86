//! Commands, as far as this server knows them.

use smtp_proto::{Error, MAIL_BODY_7BIT, MAIL_BODY_8BITMIME, MAIL_SMTPUTF8, MailFrom, RcptTo, Request};

use crate::{address::mailbox, reply::Reply};

/// A command that may be carried out, if it is its turn.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Command {
    Helo(String),
    Ehlo(String),
    Mail(Sender),
    Rcpt(String),
    Data,
    Rset,
    Noop,
    Vrfy,
    Help,
    Quit,
}

/// What `MAIL` says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Sender {
    pub(crate) address: Option<String>,
    /// In bytes; 0 if it was not said.
    pub(crate) size: usize,
    pub(crate) body_8bit: bool,
    pub(crate) smtputf8: bool,
}

/// How requests of a browser begin that a page has aimed at this port. Their bodies may look like commands.
const HTTP: &[&str] = &["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "CONNECT", "PATCH"];

/// Reads a line that ends in CRLF and holds neither CR nor LF before it.
pub(crate) fn parse(line: &[u8]) -> Result<Command, Reply> {
    let text = std::str::from_utf8(line).map_err(|_| Reply::bad("500 5.5.2 A command is UTF-8"))?;
    let verb = text.split_ascii_whitespace().next().unwrap_or_default();
    if HTTP.contains(&verb) {
        return Err(Reply::last("421 4.7.0 This is not HTTP"));
    }
    match Request::parse(&mut text.as_bytes().iter()).map_err(|error| refusal(&error))? {
        Request::Helo { host } => Ok(Command::Helo(named(&host)?)),
        Request::Ehlo { host } => Ok(Command::Ehlo(named(&host)?)),
        Request::Mail { from } => sender(&from).map(Command::Mail),
        Request::Rcpt { to } => recipient(&to).map(Command::Rcpt),
        Request::Data => Ok(Command::Data),
        Request::Rset => Ok(Command::Rset),
        Request::Noop { .. } => Ok(Command::Noop),
        Request::Vrfy { .. } => Ok(Command::Vrfy),
        Request::Help { .. } => Ok(Command::Help),
        Request::Quit => Ok(Command::Quit),
        // What follows it is a mail, not commands.
        Request::Bdat { .. } => Err(Reply::last("502 5.5.1 BDAT is not offered")),
        other => Err(Reply::bad(format!("502 5.5.1 {} is not offered", other.name()))),
    }
}

fn refusal(error: &Error) -> Reply {
    match error {
        Error::InvalidSenderAddress => BAD_SENDER.into(),
        Error::InvalidRecipientAddress => BAD_RECIPIENT.into(),
        Error::SyntaxError { syntax } => Reply::bad(format!("501 5.5.4 It is {syntax}")),
        Error::InvalidParameter { param } => Reply::bad(format!("501 5.5.4 {param} makes no sense")),
        Error::UnsupportedParameter { .. } => BAD_PARAMETER.into(),
        _ => Reply::bad("500 5.5.2 There is no such command"),
    }
}

const BAD_SENDER: &str = "553 5.1.7 That is not an address to answer to";
const BAD_RECIPIENT: &str = "553 5.1.3 That is not an address";
const BAD_PARAMETER: &str = "555 5.5.4 There is a parameter that is not offered";

fn named(host: &str) -> Result<String, Reply> {
    if host.is_empty() || host.chars().any(char::is_control) {
        return Err(Reply::bad("501 5.5.4 A client has a name"));
    }
    Ok(host.to_owned())
}

fn sender(from: &MailFrom<impl AsRef<str>>) -> Result<Sender, Reply> {
    let MailFrom { address, flags, size, trans_id, by, env_id, solicit, mtrk, auth, hold_for, hold_until, mt_priority } = from;
    let extensions = [trans_id, env_id, solicit, auth].into_iter().any(Option::is_some) || mtrk.is_some();
    let numbers = *by != 0 || *hold_for != 0 || *hold_until != 0 || *mt_priority != 0;
    if extensions || numbers || flags & !(MAIL_BODY_7BIT | MAIL_BODY_8BITMIME | MAIL_SMTPUTF8) != 0 {
        return Err(BAD_PARAMETER.into());
    }
    let smtputf8 = flags & MAIL_SMTPUTF8 != 0;
    let address = match address.as_ref() {
        "" => None,
        address => Some(mailbox(address).ok_or(BAD_SENDER)?),
    };
    if address.as_ref().is_some_and(|address| !address.is_ascii() && !smtputf8) {
        return Err("553 5.6.7 An address beyond ASCII needs SMTPUTF8".into());
    }
    Ok(Sender { address, size: *size, body_8bit: flags & MAIL_BODY_8BITMIME != 0, smtputf8 })
}

fn recipient(to: &RcptTo<impl AsRef<str>>) -> Result<String, Reply> {
    let RcptTo { address, orcpt, rrvs, flags } = to;
    if orcpt.is_some() || *rrvs != 0 || *flags != 0 {
        return Err(BAD_PARAMETER.into());
    }
    mailbox(address.as_ref()).ok_or_else(|| BAD_RECIPIENT.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Command, Reply> {
        parse(format!("{line}\r\n").as_bytes())
    }

    fn code(line: &str) -> String {
        let refused = parsed(line).expect_err(line);
        refused.text.split(' ').take(2).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_sender_is_read_with_what_goes_with_it() {
        let sender = Sender { address: Some("a@b.test".to_owned()), size: 12, body_8bit: true, smtputf8: true };
        assert_eq!(parsed("MAIL FROM:<a@b.test> SIZE=12 BODY=8BITMIME SMTPUTF8"), Ok(Command::Mail(sender)));
        let nobody = Sender { address: None, size: 0, body_8bit: false, smtputf8: false };
        assert_eq!(parsed("mail from:<> body=7bit"), Ok(Command::Mail(nobody)));
    }

    #[test]
    fn a_recipient_may_be_quoted_or_routed() {
        assert_eq!(parsed("RCPT TO:<\"a b\"@c.test>"), Ok(Command::Rcpt("\"a b\"@c.test".to_owned())));
        assert_eq!(parsed("RCPT TO:<@relay.test:a@c.test>"), Ok(Command::Rcpt("a@c.test".to_owned())));
    }

    #[test]
    fn what_is_not_offered_is_refused_with_its_code() {
        assert_eq!(code("MAIL FROM:<a@b.test> BODY=BINARYMIME"), "555 5.5.4");
        assert_eq!(code("MAIL FROM:<a@b.test> RET=FULL"), "555 5.5.4");
        assert_eq!(code("MAIL FROM:<a@b.test> NEW=1"), "555 5.5.4");
        assert_eq!(code("MAIL FROM:<jörg@b.test>"), "553 5.6.7");
        assert_eq!(code("MAIL FROM:<a@>"), "553 5.1.7");
        assert_eq!(code("MAIL FROM:a@b.test"), "501 5.5.4");
        assert_eq!(code("MAIL FROM:<a@b.test> SIZE=x"), "501 5.5.4");
        assert_eq!(code("RCPT TO:<a@b.test> NOTIFY=NEVER"), "555 5.5.4");
        assert_eq!(code("RCPT TO:<>"), "553 5.1.3");
        assert_eq!(code("RCPT TO:<a@[127.0.0.1]>"), "553 5.1.3");
        assert_eq!(code("EHLO"), "501 5.5.4");
        assert_eq!(code("STARTTLS"), "502 5.5.1");
        assert_eq!(code("AUTH PLAIN AGEAYg=="), "502 5.5.1");
        assert_eq!(code("HELLO there"), "500 5.5.2");
        assert_eq!(code(""), "500 5.5.2");
        assert_eq!(code("POST / HTTP/1.1"), "421 4.7.0");
    }

    proptest::proptest! {
        #[test]
        fn no_line_takes_the_parser_by_surprise(line in "(MAIL FROM:<?|RCPT TO:<?|EHLO |BDAT |AUTH )?[ -~é\0]{0,80}") {
            if let Ok(Command::Mail(Sender { address: Some(address), .. }) | Command::Rcpt(address)) = parsed(&line) {
                assert!(address.contains('@') && !address.chars().any(char::is_control));
            }
        }
    }
}
