//! A mail that belongs to a ticket: a message by somebody who is on it, or by somebody who is not known there.

use std::collections::BTreeSet;

use super::{Change, Context, Participant, Standing, Ticket, edit::Edit};
use crate::{
    attachment::MAX_TICKET_BYTES,
    error::DomainError,
    id::{MessageId, PersonId},
    markup::Body,
    message::{Enclosed, Message, MessageKind},
    words::{Channel, Status},
};

/// The most that may take part in a ticket; whoever is copied in beyond that is told nothing.
pub const MAX_PARTICIPANTS: usize = 50;
/// The most that may wait to be let in. They are counted apart, or strangers could keep out those who belong here; what others
/// write is added all the same.
pub const MAX_PENDING: usize = 10;
/// The size of all files that wait with messages to be let in, in bytes; counted apart as well.
pub const MAX_PENDING_BYTES: u64 = 10 * 1024 * 1024;

/// What came by mail.
#[derive(Debug, Clone)]
pub struct Received {
    /// Who wrote it.
    pub sender: PersonId,
    /// Whom it is for.
    pub kind: MessageKind,
    /// What is new in it.
    pub body: Body,
    /// What came with it. Where it is `pending`, nobody knows yet whether the sender belongs here.
    pub enclosed: Enclosed,
    /// Whom somebody who belongs here copied in.
    pub copied: BTreeSet<PersonId>,
}

/// Adds a mail to a ticket. One that a machine wrote wakes nothing, and is a note where it wrote for staff: that an agent is away
/// is for colleagues to know, and no answer to the customer. One of somebody unknown wakes what is waiting, so that staff see it,
/// and opens nothing that is closed.
pub fn receive(ticket: Ticket, received: Received, ctx: &mut Context<'_>) -> Result<Change, DomainError> {
    let Received { sender, kind, body, mut enclosed, copied } = received;
    let mut edit = Edit::of(ticket, ctx)?;
    let taken = MAX_TICKET_BYTES.saturating_sub(edit.ticket.room_for_files(enclosed.pending));
    enclosed.check_room(taken).map_err(|wrong| DomainError::Invalid(vec![wrong]))?;
    let (automatic, pending) = (enclosed.mail.as_ref().is_some_and(|mail| mail.automatic), enclosed.pending);
    // It may have been answered to a mail that was for staff; letting the message in is not letting that out.
    enclosed.quoted_for_staff |= pending;
    let kind = if ctx.by_staff() && automatic { MessageKind::Note } else { kind };
    let message = Message {
        id: MessageId(ctx.ids.next_id()),
        ticket: edit.ticket.id,
        kind,
        author: ctx.actor(),
        channel: Channel::Email,
        body,
        created_at: ctx.now,
        enclosed,
    };
    let sleeps_on = automatic || (pending && edit.ticket.status == Status::Closed);
    match kind {
        MessageKind::Note => {}
        MessageKind::Reply if ctx.by_staff() => edit.note_first_response(ctx),
        MessageKind::Reply if sleeps_on => {}
        MessageKind::Reply => edit.wake(ctx),
    }
    if pending {
        edit.join(sender, Standing::Pending, ctx);
    }
    for person in copied {
        edit.join(person, Standing::Copied, ctx);
    }
    edit.add(message);
    Ok(edit.finish(ctx))
}

impl Ticket {
    /// How many bytes of files a message may still bring: one of somebody who belongs here, or one that waits to be let in.
    pub fn room_for_files(&self, pending: bool) -> u64 {
        if pending {
            MAX_PENDING_BYTES.saturating_sub(self.pending_bytes)
        } else {
            MAX_TICKET_BYTES.saturating_sub(self.attached_bytes)
        }
    }
}

