//! The `language` stage: which language an article is in.
//!
//! The detector is [`whatlang`]: trigrams and alphabets of 70 languages, half a megabyte, no model to load, one answer for
//! one text on every machine. News articles are long enough for it; it was preferred to `whichlang`, which is faster but
//! knows 16 languages and never says that it doesn't know, and to `lingua`, which is better with single words at the cost
//! of a hundred megabytes of models.
//!
//! What it finds becomes the article's language for all later stages (unless the input says which it is), so that one
//! config serves a corpus of many languages: `entities` and `quotes` use the rules of each article's own.

use std::collections::BTreeMap;

use newsmill_core::prelude::*;
use whatlang::{Detector, Lang};

/// Options of the stage.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    /// Languages to keep (`["en", "fr"]`); articles in others are dropped. All, if empty.
    keep: Vec<String>,
    /// Languages to choose from. All that the detector knows, if empty.
    among: Vec<String>,
    /// What is less sure than this, from 0 to 1, counts as unknown.
    min_confidence: f64,
    /// Drop articles whose language is unknown; without it they are kept, with a note in their status.
    drop_unknown: bool,
    /// Believe the detector rather than what the input says.
    overrule: bool,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            keep: Vec::new(),
            among: Vec::new(),
            min_confidence: 0.5,
            drop_unknown: false,
            overrule: false,
        }
    }
}

/// Tags and the detector's codes.
const TAGS: &str = include_str!("../rules/tags.csv");

/// The beginning of an article tells its language; bytes.
const LOOKED_AT: usize = 6000;

/// The layer: the one finding of an article.
#[derive(Debug, Default)]
pub struct Languages(Vec<Finding>);

#[derive(Debug)]
struct Finding {
    tag: &'static str,
    confidence: f32,
    script: String,
    used: String,
}

impl Layer for Languages {
    fn clear(&mut self) {
        self.0.clear();
    }
    fn len(&self) -> usize {
        self.0.len()
    }
}

impl Table for Languages {
    fn schema() -> Schema {
        Schema::new([
            Column::text(
                "detected",
                "language tag that the detector finds most likely; empty if it finds none",
            ),
            Column::float("confidence", "how sure it is, from 0 to 1"),
            Column::text("script", "script of most letters, its English name"),
            Column::text("language", "the article's language as later stages see it"),
        ])
    }
    fn rows(&self, _doc: Doc<'_>, out: &mut dyn RowWriter) {
        for Finding { tag, confidence, script, used } in &self.0 {
            out.text(tag);
            out.float(*confidence);
            out.text(script);
            out.text(used);
            out.end_row();
        }
    }
}

/// The stage.
pub struct Language {
    detector: Detector,
    tags: BTreeMap<&'static str, &'static str>,
    options: Options,
    layer: Write<Languages>,
}

impl Stage for Language {
    const KIND: &'static str = "language";
    const ABOUT: &'static str = "tells the language of each article; keeps or drops by it";
    const VERSION: u32 = 1;
    const EXAMPLE: &'static str = r#"{ "keep": ["en"] }"#;
    type Config = Options;
    type Scratch = ();

    fn build(options: Options, cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        if !(0.0..=1.0).contains(&options.min_confidence) {
            let message = format!("`min_confidence` is {}; it goes from 0 to 1", options.min_confidence);
            return Err(BuildError::new(message).at("/min_confidence"));
        }
        let pairs = || TAGS.lines().filter(|l| !l.starts_with('#')).filter_map(|l| l.split_once(','));
        let code_of: BTreeMap<&str, &str> = pairs().collect();
        let mut among = Vec::new();
        for (option, tags) in [("among", &options.among), ("keep", &options.keep)] {
            for (i, tag) in tags.iter().enumerate() {
                let lang = code_of.get(tag.as_str()).and_then(|code| Lang::from_code(*code));
                let Some(lang) = lang else {
                    let known: Vec<&str> = code_of.keys().copied().collect();
                    let message = format!("`{tag}` isn't the tag of a language that the detector knows");
                    let help = format!("known: {}", known.join(" "));
                    return Err(BuildError::new(message).help(help).at(format!("/{option}/{i}")));
                };
                if option == "among" {
                    among.push(lang);
                }
            }
        }
        if let Some(i) = options.keep.iter().position(|k| !among.is_empty() && !options.among.contains(k)) {
            let message =
                format!("`{}` is to be kept, but isn't `among` those to choose from", options.keep[i]);
            return Err(BuildError::new(message).at(format!("/keep/{i}")));
        }
        let detector = if among.is_empty() { Detector::new() } else { Detector::with_allowlist(among) };
        let tags = pairs().map(|(tag, code)| (code, tag)).collect();
        Ok(Language { detector, tags, options, layer: cx.write("languages")? })
    }

    fn run(&self, doc: Doc<'_>, out: &mut Output<'_>, _: &mut ()) -> Result<Verdict, DocError> {
        let text = doc.text();
        let end = (0..=LOOKED_AT.min(text.len())).rev().find(|&i| text.is_char_boundary(i)).unwrap_or(0);
        let info = self.detector.detect(&text[..end]);
        let tag = info.as_ref().and_then(|i| self.tags.get(i.lang().code()).copied()).unwrap_or("");
        let confidence = info.as_ref().map_or(0.0, |i| i.confidence() as f32);
        let given = &*doc.meta().language;
        let sure = !tag.is_empty() && f64::from(confidence) >= self.options.min_confidence;
        let used = match (given, sure) {
            (given, _) if !given.is_empty() && !self.options.overrule => given,
            (_, true) => tag,
            (given, false) => given,
        };
        let script = info.map_or_else(String::new, |i| i.script().name().to_owned());
        out.get(&self.layer).0.push(Finding { tag, confidence, script, used: used.to_owned() });
        if used.is_empty() {
            if self.options.drop_unknown {
                return Ok(Verdict::Drop("unknown language"));
            }
            out.note("unknown language");
            return Ok(Verdict::Keep);
        }
        // `pt-br` is kept where `pt` is.
        let base = used.split(['-', '_']).next().unwrap_or(used);
        let kept = |tag: &String| tag.eq_ignore_ascii_case(used) || tag.eq_ignore_ascii_case(base);
        if !self.options.keep.is_empty() && !self.options.keep.iter().any(kept) {
            return Ok(Verdict::Drop("other language"));
        }
        out.set_language(used);
        Ok(Verdict::Keep)
    }
}
