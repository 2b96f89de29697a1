//! A browser that signs in, and imports what another tracker knew.

use reqwest::multipart::{Form, Part};
use reqwest::redirect::Policy;

use crate::place::PATIENCE;

/// What the other tracker knew.
pub(super) const MILL: &str = "Minoterie du Gneiss Bleu";
pub(super) const MILLER: &str = "Meunière de tourmaline";
const AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0";

/// Signs in and imports a sheet. What the browser keeps, and nobody else, is answered.
pub(super) async fn imports(base: &str, name: &str, password: &str) -> Vec<String> {
    let browser = reqwest::Client::builder().timeout(PATIENCE).redirect(Policy::none());
    let browser = browser.user_agent(AGENT).build().unwrap();
    let post = |path: &str| {
        let request = browser.post(format!("{base}{path}"));
        request.header("sec-fetch-site", "same-origin")
    };
    let fields = [("name", name), ("password", password)];
    let signed_in = post("/account/sign-in").form(&fields).send().await.unwrap();
    assert_eq!(signed_in.status(), 303);
    let cookies = signed_in.headers().get_all("set-cookie").iter();
    let cookies: Vec<String> = cookies
        .filter_map(|cookie| cookie.to_str().unwrap().split(';').next())
        .map(str::to_owned)
        .collect();
    let cookie = cookies.join("; ");

    let sheet = format!("Société;Poste;État;Envoyée le\r\n{MILL};{MILLER};Postulé;17/11/2026\r\n");
    let file = Part::bytes(sheet.into_bytes()).file_name("suivi.csv");
    let form = Form::new().part("file", file.mime_str("text/csv").unwrap());
    let preview = post("/me/import").header("cookie", &cookie).multipart(form).send().await;
    let preview = preview.unwrap().text().await.unwrap();
    let carried = |name: &str| {
        let mark = format!("name=\"{name}\" value=\"");
        let (_, rest) = preview.split_once(&mark).unwrap_or_else(|| panic!("{preview}"));
        rest.split('"').next().unwrap().to_owned()
    };
    let (file, seen) = (carried("file"), carried("seen"));
    let fields = [
        ("file", file.as_str()),
        ("seen", seen.as_str()),
        ("company", "0"),
        ("position", "1"),
        ("status", "2"),
        ("applied_on", "3"),
    ];
    let added = post("/me/import/confirm").header("cookie", &cookie).form(&fields).send().await;
    assert_eq!(added.unwrap().status(), 303);
    let values = cookies.iter().filter_map(|cookie| cookie.split_once('='));
    // What is shorter stands elsewhere by chance.
    values.map(|(_, value)| value.to_owned()).filter(|value| value.len() >= 40).collect()
}
