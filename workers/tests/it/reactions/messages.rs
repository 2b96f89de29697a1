//! Letters that belong to no application, from their queue to what became of them.

use commands::parked::{self, Filter};
use commands::{CommandError, ReportOutcome, ReportedId};
use domain::application::{ReactionAct, Report};
use domain::examples::{self, minutes};
use domain::fault::Fault;
use domain::message::{Message, MessageEvent, MessageEventKind, MessageRefusal};
use domain::suppression::SuppressionReason;
use domain::{EmailAddress, Personal};
use event_store::StreamId;
use event_store::testing::{Engine, until};
use rstest::rstest;
use uuid::Uuid;

use super::{CANDIDATE, House, cause, from};

const ID: Uuid = Uuid::from_u128(77);

impl House {
    async fn queue(&self) {
        self.world.commands.messages().queue(ID, examples::message(), &cause()).await.unwrap();
    }

    async fn message_events(&self) -> Vec<MessageEvent> {
        let history = self.world.commands.messages().find(ID).await.unwrap();
        history.events.into_iter().map(|recorded| recorded.event).collect()
    }

    async fn message_kinds(&self) -> Vec<MessageEventKind> {
        self.message_events().await.iter().map(MessageEvent::kind).collect()
    }

    async fn message_has(&self, kinds: &[MessageEventKind]) {
        until("it happened", || async { self.message_kinds().await == kinds }).await;
    }

    async fn report(&self, message_id: &str, report: Report) -> ReportOutcome {
        let id = ReportedId { message_id: Some(message_id), provider_id: None };
        self.world.commands.emails().record_report(id, report, minutes(5), &cause()).await.unwrap()
    }
}

use MessageEventKind::{
    MessageErased, MessageQueued, MessageReported, MessageResendRequested, MessageSent,
    MessageSkipped,
};

#[rstest]
#[tokio::test]
async fn a_letter_of_no_application_leaves_once_and_its_reports_find_it(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let house = House::new(engine, true).await;
    let workers = house.start().await;
    house.queue().await;
    house.queue().await; // a repeat by its id
    house.message_has(&[MessageQueued, MessageSent]).await;
    let mail = house.mail_to(CANDIDATE);
    assert_eq!(from(&mail), ("Postulo".to_owned(), "bonjour@postulo.example".to_owned()));
    assert_eq!(mail.subject(), Some("Confirmez votre adresse"));
    assert!(mail.body_text(0).unwrap().contains("/espace/adresse/TOKEN"));

    let events = house.message_events().await;
    let Some(MessageEvent::MessageSent { message_id, .. }) = events.last() else {
        panic!("{events:?}")
    };
    assert_eq!(mail.message_id(), Some(message_id.as_str()));
    let id = ID.to_string();
    let stream = StreamId::of::<Message>(&id);
    let kept = house.world.commands.emails().of(stream).await.unwrap().remove(0);
    assert_eq!(
        (kept.letter.as_str(), kept.message_id.as_str()),
        ("confirm_address", message_id.as_str())
    );
    let copy = house.world.commands.emails().find(stream, &kept.message_id).await.unwrap().unwrap();
    assert_eq!(copy.subject.reveal(), "Confirmez votre adresse");

    let cause = Personal::new(examples::valid("550 no such user"));
    let bounced = Report::Bounced { permanent: true, fault: Fault::Address, cause };
    for _ in 0..2 {
        let outcome = house.report(message_id.as_str(), bounced.clone()).await;
        assert_eq!(outcome, ReportOutcome::Recorded);
    }
    house.message_has(&[MessageQueued, MessageSent, MessageReported]).await;
    let to: EmailAddress = examples::valid(CANDIDATE);
    let listed = house.world.commands.suppressions().find(&to).await.unwrap().unwrap();
    assert_eq!(listed.reason, SuppressionReason::Bounced);
    workers.stop().await;
    assert!(house.parked().await.is_empty(), "no reaction is left over");
}

#[rstest]
#[tokio::test]
async fn a_letter_to_a_suppressed_address_waits_for_an_operator_and_is_sent_again_on_request(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let house = House::new(engine, true).await;
    let (commands, to) = (&house.world.commands, examples::valid(CANDIDATE));
    let (reason, until) = (SuppressionReason::Operator, minutes(10_000));
    commands.suppressions().suppress(&to, reason, until, &cause()).await.unwrap();
    let workers = house.start().await;
    house.queue().await;
    house.is_parked("message_email", "skipped").await;
    house.message_has(&[MessageQueued, MessageSkipped]).await;
    assert!(house.mails().is_empty());

    let row = parked::list(&house.log, &Filter::default()).await.unwrap().remove(0);
    assert_eq!(row.about(), format!("Message {ID}"));
    commands.suppressions().lift(&to, &cause()).await.unwrap();
    let one = Filter::one(&row.reactor, row.position);
    assert_eq!(
        commands.operators().act_on_reactions(ReactionAct::Retry, &one, &cause()).await.unwrap(),
        1
    );
    house.message_has(&[MessageQueued, MessageSkipped, MessageSent]).await;

    let request = Uuid::from_u128(5);
    for _ in 0..2 {
        commands.messages().resend(ID, request, &cause()).await.unwrap();
    }
    let sent = [MessageQueued, MessageSkipped, MessageSent, MessageResendRequested, MessageSent];
    house.message_has(&sent).await;
    workers.stop().await;
    assert_eq!(house.mails().len(), 2);
    assert!(house.parked().await.is_empty(), "no reaction is left over");
}

#[rstest]
#[tokio::test]
async fn nothing_is_left_of_a_letter_whose_receiver_was_forgotten(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let house = House::new(engine, true).await;
    let workers = house.start().await;
    house.queue().await;
    house.message_has(&[MessageQueued, MessageSent]).await;
    let commands = &house.world.commands;
    commands.messages().forget(ID, &cause()).await.unwrap();
    assert_eq!(house.message_kinds().await, [MessageQueued, MessageSent, MessageErased]);
    let history = commands.messages().find(ID).await.unwrap();
    assert!(history.events[0].erased);
    let letter = &history.state.remembered().unwrap().letter;
    assert_ne!(letter.to, examples::message().to);
    assert_eq!(letter.subject.reveal().as_str(), "erased");
    let id = ID.to_string();
    assert!(commands.emails().of(StreamId::of::<Message>(&id)).await.unwrap().is_empty());
    let refused = commands.messages().resend(ID, Uuid::nil(), &cause()).await;
    assert!(matches!(refused, Err(CommandError::Refused(MessageRefusal::Erased))), "{refused:?}");
    workers.stop().await;
}
