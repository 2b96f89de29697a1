//! Reading the body of a form, multipart (RFC 7578) or URL-encoded, within bounds.
//!
//! Whatever happens, what was read of its text stays readable, so that a person can be given back what
//! they typed; documents are kept only where the whole body is taken.

mod disposition;
mod room;

use axum::RequestExt as _;
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{FromRequest as _, Multipart, Request};
use axum::http::{HeaderMap, StatusCode, header};
use bytes::Bytes;
use commands::Upload;
use domain::{FieldError, Invalid};
use http_body_util::{BodyExt as _, Collected, LengthLimitError, Limited};
use ipnet::IpNet;

use disposition::Disposition;
use room::Room;
pub use room::{Trust, Uploads};

use crate::timeout::TooSlow;

/// A whole body may be this large, in bytes: the documents' 10 MiB, and half a mebibyte of fields.
pub const MAX_BODY: usize = 10 * 1024 * 1024 + 512 * 1024;
/// The text of a body may be this large together, in bytes.
const MAX_TEXT: usize = 512 * 1024;
/// One text field may be this large, in bytes: four times the longest text, for any script.
const MAX_FIELD: usize = 64 * 1024;
/// A body may have this many parts.
const MAX_PARTS: usize = 100;

/// The fields and the files of a form.
#[derive(Default)]
pub struct Form {
    /// The text fields: name and value, as they came.
    pub fields: Vec<(String, String)>,
    /// The documents.
    pub files: Vec<Upload>,
    /// The field that each of them came in.
    pub sent_as: Vec<String>,
    /// What is wrong with files, by itself.
    pub wrong: Vec<FieldError>,
    /// Why the body is not taken; `files` is empty then, and `fields` is what could be read.
    pub stopped: Option<FormError>,
    room: Option<Room>,
}

/// Why a body is not taken; no document of it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    /// It is too large.
    #[error("The body is larger than 10.5 MiB. The documents may have 10 MiB together.")]
    TooLarge,
    /// It has too many parts.
    #[error("The body has more than 100 parts.")]
    TooManyParts,
    /// It is cut or malformed.
    #[error("The body is not a whole multipart/form-data message: it was cut or is malformed.")]
    Malformed,
    /// It is of another media type.
    #[error("The body is neither a form nor a multipart/form-data message.")]
    NoForm,
    /// A text field cannot be read.
    #[error("A text field is not valid UTF-8, or longer than any field may be.")]
    Field,
    /// There is no room for its documents now.
    #[error("Too many documents are being sent right now. Send the same again in a few seconds.")]
    Busy,
    /// It did not come.
    #[error("The body stood still, or came more slowly than 8 KiB a second. Send the same again.")]
    TooSlow,
}

impl FormError {
    /// What a page about it is answered with.
    pub const fn status(self) -> StatusCode {
        match self {
            Self::TooLarge | Self::TooManyParts => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Malformed | Self::NoForm | Self::Field => StatusCode::BAD_REQUEST,
            Self::Busy | Self::TooSlow => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// The body ended before its end.
    fn broken(error: &(dyn std::error::Error + 'static)) -> Self {
        if TooSlow::is_behind(error) { Self::TooSlow } else { Self::Malformed }
    }
}

impl From<MultipartError> for FormError {
    fn from(error: MultipartError) -> Self {
        if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
            Self::TooLarge
        } else {
            Self::broken(&error)
        }
    }
}

/// Who a body comes from, by the fields of it that came so far.
pub type TrustOf<'a> = dyn Fn(&[(String, String)]) -> Trust + Sync + 'a;

/// How a body is read.
pub struct Reading<'a> {
    /// Where there is room for documents; none where documents are not kept.
    pub uploads: Option<&'a Uploads>,
    /// Parts that are text though they come with a file name, as a `Blob` of a browser does.
    pub texts: &'a [&'a str],
    /// Asked when the first document begins.
    pub trust: &'a TrustOf<'a>,
    /// Whose share of the room it is; none where nobody's.
    pub network: Option<IpNet>,
}

