//! The e-mail of each letter, for its reaction and for whoever has it sent once more.

use domain::Line;
use domain::application::{Answer, GivenAnswer, Letter, Meeting};
use jiff::Timestamp;
use texts::letters::{
    self, AnswerLinks, CandidateAnswer, CandidateCopy, EmployerApplication, Invitation,
    RecruiterReceipt,
};

use crate::mail::{Email, Template};
use crate::reaction::{ReactionError, World};
use crate::reactions::letter::{LetterContext, Paths};
use crate::reactions::withdrawal_email::{cancellation, news, sent_as};

/// The e-mail of `letter`, with links made at `links_from` and dated then.
pub(crate) async fn compose(
    world: &World,
    context: &LetterContext,
    letter: Letter,
    links_from: Timestamp,
    message_id: &Line<255>,
) -> Result<Email, ReactionError> {
    let given = letter.answer_id().map(|id| {
        let missing = || ReactionError::fatal("there is no such answer");
        context.application().answer(id).ok_or_else(missing)
    });
    let paths = Paths::new(world, context.id, links_from);
    let mut email = match (letter, given.transpose()?) {
        (Letter::Employer, _) => employer(world, context, &paths, links_from, message_id).await?,
        (Letter::Confirmation, _) => confirmation(context, &paths, links_from, message_id)?,
        (Letter::Answer { .. }, Some(given)) => {
            answer(world, context, given, &paths, links_from, message_id)?
        }
        (Letter::Receipt { .. }, Some(given)) => {
            receipt(context, given, &paths, links_from, message_id)?
        }
        (Letter::Withdrawal | Letter::RecruiterWithdrawal { .. }, _) => {
            news(context, letter, links_from, message_id)?
        }
        (Letter::Cancellation, _) => cancellation(world, context, &paths, links_from, message_id)?,
        (Letter::Answer { .. } | Letter::Receipt { .. }, None) => {
            unreachable!("a letter about an answer names it")
        }
    };
    email.template = template(context, letter, &paths);
    Ok(email)
}

async fn employer(
    world: &World,
    context: &LetterContext,
    paths: &Paths<'_>,
    date: Timestamp,
    message_id: &Line<255>,
) -> Result<Email, ReactionError> {
    let submission = &context.application().submission;
    let links = AnswerLinks {
        overview: paths.recruiter(""),
        interview: paths.recruiter("interview"),
        rejection: paths.recruiter("rejection"),
        info: paths.recruiter("info"),
        hired: paths.recruiter("hired"),
    };
    let letter = letters::employer_application(&EmployerApplication {
        submission,
        client_name: context.client_name(),
        links: &links,
        submitted_at: context.application().submitted_at,
    })?;
    let candidate = submission.candidate.full_name();
    let to = submission.employer.email.reveal();
    let mut email = context.email("employer", candidate.reveal(), to, message_id, date, letter);
    email.reply_to = Some(submission.candidate.email.reveal().clone());
    email.files = context.files(&world.commands).await?;
    Ok(email)
}

fn confirmation(
    context: &LetterContext,
    paths: &Paths<'_>,
    date: Timestamp,
    message_id: &Line<255>,
) -> Result<Email, ReactionError> {
    let submission = &context.application().submission;
    let letter = letters::candidate_copy(&CandidateCopy {
        submission,
        client_name: context.client_name(),
        status_url: &paths.candidate(),
        submitted_at: context.application().submitted_at,
    })?;
    let to = submission.candidate.email.reveal();
    Ok(context.email("confirmation", "", to, message_id, date, letter))
}

fn answer(
    world: &World,
    context: &LetterContext,
    given: &GivenAnswer,
    paths: &Paths<'_>,
    date: Timestamp,
    message_id: &Line<255>,
) -> Result<Email, ReactionError> {
    let submission = &context.application().submission;
    let recruiter = given.answer.recruiter();
    let reply_to = recruiter
        .and_then(|recruiter| recruiter.email.as_ref())
        .unwrap_or(&submission.employer.email)
        .reveal();
    let called_off = called_off(context, given);
    let in_calendar = match given.answer {
        // One whose place was taken meanwhile goes to no calendar again.
        Answer::Interview(_) => {
            let mut meetings = context.application().meetings().into_iter();
            let meeting = meetings.find(|meeting| meeting.given.id == given.id);
            meeting.filter(|_| context.application().successor(given).is_none())
        }
        Answer::Info(_) | Answer::Rejection(_) | Answer::Hire(_) => called_off,
    };
    let invitation = in_calendar.map(|meeting| invitation(world, context, &meeting, given.at));
    let letter = letters::candidate_answer(&CandidateAnswer {
        submission,
        client_name: context.client_name(),
        answer: &given.answer,
        status_url: &paths.candidate(),
        called_off: called_off.map(|meeting| meeting.interview),
        invitation,
    })?;
    let whose = recruiter.map_or_else(
        || submission.employer.description.as_str(),
        |recruiter| recruiter.name.reveal().as_str(),
    );
    let to = submission.candidate.email.reveal();
    let mut email = context.email("answer", whose, to, message_id, date, letter);
    email.reply_to = Some(reply_to.clone());
    // In the candidate's mailbox the answer stands under the copy, where one was asked for.
    email.in_reply_to = sent_as(&context.application().confirmation);
    Ok(email)
}

