"""A newsmill stage in Python: one file, no dependencies, Python 3.8 or later.

    import newsmill_stage

    class Words(newsmill_stage.Stage):
        layers = {"words": [("word", "text", "a long word"), ("place", "span", "where it stands")]}

        def article(self, article):
            rows = [(m.group(), m.span()) for m in re.finditer(r"\\w{12,}", article.text)]
            return {"words": rows}

    newsmill_stage.main(Words)

A config runs it with {"kind": "process", "with": {"command": ["python3", "words.py"], "options": {}}}; its layers are
tables that every output can write. Offsets are those of Python's own strings. The result for an article must not depend
on the articles before it. What you print goes to newsmill's log.
"""

import collections
import json
import sys
import traceback

PROTOCOL = 1


class Stage:
    """Derive from this, set `layers`, and define `article`."""

    #: Layers and their columns: {layer: [(name, kind, documentation), ...]}; kinds: text, int, float, bool, span.
    #: The column name "" of a span makes the columns field, start, end and text.
    layers = {}
    #: The reasons for which articles may be dropped.
    drops = []
    #: The layers of earlier stages that it needs; the config must name them in `sends`.
    reads = []
    #: What `sends` of the config says, by layer: the names of its columns. Set before `configure`.
    sends = {}

    def configure(self, options):
        """Called once with `options` of the config. Raise OptionError to refuse them."""
        if options:
            raise OptionError("this stage has no options", "/" + next(iter(options)))

    def article(self, article):
        """Returns {layer: [row, ...]}, each row with a value for each column (None: absent), or a Drop.

        Any exception puts the article, and it alone, into the quarantine.
        """
        raise NotImplementedError


class Article:
    """An article, as the stage sees it."""

    __slots__ = ("id", "text", "body_start", "meta", "layers", "note")

    def __init__(self, line, rows):
        self.id = line["id"]
        #: Title, blank line, body; spans point into it.
        self.text = line["text"]
        self.body_start = line["body_start"]
        #: source, date, date_raw, url, language, author, as far as they are known.
        self.meta = line["meta"]
        #: Rows of the layers that the config `sends`: {layer: [row, ...]}. A row is a tuple whose cells have the names of
        #: their columns, as `row.entity_id`; the span whose name is "" is `row.span`. A span is [start, end].
        self.layers = {name: [rows[name](*row) for row in found] for name, found in line["layers"].items()}
        #: Set it to say in the article's status why little was found.
        self.note = None

    @property
    def title(self):
        return self.text[: max(0, self.body_start - 2)]

    @property
    def body(self):
        return self.text[self.body_start :]


class Drop:
    """Return it to leave the article out of the tables; the reason must be one of the stage's `drops`."""

    def __init__(self, reason):
        self.reason = reason


class OptionError(Exception):
    """The options are wrong; `at` is a JSON pointer to the one that is, as "/min_words"."""

    def __init__(self, message, at=None):
        super().__init__(message)
        self.at = at


def main(stage_class):
    """Answers newsmill until it has no more to ask."""
    answers, sys.stdout = sys.stdout.buffer, sys.stderr
    lines = sys.stdin.buffer

    def say(message):
        answers.write(json.dumps(message, separators=(",", ":")).encode() + b"\n")

    stage = stage_class()
    rows = {}
    for line in lines:
        message = json.loads(line)
        kind = message["type"]
        if kind == "hello":
            say({"type": "hello", "protocol": PROTOCOL})
        elif kind == "configure":
            rows = _row_types({layer["name"]: [c["name"] for c in layer["columns"]] for layer in message["sends"]})
            say(_configured(stage, message))
        elif kind == "batch":
            batch = message["batch"]
            for index in range(message["articles"]):
                result = _result(stage, json.loads(lines.readline()), rows)
                result.update(type="result", batch=batch, article=index)
                try:
                    say(result)
                except (TypeError, ValueError) as error:
                    say({"type": "result", "batch": batch, "article": index, "error": str(error)})
        answers.flush()


def _configured(stage, message):
    stage.sends = {layer["name"]: [c["name"] for c in layer["columns"]] for layer in message["sends"]}
    try:
        _configure(stage, message["options"])
    except OptionError as error:
        return {"type": "error", "message": str(error), "at": error.at}
    layers = [
        {"name": name, "columns": [{"name": n, "kind": kind, "doc": doc} for n, kind, doc in columns]}
        for name, columns in stage.layers.items()
    ]
    return {"type": "configured", "layers": layers, "drops": list(stage.drops)}


def _configure(stage, options):
    for name in stage.reads:
        if name not in stage.sends:
            message = 'it reads the layer `%s`; put "sends": ["%s"] beside "command", and the stage that writes it before'
            raise OptionError(message % (name, '", "'.join(stage.reads)), "")
    stage.configure(options)


def _row_types(columns):
    """Tuples with names for the rows of each layer."""
    named = {layer: [name or "span" for name in names] for layer, names in columns.items()}
    return {layer: collections.namedtuple("Row", names, rename=True) for layer, names in named.items()}


def _result(stage, line, rows):
    article = Article(line, rows)
    try:
        found = stage.article(article)
    except Exception as error:  # one article's failure is one article's
        traceback.print_exc()
        return {"error": "%s: %s" % (type(error).__name__, error)}
    if isinstance(found, Drop):
        return {"drop": found.reason}
    result = {"layers": found or {}}
    if article.note:
        result["note"] = article.note
    return result


def check(stage_class, text, title="", options=None, layers=None, **meta):
    """What the stage finds in a text, for tests: rows by layer, or a Drop.

    `layers` stands for what earlier stages found: {layer: [{column: cell, ...}, ...]}, with "span" for the unnamed one.
    """
    layers = layers or {}
    stage = stage_class()
    stage.sends = {layer: ["" if c == "span" else c for c in (rows[0] if rows else ())] for layer, rows in layers.items()}
    _configure(stage, options or {})
    start = len(title) + 2 if title else 0
    text = title + "\n\n" + text if title else text
    cells = {layer: [list(row.values()) for row in rows] for layer, rows in layers.items()}
    line = {"id": "test", "text": text, "body_start": start, "meta": meta, "layers": cells}
    return stage.article(Article(line, _row_types(stage.sends)))
