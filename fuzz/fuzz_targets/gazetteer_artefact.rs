//! A compiled list with changed bytes and a hash that is right all the same: it is refused, or whatever it says is used without a
//! panic.
//!
//! `cargo +nightly fuzz run gazetteer_artefact -- -max_total_time=600`; of each three bytes two are a place and one is its new value.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use newsmill_core::fold::fold_hash;
use newsmill_core::hash::xxh64;
use newsmill_core::layers::{TokenFlags, Tokens};
use newsmill_core::lexicon::{EntryId, Lexicon, NameId};
use newsmill_core::span::Span;
use newsmill_gazetteer::{Names, artefact, scan::Scan};

const LIST: &str = "entity_id,type,subtype,name,alias,flags,country,prior,role\n\
    x:1,person,,Xi Jinping,Xi Jinping|Xi,,CN,9,president\n\
    x:2,organization,,World Health Organization,WHO|W.H.O.,abbr,,5,\n\
    x:3,place,city,New York,New York|New York City|NYC,,US,8,\n\
    x:4,place,,Erdoğan,Erdoğan|Erdogan,nofold,,,\n\
    x:5,other,,Yahoo!,,anycase,,1,site\n";
const TEXT: &str = "Xi Jinping of the W.H.O. saw New York City . Erdogan yahoo ! New York";

static FILE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    artefact::build(&[("list.csv".to_owned(), LIST.as_bytes().to_vec())]).expect("a well-formed list").0
});

fuzz_target!(|data: &[u8]| {
    let mut file = FILE.clone();
    for edit in data.chunks_exact(3) {
        let at = usize::from(u16::from_le_bytes([edit[0], edit[1]])) % file.len();
        file[at] = edit[2];
    }
    let hash = xxh64(&file[24..], 0).to_le_bytes();
    file[16..24].copy_from_slice(&hash);
    let _ = artefact::sources(&file);
    match artefact::open(file) {
        Ok(names) => use_all(&names),
        Err(refusal) => assert!(!refusal.to_string().is_empty()),
    }
});

fn use_all(names: &Names) {
    let mut tokens = Tokens::default();
    let mut at = 0;
    for word in TEXT.split(' ') {
        let flags = if word.len() == 1 { TokenFlags(2) } else { TokenFlags::CAPITAL };
        tokens.push(Span { start: at, end: at + word.len() as u32 }, flags, fold_hash(word));
        at += word.len() as u32 + 1;
    }
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
    let _ = names.find("new york");
    for near in ["Erdogam", "Xi Jinpimg", "New York Citi", "World Health Organisation"] {
        let _ = names.nearest(near, 2);
    }
}
