//! Access tokens: JSON Web Tokens (RFC 7519) that say which account a program speaks for, within which grant.
//!
//! As RFC 8725 asks: one algorithm, HMAC-SHA256, and no other is even there; a type of their own (`at+jwt`,
//! RFC 9068), so that nothing else that is signed passes for one; issuer and audience; keys derived for this
//! use, found by `kid` among the signing keys. They are plain ASCII, and hold no personal data but what a kind
//! of program asks for.

use std::fmt::Write as _;
use std::sync::{Arc, Once};

use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{ErrorKind, Result as JwtResult};
use jsonwebtoken::signature::{self, Signer, Verifier};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use sha2::Sha256;
use uuid::Uuid;

use super::key_ring::KeyRing;
use crate::SignatureError;

/// The type of the token, as its header tells it (RFC 9068, 2.1).
const TYPE: &str = "at+jwt";
/// What a token is for.
const AUDIENCE: &str = "postulo-api";
/// The longest token that is looked at, in bytes.
const MAX_LENGTH: usize = 2048;

/// What an access token says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AccessClaims {
    /// The account.
    pub subject: Uuid,
    /// The grant that it belongs to.
    pub grant: Uuid,
    /// What tells it from all others.
    pub id: Uuid,
}

/// How long tokens last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lasting {
    /// An access token.
    pub access: SignedDuration,
    /// A refresh token.
    pub refresh: SignedDuration,
}

impl Default for Lasting {
    fn default() -> Self {
        let (access, refresh) = (SignedDuration::from_mins(30), SignedDuration::from_hours(7 * 24));
        Self { access, refresh }
    }
}

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: Uuid,
    sid: Uuid,
    jti: Uuid,
    iat: i64,
    exp: i64,
    #[serde(default, skip_serializing)]
    nbf: Option<i64>,
    token_type: String,
    #[serde(flatten)]
    others: Map<String, Value>,
}

impl Claims {
    fn access(&self) -> AccessClaims {
        AccessClaims { subject: self.sub, grant: self.sid, id: self.jti }
    }
}

/// What signs access tokens, and knows its own.
#[derive(Clone)]
pub(crate) struct AccessTokens {
    keys: KeyRing,
    successors: KeyRing,
    issuer: Arc<str>,
}

impl AccessTokens {
    pub(crate) fn new(keys: &KeyRing, issuer: &str) -> Self {
        install();
        let (keys, successors) = (keys.derive("access tokens"), keys.derive("refresh tokens"));
        Self { keys, successors, issuer: issuer.into() }
    }

    /// The same in the name of another address of the service.
    pub(crate) fn issued_by(&self, issuer: &str) -> Self {
        Self { issuer: issuer.into(), ..self.clone() }
    }

    /// A token that is good from now on, and until when.
    pub(crate) fn issue(
        &self,
        claims: AccessClaims,
        others: Map<String, Value>,
        now: Timestamp,
        lasts: SignedDuration,
    ) -> (String, Timestamp) {
        let AccessClaims { subject, grant, id } = claims;
        let expires_at = now + lasts;
        let claims = Claims {
            iss: self.issuer.to_string(),
            aud: AUDIENCE.to_owned(),
            sub: subject,
            sid: grant,
            jti: id,
            iat: now.as_second(),
            exp: expires_at.as_second(),
            nbf: None,
            token_type: "access".to_owned(),
            others,
        };
        let (kid, key) = self.keys.first();
        let mut header = Header::new(Algorithm::HS256);
        header.typ = Some(TYPE.to_owned());
        header.kid = Some(kid.to_owned());
        let key = EncodingKey::from_secret(key);
        let claims = ascii(&claims);
        let token = key.and_then(|key| jsonwebtoken::encode(&header, &claims, &key));
        (token.expect("a key has 32 bytes, and text and numbers have a JSON form"), expires_at)
    }

    /// What a token says that is ours, and neither over nor ahead of its time.
    pub(crate) fn verify(
        &self,
        token: &str,
        now: Timestamp,
    ) -> Result<AccessClaims, SignatureError> {
        let claims = self.claims(token).ok_or(SignatureError::Forged)?;
        let now = now.as_second();
        if claims.nbf.is_some_and(|from| now < from) {
            return Err(SignatureError::Forged);
        }
        if now >= claims.exp {
            return Err(SignatureError::Expired);
        }
        Ok(claims.access())
    }

    /// What a token says that is ours, whether or not it is over.
    pub(crate) fn recognise(&self, token: &str) -> Option<AccessClaims> {
        self.claims(token).map(|claims| claims.access())
    }

    fn claims(&self, token: &str) -> Option<Claims> {
        if token.len() > MAX_LENGTH {
            return None;
        }
        let header = jsonwebtoken::decode_header(token).ok()?;
        if header.typ.as_deref() != Some(TYPE) {
            return None;
        }
        let key = self.keys.named(header.kid.as_deref()?)?;
        let mut rules = Validation::new(Algorithm::HS256);
        rules.set_issuer(&[&*self.issuer]);
        rules.set_audience(&[AUDIENCE]);
        rules.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        // By the clock of the write side, above.
        rules.validate_exp = false;
        rules.validate_nbf = false;
        let key = DecodingKey::from_secret(key).ok()?;
        jsonwebtoken::decode::<Claims>(token, &key, &rules)
            .ok()
            .map(|decoded| decoded.claims)
            .filter(|claims| claims.token_type == "access")
    }

