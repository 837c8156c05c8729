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

    def __init__(self, line):
        self.id = line["id"]
        #: Title, blank line, body; spans point into it.
        self.text = line["text"]
        self.body_start = line["body_start"]
        #: source, date, date_raw, url, language, author, as far as they are known.
        self.meta = line["meta"]
        #: Rows of the layers that the config `sends`: {layer: [[cell, ...], ...]}; a span is [start, end].
        self.layers = line["layers"]
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
    for line in lines:
        message = json.loads(line)
        kind = message["type"]
        if kind == "hello":
            say({"type": "hello", "protocol": PROTOCOL})
        elif kind == "configure":
            say(_configured(stage, message))
        elif kind == "batch":
            batch = message["batch"]
            for index in range(message["articles"]):
                result = _result(stage, json.loads(lines.readline()))
                result.update(type="result", batch=batch, article=index)
                try:
                    say(result)
                except (TypeError, ValueError) as error:
                    say({"type": "result", "batch": batch, "article": index, "error": str(error)})
        answers.flush()


def _configured(stage, message):
    stage.sends = {layer["name"]: [c["name"] for c in layer["columns"]] for layer in message["sends"]}
    try:
        stage.configure(message["options"])
    except OptionError as error:
        return {"type": "error", "message": str(error), "at": error.at}
    layers = [
        {"name": name, "columns": [{"name": n, "kind": kind, "doc": doc} for n, kind, doc in columns]}
        for name, columns in stage.layers.items()
    ]
    return {"type": "configured", "layers": layers, "drops": list(stage.drops)}


def _result(stage, line):
    article = Article(line)
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
    """What the stage finds in a text, for tests: rows by layer, or a Drop."""
    stage = stage_class()
    stage.configure(options or {})
    start = len(title) + 2 if title else 0
    text = title + "\n\n" + text if title else text
    line = {"id": "test", "text": text, "body_start": start, "meta": meta, "layers": layers or {}}
    return stage.article(Article(line))
