//! Which place is meant, with the shipped lists: the share of right GeoNames ids on `corpus/gold/places.txt`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use newsmill_core::layers::Mentions;
use newsmill_testkit::{plan, run};

/// Per cent of the mentions found that must have the right id, and of all mentions.
const ACCURACY: usize = 95;
const RECALL: usize = 93;

/// A paragraph without its marks, and its mentions: byte range and id.
struct Paragraph {
    about: String,
    text: String,
    places: Vec<(usize, usize, String)>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn parse(paragraph: &str) -> Option<Paragraph> {
    let (about, marked) = paragraph.strip_prefix("# ")?.split_once('\n')?;
    let mut found = Paragraph { about: about.to_owned(), text: String::new(), places: Vec::new() };
    for (i, piece) in marked.split('[').enumerate() {
        let Some((mention, rest)) = piece.split_once(']').filter(|_| i > 0) else {
            found.text.push_str(piece);
            continue;
        };
        let (name, number) = mention.split_once('|')?;
        let start = found.text.len();
        found.text.push_str(name);
        found.places.push((start, found.text.len(), format!("geonames:{number}")));
        found.text.push_str(rest);
    }
    Some(found)
}

#[test]
fn places_of_one_name_are_told_apart() {
    let file = std::fs::read_to_string(root().join("corpus/gold/places.txt")).expect("the gold is there");
    let paragraphs: Vec<Paragraph> = file.split("\n\n").skip(1).map(|p| parse(p).expect("gold")).collect();
    assert!(paragraphs.len() > 90, "{} paragraphs", paragraphs.len());
    let plan = plan(&newsmill::builtin(), &root().join("config/news.json").display().to_string());
    let (mut right, mut wrong, mut missed, mut faults) = (0, 0, 0, String::new());
    for paragraph in &paragraphs {
        let workspace = run(&plan, &paragraph.text);
        let mentions = workspace.layer::<Mentions>().expect("the pipeline finds mentions");
        for (start, end, id) in &paragraph.places {
            let spans = |m: &&newsmill_core::layers::Mention| m.span.range() == (*start..*end);
            let found = mentions.rows.iter().find(spans).map(|m| mentions.strings.get(m.entity_id));
            match found {
                Some(found) if found == id => right += 1,
                Some(_) => wrong += 1,
                None => missed += 1,
            }
            if found != Some(id) {
                let name = &paragraph.text[*start..*end];
                let _ = writeln!(faults, "{}: {name} is {found:?}, not {id}", paragraph.about);
            }
        }
    }
    let all = right + wrong + missed;
    assert!(right * 100 >= ACCURACY * (right + wrong), "{right} of {} right\n{faults}", right + wrong);
    assert!(right * 100 >= RECALL * all, "{right} of {all} right\n{faults}");
}
