//! What was measured, for people and for programs.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::Context;
use event_store::{Clock as _, SystemClock};
use serde_json::{Map, Value, json};

/// One figure, beside a peer's where there is one.
pub(crate) struct Measure {
    pub(crate) bench: &'static str,
    pub(crate) engine: String,
    /// What was varied, such as `writers` or `rate`, and its value.
    pub(crate) at: (&'static str, u64),
    pub(crate) unit: &'static str,
    pub(crate) figure: f64,
    pub(crate) peer: Option<(&'static str, f64)>,
    /// Ours by the peer's: the median of rounds, where there were several.
    pub(crate) ratio: Option<f64>,
    /// Other figures of the same run, such as `p99_ms`.
    pub(crate) more: Vec<(&'static str, f64)>,
}

/// Prints each figure as soon as it is known, and keeps it for a document.
pub(crate) struct Report {
    json: bool,
    measures: Vec<Measure>,
}

impl Report {
    pub(crate) const fn new(json: bool) -> Self {
        Self { json, measures: vec![] }
    }

    pub(crate) fn add(&mut self, measure: Measure) {
        if self.json {
            println!("{}", measure.json());
        } else {
            println!("{}", measure.line());
        }
        self.measures.push(measure);
    }

    /// Puts the figures, as a table, between the document's comments `<!-- NAME -->` and
    /// `<!-- /NAME -->`, with where and when they were taken.
    pub(crate) fn write(&self, document: &Path, name: &str) -> anyhow::Result<()> {
        let text = std::fs::read_to_string(document)?;
        let (begin, end) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
        let missing = || format!("{} has no {}", document.display(), begin.trim());
        let (before, rest) = text.split_once(&begin).with_context(missing)?;
        let (_, after) = rest.split_once(&end).with_context(missing)?;
        let commit = std::env::var("POSTULO_BENCH_COMMIT").unwrap_or_else(|_| "unknown".to_owned());
        let mut table = format!("{before}{begin}\n");
        let date = SystemClock.now().strftime("%Y-%m-%d");
        writeln!(table, "{date}, commit {commit}, {}.\n", machine())?;
        table.push_str(&self.table()?);
        write!(table, "\n{end}{after}")?;
        std::fs::write(document, table)?;
        Ok(())
    }

    fn table(&self) -> anyhow::Result<String> {
        let Some(first) = self.measures.first() else {
            return Ok(String::new());
        };
        let mut more: Vec<&str> = vec![];
        for (name, _) in self.measures.iter().flat_map(|it| &it.more) {
            if !more.contains(name) {
                more.push(name);
            }
        }
        let has_peers = self.measures.iter().any(|it| it.peer.is_some());
        let several = self.measures.iter().any(|it| it.bench != first.bench);
        let mut head = if several { vec!["what"] } else { vec![] };
        head.extend(["engine", first.at.0, "figure", "unit"]);
        if has_peers {
            head.extend(["peer", "peer's figure", "ratio"]);
        }
        head.extend(&more);
        let mut table = format!("| {} |\n|", head.join(" | "));
        table.push_str(&" --- |".repeat(head.len()));
        table.push('\n');
        for it in &self.measures {
            let mut row = if several { vec![it.bench.to_owned()] } else { vec![] };
            row.extend([it.engine.clone(), grouped(it.at.1), shown(it.figure), it.unit.to_owned()]);
            if has_peers {
                let (peer, figure) =
                    it.peer.map_or(("", String::new()), |(peer, its)| (peer, shown(its)));
                let ratio = it.ratio.map_or_else(String::new, |ratio| format!("{ratio:.2}"));
                row.extend([peer.to_owned(), figure, ratio]);
            }
            row.extend(more.iter().map(|name| {
                let found = it.more.iter().find(|(known, _)| known == name);
                found.map_or_else(String::new, |(_, value)| shown(*value))
            }));
            writeln!(table, "| {} |", row.join(" | "))?;
        }
        Ok(table)
    }
}

impl Measure {
    fn json(&self) -> Value {
        let mut object = Map::new();
        object.insert("bench".to_owned(), self.bench.into());
        object.insert("engine".to_owned(), self.engine.clone().into());
        object.insert(self.at.0.to_owned(), self.at.1.into());
        object.insert("figure".to_owned(), json!(self.figure));
        object.insert("unit".to_owned(), self.unit.into());
        object.insert("peer".to_owned(), json!(self.peer.map(|(peer, _)| peer)));
        object.insert("peer_figure".to_owned(), json!(self.peer.map(|(_, figure)| figure)));
        object.insert("ratio".to_owned(), json!(self.ratio));
        for (name, value) in &self.more {
            object.insert((*name).to_owned(), json!(value));
        }
        object.into()
    }

    fn line(&self) -> String {
        let mut line = format!(
            "{:<12} {:<16} {:>9} {:<13} {:>10} {}",
            self.bench,
            self.engine,
            grouped(self.at.1),
            self.at.0,
            shown(self.figure),
            self.unit
        );
        for (name, value) in &self.more {
            let _ = write!(line, ", {name} {}", shown(*value));
        }
        if let (Some((peer, figure)), Some(ratio)) = (self.peer, self.ratio) {
            let _ = write!(line, "; {peer} {}, ratio {ratio:.2}", shown(figure));
        }
        line
    }
}

/// Few digits for small figures, none after the point for large ones.
fn shown(value: f64) -> String {
    if value.is_finite() && value.abs() >= 100.0 {
        let whole = format!("{:.0}", value.abs());
        let whole: u64 = whole.parse().unwrap_or_default();
        format!("{}{}", if value < 0.0 { "-" } else { "" }, grouped(whole))
    } else {
        format!("{value:.2}")
    }
}

/// 1,234,567.
fn grouped(value: u64) -> String {
    let digits = value.to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// The processor, how many of them, and the memory.
fn machine() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(':'))
        .map_or("an unknown processor", |(_, model)| model.trim())
        .to_owned();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let memory = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let gigabytes = memory
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:")?.split_whitespace().next())
        .and_then(|kilobytes| kilobytes.parse::<u64>().ok())
        .map_or(0, |kilobytes| kilobytes / (1 << 20));
    format!("{cores} cores of {model}, {gigabytes} GiB of memory, shared with others")
}
