//! Pairing quotation marks: one pass over the tokens, no article is ever given up.
//!
//! Curly, straight, doubled single marks, guillemets, low and corner marks are told by their character; straight ones
//! by their place. The news convention of a mark at the start of each paragraph and one at the end of the last makes
//! linked regions. What is unbalanced ends with its paragraph.

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
    /// Has a closing mark.
    pub closed: bool,
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
    open: Vec<usize>,
    roles: Vec<Mark>,
}

/// What a token is to the automaton.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    None,
    Open,
    Close,
    Either,
    SingleOpen,
    SingleClose,
    /// Second half of a doubled single mark.
    Skip,
}

impl Marks {
    /// Pairs the marks of an article.
    pub fn run(&mut self, text: &str, tokens: &Tokens) {
        let n = tokens.start.len();
        self.regions.clear();
        self.open.clear();
        self.region_of.clear();
        self.region_of.resize(n, 0);
        self.roles.clear();
        self.roles.extend((0..n).map(|i| role(text, tokens, i)));
        merge_doubled(&mut self.roles, tokens);
        let mut from = 0;
        let mut continues = false;
        while from < n {
            let to = (from + 1..n).find(|&i| tokens.flags[i].has(TokenFlags::PARAGRAPH_START)).unwrap_or(n);
            continues = self.paragraph(tokens, from, to, continues);
            from = to;
        }
        self.regions.sort_by_key(|r| (r.open, std::cmp::Reverse(r.after)));
        self.cover();
    }

    /// Returns whether a region is still open and the next paragraph may continue it.
    fn paragraph(&mut self, tokens: &Tokens, from: usize, to: usize, continued: bool) -> bool {
        let count = |m: Mark| self.roles[from..to].iter().filter(|&&r| r == m).count();
        let (mut opens, mut closes) = (count(Mark::Open), count(Mark::Close));
        let mut continues = continued && opens_paragraph(&self.roles[from..to]);
        let mut single: Option<usize> = None;
        for i in from..to {
            let depth = self.open.len();
            match self.roles[i] {
                Mark::None | Mark::Skip => {}
                Mark::Open => {
                    if depth > 0 && closes < opens + depth {
                        self.close_all(i, false);
                    }
                    opens -= 1;
                    self.push(tokens, i, false, std::mem::take(&mut continues));
                    single = None;
                }
                Mark::Close => {
                    closes -= 1;
                    self.pop(i, tokens);
                    single = None;
                }
                Mark::Either => {
                    if depth > 0 {
                        self.pop(i, tokens);
                    } else {
                        self.push(tokens, i, false, std::mem::take(&mut continues));
                    }
                    single = None;
                }
                Mark::SingleOpen => single = Some(i),
                Mark::SingleClose => {
                    if let Some(open) = single.take() {
                        let region = Region {
                            open: open as u32,
                            start: open as u32 + 1,
                            end: i as u32,
                            after: i as u32 + 1,
                            closed: true,
                            single: true,
                            depth: self.open.len() as u32,
                            continues: false,
                        };
                        if region.start < region.end {
                            self.regions.push(region);
                        }
                    }
                }
            }
        }
        let unclosed = !self.open.is_empty();
        self.close_all(to, false);
        unclosed
    }

    fn push(&mut self, tokens: &Tokens, at: usize, single: bool, continues: bool) {
        let start = at as u32 + mark_len(&self.roles, tokens, at);
        self.open.push(self.regions.len());
        self.regions.push(Region {
            open: at as u32,
            start,
            end: start,
            after: start,
            closed: false,
            single,
            depth: self.open.len() as u32 - 1,
            continues,
        });
    }

    fn pop(&mut self, at: usize, tokens: &Tokens) {
        if let Some(index) = self.open.pop() {
            let region = &mut self.regions[index];
            region.end = (at as u32).max(region.start);
            region.after = at as u32 + mark_len(&self.roles, tokens, at);
            region.closed = true;
        }
    }

    fn close_all(&mut self, at: usize, closed: bool) {
        while let Some(index) = self.open.pop() {
            let region = &mut self.regions[index];
            region.end = (at as u32).max(region.start);
            region.after = region.end;
            region.closed = closed;
        }
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
        match self.region_of.get(token as usize) {
            None | Some(0) => None,
            Some(&i) => self.regions.get(i as usize - 1).copied(),
        }
    }

    /// Index of the outermost region at a token.
    #[inline]
    pub fn index_at(&self, token: u32) -> Option<usize> {
        self.region_of.get(token as usize).and_then(|&i| (i as usize).checked_sub(1))
    }
}

