//! Rows by their words, in the order of their keys.

use event_store::testing::{Engine, TestDb};
use event_store::{Db, Sought, WordIndex, WordQuery, args};
use rstest::rstest;

const INDEX: WordIndex<'_> =
    WordIndex { name: "pages_terms", table: "pages", key: "ordinal", terms: "terms" };
const PAGES: i64 = 30_000;
/// So many pages apart, one has the rare word.
const APART: i64 = 1_000;

async fn pages(db: &Db) {
    let terms = format!("CASE ordinal % {APART} WHEN 0 THEN 'often seldom' ELSE 'often' END");
    let mut tx = db.begin().await.unwrap();
    for sql in [
        "CREATE TABLE pages (ordinal BIGINT PRIMARY KEY, terms TEXT)".to_owned(),
        format!(
            "INSERT INTO pages
             WITH RECURSIVE page (ordinal) AS (
                 SELECT 1 UNION ALL SELECT ordinal + 1 FROM page WHERE ordinal < {PAGES})
             SELECT ordinal, {terms} FROM page"
        ),
    ] {
        tx.execute(&sql, args![]).await.unwrap();
    }
    tx.create_word_index(INDEX).await.unwrap();
    tx.execute("ANALYZE pages", args![]).await.unwrap();
    tx.commit().await.unwrap();
}

#[rstest]
#[case(Engine::Sqlite, "w.rowid", "w.rowid")]
#[case(Engine::Postgres, "r.ordinal + 0", "r.ordinal")]
#[tokio::test]
async fn rare_words_lead_to_their_rows_and_frequent_ones_are_met_on_the_way(
    #[case] engine: Engine,
    #[case] rare: &str,
    #[case] frequent: &str,
) {
    let database = TestDb::new(engine).await;
    let db = Db::connect(database.url()).await.unwrap();
    pages(&db).await;
    for (word, order, last) in [("seldom", rare, PAGES - 2 * APART), ("often", frequent, PAGES - 2)]
    {
        let all = vec![vec![Sought::term(word).unwrap()]];
        let words = db.words(&WordQuery { all, ..WordQuery::default() });
        let matching = db.matching(INDEX, "$1");
        let by = db.ordered(&matching, &words).await.unwrap();
        assert_eq!(by, order, "{word}");
        let (rows, condition) = (matching.rows, matching.condition);
        let sql =
            format!("SELECT r.ordinal FROM {rows} WHERE {condition} ORDER BY {by} DESC LIMIT 3");
        let found: Vec<(i64,)> = db.fetch_all(&sql, args![&*words]).await.unwrap();
        assert_eq!((found.len(), found[0].0, found[2].0), (3, PAGES, last), "{word}");
    }
}
