//! Ready-made values and histories for tests: full ones, with every optional field, and minimal.

mod offer;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::application::{
    Answer, AnswerDraft, AnswerId, AnswerKind, ApplicationEvent, Attachment, Basis, Evidence,
    JobApplication, Letter, MemoOutcome, SkipReason, Submission, SubmissionDraft, Wish,
};
use crate::message::OutgoingLetter;
use crate::partner::PartnerSettings;
use crate::{Digest, Fault, Language, MediaType, Personal};

pub use offer::offer;

/// A valid value of `text`; a test that asks for an invalid one is wrong.
pub fn valid<T: std::str::FromStr>(text: &str) -> T {
    text.parse().unwrap_or_else(|_| panic!("not a valid example: {text}"))
}

/// The time written `text`.
pub fn at(text: &str) -> Timestamp {
    valid(text)
}

/// When the examples happen: 20 November 2026, 09:00 UTC, and `minutes` later.
pub fn minutes(minutes: i64) -> Timestamp {
    at("2026-11-20T09:00:00Z") + SignedDuration::from_mins(minutes)
}

/// The example answer number `n`.
pub fn answer_id(n: u128) -> AnswerId {
    AnswerId(Uuid::from_u128(0x0195_0000_0000_7000_8000_0000_0000_0000 + n))
}

/// A valid application as a form brings it, with nothing optional.
pub fn draft() -> SubmissionDraft {
    let mut draft = SubmissionDraft::default();
    for (name, value) in [
        ("candidate_email", "camille.martin@example.org"),
        ("candidate_first_name", "Camille"),
        ("candidate_last_name", "Martin"),
        ("candidate_phone", "06 12 34 56 78"),
        ("candidate_address", "12 rue des Lilas, 75020 Paris"),
        ("candidate_peid", "1234567A"),
        ("employer_email", "recrutement@boulangerie.example"),
        ("employer_description", "Boulangerie Dupont"),
        ("siret", "73282932000074"),
        ("job", "Boulanger (H/F)"),
        (
            "message",
            "Bonjour,\n\nVotre fournil me plaît : j'y travaillerais volontiers.\n\nCamille",
        ),
    ] {
        draft.set(name, value.to_owned());
    }
    draft
}

/// The example submission with nothing optional.
pub fn submission() -> Submission {
    draft().parse(valid("demo"), Language::Fr, vec![]).expect("the example is valid")
}

/// The example submission with everything optional.
pub fn full_submission() -> Submission {
    let mut draft = draft();
    draft.set("candidate_rome_code", "D1102".into());
    draft.set("candidate_peam_access_token", "gAAAAABk-example".into());
    draft.send_confirmation = true;
    let attachment = |name: &str, media_type, size, byte: u8| Attachment {
        name: Personal::new(valid(name)),
        media_type,
        size,
        digest: Digest::from_bytes([byte; 32]),
    };
    let attachments = vec![
        attachment("CV Camille Martin.pdf", MediaType::Pdf, 182_044, 1),
        attachment("lettre.docx", MediaType::Docx, 24_310, 2),
    ];
    draft.parse(valid("demo"), Language::Fr, attachments).expect("the example is valid")
}

/// `Submitted`, minimal.
pub fn submitted() -> ApplicationEvent {
    ApplicationEvent::Submitted {
        submission: Box::new(submission()),
        request_digest: None,
        at: minutes(0),
    }
}

/// `Submitted`, with everything optional.
pub fn submitted_in_full() -> ApplicationEvent {
    ApplicationEvent::Submitted {
        submission: Box::new(full_submission()),
        request_digest: Some(Digest::from_bytes([7; 32])),
        at: minutes(0),
    }
}

/// `SentToEmployer`.
pub fn sent() -> ApplicationEvent {
    ApplicationEvent::SentToEmployer {
        message_id: valid("0195.employer@postulo.example"),
        at: minutes(1),
    }
}

