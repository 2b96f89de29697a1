//! Memo, the candidate's dashboard.

use std::fmt;
use std::sync::Arc;

use domain::application::{MemoOutcome, Submission};
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use md5::Md5;
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use crate::circuit::Circuit;
use crate::http::Answer;
use crate::service::{Reason, Service, ServiceError, SetUpError, said};

/// Memo, the candidate's dashboard: `POST {url}/candidature`, signed with a shared secret.
#[derive(Clone)]
pub struct Memo {
    service: Arc<Service>,
    secret: String,
}

impl fmt::Debug for Memo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Memo")
    }
}

#[derive(Deserialize)]
struct Result_ {
    result: String,
    #[serde(default)]
    msg: String,
}

impl Memo {
    /// The service at `url`, which shares `secret` with us.
    pub fn new(url: Url, secret: &str) -> Result<Self, SetUpError> {
        Ok(Self { service: Arc::new(Service::new("Memo", url)?), secret: secret.to_owned() })
    }

    /// Whether it may be asked now; changes nothing.
    pub fn circuit(&self, now: Timestamp) -> Circuit {
        self.service.circuit(now)
    }

    /// Hands it an application.
    pub async fn forward(
        &self,
        submission: &Submission,
        now: Timestamp,
    ) -> Result<MemoOutcome, ServiceError> {
        let url = self.url(now);
        let request = self.service.client.post(url).json(&body(submission));
        read(&self.service.send(request, now).await?)
    }

    /// `…/candidature?user=jepostule&timestamp=…&signature=…`, where the signature is the HMAC-MD5
    /// of what stands before it, in hexadecimal.
    fn url(&self, now: Timestamp) -> Url {
        let time = now.to_zoned(TimeZone::UTC).strftime("%Y-%m-%dT%H:%M:%S");
        let signed = format!("user=jepostule&timestamp={time}");
        let mut mac = Hmac::<Md5>::new_from_slice(self.secret.as_bytes())
            .expect("HMAC takes a key of any length");
        mac.update(signed.as_bytes());
        let signature = hex::encode(mac.finalize().into_bytes());
        let mut url = self.service.url.clone();
        let path = format!("{}/candidature", url.path().trim_end_matches('/'));
        url.set_path(&path);
        url.set_query(Some(&format!("{signed}&signature={signature}")));
        url
    }
}

fn body(submission: &Submission) -> Value {
    let candidate = &submission.candidate;
    json!({
        "nomUtilisateur": candidate.last_name,
        "prenomUtilisateur": candidate.first_name,
        "emailUtilisateur": candidate.email,
        "telUtilisateur": candidate.phone,
        "adresseUtilisateur": candidate.address,
        "peId": candidate.peid,
        "romeRecherche": candidate.rome_code.as_ref().map_or("", domain::RomeCode::as_str),
        "lettreMotivation": submission.message,
        "numSiret": submission.employer.siret,
    })
}

fn read(answer: &Answer) -> Result<MemoOutcome, ServiceError> {
    let read: Option<Result_> = serde_json::from_slice(&answer.body).ok();
    match read {
        Some(Result_ { result, .. }) if answer.status.is_success() && result == "ok" => {
            Ok(MemoOutcome::Taken)
        }
        Some(Result_ { result, msg })
            if result == "error" && msg == "Candidature has already saved" =>
        {
            Ok(MemoOutcome::AlreadyThere)
        }
        _ => {
            let advice = "Memo does not take this application; what it says is beside. It is tried again, and fails in the end".to_owned();
            Err(ServiceError::Unavailable(Reason::with(advice, said(answer))))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::examples;
    use reqwest::StatusCode;

    #[test]
    fn the_address_is_signed_as_memo_checks_it() {
        let memo = Memo::new("https://memo.example/api/".parse().unwrap(), "secret").unwrap();
        let url = memo.url(examples::minutes(0));
        // echo -n 'user=jepostule&timestamp=2026-11-20T09:00:00' | openssl dgst -md5 -hmac secret
        assert_eq!(
            url.as_str(),
            "https://memo.example/api/candidature?user=jepostule&timestamp=2026-11-20T09:00:00&signature=ed6915f036c22e38ffdb0e0c33d8ea57"
        );
    }

    #[test]
    fn the_body_has_the_names_that_memo_expects() {
        let body = body(&examples::full_submission());
        assert_eq!(body["nomUtilisateur"], "Martin");
        assert_eq!(body["romeRecherche"], "D1102");
        assert_eq!(body["numSiret"], "73282932000074");
        assert_eq!(body.as_object().unwrap().len(), 9);
    }

    #[rstest::rstest]
    #[case(200, r#"{"result":"ok"}"#, Some(MemoOutcome::Taken))]
    #[case(
        200,
        r#"{"result":"error","msg":"Candidature has already saved"}"#,
        Some(MemoOutcome::AlreadyThere)
    )]
    #[case(200, r#"{"result":"error","msg":"unknown user"}"#, None)]
    #[case(400, r#"{"result":"ok"}"#, None)]
    #[case(200, "<html>", None)]
    fn an_answer_counts_by_what_it_says(
        #[case] status: u16,
        #[case] body: &str,
        #[case] taken: Option<MemoOutcome>,
    ) {
        let status = StatusCode::from_u16(status).unwrap();
        let answer = Answer { status, retry_after: None, body: body.into() };
        assert_eq!(read(&answer).ok(), taken);
    }
}
