//! Writes the layers: text, parts, speakers, and which quotation each mention lies in.

use newsmill_core::Span;
use newsmill_core::layers::{
    Entities, MentionQuotes, Mentions, Quote, QuoteIx, QuoteKind, QuotePart, QuoteParts, QuoteSpeaker,
    QuoteSpeakers, Quotes, Sentences,
};

use crate::candidates::Candidate;
use crate::resolve::Speaker;
use crate::tags::Tags;
use crate::view::{Range, View};
use crate::words::Pos;

/// The layers that the stage writes.
pub(crate) struct Layers<'a> {
    pub quotes: &'a mut Quotes,
    pub parts: &'a mut QuoteParts,
    pub speakers: &'a mut QuoteSpeakers,
    pub of_mentions: &'a mut MentionQuotes,
}

/// A candidate with what was found out about it.
pub(crate) struct Resolved {
    pub candidate: Candidate,
    pub speaker: Option<Speaker>,
    pub several: Vec<(Speaker, Option<Range>)>,
    /// How the source is known: an index into [`SOURCES`](crate::confidence::SOURCES).
    pub source_kind: usize,
    pub confidence: f32,
}

impl Layers<'_> {
    /// Appends one quotation, unless it has no words; call in the order of spans.
    pub fn push(
        &mut self,
        view: &View<'_>,
        sentences: &Sentences,
        entities: &Entities,
        r: &Resolved,
    ) -> Option<QuoteIx> {
        let index = QuoteIx(self.quotes.rows.len() as u32);
        let c = &r.candidate;
        let mut slices = Vec::with_capacity(c.pieces.len());
        let parts = self.push_parts(view, index, c, &mut slices);
        let (first, last) = (slices.first()?, slices.last()?);
        let span = first.cover(*last);
        let kind = self.kind_of(parts.0, parts.1);
        let text = join(view, slices.iter().copied());
        let verbatim = join(view, self.parts.rows[parts.0..].iter().filter(|p| p.verbatim).map(|p| p.span));
        let cover = |range: Option<Range>| range.map(|(s, e)| view.tokens.cover(s..e));
        let name = |s: &Speaker| speaker_name(view, entities, s);
        let (id, speaker_name, kind_name) = match &r.speaker {
            Some(s) => (speaker_id(entities, s), name(s), s.kind),
            None => ("", "", ""),
        };
        let strings = &mut self.quotes.strings;
        let row = Quote {
            span,
            text: strings.push(&text),
            verbatim: strings.push(&verbatim),
            kind,
            parts: (self.parts.rows.len() - parts.0) as u32,
            cue: cover(c.cue),
            speaker: cover(c.source),
            entity: r.speaker.as_ref().and_then(|s| s.entity),
            speaker_id: strings.push(id),
            speaker_name: strings.push(speaker_name),
            speaker_type: strings.push(kind_name),
            speakers: 0,
            negated: c.negated,
            sentence: sentences.at(span.start),
            confidence: r.confidence,
        };
        self.quotes.rows.push(row);
        let own = self.push_speakers(view, entities, index, r);
        if let Some(row) = self.quotes.rows.last_mut() {
            row.speakers = own;
        }
        Some(index)
    }

    fn push_speakers(&mut self, view: &View<'_>, entities: &Entities, quote: QuoteIx, r: &Resolved) -> u32 {
        let source = r.candidate.source;
        let one = r.speaker.iter().map(|s| (s, source));
        let several = r.several.iter().map(|(s, range)| (s, *range));
        let rows: Vec<(&Speaker, Option<Range>)> =
            if r.several.is_empty() { one.collect() } else { several.collect() };
        for (i, (speaker, range)) in rows.iter().enumerate() {
            let strings = &mut self.speakers.strings;
            let row = QuoteSpeaker {
                quote,
                speaker: i as u32,
                span: range.map(|(s, e)| view.tokens.cover(s..e)),
                entity_id: strings.push(speaker_id(entities, speaker)),
                name: strings.push(speaker_name(view, entities, speaker)),
                kind: strings.push(speaker.kind),
            };
            self.speakers.rows.push(row);
        }
        rows.len() as u32
    }

    /// Splits the pieces where marks begin and end; returns the first part's index and whether all are verbatim.
    /// `slices` gets each piece from its first part on; a piece without a word has none.
    fn push_parts(
        &mut self,
        view: &View<'_>,
        quote: QuoteIx,
        c: &Candidate,
        slices: &mut Vec<Span>,
    ) -> (usize, usize) {
        let first = self.parts.rows.len();
        let mut number = 0;
        let mut verbatims = 0;
        for &(start, end) in &c.pieces {
            let before = self.parts.rows.len();
            let mut t = start;
            while t < end {
                let inside = view.marks.at(t).is_some();
                let mut to = t + 1;
                while to < end && view.marks.region_of[to as usize] == view.marks.region_of[t as usize] {
                    to += 1;
                }
                let part = if c.inside { Some((start, end)) } else { trim_part(view, (t, to)) };
                if let Some((s, e)) = part {
                    verbatims += usize::from(inside);
                    let span = view.tokens.cover(s..e);
                    self.parts.rows.push(QuotePart { quote, part: number, span, verbatim: inside });
                    number += 1;
                }
                t = if c.inside { end } else { to };
            }
            if let Some(part) = self.parts.rows.get(before) {
                slices.push(Span { start: part.span.start, end: view.tokens.end[end as usize - 1] });
            }
        }
        (first, verbatims)
    }

    fn kind_of(&self, first: usize, verbatims: usize) -> QuoteKind {
        match self.parts.rows.len() - first {
            n if n == verbatims => QuoteKind::Direct,
            _ if verbatims > 0 => QuoteKind::Mixed,
            _ => QuoteKind::Indirect,
        }
    }

    /// Fills the innermost quotation of each mention.
    pub fn locate(&mut self, mentions: &Mentions) {
        let mut open: Vec<usize> = Vec::new();
        let mut next = 0;
        for m in &mentions.rows {
            while next < self.quotes.rows.len() && self.quotes.rows[next].span.start <= m.span.start {
                open.push(next);
                next += 1;
            }
            while open.last().is_some_and(|&q| self.quotes.rows[q].span.end <= m.span.start) {
                open.pop();
            }
            let inside = open.iter().rev().take(8).find(|&&q| self.holds(q, m.span));
            self.of_mentions.rows.push(inside.map(|&q| QuoteIx(q as u32)));
        }
    }

    /// Whether a mention lies in a part of the quotation, not in its reporting clause.
    fn holds(&self, quote: usize, span: Span) -> bool {
        let ix = QuoteIx(quote as u32);
        let from = self.parts.rows.partition_point(|p| p.quote < ix);
        let parts = self.parts.rows[from..].iter().take_while(|p| p.quote == ix);
        let mut touching = parts.filter(|p| p.span.overlaps(span));
        touching.next().is_some()
    }
}

