//! A part of a conversation becomes a ticket of its own: its messages move, and stay what they were.

use std::collections::BTreeSet;

use super::{Change, Context, LinkKind, Linked, NewTicket, Opening, Ticket, edit, edit::Edit};
use crate::{
    error::DomainError,
    event::{Actor, EventKind},
    id::{BrandId, CategoryId, TicketId},
    message::{Message, MessageKind},
    number::TicketNumber,
    person::Person,
    role::Permission,
    text::Subject,
    words::Priority,
};

/// The most messages that move at once: each is two writes of one transaction.
pub const MAX_SPLIT: usize = 20;

/// The most writes that moving messages may take, of the hundred of a transaction: each takes two, and one more for each of its
/// files and for the mail that it came by.
const MAX_WRITES: usize = 80;
/// The most bytes that move at once; a transaction has 4 MB, of which each message takes its size twice.
const MAX_BYTES: usize = 1_500_000;

/// What is to become a ticket of its own.
#[derive(Debug, Clone)]
pub struct Split {
    /// What the new ticket is about.
    pub subject: Subject,
    /// The messages, in their order.
    pub messages: Vec<Message>,
    /// Whose request it is: who wrote the first of them, where that was a customer; else who asked before.
    pub requester: Person,
    /// Of which brand; the same otherwise.
    pub brand: Option<BrandId>,
    /// Its category; the same otherwise, where the brand is.
    pub category: Option<CategoryId>,
    /// How much it matters; as much otherwise.
    pub priority: Option<Priority>,
}

/// A split ticket, to be saved in one transaction.
#[derive(Debug, Clone, PartialEq)]
pub struct Moved {
    /// The ticket that the messages leave.
    pub from: Change,
    /// The new one.
    pub into: Change,
    /// The messages as they stand there.
    pub messages: Vec<Message>,
    /// The ticket that they stood on.
    pub stood_on: TicketId,
}

impl Split {
    /// Checks everything and settles the brand, whose counter then gives the number.
    pub fn check(&self, source: &Ticket, ctx: &Context<'_>) -> Result<Opening, DomainError> {
        if !ctx.may(Permission::TicketsMerge) {
            return Err(DomainError::Forbidden(Vec::new()));
        }
        // Asked before a number is drawn.
        Edit::of(source.clone(), ctx)?;
        let Some(first) = self.messages.first() else {
            return Err(DomainError::invalid("messages", "required", "name at least one message"));
        };
        let strangers = self.messages.iter().any(|message| message.enclosed.pending && !self.is_requesters(message));
        if strangers {
            let message = "What somebody wrote who is not known to belong here moves only as their own request.";
            return Err(DomainError::rule("message_pending", message));
        }
        self.check_size()?;
        let same_brand = self.brand.as_ref().is_none_or(|brand| *brand == source.brand);
        let same_category = source.category.clone().filter(|category| same_brand && ctx.config.category(category).is_some());
        let new = NewTicket {
            priority: Some(self.priority.unwrap_or(source.priority)),
            category: self.category.clone().or(same_category),
            brand: Some(self.brand.clone().unwrap_or_else(|| source.brand.clone())),
            channel: Some(first.channel),
            requester: Some(Box::new(self.requester.clone())),
            // Whose words they are is told where they went; where a sender may be forged, nobody is.
            quiet: !self.messages.iter().any(|message| self.is_requesters(message) && !message.enclosed.pending),
            ..NewTicket::new(self.subject.clone(), first.body.clone())
        };
        new.check(ctx)
    }

    fn check_size(&self) -> Result<(), DomainError> {
        let enclosed = |message: &Message| message.enclosed.attachments.len() + usize::from(message.enclosed.mail.is_some());
        let writes: usize = self.messages.iter().map(|message| 2 + enclosed(message)).sum();
        let bytes: usize = self.messages.iter().map(|message| serde_json::to_vec(message).map_or(0, |bytes| bytes.len())).sum();
        if self.messages.len() > MAX_SPLIT || writes > MAX_WRITES || bytes > MAX_BYTES {
            let message = "These messages and their files are too many to be moved at once.";
            return Err(DomainError::invalid("messages", "too_many", message));
        }
        Ok(())
    }

    fn is_requesters(&self, message: &Message) -> bool {
        matches!(message.author, Actor::Customer { person } if person == self.requester.id)
    }
}

/// Opens the new ticket and moves the messages there. Its promises begin now.
pub fn split(
    source: Ticket,
    split: &Split,
    (opening, number): (Opening, TicketNumber),
    ctx: &mut Context<'_>,
) -> Result<Moved, DomainError> {
    let mut from = Edit::of(source, ctx)?;
    let mut into = opening.open(number, ctx)?;
    let new = &mut into.after;
    let moved: Vec<_> = split.messages.iter().map(|message| moved(message, new.id)).collect();
    let ids: Vec<_> = moved.iter().map(|message| message.id).collect();
    new.attached_bytes = moved.iter().map(|message| message.enclosed.attached_bytes()).sum();
    new.last_mail_id = moved.iter().filter_map(edit::customers_mail).next_back();
    moved.iter().for_each(|message| new.note_author(message));
    new.links.insert(from.before.id, Linked::to(&from.before, LinkKind::Related, ctx.now));
    // What is written is not the first message alone: see `Moved::messages`.
    into.message = None;
    into.events.retain(|event| !matches!(event.kind, EventKind::MessageAdded { .. }));
    let linked = EventKind::LinkChanged { other: from.before.id, from: None, to: Some(LinkKind::Related) };
    let more = vec![EventKind::SplitFrom { from: from.before.id, messages: ids.clone() }, linked];
    into.events.extend(edit::events(more, &into.after, ctx));
    from.lose(&split.messages);
    from.ticket.links.insert(into.after.id, Linked::to(&into.after, LinkKind::Related, ctx.now));
    from.note(EventKind::SplitOff { into: into.after.id, messages: ids });
    let stood_on = from.before.id;
    Ok(Moved { from: from.finish(ctx), into, messages: moved, stood_on })
}

