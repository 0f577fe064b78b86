//! A tag is renamed, or merged into another, on all tickets that have it and that who asked sees, whatever their status. What is in
//! the bin stays as it is.

use lambdesk_domain::{
    Caller, Tag,
    job::{Outcome, Progress, TicketFilter},
    ticket,
};

use super::{
    MOST_ITEMS, Stepped, Trouble, Work, check_tries,
    item::{Kept, change},
    walk::Walk,
};

/// Tickets of one page, and pages of one step.
const PAGE: i32 = 100;
const PAGES: usize = 50;
/// How often all tickets are looked through. A ticket that changes its status meanwhile may pass the look by; so a look that
/// found something is followed by another, but not for ever, where somebody keeps adding the tag.
const LOOKS: u32 = 3;

pub(super) async fn step(work: &mut Work<'_>, caller: &Caller, (from, to): (&Tag, &Tag)) -> Result<Stepped, Trouble> {
    check_tries(work)?;
    let filter = TicketFilter { tags: [from.clone()].into(), ..TicketFilter::default() };
    let mut walk = Walk::of(work, &filter, caller);
    let mut progress = Progress { walk: Some(walk.cursor.clone()), ..work.job.progress.clone() };
    let mut done = 0;
    for _ in 0..PAGES {
        if walk.is_over() || done >= MOST_ITEMS || !work.has_time() {
            break;
        }
        for ticket in walk.page(work, PAGE).await? {
            // The page is looked at again: what was done no longer has the tag.
            if !work.has_time() {
                return Ok(Stepped::at(progress));
            }
            match change(work, caller, ticket.id, |ticket, ctx| ticket::retag(ticket, (from, to), ctx)).await? {
                Kept::Stopped => return Ok(Stepped::at(progress)),
                Kept::Now(Outcome::Changed) => progress.found = true,
                Kept::Now(_) | Kept::Before => {}
            }
            done += 1;
        }
        progress.walk = Some(walk.cursor.clone());
    }
    if !walk.is_over() {
        return Ok(Stepped::at(progress));
    }
    let looks = progress.looks + 1;
    let again = progress.found && looks < LOOKS;
    let progress = Progress { walk: None, looks, found: false, ..progress };
    Ok(if again { Stepped::at(progress) } else { Stepped::done(progress) })
}
