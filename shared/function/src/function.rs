//! What a function is: its name, what triggers it, who may call it, what it touches.

use std::collections::BTreeSet;

use lambdesk_domain::Permission;
use lambdesk_platform::{BucketName, QueueName};
use lambdesk_store::{Call, Resource};

/// The declaration of a function. Everything that is said of it elsewhere (routes, roles, documents) derives from this.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Function {
    /// `<area>-<verb>`, as on AWS; also the operation id.
    pub name: &'static str,
    /// One line in product language.
    pub summary: &'static str,
    /// What makes it run.
    pub trigger: Trigger,
    /// What it touches; its role allows this and nothing else.
    pub needs: &'static [Need],
}

/// What makes a function run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trigger {
    /// A request.
    Http {
        /// `GET`, `POST`, `PUT`, `PATCH` or `DELETE`.
        method: &'static str,
        /// The path, with `{parameters}`.
        path: &'static str,
        /// Who may call it.
        access: Access,
    },
    /// API Gateway, before it passes a request on.
    Authorizer,
    /// The table's stream.
    TableStream,
    /// Jobs on a queue.
    Queue(QueueName),
    /// The passing of time.
    Schedule {
        /// How many minutes lie between two runs; at least 1, which is the least that EventBridge takes.
        minutes: u32,
    },
}

/// Who may call an HTTP function. There is no default: a function without an answer does not compile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everybody, also without a credential.
    Open,
    /// Everybody with a credential.
    SignedIn,
    /// Those who have the permission.
    Permission(Permission),
}

/// Something that a function touches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Reads items of the table by their keys.
    Get,
    /// Queries the table itself: a partition, such as a ticket's, or the tenant's configuration.
    Query,
    /// Reads many items of the table at once.
    GetMany,
    /// Puts items whole.
    Put,
    /// Deletes items.
    Delete,
    /// Changes parts of items, such as counters.
    Update,
    /// Makes it a condition of what it writes that other items are what they were.
    Check,
    /// Queries an index.
    Index(lambdesk_store::table::Index),
    /// Puts jobs on a queue.
    Send(QueueName),
    /// Sends mail.
    SendMail,
    /// Reads objects of a bucket, or lets others read one.
    Read(BucketName),
    /// Writes objects of a bucket, or lets others write one.
    Write(BucketName),
    /// Erases objects of a bucket.
    Erase(BucketName),
    /// Reads the tags of objects of a bucket.
    ReadTags(BucketName),
    /// Lists a bucket: nothing does, but to those who may S3 says of an object that is not there that it is not, and not that
    /// it is forbidden.
    List(BucketName),
}

impl Function {
    /// An HTTP function.
    pub const fn http(name: &'static str, method: &'static str, path: &'static str, access: Access) -> Self {
        Self { name, summary: "", trigger: Trigger::Http { method, path, access }, needs: &[] }
    }

    /// A function that API Gateway asks who calls.
    pub const fn authorizer(name: &'static str) -> Self {
        Self { name, summary: "", trigger: Trigger::Authorizer, needs: &[] }
    }

    /// A function on the table's stream.
    pub const fn table_stream(name: &'static str) -> Self {
        Self { name, summary: "", trigger: Trigger::TableStream, needs: &[] }
    }

    /// A function on a queue.
    pub const fn queue(name: &'static str, queue: QueueName) -> Self {
        Self { name, summary: "", trigger: Trigger::Queue(queue), needs: &[] }
    }

    /// A function on a schedule.
    pub const fn schedule(name: &'static str, minutes: u32) -> Self {
        Self { name, summary: "", trigger: Trigger::Schedule { minutes }, needs: &[] }
    }

    /// Says what it does, in product language.
    #[must_use]
    pub const fn summary(mut self, summary: &'static str) -> Self {
        self.summary = summary;
        self
    }

    /// Says what it touches.
    #[must_use]
    pub const fn needs(mut self, needs: &'static [Need]) -> Self {
        self.needs = needs;
        self
    }

    /// The area: what stands before the first hyphen of its name, and the crate that it is in.
    pub fn area(&self) -> &'static str {
        self.name.split_once('-').map_or(self.name, |(area, _)| area)
    }

    /// The AWS calls that its needs come to: its role allows these, and a call beyond them is refused here too.
    pub fn calls(&self) -> BTreeSet<Call> {
        self.needs.iter().map(|need| need.call()).collect()
    }
}

impl Need {
    fn call(self) -> Call {
        match self {
            Self::Get => Call::new("dynamodb:GetItem", Resource::Table),
            Self::Query => Call::new("dynamodb:Query", Resource::Table),
            Self::GetMany => Call::new("dynamodb:BatchGetItem", Resource::Table),
            Self::Put => Call::new("dynamodb:PutItem", Resource::Table),
            Self::Update => Call::new("dynamodb:UpdateItem", Resource::Table),
            Self::Check => Call::new("dynamodb:ConditionCheckItem", Resource::Table),
            Self::Delete => Call::new("dynamodb:DeleteItem", Resource::Table),
            Self::Index(index) => Call::new("dynamodb:Query", Resource::Index(index.name.into())),
            Self::Send(queue) => Call::new("sqs:SendMessage", Resource::Queue(queue.as_str().into())),
            Self::Read(bucket) => Call::new("s3:GetObject", Resource::Bucket(bucket.as_str().into())),
            Self::Write(bucket) => Call::new("s3:PutObject", Resource::Bucket(bucket.as_str().into())),
            Self::Erase(bucket) => Call::new("s3:DeleteObject", Resource::Bucket(bucket.as_str().into())),
            Self::ReadTags(bucket) => Call::new("s3:GetObjectTagging", Resource::Bucket(bucket.as_str().into())),
            Self::List(bucket) => Call::new("s3:ListBucket", Resource::WholeBucket(bucket.as_str().into())),
            Self::SendMail => Call::new("ses:SendRawEmail", Resource::Mail),
        }
    }
}
