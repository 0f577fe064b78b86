//! The rules of the desk: tickets, people, permissions, tenants and their configuration.
//!
//! Pure: no AWS, no HTTP, no async, no clock and no randomness. Time and identifiers come in with each command, and
//! every command answers with the new state and the events that describe the change.

pub mod at_work;
pub mod attachment;
pub mod audit;
pub mod calendar;
pub mod caller;
pub mod color;
pub mod config;
pub mod directory;
pub mod draft;
pub mod error;
pub mod event;
pub mod field;
pub mod id;
pub mod inbound;
pub mod job;
pub mod link_token;
pub mod mail;
pub mod mail_template;
pub mod markup;
pub mod mention;
pub mod message;
pub mod notification;
pub mod number;
pub mod person;
pub mod prepared;
pub mod presence;
pub mod reply_token;
pub mod role;
mod room;
pub mod routing;
pub mod satisfaction;
pub mod sla;
pub mod suppression;
pub mod team;
pub mod text;
pub mod ticket;
pub mod view;
pub mod words;

pub use at_work::{AtWork, AtWorkPatch, Availability};
pub use attachment::{AttachedTo, Attachment, AttachmentRules, FileName, FileRecord, Scan};
pub use calendar::{BusinessHours, Calendar, CalendarId, Holiday};
pub use caller::{Brands, Caller};
pub use color::Color;
pub use config::{Brand, Category, TenantConfig};
pub use directory::{PersonKind, PersonSearch, PersonView};
pub use draft::Draft;
pub use error::{DomainError, FieldError, ParseError};
pub use event::{Actor, Event, EventKind};
pub use field::FieldDefinition;
pub use id::{
    ApiKeyId, AttachmentId, Audience, BrandId, CategoryId, EventId, IdSource, InboundMailId, JobId, MessageId, OrganizationId,
    PersonId, PolicyId, PreparedId, RuleId, Skill, SourceId, TeamId, TenantId, TicketId, ViewId,
};
pub use inbound::{IgnoredBecause, InboundMail, MailOutcome};
pub use job::{Job, JobItem, JobKind, JobState};
pub use link_token::{Link, LinkToken};
pub use mail::{MailOrigin, Verdict, Verdicts};
pub use mail_template::MailTemplate;
pub use markup::{Body, BodyFormat, RawBody};
pub use message::{Enclosed, Message, MessageKind};
pub use notification::Notice;
pub use number::{NumberPattern, TicketNumber, TicketRef};
pub use person::{Person, Preferences};
pub use prepared::{CannedResponse, Macro, Prepared, TicketTemplate};
pub use presence::{Activity, Presence};
pub use reply_token::ReplyToken;
pub use role::{Permission, Role};
pub use sla::{Metric, Policy, Promise};
pub use suppression::{MailFailure, Suppression, SuppressionReason};
pub use team::{Strategy, Team};
pub use text::{EmailAddress, FailureDetail, Name, RatingComment, ResolutionNote, Signature, Subject, Tag, TransferReason};
pub use ticket::{Change, Context, Participant, Standing, Ticket};
pub use words::{Channel, Language, Priority, Status};
