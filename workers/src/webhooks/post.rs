//! One post: guarded, signed, bounded.

use std::time::Duration;

use domain::partner::WebhookUrl;
use jiff::Timestamp;
use reqwest::header::CONTENT_TYPE;
use standardwebhooks::Webhook;
use url::Url;

use integrations::Reach;
use integrations::http::{self, Failure};

/// How long a post may take.
const TIMEOUT: Duration = Duration::from_secs(15);

/// Posts to webhooks.
pub(super) struct Poster {
    client: reqwest::Client,
    reach: Reach,
}

/// A post was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refused {
    pub(super) status: Option<u16>,
    /// In plain words.
    pub(super) error: String,
}

impl Poster {
    pub(super) fn new(reach: Reach) -> Result<Self, reqwest::Error> {
        Ok(Self { client: reach.bind(http::builder(TIMEOUT)).build()?, reach })
    }

    /// Posts a body; answers the status of a success.
    pub(super) async fn post(
        &self,
        url: &WebhookUrl,
        secret: &str,
        message_id: &str,
        now: Timestamp,
        body: String,
    ) -> Result<u16, Refused> {
        let refused = |error: &str| Refused { status: None, error: error.to_owned() };
        let url = Url::parse(url.as_str()).map_err(|_| refused("its address cannot be read"))?;
        self.guard(&url).map_err(refused)?;
        let webhook = Webhook::new(secret).map_err(|_| refused("its secret cannot be read"))?;
        let timestamp = now.as_second();
        let signature = webhook.sign(message_id, timestamp, body.as_bytes());
        let signature = signature.map_err(|_| refused("the post cannot be signed"))?;
        let request = self
            .client
            .post(url)
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", message_id)
            .header("webhook-timestamp", timestamp.to_string())
            .header("webhook-signature", signature)
            .body(body);
        match http::send(request).await {
            Ok(answer) if answer.status.is_success() => Ok(answer.status.as_u16()),
            Ok(answer) => {
                let status = answer.status.as_u16();
                Err(Refused {
                    status: Some(status),
                    error: format!("the address answered {status}"),
                })
            }
            Err(Failure(why)) => Err(Refused { status: None, error: why }),
        }
    }

    /// Posts leave by HTTPS to the public Internet, unless they may go anywhere.
    fn guard(&self, url: &Url) -> Result<(), &'static str> {
        if self.reach != Reach::Anywhere && url.scheme() != "https" {
            return Err("its address is not https");
        }
        if self.reach.admits(url) { Ok(()) } else { Err("this host is not on the public Internet") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case("https://127.0.0.1/hooks")]
    #[case("https://[::1]/hooks")]
    #[case("https://0x7f000001/")]
    #[case("https://2130706433/")]
    #[case("https://169.254.169.254/latest/meta-data/")]
    #[case("https://localhost/")]
    #[case("http://partner.example/")]
    #[tokio::test]
    async fn nothing_is_posted_into_our_own_network(#[case] url: &str) {
        let poster = Poster::new(Reach::Public).unwrap();
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        let now = domain::examples::minutes(0);
        let posted = poster.post(&url.parse().unwrap(), secret, "msg_1", now, "{}".into()).await;
        let error = posted.unwrap_err().error;
        assert!(error.contains("public Internet") || error.contains("not https"), "{error}");
    }
}
