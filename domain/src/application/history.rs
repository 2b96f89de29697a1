//! The state of an application: what its events add up to, what changes together.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Digest;
use crate::application::{
    Answer, AnswerId, ApplicationEvent, ApplicationRefusal, ApplicationStatus, Attachment,
    DataRequest, Delivery, ErasureRequest, Letter, Reported, Resend, SkipReason, Submission,
};

/// The aggregate: one application, or the absence of one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum JobApplication {
    /// Nothing was submitted under this id.
    #[default]
    Absent,
    /// Answers may be given and the candidate may withdraw.
    Open(Box<Application>),
    /// Nothing more is decided about it; letters under way still leave their record.
    Ended(Box<Application>, Ending),
}

aggregate_of_decisions!(JobApplication, ApplicationEvent, ApplicationRefusal, "JobApplication");

/// How an application ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Ending {
    Rejected,
    Hired,
    Withdrawn,
    Erased,
}

/// What is known of a submitted application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Application {
    /// What was sent.
    pub submission: Submission,
    /// SHA-256 of the partner's request, where it came with an `Idempotency-Key`.
    pub request_digest: Option<Digest>,
    /// When it was submitted.
    pub submitted_at: Timestamp,
    /// The e-mail to the employer.
    pub employer_email: Delivery,
    /// The copy to the candidate, if asked for.
    pub confirmation: Delivery,
    /// Every answer, undone ones too, oldest first.
    pub answers: Vec<GivenAnswer>,
    /// When the candidate withdrew.
    pub withdrawn_at: Option<Timestamp>,
    /// What became of the letters that tell of the withdrawal; those that wait are not among them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub withdrawal_emails: Vec<(Letter, Delivery)>,
    /// What the mail provider reported of its e-mails, each kind once for each e-mail.
    pub reports: Vec<Reported>,
    /// Letters that operators had sent once more, oldest first.
    pub resends: Vec<Resend>,
    /// Forwards of the documents that operators asked for, by request.
    pub forwards: Vec<(Uuid, Delivery)>,
    /// When Memo took it.
    pub forwarded_to_memo_at: Option<Timestamp>,
    /// When AMI took it.
    pub forwarded_to_ami_at: Option<Timestamp>,
    /// What the candidate asked for of their data, oldest first.
    pub data_requests: Vec<DataRequest>,
    /// An operator's request to forget the candidate, while it waits for another operator.
    pub erasure_request: Option<ErasureRequest>,
    /// When the documents were deleted.
    pub attachments_deleted_at: Option<Timestamp>,
    /// When the candidate was forgotten: personal values are placeholders.
    pub erased_at: Option<Timestamp>,
    /// When something happened last, the looking after data aside.
    pub last_contact_at: Timestamp,
}

/// An answer that was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct GivenAnswer {
    pub id: AnswerId,
    pub answer: Answer,
    pub undo_until: Timestamp,
    pub at: Timestamp,
    pub undone: bool,
    /// The e-mail to the candidate.
    pub email: Delivery,
    /// The receipt to the recruiter.
    pub receipt: Delivery,
}

/// How far the clocks of two machines are apart at most.
const CLOCKS_APART: SignedDuration = SignedDuration::from_mins(5);

impl GivenAnswer {
    /// Whether the time to undo it is still running. An answer that is further in the future than two
    /// clocks are apart was given while the clock was wrong: its time is over.
    pub fn is_within_undo_window(&self, now: Timestamp) -> bool {
        now < self.undo_until && self.at <= now + CLOCKS_APART
    }
}

impl JobApplication {
    /// The state after `events`.
    pub fn replay(events: impl IntoIterator<Item = ApplicationEvent>) -> Self {
        let mut state = Self::default();
        for event in events {
            state.apply(event);
        }
        state
    }

    /// What is known of it, ended or not.
    pub fn known(&self) -> Result<&Application, ApplicationRefusal> {
        match self {
            Self::Absent => Err(ApplicationRefusal::NotFound),
            Self::Open(application) | Self::Ended(application, _) => Ok(application),
        }
    }

