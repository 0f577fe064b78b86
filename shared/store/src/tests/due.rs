//! What is due: found once its time has come, over all tenants, at the same cost.

use std::collections::BTreeSet;

use lambdesk_domain::{
    TicketId, TicketRef,
    ticket::{self, TicketPatch},
};

use super::*;
use crate::{Due, DueCursor, measure};

const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);

async fn resolved(desk: &TestDesk) -> Ticket {
    let ticket = desk.open(&carl()).await;
    let patch = TicketPatch { status: Some(Status::Resolved), ..TicketPatch::default() };
    desk.change(&ada(), &ticket, |ticket, ctx| ticket::update(ticket, patch, ctx)).await
}

/// All that is due, by pages of this many items a shard.
async fn due(desk: &TestDesk, now: Timestamp, limit: i32) -> Vec<Due> {
    let mut all = Vec::new();
    let mut from = Some(DueCursor::default());
    while let Some(cursor) = from {
        let page = desk.store.due(now, limit, cursor).await.expect("asked");
        all.extend(page.items);
        from = page.next;
    }
    all
}

fn ids(due: &[Due]) -> BTreeSet<TicketId> {
    let ticket = |due: &Due| match due {
        Due::Ticket { ticket, .. } => *ticket,
        Due::Scheduled { .. } | Due::Upload { .. } | Due::Job { .. } => panic!("no ticket is due"),
    };
    due.iter().map(ticket).collect()
}

#[tokio::test]
async fn a_ticket_is_due_from_the_moment_on_that_it_closes() {
    let desk = TestDesk::new().await;
    let ticket = resolved(&desk).await;
    let closes_at = ticket.closes_at(&desk.config).expect("it does");
    let millisecond = SignedDuration::from_millis(1);
    assert_eq!(due(&desk, closes_at - millisecond, 10).await, []);
    let due_now = due(&desk, closes_at, 10).await;
    assert_eq!(due_now, [Due::Ticket { tenant: desk.config.id.clone(), ticket: ticket.id }]);
    desk.change(&mia(), &ticket, ticket::delete).await;
    assert_eq!(due(&desk, closes_at + WEEK, 10).await, [], "a deleted ticket is not");
}

#[tokio::test]
async fn the_pages_lead_through_all_tenants_and_shards_once() {
    let desk = TestDesk::new().await;
    let other = TestDesk { config: config("other"), ..desk.clone() };
    let mut tickets = BTreeSet::new();
    for desk in [&desk, &other] {
        for _ in 0..20 {
            tickets.insert(resolved(desk).await.id);
        }
        desk.open(&carl()).await;
    }
    let all = due(&desk, START + WEEK + WEEK, 2).await;
    assert_eq!((all.len(), ids(&all)), (40, tickets));
    assert_eq!(all.iter().filter(|due| matches!(due, Due::Ticket { tenant, .. } if *tenant == other.config.id)).count(), 20);
}

#[tokio::test]
async fn asking_costs_the_same_whatever_the_number_of_tickets() {
    let desk = TestDesk::new().await;
    let cost = async |now: Timestamp| {
        let (page, usage) = measure(desk.store.due(now, 2, DueCursor::default())).await;
        (usage.calls, page.expect("asked").items.len(), usage.read_units)
    };
    let (calls, found, idle) = cost(START).await;
    assert_eq!((calls, found), (8, 0));
    for _ in 0..30 {
        resolved(&desk).await;
    }
    assert_eq!(cost(START).await, (8, 0, idle), "what is not due is not read");
    let (calls, found, read) = cost(START + WEEK + WEEK).await;
    assert_eq!((calls, found), (8, 16), "a bounded page of each shard");
    for _ in 0..30 {
        resolved(&desk).await;
    }
    assert_eq!(cost(START + WEEK + WEEK).await, (8, 16, read));
}

#[tokio::test]
async fn a_place_follows_the_configuration() {
    let mut desk = TestDesk::new().await;
    let ticket = resolved(&desk).await;
    let then = START + WEEK + WEEK;
    desk.config.auto_close_days = Some(30);
    let (placed, usage) = measure(desk.desk().place_due(&ticket, &desk.config)).await;
    placed.expect("moved");
    assert_eq!((usage.calls, usage.read_units), (1, 0.0));
    assert_eq!(due(&desk, then, 10).await, []);
    assert_eq!(due(&desk, ticket.closes_at(&desk.config).expect("it does"), 10).await.len(), 1);
    desk.config.auto_close_days = None;
    desk.desk().place_due(&ticket, &desk.config).await.expect("taken out");
    assert_eq!(due(&desk, then + WEEK * 100, 10).await, []);
    assert_eq!(desk.desk().ticket(&TicketRef::Id(ticket.id)).await.expect("there"), ticket, "nothing else changed");
}

#[tokio::test]
async fn a_place_is_not_moved_by_what_was_known_before() {
    let mut desk = TestDesk::new().await;
    let ticket = resolved(&desk).await;
    desk.change(&ada(), &ticket, |ticket, ctx| {
        let patch = TicketPatch { priority: Some(lambdesk_domain::Priority::Low), ..TicketPatch::default() };
        ticket::update(ticket, patch, ctx)
    })
    .await;
    desk.config.auto_close_days = None;
    desk.desk().place_due(&ticket, &desk.config).await.expect("nothing to do");
    assert_eq!(due(&desk, START + WEEK + WEEK, 10).await.len(), 1, "the later change's place stands");
}

#[tokio::test]
async fn what_nobody_can_do_is_found_no_more_and_nothing_is_made_of_what_is_gone() {
    let desk = TestDesk::new().await;
    let (kept, forgotten) = (resolved(&desk).await, resolved(&desk).await);
    desk.desk().forget_due(forgotten.id).await.expect("taken out");
    assert_eq!(ids(&due(&desk, START + WEEK + WEEK, 10).await), [kept.id].into());
    assert_eq!(desk.desk().ticket(&TicketRef::Id(forgotten.id)).await.expect("there"), forgotten, "nothing else changed");
    let gone = TicketId(uuid::Uuid::nil());
    desk.desk().forget_due(gone).await.expect("nothing to do");
    assert!(desk.desk().ticket(&TicketRef::Id(gone)).await.is_err(), "no row is made");
}
