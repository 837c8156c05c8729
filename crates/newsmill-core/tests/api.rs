//! The public face of this crate, written down: a change of it shows as a diff of `api.txt`, and is meant.
//!
//! The list is made of the sources with `syn`, on any toolchain. It knows no types: a re-exported name stands there as the
//! re-export, and what a macro declares as the macro's call. `NEWSMILL_UPDATE=1` rewrites it.

#![expect(clippy::unwrap_used, reason = "a test that fails may panic")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use quote::ToTokens;
use syn::{ImplItem, Item, TraitItem, Visibility};

#[test]
fn public_items_are_those_of_the_list() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut api = Api::default();
    api.file(&root.join("src/lib.rs"), &root.join("src"), "newsmill_core", true);
    let seen: String = api.lines.iter().map(|l| format!("{l}\n")).collect();
    let list = root.join("api.txt");
    if std::env::var_os("NEWSMILL_UPDATE").is_some() {
        fs::write(&list, &seen).unwrap();
    }
    let known = fs::read_to_string(&list).unwrap_or_default();
    let known: BTreeSet<&str> = known.lines().collect();
    let seen: BTreeSet<&str> = seen.lines().collect();
    let gone: Vec<_> = known.difference(&seen).map(|l| format!("- {l}")).collect();
    let new: Vec<_> = seen.difference(&known).map(|l| format!("+ {l}")).collect();
    assert!(
        gone.is_empty() && new.is_empty(),
        "the public API changed; if that is meant, NEWSMILL_UPDATE=1 writes api.txt anew. What is gone or changed breaks \
         stages that are out there: see \"What is stable\" in docs/extending.md\n{}\n{}",
        gone.join("\n"),
        new.join("\n")
    );
}

/// Everybody who writes a stage builds these.
#[test]
fn dependencies_stay_few() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest = fs::read_to_string(root.join("Cargo.toml")).unwrap();
    let section = manifest.split("[dependencies]\n").nth(1).and_then(|s| s.split("\n[").next()).unwrap();
    let names = section.lines().filter_map(|l| l.split(['.', ' ']).next()).filter(|n| !n.is_empty());
    let mut open: Vec<&str> = names.collect();
    assert_eq!(open, ["schemars", "serde", "serde_json"]);
    let lock = fs::read_to_string(root.join("../../Cargo.lock")).unwrap();
    let mut all: BTreeSet<&str> = BTreeSet::new();
    while let Some(name) = open.pop() {
        if all.insert(name) {
            open.extend(dependencies_of(&lock, name));
        }
    }
    assert!(all.len() <= 20, "{} crates: {all:?}", all.len());
}

/// Names of a package's dependencies in a lock file.
fn dependencies_of<'l>(lock: &'l str, name: &str) -> Vec<&'l str> {
    let packages = lock.split("[[package]]\n").filter(|p| p.starts_with(&format!("name = \"{name}\"\n")));
    let lists = packages.filter_map(|p| p.split("dependencies = [\n").nth(1)?.split(']').next());
    lists.flat_map(|l| l.split('"').skip(1).step_by(2)).filter_map(|d| d.split(' ').next()).collect()
}

#[derive(Default)]
struct Api {
    lines: BTreeSet<String>,
}

