"""HTML pages around articles: a news site's navigation, scripts, teasers, comments and footer, with JSON-LD.

Made here, so that the benchmark needs no pages of anybody. About 40 KB a page, most of it not the article, as on real sites.
"""

import html
import json
import shutil

SECTIONS = "World Politics Business Science Health Sport Culture Opinion Weather Video Podcasts Local".split()


def write(articles, folder):
    """One page for each line of `articles`; gives `folder`."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with open(articles, encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            record = json.loads(line)
            (folder / f"{number:06}.html").write_text(page(record, number), encoding="utf-8")
    return folder


def page(record, number):
    body = record["body"]
    title = record.get("title") or body[:70].rsplit(" ", 1)[0]
    paragraphs = "\n".join(f"<p>{html.escape(p)}</p>" for p in body.split("\n\n") if p.strip())
    facts = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": title,
        "datePublished": f"2024-{number % 12 + 1:02}-{number % 28 + 1:02}T08:00:00Z",
        "author": [{"@type": "Person", "name": "A. Reporter"}],
        "publisher": {"@type": "Organization", "name": "The Daily Example"},
    }
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{html.escape(title)} | The Daily Example</title>
<meta property="og:title" content="{html.escape(title)}"><meta property="og:type" content="article">
<script type="application/ld+json">{json.dumps(facts)}</script>
<style>{style()}</style><script>{script(number)}</script></head>
<body><header>{navigation()}</header>
<main><article><h1>{html.escape(title)}</h1><p class="byline">By A. Reporter</p>
{paragraphs}
</article><aside>{teasers(number)}</aside></main>
<section class="comments">{comments(number)}</section><footer>{navigation()}<p>© The Daily Example</p></footer></body></html>
"""


def navigation():
    links = "".join(
        f'<li class="nav-item"><a href="/{s.lower()}">{s}</a><ul>'
        + "".join(f'<li><a href="/{s.lower()}/{i}">{s} {i}</a></li>' for i in range(8))
        + "</ul></li>"
        for s in SECTIONS
    )
    return f"<nav><ul>{links}</ul></nav>"


def teasers(number):
    return "".join(
        f'<div class="card"><a href="/story/{number}-{i}"><img src="/img/{i}.jpg" alt=""><h3>Another story, number {i}</h3></a>'
        f"<p>What happened in the {SECTIONS[i % len(SECTIONS)].lower()} section today.</p></div>"
        for i in range(30)
    )


def comments(number):
    return "".join(
        f'<div class="comment" id="c{number}-{i}"><span class="user">reader{i}</span><p>I agree with number {i}.</p></div>' for i in range(20)
    )


def style():
    return "".join(f".c{i}{{margin:{i}px;padding:{i % 7}px;color:#{i:06x}}}" for i in range(150))


def script(number):
    return "window.__data={};".format(json.dumps({f"key{i}": {"id": number, "value": "x" * 20} for i in range(150)}))
