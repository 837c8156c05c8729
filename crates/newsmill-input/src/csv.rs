//! Tables: one article a row, CSV after RFC 4180 and its relatives with other delimiters.

mod rows;

use std::borrow::Cow;

use newsmill_core::build::{BuildContext, BuildError};
use newsmill_core::document::Article;
use newsmill_core::input::{DecodeError, Emit, FileContext, Format, Frame, InputFile, Recode, Source};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::encoding::{Decoding, Invalid, push_replaced};
use crate::fields::{FieldMap, Fields};
use crate::lines::Lines;
use crate::record::Record;
use crate::text::too_large;

pub use rows::{Dialect, Rows};

/// Options of tables.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CsvOptions {
    /// Which columns hold what: `{ "body": "maintext" }`, or a list of names, the first that isn't empty counting.
    fields: Fields,
    /// Columns to carry through to the table `articles`, by the same rules as `fields`: `["section"]`.
    carry: Vec<String>,
    /// What stands between two fields, one ASCII character. Default: the one of `,`, `;`, `|` and tab that the header
    /// has most of.
    delimiter: Option<char>,
    /// Names of the columns, if the file has no header.
    columns: Vec<String>,
    /// Quotation marks have no meaning: every line is a row (some dumps of databases).
    unquoted: bool,
    /// What the files are encoded in: a name such as `windows-1252`, or `detect`. Default: UTF-8, or what a byte order
    /// mark says.
    encoding: String,
    /// What to do about bytes that are no text.
    invalid: Invalid,
}

/// A row is an article, its columns are found by the names in the header.
pub struct Csv {
    map: FieldMap,
    delimiter: Option<u8>,
    columns: Vec<String>,
    quotes: bool,
    decoding: Decoding,
}

/// Per-worker memory.
#[derive(Default)]
pub struct Scratch {
    record: Record,
    field: String,
}

/// What a file's rows have in common.
struct Header {
    dialect: Dialect,
    names: Result<Vec<String>, DecodeError>,
}

impl Format for Csv {
    const KIND: &'static str = "csv";
    const ABOUT: &'static str = "tables with a header (CSV, TSV), one article a row";
    const VERSION: u32 = 1;
    const EXAMPLE: &'static str = r#"{ "fields": { "body": "maintext" }, "delimiter": ";" }"#;
    const EXTENSIONS: &'static [&'static str] = &["csv", "tsv", "tab"];
    type Config = CsvOptions;
    type Scratch = Scratch;

    fn build(options: CsvOptions, _: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        let delimiter = match options.delimiter.map(|c| (c, u8::try_from(c))) {
            None => None,
            Some((_, Ok(byte))) if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r') => Some(byte),
            Some((c, _)) => {
                let message = format!("{c:?} can't be a delimiter; it must be one ASCII character");
                return Err(BuildError::new(message).at("/delimiter"));
            }
        };
        Ok(Csv {
            map: FieldMap::new(options.fields, options.carry)?,
            delimiter,
            columns: options.columns,
            quotes: !options.unquoted,
            decoding: Decoding::new(&options.encoding, options.invalid)?,
        })
    }

    fn recode(&self, head: &[u8]) -> Option<Recode> {
        self.decoding.recode(head)
    }

    fn note(&self, head: &[u8]) -> Option<DecodeError> {
        self.decoding.note(head)
    }

    fn carried(&self) -> &[String] {
        self.map.carried()
    }

    fn source(&self, file: InputFile) -> Box<dyn Source> {
        let header = self.header(&file);
        let dialect = header.dialect;
        let columns = header.names.as_ref().map_or(0, Vec::len);
        let lines = Lines::new(file, Rows::new(dialect).with_columns(columns));
        Box::new(lines.with_header(self.columns.is_empty(), FileContext::new(header)))
    }

    fn decode(&self, frame: &Frame<'_>, article: &mut Article, scratch: &mut Scratch, emit: &mut Emit<'_>) {
        article.clear();
        let result = self.read(frame, scratch, article);
        emit(article, result);
    }
}

