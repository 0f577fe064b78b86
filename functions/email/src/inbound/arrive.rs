//! One mail at one desk: where it belongs is decided, and all that follows is written in one transaction with its record.
//!
//! Brought twice, or cut off anywhere, it ends the same: the record's condition lets it become a message once.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use lambdesk_domain::{
    Caller, Change, Channel, DomainError, EmailAddress, Enclosed, IgnoredBecause, InboundMail, MailOrigin, MailOutcome,
    MessageKind, Participant, Person, PersonId, Standing, TenantConfig, TenantId, Ticket, TicketRef, Verdict, Verdicts,
    attachment::MAX_TICKET_BYTES,
    inbound::{self, Clues, Place, place},
    mention,
    ticket::{self, NewTicket, Received},
};
use lambdesk_function::JobError;
use lambdesk_mail::{Mail, Mailbox};
use lambdesk_platform::{App, Metric, count};
use lambdesk_store::{Arrival, Desk, Known, Question, Save, StoreError};

use super::{
    Read, Stored, Target,
    content::{Content, content, from_forwarded, subject},
    files,
    people::{self, Found},
    record_id, report,
};
use crate::failures::{Heard, mail_failed};

/// Tries of a mail that keeps meeting other changes.
const TRIES: usize = 8;
/// How many mails of one sender become messages within an hour; the others are kept, and nothing follows from them.
const MOST: Cap = Cap { name: "mail", most: 60 };
/// The same of those that a machine wrote for certain: two of them must not talk to each other for long.
const MOST_AUTOMATIC: Cap = Cap { name: "automatic_mail", most: 10 };
/// Addresses that are remembered of a report of mails that failed; it is about one, most often.
const MOST_ABOUT: usize = 50;
const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// A mail that was sent to this desk.
pub(super) struct Mailed<'a> {
    pub(super) stored: Stored<'a>,
    pub(super) size: u64,
    pub(super) mail: &'a Read,
    pub(super) target: &'a Target,
    /// Whether somebody asked for it to be taken once more.
    pub(super) is_again: bool,
}

/// What is counted of a sender, and how much of it is taken.
struct Cap {
    name: &'static str,
    most: u64,
}

/// Takes the mail, and keeps what became of it.
pub(super) async fn arrive(app: &App, tenant: &TenantId, mailed: &Mailed<'_>) -> Result<(), JobError> {
    let desk = app.desk_of(tenant);
    let blank = blank_record(app, tenant, mailed);
    let mail = match mailed.mail {
        Ok(mail) => mail,
        // The same bytes read the same the next time: it waits for whoever mends the reader.
        Err(error) => {
            let before = found(desk.inbound_mail(blank.id).await)?;
            return keep(&desk, counted(InboundMail { error: Some(error.clone()), ..blank }, before.as_ref())).await;
        }
    };
    let config = desk.config().await?;
    for _ in 0..TRIES {
        let attempt = Attempt { app, desk, config: &config, mailed, mail, blank: &blank };
        // On the heap, step by step: tickets and mails are large, and stacks of workers are not.
        match Box::pin(attempt.run()).await {
            Ok(Step::Done) => return Ok(()),
            Ok(Step::Again) => {}
            Err(Trouble::Later(error)) => return Err(error),
            // A rule refuses it: no later try would do better, and somebody must look at it.
            Err(Trouble::Never(error)) => {
                tracing::warn!(%tenant, mail = %blank.id, error, "a mail could not be taken");
                let before = found(desk.inbound_mail(blank.id).await)?;
                return keep(&desk, counted(InboundMail { error: Some(error), ..attempt.described() }, before.as_ref())).await;
            }
        }
    }
    Err(JobError("the mail kept meeting other changes".to_owned()))
}

/// Whether the mail is done with.
enum Step {
    Done,
    /// Something else changed meanwhile.
    Again,
}

/// Why a mail was not taken.
enum Trouble {
    /// The queue is to bring it again.
    Later(JobError),
    /// The desk's rules refuse it.
    Never(String),
}

