//! What somebody keeps in a space, planted in every table that is named by accounts: what a browser
//! and a program are signed in with, what was noted for them, an alert that told of an offer, a
//! profile.

use commands::{AlertLook, LinkUse, NewAlert, SessionOrigin, TokenKind, UserAccount};
use cqrs_es::Aggregate as _;
use domain::account::Account;
use domain::erasure::RecordRef;
use domain::space::{
    AlertCriteria, AlertFrequency, CriteriaFields, MatchAlert, ProfileAbout, ProfileEdit,
    SwitchAlert,
};
use domain::{Digest, examples};
use event_store::{Clock as _, Position};
use uuid::Uuid;

use super::archive::{Archive, cause};
use super::every_aggregate::{Planter, lie_beside};

pub(super) const ALERT: &str = "Tourière de nuit au pays des Micas";
pub(super) const WANTED: &str = "feuilletage d'obsidienne";
pub(super) const ZONE: &str = "Atlantic/Faroe";
/// The offer that the alert told of.
pub(super) const TOLD: &str = "7b3f9d52-6c1e-4f0a-9d37-5a2e8c4b1f60";
pub(super) const TITLE: &str = "Maîtresse tourière du Schiste Bleu";
pub(super) const SUMMARY: &str = "Je dompte les levains de basalte depuis Kerlouan";

/// What lies beside the log of an account since.
pub(super) struct Beside {
    pub(super) alert: Uuid,
    /// What opens something: it is found nowhere.
    pub(super) secrets: Vec<String>,
}

/// A history is kept as a snapshot from so many events on.
const LONG: usize = 210;

impl Archive {
    /// Plants whatever lies beside the log of an account. To add a table that is named by accounts:
    /// its column in [`commands::HOLDINGS`], and what plants it here.
    pub(super) async fn plants_beside(&self, account: Uuid) -> Beside {
        let mut secrets = self.signs_in(account).await;
        let (now, space) = (self.clock.now(), self.commands.space());
        let (list, digest) = (self.commands.fresh_id(), Digest::from_bytes([0x5a; 32]));
        space.remember_list(list, account, &digest, "postulo+1+key", now).await.unwrap();
        secrets.push(space.make_calendar(account).await.unwrap().reveal().clone());
        space.read_notifications(account, &[1]).await.unwrap();
        self.commands.offers().hide_from(account, self.commands.fresh_id()).await.unwrap();
        let run = self.commands.fresh_id();
        self.commands.collecting().note_asker(account, run).await.unwrap();
        let about = ProfileAbout {
            title: Some(examples::valid(TITLE)),
            summary: Some(examples::valid(SUMMARY)),
            ..ProfileAbout::default()
        };
        let edit = ProfileEdit::About(Box::new(about));
        space.change_profile(account, edit, &cause()).await.unwrap();
        let alert = self.is_told(account).await;
        let record = RecordRef::new(Account::TYPE, &account.to_string()).unwrap();
        lie_beside(self, &record, &mut Planter::default()).await;
        Beside { alert, secrets }
    }

    /// A browser and a program sign in, and the password is forgotten.
    async fn signs_in(&self, account: Uuid) -> Vec<String> {
        let identity = self.commands.identity();
        let account = self.commands.accounts().find(account).await.unwrap().unwrap();
        let session = identity.open_session(&account, true, false, &cause()).await.unwrap();
        let origin = SessionOrigin {
            network: "203.0.113.…".into(),
            browser: "Firefox".into(),
            system: "Android".into(),
        };
        identity.note_origin(&session, &origin).await.unwrap();
        let kind = TokenKind::<UserAccount>::plain(commands::Lasting::default());
        let granted = identity.grant_tokens(&account, kind, false, &cause()).await;
        let (_, tokens) = granted.unwrap();
        let link = identity.make_link(&account, LinkUse::ResetPassword).await.unwrap();
        let link = link.token.reveal().to_owned();
        let refresh = tokens.refresh.reveal().to_owned();
        vec![session.reveal().to_owned(), tokens.access, refresh, link]
    }

    /// An alert with a long history tells of an offer.
    async fn is_told(&self, account: Uuid) -> Uuid {
        let (id, alerts) = (self.commands.fresh_id(), self.commands.alerts());
        let keywords = vec![examples::valid(WANTED)];
        let criteria = CriteriaFields { keywords, ..CriteriaFields::default() };
        let new = NewAlert {
            name: examples::valid(ALERT),
            criteria: AlertCriteria::new(criteria).unwrap(),
            frequency: AlertFrequency::Daily,
            zone: examples::valid(ZONE),
        };
        alerts.create(id, account, new, &cause()).await.unwrap();
        let at = self.clock.now();
        for nth in 0..LONG {
            let up_to = alerts.end().await.unwrap();
            let switch = SwitchAlert { active: nth % 2 == 1, up_to, at };
            alerts.decide(id, account, switch, &cause()).await.unwrap();
        }
        let known = alerts.find(id, account).await.unwrap();
        let up_to = known.up_to + 1;
        let matched = MatchAlert {
            after: known.up_to,
            up_to,
            criteria: known.criteria.reveal().clone(),
            offers: vec![TOLD.parse().unwrap()],
            total: 1,
            at,
        };
        let told = alerts.matched(id, &matched, &cause()).await.unwrap();
        assert_eq!(told.events.len(), 1);
        let look = AlertLook { alert: id, up_to: Position::new(up_to), next_at: at };
        alerts.looked(&[look]).await.unwrap();
        id
    }
}
