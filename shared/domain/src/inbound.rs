//! Where a mail belongs: to a ticket, as whom, or nowhere. The one place where that is decided.
//!
//! In this order: the signed reply address, the Message-IDs that it refers to, the number in its subject. Only the token is
//! proof; Message-IDs stand in every copy of a mail, and numbers can be counted. So:
//!
//! - staff answer by mail only with a token that was made for them, from the address that the desk knows them by; what they
//!   answer to a note is a note;
//! - anybody's token leads to the ticket, as in an answer to all: who belongs to it speaks as a customer;
//! - a Message-ID leads anybody to the ticket, but only who belongs to it speaks at once: all others wait, unseen by the
//!   customer, until staff say who they are;
//! - a number leads only those who belong to the ticket already.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    caller::Caller,
    config::TenantConfig,
    error::ParseError,
    id::{InboundMailId, MessageId, TenantId, TicketId},
    mail::{Verdict, Verdicts},
    message::MessageKind,
    number::{TicketNumber, TicketRef},
    person::Person,
    reply_token::ReplyToken,
    role::{Permission, Role},
    text::EmailAddress,
    ticket::{Standing, Ticket},
    words::{Status, word},
};

word!(
    /// What became of a mail that came.
    MailOutcome {
        /// It opened a ticket.
        Ticket = "ticket",
        /// It was added to a ticket.
        Reply = "reply",
        /// It is kept, and nothing followed from it.
        Ignored = "ignored",
        /// It could not be taken; it is kept, and can be taken again.
        Failed = "failed",
    }
);

word!(
    /// Why nothing followed from a mail.
    IgnoredBecause {
        /// It came before, with the same Message-ID from the same sender.
        Duplicate = "duplicate",
        /// It is one of the desk's own, come back.
        OwnMail = "own_mail",
        /// It says that a mail of the desk could not be delivered, or was not wanted.
        DeliveryReport = "delivery_report",
        /// Its sender wrote too much, too often.
        LoopGuard = "loop_guard",
        /// Nobody here has the address that it was sent to.
        UnknownRecipient = "unknown_recipient",
        /// It names no sender that could be answered.
        NoSender = "no_sender",
        /// The receiving server found a virus in it.
        Virus = "virus",
    }
);

/// The record of a mail that came.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InboundMail {
    /// Identifier: made of the key of the object, so that the same object makes one record.
    pub id: InboundMailId,
    /// Whose desk.
    pub tenant: TenantId,
    /// The key of the raw mail in its bucket.
    pub object: String,
    /// Its size in bytes.
    pub size: u64,
    /// When it was first taken up.
    pub received_at: Timestamp,
    /// When it was last taken up.
    pub handled_at: Timestamp,
    /// How often it was taken up.
    pub attempts: u32,
    /// Its sender, as it says; `None` where it could not be read.
    pub from: Option<String>,
    /// Its subject.
    pub subject: String,
    /// Its Message-ID.
    pub message_id: Option<String>,
    /// How far its sender is proven.
    pub verdicts: Option<Verdicts>,
    /// What became of it.
    pub outcome: MailOutcome,
    /// The ticket that it opened or was added to.
    pub ticket: Option<TicketId>,
    /// The message that it became.
    pub message: Option<MessageId>,
    /// Why nothing followed from it.
    pub reason: Option<IgnoredBecause>,
    /// What went wrong.
    pub error: Option<String>,
    /// Of a report of mails that failed: whose addresses those were sent to.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub about: BTreeSet<EmailAddress>,
}

impl InboundMail {
    /// Whether the mail is from this address, or a report of one that was sent to it.
    pub fn concerns(&self, address: &EmailAddress) -> bool {
        let from = self.from.as_deref().and_then(|from| EmailAddress::parse(from).ok());
        from.as_ref() == Some(address) || self.about.contains(address)
    }
}

/// What the desk knows that a mail may refer to. What the mail does not refer to is not here.
#[derive(Debug, Default)]
pub struct Clues {
    /// A reply address that one of our keys signed, with its ticket.
    pub token: Option<(ReplyToken, Ticket)>,
    /// The ticket of the newest Message-ID that it refers to and that the desk knows.
    pub referred: Option<Ticket>,
    /// The ticket whose number stands in the subject.
    pub numbered: Option<Ticket>,
}

