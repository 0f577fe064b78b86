//! The only place where keys are built. The first part of every key but four is the tenant, and no part can hold the
//! separator, so no tenant can reach into another's partition.
//!
//! The four: `due` (one sweep serves all tenants; its sort key carries the tenant), API keys and the desk's own addresses
//! (the tenant is what they tell), and the list of tenants itself.

use jiff::{Timestamp, civil::Date};
use lambdesk_domain::{
    ApiKeyId, AttachmentId, BrandId, EmailAddress, EventId, InboundMail, InboundMailId, JobId, Language, MailOutcome, MessageId,
    Notice, PersonId, PersonKind, Priority, Role, SourceId, Status, Suppression, Tag, TeamId, TenantId, Ticket, TicketId,
    TicketNumber, ViewId,
    audit::AuditEntry,
    id::PreparedId,
    view::{Row, Scope, View},
};
use sha2::{Digest, Sha256};

use crate::Due;

/// A partition key and a sort key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    pub(crate) pk: String,
    pub(crate) sk: String,
}

impl Key {
    fn new(pk: String, sk: impl Into<String>) -> Self {
        Self { pk, sk: sk.into() }
    }
}

/// Times in keys have a fixed width, so that they sort as text: `2025-11-20T09:30:00.000Z`.
pub(crate) fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// A digest for keys made of what others send (addresses, Message-IDs, idempotency keys): of fixed length, free of
/// separators, and it keeps people's data out of keys and logs.
pub(crate) fn digest(parts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part.as_bytes());
    }
    let bytes = hasher.finalize();
    bytes[..16].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Keys of the base table within one tenant.
pub(crate) struct Keys<'a>(pub(crate) &'a TenantId);

