//! Moves tickets between desks: reads CSV, Zendesk's and Zammad's JSON into one shape, and writes CSV.
//!
//! Pure: no AWS, no HTTP, no async, no clock. A background job gives a [`Reader`] the chunks of a file of any size, takes
//! tickets one at a time, and stores the [`Position`] behind the last one that it imported; whatever becomes of it, the next
//! one goes on from there.
//!
//! A ticket that cannot be read is a [`RowError`] with all that is wrong, and the rest goes on; a file that cannot be read is a
//! [`FileError`]. CSV is read strictly, because whoever wrote the file can correct it. Exports of other desks are read
//! leniently: what does not fit is cut or left out, and [`ImportedTicket::adjusted`] says so. Neither guesses a requester's
//! address, a status, a priority or a time.
//!
//! # CSV
//! The header names the columns ([`COLUMNS`], and `field.NAME` for custom fields) in any order; `id`, `subject`,
//! `requester_email` and `created_at` must be there, and a name that is no column is refused. The delimiter is `,`, `;` or a
//! tab; the text is UTF-8, with or without a byte order mark, or else Windows-1252. Each row is a message; rows of one ticket
//! follow each other and have the same `id`; the first has the ticket's columns, which others leave empty or repeat. A row
//! whose `message_` columns are all empty adds no message. Statuses, priorities and channels are the desk's own words; times
//! are RFC 3339, or a date with or without a time of day, in UTC; tags are separated by commas or spaces. A message without
//! `message_author_email` is the requester's; whoever else wrote one is staff. A message without `message_kind` is a reply, without
//! `message_format` it is `text`, and the first one without `message_created_at` came with the ticket.
//!
//! # Zendesk
//! JSON lines (the account's export: a ticket a line, with `requester`, `assignee` and `comments`) or the API's
//! `{"tickets": […], "users": […]}`, also several of these one after another. Where people are only numbers, a first pass with a
//! [`DirectoryReader`] learns who they are.
//!
//! | Zendesk | here |
//! |---|---|
//! | status `new`; `open` without assignee | `new` |
//! | `open` with assignee; `hold` | `in_progress` |
//! | `pending` | `pending` |
//! | `solved` | `resolved` |
//! | `closed` | `closed` |
//! | `deleted` | not read: `deleted` |
//! | priority `low`, `normal`, `high`, `urgent`; none | `low`, `medium`, `high`, `urgent`; `medium` |
//! | `via.channel` `email` | `email` |
//! | `web`, `web_form`, `help_center`, `mobile`, `closed_ticket` | `portal` |
//! | `web_widget`, `mobile_sdk` | `widget` |
//! | `voice`, `phone`, `phone_call_inbound`, `phone_call_outbound`, `voicemail` | `phone` |
//! | `chat`, `messaging`, `native_messaging`, `sms`, `whatsapp`, `line`, `facebook`, `twitter`, `instagram_dm` | `chat` |
//! | `any_channel` | `webhook` |
//! | any other | `api` |
//! | `type` | `category` |
//! | `group`, `organization`, `brand` | `team`, `organization`, `brand` |
//! | `custom_fields` | `fields`, by [`Options::fields`] or as `zendesk_NUMBER` |
//! | `metric_set.solved_at` | `resolved_at` |
//! | comment with `public: true` | reply |
//! | any other comment | note |
//!
//! # Zammad
//! Tickets with `expand=true`, each with its `articles`: an array, or JSON lines.
//!
//! | Zammad | here |
//! |---|---|
//! | state `new`; `open` without owner | `new` |
//! | `open` with owner | `in_progress` |
//! | `pending reminder` | `pending` |
//! | `pending close` | `resolved` |
//! | `closed`; `merged` | `closed`; the same, with the tag `merged` |
//! | `removed` | not read: `deleted` |
//! | priority `1 low`, `2 normal`, `3 high` | `low`, `medium`, `high` |
//! | `create_article_type` (or the first article's type) `email`, `phone`, `web`; `chat`, `sms` and social ones; others | `email`, `phone`, `portal`; `chat`; `api` |
//! | `group`, `organization`, `owner`, `customer` | `team`, `organization`, `assignee`, `requester` |
//! | `number` | the field `source_number` |
//! | own attributes | `fields`, by [`Options::fields`] |
//! | `close_at` | `closed_at` |
//! | article with `internal: false` | reply |
//! | any other article | note |
//! | `sender` `Customer`; any other | the customer; staff |

mod csv_header;
mod csv_in;
pub mod csv_out;
mod csv_split;
mod decode;
mod directory;
mod draft;
mod error;
mod json;
mod json_split;
mod reader;
mod ticket;
mod zammad;
mod zendesk;

pub use csv_header::COLUMNS;
pub use directory::{Directory, DirectoryReader};
pub use error::{FileError, RowError};
pub use reader::{Format, Options, Position, Reader, Row};
pub use ticket::{ExternalId, ImportedAuthor, ImportedMessage, ImportedRequester, ImportedTicket};

/// The longest ticket with its messages, in bytes of the file: 8 MiB.
pub const MAX_TICKET_BYTES: usize = 8 * 1024 * 1024;
