//! Registering, and one's own account.

use axum::body::Body;
use axum::http::{Method, Request, header};
use commands::LinkUse;
use jiff::SignedDuration;
use rstest::rstest;
use serde_json::{Value, json};

use super::{
    OTHER_PASSWORD, PASSWORD, call, confirms, get, link, person, post, registered, signs_in, site,
    with,
};

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_told_in_its_whole_shape() {
    let site = site().await;
    let user = registered(&site, "mira").await;
    let expected = json!({
        "_id": user["id"],
        "id": user["id"],
        "username": "mira",
        "email": "mira@exemple.test",
        "full_name": null,
        "disabled": false,
        "email_confirmed": false,
        "created_at": user["created_at"],
        "last_login": null,
        "roles": ["candidate"],
        "companies": [],
    });
    assert_eq!(user, expected);
    assert!(user["created_at"].as_str().unwrap().ends_with('Z'));
    let tokens = signs_in(&site, "mira", PASSWORD).await.json();
    let me = get(&site, "/auth/me", tokens["access_token"].as_str().unwrap()).await.json();
    assert_eq!(me["_id"], user["_id"]);
    assert!(me["last_login"].is_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_known_address_is_answered_like_any_other_and_a_user_name_is_told() {
    let site = site().await;
    let mira = person(&site, "mira").await;
    let token = link(&site, &mira.id, LinkUse::ConfirmAddress).await;
    assert_eq!(post(&site, "/auth/confirm-email", json!({"token": token})).await.status, 204);
    let body =
        |name: &str| json!({"username": name, "email": mira.email, "password": OTHER_PASSWORD});
    let again = post(&site, "/auth/register", body("somebody")).await;
    assert_eq!(again.status, 201, "{}", again.body);
    assert_eq!(again.json()["email"], mira.email);
    assert_eq!(again.json()["email_confirmed"], false);
    assert_eq!(signs_in(&site, "somebody", OTHER_PASSWORD).await.status, 200);
    let refused = post(&site, "/auth/register", body("MIRA")).await;
    refused.is_problem(400, "refused");
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_of_the_earlier_service_are_told_what_is_taken() {
    let site = with(|settings| settings.accounts.tell_taken = true).await;
    registered(&site, "mira").await;
    let detail = "Un utilisateur avec cet email ou ce nom d'utilisateur existe déjà";
    for (name, email) in [("mira", "other@exemple.test"), ("other", "MIRA@exemple.test")] {
        let body = json!({"username": name, "email": email, "password": OTHER_PASSWORD});
        let answer = post(&site, "/auth/register", body.clone()).await;
        answer.is_problem(400, "refused");
        assert_eq!(answer.json()["detail"], detail);
    }
}

#[rstest]
#[case::no_name(json!({"email": "a@b.test", "password": PASSWORD}))]
#[case::short_name(json!({"username": "ab", "email": "a@b.test", "password": PASSWORD}))]
#[case::an_address_as_name(json!({"username": "x@b.test", "email": "a@b.test", "password": PASSWORD}))]
#[case::no_address(json!({"username": "mira", "email": "mira", "password": PASSWORD}))]
#[case::short_password(json!({"username": "mira", "email": "a@b.test", "password": "kV8#mQ2$xT"}))]
#[case::common_password(json!({"username": "mira", "email": "a@b.test", "password": "motdepasse12345"}))]
#[case::own_name(json!({"username": "mira", "email": "a@b.test", "password": "green horses of mira"}))]
#[case::a_number(json!({"username": 7, "email": "a@b.test", "password": PASSWORD}))]
#[case::a_list(json!([]))]
#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_told_in_one_sentence(#[case] body: Value) {
    let answer = post(&site().await, "/auth/register", body).await;
    answer.is_problem(422, "invalid-fields");
    assert!(answer.json()["detail"].as_str().unwrap().ends_with('.'), "{}", answer.body);
}

#[rstest]
#[case::form("application/x-www-form-urlencoded", format!("username=mira&password={}", PASSWORD.replace(' ', "+")))]
#[case::form_of_oauth("application/x-www-form-urlencoded", format!("grant_type=password&username=mira%40exemple.test&password={}&scope=", PASSWORD.replace(' ', "%20")))]
#[case::parts("multipart/form-data; boundary=x", format!("--x\r\nContent-Disposition: form-data; name=\"username\"\r\n\r\nmira\r\n--x\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\n{PASSWORD}\r\n--x--\r\n"))]
#[case::json("application/json", json!({"username": "mira", "password": PASSWORD}).to_string())]
#[tokio::test(flavor = "multi_thread")]
async fn credentials_come_in_each_way(#[case] kind: &str, #[case] body: String) {
    let site = site().await;
    registered(&site, "mira").await;
    for path in ["/auth/token", "/auth/token/"] {
        let request = Request::post(path).header(header::CONTENT_TYPE, kind);
        let answer = site.send(request.body(Body::from(body.clone())).unwrap()).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert_eq!(answer.json().as_object().unwrap().len(), 3);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_credentials_are_422_and_wrong_ones_401_whatever_the_cause() {
    let site = site().await;
    registered(&site, "mira").await;
    for body in [json!({}), json!({"username": "mira"}), json!({"password": PASSWORD})] {
        post(&site, "/auth/token", body).await.is_problem(422, "invalid-fields");
    }
    let mut told = vec![];
    for (name, password) in [("mira", "wrong"), ("mira", ""), ("nobody", PASSWORD), ("", "")] {
        let answer = signs_in(&site, name, password).await;
        answer.is_problem(401, "wrong-credentials");
        told.push(answer.body);
    }
    told.dedup();
    assert_eq!(told.len(), 1, "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_guesses_are_limited() {
    let site = site().await;
    registered(&site, "mira").await;
    let mut refused = 0;
    for _ in 0..1000 {
        let answer = signs_in(&site, "mira", "a guess at the password").await;
        if answer.status == 429 {
            assert!(!answer.header("retry-after").is_empty());
            refused += 1;
        }
    }
    assert_eq!(refused, 995);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_changes_what_is_ones_own() {
    let site = site().await;
    let mira = person(&site, "mira").await;
    let path = format!("/users/{}", mira.id);
    let put = |body: Value| {
        let (site, path, mira) = (&site, &path, &mira);
        async move { site.send(call(Method::PUT, path, Some(&mira.access), Some(body))).await }
    };
    let changed = put(json!({
        "username": "mira_k",
        "full_name": "Mira K.",
        "email": "autre@exemple.test",
        "disabled": true,
        "hashed_password": "x",
    }))
    .await;
    assert_eq!(changed.status, 200, "{}", changed.body);
    let changed = changed.json();
    assert_eq!(changed["username"], "mira_k");
    assert_eq!(changed["full_name"], "Mira K.");
    assert_eq!(changed["email"], "autre@exemple.test");
    assert_eq!((&changed["disabled"], &changed["email_confirmed"]), (&json!(false), &json!(false)));
    assert_eq!(put(json!({})).await.json()["full_name"], "Mira K.");
    assert_eq!(put(json!({"full_name": null})).await.json()["full_name"], "Mira K.");
    assert_eq!(put(json!({"full_name": ""})).await.json()["full_name"], Value::Null);
    registered(&site, "zoe").await;
    put(json!({"username": "Zoe"})).await.is_problem(400, "refused");
    put(json!({"language": "xx"})).await.is_problem(422, "invalid-fields");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_confirmed_address_is_in_force_until_the_new_one_is_confirmed() {
    let site = site().await;
    let mira = person(&site, "mira").await;
    let token = link(&site, &mira.id, LinkUse::ConfirmAddress).await;
    assert_eq!(confirms(&site, &token, &mira.access).await.status, 204);
    let twice = post(&site, "/auth/confirm-email", json!({"token": token})).await;
    twice.is_problem(400, "refused");
    let body = json!({"email": "autre@exemple.test"});
    let path = format!("/users/{}", mira.id);
    let changed = site.send(call(Method::PUT, &path, Some(&mira.access), Some(body))).await.json();
    assert_eq!(changed["email"], "autre@exemple.test");
    assert_eq!(changed["email_confirmed"], false);
    assert_eq!(signs_in(&site, "mira@exemple.test", PASSWORD).await.status, 200);
    let token = link(&site, &mira.id, LinkUse::ConfirmAddress).await;
    assert_eq!(confirms(&site, &token, &mira.access).await.status, 204);
    assert_eq!(signs_in(&site, "autre@exemple.test", PASSWORD).await.status, 200);
    assert_eq!(signs_in(&site, "mira@exemple.test", PASSWORD).await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_confirms_without_being_signed_in_ends_what_was_signed_in_with_the_password() {
    let site = site().await;
    let (mira, zoe) = (person(&site, "mira").await, person(&site, "zoe").await);
    let token = link(&site, &mira.id, LinkUse::ConfirmAddress).await;
    assert_eq!(confirms(&site, &token, &zoe.access).await.status, 204, "somebody else's token");
    assert_eq!(get(&site, "/auth/me", &mira.access).await.status, 401);
    assert_eq!(
        post(&site, "/auth/refresh", json!({"refresh_token": mira.refresh})).await.status,
        401
    );
    assert_eq!(signs_in(&site, "mira", PASSWORD).await.status, 401);
    assert_eq!(get(&site, "/auth/me", &zoe.access).await.status, 200);
    let token = link(&site, &mira.id, LinkUse::ResetPassword).await;
    let body = json!({"token": token, "password": OTHER_PASSWORD});
    assert_eq!(post(&site, "/auth/reset-password", body).await.status, 204);
    let tokens = signs_in(&site, &mira.email, OTHER_PASSWORD).await.json();
    let me = get(&site, "/auth/me", tokens["access_token"].as_str().unwrap()).await.json();
    assert_eq!(me["email_confirmed"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_password_ends_what_is_elsewhere() {
    let site = site().await;
    let mira = person(&site, "mira").await;
    let elsewhere = signs_in(&site, "mira", PASSWORD).await.json();
    let change = |present: &str, new: &str| {
        let body = json!({"current_password": present, "new_password": new});
        call(Method::POST, "/auth/change-password", Some(&mira.access), Some(body))
    };
    site.send(change("wrong", OTHER_PASSWORD)).await.is_problem(400, "refused");
    site.send(change(PASSWORD, "too short")).await.is_problem(422, "invalid-fields");
    let changed = site.send(change(PASSWORD, OTHER_PASSWORD)).await;
    assert_eq!(changed.status, 200, "{}", changed.body);
    assert!(changed.json()["message"].is_string());
    assert_eq!(get(&site, "/auth/me", &mira.access).await.status, 200);
    let elsewhere = elsewhere["access_token"].as_str().unwrap();
    get(&site, "/auth/me", elsewhere).await.is_problem(401, "wrong-credentials");
    assert_eq!(signs_in(&site, "mira", OTHER_PASSWORD).await.status, 200);
    assert_eq!(signs_in(&site, "mira", PASSWORD).await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_password_is_replaced_by_a_link_once() {
    let site = site().await;
    let mira = person(&site, "mira").await;
    let token = link(&site, &mira.id, LinkUse::ResetPassword).await;
    let reset = |password: &str| json!({"token": token, "password": password});
    post(&site, "/auth/reset-password", reset("short")).await.is_problem(422, "invalid-fields");
    assert_eq!(post(&site, "/auth/reset-password", reset(OTHER_PASSWORD)).await.status, 204);
    post(&site, "/auth/reset-password", reset(PASSWORD)).await.is_problem(400, "refused");
    get(&site, "/auth/me", &mira.access).await.is_problem(401, "wrong-credentials");
    let tokens = signs_in(&site, "mira", OTHER_PASSWORD).await.json();
    let me = get(&site, "/auth/me", tokens["access_token"].as_str().unwrap()).await.json();
    assert_eq!(me["email_confirmed"], true, "the letter was read");
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_asks_for_the_password_and_forgets_the_owner() {
    let site = site().await;
    let mira = person(&site, "mira").await;
    let path = format!("/users/{}", mira.id);
    let close = |body: Value| call(Method::DELETE, &path, Some(&mira.access), Some(body));
    site.send(close(json!({}))).await.is_problem(400, "refused");
    site.send(close(json!({"password": "wrong"}))).await.is_problem(400, "refused");
    assert_eq!(site.send(close(json!({"password": PASSWORD}))).await.status, 204);
    get(&site, "/auth/me", &mira.access).await.is_problem(401, "wrong-credentials");
    assert_eq!(signs_in(&site, "mira", PASSWORD).await.status, 401);
    site.clock.advance(SignedDuration::from_mins(2));
    registered(&site, "mira").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_flooded_by_those_who_register_in_their_name() {
    let site = site().await;
    let mut answers = vec![];
    for number in 0..11 {
        let body = json!({
            "username": format!("person {number}"),
            "email": format!("victim+{number}@exemple.test"),
            "password": PASSWORD,
        });
        answers.push(post(&site, "/auth/register", body).await.status.as_u16());
    }
    assert_eq!(answers[..10], [201; 10]);
    assert_eq!(answers[10], 429);
}
