//! From rows of lists to a compiled [`Names`]: entities merged, overlays applied, names grouped, duplicates told.

use newsmill_core::lexicon::NameFlags;
use rustc_hash::FxHashMap;

use crate::atoms::{Atoms, is_invisible};
use crate::flags::Flags;
use crate::interner::Interner;
use crate::layout;
use crate::names::{Names, Profile};

/// A row of a list. Empty text means that the list doesn't say.
#[derive(Clone, Debug, Default)]
pub struct Row<'a> {
    /// Stable id of the entity.
    pub entity_id: &'a str,
    /// Its type. An entity is known by id and type together.
    pub kind: &'a str,
    /// Finer type.
    pub subtype: &'a str,
    /// Canonical name.
    pub name: &'a str,
    /// Forms between `|`; if there is none, the canonical name is the form.
    pub alias: &'a str,
    /// How the forms may be used.
    pub flags: Flags,
    /// ISO 3166 alpha-2 code.
    pub country: &'a str,
    /// Weight among entities of one name; `None` if the list doesn't say.
    pub prior: Option<u32>,
    /// Values of the list's own columns: number of the column in [`Compiler::extra_column`] and the cell.
    pub extra: &'a [(usize, &'a str)],
    /// Line of the list, from 1.
    pub line: u32,
}

/// What is wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowError {
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: &'static str,
}

/// A use of a form for an entity.
#[derive(Clone, Copy)]
pub(crate) struct Use {
    pub form: u32,
    pub entry: u32,
    pub flags: NameFlags,
    pub file: u16,
    pub line: u32,
}

/// An entity while lists are read.
#[derive(Clone, Copy)]
pub(crate) struct Draft {
    pub id: u32,
    pub profile: Profile,
    /// Number of the canonical name among the forms.
    pub name: u32,
    pub prior: u32,
    /// The list that had the last word on the entity, and its line.
    file: u16,
    line: u32,
    /// The draft before with the same id and another type; [`NONE`] if there is none.
    sibling: u32,
}

/// A cell of a column of the lists' own; the empty string if there is none.
#[derive(Clone, Copy, Default)]
struct Extra {
    string: u32,
    /// The list that it is from.
    file: u16,
}

/// No draft.
const NONE: u32 = u32::MAX;

/// What a `suppress` row takes away from the lists before its own.
struct Suppression {
    form: Option<u32>,
    entry: Option<u32>,
    file: u16,
    line: u32,
    hit: bool,
}

/// Most warnings of one sort that are told one by one.
const TOLD: usize = 5;

/// Collects rows, list by list, and compiles them.
#[derive(Default)]
pub struct Compiler {
    /// Forms and canonical names.
    pub(crate) forms: Interner,
    pub(crate) ids: Interner,
    pub(crate) strings: Interner,
    pub(crate) drafts: Vec<Draft>,
    /// The last draft of each id, by the id's number; [`NONE`] if there is none.
    by_id: Vec<u32>,
    /// Short texts of the row before, and their numbers: most rows have the same.
    before: [(String, u32); 3],
    pub(crate) uses: Vec<Use>,
    suppressions: Vec<Suppression>,
    pub(crate) files: Vec<String>,
    pub(crate) extra_columns: Vec<String>,
    /// Cells of the lists' own columns: of each column one for each draft, as far as there are any.
    extra: Vec<Vec<Extra>>,
    clashes: Vec<String>,
    clash_count: usize,
}

impl Compiler {
    /// Begins the next list. Its rows override those of the lists before it.
    pub fn begin_file(&mut self, name: &str) {
        self.files.push(name.to_owned());
    }

    /// Makes room for so many rows more.
    pub(crate) fn reserve(&mut self, rows: usize) {
        self.forms.reserve(rows);
        self.ids.reserve(rows);
        self.drafts.reserve(rows);
        self.uses.reserve(rows);
    }

