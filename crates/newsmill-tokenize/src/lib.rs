//! Tokens, sentences and paragraphs of news text.