/// An interview form, filled in with everything.
pub fn interview_draft() -> AnswerDraft {
    AnswerDraft {
        place: "onsite".into(),
        date: "2026-12-03".into(),
        time: "14:30".into(),
        zone: "Europe/Paris".into(),
        recruiter_name: "Dominique Dupont".to_owned().into(),
        recruiter_email: "dominique@boulangerie.example".to_owned().into(),
        recruiter_phone: "01 23 45 67 89".to_owned().into(),
        recruiter_address: "3 place du Marché, 75011 Paris".to_owned().into(),
        message: "Venez avec vos questions.\nLe fournil ouvre à 14 h.".to_owned().into(),
        ..AnswerDraft::default()
    }
}

/// The example answer of each kind, full or minimal.
pub fn answer(kind: AnswerKind, full: bool) -> Answer {
    let mut draft = interview_draft();
    draft.reason = "novacancy".into();
    draft.confirmed = true;
    if !full {
        draft.recruiter_phone = Personal::default();
        draft.recruiter_address = Personal::default();
        if kind != AnswerKind::Info {
            draft.message = Personal::default();
        }
    }
    draft.parse(kind, minutes(0)).expect("the example is valid")
}

/// The event that gives `answer`, number `n`, two minutes in, undoable for two more.
pub fn answered(n: u128, answer: Answer, evidence: Option<Evidence>) -> ApplicationEvent {
    let answer_id = answer_id(n);
    let (at, undo_until) = (minutes(2), minutes(4));
    match answer {
        Answer::Interview(interview) => {
            let interview = Box::new(interview);
            ApplicationEvent::InterviewProposed { answer_id, interview, evidence, undo_until, at }
        }
        Answer::Info(info) => {
            let info = Box::new(info);
            ApplicationEvent::InfoRequested { answer_id, info, evidence, undo_until, at }
        }
        Answer::Rejection(rejection) => {
            ApplicationEvent::Rejected { answer_id, rejection, evidence, undo_until, at }
        }
        Answer::Hire(hire) => ApplicationEvent::Hired { answer_id, hire, evidence, undo_until, at },
    }
}

/// What speaks for a person, in full.
pub fn evidence() -> Evidence {
    Evidence {
        seconds_on_page: 42,
        user_agent: Some(Personal::new(valid("Mozilla/5.0 (X11; Linux x86_64)"))),
    }
}

