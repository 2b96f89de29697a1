//! What may be decided about an erasure case.

use jiff::Timestamp;

use crate::erasure::{ErasureCase, ErasureCaseEvent, ErasureCaseRefusal, RecordRef};
use crate::{Decision, EmailAddress, Line, Personal};

/// An operator asks for a person to be erased.
#[derive(Clone, Debug)]
pub struct OpenErasureCase {
    /// The person's address.
    pub address: Personal<EmailAddress>,
    /// The records that are to go.
    pub records: Vec<RecordRef>,
    /// Which operator.
    pub requested_by: Line<64>,
    /// When.
    pub at: Timestamp,
}

impl Decision for OpenErasureCase {
    type Aggregate = ErasureCase;

    /// The id names the case: a repeat asks for nothing more.
    fn decide(&self, state: &ErasureCase) -> Result<Vec<ErasureCaseEvent>, ErasureCaseRefusal> {
        if *state != ErasureCase::Absent {
            return Ok(vec![]);
        }
        if self.records.is_empty() {
            return Err(ErasureCaseRefusal::NothingToErase);
        }
        let Self { address, records, requested_by, at } = self.clone();
        Ok(vec![ErasureCaseEvent::ErasureCaseOpened { address, records, requested_by, at }])
    }
}

/// An operator agrees to what another one asked for.
#[derive(Clone, Debug)]
pub struct AgreeToErasure {
    /// Which operator.
    pub agreed_by: Line<64>,
    /// When.
    pub at: Timestamp,
}

impl Decision for AgreeToErasure {
    type Aggregate = ErasureCase;

    fn decide(&self, state: &ErasureCase) -> Result<Vec<ErasureCaseEvent>, ErasureCaseRefusal> {
        match state {
            ErasureCase::Waiting(case) if case.requested_by == self.agreed_by => {
                Err(ErasureCaseRefusal::SecondPersonNeeded)
            }
            ErasureCase::Waiting(_) => {
                let Self { agreed_by, at } = self.clone();
                Ok(vec![ErasureCaseEvent::ErasureCaseAgreed { agreed_by, at }])
            }
            ErasureCase::Agreed(_) => Ok(vec![]),
            ErasureCase::Absent | ErasureCase::Closed(_) => Err(ErasureCaseRefusal::NoSuchCase),
        }
    }
}

/// An operator says no, or takes back what they asked for.
#[derive(Clone, Debug)]
pub struct TurnDownErasure {
    /// Which operator.
    pub refused_by: Line<64>,
    /// When.
    pub at: Timestamp,
}

impl Decision for TurnDownErasure {
    type Aggregate = ErasureCase;

    fn decide(&self, state: &ErasureCase) -> Result<Vec<ErasureCaseEvent>, ErasureCaseRefusal> {
        match state {
            ErasureCase::Waiting(_) => {
                let Self { refused_by, at } = self.clone();
                Ok(vec![ErasureCaseEvent::ErasureCaseRefused { refused_by, at }])
            }
            ErasureCase::Agreed(_) => Err(ErasureCaseRefusal::UnderWay),
            ErasureCase::Absent | ErasureCase::Closed(_) => Err(ErasureCaseRefusal::NoSuchCase),
        }
    }
}

/// A record of an agreed case is erased, and what lay beside it is deleted.
#[derive(Clone, Debug)]
pub struct RecordStreamErased {
    /// Which.
    pub record: RecordRef,
    /// When.
    pub at: Timestamp,
}

impl Decision for RecordStreamErased {
    type Aggregate = ErasureCase;

    /// Once for each record; the case may be closed meanwhile by who carries it out too.
    fn decide(&self, state: &ErasureCase) -> Result<Vec<ErasureCaseEvent>, ErasureCaseRefusal> {
        if matches!(state, ErasureCase::Closed(_)) || !state.agreed()?.left.contains(&self.record) {
            return Ok(vec![]);
        }
        let Self { record, at } = self.clone();
        Ok(vec![ErasureCaseEvent::ErasureCaseStreamErased { record, at }])
    }
}

/// Every record of an agreed case is erased.
#[derive(Clone, Copy, Debug)]
pub struct CompleteErasureCase {
    /// When.
    pub at: Timestamp,
}

impl Decision for CompleteErasureCase {
    type Aggregate = ErasureCase;

    fn decide(&self, state: &ErasureCase) -> Result<Vec<ErasureCaseEvent>, ErasureCaseRefusal> {
        if matches!(state, ErasureCase::Closed(_)) {
            return Ok(vec![]);
        }
        if !state.agreed()?.left.is_empty() {
            return Err(ErasureCaseRefusal::NotErasedYet);
        }
        Ok(vec![ErasureCaseEvent::ErasureCaseCompleted { at: self.at }])
    }
}

/// A case that waits has nothing left to decide.
#[derive(Clone, Copy, Debug)]
pub struct DropErasureCase {
    /// When.
    pub at: Timestamp,
}

impl Decision for DropErasureCase {
    type Aggregate = ErasureCase;