    /// What is known of it while something may still be decided; the guard of every decision of a
    /// person.
    pub fn open(&self) -> Result<&Application, ApplicationRefusal> {
        match self {
            Self::Absent => Err(ApplicationRefusal::NotFound),
            Self::Open(application) => Ok(application),
            Self::Ended(_, Ending::Rejected) => Err(ApplicationRefusal::Rejected),
            Self::Ended(_, Ending::Hired) => Err(ApplicationRefusal::Hired),
            Self::Ended(_, Ending::Withdrawn) => Err(ApplicationRefusal::Withdrawn),
            Self::Ended(_, Ending::Erased) => Err(ApplicationRefusal::Erased),
        }
    }

    /// What is known of it, ended or not, while the candidate was not forgotten.
    pub fn remembered(&self) -> Result<&Application, ApplicationRefusal> {
        let application = self.known()?;
        if application.erased_at.is_some() {
            Err(ApplicationRefusal::Erased)
        } else {
            Ok(application)
        }
    }

    /// Where it stands; `None` while absent.
    pub fn status(&self) -> Option<ApplicationStatus> {
        Some(match self {
            Self::Absent => return None,
            Self::Ended(_, Ending::Rejected) => ApplicationStatus::Rejected,
            Self::Ended(_, Ending::Hired) => ApplicationStatus::Hired,
            Self::Ended(_, Ending::Withdrawn) => ApplicationStatus::Withdrawn,
            Self::Ended(application, Ending::Erased) => application.status_before_erasure(),
            Self::Open(application) => application.status(),
        })
    }

    /// Takes in what happened. Total: an event that makes no sense in this state changes nothing.
    pub fn apply(&mut self, event: ApplicationEvent) {
        if let ApplicationEvent::Submitted { submission, request_digest, at } = event {
            *self = Self::Open(Box::new(Application {
                submission: *submission,
                request_digest,
                submitted_at: at,
                employer_email: Delivery::Pending,
                confirmation: Delivery::Pending,
                answers: vec![],
                withdrawn_at: None,
                withdrawal_emails: vec![],
                reports: vec![],
                resends: vec![],
                forwards: vec![],
                forwarded_to_memo_at: None,
                forwarded_to_ami_at: None,
                data_requests: vec![],
                erasure_request: None,
                attachments_deleted_at: None,
                erased_at: None,
                last_contact_at: at,
            }));
            return;
        }
        *self = match std::mem::take(self) {
            Self::Absent => Self::Absent,
            Self::Open(mut application) | Self::Ended(mut application, _) => {
                application.apply(event);
                match application.ending() {
                    Some(ending) => Self::Ended(application, ending),
                    None => Self::Open(application),
                }
            }
        };
    }
}

impl Application {
    /// The answers that stand, oldest first.
    pub fn standing_answers(&self) -> impl DoubleEndedIterator<Item = &GivenAnswer> {
        self.answers.iter().filter(|given| !given.undone)
    }

    /// The answer called `id`.
    pub fn answer(&self, id: AnswerId) -> Option<&GivenAnswer> {
        self.answers.iter().find(|given| given.id == id)
    }

    /// The letter sent once more by the request called `id`.
    pub fn resend(&self, id: Uuid) -> Option<&Resend> {
        self.resends.iter().find(|resend| resend.request_id == id)
    }

    /// What was reported of the e-mail with this Message-ID; the weightiest report last.
    pub fn reports_of(&self, message_id: &str) -> Vec<&Reported> {
        let of_it = |reported: &&Reported| reported.message_id.as_str() == message_id;
        let mut reports: Vec<_> = self.reports.iter().filter(of_it).collect();
        reports.sort_by_key(|reported| reported.kind);
        reports
    }

    /// Whether it did not reach the employer, also where it was withdrawn since.
    pub fn is_undelivered(&self) -> bool {
        self.status() == ApplicationStatus::Undeliverable
    }

