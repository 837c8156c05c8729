//! Functions that every article goes through, each alone; MB/s of the text that it is given.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use newsmill_core::fold::{fold_hash, fold_into};
use newsmill_core::hash::{content_hash, xxh64};
use newsmill_core::offsets::{OffsetMap, OffsetUnit};
use newsmill_generate::{Generated, Generator, Names};

/// Bytes of body text: little enough for a cache, as an article is.
const CORPUS: u64 = 200_000;

fn functions(criterion: &mut Criterion) {
    let articles: Vec<Generated> = Generator::new(Names::default(), 1).articles(CORPUS).collect();
    let text: String = articles.iter().flat_map(|a| [&*a.body, "\n\n"]).collect();
    let words: Vec<&str> = text.split_whitespace().collect();
    let ends: Vec<u32> = text.match_indices(' ').map(|(at, _)| at as u32).collect();
    let offsets = OffsetMap::new(&text);
    let mut folded = String::new();
    let mut group = criterion.benchmark_group("function");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("fold_hash of each word", |bencher| {
        bencher.iter(|| words.iter().fold(0, |all, word| all ^ fold_hash(word)));
    });
    group.bench_function("fold_into of each word", |bencher| {
        bencher.iter(|| {
            for word in &words {
                folded.clear();
                fold_into(word, &mut folded);
                black_box(&folded);
            }
        });
    });
    group.bench_function("xxh64", |bencher| bencher.iter(|| xxh64(text.as_bytes(), 0)));
    group.bench_function("content_hash", |bencher| bencher.iter(|| content_hash(text.as_bytes())));
    group.bench_function("OffsetMap::new", |bencher| bencher.iter(|| OffsetMap::new(&text)));
    group.bench_function("OffsetMap::convert of each space", |bencher| {
        bencher.iter(|| ends.iter().fold(0, |all, &at| all ^ offsets.convert(&text, at, OffsetUnit::Char)));
    });
    group.finish();
}

criterion_group!(benches, functions);
criterion_main!(benches);
