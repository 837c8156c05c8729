//! Compiled lists as files (`.nmg`): written once, loaded by one read without being rebuilt.
//!
//! A file is a header, a table of sections and the sections, each aligned to eight bytes, numbers little-endian. What
//! the scan touches (slots, filters, forms, policies) is used where it lies in the file's bytes; what is small (lengths,
//! counts, entry numbers) is written as varints and unpacked when the file is opened. The header has the format's
//! version, a check on this build's way of folding and hashing, and a hash of everything after it: a file of another
//! version, or one that was cut or changed, is refused.

use std::sync::Arc;

use newsmill_core::fold::fold_hash;
use newsmill_core::hash::{content_hash, xxh64};
use newsmill_core::lexicon::{Candidate, EntryId, NameFlags};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::compile::Compiler;
use crate::filter::Filter;
use crate::names::{Names, Profile};
use crate::read::{self, ListError};
use crate::store::{Array, Table, Text};
use crate::trie::Trie;
use crate::varint;

/// Raised when the layout or the meaning of a file changes.
pub const VERSION: u32 = 2;
/// The ending of compiled lists.
pub const EXTENSION: &str = "nmg";

const MAGIC: [u8; 8] = *b"NMGAZET\0";
/// Magic, version, folding check, hash of the rest, length, number of sections.
const HEADER: usize = 40;
/// Bytes from here on are hashed.
const HASHED_FROM: usize = 24;

/// A list that a compiled one was made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// As it was named when the file was made.
    pub name: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// Its [`content_hash`](newsmill_core::hash::content_hash), in hexadecimal.
    pub hash: String,
}

/// Why a file is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It isn't a compiled list.
    NotAList,
    /// It is of another version of newsmill.
    Stale {
        /// The version of its format.
        version: u32,
    },
    /// It was cut or changed.
    Corrupt {
        /// Bytes that it should have.
        expected: u64,
        /// Bytes that it has.
        found: u64,
    },
}

impl Refusal {
    /// Stable name of the reason.
    pub fn code(self) -> &'static str {
        match self {
            Refusal::NotAList => "not-a-list",
            Refusal::Stale { .. } => "stale",
            Refusal::Corrupt { .. } => "corrupt",
        }
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Refusal::NotAList => write!(f, "not a compiled name list (it doesn't begin like one)"),
            Refusal::Stale { version: VERSION } => write!(
                f,
                "the compiled list is stale: it was made by a newsmill that folds or hashes words differently"
            ),
            Refusal::Stale { version } => {
                write!(
                    f,
                    "the compiled list is stale: its format is version {version}, this newsmill reads {VERSION}"
                )
            }
            Refusal::Corrupt { expected, found } if expected != found => {
                write!(f, "the compiled list is corrupt: it has {found} bytes of {expected}")
            }
            Refusal::Corrupt { .. } => {
                write!(f, "the compiled list is corrupt: its content doesn't have its hash")
            }
        }
    }
}

impl std::error::Error for Refusal {}

/// What to do about a refused file.
pub const REMEDY: &str = "make it again with `newsmill gazetteer build`";

/// The sections, in order.
const SECTIONS: usize = 17;

#[derive(Serialize, Deserialize)]
struct Meta {
    made_by: String,
    sources: Vec<Source>,
    files: Vec<String>,
    extra_columns: Vec<String>,
    homes: u64,
    start: u64,
    small_begins: usize,
    names: usize,
    candidates: usize,
    entries: usize,
    strings: usize,
    profiles: Vec<[u32; 3]>,
    /// Flags of candidates; with [`NEXT`], the entry is the next that no candidate before had.
    flags: Vec<u16>,
}

/// In [`Meta::flags`].
const NEXT: u16 = 1 << 15;

/// Changes whenever this build would hash names differently from another.
fn folding_check() -> u32 {
    let samples = [
        "Erdoğan",
        "ΑΘΉΝΑ",
        "МОСКВА",
        "O’Neill",
        "Straße",
        "U.S.",
        "a rather long sample of sixty-five bytes or more, é",
    ];
    samples.iter().fold(0, |sum: u32, s| sum.rotate_left(5) ^ fold_hash(s))
}

