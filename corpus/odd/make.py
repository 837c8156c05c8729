#!/usr/bin/env python3
"""Write the hostile inputs of corpus/odd: bad.jsonl, bad.csv, txt/, packed/, pages/ and expected.jsonl.

Usage: python3 corpus/odd/make.py            write the files
       python3 corpus/odd/make.py --check    exit 1 if a file differs
       python3 corpus/odd/make.py --table    print the tables of README.md

The output depends on nothing but this script.  Each case says what a run is
expected to do with it: "ok", "skipped" (no article there, nothing reported)
or "quarantined" with a reason.
"""

import json
import pathlib
import struct
import sys
import zlib

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


# (row as it stands in the file, verdict, reason, what is odd about it)
ROWS = [
    (b'\xef\xbb\xbfid,title,"body"\r\n', None, "", "header: byte order mark, a quoted name, CRLF"),
    (b'row,Plain,"The mayor, Olaf Brink, said so."\r\n', "ok", "", "nothing: the row to compare with"),
    (b'lines,"Two\nlines","One.\r\nTwo, ""three""."\n', "ok", "",
     "line ends and doubled quotation marks inside fields, LF at its end"),
    (b"\r\n", "skipped", "", "empty line"),
    (b"short,Only two\r\n", "quarantined", "decode/field-count", "a field is missing"),
    (b"long,a,b,c\r\n", "quarantined", "decode/field-count", "a field too many"),
    (b'stray,T,"He said "no" twice"\r\n', "quarantined", "decode/stray-quote",
     "a quotation mark inside a quoted field isn't doubled"),
    (b'inch,T,A 5" pipe broke.\r\n', "ok", "", "a quotation mark inside a plain field"),
    (b"latin,T,Caf\xe9.\r\n", "quarantined", "decode/invalid-utf8", "one byte of Latin-1"),
    (b"nul,T,A\x00B.\r\n", "ok", "", "a NUL"),
    (b"empty,,\r\n", "ok", "", "empty title and body"),
    (b'open,T,"It never ends.\r\n', "quarantined", "decode/unclosed-quote", "a quoted field that doesn't end"),
    (b"next,T,x\r\n", "ok", "", "the row after it"),
]


def gzip(data, checksum=None):
    """One gzip member, stored: no other program's compressor decides its bytes."""
    check = zlib.crc32(data) if checksum is None else checksum
    return (b"\x1f\x8b\x08\0\0\0\0\0\0\xff\x01" + struct.pack("<HH", len(data), len(data) ^ 0xFFFF)
            + data + struct.pack("<II", check, len(data)))


def zstd(data):
    """One Zstandard frame with one raw block."""
    return (b"\x28\xb5\x2f\xfd\xa0" + struct.pack("<I", len(data))
            + struct.pack("<I", len(data) << 3 | 1)[:3] + data)


def line(name):
    return record(id=name, body=GOOD) + b"\n"


THREE = [line("p1"), line("p2"), line("p3")]

# (name, bytes, [verdict and reason of each line], what is odd about it)
PACKED = [
    ("two-members.jsonl.gz", gzip(THREE[0]) + gzip(THREE[1] + THREE[2]), ["ok"] * 3, "two gzip members"),
    ("two-frames.jsonl.zst", zstd(THREE[0]) + zstd(THREE[1] + THREE[2]), ["ok"] * 3, "two Zstandard frames"),
    ("no-gzip.jsonl.gz", b"".join(THREE), ["ok"] * 3, "plain text: the content tells, not the name"),
    ("is-gzip.jsonl", gzip(b"".join(THREE)), ["ok"] * 3, "gzip without an ending that says so"),
    ("garbage.jsonl.gz", gzip(b"".join(THREE)) + b"\0" * 8 + b"garbage", ["ok"] * 3,
     "zeros and garbage after the last member: noted, nothing is lost"),
    ("cut.jsonl.gz", gzip(b"".join(THREE))[:-60], ["ok", "ok", "read/truncated"],
     "cut inside the third line: two articles, one fault"),
    ("wrong-sum.jsonl.gz", gzip(b"".join(THREE), 1), ["ok", "ok", "ok", "read/damaged"],
     "wrong checksum: told after the articles"),
    ("cut.jsonl.zst", zstd(b"".join(THREE))[:-60], ["ok", "ok", "read/truncated"],
     "the same in Zstandard"),
    ("utf16.csv.gz", gzip("\ufeffid;body\nu;Größe\n".encode("utf-16-le")), [None, "ok"],
     "a table with semicolons in UTF-16, packed"),
    ("not.parquet", b"PAR1 and nothing more", ["read/damaged"], "no Parquet file"),
    ("empty.parquet", b"", ["read/damaged"], "zero bytes"),
]

LONG = "The road is open, said Olaf Brink, the mayor of Tarn, after a long night. " * 6


def page(text, head="", charset="utf-8"):
    html = f"<html><head><title>T</title>{head}</head><body><nav><a href=/>Home</a></nav><article><p>{text}</p></article></body></html>"
    return html.encode(charset)


ARTICLE = "<meta property=og:type content=article>"

