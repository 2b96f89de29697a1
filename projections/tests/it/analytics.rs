use domain::application::AnswerKind;
use domain::examples;
use event_store::testing::Engine;
use event_store::{Db, DbError, args};
use projections::analytics::{self, Access};
use uuid::Uuid;

use crate::support::{Fixture, application, fixture};

/// The database as somebody sees it who is an analyst and nothing else.
async fn analyst(it: &Fixture) -> Db {
    #[expect(clippy::disallowed_methods, reason = "a name that no other test has")]
    let name = format!("ana_{}", Uuid::new_v4().simple());
    let login = format!("CREATE ROLE {name} LOGIN PASSWORD 'secret' IN ROLE postulo_analyst");
    it.db().execute(&login, args![]).await.unwrap();
    let mut url: url::Url = it.url().parse().unwrap();
    url.set_username(&name).unwrap();
    url.set_password(Some("secret")).unwrap();
    Db::connect(url.as_str()).await.unwrap()
}

async fn number(db: &Db, sql: &str) -> i64 {
    let (number,): (i64,) = db.fetch_one(sql, args![]).await.unwrap();
    number
}

async fn filled() -> Fixture {
    let it = fixture(Engine::Postgres).await;
    assert_eq!(analytics::create(it.db()).await.unwrap(), Access::Granted);
    for n in 1..=5 {
        it.append(application(n), 0, &[examples::submitted()]).await;
        let answer = examples::answer(AnswerKind::Interview, true);
        let answered = examples::answered(1, answer, None);
        it.append(application(n), 1, &[examples::sent(), answered]).await;
    }
    it.project().await;
    it
}

#[tokio::test(flavor = "multi_thread")]
async fn an_analyst_reads_native_types_of_every_view_and_nothing_personal() {
    let it = filled().await;
    let db = analyst(&it).await;
    for (_, table) in projections::columns::tables() {
        let columns = "
            SELECT CAST(column_name AS TEXT), CAST(data_type AS TEXT)
            FROM information_schema.columns
            WHERE table_schema = 'analytics' AND table_name = $1
            ORDER BY ordinal_position";
        let columns: Vec<(String, String)> =
            it.db().fetch_all(columns, args![table.name]).await.unwrap();
        let expected: Vec<_> = table
            .columns
            .iter()
            .filter(|column| column.is_shown())
            .map(|column| {
                let native = match column.kind {
                    projections::Kind::Uuid => "uuid",
                    projections::Kind::Time => "timestamp with time zone",
                    projections::Kind::Json => "jsonb",
                    projections::Kind::Integer => "bigint",
                    projections::Kind::Boolean => "boolean",
                    projections::Kind::Text => "text",
                };
                (column.name.to_owned(), native.to_owned())
            })
            .collect();
        assert_eq!(columns, expected, "{}", table.name);
        // Every value casts.
        let all =
            format!("SELECT count(*) FROM (SELECT * FROM analytics.{} OFFSET 0) AS a", table.name);
        let own = format!("SELECT count(*) FROM {}", table.name);
        assert_eq!(number(&db, &all).await, number(it.db(), &own).await);
    }
    let slow = "
        SELECT count(*) FROM analytics.answers AS n JOIN analytics.applications AS a
        ON n.application_id = a.id AND n.answered_at >= a.submitted_at";
    assert_eq!(number(&db, slow).await, 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_analyst_may_do_nothing_else() {
    let it = filled().await;
    let db = analyst(&it).await;
    for statement in [
        "SELECT 1 FROM applications",
        "SELECT 1 FROM events",
        "SELECT 1 FROM checkpoints",
        "DELETE FROM analytics.applications",
        "UPDATE analytics.clients SET name = 'x'",
        "INSERT INTO analytics.emails (id) VALUES ('x')",
        "CREATE TABLE public.mine (n INT)",
        "CREATE VIEW analytics.mine AS SELECT 1",
        "DROP VIEW analytics.applications",
    ] {
        let refused = db.execute(statement, args![]).await.unwrap_err();
        assert!(matches!(refused, DbError::Statement(_)), "{statement}: {refused}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_views_show_a_rebuilt_table() {
    let it = filled().await;
    let db = analyst(&it).await;
    let count = "SELECT count(*) FROM analytics.applications";
    for round in 0..3 {
        it.rebuild("applications").await;
        assert_eq!(number(&db, count).await, 5 + round);
        let next = application(100 + u128::try_from(round).unwrap());
        it.append(next, 0, &[examples::submitted()]).await;
        it.project().await;
        assert_eq!(number(&db, count).await, 6 + round, "it goes on showing the live table");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn making_them_again_or_twice_at_once_is_harmless() {
    let it = filled().await;
    let other = Db::connect(it.url()).await.unwrap();
    let (one, two) = tokio::join!(analytics::create(it.db()), analytics::create(&other));
    assert_eq!((one.unwrap(), two.unwrap()), (Access::Granted, Access::Granted));
    let db = analyst(&it).await;
    assert_eq!(number(&db, "SELECT count(*) FROM analytics.clients").await, 0);
    let sqlite = fixture(Engine::Sqlite).await;
    assert_eq!(analytics::create(sqlite.db()).await.unwrap(), Access::None);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_query_of_the_documentation_runs_as_written() {
    let it = filled().await;
    let db = analyst(&it).await;
    let documents = projections::columns::documents();
    let (_, page) = documents.iter().find(|(path, _)| path == "docs/analytics.md").unwrap();
    let blocks = page.split("```sql\n").skip(1).filter_map(|rest| rest.split("```").next());
    let queries: Vec<_> = blocks.filter(|sql| sql.starts_with("SELECT")).collect();
    assert_eq!(queries.len(), 6);
    for query in queries {
        db.execute(query, args![]).await.unwrap_or_else(|error| panic!("{query}: {error}"));
    }
}
