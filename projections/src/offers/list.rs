//! Reading `offers`: lists, counts, one.

use std::fmt;
use std::str::FromStr;

use domain::offer::{Contract, OfferStatus, PayPeriod, Remote, WorkingTime};
use event_store::{Db, DbError, Value, WordQuery, args};
use jiff::Timestamp;
use uuid::Uuid;

use super::query::Question;
use super::{OPEN, OfferFilter, Order, TABLE, WORDS};
use crate::stored::{MaybeText, Text};

/// An offer as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
#[expect(missing_docs, reason = "the table documents its columns")]
pub struct OfferRow {
    #[sqlx(try_from = "Text")]
    pub id: Uuid,
    pub ordinal: i64,
    #[sqlx(try_from = "Text")]
    pub status: OfferStatus,
    pub source: String,
    pub title: String,
    pub company: String,
    pub place: Option<String>,
    pub city: String,
    #[sqlx(try_from = "MaybeText")]
    pub remote: Option<Remote>,
    #[sqlx(try_from = "MaybeText")]
    pub contract: Option<Contract>,
    #[sqlx(try_from = "MaybeText")]
    pub working_time: Option<WorkingTime>,
    pub salary_min: Option<i64>,
    pub salary_max: Option<i64>,
    pub salary_currency: Option<String>,
    #[sqlx(try_from = "MaybeText")]
    pub salary_period: Option<PayPeriod>,
    pub salary_yearly: Option<i64>,
    pub skills: String,
    #[sqlx(try_from = "MaybeText")]
    pub posted_at: Option<Timestamp>,
    #[sqlx(try_from = "MaybeText")]
    pub valid_through: Option<Timestamp>,
    pub url: Option<String>,
    pub source_url: Option<String>,
    pub site: Option<String>,
    pub applies_here: bool,
    #[sqlx(try_from = "Text")]
    pub created_at: Timestamp,
    #[sqlx(try_from = "Text")]
    pub updated_at: Timestamp,
}

impl OfferRow {
    /// What one should know.
    pub fn skills(&self) -> Vec<String> {
        serde_json::from_str(&self.skills).unwrap_or_default()
    }
}

/// The columns of a row.
pub(super) const COLUMNS: &str = "r.id, r.ordinal, r.status, r.source, r.title, r.company, r.place, r.city, r.remote,
    r.contract, r.working_time, r.salary_min, r.salary_max, r.salary_currency, r.salary_period, r.salary_yearly,
    r.skills, r.posted_at, r.valid_through, r.url, r.source_url, r.site, r.applies_here, r.created_at, r.updated_at";

/// Offers that an account does not hide.
pub(super) const HIDDEN: &str =
    "NOT EXISTS (SELECT 1 FROM hidden_offers AS h WHERE h.offer = r.id AND h.account = ";

/// Where a page of a list ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// Whether it was among those that have all keywords in the title.
    titled: bool,
    ordinal: i64,
}

/// A text is not a [`Cursor`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this cursor is not one of ours: take it from the page before, unchanged")]
pub struct InvalidCursor;

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{:x}", if self.titled { 't' } else { 'o' }, self.ordinal)
    }
}

impl FromStr for Cursor {
    type Err = InvalidCursor;

    fn from_str(text: &str) -> Result<Self, InvalidCursor> {
        let titled = text.strip_prefix('t');
        let digits = titled.or_else(|| text.strip_prefix('o')).filter(|it| !it.starts_with('+'));
        match digits.map(|digits| i64::from_str_radix(digits, 16)) {
            Some(Ok(ordinal)) if ordinal > 0 => Ok(Self { titled: titled.is_some(), ordinal }),
            _ => Err(InvalidCursor),
        }
    }
}

/// Which part of a list is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PageOf {
    /// At most so many.
    pub limit: u32,
    /// Without the first ones; of what follows a cursor, none are left out.
    pub skip: u32,
    /// Only those after the end of an earlier page.
    pub cursor: Option<Cursor>,
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferList {
    /// The offers.
    pub items: Vec<OfferRow>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<Cursor>,
}

/// A page of the open offers of a filter.
pub async fn list(
    db: &Db,
    filter: &OfferFilter,
    order: Order,
    page: PageOf,
) -> Result<OfferList, DbError> {
    let PageOf { limit, skip, cursor } = page;
    let Question::Words { query, title } = filter.question() else {
        return Ok(OfferList { items: vec![], next: None });
    };
    let skip = if cursor.is_some() { 0 } else { skip };
    let more = limit.saturating_add(1);
    let before = cursor.map(|cursor| cursor.ordinal);
    let by_title = order == Order::Best && !title.is_empty();
    let mut found = Found { db, filter, items: vec![] };
    let mut titled = 0;
    if by_title {
        let (in_title, elsewhere) =
            (Question::in_title(&query, &title), Question::elsewhere(&query, &title));
        let is_past = cursor.is_some_and(|cursor| !cursor.titled);
        if !is_past {
            found.take(&in_title, before, skip, more).await?;
        }
        titled = found.items.len();
        let left = more.saturating_sub(u32::try_from(titled).unwrap_or(u32::MAX));
        if left > 0 {
            // Those that were left out may all have been in titles, or only some of them.
            let passed = if skip > 0 && titled == 0 { found.count(&in_title).await? } else { 0 };
            let skip = if titled > 0 { 0 } else { skip.saturating_sub(passed) };
            found.take(&elsewhere, before.filter(|_| is_past), skip, left).await?;
        }
    } else {
        found.take(&query, before, skip, more).await?;
    }
    let mut items = found.items;
    let shown = usize::try_from(limit).unwrap_or(usize::MAX);
    let is_more = items.len() > shown;
    items.truncate(shown);
    let last = items.last().filter(|_| is_more);
    let next = last.map(|last| Cursor { titled: items.len() <= titled, ordinal: last.ordinal });
    Ok(OfferList { items, next })
}

