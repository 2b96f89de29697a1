//! Makes a list.

use std::time::Duration;

use commands::{CommandError, UserAccount};
use domain::JobApplication;
use domain::application::{Application, ApplicationRefusal, ApplicationStatus};
use domain::cqrs_es::Aggregate as _;
use domain::space::{DayOrTime, TrackedStatus};
use event_store::tree::{self, Proof, ProofError, Signer, TreeError};
use event_store::{DbError, timestamp_text};
use jiff::Span;
use jiff::civil::Date;
use projections::space::{Cursor, Filter, Origin, TrackedItem, Walk, Whose};
use web::App;
use web::lang::Lang;

use super::check::{MAX_JSON, is_told, told};
use super::list::{Declared, FORMAT, List, NotSigned, Period, Person};
use super::pdf;

/// A list has so many lines at most.
pub(crate) const MOST_LINES: usize = 1000;
/// Rows that are read at once.
const PAGE: u32 = 1000;
/// How often the log is signed and asked for proofs, where it moves meanwhile.
const ATTEMPTS: u32 = 6;
/// The first wait before that; then longer.
const AGAIN: Duration = Duration::from_millis(20);

/// A list that was made.
pub(crate) struct Made {
    pub(crate) pdf: Vec<u8>,
    pub(crate) name: String,
}

