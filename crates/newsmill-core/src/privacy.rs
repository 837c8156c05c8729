//! Privacy: names of people who are in no list become pseudonyms in everything that sinks write.
//!
//! After the last stage and before the sinks, the article is written anew with a pseudonym in place of each name that
//! was discovered in it, and sinks see that article: its text, and rows whose places are those in the new text. So a
//! row's text is the slice at its place as always, what stands around a mention holds no name, and the table `texts` fits
//! the others. Texts that layers hold for themselves (a quotation without its reporting clause, a speaker's name, an
//! address, columns carried through) go through the same replacement cell by cell, which is why sinks have to write
//! through [`flat`](crate::flat).
//!
//! A pseudonym is a keyed hash of the entity's id: the same for the same name in every article, table and run with the same
//! key, and not to be found out without it. Which function that is the binary says
//! ([`Registry::with_keyed_hash`](crate::Registry::with_keyed_hash)), so that this crate needs no cryptography.

mod phrases;
mod retell;

use std::any::TypeId;
use std::borrow::Cow;
use std::collections::HashMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::build::LayerSpec;
use crate::config::OnError;
use crate::document::{Article, Slot};
use crate::layers::{Entities, Mentions};
use crate::plan::PlannedStage;
use crate::span::Span;
use phrases::Phrases;
use retell::Retelling;

/// `output.privacy`: which names are hidden, and the key to their pseudonyms.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PrivacyOptions {
    /// What pseudonyms are made with: at least 16 characters that nobody can guess. Runs with the same key give a name
    /// the same pseudonym. It stands in no output.
    pub key: String,
    /// Types of entities to hide if they are in no list: `["person"]`. Default: all.
    #[serde(default)]
    pub types: Option<Vec<String>>,
}

/// A hash of a text that can't be made, or guessed at, without the key.
pub type KeyedHash = fn(key: &[u8], text: &[u8]) -> u64;

/// Bytes that a key has at least.
const SHORTEST_KEY: usize = 16;

/// Stands for a key where it may not be shown.
pub const HIDDEN_KEY: &str = "(not shown)";

/// A config as outputs may show it.
pub(crate) fn without_key(mut config: serde_json::Value) -> serde_json::Value {
    if let Some(key) = config.pointer_mut("/output/privacy/key") {
        *key = HIDDEN_KEY.into();
    }
    config
}

/// What a plan with privacy knows.
pub(crate) struct Privacy {
    options: PrivacyOptions,
    hash: KeyedHash,
    /// Slots of entities, and of the mentions that the same stage writes.
    layers: Vec<(usize, usize)>,
}

impl Privacy {
    /// Checks that nothing would leak with these options and stages.
    ///
    /// # Errors
    /// What is wrong, and the JSON pointer of what it is about.
    pub(crate) fn new(
        options: PrivacyOptions,
        hash: Option<KeyedHash>,
        specs: &[LayerSpec],
        stages: &[PlannedStage],
    ) -> Result<Self, (&'static str, String)> {
        let wrong = |message: String| Err(("/output/privacy", message));
        let Some(hash) = hash else {
            return wrong("this binary can't hide names: it has no keyed hash".to_owned());
        };
        if options.key.len() < SHORTEST_KEY {
            let message = match &*options.key {
                HIDDEN_KEY => "give the key again, with --set output.privacy.key=…".to_owned(),
                key => format!(
                    "the key has {} characters; give at least {SHORTEST_KEY} that nobody can guess",
                    key.chars().count()
                ),
            };
            return Err(("/output/privacy/key", message));
        }
        let of =
            |stage: &PlannedStage, id| stage.writes.iter().copied().find(|slot| specs[*slot].type_id == id);
        let pair = |stage| of(stage, TypeId::of::<Entities>()).zip(of(stage, TypeId::of::<Mentions>()));
        let Some(last) = stages.iter().rposition(|stage| pair(stage).is_some()) else {
            let message = "`privacy` hides names that the stage `entities` finds, and no stage here finds any; add it, or \
                           leave `privacy` out";
            return wrong(message.to_owned());
        };
        // A stage that fails and is passed over finds no names, and what isn't found isn't hidden.
        if let Some(stage) = stages[..=last].iter().find(|s| s.on_error == OnError::Keep) {
            return wrong(format!(
                "with `privacy` the stage `{}` can't have \"on_error\": \"keep\": names that it doesn't find would not be \
                 hidden; let such articles go to the quarantine",
                stage.id
            ));
        }
        Ok(Privacy { options, hash, layers: stages.iter().filter_map(pair).collect() })
    }

    /// A keyed hash, 16 hexadecimal digits.
    fn digest(&self, text: &str) -> String {
        format!("{:016x}", (self.hash)(self.options.key.as_bytes(), text.as_bytes()))
    }

    /// What tells these options from others, without the key.
    pub(crate) fn identity(&self) -> serde_json::Value {
        serde_json::json!({ "key": self.digest("newsmill: which key"), "types": self.options.types })
    }

    fn hides(&self, kind: &str) -> bool {
        self.options.types.as_ref().is_none_or(|types| types.iter().any(|t| t == kind))
    }
}

