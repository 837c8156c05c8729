//! Dates of one section of an article.

use regex::{Captures, Match, Regex};

use crate::calendar::{Day, Time};
use crate::words::Words;

/// A date in the text, byte offsets within the section.
pub(crate) struct Found {
    pub start: usize,
    pub end: usize,
    pub time: Option<Time>,
    pub precision: &'static str,
    /// Whether the value rests on the day of publication.
    pub relative: bool,
}

/// What a pattern's match means; `None` if it is no date.
type Reading = fn(&Context<'_>, &Captures<'_>) -> Option<Means>;

/// A reading: the time if it can be told, how precise, whether relative.
type Means = (Option<Time>, &'static str, bool);

struct Context<'a> {
    words: &'a Words,
    published: Option<Day>,
    text: &'a str,
}

/// Compiled patterns with what their matches mean.
pub(crate) struct Finder {
    words: Words,
    patterns: Vec<(Regex, Reading)>,
}

/// How far the words that look ahead may stand before a weekday; bytes.
const AHEAD: usize = 120;

impl Finder {
    /// # Errors
    /// The words make no regular expression.
    pub fn new() -> Result<Finder, regex::Error> {
        let words = Words::new();
        let of = |class: &str| words.pattern(class);
        let (month, weekday, shift, unit) = (of("month"), of("weekday"), of("shift"), of("unit"));
        let (number, before, day) = (of("number"), of("before"), of("day"));
        let lead = format!(r"(?:\b(?:{weekday}),? (?:the )?)?");
        let sources: [(String, Reading); 10] = [
            (r"\b(?<y>[12]\d{3})-(?<mm>\d\d)-(?<d>\d\d)\b".to_owned(), iso),
            (
                format!(
                    r"{lead}\b(?<m>{month}) (?<d>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,? (?<y>[12]\d{{3}})\b)?"
                ),
                date,
            ),
            (
                format!(
                    r"{lead}\b(?<d>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?<m>{month})(?:,? (?<y>[12]\d{{3}})\b)?"
                ),
                date,
            ),
            (format!(r"\b(?<m>{month}),? (?<y>[12]\d{{3}})\b"), month_of_year),
            (format!(r"\b(?i:{before})[ -](?<span>(?<m>{month}))"), month_alone),
            (format!(r"\b(?i:{before})[ -](?<span>(?<y>1[5-9]\d\d|20\d\d))\b"), year),
            (format!(r"\b(?<w>(?i:{day}))\b"), near_day),
            (format!(r"\b(?:(?<s>(?i:{shift})) )?(?<w>{weekday})\b"), on_weekday),
            (format!(r"\b(?<s>(?i:{shift})) (?:(?<u>week|month|year)|(?<m>{month}))\b"), shifted),
            (format!(r"\b(?<n>\d{{1,3}}|(?i:{number})) (?<u>{unit})s? ago\b"), ago),
        ];
        // Unicode's word boundaries and digits would keep the regex crate's fast engine from running.
        let compile = |(source, reading): (String, Reading)| {
            let source = source.replace(r"\b", r"(?-u:\b)").replace(r"\d", "[0-9]");
            Ok((Regex::new(&source)?, reading))
        };
        let patterns = sources.into_iter().map(compile).collect::<Result<_, regex::Error>>()?;
        Ok(Finder { words, patterns })
    }

    /// Appends what is found; it may overlap.
    pub fn find(&self, text: &str, published: Option<Day>, english: bool, found: &mut Vec<Found>) {
        let cx = Context { words: &self.words, published, text };
        let patterns = if english { &self.patterns[..] } else { &self.patterns[..1] };
        for (regex, reading) in patterns {
            for captures in regex.captures_iter(text) {
                let Some(place) = captures.name("span").or_else(|| captures.get(0)) else { continue };
                if !stands_alone(text, place) {
                    continue;
                }
                if let Some((time, precision, relative)) = reading(&cx, &captures) {
                    found.push(Found { start: place.start(), end: place.end(), time, precision, relative });
                }
            }
        }
    }
}

