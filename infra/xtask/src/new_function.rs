//! Begins a function: its file, its line in the area's list, its sample event.

use std::path::Path;

use lambdesk_function::{Access, Function};

use crate::{files, sample};

const TEMPLATE: &str = r#"//! In one line, in the desk's words: what happens, for whom.

use lambdesk_function::{Access, ApiError, Endpoint, Function, Reply, SignedIn};

/// Does it.
pub const FUNCTION: Function =
    Function::http("{function}", "GET", "{path}", Access::SignedIn).summary("{title}").needs(&[]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).answers_nothing()
}

/// Reads from top to bottom: load, decide (in the domain), save, answer.
async fn handle(SignedIn(_): SignedIn) -> Result<Reply, ApiError> {
    Ok(Reply::no_content())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_registered_once_and_says_what_it_answers() {
        let registered: Vec<_> = crate::endpoints().into_iter().filter(|endpoint| endpoint.function == FUNCTION).collect();
        assert_eq!(registered.len(), 1);
        assert_eq!((FUNCTION.name, registered[0].statuses()), ("{function}", vec![204]));
    }
}
"#;

/// Creates the files; says what is left to do.
pub(crate) fn create(root: &Path, area: &str, name: &str) -> Result<String, String> {
    let module = name.replace('-', "_");
    check_name(area)?;
    check_name(&module)?;
    let kebab = module.replace('_', "-");
    let (function, path) = (format!("{area}-{kebab}"), format!("/v1/{kebab}"));
    let file = format!("functions/{area}/src/{module}.rs");
    let list = format!("functions/{area}/src/lib.rs");
    let event = format!("events/{function}.json");
    if !root.join(&list).exists() {
        return Err(format!("{list} is not there: an area is a crate, see CONTRIBUTING.md"));
    }
    for new in [&file, &event] {
        if root.join(new).exists() {
            return Err(format!("{new} is there already"));
        }
    }
    // All that can fail comes before the first file is written.
    let listed = insert(&files::read(&root.join(&list))?, &module)?;
    let title = module.replace('_', " ");
    let code = TEMPLATE.replace("{function}", &function).replace("{path}", &path).replace("{title}", &sentence(&title));
    let sample = files::pretty(&sample::of(&Function::http("", "GET", leak(&path), Access::SignedIn))?)?;
    files::write(&root.join(&file), &code)?;
    files::write(&root.join(&list), &listed)?;
    files::write(&root.join(&event), &sample)?;
    Ok(format!(
        "{file}, {event} and a line in {list} are written. Next:
1. In {file}: the first line, method, path, access, summary, needs; then `Input`, what it answers, `handle`, tests.
2. In {event}: the same method and path, a caller who may call it, the query or body. `lambdesk-xtask events --check` compares.
3. A rule of the desk goes to shared/domain, a new row or question to shared/store (and docs/TABLE.md).
4. A whole flow over HTTP, a wrong role and another tenant go to tests/.
5. docs/API.md, docs/ERRORS.md where there is a new code, CHANGELOG.md; then `make openapi` and `make test`."
    ))
}

/// A declaration lives as long as the program; here there is one.
fn leak(path: &str) -> &'static str {
    Box::leak(path.to_owned().into_boxed_str())
}

fn check_name(name: &str) -> Result<(), String> {
    let fits = name.starts_with(|c: char| c.is_ascii_lowercase())
        && !name.ends_with('_')
        && !name.contains("__")
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if fits { Ok(()) } else { Err(format!("{name:?} must be words of a-z and 0-9 with _ between, such as merge_ticket")) }
}

fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str()).unwrap_or_default()
}

/// Adds the module at the end of the `area!` list.
fn insert(source: &str, module: &str) -> Result<String, String> {
    let begin = source.find("area! {").ok_or("there is no `area! {` list")?;
    let end = begin + source[begin..].find('}').ok_or("the `area!` list has no end")?;
    let body = &source[begin + "area! {".len()..end];
    if body.split(',').any(|listed| listed.trim() == module) {
        return Err(format!("{module} is listed already"));
    }
    let body = body.trim_end();
    let comma = if body.is_empty() || body.ends_with(',') { "" } else { "," };
    Ok(format!("{}area! {{{body}{comma}\n    {module},\n{}", &source[..begin], &source[end..]))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const LIST: &str = "//! Tickets.\n\nmod change;\n\nlambdesk_function::area! {\n    create_ticket,\n    list_tickets,\n}\n";

    #[test]
    fn a_module_is_added_at_the_end_of_the_list() {
        let listed = insert(LIST, "merge_ticket").unwrap();
        assert_eq!(listed, LIST.replace("    list_tickets,\n", "    list_tickets,\n    merge_ticket,\n"));
        let one_line = insert("lambdesk_function::area! { send }\nfn after() {}\n", "receive").unwrap();
        assert_eq!(one_line, "lambdesk_function::area! { send,\n    receive,\n}\nfn after() {}\n");
    }

    #[test]
    fn a_module_is_listed_once_and_only_in_a_list() {
        assert!(insert(LIST, "list_tickets").is_err());
        assert!(insert(LIST, "list").is_ok(), "a part of a name is not the name");
        assert!(insert("mod x;\n", "merge_ticket").is_err());
    }

    #[test]
    fn a_function_is_begun_whole_or_not_at_all() {
        let root = tempfile::tempdir().unwrap();
        let source = root.path().join("functions/tickets/src");
        fs::create_dir_all(&source).unwrap();
        fs::create_dir(root.path().join("events")).unwrap();
        fs::write(source.join("lib.rs"), LIST).unwrap();

        let steps = create(root.path(), "tickets", "merge-ticket").unwrap();
        assert!(steps.contains("functions/tickets/src/merge_ticket.rs"));
        let code = fs::read_to_string(source.join("merge_ticket.rs")).unwrap();
        assert!(code.contains(
            r#"Function::http("tickets-merge-ticket", "GET", "/v1/merge-ticket", Access::SignedIn).summary("Merge ticket")"#
        ));
        assert!(!code.contains("{function}") && !code.contains("{path}") && !code.contains("{title}"));
        assert!(fs::read_to_string(source.join("lib.rs")).unwrap().contains("    merge_ticket,\n}"));
        let event = files::read_json(&root.path().join("events/tickets-merge-ticket.json")).unwrap();
        assert_eq!(event["routeKey"], "GET /v1/merge-ticket");

        assert!(create(root.path(), "tickets", "merge_ticket").unwrap_err().contains("is there already"));
        assert!(create(root.path(), "tickets", "list_tickets").unwrap_err().contains("listed already"));
        assert!(!source.join("list_tickets.rs").exists());
        assert!(create(root.path(), "kb", "get_article").unwrap_err().contains("an area is a crate"));
        for wrong in ["", "Merge", "merge ticket", "../x", "_x", "x_", "a__b", "1st"] {
            assert!(create(root.path(), "tickets", wrong).is_err(), "{wrong:?} was taken");
        }
    }
}
