//! The figures of open offers.

use event_store::{Db, DbError, args};

/// How many a list of the most frequent has.
const TOP: i64 = 10;

/// Something that offers have, and how many do.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Frequent {
    /// Its name.
    pub name: String,
    /// How many have it.
    pub offers: i64,
}

/// The figures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figures {
    /// How many are open.
    pub total: u64,
    /// The sites that most are on.
    pub sites: Vec<Frequent>,
    /// The companies that offer most.
    pub companies: Vec<Frequent>,
    /// The cities where most are.
    pub cities: Vec<Frequent>,
}

/// Names end a tie, so that every engine tells the same ones.
async fn frequent(db: &Db, column: &str) -> Result<Vec<Frequent>, DbError> {
    let sql = format!(
        "SELECT {column} AS name, count(*) AS offers
         FROM offers
         WHERE status = 'open' AND {column} IS NOT NULL
         GROUP BY {column}
         ORDER BY count(*) DESC, {column}
         LIMIT $1"
    );
    db.fetch_all(&sql, args![TOP]).await
}

/// The figures of the offers that are open now.
pub async fn figures(db: &Db) -> Result<Figures, DbError> {
    Ok(Figures {
        total: super::count(db, &super::OfferFilter::default()).await?,
        sites: frequent(db, "site").await?,
        companies: frequent(db, "company_name").await?,
        cities: frequent(db, "city").await?,
    })
}
