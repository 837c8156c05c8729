//! Paragraphs: blank lines, and the question whether a single line end is a wrap or a break.

use newsmill_core::layers::ParagraphKind;

use crate::chars::is_bullet as is_bullet_mark;
use crate::classes::Maps;

/// A paragraph before its sentences are known: bytes from its first character to its last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paragraph {
    /// First byte.
    pub start: usize,
    /// One past the last byte that isn't blank.
    pub end: usize,
    /// What it is by its layout.
    pub kind: ParagraphKind,
}

/// A line that isn't blank, without the blanks at its ends.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    start: usize,
    end: usize,
    /// A blank line or the start of the section comes before.
    after_blank: bool,
}

/// Appends the paragraphs of `section` to `out`. A `title` is one paragraph whatever it holds.
pub fn paragraphs(
    text: &str,
    maps: &Maps,
    section: std::ops::Range<usize>,
    title: bool,
    lines: &mut Vec<Line>,
    out: &mut Vec<Paragraph>,
) {
    let Some(whole) = trim(maps, section.clone()) else { return };
    if title {
        out.push(Paragraph { start: whole.start, end: whole.end, kind: ParagraphKind::Heading });
        return;
    }
    if maps.newline.next(whole.start, whole.end).is_none() {
        out.push(Paragraph {
            start: whole.start,
            end: whole.end,
            kind: kind_of(text, whole.start, whole.end),
        });
        return;
    }
    find_lines(text, maps, whole, lines);
    let width = width(maps, lines);
    let wrapped = is_wrapped(text, maps, lines, width);
    let first = out.len();
    let mut open: Option<Paragraph> = None;
    for (index, line) in lines.iter().enumerate() {
        let joins =
            !line.after_blank && index > 0 && continues(text, maps, &lines[index - 1], line, wrapped, width);
        match &mut open {
            Some(paragraph) if joins => paragraph.end = line.end,
            _ => {
                out.extend(open.take());
                open = Some(Paragraph { start: line.start, end: line.end, kind: ParagraphKind::Text });
            }
        }
    }
    out.extend(open);
    for paragraph in &mut out[first..] {
        paragraph.kind = kind_of(text, paragraph.start, paragraph.end);
    }
}

fn trim(maps: &Maps, range: std::ops::Range<usize>) -> Option<std::ops::Range<usize>> {
    let start = next_solid(maps, range.start, range.end)?;
    let mut end = range.end;
    while end > start && maps.space.get(end - 1) {
        end -= 1;
    }
    Some(start..end)
}

/// The first byte at or after `from` that isn't blank.
fn next_solid(maps: &Maps, from: usize, end: usize) -> Option<usize> {
    let mut at = from;
    while at < end {
        let blank = maps.space.0.get(at >> 6)? >> (at & 63);
        let run = (!blank).trailing_zeros() as usize;
        let room = 64 - (at & 63);
        if run < room {
            return (at + run < end).then_some(at + run);
        }
        at += room;
    }
    None
}

fn find_lines(text: &str, maps: &Maps, whole: std::ops::Range<usize>, lines: &mut Vec<Line>) {
    lines.clear();
    let mut at = whole.start;
    let mut after_blank = true;
    while at < whole.end {
        let stop = maps.newline.next(at, whole.end).unwrap_or(whole.end);
        if let Some(solid) = trim(maps, at..stop) {
            lines.push(Line { start: solid.start, end: solid.end, after_blank });
            after_blank = false;
        } else {
            after_blank = true;
        }
        at = stop + newline_len(text, stop);
    }
}

/// Bytes of the line end at `at`; a carriage return and a line feed are one.
fn newline_len(text: &str, at: usize) -> usize {
    match text.as_bytes().get(at..) {
        Some([b'\r', b'\n', ..]) => 2,
        Some([b, ..]) if *b < 0x80 => 1,
        Some(_) => text[at..].chars().next().map_or(1, char::len_utf8),
        None => 1,
    }
}

/// Widths, in bytes, at which text is wrapped when it has too few lines to say more.
const USUAL_WIDTHS: std::ops::RangeInclusive<usize> = 40..=130;

