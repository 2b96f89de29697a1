//! Lists of what somebody tracks, newest first: what they typed in and what they sent through Postulo,
//! merged as they are read.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::fmt::{self, Write as _};
use std::str::FromStr;

use domain::space::TrackedStatus;
use event_store::{DbError, Log, Value, args, parse_timestamp, timestamp_text};
use jiff::Timestamp;
use uuid::Uuid;

use super::Whose;
use super::item::TrackedItem;
use super::sent::{self, SentRow, Untold};
use super::tracked::{TABLE, TrackedRow};
use crate::words::plain;

/// A list holds so many at most.
pub const MOST: u32 = 10_000;
/// Rows that are read at once of each source, where most of them may be left out.
const CHUNK: u32 = 200;
/// What was added to so many applications is read at once.
const OVERLAYS: usize = 500;

/// On which shelf something lies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shelf {
    /// What is not hidden, archived or not.
    #[default]
    NotHidden,
    /// What is neither archived nor hidden.
    Current,
    /// What is archived, and not hidden.
    Archived,
    /// What is hidden.
    Hidden,
}

/// What of it a list shows.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only those that stand there.
    pub status: Option<TrackedStatus>,
    /// Words, or parts of them, each of which stands in it.
    pub text: String,
    /// On which shelf.
    pub shelf: Shelf,
    /// Only those with this tag.
    pub tag: Option<String>,
    /// Only those after the end of an earlier page.
    pub cursor: Option<Cursor>,
}

/// Where a page of a list ended: the next one begins there, whatever was added meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor {
    pub(super) at: Timestamp,
    pub(super) id: Uuid,
}

impl Cursor {
    /// Before what was applied for at this time: the rest of a list is as old, or older.
    pub fn as_old_as(at: Timestamp) -> Self {
        Self { at, id: Uuid::max() }
    }
}

/// A text is not a [`Cursor`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this cursor is not one of ours: take it from the page before, unchanged")]
pub struct InvalidCursor;

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{}", self.at.as_microsecond(), self.id.simple())
    }
}

impl FromStr for Cursor {
    type Err = InvalidCursor;

    fn from_str(text: &str) -> Result<Self, InvalidCursor> {
        let (at, id) = text.split_once('_').ok_or(InvalidCursor)?;
        let at = at.parse().ok().and_then(|at| Timestamp::from_microsecond(at).ok());
        let id = if id.len() == 32 { id.parse().ok() } else { None };
        let read = Self { at: at.ok_or(InvalidCursor)?, id: id.ok_or(InvalidCursor)? };
        parse_timestamp(&timestamp_text(read.at)).map(|_| read).map_err(|_| InvalidCursor)
    }
}

/// A page of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct List {
    /// What is on it.
    pub items: Vec<TrackedItem>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<Cursor>,
}

/// What somebody typed in, in the order of a list. What a filter asks of plain columns is asked of the database: what
/// it leaves out stays sealed.
fn own_sql(filter: &Filter) -> String {
    let status = if filter.status.is_some() { "AND status = $5" } else { "" };
    let shelf = match filter.shelf {
        Shelf::NotHidden => "hidden = FALSE",
        Shelf::Current => "hidden = FALSE AND archived_by IS NULL",
        Shelf::Archived => "hidden = FALSE AND archived_by IS NOT NULL",
        Shelf::Hidden => "hidden = TRUE",
    };
    format!(
        "
    SELECT *
    FROM tracked_applications
    WHERE owner = $1 AND application_id IS NULL AND removed_at IS NULL AND (applied_at, id) < ($2, $3)
      AND {shelf} {status}
    ORDER BY applied_at DESC, id DESC
    LIMIT $4"
    )
}

fn overlays_sql(applications: usize) -> String {
    let places: Vec<_> = (2..applications + 2).map(|nth| format!("${nth}")).collect();
    let places = places.join(", ");
    format!(
        "
    SELECT *
    FROM tracked_applications
    WHERE owner = $1 AND application_id IN ({places})"
    )
}

/// Later than every time, and beyond every id.
const BEGINNING: (&str, &str) =
    ("9999-12-31T23:59:59.999999Z", "ffffffff-ffff-ffff-ffff-ffffffffffff");

/// One of the two sources of a list: rows in its order, and whether there are more.
struct Source {
    waiting: VecDeque<TrackedItem>,
    after: (String, String),
    is_over: bool,
}

