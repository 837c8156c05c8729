"""trafilatura: main text, title, date and author of the HTML files of a folder."""

import csv
import sys
from pathlib import Path

import trafilatura

pages, _, out = sys.argv[1:4]
Path(out).mkdir(parents=True, exist_ok=True)
with open(Path(out) / "articles.csv", "w", encoding="utf-8", newline="") as file:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["article_id", "title", "author", "date", "text"])
    for page in sorted(Path(pages).glob("*.html")):
        document = trafilatura.bare_extraction(page.read_bytes(), with_metadata=True)
        if document is not None:
            writer.writerow([page.name, document.title, document.author, document.date, document.text])
