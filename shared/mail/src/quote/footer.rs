//! What stands under a mail without being said in it: phones' footers, closing phrases, notes of lists and scanners.

use super::line::{Line, fold};

/// How phones and their applications sign, in lower case, at the beginning of a line.
#[rustfmt::skip]
const DEVICES: &[&str] = &[
    "sent from my ", "sent from mail", "sent from outlook", "sent from yahoo", "sent from samsung", "sent from a ", "sent from the ",
    "sent from proton", "sent from blackberry", "sent from android", "sent from iphone", "sent from ipad", "sent from ios",
    "sent from acompli", "sent from gmail", "sent from aol", "sent from spark", "sent from nine", "sent from front",
    "sent from superhuman", "sent from windows", "sent from bluemail", "sent from typeapp", "sent from airmail", "sent from canary",
    "sent from postbox", "sent from newton", "sent from edison", "sent from hey", "sent from fastmail", "sent from tutanota",
    "sent from myiphone", "sent from galaxy", "sent with ", "sent via ", "sent using ", "sent wirelessly", "sent on the go",
    "sent by my ", "get outlook for ", "get bluemail for ", "envoyé sans fil", "enviado de samsung", "enviado de mi ",
    "gesendet von ", "gesendet mit ", "gesendet vom ", "gesendet über ", "gesendet aus ", "verschickt von meinem ", "verfasst auf ",
    "holen sie sich outlook", "outlook für ", "laden sie outlook",
    "envoyé de ", "envoyé depuis ", "envoyé à partir d", "envoyé avec ", "envoyé via ", "envoyé par ", "envoyée depuis ",
    "télécharger outlook", "téléchargez outlook", "obtenez outlook", "obtenir outlook",
    "enviado desde ", "enviado con ", "obtener outlook", "descargar outlook", "consigue outlook",
    "inviato da ", "inviato dal ", "inviato dall'", "inviato con ", "ottieni outlook", "scarica outlook", "outlook per ",
    "enviado do ", "enviado pelo ", "enviado a partir d", "enviado via ", "enviada do ", "obter o outlook", "obtenha o outlook",
    "baixe o outlook", "outlook para ", "verzonden vanaf ", "verstuurd vanaf ", "verzonden met ", "verstuurd met ", "verzonden via ",
    "verstuurd via ", "outlook voor ", "download outlook", "wysłane z ", "wysłano z ", "wysłane za ", "pobierz outlook",
    "pobierz program outlook", "skickat från ", "sendt fra ", "lähetetty ", "отправлено с ", "отправлено из ", "hämta outlook", "hent outlook",
];
/// What people add to a phone's footer.
const EXCUSES: &[&str] =
    &["excuse", "forgive", "pardon", "sorry", "apolog", "brevity", "typo", "entschuld", "tippfehler", "excus"];
/// What lists and scanners for viruses put below a mail, in lower case, at the beginning of a line.
#[rustfmt::skip]
const NOTES: &[&str] = &[
    "virus-free", "virenfrei", "this email has been checked for viruses", "this e-mail has been checked for viruses",
    "diese e-mail wurde von avast", "you received this message because", "you are receiving this because", "to unsubscribe",
    "reply to this email directly", "garanti sans virus", "libre de virus", "privo di virus", "livre de vírus", "virusvrij",
    "wolny od wirusów",
];
/// Phrases that close a letter, in lower case.
#[rustfmt::skip]
const CLOSINGS: &[&str] = &[
    "best regards", "kind regards", "kindest regards", "warm regards", "warmest regards", "with kind regards", "with best regards",
    "regards", "best wishes", "all the best", "cheers", "sincerely", "yours sincerely", "yours faithfully", "yours truly",
    "sincerely yours", "respectfully", "cordially", "br", "rgds", "best",
    "mit freundlichen grüßen", "mit freundlichen grüssen", "mit freundlichem gruß", "mit besten grüßen", "mit besten grüssen",
    "freundliche grüße", "freundliche grüsse", "viele grüße", "viele grüsse", "liebe grüße", "liebe grüsse", "beste grüße",
    "beste grüsse", "schöne grüße", "herzliche grüße", "herzliche grüsse", "grüße", "gruß", "gruss", "mfg", "lg", "vg",
    "cordialement", "bien cordialement", "bien à vous", "salutations", "sincères salutations", "meilleures salutations",
    "amicalement", "saludos", "un saludo", "saludos cordiales", "un cordial saludo", "atentamente", "cordialmente",
    "cordiali saluti", "distinti saluti", "saluti", "un saluto", "cordialità", "atenciosamente", "cumprimentos",
    "melhores cumprimentos", "com os melhores cumprimentos", "abraços", "att", "met vriendelijke groet", "met vriendelijke groeten",
    "vriendelijke groet", "vriendelijke groeten", "groeten", "groet", "mvg", "pozdrawiam", "pozdrawiam serdecznie",
    "z poważaniem", "z wyrazami szacunku", "serdecznie pozdrawiam", "с уважением", "med vänliga hälsningar", "vänliga hälsningar",
    "mvh", "hälsningar", "med venlig hilsen", "venlig hilsen", "med vennlig hilsen", "vennlig hilsen", "hilsen",
];
/// Thanks, which close a letter only above a name: alone they are an answer.
#[rustfmt::skip]
const THANKS: &[&str] = &[
    "thanks", "thank you", "many thanks", "thanks again", "thanks in advance", "thx", "danke", "vielen dank", "merci", "gracias",
    "grazie", "obrigado", "obrigada", "bedankt", "dank", "dziękuję", "tack",
];

