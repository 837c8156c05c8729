"""NLTK: sentences and Treebank words, with offsets. Its Punkt model isn't in the package, so it is the untrained tokenizer."""

import common
from nltk.tokenize import NLTKWordTokenizer, PunktSentenceTokenizer

articles, _, out = common.arguments()
sentences, words = PunktSentenceTokenizer(), NLTKWordTokenizer()
with common.Tables(out, tokens=common.SPANS, sentences=common.SPANS) as tables:
    for article, text in common.articles(articles):
        for start, end in sentences.span_tokenize(text):
            tables.sentences((article, start, end))
            try:
                for first, last in words.span_tokenize(text[start:end]):
                    tables.tokens((article, start + first, start + last))
            except ValueError:
                # It can't align its own rewritten quotation marks with some texts: such a sentence has no tokens.
                pass
