//! The CV.

use std::io::{Cursor, Write as _};

use rstest::rstest;
use testing::http::with_cookie;
use zip::write::SimpleFileOptions;

use super::pages::{Reader, SITE, office};
use super::*;

const PDF: &[u8] = b"%PDF-1.7\nCamille";

impl Person<'_> {
    async fn upload(&self, field: &str, name: &str, bytes: &[u8]) -> Answer {
        let mut body = format!(
            "--x\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\nContent-Type: application/pdf\r\n\r\n"
        )
        .into_bytes();
        body.extend(bytes);
        body.extend(b"\r\n--x--\r\n");
        let request = self.request(Method::POST, "/users/upload-cv");
        let request = request.header("content-type", "multipart/form-data; boundary=x");
        self.site.send(request.body(Body::from(body)).unwrap()).await
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_cv_is_taken_handed_out_to_its_owner_alone_and_removed(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let site = site(engine).await;
    let camille = Person::new(&site, "camille@example.org").await;
    let zoe = Person::new(&site, "zoe@example.org").await;
    let uploaded = camille.upload("file", "cv.exe", PDF).await;
    assert_eq!(uploaded.status, 200, "{}", uploaded.body);
    let told = uploaded.json();
    assert_eq!(told["filename"], "cv.exe.pdf");
    let address = told["cv_url"].as_str().unwrap();
    let cv = camille.get(address).await;
    assert_eq!((cv.status.as_u16(), cv.bytes.as_slice()), (200, PDF));
    assert!(cv.header("content-disposition").starts_with("attachment"), "never shown as a page");
    assert_eq!(zoe.get(address).await.status, 404);
    assert_eq!(site.get(address).await.status, 401);

    let second = camille.upload("file", "cv.pdf", b"%PDF-1.7\nplus neuf").await;
    assert_eq!(second.json()["filename"], "cv.pdf");
    assert_eq!(camille.get(address).await.bytes, b"%PDF-1.7\nplus neuf");
    let events = site.events().await;
    camille.upload("file", "cv.pdf", b"%PDF-1.7\nplus neuf").await;
    assert_eq!(site.events().await, events, "the same again");

    assert_eq!(zoe.delete(address).await.status, 204, "there is nothing to remove");
    assert_eq!(camille.delete(address).await.status, 204);
    assert_eq!(camille.delete(address).await.status, 204);
    assert_eq!(camille.get(address).await.status, 404);
    let cvs = site.commands.space().cvs();
    assert!(!cvs.holds(camille.account.id).await.unwrap(), "the document is deleted");
    assert_eq!(camille.upload("file", "cv.pdf", PDF).await.status, 200, "and another one");
    assert_eq!(camille.get(address).await.bytes, PDF);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_cv_is_refused_by_its_content() {
    let site = site(Engine::Sqlite).await;
    let camille = Person::new(&site, "camille@example.org").await;
    for bytes in
        [&b"<html><script>alert(1)</script>"[..], b"\xff\xd8\xff\xe0\0\x10JFIF\0", b"MZ\x90\0"]
    {
        let told = detail(&camille.upload("file", "cv.pdf", bytes).await, 400);
        assert_eq!(told, "Type de fichier non autorisé");
    }
    detail(&camille.upload("file", "cv.pdf", b"").await, 422);
    let told = detail(&camille.upload("cv", "cv.pdf", PDF).await, 422);
    assert!(told.contains("cv") && told.contains("file"), "{told}");
    let empty = camille.request(Method::POST, "/users/upload-cv");
    let empty = empty.header("content-type", "multipart/form-data; boundary=x");
    let empty = site.send(empty.body(Body::from("--x--\r\n")).unwrap()).await;
    assert!(detail(&empty, 422).contains("file"));
    let large = vec![b'a'; 10 * 1024 * 1024 + 1];
    assert_eq!(camille.upload("file", "cv.pdf", &large).await.status, 413);
    assert_eq!(camille.get("/users/cv").await.status, 404);
}

/// An archive that says that what is in it unpacks to 4 GB.
fn bomb() -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(vec![]));
    writer.start_file("word/document.xml", SimpleFileOptions::default()).unwrap();
    writer.write_all(b"<w/>").unwrap();
    let mut bytes = writer.finish().unwrap().into_inner();
    let directory = bytes.windows(4).position(|it| it == b"PK\x01\x02").unwrap();
    bytes[directory + 24..directory + 28].copy_from_slice(&(u32::MAX - 1).to_le_bytes());
    bytes
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_refuses_what_is_no_cv_beside_its_field_and_keeps_the_one_that_is_there() {
    let site = office(Engine::Sqlite).await;
    let camille = Reader::new(&site, "camille@example.org").await;
    let upload = async |name: &str, bytes: &[u8]| {
        let head = format!(
            "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n"
        );
        let body = [head.as_bytes(), bytes, b"\r\n--x--\r\n"].concat();
        let request = Request::post("/me/cv")
            .header("host", "postulo.example")
            .header("sec-fetch-site", SITE)
            .header("content-type", "multipart/form-data; boundary=x");
        let request = request.body(Body::from(body)).unwrap();
        site.send(with_cookie(request, &camille.cookie)).await
    };
    let taken = upload("cv.pdf", PDF).await;
    assert_eq!(taken.location(), "/me/cv?done=cv", "{}", taken.body);
    let large = vec![b'a'; 10 * 1024 * 1024 + 1];
    let events = site.events().await;
    let cases: [(&[u8], &str); 3] = [
        (&bomb(), "taille démesurée"),
        (b"<html></html>", "Un CV est un document PDF"),
        (&large, "Les fichiers dépassent"),
    ];
    for (bytes, says) in cases {
        let refused = upload("cv.docx", bytes).await;
        assert_eq!(refused.status, 422, "{says}: {}", refused.body);
        let main = refused.main();
        assert!(main.contains("id=\"file-error\"") && main.contains(says), "{says}: {main}");
        assert!(main.contains("cv.pdf"), "{main}");
    }
    assert_eq!(site.events().await, events, "nothing is kept");
    assert_eq!(camille.get("/me/cv/document").await.bytes, PDF);
}
