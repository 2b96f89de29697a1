//! One trace from a request to the e-mail it causes: events carry it (W3C Trace Context).

use opentelemetry::trace::{
    SpanContext, SpanId, TraceContextExt as _, TraceFlags, TraceId, TraceState,
};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

/// A place in a trace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    /// 32 hexadecimal digits.
    pub trace_id: Option<String>,
    /// The span: 16 hexadecimal digits.
    pub span_id: Option<String>,
}

impl Trace {
    /// The place that a `traceparent` header names; nothing, where it is none.
    pub fn of_header(text: &str) -> Self {
        let mut parts = text.trim().split('-');
        let (_, trace, span) = (parts.next(), parts.next(), parts.next());
        let hexadecimal = |text: &&str, length| {
            text.len() == length && text.bytes().all(|byte| byte.is_ascii_hexdigit())
        };
        let trace_id = trace.filter(|text| hexadecimal(text, 32)).map(str::to_owned);
        let span_id = span.filter(|text| hexadecimal(text, 16)).map(str::to_owned);
        if trace_id.is_none() { Self::default() } else { Self { trace_id, span_id } }
    }

    /// Lets `span` go on from here, where traces are kept.
    pub fn is_parent_of(&self, span: &Span) {
        let ids = self.trace_id.as_deref().zip(self.span_id.as_deref());
        let parsed = ids.and_then(|(trace, span)| {
            Some((TraceId::from_hex(trace).ok()?, SpanId::from_hex(span).ok()?))
        });
        if let Some((trace, parent)) = parsed {
            let sampled = TraceFlags::SAMPLED;
            let place = SpanContext::new(trace, parent, sampled, true, TraceState::default());
            let context = opentelemetry::Context::new().with_remote_span_context(place);
            // It fails only where no traces are kept, and then nothing is lost.
            let _ = span.set_parent(context);
        }
    }

    /// Where `span` stands; what `otherwise` says, where no traces are kept.
    pub fn of_span(span: &Span, otherwise: Self) -> Self {
        let context = span.context();
        let place = context.span().span_context().clone();
        if !place.is_valid() {
            return otherwise;
        }
        Self {
            trace_id: Some(place.trace_id().to_string()),
            span_id: Some(place.span_id().to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_names_a_trace_and_a_span_or_nothing() {
        let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        let whole = Trace::of_header(&format!("00-{trace}-00f067aa0ba902b7-01"));
        assert_eq!(whole.trace_id.as_deref(), Some(trace));
        assert_eq!(whole.span_id.as_deref(), Some("00f067aa0ba902b7"));
        for wrong in ["", "00", "00-xyz-00f067aa0ba902b7-01", "é-é-é"] {
            assert_eq!(Trace::of_header(wrong), Trace::default(), "{wrong}");
        }
    }
}
