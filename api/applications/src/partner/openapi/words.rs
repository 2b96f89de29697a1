//! The values that answers and parameters may have, from the types that hold them.

use domain::application::{ApplicationEventKind, ApplicationStatus};
use domain::{Language, MediaType};
use event_store::ActorKind;
use projections::applications::Filter;
use utoipa::openapi::{Object, ObjectBuilder, Type};

fn one_of<T: Into<String>>(about: &str, words: impl IntoIterator<Item = T>) -> Object {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some(about))
        .enum_values(Some(words.into_iter().map(Into::<String>::into)))
        .build()
}

/// The standings of an application.
pub(crate) fn statuses() -> Object {
    one_of("Where the application stands.", ApplicationStatus::ALL.map(ApplicationStatus::as_str))
}

/// The languages of pages and e-mails.
pub(crate) fn languages() -> Object {
    one_of("The language of its pages and e-mails.", Language::ALL.map(Language::code))
}

/// The kinds of document.
pub(crate) fn media_types() -> Object {
    one_of("Its media type, recognised by content.", MediaType::ALL.map(MediaType::mime))
}

/// The kinds of event.
pub(crate) fn event_kinds() -> Object {
    let kinds = ApplicationEventKind::ALL.iter().map(|kind| kind.as_str());
    one_of("What happened; docs/events.md describes each kind.", kinds)
}

/// Who causes an event.
pub(crate) fn actors() -> Object {
    one_of("Who did it.", ActorKind::NAMES)
}

/// How many applications a page of a list may have.
pub(crate) fn page_sizes() -> Object {
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .description(Some("How many at most."))
        .default(Some(Filter::USUAL.into()))
        .minimum(Some(1))
        .maximum(Some(Filter::MAX))
        .build()
}
