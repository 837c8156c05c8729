//! The stage: options, layers, and the passes in order.

use newsmill_core::layers::{
    Entities, MentionQuotes, Mentions, Paragraphs, QuoteIx, QuoteParts, QuoteSpeakers, Quotes, Sentences,
    TokenFlags, TokenKind, Tokens,
};
use newsmill_core::prelude::*;

use crate::candidates::{Candidate, Template};
use crate::choose::choose;
use crate::confidence::{Confidence, source_kind};
use crate::emit::{Layers, Resolved};
use crate::groups::Groups;
use crate::marks::Marks;
use crate::reasons::{QUOTE_REASONS, QuoteReasons};
use crate::resolve::Resolver;
use crate::rules::{ENGLISH, GERMAN, RuleFiles, Rules, Scope};
use crate::tagger::Model;
use crate::tags::Tags;
use crate::view::View;
use crate::words::{Pos, Words};

/// What counts as a quotation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ScopeOption {
    /// Reported speech: somebody or something communicates.
    #[default]
    Speech,
    /// Also beliefs, wishes, plans, perceptions, and data that show something.
    All,
}

/// Quality against speed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// With the part-of-speech tagger.
    #[default]
    Full,
    /// Word lists and endings alone.
    Fast,
}

/// Which language's rules are used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LanguageOption {
    /// The article's, by its metadata or its function words.
    #[default]
    Article,
    /// English, whatever the article says.
    En,
    /// German, whatever the article says.
    De,
}

/// Options of the stage.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    /// `speech` (default): what somebody communicates (said, wrote, according to). `all`: also what is thought, wanted or
    /// shown (believes, hopes to, polls suggest).
    pub scope: ScopeOption,
    /// `full` (default), or `fast`, which leaves the part-of-speech tagger out: faster, and a little less exact with
    /// indirect speech.
    pub profile: Profile,
    /// `article` (default): the rules of the article's language, told by its metadata or else its function words; `en`,
    /// `de`: these, for all articles. German is a beginning: quotations in marks, clauses with dass, laut.
    pub language: LanguageOption,
    /// Quotations less likely to be right than this, 0 to 1, are left out, unless they stand in marks of their own.
    pub min_confidence: f32,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            scope: ScopeOption::default(),
            profile: Profile::default(),
            language: LanguageOption::default(),
            min_confidence: 0.4,
        }
    }
}

/// The languages with rules; the tagger knows the first.
static LANGUAGES: [RuleFiles; 2] = [ENGLISH, GERMAN];

/// Finds quotations and their speakers.
pub struct QuoteStage {
    languages: Vec<(&'static RuleFiles, Rules)>,
    language: LanguageOption,
    model: Option<Model>,
    confidence: Confidence,
    scope: Scope,
    min_confidence: f32,
    tokens: Read<Tokens>,
    sentences: Read<Sentences>,
    mentions: Read<Mentions>,
    entities: Read<Entities>,
    quotes: Write<Quotes>,
    parts: Write<QuoteParts>,
    speakers: Write<QuoteSpeakers>,
    of_mentions: Write<MentionQuotes>,
    reasons: Write<QuoteReasons>,
}

/// Per-worker memory.
#[derive(Default)]
pub struct Scratch {
    words: Words,
    groups: Groups,
    marks: Marks,
    sentence_start: Vec<u32>,
}

impl Stage for QuoteStage {
    const KIND: &'static str = "quotes";
    const ABOUT: &'static str = "direct, mixed and indirect quotations with their speakers";
    const VERSION: u32 = 6;
    const EXAMPLE: &'static str = r#"{ "scope": "speech" }"#;
    type Config = Options;
    type Scratch = Scratch;

