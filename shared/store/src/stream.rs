//! Reading the table's stream.

use lambdesk_domain::Event;
use serde_dynamo::{AttributeValue, Item};

use crate::{error::StoreError, item::SHAPE};

/// The event in a stream record's new image; `None` for every other kind of row.
pub fn event(mut image: Item) -> Result<Option<Event>, StoreError> {
    if image.get("kind") != Some(&AttributeValue::S("event".to_owned())) {
        return Ok(None);
    }
    // As `decode` does: what a newer version wrote is not read by half.
    let shape = image.get("v");
    if shape != Some(&AttributeValue::N(SHAPE.to_owned())) {
        return Err(StoreError::Corrupt(format!("event: shape {shape:?} is newer than this version reads")));
    }
    let data = image.remove("data").ok_or_else(|| StoreError::Corrupt("an event without data".to_owned()))?;
    serde_dynamo::from_attribute_value(data).map(Some).map_err(|error| StoreError::Corrupt(format!("event: {error}")))
}
