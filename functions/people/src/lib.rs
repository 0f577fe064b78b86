//! Who works at a desk: teams, and agents with what they can do, how much they carry, and whether they are there. And who everybody
//! is.

mod agents;
mod people;
mod teams;

lambdesk_function::area! {
    list_teams,
    create_team,
    update_team,
    delete_team,
    list_people,
    get_person,
    get_agent,
    update_agent,
    set_availability,
}
