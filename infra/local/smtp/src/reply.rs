//! What the server answers.

use std::borrow::Cow;

/// An answer, without the CRLF at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) text: Cow<'static, str>,
    pub(crate) then: Then,
}

/// What follows from an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Then {
    /// The next command.
    Next,
    /// The next command, unless there were too many like this.
    Bad,
    /// The end of the connection.
    HangUp,
}

impl Reply {
    /// To a command that made sense, whether or not it was granted.
    pub(crate) fn new(text: impl Into<Cow<'static, str>>) -> Self {
        Self { text: text.into(), then: Then::Next }
    }

    /// To a command that was none, or out of turn.
    pub(crate) fn bad(text: impl Into<Cow<'static, str>>) -> Self {
        Self { text: text.into(), then: Then::Bad }
    }

    /// The last one.
    pub(crate) fn last(text: impl Into<Cow<'static, str>>) -> Self {
        Self { text: text.into(), then: Then::HangUp }
    }
}

impl From<&'static str> for Reply {
    fn from(text: &'static str) -> Self {
        Self::new(text)
    }
}
