//! A partner's program that does as it should.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Context;
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use serde_json::Value;
use tokio::task::JoinSet;

use crate::database::fresh_id;
use crate::place::application;

/// Every so many applications, an earlier one is read again.
const READ_EVERY: usize = 10;
/// Every so many, a page is opened.
const PAGE_EVERY: usize = 7;

pub(super) struct Partner {
    client: Client,
    base: String,
    secret: String,
    pub(super) told: Told,
}

/// What the service answered.
#[derive(Default)]
pub(super) struct Told {
    acknowledged: Mutex<Vec<String>>,
    latencies: Mutex<Vec<Duration>>,
    /// How many latencies were told before.
    before: AtomicUsize,
    /// How often each request failed in each way.
    refused: Mutex<BTreeMap<String, usize>>,
    sent_again: AtomicUsize,
}

fn copied<T: Clone>(values: &Mutex<Vec<T>>) -> Vec<T> {
    values.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

fn push<T>(values: &Mutex<Vec<T>>, value: T) {
    values.lock().unwrap_or_else(PoisonError::into_inner).push(value);
}

impl Told {
    pub(super) fn acknowledged(&self) -> Vec<String> {
        copied(&self.acknowledged)
    }

    pub(super) fn latencies(&self) -> Vec<Duration> {
        copied(&self.latencies)
    }

    pub(super) fn latencies_since_last(&self) -> Vec<Duration> {
        let all = self.latencies();
        let before = self.before.swap(all.len(), Ordering::Relaxed);
        all[before..].to_vec()
    }

    pub(super) fn refused(&self) -> BTreeMap<String, usize> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn refuse(&self, why: String) {
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        *refused.entry(why).or_default() += 1;
    }

    /// Requests whose connection broke before an answer, and that were sent a second time.
    pub(super) fn sent_again(&self) -> usize {
        self.sent_again.load(Ordering::Relaxed)
    }
}

impl Partner {
    pub(super) fn new(base: &str, secret: String) -> anyhow::Result<Self> {
        // Shorter than the service keeps a connection.
        let client = Client::builder()
            .timeout(Duration::from_mins(1))
            .pool_idle_timeout(Duration::from_secs(5))
            .build()?;
        Ok(Self { client, base: base.to_owned(), secret, told: Told::default() })
    }

    fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(format!("{}{path}", self.base))
    }

    /// An answer of this status; a request whose connection broke is sent once more.
    async fn ask(
        &self,
        what: &'static str,
        expected: StatusCode,
        request: RequestBuilder,
        due: Instant,
    ) -> anyhow::Result<Response> {
        let again = request.try_clone().context("its body is no stream")?;
        let answer = if let Ok(answer) = request.send().await {
            answer
        } else {
            self.told.sent_again.fetch_add(1, Ordering::Relaxed);
            again.send().await.context(what)?
        };
        push(&self.told.latencies, due.elapsed());
        let status = answer.status();
        anyhow::ensure!(status == expected, "{what} was answered {status}");
        Ok(answer)
    }

    async fn apply(&self, number: usize, due: Instant) -> anyhow::Result<()> {
        let request = self
            .client
            .post(format!("{}/api/v1/applications", self.base))
            .basic_auth("bench", Some(&self.secret))
            .header("Idempotency-Key", fresh_id().to_string())
            .json(&application(number));
        let answer: Value =
            self.ask("an application", StatusCode::CREATED, request, due).await?.json().await?;
        let id = answer["id"].as_str().context("an application has an id")?.to_owned();
        push(&self.told.acknowledged, id);
        if number > 0 && number.is_multiple_of(READ_EVERY) {
            let acknowledged = self.told.acknowledged();
            let read = self.get(&format!("/api/v1/applications/{}", acknowledged[0]));
            let read = read.basic_auth("bench", Some(&self.secret));
            self.ask("a look at one", StatusCode::OK, read, Instant::now()).await?;
        }
        if number.is_multiple_of(PAGE_EVERY) {
            let page = self.get("/admin/sign-in");
            self.ask("a page", StatusCode::OK, page, Instant::now()).await?;
        }
        Ok(())
    }

    /// How long the metrics are, in bytes.
    pub(super) async fn metrics(&self) -> anyhow::Result<usize> {
        Ok(self.get("/metrics").send().await?.error_for_status()?.text().await?.len())
    }
}

/// Sends at this rate, whatever the answers take.
pub(super) async fn send(partner: Arc<Partner>, rate: u32, length: Duration) -> anyhow::Result<()> {
    let pause = Duration::from_secs(1) / rate.max(1);
    let mut ticks = tokio::time::interval(pause);
    let (begin, mut requests) = (Instant::now(), JoinSet::new());
    for number in 0.. {
        if begin.elapsed() >= length {
            break;
        }
        let due = ticks.tick().await.into_std();
        let partner = partner.clone();
        requests.spawn(async move {
            if let Err(error) = partner.apply(number, due).await {
                // The cause of the cause may name a port.
                partner.told.refuse(error.to_string());
            }
        });
        while requests.try_join_next().is_some() {}
    }
    while let Some(ended) = requests.join_next().await {
        ended?;
    }
    Ok(())
}
