"""Does what an article's text tells it to, and what no program should."""
import json
import os
import sys
import time

DECLARED = [{"name": "seen", "columns": [{"name": "n", "kind": "int", "doc": "length"}, {"name": "", "kind": "span"}]}]


def say(message):
    sys.stdout.write(message if isinstance(message, str) else json.dumps(message))
    sys.stdout.write("\n")


def answer(batch, index, text):
    result = {"type": "result", "batch": batch, "article": index, "later": "versions add members"}
    say(
        {
            "die": lambda: os._exit(3),
            "hang": lambda: time.sleep(60),
            "nonsense": lambda: "this is no JSON",
            "twice": lambda: json.dumps({**result, "layers": {}}) + "\n" + json.dumps({**result, "layers": {}}),
            "other article": lambda: {**result, "article": index + 1},
            "unknown layer": lambda: {**result, "layers": {"other": []}},
            "short row": lambda: {**result, "layers": {"seen": [[1]]}},
            "wrong kind": lambda: {**result, "layers": {"seen": [["one", None]]}},
            "wrong place": lambda: {**result, "layers": {"seen": [[1, [0, 99]]]}},
            "error": lambda: {**result, "error": "as told"},
            "drop": lambda: {**result, "drop": "told to"},
            "drop for no reason": lambda: {**result, "drop": "no reason"},
            "note": lambda: {**result, "note": "as told"},
        }.get(text, lambda: {**result, "layers": {"seen": [[len(text), [0, len(text)]]]}})()
    )


for line in sys.stdin:
    message = json.loads(line)
    if message["type"] == "hello":
        say({"type": "hello", "protocol": 1})
    elif message["type"] == "configure":
        how = message["options"].get("greeting", "good")
        if how == "good":
            say({"type": "configured", "layers": DECLARED, "drops": ["told to"]})
        elif how == "refuse":
            say({"type": "error", "message": "not these", "at": "/greeting"})
        elif how == "bad column":
            say({"type": "configured", "layers": [{"name": "x", "columns": [{"name": "N N", "kind": "int"}]}]})
        elif how == "none":
            say({"type": "configured"})
        else:
            sys.exit(7)
    else:
        for index in range(message["articles"]):
            answer(message["batch"], index, json.loads(sys.stdin.readline())["text"])
    sys.stdout.flush()
