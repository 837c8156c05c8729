//! Reading lists: CSV, TSV, JSON lines, compiled ones and rows in the config itself.

use std::borrow::Cow;

use newsmill_core::lexicon::{Entry, EntryId, Lexicon, NameFlags};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::artefact;
use crate::cells::Records;
use crate::compile::{Compiler, Row, RowError};
use crate::flags;
use crate::names::Names;

/// The columns that a list may have besides the user's own.
pub const COLUMNS: [&str; 9] =
    ["entity_id", "type", "subtype", "name", "alias", "flags", "country", "prior", "source"];

/// An entity, or some of its forms, in the config itself.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct InlineRow {
    /// Stable id.
    pub entity_id: String,
    /// person, place, organization, demonym, event, other, or a type of your own.
    pub r#type: String,
    /// Finer type.
    pub subtype: String,
    /// Canonical name.
    pub name: String,
    /// Forms between `|`; if there is none, the name is the form.
    pub alias: String,
    /// Words that say how the forms may be used, between spaces.
    pub flags: String,
    /// ISO 3166 alpha-2 code.
    pub country: String,
    /// Weight among entities of one name.
    pub prior: Option<u32>,
}

/// What is wrong with a list, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListError {
    /// Line, from 1.
    pub line: u64,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
}

impl ListError {
    fn new(line: u64, message: impl Into<String>, help: impl Into<String>) -> Self {
        ListError { line, message: message.into(), help: help.into() }
    }

    fn of_row(line: u64, error: RowError) -> Self {
        Self::new(line, error.message, error.help)
    }
}

/// Adds a list in the format that its name's ending tells: `.nmg` (compiled), `.tsv`, `.tab`, `.jsonl`, else CSV.
///
/// # Errors
/// The first malformed line.
pub fn read(name: &str, bytes: &[u8], lists: &mut Compiler) -> Result<(), ListError> {
    lists.begin_file(name);
    if artefact::is_artefact(name, bytes) {
        let names =
            artefact::open(bytes.to_vec()).map_err(|e| ListError::new(1, e.to_string(), artefact::REMEDY))?;
        return read_compiled(&names, lists);
    }
    let lower = name.to_ascii_lowercase();
    if lower.ends_with(".jsonl") || lower.ends_with(".ndjson") {
        return read_json_lines(bytes, lists);
    }
    let tabs = lower.ends_with(".tsv") || lower.ends_with(".tab");
    read_csv(bytes, if tabs { b'\t' } else { b',' }, lists)
}

/// Adds rows of the config as a list of their own.
///
/// # Errors
/// Index of the first malformed row, from 0, as its line.
pub fn read_inline(rows: &[InlineRow], lists: &mut Compiler) -> Result<(), ListError> {
    lists.begin_file("entries");
    for (i, row) in rows.iter().enumerate() {
        let line = i as u64;
        let flags = parse_flags(&row.flags, line)?;
        let added = lists.add(&Row {
            entity_id: &row.entity_id,
            kind: &row.r#type,
            subtype: &row.subtype,
            name: &row.name,
            alias: &row.alias,
            flags,
            country: &row.country,
            prior: row.prior,
            extra: &[],
            line: line as u32,
        });
        added.map_err(|e| ListError::of_row(line, e))?;
    }
    Ok(())
}

/// A compiled list, taken apart into rows, so that other lists can be laid over it.
fn read_compiled(names: &Names, lists: &mut Compiler) -> Result<(), ListError> {
    let columns: Vec<usize> = names.extra_columns().iter().map(|c| lists.extra_column(c)).collect();
    for entry in (0..names.len() as u32).map(EntryId) {
        let Entry { id, kind, subtype, name, country, prior } = names.entry(entry);
        let extra: Vec<(usize, &str)> =
            columns.iter().enumerate().map(|(i, &column)| (column, names.extra(entry, i))).collect();
        for &form in names.names_of(entry) {
            let used = names.candidates(form).iter().find(|c| c.entry == entry);
            let flags = used.map_or(NameFlags::default(), |c| c.flags);
            let row = Row {
                entity_id: id,
                kind,
                subtype,
                name,
                alias: names.name(form),
                flags: flags::Flags { name: NameFlags(flags.0 & !NameFlags::CANONICAL.0), suppress: false },
                country,
                prior: Some(prior),
                extra: &extra,
                line: 0,
            };
            lists.add(&row).map_err(|e| ListError::of_row(0, e))?;
        }
    }
    Ok(())
}

