//! What speaks for a place, counted in doublings: a point more is worth twice as many inhabitants.

use newsmill_core::lexicon::NameFlags;

use super::{Choice, Form, Link, Scratch};
use crate::location::{Level, Location};

/// One doubling.
pub(super) const POINT: i32 = 16;

/// What a sovereign country is ahead of a region of its name, before the article speaks: news names regions of other
/// countries together with their country.
const COUNTRY: i32 = 3 * POINT / 2;
/// What a region is behind a city of its name.
const REGION: i32 = -2 * POINT;
/// Most points for lying in the country that all other names of places point to, and for lying in their region.
const SAME_COUNTRY: i32 = 5 * POINT;
const SAME_REGION: i32 = 5 * POINT;
/// Lying in a region that the article names.
const NAMED_REGION: i32 = POINT;
/// Lying in a county that the article names.
const SAME_COUNTY: i32 = 4 * POINT;
/// Being named by another name in the article: "New York state" beside "New York".
const OTHER_NAME: i32 = 3 * POINT;
/// Most points for a region if what the article names in its country are regions.
const AMONG_REGIONS: i32 = 4 * POINT;
/// Evidence that there always is for somewhere else, in weights of a name: the less an article says, the less it moves.
const ELSEWHERE: i32 = 24;
/// Lying in a region or country that is named a word or two away ("the Texas town of Paris"), or in the same sentence.
const HELD: i32 = 4 * POINT;
const HELD_AFAR: i32 = POINT;
/// Being of one size with a neighbour in a list.
const LISTED: i32 = 3 * POINT;
/// A word beside the name that tells its size.
const HINT: i32 = 4 * POINT;
/// Points for the nearest of the other places, by its distance in kilometres.
const NEARNESS: [(u32, i32); 4] = [(25, 4 * POINT), (60, 3 * POINT), (120, 3 * POINT / 2), (250, POINT / 2)];

/// Points by the number of inhabitants and the kind of place.
pub(super) fn prior(people: u32, level: Level, flags: NameFlags) -> i32 {
    let doublings = i32::try_from(people.max(1).ilog2()).unwrap_or(0);
    // The next binary digits, in parts of a doubling.
    let part = ((u64::from(people.max(1)) * 16) >> doublings) as i32 - 16;
    let by_level = match level {
        Level::Country => COUNTRY,
        Level::Region => REGION,
        _ => 0,
    };
    let by_form = if flags.has(NameFlags::VARIANT) { -POINT } else { 0 };
    doublings * POINT + part + by_level + by_form
}

/// Weight of a name in the evidence for others.
fn weight(form: &Form) -> i32 {
    let sure = form.pinned || form.to - form.from == 1;
    let often = 16 + 8 * form.mentions.clamp(1, 3) as i32 - 8;
    if sure { often } else { often * 5 / 8 }
}

/// Where the names of an article lie, by the choices of now.
#[derive(Default)]
pub(super) struct Around {
    all: i32,
    countries: Vec<([u8; 2], i32)>,
    regions: Vec<(([u8; 2], u32), i32)>,
    /// Names of regions, and of regions and what lies in them, by country.
    names_of_regions: Vec<([u8; 2], i32)>,
    names_in_regions: Vec<([u8; 2], i32)>,
}

fn add<K: PartialEq>(sums: &mut Vec<(K, i32)>, key: K, weight: i32) {
    match sums.iter_mut().find(|(k, _)| *k == key) {
        Some((_, sum)) => *sum += weight,
        None => sums.push((key, weight)),
    }
}

fn sum<K: PartialEq>(sums: &[(K, i32)], key: &K) -> i32 {
    sums.iter().find(|(k, _)| k == key).map_or(0, |(_, sum)| *sum)
}

/// Number of names that are evidence for others at most; bounds the cost.
const MOST_FORMS: usize = 256;

fn region(location: &Location) -> Option<([u8; 2], u32)> {
    location.country.filter(|_| location.admin1 != 0).map(|country| (country, location.admin1))
}

impl Around {
    /// Sums the choices of now up.
    pub(super) fn read(&mut self, forms: &[Form], choices: &[Choice]) {
        self.countries.clear();
        self.regions.clear();
        self.names_of_regions.clear();
        self.names_in_regions.clear();
        self.all = 0;
        for form in forms.iter().take(MOST_FORMS) {
            let location = choices[form.pick as usize].location;
            let Some(country) = location.country else { continue };
            let weight = weight(form);
            self.all += weight;
            add(&mut self.countries, country, weight);
            if location.level == Level::Region {
                add(&mut self.names_of_regions, country, weight);
            }
            if let Some(region) = region(&location) {
                add(&mut self.names_in_regions, country, weight);
                add(&mut self.regions, region, weight);
            }
        }
    }