    fn build(options: Options, cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        if !(0.0..=1.0).contains(&options.min_confidence) {
            return Err(BuildError::new(format!("min_confidence is {}", options.min_confidence))
                .at("/min_confidence")
                .help("give a number from 0 (keep everything) to 1"));
        }
        let languages = LANGUAGES.iter().map(|files| Ok((files, Rules::new(files)?)));
        let languages = languages.collect::<Result<Vec<_>, BuildError>>()?;
        cx.read::<Paragraphs>(names::PARAGRAPHS)?;
        Ok(QuoteStage {
            languages,
            language: options.language,
            min_confidence: options.min_confidence,
            confidence: Confidence::new(ENGLISH.confidence)?,
            model: (options.profile == Profile::Full).then(Model::english),
            scope: match options.scope {
                ScopeOption::Speech => Scope::Speech,
                ScopeOption::All => Scope::Attitude,
            },
            tokens: cx.read(names::TOKENS)?,
            sentences: cx.read(names::SENTENCES)?,
            mentions: cx.read(names::MENTIONS)?,
            entities: cx.read(names::ENTITIES)?,
            quotes: cx.write(names::QUOTES)?,
            parts: cx.write(names::QUOTE_PARTS)?,
            speakers: cx.write(names::QUOTE_SPEAKERS)?,
            of_mentions: cx.write(names::MENTION_QUOTES)?,
            reasons: cx.write(QUOTE_REASONS)?,
        })
    }

    fn run(&self, doc: Doc<'_>, out: &mut Output<'_>, scratch: &mut Scratch) -> Result<Verdict, DocError> {
        let tokens = doc.get(&self.tokens);
        let (mentions, entities) = (doc.get(&self.mentions), doc.get(&self.entities));
        let text = doc.text();
        let Scratch { words, groups, marks, sentence_start } = scratch;
        marks.run(text, tokens);
        let told = self.told(doc);
        let mut language = told.flatten().unwrap_or(0);
        let mut classify = |language: usize| {
            let model = self.model.as_ref().filter(|_| language == 0);
            words.run(&self.languages[language].1, (model, self.scope), text, tokens, mentions, marks);
            reads_like_it(tokens, words)
        };
        let mut known = classify(language) && told.is_none() || told.flatten().is_some();
        while told.is_none() && !known && language + 1 < self.languages.len() {
            language += 1;
            known = classify(language);
        }
        let rules = &self.languages[language].1;
        groups.run(rules, words, &tokens.hash);
        sentence_starts(tokens, words, marks, sentence_start);
        let view = View {
            text,
            tokens,
            words,
            groups,
            marks,
            rules,
            sentence_start,
            mentions,
            lo: 0,
            hi: tokens.start.len() as u32,
            inside: false,
        };
        let chosen = if known {
            self.find(&view)
        } else {
            out.note("no rules for this language: only quotations in marks, without speakers");
            loose(&view, &[])
        };
        let resolved = self.resolve(view, mentions, entities, chosen);
        let (quotes, parts, speakers, of_mentions) =
            out.get4(&self.quotes, &self.parts, &self.speakers, &self.of_mentions);
        let mut layers = Layers { quotes, parts, speakers, of_mentions };
        let sentences = doc.get(&self.sentences);
        let pushed = resolved.iter().filter_map(|r| Some((layers.push(&view, sentences, entities, r)?, r)));
        let pushed: Vec<(QuoteIx, &Resolved)> = pushed.collect();
        layers.locate(mentions);
        let reasons = out.get(&self.reasons);
        for (quote, r) in pushed {
            reasons.push(rules, quote, r);
        }
        Ok(Verdict::Keep)
    }
}

impl QuoteStage {
    /// The language that the options or the article's metadata tell: its index, or that it has no rules.
    fn told(&self, doc: Doc<'_>) -> Option<Option<usize>> {
        let code = match self.language {
            LanguageOption::Article => doc.meta().language.as_str().split(['-', '_']).next().unwrap_or(""),
            LanguageOption::En => "en",
            LanguageOption::De => "de",
        };
        (!code.is_empty()).then(|| self.languages.iter().position(|(files, _)| files.language == code))
    }

