//! One process: lines in, lines out, with a limit on silence.
//!
//! Three threads stand by it. One writes what it is sent, so that a program that doesn't read can't hold newsmill up; one
//! reads what it says, so that a program that doesn't stop can be waited for no longer than the limit; one logs its
//! standard error.

use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Child as OsChild, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::time::{Duration, Instant};

use crate::lines::Lines;

/// How to start the program.
#[derive(Clone, Debug)]
pub(crate) struct Launch {
    /// Id of the stage, for the log.
    pub id: String,
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// The folder that it is started in.
    pub folder: PathBuf,
    /// The longest silence while it owes an answer.
    pub timeout: Duration,
}

/// Why a process can't be used any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Lost {
    /// It said nothing for this long.
    Silent(Duration),
    /// It ended.
    Ended(String),
    /// It said what isn't in the protocol.
    Nonsense(String),
}

impl Lost {
    /// Stable code for the quarantine.
    pub fn code(&self) -> &'static str {
        match self {
            Lost::Silent(_) => "timeout",
            Lost::Ended(_) => "exited",
            Lost::Nonsense(_) => "bad-answer",
        }
    }
}

impl std::fmt::Display for Lost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Lost::Silent(limit) => {
                write!(f, "the program said nothing for {} ms", limit.as_millis())
            }
            Lost::Ended(how) => write!(f, "the program ended ({how}) before it had answered"),
            Lost::Nonsense(what) => f.write_str(what),
        }
    }
}

/// Pieces of output that may wait to be looked at; the program is held up when there are more.
const WAITING_PIECES: usize = 16;
const PIECE: usize = 64 << 10;
/// No answer is longer; bytes.
const LONGEST_LINE: usize = 256 << 20;
/// How long a program may take to begin, at least.
const START: Duration = Duration::from_secs(120);
/// How long a program may take to end when it isn't needed any more.
const GRACE: Duration = Duration::from_millis(500);

/// A running program.
pub(crate) struct Child {
    process: OsChild,
    timeout: Duration,
    /// Gone when the program is to end.
    input: Option<Sender<Vec<u8>>>,
    output: Receiver<Vec<u8>>,
    lines: Lines,
    /// Number of the batch that it was sent last.
    pub batch: u64,
}

impl Child {
    /// # Errors
    /// The program can't be started.
    pub fn start(launch: &Launch) -> std::io::Result<Child> {
        let mut command = Command::new(&launch.program);
        command.args(&launch.arguments).current_dir(&launch.folder);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // Ctrl-C is for newsmill, which finishes what is on its way and then lets the program end.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut process = command.spawn()?;
        let (input, to_write) = channel::<Vec<u8>>();
        let (read, output) = sync_channel(WAITING_PIECES);
        if let Some(mut stdin) = process.stdin.take() {
            std::thread::spawn(move || {
                while let Ok(bytes) = to_write.recv() {
                    if stdin.write_all(&bytes).is_err() {
                        break;
                    }
                }
            });
        }
        if let Some(stdout) = process.stdout.take() {
            std::thread::spawn(move || pass_on(stdout, &read));
        }
        if let Some(stderr) = process.stderr.take() {
            let id = launch.id.clone();
            std::thread::spawn(move || log(stderr, &id));
        }
        let (lines, batch) = (Lines::default(), 0);
        Ok(Child { process, timeout: launch.timeout, input: Some(input), output, lines, batch })
    }

    /// Hands bytes to the program.
    pub fn send(&mut self, bytes: Vec<u8>) {
        if let Some(input) = &self.input {
            // If it is gone, so is the program: reading will tell how.
            let _ = input.send(bytes);
        }
    }

    /// The program's next line, without its end.
    ///
    /// # Errors
    /// There is none.
    pub fn line(&mut self) -> Result<&[u8], Lost> {
        self.line_within(self.timeout)
    }

    /// A line that says what the program is; it may have much to load first.
    ///
    /// # Errors
    /// There is none.
    pub fn first_line(&mut self) -> Result<&[u8], Lost> {
        self.line_within(self.timeout.max(START))
    }

    fn line_within(&mut self, limit: Duration) -> Result<&[u8], Lost> {
        let deadline = Instant::now() + limit;
        loop {
            if let Some(found) = self.lines.find() {
                return Ok(self.lines.line(found));
            }
            if self.lines.waiting() > LONGEST_LINE {
                return Err(Lost::Nonsense(format!("a line of more than {LONGEST_LINE} bytes")));
            }
            match self.output.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(piece) => self.lines.push(&piece),
                Err(RecvTimeoutError::Timeout) => return Err(Lost::Silent(limit)),
                Err(RecvTimeoutError::Disconnected) => {
                    let how = self.wait().map_or("still running".to_owned(), |status| status.to_string());
                    return Err(Lost::Ended(how));
                }
            }
        }
    }

    /// Stops it at once.
    pub fn kill(mut self) {
        let _ = self.process.kill();
    }

    /// Waits a moment for its end.
    fn wait(&mut self) -> Option<ExitStatus> {
        let deadline = Instant::now() + GRACE;
        loop {
            match self.process.try_wait() {
                Ok(Some(status)) => return Some(status),
                Ok(None) if Instant::now() < deadline => std::thread::sleep(Duration::from_millis(2)),
                _ => return None,
            }
        }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.input = None;
        if self.wait().is_none() {
            let _ = self.process.kill();
            let _ = self.process.wait();
        }
    }
}

fn pass_on(mut stdout: impl std::io::Read, to: &SyncSender<Vec<u8>>) {
    let mut piece = vec![0; PIECE];
    loop {
        match stdout.read(&mut piece) {
            Ok(0) => return,
            Ok(n) if to.send(piece[..n].to_vec()).is_err() => return,
            Ok(_) => {}
            Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
            Err(_) => return,
        }
    }
}

/// The log's lines are cut here; bytes.
const LOGGED: u64 = 4096;

fn log(stderr: impl std::io::Read, id: &str) {
    let mut stderr = BufReader::new(stderr);
    let mut line = Vec::new();
    loop {
        line.clear();
        match stderr.by_ref().take(LOGGED).read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => return,
            Ok(_) => tracing::warn!("{id}: {}", String::from_utf8_lossy(&line).trim_end()),
        }
    }
}
