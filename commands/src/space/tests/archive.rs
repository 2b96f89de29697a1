//! What the archive of somebody holds of their account and their space.

use domain::Digest;
use domain::space::{ChangeTracked, DayOrTime, MatchAlert, TrackedDetails, TrackedStatus};
use event_store::{Position, timestamp_text};
use serde_json::{Value, json};

use super::*;
use crate::{AlertLook, Lasting, NewTracked, SessionOrigin, TokenKind, UserAccount};

const EMAIL: &str = "mira@exemple.test";

impl Fixture {
    async fn account(&self, id: Uuid) -> UserAccount {
        self.commands.accounts().find(id).await.unwrap().unwrap()
    }

    /// The record of this list that is handed out first.
    async fn handed_out(&self, account: Uuid, list: &str) -> Value {
        let account = self.account(account).await;
        let dossier = self.commands.accounts().dossier(&account).await.unwrap();
        let entry = dossier.entries().find(|entry| entry.list == list);
        entry.unwrap_or_else(|| panic!("no {list}: {dossier:?}")).data.clone()
    }

    /// Signs in with a browser and with a program; answers the program's grant.
    async fn signs_in(&self, account: &UserAccount) -> Uuid {
        let identity = self.commands.identity();
        let session = identity.open_session(account, true, false, &cause()).await.unwrap();
        let origin = SessionOrigin {
            network: "203.0.113.…".into(),
            browser: "Firefox".into(),
            system: String::new(),
        };
        identity.note_origin(&session, &origin).await.unwrap();
        let kind = TokenKind::<UserAccount>::plain(Lasting::default());
        let granted = identity.grant_tokens(account, kind, false, &cause()).await;
        granted.unwrap().0.id
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_handed_out_with_all_that_lies_beside_its_log(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Fixture::new(engine).await;
    let (mira, zoe) = (it.registers(EMAIL).await, it.registers("zoe@exemple.test").await);
    let none = it.handed_out(mira, "accounts").await;
    for list in
        ["sessions", "programs", "signed_lists", "hidden_offers", "notifications", "collections"]
    {
        assert_eq!(none[list], json!([]), "{list}");
    }
    assert_eq!(none["calendar"], Value::Null);

    it.signs_in(&it.account(zoe).await).await;
    let grant = it.signs_in(&it.account(mira).await).await;
    let (space, digest) = (it.commands.space(), Digest::from_bytes([7; 32]));
    let (list, offer) = (Uuid::from_u128(70), Uuid::from_u128(71));
    space.remember_list(list, mira, &digest, "postulo+1+key", minutes(3)).await.unwrap();
    space.make_calendar(mira).await.unwrap();
    space.read_notifications(mira, &[42]).await.unwrap();
    it.commands.offers().hide_from(mira, offer).await.unwrap();
    let run = Uuid::from_u128(72);
    it.commands.collecting().note_asker(mira, run).await.unwrap();
    let now = timestamp_text(it.commands.now());
    let account = it.handed_out(mira, "accounts").await;
    let session = json!({
        "opened_at": now, "used_at": now, "network": "203.0.113.…", "browser": "Firefox",
        "system": null,
    });
    assert_eq!(account["sessions"], json!([session]));
    let program = json!({ "id": grant, "signed_in_at": now, "used_at": now });
    assert_eq!(account["programs"], json!([program]));
    let made_at = timestamp_text(minutes(3));
    let signed = json!({
        "id": list, "made_at": made_at, "digest": digest.to_string(), "key": "postulo+1+key",
    });
    assert_eq!(account["signed_lists"], json!([signed]));
    assert_eq!(account["calendar"], json!({ "made_at": now }));
    assert_eq!(account["hidden_offers"], json!([offer]));
    let asked = json!({ "run": run, "asked_at": now });
    assert_eq!(account["collections"], json!([asked]));
    let read = json!({ "notification": 42, "read_at": now, "removed_at": null });
    assert_eq!(account["notifications"], json!([read]));

    // What is over and not cleared yet is kept still.
    it.clock.advance(SignedDuration::from_hours(24 * 400));
    let account = it.handed_out(mira, "accounts").await;
    assert_eq!(account["sessions"], json!([session]));
    assert_eq!(account["programs"], json!([program]));
    it.commands.identity().clear_sessions().await.unwrap();
    it.commands.identity().clear_grants().await.unwrap();
    let account = it.handed_out(mira, "accounts").await;
    assert_eq!(account["sessions"], json!([]));
    assert_eq!(account["programs"], json!([]));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_tracked_application_is_handed_out_with_all_that_happened_to_it(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Fixture::new(engine).await;
    let (mira, id) = (it.registers(EMAIL).await, Uuid::from_u128(80));
    let space = it.commands.space();
    let details = TrackedDetails {
        company: Personal::new(valid("Brume")),
        position: Personal::new(valid("Cheffe")),
        location: None,
        url: None,
        applied_on: DayOrTime::utc(minutes(0)),
    };
    let status = TrackedStatus::Sent;
    let new = NewTracked { details, status, description: None, notes: vec![] };
    space.track(id, mira, new, &cause()).await.unwrap();
    let changes = [
        ChangeTracked { status: Some(TrackedStatus::Interview), ..ChangeTracked::default() },
        ChangeTracked { description: Some(Some(valid("Au four"))), ..ChangeTracked::default() },
        ChangeTracked { description: Some(None), ..ChangeTracked::default() },
        ChangeTracked { archived: Some(true), ..ChangeTracked::default() },
    ];
    for (nth, change) in (1..).zip(changes) {
        let change = ChangeTracked { at: minutes(nth), ..change };
        space.decide(id, mira, change, &cause()).await.unwrap();
    }
    let at = |nth| timestamp_text(minutes(nth));
    let events = json!([
        { "type": "TrackedApplicationAdded", "at": at(0), "status": "sent" },
        { "type": "TrackedApplicationMoved", "at": at(1), "status": "interview" },
        { "type": "TrackedApplicationDescribed", "at": at(2), "by": "owner" },
        { "type": "TrackedApplicationDescribed", "at": at(3), "by": null },
        { "type": "TrackedApplicationArchived", "at": at(4), "by": "owner" },
    ]);
    assert_eq!(it.handed_out(mira, "tracked_applications").await["events"], events);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_job_alert_is_handed_out_with_the_offers_that_it_told_of(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = Fixture::new(engine).await;
    let (mira, id) = (it.registers(EMAIL).await, Uuid::from_u128(90));
    it.creates_alert(mira, id).await.unwrap();
    let alerts = it.commands.alerts();
    let offers = [91, 92].map(Uuid::from_u128).to_vec();
    let known = alerts.find(id, mira).await.unwrap();
    let matched = MatchAlert {
        after: known.up_to,
        up_to: known.up_to + 9,
        criteria: known.criteria.reveal().clone(),
        offers: offers.clone(),
        total: 23,
        at: minutes(5),
    };
    alerts.matched(id, &matched, &cause()).await.unwrap();
    let look =
        AlertLook { alert: id, up_to: Position::new(known.up_to + 9), next_at: minutes(999) };
    alerts.looked(&[look]).await.unwrap();
    let alert = it.handed_out(mira, "job_alerts").await;
    let told = json!([{ "at": timestamp_text(minutes(5)), "offers": offers, "total": 23 }]);
    assert_eq!(alert["told"], told);
    assert_eq!(alert["looked_at"], json!(timestamp_text(it.commands.now())));
    assert_eq!(alert["offers_told"], json!(23));
}
