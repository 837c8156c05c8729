//! Pairing quotation marks: one pass over the tokens, no article is ever given up.
//!
//! Curly, straight, doubled single marks, guillemets, low and corner marks are told by their character; straight ones
//! by their place. The news convention of a mark at the start of each paragraph and one at the end of the last makes
//! linked regions. What is unbalanced ends with its paragraph, or where the next quotation opens.

use std::ops::Range;

use newsmill_core::layers::{TokenFlags, TokenIx, TokenKind, Tokens};

/// A stretch of text inside quotation marks, in tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Region {
    /// The opening mark's token.
    pub open: u32,
    /// First token of the content.
    pub start: u32,
    /// One past the last token of the content; a closing mark, if there is one, is the token here.
    pub end: u32,
    /// One past everything, the closing mark included.
    pub after: u32,
    /// In single marks.
    pub single: bool,
    /// 0 for a region that lies in no other.
    pub depth: u32,
    /// Continues the region before, across a paragraph end.
    pub continues: bool,
}

/// All regions of an article, by their start; kept from article to article for its memory.
#[derive(Debug, Default)]
pub(crate) struct Marks {
    /// The regions.
    pub regions: Vec<Region>,
    /// For each token, the outermost region that it or its mark lies in, plus one; 0 for none.
    pub region_of: Vec<u32>,
    /// Open regions, outermost first, with the style of their opening mark.
    open: Vec<(usize, Style)>,
    marks: Vec<Option<Mark>>,
    /// Tokens that may be marks, in order.
    found: Vec<u32>,
}

/// What a mark does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Open,
    Close,
    Either,
    SingleOpen,
    SingleClose,
    /// Second half of a doubled single mark.
    Skip,
}

/// What a mark looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Style {
    Straight,
    /// `“`, which closes what `„` opened.
    High,
    /// `„`
    Low,
    Other,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Mark {
    role: Role,
    style: Style,
}

/// Marks of a paragraph that are still to come.
#[derive(Clone, Copy, Default)]
struct Ahead {
    opens: usize,
    closes: usize,
    /// Closing marks that aren't straight.
    shaped_closes: usize,
}

impl Marks {
    /// Pairs the marks of an article.
    pub fn run(&mut self, text: &str, tokens: &Tokens) {
        let n = tokens.start.len();
        self.regions.clear();
        self.open.clear();
        self.region_of.clear();
        self.region_of.resize(n, 0);
        self.marks.clear();
        self.marks.resize(n, None);
        self.found.clear();
        for i in (0..n).filter(|&i| may_be_mark(tokens.flags[i])) {
            if let Some(mark) = mark(text, tokens, i) {
                self.marks[i] = Some(mark);
                self.found.push(i as u32);
            }
        }
        merge_doubled(&mut self.marks, &self.found, tokens);
        let (mut from, mut next) = (0, 0);
        let mut continues = false;
        while from < n && next < self.found.len() {
            let starts = |f: &TokenFlags| f.has(TokenFlags::PARAGRAPH_START);
            let to = tokens.flags[from + 1..].iter().position(starts).map_or(n, |i| from + 1 + i);
            let first = next;
            next += self.found[first..].iter().take_while(|&&i| (i as usize) < to).count();
            continues = next > first && self.paragraph((from, to), first..next, continues);
            from = to;
        }
        self.regions.sort_by_key(|r| (r.open, std::cmp::Reverse(r.after)));
        self.cover();
    }

    /// Pairs the marks `found` in the paragraph `from..to`. Returns whether a region is still open at its end, so that
    /// the next paragraph may continue it.
    fn paragraph(&mut self, (from, to): (usize, usize), found: Range<usize>, continued: bool) -> bool {
        let mut ahead = Ahead::default();
        for mark in self.found[found.clone()].iter().filter_map(|&i| self.marks[i as usize]) {
            ahead.opens += usize::from(mark.role == Role::Open);
            ahead.closes += usize::from(mark.role == Role::Close);
            ahead.shaped_closes += usize::from(mark.role == Role::Close && mark.style != Style::Straight);
        }
        let first = self.marks[from].map(|m| m.role);
        let mut continues = continued && matches!(first, Some(Role::Open | Role::Either));
        let mut single = None;
        for index in found {
            let i = self.found[index] as usize;
            let Some(mark) = self.marks[i] else { continue };
            match mark.role {
                Role::Skip => continue,
                Role::SingleOpen => single = Some(i),
                Role::SingleClose => self.single(single.take(), i),
                _ => {
                    single = None;
                    self.double(i, mark, &mut ahead, &mut continues);
                }
            }
        }
        let unclosed = !self.open.is_empty();
        self.close_all(to);
        unclosed
    }

