//! Where tickets go: rules lead to a team, and the team's strategy finds the agent.
//!
//! [`decide`] says who gets a ticket and why; it changes nothing. What it saw of an agent's load and a team's turn is in
//! [`Decision::expects`], and whoever saves it must find that unchanged, or decide again.

mod check;
mod condition;
mod crew;
mod decide;
mod decision;
mod explain;
mod facts;
mod phrase;
mod pick;
pub(crate) mod reader;
mod rule;
mod schema;
mod written;

#[cfg(test)]
mod conditions;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod scene;
#[cfg(test)]
mod tests;

pub use self::{
    check::Known,
    condition::{Among, Condition, Criterion, FieldName, FieldValue, MailDomain},
    crew::{Crew, Load},
    decide::{decide, decide_in_team},
    decision::{Because, Carrying, ChosenBy, Considered, Decision, Expects, Routed, Sets, Turn, Verdict, Waits},
    explain::{Explanation, Held, RuleExplained, explain},
    facts::{Calendars, Facts},
    phrase::{Phrase, Text},
    rule::{Rule, Then},
};
