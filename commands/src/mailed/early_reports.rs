//! Reports that come before their e-mail is known: between the mail provider's answer and our note of
//! what it calls the e-mail. They are kept for a day, without a word of what anybody said.

use domain::application::Report;
use domain::{ApplicationRefusal, Fault, Personal, Prose};
use event_store::{DbError, args, parse_timestamp, timestamp_text};
use jiff::{SignedDuration, Timestamp};

use super::{Owner, ReportedId, UNKNOWN_EMAILS};
use crate::facades::Emails;
use crate::{Cause, CommandError};

/// How long a report waits for its e-mail.
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(24);
/// How many are kept at once, whoever sends them.
const MOST: i64 = 10_000;
/// The longest name of an e-mail that is kept, in octets.
const LONGEST_NAME: usize = 255;

#[derive(sqlx::FromRow)]
struct Early {
    kind: String,
    fault: Option<String>,
    at: String,
    received_at: String,
}

const KEEP: &str = "
    INSERT INTO early_reports (message_id, provider_id, kind, fault, at, received_at)
    SELECT $1, $2, $3, $4, $5, $6
    WHERE (SELECT count(*) FROM early_reports) < $7
    ON CONFLICT (message_id, provider_id, kind) DO NOTHING";

const OF: &str = "
    SELECT kind, fault, at, received_at
    FROM early_reports
    WHERE message_id = $1 OR (provider_id = $2 AND provider_id <> '')
    ORDER BY at";

const SETTLED: &str = "
    DELETE FROM early_reports
    WHERE message_id = $1 OR (provider_id = $2 AND provider_id <> '')";

const CLEAR: &str = "DELETE FROM early_reports WHERE received_at < $1";

const KNOWN_AFTER_ALL: &str = "
    UPDATE counters
    SET number = number - 1
    WHERE name = $1 AND day = $2 AND number > 0";

/// What is kept of a report: its kind in one word, with what did not arrive told by `permanent`.
const fn kind(report: &Report) -> &'static str {
    match report {
        Report::Delivered => "delivered",
        Report::Opened => "opened",
        Report::Clicked => "clicked",
        Report::Bounced { permanent: true, .. } => "bounced",
        Report::Bounced { permanent: false, .. } => "soft_bounced",
        Report::MarkedAsSpam => "spam",
        Report::Blocked { .. } => "blocked",
    }
}

impl Early {
    fn report(&self) -> Option<Report> {
        let fault = || self.fault.as_deref()?.parse::<Fault>().ok();
        Some(match self.kind.as_str() {
            "delivered" => Report::Delivered,
            "opened" => Report::Opened,
            "clicked" => Report::Clicked,
            "spam" => Report::MarkedAsSpam,
            "bounced" => Report::Bounced { permanent: true, fault: fault()?, cause: unsaid() },
            "soft_bounced" => {
                Report::Bounced { permanent: false, fault: fault()?, cause: unsaid() }
            }
            "blocked" => Report::Blocked { fault: fault()?, cause: unsaid() },
            _ => return None,
        })
    }
}

/// What the provider said may quote an address, and there is no key to seal it under yet.
fn unsaid() -> Personal<Prose<2000>> {
    Personal::new("reported before the e-mail was known".parse().expect("a short sentence"))
}

impl Emails<'_> {
    /// Keeps a report for a while; whether it is kept.
    pub(super) async fn keep_early_report(
        self,
        id: ReportedId<'_>,
        report: &Report,
        at: Timestamp,
    ) -> Result<bool, DbError> {
        let message_id = id.message_id.unwrap_or_default();
        let provider_id = id.provider_id.unwrap_or_default();
        let nameless = message_id.is_empty() && provider_id.is_empty();
        if nameless || message_id.len().max(provider_id.len()) > LONGEST_NAME {
            return Ok(false);
        }
        let fault = report.fault().map(Fault::as_str);
        let (at, now) = (timestamp_text(at), timestamp_text(self.clock.now()));
        let args = args![message_id, provider_id, kind(report), fault, at, now, MOST];
        self.log.db().execute(KEEP, args).await?;
        Ok(true)
    }

    /// Records what was kept of this e-mail. A repeat changes nothing.
    pub(super) async fn settle_early_reports(
        self,
        owner: &Owner,
        provider_id: Option<&str>,
        cause: &Cause,
    ) -> Result<(), CommandError<ApplicationRefusal>> {
        let names = || args![owner.message_id.as_str(), provider_id.unwrap_or_default()];
        let kept: Vec<Early> = self.log.db().fetch_all(OF, names()).await?;
        if kept.is_empty() {
            return Ok(());
        }
        for early in &kept {
            let (Some(report), Ok(at)) = (early.report(), parse_timestamp(&early.at)) else {
                continue;
            };
            self.record_report_of(owner, report, at, cause).await?;
            let day = early.received_at.get(..10).unwrap_or_default();
            self.log.db().execute(KNOWN_AFTER_ALL, args![UNKNOWN_EMAILS, day]).await?;
        }
        self.log.db().execute(SETTLED, names()).await?;
        Ok(())
    }

    /// Deletes the reports whose e-mail never came.
    pub(crate) async fn clear_early_reports(self) -> Result<u64, DbError> {
        let before = self.clock.now() - KEPT_FOR;
        self.log.db().execute(CLEAR, args![timestamp_text(before)]).await
    }
}
