//! Which prepared answers fit a ticket: by the words that they share, rare ones more than common ones, and by how often each was
//! used for such tickets before.

use std::collections::{BTreeMap, BTreeSet};

use super::{CannedResponse, Prepared};

/// Suggestions at most.
pub(super) const MAX_SUGGESTIONS: usize = 5;
/// Words of a ticket that are looked at, from its beginning: enough to say what it is about.
const MAX_WORDS: usize = 400;

/// How often something was used: in all, and for tickets of the category in question.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Used {
    /// In all.
    pub times: u64,
    /// For tickets of the category.
    pub in_category: u64,
}

/// The best answers for a ticket of which these are the texts, with a score each, the best first. What shares nothing with it is none.
pub fn suggest<'a>(
    texts: &[&str],
    candidates: &[(&'a Prepared<CannedResponse>, Used)],
) -> Vec<(&'a Prepared<CannedResponse>, f64)> {
    let wanted: BTreeSet<String> = texts.iter().flat_map(|text| words(text)).take(MAX_WORDS).collect();
    let held: Vec<(BTreeSet<String>, BTreeSet<String>)> = candidates
        .iter()
        .map(|(answer, _)| {
            let title = format!("{} {}", answer.content.title, answer.content.shortcut.as_str());
            (words(&title).collect(), words(&answer.content.body).collect())
        })
        .collect();
    let mut holders: BTreeMap<&str, u32> = BTreeMap::new();
    for (title, body) in &held {
        title.union(body).for_each(|word| *holders.entry(word).or_default() += 1);
    }
    let all = f64::from(u32::try_from(candidates.len()).unwrap_or(u32::MAX));
    let weight = |word: &String| (1.0 + all / f64::from(holders.get(word.as_str()).copied().unwrap_or(1))).ln();
    let mut scored: Vec<_> = candidates
        .iter()
        .zip(&held)
        .filter_map(|((answer, used), (title, body))| {
            let shared = |held: &BTreeSet<String>| held.intersection(&wanted).map(weight).sum::<f64>();
            let words = 3.0 * shared(title) + shared(body);
            let score = words + 0.5 * (1.0 + count(used.in_category)).ln() + 0.1 * (1.0 + count(used.times)).ln();
            (words > 0.0 || used.in_category > 0).then_some((*answer, score))
        })
        .collect();
    scored.sort_by(|(a, x), (b, y)| y.total_cmp(x).then_with(|| a.id.cmp(&b.id)));
    scored.truncate(MAX_SUGGESTIONS);
    scored
}

fn count(times: u64) -> f64 {
    f64::from(u32::try_from(times).unwrap_or(u32::MAX))
}

/// Words of three letters and more, in lower case; names of placeholders are none.
fn words(text: &str) -> impl Iterator<Item = String> {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        plain.push_str(before);
        plain.push(' ');
        rest = after.split_once("}}").map_or("", |(_, after)| after);
    }
    plain.push_str(rest);
    let words: Vec<_> = plain.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase).collect();
    words.into_iter().filter(|word| (3..=40).contains(&word.chars().count()))
}
