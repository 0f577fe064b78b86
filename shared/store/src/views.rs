//! Saved views. All of a desk's stand in one partition, behind their *stamp*, which grows with every change of what is counted:
//! who counts a ticket checks in the same transaction that the stamp is the one by which it was counted.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use aws_sdk_dynamodb::types::{ConditionCheck, Delete, TransactWriteItem, Update};
use futures_util::future::try_join;
use lambdesk_domain::{
    PersonId, TenantId, ViewId,
    audit::{AuditAction, AuditSubject, Audited},
    view::{MAX_VIEWS, Scope, View},
};

use crate::{
    Desk, Once,
    error::StoreError,
    item::{Item, decode, encode, key, kind, number, string, text},
    keys::{self, SHARED_VIEWS},
    people::transact_put,
    request::{Guard, Part},
};

const VIEW: &str = "view";
const STAMP: &str = "view_stamp";

/// How long it is remembered that a desk has views. One that has none is asked each time, so that no change of a ticket is
/// missed that comes after the first view.
const FRESH_FOR: Duration = Duration::from_secs(30);

/// The state of a desk's views.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ViewStamp {
    /// Grows with every view that comes, goes, or asks otherwise; 0 where there never was one.
    pub stamp: u64,
    /// How many there are.
    pub views: u64,
    /// What the last change left: a view and its filter's version, or that it is gone.
    latest: String,
}

/// All views of a desk in one state.
#[derive(Debug, Clone)]
pub struct AllViews {
    /// The state.
    pub stamp: u64,
    /// The views.
    pub views: Arc<Vec<View>>,
}

/// What was read of desks' views.
#[derive(Default)]
pub(crate) struct Cache {
    all: Mutex<HashMap<TenantId, AllViews>>,
    /// The desks that have some, and when that was read.
    some: Mutex<HashMap<TenantId, Instant>>,
}

impl Cache {
    fn get(&self, tenant: &TenantId) -> Option<AllViews> {
        self.all.lock().ok()?.get(tenant).cloned()
    }

    fn keep(&self, tenant: &TenantId, views: &AllViews) {
        // A poisoned lock only means that the next call reads again.
        if let Ok(mut known) = self.all.lock() {
            known.insert(tenant.clone(), views.clone());
        }
    }

    fn has_some(&self, tenant: &TenantId) -> bool {
        self.some.lock().is_ok_and(|known| known.get(tenant).is_some_and(|at| at.elapsed() < FRESH_FOR))
    }

    fn keep_some(&self, tenant: &TenantId) {
        if let Ok(mut known) = self.some.lock() {
            known.insert(tenant.clone(), Instant::now());
        }
    }
}