    /// One that was agreed to goes on to its end by itself.
    fn decide(&self, state: &ErasureCase) -> Result<Vec<ErasureCaseEvent>, ErasureCaseRefusal> {
        match state {
            ErasureCase::Absent => Err(ErasureCaseRefusal::NoSuchCase),
            ErasureCase::Waiting(_) => {
                Ok(vec![ErasureCaseEvent::ErasureCaseDropped { at: self.at }])
            }
            ErasureCase::Agreed(_) | ErasureCase::Closed(_) => Ok(vec![]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::erasure::ErasureOutcome;
    use crate::examples::{minutes, valid};
    use uuid::Uuid;

    fn record(n: u128) -> RecordRef {
        RecordRef::application(Uuid::from_u128(n))
    }

    fn open() -> OpenErasureCase {
        OpenErasureCase {
            address: Personal::new(valid("camille.martin@example.org")),
            records: vec![record(1), record(2)],
            requested_by: valid("operator-1"),
            at: minutes(0),
        }
    }

    fn agree(operator: &str) -> AgreeToErasure {
        AgreeToErasure { agreed_by: valid(operator), at: minutes(1) }
    }

    fn turn_down() -> TurnDownErasure {
        TurnDownErasure { refused_by: valid("operator-2"), at: minutes(1) }
    }

    fn erased(n: u128) -> RecordStreamErased {
        RecordStreamErased { record: record(n), at: minutes(2) }
    }

    const COMPLETE: CompleteErasureCase = CompleteErasureCase { at: Timestamp::UNIX_EPOCH };
    const DROP: DropErasureCase = DropErasureCase { at: Timestamp::UNIX_EPOCH };

    /// The state after these decisions, each of which comes to one event.
    fn after(decisions: &[&dyn Decision<Aggregate = ErasureCase>]) -> ErasureCase {
        let mut state = ErasureCase::default();
        for decision in decisions {
            let events = decision.decide(&state).unwrap();
            assert_eq!(events.len(), 1);
            for event in events {
                state.apply(event);
            }
        }
        state
    }

    #[test]
    fn a_case_is_opened_once_by_its_id_and_about_something() {
        let state = after(&[&open()]);
        assert_eq!(open().decide(&state), Ok(vec![]));
        let empty = OpenErasureCase { records: vec![], ..open() };
        let refused = empty.decide(&ErasureCase::Absent);
        assert_eq!(refused, Err(ErasureCaseRefusal::NothingToErase));
    }

    #[test]
    fn who_asked_for_it_does_not_agree_to_it_and_another_one_does_once() {
        let state = after(&[&open()]);
        let own = agree("operator-1").decide(&state);
        assert_eq!(own, Err(ErasureCaseRefusal::SecondPersonNeeded));
        let state = after(&[&open(), &agree("operator-2")]);
        assert_eq!(agree("operator-3").decide(&state), Ok(vec![]));
        let nothing = agree("operator-2").decide(&ErasureCase::Absent);
        assert_eq!(nothing, Err(ErasureCaseRefusal::NoSuchCase));
    }

    #[test]
    fn nothing_is_erased_before_a_second_operator_agreed() {
        let state = after(&[&open()]);
        assert_eq!(erased(1).decide(&state), Err(ErasureCaseRefusal::SecondPersonNeeded));
        assert_eq!(COMPLETE.decide(&state), Err(ErasureCaseRefusal::SecondPersonNeeded));
    }

    #[test]
    fn each_record_is_erased_once_and_the_case_is_complete_when_none_is_left() {
        let agreed: [&dyn Decision<Aggregate = ErasureCase>; 2] = [&open(), &agree("operator-2")];
        let half = after(&[agreed[0], agreed[1], &erased(1)]);
        assert_eq!(half.agreed().unwrap().left, [record(2)]);
        assert_eq!(erased(1).decide(&half), Ok(vec![]), "a repeat");
        assert_eq!(erased(3).decide(&half), Ok(vec![]), "no record of this case");
        assert_eq!(COMPLETE.decide(&half), Err(ErasureCaseRefusal::NotErasedYet));
        assert_eq!(turn_down().decide(&half), Err(ErasureCaseRefusal::UnderWay));
        assert_eq!(DROP.decide(&half), Ok(vec![]), "it goes on by itself");
        let done = after(&[agreed[0], agreed[1], &erased(1), &erased(2), &COMPLETE]);
        assert_eq!(done, ErasureCase::Closed(ErasureOutcome::Completed));
        assert_eq!(COMPLETE.decide(&done), Ok(vec![]));
        assert_eq!(erased(2).decide(&done), Ok(vec![]));
        assert_eq!(agree("operator-2").decide(&done), Err(ErasureCaseRefusal::NoSuchCase));
    }

    #[test]
    fn a_case_that_was_turned_down_or_dropped_is_over_and_names_nobody() {
        let ends: [(&dyn Decision<Aggregate = ErasureCase>, _); 2] =
            [(&turn_down(), ErasureOutcome::Refused), (&DROP, ErasureOutcome::Dropped)];
        for (end, outcome) in ends {
            let state = after(&[&open(), end]);
            assert_eq!(state, ErasureCase::Closed(outcome));
            let late = agree("operator-2").decide(&state);
            assert_eq!(late, Err(ErasureCaseRefusal::NoSuchCase));
            assert_eq!(turn_down().decide(&state), Err(ErasureCaseRefusal::NoSuchCase));
            assert_eq!(DROP.decide(&state), Ok(vec![]));
            assert_eq!(state.open(), Err(ErasureCaseRefusal::NoSuchCase));
        }
    }
}
