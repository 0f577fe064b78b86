//! Naming colleagues in a note: `@ada`, by the part of the address before the `@`, or by name.

use std::collections::{HashMap, HashSet};

use crate::{
    id::{BrandId, PersonId},
    person::Person,
};

/// Whom one note names at most: a note is no mailing list.
const MOST: usize = 20;
/// Different words that are looked up: whoever means more means nobody.
const MOST_WORDS: usize = 200;

/// Whether a text may name somebody; the cheap look before the list of staff is read.
pub fn may_mention(text: &str) -> bool {
    words(text).next().is_some()
}

/// The members of staff whom the text names, of those who work for the brand; each once, in the order of the text. A first
/// name that several have names nobody: the wrong one would be told.
pub fn mentioned(text: &str, staff: &[Person], brand: &BrandId) -> Vec<PersonId> {
    let colleagues = staff.iter().filter(|person| person.role.is_staff() && person.brands.include(brand));
    let names = Names::of(colleagues);
    let (mut named, mut looked_up) = (Vec::new(), HashSet::new());
    for word in words(text) {
        if looked_up.len() == MOST_WORDS || named.len() == MOST {
            break;
        }
        let person = names.find(&word).filter(|person| !named.contains(person));
        if looked_up.insert(word) {
            named.extend(person);
        }
    }
    named
}

/// What follows each `@` that does not stand within a word (as in an address), in lower case.
fn words(text: &str) -> impl Iterator<Item = String> {
    text.match_indices('@').filter_map(|(at, _)| {
        let within = text[..at].chars().next_back().is_some_and(|before| before.is_alphanumeric() || "._-+".contains(before));
        let end = |c: char| !(c.is_alphanumeric() || "._-+".contains(c));
        let word = text[at + 1..].split(end).next().unwrap_or("").trim_end_matches(['.', '-', '_', '+']);
        (!within && !word.is_empty()).then(|| word.to_lowercase())
    })
}

/// What colleagues are called, written down once; `None` where several are called so.
#[derive(Default)]
struct Names {
    local_parts: HashMap<String, Option<PersonId>>,
    whole_names: HashMap<String, Option<PersonId>>,
    first_names: HashMap<String, Option<PersonId>>,
}

impl Names {
    fn of<'a>(colleagues: impl Iterator<Item = &'a Person>) -> Self {
        let mut names = Self::default();
        let note = |names: &mut HashMap<String, Option<PersonId>>, name: String, person: &Person| {
            names.entry(name).and_modify(|known| *known = None).or_insert(Some(person.id));
        };
        for person in colleagues {
            let name = person.display_name().to_lowercase();
            let parts: Vec<_> = name.split_whitespace().collect();
            let local_part = person.email.as_str().split('@').next().unwrap_or_default();
            note(&mut names.local_parts, local_part.to_lowercase(), person);
            note(&mut names.whole_names, parts.join("."), person);
            note(&mut names.first_names, parts.first().copied().unwrap_or_default().to_owned(), person);
        }
        names
    }

    fn find(&self, word: &str) -> Option<PersonId> {
        let in_order = [&self.local_parts, &self.whole_names, &self.first_names];
        in_order.into_iter().find_map(|names| names.get(word).copied().flatten())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        caller::Brands,
        role::Role,
        text::{EmailAddress, Name},
    };

    fn person(n: u128, name: &str, address: &str) -> Person {
        let address = EmailAddress::parse(address).expect("fits");
        let mut person = Person::from_address(PersonId(uuid::Uuid::from_u128(n)), address, jiff::Timestamp::UNIX_EPOCH);
        (person.name, person.role) = (Name::parse(name).ok(), Role::Agent);
        person
    }

    fn named(text: &str) -> Vec<u128> {
        let mut other_brand = person(4, "Olga Lind", "olga@demo.test");
        other_brand.brands = Brands::Only([BrandId::parse("OL").expect("fits")].into());
        let staff = [
            person(1, "Ada Berg", "ada@demo.test"),
            person(2, "Ben Okoro", "b.okoro@demo.test"),
            person(3, "Ben Zhu", "zhu@demo.test"),
            other_brand,
        ];
        let brand = BrandId::parse("KA").expect("fits");
        mentioned(text, &staff, &brand).into_iter().map(|person| person.0.as_u128()).collect()
    }

    #[test]
    fn a7_a_note_of_nothing_but_names_costs_no_more_than_its_length() {
        let staff: Vec<_> = (0..500).map(|n| person(n, &format!("Agent N{n}"), &format!("agent{n}@demo.test"))).collect();
        let brand = BrandId::parse("KA").expect("fits");
        let began = std::time::Instant::now();
        let same = "@a ".repeat(64 * 1024 / 3);
        let different: String = (0..10_000).map(|n| format!("@b{n} ")).collect();
        for text in [same.clone() + "@agent7", "@agent7 ".to_owned() + &different] {
            assert_eq!(mentioned(&text, &staff, &brand), [staff[7].id]);
        }
        assert_eq!(mentioned(&(different + "@agent7"), &staff, &brand), [], "far too many words");
        assert!(began.elapsed() < std::time::Duration::from_secs(2), "{:?}", began.elapsed());
    }

    #[test]
    fn colleagues_are_named_by_address_or_name() {
        assert_eq!(named("@Ada, can you look? @zhu. (@b.okoro) @ada"), [1, 3, 2]);
        assert_eq!(named("@ben.okoro"), [2]);
        assert_eq!(named("@ben"), [] as [u128; 0], "there are two");
        assert_eq!(named("@olga @nobody @ ada@demo.test me@ada"), [] as [u128; 0]);
        assert!(may_mention("hi @ada") && !may_mention("mail ada@demo.test or @"));
    }
}