/// Why there is no list.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotMade {
    /// The service does not sign its log.
    #[error("this service does not sign")]
    NoKey,
    /// The first day is after the last.
    #[error("the time ends before it begins")]
    EndsBefore,
    /// There is no application in this time.
    #[error("there is no application in this time")]
    Nothing,
    /// There are more than a list has lines, or they are longer than a list may be.
    #[error("there are more applications in this time than a list takes")]
    TooMany,
    #[error(transparent)]
    Db(#[from] DbError),
    #[error("an application cannot be read")]
    Application(#[from] CommandError<ApplicationRefusal>),
    #[error("the log cannot be signed")]
    Tree(#[from] TreeError),
    #[error("there is no proof")]
    Proof(#[from] ProofError),
    #[error(transparent)]
    NotSigned(#[from] NotSigned),
    #[error("the PDF cannot be written")]
    Pdf(#[from] pdf::PdfError),
    #[error("the PDF was not written to its end")]
    Stopped(#[source] tokio::task::JoinError),
}

/// Makes the list of what somebody applied for in a time.
pub(crate) async fn make(
    app: &App,
    account: &UserAccount,
    period: Period,
    lang: Lang,
) -> Result<Made, NotMade> {
    let signer = app.audit.as_ref().ok_or(NotMade::NoKey)?;
    if matches!((period.from, period.to), (Some(from), Some(to)) if from > to) {
        return Err(NotMade::EndsBefore);
    }
    let now = app.commands.now();
    let whose = Whose { owner: account.id, email: account.confirmed_email(), now };
    let items = of_period(app, whose, period).await?;
    if items.is_empty() {
        return Err(NotMade::Nothing);
    }
    let (mut ids, mut given) = (vec![], 0);
    for item in items.iter().filter(|it| it.is_sent_through_postulo()) {
        given += 1;
        if !is_undelivered(app, item).await? {
            ids.push(item.id.to_string());
        }
    }
    let mut proof = proof(app, signer, &ids).await?;
    let mut proven = vec![];
    for id in &ids {
        let events = || proof.events.iter().map(|event| &event.leaf);
        let of_it: Vec<_> = events().filter(|leaf| leaf.aggregate_id == *id).collect();
        match told(&of_it) {
            Some(line) => proven.push(line),
            None => proof.events.retain(|event| event.leaf.aggregate_id != *id),
        }
    }
    let declared = items.iter().filter(|it| !it.is_sent_through_postulo()).map(declared).collect();
    let id = app.commands.fresh_id();
    let check_at = app.settings.base_url.join(&format!("proof/{id}"));
    let person = Person {
        name: account.full_name.as_ref().map(|name| name.reveal().clone()),
        email: account.confirmed_email().map(str::to_owned),
    };
    let list = List {
        format: FORMAT.to_owned(),
        id,
        check_at: check_at.map(String::from).unwrap_or_default(),
        language: lang.code().to_owned(),
        made_at: timestamp_text(now),
        person,
        period,
        not_delivered: u32::try_from(given - proven.len()).unwrap_or(u32::MAX),
        log: Some(proof).filter(|_| !proven.is_empty()),
        proven,
        declared,
    };
    // Neither is quick for a long list.
    let key = signer.key.clone();
    let written = tokio::task::spawn_blocking(move || {
        let (json, digest) = list.clone().sign(&key)?;
        if json.len() > MAX_JSON {
            return Err(NotMade::TooMany);
        }
        Ok((pdf::write(&list, &json, now, lang, &key)?, digest))
    });
    let (pdf, digest) = written.await.map_err(NotMade::Stopped)??;
    let key = signer.key.public();
    app.commands.space().remember_list(id, account.id, &digest, key, now).await?;
    let name =
        lang.with("space-proof-file", ("day", timestamp_text(now)[..10].to_owned().as_str()));
    Ok(Made { pdf, name })
}

/// What somebody applied for in a time, oldest first.
async fn of_period(
    app: &App,
    whose: Whose<'_>,
    period: Period,
) -> Result<Vec<TrackedItem>, NotMade> {
    // Two days more: a day begins where people are, and a list goes by the clock.
    let moved = |day: Option<Date>, days: i64| day?.checked_add(Span::new().days(days)).ok();
    let begins = |day: Date| DayOrTime::Day(day).instant();
    let cursor = moved(period.to, 2).map(|day| Cursor::as_old_as(begins(day)));
    let ends = moved(period.from, -2).map(begins);
    let filter = Filter { cursor, ..Filter::default() };
    let mut walk = Walk::new(app.commands.log(), whose, filter, PAGE);
    let mut found = vec![];
    while let Some(items) = walk.page().await? {
        let oldest = items.last().map(|item| item.applied_on.instant());
        found.extend(items.into_iter().filter(|it| counts(it) && is_in(period, day(it))));
        if found.len() > MOST_LINES {
            return Err(NotMade::TooMany);
        }
        if ends.is_some_and(|ends| oldest.is_some_and(|oldest| oldest < ends)) {
            break;
        }
    }
    found.reverse();
    Ok(found)
}

/// Whether it did not reach a mailbox. Where it was withdrawn since, its history says so.
async fn is_undelivered(app: &App, item: &TrackedItem) -> Result<bool, NotMade> {
    if item.origin != Origin::Postulo(ApplicationStatus::Withdrawn) {
        return Ok(item.origin == Origin::Postulo(ApplicationStatus::Undeliverable));
    }
    let state: JobApplication = app.commands.state_of(&item.id.to_string()).await?;
    Ok(state.known().is_ok_and(Application::is_undelivered))
}

/// Whether somebody applied for it at all.
fn counts(item: &TrackedItem) -> bool {
    item.is_sent_through_postulo() || item.status != TrackedStatus::Considered
}

/// The day on which it was sent, in the usual time zone.
fn day(item: &TrackedItem) -> Date {
    if item.is_sent_through_postulo() {
        item.created_at.to_zoned(texts::default_zone()).date()
    } else {
        item.applied_on.day()
    }
}

fn is_in(period: Period, day: Date) -> bool {
    period.from.is_none_or(|from| from <= day) && period.to.is_none_or(|to| day <= to)
}

fn declared(item: &TrackedItem) -> Declared {
    Declared {
        applied_on: item.applied_on.day(),
        company: item.company.reveal().clone(),
        job: item.position.reveal().clone(),
        status: item.status.wire().to_owned(),
    }
}

/// The proofs of what the log says of the sending of these. Others may sign at the same time: then it is tried
/// again.
async fn proof(app: &App, signer: &Signer, ids: &[String]) -> Result<Proof, NotMade> {
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    if ids.is_empty() {
        return Ok(Proof { checkpoint: String::new(), events: vec![] });
    }
    let (log, kind, verifier) = (app.commands.log(), JobApplication::TYPE, signer.verifier());
    let mut attempt = 1;
    loop {
        let proven = async {
            tree::sign_now(log, app.commands.now(), signer).await?;
            Ok(tree::prove_those(log.db(), kind, &ids, is_told, &verifier).await?)
        };
        match proven.await {
            Err(NotMade::Tree(TreeError::Moved(_)) | NotMade::Proof(ProofError::NotSigned(_)))
                if attempt < ATTEMPTS =>
            {
                tokio::time::sleep(AGAIN * attempt).await;
                attempt += 1;
            }
            outcome => return outcome,
        }
    }
}
