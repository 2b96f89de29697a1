//! The letters of an application as its state keeps them: to whom, and what became of each.

use crate::application::{Application, Delivery, Letter};
use crate::{EmailAddress, Personal};

impl Application {
    /// What became of a letter; `None` where there is no such answer, or no withdrawal.
    pub fn delivery(&self, letter: Letter) -> Option<&Delivery> {
        Some(match letter {
            Letter::Employer => &self.employer_email,
            Letter::Confirmation => &self.confirmation,
            Letter::Answer { answer_id } => &self.answer(answer_id)?.email,
            Letter::Receipt { answer_id } => &self.answer(answer_id)?.receipt,
            Letter::Withdrawal | Letter::Cancellation => self.withdrawal_email(letter)?,
            Letter::RecruiterWithdrawal { answer_id } => {
                self.answer(answer_id)?;
                self.withdrawal_email(letter)?
            }
        })
    }

    fn withdrawal_email(&self, letter: Letter) -> Option<&Delivery> {
        self.withdrawn_at?;
        let settled = self.withdrawal_emails.iter().find(|(of, _)| *of == letter);
        Some(settled.map_or(&Delivery::Pending, |(_, delivery)| delivery))
    }

    /// Takes in what became of a letter.
    pub(super) fn settle(&mut self, letter: Letter, delivery: Delivery) {
        match letter {
            Letter::Employer => self.employer_email = delivery,
            Letter::Confirmation => self.confirmation = delivery,
            Letter::Answer { answer_id } => {
                self.change_answer(answer_id, |given| given.email = delivery);
            }
            Letter::Receipt { answer_id } => {
                self.change_answer(answer_id, |given| given.receipt = delivery);
            }
            Letter::Withdrawal | Letter::RecruiterWithdrawal { .. } | Letter::Cancellation => {
                self.withdrawal_emails.retain(|(of, _)| *of != letter);
                self.withdrawal_emails.push((letter, delivery));
            }
        }
    }

    /// The address that a letter goes to; `None` where it is about an answer that does not exist, or
    /// goes to a recruiter who gave none.
    pub fn recipient(&self, letter: Letter) -> Option<&Personal<EmailAddress>> {
        match letter {
            Letter::Employer | Letter::Receipt { .. } | Letter::Withdrawal => {
                Some(&self.submission.employer.email)
            }
            Letter::Confirmation | Letter::Answer { .. } | Letter::Cancellation => {
                Some(&self.submission.candidate.email)
            }
            Letter::RecruiterWithdrawal { answer_id } => {
                self.answer(answer_id)?.answer.recruiter()?.email.as_ref()
            }
        }
    }
}
