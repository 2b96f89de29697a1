//! AMI, the adviser's file.

use std::fmt;
use std::sync::Arc;

use domain::application::Submission;
use domain::{Line, Personal};
use fernet::Fernet;
use jiff::Timestamp;
use serde_json::{Value, json};
use url::Url;

use crate::circuit::Circuit;
use crate::service::{Reason, Service, ServiceError, SetUpError, said};

/// The longest text that AMI takes, in characters.
const MAX_TEXT: usize = 1500;

/// AMI, the adviser's file, in the name of the candidate whose access token came with the
/// application, encrypted with Fernet under a key shared with the partner.
#[derive(Clone)]
pub struct Ami {
    service: Arc<Service>,
    key: Arc<Fernet>,
}

impl fmt::Debug for Ami {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ami")
    }
}

impl Ami {
    /// The service at `url`; tokens are opened with `key`.
    pub fn new(url: Url, key: &str) -> Result<Self, SetUpError> {
        let key = Fernet::new(key.trim()).ok_or(SetUpError::Key)?;
        Ok(Self { service: Arc::new(Service::new("AMI", url)?), key: Arc::new(key) })
    }

    /// Whether it may be asked now; changes nothing.
    pub fn circuit(&self, now: Timestamp) -> Circuit {
        self.service.circuit(now)
    }

    /// Hands it an application.
    pub async fn forward(
        &self,
        submission: &Submission,
        token: &Personal<Line<4096>>,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        let token = self.open(token)?;
        let request = self.service.client.post(self.service.url.clone());
        let request = request.bearer_auth(token.reveal()).json(&body(submission));
        let answer = self.service.send(request, now).await?;
        match answer.status.as_u16() {
            204 => Ok(()),
            401 | 403 => {
                let advice = "AMI no longer accepts the candidate's access token: it has expired. This application cannot be added to the adviser's file; archive this";
                Err(never(advice, Some(said(&answer))))
            }
            400..=499 => {
                let advice = "AMI refuses this application for good; what it says is beside";
                Err(never(advice, Some(said(&answer))))
            }
            _ => {
                let advice = "AMI gave an answer that is not its own; it is asked again by itself"
                    .to_owned();
                Err(ServiceError::Unavailable(Reason::with(advice, said(&answer))))
            }
        }
    }

    fn open(&self, token: &Personal<Line<4096>>) -> Result<Personal<String>, ServiceError> {
        let opened = self.key.decrypt(token.reveal().as_str()).ok();
        let text = opened.and_then(|bytes| String::from_utf8(bytes).ok());
        let plain = |text: &String| !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic());
        text.filter(plain).map(Personal::new).ok_or_else(|| {
            never("the candidate's access token cannot be opened: check that POSTULO_PEAM_KEY is the key shared with the partner, then retry", None)
        })
    }
}

fn never(advice: &str, said: Option<String>) -> ServiceError {
    ServiceError::Refused(Reason { advice: advice.to_owned(), said: said.map(Personal::new) })
}

fn body(submission: &Submission) -> Value {
    let candidate = &submission.candidate;
    let text: String = submission.message.reveal().as_str().chars().take(MAX_TEXT).collect();
    let phone = candidate.phone.reveal();
    let number = phone.as_str();
    let (fixed, mobile) = if phone.is_mobile() { ("", number) } else { (number, "") };
    json!({
        "idCompetRecherchees": candidate.rome_code.as_ref().map_or("", domain::RomeCode::as_str),
        "siret": submission.employer.siret,
        "texteMotivation": text,
        "coordonneesCandidat": {
            "prenomNom": candidate.full_name(),
            "adresse": candidate.address,
            "telFixe": fixed,
            "telPortable": mobile,
            "mail": candidate.email,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::examples;

    #[test]
    fn the_body_has_the_names_that_ami_expects_and_a_bounded_text() {
        let mut submission = examples::full_submission();
        submission.message = Personal::new(examples::valid(&"é".repeat(4000)));
        let body = body(&submission);
        assert_eq!(body["texteMotivation"].as_str().unwrap().chars().count(), 1500);
        assert_eq!(body["coordonneesCandidat"]["telPortable"], "06 12 34 56 78");
        assert_eq!(body["coordonneesCandidat"]["telFixe"], "");
        assert_eq!(body["coordonneesCandidat"]["prenomNom"], "Camille Martin");
    }

    #[rstest::rstest]
    #[case::mainland_mobile("06 12 34 56 78", true)]
    #[case::mainland_mobile_in_07("+33 7 56 78 90 12", true)]
    #[case::mainland_fixed("01 23 45 67 89", false)]
    #[case::over_the_internet("09 70 12 34 56", false)]
    #[case::guadeloupe_mobile("+590 690 12 34 56", true)]
    #[case::guadeloupe_fixed("+590 590 12 34 56", false)]
    #[case::reunion_mobile("+262 692 12 34 56", true)]
    #[case::belgian_mobile("+32 470 12 34 56", true)]
    #[case::belgian_fixed("+32 2 555 12 12", false)]
    #[case::either_of_the_two("+1 202 555 0143", true)]
    fn a_phone_number_goes_where_numbers_of_its_kind_go_and_nowhere_else(
        #[case] number: &str,
        #[case] is_mobile: bool,
    ) {
        let mut submission = examples::full_submission();
        submission.candidate.phone = Personal::new(examples::valid(number));
        let contact = &body(&submission)["coordonneesCandidat"];
        let expected = if is_mobile { ("", number) } else { (number, "") };
        let found = (contact["telFixe"].as_str(), contact["telPortable"].as_str());
        assert_eq!(found, (Some(expected.0), Some(expected.1)));
    }

    #[test]
    fn a_token_is_opened_with_the_shared_key_alone() {
        let key = Fernet::generate_key();
        let ami = Ami::new("https://ami.example/".parse().unwrap(), &key).unwrap();
        let sealed = Fernet::new(&key).unwrap().encrypt(b"token");
        let token = |text: &str| Personal::new(examples::valid(text));
        assert_eq!(ami.open(&token(&sealed)).unwrap().reveal(), "token");
        assert!(matches!(ami.open(&token("gAAAAABk")), Err(ServiceError::Refused(_))));
        assert!(Ami::new("https://ami.example/".parse().unwrap(), "short").is_err());
    }
}
