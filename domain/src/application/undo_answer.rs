use jiff::Timestamp;

use crate::Decision;
use crate::application::{AnswerId, ApplicationEvent, ApplicationRefusal, Ending, JobApplication};

/// A recruiter takes the latest answer back, before its e-mail leaves.
#[derive(Clone, Copy, Debug)]
pub struct UndoAnswer {
    /// Which answer.
    pub id: AnswerId,
    /// When.
    pub at: Timestamp,
}

impl Decision for UndoAnswer {
    type Aggregate = JobApplication;

    fn decide(&self, state: &JobApplication) -> Result<Vec<ApplicationEvent>, ApplicationRefusal> {
        if matches!(state, JobApplication::Ended(_, Ending::Withdrawn)) {
            return Err(ApplicationRefusal::Withdrawn);
        }
        let application = state.known()?;
        let given = application.answer(self.id).ok_or(ApplicationRefusal::NoSuchAnswer)?;
        if given.undone {
            return Ok(vec![]);
        }
        let is_latest = application.standing_answers().next_back().map(|last| last.id);
        let late = !given.is_within_undo_window(self.at) || given.email.is_sent();
        if late || is_latest != Some(self.id) {
            return Err(ApplicationRefusal::UndoTooLate);
        }
        Ok(vec![ApplicationEvent::AnswerUndone { answer_id: self.id, at: self.at }])
    }
}