/// An article as sinks see it when names are hidden; reused from article to article.
#[derive(Debug, Default)]
pub(crate) struct Mask {
    article: Article,
    /// From places in the text to places in the new one.
    retelling: Retelling,
    phrases: Phrases,
    /// Whole cells that stand for an entity: its id and its name.
    cells: HashMap<String, String>,
}

impl Mask {
    /// Hides the names that stages found in an article. Of one that a stage dropped, perhaps before its names were looked
    /// for, neither text nor address is left.
    pub(crate) fn hide(&mut self, privacy: &Privacy, article: &Article, slots: &[Slot], dropped: bool) {
        self.cells.clear();
        self.phrases.clear();
        self.retelling.clear();
        for &(entities, mentions) in &privacy.layers {
            if let Some((entities, mentions)) =
                layer::<Entities>(slots, entities).zip(layer::<Mentions>(slots, mentions))
            {
                self.learn(privacy, article, entities, mentions);
            }
        }
        self.phrases.complete();
        self.article.clear();
        self.article.id.push_str(&self.phrases.replace(&article.id));
        self.article.hash = article.hash;
        self.article.meta = crate::document::Metadata {
            url: if dropped { String::new() } else { self.phrases.replace(&article.meta.url).into_owned() },
            carried: Vec::new(),
            ..article.meta.clone()
        };
        if !dropped {
            self.retelling.write(article, &self.phrases, &mut self.article);
        }
    }

    /// Notes what an article's entities are called.
    fn learn(&mut self, privacy: &Privacy, article: &Article, entities: &Entities, mentions: &Mentions) {
        let mut pseudonyms: Vec<Option<usize>> = Vec::with_capacity(entities.rows.len());
        for entity in &entities.rows {
            let text = |r| entities.strings.get(r);
            let (id, name, kind) = (text(entity.id), text(entity.name), text(entity.kind));
            if entity.entry.is_some() || !privacy.hides(kind) {
                self.phrases.keep(name);
                pseudonyms.push(None);
                continue;
            }
            let digest = privacy.digest(id);
            let pseudonym = format!("{kind}-{digest}");
            self.cells.insert(id.to_owned(), format!("pseudonym:{kind}:{digest}"));
            self.cells.entry(name.to_owned()).or_insert_with(|| pseudonym.clone());
            let index = self.phrases.pseudonym(pseudonym);
            self.phrases.hide(name, index);
            pseudonyms.push(Some(index));
        }
        for mention in &mentions.rows {
            let surface = article.text().get(mention.span.range()).unwrap_or_default();
            match pseudonyms.get(mention.entity.at()).copied().flatten() {
                Some(index) => {
                    self.phrases.hide(surface, index);
                    self.retelling.replace(mention.span, index);
                }
                None => self.phrases.keep(surface),
            }
        }
    }

    /// The article without the names.
    pub(crate) fn article(&self) -> &Article {
        &self.article
    }

    /// A place of the article as it is in the article without the names.
    pub(crate) fn place(&self, span: Span) -> Span {
        self.retelling.place(span)
    }

    /// A cell without the names.
    pub(crate) fn text<'t>(&'t self, cell: &'t str) -> Cow<'t, str> {
        match self.cells.get(cell) {
            Some(pseudonym) => Cow::Borrowed(pseudonym),
            None => self.phrases.replace(cell),
        }
    }
}

