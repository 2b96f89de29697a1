//! `suppressions`: the mailboxes to which nothing is sent for a while.

use domain::suppression::{MailboxEventKind, SuppressedAddress, SuppressionEvent};
use domain::{EmailAddress, Forgettable as _, Personal};
use event_store::{Db, DbError, Log, Position, Value, args};
use jiff::Timestamp;

use crate::stored::{MaybeText, Text};
use crate::{Column, History, Index, Kind, Owner, ReadModel, Reads, Rows, Table, opened_row};

/// The table.
pub const TABLE: Table = Table {
    name: "suppressions",
    about: "Mailboxes to which nothing is sent for a while, or was not once: one row for each.",
    key: &["id"],
    of: Owner::stream::<SuppressedAddress>("id"),
    columns: &[
        Column::new(
            "id",
            Kind::Text,
            "Names the mailbox: an HMAC-SHA256 of the address in lower case, hexadecimal.",
        )
        .withheld(),
        Column::new("address", Kind::Text, "The address.").personal_as(EmailAddress::PLACEHOLDER),
        Column::new("reason", Kind::Text, "spam, blocked, bounced or operator."),
        Column::new("since", Kind::Time, "Since when."),
        Column::new("until", Kind::Time, "Until when; it is in force before that."),
        Column::new("lifted_at", Kind::Time, "When an operator let e-mails through again.")
            .nullable(),
        Column::new("last_position", Kind::Integer, "Where the latest of these is in the log."),
    ],
    indexes: &[Index::on("position", &["last_position"])],
    revision: 1,
};

pub(crate) struct Suppressions;

impl ReadModel for Suppressions {
    type Of = SuppressedAddress;

    fn name(&self) -> &'static str {
        TABLE.name
    }

    fn events(&self) -> &'static [MailboxEventKind] {
        MailboxEventKind::ALL
    }

    fn reads(&self) -> Reads {
        Reads::Histories
    }

    fn tables(&self) -> &'static [&'static Table] {
        &[&TABLE]
    }

    fn rows(&self, histories: &[History<SuppressedAddress>]) -> Vec<Rows> {
        let rows = histories.iter().filter_map(row).collect();
        vec![Rows::new(&TABLE, rows)]
    }
}

fn row(history: &History<SuppressedAddress>) -> Option<Vec<Value>> {
    let last = history.last();
    let (mut suppressed, mut lifted_at) = (None, None);
    for recorded in &history.events {
        match &recorded.event {
            SuppressionEvent::AddressSuppressed { address, reason, until, at } => {
                (suppressed, lifted_at) = (Some((address, reason, until, at)), None);
            }
            SuppressionEvent::SuppressionLifted { at } => lifted_at = Some(*at),
            SuppressionEvent::AddressForgotten { .. } => {}
        }
    }
    let (address, reason, until, since) = suppressed?;
    Some(args![
        history.id.as_str(),
        address.reveal().as_str(),
        reason.as_str(),
        *since,
        *until,
        lifted_at,
        last.position,
    ])
}

/// A mailbox on the list, or that was on it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
#[expect(missing_docs, reason = "the table documents its columns")]
pub struct SuppressionRow {
    #[sqlx(skip)]
    pub address: Personal<String>,
    pub reason: String,
    #[sqlx(try_from = "Text")]
    pub since: Timestamp,
    #[sqlx(try_from = "Text")]
    pub until: Timestamp,
    #[sqlx(try_from = "MaybeText")]
    pub lifted_at: Option<Timestamp>,
    #[sqlx(try_from = "i64")]
    pub last_position: Position,
}

opened_row!(SuppressionRow: address);

const IN_FORCE: &str = "
    SELECT *
    FROM suppressions
    WHERE lifted_at IS NULL AND until > $1
      AND ($2 = '' OR sealed IS NOT NULL AND id IN ($2, $3))
      AND last_position < $4
    ORDER BY last_position DESC
    LIMIT $5";

/// The mailboxes to which nothing is sent at `now`, latest first: what holds for
/// this address alone, where it is named; before this position.
pub async fn in_force(
    log: &Log,
    now: Timestamp,
    address: Option<&str>,
    before: Option<Position>,
    limit: u32,
) -> Result<Vec<SuppressionRow>, DbError> {
    let before = before.map_or(i64::MAX, Position::get);
    let named = |address: &str| log.blind(&SuppressedAddress::name_of(address));
    let mailbox = address.and_then(|address| address.parse().ok());
    let mailbox = mailbox.map(|address: EmailAddress| named(&address.mailbox()));
    let (exact, mailbox) = (address.map(named).unwrap_or_default(), mailbox.unwrap_or_default());
    TABLE.fetch_all(log, &TABLE.by_name(IN_FORCE), args![now, exact, mailbox, before, limit]).await
}

const COUNT: &str = "
    SELECT count(*)
    FROM suppressions
    WHERE lifted_at IS NULL AND until > $1";

/// How many there are.
pub async fn count(db: &Db, now: Timestamp) -> Result<i64, DbError> {
    let (count,): (i64,) = db.fetch_one(COUNT, args![now]).await?;
    Ok(count)
}
