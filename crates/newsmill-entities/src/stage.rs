//! The stage: options, claims, and the order of the steps.

use newsmill_core::fold::fold_hash;
use newsmill_core::layers::{Entities, Matches, Mentions, Paragraphs, Sentences, Tokens};
use newsmill_core::prelude::*;

use crate::acronyms::{self, Definitions};
use crate::coref::{self, Coref, Knowledge};
use crate::emit::{self, EmitScratch, ReadColumns};
use crate::fuzzy::{self, Spelling};
use crate::generic::{self, Generic};
use crate::location::PlaceColumns;
use crate::memo::Memo;
use crate::places;
use crate::proto::Proto;
use crate::resolve::{self, Countries};
use crate::results;
use crate::validity::PeriodColumns;
use crate::view::{View, ViewScratch};
use crate::words::Words;
use crate::{case, language, rules, scan, towns, typing};

/// Options of `entities`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct EntitiesOptions {
    /// Report names that no list has.
    pub discover: bool,
    /// Find listed names with one wrong letter from 7 letters, two from 10, and transliteration variants.
    pub fuzzy: bool,
    /// How your corpus writes its words: the table that `config/train-case.json` writes. Empty for English in general.
    pub case: String,
}

impl Default for EntitiesOptions {
    fn default() -> Self {
        EntitiesOptions { discover: true, fuzzy: true, case: String::new() }
    }
}

/// Chooses, discovers and resolves the mentions of an article.
pub struct EntitiesStage {
    options: EntitiesOptions,
    words: Words,
    spelling: Spelling,
    nicknames: Vec<(u32, u32)>,
    levels: rules::PlaceLevels,
    columns: ReadColumns,
    place_columns: PlaceColumns,
    extra_width: usize,
    tokens: Read<Tokens>,
    sentences: Read<Sentences>,
    paragraphs: Read<Paragraphs>,
    matches: Read<Matches>,
    entities: Write<Entities>,
    mentions: Write<Mentions>,
}

/// Memory that a worker keeps from article to article.
#[derive(Default)]
pub struct Scratch {
    view: ViewScratch,
    scan: scan::ScanScratch,
    protos: Vec<Proto>,
    order: Vec<(u64, u32)>,
    definitions: Definitions,
    memo: Memo,
    memory: fuzzy::Memory,
    countries: Countries,
    places: places::Scratch,
    generic: Generic,
    results: results::Scratch,
    coref: Coref,
    emit: EmitScratch,
}

/// Reads the table that the option `case` names.
fn learnt(path: &str, cx: &mut BuildContext<'_>) -> Result<Vec<case::Learnt>, BuildError> {
    let bytes = cx.file(path).map_err(|e| e.at("/case"))?;
    case::read(&bytes).map_err(|(line, what)| {
        BuildError::new(what)
            .help("give the table that `newsmill run config/train-case.json` writes")
            .in_resource(cx.path(path), line)
            .at("/case")
    })
}

impl Stage for EntitiesStage {
    const KIND: &'static str = "entities";
    const ABOUT: &'static str = "discovers names, decides who is meant, joins short names to full ones";
    const VERSION: u32 = 4;
    const EXAMPLE: &'static str = r#"{ "discover": true, "fuzzy": true }"#;
    type Config = EntitiesOptions;
    type Scratch = Scratch;

