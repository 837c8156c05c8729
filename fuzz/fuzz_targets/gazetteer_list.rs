//! Any bytes as a name list: it is read or refused with a line, and what is read is the same when it was compiled to a file.
//!
//! `cargo +nightly fuzz run gazetteer_list -- -max_total_time=600`; the first byte chooses the format.
#![no_main]

use libfuzzer_sys::fuzz_target;
use newsmill_core::lexicon::{EntryId, Lexicon, NameId};
use newsmill_gazetteer::{Compiler, Names, artefact, read};

fuzz_target!(|data: &[u8]| {
    let Some((&format, list)) = data.split_first() else { return };
    let name = ["list.csv", "list.tsv", "list.jsonl"][usize::from(format) % 3];
    let mut compiler = Compiler::default();
    match read::read(name, list, &mut compiler) {
        Ok(()) => {
            let (names, _) = compiler.finish();
            let opened = artefact::open(artefact::write(&names, &[])).expect("what was written can be opened");
            same(&names, &opened);
        }
        Err(error) => assert!(!error.message.is_empty() && !error.help.is_empty()),
    }
});

fn same(a: &Names, b: &Names) {
    assert_eq!((a.len(), a.name_count()), (b.len(), b.name_count()));
    for id in (0..a.len() as u32).map(EntryId) {
        assert_eq!(a.entry(id), b.entry(id));
        assert_eq!(a.names_of(id), b.names_of(id));
    }
    for name in (0..a.name_count() as u32).map(NameId) {
        assert_eq!((a.name(name), a.candidates(name)), (b.name(name), b.candidates(name)));
        assert_eq!(a.places_of(name), b.places_of(name));
        assert!(b.find(a.name(name)).is_some(), "{:?} isn't found", a.name(name));
    }
}
