//! Time of each stage, and of writing the tables, over the same generated articles; MB/s of text.
//!
//! All stages of `config/news.json` run for every measurement, on warm memory; a benchmark takes the time of its own
//! step alone. `newsmill bench` measures whole runs.

use std::path::Path;
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use newsmill_core::pipeline::Observer;
use newsmill_core::{ConfigFile, Plan, Workspace};
use newsmill_generate::{Generated, Generator, Names};

/// Bytes of body text.
const CORPUS: u64 = 1_000_000;

/// Takes the time of one step of the pipeline.
struct Watch {
    /// Index of the stage; `None` for the tables.
    step: Option<usize>,
    since: Instant,
    taken: Duration,
}

impl Observer for Watch {
    fn done(&mut self, stage: Option<usize>) {
        let now = Instant::now();
        if stage == self.step {
            self.taken += now - self.since;
        }
        self.since = now;
    }
}

fn plan() -> Plan {
    let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config/news.json");
    let config = ConfigFile::read(&config).expect("the shipped config is readable");
    Plan::new(&config, &newsmill::builtin())
        .map_err(|p| p[0].to_string())
        .expect("the shipped config is right")
}

fn corpus(plan: &Plan) -> Vec<Generated> {
    let lists: Vec<String> =
        plan.resources.iter().filter_map(|r| std::fs::read_to_string(&r.path).ok()).collect();
    let names = Names::from_csv(lists.iter().map(String::as_str));
    Generator::new(names, 1).articles(CORPUS).collect()
}

/// Time of one step over all articles.
fn pass(
    plan: &Plan,
    ws: &mut Workspace,
    buffers: &mut [Vec<u8>],
    articles: &[Generated],
    step: Option<usize>,
) -> Duration {
    let mut taken = Duration::ZERO;
    for article in articles {
        ws.article.clear();
        ws.article.id.push_str(&article.id);
        ws.article.set_text(&article.title, &article.body);
        buffers.iter_mut().for_each(Vec::clear);
        let mut watch = Watch { step, since: Instant::now(), taken: Duration::ZERO };
        plan.process(ws, buffers, &mut watch);
        taken += watch.taken;
    }
    taken
}

fn stages(criterion: &mut Criterion) {
    let plan = plan();
    let articles = corpus(&plan);
    let mut group = criterion.benchmark_group("stage");
    group.throughput(Throughput::Bytes(
        articles.iter().map(|a| a.title.len() + a.body.len()).sum::<usize>() as u64
    ));
    group.sample_size(10).measurement_time(Duration::from_secs(3)).warm_up_time(Duration::from_millis(500));
    let mut ws = plan.workspace();
    let mut buffers = vec![Vec::new(); plan.outputs().count()];
    let steps = plan.stage_ids().enumerate().map(|(i, id)| (id, Some(i))).chain([("tables", None)]);
    for (name, step) in steps {
        group.bench_function(name, |bencher| {
            bencher.iter_custom(|passes| {
                (0..passes).map(|_| pass(&plan, &mut ws, &mut buffers, &articles, step)).sum()
            });
        });
    }
    group.finish();
}

criterion_group!(benches, stages);
criterion_main!(benches);
