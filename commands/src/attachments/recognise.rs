//! The documents of an application, out of the files that were sent.

use bytes::Bytes;
use domain::application::Attachment;
use domain::{Digest, FieldError, FileName, Invalid, MediaType, Personal};
use sha2::{Digest as _, Sha256};

use super::kind;

/// The files of one application may be this large together, in bytes: 10 MiB.
pub const MAX_BYTES: u64 = 10 * 1024 * 1024;
/// An application may have this many files.
pub const MAX_FILES: usize = 10;

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
    let mut seen: Vec<Attachment> = vec![];
    for upload in uploads {
        match document(upload) {
            // The same file added twice is sent once.
            Ok(new) if seen.contains(&new.attachment) => {}
            Ok(mut new) => {
                seen.push(new.attachment.clone());
                let name = told_apart(new.attachment.name.reveal(), &documents);
                new.attachment.name = Personal::new(name);
                documents.push(new);
            }
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
    let media_type = kind::of(&upload.bytes)?;
    let attachment = Attachment {
        name: Personal::new(named(&upload.name, media_type)?),
        media_type,
        size: upload.bytes.len() as u64,
        digest: Digest::from_bytes(Sha256::digest(&upload.bytes).into()),
    };
    Ok(Document { attachment, bytes: upload.bytes })
}

/// The file's name, with the extension of what it is: `cv` and `cv.exe` that are PDF become `cv.pdf`
/// and `cv.exe.pdf`, so that no name says another thing than the content.
fn named(name: &str, media_type: MediaType) -> Result<FileName, Invalid> {
    // Nobody chose to send a file without a name.
    let name: FileName = name.parse().or_else(|_| "document".parse())?;
    let extension = name.extension();
    let fits = extension == media_type.extension()
        || (media_type == MediaType::Jpeg && matches!(extension.as_str(), "jpeg" | "jpe" | "jfif"))
        || (media_type == MediaType::Txt && matches!(extension.as_str(), "text" | "md"));
    Ok(if fits { name } else { name.with_extension(media_type.extension()) })
}

/// `name`, or with a number where another document is called so: files of two folders may be.
fn told_apart(name: &FileName, documents: &[Document]) -> FileName {
    let lower = |name: &FileName| name.as_str().to_lowercase();
    let taken = |name: &FileName| {
        documents.iter().any(|known| lower(known.attachment.name.reveal()) == lower(name))
    };
    let mut free = name.clone();
    let mut number = 2;
    while taken(&free) {
        free = name.numbered(number);
        number += 1;
    }
    free
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attachments::kind::examples::{archive, docx};
    use proptest::prelude::*;

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
        let odt = archive(&[("mimetype", MediaType::Odt.mime().as_bytes()), ("content.xml", b"")]);
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
        for (name, bytes, kind) in [
            ("cv.pdf", b"%PDF-1.7\n".to_vec(), MediaType::Pdf),
            ("cv.docx", docx(&[]), MediaType::Docx),
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
    fn a_name_that_is_too_long_is_cut_before_the_extension_of_what_it_is() {
        let pdf = b"%PDF-1.7\n";
        let (_, name) = one(&format!("{}.pdf", "é".repeat(160)), pdf).unwrap();
        assert_eq!(name, format!("{}.pdf", "é".repeat(146)));
        let (_, name) = one(&format!("{}.exe", "a".repeat(149)), pdf).unwrap();
        assert_eq!(name, format!("{}.pdf", "a".repeat(146)));
        assert_eq!(one("\u{200b}", pdf).unwrap().1, "document.pdf");
    }

    #[test]
    fn two_files_of_one_name_are_told_apart() {
        let files = ["a", "b", "c"].map(|text| upload("Lettre.txt", text)).to_vec();
        let files =
            [files, vec![upload("lettre (2).txt", "d"), upload("Lettre.txt", "b")]].concat();
        let found = recognise(files).unwrap();
        let names: Vec<_> = found.iter().map(|d| d.attachment.name.reveal().as_str()).collect();
        assert_eq!(names, ["Lettre.txt", "Lettre (2).txt", "Lettre (3).txt", "lettre (2) (2).txt"]);
    }

    #[test]
    fn each_refusal_says_what_to_do() {
        let heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic";
        assert_eq!(one("photo.jpg", heic), Err(Invalid::FileHeic));
        let macros = docx(&[("word/vbaProject.bin", b"x")]);
        assert_eq!(one("cv.docx", macros), Err(Invalid::FileMacro));
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
            let docx = docx(&[]);
            let cut = cut.min(docx.len());
            let _ = recognise(vec![upload("cv.docx", &docx[..cut])]);
        }
    }
}
