use event_store::checkpoint::{self, CheckpointError};
use event_store::testing::{Engine, TestDb};
use event_store::{Position, args};
use rstest::rstest;

fn at(number: i64) -> Position {
    Position::new(number)
}

#[rstest]
#[tokio::test]
async fn a_checkpoint_moves_with_the_rows_or_not_at_all(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let test_db = TestDb::new(engine).await;
    let db = test_db.db();
    assert_eq!(checkpoint::read(&db, "reader").await.unwrap(), None);

    let mut tx = db.begin().await.unwrap();
    checkpoint::advance(&mut tx, "reader", Position::START, at(5)).await.unwrap();
    drop(tx);
    assert_eq!(checkpoint::read(&db, "reader").await.unwrap(), None, "rolled back");

    let mut tx = db.begin().await.unwrap();
    checkpoint::advance(&mut tx, "reader", Position::START, at(5)).await.unwrap();
    checkpoint::advance(&mut tx, "reader", at(5), at(9)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(checkpoint::read(&db, "reader").await.unwrap(), Some(at(9)));
}

#[rstest]
#[case::behind(at(5))]
#[case::ahead(at(10))]
#[case::as_if_new(Position::START)]
#[tokio::test]
async fn a_checkpoint_that_another_moved_is_not_moved(
    #[case] from: Position,
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let test_db = TestDb::new(engine).await;
    let db = test_db.db();
    let mut tx = db.begin().await.unwrap();
    checkpoint::advance(&mut tx, "reader", Position::START, at(9)).await.unwrap();
    tx.commit().await.unwrap();

    let mut tx = db.begin().await.unwrap();
    let moved = checkpoint::advance(&mut tx, "reader", from, at(20)).await;
    assert!(matches!(moved, Err(CheckpointError::Moved { .. })), "{moved:?}");
    drop(tx);
    assert_eq!(checkpoint::read(&db, "reader").await.unwrap(), Some(at(9)));
}

#[rstest]
#[tokio::test]
async fn a_follower_that_never_began_cannot_be_advanced_from_the_middle(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let test_db = TestDb::new(engine).await;
    let mut tx = test_db.db().begin().await.unwrap();
    let moved = checkpoint::advance(&mut tx, "reader", at(3), at(4)).await;
    assert!(matches!(moved, Err(CheckpointError::Moved { .. })), "{moved:?}");
}

#[rstest]
#[tokio::test]
async fn a_follower_begins_once_and_is_set_and_forgotten_on_demand(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let test_db = TestDb::new(engine).await;
    let db = test_db.db();
    assert_eq!(checkpoint::start(&db, "b", at(7)).await.unwrap(), at(7));
    assert_eq!(checkpoint::start(&db, "b", at(9)).await.unwrap(), at(7));
    let mut tx = db.begin().await.unwrap();
    checkpoint::set(&mut tx, "a", at(1)).await.unwrap();
    checkpoint::set(&mut tx, "b", at(2)).await.unwrap();
    tx.commit().await.unwrap();
    let all = checkpoint::all(&db).await.unwrap();
    assert_eq!(all, [("a".to_owned(), at(1)), ("b".to_owned(), at(2))]);

    let mut tx = db.begin().await.unwrap();
    checkpoint::forget(&mut tx, "a").await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(checkpoint::read(&db, "a").await.unwrap(), None);
    let none: Option<(i64,)> = db
        .fetch_optional("SELECT position FROM checkpoints WHERE name = $1", args!["a"])
        .await
        .unwrap();
    assert_eq!(none, None);
}