impl From<JobError> for Trouble {
    fn from(error: JobError) -> Self {
        Self::Later(error)
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        match error {
            // The table refuses what it was sent, or holds what cannot be read: the same the next time.
            StoreError::Corrupt(why) => {
                tracing::error!(why, "a mail met what the table refuses, or what cannot be read there");
                Self::Never("the table refuses what would be kept of it".to_owned())
            }
            error => Self::Later(error.into()),
        }
    }
}

impl From<DomainError> for Trouble {
    fn from(error: DomainError) -> Self {
        Self::Never(format!("{error:?}"))
    }
}

fn blank_record(app: &App, tenant: &TenantId, mailed: &Mailed<'_>) -> InboundMail {
    InboundMail {
        id: record_id(tenant, mailed.stored.object),
        tenant: tenant.clone(),
        object: mailed.stored.object.to_owned(),
        size: mailed.size,
        received_at: app.now(),
        handled_at: app.now(),
        attempts: 1,
        from: None,
        subject: String::new(),
        message_id: None,
        verdicts: None,
        outcome: MailOutcome::Failed,
        ticket: None,
        message: None,
        reason: None,
        error: None,
        about: BTreeSet::new(),
    }
}

/// Keeps a record from which no message follows; one that was done meanwhile stands.
async fn keep(desk: &Desk<'_>, mail: InboundMail) -> Result<(), JobError> {
    match desk.put_inbound_mail(&mail).await {
        Ok(()) | Err(StoreError::Taken("mail")) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

struct Attempt<'a> {
    app: &'a App,
    desk: Desk<'a>,
    config: &'a TenantConfig,
    mailed: &'a Mailed<'a>,
    mail: &'a Mail,
    blank: &'a InboundMail,
}

/// What a mail is about to become, found out by reading alone.
struct Draft {
    sender: Found,
    address: EmailAddress,
    verdicts: Verdicts,
    known: Known,
    record: InboundMail,
    place: Place,
}

/// How somebody speaks on a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Voice {
    /// To all who see the ticket.
    Reply,
    /// To staff.
    Note,
    /// To staff, until these let it in.
    Pending,
}

