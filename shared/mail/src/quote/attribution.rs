//! The line above a quote that says who wrote it and when: "On 3 Jan 2025, at 10:00, Jane Doe wrote:".
//!
//! Clients translate it, put date or name first, and wrap it over several lines. Three signs tell it: a word for
//! writing, a date or an address, and a colon at its end. Enough of them make it certain; with fewer, the line counts
//! only when quoted lines follow.

use super::line::{Line, fold, is_space, trim};

/// How many lines of a mail are tried. The history of a mail with more begins sooner, or is not told.
pub(super) const LINES_TRIED: usize = 10_000;
/// Polymail wraps over five lines, one of them blank.
const LINES_WRAPPED: usize = 5;
/// Longer than any attribution, in bytes; addresses of notifications can be long.
const LENGTH: usize = 500;

/// Words that say that somebody wrote, in lower case.
#[rustfmt::skip]
const VERBS: &[&str] = &[
    "wrote", "writes", "sent", "schrieb", "schreibt", "geschrieben", "écrit", "ecrit", "escribió", "escribio", "scritto",
    "scrisse", "escreveu", "schreef", "geschreven", "verzond", "napisał", "napisała", "napisal", "napisala", "pisze", "skrev",
    "kirjoitti", "написал", "написала", "пишет", "viết", "napsal", "napsala", "yazdı", "írta",
    "scris", "napisao", "έγραψε", "пише", "написав", "kirjutas", "כתב", "כתבה", "写道", "寫道", "작성", "quoting", "zitat", "citando",
];
/// How an attribution that tells the date first begins, in lower case.
#[rustfmt::skip]
const OPENERS: &[&str] = &[
    "on ", "am ", "le ", "el ", "il ", "em ", "no dia ", "op ", "w dniu ", "dnia ", "den ", "på ", "vào ", "в ", "dne ",
];
/// Who "wrote" in a sentence rather than above a quote.
const PRONOUNS: &[&str] =
    &["you", "i", "he", "she", "we", "they", "who", "it", "du", "sie", "er", "ich", "wir", "vous", "tu", "il"];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Certain,
    /// Only when quoted lines follow.
    IfQuoteFollows,
}

