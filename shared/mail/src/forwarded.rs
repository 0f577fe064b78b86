//! Who wrote a mail that somebody forwards: what an agent sends on to the desk is the customer's request.

use crate::address;
use crate::body;
use crate::header::single_line;
use crate::mail::Mailbox;
use crate::mime::Entity;

/// A mail within a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forwarded {
    /// Who wrote it, as the one who forwards it says: true of nobody.
    pub from: Mailbox,
    /// Its subject, fit for one line.
    pub subject: Option<String>,
    /// What the one who forwards it wrote above.
    pub comment: String,
    /// Its text.
    pub body: String,
}

const FORWARDS: [&str; 12] = ["fw", "fwd", "wg", "tr", "rv", "i", "enc", "doorst", "pd", "fs", "vl", "weiterl"];
const REPLIES: [&str; 12] = ["re", "aw", "sv", "antw", "antwort", "odp", "res", "r", "rép", "ref", "vs", "bls"];

/// The lines that mailers set above a forwarded mail, in lower case and without dashes and colons.
const MARKERS: [&str; 26] = [
    "forwarded message",
    "begin forwarded message",
    "start of forwarded message",
    "forwarded by",
    "weitergeleitete nachricht",
    "anfang der weitergeleiteten nachricht",
    "anfang der weitergeleiteten e-mail",
    "message transféré",
    "début du message transféré",
    "début du message réexpédié",
    "message réexpédié",
    "mensaje reenviado",
    "inicio del mensaje reenviado",
    "messaggio inoltrato",
    "inizio messaggio inoltrato",
    "inizio del messaggio inoltrato",
    "mensagem encaminhada",
    "mensagem reencaminhada",
    "início da mensagem encaminhada",
    "início da mensagem reencaminhada",
    "doorgestuurd bericht",
    "begin doorgestuurd bericht",
    "przekazana wiadomość",
    "wiadomość przekazana",
    "początek przekazywanej wiadomości",
    "treść przekazanej wiadomości",
];

/// Those that stand above a quoted mail as well, and say nothing alone.
const WEAK_MARKERS: [&str; 9] = [
    "original message",
    "ursprüngliche nachricht",
    "original-nachricht",
    "message d'origine",
    "mensaje original",
    "messaggio originale",
    "mensagem original",
    "oorspronkelijk bericht",
    "wiadomość oryginalna",
];

const FROM: [&str; 6] = ["from", "von", "de", "da", "van", "od"];
const SUBJECT: [&str; 9] = ["subject", "betreff", "objet", "asunto", "oggetto", "assunto", "onderwerp", "temat", "sujet"];
const OTHERS: [&str; 40] = [
    "date",
    "sent",
    "to",
    "cc",
    "bcc",
    "reply-to",
    "importance",
    "attachments",
    "datum",
    "gesendet",
    "an",
    "kopie",
    "antwort an",
    "priorität",
    "envoyé",
    "à",
    "fecha",
    "enviado",
    "enviado el",
    "para",
    "data",
    "inviato",
    "a",
    "enviada em",
    "enviado em",
    "verzonden",
    "aan",
    "wysłano",
    "do",
    "dw",
    "organization",
    "newsgroups",
    "message-id",
    "envoyé le",
    "date d'envoi",
    "cci",
    "responder a",
    "resent-from",
    "list-id",
    "wysłane",
];

/// Header lines of one block, and blank lines above it.
const MAX_LINES: usize = 20;
/// Lines that a long one may go on for.
const MAX_FOLDED: usize = 3;
/// Bytes of a label.
const MAX_LABEL: usize = 40;
/// Lines that are searched for a block.
const MAX_SEARCHED: usize = 2_000;
/// A comment of this length beside an attached mail makes it an attachment, unless the subject says otherwise.
const NO_COMMENT: usize = 20;

/// Reads what a mail forwards. `text` is what it says in plain text.
pub(crate) fn read(entity: &Entity<'_>, subject: &str, text: &str) -> Option<Forwarded> {
    if begins_with(subject, &REPLIES) {
        return None;
    }
    let says_so = begins_with(subject, &FORWARDS);
    in_text(text, says_so).or_else(|| attached(entity, says_so, text))
}

/// Whether a subject begins with one of these, before a colon; a `[tag]` may stand before it.
fn begins_with(subject: &str, prefixes: &[&str]) -> bool {
    let subject = subject.trim_start();
    let untagged = subject.strip_prefix('[').and_then(|rest| rest.split_once(']')).map(|(_, rest)| rest.trim_start());
    // Netscape's children write "[Fwd: subject]".
    let within = subject.strip_prefix('[').unwrap_or_default();
    [Some(subject), untagged, Some(within)].into_iter().flatten().any(|subject| has_prefix(subject, prefixes))
}

fn has_prefix(subject: &str, prefixes: &[&str]) -> bool {
    let Some((prefix, _)) = subject.split_once(':') else { return false };
    let prefix = prefix.trim().to_lowercase();
    // "Re[2]:" and "Re (2):" count.
    let prefix = prefix.trim_end_matches(|c: char| c.is_ascii_digit() || "[]() ^".contains(c));
    prefixes.contains(&prefix)
}

