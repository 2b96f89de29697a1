//! `permits`: the dossiers of work permits as they stand; what they are searched by ([`search`]); what the
//! public check is answered from ([`validity`]); and their figures ([`statistics`]).

pub mod files;
mod kept;
mod list;
pub mod search;
pub mod statistics;
pub mod validity;

use domain::Personal;
use domain::permit::{FieldKey, KnownPermit, Permit, PermitEventKind};
use event_store::{Value, args};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::table::count;
use crate::{Column, History, Index, Kind, Owner, ReadModel, Reads, Rows, Table};

pub use kept::{kept_since, known_of};
pub use list::{
    Cursor, Expiring, Filter, FollowUp, List, PermitRow, departments, find, in_trouble, list,
    of_numbers, to_follow, trouble_begins,
};

/// The time zone in which days and months of dossiers are counted.
pub const ZONE: &str = "Europe/Paris";

/// The table.
pub const TABLE: Table = Table {
    name: "permits",
    about: "Dossiers of provisional work permits: one row for each.",
    key: &["id"],
    of: Owner::stream::<Permit>("id"),
    columns: &[
        Column::new("id", Kind::Text, "The number of its procedure and its own."),
        Column::new("procedure_number", Kind::Integer, "The number of its procedure."),
        Column::new("dossier_number", Kind::Integer, "Its own number."),
        Column::new(
            "state",
            Kind::Text,
            "draft, initiated, received, closed (the permit was granted), refused or without_continuation.",
        ),
        Column::new("created_at", Kind::Time, "When it was handed in."),
        Column::new("created_day", Kind::Text, "The day of that in Paris, like 2026-11-27."),
        Column::new("initiated_at", Kind::Time, "When it could be examined.").nullable(),
        Column::new("received_at", Kind::Time, "When examining it began.").nullable(),
        Column::new("processed_at", Kind::Time, "When it was decided.").nullable(),
        Column::new(
            "seconds_to_process",
            Kind::Integer,
            "Of a permit that was granted: how long that took.",
        )
        .nullable(),
        Column::new("department", Kind::Text, "The department on the residence title.").nullable(),
        Column::new("nationality", Kind::Text, "The nationality.").nullable(),
        Column::new("contract", Kind::Text, "The type of contract.").nullable(),
        Column::new("siret", Kind::Text, "The employer's establishment.").nullable(),
        Column::new("valid_from", Kind::Text, "The first day of the permit.").nullable(),
        Column::new("valid_to", Kind::Text, "The last day of the permit.").nullable(),
        Column::new("title_expires", Kind::Text, "The last day of the residence title.").nullable(),
        Column::new("followers", Kind::Integer, "How many officials follow it."),
        Column::new("unreadable", Kind::Integer, "How many fields cannot be read as their types."),
        Column::new("updated_at", Kind::Time, "Its last change at the source that is known."),
        Column::new("changed_at", Kind::Time, "When the last change was seen."),
        Column::new("seen_position", Kind::Integer, "Where it was first seen, in the log."),
        Column::new("last_position", Kind::Integer, "Where its latest event is in the log."),
        Column::new("withdrawn_at", Kind::Time, "When it was found deleted at the source.")
            .nullable(),
        Column::new("erased_at", Kind::Time, "When the person was forgotten.").nullable(),
        Column::new("first_name", Kind::Text, "The first name.").nullable().personal(),
        Column::new("last_name", Kind::Text, "The last name.").nullable().personal(),
        Column::new("employer", Kind::Text, "The employer's name.").nullable().personal(),
        Column::new("email", Kind::Text, "The address that it was filed with.")
            .nullable()
            .personal(),
    ],
    indexes: &[
        Index::on("created", &["created_at", "seen_position"]).only(SHOWN),
        // What expires is told by the index: of the newest, most go on for longer.
        Index::on("state_until", &["state", "created_at", "seen_position", "valid_to"]).only(SHOWN),
        Index::on("waiting", &["created_at", "seen_position"]).only(OPEN),
        Index::on("department", &["department", "created_at", "seen_position"]).only(SHOWN),
        Index::on("title", &["title_expires", "seen_position"]).only(SHOWN),
        Index::on("seen", &["seen_position"]),
        Index::on("number", &["dossier_number"]),
        Index::on("took", &["seconds_to_process"]).only("seconds_to_process IS NOT NULL"),
        Index::on("days", &["created_day", "state", "seconds_to_process"])
            .only("withdrawn_at IS NULL"),
        Index::on("nationality", &["nationality"]).only(SHOWN),
    ],
    revision: 1,
};

