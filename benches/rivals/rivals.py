#!/usr/bin/env python3
"""newsmill against what people could use instead: the same articles, the same names, CSV out, in one run.

    python3 benches/rivals/rivals.py [--rounds 5] [--bytes 20000000] [--corpus ARTICLES.jsonl] [--only TASK] [--peers TEXT] [--save]

The first run makes a virtual environment under target/rivals with the versions of requirements.txt and builds newsmill.
Needs Python 3.11 and the Rust toolchain; after the set-up, no network.

Method: every contender is a process of its own with one thread. It runs on the articles, and on the first of them alone;
its speed is the rest of the text by the difference of the two CPU times (user and system), so that start-up counts apart,
lazy start-up too. Contenders alternate in every round; the tables give the median of the rounds and, in brackets, the
slowest and fastest. Slow contenders get the first articles of the same corpus, so that a run ends today. Ratios are of the
medians.
"""

import argparse
import concurrent.futures
import csv
import datetime
import itertools
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time
import venv
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pages

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
WORK = ROOT / "target" / "rivals"
NEWSMILL = ROOT / "target" / "release" / "newsmill"
PYTHON = WORK / "venv" / "bin" / "python"
NAMES_WANTED = 32_000
MANY_NAMES = 1_000_000
FULL, TOKENS, NOOP, HTML, START = "full", "tokens", "noop", "html", "start"
TITLES = {
    FULL: "Names and quotations: JSON lines in, CSV out, 32k names",
    TOKENS: "Tokens and sentences alone",
    NOOP: "Nothing between: JSON lines in, JSON lines out",
    HTML: "HTML pages: main text, title, author, date",
    START: "Start-up: names and quotations of one article",
}


@dataclass(frozen=True)
class Contender:
    """One way to do a task. `share` is the part of the corpus that it gets; the first one of a task is newsmill.

    It is a config of newsmill, perhaps with other lists, a peer in Python, or one of the crates in `rust/`.
    """

    name: str
    task: str
    share: float
    lacks: str
    peer: str = ""
    config: str = ""
    rust: str = ""
    lists: str = ""


CONTENDERS = [
    Contender("newsmill", FULL, 1.0, "", config="full.json"),
    Contender("spaCy small + regex quotes", FULL, 0.02, "no ids, no link between surname and person, quotes without indirect speech", "spacy_full"),
    Contender("spaCy small, NER alone", FULL, 0.02, "no sentences, no quotes, no ids", "spacy_ner"),
    Contender("textacy quotes on spaCy small", FULL, 0.02, "direct quotes alone; refuses articles with an odd mark; no ids", "textacy_quotes"),
    Contender("spaCy blank + EntityRuler + regex quotes", FULL, 0.1, "nothing unlisted, no surnames, speakers by pattern", "spacy_ruler"),
    Contender("flashtext + regexes", FULL, 0.5, "no tokens, nothing unlisted, no surnames, speakers by pattern", "flashtext_regex"),
    Contender("flashtext2 + regexes", FULL, 0.5, "no tokens, nothing unlisted, no surnames, speakers by pattern", "flashtext2_regex"),
    Contender("aho-corasick + regex (Rust)", FULL, 1.0, "no tokens, nothing unlisted, no surnames, speakers by pattern", rust="aho-corasick"),
    Contender("daachorse + regex (Rust)", FULL, 1.0, "one entity a form, no tokens, nothing unlisted, no surnames, speakers by pattern", rust="daachorse"),
    Contender("newsmill", TOKENS, 1.0, "", config="tokens.json"),
    Contender("spaCy blank + sentencizer", TOKENS, 0.1, "sentences end at marks alone", "spacy_tokens"),
    Contender("NLTK Treebank words + Punkt", TOKENS, 0.05, "untrained Punkt; some sentences can't be aligned", "nltk_tokens"),
    Contender("BlingFire", TOKENS, 0.2, "no flags, no paragraphs", "blingfire_tokens"),
    Contender("icu_segmenter (Rust)", TOKENS, 1.0, "no flags, no paragraphs, sentences end at abbreviations", rust="icu"),
    Contender("newsmill", NOOP, 1.0, "", config="noop.json"),
    Contender("datatrove", NOOP, 1.0, "no order kept across tasks, a bad line ends the task", "datatrove_noop"),
    Contender("newsmill", HTML, 1.0, "", config="html.json"),
    Contender("trafilatura", HTML, 0.2, "", "trafilatura_html"),
    Contender("newsmill, 32k names as CSV", START, 0.02, "", config="full.json"),
    Contender("newsmill, 32k names compiled", START, 0.02, "", config="full.json", lists="names.nmg"),
    Contender("newsmill, 1M names compiled", START, 0.02, "", config="full.json", lists="many.nmg"),
    Contender("spaCy blank + EntityRuler, 32k names", START, 0.02, "see above", "spacy_ruler"),
    Contender("aho-corasick + regex (Rust), 32k names", START, 0.02, "see above", rust="aho-corasick"),
]


