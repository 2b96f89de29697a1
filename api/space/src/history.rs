//! The timeline of one application: what happened when, and how long each step took.

use axum::Json;
use axum::extract::{Path, State};
use domain::JobApplication;
use domain::application::{AnswerId, ApplicationEvent};
use domain::space::{TrackedApplication, TrackedApplicationEvent as Event, TrackedStatus};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use uuid::Uuid;
use web::App;
use web::api::Bearer;
use web::problem::Problem;

use crate::applications::whose;
use crate::openapi::SpaceProblems;
use crate::place::{NotThere, Place, id, place};
use crate::wire::time;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// It was typed in, or sent, and stood there.
    Began(TrackedStatus),
    /// It was brought to the employer.
    Delivered,
    /// It moved there.
    Moved(TrackedStatus),
    /// What it is about was written otherwise.
    Corrected,
    /// The job was described, by whom; `None` where the description was cleared.
    Described(Option<&'static str>),
    /// A note was added, written otherwise, or removed.
    NoteAdded,
    NoteEdited,
    NoteRemoved,
    /// Its tags are others.
    Tagged,
    /// It was archived, by the schedule or not.
    Archived {
        by_schedule: bool,
    },
    Unarchived,
    Hidden,
    Shown,
    Restored,
    Removed,
}

impl Step {
    /// Its name for programs.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Began(_) => "began",
            Self::Delivered => "delivered",
            Self::Moved(_) => "moved",
            Self::Corrected => "corrected",
            Self::Described(_) => "described",
            Self::NoteAdded => "note_added",
            Self::NoteEdited => "note_edited",
            Self::NoteRemoved => "note_removed",
            Self::Tagged => "tagged",
            Self::Archived { .. } => "archived",
            Self::Unarchived => "unarchived",
            Self::Hidden => "hidden",
            Self::Shown => "shown",
            Self::Restored => "restored",
            Self::Removed => "removed",
        }
    }

    /// Where it stood from then on.
    pub(crate) const fn status(self) -> Option<TrackedStatus> {
        match self {
            Self::Began(status) | Self::Moved(status) => Some(status),
            _ => None,
        }
    }
}

/// A step, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Happened {
    pub(crate) at: Timestamp,
    pub(crate) step: Step,
}

/// What happened to what somebody typed in, or added to what they sent.
fn of_tracked(event: &Event) -> Option<Step> {
    Some(match event {
        Event::TrackedApplicationAdded { status, .. } => Step::Began(*status),
        Event::TrackedApplicationLinked { .. } | Event::TrackedApplicationErased { .. } => {
            return None;
        }
        Event::TrackedApplicationCorrected { .. } => Step::Corrected,
        Event::TrackedApplicationMoved { status, .. } => Step::Moved(*status),
        Event::TrackedApplicationDescribed { description, .. } => {
            Step::Described(description.as_ref().map(|it| match it.by {
                domain::space::DescribedBy::Owner => "owner",
                domain::space::DescribedBy::Page => "page",
                domain::space::DescribedBy::Model { .. } => "model",
            }))
        }
        Event::TrackedApplicationNoteAdded { .. } => Step::NoteAdded,
        Event::TrackedApplicationNoteEdited { .. } => Step::NoteEdited,
        Event::TrackedApplicationNoteRemoved { .. } => Step::NoteRemoved,
        Event::TrackedApplicationTagged { .. } => Step::Tagged,
        Event::TrackedApplicationHidden { .. } => Step::Hidden,
        Event::TrackedApplicationShown { .. } => Step::Shown,
        Event::TrackedApplicationArchived { by, .. } => {
            Step::Archived { by_schedule: *by == domain::space::ArchivedBy::Schedule }
        }
        Event::TrackedApplicationUnarchived { .. } => Step::Unarchived,
        Event::TrackedApplicationRemoved { .. } => Step::Removed,
        Event::TrackedApplicationRestored { .. } => Step::Restored,
    })
}

