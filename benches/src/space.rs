//! The pages of a candidate who tracks thousands of applications and has many tasks: how long each takes.

use std::time::Instant;

use anyhow::Context as _;
use event_store::Db;
use reqwest::header::{COOKIE, HeaderMap, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode};
use uuid::Uuid;

use crate::catch_up::{catch_up, head};
use crate::engines::on_each;
use crate::figures::percentile;
use crate::place::{Place, Server};
use crate::report::{Measure, Report};

/// Looks at each page.
const LOOKS: u32 = 50;

/// What is opened, and its name in the report; `{application}` and `{task}` are the first of those.
const PAGES: [(&str, &str); 20] = [
    ("today", "/me"),
    ("the board", "/me/board"),
    ("the list", "/me/applications"),
    ("a search in all that was typed", "/me/applications?q=boulang"),
    ("the list of one status", "/me/applications?status=sent"),
    ("one application", "/me/applications/{application}"),
    ("the same, to be changed", "/me/applications/{application}/edit"),
    ("tasks", "/me/tasks"),
    ("one task", "/me/tasks/{task}"),
    ("the calendar", "/me/tasks/calendar"),
    ("import", "/me/import"),
    ("the signed list", "/me/proof"),
    ("the profile", "/me/profile"),
    ("offers that fit", "/me/for-you"),
    ("notifications", "/me/notifications"),
    ("figures", "/me/figures"),
    ("put away", "/me/put-away"),
    ("the CV", "/me/cv"),
    ("alerts", "/me/alerts"),
    ("the account", "/account"),
];

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Applications that the candidate tracks.
    #[arg(long, default_value_t = 5_000)]
    tracked: u64,
    /// Their tasks.
    #[arg(long, default_value_t = 20_000)]
    tasks: u64,
    /// Which of the two engines; both where none is named.
    #[arg(long, value_parser = ["sqlite", "postgres"])]
    engine: Option<String>,
}

pub(crate) async fn run(options: &Options, report: &mut Report) -> anyhow::Result<()> {
    on_each(options.engine.as_deref(), "space", async |engine, url, place| {
        measure(engine, url, place, options, report).await
    })
    .await
}

async fn measure(
    engine: &str,
    url: &str,
    place: &Place,
    options: &Options,
    report: &mut Report,
) -> anyhow::Result<()> {
    let (tracked, tasks) = (options.tracked.to_string(), options.tasks.to_string());
    let seeded =
        place.print(&["seed", "--accounts", "1", "--tracked", &tracked, "--tasks", &tasks])?;
    let db = Db::connect(url).await?;
    let head = head(&db).await?;
    catch_up(place, &db, head).await?.stop().await?;
    db.close().await;
    let server = place.start(&["serve"]).await?;
    let client = Client::builder().redirect(Policy::none()).build()?;
    let session = sign_in(&client, &server, &seeded).await?;
    let application = first_of(&client, &server, &session, "/me/applications").await?;
    let task = first_of(&client, &server, &session, "/me/tasks").await?;
    for (bench, path) in PAGES {
        let path = path.replace("{application}", &application).replace("{task}", &task);
        let (mut took, mut bytes) = (vec![], 0);
        for _ in 0..LOOKS {
            let begin = Instant::now();
            let page = client.get(format!("{}{path}", server.base)).header(COOKIE, &session);
            let page = page.send().await?;
            anyhow::ensure!(page.status() == StatusCode::OK, "{path}: {}", page.status());
            bytes = page.bytes().await?.len();
            took.push(begin.elapsed());
        }
        report.add(Measure {
            bench,
            engine: engine.to_owned(),
            at: ("applications", options.tracked),
            unit: "ms, p50",
            figure: percentile(&mut took, 50),
            peer: None,
            ratio: None,
            more: vec![
                ("p99_ms", percentile(&mut took, 99)),
                ("max_ms", percentile(&mut took, 100)),
                ("kb", crate::figures::count(bytes) / 1000.0),
            ],
        });
    }
    server.stop().await
}

/// Signs in as the account that was seeded; the cookies of its session.
async fn sign_in(client: &Client, server: &Server, seeded: &str) -> anyhow::Result<String> {
    let (_, told) = seeded.split_once("the first of ").context("an account is told")?;
    let (name, password) = told.split_once(", with the password ").context("with a password")?;
    let fields = [("name", name), ("password", password.lines().next().unwrap_or_default())];
    let page = client.post(format!("{}/account/sign-in", server.base)).form(&fields);
    let answer = page.header("Origin", &server.base).send().await?;
    anyhow::ensure!(answer.status() == StatusCode::SEE_OTHER, "sign-in: {}", answer.status());
    Ok(cookies(answer.headers()))
}

/// The id of the first record that a list links to.
async fn first_of(
    client: &Client,
    server: &Server,
    session: &str,
    list: &str,
) -> anyhow::Result<String> {
    let page = client.get(format!("{}{list}", server.base)).header(COOKIE, session);
    let page = page.send().await?.text().await?;
    let link = format!("href=\"{list}/");
    let links = page.split(&link).skip(1);
    let mut ids = links.filter_map(|link| link.get(..36)).filter(|id| Uuid::parse_str(id).is_ok());
    ids.next().map(str::to_owned).with_context(|| format!("{list} links to none"))
}

fn cookies(headers: &HeaderMap) -> String {
    let set = headers.get_all(SET_COOKIE).iter().filter_map(|cookie| cookie.to_str().ok());
    set.filter_map(|cookie| cookie.split(';').next()).collect::<Vec<_>>().join("; ")
}