    fn double(&mut self, at: usize, mark: Mark, ahead: &mut Ahead, continues: &mut bool) {
        let depth = self.open.len();
        let top = self.open.last().map(|&(_, style)| style);
        match mark.role {
            Role::Open => ahead.opens -= 1,
            Role::Close => {
                ahead.closes -= 1;
                ahead.shaped_closes -= usize::from(mark.style != Style::Straight);
            }
            _ => {}
        }
        let shaped = top.is_some_and(|s| s != Style::Straight);
        if mark.style == Style::Straight && shaped && ahead.shaped_closes > 0 {
            // Straight marks inside curly ones that close later: words of the quotation.
            return;
        }
        let closes = match mark.role {
            Role::Close => true,
            Role::Either => depth > 0,
            _ => mark.style == Style::High && top == Some(Style::Low),
        };
        if closes {
            self.pop(at);
            return;
        }
        if depth > 0 && ahead.closes < ahead.opens + 1 + depth {
            self.close_all(at);
        }
        self.push(at, mark.style, std::mem::take(continues));
    }

    fn single(&mut self, open: Option<usize>, close: usize) {
        let Some(open) = open.filter(|o| o + 1 < close) else { return };
        self.regions.push(Region {
            open: open as u32,
            start: open as u32 + 1,
            end: close as u32,
            after: close as u32 + 1,
            single: true,
            depth: self.open.len() as u32,
            continues: false,
        });
    }

    fn push(&mut self, at: usize, style: Style, continues: bool) {
        let start = at as u32 + self.len_at(at);
        let depth = self.open.len() as u32;
        self.open.push((self.regions.len(), style));
        self.regions.push(Region {
            open: at as u32,
            start,
            end: start,
            after: start,
            single: false,
            depth,
            continues,
        });
    }

    fn pop(&mut self, at: usize) {
        let len = self.len_at(at);
        if let Some((index, _)) = self.open.pop() {
            let region = &mut self.regions[index];
            region.end = (at as u32).max(region.start);
            region.after = at as u32 + len;
        }
    }

    fn close_all(&mut self, at: usize) {
        while let Some((index, _)) = self.open.pop() {
            let region = &mut self.regions[index];
            region.end = (at as u32).max(region.start);
            region.after = region.end;
        }
    }

    /// Tokens of the mark at `at`: two for a doubled single mark.
    fn len_at(&self, at: usize) -> u32 {
        let doubled = self.marks.get(at + 1).is_some_and(|m| m.is_some_and(|m| m.role == Role::Skip));
        if doubled { 2 } else { 1 }
    }

    fn cover(&mut self) {
        self.regions.retain(|r| r.start < r.end);
        let mut covered = 0;
        for (i, r) in self.regions.iter_mut().enumerate() {
            if r.open < covered {
                r.depth = r.depth.max(1);
                continue;
            }
            r.depth = 0;
            covered = r.after;
            self.region_of[r.open as usize..r.after as usize].fill(i as u32 + 1);
        }
    }

    /// The outermost region at a token, if any.
    #[inline]
    pub fn at(&self, token: u32) -> Option<Region> {
        self.index_at(token).map(|i| self.regions[i])
    }

    /// Index of the outermost region at a token.
    #[inline]
    pub fn index_at(&self, token: u32) -> Option<usize> {
        self.region_of.get(token as usize).and_then(|&i| (i as usize).checked_sub(1))
    }

    /// The region that opens at this token, whatever it lies in.
    pub fn opening_at(&self, token: u32) -> Option<Region> {
        let at = self.regions.partition_point(|r| r.open < token);
        self.regions.get(at).filter(|r| r.open == token).copied()
    }
}