    /// Reads where these ids and names will be looked for.
    pub(crate) fn read_ahead<'t>(
        &self,
        ids: impl Iterator<Item = &'t str>,
        names: impl Iterator<Item = &'t str>,
    ) {
        self.ids.read_ahead(ids);
        self.forms.read_ahead(names);
    }

    /// The number of a column of the lists' own.
    pub fn extra_column(&mut self, name: &str) -> usize {
        self.extra_columns.iter().position(|c| c == name).unwrap_or_else(|| {
            self.extra_columns.push(name.to_owned());
            self.extra_columns.len() - 1
        })
    }

    /// Adds a row of the list that was begun last.
    ///
    /// # Errors
    /// The row can't be what the list's author meant.
    pub fn add(&mut self, row: &Row<'_>) -> Result<(), RowError> {
        if row.flags.suppress {
            return self.suppress(row);
        }
        check(row)?;
        let entry = self.entry(row);
        let before = self.uses.len();
        for form in forms_of(row) {
            self.add_form(form, entry, row)?;
        }
        if self.uses.len() == before {
            return Err(RowError {
                message: "`alias` has no form between its `|`".to_owned(),
                help: "write a form, or leave the cell empty to use the name",
            });
        }
        Ok(())
    }

    fn file(&self) -> u16 {
        self.files.len().saturating_sub(1) as u16
    }

    fn add_form(&mut self, form: &str, entry: u32, row: &Row<'_>) -> Result<(), RowError> {
        let is_plain = form.as_bytes().first().is_some_and(u8::is_ascii_alphanumeric);
        if !is_plain && Atoms::new(form).next().is_none() {
            return Err(RowError {
                message: format!("the form \"{form}\" has no letter or digit"),
                help: "a form needs at least one; take it out",
            });
        }
        let name = self.drafts[entry as usize].name;
        let form = if form == self.forms.get(name) { name } else { self.forms.intern(form) };
        self.uses.push(Use { form, entry, flags: row.flags.name, file: self.file(), line: row.line });
        Ok(())
    }

    /// The entity of a row, made or brought up to date.
    fn entry(&mut self, row: &Row<'_>) -> u32 {
        // Rows of an entity stand together as a rule.
        let (id, name) = match self.drafts.last() {
            Some(last) if self.ids.get(last.id) == row.entity_id && self.forms.get(last.name) == row.name => {
                (last.id, last.name)
            }
            _ => (self.ids.intern(row.entity_id), self.forms.intern(row.name)),
        };
        let [kind, subtype, country] = self.short([row.kind, row.subtype, row.country]);
        let profile = Profile { kind, subtype, country };
        let index = match self.draft(id, kind) {
            Some(known) => {
                self.update(known, profile, name, row);
                known
            }
            None => {
                let index = self.drafts.len() as u32;
                if self.by_id.len() <= id as usize {
                    self.by_id.resize(id as usize + 1, NONE);
                }
                let sibling = std::mem::replace(&mut self.by_id[id as usize], index);
                let (file, prior) = (self.file(), row.prior.unwrap_or(0));
                self.drafts.push(Draft { id, profile, name, prior, file, line: row.line, sibling });
                index
            }
        };
        for &(column, value) in row.extra {
            self.set_extra(index, column, value, row);
        }
        index
    }

    /// The draft of an id and a type.
    fn draft(&self, id: u32, kind: u32) -> Option<u32> {
        let mut at = *self.by_id.get(id as usize)?;
        while let Some(draft) = self.drafts.get(at as usize) {
            if draft.profile.kind == kind {
                return Some(at);
            }
            at = draft.sibling;
        }
        None
    }

    /// Numbers of texts that are few in a list.
    fn short(&mut self, texts: [&str; 3]) -> [u32; 3] {
        for (before, text) in self.before.iter_mut().zip(texts) {
            if before.0 != text {
                before.1 = self.strings.intern(text);
                text.clone_into(&mut before.0);
            }
        }
        [0, 1, 2].map(|i: usize| self.before[i].1)
    }

    fn update(&mut self, index: u32, profile: Profile, name: u32, row: &Row<'_>) {
        let file = self.file();
        let draft = &mut self.drafts[index as usize];
        let later = file > draft.file;
        let mut clashes = Vec::new();
        let cells = [
            ("subtype", &mut draft.profile.subtype, profile.subtype),
            ("name", &mut draft.name, name),
            ("country", &mut draft.profile.country, profile.country),
        ];
        for (column, old, new) in cells {
            if new != 0 && (later || *old == 0) {
                *old = new;
            } else if new != 0 && new != *old {
                clashes.push((column, *old, new));
            }
        }
        match row.prior {
            Some(prior) if later => draft.prior = prior,
            Some(prior) => draft.prior = draft.prior.max(prior),
            None => {}
        }
        let first_line = draft.line;
        if later {
            (draft.file, draft.line) = (file, row.line);
        }
        for (column, old, new) in clashes {
            let of = if column == "name" { &self.forms } else { &self.strings };
            let [old, new] = [old, new].map(|s| of.get(s).to_owned());
            let what = format!(
                "{} ({}) has {column} \"{new}\" here and \"{old}\" on line {first_line}; the first is kept",
                row.entity_id, row.kind
            );
            self.clash(row.line, &what);
        }
    }

    /// The cell of a draft in a column of the lists' own, as a string's number.
    pub(crate) fn extra(&self, draft: u32, column: usize) -> u32 {
        self.extra.get(column).and_then(|cells| cells.get(draft as usize)).map_or(0, |cell| cell.string)
    }

    fn set_extra(&mut self, entry: u32, column: usize, value: &str, row: &Row<'_>) {
        if value.is_empty() {
            return;
        }
        let cell = Extra { string: self.strings.intern(value), file: self.file() };
        if self.extra.len() <= column {
            self.extra.resize_with(column + 1, Vec::new);
        }
        let cells = &mut self.extra[column];
        if cells.len() <= entry as usize {
            cells.resize(entry as usize + 1, Extra::default());
        }
        let known = &mut cells[entry as usize];
        if known.string == 0 || cell.file > known.file {
            *known = cell;
        } else if cell.string != known.string {
            let old = known.string;
            let what = format!(
                "{} ({}) has {} \"{value}\" here and \"{}\" before; the first is kept",
                row.entity_id,
                row.kind,
                self.extra_columns[column],
                self.strings.get(old)
            );
            self.clash(row.line, &what);
        }
    }

    fn clash(&mut self, line: u32, what: &str) {
        self.clash_count += 1;
        if self.clashes.len() < TOLD {
            let file = self.files.last().map_or("", String::as_str);
            self.clashes.push(format!("{file}:{line}: {what}"));
        }
    }

    fn suppress(&mut self, row: &Row<'_>) -> Result<(), RowError> {
        let (file, line) = (self.file(), row.line);
        let entry = match row.entity_id {
            "" => None,
            id => {
                // An id that no list before has: remembered as hitting nothing, which is told at the end.
                let found = self.ids.find(id).zip(self.strings.find(row.kind));
                let found = found.and_then(|(id, kind)| self.draft(id, kind));
                Some(found.unwrap_or(NONE))
            }
        };
        let forms: Vec<&str> = forms_of_alias(row.alias).collect();
        if entry.is_none() && forms.is_empty() {
            return Err(RowError {
                message: "a row with `suppress` names neither an entity nor a form".to_owned(),
                help: "fill entity_id (and type), alias, or both",
            });
        }
        if forms.is_empty() {
            self.suppressions.push(Suppression { form: None, entry, file, line, hit: false });
        }
        for form in forms {
            let form = Some(self.forms.intern(form));
            self.suppressions.push(Suppression { form, entry, file, line, hit: false });
        }
        Ok(())
    }

    /// Compiles what was added. The warnings are for people: duplicates, clashes, suppressions without effect.
    pub fn finish(mut self) -> (Names, Vec<String>) {
        let mut warnings = std::mem::take(&mut self.clashes);
        let more = self.clash_count - warnings.len();
        if more > 0 {
            warnings.push(format!("{more} more clashes like these"));
        }
        self.apply_suppressions(&mut warnings);
        self.merge_uses(&mut warnings);
        (layout::lay_out(self), warnings)
    }

    fn apply_suppressions(&mut self, warnings: &mut Vec<String>) {
        if self.suppressions.is_empty() {
            return;
        }
        let mut by_key: FxHashMap<(Option<u32>, Option<u32>), Vec<usize>> = FxHashMap::default();
        for (i, s) in self.suppressions.iter().enumerate() {
            by_key.entry((s.entry, s.form)).or_default().push(i);
        }
        let suppressions = &mut self.suppressions;
        self.uses.retain(|u| {
            let keys = [(Some(u.entry), None), (None, Some(u.form)), (Some(u.entry), Some(u.form))];
            let mut keep = true;
            for i in keys.iter().filter_map(|key| by_key.get(key)).flatten() {
                let s = &mut suppressions[*i];
                if u.file < s.file {
                    s.hit = true;
                    keep = false;
                }
            }
            keep
        });
        for s in self.suppressions.iter().filter(|s| !s.hit) {
            warnings.push(format!(
                "{}:{}: `suppress` takes nothing out: no list before this one has it; check entity_id, type and alias",
                self.files[s.file as usize], s.line
            ));
        }
    }

    /// Leaves one use for each form and entity. Within a list flags add up; a later list's replace an earlier one's.
    fn merge_uses(&mut self, warnings: &mut Vec<String>) {
        self.uses.sort_by_key(|u| (u.form, u.entry, u.file, u.line));
        let mut merged: Vec<Use> = Vec::with_capacity(self.uses.len());
        let mut duplicates = 0;
        for &u in &self.uses {
            match merged.last_mut().filter(|m| (m.form, m.entry) == (u.form, u.entry)) {
                Some(m) if m.file < u.file => *m = u,
                Some(m) => {
                    let known = m.flags;
                    m.flags = m.flags.with(u.flags);
                    if known.has(u.flags) && u.flags.has(known) {
                        duplicates += 1;
                        if duplicates <= TOLD {
                            warnings.push(format!(
                                "{}:{}: the form \"{}\" of {} is listed twice, first on line {}; take one out",
                                self.files[u.file as usize],
                                u.line,
                                self.forms.get(u.form),
                                self.ids.get(self.drafts[u.entry as usize].id),
                                m.line
                            ));
                        }
                    }
                }
                None => merged.push(u),
            }
        }
        if duplicates > TOLD {
            warnings.push(format!("{} more duplicates like these", duplicates - TOLD));
        }
        self.uses = merged;
    }
}