/// Whether a match is no part of a longer word or number.
fn stands_alone(text: &str, place: Match<'_>) -> bool {
    let within = |a: Option<char>, b: Option<char>| {
        a.is_some_and(char::is_alphanumeric) && b.is_some_and(char::is_alphanumeric)
    };
    let (before, inside, after) = (&text[..place.start()], place.as_str(), &text[place.end()..]);
    !within(before.chars().next_back(), inside.chars().next())
        && !within(inside.chars().next_back(), after.chars().next())
}

fn number(m: Option<Match<'_>>) -> Option<i64> {
    m?.as_str().parse().ok()
}

impl Context<'_> {
    fn value(&self, class: &str, m: Option<Match<'_>>) -> Option<i64> {
        let word = m?.as_str();
        self.words.value(class, word).or_else(|| self.words.value(class, &word.to_lowercase()))
    }

    /// The word before a place, if only a blank or a comma is between.
    fn word_before(&self, at: usize) -> &str {
        let before = self.text[..at].trim_end_matches([' ', ',']);
        let start = before.rfind(|c: char| !c.is_alphanumeric()).map_or(0, |i| i + 1);
        before.get(start..).or_else(|| before.get(before.len()..)).unwrap_or("")
    }

    /// Whether the sentence looks ahead before a place: *will meet on*.
    fn looks_ahead(&self, at: usize) -> bool {
        let from = (at.saturating_sub(AHEAD)..=at).find(|&i| self.text.is_char_boundary(i)).unwrap_or(at);
        let window = &self.text[from..at];
        let sentence = window.rsplit(['.', '!', '?', '\n', '“', '”', '"']).next().unwrap_or(window);
        sentence.split(|c: char| !c.is_alphabetic()).any(|w| self.words.value("ahead", w).is_some())
    }
}

fn iso(_: &Context<'_>, c: &Captures<'_>) -> Option<Means> {
    let day = Day::new(number(c.name("y"))?, number(c.name("mm"))?, number(c.name("d"))?)?;
    Some((Some(Time::Day(day)), "day", false))
}

fn date(cx: &Context<'_>, c: &Captures<'_>) -> Option<Means> {
    let (month, day) = (cx.value("month", c.name("m"))?, number(c.name("d"))?);
    if let Some(year) = number(c.name("y")) {
        return Some((Some(Time::Day(Day::new(year, month, day)?)), "day", false));
    }
    // A leap year has every day that any year has.
    Day::new(2000, month, day)?;
    let nearest = cx.published.and_then(|published| {
        let (year, ..) = published.date();
        let days = (year - 1..=year + 1).filter_map(|y| Day::new(y, month, day));
        days.min_by_key(|d| (d.0 - published.0).abs())
    });
    Some((nearest.map(Time::Day), "day", true))
}

fn month_of_year(cx: &Context<'_>, c: &Captures<'_>) -> Option<Means> {
    Some((Some(Time::Month(number(c.name("y"))?, cx.value("month", c.name("m"))?)), "month", false))
}

/// *in October*: the last one, that month included, or the next if the sentence looks ahead.
fn month_alone(cx: &Context<'_>, c: &Captures<'_>) -> Option<Means> {
    let month = cx.value("month", c.name("m"))?;
    let rest = &cx.text[c.name("m")?.end()..];
    // *May 14* and *March 2019* are other patterns'.
    if rest.trim_start_matches([' ', ',']).starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let ahead = cx.looks_ahead(c.get(0)?.start());
    let time = cx.published.map(|published| {
        let (year, now, _) = published.date();
        let year = match (ahead, month.cmp(&now)) {
            (true, std::cmp::Ordering::Less) => year + 1,
            (false, std::cmp::Ordering::Greater) => year - 1,
            _ => year,
        };
        Time::Month(year, month)
    });
    Some((time, "month", true))
}