/// Where a mail belongs.
#[derive(Debug, PartialEq)]
pub enum Place {
    /// On this ticket, by this caller, who belongs to it.
    Reply(Box<Ticket>, Box<Caller>),
    /// On this ticket, for staff alone, by this member of it: an answer to what the customer does not see.
    Note(Box<Ticket>, Box<Caller>),
    /// On this ticket, by somebody who is not known to belong to it: to be seen by staff alone.
    Pending(Box<Ticket>),
    /// On a ticket of its own.
    New,
}

/// Decides where a mail from `sender` belongs.
pub fn place(clues: Clues, sender: &Person, verdicts: &Verdicts, tenant: &TenantId) -> Place {
    let Clues { token, referred, numbered } = clues;
    let speaks_as_customer = |ticket: &Ticket| belongs(sender, ticket) && !sender.role.is_staff() && !is_forged(verdicts);
    if let Some((token, ticket)) = token.filter(|(_, ticket)| ticket.deleted_at.is_none()) {
        if token.is_for(sender.id) && sender.role.is_staff() {
            return if is_proven(verdicts) { as_staff(token.kind, ticket, sender, tenant) } else { waiting(ticket) };
        }
        // What was for staff alone is not answered in public by anybody, whose program may quote it.
        let speaks = speaks_as_customer(&ticket) && token.kind == MessageKind::Reply;
        return if speaks { as_customer(ticket, sender, tenant) } else { waiting(ticket) };
    }
    if let Some(ticket) = referred.filter(|ticket| ticket.deleted_at.is_none()) {
        return if speaks_as_customer(&ticket) { as_customer(ticket, sender, tenant) } else { waiting(ticket) };
    }
    match numbered.filter(|ticket| ticket.deleted_at.is_none()) {
        Some(ticket) if speaks_as_customer(&ticket) => as_customer(ticket, sender, tenant),
        _ => Place::New,
    }
}

/// A closed ticket is not opened again for somebody who is not known: what they write is a matter of its own.
fn waiting(ticket: Ticket) -> Place {
    if ticket.status == Status::Closed { Place::New } else { Place::Pending(Box::new(ticket)) }
}

/// Who is proven to be this member of staff, with all that their role grants.
fn as_staff(kind: MessageKind, ticket: Ticket, sender: &Person, tenant: &TenantId) -> Place {
    let caller = Caller::of(sender, tenant);
    if !caller.sees(&ticket) {
        return waiting(ticket);
    }
    match kind {
        MessageKind::Reply if caller.may(Permission::TicketsReply) => Place::Reply(Box::new(ticket), Box::new(caller)),
        MessageKind::Note if caller.may(Permission::TicketsNote) => Place::Note(Box::new(ticket), Box::new(caller)),
        MessageKind::Reply | MessageKind::Note => waiting(ticket),
    }
}

fn as_customer(ticket: Ticket, sender: &Person, tenant: &TenantId) -> Place {
    Place::Reply(Box::new(ticket), Box::new(Caller::by_mail(sender, tenant)))
}

/// Whether the person is on the ticket, and is mailed its answers. Having written to it once is not enough, and who left is gone.
pub fn belongs(person: &Person, ticket: &Ticket) -> bool {
    let standing = ticket.participants.get(&person.id).map(|participant| participant.standing);
    ticket.requester == person.id || standing.is_some_and(Standing::is_told)
}

/// Whether the receiving server found that the sender is not who they say.
pub fn is_forged(verdicts: &Verdicts) -> bool {
    match verdicts.dmarc {
        Verdict::Fail => true,
        Verdict::Pass => false,
        Verdict::None | Verdict::Unchecked => {
            let passes = verdicts.spf == Verdict::Pass || verdicts.dkim == Verdict::Pass;
            !passes && (verdicts.spf == Verdict::Fail || verdicts.dkim == Verdict::Fail)
        }
    }
}

/// Whether a check speaks for the sender. Where nobody checks, as on a developer's machine, the token alone must do.
pub fn is_proven(verdicts: &Verdicts) -> bool {
    let all = [verdicts.spf, verdicts.dkim, verdicts.dmarc];
    !is_forged(verdicts) && (all.contains(&Verdict::Pass) || all.iter().all(|verdict| *verdict == Verdict::Unchecked))
}

