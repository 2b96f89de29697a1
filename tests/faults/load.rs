//! Partners that post applications and repeat what was not acknowledged, as the protocol asks.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::{Mutex, Semaphore};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::place::{PATIENCE, Place, until};

/// The pause of a partner before it repeats what was not acknowledged.
const PAUSE: Duration = Duration::from_millis(60);

/// What partners were told, and how the service answered besides.
#[derive(Default)]
pub(crate) struct Told {
    /// Application ids by idempotency key.
    pub(crate) ids: Mutex<BTreeMap<String, String>>,
    /// Answers 503, each with the time to come back.
    pub(crate) unavailable: AtomicUsize,
    /// Requests without an answer.
    pub(crate) unanswered: AtomicUsize,
}

/// Partners at work. How much they post is counted, whatever the machine's speed: no more than was
/// [allowed](Self::allow).
pub(crate) struct Load {
    pub(crate) told: Arc<Told>,
    /// A permit for each application that may still be begun.
    allowance: Arc<Semaphore>,
    allowed: AtomicUsize,
    /// Where they post; it may move when a process is replaced.
    bases: Arc<Mutex<Vec<String>>>,
    stop: CancellationToken,
    partners: Vec<JoinHandle<()>>,
}

/// Registers the partner `load`; answers its secret.
pub(crate) fn register(place: &Place) -> String {
    let created = place.print(&[
        "client",
        "create",
        "load",
        "--name",
        "Load",
        "--contact-email",
        "load@example.org",
        // All e-mails go to one employer, faster than anyone's limits.
        "--sender-limits=0,0,0",
        "--recipient-limits=0,0,0",
        "--requests-per-minute=0",
        "--json",
    ]);
    let created: Value = serde_json::from_str(&created).unwrap();
    created["client_secret"].as_str().unwrap().to_owned()
}

pub(crate) fn application(number: usize) -> Value {
    json!({
        "candidate_email": format!("candidate{number}@example.org"),
        "candidate_first_name": "Camille",
        "candidate_last_name": "Martin",
        "candidate_phone": "06 12 34 56 78",
        "candidate_address": "12 rue des Lilas, 75020 Paris",
        "candidate_peid": format!("{number}"),
        "employer_email": "recrutement@boulangerie.example",
        "employer_description": "Boulangerie Dupont",
        "siret": "73282932000074",
        "job": "Boulanger (H/F)",
        "message": "Bonjour, votre fournil me plaît.",
        "send_confirmation": true,
    })
}

impl Load {
    /// Partners that post to these addresses in turn.
    pub(crate) fn start(partners: usize, bases: &[&str], secret: &str) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let (told, stop) = (Arc::new(Told::default()), CancellationToken::new());
        let allowance = Arc::new(Semaphore::new(0));
        let bases = Arc::new(Mutex::new(bases.iter().map(|base| (*base).to_owned()).collect()));
        let client = reqwest::Client::builder().timeout(PATIENCE).build().unwrap();
        let partners = (0..partners)
            .map(|partner| {
                let partner = Partner {
                    client: client.clone(),
                    bases: Arc::clone(&bases),
                    secret: secret.to_owned(),
                    number: partner,
                    told: told.clone(),
                    allowance: Arc::clone(&allowance),
                };
                tokio::spawn(partner.work(stop.clone()))
            })
            .collect();
        Self { told, allowance, allowed: AtomicUsize::new(0), bases, stop, partners }
    }

    /// From now on they post there.
    pub(crate) async fn redirect(&self, bases: &[&str]) {
        *self.bases.lock().await = bases.iter().map(|base| (*base).to_owned()).collect();
    }

    /// Lets the partners post so many more, while the test goes on.
    pub(crate) fn allow(&self, count: usize) {
        self.allowed.fetch_add(count, Ordering::SeqCst);
        self.allowance.add_permits(count);
    }

    /// Waits until so many are acknowledged in all.
    pub(crate) async fn acknowledged(&self, goal: usize) {
        until("more applications are acknowledged", || async {
            let acknowledged = self.told.ids.lock().await.len();
            // Whoever is told to come back is heard: that moves, too.
            let asked = self.told.unavailable.load(Ordering::SeqCst);
            if acknowledged >= goal { Ok(()) } else { Err((acknowledged, asked)) }
        })
        .await;
    }

    /// Lets the partners post so many more, and waits until all that was allowed is acknowledged.
    pub(crate) async fn more(&self, count: usize) {
        self.allow(count);
        self.acknowledged(self.allowed.load(Ordering::SeqCst)).await;
    }

    /// Lets each partner finish what it has begun: what was not acknowledged is repeated until it is.
    pub(crate) async fn stop(self) -> Arc<Told> {
        self.stop.cancel();
        for partner in self.partners {
            partner.await.unwrap();
        }
        self.told
    }
}

struct Partner {
    client: reqwest::Client,
    bases: Arc<Mutex<Vec<String>>>,
    secret: String,
    number: usize,
    told: Arc<Told>,
    allowance: Arc<Semaphore>,
}

impl Partner {
    async fn work(self, stop: CancellationToken) {
        for number in 0.. {
            let allowed = tokio::select! {
                biased;
                () = stop.cancelled() => return,
                allowed = self.allowance.acquire() => allowed.expect("the allowance is never closed"),
            };
            allowed.forget();
            let key = format!("{}-{number}", self.number);
            let mut attempt = number;
            while !self.post(&key, number, attempt).await {
                attempt += 1;
                tokio::time::sleep(PAUSE).await;
            }
        }
    }

    /// Posts once; says whether it was acknowledged.
    async fn post(&self, key: &str, number: usize, attempt: usize) -> bool {
        let base = {
            let bases = self.bases.lock().await;
            bases[attempt % bases.len()].clone()
        };
        let request = self
            .client
            .post(format!("{base}/api/v1/applications"))
            .basic_auth("load", Some(&self.secret))
            .header("Idempotency-Key", key)
            .json(&application(number));
        let Ok(response) = request.send().await else {
            self.told.unanswered.fetch_add(1, Ordering::SeqCst);
            return false;
        };
        let status = response.status().as_u16();
        if status == 503 {
            let after = response.headers().get("retry-after").expect("when to come back");
            assert!(after.to_str().unwrap().parse::<u32>().unwrap() > 0);
            self.told.unavailable.fetch_add(1, Ordering::SeqCst);
            return false;
        }
        let Ok(body) = response.text().await else {
            self.told.unanswered.fetch_add(1, Ordering::SeqCst);
            return false;
        };
        // The first answer may have been lost on its way: the repeat gets the same.
        assert!(matches!(status, 200 | 201), "{status}: {body}");
        let body: Value = serde_json::from_str(&body).unwrap();
        let id = body["id"].as_str().unwrap().to_owned();
        self.told.ids.lock().await.insert(key.to_owned(), id);
        true
    }
}