    fn find(&self, view: &View<'_>) -> Vec<Candidate> {
        let mut all = Vec::new();
        self.scan(view, &mut all);
        for region in view.marks.regions.iter().filter(|r| r.depth == 0 && r.end - r.start >= 6) {
            let inner = View { lo: region.start, hi: region.end, inside: true, ..*view };
            self.scan(&inner, &mut all);
        }
        let mut chosen = choose(all, view.marks);
        let loose = loose(view, &chosen);
        if !loose.is_empty() {
            chosen.extend(loose);
            chosen = choose(chosen, view.marks);
        }
        if view.rules.clauses_in_commas {
            chosen.extend(view.free_indirect(&chosen));
            chosen = choose(chosen, view.marks);
        }
        chosen
    }

    fn resolve(
        &self,
        view: View<'_>,
        mentions: &Mentions,
        entities: &Entities,
        chosen: Vec<Candidate>,
    ) -> Vec<Resolved> {
        let mut resolver = Resolver::new(view, mentions, entities);
        let mut all: Vec<Resolved> = Vec::with_capacity(chosen.len());
        for mut candidate in chosen {
            let carry = matches!(candidate.template, Template::Loose);
            let speaker = resolver.speaker(&candidate, carry);
            let several = candidate.source.map(|s| resolver.several(s)).unwrap_or_default();
            let source_kind = source_kind(&view, &candidate, speaker.as_ref());
            let confidence = self.confidence.of(&view, &candidate, source_kind);
            // Words in marks are a quotation even if nobody knows whose.
            if confidence < self.min_confidence && candidate.template != Template::Loose {
                continue;
            }
            if carry && candidate.source.is_none() && speaker.is_some() {
                candidate.source = resolver.shared_source();
            }
            all.push(Resolved { candidate, speaker, several, source_kind, confidence });
        }
        all
    }

