#!/usr/bin/env python3
"""Where the instructions of a run go, as a tree for each step: docs/profile.txt.

    python3 benches/profile/tree.py [--binary target/release/newsmill] [--bytes 400000] [--write]

Callgrind counts `newsmill run` with one worker over a generated corpus. A line is a function with the share of all the
instructions of the steps that are spent in it and in what it calls, on the way that the tree shows; functions with less than
the smallest share are left out, and those that only pass on to another one. It is a flame graph lying on its side, and the same
on every day and machine with the same compiler. What was inlined counts for its caller: a binary built without link-time
optimisation (CARGO_PROFILE_RELEASE_LTO=off) shows more of the tree.
"""

import argparse
import collections
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "benches" / "instructions"))
import check  # noqa: E402  the same corpus and config are counted there

PAGE = ROOT / "docs" / "profile.txt"
SMALLEST = 0.01
DEEPEST = 7
# What the worker calls for an article; the root of a step's tree is the first function below that matches.
STEPS = {
    "decode": r"newsmill_input::.*::decode",
    "tokenize": r"<newsmill_tokenize::.*Stage>::run$|newsmill_tokenize::.*::run$",
    "gazetteer": r"newsmill_gazetteer::stage::.*run",
    "entities": r"newsmill_entities::stage::.*run",
    "quotes": r"newsmill_quotes::stage::.*run",
    "tables": r"newsmill_csv::.*encode|newsmill_core::flat::.*encode",
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", type=Path, default=ROOT / "target" / "release" / "newsmill")
    parser.add_argument("--bytes", type=int, default=400_000)
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.relative_to(ROOT)}")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        calls = profile(options.binary.resolve(), Path(folder), options.bytes)
    text = "Made by: python3 benches/profile/tree.py --write\n" + page(calls)
    if options.write:
        PAGE.write_text(text, encoding="utf-8")
    else:
        print(text, end="")


def profile(binary, folder, size):
    """The calls of a run, less those of its first articles: start-up, and what is built at first use."""
    lists = sorted((ROOT / "config" / "gazetteer").glob("*.csv"))
    generate = [binary.with_name("newsmill-generate"), str(size), str(check.SEED), *lists]
    lines = subprocess.run(generate, stdout=subprocess.PIPE, check=True).stdout.splitlines(keepends=True)
    config = check.write_config(folder, check.STAGES)
    calls = []
    for part in (lines, lines[: check.FIRST]):
        corpus = folder / "corpus.jsonl"
        corpus.write_bytes(b"".join(part))
        check.count(binary, config, corpus, folder)
        calls.append(Calls((folder / "profile").read_text(encoding="utf-8", errors="replace")))
    calls[0].subtract(calls[1])
    return calls[0]


class Calls:
    """Who calls whom, and at what cost."""

    def __init__(self, profile):
        self.names = {}
        self.own = collections.Counter()
        self.edges = collections.defaultdict(collections.Counter)
        function = called = None
        for line in profile.splitlines():
            if line.startswith("fn="):
                function = self.name(line[3:])
            elif line.startswith("cfn="):
                called = self.name(line[4:])
            elif line.startswith("calls="):
                pass
            elif line[:1] in "+-*0123456789" and line and function:
                cost = int(line.split()[-1])
                if called is None:
                    self.own[function] += cost
                elif not self.hands_on(function, called):
                    self.edges[function][called] += cost
                called = None

    @staticmethod
    def hands_on(function, called):
        """A decoder hands each article to the runner by a call: that isn't decoding."""
        return called.startswith("newsmill_runner::") and not function.startswith("newsmill_runner::")

    def subtract(self, other):
        self.own.subtract(other.own)
        for function, callees in other.edges.items():
            self.edges[function].subtract(callees)

    def name(self, text):
        """Names are written out once, then called by number."""
        number, _, name = text.partition(" ")
        if name:
            self.names[number] = tidy(name)
        return self.names[number]

    def inclusive(self, function):
        return self.own[function] + sum(cost for callee, cost in self.edges[function].items() if callee != function)


def tidy(name):
    """A function's name as one reads it: no hashes, no crate's inner modules, no generic arguments."""
    name = re.sub(r"::h[0-9a-f]{16}.*$|'\d+$", "", name)
    name = re.sub(r" as [^<>]*(<[^<>]*>)?[^<>]*>", ">", name)
    while (shorter := re.sub(r"(?<=[\w}])(::)?<[^<>]*>", "", name)) != name:
        name = shorter
    return name


def page(calls):
    roots = {step: root(calls, pattern) for step, pattern in STEPS.items()}
    costs = {step: calls.inclusive(function) for step, function in roots.items() if function}
    total = sum(costs.values())
    text = ""
    for step, cost in costs.items():
        text += f"\n{step}  {cost / total:.1%}\n"
        text += "".join(tree(calls, roots[step], cost, total, 1, {roots[step]}))
    return text


def root(calls, pattern):
    """The dearest function of that name."""
    found = [name for name in calls.edges if re.search(pattern, name)]
    return max(found, key=calls.inclusive, default=None)


def tree(calls, function, cost, total, depth, above):
    """The lines below a function that costs so much on this way."""
    whole = calls.inclusive(function) or 1
    for callee, part in calls.edges[function].most_common():
        # A function's costs by caller are known, those by way aren't: shared out in proportion.
        share = part * min(1.0, cost / whole)
        if callee in above or share < SMALLEST * total or depth > DEEPEST:
            continue
        yield f"{'  ' * depth}{share / total:5.1%}  {callee}\n"
        yield from tree(calls, callee, share, total, depth + 1, above | {callee})


if __name__ == "__main__":
    main()