    /// What follows a refresh token, by each of the signing keys; the newest first.
    pub(crate) fn successors(&self, token: &str) -> Vec<[u8; 32]> {
        self.successors.macs(token.as_bytes())
    }
}

/// Claims as JSON in plain ASCII: the simplest front ends decode them without a thought for UTF-8.
fn ascii(claims: &Claims) -> Box<RawValue> {
    let json = serde_json::to_string(claims).expect("text and numbers have a JSON form");
    let mut escaped = String::with_capacity(json.len());
    for c in json.chars() {
        if c.is_ascii() {
            escaped.push(c);
        } else {
            // Only a text holds any other character.
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(escaped, "\\u{unit:04x}"); // writing to a String cannot fail
            }
        }
    }
    RawValue::from_string(escaped).expect("it is JSON still")
}

/// HMAC-SHA256 under one key; the one thing that the JWT library is given to compute with.
struct Hs256(Hmac<Sha256>);

impl Hs256 {
    fn new(algorithm: Algorithm, secret: &[u8]) -> JwtResult<Self> {
        if algorithm != Algorithm::HS256 {
            return Err(ErrorKind::InvalidAlgorithm.into());
        }
        let mac = Hmac::new_from_slice(secret).map_err(|_| ErrorKind::InvalidKeyFormat)?;
        Ok(Self(mac))
    }
}

impl Signer<Vec<u8>> for Hs256 {
    fn try_sign(&self, message: &[u8]) -> Result<Vec<u8>, signature::Error> {
        let mut mac = self.0.clone();
        mac.update(message);
        Ok(mac.finalize().into_bytes().to_vec())
    }
}

impl Verifier<Vec<u8>> for Hs256 {
    fn verify(&self, message: &[u8], tag: &Vec<u8>) -> Result<(), signature::Error> {
        let mut mac = self.0.clone();
        mac.update(message);
        mac.verify_slice(tag).map_err(|_| signature::Error::new())
    }
}

impl JwtSigner for Hs256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

impl JwtVerifier for Hs256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

