//! A table on its way out, in the format that was asked for.

use std::io::Write;
use std::str::FromStr;
use std::sync::Arc;

use event_store::Value;
use parquet::basic::{Compression, ConvertedType, Repetition, Type as Physical};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;

use super::xlsx::Xlsx;
use super::{ExportError, defused};
use crate::{Column, Kind};

/// Tells spreadsheets that a file is UTF-8 (RFC 3629, 6).
pub const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Rows of a Parquet row group: they are in memory until it is whole.
const ROW_GROUP: usize = 20_000;

/// How a table is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated values (RFC 4180) with a header row, for spreadsheets: a cell that one would
    /// take for a formula is defused, and the byte order mark tells that it is UTF-8.
    #[default]
    Csv,
    /// The same without the byte order mark, for programs that take it for a part of the first name.
    CsvWithoutBom,
    /// A workbook of Office Open XML, in which text stays text, whatever it looks like.
    Xlsx,
    /// A JSON object a line, by the columns' names.
    JsonLines,
    /// Apache Parquet, Snappy-compressed: text, 64-bit integers and booleans, all of them optional.
    Parquet,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Csv, Self::Xlsx, Self::JsonLines, Self::Parquet];

    /// What it is called, and a file of it ends with.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Csv | Self::CsvWithoutBom => "csv",
            Self::Xlsx => "xlsx",
            Self::JsonLines => "jsonl",
            Self::Parquet => "parquet",
        }
    }

    /// Its media type, as HTTP names it.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Csv | Self::CsvWithoutBom => "text/csv; charset=utf-8; header=present",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::JsonLines => "application/jsonl; charset=utf-8",
            Self::Parquet => "application/vnd.apache.parquet",
        }
    }
}

/// A text is not a [`Format`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a format is csv, xlsx, jsonl or parquet")]
pub struct UnknownFormat;

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(text: &str) -> Result<Self, UnknownFormat> {
        Self::ALL.into_iter().find(|format| format.as_str() == text).ok_or(UnknownFormat)
    }
}

type Out<'a> = &'a mut (dyn Write + Send);

