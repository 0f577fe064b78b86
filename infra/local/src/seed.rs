//! Brings the presets' tenants and people; what is there already stays as it is.

use lambdesk_domain::{Brands, Person, PersonId};
use lambdesk_platform::App;
use lambdesk_store::StoreError;

use crate::presets::{self, PresetPerson};

/// Adds what is missing.
pub(crate) async fn seed(app: &App) -> Result<(), String> {
    for preset in presets::all()? {
        for preset_person in &preset.people {
            let desk = app.desk_of(&preset_person.tenant);
            match desk.person_by_address(&preset_person.email).await {
                Ok(_) => continue,
                Err(StoreError::NotFound) => {}
                Err(error) => return Err(error.to_string()),
            }
            match desk.add_person(&person(app, preset_person)).await {
                Ok(()) | Err(StoreError::Taken(_)) => {}
                Err(error) => return Err(format!("{}: {error}", preset_person.email.as_str())),
            }
        }
        // Last: a tenant that answers has its people.
        for tenant in &preset.tenants {
            let desk = app.desk_of(&tenant.id);
            match desk.config().await {
                Ok(_) => {}
                Err(StoreError::NotFound) => desk.put_config(tenant).await.map_err(|error| format!("{}: {error}", tenant.id))?,
                Err(error) => return Err(format!("{}: {error}", tenant.id)),
            }
        }
    }
    Ok(())
}

fn person(app: &App, preset: &PresetPerson) -> Person {
    Person {
        id: PersonId(app.new_id()),
        name: Some(preset.name.clone()),
        email: preset.email.clone(),
        role: preset.role,
        brands: Brands::from(preset.brands.clone().map(|brands| brands.into_iter().collect())),
        audiences: preset.audiences.clone(),
        organization: preset.organization.clone(),
        teams: preset.teams.clone(),
        created_at: app.now(),
    }
}