/// Longest line of a signature, in characters.
const SIGNATURE_LINE: usize = 80;
/// Most lines of a footer below a closing phrase.
const CLOSING_LINES: usize = 8;

/// Whether the line is a phone's or an application's own: "Sent from my iPhone".
pub(super) fn is_device(line: &Line<'_>) -> bool {
    if line.text.len() > 240 {
        return false;
    }
    let folded = fold(line.trimmed());
    let text = folded.trim_start_matches(|c: char| !c.is_alphanumeric());
    let german =
        (text.starts_with("von mein") || text.starts_with("von samsung") || text.starts_with("diese nachricht wurde von mein"))
            && text.contains("gesendet");
    let dutch = text.starts_with("outlook voor ") || text.starts_with("outlook für ");
    let outlook = !dutch || text.contains("ios") || text.contains("android");
    // "Sent from my desk, which is easier than from a phone" is a sentence; "…, please excuse my brevity" is not.
    let sentence = text.contains([',', '?']) && !EXCUSES.iter().any(|excuse| text.contains(excuse));
    !sentence
        && (german || DEVICES.iter().any(|device| text.starts_with(device)))
        && outlook
        && text.chars().count() <= 120
        && !text.ends_with(':')
}

/// Whether the line closes a letter, alone or with a name: "Regards, Roman".
pub(super) fn is_closing(line: &Line<'_>) -> bool {
    closes(line, CLOSINGS)
}

/// Whether the line gives thanks and says nothing else.
pub(super) fn is_thanks(line: &Line<'_>) -> bool {
    closes(line, THANKS)
}

fn closes(line: &Line<'_>, phrases: &[&str]) -> bool {
    if line.text.len() > 160 {
        return false;
    }
    let folded = fold(line.trimmed());
    phrases.iter().any(|phrase| {
        let Some(rest) = folded.strip_prefix(phrase) else { return false };
        let name = rest.trim_start_matches([',', '!', '.', ' ', ';', '-', '–', '/']);
        // "Best practice is …" and "Regards the price …" go on without a comma.
        rest.is_empty()
            || name.is_empty()
            || rest.starts_with([',', '!', '.', '/']) && name.split(' ').count() <= 3 && !name.ends_with('?')
    })
}

/// Whether the line is the delimiter of RFC 3676, 4.3, or what clients and people make of it.
pub(super) fn is_delimiter(line: &Line<'_>) -> bool {
    matches!(line.trimmed(), "--" | "—" | "–" | "- --" | "--*" | "**--**")
}

/// Whether the line is a drawn rule of at least three characters.
pub(super) fn is_drawn_rule(line: &Line<'_>) -> bool {
    let text = line.trimmed();
    text.len() >= 3 && ['-', '_', '=', '*', '~'].iter().any(|drawn| text.chars().all(|c| c == *drawn))
}

/// Whether the line is a name behind a dash: "-Abhishek Kona".
pub(super) fn is_dashed_name(line: &Line<'_>) -> bool {
    let text = line.trimmed();
    let name = text.trim_start_matches(['-', '–', '—']);
    let dashes = text.chars().count() - name.chars().count();
    let words = name.trim_end_matches(['.', '!']);
    (1..=3).contains(&dashes)
        && words.starts_with(char::is_alphabetic)
        && words.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '.' | '-' | '\''))
        && words.split(' ').count() <= 3
        && words.len() <= 60
}

/// Whether the line tells how to reach somebody: an address, a page, a number.
pub(super) fn is_contact(line: &Line<'_>) -> bool {
    let text = line.trimmed();
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    text.chars().count() <= SIGNATURE_LINE
        && (text.contains(['@']) || text.contains("www.") || text.contains("://") || digits >= 6)
}

/// Whether the line could stand in a signature: short, and no question.
pub(super) fn fits_signature(line: &Line<'_>) -> bool {
    let text = line.trimmed();
    text.chars().take(SIGNATURE_LINE + 1).count() <= SIGNATURE_LINE && !text.ends_with('?')
}

/// Whether these lines, found below a quote, are but how the sender closes the letter.
pub(super) fn signs_off(lines: &[Line<'_>]) -> bool {
    let first = lines.iter().find(|line| !line.is_blank());
    first.is_some_and(|first| !first.signature && (is_closing(first) || is_thanks(first))) && is_footer(lines)
}

/// Whether these lines, found below a quote, say nothing of their own.
pub(super) fn is_footer(lines: &[Line<'_>]) -> bool {
    let mut said = lines.iter().filter(|line| !line.is_blank());
    let Some(first) = said.next() else { return true };
    if first.signature || is_delimiter(first) {
        return true;
    }
    let short = || said.clone().count() < CLOSING_LINES && said.clone().all(fits_signature);
    if is_device(first) || is_closing(first) || is_dashed_name(first) {
        return short();
    }
    if is_thanks(first) {
        return said.clone().next().is_some_and(|name| name.trimmed().split(' ').count() <= 3) && short();
    }
    let noted = |line: &Line<'_>| {
        let beginning: String = line.trimmed().chars().take(60).collect();
        NOTES.iter().any(|note| fold(&beginning).starts_with(note))
    };
    noted(first) || is_drawn_rule(first) && short() && said.clone().any(|line| is_contact(line) || noted(line))
}
