//! The first pass, 32 bytes at a time.
//!
//! Two table look-ups by the halves of a byte, combined with `and`, give a set of groups for each ASCII byte (the
//! method of Langdale and Lemire, "Parsing gigabytes of JSON per second", 2019); a class is one group or several.

use pulp::x86::V3;
use std::arch::x86_64::__m256i;

use crate::classes::{Maps, scalar_block};

const DIGIT: i8 = 1;
/// Letters of the columns 4 and 6 of the ASCII table.
const EARLY: i8 = 1 << 1;
/// Letters of the columns 5 and 7.
const LATE: i8 = 1 << 2;
const NEWLINE: i8 = 1 << 3;
/// Hot marks of column 2.
const HOT_2: i8 = 1 << 4;
/// Hot marks of column 3.
const HOT_3: i8 = 1 << 5;
/// `@` and `` ` ``.
const HOT_46: i8 = 1 << 6;
/// `,` `-` `*`.
const JOINER: i8 = i8::MIN;

const HIGH_HALF: [i8; 16] = [
    NEWLINE,
    0,
    HOT_2 | JOINER,
    DIGIT | HOT_3,
    EARLY | HOT_46,
    LATE,
    EARLY | HOT_46,
    LATE,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
];

const LOW_HALF: [i8; 16] = low_half();

const fn low_half() -> [i8; 16] {
    let mut table = [0; 16];
    let mut low = 0;
    while low < 16 {
        let mut groups = 0;
        if low <= 9 {
            groups |= DIGIT;
        }
        if low >= 1 {
            groups |= EARLY;
        }
        if low <= 10 {
            groups |= LATE;
        }
        if low >= 10 && low <= 13 {
            groups |= NEWLINE;
        }
        // ! " # $ & ' ) + . /
        if matches!(low, 1 | 2 | 3 | 4 | 6 | 7 | 9 | 11 | 14 | 15) {
            groups |= HOT_2;
        }
        // : ; ?
        if matches!(low, 10 | 11 | 15) {
            groups |= HOT_3;
        }
        if low == 0 {
            groups |= HOT_46;
        }
        if matches!(low, 10 | 12 | 13) {
            groups |= JOINER;
        }
        table[low] = groups;
        low += 1;
    }
    table
}

/// Fills the bitmaps.
pub fn classify(simd: V3, bytes: &[u8], maps: &mut Maps) {
    struct Run<'a>(V3, &'a [u8], &'a mut Maps);

    impl pulp::NullaryFnOnce for Run<'_> {
        type Output = ();

        #[inline(always)]
        fn call(self) {
            run(self.0, self.1, self.2);
        }
    }
    maps.resize(bytes.len());
    simd.vectorize(Run(simd, bytes, maps));
}

#[inline(always)]
fn run(simd: V3, bytes: &[u8], maps: &mut Maps) {
    let tables = Tables { low: pulp::cast([LOW_HALF, LOW_HALF]), high: pulp::cast([HIGH_HALF, HIGH_HALF]) };
    let (halves, _) = bytes.as_chunks::<32>();
    let (blocks, _) = halves.as_chunks::<2>();
    for (at, [first, second]) in blocks.iter().enumerate() {
        // Through memory: LLVM would else make one number of the two masks byte by byte.
        let first = std::hint::black_box(half(simd, &tables, *first));
        let second = half(simd, &tables, *second);
        maps.put(at, std::array::from_fn(|k| u64::from(first[k]) | u64::from(second[k]) << 32));
    }
    let rest = &bytes[blocks.len() * 64..];
    if !rest.is_empty() {
        maps.put(blocks.len(), scalar_block(rest));
    }
}

struct Tables {
    low: __m256i,
    high: __m256i,
}

/// The bits of 32 bytes.
#[inline(always)]
fn half(simd: V3, tables: &Tables, bytes: [u8; 32]) -> [u32; 6] {
    let (avx, avx2) = (simd.avx, simd.avx2);
    let bytes: __m256i = pulp::cast(bytes);
    let splat = |b: u8| avx._mm256_set1_epi8(b as i8);
    let mask = |v: __m256i| avx2._mm256_movemask_epi8(v) as u32;
    let equal = |b: u8| avx2._mm256_cmpeq_epi8(bytes, splat(b));
    let any = |v: __m256i, groups: i8| {
        let hit = avx2._mm256_and_si256(v, avx._mm256_set1_epi8(groups));
        !mask(avx2._mm256_cmpeq_epi8(hit, avx._mm256_setzero_si256()))
    };
    let low = avx2._mm256_shuffle_epi8(tables.low, bytes);
    let halves = avx2._mm256_and_si256(avx2._mm256_srli_epi16::<4>(bytes), splat(0x0F));
    let groups = avx2._mm256_and_si256(low, avx2._mm256_shuffle_epi8(tables.high, halves));
    let wide = mask(bytes);
    let word = any(groups, DIGIT | EARLY | LATE) | wide;
    let ends = avx2._mm256_slli_epi16::<4>(groups);
    let newline = mask(ends);
    let space = mask(avx2._mm256_or_si256(ends, avx2._mm256_or_si256(equal(b' '), equal(b'\t'))));
    let hot = any(groups, HOT_2 | HOT_3 | HOT_46);
    let joiner = mask(avx2._mm256_or_si256(groups, equal(b'_')));
    let lead = if wide == 0 { 0 } else { lead(simd, bytes) };
    [word, space, hot, joiner, lead, newline]
}

/// Lead bytes of characters that may be no letters: 0xC2, 0xCB..=0xCD, 0xD2 and up.
#[inline(always)]
fn lead(simd: V3, bytes: __m256i) -> u32 {
    let (avx, avx2) = (simd.avx, simd.avx2);
    let splat = |b: u8| avx._mm256_set1_epi8(b as i8);
    let at_least = |b: u8| avx2._mm256_cmpeq_epi8(avx2._mm256_max_epu8(bytes, splat(b)), bytes);
    let at_most = |b: u8| avx2._mm256_cmpeq_epi8(avx2._mm256_min_epu8(bytes, splat(b)), bytes);
    let middle = avx2._mm256_and_si256(at_least(0xCB), at_most(0xCD));
    let ends = avx2._mm256_or_si256(avx2._mm256_cmpeq_epi8(bytes, splat(0xC2)), at_least(0xD2));
    avx2._mm256_movemask_epi8(avx2._mm256_or_si256(middle, ends)) as u32
}
