//! Which tenant has which address: mail names nobody else.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::{Delete, TransactWriteItem};
use lambdesk_domain::{BrandId, EmailAddress, TenantConfig, TenantId};

use crate::{
    Desk, Store,
    error::StoreError,
    item::{key, string, text},
    keys,
    people::transact_put,
    request::{Guard, Part},
};

/// An address that a tenant reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnAddress {
    /// The address.
    pub address: EmailAddress,
    /// Whose.
    pub tenant: TenantId,
    /// The brand that is asked there.
    pub brand: BrandId,
}

impl Store {
    /// All addresses that are read at a domain, of whatever tenant: only incoming mail asks this.
    pub async fn addresses_at(&self, domain: &str) -> Result<Vec<OwnAddress>, StoreError> {
        let rows = self.partition(keys::mail_domain(domain)).await?;
        let read = |row: &crate::item::Item| {
            Some(OwnAddress {
                address: EmailAddress::parse(string(row, "sk")).ok()?,
                tenant: TenantId::parse(string(row, "tenant")).ok()?,
                brand: BrandId::parse(string(row, "brand")).ok()?,
            })
        };
        let corrupt = || StoreError::Corrupt(format!("an address at {domain} cannot be read"));
        rows.iter().map(|row| read(row).ok_or_else(corrupt)).collect()
    }
}

impl Desk<'_> {
    /// Claims the addresses of a configuration that is there already.
    pub async fn ensure_addresses(&self, config: &TenantConfig) -> Result<(), StoreError> {
        self.store.transact(self.claim_addresses(config, None)?).await
    }

    /// Claims the addresses of a configuration, and lets go of those that an earlier one had. `Taken("address")` where another
    /// tenant has one.
    pub(crate) fn claim_addresses(&self, config: &TenantConfig, before: Option<&TenantConfig>) -> Result<Vec<Part>, StoreError> {
        let mut parts = Vec::new();
        // Two brands may share one: it is asked for the first.
        let mut claimed = BTreeSet::new();
        for (address, brand) in config.addresses().filter(|(address, _)| claimed.insert(*address)) {
            let mut row = key(keys::own_address(address));
            row.insert("kind".to_owned(), text("own_address"));
            row.insert("tenant".to_owned(), text(self.tenant.as_str()));
            row.insert("brand".to_owned(), text(brand.as_str()));
            let put = self
                .put(row)
                .condition_expression("attribute_not_exists(pk) OR tenant = :this")
                .expression_attribute_values(":this", text(self.tenant.as_str()));
            parts.push(Part::guarded(transact_put(put)?, Guard::Unique("address")));
        }
        let kept: BTreeSet<_> = config.addresses().map(|(address, _)| address).collect();
        for (address, _) in before.into_iter().flat_map(TenantConfig::addresses).filter(|(address, _)| !kept.contains(address)) {
            let delete = Delete::builder()
                .table_name(&*self.store.table)
                .set_key(Some(key(keys::own_address(address))))
                .condition_expression("attribute_not_exists(pk) OR tenant = :this")
                .expression_attribute_values(":this", text(self.tenant.as_str()))
                .build()
                .map_err(|error| StoreError::Corrupt(error.to_string()))?;
            parts.push(Part::guarded(TransactWriteItem::builder().delete(delete).build(), Guard::Unique("address")));
        }
        Ok(parts)
    }
}
