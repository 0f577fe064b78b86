//! Tickets that have to do with each other. What one is to the other is kept on both, as it reads from there.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Change, Context, Ticket, edit::Edit};
use crate::{
    error::{DomainError, ParseError},
    id::{BrandId, TicketId},
    number::TicketNumber,
    role::Permission,
    words::word,
};

/// The most links that one ticket may have.
pub const MAX_LINKS: usize = 50;
/// How many generations a family may have above a ticket: each is read before a parent is set.
pub const MAX_DEPTH: usize = 10;

word!(
    /// What another ticket is to one; `duplicate_of` and `follow_up_of` read from the ticket itself: it is a duplicate of the other.
    LinkKind {
        /// They have to do with each other.
        Related = "related",
        /// The other is the greater matter that this is a part of.
        Parent = "parent",
        /// The other is a part of this.
        Child = "child",
        /// This is the same matter as the other, which goes on.
        DuplicateOf = "duplicate_of",
        /// The other is the same matter as this, which goes on.
        DuplicatedBy = "duplicated_by",
        /// This came of the other.
        FollowUpOf = "follow_up_of",
        /// The other came of this.
        FollowedUpBy = "followed_up_by",
    }
);

impl LinkKind {
    /// How the same link reads from the other ticket.
    pub const fn inverse(self) -> Self {
        match self {
            Self::Related => Self::Related,
            Self::Parent => Self::Child,
            Self::Child => Self::Parent,
            Self::DuplicateOf => Self::DuplicatedBy,
            Self::DuplicatedBy => Self::DuplicateOf,
            Self::FollowUpOf => Self::FollowedUpBy,
            Self::FollowedUpBy => Self::FollowUpOf,
        }
    }
}

/// A link to another ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Linked {
    /// What the other is.
    pub kind: LinkKind,
    /// What people call it; a number never changes.
    pub number: TicketNumber,
    /// Whose it is: who does not see that brand does not see the link.
    pub brand: BrandId,
    /// Since when.
    pub since: Timestamp,
}

impl Linked {
    pub(super) fn to(other: &Ticket, kind: LinkKind, since: Timestamp) -> Self {
        Self { kind, number: other.number.clone(), brand: other.brand.clone(), since }
    }
}

impl Ticket {
    /// The greater matter that it is a part of.
    pub fn parent(&self) -> Option<TicketId> {
        self.of_kind(LinkKind::Parent).next()
    }

    /// Its parts.
    pub fn children(&self) -> impl Iterator<Item = TicketId> {
        self.of_kind(LinkKind::Child)
    }

    fn of_kind(&self, kind: LinkKind) -> impl Iterator<Item = TicketId> {
        self.links.iter().filter(move |(_, linked)| linked.kind == kind).map(|(other, _)| *other)
    }
}

/// Of a link between these two that makes one the other's parent: the child and the parent. The ancestors of the parent are what
/// [`link`] has to know.
pub fn family<'a>(ticket: &'a Ticket, other: &'a Ticket, kind: LinkKind) -> Option<(&'a Ticket, &'a Ticket)> {
    match kind {
        LinkKind::Parent => Some((ticket, other)),
        LinkKind::Child => Some((other, ticket)),
        _ => None,
    }
}

/// Links two tickets, or says otherwise what they are to each other. `ancestors` are those of the parent, the nearest first; that
/// they still are what they were when this was decided is a condition of writing it, or two who link at once could close a circle.
pub fn link(
    (ticket, other): (Ticket, Ticket),
    kind: LinkKind,
    ancestors: &[Ticket],
    ctx: &mut Context<'_>,
) -> Result<(Change, Change), DomainError> {
    check_allowed(ctx)?;
    if ticket.id == other.id {
        return Err(DomainError::rule("same_ticket", "A ticket cannot be linked with itself."));
    }
    if let Some((child, parent)) = family(&ticket, &other, kind) {
        check_family(child, parent, ancestors)?;
    }
    let (mut one, mut two) = (Edit::of(ticket, ctx)?, Edit::of(other, ctx)?);
    put(&mut one.ticket.links, &two.before, kind, ctx.now)?;
    put(&mut two.ticket.links, &one.before, kind.inverse(), ctx.now)?;
    Ok((one.finish(ctx), two.finish(ctx)))
}

/// Ends what two tickets are to each other.
pub fn unlink((ticket, other): (Ticket, Ticket), ctx: &mut Context<'_>) -> Result<(Change, Change), DomainError> {
    check_allowed(ctx)?;
    let (mut one, mut two) = (Edit::of(ticket, ctx)?, Edit::of(other, ctx)?);
    if one.ticket.links.remove(&two.before.id).is_none() {
        return Err(DomainError::NotFound);
    }
    two.ticket.links.remove(&one.before.id);
    Ok((one.finish(ctx), two.finish(ctx)))
}

fn check_allowed(ctx: &Context<'_>) -> Result<(), DomainError> {
    if ctx.may(Permission::TicketsMerge) { Ok(()) } else { Err(DomainError::Forbidden(Vec::new())) }
}

fn check_family(child: &Ticket, parent: &Ticket, ancestors: &[Ticket]) -> Result<(), DomainError> {
    if let Some(known) = child.parent().filter(|known| *known != parent.id) {
        let number = child.links.get(&known).map_or("another", |linked| linked.number.as_str());
        return Err(DomainError::rule("has_parent", format!("{} is a part of {number} already.", child.number)));
    }
    // What the two were to each other is replaced by this link.
    if ancestors.iter().any(|ancestor| ancestor.id == child.id) && parent.parent() != Some(child.id) {
        let message = format!("{} is a part of {}, and cannot be the greater matter.", parent.number, child.number);
        return Err(DomainError::rule("circular_link", message));
    }
    if ancestors.len() >= MAX_DEPTH {
        return Err(DomainError::rule("too_deep", format!("A family has at most {MAX_DEPTH} generations.")));
    }
    Ok(())
}

