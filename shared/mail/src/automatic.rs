//! Why no machine may answer a mail: another machine wrote it (RFC 3834, and what there was before).

use crate::header::{Headers, without_comments};

/// What gives an automatic mail away, from the surest sign to the weakest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Automatic {
    /// It says that another mail could not be delivered.
    Bounce,
    /// It reports on another mail: a receipt, or a complaint.
    Report,
    /// `Auto-Submitted` is anything but `no` (RFC 3834, 5).
    AutoSubmitted,
    /// The envelope has no sender, so that there is nobody to answer (RFC 5321, 4.5.5).
    EmptySender,
    /// A mail server's own name is the sender.
    Daemon,
    /// One of the fields that programs use though no standard has them.
    Marker,
    /// The subject is one that absence notes have.
    SubjectSign,
    /// `X-Auto-Response-Suppress` asks for no answer.
    Suppressed,
    /// `Precedence` is `bulk`, `junk`, `list` or `auto_reply`.
    Precedence,
    /// A mailing list's fields (RFC 2369, RFC 2919).
    List,
    /// It reads as a report on another mail does, and a person may have written it, or passed one on.
    ReportSign,
}

impl Automatic {
    /// Whether a machine wrote the mail for certain. The other signs only ask that no machine answers it: people's mail has them
    /// too, through a list or a program that sends for them.
    pub const fn is_certain(self) -> bool {
        !matches!(self, Self::Suppressed | Self::Precedence | Self::List | Self::ReportSign)
    }
}

const DAEMONS: [&str; 4] = ["mailer-daemon", "mailerdaemon", "mail-daemon", "mdaemon"];

const MARKERS: [&str; 9] = [
    "x-autoreply",
    "x-autorespond",
    "x-autoresponder",
    "x-autoreply-from",
    "x-auto-reply-from",
    "x-mail-autoreply",
    "x-mail-autoresponder",
    "x-fc-machinegenerated",
    "x-ebay-mailtracker",
];

const LISTS: [&str; 5] = ["list-id", "list-post", "list-help", "list-unsubscribe", "list-subscribe"];

/// How absence notes begin. A person's subject may begin so as well; therefore nothing but a colon may follow.
const SUBJECTS: [&str; 41] = [
    "out of office",
    "out of the office",
    "out-of-office",
    "out of office reply",
    "out of office autoreply",
    "out of office auto-reply",
    "automatic reply",
    "automatic response",
    "auto reply",
    "auto-reply",
    "autoreply",
    "auto response",
    "auto-response",
    "vacation reply",
    "away from my mail",
    "abwesenheitsnotiz",
    "abwesenheitsnachricht",
    "abwesend",
    "automatische antwort",
    "automatische abwesenheitsnotiz",
    "réponse automatique",
    "reponse automatique",
    "message d'absence",
    "absence du bureau",
    "absent du bureau",
    "respuesta automática",
    "respuesta automatica",
    "fuera de la oficina",
    "risposta automatica",
    "fuori ufficio",
    "fuori sede",
    "resposta automática",
    "resposta automatica",
    "fora do escritório",
    "automatisch antwoord",
    "afwezigheidsbericht",
    "afwezig",
    "niet aanwezig",
    "odpowiedź automatyczna",
    "automatyczna odpowiedź",
    "autoodpowiedź",
];

/// Whether an address is one that mail servers write from, and nobody else.
pub(crate) fn is_daemon(address: &str) -> bool {
    DAEMONS.iter().any(|daemon| local_part(address).eq_ignore_ascii_case(daemon))
}

fn local_part(address: &str) -> &str {
    address.split('@').next().unwrap_or_default()
}

/// Whether the envelope's sender was empty, as the receiver noted it.
pub(crate) fn has_empty_sender(headers: &Headers) -> bool {
    headers.get("return-path").is_some_and(|value| matches!(without_comments(value).trim(), "<>" | "< >"))
}

/// The surest sign of a machine, bounces and reports aside. `from` is the author's address, `subject` decoded.
pub(crate) fn sign(headers: &Headers, from: Option<&str>, subject: &str) -> Option<Automatic> {
    let has = |names: &[&str]| names.iter().any(|name| headers.get(name).is_some());
    let signs = [
        (headers.all("auto-submitted").any(is_submitted), Automatic::AutoSubmitted),
        (has_empty_sender(headers), Automatic::EmptySender),
        (from.is_some_and(is_server), Automatic::Daemon),
        (has(&MARKERS) || is_marked(headers), Automatic::Marker),
        (is_absence(subject), Automatic::SubjectSign),
        (headers.all("x-auto-response-suppress").any(is_suppressed), Automatic::Suppressed),
        (headers.all("precedence").chain(headers.all("x-precedence")).any(is_bulk), Automatic::Precedence),
        (has(&LISTS), Automatic::List),
    ];
    signs.into_iter().find(|(holds, _)| *holds).map(|(_, sign)| sign)
}

/// `postmaster` may be a person, but one who can do without a machine's answer.
fn is_server(address: &str) -> bool {
    is_daemon(address) || local_part(address).eq_ignore_ascii_case("postmaster")
}

/// The first word of a value, without comments.
fn keyword(value: &str) -> String {
    let plain = without_comments(value);
    plain.split(|c: char| c == ';' || c.is_whitespace()).find(|word| !word.is_empty()).unwrap_or_default().to_ascii_lowercase()
}

fn is_submitted(value: &str) -> bool {
    !matches!(keyword(value).as_str(), "" | "no")
}

fn is_bulk(value: &str) -> bool {
    matches!(keyword(value).as_str(), "bulk" | "junk" | "list" | "auto_reply" | "auto-reply")
}

/// `DR`, `NDR`, `RN` and `NRN` ask only for no receipts, which people's mailers do.
fn is_suppressed(value: &str) -> bool {
    value.split([',', ';']).any(|word| matches!(word.trim().to_ascii_lowercase().as_str(), "all" | "oof" | "autoreply"))
}

fn is_marked(headers: &Headers) -> bool {
    headers.get("delivered-to").is_some_and(|value| value.to_ascii_lowercase().starts_with("autoresponder"))
        || headers.get("x-post-messageclass").is_some_and(|value| value.to_ascii_lowercase().contains("autorespond"))
        || headers.get("x-cron-env").is_some()
}

fn is_absence(subject: &str) -> bool {
    let subject = subject.to_lowercase().replace('’', "'");
    let begins = subject
        .split(':')
        .next()
        .unwrap_or_default()
        .trim()
        .trim_start_matches(['[', '('])
        .trim_end_matches([']', ')', '!', '.']);
    SUBJECTS.contains(&begins)
}