/// The same message, where it stands now. On their own request nobody waits to be let in.
fn moved(message: &Message, ticket: TicketId) -> Message {
    let mut moved = Message { ticket, ..message.clone() };
    moved.enclosed.pending = false;
    moved
}

impl Edit {
    fn lose(&mut self, messages: &[Message]) {
        for message in messages {
            let ticket = &mut self.ticket;
            let bytes = if message.enclosed.pending { &mut ticket.pending_bytes } else { &mut ticket.attached_bytes };
            *bytes = bytes.saturating_sub(message.enclosed.attached_bytes());
        }
        let public = |message: &Message| message.kind == MessageKind::Reply && !matches!(message.author, Actor::Staff { .. });
        // Who waited for an answer to what moved waits for it there.
        let waits_for: BTreeSet<_> =
            messages.iter().filter(|message| public(message)).map(|message| message.created_at).collect();
        if self.ticket.waiting_since.is_some_and(|since| waits_for.contains(&since)) {
            self.ticket.waiting_since = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::tests::{Desk, ada, carl},
        *,
    };
    use crate::{caller::Caller, text::EmailAddress, words::Status};

    fn person(of: &Caller) -> Person {
        Person::from_address(of.person, EmailAddress::parse("c@example.test").expect("fits"), jiff::Timestamp::UNIX_EPOCH)
    }

    fn of(messages: Vec<Message>) -> Split {
        let subject = Subject::parse("The other matter").expect("fits");
        Split { subject, messages, requester: person(&carl()), brand: None, category: None, priority: None }
    }

    fn done(desk: &mut Desk, source: &Ticket, what: &Split) -> Result<Moved, DomainError> {
        let number = TicketNumber::parse("DEMO-2025-0002").expect("fits");
        desk.act(&ada(), |ctx| {
            let opening = what.check(source, ctx)?;
            split(source.clone(), what, (opening, number), ctx)
        })
    }

    #[test]
    fn messages_keep_all_but_their_place() {
        let mut desk = Desk::new(Status::ALL);
        let ticket = desk.open(&carl());
        let reply = desk.reply(&carl(), &ticket, None).expect("his");
        let note = desk.say(&ada(), &reply.after, MessageKind::Note, None).expect("hers");
        let messages: Vec<_> = [&reply, &note].iter().filter_map(|change| change.message.clone()).collect();
        let moved = done(&mut desk, &note.after, &of(messages.clone())).expect("allowed");
        for (before, after) in messages.iter().zip(&moved.messages) {
            assert_eq!(Message { ticket: before.ticket, ..after.clone() }, *before);
            assert_eq!(after.ticket, moved.into.after.id);
        }
        assert_eq!((moved.into.after.requester, moved.into.message.is_none()), (carl().person, true));
        assert_eq!(moved.into.after.brand, ticket.brand);
        let kinds = |change: &Change| change.events.iter().map(|event| event.kind.name()).collect::<Vec<_>>();
        assert!(kinds(&moved.from).contains(&"ticket.split_off"));
        assert!(kinds(&moved.into).contains(&"ticket.split_from") && !kinds(&moved.into).contains(&"ticket.message_added"));
        assert_eq!(moved.from.after.links[&moved.into.after.id].kind, LinkKind::Related);
        assert_eq!(moved.into.after.links[&ticket.id].kind, LinkKind::Related);
        assert!(matches!(moved.into.events[0].kind, EventKind::Created { quiet: false, .. }), "the customer is told");
    }

    #[test]
    fn only_staff_split_and_not_what_waits_of_others() {
        let mut desk = Desk::new(Status::ALL);
        let ticket = desk.open(&carl());
        let mut message = desk.reply(&carl(), &ticket, None).expect("his").message.expect("a message");
        let refused = desk.act(&carl(), |ctx| of(vec![message.clone()]).check(&ticket, ctx).map(drop));
        assert!(matches!(refused, Err(DomainError::Forbidden(_))));
        assert!(done(&mut desk, &ticket, &of(Vec::new())).is_err());
        message.enclosed.pending = true;
        let own = done(&mut desk, &ticket, &of(vec![message.clone()])).expect("his own request");
        assert!(!own.messages[0].enclosed.pending);
        assert!(matches!(own.into.events[0].kind, EventKind::Created { quiet: true, .. }), "it may be forged");
        let others = Split { requester: person(&ada()), ..of(vec![message]) };
        assert!(matches!(done(&mut desk, &ticket, &others), Err(DomainError::Rule { code: "message_pending", .. })));
    }
}
