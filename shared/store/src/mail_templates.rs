//! A desk's own words for mails: rows beside its configuration, read with it.

use aws_sdk_dynamodb::types::ReturnConsumedCapacity;
use lambdesk_domain::{BrandId, Language, MailTemplate, Notice};

use crate::{
    Desk,
    error::StoreError,
    item::{encode, key},
    people::transact_put,
    request::{Part, unavailable},
    usage::{Direction, record},
};

pub(crate) const MAIL_TEMPLATE: &str = "mail_template";

impl Desk<'_> {
    /// Writes a template in the place of what was there.
    pub async fn put_mail_template(&self, template: &MailTemplate) -> Result<(), StoreError> {
        let at = self.keys().mail_template(template.brand.as_ref(), template.notice, template.language);
        let put = self.put(encode(at, MAIL_TEMPLATE, template)?);
        self.store.transact(vec![Part::new(transact_put(put)?)]).await?;
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
        let request = self
            .store
            .client
            .delete_item()
            .table_name(&*self.store.table)
            .set_key(Some(key(self.keys().mail_template(brand, notice, language))))
            .return_values(aws_sdk_dynamodb::types::ReturnValue::AllOld)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let response = request.send().await.map_err(unavailable)?;
        record(Direction::Write, response.consumed_capacity());
        self.store.configs.forget(self.tenant);
        if response.attributes().is_none_or(|old| old.is_empty()) { Err(StoreError::NotFound) } else { Ok(()) }
    }
}
