use event_store::testing::{Engine, TestDb};
use event_store::{Db, args};
use projections::{Table, columns};

const SQLITE: &str = "
    SELECT c.name, CASE upper(c.type) WHEN 'BLOB' THEN 'BYTEA' ELSE upper(c.type) END, c.\"notnull\" = 0
    FROM pragma_table_info($1) AS c
    ORDER BY c.cid";

const POSTGRES: &str = "
    SELECT CAST(column_name AS TEXT), upper(CAST(data_type AS TEXT)), is_nullable = 'YES'
    FROM information_schema.columns
    WHERE table_schema = current_schema() AND table_name = $1
    ORDER BY ordinal_position";

async fn real(db: &Db, sql: &str, table: &str) -> Vec<(String, String, bool)> {
    db.fetch_all(sql, args![table]).await.unwrap()
}

fn documented(table: &Table) -> Vec<(String, String, bool)> {
    table
        .shape()
        .columns
        .into_iter()
        .map(|column| (column.name, column.sql, column.nullable))
        .collect()
}

#[tokio::test]
async fn the_documented_columns_are_those_of_the_tables() {
    for (engine, sql) in [(Engine::Sqlite, SQLITE), (Engine::Postgres, POSTGRES)] {
        let test_db = TestDb::new(engine).await;
        projections::schema::prepare(&test_db.db()).await.unwrap();
        for (_, table) in columns::tables() {
            for name in [table.name.to_owned(), format!("{}_rebuild", table.name)] {
                let real = real(&test_db.db(), sql, &name).await;
                assert_eq!(real, documented(table), "{name} on {engine:?}");
            }
        }
    }
}

#[test]
fn every_column_is_documented_for_people_and_for_programs() {
    let documents = columns::documents();
    let names: Vec<_> = documents.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "schemas/columns/applications.json",
            "schemas/columns/application_events.json",
            "schemas/columns/answers.json",
            "schemas/columns/emails.json",
            "schemas/columns/clients.json",
            "schemas/columns/application_terms.json",
            "schemas/columns/suppressions.json",
            "schemas/columns/operator_acts.json",
            "schemas/columns/subjects.json",
            "schemas/columns/erasure_cases.json",
            "schemas/columns/permits.json",
            "schemas/columns/permit_terms.json",
            "schemas/columns/permit_validity.json",
            "schemas/columns/tracked_applications.json",
            "schemas/columns/candidate_tasks.json",
            "schemas/columns/job_alerts.json",
            "schemas/columns/alert_matches.json",
            "schemas/columns/offers.json",
            "schemas/columns/recorded_events.json",
            "docs/read-models.md",
            "docs/analytics.md",
        ]
    );
    let (_, page) = documents.iter().find(|(name, _)| name == "docs/read-models.md").unwrap();
    for ((_, table), (_, document)) in columns::tables().zip(&documents) {
        let document: serde_json::Value = serde_json::from_str(document).unwrap();
        assert_eq!(document["columns"].as_array().unwrap().len(), table.columns.len());
        for column in table.columns {
            assert!(page.contains(&format!("| `{}` |", column.name)));
            assert!(column.about.ends_with('.') && !column.about.contains('|'), "{}", column.name);
        }
    }
}