/// Whether the sender of a new request is told that it came: not where somebody else may have written it in their name, or it
/// is spam. They would be mailed what they never asked for.
pub fn may_acknowledge(verdicts: &Verdicts) -> bool {
    !is_forged(verdicts) && verdicts.spam != Verdict::Fail
}

/// Whether a new request is the one's whom its `Reply-To` names: a form or a shop writes from an address that nobody reads. The
/// sender must be proven, or anybody could have the desk write to anybody.
pub fn may_ask_for_another(sender: &EmailAddress, verdicts: &Verdicts) -> bool {
    is_unread(sender) && is_proven(verdicts)
}

/// Whether the address says of itself that nobody reads what is sent to it.
fn is_unread(address: &EmailAddress) -> bool {
    const UNREAD: [&str; 4] = ["noreply", "donotreply", "dontreply", "mailer"];
    let local = address.as_str().rsplit_once('@').map_or("", |(local, _)| local).to_lowercase();
    let user = local.split('+').next().unwrap_or_default();
    let letters: String = user.chars().filter(|c| c.is_alphanumeric()).collect();
    UNREAD.contains(&letters.as_str())
}

/// Whether the address is one of the desk's own: one at which it is asked, with any detail (RFC 5233), or one for replies.
/// Others at the same domain are people's, as on a company's desk for itself.
pub fn is_own(address: &EmailAddress, config: &TenantConfig) -> bool {
    let plain = without_detail(address);
    let is_asked_at = |own: &EmailAddress| own == address || Some(own) == plain.as_ref();
    is_for_replies(address, config) || config.addresses().any(|(own, _)| is_asked_at(own))
}

/// Whether the desk's mails ask for answers to such an address.
pub fn is_for_replies(address: &EmailAddress, config: &TenantConfig) -> bool {
    token_in(address).is_some() && config.brands.iter().any(|brand| brand.from.domain() == address.domain())
}

/// `help+orders@…` is `help@…` (RFC 5233).
pub fn without_detail(address: &EmailAddress) -> Option<EmailAddress> {
    let (local, domain) = address.as_str().rsplit_once('@')?;
    let (user, _) = local.split_once('+')?;
    EmailAddress::parse(&format!("{user}@{domain}")).ok()
}

/// Whether a sender may copy others in, who are then sent all public replies: whoever writes in somebody else's name must not
/// have the answers sent to themselves. On a ticket that is there already only a token or DMARC is proof enough.
pub fn may_copy_in(verdicts: &Verdicts, has_token: bool, on_a_ticket: bool) -> bool {
    if on_a_ticket { !is_forged(verdicts) && (has_token || verdicts.dmarc == Verdict::Pass) } else { is_proven(verdicts) }
}

impl Caller {
    /// Somebody who is known to be this person: with all that their role grants.
    pub fn of(person: &Person, tenant: &TenantId) -> Self {
        Self {
            tenant: tenant.clone(),
            person: person.id,
            role: person.role,
            brands: person.brands.clone(),
            audiences: person.audiences.clone(),
            organization: person.organization.clone(),
            scopes: None,
        }
    }

    /// Whoever writes from this person's address: a customer, whatever the person's role, for an address proves nothing.
    pub fn by_mail(person: &Person, tenant: &TenantId) -> Self {
        Self { role: Role::Customer, ..Self::of(person, tenant) }
    }
}

/// The numbers that may stand in a subject, most likely first: what is in brackets, then any word that could be one.
pub fn numbers_in(subject: &str, config: &TenantConfig) -> Vec<TicketNumber> {
    let in_brackets = subject.split('[').skip(1).filter_map(|rest| rest.split_once(']')).map(|(inside, _)| inside);
    let words = subject.split(|c: char| !(c.is_alphanumeric() || c == '-' || c == '_'));
    let mut numbers = Vec::new();
    for word in in_brackets.chain(words) {
        let word = word.trim().trim_start_matches('#');
        if let Some(TicketRef::Number(number)) = TicketRef::parse(word) {
            let could_be = config.brands.iter().any(|brand| brand.number_pattern.could_make(&number));
            if could_be && !numbers.contains(&number) {
                numbers.push(number);
            }
        }
    }
    numbers.truncate(3);
    numbers
}

