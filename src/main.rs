//! Postulo: the service behind an "Apply" button. This package puts the parts together: it reads
//! the configuration, wires the crates, and has one file per command. No rule of the business.

#![warn(clippy::print_stdout, clippy::print_stderr)]

mod cli;
mod config;
mod folder;
mod seed;
mod server;
mod shutdown;
mod telemetry;
mod wiring;

use std::process::ExitCode;

use clap::Parser as _;
use cli::out;
use cli::out::tell;

/// Events are many small values, made and dropped on several threads, which the system's allocator
/// is slow at.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The exit status for a call that cannot be meant so, which the parser has too.
const USAGE: u8 = 2;

#[tokio::main]
async fn main() -> ExitCode {
    // Every TLS connection of the process uses this provider; a second call is never made.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let outcome = match cli::Cli::try_parse() {
        Ok(cli) => cli::run(cli).await.and_then(|()| out::end()),
        // Help and version go to standard output, and what is wrong with the call to the other one.
        Err(answer) if answer.use_stderr() => {
            let _ = answer.print();
            return ExitCode::from(USAGE);
        }
        Err(answer) => out::shown(answer.print()).and_then(|()| out::end()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) if out::nobody_reads() => ExitCode::SUCCESS,
        Err(error) => {
            tell!("postulo: {}", told(&error));
            if error.is::<cli::Usage>() { ExitCode::from(USAGE) } else { ExitCode::FAILURE }
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
