//! The audit log: a row for each change of a setting, written in the transaction of the change by whoever signed for the desk. Nothing
//! changes or erases them but time.

use lambdesk_domain::audit::{AuditEntry, Audited, Signature};

use crate::{
    Desk, Page, PageRequest,
    error::StoreError,
    item::{decode, encode, number, string, text},
    people::transact_put,
    request::Part,
};

const AUDIT: &str = "audit";

impl Desk<'_> {
    /// The same desk, in somebody's hands: what they change of its settings is told.
    #[must_use]
    pub const fn signed(mut self, signature: Signature) -> Self {
        self.signature = Some(signature);
        self
    }

    /// The write that tells of a change; none where nobody signed for it, because the desk itself or its operator is at it.
    pub(crate) fn audit_part(&self, audited: Option<Audited>) -> Result<Option<Part>, StoreError> {
        let Some((audited, signature)) = audited.zip(self.signature) else { return Ok(None) };
        let entry = AuditEntry::of(audited, signature);
        let mut row = encode(self.keys().audit(&entry), AUDIT, &entry)?;
        row.insert("expires_at".to_owned(), number(entry.expires_at().as_second()));
        Ok(Some(Part::new(transact_put(self.put(row))?)))
    }

    /// A page of the log, the newest first. What has expired is there until the table forgets it.
    pub async fn audit_log(&self, page: &PageRequest) -> Result<Page<AuditEntry>, StoreError> {
        let partition = self.keys().audit_partition();
        let name = format!("{partition}#{}", page.viewer);
        let after = page.cursor.as_ref().map(|cursor| self.store.cursors.open(cursor, &name)).transpose()?;
        let query = self
            .store
            .query()
            .consistent_read(true)
            .limit(page.limit)
            .scan_index_forward(false)
            .key_condition_expression("pk = :pk AND sk < :after")
            .expression_attribute_values(":pk", text(&partition))
            // `~` sorts after every id.
            .expression_attribute_values(":after", text(after.unwrap_or_else(|| "~".to_owned())));
        let (rows, last) = self.store.run(query).await?;
        let next_cursor = last.map(|last| self.store.cursors.seal(string(&last, "sk"), &name)).transpose()?;
        let items = rows.into_iter().map(|row| decode(row, AUDIT)).collect::<Result<_, _>>()?;
        Ok(Page { items, next_cursor })
    }
}
