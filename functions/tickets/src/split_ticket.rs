//! A conversation holds two matters: some of its messages become a ticket of their own.

use std::collections::BTreeSet;

use axum::extract::State;
use futures_util::future::join_all;
use lambdesk_domain::{
    Actor, BrandId, CategoryId, FieldError, Message, MessageId, Permission, Priority, Subject, Ticket,
    ticket::{MAX_SPLIT, Split, TicketView, split},
};
use lambdesk_function::{Access, ApiError, Endpoint, Function, Idempotent, IfMatch, Json, Known, Need, Reply, SignedIn, TicketPath, input};
use lambdesk_platform::App;
use lambdesk_store::{PageRequest, Save, StoreError};

use crate::change::Request;

/// Tries of a split that keeps meeting other changes.
const TRIES: usize = 6;

/// Splits a ticket.
pub const FUNCTION: Function =
    Function::http("tickets-split", "POST", "/v1/tickets/{ticket}/split", Access::Permission(Permission::TicketsMerge))
        .summary("Move some messages of a ticket to a new one")
        .needs(&[Need::Get, Need::Query, Need::Put, Need::Update, Need::Delete]);

pub(crate) fn endpoint() -> Endpoint {
    FUNCTION.serve(handle).body::<Input>().heeds_if_match().answers::<TicketView>(201)
}

input! {
    /// What becomes a ticket of its own.
    pub(crate) struct Input {
        /// The messages, at most 20 and not all that there are; they must stand on this ticket itself.
        messages: Vec<MessageId>,
        /// What the new ticket is about.
        subject: Subject,
        /// Of which brand; the same otherwise.
        #[schema(value_type = Option<BrandId>)]
        brand: Known<BrandId>,
        /// Its category; the same otherwise.
        #[schema(value_type = Option<CategoryId>)]
        category: Known<CategoryId>,
        /// How much it matters; as much otherwise.
        priority: Option<Priority>,
    }
}

async fn handle(
    State(app): State<App>,
    SignedIn(caller): SignedIn,
    TicketPath(ticket): TicketPath,
    if_match: IfMatch,
    key: Idempotent,
    Json(input): Json<Input>,
) -> Result<Reply, ApiError> {
    let request = Request { app: &app, caller: &caller, ticket: &ticket, if_match: &if_match, key: &key };
    for _ in 0..TRIES {
        if let Some(reply) = Box::pin(attempt(&request, &input)).await? {
            return Ok(reply);
        }
    }
    Err(StoreError::Unavailable("the ticket kept changing".to_owned()).into())
}

/// `None` where something else changed meanwhile.
async fn attempt(request: &Request<'_>, input: &Input) -> Result<Option<Reply>, ApiError> {
    let Request { app, caller, key, .. } = *request;
    let desk = app.desk(caller);
    let source = request.load().await?;
    let config = desk.config_for(&source).await?;
    app.act(caller, &config, |ctx| source.check_not_merged(ctx))?;
    let what = what(request, &source, input).await?;
    let opening = app.act(caller, &config, |ctx| what.check(&source, ctx))?;
    let number = desk.next_number(opening.brand(), app.now()).await?;
    let moved = app.act(caller, &config, |ctx| split(source, &what, (opening, number), ctx))?;
    let view = TicketView::of(&moved.into.after, caller, (&config, app.now()));
    let reply = Reply::created(format!("/v1/tickets/{}", view.id), &view)?.etag(view.version);
    let with = [moved.from];
    let save = Save {
        with: &with,
        moved: Some((moved.stood_on, &moved.messages)),
        answer: key.keep(&reply),
        ..Save::of(&moved.into, &config, app.now())
    };
    match Box::pin(desk.save(save)).await {
        Ok(()) => Ok(Some(reply)),
        Err(StoreError::Stale | StoreError::Taken("number")) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// What is to be split off, with all that is wrong of it said at once.
async fn what(request: &Request<'_>, source: &Ticket, input: &Input) -> Result<Split, ApiError> {
    let desk = request.app.desk(request.caller);
    let messages = messages(request, source, &input.messages).await?;
    let author = messages.iter().find_map(|message| match message.author {
        Actor::Customer { person } => Some(person),
        _ => None,
    });
    let requester = desk.person(author.unwrap_or(source.requester)).await?;
    let (brand, category) = (input.brand.0.clone(), input.category.0.clone());
    Ok(Split { subject: input.subject.clone(), messages, requester, brand, category, priority: input.priority })
}

async fn messages(request: &Request<'_>, source: &Ticket, ids: &[MessageId]) -> Result<Vec<Message>, ApiError> {
    let wrong = |path: String, code, message: String| ApiError::invalid(vec![FieldError::new(path, code, message)]);
    if ids.is_empty() || ids.len() > MAX_SPLIT {
        return Err(wrong("messages".to_owned(), "out_of_range", format!("must be 1 to {MAX_SPLIT}")));
    }
    let desk = request.app.desk(request.caller);
    let wanted: BTreeSet<_> = ids.iter().copied().collect();
    let (mut found, mut unknown) = (Vec::new(), Vec::new());
    for (place, message) in join_all(ids.iter().map(|id| desk.message(source.id, *id))).await.into_iter().enumerate() {
        match message {
            Ok(message) => found.push(message),
            Err(StoreError::NotFound) => {
                unknown.push(FieldError::new(format!("messages[{place}]"), "unknown_message", "does not stand on this ticket"));
            }
            Err(error) => return Err(error.into()),
        }
    }
    if !unknown.is_empty() {
        return Err(ApiError::invalid(unknown));
    }
    found.sort_by_key(|message| message.id);
    found.dedup_by_key(|message| message.id);
    // One more than can be named: among them is one that stays, or there is none.
    let limit = i32::try_from(MAX_SPLIT + 1).unwrap_or(i32::MAX);
    let page = desk.messages(source.id, &PageRequest { limit, cursor: None, viewer: request.caller.person }).await?;
    if page.next_cursor.is_none() && page.items.iter().all(|message| wanted.contains(&message.id)) {
        return Err(wrong("messages".to_owned(), "all_of_them", "must leave a message on the ticket".to_owned()));
    }
    Ok(found)
}