/// How many open offers a filter finds.
pub async fn count(db: &Db, filter: &OfferFilter) -> Result<u64, DbError> {
    let Question::Words { query, .. } = filter.question() else { return Ok(0) };
    Found { db, filter, items: vec![] }.count(&query).await.map(u64::from)
}

/// What was found so far.
struct Found<'a> {
    db: &'a Db,
    filter: &'a OfferFilter,
    items: Vec<OfferRow>,
}

impl Found<'_> {
    /// What a query asks for beside its words, and the arguments of all of it.
    fn conditions(&self, query: &WordQuery) -> (Vec<String>, Vec<Value>) {
        let (mut conditions, mut args) = (vec![], vec![]);
        if !query.is_empty() {
            args.push(self.db.words(query).into());
        }
        if let Some((least, currency)) = &self.filter.salary {
            args.push(i64::try_from(*least).unwrap_or(i64::MAX).into());
            conditions.push(format!("r.salary_yearly >= ${}", args.len()));
            args.push(currency.as_str().into());
            conditions.push(format!("r.salary_currency = ${}", args.len()));
        }
        if let Some(account) = self.filter.unhidden_from {
            args.push(account.into());
            conditions.push(format!("{HIDDEN}${})", args.len()));
        }
        (conditions, args)
    }

    /// Takes more of what a query finds, the newest first.
    async fn take(
        &mut self,
        query: &WordQuery,
        before: Option<i64>,
        skip: u32,
        limit: u32,
    ) -> Result<(), DbError> {
        let (mut conditions, mut args) = self.conditions(query);
        conditions.push(format!("r.{OPEN}"));
        let (rows, order) = if query.is_empty() {
            ("offers AS r".to_owned(), "r.ordinal".to_owned())
        } else {
            let matching = TABLE.matching(self.db, &WORDS, "$1");
            let order = self.db.ordered(&matching, &self.db.words(query)).await?;
            conditions.push(matching.condition);
            (matching.rows, order)
        };
        if let Some(before) = before {
            args.push(before.into());
            conditions.push(format!("{order} < ${}", args.len()));
        }
        let conditions = conditions.join(" AND ");
        args.push(limit.into());
        args.push(skip.into());
        let (limit, skip) = (args.len() - 1, args.len());
        let sql = format!(
            "SELECT {COLUMNS} FROM {rows} WHERE {conditions} ORDER BY {order} DESC LIMIT ${limit} OFFSET ${skip}"
        );
        self.items.extend(self.db.fetch_all::<OfferRow>(&sql, args).await?);
        Ok(())
    }

    /// How many a query finds.
    async fn count(&self, query: &WordQuery) -> Result<u32, DbError> {
        let (mut conditions, args) = self.conditions(query);
        let rows = if query.is_empty() {
            conditions.push(format!("r.{OPEN}"));
            "offers AS r".to_owned()
        } else {
            let matching = TABLE.matching(self.db, &WORDS, "$1");
            // Only open offers have terms; the indexes by which rows are found are of open ones.
            let of_index = conditions.is_empty();
            if !of_index {
                conditions.push(format!("r.{OPEN}"));
            }
            conditions.push(matching.condition);
            if of_index { matching.keys } else { matching.rows }
        };
        let conditions = conditions.join(" AND ");
        let sql = format!("SELECT count(*) FROM {rows} WHERE {conditions}");
        let (count,): (i64,) = self.db.fetch_one(&sql, args).await?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }
}

/// The offer of this id, be it open or not; none where it was removed.
pub async fn find(db: &Db, id: Uuid) -> Result<Option<OfferRow>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM offers AS r WHERE r.id = $1");
    db.fetch_optional(&sql, args![id]).await
}

/// Those of these ids that are there, in no order.
pub async fn of_ids(db: &Db, ids: &[Uuid]) -> Result<Vec<OfferRow>, DbError> {
    if ids.is_empty() {
        return Ok(vec![]);
    }
    let places: Vec<_> = (1..=ids.len()).map(|place| format!("${place}")).collect();
    let sql = format!("SELECT {COLUMNS} FROM offers AS r WHERE r.id IN ({})", places.join(", "));
    db.fetch_all(&sql, ids.iter().map(|id| Value::from(*id)).collect()).await
}