impl Keys<'_> {
    pub(crate) fn ticket_partition(&self, id: TicketId) -> String {
        format!("{}#ticket#{id}", self.0)
    }

    pub(crate) fn ticket(&self, id: TicketId) -> Key {
        Key::new(self.ticket_partition(id), "ticket")
    }

    pub(crate) fn message(&self, ticket: TicketId, id: MessageId) -> Key {
        Key::new(self.ticket_partition(ticket), format!("{MESSAGE}{id}"))
    }

    pub(crate) fn event(&self, ticket: TicketId, id: EventId) -> Key {
        Key::new(self.ticket_partition(ticket), format!("{EVENT}{id}"))
    }

    /// Sorts between messages and the ticket, so that whoever reads both reads these too.
    pub(crate) fn scheduled(&self, ticket: TicketId, id: MessageId) -> Key {
        Key::new(self.ticket_partition(ticket), format!("{SCHEDULED}{id}"))
    }

    pub(crate) fn presence_partition(&self, ticket: TicketId) -> String {
        format!("{}#presence#{ticket}", self.0)
    }

    pub(crate) fn presence(&self, ticket: TicketId, person: PersonId) -> Key {
        Key::new(self.presence_partition(ticket), person.to_string())
    }

    pub(crate) fn drafts_partition(&self, person: PersonId) -> String {
        format!("{}#drafts#{person}", self.0)
    }

    pub(crate) fn draft(&self, person: PersonId, ticket: TicketId) -> Key {
        Key::new(self.drafts_partition(person), ticket.to_string())
    }

    pub(crate) fn number(&self, number: &TicketNumber) -> Key {
        Key::new(format!("{}#number#{number}", self.0), UNIQUE)
    }

    pub(crate) fn message_id(&self, message_id: &str) -> Key {
        Key::new(format!("{}#mid#{}", self.0, digest(&[message_id])), UNIQUE)
    }

    /// A mail by its Message-ID and its sender: the same from another is another.
    pub(crate) fn seen(&self, message_id: &str, sender: &EmailAddress) -> Key {
        Key::new(format!("{}#seen#{}", self.0, digest(&[message_id, sender.as_str()])), UNIQUE)
    }

    pub(crate) fn inbound(&self, id: InboundMailId) -> Key {
        Key::new(format!("{}#inbound#{id}", self.0), "inbound")
    }

    pub(crate) fn idempotency(&self, person: PersonId, function: &str, key: &str) -> Key {
        Key::new(format!("{}#idem#{}", self.0, digest(&[&person.to_string(), function, key])), UNIQUE)
    }

    pub(crate) fn address(&self, address: &EmailAddress) -> Key {
        Key::new(format!("{}#mail#{}", self.0, digest(&[address.as_str()])), UNIQUE)
    }

    pub(crate) fn suppression(&self, address: &EmailAddress) -> Key {
        self.suppression_by_digest(&digest(&[address.as_str()]))
    }

    pub(crate) fn suppression_by_digest(&self, digest: &str) -> Key {
        Key::new(self.suppressions(), digest)
    }

    /// A report that a mail failed, by its own name and the address that it is about.
    pub(crate) fn mail_report(&self, report: &str, address: &EmailAddress) -> Key {
        Key::new(format!("{}#report#{}", self.0, digest(&[report, address.as_str()])), UNIQUE)
    }

    /// A ticket of another desk that was imported.
    pub(crate) fn imported(&self, source: &SourceId, external_id: &str) -> Key {
        Key::new(format!("{}#imported#{}", self.0, digest(&[source.as_str(), external_id])), UNIQUE)
    }

    pub(crate) fn counter(&self, brand: &BrandId, year: i16) -> Key {
        Key::new(format!("{}#counter#{brand}#{year:04}", self.0), "counter")
    }

    pub(crate) fn config_partition(&self) -> String {
        format!("{}#config", self.0)
    }

    pub(crate) fn config(&self, kind: &str, id: &str) -> Key {
        Key::new(self.config_partition(), format!("{kind}#{id}"))
    }

    /// One version of a thing in the configuration; beside it, so that who reads that does not read all versions.
    pub(crate) fn version(&self, kind: &str, id: &str, version: u32) -> Key {
        Key::new(format!("{}#versions#{kind}#{id}", self.0), format!("{version:010}"))
    }

    /// How often the configuration's rules were changed. Sorts before all that they consist of, so that who reads them reads it first.
    pub(crate) fn edition(&self) -> Key {
        Key::new(self.config_partition(), "=edition")
    }

    pub(crate) fn person(&self, id: PersonId) -> Key {
        Key::new(format!("{}#person#{id}", self.0), "person")
    }

    pub(crate) fn audit_partition(&self) -> String {
        format!("{}#audit", self.0)
    }

    /// Sorts by time. What one request does to several things is several entries.
    pub(crate) fn audit(&self, entry: &AuditEntry) -> Key {
        Key::new(self.audit_partition(), format!("{}#{}#{}", entry.id, entry.subject, entry.subject_id))
    }

    pub(crate) fn attachment(&self, id: AttachmentId) -> Key {
        Key::new(format!("{}#attachment#{id}", self.0), "attachment")
    }

    fn job_partition(&self, id: JobId) -> String {
        format!("{}#job#{id}", self.0)
    }

    pub(crate) fn job(&self, id: JobId) -> Key {
        Key::new(self.job_partition(id), JOB)
    }

    /// What came of a job's things, counted: beside the job itself, because it changes with every thing.
    pub(crate) fn job_counts(&self, id: JobId) -> Key {
        Key::new(self.job_partition(id), JOB_COUNTS)
    }

    /// What a job is to do, where that is long.
    pub(crate) fn job_plan(&self, id: JobId) -> Key {
        Key::new(self.job_partition(id), "plan")
    }

    /// What came of one thing of a job. The job's worker names its things, by ids and numbers.
    pub(crate) fn job_item(&self, id: JobId, item: &str) -> Key {
        Key::new(self.job_partition(id), format!("{JOB_ITEM}{item}"))
    }

    pub(crate) fn sent_mail(&self, event: EventId, recipient: PersonId) -> Key {
        Key::new(format!("{}#sent#{event}", self.0), recipient.to_string())
    }

    /// What one address was sent of one kind in one stretch of time.
    pub(crate) fn cap(&self, cap: &str, target: &str, since: Timestamp) -> Key {
        Key::new(format!("{}#cap#{}", self.0, digest(&[cap, target])), time(since))
    }

    /// The tenant in the list of all.
    pub(crate) fn listed(&self) -> Key {
        Key::new(TENANTS.to_owned(), self.0.as_str())
    }

    /// A kind of mail in a language, for a brand or (`=`) for all.
    pub(crate) fn mail_template(&self, brand: Option<&BrandId>, notice: Notice, language: Language) -> Key {
        // A brand called `-` would be another's; `=` no brand can hold.
        let brand = brand.map_or("=", BrandId::as_str);
        self.config("mail_template", &format!("{brand}#{notice}#{language}"))
    }

    pub(crate) fn counts_partition(&self) -> String {
        format!("{}#counts", self.0)
    }

    /// The counts of a brand are spread over shards, so that tickets saved at once seldom meet in one item.
    pub(crate) fn counts(&self, brand: &BrandId, ticket: TicketId) -> Key {
        let shard = ticket.0.as_bytes()[15] % COUNT_SHARDS;
        Key::new(self.counts_partition(), format!("{brand}#{shard}"))
    }

    pub(crate) fn promises_partition(&self) -> String {
        format!("{}#promises", self.0)
    }

    /// How promises to a brand's tickets ended on a day; spread as the counts are.
    pub(crate) fn promises(&self, day: Date, brand: &BrandId, ticket: TicketId) -> Key {
        let shard = ticket.0.as_bytes()[15] % COUNT_SHARDS;
        Key::new(self.promises_partition(), format!("{day}#{brand}#{shard}"))
    }

    pub(crate) fn ratings_partition(&self) -> String {
        format!("{}#ratings", self.0)
    }

    /// How a brand's tickets were rated on a day; spread as the counts are.
    pub(crate) fn ratings(&self, day: Date, brand: &BrandId, ticket: TicketId) -> Key {
        let shard = ticket.0.as_bytes()[15] % COUNT_SHARDS;
        Key::new(self.ratings_partition(), format!("{day}#{brand}#{shard}"))
    }

    pub(crate) fn workload_partition(&self) -> String {
        format!("{}#workload", self.0)
    }

    /// What is prepared of a kind: one person's, or that of teams and everybody.
    pub(crate) fn prepared_partition(&self, kind: &str, owner: Option<PersonId>) -> String {
        let of = owner.map_or_else(|| "common".to_owned(), |owner| owner.to_string());
        format!("{}#prepared#{kind}#{of}", self.0)
    }

    pub(crate) fn prepared(&self, kind: &str, owner: Option<PersonId>, id: PreparedId) -> Key {
        Key::new(self.prepared_partition(kind, owner), id.to_string())
    }

    /// What grows with every change of the partition.
    pub(crate) fn prepared_stamp(&self, kind: &str, owner: Option<PersonId>) -> Key {
        Key::new(self.prepared_partition(kind, owner), PREPARED_STAMP)
    }

    pub(crate) fn turns_partition(&self) -> String {
        format!("{}#turns", self.0)
    }

    /// Whose turn it last was in a team.
    pub(crate) fn turn(&self, team: &TeamId) -> Key {
        Key::new(self.turns_partition(), team.as_str())
    }

    pub(crate) fn workload(&self, agent: PersonId) -> Key {
        Key::new(self.workload_partition(), agent.to_string())
    }

    pub(crate) fn views_partition(&self) -> String {
        format!("{}#views", self.0)
    }

    /// What the views of a desk are together: sorts before each of them.
    pub(crate) fn view_stamp(&self) -> Key {
        Key::new(self.views_partition(), "!stamp")
    }

    pub(crate) fn view(&self, view: &View) -> Key {
        match &view.scope {
            Scope::Personal {} => self.personal_view(view.owner, view.id),
            Scope::Team { .. } | Scope::Shared {} => self.shared_view(view.id),
        }
    }

    pub(crate) fn personal_view(&self, owner: PersonId, view: ViewId) -> Key {
        Key::new(self.views_partition(), format!("{}{view}", personal_views(owner)))
    }

    pub(crate) fn shared_view(&self, view: ViewId) -> Key {
        Key::new(self.views_partition(), format!("{SHARED_VIEWS}{view}"))
    }

    pub(crate) fn view_counts_partition(&self) -> String {
        format!("{}#view_counts", self.0)
    }

    pub(crate) fn view_counts(&self, row: &Row) -> Key {
        Key::new(self.view_counts_partition(), view_row(row))
    }

    /// How far all tickets were held against the views.
    pub(crate) fn walked(&self) -> Key {
        Key::new(self.view_counts_partition(), WALKED)
    }

    /// In which views a ticket counts. Sorts before its history, so that nobody reads it with that.
    pub(crate) fn counted(&self, ticket: TicketId) -> Key {
        Key::new(self.ticket_partition(ticket), "counted")
    }

    pub(crate) fn tags_partition(&self) -> String {
        format!("{}#tags", self.0)
    }

    /// The counts of a tag are spread over shards, because some tags are on every ticket.
    pub(crate) fn tag(&self, tag: &Tag, ticket: TicketId) -> Key {
        let shard = ticket.0.as_bytes()[15] % TAG_SHARDS;
        Key::new(self.tags_partition(), format!("{}{shard}", tag_prefix(tag.as_str())))
    }

    // Partitions of the indexes.

    pub(crate) fn queue(&self, brand: &BrandId, status: Status) -> String {
        format!("{}#{brand}#tickets#{status}", self.0)
    }

    pub(crate) fn bin(&self, brand: &BrandId) -> String {
        format!("{}#{brand}#tickets#deleted", self.0)
    }

    pub(crate) fn agent(&self, agent: PersonId) -> String {
        format!("{}#agent#{agent}", self.0)
    }

    pub(crate) fn unassigned(&self, brand: &BrandId) -> String {
        format!("{}#agent#none#{brand}", self.0)
    }

    /// A brand's tickets by when the next promise about them would be broken.
    pub(crate) fn promised(&self, brand: &BrandId) -> String {
        format!("{}#{brand}#promised", self.0)
    }

    pub(crate) fn customer(&self, customer: PersonId) -> String {
        format!("{}#customer#{customer}", self.0)
    }

    pub(crate) fn people(&self, role: Role) -> String {
        self.people_of(role.into())
    }

    pub(crate) fn people_of(&self, kind: PersonKind) -> String {
        format!("{}#people#{kind}", self.0)
    }

    pub(crate) fn jobs(&self) -> String {
        format!("{}#jobs", self.0)
    }

    pub(crate) fn jobs_of(&self, person: PersonId) -> String {
        format!("{}#jobs#{person}", self.0)
    }

    pub(crate) fn inbound_mails(&self) -> String {
        format!("{}#inbound", self.0)
    }

    pub(crate) fn inbound_mails_with(&self, outcome: MailOutcome) -> String {
        format!("{}#inbound#{outcome}", self.0)
    }

    /// Both the partition of suppressed addresses and their partition in the index.
    pub(crate) fn suppressions(&self) -> String {
        format!("{}#suppressed", self.0)
    }

    /// Where a suppressed address stands in lists: by since when it is.
    pub(crate) fn by_suppression(&self, suppression: &Suppression) -> String {
        format!("{}#{}", time(suppression.since), self.suppression(&suppression.address).sk)
    }

    pub(crate) fn api_keys(&self) -> String {
        format!("{}#api_keys", self.0)
    }

    /// The entry of a ticket in the sparse `due` index.
    pub(crate) fn due(&self, due_at: Timestamp, ticket: TicketId) -> (String, String) {
        let shard = ticket.0.as_bytes()[15] % DUE_SHARDS;
        (due_partition(shard), format!("{}#{}#{ticket}", time(due_at), self.0))
    }

    /// The entry of an upload that is to be erased, unless it is attached before.
    pub(crate) fn due_upload(&self, due_at: Timestamp, file: AttachmentId) -> (String, String) {
        let shard = file.0.as_bytes()[15] % DUE_SHARDS;
        (due_partition(shard), format!("{}#{}#{UPLOAD}{file}", time(due_at), self.0))
    }

    /// The entry of a job whose message is lost, unless a step comes before.
    pub(crate) fn due_job(&self, due_at: Timestamp, job: JobId) -> (String, String) {
        let shard = job.0.as_bytes()[15] % DUE_SHARDS;
        (due_partition(shard), format!("{}#{}#{DUE_JOB}{job}", time(due_at), self.0))
    }

    /// The entry of a reply that is to be sent.
    pub(crate) fn due_scheduled(&self, send_at: Timestamp, ticket: TicketId, id: MessageId) -> (String, String) {
        let shard = id.0.as_bytes()[15] % DUE_SHARDS;
        (due_partition(shard), format!("{}#{}#{SCHEDULED}{ticket}#{id}", time(send_at), self.0))
    }
}

