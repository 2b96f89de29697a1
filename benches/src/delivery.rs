//! From the partner's 201 to the mail server's 250 for the e-mail to the employer, at a rate that is
//! held, on PostgreSQL: with the log as the workers' feed (one process does everything), and with
//! Kafka (an API, a projector, a relay and a worker). The mail server is ours, in this process, so
//! that one clock tells both times; it takes every message.

mod sink;

use std::collections::HashMap;
use std::time::{Duration, Instant};

pub(crate) use sink::Sink;

use crate::database::{Database, setting};
use crate::figures::{count, percentile};
use crate::place::{Place, Server, application};
use crate::report::{Measure, Report};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Applications a second.
    #[arg(long, value_delimiter = ',', default_values_t = [50, 200])]
    rates: Vec<u64>,
    /// Seconds at each rate; the first three are not counted.
    #[arg(long, default_value_t = 18)]
    seconds: u64,
    /// One of the two feeds; both where none is named.
    #[arg(long, value_parser = ["log", "kafka"])]
    feed: Option<String>,
}

/// Not counted.
const WARM_UP: Duration = Duration::from_secs(3);
/// How long the last e-mails may take.
const PATIENCE: Duration = Duration::from_mins(1);

pub(crate) async fn run(options: &Options, report: &mut Report) -> anyhow::Result<()> {
    for feed in ["log", "kafka"] {
        if options.feed.as_deref().is_some_and(|it| it != feed) {
            continue;
        }
        let database = Database::create("delivery").await?;
        let sink = Sink::start().await?;
        let brokers = setting("POSTULO_TEST_KAFKA_BROKERS")?;
        let topic = format!("bench-{}", crate::database::fresh_id().simple());
        let mut settings = vec![
            ("POSTULO_DATABASE_URL", database.url()),
            ("POSTULO_MAIL_URL", sink.url()),
            ("POSTULO_BASE_URL", "http://localhost:8080"),
        ];
        let roles: &[&str] = if feed == "kafka" {
            settings.push(("POSTULO_KAFKA_BROKERS", &brokers));
            settings.push(("POSTULO_KAFKA_TOPIC", &topic));
            &["api", "projector", "relay", "worker"]
        } else {
            &["serve"]
        };
        let place = Place::new(&settings)?;
        place.print(&["migrate"])?;
        let secret = place.register()?;
        if feed == "kafka" {
            place.print(&["topics", "create"])?;
        }
        let mut servers = vec![];
        for role in roles {
            servers.push(place.start(&[role]).await?);
        }
        let partner = Partner::new(&servers, secret)?;
        for rate in &options.rates {
            let seen = partner.post(&sink, *rate, options.seconds).await?;
            report.add(seen.measure(feed, *rate));
        }
        for server in servers {
            server.stop().await?;
        }
    }
    Ok(())
}

struct Partner {
    client: reqwest::Client,
    url: String,
    secret: String,
}

/// The times from 201 to 250, and from the request to 201.
struct Seen {
    deliveries: Vec<Duration>,
    answers: Vec<Duration>,
    posted: usize,
    took: Duration,
}

impl Partner {
    fn new(servers: &[Server], secret: String) -> anyhow::Result<Self> {
        let base = servers.first().map_or("", |api| &api.base);
        let client = reqwest::Client::builder().timeout(Duration::from_secs(20)).build()?;
        Ok(Self { client, url: format!("{base}/api/v1/applications"), secret })
    }

    /// Posts at this rate, whatever the answers take, and waits for every e-mail.
    async fn post(&self, sink: &Sink, rate: u64, seconds: u64) -> anyhow::Result<Seen> {
        let mut ticks = tokio::time::interval(Duration::from_secs(1) / u32::try_from(rate)?);
        let begin = Instant::now();
        let mut requests = tokio::task::JoinSet::new();
        sink.forget();
        for number in 0..usize::try_from(rate * seconds)? {
            ticks.tick().await;
            let request = self
                .client
                .post(&self.url)
                .basic_auth("bench", Some(&self.secret))
                .json(&application(number));
            requests.spawn(async move {
                let asked = Instant::now();
                let status = request.send().await?.status();
                anyhow::ensure!(status == 201, "an application was answered {status}");
                Ok((number, asked, Instant::now()))
            });
        }
        let took = begin.elapsed();
        let mut answered = HashMap::new();
        for outcome in requests.join_all().await {
            let (number, asked, at) = outcome?;
            answered.insert(number, (asked, at));
        }
        let deadline = Instant::now() + PATIENCE;
        while sink.count() < answered.len() {
            anyhow::ensure!(
                Instant::now() < deadline,
                "{} of {} e-mails arrived",
                sink.count(),
                answered.len()
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let mut seen = Seen { deliveries: vec![], answers: vec![], posted: answered.len(), took };
        for (number, arrived) in sink.taken() {
            let Some((asked, at)) = answered.get(&number) else {
                continue;
            };
            if at.duration_since(begin) > WARM_UP {
                // An e-mail may be there before its 201 is.
                seen.deliveries.push(arrived.saturating_duration_since(*at));
                seen.answers.push(at.duration_since(*asked));
            }
        }
        Ok(seen)
    }
}

impl Seen {
    fn measure(mut self, feed: &str, rate: u64) -> Measure {
        Measure {
            bench: "delivery",
            engine: format!("postgres, {feed}"),
            at: ("rate", rate),
            unit: "ms to 250, p50",
            figure: percentile(&mut self.deliveries, 50),
            peer: None,
            ratio: None,
            more: vec![
                ("p99_ms", percentile(&mut self.deliveries, 99)),
                ("max_ms", percentile(&mut self.deliveries, 100)),
                ("answer_p99_ms", percentile(&mut self.answers, 99)),
                ("posted_per_s", count(self.posted) / self.took.as_secs_f64()),
            ],
        }
    }
}
