//! Figures of views: the sum of what stands beside the tickets, whoever counts, how often, and in which order.

use lambdesk_domain::{
    BrandId, Brands, Tag, TeamId, TicketRef, ViewId,
    ticket::{self, TicketPatch},
    view::{Row, View},
};
use serde_json::json;

use super::*;
use crate::PageRequest;

fn view(n: u128, owner: u128, scope: &str, filter: serde_json::Value, filter_version: u64) -> View {
    serde_json::from_value(json!({
        "id": Uuid::from_u128(n), "name": "V", "scope": { "type": scope }, "owner": Uuid::from_u128(owner), "filter": filter,
        "columns": ["number"], "sort": "updated_at", "order": "desc", "position": 0, "filter_version": filter_version,
        "filter_since": START, "version": 1,
    }))
    .expect("well-formed")
}

impl TestDesk {
    async fn add(&self, n: u128, scope: &str, owner: u128, filter: serde_json::Value) -> View {
        let stamp = self.desk().view_stamp().await.expect("read");
        let view = view(n, owner, scope, filter, stamp.stamp + 1);
        self.desk().add_view(&view, &stamp, (None, START)).await.expect("written");
        view
    }

    async fn count(&self, tickets: &[&Ticket]) {
        let ids: Vec<_> = tickets.iter().map(|ticket| ticket.id).collect();
        self.desk().count_tickets(&ids, &self.config).await.expect("counted");
    }

    /// All figures that are not nothing, of rows that this person is shown.
    async fn figures(&self, person: u128) -> Vec<(Row, u128, i64)> {
        let found = self.desk().view_counts(PersonId(Uuid::from_u128(person)), &[]).await.expect("read");
        let mut figures: Vec<_> =
            found.counts.into_iter().filter(|(_, n)| *n != 0).map(|(slot, n)| (slot.row, slot.view.0.as_u128(), n)).collect();
        figures.sort();
        figures
    }
}

#[tokio::test]
async fn counting_twice_is_counting_once_and_nothing_is_written_for_it() {
    let desk = TestDesk::new().await;
    let ticket = desk.open(&carl()).await;
    desk.count(&[&ticket]).await;
    assert!(desk.figures(2).await.is_empty(), "there are no views");
    desk.add(1, "shared", 2, json!([{ "field": "status", "is": ["open"] }])).await;
    desk.count(&[&ticket, &ticket]).await;
    assert_eq!(desk.figures(2).await, [(Row::All, 1, 1)]);
    let (counted, usage) = crate::measure(desk.desk().count_tickets(&[ticket.id], &desk.config)).await;
    counted.expect("counted");
    assert!(usage.write_units.abs() < f64::EPSILON, "{usage:?}");
    assert_eq!(desk.figures(2).await, [(Row::All, 1, 1)]);

    let closed = TicketPatch { status: Some(Status::Closed), ..TicketPatch::default() };
    let ticket = desk.change(&ada(), &ticket, |ticket, ctx| ticket::update(ticket, closed, ctx)).await;
    desk.count(&[&ticket]).await;
    desk.count(&[&ticket]).await;
    assert!(desk.figures(2).await.is_empty());
}

#[tokio::test]
async fn a_view_that_comes_while_somebody_counts_is_counted_too() {
    let desk = TestDesk::new().await;
    let ticket = desk.open(&carl()).await;
    desk.add(1, "shared", 2, json!([])).await;
    // Who has read the views before, and keeps them.
    let slow = Store::new(client(&desk.url), "lambdesk", b"secret");
    let slow_desk = slow.desk(&desk.config.id);
    slow_desk.all_views().await.expect("read");
    desk.add(2, "shared", 2, json!([])).await;
    slow_desk.count_tickets(&[ticket.id], &desk.config).await.expect("counted by the views of now");
    assert_eq!(desk.figures(2).await, [(Row::All, 1, 1), (Row::All, 2, 1)]);
}

#[tokio::test]
async fn many_count_the_same_at_once() {
    let desk = TestDesk::new().await;
    desk.add(1, "shared", 2, json!([])).await;
    let mut tickets = Vec::new();
    for _ in 0..12 {
        tickets.push(desk.open(&carl()).await);
    }
    let ids: Vec<_> = tickets.iter().map(|ticket| ticket.id).collect();
    let counting = (0..6).map(async |n: usize| {
        let mut ids = ids.clone();
        ids.rotate_left(n);
        desk.desk().count_tickets(&ids[..8], &desk.config).await
    });
    for counted in futures_util::future::join_all(counting).await {
        counted.expect("counted");
    }
    assert_eq!(desk.figures(2).await, [(Row::All, 1, 12)]);
}

#[tokio::test]
async fn a_ticket_in_more_rows_than_fit_is_counted_in_steps() {
    let desk = TestDesk::new().await;
    let (first, second) = (desk.open(&carl()).await, desk.open(&carl()).await);
    for n in 0..230 {
        desk.add(1000 + n, "personal", 5000 + n, json!([{ "field": "status", "is": ["open"] }])).await;
    }
    desk.count(&[&first, &second]).await;
    for n in [0, 120, 229] {
        let row = Row::Person(PersonId(Uuid::from_u128(5000 + n)));
        assert_eq!(desk.figures(5000 + n).await, [(row, 1000 + n, 2)]);
    }
    let closed = TicketPatch { status: Some(Status::Closed), ..TicketPatch::default() };
    let first = desk.change(&ada(), &first, |ticket, ctx| ticket::update(ticket, closed, ctx)).await;
    desk.count(&[&first]).await;
    for n in [0, 120, 229] {
        assert_eq!(desk.figures(5000 + n).await.first().map(|figure| figure.2), Some(1));
    }
}