fn put(links: &mut BTreeMap<TicketId, Linked>, other: &Ticket, kind: LinkKind, now: Timestamp) -> Result<(), DomainError> {
    if links.get(&other.id).is_none_or(|linked| linked.kind != kind) {
        links.insert(other.id, Linked::to(other, kind, now));
    }
    if links.len() > MAX_LINKS {
        return Err(DomainError::rule("too_many_links", format!("A ticket has at most {MAX_LINKS} links.")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{
        super::tests::{Desk, ada, carl},
        *,
    };
    use crate::{event::EventKind, words::Status};

    fn linked(
        desk: &mut Desk,
        one: Ticket,
        two: Ticket,
        kind: LinkKind,
        ancestors: &[Ticket],
    ) -> Result<(Ticket, Ticket), DomainError> {
        desk.act(&ada(), |ctx| link((one, two), kind, ancestors, ctx)).map(|(one, two)| (one.after, two.after))
    }

    #[test]
    fn both_say_what_the_other_is_and_every_kind_reads_back() {
        for kind in LinkKind::ALL {
            assert_eq!(kind.inverse().inverse(), *kind);
            let mut desk = Desk::new(Status::ALL);
            let (one, two) = (desk.open(&carl()), desk.open(&carl()));
            let (change, other) = desk.act(&ada(), |ctx| link((one, two), *kind, &[], ctx)).expect("allowed");
            let id = other.after.id;
            assert_eq!(change.after.links[&id].kind, *kind);
            assert_eq!(other.after.links[&change.after.id].kind, kind.inverse());
            assert_eq!(change.events[0].kind, EventKind::LinkChanged { other: id, from: None, to: Some(*kind) });
            let again =
                desk.act(&ada(), |ctx| link((change.after.clone(), other.after.clone()), *kind, &[], ctx)).expect("allowed");
            assert!(again.0.is_empty() && again.1.is_empty());
            let ended = desk.act(&ada(), |ctx| unlink((other.after, change.after), ctx)).expect("linked");
            assert!(ended.0.after.links.is_empty() && ended.1.after.links.is_empty());
            let (one, two) = (ended.0.after, ended.1.after);
            assert_eq!(desk.act(&ada(), |ctx| unlink((one, two), ctx)), Err(DomainError::NotFound));
        }
    }

    fn code<T: std::fmt::Debug>(refused: Result<T, DomainError>) -> &'static str {
        match refused {
            Err(DomainError::Rule { code, .. }) => code,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_family_has_no_circles_and_one_parent() {
        let mut desk = Desk::new(Status::ALL);
        let (a, b, c) = (desk.open(&carl()), desk.open(&carl()), desk.open(&carl()));
        let (a, b) = linked(&mut desk, a, b, LinkKind::Parent, &[]).expect("a is b's child");
        let (b, c) = linked(&mut desk, b, c, LinkKind::Parent, &[]).expect("b is c's child");
        assert_eq!((a.parent(), c.children().collect::<Vec<_>>()), (Some(b.id), vec![b.id]));
        // c under a would close it: above a stand b and c.
        assert_eq!(code(linked(&mut desk, c.clone(), a.clone(), LinkKind::Parent, &[b.clone(), c.clone()])), "circular_link");
        assert_eq!(code(linked(&mut desk, a.clone(), c.clone(), LinkKind::Child, &[b.clone(), c.clone()])), "circular_link");
        assert_eq!(code(linked(&mut desk, a.clone(), c.clone(), LinkKind::Parent, &[])), "has_parent");
        assert_eq!(code(linked(&mut desk, a.clone(), a.clone(), LinkKind::Related, &[])), "same_ticket");
        let d = desk.open(&carl());
        let above: Vec<_> = (0..MAX_DEPTH).map(|_| desk.open(&carl())).collect();
        assert_eq!(code(linked(&mut desk, d, a.clone(), LinkKind::Parent, &above)), "too_deep");
        // The two may change places.
        let (b, a) = linked(&mut desk, b, a.clone(), LinkKind::Related, &[]).expect("no family any more");
        assert_eq!((a.parent(), b.links[&a.id].kind), (None, LinkKind::Related));
    }

    #[test]
    fn a_parent_and_its_child_may_change_places() {
        let mut desk = Desk::new(Status::ALL);
        let (a, b) = (desk.open(&carl()), desk.open(&carl()));
        let (a, b) = linked(&mut desk, a, b, LinkKind::Parent, &[]).expect("a is b's child");
        let (b, a) = linked(&mut desk, b.clone(), a, LinkKind::Parent, &[b]).expect("b is a's child");
        assert_eq!((b.parent(), a.parent()), (Some(a.id), None));
    }

    #[test]
    fn links_are_few() {
        let mut desk = Desk::new(Status::ALL);
        let mut ticket = desk.open(&carl());
        for _ in 0..MAX_LINKS {
            let other = desk.open(&carl());
            ticket = linked(&mut desk, ticket, other, LinkKind::Related, &[]).expect("few").0;
        }
        let other = desk.open(&carl());
        assert_eq!(code(linked(&mut desk, ticket, other, LinkKind::Related, &[])), "too_many_links");
    }
}
