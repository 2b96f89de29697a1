//! What an id stands for in somebody's space.

use commands::CommandError;
use domain::space::{SpaceRefusal, TrackedApplication};
use event_store::DbError;
use projections::space::{Sent, TrackedItem, Whose, of_account};
use uuid::Uuid;
use web::lang::Lang;
use web::page::Notice;
use web::problem::Problem;
use web::{App, Failure};

use crate::refused::APPLICATION;

/// Where something is.
pub(crate) enum Place {
    /// Among what they track.
    Own(Box<TrackedItem>),
    /// Among what they sent through Postulo.
    Sent(Box<TrackedItem>),
}

impl Place {
    pub(crate) fn item(&self) -> &TrackedItem {
        match self {
            Self::Own(item) | Self::Sent(item) => item,
        }
    }

    pub(crate) fn into_item(self) -> TrackedItem {
        match self {
            Self::Own(item) | Self::Sent(item) => *item,
        }
    }
}

/// Why there is nothing to be told.
pub(crate) enum NotThere {
    /// There is none.
    NotFound,
    /// It is somebody else's.
    NotTheirs,
    /// The log does not answer.
    Command(CommandError<SpaceRefusal>),
    /// The read models do not answer.
    Db(DbError),
}

impl<R: std::error::Error> From<CommandError<R>> for NotThere {
    fn from(error: CommandError<R>) -> Self {
        Self::Command(error.without_refusal())
    }
}

impl From<DbError> for NotThere {
    fn from(error: DbError) -> Self {
        Self::Db(error)
    }
}

impl From<NotThere> for Problem {
    fn from(error: NotThere) -> Self {
        match error {
            NotThere::NotFound => APPLICATION.not_found(),
            NotThere::NotTheirs => APPLICATION.not_theirs(),
            NotThere::Command(error) => error.into(),
            NotThere::Db(error) => Self::unavailable(&error),
        }
    }
}

impl NotThere {
    /// The page about it. What is somebody else's is not there.
    pub(crate) fn page(self, lang: Lang) -> Failure {
        match self {
            Self::NotFound | Self::NotTheirs => Notice::not_found(lang).into(),
            Self::Command(error) => error.into(),
            Self::Db(error) => error.into(),
        }
    }
}

/// An id as an address has it; what is none is nobody's.
pub(crate) fn id(text: &str) -> Option<Uuid> {
    Uuid::try_parse(text).ok()
}

/// The id of something new, from the one that its form brought: the same form sent again names the same thing, and
/// nobody names what is somebody else's.
pub(crate) fn new_id(app: &App, owner: Uuid, text: &str) -> Uuid {
    let form = id(text).unwrap_or_else(|| app.commands.fresh_id());
    Uuid::new_v5(&owner, format!("form {form}").as_bytes())
}

/// Finds what an id stands for; the log knows at once what was done before.
pub(crate) async fn place(
    app: &App,
    whose: Whose<'_>,
    id: Option<Uuid>,
) -> Result<Place, NotThere> {
    let id = id.ok_or(NotThere::NotFound)?;
    let state: TrackedApplication = app.commands.state_of(&id.to_string()).await?;
    match state.owner() {
        Some(owner) if owner != whose.owner => return Err(NotThere::NotTheirs),
        Some(_) => {
            let known = state.there().map_err(|_| NotThere::NotFound)?;
            let item = TrackedItem::of_state(id, known).ok_or(NotThere::NotFound)?;
            return Ok(Place::Own(Box::new(item)));
        }
        None => {}
    }
    match of_account(app.commands.log(), whose, id).await? {
        Sent::None => Err(NotThere::NotFound),
        Sent::Others => Err(NotThere::NotTheirs),
        Sent::Theirs(item) => {
            let overlay = TrackedApplication::overlay_id(whose.owner, id).to_string();
            let state: TrackedApplication = app.commands.state_of(&overlay).await?;
            Ok(Place::Sent(Box::new(item.with_state(&state))))
        }
    }
}
