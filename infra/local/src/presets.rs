//! The desks that come with the local process: `infra/presets/*.toml`.

use lambdesk_domain::{
    AtWork, Audience, BrandId, EmailAddress, Name, OrganizationId, Role, TeamId, TenantConfig, TenantId,
    view::{Test, ViewOrder, ViewSort},
};
use serde::Deserialize;

/// Every preset file, by its name.
const FILES: &[(&str, &str)] = &[
    ("demo", include_str!("../../presets/demo.toml")),
    ("erlessed", include_str!("../../presets/erlessed.toml")),
    ("eur-km", include_str!("../../presets/eur-km.toml")),
    ("ozean", include_str!("../../presets/ozean.toml")),
    ("platform", include_str!("../../presets/platform.toml")),
    ("ticketing", include_str!("../../presets/ticketing.toml")),
];

/// A desk, or a few that belong together.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preset {
    /// Their configurations.
    #[serde(rename = "tenant")]
    pub tenants: Vec<TenantConfig>,
    /// Their people.
    #[serde(rename = "person")]
    pub people: Vec<PresetPerson>,
    /// Views that all staff have from the beginning.
    #[serde(rename = "view", default)]
    pub views: Vec<PresetView>,
}

/// A shared view of a preset. A desk that is there already gets none.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PresetView {
    /// Whose desk.
    pub tenant: TenantId,
    /// Name.
    pub name: Name,
    /// What must hold of a ticket.
    #[serde(default)]
    pub filter: Vec<Test>,
    /// What it is ordered by.
    pub sort: ViewSort,
    /// Which end comes first.
    pub order: ViewOrder,
}

/// A person of a preset; the identifier is given when they are added.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PresetPerson {
    /// Whose desk.
    pub tenant: TenantId,
    /// Address.
    pub email: EmailAddress,
    /// Name.
    pub name: Name,
    /// Role.
    pub role: Role,
    /// Staff: the brands they work for; absent for all.
    #[serde(default)]
    pub brands: Option<Vec<BrandId>>,
    /// The audiences they belong to.
    #[serde(default)]
    pub audiences: Vec<Audience>,
    /// Staff: their teams.
    #[serde(default)]
    pub teams: Vec<TeamId>,
    /// A customer's company.
    #[serde(default)]
    pub organization: Option<OrganizationId>,
    /// Staff: what they can do, how much they carry, and whether they are there.
    #[serde(default)]
    pub at_work: AtWork,
}

/// All presets.
///
/// # Errors
/// Which file is wrong, and where.
pub fn all() -> Result<Vec<Preset>, String> {
    FILES.iter().map(|(name, text)| read(text).map_err(|error| format!("infra/presets/{name}.toml: {error}"))).collect()
}

/// A preset from its text.
///
/// # Errors
/// What is wrong, and where.
pub fn read(text: &str) -> Result<Preset, String> {
    toml::from_str(text).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_desk_can_run_on_every_preset() {
        for preset in all().expect("readable") {
            for tenant in &preset.tenants {
                assert_eq!(tenant.problems(), Vec::<String>::new(), "{}", tenant.id);
            }
        }
    }

    #[test]
    fn every_tenant_has_a_person_of_every_role() {
        for preset in all().expect("readable") {
            for tenant in preset.tenants {
                let of_tenant = |person: &&PresetPerson| person.tenant == tenant.id;
                let people: Vec<_> = preset.people.iter().filter(of_tenant).collect();
                let addresses: BTreeSet<_> = people.iter().map(|person| person.email.as_str()).collect();
                assert_eq!(addresses.len(), people.len(), "{}: an address stands twice", tenant.id);
                for person in &people {
                    let brands = person.brands.iter().flatten();
                    brands.for_each(|brand| assert!(tenant.brand(brand).is_some(), "{}: brand {brand}", person.email.as_str()));
                }
                for role in ["customer", "agent", "manager", "admin"] {
                    assert!(people.iter().any(|person| person.role.as_str() == role), "{}: no {role}", tenant.id);
                    let address = format!("{role}@{}.test", tenant.id);
                    assert!(tenant.id.as_str() == "demo" || addresses.contains(address.as_str()), "{address} is missing");
                }
            }
        }
    }

    #[test]
    fn the_tenants_are_the_documented_ones() {
        let tenants: BTreeSet<_> =
            all().expect("readable").into_iter().flat_map(|preset| preset.tenants).map(|tenant| tenant.id.to_string()).collect();
        let documented = ["demo", "erlessed", "eur", "km", "ozean", "platform", "ticketing"].map(str::to_owned);
        assert_eq!(tenants, BTreeSet::from(documented));
    }
}