/// Rows that are read before any is added, so that the waits for memory of several overlap.
const BLOCK: usize = 64;

fn read_csv(bytes: &[u8], delimiter: u8, lists: &mut Compiler) -> Result<(), ListError> {
    let text = utf8(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes))?;
    let mut records = Records::new(text, delimiter);
    let mut cells = Vec::new();
    let Some(line) = records.next(&mut cells) else {
        return Err(ListError::new(
            1,
            "the list is empty",
            format!("begin it with the line `{}`", COLUMNS.join(",")),
        ));
    };
    let columns = columns(cells.iter().map(AsRef::as_ref), line, lists)?;
    let place = |known: usize| columns.iter().position(|c| matches!(c, ColumnIs::Known(at) if *at == known));
    lists.reserve(text.bytes().filter(|&b| b == b'\n').count());
    let mut lines = Vec::with_capacity(BLOCK);
    loop {
        let uneven = next_block(&mut records, columns.len(), &mut cells, &mut lines);
        let of = |known: usize| {
            let at = place(known).unwrap_or(0);
            cells.chunks_exact(columns.len()).map(move |record| record[at].as_ref())
        };
        lists.read_ahead(of(0), of(3));
        for (record, &line) in cells.chunks_exact(columns.len()).zip(&lines) {
            add_record(&columns, record, line, lists)?;
        }
        match uneven {
            Some(error) => return Err(error),
            None if lines.len() < BLOCK => return Ok(()),
            None => {}
        }
    }
}

/// Replaces `cells` and `lines` by those of the next records, up to one with another number of cells, which is told.
fn next_block<'f>(
    records: &mut Records<'f>,
    width: usize,
    cells: &mut Vec<Cow<'f, str>>,
    lines: &mut Vec<u64>,
) -> Option<ListError> {
    cells.clear();
    lines.clear();
    while lines.len() < BLOCK
        && let Some(line) = records.next(cells)
    {
        let len = cells.len() - width * lines.len();
        if len != width {
            return Some(ListError::new(
                line,
                format!("{len} cells, but the first line names {width} columns"),
                "add or take out separators; a cell with a comma in it needs double quotes around it",
            ));
        }
        lines.push(line);
    }
    None
}

fn utf8(bytes: &[u8]) -> Result<&str, ListError> {
    std::str::from_utf8(bytes).map_err(|e| {
        let line = bytes[..e.valid_up_to()].iter().filter(|&&b| b == b'\n').count() as u64 + 1;
        ListError::new(line, "not valid UTF-8", "save the list as UTF-8")
    })
}

/// What a column of a list is.
#[derive(Clone, Copy)]
enum ColumnIs {
    Known(usize),
    Extra(usize),
}

fn columns<'h>(
    header: impl Iterator<Item = &'h str>,
    line: u64,
    lists: &mut Compiler,
) -> Result<Vec<ColumnIs>, ListError> {
    let mut seen: Vec<&str> = Vec::new();
    let mut columns = Vec::new();
    for name in header.map(str::trim) {
        if name.is_empty() {
            return Err(ListError::new(line, "a column has no name", "name every column in the first line"));
        }
        if seen.contains(&name) {
            return Err(ListError::new(
                line,
                format!("the column `{name}` is there twice"),
                "rename one of them",
            ));
        }
        seen.push(name);
        columns.push(match COLUMNS.iter().position(|c| *c == name) {
            Some(i) => ColumnIs::Known(i),
            None => ColumnIs::Extra(lists.extra_column(name)),
        });
    }
    for required in ["entity_id", "type", "name"] {
        if !seen.contains(&required) {
            return Err(ListError::new(
                line,
                format!("the column `{required}` is missing"),
                format!("the first line names the columns: `{}` and any of your own", COLUMNS.join(",")),
            ));
        }
    }
    Ok(columns)
}

