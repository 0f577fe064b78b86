//! A desk's own words for mails: rows beside its configuration, read with it.

use aws_sdk_dynamodb::types::{Delete, TransactWriteItem};
use lambdesk_domain::{
    BrandId, Language, MailTemplate, Notice,
    audit::{AuditAction, AuditSubject, Audited},
};

use crate::{
    Desk,
    error::StoreError,
    item::{encode, key},
    keys::Key,
    people::transact_put,
    request::{Guard, Part},
};

pub(crate) const MAIL_TEMPLATE: &str = "mail_template";

impl Desk<'_> {
    /// Writes a template in the place of what was there.
    pub async fn put_mail_template(&self, template: &MailTemplate) -> Result<(), StoreError> {
        let at = self.keys().mail_template(template.brand.as_ref(), template.notice, template.language);
        let told = audited(&at, AuditAction::Changed);
        let mut parts = vec![Part::new(transact_put(self.put(encode(at, MAIL_TEMPLATE, template)?))?)];
        parts.extend(self.audit_part(Some(told))?);
        self.store.transact(parts).await?;
        self.store.configs.forget(self.tenant);
        Ok(())
    }

    /// Erases a template; `NotFound` where there is none.
    pub async fn delete_mail_template(
        &self,
        brand: Option<&BrandId>,
        notice: Notice,
        language: Language,
    ) -> Result<(), StoreError> {
        let at = self.keys().mail_template(brand, notice, language);
        let told = audited(&at, AuditAction::Erased);
        let delete = Delete::builder()
            .table_name(&*self.store.table)
            .set_key(Some(key(at)))
            .condition_expression("attribute_exists(pk)")
            .build()
            .map_err(|error| StoreError::Corrupt(error.to_string()))?;
        let delete = TransactWriteItem::builder().delete(delete).build();
        let mut parts = vec![Part::guarded(delete, Guard::Unique("mail_template"))];
        parts.extend(self.audit_part(Some(told))?);
        let done = self.store.transact(parts).await;
        self.store.configs.forget(self.tenant);
        match done {
            Err(StoreError::Taken(_)) => Err(StoreError::NotFound),
            done => done,
        }
    }
}

/// What is done to words of a mail: they are written whole, whatever was there.
fn audited(at: &Key, action: AuditAction) -> Audited {
    let id = at.sk.trim_start_matches("mail_template#").to_owned();
    Audited { action, subject: AuditSubject::MailTemplate, id, name: None, fields: Vec::new() }
}
