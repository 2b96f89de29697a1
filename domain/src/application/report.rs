//! What the mail provider reports of an e-mail after it took it.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::application::{ApplicationEvent, ApplicationRefusal, JobApplication};
use crate::{Decision, Fault, Line, Personal, Prose};

/// A report of the mail provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Report {
    /// The receiving server took it.
    Delivered,
    /// It was opened.
    Opened,
    /// A link in it was followed.
    Clicked,
    /// It came back.
    Bounced {
        /// Whether for good.
        permanent: bool,
        /// Whose fault that was.
        fault: Fault,
        /// What the provider says.
        cause: Personal<Prose<2000>>,
    },
    /// The receiver called it spam.
    MarkedAsSpam,
    /// The provider did not pass it on.
    Blocked {
        /// Whose fault that was.
        fault: Fault,
        /// What the provider says.
        cause: Personal<Prose<2000>>,
    },
}

/// The kinds of [`Report`], in the order of weight: where several came, the weightiest tells how an
/// e-mail fared, in whatever order they came.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum ReportKind {
    SoftBounced,
    Delivered,
    Opened,
    Clicked,
    Withheld,
    Blocked,
    Bounced,
    Spam,
}

names! {
    ReportKind {
        SoftBounced = "soft_bounced",
        Delivered = "delivered",
        Opened = "opened",
        Clicked = "clicked",
        Withheld = "withheld",
        Blocked = "blocked",
        Bounced = "bounced",
        Spam = "spam",
    }
}

impl ReportKind {
    /// Of what did not arrive: `kind`, unless it was our fault. Then it waits for an operator, and
    /// nobody is told that it could not be delivered.
    const fn unless_ours(self, fault: Option<Fault>) -> Self {
        match fault {
            Some(fault) if fault.is_ours() => Self::Withheld,
            _ => self,
        }
    }

    /// Whether it says that the e-mail was not received.
    pub const fn is_undelivered(self) -> bool {
        matches!(self, Self::Blocked | Self::Bounced)
    }
}

impl Report {
    /// Which kind it is.
    pub const fn kind(&self) -> ReportKind {
        match self {
            Self::Delivered => ReportKind::Delivered,
            Self::Opened => ReportKind::Opened,
            Self::Clicked => ReportKind::Clicked,
            Self::Bounced { permanent: true, fault, .. } => {
                ReportKind::Bounced.unless_ours(Some(*fault))
            }
            Self::Bounced { permanent: false, .. } => ReportKind::SoftBounced,
            Self::MarkedAsSpam => ReportKind::Spam,
            Self::Blocked { fault, .. } => ReportKind::Blocked.unless_ours(Some(*fault)),
        }
    }

    /// Whose fault it was, where the e-mail did not arrive.
    pub const fn fault(&self) -> Option<Fault> {
        match self {
            Self::Bounced { fault, .. } | Self::Blocked { fault, .. } => Some(*fault),
            Self::Delivered | Self::Opened | Self::Clicked | Self::MarkedAsSpam => None,
        }
    }
}

/// A report that was recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Reported {
    pub message_id: Line<255>,
    pub kind: ReportKind,
    pub at: Timestamp,
}

impl ApplicationEvent {
    /// The report it records, where it is one.
    pub fn report(&self) -> Option<Reported> {
        let (message_id, kind, at) = match self {
            Self::EmailDelivered { message_id, at } => (message_id, ReportKind::Delivered, at),
            Self::EmailOpened { message_id, at } => (message_id, ReportKind::Opened, at),
            Self::EmailClicked { message_id, at } => (message_id, ReportKind::Clicked, at),
            Self::EmailBounced { message_id, permanent: true, fault, at, .. } => {
                (message_id, ReportKind::Bounced.unless_ours(*fault), at)
            }
            Self::EmailBounced { message_id, permanent: false, at, .. } => {
                (message_id, ReportKind::SoftBounced, at)
            }
            Self::EmailMarkedAsSpam { message_id, at } => (message_id, ReportKind::Spam, at),
            Self::EmailBlocked { message_id, fault, at, .. } => {
                (message_id, ReportKind::Blocked.unless_ours(*fault), at)
            }
            _ => return None,
        };
        Some(Reported { message_id: message_id.clone(), kind, at: *at })
    }
}

/// The mail provider reports about an e-mail of the application. Each kind of report is recorded
/// once for each e-mail: providers repeat themselves.
#[derive(Clone, Debug)]
pub struct RecordReport {
    /// Which e-mail.
    pub message_id: Line<255>,
    /// What is reported.
    pub report: Report,
    /// When it happened, as the provider says.
    pub at: Timestamp,
}

impl Decision for RecordReport {
    type Aggregate = JobApplication;

    fn decide(&self, state: &JobApplication) -> Result<Vec<ApplicationEvent>, ApplicationRefusal> {
        let application = state.known()?;
        let kind = self.report.kind();
        let known = |it: &Reported| it.message_id == self.message_id && it.kind == kind;
        if application.reports.iter().any(known) {
            return Ok(vec![]);
        }
        let (message_id, at) = (self.message_id.clone(), self.at);
        Ok(vec![match self.report.clone() {
            Report::Delivered => ApplicationEvent::EmailDelivered { message_id, at },
            Report::Opened => ApplicationEvent::EmailOpened { message_id, at },
            Report::Clicked => ApplicationEvent::EmailClicked { message_id, at },
            Report::Bounced { permanent, fault, cause } => ApplicationEvent::EmailBounced {
                message_id,
                permanent,
                cause,
                fault: Some(fault),
                at,
            },
            Report::MarkedAsSpam => ApplicationEvent::EmailMarkedAsSpam { message_id, at },
            Report::Blocked { fault, cause } => {
                ApplicationEvent::EmailBlocked { message_id, cause, fault: Some(fault), at }
            }
        }])
    }
}
