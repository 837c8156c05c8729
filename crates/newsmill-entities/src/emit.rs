//! Writing the layers: entities in order of first mention, mentions in order of the text.

use newsmill_core::fold::fold_into;
use newsmill_core::hash::content_hash;
use newsmill_core::layers::{Entities, Entity, EntityIx, Gender, Mention, Mentions, SentenceIx};
use newsmill_core::lexicon::{Entry, EntryId, Lexicon};
use newsmill_core::strings::StrRef;

use crate::coref::Making;
use crate::index::Index;
use crate::people::role;
use crate::proto::{Kind, NOBODY, Proto};
use crate::validity::{self, PeriodColumns};
use crate::view::View;

/// Columns of the list that the stage itself reads.
#[derive(Clone, Copy, Debug, Default)]
pub struct ReadColumns {
    /// m or f.
    pub gender: Option<usize>,
    /// What the person is; several between `|`, one for each period.
    pub role: Option<usize>,
    /// When each role holds.
    pub periods: PeriodColumns,
}

/// Memory kept from article to article.
#[derive(Default)]
pub struct EmitScratch {
    /// For each entity in the making, its row; [`NOBODY`] if it has none yet.
    rows: Vec<u32>,
    by_id: Index,
    id: String,
    name: String,
    /// For each row, the strings of its mentions.
    strings: Vec<Repeated>,
}

/// Strings that all mentions of an entity share.
struct Repeated {
    id: StrRef,
    name: StrRef,
    kind: StrRef,
}

/// Writes both layers.
pub fn emit(
    v: View<'_>,
    lexicon: Option<&dyn Lexicon>,
    columns: (ReadColumns, &str),
    (makings, protos): (&[Making], &[Proto]),
    (entities, mentions): (&mut Entities, &mut Mentions),
    scratch: &mut EmitScratch,
) {
    scratch.rows.clear();
    scratch.rows.resize(makings.len(), NOBODY);
    scratch.by_id.clear();
    scratch.strings.clear();
    let mut demonym = None;
    let mut demonym = |mentions: &mut Mentions| {
        *demonym.get_or_insert_with(|| mentions.strings.push(Kind::Demonym.as_str()))
    };
    for p in protos.iter().filter(|p| p.entity != NOBODY) {
        let making = &makings[p.entity as usize];
        let row = match scratch.rows[p.entity as usize] {
            NOBODY => {
                let row = row_of(v, lexicon, columns, making, protos, entities, mentions, scratch);
                scratch.rows[p.entity as usize] = row;
                row
            }
            row => row,
        };
        let entity = &mut entities.rows[row as usize];
        entity.mentions += 1;
        if entity.role.is_empty()
            && making.kind == Kind::Person
            && let Some((from, to)) = role(v, p)
        {
            entity.role = entities.strings.push(v.phrase(from, to));
        }
        let Repeated { id: entity_id, name, kind } = scratch.strings[row as usize];
        let kind = if p.kind == Kind::Demonym { demonym(mentions) } else { kind };
        mentions.rows.push(Mention {
            span: v.tokens.cover(p.first..p.end),
            first_token: p.first,
            end_token: p.end,
            sentence: SentenceIx(p.sentence),
            entity: EntityIx(row),
            how: p.how,
            kind,
            entity_id,
            name,
        });
    }
}

