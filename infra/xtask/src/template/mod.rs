//! `template.yaml`: people write it, but for the parts between markers, which come from the code: the table from its
//! indexes, queues from their names, functions with their roles from the registry.

mod asterisks;
mod function;
mod queues;
mod role;
mod table;

use std::path::Path;

use lambdesk_function::Endpoint;

use crate::files;

const FILE: &str = "template.yaml";

/// Writes what stands between the markers.
pub(crate) fn write(root: &Path, registry: &[Endpoint]) -> Result<String, String> {
    let path = root.join(FILE);
    let written = fill(&files::read(&path)?, registry)?;
    asterisks::check(&written)?;
    files::write(&path, &written)?;
    Ok(format!("{FILE} is written"))
}

/// Fails where the committed file differs from the code, or grants more than it should.
pub(crate) fn check(root: &Path, registry: &[Endpoint]) -> Result<String, String> {
    let template = files::read(&root.join(FILE))?;
    if fill(&template, registry)? != template {
        return Err(format!("{FILE} is not what the code says; run `make template`"));
    }
    asterisks::check(&template)?;
    Ok(format!("{FILE} is what the code says"))
}

/// The template with every generated part as the registry has it.
fn fill(template: &str, registry: &[Endpoint]) -> Result<String, String> {
    let functions: Vec<_> = registry.iter().map(|endpoint| endpoint.function).collect();
    let parts = [
        ("table", table::schema()),
        ("queues", queues::resources(&functions)),
        ("functions", functions.iter().map(function::block).collect::<Result<Vec<_>, _>>()?.join("\n")),
        ("alarms of workers", queues::alarms(&functions)),
    ];
    let filled = parts.iter().try_fold(template.to_owned(), |template, (name, text)| between(&template, name, text))?;
    Ok(filled)
}

/// Replaces what stands between the lines `# <name>` and `# </name>`, at whatever depth these are.
fn between(template: &str, name: &str, text: &str) -> Result<String, String> {
    let (begin, end) = (format!("# <{name}>"), format!("# </{name}>"));
    let marker = |marker: &str| {
        let mut found = template.match_indices(marker);
        match (found.next(), found.next()) {
            (Some((at, _)), None) => Ok(at),
            _ => Err(format!("{FILE} must hold `{marker}` once")),
        }
    };
    let (from, to) = (marker(&begin)?, marker(&end)?);
    if to < from {
        return Err(format!("{FILE}: `{end}` stands before `{begin}`"));
    }
    // The rest of the opening line (a remark) and the indent of the closing one stay.
    let from = template[from..].find('\n').map_or(from, |line| from + line + 1);
    let to = template[..to].rfind('\n').map_or(to, |line| line + 1);
    Ok(format!("{}{}\n{}", &template[..from], text.trim_end(), &template[to..]))
}

/// `tickets-create` as a logical id: `TicketsCreate`.
fn logical_id(name: &str) -> String {
    let capitalised = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
    };
    name.split('-').map(capitalised).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_stands_between_the_markers_is_replaced() {
        let template = "a:\n  # <functions> from the code\n  old: 1\n  # </functions>\nb: 2\n";
        let filled = between(template, "functions", "  new: 1\n").unwrap();
        assert_eq!(filled, "a:\n  # <functions> from the code\n  new: 1\n  # </functions>\nb: 2\n");
        assert_eq!(between(&filled, "functions", "  new: 1").unwrap(), filled, "written twice is written once");
    }

    #[test]
    fn markers_must_be_there_once_and_in_order() {
        for template in ["", "# <x>\n", "# <x>\n# <x>\n# </x>\n", "# </x>\n# <x>\n"] {
            assert!(between(template, "x", "").is_err(), "{template:?}");
        }
    }

    #[test]
    fn logical_ids_are_names_without_hyphens() {
        assert_eq!(logical_id("tickets-create"), "TicketsCreate");
        assert_eq!(logical_id("events-fan-out"), "EventsFanOut");
    }

    #[test]
    fn the_committed_template_is_what_the_code_says() {
        check(&crate::files::root(), &crate::registry()).unwrap();
    }
}
