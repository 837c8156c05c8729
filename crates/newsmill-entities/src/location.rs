//! Where a listed place lies: codes of the divisions that it is in, coordinates, and what size of thing it is.

use newsmill_core::fold::fold_hash;
use newsmill_core::lexicon::{Entry, EntryId, Lexicon};

/// Columns of a list that say where a place lies.
#[derive(Clone, Copy, Debug, Default)]
pub struct PlaceColumns {
    /// Code of the first-order division (state, province), unique in its country.
    pub admin1: Option<usize>,
    /// Code of the second-order division (county), unique in the first-order one.
    pub admin2: Option<usize>,
    /// Degrees, north positive.
    pub latitude: Option<usize>,
    /// Degrees, east positive.
    pub longitude: Option<usize>,
}

/// What size of thing a place is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// A sovereign country or a territory.
    Country,
    /// A first-order division.
    Region,
    /// A second-order division.
    County,
    /// A settlement or a part of one.
    City,
    /// Anything else: waters, mountains, sites.
    #[default]
    Other,
}

impl Level {
    /// The level that a rule file names.
    pub fn named(name: &str) -> Level {
        match name {
            "country" => Level::Country,
            "region" => Level::Region,
            "county" => Level::County,
            "city" => Level::City,
            _ => Level::Other,
        }
    }
}

/// Where a place lies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Location {
    /// ISO 3166 code, if the list has it.
    pub country: Option<[u8; 2]>,
    /// What size of thing it is.
    pub level: Level,
    /// Hash of the first-order division's code; 0 if there is none.
    pub admin1: u32,
    /// Hash of the second-order division's code; 0 if there is none.
    pub admin2: u32,
    /// Latitude and longitude in hundredths of a degree.
    pub point: Option<(i16, i16)>,
}

impl Location {
    /// Where an entry lies.
    pub fn of(lexicon: &dyn Lexicon, id: EntryId, entry: &Entry<'_>, columns: PlaceColumns) -> Location {
        let cell = |column: Option<usize>| column.map_or("", |c| lexicon.extra(id, c));
        let hash = |code: &str| if code.is_empty() { 0 } else { fold_hash(code) };
        let (admin1, admin2) = (hash(cell(columns.admin1)), hash(cell(columns.admin2)));
        let level = match entry.subtype {
            "country" | "territory" if admin1 == 0 => Level::Country,
            "region" | "county" if admin2 != 0 => Level::County,
            "region" | "country" | "territory" => Level::Region,
            "county" => Level::County,
            "city" | "capital" | "town" | "district" => Level::City,
            _ => Level::Other,
        };
        let hundredths = |column| cell(column).parse::<f32>().ok().map(|degrees| (degrees * 100.0) as i16);
        let point = hundredths(columns.latitude).zip(hundredths(columns.longitude));
        Location { country: crate::resolve::code(entry.country), level, admin1, admin2, point }
    }

    /// Whether another, smaller place lies in this one, as far as codes tell; a region without a code holds whatever
    /// lies in its country.
    pub fn holds(&self, inner: &Location) -> bool {
        if self.country.is_none() || self.country != inner.country || inner.level <= self.level {
            return false;
        }
        let same = |a: u32, b: u32| a == b || a == 0 || b == 0;
        match self.level {
            Level::Country => true,
            Level::Region => same(self.admin1, inner.admin1),
            Level::County => self.admin1 == inner.admin1 && self.admin2 == inner.admin2 && self.admin2 != 0,
            Level::City | Level::Other => false,
        }
    }

    /// Distance to another place in kilometres, if both have coordinates. Flat-earth arithmetic: some per cent off, and
    /// more near the poles.
    pub fn distance(&self, other: &Location) -> Option<u32> {
        let ((north, east), (other_north, other_east)) = self.point.zip(other.point)?;
        let [y, x, y2, x2] = [north, east, other_north, other_east].map(|h| f32::from(h) / 100.0);
        let middle = ((y + y2) / 2.0).to_radians();
        // The cosine by its series: the same on every machine.
        let square = middle * middle;
        let cosine = 1.0 - square / 2.0 + square * square / 24.0;
        let turn = (x - x2).abs();
        let (dy, dx) = (y - y2, turn.min(360.0 - turn) * cosine);
        Some((111.2 * (dy * dy + dx * dx).sqrt()) as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(level: Level, country: &[u8; 2], admin1: u32, admin2: u32) -> Location {
        Location { country: Some(*country), level, admin1, admin2, point: None }
    }

    #[test]
    fn divisions_hold_what_has_their_codes() {
        let texas = place(Level::Region, b"US", 1, 0);
        let lamar = place(Level::County, b"US", 1, 7);
        let paris = place(Level::City, b"US", 1, 7);
        let paris_france = place(Level::City, b"FR", 2, 9);
        let us = place(Level::Country, b"US", 0, 0);
        for outer in [us, texas, lamar] {
            assert!(outer.holds(&paris) && !outer.holds(&paris_france) && !paris.holds(&outer));
        }
        assert!(us.holds(&texas) && texas.holds(&lamar) && !lamar.holds(&texas) && !us.holds(&us));
        assert!(!place(Level::County, b"US", 1, 0).holds(&place(Level::City, b"US", 1, 0)));
    }

    #[test]
    fn distances_are_right_to_a_few_per_cent() {
        let at = |north, east| Location { point: Some((north, east)), ..Location::default() };
        for (a, b, km) in [
            (at(4886, 235), at(5151, -13), 344),         // Paris, London
            (at(4072, -7401), at(3405, -11824), 3940),   // New York, Los Angeles
            (at(-1813, 17842), at(-1383, -17177), 1147), // Suva, Apia: across the date line
        ] {
            let found = a.distance(&b).expect("both have coordinates");
            assert!(found.abs_diff(km) * 20 < km, "{found} instead of {km}");
        }
        assert_eq!(at(0, 0).distance(&Location::default()), None);
    }
}
