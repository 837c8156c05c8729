//! Killed anywhere, and gone on with: the same bytes as if nothing had happened.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::support::{BINARY, Place, Tables, articles, gzip, json_lines, report, table, warc, write_parquet};

const STAGES: &str = r#"{"kind": "tokenize"}, {"kind": "words"},
    {"kind": "misbehave", "with": {"panic_on": "resign", "sleep_ms": 1}}"#;

const SINKS: &str =
    "csv articles, csv tokens, csv words, csv seen, parquet tokens, parquet words, jsonl articles";

/// Options that change what outputs look like, and what a commit has to remember.
const FORMS: [(&str, &[&str]); 5] = [
    ("plain", &[]),
    ("gzip", &["--set", "output.compression=gzip"]),
    ("parts", &["--set", "output.parts=7"]),
    ("zstd in parts", &["--set", "output.compression=zstd", "--set", "output.parts=50"]),
    ("a shard", &["--shard", "2/3"]),
];

/// Fills a folder with input of a kind.
type Fill = fn(&Place, &str);

const INPUTS: [(&str, Fill); 5] = [
    ("JSON lines and texts", |place, dir| {
        place.write(&format!("{dir}/a.jsonl"), json_lines(&articles(500_000, 1)));
        place.write(&format!("{dir}/b.jsonl"), json_lines(&articles(200_000, 2)));
        place.write(&format!("{dir}/c.txt"), "The end, “they” said.");
    }),
    ("tables", |place, dir| {
        place.write(&format!("{dir}/a.csv"), table(&articles(500_000, 3)));
        place.write(&format!("{dir}/b.csv.gz"), gzip(&table(&articles(200_000, 4))));
    }),
    ("gzip and Zstandard", |place, dir| {
        let members =
            articles(400_000, 5).chunks(30).map(|c| gzip(json_lines(c).as_bytes())).collect::<Vec<_>>();
        place.write(&format!("{dir}/a.jsonl.gz"), members.concat());
        let packed = zstd::encode_all(json_lines(&articles(300_000, 6)).as_bytes(), 1).unwrap();
        place.write(&format!("{dir}/b.jsonl.zst"), packed);
    }),
    ("web archives", |place, dir| {
        place.write(&format!("{dir}/a.warc"), warc(&articles(400_000, 7)));
        let members = articles(300_000, 8).chunks(1).map(|c| gzip(warc(c).as_bytes())).collect::<Vec<_>>();
        place.write(&format!("{dir}/b.warc.gz"), members.concat());
    }),
    ("Parquet", |place, dir| {
        place.write(&format!("{dir}/c.txt"), "They resign.");
        write_parquet(&place.path(dir).join("a.parquet"), &articles(500_000, 9));
        write_parquet(&place.path(dir).join("b.parquet"), &articles(200_000, 10));
    }),
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

/// Five, or as many as `NEWSMILL_TRIALS` says.
#[expect(clippy::disallowed_methods, reason = "a switch for whoever runs the tests")]
fn trials() -> usize {
    std::env::var("NEWSMILL_TRIALS").ok().and_then(|n| n.parse().ok()).unwrap_or(5)
}

/// One trial: killed until it is through; how often that was.
fn trial(place: &Place, out: &str, options: &[&str], random: &mut Random) -> usize {
    let mut kills = 0;
    loop {
        let workers = (1 + random.below(4)).to_string();
        let batch = [500, 5000, 50_000][random.below(3) as usize].to_string();
        let how =
            ["--resume", "--quiet", "--commit-ms", "10", "--workers", &workers, "--batch-bytes", &batch];
        let mut child = place.command(out, &[options, &how].concat()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(random.below(400)));
        child.kill().unwrap();
        if child.wait().unwrap().success() {
            return kills;
        }
        kills += 1;
        // A run that is killed before its first commit each time would never end.
        if kills % 12 == 0 {
            assert_eq!(place.run(out, &[options, &["--resume"]].concat()).code, Some(0));
        }
    }
}

/// What trials have in common.
struct Trials {
    place: Place,
    /// What runs leave that nothing happened to, by input and form.
    wholes: Mutex<BTreeMap<(usize, usize), Tables>>,
    /// Trials and kills, by input.
    done: Mutex<BTreeMap<&'static str, (usize, usize)>>,
}

impl Trials {
    fn run(&self, number: usize) {
        let place = &self.place;
        // All pairs, and the first five trials have each input and each form.
        let (input, form) = (number % INPUTS.len(), (number + number / INPUTS.len()) % FORMS.len());
        let name = INPUTS[input].0;
        let folder = place.path(&format!("input{input}"));
        let options = [&["--input", folder.to_str().unwrap()], FORMS[form].1].concat();
        let whole = format!("whole{input}-{form}");
        let mut wholes = self.wholes.lock().unwrap();
        if !folder.exists() {
            std::fs::create_dir(&folder).unwrap();
            INPUTS[input].1(place, &format!("input{input}"));
        }
        wholes.entry((input, form)).or_insert_with(|| place.run_ok(&whole, &options));
        drop(wholes);
        let out = format!("out{number}");
        let mut random =
            Random(0x9E37_79B9_7F4A_7C15 ^ (1 + number as u64).wrapping_mul(0x2545_F491_4F6C_DD1D));
        let killed = trial(place, &out, &options, &mut random);
        let expected = &self.wholes.lock().unwrap()[&(input, form)];
        assert!(!expected.quarantine().is_empty(), "{name}: some fail");
        let what = format!("trial {number}: {name}, {}", FORMS[form].0);
        Tables::read(&place.path(&out)).assert_same(expected, &what);
        let counts = |out: &str| report(&place.path(out))["counts"].clone();
        assert_eq!(counts(&out), counts(&whole), "{what}");
        let complete = place.run(&out, &[&options[..], &["--resume"]].concat());
        assert!(complete.stderr.contains("nothing to do"), "{}", complete.stderr);
        std::fs::remove_dir_all(place.path(&out)).unwrap();
        let mut done = self.done.lock().unwrap();
        let (trials, kills) = done.entry(name).or_default();
        (*trials, *kills) = (*trials + 1, *kills + killed);
    }
}

#[test]
fn a_killed_run_goes_on_to_the_same_bytes() {
    let trials = Trials { place: Place::new(), wholes: Mutex::default(), done: Mutex::default() };
    trials.place.config_of(STAGES, SINKS);
    let next = AtomicUsize::new(0);
    let (all, trials) = (self::trials(), &trials);
    // Most of a trial is waiting.
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some(number) = Some(next.fetch_add(1, Ordering::Relaxed)).filter(|n| *n < all) {
                    trials.run(number);
                }
            });
        }
    });
    let done = trials.done.lock().unwrap();
    assert!(done.values().map(|(_, kills)| kills).sum::<usize>() > 0);
    assert_eq!(done.values().map(|(trials, _)| trials).sum::<usize>(), all);
    tell(&done);
}

/// What was tried, for whoever runs it whole.
#[expect(clippy::disallowed_macros, reason = "whoever runs the tests should see it")]
fn tell(done: &BTreeMap<&str, (usize, usize)>) {
    for (name, (trials, kills)) in done {
        eprintln!("{name}: {trials} trials, {kills} kills, all to the same bytes");
    }
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
