use std::collections::BTreeMap;

use cqrs_es::Aggregate;
use domain::application::{
    AnswerKind, Application, GiveAnswer, Letter, RecordAnswerSent, RecordConfirmed,
    RecordEmailFailed, RecordEmailSkipped, RecordReceiptSent, RecordReport, RecordSentToEmployer,
    RecordWithdrawalSent, Report, RequestResend, SkipReason, Submit, UndoAnswer, Withdraw,
};
use domain::{Decision, Fault, JobApplication, Personal, examples};
use event_store::testing::Engine;
use event_store::{Metadata, Position};
use jiff::Timestamp;
use projections::{answers, applications};
use proptest::prelude::*;
use uuid::Uuid;

use crate::support::{DEADLINE, application, fixture};

/// Something that may be decided, if the rules let it.
#[derive(Clone, Copy, Debug)]
enum Step {
    Submit { full: bool },
    Sent,
    Failed,
    Skipped,
    Confirmed,
    ConfirmationFailed,
    Answer(AnswerKind),
    Undo,
    AnswerSent,
    AnswerFailed,
    Receipt,
    Withdraw,
    WithdrawalSent,
    Bounced,
    Delivered,
    Resend,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => any::<bool>().prop_map(|full| Step::Submit { full }),
        4 => Just(Step::Sent),
        1 => Just(Step::Failed),
        1 => Just(Step::Skipped),
        1 => Just(Step::Confirmed),
        1 => Just(Step::ConfirmationFailed),
        6 => proptest::sample::select(&AnswerKind::ALL[..]).prop_map(Step::Answer),
        4 => Just(Step::Undo),
        2 => Just(Step::AnswerSent),
        1 => Just(Step::AnswerFailed),
        1 => Just(Step::Receipt),
        1 => Just(Step::Withdraw),
        2 => Just(Step::WithdrawalSent),
        1 => Just(Step::Bounced),
        1 => Just(Step::Delivered),
        1 => Just(Step::Resend),
    ]
}

fn decision(
    step: Step,
    minute: i64,
    state: &JobApplication,
) -> Box<dyn Decision<Aggregate = JobApplication>> {
    let at = examples::minutes(minute);
    let message_id = examples::valid(&format!("{minute}@postulo.example"));
    let cause = Personal::new(examples::valid("550 5.1.1 no such user"));
    let answers = state.known().map_or(0, |known| known.answers.len());
    let last = examples::answer_id(u128::try_from(answers).unwrap());
    match step {
        Step::Submit { full } => Box::new(Submit {
            submission: if full { examples::full_submission() } else { examples::submission() },
            request_digest: None,
            at,
        }),
        Step::Sent => Box::new(RecordSentToEmployer { message_id, at }),
        Step::Failed => Box::new(RecordEmailFailed { letter: Letter::Employer, cause, at }),
        Step::Skipped => Box::new(RecordEmailSkipped {
            letter: Letter::Employer,
            reason: SkipReason::StagingClient,
            at,
        }),
        Step::Confirmed => Box::new(RecordConfirmed { message_id, at }),
        Step::ConfirmationFailed => {
            Box::new(RecordEmailFailed { letter: Letter::Confirmation, cause, at })
        }
        Step::Answer(kind) => Box::new(GiveAnswer {
            id: examples::answer_id(u128::try_from(answers).unwrap() + 1),
            answer: examples::answer(kind, minute % 2 == 0),
            answers_seen: answers,
            evidence: None,
            undo_until: examples::minutes(minute + 2),
            at,
        }),
        Step::Undo => Box::new(UndoAnswer { id: last, at }),
        Step::AnswerSent => Box::new(RecordAnswerSent { answer_id: last, message_id, at }),
        Step::AnswerFailed => {
            Box::new(RecordEmailFailed { letter: Letter::Answer { answer_id: last }, cause, at })
        }
        Step::Receipt => Box::new(RecordReceiptSent { answer_id: last, message_id, at }),
        Step::Withdraw => Box::new(Withdraw { reason: None, at }),
        Step::WithdrawalSent => {
            let letters = state.known().map(Application::withdrawal_letters);
            let letter = letters.unwrap_or_default().into_iter().next();
            let letter = letter.unwrap_or(Letter::Cancellation);
            Box::new(RecordWithdrawalSent { letter, message_id, at })
        }
        Step::Bounced => {
            let report = Report::Bounced { permanent: true, fault: Fault::Address, cause };
            Box::new(RecordReport { message_id, report, at })
        }
        Step::Delivered => Box::new(RecordReport { message_id, report: Report::Delivered, at }),
        Step::Resend => {
            let request_id = Uuid::from_u128(u128::try_from(minute).unwrap());
            Box::new(RequestResend { request_id, letter: Letter::Employer, at })
        }
    }
}

