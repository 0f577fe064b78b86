//! Splitters made by clients rather than sentences: header blocks, "Original Message", "reply above this line", and the
//! line above a forwarded message.

use super::line::{Hint, Line, fold};

/// Lines of a header block, wrapped recipients included.
const BLOCK: usize = 16;
/// Lines of one header: recipients, wrapped.
const WRAPPED: usize = 4;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    From,
    Date,
    To,
    Subject,
    Other,
}

/// The header that a line begins, in any of the languages, be its name bold in Outlook's or Markdown's way.
fn kind(text: &str) -> Option<Kind> {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '*' | '_' | '>'));
    let end = text.char_indices().take(24).find(|(_, c)| matches!(c, ':' | '：'))?.0;
    let name = fold(text[..end].trim_end_matches(|c: char| c.is_whitespace() || c == '*'));
    Some(match name.as_str() {
        "from" | "von" | "de" | "da" | "van" | "od" | "fra" | "från" | "lähettäjä" | "от" | "от кого" | "expéditeur"
        | "remitente" | "mittente" | "afzender" | "nadawca" | "remetente" | "absender" | "sender" | "发件人" | "差出人"
        | "kimden" => Kind::From,
        "sent"
        | "date"
        | "gesendet"
        | "datum"
        | "envoyé"
        | "envoyé le"
        | "enviado"
        | "enviado el"
        | "enviada em"
        | "enviado em"
        | "enviada"
        | "fecha"
        | "data"
        | "inviato"
        | "verzonden"
        | "wysłano"
        | "wysłane"
        | "skickat"
        | "sendt"
        | "dato"
        | "lähetetty"
        | "päivämäärä"
        | "отправлено"
        | "дата"
        | "date sent"
        | "发送时间"
        | "日期"
        | "送信日時"
        | "gönderme tarihi"
        | "gesendet am"
        | "data wysłania" => Kind::Date,
        "to" | "an" | "à" | "a" | "para" | "aan" | "do" | "til" | "till" | "vastaanottaja" | "кому" | "destinataire" | "pour"
        | "收件人" | "宛先" | "kime" | "dla" => Kind::To,
        "subject" | "betreff" | "objet" | "asunto" | "oggetto" | "assunto" | "onderwerp" | "temat" | "emne" | "ämne" | "aihe"
        | "тема" | "sujet" | "主题" | "件名" | "konu" => Kind::Subject,
        "cc" | "bcc" | "kopie" | "copie" | "copie à" | "copia" | "reply-to" | "antwort an" | "importance" | "wichtigkeit"
        | "attachments" | "anlagen" | "organization" | "priority" | "dw" | "ud" | "kopia" | "kopi" | "копия" | "cci" | "cco"
        | "répondre à" => Kind::Other,
        _ => return None,
    })
}

