//! Killed anywhere, and gone on with: the same bytes as if nothing had happened.

use std::time::Duration;

use crate::support::{BINARY, Place, Tables, report};

const STAGES: &str = r#"{"kind": "tokenize"}, {"kind": "words"},
    {"kind": "misbehave", "with": {"panic_on": "resign", "sleep_ms": 1}}"#;

/// Options that change what outputs look like, and what a commit has to remember.
const FORMS: [&[&str]; 4] = [
    &[],
    &["--set", "output.compression=gzip"],
    &["--set", "output.parts=7"],
    &["--set", "output.compression=zstd", "--set", "output.parts=50"],
];

/// A small generator of waits, so that a failure can be repeated (xorshift after G. Marsaglia).
struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % n
    }
}

/// Six, or as many as `NEWSMILL_TRIALS` says.
#[expect(clippy::disallowed_methods, reason = "a switch for whoever runs the tests")]
fn trials() -> usize {
    std::env::var("NEWSMILL_TRIALS").ok().and_then(|n| n.parse().ok()).unwrap_or(6)
}

#[test]
fn a_killed_run_goes_on_to_the_same_bytes() {
    let place = Place::new();
    place.generate("input/a.jsonl", 500_000, 1);
    place.generate("input/b.jsonl", 200_000, 2);
    place.write("input/c.txt", "The end, “they” said.");
    let sinks =
        "csv articles, csv tokens, csv words, csv seen, parquet tokens, parquet words, jsonl articles";
    place.config_of(STAGES, sinks);
    let wholes: Vec<Tables> =
        FORMS.iter().enumerate().map(|(i, form)| place.run_ok(&format!("whole{i}"), form)).collect();
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let mut kills = 0;
    for trial in 0..trials() {
        let out = format!("out{trial}");
        let form = FORMS[trial % FORMS.len()];
        loop {
            let workers = (1 + random.below(4)).to_string();
            let batch = [500, 5000, 50_000][random.below(3) as usize].to_string();
            let options =
                ["--resume", "--quiet", "--commit-ms", "10", "--workers", &workers, "--batch-bytes", &batch];
            let mut child = place.command(&out, &options).args(form).spawn().unwrap();
            std::thread::sleep(Duration::from_millis(random.below(400)));
            child.kill().unwrap();
            if child.wait().unwrap().success() {
                break;
            }
            kills += 1;
            // A run that is killed before its first commit each time would never end.
            if kills % 12 == 0 {
                assert_eq!(place.run(&out, &[form, &["--resume"]].concat()).code, Some(0));
            }
        }
        Tables::read(&place.path(&out)).assert_same(&wholes[trial % FORMS.len()], &out);
        let complete = place.run(&out, &[form, &["--resume"]].concat());
        assert!(complete.stderr.contains("nothing to do"), "{}", complete.stderr);
    }
    assert!(kills > 0);
    assert_eq!(report(&place.path("out0"))["counts"], report(&place.path("whole0"))["counts"]);
}

#[test]
fn torn_files_and_journals_are_cut_back() {
    let place = Place::new();
    place.generate("input/a.jsonl", 300_000, 1);
    place.config(STAGES, &["articles", "tokens", "words"]);
    let whole = place.run_ok("whole", &[]);
    let budget = r#"limits.max_failures={"ratio": 0.0, "after": 60}"#;
    // Stops at the first failure after 60 records.
    let ran = place.run("out", &["--set", budget, "--batch-bytes", "2000", "--commit-ms", "0"]);
    assert_eq!(ran.code, Some(3), "{}", ran.stderr);
    let append = |name: &str, bytes: &[u8]| {
        let path = place.path("out").join(name);
        let mut all = std::fs::read(&path).unwrap();
        all.extend_from_slice(bytes);
        std::fs::write(path, all).unwrap();
    };
    append("articles.csv.partial", b"half a row, \"and");
    append("tokens.csv.partial", &[0; 5000]);
    append("quarantine.jsonl.partial", b"{");
    append(".newsmill/journal", b"0123456789abcdef {\"sequence\": 99");
    let ran = place.run("out", &["--set", budget, "--resume"]);
    assert_eq!(ran.code, Some(3), "{}", ran.stderr);
    let ran = place.run("out", &["--resume"]);
    assert!(ran.stderr.contains("differs in limits"), "{}", ran.stderr);
    // What can't be true is refused: a file shorter than the journal says.
    let path = place.path("out/articles.csv.partial");
    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    let ran = place.run("out", &["--set", budget, "--resume"]);
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    assert!(ran.stderr.contains("the journal says"), "{}", ran.stderr);
    assert!(place.run_ok("out", &["--force"]) == whole);
}

#[test]
fn a_changed_input_or_program_is_noticed() {
    let place = Place::new();
    place.write("input/a.jsonl", "nonsense\n".repeat(5));
    place.config("", &["articles"]);
    let budget = r#"limits.max_failures={"ratio": 0.1, "after": 1}"#;
    assert_eq!(place.run("out", &["--set", budget]).code, Some(3));
    // A byte more at its end makes it another program that does the same.
    let mut program = std::fs::read(BINARY).unwrap();
    program.push(0);
    let other = place.write("other-build", program);
    std::fs::set_permissions(&other, std::fs::metadata(BINARY).unwrap().permissions()).unwrap();
    let mut command = place.command("out", &["--set", budget, "--resume"]);
    let arguments: Vec<_> = command.get_args().map(ToOwned::to_owned).collect();
    command = std::process::Command::new(other);
    let output = command.args(arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("another build"));
    place.write("input/a.jsonl", "nonsensE\n".repeat(5));
    let ran = place.run("out", &["--set", budget, "--resume"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("differs in files"), "{}", ran.stderr);
}
