//! A kind of account that the program does not have: members of a club, who sign in by a nickname.
//! Whatever works for them knows nothing of operators.

use std::sync::Arc;
use std::time::Duration;

use cqrs_es::event_sink::EventSink;
use cqrs_es::{Aggregate, DomainEvent};
use domain::examples::minutes;
use domain::{Decision, Events, KindOfEvent, Kinds, Refused};
use event_store::testing::{Engine, TestDb};
use event_store::{ActorKind, Db, DbError, FixedClock, args};
use jiff::{SignedDuration, Timestamp};
use rstest::rstest;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    AccountKind, CredentialsVersion, Happened, Lifetimes, LinkToken, LinkUse, Named, Password,
    Session, SessionToken, SignInError,
};
use crate::operators::OperatorAccount;
use crate::testing::process;
use crate::{Cause, Commands};

const PASSWORD: &str = "correct horse battery";

/// What happens to a member, all in one kind of event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
struct MemberTold {
    what: String,
    at: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct MemberKind;

const TOLD: KindOfEvent =
    KindOfEvent { name: "MemberTold", version: 1, public: false, erases: false };

impl std::fmt::Display for MemberKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(TOLD.name)
    }
}

impl Kinds for MemberKind {
    const ALL: &'static [Self] = &[Self];

    fn described(self) -> &'static KindOfEvent {
        &TOLD
    }
}

impl DomainEvent for MemberTold {
    fn event_type(&self) -> String {
        TOLD.name.to_owned()
    }

    fn event_version(&self) -> String {
        TOLD.version.to_string()
    }
}

impl Events for MemberTold {
    type Kind = MemberKind;

    const KINDS: &'static [KindOfEvent] = &[TOLD];
    const EARLIER: &'static [domain::upcast::Earlier] = &[];

    fn kind(&self) -> MemberKind {
        MemberKind
    }

    fn at(&self) -> Timestamp {
        self.at
    }
}

/// The stream of a member: what was told, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Membership(Vec<String>);

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the club says no")]
struct MemberRefusal;

impl Refused for MemberRefusal {}

impl Aggregate for Membership {
    const TYPE: &'static str = "ClubMember";
    type Command = Box<dyn Decision<Aggregate = Self>>;
    type Event = MemberTold;
    type Error = MemberRefusal;
    type Services = ();

    async fn handle(
        &mut self,
        decision: Self::Command,
        (): &(),
        sink: &EventSink<Self>,
    ) -> Result<(), MemberRefusal> {
        for event in decision.decide(self)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: MemberTold) {
        self.0.push(event.what);
    }
}

struct Tell(MemberTold);

impl Decision for Tell {
    type Aggregate = Membership;

