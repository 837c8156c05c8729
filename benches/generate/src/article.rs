//! Articles: a cast, a style, and sentences until the length is reached.

use crate::names::Names;
use crate::random::{Random, length};
use crate::templates::Templates;

/// Makes articles.
pub struct Generator {
    names: Names,
    templates: Templates,
    seed: u64,
}

/// An article.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Generated {
    /// `gen-` and its number.
    pub id: String,
    /// Headline.
    pub title: String,
    /// ISO 8601.
    pub date: String,
    /// Text.
    pub body: String,
}

impl Generated {
    /// As one line of JSON, with its line break.
    pub fn to_json_line(&self) -> String {
        let Generated { id, title, date, body } = self;
        let fields = serde_json::json!({ "id": id, "title": title, "date": date, "source": "generated", "language": "en", "body": body });
        format!("{fields}\n")
    }
}

impl Generator {
    /// A generator of articles about these names.
    pub fn new(names: Names, seed: u64) -> Self {
        Generator { names, templates: Templates::shipped(), seed }
    }

    /// Article `number`.
    pub fn article(&self, number: u64) -> Generated {
        let mut random = Random::of(self.seed, number);
        let bytes = length(&mut random);
        let style = Style::of(&mut random);
        let cast = Cast::of(&self.names, &self.templates, style, &mut random);
        let mut writer = Writer { templates: &self.templates, random, cast, style };
        let date = format!(
            "20{:02}-{:02}-{:02}",
            10 + writer.random.below(16),
            1 + writer.random.below(12),
            1 + writer.random.below(28)
        );
        let title = writer.sentence("title");
        Generated { id: format!("gen-{number:08}"), title, date, body: writer.body(bytes) }
    }

    /// Articles from the first on, until their bodies have at least so many bytes.
    pub fn articles(&self, bytes: u64) -> impl Iterator<Item = Generated> {
        let mut made = 0;
        (0..).map_while(move |number| {
            if made >= bytes {
                return None;
            }
            let article = self.article(number);
            made += article.body.len() as u64;
            Some(article)
        })
    }
}

/// How an article is typed.
#[derive(Clone, Copy)]
struct Style {
    /// “ ” ’ in place of " and '.
    curly: bool,
    /// No character above 0x7F.
    ascii: bool,
}

impl Style {
    fn of(random: &mut Random) -> Style {
        let curly = random.percent(34);
        // 35 % of the other two thirds bring the share with any non-ASCII character to 57 %.
        Style { curly, ascii: !curly && !random.percent(35) }
    }

    fn apply(self, text: &str) -> String {
        let plain = |c: char| match c {
            '“' | '”' if !self.curly => '"',
            '‘' | '’' if !self.curly => '\'',
            '—' if self.ascii => '-',
            c => c,
        };
        text.chars().map(plain).collect()
    }
}

/// Whom an article is about.
struct Cast {
    /// Full name and whether it was said already.
    people: Vec<(String, bool)>,
    places: Vec<String>,
    organizations: Vec<String>,
    demonyms: Vec<String>,
    he: &'static str,
}

impl Cast {
    fn of(names: &Names, templates: &Templates, style: Style, random: &mut Random) -> Cast {
        let mut some = |list: &[String], count: usize| -> Vec<String> {
            let mut picked = Vec::new();
            // A list may hold nothing that the style allows: the number of tries is bounded.
            for _ in 0..count * 20 {
                let name = random.pick_early(list).filter(|n| !style.ascii || n.is_ascii());
                picked.extend(name.cloned());
                if picked.len() == count {
                    break;
                }
            }
            picked
        };
        let known = some(&names.people, 3);
        let places = some(&names.places, 4);
        let organizations = some(&names.organizations, 3);
        let demonyms = some(&names.demonyms, 2);
        let mut people: Vec<(String, bool)> = known.into_iter().map(|n| (n, false)).collect();
        for _ in 0..3 {
            let accented = !style.ascii && random.percent(30);
            let (given, family) = if accented { ("given8", "family8") } else { ("given", "family") };
            let given = random.pick(templates.words(given)).copied().unwrap_or("Ann");
            let family = random.pick(templates.words(family)).copied().unwrap_or("Smithson");
            people.push((format!("{given} {family}"), false));
        }
        let he = if random.percent(65) { "he" } else { "she" };
        Cast { people, places, organizations, demonyms, he }
    }
}

struct Writer<'a> {
    templates: &'a Templates,
    random: Random,
    cast: Cast,
    style: Style,
}