fn trim_part(view: &View<'_>, range: Range) -> Option<Range> {
    let (mut start, mut end) = range;
    let edge = |t: u32| matches!(view.words.pos[t as usize], Pos::Quote | Pos::Hidden);
    while start < end && edge(start) {
        start += 1;
    }
    while start < end && edge(end - 1) {
        end -= 1;
    }
    (start < end && view.speaks(start, end)).then_some((start, end))
}

fn join(view: &View<'_>, spans: impl Iterator<Item = Span>) -> String {
    let mut text = String::new();
    for span in spans {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(view.text.get(span.range()).unwrap_or(""));
    }
    text
}

fn speaker_id<'e>(entities: &'e Entities, s: &Speaker) -> &'e str {
    s.entity.map_or("", |e| entities.strings.get(entities.rows[e.at()].id))
}

fn speaker_name<'e>(view: &View<'e>, entities: &'e Entities, s: &Speaker) -> &'e str {
    match (s.entity, s.phrase) {
        (Some(e), _) => entities.name(e),
        (None, Some((start, end)))
            if end == start + 1 && view.pos(start) == Pos::Pron && !view.tags(start).any(Tags::INDEF) =>
        {
            ""
        }
        (None, Some((start, end))) => view.text.get(view.tokens.cover(start..end).range()).unwrap_or(""),
        (None, None) => "",
    }
}
