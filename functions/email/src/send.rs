//! One event becomes the mails it asks for: rendered, sent, and marked, so that a job delivered twice sends once.

use std::collections::BTreeSet;

use lambdesk_domain::{
    Actor, AttachmentId, Event, EventKind, Link, LinkToken, Message, MessageId, Notice, Person, PersonId, Role, TenantId, Ticket, TicketRef,
    sla::Group,
};
use lambdesk_function::{Endpoint, Function, JobError, Need};
use lambdesk_platform::{App, BucketName, EmailJob, QueueName};
use lambdesk_store::{
    Desk, SentMail, Settings, StoreError,
    table::{AGENT, QUEUE},
};

use crate::{
    compose::{Letter, Thread, compose, message_id},
    deliver::deliver,
    files::Files,
    send_digest,
    template::{Frame, Words, render},
    values,
};

/// Sends mail.
pub const FUNCTION: Function = Function::queue("email-send", QueueName::Email)
    .summary("Send the mails that an event or an hour asks for")
    .needs(&[
        Need::Get,
        Need::Query,
        Need::Put,
        Need::Update,
        Need::Index(AGENT),
        Need::Index(QUEUE),
        Need::Read(BucketName::Attachments),
        Need::ReadTags(BucketName::Attachments),
        Need::SendMail,
    ]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.on_jobs(handle)
}

async fn handle(app: App, job: EmailJob) -> Result<(), JobError> {
    match job {
        EmailJob::Notify { tenant, ticket, event } => {
            let desk = app.desk_of(&tenant);
            let settings = desk.settings().await?;
            let event = desk.event(ticket, event).await?;
            let ticket = desk.ticket(&TicketRef::Id(ticket)).await?;
            let mut notices = event.notices(&ticket);
            if let Some((groups, notice)) = event.groups(&ticket) {
                notices.extend(members(&desk, &ticket, groups).await?.into_iter().map(|person| (person, notice)));
            }
            // Who is told for two reasons is told once.
            let mut told = BTreeSet::new();
            notices.retain(|(person, notice)| told.insert((*person, notice.as_str())));
            if notices.is_empty() {
                return Ok(());
            }
            let news = News::of(&app, &tenant, (&settings, &ticket, &event)).await?;
            // One recipient's trouble is not the others'.
            let mut failed = None;
            for (recipient, notice) in notices {
                if let Err(error) = news.tell(recipient, notice).await {
                    failed.get_or_insert(error);
                }
            }
            failed.map_or(Ok(()), Err)
        }
        EmailJob::Digest { tenant, hour } => send_digest::send(&app, &tenant, hour).await,
    }
}

/// Who belongs to these groups, for this ticket.
async fn members(desk: &Desk<'_>, ticket: &Ticket, groups: &[Group]) -> Result<Vec<PersonId>, JobError> {
    let staff = desk.staff().await?;
    let of_brand = staff.iter().filter(|person| person.brands.include(&ticket.brand));
    let belongs = |person: &&Person| {
        let manages = groups.contains(&Group::Managers) && person.role == Role::Manager;
        let in_team = ticket.team.as_ref().is_some_and(|team| person.teams.contains(team));
        manages || (groups.contains(&Group::Team) && in_team)
    };
    Ok(of_brand.filter(belongs).map(|person| person.id).collect())
}

/// What happened, with all that mails about it may show.
struct News<'a> {
    app: &'a App,
    desk: Desk<'a>,
    settings: &'a Settings,
    ticket: &'a Ticket,
    event: &'a Event,
    message: Option<Message>,
    author: Option<Person>,
    files: Files,
}

