//! `postulo seed`: applications for trying things out and for measuring.

use std::io::IsTerminal as _;
use std::time::Instant;

use anyhow::{Result, bail};
use clap::Args;
use commands::{Cause, PartnerSecret};
use cqrs_es::Aggregate as _;
use domain::JobApplication;
use domain::account::Account;
use domain::offer::JobOffer;
use domain::partner::PartnerSettings;
use domain::permit::Permit;
use domain::space::{CandidateProfile, CandidateTask, JobAlert, TrackedApplication};
use event_store::{AppendError, EncodeError, Log, NewEvent, StreamId};
use futures::StreamExt as _;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::json;
use uuid::Uuid;

use crate::cli::out::{aside, say};
use crate::config::{Config, Mode};
use crate::seed;
use crate::wiring::Parts;

/// Appends under way: enough for batches that fill.
const AT_ONCE: usize = 512;

#[derive(Args)]
pub(crate) struct Arguments {
    /// How many applications.
    #[arg(long, value_name = "N", default_value_t = 0, required_unless_present_any = ["permits", "accounts", "offers"])]
    applications: u64,
    /// How many dossiers of work permits, filed up to today.
    #[arg(long, value_name = "N", default_value_t = 0)]
    permits: u64,
    /// How many accounts of candidates, with confirmed addresses and one password, which is printed.
    #[arg(long, value_name = "N", default_value_t = 0)]
    accounts: u64,
    /// How many applications each of these accounts tracks.
    #[arg(long, value_name = "N", default_value_t = 0, requires = "accounts")]
    tracked: u64,
    /// How many tasks each of these accounts has.
    #[arg(long, value_name = "N", default_value_t = 0, requires = "accounts")]
    tasks: u64,
    /// How many job alerts each of these accounts has, all of them due.
    #[arg(long, value_name = "N", default_value_t = 0, requires = "accounts", value_parser = clap::value_parser!(u64).range(..=20))]
    alerts: u64,
    /// How many job offers, published up to today.
    #[arg(long, value_name = "N", default_value_t = 0)]
    offers: u64,
    /// The same seed makes the same applications.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many client platforms they come through.
    #[arg(long = "clients", value_name = "K", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=1000))]
    partners: u64,
    /// Seed a database in production mode too.
    #[arg(long)]
    yes_in_production: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(config: &Config, arguments: &Arguments) -> Result<()> {
    if config.mode == Mode::Production && !arguments.yes_in_production {
        bail!(
            "this is a production database, and invented applications never leave it again: give \
             --yes-in-production if that is what you want"
        );
    }
    let parts = Parts::open(config).await?;
    let began = Instant::now();
    let Arguments {
        applications,
        permits,
        accounts,
        offers,
        tracked,
        tasks,
        alerts,
        seed,
        partners,
        ..
    } = *arguments;
    if applications > 0 {
        for number in 1..=partners {
            partner(&parts, number).await?;
        }
    }
    let of_application = move |number| {
        let application = seed::application(seed, number, partners);
        (application.id.to_string(), application.encode())
    };
    let today = projections::permits::day_in_paris(parts.clock.now());
    let of_permit = move |number| {
        let permit = seed::permits::permit(seed, number, today);
        (permit.id.clone(), permit.encode())
    };
    let of_offer = move |number| {
        let offer = seed::offers::offer(seed, number, today);
        (offer.id.clone(), offer.encode())
    };
    let midnight = today.to_zoned(TimeZone::UTC)?.timestamp();
    let mut added = append(&parts.log, JobApplication::TYPE, applications, of_application).await?;
    let dossiers = append(&parts.log, Permit::TYPE, permits, of_permit).await?;
    let password = parts.commands.identity().fresh_password();
    let people = (0..accounts).map(|number| seed::accounts::account(seed, number, midnight));
    let cause = Cause::command_line(parts.ids.uuid());
    let first = people.clone().next().map(|account| account.email.to_string());
    let owners: Vec<_> = people.clone().map(|account| account.id).collect();
    let accounts = match accounts {
        0 => 0,
        _ => parts.commands.accounts().invent(people, &password, &cause).await?,
    };
    let spaces = spaces(&parts, seed, &owners, (tracked, tasks, alerts), midnight).await?;
    added.events += spaces.events;
    added.present += spaces.present;
    let offered = append(&parts.log, JobOffer::TYPE, offers, of_offer).await?;
    let seconds = began.elapsed().as_secs_f64();
    let Added { new, .. } = added;
    for other in [&dossiers, &offered] {
        added.events += other.events;
        added.present += other.present;
    }
    let Added { events, present, .. } = added;
    if arguments.json {
        let told = json!({
            "applications": new, "permits": dossiers.new, "accounts": accounts,
            "offers": offered.new, "events": events,
            "already_there": present, "seconds": seconds,
        });
        say!("{told}");
    } else {
        say!(
            "{new} applications, {} permits and {} offers with {events} events in {seconds:.1} s",
            dossiers.new,
            offered.new
        );
        if accounts > 0 {
            let (first, password) = (first.unwrap_or_default(), password.reveal());
            say!("{accounts} accounts, the first of {first}, with the password {password}");
        }
        if present > 0 {
            say!("{present} were there already: the same seed makes the same");
        }
    }
    parts.close().await;
    Ok(())
}

/// What these accounts track, their tasks and their alerts: so many for each. And a profile of each of them.
async fn spaces(
    parts: &Parts,
    seed: u64,
    owners: &[Uuid],
    (tracked, tasks, alerts): (u64, u64, u64),
    today: Timestamp,
) -> Result<Added> {
    let many = owners.len() as u64;
    let owner_of = |number: u64| {
        let nth = usize::try_from(number % many.max(1)).unwrap_or_default();
        owners.get(nth).copied().unwrap_or_default()
    };
    let kinds = [
        (TrackedApplication::TYPE, tracked),
        (CandidateTask::TYPE, tasks),
        (JobAlert::TYPE, alerts),
        (CandidateProfile::TYPE, 1),
    ];
    for (kind, each) in kinds {
        for number in 0..each * many {
            let owner = owner_of(number);
            let id = match kind {
                CandidateTask::TYPE => seed::space::task(seed, number, owner, today).id,
                JobAlert::TYPE => seed::space::alert(seed, number, owner, today).id,
                CandidateProfile::TYPE => owner,
                _ => seed::space::tracked(seed, number, owner, today).id,
            };
            let (owner, id) = (owner.to_string(), id.to_string());
            let owner = StreamId::of::<Account>(&owner);
            parts.commands.people().belongs(owner, StreamId::new(kind, &id)).await?;
        }
    }
    let of_tracked = |number| {
        let tracked = seed::space::tracked(seed, number, owner_of(number), today);
        (tracked.id.to_string(), tracked.encode())
    };
    let of_task = |number| {
        let task = seed::space::task(seed, number, owner_of(number), today);
        (task.id.to_string(), task.encode())
    };
    let mut added =
        append(&parts.log, TrackedApplication::TYPE, tracked * many, of_tracked).await?;
    let of_alert = |number| {
        let alert = seed::space::alert(seed, number, owner_of(number), today);
        (alert.id.to_string(), alert.encode())
    };
    let done = append(&parts.log, CandidateTask::TYPE, tasks * many, of_task).await?;
    let looked_for = append(&parts.log, JobAlert::TYPE, alerts * many, of_alert).await?;
    let of_profile = |number| {
        let profile = seed::space::profile(seed, number, owner_of(number), today);
        (profile.id.to_string(), profile.encode())
    };
    let profiles = append(&parts.log, CandidateProfile::TYPE, many, of_profile).await?;
    for other in [done, looked_for, profiles] {
        added.events += other.events;
        added.present += other.present;
    }
    Ok(added)
}

/// What was added.
#[derive(Default)]
struct Added {
    new: u64,
    events: u64,
    present: u64,
}

/// Appends so many streams, each told by its number.
async fn append(
    log: &Log,
    kind: &'static str,
    many: u64,
    tell: impl Fn(u64) -> (String, Result<Vec<NewEvent>, EncodeError>),
) -> Result<Added> {
    let appends = futures::stream::iter(0..many).map(|number| {
        let (id, events) = tell(number);
        async move {
            let events = events?;
            let count = events.len() as u64;
            loop {
                match log.append(kind, &id, 0, events.clone()).await {
                    Ok(_) => return Ok(Some(count)),
                    Err(AppendError::Conflict) => return Ok(None),
                    Err(AppendError::Busy) => tokio::task::yield_now().await,
                    Err(error) => return Err(anyhow::Error::from(error)),
                }
            }
        }
    });
    let mut appends = std::pin::pin!(appends.buffer_unordered(AT_ONCE));
    let mut added = Added::default();
    let show = std::io::stderr().is_terminal();
    while let Some(appended) = appends.next().await {
        match appended? {
            Some(count) => {
                added.new += 1;
                added.events += count;
            }
            None => added.present += 1,
        }
        let done = added.new + added.present;
        if show && done.is_multiple_of(10_000) {
            aside(format_args!("\r{done} of {many}"));
        }
    }
    if show {
        aside(format_args!("\r"));
    }
    Ok(added)
}

/// A client that mails no employer, whatever becomes of it later. Nobody knows its secret.
async fn partner(parts: &Parts, number: u64) -> Result<()> {
    let id = seed::client_id(number);
    if parts.commands.partners().find(&id).await?.is_some() {
        return Ok(());
    }
    let settings = PartnerSettings {
        mails_employers: false,
        ..PartnerSettings::new(
            format!("Seed {number}").parse()?,
            format!("candidatures@seed{number}.example").parse()?,
        )
    };
    let cause = Cause::command_line(parts.ids.uuid());
    let secret = PartnerSecret::from_random(parts.ids.random());
    parts.commands.partners().register_with(&id, settings, &secret, &cause).await?;
    Ok(())
}
