//! Averaged perceptron over hashed features, quantised to bytes.

use std::collections::BTreeMap;
use std::path::Path;

use newsmill_core::fold::fold_hash;
use newsmill_core::layers::{TokenFlags, TokenKind};
use newsmill_quotes::tagger::{self, FEATURES, Model, TAGS, Tag, Word, features};

const EPOCHS: usize = 8;
const ROWS: usize = 1 << 16;
/// A word with one tag is certain if it was seen this often with it in this share of cases.
const CERTAIN_COUNT: usize = 4;
const CERTAIN_SHARE: f64 = 0.96;

type Sentence = (Vec<Word>, Vec<Tag>);

pub fn train(train: &Path, dev: &Path, model: &Path) -> Result<String, String> {
    let (sentences, dev_sentences) = (read(train)?, read(dev)?);
    let lexicon = lexicon(&sentences);
    let mut trainer = Trainer::new(Model::new(&lexicon, vec![[0; TAGS]]));
    for epoch in 0..EPOCHS {
        // A fixed permutation per epoch: the result is the same on every machine.
        let step = [7919, 6007, 104_729, 15_485_863][epoch % 4];
        for i in 0..sentences.len() {
            trainer.learn(&sentences[(i * step + epoch) % sentences.len()]);
        }
    }
    let trained = Model::new(&lexicon, trainer.quantised());
    let bytes = trained.to_bytes();
    std::fs::write(model, &bytes).map_err(|e| format!("{}: {e}", model.display()))?;
    let words: usize = sentences.iter().map(|s| s.0.len()).sum();
    Ok(format!(
        "{words} words learnt, {} in the lexicon, {} bytes; accuracy on dev {:.2} %, finite verbs P {:.2} R {:.2}",
        lexicon.len(),
        bytes.len(),
        accuracy(&trained, &dev_sentences),
        finite(&trained, &dev_sentences).0,
        finite(&trained, &dev_sentences).1,
    ))
}

/// Sentences of a CoNLL-U file, without multiword ranges and empty nodes.
fn read(path: &Path) -> Result<Vec<Sentence>, String> {
    let text = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    let mut sentences = Vec::new();
    let (mut words, mut tags) = (Vec::new(), Vec::new());
    for line in text.lines().chain([""]) {
        let columns: Vec<&str> = line.split('\t').collect();
        match columns[..] {
            [id, form, _, upos, xpos, ..] if id.bytes().all(|b| b.is_ascii_digit()) => {
                words.push(Word::new(form, fold_hash(form), flags(form, upos)));
                tags.push(Tag::from_ud(upos, xpos, &form.to_lowercase()));
            }
            _ if line.is_empty() && !words.is_empty() => {
                sentences.push((std::mem::take(&mut words), std::mem::take(&mut tags)));
            }
            _ => {}
        }
    }
    Ok(sentences)
}

/// Flags as the tokenizer would set them, as far as the tagger reads them.
fn flags(form: &str, upos: &str) -> TokenFlags {
    let has = |test: fn(char) -> bool| form.chars().any(test);
    let kind = match upos {
        "PUNCT" => TokenKind::Punctuation,
        _ if has(char::is_alphabetic) => TokenKind::Word,
        _ if has(char::is_numeric) => TokenKind::Number,
        _ => TokenKind::Symbol,
    };
    let mut flags = TokenFlags::of(kind);
    let mut set = |condition, flag| {
        if condition {
            flags = flags.with(flag);
        }
    };
    let letters = form.chars().filter(|c| c.is_alphabetic()).count();
    set(form.chars().next().is_some_and(char::is_uppercase), TokenFlags::CAPITAL);
    set(letters > 1 && !has(char::is_lowercase), TokenFlags::ALL_CAPS);
    set(has(|c| c.is_ascii_digit()), TokenFlags::HAS_DIGIT);
    set(form.chars().skip(1).any(char::is_uppercase), TokenFlags::INNER_CAPITAL);
    set(form.starts_with(['\'', '’']) || form == "n't" || form == "n’t", TokenFlags::CLITIC);
    flags
}

