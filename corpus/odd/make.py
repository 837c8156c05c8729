#!/usr/bin/env python3
"""Write the hostile inputs of corpus/odd: bad.jsonl, txt/ and expected.jsonl.

Usage: python3 corpus/odd/make.py            write the files
       python3 corpus/odd/make.py --check    exit 1 if a file differs
       python3 corpus/odd/make.py --table    print the tables of README.md

The output depends on nothing but this script.  Each case says what a run is
expected to do with it: "ok", "skipped" (no article there, nothing reported)
or "quarantined" with a reason.
"""

import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent

BODY = "“It was quiet,” said Ines Marlow, a guard in Port Ellery."
GOOD = "The mayor of Tarn, Olaf Brink, said that the road was open."


def record(**fields):
    return json.dumps(fields, ensure_ascii=False).encode()


DEEP = b'{"id": "deep", "body": "x", "extra": ' + b"[" * 200 + b"]" * 200 + b"}"

# (bytes of the line, verdict, reason, what is odd about it)
LINES = [
    (b"\xef\xbb\xbf" + record(id="bom", body=BODY) + b"\r",
     "ok", "", "byte order mark before it, CRLF after it"),
    (record(id="plain", url="https://odd.example.org/plain", title="Quiet night",
            date="2025-10-14", author="P. Rowe", body=BODY),
     "ok", "", "nothing: the record to compare with"),
    (b"", "skipped", "", "empty line"),
    (b" \t ", "skipped", "", "white space only"),
    (b'{"id": "cut", "body": "The council said on Mon',
     "quarantined", "decode/invalid-json", "cut in the middle of a string"),
    (b'{"id": "bytes", "body": "The harbour \xff\xfe is closed, police said."}',
     "quarantined", "decode/invalid-utf8", "bytes FF FE inside a string"),
    (b'{"id": "cesu", "body": "Fans sang \xed\xa0\xbd\xed\xb8\x80 all night."}',
     "quarantined", "decode/invalid-utf8", "a surrogate pair encoded as six bytes"),
    (b'{"id": "half", "body": "The caf\xc3"}',
     "quarantined", "decode/invalid-utf8", "a two-byte character cut in half"),
    (record(id="no-body", title="Only a title", date="2025-10-14"),
     "quarantined", "decode/missing-body", "no body"),
    (record(id="null-body", body=None),
     "quarantined", "decode/missing-body", "body is null"),
    (record(id="number-body", body=42),
     "quarantined", "decode/body-type", "body is a number"),
    (record(id="empty-body", body=""),
     "ok", "", "body is an empty string"),
    (b'[{"id": "in-array", "body": "Said who?"}]',
     "quarantined", "decode/not-an-object", "an array at the top level"),
    (b'"just a string"',
     "quarantined", "decode/not-an-object", "a string at the top level"),
    (b'{"id": "lone", "body": "She wrote \\ud83d and left."}',
     "quarantined", "decode/invalid-json", "escape of an unpaired surrogate"),
    (b'{"id": "nul", "body": "\\u0000Olaf Brink said \\u0000 it was over."}',
     "ok", "", "escaped NUL: a character like any other, the text goes on"),
    (record(id="tail", body=BODY) + b" } ]",
     "quarantined", "decode/invalid-json", "garbage after the object"),
    (record(id="two", body=BODY) + record(id="two-b", body=GOOD),
     "quarantined", "decode/invalid-json", "two objects on one line"),
    (b'{"id": "twice", "body": "First, he said.", "body": "Second, she said."}',
     "quarantined", "decode/duplicate-key", "the key body twice: which is the article?"),
    (b'{"id": 123456789012345678901234567890, "body": "The bank said no."}',
     "ok", "", "integer id beyond 64 bits: its digits are the id"),
    (record(id="date", date="the day before yesterday", body=GOOD),
     "ok", "", "date that cannot be read: kept as it stands, no parsed date"),
    (record(id="authors", author=["Ada Quist", "Bo Lund"], body=GOOD),
     "ok", "", "author is a list"),
    (record(id="author-object", author={"name": "Ada Quist", "mail": "a@odd.test"},
            body=GOOD),
     "ok", "", "author is an object"),
    (record(id="plain", body=GOOD),
     "ok", "", "id of line 2 again: both are kept"),
    (record(url="https://odd.example.org/no-id", body=GOOD),
     "ok", "", "no id: the url takes its place"),
    (record(title="Nameless", body=GOOD),
     "ok", "", "neither id nor url: a hash of title and body takes their place"),
    (DEEP, "ok", "", "200 arrays inside each other in another key"),
    (b'\t{ "id"\r: "space",\t"body" : "The clerk\\nsaid so." } ',
     "ok", "", "odd white space between the tokens, a carriage return among it"),
    (record(id="last", body=BODY), "ok", "", "no line end after it"),
]

