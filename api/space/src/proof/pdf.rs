//! The list on paper: PDF/A-3 and PDF/UA, tagged, with the signed JSON attached and a signature over all of it.

mod paper;

use event_store::tree::{CheckpointError, TreeKey};
use jiff::Timestamp;
use jiff::civil::Date;
use web::lang::{Lang, time};

use self::paper::{Attached, Paper, Table};
use super::check::{mark, mark_end};
use super::list::List;

/// The name of the attached file.
const ATTACHED: &str = "applications.json";

/// The PDF could not be written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PdfError {
    #[error("the fonts cannot be read")]
    Font,
    #[error("the PDF is none that conforms: {0}")]
    Written(String),
    #[error("the attached file is not in the PDF as it is")]
    Attached,
    #[error("the QR code cannot be drawn")]
    Qr(#[from] qrcode::types::QrError),
    #[error("the PDF cannot be signed")]
    Signed(#[from] CheckpointError),
}

/// The PDF of a list, with its JSON in it, signed.
pub(super) fn write(
    list: &List,
    json: &[u8],
    now: Timestamp,
    lang: Lang,
    key: &TreeKey,
) -> Result<Vec<u8>, PdfError> {
    let day = |day: Date| texts::day(day, lang.0);
    let mut paper = Paper::new(lang)?;
    let title = lang.t("space-proof-title");
    paper.heading(1, title);
    let who = [list.person.name.clone(), list.person.email.clone()];
    let who: Vec<String> = who.into_iter().flatten().collect();
    if !who.is_empty() {
        paper.strong(&who.join(", "));
    }
    paper.paragraph(&match (list.period.from, list.period.to) {
        (Some(from), Some(to)) => {
            let (from, to) = (day(from), day(to));
            lang.with("space-proof-from-to", (("from", from.as_str()), ("to", to.as_str())))
        }
        (Some(from), None) => lang.with("space-proof-from", ("from", day(from).as_str())),
        (None, Some(to)) => lang.with("space-proof-to", ("to", day(to).as_str())),
        (None, None) => lang.t("space-proof-whole").to_owned(),
    });
    let made = time(now, lang);
    paper.paragraph(&lang.with("space-proof-made", ("time", made.as_str())));
    paper.heading(2, lang.t("space-proof-proven"));
    if list.proven.is_empty() {
        paper.paragraph(lang.t("space-proof-none-proven"));
    } else {
        paper.paragraph(
            lang.with("space-proof-proven-means", ("count", &list.proven.len())).as_str(),
        );
        let rows = list.proven.iter().map(|line| {
            let sent = line.sent_at.parse().map_or(line.sent_at.clone(), |at| time(at, lang));
            let employer = lang.with(
                "space-proof-employer",
                (("employer", line.employer.as_str()), ("siret", line.siret.as_str())),
            );
            [sent, employer, line.job.clone()]
        });
        paper.table(&Table {
            summary: lang.t("space-proof-proven"),
            widths: [0.28, 0.38, 0.34],
            head: [
                lang.t("space-proof-sent-on"),
                lang.t("space-proof-sent-to"),
                lang.t("space-column-position"),
            ],
            rows: rows.collect(),
        });
    }
    if list.not_delivered > 0 {
        paper.paragraph(&lang.with("space-proof-not-delivered", ("count", &list.not_delivered)));
    }
    if !list.declared.is_empty() {
        paper.heading(2, lang.t("space-proof-declared"));
        let means = lang.with("space-proof-declared-means", ("count", &list.declared.len()));
        paper.paragraph(&means);
        let rows = list.declared.iter();
        let rows =
            rows.map(|it| [day(it.applied_on), it.company.clone(), it.job.clone()]).collect();
        paper.table(&Table {
            summary: lang.t("space-proof-declared"),
            widths: [0.28, 0.38, 0.34],
            head: [
                lang.t("space-column-applied-on"),
                lang.t("space-column-company"),
                lang.t("space-column-position"),
            ],
            rows,
        });
    }
    paper.heading(2, lang.t("space-proof-how"));
    paper.paragraph(lang.t("space-proof-how-text"));
    paper.code_with_link(&list.check_at, lang.t("space-proof-code-alt"))?;
    paper.paragraph(&lang.with("space-proof-key", ("key", key.public())));
    let attached = Attached {
        name: ATTACHED,
        about: lang.t("space-proof-attached"),
        bytes: json.to_vec(),
        at: now,
        id: list.id.to_string(),
    };
    let footer = lang.with("space-proof-footer", ("id", list.id.to_string().as_str()));
    let mut pdf = paper.finish(title, &footer, attached)?;
    let offset = memchr::memmem::find(&pdf, json).ok_or(PdfError::Attached)?;
    if !pdf.ends_with(b"\n") {
        pdf.push(b'\n');
    }
    pdf.extend(mark(offset, json.len()).into_bytes());
    let signature = key.sign_document(&pdf)?;
    pdf.extend(mark_end(&signature).into_bytes());
    Ok(pdf)
}