/// The row of an entity: a new one, or that of the entity with the same id.
#[expect(clippy::too_many_arguments, reason = "one call, from the loop above")]
fn row_of(
    v: View<'_>,
    lexicon: Option<&dyn Lexicon>,
    columns: (ReadColumns, &str),
    making: &Making,
    protos: &[Proto],
    entities: &mut Entities,
    mentions: &mut Mentions,
    scratch: &mut EmitScratch,
) -> u32 {
    let listed = making.entry.zip(lexicon).map(|(entry, lexicon)| (entry, lexicon, lexicon.entry(entry)));
    scratch.name.clear();
    scratch.id.clear();
    match listed {
        Some((_, _, e)) => {
            scratch.id.push_str(e.id);
            scratch.name.push_str(e.name);
        }
        None => {
            let full = &protos[making.full as usize];
            push_squeezed(v.phrase(full.first, full.end), &mut scratch.name);
            push_id(making.kind, &scratch.name, &mut scratch.id);
        }
    }
    let key = match listed {
        Some(_) => making.id,
        None => content_hash(scratch.id.as_bytes()) as u64,
    };
    if let Some(row) = scratch.by_id.first(key) {
        return row;
    }
    let row = entities.rows.len() as u32;
    scratch.by_id.add(key, row);
    let mut entity = Entity {
        id: entities.strings.push(&scratch.id),
        name: entities.strings.push(&scratch.name),
        kind: entities.strings.push(making.kind.as_str()),
        gender: making.gender,
        entry: making.entry,
        ..Entity::default()
    };
    match listed {
        Some((entry, lexicon, e)) => describe(lexicon, entry, e, columns, &mut entity, entities),
        None => entities.extra.extend(std::iter::repeat_n(StrRef::default(), entities.extra_width)),
    }
    scratch.strings.push(Repeated {
        id: mentions.strings.push(&scratch.id),
        name: mentions.strings.push(&scratch.name),
        kind: mentions.strings.push(entities.strings.get(entity.kind)),
    });
    entities.rows.push(entity);
    row
}

fn describe(
    lexicon: &dyn Lexicon,
    entry: EntryId,
    e: Entry<'_>,
    (columns, date): (ReadColumns, &str),
    entity: &mut Entity,
    entities: &mut Entities,
) {
    let kind = if e.kind == "demonym" { "place" } else { e.kind };
    entity.kind = entities.strings.push(kind);
    entity.subtype = entities.strings.push(e.subtype);
    entity.country = entities.strings.push(e.country);
    if let Some(column) = columns.gender {
        entity.gender = match lexicon.extra(entry, column) {
            "m" => Gender::Male,
            "f" => Gender::Female,
            _ => entity.gender,
        };
    }
    if let Some(column) = columns.role {
        let holds = columns.periods.at(lexicon, entry, date);
        entity.role = entities.strings.push(validity::role(lexicon.extra(entry, column), holds));
    }
    for column in 0..entities.extra_width {
        let value = match columns.role {
            Some(role) if role == column => entity.role,
            _ => entities.strings.push(lexicon.extra(entry, column)),
        };
        entities.extra.push(value);
    }
}

/// Copies text with each run of white space as one space.
fn push_squeezed(text: &str, out: &mut String) {
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
}

/// `discovered:person:mara-lindqvist`
fn push_id(kind: Kind, name: &str, out: &mut String) {
    out.push_str("discovered:");
    out.push_str(kind.as_str());
    out.push(':');
    let start = out.len();
    fold_into(name, out);
    let slug = out.split_off(start);
    let mut gap = false;
    for c in slug.chars() {
        if c.is_alphanumeric() {
            if gap && out.len() > start {
                out.push('-');
            }
            out.push(c);
            gap = false;
        } else {
            // Dots inside an abbreviation don't part words: U.S. is "us".
            gap |= !matches!(c, '.' | '\'');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_made_of_type_and_folded_name() {
        for (kind, name, id) in [
            (Kind::Person, "Mara Lindqvist", "discovered:person:mara-lindqvist"),
            (
                Kind::Organization,
                "Radio Free Europe/Radio Liberty",
                "discovered:organization:radio-free-europe-radio-liberty",
            ),
            (Kind::Organization, "U.S. Steel & Iron", "discovered:organization:us-steel-iron"),
            (Kind::Person, "Sinéad O’Neill", "discovered:person:sinead-oneill"),
        ] {
            let mut out = String::new();
            push_id(kind, name, &mut out);
            assert_eq!(out, id);
        }
    }
}
