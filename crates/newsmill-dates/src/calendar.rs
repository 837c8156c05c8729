//! Days of the proleptic Gregorian calendar.

/// A day, counted from 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Day(pub i64);

impl Day {
    /// `None` if the calendar has no such day. The arithmetic is Howard Hinnant's ("chrono-compatible low-level date
    /// algorithms", 2013): years begin in March, so that the leap day is their last.
    pub fn new(year: i64, month: i64, day: i64) -> Option<Day> {
        if !(1..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
            return None;
        }
        let y = year - i64::from(month <= 2);
        let era = y.div_euclid(400);
        let of_era = y.rem_euclid(400);
        let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        let of_era = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
        let made = Day(era * 146_097 + of_era - 719_468);
        (made.date() == (year, month, day)).then_some(made)
    }

    /// From the beginning of an ISO 8601 text.
    pub fn parse(text: &str) -> Option<Day> {
        let date = text.get(..10)?;
        let mut parts = date.split('-').map(|p| p.parse().ok());
        Day::new(parts.next()??, parts.next()??, parts.next()??)
    }

    /// Year, month and day.
    pub fn date(self) -> (i64, i64, i64) {
        let z = self.0 + 719_468;
        let era = z.div_euclid(146_097);
        let of_era = z.rem_euclid(146_097);
        let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        (year + era * 400 + i64::from(month <= 2), month, day)
    }

    /// 1 is Monday, 7 Sunday.
    pub fn weekday(self) -> i64 {
        (self.0 + 3).rem_euclid(7) + 1
    }

    /// Year and number of the ISO week.
    pub fn week(self) -> (i64, i64) {
        // The week belongs to the year of its Thursday.
        let thursday = Day(self.0 - self.weekday() + 4);
        let year = thursday.date().0;
        let first = Day::new(year, 1, 1).map_or(thursday.0, |d| d.0);
        (year, (thursday.0 - first) / 7 + 1)
    }
}

/// A time as precise as the text says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Time {
    /// A day.
    Day(Day),
    /// Year and ISO week.
    Week(i64, i64),
    /// Year and month.
    Month(i64, i64),
    /// A year.
    Year(i64),
}

impl Time {
    /// The month so many months from another.
    pub fn month(year: i64, month: i64, later: i64) -> Time {
        let months = year * 12 + month - 1 + later;
        Time::Month(months.div_euclid(12), months.rem_euclid(12) + 1)
    }
}

impl std::fmt::Display for Time {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match *self {
            Time::Day(day) => {
                let (y, m, d) = day.date();
                write!(f, "{y:04}-{m:02}-{d:02}")
            }
            Time::Week(y, w) => write!(f, "{y:04}-W{w:02}"),
            Time::Month(y, m) => write!(f, "{y:04}-{m:02}"),
            Time::Year(y) => write!(f, "{y:04}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_days_are_right() {
        for (text, number, weekday, week) in [
            ("1970-01-01", 0, 4, "1970-W01"),
            ("2025-10-14", 20_375, 2, "2025-W42"),
            ("2024-02-29", 19_782, 4, "2024-W09"),
            ("2021-01-03", 18_630, 7, "2020-W53"),
        ] {
            let day = Day::parse(text).unwrap();
            let (y, w) = day.week();
            assert_eq!(
                (day.0, day.weekday(), &*Time::Week(y, w).to_string()),
                (number, weekday, week),
                "{text}"
            );
            assert_eq!(Time::Day(day).to_string(), text);
        }
        assert_eq!(Day::parse("2023-02-29"), None);
        assert_eq!(Day::parse("2023-1é"), None);
    }

    proptest! {
        #[test]
        fn every_day_is_its_date(number in -700_000i64..2_900_000) {
            let (y, m, d) = Day(number).date();
            if y >= 1 {
                prop_assert_eq!(Day::new(y, m, d), Some(Day(number)));
            }
        }
    }
}
