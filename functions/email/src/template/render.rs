//! From templates and values to subject, text and HTML.

use lambdesk_domain::{Brand, Language, Notice};
use minijinja::{Environment, HtmlEscape, Value, context};

use super::Words;
use crate::marker::marker;

/// Instructions that one part may take; a long one of our own takes about a hundred.
const FUEL: u64 = 20_000;
/// The longest part that is sent: the longest message with its markup, and room for a template around it.
const MOST: usize = 512 * 1024;
/// The longest subject, in characters.
const MOST_SUBJECT: usize = 250;

const LAYOUT_TEXT: &str = include_str!("../../templates/layout.txt");
const LAYOUT_HTML: &str = include_str!("../../templates/layout.html");

/// What stands around the words of every mail.
pub(crate) struct Frame<'a> {
    pub(crate) language: Language,
    pub(crate) brand: &'a Brand,
    /// Number and subject of the ticket that it is about.
    pub(crate) ticket: Option<(&'a str, &'a str)>,
    pub(crate) signature: Option<&'a str>,
    /// Names of files that do not come with the mail, and where to get them for a while.
    pub(crate) left_out: &'a [(String, Option<String>)],
    /// Where the recipient says that they want no more of these.
    pub(crate) unsubscribe: Option<&'a str>,
}

/// A mail's words, done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rendered {
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) html: String,
}

/// Renders a mail. Every value is escaped in HTML but those that were sanitised when they were written.
pub(crate) fn render(words: &Words<'_>, values: &Value, frame: &Frame<'_>) -> Result<Rendered, String> {
    let text = part("text", words.text, values)?;
    let html = match words.html {
        Some(source) => part("body.html", source, values)?,
        None => paragraphs(&text),
    };
    Ok(Rendered {
        subject: one_line(&part("subject", words.subject, values)?),
        text: part("layout.txt", LAYOUT_TEXT, &around(Value::from(text.trim_end()), words.notice, frame))?,
        html: part("layout.html", LAYOUT_HTML, &around(Value::from_safe_string(html), words.notice, frame))?,
    })
}

/// One part. Its name says whether values are escaped: in what ends in `.html` all are.
fn part(name: &str, source: &str, values: &Value) -> Result<String, String> {
    let mut environment = Environment::new();
    environment.set_fuel(Some(FUEL));
    let rendered = environment.template_from_named_str(name, source).and_then(|template| template.render(values.clone()));
    let text = rendered.map_err(|error| error.to_string())?;
    if text.len() > MOST { Err(format!("{name} is longer than {MOST} bytes")) } else { Ok(text) }
}

fn around(body: Value, notice: Notice, frame: &Frame<'_>) -> Value {
    let words = match frame.language {
        Language::En => context! {
            request => "Request",
            unsubscribe => "Stop these mails",
            left_out => "Not in this mail:",
            days => "link works for 30 days",
        },
        Language::De => context! {
            request => "Anfrage",
            unsubscribe => "Diese Mails abbestellen",
            left_out => "Nicht in dieser Mail:",
            days => "Link gilt 30 Tage",
        },
    };
    context! {
        body, words,
        marker => notice.is_for_staff().then(|| marker(frame.language)),
        language => frame.language.as_str(),
        brand => frame.brand.name.as_str(),
        number => frame.ticket.map(|(number, _)| number),
        subject => frame.ticket.map(|(_, subject)| subject),
        signature => frame.signature,
        files => frame.left_out.to_vec(),
        unsubscribe => frame.unsubscribe,
    }
}

/// A subject is a header: one line, whatever the values held.
fn one_line(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    line.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(MOST_SUBJECT).collect()
}

/// Plain text as HTML: escaped, a paragraph where an empty line stands.
fn paragraphs(text: &str) -> String {
    let paragraph = |text: &str| format!("<p>{}</p>", HtmlEscape(text.trim_matches('\n')).to_string().replace('\n', "<br>"));
    text.split("\n\n").filter(|text| !text.trim().is_empty()).map(paragraph).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_becomes_html_that_shows_the_same() {
        assert_eq!(paragraphs("Hi <b>,\n\n\none\ntwo\n"), "<p>Hi &lt;b&gt;,</p>\n<p>one<br>two</p>");
    }

    #[test]
    fn a4_a_subject_has_one_line_whatever_a_value_holds() {
        assert_eq!(one_line("Hi\r\nBcc: eve@x.test\t\u{0}x "), "Hi Bcc: eve@x.test x");
        assert_eq!(one_line(&"x".repeat(300)).len(), MOST_SUBJECT);
    }
}