impl Attempt<'_> {
    async fn run(&self) -> Result<Step, Trouble> {
        let record = self.described();
        let Some((mailbox, address)) = self.sender() else { return self.ignore(record, IgnoredBecause::NoSender).await };
        let known = self.desk.known_of_mail(&self.question(&address)).await?;
        let record = counted(record, known.record.as_ref());
        if known.record.as_ref().is_some_and(|record| matches!(record.outcome, MailOutcome::Ticket | MailOutcome::Reply)) {
            return Ok(Step::Done);
        }
        if let Some(reason) = self.reason_to_ignore(&address, &known).await? {
            return self.ignore(record, reason).await;
        }
        let sender = people::sender(self.app, &self.desk, known.sender, mailbox, &address).await?;
        let clues = Box::pin(self.clues(&known, &sender.person)).await?;
        let verdicts = verdicts(self.mail);
        let place = place(clues, &sender.person, &verdicts, &self.config.id);
        if self.is_capped(&place) && self.is_one_too_many(&address).await? {
            return self.ignore(record, IgnoredBecause::LoopGuard).await;
        }
        Box::pin(self.settle(Draft { sender, address, verdicts, known, record, place })).await
    }

    /// The record as far as the mail itself says.
    fn described(&self) -> InboundMail {
        InboundMail {
            from: self.mail.from.as_ref().map(|from| from.address.clone()),
            subject: self.mail.subject.clone(),
            message_id: self.mail.message_id.clone(),
            verdicts: Some(verdicts(self.mail)),
            about: report::of(self.mail).map_or_else(BTreeSet::new, |report| {
                report.recipients.into_iter().take(MOST_ABOUT).map(|recipient| recipient.address).collect()
            }),
            ..self.blank.clone()
        }
    }

    fn sender(&self) -> Option<(&Mailbox, EmailAddress)> {
        let mailbox = self.mail.from.as_ref()?;
        Some((mailbox, EmailAddress::parse(&mailbox.address).ok()?))
    }

    fn question<'q>(&'q self, sender: &'q EmailAddress) -> Question<'q> {
        // The mail that it answers, then the thread from its end.
        let refers_to = self.mail.in_reply_to.iter().chain(self.mail.references.iter().rev());
        Question {
            id: self.blank.id,
            sender,
            message_id: self.mail.message_id.as_deref(),
            refers_to: refers_to.map(String::as_str).collect(),
        }
    }

    async fn reason_to_ignore(&self, sender: &EmailAddress, known: &Known) -> Result<Option<IgnoredBecause>, Trouble> {
        let own = self.config.addresses().any(|(own, _)| own == sender) || inbound::is_for_replies(sender, self.config);
        if known.is_own || own {
            return Ok(Some(IgnoredBecause::OwnMail));
        }
        if known.seen.is_some_and(|seen| seen != self.blank.id) {
            return Ok(Some(IgnoredBecause::Duplicate));
        }
        if self.is_report().await? {
            return Ok(Some(IgnoredBecause::DeliveryReport));
        }
        if self.mail.verdicts.virus == lambdesk_mail::Verdict::Fail {
            return Ok(Some(IgnoredBecause::Virus));
        }
        // Somebody who asks for it to be taken again has seen to whom it was sent.
        Ok((self.mailed.target.is_unknown && !self.mailed.is_again).then_some(IgnoredBecause::UnknownRecipient))
    }

    /// Whether the mail is a report of one that failed, of which the consequences are drawn. It may be forged: what is believed of
    /// it, and what not, is said there. One that is about no mail of the desk, and that no machine wrote for certain, is
    /// somebody's: they pass on what came back to them, or only use the same words.
    async fn is_report(&self) -> Result<bool, Trouble> {
        let bounce = self.mail.bounce.as_ref().map(|bounce| bounce.is_certain);
        let Some(is_certain) = bounce.or(self.mail.complaint.as_ref().map(|complaint| complaint.is_certain)) else {
            return Ok(false);
        };
        let heard = match report::of(self.mail) {
            Some(report) => mail_failed(self.app, &self.desk, self.config, &report).await?,
            None => Heard::Ignored,
        };
        Ok(is_certain || heard != Heard::Ignored)
    }

    fn is_automatic(&self) -> bool {
        self.mail.automatic.is_some_and(lambdesk_mail::Automatic::is_certain)
    }

    /// Whether the mail counts among those of its sender. Asked again for, it is one that somebody wants; and staff, who are only
    /// taken for staff where their token says so, answer as many tickets as they have.
    fn is_capped(&self, place: &Place) -> bool {
        let by_staff = matches!(place, Place::Reply(_, caller) if caller.role.is_staff());
        !self.mailed.is_again && !by_staff
    }

    fn cap(&self) -> Cap {
        if self.is_automatic() { MOST_AUTOMATIC } else { MOST }
    }

    /// Whether too much has come from this address.
    async fn is_one_too_many(&self, sender: &EmailAddress) -> Result<bool, Trouble> {
        let Cap { name, most } = self.cap();
        Ok(self.desk.counted_towards(name, sender.as_str(), HOUR, self.app.now()).await? >= most)
    }

    /// Counts a mail that was taken: after it was saved, so that one that is tried again is one. Uncounted it stands all the same.
    async fn count_taken(&self, draft: &Draft) {
        if self.is_capped(&draft.place) {
            let counted = self.desk.count_towards(self.cap().name, draft.address.as_str(), HOUR, self.app.now()).await;
            if let Err(error) = counted {
                tracing::warn!(tenant = %self.config.id, %error, "a mail was not counted");
            }
        }
    }

    async fn ignore(&self, record: InboundMail, reason: IgnoredBecause) -> Result<Step, Trouble> {
        let record = InboundMail { outcome: MailOutcome::Ignored, reason: Some(reason), error: None, ..record };
        keep(&self.desk, record).await?;
        count(Metric::MailsIgnored);
        Ok(Step::Done)
    }

    /// The tickets that the mail may belong to; the surest way found ends the search.
    async fn clues(&self, known: &Known, sender: &Person) -> Result<Clues, Trouble> {
        if let Some(token) = self.mailed.target.token
            && let Some(ticket) = self.ticket(TicketRef::Id(token.ticket)).await?
        {
            return Ok(Clues { token: Some((token, ticket)), ..Clues::default() });
        }
        if let Some(id) = known.referred
            && let Some(ticket) = self.ticket(TicketRef::Id(id)).await?
        {
            return Ok(Clues { referred: Some(ticket), ..Clues::default() });
        }
        // Whom the desk has never heard of is on no ticket. Of several numbers, one may be another desk's that looks like ours.
        if known.sender.is_some() {
            for number in inbound::numbers_in(&self.mail.subject, self.config) {
                let ticket = self.ticket(TicketRef::Number(number)).await?;
                if let Some(ticket) = ticket.filter(|ticket| ticket.deleted_at.is_none() && inbound::belongs(sender, ticket)) {
                    return Ok(Clues { numbered: Some(ticket), ..Clues::default() });
                }
            }
        }
        Ok(Clues::default())
    }

    /// The ticket, or the one that goes on in its place where it was merged: answers follow, and who belongs is asked there.
    async fn ticket(&self, name: TicketRef) -> Result<Option<Ticket>, Trouble> {
        match found(self.desk.ticket(&name).await)? {
            Some(ticket) => Ok(found(self.desk.surviving(ticket).await)?),
            None => Ok(None),
        }
    }

    /// Writes down what the mail becomes.
    async fn settle(&self, draft: Draft) -> Result<Step, Trouble> {
        let customer = Caller::by_mail(&draft.sender.person, &self.config.id);
        match &draft.place {
            Place::New => Box::pin(self.open(&draft, &customer, None)).await,
            Place::Pending(ticket) => Box::pin(self.add(&draft, ticket, &customer, Voice::Pending)).await,
            Place::Note(ticket, caller) => Box::pin(self.add(&draft, ticket, caller, Voice::Note)).await,
            Place::Reply(ticket, caller) => {
                if self.app.act(caller, self.config, |ctx| ticket::opens_follow_up(ticket, ctx)) {
                    return Box::pin(self.open(&draft, caller, Some(ticket))).await;
                }
                Box::pin(self.add(&draft, ticket, caller, Voice::Reply)).await
            }
        }
    }

    /// What comes with the text, with its files written to where they are kept.
    async fn enclosed(&self, draft: &Draft, content: &Content, on: Option<&Ticket>, pending: bool) -> Result<Enclosed, Trouble> {
        let room = on.map_or(MAX_TICKET_BYTES, |ticket| ticket.room_for_files(pending));
        let attachments = files::listed(&self.config.id, self.mailed.stored.object, self.mail, room);
        files::store(self.app, &self.config.id, self.mail, &attachments).await?;
        let origin = MailOrigin {
            inbound: self.blank.id,
            message_id: self.mail.message_id.clone(),
            from: draft.address.clone(),
            from_name: self.mail.from.as_ref().and_then(|from| from.name.clone()),
            subject: self.mail.subject.clone(),
            verdicts: draft.verdicts,
            automatic: self.is_automatic(),
            cut: content.is_cut,
        };
        Ok(Enclosed {
            attachments,
            quoted: content.quoted.clone(),
            quoted_for_staff: content.quotes_staff,
            signature: content.signature.clone(),
            mail: Some(origin),
            pending,
            mentions: Vec::new(),
            imported: None,
        })
    }

    /// Whom the sender copies in, where they may.
    async fn copied(&self, draft: &Draft, on_a_ticket: bool) -> Result<Vec<Found>, Trouble> {
        // Somebody else's token, in an answer to all, proves nobody.
        let has_token = self.mailed.target.token.is_some_and(|token| token.is_for(draft.sender.person.id));
        let may = inbound::may_copy_in(&draft.verdicts, has_token, on_a_ticket);
        if !may || self.is_automatic() {
            return Ok(Vec::new());
        }
        let copied = people::copied(self.app, &self.desk, (self.mail, &draft.address), self.config).await?;
        Ok(copied.into_values().collect())
    }

    async fn add(&self, draft: &Draft, ticket: &Ticket, caller: &Caller, voice: Voice) -> Result<Step, Trouble> {
        let content = content(self.mail);
        // An agent who wrote below the line wrote something all the same; which part of it is theirs, no customer is shown.
        let is_below_the_line = content.quotes_staff && content.says_nothing && !self.has_files();
        let voice = if voice == Voice::Reply && caller.is_staff() && is_below_the_line { Voice::Note } else { voice };
        let pending = voice == Voice::Pending;
        let copied = if voice == Voice::Reply { self.copied(draft, true).await? } else { Vec::new() };
        let mut enclosed = self.enclosed(draft, &content, Some(ticket), pending).await?;
        enclosed.mentions = self.mentions(&content, ticket, voice).await?;
        let received = Received {
            sender: draft.sender.person.id,
            kind: if voice == Voice::Note { MessageKind::Note } else { MessageKind::Reply },
            body: content.body.clone(),
            enclosed,
            copied: copied.iter().map(|found| found.person.id).collect::<BTreeSet<_>>(),
        };
        let config = self.desk.config_for(ticket).await?;
        let change = self.app.act(caller, &config, |ctx| ticket::receive(ticket.clone(), received, ctx))?;
        let people = newcomers(std::iter::once(&draft.sender).chain(&copied));
        self.save(draft, &change, MailOutcome::Reply, &people).await
    }

    /// Whom a note names. That a machine wrote it, or that all of it is a quote, names nobody.
    async fn mentions(&self, content: &Content, on: &Ticket, voice: Voice) -> Result<Vec<PersonId>, Trouble> {
        let text = &content.body.text;
        if voice != Voice::Note || self.is_automatic() || content.says_nothing || !mention::may_mention(text) {
            return Ok(Vec::new());
        }
        Ok(mention::mentioned(text, &self.desk.staff().await?, &on.brand))
    }

    /// Whether there are files beside the pictures within the text.
    fn has_files(&self) -> bool {
        self.mail.parts.iter().any(|part| !part.inline)
    }

    async fn open(&self, draft: &Draft, caller: &Caller, follows: Option<&Ticket>) -> Result<Step, Trouble> {
        let forwarded = self.forwarded(draft).await?;
        let content = match &forwarded {
            Some((_, text)) => from_forwarded(text),
            None => content(self.mail),
        };
        let named = if forwarded.is_none() && follows.is_none() { self.named_in_reply_to(draft).await? } else { None };
        let requester = forwarded.as_ref().map(|(found, _)| found).or(named.as_ref()).unwrap_or(&draft.sender);
        let mut copied = if forwarded.is_some() { Vec::new() } else { self.copied(draft, false).await? };
        copied.retain(|found| found.person.email != requester.person.email);
        let participant = |found: &Found| (found.person.id, Participant { standing: Standing::Copied, since: self.app.now() });
        let new = NewTicket {
            channel: Some(Channel::Email),
            brand: self.mailed.target.brand.clone(),
            requester: Some(Box::new(requester.person.clone())),
            participants: copied.iter().map(participant).collect(),
            // Nobody answers a machine; and who did not write to us, or may not have, is not written to.
            quiet: self.mail.automatic.is_some() || forwarded.is_some() || !inbound::may_acknowledge(&draft.verdicts),
            enclosed: self.enclosed(draft, &content, None, false).await?,
            ..match follows {
                Some(ticket) => NewTicket::follow_up(ticket, content.body.clone(), self.config),
                None => NewTicket::new(self.subject(forwarded.is_some()), content.body.clone()),
            }
        };
        let new = NewTicket { brand: new.brand.or_else(|| follows.map(|ticket| ticket.brand.clone())), ..new };
        let opening = self.app.act(caller, self.config, |ctx| new.check(ctx))?;
        let number = self.desk.next_number(opening.brand(), self.app.now()).await?;
        let change = self.app.act(caller, self.config, |ctx| opening.open(number, ctx))?;
        let people = newcomers(std::iter::once(&draft.sender).chain(std::iter::once(requester)).chain(&copied));
        self.save(draft, &change, MailOutcome::Ticket, &people).await
    }

    /// Whom a mail of a form or a shop is from, where its sender is nobody who reads: a customer. They are written to once they
    /// are acknowledged, and no more is believed of them.
    async fn named_in_reply_to(&self, draft: &Draft) -> Result<Option<Found>, Trouble> {
        let Some(mailbox) = &self.mail.reply_to else { return Ok(None) };
        if !inbound::may_ask_for_another(&draft.address, &draft.verdicts) {
            return Ok(None);
        }
        let found = people::by_address(self.app, &self.desk, mailbox).await?;
        Ok(found.filter(|Found { person, .. }| {
            !person.role.is_staff() && person.email != draft.address && !inbound::is_own(&person.email, self.config)
        }))
    }

    fn subject(&self, is_forwarded: bool) -> lambdesk_domain::Subject {
        let original = self.mail.forwarded.as_ref().filter(|_| is_forwarded).and_then(|forwarded| forwarded.subject.as_deref());
        subject(original.unwrap_or(&self.mail.subject))
    }

    /// Who wrote the mail that a member of staff passes on, and what they wrote.
    async fn forwarded(&self, draft: &Draft) -> Result<Option<(Found, String)>, Trouble> {
        let Some(forwarded) = &self.mail.forwarded else { return Ok(None) };
        if !draft.sender.person.role.is_staff() || !inbound::is_proven(&draft.verdicts) {
            return Ok(None);
        }
        let author = people::by_address(self.app, &self.desk, &forwarded.from).await?;
        let above = if forwarded.comment.trim().is_empty() { String::new() } else { format!("{}\n\n", forwarded.comment.trim()) };
        Ok(author.map(|author| (author, format!("{above}{}", forwarded.body))))
    }

    async fn save(&self, draft: &Draft, change: &Change, outcome: MailOutcome, people: &[Person]) -> Result<Step, Trouble> {
        let record = InboundMail {
            outcome,
            ticket: Some(change.after.id),
            message: change.message.as_ref().map(|message| message.id),
            reason: None,
            error: None,
            // It is what its sender said, whomever it names.
            about: BTreeSet::new(),
            ..draft.record.clone()
        };
        let arrival = Arrival { record: &record, sender: &draft.address, leads_here: !draft.known.is_known };
        let files = files::rows(self.app, change.message.as_ref());
        let save = Save { arrival: Some(arrival), people, attachments: &files, ..Save::of(change, self.config, self.app.now()) };
        match Box::pin(self.desk.save(save)).await {
            Ok(()) => {
                count(Metric::MailsReceived);
                self.count_taken(draft).await;
                Ok(Step::Done)
            }
            // Brought twice at once; or somebody changed the ticket, took the number, or came to be known.
            Err(StoreError::Taken("mail")) => Ok(Step::Done),
            Err(StoreError::Stale | StoreError::Taken(_)) => Ok(Step::Again),
            Err(error) => Err(error.into()),
        }
    }
}

