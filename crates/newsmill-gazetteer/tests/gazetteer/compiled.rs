//! Compiled lists: the same answers as the lists that they were made of, and refused when they can't be trusted.

use newsmill_core::layers::Tokens;
use newsmill_core::lexicon::{EntryId, Lexicon, NameId};
use newsmill_gazetteer::artefact::{self, Refusal};
use newsmill_gazetteer::scan::Scan;
use newsmill_gazetteer::{Compiler, Names, read};

use crate::support::{self, plan_in, problems};

const LIST: &str = "entity_id,type,subtype,name,alias,flags,country,prior,gender\n\
    x:1,person,,Xi Jinping,Xi Jinping|Xi,surname,CN,9,m\n\
    x:2,place,country,China,China|PRC,,CN,1400000000,\n\
    x:2,demonym,,China,Chinese,,CN,,\n\
    x:3,place,city,Erdoğan,Erdoğan,nofold,TR,3,\n\
    x:4,place,city,Erdogan,,,US,5,\n\
    x:5,organization,,Radio Liberty,RFE/RL,abbr,US,,\n";

fn compiled() -> (Names, Vec<u8>) {
    let mut lists = Compiler::default();
    read::read("l.csv", LIST.as_bytes(), &mut lists).expect("a well-formed list");
    let (bytes, warnings) =
        artefact::build(&[("l.csv".to_owned(), LIST.as_bytes().to_vec())]).expect("a list");
    assert!(warnings.is_empty(), "{warnings:?}");
    (lists.finish().0, bytes)
}

#[test]
fn a_compiled_list_gives_the_same_answers() {
    let (made, bytes) = compiled();
    let read = artefact::open(bytes.clone()).expect("a good file");
    assert_eq!((made.len(), made.name_count()), (read.len(), read.name_count()));
    for entry in (0..made.len() as u32).map(EntryId) {
        assert_eq!(made.entry(entry), read.entry(entry));
        assert_eq!(made.names_of(entry), read.names_of(entry));
        assert_eq!(made.extra(entry, 0), read.extra(entry, 0));
    }
    for name in (0..made.name_count() as u32).map(NameId) {
        assert_eq!(made.name(name), read.name(name));
        assert_eq!(made.candidates(name), read.candidates(name));
        assert_eq!(made.places_of(name), read.places_of(name));
    }
    let text = "Xi of the PRC met the Chinese, Erdogan and Erdoğan; R.F.E./RL, RFE/RL.";
    let mut tokens = Tokens::default();
    support::tokenize(text, &mut tokens);
    let (mut a, mut b) = (Vec::new(), Vec::new());
    Scan::new(&made, text, &tokens).all(&mut a);
    Scan::new(&read, text, &tokens).all(&mut b);
    assert_eq!(a, b);
    assert_eq!(a.len(), 7, "{a:?}");
    let sources = artefact::sources(&bytes).expect("a header");
    assert_eq!((sources[0].name.as_str(), sources[0].bytes), ("l.csv", LIST.len() as u64));
}

#[test]
fn a_list_can_be_laid_over_a_compiled_one() {
    let (_, bytes) = compiled();
    let overlay = "entity_id,type,name,alias,flags\nx:2,place,China,PRC,suppress\nx:6,ship,Moskva,,\n";
    let mut lists = Compiler::default();
    read::read("l.nmg", &bytes, &mut lists).expect("a good file");
    read::read("o.csv", overlay.as_bytes(), &mut lists).expect("a well-formed list");
    let (names, warnings) = lists.finish();
    assert!(warnings.is_empty(), "{warnings:?}");
    assert!(names.find("PRC").is_none());
    let china = names.find("China").expect("China");
    assert_eq!(names.entry(names.candidates(china)[0].entry).prior, 1_400_000_000);
    assert!(names.find("Moskva").is_some() && names.find("xi jinping").is_some());
}

