//! What is measured: something that appends one event to a new stream, durably.

use cqrs_es::event_sink::EventSink;
use cqrs_es::{Aggregate, DomainEvent};
use serde::{Deserialize, Serialize};

/// A log.
pub(crate) trait Subject: Clone + Send + Sync + 'static {
    /// A fresh one in the empty database at this address.
    fn open(url: &str) -> impl Future<Output = anyhow::Result<Self>> + Send;

    /// Appends one event with [`payload`] to a new stream; durable when it returns.
    fn append(&self, id: String) -> impl Future<Output = anyhow::Result<()>> + Send;

    /// Closes the database.
    fn close(&self) -> impl Future<Output = ()> + Send;
}

/// The stream's kind.
pub(crate) const KIND: &str = "application";

/// JSON of 1.2 KB, of the shape of an application.
pub(crate) fn payload() -> String {
    let letter = "Madame, Monsieur, je vous prie de trouver ci-joint mon CV. ".repeat(16);
    format!(
        r#"{{"type":"Submitted","submission":{{"first_name":"Camille","last_name":"Durand","email":"camille.durand@example.org","phone":"+33612345678","siret":"73282932000074","job":"Boulangère","letter":"{letter}"}},"at":"2026-11-20T22:24:14Z"}}"#
    )
}

/// The stock repository asks for an aggregate; only its name is used.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Application;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Submitted;

impl DomainEvent for Submitted {
    fn event_type(&self) -> String {
        "Submitted".to_owned()
    }

    fn event_version(&self) -> String {
        "1.0".to_owned()
    }
}

impl Aggregate for Application {
    const TYPE: &'static str = KIND;
    type Command = ();
    type Event = Submitted;
    type Error = std::fmt::Error;
    type Services = ();

    async fn handle(
        &mut self,
        _command: (),
        _services: &(),
        _sink: &EventSink<Self>,
    ) -> Result<(), std::fmt::Error> {
        Ok(())
    }

    fn apply(&mut self, _event: Submitted) {}
}
