//! From rows of lists to a compiled [`Names`]: entities merged, overlays applied, names grouped, duplicates told.

use std::collections::HashMap;

use newsmill_core::lexicon::{Candidate, EntryId, NameFlags, NameId};

use crate::agree::{agree, has_tail};
use crate::atoms::{Atoms, atom_hash, extend_hash};
use crate::flags::Flags;
use crate::interner::Interner;
use crate::names::{LAST, Names, Profile, TAIL, Table, flags_of, policy_of};
use crate::trie::{Bloom, NodeToBe, Trie};

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
struct Use {
    form: u32,
    entry: u32,
    flags: NameFlags,
    file: u16,
    line: u32,
}

/// An entity while lists are read.
struct Draft {
    id: u32,
    profile: Profile,
    name: u32,
    prior: u32,
    /// The list that had the last word on the entity, and its line.
    file: u16,
    line: u32,
}

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
    forms: Interner,
    ids: Interner,
    strings: Interner,
    drafts: Vec<Draft>,
    by_key: HashMap<(u32, u32), u32>,
    uses: Vec<Use>,
    suppressions: Vec<Suppression>,
    files: Vec<String>,
    extra_columns: Vec<String>,
    /// (entry, column) → string and the list that it is from.
    extra: HashMap<(u32, u32), (u32, u16)>,
    clashes: Vec<String>,
    clash_count: usize,
}

impl Compiler {
    /// Begins the next list. Its rows override those of the lists before it.
    pub fn begin_file(&mut self, name: &str) {
        self.files.push(name.to_owned());
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
        if Atoms::new(form).next().is_none() {
            return Err(RowError {
                message: format!("the form \"{form}\" has no letter or digit"),
                help: "a form needs at least one; take it out",
            });
        }
        let canonical = if form == row.name { NameFlags::CANONICAL } else { NameFlags::default() };
        let form = self.forms.intern(form);
        let flags = row.flags.name.with(canonical);
        self.uses.push(Use { form, entry, flags, file: self.file(), line: row.line });
        Ok(())
    }

    /// The entity of a row, made or brought up to date.
    fn entry(&mut self, row: &Row<'_>) -> u32 {
        let (id, kind) = (self.ids.intern(row.entity_id), self.strings.intern(row.kind));
        let [subtype, name, country] = [row.subtype, row.name, row.country].map(|s| self.strings.intern(s));
        let profile = Profile { kind, subtype, country };
        let file = self.file();
        let next = self.drafts.len() as u32;
        let index = *self.by_key.entry((id, kind)).or_insert(next);
        if index == next {
            let prior = row.prior.unwrap_or(0);
            self.drafts.push(Draft { id, profile, name, prior, file, line: row.line });
        } else {
            self.update(index, profile, name, row);
        }
        for &(column, value) in row.extra {
            self.set_extra(index, column, value, row);
        }
        index
    }

