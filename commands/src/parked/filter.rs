//! Which reactions an operator means.

use event_store::StreamId;

use super::about;

/// Which parked reactions are meant.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Of this state only.
    pub state: Option<String>,
    /// Of this reactor only.
    pub reactor: Option<String>,
    /// Of this kind of aggregate only.
    pub aggregate_type: Option<String>,
    /// Of the aggregate of this id only.
    pub aggregate_id: Option<String>,
    /// At this position only.
    pub position: Option<i64>,
}

impl Filter {
    /// The reaction of one reactor to one event.
    pub fn one(reactor: &str, position: i64) -> Self {
        Self { reactor: Some(reactor.to_owned()), position: Some(position), ..Self::default() }
    }

    /// The reactions to what happened to one aggregate.
    pub fn of(stream: StreamId<'_>) -> Self {
        Self {
            aggregate_type: Some(stream.aggregate_type.to_owned()),
            aggregate_id: Some(stream.aggregate_id.to_owned()),
            ..Self::default()
        }
    }

    /// The filter as a person reads it, without anything personal.
    pub fn in_words(&self) -> String {
        let (_, _, aggregate_type, aggregate_id, _) = self.values();
        let stream = about(StreamId::new(aggregate_type, aggregate_id));
        let named =
            |name: &str, value: Option<String>| value.map(|value| format!("{name} {value}"));
        let words = [
            named("state", self.state.clone()),
            named("reactor", self.reactor.clone()),
            Some(stream).filter(|stream| !stream.is_empty()),
            named("position", self.position.map(|position| position.to_string())),
        ];
        let words: Vec<_> = words.into_iter().flatten().collect();
        if words.is_empty() { "all".to_owned() } else { words.join(", ") }
    }

    /// Its parts as the statements take them: a blank text, or 0, rules nothing out.
    pub(super) fn values(&self) -> (&str, &str, &str, &str, i64) {
        (
            self.state.as_deref().unwrap_or_default(),
            self.reactor.as_deref().unwrap_or_default(),
            self.aggregate_type.as_deref().unwrap_or_default(),
            self.aggregate_id.as_deref().unwrap_or_default(),
            self.position.unwrap_or(0),
        )
    }
}
