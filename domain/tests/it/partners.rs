//! Given a client platform, when it is registered or changed, then this happens.

use cqrs_es::test::TestFramework;
use domain::partner::{
    ChangeClientSettings, DisableClient, DisableWebhook, EnableClient, Partner, PartnerEvent,
    PartnerRefusal, PartnerSettings, PauseClient, RegisterClient, RegisterWebhook, RemoveWebhook,
    ResumeClient, Retention, RotateClientSecret, WebhookUrl,
};
use domain::{Decision, Digest, examples};
use uuid::Uuid;

type Boxed = Box<dyn Decision<Aggregate = Partner>>;

fn register() -> Boxed {
    let secret_digest = Digest::from_bytes([9; 32]);
    let settings = examples::partner_settings();
    Box::new(RegisterClient { settings, secret_digest, at: examples::minutes(0) })
}

fn registered() -> PartnerEvent {
    PartnerEvent::ClientRegistered {
        settings: examples::partner_settings(),
        secret_digest: Digest::from_bytes([9; 32]),
        at: examples::minutes(0),
    }
}

fn change(settings: PartnerSettings) -> Boxed {
    Box::new(ChangeClientSettings { settings, at: examples::minutes(1) })
}

fn platform() -> TestFramework<Partner> {
    TestFramework::with(())
}

#[test]
fn settings_that_were_stored_without_a_retention_have_the_usual_one() {
    let mut stored = serde_json::to_value(registered()).unwrap();
    stored["settings"].as_object_mut().unwrap().remove("retention").unwrap();
    assert_eq!(serde_json::from_value::<PartnerEvent>(stored).unwrap(), registered());
    let usual = Retention::default();
    assert_eq!((usual.attachment_days(), usual.personal_data_months()), (30, 24));
}

#[test]
fn a_new_id_is_registered() {
    platform().given_no_previous_events().when(register()).then_expect_events(vec![registered()]);
}

#[test]
fn a_taken_id_is_refused() {
    platform()
        .given(vec![registered()])
        .when(register())
        .then_expect_error(PartnerRefusal::AlreadyRegistered);
}

#[test]
fn changed_settings_are_recorded_once() {
    let new = PartnerSettings { mails_employers: false, ..examples::partner_settings() };
    let changed =
        PartnerEvent::ClientSettingsChanged { settings: new.clone(), at: examples::minutes(1) };
    platform()
        .given(vec![registered()])
        .when(change(new.clone()))
        .then_expect_events(vec![changed.clone()]);
    platform().given(vec![registered(), changed]).when(change(new)).then_expect_events(vec![]);
}

#[test]
fn an_unknown_client_cannot_be_changed() {
    platform()
        .given_no_previous_events()
        .when(change(examples::partner_settings()))
        .then_expect_error(PartnerRefusal::NotFound);
}

fn after(decisions: &[Boxed]) -> Partner {
    let mut state = Partner::default();
    for decision in decisions {
        for event in decision.decide(&state).expect("a decision that is allowed") {
            state.apply(event);
        }
    }
    state
}

#[test]
fn a_rotated_secret_leaves_the_old_one_for_a_while() {
    let (secret_digest, at) = (Digest::from_bytes([8; 32]), examples::minutes(1));
    let rotate = RotateClientSecret { secret_digest, old_until: examples::minutes(60), at };
    let state = after(&[register(), Box::new(rotate)]);
    let known = state.known().unwrap();
    assert_eq!(known.secret_digest, Digest::from_bytes([8; 32]));
    assert_eq!(known.old_secret, Some((Digest::from_bytes([9; 32]), examples::minutes(60))));
}

#[test]
fn a_platform_is_shut_out_and_let_in_once() {
    let at = examples::minutes(1);
    let state = after(&[register(), Box::new(DisableClient { at })]);
    assert_eq!(state.known().unwrap().disabled_at, Some(at));
    assert_eq!(DisableClient { at }.decide(&state), Ok(vec![]));
    let state = after(&[register(), Box::new(DisableClient { at }), Box::new(EnableClient { at })]);
    assert_eq!(state.known().unwrap().disabled_at, None);
    assert_eq!(EnableClient { at }.decide(&state), Ok(vec![]));
}

#[test]
fn letters_are_paused_and_resumed_once_and_nothing_else_changes() {
    let at = examples::minutes(1);
    let paused = after(&[register(), Box::new(PauseClient { at })]);
    assert_eq!(paused.known().unwrap().paused_at, Some(at));
    assert_eq!(paused.known().unwrap().disabled_at, None);
    assert_eq!(PauseClient { at }.decide(&paused), Ok(vec![]));
    let resumed = after(&[register(), Box::new(PauseClient { at }), Box::new(ResumeClient { at })]);
    assert_eq!(resumed, after(&[register()]));
    assert_eq!(ResumeClient { at }.decide(&resumed), Ok(vec![]));
    let absent = Partner::default();
    assert_eq!(PauseClient { at }.decide(&absent), Err(PartnerRefusal::NotFound));
    assert_eq!(ResumeClient { at }.decide(&absent), Err(PartnerRefusal::NotFound));
}

#[test]
fn webhooks_are_registered_once_paused_and_removed() {
    let at = examples::minutes(1);
    let url: WebhookUrl = examples::valid("https://partner.example/hooks?a=b");
    let hook = |n| RegisterWebhook { id: Uuid::from_u128(n), url: url.clone(), at };
    let state = after(&[register(), Box::new(hook(1))]);
    assert_eq!(hook(1).decide(&state), Ok(vec![]));
    assert_eq!(hook(2).decide(&state), Err(PartnerRefusal::WebhookKnown));
    let pause = DisableWebhook { id: Uuid::from_u128(1), failing: true, at };
    let state = after(&[register(), Box::new(hook(1)), Box::new(pause)]);
    let webhook = &state.known().unwrap().webhooks[0];
    assert!(webhook.paused && webhook.failing);
    assert_eq!(pause.decide(&state), Ok(vec![]));
    let remove = RemoveWebhook { id: Uuid::from_u128(1), at };
    let state = after(&[register(), Box::new(hook(1)), Box::new(remove)]);
    assert_eq!(remove.decide(&state), Err(PartnerRefusal::NoSuchWebhook));
}

#[rstest::rstest]
#[case("https://partner.example/hooks", true)]
#[case("http://127.0.0.1:8000/", true)]
#[case("ftp://partner.example/", false)]
#[case("https://user:secret@partner.example/", false)]
#[case("https://", false)]
#[case("https://partner.example/a b", false)]
#[case("javascript:alert(1)", false)]
fn a_webhook_has_a_plain_address(#[case] text: &str, #[case] valid: bool) {
    assert_eq!(text.parse::<WebhookUrl>().is_ok(), valid);
}