impl Csv {
    fn header(&self, file: &InputFile) -> Header {
        let head = crate::encoding::without_bom(&file.head);
        let line = Dialect { delimiter: b',', quotes: self.quotes }.first_row(head);
        let delimiter = self.delimiter.unwrap_or_else(|| guess_delimiter(&file.name, line.unwrap_or(head)));
        let dialect = Dialect { delimiter, quotes: self.quotes };
        if !self.columns.is_empty() {
            return Header { dialect, names: Ok(self.columns.clone()) };
        }
        let whole =
            dialect.first_row(head).or((head.len() < newsmill_core::input::HEAD_BYTES).then_some(head));
        let names = match whole {
            None => Err(DecodeError::new("header", "the header doesn't end within 64 KiB; is this a table?")),
            Some(row) => self.names(row, dialect),
        };
        Header { dialect, names }
    }

    fn names(&self, row: &[u8], dialect: Dialect) -> Result<Vec<String>, DecodeError> {
        let (text, _) = self.decoding.record(row)?;
        let mut names = Vec::new();
        let mut fields = dialect.fields(&text);
        let mut name = String::new();
        while fields.next_into(&mut name)? {
            names.push(name.trim().to_owned());
        }
        Ok(names)
    }

    fn read(
        &self,
        frame: &Frame<'_>,
        scratch: &mut Scratch,
        article: &mut Article,
    ) -> Result<(), DecodeError> {
        let Scratch { record, field } = scratch;
        if let Some(bytes) = frame.oversize {
            return Err(too_large(bytes));
        }
        let header = frame.context.and_then(FileContext::get::<Header>);
        let header = header.ok_or_else(|| DecodeError::new("header", "the row has lost its header"))?;
        let names = header.names.as_ref().map_err(Clone::clone)?;
        let (row, replaced) = self.decoding.record(frame.bytes)?;
        push_replaced(&mut article.note, replaced);
        record.clear(&self.map);
        let mut fields = header.dialect.fields(&row);
        let mut count = 0;
        while fields.next_into(field)? {
            if let Some(name) = names.get(count) {
                record.set(&self.map, name, field);
            }
            count += 1;
        }
        let filled = record.fill(article, &self.map, || names.iter().map(|n| Cow::Borrowed(n.as_str())));
        if count != names.len() {
            let message = format!(
                "the row has {count} fields, the header {}; is a quotation mark or the delimiter missing?",
                names.len()
            );
            return Err(DecodeError::new("field-count", message));
        }
        filled
    }
}

