#!/usr/bin/env python3
"""Check the hand-made gold files against the articles they describe.

Usage: python3 corpus/gold/check.py [FILE.gold ...]     (default: all of corpus/gold)

For every file this verifies that

* the article exists, and is named like the gold file;
* the tokens, put together, are the text of the article without white space
  and zero-width characters; no token contains white space; no sentence runs
  over a blank line of the article;
* the mentions occur in the article in the order in which they are listed,
  each with a known type and a name;
* every cue, speaker text and piece of content occurs in the article, begins
  and ends at the edge of a token, and the quotes are listed in the order in
  which their contents begin;
* the kinds are known, direct and mixed content touches a quotation mark, and
  the last field is "negated" or empty.

Prints one line a fault and a summary; the exit status is 1 if there is a
fault, else 0.  Only the standard library is needed.
"""

import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
CORPUS = HERE.parent
SECTIONS = ("sentences", "mentions", "quotes")
TYPES = {"person", "place", "organization", "demonym", "event", "other"}
KINDS = {"direct", "mixed", "indirect"}
ZERO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
MARKS = "\"“”„«»‘’"


def parse(path):
    """Return (head, sections); a section is a list of (line number, text)."""
    raw = path.read_bytes()
    if b"\r" in raw or raw.startswith(b"\xef\xbb\xbf"):
        raise ValueError("must have LF line ends and no byte order mark")
    head, sections, current = {}, {}, None
    for number, line in enumerate(raw.decode("utf-8").split("\n"), 1):
        if line.startswith("== "):
            current = line[3:].strip()
            if current not in SECTIONS or current in sections:
                raise ValueError(f"line {number}: unexpected section {current!r}")
            sections[current] = []
        elif not line.strip():
            continue
        elif current is None:
            key, sep, value = line.partition(":")
            if not sep:
                raise ValueError(f"line {number}: not a `key: value` line")
            head[key.strip()] = value.strip()
        else:
            sections[current].append((number, line))
    missing = [s for s in SECTIONS if s not in sections]
    if missing:
        raise ValueError("no section " + ", ".join(missing))
    return head, sections


def skipped(char):
    return char.isspace() or char in ZERO_WIDTH


def places(text, piece):
    start = text.find(piece)
    while start >= 0:
        yield start
        start = text.find(piece, start + 1)


def check_file(path):
    """Return (faults, counts) of one gold file."""
    faults = []

    def fault(number, message):
        faults.append(f"{path.name}:{number}: {message}")

    try:
        head, sections = parse(path)
    except (ValueError, UnicodeDecodeError) as error:
        return [f"{path.name}: {error}"], {}
    if not head.get("about"):
        fault(2, "no `about:` line")
    article = CORPUS / head.get("article", "")
    if not article.is_file():
        return faults + [f"{path.name}: no such article: {head.get('article')}"], {}
    if article.stem != path.stem:
        fault(1, f"article is named {article.stem}")
    text = article.read_bytes().decode("utf-8").replace("\r\n", "\n")

    # Sentences: walk through the article token by token.
    begins, ends, at, tokens = set(), set(), 0, 0
    for number, line in sections["sentences"]:
        first = None
        for token in line.split(" "):
            if not token or any(skipped(c) for c in token):
                fault(number, f"bad token {token!r}")
                continue
            while at < len(text) and skipped(text[at]):
                at += 1
            if not text.startswith(token, at):
                fault(number, f"token {token!r}, article has {text[at:at + 20]!r}")
                return faults, {}
            first = at if first is None else first
            begins.add(at)
            at += len(token)
            ends.add(at)
            tokens += 1
        if first is not None and re.search(r"\n[ \t]*\n", text[first:at]):
            fault(number, "sentence runs over a blank line")
    if text[at:].strip(ZERO_WIDTH).strip():
        fault("end", f"article goes on: {text[at:].strip()[:30]!r}")

    def found(piece, after=0):
        """First place of the piece at token edges, not before `after`."""
        for start in places(text, piece):
            if start >= after and start in begins and start + len(piece) in ends:
                return start
        return -1

    # Mentions, in order.
    after = 0
    for number, line in sections["mentions"]:
        fields = [f.strip() for f in line.split("|")]
        if len(fields) != 3 or not all(fields):
            fault(number, "not `text | type | name`")
            continue
        surface, kind, _name = fields
        if kind not in TYPES:
            fault(number, f"unknown type {kind!r}")
        start = found(surface, after)
        if start < 0:
            fault(number, f"mention {surface!r} not found (in this order)")
        else:
            after = start + len(surface)

    # Quotes.
    after = 0
    for number, line in sections["quotes"]:
        fields = [f.strip() for f in line.split("|")]
        if len(fields) != 6:
            fault(number, "not `kind | speaker | name | cue | content | negated`")
            continue
        kind, speaker, name, cue, content, negated = fields
        if kind not in KINDS:
            fault(number, f"unknown kind {kind!r}")
        if negated not in ("", "negated"):
            fault(number, f"last field is {negated!r}")
        if speaker and not name:
            fault(number, "a speaker text but no speaker name")
        for what, piece in (("speaker", speaker), ("cue", cue)):
            if piece and found(piece.replace("⏎", "\n")) < 0:
                fault(number, f"{what} {piece!r} not found")
        if not content:
            fault(number, "no content")
        begin = None
        marked = False
        for piece in content.split(" // "):
            piece = piece.replace("⏎", "\n")
            start = found(piece, after if begin is None else begin)
            if start < 0:
                fault(number, f"content {piece[:40]!r} not found (in this order)")
                break
            begin = start if begin is None else begin
            around = text[max(0, start - 1):start + len(piece) + 2]
            marked = marked or any(c in MARKS for c in around)
        else:
            after = begin
            if kind != "indirect" and not marked:
                fault(number, f"{kind}, but no quotation mark near")
    counts = {s: len(sections[s]) for s in SECTIONS}
    counts["tokens"] = tokens
    return faults, counts


def main(arguments):
    paths = [pathlib.Path(a) for a in arguments] or sorted(HERE.glob("*.gold"))
    faults, total = [], {}
    for path in paths:
        found, counts = check_file(path)
        faults += found
        for key, value in counts.items():
            total[key] = total.get(key, 0) + value
    for line in faults:
        print(line)
    summary = ", ".join(f"{total.get(k, 0)} {k}" for k in ("tokens",) + SECTIONS)
    print(f"{len(paths)} files: {summary}; {len(faults)} faults")
    return 1 if faults or not paths else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
