//! Whatever the text: no panic, the layers' own checks hold, parts lie in their quotations, cost stays linear.

use newsmill_core::Registry;
use newsmill_core::layers::{MentionQuotes, Mentions, QuoteParts, QuoteSpeakers, Quotes};
use newsmill_core::prelude::*;
use newsmill_quotes::QuoteStage;
use newsmill_testkit::{GivenMentions, GivenTokens, plan};
use proptest::prelude::*;

const STAGES: &str = r#"[
    { "kind": "given-tokens" },
    { "kind": "given-mentions", "with": { "names": { "Leo Marsh": "person", "Marsh": "person: Leo Marsh", "Hana Sato": "person",
      "Reuters": "organization", "Beijing": "place" } } },
    { "kind": "quotes", "with": { "scope": "all" } }
]"#;

fn the_plan() -> Plan {
    plan(&Registry::new().with::<GivenTokens>().with::<GivenMentions>().with::<QuoteStage>(), STAGES)
}

/// Pieces that make reporting likely, and marks of all kinds in any order.
const PIECES: [&str; 60] = [
    "“",
    "”",
    "\"",
    "''",
    "``",
    "‘",
    "’",
    "'",
    "«",
    "»",
    "„",
    "「",
    "」",
    ",",
    ".",
    "?",
    "!",
    ":",
    ";",
    " — ",
    "(",
    ")",
    "\n\n",
    "Leo Marsh",
    "Marsh",
    "Hana Sato",
    "Reuters",
    "Beijing",
    "he",
    "she",
    "they",
    "it",
    "who",
    "which",
    "that",
    "and",
    "but",
    "while",
    "to",
    "of",
    "as",
    "said",
    "says",
    "told",
    "asked",
    "reported",
    "was reported",
    "according to",
    "called",
    "urged",
    "adding",
    "believes",
    "the mayor",
    "officials",
    "both officials",
    "the bridge",
    "was safe",
    "on Monday",
    "6",
    "reportedly",
];

fn text() -> impl Strategy<Value = String> {
    proptest::collection::vec((0..PIECES.len(), any::<bool>()), 0..80).prop_map(|pieces| {
        let mut text = String::new();
        for (piece, space) in pieces {
            text.push_str(PIECES[piece]);
            if space {
                text.push(' ');
            }
        }
        text
    })
}

fn check(plan: &Plan, text: &str) -> Result<(), String> {
    let mut workspace = plan.workspace();
    workspace.article = Article::new("x", text);
    let outcome = plan.process(&mut workspace, &mut [], &mut ());
    if outcome != Outcome::Done {
        return Err(format!("{outcome:?}"));
    }
    plan.check_layers(&workspace)?;
    let layer = |what: &str| format!("no layer {what}");
    let quotes = workspace.layer::<Quotes>().ok_or_else(|| layer("quotes"))?;
    let parts = workspace.layer::<QuoteParts>().ok_or_else(|| layer("parts"))?;
    let speakers = workspace.layer::<QuoteSpeakers>().ok_or_else(|| layer("speakers"))?;
    let mentions = workspace.layer::<Mentions>().ok_or_else(|| layer("mentions"))?;
    let of = workspace.layer::<MentionQuotes>().ok_or_else(|| layer("mention quotes"))?;
    if of.rows.len() != mentions.rows.len() {
        return Err("another number of mentions".to_owned());
    }
    for (i, quote) in quotes.rows.iter().enumerate() {
        let own: Vec<_> = parts.rows.iter().filter(|p| p.quote.at() == i).collect();
        let said = speakers.rows.iter().filter(|s| s.quote.at() == i).count();
        let inside = own.iter().all(|p| quote.span.contains(p.span));
        let ordered = own.windows(2).all(|w| w[0].span.end <= w[1].span.start);
        let begins = own.first().is_some_and(|p| p.span.start == quote.span.start);
        if !begins
            || own.is_empty()
            || own.len() as u32 != quote.parts
            || said as u32 != quote.speakers
            || !inside
            || !ordered
        {
            return Err(format!("quote {i}: parts {own:?} of {quote:?}, {said} speakers"));
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn layers_hold_on_any_text(text in text()) {
        let plan = the_plan();
        prop_assert_eq!(check(&plan, &text), Ok(()));
    }

    #[test]
    fn any_characters_are_an_article(text in "\\PC{0,120}") {
        prop_assert_eq!(check(&the_plan(), &text), Ok(()));
    }
}

#[test]
fn odd_texts_are_articles() {
    let plan = the_plan();
    let nested = format!("{}deep{}", "“He said ".repeat(400), "”".repeat(400));
    let texts = [
        String::new(),
        "\u{0}".to_owned(),
        "\"".repeat(5_000),
        "\" a ".repeat(5_000),
        nested,
        "he said and ".repeat(20_000),
        "Leo Marsh, who said, ".repeat(5_000),
        "x".repeat(240_000),
        "“A,” said Marsh. ".repeat(4_000),
        "“Never closed.\n\n".repeat(2_000),
        "Marsh: yes\n\n".repeat(2_000),
    ];
    for text in &texts {
        assert_eq!(check(&plan, text), Ok(()), "{}", text.chars().take(40).collect::<String>());
    }
}

/// Text, kind and number of parts of the first quotation.
fn first(text: &str) -> Option<(String, &'static str, u32)> {
    let plan = the_plan();
    let mut workspace = plan.workspace();
    workspace.article = Article::new("x", text);
    plan.process(&mut workspace, &mut [], &mut ());
    let quotes = workspace.layer::<Quotes>()?;
    let quote = quotes.rows.first()?;
    Some((quotes.strings.get(quote.text).to_owned(), quote.kind.as_str(), quote.parts))
}

#[test]
fn mixed_text_keeps_its_closing_mark() {
    let found = first("Leo Marsh said the team was “afraid of its shadow.”");
    assert_eq!(found, Some(("the team was “afraid of its shadow.”".to_owned(), "mixed", 2)));
    let found = first("Leo Marsh said the plan was “dead” today.");
    assert_eq!(found, Some(("the plan was “dead” today".to_owned(), "mixed", 3)));
}

#[test]
fn symbols_are_content_only_inside_marks() {
    let found = first("Leo Marsh said * “yes, it was.”");
    assert_eq!(found.map(|f| (f.0, f.1)), Some(("yes, it was".to_owned(), "direct")));
    assert_eq!(first("Leo Marsh said: “👍”").map(|f| (f.0, f.1)), Some(("👍".to_owned(), "direct")));
    assert_eq!(first("Leo Marsh said: “—”"), None);
}

#[test]
fn named_after_its_marks_the_content_ends_with_them() {
    let found = first("Leo Marsh called it “a farce.” Nobody knew why.");
    assert_eq!(found, Some(("a farce".to_owned(), "direct", 1)));
}
