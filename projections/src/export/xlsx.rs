//! Workbooks for people who work with spreadsheets.
//!
//! CSV cannot say that `00552017600016` is a number of the register and `1E5` the title of a job; a
//! workbook can: text is a text cell here, times are dates, and nothing is ever a formula.

use std::io::Write;

use event_store::{Value, parse_timestamp};
use jiff::tz::TimeZone;
use rust_xlsxwriter::{Color, Format, FormatPattern, Workbook, Worksheet};

use super::ExportError;
use crate::{Column, Kind};

/// Rows of one sheet of a workbook, its header among them (ECMA-376, and what spreadsheets open).
const ROWS: u32 = 1_048_576;
/// Characters of one cell.
const CHARACTERS: usize = 32_767;
/// What a text ends with that is longer than a cell holds.
const CUT: &str = "… (cut: CSV and JSON lines have all of it)";

/// A workbook that grows row by row, on disk: its memory does not grow with it. It has a second sheet
/// where one is full.
pub(super) struct Xlsx {
    workbook: Workbook,
    columns: &'static [Column],
    header: Vec<String>,
    text: Format,
    time: Format,
    /// The next row of the last sheet.
    next: u32,
}

impl Xlsx {
    pub(super) fn begin(columns: &'static [Column], header: &[&str]) -> Result<Self, ExportError> {
        let mut xlsx = Self {
            workbook: Workbook::new(),
            columns,
            header: header.iter().map(|name| (*name).to_owned()).collect(),
            text: Format::new().set_num_format("@"),
            time: Format::new().set_num_format("yyyy-mm-dd hh:mm:ss"),
            next: 0,
        };
        xlsx.sheet()?;
        Ok(xlsx)
    }

    pub(super) fn row(&mut self, row: Vec<Value>) -> Result<(), ExportError> {
        if self.next == ROWS {
            self.sheet()?;
        }
        let number = self.next;
        let last = self.workbook.worksheets().len() - 1;
        let sheet = self.workbook.worksheet_from_index(last)?;
        for (at, (column, value)) in (0..).zip(self.columns.iter().zip(row)) {
            cell(sheet, (number, at), column.kind, value, &self.text, &self.time)?;
        }
        self.next += 1;
        Ok(())
    }

    /// Writes the whole file.
    pub(super) fn finish(
        mut self: Box<Self>,
        to: &mut (dyn Write + Send),
    ) -> Result<(), ExportError> {
        self.filters()?;
        self.workbook.save_to_writer(&mut *to)?;
        to.flush()?;
        Ok(())
    }

    /// A further sheet, with its header.
    fn sheet(&mut self) -> Result<(), ExportError> {
        self.filters()?;
        let bold = Format::new()
            .set_bold()
            .set_background_color(Color::RGB(0x00E8_EDF3))
            .set_pattern(FormatPattern::Solid);
        let sheet = self.workbook.add_worksheet_with_constant_memory()?;
        sheet.set_freeze_panes(1, 0)?;
        for (at, (name, column)) in (0..).zip(self.header.iter().zip(self.columns)) {
            sheet.set_column_width(at, width(column.kind, name))?;
            sheet.write_string_with_format(0, at, name, &bold)?;
        }
        self.next = 1;
        Ok(())
    }

    /// Lets the reader filter the rows of the last sheet, now that their number is known.
    fn filters(&mut self) -> Result<(), ExportError> {
        let (Some(last), Some(row)) =
            (self.workbook.worksheets().len().checked_sub(1), self.next.checked_sub(1))
        else {
            return Ok(());
        };
        let column = u16::try_from(self.columns.len().saturating_sub(1)).unwrap_or(u16::MAX);
        self.workbook.worksheet_from_index(last)?.autofilter(0, 0, row, column)?;
        Ok(())
    }
}

fn cell(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    kind: Kind,
    value: Value,
    text: &Format,
    time: &Format,
) -> Result<(), ExportError> {
    match value {
        Value::Text(written) => match parse_timestamp(&written) {
            Ok(at) if kind == Kind::Time => {
                let at = at.to_zoned(TimeZone::UTC).datetime();
                sheet.write_datetime_with_format(row, column, at, time)?;
            }
            _ => {
                sheet.write_string_with_format(row, column, fitting(written), text)?;
            }
        },
        Value::I64(number) => {
            #[expect(clippy::cast_precision_loss, reason = "counts and positions are below 2^53")]
            sheet.write_number(row, column, number as f64)?;
        }
        Value::Bool(whether) => {
            sheet.write_boolean(row, column, whether)?;
        }
        _ => {}
    }
    Ok(())
}

/// The text, or what a cell holds of it. Spreadsheets count UTF-16 code units.
fn fitting(text: String) -> String {
    if text.encode_utf16().count() <= CHARACTERS {
        return text;
    }
    let (mut left, mut cut) = (CHARACTERS - CUT.encode_utf16().count(), String::new());
    for character in text.chars() {
        let Some(rest) = left.checked_sub(character.len_utf16()) else { break };
        left = rest;
        cut.push(character);
    }
    cut + CUT
}

/// In characters, as spreadsheets measure a column.
fn width(kind: Kind, name: &str) -> u32 {
    let content = match kind {
        Kind::Time => 20,
        Kind::Uuid => 37,
        Kind::Integer | Kind::Boolean => 10,
        Kind::Text | Kind::Json => 24,
    };
    u32::try_from(name.chars().count()).unwrap_or(content).max(content) + 2
}
