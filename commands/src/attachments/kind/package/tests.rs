use std::io::Write as _;

use zip::write::SimpleFileOptions;

use super::*;

pub(crate) fn archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(vec![]));
    for (name, content) in entries {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

const DOCUMENT: &str =
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";

fn types(part: &str, kind: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="{part}" ContentType="{kind}"/></Types>"#
    )
}

fn relationships(target: &str) -> String {
    format!(
        r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/extended-properties" Target="docProps/app.xml"/><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="{target}"/></Relationships>"#
    )
}

fn office(part: &str, target: &str, kind: &str, more: &[(&str, &[u8])]) -> Vec<u8> {
    let (types, relationships) = (types(part, kind), relationships(target));
    let mut entries: Vec<(&str, &[u8])> = vec![
        ("[Content_Types].xml", types.as_bytes()),
        ("_rels/.rels", relationships.as_bytes()),
        (part.trim_start_matches('/'), b"<w:document/>"),
    ];
    entries.extend(more);
    archive(&entries)
}

/// A DOCX as Word writes it.
pub(crate) fn docx(more: &[(&str, &[u8])]) -> Vec<u8> {
    office("/word/document.xml", "word/document.xml", DOCUMENT, more)
}

#[rstest::rstest]
#[case("/word/document.xml", "word/document.xml")]
#[case("/word/document2.xml", "word/document2.xml")] // Word on the web
#[case("/word/document22.xml", "/word/document22.xml")]
#[case("/word/document.xml", "./word/document.xml")]
#[case("/Word/Document.xml", "word/document.xml")]
#[case("/content/main.xml", "content/main.xml")]
fn a_docx_is_what_its_relationships_and_types_say(#[case] part: &str, #[case] target: &str) {
    assert_eq!(kind(&office(part, target, DOCUMENT, &[])), Ok(MediaType::Docx));
}

#[test]
fn a_docx_of_other_programs_is_one() {
    // Written with the separators of Windows.
    let (types, relationships) =
        (types("/word/document.xml", DOCUMENT), relationships("word\\document.xml"));
    let of_windows = archive(&[
        ("[Content_Types].xml", types.as_bytes()),
        ("_rels\\.rels", relationships.as_bytes()),
        ("word\\document.xml", b"<w:document/>"),
    ]);
    assert_eq!(kind(&of_windows), Ok(MediaType::Docx));
    // The strict variant, in UTF-16, its main part typed by its extension.
    let strict = r#"<r:Relationships xmlns:r="x"><r:Relationship Target="a.doc.xml" Type="http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument"/></r:Relationships>"#;
    let wide: Vec<u8> =
        "\u{feff}".encode_utf16().chain(strict.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let types = format!(r#"<Types><Default Extension="XML" ContentType="{DOCUMENT}"/></Types>"#);
    let strict = archive(&[
        ("a.doc.xml", b"<w:document/>"),
        ("_rels/.rels", &wide),
        ("[Content_Types].xml", types.as_bytes()),
    ]);
    assert_eq!(kind(&strict), Ok(MediaType::Docx));
}

const TEMPLATE: &str =
    "application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml";
const SHEET: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml";
const SLIDES: &str =
    "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml";

#[rstest::rstest]
#[case("application/vnd.ms-word.document.macroEnabled.main+xml", Invalid::FileMacro)]
#[case("application/vnd.ms-word.template.macroEnabledTemplate.main+xml", Invalid::FileMacro)]
#[case("application/vnd.ms-excel.sheet.macroEnabled.main+xml", Invalid::FileMacro)]
#[case(TEMPLATE, Invalid::FileTemplate)]
#[case(SHEET, Invalid::FileType)]
#[case(SLIDES, Invalid::FileType)]
#[case("text/html", Invalid::FileType)]
fn what_is_no_docx_says_why_not(#[case] main: &str, #[case] why: Invalid) {
    assert_eq!(kind(&office("/word/document.xml", "word/document.xml", main, &[])), Err(why));
}

#[test]
fn macros_are_found_where_the_type_does_not_tell_of_them() {
    assert_eq!(kind(&docx(&[("word/vbaProject.bin", b"x")])), Err(Invalid::FileMacro));
}

#[test]
fn an_archive_that_is_no_document_is_refused() {
    let (types, relationships) =
        (types("/word/document.xml", DOCUMENT), relationships("word/document.xml"));
    let archives: [&[(&str, &[u8])]; 6] = [
        &[("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w/>")],
        // What they name is not there.
        &[("[Content_Types].xml", types.as_bytes()), ("_rels/.rels", relationships.as_bytes())],
        &[("[Content_Types].xml", b"<Types"), ("_rels/.rels", b"\xff\xfe\0")],
        &[("word/document.xml", b"<w/>")],
        &[("bomb", &[0; 1000])],
        &[("mimetype", b"application/epub+zip")],
    ];
    for entries in archives {
        assert_eq!(kind(&archive(entries)), Err(Invalid::FileType));
    }
}

const LOCKED: &[u8] = br#"<manifest:manifest xmlns:manifest="m"><manifest:file-entry manifest:full-path="content.xml"><manifest:encryption-data manifest:checksum-type="SHA1"/></manifest:file-entry></manifest:manifest>"#;
const OPEN: &[u8] =
    br#"<manifest:manifest xmlns:manifest="m"><manifest:file-entry manifest:full-path="/"/></manifest:manifest>"#;

#[rstest::rstest]
#[case("", "META-INF/manifest.xml", OPEN, Ok(MediaType::Odt))]
#[case("\n", "content.xml", b"", Ok(MediaType::Odt))]
#[case("", "META-INF/manifest.xml", LOCKED, Err(Invalid::FilePassword))]
#[case("", "Basic/Standard/Module1.xml", b"", Err(Invalid::FileMacro))]
#[case("-template", "content.xml", b"", Err(Invalid::FileTemplate))]
#[case("-master", "content.xml", b"", Err(Invalid::FileType))]
fn an_odt_is_what_it_declares(
    #[case] ending: &str,
    #[case] part: &str,
    #[case] content: &[u8],
    #[case] known: Result<MediaType, Invalid>,
) {
    let declared = format!("{}{ending}", MediaType::Odt.mime());
    assert_eq!(kind(&archive(&[("mimetype", declared.as_bytes()), (part, content)])), known);
}

#[test]
fn an_archive_with_a_password_is_told_from_a_wrong_one() {
    let mut locked = archive(&[("mimetype", MediaType::Odt.mime().as_bytes())]);
    // The flag in both headers of the entry (APPNOTE 4.4.4).
    let central = locked.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    locked[6] |= 1;
    locked[central + 8] |= 1;
    assert_eq!(kind(&locked), Err(Invalid::FilePassword));
}

#[test]
fn a_document_that_unpacks_beyond_reason_is_refused() {
    let zeros = vec![0_u8; 16 * 1024 * 1024];
    let names: Vec<String> = (0..33).map(|number| format!("word/media/{number}")).collect();
    let more: Vec<(&str, &[u8])> =
        names.iter().map(|name| (name.as_str(), zeros.as_slice())).collect();
    assert_eq!(kind(&docx(&more)), Err(Invalid::FileBomb));
    // What is read is bounded as well.
    let long = "<!-- ".to_owned() + &"x".repeat(64 * 1024 * 1024);
    let types = archive(&[("[Content_Types].xml", long.as_bytes())]);
    assert_eq!(kind(&types), Err(Invalid::FileType));
}
