//! What people write: Markdown, HTML or plain text in, safe HTML and plain text out.
//!
//! HTML is sanitised before it is stored, so no reader has to remember to. Markdown is stored as written and
//! rendered through the same sanitiser, because Markdown may hold raw HTML.

mod plain;

use std::{collections::HashSet, sync::LazyLock};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{error::ParseError, words::word};

word!(
    /// How a body is written.
    BodyFormat {
        /// CommonMark.
        Markdown = "markdown",
        /// HTML; sanitised on arrival.
        Html = "html",
        /// Plain text.
        Text = "text",
    }
);

/// The longest body, in bytes of UTF-8. A message is one DynamoDB item (400 KB at most) and holds the body twice, as
/// written and as plain text; an answer kept for an idempotency key holds both again, escaped as JSON.
pub const MAX_BODY_BYTES: usize = 64 * 1024;

/// What somebody wrote, before it is known how to read it: at most [`MAX_BODY_BYTES`], not blank, no control
/// characters but tab and line breaks.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = String, min_length = 1, max_length = 65536)]
pub struct RawBody(String);

impl RawBody {
    /// Checks a text.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        if text.len() > MAX_BODY_BYTES {
            return Err(too_long(text.len()));
        }
        if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
            return Err(ParseError::new("must not hold control characters"));
        }
        if shows_nothing(text) {
            return Err(ParseError::new("must not be empty"));
        }
        Ok(Self(text.to_owned()))
    }
}

impl TryFrom<String> for RawBody {
    type Error = ParseError;
    fn try_from(text: String) -> Result<Self, ParseError> {
        Self::parse(&text)
    }
}

fn shows_nothing(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}'))
}

/// The body of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    /// How `source` is written.
    pub format: BodyFormat,
    /// As written; for HTML, as the sanitiser left it.
    pub source: String,
    /// The same in plain text: for search, mail's text part and notifications.
    pub text: String,
}

impl Body {
    /// Reads a body; HTML of which the sanitiser leaves nothing to see is refused.
    pub fn new(RawBody(source): RawBody, format: BodyFormat) -> Result<Self, ParseError> {
        if format != BodyFormat::Text && is_tangled(&source) {
            return Err(ParseError::new("has too many unclosed tags"));
        }
        let source = match format {
            BodyFormat::Html => sanitise(&source),
            BodyFormat::Markdown | BodyFormat::Text => source,
        };
        // Escaping may have made it longer.
        if source.len() > MAX_BODY_BYTES {
            return Err(too_long(source.len()));
        }
        let text = match format {
            BodyFormat::Html => plain::plain_text(&source),
            BodyFormat::Markdown | BodyFormat::Text => source.trim().to_owned(),
        };
        if shows_nothing(&text) && !source.contains("<img") {
            return Err(ParseError::new("must not be empty"));
        }
        Ok(Self { format, source, text })
    }

    /// Reads a text in one step.
    pub fn parse(source: &str, format: BodyFormat) -> Result<Self, ParseError> {
        Self::new(RawBody::parse(source)?, format)
    }

    /// Reads what came by mail, as far as it can be kept: a body that is too long is cut, HTML that cannot be read within
    /// reason is not read, control characters are dropped, and images that a stranger's server would be asked for wait in
    /// `data-src` until somebody wants to see them. `None` where there is nothing to see; and whether something was cut.
    pub fn from_mail(source: &str, format: BodyFormat) -> Option<(Self, bool)> {
        let clean: String = source.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
        if format == BodyFormat::Html {
            if clean.len() > 4 * MAX_BODY_BYTES || is_tangled(&clean) {
                return None;
            }
            let source = sanitise_mail(&clean);
            let text = plain::plain_text(&source);
            let shows = !shows_nothing(&text) || source.contains("<img");
            return (shows && source.len() <= MAX_BODY_BYTES).then_some((Self { format, source, text }, false));
        }
        let source = cut_at(clean.trim(), MAX_BODY_BYTES);
        let is_cut = source.len() < clean.trim().len();
        (!shows_nothing(source)).then(|| (Self { format, source: source.to_owned(), text: source.to_owned() }, is_cut))
    }