    fn build(options: EntitiesOptions, cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        let matches = cx.read::<Matches>(names::MATCHES)?;
        let extra: Vec<Column> = cx.schema_of(&matches).columns.iter().filter(|c| c.extra).cloned().collect();
        let position = |name: &str| extra.iter().position(|c| c.name == name);
        let columns = ReadColumns {
            gender: position("gender"),
            role: position("role"),
            periods: PeriodColumns { from: position("valid_from"), to: position("valid_to") },
        };
        let place_columns = PlaceColumns {
            admin1: position("admin1"),
            admin2: position("admin2"),
            latitude: position("lat"),
            longitude: position("lon"),
        };
        let extra_width = extra.len();
        let mut all = Entities::base_columns();
        all.extend(extra.into_iter().map(|c| c.reduced(Reduce::First)));
        let hashes = |(short, full): (String, String)| (fold_hash(&short), fold_hash(&full));
        let mut nicknames: Vec<(u32, u32)> = rules::nicknames().into_iter().map(hashes).collect();
        nicknames.sort_unstable();
        let words = match options.case.as_str() {
            "" => Words::english(),
            path => Words::english_and(&learnt(path, cx)?),
        };
        Ok(EntitiesStage {
            options,
            words,
            spelling: Spelling::new(rules::variants()),
            nicknames,
            levels: rules::PlaceLevels::english(),
            columns,
            place_columns,
            extra_width,
            tokens: cx.read(names::TOKENS)?,
            sentences: cx.read(names::SENTENCES)?,
            paragraphs: cx.read(names::PARAGRAPHS)?,
            matches,
            entities: cx.write_with_schema(names::ENTITIES, Schema::new(all))?,
            mentions: cx.write(names::MENTIONS)?,
        })
    }

    fn run(&self, doc: Doc<'_>, out: &mut Output<'_>, s: &mut Scratch) -> Result<Verdict, DocError> {
        let (tokens, sentences) = (doc.get(&self.tokens), doc.get(&self.sentences));
        let matches = doc.get(&self.matches);
        let lexicon = matches.lexicon.as_deref();
        let v = View::new(doc.text(), tokens, sentences, doc.get(&self.paragraphs), &self.words, &mut s.view);
        let english = language::is_english(v, &doc.meta().language);
        if !english {
            out.note("not in English: names of the lists only");
        }
        let (entities, mentions) = out.get2(&self.entities, &self.mentions);
        entities.extra_width = self.extra_width;
        s.protos.clear();
        s.memo.columns = self.place_columns;
        scan::scan(v, &matches.rows, lexicon, &mut s.memo, &mut s.scan, &mut s.protos);
        acronyms::define(v, &mut s.protos, &mut s.definitions);
        if self.options.fuzzy
            && english
            && let Some(lexicon) = lexicon
        {
            fuzzy::forgive(v, lexicon, &self.spelling, &mut s.protos, &mut s.order, &mut s.memory);
        }
        typing::type_unknown(v, &mut s.protos, &mut s.order);
        if let Some(lexicon) = lexicon {
            towns::recognize(v, lexicon, &matches.rows, &s.scan.hidden, &mut s.protos);
            towns::recognize_cities(v, lexicon, &mut s.memo, &mut s.protos);
            resolve::countries(lexicon, &s.protos, &mut s.memo, &mut s.countries);
            let dated = (self.columns.periods, doc.meta().date.as_str());
            resolve::choose(v, lexicon, dated, &s.countries, &mut s.memo, &mut s.protos, &mut s.order);
            places::settle(v, lexicon, &self.levels, &mut s.memo, &mut s.protos, &mut s.places);
            results::settle(v, lexicon, &mut s.memo, &mut s.protos, &mut s.results);
            generic::settle(v, lexicon, &s.countries, &mut s.memo, &mut s.protos, &mut s.generic);
        }
        let knowledge = Knowledge { v, lexicon, nicknames: &self.nicknames, definitions: &s.definitions };
        coref::link(&knowledge, &mut s.coref, &mut s.protos);
        if !self.options.discover || !english {
            let makings = &s.coref.makings;
            s.protos.retain(|p| makings.get(p.entity as usize).is_some_and(|m| m.entry.is_some()));
        }
        let made = (s.coref.makings.as_slice(), s.protos.as_slice());
        let columns = (self.columns, doc.meta().date.as_str());
        emit::emit(v, lexicon, columns, made, (entities, mentions), &mut s.emit);
        Ok(Verdict::Keep)
    }
}
