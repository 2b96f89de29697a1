use jiff::Timestamp;

use crate::Decision;
use crate::application::{
    Answer, AnswerId, ApplicationEvent, ApplicationRefusal, Evidence, JobApplication,
};

/// A recruiter answers. Information may be asked for several times and an interview proposed again;
/// a rejection or a hire ends the application.
#[derive(Clone, Debug)]
pub struct GiveAnswer {
    /// Names the answer; the same id again changes nothing.
    pub id: AnswerId,
    /// What is answered.
    pub answer: Answer,
    /// How many answers, undone ones included, the recruiter had seen when opening the form: of
    /// answers given at once, one wins, and the others are told.
    pub answers_seen: usize,
    /// What speaks for a person answering.
    pub evidence: Option<Evidence>,
    /// Until when it may be undone.
    pub undo_until: Timestamp,
    /// When.
    pub at: Timestamp,
}

impl Decision for GiveAnswer {
    type Aggregate = JobApplication;

    fn decide(&self, state: &JobApplication) -> Result<Vec<ApplicationEvent>, ApplicationRefusal> {
        if state.known()?.answer(self.id).is_some() {
            return Ok(vec![]);
        }
        let application = state.open()?;
        if application.answers.len() != self.answers_seen {
            return Err(ApplicationRefusal::AnsweredMeanwhile);
        }
        let (answer_id, undo_until, at) = (self.id, self.undo_until, self.at);
        let evidence = self.evidence.clone();
        Ok(vec![match self.answer.clone() {
            Answer::Interview(interview) => {
                if interview.starts_at.timestamp() <= at {
                    return Err(ApplicationRefusal::PastInterview);
                }
                let interview = Box::new(interview);
                ApplicationEvent::InterviewProposed {
                    answer_id,
                    interview,
                    evidence,
                    undo_until,
                    at,
                }
            }
            Answer::Info(info) => {
                let info = Box::new(info);
                ApplicationEvent::InfoRequested { answer_id, info, evidence, undo_until, at }
            }
            Answer::Rejection(rejection) => {
                ApplicationEvent::Rejected { answer_id, rejection, evidence, undo_until, at }
            }
            Answer::Hire(hire) => {
                ApplicationEvent::Hired { answer_id, hire, evidence, undo_until, at }
            }
        }])
    }
}