/// The record of a mail that was taken up before keeps its place and counts on.
fn counted(record: InboundMail, before: Option<&InboundMail>) -> InboundMail {
    match before {
        Some(before) => InboundMail { received_at: before.received_at, attempts: before.attempts + 1, ..record },
        None => record,
    }
}

fn found<T>(found: Result<T, StoreError>) -> Result<Option<T>, StoreError> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(StoreError::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Those whom the desk did not know, each once.
fn newcomers<'a>(people: impl Iterator<Item = &'a Found>) -> Vec<Person> {
    let mut newcomers: Vec<Person> = Vec::new();
    for found in people.filter(|found| found.is_new) {
        if newcomers.iter().all(|known| known.email != found.person.email) {
            newcomers.push(found.person.clone());
        }
    }
    newcomers
}

fn verdicts(mail: &Mail) -> Verdicts {
    let verdict = |verdict| match verdict {
        lambdesk_mail::Verdict::Pass => Verdict::Pass,
        lambdesk_mail::Verdict::Fail => Verdict::Fail,
        lambdesk_mail::Verdict::None => Verdict::None,
        lambdesk_mail::Verdict::Unchecked => Verdict::Unchecked,
    };
    let lambdesk_mail::Verdicts { spf, dkim, dmarc, spam, virus } = mail.verdicts;
    Verdicts { spf: verdict(spf), dkim: verdict(dkim), dmarc: verdict(dmarc), spam: verdict(spam), virus: verdict(virus) }
}