/// How many lines from the first of `lines` on are a header block; `None` for a line that begins none. `ruled` says
/// that a rule stands above, with which one header is enough.
pub(super) fn lines_of(lines: &[Line<'_>], ruled: bool) -> Option<usize> {
    let mut seen = [false; 5];
    let (mut block, mut last) = (0, 0);
    for (index, line) in lines.iter().enumerate().take(BLOCK) {
        if line.is_blank() {
            // Some clients leave a blank line after each header.
            if block == 0 || lines.get(index + 1).is_none_or(|next| kind(&next.text).is_none()) {
                break;
            }
        } else if let Some(kind) = kind(&line.text) {
            seen[kind as usize] = true;
            (block, last) = (index + 1, index);
        } else if block == 0 || index - last >= WRAPPED {
            break;
        }
    }
    let [from, date, to, subject, _] = seen;
    let enough = from && (date || subject) || date && to && (subject || has_year(lines)) || ruled && (from || date);
    (block > 0 && enough).then_some(block)
}

/// Whether the first header tells a year: a "Date:" of a form does not have to.
fn has_year(lines: &[Line<'_>]) -> bool {
    lines.first().is_some_and(|line| line.text.bytes().filter(u8::is_ascii_digit).count() >= 5)
}

/// Whether the text begins with a header, be it quoted.
pub(super) fn begins(text: &str) -> bool {
    kind(text).is_some()
}

/// Whether the line is a rule that clients draw above a header block.
pub(super) fn is_rule(line: &Line<'_>) -> bool {
    let text = line.trimmed();
    line.hint == Hint::Rule || text.len() >= 5 && (text.bytes().all(|b| b == b'_') || text.bytes().all(|b| b == b'-'))
}

/// Whether the line says that the original message follows: "-----Original Message-----".
pub(super) fn is_original(text: &str) -> bool {
    dashed(text).is_some_and(|title| {
        matches!(
            title.as_str(),
            "original message"
                | "reply message"
                | "original appointment"
                | "originalnachricht"
                | "original-nachricht"
                | "originalmeddelande"
                | "ursprüngliche nachricht"
                | "ursprünglicher termin"
                | "antwort nachricht"
                | "message d'origine"
                | "message original"
                | "message initial"
                | "mensaje original"
                | "messaggio originale"
                | "mensagem original"
                | "oorspronkelijk bericht"
                | "origineel bericht"
                | "wiadomość oryginalna"
                | "oryginalna wiadomość"
                | "wiadomość oryginalna od"
                | "oprindelig meddelelse"
                | "original meddelelse"
                | "ursprungligt meddelande"
                | "opprinnelig melding"
                | "alkuperäinen viesti"
                | "исходное сообщение"
                | "původní zpráva"
        )
    })
}

/// Whether the line says that a forwarded message follows.
pub(super) fn is_forward(line: &Line<'_>) -> bool {
    let text = line.trimmed();
    let apple = || {
        matches!(
            fold(text).as_str(),
            "begin forwarded message:"
                | "anfang der weitergeleiteten nachricht:"
                | "début du message réexpédié :"
                | "début du message transféré :"
                | "inicio del mensaje reenviado:"
                | "inizio messaggio inoltrato:"
                | "início da mensagem encaminhada:"
                | "begin doorgestuurd bericht:"
                | "początek przekazywanej wiadomości:"
        )
    };
    line.hint == Hint::Forward
        || text.len() < 120 && (dashed(text).is_some_and(|title| forwards(&title)) || text.ends_with(':') && apple())
}

#[rustfmt::skip]
const FORWARDS: &[&str] = &[
    "forwarded message", "forwarded by", "weitergeleitete nachricht", "weitergeleitete message", "message transféré",
    "message transmis", "message réexpédié", "mensaje reenviado", "mensaje reenviada", "messaggio inoltrato", "mensagem encaminhada",
    "doorgestuurd bericht", "przekazana wiadomość", "wiadomość przekazana", "vidarebefordrat meddelande", "videresendt",
    "пересылаемое сообщение", "edelleenlähetetty viesti",
];

fn forwards(title: &str) -> bool {
    FORWARDS.iter().any(|forward| title.starts_with(forward))
}

/// The title between the dashes of a line, in lower case.
fn dashed(text: &str) -> Option<String> {
    const DASHES: [char; 6] = ['-', '_', '=', '*', ' ', '\u{a0}'];
    let text = text.trim();
    if text.len() > 160 || !text.starts_with(['-', '_', '=']) || !text.ends_with(['-', '_', '=']) {
        return None;
    }
    Some(fold(text.trim_matches(DASHES)))
}

/// Whether the line is one that help desks put above what they send: "## Please type your reply above this line ##".
pub(super) fn is_reply_line(text: &str) -> bool {
    let text = text.trim();
    if text.len() > 160 {
        return false;
    }
    let fenced = text.len() > 8 && text.starts_with("##") && text.ends_with("##");
    fenced && text.contains(char::is_alphabetic) || {
        text.starts_with(['-', '=', '_', '#', '*', '~', '+', '<', '^'])
            && text.ends_with(['-', '=', '_', '#', '*', '~', '+', '>', '^'])
            && above(&fold(text))
    }
}

fn above(folded: &str) -> bool {
    const ABOVE: [&str; 9] = [
        "above this line",
        "über dieser zeile",
        "oberhalb dieser zeile",
        "au-dessus de cette ligne",
        "encima de esta línea",
        "sopra questa riga",
        "acima desta linha",
        "boven deze regel",
        "powyżej tej linii",
    ];
    ABOVE.iter().any(|phrase| folded.contains(phrase))
}
