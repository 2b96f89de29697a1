//! The whole path with a document: multipart forms with a PDF, each durable before its 201, with the
//! workers in the same process, and the e-mails at a mail server of ours. A rate is held, whatever the
//! answers take; it rises until p99 passes 250 ms. For each application: the flushes and the bytes that
//! reach the disk. At last, e-mails alone: how fast workers send what waits, beside a bare loop that
//! sends the same messages over the same number of connections.

mod bare;
mod disk;

use std::time::{Duration, Instant};

use anyhow::Context as _;
use disk::{Disk, Written};

use crate::database::Database;
use crate::delivery::Sink;
use crate::figures::{count, percentile};
use crate::place::{Place, Server, application};
use crate::report::{Measure, Report};

/// What p99 may be, in milliseconds.
const BOUND: f64 = 250.0;
/// How long the last e-mails may take.
const PATIENCE: Duration = Duration::from_mins(2);
const BOUNDARY: &str = "postulo-bench-7d1f";

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Seconds at each rate.
    #[arg(long, default_value_t = 8)]
    seconds: u64,
    /// The first rate asked for.
    #[arg(long, default_value_t = 100)]
    from: u64,
    /// The last rate asked for, held or not.
    #[arg(long)]
    to: Option<u64>,
    /// The size of a document, in kilobytes.
    #[arg(long, default_value_t = 100)]
    kilobytes: usize,
    /// Applications whose e-mails wait when the workers start.
    #[arg(long, default_value_t = 1000)]
    waiting: usize,
    /// One of the two engines; both where none is named.
    #[arg(long, value_parser = ["postgres", "sqlite"])]
    engine: Option<String>,
}

/// A partner that sends forms.
struct Partner {
    client: reqwest::Client,
    url: String,
    secret: String,
    document: Vec<u8>,
}

/// What was seen at one rate.
struct Seen {
    posted: usize,
    took: Duration,
    answers: Vec<Duration>,
    /// From each 201 to its e-mail, and from the last 201 to the last e-mail.
    deliveries: Vec<Duration>,
    backlog: Duration,
    written: Written,
}

pub(crate) async fn run(options: &Options, report: &mut Report) -> anyhow::Result<()> {
    for engine in ["postgres", "sqlite"] {
        if options.engine.as_deref().is_some_and(|it| it != engine) {
            continue;
        }
        let database = match engine {
            "postgres" => Some(Database::create("forms").await?),
            _ => None,
        };
        let sink = Sink::start().await?;
        let mut settings =
            vec![("POSTULO_MAIL_URL", sink.url()), ("POSTULO_BASE_URL", "http://localhost:8080")];
        settings.extend(database.iter().map(|it| ("POSTULO_DATABASE_URL", it.url())));
        let place = Place::new(&settings)?;
        place.print(&["migrate"])?;
        let secret = place.register()?;
        let server = place.start(&["serve"]).await?;
        let partner = Partner::new(&server, &secret, options.kilobytes)?;
        // Connections and prepared statements are not what is measured.
        partner.post(&place, &sink, 30, 3).await?;
        let mut asked = options.from;
        loop {
            let mut seen = partner.post(&place, &sink, asked, options.seconds).await?;
            let (rate, p99) = (seen.rate(), percentile(&mut seen.answers, 99));
            report.add(seen.measure(engine, asked));
            let held = p99 <= BOUND && rate >= count(usize::try_from(asked)?) * 0.97;
            if !held || options.to.is_some_and(|last| asked >= last) {
                break;
            }
            asked = asked * 5 / 4;
        }
        server.stop().await?;
        report.add(letters(&place, &sink, &secret, engine, options).await?);
    }
    Ok(())
}

/// How fast workers send what waits.
async fn letters(
    place: &Place,
    sink: &Sink,
    secret: &str,
    engine: &str,
    options: &Options,
) -> anyhow::Result<Measure> {
    let server = place.start(&["api"]).await?;
    let partner = Partner::new(&server, secret, options.kilobytes)?;
    sink.forget();
    for nth in 0..options.waiting {
        partner.submit(nth).await?;
    }
    server.stop().await?;
    let before = sink.messages().0;
    anyhow::ensure!(before == 0, "{before} e-mails left before a worker ran");
    let worker = place.start(&["worker"]).await?;
    // They are done when nothing came for a while: each application has several.
    let deadline = Instant::now() + PATIENCE;
    let (many, first, last) = loop {
        tokio::time::sleep(Duration::from_millis(200)).await;
        let (many, times) = sink.messages();
        if sink.count() >= options.waiting
            && let Some((first, last)) = times
            && last.elapsed() > Duration::from_secs(2)
        {
            break (many, first, last);
        }
        anyhow::ensure!(Instant::now() < deadline, "{many} e-mails arrived");
    };
    worker.stop().await?;
    let rate = count(many) / last.duration_since(first).as_secs_f64();
    let connections = sink.most_connections();
    let address = sink.url().trim_start_matches("smtp://").split('?').next().unwrap_or_default();
    let samples = sink.samples();
    let bytes: usize = samples.iter().map(Vec::len).sum();
    let bare = bare::send(address, connections, &samples, many).await?;
    Ok(Measure {
        bench: "forms-letters",
        engine: engine.to_owned(),
        at: ("waiting", u64::try_from(options.waiting)?),
        unit: "e-mails/s",
        figure: rate,
        peer: Some(("bare loop", bare)),
        ratio: Some(rate / bare),
        more: vec![
            ("connections", count(connections)),
            ("mean_kb", count(bytes / samples.len().max(1)) / 1000.0),
        ],
    })
}