/// Reads two straight single marks, or two backticks, without space between as one double mark.
fn merge_doubled(marks: &mut [Option<Mark>], found: &[u32], tokens: &Tokens) {
    let single = |m: Option<Mark>| {
        m.is_some_and(|m| {
            m.style == Style::Straight && matches!(m.role, Role::SingleOpen | Role::SingleClose)
        })
    };
    for pair in found.windows(2) {
        let (i, next) = (pair[0] as usize, pair[1] as usize);
        let joined = next == i + 1 && tokens.flags[next].has(TokenFlags::JOINED_LEFT);
        if joined && single(marks[i]) && single(marks[next]) {
            marks[i] = Some(Mark { role: shape(tokens, i, next), style: Style::Straight });
            marks[next] = Some(Mark { role: Role::Skip, style: Style::Straight });
        }
    }
    // A lone straight apostrophe inside a word or after a plural is none.
    for &i in found {
        let i = i as usize;
        if tokens.flags[i].kind() == TokenKind::Apostrophe && single(marks[i]) {
            marks[i] = None;
        }
    }
}

fn may_be_mark(flags: TokenFlags) -> bool {
    flags.is_quote() || matches!(flags.kind(), TokenKind::Apostrophe | TokenKind::Punctuation)
}

fn mark(text: &str, tokens: &Tokens, i: usize) -> Option<Mark> {
    let flags = tokens.flags[i];
    let first = text.as_bytes().get(tokens.start[i] as usize).copied().unwrap_or_default();
    if flags.kind() == TokenKind::Punctuation && first.is_ascii() && !matches!(first, b'"' | b'\'' | b'`') {
        return None;
    }
    let (left, right) = (flags.has(TokenFlags::JOINED_LEFT), joined_right(tokens, i));
    let of = |role, style| Some(Mark { role, style });
    match text.get(tokens.span(TokenIx(i as u32)).range()).unwrap_or("") {
        "“" => of(Role::Open, Style::High),
        "„" => of(Role::Open, Style::Low),
        "‟" | "「" | "『" | "``" => of(Role::Open, Style::Other),
        // A careless writer may open with it: at a word's start, after a space.
        "”" => of(if !left && right { Role::Open } else { Role::Close }, Style::Other),
        "」" | "』" => of(Role::Close, Style::Other),
        // German turns them round: after a word or a stop it closes.
        "«" if left && i > 0 && tokens.flags[i - 1].kind() != TokenKind::Apostrophe => {
            of(Role::Close, Style::Other)
        }
        "«" => of(if right || !left { Role::Open } else { Role::Close }, Style::Other),
        "»" => of(if left || !right { Role::Close } else { Role::Open }, Style::Other),
        "\"" | "''" | "＂" => of(shape(tokens, i, i), Style::Straight),
        "‘" | "‹" | "‚" => of(Role::SingleOpen, Style::Other),
        "’" | "›" if flags.kind() != TokenKind::Apostrophe => of(Role::SingleClose, Style::Other),
        "'" | "`" => straight_single(text, tokens, i),
        _ => match flags.kind() {
            TokenKind::OpenQuote => of(Role::Open, Style::Other),
            TokenKind::CloseQuote => of(Role::Close, Style::Other),
            _ => None,
        },
    }
}

fn joined_right(tokens: &Tokens, i: usize) -> bool {
    tokens.flags.get(i + 1).is_some_and(|f| f.has(TokenFlags::JOINED_LEFT))
}

/// Whether a straight mark over the tokens `first..=last` opens or closes, by the spaces around it.
fn shape(tokens: &Tokens, first: usize, last: usize) -> Role {
    let before = first.checked_sub(1).map(|b| tokens.flags[b].kind());
    let left = tokens.flags[first].has(TokenFlags::JOINED_LEFT);
    let after_opening = left && before.is_some_and(|k| matches!(k, TokenKind::Dash | TokenKind::OpenQuote));
    match (left && !after_opening, joined_right(tokens, last)) {
        (false, true) => Role::Open,
        (true, false) => Role::Close,
        _ => Role::Either,
    }
}

fn straight_single(text: &str, tokens: &Tokens, i: usize) -> Option<Mark> {
    let number = tokens.flags.get(i + 1).is_some_and(|f| f.kind() == TokenKind::Number);
    let same = |a: usize, b: usize| {
        let word = |j: usize| text.get(tokens.span(TokenIx(j as u32)).range());
        tokens.flags.get(b).is_some_and(|f| f.has(TokenFlags::JOINED_LEFT)) && word(a) == word(b)
    };
    let doubled = same(i, i + 1) || i > 0 && same(i - 1, i);
    let role = match shape(tokens, i, i) {
        Role::Open if number => return None,
        Role::Open => Role::SingleOpen,
        Role::Close => Role::SingleClose,
        _ if doubled => Role::SingleClose,
        _ => return None,
    };
    Some(Mark { role, style: Style::Straight })
}