    fn decide(&self, _: &Membership) -> Result<Vec<MemberTold>, MemberRefusal> {
        Ok(vec![self.0.clone()])
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Member {
    id: Uuid,
    address: String,
    left: bool,
    version: CredentialsVersion,
}

#[derive(sqlx::FromRow)]
struct Row {
    address: String,
    left_club: bool,
    password_changed_at: Option<String>,
    second_factor_changed_at: Option<String>,
}

impl Row {
    fn member(self, id: Uuid) -> Member {
        let factor = self.second_factor_changed_at.as_deref();
        let version = CredentialsVersion::new(self.password_changed_at.as_deref(), factor);
        Member { id, address: self.address, left: self.left_club, version }
    }
}

impl AccountKind for Member {
    type Aggregate = Membership;
    type Refusal = MemberRefusal;
    type Record = Tell;

    const KIND: &'static str = "member";
    const TABLE: &'static str = "members";
    const SESSIONS: Lifetimes =
        Lifetimes { idle: SignedDuration::from_hours(24), whole: SignedDuration::from_hours(240) };

    async fn named(commands: &Commands, name: &str) -> Result<Named, DbError> {
        let sql = "SELECT id FROM members WHERE nickname = $1";
        let row: Option<(String,)> = commands.log.db().fetch_optional(sql, args![name]).await?;
        Ok(row.and_then(|(id,)| id.parse().ok()).map(Named::one).unwrap_or_default())
    }

    async fn load(commands: &Commands, id: Uuid) -> Result<Option<Self>, DbError> {
        let sql = "
            SELECT address, left_club, password_changed_at, second_factor_changed_at
            FROM members
            WHERE id = $1";
        let row: Option<Row> = commands.log.db().fetch_optional(sql, args![id]).await?;
        Ok(row.map(|row| row.member(id)))
    }

    fn id(&self) -> Uuid {
        self.id
    }

    fn address(&self) -> &str {
        &self.address
    }

    fn may_sign_in(&self) -> bool {
        !self.left
    }

    fn credentials_version(&self) -> CredentialsVersion {
        self.version.clone()
    }

    fn record(happened: Happened, at: Timestamp) -> Option<Tell> {
        Some(Tell(MemberTold { what: format!("{happened:?}"), at }))
    }
}

const TABLE: &str = "
    CREATE TABLE members (
        id                       TEXT NOT NULL PRIMARY KEY,
        nickname                 TEXT NOT NULL,
        address                  TEXT NOT NULL,
        left_club                BOOLEAN NOT NULL,
        password_hash            TEXT NOT NULL,
        second_factor            TEXT,
        sealed_factor            {bytes},
        last_step                BIGINT NOT NULL DEFAULT 0,
        last_signed_in_at        TEXT,
        refused_sign_ins         BIGINT NOT NULL DEFAULT 0,
        refused_since            TEXT,
        unlocked_at              TEXT,
        password_changed_at      TEXT,
        second_factor_changed_at TEXT
    )";

const ADD: &str = "
    INSERT INTO members (id, nickname, address, left_club, password_hash)
    VALUES ($1, $2, $3, FALSE, $4)";

/// A club of one, with an operator of the same address and password.
struct Club {
    _db: TestDb,
    clock: Arc<FixedClock>,
    commands: Commands,
    member: Member,
    operator: OperatorAccount,
}

fn cause() -> Cause {
    Cause::request(ActorKind::System, None, Uuid::nil())
}

impl Club {
    async fn new(engine: Engine) -> Self {
        let test_db = TestDb::new(engine).await;
        let clock = Arc::new(FixedClock::new(minutes(0)));
        let db = Db::connect(test_db.url()).await.unwrap();
        let commands = process(db, clock.clone()).await;
        let password = Password::new(PASSWORD).unwrap();
        let address = domain::examples::valid("camille@club.example");
        let role = domain::operator::Role::Admin;
        let id = commands.operators().create(&address, role, &password, &cause()).await.unwrap();
        let operator = commands.operators().find(id).await.unwrap().unwrap();
        let db = commands.log.db();
        let bytes = if db.has_schemas() { "BYTEA" } else { "BLOB" };
        db.execute(&TABLE.replace("{bytes}", bytes), vec![]).await.unwrap();
        let hash: Result<_, crate::CommandError<MemberRefusal>> =
            password.hash(&commands.gate.hashing).await;
        let id = commands.fresh_id();
        let args = args![id, "zoe", address.as_str(), hash.unwrap()];
        db.execute(ADD, args).await.unwrap();
        let member = Member::load(&commands, id).await.unwrap().unwrap();
        Self { _db: test_db, clock, commands, member, operator }
    }

    async fn sign_in(&self, name: &str, password: &str) -> Result<Member, SignInError> {
        self.commands.identity().check_password(name, Password::presented(password), &[]).await
    }

    async fn opened(&self) -> SessionToken {
        self.commands.identity().open_session(&self.member, true, false, &cause()).await.unwrap()
    }

    async fn session(&self, token: &SessionToken) -> Option<Session<Member>> {
        self.commands.identity().session(token).await.unwrap()
    }

    async fn told(&self) -> Vec<String> {
        let id = self.member.id.to_string();
        self.commands.loader().state::<Membership>(&id).await.unwrap().state.0
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn another_kind_of_account_signs_in_and_an_operator_does_not_in_its_place(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let club = Club::new(engine).await;
    let found = club.sign_in("zoe", PASSWORD).await.unwrap();
    assert_eq!(found, club.member);
    for (name, password) in [("zoe", "guessed guessed"), ("camille@club.example", PASSWORD)] {
        let refused = club.sign_in(name, password).await;
        assert!(matches!(refused, Err(SignInError::Wrong)), "{name}: {refused:?}");
    }
    let token = club.opened().await;
    assert_eq!(club.session(&token).await.unwrap().account, club.member);
    let as_operator: Option<Session<OperatorAccount>> =
        club.commands.identity().session(&token).await.unwrap();
    assert!(as_operator.is_none(), "a session is one of its kind alone");
    let of_operator =
        club.commands.identity().open_session(&club.operator, true, false, &cause()).await.unwrap();
    assert!(club.session(&of_operator).await.is_none());

    // Each kind has lifetimes of its own, also where sessions are cleared away.
    club.clock.advance(SignedDuration::from_hours(13));
    assert_eq!(club.commands.identity().clear_sessions().await.unwrap(), 1);
    assert!(club.session(&token).await.is_some());
    club.clock.advance(SignedDuration::from_hours(25));
    assert!(club.session(&token).await.is_none());
    assert_eq!(club.told().await, ["SignedIn { second_factor: false }"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn its_passwords_and_codes_are_not_guessed_and_a_lock_out_is_lifted() {
    let club = Club::new(Engine::Sqlite).await;
    for _ in 0..5 {
        let refused = club.sign_in("zoe", "guessed guessed").await;
        assert!(matches!(refused, Err(SignInError::Wrong)), "{refused:?}");
    }
    let refused = club.sign_in("zoe", PASSWORD).await;
    assert!(matches!(refused, Err(SignInError::TooMany { .. })), "{refused:?}");
    let (commands, id) = (&club.commands, club.member.id);
    for _ in 0..3000 {
        let kept = commands.identity().credentials::<Member>(id).await.unwrap().unwrap();
        if kept.refused_sign_ins == 5 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(commands.identity().locked_until(&club.member).await.unwrap().is_some());
    assert_eq!(commands.identity().locked_until(&club.operator).await.unwrap(), None);
    // A device that was known has attempts of its own.
    let cookie = commands.identity().device_cookie(id, &[]);
    let known =
        commands.identity().check_password("zoe", Password::presented(PASSWORD), &[&cookie]).await;
    assert_eq!(known.map(|found: Member| found.id).unwrap(), id);
    club.clock.advance(SignedDuration::from_secs(1));
    commands.identity().unlock(&club.member, &cause()).await.unwrap();
    club.sign_in("zoe", PASSWORD).await.unwrap();
    assert_eq!(club.told().await, ["Unlocked"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_at_the_sign_in_of_one_kind_shuts_nobody_of_another_out() {
    let club = Club::new(Engine::Sqlite).await;
    let mut crowded = false;
    for stranger in 0..150 {
        let refused = club.sign_in(&format!("stranger {stranger}"), PASSWORD).await;
        crowded |= matches!(refused, Err(SignInError::Crowded { .. }));
    }
    assert!(crowded, "strangers have a limit altogether");
    let password = Password::presented(PASSWORD);
    let found =
        club.commands.identity().check_password("camille@club.example", password, &[]).await;
    assert_eq!(found.map(|found: OperatorAccount| found.id).unwrap(), club.operator.id);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn its_second_factor_is_set_used_once_and_taken_away(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let club = Club::new(engine).await;
    let (commands, member) = (&club.commands, &club.member);
    let enrolment = commands.identity().new_second_factor(member).unwrap();
    assert!(enrolment.url.reveal().contains("club.example"), "the app names the account");
    let secret = enrolment.secret.reveal();
    let code = || {
        let secret = totp_rs::Secret::try_from_base32(secret).unwrap();
        let totp = totp_rs::Builder::new().with_secret(secret).with_account_name("x");
        let seconds = u64::try_from(commands.now().as_second()).unwrap();
        totp.build().unwrap().generate(seconds).to_string()
    };
    let (keep, other) = (club.opened().await, club.opened().await);
    commands.identity().set_second_factor(member, secret, &code(), &keep, &cause()).await.unwrap();
    assert!(club.session(&other).await.is_none(), "other sessions end");
    assert!(club.session(&keep).await.is_some());
    club.clock.advance(SignedDuration::from_mins(1));
    commands.identity().check_code(member, &code(), &[]).await.unwrap();
    commands.identity().check_code(member, &code(), &[]).await.unwrap_err();
    commands.identity().remove_second_factor(member, &cause()).await.unwrap();
    assert!(club.session(&keep).await.is_none());
    let kept = commands.identity().credentials::<Member>(member.id).await.unwrap().unwrap();
    assert!(!kept.has_second_factor && kept.second_factor_changed_at.is_some());
    assert_eq!(club.told().await[2..], ["SecondFactorSet", "SecondFactorRemoved"]);
}

async fn asks(club: &Club, name: &str) -> Option<LinkToken> {
    let reset = club.commands.identity().begin_reset::<Member>(name).await.unwrap()?;
    assert_eq!(reset.account, club.member);
    Some(reset.link.token)
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_link_replaces_a_forgotten_password_once_and_ends_the_sessions(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let club = Club::new(engine).await;
    let commands = &club.commands;
    assert!(asks(&club, "nobody").await.is_none());
    let token = asks(&club, "zoe").await.unwrap();
    let session = club.opened().await;
    let another = Password::new("green horses like apples").unwrap();
    let reset = async |token: &LinkToken| {
        commands.identity().reset_password::<Member>(token, &another, &cause()).await.unwrap()
    };
    // It opens one account of one kind, for one use.
    let as_operator: Option<OperatorAccount> =
        commands.identity().linked(LinkUse::ResetPassword, &token).await.unwrap();
    assert!(as_operator.is_none());
    let to_confirm: Option<Member> =
        commands.identity().linked(LinkUse::ConfirmAddress, &token).await.unwrap();
    assert!(to_confirm.is_none());
    assert!(
        commands.identity().confirm_address::<Member>(&token, &cause()).await.unwrap().is_none()
    );
    for _ in 0..2 {
        let linked: Option<Member> =
            commands.identity().linked(LinkUse::ResetPassword, &token).await.unwrap();
        assert_eq!(linked.as_ref(), Some(&club.member), "looking uses nothing up");
    }
    club.clock.advance(SignedDuration::from_secs(61));
    let later = asks(&club, "zoe").await.unwrap();
    assert!(!reset(&LinkToken::presented("forged")).await);
    assert!(reset(&token).await);
    assert!(!reset(&token).await && !reset(&later).await, "others end with the first");
    assert!(club.session(&session).await.is_none());
    assert!(matches!(club.sign_in("zoe", PASSWORD).await, Err(SignInError::Wrong)));
    club.sign_in("zoe", "green horses like apples").await.unwrap();
    assert_eq!(club.told().await[1..], ["PasswordChanged"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_is_over_after_half_an_hour_when_the_address_changes_or_when_its_owner_may_not_sign_in()
 {
    let club = Club::new(Engine::Sqlite).await;
    let (commands, db) = (&club.commands, club.commands.log.db());
    let opens = async |token: &LinkToken| {
        let linked: Option<Member> =
            commands.identity().linked(LinkUse::ResetPassword, token).await.unwrap();
        linked.is_some()
    };
    let token = asks(&club, "zoe").await.unwrap();
    db.execute("UPDATE members SET address = 'other@club.example'", vec![]).await.unwrap();
    assert!(!opens(&token).await);
    db.execute("UPDATE members SET address = 'Camille@club.example'", vec![]).await.unwrap();
    assert!(opens(&token).await, "letter case does not count");
    db.execute("UPDATE members SET left_club = TRUE", vec![]).await.unwrap();
    assert!(!opens(&token).await);
    assert!(asks(&club, "zoe").await.is_none());
    db.execute("UPDATE members SET left_club = FALSE", vec![]).await.unwrap();
    club.clock.advance(SignedDuration::from_mins(30) - SignedDuration::from_secs(1));
    assert!(opens(&token).await);
    assert_eq!(commands.identity().clear_links().await.unwrap(), 0);
    club.clock.advance(SignedDuration::from_secs(1));
    assert!(!opens(&token).await);
    assert_eq!(commands.identity().clear_links().await.unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_for_one_account_and_questions_under_one_name_are_limited_alike_for_everybody() {
    let club = Club::new(Engine::Sqlite).await;
    for name in ["zoe", "nobody"] {
        for _ in 0..5 {
            club.commands.identity().may_ask_for_reset::<Member>(name).await.unwrap();
        }
        let refused = club.commands.identity().may_ask_for_reset::<Member>(name).await;
        assert!(matches!(refused, Err(SignInError::TooMany { .. })), "{name}: {refused:?}");
    }
    // The sign-in is counted apart.
    club.sign_in("zoe", PASSWORD).await.unwrap();
    let mut letters = 0;
    for _ in 0..50 {
        letters += usize::from(asks(&club, "zoe").await.is_some());
        club.clock.advance(SignedDuration::from_secs(61));
    }
    assert_eq!(letters, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_confirmed_once_by_whoever_reads_its_letters() {
    let club = Club::new(Engine::Sqlite).await;
    let commands = &club.commands;
    let link = commands.identity().make_link(&club.member, LinkUse::ConfirmAddress).await.unwrap();
    assert_eq!(link.expires_at, commands.now() + SignedDuration::from_hours(24));
    let confirmed =
        commands.identity().confirm_address::<Member>(&link.token, &cause()).await.unwrap();
    assert_eq!(confirmed.as_ref(), Some(&club.member));
    let again = commands.identity().confirm_address::<Member>(&link.token, &cause()).await.unwrap();
    assert_eq!(again, None);
    assert_eq!(club.told().await, ["AddressConfirmed"]);
}

#[test]
fn what_a_letter_holds_is_never_printed() {
    let token = LinkToken::presented("secret");
    assert_eq!(format!("{token:?}"), "LinkToken(…)");
}
