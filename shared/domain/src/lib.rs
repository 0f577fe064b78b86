//! The rules of the desk: tickets, people, permissions, tenants and their configuration.
//!
//! Pure: no AWS, no HTTP, no async, no clock and no randomness. Time and identifiers come in with each command, and
//! every command answers with the new state and the events that describe the change.

pub mod caller;
pub mod config;
pub mod error;
pub mod event;
pub mod id;
pub mod markup;
pub mod message;
pub mod notification;
pub mod number;
pub mod person;
pub mod reply_token;
pub mod role;
pub mod text;
pub mod ticket;
pub mod words;

pub use caller::{Brands, Caller};
pub use config::{Brand, Category, TenantConfig};
pub use error::{DomainError, FieldError, ParseError};
pub use event::{Actor, Event, EventKind};
pub use id::{
    ApiKeyId, Audience, BrandId, CategoryId, EventId, IdSource, MessageId, OrganizationId, PersonId, TeamId, TenantId, TicketId,
};
pub use markup::{Body, BodyFormat, RawBody};
pub use message::{Message, MessageKind};
pub use notification::Notice;
pub use number::{NumberPattern, TicketNumber, TicketRef};
pub use person::Person;
pub use reply_token::ReplyToken;
pub use role::{Permission, Role};
pub use text::{EmailAddress, Name, RatingComment, ResolutionNote, Subject, Tag};
pub use ticket::{Change, Context, Ticket};
pub use words::{Channel, Priority, Status};
