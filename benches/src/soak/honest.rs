//! A partner's program that does as it should.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Context;
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use serde_json::Value;
use tokio::task::JoinSet;

use crate::database::fresh_id;
use crate::place::application;

/// How many failures are told apart.
const TOLD: usize = 5;
/// Every so many applications, one is read again.
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
    refused: Mutex<Vec<String>>,
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

    pub(super) fn refused(&self) -> Vec<String> {
        copied(&self.refused)
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
        expected: StatusCode,
        request: RequestBuilder,
        due: Instant,
    ) -> anyhow::Result<Response> {
        let again = request.try_clone().context("its body is no stream")?;
        let answer = match request.send().await {
            Ok(answer) => answer,
            Err(_) => {
                self.told.sent_again.fetch_add(1, Ordering::Relaxed);
                again.send().await?
            }
        };
        push(&self.told.latencies, due.elapsed());
        let status = answer.status();
        anyhow::ensure!(status == expected, "{} {status}", answer.url().path());
        Ok(answer)
    }

    async fn apply(&self, number: usize, due: Instant) -> anyhow::Result<()> {
        let request = self
            .client
            .post(format!("{}/api/v1/applications", self.base))
            .basic_auth("bench", Some(&self.secret))
            .header("Idempotency-Key", fresh_id().to_string())
            .json(&application(number));
        let answer: Value = self.ask(StatusCode::CREATED, request, due).await?.json().await?;
        let id = answer["id"].as_str().context("an application has an id")?.to_owned();
        push(&self.told.acknowledged, id.clone());
        if number.is_multiple_of(READ_EVERY) {
            let read = self.get(&format!("/api/v1/applications/{id}"));
            let read = read.basic_auth("bench", Some(&self.secret));
            self.ask(StatusCode::OK, read, Instant::now()).await?;
        }
        if number.is_multiple_of(PAGE_EVERY) {
            self.ask(StatusCode::OK, self.get("/admin/sign-in"), Instant::now()).await?;
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
                let all = copied(&partner.told.refused).len();
                let told = if all < TOLD { format!("{error:#}") } else { String::new() };
                push(&partner.told.refused, told);
            }
        });
        while requests.try_join_next().is_some() {}
    }
    while let Some(ended) = requests.join_next().await {
        ended?;
    }
    Ok(())
}