fn check(row: &Row<'_>) -> Result<(), RowError> {
    let missing = [
        (
            row.entity_id,
            "entity_id",
            "give the entity a stable id, for example `wikidata:Q42` or `my:ship-1`",
        ),
        (row.kind, "type", "use person, place, organization, demonym, event, other, or a type of your own"),
        (row.name, "name", "write the canonical name that tables should show"),
    ];
    match missing.iter().find(|(cell, ..)| cell.is_empty()) {
        Some((_, column, help)) => Err(RowError { message: format!("`{column}` is empty"), help }),
        None => Ok(()),
    }
}

fn forms_of<'a>(row: &Row<'a>) -> impl Iterator<Item = &'a str> {
    let own = if row.alias.is_empty() { trim(row.name) } else { "" };
    forms_of_alias(row.alias).chain((!own.is_empty()).then_some(own))
}

fn forms_of_alias(alias: &str) -> impl Iterator<Item = &str> {
    alias.split('|').map(trim).filter(|form| !form.is_empty())
}

/// White space, hyphens and what can't be seen are nobody's name at either end.
fn trim(form: &str) -> &str {
    if let [first, .., last] = form.as_bytes()
        && first.is_ascii_alphanumeric()
        && last.is_ascii_alphanumeric()
    {
        return form;
    }
    let is_nothing = |c: char| {
        let is_dash = matches!(c, '-' | '–' | '—' | '‐' | '‑' | '⁃');
        is_dash || c.is_whitespace() || is_invisible(c)
    };
    form.trim_start_matches(is_nothing)
        .trim_end_matches(|c| is_nothing(c) && !matches!(c, '\u{300}'..='\u{36F}'))
}
