//! Words and phrases in what people write: whole words, in any case, in any script.

use std::collections::HashMap;

use icu_normalizer::{ComposingNormalizerBorrowed, properties::CanonicalCombiningClassMapBorrowed};
use serde::{Deserialize, Serialize};

use crate::{
    error::ParseError,
    text::{is_invisible, one_line},
};

/// The longest phrase, in characters.
pub(super) const MAX_PHRASE: usize = 100;

/// A word, or several that follow each other: 1 to 100 characters in one line, with a letter or digit among them.
///
/// It is found where its words stand as whole words, in any case (`STRASSE` is `Straße`), however accents are encoded,
/// whatever stands between them that is neither letter nor digit. Accents count: `schon` is not `schön`. Where a script
/// writes without spaces (Chinese, Japanese, Thai and their neighbours), every character is a word.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Phrase {
    written: String,
    words: Vec<String>,
}

impl Phrase {
    /// Parses a word or phrase; refuses one without a letter or digit, which nothing could ever match.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let written = one_line(text, MAX_PHRASE)?;
        let words = words(&written);
        if words.is_empty() {
            return Err(ParseError::new("must hold a letter or digit"));
        }
        Ok(Self { written, words })
    }

    /// The phrase as it was written.
    pub fn as_str(&self) -> &str {
        &self.written
    }
}

impl std::fmt::Debug for Phrase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.written.fmt(f)
    }
}

impl TryFrom<String> for Phrase {
    type Error = ParseError;
    fn try_from(text: String) -> Result<Self, ParseError> {
        Self::parse(&text)
    }
}

impl From<Phrase> for String {
    fn from(phrase: Phrase) -> String {
        phrase.written
    }
}

/// A text that phrases are looked for in. Read once, so that each of a desk's hundreds of phrases is one look-up.
#[derive(Debug)]
pub struct Text {
    words: Vec<String>,
    places: HashMap<String, Vec<usize>>,
}

impl Text {
    /// Reads a text.
    pub fn of(text: &str) -> Self {
        let words = words(text);
        let mut places: HashMap<_, Vec<_>> = HashMap::new();
        for (place, word) in words.iter().enumerate() {
            places.entry(word.clone()).or_default().push(place);
        }
        Self { words, places }
    }

    /// Whether the phrase stands in it.
    pub fn contains(&self, phrase: &Phrase) -> bool {
        let first = phrase.words.first().and_then(|word| self.places.get(word));
        first.into_iter().flatten().any(|place| self.words[*place..].starts_with(&phrase.words))
    }
}

/// The words of a text, folded so that two spellings of one word are equal.
fn words(text: &str) -> Vec<String> {
    let marks = CanonicalCombiningClassMapBorrowed::new();
    let mut words: Vec<String> = Vec::new();
    // Whether a mark, and whether a letter, would go on with the last word.
    let (mut takes_marks, mut takes_letters) = (false, false);
    for c in fold(text).chars() {
        let is_mark = marks.get_u8(c) != 0;
        if !is_mark && !c.is_alphanumeric() {
            (takes_marks, takes_letters) = (false, false);
            continue;
        }
        let alone = is_a_word(c);
        match words.last_mut() {
            Some(word) if takes_marks && (is_mark || (takes_letters && !alone)) => word.push(c),
            // A mark that belongs to no letter is no word.
            _ if is_mark => continue,
            _ => {
                words.push(c.to_string());
                (takes_marks, takes_letters) = (true, !alone);
            }
        }
    }
    words
}

/// One spelling for all that readers take for the same: compatible forms (NFKC: composed accents, full width, ligatures),
/// no invisible characters, one case. Through upper case to lower, because only that way `ß` meets `SS` and `ς` meets `σ`; and
/// from lower, because `ẞ` is its own upper case.
fn fold(text: &str) -> String {
    let normalizer = ComposingNormalizerBorrowed::new_nfkc();
    let composed = normalizer.normalize(text);
    let visible = composed.chars().filter(|c| !is_invisible(*c) && !matches!(c, '\u{200C}' | '\u{200D}'));
    // The Turkish dotted capital would keep its dot as a mark of its own.
    let one_dot = visible.map(|c| if c == 'İ' { 'i' } else { c });
    let lower = one_dot.flat_map(char::to_lowercase);
    let one_case: String = lower.flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect();
    // Letters that fall apart in upper case are put together again.
    normalizer.normalize(&one_case).into_owned()
}

