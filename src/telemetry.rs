//! Logs on standard error, metrics, and traces where they are asked for. They hold ids and never
//! personal data.

use std::backtrace::Backtrace;
use std::panic::PanicHookInfo;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{SpanExporter, WithExportConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use url::Url;

use crate::config::{Config, LogFormat};

/// What was started; dropped at the end of the process, after [`Telemetry::end`].
pub(crate) struct Telemetry {
    traces: Option<SdkTracerProvider>,
    metrics: PrometheusHandle,
}

impl Telemetry {
    /// Writes the metrics of this process.
    pub(crate) fn render(&self) -> Arc<dyn Fn() -> String + Send + Sync> {
        let metrics = self.metrics.clone();
        Arc::new(move || {
            metrics.run_upkeep();
            metrics.render()
        })
    }

    /// Sends the traces that wait.
    pub(crate) fn end(self) {
        if let Some(traces) = self.traces
            && let Err(error) = traces.shutdown()
        {
            tracing::warn!(%error, "some traces could not be sent");
        }
    }
}

/// Starts logs, metrics and traces as the settings say.
pub(crate) fn start(config: &Config, service: &'static str) -> Result<Telemetry> {
    let filter = EnvFilter::try_new(&config.telemetry.log)
        .context("POSTULO_LOG is not a filter; write info, or info,sqlx=debug")?
        .add_directive(SILENT.parse()?);
    let traces =
        config.telemetry.otlp_endpoint.as_ref().map(|url| tracer(url, service)).transpose()?;
    let spans = traces
        .as_ref()
        .map(|traces| tracing_opentelemetry::layer().with_tracer(traces.tracer("postulo")));
    let registry = tracing_subscriber::registry().with(filter).with(spans);
    let layer = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    match config.telemetry.log_format {
        LogFormat::Text => registry.with(layer.with_target(false)).try_init()?,
        LogFormat::Json => registry.with(layer.json().flatten_event(true)).try_init()?,
    }
    std::panic::set_hook(Box::new(log_the_place));
    let metrics = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), SECONDS)?
        .set_buckets_for_metric(Matcher::Suffix("_events".to_owned()), EVENTS)?
        .install_recorder()
        .context("metrics cannot be kept")?;
    Ok(Telemetry { traces, metrics })
}

/// What reads PDFs may quote from them, whatever is asked for: they are people's.
const SILENT: &str = "lopdf=off";

/// Upper bounds of times, in seconds.
const SECONDS: &[f64] =
    &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];
/// Upper bounds of batches, in events.
const EVENTS: &[f64] = &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1024.0];

/// Sends traces by OTLP over HTTP, in batches, from a thread of its own.
fn tracer(url: &Url, service: &'static str) -> Result<SdkTracerProvider> {
    let exporter = SpanExporter::builder()
        .with_http()
        .with_endpoint(url.as_str())
        .build()
        .context("POSTULO_OTLP_ENDPOINT cannot be used")?;
    let resource = Resource::builder().with_service_name(service).build();
    Ok(SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build())
}

/// Logs where a panic happened. What it says may quote what a person typed.
fn log_the_place(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    let thread = std::thread::current();
    let backtrace = Backtrace::capture(); // frames only, and only with RUST_BACKTRACE
    tracing::error!(place, thread = thread.name(), %backtrace, "panicked");
}
