//! What a crate in newsmill's own workspace needs beside its folder: three lines, in three files.

use std::path::{Path, PathBuf};

use super::names::Names;
use super::told;

/// The files to change, with their new texts. Nothing is written here.
pub(super) fn edits(names: &Names, checkout: &Path) -> Result<Vec<(PathBuf, String)>, String> {
    let Names { package, krate, type_name, .. } = names;
    let read = |name: &str| {
        let path = checkout.join(name);
        std::fs::read_to_string(&path).map(|text| (path.clone(), text)).map_err(|e| told(&path, &e))
    };
    let (root, text) = read("Cargo.toml")?;
    let line = format!("{package} = {{ path = \"crates/{package}\" }}");
    let root_text =
        with_dependency(&text, "[workspace.dependencies]", &line).ok_or_else(|| no_place(&root))?;
    let (facade, text) = read("crates/newsmill/Cargo.toml")?;
    let line = format!("{package}.workspace = true");
    let facade_text = with_dependency(&text, "[dependencies]", &line).ok_or_else(|| no_place(&facade))?;
    let (builtin, text) = read("crates/newsmill/src/builtin.rs")?;
    let line = format!(".with::<{krate}::{type_name}>()");
    let builtin_text = with_kind(&text, &line).ok_or_else(|| no_place(&builtin))?;
    Ok(vec![(root, root_text), (facade, facade_text), (builtin, builtin_text)])
}

fn no_place(path: &Path) -> String {
    format!("{}: no place was found for the new stage; is this newsmill's checkout?", path.display())
}

/// The text of a `Cargo.toml` with one more line in the alphabetical run of `newsmill…` lines of a section.
fn with_dependency(text: &str, section: &str, line: &str) -> Option<String> {
    let section = text.find(&format!("{section}\n"))?;
    let mut at = section + text[section..].find("\nnewsmill")? + 1;
    while text[at..].starts_with("newsmill") {
        let end = at + text[at..].find('\n')?;
        if text[at..end] > *line {
            break;
        }
        at = end + 1;
    }
    Some(format!("{}{line}\n{}", &text[..at], &text[at..]))
}

/// The text of `builtin.rs` with one more stage, after the last that is there.
fn with_kind(text: &str, line: &str) -> Option<String> {
    let last = text.rfind(".with::<")?;
    let start = text[..last].rfind('\n')? + 1;
    let end = last + text[last..].find('\n')?;
    Some(format!("{}\n{}{line}{}", &text[..end], &text[start..last], &text[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dependencies_stay_in_order() {
        let text =
            "[dependencies]\nclap = 1\nnewsmill = 1\nnewsmill-c = 1\nserde = 1\n\n[dev-dependencies]\n";
        for (line, expected) in [
            ("newsmill-b = 1", "newsmill = 1\nnewsmill-b = 1\nnewsmill-c = 1\nserde"),
            ("newsmill-d = 1", "newsmill-c = 1\nnewsmill-d = 1\nserde"),
        ] {
            let new = with_dependency(text, "[dependencies]", line).unwrap();
            assert!(new.contains(expected), "{new}");
            assert_eq!(new.len(), text.len() + line.len() + 1);
        }
        assert_eq!(with_dependency("[package]\n", "[dependencies]", "x"), None);
    }

    #[test]
    fn the_stage_is_the_last_that_is_registered() {
        let text = "    Registry::new()\n        .with::<A>()\n        .with_sink::<B>()\n";
        let expected =
            "    Registry::new()\n        .with::<A>()\n        .with::<C>()\n        .with_sink::<B>()\n";
        assert_eq!(with_kind(text, ".with::<C>()").as_deref(), Some(expected));
        assert_eq!(with_kind("fn main() {}\n", ".with::<C>()"), None);
    }

    #[test]
    fn this_checkout_has_places_for_a_new_stage() {
        let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let names = Names::new("reading-ease", &[]).unwrap();
        let edits = edits(&names, &checkout).unwrap();
        assert_eq!(edits.len(), 3);
        assert!(edits.iter().all(|(_, text)| text.contains("reading")));
    }
}
