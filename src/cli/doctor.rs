//! `postulo doctor`: looks at everything the service stands on, and says what to mend.

mod permits;
mod sealed;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, bail};
use commands::advice;
use event_store::tree::{self, TreeError};
use event_store::{Clock as _, Db, RandomIds, SystemClock, kafka};
use hickory_resolver::TokioResolver;
use jiff::Timestamp;

use crate::cli::out::say;
use crate::config::{Config, Mode};
use crate::wiring;

/// How long a name server has to answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// Less free space than this is too little: the database stops where it is used up.
const LITTLE_SPACE: u64 = 1 << 30;
/// Domains looked up at most.
const DOMAINS: usize = 20;

/// How many checks found something to mend.
#[derive(Default)]
struct Findings(usize);

impl Findings {
    fn good(name: &str, what: &str) {
        say!("  ok    {name:<11} {what}");
    }

    /// Worth knowing; the service runs.
    fn note(name: &str, what: &str) {
        say!("  note  {name:<11} {what}");
    }

    fn mend(&mut self, name: &str, what: &str) {
        self.0 += 1;
        say!("  MEND  {name:<11} {what}");
    }
}

pub(crate) async fn run(config: &Config) -> Result<()> {
    let mut findings = Findings::default();
    let mut senders = BTreeSet::new();
    match wiring::database(config).await {
        Ok(db) => {
            Findings::good("database", "it answers");
            database(&db, &mut findings, &mut senders).await;
            sealed::keys(config, &db, &mut findings).await;
            sealed::documents(config, &db, &mut findings).await;
            signing(config, &db, &mut findings).await;
            db.close().await;
        }
        Err(error) => findings.mend("database", &format!("{error:#}; check POSTULO_DATABASE_URL")),
    }
    disk(config, &mut findings);
    broker(config, &mut findings).await;
    mail(config, &mut findings).await;
    sender(config, &mut findings, &mut senders);
    permits::source(config, &mut findings).await;
    names(&senders).await;
    secrets(config, &mut findings);
    signatures(config);
    match findings.0 {
        0 => Ok(()),
        1 => bail!("there is one thing to mend"),
        many => bail!("there are {many} things to mend"),
    }
}

async fn database(db: &Db, findings: &mut Findings, senders: &mut BTreeSet<String>) {
    match db.damage().await {
        Ok(damage) if damage.is_empty() => {}
        Ok(damage) => {
            let why = format!("its file is damaged: restore a backup. {}", damage.join("; "));
            findings.mend("database", &why);
        }
        Err(error) => {
            let why = format!("its file cannot be read whole: {}", advice::told(&error));
            findings.mend("database", &why);
        }
    }
    match db.pending_migrations().await {
        Ok(pending) if pending.is_empty() => Findings::good("migrations", "the tables are current"),
        Ok(pending) => {
            let why = format!(
                "{} are missing, {} first: run `postulo migrate`",
                pending.len(),
                pending[0]
            );
            return findings.mend("migrations", &why);
        }
        Err(error) => return findings.mend("migrations", &advice::told(&error)),
    }
    match projections::schema::outdated(db).await {
        Ok(outdated) if outdated.is_empty() => {}
        Ok(outdated) => {
            let why = format!(
                "{} are in the shape of another version: run `postulo migrate`",
                outdated.join(", ")
            );
            findings.mend("read models", &why);
        }
        Err(error) => findings.mend("read models", &error.to_string()),
    }
    let latest = "SELECT recorded_at FROM events ORDER BY position DESC LIMIT 1";
    match db.fetch_optional::<(String,)>(latest, vec![]).await {
        Ok(latest) => clock(latest.map(|(at,)| at).as_deref(), findings),
        Err(error) => findings.mend("log", &error.to_string()),
    }
    match projections::partners::all(db).await {
        Ok(clients) => {
            let addresses = clients.iter().map(|client| client.settings.contact_email.to_string());
            let domains = addresses.filter_map(|it| it.rsplit_once('@').map(|(_, d)| d.to_owned()));
            senders.extend(domains);
        }
        Err(error) => findings.mend("clients", &error.to_string()),
    }
}

