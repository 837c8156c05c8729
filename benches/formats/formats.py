#!/usr/bin/env python3
"""Throughput and memory by format of input and output: the same articles in each, through config/news.json.

    cargo build --release && python3 benches/formats/formats.py [--bytes 20000000] [--rounds 5] [--corpus ARTICLES.jsonl]

Prints Markdown. NEWSMILL=PATH measures another binary. The corpus is generated unless one is given (JSON lines with id, title and body). newsmill itself writes it
as tables, compressed and as Parquet; texts, pages and archives are written here.

Method: speed is of text (titles and bodies in UTF-8; 1 MB is 1,000,000 bytes) by CPU time of the process, user and system, so
that the load of the machine matters less; the time of the same command over one article is subtracted. "Whole" is the
config as it is; "reading" has no stages and writes the table of articles alone: what a format costs. Formats alternate in
every round, and the fastest round counts. Memory is the most that was resident, of a run with as many workers as cores.
"""

import argparse
import gzip
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "benches" / "rivals"))
import pages  # noqa: E402

NEWSMILL = os.environ.get("NEWSMILL", ROOT / "target" / "release" / "newsmill")
NEWS = ROOT / "config" / "news.json"
READING = '{ "input": [], "stages": [], "output": { "sinks": [ { "kind": "csv", "table": "articles" } ] } }'
TEXTS = """{ "input": [], "stages": [], "output": { "sinks": [
    { "kind": "csv", "table": "texts", "file": "a.csv" }, { "kind": "csv", "table": "texts", "file": "a.csv.gz" },
    { "kind": "csv", "table": "texts", "file": "a.tsv", "format": "tsv" },
    { "kind": "jsonl", "table": "texts", "file": "a.jsonl" }, { "kind": "jsonl", "table": "texts", "file": "a.jsonl.gz" },
    { "kind": "jsonl", "table": "texts", "file": "a.jsonl.zst" }, { "kind": "parquet", "table": "texts", "file": "a.parquet" } ] } }"""

INPUTS = [
    ("jsonl", "a.jsonl"), ("jsonl.gz", "a.jsonl.gz"), ("jsonl.zst", "a.jsonl.zst"), ("csv", "a.csv"), ("csv.gz", "a.csv.gz"),
    ("parquet", "a.parquet"), ("text, a file an article", "texts"), ("html, a file an article", "pages"),
    ("warc.gz of such pages", "a.warc.gz"),
]
OUTPUTS = ["csv", "csv, gzip", "csv, zstd", "jsonl", "parquet"]


def run(config, source, out, *more):
    """CPU seconds of a run, and what its run.json says."""
    command = [NEWSMILL, "run", config, "--input", source, "--output", out, "--force", "--quiet", *more]
    before = cpu_of_children()
    subprocess.run([str(word) for word in command], check=True)
    return cpu_of_children() - before, json.loads((out / "run.json").read_text())


def cpu_of_children():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def write_inputs(articles, folder, work):
    """The articles in all formats."""
    shutil.rmtree(folder, ignore_errors=True)
    config = work / "texts.json"
    config.write_text(TEXTS)
    run(config, articles, folder)
    (folder / "texts").mkdir()
    with open(articles, encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            record = json.loads(line)
            text = record.get("title", "") + "\n\n" + record["body"]
            (folder / "texts" / f"{number:06}.txt").write_text(text, encoding="utf-8")
    html = pages.write(articles, folder / "pages")
    with open(folder / "a.warc.gz", "wb") as archive:
        for page in sorted(html.iterdir()):
            body = page.read_bytes()
            http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + body
            head = f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://example.org/{page.stem}\r\n" \
                   f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(http)}\r\n\r\n"
            archive.write(gzip.compress(head.encode() + http + b"\r\n\r\n", 6))


def config_for(output, work):
    """config/news.json with its sinks changed to a format."""
    kind, _, compression = output.partition(", ")
    text = NEWS.read_text()
    for sink in ("articles", "mentions", "entities", "quotes", "quote_parts", "quote_speakers"):
        text = text.replace(f'"kind": "csv", "table": "{sink}"', f'"kind": "{kind}", "table": "{sink}"')
    text = text.replace('"gazetteer/', f'"{NEWS.parent}/gazetteer/').replace('"../corpus', f'"{ROOT}/corpus')
    path = work / f"{output.replace(', ', '-')}.json"
    path.write_text(text)
    return path, (["--set", f"output.compression={compression}"] if compression else [])


def measure(tasks, rounds, work):
    """MB/s of text by CPU time, the fastest of the rounds, of each task: (name, config, all, one, options)."""
    best, start = {}, {}
    for _ in range(rounds):
        for name, config, source, one, more in tasks:
            cpu, report = run(config, source, work / "out", "--workers", "1", *more)
            text = report["counts"]["text_bytes"]
            if name not in best or cpu < best[name][0]:
                best[name] = (cpu, text)
            start[name] = min(run(config, one, work / "out", "--workers", "1", *more)[0], start.get(name, cpu))
    return {name: text / max(cpu - start[name], 1e-6) / 1e6 for name, (cpu, text) in best.items()}


def size_of(path):
    files = [path] if path.is_file() else list(path.iterdir())
    return sum(f.stat().st_size for f in files) / 1e6


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bytes", type=int, default=20_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--corpus", type=Path)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        articles = args.corpus or generate(args.bytes, work)
        one = work / "one.jsonl"
        with open(articles, encoding="utf-8") as lines:
            one.write_text(next(lines), encoding="utf-8")
        write_inputs(articles, work / "all", work)
        write_inputs(one, work / "first", work)
        reading = work / "reading.json"
        reading.write_text(READING)
        tasks = []
        for name, file in INPUTS:
            pair = (work / "all" / file, work / "first" / file)
            tasks += [((name, "whole"), NEWS, *pair, []), ((name, "reading"), reading, *pair, [])]
        for output in OUTPUTS:
            config, more = config_for(output, work)
            tasks.append(((output, "output"), config, work / "all" / "a.jsonl", work / "first" / "a.jsonl", more))
        speeds = measure(tasks, args.rounds, work)
        print("| input | MB on disk | whole, MB/s of text a core | reading alone | memory, MB |\n|---|---|---|---|---|")
        for name, file in INPUTS:
            _, report = run(NEWS, work / "all" / file, work / "out")
            memory = (report["peak_memory_bytes"] or 0) / 1e6
            print(f"| {name} | {size_of(work / 'all' / file):.1f} | {speeds[name, 'whole']:.1f} | "
                  f"{speeds[name, 'reading']:.0f} | {memory:.0f} |")
        print("\n| output of JSON lines | MB on disk | whole, MB/s of text a core |\n|---|---|---|")
        for output in OUTPUTS:
            config, more = config_for(output, work)
            _, report = run(config, work / "all" / "a.jsonl", work / "out", *more)
            written = sum(o["bytes"] for o in report["outputs"]) / 1e6
            print(f"| {output} | {written:.1f} | {speeds[output, 'output']:.1f} |")


def generate(size, work):
    path = work / "articles.jsonl"
    names = sorted((ROOT / "config" / "gazetteer").glob("*.csv"))
    command = ["cargo", "run", "--release", "-q", "-p", "newsmill-generate", "--", str(size), "1", *map(str, names)]
    with open(path, "wb") as out:
        subprocess.run(command, check=True, stdout=out, cwd=ROOT)
    return path


if __name__ == "__main__":
    main()