/// Of which rows lists are made.
const SHOWN: &str = "withdrawn_at IS NULL AND erased_at IS NULL";
/// The same of those that wait for a decision: [`WAITING`] with [`SHOWN`].
const OPEN: &str =
    "withdrawn_at IS NULL AND erased_at IS NULL AND state IN ('initiated', 'received')";
const WAITING: &str = "state IN ('initiated', 'received')";

pub(crate) struct Permits;

impl ReadModel for Permits {
    type Of = Permit;

    fn name(&self) -> &'static str {
        TABLE.name
    }

    fn events(&self) -> &'static [PermitEventKind] {
        PermitEventKind::ALL
    }

    fn reads(&self) -> Reads {
        Reads::Histories
    }

    fn tables(&self) -> &'static [&'static Table] {
        &[&TABLE]
    }

    fn rows(&self, histories: &[History<Permit>]) -> Vec<Rows> {
        let rows = histories.iter().filter_map(row).collect();
        vec![Rows::new(&TABLE, rows)]
    }
}

/// Whether the person of a dossier was forgotten: then what its events hold is nobody's.
fn is_erased(history: &History<Permit>) -> bool {
    history.state().remembered().is_ok_and(|known| known.erased_at.is_some())
        || history.events.iter().any(|recorded| recorded.erased)
}

/// `None` where nothing was requested, which no history begins with.
fn row(history: &History<Permit>) -> Option<Vec<Value>> {
    let known = history.state().remembered().ok()?;
    let (first, last) = (history.events.first()?, history.last());
    let KnownPermit { dossier, changed_at, withdrawn_at, erased_at, .. } = known;
    let erased = is_erased(history);
    let erased_at = erased_at.or(erased.then_some(*changed_at));
    let kept = (!erased).then_some(dossier);
    let open = |key: &str| Some(kept?.field(key)?.open.as_ref()?.as_str());
    let said = |key: &str| Some(kept?.field(key)?.text()).filter(|text| !text.is_empty());
    let dates = dossier.dates;
    // Where the source does not tell when it was decided, its last change is the next best.
    let ended_at = dates.processed_at.unwrap_or(dates.updated_at);
    let took = ended_at.duration_since(dates.created_at).as_secs().max(0);
    let holder = kept.map(|dossier| &dossier.holder);
    Some(args![
        history.id.as_str(),
        i64::from(dossier.procedure),
        dossier.number.cast_signed(),
        dossier.state.as_str(),
        dates.created_at,
        day_in_paris(dates.created_at).to_string(),
        dates.initiated_at,
        dates.received_at,
        dates.processed_at,
        known.is_granted().then_some(took),
        open(FieldKey::DEPARTMENT),
        open(FieldKey::NATIONALITY),
        open(FieldKey::CONTRACT),
        holder.and_then(|holder| holder.siret.as_ref()).map(domain::Siret::as_str),
        open(FieldKey::VALID_FROM),
        open(FieldKey::VALID_TO),
        open(FieldKey::TITLE_EXPIRES),
        count(holder.map_or(0, |holder| holder.followers.len())),
        count(kept.map_or(0, |it| it.fields.iter().filter(|field| field.unreadable).count())),
        dates.updated_at,
        *changed_at,
        first.position,
        last.position,
        *withdrawn_at,
        erased_at,
        said(FieldKey::FIRST_NAME),
        said(FieldKey::LAST_NAME),
        kept.and_then(employer),
        holder.and_then(|holder| holder.email.as_ref()).map(|email| email.reveal().as_str()),
    ])
}

/// The employer's name: as the register has it, or as the form says.
fn employer(dossier: &domain::permit::Dossier) -> Option<&str> {
    let registered = dossier.holder.company.as_ref().map(|company| company.reveal().as_str());
    let said = || dossier.field(FieldKey::EMPLOYER).map(domain::permit::Field::text);
    registered.or_else(said).filter(|name| !name.is_empty())
}

/// The day in Paris on which this is.
pub fn day_in_paris(at: Timestamp) -> Date {
    // The database of time zones comes along with the program.
    let zone = TimeZone::get(ZONE).unwrap_or(TimeZone::UTC);
    at.to_zoned(zone).date()
}

/// A name in one: what there is of it.
pub(crate) fn name_of(first: Option<&str>, last: Option<&str>) -> Personal<String> {
    let parts: Vec<_> = [first, last].into_iter().flatten().collect();
    Personal::new(parts.join(" "))
}