impl Source {
    fn after(cursor: Option<Cursor>) -> Self {
        let (at, id) = (BEGINNING.0.to_owned(), BEGINNING.1.to_owned());
        let after = cursor.map_or((at, id), place);
        Self { waiting: VecDeque::new(), after, is_over: false }
    }

    fn take_in(&mut self, items: Vec<TrackedItem>, asked: u32) {
        self.is_over = items.len() < usize::try_from(asked).unwrap_or(usize::MAX);
        if let Some(last) = items.last() {
            self.after = place(key(last));
        }
        self.waiting.extend(items);
    }
}

fn key(item: &TrackedItem) -> Cursor {
    Cursor { at: item.applied_on.instant(), id: item.id }
}

fn place(cursor: Cursor) -> (String, String) {
    (timestamp_text(cursor.at), cursor.id.to_string())
}

/// A page of what somebody tracks, newest first, `limit` at most.
pub async fn list(
    log: &Log,
    whose: Whose<'_>,
    filter: &Filter,
    limit: u32,
) -> Result<List, DbError> {
    page(log, whose, filter, limit, &untold_of(log, whose).await?).await
}

/// The same for several filters, in their order.
pub async fn lists(
    log: &Log,
    whose: Whose<'_>,
    filters: &[Filter],
    limit: u32,
) -> Result<Vec<List>, DbError> {
    let untold = untold_of(log, whose).await?;
    let mut found = vec![];
    for filter in filters {
        found.push(page(log, whose, filter, limit, &untold).await?);
    }
    Ok(found)
}

type UntoldOnes = HashMap<Uuid, Untold>;

/// The answers that are not told yet.
async fn untold_of(log: &Log, whose: Whose<'_>) -> Result<UntoldOnes, DbError> {
    match whose.email {
        Some(email) => sent::untold(log, email, whose.now).await,
        None => Ok(HashMap::new()),
    }
}

async fn page(
    log: &Log,
    whose: Whose<'_>,
    filter: &Filter,
    limit: u32,
    untold: &UntoldOnes,
) -> Result<List, DbError> {
    let limit = limit.clamp(1, MOST);
    let sought = plain(&filter.text);
    let sought: Vec<_> = sought.split_whitespace().collect();
    // Words and tags are looked for in what was opened: most of it is left out.
    let least = if sought.is_empty() && filter.tag.is_none() { 1 } else { CHUNK };
    let chunk = (limit + 1).clamp(least, MOST);
    let (mut own, mut sent) = (Source::after(filter.cursor), Source::after(filter.cursor));
    sent.is_over = whose.email.is_none();
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut items: Vec<TrackedItem> = vec![];
    while items.len() <= wanted {
        if own.waiting.is_empty() && !own.is_over {
            let rows = own_rows(log, whose.owner, filter, &own.after, chunk).await?;
            own.take_in(rows.into_iter().filter_map(TrackedItem::of_row).collect(), chunk);
        }
        if let Some(email) = whose.email.filter(|_| sent.waiting.is_empty() && !sent.is_over) {
            let after = (sent.after.0.as_str(), sent.after.1.as_str());
            let rows = sent::page(log, (whose.owner, email), filter, untold, after, chunk).await?;
            sent.take_in(with_overlays(log, whose.owner, rows, untold).await?, chunk);
        }
        let next = match (own.waiting.front(), sent.waiting.front()) {
            (None, None) => break,
            (Some(own_one), Some(sent_one)) if key(own_one) < key(sent_one) => {
                sent.waiting.pop_front()
            }
            (Some(_), _) => own.waiting.pop_front(),
            (None, Some(_)) => sent.waiting.pop_front(),
        };
        items.extend(next.filter(|item| shows(filter, &sought, item)));
    }
    let more = items.len() > wanted;
    items.truncate(wanted);
    let next = items.last().filter(|_| more).map(key);
    Ok(List { items, next })
}

/// What was sent, with what its owner added to it.
async fn with_overlays(
    log: &Log,
    owner: Uuid,
    rows: Vec<SentRow>,
    untold: &UntoldOnes,
) -> Result<Vec<TrackedItem>, DbError> {
    let mut overlays = HashMap::new();
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    for ids in ids.chunks(OVERLAYS) {
        let mut args = args![owner];
        args.extend(ids.iter().map(|id| Value::from(*id)));
        let sql = TABLE.by_name(&overlays_sql(ids.len()));
        let rows: Vec<TrackedRow> = TABLE.fetch_all(log, &sql, args).await?;
        overlays.extend(rows.into_iter().filter_map(|row| Some((row.application_id?, row))));
    }
    let item = |row: SentRow| {
        let item = TrackedItem::of_sent(&row, untold.get(&row.id).copied());
        match overlays.get(&item.id) {
            Some(overlay) => item.with_row(overlay),
            None => item,
        }
    };
    Ok(rows.into_iter().map(item).collect())
}

