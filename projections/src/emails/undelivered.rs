//! Undelivered e-mails: those that did not leave, came back, were held back, or were called spam.

use event_store::{DbError, Log, Position, args};

use super::{EmailRow, TABLE};

/// Why an e-mail counts as undelivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undelivered {
    /// By our fault, or the mail provider's: it waits for an operator.
    Withheld,
    /// It never left.
    Failed,
    /// It came back for good.
    Bounced,
    /// The mail provider did not pass it on, because of whom it goes to.
    Blocked,
    /// Its receiver called it spam.
    Spam,
}

impl Undelivered {
    /// Every reason, those first that an operator can mend.
    pub const ALL: [Self; 5] =
        [Self::Withheld, Self::Failed, Self::Bounced, Self::Blocked, Self::Spam];

    /// The reason as addresses and columns name it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Withheld => "withheld",
            Self::Failed => "failed",
            Self::Bounced => "bounced",
            Self::Blocked => "blocked",
            Self::Spam => "spam",
        }
    }

    /// The reason of this e-mail; `None` where it is on its way or arrived.
    pub fn of(email: &EmailRow) -> Option<Self> {
        let name = if email.status == "failed" { "failed" } else { email.outcome.as_deref()? };
        Self::ALL.into_iter().find(|reason| reason.as_str() == name)
    }
}

/// Where a page of the list ended: the e-mail that was its last, by position and id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// Where that e-mail is due since.
    pub position: Position,
    /// Its id.
    pub id: String,
}

// The first condition is that of the index `emails_undelivered`, to the letter.
const LIST: &str = "
    SELECT *
    FROM emails
    WHERE (status = 'failed' OR outcome IN ('withheld', 'bounced', 'blocked', 'spam'))
      AND ($1 = '' OR CASE WHEN status = 'failed' THEN 'failed' ELSE outcome END = $1)
      AND (position, id) < ($2, $3)
    ORDER BY position DESC, id DESC
    LIMIT $4";

/// The undelivered e-mails, latest first: for one reason where it is named, after the end of an
/// earlier page.
pub async fn list(
    log: &Log,
    reason: Option<Undelivered>,
    after: Option<&Cursor>,
    limit: u32,
) -> Result<Vec<EmailRow>, DbError> {
    let reason = reason.map(Undelivered::as_str).unwrap_or_default();
    let (position, id) =
        after.map_or((i64::MAX, ""), |cursor| (cursor.position.get(), cursor.id.as_str()));
    TABLE.fetch_all(log, &TABLE.by_name(LIST), args![reason, position, id, limit]).await
}