#[tokio::test]
async fn what_was_counted_by_another_filter_is_forgotten() {
    let desk = TestDesk::new().await;
    let ticket = desk.open(&carl()).await;
    let before = desk.add(1, "shared", 2, json!([])).await;
    let gone = desk.add(2, "shared", 2, json!([])).await;
    desk.count(&[&ticket]).await;
    let stamp = desk.desk().view_stamp().await.expect("read");
    let mut after = before.clone();
    (after.filter, after.version, after.filter_version) = (gone.filter.clone(), 2, stamp.stamp + 1);
    desk.desk().put_view(&after, 1, Some(&stamp)).await.expect("written");
    assert!(matches!(desk.desk().put_view(&after, 2, Some(&stamp)).await, Err(StoreError::Stale)), "the views are others by now");
    let stamp = desk.desk().view_stamp().await.expect("read");
    desk.desk().delete_view(&gone, &stamp).await.expect("erased");
    desk.count(&[&ticket]).await;
    let found = desk.desk().view_counts(PersonId(Uuid::from_u128(2)), &[]).await.expect("read").counts;
    assert_eq!(found.len(), 3, "two are dead: {found:?}");
    desk.desk().sweep_view_counts().await.expect("swept");
    let found = desk.desk().view_counts(PersonId(Uuid::from_u128(2)), &[]).await.expect("read").counts;
    assert!(matches!(&found[..], [(slot, 1)] if slot.is_of(&after)), "{found:?}");
    assert!(desk.desk().has_views().await.expect("read"));
    assert!(matches!(
        desk.desk().view(ViewId(Uuid::from_u128(2)), PersonId(Uuid::from_u128(2))).await,
        Err(StoreError::NotFound)
    ));
}

/// The table holds the ticket and what it is counted in; nobody else has to know of either.
#[tokio::test]
async fn figures_and_history_do_not_meet() {
    let desk = TestDesk::new().await;
    let ticket = desk.open(&carl()).await;
    desk.add(1, "shared", 2, json!([{ "field": "team", "is": ["mine"] }])).await;
    let team = TicketPatch { team: Some(TeamId::parse("line").ok()), ..TicketPatch::default() };
    let ticket = desk.change(&ada(), &ticket, |ticket, ctx| ticket::update(ticket, team, ctx)).await;
    desk.count(&[&ticket]).await;
    let teams = [TeamId::parse("line").expect("fits")];
    let found = desk.desk().view_counts(PersonId(Uuid::from_u128(2)), &teams).await.expect("read");
    assert!(matches!(&found.counts[..], [(slot, 1)] if slot.row == Row::Team(teams[0].clone())));
    let include = crate::Include { messages: true, events: true };
    let thread = desk.desk().thread(&TicketRef::Id(ticket.id), include).await.expect("read");
    assert_eq!((thread.messages.len(), thread.events.len()), (1, 3));
}

#[tokio::test]
async fn tags_are_counted_with_the_change() {
    let desk = TestDesk::new().await;
    let tags = |tags: &[&str]| tags.iter().map(|tag| Tag::parse(tag).expect("fits")).collect();
    let opened = async |brand: &str, with: &[&str]| {
        let change = desk
            .opening(&ada(), |new| {
                new.brand = BrandId::parse(brand).ok();
                new.tags = tags(with);
            })
            .await;
        desk.save(&change).await.expect("saved");
        change.after
    };
    let first = opened("KA", &["vip", "eu"]).await;
    for n in 0..8 {
        opened(["KA", "OL"][n % 2], &["vip"]).await;
    }
    let listed = async |brands: Brands, limit: i32| {
        let (mut all, mut cursor) = (Vec::new(), None);
        loop {
            let page = PageRequest { limit, cursor, viewer: ada().person };
            let page = desk.desk().tags(&brands, &page).await.expect("read");
            all.extend(page.items.into_iter().map(|found| (found.tag.as_str().to_owned(), found.tickets)));
            match page.next_cursor {
                None => return all,
                next => cursor = next,
            }
        }
    };
    let pairs = |pairs: &[(&str, i64)]| pairs.iter().map(|(tag, count)| ((*tag).to_owned(), *count)).collect::<Vec<_>>();
    for limit in [1, 2, 100] {
        assert_eq!(listed(Brands::All, limit).await, pairs(&[("eu", 1), ("vip", 9)]));
        assert_eq!(listed(Brands::Only([BrandId::parse("OL").expect("fits")].into()), limit).await, pairs(&[("vip", 4)]));
    }
    desk.change(&mia(), &first, ticket::delete).await;
    assert_eq!(listed(Brands::All, 100).await, pairs(&[("vip", 8)]));
}
