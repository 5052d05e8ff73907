"""The stock of names and places from which invented contacts are drawn.

The idea: how often a value occurs decides how hard matching is, so names follow their real frequencies and
places a Zipf-like law. A larger set meets more of the rare surnames, as a larger company does; the number of
suburbs, postcodes and streets grows with the number of people and stops where a country stops.

Sources: surnames and given names with frequencies are the US census of 1990 (public domain) as the package
`names` 0.3.0 ships them (MIT, Trey Hunner). Nicknames and the syllables of suburbs are our own.

Cost: a pool is built once, in time linear in its length; a draw is one binary search.
"""

from dataclasses import dataclass

import names
import numpy as np
import pyarrow as pa

NICKNAMES = """
abigail abby, albert al, alexander alex, alexandra alex, alfred fred, amanda mandy, andrew andy, angela angie,
anthony tony, antonio tony, barbara barb, benjamin ben, bernard bernie, beverly bev, bradley brad, calvin cal,
cameron cam, carolyn carol, catherine cathy, charles charlie, christina tina, christine chris, christopher chris,
clifford cliff, clinton clint, cynthia cindy, daniel dan, david dave, deborah debbie, debra debbie, dennis denny,
donald don, dorothy dot, douglas doug, edward ed, eleanor ellie, elizabeth liz, emily em, eugene gene,
florence flo, frances fran, francis frank, frederick fred, gabriel gabe, geoffrey geoff, gerald gerry,
gregory greg, gwendolyn gwen, harold harry, henry hank, isabel izzy, jacob jake, jacqueline jackie, james jim,
janet jan, jeffrey jeff, jennifer jenny, jessica jess, john jack, jonathan jon, joseph joe, joshua josh,
judith judy, kathleen kathy, katherine kate, kathryn kate, kenneth ken, kimberly kim, lawrence larry,
leonard len, lillian lily, louis lou, margaret maggie, maria mary, marvin marv, matthew matt, megan meg,
melissa mel, michael mike, michelle shelly, mitchell mitch, nancy nan, nathaniel nate, nicholas nick,
pamela pam, patricia pat, patrick pat, peter pete, philip phil, phillip phil, rachel rach, randall randy,
raymond ray, rebecca becky, richard rick, robert bob, roberta bobbie, ronald ron, russell russ, samantha sam,
samuel sam, sandra sandy, sarah sally, stanley stan, stephanie steph, stephen steve, steven steve, stuart stu,
susan sue, suzanne sue, terrence terry, theodore ted, theresa terri, thomas tom, timothy tim, valerie val,
vernon vern, veronica ronnie, victoria vicky, vincent vince, virginia ginny, walter walt, wesley wes,
william bill, zachary zach
"""

STEMS = """
ash black bram brook burn carl clare cold crow dal dun elm fair fern glen gold gran green hal hart haw hazel heath
hol iron kel kings lang lark lin long mar mil mill moor nor oak pen pine quarry raven red rock rose rush sand
shel silver south stan stone strath sun thorn tor tull wal warr water wattle well west wil win wood yarra
""".split()

ENDINGS = """
bank beach borough bridge brook bury by cliff combe cote creek dale dean field ford gate grove ham haven hill
hurst lake land leigh ley mead mere mont more mouth port ridge shore side ton vale view ville ward water
wick wood worth
""".split()

QUALIFIERS = ["", " north", " south", " east", " west", " park", " heights", " junction"]

STREET_TYPES = ["street", "road", "avenue", "place", "crescent", "close", "drive", "court", "lane", "way"]
STREET_TYPE_SHARE = [0.34, 0.08, 0.08, 0.15, 0.1, 0.08, 0.07, 0.06, 0.02, 0.02]


@dataclass
class Pool:
    """Values with the share each has of all draws."""

    values: pa.Array
    rising: np.ndarray

    @staticmethod
    def of(values, weights):
        rising = np.cumsum(np.asarray(weights, dtype=float))
        return Pool(pa.array(values, pa.string()), rising / rising[-1])

    def draw(self, rng, count):
        """`count` positions in the pool, each as often as its share says."""
        return np.minimum(np.searchsorted(self.rising, rng.random(count)), len(self.values) - 1)

    def take(self, positions):
        return self.values.take(pa.array(positions))


@dataclass
class Places:
    """Suburbs, each within one postcode, and street names."""

    suburbs: Pool
    postcodes: pa.Array
    streets: Pool


def census(file):
    """One of the package's tables as a pool: `NAME  share  cumulative share  rank` a line."""
    with open(names.FILES[file], encoding="ascii") as lines:
        rows = [line.split() for line in lines]
    # The rarest are printed as 0.000; half of the last printed digit is their share.
    return Pool.of([row[0].lower() for row in rows], [max(float(row[1]), 0.0005) for row in rows])


def given_names():
    """All given names, women's and men's equally often."""
    women, men = census("first:female"), census("first:male")
    share = np.concatenate([np.diff(women.rising, prepend=0.0), np.diff(men.rising, prepend=0.0)])
    values = women.values.to_pylist() + men.values.to_pylist()
    return Pool.of(values, share)


def nickname_of(pool):
    """For each value of the pool its nickname, or the value itself where none is known."""
    known = dict(pair.split() for pair in " ".join(NICKNAMES.split()).split(", "))
    return pa.array([known.get(value, value) for value in pool.values.to_pylist()], pa.string())


def zipf(count, offset, power):
    """The Zipf-Mandelbrot law: share of rank r is as 1 / (r + offset) ** power."""
    return 1.0 / (np.arange(count) + 1 + offset) ** power


def grown(base, records, power, limit):
    """A pool of `base` at 20,000 records that grows with the set, up to `limit`."""
    return int(min(limit, max(20, base * (records / 20_000) ** power)))


def suburb_names(rng, count):
    """`count` different made-up suburb names, in random order."""
    plain = [stem + ending for stem in STEMS for ending in ENDINGS if not stem.endswith(ending)]
    longer = [name + qualifier for qualifier in QUALIFIERS[1:] for name in plain]
    chosen = [plain[i] for i in rng.permutation(len(plain))] + [longer[i] for i in rng.permutation(len(longer))]
    return chosen[:count]


def street_names(rng, surnames, count):
    """`count` streets called after people, as most are."""
    called = surnames.take(surnames.draw(rng, count)).to_pylist()
    kinds = rng.choice(len(STREET_TYPES), count, p=STREET_TYPE_SHARE)
    return [f"{name} {STREET_TYPES[kind]}" for name, kind in zip(called, kinds)]


def places(rng, surnames, records, postcodes=None):
    """The map on which the people of a set of that many records live."""
    suburb_count = grown(1_900, records, 0.4, 15_000)
    postcode_count = postcodes or grown(1_380, records, 0.2, 3_000)
    street_count = grown(3_000, records, 0.5, 60_000)
    codes = rng.choice(np.arange(800, 9000), postcode_count, replace=False)
    within = np.concatenate([np.arange(postcode_count), rng.integers(0, postcode_count, suburb_count)])[:suburb_count]
    if suburb_count > postcode_count:
        rng.shuffle(within)
    return Places(
        suburbs=Pool.of(suburb_names(rng, suburb_count), zipf(suburb_count, 60, 0.8)),
        postcodes=pa.array([f"{code:04d}" for code in codes[within]], pa.string()),
        streets=Pool.of(street_names(rng, surnames, street_count), zipf(street_count, 300, 0.8)),
    )