/// Adds a row of cells, which are in the header's order.
fn add_record(
    columns: &[ColumnIs],
    record: &[Cow<'_, str>],
    line: u64,
    lists: &mut Compiler,
) -> Result<(), ListError> {
    let mut known = [""; COLUMNS.len()];
    let mut extra = Vec::new();
    for (column, cell) in columns.iter().zip(record) {
        match *column {
            ColumnIs::Known(at) => known[at] = trimmed(cell),
            ColumnIs::Extra(at) => extra.push((at, trimmed(cell))),
        }
    }
    add_row(known, &extra, line, lists)
}

/// Without white space around it, which few cells have.
#[inline]
fn trimmed(cell: &str) -> &str {
    let is_ink = |b: &u8| b.is_ascii_graphic();
    match cell.as_bytes() {
        [] => cell,
        [first, .., last] if is_ink(first) && is_ink(last) => cell,
        _ => cell.trim(),
    }
}

fn add_row(
    known: [&str; COLUMNS.len()],
    extra: &[(usize, &str)],
    line: u64,
    lists: &mut Compiler,
) -> Result<(), ListError> {
    let [entity_id, kind, subtype, name, alias, words, country, prior, _source] = known;
    let prior = match prior {
        "" => None,
        cell => Some(parse_prior(cell).ok_or_else(|| {
            ListError::new(
                line,
                format!("`prior` is \"{cell}\""),
                "write a whole number from 0 to 4294967295, or leave the cell empty",
            )
        })?),
    };
    let flags = parse_flags(words, line)?;
    let line32 = u32::try_from(line).unwrap_or(u32::MAX);
    let row = Row { entity_id, kind, subtype, name, alias, flags, country, prior, extra, line: line32 };
    lists.add(&row).map_err(|e| ListError::of_row(line, e))
}

fn parse_prior(cell: &str) -> Option<u32> {
    cell.parse().ok()
}

fn parse_flags(cell: &str, line: u64) -> Result<flags::Flags, ListError> {
    flags::parse(cell).map_err(|word| {
        let known = flags::FLAG_WORDS.map(|(word, _)| word);
        let help = match newsmill_core::suggest::nearest(word, &known) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("known: {}", known.join(", ")),
        };
        ListError::new(line, format!("unknown flag `{word}`"), help)
    })
}

fn read_json_lines(bytes: &[u8], lists: &mut Compiler) -> Result<(), ListError> {
    let text = utf8(bytes)?;
    for (i, json) in text.lines().enumerate().filter(|(_, json)| !json.trim().is_empty()) {
        let line = i as u64 + 1;
        let object: serde_json::Map<String, serde_json::Value> = serde_json::from_str(json)
            .map_err(|e| ListError::new(line, format!("not a JSON object: {e}"), "mend the line"))?;
        let mut known: [Cow<'_, str>; COLUMNS.len()] = Default::default();
        let mut extra = Vec::new();
        for (key, value) in &object {
            let cell = json_cell(key, value, line)?;
            match COLUMNS.iter().position(|c| c == key) {
                Some(at) => known[at] = cell,
                None => extra.push((lists.extra_column(key), cell)),
            }
        }
        let extra: Vec<(usize, &str)> = extra.iter().map(|(at, cell)| (*at, cell.as_ref())).collect();
        add_row(known.each_ref().map(|cell| cell.as_ref()), &extra, line, lists)?;
    }
    Ok(())
}

/// A value as a cell; arrays of strings are joined as their column has it (`alias` with `|`, `flags` with spaces).
fn json_cell<'v>(key: &str, value: &'v serde_json::Value, line: u64) -> Result<Cow<'v, str>, ListError> {
    use serde_json::Value;
    Ok(match value {
        Value::Null => Cow::Borrowed(""),
        Value::String(s) => Cow::Borrowed(s.trim()),
        Value::Number(n) => Cow::Owned(n.to_string()),
        Value::Bool(b) => Cow::Owned(b.to_string()),
        Value::Array(items) if items.iter().all(Value::is_string) => {
            let items: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
            Cow::Owned(items.join(if key == "flags" { " " } else { "|" }))
        }
        _ => {
            return Err(ListError::new(
                line,
                format!("`{key}` is neither text, number nor an array of texts"),
                "write it as text",
            ));
        }
    })
}
