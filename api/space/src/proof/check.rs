//! Checks a list: the PDF or the file attached to it.
//!
//! A PDF ends with a line of its own, `%postulo-signed-list-1 OFFSET LENGTH SIGNATURE`: where the attached file
//! stands in it, and the signature over every byte before the signature. A reader of PDFs takes the line for a comment.

use domain::cqrs_es::Aggregate as _;
use domain::{Digest, JobApplication};
use event_store::tree::{self, Leaf, TreeVerifier};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::list::{FORMAT, List, Proven, SignedList, base64, canonical, from_base64};

/// What the last line of a PDF begins with.
pub(super) const MARK: &str = "%postulo-signed-list-1 ";
/// The last line is no longer than this.
const MARK_LINE: usize = 200;
/// The JSON is no longer than this, in bytes: some 5 MiB are a thousand proven lines with messages of the usual length,
/// and the PDF around it is below what the page takes.
pub(super) const MAX_JSON: usize = 8 * 1024 * 1024;

/// A list that is what was signed.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The list.
    pub list: List,
    /// SHA-256 of what is signed.
    pub digest: Digest,
    /// The public key that signed it.
    pub key: String,
    /// Whether the file is the PDF, so that what people read in it was checked too.
    pub is_pdf: bool,
}

impl Checked {
    /// How many applications are proven, and how many declared.
    pub fn counts(&self) -> (usize, usize) {
        (self.list.proven.len(), self.list.declared.len())
    }
}

/// What is wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// There is nothing in it.
    #[error("the file is empty")]
    Empty,
    /// It is neither of the two.
    #[error("the file is neither a signed list nor the JSON attached to one")]
    Other,
    /// It is longer than a list may be.
    #[error("the JSON is larger than 8 MiB, and no list is")]
    TooLarge,
    /// A PDF without the last line.
    #[error(
        "the PDF has no signature of Postulo at its end: another program wrote it, or saved it again"
    )]
    NoSignature,
    /// Bytes of the PDF changed.
    #[error("the PDF was altered after it was signed, or it was cut")]
    PdfAltered,
    /// The JSON is another text than the canonical one.
    #[error("the JSON is not in its canonical form (RFC 8785): it was written again, or altered")]
    NotCanonical,
    /// Another key.
    #[error("the list is signed with the key {0}, which is not one of this service")]
    UnknownKey(String),
    /// The signature is of something else.
    #[error("the list was altered after it was signed: the signature is not of what stands in it")]
    Altered,
    /// The proofs do not hold.
    #[error("the log does not prove what the list says it sent")]
    NotProven,
}

/// Checks a file with the public keys of the service.
pub fn check(file: &[u8], verifier: &TreeVerifier) -> Result<Checked, Wrong> {
    if file.is_empty() {
        return Err(Wrong::Empty);
    }
    if file.starts_with(b"%PDF-") {
        let (json, signed, signature) = parts(file).ok_or(Wrong::NoSignature)?;
        return match verifier.signer_of(signed, &signature) {
            Some(_) => check_json(json.ok_or(Wrong::PdfAltered)?, verifier, true),
            // Told apart: a list of another service, and one that was altered.
            None => match json.map(|json| check_json(json, verifier, true)) {
                Some(Err(unknown @ Wrong::UnknownKey(_))) => Err(unknown),
                _ => Err(Wrong::PdfAltered),
            },
        };
    }
    check_json(file, verifier, false)
}

/// The attached file, what is signed and the signature.
type Parts<'a> = (Option<&'a [u8]>, &'a [u8], Vec<u8>);

fn parts(pdf: &[u8]) -> Option<Parts<'_>> {
    let from = pdf.len().saturating_sub(MARK_LINE);
    let line = pdf[from..].windows(MARK.len()).rposition(|it| it == MARK.as_bytes())? + from;
    let text = std::str::from_utf8(&pdf[line + MARK.len()..]).ok()?;
    let mut parts = text.strip_suffix('\n')?.split(' ');
    let (offset, length, signature) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let signed = &pdf[..pdf.len() - 1 - signature.len()];
    let range = || {
        let (offset, length): (usize, usize) = (offset.parse().ok()?, length.parse().ok()?);
        pdf.get(offset..offset.checked_add(length)?)
    };
    Some((range(), signed, from_base64(signature.as_bytes()).unwrap_or_default()))
}