/// Whether the log is signed, and agrees with what was signed of it before.
async fn signing(config: &Config, db: &Db, findings: &mut Findings) {
    let signer = match wiring::signer(config, &RandomIds::new(Arc::new(SystemClock)), None) {
        Ok(signer) => signer,
        Err(error) => return findings.mend("signing", &format!("{error:#}")),
    };
    let refusal = match signer {
        Some(signer) => signer.refusal(db).await,
        None => tree::stored_refusal(db).await.map_err(TreeError::from),
    };
    match refusal {
        Ok(None) => Findings::good("signing", "nothing contradicts what was signed of the log"),
        Ok(Some(refusal)) => findings.mend("signing", &advice::told(&TreeError::Refused(refusal))),
        Err(error @ TreeError::Damaged) => {
            let then = "; find out what happened, then `postulo audit begin-tree --reason …`";
            findings.mend("signing", &format!("{}{then}", advice::told(&error)));
        }
        Err(error) => {
            let why = format!(
                "what was signed of the log cannot be read: {}. Where a table is gone, restore a \
                 backup",
                advice::told(&error)
            );
            findings.mend("signing", &why);
        }
    }
}

/// Time never runs backwards in the log: a clock that is behind it stands out.
fn clock(latest: Option<&str>, findings: &mut Findings) {
    let now = SystemClock.now();
    let latest: Option<Timestamp> = latest.and_then(|at| at.parse().ok());
    match latest {
        Some(latest) if latest > now => {
            let behind = latest.duration_since(now).as_secs();
            let why = format!(
                "this machine's says {now}, {behind} s before the last event. If that is not the \
                 time, synchronise it, with chrony for instance: links expire and limits count \
                 wrongly. If it is, the clock of a machine that wrote to the log was ahead: mend \
                 that one; events keep the time of the last one until {latest}, and e-mails, limits \
                 and sign-ins go by the right time"
            );
            findings.mend("clock", &why);
        }
        _ => Findings::good("clock", "it is not behind the log"),
    }
}

fn disk(config: &Config, findings: &mut Findings) {
    let folder = &config.storage.data_dir;
    let probe = folder.join(format!(".doctor.{}", std::process::id()));
    let written = std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(&probe, b"postulo"))
        .and_then(|()| std::fs::remove_file(&probe));
    if let Err(error) = written {
        let why = format!("{} cannot be written to: {error}", folder.display());
        return findings.mend("disk", &why);
    }
    match free(folder) {
        Some(free) if free < LITTLE_SPACE => {
            let why = format!("{} MiB are free in {}: make room", free >> 20, folder.display());
            findings.mend("disk", &why);
        }
        Some(free) => Findings::good("disk", &format!("{} GiB are free", free >> 30)),
        None => Findings::note("disk", "how much is free cannot be told"),
    }
}

fn free(folder: &Path) -> Option<u64> {
    let told = rustix::fs::statvfs(folder).ok()?;
    told.f_bavail.checked_mul(told.f_frsize)
}

async fn broker(config: &Config, findings: &mut Findings) {
    let Some(settings) = &config.kafka else {
        return Findings::note("broker", "none is named: reactors follow the log itself");
    };
    match kafka::check(settings).await {
        Ok(topic) => {
            let kafka::Topic { name, partitions, copies, brokers } = topic;
            let what = format!(
                "topic {name}: {partitions} partitions, {copies} copies, {brokers} brokers"
            );
            if config.mode == Mode::Production && copies < 2 {
                let why = "; one copy alone: records are lost with that broker's disk";
                return Findings::note("broker", &(what + why));
            }
            Findings::good("broker", &what);
        }
        Err(error) => findings.mend("broker", &advice::told(&error)),
    }
}

async fn mail(config: &Config, findings: &mut Findings) {
    if config.mail.url.starts_with("mailbox:") {
        return Findings::note("mail", "the built-in mailbox: no e-mail leaves this machine");
    }
    let settings = config.mail.settings(config.service.base_url.as_ref());
    let mailer = match workers::mail::mailer(&config.mail.url, &settings) {
        Ok(mailer) => mailer,
        Err(error) => return findings.mend("mail", &format!("POSTULO_MAIL_URL: {error}")),
    };
    match mailer.check().await {
        Ok(()) => {
            Findings::good("mail", "the server answers, and takes the sign-in");
            greeting(config, settings.hello_name.as_deref().unwrap_or_default());
        }
        Err(error) => findings.mend("mail", &format!("{error}. {}", error.advice())),
    }
}

/// Whether letters that belong to no platform have a sender of their own. Its domain is looked up with those
/// of the platforms.
fn sender(config: &Config, findings: &mut Findings, senders: &mut BTreeSet<String>) {
    let from = config.mail.from.as_str();
    let domain = from.rsplit_once('@').map_or(from, |(_, domain)| domain);
    if domain == "example" || domain.ends_with(".example") {
        let why =
            format!("letters that belong to no platform come from {from}: no such domain exists");
        if config.mode == Mode::Production {
            return findings.mend("sender", &format!("{why}; set POSTULO_MAIL_FROM"));
        }
        return Findings::note("sender", &format!("{why}; POSTULO_MAIL_FROM sets another one"));
    }
    senders.insert(domain.to_owned());
    Findings::good("sender", &format!("letters that belong to no platform come from {from}"));
}

