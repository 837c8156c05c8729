//! The `regex` stage: matches of regular expressions as a layer whose columns are the patterns' named groups.
//!
//! Syntax is that of the [`regex`] crate, which has no look-around and no back-references and so finds a match in time
//! linear in the text. Title and body are searched apart: no match crosses from one into the other.
//!
//! A pattern that begins matching at many places and gives up far behind each (`.*x` on one long line without an `x`) costs
//! more than linear time over all its matches. Where that matters, bound it: `.{0,80}x`.

mod options;

use newsmill_core::document::Field;
use newsmill_core::layers::Rows;
use newsmill_core::layers::rows::Value;
use newsmill_core::prelude::*;
use newsmill_core::reduce::Cell;
use regex::{CaptureLocations, Regex};

use options::Compiled;

pub use options::{Fields, Options, Pattern};

/// The stage.
pub struct RegexStage {
    searches: Vec<Search>,
    fields: Fields,
    /// Named groups, in the order of the columns.
    groups: usize,
    layer: Write<Rows>,
}

/// A compiled pattern.
struct Search {
    name: String,
    regex: Regex,
    /// For each column of a group the number of the group in this pattern, if it has one of that name.
    columns: Vec<Option<usize>>,
}

/// A match: its place, its pattern, and where its groups begin in [`Scratch::groups`].
type Found = (Span, u32, u32);

/// Per-worker memory.
#[derive(Default)]
pub struct Scratch {
    found: Vec<Found>,
    groups: Vec<Option<Span>>,
    /// One for each pattern.
    locations: Vec<CaptureLocations>,
}

impl Stage for RegexStage {
    const KIND: &'static str = "regex";
    const ABOUT: &'static str = "finds regular expressions; named groups become columns";
    const VERSION: u32 = 1;
    const EXAMPLE: &'static str = r#"{
        "patterns": [
            { "name": "money", "regex": "[$€£](?<amount>[0-9][0-9,.]*)(?: (?<unit>million|billion))?" },
            { "name": "percent", "regex": "(?<amount>[0-9]+(?:\\.[0-9]+)?) ?(?:%|per ?cent)", "ignore_case": true }
        ]
    }"#;
    type Config = Options;
    type Scratch = Scratch;

    fn build(options: Options, cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        let Compiled { patterns, groups } = options.compile()?;
        let mut columns = vec![
            Column::text("pattern", "name of the pattern"),
            Column::span("", SpanStyle::Full, "the match"),
        ];
        let group = |name: &String| Column::span(name.clone(), SpanStyle::Named, "the group of that name");
        columns.extend(groups.iter().map(group));
        let layer = cx.write_with_schema(&options.layer, Schema::new(columns))?;
        let search = |(name, regex): (String, Regex)| {
            let of_regex = |group: &String| regex.capture_names().position(|n| n == Some(group));
            let columns = groups.iter().map(of_regex).collect();
            Search { name, regex, columns }
        };
        let searches = patterns.into_iter().map(search).collect();
        Ok(RegexStage { searches, fields: options.fields, groups: groups.len(), layer })
    }

    fn run(&self, doc: Doc<'_>, out: &mut Output<'_>, scratch: &mut Scratch) -> Result<Verdict, DocError> {
        scratch.found.clear();
        scratch.groups.clear();
        if scratch.locations.len() != self.searches.len() {
            scratch.locations = self.searches.iter().map(|s| s.regex.capture_locations()).collect();
        }
        for section in doc.article().sections() {
            let wanted = match self.fields {
                Fields::Both => true,
                Fields::Title => section.field == Field::Title,
                Fields::Body => section.field == Field::Body,
            };
            if wanted {
                self.search(doc.slice(section.span), section.span.start, scratch);
            }
        }
        scratch.found.sort_unstable();
        let rows = out.get(&self.layer);
        for &(span, pattern, first) in &scratch.found {
            let groups = &scratch.groups[first as usize..][..self.groups];
            let name = Value::Cell(Cell::Text(self.searches[pattern as usize].name.clone()));
            let group = |span: &Option<Span>| span.map_or(Value::Cell(Cell::Absent), Value::Span);
            rows.push([name, Value::Span(span)].into_iter().chain(groups.iter().map(group)));
        }
        Ok(Verdict::Keep)
    }
}

impl RegexStage {
    /// Finds all patterns in one section, which begins at `offset` of the article's text.
    fn search(&self, text: &str, offset: u32, scratch: &mut Scratch) {
        let Scratch { found, groups, locations } = scratch;
        let place = |(start, end): (usize, usize)| Span::new(offset + start as u32, offset + end as u32);
        for ((pattern, search), locations) in self.searches.iter().enumerate().zip(locations) {
            let mut at = 0;
            while let Some(whole) = search.regex.captures_read_at(locations, text, at) {
                if whole.is_empty() {
                    // Nothing is no finding; go on behind the next character.
                    let Some(next) = text[whole.end()..].chars().next() else { break };
                    at = whole.end() + next.len_utf8();
                    continue;
                }
                found.push((place((whole.start(), whole.end())), pattern as u32, groups.len() as u32));
                let of_column = |group: &Option<usize>| group.and_then(|g| locations.get(g)).map(place);
                groups.extend(search.columns.iter().map(of_column));
                at = whole.end();
            }
        }
    }
}
