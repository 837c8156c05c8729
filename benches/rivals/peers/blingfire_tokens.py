"""BlingFire: sentences and words, with offsets."""

import blingfire
import common

articles, _, out = common.arguments()
with common.Tables(out, tokens=common.SPANS, sentences=common.SPANS) as tables:
    for article, text in common.articles(articles):
        for start, end in blingfire.text_to_sentences_and_offsets(text)[1]:
            tables.sentences((article, start, end))
        for start, end in blingfire.text_to_words_with_offsets(text)[1]:
            tables.tokens((article, start, end))
