//! Which policy a ticket has: of those that fit, the one that says most closely which tickets it means.

use super::{Criterion, Policy, Scope};
use crate::{config::TenantConfig, id::CategoryId, ticket::Ticket};

/// How closely: what names a company beats what names a category, a deeper category beats the one above it, then
/// come channel, brand, priority. Compared in this order.
type Closeness = (bool, usize, bool, bool, bool);

impl TenantConfig {
    /// The policy of a ticket as it is, with what of it made it fit.
    pub fn policy_for(&self, ticket: &Ticket) -> Option<(&Policy, Vec<Criterion>)> {
        let fitting = self.current_policies().filter(|policy| policy.active && fits(&policy.when, ticket, self));
        // Among equals the first by name of its identifier, so that every process chooses the same.
        let closest = fitting.max_by(|a, b| {
            let by_closeness = closeness(&a.when, self).cmp(&closeness(&b.when, self));
            by_closeness.then_with(|| b.id.cmp(&a.id))
        })?;
        Some((closest, criteria(&closest.when)))
    }
}

fn fits(when: &Scope, ticket: &Ticket, config: &TenantConfig) -> bool {
    let Scope { brand, priority, category, organization, channel } = when;
    let is_in = |category: &CategoryId| ticket.category.iter().flat_map(|id| config.lineage(id)).any(|part| part.id == *category);
    brand.as_ref().is_none_or(|brand| *brand == ticket.brand)
        && priority.is_none_or(|priority| priority == ticket.priority)
        && category.as_ref().is_none_or(is_in)
        && organization.as_ref().is_none_or(|organization| ticket.organization.as_ref() == Some(organization))
        && channel.is_none_or(|channel| channel == ticket.channel)
}

fn closeness(when: &Scope, config: &TenantConfig) -> Closeness {
    let depth = when.category.as_ref().map_or(0, |category| config.lineage(category).count());
    (when.organization.is_some(), depth, when.channel.is_some(), when.brand.is_some(), when.priority.is_some())
}

fn criteria(when: &Scope) -> Vec<Criterion> {
    let named = [
        (Criterion::Organization, when.organization.is_some()),
        (Criterion::Category, when.category.is_some()),
        (Criterion::Channel, when.channel.is_some()),
        (Criterion::Brand, when.brand.is_some()),
        (Criterion::Priority, when.priority.is_some()),
    ];
    named.into_iter().filter(|(_, named)| *named).map(|(criterion, _)| criterion).collect()
}
