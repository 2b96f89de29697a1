//! What a file is, by its content.

use std::io::{Cursor, Read as _};

use bytes::Bytes;
use domain::application::Attachment;
use domain::{Digest, FieldError, FileName, Invalid, MediaType, Personal};
use sha2::{Digest as _, Sha256};

/// The files of one application may be this large together, in bytes: 10 MiB.
pub const MAX_BYTES: u64 = 10 * 1024 * 1024;
/// An application may have this many files.
pub const MAX_FILES: usize = 10;
/// A zipped document may unpack to this many bytes: beyond is a bomb.
const MAX_UNPACKED: u64 = 512 * 1024 * 1024;

/// A file as it was sent.
#[derive(Clone)]
pub struct Upload {
    /// The name that came with it.
    pub name: String,
    /// Its content.
    pub bytes: Bytes,
}

/// A file that was recognised.
#[derive(Clone)]
pub struct Document {
    /// What is kept of it in the application.
    pub attachment: Attachment,
    /// Its content.
    pub bytes: Bytes,
}

/// The documents that `uploads` are, or what is wrong with them, all under the field `attachments`.
/// A file without a name and without content, as browsers send for an empty field, is passed over.
pub fn recognise(uploads: Vec<Upload>) -> Result<Vec<Document>, Vec<FieldError>> {
    let uploads: Vec<_> = uploads
        .into_iter()
        .filter(|file| !(file.name.is_empty() && file.bytes.is_empty()))
        .collect();
    let mut wrong = vec![];
    if uploads.len() > MAX_FILES {
        wrong.push(Invalid::TooManyFiles { max: MAX_FILES });
    }
    if uploads.iter().map(|file| file.bytes.len() as u64).sum::<u64>() > MAX_BYTES {
        wrong.push(Invalid::FilesTooLarge { max_mebibytes: MAX_BYTES / 1024 / 1024 });
    }
    let mut documents: Vec<Document> = vec![];
    for upload in uploads {
        match document(upload) {
            // The same file added twice is sent once.
            Ok(new) if documents.iter().any(|d| d.attachment == new.attachment) => {}
            Ok(new) => documents.push(new),
            Err(invalid) => wrong.push(invalid),
        }
    }
    wrong.dedup();
    if wrong.is_empty() {
        Ok(documents)
    } else {
        Err(wrong.into_iter().map(|invalid| FieldError::new("attachments", invalid)).collect())
    }
}

fn document(upload: Upload) -> Result<Document, Invalid> {
    let media_type = media_type(&upload.bytes)?;
    let name = named(&upload.name, media_type)?;
    let attachment = Attachment {
        name: Personal::new(name),
        media_type,
        size: upload.bytes.len() as u64,
        digest: Digest::from_bytes(Sha256::digest(&upload.bytes).into()),
    };
    Ok(Document { attachment, bytes: upload.bytes })
}

/// The file's name, with the extension of what it is: `cv` and `cv.exe` that are PDF become `cv.pdf`
/// and `cv.exe.pdf`, so that no name says another thing than the content.
fn named(name: &str, media_type: MediaType) -> Result<FileName, Invalid> {
    let name: FileName = name.parse()?;
    let extension = name.as_str().rsplit_once('.').map(|(_, extension)| extension);
    let extension = extension.unwrap_or_default().to_ascii_lowercase();
    let fits = extension == media_type.extension()
        || (media_type == MediaType::Jpeg && extension == "jpeg")
        || (media_type == MediaType::Txt && matches!(extension.as_str(), "text" | "md"));
    if fits { Ok(name) } else { format!("{name}.{}", media_type.extension()).parse() }
}

fn media_type(bytes: &[u8]) -> Result<MediaType, Invalid> {
    if bytes.is_empty() {
        return Err(Invalid::FileEmpty);
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return zipped(bytes);
    }
    match infer::get(bytes).map(|kind| kind.mime_type()) {
        Some("application/pdf") => Ok(MediaType::Pdf),
        Some("application/msword") => Ok(MediaType::Doc),
        Some("application/rtf" | "text/rtf") => Ok(MediaType::Rtf),
        Some("image/jpeg") => Ok(MediaType::Jpeg),
        Some("image/png") => Ok(MediaType::Png),
        None if is_text(bytes) => Ok(MediaType::Txt),
        Some(_) | None => Err(Invalid::FileType),
    }
}

/// The two kinds that are zip archives (ISO/IEC 29500-2, OASIS ODF 1.3 part 2). Nothing is unpacked
/// but ODF's `mimetype`, up to 100 bytes.
fn zipped(bytes: &[u8]) -> Result<MediaType, Invalid> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| Invalid::FileType)?;
    let mut unpacked: u64 = 0;
    for place in 0..archive.len() {
        let entry = archive.by_index_raw(place).map_err(|_| Invalid::FileType)?;
        unpacked = unpacked.saturating_add(entry.size());
    }
    if unpacked > MAX_UNPACKED {
        return Err(Invalid::FileBomb);
    }
    if archive.by_name("[Content_Types].xml").is_ok()
        && archive.by_name("word/document.xml").is_ok()
    {
        return Ok(MediaType::Docx);
    }
    let mut declared = String::new();
    if let Ok(entry) = archive.by_name("mimetype")
        && entry.take(100).read_to_string(&mut declared).is_ok()
        && declared.trim() == MediaType::Odt.mime()
    {
        return Ok(MediaType::Odt);
    }
    Err(Invalid::FileType)
}