#[test]
fn cut_changed_and_foreign_files_are_refused() {
    let (_, good) = compiled();
    for at in 0..good.len() {
        let mut bad = good.clone();
        bad[at] ^= 0x20;
        assert!(artefact::open(bad).is_err(), "a changed byte at {at}");
        assert!(artefact::open(good[..at].to_vec()).is_err(), "cut at {at}");
    }
    assert!(matches!(artefact::open(b"entity_id,type".to_vec()), Err(Refusal::NotAList)));
    let mut old = good;
    old[8] = 7;
    assert_eq!(artefact::open(old).map(|_| ()), Err(Refusal::Stale { version: 7 }));
}

#[test]
fn a_config_names_a_compiled_list_like_any_other() {
    let (_, bytes) = compiled();
    let dir = support::folder("compiled", &[]);
    std::fs::write(dir.join("l.nmg"), &bytes).expect("a file for the test");
    let plan = plan_in(&dir, r#"{ "files": ["l.nmg"] }"#).expect("a valid config");
    let (_, schema) = plan.layers().find(|(name, _)| *name == "matches").expect("matches");
    assert!(schema.columns.iter().any(|c| c.extra && c.name == "gender"));
    std::fs::write(dir.join("cut.nmg"), &bytes[..bytes.len() - 8]).expect("a file for the test");
    let told = problems(&dir, r#"{ "files": ["cut.nmg"] }"#);
    assert!(told.contains("cut.nmg: the compiled list is corrupt: it has"), "{told}");
    assert!(told.contains("make it again with `newsmill gazetteer build`"), "{told}");
}

/// Whoever changes a file may mend its hash, too: what it says then is refused, or used without a panic.
mod forged {
    use newsmill_core::hash::xxh64;
    use newsmill_core::layers::Tokens;
    use newsmill_core::lexicon::{EntryId, Lexicon, NameId};
    use newsmill_gazetteer::scan::Scan;
    use newsmill_gazetteer::{Names, artefact};
    use proptest::prelude::*;

    use crate::support;

    const LIST: &str = "entity_id,type,subtype,name,alias,flags,country,prior,role\n\
        x:1,person,,Xi Jinping,Xi Jinping|Xi,,CN,9,president\n\
        x:2,organization,,World Health Organization,WHO|W.H.O.,abbr,,5,\n\
        x:3,place,city,New York,New York|New York City|NYC,,US,8,\n\
        x:4,place,,Erdoğan,Erdoğan|Erdogan,nofold,,,\n\
        x:5,other,,Yahoo!,,anycase,,1,site\n";
    const TEXT: &str = "Xi Jinping of the W.H.O. saw New York City. Erdogan yahoo! New York";

    fn use_all(names: &Names) {
        let mut tokens = Tokens::default();
        support::tokenize(TEXT, &mut tokens);
        let mut hits = Vec::new();
        let scan = Scan::new(names, TEXT, &tokens);
        scan.longest(&mut hits);
        scan.all(&mut hits);
        for hit in &hits {
            let _ = names.entry(names.candidates(hit.name)[0].entry);
        }
        for id in (0..names.len() as u32).map(EntryId) {
            let _ = (names.entry(id), names.names_of(id), names.extra(id, 0));
        }
        for name in (0..names.name_count() as u32).map(NameId) {
            let _ = (names.name(name), names.places_of(name));
        }
        let _ = (names.find("new york"), names.nearest("Xi Jinpimg", 2));
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_forged_list_is_refused_or_used_without_a_panic(edits in proptest::collection::vec((any::<u16>(), any::<u8>()), 1..4)) {
            let lists = [("list.csv".to_owned(), LIST.as_bytes().to_vec())];
            let mut file = artefact::build(&lists).expect("a well-formed list").0;
            for (at, byte) in edits {
                let at = usize::from(at) % file.len();
                file[at] = byte;
            }
            let hash = xxh64(&file[24..], 0).to_le_bytes();
            file[16..24].copy_from_slice(&hash);
            let _ = artefact::sources(&file);
            if let Ok(names) = artefact::open(file) {
                use_all(&names);
            }
        }
    }
}
