//! What a desk writes in its mails in place of the built-in words.

use serde::{Deserialize, Serialize};

use crate::{id::BrandId, notification::Notice, words::Language};

/// The words of a kind of mail, in one language. How they are written is the mail functions' to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailTemplate {
    /// For this brand; `None` is for all that have none of their own.
    pub brand: Option<BrandId>,
    /// Of which mail.
    pub notice: Notice,
    /// In which language.
    pub language: Language,
    /// The subject.
    pub subject: String,
    /// The text.
    pub text: String,
    /// The HTML; made from the text where there is none.
    pub html: Option<String>,
}

impl MailTemplate {
    /// The desk's own words for a mail: the brand's before those of all brands.
    pub fn choose<'a>(of: &'a [Self], notice: Notice, brand: &BrandId, language: Language) -> Option<&'a Self> {
        let fitting = |wanted: Option<&BrandId>| {
            of.iter().find(|own| own.notice == notice && own.language == language && own.brand.as_ref() == wanted)
        };
        fitting(Some(brand)).or_else(|| fitting(None))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_brands_words_come_first() {
        let brand = |name: &str| BrandId::parse(name).expect("fits");
        let own = |brand: Option<BrandId>, language, subject: &str| MailTemplate {
            brand,
            notice: Notice::Reply,
            language,
            subject: subject.to_owned(),
            text: String::new(),
            html: None,
        };
        let all = [own(None, Language::En, "all"), own(Some(brand("KA")), Language::En, "ka")];
        let chosen = |name: &str, language| {
            MailTemplate::choose(&all, Notice::Reply, &brand(name), language).map(|own| own.subject.as_str())
        };
        assert_eq!(chosen("KA", Language::En), Some("ka"));
        assert_eq!(chosen("OL", Language::En), Some("all"));
        assert_eq!(chosen("KA", Language::De), None, "not in another language");
        assert_eq!(MailTemplate::choose(&all, Notice::Mention, &brand("KA"), Language::En), None);
    }
}
