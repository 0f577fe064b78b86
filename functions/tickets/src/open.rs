//! Opening a ticket: number, transaction, answer. Shared by new tickets and by follow-ups of closed ones.

use lambdesk_domain::{Caller, Change, Person, TenantConfig, ticket::NewTicket};
use lambdesk_function::{ApiError, Idempotent, Reply};
use lambdesk_platform::App;
use lambdesk_store::{Attach, Save, StoreError};

/// Tries of a number: more than one only after a brand's pattern was changed to one whose numbers are partly taken.
const TRIES: usize = 5;

/// Opens the ticket, with the files of its first message; `person` is its requester where they are new. `None` where somebody else introduced a person with
/// the same address in the meantime.
pub(crate) async fn open(
    app: &App,
    caller: &Caller,
    config: &TenantConfig,
    (new, person, attachments): (NewTicket, Option<&Person>, &[Attach]),
    key: &Idempotent,
    answer: impl Fn(&Change) -> Result<Reply, ApiError>,
) -> Result<Option<Reply>, ApiError> {
    let desk = app.desk(caller);
    for _ in 0..TRIES {
        let opening = app.act(caller, config, |ctx| new.clone().check(ctx))?;
        let number = desk.next_number(opening.brand(), app.now()).await?;
        let change = app.act(caller, config, |ctx| opening.open(number, ctx))?;
        let reply = answer(&change)?;
        let save = Save { person, attachments, answer: key.keep(&reply), ..Save::of(&change, config, app.now()) };
        match desk.save(save).await {
            Ok(()) => return Ok(Some(reply)),
            Err(StoreError::Taken("number")) => {}
            Err(StoreError::Taken("email")) => return Ok(None),
            Err(error) => return Err(error.into()),
        }
    }
    Err(ApiError::internal("the brand's numbers are taken"))
}
