//! A text written anew, and where its places went.

use super::phrases::Phrases;
use crate::document::Article;
use crate::span::Span;

/// A stretch of text that became another.
#[derive(Clone, Copy, Debug)]
struct Region {
    old: Span,
    new: Span,
}

/// Which stretches of a text are replaced.
#[derive(Debug, Default)]
pub(super) struct Retelling {
    /// Places of names, with the index of what stands for each.
    wanted: Vec<(Span, usize)>,
    /// Ascending and disjoint, once the text is written.
    regions: Vec<Region>,
}

impl Retelling {
    pub(super) fn clear(&mut self) {
        self.wanted.clear();
        self.regions.clear();
    }

    /// A name that is known to stand here.
    pub(super) fn replace(&mut self, place: Span, index: usize) {
        self.wanted.push((place, index));
    }

    /// Writes the article's text without the names, those that were told and those that are found.
    pub(super) fn write(&mut self, article: &Article, phrases: &Phrases, out: &mut Article) {
        for section in article.sections() {
            let text = &article.text()[section.span.range()];
            let place = |range: std::ops::Range<usize>| {
                Span::from(section.span.start as usize + range.start..section.span.start as usize + range.end)
            };
            // Behind those that were told, so that these win.
            self.wanted.extend(phrases.find(text).into_iter().map(|(range, index)| (place(range), index)));
        }
        let told = disjoint(std::mem::take(&mut self.wanted));
        let (mut text, mut copied) = (String::with_capacity(article.text().len()), 0);
        for (old, index) in told {
            text.push_str(&article.text()[copied..old.start as usize]);
            let start = text.len();
            text.push_str(phrases.pseudonym_of(index));
            self.regions.push(Region { old, new: Span::from(start..text.len()) });
            copied = old.end as usize;
        }
        text.push_str(&article.text()[copied..]);
        let body = article.text().len() - article.body().len();
        let body = self.at(body as u32, Edge::Start) as usize;
        let title = article.title().map_or(0, |title| self.at(title.len() as u32, Edge::End) as usize);
        out.set_text(&text[..title], &text[body..]);
    }

    /// Where a place went; one that cuts a name takes in all that stands for it.
    pub(super) fn place(&self, span: Span) -> Span {
        Span::new(self.at(span.start, Edge::Start), self.at(span.end, Edge::End))
    }

    fn at(&self, at: u32, edge: Edge) -> u32 {
        let before = self.regions.partition_point(|region| region.old.end <= at);
        match self.regions.get(before) {
            Some(region) if region.old.start < at => match edge {
                Edge::Start => region.new.start,
                Edge::End => region.new.end,
            },
            _ => {
                let last = before.checked_sub(1).map(|i| self.regions[i]);
                last.map_or(at, |region| at - region.old.end + region.new.end)
            }
        }
    }
}

#[derive(Clone, Copy)]
enum Edge {
    Start,
    End,
}

/// Places that overlap made one, called by whichever begins first; in order. Of two that are the same the one that was
/// told counts.
fn disjoint(mut wanted: Vec<(Span, usize)>) -> Vec<(Span, usize)> {
    wanted.retain(|(span, _)| span.start < span.end);
    wanted.sort_by_key(|(span, _)| (span.start, std::cmp::Reverse(span.end)));
    wanted.dedup_by(|later, earlier| {
        let overlap = later.0.start < earlier.0.end;
        earlier.0.end = if overlap { earlier.0.end.max(later.0.end) } else { earlier.0.end };
        overlap
    });
    wanted
}