fn in_text(text: &str, says_so: bool) -> Option<Forwarded> {
    let lines: Vec<&str> = text.lines().collect();
    let searched = lines.len().min(MAX_SEARCHED);
    let marked = (0..searched).find_map(|at| {
        let marker = marker(lines[at]);
        let strong = MARKERS.iter().any(|known| marker == *known || (*known == "forwarded by" && marker.starts_with(known)));
        let weak = says_so && WEAK_MARKERS.contains(&marker.as_str());
        (strong || weak).then(|| block(&lines, at + 1)).flatten().map(|block| (at, block))
    });
    let found = marked.or_else(|| {
        let mut starts = (0..searched).filter(|_| says_so);
        starts.find_map(|at| {
            label(lines[at])
                .is_some_and(|(name, _)| is(&name, &FROM))
                .then(|| block(&lines, at))
                .flatten()
                .map(|block| (at, block))
        })
    });
    let (above, block) = found?;
    Some(Forwarded {
        from: block.from,
        subject: block.subject,
        comment: lines[..above].join("\n").trim_matches(['\n', '_', ' ', '\t', '-']).to_owned(),
        body: lines[block.end..]
            .iter()
            .map(|line| if block.quoted { unquoted(line) } else { line })
            .collect::<Vec<_>>()
            .join("\n")
            .trim()
            .to_owned(),
    })
}

fn marker(line: &str) -> String {
    if line.len() > 200 {
        return String::new();
    }
    line.trim_matches(|c: char| "-_=*:– \t".contains(c)).replace('’', "'").to_lowercase()
}

struct Block {
    from: Mailbox,
    subject: Option<String>,
    /// The first line below.
    end: usize,
    quoted: bool,
}

/// The header block that begins at `start`, or after blank lines there. It has to have an author and more.
fn block(lines: &[&str], start: usize) -> Option<Block> {
    let start = (start..lines.len()).take(MAX_LINES).find(|at| !unquoted(lines[*at]).trim().is_empty())?;
    let quoted = lines[start].starts_with('>');
    let (mut from, mut subject, mut others, mut end) = (None, None, 0, start);
    for (at, line) in lines.iter().enumerate().skip(start).take(MAX_LINES) {
        let line = if quoted { unquoted(line) } else { line };
        if line.trim().is_empty() {
            break;
        }
        match label(line) {
            Some((name, value)) if is(&name, &FROM) && from.is_none() => from = author(&value),
            Some((name, value)) if is(&name, &SUBJECT) => {
                subject = Some(single_line(&value)).filter(|subject| !subject.is_empty())
            }
            Some((name, _)) if is(&name, &OTHERS) => others += 1,
            // A long line that goes on, if there is another below that belongs to the block; or the text already.
            _ if from.is_some() && at < end + MAX_FOLDED => continue,
            _ if from.is_some() => break,
            _ => return None,
        }
        end = at + 1;
    }
    let from = from.filter(|_| others > 0 || subject.is_some())?;
    Some(Block { from, subject, end, quoted })
}

fn is(name: &str, known: &[&str]) -> bool {
    known.contains(&name)
}

/// `Label: value`, where both may be in bold.
fn label(line: &str) -> Option<(String, String)> {
    let bold = ['*', ' ', '\t', '\u{a0}'];
    let (name, value) = line.split_once(':')?;
    let fits = !name.is_empty() && name.len() <= MAX_LABEL;
    fits.then(|| (name.trim_matches(bold).to_lowercase(), value.trim_matches(bold).to_owned()))
}

/// An author as mailers show one: `Name <address>`, `Name [mailto:address]`, `"Name" (address)`, or the address alone.
fn author(value: &str) -> Option<Mailbox> {
    let value: String = value.chars().take(1_000).collect();
    let (at, address) = address::in_prose(&value.replace("mailto:", "       "))?;
    let name = value.get(..at).unwrap_or_default().replace("mailto:", "");
    let name = single_line(name.trim_matches(|c: char| "<>[]()\"'*, ".contains(c) || c.is_whitespace()));
    Some(Mailbox { name: Some(name).filter(|name| !name.is_empty()), address })
}

fn unquoted(line: &str) -> &str {
    let line = line.strip_prefix('>').unwrap_or(line);
    line.strip_prefix(' ').unwrap_or(line)
}

/// The one mail that is attached, where that is what the mail is about.
fn attached(entity: &Entity<'_>, says_so: bool, text: &str) -> Option<Forwarded> {
    let leaves = entity.leaves();
    let mut mails = leaves.iter().filter(|leaf| leaf.content_type == "message/rfc822");
    let (mail, None) = (mails.next()?, mails.next()) else { return None };
    if !says_so && text.trim().chars().count() > NO_COMMENT {
        return None;
    }
    let bytes = mail.bytes();
    let nested = Entity::read(bytes.trim_ascii_start()).ok()?;
    let from = nested.headers.get("from").map(address::list)?.into_iter().next()?;
    let subject = nested.headers.text("subject").map(|subject| single_line(&subject)).filter(|subject| !subject.is_empty());
    let said = body::read(&nested);
    let body = said.text.or_else(|| said.html.as_deref().map(body::plain)).unwrap_or_default();
    Some(Forwarded { from, subject, comment: text.trim().to_owned(), body: body.trim().to_owned() })
}
