//! A schedule: whether the clock starts a task, and the timetable by which it does.

mod timetable;

use std::convert::Infallible;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Decision, Refused};

pub use timetable::{Timetable, TimetableError};

/// A fact about the schedule of a task, whose name is the stream's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type")]
pub enum ScheduleEvent {
    /// The clock starts the task no more; somebody may still run it by hand.
    ScheduleSwitchedOff {
        /// When.
        at: Timestamp,
    },
    /// The clock starts it again, from the next time on that it is due.
    ScheduleSwitchedOn {
        /// When.
        at: Timestamp,
    },
}

events! {
    ScheduleEventKind of ScheduleEvent;
    ScheduleSwitchedOff,
    ScheduleSwitchedOn,
}

/// The aggregate: the schedule of one task, which is on until somebody switches it off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Schedule {
    /// The clock starts the task, and always did.
    #[default]
    On,
    /// It does not.
    Off {
        /// Since when.
        since: Timestamp,
    },
    /// It does again.
    OnAgain {
        /// Since when: what was due before is not made up for.
        since: Timestamp,
    },
}

aggregate_of_decisions!(Schedule, ScheduleEvent, Infallible, "Schedule");

/// A schedule is switched in any state.
impl Refused for Infallible {}

impl Schedule {
    /// Takes in what happened.
    #[expect(clippy::needless_pass_by_value, reason = "as every aggregate takes its events")]
    pub fn apply(&mut self, event: ScheduleEvent) {
        *self = match event {
            ScheduleEvent::ScheduleSwitchedOff { at } => Self::Off { since: at },
            ScheduleEvent::ScheduleSwitchedOn { at } => Self::OnAgain { since: at },
        }
    }

    /// Whether the clock starts the task.
    pub const fn is_on(self) -> bool {
        !matches!(self, Self::Off { .. })
    }

    /// Whether the clock starts what is due at this time.
    pub fn starts(self, due: Timestamp) -> bool {
        match self {
            Self::On => true,
            Self::Off { .. } => false,
            Self::OnAgain { since } => due > since,
        }
    }
}

/// Switches the schedule of a task on or off. One that is so already stays as it is.
#[derive(Clone, Copy, Debug)]
pub struct SwitchSchedule {
    /// Whether the clock starts the task from now on.
    pub on: bool,
    /// When.
    pub at: Timestamp,
}

impl Decision for SwitchSchedule {
    type Aggregate = Schedule;

    fn decide(&self, state: &Schedule) -> Result<Vec<ScheduleEvent>, Infallible> {
        let Self { on, at } = *self;
        Ok(match (state.is_on(), on) {
            (true, false) => vec![ScheduleEvent::ScheduleSwitchedOff { at }],
            (false, true) => vec![ScheduleEvent::ScheduleSwitchedOn { at }],
            _ => vec![],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn after(switches: &[(bool, &str)]) -> (Schedule, usize) {
        let (mut schedule, mut events) = (Schedule::default(), 0);
        for (on, when) in switches {
            let decided = SwitchSchedule { on: *on, at: at(when) }.decide(&schedule).unwrap();
            events += decided.len();
            for event in decided {
                schedule.apply(event);
            }
        }
        (schedule, events)
    }

    #[test]
    fn a_schedule_is_on_until_it_is_switched_off() {
        assert!(Schedule::default().starts(Timestamp::MIN));
        let (schedule, _) = after(&[(false, "2026-11-27T03:00:00Z")]);
        assert!(!schedule.is_on() && !schedule.starts(Timestamp::MAX));
    }

    #[test]
    fn what_was_due_while_it_was_off_is_not_made_up_for() {
        let (schedule, _) =
            after(&[(false, "2026-11-27T03:00:00Z"), (true, "2026-11-28T03:00:00Z")]);
        assert!(schedule.is_on());
        assert!(!schedule.starts(at("2026-11-28T02:59:00Z")));
        assert!(!schedule.starts(at("2026-11-28T03:00:00Z")));
        assert!(schedule.starts(at("2026-11-28T03:01:00Z")));
    }

    #[test]
    fn what_is_so_already_stays_quiet() {
        let (on, events) = after(&[(true, "2026-11-27T03:00:00Z")]);
        assert_eq!((on, events), (Schedule::On, 0));
        let twice = [(false, "2026-11-27T03:00:00Z"), (false, "2026-11-28T03:00:00Z")];
        let (off, events) = after(&twice);
        assert_eq!((off, events), (Schedule::Off { since: at("2026-11-27T03:00:00Z") }, 1));
    }
}
