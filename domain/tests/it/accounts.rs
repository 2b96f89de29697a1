//! What may happen to an account: given, when, then.

use domain::account::{
    Account, AccountEvent, AccountRefusal, AskArchiveLetter, AskEmailChange, ChangeProfile,
    CloseAccount, ClosingReason, ConfirmEmail, EraseAccount, RecordOfAccount, RegisterAccount,
    WishArchiveLetters,
};
use domain::examples::{minutes, valid};
use domain::{Decision, Language, Personal};

const FIRST: &str = "mira@exemple.test";
const SECOND: &str = "mira@autre.test";

fn given(events: impl IntoIterator<Item = AccountEvent>) -> Account {
    let mut state = Account::default();
    for event in events {
        state.apply(event);
    }
    state
}

fn registered() -> AccountEvent {
    AccountEvent::AccountRegistered {
        email: Personal::new(valid(FIRST)),
        username: Some(Personal::new(valid("mira_k"))),
        full_name: None,
        language: Language::Fr,
        at: minutes(0),
    }
}

fn confirmed() -> AccountEvent {
    AccountEvent::AccountEmailConfirmed { at: minutes(1) }
}

fn change_asked() -> AccountEvent {
    AccountEvent::AccountEmailChangeAsked { email: Personal::new(valid(SECOND)), at: minutes(2) }
}

fn confirm(email: &str) -> ConfirmEmail {
    ConfirmEmail { email: valid(email), at: minutes(3) }
}

fn ask(email: &str) -> AskEmailChange {
    AskEmailChange { email: valid(email), at: minutes(2) }
}

#[test]
fn somebody_registers_once() {
    let register = RegisterAccount {
        email: Personal::new(valid(FIRST)),
        username: Some(Personal::new(valid("mira_k"))),
        full_name: None,
        language: Language::Fr,
        at: minutes(0),
    };
    assert_eq!(register.decide(&Account::Absent), Ok(vec![registered()]));
    let again = register.decide(&given([registered()]));
    assert_eq!(again, Err(AccountRefusal::AlreadyRegistered));
}

#[test]
fn an_address_is_confirmed_once_and_only_where_it_is_the_accounts() {
    let account = given([registered()]);
    assert!(!account.open().unwrap().email_confirmed);
    assert_eq!(confirm("MIRA@exemple.test").decide(&account).unwrap().len(), 1);
    assert_eq!(confirm(SECOND).decide(&account), Err(AccountRefusal::OtherEmail));
    let account = given([registered(), confirmed()]);
    assert!(account.open().unwrap().email_confirmed);
    assert_eq!(confirm(FIRST).decide(&account), Ok(vec![]));
    assert_eq!(confirm(FIRST).decide(&Account::Absent), Err(AccountRefusal::NotFound));
}

#[test]
fn a_confirmed_address_stays_in_force_until_the_new_one_is_confirmed() {
    assert_eq!(ask(SECOND).decide(&given([registered(), confirmed()])), Ok(vec![change_asked()]));
    let account = given([registered(), confirmed(), change_asked()]);
    let open = account.open().unwrap();
    assert_eq!((open.email.reveal().as_str(), open.email_confirmed), (FIRST, true));
    assert_eq!(open.wanted_email().as_str(), SECOND);
    let changed = confirm(SECOND).decide(&account).unwrap();
    let email_changed = AccountEvent::AccountEmailChanged {
        email: Personal::new(valid(SECOND)),
        former: Personal::new(valid(FIRST)),
        at: minutes(3),
    };
    assert_eq!(changed, std::slice::from_ref(&email_changed));
    let account = given([registered(), confirmed(), change_asked(), email_changed]);
    let open = account.open().unwrap();
    assert_eq!((open.email.reveal().as_str(), open.new_email.as_ref()), (SECOND, None));
    assert_eq!(confirm(FIRST).decide(&account), Err(AccountRefusal::OtherEmail));
}

#[test]
fn an_address_that_was_never_confirmed_is_replaced_at_once() {
    let account = given([registered(), change_asked()]);
    let open = account.open().unwrap();
    assert_eq!((open.email.reveal().as_str(), open.email_confirmed), (SECOND, false));
    assert_eq!(confirm(FIRST).decide(&account), Err(AccountRefusal::OtherEmail));
}

