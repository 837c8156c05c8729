//! Several articles through the stages together, for stages that want to see more than one at once.
//!
//! Between two such stages each article goes on alone, while it is in the processor's memory. Which articles stand
//! together changes no result: that is the contract of [`Stage::run_group`](crate::stage::Stage::run_group).

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::{Observer, Outcome, Workspace};
use crate::document::Doc;
use crate::plan::Plan;
use crate::stage::{Member, Output, Verdict};

impl Plan {
    /// How many articles to hand to [`process_group`](Plan::process_group) at once; 1 if no stage wants more.
    pub fn group(&self) -> usize {
        self.stages.iter().map(|s| s.stage.group()).max().unwrap_or(1)
    }

    /// As [`process`](Plan::process), for several articles; rows are appended in their order. Only the first workspace's
    /// scratches are used, so that the stages' memory stays warm.
    pub fn process_group(
        &self,
        group: &mut [Workspace],
        buffers: &mut [Vec<u8>],
        observer: &mut impl Observer,
    ) -> Vec<Outcome> {
        group.iter_mut().for_each(Workspace::begin);
        let mut next = 0;
        while next < self.stages.len() {
            let wants_group = |i: &usize| self.stages[*i].stage.group() > 1;
            let until = (next..self.stages.len()).find(wants_group).unwrap_or(self.stages.len());
            for i in 0..group.len() {
                with_scratches(group, i, |ws| self.run_alone(next..until, ws, observer));
            }
            if until < self.stages.len() {
                self.run_together(until, group);
                observer.done(Some(until));
            }
            next = until + 1;
        }
        (0..group.len()).map(|i| with_scratches(group, i, |ws| self.finish(ws, buffers, observer))).collect()
    }

    /// Runs one stage on all articles that are still on their way, as many at once as it wants.
    fn run_together(&self, index: usize, group: &mut [Workspace]) {
        let most = self.stages[index].stage.group();
        let mut at = 0;
        while at < group.len() {
            let end = (at + most).min(group.len());
            if !self.run_members(index, group, at..end) {
                // Somebody's article made it panic: alone, each meets its own fate.
                for i in at..end {
                    with_scratches(group, i, |ws| self.run_alone(index..index + 1, ws, &mut ()));
                }
            }
            at = end;
        }
    }

    /// `false` if the stage panicked; then the articles' layers and the stage's scratch are as new.
    fn run_members(&self, index: usize, group: &mut [Workspace], range: std::ops::Range<usize>) -> bool {
        let planned = &self.stages[index];
        let Some(slot) = group.first_mut().and_then(|w| w.scratches.get_mut(index)) else { return true };
        let mut scratch: Box<dyn Any + Send> = std::mem::replace(slot, Box::new(()));
        for ws in group[range.clone()].iter_mut().filter(|ws| ws.left.is_none()) {
            self.take_layers(index, ws);
            ws.remarks.clear();
        }
        let result = catch_unwind(AssertUnwindSafe(|| {
            let mut members: Vec<Member<'_>> = group[range.clone()]
                .iter_mut()
                .filter(|ws| ws.left.is_none())
                .map(|ws| Member {
                    doc: Doc::new(&ws.article, &ws.slots),
                    out: Output::new(&mut ws.taken, &mut ws.remarks),
                    result: Ok(Verdict::Keep),
                })
                .collect();
            planned.stage.run_group(&mut members, scratch.as_mut());
            members.into_iter().map(|m| m.result).collect::<Vec<_>>()
        }));
        let Ok(results) = result else {
            for ws in group[range].iter_mut().filter(|ws| ws.left.is_none()) {
                self.make_anew(index, ws);
                ws.remarks.clear();
            }
            group[0].scratches[index] = planned.stage.scratch();
            return false;
        };
        group[0].scratches[index] = scratch;
        let mut results = results.into_iter();
        for ws in group[range].iter_mut().filter(|ws| ws.left.is_none()) {
            self.give_back_layers(index, ws);
            ws.take_remarks(&planned.id);
            self.settle(index, results.next().unwrap_or(Ok(Verdict::Keep)), ws);
        }
        true
    }
}

