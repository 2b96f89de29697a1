//! Interviews as they stand in a calendar: which date takes the place of which, and what is called
//! off by what.

use jiff::Timestamp;

use crate::EmailAddress;
use crate::application::{
    Answer, AnswerId, AnswerKind, Application, Delivery, GivenAnswer, Interview, Letter, Resend,
};

/// A proposed interview as an event of a calendar. The next date proposed is the same event as long
/// as the former was still to come; after that it is another meeting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meeting<'a> {
    /// Which meeting of the application it is, from 1.
    pub number: usize,
    /// How many dates were proposed for it before this one: the SEQUENCE of RFC 5545.
    pub sequence: u32,
    /// The answer that proposes it.
    pub given: &'a GivenAnswer,
    /// What it proposes.
    pub interview: &'a Interview,
}

impl Meeting<'_> {
    fn is_to_come(&self, at: Timestamp) -> bool {
        self.interview.starts_at.timestamp() > at
    }
}

/// What takes the place of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Successor<'a> {
    /// A later answer.
    Answer(&'a GivenAnswer),
    /// The candidate withdrew then.
    Withdrawal(Timestamp),
}

impl Successor<'_> {
    const fn at(&self) -> Timestamp {
        match self {
            Self::Answer(given) => given.at,
            Self::Withdrawal(at) => *at,
        }
    }
}

impl Application {
    /// The interviews that were proposed and not taken back, oldest first.
    pub fn meetings(&self) -> Vec<Meeting<'_>> {
        let mut meetings: Vec<Meeting<'_>> = vec![];
        for given in self.standing_answers() {
            let Answer::Interview(interview) = &given.answer else { continue };
            let (number, sequence) = match meetings.last() {
                None => (1, 0),
                Some(last) if last.is_to_come(given.at) => (last.number, last.sequence + 1),
                Some(last) => (last.number + 1, 0),
            };
            meetings.push(Meeting { number, sequence, given, interview });
        }
        meetings
    }

    /// What first took the place of the answer: of an interview, another date; of an interview or a
    /// question, a rejection, a hire or the withdrawal.
    pub fn successor(&self, given: &GivenAnswer) -> Option<Successor<'_>> {
        let replaces = match given.answer.kind() {
            AnswerKind::Rejection | AnswerKind::Hire => return None, // nothing follows an ending
            AnswerKind::Interview => |kind| kind != AnswerKind::Info,
            AnswerKind::Info => {
                |kind: AnswerKind| matches!(kind, AnswerKind::Rejection | AnswerKind::Hire)
            }
        };
        let mut later = self.standing_answers().skip_while(|it| it.id != given.id).skip(1);
        let later = later.find(|it| replaces(it.answer.kind())).map(Successor::Answer);
        later.or(self.withdrawn_at.map(Successor::Withdrawal))
    }

    /// The interview in the candidate's calendar that does not take place, because of what happened
    /// at `at`: an answer, before which only those in front of it count, or the withdrawal. None where
    /// its e-mail never left, or where it had begun.
    pub fn called_off(&self, at: Timestamp, by: Option<AnswerId>) -> Option<Meeting<'_>> {
        let meetings = self.meetings();
        let place = |id: AnswerId| self.answers.iter().position(|it| it.id == id);
        let earlier = meetings.iter().rev().filter(|meeting| match by {
            Some(by) => place(meeting.given.id) < place(by),
            None => true,
        });
        // What waits for its mail server when something takes its place may be on its way.
        let may_have_left = |meeting: &&Meeting<'_>| match meeting.given.email {
            Delivery::Sent { .. } => true,
            Delivery::Pending => {
                let replaced = self.successor(meeting.given).map_or(at, |it| it.at());
                meeting.given.undo_until <= replaced.min(at)
            }
            Delivery::Failed { .. } | Delivery::Skipped { .. } => false,
        };
        let last = *earlier.clone().find(may_have_left)?;
        let dates = earlier.filter(|meeting| meeting.number == last.number).count();
        let sequence = u32::try_from(dates).unwrap_or(u32::MAX);
        last.is_to_come(at).then_some(Meeting { sequence, ..last })
    }

    /// The letters by which people learn that the candidate withdrew: the employer that has the
    /// application, each recruiter who gave an address of their own, and the candidate whose calendar
    /// holds an interview.
    pub fn withdrawal_letters(&self) -> Vec<Letter> {
        let Some(at) = self.withdrawn_at else { return vec![] };
        let mut letters = vec![];
        let resent = |it: &Resend| it.letter == Letter::Employer;
        let resent = self.resends.iter().any(|it| resent(it) && it.delivery.is_sent());
        if self.employer_email.is_sent() || resent {
            letters.push(Letter::Withdrawal);
        }
        let folded = |address: &EmailAddress| address.as_str().to_lowercase();
        let mut told = vec![folded(self.submission.employer.email.reveal())];
        for given in self.standing_answers().rev() {
            let address = given.answer.recruiter().and_then(|it| it.email.as_ref());
            let Some(address) = address.map(|it| folded(it.reveal())) else { continue };
            if !told.contains(&address) {
                told.push(address);
                letters.push(Letter::RecruiterWithdrawal { answer_id: given.id });
            }
        }
        if self.called_off(at, None).is_some() {
            letters.push(Letter::Cancellation);
        }
        letters
    }

    /// The interview for which nobody comes any more, whether the candidate knew of it or not.
    pub fn missed_interview(&self) -> Option<&Interview> {
        let at = self.withdrawn_at?;
        let last = self.meetings().pop()?;
        last.is_to_come(at).then_some(last.interview)
    }
}
