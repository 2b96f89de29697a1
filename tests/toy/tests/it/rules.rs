//! Given, when, then.

use domain::{Decision as _, examples};
use toy::feedback::{EraseFeedback, Feedback, FeedbackRefusal, GiveFeedback};

use crate::opinion;

fn after(decisions: &[GiveFeedback]) -> Feedback {
    let mut state = Feedback::default();
    for decision in decisions {
        for event in decision.decide(&state).unwrap() {
            state.apply(event);
        }
    }
    state
}

fn given() -> GiveFeedback {
    GiveFeedback { opinion: opinion(), at: examples::minutes(0) }
}

#[test]
fn an_opinion_is_given_once_and_the_same_again_is_quiet() {
    let state = after(&[given()]);
    assert_eq!(given().decide(&state), Ok(vec![]));
    let mut other = given();
    other.opinion.stars = 1;
    assert_eq!(other.decide(&state), Err(FeedbackRefusal::GivenOtherwise));
}

#[rstest::rstest]
#[case(0)]
#[case(6)]
fn an_opinion_has_one_to_five_stars(#[case] stars: u8) {
    let mut wrong = given();
    wrong.opinion.stars = stars;
    assert_eq!(wrong.decide(&Feedback::Absent), Err(FeedbackRefusal::Stars(stars)));
}

#[test]
fn what_was_forgotten_stays_so() {
    let mut state = after(&[given()]);
    let erase = EraseFeedback { at: examples::minutes(1) };
    assert_eq!(erase.decide(&Feedback::Absent), Err(FeedbackRefusal::Unknown));
    for event in erase.decide(&state).unwrap() {
        state.apply(event);
    }
    assert_eq!(erase.decide(&state), Ok(vec![]));
    assert_eq!(given().decide(&state), Err(FeedbackRefusal::Erased));
}
