//! The stage: options to processes, answers to layers.

use std::path::PathBuf;
use std::time::Duration;

use newsmill_core::handle::ReadTable;
use newsmill_core::prelude::*;

use crate::child::{Child, Launch, Lost};
use crate::columns::declaration;
use crate::declared::Declared;
use crate::options::Options;
use crate::pool::Pool;
use crate::protocol::{Answer, push_article, push_batch};

/// A stage in any language.
pub struct Process {
    pool: Pool,
    declared: Declared,
    sends: Vec<(String, ReadTable)>,
    batch: usize,
}

impl Stage for Process {
    const KIND: &'static str = "process";
    const ABOUT: &'static str = "asks a program in any language, over JSON lines";
    const VERSION: u32 = 1;
    const EXAMPLE: &'static str =
        r#"{ "command": ["python3", "reading_ease.py"], "options": { "min_words": 5 }, "batch": 32 }"#;
    type Config = Options;
    type Scratch = ();

    fn build(options: Options, cx: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        check(&options)?;
        for (i, file) in options.files.iter().enumerate() {
            cx.file(file).map_err(|e| e.at(format!("/files/{i}")))?;
        }
        let launch = launch(&options, cx)?;
        let mut sends = Vec::new();
        let mut told = Vec::new();
        for (i, name) in options.sends.iter().enumerate() {
            let table = cx.read_any(name).map_err(|e| e.at(format!("/sends/{i}")))?;
            told.push(declaration(name, cx.schema(&table)));
            sends.push((name.clone(), table));
        }
        let processes = match options.processes {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            n => n as usize,
        };
        let pool = Pool::new(launch, options.options, told, processes).map_err(|refusal| {
            let error = BuildError::new(format!("the program says: {}", refusal.message));
            match refusal.at {
                Some(at) => error.at(format!("/options{at}")),
                None => error.at("/command").help("run it by hand; it must answer as the protocol says"),
            }
        })?;
        let (layers, at) = match options.layers.is_empty() {
            true => (&pool.greeting().layers, "/command"),
            false => (&options.layers, "/layers"),
        };
        let declared = Declared::claim(layers, &pool.greeting().drops, at, cx)?;
        Ok(Process { pool, declared, sends, batch: options.batch as usize })
    }

    fn run(&self, doc: Doc<'_>, out: &mut Output<'_>, _: &mut ()) -> Result<Verdict, DocError> {
        match self.ask(&[doc]).pop() {
            Some(Ok(answer)) => self.declared.apply(answer, doc, out),
            Some(Err(lost)) => Err(failure(&lost)),
            None => Ok(Verdict::Keep),
        }
    }

    fn group(&self) -> usize {
        self.batch
    }

    fn run_group(&self, members: &mut [Member<'_>], _: &mut ()) {
        let docs: Vec<Doc<'_>> = members.iter().map(|m| m.doc).collect();
        for (member, answer) in members.iter_mut().zip(self.ask(&docs)) {
            member.result = match answer {
                Ok(answer) => self.declared.apply(answer, member.doc, &mut member.out),
                Err(lost) => Err(failure(&lost)),
            };
        }
    }
}

fn check(options: &Options) -> Result<(), BuildError> {
    if options.command.first().is_none_or(String::is_empty) {
        return Err(BuildError::new("`command` names no program, for example [\"python3\", \"stage.py\"]")
            .at("/command"));
    }
    if options.batch == 0 || options.batch > 4096 {
        return Err(
            BuildError::new(format!("`batch` is {}; 1 to 4096 are possible", options.batch)).at("/batch")
        );
    }
    if options.processes > 1024 {
        let message = format!("`processes` is {}; 0 (one a core) to 1024 are possible", options.processes);
        return Err(BuildError::new(message).at("/processes"));
    }
    if options.timeout_ms == 0 {
        return Err(BuildError::new("`timeout_ms` is 0; give the program some time").at("/timeout_ms"));
    }
    Ok(())
}

/// How to start the program; its files become part of the run's identity.
fn launch(options: &Options, cx: &mut BuildContext<'_>) -> Result<Launch, BuildError> {
    let base = cx.path("");
    let folder = match base.as_os_str().is_empty() {
        true => PathBuf::from("."),
        false => base,
    };
    let folder = folder.canonicalize().map_err(|e| BuildError::new(format!("{}: {e}", folder.display())))?;
    for word in options.command.iter().filter(|w| !w.is_empty() && folder.join(w).is_file()) {
        cx.file(word)?;
    }
    let (program, arguments) = match options.command.split_first() {
        // A path is one from the config's folder, a name is looked for where the system looks.
        Some((program, rest)) if program.contains(['/', '\\']) => (folder.join(program), rest),
        Some((program, rest)) => (PathBuf::from(program), rest),
        None => return Err(BuildError::new("`command` names no program").at("/command")),
    };
    let timeout = Duration::from_millis(options.timeout_ms);
    Ok(Launch { id: cx.id().to_owned(), program, arguments: arguments.to_vec(), folder, timeout })
}

fn failure(lost: &Lost) -> DocError {
    DocError::new(lost.code(), lost.to_string())
}

impl Process {
    /// The program's answers, one for each article.
    ///
    /// If a process is lost, each article that it owed an answer is asked again, alone.
    fn ask(&self, docs: &[Doc<'_>]) -> Vec<Result<Answer, Lost>> {
        let (mut answers, lost) = self.ask_once(docs);
        if lost.is_some() {
            for doc in &docs[answers.len()..] {
                let (mut again, lost) = self.ask_once(std::slice::from_ref(doc));
                let answer = again.pop();
                answers.push(answer.unwrap_or_else(|| {
                    Err(lost.unwrap_or_else(|| Lost::Ended("for no reason that it told".to_owned())))
                }));
            }
        }
        answers
    }

    /// The answers of one process, as far as it gave them, and why there are no more.
    fn ask_once(&self, docs: &[Doc<'_>]) -> (Vec<Result<Answer, Lost>>, Option<Lost>) {
        let mut child = match self.pool.take() {
            Ok(child) => child,
            Err(lost) => return (Vec::new(), Some(lost)),
        };
        child.batch += 1;
        let mut bytes = Vec::with_capacity(docs.iter().map(|d| d.text().len() + 512).sum());
        push_batch(child.batch, docs.len(), &mut bytes);
        for &doc in docs {
            let layers = self.sends.iter().map(|(name, table)| (name.as_str(), doc.table(table)));
            push_article(doc, layers, &mut bytes);
        }
        child.send(bytes);
        let mut answers = Vec::with_capacity(docs.len());
        while answers.len() < docs.len() {
            match next_answer(&mut child, answers.len()) {
                Ok(answer) => answers.push(Ok(answer)),
                Err(lost) => {
                    tracing::info!("{lost}; it is started anew");
                    self.pool.lose(child);
                    return (answers, Some(lost));
                }
            }
        }
        self.pool.give_back(child);
        (answers, None)
    }
}

fn next_answer(child: &mut Child, article: usize) -> Result<Answer, Lost> {
    let batch = child.batch;
    Answer::parse(child.line()?, batch, article as u64).map_err(Lost::Nonsense)
}