fn opens_paragraph(roles: &[Mark]) -> bool {
    matches!(roles.first(), Some(Mark::Open | Mark::Either))
}

fn mark_len(roles: &[Mark], _tokens: &Tokens, at: usize) -> u32 {
    if roles.get(at + 1) == Some(&Mark::Skip) { 2 } else { 1 }
}

/// Reads two single marks without space between as one double mark.
fn merge_doubled(roles: &mut [Mark], tokens: &Tokens) {
    let single = |r: Mark| matches!(r, Mark::SingleOpen | Mark::SingleClose);
    let mut i = 0;
    while i + 1 < roles.len() {
        let joined = tokens.flags[i + 1].has(TokenFlags::JOINED_LEFT);
        let alike = tokens.end[i] - tokens.start[i] == tokens.end[i + 1] - tokens.start[i + 1];
        let straight = tokens.end[i] - tokens.start[i] == 1;
        if single(roles[i]) && single(roles[i + 1]) && joined && alike && straight {
            roles[i] = shape(tokens, i, i + 1);
            roles[i + 1] = Mark::Skip;
            i += 1;
        }
        i += 1;
    }
}

fn role(text: &str, tokens: &Tokens, i: usize) -> Mark {
    let flags = tokens.flags[i];
    if !flags.is_quote() && !matches!(flags.kind(), TokenKind::Apostrophe) {
        return Mark::None;
    }
    let mark = text.get(tokens.span(TokenIx(i as u32)).range()).unwrap_or("");
    match mark {
        "“" | "„" | "‟" | "「" | "『" | "``" => Mark::Open,
        "”" | "」" | "』" => match_low(text, tokens, i, Mark::Close),
        "«" => {
            if joined_right(tokens, i) || !flags.has(TokenFlags::JOINED_LEFT) {
                Mark::Open
            } else {
                Mark::Close
            }
        }
        "»" => {
            if flags.has(TokenFlags::JOINED_LEFT) || !joined_right(tokens, i) {
                Mark::Close
            } else {
                Mark::Open
            }
        }
        "\"" | "''" | "＂" => double(text, tokens, i),
        "‘" | "‹" | "‚" => Mark::SingleOpen,
        "`" => Mark::SingleOpen,
        "’" | "›" => {
            if flags.kind() == TokenKind::Apostrophe {
                Mark::None
            } else {
                Mark::SingleClose
            }
        }
        "'" => single(tokens, i),
        _ => match flags.kind() {
            TokenKind::OpenQuote => Mark::Open,
            TokenKind::CloseQuote => Mark::Close,
            _ => Mark::None,
        },
    }
}

/// `”` closes, except where a careless writer opens with it: at a word's start, after a space.
fn match_low(_text: &str, tokens: &Tokens, i: usize, default: Mark) -> Mark {
    let left = tokens.flags[i].has(TokenFlags::JOINED_LEFT);
    if !left && joined_right(tokens, i) { Mark::Open } else { default }
}

fn joined_right(tokens: &Tokens, i: usize) -> bool {
    tokens.flags.get(i + 1).is_some_and(|f| f.has(TokenFlags::JOINED_LEFT))
}

/// A straight double mark by its place; `6"` after a number is inches unless something is open.
fn double(text: &str, tokens: &Tokens, i: usize) -> Mark {
    let _ = text;
    shape(tokens, i, i)
}

/// Whether a mark over the tokens `first..=last` opens or closes, by the spaces around it.
fn shape(tokens: &Tokens, first: usize, last: usize) -> Mark {
    let before = first.checked_sub(1).map(|b| tokens.flags[b].kind());
    let left = tokens.flags[first].has(TokenFlags::JOINED_LEFT);
    let after_opening = left && before.is_some_and(|k| matches!(k, TokenKind::Dash | TokenKind::OpenQuote));
    match (left && !after_opening, joined_right(tokens, last)) {
        (false, true) => Mark::Open,
        (true, false) => Mark::Close,
        _ => Mark::Either,
    }
}

fn single(tokens: &Tokens, i: usize) -> Mark {
    if tokens.flags[i].kind() == TokenKind::Apostrophe {
        return Mark::None;
    }
    match shape(tokens, i, i) {
        Mark::Open => {
            let digit = tokens.flags.get(i + 1).is_some_and(|f| f.kind() == TokenKind::Number);
            if digit { Mark::None } else { Mark::SingleOpen }
        }
        Mark::Close => Mark::SingleClose,
        _ => Mark::None,
    }
}