impl Reading<'_> {
    /// For what needs no document: they are passed over.
    pub const TEXT: Reading<'static> =
        Reading { uploads: None, texts: &[], trust: &|_| Trust::Refused, network: None };
}

impl Form {
    /// Reads a form of either kind; a request without a body is an empty one.
    pub async fn of(request: Request, reading: Reading<'_>) -> Self {
        match kind(request.headers()).as_str() {
            "multipart/form-data" => {
                let announced = announced(request.headers());
                match Multipart::from_request(request, &()).await {
                    Ok(multipart) => Self::read(multipart, announced, reading).await,
                    Err(_) => Self::stopped(FormError::Malformed),
                }
            }
            kind => {
                let is_form = kind == "application/x-www-form-urlencoded";
                let body = request.with_limited_body().into_body();
                match Limited::new(body, MAX_TEXT).collect().await.map(Collected::to_bytes) {
                    Ok(body) if is_form || body.is_empty() => Self::urlencoded(&body),
                    Ok(_) => Self::stopped(FormError::NoForm),
                    Err(error) if is_too_long(error.as_ref()) => Self::stopped(FormError::TooLarge),
                    Err(error) => Self::stopped(FormError::broken(error.as_ref())),
                }
            }
        }
    }

    fn stopped(error: FormError) -> Self {
        Self { stopped: Some(error), ..Self::default() }
    }

    fn urlencoded(body: &[u8]) -> Self {
        let mut form = Self::default();
        for (name, value) in url::form_urlencoded::parse(body) {
            // A browser sends names of files so, and no file: whoever chose one thinks it was sent.
            if is_attachments(&name) && !value.trim().is_empty() {
                form.wrong.push(FieldError::new("attachments", Invalid::NotFiles));
            }
            form.fields.push((name.into_owned(), value.into_owned()));
        }
        form.wrong.dedup();
        form
    }

    /// Reads all parts. A part with a file name is a document, whatever its field is called.
    /// `announced` is the Content-Length of the body, where it has one.
    pub async fn read(
        mut multipart: Multipart,
        announced: Option<u64>,
        reading: Reading<'_>,
    ) -> Self {
        let mut form = Self::default();
        if let Err(error) = form.parts(&mut multipart, announced, &reading).await {
            form.stop(error);
        }
        form
    }

    async fn parts(
        &mut self,
        multipart: &mut Multipart,
        announced: Option<u64>,
        reading: &Reading<'_>,
    ) -> Result<(), FormError> {
        let (mut parts, mut text, mut held) = (0, 0, 0);
        while let Some(mut part) = multipart.next_field().await? {
            parts += 1;
            if parts > MAX_PARTS {
                return Err(FormError::TooManyParts);
            }
            let about = Disposition::of(part.headers());
            if !is_file(&about, part.content_type(), reading.texts) {
                let bytes =
                    whole(&mut part, MAX_FIELD.min(MAX_TEXT - text), 0, self.room.as_ref()).await?;
                text += bytes.as_ref().map_or(0, Bytes::len);
                match bytes.and_then(|bytes| String::from_utf8(bytes.into()).ok()) {
                    Some(value) => self.fields.push((about.name, value)),
                    None => self.stop(FormError::Field),
                }
                continue;
            }
            if self.room.is_none() && self.stopped.is_none() {
                self.find_room(announced, reading).await;
            }
            let most = if self.room.is_some() { MAX_BODY - held } else { 0 };
            let rest = announced.and_then(|bytes| usize::try_from(bytes).ok()).unwrap_or_default();
            match whole(&mut part, most, rest.saturating_sub(held).min(most), self.room.as_ref())
                .await?
            {
                Some(bytes) => {
                    held += bytes.len();
                    self.take(about, bytes);
                }
                None if self.room.is_some() => self.stop(FormError::TooLarge),
                None => {}
            }
        }
        if let Some(room) = &self.room {
            room.arrived();
        }
        Ok(())
    }

