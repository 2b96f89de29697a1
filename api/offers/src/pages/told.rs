//! What an offer says, in the words of a page.

use domain::offer::{Contract, NO_CITY, PayPeriod, Remote, WorkingTime};
use jiff::Timestamp;
use projections::offers::OfferRow;
use web::lang::Lang;

pub(crate) fn contract(contract: Contract, lang: Lang) -> &'static str {
    match contract {
        Contract::Permanent => lang.t("offers-permanent"),
        Contract::FixedTerm => lang.t("offers-fixed-term"),
        Contract::Temporary => lang.t("offers-temporary"),
        Contract::Apprenticeship => lang.t("offers-apprenticeship"),
        Contract::Internship => lang.t("offers-internship"),
        Contract::Freelance => lang.t("offers-freelance"),
        Contract::Volunteer => lang.t("offers-volunteer"),
        Contract::Other => lang.t("offers-other-contract"),
    }
}

pub(crate) fn remote(remote: Remote, lang: Lang) -> &'static str {
    match remote {
        Remote::None => lang.t("offers-on-site"),
        Remote::Hybrid => lang.t("offers-hybrid"),
        Remote::Full => lang.t("offers-remote"),
    }
}

fn working_time(time: WorkingTime, lang: Lang) -> &'static str {
    match time {
        WorkingTime::FullTime => lang.t("offers-full-time"),
        WorkingTime::PartTime => lang.t("offers-part-time"),
    }
}

/// A day as a page tells it.
pub(crate) fn day(at: Timestamp, lang: Lang) -> String {
    texts::day(at.to_zoned(texts::default_zone()).date(), lang.0)
}

/// The place, or the city where it says no more.
pub(crate) fn place(row: &OfferRow) -> &str {
    let written = row.place.as_deref().unwrap_or_default();
    if row.city == NO_CITY { written } else { &row.city }
}

/// What one should know at once: contract, hours, from where, pay.
pub(crate) fn terms(row: &OfferRow, lang: Lang) -> Vec<String> {
    let mut terms: Vec<String> = vec![];
    terms.extend(row.contract.map(|it| contract(it, lang).to_owned()));
    terms.extend(row.working_time.map(|it| working_time(it, lang).to_owned()));
    let is_elsewhere = |remote: &Remote| *remote != Remote::None;
    terms.extend(row.remote.filter(is_elsewhere).map(|it| remote(it, lang).to_owned()));
    terms.extend(salary(row, lang));
    terms
}

/// What is paid.
pub(crate) fn salary(row: &OfferRow, lang: Lang) -> Option<String> {
    let (currency, period) = (row.salary_currency.as_deref()?, row.salary_period?);
    let amount = |cents: i64| texts::money(cents, currency, lang.0);
    let amounts = match (row.salary_min, row.salary_max) {
        (Some(min), Some(max)) if min == max => amount(min),
        (Some(min), Some(max)) => lang.with(
            "offers-from-to",
            (("from", &texts::hundredths(min, lang.0)), ("to", &amount(max))),
        ),
        (Some(min), None) => lang.with("offers-from", ("amount", &amount(min))),
        (None, Some(max)) => lang.with("offers-up-to", ("amount", &amount(max))),
        (None, None) => return None,
    };
    Some(match period {
        PayPeriod::Hour => lang.with("offers-an-hour", ("amount", &amounts)),
        PayPeriod::Day => lang.with("offers-a-day", ("amount", &amounts)),
        PayPeriod::Week => lang.with("offers-a-week", ("amount", &amounts)),
        PayPeriod::Month => lang.with("offers-a-month", ("amount", &amounts)),
        PayPeriod::Year => lang.with("offers-a-year", ("amount", &amounts)),
    })
}