# (name, bytes, verdict, reason, what is odd about it)
PAGES = [
    ("plain.html", page(LONG), "ok", "", "nothing: the page to compare with"),
    ("bad-json.html", page(LONG, ARTICLE + '<script type="application/ld+json">{"@type": </script>'), "ok", "",
     "JSON-LD that can't be read"),
    ("meta-charset.html", page(LONG + "Größe", "<meta charset=windows-1252>", "cp1252"), "ok", "",
     "says its encoding itself"),
    ("links.html", b"<html><body>" + b"<li><a href=/x>A headline of today</a>" * 60 + b"</body></html>",
     "quarantined", "decode/no-article", "links and nothing else"),
    ("empty.html", b"", "quarantined", "decode/no-article", "zero bytes"),
    ("deep.html", b"<div>" * 2000 + page(LONG), "quarantined", "decode/too-deep", "2000 elements in each other"),
]


def warc(kind, url, block, length=None):
    head = (f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: https://odd.example.org/{url}\r\n"
            f"Content-Type: application/http; msgtype={kind}\r\n"
            f"Content-Length: {len(block) if length is None else length}\r\n\r\n")
    return head.encode() + block + b"\r\n\r\n"


def http(body, status="200 OK", more="Content-Type: text/html"):
    return f"HTTP/1.1 {status}\r\n{more}\r\n\r\n".encode() + body


CHUNKED = b"5\r\n" + page(LONG)[:5] + b"\r\n%x\r\n" % (len(page(LONG)) - 5) + page(LONG)[5:] + b"\r\n0\r\n\r\n"

# (record, verdict, reason, what is odd about it)
RECORDS = [
    (warc("warcinfo", "", b"software: none\r\n"), "skipped", "", "what archives begin with"),
    (warc("response", "ok", http(page(LONG))), "ok", "", "nothing: the page to compare with"),
    (warc("request", "ok", b"GET /ok HTTP/1.1\r\n"), "skipped", "", "a request"),
    (warc("response", "none", http(page(LONG), "404 Not Found")), "skipped", "", "a page that wasn't there"),
    (warc("response", "picture", http(b"\x89PNG", more="Content-Type: image/png")), "skipped", "", "a picture"),
    (warc("response", "gzip", http(gzip(page(LONG)), more="Content-Type: text/html\r\nContent-Encoding: gzip")),
     "ok", "", "packed by the server"),
    (warc("response", "chunked", http(CHUNKED, more="Content-Type: text/html\r\nTransfer-Encoding: chunked")),
     "ok", "", "sent in chunks"),
    (b"what is this\r\n", "quarantined", "read/damaged", "no record at all: passed over and told"),
    (warc("response", "lying", http(page(LONG + "Größe"), more="Content-Type: text/html; charset=iso-8859-1")),
     "ok", "", "the server says another encoding than it has"),
    (warc("response", "cut", http(page(LONG)), 9999), "quarantined", "read/truncated", "the archive ends in it"),
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
    files["bad.csv"] = b"".join(row for row, *_ in ROWS)
    number = 1
    for row, verdict, reason, _ in ROWS:
        if verdict:
            expected.append({"file": "bad.csv", "line": number, "verdict": verdict, "reason": reason})
        number += row.count(b"\n")
    for name, data, lines, _ in PACKED:
        files["packed/" + name] = data
        for number, reason in enumerate(lines, 1):
            if reason:
                verdict = "ok" if reason == "ok" else "quarantined"
                expected.append({"file": "packed/" + name, "line": number, "verdict": verdict,
                                 "reason": "" if reason == "ok" else reason})
    for name, data, verdict, reason, _ in PAGES:
        files["pages/" + name] = data
        expected.append({"file": "pages/" + name, "line": 1, "verdict": verdict, "reason": reason})
    files["pages/odd.warc"] = b"".join(data for data, *_ in RECORDS)
    for _, verdict, reason, _ in RECORDS:
        # Records of an archive have no lines.
        expected.append({"file": "pages/odd.warc", "line": 0, "verdict": verdict, "reason": reason})
    files["expected.jsonl"] = b"".join(record(**e) + b"\n" for e in expected)
    return files


def table():
    print("| line | what | expected |\n| ---: | --- | --- |")
    for number, (_, verdict, reason, what) in enumerate(LINES, 1):
        print(f"| {number} | {what} | {verdict}{', `' + reason + '`' if reason else ''} |")
    print("\n| file | what | expected |\n| --- | --- | --- |")
    for name, _, verdict, reason, what in FILES:
        print(f"| `{name}` | {what} | {verdict}{', `' + reason + '`' if reason else ''} |")


def table_more():
    print("\n| row | what | expected |\n| ---: | --- | --- |")
    for number, (_, verdict, reason, what) in enumerate(ROWS):
        print(f"| {number} | {what} | {verdict or 'no row'}{', `' + reason + '`' if reason else ''} |")
    print("\n| file | what | expected of its lines |\n| --- | --- | --- |")
    for name, _, lines, what in PACKED:
        print(f"| `{name}` | {what} | {', '.join(r if r == 'ok' else f'`{r}`' for r in lines if r)} |")
    print("\n| page | what | expected |\n| --- | --- | --- |")
    for name, _, verdict, reason, what in PAGES:
        print(f"| `{name}` | {what} | {verdict}{', `' + reason + '`' if reason else ''} |")
    print("\n| record of `odd.warc` | what | expected |\n| ---: | --- | --- |")
    for number, (_, verdict, reason, what) in enumerate(RECORDS, 1):
        print(f"| {number} | {what} | {verdict}{', `' + reason + '`' if reason else ''} |")


def main(arguments):
    if arguments == ["--table"]:
        table()
        table_more()
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
