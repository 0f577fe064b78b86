//! Receipt rule sets: kept and described, not applied. Local inbound mail takes
//! another way in.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::error::Refusal;
use crate::params::Params;
use crate::settings::{RuleSet, SettingsFile};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Named {
    rule_set_name: String,
}

/// Without a name, no set is active.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct MaybeNamed {
    rule_set_name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct CreateRule {
    rule_set_name: String,
    rule: Value,
    /// The rule to insert after; without one, the new rule comes first.
    after: Option<String>,
}

pub(crate) fn create_rule_set(settings: &SettingsFile, params: Params, now: Timestamp) -> Result<Value, Refusal> {
    let Named { rule_set_name } = params.read()?;
    settings.change(|settings| {
        if settings.rule_sets.contains_key(&rule_set_name) {
            return Err(exists("Rule set", &rule_set_name));
        }
        settings.rule_sets.insert(rule_set_name, RuleSet { created: now, rules: Vec::new() });
        Ok(())
    })?;
    Ok(Value::Null)
}

pub(crate) fn create_rule(settings: &SettingsFile, params: Params) -> Result<Value, Refusal> {
    let CreateRule { rule_set_name, rule, after } = params.read()?;
    let name = rule_name(&rule).ok_or_else(|| Refusal::validation("Rule.Name is missing."))?;
    settings.change(|settings| {
        let set = settings.rule_sets.get_mut(&rule_set_name);
        let rules = &mut set.ok_or_else(|| no_rule_set(&rule_set_name))?.rules;
        let position = |wanted: &str| rules.iter().position(|rule| rule_name(rule) == Some(wanted));
        if position(name).is_some() {
            return Err(exists("Rule", name));
        }
        let index = match &after {
            Some(after) => position(after).ok_or_else(|| no_rule(after))? + 1,
            None => 0,
        };
        rules.insert(index, rule.clone());
        Ok(())
    })?;
    Ok(Value::Null)
}

pub(crate) fn set_active(settings: &SettingsFile, params: Params) -> Result<Value, Refusal> {
    let MaybeNamed { rule_set_name } = params.read()?;
    settings.change(|settings| {
        if let Some(name) = &rule_set_name
            && !settings.rule_sets.contains_key(name)
        {
            return Err(no_rule_set(name));
        }
        settings.active_rule_set = rule_set_name;
        Ok(())
    })?;
    Ok(Value::Null)
}

/// An empty answer if no set is active.
pub(crate) fn describe_active(settings: &SettingsFile) -> Value {
    let settings = settings.read();
    let active = settings.active_rule_set.as_ref();
    let found = active.and_then(|name| Some((name, settings.rule_sets.get(name)?)));
    let Some((name, set)) = found else { return Value::Null };
    json!({
        "Metadata": { "Name": name, "CreatedTimestamp": set.created },
        "Rules": set.rules,
    })
}

fn rule_name(rule: &Value) -> Option<&str> {
    rule.get("Name")?.as_str()
}

fn exists(what: &str, name: &str) -> Refusal {
    Refusal::sender("AlreadyExists", format!("{what} already exists: {name}"))
}

fn no_rule_set(name: &str) -> Refusal {
    Refusal::sender("RuleSetDoesNotExist", format!("Rule set does not exist: {name}"))
}

fn no_rule(name: &str) -> Refusal {
    Refusal::sender("RuleDoesNotExist", format!("Rule does not exist: {name}"))
}