    /// Whether the latest e-mail that brought it to the employer came back.
    fn came_back(&self) -> bool {
        let resent = self.resends.iter().rev().filter(|resend| resend.letter == Letter::Employer);
        let mut latest = resent.map(|resend| &resend.delivery).chain([&self.employer_email]);
        let Some(Delivery::Sent { message_id, .. }) = latest.find(|delivery| delivery.is_sent())
        else {
            return false;
        };
        let reports = self.reports_of(message_id.as_str());
        reports.last().is_some_and(|reported| reported.kind.is_undelivered())
    }

    /// How it ended, if it did: what stands decides, so an undone rejection opens it again.
    fn ending(&self) -> Option<Ending> {
        if self.erased_at.is_some() {
            return Some(Ending::Erased);
        }
        self.ending_before_erasure()
    }

    fn ending_before_erasure(&self) -> Option<Ending> {
        if self.withdrawn_at.is_some() {
            return Some(Ending::Withdrawn);
        }
        self.standing_answers().find_map(|given| match given.answer {
            Answer::Rejection(_) => Some(Ending::Rejected),
            Answer::Hire(_) => Some(Ending::Hired),
            Answer::Interview(_) | Answer::Info(_) => None,
        })
    }

    /// Where it stood when the candidate was forgotten: that is nobody's.
    fn status_before_erasure(&self) -> ApplicationStatus {
        match self.ending_before_erasure() {
            Some(Ending::Withdrawn) => ApplicationStatus::Withdrawn,
            Some(Ending::Rejected) => ApplicationStatus::Rejected,
            Some(Ending::Hired) => ApplicationStatus::Hired,
            Some(Ending::Erased) | None => self.status(),
        }
    }

    /// The documents that are kept.
    pub fn documents(&self) -> &[Attachment] {
        if self.attachments_deleted_at.is_some() || self.erased_at.is_some() {
            return &[];
        }
        &self.submission.attachments
    }

    fn status(&self) -> ApplicationStatus {
        match (self.standing_answers().next_back(), &self.employer_email) {
            (Some(given), _) => match given.answer {
                Answer::Interview(_) => ApplicationStatus::InterviewProposed,
                Answer::Info(_) => ApplicationStatus::InfoRequested,
                Answer::Rejection(_) => ApplicationStatus::Rejected,
                Answer::Hire(_) => ApplicationStatus::Hired,
            },
            (None, Delivery::Skipped { reason: SkipReason::Suppressed, .. }) => {
                ApplicationStatus::Undeliverable
            }
            (None, Delivery::Pending | Delivery::Skipped { .. }) => ApplicationStatus::Submitted,
            (None, Delivery::Sent { .. }) if self.came_back() => ApplicationStatus::Undeliverable,
            (None, Delivery::Sent { .. }) => ApplicationStatus::Sent,
            (None, Delivery::Failed { .. }) => ApplicationStatus::Undeliverable,
        }
    }

