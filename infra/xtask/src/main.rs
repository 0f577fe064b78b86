//! What is generated from the registry of functions, and what is checked against it.

mod events;
mod files;
mod new_function;
mod openapi;
mod sample;
mod template;

use std::{io, process::ExitCode};

use lambdesk_function::Endpoint;

const USAGE: &str = "usage:
  lambdesk-xtask openapi                 write openapi.json from the registry
  lambdesk-xtask openapi --check         fail where the committed openapi.json differs
  lambdesk-xtask events                  write a sample event for every function that has none
  lambdesk-xtask events --check          fail where a function and its sample event do not fit
  lambdesk-xtask template                write infra/stacks, and the generated parts of template.yaml
  lambdesk-xtask template --check        fail where these differ from the code, or grant too much
  lambdesk-xtask new-function AREA NAME  begin a function, such as: new-function tickets merge_ticket
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let root = files::root();
    let done = match arguments.as_slice() {
        ["openapi"] => openapi::write(&root, &registry()),
        ["openapi", "--check"] => openapi::check(&root, &registry()),
        ["events"] => events::write(&root, &registry()),
        ["events", "--check"] => events::check(&root, &registry()),
        ["template"] => template::write(&root, &registry()),
        ["template", "--check"] => template::check(&root, &registry()),
        ["new-function", area, name] => new_function::create(&root, area, name),
        _ => Err(USAGE.to_owned()),
    };
    match done {
        Ok(message) => say(io::stdout(), &message, ExitCode::SUCCESS),
        Err(message) => say(io::stderr(), &message, ExitCode::FAILURE),
    }
}

/// Says it; a reader who has gone away changes nothing about how it went.
fn say(mut to: impl io::Write, message: &str, code: ExitCode) -> ExitCode {
    let _ = writeln!(to, "{}", message.trim_end());
    code
}

/// Every function of the desk, of all areas. Listed here and not taken from the local process, so that this builds
/// without it.
fn registry() -> Vec<Endpoint> {
    let areas = [
        lambdesk_tickets::endpoints(),
        lambdesk_email::endpoints(),
        lambdesk_events::endpoints(),
        lambdesk_auth::endpoints(),
        lambdesk_sla::endpoints(),
        lambdesk_jobs::endpoints(),
        lambdesk_people::endpoints(),
        lambdesk_answers::endpoints(),
        lambdesk_automation::endpoints(),
        lambdesk_views::endpoints(),
    ];
    areas.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// An area that is left out above would be left out of openapi.json and of the checks, in silence.
    #[test]
    fn every_area_is_in_the_registry() {
        let registered: BTreeSet<_> =
            registry().iter().filter_map(|endpoint| Some(endpoint.function.name.split_once('-')?.0.to_owned())).collect();
        let folders = std::fs::read_dir(files::root().join("functions")).unwrap();
        let areas: BTreeSet<_> = folders.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        assert_eq!(registered, areas);
    }

    #[test]
    fn no_two_functions_share_a_name_or_a_route() {
        let mut names = BTreeSet::new();
        let mut routes = BTreeSet::new();
        for endpoint in registry() {
            assert!(names.insert(endpoint.function.name), "{} stands twice", endpoint.function.name);
            if let lambdesk_function::Trigger::Http { method, path, .. } = endpoint.function.trigger {
                assert!(routes.insert((method, path)), "{method} {path} is served twice");
            }
        }
    }
}