pub(crate) const SHARED_VIEWS: &str = "shared#";
pub(crate) const WALKED: &str = "!walked";
pub(crate) const TAG_SHARDS: u8 = 4;

pub(crate) fn personal_views(owner: PersonId) -> String {
    format!("personal#{owner}#")
}

/// What the rows of a tag begin with. No tag holds a space, which sorts before all that they hold.
pub(crate) fn tag_prefix(tag: &str) -> String {
    format!("{tag} ")
}

/// The sort key of a row of counts.
pub(crate) fn view_row(row: &Row) -> String {
    match row {
        Row::All => "all".to_owned(),
        Row::Person(person) => format!("person#{person}"),
        Row::Team(team) => format!("team#{team}"),
    }
}

/// [`view_row`] read backwards.
pub(crate) fn read_view_row(sort: &str) -> Option<Row> {
    match sort.split_once('#') {
        None => (sort == "all").then_some(Row::All),
        Some(("person", person)) => person.parse().ok().map(Row::Person),
        Some(("team", team)) => TeamId::parse(team).ok().map(Row::Team),
        Some(_) => None,
    }
}

/// The partition that lists the tenants.
pub(crate) const TENANTS: &str = "tenants";
pub(crate) const MESSAGE: &str = "message#";
pub(crate) const EVENT: &str = "event#";
/// What stands before a waiting reply, also in the `due` index.
pub(crate) const SCHEDULED: &str = "scheduled#";
pub(crate) const UNIQUE: &str = "unique";
/// The row of a partition that says in which state it is; ids sort before it.
pub(crate) const PREPARED_STAMP: &str = "stamp";
pub(crate) const COUNT_SHARDS: u8 = 8;
const DUE_SHARDS: u8 = 8;
/// What stands before an upload in the `due` index.
const UPLOAD: &str = "upload#";
/// What stands before a job there.
const DUE_JOB: &str = "job#";
/// A job and its counts sort side by side, before and after nothing else of the job's.
pub(crate) const JOB: &str = "job";
pub(crate) const JOB_COUNTS: &str = "job#counts";
pub(crate) const JOB_ITEM: &str = "item#";

