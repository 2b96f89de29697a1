//! Why a page was not fetched, sorted by what can be done about it.

use std::time::Duration;

use thiserror::Error;

use crate::browser::ShowError;
use crate::reach::NotPublic;

/// A page was not fetched. The text says why, for people; it names the host at most.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FetchError {
    /// The address is none.
    #[error("this is no address of a page: it begins with http:// or https://")]
    Address,
    /// It leads into a private network.
    #[error("this address is not on the public Internet")]
    NotPublic,
    /// robots.txt forbids it.
    #[error("the site {host} forbids it in its robots.txt")]
    Forbidden {
        /// The host.
        host: String,
    },
    /// robots.txt cannot be read, so that nothing may be.
    #[error("the site {host} does not show its robots.txt, so nothing of it may be read now")]
    RobotsUnknown {
        /// The host.
        host: String,
    },
    /// It leads on and on.
    #[error("the page only leads on to others, more than ten times")]
    TooManyRedirects,
    /// There is no such page.
    #[error("there is no such page (any more): the site answers {status}")]
    Missing {
        /// 404 or 410.
        status: u16,
    },
    /// The site does not show it to us.
    #[error("the site does not show it to us: it answers {status}")]
    Refused {
        /// The status.
        status: u16,
    },
    /// The site asks for fewer requests.
    #[error("the site asks for fewer requests ({status})")]
    Busy {
        /// 429 or 503.
        status: u16,
        /// How long it asks to wait.
        after: Option<Duration>,
    },
    /// The site is not well.
    #[error("the site is not well: it answers {status}")]
    Unwell {
        /// 5xx.
        status: u16,
    },
    /// Nothing answers there.
    #[error("the site does not answer: {0}")]
    Unreachable(&'static str),
    /// It is longer than a page may be.
    #[error("it is longer than {mib} MiB")]
    TooLong {
        /// How long it may be.
        mib: usize,
    },
    /// It is compressed in a way that cannot be undone.
    #[error("it is compressed in a way that cannot be read")]
    Compressed,
    /// The browser that was to show it did not.
    #[error(transparent)]
    Browser(#[from] ShowError),
}

impl FetchError {
    /// It takes longer than whoever asks for it waits.
    pub(crate) const SLOW: Self = Self::Unreachable("it takes too long");

    /// What a status means that is neither a page nor a redirection.
    pub(crate) const fn of_status(status: u16, after: Option<Duration>) -> Self {
        match status {
            404 | 410 => Self::Missing { status },
            429 | 503 => Self::Busy { status, after },
            500..=599 | 408 => Self::Unwell { status },
            _ => Self::Refused { status },
        }
    }

    /// What became of a request that has no answer. The error itself names the address.
    pub(crate) fn of(error: &reqwest::Error) -> Self {
        let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
        while let Some(it) = cause {
            if it.is::<NotPublic>() {
                return Self::NotPublic;
            }
            cause = it.source();
        }
        if error.is_timeout() {
            return Self::SLOW;
        }
        Self::Unreachable(if error.is_connect() {
            "there is no connection, or its name or certificate is wrong"
        } else {
            "the connection broke off"
        })
    }

    /// Its name, which never changes: texts of pages are found by it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::NotPublic => "not-public",
            Self::Forbidden { .. } => "forbidden",
            Self::RobotsUnknown { .. } => "robots-unknown",
            Self::TooManyRedirects => "redirects",
            Self::Missing { .. } => "missing",
            Self::Refused { .. } => "refused",
            Self::Busy { .. } => "busy",
            Self::Unwell { .. } => "unwell",
            Self::Unreachable(_) => "unreachable",
            Self::TooLong { .. } => "too-long",
            Self::Compressed => "compressed",
            Self::Browser(error) => error.name(),
        }
    }

    /// What belongs to the name: a host, a status, a size.
    pub fn detail(&self) -> String {
        match self {
            Self::Forbidden { host } | Self::RobotsUnknown { host } => host.clone(),
            Self::Missing { status }
            | Self::Refused { status }
            | Self::Busy { status, .. }
            | Self::Unwell { status } => status.to_string(),
            Self::TooLong { mib } | Self::Browser(ShowError::TooLong { mib }) => mib.to_string(),
            Self::Address
            | Self::NotPublic
            | Self::TooManyRedirects
            | Self::Unreachable(_)
            | Self::Compressed
            | Self::Browser(_) => String::new(),
        }
    }

    /// Whether the same request may succeed later, with nothing changed on our side.
    pub const fn passes(&self) -> bool {
        matches!(
            self,
            Self::RobotsUnknown { .. }
                | Self::Busy { .. }
                | Self::Unwell { .. }
                | Self::Unreachable(_)
        )
    }
}