/// How many lines from the first of `lines` on are an attribution; `None` for a line that begins none.
pub(super) fn lines_of(lines: &[Line<'_>]) -> Option<usize> {
    wrapped(lines, lines.first()?.text.as_ref()).map(|(count, _)| count)
}

/// Whether the first of `lines` begins an attribution that is told by its own words, whatever follows.
pub(super) fn is_certain(lines: &[Line<'_>]) -> bool {
    lines.first().and_then(|line| wrapped(lines, &line.text)).is_some_and(|(_, verdict)| verdict == Verdict::Certain)
}

/// Whether the first of `lines` ends in an attribution that begins at byte `at`, above quoted lines.
pub(super) fn shares_line(lines: &[Line<'_>], at: usize) -> bool {
    let Some(line) = lines.first() else { return false };
    wrapped(lines, &line.text[at..]).is_some_and(|(count, _)| quote_follows(&lines[count..]))
}

/// Whether `text` alone reads as an attribution, be it quoted itself.
pub(super) fn reads_as_one(text: &str) -> bool {
    verdict(text.trim_start_matches(['>', ' '])).is_some()
}

fn wrapped(lines: &[Line<'_>], first: &str) -> Option<(usize, Verdict)> {
    let first = trim(first);
    let mut joined = String::from(first);
    let wraps = may_wrap(first);
    for count in 1..=LINES_WRAPPED {
        if joined.len() > LENGTH {
            return None;
        }
        match verdict(&joined) {
            Some(verdict) if verdict == Verdict::Certain || quote_follows(&lines[count..]) => return Some((count, verdict)),
            _ => {}
        }
        let next = lines.get(count)?;
        if !wraps || !continues(&joined, next, lines.get(count + 1)) {
            return None;
        }
        joined.push(' ');
        joined.push_str(next.trimmed());
    }
    None
}

/// Whether an attribution that begins with `first` could go on in the next line: its date or address is there already.
fn may_wrap(first: &str) -> bool {
    let folded = head(first);
    let dated = opens(&folded) && first.contains(|c: char| c.is_ascii_digit());
    (dated || starts_with_date(&folded) || first.contains(['@', '<'])) && !first.ends_with(['.', '!', '?'])
}

fn continues(joined: &str, next: &Line<'_>, after: Option<&Line<'_>>) -> bool {
    if next.cited {
        return false;
    }
    let next = next.trimmed();
    let address_open = joined.matches('<').count() > joined.matches('>').count();
    match next {
        "" => after.is_some_and(|line| line.trimmed() == "<"),
        _ if next.starts_with('>') => address_open,
        // Another date begins another line: of a log, or of an older attribution.
        _ => {
            let folded = head(next);
            let dated = starts_with_date(&folded) && starts_with_date(&head(joined));
            !(dated || opens(&folded) && next.contains(|c: char| c.is_ascii_digit()))
        }
    }
}

fn quote_follows(lines: &[Line<'_>]) -> bool {
    lines.iter().take(LINES_WRAPPED).find(|line| !line.is_blank()).is_some_and(Line::is_quoted)
}

fn verdict(text: &str) -> Option<Verdict> {
    let text = trim(text);
    let bare = text.trim_start_matches(['-', '–', '—', '*', '_', '>', ' ']);
    let dashed = text.starts_with("--") && text.ends_with("--");
    let body = if dashed { bare.trim_end_matches(['-', ' ']) } else { bare.trim_end_matches(['*', '_', ' ']) };
    let colon = body.ends_with([':', '：']);
    if !(colon || dashed || body.ends_with('>')) || body.len() > LENGTH {
        return None;
    }
    let folded = fold(body);
    let address = folded.contains('@');
    let digits = folded.bytes().filter(u8::is_ascii_digit).count();
    let date_first = starts_with_date(&folded);
    let words = Words::of(&folded);
    if !words.verb {
        return match () {
            () if date_first && address && colon && ends_with_address(&folded) => Some(Verdict::Certain),
            () if date_first && address => Some(Verdict::IfQuoteFollows),
            // A language that is not known here.
            () if colon && (address || digits >= 5) => Some(Verdict::IfQuoteFollows),
            () => None,
        };
    }
    if dashed {
        return Some(Verdict::Certain);
    }
    if !colon {
        return None;
    }
    let dated = digits > 0 && opens(&folded) || date_first || digits >= 7 && folded.trim_end_matches(':').contains(':');
    match () {
        () if (dated || address) && !words.pronoun => Some(Verdict::Certain),
        () if dated || address || words.count <= 8 => Some(Verdict::IfQuoteFollows),
        () => None,
    }
}

/// Whether an address in brackets stands right before the colon; in the line of a log it rarely does.
fn ends_with_address(folded: &str) -> bool {
    folded.trim_end_matches([':', '：', ' ']).ends_with(['>', ')'])
}

struct Words {
    count: usize,
    verb: bool,
    /// Whether a pronoun stands right before the verb.
    pronoun: bool,
}

impl Words {
    fn of(folded: &str) -> Self {
        let mut found = Self { count: 0, verb: false, pronoun: false };
        let mut before = "";
        for word in folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
            found.count += 1;
            let sent = matches!(word, "sent" | "verzond") && !opens(folded);
            if VERBS.contains(&word) && !sent {
                found.verb = true;
                found.pronoun = PRONOUNS.contains(&before);
            }
            before = word;
        }
        found
    }
}

/// The beginning of a line as [`opens`] and [`starts_with_date`] look at it.
fn head(text: &str) -> String {
    let text = text.trim_start_matches(|c: char| matches!(c, '-' | '*' | '_') || is_space(c));
    fold(&text.chars().take(DATE).collect::<String>())
}

fn opens(folded: &str) -> bool {
    OPENERS.iter().any(|opener| folded.starts_with(opener))
}

/// Characters in which a leading date is told.
const DATE: usize = 40;

/// Whether text begins with a date of day, month and year, perhaps after the name of the day.
fn starts_with_date(folded: &str) -> bool {
    let day = folded.trim_start_matches(char::is_alphabetic);
    if folded.len() - day.len() > 24 || day.len() < folded.len() && !day.starts_with([',', '.', ' ']) {
        return false;
    }
    let date = day.trim_start_matches([',', '.', ' ']);
    date.starts_with(|c: char| c.is_ascii_digit()) && date.chars().take(DATE).filter(char::is_ascii_digit).count() >= 5
}