fn receipt(
    context: &LetterContext,
    given: &GivenAnswer,
    paths: &Paths<'_>,
    date: Timestamp,
    message_id: &Line<255>,
) -> Result<Email, ReactionError> {
    let submission = &context.application().submission;
    let letter = letters::recruiter_receipt(&RecruiterReceipt {
        submission,
        client_name: context.client_name(),
        answer: &given.answer,
        called_off: called_off(context, given).map(|meeting| meeting.interview),
        undo_until: given.undo_until,
        overview_url: &paths.recruiter(""),
        undo_url: &paths.undo(given.id),
    })?;
    let to = submission.employer.email.reveal();
    let mut email = context.email("receipt", "", to, message_id, date, letter);
    email.in_reply_to = sent_as(&context.application().employer_email);
    Ok(email)
}

/// The interview whose place an answer takes: a question takes none.
fn called_off<'a>(context: &'a LetterContext, given: &GivenAnswer) -> Option<Meeting<'a>> {
    if matches!(given.answer, Answer::Info(_)) {
        return None;
    }
    context.application().called_off(given.at, Some(given.id))
}

/// How calendars know a meeting: by one name for all its dates, which the first one of an application
/// has from the application alone.
pub(crate) fn invitation(
    world: &World,
    context: &LetterContext,
    meeting: &Meeting<'_>,
    stamp: Timestamp,
) -> Invitation {
    let uid = match meeting.number {
        1 => format!("{}@{}", context.id, world.mail_domain),
        number => format!("{}.{number}@{}", context.id, world.mail_domain),
    };
    let recruiters = meeting.interview.recruiter.email.as_ref();
    let organizer = recruiters.unwrap_or(&context.application().submission.employer.email);
    let organizer_email = organizer.reveal().clone();
    Invitation { uid, sequence: meeting.sequence, stamp, organizer_email }
}

/// The provider's template for this letter, where the platform has one, with the variables that
/// existing templates expect.
fn template(context: &LetterContext, letter: Letter, paths: &Paths<'_>) -> Option<Template> {
    let templates = &context.partner.settings.mail_templates;
    let id = match letter {
        Letter::Employer => templates.employer,
        Letter::Confirmation => templates.confirmation,
        Letter::Answer { .. } => templates.answer,
        Letter::Receipt { .. } => templates.receipt,
        Letter::Withdrawal | Letter::RecruiterWithdrawal { .. } | Letter::Cancellation => None,
    }?;
    let submission = &context.application().submission;
    let (candidate, employer) = (&submission.candidate, &submission.employer);
    let message = submission.message.reveal().as_str();
    let mut variables = vec![
        ("candidate_name", candidate.full_name().reveal().clone()),
        ("candidate_address", candidate.address.reveal().to_string()),
        ("candidate_phone", candidate.phone.reveal().to_string()),
        ("candidate_email", candidate.email.reveal().to_string()),
        ("employer_description", employer.description.to_string()),
        ("employer_email", employer.email.reveal().to_string()),
        ("job", submission.job.to_string()),
        ("message_raw", message.to_owned()),
        ("message_html", texts::html(message).replace('\n', "<br>")),
    ];
    // Answer links answer in the employer's name: nobody else gets them.
    if letter.is_for_candidate() {
        variables.push(("status_url", paths.candidate()));
    } else {
        variables.push(("answer_interview_url", paths.recruiter("interview")));
        variables.push(("answer_request_info_url", paths.recruiter("info")));
        variables.push(("answer_rejection_url", paths.recruiter("rejection")));
        variables.push(("answer_hired_url", paths.recruiter("hired")));
    }
    if let Some(given) = letter.answer_id().and_then(|id| context.application().answer(id)) {
        variables.push(("answer_kind", given.answer.kind().as_str().to_owned()));
        variables.push(("answer_message", given.answer.message().unwrap_or_default().to_owned()));
    }
    Some(Template { id, variables })
}
