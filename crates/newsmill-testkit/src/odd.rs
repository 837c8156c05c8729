//! Texts that no newsroom meant to publish and every corpus has.

/// A text with the name of what is odd about it.
#[derive(Clone, Debug)]
pub struct OddText {
    /// What is odd.
    pub name: &'static str,
    /// Headline; empty in most.
    pub title: String,
    /// Body.
    pub body: String,
}

/// All odd texts, from empty to a line of 1 MB. Deterministic.
pub fn texts() -> Vec<OddText> {
    let mut texts: Vec<OddText> = short()
        .into_iter()
        .map(|(name, body)| OddText { name, title: String::new(), body: body.to_owned() })
        .collect();
    texts.push(OddText { name: "title and no body", title: "Mayor resigns".into(), body: String::new() });
    texts.push(OddText {
        name: "unclosed quote in the title",
        title: "“We won’t go, says mayor".into(),
        body: NEWS.to_owned(),
    });
    let long = |name, body| OddText { name, title: String::new(), body };
    texts.push(long("5,001 straight quotes", "\"".repeat(5001)));
    texts.push(long("400 nested quotes", format!("{}deep{}", "“a ‘b ".repeat(200), "’ ”".repeat(200))));
    texts.push(long("one token of 100,000 letters", "a".repeat(100_000)));
    texts.push(long("20,000 blank lines", "\n".repeat(40_000)));
    texts.push(long("every character of the Basic Multilingual Plane", ('\u{0}'..='\u{FFFF}').collect()));
    texts.push(long(
        "long prose without a full stop",
        "the minister said that and then she said that ".repeat(2000),
    ));
    texts.push(long("1 MB in one line", NEWS.replace('\n', " ").repeat(1 + 1_000_000 / NEWS.len())));
    texts
}

/// Makes a text of about so many bytes.
pub type Maker = fn(usize) -> String;

/// Texts that grow: what is in them, and how to make one. For tests that cost is linear.
pub fn growing() -> Vec<(&'static str, Maker)> {
    fn fill(unit: &str, bytes: usize) -> String {
        unit.repeat(bytes / unit.len() + 1)
    }
    vec![
        ("news prose", |n| fill(NEWS, n)),
        ("straight quotes", |n| fill("\" ", n)),
        ("opening quotes that never close", |n| fill("“a ", n)),
        ("nested quotes", |n| format!("{}{}", fill("“a ‘b ", n / 2), fill("’ ” ", n / 2))),
        ("capitalised words", |n| fill("Anna Berg Carl ", n)),
        ("one name again and again", |n| fill("Moscow ", n)),
        ("reporting verbs", |n| fill("said ", n)),
        ("no full stop", |n| fill("and then that which she had and then ", n)),
        ("one token", |n| fill("a", n)),
        ("hyphens", |n| fill("a-", n)),
        ("brackets", |n| fill("(A ", n)),
        ("short sentences", |n| fill("No. ", n)),
        ("line breaks", |n| fill("a\n\n", n)),
        ("combining marks", |n| fill("a\u{301}\u{301} ", n)),
    ]
}

/// A piece of ordinary news with names, quotes of all kinds, numbers and paragraphs. Invented.
pub const NEWS: &str = "\
GENEVA (AP) — “We will rebuild every bridge,” Foreign Minister Ana Petrović told reporters on Tuesday, Oct. 14, “and we will \
do it before winter.”

The U.N. says 12,500 people in Moscow, Beijing and Washington, D.C., have asked for help since 2019. Petrovic's \
spokesman, who asked not to be named, denied that the ministry had \"lost\" $3.5 million.

According to the World Health Organization (WHO), the Russia-China talks “may take years.” She didn't agree: 'Nobody asked us,' \
she said.

";

fn short() -> Vec<(&'static str, &'static str)> {
    vec![
        ("empty", ""),
        ("white space", " \t \n\n \u{A0}\u{2003}\n"),
        ("one letter", "a"),
        ("one stop", "."),
        ("one quotation mark", "“"),
        ("one line break", "\n"),
        ("one combining mark", "\u{301}"),
        ("invisible characters", "\u{200B}\u{FEFF}\u{200B}"),
        ("byte order mark inside", "One\u{FEFF}two. \u{FEFF}Three."),
        ("soft hyphens and joiners", "co\u{AD}oper\u{AD}ate \u{200D}\u{200C}now\u{2060}."),
        ("combining marks", "Zoe\u{301} Mu\u{308}ller said e\u{301}\u{302}\u{303} \u{301} alone."),
        ("right to left", "אמר ראש הממשלה: \"לא נחזור\". قال الوزير «لن نعود»."),
        ("direction marks", "He said \u{202B}\u{200F}«لا»\u{202C} and left."),
        ("emoji", "👩‍👩‍👧‍👦 said 🇫🇷🇩🇪 “👍🏽!” 👋"),
        ("no spaces", "莫斯科和北京的部长说：「我们不会离开」。東京で会談。กรุงเทพมหานคร"),
        ("CRLF", "One line.\r\n\r\n“Two,” he said.\r\nThree.\r\n"),
        ("lone carriage returns", "One.\rTwo.\r\rThree."),
        ("NUL", "Nul\0inside. \0\0 “a\0b,” he said."),
        ("control characters", "\u{1}\u{7F}\u{85}a\u{B}b\u{C}c\u{1B}[0m"),
        ("Unicode line separators", "One.\u{2028}Two.\u{2029}Three."),
        ("unclosed quote", "“We will go, he said. Nobody went."),
        ("unopened quote", "We will go,” he said."),
        ("unclosed quotes of all kinds", "“ ‘ « „ \" ' ‹ 「 ` ´ ”"),
        ("quotes that cross", "“He ‘said” that’ she."),
        ("guillemets both ways", "»Nein«, sagte er. « Non », dit-elle."),
        ("only cues", "said said. According to. told, according to"),
        ("only punctuation", "... --- ''' ,,, ;;; !?!? …… “”‘’"),
        ("possessives of nothing", "’s 's s' ’ Moscow’s’s ’’s"),
        ("abbreviation at the end", "It was signed in Washington, D.C."),
        ("capitals only", "MOSCOW SAYS “NO” TO THE U.N. ON OCT. 14"),
        ("markup left over", "<p>Moscow &amp; Beijing</p> &#8220;No,&#8221; he said.<br/>"),
        ("mojibake", "Itâ€™s â€œdeadâ€\u{9d}, said JosÃ©."),
        ("private use and unassigned", "\u{E000}\u{F8FF} \u{10FFFF}\u{FDD0} \u{378}"),
        ("letters that change length with case", "İSTANBUL ẞ ﬁ ǅ Ŀ ŉ said İ."),
        ("astral letters", "𝐌𝐨𝐬𝐜𝐨𝐰 𐐔𐐯𐑅𐐨𐑉𐐯𐐻 said “𝒩𝑜”."),
    ]
}
