//! Files: claimed once, by their uploader, in time, and with the message or not at all.

use jiff::SignedDuration;
use lambdesk_domain::{
    AttachedTo, AttachmentId, Body, BodyFormat, Caller, Change, Channel, FileName, FileRecord, MessageKind, Scan, Ticket,
    TicketId, TicketRef,
    attachment::Kind,
    ticket::{self, NewMessage},
};
use uuid::Uuid;

use super::*;
use crate::{Attach, Include, object_key, read_object_key};

fn file(n: u128, by: &Caller) -> FileRecord {
    let name = FileName::safe("a.png");
    FileRecord::upload(AttachmentId(Uuid::from_u128(n)), (&name, Kind::of_extension("png"), 5), (by.person, None), START)
}

fn reply(desk: &TestDesk, by: &Caller, ticket: &Ticket) -> Change {
    let new = NewMessage {
        kind: MessageKind::Reply,
        body: Body::parse("x", BodyFormat::Text).expect("fits"),
        channel: Channel::Api,
        status: None,
        enclosed: lambdesk_domain::Enclosed::default(),
    };
    desk.act(by, |ctx| ticket::add_message(ticket.clone(), new, ctx)).expect("allowed")
}

async fn save(desk: &TestDesk, change: &Change, attachments: &[Attach], now: Timestamp) -> Result<(), StoreError> {
    desk.desk().save(Save { attachments, ..Save::of(change, &desk.config, now) }).await
}

#[tokio::test]
async fn a_file_is_claimed_with_its_message_or_not_at_all() {
    let desk = TestDesk::new().await;
    let (carl, ada) = (carl(), ada());
    let ticket = desk.open(&carl).await;
    let (mine, hers) = (file(1, &carl), file(2, &ada));
    for file in [&mine, &hers] {
        desk.desk().add_attachment(file, None, START).await.expect("announced");
    }
    assert!(matches!(desk.desk().add_attachment(&mine, None, START).await, Err(StoreError::Taken("id"))));
    let claim = |file: &FileRecord| Attach::Claim { id: file.id, person: carl.person };
    let change = reply(&desk, &carl, &ticket);
    let (both, late) = ([claim(&mine), claim(&hers)], START + SignedDuration::from_hours(24));
    assert!(matches!(save(&desk, &change, &both, START).await, Err(StoreError::Taken("attachment"))), "another's");
    assert!(matches!(save(&desk, &change, &both[..1], late).await, Err(StoreError::Taken("attachment"))), "too late");
    let thread = desk.desk().thread(&TicketRef::Id(ticket.id), Include { messages: true, events: false }).await.expect("there");
    assert_eq!(thread.messages.len(), 1, "nothing was said");
    assert_eq!(desk.desk().attachment(mine.id).await.expect("there"), mine, "nothing was claimed");

    desk.desk().note_scan(mine.id, Scan::Clean, "image/png").await.expect("noted");
    save(&desk, &change, &both[..1], START).await.expect("saved");
    let claimed = desk.desk().attachment(mine.id).await.expect("there");
    let place = claimed.attached_to.expect("attached");
    assert_eq!((place.ticket, Some(place.message)), (ticket.id, change.message.as_ref().map(|message| message.id)));
    assert_eq!((claimed.scan, claimed.stored, claimed.expires_at), (Scan::Clean, true, None), "what was noted before stays");
    let again = reply(&desk, &carl, &change.after);
    assert!(matches!(save(&desk, &again, &both[..1], START).await, Err(StoreError::Taken("attachment"))), "twice");
}

#[tokio::test]
async fn a_file_that_comes_with_its_message_is_new() {
    let desk = TestDesk::new().await;
    let ticket = desk.open(&carl()).await;
    let change = reply(&desk, &carl(), &ticket);
    let place = AttachedTo { ticket: TicketId(Uuid::nil()), message: lambdesk_domain::MessageId(Uuid::nil()) };
    let mailed = FileRecord::of_mail(&file(1, &carl()).attachment(), place, START);
    let new = [Attach::New(Box::new(mailed.clone()))];
    save(&desk, &change, &new, START).await.expect("saved");
    assert_eq!(desk.desk().attachment(mailed.id).await.expect("there"), mailed);
    let again = reply(&desk, &carl(), &change.after);
    assert!(matches!(save(&desk, &again, &new, START).await, Err(StoreError::Taken("attachment"))));
}