/// The last line of a PDF up to its signature, for a file attached at this place.
pub(super) fn mark(offset: usize, length: usize) -> String {
    format!("{MARK}{offset} {length} ")
}

/// The last line's end.
pub(super) fn mark_end(signature: &[u8]) -> String {
    format!("{}\n", base64(signature))
}

fn check_json(file: &[u8], verifier: &TreeVerifier, is_pdf: bool) -> Result<Checked, Wrong> {
    if file.len() > MAX_JSON {
        return Err(Wrong::TooLarge);
    }
    // Read as what it must be, which ends at the first member that is none of a list: as any JSON it would take many
    // times its size in memory.
    let signed: SignedList =
        serde_json::from_slice(file).map_err(|error| not_read(file, &error))?;
    if signed.list.format != FORMAT {
        return Err(Wrong::Other);
    }
    if canonical(&signed).ok().as_deref() != Some(file) {
        return Err(Wrong::NotCanonical);
    }
    let document = canonical(&signed.list).map_err(|_| Wrong::Other)?;
    let SignedList { list, signature } = signed;
    if signature.algorithm != "Ed25519" {
        return Err(Wrong::Altered);
    }
    if !verifier.knows(&signature.key) {
        return Err(Wrong::UnknownKey(signature.key));
    }
    let bytes = from_base64(signature.value.as_bytes()).ok_or(Wrong::Altered)?;
    if verifier.signer_of(&document, &bytes) != Some(signature.key.as_str()) {
        return Err(Wrong::Altered);
    }
    proven(&list, verifier)?;
    let digest = Digest::from_bytes(Sha256::digest(&document).into());
    Ok(Checked { list, digest, key: signature.key, is_pdf })
}

/// What a JSON is that is not read as a list: another file, or a list with other members.
fn not_read(file: &[u8], error: &serde_json::Error) -> Wrong {
    let names_format = memchr::memmem::find(file, FORMAT.as_bytes()).is_some();
    if error.is_data() && names_format { Wrong::Altered } else { Wrong::Other }
}

/// Holds every proven line against the events of the log that the list brings, and these against the signed tree.
fn proven(list: &List, verifier: &TreeVerifier) -> Result<(), Wrong> {
    let Some(log) = &list.log else {
        return if list.proven.is_empty() { Ok(()) } else { Err(Wrong::NotProven) };
    };
    tree::check(log, verifier).map_err(|_| Wrong::NotProven)?;
    let mut used = 0;
    for line in &list.proven {
        let leaves = log.events.iter().map(|event| &event.leaf);
        let id = line.application.to_string();
        let of_it: Vec<_> = leaves.filter(|leaf| leaf.aggregate_id == id).collect();
        used += of_it.len();
        if told(&of_it).as_ref() != Some(line) {
            return Err(Wrong::NotProven);
        }
    }
    if used == log.events.len() { Ok(()) } else { Err(Wrong::NotProven) }
}

/// Whether an event of an application says something about its being sent.
pub(super) fn is_told(leaf: &Leaf) -> bool {
    matches!(leaf.event_type.as_str(), "Submitted" | "SentToEmployer")
}

/// What the events of an application say: to whom it was sent, for which job, and when it left first. What is
/// personal in them is sealed, and stays so.
pub(super) fn told(leaves: &[&Leaf]) -> Option<Proven> {
    let of = |kind: &str| {
        let its = |leaf: &&&Leaf| leaf.event_type == kind;
        let leaf = leaves.iter().find(its)?;
        let is_application = leaf.aggregate_type == JobApplication::TYPE;
        let payload: Value = serde_json::from_str(&leaf.payload).ok()?;
        is_application.then_some((leaf, payload))
    };
    let ((submitted, payload), (_, sent)) = (of("Submitted")?, of("SentToEmployer")?);
    let text = |value: &Value, path: &str| Some(value.pointer(path)?.as_str()?.to_owned());
    Some(Proven {
        application: submitted.aggregate_id.parse().ok()?,
        sent_at: text(&sent, "/at")?,
        employer: text(&payload, "/submission/employer/description")?,
        siret: text(&payload, "/submission/employer/siret")?,
        job: text(&payload, "/submission/job")?,
    })
}
