//! All that goes to the terminal. A reader of our output that has gone away (`| head`) is no error, a full disk is.

use std::io::{self, Write};

use newsmill_core::config::{Problem, Severity};
use newsmill_input::files::Skipped;
use tracing::Level;

/// Writes lines to stdout; the exit code.
pub(crate) fn print(text: &str) -> u8 {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(e) if e.kind() != io::ErrorKind::BrokenPipe => {
            note(&format!("error: can't write to stdout: {e}"));
            crate::commands::FAILED
        }
        _ => 0,
    }
}

/// Writes a line to stderr.
pub(crate) fn note(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Writes problems to stderr, with their number if there are several.
pub(crate) fn problems(problems: &[Problem]) {
    for problem in problems {
        note(&problem.to_string());
    }
    let errors = problems.iter().filter(|p| p.severity == Severity::Error).count();
    if errors > 1 {
        note(&format!("{errors} errors"));
    }
}

/// Files that lie among the input and aren't read, in one line; `None` if there are none.
pub(crate) fn skipped(skipped: &Skipped) -> Option<String> {
    let mut parts: Vec<String> = skipped
        .endings
        .iter()
        .map(|(ending, n)| {
            format!("{} {}", if ending.is_empty() { "no ending" } else { ending }, grouped(*n))
        })
        .collect();
    if skipped.unreadable > 0 {
        parts.push(format!("unreadable {}", grouped(skipped.unreadable)));
    }
    let examples = skipped.examples.iter().take(3).map(String::as_str).collect::<Vec<_>>().join(", ");
    let text = format!("{} ({}), such as {examples}", grouped(skipped.count()), parts.join(", "));
    (!parts.is_empty()).then_some(text)
}

/// Sends log events to stderr.
pub(crate) fn log_to_stderr(verbose: u8) {
    let level = match verbose {
        0 => Level::WARN,
        1 => Level::INFO,
        _ => Level::DEBUG,
    };
    // Fails only if a subscriber is set already, which is as good.
    let _ = tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(io::stderr)
        .with_ansi(io::IsTerminal::is_terminal(&io::stderr()))
        .without_time()
        .with_target(false)
        .try_init();
}

/// `1234567` → `1,234,567`.
pub(crate) fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Bytes in a unit that leaves one to three digits before the point (decimal: 1 MB = 1,000,000 bytes).
pub(crate) fn size(bytes: f64) -> String {
    let (mut value, mut unit) = (bytes, "B");
    for next in ["kB", "MB", "GB", "TB"] {
        if value < 1000.0 {
            break;
        }
        value /= 1000.0;
        unit = next;
    }
    match unit {
        "B" => format!("{value:.0} B"),
        _ => format!("{value:.1} {unit}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_readable() {
        assert_eq!(
            (grouped(7), grouped(1234), grouped(1234567)),
            ("7".into(), "1,234".into(), "1,234,567".into())
        );
        assert_eq!((size(999.0), size(1_234_567.0)), ("999 B".into(), "1.2 MB".into()));
    }
}
