//! What an address asks for: the same parameters for programs and for people.

use axum::http::Uri;
use domain::offer::{Contract, Currency, PayPeriod, Remote, WorkingTime};
use projections::offers::{Cursor, OfferFilter, Order, PageOf};
use web::problem::Problem;
use web::query::Query;

/// Offers of a page, where nothing else is asked for.
const USUAL: u32 = 50;

/// At most so many.
const MOST: u32 = 100;

/// Letters of a text that count.
const LETTERS: usize = 200;

const PARAMETERS: [&str; 13] = [
    "keywords",
    "location",
    "company",
    "remote",
    "contract",
    "working_time",
    "salary_min",
    "salary_period",
    "currency",
    "sort",
    "limit",
    "skip",
    "cursor",
];

/// What `remote` may be.
const REMOTE: &str = "`remote` is `none`, `hybrid`, `full`, or several of them with commas between; `true` for the last two.";

/// What `contract` may be.
const CONTRACT: &str = "`contract` is one of permanent, fixed_term, temporary, apprenticeship, internship, freelance, volunteer and other, or several of them with commas between.";

/// What was asked for.
pub(crate) struct Asked {
    pub(crate) filter: OfferFilter,
    pub(crate) order: Order,
    pub(crate) page: PageOf,
}

impl Asked {
    /// Reads an address; parameters that are not known are ignored, as older programs send some.
    pub(crate) fn of(uri: &Uri) -> Result<Self, Problem> {
        let mut query = Query::of(uri, &PARAMETERS);
        let text = |text: &str| Some(text.chars().take(LETTERS).collect::<String>());
        let keywords = query.take("keywords", "", text).unwrap_or_default();
        let location = query.take("location", "", text).unwrap_or_default();
        let company = query.take("company", "", text).unwrap_or_default();
        let remote = query.take("remote", REMOTE, remote);
        let contracts = query.take("contract", CONTRACT, many::<Contract>);
        let working_time = query.take(
            "working_time",
            "`working_time` is `full_time` or `part_time`.",
            one::<WorkingTime>,
        );
        let amount =
            query.take("salary_min", "`salary_min` is a whole number, such as 30000.", one::<u64>);
        let period = query.take(
            "salary_period",
            "`salary_period` is one of hour, day, week, month and year.",
            one::<PayPeriod>,
        );
        let currency = query.take(
            "currency",
            "`currency` is a code of ISO 4217, such as EUR.",
            one::<Currency>,
        );
        let order = query.take("sort", "`sort` is `newest` or `best`.", order);
        let limit =
            query.take("limit", "`limit` is a number up to 100.", |text| one(text).map(limited)?);
        let skip = query.take("skip", "`skip` is a number from 0 to 4294967295.", one::<u32>);
        let cursor = query.take(
            "cursor",
            "`cursor` is the one of the page before, unchanged.",
            one::<Cursor>,
        );
        query.finish_unprocessable()?;
        let period = period.flatten().unwrap_or(PayPeriod::Year);
        let salary = amount.flatten().filter(|amount| *amount > 0).map(|amount| {
            (
                amount.saturating_mul(period.in_a_year()),
                currency.flatten().unwrap_or_else(Currency::euro),
            )
        });
        Ok(Self {
            filter: OfferFilter {
                keywords,
                location,
                company,
                remote: remote.unwrap_or_default(),
                contracts: contracts.unwrap_or_default(),
                working_time: working_time.flatten(),
                salary,
                unhidden_from: None,
            },
            order: order.unwrap_or_default(),
            page: PageOf {
                limit: limit.unwrap_or(USUAL),
                skip: skip.flatten().unwrap_or_default(),
                cursor: cursor.flatten(),
            },
        })
    }
}

/// A value, or none where the parameter is empty, as a form sends it.
#[expect(clippy::option_option, reason = "it may be wrong, or empty")]
fn one<T: std::str::FromStr>(text: &str) -> Option<Option<T>> {
    if text.trim().is_empty() { Some(None) } else { text.trim().parse().ok().map(Some) }
}

fn many<T: std::str::FromStr>(text: &str) -> Option<Vec<T>> {
    let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
    parts.map(|part| part.parse().ok()).collect()
}

fn remote(text: &str) -> Option<Vec<Remote>> {
    match text.trim() {
        "true" | "1" | "yes" | "oui" => Some(vec![Remote::Hybrid, Remote::Full]),
        "false" | "0" | "no" | "non" => Some(vec![Remote::None]),
        text => many(text),
    }
}

fn order(text: &str) -> Option<Order> {
    match text.trim() {
        "" | "newest" => Some(Order::Newest),
        "best" => Some(Order::Best),
        _ => None,
    }
}

/// How many: none, or less, asks for the usual number, as it always did.
fn limited(asked: Option<i64>) -> Option<u32> {
    match asked {
        None => Some(USUAL),
        Some(asked) if asked <= 0 => Some(USUAL),
        Some(asked) => u32::try_from(asked).ok().filter(|asked| *asked <= MOST),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(query: &str) -> Result<Asked, Problem> {
        Asked::of(&format!("/job-offers?{query}").parse().unwrap())
    }

    #[test]
    fn what_is_empty_asks_for_all_and_what_is_not_known_is_ignored() {
        for query in ["", "keywords=&location=&limit=&skip=&salary_min=&contract=", "page=2"] {
            let asked = asked(query).ok().unwrap();
            assert_eq!(asked.filter, OfferFilter::default(), "{query}");
            assert_eq!(asked.page, PageOf { limit: 50, skip: 0, cursor: None });
        }
    }

    #[test]
    fn bounds_are_those_of_the_contract() {
        for query in ["limit=101", "skip=-1", "contract=cdi", "sort=worst", "cursor=x", "limit=a"] {
            assert!(asked(query).is_err(), "{query}");
        }
        for (query, limit) in
            [("limit=100", 100), ("limit=0", 50), ("limit=-5", 50), ("limit=16", 16)]
        {
            assert_eq!(asked(query).ok().unwrap().page.limit, limit, "{query}");
        }
    }

    #[test]
    fn pay_is_asked_for_by_any_period() {
        let salary = |query: &str| asked(query).ok().unwrap().filter.salary;
        assert_eq!(salary("salary_min=30000"), Some((30_000, Currency::euro())));
        assert_eq!(salary("salary_min=2500&salary_period=month"), Some((30_000, Currency::euro())));
        assert_eq!(salary("salary_min=0"), None);
    }

    #[test]
    fn several_of_a_kind_are_asked_for_with_commas() {
        let filter =
            asked("remote=hybrid,full&contract=permanent,%20fixed_term").ok().unwrap().filter;
        assert_eq!(filter.remote, asked("remote=true").ok().unwrap().filter.remote);
        assert_eq!(filter.contracts, [Contract::Permanent, Contract::FixedTerm]);
    }
}
