//! `erasure_cases`: the requests to erase a person, which one operator makes and another one decides.

use domain::erasure::{ErasureCase, ErasureCaseEvent, ErasureCaseEventKind, RecordRef};
use domain::{EmailAddress, Forgettable as _, Personal};
use event_store::{DbError, Log, Value, args};
use jiff::Timestamp;
use uuid::Uuid;

use crate::stored::Text;
use crate::{Column, History, Index, Kind, Owner, ReadModel, Reads, Rows, Table, opened_row};

/// The table.
pub const TABLE: Table = Table {
    name: "erasure_cases",
    about: "Requests to erase a person: one row for each.",
    key: &["id"],
    of: Owner::stream::<ErasureCase>("id"),
    columns: &[
        Column::new("id", Kind::Uuid, "Names the request."),
        Column::new("state", Kind::Text, "waiting, agreed, refused, dropped or completed."),
        Column::new("address", Kind::Text, "The person's address, while the request is open.")
            .personal_as(EmailAddress::PLACEHOLDER),
        Column::new("records", Kind::Json, "The streams that are to go, each by its type and id.")
            .personal(),
        Column::new("left_over", Kind::Integer, "How many of them are not erased yet."),
        Column::new("requested_by", Kind::Text, "Which operator asked."),
        Column::new("requested_at", Kind::Time, "When."),
        Column::new("decided_by", Kind::Text, "Which operator agreed or refused.").nullable(),
        Column::new("decided_at", Kind::Time, "When.").nullable(),
        Column::new("closed_at", Kind::Time, "When it was over.").nullable(),
        Column::new("last_position", Kind::Integer, "Where the latest of these is in the log."),
    ],
    indexes: &[Index::on("open", &["requested_at", "id"]).only("state IN ('waiting', 'agreed')")],
    revision: 1,
};

pub(crate) struct ErasureCases;

impl ReadModel for ErasureCases {
    type Of = ErasureCase;

    fn name(&self) -> &'static str {
        TABLE.name
    }

    fn events(&self) -> &'static [ErasureCaseEventKind] {
        ErasureCaseEventKind::ALL
    }

    fn reads(&self) -> Reads {
        Reads::Histories
    }

    fn tables(&self) -> &'static [&'static Table] {
        &[&TABLE]
    }

    fn rows(&self, histories: &[History<ErasureCase>]) -> Vec<Rows> {
        vec![Rows::new(&TABLE, histories.iter().filter_map(row).collect())]
    }
}

fn row(history: &History<ErasureCase>) -> Option<Vec<Value>> {
    let (mut opened, mut state, mut erased) = (None, "waiting", 0);
    let (mut decided_by, mut decided_at, mut closed_at) = (None, None, None);
    for recorded in &history.events {
        match &recorded.event {
            ErasureCaseEvent::ErasureCaseOpened { address, records, requested_by, at } => {
                opened = Some((address, records, requested_by, at));
            }
            ErasureCaseEvent::ErasureCaseAgreed { agreed_by, at } => {
                (state, decided_by, decided_at) = ("agreed", Some(agreed_by), Some(*at));
            }
            ErasureCaseEvent::ErasureCaseStreamErased { .. } => erased += 1,
            ErasureCaseEvent::ErasureCaseRefused { refused_by, at } => {
                (state, decided_by, decided_at) = ("refused", Some(refused_by), Some(*at));
                closed_at = Some(*at);
            }
            ErasureCaseEvent::ErasureCaseDropped { at } => {
                (state, closed_at) = ("dropped", Some(*at));
            }
            ErasureCaseEvent::ErasureCaseCompleted { at } => {
                (state, closed_at) = ("completed", Some(*at));
            }
        }
    }
    let (address, records, requested_by, requested_at) = opened?;
    let address = match closed_at {
        None => address.reveal().as_str(),
        Some(_) => EmailAddress::PLACEHOLDER,
    };
    let json = serde_json::to_string(records).expect("a list of texts is JSON");
    Some(args![
        history.id.as_str(),
        state,
        address,
        json,
        i64::try_from(records.len()).unwrap_or(i64::MAX) - erased,
        requested_by.as_str(),
        *requested_at,
        decided_by.map(|by| by.as_str().to_owned()),
        decided_at,
        closed_at,
        history.last().position,
    ])
}

/// A request that is not over.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
#[expect(missing_docs, reason = "the table documents its columns")]
pub struct OpenErasureCase {
    #[sqlx(try_from = "Text")]
    pub id: Uuid,
    pub state: String,
    #[sqlx(skip)]
    pub address: Personal<String>,
    #[sqlx(skip)]
    records: Vec<RecordRef>,
    pub requested_by: String,
    #[sqlx(try_from = "Text")]
    pub requested_at: Timestamp,
}

impl OpenErasureCase {
    /// Whether a second operator is still to decide.
    pub fn waits(&self) -> bool {
        self.state == "waiting"
    }

    /// The records that are to go.
    pub fn records(&self) -> Vec<RecordRef> {
        self.records.clone()
    }
}

opened_row!(OpenErasureCase: address, records);

const OPEN: &str = "
    SELECT *
    FROM erasure_cases
    WHERE state IN ('waiting', 'agreed')
    ORDER BY requested_at, id
    LIMIT $1";

/// The requests that are not over, longest waiting first.
pub async fn open(log: &Log, limit: u32) -> Result<Vec<OpenErasureCase>, DbError> {
    TABLE.fetch_all(log, &TABLE.by_name(OPEN), args![limit]).await
}
