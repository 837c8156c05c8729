//! Publication dates in the forms that publishers use, as ISO 8601.
//!
//! Read are ISO 8601 and its relatives (blank for `T`, no separators), RFC 2822, month names in English before or after
//! the day, `DD.MM.YYYY`, and Unix time in seconds or milliseconds. `03/04/2020` is read only where one of the two
//! can't be a month: a guess would be wrong for half the world. A date without a time stays one; a time without a zone
//! stays local.

/// Appends the ISO 8601 form of `raw` to `out`; nothing if it isn't a date.
pub fn push_iso(raw: &str, out: &mut String) {
    if let Some(date) = parse(raw) {
        date.push_to(out);
    }
}

/// The ISO 8601 form of a Unix time in seconds.
pub fn iso_of_unix(seconds: u64) -> String {
    iso_of_epoch(i64::try_from(seconds).unwrap_or(i64::MAX))
}

/// The ISO 8601 form of a Unix time in seconds, which may be before 1970; empty beyond the years 1000 to 9999.
pub fn iso_of_epoch(seconds: i64) -> String {
    let mut out = String::new();
    if let Some(date) = from_unix(seconds) {
        date.push_to(&mut out);
    }
    out
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Date {
    year: u32,
    month: u32,
    day: u32,
    time: Option<Time>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Time {
    hour: u32,
    minute: u32,
    second: u32,
    /// Minutes east of UTC.
    zone: Option<i32>,
}

impl Date {
    fn new(year: u32, month: u32, day: u32) -> Option<Date> {
        let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let days = match month {
            2 if leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => return None,
        };
        let fits = (1000..=9999).contains(&year) && (1..=days).contains(&day);
        fits.then_some(Date { year, month, day, time: None })
    }

    fn push_to(self, out: &mut String) {
        use std::fmt::Write;
        // Writing to a `String` can't fail.
        let _ = write!(out, "{:04}-{:02}-{:02}", self.year, self.month, self.day);
        let Some(time) = self.time else { return };
        let _ = write!(out, "T{:02}:{:02}:{:02}", time.hour, time.minute, time.second);
        let _ = match time.zone {
            None => Ok(()),
            Some(0) => out.write_str("Z"),
            Some(z) => {
                let sign = if z < 0 { '-' } else { '+' };
                write!(out, "{sign}{:02}:{:02}", z.abs() / 60, z.abs() % 60)
            }
        };
    }
}

fn parse(raw: &str) -> Option<Date> {
    let text = raw.trim();
    if text.len() > 64 || !text.is_ascii() {
        return None;
    }
    if text.bytes().all(|b| b.is_ascii_digit()) {
        return from_digits(text);
    }
    let (mut date, rest) = numeric(text).or_else(|| named(text))?;
    date.time = time(rest)?;
    Some(date)
}

/// `20251014`, `20251014083000`, Unix time in seconds (10 digits) or milliseconds (13).
fn from_digits(text: &str) -> Option<Date> {
    let part = |range| number(text.get(range)?);
    match text.len() {
        8 | 14 => {
            let mut date = Date::new(part(0..4)?, part(4..6)?, part(6..8)?)?;
            if text.len() == 14 {
                date.time = Some(clock(part(8..10)?, part(10..12)?, part(12..14)?, Some(0))?);
            }
            Some(date)
        }
        10 => from_unix(text.parse().ok()?),
        13 => from_unix(text.parse::<i64>().ok()? / 1000),
        _ => None,
    }
}

/// Civil date of a day count, after H. Hinnant, "chrono-compatible low-level date algorithms".
fn from_unix(seconds: i64) -> Option<Date> {
    let z = u64::try_from(seconds.div_euclid(86_400) + 719_468).ok()?;
    let (era, doe) = (z / 146_097, z % 146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    let year = yoe + era * 400 + u64::from(month <= 2);
    let mut date = Date::new(u32::try_from(year).ok()?, month as u32, (doy - (153 * mp + 2) / 5 + 1) as u32)?;
    let of_day = seconds.rem_euclid(86_400) as u32;
    date.time = clock(of_day / 3600, of_day / 60 % 60, of_day % 60, Some(0));
    Some(date)
}

fn number(text: &str) -> Option<u32> {
    let digits = !text.is_empty() && text.len() <= 4 && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

fn clock(hour: u32, minute: u32, second: u32, zone: Option<i32>) -> Option<Time> {
    (hour < 24 && minute < 60 && second <= 60).then_some(Time { hour, minute, second, zone })
}

/// Digits at the front, and what follows.
fn leading(text: &str) -> (&str, &str) {
    text.split_at(text.bytes().position(|b| !b.is_ascii_digit()).unwrap_or(text.len()))
}

/// Three numbers with one separator; and what follows.
fn numeric(text: &str) -> Option<(Date, &str)> {
    let (a, rest) = leading(text);
    if a.len() == 8 && rest.starts_with(['T', ' ']) {
        return Some((from_digits(a)?, rest));
    }
    let separator = rest.chars().next().filter(|c| matches!(c, '-' | '/' | '.'))?;
    let (b, rest) = leading(&rest[1..]);
    let (c, rest) = leading(rest.strip_prefix(separator)?);
    let [x, y, z] = [number(a)?, number(b)?, number(c)?];
    let date = match (a.len(), separator) {
        (4, _) => Date::new(x, y, z)?,
        (_, _) if c.len() != 4 => return None,
        (_, '.') => Date::new(z, y, x)?,
        _ if x > 12 => Date::new(z, y, x)?,
        _ if y > 12 || x == y => Date::new(z, x, y)?,
        _ => return None,
    };
    Some((date, rest))
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// A month from its name or an abbreviation of at least three letters.
fn month(word: &str) -> Option<u32> {
    let word = word.trim_end_matches('.').to_ascii_lowercase();
    let known = |m: &str| word.len() >= 3 && (m.starts_with(&word) || (word == "sept" && m == "september"));
    MONTHS.iter().position(|m| known(m)).map(|i| i as u32 + 1)
}

/// `14 October 2025`, `Tue, 14 Oct 2025`, `October 14th, 2025`; and what follows.
fn named(text: &str) -> Option<(Date, &str)> {
    let mut words = Words(text);
    let mut first = words.next()?;
    if first.bytes().all(|b| b.is_ascii_alphabetic()) && month(first).is_none() {
        if !is_weekday(first) {
            return None;
        }
        first = words.next()?;
    }
    let second = words.next()?;
    let year = words.next()?;
    let (m, d) = match (month(first), month(second)) {
        (Some(m), _) => (m, second),
        (None, Some(m)) => (m, first),
        _ => return None,
    };
    let (day, ordinal) = leading(d);
    if !matches!(ordinal, "" | "." | "st" | "nd" | "rd" | "th") || year.len() != 4 {
        return None;
    }
    Some((Date::new(number(year)?, m, number(day)?)?, words.0))
}

fn is_weekday(word: &str) -> bool {
    let word = word.trim_end_matches('.').to_ascii_lowercase();
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    word.len() >= 3 && days.iter().any(|d| d.starts_with(&word))
}

/// Words between blanks and commas.
struct Words<'a>(&'a str);

impl<'a> Iterator for Words<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let text = self.0.trim_start_matches([' ', ',', '-']);
        let end = text.find([' ', ',', '-']).unwrap_or(text.len());
        let (word, rest) = text.split_at(end);
        self.0 = rest;
        (!word.is_empty()).then_some(word)
    }
}

/// What follows a date: nothing (`Some(None)`), or a time of day with a zone or without. `None` if it is neither.
fn time(rest: &str) -> Option<Option<Time>> {
    let rest = rest.trim_start_matches([' ', ',', 'T', 't']).trim_start_matches("at ").trim();
    if rest.is_empty() {
        return Some(None);
    }
    let (hour, after) = leading(rest);
    let (hour, minute, second, after) = if hour.len() == 6 || hour.len() == 4 {
        (&hour[..2], &hour[2..4], hour.get(4..6).unwrap_or("0"), after)
    } else {
        let (minute, after) = leading(after.strip_prefix(':')?);
        match after.strip_prefix(':').map(leading) {
            Some((second, after)) => (hour, minute, second, after),
            None => (hour, minute, "0", after),
        }
    };
    let after = match after.strip_prefix(['.', ',']) {
        Some(fraction) => leading(fraction).1,
        None => after,
    };
    let (hour, zone_text) = twelve_hours(number(hour)?, after.trim())?;
    Some(Some(clock(hour, number(minute)?, number(second)?, zone(zone_text)?)?))
}

/// The hour after an `am` or `pm`, and what follows it.
fn twelve_hours(hour: u32, after: &str) -> Option<(u32, &str)> {
    let lower = after.get(..2).map(str::to_ascii_lowercase);
    let (pm, rest) = match lower.as_deref() {
        Some("am") => (0, &after[2..]),
        Some("pm") => (12, &after[2..]),
        _ => return Some((hour, after)),
    };
    (1..=12).contains(&hour).then_some((hour % 12 + pm, rest.trim_start()))
}

/// Minutes east of UTC; `Some(None)` if nothing is said. Names but UTC's own are ambiguous and taken for nothing said,
/// save those of RFC 2822.
fn zone(text: &str) -> Option<Option<i32>> {
    let text = text.trim_end_matches(" (UTC)").trim();
    let rest = text.trim_start_matches("UTC").trim_start_matches("GMT");
    let hours = match rest {
        "" if text.is_empty() => return Some(None),
        "" | "Z" | "z" | "UT" => 0,
        "EDT" => -4,
        "EST" | "CDT" => -5,
        "CST" | "MDT" => -6,
        "MST" | "PDT" => -7,
        "PST" => -8,
        _ => return offset(rest).map(Some),
    };
    Some(Some(hours * 60))
}

/// `+02:00`, `-0500`, `+03`.
fn offset(text: &str) -> Option<i32> {
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, rest) = leading(&text[1..]);
    let (hours, minutes) = match (hours.len(), rest) {
        (4, "") => hours.split_at(2),
        (1 | 2, "") => (hours, "0"),
        (1 | 2, _) => (hours, rest.strip_prefix(':')?),
        _ => return None,
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    (hours <= 15 && minutes < 60).then_some(sign * (hours * 60 + minutes) as i32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_forms_become_iso() {
        for (raw, expected) in [
            ("2025-10-14", "2025-10-14"),
            (" 2025-10-14 ", "2025-10-14"),
            ("2025/10/14", "2025-10-14"),
            ("2025-10-14T08:30:00Z", "2025-10-14T08:30:00Z"),
            ("2025-10-14T08:30:00.123+02:00", "2025-10-14T08:30:00+02:00"),
            ("2025-10-14 08:30", "2025-10-14T08:30:00"),
            ("2025-10-14 08:30:05 UTC", "2025-10-14T08:30:05Z"),
            ("2025-10-14T08:30:00-0530", "2025-10-14T08:30:00-05:30"),
            ("20251014", "2025-10-14"),
            ("20251014T083000Z", "2025-10-14T08:30:00Z"),
            ("20251014083000", "2025-10-14T08:30:00Z"),
            ("1760430600", "2025-10-14T08:30:00Z"),
            ("1760430600000", "2025-10-14T08:30:00Z"),
            ("951782400", ""),
            ("Tue, 14 Oct 2025 08:30:00 GMT", "2025-10-14T08:30:00Z"),
            ("Tue, 14 Oct 2025 08:30:00 +0200", "2025-10-14T08:30:00+02:00"),
            ("14 October 2025", "2025-10-14"),
            ("October 14, 2025", "2025-10-14"),
            ("Oct. 14th, 2025 at 3:05 pm", "2025-10-14T15:05:00"),
            ("Sept. 3, 2019 12:10 AM EST", "2019-09-03T00:10:00-05:00"),
            ("Tuesday, October 14, 2025", "2025-10-14"),
            ("14-Oct-2025", "2025-10-14"),
            ("14.10.2025", "2025-10-14"),
            ("3.4.2020 17:00", "2020-04-03T17:00:00"),
            ("14/10/2025", "2025-10-14"),
            ("10/14/2025", "2025-10-14"),
            ("2020-02-29", "2020-02-29"),
        ] {
            let mut iso = String::new();
            push_iso(raw, &mut iso);
            assert_eq!(iso, expected, "{raw:?}");
        }
    }

    #[test]
    fn times_before_1970_are_times() {
        assert_eq!(iso_of_epoch(-1), "1969-12-31T23:59:59Z");
        assert_eq!(iso_of_epoch(-30_610_224_000), "1000-01-01T00:00:00Z");
        assert_eq!(iso_of_epoch(-30_610_224_001), "");
        assert_eq!(iso_of_epoch(i64::MIN), "");
        assert_eq!(iso_of_epoch(i64::MAX), "");
    }

    #[test]
    fn what_is_no_date_or_two_is_left_alone() {
        for raw in [
            "",
            "yesterday",
            "2025-13-01",
            "2021-02-29",
            "2025-10-32",
            "03/04/2020",
            "14.10.25",
            "soon, 14 Oct 2025",
            "2025-10-14T25:00:00",
            "2025-10-14 and more",
            "0000-00-00",
            "12",
            "99999999999999999999",
            "١٤ October 2025",
        ] {
            let mut iso = String::new();
            push_iso(raw, &mut iso);
            assert_eq!(iso, "", "{raw:?}");
        }
    }
}