@dataclass
class Result:
    """What a contender did: seconds, one per round, of CPU time less start-up, of wall-clock time, and of CPU time on one article."""

    name: str
    task: str
    lacks: str
    bytes: int
    articles: int
    seconds: list = field(default_factory=list)
    wall: list = field(default_factory=list)
    startup: list = field(default_factory=list)
    peak_bytes: int = 0

    def speed(self):
        """Megabytes of text a CPU second, the median round."""
        return self.bytes / 1e6 / statistics.median(self.seconds)


def main():
    options = parse()
    if not options.no_setup:
        set_up()
    # In a process of its own: a process's peak memory counts that of the one that started it.
    with concurrent.futures.ProcessPoolExecutor(1) as aside:
        sources, names = aside.submit(prepare, options).result()
    results = []
    for task in (t for t in TITLES if options.only in (None, t)):
        contenders = [c for c in CONTENDERS if c.task == task and (c.config or options.peers in c.name)]
        results += compete(contenders, sources, names, options.rounds)
    report(results, options)


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--bytes", type=int, default=20_000_000, help="size of the generated corpus")
    parser.add_argument("--corpus", type=Path, help="JSON lines of your own, with id and body")
    parser.add_argument("--only", choices=TITLES, help="one task")
    parser.add_argument("--peers", default="", help="newsmill and those whose name has this text")
    parser.add_argument("--no-setup", action="store_true", help="the environment and the build are as they should be")
    parser.add_argument("--save", action="store_true", help="keep the result under benches/runs/")
    return parser.parse_args()


def set_up():
    """The peers' environment and our release build."""
    if not PYTHON.exists():
        venv.create(WORK / "venv", with_pip=True)
    subprocess.run([PYTHON, "-m", "pip", "install", "-q", "-r", HERE / "requirements.txt"], check=True)
    packages = ["-p", "newsmill", "-p", "newsmill-generate", "-p", "newsmill-rivals"]
    subprocess.run(["cargo", "build", "--release", "-q", *packages], cwd=ROOT, check=True)


@dataclass(frozen=True)
class Source:
    """Articles, the first of them alone, and what lies between the two."""

    all: Path
    first: Path
    articles: int
    bytes: int


def prepare(options):
    """What each contender reads, by task and share, and the list of names for the peers."""
    corpus = make_corpus(options)
    sources = {}
    for contender in CONTENDERS:
        key = (contender.task == HTML, contender.share)
        if options.only in (None, contender.task) and key not in sources:
            sources[key] = make_source(corpus, *key)
    names = make_names(corpus.parent)
    if options.only in (None, START):
        compile_names(corpus.parent)
    return sources, names


def make_corpus(options):
    WORK.mkdir(parents=True, exist_ok=True)
    corpus = WORK / "corpus.jsonl"
    if options.corpus:
        shutil.copyfile(options.corpus, corpus)
    else:
        lists = sorted((ROOT / "config" / "gazetteer").glob("*.csv"))
        with open(corpus, "wb") as file:
            subprocess.run([NEWSMILL.with_name("newsmill-generate"), str(options.bytes), "1", *lists], stdout=file, check=True)
    return corpus


def make_source(corpus, html, share):
    """The first lines that hold `share` of the corpus; for HTML a page for each."""
    part, first = WORK / f"corpus-{share}.jsonl", WORK / f"first-{share}.jsonl"
    left = corpus.stat().st_size * share
    articles = -1
    size = 0
    with open(corpus, "rb") as lines, open(part, "wb") as file:
        for line in lines:
            file.write(line)
            left -= len(line)
            if articles < 0:
                first.write_bytes(line)
            else:
                record = json.loads(line)
                size += len(((record.get("title") or "") + record["body"]).encode())
            articles += 1
            if left <= 0:
                break
    if not html:
        return Source(part, first, articles, size)
    part = pages.write(part, WORK / f"pages-{share}")
    first = pages.write(first, WORK / f"first-page-{share}")
    size = sum(page.stat().st_size for page in part.glob("*.html")) - sum(page.stat().st_size for page in first.glob("*.html"))
    return Source(part, first, articles, size)


