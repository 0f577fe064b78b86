//! Suppressed addresses: counted once for each report, merged, listed, kept apart by tenant.

use lambdesk_domain::{
    EmailAddress, MailFailure, PersonId, Suppression, TenantId,
    suppression::{FailedMail, after_failure},
};
use uuid::Uuid;

use super::*;
use crate::{HeardFailure, PageRequest};

fn address(text: &str) -> EmailAddress {
    EmailAddress::parse(text).expect("fits")
}

fn page(limit: i32, cursor: Option<String>) -> PageRequest {
    PageRequest { limit, cursor, viewer: PersonId(Uuid::nil()) }
}

async fn hear(desk: &TestDesk, to: &str, failure: MailFailure, report: &str) -> Result<(), StoreError> {
    let (address, now) = (address(to), desk.now());
    let before = desk.desk().suppression(&address).await.expect("read");
    let failed = FailedMail { address: &address, failure, is_certain: true, detail: None, ticket: None };
    let after = after_failure(before.as_ref(), failed, &desk.config, now);
    let heard = HeardFailure { report, address: &address, before: before.as_ref(), after: after.as_ref() };
    desk.desk().hear_failure(heard, now).await
}

async fn known(desk: &TestDesk, to: &str) -> Option<Suppression> {
    desk.desk().suppression(&address(to)).await.expect("read")
}

#[tokio::test]
async fn a_report_counts_once() {
    let desk = TestDesk::new().await;
    hear(&desk, "a@x.test", MailFailure::Delayed, "one").await.expect("heard");
    assert!(matches!(hear(&desk, "a@x.test", MailFailure::Delayed, "one").await, Err(StoreError::Taken("report"))));
    hear(&desk, "a@x.test", MailFailure::Delayed, "two").await.expect("another");
    assert_eq!(known(&desk, "a@x.test").await.map(|known| known.failures), Some(2));
    let other = TenantId::parse("other").expect("fits");
    assert_eq!(desk.store.desk(&other).suppression(&address("a@x.test")).await.expect("read"), None, "another tenant's");
}

#[tokio::test]
async fn what_changed_meanwhile_is_not_overwritten() {
    let desk = TestDesk::new().await;
    hear(&desk, "a@x.test", MailFailure::Complaint, "one").await.expect("heard");
    let first = known(&desk, "a@x.test").await.expect("known");
    let second = Suppression { failures: 2, ..first.clone() };
    desk.desk().put_suppression(Some(&first), &second).await.expect("put");
    assert!(matches!(desk.desk().put_suppression(Some(&first), &second).await, Err(StoreError::Stale)));
    assert!(matches!(desk.desk().put_suppression(None, &second).await, Err(StoreError::Stale)));
    hear(&desk, "a@x.test", MailFailure::NotSpam, "two").await.expect("lifted");
    assert_eq!(known(&desk, "a@x.test").await, None);
    assert!(matches!(desk.desk().delete_suppression(&address("a@x.test")).await, Err(StoreError::NotFound)));
}

#[tokio::test]
async fn the_list_has_what_is_suppressed_the_newest_first() {
    let desk = TestDesk::new().await;
    for n in 0..5 {
        hear(&desk, &format!("a{n}@x.test"), MailFailure::HardBounce, "one").await.expect("heard");
    }
    hear(&desk, "counted@x.test", MailFailure::SoftBounce, "one").await.expect("heard");
    let (mut found, mut cursor) = (Vec::new(), None);
    loop {
        let listed = desk.desk().suppressions(&page(2, cursor)).await.expect("listed");
        found.extend(listed.items.into_iter().map(|known| known.address.as_str().to_owned()));
        cursor = listed.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(found, ["a4@x.test", "a3@x.test", "a2@x.test", "a1@x.test", "a0@x.test"]);
    assert!(matches!(desk.desk().suppressions(&page(2, Some("x".to_owned()))).await, Err(StoreError::InvalidCursor)));
}