/// Every kind of event, full and, where they differ, minimal.
#[expect(clippy::too_many_lines, reason = "an example each")]
pub fn every_event() -> Vec<ApplicationEvent> {
    let message_id = || valid("0195.example@postulo.example");
    let cause = || Personal::new(valid("550 5.1.1 no such user"));
    let at = minutes(5);
    let (answer_id, request_id) = (answer_id(1), Uuid::from_u128(9));
    let (reactor, position) = (|| valid("employer_email"), 1);
    let bounced = |permanent, fault| ApplicationEvent::EmailBounced {
        message_id: message_id(),
        permanent,
        cause: cause(),
        fault,
        at,
    };
    let blocked = |fault| ApplicationEvent::EmailBlocked {
        message_id: message_id(),
        cause: cause(),
        fault,
        at,
    };
    let mut events = vec![
        submitted(),
        submitted_in_full(),
        sent(),
        ApplicationEvent::ConfirmedToCandidate { message_id: message_id(), at },
        ApplicationEvent::AnswerUndone { answer_id, at },
        ApplicationEvent::AnswerSentToCandidate { answer_id, message_id: message_id(), at },
        ApplicationEvent::ReceiptSentToRecruiter { answer_id, message_id: message_id(), at },
        ApplicationEvent::WithdrawalSent {
            letter: Letter::Withdrawal,
            message_id: message_id(),
            at,
        },
        ApplicationEvent::WithdrawalSent {
            letter: Letter::RecruiterWithdrawal { answer_id },
            message_id: message_id(),
            at,
        },
        ApplicationEvent::WithdrawalSent {
            letter: Letter::Cancellation,
            message_id: message_id(),
            at,
        },
        ApplicationEvent::EmailFailed { letter: Letter::Employer, cause: cause(), at },
        ApplicationEvent::EmailFailed { letter: Letter::Answer { answer_id }, cause: cause(), at },
        ApplicationEvent::EmailFailed { letter: Letter::Receipt { answer_id }, cause: cause(), at },
        ApplicationEvent::EmailSkipped {
            letter: Letter::Employer,
            reason: SkipReason::StagingClient,
            at,
        },
        ApplicationEvent::EmailSkipped {
            letter: Letter::Confirmation,
            reason: SkipReason::Suppressed,
            at,
        },
        ApplicationEvent::EmailSkipped {
            letter: Letter::Answer { answer_id },
            reason: SkipReason::Superseded,
            at,
        },
        ApplicationEvent::EmailDelivered { message_id: message_id(), at },
        ApplicationEvent::EmailOpened { message_id: message_id(), at },
        ApplicationEvent::EmailClicked { message_id: message_id(), at },
        bounced(true, Some(Fault::Address)),
        bounced(false, None),
        ApplicationEvent::EmailMarkedAsSpam { message_id: message_id(), at },
        blocked(Some(Fault::Sender)),
        blocked(None),
        ApplicationEvent::ForwardedToMemo { outcome: MemoOutcome::Taken, at },
        ApplicationEvent::ForwardedToMemo { outcome: MemoOutcome::AlreadyThere, at },
        ApplicationEvent::ForwardedToAmi { at },
        ApplicationEvent::ResendRequested { request_id, letter: Letter::Employer, at },
        ApplicationEvent::EmailResent {
            request_id,
            letter: Letter::Employer,
            message_id: message_id(),
            at,
        },
        ApplicationEvent::AttachmentsForwardRequested {
            request_id,
            recipient: Personal::new(valid("direction@boulangerie.example")),
            at,
        },
        ApplicationEvent::AttachmentsForwarded { request_id, message_id: message_id(), at },
        ApplicationEvent::AnswerLinkIssued { expires_at: minutes(500), at },
        ApplicationEvent::ReactionRetried { reactor: reactor(), position, at },
        ApplicationEvent::ReactionArchived { reactor: reactor(), position, at },
        ApplicationEvent::ReactionRestored { reactor: reactor(), position, at },
        ApplicationEvent::PersonalDataRequested { request_id, wish: Wish::Export, at },
        ApplicationEvent::PersonalDataRequested { request_id, wish: Wish::Erasure, at },
        ApplicationEvent::PersonalDataLinkSent { request_id, message_id: message_id(), at },
        ApplicationEvent::ErasureRequested { request_id, requested_by: valid("op-1"), at },
        ApplicationEvent::ErasureRefused { request_id, at },
        ApplicationEvent::AttachmentsDeleted { at },
        ApplicationEvent::PersonalDataErased { basis: Basis::Retention, at },
        ApplicationEvent::Withdrawn { reason: None, at },
        ApplicationEvent::Withdrawn {
            reason: Some(Personal::new(valid("J'ai trouvé un poste."))),
            at,
        },
    ];
    for kind in AnswerKind::ALL {
        events.push(answered(1, answer(kind, false), None));
        events.push(answered(1, answer(kind, true), Some(evidence())));
    }
    events
}

/// One history for every state an application can be in, with the state's name.
pub fn every_state() -> Vec<(&'static str, Vec<ApplicationEvent>)> {
    let answered = |kind| answered(1, answer(kind, true), None);
    let withdrawn = ApplicationEvent::Withdrawn { reason: None, at: minutes(9) };
    let erased = ApplicationEvent::PersonalDataErased { basis: Basis::Candidate, at: minutes(9) };
    vec![
        ("absent", vec![]),
        ("submitted", vec![submitted()]),
        ("sent", vec![submitted(), sent()]),
        ("info requested", vec![submitted(), sent(), answered(AnswerKind::Info)]),
        ("interview proposed", vec![submitted(), sent(), answered(AnswerKind::Interview)]),
        ("rejected", vec![submitted(), sent(), answered(AnswerKind::Rejection)]),
        ("hired", vec![submitted(), sent(), answered(AnswerKind::Hire)]),
        ("withdrawn", vec![submitted(), sent(), withdrawn]),
        ("erased", vec![submitted(), sent(), erased]),
    ]
}