/// The longest line that could have been wrapped: one without blanks (an address) couldn't.
fn width(maps: &Maps, lines: &[Line]) -> usize {
    let breakable = |l: &&Line| maps.space.next(l.start, l.end).is_some();
    lines.iter().filter(breakable).map(|l| l.end - l.start).max().unwrap_or(0)
}

/// Whether the single line ends of these lines come from wrapping at a width.
///
/// A wrapped line has no room for the first word of the next, and the next goes on in lower case as often as prose
/// does; lines that are paragraphs have room, end with a stop and start with a capital.
fn is_wrapped(text: &str, maps: &Maps, lines: &[Line], width: usize) -> bool {
    let (mut pairs, mut full, mut lower, mut stopped) = (0usize, 0usize, 0usize, 0usize);
    for pair in lines.windows(2) {
        let (line, next) = (pair[0], pair[1]);
        if next.after_blank {
            continue;
        }
        pairs += 1;
        full += usize::from(!has_room(maps, &line, &next, width));
        lower += usize::from(starts_lower(text, &next));
        stopped += usize::from(ends_stopped(&text[line.start..line.end]));
    }
    let often_lower = lower * 5 >= pairs * 2;
    let mostly_full = lower * 8 >= pairs && full * 4 >= pairs * 3;
    let all_full = full * 5 >= pairs * 4 && stopped * 2 < pairs && USUAL_WIDTHS.contains(&width);
    pairs > 0 && (often_lower || mostly_full || all_full)
}

fn has_room(maps: &Maps, line: &Line, next: &Line, width: usize) -> bool {
    let word = maps.space.next(next.start, next.end).unwrap_or(next.end) - next.start;
    line.end - line.start + 1 + word <= width
}

fn starts_lower(text: &str, line: &Line) -> bool {
    text[line.start..line.end].chars().next().is_some_and(char::is_lowercase)
}

/// Whether `line` goes on where `before` stopped.
fn continues(text: &str, maps: &Maps, before: &Line, line: &Line, wrapped: bool, width: usize) -> bool {
    let ended = ends_stopped(&text[before.start..before.end]);
    if is_bullet(&text[line.start..line.end]) && (!wrapped || ended || has_room(maps, before, line, width)) {
        return false;
    }
    if starts_lower(text, line) {
        return wrapped || !ended;
    }
    if !wrapped {
        return false;
    }
    // In wrapped text a line that had room for the next word was ended on purpose.
    let short = (before.end - before.start) * 3 < width * 2;
    !(short && has_room(maps, before, line, width))
}

fn ends_stopped(line: &str) -> bool {
    match line.as_bytes().last() {
        Some(b'.' | b'!' | b'?' | b':') => return true,
        Some(b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b',' | b';') => return false,
        _ => {}
    }
    line.trim_end_matches(['"', '\'', '”', '’', '»', ')', ']'])
        .ends_with(['.', '!', '?', '…', ':', '。', '！', '？'])
}

/// Whether a line starts as an item of a list.
pub fn is_bullet(line: &str) -> bool {
    let mut chars = line.chars();
    match chars.next() {
        Some(c) if is_bullet_mark(c) => true,
        Some('-' | '–' | '—' | '*' | '·') => chars.next().is_some_and(char::is_whitespace),
        Some(c) if c.is_ascii_digit() => {
            let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
            line.len() - rest.len() <= 2 && (rest.starts_with(". ") || rest.starts_with(") "))
        }
        _ => false,
    }
}

const CAPTION_HEADS: [&str; 10] = [
    "Photo:",
    "Photo by",
    "Photograph:",
    "Image:",
    "Picture:",
    "File photo",
    "FILE PHOTO",
    "FILE -",
    "Credit:",
    "Illustration:",
];

fn kind_of(text: &str, start: usize, end: usize) -> ParagraphKind {
    let body = &text[start..end];
    if is_bullet(body) {
        ParagraphKind::Bullet
    } else if body.starts_with(['P', 'F', 'I', 'C'])
        && CAPTION_HEADS.iter().any(|head| body.starts_with(head))
    {
        ParagraphKind::Caption
    } else if body.len() <= 120
        && !ends_stopped(body)
        && !body.ends_with([',', ';', '-', '—'])
        && !body.contains(['"', '“'])
    {
        ParagraphKind::Heading
    } else {
        ParagraphKind::Text
    }
}