#[tokio::test]
async fn only_its_uploader_deletes_a_file_and_only_a_loose_one() {
    let desk = TestDesk::new().await;
    let (carl, ada) = (carl(), ada());
    let (loose, attached) = (file(1, &carl), file(2, &carl));
    for file in [&loose, &attached] {
        desk.desk().add_attachment(file, None, START).await.expect("announced");
    }
    let ticket = desk.open(&carl).await;
    let claim = [Attach::Claim { id: attached.id, person: carl.person }];
    save(&desk, &reply(&desk, &carl, &ticket), &claim, START).await.expect("saved");
    let delete = async |file: &FileRecord, by: &Caller| desk.desk().delete_loose_attachment(file.id, by.person).await;
    assert!(matches!(delete(&loose, &ada).await, Err(StoreError::NotFound)));
    assert!(matches!(delete(&attached, &carl).await, Err(StoreError::NotFound)));
    delete(&loose, &carl).await.expect("deleted");
    assert!(matches!(delete(&loose, &carl).await, Err(StoreError::NotFound)));
    assert!(matches!(desk.desk().note_scan(loose.id, Scan::Clean, "image/png").await, Err(StoreError::NotFound)), "no half row");
    let other = TenantId::parse("other").expect("fits");
    assert!(matches!(desk.store.desk(&other).attachment(attached.id).await, Err(StoreError::NotFound)));
}

#[test]
fn an_objects_key_reads_back() {
    let (tenant, id) = (TenantId::parse("demo").expect("fits"), AttachmentId(Uuid::from_u128(7)));
    let key = object_key(&tenant, id);
    assert_eq!(key, "uploads/demo/00000000-0000-0000-0000-000000000007");
    assert_eq!(read_object_key(&key), Some((tenant, id)));
    for other in [
        "",
        "uploads/",
        "uploads/demo",
        "uploads/a#b/00000000-0000-0000-0000-000000000007",
        "received/demo/x",
        &format!("{key}/x"),
    ] {
        assert_eq!(read_object_key(other), None, "{other}");
    }
}

#[tokio::test]
async fn what_a_canned_response_keeps_nobody_attaches_or_erases() {
    let desk = TestDesk::new().await;
    let (mine, keeper) = (file(1, &mia()), lambdesk_domain::id::PreparedId(Uuid::from_u128(7)));
    desk.desk().add_attachment(&mine, None, START).await.expect("announced");
    let store = desk.desk();
    let keep = |by: &Caller, now| store.keep_file(mine.id, by.person, keeper, now).expect("written");
    let late = START + SignedDuration::from_hours(24);
    for part in [keep(&ada(), START), keep(&mia(), late)] {
        assert!(matches!(store.store.transact(vec![part]).await, Err(StoreError::Taken("attachment"))), "another's, or too late");
    }
    store.store.transact(vec![keep(&mia(), START)]).await.expect("kept");
    let kept = store.attachment(mine.id).await.expect("there");
    assert_eq!((kept.kept_by, kept.expires_at, kept.is_forgotten(late)), (Some(keeper), None, false));

    let ticket = desk.open(&mia()).await;
    let change = reply(&desk, &mia(), &ticket);
    let claim = [Attach::Claim { id: mine.id, person: mia().person }];
    assert!(matches!(save(&desk, &change, &claim, START).await, Err(StoreError::Taken("attachment"))), "it is kept");
    assert!(matches!(store.delete_loose_attachment(mine.id, mia().person).await, Err(StoreError::NotFound)));
    assert!(matches!(store.store.transact(vec![keep(&mia(), START)]).await, Err(StoreError::Taken("attachment"))), "twice");

    let other = lambdesk_domain::id::PreparedId(Uuid::from_u128(8));
    let dropped = |by| store.drop_file(mine.id, by, START).expect("written");
    assert!(matches!(store.store.transact(vec![dropped(other)]).await, Err(StoreError::Stale)), "another's");
    store.store.transact(vec![dropped(keeper)]).await.expect("dropped");
    let forgotten = store.attachment(mine.id).await.expect("there");
    assert!(forgotten.is_forgotten(START) && forgotten.kept_by.is_none());
    assert!(matches!(save(&desk, &change, &claim, START).await, Err(StoreError::Taken("attachment"))), "it is gone");
    store.delete_loose_attachment(mine.id, mia().person).await.expect("erased");
}