/// The token in a reply address: what stands between `reply+` and `@`.
pub fn token_in(address: &EmailAddress) -> Option<&str> {
    let (local, _) = address.as_str().rsplit_once('@')?;
    let prefix = local.get(..6)?;
    prefix.eq_ignore_ascii_case("reply+").then(|| &local[6..])
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use uuid::Uuid;

    use super::*;
    use crate::{
        id::PersonId,
        ticket::{
            Participant,
            tests::{Desk, caller},
        },
    };

    const NOBODY_CHECKED: Verdicts = all(Verdict::Unchecked);
    const PROVEN: Verdicts = all(Verdict::Pass);
    const FORGED: Verdicts = all(Verdict::Fail);

    const fn all(verdict: Verdict) -> Verdicts {
        Verdicts { spf: verdict, dkim: verdict, dmarc: verdict, spam: Verdict::None, virus: Verdict::None }
    }

    fn person(id: u128, role: Role) -> Person {
        let email = EmailAddress::parse(&format!("p{id}@example.test")).expect("fits");
        let mut person = Person::from_address(PersonId(Uuid::from_u128(id)), email, Timestamp::UNIX_EPOCH);
        person.role = role;
        person
    }

    fn tenant() -> TenantId {
        TenantId::parse("demo").expect("fits")
    }

    /// A ticket of person 1.
    fn ticket() -> Ticket {
        Desk::new(Status::ALL).open(&caller(Role::Customer, 1))
    }

    fn token(ticket: &Ticket, person: u128) -> ReplyToken {
        token_of(ticket, person, MessageKind::Reply)
    }

    fn token_of(ticket: &Ticket, person: u128, kind: MessageKind) -> ReplyToken {
        let now = Timestamp::constant(1_763_640_000, 0);
        let text = ReplyToken::sign(&tenant(), (ticket.id, PersonId(Uuid::from_u128(person))), kind, now, 0, b"key");
        ReplyToken::verify(&tenant(), &text, now, |_| Some(b"key")).expect("ours")
    }

    fn by_token(ticket: &Ticket, made_for: u128) -> Clues {
        Clues { token: Some((token(ticket, made_for), ticket.clone())), ..Clues::default() }
    }

    fn by_token_for_notes(ticket: &Ticket, made_for: u128) -> Clues {
        Clues { token: Some((token_of(ticket, made_for, MessageKind::Note), ticket.clone())), ..Clues::default() }
    }

    fn by_reference(ticket: &Ticket) -> Clues {
        Clues { referred: Some(ticket.clone()), ..Clues::default() }
    }

    fn by_number(ticket: &Ticket) -> Clues {
        Clues { numbered: Some(ticket.clone()), ..Clues::default() }
    }

    /// Where it goes, in a word, and the role in which its sender speaks.
    fn told(clues: Clues, sender: &Person, verdicts: &Verdicts) -> (&'static str, Option<Role>) {
        match place(clues, sender, verdicts, &tenant()) {
            Place::Reply(_, caller) => ("reply", Some(caller.role)),
            Place::Note(_, caller) => ("note", Some(caller.role)),
            Place::Pending(_) => ("pending", None),
            Place::New => ("new", None),
        }
    }

    #[test]
    fn a1_staff_speak_by_mail_only_with_a_token_of_their_own_and_an_address_that_is_not_forged() {
        let (ticket, ada) = (ticket(), person(2, Role::Agent));
        for verdicts in [NOBODY_CHECKED, PROVEN] {
            assert_eq!(told(by_token(&ticket, 2), &ada, &verdicts), ("reply", Some(Role::Agent)));
        }
        assert_eq!(told(by_token(&ticket, 2), &ada, &FORGED), ("pending", None), "a token that somebody else came by");
        assert_eq!(told(by_token(&ticket, 2), &ada, &all(Verdict::None)), ("pending", None), "nothing speaks for the sender");
        assert_eq!(told(by_token(&ticket, 1), &ada, &PROVEN), ("pending", None), "the customer's token");
        for verdicts in [NOBODY_CHECKED, PROVEN, FORGED] {
            assert_eq!(told(by_reference(&ticket), &ada, &verdicts), ("pending", None), "a Message-ID is no proof");
            assert_eq!(told(by_number(&ticket), &ada, &verdicts), ("new", None), "nor is a number");
        }
        let mut of_another_brand = person(2, Role::Agent);
        of_another_brand.brands = crate::caller::Brands::Only([crate::id::BrandId::parse("other").expect("fits")].into());
        assert_eq!(told(by_token(&ticket, 2), &of_another_brand, &PROVEN), ("pending", None), "not theirs any more");
    }

    /// Their mail programs quote the note, and whom it reaches is said by the address that they answer.
    #[test]
    fn what_staff_answer_to_a_note_is_a_note() {
        let (ticket, ada) = (ticket(), person(2, Role::Agent));
        assert_eq!(told(by_token_for_notes(&ticket, 2), &ada, &PROVEN), ("note", Some(Role::Agent)));
        assert_eq!(told(by_token_for_notes(&ticket, 2), &ada, &FORGED), ("pending", None));
        let carl = person(1, Role::Customer);
        assert_eq!(told(by_token_for_notes(&ticket, 2), &carl, &PROVEN), ("pending", None), "it was passed on to the customer");
        assert_eq!(told(by_token_for_notes(&ticket, 1), &carl, &PROVEN), ("pending", None), "who is staff no more");
    }

    #[test]
    fn who_belongs_to_the_ticket_may_answer_all_with_somebody_elses_token() {
        let (mut ticket, dana) = (ticket(), person(9, Role::Customer));
        for (standing, place) in [
            (Standing::Copied, ("reply", Some(Role::Customer))),
            (Standing::Confirmed, ("reply", Some(Role::Customer))),
            (Standing::Pending, ("pending", None)),
            (Standing::Left, ("pending", None)),
        ] {
            ticket.participants = BTreeMap::from([(dana.id, Participant { standing, since: Timestamp::UNIX_EPOCH })]);
            assert_eq!(told(by_token(&ticket, 1), &dana, &PROVEN), place, "{standing}");
        }
        ticket.participants.clear();
        let carl = person(1, Role::Customer);
        assert_eq!(told(by_token(&ticket, 9), &carl, &NOBODY_CHECKED), ("reply", Some(Role::Customer)));
        assert_eq!(told(by_token(&ticket, 9), &carl, &FORGED), ("pending", None));
        assert_eq!(told(by_token(&ticket, 1), &carl, &FORGED), ("pending", None), "his own, in somebody else's hands");
    }

    #[test]
    fn a5_who_may_not_have_written_is_not_written_to() {
        assert!(may_acknowledge(&PROVEN) && may_acknowledge(&NOBODY_CHECKED) && may_acknowledge(&all(Verdict::None)));
        assert!(!may_acknowledge(&FORGED));
        assert!(!may_acknowledge(&Verdicts { spam: Verdict::Fail, ..PROVEN }));
    }

    #[test]
    fn a_request_is_anothers_only_from_an_address_that_nobody_reads_and_that_is_proven() {
        let address = |text: &str| EmailAddress::parse(text).expect("fits");
        for unread in ["noreply@shop.test", "No-Reply@shop.test", "do_not_reply+7@shop.test", "mailer@shop.test"] {
            assert!(may_ask_for_another(&address(unread), &PROVEN), "{unread}");
            for verdicts in [FORGED, all(Verdict::None)] {
                assert!(!may_ask_for_another(&address(unread), &verdicts), "{unread}");
            }
        }
        for read in ["norbert@shop.test", "ada@noreply.test", "mailerson@shop.test", "reply@shop.test"] {
            assert!(!may_ask_for_another(&address(read), &PROVEN), "{read}");
        }
    }

    #[test]
    fn the_desks_own_addresses_are_those_that_it_has_and_not_all_of_their_domain() {
        let config = crate::config::tests::config(Status::ALL);
        let own = |text: &str| is_own(&EmailAddress::parse(text).expect("fits"), &config);
        assert!(own("help@demo.test") && own("help+orders@demo.test") && own("reply+abc@demo.test"));
        assert!(!own("carl@demo.test") && !own("help@example.test") && !own("reply+abc@example.test"));
    }

    #[test]
    fn a2_who_is_not_on_the_ticket_waits_unseen_or_opens_another() {
        let (ticket, stranger) = (ticket(), person(9, Role::Customer));
        assert_eq!(told(by_token(&ticket, 1), &stranger, &PROVEN), ("pending", None), "a mail that was passed on");
        assert_eq!(told(by_reference(&ticket), &stranger, &PROVEN), ("pending", None));
        assert_eq!(told(by_number(&ticket), &stranger, &PROVEN), ("new", None), "numbers can be counted");
        let mut waiting = ticket.clone();
        let participant = |standing| Participant { standing, since: Timestamp::UNIX_EPOCH };
        waiting.participants = BTreeMap::from([(stranger.id, participant(Standing::Pending))]);
        assert_eq!(told(by_number(&waiting), &stranger, &PROVEN), ("new", None), "having written once is not enough");
        waiting.participants = BTreeMap::from([(stranger.id, participant(Standing::Copied))]);
        assert_eq!(told(by_number(&waiting), &stranger, &PROVEN), ("reply", Some(Role::Customer)));
        let closed = Ticket { status: Status::Closed, ..ticket };
        assert_eq!(told(by_reference(&closed), &stranger, &PROVEN), ("new", None), "what is closed stays closed");
    }

    #[test]
    fn the_requester_is_at_home_by_every_way() {
        let (ticket, carl) = (ticket(), person(1, Role::Customer));
        for clues in [by_token(&ticket, 1), by_reference(&ticket), by_number(&ticket)] {
            assert_eq!(told(clues, &carl, &NOBODY_CHECKED), ("reply", Some(Role::Customer)));
        }
        assert_eq!(told(by_reference(&ticket), &carl, &FORGED), ("pending", None));
        assert_eq!(told(by_number(&ticket), &carl, &FORGED), ("new", None));
        assert_eq!(told(Clues::default(), &carl, &PROVEN), ("new", None));
    }

    #[test]
    fn the_token_says_more_than_references_and_these_more_than_the_number() {
        let (first, mut second) = (ticket(), ticket());
        second.id = TicketId(Uuid::from_u128(77));
        let carl = person(1, Role::Customer);
        let clues = Clues { referred: Some(second.clone()), numbered: Some(second), ..by_token(&first, 1) };
        let Place::Reply(ticket, _) = place(clues, &carl, &PROVEN, &tenant()) else { panic!("it belongs to one") };
        assert_eq!(ticket.id, first.id);
        let deleted = Ticket { deleted_at: Some(Timestamp::UNIX_EPOCH), ..first };
        assert_eq!(told(by_token(&deleted, 1), &carl, &PROVEN), ("new", None), "what is deleted is not there");
    }

    #[test]
    fn a2_only_who_is_proven_has_the_answers_sent_to_others_too() {
        for verdicts in [NOBODY_CHECKED, PROVEN] {
            assert!(may_copy_in(&verdicts, false, false) && may_copy_in(&verdicts, true, true));
        }
        assert!(may_copy_in(&PROVEN, false, true));
        assert!(!may_copy_in(&NOBODY_CHECKED, false, true), "an address alone");
        assert!(!may_copy_in(&all(Verdict::None), false, false), "nothing speaks for the sender");
        assert!(!may_copy_in(&FORGED, true, true) && !may_copy_in(&FORGED, false, false));
    }

    #[test]
    fn numbers_are_found_where_people_leave_them() {
        let config = crate::config::tests::config(Status::ALL);
        let numbers = |subject: &str| numbers_in(subject, &config).iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(numbers("Re: [DEMO-2025-0001] Help"), ["DEMO-2025-0001"]);
        assert_eq!(numbers("AW: demo-2025-0001 und DEMO-2025-0002?"), ["DEMO-2025-0001", "DEMO-2025-0002"]);
        assert_eq!(numbers("Help #DEMO-2025-0003"), ["DEMO-2025-0003"]);
        assert!(numbers("Invoice 2025-0001 of TICK-2025-0001").is_empty(), "no number of this desk");
    }

    #[test]
    fn a_reply_address_gives_its_token() {
        let token = |text: &str| EmailAddress::parse(text).ok().as_ref().and_then(token_in).map(str::to_owned);
        assert_eq!(token("Reply+abc@demo.test").as_deref(), Some("abc"));
        assert_eq!(token("help+abc@demo.test"), None);
        assert_eq!(token("r@demo.test"), None);
    }
}
