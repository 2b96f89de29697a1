//! The same accounts as two earlier services had them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{PASSWORD, get, person, post, registered, signs_in, site};

fn claims(token: &str) -> Value {
    let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    serde_json::from_slice(&claims).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_signs_up_is_a_candidate_whatever_role_they_choose() {
    let site = site().await;
    let body = json!({
        "email": "mira@exemple.test",
        "password": PASSWORD,
        "first_name": "Mira",
        "last_name": "de la Tour",
        "role": "employer",
    });
    let answer = post(&site, "/api/auth/signup", body).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    let signed_up = answer.json();
    let user = json!({
        "id": signed_up["user"]["id"],
        "email": "mira@exemple.test",
        "first_name": "Mira",
        "last_name": "de la Tour",
        "role": "candidate",
        "image": null,
    });
    assert_eq!(signed_up["user"], user);
    assert_eq!(signed_up["token_type"], "bearer");
    let body = json!({"email": "mira@exemple.test", "password": PASSWORD});
    let signed_in = post(&site, "/api/auth/signin", body).await.json();
    assert_eq!(signed_in["user"], user);
    let access = signed_in["access_token"].as_str().unwrap();
    let me = get(&site, "/api/auth/me", access).await.json();
    assert_eq!((&me["name"], &me["is_active"]), (&json!("Mira de la Tour"), &json!(true)));
    site.clock.advance(SignedDuration::from_hours(23));
    assert_eq!(get(&site, "/api/auth/me", access).await.status, 200);
    site.clock.advance(SignedDuration::from_hours(1));
    assert_eq!(get(&site, "/api/auth/me", access).await.status, 401);
    let renewed = json!({"refresh_token": signed_in["refresh_token"]});
    let renewed = post(&site, "/api/auth/refresh", renewed).await.json();
    assert_eq!(renewed.as_object().unwrap().len(), 3);
    let access = renewed["access_token"].as_str().unwrap();
    assert_eq!(get(&site, "/api/auth/me", access).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_front_end_that_reads_tokens_finds_in_them_who_is_signed_in() {
    let site = site().await;
    let user = registered(&site, "zoé").await;
    let answer = post(&site, "/api/token/", json!({"username": "zoé", "password": PASSWORD})).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let tokens = answer.json();
    let read = claims(tokens["access"].as_str().unwrap());
    assert_eq!(read["user_id"], user["id"]);
    assert_eq!(read["username"], "zoé");
    assert_eq!(read["role"], "CANDIDAT");
    assert_eq!((&read["is_recruteur"], &read["is_candidat"]), (&json!(false), &json!(true)));
    assert_eq!(read["token_type"], "access");
    let (exp, iat) = (read["exp"].as_i64().unwrap(), read["iat"].as_i64().unwrap());
    assert_eq!(exp - iat, 3600);
    let renewed = json!({"refresh": tokens["refresh"]});
    let renewed = post(&site, "/api/token/refresh/", renewed).await.json();
    assert_ne!(renewed["refresh"], tokens["refresh"]);
    assert_eq!(claims(renewed["access"].as_str().unwrap())["username"], "zoé");
    assert_eq!(get(&site, "/auth/me", renewed["access"].as_str().unwrap()).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_other_token_holds_anything_of_a_person() {
    let site = site().await;
    let mira = person(&site, "mira").await;
    let read = claims(&mira.access);
    let names: Vec<_> = read.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names, ["iss", "aud", "sub", "sid", "jti", "iat", "exp", "token_type"]);
    assert!(!read.to_string().contains("mira"));
    assert_eq!(signs_in(&site, "mira", PASSWORD).await.status, 200);
}
