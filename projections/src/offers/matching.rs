//! Offers that fit a question about their terms and their pay, and new ones with their terms.

use domain::offer::{Currency, PayPeriod, Salary};
use event_store::{Db, DbError, Position, Value, WordQuery, args, checkpoint};
use uuid::Uuid;

use super::list::{COLUMNS, HIDDEN};
use super::{OPEN, OfferRow, TABLE, WORDS};
use crate::apply::checkpoint_name;
use crate::stored::{MaybeText, Text};
use crate::table::Generation;

/// What offers are asked for.
#[derive(Clone, Debug, Default)]
pub struct OfferQuestion {
    /// Their terms.
    pub words: WordQuery,
    /// What they pay for a year of full-time work in whole euros: at least, and at most. What cannot be compared
    /// fits.
    pub pay: (Option<u64>, Option<u64>),
    /// Whether they must say what they pay.
    pub only_with_salary: bool,
    /// Without those that this account hides.
    pub unhidden_from: Option<Uuid>,
}

impl OfferQuestion {
    /// What gives the order.
    async fn order(&self, db: &Db) -> Result<String, DbError> {
        if self.words.is_empty() {
            return Ok("r.ordinal".to_owned());
        }
        db.ordered(&TABLE.matching(db, &WORDS, "$1"), &db.words(&self.words)).await
    }

    /// What stands in FROM, the conditions, and the arguments.
    fn sql(&self, db: &Db) -> (String, String, Vec<Value>) {
        let (mut conditions, mut args) = (vec![format!("r.{OPEN}")], vec![]);
        let rows = if self.words.is_empty() {
            "offers AS r".to_owned()
        } else {
            args.push(db.words(&self.words).into());
            let matching = TABLE.matching(db, &WORDS, "$1");
            conditions.push(matching.condition);
            matching.rows
        };
        if self.only_with_salary {
            conditions.push("r.salary_currency IS NOT NULL".to_owned());
        }
        if let Some(account) = self.unhidden_from {
            args.push(account.into());
            conditions.push(format!("{HIDDEN}${})", args.len()));
        }
        let mut bound = |side: &str, amount: Option<u64>| {
            let amount = i64::try_from(amount?).unwrap_or(i64::MAX);
            args.push(amount.into());
            Some(format!("{side} ${}", args.len()))
        };
        let at_least = bound("r.salary_yearly >=", self.pay.0);
        let at_most = bound(&format!("{} <=", yearly_from()), self.pay.1);
        let bounds: Vec<_> = at_least.into_iter().chain(at_most).collect();
        if !bounds.is_empty() {
            args.push(Currency::euro().as_str().into());
            conditions.push(format!(
                "(r.salary_currency IS NULL OR r.salary_currency <> ${} OR ({}))",
                args.len(),
                bounds.join(" AND ")
            ));
        }
        (rows, conditions.join(" AND "), args)
    }
}

/// The lower bound of what is paid for a year of full-time work, in whole units: [`Salary::yearly`] in SQL.
fn yearly_from() -> String {
    let periods = PayPeriod::ALL
        .map(|period| format!("WHEN '{}' THEN {}", period.as_str(), period.in_a_year()));
    format!(
        "((coalesce(r.salary_min, r.salary_max) * CASE r.salary_period {} END + 99) / 100)",
        periods.join(" ")
    )
}

/// The open offers that fit, the newest first, `limit` at most.
pub async fn fitting(
    db: &Db,
    question: &OfferQuestion,
    limit: u32,
) -> Result<Vec<OfferRow>, DbError> {
    let (rows, conditions, mut args) = question.sql(db);
    let order = question.order(db).await?;
    args.push(limit.into());
    let limit = args.len();
    let sql = format!(
        "SELECT {COLUMNS} FROM {rows} WHERE {conditions} ORDER BY {order} DESC LIMIT ${limit}"
    );
    db.fetch_all(&sql, args).await
}

/// How many open offers fit.
pub async fn count_fitting(db: &Db, question: &OfferQuestion) -> Result<u64, DbError> {
    let (rows, conditions, args) = question.sql(db);
    let sql = format!("SELECT count(*) FROM {rows} WHERE {conditions}");
    let (count,): (i64,) = db.fetch_one(&sql, args).await?;
    Ok(count.max(0).unsigned_abs())
}

/// An offer with the terms by which it is found.
#[derive(Clone, Debug, sqlx::FromRow)]
#[expect(missing_docs, reason = "the table documents its columns")]
pub struct NewOffer {
    #[sqlx(try_from = "Text")]
    pub id: Uuid,
    pub ordinal: i64,
    pub terms: String,
    salary_min: Option<i64>,
    salary_max: Option<i64>,
    salary_currency: Option<String>,
    #[sqlx(try_from = "MaybeText")]
    salary_period: Option<PayPeriod>,
}

impl NewOffer {
    /// What it pays.
    pub fn salary(&self) -> Option<Salary> {
        let bounds = (self.salary_min, self.salary_max);
        salary(bounds, self.salary_currency.as_deref(), self.salary_period)
    }
}

impl OfferRow {
    /// What it pays.
    pub fn salary(&self) -> Option<Salary> {
        let bounds = (self.salary_min, self.salary_max);
        salary(bounds, self.salary_currency.as_deref(), self.salary_period)
    }
}

fn salary(
    (min, max): (Option<i64>, Option<i64>),
    currency: Option<&str>,
    period: Option<PayPeriod>,
) -> Option<Salary> {
    let cents = |cents: Option<i64>| cents.and_then(|it| u64::try_from(it).ok());
    Salary::new(cents(min), cents(max), currency?.parse().ok()?, period?).ok()
}

const NEW: &str = "
    SELECT id, ordinal, terms, salary_min, salary_max, salary_currency, salary_period
    FROM offers
    WHERE status = 'open' AND terms IS NOT NULL AND ordinal > $1 AND ordinal <= $2
    ORDER BY ordinal
    LIMIT $3";

/// The open offers that were first seen after one place in the log and up to another, the oldest first.
pub async fn new_between(
    db: &Db,
    after: i64,
    up_to: Position,
    limit: u32,
) -> Result<Vec<NewOffer>, DbError> {
    db.fetch_all(NEW, args![after, up_to.get(), limit]).await
}

/// Up to where in the log the offers are there.
pub async fn known_up_to(db: &Db) -> Result<Position, DbError> {
    let name = checkpoint_name(TABLE.name, Generation::Live);
    Ok(checkpoint::read(db, &name).await?.unwrap_or(Position::START))
}