/// The partitions of the `due` index.
pub(crate) fn due_partitions() -> impl Iterator<Item = String> {
    (0..DUE_SHARDS).map(due_partition)
}

fn due_partition(shard: u8) -> String {
    format!("due#{shard}")
}

/// The end of the range of sort keys that are due by now. `~` sorts after everything that follows the time.
pub(crate) fn due_until(now: Timestamp) -> String {
    format!("{}~", time(now))
}

/// What a sort key of the `due` index says: [`Keys::due`], [`Keys::due_upload`], [`Keys::due_scheduled`] or [`Keys::due_job`] read
/// backwards.
pub(crate) fn read_due(sort: &str) -> Option<Due> {
    let (_, entity) = sort.split_once('#')?;
    let (tenant, thing) = entity.split_once('#')?;
    let tenant = TenantId::parse(tenant).ok()?;
    if let Some((ticket, message)) = thing.strip_prefix(SCHEDULED).and_then(|waiting| waiting.split_once('#')) {
        return Some(Due::Scheduled { tenant, ticket: ticket.parse().ok()?, message: message.parse().ok()? });
    }
    match thing.split_once('#') {
        Some(("upload", file)) => Some(Due::Upload { tenant, file: file.parse().ok()? }),
        Some(("job", job)) => Some(Due::Job { tenant, job: job.parse().ok()? }),
        Some(_) => None,
        None => Some(Due::Ticket { tenant, ticket: thing.parse().ok()? }),
    }
}