#[test]
fn asking_for_the_present_address_calls_a_change_off_and_asking_twice_is_quiet() {
    let waiting = [registered(), confirmed(), change_asked()];
    assert_eq!(ask(SECOND).decide(&given(waiting.clone())), Ok(vec![]));
    let called_off = ask(FIRST).decide(&given(waiting.clone())).unwrap();
    assert_eq!(called_off.len(), 1);
    let account = given(waiting.into_iter().chain(called_off));
    assert_eq!(account.open().unwrap().new_email, None);
    assert_eq!(confirm(SECOND).decide(&account), Err(AccountRefusal::OtherEmail));
    assert_eq!(ask(FIRST).decide(&account), Ok(vec![]));
}

#[test]
fn a_profile_that_is_the_same_is_quiet() {
    let change = |name: Option<&str>| ChangeProfile {
        username: Some(Personal::new(valid("mira_k"))),
        full_name: Some(name.map(|name| Personal::new(valid(name)))),
        language: Some(Language::Fr),
        at: minutes(4),
    };
    let account = given([registered()]);
    assert_eq!(change(None).decide(&account), Ok(vec![]));
    let changed = change(Some("Mira K.")).decide(&account).unwrap();
    let account = given([registered()].into_iter().chain(changed));
    let open = account.open().unwrap();
    assert_eq!(open.full_name.as_ref().unwrap().reveal().as_str(), "Mira K.");
    assert_eq!(change(Some("Mira K.")).decide(&account), Ok(vec![]));
}

#[test]
fn what_is_not_said_of_a_profile_stays_as_it_is_when_it_is_decided() {
    let language = ChangeProfile {
        username: None,
        full_name: None,
        language: Some(Language::En),
        at: minutes(4),
    };
    let renamed = AccountEvent::AccountProfileChanged {
        username: Some(Personal::new(valid("mira_new"))),
        full_name: Some(Personal::new(valid("Mira New"))),
        language: Language::Fr,
        at: minutes(3),
    };
    let changed = language.decide(&given([registered(), renamed.clone()])).unwrap();
    let account = given([registered(), renamed].into_iter().chain(changed));
    let open = account.open().unwrap();
    assert_eq!(open.username.as_ref().unwrap().reveal().as_str(), "mira_new");
    assert_eq!(open.full_name.as_ref().unwrap().reveal().as_str(), "Mira New");
    assert_eq!(open.language, Language::En);
}

#[test]
fn an_account_that_nobody_uses_closes_when_its_time_has_come_and_not_after_a_sign_in() {
    let close = |at| CloseAccount { reason: ClosingReason::Unused, at: minutes(at) };
    let told = AccountEvent::AccountClosingAnnounced { closes_at: minutes(60), at: minutes(5) };
    assert_eq!(close(70).decide(&given([registered()])), Ok(vec![]), "nobody was told");
    assert_eq!(close(59).decide(&given([registered(), told.clone()])), Ok(vec![]));
    assert_eq!(close(60).decide(&given([registered(), told.clone()])).unwrap().len(), 2);
    let back = AccountEvent::AccountClosingCalledOff { at: minutes(59) };
    assert_eq!(close(60).decide(&given([registered(), told, back])), Ok(vec![]));
}

#[test]
fn closing_forgets_the_owner_and_nothing_happens_after_it() {
    let close = CloseAccount { reason: ClosingReason::Owner, at: minutes(5) };
    let closed = close.decide(&given([registered()])).unwrap();
    let reason = ClosingReason::Owner;
    assert_eq!(
        closed,
        [
            AccountEvent::AccountClosed { reason, at: minutes(5) },
            AccountEvent::AccountErased { at: minutes(5) },
        ]
    );
    let account = given([registered()].into_iter().chain(closed));
    assert_eq!(close.decide(&account), Ok(vec![]));
    assert_eq!(EraseAccount { at: minutes(6) }.decide(&account), Ok(vec![]));
    assert_eq!(confirm(FIRST).decide(&account), Err(AccountRefusal::Closed));
    let password = RecordOfAccount(AccountEvent::AccountPasswordChanged { at: minutes(6) });
    assert_eq!(password.decide(&account), Err(AccountRefusal::Closed));
}

