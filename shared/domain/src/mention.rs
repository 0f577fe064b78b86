//! Naming colleagues in a note: `@ada`, by the part of the address before the `@`, or by name.

use crate::{
    id::{BrandId, PersonId},
    person::Person,
};

/// Whom one note names at most: a note is no mailing list.
const MOST: usize = 20;

/// Whether a text may name somebody; the cheap look before the list of staff is read.
pub fn may_mention(text: &str) -> bool {
    words(text).next().is_some()
}

/// The members of staff whom the text names, of those who work for the brand; each once, in the order of the text. A first
/// name that several have names nobody: the wrong one would be told.
pub fn mentioned(text: &str, staff: &[Person], brand: &BrandId) -> Vec<PersonId> {
    let colleagues: Vec<_> = staff.iter().filter(|person| person.role.is_staff() && person.brands.include(brand)).collect();
    let mut named = Vec::new();
    for word in words(text) {
        let person = find(&word, &colleagues);
        named.extend(person.filter(|person| !named.contains(person)));
        if named.len() == MOST {
            break;
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

fn find(word: &str, colleagues: &[&Person]) -> Option<PersonId> {
    let one = |fits: &dyn Fn(&Person) -> bool| {
        let mut fitting = colleagues.iter().filter(|person| fits(person));
        let first = fitting.next()?;
        fitting.next().is_none().then_some(first.id)
    };
    let local_part = |person: &Person| person.email.as_str().split('@').next().is_some_and(|part| part.to_lowercase() == word);
    let name = |person: &Person| person.display_name().to_lowercase();
    let whole_name = |person: &Person| name(person).split_whitespace().collect::<Vec<_>>().join(".") == word;
    let first_name = |person: &Person| name(person).split_whitespace().next() == Some(word);
    one(&local_part).or_else(|| one(&whole_name)).or_else(|| one(&first_name))
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
    fn colleagues_are_named_by_address_or_name() {
        assert_eq!(named("@Ada, can you look? @zhu. (@b.okoro) @ada"), [1, 3, 2]);
        assert_eq!(named("@ben.okoro"), [2]);
        assert_eq!(named("@ben"), [] as [u128; 0], "there are two");
        assert_eq!(named("@olga @nobody @ ada@demo.test me@ada"), [] as [u128; 0]);
        assert!(may_mention("hi @ada") && !may_mention("mail ada@demo.test or @"));
    }
}
