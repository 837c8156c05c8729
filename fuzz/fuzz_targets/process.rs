//! Anything in place of what a program of the `process` stage says.
//!
//! `cargo +nightly fuzz run process -- -max_total_time=600 -detect_leaks=0 -dict=fuzz/process.dict` (a plan's reasons for
//! dropping live as long as the program, so leaks are none). The first byte is the size of the pipe's pieces, and whether the
//! lines are taken as they are or as the inside of a good one; then a line each for what the program declares, the article's
//! text, and the answers.
#![no_main]

use libfuzzer_sys::fuzz_target;
use newsmill_core::prelude::*;
use newsmill_process::declared::Declared;
use newsmill_process::lines::Lines;
use newsmill_process::protocol::{Answer, Greeting};
use newsmill_testkit::table;

/// A `process` stage without a process.
struct Said {
    declared: Declared,
    answer: String,
}

#[derive(Deserialize, JsonSchema)]
struct Options {
    greeting: String,
    answer: String,
}

impl Stage for Said {
    const KIND: &'static str = "said";
    const ABOUT: &'static str = "takes a line for a program's answer";
    const VERSION: u32 = 1;
    const EXAMPLE: &'static str = r#"{ "greeting": "{}", "answer": "{}" }"#;
    type Config = Options;
    type Scratch = ();

    fn build(options: Options, cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        let greeting = Greeting::parse(options.greeting.as_bytes(), "configured");
        let greeting = greeting.map_err(|refusal| BuildError::new(refusal.message))?;
        let declared = Declared::claim(&greeting.layers, &greeting.drops, "/greeting", cx)?;
        Ok(Said { declared, answer: options.answer })
    }

    fn run(&self, doc: Doc<'_>, out: &mut Output<'_>, _: &mut ()) -> Result<Verdict, DocError> {
        let answer =
            Answer::parse(self.answer.as_bytes(), 1, 0).map_err(|e| DocError::new("bad-answer", e))?;
        self.declared.apply(answer, doc, out)
    }
}

/// Lines are the same whatever pieces they come in.
fn lines(data: &[u8], piece: usize) -> Vec<&[u8]> {
    let (mut lines, mut found) = (Lines::default(), Vec::new());
    for piece in data.chunks(piece) {
        lines.push(piece);
        while let Some(line) = lines.find() {
            found.push(lines.line(line).to_vec());
        }
    }
    let mut expected: Vec<&[u8]> = data.split(|&b| b == b'\n').collect();
    let rest = expected.pop().unwrap_or_default();
    assert_eq!(
        (found.iter().map(Vec::as_slice).collect::<Vec<_>>(), lines.waiting()),
        (expected.clone(), rest.len())
    );
    expected.push(rest);
    expected
}

fuzz_target!(|data: &[u8]| {
    let Some((&how, data)) = data.split_first() else { return };
    let mut lines = lines(data, 1 + usize::from(how & 127)).into_iter();
    let (first, text) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    let _ = (Greeting::parse(first, "hello"), Greeting::parse(first, "configured"));
    let inside = |begin: &str, line: &[u8]| {
        let line = String::from_utf8_lossy(line);
        if how & 128 == 0 { line.into_owned() } else { format!("{begin},{line}}}") }
    };
    let greeting = inside(r#"{"type":"configured""#, first);
    for line in lines.take(4) {
        let _ = Answer::parse(line, 1, 0);
        let answer = inside(r#"{"type":"result","batch":1,"article":0"#, line);
        // A plan is dear: only for what has a chance.
        let read = Answer::parse(answer.as_bytes(), 1, 0).is_ok()
            && Greeting::parse(greeting.as_bytes(), "configured").is_ok();
        if !read {
            continue;
        }
        let config = serde_json::json!({
            "input": [{ "files": ["x"] }],
            "stages": [{ "kind": "said", "with": { "greeting": greeting, "answer": answer } }],
            "output": { "sinks": [] },
        });
        let config = ConfigFile::parse("fuzz.json", ".", &config.to_string()).expect("it is JSON");
        let Ok(plan) = Plan::new(&config, &Registry::new().with::<Said>()) else { return };
        let mut ws = plan.workspace();
        ws.article = Article::new("a", &String::from_utf8_lossy(text));
        if matches!(plan.process(&mut ws, &mut [], &mut ()), Outcome::Done) {
            plan.check_layers(&ws).expect("layers are as they should be");
            for (name, schema) in plan.layers() {
                if let Some(layer) = plan.table(&ws, name) {
                    table::read(layer, schema, ws.doc()).expect("rows are as the schema says");
                }
            }
        }
    }
});