/// Many servers say only when an e-mail comes that they do not accept the name they were greeted with.
fn greeting(config: &Config, name: &str) {
    if config.mail.url.starts_with("mailjet:") {
        return;
    }
    if workers::mail::is_hello_name(name) {
        Findings::good("mail", &format!("the server is greeted with the name {name}"));
    } else {
        let what = "the server is greeted with this machine's address: some servers want a whole \
                    domain name, which POSTULO_MAIL_EHLO sets";
        Findings::note("mail", what);
    }
}

/// Whether receivers can tell that e-mails in the name of these domains are genuine: SPF (RFC 7208)
/// and DMARC (RFC 7489).
async fn names(domains: &BTreeSet<String>) {
    if domains.is_empty() {
        return;
    }
    let resolver =
        TokioResolver::builder_tokio().and_then(hickory_resolver::ResolverBuilder::build);
    let Ok(resolver) = resolver else {
        return Findings::note("DNS", "this machine names no name server: domains are not checked");
    };
    for domain in domains.iter().take(DOMAINS) {
        for (name, begin, what) in [
            (format!("{domain}."), "v=spf1", "SPF"),
            (format!("_dmarc.{domain}."), "v=DMARC1", "DMARC"),
        ] {
            match texts_of(&resolver, &name, begin).await {
                Some(true) => Findings::good("DNS", &format!("{domain} has a record for {what}")),
                Some(false) => Findings::note(
                    "DNS",
                    &format!(
                        "{domain} has no record for {what}: its e-mails may be taken for spam"
                    ),
                ),
                None => {
                    let what = format!("{domain} cannot be looked up now");
                    return Findings::note("DNS", &what);
                }
            }
        }
    }
}

/// Whether a TXT record begins so; `None` where nobody can tell.
async fn texts_of(resolver: &TokioResolver, name: &str, begin: &str) -> Option<bool> {
    match tokio::time::timeout(PATIENCE, resolver.txt_lookup(name)).await.ok()? {
        Ok(found) => {
            Some(found.answers().iter().any(|record| record.data.to_string().contains(begin)))
        }
        Err(error) if error.is_no_records_found() => Some(false),
        Err(_) => None,
    }
}

/// Whether what is signed of the log leaves this machine: whoever has both the database and the key
/// can forge all that did not.
fn signatures(config: &Config) {
    let audit = &config.audit;
    if audit.log_unsigned {
        let why = "POSTULO_AUDIT_KEY is none: the log is not signed here; one process must do it";
        return Findings::note("signatures", why);
    }
    match (&audit.checkpoint_url, &audit.checkpoint_file) {
        (Some(url), _) => {
            let to = workers::witness::place(url);
            Findings::good("signatures", &format!("those over the log are posted to {to}"));
        }
        (None, Some(file)) => Findings::note(
            "signatures",
            &format!(
                "those over the log are kept in {}: have it copied to where those who run the \
                 service cannot change it, or set POSTULO_CHECKPOINT_URL",
                file.display()
            ),
        ),
        (None, None) => Findings::note(
            "signatures",
            "none over the log leaves this machine: set POSTULO_CHECKPOINT_URL or \
             POSTULO_CHECKPOINT_FILE",
        ),
    }
}

fn secrets(config: &Config, findings: &mut Findings) {
    if config.mode == Mode::Development {
        return Findings::note(
            "secrets",
            "this is development: keys are made at the first start; set POSTULO_MODE=production",
        );
    }
    if config.telemetry.metrics_token.is_none() {
        Findings::note("secrets", "POSTULO_METRICS_TOKEN is not set: nobody may read /metrics");
    }
    if config.mail.url.starts_with("mailjet:") && config.mail.mailjet_events_secret.is_none() {
        let why =
            "POSTULO_MAILJET_EVENTS_SECRET is not set: bounces do not reach the suppression list";
        findings.mend("secrets", why);
    }
    if config.mail.url.contains("sendgrid.net") && config.mail.sendgrid_public_key.is_none() {
        let why =
            "POSTULO_SENDGRID_PUBLIC_KEY is not set: bounces do not reach the suppression list";
        findings.mend("secrets", why);
    }
    if !config.operators.second_factor_required {
        Findings::note("secrets", "operators may sign in with a password alone");
    }
    Findings::good("secrets", "POSTULO_KEYS is set");
}