/// The delimiter that a header has most of, outside of quotation marks; a tab if the file's name says so.
pub(crate) fn guess_delimiter(name: &str, header: &[u8]) -> u8 {
    let lower = name.to_ascii_lowercase();
    let stem = lower.trim_end_matches(".gz").trim_end_matches(".zst").trim_end_matches(".zstd");
    if stem.ends_with(".tsv") || stem.ends_with(".tab") {
        return b'\t';
    }
    let count = |delimiter: u8| {
        let mut inside = false;
        header
            .iter()
            .filter(|b| {
                inside ^= **b == b'"';
                !inside && **b == delimiter
            })
            .count()
    };
    // The first of those that occur equally often.
    [b',', b';', b'\t', b'|'].into_iter().rev().max_by_key(|d| count(*d)).unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use newsmill_core::input::{Filled, RawBatch};

    use super::*;

    fn format(options: &str) -> Csv {
        let options: CsvOptions = serde_json::from_str(options).unwrap();
        Csv {
            map: FieldMap::new(options.fields, options.carry).unwrap(),
            delimiter: options.delimiter.map(|c| c as u8),
            columns: options.columns,
            quotes: !options.unquoted,
            decoding: Decoding::new(&options.encoding, options.invalid).unwrap(),
        }
    }

    /// Line, and id with body or the error's code, of every record.
    fn read(options: &str, name: &str, text: &str, max: usize) -> Vec<String> {
        let format = format(options);
        let mut source = format.source(InputFile::in_memory(name, text.as_bytes(), max));
        let (mut all, mut scratch) = (Vec::new(), Scratch::default());
        loop {
            let mut batch = RawBatch::default();
            let filled = source.fill(&mut batch, 1).unwrap();
            for info in &batch.frames {
                format.decode(
                    &batch.frame(info, name),
                    &mut Article::default(),
                    &mut scratch,
                    &mut |a, result| {
                        let what = match result {
                            Ok(()) => format!("{}={}", a.id, a.body()),
                            Err(e) => e.code.to_owned(),
                        };
                        all.push(format!("{}:{what}", info.position.line));
                    },
                );
            }
            if filled == Filled::End {
                return all;
            }
        }
    }

    #[test]
    fn rows_may_span_lines_and_bad_ones_have_codes() {
        let text = "\u{FEFF}id,text\r\n1,\"a\nb \"\"c\"\", d\"\r\n\r\n2\n3,x,y\n4,\"stray\" quote\n5,plain \"quote\"\n,\n6,\"open\n7,x";
        let expected = [
            "2:1=a\nb \"c\", d",
            "5:field-count",
            "6:field-count",
            "7:stray-quote",
            "8:5=plain \"quote\"",
            "9:=",
            "10:unclosed-quote",
            "11:7=x",
        ];
        let mut got = read("{}", "a.csv", text, 1000);
        // The id of an empty row is a hash.
        got[5] = format!("9:{}", &got[5][got[5].find('=').unwrap()..]);
        assert_eq!(got, expected);
    }

    #[test]
    fn a_mark_too_many_costs_its_row_alone() {
        let rest = "8,\"a\nb\"\n9,\"c, \"\"d\"\"\"\n";
        for (broken, seen) in [
            ("7,\"open\n", &["2:unclosed-quote"][..]),
            ("7,\"open\n7.5,\"x\"\n", &["2:unclosed-quote", "3:7.5=x"]),
            ("7,\"open\n7.5,x\n", &["2:unclosed-quote", "3:7.5=x"]),
            // Rows between that are none are lost with it, and in the quarantine.
            ("7,\"open\nprose\n", &["2:unclosed-quote"]),
        ] {
            let text = format!("id,body\n{broken}{rest}");
            let line = 2 + broken.matches('\n').count();
            let mut expected: Vec<String> = seen.iter().map(|s| (*s).to_owned()).collect();
            expected.extend([format!("{line}:8=a\nb"), format!("{}:9=c, \"d\"", line + 2)]);
            assert_eq!(read("{}", "a.csv", &text, 1000), expected, "{broken:?}");
        }
    }

    #[test]
    fn many_marks_too_many_take_linear_time() {
        // Every row opens a field that the next one closes, or nobody.
        for row in ["1,\"x\n", "1,\"\"x\"\n", "\"\"\"\"\n", "\"1\"\",\n", "a\"\n\"", "1,\"\"\"\n"] {
            let text = format!("id,body\n{}", row.repeat(300_000));
            let began = std::time::Instant::now();
            assert!(!read("{}", "a.csv", &text, 100_000).is_empty());
            assert!(began.elapsed().as_secs() < 60, "{row:?} took {:?}", began.elapsed());
        }
    }

    #[test]
    fn the_header_tells_the_delimiter() {
        for (name, text) in [
            ("a.csv", "id;body\n1;a, b\n"),
            ("a.csv", "id|body\n1|a, b"),
            ("a.csv", "id\tbody\n1\ta, b"),
            ("a.csv", "\"id\",\"body\"\n1,\"a, b\""),
            ("a.tsv.gz", "id\tbody\n1\ta, b"),
        ] {
            assert_eq!(read("{}", name, text, 100), ["2:1=a, b"], "{text}");
        }
        let columns = r#"{"columns": ["id", "body"]}"#;
        assert_eq!(read(columns, "a.csv", "1,x\n2,y", 100), ["1:1=x", "2:2=y"]);
        assert_eq!(read(r#"{"unquoted": true}"#, "a.csv", "id,body\n1,\"x\n", 100), ["2:1=\"x"]);
    }

    #[test]
    fn a_row_over_the_limit_is_cut_and_the_next_one_is_whole() {
        let text = format!("id,body\n1,\"{}\n\"\n2,y\n", "x\n".repeat(100));
        assert_eq!(read("{}", "a.csv", &text, 50), ["2:too-large", "104:2=y"]);
    }

    #[test]
    fn a_table_without_a_body_names_its_columns() {
        let format = format("{}");
        let mut source = format.source(InputFile::in_memory("a.csv", b"id,txt\n1,x", 100));
        let mut batch = RawBatch::default();
        source.fill(&mut batch, 100).unwrap();
        let frame = batch.frame(&batch.frames[0], "a.csv");
        format.decode(&frame, &mut Article::default(), &mut Scratch::default(), &mut |_, result| {
            assert!(result.unwrap_err().message.contains("(fields: id, txt)"));
        });
    }
}
