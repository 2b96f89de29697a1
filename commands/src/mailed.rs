//! E-mails exactly as they were handed over, and how reports about them find what they are about.

mod early_reports;

use std::io::{Read as _, Write as _};

use cqrs_es::Aggregate as _;
use domain::application::{RecordReport, Report};
use domain::message::{Message, RecordMessageReport};
use domain::suppression::SuppressionReason;
use domain::{
    ApplicationRefusal, EmailAddress, Fault, Forgotten, JobApplication, Line, Personal, Stored,
};
use event_store::{DbError, SealedError, StreamId, args};
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::facades::Emails;
use crate::{Cause, CommandError, Receipt};

/// The largest content that is unpacked, in bytes: far beyond any letter.
const MAX_CONTENT: u64 = 4 << 20;

/// What contents are sealed for.
const SEALED_FOR: &str = "e-mail";

/// An e-mail as it was handed to the mail server. Its files lie with the documents of what it
/// is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names are those of e-mail")]
pub struct MailedEmail {
    pub from: String,
    pub to: Personal<String>,
    pub reply_to: Option<Personal<String>>,
    pub subject: Personal<String>,
    pub date: Timestamp,
    pub text: Personal<String>,
    pub html: Personal<String>,
    pub calendar: Option<Personal<String>>,
    /// Name and size in bytes of each file.
    pub files: Vec<(Personal<String>, u64)>,
}

/// An e-mail that was handed over, without its content.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Mailed {
    pub message_id: String,
    /// Which letter, in one word.
    pub letter: String,
    /// What the mail provider calls it.
    pub provider_id: Option<String>,
    pub handed_over_at: String,
}

#[derive(sqlx::FromRow)]
struct Content {
    content: Vec<u8>,
}

#[derive(sqlx::FromRow)]
struct Owner {
    message_id: String,
    aggregate_type: String,
    aggregate_id: String,
}

impl Owner {
    fn stream(&self) -> StreamId<'_> {
        StreamId::new(&self.aggregate_type, &self.aggregate_id)
    }
}

// To whom it went is told by the content, which is sealed: the column `recipient` is that of versions before.
const KEEP: &str = "
    INSERT INTO sent_emails
        (message_id, aggregate_type, application_id, letter, recipient, provider_id,
         handed_over_at, content)
    VALUES ($1, $2, $3, $4, '', NULL, $5, $6)
    ON CONFLICT (message_id) DO UPDATE
    SET recipient = '', handed_over_at = excluded.handed_over_at,
        content = excluded.content";

const NAME: &str = "UPDATE sent_emails SET provider_id = $2 WHERE message_id = $1";

const OF: &str = "
    SELECT message_id, letter, provider_id, handed_over_at
    FROM sent_emails
    WHERE aggregate_type = $1 AND application_id = $2
    ORDER BY handed_over_at, message_id";

const CONTENT: &str = "
    SELECT content
    FROM sent_emails
    WHERE aggregate_type = $1 AND application_id = $2 AND message_id = $3";

const OWNER: &str = "
    SELECT message_id, aggregate_type, application_id AS aggregate_id
    FROM sent_emails
    WHERE message_id = $1 OR provider_id = $2
    LIMIT 1";

const FORGET: &str = "DELETE FROM sent_emails WHERE aggregate_type = $1 AND application_id = $2";

const COUNT: &str = "
    INSERT INTO counters (name, day, number)
    VALUES ($1, $2, 1)
    ON CONFLICT (name, day) DO UPDATE SET number = counters.number + 1";

const COUNTED: &str = "
    SELECT CAST(coalesce(sum(number), 0) AS BIGINT)
    FROM counters
    WHERE name = $1 AND day >= $2";

/// Reports about e-mails that are not ours, as counted by day.
const UNKNOWN_EMAILS: &str = "reports_of_unknown_emails";

/// Who owns a reported e-mail.
#[derive(Clone, Copy, Debug, Default)]
pub struct ReportedId<'a> {
    /// The Message-ID, without angle brackets.
    pub message_id: Option<&'a str>,
    /// What the provider calls it.
    pub provider_id: Option<&'a str>,
}