/// A compiled list as a file's bytes.
pub fn write(names: &Names, sources: &[Source]) -> Vec<u8> {
    let (flags, flag_numbers, entries) = pack_candidates(&names.candidates);
    let meta = Meta {
        made_by: format!("newsmill {}", env!("CARGO_PKG_VERSION")),
        sources: sources.to_vec(),
        files: names.files.clone(),
        extra_columns: names.extra_columns.clone(),
        homes: names.trie.homes,
        start: names.trie.start,
        small_begins: names.trie.filter.small,
        names: names.name_count(),
        candidates: names.candidates.len(),
        entries: names.profile.len(),
        strings: names.strings.starts.len().saturating_sub(1),
        profiles: names.profiles.iter().map(|p| [p.kind, p.subtype, p.country]).collect(),
        flags,
    };
    // A struct of numbers and texts always has a JSON form.
    let meta = serde_json::to_vec(&meta).unwrap_or_default();
    let unlisted = names.unlisted.iter().flat_map(|&(entry, string)| [entry, string]);
    let unlisted = std::iter::once(names.unlisted.len() as u32).chain(unlisted);
    let counts = names.candidate_starts.windows(2).map(|w| w[1] - w[0]);
    let words = |array: &Array<u64>| bytemuck::cast_slice(array.as_slice()).to_vec();
    let sections: [Vec<u8>; SECTIONS] = [
        meta,
        words(&names.trie.slots),
        words(&names.trie.filter.begins),
        words(&names.own),
        names.forms.text.as_bytes().to_vec(),
        names.policy.as_slice().to_vec(),
        names.ids.text.as_bytes().to_vec(),
        names.strings.text.as_bytes().to_vec(),
        names.places.as_slice().to_vec(),
        varint::encode(names.forms.lengths()),
        varint::encode(names.ids.lengths()),
        varint::encode(names.strings.lengths()),
        varint::encode(counts),
        [varint::encode([flag_numbers.len() as u32]), flag_numbers, entries].concat(),
        varint::encode(names.profile.iter().chain(&names.prior).copied()),
        varint::encode(unlisted.chain(names.extra.iter().copied())),
        words(&names.trie.filter.pairs),
    ];
    assemble(&sections)
}

fn assemble(sections: &[Vec<u8>; SECTIONS]) -> Vec<u8> {
    let mut file = MAGIC.to_vec();
    file.extend(VERSION.to_le_bytes());
    file.extend(folding_check().to_le_bytes());
    file.extend([0; 16]);
    file.extend((SECTIONS as u64).to_le_bytes());
    let mut at = HEADER + 16 * SECTIONS;
    for section in sections {
        file.extend((at as u64).to_le_bytes());
        file.extend((section.len() as u64).to_le_bytes());
        at += section.len().next_multiple_of(8);
    }
    for section in sections {
        file.extend(section);
        file.resize(file.len().next_multiple_of(8), 0);
    }
    let len = (file.len() as u64).to_le_bytes();
    file[HASHED_FROM..HASHED_FROM + 8].copy_from_slice(&len);
    let hash = xxh64(&file[HASHED_FROM..], 0).to_le_bytes();
    file[HASHED_FROM - 8..HASHED_FROM].copy_from_slice(&hash);
    file
}

/// The different flags, each candidate's number among them, and the entries that aren't the next new one.
fn pack_candidates(candidates: &[Candidate]) -> (Vec<u16>, Vec<u8>, Vec<u8>) {
    let mut known: FxHashMap<u16, u32> = FxHashMap::default();
    let (mut flags, mut numbers, mut entries) = (Vec::new(), Vec::new(), Vec::new());
    let mut next = 0;
    for candidate in candidates {
        let is_next = candidate.entry.0 == next;
        if is_next {
            next += 1;
        } else {
            varint::push(&mut entries, candidate.entry.0);
        }
        let own = candidate.flags.0 | if is_next { NEXT } else { 0 };
        let number = *known.entry(own).or_insert_with(|| {
            flags.push(own);
            flags.len() as u32 - 1
        });
        varint::push(&mut numbers, number);
    }
    (flags, numbers, entries)
}

