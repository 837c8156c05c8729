//! The entities of one article.

use super::index;
use crate::document::Doc;
use crate::layer::{Layer, Table};
use crate::lexicon::EntryId;
use crate::strings::{StrRef, Strings};
use crate::table::{Column, Reduce, RowWriter, Schema};

index!(
    /// Index of an entity in [`Entities`].
    EntityIx
);

/// Grammatical gender of a person's pronouns, as far as names and titles tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Gender {
    /// Not told.
    #[default]
    Unknown,
    /// he
    Male,
    /// she
    Female,
}

/// One entity of this article. Strings lie in [`Entities::strings`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Entity {
    /// Stable id: the gazetteer's, or a key made of the folded name and the type for a discovered one.
    pub id: StrRef,
    /// Canonical name; for a discovered entity its fullest form in the article.
    pub name: StrRef,
    /// person, place, organization, …
    pub kind: StrRef,
    /// Finer type.
    pub subtype: StrRef,
    /// ISO 3166 alpha-2.
    pub country: StrRef,
    /// Title or role that the article or the list gives ("Defense Minister").
    pub role: StrRef,
    /// For persons.
    pub gender: Gender,
    /// The gazetteer entry, if it is one.
    pub entry: Option<EntryId>,
    /// Number of mentions in this article.
    pub mentions: u32,
}

/// All entities of an article. Invariant: ids are unique.
#[derive(Debug, Default)]
pub struct Entities {
    /// The entities, in order of first mention.
    pub rows: Vec<Entity>,
    /// Owns the strings of `rows` and `extra`.
    pub strings: Strings,
    /// Values of the gazetteer's extra columns, `extra_width` for each entity.
    pub extra: Vec<StrRef>,
    /// Number of extra columns.
    pub extra_width: usize,
}

impl Entities {
    /// An entity's canonical name.
    pub fn name(&self, entity: EntityIx) -> &str {
        self.strings.get(self.rows[entity.at()].name)
    }

    /// The columns that every `entities` table begins with.
    pub fn base_columns() -> Vec<Column> {
        vec![
            Column::text("entity_id", "stable id").reduced(Reduce::Key),
            Column::text("name", "canonical name").reduced(Reduce::First),
            Column::text(
                "type",
                "person, place, organization, demonym, event, other, or a type of the user's",
            )
            .reduced(Reduce::First),
            Column::text("subtype", "finer type").reduced(Reduce::First),
            Column::text("country", "ISO 3166 alpha-2 code").reduced(Reduce::First),
            Column::int("mentions", "mentions in the run").reduced(Reduce::Sum),
            Column::int("articles", "articles that mention it").reduced(Reduce::Sum),
        ]
    }
}

impl Layer for Entities {
    fn clear(&mut self) {
        self.rows.clear();
        self.strings.clear();
        self.extra.clear();
    }

    fn len(&self) -> usize {
        self.rows.len()
    }

    fn check(&self, _doc: Doc<'_>) -> Result<(), String> {
        let mut ids: Vec<&str> = self.rows.iter().map(|e| self.strings.get(e.id)).collect();
        ids.sort_unstable();
        if let Some(w) = ids.windows(2).find(|w| w[0] == w[1]) {
            return Err(format!("two entities have the id {:?}", w[0]));
        }
        if ids.first() == Some(&"") {
            return Err("an entity has no id".to_owned());
        }
        if self.extra.len() != self.rows.len() * self.extra_width {
            return Err("extra columns of another length than the rows".to_owned());
        }
        Ok(())
    }
}

impl Table for Entities {
    fn schema() -> Schema {
        Schema::new(Self::base_columns())
    }

    fn rows(&self, _doc: Doc<'_>, out: &mut dyn RowWriter) {
        for (i, e) in self.rows.iter().enumerate() {
            for s in [e.id, e.name, e.kind, e.subtype, e.country] {
                out.text(self.strings.get(s));
            }
            out.int(u64::from(e.mentions));
            out.int(1);
            for &value in &self.extra[i * self.extra_width..(i + 1) * self.extra_width] {
                out.text(self.strings.get(value));
            }
            out.end_row();
        }
    }
}
