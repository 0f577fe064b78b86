//! Strategies: which of a team's candidates gets the ticket.

use std::collections::BTreeSet;

use super::{ChosenBy, Considered, Crew, Verdict, Waits, crew::Asked};
use crate::{
    id::{PersonId, Skill, derived},
    person::Person,
    team::{Strategy, Team},
};

/// Who of a team gets a ticket, and how all of its members fared.
pub(super) struct Picked<'a> {
    pub(super) chosen: Option<(&'a Person, ChosenBy)>,
    pub(super) considered: Vec<Considered>,
}

impl Team {
    /// Picks the agent: the customer's last one in a sticky team, else by the strategy.
    pub(super) fn pick<'a>(&self, asked: &Asked<'_>, skills: &BTreeSet<Skill>, crew: &'a Crew) -> Picked<'a> {
        let no_skills = BTreeSet::new();
        let skills = if self.strategy == Strategy::SkillMatch { skills } else { &no_skills };
        let fared = |person| (person, asked.obstacle(person, skills, crew));
        let members: Vec<_> = crew.members(&self.id).into_iter().map(fared).collect();
        let free: Vec<_> = members.iter().filter(|(_, obstacle)| obstacle.is_none()).map(|(person, _)| *person).collect();
        let chosen = self.choose(&free, asked, crew);
        let verdict = |(person, obstacle): (&Person, Option<Verdict>)| match (obstacle, chosen) {
            (Some(obstacle), _) => obstacle,
            (None, Some((chosen, _))) if chosen.id == person.id => Verdict::Chosen,
            (None, Some((_, ChosenBy::RoundRobin))) => Verdict::NotTheirTurn,
            (None, Some((_, ChosenBy::LeastBusy | ChosenBy::SkillMatch))) => Verdict::Busier,
            (None, _) => Verdict::Free,
        };
        let considered = members.into_iter().map(|member| crew.considered(member.0, verdict(member))).collect();
        Picked { chosen, considered }
    }

    fn choose<'a>(&self, free: &[&'a Person], asked: &Asked<'_>, crew: &Crew) -> Option<(&'a Person, ChosenBy)> {
        let last_agent = crew.last_agent_of_requester.filter(|_| self.sticky);
        if let Some(last_agent) = last_agent.and_then(|last| free.iter().find(|person| person.id == last)) {
            return Some((last_agent, ChosenBy::LastAgent));
        }
        let (chosen, by) = match self.strategy {
            Strategy::Manual => return None,
            Strategy::RoundRobin => (next_in_turn(free, crew.last_in_turn.get(&self.id).copied()), ChosenBy::RoundRobin),
            Strategy::LeastBusy => (least_busy(free, asked, crew), ChosenBy::LeastBusy),
            Strategy::SkillMatch => (least_busy(free, asked, crew), ChosenBy::SkillMatch),
        };
        chosen.map(|chosen| (chosen, by))
    }
}

/// The candidate after the last one, in the order of ids, and from the beginning again. The last one need not be there
/// any more: their place in the order is.
fn next_in_turn<'a>(free: &[&'a Person], last: Option<PersonId>) -> Option<&'a Person> {
    let after = last.and_then(|last| free.iter().find(|person| person.id > last));
    after.or(free.first()).copied()
}

/// Who carries the smallest weight, then the fewest tickets. Among equals the ticket draws: two tickets at the same time,
/// each decided without knowing of the other, would otherwise go to the same agent.
fn least_busy<'a>(free: &[&'a Person], asked: &Asked<'_>, crew: &Crew) -> Option<&'a Person> {
    let ticket = asked.ticket.to_string();
    let order = |person: &&Person| {
        let load = crew.load(person.id);
        (load.weight, load.tickets, derived(&["route", &ticket, &person.id.to_string()]))
    };
    free.iter().copied().min_by_key(order)
}

/// Why nobody was chosen, from how they fared: what keeps the nearest of them.
pub(super) fn waits(considered: &[Considered]) -> Waits {
    let any = |verdicts: &[Verdict]| considered.iter().any(|one| verdicts.contains(&one.verdict));
    if any(&[Verdict::Full]) {
        Waits::AllFull
    } else if any(&[Verdict::LacksSkills]) && !any(&[Verdict::Away, Verdict::Out]) {
        Waits::NobodyWithTheSkills
    } else {
        Waits::NobodyAvailable
    }
}
