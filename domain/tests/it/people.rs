//! Given a mailbox or an operator, when something is decided about them, then this happens.

use domain::operator::{Operator, OperatorEvent, OperatorRefusal, RecordOfOperator, Role};
use domain::suppression::{
    LiftSuppression, SuppressAddress, SuppressedAddress, SuppressionReason, SuppressionRefusal,
};
use domain::{Decision, Personal, examples};

fn suppress(until: i64) -> SuppressAddress {
    SuppressAddress {
        address: Personal::new(examples::valid("rh@boulangerie.example")),
        reason: SuppressionReason::Bounced,
        until: examples::minutes(until),
        at: examples::minutes(0),
    }
}

#[test]
fn a_mailbox_is_suppressed_until_a_time_or_until_it_is_lifted() {
    let mut mailbox = SuppressedAddress::default();
    assert_eq!(
        LiftSuppression { at: examples::minutes(0) }.decide(&mailbox),
        Err(SuppressionRefusal::NotSuppressed)
    );
    for event in suppress(60).decide(&mailbox).unwrap() {
        mailbox.apply(event);
    }
    assert!(mailbox.suppressed(examples::minutes(59)).is_some());
    assert!(mailbox.suppressed(examples::minutes(60)).is_none());
    assert_eq!(suppress(30).decide(&mailbox), Ok(vec![]), "a repeat does not shorten it");
    assert_eq!(suppress(90).decide(&mailbox).unwrap().len(), 1);
    for event in (LiftSuppression { at: examples::minutes(5) }).decide(&mailbox).unwrap() {
        mailbox.apply(event);
    }
    assert!(mailbox.suppressed(examples::minutes(6)).is_none());
}

#[test]
fn an_operator_is_created_once_and_only_then_changed() {
    let at = examples::minutes(0);
    let email = Personal::new(examples::valid("support@postulo.example"));
    let create =
        RecordOfOperator(OperatorEvent::OperatorCreated { email, role: Role::Support, at });
    let role = |role| RecordOfOperator(OperatorEvent::OperatorRoleChanged { role, at });
    let mut operator = Operator::default();
    assert_eq!(role(Role::Admin).decide(&operator), Err(OperatorRefusal::NotFound));
    for event in create.decide(&operator).unwrap() {
        operator.apply(event);
    }
    assert_eq!(create.decide(&operator), Err(OperatorRefusal::AlreadyCreated));
    assert_eq!(role(Role::Support).decide(&operator), Ok(vec![]));
    assert_eq!(role(Role::Admin).decide(&operator).unwrap().len(), 1);
}