fn layer<T: 'static>(slots: &[Slot], slot: usize) -> Option<&T> {
    slots.get(slot)?.as_ref()?.as_any().downcast_ref()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Doc;
    use crate::layers::{Entity, EntityIx, Mention, SentenceIx};
    use crate::lexicon::EntryId;

    fn privacy(options: PrivacyOptions) -> Privacy {
        let hash: KeyedHash = |key, text| crate::hash::content_hash_of(&[key, text]) as u64;
        Privacy { options, hash, layers: vec![(0, 1)] }
    }

    /// An article with these entities: name, kind, whether a list has it, and the texts that mention it.
    fn hidden(article: &Article, entities: &[(&str, &str, bool, &[&str])], types: Option<&[&str]>) -> Mask {
        let options = PrivacyOptions {
            key: "a key of some length".to_owned(),
            types: types.map(|types| types.iter().map(|t| (*t).to_owned()).collect()),
        };
        let privacy = privacy(options);
        let (mut found, mut mentions) = (Entities::default(), Mentions::default());
        for (index, (name, kind, listed, surfaces)) in entities.iter().enumerate() {
            let mut text = |text: &str| found.strings.push(text);
            let entity = Entity {
                id: text(&format!("discovered:{kind}:{}", name.to_lowercase().replace(' ', "-"))),
                name: text(name),
                kind: text(kind),
                entry: listed.then_some(EntryId::default()),
                ..Entity::default()
            };
            found.rows.push(entity);
            for surface in *surfaces {
                for (at, _) in article.text().match_indices(surface) {
                    mentions.rows.push(Mention {
                        span: Span::from(at..at + surface.len()),
                        first_token: 0,
                        end_token: 1,
                        sentence: SentenceIx(0),
                        entity: EntityIx(index as u32),
                        how: "discovered",
                        kind: Default::default(),
                        entity_id: Default::default(),
                        name: Default::default(),
                    });
                }
            }
        }
        let slots: Vec<Slot> = vec![Some(Box::new(found)), Some(Box::new(mentions))];
        let mut mask = Mask::default();
        mask.hide(&privacy, article, &slots, false);
        mask
    }

    const MARA: &[(&str, &str, bool, &[&str])] = &[("Mara Rose", "person", false, &["Mara Rose"])];

    /// The pseudonym of the only entity.
    fn pseudonym(mask: &Mask) -> &str {
        &mask.cells["Mara Rose"]
    }

    #[test]
    fn names_are_hidden_wherever_they_stand_and_words_are_not() {
        let article = Article::titled(
            "a",
            "MARA ROSE resigns",
            "Mara Rose said prices rose. Rose’s rose garden, Ms. Rose.",
        );
        let mask = hidden(&article, MARA, None);
        let p = pseudonym(&mask).to_owned();
        assert!(p.starts_with("person-") && p.len() == "person-".len() + 16, "{p}");
        assert_eq!(mask.article().title(), Some(&*format!("{p} resigns")));
        assert_eq!(mask.article().body(), format!("{p} said prices rose. {p}’s rose garden, Ms. {p}."));
        for (cell, shown) in [
            ("Mara Rose", p.clone()),
            ("discovered:person:mara-rose", format!("pseudonym:person:{}", &p[7..])),
            ("https://news.test/2024/mara-rose-resigns", format!("https://news.test/2024/{p}-resigns")),
            ("mara_rose.txt", format!("{p}.txt")),
            ("#MaraRose", format!("#{p}")),
            ("so said mara rose", format!("so said {p}")),
            ("The rose of Mara\u{A0}Rose", format!("The rose of {p}")),
            ("Roses", "Roses".to_owned()),
            ("", String::new()),
        ] {
            assert_eq!(mask.text(cell), shown, "{cell}");
        }
    }

    #[test]
    fn places_go_with_the_text() {
        let article = Article::titled("a", "By Mara Rose", "So said Rose on Monday.");
        let mask = hidden(&article, MARA, None);
        let doc = Doc::masked(&mask, &[]);
        let at = |text: &str| {
            let start = article.text().rfind(text).unwrap();
            doc.slice(doc.shown_place(Span::from(start..start + text.len()))).to_owned()
        };
        let p = pseudonym(&mask);
        assert_eq!(at("Rose"), p);
        assert_eq!(at("said"), "said");
        assert_eq!(at(" on Monday."), " on Monday.");
        assert_eq!(at("By Mara Rose\n\nSo"), format!("By {p}\n\nSo"));
        // What cuts a name takes all that stands for it.
        assert_eq!(at("Mara"), p);
        assert_eq!(at("ose on"), format!("{p} on"));
        let whole = Span::from(0..article.text().len());
        assert_eq!(doc.slice(doc.shown_place(whole)), mask.article().text());
    }

    #[test]
    fn names_of_listed_entities_stay_unless_they_are_the_hidden_one_s_own() {
        let article =
            Article::new("a", "Mara Rose of the Rose Bowl left Paris. Paris Stone stayed; Stone paid.");
        let entities: &[(&str, &str, bool, &[&str])] = &[
            ("Mara Rose", "person", false, &["Mara Rose"]),
            ("Rose Bowl", "organization", true, &["Rose Bowl"]),
            ("Paris", "place", true, &["Paris. "]),
            ("Paris Stone", "person", false, &["Paris Stone"]),
            ("Bank of Tarn", "organization", false, &[]),
        ];
        let mask = hidden(&article, entities, Some(&["person"]));
        let (p, q) = (pseudonym(&mask), &mask.cells["Paris Stone"]);
        assert_eq!(mask.article().body(), format!("{p} of the Rose Bowl left Paris. {q} stayed; {q} paid."));
        assert_eq!(mask.text("Bank of Tarn"), "Bank of Tarn");
        assert_eq!(mask.text("Paris"), "Paris");
    }

    #[test]
    fn pseudonyms_depend_on_the_key_and_the_name_alone() {
        let other = Article::new("b", "Rose. Mara Rose.");
        let of = |article: &Article| pseudonym(&hidden(article, MARA, None)).to_owned();
        assert_eq!(of(&other), of(&Article::new("c", "Mara Rose")));
        let digest = |key: &str| privacy(PrivacyOptions { key: key.to_owned(), types: None }).digest("x");
        assert_ne!(digest("one key or another"), digest("another key or one"));
    }

    #[test]
    fn of_a_dropped_article_nothing_but_its_id_is_left() {
        let options = PrivacyOptions { key: String::new(), types: None };
        let privacy = privacy(options);
        let mut article = Article::titled("a", "Mara Rose", "Mara Rose");
        article.meta.url = "https://news.test/mara-rose".to_owned();
        let mut mask = Mask::default();
        mask.hide(&privacy, &article, &[None, None], true);
        assert_eq!((mask.article().text(), &*mask.article().meta.url), ("", ""));
        assert_eq!(mask.article().id, "a");
    }
}