impl Desk<'_> {
    /// The state of the views.
    pub async fn view_stamp(&self) -> Result<ViewStamp, StoreError> {
        Ok(self.get(self.keys().view_stamp()).await?.as_ref().map(read_stamp).unwrap_or_default())
    }

    /// Whether the desk has views. Those that have some may be said to have some for a while longer.
    pub async fn has_views(&self) -> Result<bool, StoreError> {
        if self.store.views.has_some(self.tenant) {
            return Ok(true);
        }
        let has_some = self.view_stamp().await?.views > 0;
        if has_some {
            self.store.views.keep_some(self.tenant);
        }
        Ok(has_some)
    }

    /// All views in this state; `Stale` where it is no longer theirs. In one process they are read once for each state.
    pub(crate) async fn views_at(&self, stamp: u64) -> Result<Arc<Vec<View>>, StoreError> {
        if let Some(known) = self.store.views.get(self.tenant).filter(|known| known.stamp == stamp) {
            return Ok(known.views);
        }
        let all = self.all_views().await?;
        if all.stamp == stamp { Ok(all.views) } else { Err(StoreError::Stale) }
    }

    /// All views of the desk as they are now; `Stale` where they change at this moment.
    pub async fn all_views(&self) -> Result<AllViews, StoreError> {
        let (mut stamp, mut views) = (ViewStamp::default(), Vec::new());
        for row in self.store.partition(self.keys().views_partition()).await? {
            match kind(&row) {
                STAMP => stamp = read_stamp(&row),
                _ => views.push(decode(row, VIEW)?),
            }
        }
        // The rows of one transaction do not appear in one moment.
        if !is_whole(&stamp, &views) {
            return Err(StoreError::Stale);
        }
        let all = AllViews { stamp: stamp.stamp, views: Arc::new(views) };
        self.store.views.keep(self.tenant, &all);
        Ok(all)
    }

    /// The person's own views, and those of teams and of all staff.
    pub async fn views_for(&self, person: PersonId) -> Result<Vec<View>, StoreError> {
        let query = |prefix: String| {
            let query = self
                .store
                .query()
                .consistent_read(true)
                .key_condition_expression("pk = :pk AND begins_with(sk, :prefix)")
                .expression_attribute_values(":pk", text(self.keys().views_partition()))
                .expression_attribute_values(":prefix", text(prefix));
            self.store.run_all(query)
        };
        let (shared, own) = try_join(query(SHARED_VIEWS.to_owned()), query(keys::personal_views(person))).await?;
        shared.into_iter().chain(own).map(|row| decode(row, VIEW)).collect()
    }

    /// A view, if it is the person's own, a team's, or all staff's.
    pub async fn view(&self, id: ViewId, person: PersonId) -> Result<View, StoreError> {
        let own = self.get(self.keys().personal_view(person, id));
        let (shared, own) = try_join(self.get(self.keys().shared_view(id)), own).await?;
        decode(shared.or(own).ok_or(StoreError::NotFound)?, VIEW)
    }

    /// Writes a new view, once for each idempotency key; `Stale` where the views are no longer in the state that was `known`.
    pub async fn add_view(&self, view: &View, known: &ViewStamp, once: Once<'_>) -> Result<(), StoreError> {
        let mut parts = vec![self.view_part(view, None)?, self.view_stamp_part(known, (view.id, Some(view.filter_version)), 1)?];
        parts.extend(self.audit_part(audited(view, AuditAction::Created))?);
        let (answer, now) = once;
        if let Some((key, answer)) = answer {
            parts.push(self.idempotency_part(key, answer, now)?);
        }
        self.transact_once(parts, answer, now).await
    }

    /// Writes a view in the place of the version that was `known`; where its filter is another, in the state of the views that
    /// was known too. `Stale` where that is no longer so.
    pub async fn put_view(&self, view: &View, known: u32, stamp: Option<&ViewStamp>) -> Result<(), StoreError> {
        let mut parts = vec![self.view_part(view, Some(known))?];
        parts.extend(self.audit_part(audited(view, AuditAction::Changed))?);
        if let Some(stamp) = stamp {
            parts.push(self.view_stamp_part(stamp, (view.id, Some(view.filter_version)), 0)?);
        }
        self.store.transact(parts).await
    }

    /// Erases a view, if it and all of them are what was `known`; `Stale` otherwise.
    pub async fn delete_view(&self, view: &View, known: &ViewStamp) -> Result<(), StoreError> {
        let delete = Delete::builder()
            .table_name(&*self.store.table)
            .set_key(Some(key(self.keys().view(view))))
            .condition_expression("#version = :known")
            .expression_attribute_names("#version", "version")
            .expression_attribute_values(":known", number(view.version));
        let delete = delete.build().map_err(|error| StoreError::Corrupt(error.to_string()))?;
        let delete = Part::guarded(TransactWriteItem::builder().delete(delete).build(), Guard::Version);
        let mut parts = vec![delete, self.view_stamp_part(known, (view.id, None), -1)?];
        parts.extend(self.audit_part(audited(view, AuditAction::Erased))?);
        self.store.transact(parts).await
    }

    fn view_part(&self, view: &View, known: Option<u32>) -> Result<Part, StoreError> {
        let mut row = encode(self.keys().view(view), VIEW, view)?;
        row.insert("version".to_owned(), number(view.version));
        let put = match known {
            None => self.put(row).condition_expression("attribute_not_exists(pk)"),
            Some(known) => self
                .put(row)
                .condition_expression("#version = :known")
                .expression_attribute_names("#version", "version")
                .expression_attribute_values(":known", number(known)),
        };
        Ok(Part::guarded(transact_put(put)?, Guard::Version))
    }

    /// The write that brings the views into their next state.
    fn view_stamp_part(&self, known: &ViewStamp, latest: (ViewId, Option<u64>), views: i64) -> Result<Part, StoreError> {
        let update = Update::builder()
            .table_name(&*self.store.table)
            .set_key(Some(key(self.keys().view_stamp())))
            .update_expression("SET #kind = :kind, #stamp = :next, #latest = :latest ADD #views :views")
            .expression_attribute_names("#kind", "kind")
            .expression_attribute_names("#stamp", "stamp")
            .expression_attribute_names("#latest", "latest")
            .expression_attribute_names("#views", "views")
            .expression_attribute_values(":kind", text(STAMP))
            .expression_attribute_values(":next", number(known.stamp + 1))
            .expression_attribute_values(":latest", text(left(latest)))
            .expression_attribute_values(":views", number(views));
        let update = match known.stamp {
            0 => update.condition_expression("attribute_not_exists(#stamp)"),
            stamp => update.condition_expression("#stamp = :stamp").expression_attribute_values(":stamp", number(stamp)),
        };
        let update = update.build().map_err(|error| StoreError::Corrupt(error.to_string()))?;
        Ok(Part::guarded(TransactWriteItem::builder().update(update).build(), Guard::Version))
    }

    /// The condition that the views are still in this state.
    pub(crate) fn views_are_still(&self, stamp: u64) -> Result<Part, StoreError> {
        let check = ConditionCheck::builder()
            .table_name(&*self.store.table)
            .set_key(Some(key(self.keys().view_stamp())))
            .condition_expression("#stamp = :stamp")
            .expression_attribute_names("#stamp", "stamp")
            .expression_attribute_values(":stamp", number(stamp));
        let check = check.build().map_err(|error| StoreError::Corrupt(error.to_string()))?;
        Ok(Part::guarded(TransactWriteItem::builder().condition_check(check).build(), Guard::Version))
    }
}

