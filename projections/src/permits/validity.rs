//! `permit_validity`: what the public check is answered from. A row is found by its number and the birth
//! date together, as one blind term, so that an unknown number and a wrong date are the same miss.

use domain::permit::{FieldKey, Permit, PermitEventKind, masked};
use event_store::{DbError, Log, Value, args};
use jiff::civil::Date;

use super::is_erased;
use crate::{
    Column, History, Index, Kind, Owner, ReadModel, Reads, Removal, Rows, Table, opened_row,
};

/// The table.
pub const TABLE: Table = Table {
    name: "permit_validity",
    about: "Permits that were granted, as far as whoever checks one is told of them: one row for each of which a birth date and a last day are known.",
    key: &["id"],
    of: Owner::stream::<Permit>("id"),
    columns: &[
        Column::new("id", Kind::Text, "The number of its procedure and its own."),
        Column::new("dossier_number", Kind::Integer, "Its own number."),
        Column::new("procedure_number", Kind::Integer, "The number of its procedure."),
        Column::new("lookup", Kind::Text, "Stands for the number and the date of birth together.")
            .blind("permit check"),
        Column::new("siret", Kind::Text, "The employer's establishment.").nullable(),
        Column::new("valid_from", Kind::Text, "The first day of the permit.").nullable(),
        Column::new("valid_to", Kind::Text, "The last day of the permit."),
        Column::new("birth_date", Kind::Text, "The date of birth.").personal(),
        Column::new("first_name", Kind::Text, "The first name, masked.").personal(),
        Column::new("last_name", Kind::Text, "The last name, masked.").personal(),
    ],
    indexes: &[
        Index::on("lookup", &["lookup", "valid_to"]),
        Index::on("number", &["dossier_number", "procedure_number"]),
    ],
    revision: 1,
};

pub(crate) struct PermitValidity;

impl ReadModel for PermitValidity {
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
        let rows = histories.iter().filter(|history| is_changed(history)).filter_map(row);
        vec![Rows::new(&TABLE, rows.collect())]
    }

    fn removals(&self, histories: &[History<Permit>]) -> Vec<Removal> {
        let gone = |history: &&History<Permit>| {
            history.earlier > 0 && is_changed(history) && row(history).is_none()
        };
        let removal = |history: &History<Permit>| Removal {
            table: &TABLE,
            equal: vec![("id", history.id.as_str().into())],
        };
        histories.iter().filter(gone).map(removal).collect()
    }
}

/// Whether something else is told than before: most dossiers wait for long until anything is.
fn is_changed(history: &History<Permit>) -> bool {
    let id = &*history.id;
    is_erased(history) || told(id, history.state()) != told(id, history.state_before())
}

/// `None` where nobody is to be told that there is a permit, or what of it.
fn row(history: &History<Permit>) -> Option<Vec<Value>> {
    if is_erased(history) { None } else { told(&history.id, history.state()) }
}

fn told(id: &str, permit: &Permit) -> Option<Vec<Value>> {
    let known = permit.known().ok().filter(|known| known.is_granted())?;
    let dossier = &known.dossier;
    let (birth_date, valid_to) = (dossier.date(FieldKey::BIRTH_DATE)?, dossier.valid_to()?);
    let name = |key: &str| masked(dossier.field(key).map_or("", |field| field.text()));
    Some(args![
        id,
        dossier.number.cast_signed(),
        i64::from(dossier.procedure),
        sought(dossier.number, birth_date),
        dossier.holder.siret.as_ref().map(domain::Siret::as_str),
        dossier.valid_from().map(|day| day.to_string()),
        valid_to.to_string(),
        birth_date.to_string(),
        name(FieldKey::FIRST_NAME),
        name(FieldKey::LAST_NAME),
    ])
}

fn sought(number: u64, birth_date: Date) -> String {
    format!("{number} {birth_date}")
}

/// A permit, as whoever checks it is told of it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
#[expect(missing_docs, reason = "the table documents its columns")]
pub struct ValidityRow {
    pub id: String,
    pub dossier_number: i64,
    pub procedure_number: i64,
    pub siret: Option<String>,
    pub valid_from: Option<String>,
    pub valid_to: String,
    #[sqlx(skip)]
    pub birth_date: String,
    #[sqlx(skip)]
    pub first_name: String,
    #[sqlx(skip)]
    pub last_name: String,
}

