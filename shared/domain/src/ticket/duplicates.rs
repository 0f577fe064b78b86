//! Whether two requests of one person may be the same matter: how alike their subjects are, and how close in time.

use std::collections::BTreeSet;

use super::Ticket;

/// From here on two tickets are shown to staff as likely duplicates, of 100.
pub const LIKELY: u8 = 45;

/// What the subjects count for; the time between the tickets counts for the rest.
const SUBJECT_WEIGHT: u64 = 70;
const TIME_WEIGHT: u64 = 30;
/// Apart by that many hours or more, time says nothing for it.
const FAR_APART_HOURS: u64 = 30 * 24;
/// What programs put before a subject that they answer or pass on.
const PREFIXES: [&str; 9] = ["re", "aw", "antw", "sv", "fw", "fwd", "wg", "tr", "vs"];

/// How likely it is that both are about one matter, from 0 to 100. With no word in common it is 0, however close they are.
pub fn likeness(one: &Ticket, other: &Ticket) -> u8 {
    let (words, others) = (words(one.subject.as_str()), words(other.subject.as_str()));
    let common = words.intersection(&others).count() as u64;
    if common == 0 {
        return 0;
    }
    // Dice: of all words, how many stand in both.
    let alike = SUBJECT_WEIGHT * 2 * common / (words.len() + others.len()) as u64;
    let apart = one.created_at.duration_since(other.created_at).as_secs().unsigned_abs() / 3600;
    let close = TIME_WEIGHT * FAR_APART_HOURS.saturating_sub(apart) / FAR_APART_HOURS;
    u8::try_from(alike + close).unwrap_or(100)
}

/// The words of a subject in lower case, without what programs put before it and without ticket numbers in brackets.
fn words(subject: &str) -> BTreeSet<String> {
    let mut rest = subject.trim();
    while let Some((prefix, after)) = rest.split_once(':')
        && PREFIXES.contains(&prefix.trim().to_lowercase().as_str())
    {
        rest = after.trim_start();
    }
    let mut plain = String::with_capacity(rest.len());
    let mut in_brackets = false;
    for c in rest.chars() {
        match c {
            '[' => in_brackets = true,
            ']' => in_brackets = false,
            _ if in_brackets => {}
            _ => plain.push(c),
        }
    }
    // A bracket that never ends holds no number.
    let text = if in_brackets { rest } else { plain.as_str() };
    text.to_lowercase().split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::{
        super::tests::{Desk, carl},
        *,
    };
    use crate::{text::Subject, words::Status};

    fn likeness_of(one: &str, other: &str, hours: i64) -> u8 {
        let mut desk = Desk::new(Status::ALL);
        let mut first = desk.open(&carl());
        first.subject = Subject::parse(one).expect("fits");
        desk.later(hours);
        let mut second = desk.open(&carl());
        second.subject = Subject::parse(other).expect("fits");
        let there = likeness(&first, &second);
        assert_eq!(there, likeness(&second, &first), "either way");
        there
    }

    #[test]
    fn the_same_matter_is_found_through_case_prefixes_and_numbers() {
        for other in ["Printer on fire", "RE: printer ON FIRE!", "AW: Fwd: [DEMO-2025-0001] Printer on fire"] {
            assert_eq!(likeness_of("Printer on fire", other, 0), 100, "{other}");
        }
        assert!(likeness_of("Printer on fire", "The printer is on fire", 24) >= LIKELY);
        assert!(likeness_of("Die Rechnung fehlt", "Rechnung fehlt noch immer", 48) >= LIKELY);
    }

    #[test]
    fn other_matters_are_not() {
        assert_eq!(likeness_of("Printer on fire", "Cannot sign in", 0), 0, "one person, one minute, two matters");
        assert!(likeness_of("Question about my order", "Question", 20 * 24) < LIKELY);
        assert!(likeness_of("Invoice 4711 is wrong in three places", "Please send invoice 4712", 600) < LIKELY);
        assert_eq!(likeness_of("???", "!!!", 0), 0, "no words at all");
        assert_eq!(likeness_of("Re:", "Re:", 0), 0);
    }

    #[test]
    fn what_is_further_away_is_less_likely() {
        let at = |hours| likeness_of("Printer on fire", "Printer on fire", hours);
        assert!(at(0) > at(24 * 7) && at(24 * 7) > at(24 * 60) && at(24 * 60) == 70);
    }
}