/// Scripts that put no space between words: Han and kana, Thai, Lao, Burmese, Khmer. Splitting them right takes a
/// dictionary; taking each character for a word finds whatever stands there, and sometimes across two words.
const fn is_a_word(c: char) -> bool {
    matches!(c,
        '\u{0E00}'..='\u{0EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}' | '\u{3040}'..='\u{30FF}'
        | '\u{31F0}'..='\u{31FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}'
        | '\u{20000}'..='\u{3FFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(phrase: &str, text: &str) -> bool {
        Text::of(text).contains(&Phrase::parse(phrase).expect("fits"))
    }

    #[test]
    fn whole_words_are_found_however_they_are_spelled() {
        for (phrase, text) in [
            ("refund", "REFUND!"),
            ("refund", "(refund)"),
            ("refund", "a\nrefund\nplease"),
            ("straße", "In der STRASSE 5"),
            ("STRASSE", "Hauptstrasse oder Straße"),
            ("STRAẞE", "straße"),
            ("café", "Cafe\u{301} closed"),
            ("CAFE\u{301}", "café"),
            ("οδος", "ΟΔΟΣ"),
            ("ΐ", "Ϊ\u{301}"),
            ("istanbul", "İSTANBUL"),
            ("e-mail", "My E-Mail is gone"),
            ("e-mail", "e\u{2011}mail"),
            ("don't", "I don’t know"),
            ("error 404", "an error: 404"),
            ("money back", "I want my money\r\n   back."),
            ("kündigen", "k\u{AD}ündi\u{200B}gen"),
            ("file", "ﬁle"),
            ("ABC", "ＡＢＣ"),
            ("退款", "我要退款，谢谢"),
            ("คืนเงิน", "ขอคืนเงินค่ะ"),
            ("नमस्ते", "नमस्ते दोस्त"),
            ("c++", "in C++"),
        ] {
            assert!(found(phrase, text), "{phrase} is in {text}");
        }
    }

    #[test]
    fn what_only_looks_alike_is_not_found() {
        for (phrase, text) in [
            ("refund", "refunds"),
            ("refund", "nonrefund"),
            ("schon", "schön"),
            ("schön", "schon"),
            ("money back", "back money"),
            ("money back", "money is back"),
            ("money back", "moneyback"),
            ("error 404", "error404"),
            ("strasse", "Hauptstraße"),
            ("नम", "नमस्ते"),
            ("退款", "退了款"),
            ("refund", ""),
            ("refund", "\u{301}"),
        ] {
            assert!(!found(phrase, text), "{phrase} is not in {text}");
        }
    }

    #[test]
    fn a_phrase_without_a_word_is_refused() {
        for bad in ["", " ", "!!!", "\u{301}", "\u{200B}", "— …", "two\nlines", &"x".repeat(101)] {
            assert!(Phrase::parse(bad).is_err(), "{bad:?} was taken");
        }
        assert_eq!(Phrase::parse("  Money BACK ").expect("fits").as_str(), "Money BACK", "kept as it was written");
    }

    proptest::proptest! {
        #[test]
        fn every_run_of_words_is_found_in_its_text(text in "\\PC{0,80}", from in 0usize..8, count in 1usize..4) {
            let all: Vec<_> = text.split_whitespace().collect();
            let run = all.get(from..(from + count).min(all.len())).unwrap_or_default().join(" ");
            if let Ok(phrase) = Phrase::parse(&run) {
                proptest::prop_assert!(Text::of(&text).contains(&phrase));
                proptest::prop_assert!(Text::of(&text.to_uppercase()).contains(&phrase), "in capitals");
                let again = Phrase::try_from(String::from(phrase.clone()));
                proptest::prop_assert_eq!(again, Ok(phrase));
            }
        }
    }
}
