//! Many rows at once: as they were given, whichever way they take.

use event_store::testing::{Engine, TestDb};
use event_store::{Upsert, Value};
use rstest::rstest;

const COLUMNS: [&str; 5] = ["id", "text", "bytes", "number", "is_so"];

/// Everything that a text, bytes, or nothing at all can look like.
fn row(id: i64) -> Vec<Value> {
    let texts = ["", "\\N", "\\.", "a\tb\nc\rd\\e", "Zoé \u{1F600} \u{1}", "NULL", "\"'{}"];
    let text = texts[usize::try_from(id).unwrap() % texts.len()];
    let odd = id % 2 == 1;
    vec![
        Value::I64(id),
        Value::Text(text.to_owned()),
        if odd { Value::NullBytes } else { Value::Bytes(vec![0, 9, 10, 92, 255]) },
        if odd { Value::F64(0.1) } else { Value::NullF64 },
        if odd { Value::NullBool } else { Value::Bool(id % 4 == 0) },
    ]
}

type Row = (i64, String, Option<Vec<u8>>, Option<f64>, Option<bool>);

#[rstest]
#[tokio::test]
async fn rows_are_written_as_they_were_given(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values(false, true)] new: bool,
    #[values(3, 3000)] many: i64,
) {
    let test_db = TestDb::new(engine).await;
    let db = test_db.db();
    let table =
        "CREATE TABLE notes (id BIGINT NOT NULL PRIMARY KEY, text TEXT NOT NULL, bytes BYTEA,
                                     number DOUBLE PRECISION, is_so BOOLEAN)";
    db.execute(table, vec![]).await.unwrap();
    let mut tx = db.begin().await.unwrap();
    let upsert = Upsert { table: "notes", columns: &COLUMNS, key: &["id"], new };
    tx.upsert(upsert, (0..many).map(row).collect()).await.unwrap();
    tx.commit().await.unwrap();

    let rows: Vec<Row> = db.fetch_all("SELECT * FROM notes ORDER BY id", vec![]).await.unwrap();
    assert_eq!(rows.len(), usize::try_from(many).unwrap());
    for (id, (number, text, bytes, float, is_so)) in (0..many).zip(rows) {
        let read = [
            Value::I64(number),
            Value::Text(text),
            bytes.map_or(Value::NullBytes, Value::Bytes),
            float.map_or(Value::NullF64, Value::F64),
            is_so.map_or(Value::NullBool, Value::Bool),
        ];
        assert_eq!(read.as_slice(), row(id));
    }
}

#[rstest]
#[tokio::test]
async fn a_row_that_is_there_is_replaced_or_nothing_is_written(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values(false, true)] new: bool,
) {
    let test_db = TestDb::new(engine).await;
    let db = test_db.db();
    let table = "CREATE TABLE notes (id BIGINT NOT NULL PRIMARY KEY, text TEXT NOT NULL)";
    db.execute(table, vec![]).await.unwrap();
    db.execute("INSERT INTO notes VALUES (70, 'old')", vec![]).await.unwrap();
    let mut tx = db.begin().await.unwrap();
    let upsert = Upsert { table: "notes", columns: &["id", "text"], key: &["id"], new };
    let rows = (0..100).map(|id| vec![Value::I64(id), Value::Text("new".to_owned())]);
    let written = tx.upsert(upsert, rows.collect()).await;
    let replaced = written.is_ok();
    if replaced {
        tx.commit().await.unwrap();
    } else {
        tx.rollback().await.unwrap();
    }
    assert!(replaced || new);
    let texts: Vec<(String, i64)> =
        db.fetch_all("SELECT text, count(*) FROM notes GROUP BY text", vec![]).await.unwrap();
    let expected = if replaced { ("new".to_owned(), 100) } else { ("old".to_owned(), 1) };
    assert_eq!(texts, [expected], "the connection goes on after it");
}
