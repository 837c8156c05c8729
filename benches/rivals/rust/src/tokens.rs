//! ICU's words and sentences.

use std::error::Error;
use std::path::Path;

use icu_segmenter::{SentenceSegmenter, WordSegmenter};

use crate::{Chars, each_article, table};

/// Tokens (whatever isn't space) and sentences of all articles.
pub fn run(articles: &Path, out: &Path) -> Result<(), Box<dyn Error>> {
    let words = WordSegmenter::new_dictionary(Default::default());
    let sentences = SentenceSegmenter::new(Default::default());
    let mut token_table = table(out, "tokens", "article_id start_char end_char")?;
    let mut sentence_table = table(out, "sentences", "article_id start_char end_char")?;
    each_article(articles, |id, text| {
        for (table, breaks) in [
            (&mut token_table, words.segment_str(text).collect::<Vec<usize>>()),
            (&mut sentence_table, sentences.segment_str(text).collect()),
        ] {
            let mut chars = Chars::new(text);
            for pair in breaks.windows(2) {
                let [start, end] = [pair[0], pair[0] + text[pair[0]..pair[1]].trim_end().len()];
                if start < end {
                    table.write_record([id, &chars.before(start), &chars.before(end)])?;
                }
            }
        }
        Ok(())
    })?;
    token_table.flush()?;
    Ok(sentence_table.flush()?)
}