impl Writer<'_> {
    fn body(&mut self, bytes: usize) -> String {
        let mut body = self.sentence("lead");
        let mut direct_before = false;
        while body.len() < bytes {
            let paragraph_ends = self.random.percent(45);
            body.push_str(if paragraph_ends { "\n\n" } else { " " });
            let kind = match self.random.below(100) {
                0..9 if direct_before => "follow",
                0..54 => "plain",
                54..80 => "indirect",
                80..93 => "direct",
                _ => "mixed",
            };
            direct_before = kind == "direct";
            let sentence = self.sentence(kind);
            body.push_str(&sentence);
        }
        body.push('\n');
        body
    }

    fn sentence(&mut self, kind: &str) -> String {
        let mut out = String::with_capacity(200);
        self.write_template(kind, &mut out);
        // An abbreviation's dot ends its sentence.
        self.style.apply(&capitalised(&out).replace("..", "."))
    }

    fn write_template(&mut self, kind: &str, out: &mut String) {
        let Some(&template) = self.random.pick(self.templates.of_kind(kind)) else { return };
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            out.push_str(before);
            let (slot, after) = after.split_once('}').unwrap_or((after, ""));
            self.write_slot(slot, out);
            rest = after;
        }
        out.push_str(rest);
    }

    fn write_slot(&mut self, slot: &str, out: &mut String) {
        match slot {
            "C" => self.write_template("clause", out),
            "C^" => {
                let mut clause = String::new();
                self.write_template("clause", &mut clause);
                out.push_str(&capitalised(&clause));
            }
            "S" if self.random.percent(20) => out.push_str(self.cast.he),
            "S" | "N" => self.write_speaker(out),
            "PF" | "PF2" | "PF3" => self.write_person(out, true),
            "PS" | "PS2" => self.write_person(out, false),
            "he" => out.push_str(self.cast.he),
            "L" | "L2" | "L3" => push_one(&mut self.random, &self.cast.places, out),
            "LU" => {
                let place = self.random.pick(&self.cast.places).map_or("GENEVA".into(), |p| p.to_uppercase());
                out.push_str(&place);
            }
            "O" | "O2" => push_one(&mut self.random, &self.cast.organizations, out),
            "D" | "D2" => push_one(&mut self.random, &self.cast.demonyms, out),
            "dash" => out.push('—'),
            "number" => out.push_str(&(2 + self.random.below(98)).to_string()),
            "number3" => out.push_str(&(100 + self.random.below(900)).to_string()),
            "digit" => out.push_str(&self.random.below(10).to_string()),
            "dayno" => out.push_str(&(1 + self.random.below(28)).to_string()),
            "year" => out.push_str(&(1990 + self.random.below(36)).to_string()),
            "bare" => {
                if let Some(&thing) = self.random.pick(self.templates.words("thing")) {
                    out.push_str(thing.split_once(' ').map_or(thing, |(_, bare)| bare));
                }
            }
            word => {
                if let Some(&word) = self.random.pick(self.templates.words(word)) {
                    out.push_str(word);
                }
            }
        }
    }

    /// A person: in full with a title the first time (or if `full`), then mostly by surname.
    fn write_person(&mut self, out: &mut String, full: bool) {
        let index = self.random.below(self.cast.people.len());
        let Some((name, known)) = self.cast.people.get_mut(index) else { return };
        let first_time = !std::mem::replace(known, true);
        let surname = name.rsplit(' ').next().unwrap_or(name);
        let title = if first_time && self.random.percent(40) { self.templates.words("title") } else { &[] };
        if let Some(title) = self.random.pick(title) {
            out.push_str(title);
            out.push(' ');
        }
        out.push_str(if first_time || full { name.as_str() } else { surname });
    }

    fn write_speaker(&mut self, out: &mut String) {
        match self.random.below(100) {
            0..56 => self.write_person(out, false),
            56..75 => push_one(&mut self.random, &self.cast.organizations, out),
            _ => {
                if let Some(&unnamed) = self.random.pick(self.templates.words("unnamed")) {
                    out.push_str(unnamed);
                }
            }
        }
    }
}

fn push_one(random: &mut Random, list: &[String], out: &mut String) {
    if let Some(item) = random.pick(list) {
        out.push_str(item);
    }
}

/// With the first letter in upper case, if no number stands before it.
fn capitalised(text: &str) -> String {
    let at = text.find(char::is_alphanumeric).unwrap_or(0);
    let mut rest = text[at..].chars();
    match rest.next() {
        Some(first) => [&text[..at], &first.to_uppercase().to_string(), rest.as_str()].concat(),
        None => text.to_owned(),
    }
}