fn year(cx: &Context<'_>, c: &Captures<'_>) -> Option<Means> {
    let year = c.name("y")?;
    let rest = &cx.text[year.end()..];
    let next =
        rest.strip_prefix(' ').unwrap_or("").split(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
    let counted = cx.words.value("counted", next).is_some() || rest.starts_with(['%', '-', '–']);
    let decimal = rest.starts_with([',', '.']) && rest[1..].starts_with(|c: char| c.is_ascii_digit());
    if counted || decimal {
        return None;
    }
    Some((Some(Time::Year(number(Some(year))?)), "year", false))
}

fn near_day(cx: &Context<'_>, c: &Captures<'_>) -> Option<Means> {
    let word = c.name("w")?;
    // *USA Today* is a name.
    if word.as_str().starts_with(char::is_uppercase)
        && cx.word_before(word.start()).starts_with(char::is_uppercase)
    {
        return None;
    }
    let days = cx.value("day", Some(word))?;
    Some((cx.published.map(|p| Time::Day(Day(p.0 + days))), "day", true))
}

fn on_weekday(cx: &Context<'_>, c: &Captures<'_>) -> Option<Means> {
    let (whole, shift) = (c.get(0)?, cx.value("shift", c.name("s")));
    let weekday = cx.value("weekday", c.name("w"))?;
    // *Black Friday* is a name; *On* and *By* before a weekday begin sentences.
    let before = cx.word_before(whole.start());
    let begins =
        cx.words.value("before", &before.to_lowercase()).is_some() || before.eq_ignore_ascii_case("on");
    let joined = cx.text[..whole.start()].ends_with(' ');
    if shift.is_none()
        && joined
        && before.starts_with(char::is_uppercase)
        && !begins
        && before.chars().count() > 1
    {
        return None;
    }
    let ahead = shift.map_or_else(|| cx.looks_ahead(whole.start()), |s| s > 0);
    let time = cx.published.map(|published| {
        let back = (published.weekday() - weekday).rem_euclid(7);
        let days = match (shift, ahead) {
            // Never the day itself.
            (Some(-1), _) => {
                if back == 0 {
                    -7
                } else {
                    -back
                }
            }
            (_, true) => {
                if back == 0 {
                    if shift.is_some() { 7 } else { 0 }
                } else {
                    7 - back
                }
            }
            (Some(_), false) => weekday - published.weekday(),
            (None, false) => -back,
        };
        Time::Day(Day(published.0 + days))
    });
    Some((time, "day", true))
}

fn shifted(cx: &Context<'_>, c: &Captures<'_>) -> Option<Means> {
    let shift = cx.value("shift", c.name("s"))?;
    if let Some(month) = cx.value("month", c.name("m")) {
        let time = cx.published.map(|published| {
            let (year, now, _) = published.date();
            let year = match shift {
                -1 if month >= now => year - 1,
                1 if month <= now => year + 1,
                _ => year,
            };
            Time::Month(year, month)
        });
        return Some((time, "month", true));
    }
    let (year, month, _) = cx.published.map_or((0, 1, 1), Day::date);
    let (time, precision) = match c.name("u")?.as_str() {
        "week" => {
            let (year, week) = cx.published.map_or((0, 0), |p| Day(p.0 + 7 * shift).week());
            (Time::Week(year, week), "week")
        }
        "month" => (Time::month(year, month, shift), "month"),
        _ => (Time::Year(year + shift), "year"),
    };
    Some((cx.published.map(|_| time), precision, true))
}

fn ago(cx: &Context<'_>, c: &Captures<'_>) -> Option<Means> {
    let n = number(c.name("n")).or_else(|| cx.value("number", c.name("n")))?;
    let (unit, published) = (c.name("u")?.as_str(), cx.published);
    let precision = match unit {
        "day" => "day",
        "week" => "week",
        "month" => "month",
        _ => "year",
    };
    let time = published.map(|p| {
        let (year, month, _) = p.date();
        match precision {
            "day" => Time::Day(Day(p.0 - n)),
            "week" => {
                let (year, week) = Day(p.0 - 7 * n).week();
                Time::Week(year, week)
            }
            "month" => Time::month(year, month, -n),
            _ => Time::Year(year - n),
        }
    });
    Some((time.filter(|t| !matches!(t, Time::Year(y) if *y < 1)), precision, true))
}
