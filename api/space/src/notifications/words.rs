//! A notification in words, and where it leads.

use projections::space::{Notification, Notified};
use web::lang::Lang;

/// What a notification says.
pub(crate) struct Words {
    /// What happened.
    pub(crate) title: String,
    /// To what.
    pub(crate) message: String,
    /// The page about it.
    pub(crate) to: String,
}

impl Words {
    pub(crate) fn of(notification: &Notification, lang: Lang) -> Self {
        match &notification.about {
            Notified::Matched { alert, name, offers, .. } => Self {
                title: lang.with("notify-matched-title", ("count", *offers)),
                message: lang
                    .with("notify-matched", (("count", *offers), ("name", name.reveal().as_str()))),
                to: format!("/me/alerts/{alert}"),
            },
            Notified::Answered { application, kind, job, employer } => Self {
                title: lang.with("notify-answered-title", ("kind", kind.as_str())),
                message: lang.with(
                    "notify-answered",
                    (("employer", employer.as_str()), ("job", job.as_str())),
                ),
                to: format!("/me/applications/{application}"),
            },
        }
    }
}
