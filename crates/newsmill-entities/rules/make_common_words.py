#!/usr/bin/env python3
"""Makes en/common_words.txt and en/rare_words.txt from the Debian packages `wamerican-small` and `wamerican`.

    cd /usr/share/dict
    python3 make_common_words.py american-english-small > en/common_words.txt
    python3 make_common_words.py american-english american-english-small > en/rare_words.txt


The lists are SCOWL (Spell Checker Oriented Word Lists), sizes 35 and 60: "Copyright 2000-2011 by Kevin Atkinson. Permission to
use, copy, modify, distribute and sell these word lists, the associated scripts, the output created from the scripts,
and its documentation for any purpose is hereby granted without fee, provided that the above copyright notice appears
in all copies and that both that copyright notice and this permission notice appear in supporting documentation. Kevin
Atkinson makes no representations about the suitability of this array for any purpose. It is provided "as is" without
express or implied warranty." Only words in lower case are taken: those that aren't names. SPELLINGS adds British forms
and words younger than the list.
"""
import re
import sys

SPELLINGS = """
blog blogs blogger bloggers broadband coronavirus covid cyber cybersecurity drone drones email emails ebook fintech
hashtag hashtags internet livestream lockdown lockdowns misinformation online offline podcast podcasts pandemic
pandemics quarantine selfie smartphone smartphones startup startups tweet tweets tweeted vaccine vaccines website
websites webcast wildfire wildfires unmanned vaping
armour behaviour behaviours centre centres colour colours defence defences endeavour favour favourite favourites
flavour harbour harbours honour honours humour kilometre kilometres labour litre litres metre metres neighbour
neighbours offence offences organisation organisations programme programmes rumour rumours theatre theatres tonne
tonnes analyse analysed apologise apologised authorise authorised criticise criticised emphasise emphasised organise
organised organising realise realised recognise recognised cancelled cancelling travelled travelling traveller
councillor councillors cheque cheques licence licences practise tyre tyres grey
""".split()


def words_of(path):
    words = {line.strip() for line in open(path, encoding="utf-8")}
    return {w for w in words if re.fullmatch("[a-z]{2,}", w)} | set(SPELLINGS)


def main():
    words = words_of(sys.argv[1])
    if len(sys.argv) > 2:
        words -= words_of(sys.argv[2])
        print("# Less frequent English words that are written in lower case, one a line; made by ../make_common_words.py")
    else:
        print("# English words that are written in lower case, one a line; made by ../make_common_words.py")
    for word in sorted(words):
        print(word)


main()