/// Compiles lists, later ones over earlier ones, to the bytes of a file. The second value are the warnings.
///
/// # Errors
/// The first malformed line, with the list that it is in.
pub fn build(lists: &[(String, Vec<u8>)]) -> Result<(Vec<u8>, Vec<String>), (String, ListError)> {
    let mut compiler = Compiler::default();
    for (name, bytes) in lists {
        read::read(name, bytes, &mut compiler).map_err(|e| (name.clone(), e))?;
    }
    let sources: Vec<Source> = lists
        .iter()
        .map(|(name, bytes)| Source {
            name: name.clone(),
            bytes: bytes.len() as u64,
            hash: format!("{:032x}", content_hash(bytes)),
        })
        .collect();
    let (names, warnings) = compiler.finish();
    Ok((write(&names, &sources), warnings))
}

/// Whether a file's name or first bytes say that it is a compiled list.
pub fn is_artefact(name: &str, bytes: &[u8]) -> bool {
    bytes.starts_with(&MAGIC) || name.to_ascii_lowercase().ends_with(".nmg")
}

/// The lists that a file was made of. Reads the header only: the content may still be corrupt.
///
/// # Errors
/// It isn't a compiled list of this version.
pub fn sources(bytes: &[u8]) -> Result<Vec<Source>, Refusal> {
    let sections = table(bytes)?;
    Ok(meta(bytes, &sections)?.sources)
}

fn number(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().map(|b| u64::from_le_bytes(*b))
}

fn corrupt(bytes: &[u8]) -> Refusal {
    let found = bytes.len() as u64;
    Refusal::Corrupt { expected: number(bytes, HASHED_FROM).unwrap_or(found), found }
}

/// The places of the sections, after a look at the header.
fn table(bytes: &[u8]) -> Result<Vec<std::ops::Range<usize>>, Refusal> {
    if !bytes.starts_with(&MAGIC) {
        return Err(Refusal::NotAList);
    }
    let both = number(bytes, 8).ok_or_else(|| corrupt(bytes))?;
    let (version, folding) = (both as u32, (both >> 32) as u32);
    if version != VERSION || folding != folding_check() || cfg!(target_endian = "big") {
        return Err(Refusal::Stale { version });
    }
    let place = |i: usize| {
        let (at, len) =
            (number(bytes, HEADER + 16 * i)? as usize, number(bytes, HEADER + 16 * i + 8)? as usize);
        let end = at.checked_add(len)?;
        (at.is_multiple_of(8) && end <= bytes.len()).then_some(at..end)
    };
    let places: Option<Vec<_>> = (0..SECTIONS).map(place).collect();
    let whole = number(bytes, HASHED_FROM) == Some(bytes.len() as u64)
        && number(bytes, HASHED_FROM + 8) == Some(SECTIONS as u64);
    places.filter(|_| whole).ok_or_else(|| corrupt(bytes))
}

fn meta(bytes: &[u8], sections: &[std::ops::Range<usize>]) -> Result<Meta, Refusal> {
    serde_json::from_slice(&bytes[sections[0].clone()]).map_err(|_| corrupt(bytes))
}

/// Opens a compiled list.
///
/// # Errors
/// Why it is refused.
pub fn open(bytes: Vec<u8>) -> Result<Names, Refusal> {
    let places = table(&bytes)?;
    if number(&bytes, HASHED_FROM - 8) != Some(xxh64(&bytes[HASHED_FROM..], 0)) {
        return Err(corrupt(&bytes));
    }
    let meta = meta(&bytes, &places)?;
    let refusal = corrupt(&bytes);
    let file = Arc::new(aligned(bytes));
    names(&file, &places, meta).ok_or(refusal)
}

/// The bytes at an address from which words can be read. Allocators give large pieces of memory such addresses; should
/// one not, another piece may have it.
fn aligned(mut bytes: Vec<u8>) -> Vec<u8> {
    let is_aligned =
        |bytes: &[u8]| bytemuck::try_cast_slice::<u8, u64>(&bytes[..bytes.len() / 8 * 8]).is_ok();
    for _ in 0..8 {
        if is_aligned(&bytes) {
            break;
        }
        bytes = bytes.as_slice().to_vec();
    }
    bytes
}