    async fn find_room(&mut self, announced: Option<u64>, reading: &Reading<'_>) {
        let Some(uploads) = reading.uploads else { return };
        let trust = (reading.trust)(&self.fields);
        if announced.is_some_and(|bytes| bytes > MAX_BODY as u64) {
            self.stop(FormError::TooLarge);
        } else if trust != Trust::Refused {
            self.room = uploads.room(trust, reading.network, announced).await;
            if self.room.is_none() {
                self.stop(FormError::Busy);
            }
        }
    }

    fn take(&mut self, about: Disposition, bytes: Bytes) {
        if let Some(Err(_)) = about.file_name {
            self.wrong.push(FieldError::new("attachments", Invalid::FileNameUnreadable));
            return;
        }
        let mut name = about.file_name.and_then(Result::ok).unwrap_or_default();
        // A name of our own, where there is content without one.
        if name.trim().is_empty() && !bytes.is_empty() {
            "document".clone_into(&mut name);
        }
        self.files.push(Upload { name, bytes });
        self.sent_as.push(about.name);
    }

    /// Takes no more documents, and drops those it had; the first reason counts.
    fn stop(&mut self, error: FormError) {
        self.stopped.get_or_insert(error);
        self.files.clear();
        self.sent_as.clear();
        self.room = None;
    }

    /// The last value of the field called `name`; empty when it is not there.
    pub fn field(&self, name: &str) -> &str {
        let found = self.fields.iter().rev().find(|(field, _)| field == name);
        found.map_or("", |(_, value)| value.as_str())
    }
}

fn is_too_long(error: &(dyn std::error::Error + 'static)) -> bool {
    error.is::<LengthLimitError>() || error.source().is_some_and(is_too_long)
}

fn kind(headers: &HeaderMap) -> String {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = kind.unwrap_or_default().split(';').next().unwrap_or_default();
    essence.trim().to_ascii_lowercase()
}

/// The size that a request announces for its body.
pub fn announced(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// `attachments`, and how PHP, Rails and others call its items: `attachments[]`, `attachments[0]`.
fn is_attachments(name: &str) -> bool {
    name.strip_prefix("attachments")
        .is_some_and(|rest| rest.is_empty() || (rest.starts_with('[') && rest.ends_with(']')))
}

/// Whether a part is a document: it says so by a file name, by its field's name, or by a media type
/// that no text field has.
fn is_file(about: &Disposition, media_type: Option<&str>, texts: &[&str]) -> bool {
    if texts.contains(&about.name.as_str()) {
        return false;
    }
    let media_type = media_type.unwrap_or_default().to_ascii_lowercase();
    let document = ["application/pdf", "application/msword", "application/rtf", "application/vnd."]
        .iter()
        .any(|known| media_type.starts_with(known));
    about.file_name.is_some()
        || is_attachments(&about.name)
        || document
        || media_type.starts_with("image/")
}

/// The whole part, or nothing where it is larger than `most` bytes; it is read to its end anyway, so
/// that what follows it can be read, too. `likely` bytes are set aside at once: a buffer that doubles
/// would hold twice as much. It ends where others need the room more.
async fn whole(
    part: &mut Field<'_>,
    most: usize,
    likely: usize,
    room: Option<&Room>,
) -> Result<Option<Bytes>, FormError> {
    let mut bytes = Some(Vec::with_capacity(likely));
    loop {
        let chunk = match room {
            Some(room) => tokio::select! {
                chunk = part.chunk() => chunk,
                () = room.needed() => return Err(FormError::Busy),
            },
            None => part.chunk().await,
        };
        let Some(chunk) = chunk? else { break };
        if let Some(room) = room {
            room.received(chunk.len());
        }
        if let Some(held) = bytes.as_mut().filter(|held| held.len() + chunk.len() <= most) {
            held.extend_from_slice(&chunk);
        } else {
            bytes = None;
        }
    }
    Ok(bytes.map(|mut bytes| {
        bytes.shrink_to_fit();
        Bytes::from(bytes)
    }))
}
