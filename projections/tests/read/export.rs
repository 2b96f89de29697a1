use bytes::Bytes;
use domain::application::{AnswerKind, Event};
use domain::{Language, examples};
use event_store::testing::Engine;
use event_store::{Position, args};
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use projections::export::{self, ANSWERS_HEADER, ExportError, Exported, Format, Range};
use rstest::rstest;

use crate::support::{Fixture, application, fixture};

fn answered(n: u128, kind: AnswerKind) -> Event {
    examples::answered(n, examples::answer(kind, false), None)
}

async fn exported(it: &Fixture) -> (String, Exported) {
    let mut csv = vec![];
    let range = Range::of(examples::valid("demo"));
    let exported = export::answers(it.db(), &range, Format::Csv, &mut csv).await.unwrap();
    (String::from_utf8(csv).unwrap(), exported)
}

fn hostile() -> Event {
    let mut draft = examples::draft();
    for (name, value) in [
        ("candidate_first_name", "=HYPERLINK(\"http://evil.example\")"),
        ("candidate_last_name", "@SUM(A1), \"quoted\""),
        ("candidate_phone", "+33 6 12 34 56 78"),
        ("candidate_address", "-1, rue \"du Bac\"; Paris"),
        ("employer_description", "＝cmd|' /C calc'!A0"),
        ("job", "Développeur·se, C++"),
    ] {
        draft.set(name, value.to_owned());
    }
    let submission = draft.parse(examples::valid("demo"), Language::Fr, vec![]).unwrap();
    Event::Submitted {
        submission: Box::new(submission),
        request_digest: None,
        at: examples::at("2026-11-20T10:11:12.987654Z"),
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_answers_of_a_client_are_exported_as_the_protocol_says(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    let submitted = examples::submitted;
    it.append(application(1), 0, &[submitted(), answered(1, AnswerKind::Rejection)]).await;
    it.append(
        application(2),
        0,
        &[
            submitted(),
            answered(1, AnswerKind::Info),
            answered(2, AnswerKind::Rejection),
            Event::AnswerUndone { answer_id: examples::answer_id(2), at: examples::minutes(3) },
            answered(3, AnswerKind::Interview),
            answered(4, AnswerKind::Hire),
        ],
    )
    .await;
    it.append(application(3), 0, &[submitted()]).await;
    it.append(application(4), 0, &[hostile()]).await;
    let other = examples::draft().parse(examples::valid("other"), Language::Fr, vec![]).unwrap();
    let other = Event::Submitted {
        submission: Box::new(other),
        request_digest: None,
        at: examples::minutes(0),
    };
    it.append(application(5), 0, &[other]).await;
    it.project().await;
    let (csv, exported) = exported(&it).await;
    assert_eq!(exported, Exported { rows: 6, skipped: vec![] });
    insta::assert_snapshot!("answers", csv.replace("\r\n", "\n"));
    assert_eq!(csv.matches("\r\n").count(), 7);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_export_has_its_header() {
    let it = fixture(Engine::Sqlite).await;
    let (csv, exported) = exported(&it).await;
    assert_eq!(csv, format!("{}\r\n", ANSWERS_HEADER.join(",")));
    assert_eq!(exported.rows, 0);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn many_pages_are_one_export(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let it = fixture(engine).await;
    for n in 1..=1203 {
        it.append(application(n), 0, &[examples::submitted()]).await;
    }
    it.project().await;
    let (csv, exported) = exported(&it).await;
    assert_eq!(exported.rows, 1203);
    let ids: Vec<&str> = csv.lines().skip(1).map(|line| &line[..36]).collect();
    let expected: Vec<String> = (1..=1203).rev().map(|n| application(n).to_string()).collect();
    assert_eq!(ids, expected);
}

#[rstest]
#[case::a_wrong_time(
    "UPDATE applications SET submitted_at = 'yesterday' WHERE submitted_position = 2"
)]
#[case::bytes_that_are_no_text(
    "UPDATE applications SET job = CAST(x'ff' AS TEXT) WHERE submitted_position = 2"
)]
#[tokio::test(flavor = "multi_thread")]
async fn one_malformed_record_is_left_out_and_named(#[case] spoil: &str) {
    let it = fixture(Engine::Sqlite).await;
    for n in 1..=3 {
        it.append(application(n), 0, &[examples::submitted()]).await;
    }
    it.project().await;
    it.db().execute(spoil, args![]).await.unwrap();
    let (csv, exported) = exported(&it).await;
    assert_eq!(exported, Exported { rows: 2, skipped: vec![2] });
    assert!(csv.contains(&application(1).to_string()));
    assert!(!csv.contains(&application(2).to_string()));
    assert!(csv.contains(&application(3).to_string()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_appears_whole_or_not_at_all() {
    let it = fixture(Engine::Sqlite).await;
    it.append(application(1), 0, &[examples::submitted()]).await;
    it.project().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("answers.csv");
    let names = || -> Vec<String> {
        let entries = std::fs::read_dir(folder.path()).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    };
    std::fs::write(&path, "yesterday's").unwrap();

    let failed = export::to_file(&path, async |to| {
        to.write_all(b"half of it")?;
        to.flush()?;
        assert_eq!(std::fs::read_to_string(&path)?, "yesterday's");
        Err::<(), _>(ExportError::Write(std::io::ErrorKind::StorageFull.into()))
    })
    .await;
    assert!(failed.is_err());
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "yesterday's");
    assert_eq!(names(), ["answers.csv"]);

    let range = Range::of(examples::valid("demo"));
    let exported =
        export::to_file(&path, async |to| export::answers(it.db(), &range, Format::Csv, to).await)
            .await
            .unwrap();
    assert_eq!(exported.rows, 1);
    let content = std::fs::read_to_string(&path).unwrap();
    assert_eq!(content.lines().count(), 2);
    assert_eq!(names(), ["answers.csv"]);
    let nowhere = folder.path().join("no/such/folder.csv");
    let missing = export::to_file(&nowhere, async |_| Ok(())).await;
    assert!(matches!(missing, Err(ExportError::Write(_))));
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn each_export_says_the_same_in_each_format(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let it = fixture(engine).await;
    it.append(application(1), 0, &[examples::submitted()]).await;
    it.append(application(2), 0, &[hostile(), answered(1, AnswerKind::Info)]).await;
    it.project().await;
    let all = Range { client: None, after: Position::START, up_to: Position::new(i64::MAX) };
    let first = Range { up_to: Position::new(1), ..all.clone() };
    for (range, applications, answers, events) in [(&all, 2, 2, 3), (&first, 1, 1, 1)] {
        for format in Format::ALL {
            let mut files = [vec![], vec![], vec![]];
            let [one, two, three] = &mut files;
            let rows = [
                export::applications(it.db(), range, format, one).await.unwrap().rows,
                export::answers(it.db(), range, format, two).await.unwrap().rows,
                export::events(&it.log, range, format, three).await.unwrap().rows,
            ];
            assert_eq!(rows, [applications, answers, events]);
            for (file, rows) in files.into_iter().zip(rows) {
                assert_eq!(count(format, &file), rows);
            }
        }
    }
    let mut lines = vec![];
    export::applications(it.db(), &all, Format::JsonLines, &mut lines).await.unwrap();
    let first = String::from_utf8(lines).unwrap();
    let first: serde_json::Value = serde_json::from_str(first.lines().next().unwrap()).unwrap();
    assert_eq!(first["candidate_phone"], "+33 6 12 34 56 78", "only a spreadsheet is defused for");
    assert_eq!(first["send_confirmation"], false);
    assert_eq!(first["withdrawn_at"], serde_json::Value::Null);
    assert!(first["attachments"].is_array());
}

fn count(format: Format, file: &[u8]) -> u64 {
    match format {
        Format::Csv => csv::Reader::from_reader(file).records().count() as u64,
        Format::JsonLines => std::str::from_utf8(file).unwrap().lines().count() as u64,
        Format::Parquet => {
            let reader = SerializedFileReader::new(Bytes::copy_from_slice(file)).unwrap();
            reader.get_row_iter(None).unwrap().map(Result::unwrap).count() as u64
        }
    }
}
