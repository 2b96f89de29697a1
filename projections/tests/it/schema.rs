//! Tables made from their declarations, taken over, and altered while everything runs.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use domain::examples;
use event_store::lease::LeaseOptions;
use event_store::testing::{Engine, TestDb};
use event_store::{Clock, Db, Log, RawEvent, Value, args, checkpoint};
use projections::schema::{outdated, prepare, prepare_one};
use projections::{
    ApplyError, Changes, Column, Index, Kind, NewEvents, Owner, Projection, Projections,
    RebuildError, Rebuilt, Rows, Table, columns, rebuild,
};
use rstest::rstest;

use crate::support::{Fixture, application, fixture, options, until};

const POSITION: Column = Column::new("position", Kind::Integer, "Where it is.");
const KIND: Column = Column::new("kind", Kind::Text, "What happened.");
const ACTOR: Column = Column::new("actor", Kind::Text, "Who did it.").nullable();
const BY_KIND: Index = Index::on("kind", &["kind", "position"]);

const fn table(columns: &'static [Column], indexes: &'static [Index]) -> Table {
    Table {
        name: "probes",
        about: "Probes.",
        key: &["position"],
        of: Owner::Nobody,
        columns,
        indexes,
        revision: 1,
    }
}

const OLD: Table = table(&[POSITION, KIND], &[BY_KIND]);
/// A column in the middle: what names no columns would read another one's values.
const NEW: Table = table(&[POSITION, ACTOR, KIND], &[BY_KIND]);
const FEWER: Table = table(&[POSITION, ACTOR], &[]);
const INDEXED: Table = table(&[POSITION, KIND], &[Index::on("first", &["position", "kind"])]);
const REDEFINED: Table =
    table(&[POSITION, KIND], &[Index::on("kind", &["kind"]).only("kind <> ''")]);
/// One that is redefined as another goes and a third one comes.
const ALL_AT_ONCE: Table = table(
    &[POSITION, KIND],
    &[Index::on("kind", &["kind"]), Index::on("last", &["kind", "position"])],
);
const REVISED: Table = Table { revision: 2, ..REDEFINED };

/// A read model in one of its shapes: every submission, as it is in the log.
#[derive(Clone, Copy)]
struct Probes(&'static [&'static Table]);

impl From<Probes> for Box<dyn Projection> {
    fn from(probes: Probes) -> Self {
        Box::new(probes)
    }
}

const IN_OLD: Probes = Probes(&[&OLD]);
const IN_NEW: Probes = Probes(&[&NEW]);

#[async_trait]
impl Projection for Probes {
    fn name(&self) -> &'static str {
        "probes"
    }

    fn events(&self) -> Vec<&'static str> {
        vec!["Submitted"]
    }

    fn tables(&self) -> &'static [&'static Table] {
        self.0
    }

    async fn changes(&self, new: &NewEvents<'_>) -> Result<Changes, ApplyError> {
        let row = |event: &RawEvent| {
            let value = |column: &Column| match column.name {
                "position" => Value::from(event.position),
                "kind" => event.event_type.as_str().into(),
                _ => event.metadata.actor.kind.as_str().into(),
            };
            self.0[0].columns.iter().map(value).collect()
        };
        let rows = Rows::new(self.0[0], new.iter().map(row).collect());
        Ok(Changes { rows: vec![rows], removals: vec![] })
    }
}

fn leases() -> LeaseOptions {
    options(1).lease
}

async fn submit(it: &Fixture, numbers: std::ops::RangeInclusive<u128>) {
    for n in numbers {
        it.append(application(n), 0, &[examples::submitted()]).await;
    }
}

async fn count(db: &Db, condition: &str) -> i64 {
    let sql = format!("SELECT CAST(count(*) AS BIGINT) FROM {condition}");
    let (count,): (i64,) = db.fetch_one(&sql, args![]).await.unwrap();
    count
}

async fn projected(it: &Fixture) {
    let head = it.log.head().await.unwrap();
    until("the probes are projected", async || {
        let at = checkpoint::read(it.db(), "projection:probes").await.unwrap().unwrap_or_default();
        if at >= head { Ok(()) } else { Err(at) }
    })
    .await;
}

fn run(log: &Log, it: &Fixture, probes: Probes) -> Projections {
    Projections::start_these(log.clone(), it.clock.clone(), &options(5), vec![Box::new(probes)])
}

/// Builds one alone.
async fn build(
    log: &Log,
    it: &Fixture,
    projection: impl Into<Box<dyn Projection>>,
) -> Result<Option<Rebuilt>, RebuildError> {
    let clock: Arc<dyn Clock> = it.clock.clone();
    let mut built =
        projections::schema::build(log, &clock, vec![projection.into()], leases()).await;
    built.remove(0).1
}