impl Api {
    /// `folder` is where this file's modules lie; `public` whether its items can be named from outside.
    fn file(&mut self, file: &Path, folder: &Path, path: &str, public: bool) {
        let text = fs::read_to_string(file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        self.items(&syn::parse_file(&text).unwrap().items, folder, path, public);
    }

    fn items(&mut self, items: &[Item], folder: &Path, path: &str, public: bool) {
        for item in items {
            match item {
                Item::Mod(m) if is_test(&m.attrs) => {}
                Item::Mod(m) => self.module(m, folder, path, public),
                Item::Impl(i) => self.implementation(i, path),
                Item::Trait(t) if public && is_public(&t.vis) => self.definition(t, path),
                Item::Macro(m) if public && m.ident.is_none() => self.call(&m.mac, path),
                _ if public => self.item(item, path),
                _ => {}
            }
        }
    }

    fn module(&mut self, module: &syn::ItemMod, folder: &Path, path: &str, public: bool) {
        let public = public && is_public(&module.vis);
        let (name, inner) = (module.ident.to_string(), format!("{path}::{}", module.ident));
        if public {
            self.say(path, &format!("pub mod {name}"));
        }
        let inside: PathBuf = folder.join(&name);
        match &module.content {
            Some((_, items)) => self.items(items, &inside, &inner, public),
            None => self.file(&folder.join(format!("{name}.rs")), &inside, &inner, public),
        }
    }

    /// Everything that has no members to look at one by one; bodies and private fields are left out.
    fn item(&mut self, item: &Item, path: &str) {
        let mut item = item.clone();
        match &mut item {
            Item::Const(i) if is_public(&i.vis) => i.attrs.clear(),
            Item::Enum(i) if is_public(&i.vis) => {
                for variant in &mut i.variants {
                    variant.attrs.clear();
                    variant.fields.iter_mut().for_each(|f| f.attrs.clear());
                }
                i.attrs.retain(is_derive);
            }
            Item::Fn(i) if is_public(&i.vis) => return self.say(path, &format!("pub {}", text(&i.sig))),
            Item::Struct(i) if is_public(&i.vis) => return self.structure(i, path),
            Item::Type(i) if is_public(&i.vis) => i.attrs.clear(),
            Item::Use(i) if is_public(&i.vis) => i.attrs.clear(),
            _ => return,
        }
        self.say(path, &text(&item));
    }

    fn structure(&mut self, item: &syn::ItemStruct, path: &str) {
        let mut head = item.clone();
        head.attrs.retain(is_derive);
        head.fields = syn::Fields::Unit;
        let public = || item.fields.iter().enumerate().filter(|(_, f)| is_public(&f.vis));
        let private = if public().count() < item.fields.len() { " with private fields" } else { "" };
        self.say(path, &format!("{}{private}", text(&head)));
        for (i, field) in public() {
            let name = field.ident.as_ref().map_or_else(|| i.to_string(), ToString::to_string);
            self.say(&format!("{path}::{}", item.ident), &format!("pub {name}: {}", text(&field.ty)));
        }
    }

    fn definition(&mut self, item: &syn::ItemTrait, path: &str) {
        let mut head = item.clone();
        head.attrs.clear();
        head.items.clear();
        self.say(path, &text(&head));
        let of = format!("{path}::{}", item.ident);
        for member in &item.items {
            match member.clone() {
                TraitItem::Fn(f) if !is_hidden(&f.attrs) => {
                    let provided = if f.default.is_some() { "provided " } else { "" };
                    self.say(&of, &format!("{provided}{}", text(&f.sig)));
                }
                TraitItem::Const(c) => self.say(&of, &format!("const {}: {}", c.ident, text(&c.ty))),
                TraitItem::Type(t) => self.say(&of, &format!("type {}: {}", t.ident, text(&t.bounds))),
                _ => {}
            }
        }
    }

    fn implementation(&mut self, item: &syn::ItemImpl, path: &str) {
        let of = text(&item.self_ty);
        if let Some((_, implemented, _)) = &item.trait_ {
            return self.say(path, &format!("impl {} for {of}", text(implemented)));
        }
        let path = format!("{path}::{of}");
        for member in &item.items {
            match member {
                ImplItem::Fn(f) if is_public(&f.vis) && !is_hidden(&f.attrs) => {
                    self.say(&path, &format!("pub {}", text(&f.sig)));
                }
                ImplItem::Const(c) if is_public(&c.vis) => {
                    self.say(&path, &format!("pub const {}: {}", c.ident, text(&c.ty)));
                }
                _ => {}
            }
        }
    }

    /// A macro that declares something: its last word is what.
    fn call(&mut self, call: &syn::Macro, path: &str) {
        let tokens = call.tokens.to_string();
        let name = tokens.split_whitespace().last().unwrap_or_default();
        self.say(path, &format!("{}!({name})", text(&call.path)));
    }

    fn say(&mut self, path: &str, what: &str) {
        self.lines.insert(format!("{path}: {what}"));
    }
}

/// On one line.
fn text(item: &impl ToTokens) -> String {
    let text = item.to_token_stream().to_string();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let tight = [
        (" ;", ";"),
        (" ,", ","),
        (" :: ", "::"),
        (" < ", "<"),
        (" >", ">"),
        ("& ", "&"),
        (" (", "("),
        ("( ", "("),
        (" )", ")"),
        (" :", ":"),
        ("# [", "#["),
    ];
    tight.iter().fold(text, |text, (long, short)| text.replace(long, short))
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

fn is_derive(attribute: &syn::Attribute) -> bool {
    attribute.path().is_ident("derive")
}

fn is_hidden(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|a| a.path().is_ident("doc") && text(&a.meta).contains("hidden"))
}

fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|a| a.path().is_ident("cfg") && text(&a.meta).contains("test"))
}
