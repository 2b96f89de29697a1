//! Given a client platform, when it is registered or changed, then this happens.

use cqrs_es::test::TestFramework;
use domain::client::{
    ChangeClientSettings, ClientEvent, ClientPlatform, ClientRefusal, ClientSettings,
    RegisterClient,
};
use domain::{Decision, Digest, examples};

type Boxed = Box<dyn Decision<Aggregate = ClientPlatform>>;

fn register() -> Boxed {
    let secret_digest = Digest::from_bytes([9; 32]);
    let settings = examples::client_settings();
    Box::new(RegisterClient { settings, secret_digest, at: examples::minutes(0) })
}

fn registered() -> ClientEvent {
    ClientEvent::ClientRegistered {
        settings: examples::client_settings(),
        secret_digest: Digest::from_bytes([9; 32]),
        at: examples::minutes(0),
    }
}

fn change(settings: ClientSettings) -> Boxed {
    Box::new(ChangeClientSettings { settings, at: examples::minutes(1) })
}

fn platform() -> TestFramework<ClientPlatform> {
    TestFramework::with(())
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
        .then_expect_error(ClientRefusal::AlreadyRegistered);
}

#[test]
fn changed_settings_are_recorded_once() {
    let new = ClientSettings { mails_employers: false, ..examples::client_settings() };
    let changed =
        ClientEvent::ClientSettingsChanged { settings: new.clone(), at: examples::minutes(1) };
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
        .when(change(examples::client_settings()))
        .then_expect_error(ClientRefusal::NotFound);
}
