//! Renewing tokens: what old front ends do to them, and what thieves do.

use axum::http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};
use testing::http::Site;

use super::{PASSWORD, call, get, person, post, signs_in, site};

/// What the access token and the refresh token of one sign-in are answered.
async fn answered(site: &Site, tokens: &Value) -> (u16, u16) {
    let access = tokens["access_token"].as_str().unwrap();
    let me = get(site, "/auth/me", access).await.status.as_u16();
    let body = json!({"refresh_token": tokens["refresh_token"]});
    (me, post(site, "/auth/refresh", body).await.status.as_u16())
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_and_giving_tokens_back_end_that_sign_in_and_no_other() {
    let site = site().await;
    let mira = person(&site, "mira").await;
    let (out, back, kept) = (
        signs_in(&site, "mira", PASSWORD).await.json(),
        signs_in(&site, "mira", PASSWORD).await.json(),
        signs_in(&site, "mira", PASSWORD).await.json(),
    );
    let access = out["access_token"].as_str();
    let signed_out = site.send(call(Method::POST, "/auth/logout", access, None)).await;
    assert_eq!(signed_out.status, 204);
    assert_eq!(answered(&site, &out).await, (401, 401));
    let body = json!({"refresh_token": back["refresh_token"]});
    assert_eq!(post(&site, "/auth/revoke", body).await.status, 204);
    assert_eq!(answered(&site, &back).await, (401, 401));
    assert_eq!(answered(&site, &kept).await, (200, 200));
    assert_eq!(get(&site, "/auth/me", &mira.access).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn timers_that_double_bring_429_and_a_theft_ends_all_that_descends() {
    let site = site().await;
    let mira = person(&site, "mira").await;
    let renew = |token: String| {
        let site = &site;
        async move { post(site, "/auth/refresh", json!({"refresh_token": token})).await }
    };
    let first = renew(mira.refresh.clone()).await;
    assert_eq!(first.status, 200, "{}", first.body);
    let first = first.json();
    assert_eq!(first["token_type"], "bearer");
    assert_eq!(first.as_object().unwrap().len(), 3);
    for _ in 0..5 {
        let again = renew(mira.refresh.clone()).await.json();
        assert_eq!(again["refresh_token"], first["refresh_token"]);
        assert_ne!(again["access_token"], first["access_token"]);
    }
    let refused = renew(mira.refresh.clone()).await;
    refused.is_problem(429, "too-many-requests");
    assert!(refused.header("retry-after").parse::<u64>().unwrap() <= 61);

    let next = first["refresh_token"].as_str().unwrap().to_owned();
    let next = renew(next).await.json();
    let access = next["access_token"].as_str().unwrap();
    assert_eq!(get(&site, "/auth/me", access).await.status, 200);
    site.clock.advance(SignedDuration::from_secs(61));
    renew(mira.refresh.clone()).await.is_problem(401, "wrong-credentials");
    get(&site, "/auth/me", access).await.is_problem(401, "wrong-credentials");
    let next = next["refresh_token"].as_str().unwrap().to_owned();
    renew(next).await.is_problem(401, "wrong-credentials");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_token_is_over_after_a_week() {
    let site = site().await;
    let mira = person(&site, "mira").await;
    site.clock.advance(SignedDuration::from_hours(7 * 24));
    let answer = post(&site, "/auth/refresh", json!({"refresh_token": mira.refresh})).await;
    answer.is_problem(401, "wrong-credentials");
    site.commands.tidy().await.unwrap();
    for table in ["token_grants", "refresh_tokens"] {
        let sql = format!("SELECT COUNT(*) FROM {table}");
        let (rows,): (i64,) = site.db().fetch_one(&sql, vec![]).await.unwrap();
        assert_eq!(rows, 0, "{table}");
    }
}
