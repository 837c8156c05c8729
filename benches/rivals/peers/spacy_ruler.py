"""spaCy without a model: tokenizer, sentencizer and an EntityRuler over the names, and quotations by regular expressions."""

import common
import spacy

articles, names, out = common.arguments()
nlp = spacy.blank("en")
nlp.add_pipe("sentencizer")
ruler = nlp.add_pipe("entity_ruler")
ruler.add_patterns([{"label": kind, "pattern": form, "id": entity} for form, kind, entity in common.names(names)])
with common.Tables(out, mentions=common.MENTIONS, quotes=common.QUOTES) as tables:
    texts = ((text, name) for name, text in common.articles(articles))
    for doc, article in nlp.pipe(texts, as_tuples=True):
        for entity in doc.ents:
            tables.mentions((article, entity.start_char, entity.end_char, entity.text, entity.label_, entity.ent_id_))
        for quote in common.quotes(doc.text):
            tables.quotes((article, *quote))
