//! The history of an aggregate played again: what each event changed, and how things stood at any time.

use domain::application::ApplicationStatus;
use domain::{EventOf, Events as _, JobApplication, Kinds as _, Stored};
use event_store::{Position, Recorded, timestamp_text};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::History;

pub use json_patch::{Patch, PatchOperation};

/// Up to when a history is played.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AsOf {
    /// To its end.
    #[default]
    End,
    /// As it was recorded at this moment.
    Time(Timestamp),
    /// As it was when the log ended at this position.
    Position(Position),
}

impl AsOf {
    fn saw<E>(self, event: &Recorded<E>) -> bool {
        match self {
            Self::End => true,
            Self::Time(at) => event.recorded_at <= at,
            Self::Position(position) => event.position <= position,
        }
    }
}

/// An aggregate whose history can be played again.
pub trait Stands: Stored {
    /// Where it stands, in one word.
    fn stands(&self) -> &'static str;

    /// The state as it is shown, alike before and after its end.
    fn shown(&self) -> Value {
        json!({ "status": self.stands(), "state": self })
    }
}

impl Stands for JobApplication {
    fn stands(&self) -> &'static str {
        self.status().map_or("absent", ApplicationStatus::as_str)
    }

    fn shown(&self) -> Value {
        json!({ "status": self.stands(), "application": self.known().ok() })
    }
}

/// One event, and what it did.
#[derive(Clone, Debug)]
pub struct Step<A: Stands = JobApplication> {
    /// The event, with who, when and why.
    pub recorded: Recorded<EventOf<A>>,
    /// Where the aggregate stood after it.
    pub status: &'static str,
    /// What it changed in the state (RFC 6902), against the state as [`Replay::state`] shows it.
    pub changes: Patch,
}

/// A history as it was played.
#[derive(Clone, Debug)]
pub struct Replay<A: Stands = JobApplication> {
    /// The events, oldest first, up to then.
    pub steps: Vec<Step<A>>,
    /// The state they led to, as [`Stands::shown`] shows it.
    pub state: Value,
    /// How many events came later.
    pub later: usize,
}

impl<A: Stands> Replay<A> {
    /// Plays a history up to then. No step where nothing had happened yet.
    pub fn of(history: History<A>, as_of: AsOf) -> Self {
        let all = history.events.len();
        let mut state = A::default();
        let mut before = state.shown();
        let mut steps = vec![];
        for recorded in history.events.into_iter().take_while(|event| as_of.saw(event)) {
            state.apply(recorded.event.clone());
            let after = state.shown();
            let changes = json_patch::diff(&before, &after);
            steps.push(Step { recorded, status: state.stands(), changes });
            before = after;
        }
        Self { later: all - steps.len(), steps, state: before }
    }

    /// Where the aggregate stood then.
    pub fn status(&self) -> &'static str {
        self.steps.last().map_or_else(|| A::default().stands(), |step| step.status)
    }
}

/// The state alone, as it stood then.
pub fn state_as_of<A: Stands>(history: &History<A>, as_of: AsOf) -> Value {
    let mut state = A::default();
    for recorded in history.events.iter().take_while(|event| as_of.saw(event)) {
        state.apply(recorded.event.clone());
    }
    state.shown()
}

impl<A: Stands> Step<A> {
    /// The event with all that is known about it, as one JSON object.
    pub fn to_json(&self) -> Value {
        let metadata = &self.recorded.metadata;
        json!({
            "position": self.recorded.position.get(),
            "sequence": self.recorded.sequence,
            "recorded_at": timestamp_text(self.recorded.recorded_at),
            "kind": self.recorded.event.kind().as_str(),
            "actor": metadata.actor,
            "event_id": metadata.event_id,
            "correlation_id": metadata.correlation_id,
            "causation_id": metadata.causation_id,
            "erased": self.recorded.erased,
            "status_after": self.status,
            "changes": self.changes,
            "event": self.recorded.event,
        })
    }

    /// What it changed, one by one. Nothing of the first event, which makes the whole state: its
    /// payload says all.
    pub fn told_changes(&self) -> &[PatchOperation] {
        if self.recorded.sequence > 1 { &self.changes.0 } else { &[] }
    }

    /// The payload, on several lines.
    pub fn payload(&self) -> String {
        serde_json::to_string_pretty(&self.recorded.event).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use domain::application::ApplicationEvent;
    use domain::examples;
    use event_store::{Actor, ActorKind, Metadata};
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn history(events: Vec<ApplicationEvent>) -> History<JobApplication> {
        let mut state = JobApplication::default();
        let recorded = (1_i64..).zip(events).map(|(n, event)| {
            state.apply(event.clone());
            let id = Uuid::from_u128(n.unsigned_abs().into());
            Recorded {
                position: Position::new(10 * n),
                aggregate_type: "JobApplication".to_owned(),
                aggregate_id: Uuid::nil().to_string(),
                sequence: n,
                metadata: Metadata {
                    event_id: id,
                    correlation_id: id,
                    causation_id: id,
                    actor: Actor::new(ActorKind::System),
                    trace_id: None,
                    span_id: None,
                },
                recorded_at: examples::minutes(n),
                erased: false,
                event,
            }
        });
        let events = recorded.collect();
        History { state, events }
    }

    fn life() -> History<JobApplication> {
        let at = examples::minutes(3);
        history(vec![
            examples::submitted(),
            examples::sent(),
            ApplicationEvent::Withdrawn { reason: None, at },
        ])
    }

    #[test]
    fn every_event_is_told_with_what_it_changed() {
        let replay = Replay::of(life(), AsOf::End);
        let statuses: Vec<_> = replay.steps.iter().map(|step| step.status).collect();
        assert_eq!(statuses, ["submitted", "sent", "withdrawn"]);
        assert!(replay.steps[0].told_changes().is_empty(), "its payload says all");
        let changed: Vec<_> =
            replay.steps[1].told_changes().iter().map(|it| it.path().to_string()).collect();
        assert!(changed.contains(&"/status".to_owned()), "{changed:?}");
        let line = replay.steps[1].to_json();
        assert_eq!((&line["kind"], &line["position"]), (&json!("SentToEmployer"), &json!(20)));
        assert_eq!(replay.status(), "withdrawn");
    }

    #[test]
    fn what_came_later_is_counted_and_left_out() {
        let as_of = |as_of| {
            let replay = Replay::of(life(), as_of);
            assert_eq!(replay.state, state_as_of(&life(), as_of), "both ways lead there");
            (replay.steps.len(), replay.later, replay.status())
        };
        assert_eq!(as_of(AsOf::Time(examples::minutes(2))), (2, 1, "sent"), "that very moment");
        assert_eq!(as_of(AsOf::Position(Position::new(29))), (2, 1, "sent"));
        assert_eq!(as_of(AsOf::Position(Position::new(9))), (0, 3, "absent"), "nothing yet");
        assert_eq!(as_of(AsOf::End), (3, 0, "withdrawn"));
    }

    proptest! {
        #[test]
        fn the_changes_lead_from_nothing_to_the_state(up_to in 0_i64..40) {
            let replay = Replay::of(life(), AsOf::Position(Position::new(up_to)));
            let mut state = JobApplication::default().shown();
            for step in &replay.steps {
                json_patch::patch(&mut state, &step.changes).unwrap();
            }
            prop_assert_eq!(state, replay.state);
        }
    }
}
