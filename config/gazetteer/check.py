#!/usr/bin/env python3
"""Check the name lists in this folder: python3 config/gazetteer/check.py [FILE.csv ...]

Without arguments it checks every *.csv beside it. It prints a line of counts per file and, for every
fault, `file:line: what is wrong`. Exit status: 0 no fault, 1 faults, 2 a file can't be read.

What is checked
  file      UTF-8 without byte order mark, the columns of README.md, as many cells in a row as columns
  row       entity_id, type, name and source filled in; known type, source and flags; country two capital
            letters; prior a whole number; gender m, f or empty; no cell begins or ends with a space
  form      not empty, no space at either end, no line break, not twice within one entity
  entity    rows of one (entity_id, type) agree on subtype, name, country and the file's own columns
  order     rows are sorted by entity_id
Lines that begin with # are skipped, as the gazetteer stage does; of rows with `suppress` only the flags are checked.
"""
import csv
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
COLUMNS = ["entity_id", "type", "subtype", "name", "alias", "flags", "country", "prior", "source"]
# Columns that some files have besides.
EXTRA = {"population", "gender", "role", "admin1", "admin2", "lat", "lon"}
TYPES = {"person", "place", "organization", "demonym", "event", "other"}
SOURCES = {"hand", "geonames", "census"}
# As in crates/newsmill-gazetteer/src/flags.rs.
FLAGS = {"exact", "anycase", "abbr", "amb", "surname", "famous", "variant", "nofold", "nofuzzy", "suppress"}
ENTITY_ID = re.compile(r"[a-z]+:[a-z0-9]+(-[a-z0-9]+)*")
COUNTRY = re.compile(r"[A-Z]{2}")


def forms_of(row):
    """The matched forms of a row: its alias cell, or its name if that is empty."""
    return row["alias"].split("|") if row["alias"] else [row["name"]]


def row_faults(row):
    """Yields what is wrong with a row by itself."""
    for column, cell in row.items():
        if cell != cell.strip():
            yield f"`{column}` begins or ends with a space: {cell!r}"
    for column in ("entity_id", "type", "name", "source"):
        if not row[column]:
            yield f"`{column}` is empty"
    if row["entity_id"] and not ENTITY_ID.fullmatch(row["entity_id"]):
        yield f"entity_id {row['entity_id']!r}: write scheme:words-in-lower-case-ascii"
    if row["type"] not in TYPES:
        yield f"unknown type {row['type']!r}: one of {', '.join(sorted(TYPES))}"
    if row["source"] not in SOURCES:
        yield f"unknown source {row['source']!r}: one of {', '.join(sorted(SOURCES))}"
    if row["country"] and not COUNTRY.fullmatch(row["country"]):
        yield f"country {row['country']!r}: write two capital letters (ISO 3166) or nothing"
    if not row["prior"].isdigit():
        yield f"prior {row['prior']!r}: write a whole number"
    if row.get("gender", "") not in ("", "m", "f"):
        yield f"gender {row['gender']!r}: write m, f or nothing"
    yield from flag_faults(row["flags"].split(" ") if row["flags"] else [])


def flag_faults(flags):
    """Yields what is wrong with the words of a flags cell."""
    for flag in flags:
        if flag not in FLAGS:
            yield f"unknown flag {flag!r}: one of {', '.join(sorted(FLAGS))}"
    if len(set(flags)) < len(flags):
        yield "a flag is there twice"
    if "famous" in flags and "surname" not in flags:
        yield "`famous` says something of surnames: write `surname famous`"


class Entities:
    """What has been seen of the entities of one file."""

    def __init__(self):
        self.first = {}
        self.forms = {}
        self.last = None

    def faults(self, line, row):
        """Yields where a row disagrees with the rows before it."""
        key = (row["entity_id"], row["type"])
        if self.last and key[0] < self.last[0]:
            yield f"{key[0]} stands after {self.last[0]}: sort the rows by entity_id"
        if key in self.first:
            yield from self.disagreements(key, row)
        else:
            self.first[key] = (line, row)
            self.forms[key] = {}
        self.last = key
        yield from self.form_faults(line, key, row)

    def disagreements(self, key, row):
        """Yields the columns that differ from the entity's first row."""
        line, first = self.first[key]
        for column, cell in row.items():
            if column not in ("alias", "flags", "prior", "source") and cell != first[column]:
                yield f"{column} of {key[0]} is {cell!r} here and {first[column]!r} in line {line}"

    def form_faults(self, line, key, row):
        """Yields empty, padded and repeated forms."""
        for form in forms_of(row):
            if not form.strip():
                yield "empty form: two `|` side by side, or one at the end"
            elif form != form.strip() or "\n" in form:
                yield f"form {form!r} has a space at an end or a line break"
            elif form in self.forms[key]:
                yield f"form {form!r} of {key[0]} is in line {self.forms[key][form]} already"
            else:
                self.forms[key][form] = line


def header_faults(header):
    """Yields what is wrong with the first line."""
    missing = [c for c in COLUMNS if c not in header]
    unknown = [c for c in header if c not in COLUMNS and c not in EXTRA]
    if missing:
        yield f"column missing: {', '.join(missing)}"
    if unknown:
        yield f"unknown column: {', '.join(unknown)}"
    if len(set(header)) < len(header):
        yield "a column is there twice"


def check(path):
    """Faults of a file as (line, message), and its numbers of rows, entities and forms."""
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        return [(1, f"not UTF-8 at byte {error.start}")], (0, 0, 0)
    faults = [(1, "begins with a byte order mark")] if text.startswith("\ufeff") else []
    reader = csv.reader(text.splitlines(keepends=True))
    header = next(reader, [])
    faults += [(1, message) for message in header_faults(header)]
    if faults:
        return faults, (0, 0, 0)
    entities, rows = Entities(), 0
    for cells in reader:
        line = reader.line_num
        if not cells or cells[0].startswith("#"):
            continue
        if len(cells) != len(header):
            faults.append((line, f"{len(cells)} cells, but {len(header)} columns"))
            continue
        row, rows = dict(zip(header, cells)), rows + 1
        if "suppress" in row["flags"].split():
            faults += [(line, message) for message in flag_faults(row["flags"].split(" "))]
            continue
        faults += [(line, message) for message in row_faults(row)]
        faults += [(line, message) for message in entities.faults(line, row)]
    return faults, (rows, len(entities.first), sum(map(len, entities.forms.values())))


def main(arguments):
    """Checks the files and prints what it found."""
    paths = [pathlib.Path(a) for a in arguments] or sorted(HERE.glob("*.csv"))
    total, bad = [0, 0, 0], 0
    for path in paths:
        try:
            faults, counts = check(path)
        except OSError as error:
            print(f"{path}: {error.strerror}", file=sys.stderr)
            return 2
        for line, message in faults:
            print(f"{path}:{line}: {message}")
        bad += len(faults)
        total = [a + b for a, b in zip(total, counts)]
        print(f"{path.name:34} {counts[0]:6} rows {counts[1]:6} entities {counts[2]:6} forms")
    print(f"{'all':34} {total[0]:6} rows {total[1]:6} entities {total[2]:6} forms, {bad} faults")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