/// The log, and every row of every read model.
/// An event as it is compared: where, whose, what, why, when.
type Told = (Position, String, String, Metadata, Timestamp);

type Outcome = (Vec<Told>, Vec<(&'static str, Vec<String>)>);

/// Takes the steps that the rules let happen, while the projections run; then looks.
async fn live_equals_rebuilt_equals_decided(
    engine: Engine,
    steps: &[(u128, Step)],
    batch: i64,
) -> Outcome {
    let it = fixture(engine).await;
    let mut states: BTreeMap<Uuid, (JobApplication, i64)> = BTreeMap::new();
    let running = it.start(batch);
    for (minute, (n, step)) in (0..).zip(steps.iter().copied()) {
        let (state, sequence) = states.entry(application(n)).or_default();
        let Ok(events) = decision(step, minute, state).decide(state) else {
            continue;
        };
        if events.is_empty() {
            continue;
        }
        it.append(application(n), *sequence, &events).await;
        *sequence += i64::try_from(events.len()).unwrap();
        for event in events {
            Aggregate::apply(state, event);
        }
    }
    let head = it.log.head().await.unwrap();
    running.wait_for(&[], head, DEADLINE).await.unwrap();
    running.stop().await;

    for (id, (state, sequence)) in &states {
        let row = applications::find(&it.log, *id).await.unwrap();
        assert_eq!(row.as_ref().map(|row| row.status), state.status());
        let (Some(row), Ok(known)) = (row, state.known()) else {
            continue;
        };
        assert_eq!(row.last_sequence, *sequence);
        let standing = known.standing_answers().count();
        assert_eq!(row.answers, i64::try_from(standing).unwrap());
        let shown = answers::of(&it.log, *id).await.unwrap();
        let shown: Vec<_> = shown
            .into_iter()
            .map(|row| (row.answer_id, row.kind, row.undone, row.answered_at))
            .collect();
        let given: Vec<_> = known
            .answers
            .iter()
            .map(|given| (given.id, given.answer.kind(), given.undone, given.at))
            .collect();
        assert_eq!(shown, given);
    }
    let mut live = it.dump().await;
    for projection in projections::all() {
        it.rebuild(projection.name()).await;
    }
    assert_eq!(it.dump().await, live);
    // Each log has sealed with keys of its own: what was sealed is compared.
    let raw = it.log.read_after(Position::START, i64::MAX).await.unwrap();
    let opened = raw.iter().map(|raw| {
        let payload = it.log.payload(raw).unwrap();
        (raw.position, raw.aggregate_id.clone(), payload, raw.metadata.clone(), raw.recorded_at)
    });
    let told = opened.collect::<Vec<_>>();
    // So are terms and pseudonyms: whom they stand for is compared, not how they are blinded.
    for (_, rows) in &mut live {
        let blinded = |cell: &str| cell.starts_with(testing::BLINDED);
        for row in rows.iter_mut().filter(|row| row.contains(testing::BLINDED)) {
            let cells = row.split(" | ").map(|cell| if blinded(cell) { "blinded" } else { cell });
            *row = cells.collect::<Vec<_>>().join(" | ");
        }
        rows.sort();
    }
    (told, live)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_read_model_that_grew_equals_one_built_anew_and_the_rules_and_both_engines_agree(
        steps in proptest::collection::vec((1_u128..5, step()), 0..60),
        batch in 1_i64..12,
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let [(sqlite_log, sqlite_rows), (postgres_log, postgres_rows)] =
            [Engine::Sqlite, Engine::Postgres].map(|engine| {
                runtime.block_on(live_equals_rebuilt_equals_decided(engine, &steps, batch))
            });
        prop_assert_eq!(sqlite_log, postgres_log);
        prop_assert_eq!(sqlite_rows, postgres_rows);
    }
}
