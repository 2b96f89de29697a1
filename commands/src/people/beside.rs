//! What lies beside the log of an account, as its owner is handed it: where they are signed in,
//! which programs act in their name, and what was noted for their space. To add a table that is
//! named by accounts: its line in [`add`], and in [`crate::HOLDINGS`].

use event_store::{DbError, timestamp_text};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    Commands, NotificationMark, OpenSession, SessionOrigin, SignedListRow, TokenGrant, UserAccount,
};

/// Adds it to what is handed out of an account.
pub(super) async fn add(
    commands: &Commands,
    account: Uuid,
    data: &mut Value,
) -> Result<(), DbError> {
    let (identity, space) = (commands.identity(), commands.space());
    let sessions = identity.kept_sessions::<UserAccount>(account).await?;
    let programs = identity.kept_grants::<UserAccount>(account).await?;
    let lists = space.signed_lists_of(account).await?;
    let calendar = space.calendar_since(account).await?;
    let hidden = commands.offers().hidden_from(account).await?;
    let marks = space.notification_marks(account).await?;
    let asked = commands.collecting().asked_for_by(account).await?;
    data["sessions"] = sessions.iter().map(session).collect();
    data["programs"] = programs.iter().map(program).collect();
    data["signed_lists"] = lists.iter().map(|(id, list)| signed_list(id, list)).collect();
    data["calendar"] = calendar.map_or(Value::Null, |made_at| json!({ "made_at": made_at }));
    data["hidden_offers"] = json!(hidden);
    data["notifications"] = marks.iter().map(mark).collect();
    let asked = asked.iter().map(|(run, at)| json!({ "run": run, "asked_at": at }));
    data["collections"] = asked.collect();
    Ok(())
}

fn session(session: &OpenSession) -> Value {
    let SessionOrigin { network, browser, system } = &session.origin;
    let known = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    json!({
        "opened_at": session.created_at,
        "used_at": session.seen_at,
        "network": known(network),
        "browser": known(browser),
        "system": known(system),
    })
}

fn program(grant: &TokenGrant) -> Value {
    json!({
        "id": grant.id,
        "signed_in_at": timestamp_text(grant.created_at),
        "used_at": timestamp_text(grant.used_at),
    })
}

fn signed_list(id: &str, list: &SignedListRow) -> Value {
    let made_at = timestamp_text(list.made_at);
    json!({ "id": id, "made_at": made_at, "digest": list.digest, "key": list.key })
}

fn mark(mark: &NotificationMark) -> Value {
    let NotificationMark { notification, read_at, removed_at } = mark;
    json!({ "notification": notification, "read_at": read_at, "removed_at": removed_at })
}