/// What a sort key of daily figures says: [`Keys::promises`] or [`Keys::ratings`] read backwards.
pub(crate) fn read_day_and_brand(sort: &str) -> Option<(Date, BrandId)> {
    let mut parts = sort.split('#');
    Some((parts.next()?.parse().ok()?, BrandId::parse(parts.next()?).ok()?))
}

/// Where a ticket stands by when the next promise about it would be broken.
pub(crate) fn by_breach(at: Timestamp, ticket: TicketId) -> String {
    format!("{}#{ticket}", time(at))
}

/// An API key by its public part; the tenant stands in the item.
pub(crate) fn api_key(id: ApiKeyId) -> Key {
    Key::new(format!("api_key#{id}"), "api_key")
}

/// The addresses at a domain; the tenant stands in each item.
pub(crate) fn mail_domain(domain: &str) -> String {
    format!("mail_domain#{domain}")
}

/// An address that a tenant reads.
pub(crate) fn own_address(address: &EmailAddress) -> Key {
    Key::new(mail_domain(address.domain()), address.as_str())
}

/// Where a mail that came stands in lists: by when it was first taken up.
pub(crate) fn by_arrival(mail: &InboundMail) -> String {
    format!("{}#{}", time(mail.received_at), mail.id)
}

/// A key that no item has: reading it tells whether the table answers.
pub(crate) fn nothing() -> Key {
    Key::new("health".to_owned(), "health")
}

