//! The template of an area: its functions with all that is theirs, in a stack of their own. CloudFormation takes at most 500
//! resources a stack, and a function has six.

use lambdesk_function::{Function, Trigger};

use super::{alarm::Alarm, function, given, logical_id};

/// Where the areas' templates lie.
pub(super) const FOLDER: &str = "infra/stacks";
/// The most that CloudFormation takes, and some that a condition may add.
const MAX_RESOURCES: usize = 450;

/// The area's template.
pub(super) fn template(area: &str, functions: &[Function]) -> Result<String, String> {
    let blocks = functions.iter().map(function::block).collect::<Result<Vec<_>, _>>()?.join("\n");
    let alarms = alarms(functions);
    let body = if alarms.is_empty() { blocks } else { format!("{blocks}\n{alarms}\n") };
    let resources = body.lines().filter(|line| line.starts_with("    Type: ")).count();
    if resources > MAX_RESOURCES {
        return Err(format!("{area} has {resources} resources, and a stack takes at most 500: divide the area"));
    }
    let own = |given: &&given::Given| given.is_in(&body) && !body.contains(&format!("\n  {}:\n", given.name));
    let parameters: Vec<_> = given::all().iter().filter(own).map(given::Given::declaration).collect();
    let asked = functions.iter().any(|function| function.trigger == Trigger::Authorizer);
    let outputs = if asked { "\nOutputs:\n  Authorizer: { Value: !Ref Authorizer }\n" } else { "" };
    Ok(format!(
        "# The functions of {area}: a stack below that of template.yaml, which gives it its parameters. Written from the declarations in
# functions/{area} by `make template`; `make test` fails where it differs.
AWSTemplateFormatVersion: \"2010-09-09\"
Description: {:?}

Parameters:
{}

Resources:
{}{outputs}",
        format!("Lambdesk, the functions of {area}"),
        parameters.join("\n"),
        body.trim_end().to_owned() + "\n"
    ))
}

/// The area's stack, as the template above has it. One comes after the other: all their routes are the one API's, which refuses
/// changes that come too fast.
pub(super) fn stack(area: &str, template: &str, after: Option<&str>) -> String {
    let after = after.map(|area| format!("    DependsOn: {}Stack\n", logical_id(area))).unwrap_or_default();
    let declared = |given: &&given::Given| template.contains(&format!("\n{}\n", given.declaration()));
    let arguments: Vec<_> = given::all().iter().filter(declared).map(given::Given::argument).collect();
    format!(
        "  {}Stack:
    Type: AWS::CloudFormation::Stack
{after}    Properties:
      TemplateURL: {FOLDER}/{area}.yaml
      Parameters:
{}",
        logical_id(area),
        arguments.join("\n")
    )
}

/// Alarms where a function fails that nobody waits for. (One that answers requests shows in the API's own.)
fn alarms(functions: &[Function]) -> String {
    let workers = functions.iter().filter(|function| !matches!(function.trigger, Trigger::Http { .. }));
    let errors = workers.map(|function| Alarm {
        id: format!("{}ErrorsAlarm", logical_id(function.name)),
        says: format!("{} crashed or took too long. docs/OPERATIONS.md, Alarms", function.name),
        metric: ("AWS/Lambda", "Errors", "Sum"),
        dimension: format!("{{ Name: FunctionName, Value: !Ref {} }}", logical_id(function.name)),
        threshold: 0,
        minutes: 5,
    });
    let readers = functions.iter().filter(|function| function.trigger == Trigger::TableStream);
    let behind = readers.map(|function| Alarm {
        id: format!("{}AgeAlarm", logical_id(function.name)),
        says: format!("{} is 10 minutes behind the stream, which keeps 24 hours. docs/OPERATIONS.md, Alarms", function.name),
        metric: ("AWS/Lambda", "IteratorAge", "Maximum"),
        dimension: format!("{{ Name: FunctionName, Value: !Ref {} }}", logical_id(function.name)),
        threshold: 600_000,
        minutes: 5,
    });
    errors.chain(behind).map(|alarm| alarm.yaml()).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use lambdesk_function::Access;

    use super::*;

    #[test]
    fn an_area_is_given_what_it_refers_to_and_nothing_else() {
        let functions = [Function::http("tickets-meta", "GET", "/v1/meta", Access::SignedIn)];
        let template = template("tickets", &functions).unwrap();
        let stack = stack("tickets", &template, Some("auth"));
        for (name, value) in [("Table", "!Ref Table"), ("Authorizer", "!GetAtt AuthStack.Outputs.Authorizer")] {
            assert!(template.contains(&format!("\n  {name}: {{ Type: String }}\n")), "{template}");
            assert!(stack.lines().any(|line| line == format!("        {name}: {value}")), "{stack}");
        }
        assert!(stack.contains("\n    DependsOn: AuthStack\n"));
        assert!(!template.contains("EmailQueue") && !stack.contains("EmailQueue"));
    }

    #[test]
    fn the_authorizer_is_made_once_and_told_to_others() {
        let template = template("auth", &[Function::authorizer("auth-authorizer")]).unwrap();
        assert!(
            !template.contains("Authorizer: { Type: String }") && template.contains("Authorizer: { Value: !Ref Authorizer }")
        );
        assert!(!stack("auth", &template, None).contains("Authorizer:"));
    }

    #[test]
    fn too_many_for_a_stack_are_refused() {
        let function = Function::http("tickets-meta", "GET", "/v1/meta", Access::SignedIn);
        assert!(template("tickets", &[function; 75]).is_ok());
        assert!(template("tickets", &[function; 76]).unwrap_err().contains("456 resources"));
    }
}