    fn apply(&mut self, event: ApplicationEvent) {
        if event.is_contact() {
            self.last_contact_at = self.last_contact_at.max(event.at());
        }
        if let Some(given) = event.given_answer() {
            self.answers.push(given);
            return;
        }
        if let Some(reported) = event.report() {
            self.reports.push(reported);
            return;
        }
        match event {
            ApplicationEvent::SentToEmployer { message_id, at } => {
                self.settle(Letter::Employer, Delivery::Sent { message_id, at });
            }
            ApplicationEvent::ConfirmedToCandidate { message_id, at } => {
                self.settle(Letter::Confirmation, Delivery::Sent { message_id, at });
            }
            ApplicationEvent::AnswerSentToCandidate { answer_id, message_id, at } => {
                self.settle(Letter::Answer { answer_id }, Delivery::Sent { message_id, at });
            }
            ApplicationEvent::ReceiptSentToRecruiter { answer_id, message_id, at } => {
                self.settle(Letter::Receipt { answer_id }, Delivery::Sent { message_id, at });
            }
            ApplicationEvent::WithdrawalSent { letter, message_id, at } => {
                self.settle(letter, Delivery::Sent { message_id, at });
            }
            ApplicationEvent::EmailFailed { letter, at, .. } => {
                self.settle(letter, Delivery::Failed { at });
            }
            ApplicationEvent::EmailSkipped { letter, reason, at } => {
                self.settle(letter, Delivery::Skipped { reason, at });
            }
            ApplicationEvent::AnswerUndone { answer_id, .. } => {
                self.change_answer(answer_id, |given| given.undone = true);
            }
            ApplicationEvent::ForwardedToMemo { at, .. } => self.forwarded_to_memo_at = Some(at),
            ApplicationEvent::ForwardedToAmi { at } => self.forwarded_to_ami_at = Some(at),
            ApplicationEvent::ResendRequested { request_id, letter, at } => {
                let delivery = Delivery::Pending;
                self.resends.push(Resend { request_id, letter, requested_at: at, delivery });
            }
            ApplicationEvent::EmailResent { request_id, message_id, at, .. } => {
                let resend = self.resends.iter_mut().find(|it| it.request_id == request_id);
                if let Some(resend) = resend {
                    resend.delivery = Delivery::Sent { message_id, at };
                }
            }
            ApplicationEvent::AttachmentsForwardRequested { request_id, .. } => {
                self.forwards.push((request_id, Delivery::Pending));
            }
            ApplicationEvent::AttachmentsForwarded { request_id, message_id, at } => {
                let forward = self.forwards.iter_mut().find(|(id, _)| *id == request_id);
                if let Some((_, delivery)) = forward {
                    *delivery = Delivery::Sent { message_id, at };
                }
            }
            ApplicationEvent::Withdrawn { at, .. } => self.withdrawn_at = Some(at),
            ApplicationEvent::PersonalDataRequested { request_id, wish, .. } => {
                let delivery = Delivery::Pending;
                self.data_requests.push(DataRequest { request_id, wish, delivery });
            }
            ApplicationEvent::PersonalDataLinkSent { request_id, message_id, at } => {
                let request = self.data_requests.iter_mut().find(|it| it.request_id == request_id);
                if let Some(request) = request {
                    request.delivery = Delivery::Sent { message_id, at };
                }
            }
            ApplicationEvent::ErasureRequested { request_id, requested_by, at } => {
                self.erasure_request = Some(ErasureRequest { request_id, requested_by, at });
            }
            ApplicationEvent::ErasureRefused { .. } => self.erasure_request = None,
            ApplicationEvent::AttachmentsDeleted { at } => self.attachments_deleted_at = Some(at),
            ApplicationEvent::PersonalDataErased { at, .. } => {
                self.erasure_request = None;
                self.erased_at = Some(at);
            }
            // Taken in above, or of no consequence for what may be decided.
            ApplicationEvent::Submitted { .. }
            | ApplicationEvent::InterviewProposed { .. }
            | ApplicationEvent::InfoRequested { .. }
            | ApplicationEvent::Rejected { .. }
            | ApplicationEvent::Hired { .. }
            | ApplicationEvent::EmailDelivered { .. }
            | ApplicationEvent::EmailOpened { .. }
            | ApplicationEvent::EmailClicked { .. }
            | ApplicationEvent::EmailBounced { .. }
            | ApplicationEvent::EmailMarkedAsSpam { .. }
            | ApplicationEvent::EmailBlocked { .. }
            | ApplicationEvent::AnswerLinkIssued { .. }
            | ApplicationEvent::ReactionRetried { .. }
            | ApplicationEvent::ReactionArchived { .. }
            | ApplicationEvent::ReactionRestored { .. } => {}
        }
    }

    pub(super) fn change_answer(&mut self, id: AnswerId, change: impl FnOnce(&mut GivenAnswer)) {
        if let Some(given) = self.answers.iter_mut().find(|given| given.id == id) {
            change(given);
        }
    }
}