fn names(file: &Arc<Vec<u8>>, places: &[std::ops::Range<usize>], meta: Meta) -> Option<Names> {
    let place = |i: usize| places[i].clone();
    let section = |i: usize| &file[place(i)];
    let sums = |i: usize, count| varint::decode_sums(section(i), count);
    let table = |text: usize, lengths: usize, count| {
        let starts = sums(lengths, count)?;
        let text = Array::stored(file, place(text))?;
        let whole = starts.last().copied() == Some(text.as_slice().len() as u32);
        whole.then_some(Table { text: Text::Stored(text), starts })
    };
    let trie = Trie {
        slots: Array::stored(file, place(1))?,
        homes: meta.homes,
        start: meta.start,
        filter: Filter {
            begins: Array::stored(file, place(2))?,
            small: meta.small_begins,
            pairs: Array::stored(file, place(16))?,
        },
    };
    let policy: Array<u8> = Array::stored(file, place(5))?;
    let mut profile = varint::decode(section(14), meta.entries.checked_mul(2)?)?;
    let prior = profile.split_off(meta.entries);
    let (unlisted, extra) = unlisted_and_extra(section(15), &meta)?;
    let profiles: Vec<Profile> =
        meta.profiles.iter().map(|&[kind, subtype, country]| Profile { kind, subtype, country }).collect();
    let names = Names {
        trie,
        forms: table(4, 9, meta.names)?,
        candidate_starts: sums(12, meta.names)?,
        candidates: unpack_candidates(section(13), &meta)?,
        own: Array::stored(file, place(3))?,
        ids: table(6, 10, meta.entries)?,
        strings: table(7, 11, meta.strings)?,
        places: Array::stored(file, place(8))?,
        policy,
        profile,
        prior,
        profiles,
        unlisted,
        extra,
        files: meta.files,
        extra_columns: meta.extra_columns,
        ..Names::default()
    };
    is_sound(&names).then_some(names)
}

fn unpack_candidates(mut bytes: &[u8], meta: &Meta) -> Option<Vec<Candidate>> {
    let len = varint::take(&mut bytes)? as usize;
    let (mut numbers, mut entries) = bytes.split_at_checked(len)?;
    let mut candidates = Vec::with_capacity(meta.candidates.min(len));
    let mut next = 0;
    for _ in 0..meta.candidates {
        let flags = *meta.flags.get(varint::take(&mut numbers)? as usize)?;
        let entry = if flags & NEXT != 0 {
            next += 1;
            next - 1
        } else {
            varint::take(&mut entries)?
        };
        candidates.push(Candidate { entry: EntryId(entry), flags: NameFlags(flags & !NEXT) });
    }
    (numbers.is_empty() && entries.is_empty()).then_some(candidates)
}

type Pairs = Vec<(u32, u32)>;

fn unlisted_and_extra(mut bytes: &[u8], meta: &Meta) -> Option<(Pairs, Vec<u32>)> {
    let count = varint::take(&mut bytes)?;
    let mut unlisted = Vec::new();
    for _ in 0..count {
        unlisted.push((varint::take(&mut bytes)?, varint::take(&mut bytes)?));
    }
    let width = meta.extra_columns.len();
    Some((unlisted, varint::decode(bytes, meta.entries.checked_mul(width)?)?))
}

/// Whether every number points where it may.
fn is_sound(names: &Names) -> bool {
    let entries = names.profile.len() as u32;
    let strings = names.strings.starts.len().saturating_sub(1) as u32;
    let count = names.candidates.len();
    names.trie.is_sound()
        && names.policy.as_slice().len() == names.name_count()
        && names.candidate_starts.last().copied() == Some(count as u32)
        && names.candidate_starts.windows(2).all(|w| w[0] < w[1])
        && names.candidates.iter().all(|c| c.entry.0 < entries)
        && names.own.as_slice().len() == count.div_ceil(64)
        && names.profile.iter().all(|&p| (p as usize) < names.profiles.len())
        && names.profiles.iter().all(|p| p.kind.max(p.subtype).max(p.country) < strings)
        && names.unlisted.iter().all(|&(entry, string)| entry < entries && string < strings)
        && names.extra.iter().all(|&s| s < strings)
}
