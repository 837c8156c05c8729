"""flashtext2 (a Rust core) over the names; quotations by regular expressions. No tokens, no sentences, nothing unlisted."""

import common
from flashtext2 import KeywordProcessor

articles, names, out = common.arguments()
processor = KeywordProcessor(case_sensitive=True)
entities = {}
for form, kind, entity in common.names(names):
    processor.add_keyword(form, entity)
    entities[entity] = kind
with common.Tables(out, mentions=common.MENTIONS, quotes=common.QUOTES) as tables:
    for article, text in common.articles(articles):
        for entity, start, end in processor.extract_keywords_with_span(text):
            tables.mentions((article, start, end, text[start:end], entities[entity], entity))
        for quote in common.quotes(text):
            tables.quotes((article, *quote))
