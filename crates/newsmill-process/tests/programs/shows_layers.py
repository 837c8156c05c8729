"""Answers with the sentences that it was sent."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../../../python"))
import newsmill_stage


class Shows(newsmill_stage.Stage):
    layers = {"shown": [("text", "text", "a sentence")]}

    def configure(self, options):
        self.place = self.sends["sentences"].index("")

    def article(self, article):
        places = [row[self.place] for row in article.layers["sentences"]]
        return {"shown": [[article.text[start:end]] for start, end in places]}


newsmill_stage.main(Shows)
