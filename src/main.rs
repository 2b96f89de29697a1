//! Postulo: the service behind an "Apply" button. This package puts the parts together: it reads
//! the configuration, wires the crates, and has one file per command. No rule of the business.

mod cli;
mod config;
mod folder;
mod retention;
mod seed;
mod server;
mod shutdown;
mod telemetry;
mod wiring;

use std::process::ExitCode;

use clap::Parser as _;

/// Events are many small values, made and dropped on several threads, which the system's allocator
/// is slow at.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    // Every TLS connection of the process uses this provider; a second call is never made.
    let _ = rustls::crypto::ring::default_provider().install_default();
    end_when_nobody_reads();
    match cli::run(cli::Cli::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("postulo: {}", told(&error));
            ExitCode::FAILURE
        }
    }
}

/// What went wrong and why, on one line. Errors that quote their own cause are told once.
fn told(error: &anyhow::Error) -> String {
    error.chain().map(ToString::to_string).fold(String::new(), |told, cause| match told.as_str() {
        "" => cause,
        before if before.contains(&cause) => told,
        before => format!("{before}: {cause}"),
    })
}

/// Who reads our output may have seen enough, as `head` does: that is no failure.
fn end_when_nobody_reads() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let text = info.payload_as_str().unwrap_or_default();
        if text.starts_with("failed printing to stdout") && text.contains("Broken pipe") {
            std::process::exit(0);
        }
        usual(info);
    }));
}
