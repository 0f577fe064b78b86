//! `template.yaml`: people write it, but for the parts between markers, which come from the code: the table from its
//! indexes, queues from their names, the stacks of the areas. Those of `infra/stacks`, functions with their roles, come
//! from the registry altogether.

mod alarm;
mod area;
mod asterisks;
mod function;
mod given;
mod queues;
mod role;
mod table;
mod trigger;

use std::{collections::BTreeMap, fs, path::Path};

use lambdesk_function::{Endpoint, Function, Trigger};

use crate::files;

const FILE: &str = "template.yaml";
/// Written by people altogether; its asterisks are held to the list too.
const CONSOLE: &str = "infra/console.yaml";

/// Writes what stands between the markers, and the areas' templates.
pub(crate) fn write(root: &Path, registry: &[Endpoint]) -> Result<String, String> {
    let files = all(root, registry)?;
    for left in left_over(root, &files)? {
        fs::remove_file(root.join(&left)).map_err(|error| format!("{left}: {error}"))?;
    }
    for (file, text) in &files {
        asterisks::check(file, text)?;
        files::write(&root.join(file), text)?;
    }
    Ok(format!("{FILE} and {} templates of areas are written", files.len() - 2))
}

/// Fails where a committed file differs from the code, or grants more than it should.
pub(crate) fn check(root: &Path, registry: &[Endpoint]) -> Result<String, String> {
    let files = all(root, registry)?;
    for (file, text) in &files {
        if files::read(&root.join(file)).is_ok_and(|committed| committed == *text) {
            asterisks::check(file, text)?;
        } else {
            return Err(format!("{file} is not what the code says; run `make template`"));
        }
    }
    match left_over(root, &files)?.first() {
        Some(left) => Err(format!("{left}: there is no such area; run `make template`")),
        None => Ok(format!("{FILE} and the templates of {} areas are what the code says", files.len() - 2)),
    }
}

/// Every template by its path, as the registry has it.
fn all(root: &Path, registry: &[Endpoint]) -> Result<BTreeMap<String, String>, String> {
    let functions: Vec<_> = registry.iter().map(|endpoint| endpoint.function).collect();
    let mut by_area: BTreeMap<&str, Vec<Function>> = BTreeMap::new();
    for function in &functions {
        by_area.entry(function.area()).or_default().push(*function);
    }
    // The authorizer's area first: all others are told of it.
    let mut areas: Vec<_> = by_area.into_iter().collect();
    areas.sort_by_key(|(area, functions)| (!functions.iter().any(|function| function.trigger == Trigger::Authorizer), *area));
    let (mut written, mut stacks, mut before) = (BTreeMap::new(), Vec::new(), None);
    let order = areas.iter().map(|(area, _)| format!("{}Stack", logical_id(area))).collect::<Vec<_>>().join(", ");
    for (area, functions) in areas {
        let template = area::template(area, &functions)?;
        stacks.push(area::stack(area, &template, before));
        // That the authorizer's is there, they wait for anyhow.
        before = Some(area).filter(|_| !functions.iter().any(|function| function.trigger == Trigger::Authorizer));
        written.insert(format!("{}/{area}.yaml", area::FOLDER), template);
    }
    let parts = [
        ("table", table::schema()),
        ("queues", queues::resources(&functions)),
        ("order", format!("    DependsOn: [{order}]")),
        ("areas", stacks.join("\n\n")),
        ("alarms of queues", queues::alarms()),
    ];
    let template = files::read(&root.join(FILE))?;
    let filled = parts.iter().try_fold(template, |template, (name, text)| between(&template, name, text))?;
    written.insert(FILE.to_owned(), filled);
    written.insert(CONSOLE.to_owned(), files::read(&root.join(CONSOLE))?);
    Ok(written)
}

/// Templates of areas that are no more.
fn left_over(root: &Path, files: &BTreeMap<String, String>) -> Result<Vec<String>, String> {
    let folder = root.join(area::FOLDER);
    let entries = fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut left = Vec::new();
    for entry in entries {
        let name = entry.map_err(|error| error.to_string())?.file_name();
        left.push(format!("{}/{}", area::FOLDER, name.to_string_lossy()));
    }
    left.retain(|file| !files.contains_key(file));
    left.sort();
    Ok(left)
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
