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
use commands::advice;

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
            tell!("postulo: {}", advice::told(error.as_ref()));
            if error.is::<cli::Usage>() { ExitCode::from(USAGE) } else { ExitCode::FAILURE }
        }
    }
}

#[cfg(test)]
mod tests {
    use api::admin::CaseFileError;
    use event_store::kafka::KafkaError;
    use event_store::tree::{ProofError, Refusal, TreeError};
    use workers::StartError;

    use super::*;

    /// The errors of the rooms above the log lead to its own.
    #[test]
    fn what_mends_an_error_of_the_log_is_told_through_those_of_other_rooms() {
        let told = |error: anyhow::Error| advice::told(error.as_ref());
        let kafka = KafkaError::NoTopic { topic: "none".to_owned() };
        let text = told(StartError::from(kafka).into());
        assert!(text.contains("no topic none") && text.contains("postulo topics create"), "{text}");
        let tree = TreeError::Refused(Refusal::NoTree { events: 7 });
        let text = told(CaseFileError::from(tree).into());
        assert!(text.contains("7 events") && text.contains("begin-tree --reason"), "{text}");
        let text = told(CaseFileError::from(ProofError::NotSigned(7)).into());
        assert!(text.contains("position 7") && text.contains("postulo audit checkpoint"), "{text}");
    }
}
