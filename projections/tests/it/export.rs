use bytes::Bytes;
use calamine::{Data, Reader as _, Xlsx};
use domain::application::{AnswerKind, ApplicationEvent};
use domain::{Language, examples};
use event_store::testing::Engine;
use event_store::{Interval, Position, args};
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use projections::export::{self, ANSWERS_HEADER, ExportError, Exported, Format, Range};
use rstest::rstest;

use crate::support::{Fixture, application, fixture};

fn answered(n: u128, kind: AnswerKind) -> ApplicationEvent {
    examples::answered(n, examples::answer(kind, false), None)
}

async fn exported(it: &Fixture) -> (String, Exported) {
    let mut csv = vec![];
    let range = Range::of(examples::valid("demo"));
    let exported = export::answers(&it.log, &range, Format::Csv, &mut csv).await.unwrap();
    let csv = String::from_utf8(csv).unwrap();
    (csv.strip_prefix(export::BYTE_ORDER_MARK).expect("for spreadsheets").to_owned(), exported)
}

fn hostile() -> ApplicationEvent {
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
    ApplicationEvent::Submitted {
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
            ApplicationEvent::AnswerUndone {
                answer_id: examples::answer_id(2),
                at: examples::minutes(3),
            },
            answered(3, AnswerKind::Interview),
            answered(4, AnswerKind::Hire),
        ],
    )
    .await;
    it.append(application(3), 0, &[submitted()]).await;
    it.append(application(4), 0, &[hostile()]).await;
    let other = examples::draft().parse(examples::valid("other"), Language::Fr, vec![]).unwrap();
    let other = ApplicationEvent::Submitted {
        submission: Box::new(other),
        request_digest: None,
        at: examples::minutes(0),
    };
    it.append(application(5), 0, &[other]).await;
    it.project().await;
    let (csv, exported) = exported(&it).await;
    assert_eq!(exported, Exported { rows: 4, skipped: vec![] });
    insta::assert_snapshot!("answers", csv.replace("\r\n", "\n"));
    assert_eq!(csv.matches("\r\n").count(), 5);
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
        it.append(application(n), 0, &[examples::submitted(), answered(1, AnswerKind::Info)]).await;
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
    "UPDATE applications SET submitted_at = 'yesterday' WHERE submitted_position = 3"
)]
#[case::bytes_that_are_no_text(
    "UPDATE applications SET job = CAST(x'ff' AS TEXT) WHERE submitted_position = 3"
)]
#[tokio::test(flavor = "multi_thread")]
async fn one_malformed_record_is_left_out_and_named(#[case] spoil: &str) {
    let it = fixture(Engine::Sqlite).await;
    for n in 1..=3 {
        it.append(application(n), 0, &[examples::submitted(), answered(1, AnswerKind::Info)]).await;
    }
    it.project().await;
    it.db().execute(spoil, args![]).await.unwrap();
    let (csv, exported) = exported(&it).await;
    assert_eq!(exported, Exported { rows: 2, skipped: vec![3] });
    assert!(csv.contains(&application(1).to_string()));
    assert!(!csv.contains(&application(2).to_string()));
    assert!(csv.contains(&application(3).to_string()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_appears_whole_or_not_at_all() {
    let it = fixture(Engine::Sqlite).await;
    it.append(application(1), 0, &[examples::submitted(), answered(1, AnswerKind::Info)]).await;
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
        export::to_file(&path, async |to| export::answers(&it.log, &range, Format::Csv, to).await)
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
    let all = Range { partner: None, submitted: Interval::ALL };
    let first = Interval { before: examples::at("2026-11-20T10:00:00Z"), ..Interval::ALL };
    let first = Range { submitted: first, ..all.clone() };
    let formats = Format::ALL.into_iter().chain([Format::CsvWithoutBom]);
    for (range, applications, answers, events) in [(&all, 2, 1, 3), (&first, 1, 0, 1)] {
        for format in formats.clone() {
            let mut files = [vec![], vec![], vec![]];
            let [one, two, three] = &mut files;
            let rows = [
                export::applications(&it.log, range, format, one).await.unwrap().rows,
                export::answers(&it.log, range, format, two).await.unwrap().rows,
                export::events(
                    &it.log,
                    Position::START,
                    Position::new(if events == 1 { 1 } else { 9 }),
                    format,
                    three,
                )
                .await
                .unwrap()
                .rows,
            ];
            assert_eq!(rows, [applications, answers, events]);
            for (file, rows) in files.into_iter().zip(rows) {
                assert_eq!(count(format, &file), rows);
            }
        }
    }
    let mut lines = vec![];
    export::applications(&it.log, &all, Format::JsonLines, &mut lines).await.unwrap();
    let first = String::from_utf8(lines).unwrap();
    let first: serde_json::Value = serde_json::from_str(first.lines().next().unwrap()).unwrap();
    assert_eq!(first["candidate_phone"], "+33 6 12 34 56 78", "only a spreadsheet is defused for");
    assert_eq!(first["send_confirmation"], false);
    assert_eq!(first["withdrawn_at"], serde_json::Value::Null);
    assert!(first["attachments"].is_array());
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_workbook_text_stays_text_and_times_are_dates() {
    let it = fixture(Engine::Sqlite).await;
    let mut draft = examples::draft();
    for (name, value) in [
        ("candidate_phone", "0612345678"),
        ("employer_description", "3-4"),
        ("job", "1E5"),
        ("candidate_first_name", "=1+1"),
        ("candidate_last_name", "Zoé"),
        ("siret", "00552017600016"),
    ] {
        draft.set(name, value.to_owned());
    }
    let submission = draft.parse(examples::valid("demo"), Language::Fr, vec![]).unwrap();
    let submitted = ApplicationEvent::Submitted {
        submission: Box::new(submission),
        request_digest: None,
        at: examples::at("2026-11-20T10:11:12.987654Z"),
    };
    it.append(application(1), 0, &[submitted, answered(1, AnswerKind::Info)]).await;
    it.project().await;
    let mut file = vec![];
    let range = Range::of(examples::valid("demo"));
    export::answers(&it.log, &range, Format::Xlsx, &mut file).await.unwrap();
    let mut workbook = Xlsx::new(std::io::Cursor::new(file)).unwrap();
    let sheet = workbook.worksheet_range_at(0).unwrap().unwrap();
    let header: Vec<String> =
        sheet.rows().next().unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(header, ANSWERS_HEADER);
    let row = sheet.rows().nth(1).unwrap();
    let of = |name: &str| &row[ANSWERS_HEADER.iter().position(|known| *known == name).unwrap()];
    for (name, text) in [
        ("Candidate phone", "0612345678"),
        ("Employer name", "3-4"),
        ("Job", "1E5"),
        ("Candidate first name", "=1+1"),
        ("Candidate last name", "Zoé"),
        ("Employer siret", "00552017600016"),
        ("Answer type", "Request info"),
    ] {
        assert_eq!(of(name), &Data::String(text.to_owned()), "{name}");
    }
    let Data::DateTime(at) = of("Job application created at") else { panic!("{row:?}") };
    let (year, month, day, hour, minute, second, _) = at.to_ymd_hms_milli();
    assert_eq!((year, month, day, hour, minute, second), (2026, 11, 20, 10, 11, 12));
}

fn count(format: Format, file: &[u8]) -> u64 {
    match format {
        Format::Csv | Format::CsvWithoutBom => {
            let bom = file.starts_with(export::BYTE_ORDER_MARK.as_bytes());
            assert_eq!(bom, format == Format::Csv);
            csv::Reader::from_reader(file).records().count() as u64
        }
        Format::Xlsx => {
            let mut workbook = Xlsx::new(std::io::Cursor::new(file)).unwrap();
            let sheet = workbook.worksheet_range_at(0).unwrap().unwrap();
            sheet.rows().count() as u64 - 1
        }
        Format::JsonLines => std::str::from_utf8(file).unwrap().lines().count() as u64,
        Format::Parquet => {
            let reader = SerializedFileReader::new(Bytes::copy_from_slice(file)).unwrap();
            reader.get_row_iter(None).unwrap().map(Result::unwrap).count() as u64
        }
    }
}
