//! The raw limit: rows like ours, into a table like ours, 512 in a statement, each statement its own
//! transaction, over one connection that does nothing else.

use std::time::{Duration, Instant};

use event_store::Db;
use sqlx::{Connection as _, PgConnection};

use super::subject::{KIND, payload};
use crate::figures::count;

const ROWS: usize = 512;

const INSERT: &str = "
    INSERT INTO raw (position, aggregate_type, aggregate_id, sequence, event_type, event_version,
                     payload, metadata, recorded_at)
    SELECT position, $5, aggregate_id, 1, 'Submitted', '1.0', payload::json, metadata::json, $6
    FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[])
        AS row (position, aggregate_id, payload, metadata)";

pub(crate) async fn rows_a_second(url: &str, length: Duration) -> anyhow::Result<f64> {
    let db = Db::connect(url).await?;
    db.migrate().await?;
    db.close().await;
    let mut connection = PgConnection::connect(url).await?;
    sqlx::query("CREATE TABLE raw (LIKE events INCLUDING ALL)").execute(&mut connection).await?;
    let id = crate::database::fresh_id().simple();
    let metadata = serde_json::json!({
        "event_id": id, "correlation_id": id, "causation_id": id, "actor": "partner",
        "actor_id": "bench",
    });
    let payloads = vec![payload(); ROWS];
    let metadatas = vec![metadata.to_string(); ROWS];
    let mut next = 1_i64;
    let begin = Instant::now();
    let mut rows = 0;
    while begin.elapsed() < length {
        let positions: Vec<i64> = (next..).take(ROWS).collect();
        let ids: Vec<String> =
            positions.iter().map(|it| format!("{id}-{}-{}", it % 128, it / 128)).collect();
        next += i64::try_from(ROWS)?;
        let inserted = sqlx::query(INSERT)
            .bind(&positions)
            .bind(&ids)
            .bind(&payloads)
            .bind(&metadatas)
            .bind(KIND)
            .bind("2026-11-20T22:24:14.000000Z")
            .execute(&mut connection)
            .await?;
        anyhow::ensure!(inserted.rows_affected() == ROWS as u64, "rows are missing");
        rows += ROWS;
    }
    let rate = count(rows) / begin.elapsed().as_secs_f64();
    connection.close().await?;
    Ok(rate)
}
