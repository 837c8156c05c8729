"""Answers with the sentences that it was sent."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../../../python"))
import newsmill_stage


class Shows(newsmill_stage.Stage):
    layers = {"shown": [("text", "text", "a sentence")]}
    reads = ["sentences"]

    def article(self, article):
        places = [row.span for row in article.layers["sentences"]]
        return {"shown": [[article.text[start:end]] for start, end in places]}


if __name__ == "__main__":
    newsmill_stage.main(Shows)
