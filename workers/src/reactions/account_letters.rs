//! The letters to owners of accounts: to confirm an address, to replace a forgotten password, and what they are to
//! know at once. Each is a message, named after its event, so that the same event sends nothing twice.

use async_trait::async_trait;
use commands::{Cause, LinkUse, UserAccount};
use domain::account::{Account, AccountEvent, AccountEventKind};
use domain::{EmailAddress, Language};
use event_store::Recorded;
use texts::letters::{self, AccountLetter, AccountName};
use uuid::Uuid;

use crate::reaction::{Outcome, Reaction, ReactionError, World};

pub(crate) struct AccountLetters;

const NAME: &str = "account_letters";
/// In whose name the service itself writes.
pub(super) const SERVICE: &str = "Postulo";

/// No name of more characters stands in a letter.
const NAME_LENGTH: usize = 60;

/// A letter as it is to be sent.
struct Written {
    /// Whose it is: it goes with this account.
    of: Uuid,
    to: EmailAddress,
    letter: letters::Letter,
    kind: &'static str,
}

#[async_trait]
impl Reaction for AccountLetters {
    type Of = Account;

    fn name(&self) -> &'static str {
        NAME
    }

    fn events(&self) -> &'static [AccountEventKind] {
        &[
            AccountEventKind::AccountRegistered,
            AccountEventKind::AccountConfirmationAsked,
            AccountEventKind::AccountEmailChangeAsked,
            AccountEventKind::AccountEmailChanged,
            AccountEventKind::AccountPasswordResetAsked,
            AccountEventKind::AccountTokenReused,
            AccountEventKind::AccountClosingAnnounced,
        ]
    }

    async fn react(
        &self,
        event: &Recorded<AccountEvent>,
        world: &World,
    ) -> Result<Outcome, ReactionError> {
        // It sees what happened before the row of the account says so.
        let account = match event.aggregate_id.parse::<Uuid>() {
            Ok(id) => world.commands.accounts().find_in_log(id).await?,
            Err(_) => None,
        };
        let Some(account) = account else { return Err(ReactionError::Obsolete) };
        let written = match &event.event {
            AccountEvent::AccountRegistered { .. }
            | AccountEvent::AccountConfirmationAsked { .. }
            | AccountEvent::AccountEmailChangeAsked { .. } => to_confirm(&account, world).await?,
            AccountEvent::AccountEmailChanged { former, .. } => {
                let letter = AccountLetter::AddressChanged;
                Some(written(account.id, former.reveal().clone(), &letter, account.language)?)
            }
            AccountEvent::AccountPasswordResetAsked { .. } => to_reset(&account, world).await?,
            AccountEvent::AccountTokenReused { .. } => {
                let url = page(world, "/account/password");
                to_owner(&account, &AccountLetter::TokenReused { url: &url })?
            }
            AccountEvent::AccountClosingAnnounced { closes_at, .. } => {
                let day = closes_at.to_zoned(texts::default_zone()).date();
                let day = texts::day(day, account.language);
                let url = page(world, "/account/sign-in");
                let letter = AccountLetter::Closing { day: &day, url: &url };
                let to = address(account.email.reveal())?;
                Some(written(account.id, to, &letter, account.language)?)
            }
            _ => None,
        };
        // What was to be confirmed is, or nobody knows whose the address is.
        let Some(written) = written else { return Ok(Outcome::Done) };
        queue(written, account.language, event, world).await
    }
}

/// The letter by which an address is confirmed. Where it belongs to another account, its owner is told that it
/// was given; where it is confirmed meanwhile, there is none.
async fn to_confirm(
    account: &UserAccount,
    world: &World,
) -> Result<Option<Written>, ReactionError> {
    if account.wanted_email_confirmed() {
        return Ok(None);
    }
    let to = address(account.wanted_email())?;
    if let Some(owner) = world.commands.accounts().owner_of(&to).await? {
        let url = page(world, "/account/sign-in");
        let letter = AccountLetter::Known { url: &url };
        // Whoever gave the address does not find in their own archive that somebody has it.
        return Ok(Some(written(owner.id, to, &letter, owner.language)?));
    }
    let use_ = LinkUse::ConfirmAddress;
    let link = world.commands.identity().make_link(account, use_).await?;
    let url = page(world, &format!("/account/confirm/{}", link.token.reveal()));
    let day = registered_on(account)?;
    let letter = AccountLetter::Confirm {
        url: &url,
        hours: use_.lasts().as_hours(),
        name: name(account),
        day: &day,
        rivals: world.commands.accounts().rivals_of(account).await?,
    };
    Ok(Some(written(account.id, to, &letter, account.language)?))
}

