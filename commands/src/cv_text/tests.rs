use std::io::Write as _;

use lopdf::content::{Content, Operation};
use lopdf::{Document, Object, Stream, dictionary};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;

/// A PDF with these lines on a page of its own each.
fn pdf(pages: &[&[&str]]) -> Vec<u8> {
    let mut document = Document::with_version("1.5");
    let tree = document.new_object_id();
    let font = document.add_object(dictionary! {
        "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica",
        "Encoding" => "WinAnsiEncoding",
    });
    let resources = document.add_object(dictionary! { "Font" => dictionary! { "F1" => font } });
    let mut kids: Vec<Object> = vec![];
    for lines in pages {
        let mut operations = vec![
            Operation::new("BT", vec![]),
            Operation::new("Tf", vec!["F1".into(), 12.into()]),
            Operation::new("Td", vec![50.into(), 700.into()]),
        ];
        for line in *lines {
            operations.push(Operation::new("Tj", vec![Object::string_literal(*line)]));
            operations.push(Operation::new("Td", vec![0.into(), (-14).into()]));
        }
        operations.push(Operation::new("ET", vec![]));
        let mut content = Stream::new(dictionary! {}, Content { operations }.encode().unwrap());
        content.compress().unwrap();
        let content = document.add_object(content);
        let page = document.add_object(dictionary! {
            "Type" => "Page", "Parent" => tree, "Contents" => content, "Resources" => resources,
            "MediaBox" => vec![0.into(), 0.into(), 595.into(), 842.into()],
        });
        kids.push(page.into());
    }
    let count = i64::try_from(kids.len()).unwrap();
    let whole = dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count };
    document.objects.insert(tree, Object::Dictionary(whole));
    let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => tree });
    document.trailer.set("Root", catalog);
    let mut bytes = vec![];
    document.save_to(&mut bytes).unwrap();
    bytes
}

fn zipped(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut archive = ZipWriter::new(std::io::Cursor::new(vec![]));
    for (name, content) in parts {
        archive.start_file(*name, SimpleFileOptions::default()).unwrap();
        archive.write_all(content.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn docx(body: &str) -> Vec<u8> {
    let relationships = r#"<Relationships><Relationship Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>"#;
    let document = format!("<w:document xmlns:w=\"w\"><w:body>{body}</w:body></w:document>");
    zipped(&[("_rels/.rels", relationships), ("word/document.xml", &document)])
}

#[test]
fn the_text_of_a_pdf_is_that_of_its_pages() {
    let bytes = pdf(&[&["Competences", "Levain & petrissage"], &["Rust"]]);
    let text = read(MediaType::Pdf, &bytes).unwrap();
    let lines: Vec<_> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    assert_eq!(lines, ["Competences", "Levain & petrissage", "Rust"]);
    let pages: Vec<&[&str]> = vec![&["page"]; pdf::MAX_PAGES + 5];
    let text = read(MediaType::Pdf, &pdf(&pages)).unwrap();
    assert_eq!(text.matches("page").count(), pdf::MAX_PAGES);
}

#[test]
fn the_text_of_a_docx_is_that_of_its_paragraphs() {
    let body = "<w:p><w:r><w:t>R&amp;D&#233;</w:t><w:tab/><w:t>a</w:t></w:r></w:p><w:p><w:r><w:instrText>x</w:instrText><w:t>b</w:t></w:r></w:p>";
    assert_eq!(read(MediaType::Docx, &docx(body)), Ok("R&Dé a\nb\n".to_owned()));
}

#[test]
fn the_text_of_an_odt_is_that_of_its_paragraphs() {
    let content = "<office:document-content><office:automatic-styles>no</office:automatic-styles><office:body><text:h>Formation</text:h><text:p>CAP<text:s/><text:span>boulanger</text:span></text:p></office:body></office:document-content>";
    let bytes = zipped(&[("mimetype", MediaType::Odt.mime()), ("content.xml", content)]);
    assert_eq!(read(MediaType::Odt, &bytes), Ok("Formation\nCAP boulanger\n".to_owned()));
}

#[test]
fn what_cannot_be_read_says_why_and_nothing_more() {
    assert_eq!(read(MediaType::Doc, b"\xd0\xcf\x11\xe0"), Err(NoText::Kind));
    assert_eq!(read(MediaType::Pdf, b"%PDF-1.7\nCamille"), Err(NoText::Unreadable));
    assert_eq!(read(MediaType::Docx, b"PK\x03\x04"), Err(NoText::Unreadable));
    assert_eq!(read(MediaType::Docx, &docx("")), Err(NoText::Unreadable));
    assert_eq!(read(MediaType::Pdf, &pdf(&[&[]])), Err(NoText::Unreadable), "a picture");
}

#[test]
fn what_unpacks_to_too_much_is_not_read() {
    let bomb = "<w:p/>".repeat(2 * 1024 * 1024);
    assert_eq!(read(MediaType::Docx, &docx(&bomb)), Err(NoText::TooMuch));
    let line = "a".repeat(1000);
    let lines: Vec<_> = std::iter::repeat_n(line.as_str(), 5 * 1024).collect();
    let bytes = pdf(&[&lines]);
    assert!(bytes.len() < 256 * 1024);
    assert_eq!(read(MediaType::Pdf, &bytes), Err(NoText::TooMuch));
    let streams = b"%PDF-1.7\nstream endstream ".repeat(pdf::MAX_STREAMS + 1);
    assert_eq!(read(MediaType::Pdf, &streams), Err(NoText::TooMuch));
    let long = format!("<w:p><w:r><w:t>{}</w:t></w:r></w:p>", "é".repeat(MAX_TEXT));
    let text = read(MediaType::Docx, &docx(&long)).unwrap();
    assert!(text.len() <= MAX_TEXT, "{}", text.len());
}

#[tokio::test]
async fn it_is_read_beside_the_others_and_a_full_room_is_waited_for() {
    let room = Room::default();
    let read = || text_of(&room, MediaType::Docx, docx("<w:p><w:t>a</w:t></w:p>").into());
    let all = futures::future::join_all((0..8).map(|_| read())).await;
    assert!(all.iter().all(|text| text.as_deref() == Ok("a\n")), "{all:?}");
}
