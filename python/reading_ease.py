"""Flesch's reading ease of English articles: an example of a newsmill stage in Python.

Rudolf Flesch, "A new readability yardstick", Journal of Applied Psychology 32 (1948): 206.835 - 1.015 words a sentence
- 84.6 syllables a word; 60 to 70 is plain English. Syllables are counted as groups of vowels, which is near enough.
"""

import re

import newsmill_stage

WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
SENTENCE_END = re.compile(r"[.!?]+[\"”’')]*(?:\s|$)")
VOWELS = re.compile(r"[aeiouy]+", re.IGNORECASE)


class ReadingEase(newsmill_stage.Stage):
    layers = {
        "reading_ease": [
            ("ease", "float", "Flesch's reading ease of the body; higher is easier, 60 to 70 is plain English"),
            ("words", "int", "words of the body"),
            ("sentences", "int", "sentences of the body"),
            ("longest", "span", "the longest word of the body"),
        ]
    }

    def configure(self, options):
        self.min_words = options.get("min_words", 1)
        if not isinstance(self.min_words, int) or self.min_words < 1:
            raise newsmill_stage.OptionError("must be a whole number from 1", "/min_words")
        for name in options.keys() - {"min_words"}:
            raise newsmill_stage.OptionError("no option `%s`; known: min_words" % name, "/" + name)

    def article(self, article):
        words = list(WORD.finditer(article.text, article.body_start))
        if len(words) < self.min_words:
            article.note = "fewer than %d words" % self.min_words
            return {}
        sentences = max(1, len(SENTENCE_END.findall(article.body)))
        syllables = sum(max(1, len(VOWELS.findall(word.group()))) for word in words)
        ease = 206.835 - 1.015 * len(words) / sentences - 84.6 * syllables / len(words)
        longest = max(words, key=lambda word: len(word.group()))
        return {"reading_ease": [(round(ease, 2), len(words), sentences, longest.span())]}


if __name__ == "__main__":
    newsmill_stage.main(ReadingEase)