/// The name that an account goes by beside its address. Whoever registered it chose both: one that
/// reads like the address of a page goes to nobody in our name.
fn name(account: &UserAccount) -> AccountName<'_> {
    let username = account.has_username.then_some(&account.username);
    let Some(name) = username.or(account.full_name.as_ref()) else { return AccountName::None };
    let name = name.reveal().as_str();
    let is_host = |word: &str| {
        let last = word.rsplit_once('.').map(|(_, last)| last);
        last.is_some_and(|last| last.chars().count() > 1)
    };
    let is_plain = name.chars().count() <= NAME_LENGTH && !name.contains(['/', ':', '@']);
    if is_plain && !name.split_whitespace().any(is_host) {
        AccountName::Told(name)
    } else {
        AccountName::HeldBack
    }
}

/// The day on which an account was registered, in words.
fn registered_on(account: &UserAccount) -> Result<String, ReactionError> {
    let at = event_store::parse_timestamp(&account.created_at);
    let at = at.map_err(|_| ReactionError::fatal("the time of the registration is none"))?;
    Ok(texts::day(at.to_zoned(texts::default_zone()).date(), account.language))
}

/// The letter by which a forgotten password is replaced.
async fn to_reset(account: &UserAccount, world: &World) -> Result<Option<Written>, ReactionError> {
    if account.disabled {
        return Ok(None);
    }
    let use_ = LinkUse::ResetPassword;
    let link = world.commands.identity().make_link(account, use_).await?;
    let url = page(world, &format!("/account/sign-in/reset/{}", link.token.reveal()));
    let username = account.has_username.then(|| account.username.reveal().as_str());
    let (minutes, confirmed) = (use_.lasts().as_mins(), account.email_confirmed);
    let letter = AccountLetter::Reset { username, url: &url, minutes, confirmed };
    let to = address(account.email.reveal())?;
    Ok(Some(written(account.id, to, &letter, account.language)?))
}

/// A letter to whoever has the account, where their address is known to be theirs.
fn to_owner(
    account: &UserAccount,
    letter: &AccountLetter<'_>,
) -> Result<Option<Written>, ReactionError> {
    let confirmed = account.confirmed_email().map(address).transpose()?;
    confirmed.map(|to| written(account.id, to, letter, account.language)).transpose()
}

/// The address of a page.
pub(super) fn page(world: &World, path: &str) -> String {
    format!("{}{path}", world.base_url.as_str().trim_end_matches('/'))
}

fn address(text: &str) -> Result<EmailAddress, ReactionError> {
    text.parse().map_err(|_| ReactionError::fatal("the address of the account is none"))
}

fn written(
    of: Uuid,
    to: EmailAddress,
    letter: &AccountLetter<'_>,
    language: Language,
) -> Result<Written, ReactionError> {
    let kind = letter.kind();
    Ok(Written { of, to, letter: letters::account(letter, language, SERVICE)?, kind })
}

async fn queue(
    written: Written,
    language: Language,
    event: &Recorded<AccountEvent>,
    world: &World,
) -> Result<Outcome, ReactionError> {
    let Written { of, to, letter, kind } = written;
    let letter = letter.into_message(kind, SERVICE, world.mail_from.clone(), to, language);
    let letter = letter.map_err(|_| ReactionError::fatal("the letter is too long"))?;
    let cause = Cause::reaction(NAME, &event.metadata);
    let (messages, id) = (world.commands.messages(), event.metadata.event_id);
    if messages.queue_to(of, id, letter, &cause).await? {
        Ok(Outcome::Done)
    } else {
        Err(ReactionError::Obsolete)
    }
}
