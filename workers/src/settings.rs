//! What an operator may override of a reactor, by its name, and when scheduled tasks run.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use commands::schedules::Plan;
use domain::permit::FieldMap;
use event_store::kafka::Kafka;
use event_store::lease::LeaseOptions;
use integrations::Reach;

use crate::reaction::AnyReaction;

/// Overrides for one reactor; what is `None` stays as its file says.
#[derive(Clone, Copy, Debug, Default)]
pub struct Override {
    /// Whether it runs.
    pub enabled: Option<bool>,
    /// How often it tries before it fails for good.
    pub attempts: Option<u32>,
    /// How many of its effects run at once.
    pub concurrency: Option<usize>,
}

/// How candidates' spaces are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpaceSettings {
    /// After how many days an application of which nothing is heard is archived.
    pub archived_after_days: u32,
}

impl Default for SpaceSettings {
    fn default() -> Self {
        Self { archived_after_days: 40 }
    }
}

/// How work permits are followed.
#[derive(Clone, Debug)]
pub struct PermitSettings {
    /// The procedures whose dossiers are synchronised.
    pub procedures: Vec<u32>,
    /// Which labels of their forms are which fields.
    pub fields: FieldMap,
    /// The folder into which files for others are written, where there is one.
    pub folder: Option<PathBuf>,
    /// The permissions of these files.
    pub file_mode: u32,
    /// For how many months a dossier is kept after its permit's end.
    pub kept_months: u32,
}

impl Default for PermitSettings {
    fn default() -> Self {
        Self {
            procedures: vec![],
            fields: FieldMap::default(),
            folder: None,
            file_mode: 0o664,
            kept_months: 60,
        }
    }
}

/// How job offers are looked after.
#[derive(Clone, Copy, Debug)]
pub struct OfferSettings {
    /// For how many days one stays open that its source does not show any more.
    pub unseen_days: u32,
}

impl Default for OfferSettings {
    fn default() -> Self {
        Self { unseen_days: 6 }
    }
}

/// Where new events come from.
#[derive(Clone, Debug, Default)]
pub enum Feed {
    /// From the log itself: one process at a time feeds a reactor.
    #[default]
    Log,
    /// From the topic that the relay fills: all processes of a reactor share its events.
    Kafka(Kafka),
}

/// The settings of all reactors and scheduled tasks.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Overrides by the reactor's name.
    pub reactors: BTreeMap<String, Override>,
    /// Only these run; all, where none is named.
    pub only: Vec<String>,
    /// Where new events come from.
    pub feed: Feed,
    /// The first wait of the exponential back-off; it doubles up to an hour.
    pub first_delay: Duration,
    /// How long a shutdown waits for effects under way.
    pub drain: Duration,
    /// How long another process waits before it takes over the feed of one that died.
    pub lease: LeaseOptions,
    /// Where posts to webhooks may go.
    pub webhooks_reach: Reach,
    /// When scheduled tasks run; those that are not named do not.
    pub schedules: Vec<Plan>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            reactors: BTreeMap::new(),
            only: vec![],
            feed: Feed::default(),
            first_delay: Duration::from_secs(30),
            drain: Duration::from_secs(20),
            lease: LeaseOptions::default(),
            webhooks_reach: Reach::default(),
            schedules: vec![],
        }
    }
}

impl Settings {
    fn of(&self, reaction: &dyn AnyReaction) -> Override {
        self.reactors.get(reaction.name()).copied().unwrap_or_default()
    }

    pub(crate) fn enabled(&self, reaction: &dyn AnyReaction) -> bool {
        let named = self.only.is_empty() || self.only.iter().any(|it| it == reaction.name());
        named && self.of(reaction).enabled.unwrap_or(true)
    }

    pub(crate) fn attempts(&self, reaction: &dyn AnyReaction) -> i64 {
        i64::from(self.of(reaction).attempts.unwrap_or_else(|| reaction.attempts()).max(1))
    }

    pub(crate) fn concurrency(&self, reaction: &dyn AnyReaction) -> usize {
        self.of(reaction).concurrency.unwrap_or_else(|| reaction.concurrency()).max(1)
    }
}
