"""spaCy without a model: tokenizer and sentencizer."""

import common
import spacy

articles, _, out = common.arguments()
nlp = spacy.blank("en")
nlp.add_pipe("sentencizer")
with common.Tables(out, tokens=common.SPANS, sentences=common.SPANS) as tables:
    texts = ((text, name) for name, text in common.articles(articles))
    for doc, article in nlp.pipe(texts, as_tuples=True):
        for token in doc:
            tables.tokens((article, token.idx, token.idx + len(token)))
        for sentence in doc.sents:
            tables.sentences((article, sentence.start_char, sentence.end_char))
