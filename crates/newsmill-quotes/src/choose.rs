//! Choosing among candidates: every quotation in marks once, nothing crossing.

use crate::candidates::{Candidate, Template};
use crate::marks::Marks;
use crate::view::Range;

/// Sorts, drops doubles and what crosses. Linear but for the sort.
pub(crate) fn choose(mut all: Vec<Candidate>, marks: &Marks) -> Vec<Candidate> {
    // In reading order of their cues, so that the first claim to a quotation in marks is the nearest before it.
    all.sort_by_key(|c| (c.template == Template::Loose, c.inside, c.cue.map_or(c.span().0, |r| r.0)));
    let mut claimed = vec![false; marks.regions.len()];
    let mut kept: Vec<Candidate> = Vec::new();
    for mut c in all {
        if !c.inside {
            let wholly = |&(s, e): &Range| whole_region(marks, s, e);
            let regions: Vec<Option<usize>> = c.pieces.iter().map(wholly).collect();
            let mut index = 0;
            c.pieces.retain(|_| {
                let taken = regions[index].is_some_and(|r| claimed[r]);
                index += 1;
                !taken
            });
            if c.pieces.is_empty() {
                continue;
            }
            for region in regions.into_iter().flatten() {
                claimed[region] = true;
            }
        }
        kept.push(c);
    }
    kept.sort_by_key(|c| (c.span().0, std::cmp::Reverse(c.span().1), c.cue));
    drop_crossing(kept)
}

/// The region whose whole content a piece is.
pub(crate) fn whole_region(marks: &Marks, start: u32, end: u32) -> Option<usize> {
    let index = marks.index_at(start)?;
    let region = marks.regions[index];
    // Marks and stops at the edges were trimmed.
    (start >= region.start && start <= region.start + 2 && end <= region.end && end + 3 >= region.end)
        .then_some(index)
}

fn drop_crossing(sorted: Vec<Candidate>) -> Vec<Candidate> {
    let mut open: Vec<(Range, usize)> = Vec::new();
    let mut kept: Vec<Candidate> = Vec::new();
    for c in sorted {
        let span = c.span();
        while open.last().is_some_and(|((_, end), _)| *end <= span.0) {
            open.pop();
        }
        let crosses = open.last().is_some_and(|((_, end), _)| *end < span.1);
        let same = open.last().is_some_and(|(o, _)| *o == span);
        if crosses || same {
            continue;
        }
        open.push((span, kept.len()));
        kept.push(c);
    }
    kept
}