async fn own_rows(
    log: &Log,
    owner: Uuid,
    filter: &Filter,
    after: &(String, String),
    limit: u32,
) -> Result<Vec<TrackedRow>, DbError> {
    let mut args = args![owner, after.0.as_str(), after.1.as_str(), limit];
    if let Some(status) = filter.status {
        args.push(status.as_str().into());
    }
    TABLE.fetch_all(log, &TABLE.by_name(&own_sql(filter)), args).await
}

fn shows(filter: &Filter, sought: &[&str], item: &TrackedItem) -> bool {
    let shelf = match filter.shelf {
        Shelf::NotHidden => !item.hidden,
        Shelf::Current => !item.hidden && !item.archived,
        Shelf::Archived => !item.hidden && item.archived,
        Shelf::Hidden => item.hidden,
    };
    let status = filter.status.is_none_or(|status| item.status == status);
    let tag = filter.tag.as_ref().is_none_or(|tag| {
        let tag = plain(tag);
        item.tags.iter().any(|known| plain(known.reveal()) == tag)
    });
    shelf && status && tag && holds(sought, item)
}

/// Whether each of these stands somewhere in it, accents and letters' case aside.
fn holds(sought: &[&str], item: &TrackedItem) -> bool {
    if sought.is_empty() {
        return true;
    }
    let known: Vec<String> = item.texts().map(plain).collect();
    sought.iter().all(|sought| known.iter().any(|known| known.contains(sought)))
}

const REMOVED: &str = "
    SELECT *
    FROM tracked_applications
    WHERE owner = $1 AND application_id IS NULL AND removed_at > $2 AND (removed_at, id) < ($3, $4)
    ORDER BY removed_at DESC, id DESC
    LIMIT $5";

/// What its owner removed after this time and may restore, the latest first: `limit` of it at most,
/// after the end of an earlier page.
pub async fn removed(
    log: &Log,
    owner: Uuid,
    since: Timestamp,
    after: Option<Cursor>,
    limit: u32,
) -> Result<List, DbError> {
    let Cursor { at, id } = after.unwrap_or(Cursor::as_old_as(Timestamp::MAX));
    let args = args![owner, since, at, id, limit.saturating_add(1)];
    let mut rows: Vec<TrackedRow> = TABLE.fetch_all(log, &TABLE.by_name(REMOVED), args).await?;
    let shown = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > shown;
    rows.truncate(shown);
    let next = rows.last().filter(|_| more);
    let next = next.and_then(|last| Some(Cursor { at: last.removed_at?, id: last.id }));
    Ok(List { items: rows.into_iter().filter_map(TrackedItem::of_row).collect(), next })
}

const OWN_STAMP: &str = "
    SELECT count(*), coalesce(max(last_position), 0)
    FROM tracked_applications
    WHERE owner = $1";

const SENT_STAMP: &str = "
    SELECT count(*), coalesce(max(last_position), 0)
    FROM applications
    WHERE candidate_pseudonym = $1";

/// A text that is another one as soon as a list of what somebody tracks is: for whoever asks every few
/// seconds.
pub async fn stamp(log: &Log, whose: Whose<'_>) -> Result<String, DbError> {
    let own: (i64, i64) = log.db().fetch_one(OWN_STAMP, args![whose.owner]).await?;
    let mut sent = (0_i64, 0_i64);
    if let Some(email) = whose.email {
        sent = log.db().fetch_one(SENT_STAMP, args![sent::pseudonym(log, email)]).await?;
    }
    let mut stamp = format!("{}.{}.{}.{}", own.0, own.1, sent.0, sent.1);
    // An answer is told when its time is over, without anything happening.
    if let Some(email) = whose.email {
        let untold: BTreeMap<_, _> =
            sent::untold(log, email, whose.now).await?.into_iter().collect();
        for (id, untold) in untold {
            let told_at = untold.told_at().map(timestamp_text).unwrap_or_default();
            // Writing to a String cannot fail.
            let _ = write!(stamp, ".{id}:{}:{told_at}", untold.told_as().as_str());
        }
    }
    Ok(stamp)
}
