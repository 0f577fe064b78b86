//! Who has a ticket before their eyes: rows beside the ticket, which know nothing of its version.

use aws_sdk_dynamodb::types::ReturnConsumedCapacity;
use jiff::Timestamp;
use lambdesk_domain::{PersonId, Presence, TicketId};

use crate::{
    Desk,
    error::StoreError,
    item::{decode, encode, key, number},
    request::unavailable,
    usage::{Direction, record},
};

const KIND: &str = "presence";

impl Desk<'_> {
    /// Who is there now, in no order. What has run out may still stand in the table, and is left out.
    pub async fn presences(&self, ticket: TicketId, now: Timestamp) -> Result<Vec<Presence>, StoreError> {
        let rows = self.store.partition(self.keys().presence_partition(ticket)).await?;
        let all = rows.into_iter().map(|row| decode::<Presence>(row, KIND)).collect::<Result<Vec<_>, _>>()?;
        Ok(all.into_iter().filter(|presence| presence.is_here(now)).collect())
    }

    /// Notes that somebody is there. It is nobody's but theirs to write: the last word holds.
    pub async fn put_presence(&self, ticket: TicketId, presence: &Presence) -> Result<(), StoreError> {
        let mut row = encode(self.keys().presence(ticket, presence.person), KIND, presence)?;
        row.insert("expires_at".to_owned(), number(presence.leased_until.as_second() + 1));
        let request = self.store.client.put_item().table_name(&*self.store.table).set_item(Some(row));
        let response = request.return_consumed_capacity(ReturnConsumedCapacity::Total).send().await.map_err(unavailable)?;
        record(Direction::Write, response.consumed_capacity());
        Ok(())
    }

    /// Notes that somebody is gone.
    pub async fn delete_presence(&self, ticket: TicketId, person: PersonId) -> Result<(), StoreError> {
        let at = key(self.keys().presence(ticket, person));
        let request = self.store.client.delete_item().table_name(&*self.store.table).set_key(Some(at));
        let response = request.return_consumed_capacity(ReturnConsumedCapacity::Total).send().await.map_err(unavailable)?;
        record(Direction::Write, response.consumed_capacity());
        Ok(())
    }
}
