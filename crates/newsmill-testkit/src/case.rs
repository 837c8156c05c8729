//! Case files: a text and what the layers should say of it.
//!
//! ```text
//! about: a possessive isn't part of a mention
//! == article
//! Moscow’s mayor resigned.
//! == mentions
//! Moscow | place | Moscow
//! ```
//! The head holds `key: value` lines: `about` (which phenomenon), `title` (the article's headline), `date` (its
//! date of publication, ISO 8601), `language` (its tag), `article` (a path relative to `corpus/`, in place of the section), `set` (`ID.OPTION=VALUE`, any number of them). The article's text
//! is verbatim up to the next line that begins with `== `; blank lines at the end of a section are not part of it. A
//! text line that itself begins with `== ` is written `\== `.

use std::ops::Range;

/// A parsed case file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Case {
    /// Which phenomenon it is about.
    pub about: String,
    /// The article's headline, empty if none.
    pub title: String,
    /// The article's date of publication, empty if none.
    pub date: String,
    /// The article's language tag, empty if none.
    pub language: String,
    /// Path of the article relative to the corpus folder, if the text isn't in the case.
    pub article_file: Option<String>,
    /// The text, if it is in the case.
    pub text: Option<String>,
    /// Overrides of stage options.
    pub sets: Vec<String>,
    /// Expectations, in the order of the file.
    pub sections: Vec<Section>,
}

/// An expectation of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Name of the layer.
    pub name: String,
    /// Line of the file that its heading stands on, from 1.
    pub line: usize,
    /// Its lines.
    pub lines: Vec<String>,
    /// Byte range of those lines in the file, line breaks included.
    pub range: Range<usize>,
}

const ARTICLE: &str = "article";
const HEADING: &str = "== ";

impl Case {
    /// Parses the text of a case file.
    ///
    /// # Errors
    /// The first fault, with its line.
    pub fn parse(source: &str) -> Result<Case, String> {
        let mut case = Case::default();
        let mut current: Option<Section> = None;
        let mut at = 0;
        for (index, raw) in source.split_inclusive('\n').enumerate() {
            let number = index + 1;
            let line = raw.strip_suffix('\n').unwrap_or(raw);
            let line = line.strip_suffix('\r').unwrap_or(line);
            at += raw.len();
            if let Some(name) = line.strip_prefix(HEADING) {
                case.finish(current.take(), source)?;
                let name = name.trim().to_owned();
                current = Some(Section { name, line: number, lines: Vec::new(), range: at..at });
            } else if let Some(section) = &mut current {
                section.lines.push(line.to_owned());
                section.range.end = at;
            } else if !line.trim().is_empty() {
                case.head(line, number)?;
            }
        }
        case.finish(current, source)?;
        match (&case.text, &case.article_file) {
            (Some(_), Some(_)) => Err("both a head line `article:` and a section `== article`".to_owned()),
            (None, None) => Err("no article: add `== article` or a head line `article: PATH`".to_owned()),
            _ if case.sections.is_empty() => {
                Err("no expectation: add a section such as `== mentions`".into())
            }
            _ => Ok(case),
        }
    }

    fn head(&mut self, line: &str, number: usize) -> Result<(), String> {
        let Some((key, value)) = line.split_once(':') else {
            return Err(format!("line {number}: not a `key: value` line"));
        };
        let value = value.trim().to_owned();
        match key.trim() {
            "about" => self.about = value,
            "title" => self.title = value,
            "date" => self.date = value,
            "language" => self.language = value,
            ARTICLE => self.article_file = Some(value),
            "set" => self.sets.push(value),
            other => {
                return Err(format!(
                    "line {number}: unknown key `{other}`; known: about, title, date, language, article, set"
                ));
            }
        }
        Ok(())
    }

    fn finish(&mut self, section: Option<Section>, source: &str) -> Result<(), String> {
        let Some(mut section) = section else { return Ok(()) };
        if section.name == ARTICLE {
            if self.text.is_some() {
                return Err(format!("line {}: a second article", section.line));
            }
            let text = source[section.range].trim_end_matches(['\n', '\r']);
            let unescape = |line: &str| match line.strip_prefix('\\') {
                Some(rest) if rest.starts_with(HEADING) => rest.to_owned(),
                _ => line.to_owned(),
            };
            self.text = Some(text.split_inclusive('\n').map(unescape).collect());
            return Ok(());
        }
        if self.sections.iter().any(|s| s.name == section.name) {
            return Err(format!("line {}: a second section `{}`", section.line, section.name));
        }
        while section.lines.last().is_some_and(|l| l.trim().is_empty()) {
            section.lines.pop();
        }
        let blank = source[section.range.clone()].trim_end_matches(['\n', '\r', ' ']);
        section.range.end = section.range.start + blank.len();
        self.sections.push(section);
        Ok(())
    }
}

/// The case file with other lines in its expectations.
pub fn rewrite(source: &str, replacements: &[(Range<usize>, Vec<String>)]) -> String {
    let mut out = String::with_capacity(source.len());
    let mut at = 0;
    for (range, lines) in replacements {
        out.push_str(&source[at..range.start]);
        if !out.ends_with('\n') {
            out.push('\n');
        }
        out.push_str(&lines.join("\n"));
        at = range.end;
        if range.is_empty() && !lines.is_empty() && source.get(at..).is_some_and(|rest| !rest.is_empty()) {
            out.push('\n');
        }
    }
    out.push_str(&source[at..]);
    if !out.ends_with('\n') {
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_verbatim_without_blank_lines_at_its_end() {
        let case = Case::parse("about: x\n== article\nOne.\n\n\\== Two.\n\n== sentences\nOne .\n\n").unwrap();
        assert_eq!(case.text.as_deref(), Some("One.\n\n== Two."));
        assert_eq!(case.sections[0].lines, ["One ."]);
        assert_eq!(case.about, "x");
    }

    #[test]
    fn faults_name_their_line() {
        for (source, message) in [
            ("abuot: x\n", "line 1: unknown key `abuot`; known: about, title, date, language, article, set"),
            ("nonsense\n", "line 1: not a `key: value` line"),
            ("== article\nx\n== m\na\n== m\nb\n", "line 5: a second section `m`"),
            ("== m\na\n", "no article: add `== article` or a head line `article: PATH`"),
            ("== article\nx\n", "no expectation: add a section such as `== mentions`"),
        ] {
            assert_eq!(Case::parse(source).unwrap_err(), message);
        }
    }

    #[test]
    fn rewriting_touches_only_the_expectations() {
        let source = "about: x\n== article\nOne.\n\n== m\nold\n\n== n\n";
        let case = Case::parse(source).unwrap();
        let new = vec!["new".to_owned(), "lines".to_owned()];
        let both: Vec<_> = case.sections.iter().map(|s| (s.range.clone(), new.clone())).collect();
        let expected = "about: x\n== article\nOne.\n\n== m\nnew\nlines\n\n== n\nnew\nlines\n";
        assert_eq!(rewrite(source, &both), expected);
        assert_eq!(rewrite(source, &[(case.sections[0].range.clone(), vec!["old".into()])]), source);
    }
}