def make_names(folder):
    """The same forms twice: a list for newsmill, and lines of form, type and id for the peers."""
    columns = "entity_id type subtype name alias flags country prior source".split()
    rows, forms = [], []
    for path in sorted((ROOT / "config" / "gazetteer").glob("*.csv")):
        with open(path, encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if not {"suppress", "surname"} & set(row["flags"].split()):
                    rows.append(row)
    # Every k-th row, so that all lists and types are there in their own proportions.
    total = sum(len((row["alias"] or row["name"]).split("|")) for row in rows)
    step = max(1.0, total / NAMES_WANTED)
    with open(folder / "names.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        for index in range(int(len(rows) / step)):
            row = rows[int(index * step)]
            writer.writerow([row[column] for column in columns])
            forms += [(form, row["type"], row["entity_id"]) for form in (row["alias"] or row["name"]).split("|")]
    names = folder / "names.tsv"
    names.write_text("".join("\t".join(form) + "\n" for form in forms), encoding="utf-8")
    return names


def compile_names(folder):
    """Compiled lists: those 32k, and a million people made of the given names and surnames in them."""
    with open(folder / "names.csv", encoding="utf-8", newline="") as file:
        people = {row["name"] for row in csv.DictReader(file) if row["type"] == "person"}
    pairs = sorted(name.split(" ", 1) for name in people if " " in name)
    given, family = sorted({first for first, _ in pairs}), sorted({last for _, last in pairs})
    with open(folder / "many.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["entity_id", "type", "name"])
        combined = (f"{first} {last}" for last in family for first in given)
        for number, name in enumerate(itertools.islice(combined, MANY_NAMES)):
            writer.writerow([f"made:{number}", "person", name])
    for name in ("names", "many"):
        command = [NEWSMILL, "gazetteer", "build", folder / f"{name}.nmg", folder / f"{name}.csv"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def compete(contenders, sources, names, rounds):
    """All contenders of a task in turn, `rounds` times."""
    results = {}
    for round_ in range(rounds):
        for contender in contenders:
            say(f"{contender.task}: round {round_ + 1} of {rounds}: {contender.name}")
            source = sources[contender.task == HTML, contender.share]
            fresh = Result(contender.name, contender.task, contender.lacks, source.bytes, source.articles)
            result = results.setdefault(contender.name, fresh)
            startup, waited, peak = run(contender, source.first, names)
            if contender.task == START:
                cpu, wall = startup, waited
            else:
                cpu, wall, peak = run(contender, source.all, names)
            result.startup.append(startup)
            result.seconds.append(startup if contender.task == START else max(cpu - startup, 1e-3))
            result.wall.append(wall)
            result.peak_bytes = max(result.peak_bytes, peak)
    return list(results.values())


def run(contender, source, names):
    """CPU seconds, wall-clock seconds and peak resident bytes of one process."""
    out = WORK / "out"
    shutil.rmtree(out, ignore_errors=True)
    if contender.config:
        command = [NEWSMILL, "run", HERE / "configs" / contender.config, "--input", source]
        command += ["--output", out, "--workers", "1", "--quiet"]
        if contender.lists:
            command += ["--set", f"gazetteer.files={json.dumps([str(WORK / contender.lists)])}"]
    elif contender.rust:
        command = [NEWSMILL.with_name("newsmill-rivals"), contender.rust, source, names, out]
    else:
        command = [PYTHON, HERE / "peers" / f"{contender.peer}.py", source, names, out]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("OPENBLAS_")}
    environment |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}
    start = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"{contender.name} failed on {source}:\n{errors.decode(errors='replace')[-2000:]}")
    return usage.ru_utime + usage.ru_stime, time.perf_counter() - start, usage.ru_maxrss * 1024


def report(results, options):
    text = f"# newsmill against its peers, {datetime.date.today()}\n\n{machine()}\n\n"
    narrowed = {"--bytes": not options.corpus and options.bytes, "--only": options.only, "--peers": options.peers}
    arguments = "".join(f" {name} {value}" for name, value in narrowed.items() if value)
    text += f"`python3 benches/rivals/rivals.py --rounds {options.rounds}{arguments}`, {'own' if options.corpus else 'generated'} corpus\n"
    for task, title in TITLES.items():
        rows = [result for result in results if result.task == task]
        if rows:
            text += f"\n## {title}\n\n{startup_table(rows) if task == START else table(rows)}"
    print(text)
    if options.save:
        path = ROOT / "benches" / "runs" / f"{datetime.date.today()}-rivals"
        path.with_suffix(".md").write_text(text, encoding="utf-8")
        path.with_suffix(".json").write_text(json.dumps([asdict(r) for r in results], indent=1) + "\n", encoding="utf-8")


def table(rows):
    text = "| | articles | MB | MB/s of CPU time | start-up s | peak MB | newsmill is | what it doesn't do |\n|---|---|---|---|---|---|---|---|\n"
    for row in rows:
        speeds = [row.bytes / 1e6 / seconds for seconds in row.seconds]
        ratio = "" if row is rows[0] else f"{number(rows[0].speed() / row.speed())} × as fast"
        text += f"| {row.name} | {row.articles:,} | {row.bytes / 1e6:.2f} | {spread(speeds)} | "
        text += f"{statistics.median(row.startup):.2f} | {row.peak_bytes / 1e6:.0f} | {ratio} | {row.lacks} |\n"
    return text


def startup_table(rows):
    text = "| | CPU s | wall s | peak MB |\n|---|---|---|---|\n"
    for row in rows:
        text += f"| {row.name} | {spread(row.startup)} | {spread(row.wall)} | {row.peak_bytes / 1e6:.0f} |\n"
    return text


def spread(values):
    return f"{number(statistics.median(values))} ({number(min(values))}–{number(max(values))})"


def number(value):
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 1 else f"{value:.3f}"


def machine():
    """The facts that a reader of the numbers needs."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        lines = cpuinfo.read_text().splitlines()
        model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), model)
    load = f", load {os.getloadavg()[0]:.1f} at the end" if hasattr(os, "getloadavg") else ""
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True)
    return f"{model}, {os.cpu_count()} cores{load}; Python {platform.python_version()}; newsmill at {commit.stdout.strip() or 'an unknown commit'}."


def say(line):
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
