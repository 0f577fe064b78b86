//! Brings tenants and people into a table, this machine's or a deployment's; what is there already stays as it is.

use std::fs;

use lambdesk_domain::{
    Brands, EmailAddress, Person, PersonId, Role, TenantId, ViewId,
    view::{Scope, View, default_columns},
};
use lambdesk_platform::{App, Config};
use lambdesk_store::StoreError;

use crate::{
    presets::{self, Preset, PresetPerson},
    private_file,
};

/// A person who is in the table now: what an identity provider must put into their tokens.
#[derive(Debug, Clone)]
pub struct Member {
    /// Whose desk; the claim `tenant`.
    pub tenant: TenantId,
    /// Address.
    pub email: EmailAddress,
    /// The claim `role`.
    pub role: Role,
    /// The claim `person`.
    pub id: PersonId,
}

/// Adds what is missing of all presets.
pub(crate) async fn seed(app: &App) -> Result<(), String> {
    for preset in presets::all()? {
        provision(app, &preset).await?;
    }
    Ok(())
}

/// Adds what is missing of a desk, and says who is there.
///
/// # Errors
/// A sentence for people. A file that is wrong adds nothing; where the table fails, a second try goes on from there.
pub async fn provision(app: &App, preset: &Preset) -> Result<Vec<Member>, String> {
    let tenants: Vec<_> = preset.tenants.iter().map(|tenant| &tenant.id).collect();
    let wrong = preset.tenants.iter().map(|tenant| (&tenant.id, tenant.problems())).find(|(_, problems)| !problems.is_empty());
    if let Some((tenant, problems)) = wrong {
        return Err(format!("{tenant}: {}", problems.join("; ")));
    }
    if let Some(person) = preset.people.iter().find(|person| !tenants.contains(&&person.tenant)) {
        return Err(format!("{}: there is no tenant {} here", person.email.as_str(), person.tenant));
    }
    let mut members = Vec::new();
    for preset_person in &preset.people {
        let id = ensure(app, preset_person).await.map_err(|error| format!("{}: {error}", preset_person.email.as_str()))?;
        let PresetPerson { tenant, email, role, .. } = preset_person.clone();
        members.push(Member { tenant, email, role, id });
    }
    // Last: a tenant that answers has its people.
    for tenant in &preset.tenants {
        let desk = app.desk_of(&tenant.id);
        match desk.config().await {
            // What an earlier version added has claimed no addresses, and is not in the list of all.
            Ok(config) => {
                desk.ensure_addresses(&config).await.map_err(|error| format!("{}: {error}", tenant.id))?;
                desk.list().await.map_err(|error| format!("{}: {error}", tenant.id))?;
            }
            Err(StoreError::NotFound) => {
                let owner = members.iter().find(|member| member.tenant == tenant.id && member.role == Role::Admin);
                if let Some(owner) = owner {
                    add_views(app, preset, owner).await.map_err(|error| format!("{}: {error}", tenant.id))?;
                }
                desk.put_config(tenant).await.map_err(|error| format!("{}: {error}", tenant.id))?;
            }
            Err(error) => return Err(format!("{}: {error}", tenant.id)),
        }
    }
    Ok(members)
}

/// Adds the views of a desk that is not there yet. It has no tickets, so all of them are counted.
async fn add_views(app: &App, preset: &Preset, owner: &Member) -> Result<(), StoreError> {
    let desk = app.desk_of(&owner.tenant);
    if desk.view_stamp().await?.stamp > 0 {
        return Ok(());
    }
    for (position, wanted) in (1..).zip(preset.views.iter().filter(|view| view.tenant == owner.tenant)) {
        let stamp = desk.view_stamp().await?;
        let view = View {
            id: ViewId(app.new_id()),
            name: wanted.name.clone(),
            scope: Scope::Shared {},
            owner: owner.id,
            filter: wanted.filter.clone(),
            columns: default_columns(),
            sort: wanted.sort,
            order: wanted.order,
            position,
            filter_version: stamp.stamp + 1,
            filter_since: app.now(),
            version: 1,
        };
        desk.add_view(&view, &stamp, (None, app.now())).await?;
        desk.end_walk(view.filter_version, app.now()).await?;
    }
    Ok(())
}

async fn ensure(app: &App, preset: &PresetPerson) -> Result<PersonId, StoreError> {
    let desk = app.desk_of(&preset.tenant);
    match desk.person_by_address(&preset.email).await {
        Ok(person) => return Ok(person.id),
        Err(StoreError::NotFound) => {}
        Err(error) => return Err(error),
    }
    let person = person(app, preset);
    match desk.add_person(&person).await {
        Ok(()) => Ok(person.id),
        // Somebody else adds the same people at the same time.
        Err(StoreError::Taken(_)) => Ok(desk.person_by_address(&preset.email).await?.id),
        Err(error) => Err(error),
    }
}

fn person(app: &App, preset: &PresetPerson) -> Person {
    Person {
        erased_at: None,
        id: PersonId(app.new_id()),
        name: Some(preset.name.clone()),
        email: preset.email.clone(),
        role: preset.role,
        brands: Brands::from(preset.brands.clone().map(|brands| brands.into_iter().collect())),
        audiences: preset.audiences.clone(),
        organization: preset.organization.clone(),
        teams: preset.teams.clone(),
        created_at: app.now(),
        muted: Default::default(),
        language: None,
        signature: None,
        at_work: preset.at_work.clone(),
        version: 0,
    }
}

/// `lambdesk provision FILE…`: adds the desks of these files to the table that the environment names.
pub(crate) async fn provision_files(files: &[String], variable: impl Fn(&str) -> Option<String>) -> Result<String, String> {
    let mut presets = Vec::new();
    for file in files {
        let text = fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?;
        presets.push(presets::read(&text).map_err(|error| format!("{file}: {error}"))?);
    }
    // Nothing is signed and nobody signs in here.
    let config = Config::read(|name| match name {
        "LAMBDESK_SECRET" => Some(private_file::hex(&private_file::random::<32>())),
        "OIDC_ISSUER" | "OIDC_AUDIENCE" => Some("none".to_owned()),
        _ => variable(name),
    });
    let app = App::new(config?);
    let mut lines = vec!["tenant\tperson\trole\temail".to_owned()];
    for preset in &presets {
        for Member { tenant, email, role, id } in provision(&app, preset).await? {
            lines.push(format!("{tenant}\t{}\t{}\t{}", id.0, role.as_str(), email.as_str()));
        }
    }
    Ok(lines.join("\n") + "\n")
}
