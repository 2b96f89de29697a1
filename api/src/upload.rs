//! Reading a multipart body (RFC 7578), within bounds.

use axum::extract::Multipart;
use axum::extract::multipart::MultipartError;
use axum::http::StatusCode;
use bytes::Bytes;
use commands::Upload;

/// A whole body may be this large, in bytes: the documents' 10 MiB, and half a mebibyte of fields.
pub(crate) const MAX_BODY: usize = 10 * 1024 * 1024 + 512 * 1024;
/// One text field may be this large, in bytes: four times the longest text, for any script.
const MAX_FIELD: usize = 64 * 1024;
/// A body may have this many parts.
const MAX_PARTS: usize = 100;

/// The fields and the files of a form.
#[derive(Default)]
pub(crate) struct Form {
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) files: Vec<Upload>,
}

/// Why a body is not taken; nothing of it is kept.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FormError {
    #[error("The body is larger than 10.5 MiB. The documents may have 10 MiB together.")]
    TooLarge,
    #[error("The body is not a whole multipart/form-data message: it was cut or is malformed.")]
    Malformed,
    #[error("A text field is not valid UTF-8, or longer than any field may be.")]
    Field,
}

impl From<MultipartError> for FormError {
    fn from(error: MultipartError) -> Self {
        if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
            Self::TooLarge
        } else {
            Self::Malformed
        }
    }
}

impl Form {
    /// Reads all parts; those called `attachments` are files, the others text.
    pub(crate) async fn read(mut multipart: Multipart) -> Result<Self, FormError> {
        let mut form = Self::default();
        let mut parts = 0;
        while let Some(part) = multipart.next_field().await? {
            parts += 1;
            if parts > MAX_PARTS {
                return Err(FormError::TooLarge);
            }
            let name = part.name().unwrap_or_default().to_owned();
            if name == "attachments" {
                let file = part.file_name().unwrap_or_default().to_owned();
                form.files.push(Upload { name: file, bytes: part.bytes().await? });
                continue;
            }
            let bytes: Bytes = part.bytes().await?;
            if bytes.len() > MAX_FIELD {
                return Err(FormError::Field);
            }
            let text = String::from_utf8(bytes.into()).map_err(|_| FormError::Field)?;
            form.fields.push((name, text));
        }
        Ok(form)
    }

    /// The last value of the field called `name`; empty when it is not there.
    pub(crate) fn field(&self, name: &str) -> &str {
        let found = self.fields.iter().rev().find(|(field, _)| field == name);
        found.map_or("", |(_, value)| value.as_str())
    }
}