impl Edit {
    /// Lets somebody take part who does not yet. What they were before stands: nobody becomes less by a mail, nor more, and who
    /// left stays away.
    pub(super) fn join(&mut self, person: PersonId, standing: Standing, ctx: &Context<'_>) {
        let participants = &mut self.ticket.participants;
        let waits = |participant: &&Participant| participant.standing == Standing::Pending;
        let waiting = participants.values().filter(waits).count();
        let has_room = match standing {
            Standing::Pending => waiting < MAX_PENDING,
            Standing::Copied | Standing::Confirmed | Standing::Left => participants.len() - waiting < MAX_PARTICIPANTS,
        };
        if person != self.ticket.requester && has_room {
            participants.entry(person).or_insert(Participant { standing, since: ctx.now });
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::{
        super::{
            leave,
            tests::{Desk, ada, body, caller, carl},
        },
        *,
    };
    use crate::{
        attachment::{Attachment, Scan},
        caller::Caller,
        id::{AttachmentId, InboundMailId},
        mail::{MailOrigin, Verdict, Verdicts},
        role::Role,
        text::EmailAddress,
    };

    fn origin(automatic: bool) -> MailOrigin {
        let unchecked = Verdict::Unchecked;
        MailOrigin {
            inbound: InboundMailId(Uuid::nil()),
            message_id: None,
            from: EmailAddress::parse("x@example.test").expect("fits"),
            from_name: None,
            subject: String::new(),
            verdicts: Verdicts { spf: unchecked, dkim: unchecked, dmarc: unchecked, spam: unchecked, virus: unchecked },
            automatic,
            cut: false,
        }
    }

    fn mail(sender: &Caller, kind: MessageKind, enclosed: Enclosed) -> Received {
        Received { sender: sender.person, kind, body: body("Hello"), enclosed, copied: BTreeSet::new() }
    }

    fn pending(bytes: u64) -> Enclosed {
        let file = Attachment {
            id: AttachmentId(Uuid::nil()),
            name: "a.png".to_owned(),
            content_type: "image/png".to_owned(),
            size: bytes,
            content_id: None,
            scan: Scan::Pending,
        };
        Enclosed { attachments: vec![file], pending: true, ..Enclosed::default() }
    }

    #[test]
    fn an_agents_absence_note_is_a_note_and_no_first_response() {
        let mut desk = Desk::new(Status::ALL);
        let ticket = desk.open(&carl());
        let enclosed = |automatic| Enclosed { mail: Some(origin(automatic)), ..Enclosed::default() };
        let away = mail(&ada(), MessageKind::Reply, enclosed(true));
        let noted = desk.act(&ada(), |ctx| receive(ticket.clone(), away, ctx)).expect("taken");
        assert_eq!(noted.message.expect("a message").kind, MessageKind::Note);
        assert_eq!(noted.after.first_response_at, None);
        let answer = mail(&ada(), MessageKind::Reply, enclosed(false));
        let answered = desk.act(&ada(), |ctx| receive(ticket.clone(), answer, ctx)).expect("taken");
        assert_eq!(answered.after.first_response_at, Some(desk.now));
        let note = mail(&ada(), MessageKind::Note, enclosed(false));
        let noted = desk.act(&ada(), |ctx| receive(ticket, note, ctx)).expect("taken");
        assert_eq!((noted.message.expect("a message").kind, noted.after.first_response_at), (MessageKind::Note, None));
    }

    #[test]
    fn strangers_use_up_nothing_of_those_who_belong_here() {
        let mut desk = Desk::new(Status::ALL);
        let mut ticket = desk.open(&carl());
        for n in 100..160 {
            let stranger = caller(Role::Customer, n);
            let received = mail(&stranger, MessageKind::Reply, pending(MAX_PENDING_BYTES / 60));
            ticket = desk.act(&stranger, |ctx| receive(ticket, received, ctx)).expect("taken").after;
        }
        assert_eq!(ticket.participants.len(), MAX_PENDING);
        assert_eq!((ticket.attached_bytes, ticket.room_for_files(false)), (0, MAX_TICKET_BYTES));
        let stranger = caller(Role::Customer, 99);
        let beyond = mail(&stranger, MessageKind::Reply, pending(MAX_PENDING_BYTES));
        assert!(desk.act(&stranger, |ctx| receive(ticket.clone(), beyond, ctx)).is_err(), "no room left to wait in");
        let mut copies = mail(&carl(), MessageKind::Reply, Enclosed::default());
        copies.copied = (200..260).map(|n| PersonId(Uuid::from_u128(n))).collect();
        let copied = desk.act(&carl(), |ctx| receive(ticket, copies, ctx)).expect("taken").after;
        assert_eq!(copied.participants.len(), MAX_PENDING + MAX_PARTICIPANTS);
    }

    #[test]
    fn who_left_is_not_copied_in_again() {
        let mut desk = Desk::new(Status::ALL);
        let (ticket, dana) = (desk.open(&carl()), PersonId(Uuid::from_u128(42)));
        let copying = || Received { copied: [dana].into(), ..mail(&carl(), MessageKind::Reply, Enclosed::default()) };
        let ticket = desk.act(&carl(), |ctx| receive(ticket, copying(), ctx)).expect("taken").after;
        assert_eq!(ticket.participants[&dana].standing, Standing::Copied);
        let ticket = desk.act(&carl(), |ctx| leave(ticket, dana, ctx)).after;
        let ticket = desk.act(&carl(), |ctx| receive(ticket, copying(), ctx)).expect("taken").after;
        assert_eq!(ticket.participants[&dana].standing, Standing::Left);
        let hers = caller(Role::Customer, 42);
        let writes = mail(&hers, MessageKind::Reply, Enclosed { pending: true, ..Enclosed::default() });
        let ticket = desk.act(&hers, |ctx| receive(ticket, writes, ctx)).expect("taken").after;
        assert_eq!(ticket.participants[&dana].standing, Standing::Left, "and is told nothing for writing");
    }
}
