//! What the engine does with events, from the log to the wire; and tasks by the clock.

#![expect(clippy::unwrap_used, reason = "what a test cannot have ends it")]

mod account_letters;
mod accounts;
mod alerts;
mod archive_letters;
mod offers;
mod permit_files;
mod permits;
mod reactions;
mod space;

use commands::Commands;
use domain::account::{Account, ClosingReason};
use domain::message::{Message, MessageRefusal};
use event_store::StreamId;
use testing::cause;
use uuid::Uuid;

/// The letters that belong to an account and can be read: their kinds and ids.
async fn letters_of(commands: &Commands, account: Uuid) -> Vec<(String, Uuid)> {
    let id = account.to_string();
    let mut letters = vec![];
    for record in commands.people().belongings(StreamId::of::<Account>(&id)).await.unwrap() {
        if !record.is_of::<Message>() {
            continue;
        }
        let letter = record.aggregate_id.as_str().parse().unwrap();
        let state = commands.messages().find(letter).await.unwrap().state;
        if let Ok(queued) = state.known() {
            letters.push((queued.letter.kind.as_str().to_owned(), letter));
        }
    }
    letters
}

/// Closes an account to which a letter of this kind was written: nothing that was can be read any
/// more.
async fn closes_with(commands: &Commands, account: Uuid, kind: &str) {
    let letters = letters_of(commands, account).await;
    assert!(letters.iter().any(|(it, _)| it == kind), "no {kind} among {letters:?}");
    commands.accounts().close(account, ClosingReason::Owner, &cause()).await.unwrap();
    for (kind, letter) in letters {
        let state = commands.messages().find(letter).await.unwrap().state;
        assert_eq!(state.known(), Err(MessageRefusal::Erased), "{kind}");
    }
    assert!(letters_of(commands, account).await.is_empty());
}
