//! Who did something, and why.

use domain::PartnerId;
use event_store::{Actor, ActorKind, Metadata};
use uuid::Uuid;

use crate::Trace;

/// What the metadata of an event say of its origin.
#[derive(Clone, Debug)]
pub struct Cause {
    actor: Actor,
    correlation_id: Uuid,
    causation_id: Uuid,
    trace: Trace,
}

impl Cause {
    /// A person or program asked, in the request called `request_id`.
    pub fn request(kind: ActorKind, actor: Option<String>, request_id: Uuid) -> Self {
        Self {
            actor: Actor { kind, id: actor },
            correlation_id: request_id,
            causation_id: request_id,
            trace: Trace::default(),
        }
    }

    /// A partner asked, in the request called `request_id`.
    pub fn partner(partner: &PartnerId, request_id: Uuid) -> Self {
        Self::request(ActorKind::Partner, Some(partner.to_string()), request_id)
    }

    /// The operator of this id asked, in the request called `request_id`.
    pub fn operator(id: Uuid, request_id: Uuid) -> Self {
        Self::request(ActorKind::Operator, Some(id.to_string()), request_id)
    }

    /// The owner of the account of this id asked, in the request called `request_id`.
    pub fn user(id: Uuid, request_id: Uuid) -> Self {
        Self::request(ActorKind::Candidate, Some(id.to_string()), request_id)
    }

    /// Somebody asked on the command line of the machine.
    pub fn command_line(request_id: Uuid) -> Self {
        Self::request(ActorKind::Operator, Some("command-line".to_owned()), request_id)
    }

    /// The mail provider told.
    pub fn mail_provider(name: &'static str, request_id: Uuid) -> Self {
        Self::request(ActorKind::System, Some(name.to_owned()), request_id)
    }

    /// Who did it, where that is known by name.
    pub(crate) fn actor_id(&self) -> Option<&str> {
        self.actor.id.as_deref()
    }

    /// The reactor called `reactor` did it because of the event whose metadata are given.
    pub fn reaction(reactor: &'static str, to: &Metadata) -> Self {
        Self {
            actor: Actor { kind: ActorKind::System, id: Some(reactor.to_owned()) },
            correlation_id: to.correlation_id,
            causation_id: to.event_id,
            trace: Trace { trace_id: to.trace_id.clone(), span_id: to.span_id.clone() },
        }
    }

    /// The same, at this place of a trace.
    #[must_use]
    pub fn traced(mut self, trace: Trace) -> Self {
        self.trace = trace;
        self
    }

    /// The metadata of the event `event_id` that it caused.
    pub(crate) fn metadata(&self, event_id: Uuid) -> Metadata {
        Metadata {
            event_id,
            correlation_id: self.correlation_id,
            causation_id: self.causation_id,
            actor: self.actor.clone(),
            trace_id: self.trace.trace_id.clone(),
            span_id: self.trace.span_id.clone(),
        }
    }
}