/// What became of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportOutcome {
    /// It is in the history of what the e-mail is about, now or from before.
    Recorded,
    /// No e-mail of ours is meant as yet; it is counted, and kept for a while in case that one is
    /// just leaving.
    Unknown,
}

/// Why nothing more is sent to the address that this was reported of, if so: only for what is the
/// address's own fault.
fn why_closed(report: &Report) -> Option<SuppressionReason> {
    let closes = report.fault().is_some_and(Fault::closes_the_address);
    match report {
        Report::MarkedAsSpam => Some(SuppressionReason::Spam),
        Report::Blocked { .. } if closes => Some(SuppressionReason::Blocked),
        Report::Bounced { permanent: true, .. } if closes => Some(SuppressionReason::Bounced),
        _ => None,
    }
}

/// Whether a report was recorded now; `None` where the rules say no.
fn is_news<A: Stored>(
    performed: Result<Receipt<A>, CommandError<A::Error>>,
) -> Result<Option<bool>, CommandError<ApplicationRefusal>> {
    match performed {
        Ok(receipt) => Ok(Some(!receipt.events.is_empty())),
        Err(CommandError::Refused(_)) => Ok(None),
        Err(error) => Err(error.without_refusal()),
    }
}

fn unpacked(content: &[u8]) -> Option<MailedEmail> {
    let mut json = vec![];
    DeflateDecoder::new(content).take(MAX_CONTENT).read_to_end(&mut json).ok()?;
    serde_json::from_slice(&json).ok()
}