    /// The body as safe HTML.
    pub fn html(&self) -> String {
        match self.format {
            BodyFormat::Html => self.source.clone(),
            BodyFormat::Text => {
                format!("<p>{}</p>", ammonia::clean_text(&self.source).replace("&#10;", "<br>").replace('\n', "<br>"))
            }
            BodyFormat::Markdown => {
                let mut html = String::new();
                pulldown_cmark::html::push_html(&mut html, pulldown_cmark::Parser::new(&self.source));
                sanitise(&html)
            }
        }
    }
}

/// Keeps what a message needs (text, lists, tables, links, images by https or cid) and drops the rest: scripts,
/// styles, forms, frames, event handlers, `javascript:` however it is spelled.
fn sanitise(html: &str) -> String {
    static SANITISER: LazyLock<ammonia::Builder<'static>> = LazyLock::new(sanitiser);
    SANITISER.clean(html).to_string()
}

fn sanitiser() -> ammonia::Builder<'static> {
    let mut builder = ammonia::Builder::default();
    builder
        .url_schemes(HashSet::from(["http", "https", "mailto", "tel", "cid"]))
        .url_relative(ammonia::UrlRelative::Deny)
        .link_rel(Some("noopener noreferrer nofollow"))
        .strip_comments(true);
    builder
}

/// The longest beginning of a text that has at most so many bytes.
fn cut_at(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

/// What an image's source begins with between the two steps of [`sanitise_mail`]. No sender can write it: its scheme is none
/// that the sanitiser lets through.
const ELSEWHERE: &str = "lambdesk-elsewhere:";

/// Sanitises what a stranger wrote, and puts the address of every image from elsewhere into `data-src`, where no browser asks for
/// it. The sanitiser can change a value but not the name of an attribute, so it marks the values; a source that is marked gets the
/// other name; and all of it is sanitised once more, so that no mistake of the renaming is more than an image that does not show.
fn sanitise_mail(html: &str) -> String {
    static MARKS: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| {
        let mut builder = sanitiser();
        builder.attribute_filter(|element, attribute, value| {
            let own = value.get(..4).is_some_and(|scheme| scheme.eq_ignore_ascii_case("cid:"));
            let elsewhere = element == "img" && attribute == "src" && !own;
            Some(if elsewhere { format!("{ELSEWHERE}{value}").into() } else { value.into() })
        });
        builder
    });
    static KEEPS: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| {
        let mut builder = sanitiser();
        builder.add_tag_attributes("img", ["data-src"]);
        builder
    });
    let marked = MARKS.clean(html).to_string();
    // In a value quotes are escaped, so this is a source, or words of the text, which stay words.
    let renamed = marked.replace(&format!(" src=\"{ELSEWHERE}"), " data-src=\"");
    KEEPS.clean(&renamed).to_string()
}

/// Whether reading the HTML would cost far more than its length. A parser opens every unclosed formatting tag again in
/// each block that follows (HTML Standard, "reconstruct the active formatting elements"): thousands of both make millions.
fn is_tangled(html: &str) -> bool {
    const FORMATTING: [&str; 14] =
        ["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"];
    const MOST: usize = 50_000;
    let mut open = [0usize; FORMATTING.len()];
    let mut cost = 0;
    for tag in html.split('<').skip(1) {
        let (closes, tag) = tag.strip_prefix('/').map_or((false, tag), |tag| (true, tag));
        let name = tag.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or("");
        if let Some(index) = FORMATTING.iter().position(|formatting| name.eq_ignore_ascii_case(formatting)) {
            open[index] = if closes { open[index].saturating_sub(1) } else { open[index] + 1 };
        }
        cost += open.iter().sum::<usize>();
    }
    cost > MOST
}