    fn update(&mut self, index: u32, profile: Profile, name: u32, row: &Row<'_>) {
        let file = self.file();
        let draft = &mut self.drafts[index as usize];
        let later = file > draft.file;
        let mut clash = None;
        let cells = [
            ("subtype", &mut draft.profile.subtype, profile.subtype),
            ("name", &mut draft.name, name),
            ("country", &mut draft.profile.country, profile.country),
        ];
        for (column, old, new) in cells {
            if new != 0 && (later || *old == 0) {
                *old = new;
            } else if new != 0 && new != *old {
                clash = Some((column, *old, new));
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
        if let Some((column, old, new)) = clash {
            let [old, new] = [old, new].map(|s| self.strings.get(s).to_owned());
            let what = format!(
                "{} ({}) has {column} \"{new}\" here and \"{old}\" on line {first_line}; the first is kept",
                row.entity_id, row.kind
            );
            self.clash(row.line, &what);
        }
    }

    fn set_extra(&mut self, entry: u32, column: usize, value: &str, row: &Row<'_>) {
        if value.is_empty() {
            return;
        }
        let cell = (self.strings.intern(value), self.file());
        let known = self.extra.entry((entry, column as u32)).or_insert(cell);
        if cell.1 > known.1 {
            *known = cell;
        } else if cell.0 != known.0 {
            let old = known.0;
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
                let found = found.and_then(|key| self.by_key.get(&key).copied());
                Some(found.unwrap_or(u32::MAX))
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
        (self.compile(), warnings)
    }

    fn apply_suppressions(&mut self, warnings: &mut Vec<String>) {
        if self.suppressions.is_empty() {
            return;
        }
        let mut by_key: HashMap<(Option<u32>, Option<u32>), Vec<usize>> = HashMap::new();
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

    fn compile(self) -> Names {
        // Entities that a suppression left without a form are gone.
        let mut new_index = vec![u32::MAX; self.drafts.len()];
        self.uses.iter().for_each(|u| new_index[u.entry as usize] = 0);
        let mut kept = Vec::new();
        for (draft, index) in self.drafts.iter().zip(&mut new_index).filter(|(_, index)| **index == 0) {
            *index = kept.len() as u32;
            kept.push(draft);
        }
        let mut uses = self.uses.clone();
        uses.iter_mut().for_each(|u| u.entry = new_index[u.entry as usize]);

        let prior: Vec<u32> = kept.iter().map(|d| d.prior).collect();
        let plan = NamePlan::new(&self.forms, &uses, &prior);
        let mut names = plan.names;
        entities(&mut names, &kept, &self, &plan.name_of_form);
        names_of_entries(&mut names, &uses, &plan.name_of_use);
        let width = self.extra_columns.len();
        names.extra = vec![0; kept.len() * width];
        // Each cell has one value: the order in which they are written is of no matter.
        for (&(entry, column), &(value, _)) in &self.extra {
            let entry = new_index[entry as usize];
            if entry != u32::MAX {
                names.extra[entry as usize * width + column as usize] = value;
            }
        }
        names.prior = prior;
        names.extra_columns = self.extra_columns;
        names.files = self.files;
        let (text, starts) = self.strings.into_parts();
        names.strings = Table { text, starts };
        names
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
    let own = if row.alias.is_empty() { row.name } else { "" };
    forms_of_alias(row.alias).chain((!own.is_empty()).then_some(own))
}

fn forms_of_alias(alias: &str) -> impl Iterator<Item = &str> {
    alias.split('|').map(str::trim).filter(|form| !form.is_empty())
}

fn entities(names: &mut Names, kept: &[&Draft], lists: &Compiler, name_of_form: &HashMap<u32, u32>) {
    let mut profiles: HashMap<Profile, u32> = HashMap::new();
    names.ids.starts.push(0);
    for draft in kept {
        names.ids.text.push_str(lists.ids.get(draft.id));
        names.ids.starts.push(names.ids.text.len() as u32);
        let next = names.profiles.len() as u32;
        let profile = *profiles.entry(draft.profile).or_insert(next);
        if profile == next {
            names.profiles.push(draft.profile);
        }
        names.profile.push(profile);
        let form = lists.forms.find(lists.strings.get(draft.name));
        let canonical = form.and_then(|form| name_of_form.get(&form).copied());
        names.canonical.push(canonical.unwrap_or(draft.name | Names::OWN_NAME));
    }
}

/// Fills `names_of` and where each name was listed.
fn names_of_entries(names: &mut Names, uses: &[Use], name_of_use: &[u32]) {
    let mut order: Vec<usize> = (0..uses.len()).collect();
    order.sort_by_key(|&i| (uses[i].entry, uses[i].file, uses[i].line, i));
    names.name_starts.push(0);
    for &i in &order {
        while names.name_starts.len() <= uses[i].entry as usize {
            names.name_starts.push(names.names.len() as u32);
        }
        names.names.push(NameId(name_of_use[i]));
        names.places.push((uses[i].file, uses[i].line));
    }
    while names.name_starts.len() <= names.profile.len() {
        names.name_starts.push(names.names.len() as u32);
    }
}

/// The names, their order and their candidates.
struct NamePlan {
    names: Names,
    /// Some name of each form.
    name_of_form: HashMap<u32, u32>,
    /// The name of each use.
    name_of_use: Vec<u32>,
}

/// A form with a policy, and its uses.
struct Draw {
    hash: u64,
    form: u32,
    policy: u8,
    /// Range of the uses sorted by form and policy.
    uses: (u32, u32),
    best_prior: u32,
}

impl NamePlan {
    fn new(forms: &Interner, uses: &[Use], prior: &[u32]) -> NamePlan {
        let mut by_form: Vec<u32> = (0..uses.len() as u32).collect();
        let key = |&u: &u32| (uses[u as usize].form, policy_of(uses[u as usize].flags));
        by_form.sort_by_key(key);
        let mut start = 0x243F_6A88_85A3_08D3;
        loop {
            let mut draws = draws(forms, uses, prior, &by_form, start);
            draws.sort_unstable_by_key(|d| {
                (d.hash, strictness(d.policy), std::cmp::Reverse(d.best_prior), d.form, d.policy)
            });
            if let Ok(trie) = trie(forms, &draws, start) {
                return Self::fill(forms, uses, prior, &by_form, &draws, trie);
            }
            start = start.wrapping_add(0x9E37_79B9_7F4A_7C15);
        }
    }

    fn fill(
        forms: &Interner,
        uses: &[Use],
        prior: &[u32],
        by_form: &[u32],
        draws: &[Draw],
        trie: Trie,
    ) -> NamePlan {
        let mut names = Names { trie, ..Names::default() };
        let mut name_of_form = HashMap::with_capacity(draws.len());
        let mut name_of_use = vec![0; uses.len()];
        names.forms.starts.push(0);
        names.candidate_starts.push(0);
        let own = |d: &Draw| by_form[d.uses.0 as usize..d.uses.1 as usize].iter().map(|&u| &uses[u as usize]);
        for group in draws.chunk_by(|a, b| a.hash == b.hash) {
            for (i, draw) in group.iter().enumerate() {
                let form = forms.get(draw.form);
                let index = names.policy.len() as u32;
                name_of_form.entry(draw.form).or_insert(index);
                by_form[draw.uses.0 as usize..draw.uses.1 as usize]
                    .iter()
                    .for_each(|&u| name_of_use[u as usize] = index);
                names.forms.text.push_str(form);
                names.forms.starts.push(names.forms.text.len() as u32);
                let last = if i + 1 == group.len() { LAST } else { 0 };
                let tail = if has_tail(form) { TAIL } else { 0 };
                names.policy.push(draw.policy | last | tail);
                let from = names.candidates.len();
                names.candidates.extend(own(draw).map(candidate));
                for other in related(group, i, forms) {
                    for c in own(other).map(candidate) {
                        if names.candidates[from..].iter().all(|known| known.entry != c.entry) {
                            names.candidates.push(c);
                        }
                    }
                }
                names.candidates[from..]
                    .sort_by_key(|c| (std::cmp::Reverse(prior[c.entry.0 as usize]), c.entry));
                names.candidate_starts.push(names.candidates.len() as u32);
            }
        }
        NamePlan { names, name_of_form, name_of_use }
    }
}

fn candidate(u: &Use) -> Candidate {
    Candidate { entry: EntryId(u.entry), flags: u.flags }
}

/// The most names with the same atoms for which it is asked whose text each other would be.
const MAX_RELATED: usize = 64;

/// The other names of a group that a text which is exactly name `i` is, too: their entities may be meant as well.
/// A form without diacritics isn't related to a text that has them.
fn related<'g>(group: &'g [Draw], i: usize, forms: &Interner) -> impl Iterator<Item = &'g Draw> {
    let text = forms.get(group[i].form);
    let few = group.len() <= MAX_RELATED;
    group.iter().enumerate().filter_map(move |(j, other)| {
        let form = forms.get(other.form);
        let related = few
            && i != j
            && (text.is_ascii() || !form.is_ascii() || text == form)
            && agree(text, form, flags_of(other.policy), false).is_some();
        related.then_some(other)
    })
}

fn draws(forms: &Interner, uses: &[Use], prior: &[u32], by_form: &[u32], start: u64) -> Vec<Draw> {
    let key = |u: u32| (uses[u as usize].form, policy_of(uses[u as usize].flags));
    let mut at = 0;
    by_form
        .chunk_by(|&a, &b| key(a) == key(b))
        .map(|same| {
            let (form, policy) = key(same[0]);
            let first = at;
            at += same.len() as u32;
            let text = forms.get(form);
            let hash = Atoms::new(text).fold(start, |h, atom| extend_hash(h, atom_hash(text, atom)));
            let best_prior = same.iter().map(|&u| prior[uses[u as usize].entry as usize]).max().unwrap_or(0);
            Draw { hash, form, policy, uses: (first, at), best_prior }
        })
        .collect()
}

/// Order of names with the same atoms: those that fewer texts are come first.
fn strictness(policy: u8) -> u8 {
    let flags = flags_of(policy);
    match () {
        () if flags.has(NameFlags::ANY_CASE) => 2,
        () if flags.has(NameFlags::EXACT) => 0,
        () => 1,
    }
}

/// Whether a text may begin with a small letter and be this form.
fn may_begin_small(form: &str, policy: u8) -> bool {
    let first = form.chars().find(|c| c.is_alphanumeric());
    flags_of(policy).has(NameFlags::ANY_CASE) || !first.is_some_and(char::is_uppercase)
}

fn trie(forms: &Interner, draws: &[Draw], start: u64) -> Result<Trie, crate::trie::Collision> {
    let mut nodes: Vec<NodeToBe> = Vec::with_capacity(draws.len() * 2);
    let mut firsts: Vec<(u32, bool)> = Vec::with_capacity(draws.len());
    for (index, group) in groups(draws) {
        let draw = &group[0];
        nodes.push(NodeToBe { hash: draw.hash, first_name: Some(index), more: false });
        for draw in group {
            let text = forms.get(draw.form);
            let mut hash = start;
            for (i, atom) in Atoms::new(text).enumerate() {
                let own = atom_hash(text, atom);
                if i == 0 {
                    firsts.push((own, may_begin_small(text, draw.policy)));
                } else {
                    nodes.push(NodeToBe { hash, first_name: None, more: true });
                }
                hash = extend_hash(hash, own);
            }
        }
    }
    nodes.sort_unstable_by_key(|n| (n.hash, n.first_name, n.more));
    nodes.dedup_by(|b, a| {
        let same = a.hash == b.hash;
        if same {
            a.first_name = a.first_name.or(b.first_name);
            a.more |= b.more;
        }
        same
    });
    let mut trie = Trie::build(start, &nodes)?;
    firsts.sort_unstable();
    firsts.dedup();
    trie.any = Bloom::with_room(firsts.len());
    trie.small = Bloom::with_room(firsts.iter().filter(|f| f.1).count());
    for (hash, small) in firsts {
        trie.any.insert(hash);
        if small {
            trie.small.insert(hash);
        }
    }
    Ok(trie)
}

/// The groups of names with the same atoms, each with the index of its first name.
fn groups(draws: &[Draw]) -> impl Iterator<Item = (u32, &[Draw])> {
    let mut index = 0;
    draws.chunk_by(|a, b| a.hash == b.hash).map(move |group| {
        let first = index;
        index += group.len() as u32;
        (first, group)
    })
}