/// A log with submissions, and their probes in the old shape.
async fn filled(engine: Engine, submissions: u128) -> Fixture {
    let it = fixture(engine).await;
    assert!(prepare_one(it.db(), &IN_OLD).await.unwrap(), "an empty table needs no rows");
    submit(&it, 1..=submissions).await;
    let running = run(&it.log, &it, IN_OLD);
    projected(&it).await;
    running.stop().await;
    it
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn tables_that_migrations_made_are_taken_over_with_their_rows(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    submit(&it, 1..=3).await;
    it.project().await;
    let marked = "UPDATE applications SET job = 'as it was' WHERE submitted_position = 2";
    it.db().execute(marked, args![]).await.unwrap();
    let before = it.dump().await;
    it.db().execute("DELETE FROM projection_shapes", args![]).await.unwrap();
    assert_eq!(outdated(it.db()).await.unwrap().len(), projections::all().len());
    // Those whose rows say something else since are not.
    let revised: Vec<_> = columns::tables()
        .filter(|(_, table)| table.revision > 1)
        .map(|(projection, _)| projection)
        .collect();
    for _ in 0..2 {
        assert_eq!(prepare(it.db()).await.unwrap(), revised);
        assert_eq!(outdated(it.db()).await.unwrap(), revised);
        assert_eq!(it.dump().await, before);
    }
    for name in revised {
        build(&it.log, &it, projections::named(name).unwrap()).await.unwrap().unwrap();
    }
    submit(&it, 4..=4).await;
    it.project().await;
    assert_eq!(it.dump_of("applications").await.len(), 4);
}

#[tokio::test]
async fn both_engines_make_the_declared_tables_alike() {
    let mut made = vec![];
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let test_db = TestDb::new(engine).await;
        let db = test_db.db();
        for (_, table) in columns::tables() {
            for name in [table.name.to_owned(), format!("{}_rebuild", table.name)] {
                db.execute(&format!("DROP TABLE IF EXISTS {name}"), args![]).await.unwrap();
            }
        }
        assert_eq!(prepare(&db).await.unwrap(), Vec::<&str>::new());
        let catalog = db.catalog().await.unwrap();
        for (_, table) in columns::tables() {
            for name in [table.name.to_owned(), format!("{}_rebuild", table.name)] {
                let found = &catalog[&name];
                assert_eq!(found.shape, table.shape(), "{name}");
                let mut wanted: Vec<_> =
                    table.indexes.iter().map(|index| format!("{name}_{}", index.name)).collect();
                wanted.sort_unstable();
                assert_eq!(found.indexes, wanted, "{name}");
                made.push((engine, name, found.clone()));
            }
        }
    }
    let (sqlite, postgres) = made.split_at(made.len() / 2);
    for ((_, name, one), (_, _, other)) in sqlite.iter().zip(postgres) {
        assert_eq!(one, other, "{name}");
    }
}

#[tokio::test]
async fn every_text_of_a_table_that_is_made_sorts_by_bytes() {
    const OTHERWISE: &str = "
        SELECT CAST(column_name AS TEXT)
        FROM information_schema.columns
        WHERE table_schema = current_schema() AND table_name = 'probes' AND data_type = 'text'
            AND collation_name IS DISTINCT FROM 'C'";
    let it = filled(Engine::Postgres, 1).await;
    let columns: Vec<(String,)> = it.db().fetch_all(OTHERWISE, args![]).await.unwrap();
    assert_eq!(columns, vec![]);
}

#[tokio::test]
async fn the_indexes_that_migrations_made_are_the_declared_ones() {
    let test_db = TestDb::new(Engine::Sqlite).await;
    let statements = "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL";
    let there: Vec<(String, String)> = test_db.db().fetch_all(statements, args![]).await.unwrap();
    for (_, table) in columns::tables() {
        for index in table.indexes {
            let name = format!("{}_{}", table.name, index.name);
            let Some((_, sql)) = there.iter().find(|(known, _)| *known == name) else {
                continue; // made from its declaration alone
            };
            let only = index.only.map(|only| format!(" WHERE {only}")).unwrap_or_default();
            let columns = index.columns.join(", ");
            let wanted = format!("CREATE INDEX {name} ON {} ({columns}){only}", table.name);
            assert_eq!(sql.split_whitespace().collect::<Vec<_>>().join(" "), wanted);
        }
    }
    assert!(there.iter().any(|(name, _)| name == "applications_documents"));
}

