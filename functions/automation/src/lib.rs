//! Where tickets go by themselves: rules lead to a team, and the team's strategy finds somebody who has room.

mod crew;
mod rules;

lambdesk_function::area! {
    route,
    find_waiting,
    explain_routing,
    list_rules,
    create_rule,
    update_rule,
    delete_rule,
}
