//! The steps of the pipeline, on warm memory.

use newsmill_core::input::{Filled, InputFile, RawBatch};
use newsmill_core::pipeline::Observer;
use newsmill_core::{Article, Plan};
use newsmill_generate::Generated;

use crate::{PASSES, Rate, now};

/// Adds up what each step takes; the last is that of the tables.
struct Watch {
    taken: Vec<f64>,
    since: f64,
}

impl Observer for Watch {
    fn done(&mut self, stage: Option<usize>) {
        let now = now();
        let last = self.taken.len() - 1;
        self.taken[stage.unwrap_or(last)] += now - self.since;
        self.since = now;
    }
}

/// Reading, decoding, each stage and the tables: of every step its fastest pass.
///
/// # Errors
/// The generated articles can't be read back.
pub fn measure(plan: &Plan, articles: &[Generated]) -> Result<Vec<Rate>, Box<dyn std::error::Error>> {
    // What is at hand in a cache, as an article is that has just been decoded, is measured; the rest is the limits' subject.
    let articles = &articles[..articles.len() / 8];
    let bytes: usize = articles.iter().map(|a| a.title.len() + a.body.len()).sum();
    let rate = |(name, ns): (&str, f64)| Rate { what: name.to_owned(), ns_per_byte: ns / bytes as f64 };
    let mut all: Vec<Rate> = input(plan, articles)?.into_iter().map(rate).collect();
    all.extend(stages(plan, articles).into_iter().map(rate));
    Ok(all)
}

/// From JSON lines in memory to articles: finding the lines, and reading them.
fn input(
    plan: &Plan,
    articles: &[Generated],
) -> Result<[(&'static str, f64); 2], Box<dyn std::error::Error>> {
    const BATCH: usize = 256 << 10;
    let json: Vec<u8> = articles.iter().flat_map(|a| a.to_json_line().into_bytes()).collect();
    let format =
        plan.inputs.first().and_then(|i| i.formats.get("jsonl")).ok_or("the config reads no JSON lines")?;
    let (mut scratch, mut article) = (format.scratch(), Article::default());
    let mut least = [("find lines", f64::INFINITY), ("decode", f64::INFINITY)];
    for _ in 0..PASSES {
        let mut source = format.source(InputFile::in_memory("generated.jsonl", &json, 64 << 20));
        let (mut filling, mut decoding, mut decoded) = (0.0, 0.0, 0);
        loop {
            let (start, mut batch) = (now(), RawBatch::default());
            let filled = source.fill(&mut batch, BATCH)?;
            let full = now();
            for info in &batch.frames {
                let frame = batch.frame(info, "generated.jsonl");
                format.decode(&frame, &mut article, scratch.as_mut(), &mut |_, result| {
                    decoded += usize::from(result.is_ok());
                });
            }
            (filling, decoding) = (filling + full - start, decoding + now() - full);
            if !matches!(filled, Filled::More) {
                break;
            }
        }
        if decoded != articles.len() {
            return Err(format!("{decoded} of {} articles were decoded", articles.len()).into());
        }
        least[0].1 = filling.min(least[0].1);
        least[1].1 = decoding.min(least[1].1);
    }
    Ok(least)
}

/// Each stage and the tables, on the articles one by one.
fn stages<'a>(plan: &'a Plan, articles: &[Generated]) -> Vec<(&'a str, f64)> {
    let names: Vec<&str> = plan.stage_ids().chain(["tables"]).collect();
    let mut least = vec![f64::INFINITY; names.len()];
    let mut buffers = vec![Vec::new(); plan.outputs().count()];
    let mut ws = plan.workspace();
    for _ in 0..PASSES {
        let mut watch = Watch { taken: vec![0.0; names.len()], since: 0.0 };
        for article in articles {
            ws.article.clear();
            ws.article.id.push_str(&article.id);
            ws.article.set_text(&article.title, &article.body);
            buffers.iter_mut().for_each(Vec::clear);
            watch.since = now();
            plan.process(&mut ws, &mut buffers, &mut watch);
        }
        for (least, taken) in least.iter_mut().zip(watch.taken) {
            *least = least.min(taken);
        }
    }
    names.into_iter().zip(least).collect()
}