#[test]
fn what_holds_already_is_not_recorded_again() {
    let record =
        |event: AccountEvent, state: &Account| RecordOfAccount(event).decide(state).unwrap().len();
    let at = minutes(7);
    let (open, disabled) = (
        given([registered()]),
        given([registered(), AccountEvent::AccountDisabled { at: minutes(6) }]),
    );
    assert_eq!(record(AccountEvent::AccountDisabled { at }, &open), 1);
    assert_eq!(record(AccountEvent::AccountDisabled { at }, &disabled), 0);
    assert_eq!(record(AccountEvent::AccountEnabled { at }, &open), 0);
    assert_eq!(record(AccountEvent::AccountEnabled { at }, &disabled), 1);
    assert_eq!(record(AccountEvent::AccountConfirmationAsked { at }, &open), 1);
    let known = given([registered(), confirmed()]);
    assert_eq!(record(AccountEvent::AccountConfirmationAsked { at }, &known), 0);
    let waiting = given([registered(), confirmed(), change_asked()]);
    assert_eq!(record(AccountEvent::AccountConfirmationAsked { at }, &waiting), 1);
    assert_eq!(record(AccountEvent::AccountClosingCalledOff { at }, &open), 0);
    let announced = AccountEvent::AccountClosingAnnounced { closes_at: minutes(60), at };
    let told = given([registered(), announced.clone()]);
    assert_eq!(record(announced, &told), 0);
    assert_eq!(record(AccountEvent::AccountClosingCalledOff { at }, &told), 1);
    assert_eq!(record(AccountEvent::AccountPasswordChanged { at }, &open), 1);
}

fn wish(wanted: bool) -> WishArchiveLetters {
    WishArchiveLetters { wanted, at: minutes(2) }
}

fn ask_letter(month_ended: i64, archived: u128) -> AskArchiveLetter {
    AskArchiveLetter {
        up_to: minutes(month_ended),
        applications: (0..archived).map(uuid::Uuid::from_u128).collect(),
        at: minutes(month_ended + 1),
    }
}

#[test]
fn whoever_wants_it_is_told_of_each_month_once_what_was_archived() {
    let account = given([registered(), confirmed()]);
    assert_eq!(wish(false).decide(&account), Ok(vec![]), "it is off unless it is switched on");
    assert_eq!(ask_letter(10, 1).decide(&account), Ok(vec![]));
    let on = wish(true).decide(&account).unwrap();
    assert_eq!(on, vec![AccountEvent::AccountArchiveLettersSwitchedOn { at: minutes(2) }]);
    let mut account = given([registered(), confirmed(), on[0].clone()]);
    assert_eq!(wish(true).decide(&account), Ok(vec![]));
    assert_eq!(ask_letter(2, 1).decide(&account), Ok(vec![]), "that month was over before");
    assert_eq!(ask_letter(10, 0).decide(&account), Ok(vec![]), "nothing was archived");
    let asked = ask_letter(10, 60).decide(&account).unwrap();
    let AccountEvent::AccountArchiveLetterAsked { applications, total, .. } = &asked[0] else {
        panic!("{asked:?}");
    };
    assert_eq!((applications.len(), *total), (50, 60));
    account.apply(asked[0].clone());
    for month in [9, 10] {
        assert_eq!(ask_letter(month, 1).decide(&account), Ok(vec![]), "it was told");
    }
    assert_eq!(ask_letter(20, 1).decide(&account).unwrap().len(), 1);
    account.apply(AccountEvent::AccountDisabled { at: minutes(11) });
    assert_eq!(ask_letter(20, 1).decide(&account), Ok(vec![]), "it is shut out");
    let off = wish(false).decide(&account).unwrap();
    assert_eq!(off, vec![AccountEvent::AccountArchiveLettersSwitchedOff { at: minutes(2) }]);
    account.apply(off[0].clone());
    account.apply(AccountEvent::AccountEnabled { at: minutes(12) });
    assert_eq!(ask_letter(20, 1).decide(&account), Ok(vec![]));
    let unconfirmed = given([registered(), on[0].clone()]);
    assert_eq!(ask_letter(10, 1).decide(&unconfirmed), Ok(vec![]));
    assert_eq!(wish(true).decide(&Account::Absent), Err(AccountRefusal::NotFound));
}