fn too_long(bytes: usize) -> ParseError {
    ParseError::new(format!("must be at most {MAX_BODY_BYTES} bytes, is {bytes}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html_of(source: &str, format: BodyFormat) -> String {
        Body::parse(source, format).map(|body| body.html()).unwrap_or_default().to_lowercase()
    }

    #[test]
    fn b3_no_spelling_of_a_script_survives() {
        let attacks = [
            "x<script>alert(1)</script>",
            "x<img src=x onerror=alert(1)>",
            "x<svg/onload=alert(1)>",
            "x<a href=\"java\nscript:alert(1)\">y</a>",
            "x<a href=\" \u{1}javascript:alert(1)\">y</a>".trim_matches('\u{1}'),
            "x<a href=\"&#106;avascript:alert(1)\">y</a>",
            "x<form action=//evil><button formaction=javascript:alert(1)>y</button></form>",
            "x<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></table></mtext></math>",
            "x<iframe srcdoc='<script>alert(1)</script>'></iframe>",
            "x<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
            "x<style>@import 'javascript:alert(1)';</style>",
            "x<div style=\"background:url(javascript:alert(1))\">y</div>",
            "x<scr<script>ipt>alert(1)</scr</script>ipt>",
        ];
        for attack in attacks {
            for format in [BodyFormat::Html, BodyFormat::Markdown] {
                let html = html_of(attack, format);
                for sign in ["<script", "<svg", "<form", "<iframe", "<style", "formaction", "style="] {
                    assert!(!html.contains(sign), "{sign} survived in {html} ({attack})");
                }
                let dom_safe = !html.contains("<img src=\"x\" onerror")
                    && !html.contains("href=\"javascript")
                    && !html.contains("href=\"java\n");
                assert!(dom_safe, "a handler or script link survived in {html} ({attack})");
            }
        }
    }

    #[test]
    fn plain_text_is_escaped_not_interpreted() {
        let html = html_of("1 < 2 & <b>3</b>\nnext", BodyFormat::Text);
        assert!(html.contains("&lt;b&gt;") && html.contains("<br>"), "{html}");
    }

    #[test]
    fn markdown_is_kept_as_written_and_rendered_safely() {
        let body = Body::parse("**Hi** [a](https://x.test) [b](javascript:alert(1))", BodyFormat::Markdown).expect("fits");
        assert!(body.source.starts_with("**Hi**"));
        let html = body.html();
        assert!(html.contains("<strong>Hi</strong>") && html.contains("https://x.test"));
        assert!(!html.contains("javascript:"));
    }

    #[test]
    fn a_body_that_shows_nothing_is_refused() {
        for (source, format) in [
            ("", BodyFormat::Text),
            (" \n ", BodyFormat::Markdown),
            ("<p> </p><script>x</script>", BodyFormat::Html),
            ("\u{200B}", BodyFormat::Text),
        ] {
            assert!(Body::parse(source, format).is_err(), "{source:?} was taken");
        }
        assert!(Body::parse("a\0b", BodyFormat::Text).is_err());
        assert!(Body::parse(&"x".repeat(MAX_BODY_BYTES + 1), BodyFormat::Text).is_err());
    }

    /// What made another reader of HTML take minutes.
    #[test]
    fn a7_a_hostile_body_takes_no_longer_than_its_length() {
        let tangle: String = (0..3000).map(|n| format!("<b a={n}>")).chain((0..3000).map(|_| "<p>x".to_owned())).collect();
        for format in [BodyFormat::Html, BodyFormat::Markdown] {
            assert!(Body::parse(&tangle, format).is_err(), "three thousand tags in three thousand blocks");
        }
        for part in [
            "&", "<", "<p>", "&amp;", "<b", "<!--", "<a href=", "<p/>x", "&#", "<div>", "<b><i>", "<table>", "<li>", "> ", "- ",
            "[", "*_",
        ] {
            let long = part.repeat(MAX_BODY_BYTES / part.len() / 6);
            for format in BodyFormat::ALL {
                let _ = Body::parse(&format!("x{long}"), *format);
            }
        }
        let grown = Body::parse(&"&".repeat(MAX_BODY_BYTES), BodyFormat::Html);
        assert!(grown.is_err_and(|error| error.0.contains("at most")), "escaping made it five times as long");
    }

    #[test]
    fn html_has_a_plain_text_beside_it() {
        let body = Body::parse("<p>Hello <b>Ada</b></p><ul><li>one</li></ul>", BodyFormat::Html).expect("fits");
        assert!(body.text.contains("Hello") && body.text.contains("Ada") && !body.text.contains('<'), "{}", body.text);
    }

    #[test]
    fn b1_a_mails_images_from_elsewhere_wait_to_be_asked_for() {
        let html = |source: &str| Body::from_mail(source, BodyFormat::Html).expect("something to see").0.source;
        for source in [
            "<p>x<img src=\"https://spy.test/1.gif\" alt=y></p>",
            "<p>x<img alt=\"a>b\" src='HTTPS://spy.test/1.gif'></p>",
            "<p>x<IMG SRC=http://spy.test/1.gif></p>",
            "<p>x<img alt='src=\"cid:1\"' src='https://spy.test/1.gif'></p>",
            "<p>x<img title=' src=' src='https://spy.test/1.gif'></p>",
        ] {
            let html = html(source);
            assert!(html.contains(" data-src=\"http") || html.contains(" data-src=\"HTTP"), "{html}");
            assert!(!html.contains(" src=\"h") && !html.contains(" src=\"H"), "{html}");
        }
        assert!(html("x<img src=cid:logo@1>").contains("<img src=\"cid:logo@1\""));
    }

    /// What looks like an image within a value is no image, and no handler comes of it.
    #[test]
    fn b3_the_rewrite_of_images_breaks_nothing_open() {
        let html = |source: &str| Body::from_mail(source, BodyFormat::Html).expect("something to see").0.source;
        let attack = html("x<img alt=\"<img x=\" title=\" onerror=alert(1) \">");
        let again = sanitise(&attack);
        assert_eq!(again, attack, "a browser reads it as the sanitiser left it");
        for source in [
            "x<img alt=\"<img x=\" title=\" onerror=alert(1) \" src=https://spy.test/1.gif>",
            "x<img alt='<img src=' title='https://spy.test onerror=alert(1) x='>",
            "x<img title='<img src=x onerror=alert(1)>' src=https://spy.test/1.gif>",
            "x<img alt=\" src=&quot;lambdesk-elsewhere:x onerror=alert(1) \">",
            "x src=\"lambdesk-elsewhere:<img src='lambdesk-elsewhere:https://spy.test/1.gif' onerror=alert(1)>",
            "x<img data-src='javascript:alert(1)' src=cid:a>",
        ] {
            let html = html(source);
            let reread = ammonia::Builder::default()
                .add_tag_attributes("img", ["data-src"])
                .url_schemes(HashSet::from(["cid"]))
                .link_rel(None)
                .clean(&html)
                .to_string();
            assert_eq!(reread, html, "{source}");
            let outside_of_values: String = html.split('"').step_by(2).collect();
            assert!(!outside_of_values.contains("onerror") || !outside_of_values.contains("<img"), "{html}");
            assert!(!html.contains("<img src=\"http") && !html.contains(" src=\"lambdesk"), "{html}");
        }
    }

    #[test]
    fn a_mail_is_kept_as_far_as_it_can_be() {
        let text = |source: &str| Body::from_mail(source, BodyFormat::Text);
        assert_eq!(text("a\0b\u{1b}[1m").map(|(body, _)| body.text), Some("ab[1m".to_owned()));
        let (long, cut) = text(&"ä".repeat(MAX_BODY_BYTES)).expect("something");
        assert!(cut && long.source.len() <= MAX_BODY_BYTES);
        assert_eq!(text(" \n "), None);
        assert_eq!(Body::from_mail("<script>x</script>", BodyFormat::Html), None);
    }
}
