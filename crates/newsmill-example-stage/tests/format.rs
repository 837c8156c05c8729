//! A format of one's own: articles in one file, separated by lines of `%%`, each with its headline on its first line.
//! `docs/extending.md` points here.

#![expect(clippy::unwrap_used, reason = "a test that fails may panic")]

use std::io::{self, BufRead, BufReader, Read};

use newsmill_core::input::{
    DecodeError, Emit, Filled, Format, Frame, FrameInfo, InputFile, Position, RawBatch, Source,
};
use newsmill_core::prelude::*;

struct Percents;

impl Format for Percents {
    const KIND: &'static str = "percents";
    const ABOUT: &'static str = "articles separated by lines of %%";
    const VERSION: u32 = 1;
    const EXAMPLE: &'static str = "{}";
    const EXTENSIONS: &'static [&'static str] = &["percents"];
    type Config = NoOptions;
    type Scratch = ();

    fn build(_: NoOptions, _: &mut BuildContext<'_>) -> Result<Self, BuildError> {
        Ok(Percents)
    }

    fn source(&self, file: InputFile) -> Box<dyn Source> {
        let position = Position { file: file.index, line: file.start.line.max(1), ..file.start };
        let most = file.max_record_bytes as u64;
        Box::new(Records { reader: BufReader::new(file.reader), position, most })
    }

    /// In the workers, on many threads: what is dear belongs here.
    fn decode(&self, frame: &Frame<'_>, article: &mut Article, _: &mut (), emit: &mut Emit<'_>) {
        article.clear();
        article.id = format!("{}#{}", frame.file_name, frame.position.record);
        if let Some(bytes) = frame.oversize {
            let message = format!("the record is {bytes} bytes long, more than the limit");
            return emit(article, Err(DecodeError::new("too-large", message)));
        }
        match std::str::from_utf8(frame.bytes) {
            Ok(text) => {
                let (title, body) = text.trim().split_once('\n').unwrap_or(("", text.trim()));
                article.set_text(title.trim(), body.trim());
                emit(article, Ok(()));
            }
            Err(e) => {
                emit(article, Err(DecodeError::new("utf8", format!("byte {} isn't UTF-8", e.valid_up_to()))))
            }
        }
    }
}

/// On the reader's thread: only finds where records end. Goes on exactly where `position` says, for `--resume`.
struct Records {
    reader: BufReader<Box<dyn Read + Send>>,
    position: Position,
    most: u64,
}

impl Source for Records {
    fn fill(&mut self, batch: &mut RawBatch, budget: usize) -> io::Result<Filled> {
        while batch.bytes.len() < budget {
            let (start, begins) = (batch.bytes.len(), self.position.clone());
            let ended = loop {
                let line = batch.bytes.len();
                let read = self.reader.read_until(b'\n', &mut batch.bytes)?;
                self.position.offset += read as u64;
                self.position.line += u64::from(read > 0);
                if read == 0 || batch.bytes[line..].trim_ascii() == b"%%" {
                    batch.bytes.truncate(line);
                    break read == 0;
                }
            };
            if batch.bytes[start..].trim_ascii().is_empty() {
                batch.bytes.truncate(start);
            } else {
                self.position.record += 1;
                let mut frame = FrameInfo::new(start..batch.bytes.len(), begins);
                let bytes = frame.range.len() as u64;
                frame.oversize = (bytes > self.most).then_some(bytes);
                batch.frames.push(frame);
            }
            if ended {
                return Ok(Filled::End);
            }
        }
        Ok(Filled::More)
    }

    fn position(&self) -> Position {
        self.position.clone()
    }
}

const FILE: &str = "Rain again\nIt rained.\n%%\n\n%%\nSun\nNobody minded.\nNobody.\n%%\nNo headline, no end";

/// Ids, headlines and bodies that are read from a position on with this budget.
fn read(from: &Position, budget: usize) -> Vec<(String, String, Position)> {
    let mut file = InputFile::in_memory("a.percents", &FILE.as_bytes()[from.offset as usize..], 1 << 20);
    file.start = from.clone();
    let (mut source, mut articles) = (Percents.source(file), Vec::new());
    loop {
        let mut batch = RawBatch::default();
        let filled = source.fill(&mut batch, budget).unwrap();
        for info in &batch.frames {
            let mut emit = |article: &mut Article, result: Result<(), DecodeError>| {
                assert_eq!(result, Ok(()));
                let text = format!("{}|{}", article.title().unwrap_or(""), article.body());
                articles.push((article.id.clone(), text, source.position()));
            };
            Percents.decode(&batch.frame(info, "a.percents"), &mut Article::default(), &mut (), &mut emit);
        }
        if filled == Filled::End {
            return articles;
        }
    }
}

#[test]
fn records_are_the_same_for_every_budget_and_from_every_position() {
    let all = read(&Position::default(), 1);
    let shown: Vec<_> = all.iter().map(|(id, text, _)| (&**id, &**text)).collect();
    let expected = [
        ("a.percents#0", "Rain again|It rained."),
        ("a.percents#1", "Sun|Nobody minded.\nNobody."),
        ("a.percents#2", "|No headline, no end"),
    ];
    assert_eq!(shown, expected);
    let texts = |articles: &[(String, String, Position)]| -> Vec<_> {
        articles.iter().map(|(id, text, _)| (id.clone(), text.clone())).collect()
    };
    assert_eq!(texts(&read(&Position::default(), 1 << 20)), texts(&all));
    for (i, (_, _, position)) in all.iter().enumerate() {
        assert_eq!(texts(&read(position, 1)), texts(&all[i + 1..]));
    }
    assert!(Registry::new().with_format::<Percents>().format_of("x.percents").is_some());
}