TEXT = ("“The road is open,” said Olaf Brink, the mayor of Tarn.\n"
        "\n"
        "He did not say for how long.\n")
RAW = TEXT.encode()

# (name, bytes, verdict, reason, what is odd about it)
FILES = [
    ("plain.txt", RAW, "ok", "", "nothing: the article to compare with"),
    ("bom.txt", b"\xef\xbb\xbf" + RAW, "ok", "",
     "byte order mark; not part of the text"),
    ("crlf.txt", RAW.replace(b"\n", b"\r\n"), "ok", "", "CRLF line ends"),
    ("cr-only.txt", RAW.replace(b"\n", b"\r"), "ok", "",
     "CR line ends; two paragraphs all the same"),
    ("mixed-ends.txt", RAW.replace(b"\n\n", b"\r\n\r").replace(b"long.\n", b"long.\n\r"),
     "ok", "", "CRLF, CR and LF in one file"),
    ("no-line-end.txt", RAW.rstrip(b"\n"), "ok", "", "no line end after the last line"),
    ("empty.txt", b"", "ok", "", "zero bytes"),
    ("blank.txt", b"  \n\t\n\xc2\xa0\n\n", "ok", "",
     "white space only, a no-break space among it"),
    ("nul.txt", RAW.replace(b"Brink", b"Br\x00ink"), "ok", "",
     "a NUL inside a name; the text goes on"),
    ("invalid-utf8.txt", RAW.replace(b"Olaf", b"Ol\xe5f"), "quarantined", "decode/invalid-utf8",
     "one byte of Latin-1"),
    ("cut-character.txt", RAW[:RAW.index("”".encode()) + 2], "quarantined", "decode/invalid-utf8",
     "the file ends inside a character"),
    ("utf16.txt", b"\xff\xfe" + TEXT.encode("utf-16-le"), "ok", "",
     "UTF-16 with a mark"),
    ("name with spaces and ünïcode.txt", RAW, "ok", "",
     "the name; it has to come out whole in the tables"),
    (".hidden.txt", RAW, "skipped", "", "hidden file: not taken when a directory is read"),
]


def outputs():
    """Return {path relative to corpus/odd: bytes}."""
    files = {"bad.jsonl": b"\n".join(line for line, *_ in LINES)}
    expected = []
    for number, (_, verdict, reason, _) in enumerate(LINES, 1):
        expected.append({"file": "bad.jsonl", "line": number,
                         "verdict": verdict, "reason": reason})
    for name, data, verdict, reason, _ in FILES:
        files["txt/" + name] = data
        expected.append({"file": "txt/" + name, "line": 1,
                         "verdict": verdict, "reason": reason})
    files["expected.jsonl"] = b"".join(record(**e) + b"\n" for e in expected)
    return files


def table():
    print("| line | what | expected |\n| ---: | --- | --- |")
    for number, (_, verdict, reason, what) in enumerate(LINES, 1):
        print(f"| {number} | {what} | {verdict}{', `' + reason + '`' if reason else ''} |")
    print("\n| file | what | expected |\n| --- | --- | --- |")
    for name, _, verdict, reason, what in FILES:
        print(f"| `{name}` | {what} | {verdict}{', `' + reason + '`' if reason else ''} |")


def main(arguments):
    if arguments == ["--table"]:
        table()
        return 0
    if arguments not in ([], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 2
    differ = 0
    for name, data in outputs().items():
        path = HERE / name
        if arguments:
            if not path.is_file() or path.read_bytes() != data:
                print(f"differs: {name}")
                differ += 1
        else:
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(data)
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
