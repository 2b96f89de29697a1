//! Tokens that are none, or not for this: each is 401.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::SignedDuration;
use serde_json::{Value, json};
use sha2::Sha256;

use super::{get, person, post, site};

fn part(token: &str, nth: usize) -> Value {
    let part = URL_SAFE_NO_PAD.decode(token.split('.').nth(nth).unwrap()).unwrap();
    serde_json::from_slice(&part).unwrap()
}

fn mac(key: &[u8], message: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(message.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// A token of this header and these claims under `key`.
fn signed(header: &Value, claims: &Value, key: &[u8]) -> String {
    let encode = |it: &Value| URL_SAFE_NO_PAD.encode(it.to_string());
    let message = format!("{}.{}", encode(header), encode(claims));
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(mac(key, &message)))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_access_token_of_ours_is_401() {
    let site = site().await;
    let mira = person(&site, "mira").await;
    let (header, claims) = (part(&mira.access, 0), part(&mira.access, 1));
    // As the tests' signing key is known, what is signed rightly and says something else can be made, too.
    let ours = mac(&[7; 32], "access tokens");
    let with = |mut value: Value, name: &str, other: Value| {
        value[name] = other;
        value
    };
    assert_eq!(get(&site, "/auth/me", &signed(&header, &claims, &ours)).await.status, 200);
    let now = site.commands.now().as_second();
    let none = {
        let header = with(header.clone(), "alg", json!("none"));
        let token = signed(&header, &claims, &ours);
        let (message, _) = token.rsplit_once('.').unwrap();
        format!("{message}.")
    };
    let attacks = [
        ("alg none", none),
        ("HMAC with what anybody knows", signed(&header, &claims, b"k1")),
        ("wrong typ", signed(&with(header.clone(), "typ", json!("JWT")), &claims, &ours)),
        ("kid with a path", signed(&with(header.clone(), "kid", json!("../k1")), &claims, &ours)),
        ("kid unknown", signed(&with(header.clone(), "kid", json!("k2")), &claims, &ours)),
        ("over for a second", signed(&header, &with(claims.clone(), "exp", json!(now - 1)), &ours)),
        ("not yet", signed(&header, &with(claims.clone(), "nbf", json!(now + 60)), &ours)),
        ("of another key", signed(&header, &claims, &mac(&[8; 32], "access tokens"))),
        ("of another use", signed(&header, &claims, &mac(&[7; 32], "links"))),
        (
            "another grant",
            signed(&header, &with(claims.clone(), "sid", claims["sub"].clone()), &ours),
        ),
        ("refresh as access", mira.refresh.clone()),
        ("nothing", String::new()),
    ];
    for (name, token) in attacks {
        let answer = get(&site, "/auth/me", &token).await;
        answer.is_problem(401, "wrong-credentials");
        assert_eq!(answer.header("www-authenticate"), "Bearer", "{name}");
    }
    let access = post(&site, "/auth/refresh", json!({"refresh_token": mira.access})).await;
    access.is_problem(401, "wrong-credentials");

    assert_eq!(get(&site, "/auth/me", &mira.access).await.status, 200);
    site.clock.advance(SignedDuration::from_mins(30));
    get(&site, "/auth/me", &mira.access).await.is_problem(401, "wrong-credentials");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_speaks_for_nobody_without_the_word_bearer() {
    let site = site().await;
    let mira = person(&site, "mira").await;
    for value in [mira.access.clone(), format!("Basic {}", mira.access), "Bearer".to_owned()] {
        let request = axum::http::Request::get("/auth/me").header("authorization", value);
        let answer = site.send(request.body(axum::body::Body::empty()).unwrap()).await;
        answer.is_problem(401, "wrong-credentials");
    }
    let request = axum::http::Request::get("/auth/me");
    let request = request.header("authorization", format!("bearer {}", mira.access));
    let answer = site.send(request.body(axum::body::Body::empty()).unwrap()).await;
    assert_eq!(answer.status, 200);
}