/// The old version serves, projects and rebuilds on while the new one migrates; then it stands by.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_older_version_goes_on_beside_the_migration_and_stands_by_after_it(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    const KINDS: &str = "SELECT kind FROM probes ORDER BY position";
    let it = filled(engine, 20).await;
    let older = it.other_process().await;
    let serving = run(&older, &it, IN_OLD);
    let read = async || -> Vec<(String,)> {
        older
            .db()
            .fetch_all(&OLD.by_name("SELECT * FROM probes"), args![])
            .await
            .map(|rows: Vec<(i64, String)>| rows.into_iter().map(|(_, kind)| (kind,)).collect())
            .unwrap()
    };
    assert_eq!(read().await.len(), 20);

    assert!(!prepare_one(it.db(), &IN_NEW).await.unwrap());
    submit(&it, 21..=22).await;
    projected(&it).await;
    assert_eq!(read().await.len(), 22, "the old tables are kept up until they are exchanged");

    let built = build(&it.log, &it, IN_NEW).await.unwrap();
    assert_eq!(built.map(|built| built.position), Some(it.log.head().await.unwrap()));
    assert_eq!(count(it.db(), "probes WHERE actor = 'partner'").await, 22);
    assert!(read().await.iter().all(|(kind,)| kind == "Submitted"), "it reads by name");

    submit(&it, 23..=30).await;
    // It would leave the new column empty.
    let newer = run(&it.log, &it, IN_NEW);
    projected(&it).await;
    assert_eq!(count(it.db(), "probes WHERE actor = 'partner'").await, 30);
    let kinds: Vec<(String,)> = it.db().fetch_all(KINDS, args![]).await.unwrap();
    assert_eq!(kinds.len(), 30);
    serving.stop().await;
    newer.stop().await;
    older.close().await;

    // The put-away table is of the new shape, and empty.
    let catalog = it.db().catalog().await.unwrap();
    assert!(catalog["probes_rebuild"].shape.is_like(&NEW.shape()));
    assert_eq!(count(it.db(), "probes_rebuild").await, 0);
    assert_eq!(catalog["probes"].indexes.len(), 1);
    assert_eq!(catalog["probes_rebuild"].indexes.len(), 1);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn of_several_processes_that_start_at_once_one_builds(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = filled(engine, 30).await;
    let (one, two) = (it.other_process().await, it.other_process().await);
    let start = async |log: &Log| {
        assert!(prepare(log.db()).await.unwrap().is_empty());
        build(log, &it, IN_NEW).await.unwrap()
    };
    let outcomes = tokio::join!(start(&it.log), start(&one), start(&two));
    let built = [outcomes.0, outcomes.1, outcomes.2].into_iter().flatten().count();
    assert_eq!(built, 1);
    assert_eq!(count(it.db(), "probes WHERE actor = 'partner'").await, 30);
    one.close().await;
    two.close().await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn what_is_cut_off_in_the_middle_leaves_the_old_table_and_is_done_by_the_next(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = filled(engine, 30).await;
    let other = it.other_process().await;
    let mut after = Duration::from_millis(1);
    loop {
        let altering = build(&it.log, &it, IN_NEW);
        let done = tokio::time::timeout(after, altering).await;
        // Another process sees all rows, whatever became of it.
        assert_eq!(count(other.db(), "probes WHERE kind = 'Submitted'").await, 30, "{after:?}");
        if let Ok(built) = done {
            built.unwrap();
            break;
        }
        after *= 2;
    }
    assert_eq!(count(it.db(), "probes WHERE actor = 'partner'").await, 30);
    assert_eq!(count(it.db(), "probes_rebuild").await, 0);
    other.close().await;
}

/// The statements that would make the indexes of a table, by their names.
async fn defined(db: &Db, engine: Engine, table: &str) -> BTreeMap<String, String> {
    let sql = match engine {
        Engine::Sqlite => {
            "SELECT name, sql FROM sqlite_schema
             WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = $1"
        }
        Engine::Postgres => {
            "SELECT CAST(indexname AS TEXT), indexdef FROM pg_indexes
             WHERE schemaname = current_schema() AND tablename = $1 AND indexname NOT LIKE '%_pkey'"
        }
    };
    let found: Vec<(String, String)> = db.fetch_all(sql, args![table]).await.unwrap();
    found.into_iter().map(|(name, sql)| (name, sql.replace('"', ""))).collect()
}

fn is_of(statement: &str, index: &Index) -> bool {
    let columns = format!("({})", index.columns.join(", "));
    statement.contains(&columns) && statement.contains("WHERE") == index.only.is_some()
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_index_is_made_dropped_and_defined_anew_without_building_rows(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    const SHAPES: [Probes; 6] = [
        Probes(&[&INDEXED]),
        Probes(&[&REDEFINED]),
        Probes(&[&ALL_AT_ONCE]),
        Probes(&[&REDEFINED]),
        IN_OLD,
        IN_OLD,
    ];
    let it = filled(engine, 3).await;
    it.db().execute("UPDATE probes SET kind = 'as it was'", args![]).await.unwrap();
    let own = "CREATE INDEX somebodys_own ON probes (kind)";
    it.db().execute(own, args![]).await.unwrap();
    for probes in SHAPES {
        assert!(prepare_one(it.db(), &probes).await.unwrap());
        for table in ["probes", "probes_rebuild"] {
            let mut found = defined(it.db(), engine, table).await;
            assert_eq!(found.remove("somebodys_own").is_some(), table == "probes");
            assert_eq!(found.len(), probes.0[0].indexes.len(), "{found:?}");
            for index in probes.0[0].indexes {
                let definition = &found[&format!("{table}_{}", index.name)];
                assert!(is_of(definition, index), "{definition}");
            }
        }
    }
    assert_eq!(count(it.db(), "probes WHERE kind = 'as it was'").await, 3);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn rows_that_say_something_else_in_the_same_columns_are_built_anew(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = filled(engine, 3).await;
    it.db().execute("UPDATE probes SET kind = 'as it was'", args![]).await.unwrap();
    let revised = Probes(&[&REVISED]);
    assert!(!prepare_one(it.db(), &revised).await.unwrap());
    assert!(build(&it.log, &it, revised).await.unwrap().is_some());
    assert_eq!(count(it.db(), "probes WHERE kind = 'Submitted'").await, 3);
    assert!(build(&it.log, &it, revised).await.unwrap().is_none());
    // Of the same name as the one that the copy had.
    let found = defined(it.db(), engine, "probes").await;
    assert_eq!(found.len(), 1);
    assert!(found.values().all(|it| is_of(it, &REDEFINED.indexes[0])), "{found:?}");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_is_missing_is_made_and_filled(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    submit(&it, 1..=3).await;
    it.project().await;
    prepare(it.db()).await.unwrap();
    let before = it.dump().await;
    it.db().execute("DROP TABLE emails", args![]).await.unwrap();
    assert_eq!(prepare(it.db()).await.unwrap(), ["emails"]);
    assert_eq!(outdated(it.db()).await.unwrap(), ["emails"]);
    let emails = projections::named("emails").unwrap();
    build(&it.log, &it, emails).await.unwrap().unwrap();
    assert_eq!(it.dump().await, before);
    assert_eq!(outdated(it.db()).await.unwrap(), Vec::<&str>::new());
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_rebuild_by_hand_is_refused_where_the_shape_is_another_versions(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Arc::new(fixture(engine).await);
    submit(&it, 1..=3).await;
    it.project().await;
    prepare(it.db()).await.unwrap();
    let other = "UPDATE projection_shapes SET shape = 'another' WHERE name = 'emails'";
    it.db().execute(other, args![]).await.unwrap();
    let refused = rebuild(&it.log, it.clock.clone(), "emails").await;
    assert!(matches!(refused, Err(RebuildError::OtherShape { name: "emails" })), "{refused:?}");
    assert_eq!(checkpoint::read(it.db(), "projection:emails_rebuild").await.unwrap(), None);
    assert_eq!(outdated(it.db()).await.unwrap(), ["emails"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_view_of_analysts_follows_a_table_in_its_new_shape() {
    const COLUMNS: &str = "
        SELECT CAST(column_name AS TEXT)
        FROM information_schema.columns
        WHERE table_schema = 'analytics' AND table_name = 'probes'
        ORDER BY ordinal_position";
    const MAY: &str = "SELECT has_table_privilege('postulo_analyst', 'analytics.probes', 'SELECT')";
    let it = filled(Engine::Postgres, 3).await;
    projections::analytics::create(it.db()).await.unwrap();
    let view = "CREATE VIEW analytics.probes AS SELECT position, kind FROM probes";
    it.db().execute(view, args![]).await.unwrap();
    for (table, wanted) in [
        (&[&NEW], &["position", "actor", "kind"][..]),
        (&[&FEWER], &["position", "actor"]),
        (&[&NEW], &["position", "actor", "kind"]),
    ] {
        let probes = Probes(table);
        build(&it.log, &it, probes).await.unwrap().unwrap();
        let columns: Vec<(String,)> = it.db().fetch_all(COLUMNS, args![]).await.unwrap();
        let columns: Vec<_> = columns.iter().map(|(name,)| name.as_str()).collect();
        assert_eq!(columns, wanted);
        assert_eq!(count(it.db(), "analytics.probes").await, 3);
        let (may,): (bool,) = it.db().fetch_one(MAY, args![]).await.unwrap();
        assert!(may);
    }
}
