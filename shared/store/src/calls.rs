//! Which AWS calls a piece of work makes, and may make. A function runs within the [`Scope`] of what it declared; a call
//! that it did not declare is refused before it is sent, as its role on AWS would refuse it, and so in every test.

use std::{
    borrow::Cow,
    collections::BTreeSet,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use thiserror::Error;

/// A call as IAM sees it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Call {
    /// Such as `dynamodb:GetItem`.
    pub action: Cow<'static, str>,
    /// What it touches.
    pub resource: Resource,
}

/// What a call touches.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Resource {
    /// The table itself.
    Table,
    /// One of its indexes.
    Index(Cow<'static, str>),
    /// A queue, by the name it has in the desk.
    Queue(Cow<'static, str>),
    /// The objects of a bucket, by the name it has in the desk.
    Bucket(Cow<'static, str>),
    /// A bucket itself, by the name it has in the desk.
    WholeBucket(Cow<'static, str>),
    /// Outgoing mail.
    Mail,
    /// Something that no function declares.
    Unknown,
}

/// A call that was not declared.
#[derive(Debug, Error)]
#[error("{function} may not {call}: its needs do not say so")]
pub struct Denied {
    function: &'static str,
    call: Call,
}

/// What a function may call, and what it called.
#[derive(Debug)]
pub struct Scope {
    function: &'static str,
    allowed: BTreeSet<Call>,
    made: Mutex<BTreeSet<Call>>,
}

tokio::task_local! {
    static SCOPE: Arc<Scope>;
}

impl Call {
    /// A call.
    pub const fn new(action: &'static str, resource: Resource) -> Self {
        Self { action: Cow::Borrowed(action), resource }
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.resource {
            Resource::Table => write!(f, "{} on the table", self.action),
            Resource::Index(index) => write!(f, "{} on index {index}", self.action),
            Resource::Queue(queue) => write!(f, "{} on queue {queue}", self.action),
            Resource::Bucket(bucket) => write!(f, "{} on bucket {bucket}", self.action),
            Resource::WholeBucket(bucket) => write!(f, "{} on bucket {bucket} itself", self.action),
            Resource::Mail => write!(f, "{}", self.action),
            Resource::Unknown => write!(f, "{} on anything", self.action),
        }
    }
}

impl Scope {
    /// The scope of a function.
    pub fn new(function: &'static str, allowed: BTreeSet<Call>) -> Arc<Self> {
        Arc::new(Self { function, allowed, made: Mutex::default() })
    }

    /// The function.
    pub fn function(&self) -> &'static str {
        self.function
    }

    /// What it may call.
    pub fn allowed(&self) -> &BTreeSet<Call> {
        &self.allowed
    }

    /// What it called so far, in this process.
    pub fn made(&self) -> BTreeSet<Call> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Runs work that may call what this scope allows.
    pub async fn run<T>(self: Arc<Self>, work: impl Future<Output = T>) -> T {
        SCOPE.scope(self, work).await
    }
}

/// Refuses a call that the running function did not declare. Outside of a scope (setting up, tests of the store)
/// everything may be called.
pub fn check(call: &Call) -> Result<(), Denied> {
    let checked = SCOPE.try_with(|scope| {
        if !scope.allowed.contains(call) {
            return Err(Denied { function: scope.function, call: call.clone() });
        }
        let mut made = scope.made.lock().unwrap_or_else(PoisonError::into_inner);
        if !made.contains(call) {
            made.insert(call.clone());
        }
        Ok(())
    });
    checked.unwrap_or(Ok(()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_what_was_declared_may_be_called() {
        let get = Call::new("dynamodb:GetItem", Resource::Table);
        let put = Call::new("dynamodb:PutItem", Resource::Table);
        let query = Call::new("dynamodb:Query", Resource::Index("queue".into()));
        assert!(check(&put).is_ok(), "outside of a function");
        let scope = Scope::new("tickets-get", [get.clone(), query.clone()].into());
        let refused = scope.clone().run(async { (check(&get).is_ok(), check(&put).map_err(|denied| denied.to_string())) }).await;
        assert_eq!(refused, (true, Err("tickets-get may not dynamodb:PutItem on the table: its needs do not say so".to_owned())));
        let other = Call::new("dynamodb:Query", Resource::Index("agent".into()));
        assert!(scope.clone().run(async { check(&other) }).await.is_err(), "another index");
        assert_eq!(scope.made(), [get].into());
    }
}
