//! Who works at a desk: teams, and agents with what they can do, how much they carry, and whether they are there.

lambdesk_function::area! {
    list_teams,
}