/// What happened, oldest first.
pub(crate) async fn timeline(
    app: &App,
    owner: Uuid,
    place: &Place,
) -> Result<Vec<Happened>, NotThere> {
    let (mut steps, tracked) = match place {
        Place::Own(item) => (vec![], item.id),
        Place::Sent(item) => {
            (sent(app, item.id).await?, TrackedApplication::overlay_id(owner, item.id))
        }
    };
    let history = app.commands.history_of::<TrackedApplication>(&tracked.to_string()).await?;
    steps.extend(history.events.iter().filter_map(|recorded| {
        let step = of_tracked(&recorded.event)?;
        Some(Happened { at: recorded.event.at(), step })
    }));
    steps.sort_by_key(|happened| happened.at);
    Ok(steps)
}

/// What happened to an application of the log, as its candidate may know it: answers that were taken back,
/// or may still be, are not told.
async fn sent(app: &App, id: Uuid) -> Result<Vec<Happened>, NotThere> {
    let history = app.commands.applications().find(id).await?;
    let now = app.commands.now();
    let untold: Vec<_> = history
        .state
        .known()
        .map(|known| {
            known
                .answers
                .iter()
                .filter(|it| it.undone || it.undo_until > now)
                .map(|it| it.id)
                .collect()
        })
        .unwrap_or_default();
    let mut state = JobApplication::default();
    let mut steps: Vec<Happened> = vec![];
    let mut standing = None;
    for recorded in history.events {
        let (at, event) = (recorded.event.at(), recorded.event);
        let is_untold = answer_of(&event).is_some_and(|answer| untold.contains(&answer));
        let delivered = matches!(event, ApplicationEvent::SentToEmployer { .. });
        if is_untold {
            continue;
        }
        state.apply(event);
        if delivered {
            steps.push(Happened { at, step: Step::Delivered });
        }
        let status = state.status().map(TrackedStatus::of_application);
        if let Some(status) = status.filter(|status| Some(*status) != standing) {
            let step = if standing.is_none() { Step::Began(status) } else { Step::Moved(status) };
            steps.push(Happened { at, step });
            standing = Some(status);
        }
    }
    Ok(steps)
}

/// The answer that an event gives.
const fn answer_of(event: &ApplicationEvent) -> Option<AnswerId> {
    match event {
        ApplicationEvent::InterviewProposed { answer_id, .. }
        | ApplicationEvent::InfoRequested { answer_id, .. }
        | ApplicationEvent::Rejected { answer_id, .. }
        | ApplicationEvent::Hired { answer_id, .. } => Some(*answer_id),
        _ => None,
    }
}

/// How long it stood at each step that has an end.
pub(crate) fn lasted(steps: &[Happened], nth: usize, now: Timestamp) -> Option<SignedDuration> {
    let begun = steps.get(nth).filter(|it| it.step.status().is_some())?;
    let later = steps.get(nth + 1..)?.iter().find(|it| it.step.status().is_some());
    Some(later.map_or(now, |it| it.at).duration_since(begun.at))
}

/// A step as programs are told of it.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct Told {
    at: String,
    event: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
    /// How long it stood there, or has stood there until now.
    #[serde(skip_serializing_if = "Option::is_none")]
    seconds: Option<i64>,
}

/// What happened to an application
#[utoipa::path(
    get,
    path = "/applications/{id}/history",
    operation_id = "listTrackedApplicationHistory",
    tag = "space",
    security(("bearer" = [])),
    params(("id" = String, Path, description = "Its `_id`.")),
    responses((status = 200, body = Vec<Told>, description = "Oldest first"), SpaceProblems),
)]
pub(crate) async fn of_application(
    State(app): State<App>,
    bearer: Bearer,
    Path(text): Path<String>,
) -> Result<Json<Vec<Told>>, Problem> {
    let place = place(&app, whose(&app, &bearer), id(&text)).await?;
    let steps = timeline(&app, bearer.account.id, &place).await?;
    let now = app.commands.now();
    let told = steps.iter().enumerate().map(|(nth, happened)| Told {
        at: time(happened.at),
        event: happened.step.name(),
        status: happened.step.status().map(TrackedStatus::wire),
        seconds: lasted(&steps, nth, now).map(|it| it.as_secs()),
    });
    Ok(Json(told.collect()))
}
