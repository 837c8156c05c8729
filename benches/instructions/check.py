#!/usr/bin/env python3
"""Counts the instructions of each stage and compares them with those kept in counts.csv.

    python3 benches/instructions/check.py [--accept] [--binary PATH]

Instructions don't depend on what else the machine does, so a change of a few per cent shows, where a clock shows nothing.
The count is callgrind's, of `newsmill run` with one worker over a fixed generated corpus, less that of its first articles
(start-up, and what is built at first use); a stage's is the difference to the pipeline without it. More than 5 % above the kept count fails: make the
change cheaper, or say in the commit why it is worth it and keep the new counts with --accept.

Counts belong to a compiler and its options. counts.csv names the compiler, and with another one the comparison is made but
never fails. The options are those of Cargo.toml, whatever a configuration of Cargo on this machine says: newsmill is built
with them first, unless --binary names one that has been (with newsmill-generate beside it).

Needs valgrind and Python 3.11.
"""

import argparse
import csv
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COUNTS = Path(__file__).with_name("counts.csv")
STAGES = ["tokenize", "gazetteer", "entities", "quotes"]
TABLES = {"tokenize": [], "gazetteer": [], "entities": ["mentions", "entities"], "quotes": ["quotes", "quote_parts", "quote_speakers"]}
CORPUS_BYTES, SEED, FIRST = 600_000, 1, 40
ALLOWED = 1.05


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--accept", action="store_true", help="keep the new counts")
    parser.add_argument("--binary", type=Path, help="count this one, and build nothing")
    options = parser.parse_args()
    if shutil.which("valgrind") is None:
        sys.exit("valgrind isn't installed (Debian and Ubuntu: apt-get install valgrind)")
    compiler = subprocess.run(["rustc", "--version"], capture_output=True, text=True, check=True, cwd=ROOT).stdout.strip()
    binary = (options.binary or build()).resolve()
    with tempfile.TemporaryDirectory() as folder:
        counts = measure(binary, Path(folder))
    kept_compiler, kept = read()
    failed = compare(counts, kept)
    if options.accept or not kept:
        write(compiler, counts)
        print(f"kept in {COUNTS.relative_to(ROOT)}")
    elif failed and compiler != kept_compiler:
        print(f"counts are of {kept_compiler}, this is {compiler}: not held against the change")
    elif failed:
        sys.exit(
            f"more than {100 * (ALLOWED - 1):.0f} % above the kept count: {', '.join(failed)}. If that is worth it, say why in the "
            "commit and keep the new counts: python3 benches/instructions/check.py --accept"
        )


def build():
    """newsmill and the generator by Cargo.toml's own release profile; the path of the first."""
    profile = tomllib.loads((ROOT / "Cargo.toml").read_text(encoding="utf-8"))["profile"]["release"]
    profile = {"incremental": False, **profile}
    told = {f"CARGO_PROFILE_RELEASE_{key.replace('-', '_').upper()}": value for key, value in profile.items()}
    told = {key: str(value).lower() if isinstance(value, bool) else str(value) for key, value in told.items()}
    command = ["cargo", "build", "--release", "--locked", "--quiet", "-p", "newsmill", "-p", "newsmill-generate"]
    subprocess.run(command, check=True, cwd=ROOT, env=os.environ | told)
    return Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release" / "newsmill"


def measure(binary, folder):
    """Instructions per byte of text, by stage; `tokenize` has reading, decoding and the articles table with it."""
    corpus, first = folder / "corpus.jsonl", folder / "first.jsonl"
    lists = sorted((ROOT / "config" / "gazetteer").glob("*.csv"))
    generate = [binary.with_name("newsmill-generate"), str(CORPUS_BYTES), str(SEED), *lists]
    corpus.write_bytes(subprocess.run(generate, stdout=subprocess.PIPE, check=True).stdout)
    lines = corpus.read_bytes().splitlines(keepends=True)
    first.write_bytes(b"".join(lines[:FIRST]))
    size = sum(len(json.loads(line)["body"].encode()) for line in lines[FIRST:])
    counts, before = {}, 0.0
    for number, stage in enumerate(STAGES, start=1):
        config = write_config(folder, STAGES[:number])
        sofar = (count(binary, config, corpus, folder) - count(binary, config, first, folder)) / size
        counts[stage], before = sofar - before, sofar
    counts["all"] = before
    return counts


def write_config(folder, stages):
    """A config of these stages, with the tables that they write."""
    tables = ["articles"] + [table for stage in stages for table in TABLES[stage]]
    entries = [{"kind": stage} for stage in stages]
    if "gazetteer" in stages:
        entries[1]["with"] = {"files": [str(ROOT / "config" / "gazetteer" / "*.csv")]}
    config = {
        "input": [{"files": ["corpus.jsonl"]}],
        "stages": entries,
        "output": {"dir": "out", "sinks": [{"kind": "csv", "table": table} for table in tables]},
    }
    path = folder / "config.json"
    path.write_text(json.dumps(config))
    return path


def count(binary, config, corpus, folder):
    """Instructions of one run."""
    command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder / 'profile'}", "--", binary, "run", config]
    command += ["--input", corpus, "--output", folder / "out", "--force", "--workers", "1", "--quiet"]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    refs = re.search(r"Collected : (\d+)", told.stderr)
    if told.returncode != 0 or refs is None:
        sys.exit(f"the run under valgrind failed:\n{told.stderr[-2000:]}")
    return int(refs[1])


def compare(counts, kept):
    """Prints the table; the stages that grew too much."""
    failed = []
    print(f"{'stage':<12}{'instructions/byte':>18}{'kept':>10}{'change':>10}")
    for stage, value in counts.items():
        old = kept.get(stage)
        change = f"{100 * (value / old - 1):+.1f} %" if old else ""
        print(f"{stage:<12}{value:>18.1f}{old or 0:>10.1f}{change:>10}")
        if old and value > old * ALLOWED:
            failed.append(stage)
    return failed


def read():
    """The compiler and the counts that are kept."""
    if not COUNTS.exists():
        return None, {}
    with open(COUNTS, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return rows[0]["compiler"], {row["stage"]: float(row["instructions_per_byte"]) for row in rows}


def write(compiler, counts):
    with open(COUNTS, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["stage", "instructions_per_byte", "compiler"])
        writer.writerows((stage, f"{value:.1f}", compiler) for stage, value in counts.items())


if __name__ == "__main__":
    main()