fn lexicon(sentences: &[Sentence]) -> Vec<(u32, Tag, bool)> {
    let mut counts: BTreeMap<u32, [usize; TAGS]> = BTreeMap::new();
    for (words, tags) in sentences {
        for (word, tag) in words.iter().zip(tags) {
            counts.entry(word.hash).or_default()[*tag as usize] += 1;
        }
    }
    let usual = |(hash, tags): (u32, [usize; TAGS])| {
        let (best, &count) = tags.iter().enumerate().rev().max_by_key(|(_, n)| **n)?;
        let all: usize = tags.iter().sum();
        let certain = all >= CERTAIN_COUNT && count as f64 >= CERTAIN_SHARE * all as f64;
        (all >= 2).then(|| (hash, Tag::from_index(best), certain))
    };
    counts.into_iter().filter_map(usual).collect()
}

struct Trainer {
    lexicon: Model,
    weights: Vec<[f32; TAGS]>,
    /// Sum of weight × time since its last change, for averaging.
    totals: Vec<[f32; TAGS]>,
    step: f32,
}

impl Trainer {
    fn new(lexicon: Model) -> Self {
        Trainer { lexicon, weights: vec![[0.0; TAGS]; ROWS], totals: vec![[0.0; TAGS]; ROWS], step: 1.0 }
    }

    fn learn(&mut self, (words, gold): &Sentence) {
        let mut words = words.clone();
        self.lexicon.look_up(&mut words);
        let mut tags: Vec<Tag> = Vec::with_capacity(words.len());
        for (i, &gold) in gold.iter().enumerate() {
            let features = features(&words, i, &tags);
            let guess = self.best(&features);
            if guess != gold {
                self.update(&features, gold, 1.0);
                self.update(&features, guess, -1.0);
            }
            self.step += 1.0;
            tags.push(guess);
        }
    }

    fn best(&self, features: &[u32; FEATURES]) -> Tag {
        let mut scores = [0f32; TAGS];
        for &f in features {
            for (score, weight) in scores.iter_mut().zip(&self.weights[f as usize % ROWS]) {
                *score += weight;
            }
        }
        let best = (0..TAGS).reduce(|a, b| if scores[b] > scores[a] { b } else { a });
        Tag::from_index(best.unwrap_or(0))
    }

    fn update(&mut self, features: &[u32; FEATURES], tag: Tag, by: f32) {
        for &f in features {
            self.weights[f as usize % ROWS][tag as usize] += by;
            self.totals[f as usize % ROWS][tag as usize] += by * self.step;
        }
    }

    /// Averaged weights as bytes. The scale lets one weight in a thousand saturate.
    fn quantised(&self) -> Vec<[i8; TAGS]> {
        let averaged = |row: usize, tag: usize| self.weights[row][tag] - self.totals[row][tag] / self.step;
        let mut sizes: Vec<f32> = (0..ROWS)
            .flat_map(|r| (0..TAGS).map(move |t| averaged(r, t).abs()))
            .filter(|w| *w > 0.0)
            .collect();
        sizes.sort_by(f32::total_cmp);
        let scale = 127.0 / sizes.get(sizes.len() * 999 / 1000).copied().unwrap_or(1.0);
        let byte = |w: f32| (w * scale).round().clamp(-127.0, 127.0) as i8;
        (0..ROWS).map(|r| std::array::from_fn(|t| byte(averaged(r, t)))).collect()
    }
}

fn tags(model: &Model, words: &[Word]) -> Vec<Tag> {
    let mut sentence = tagger::Sentence::new(words.to_vec());
    model.tag(&mut sentence);
    sentence.tags
}

fn accuracy(model: &Model, sentences: &[Sentence]) -> f64 {
    let (mut right, mut all) = (0, 0);
    for (words, gold) in sentences {
        let tags = tags(model, words);
        right += tags.iter().zip(gold).filter(|(a, b)| a == b).count();
        all += gold.len();
    }
    100.0 * right as f64 / all.max(1) as f64
}

/// Precision and recall of "is a finite verb".
fn finite(model: &Model, sentences: &[Sentence]) -> (f64, f64) {
    let (mut both, mut found, mut gold_count) = (0, 0, 0);
    for (words, gold) in sentences {
        let tags = tags(model, words);
        for (tag, gold) in tags.iter().zip(gold) {
            both += usize::from(tag.is_finite() && gold.is_finite());
            found += usize::from(tag.is_finite());
            gold_count += usize::from(gold.is_finite());
        }
    }
    (
        100.0 * f64::from(both as u32) / found.max(1) as f64,
        100.0 * f64::from(both as u32) / gold_count.max(1) as f64,
    )
}