impl Emails<'_> {
    /// Keeps an e-mail that is about to be handed over, sealed with the key of the stream that it is
    /// about. Refused once the person was forgotten: then nothing may leave.
    pub async fn keep_email(
        self,
        stream: StreamId<'_>,
        letter: &str,
        message_id: &str,
        email: &MailedEmail,
    ) -> Result<(), CommandError<Forgotten>> {
        let json = serde_json::to_vec(email).expect("an e-mail has no map with other keys");
        let mut packed = DeflateEncoder::new(vec![], Compression::fast());
        // Writing to a Vec cannot fail.
        let content = packed.write_all(&json).and_then(|()| packed.finish()).unwrap_or_default();
        let sealed = self.log.seal_bytes(stream, SEALED_FOR, &content).await?;
        let content = sealed.ok_or(CommandError::Refused(Forgotten))?;
        let now = self.clock.now();
        let StreamId { aggregate_type, aggregate_id } = stream;
        let args = args![message_id, aggregate_type, aggregate_id, letter, now, content];
        self.log.db().execute_shared(KEEP, args).await?;
        Ok(())
    }

    /// Notes what the mail provider calls an e-mail.
    pub async fn name_email(self, message_id: &str, provider_id: &str) -> Result<(), DbError> {
        self.log.db().execute_shared(NAME, args![message_id, provider_id]).await.map(drop)
    }

    /// The e-mails about a stream that were handed over, oldest first.
    pub async fn of(self, stream: StreamId<'_>) -> Result<Vec<Mailed>, DbError> {
        let args = args![stream.aggregate_type, stream.aggregate_id];
        self.log.db().fetch_all(OF, args).await
    }

    /// One of them, exactly as it was handed over.
    pub async fn find(
        self,
        stream: StreamId<'_>,
        message_id: &str,
    ) -> Result<Option<MailedEmail>, SealedError> {
        let args = args![stream.aggregate_type, stream.aggregate_id, message_id];
        let row: Option<Content> = self.log.db().fetch_optional(CONTENT, args).await?;
        let Some(Content { content }) = row else { return Ok(None) };
        let opened = self.log.open_bytes(stream, SEALED_FOR, &content).await?;
        Ok(opened.and_then(|content| unpacked(&content)))
    }

    /// Deletes what is kept of the e-mails about a stream.
    pub(crate) async fn forget_emails(self, stream: StreamId<'_>) -> Result<(), DbError> {
        let args = args![stream.aggregate_type, stream.aggregate_id];
        self.log.db().execute(FORGET, args).await.map(drop)
    }

    /// Records what the mail provider reports, and puts an address on the suppression list where
    /// nothing more should be sent to it.
    pub async fn record_report(
        self,
        id: ReportedId<'_>,
        report: Report,
        at: Timestamp,
        cause: &Cause,
    ) -> Result<ReportOutcome, CommandError<ApplicationRefusal>> {
        if let Some(owner) = self.owner(id).await? {
            return self.record_report_of(&owner, report, at, cause).await;
        }
        if self.keep_early_report(id, &report, at).await? {
            // The e-mail may have left, and been named, in between.
            if let Some(owner) = self.owner(id).await? {
                self.settle_early_reports(&owner, id.provider_id, cause).await?;
                return Ok(ReportOutcome::Recorded);
            }
        }
        self.count_unknown().await
    }

    /// Records what was reported of an e-mail that just left, before it was known.
    pub async fn match_early_reports(
        self,
        message_id: &str,
        provider_id: Option<&str>,
        cause: &Cause,
    ) -> Result<(), CommandError<ApplicationRefusal>> {
        let id = ReportedId { message_id: Some(message_id), provider_id };
        match self.owner(id).await? {
            Some(owner) => self.settle_early_reports(&owner, provider_id, cause).await,
            None => Ok(()),
        }
    }

    async fn record_report_of(
        self,
        owner: &Owner,
        report: Report,
        at: Timestamp,
        cause: &Cause,
    ) -> Result<ReportOutcome, CommandError<ApplicationRefusal>> {
        let Ok(message_id) = owner.message_id.parse::<Line<255>>() else {
            return self.count_unknown().await;
        };
        let (reason, id) = (why_closed(&report), &owner.aggregate_id);
        let recorded = match owner.aggregate_type.as_str() {
            JobApplication::TYPE => {
                let decision = RecordReport { message_id, report, at };
                is_news(self.perform(id, &decision, cause).await)?
            }
            Message::TYPE => {
                let decision = RecordMessageReport { message_id, report, at };
                is_news(self.perform(id, &decision, cause).await)?
            }
            _ => None,
        };
        let Some(is_news) = recorded else { return self.count_unknown().await };
        // A repeat must not undo what an operator lifted meanwhile.
        if let Some(reason) = reason
            && is_news
            && let Some(address) = self.receiver(owner).await?
        {
            self.suppressions().suppress_for_a_month(&address, reason, at, cause).await?;
        }
        Ok(ReportOutcome::Recorded)
    }

    /// To whom an e-mail went; `None` where they were forgotten meanwhile.
    async fn receiver(self, owner: &Owner) -> Result<Option<EmailAddress>, SealedError> {
        let email = self.find(owner.stream(), &owner.message_id).await?;
        Ok(email.and_then(|email| email.to.reveal().parse().ok()))
    }

    async fn owner(self, id: ReportedId<'_>) -> Result<Option<Owner>, DbError> {
        // An empty text is no name of any e-mail.
        let message_id = id.message_id.unwrap_or_default();
        let provider_id = id.provider_id.filter(|id| !id.is_empty());
        self.log.db().fetch_optional(OWNER, args![message_id, provider_id]).await
    }

    async fn count_unknown(self) -> Result<ReportOutcome, CommandError<ApplicationRefusal>> {
        let day = self.clock.now().strftime("%Y-%m-%d").to_string();
        self.log.db().execute(COUNT, args![UNKNOWN_EMAILS, day]).await?;
        Ok(ReportOutcome::Unknown)
    }

    /// How many reports about e-mails that are not ours came since this day, written `2026-11-20`.
    pub async fn unknown_reports_since(self, day: &str) -> Result<i64, DbError> {
        let (count,): (i64,) = self.log.db().fetch_one(COUNTED, args![UNKNOWN_EMAILS, day]).await?;
        Ok(count)
    }
}
