//! The `dates` stage: when things happened, as ISO 8601.
//!
//! Dates that the text writes out (*Oct. 14, 2025*, *14 October*, *2025-10-14*, *March 2019*, *in 1998*) and dates that are
//! relative to the day of publication (*yesterday*, *on Tuesday*, *last week*, *three months ago*). What the text leaves out
//! is filled in as news means it: a date without a year is the nearest to the day of publication; a bare weekday is the last
//! one, that day included, unless the words before it look ahead (*will meet on Tuesday*). Without a date of publication
//! relative dates are found but have no value.
//!
//! English, with the words of `rules/en/words.csv`; in articles of other languages only ISO dates are found.

mod calendar;
mod find;
mod words;

use newsmill_core::prelude::*;

use calendar::{Day, Time};
use find::{Finder, Found};

/// The layer: one row a date, in the order of the text, disjoint.
#[derive(Debug, Default)]
pub struct Dates(Vec<(Span, Option<Time>, &'static str, bool)>);

impl Layer for Dates {
    fn clear(&mut self) {
        self.0.clear();
    }
    fn len(&self) -> usize {
        self.0.len()
    }
    fn check(&self, doc: Doc<'_>) -> Result<(), String> {
        let disjoint = self.0.windows(2).all(|w| w[0].0.end <= w[1].0.start);
        let inside = self.0.iter().all(|d| doc.text().get(d.0.range()).is_some_and(|t| !t.is_empty()));
        if disjoint && inside { Ok(()) } else { Err("dates overlap or lie outside of the text".to_owned()) }
    }
}

impl Table for Dates {
    fn schema() -> Schema {
        Schema::new([
            Column::int("date", "index within the article, from 0"),
            Column::span("", SpanStyle::Full, "the words that say when"),
            Column::text(
                "value",
                "ISO 8601: 2025-10-14, 2025-W42, 2025-10 or 2025; empty if it can't be told",
            ),
            Column::text("precision", "day, week, month or year"),
            Column::bool("relative", "whether the value rests on the day of publication"),
        ])
    }
    fn rows(&self, _doc: Doc<'_>, out: &mut dyn RowWriter) {
        for (i, (span, time, precision, relative)) in self.0.iter().enumerate() {
            out.int(i as u64);
            out.span(*span);
            match time {
                Some(time) => out.text(&time.to_string()),
                None => out.absent(),
            }
            out.text(precision);
            out.bool(*relative);
            out.end_row();
        }
    }
}

/// The stage.
pub struct DatesStage {
    finder: Finder,
    layer: Write<Dates>,
}

/// Dates of a section, before those that overlap are taken out.
#[derive(Default)]
pub struct Scratch(Vec<Found>);

impl Stage for DatesStage {
    const KIND: &'static str = "dates";
    const ABOUT: &'static str = "finds absolute and relative dates in English news, as ISO 8601";
    const VERSION: u32 = 1;
    const EXAMPLE: &'static str = "{}";
    type Config = NoOptions;
    type Scratch = Scratch;

    fn build(_: NoOptions, cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        let finder = Finder::new().map_err(|e| BuildError::new(format!("rules/en/words.csv: {e}")))?;
        Ok(DatesStage { finder, layer: cx.write("dates")? })
    }

    fn run(&self, doc: Doc<'_>, out: &mut Output<'_>, scratch: &mut Scratch) -> Result<Verdict, DocError> {
        let language = doc.meta().language.as_str();
        let english = language.is_empty() || language == "en" || language.starts_with("en-");
        let published = Day::parse(&doc.meta().date);
        let (layer, found) = (out.get(&self.layer), &mut scratch.0);
        for section in doc.article().sections() {
            found.clear();
            self.finder.find(doc.slice(section.span), published, english, found);
            // Where several begin, the longest; where they overlap, the first.
            found.sort_by_key(|f| (f.start, std::cmp::Reverse(f.end)));
            let mut end = 0;
            for f in found.iter() {
                if f.start >= end {
                    let (from, to) = (section.span.start + f.start as u32, section.span.start + f.end as u32);
                    layer.0.push((Span::new(from, to), f.time, f.precision, f.relative));
                    end = f.end;
                }
            }
        }
        Ok(Verdict::Keep)
    }
}
