//! When a listed role holds: the columns `valid_from` and `valid_to` of a list, and the article's date.

use newsmill_core::lexicon::{EntryId, Lexicon};

/// Columns of a list that say when its roles hold; without them they always do.
#[derive(Clone, Copy, Debug, Default)]
pub struct PeriodColumns {
    /// First day, ISO 8601, or its year or month alone; several between `|`, one for each role.
    pub from: Option<usize>,
    /// Last day, likewise.
    pub to: Option<usize>,
}

/// What an article's date says of an entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// The list or the article has no date.
    Undated,
    /// Within this period, counted from 0.
    Within(usize),
    /// Within none of the periods.
    No,
}

impl PeriodColumns {
    /// Which of an entity's periods a date (ISO 8601, may be empty) lies in.
    pub fn at(self, lexicon: &dyn Lexicon, entry: EntryId, date: &str) -> Holds {
        if date.is_empty() || (self.from.is_none() && self.to.is_none()) {
            return Holds::Undated;
        }
        let cell = |column: Option<usize>| column.map_or("", |c| lexicon.extra(entry, c));
        at(cell(self.from), cell(self.to), date)
    }
}

fn at(from: &str, to: &str, date: &str) -> Holds {
    if from.is_empty() && to.is_empty() {
        return Holds::Undated;
    }
    let (mut from, mut to) = (from.split('|'), to.split('|'));
    for i in 0.. {
        let (first, last) = match (from.next(), to.next()) {
            (None, None) => break,
            (first, last) => (first.unwrap_or("").trim(), last.unwrap_or("").trim()),
        };
        // A year or a month alone is compared with as much of the date.
        let as_long = |bound: &str| date.get(..bound.len()).unwrap_or(date);
        if (first.is_empty() || as_long(first) >= first) && (last.is_empty() || as_long(last) <= last) {
            return Holds::Within(i);
        }
    }
    Holds::No
}

/// The role of those in a cell, between `|`, that holds.
pub fn role(cell: &str, holds: Holds) -> &str {
    match holds {
        Holds::Undated => cell.split('|').next().unwrap_or(""),
        Holds::Within(i) => cell.split('|').nth(i).unwrap_or(""),
        Holds::No => "",
    }
    .trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_lies_in_the_first_period_that_holds_it() {
        for (from, to, date, holds) in [
            ("2009-01-20|2021-01-20", "2017-01-20|2025-01-20", "2016-05-01", Holds::Within(0)),
            ("2009-01-20|2021-01-20", "2017-01-20|2025-01-20", "2021-01-20T09:00:00Z", Holds::Within(1)),
            ("2009-01-20|2021-01-20", "2017-01-20|2025-01-20", "2019-12-31", Holds::No),
            ("2009", "2016", "2016-12-31", Holds::Within(0)),
            ("2009", "2016", "2017-01-01", Holds::No),
            ("2021-03", "", "2021-02-28", Holds::No),
            ("2021-03", "", "2021-03-01", Holds::Within(0)),
            ("", "1999", "1980-01-01", Holds::Within(0)),
            ("", "", "1980-01-01", Holds::Undated),
            ("2001|", "2003|", "2010-01-01", Holds::Within(1)),
        ] {
            assert_eq!(at(from, to, date), holds, "{from} to {to} at {date}");
        }
    }

    #[test]
    fn role_is_the_one_of_the_period() {
        assert_eq!(role("senator|president", Holds::Within(1)), "president");
        assert_eq!(role("senator | president", Holds::Undated), "senator");
        assert_eq!(role("president", Holds::No), "");
        assert_eq!(role("president", Holds::Within(3)), "");
    }
}
