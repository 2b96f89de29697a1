//! Postulo: the service behind an "Apply" button. This package puts the parts together: it reads
//! the configuration, wires the crates, and has one file per command. No rule of the business.

mod cli;
mod config;
mod folder;
mod seed;
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
    match cli::run(cli::Cli::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("postulo: {error:#}");
            ExitCode::FAILURE
        }
    }
}