/// Gives the JWT library what it computes with, once a process.
fn install() {
    static ONCE: Once = Once::new();
    static PROVIDER: CryptoProvider = CryptoProvider {
        signer_factory: |algorithm, key| {
            let signer = Hs256::new(*algorithm, key.as_bytes())?;
            Ok(Box::new(signer) as Box<dyn JwtSigner>)
        },
        verifier_factory: |algorithm, key| {
            let verifier = Hs256::new(*algorithm, key.try_get_as_bytes()?)?;
            Ok(Box::new(verifier) as Box<dyn JwtVerifier>)
        },
        key_utils: KeyUtils::new_unimplemented(),
    };
    // Where somebody else installed one, that is as good: the algorithm is pinned above.
    ONCE.call_once(|| {
        let _ = PROVIDER.install_default();
    });
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use domain::examples::minutes;
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    const ISSUER: &str = "https://postulo.example/";
    const LASTS: SignedDuration = SignedDuration::from_mins(30);
    const CLAIMS: AccessClaims = AccessClaims {
        subject: Uuid::from_u128(1),
        grant: Uuid::from_u128(2),
        id: Uuid::from_u128(3),
    };

    fn tokens() -> AccessTokens {
        AccessTokens::new(&KeyRing::single("k1", [7; 32]), ISSUER)
    }

    fn issued(others: Map<String, Value>) -> String {
        tokens().issue(CLAIMS, others, minutes(0), LASTS).0
    }

    fn part(token: &str, nth: usize) -> Value {
        let part = URL_SAFE_NO_PAD.decode(token.split('.').nth(nth).unwrap()).unwrap();
        serde_json::from_slice(&part).unwrap()
    }

    /// A token of this header and these claims, signed with `key`.
    fn signed(header: &Value, claims: &Value, key: &[u8]) -> String {
        let encode = |it: &Value| URL_SAFE_NO_PAD.encode(it.to_string());
        let message = format!("{}.{}", encode(header), encode(claims));
        let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
        mac.update(message.as_bytes());
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
    }

    fn own_key() -> [u8; 32] {
        *KeyRing::single("k1", [7; 32]).derive("access tokens").first().1
    }

    /// A token of ours with this member of the header and of the claims in the place of its own; null takes
    /// it away.
    fn altered(header: &Value, claims: &Value) -> String {
        let token = issued(Map::new());
        let with = |nth, change: &Value| {
            let mut part = part(&token, nth);
            for (name, value) in change.as_object().unwrap() {
                part[name] = value.clone();
            }
            part.as_object_mut().unwrap().retain(|_, value| !value.is_null());
            part
        };
        signed(&with(0, header), &with(1, claims), &own_key())
    }

    #[test]
    fn a_token_says_whom_it_speaks_for_until_it_is_over() {
        let token = issued(Map::new());
        assert_eq!(tokens().verify(&token, minutes(0)), Ok(CLAIMS));
        assert_eq!(tokens().verify(&token, minutes(29)), Ok(CLAIMS));
        assert_eq!(tokens().verify(&token, minutes(30)), Err(SignatureError::Expired));
        assert_eq!(part(&token, 0), json!({"typ": "at+jwt", "alg": "HS256", "kid": "k1"}));
        let second = minutes(0).as_second();
        let claims = json!({
            "iss": ISSUER,
            "aud": "postulo-api",
            "sub": Uuid::from_u128(1),
            "sid": Uuid::from_u128(2),
            "jti": Uuid::from_u128(3),
            "iat": second,
            "exp": second + 1800,
            "token_type": "access",
        });
        assert_eq!(part(&token, 1), claims);
        // As this is how the tests below make theirs.
        assert_eq!(tokens().verify(&altered(&json!({}), &json!({})), minutes(0)), Ok(CLAIMS));
    }

    #[rstest]
    #[case::no_algorithm(json!({"alg": "none"}), json!({}))]
    #[case::another_algorithm(json!({"alg": "HS512"}), json!({}))]
    #[case::one_of_public_keys(json!({"alg": "RS256"}), json!({}))]
    #[case::another_type(json!({"typ": "JWT"}), json!({}))]
    #[case::no_type(json!({"typ": null}), json!({}))]
    #[case::a_key_id_with_a_path(json!({"kid": "../../etc/passwd"}), json!({}))]
    #[case::no_key_id(json!({"kid": null}), json!({}))]
    #[case::another_issuer(json!({}), json!({"iss": "https://elsewhere.example/"}))]
    #[case::another_audience(json!({}), json!({"aud": "elsewhere"}))]
    #[case::no_audience(json!({}), json!({"aud": null}))]
    #[case::no_end(json!({}), json!({"exp": null}))]
    #[case::not_yet(json!({}), json!({"nbf": minutes(1).as_second()}))]
    #[case::a_refresh_token(json!({}), json!({"token_type": "refresh"}))]
    #[case::no_account(json!({}), json!({"sub": "admin"}))]
    fn what_is_not_quite_a_token_of_ours_is_none(#[case] header: Value, #[case] claims: Value) {
        let token = altered(&header, &claims);
        assert_eq!(tokens().verify(&token, minutes(0)), Err(SignatureError::Forged));
    }

    #[test]
    fn a_token_that_is_over_for_a_second_is_refused() {
        let second = minutes(0).as_second();
        let token = altered(&json!({}), &json!({"exp": second - 1}));
        assert_eq!(tokens().verify(&token, minutes(0)), Err(SignatureError::Expired));
    }

    #[test]
    fn only_our_key_signs() {
        let token = issued(Map::new());
        for key in [&b"k1"[..], &[7; 32], b"", &[0; 32]] {
            let key = if key.is_empty() { &[1][..] } else { key };
            let forged = signed(&part(&token, 0), &part(&token, 1), key);
            assert_eq!(tokens().verify(&forged, minutes(0)), Err(SignatureError::Forged));
        }
        let (message, _) = token.rsplit_once('.').unwrap();
        for text in
            [message.to_owned(), format!("{message}."), format!("{token}.x"), "x".repeat(5000)]
        {
            assert_eq!(tokens().verify(&text, minutes(0)), Err(SignatureError::Forged));
        }
        let other = AccessTokens::new(&KeyRing::single("k1", [8; 32]), ISSUER);
        assert_eq!(other.verify(&token, minutes(0)), Err(SignatureError::Forged));
    }

    #[test]
    fn the_new_key_signs_and_the_old_one_still_verifies() {
        let token = issued(Map::new());
        let keys = format!("k2:{},k1:{}", "22".repeat(32), "07".repeat(32));
        let both = AccessTokens::new(&keys.parse().unwrap(), ISSUER);
        assert_eq!(both.verify(&token, minutes(0)), Ok(CLAIMS));
        let (newer, _) = both.issue(CLAIMS, Map::new(), minutes(0), LASTS);
        assert_eq!(part(&newer, 0)["kid"], "k2");
        assert_eq!(tokens().verify(&newer, minutes(0)), Err(SignatureError::Forged));
        assert_eq!(both.successors("x")[1], tokens().successors("x")[0]);
    }

    #[test]
    fn what_else_it_says_is_plain_ascii_that_the_simplest_means_decode() {
        let others = json!({"username": "Zoé 李 🐎", "role": "CANDIDAT"});
        let token = issued(others.as_object().unwrap().clone());
        let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
        assert!(claims.is_ascii());
        assert!(!token.split('.').nth(1).unwrap().contains(['-', '_']), "{token}");
        assert_eq!(part(&token, 1)["username"], "Zoé 李 🐎");
        assert_eq!(tokens().verify(&token, minutes(0)), Ok(CLAIMS));
    }
}