/// Where a ticket stands in lists ordered by last change.
pub(crate) fn by_updated(ticket: &Ticket) -> String {
    format!("{}#{}", time(ticket.updated_at), ticket.id)
}

/// Where a ticket stands in lists ordered by creation.
pub(crate) fn by_created(ticket: &Ticket) -> String {
    format!("{}#{}", time(ticket.created_at), ticket.id)
}

/// Where a ticket stands in lists ordered by priority, then by last change.
pub(crate) fn by_priority(ticket: &Ticket) -> String {
    format!("{}#{}", ticket.priority.rank(), by_updated(ticket))
}

/// The prefix of [`by_priority`] that one priority's tickets share.
pub(crate) fn priority_prefix(priority: Priority) -> String {
    format!("{}#", priority.rank())
}

/// Where a ticket stands in its agent's list: by status, then by last change.
pub(crate) fn by_status(ticket: &Ticket) -> String {
    format!("{}#{}", ticket.status, by_updated(ticket))
}

/// The prefix of [`by_status`] that one status's tickets share.
pub(crate) fn status_prefix(status: Status) -> String {
    format!("{status}#")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_sort_as_text() {
        let at = |text: &str| time(text.parse().expect("a time"));
        assert_eq!(at("2025-11-20T09:30:00Z"), "2025-11-20T09:30:00.000Z");
        assert!(at("2025-11-20T09:30:00.009Z") < at("2025-11-20T09:30:00.010Z"));
        assert!(at("2025-11-20T09:30:00Z") < at("2025-11-20T09:30:00.001Z"));
    }

    #[test]
    fn a_place_in_what_is_due_reads_back() {
        let tenant = TenantId::parse("demo").expect("fits");
        let ticket = TicketId(uuid::Uuid::from_u128(0x0193_0000_0000_7000_8000_0000_0000_000d));
        let at = "2025-11-20T09:30:00.5Z".parse().expect("a time");
        let (partition, sort) = Keys(&tenant).due(at, ticket);
        assert_eq!(partition, "due#5");
        assert!(due_partitions().any(|listed| listed == partition));
        assert!(sort <= due_until(at) && sort > due_until(at - jiff::SignedDuration::from_millis(1)));
        assert_eq!(read_due(&sort), Some(Due::Ticket { tenant: tenant.clone(), ticket }));
        let file = AttachmentId(ticket.0);
        let (partition, upload) = Keys(&tenant).due_upload(at, file);
        assert_eq!((partition.as_str(), read_due(&upload)), ("due#5", Some(Due::Upload { tenant: tenant.clone(), file })));
        let message = MessageId(ticket.0);
        let (partition, waiting) = Keys(&tenant).due_scheduled(at, ticket, message);
        let expected = Some(Due::Scheduled { tenant: tenant.clone(), ticket, message });
        assert_eq!((partition.as_str(), read_due(&waiting)), ("due#5", expected));
        let job = JobId(ticket.0);
        let (partition, lost) = Keys(&tenant).due_job(at, job);
        assert_eq!((partition.as_str(), read_due(&lost)), ("due#5", Some(Due::Job { tenant: tenant.clone(), job })));
        for other in ["", "2025-11-20T09:30:00.500Z", "2025-11-20T09:30:00.500Z#demo", "x#demo#1", &format!("{sort}#x")] {
            assert_eq!(read_due(other), None, "{other}");
        }
    }

    #[test]
    fn a_digest_is_unambiguous() {
        assert_ne!(digest(&["ab", "c"]), digest(&["a", "bc"]));
        assert_eq!(digest(&["x"]).len(), 32);
    }
}
