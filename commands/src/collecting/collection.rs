//! What is collected from a source, as its row tells.

use domain::collecting::SourceKind;
use domain::offer::OfferSource;
use event_store::parse_timestamp;
use jiff::Timestamp;
use uuid::Uuid;

/// Who asked for a collection. Of people its row tells that one did, and not who.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AskedBy {
    /// The clock.
    Clock,
    /// An operator, on a page or the command line.
    Operator,
    /// Somebody with an account.
    User,
}

impl AskedBy {
    /// The name as stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Clock => "clock",
            Self::Operator => "operator",
            Self::User => "user",
        }
    }

    fn named(name: &str) -> Self {
        match name {
            "operator" => Self::Operator,
            "user" => Self::User,
            _ => Self::Clock,
        }
    }
}

/// How a collection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CollectionOutcome {
    /// As it should.
    Done,
    /// It failed as a whole, for the reason that it tells.
    Failed,
    /// Its process was stopped or died before the end.
    BrokenOff,
}

impl CollectionOutcome {
    /// The name as stored and shown to programs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::BrokenOff => "broken_off",
        }
    }

    fn named(name: &str) -> Option<Self> {
        [Self::Done, Self::Failed, Self::BrokenOff].into_iter().find(|it| it.as_str() == name)
    }
}

/// What a collection counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Offers that the source shows.
    pub found: u64,
    /// Those that were not known.
    pub new: u64,
    /// Those that say something else now.
    pub changed: u64,
    /// Those that it shows no more.
    pub gone: u64,
    /// What could not be read as an offer.
    pub left_out: u64,
    /// Pages that were not to be had.
    pub pages_failed: u64,
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.found += other.found;
        self.new += other.new;
        self.changed += other.changed;
        self.gone += other.gone;
        self.left_out += other.left_out;
        self.pages_failed += other.pages_failed;
    }
}

/// What a collection came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CollectionReport {
    /// What it counted.
    pub counts: Counts,
    /// Why it failed: the name of an error, which the catalogues have words for.
    pub reason: Option<String>,
    /// What belongs to that: a host, a status, a setting.
    pub detail: Option<String>,
    /// Why something was left out, for an operator; of several reasons the first.
    pub note: Option<String>,
}

/// The end of a collection.
#[derive(Clone, Debug)]
pub struct CollectionEnd {
    /// How.
    pub outcome: CollectionOutcome,
    /// With what.
    pub report: CollectionReport,
}

/// What is or was collected from a source, or is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collection {
    /// In which run.
    pub run: Uuid,
    /// From which source.
    pub source: OfferSource,
    /// Of which kind.
    pub kind: SourceKind,
    /// Its address, name or words; words that a person typed are dropped at the end.
    pub target: String,
    /// Who asked.
    pub asked_by: AskedBy,
    /// When.
    pub asked_at: Timestamp,
    /// When it began.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// How; `None` while it is asked for or under way.
    pub outcome: Option<CollectionOutcome>,
    /// What it came to until now.
    pub report: CollectionReport,
}

/// A run: all that was asked for at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WholeRun {
    /// What its collections counted together.
    pub counts: Counts,
    /// How many there are.
    pub collections: usize,
    /// Of these, how many have ended.
    pub ended: usize,
    /// Of these, how many failed or were broken off.
    pub failed: usize,
}

impl WholeRun {
    /// Whether all of it has ended.
    pub const fn is_over(&self) -> bool {
        self.ended == self.collections
    }
}

#[derive(sqlx::FromRow)]
pub(super) struct Row {
    run: String,
    source: String,
    kind: String,
    target: String,
    asked_by: String,
    asked_at: String,
    started_at: Option<String>,
    ended_at: Option<String>,
    outcome: Option<String>,
    found: i64,
    new: i64,
    changed: i64,
    gone: i64,
    left_out: i64,
    pages_failed: i64,
    reason: Option<String>,
    detail: Option<String>,
    note: Option<String>,
}

impl Row {
    /// `None` where something else than this service wrote the row.
    pub(super) fn read(self) -> Option<Collection> {
        let time = |text: Option<String>| text.and_then(|text| parse_timestamp(&text).ok());
        let counts = Counts {
            found: self.found.unsigned_abs(),
            new: self.new.unsigned_abs(),
            changed: self.changed.unsigned_abs(),
            gone: self.gone.unsigned_abs(),
            left_out: self.left_out.unsigned_abs(),
            pages_failed: self.pages_failed.unsigned_abs(),
        };
        let Self { reason, detail, note, .. } = self;
        Some(Collection {
            run: self.run.parse().ok()?,
            source: self.source.parse().ok()?,
            kind: self.kind.parse().ok()?,
            target: self.target,
            asked_by: AskedBy::named(&self.asked_by),
            asked_at: parse_timestamp(&self.asked_at).ok()?,
            started_at: time(self.started_at),
            ended_at: time(self.ended_at),
            outcome: self.outcome.as_deref().and_then(CollectionOutcome::named),
            report: CollectionReport { counts, reason, detail, note },
        })
    }
}
