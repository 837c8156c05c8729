//! What titles and appositions tell of a person: gender and role.

use newsmill_core::layers::Gender;

use crate::proto::Proto;
use crate::typing::apposition;
use crate::view::View;
use crate::words::Class;

/// Gender by the title before a mention.
pub fn title_gender(v: View<'_>, p: &Proto) -> Gender {
    for t in p.title.0..p.title.1 {
        let class = v.class(t);
        if class.any(Class::TITLE_M) {
            return Gender::Male;
        }
        if class.any(Class::TITLE_F) {
            return Gender::Female;
        }
    }
    Gender::Unknown
}

/// Gender by the title, or by the given name.
pub fn gender(v: View<'_>, p: &Proto) -> Gender {
    let titled = title_gender(v, p);
    if titled != Gender::Unknown {
        return titled;
    }
    let class = v.class(p.first);
    match (class.any(Class::GIVEN_M), class.any(Class::GIVEN_F)) {
        (true, false) if p.len() > 1 => Gender::Male,
        (false, true) if p.len() > 1 => Gender::Female,
        _ => Gender::Unknown,
    }
}

/// Tokens of the role that the article gives a person at this mention: its title, or an apposition.
pub fn role(v: View<'_>, p: &Proto) -> Option<(u32, u32)> {
    let start = (p.title.0..p.title.1).find(|&t| !v.class(t).any(Class::HONORIFIC));
    if let Some(start) = start {
        return Some((start, p.title.1));
    }
    if p.first > 0 && v.is_lower(p.first - 1) && v.class(p.first - 1).any(Class::PERSON_NOUN) {
        let mut start = p.first - 1;
        while start > 0
            && v.is_lower(start - 1)
            && !v.class(start - 1).any(Class::CLOSED.with(Class::SAY))
            && p.first - start < 4
        {
            start -= 1;
        }
        return Some((start, p.first));
    }
    if v.word(p.end) != "," {
        return None;
    }
    let noun = apposition(v, p.end + 1)?;
    let mut start = p.end + 1;
    while start < noun && (v.class(start).any(Class::CLOSED) || v.is_capital(start) || !v.is_lower(start)) {
        start += 1;
    }
    Some((start, noun + 1))
}
