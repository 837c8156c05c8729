//! Tables with headers of their own: columns are renamed, missing ones get a constant, the rest is carried.

use std::io::{self, Read, Write};

use super::Report;
use crate::read::COLUMNS;

/// How a table's columns become a list's.
#[derive(Clone, Debug)]
pub struct Table {
    /// Between cells.
    pub delimiter: u8,
    /// A list's column and the table's column that it is.
    pub columns: Vec<(String, String)>,
    /// A list's column and the value of all its cells.
    pub constants: Vec<(String, String)>,
    /// What stands between the forms in the table's column for `alias`, if not `|`.
    pub alias_separator: Option<String>,
}

impl Default for Table {
    fn default() -> Self {
        Table { delimiter: b',', columns: Vec::new(), constants: Vec::new(), alias_separator: None }
    }
}

/// Turns a table into a list.
///
/// # Errors
/// Reading or writing failed, or the table has no column of a name that is renamed.
pub fn table(dump: impl Read, out: impl Write, options: &Table) -> io::Result<Report> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(options.delimiter)
        .quoting(options.delimiter != b'\t')
        .from_reader(dump);
    let header = reader.headers()?.clone();
    for (_, from) in &options.columns {
        if !header.iter().any(|name| name == from) {
            let known: Vec<&str> = header.iter().collect();
            let message = format!("the table has no column `{from}`; it has {}", known.join(", "));
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
    }
    let renamed = |name: &str| -> String {
        options.columns.iter().find(|(_, from)| from == name).map_or(name, |(to, _)| to).to_owned()
    };
    let mut names: Vec<String> = header.iter().map(renamed).collect();
    let constants: Vec<&(String, String)> =
        options.constants.iter().filter(|(name, _)| !names.contains(name)).collect();
    names.extend(constants.iter().map(|(name, _)| name.clone()));
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(&names)?;
    let alias = names.iter().position(|name| name == COLUMNS[4]);
    let mut report = Report::default();
    for record in reader.records() {
        report.read += 1;
        let record = match record {
            Ok(record) => record,
            Err(e) if e.is_io_error() => return Err(e.into()),
            Err(e) => {
                report.malformed(e.position().map_or(0, csv::Position::line), e.to_string());
                continue;
            }
        };
        let cells = record.iter().enumerate().map(|(i, cell)| match &options.alias_separator {
            Some(separator) if Some(i) == alias => {
                cell.split(separator.as_str()).collect::<Vec<_>>().join("|")
            }
            _ => cell.to_owned(),
        });
        writer.write_record(cells.chain(constants.iter().map(|(_, value)| value.clone())))?;
        report.written += 1;
    }
    writer.flush()?;
    Ok(report)
}
