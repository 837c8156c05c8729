"""flashtext over the names; quotations by regular expressions. No tokens, no sentences, nothing that isn't in the list."""

import common
from flashtext import KeywordProcessor

articles, names, out = common.arguments()
processor = KeywordProcessor(case_sensitive=True)
for form, kind, entity in common.names(names):
    processor.add_keyword(form, (kind, entity))
with common.Tables(out, mentions=common.MENTIONS, quotes=common.QUOTES) as tables:
    for article, text in common.articles(articles):
        for (kind, entity), start, end in processor.extract_keywords(text, span_info=True):
            tables.mentions((article, start, end, text[start:end], kind, entity))
        for quote in common.quotes(text):
            tables.quotes((article, *quote))
