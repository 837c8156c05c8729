"""What all peers share: articles in, names in, tables out, and the regular expressions for quotations.

A peer is run as `python PEER.py ARTICLES.jsonl NAMES.tsv OUT_DIR` and writes CSV tables into OUT_DIR. It says nothing about
time: the caller measures the process, once on the articles and once on an empty file, and takes the difference.
"""

import csv
import json
import re
import sys
from pathlib import Path

# What people use where they have no quote extraction: a quotation, and a name beside a reporting verb.
QUOTED = re.compile(r"[\"“]([^\"“”]{8,600})[\"”]")
CUES = r"(?:said|says|told|added|asked|argued|claimed|wrote|explained|noted|warned|announced|insisted)"
NAME = r"([A-Z][\w.'’-]+(?: [A-Z][\w.'’-]+){0,3})"
AFTER = re.compile(rf"^[\s,]*(?:{CUES} {NAME}|{NAME} {CUES})")
BEFORE = re.compile(rf"{NAME} {CUES}[,:]?\s*$")


def arguments():
    """Paths of the articles, of the names and of the folder for the tables."""
    articles, names, out = sys.argv[1:4]
    Path(out).mkdir(parents=True, exist_ok=True)
    return articles, names, Path(out)


def articles(path):
    """(id, text) of each line; the title, if any, is the first paragraph, as newsmill reads it too."""
    with open(path, encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            record = json.loads(line)
            title, body = record.get("title"), record["body"]
            yield record.get("id") or str(number), f"{title}\n\n{body}" if title else body


def names(path):
    """(form, type, entity id) of each line."""
    with open(path, encoding="utf-8") as lines:
        return [tuple(line.rstrip("\n").split("\t")) for line in lines]


class Tables:
    """CSV files in a folder."""

    def __init__(self, folder, **columns):
        self.files = []
        for table, header in columns.items():
            file = open(folder / f"{table}.csv", "w", encoding="utf-8", newline="")
            self.files.append(file)
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(header.split())
            setattr(self, table, writer.writerow)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for file in self.files:
            file.close()


MENTIONS = "article_id start_char end_char text type entity_id"
QUOTES = "article_id start_char end_char text speaker"
SPANS = "article_id start_char end_char"


def quotes(text):
    """(start, end, content, speaker) by regular expressions alone."""
    for match in QUOTED.finditer(text):
        after = AFTER.search(text[match.end() : match.end() + 120])
        before = BEFORE.search(text[max(0, match.start() - 120) : match.start()])
        speaker = (after and (after[1] or after[2])) or (before and before[1]) or ""
        yield match.start(1), match.end(1), match[1], speaker
