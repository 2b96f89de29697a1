//! Which streams there are. Who asks while another question is being answered asks together with all others
//! who do: under load that is one statement for many, and a single one waits for nobody.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use crate::{Db, DbError, Log, ReadError};

/// Questions that are asked together at most.
const TOGETHER: usize = 256;
/// Questions that wait; who comes then waits for room.
const WAITING: usize = 1024;
/// How long a server may take to answer: all who ask wait for one that went silent.
const PATIENCE: Duration = Duration::from_secs(10);

/// The first event of a stream is where it begins.
macro_rules! begun {
    ($ids:literal) => {
        concat!(
            "SELECT aggregate_id
             FROM events
             WHERE aggregate_type = $1 AND aggregate_id ",
            $ids,
            " AND sequence = 1"
        )
    };
}

const ON_SQLITE: &str = begun!("IN (SELECT value FROM json_each($2))");
const ON_POSTGRES: &str = begun!("= ANY ($2)");

struct Question {
    aggregate_type: String,
    aggregate_ids: Vec<String>,
    answer: oneshot::Sender<Result<bool, DbError>>,
}

/// Where questions wait for the task that asks them; clones are the same.
#[derive(Clone)]
pub(crate) struct Begun(mpsc::Sender<Question>);

impl fmt::Debug for Begun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Begun")
    }
}

impl Begun {
    /// Begins the task, which ends when nobody can ask any more.
    pub(crate) fn start(db: Db) -> Self {
        let (sender, receiver) = mpsc::channel(WAITING);
        tokio::spawn(serve(db, receiver));
        Self(sender)
    }
}

async fn serve(db: Db, mut waiting: mpsc::Receiver<Question>) {
    while let Some(first) = waiting.recv().await {
        // Who was answered just now gets to ask again.
        tokio::task::yield_now().await;
        let more = std::iter::from_fn(|| waiting.try_recv().ok()).take(TOGETHER - 1);
        let mut kinds: HashMap<String, Vec<Question>> = HashMap::new();
        // Who asked may have given up.
        for question in std::iter::once(first).chain(more).filter(|it| !it.answer.is_closed()) {
            kinds.entry(question.aggregate_type.clone()).or_default().push(question);
        }
        for (kind, questions) in kinds {
            answer(&db, &kind, questions).await;
        }
    }
}

async fn answer(db: &Db, aggregate_type: &str, questions: Vec<Question>) {
    let ids: HashSet<&str> =
        questions.iter().flat_map(|it| &it.aggregate_ids).map(String::as_str).collect();
    let asked = among(db, aggregate_type, ids.into_iter().collect());
    let found = tokio::time::timeout(PATIENCE, asked)
        .await
        .unwrap_or_else(|_| Err(sqlx::Error::Io(ErrorKind::TimedOut.into()).into()))
        .map_err(Arc::new);
    for Question { aggregate_ids, answer, .. } in questions {
        let answered = match &found {
            Ok(found) => Ok(aggregate_ids.iter().any(|id| found.contains(id))),
            Err(error) => Err(DbError::Shared(Arc::clone(error))),
        };
        drop(answer.send(answered));
    }
}

/// Those of these streams that there are.
async fn among(db: &Db, aggregate_type: &str, ids: Vec<&str>) -> Result<HashSet<String>, DbError> {
    let rows: Vec<(String,)> = match db {
        Db::Sqlite(db) => {
            let ids = serde_json::Value::from(ids).to_string();
            let query = sqlx::query_as(ON_SQLITE).bind(aggregate_type).bind(ids);
            query.fetch_all(&db.readers).await?
        }
        Db::Postgres(crate::db::PostgresDb { pool, .. }) => {
            let query = sqlx::query_as(ON_POSTGRES).bind(aggregate_type).bind(ids);
            query.fetch_all(pool).await?
        }
    };
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

impl Log {
    /// Whether anything happened in one of these streams.
    pub async fn any_stream(
        &self,
        aggregate_type: &str,
        aggregate_ids: &[&str],
    ) -> Result<bool, ReadError> {
        let (answer, answered) = oneshot::channel();
        let aggregate_ids = aggregate_ids.iter().map(|&id| id.to_owned()).collect();
        let question =
            Question { aggregate_type: aggregate_type.to_owned(), aggregate_ids, answer };
        let crashed = || DbError::Unavailable(sqlx::Error::WorkerCrashed);
        self.begun.0.send(question).await.map_err(|_| crashed())?;
        Ok(answered.await.unwrap_or_else(|_| Err(crashed()))?)
    }
}