impl Partner {
    fn new(server: &Server, secret: &str, kilobytes: usize) -> anyhow::Result<Self> {
        let client = reqwest::Client::builder().timeout(Duration::from_secs(30)).build()?;
        let url = format!("{}/api/v1/applications", server.base);
        Ok(Self { client, url, secret: secret.to_owned(), document: document(kilobytes * 1000) })
    }

    /// Sends the form of this number; when it was asked for, and when it was answered.
    fn submit(
        &self,
        number: usize,
    ) -> impl Future<Output = anyhow::Result<(Instant, Instant)>> + Send + 'static {
        let body = form(number, &self.document);
        let request = self
            .client
            .post(&self.url)
            .basic_auth("bench", Some(&self.secret))
            .header("Content-Type", format!("multipart/form-data; boundary={BOUNDARY}"))
            .body(body);
        async move {
            let asked = Instant::now();
            let status = request.send().await?.status();
            anyhow::ensure!(status == 201, "a form was answered {status}");
            Ok((asked, Instant::now()))
        }
    }

    /// Sends forms at this rate, and waits for the e-mail to each employer.
    async fn post(
        &self,
        place: &Place,
        sink: &Sink,
        rate: u64,
        seconds: u64,
    ) -> anyhow::Result<Seen> {
        sink.forget();
        let disk = Disk::of(place.folder.path())?;
        let mut ticks = tokio::time::interval(Duration::from_secs(1) / u32::try_from(rate)?);
        let (begin, mut requests) = (Instant::now(), tokio::task::JoinSet::new());
        for number in 0..usize::try_from(rate * seconds)? {
            ticks.tick().await;
            let submitted = self.submit(number);
            requests.spawn(async move { anyhow::Ok((number, submitted.await?)) });
        }
        let mut answered = vec![];
        for outcome in requests.join_all().await {
            answered.push(outcome?);
        }
        let ended = answered.iter().map(|(_, (_, at))| *at).max().context("forms were sent")?;
        let deadline = Instant::now() + PATIENCE;
        while sink.count() < answered.len() {
            let arrived = sink.count();
            anyhow::ensure!(Instant::now() < deadline, "{arrived} e-mails arrived");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let written = disk.written()?;
        let arrived = sink.taken();
        let last = arrived.values().max().context("e-mails came")?;
        Ok(Seen {
            posted: answered.len(),
            took: ended.duration_since(begin),
            answers: answered.iter().map(|(_, (asked, at))| at.duration_since(*asked)).collect(),
            // An e-mail may be there before its 201 is.
            deliveries: answered
                .iter()
                .filter_map(|(number, (_, at))| {
                    Some(arrived.get(number)?.saturating_duration_since(*at))
                })
                .collect(),
            backlog: last.saturating_duration_since(ended),
            written,
        })
    }
}

impl Seen {
    fn rate(&self) -> f64 {
        count(self.posted) / self.took.as_secs_f64()
    }

    fn measure(mut self, engine: &str, asked: u64) -> Measure {
        let each = |figure: Option<f64>, by: f64| figure.map(|it| it / count(self.posted) / by);
        let of_disk = [
            ("flush_calls", each(self.written.calls, 1.0)),
            ("device_flushes", each(self.written.flushes, 1.0)),
            ("written_kb", each(self.written.bytes, 1000.0)),
        ];
        let mut more = vec![
            ("p50_ms", percentile(&mut self.answers, 50)),
            ("p99_ms", percentile(&mut self.answers, 99)),
            ("email_p99_ms", percentile(&mut self.deliveries, 99)),
            ("backlog_s", self.backlog.as_secs_f64()),
        ];
        more.extend(of_disk.into_iter().filter_map(|(name, it)| Some((name, it?))));
        Measure {
            bench: "forms",
            engine: engine.to_owned(),
            at: ("rate", asked),
            unit: "applications/s",
            figure: self.rate(),
            peer: None,
            ratio: None,
            more,
        }
    }
}

/// A PDF of so many bytes, which packs as little as those of people do.
fn document(size: usize) -> Vec<u8> {
    let mut pdf = b"%PDF-1.7\n1 0 obj\n<< /Length 99999 >>\nstream\n".to_vec();
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    while pdf.len() < size {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        pdf.extend_from_slice(&seed.to_le_bytes());
    }
    pdf.extend_from_slice(
        b"\nendstream\nendobj\ntrailer\n<< /Root 1 0 R >>\nstartxref\n9\n%%EOF\n",
    );
    pdf
}

/// The form of this number, with a document of its own.
fn form(number: usize, document: &[u8]) -> Vec<u8> {
    let application = application(number);
    let mut body = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"application\"\r\n\r\n{application}\r\n\
         --{BOUNDARY}\r\nContent-Disposition: form-data; name=\"attachments\"; filename=\"cv.pdf\"\r\n\
         Content-Type: application/pdf\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(document);
    body.extend_from_slice(format!("% {number}\n\r\n--{BOUNDARY}--\r\n").as_bytes());
    body
}
