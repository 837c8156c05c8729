//! The article that newsmill began with: what its tables must say of it. Skipped where `../shared` isn't beside the
//! checkout.

use std::fs;
use std::path::Path;

use newsmill_testkit::{plan, render, run};

/// The sections of the article, as cells; `None` without the article.
fn sections() -> Option<[Vec<Vec<String>>; 2]> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let Ok(text) = fs::read_to_string(root.join("../shared/seed/article.txt")) else {
        let _ =
            std::io::Write::write_all(&mut std::io::stderr(), b"skipped: no ../shared/seed/article.txt\n");
        return None;
    };
    let plan = plan(&newsmill::builtin(), &root.join("config/news.json").display().to_string());
    let workspace = run(&plan, &text);
    let cells = |line: &String| line.split('|').map(|c| c.trim().to_owned()).collect();
    let rows =
        |section| render(&plan, &workspace, section).expect("the layer is there").iter().map(cells).collect();
    Some([rows("mentions"), rows("quotes")])
}

#[test]
fn everybody_who_is_named_is_found_and_told_apart() {
    let Some([mentions, _]) = sections() else { return };
    for (text, kind, name, times) in [
        ("Andrey Belousov", "person", "Andrey Belousov", 1),
        ("Belousov", "person", "Andrey Belousov", 2),
        ("Dong Jun", "person", "Dong Jun", 1),
        ("Dong", "person", "Dong Jun", 1),
        ("Xi Jinping", "person", "Xi Jinping", 1),
        ("Moscow", "place", "Moscow", 1),
        ("Beijing", "place", "Beijing", 2),
        ("Washington", "place", "Washington, D.C.", 1),
        ("PRC", "place", "China", 1),
        ("Canada", "place", "Canada", 1),
        ("Japan", "place", "Japan", 1),
        ("Australia", "place", "Australia", 1),
        ("New Zeleand", "place", "New Zealand", 1),
        ("U.S.", "place", "United States", 2),
        ("Institute for the Study of War", "organization", "Institute for the Study of War", 1),
        ("Radio Free Europe/Radio Liberty", "organization", "Radio Free Europe/Radio Liberty", 1),
        ("RFE/RL", "organization", "Radio Free Europe/Radio Liberty", 1),
    ] {
        let found = mentions.iter().filter(|m| m[0] == text && m[1] == kind && m[2] == name).count();
        assert_eq!(found, times, "{text} as the {kind} {name} in {mentions:#?}");
    }
    let of = |text: &str| mentions.iter().find(|m| m[0] == text).map(|m| m[3].as_str());
    assert_eq!((of("New Zeleand"), of("Belousov")), (Some("fuzzy"), Some("surname")));
    let army =
        mentions.iter().any(|m| m[0].starts_with("People’s Liberation Army") && m[1] == "organization");
    assert!(army, "the People's Liberation Army in {mentions:#?}");
}

#[test]
fn what_was_said_has_its_speaker_and_nothing_else_is_speech() {
    let Some([_, quotes]) = sections() else { return };
    for (kind, speaker, cue, begins) in [
        ("indirect", "Analysts", "observed", "that the meeting reinforced"),
        ("indirect", "Dong Jun", "said", "that Russia and China are committed"),
        ("indirect", "Russian officials", "say", "that these operations"),
        ("direct", "analysts", "noted", "Such joint naval exercises"),
        ("indirect", "Radio Free Europe/Radio Liberty", "reported", "Meanwhile, China launched"),
        ("mixed", "United States", "labeled", "a “military pressure campaign”"),
        ("indirect", "Taiwan’s government", "asserting", "its right to defend itself"),
    ] {
        let is_it =
            |q: &&Vec<String>| q[0] == kind && q[2] == speaker && q[3] == cue && q[4].starts_with(begins);
        assert_eq!(quotes.iter().filter(is_it).count(), 1, "{speaker} {cue}: {begins} in {quotes:#?}");
    }
    let cited =
        quotes.iter().any(|q| q[3] == "according to" && q[4].starts_with("Moscow and Beijing are expanding"));
    assert!(cited, "what the first sentence cites in {quotes:#?}");
    for cue in ["highlighted", "released", "views", "remains"] {
        assert!(!quotes.iter().any(|q| q[3].contains(cue)), "{cue:?} isn't speech: {quotes:#?}");
    }
}