    /// Points for a choice by how much of the rest lies in its country and its region. `own` is what the form itself
    /// adds to the sums.
    fn points(&self, location: &Location, own: &Location, own_weight: i32) -> i32 {
        let Some(country) = location.country else { return 0 };
        let less = |same: bool| if same { own_weight } else { 0 };
        let share = |sum: i32, all: i32, most: i32| most * sum.max(0) / (all + ELSEWHERE).max(1);
        let of_country = sum(&self.countries, &country) - less(own.country == Some(country));
        let all = self.all - less(own.country.is_some());
        let mut points = share(of_country, all, SAME_COUNTRY);
        if let Some(region_of) = region(location) {
            let of_region = sum(&self.regions, &region_of) - less(region(own) == Some(region_of));
            points += share(of_region, all, SAME_REGION);
        }
        if location.level == Level::Region {
            let same_country = own.country == Some(country);
            let regions =
                sum(&self.names_of_regions, &country) - less(same_country && own.level == Level::Region);
            let places = sum(&self.names_in_regions, &country) - less(same_country && own.admin1 != 0);
            points += share(regions, places, AMONG_REGIONS);
        }
        points
    }
}

/// The best choice of a form; the first of equal ones.
pub(super) fn best(s: &Scratch, form: usize) -> u32 {
    let f = s.forms[form];
    let mut best = (i32::MIN, f.from);
    for c in f.from..f.to {
        let points = points(s, form, c);
        if points > best.0 {
            best = (points, c);
        }
    }
    best.1
}

fn points(s: &Scratch, form: usize, choice: u32) -> i32 {
    let f = &s.forms[form];
    let own = s.choices[f.pick as usize].location;
    let Choice { location, prior, .. } = s.choices[choice as usize];
    prior
        + s.around.points(&location, &own, weight(f))
        + company(s, form, &s.choices[choice as usize])
        + neighbours(s, form, &location)
        + hints(s, form, &location)
}

/// Points for the same place under another name, for the county, and for the nearest other place.
fn company(s: &Scratch, form: usize, Choice { entry, location, .. }: &Choice) -> i32 {
    let (mut nearest, mut county, mut region, mut same) = (u32::MAX, 0, 0, 0);
    for (i, other) in s.forms.iter().enumerate().take(MOST_FORMS) {
        if i == form {
            continue;
        }
        let Choice { entry: other_entry, location: there, .. } = &s.choices[other.pick as usize];
        if entry == other_entry {
            same = OTHER_NAME;
            continue;
        }
        nearest = nearest.min(location.distance(there).unwrap_or(u32::MAX));
        if there.level == Level::Region && there.admin1 != 0 && there.holds(location) {
            region = NAMED_REGION;
        }
        let related = there.level == Level::County && there.holds(location)
            || location.level == Level::County && location.holds(there);
        if related {
            county = SAME_COUNTY;
        }
    }
    same + county + region + NEARNESS.iter().find(|(km, _)| nearest <= *km).map_or(0, |(_, points)| *points)
}

/// Points for names a few words away: a region that holds this place, or a list of things of one size.
fn neighbours(s: &Scratch, form: usize, location: &Location) -> i32 {
    let from = s.links.partition_point(|l| (l.0 as usize) < form);
    let (mut held, mut listed) = (0, 0);
    for &(_, other, link) in s.links[from..].iter().take_while(|l| l.0 as usize == form) {
        let there = &s.choices[s.forms[other as usize].pick as usize].location;
        if link == Link::Listed {
            if there.level == location.level && matches!(there.level, Level::Country | Level::Region) {
                listed = LISTED;
            }
        } else if there.holds(location) {
            held = held.max(if link == Link::Close { HELD } else { HELD_AFAR });
        }
    }
    held + listed
}

/// Points for words beside the name that tell its level.
fn hints(s: &Scratch, form: usize, location: &Location) -> i32 {
    let from = s.hints.partition_point(|h| (h.0 as usize) < form);
    let told = s.hints[from..].iter().take_while(|h| h.0 as usize == form);
    let (mut this, mut other) = (0, 0);
    for &(_, level) in told {
        if level == location.level { this += 1 } else { other += 1 }
    }
    if this > other { HINT } else { 0 }
}