    fn scan(&self, view: &View<'_>, all: &mut Vec<Candidate>) {
        let from = view.groups.rows.partition_point(|g| g.start < view.lo);
        for group in view.groups.rows[from..].iter().take_while(|g| g.end <= view.hi) {
            if group.cue != 0 {
                view.of_verb(group, self.scope, all);
            }
        }
        for t in view.lo..view.hi {
            let pos = view.pos(t);
            let cue = matches!(pos, Pos::Ing | Pos::Adv | Pos::Prep | Pos::Colon | Pos::Dash | Pos::Noun);
            if !cue || view.marks.index_at(t).is_some() != view.inside {
                continue;
            }
            match pos {
                Pos::Ing | Pos::Adv | Pos::Prep => view.of_phrase(t, self.scope, all),
                Pos::Colon if !view.inside => view.of_colon(t, all),
                Pos::Dash if !view.inside => view.of_dash(t, all),
                Pos::Noun if view.tags(t).any(Tags::SPEECH_NOUN.with(Tags::ATTITUDE_NOUN)) => {
                    view.of_noun(t, self.scope, all);
                }
                _ => {}
            }
        }
    }
}

/// Whether enough words are function words of the language that they were looked up in; a short text may be anything.
fn reads_like_it(tokens: &Tokens, words: &Words) -> bool {
    let count = tokens.flags.iter().filter(|f| f.kind() == TokenKind::Word).count();
    let function = Tags::DET.with(Tags::PREP).with(Tags::PRON).with(Tags::CC).with(Tags::BE).with(Tags::TO);
    let known = words.tags.iter().filter(|t| t.any(function)).count();
    count < 25 || known * 8 >= count
}

/// Quotations in marks that nothing claimed and no quotation holds.
fn loose(view: &View<'_>, chosen: &[Candidate]) -> Vec<Candidate> {
    let mut covered = 0;
    let mut next = 0;
    let mut found = Vec::new();
    let mut spoken: Option<u32> = None;
    // What is quoted inside a quotation doesn't claim it, unless its mark was never closed.
    let open = |c: &Candidate| view.marks.at(c.span().0).is_some_and(|r| r.after == r.end);
    let claims = chosen.iter().filter(|c| !c.inside || open(c));
    let mut pieces: Vec<(u32, u32)> = claims.flat_map(|c| c.pieces.iter().copied()).collect();
    pieces.sort_unstable();
    for region in view.marks.regions.iter().filter(|r| r.depth == 0) {
        while next < pieces.len() && pieces[next].0 < region.after {
            covered = covered.max(pieces[next].1);
            spoken = Some(pieces[next].0);
            next += 1;
        }
        if covered > region.start {
            continue;
        }
        let near = spoken.is_some_and(|s| region.open - s < 150);
        found.extend(view.signed(*region).or_else(|| view.of_region(*region, near)));
    }
    found
}

/// For each token the first token of its sentence; a sentence that begins inside marks doesn't count.
fn sentence_starts(tokens: &Tokens, words: &Words, marks: &Marks, out: &mut Vec<u32>) {
    out.clear();
    let mut start = 0;
    let mut dateline = None;
    for t in 0..tokens.start.len() as u32 {
        let flags = tokens.flags[t as usize];
        let may_begin = TokenFlags::PARAGRAPH_START.0 | TokenFlags::SENTENCE_START.0;
        if flags.0 & may_begin == 0 && t != 0 && dateline != Some(t) {
            out.push(start);
            continue;
        }
        let outside = marks.at(t).is_none_or(|r| r.open == t);
        let begins = flags.has(TokenFlags::PARAGRAPH_START)
            || flags.has(TokenFlags::SENTENCE_START) && outside && !goes_on(tokens, words, marks, t)
            || outside && after_full_quote(tokens, words, marks, t);
        if t == 0 || begins {
            start = t;
            if flags.has(TokenFlags::PARAGRAPH_START) {
                dateline = dateline_end(tokens, words, t);
            }
        }
        if dateline == Some(t) {
            start = t;
        }
        out.push(start);
    }
}

/// `TROMSØ, Norway — `: the token after the dash of a dateline that begins a paragraph.
fn dateline_end(tokens: &Tokens, words: &Words, from: u32) -> Option<u32> {
    let from = from as usize;
    if !tokens.flags.get(from)?.has(TokenFlags::ALL_CAPS) {
        return None;
    }
    let dash = (from + 1..tokens.start.len().min(from + 14)).find(|&i| {
        let spaced = !tokens.flags[i].has(TokenFlags::JOINED_LEFT);
        words.pos[i] == Pos::Dash || spaced && tokens.flags[i].kind() == TokenKind::Hyphen
    })?;
    let place = (from..dash).all(|i| {
        tokens.flags[i].has(TokenFlags::CAPITAL) || !tokens.flags[i].is_wordlike() || words.pos[i] == Pos::Num
    });
    place.then_some(dash as u32 + 1)
}

/// A lower-case word after a closing mark goes on with the sentence: `“Why?” he asked`.
fn goes_on(tokens: &Tokens, words: &Words, marks: &Marks, t: u32) -> bool {
    let _ = words;
    let flags = tokens.flags[t as usize];
    let lower = !flags.has(TokenFlags::CAPITAL) && flags.has(TokenFlags::HAS_LOWER);
    lower && t > 0 && marks.at(t - 1).is_some_and(|r| r.after == t)
}

/// `…end.” The next`: the sentence ended inside the marks.
fn after_full_quote(tokens: &Tokens, words: &Words, marks: &Marks, t: u32) -> bool {
    let Some(region) = t.checked_sub(1).and_then(|b| marks.at(b)).filter(|r| r.after == t) else {
        return false;
    };
    let stopped = words.pos[region.end as usize - 1] == Pos::Stop;
    let last = tokens.end[region.end as usize - 1] - tokens.start[region.end as usize - 1];
    let flags = tokens.flags[t as usize];
    let capital = flags.has(TokenFlags::CAPITAL) || flags.is_quote();
    stopped && last == 1 && capital && flags.has(TokenFlags::SENTENCE_START)
}