/// The state after `events`.
pub fn state(events: &[ApplicationEvent]) -> JobApplication {
    JobApplication::replay(events.iter().cloned())
}

/// A letter that belongs to no application.
pub fn message() -> OutgoingLetter {
    OutgoingLetter {
        kind: valid("confirm_address"),
        from_name: valid("Postulo"),
        from: valid("bonjour@postulo.example"),
        to: Personal::new(valid("camille.martin@example.org")),
        reply_to: None,
        unsubscribe: None,
        language: Language::Fr,
        subject: Personal::new(valid("Confirmez votre adresse")),
        text: Personal::new(valid(
            "Bonjour,\n\nhttps://postulo.example/espace/adresse/TOKEN\n\nPostulo",
        )),
        html: Personal::new(valid("<!doctype html><title>Postulo</title><p>Bonjour</p>")),
    }
}

/// The settings of the example platform.
pub fn partner_settings() -> PartnerSettings {
    PartnerSettings {
        origins: vec![valid("https://emploi-facile.example")],
        ..PartnerSettings::new(valid("Emploi Facile"), valid("candidatures@emploi-facile.example"))
    }
}

/// A dossier of a work permit under examination, as its source holds it.
pub fn dossier(number: u64) -> crate::permit::Dossier {
    use crate::permit::{DossierDates, DossierState, FieldMap, FormAnswer, Holder};
    let answer = |(label, text): (&str, &str)| FormAnswer {
        label: label.to_owned(),
        id: None,
        text: text.to_owned(),
    };
    let said = [
        ("Nom", "Martin"),
        ("Prénom", " Emma Louise    "),
        ("Date de naissance", "1998-12-20"),
        ("Nationalité", "Maroc"),
        ("E-mail", "camille.martin@example.org"),
        ("Type de contrat", "CDD"),
        ("Employeur", "Boulangerie Dupont"),
        ("Département qui figure sur le titre de séjour", "75 - Paris"),
        ("Date d'expiration", "2027-08-31"),
        ("Commune de résidence en France", "Villejuif"),
    ];
    crate::permit::Dossier {
        procedure: 3272,
        number,
        state: DossierState::Received,
        dates: DossierDates {
            created_at: minutes(0),
            initiated_at: Some(minutes(0)),
            received_at: Some(minutes(10)),
            processed_at: None,
            updated_at: minutes(10),
        },
        holder: Holder {
            email: Some(Personal::new(valid("camille.martin@example.org"))),
            worker_email: Some(Personal::new(valid("camille.martin@example.org"))),
            siret: Some(valid("73282932000074")),
            company: Some(Personal::new(valid("SARL Dupont"))),
            followers: vec![Personal::new(valid("agent@prefecture.example"))],
        },
        fields: FieldMap::own().read(&[], &said.map(answer)).expect("an example can be read"),
    }
}

/// The same once the permit was granted, until its last day.
pub fn granted(number: u64, last_day: &str) -> crate::permit::Dossier {
    use crate::permit::{DossierState, FieldMap, FormAnswer};
    let mut dossier = dossier(number);
    dossier.state = DossierState::Closed;
    dossier.dates.processed_at = Some(minutes(3 * 24 * 60));
    dossier.dates.updated_at = minutes(3 * 24 * 60);
    for (label, text) in [("Date de début APT", "2026-11-01"), ("Date de fin APT", last_day)] {
        let (label, text) = (label.to_owned(), text.to_owned());
        let read = FieldMap::own().read(&[FormAnswer { label, id: None, text }], &[]);
        dossier.fields.extend(read.expect("an example can be read"));
    }
    dossier
}
