//! Whose mail it is: the tenants whose addresses it was sent to.

use std::collections::{BTreeMap, BTreeSet};

use lambdesk_domain::{
    BrandId, EmailAddress, ReplyToken, TenantId,
    inbound::{token_in, without_detail},
};
use lambdesk_function::JobError;
use lambdesk_platform::App;
use lambdesk_store::OwnAddress;

/// What a tenant is addressed by.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Target {
    /// The brand whose address it is.
    pub(super) brand: Option<BrandId>,
    /// The reply address's token, where one of our keys signed it for this tenant.
    pub(super) token: Option<ReplyToken>,
    /// Whether nobody there has the address: only the domain is known.
    pub(super) is_unknown: bool,
}

pub(super) type Targets = BTreeMap<TenantId, Target>;

/// Domains that are asked for: a mail to many people has many that are none of ours.
const MOST_DOMAINS: usize = 20;

/// The tenants that the mail was sent to; none, where nobody here has such an address, or several have its domain: whose it is,
/// is then the operator's to say.
pub(super) async fn find(app: &App, addresses: &[String]) -> Result<Targets, JobError> {
    let addresses: Vec<_> = addresses.iter().filter_map(|address| EmailAddress::parse(address).ok()).collect();
    let known = known(app, &addresses).await?;
    let mut targets = Targets::new();
    for address in &addresses {
        for (tenant, target) in targets_of(app, address, &known) {
            let merged = targets.entry(tenant).or_default();
            merged.brand = merged.brand.take().or(target.brand);
            merged.token = merged.token.or(target.token);
        }
    }
    if !targets.is_empty() {
        return Ok(targets);
    }
    // A domain of one tenant is all theirs, also where nobody has the very address.
    let tenants: BTreeSet<_> = known.iter().map(|own| &own.tenant).collect();
    match tenants.into_iter().collect::<Vec<_>>()[..] {
        [tenant] => {
            // An address for replies whose token has run out is still one of theirs.
            let is_unknown = !addresses.iter().any(|address| token_in(address).is_some() && is_at(address, &known));
            Ok([(tenant.clone(), Target { is_unknown, ..Target::default() })].into())
        }
        _ => Ok(Targets::new()),
    }
}

/// What one tenant is addressed by, where they ask for a mail themselves.
pub(super) async fn of_tenant(app: &App, addresses: &[String], tenant: &TenantId) -> Result<Targets, JobError> {
    let addresses: Vec<_> = addresses.iter().filter_map(|address| EmailAddress::parse(address).ok()).collect();
    let known = known(app, &addresses).await?;
    let theirs = addresses.iter().flat_map(|address| targets_of(app, address, &known)).filter(|(other, _)| other == tenant);
    let target = theirs.fold(Target::default(), |merged, (_, target)| Target {
        brand: merged.brand.or(target.brand),
        token: merged.token.or(target.token),
        is_unknown: false,
    });
    Ok([(tenant.clone(), target)].into())
}

/// The desk's own addresses at the domains that the mail was sent to.
async fn known(app: &App, addresses: &[EmailAddress]) -> Result<Vec<OwnAddress>, JobError> {
    let mut domains = BTreeSet::new();
    let mut known = Vec::new();
    for address in addresses {
        if domains.len() < MOST_DOMAINS && domains.insert(address.domain()) {
            known.extend(app.store().addresses_at(address.domain()).await?);
        }
    }
    Ok(known)
}

fn targets_of(app: &App, address: &EmailAddress, known: &[OwnAddress]) -> Vec<(TenantId, Target)> {
    if let Some(token) = token_in(address) {
        let tenants: BTreeSet<_> =
            known.iter().filter(|own| own.address.domain() == address.domain()).map(|own| own.tenant.clone()).collect();
        let signed = tenants.into_iter().filter_map(|tenant| {
            let token = app.read_reply_token(&tenant, token)?;
            Some((tenant, Target { token: Some(token), ..Target::default() }))
        });
        return signed.collect();
    }
    let plain = without_detail(address);
    let has_it = |own: &&OwnAddress| own.address == *address || Some(&own.address) == plain.as_ref();
    let target = |own: &OwnAddress| (own.tenant.clone(), Target { brand: Some(own.brand.clone()), ..Target::default() });
    known.iter().filter(has_it).map(target).collect()
}

fn is_at(address: &EmailAddress, known: &[OwnAddress]) -> bool {
    known.iter().any(|own| own.address.domain() == address.domain())
}
