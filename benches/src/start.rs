//! From the start of the process to the line that says where it listens, and its memory when idle:
//! `serve` on a fresh folder the first time, on the same one afterwards.

use std::time::{Duration, Instant};

use crate::place::Place;
use crate::report::{Measure, Report};

const ROUNDS: u64 = 5;

pub(crate) async fn run(report: &mut Report) -> anyhow::Result<()> {
    let place = Place::new(&[])?;
    for round in 1..=ROUNDS {
        let begin = Instant::now();
        let server = place.start(&["serve"]).await?;
        let ready = begin.elapsed();
        tokio::time::sleep(Duration::from_secs(3)).await;
        let memory = server.memory("VmRSS").unwrap_or(f64::NAN);
        server.stop().await?;
        report.add(Measure {
            bench: "start",
            engine: "sqlite".to_owned(),
            at: ("round", round),
            unit: "ms to ready",
            figure: ready.as_secs_f64() * 1000.0,
            peer: None,
            ratio: None,
            more: vec![("idle_mb", memory)],
        });
    }
    Ok(())
}