/// Takes rows, each with a value for every column, in their order.
pub(super) enum Sheet<'a> {
    Csv(csv::Writer<Out<'a>>),
    Xlsx(Box<Xlsx>, Out<'a>),
    JsonLines(&'static [Column], Out<'a>),
    Parquet(&'static [Column], SerializedFileWriter<Out<'a>>, Vec<Vec<Value>>),
}

impl<'a> Sheet<'a> {
    /// An empty one. CSV and XLSX have `header`, or the columns' names.
    pub(super) fn begin(
        format: Format,
        columns: &'static [Column],
        header: Option<&[&str]>,
        to: Out<'a>,
    ) -> Result<Self, ExportError> {
        let names = || -> Vec<&str> {
            header.map_or_else(|| columns.iter().map(|it| it.name).collect(), <[_]>::to_vec)
        };
        Ok(match format {
            Format::Csv | Format::CsvWithoutBom => {
                if format == Format::Csv {
                    to.write_all(BYTE_ORDER_MARK.as_bytes())?;
                }
                let mut csv =
                    csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(to);
                csv.write_record(names())?;
                Self::Csv(csv)
            }
            Format::Xlsx => Self::Xlsx(Box::new(Xlsx::begin(columns, &names())?), to),
            Format::JsonLines => Self::JsonLines(columns, to),
            Format::Parquet => {
                let fields: Result<_, _> =
                    columns.iter().map(|column| field(column).map(Arc::new)).collect();
                let schema = Type::group_type_builder("row").with_fields(fields?).build()?;
                let properties =
                    WriterProperties::builder().set_compression(Compression::SNAPPY).build();
                let file = SerializedFileWriter::new(to, Arc::new(schema), Arc::new(properties))?;
                Self::Parquet(columns, file, vec![])
            }
        })
    }

    pub(super) fn row(&mut self, row: Vec<Value>) -> Result<(), ExportError> {
        match self {
            Self::Csv(csv) => {
                csv.write_record(row.into_iter().map(|value| defused(&cell(value)).into_owned()))?;
            }
            Self::Xlsx(workbook, _) => workbook.row(row)?,
            Self::JsonLines(columns, to) => {
                let names = columns.iter().map(|column| column.name.to_owned());
                let object: serde_json::Map<_, _> = names
                    .zip(columns.iter().zip(row).map(|(it, value)| json(it.kind, value)))
                    .collect();
                serde_json::to_writer(&mut *to, &object).map_err(std::io::Error::from)?;
                to.write_all(b"\n")?;
            }
            Self::Parquet(columns, file, rows) => {
                rows.push(row);
                if rows.len() >= ROW_GROUP {
                    row_group(columns, file, std::mem::take(rows))?;
                }
            }
        }
        Ok(())
    }

    pub(super) fn finish(self) -> Result<(), ExportError> {
        match self {
            Self::Csv(mut csv) => csv.flush()?,
            Self::Xlsx(workbook, to) => workbook.finish(to)?,
            Self::JsonLines(_, to) => to.flush()?,
            Self::Parquet(columns, mut file, rows) => {
                row_group(columns, &mut file, rows)?;
                file.close()?;
            }
        }
        Ok(())
    }
}

fn cell(value: Value) -> String {
    match value {
        Value::Text(text) => text,
        Value::I64(number) => number.to_string(),
        Value::Bool(whether) => whether.to_string(),
        _ => String::new(),
    }
}

fn json(kind: Kind, value: Value) -> serde_json::Value {
    match value {
        Value::Text(text) if kind == Kind::Json => {
            serde_json::from_str(&text).unwrap_or_else(|_| text.into())
        }
        Value::Text(text) => text.into(),
        Value::I64(number) => number.into(),
        Value::Bool(whether) => whether.into(),
        _ => serde_json::Value::Null,
    }
}

fn field(column: &Column) -> Result<Type, ExportError> {
    let (physical, converted) = match column.kind {
        Kind::Json => (Physical::BYTE_ARRAY, ConvertedType::JSON),
        Kind::Text | Kind::Uuid | Kind::Time => (Physical::BYTE_ARRAY, ConvertedType::UTF8),
        Kind::Integer => (Physical::INT64, ConvertedType::NONE),
        Kind::Boolean => (Physical::BOOLEAN, ConvertedType::NONE),
    };
    let field = Type::primitive_type_builder(column.name, physical)
        .with_repetition(Repetition::OPTIONAL)
        .with_converted_type(converted);
    Ok(field.build()?)
}

fn row_group(
    columns: &[Column],
    file: &mut SerializedFileWriter<Out<'_>>,
    rows: Vec<Vec<Value>>,
) -> Result<(), ExportError> {
    let mut group = file.next_row_group()?;
    let mut rows: Vec<_> = rows.into_iter().map(Vec::into_iter).collect();
    for column in columns {
        let Some(mut writer) = group.next_column()? else { break };
        let values: Vec<_> = rows.iter_mut().filter_map(Iterator::next).collect();
        // 1 where there is a value, 0 where there is none.
        let there =
            |value: &Value| matches!(value, Value::Text(_) | Value::I64(_) | Value::Bool(_));
        let levels: Vec<i16> = values.iter().map(|value| i16::from(there(value))).collect();
        match column.kind {
            Kind::Integer => {
                let values: Vec<_> = values
                    .into_iter()
                    .filter_map(|value| match value {
                        Value::I64(number) => Some(number),
                        _ => None,
                    })
                    .collect();
                writer.typed::<Int64Type>().write_batch(&values, Some(&levels), None)?;
            }
            Kind::Boolean => {
                let values: Vec<_> = values
                    .into_iter()
                    .filter_map(|value| match value {
                        Value::Bool(whether) => Some(whether),
                        _ => None,
                    })
                    .collect();
                writer.typed::<BoolType>().write_batch(&values, Some(&levels), None)?;
            }
            Kind::Text | Kind::Uuid | Kind::Time | Kind::Json => {
                let values: Vec<_> = values
                    .into_iter()
                    .filter_map(|value| match value {
                        Value::Text(text) => Some(ByteArray::from(text.into_bytes())),
                        _ => None,
                    })
                    .collect();
                writer.typed::<ByteArrayType>().write_batch(&values, Some(&levels), None)?;
            }
        }
        writer.close()?;
    }
    group.close()?;
    Ok(())
}