/// Lends the first workspace's scratches to another.
fn with_scratches<R>(group: &mut [Workspace], index: usize, run: impl FnOnce(&mut Workspace) -> R) -> R {
    swap_scratches(group, index);
    let result = run(&mut group[index]);
    swap_scratches(group, index);
    result
}

fn swap_scratches(group: &mut [Workspace], index: usize) {
    if let Ok([first, other]) = group.get_disjoint_mut([0, index]) {
        std::mem::swap(&mut first.scratches, &mut other.scratches);
        std::mem::swap(&mut first.sink_scratches, &mut other.sink_scratches);
    }
}

#[cfg(test)]
mod tests {
    use crate::layers::ArticleRow;
    use crate::layers::rows::{Rows, Value};
    use crate::pipeline::Outcome;
    use crate::prelude::*;
    use crate::reduce::Cell;

    /// Wants three articles at once, panics on one that says so, and notes and drops others.
    struct Threes {
        rows: Write<Rows>,
    }

    impl Stage for Threes {
        const KIND: &'static str = "threes";
        const ABOUT: &'static str = "wants groups";
        const VERSION: u32 = 1;
        const EXAMPLE: &'static str = "{}";
        type Config = NoOptions;
        type Scratch = u64;

        fn build(_: NoOptions, cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
            Ok(Threes { rows: cx.write_with_schema("rows", Schema::new([Column::int("n", "length")]))? })
        }
        fn group(&self) -> usize {
            3
        }
        fn run(&self, doc: Doc<'_>, out: &mut Output<'_>, seen: &mut u64) -> Result<Verdict, DocError> {
            *seen += 1;
            out.get(&self.rows).push([Value::Cell(Cell::Int(doc.text().len() as u64))]);
            match doc.text() {
                "panic" => panic!("as told"),
                "drop" => return Ok(Verdict::Drop("told to")),
                "fail" => return Err(DocError::new("told", "to fail")),
                "note" => out.note("told to"),
                _ => {}
            }
            Ok(Verdict::Keep)
        }
    }

    /// Becomes of one article the same alone and in any group.
    #[test]
    fn a_group_gives_what_each_article_gives_alone() {
        let text = r#"{ "input": [{ "files": ["x"] }], "output": { "sinks": [] },
            "stages": [{ "kind": "threes" }, { "kind": "threes", "id": "more", "writes": { "rows": "rows2" } }] }"#;
        let config = ConfigFile::parse("x.json", ".", text).unwrap();
        let plan =
            Plan::new(&config, &Registry::new().with::<Threes>()).map_err(|p| p[0].to_string()).unwrap();
        assert_eq!(plan.group(), 3);
        let texts = ["a", "panic", "bb", "drop", "note", "fail", "ccc"];
        let look = |ws: &Workspace, outcome: Outcome| {
            let status =
                ws.layer::<ArticleRow>().map(|r| r.status.clone()).filter(|_| outcome == Outcome::Done);
            let rows = ws.layer::<Rows>().map(|r| r.iter().map(<[Value]>::to_vec).collect::<Vec<_>>());
            (outcome, status, rows)
        };
        let alone: Vec<_> = texts
            .iter()
            .map(|text| {
                let mut ws = plan.workspace();
                ws.article = Article::new("a", text);
                let outcome = plan.process(&mut ws, &mut [], &mut ());
                look(&ws, outcome)
            })
            .collect();
        for size in 1..=texts.len() {
            let mut group: Vec<_> = (0..size).map(|_| plan.workspace()).collect();
            for (chunk, expected) in texts.chunks(size).zip(alone.chunks(size)) {
                for (ws, text) in group.iter_mut().zip(chunk) {
                    ws.article = Article::new("a", text);
                }
                let outcomes = plan.process_group(&mut group[..chunk.len()], &mut [], &mut ());
                let seen: Vec<_> = group.iter().zip(outcomes).map(|(ws, o)| look(ws, o)).collect();
                assert_eq!(seen, expected, "groups of {size}");
            }
        }
    }
}