opened_row!(ValidityRow: birth_date, first_name, last_name);

impl ValidityRow {
    /// Its own number.
    pub const fn number(&self) -> u64 {
        self.dossier_number.cast_unsigned()
    }

    /// Whether its person is not forgotten: the key goes a moment before the row.
    pub(super) fn is_kept(&self) -> bool {
        self.birth_date.parse::<Date>().is_ok()
    }

    /// Its first day, where one is known.
    pub fn first_day(&self) -> Option<Date> {
        self.valid_from.as_ref()?.parse().ok()
    }

    /// Its last day.
    pub fn last_day(&self) -> Option<Date> {
        self.valid_to.parse().ok()
    }
}

const CHECK: &str = "
    SELECT *
    FROM permit_validity
    WHERE lookup = $1 AND valid_to >= $2
    ORDER BY valid_to DESC, id
    LIMIT 1";

/// The permit of this number and date of birth that holds on `day`; whether there is no such number, or
/// the date is another, or it is over, cannot be told apart.
pub async fn check(
    log: &Log,
    number: u64,
    birth_date: Date,
    day: Date,
) -> Result<Option<ValidityRow>, DbError> {
    let term = TABLE.blinded(log, "lookup", &sought(number, birth_date));
    let args = vec![term, day.to_string().into()];
    let found: Option<ValidityRow> = TABLE.fetch_optional(log, &TABLE.by_name(CHECK), args).await?;
    Ok(found.filter(ValidityRow::is_kept))
}

const OF: &str = "
    SELECT *
    FROM permit_validity
    WHERE dossier_number = $1 AND procedure_number = $2";

/// The permit of this number, whoever asks: for a slip that was signed here.
pub async fn of(log: &Log, procedure: u32, number: u64) -> Result<Option<ValidityRow>, DbError> {
    let args = args![number.cast_signed(), i64::from(procedure)];
    let found: Option<ValidityRow> = TABLE.fetch_optional(log, &TABLE.by_name(OF), args).await?;
    Ok(found.filter(ValidityRow::is_kept))
}

const PAGE: &str = "
    SELECT *
    FROM permit_validity
    WHERE (dossier_number, procedure_number) > ($1, $2)
    ORDER BY dossier_number, procedure_number
    LIMIT $3";

/// Before every number.
pub const BEGINNING: (i64, i64) = (-1, -1);

/// Those after this number and its procedure's, in their order.
pub async fn after(log: &Log, last: (i64, i64), limit: u32) -> Result<Vec<ValidityRow>, DbError> {
    TABLE.fetch_all(log, &TABLE.by_name(PAGE), args![last.0, last.1, limit]).await
}

const NUMBERS: &str = "
    SELECT dossier_number, procedure_number
    FROM permit_validity
    WHERE (dossier_number, procedure_number) > ($1, $2)
    ORDER BY dossier_number, procedure_number
    LIMIT $3";

/// The numbers of those after this one, each with its procedure's: for a page of which a row cannot be
/// opened.
pub(super) async fn numbers_after(
    log: &Log,
    last: (i64, i64),
    limit: u32,
) -> Result<Vec<(i64, i64)>, DbError> {
    log.db().fetch_all(NUMBERS, args![last.0, last.1, limit]).await
}

const LEFT_OUT: &str = "
    SELECT p.dossier_number
    FROM permits AS p
    LEFT JOIN permit_validity AS v ON v.id = p.id
    WHERE p.state = 'closed' AND p.withdrawn_at IS NULL AND p.erased_at IS NULL AND v.id IS NULL
    ORDER BY p.dossier_number
    LIMIT $1";

/// The permits that were granted and of which nothing can be told, because they lack a last day or a date
/// of birth: their numbers.
pub async fn left_out(log: &Log, limit: u32) -> Result<Vec<u64>, DbError> {
    let rows: Vec<(i64,)> = log.db().fetch_all(LEFT_OUT, args![limit]).await?;
    Ok(rows.into_iter().map(|(number,)| number.cast_unsigned()).collect())
}