impl ViewStamp {
    /// Whether there is room for another view.
    pub fn has_room(&self) -> bool {
        usize::try_from(self.views).is_ok_and(|views| views < MAX_VIEWS)
    }
}

/// What is done to a view of a team, or of everybody; one's own is no setting of the desk.
fn audited(view: &View, action: AuditAction) -> Option<Audited> {
    let (id, name) = (view.id.to_string(), Some(view.name.to_string()));
    let told = Audited { action, subject: AuditSubject::View, id, name, fields: Vec::new() };
    (view.scope != Scope::Personal {}).then_some(told)
}

fn left((view, filter_version): (ViewId, Option<u64>)) -> String {
    filter_version.map_or_else(|| format!("{view}#gone"), |version| format!("{view}#{version}"))
}

fn is_whole(stamp: &ViewStamp, views: &[View]) -> bool {
    let Some((id, version)) = stamp.latest.split_once('#') else { return stamp.stamp == 0 && views.is_empty() };
    let found = views.iter().find(|view| view.id.to_string() == id);
    found.map_or_else(|| "gone".to_owned(), |view| view.filter_version.to_string()) == version
}

pub(crate) fn read_stamp(row: &Item) -> ViewStamp {
    let number = |name: &str| row.get(name).and_then(|value| value.as_n().ok()?.parse().ok()).unwrap_or_default();
    ViewStamp { stamp: number("stamp"), views: number("views"), latest: string(row, "latest").to_owned() }
}