impl<'a> News<'a> {
    async fn of(
        app: &'a App,
        tenant: &'a TenantId,
        (settings, ticket, event): (&'a Settings, &'a Ticket, &'a Event),
    ) -> Result<Self, JobError> {
        let desk = app.desk_of(tenant);
        let mut news = Self { app, desk, settings, ticket, event, message: None, author: None, files: Files::default() };
        if let EventKind::MessageAdded { message, .. } = &event.kind {
            let message = written(&desk, ticket, event, *message).await?;
            if let Some(author) = message.author.person() {
                news.author = find(desk.person(author).await)?;
            }
            news.files = Files::of(app, &desk, settings.config.attachments, &message).await?;
            news.message = Some(message);
        }
        Ok(news)
    }

    /// Tells one person, if they want to know.
    async fn tell(&self, recipient: PersonId, notice: Notice) -> Result<(), JobError> {
        let tenant = self.desk.tenant();
        let Some(person) = find(self.desk.person(recipient).await)? else {
            tracing::warn!(%tenant, ticket = %self.ticket.id, "a person to be told is gone");
            return Ok(());
        };
        let was_staff = notice.is_for_staff() && !person.role.is_staff();
        // Who follows was once somebody of the brand, and may be no longer.
        let has_gone = notice == Notice::Followed && !person.brands.include(&self.ticket.brand);
        if was_staff || has_gone || person.erased_at.is_some() || person.muted.contains(&notice) {
            return Ok(());
        }
        let sent = SentMail {
            event: self.event.id,
            recipient,
            ticket: Some(self.ticket.id),
            message_id: message_id(notice, self.ticket, self.event, recipient, self.brand()?),
        };
        let write = || self.write(&person, notice, &sent.message_id);
        deliver(self.app, &self.desk, (&sent, notice), (self.brand()?, &person), write).await
    }

    fn write(&self, person: &Person, notice: Notice, message_id: &str) -> Result<Vec<u8>, JobError> {
        let (brand, ticket) = (self.brand()?, self.ticket);
        let language = person.language.unwrap_or(brand.language);
        let words = Words::choose(&self.settings.mail_templates, notice, &brand.id, language);
        let unsubscribe = self.leaving(person);
        let link_to_file = |file: &AttachmentId| self.link(person, "files", Link::File(*file));
        let left_out: Vec<_> =
            self.files.left_out.iter().map(|(name, file)| (name.clone(), file.as_ref().and_then(link_to_file))).collect();
        let frame = Frame {
            language,
            brand,
            ticket: Some((ticket.number.as_str(), ticket.subject.as_str())),
            signature: self.signature(notice),
            left_out: &left_out,
            unsubscribe: unsubscribe.as_deref(),
        };
        let values = values::of(&values::About {
            config: &self.settings.config,
            brand,
            ticket,
            person,
            message: self.message.as_ref(),
            author: self.author.as_ref(),
            event: self.event,
            language,
            rating_url: (notice == Notice::Resolution).then(|| self.link(person, "ratings", Link::Rate(ticket.id))).flatten(),
        });
        let rendered = render(&words, &values, &frame).map_err(JobError)?;
        let reply_token = self.app.reply_token(self.desk.tenant(), ticket.id, person.id, notice.answered_by());
        let letter = Letter {
            brand,
            person,
            rendered: &rendered,
            message_id,
            thread: Thread::of(notice, ticket, brand),
            reply_token: Some(&reply_token),
            is_answer: notice == Notice::Acknowledgement,
            unsubscribe: unsubscribe.as_deref(),
            files: &self.files.enclosed,
            now: self.app.now(),
        };
        compose(&letter).map_err(JobError)
    }

    fn brand(&self) -> Result<&lambdesk_domain::Brand, JobError> {
        let brand = self.settings.config.brand(&self.ticket.brand);
        brand.ok_or_else(|| JobError(format!("brand {} is not configured", self.ticket.brand)))
    }

    /// What stands under a reply by staff: their own signature, or the brand's.
    fn signature(&self, notice: Notice) -> Option<&str> {
        let by_staff = matches!(self.message.as_ref().map(|message| message.author), Some(Actor::Staff { .. }));
        if notice != Notice::Reply || !by_staff {
            return None;
        }
        let own = self.author.as_ref().and_then(|author| author.signature.as_ref());
        own.or(self.brand().ok()?.signature.as_ref()).map(lambdesk_domain::Signature::as_str)
    }

    /// Who only takes part may leave.
    fn leaving(&self, person: &Person) -> Option<String> {
        let ticket = self.ticket;
        let takes_part = ticket.requester != person.id && ticket.participants.contains_key(&person.id);
        takes_part.then(|| self.link(person, "unsubscribe", Link::Leave(ticket.id))).flatten()
    }

    fn link(&self, person: &Person, page: &str, link: Link) -> Option<String> {
        link_to(self.app, page, &LinkToken { tenant: self.desk.tenant().clone(), person: person.id, link })
    }
}

/// The message of an event; one that was split off since is where it went.
async fn written(desk: &Desk<'_>, ticket: &Ticket, event: &Event, id: MessageId) -> Result<Message, JobError> {
    if let Some(message) = find(desk.message(ticket.id, id).await)? {
        return Ok(message);
    }
    let since = desk.events_since(ticket.id, event.version).await?;
    let went = since.iter().find_map(|event| match &event.kind {
        EventKind::SplitOff { into, messages } if messages.contains(&id) => Some(*into),
        _ => None,
    });
    Ok(desk.message(went.ok_or(StoreError::NotFound)?, id).await?)
}

/// The address of a page that a mail opens; `None` where the desk does not know its own.
pub(crate) fn link_to(app: &App, page: &str, token: &LinkToken) -> Option<String> {
    let base = app.config().public_url.as_ref()?;
    Some(format!("{base}/v1/{page}/{}", app.sign_link(token)))
}

fn find<T>(found: Result<T, StoreError>) -> Result<Option<T>, JobError> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(StoreError::NotFound) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
