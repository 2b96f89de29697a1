use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::post;
use futures::StreamExt as _;
use tower::ServiceExt as _;

use super::*;

const LIMIT: Duration = Duration::from_secs(30);

/// Pieces of so many bytes, each after so long: when all are there, or when they are given up.
fn sent(pieces: u64, bytes: u64, after: Duration) -> (Waiting, Instant, bool) {
    let mut waiting = Waiting::new(LIMIT);
    let mut now = Instant::now();
    for _ in 0..pieces {
        let until = waiting.waits(now);
        if now + after >= until {
            return (waiting, until, false);
        }
        now += after;
        waiting.ends(now);
        waiting.received += bytes;
    }
    (waiting, now, true)
}

#[rstest::rstest]
#[case::a_phone_at_1_mbit(125_000)]
#[case::a_phone_at_256_kbit(32_000)]
#[case::the_slowest_of_lines(SLOWEST)]
fn ten_mebibytes_are_heard_to_the_end(#[case] rate: u64) {
    let pieces = (10 << 20) / rate + 1;
    let begun = Instant::now();
    let (waiting, end, whole) = sent(pieces, rate, Duration::from_secs(1));
    assert!(whole);
    assert!(end - begun < Duration::from_mins(23));
    let left = waiting.deadline(begun).unwrap() - end;
    assert!(left >= LIMIT.checked_sub(Duration::from_secs(1)).unwrap(), "all of our time is left");
}

#[rstest::rstest]
#[case::silent(1, LIMIT, 31)]
#[case::a_byte_at_a_time(1, Duration::from_secs(1), 31)]
#[case::a_byte_just_in_time(1, Duration::from_secs(29), 31)]
#[case::half_as_fast_as_the_slowest(SLOWEST / 2, Duration::from_secs(1), 61)]
fn a_body_that_hardly_moves_is_given_up(
    #[case] bytes: u64,
    #[case] after: Duration,
    #[case] seconds: u64,
) {
    let begun = Instant::now();
    let (_, end, whole) = sent(u64::MAX, bytes, after);
    assert!(!whole);
    assert!(end - begun <= Duration::from_secs(seconds), "{:?}", end - begun);
}

#[test]
fn a_body_that_came_fast_may_not_stand_still_for_that() {
    let mut waiting = Waiting::new(LIMIT);
    waiting.received = 10 << 20;
    let now = Instant::now();
    assert_eq!(waiting.waits(now), now + LIMIT);
}

/// A handler that takes a whole body, then works for so long.
fn works_for(work: Duration, limit: Duration) -> Router {
    let handler = move |body: Bytes| async move {
        tokio::time::sleep(work).await;
        body.len().to_string()
    };
    Router::new().route("/", post(handler)).layer(from_fn_with_state(limit, limited))
}

async fn answer(router: Router, body: Body) -> (StatusCode, Bytes) {
    let request = Request::post("/").body(body).unwrap();
    let answer = router.oneshot(request).await.unwrap();
    (answer.status(), axum::body::to_bytes(answer.into_body(), 99).await.unwrap())
}

/// A body of which a piece comes each tenth of `time`.
fn in_pieces(pieces: u64, time: Duration) -> Body {
    let pieces = futures::stream::iter(0..pieces).then(move |_| async move {
        tokio::time::sleep(time / 10).await;
        Ok::<_, std::convert::Infallible>(Bytes::from_static(&[0; 8192]))
    });
    Body::from_stream(pieces)
}

const SOON: Duration = Duration::from_millis(300);
const NEVER: Duration = Duration::from_hours(24);

#[tokio::test]
async fn a_body_may_take_longer_than_our_work() {
    let (status, length) = answer(works_for(Duration::ZERO, SOON), in_pieces(20, SOON)).await;
    assert_eq!((status, length), (StatusCode::OK, (20 * 8192).to_string().into()));
}

#[tokio::test]
async fn our_work_may_not() {
    let (status, _) = answer(works_for(NEVER, SOON), Body::empty()).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    let (status, _) = answer(works_for(NEVER, SOON), in_pieces(20, SOON)).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn a_body_that_stands_still_is_given_up_whatever_the_handler_says() {
    let first = futures::stream::iter([Ok::<_, std::convert::Infallible>(Bytes::from("abc"))]);
    let body = Body::from_stream(first.chain(futures::stream::pending()));
    let (status, _) = answer(works_for(Duration::ZERO, SOON), body).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
}
