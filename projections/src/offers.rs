//! `offers`: job offers as they stand, with the terms by which they are found ([`list`]), and their figures
//! ([`statistics`]).

mod list;
mod matching;
mod query;
pub mod statistics;
mod terms;
mod unseen;

use domain::offer::{
    Comparable, JobOffer, KnownOffer, OfferEventKind, OfferStatus, Salary, search_terms,
};
use event_store::{Value, args};

use crate::{Column, History, Index, Kind, Owner, ReadModel, Reads, Removal, Rows, Table};

pub use list::{Cursor, InvalidCursor, OfferList, OfferRow, PageOf, count, find, list, of_ids};
pub use matching::{NewOffer, OfferQuestion, count_fitting, fitting, known_up_to, new_between};
pub use query::{OfferFilter, Order};
pub use terms::{WithTerms, newest, newest_with, terms_of};
pub use unseen::{Ending, to_end};

/// The table.
pub const TABLE: Table = Table {
    name: "offers",
    about: "Job offers: one row for each that was not removed.",
    key: &["id"],
    of: Owner::stream::<JobOffer>("id"),
    columns: &[
        Column::new("id", Kind::Uuid, "Which offer."),
        Column::new("ordinal", Kind::Integer, "Where it was first seen, in the log: newer is more."),
        Column::new("status", Kind::Text, "open, closed, expired or archived."),
        Column::new("source", Kind::Text, "desk (published here), or the name of a collector."),
        Column::new("title", Kind::Text, "What the job is called."),
        Column::new("company", Kind::Text, "Who offers it."),
        Column::new("company_name", Kind::Text, "The same in capitals, without the legal form."),
        Column::new("place", Kind::Text, "The first place of work, as it is written.").nullable(),
        Column::new("city", Kind::Text, "The city of that, made readable; Non spécifié."),
        Column::new("remote", Kind::Text, "none, hybrid or full.").nullable(),
        Column::new(
            "contract",
            Kind::Text,
            "permanent, fixed_term, temporary, apprenticeship, internship, freelance, volunteer or other.",
        )
        .nullable(),
        Column::new("working_time", Kind::Text, "full_time or part_time.").nullable(),
        Column::new("salary_min", Kind::Integer, "At least, in hundredths.").nullable(),
        Column::new("salary_max", Kind::Integer, "At most, in hundredths.").nullable(),
        Column::new("salary_currency", Kind::Text, "In which currency (ISO 4217).").nullable(),
        Column::new("salary_period", Kind::Text, "hour, day, week, month or year.").nullable(),
        Column::new(
            "salary_yearly",
            Kind::Integer,
            "At most for a year of full-time work, in whole units.",
        )
        .nullable(),
        Column::new("skills", Kind::Json, "What one should know: a list."),
        Column::new("language", Kind::Text, "The language of its texts.").nullable(),
        Column::new("posted_at", Kind::Time, "When it was published.").nullable(),
        Column::new("valid_through", Kind::Time, "Until when one may apply.").nullable(),
        Column::new("url", Kind::Text, "Its page.").nullable(),
        Column::new("source_url", Kind::Text, "The page on which it was found.").nullable(),
        Column::new("site", Kind::Text, "The site of its page.").nullable(),
        Column::new(
            "applies_here",
            Kind::Boolean,
            "Whether it says where the form of this service would send. Of one that was collected, \
             its source must be one that takes applications here.",
        ),
        Column::new("created_at", Kind::Time, "When it was first seen."),
        Column::new("updated_at", Kind::Time, "When something happened to it last."),
        Column::new("terms", Kind::Text, "Of one that is open: the terms by which it is found.")
            .nullable(),
    ],
    indexes: &[
        WORDS,
        Index::on("open", &["ordinal"]).only(OPEN),
        Index::on("pay", &["ordinal", "salary_currency", "salary_yearly"]).only(OPEN),
        Index::on("city", &["city"]).only(OPEN),
        Index::on("company", &["company_name"]).only(OPEN),
        Index::on("site", &["site"]).only(OPEN),
        Index::on("ends", &["valid_through"]).only(OPEN),
    ],
    revision: 1,
};

/// The index of terms.
const WORDS: Index = Index::of_words("terms", &["ordinal", "terms"]);

/// Of which rows lists are made.
const OPEN: &str = "status = 'open'";

pub(crate) struct Offers;

impl ReadModel for Offers {
    type Of = JobOffer;

    fn name(&self) -> &'static str {
        TABLE.name
    }

    fn events(&self) -> &'static [OfferEventKind] {
        OfferEventKind::ALL
    }

    fn reads(&self) -> Reads {
        Reads::Histories
    }

    fn tables(&self) -> &'static [&'static Table] {
        &[&TABLE]
    }

    fn rows(&self, histories: &[History<JobOffer>]) -> Vec<Rows> {
        let rows = histories.iter().filter_map(row).collect();
        vec![Rows::new(&TABLE, rows)]
    }

    fn removals(&self, histories: &[History<JobOffer>]) -> Vec<Removal> {
        let gone = histories.iter().filter(|history| *history.state() == JobOffer::Removed);
        let removal = |history: &History<JobOffer>| Removal {
            table: &TABLE,
            equal: vec![("id", history.id.as_str().into())],
        };
        gone.map(removal).collect()
    }
}

/// `None` where it was removed, or nothing was collected or published, which no history begins with.
fn row(history: &History<JobOffer>) -> Option<Vec<Value>> {
    let known = history.state().known().ok()?;
    let first = history.events.first()?;
    let KnownOffer { content, status, source, created_at, updated_at, .. } = known;
    let place = content.places.first();
    let salary = content.salary.as_ref();
    let cents = |of: fn(&Salary) -> Option<u64>| salary.and_then(of).map(u64::cast_signed);
    let yearly = salary.map(|salary| salary.yearly().1.cast_signed());
    let skills: Vec<_> = content.skills.iter().map(domain::offer::Skill::as_str).collect();
    let terms = (*status == OfferStatus::Open).then(|| search_terms(content).join(" "));
    Some(args![
        history.id.as_str(),
        first.position,
        status.as_str(),
        source.as_str(),
        content.title.as_str(),
        content.company.as_str(),
        Comparable::of(content).company,
        place.map(|place| place.text.as_str()),
        content.city(),
        content.remote.map(domain::offer::Remote::as_str),
        content.contract.map(domain::offer::Contract::as_str),
        content.working_time.map(domain::offer::WorkingTime::as_str),
        cents(Salary::min_cents),
        cents(Salary::max_cents),
        salary.map(|salary| salary.currency().as_str()),
        salary.map(|salary| salary.period().as_str()),
        yearly,
        serde_json::json!(skills).to_string(),
        content.language.map(domain::Language::code),
        content.posted_at,
        content.valid_through,
        content.url.as_ref().map(domain::WebAddress::as_str),
        content.source_url.as_ref().map(domain::WebAddress::as_str),
        content.url.as_ref().map(domain::WebAddress::site),
        content.applies_here(),
        *created_at,
        *updated_at,
        terms,
    ])
}
