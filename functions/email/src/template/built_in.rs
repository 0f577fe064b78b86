//! The words that mails have where a desk wrote none of its own: a file a notice and language.

use lambdesk_domain::{Language, Notice};

use super::Words;

macro_rules! files {
    ($($notice:literal),+) => {
        &[$(($notice, [
            include_str!(concat!("../../templates/en/", $notice, ".mail")),
            include_str!(concat!("../../templates/de/", $notice, ".mail")),
        ])),+]
    };
}

const FILES: &[(&str, [&str; 2])] = files!(
    "acknowledgement",
    "reply",
    "assignment",
    "resolution",
    "customer_reply",
    "mention",
    "send_failed",
    "rated",
    "followed",
    "reopened",
    "sla_warning",
    "sla_breach",
    "reminder",
    "unassigned_too_long",
    "unassigned_digest"
);

/// The built-in words.
pub(crate) fn built_in(notice: Notice, language: Language) -> Words<'static> {
    let of_notice = FILES.iter().find(|(name, _)| *name == notice.as_str()).expect("a test asks for every notice");
    let file = match language {
        Language::En => of_notice.1[0],
        Language::De => of_notice.1[1],
    };
    read(notice, file).expect("a test reads every file")
}

/// `Subject: …`, an empty line, the text, `=== html`, the HTML.
fn read(notice: Notice, file: &'static str) -> Option<Words<'static>> {
    let (subject, rest) = file.strip_prefix("Subject: ")?.split_once("\n\n")?;
    let (text, html) = rest.split_once("\n=== html\n")?;
    Some(Words { notice, subject, text, html: Some(html.trim_end()) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::check;

    #[test]
    fn every_notice_has_words_that_keep_the_rules_for_all_templates() {
        for notice in Notice::ALL {
            for language in Language::ALL {
                let faults = check::faults(*notice, &built_in(*notice, *language));
                assert!(faults.is_empty(), "{notice} in {language}: {faults:?}");
            }
        }
    }
}