/// Plain text: UTF-8 or a one-byte encoding of Latin letters, and no control character but those of
/// layout. Markup that a browser might run is not plain text.
fn is_text(bytes: &[u8]) -> bool {
    let layout = |byte: &u8| matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c);
    let printable = bytes.iter().all(|byte| layout(byte) || (*byte >= 0x20 && *byte != 0x7f));
    let start = bytes.trim_ascii_start();
    let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
    printable && !start.trim_ascii_start().starts_with(b"<")
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;
    use proptest::prelude::*;
    use zip::write::SimpleFileOptions;

    fn archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(vec![]));
        for (name, content) in entries {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(content).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    fn upload(name: &str, bytes: impl Into<Vec<u8>>) -> Upload {
        Upload { name: name.into(), bytes: Bytes::from(bytes.into()) }
    }

    fn one(name: &str, bytes: impl Into<Vec<u8>>) -> Result<(MediaType, String), Invalid> {
        match recognise(vec![upload(name, bytes)]) {
            Ok(found) => {
                let attachment = &found[0].attachment;
                Ok((attachment.media_type, attachment.name.reveal().to_string()))
            }
            Err(mut errors) => Err(errors.remove(0).invalid),
        }
    }

    #[test]
    fn documents_are_known_by_their_content() {
        let docx = archive(&[("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w/>")]);
        let odt = archive(&[("mimetype", MediaType::Odt.mime().as_bytes()), ("content.xml", b"")]);
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
        for (name, bytes, kind) in [
            ("cv.pdf", b"%PDF-1.7\n".to_vec(), MediaType::Pdf),
            ("cv.docx", docx, MediaType::Docx),
            ("cv.odt", odt, MediaType::Odt),
            ("cv.rtf", b"{\\rtf1\\ansi hello}".to_vec(), MediaType::Rtf),
            ("photo.jpeg", b"\xff\xd8\xff\xe0\0\x10JFIF\0".to_vec(), MediaType::Jpeg),
            ("photo.png", png.to_vec(), MediaType::Png),
            ("lettre.txt", "Bonjour, voilà.\r\n".as_bytes().to_vec(), MediaType::Txt),
            ("latin1.txt", b"Bonjour, voil\xe0.".to_vec(), MediaType::Txt),
        ] {
            assert_eq!(one(name, bytes), Ok((kind, name.to_owned())));
        }
    }

    #[test]
    fn a_name_never_says_another_thing_than_the_content() {
        assert_eq!(one("cv.exe", b"%PDF-1.7\n"), Ok((MediaType::Pdf, "cv.exe.pdf".into())));
        assert_eq!(one("cv", b"%PDF-1.7\n"), Ok((MediaType::Pdf, "cv.pdf".into())));
    }

    #[test]
    fn programs_archives_and_pages_are_refused_whatever_they_are_called() {
        for bytes in [
            b"MZ\x90\0\x03\0\0\0".to_vec(),
            b"\x7fELF\x02\x01\x01\0".to_vec(),
            archive(&[("bomb", &[0; 1000])]),
            b"PK\x03\x04 not a zip at all".to_vec(),
            b"<html><script>alert(1)</script>".to_vec(),
            b"\xef\xbb\xbf <?xml version='1.0'?><svg onload='x'/>".to_vec(),
            b"text with \0 in it".to_vec(),
        ] {
            assert_eq!(one("cv.pdf", bytes), Err(Invalid::FileType));
        }
        assert_eq!(one("cv.pdf", b""), Err(Invalid::FileEmpty));
    }

    #[test]
    fn a_document_that_unpacks_beyond_reason_is_refused() {
        let zeros = vec![0_u8; 16 * 1024 * 1024];
        let names: Vec<String> = (0..33).map(|number| format!("word/media/{number}")).collect();
        let mut entries: Vec<(&str, &[u8])> =
            vec![("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w/>")];
        entries.extend(names.iter().map(|name| (name.as_str(), zeros.as_slice())));
        let bomb = archive(&entries);
        assert!((bomb.len() as u64) < MAX_BYTES);
        assert_eq!(one("cv.docx", bomb), Err(Invalid::FileBomb));
    }

    #[test]
    fn the_files_are_bounded_together() {
        let half = vec![b'a'; 6 * 1024 * 1024];
        let two = vec![upload("a.txt", half.clone()), upload("b.txt", half)];
        let errors = recognise(two).err().unwrap();
        let expected = Invalid::FilesTooLarge { max_mebibytes: 10 };
        assert_eq!(errors, [FieldError::new("attachments", expected)]);
        let many = (0..11).map(|number| upload(&format!("{number}.txt"), b"a")).collect();
        let errors = recognise(many).err().unwrap();
        let expected = Invalid::TooManyFiles { max: 10 };
        assert_eq!(errors, [FieldError::new("attachments", expected)]);
    }

    #[test]
    fn an_empty_file_field_and_a_repeated_file_are_passed_over() {
        let files = vec![upload("", b""), upload("a.txt", b"a"), upload("a.txt", b"a")];
        assert_eq!(recognise(files).unwrap().len(), 1);
    }

    proptest! {
        #[test]
        fn no_content_makes_it_panic(start in prop::sample::select(vec![&b"PK\x03\x04"[..], b"%PDF-", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b""]), rest in proptest::collection::vec(any::<u8>(), 0..2000), name in "\\PC{0,200}") {
            let bytes = [start, &rest].concat();
            let _ = recognise(vec![upload(&name, bytes)]);
        }

        #[test]
        fn a_cut_document_is_still_recognised_or_refused(cut in 0_usize..400) {
            let docx = archive(&[("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w/>")]);
            let cut = cut.min(docx.len());
            let _ = recognise(vec![upload("cv.docx", &docx[..cut])]);
        }
    }
}
