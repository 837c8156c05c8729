//! Signals: what is on its way is finished and committed, and the run can go on.

use std::process::{Child, Command};
use std::time::Duration;

use crate::support::{Place, Tables, report};

fn signal(child: &Child, name: &str) {
    Command::new("kill").args([name, &child.id().to_string()]).status().unwrap();
}

#[test]
fn an_interrupt_commits_and_exits_with_its_own_code() {
    let place = Place::new();
    place.generate("input/a.jsonl", 400_000, 1);
    let stages =
        |ms| format!(r#"{{"kind": "tokenize"}}, {{"kind": "misbehave", "with": {{"sleep_ms": {ms}}}}}"#);
    for name in ["-INT", "-TERM"] {
        place.config(&stages(20), &["articles", "tokens"]);
        let mut child =
            place.command("out", &["--force", "--quiet", "--batch-bytes", "5000"]).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(500));
        signal(&child, name);
        assert_eq!(child.wait().unwrap().code(), Some(130), "{name}");
        assert!(!place.path("out/_SUCCESS").exists());
        assert!(!place.path("out/articles.csv").exists());
        assert_eq!(report(&place.path("out"))["status"], "interrupted");
        let done = report(&place.path("out"))["counts"]["articles"].as_u64().unwrap();
        assert!(done > 0);
    }
    // Another wait is another config: what it holds can't be gone on with.
    place.config(&stages(0), &["articles", "tokens"]);
    let ran = place.run("out", &["--resume"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("differs in stages"), "{}", ran.stderr);
    place.config(&stages(20), &["articles", "tokens"]);
    let resumed = place.run_ok("out", &["--resume"]);
    place.run_ok("whole", &[]).assert_same(&Tables::read(&place.path("out")), "resumed");
    assert!(resumed.names().contains(&"_SUCCESS"));
}
