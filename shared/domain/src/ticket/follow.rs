//! Staff who follow a ticket: they are told of what is said on it, and nothing else follows from it.

use super::{Change, Context, Ticket, edit::Edit};
use crate::{error::DomainError, id::PersonId, person::Person, role::Permission};

/// The most who may follow one ticket.
pub const MAX_FOLLOWERS: usize = 50;

/// Somebody follows the ticket: a member of staff who sees its notes. Following twice changes nothing.
pub fn follow(ticket: Ticket, follower: &Person, ctx: &mut Context<'_>) -> Result<Change, DomainError> {
    check_allowed(ctx)?;
    // The same answer for nobody, a customer, and staff of another brand: an outsider learns nothing of who exists.
    if !follower.role.is_staff() || !follower.brands.include(&ticket.brand) {
        return Err(DomainError::NotFound);
    }
    let mut edit = Edit::of(ticket, ctx)?;
    edit.ticket.followers.insert(follower.id);
    if edit.ticket.followers.len() > MAX_FOLLOWERS {
        return Err(DomainError::rule("too_many_followers", format!("At most {MAX_FOLLOWERS} may follow a ticket.")));
    }
    Ok(edit.finish(ctx))
}

/// Somebody follows it no longer, whoever they are by now.
pub fn unfollow(ticket: Ticket, follower: PersonId, ctx: &mut Context<'_>) -> Result<Change, DomainError> {
    check_allowed(ctx)?;
    let mut edit = Edit::of(ticket, ctx)?;
    if !edit.ticket.followers.remove(&follower) {
        return Err(DomainError::NotFound);
    }
    Ok(edit.finish(ctx))
}

fn check_allowed(ctx: &Context<'_>) -> Result<(), DomainError> {
    if ctx.may(Permission::TicketsNote) { Ok(()) } else { Err(DomainError::Forbidden(Vec::new())) }
}

#[cfg(test)]
mod tests {
    use super::{
        super::tests::{Desk, ada, caller, carl, mia},
        *,
    };
    use crate::{
        caller::{Brands, Caller},
        event::EventKind,
        message::MessageKind,
        notification::Notice,
        role::Role,
        text::EmailAddress,
        words::Status,
    };

    fn person(of: &Caller) -> Person {
        let mut person =
            Person::from_address(of.person, EmailAddress::parse("x@demo.test").expect("fits"), jiff::Timestamp::UNIX_EPOCH);
        person.role = of.role;
        person
    }

    #[test]
    fn who_follows_is_told_of_replies_and_notes_once_and_not_of_their_own() {
        let mut desk = Desk::new(Status::ALL);
        let ticket = desk.open(&carl());
        let change = desk.act(&ada(), |ctx| follow(ticket, &person(&mia()), ctx)).expect("allowed");
        assert_eq!(change.events[0].kind, EventKind::FollowerChanged { follower: mia().person, following: true });
        let ticket = change.after;
        assert!(desk.act(&ada(), |ctx| follow(ticket.clone(), &person(&mia()), ctx)).expect("allowed").is_empty());
        let told = |change: &Change| change.events[0].notices(&change.after);
        let followed = (mia().person, Notice::Followed);
        assert_eq!(told(&desk.say(&ada(), &ticket, MessageKind::Note, None).expect("hers")), [followed]);
        assert_eq!(told(&desk.reply(&carl(), &ticket, None).expect("his")), [followed]);
        assert!(told(&desk.reply(&ada(), &ticket, None).expect("hers")).contains(&followed));
        assert!(!told(&desk.reply(&mia(), &ticket, None).expect("hers")).contains(&followed), "her own");
        let hers = Ticket { assignee: Some(mia().person), ..ticket.clone() };
        let told_once = told(&desk.reply(&carl(), &hers, None).expect("his"));
        assert_eq!(told_once, [(mia().person, Notice::CustomerReply)]);
        let none = desk.act(&mia(), |ctx| unfollow(ticket, mia().person, ctx)).expect("followed").after;
        assert!(told(&desk.say(&ada(), &none, MessageKind::Note, None).expect("hers")).is_empty());
        assert_eq!(desk.act(&mia(), |ctx| unfollow(none, mia().person, ctx)), Err(DomainError::NotFound));
    }

    #[test]
    fn only_staff_of_the_brand_follow() {
        let mut desk = Desk::new(Status::ALL);
        let ticket = desk.open(&carl());
        let customer = person(&caller(Role::Customer, 9));
        assert_eq!(desk.act(&ada(), |ctx| follow(ticket.clone(), &customer, ctx)), Err(DomainError::NotFound));
        let elsewhere = Person { brands: Brands::Only([].into()), ..person(&mia()) };
        assert_eq!(desk.act(&ada(), |ctx| follow(ticket.clone(), &elsewhere, ctx)), Err(DomainError::NotFound));
        assert!(desk.act(&carl(), |ctx| follow(ticket, &person(&mia()), ctx)).is_err(), "not by a customer");
    }
}
